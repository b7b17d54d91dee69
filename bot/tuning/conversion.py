"""What was trained, as llama.cpp reads it: an adapter beside its base, or a whole model.

The numbers stay what they are: a LoRA's matrices are rounded to 16 bits, rows are put in the order in which
llama.cpp keeps them, and alpha is chosen so that its alpha / rank is the scale of the training.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

from bot.generation.lora import BASE_HASH_KEY, read_lora
from bot.tuning.base import WholeTensor, whole
from bot.tuning.errors import NoRoomError, TrainingError, is_full
from bot.tuning.gguf_reader import GGUFReader
from bot.tuning.weights import Weights


def write_adapter(weights: Weights, path: Path) -> Path:
    """Write the LoRA as a GGUF adapter and read it back. Raises TrainingError, LoraError."""
    base, options = weights.base, weights.options
    state = weights.state()

    def fill(writer: gguf.GGUFWriter) -> None:
        writer.add_type("adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", options.scaling * options.rank)
        writer.add_name(path.parent.name)
        writer.add_string(BASE_HASH_KEY, base.sha256)
        for target in weights.targets:
            a = state[f"{target.module}.lora_A"].numpy()
            b = state[f"{target.module}.lora_B"].numpy()
            writer.add_tensor(f"{target.tensor}.lora_a", _half(a))
            writer.add_tensor(f"{target.tensor}.lora_b", _half(b if target.rows is None else b[target.rows]))

    _write(path, base.header.architecture, fill)
    read_lora(path, base.header, (base.sha256,))
    return path


def write_model(weights: Weights, path: Path) -> Path:
    """Write the whole model as a GGUF file in 16 bits, vocabulary and template as they were. Raises TrainingError."""
    base, state = weights.base, weights.state()
    reader = GGUFReader(base.gguf)
    places: dict[str, WholeTensor] = {place.tensor: place for place in whole(base)}

    def fill(writer: gguf.GGUFWriter) -> None:
        for field in reader.fields.values():
            if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
                continue
            kind, inner = field.types[0], field.types[-1] if field.types[0] is gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
        writer.add_file_type(gguf.LlamaFileType.MOSTLY_BF16)
        for tensor in reader.tensors:
            if (place := places.get(tensor.name)) is None:
                writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
                continue
            values = state[place.parameter].numpy()
            values = values if place.rows is None else values[place.rows]
            if values.ndim == 1:
                writer.add_tensor(tensor.name, values)
            else:
                sixteen = gguf.GGMLQuantizationType.BF16
                writer.add_tensor(tensor.name, gguf.quants.quantize(values, sixteen), raw_dtype=sixteen)

    _write(path, base.header.architecture, fill)
    return path


def _half(values: NDArray[np.float32]) -> NDArray[np.float16]:
    return np.ascontiguousarray(values.astype(np.float16))


def _write(path: Path, architecture: str, fill: Callable[[gguf.GGUFWriter], None]) -> None:
    """Write a GGUF file in one step."""
    unfinished = path.with_name(f".{path.name}.part")
    writer = gguf.GGUFWriter(unfinished, architecture)
    try:
        fill(writer)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise (NoRoomError if is_full(error) else TrainingError)(
            f"{path} cannot be written: {error.strerror or error}.", "Make room on the disk, then go on with --resume."
        ) from error
