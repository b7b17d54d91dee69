"""A language model of three small layers, random but always the same, with a part of the embedded model's vocabulary.

Both llama.cpp and transformers load it, and it is trained in seconds.
"""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

from bot.generation.models import embedded_gguf
from bot.tuning.gguf_reader import GGUFReader

LAYERS, WIDTH, HEADS, KEY_HEADS, INNER, VOCABULARY = 3, 64, 4, 2, 128, 4000
_WRITTEN = (
    "general.architecture",
    "general.file_type",
    *(f"tokenizer.ggml.{name}" for name in ("tokens", "token_type", "merges")),
)


def write_tiny_llama(path: Path, seed: int = 0, architecture: str = "llama") -> Path:
    """Write the model as a GGUF file (F16)."""
    draw = np.random.default_rng(seed)
    own = {
        "block_count": LAYERS,
        "embedding_length": WIDTH,
        "feed_forward_length": INNER,
        "attention.head_count": HEADS,
        "attention.head_count_kv": KEY_HEADS,
        "rope.dimension_count": WIDTH // HEADS,
        "context_length": 2048,
        "vocab_size": VOCABULARY,
    }
    writer = gguf.GGUFWriter(path, architecture)
    reader = GGUFReader(embedded_gguf())
    tokens = reader.fields["tokenizer.ggml.tokens"].contents()[:VOCABULARY]
    kinds = reader.fields["tokenizer.ggml.token_type"].contents()[:VOCABULARY]
    known = set(tokens)
    merges = [one for one in reader.fields["tokenizer.ggml.merges"].contents() if one.replace(" ", "", 1) in known]
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    for field in reader.fields.values():
        name = field.name.removeprefix("llama.")
        if field.name.startswith("GGUF.") or field.name in _WRITTEN:
            continue
        key = f"{architecture}.{name}" if field.name.startswith("llama.") else field.name
        if name in own:
            writer.add_uint32(key, own[name])
        else:
            inner = field.types[-1] if field.types[0] is gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(key, field.contents(), field.types[0], sub_type=inner)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)

    def matrix(name: str, rows: int, columns: int, size: float | None = None) -> None:
        values = draw.normal(0, size or columns**-0.5, (rows, columns))
        writer.add_tensor(f"{name}.weight", values.astype(np.float16))

    def ones(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))

    matrix("token_embd", VOCABULARY, WIDTH, 0.1)
    ones("output_norm")
    for n in range(LAYERS):
        ones(f"blk.{n}.attn_norm")
        ones(f"blk.{n}.ffn_norm")
        matrix(f"blk.{n}.attn_q", WIDTH, WIDTH)
        matrix(f"blk.{n}.attn_k", WIDTH * KEY_HEADS // HEADS, WIDTH)
        matrix(f"blk.{n}.attn_v", WIDTH * KEY_HEADS // HEADS, WIDTH)
        matrix(f"blk.{n}.attn_output", WIDTH, WIDTH)
        matrix(f"blk.{n}.ffn_gate", INNER, WIDTH)
        matrix(f"blk.{n}.ffn_up", INNER, WIDTH)
        matrix(f"blk.{n}.ffn_down", WIDTH, INNER)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
