"""The model that is trained: the very weights that are served, as PyTorch can train them.

The GGUF file is dequantized, so that the adapter learns on the rounding that it will meet again. A checkpoint in
transformers' own form may be given in its place (its weights are finer), for the same model as the file served.
Which tensor of the file a layer is, and in which order its rows stand there, is found by comparing the weights:
what does not compare is not adapted, and a model that is computed otherwise than it should be is refused.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import psutil
import torch
from gguf.constants import GGML_QUANT_SIZES, MODEL_ARCH_NAMES
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, GgufConfig, PreTrainedModel
from transformers.utils import logging as transformers_logging

from bot.generation.gguf_file import GGUFHeader, read_header
from bot.tuning.errors import TrainingError
from bot.tuning.gguf_reader import GGUFReader, read_fast
from bot.tuning.packing import ATTENTION, MIN_SHARED, Encoded, pack

_FIX = "Serve a model of an architecture that can be trained (Llama, Mistral, Qwen, Phi, Gemma 3), or turn tuning off."
_SAME_WEIGHTS = 0.995
"""Cosine of a layer's weights and the file's, dequantized."""
_SAME_MODEL = 0.9
"""The same, where the weights are a finer checkpoint's."""
_SAME_LOGITS = 0.1
"""Relative error, in 16 bits, of what the packed pass computes."""


@dataclass(frozen=True, slots=True)
class Target:
    """A linear layer that can be adapted, and the tensor of the file served that it is."""

    module: str
    """E.g. `model.layers.0.self_attn.q_proj`."""
    tensor: str
    """E.g. `blk.0.attn_q.weight`."""
    rows: NDArray[np.int64] | None = None
    """Row i of the tensor is row `rows[i]` of the layer's weight; None where the order is the same."""

    @property
    def layer(self) -> int:
        return int(self.tensor.split(".")[1])


@dataclass(frozen=True, slots=True)
class Base:
    """A model ready to be trained. Its attention computes packed rows only, see `packing`."""

    model: PreTrainedModel
    targets: tuple[Target, ...]
    gguf: Path
    """The file that the adapter is for."""
    header: GGUFHeader
    sha256: str
    """Of the file as it was given, hexadecimal."""
    name: str
    checkpoint: str = ""
    """Where the weights come from, where that is not the file served."""

    @property
    def device(self) -> torch.device:
        return self.model.device

    @property
    def dtype(self) -> torch.dtype:
        return self.model.dtype

    @property
    def layers(self) -> int:
        return int(self.model.config.get_text_config().num_hidden_layers)

    def hidden(self, packed: Any) -> Tensor:
        """Return what the model computes for a packed row before its output layer, [T, n]."""
        decoder = self.model.get_decoder()  # type: ignore[no-untyped-call]
        out = decoder(
            input_ids=packed.tokens[None], position_ids=packed.positions[None], use_cache=False, parts=packed.parts
        )
        return out.last_hidden_state[0]  # type: ignore[no-any-return]

    @property
    def head(self) -> nn.Linear:
        return _head(self.model)  # type: ignore[no-any-return]


def best_device() -> torch.device:
    """Return the accelerator there is, else the CPU."""
    if torch.accelerator.is_available():
        return torch.device(torch.accelerator.current_accelerator() or "cpu")
    return torch.device("cpu")


def _usable(name: str) -> torch.device:
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).item()
    # Which one it is depends on the device and on how PyTorch was built.
    except (RuntimeError, AssertionError, ImportError) as error:
        raise TrainingError(
            f"There is no device {name!r} here that PyTorch can use.",
            f"Leave --device out to train on {best_device()}; a GPU is named cuda, and needs a PyTorch built for it.",
        ) from error
    return device


def best_dtype(device: torch.device) -> torch.dtype:
    """Return bfloat16 where the device computes in it, else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    if device.type == "cpu":
        can = torch.cpu.get_capabilities()
        return torch.bfloat16 if any(can.get(one) for one in ("avx512_bf16", "amx_bf16", "bf16")) else torch.float32
    return torch.float32


def load_base(
    path: Path, sha256: str, name: str, *, checkpoint: str = "", device: str = "", dtype: torch.dtype | None = None
) -> Base:
    """Load the weights of the GGUF file at `path`, or of `checkpoint` (a folder or a hub's name) in their place.

    Blocks for some seconds. `device` is PyTorch's name of one, empty for the best there is. Raises TrainingError
    for a model that cannot be trained here or a device that is not there, ModelFileError for a file that cannot be
    read.
    """
    header = read_header(path)
    where = _usable(device) if device else best_device()
    kind = dtype or best_dtype(where)
    _has_room(header, where, kind)
    with quiet(), read_fast():
        model = _loaded(path, header, checkpoint, kind)
    model.requires_grad_(False)
    model.to(where)  # type: ignore[arg-type]
    model.name_or_path = checkpoint or name  # what PEFT writes down; else the path of this machine
    targets = tuple(_targets(model, path, header, _SAME_MODEL if checkpoint else _SAME_WEIGHTS))
    if not targets:
        raise TrainingError(f"None of the layers of {name} can be adapted ({header.architecture}).", _FIX)
    base = Base(model, targets, path, header, sha256, name, checkpoint)
    _pack_attention(base)
    return base


def _has_room(header: GGUFHeader, device: torch.device, dtype: torch.dtype) -> None:
    needed = sum(int(np.prod(tensor.shape)) for tensor in header.tensors) * dtype.itemsize
    free = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else psutil.virtual_memory().available
    if needed * 1.2 > free:
        raise TrainingError(
            f"Training this model takes more than {needed * 1.2 / 1e9:.1f} GB of memory; {free / 1e9:.1f} GB are free.",
            "Train on a machine with more memory, or serve a smaller model.",
        )


def _loaded(path: Path, header: GGUFHeader, checkpoint: str, dtype: torch.dtype) -> PreTrainedModel:
    try:
        if checkpoint:
            model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=dtype, attn_implementation="sdpa")
        else:
            model = AutoModelForCausalLM.from_pretrained(
                path.parent,
                gguf_file=path.name,
                dtype=dtype,
                quantization_config=GgufConfig(dequantize=True),
                attn_implementation="sdpa",
            )
    except (ValueError, KeyError, NotImplementedError, ImportError, RuntimeError) as error:
        raise TrainingError(
            f"{path.name} cannot be trained (architecture {header.architecture!r}): {_first_line(error)}", _FIX
        ) from error
    except OSError as error:
        raise TrainingError(
            f"The checkpoint {checkpoint or path} cannot be loaded: {_first_line(error)}",
            "Name a folder with a model in transformers' form, or leave the checkpoint out.",
        ) from error
    if not isinstance(_head(model), nn.Linear):
        raise TrainingError(f"{path.name} cannot be trained: it has no output layer of the usual kind.", _FIX)
    return model


def _head(model: PreTrainedModel) -> Any:
    return model.get_output_embeddings()  # type: ignore[no-untyped-call]


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' and PEFT's progress bars and remarks off standard error."""
    level = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity(logging.ERROR)
    try:
        with redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers_logging.set_verbosity(level)


def _targets(model: PreTrainedModel, path: Path, header: GGUFHeader, alike: float) -> Iterator[Target]:
    """Yield the linear layers whose weights are those of a tensor of the file."""
    architecture = next((key for key, name in MODEL_ARCH_NAMES.items() if name == header.architecture), None)
    if architecture is None:
        return
    config = model.config.get_text_config()
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    tensors = {tensor.name: tensor for tensor in GGUFReader(path).tensors}
    heads = [count for key in ("num_attention_heads", "num_key_value_heads") if (count := getattr(config, key, None))]
    for module, layer in model.named_modules():
        if not isinstance(layer, nn.Linear) or layer is _head(model):
            continue
        tensor = tensors.get(f"{names.get_name(module)}.weight")
        if (
            tensor is None
            or not tensor.name.startswith("blk.")
            or tuple(tensor.shape) != tuple(layer.weight.shape[::-1])
        ):
            continue
        stored = _first_columns(tensor)
        weight = layer.weight[:, : stored.shape[1]].float().cpu().numpy()
        for rows in _orders(len(weight), heads):
            if _cosine(stored, weight if rows is None else weight[rows]) >= alike:
                yield Target(module, tensor.name, rows)
                break
        else:
            raise TrainingError(
                f"{module} is not what {path.name} says about it.",
                "Name the checkpoint that the file served was made from, or leave the checkpoint out.",
            )


def _first_columns(tensor: Any) -> NDArray[np.float32]:
    """Return the first columns of a tensor's rows, dequantized: [rows, some]."""
    columns, size = GGML_QUANT_SIZES[tensor.tensor_type]
    if columns == 1:
        return np.asarray(gguf.quants.dequantize(tensor.data, tensor.tensor_type)[:, :256], np.float32)
    return np.asarray(gguf.quants.dequantize(tensor.data[:, :size], tensor.tensor_type), np.float32)


def _orders(count: int, heads: list[int]) -> Iterator[NDArray[np.int64] | None]:
    """Yield the orders in which llama.cpp may keep the rows of a layer.

    Queries and keys of the Llama architecture have the two halves of a rotated pair side by side there, where
    transformers has all first halves of a head before all second ones.
    """
    yield None
    for number in heads:
        if count % (2 * number) == 0:
            yield np.arange(count).reshape(number, 2, -1).swapaxes(1, 2).reshape(-1)


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float((one * other).sum() / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-12))


def _pack_attention(base: Base) -> None:
    """Give the model the packed attention, if it then computes what it computed before. Raises TrainingError."""
    limit = min(base.head.weight.shape[0], 1000)
    draw = np.random.default_rng(0)
    shared = tuple(draw.integers(3, limit, MIN_SHARED + 8).tolist())
    texts = [Encoded((*shared, *draw.integers(3, limit, more).tolist()), (5,)) for more in (9, 23)]
    packed = pack(texts).to(base.device)
    with torch.inference_mode():
        expected = [
            base.model(input_ids=torch.tensor([text.prompt], device=base.device), use_cache=False).logits[0, -1]
            for text in texts
        ]
        base.model.set_attn_implementation(ATTENTION)
        try:
            found = base.head(base.hidden(packed)[packed.rows])
        except (TypeError, NotImplementedError, RuntimeError) as error:
            raise TrainingError(f"{base.name} cannot be trained: {_first_line(error)}.", _FIX) from error
        plain = torch.stack(expected).float()
        off = (found.float() - plain).norm() / (plain - plain.mean(-1, keepdim=True)).norm()
    if not float(off) < _SAME_LOGITS:
        raise TrainingError(
            f"{base.name} cannot be trained: its architecture ({base.header.architecture}) computes an answer in "
            "another way than training does.",
            _FIX,
        )


def chosen(base: Base, kinds: str, last: int) -> list[Target]:
    """Return the targets of a kind (`all`, `attention`, `mlp`) in the last `last` layers, 0 for all of them."""
    first = base.layers - last if last else 0
    wanted: Callable[[Target], bool] = {
        "all": lambda target: True,
        "attention": lambda target: ".attn_" in target.tensor,
        "mlp": lambda target: ".ffn_" in target.tensor,
    }[kinds]
    return [target for target in base.targets if target.layer >= first and wanted(target)]


@dataclass(frozen=True, slots=True)
class WholeTensor:
    """A tensor of the file, and the parameter of the model that it is."""

    tensor: str
    parameter: str
    rows: NDArray[np.int64] | None = None
    """As in `Target`."""


def whole(base: Base) -> list[WholeTensor]:
    """Return what every tensor of the file is in the model, before anything is trained.

    Tables that are computed, not learned (`rope_freqs`), are left out. Raises TrainingError where a tensor is none
    of the model's parameters as they are.
    """
    config = base.model.config.get_text_config()
    architecture = next(key for key, name in MODEL_ARCH_NAMES.items() if name == base.header.architecture)
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    rows = {target.tensor: target.rows for target in base.targets}
    parameters = {}
    for parameter in dict(base.model.named_parameters()):
        module, _, kind = parameter.rpartition(".")
        if name := names.get_name(module):
            parameters[f"{name}.{kind}"] = parameter
    found, missing = [], []
    for tensor in base.header.tensors:
        if tensor.name.startswith("rope_"):
            continue
        known = parameters.get(tensor.name)
        shape = tuple(base.model.get_parameter(known).shape[::-1]) if known else ()
        if (
            known is None
            or shape != tensor.shape
            or (len(shape) > 1 and tensor.name.startswith("blk.") and tensor.name not in rows)
        ):
            missing.append(tensor.name)
        else:
            found.append(WholeTensor(tensor.name, known, rows.get(tensor.name)))
    if missing:
        raise TrainingError(
            f"{base.name} cannot be trained as a whole: {missing[0]} is kept in another form.", "Train a LoRA instead."
        )
    return found
