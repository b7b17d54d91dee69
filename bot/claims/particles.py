"""Small words that a claim changes or leaves out: "or" for "and", "before" for "after", "without paying".

All other words of "New patients need proof of address or a photo ID" stand in a page that asks for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bot.claims.subjects import denies
from bot.text.facts import figures_told, telling_words

_MOST = 12
"""Places of a sentence that are looked at."""
_REQUIRED = re.compile(
    r"\b(?:needs?|needed|must|requires?|required|ha(?:ve|s) to|bring|show|submit|provide|enclose|send|present)\b",
    re.IGNORECASE,
)
_NOUN = (
    r"(?:(?:an?|the|your|our|their|his|her)\s)?"
    r"(?P<other>[\w-]+(?:\s(?!and\b|or\b|for\b|to\b|from\b|in\b|of\b)[\w-]+|\sof\s[\w-]+)?)"
)
_OR, _AND = (re.compile(rf"(?P<one>[\w-]+),?\s{joint}\s{_NOUN}", re.IGNORECASE) for joint in ("or", "and"))
_BEHIND_PREPOSITION = re.compile(r"\b(?:for|in|on|at|with|from|to|by)\s[^,;]*$", re.IGNORECASE)
_WAY = re.compile(r"\s(?P<way>before|after)\b", re.IGNORECASE)
_UNITS = "day night evening morning week month".split()
_NEXT_DAY = re.compile(rf"\bthe\s(?P<unit>{'|'.join(_UNITS)})\s(?P<way>before|after)\b", re.IGNORECASE)
_WITHOUT = re.compile(
    r"\b(?:if|when|where|anyone who|whoever)\s(?P<case>[^,;:.!?()]{0,200}?)\swithout\s(?P<lacking>[^,;:.!?()]+)",
    re.IGNORECASE,
)
_IN_CASE = re.compile(r"\b(?:if|when|where|anyone who|whoever|in case|for \w+ing)\b", re.IGNORECASE)
_LACKS = re.compile(
    r"\b(?:without|no|not|never|fail\w*|forg[eo]t\w*|unless|lacks?|missing|invalid|expired|late|later|less|unpaid|"
    r"un\w+ed)\b|n['’]t\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two things that are joined, with their telling words."""

    one: frozenset[str]
    """Of the last word of it."""
    other: frozenset[str]
    start: int
    text: str

    def are(self, others: _Pair) -> bool:
        """Whether others are the same two, in any order."""
        in_order = self.one == others.one and self.other & others.other
        return bool(in_order or (self.one & others.other and self.other & others.one))


def turned_by_particle(claim: str, evidence: str, asked: frozenset[str]) -> str | None:
    """Return the words of the evidence whose small word a claim changes or leaves out; None if it keeps them all."""
    return _either_of_both(claim, evidence) or _other_way(claim, evidence) or _case_without(claim, evidence, asked)


def _either_of_both(claim: str, evidence: str) -> str | None:
    """Return two things that are needed both, where a claim says that either will do."""
    if not (_REQUIRED.search(claim) and _REQUIRED.search(evidence)) or denies(claim) or denies(evidence):
        return None
    said, allowed = [*_pairs(_OR, claim)], [*_pairs(_OR, evidence)]
    for both in _pairs(_AND, evidence):
        needed = _REQUIRED.search(evidence[: both.start])
        if not needed or _BEHIND_PREPOSITION.search(evidence[needed.end() : both.start]):
            continue
        if any(both.are(one) for one in said) and not any(both.are(one) for one in allowed):
            return f"“{both.text}”"
    return None


def _pairs(joint: re.Pattern[str], text: str) -> Iterator[_Pair]:
    """Give each two things that are joined."""
    for found in islice(joint.finditer(text), _MOST):
        one, other = telling_words(found["one"]), telling_words(found["other"])
        if one and other:
            yield _Pair(one, other, found.start(), found[0])


def _other_way(claim: str, evidence: str) -> str | None:
    """Return a time with "before" or "after" that a claim tells the other way round."""
    told = {*_ways(evidence)}
    for low, high, way, _ in _ways(claim):
        same = [one for one in told if one[:2] == (low, high)]
        if same and all(one[2] != way for one in same):
            return f"“{same[0][3]}”"
    return None


def _ways(text: str) -> Iterator[tuple[float, float, str, str]]:
    """Give each figure, or "the day", behind which stands "before" or "after", with that word."""
    for figure in figures_told(text)[0]:
        if found := _WAY.match(text, figure.end):
            yield figure.low, figure.high, found["way"].lower(), text[figure.start : found.end()]
    for found in _NEXT_DAY.finditer(text):
        yield 1, _UNITS.index(found["unit"].lower()), found["way"].lower(), found[0]


def _case_without(claim: str, evidence: str, asked: frozenset[str]) -> str | None:
    """Return what is lacking in a case of which a claim says that it is so without saying that it lacks."""
    if not _IN_CASE.search(claim) or _LACKS.search(claim):
        return None
    words = telling_words(claim)
    for found in islice(_WITHOUT.finditer(evidence), _MOST):
        lacking = telling_words(found["lacking"])
        about = telling_words(found["case"]) | lacking
        rest = telling_words(f"{evidence[: found.start()]} {evidence[found.end() :]}")
        if words & about and words & rest and lacking and not lacking & asked:
            return f"“without {found['lacking']}”"
    return None
