"""What candidates are scored by, and the file beside an index from which that and the passages are read.

The table holds every passage and its encoding in two columns, as do all its backups and copies. To take a hundred
encodings from there takes longer than to search for them, so a version that is large and lies in a folder has a
file with the same bytes, mapped into memory: the system keeps of it what is asked for often and gives the rest
up when memory is short. The file belongs to one version and never changes. It is no more than a copy: where it
is missing or is not what it should be, both are taken from the table.
"""

from __future__ import annotations

import hashlib
import logging
import mmap
import os
import struct
import tempfile
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]

from knowledge.embedding import Vectors

log = logging.getLogger(__name__)

_Integers = npt.NDArray[np.uint64]
_HASH = 8
"""Bytes by which candidates of one document are known."""
_SUFFIX = ".encodings"
_MAGIC = b"FDENC\0\0\2"
_END = struct.Struct("<8sQQ")
"""The last bytes of the file: the magic number, the number of passages, the bytes of all of them and their encodings.

Before it stand four columns of 8 bytes a passage: the row id, in ascending order, where its encoding begins, where
that ends and the passage begins, where the passage ends.
"""
_COLUMNS = 4


def encoded(document_id: str, vector: Vectors, words: bytes) -> bytes:
    """Return all that a candidate is scored by in one value: reading three columns takes twice as long.

    It is the document's hash, the vector (shape: dimension) in half precision and the packed words, see
    `knowledge.late_interaction`.
    """
    document = hashlib.blake2b(document_id.encode(), digest_size=_HASH).digest()
    return document + vector.astype(np.float16).tobytes() + words


def document_of(encoding: bytes) -> bytes:
    """Return what is the same for passages of one document."""
    return encoding[:_HASH]


def vectors_of(encodings: Sequence[bytes], dimension: int) -> Vectors:
    """Return the vectors, shape (len(encodings), dimension), rounded to half precision."""
    halves = b"".join(one[_HASH : _HASH + 2 * dimension] for one in encodings)
    return np.frombuffer(halves, dtype=np.float16).astype(np.float32).reshape(-1, dimension)


def words_of(encoding: bytes, dimension: int) -> bytes:
    """Return the packed words."""
    return encoding[_HASH + 2 * dimension :]


class EncodingsFile:
    """The encodings and passages of one version by their row ids. Safe to read from several threads.

    Raises OSError if the file cannot be read, ValueError if it is not whole.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        size = len(self._bytes)
        magic, self._count, data = _END.unpack(self._bytes[max(0, size - _END.size) :].rjust(_END.size, b"\0"))
        if magic != _MAGIC or size != data + 8 * (_COLUMNS * self._count) + _END.size:
            raise ValueError(f"{path} is not a whole file of encodings")
        if hasattr(self._bytes, "madvise"):
            # Candidates lie anywhere: reading on behind each would fill the memory with what nobody asks for.
            self._bytes.madvise(mmap.MADV_RANDOM)
        self._row_ids, self._starts, self._middles, self._ends = np.frombuffer(
            self._bytes, dtype="<u8", count=_COLUMNS * self._count, offset=data
        ).reshape(_COLUMNS, -1)

    def __len__(self) -> int:
        return int(self._count)

    def some_row_ids(self, count: int) -> list[int]:
        """Return at most `count` row ids, spread over all."""
        chosen = np.unique(np.linspace(0, self._count - 1, min(count, self._count)).astype(np.int64))
        ids: list[int] = self._row_ids[chosen].tolist()
        return ids

    def encodings(self, row_ids: Sequence[int]) -> list[bytes]:
        """Return the encodings in the order of `row_ids`. Raises KeyError if one is not there."""
        return self._between(row_ids, self._starts, self._middles)

    def passages(self, row_ids: Sequence[int]) -> list[bytes]:
        """Return the passages as the table holds them, otherwise like `encodings`."""
        return self._between(row_ids, self._middles, self._ends)

    def _between(self, row_ids: Sequence[int], starts: _Integers, ends: _Integers) -> list[bytes]:
        if not row_ids:
            return []
        asked = np.asarray(row_ids, dtype=np.uint64)
        places = np.minimum(np.searchsorted(self._row_ids, asked), max(0, self._count - 1))
        if not self._count or (self._row_ids[places] != asked).any():
            raise KeyError("a row that the file of encodings does not hold")
        whole = self._bytes
        return [whole[start:end] for start, end in zip(starts[places].tolist(), ends[places].tolist(), strict=True)]


def file_of(folder: Path, version: int) -> Path:
    """Return where the encodings of a version lie, if they do."""
    return folder / f"{version}{_SUFFIX}"


def write(path: Path, batches: Iterable[tuple[_Integers, pa.BinaryArray, pa.StringArray]]) -> None:
    """Write row ids, encodings and passages, in whatever order they come; the file is there whole or not at all.

    Needs memory for one batch and some 80 bytes a row. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    row_ids, encoded, passages = (array("Q") for _ in range(3))
    temporary = tempfile.NamedTemporaryFile(  # noqa: SIM115 - it outlives the block, under another name
        dir=path.parent, prefix=path.name, suffix=".partial", delete=False
    )
    try:
        with temporary as file:
            for ids, *columns in batches:
                row_ids.extend(ids.tolist())
                for encoding, passage in zip(*(column.to_pylist() for column in columns), strict=True):
                    encoded.append(file.write(encoding))
                    passages.append(file.write(passage.encode()))
            ids, widths, rests = (np.frombuffer(one, dtype=np.uint64) for one in (row_ids, encoded, passages))
            ends = np.cumsum(widths + rests, dtype=np.uint64)
            size = int(ends[-1]) if len(ends) else 0
            padding = -size % 8
            file.write(bytes(padding))
            order = np.argsort(ids, kind="stable")
            for column in (ids, ends - rests - widths, ends - rests, ends):
                file.write(column[order].astype("<u8").tobytes())
            file.write(_END.pack(_MAGIC, len(ids), size + padding))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary.name).replace(path)
    except BaseException:
        Path(temporary.name).unlink(missing_ok=True)
        raise


def remove_others(folder: Path, versions: Iterable[int]) -> None:
    """Remove the files of all versions but these, and what a writer that died has left."""
    kept = {file_of(folder, number).name for number in versions}
    for path in folder.glob(f"*{_SUFFIX}*"):
        if path.name not in kept:
            try:
                path.unlink()
            except OSError as error:  # still read by somebody where open files cannot be removed
                log.info("%s stays until the next reindex: %s", path.name, error.strerror)
