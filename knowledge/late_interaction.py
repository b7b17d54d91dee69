"""Words of a question held against the words of a passage: late interaction.

Each word has a vector in its context. A question fits a passage as well as, on average, its words find a
word there that means the same (Khattab and Zaharia, arXiv 2004.12832). Of the passage's vectors only the
signs are kept, 48 bytes a word instead of 1,536; the question's are whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
_LEAST_TELLING = np.float32(0.05)
"""What a word counts at the least, before it is squared: where all words are everywhere, all count the same."""


def packed(words: Vectors) -> bytes:
    """Return the signs of vectors, shape (words, dimension), a bit each and every word on a whole byte."""
    return np.packbits(words > 0, axis=1).tobytes()


def signs(words: bytes, dimension: int) -> Vectors:
    """Return packed words as vectors of -1 and 1, shape (words, dimension)."""
    return 2 * _bits(words, dimension) - 1


def _bits(words: bytes, dimension: int) -> Vectors:
    rows = np.frombuffer(words, dtype=np.uint8).reshape(-1, (dimension + 7) // 8)
    return np.unpackbits(rows, axis=1, count=dimension).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Held:
    """The words asked held against those of n passages."""

    cosines: Vectors
    """Of each word of the passages, one passage after the other, to each word asked; about -1 to 1."""
    starts: npt.NDArray[np.int64]
    """Where the words of each passage begin, and where the last ones end; shape (n + 1,)."""

    def to(self, asked: slice) -> Held:
        """Return the same for just these of the words asked."""
        return Held(self.cosines[:, asked], self.starts)

    def has_words(self, passage: int) -> bool:
        return bool(self.starts[passage] < self.starts[passage + 1])

    def nearest(self) -> Vectors:
        """Return for each passage and word asked the cosine of the nearest word; shape (n, asked).

        All are 0 where a passage or the question has no words.
        """
        if not self.cosines.size or not np.diff(self.starts).all():
            return np.zeros((len(self.starts) - 1, self.cosines.shape[1]), dtype=np.float32)
        best: Vectors = np.maximum.reduceat(self.cosines, self.starts[:-1], axis=0)
        return best

    def best_window(self, passage: int, width: int) -> float:
        """Return how well the words asked fit the best `width` words in a row of a passage.

        0 where it or the question has no words. Every second window is looked at.
        """
        cosines = self.cosines[self.starts[passage] : self.starts[passage + 1]]
        if not cosines.size:
            return 0.0
        if len(cosines) <= width:
            return float(cosines.max(axis=0).mean())
        windows = np.lib.stride_tricks.sliding_window_view(cosines, width, axis=0)[::2]
        return float(windows.max(axis=2).mean(axis=1).max())


def held(asked: Vectors, passages: Sequence[bytes]) -> Held:
    """Hold the words `asked`, shape (words, dimension), against those of packed passages."""
    dimension = asked.shape[1]
    width = (dimension + 7) // 8
    bits = _bits(b"".join(passages), dimension)
    # The cosine to a vector of signs (-1 or 1), from one of bits (0 or 1).
    cosines: Vectors = (2 * (bits @ asked.T) - asked.sum(axis=1)) / np.sqrt(np.float32(dimension))
    return Held(cosines, np.cumsum([0, *(len(one) // width for one in passages)]))


def fits(near: Vectors) -> Vectors:
    """Return how well a question fits each passage, from what `Held.nearest` gives: shape (passages,), about 0 to 1.

    The mean over the words of the question, where a word counts little that every one of the passages holds:
    it does not tell them apart.
    """
    if not near.size:
        return np.zeros(len(near), dtype=np.float32)
    telling = np.square(np.maximum(1 - near.mean(axis=0), _LEAST_TELLING))
    # As a product of matrices this made NumPy warn of invalid values now and then, though all were finite.
    fit: Vectors = (near * telling).sum(axis=1) / telling.sum()
    return fit
