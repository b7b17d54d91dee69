"""How sure it is that what was found answers a question.

Two things tell: the signs of the search (`knowledge.answerability`), which see whether the documents speak of the
subject at all, and reading the likeliest sentences together with the question (`knowledge.cross_encoder`), which sees
whether they say what is asked. `tests/bench/cross_encoder.py` says what each tells. The search counts more here than
logistic regression would have it, as reading is at times sure and wrong: of "The label is free of charge" it says that
this does not answer what the label costs.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from bot.quoting.scoring import Reader, weighed
from bot.understanding.questions import questions_in, says_little
from knowledge.retrieval import Query, Retrieval


class _Weights(NamedTuple):
    """What counts for the log odds that what was found answers."""

    bias: float
    searched: float
    """Of the log odds of the search."""
    read: float
    """Of those of the sentences."""


_ALONE = _Weights(0.41, 0.64, 0.44)
_FOLLOW_UP = _Weights(0.29, 0.80, 0.15)
"""Within a conversation, where what is asked is seldom plain from a few turns: the search tells more, and of as sure an
answer the page is more often a wrong one."""
_UNREAD = _Weights(0.14, 0.64, 0.0)
"""Where the sentences could not be read: a threshold of 0.3 for the search is 0.4."""
_CERTAIN = 1e-6
_FIRST = 4
"""Passages whose sentences are read, whatever more was found."""


def confidence(reader: Reader, query: Query, found: Retrieval) -> float:
    """Return how likely, 0 to 1, what was found answers, told by its sentences as well.

    Of several questions in one it is enough that one is answered; read as one, they rather seem not to be.
    """
    asked = [query]
    before = ""
    for one in questions_in(query.text):
        # Any price answers "What is the price?".
        earlier = (*query.earlier, before) if before and says_little(one) else query.earlier
        asked.append(replace(query, text=one, earlier=earlier))
        before = one
    read = [weighed(reader, one, found.passages[:_FIRST]).answered for one in asked]
    answered = max((odds for odds in read if odds is not None), default=None)
    return together(found.confidence, answered, follow_up=bool(query.earlier))


def together(searched: float, answered: float | None = None, *, follow_up: bool = False) -> float:
    """Return how likely, 0 to 1, what was found answers, if one question in two has an answer.

    `searched` is what the search says, `answered` the log odds that one of its sentences answers, where that is known;
    a `follow_up` goes on in a conversation.
    """
    sure = min(max(searched, _CERTAIN), 1 - _CERTAIN)
    weights = _UNREAD if answered is None else _FOLLOW_UP if follow_up else _ALONE
    return 1 / (
        1 + math.exp(-(weights.bias + weights.searched * math.log(sure / (1 - sure)) + weights.read * (answered or 0)))
    )
