"""The sentences of the passages found, each with how much it matters to the question."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from bot.quoting.asked import Asked
from bot.quoting.evidence import Evidence, leading_to
from bot.quoting.marks import Marks
from knowledge.documents import ScoredPassage

_LEANING = 3
"""Sentences told before one that leans on them, at the most."""
AND_SO_ON = 0.95
"""Share of the best sentence's score from which the one beside it is quoted with it."""
QUOTED_CHARS = 600
STEPS_CHARS = 1_500
"""Of a list that is quoted with what leads to it, and of a numbered one that is quoted whole."""
GAP = "…"


@dataclass(frozen=True, slots=True)
class ScoredSentences:
    """The sentences of the passages found in their order, each with how much it matters."""

    found: tuple[ScoredPassage, ...]
    sentences: tuple[Evidence, ...]
    numbers: tuple[int, ...]
    """Of each sentence, the place of its passage in `found`."""
    likeness: tuple[float, ...]
    """Cosine to the question, read under title and heading."""
    scores: tuple[float, ...]
    question: Asked = field(default_factory=Asked)
    marks: Marks = field(default_factory=Marks)
    read_well: frozenset[int] = frozenset()
    """The places of those that answer rather than not, by reading them together with the question."""
    answered: float | None = None
    """The log odds that one of the sentences answers, by reading the likeliest together with the question; None where
    that tells nothing."""

    def together(self, place: int, other: int) -> bool:
        """Whether there is a sentence at `place`, in the passage of the other one."""
        return 0 <= place < len(self.numbers) and self.numbers[place] == self.numbers[other]

    def beside(self, place: int) -> list[int]:
        return [other for other in (place - 1, place + 1) if self.together(other, place)]

    def told(self, places: Collection[int]) -> list[Evidence]:
        """Return sentences in their order, with those that they cannot be understood without.

        Those are the ones before where the first says only "it" of what they name, and what leads to an item of a list
        or a block of code.
        """
        if not places:
            return []
        said = {*places}.union(*(leading_to(self.sentences, place) for place in places))
        start = min(said)
        for before in range(start - 1, start - 1 - _LEANING, -1):
            if not self.sentences[before + 1].leans_on or not self.sentences[before].quotable:
                break
            said.add(before)
        return [self.sentences[place] for place in sorted(said)]


def chars_in(sentences: Sequence[Evidence]) -> int:
    """Return how many characters sentences have."""
    return sum(len(one.text) for one in sentences)
