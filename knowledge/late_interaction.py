"""Words of a question held against the words of a passage: late interaction.

Each word has a vector in its context. A question fits a passage as well as, on average, its words find a
word there that means the same (Khattab and Zaharia, arXiv 2004.12832). Of the passage's vectors only the
signs are kept, 48 bytes a word instead of 1,536; the question's are whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
_LEAST_TELLING = np.float32(0.05)
"""What a word counts at the least, before it is squared: where all words are everywhere, all count the same."""


def packed(words: Vectors) -> bytes:
    """Return the signs of vectors, shape (words, dimension), a bit each and every word on a whole byte."""
    return np.packbits(words > 0, axis=1).tobytes()


def nearest(asked: Vectors, passages: Sequence[bytes]) -> Vectors:
    """Return how near each word of each packed passage comes to the words `asked`, shape (words, dimension).

    Shape (passages, words), about -1 to 1: the cosine of each word asked to the nearest word of the passage.
    All are 0 where a passage or the question has no words.
    """
    if not len(asked) or not passages or not all(passages):
        return np.zeros((len(passages), len(asked)), dtype=np.float32)
    cosines = _cosines(asked, b"".join(passages))
    width = (asked.shape[1] + 7) // 8
    starts = np.cumsum([0, *(len(one) // width for one in passages[:-1])])
    best: Vectors = np.maximum.reduceat(cosines, starts, axis=0)
    return best


def fits(near: Vectors) -> Vectors:
    """Return how well a question fits each passage, from what `nearest` gives: shape (passages,), about 0 to 1.

    The mean over the words of the question, where a word counts little that every one of the passages holds:
    it does not tell them apart.
    """
    if not near.size:
        return np.zeros(len(near), dtype=np.float32)
    telling = np.square(np.maximum(1 - near.mean(axis=0), _LEAST_TELLING))
    fit: Vectors = near @ telling / telling.sum()
    return fit


def best_window(asked: Vectors, passage: bytes, width: int) -> float:
    """Return how well the words `asked`, shape (words, dimension), fit the best `width` words in a row of a passage.

    0 where the passage or the question has no words. Every second window is looked at.
    """
    if not len(asked) or not passage:
        return 0.0
    cosines = _cosines(asked, passage)
    if len(cosines) <= width:
        return float(cosines.max(axis=0).mean())
    windows = np.lib.stride_tricks.sliding_window_view(cosines, width, axis=0)[::2]
    return float(windows.max(axis=2).mean(axis=1).max())


def _cosines(asked: Vectors, packed: bytes) -> Vectors:
    """Return the cosine of each packed word to each word asked, shape (packed, asked)."""
    dimension = asked.shape[1]
    rows = np.frombuffer(packed, dtype=np.uint8).reshape(-1, (dimension + 7) // 8)
    signs = np.unpackbits(rows, axis=1, count=dimension).astype(np.float32)
    # The cosine to a vector of signs (-1 or 1), from one of bits (0 or 1).
    cosines: Vectors = (2 * (signs @ asked.T) - asked.sum(axis=1)) / np.sqrt(np.float32(dimension))
    return cosines
