"""What a page says of some, told as said of all: "all students" for "students with a valid card"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from bot.text.facts import facts_of, telling_words

_MOST = 12
"""Nouns of a sentence that are looked at."""


def widened(claim: str, evidence: str, asked: str) -> str | None:
    """Return those of whom or which alone the evidence tells what a claim tells of all; None if there are none.

    "Discounts are for students with a card" does not say "Discounts are for all students".
    """
    if _ALL.search(evidence):
        return None
    known = _named_in(f"{claim} {asked}")
    for all_of in _ALL_OF.finditer(claim):
        noun = telling_words(all_of["noun"])
        if _restricts_itself(claim, noun, evidence) or _told_without_limit(claim, evidence, noun):
            continue
        for some, their_noun, limit in _restricted(evidence) if noun else ():
            own = _named_in(limit) - noun
            if their_noun == noun and own and not own & known:
                return f"“{some}”"
    return None


def _restricts_itself(claim: str, noun: frozenset[str], evidence: str) -> bool:
    """Whether a claim tells of all of those whom the evidence tells of: "all drivers under 21"."""
    told = _named_in(evidence)
    return any(their_noun == noun and _named_in(limit) - noun <= told for _, their_noun, limit in _restricted(claim))


def _told_without_limit(claim: str, evidence: str, noun: frozenset[str]) -> bool:
    """Whether the evidence says what a claim says of all of a noun, too: "…, and households get help"."""
    said = telling_words(claim)
    return any(
        telling_words(found["noun"]) == noun and said <= telling_words(found[0])
        for found in islice(_BARE.finditer(evidence), _MOST)
    )


def _restricted(text: str) -> Iterator[tuple[str, frozenset[str], str]]:
    """Give the nouns of which some are told from others, each with all that is said, and what tells them apart."""
    for pattern in (_BY_WHAT_FOLLOWS, _BY_NAME):
        for found in islice(pattern.finditer(text), _MOST):
            limit = found["limit"] if _CLAUSE.match(found["limit"]) else _VERB.split(found["limit"])[0]
            yield f"{found['noun']} {limit}", telling_words(found["noun"]), limit


def _named_in(text: str) -> frozenset[str]:
    facts = facts_of(text)
    return (
        telling_words(text)
        | {f"{number:g}" for number in facts.numbers}
        | {f"{one.kind} {one.low:g}" for one in facts.figures}
    )


_ALL = re.compile(r"\b(?:all|every|each|any|everyone|everybody|anyone|anybody)\b(?!\sothers?\b)", re.IGNORECASE)
_ALL_OF = re.compile(r"\b(?:all|every|any)\s(?:of\s)?(?:(?:our|the|your|its)\s)?(?P<noun>[a-z]+)\b", re.IGNORECASE)
_BY_WHAT_FOLLOWS = re.compile(
    r"\b(?P<noun>[a-z]+)\s(?P<limit>(?:who|whose|which|that|with|without|aged|over|under|above|below|"
    r"of(?=\s(?:\d|two|three|four|five|six|seven|eight|nine|ten)\b)|"
    r"(?:placed|made|bought|booked|ordered|received|sent|paid|born|living|working|staying)(?=\s(?:before|after|by|"
    r"until|for|in|on|at|from|with|within|online)\b))\s(?:[^,;:.!?()]|(?<=\d)[,.](?=\d))+)",
    re.IGNORECASE,
)
_BY_NAME = re.compile(r"\b(?:[Tt]he|[Oo]ur|[Yy]our)\s(?P<limit>[A-Z]\w+)\s(?P<noun>[a-z]+)\b")
_CLAUSE = re.compile(r"(?:who|whose|which|that)\b", re.IGNORECASE)
_VERBS = r"(?:is|are|was|were|can|cannot|may|must|will|gets?|pays?|has|have|needs?|costs?|travels?|receives?)\b"
_VERB = re.compile(rf"\s{_VERBS}", re.IGNORECASE)
_BARE = re.compile(
    rf"(?:\A|[;,.:]\s|\b(?:and|but)\s)(?:(?:the|our|your)\s)?(?P<noun>[a-z]+)\s{_VERBS}[^;,.:]*", re.IGNORECASE
)
