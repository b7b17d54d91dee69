"""Whether an answer said in other words still says the same; what cannot be told for certain does not go out."""

from __future__ import annotations

import re
from collections import Counter

from bot.facts import figures
from knowledge.sentences import words_of

_CITED = re.compile(r" ?\[\d+\]")
# What turns a sentence round, or sets a condition, when it is left out or put in.
_WEIGHTY = frozenset(
    "not no none never neither nor nothing nobody cannot without unless except only until before after if must may "
    "should always every all any both either least most more less other than instead".split()
)


def uncited(text: str) -> str:
    """Return an answer without the marks of its sources."""
    return _CITED.sub("", text).strip()


def says_the_same(reworded: str, text: str) -> bool:
    """Whether a text has the same figures, negations and conditions as another one; their words may differ."""
    return figures(reworded) == figures(text) and _weight(reworded) == _weight(text)


def _weight(text: str) -> Counter[str]:
    words = [word.replace("’", "'") for word in words_of(text)]
    negated = sum(word.endswith("n't") or word == "cannot" for word in words)
    found = Counter(word for word in words if word in _WEIGHTY and word != "cannot")
    found["not"] += negated
    return +found
