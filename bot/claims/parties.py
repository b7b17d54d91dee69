"""Who does what: whether a claim says of us what a sentence says of the customer, or the other way round.

"We pay the postage" and "You pay the postage" hold the same facts and nearly the same words, as "we" and "you" tell
nothing by themselves. What is compared is who pays, not how: "The postage is at our expense" says that we do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.claims.people import CUSTOMERS, OUTSIDERS
from bot.text.facts import verb_root
from knowledge.sentences import STOP_WORDS, stem, words_of


class Party(StrEnum):
    """One of those whom a sentence can speak of as who does something."""

    WE = "we"
    YOU = "you"
    OTHER = "somebody else"


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does."""

    party: Party
    verb: str
    """Stemmed."""
    about: frozenset[str]
    """Content words of the rest of the clause, stemmed."""


_NOUNS = {
    Party.WE: r"company|shop|store|business",
    Party.YOU: CUSTOMERS,
    Party.OTHER: rf"{OUTSIDERS}|recipients?",
}
_PARTIES = {
    Party.WE: rf"we|us|our (?:team|staff|{_NOUNS[Party.WE]})|the {_NOUNS[Party.WE]}",
    Party.YOU: rf"you|the (?:{_NOUNS[Party.YOU]})|customers|buyers|clients|users",
    Party.OTHER: rf"(?:the|your|an?) (?:{_NOUNS[Party.OTHER]})",
}
_WHO = "|".join(f"(?P<{party.name}>{words})" for party, words in _PARTIES.items())
BETWEEN = (
    r"(?:(?:['’](?:ll|d|ve)|will|wo(?=n)|shall|must|should|would|can|ca(?=n)|may|might|could|do|does|did|have to|"
    r"has to|need to|needs to|are required to|is required to|not|never|always|also|only|then|still|just|usually|"
    r"normally|gladly|happily|either|both|all|simply|first|please)(?:n['’]t)?\s+)*"
)
"""What can stand between who does something and the verb."""
_ACTIVE = re.compile(rf"\b(?:{_WHO})(?:(?=['’])|\s+){BETWEEN}(?P<verb>[a-z][\w-]+)(?P<about>[^.;!?]*)", re.IGNORECASE)
_BY = re.compile(rf"\b(?P<verb>[a-z]\w+(?:ed|en|t|d|e))\s+(?:\w+ly\s+)?by (?:{_WHO})\b", re.IGNORECASE)
_EXPENSE = re.compile(
    r"\b(?:at|on) (?:(?P<WE>our|the company['’]s)|(?P<YOU>your|the (?:customer|buyer|client)['’]s))"
    r"(?: own)? (?:cost|costs|expense|risk)\b",
    re.IGNORECASE,
)
_NO_VERBS = frozenset(
    "be am is are was were been being have has had having get gets got need needs want wants who which that and or if "
    "when in on at by for with from of to a an the as".split()
)
"""Words behind a party that tell nothing of what it does."""
_PAYS = frozenset(map(stem, "pay cover bear borne".split()))
CLAUSE = re.compile(
    r"(?:,\s(?:(?:and|but|so|or)\s)?|\s(?:and|but|while|whereas|if|when|unless)\s)(?=(?:we|you|they|it|the)\b)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.;!?]")
_QUESTION = re.compile(r"(?<![^.!?])[^.!?]*\?")


def other_party(claim: str, evidence: str) -> str | None:
    """Return in words whom a claim takes for whom: "says you for we"; None if it takes nobody for another.

    Only what both say somebody does is compared: what is said without one, as in "Pay the postage", fits anybody.
    """
    mine = list(_deeds(claim))
    theirs = list(_deeds(evidence)) if mine else []
    for deed in mine:
        rivals = [one for one in theirs if one.verb == deed.verb and _overlap(one, deed)]
        if rivals and all(one.party is not deed.party for one in rivals):
            return f"says {deed.party} for {rivals[0].party}"
    return None


def _overlap(one: Deed, other: Deed) -> bool:
    """Whether two do the same to the same thing, as far as both say what."""
    return bool(one.about & other.about) or not (one.about and other.about)


def _deeds(text: str) -> Iterator[Deed]:
    for clause in CLAUSE.split(_QUESTION.sub(" ", text)):
        for match in _ACTIVE.finditer(clause):
            verb = match["verb"].lower()
            if verb not in _NO_VERBS and not verb.endswith("ly"):
                yield _deed(match, verb, match["about"])
        for match in _BY.finditer(clause):
            yield _deed(match, match["verb"].lower(), _before(clause, match))
        for match in _EXPENSE.finditer(clause):
            yield _deed(match, "pay", _before(clause, match))


def _before(clause: str, match: re.Match[str]) -> str:
    """Return what stands before a match in its sentence; sought by a pattern, long texts would take seconds."""
    return _ENDS.split(clause[: match.start()])[-1]


def _deed(match: re.Match[str], verb: str, about: str) -> Deed:
    party = next(party for party in Party if match.groupdict().get(party.name))
    return Deed(party, _verb(verb), frozenset(_content(about)))


def _verb(verb: str) -> str:
    root = verb_root(stem(verb))
    return "pay" if root in _PAYS else root


def _content(text: str) -> Iterator[str]:
    return (stem(word) for word in words_of(text) if word not in STOP_WORDS)
