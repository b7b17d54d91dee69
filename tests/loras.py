"""Adapters for tests: random, but always the same for the same seed."""

from pathlib import Path

import gguf
import numpy as np

from bot.generation.gguf_file import read_header
from bot.generation.lora import BASE_HASH_KEY


def write_lora(
    path: Path, model: Path, base_sha256: str, *, seed: int = 0, spread: float = 0.1, architecture: str = "llama"
) -> Path:
    """Write an adapter of rank 4 on every ffn_down of a model and return its path; `spread` is how far it leads."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 4.0)
    if base_sha256:
        writer.add_string(BASE_HASH_KEY, base_sha256)
    draw = np.random.default_rng(seed)
    for tensor in read_header(model).tensors:
        if tensor.name.endswith("ffn_down.weight"):
            columns, rows = tensor.shape
            writer.add_tensor(f"{tensor.name}.lora_a", draw.normal(0, spread, (4, columns)).astype(np.float32))
            writer.add_tensor(f"{tensor.name}.lora_b", draw.normal(0, spread, (rows, 4)).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_base(path: Path, *, architecture: str = "llama", width: int = 8) -> Path:
    """Write what has the form of a model: enough to hold an adapter against, too little to answer."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_tensor("blk.0.ffn_down.weight", np.zeros((width, 2 * width), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
