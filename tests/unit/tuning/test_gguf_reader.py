"""A model file read fast says what gguf's own reader says of it."""

from pathlib import Path

import gguf
import numpy as np

from bot.tuning.gguf_reader import GGUFReader, read_fast
from tests.loras import write_base


def test_what_is_read_is_what_gguf_reads_and_no_piece_is_a_memory_map(tmp_path: Path) -> None:
    path = write_base(tmp_path / "base.gguf")
    fast, own = GGUFReader(path), gguf.GGUFReader(path)
    contents = {name: field.contents() for name, field in fast.fields.items()}
    assert contents == {name: field.contents() for name, field in own.fields.items()}
    assert contents["general.architecture"] == "llama"
    (tensor,), (other,) = fast.tensors, own.tensors
    assert (tensor.name, tensor.tensor_type) == (other.name, other.tensor_type)
    np.testing.assert_array_equal(tensor.data, other.data)
    parts = [part for field in fast.fields.values() for part in field.parts]
    assert parts and not any(isinstance(part, np.memmap) for part in (*parts[3:], tensor.data))


def test_other_libraries_find_it_only_while_they_are_to() -> None:
    own = gguf.GGUFReader
    with read_fast():
        assert gguf.GGUFReader is GGUFReader
    assert gguf.GGUFReader is own
