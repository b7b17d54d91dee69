"""How far a difference may be chance: the paired bootstrap over questions.

Both systems answered the same questions, so the same questions are drawn for both, with replacement and seeded
(Efron & Tibshirani 1993; Koehn 2004 for text). Questions of one conversation or document depend on one another, so
whole groups of them are drawn.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

DRAWS = 10_000
SEED = 20
LEVEL = 0.95
LEAST = 6
"""Groups below which there is no interval: where five all point one way, the sign test still has p = 2 / 2^5, which is
more than 1 - LEVEL, and from one group every draw is the same."""
TIE = 1e-9
"""What is nearer to 0 is 0: sums of the same numbers in another order differ by less."""
_BLOCK = 2_000_000
"""Numbers drawn at a time, of 8 bytes."""

Floats = npt.NDArray[np.float64]
Ratio = tuple[Sequence[float], Sequence[float]]
"""Numerators and denominators by question: a mean is the sum of the ones over the sum of the others."""
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, or a difference of two, with its 95 % interval (percentiles of the draws)."""

    value: float
    low: float
    high: float

    @property
    def above(self) -> bool:
        """Whether all of it is above 0."""
        return self.low > TIE

    @property
    def below(self) -> bool:
        """Whether all of it is below 0."""
        return self.high < -TIE

    def as_json(self) -> dict[str, float]:
        return {"value": self.value, "low": self.low, "high": self.high}


class Resampled(Generic[_Key]):
    """The same draws of questions for every ratio, so that any two of them can be compared."""

    def __init__(
        self, groups: Sequence[str], ratios: Mapping[_Key, Ratio], draws: int = DRAWS, seed: int = SEED
    ) -> None:
        """`groups` names the group of each question; questions with the same name are drawn together."""
        names, group_of = np.unique(np.array(groups, dtype=str), return_inverse=True)
        self.groups = len(names)
        """How many there are to draw from."""
        sums = np.zeros((len(names), 2 * len(ratios)))
        for at, (numerators, denominators) in enumerate(ratios.values()):
            np.add.at(sums[:, 2 * at], group_of, np.asarray(numerators, dtype=np.float64))
            np.add.at(sums[:, 2 * at + 1], group_of, np.asarray(denominators, dtype=np.float64))
        whole, drawn = sums.sum(axis=0), _drawn(sums, draws, seed)
        self._values = {key: float(_ratio(whole[2 * at], whole[2 * at + 1])) for at, key in enumerate(ratios)}
        self._draws = {key: _ratio(drawn[:, 2 * at], drawn[:, 2 * at + 1]) for at, key in enumerate(ratios)}
        self._counted = {key: int(np.count_nonzero(sums[:, 2 * at + 1] > 0)) for at, key in enumerate(ratios)}

    def value(self, key: _Key) -> float | None:
        """Return a mean over all questions; None where nothing counts for it."""
        value = self._values[key]
        return value if np.isfinite(value) else None

    def counted(self, key: _Key) -> int:
        """Return how many groups hold anything that counts for it."""
        return self._counted[key]

    def interval(self, key: _Key) -> Interval | None:
        """Return a mean; None where fewer than `LEAST` groups count for it."""
        if self._counted[key] < LEAST:
            return None
        return _interval(self._values[key], self._draws[key])

    def difference(self, ours: _Key, theirs: _Key) -> Interval | None:
        """Return by how much `ours` is higher; None where fewer than `LEAST` groups count for one of the two."""
        if min(self._counted[ours], self._counted[theirs]) < LEAST:
            return None
        return _interval(self._values[ours] - self._values[theirs], self._draws[ours] - self._draws[theirs])


def _drawn(sums: Floats, draws: int, seed: int) -> Floats:
    """Return the sums of each draw, from those of each group; shape (draws, columns)."""
    groups = len(sums)
    generator = np.random.default_rng(seed)
    step = max(1, _BLOCK // max(1, groups))
    blocks = [
        generator.multinomial(groups, np.full(groups, 1 / groups), size=min(step, draws - start)) @ sums
        for start in range(0, draws, step)
    ]
    return np.concatenate(blocks)


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return a ratio; NaN where the denominator is 0."""
    whole = np.asarray(denominator, dtype=np.float64)
    ratio: Floats = np.divide(numerator, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return ratio


def _interval(value: float, draws: Floats) -> Interval | None:
    """Draws in which there is nothing to measure do not count."""
    draws = draws[np.isfinite(draws)]
    if not np.isfinite(value) or not draws.size:
        return None
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(value), float(low), float(high))
