"""What candidates are scored by, and the file beside an index from which that is read.

The table holds the encoding of every passage in one column, as do all its backups and copies. To take a hundred
of them from there takes longer than to search for them, so a version that is large and lies in a folder has a
file with the same bytes, mapped into memory: the system keeps of it what is asked for often and gives the rest
up when memory is short. The file belongs to one version and never changes. It is no more than a copy: where it
is missing or is not what it should be, encodings are taken from the table.
"""

from __future__ import annotations

import hashlib
import logging
import mmap
import os
import struct
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]

from knowledge.embedding import Vectors

log = logging.getLogger(__name__)

_HASH = 8
"""Bytes by which candidates of one document are known."""
_SUFFIX = ".encodings"
_MAGIC = b"FDENC\0\0\1"
_END = struct.Struct("<8sQQ")
"""The last bytes of the file: the magic number, the number of passages, the bytes of all encodings."""


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
    """The encodings of one version by their row ids. Safe to read from several threads.

    Raises OSError if the file cannot be read, ValueError if it is not whole.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        size = len(self._bytes)
        magic, self._count, data = _END.unpack(self._bytes[max(0, size - _END.size) :].rjust(_END.size, b"\0"))
        if magic != _MAGIC or size != data + 8 * (3 * self._count) + _END.size:
            raise ValueError(f"{path} is not a whole file of encodings")
        if hasattr(self._bytes, "madvise"):
            # Candidates lie anywhere: reading on behind each would fill the memory with what nobody asks for.
            self._bytes.madvise(mmap.MADV_RANDOM)
        self._row_ids, self._starts, self._ends = np.frombuffer(
            self._bytes, dtype="<u8", count=3 * self._count, offset=data
        ).reshape(3, -1)

    def __len__(self) -> int:
        return int(self._count)

    def some_row_ids(self, count: int) -> list[int]:
        """Return at most `count` row ids, spread over all."""
        chosen = np.unique(np.linspace(0, self._count - 1, min(count, self._count)).astype(np.int64))
        ids: list[int] = self._row_ids[chosen].tolist()
        return ids

    def of(self, row_ids: Sequence[int]) -> list[bytes]:
        """Return the encodings in the order of `row_ids`. Raises KeyError if one is not there."""
        if not row_ids:
            return []
        asked = np.asarray(row_ids, dtype=np.uint64)
        places = np.minimum(np.searchsorted(self._row_ids, asked), max(0, self._count - 1))
        if not self._count or (self._row_ids[places] != asked).any():
            raise KeyError("a row that the file of encodings does not hold")
        whole = self._bytes
        places_of = zip(self._starts[places].tolist(), self._ends[places].tolist(), strict=True)
        return [whole[start:end] for start, end in places_of]


def file_of(folder: Path, version: int) -> Path:
    """Return where the encodings of a version lie, if they do."""
    return folder / f"{version}{_SUFFIX}"


def write(path: Path, batches: Iterable[tuple[npt.NDArray[np.uint64], pa.BinaryArray]]) -> None:
    """Write row ids and their encodings, in whatever order they come; the file is there whole or not at all.

    Needs memory for one batch and 24 bytes a row. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    row_ids: list[npt.NDArray[np.uint64]] = []
    lengths: list[npt.NDArray[np.uint64]] = []
    temporary = tempfile.NamedTemporaryFile(  # noqa: SIM115 - it outlives the block, under another name
        dir=path.parent, prefix=path.name, suffix=".partial", delete=False
    )
    try:
        with temporary as file:
            for ids, values in batches:
                row_ids.append(np.asarray(ids, dtype=np.uint64))
                lengths.append(np.fromiter(map(len, _write_values(file, values)), dtype=np.uint64, count=len(values)))
            all_ids = np.concatenate([np.empty(0, np.uint64), *row_ids])
            ends = np.cumsum(np.concatenate([np.empty(0, np.uint64), *lengths]), dtype=np.uint64)
            starts = np.concatenate([np.zeros(min(1, len(ends)), np.uint64), ends[:-1]])
            padding = -int(ends[-1] if len(ends) else 0) % 8
            file.write(bytes(padding))
            order = np.argsort(all_ids, kind="stable")
            for column in (all_ids, starts, ends):
                file.write(column[order].astype("<u8").tobytes())
            file.write(_END.pack(_MAGIC, len(all_ids), int(ends[-1] if len(ends) else 0) + padding))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary.name).replace(path)
    except BaseException:
        Path(temporary.name).unlink(missing_ok=True)
        raise


def _write_values(file: Any, values: pa.BinaryArray) -> Iterable[bytes]:
    for value in values.to_pylist():
        file.write(value)
        yield value


def remove_others(folder: Path, versions: Iterable[int]) -> None:
    """Remove the files of all versions but these, and what a writer that died has left."""
    kept = {file_of(folder, number).name for number in versions}
    for path in folder.glob(f"*{_SUFFIX}*"):
        if path.name not in kept:
            try:
                path.unlink()
            except OSError as error:  # still read by somebody where open files cannot be removed
                log.info("%s stays until the next reindex: %s", path.name, error.strerror)
