"""How sure it is that what was found answers a question.

Two things tell: the signs of the search (`knowledge.answerability`), which see whether the documents speak of the
subject at all, and reading the likeliest sentences together with the question (`knowledge.cross_encoder`), which sees
whether they say what is asked. They are weighed by logistic regression; see `tests/bench/cross_encoder.py`.
"""

from __future__ import annotations

import math
from dataclasses import replace

from bot.extracts import Reader, weighed
from bot.questions import questions_in
from knowledge.retrieval import Query, Retrieval

_BIAS, _SEARCHED, _READ = 0.64, 0.64, 0.40
"""What the log odds of the search and those of the sentences count."""
_UNREAD = -1.26
"""Log odds of the sentences where they are not known: a threshold of 0.3 for the search alone is 0.4."""
_CERTAIN = 1e-6
_FIRST = 4
"""Passages whose sentences are read, whatever more was found."""


def confidence(reader: Reader, query: Query, found: Retrieval) -> float:
    """Return how likely, 0 to 1, what was found answers, told by its sentences as well.

    Of several questions in one it is enough that one is answered; read as one, they rather seem not to be. Within a
    conversation the search alone tells better: what a follow-up asks is seldom plain from a few turns.
    """
    if query.earlier:
        return together(found.confidence)
    asked = [query, *(replace(query, text=one) for one in questions_in(query.text))]
    read = [weighed(reader, one, found.passages[:_FIRST]).answered for one in asked]
    return together(found.confidence, max((odds for odds in read if odds is not None), default=None))


def together(searched: float, answered: float | None = None) -> float:
    """Return how likely, 0 to 1, what was found answers, if one question in two has an answer.

    `searched` is what the search says, `answered` the log odds that one of its sentences answers, where that is known.
    """
    sure = min(max(searched, _CERTAIN), 1 - _CERTAIN)
    read = _UNREAD if answered is None else answered
    return 1 / (1 + math.exp(-(_BIAS + _SEARCHED * math.log(sure / (1 - sure)) + _READ * read)))
