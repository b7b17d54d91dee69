"""An adapter that does not fit the model is refused with the reason."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from bot.generation.gguf_file import GGUFHeader, TensorInfo
from bot.generation.lora import BASE_HASH_KEY, LoraError, read_lora

BASE = GGUFHeader(
    {"general.architecture": "llama"},
    (TensorInfo("blk.0.attn_q.weight", (8, 6), 0), TensorInfo("blk.0.ffn_up.weight", (8, 16), 0)),
)


def shapes(**halves: tuple[int, int]) -> dict[str, tuple[int, int]]:
    """Return whole matrices as numpy shapes (rows, columns)."""
    return {"blk.0.attn_q.weight.lora_a": (2, 8), "blk.0.attn_q.weight.lora_b": (6, 2)} | halves


@pytest.fixture
def adapter(tmp_path: Path) -> Callable[..., Path]:
    def write(
        tensors: dict[str, tuple[int, int]] | None = None, arch: str = "llama", alpha: float = 4.0, **metadata: Any
    ) -> Path:
        path = tmp_path / "adapter.gguf"
        writer = gguf.GGUFWriter(path, arch)
        for key, value in ({"general.type": "adapter", "adapter.type": "lora"} | metadata).items():
            writer.add_string(key, value)
        writer.add_float32("adapter.lora.alpha", alpha)
        for name, shape in (shapes() if tensors is None else tensors).items():
            writer.add_tensor(name, np.ones(shape, np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

    return write


def test_a_fitting_adapter_is_described(adapter: Callable[..., Path]) -> None:
    found = read_lora(adapter(**{BASE_HASH_KEY: "abc"}), BASE, ("abc", "def"))
    assert (found.name, found.alpha, found.rank, found.base_sha256) == ("adapter", 4.0, 2, "abc")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"general.type": "model"}, "is not a LoRA adapter"),
        ({"adapter.type": "other"}, "is not a LoRA adapter"),
        ({"arch": "qwen2"}, "for the architecture 'qwen2', the model is 'llama'"),
        ({BASE_HASH_KEY: "0123456789abcdef"}, "trained on another base model"),
        ({"alpha": 0.0}, "has no alpha"),
        ({"tensors": {}}, "has no tensors"),
        ({"tensors": {"blk.0.attn_q.weight.lora_a": (2, 8)}}, "one half of blk.0.attn_q.weight is missing"),
        (
            {"tensors": {"blk.9.attn_q.weight.lora_a": (2, 8), "blk.9.attn_q.weight.lora_b": (6, 2)}},
            "changes blk.9.attn_q.weight, which the model does not have",
        ),
        ({"tensors": shapes(**{"blk.0.attn_q.weight.lora_b": (7, 2)})}, "does not fit"),
        ({"tensors": shapes(**{"blk.0.attn_q.weight.lora_b": (6, 3)})}, "does not fit"),
    ],
)
def test_a_wrong_adapter_is_refused_with_the_reason(
    options: dict[str, Any], words: str, adapter: Callable[..., Path]
) -> None:
    with pytest.raises(LoraError, match=words) as caught:
        read_lora(adapter(**options), BASE, ("abc",))
    assert caught.value.fix


def test_a_damaged_adapter_is_refused(adapter: Callable[..., Path]) -> None:
    path = adapter()
    path.write_bytes(path.read_bytes()[:-80])
    with pytest.raises(LoraError, match=r"cannot be used.*incomplete"):
        read_lora(path, BASE)
