"""How likely the passages found answer the question, from what the search knows of them anyway.

That a passage is similar does not yet say that it answers: a follow-up says little alone, and where the documents
are all about one subject everything is similar to everything. So four signs are weighed by logistic regression.
Means, deviations and weights stand in `answerability.toml`; `python -m tests.bench.answerability --fit` makes it, from
questions that were searched for with, and without, the document that answers them.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from knowledge import late_interaction

Vectors = npt.NDArray[np.float32]

FILE = "answerability.toml"
NAMES = ("cosine", "clause", "coherence", "lead")
_CLAUSE = 8
"""Words in a row of a passage."""
_BEHIND = slice(20, 40)
"""Ranks of the passages that the best one is compared with: so far behind that none says the same in other words."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a search knows of its n candidates and of those of them that are shown."""

    vectors: Vectors
    """Shape (n, dimension)."""
    cosines: Vectors
    """With the question and, in a conversation, with the question and the turns before it; shape (n, 1 or 2)."""
    scores: Vectors
    """By which they are ranked; shape (n,)."""
    shown: Sequence[int]
    """Which are shown, the best first; at least one."""
    held: Sequence[late_interaction.Held]
    """The words of the question and, in a conversation, of it with the turns before it, against the candidates."""


@dataclass(frozen=True, slots=True)
class Sign:
    """How one sign is weighed."""

    mean: float
    deviation: float
    weight: float
    """Of the sign as a multiple of its deviation from its mean."""


def signs(evidence: Evidence) -> dict[str, float]:
    """Return what there is to say by `NAMES`, each the more the likelier there is an answer.

    `cosine`: of the nearest passage shown to the question or the conversation. `clause`: how well the words asked
    find theirs in one clause of a passage; left out where the embedder has no words. `coherence`: mean cosine of the
    best passage to the others shown; left out where there are few, as those have little in common anyway. `lead`: by
    how much the best score is above those of passages far behind, of the worse half where there are few.
    """
    shown = list(evidence.shown)
    found = {"cosine": float(evidence.cosines[shown].max())}
    if all(evidence.held[0].has_words(one) for one in shown):
        found["clause"] = max(held.best_window(one, _CLAUSE) for held in evidence.held for one in shown)
    ranked = np.sort(evidence.scores)[::-1]
    if len(ranked) > _BEHIND.start:
        found["coherence"] = float((evidence.vectors[shown[1:]] @ evidence.vectors[shown[0]]).mean())
        found["lead"] = float(ranked[0] - ranked[_BEHIND].mean())
    elif len(ranked) > 1:
        found["lead"] = float(ranked[0] - ranked[len(ranked) // 2 :].mean())
    return found


def probability(found: Mapping[str, float]) -> float:
    """Return how likely, 0 to 1, passages with these `signs` answer, if one question in two has an answer.

    A sign that is left out says nothing.
    """
    bias, weighed = _fitted()
    total = bias + sum(
        one.weight * (found[name] - one.mean) / one.deviation for name, one in weighed.items() if name in found
    )
    return 1 / (1 + math.exp(-total))


@cache
def _fitted() -> tuple[float, Mapping[str, Sign]]:
    values = tomllib.loads((resources.files("knowledge") / FILE).read_text(encoding="utf-8"))
    return values["bias"], {name: Sign(**values[name]) for name in NAMES}
