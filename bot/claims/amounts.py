"""What words of a claim say no more than "is" does before a price or a period: it costs £5, it lasts five years."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.text.facts import CLAUSE, figures_told, telling_words
from knowledge.figures import Kind

_ABOUT = r"(?:only|just|about|around|usually|normally|currently|from|up to|between)"
_IS = re.compile(rf"(?:\b(?:is|are|was|were)|:)(?:\s{_ABOUT})?\s*$", re.IGNORECASE)
_LASTS = re.compile(rf"(?:\b(?:is|are|was|were|(?:valid|good) for|lasts?|takes?)|:)(?:\s{_ABOUT})?\s*$", re.IGNORECASE)
_RECEIVED = re.compile(
    r"\b(?:refund\w*|compensat\w+|credit\w*|discount\w*|reward\w*|bonus\w*|allowances?|benefits?|cash\s?back|prizes?|"
    r"grants?|wages?|salar\w+|vouchers?|pay(?:ments?|outs?)?|income|sav(?:es?|ings?))\b",
    re.IGNORECASE,
)
"""What one gets rather than pays."""
_SAYS_PRICE = telling_words("cost pay price charge priced")
_SAYS_PERIOD = telling_words("last take valid")
_NAMES_PRICE = _SAYS_PRICE | telling_words("fee rate")
_NAMES_PERIOD = _SAYS_PERIOD | telling_words("time length duration")


def said_by_amounts(claim: str, sentence: str, known: Collection[str]) -> frozenset[str]:
    """Return the words of a claim that say what a sentence says by "is" before an amount that both tell.

    All else that the sentence says it of, the claim has to name, or it has to be `known`: a deposit for a van of £300
    is not what the van costs.
    """
    words = telling_words(claim)
    price, period = words & _SAYS_PRICE, words & _SAYS_PERIOD
    named = words.union(known)
    if price and (_RECEIVED.search(sentence) or not _tells(claim, sentence, Kind.MONEY, _IS, named | _NAMES_PRICE)):
        price = frozenset()
    if period and not _tells(claim, sentence, Kind.DURATION, _LASTS, named | _NAMES_PERIOD):
        period = frozenset()
    return price | period


def _tells(claim: str, sentence: str, kind: Kind, leads: re.Pattern[str], named: frozenset[str]) -> bool:
    """Whether a sentence says of nothing but what is `named` that it is one of the amounts of a claim."""
    mine = [one for one in figures_told(claim)[0] if one.kind is kind]
    for one in figures_told(sentence)[0]:
        if any(one.comparable(other) and one.equals(other) for other in mine):
            before = CLAUSE.split(sentence.partition(one.text)[0])[-1]
            if leads.search(before) and telling_words(before) <= named:
                return True
    return False
