"""The passages of a version with their vectors, and which of them one asker may be told together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from knowledge.documents import Passage, Scope
from knowledge.embedding import Vectors
from knowledge.index import Version

Progress = Callable[[str, int, int], None]
"""Takes the stage in words, how much of it is done, and of how much."""
_BLOCK = 1_024
"""Rows compared with all others at once, so that the memory stays small."""


@dataclass(frozen=True)
class Corpus:
    """All passages, by document and position, and their unit vectors (shape: passages, dimension)."""

    passages: tuple[Passage, ...]
    vectors: Vectors

    @classmethod
    def of(cls, version: Version) -> Corpus:
        """Read a version whole."""
        passages, matrix = version.everything()
        order = sorted(range(len(passages)), key=lambda i: (passages[i].document_id, passages[i].position))
        return cls(tuple(passages[i] for i in order), matrix[order])

    @cached_property
    def documents(self) -> dict[str, list[int]]:
        """For each document the numbers of its passages."""
        found: dict[str, list[int]] = {}
        for number, passage in enumerate(self.passages):
            found.setdefault(passage.document_id, []).append(number)
        return found

    def told(self, on: date) -> npt.NDArray[np.bool_]:
        """Return for each passage whether it is told, or will be, on day `on` or later: false for what has expired."""
        ends = (passage.scope.effective_until for passage in self.passages)
        return np.array([end is None or end >= on for end in ends], dtype=bool)

    def near(self, least: float, most: int, progress: Callable[[int], None]) -> Iterator[tuple[int, int, float]]:
        """Yield (passage, passage, cosine) for each passage's at most `most` nearest of a cosine of at least `least`.

        A pair comes once, the smaller number first.
        """
        seen: set[tuple[int, int]] = set()
        count = len(self.passages)
        for start in range(0, count, _BLOCK):
            cosines = self.vectors[start : start + _BLOCK] @ self.vectors.T
            cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -1
            for row in range(len(cosines)):
                close = np.flatnonzero(cosines[row] >= least)
                if len(close) > most:
                    close = close[np.argpartition(-cosines[row][close], most)[:most]]
                for other in close:
                    pair = (min(start + row, int(other)), max(start + row, int(other)))
                    if pair not in seen:
                        seen.add(pair)
                        yield *pair, float(cosines[row][other])
            progress(min(start + _BLOCK, count))


def overlap(a: Scope, b: Scope) -> bool:
    """Whether somebody may be told both on one day: the scopes share a region, product, language, and a time."""
    for key in ("region", "audience", "product", "language"):
        mine, theirs = getattr(a, key), getattr(b, key)
        if mine and theirs and not set(mine) & set(theirs):
            return False
    begins = max((day for day in (a.effective_from, b.effective_from) if day), default=None)
    ends = min((day for day in (a.effective_until, b.effective_until) if day), default=None)
    return not (begins and ends and begins > ends)
