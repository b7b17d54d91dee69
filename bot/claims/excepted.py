"""What a sentence says of what it excepts: the opposite of what it says of all else.

"Dogs are not allowed in the restaurant, except for assistance dogs" allows assistance dogs there, and no sentence that
forbids them, or allows only others, says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.claims.senses import BARE_NO, NEEDED, NEEDLESS, TOKEN, TURNING, Sense, content_of, sense_of
from bot.claims.subjects import verb_of
from bot.claims.verdicts import opposed
from bot.text.facts import facts_of, values_of
from knowledge.figures import Kind


@dataclass(frozen=True, slots=True)
class _Exception:
    """What a sentence says, and one thing, case or time that it excepts from it."""

    main: str
    joint: str
    """What leads to the exception: "except where"."""
    excepted: str

    @property
    def own(self) -> frozenset[str]:
        """The content words that tell what is excepted from what it is excepted from."""
        return frozenset(content_of(self.excepted)) - frozenset(content_of(self.main))


def of_exception(claim: str, evidence: str) -> tuple[str, str] | None:
    """Return a claim about what a sentence excepts, and what that says of it, both without a denial; else None."""
    found = _told_of(claim, evidence)
    if not found or _denied(claim) == _denied(found.main):
        return None
    if not _denied(claim) and NEEDED.search(claim) and not NEEDLESS.search(found.main):
        return None  # what is not forbidden need not be done
    if _denies_more(claim, found) if _denied(claim) else not _in_its_place(claim, found, evidence):
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
    return _plain(claim), f"{_plain(_without_replaced(found))} {found.excepted}."


def _denies_more(claim: str, told: _Exception) -> bool:
    """Whether a claim denies more than the limits or the way of what is said, or something that is not said.

    Where refunds are made "within 14 days" or "by card", an exception from that may be refunded, too.
    """
    known, words = facts_of(claim).numbers | {*map(float, _DAY.findall(claim))}, frozenset(content_of(claim))
    figures = (one for one in facts_of(told.main).figures if one.kind in _LIMITING)
    limits = frozenset[float]().union(*(values_of(one.text) for one in figures), map(float, _DAY.findall(told.main)))
    ways = [frozenset(content_of(one[0])) for one in _WAY.finditer(told.main)]
    if limits - known or (not limits and any(not one <= words for one in ways)):
        return True
    denial = _DENIALS.search(claim)
    if denial is None or denial[0].lower() == "no":
        return False  # "no discount" denies a thing, in whatever word
    denied = next(content_of(claim[denial.end() :]), None)
    return denied is not None and denied not in {*content_of(told.main), *content_of(told.excepted)}


def _in_its_place(claim: str, told: _Exception, evidence: str) -> bool:
    """Whether a claim allows what is excepted alone, in the place of what it is excepted from."""
    words, excepted = [*content_of(claim)], [*content_of(told.excepted)]
    size = len(excepted)
    near = any(sorted(words[at : at + size]) == sorted(excepted) for at in range(len(words)))
    if not (near if size == 2 and {*excepted} != told.own else {*excepted} <= {*words}):
        return False  # of "guide dogs" nothing is said of "guide cats"
    if told.joint.lower().endswith("where") and not _CASE.search(claim):
        return False
    if own := _ITS_PREPOSITION.match(told.excepted):
        return re.search(rf"\b{own[0]}\b", claim, re.IGNORECASE) is not None
    if _PLACED.match(told.excepted):
        return True
    before = _PREPOSITION_BEFORE.search(claim[: _start_of(told.own, claim)])
    if before and not re.search(rf"\b{before[1]}\b", f"{told.main} {told.excepted}", re.IGNORECASE):
        return False  # "pets with guide dogs" are pets
    bare = _FRONTED.sub("", claim)
    verb = verb_of(bare)
    at = verb.start() if verb else len(bare)
    place = next((one for one in (bare[:at], bare[at:]) if told.own <= {*content_of(one)}), "")
    owns = [one.own for one in _exceptions(evidence)]
    return all(
        any(own and own <= {*content_of(item)} for own in owns) or _PLACED.match(item)
        for item in _AND_OR.split(place)
        if any(True for _ in content_of(item))
    )


def _start_of(words: frozenset[str], text: str) -> int:
    """Return where the first of some content words stands in a text."""
    return next((one.start() for one in TOKEN.finditer(text) if words & {*content_of(one[0])}), 0)


def _without_replaced(told: _Exception) -> str:
    """Return what a sentence says without the phrase in the place of which the exception stands: "but not for you"."""
    own = _REPLACES.match(told.excepted)
    if not own or (own["place"] and not _denied(told.main)):
        return told.main
    before, _, _ = told.main.rpartition(f" {own[0].strip().lower()} ")
    return before if verb_of(before) else told.main


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
    yield from (_Exception(main, found[0][0], one.strip()) for one in between.split(behind))


def _denied(text: str) -> bool:
    return _DENIALS.search(text) is not None


def _plain(text: str) -> str:
    """Return a text without what denies or limits it."""
    undenied = _DENIALS.sub(lambda found: _UNDENIED.get(found[0].lower().replace("’", "'"), " "), text)
    return " ".join(_ONLY.sub(" ", undenied).split())


_UNDENIED = {"cannot": "can", "can't": "can", "must not": "may", "mustn't": "may", "nor": "or"} | dict.fromkeys(
    ("forbidden", "prohibited", "banned"), "allowed"
)
_DENIALS = re.compile(
    rf"\bmust(?:\snot|n['’]t)\b|\b(?:not|{BARE_NO}|never|cannot|can['’]t|neither|nor|forbidden|prohibited|banned)\b|n['’]t\b",
    re.IGNORECASE,
)
_LIMITING = (Kind.DURATION, Kind.DATE, Kind.TIME, Kind.MONEY)
_DAY = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_WAY = re.compile(
    r"\b(?:by|within|until|till|via|through|every|per)\s(?:(?!(?:on|in|at|for|to|from|of|and|or)\s)[\w'’-]+\s?){1,3}|"
    r"\bin (?:cash|full|advance|person|writing)\b|\b(?:hour|dai|week|month|year)ly\b",
    re.IGNORECASE,
)
"""How, until when or how often something is so."""
_ITS_PREPOSITION = re.compile(r"(?:with|by|from)\b", re.IGNORECASE)
_CASE = re.compile(r"\b(?:where|if|when)\b", re.IGNORECASE)
_PLACED = re.compile(r"\W*(?:on|in|at|for|to|during|if|when|they|you|it)\b", re.IGNORECASE)
"""How what is no thing, but a place, a time or a case, begins."""
_FRONTED = re.compile(_PLACED.pattern + r"[^,]*,\s", re.IGNORECASE)
_PREPOSITION_BEFORE = re.compile(r"\b(with|by|from|near|without|beside)\s(?:(?:an?|the|your|our)\s)?$", re.IGNORECASE)
_REPLACES = re.compile(r"(?:(?:for|to|from)|(?P<place>in|on|at))\s", re.IGNORECASE)
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
