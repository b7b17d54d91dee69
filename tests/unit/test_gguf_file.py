"""A model file is held against its own header before anything loads it."""

from pathlib import Path

import gguf
import numpy as np
import pytest

from bot.generation.engine import ModelFileError
from bot.generation.gguf_file import read_header


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "small.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Small")
    writer.add_array("tokenizer.ggml.tokens", ["a", "b", "c"])
    writer.add_array("numbers", [1, 2, 3])
    writer.add_tensor("blk.0.attn_q.weight", np.zeros((4, 8), np.float32))
    writer.add_tensor("output.weight", np.zeros((3, 8), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_the_header_of_a_whole_file_is_read(whole: Path) -> None:
    header = read_header(whole)
    assert header.architecture == "llama"
    assert not header.is_adapter
    assert header.metadata["general.name"] == "Small"
    assert header.metadata["tokenizer.ggml.tokens"] == 3
    assert [(t.name, t.shape) for t in header.tensors] == [("blk.0.attn_q.weight", (8, 4)), ("output.weight", (8, 3))]


def test_a_file_that_was_read_and_has_changed_is_read_again(whole: Path) -> None:
    assert read_header(whole) is read_header(whole)
    content = whole.read_bytes()
    whole.write_bytes(content.replace(b"Small", b"Other"))
    assert read_header(whole).metadata["general.name"] == "Other"
    whole.write_bytes(content[:100])
    with pytest.raises(ModelFileError):
        read_header(whole)


def test_a_file_cut_anywhere_is_refused(whole: Path, tmp_path: Path) -> None:
    content, cut = whole.read_bytes(), tmp_path / "cut.gguf"
    padding = 16  # the writer pads the last tensor (48 bytes) to 64; nothing is missing without it
    for length in range(1, len(content) - padding):
        cut.write_bytes(content[:length])
        with pytest.raises(ModelFileError):
            read_header(cut)
    cut.write_bytes(content[: len(content) - padding])
    read_header(cut)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7 something else altogether", "is not a GGUF file"),
        (b"GGUF" + (9).to_bytes(4, "little") + bytes(64), "version 9"),
        (b"GGUF" + (3).to_bytes(4, "little") + b"\xff" * 64, "breaks off"),
    ],
)
def test_what_is_no_model_is_named_with_the_reason(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=words) as caught:
        read_header(path)
    assert str(path) in str(caught.value)
    assert caught.value.fix


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="There is no model file"):
        read_header(tmp_path / "absent.gguf")
    with pytest.raises(ModelFileError, match="is a folder"):
        read_header(tmp_path)
