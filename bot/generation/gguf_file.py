"""Reads the header of a GGUF file and tells whether the file is whole, without loading the model.

llama.cpp aborts or answers nonsense on some damaged files, so every model and adapter is held
against its own header first. The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

from bot.generation.engine import ModelFileError

MAGIC = b"GGUF"
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_REPLACE = "Put a whole copy of the file there, or name another one in the settings."


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One tensor of the file. `shape` is in ggml's order, fastest dimension first."""

    name: str
    shape: tuple[int, ...]
    type: int


@dataclass(frozen=True, slots=True)
class GGUFHeader:
    """What a GGUF file says about itself. Arrays are kept as their length."""

    metadata: dict[str, Any]
    tensors: tuple[TensorInfo, ...]

    @property
    def architecture(self) -> str:
        return str(self.metadata.get("general.architecture", ""))

    @property
    def is_adapter(self) -> bool:
        return self.metadata.get("general.type") == "adapter"


class _Damaged(Exception):
    pass


class _Cursor:
    def __init__(self, data: mmap.mmap) -> None:
        self.data, self.at = data, 0

    def scalar(self, code: str) -> Any:
        size = struct.calcsize("<" + code)
        if self.at + size > len(self.data):
            raise _Damaged
        (value,) = struct.unpack_from("<" + code, self.data, self.at)
        self.at += size
        return value

    def skip(self, size: int) -> None:
        if size < 0 or self.at + size > len(self.data):
            raise _Damaged
        self.at += size

    def string(self) -> str:
        size = self.scalar("Q")
        start = self.at
        self.skip(size)
        return self.data[start : self.at].decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        if kind in _SCALARS:
            return self.scalar(_SCALARS[kind])
        if kind == _STRING:
            return self.string()
        if kind != _ARRAY:
            raise _Damaged
        item, count = self.scalar("I"), self.scalar("Q")
        if item in _SCALARS:
            self.skip(struct.calcsize("<" + _SCALARS[item]) * count)
        elif item == _STRING:
            for _ in range(count):
                self.skip(self.scalar("Q"))
        else:
            raise _Damaged
        return count


def read_header(path: Path) -> GGUFHeader:
    """Read and check the header of `path`; one that was read before and has not changed is not read again.

    Raises ModelFileError, naming the file and what to do, for a file that is missing, unreadable,
    empty, a directory, no GGUF, or shorter than its header says.
    """
    if path.is_dir():
        raise ModelFileError(f"{path} is a folder, not a model file.", "Name the .gguf file inside it.")
    try:
        state = path.stat()
        return _read(path, state.st_ino, state.st_size, state.st_mtime_ns)
    except FileNotFoundError:
        raise ModelFileError(f"There is no model file {path}.", "Check the path in the settings.") from None
    except OSError as error:
        raise ModelFileError(
            f"The model file {path} cannot be read: {error.strerror}.", "Check its permissions."
        ) from None


@lru_cache(maxsize=4)
def _read(path: Path, *state: int) -> GGUFHeader:
    """Read the file as it is in a certain `state`."""
    with path.open("rb") as file:
        if not file.read(1):
            raise ModelFileError(f"The model file {path} is empty.", _REPLACE)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _parse(path, data)


def _parse(path: Path, data: mmap.mmap) -> GGUFHeader:
    if data[:4] != MAGIC:
        raise ModelFileError(f"{path} is not a GGUF file.", "Convert the model to GGUF, or name another file.")
    try:
        cursor = _Cursor(data)
        cursor.skip(4)
        if (version := cursor.scalar("I")) not in (2, 3):
            raise ModelFileError(
                f"{path} is a GGUF file of version {version}, which cannot be read here.",
                "Convert the model again with a current llama.cpp (version 3, little-endian).",
            )
        tensor_count, key_count = cursor.scalar("Q"), cursor.scalar("Q")
        metadata: dict[str, Any] = {}
        for _ in range(key_count):
            key = cursor.string()
            metadata[key] = cursor.value(cursor.scalar("I"))
        tensors, end = [], 0
        for _ in range(tensor_count):
            name = cursor.string()
            if (dimensions := cursor.scalar("I")) > 8:
                raise _Damaged
            shape = tuple(cursor.scalar("Q") for _ in range(dimensions))
            kind, offset = cursor.scalar("I"), cursor.scalar("Q")
            tensors.append(TensorInfo(name, shape, kind))
            end = max(end, offset + _size(shape, kind))
    except _Damaged:
        raise ModelFileError(f"The model file {path} is damaged: its header breaks off.", _REPLACE) from None
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment < 1:
        raise ModelFileError(f"The model file {path} is damaged: its alignment is {alignment!r}.", _REPLACE)
    needed = -(-cursor.at // alignment) * alignment + end
    if needed > len(data):
        raise ModelFileError(
            f"The model file {path} is incomplete: {len(data):,} of at least {needed:,} bytes are there.", _REPLACE
        )
    return GGUFHeader(metadata, tuple(tensors))


def _size(shape: tuple[int, ...], kind: int) -> int:
    try:
        block, size = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
    except ValueError:
        return 0  # a type newer than our table: llama.cpp decides
    return prod(shape) // block * size
