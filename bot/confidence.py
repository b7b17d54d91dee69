"""How sure it is that what was found answers a question.

Two things tell: the signs of the search (`knowledge.answerability`), which see whether the documents speak of the
subject at all, and reading the likeliest sentences together with the question (`knowledge.cross_encoder`), which sees
whether they say what is asked. They are weighed by logistic regression; see `tests/bench/cross_encoder.py`.
"""

from __future__ import annotations

import math
from dataclasses import replace

from bot.extracts import Reader, weighed
from knowledge.retrieval import Query, Retrieval

_BIAS, _SIGNS, _READ = 0.64, 0.64, 0.40
"""What the log odds of the search and those of the sentences count."""
_CERTAIN = 1e-6
_FIRST = 4
"""Passages whose sentences are read, whatever more was found."""


def judged(reader: Reader, query: Query, found: Retrieval) -> Retrieval:
    """Return what a search found with how likely it is to answer, told by its sentences as well."""
    told = weighed(reader, query, found.passages[:_FIRST])
    return replace(found, confidence=together(found.confidence, told.answered))


def together(searched: float, answered: float | None) -> float:
    """Return how likely, 0 to 1, what was found answers.

    `searched` is what the search says, `answered` the log odds that one of its sentences answers, where that is known.
    """
    if answered is None:
        return searched
    sure = min(max(searched, _CERTAIN), 1 - _CERTAIN)
    return 1 / (1 + math.exp(-(_BIAS + _SIGNS * math.log(sure / (1 - sure)) + _READ * answered)))
