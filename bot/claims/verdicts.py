"""What a sentence allows or forbids, includes or excludes, of each of the things that it lists.

"Candles and hot plates are forbidden, but fish are allowed" forbids candles, though "allowed" stands there too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.claims.ellipsis import spelled_out
from bot.claims.senses import BARE_NO, IN_CASE, TURNING, content_of
from bot.claims.subjects import by_subject, denies


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one clause says of its subjects."""

    subjects: tuple[frozenset[str], ...]
    """The content words of each thing that it lists."""
    yes: bool
    rest: frozenset[str]
    """The content words behind: where, when or for whom."""
    includes: bool
    """Whether it tells what is included rather than what is allowed."""


def same_verdict(claim: str, evidence: str) -> bool | None:
    """Return whether a claim says of things what the evidence says of the very same things; None if that is not clear.

    What the evidence says of something else, "guide dogs" beside "dogs", is no matter. Of a claim of more clauses
    each must say so, and none the opposite.
    """
    told = list(_verdicts(evidence))
    found = [_agrees(_verdict(clause), told) for clause in opposed(claim)]
    if False in found:
        return False
    return None if None in found else True


def without_verdicts(claim: str, evidence: str) -> str:
    """Return the clauses of a claim that do not say of a thing what the evidence says of the very same thing."""
    told, left = verdicts_and_rest(claim, evidence)
    return left if told else claim


def verdicts_and_rest(claim: str, evidence: str) -> tuple[str, str]:
    """Return the clauses of a claim that say of a thing what the evidence says of the very same thing, and the rest."""
    told = list(_verdicts(evidence))
    clauses = [(one, bool(_agrees(_verdict(one), told))) for one in _clauses(claim)]
    agreed, left = ("; ".join(one for one, agrees in clauses if agrees is kept) for kept in (True, False))
    return agreed, left


def _agrees(said: _Verdict | None, told: list[_Verdict]) -> bool | None:
    if said is None:
        return None
    carriers = [
        one
        for one in told
        if one.includes == said.includes and {*said.subjects} <= {*one.subjects} and said.rest <= one.rest
    ]
    if not carriers or any(one.yes != carriers[0].yes for one in carriers):
        return None
    if carriers[0].yes != said.yes:
        return False
    # "In rooms" is more than "in garden rooms".
    return True if any(said.rest in (frozenset(), one.rest) for one in carriers) else None


def opposed(text: str) -> list[str]:
    """Return the clauses of a text of which one may say another thing than the others."""
    return [part for clause in _OPPOSED.split(text) for part in by_subject(clause)]


def _verdicts(text: str) -> Iterator[_Verdict]:
    return (one for clause in _clauses(text) if (one := _verdict(clause)))


def _clauses(text: str) -> list[str]:
    """Return the clauses of a text, the last one with the verb of the one right before it, where it leaves that out."""
    clauses = opposed(text)
    for count in range(1, 1 + min(2, len(clauses))):
        last = text[text.rfind(clauses[-count]) :]
        if (full := spelled_out(last)) != last:
            return [*clauses[:-count], *opposed(full)]
    return clauses


def _verdict(clause: str) -> _Verdict | None:
    found = _SAYS.match(clause)
    if not found or IN_CASE.search(clause) or TURNING.search(found["rest"]):
        return None
    none = _NONE_OF.match(found["who"])
    who = found["who"][none.end() :] if none else found["who"]
    listed = _LISTED.split(who)
    subjects = tuple(frozenset(content_of(one)) for one in listed)
    if not all(subjects) or any(TURNING.search(one) for one in listed):
        return None
    permits = found["no"] is None and found["excluded"] is None
    includes = found["included"] is not None or found["excluded"] is not None
    denied = denies(found["is"]) or none is not None
    return _Verdict(subjects, permits != denied, frozenset(content_of(found["rest"])), includes=includes)


_OPPOSED = re.compile(r"[;.!?]\s|,?\s(?:but|while|whereas)\s", re.IGNORECASE)
"""What stands between clauses that say different things."""
_NONE_OF = re.compile(rf"\W*(?:{BARE_NO}|neither)\s", re.IGNORECASE)
_LISTED = re.compile(r",\s(?:(?:and|or|nor)\s)?|\s(?:and|or|nor|&)\s", re.IGNORECASE)
_SAYS = re.compile(
    r"\W*(?P<who>[^:()]{1,120}?)\s(?P<is>(?:is|are|(?:can|may|must|will)(?:\snot)?\sbe|cannot\sbe|"
    r"(?:is|are)n['’]t|(?:ca|wo|must)n['’]t\sbe)(?:\snot)?)\s(?:(?:also|strictly|(?!only\b)\w+ly)\s)?"
    r"(?:(?P<yes>allowed|permitted|accepted|welcome|possible|admitted)|(?P<included>included|covered)|"
    r"(?P<no>forbidden|prohibited|banned|refused|rejected|impossible|disallowed)|(?P<excluded>excluded))\b"
    r"(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
