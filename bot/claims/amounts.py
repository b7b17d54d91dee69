"""What words of a claim say no more than "is" does before a price or a period: it costs £5, it lasts five years."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.claims.people import READER
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
_NO_PRICE = telling_words(
    "limit minimum maximum order cover budget deposit excess threshold allowance value worth bid loan stake wage"
)
"""Measures in money that nobody pays, unless a claim says so: "You pay a deposit of £300"."""
_NO_PERIOD = telling_words("window notice stay age limit")
"""Measures in time that nothing takes, and that may last themselves: "The window lasts 30 days"."""
_LAST, _COVER = telling_words("last"), telling_words("cover")
_NEAR = 12
"""Characters behind an amount in which it says how often it is paid."""
_PAID = re.compile(r"\bpa(?:y|ys|id|ying)\s(?:an?|the|your|our|this)\s(?P<what>(?:[\w-]+\s){1,3})", re.IGNORECASE)
_PREMIUM = re.compile(r"\s?(?:an?|per|each|every)\s(?:month|year|week|day)\b", re.IGNORECASE)
"""Behind an amount, what tells a price for cover from the most that it pays."""
_WAGE = re.compile(
    r"\b(?:hourly|daily|weekly|monthly|yearly|annual|hour|day)\srates?\sfor\s(?P<who>[^,;:.!?]+?)\s(?:is|are)\b",
    re.IGNORECASE,
)
"""What people get by the hour or day, unless they are customers."""
_PAYER = re.compile(r"(?P<who>[^,;:.!?]+?)\spays?\b", re.IGNORECASE)
_SAID_OF = re.compile(r"\s(?:of|for|per|in|on|at|to|from|by|with|without|under|over|that|which|who)\s", re.IGNORECASE)
"""What stands behind the noun that a subject is about: "the deposit for a van"."""
_SAYS_PRICE = telling_words("cost pay price charge priced")
_SAYS_PERIOD = telling_words("last take valid")
_NAMES_PRICE = _SAYS_PRICE | telling_words("fee rate")
_NAMES_PERIOD = _SAYS_PERIOD | telling_words("time length duration")


def said_by_amounts(claim: str, sentence: str, known: Collection[str]) -> frozenset[str]:
    """Return the words of a claim that say what a sentence says by "is" before an amount that both tell.

    What the sentence says it of, the claim has to name: a deposit for a van of £300 is not what the van costs. What
    else stands there may be `known` instead, and all of it where the claim itself names nothing: "It costs £6.95".
    """
    words = telling_words(claim)
    price, period = words & _SAYS_PRICE, words & _SAYS_PERIOD
    if price and (_RECEIVED.search(sentence) or not _tells(claim, sentence, known, _PRICE)):
        price = frozenset()
    if period and not _tells(claim, sentence, known, _PERIOD):
        period = frozenset()
    return price | period


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a sentence says by "is" before an amount of a kind."""

    kind: Kind
    leads: re.Pattern[str]
    said: frozenset[str]
    """Words that say so in a claim."""
    names: frozenset[str]
    """Words that a sentence may have for it."""
    others: frozenset[str]
    """Words for amounts of the kind that are something else."""


_PRICE = _Measured(Kind.MONEY, _IS, _SAYS_PRICE, _NAMES_PRICE, _NO_PRICE)
_PERIOD = _Measured(Kind.DURATION, _LASTS, _SAYS_PERIOD, _NAMES_PERIOD, _NO_PERIOD)


def _tells(claim: str, sentence: str, known: Collection[str], sort: _Measured) -> bool:
    """Whether a sentence says of nothing but what a claim names, or is `known`, that it is one of its amounts."""
    words = telling_words(claim)
    mine = [one for one in figures_told(claim)[0] if one.kind is sort.kind]
    for one in figures_told(sentence)[0]:
        if not any(one.comparable(other) and one.equals(other) for other in mine):
            continue
        before, _, behind = sentence.partition(one.text)
        before = CLAUSE.split(before)[-1]
        lead = sort.leads.search(before)
        if not lead or not telling_words(before) <= words.union(known, sort.names):
            continue
        head = _head(before[: lead.start()])
        names_it = head <= words | sort.names or words - sort.said <= telling_words(behind)
        measure = head & sort.others
        if measure == _COVER and _PREMIUM.search(f"{one.text}{behind}"[: len(one.text) + _NEAR]):
            measure = frozenset()
        if names_it and not (measure and not measure <= _meant(claim)) and not _is_wage(claim, sentence):
            return True
    return False


def _head(subject: str) -> frozenset[str]:
    """Return the telling words of the noun that a subject is about: "limit" of "the overdraft limit per card"."""
    told = (telling_words(word) for word in reversed(_SAID_OF.split(subject, maxsplit=1)[0].split()))
    return next((words for words in told if words), frozenset())


def _meant(claim: str) -> frozenset[str]:
    """Return the telling words of what a claim says is paid, or lasts: "You pay a deposit of £300"."""
    paid = frozenset[str]().union(*(telling_words(found["what"]) for found in _PAID.finditer(claim)))
    words = telling_words(claim)
    return paid | words if words >= _LAST else paid


def _is_wage(claim: str, sentence: str) -> bool:
    """Whether a claim says of somebody that he pays the rate that a sentence says he works for."""
    rate, payer = _WAGE.search(sentence), _PAYER.match(claim)
    if not rate or not payer or READER.search(rate["who"]):
        return False
    return bool(telling_words(payer["who"]) & telling_words(rate["who"]))
