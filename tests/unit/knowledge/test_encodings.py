"""The file of encodings: whole or not there, right whatever the order it was written in."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

from knowledge import encodings

ROWS = {7: b"seven", 2**33 + 1: b"far", 3: b"", 2**32: b"in the second fragment", 8: bytes(range(256))}


def passage(row_id: int) -> str:
    return f"passage — {row_id}" * (row_id % 3)


def batches(
    rows: dict[int, bytes], size: int = 2
) -> Iterable[tuple[npt.NDArray[np.uint64], pa.BinaryArray, pa.StringArray]]:
    ids = list(rows)
    for start in range(0, len(ids), size):
        some = ids[start : start + size]
        texts = pa.array(list(map(passage, some)), pa.string())
        yield np.array(some, dtype=np.uint64), pa.array([rows[one] for one in some], pa.binary()), texts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = encodings.file_of(tmp_path / "folder", 12)
    encodings.write(path, batches(ROWS))
    return path


def test_each_row_gives_back_its_own_bytes_in_the_order_asked(path: Path) -> None:
    file = encodings.EncodingsFile(path)
    assert len(file) == len(ROWS)
    for asked in (list(ROWS), sorted(ROWS), [8, 3, 8], []):
        assert file.encodings(asked) == [ROWS[one] for one in asked]
        assert file.passages(asked) == [passage(one).encode() for one in asked]
    assert file.some_row_ids(2) == [3, 2**33 + 1]
    assert file.some_row_ids(9) == sorted(ROWS)


@pytest.mark.parametrize("row_id", [0, 4, 9, 2**40])
def test_a_row_that_is_not_there_is_not_taken_for_another(path: Path, row_id: int) -> None:
    with pytest.raises(KeyError):
        encodings.EncodingsFile(path).passages([7, row_id])


def test_no_rows_make_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "none.encodings"
    encodings.write(path, ())
    file = encodings.EncodingsFile(path)
    assert len(file) == 0 and file.some_row_ids(5) == []
    with pytest.raises(KeyError):
        file.encodings([0])


@pytest.mark.parametrize("kept", [1, 20, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_refused(path: Path, kept: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept if kept >= 1 else kept * len(whole))])
    with pytest.raises(ValueError, match="not a whole file"):
        encodings.EncodingsFile(path)


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> Iterable[tuple[npt.NDArray[np.uint64], pa.BinaryArray, pa.StringArray]]:
        yield from batches(ROWS)
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        encodings.write(tmp_path / "1.encodings", failing())
    assert list(tmp_path.iterdir()) == []


def test_only_the_files_of_the_versions_kept_stay(path: Path) -> None:
    folder = path.parent
    for name in ("3.encodings", "13.encodings", "13.encodingsk3x.partial"):
        (folder / name).write_bytes(b"")
    (folder / "other").write_bytes(b"")
    encodings.remove_others(folder, [12, 13])
    assert {one.name for one in folder.iterdir()} == {"12.encodings", "13.encodings", "other"}


def test_an_encoding_is_taken_apart_into_what_it_was_made_of() -> None:
    vectors = np.random.default_rng(0).normal(size=(2, 16)).astype(np.float32)
    made = [encodings.encoded(id, one, words) for id, one, words in zip("ab", vectors, (b"words", b""), strict=True)]
    assert np.allclose(encodings.vectors_of(made, 16), vectors, atol=1e-3)
    assert [encodings.words_of(one, 16) for one in made] == [b"words", b""]
    documents = [encodings.document_of(one) for one in made]
    assert documents[0] != documents[1] == encodings.document_of(encodings.encoded("b", vectors[0], b"more"))
