"""Reads the whole of a GGUF file through gguf's own reader, three times as fast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gguf
import numpy as np


class GGUFReader(gguf.GGUFReader):
    """gguf's reader on a plain array: of a memory map, each piece of a vocabulary would be one more map.

    The file is mapped into memory all the same.
    """

    def _get(self, *place: Any, **options: Any) -> Any:
        if isinstance(self.data, np.memmap):
            self.data = self.data.view(np.ndarray)  # type: ignore[assignment]
        return super()._get(*place, **options)


@contextmanager
def read_fast() -> Iterator[None]:
    """Let other libraries, which look for gguf's reader when they read a file, find this one."""
    before = gguf.GGUFReader
    gguf.GGUFReader = GGUFReader  # type: ignore[misc]
    try:
        yield
    finally:
        gguf.GGUFReader = before  # type: ignore[misc]
