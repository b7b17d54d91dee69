"""Whether an answer said in other words still says the same; what cannot be told for certain does not go out."""

from __future__ import annotations

import re
from collections import Counter

from bot.text.facts import facts_of, figures
from bot.text.worded import without_worded
from knowledge.sentences import words_of

_CITED = re.compile(r" ?\[\d+\]")
_QUOTED = re.compile(r"(?P<said>[^\n\[\]]+) (?P<marker>\[\d+\])")
"""An answer that is quoted from one place."""
# What turns a sentence round, or sets a condition, when it is left out or put in.
_WEIGHTY = frozenset(
    "not no none never neither nor nothing nobody cannot without unless except only until before after if must may "
    "should always every all any both either least most more less other than instead".split()
)


def uncited(text: str) -> str:
    """Return an answer without the marks of its sources."""
    return _CITED.sub("", text).strip()


def going_on(before: str, told: str) -> str:
    """Return an answer without the sentences that are all of the one `before` it, if both are quoted from one place."""
    earlier, whole = _QUOTED.fullmatch(before), _QUOTED.fullmatch(told)
    if not (earlier and whole) or earlier["marker"] != whole["marker"]:
        return told
    rest = whole["said"].removeprefix(f"{earlier['said']} ")
    return f"{rest} {whole['marker']}"


def says_the_same(reworded: str, text: str) -> bool:
    """Whether a text has the figures, days, negations and conditions of another one; its words may differ."""
    here, there = facts_of(reworded), facts_of(text)
    if not (here.worded <= there.implied and there.worded <= here.implied):
        return False
    reworded, text = without_worded(reworded), without_worded(text)
    return figures(reworded) == figures(text) and _weight(reworded) == _weight(text)


def _weight(text: str) -> Counter[str]:
    words = [word.replace("’", "'") for word in words_of(text)]
    negated = sum(word.endswith("n't") or word == "cannot" for word in words)
    found = Counter(word for word in words if word in _WEIGHTY and word != "cannot")
    found["not"] += negated
    return +found
