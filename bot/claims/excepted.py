"""What a sentence says of what it excepts: the opposite of what it says of all else.

"Dogs are not allowed in the restaurant, except for assistance dogs" allows assistance dogs there, and no sentence that
forbids them, or allows only others, says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.claims.senses import BARE_NO, TURNING, Sense, content_of, sense_of
from bot.claims.subjects import verb_of
from bot.claims.verdicts import opposed
from bot.text.facts import facts_of, values_of
from knowledge.figures import Kind


@dataclass(frozen=True, slots=True)
class _Exception:
    """What a sentence says, and one thing, case or time that it excepts from it."""

    main: str
    excepted: str

    @property
    def own(self) -> frozenset[str]:
        """The content words that tell what is excepted from what it is excepted from."""
        return frozenset(content_of(self.excepted)) - frozenset(content_of(self.main))


def of_exception(claim: str, evidence: str) -> tuple[str, str] | None:
    """Return a claim about what a sentence excepts, and what that says of it, both without a denial; else None."""
    found = _told_of(claim, evidence)
    if not found or _denied(claim) == _denied(found.main) or (_denied(claim) and _untold_limits(found.main, claim)):
        return None
    words, main = frozenset(content_of(_plain(claim))), frozenset(content_of(_plain(found.main)))
    verb = verb_of(found.main)
    subject = frozenset(content_of(_plain(found.main[: verb.start()]))) if verb else main
    we = _SPEAKER.match(found.main)
    if not (
        subject & words or (we and re.search(rf"\b{we[0]}\b", claim, re.IGNORECASE)) or _DONE_TO.search(found.main)
    ):
        return None  # of "Members may not bring guests, except children" it is not clear who does what
    if _ONLY.search(claim) and not words - found.own <= main:
        return None
    return _plain(claim), f"{_plain(found.main)} {found.excepted}."


def _untold_limits(main: str, claim: str) -> bool:
    """Whether a claim denies without its limit what a sentence says with one: "refunds are made within 14 days"."""
    known = facts_of(claim).numbers
    limits = (one for one in facts_of(main).figures if one.kind in (Kind.DURATION, Kind.DATE, Kind.MONEY))
    return any(values_of(one.text) - known for one in limits)


def says_of_exception(claim: str, evidence: str) -> bool:
    """Whether a claim says of what a sentence excepts what that says of all else, or of nothing else."""
    found = _told_of(claim, evidence)
    if not found or _denied(claim) != _denied(found.main):
        return False
    return frozenset(content_of(_plain(claim))) - found.own <= frozenset(content_of(_plain(found.main)))


def _told_of(claim: str, evidence: str) -> _Exception | None:
    """Return the exception of a sentence that a claim tells of."""
    if _TURNS_CASE.search(claim) or len(_DENIALS.findall(claim)) > 1:
        return None
    words = frozenset(content_of(claim))
    return next((one for one in _exceptions(evidence) if one.own and one.own <= words), None)


def _exceptions(text: str) -> Iterator[_Exception]:
    found = [one for one in TURNING.finditer(text) if sense_of(one) is Sense.EXCEPT]
    if len(found) != 1 or _LIMIT.match(text, found[0].end()):
        return
    main = opposed(text[: found[0].start()].rstrip(" ,"))[-1]
    if len(_DENIALS.findall(main)) > 1 + len(_NEITHER.findall(main)):
        return
    behind = _END.split(text[found[0].end() :])[0]
    if _RELATIVE.match(text, found[0].end() + len(behind)):
        return  # it tells itself what is so of the exception
    between = _OR if found[0][0].lower() == "unless" else _AND_OR
    yield from (_Exception(main, one.strip()) for one in between.split(behind))


def _denied(text: str) -> bool:
    return _DENIALS.search(text) is not None


def _plain(text: str) -> str:
    """Return a text without what denies or limits it."""
    undenied = _DENIALS.sub(lambda found: _UNDENIED.get(found[0].lower(), " "), text)
    return " ".join(_ONLY.sub(" ", undenied).split())


_UNDENIED = {"cannot": "can", "can't": "can", "can’t": "can", "nor": "or"} | dict.fromkeys(
    ("forbidden", "prohibited", "banned"), "allowed"
)
_DENIALS = re.compile(
    rf"\b(?:not|{BARE_NO}|never|cannot|can['’]t|neither|nor|forbidden|prohibited|banned)\b|n['’]t\b", re.IGNORECASE
)
_NEITHER = re.compile(r"\bneither\b", re.IGNORECASE)
_ONLY = re.compile(r"\bonly\b", re.IGNORECASE)
_TURNS_CASE = re.compile(
    r"\b(?:except\w*|unless|but(?! only\b)|others?|apart|excluding|without|outside|before|after|until|otherwise)\b",
    re.IGNORECASE,
)
"""What tells of all but the exception, or of more than one thing."""
_LIMIT = re.compile(r"\s(?:more|less|fewer|later|longer|older|back|vice versa|the other way)\b", re.IGNORECASE)
"""What makes "but not" a limit rather than an exception."""
_END = re.compile(r"[;.!?](?:\s|$)|,\s(?=(?:which|who|but|while|in this case)\s)")
_RELATIVE = re.compile(r",\s(?:which|who)\s", re.IGNORECASE)
_SPEAKER = re.compile(r"\b(?:we|you)\b", re.IGNORECASE)
_OR = re.compile(r",?\sor\s", re.IGNORECASE)
_AND_OR = re.compile(r",?\s(?:and|or)\s|,\s", re.IGNORECASE)
_DONE_TO = re.compile(
    r"\b(?:is|are|be)\s(?:not\s)?\w+(?:ed|en|wn|ght|come)\b|\bforbidden\b|\bprohibited\b", re.IGNORECASE
)
"""What is done to the subject, in the place of which the exception stands."""
