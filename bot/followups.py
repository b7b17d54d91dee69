"""What to search with: the question, of the turns before it those that it may lean on, and what it means in general."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.messages import Turn
from knowledge.retrieval import Query

EARLIER_TURNS = 4
"""User turns before the question that are searched with; chosen on the dev questions of the benchmark."""
_GIVES_BACK = re.compile(
    r"(?P<verb>(?:(?:^|\b(?:to|i|we|you|they|he|she|and|or|please|not|never|customers?|people)\s+)"
    r"|\b(?:can|could|may|might|should|must|shall|will|would|do|does|did)(?:n['’]t|not)?\s+(?:[\w'’-]+\s+){0,3}?)"
    r"(?:return|exchange|swap|send back|give back|bring back|take back)"
    r"|\b(?:returning|exchanging|swapping|sending back|giving back|bringing back))\s+"
    r"(?:an?|the|this|that|these|those|my|our|some|any|one of (?:my|our|the|these|those))\s+"
    r"(?P<thing>(?:[a-z][\w'’-]*\s+){0,2}?[a-z][\w'’-]*)"
    r"(?=\s*(?:$|[^\w\s]|\b(?:that|which|who|i|we|you|to|in|into|from|for|if|after|within|when|while|without|with|by|at|"
    r"on|and|or|but|because|since|as|bought|purchased|ordered|once|before|later|again|back|first|now|"
    r"online|instead|please|it|does|is)\b))",
    re.IGNORECASE,
)
"""Somebody gives back a thing: "return my stand mixer"."""
_NO_GOODS = frozenset(
    "account address amount application article booking call card cards cash code contract copy deposit documents "
    "favor favour form forms gift gifts goods id invoice item items key keys label labels letter license licence money "
    "order orders package page parcel parcels password payment points position present presents product products "
    "purchase purchases receipt refund rest shipment subscription thing things ticket title".split()
)
"""What is given back and is no article that is sold, or is as general as can be."""
_QUALIFIES = re.compile(r"\w{2,}(?:ed|en)|custom|defective|faulty|old|outlet|sale|wrong", re.IGNORECASE)
"""What a rule of its own may be about: recalled, opened, broken."""


def query_for(text: str, turns: Sequence[Turn]) -> Query:
    """Return the query for a question asked after `turns` (oldest first).

    "And in Norway?" says little alone, so what the person wrote before goes along and counts less.
    """
    said = [turn.content.strip() for turn in turns if turn.role == "user"]
    return Query(text, tuple(one for one in said if one)[-EARLIER_TURNS:])


def in_general(text: str) -> str:
    """Return a question about giving a thing back with "an item" in its place; empty where it is about nothing of that.

    Pages tell the rule of all items, and which thing somebody bought leads to what else is said of such things.
    """

    def general(found: re.Match[str]) -> str:
        *before, thing = found["thing"].split()
        if thing.lower() in _NO_GOODS:
            return found[0]
        kept = " ".join(word for word in before if _QUALIFIES.fullmatch(word))
        article = "an" if (kept or "item")[0].lower() in "aeiou" else "a"
        return " ".join(filter(None, (found["verb"], article, kept, "item")))

    changed = _GIVES_BACK.sub(general, text)
    return changed if changed != text else ""
