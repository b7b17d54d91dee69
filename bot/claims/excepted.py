"""What a sentence says of what it excepts: the opposite of what it says of all else.

"Dogs are not allowed in the restaurant, except for assistance dogs" allows assistance dogs there, and no sentence that
forbids them, or allows only others, says the same.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from bot.claims.senses import (
    BARE_NO,
    NEEDLESS,
    TOKEN,
    TURNING,
    WITHOUT,
    Sense,
    about_behind,
    content_of,
    firsts,
    marked_in,
    sense_of,
)
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
    needless = NEEDLESS.search(claim) and _MAY.search(found.main)
    if needless or not firsts(marked_in(claim), Sense.MUST) <= {*content_of(evidence)}:
        return None  # what is not forbidden need not be done, nor is what may not be done needless
    if _denies_more(claim, found) if _denied(claim) else not _in_its_place(claim, found, evidence):
        return None
    words, verb = frozenset(content_of(_plain(claim))), verb_of(found.main)
    subject = frozenset(content_of(_plain(found.main[: verb.start()] if verb else found.main)))
    we, deed = _SPEAKER.match(found.main), frozenset(content_of(_plain(found.main[verb.start() :]))) if verb else words
    impossible = _CANNOT.search(claim) and not _MAY.search(found.main)
    all_of = _ALL_OF.match(found.main) and deed <= words and not impossible
    speaks = we and re.search(rf"\b{we[0]}\b", claim, re.IGNORECASE)
    if not (subject & words or speaks or all_of or _DONE_TO.search(found.main)):
        return None  # of "Members may not bring guests, except children" it is not clear who does what
    main = _without_replaced(found)
    if _denied(claim) and _MAY.search(main):
        main = _without_limits(main)
    return _plain(claim), f"{_plain(main)} {found.excepted}."


def _denies_more(claim: str, told: _Exception) -> bool:
    """Whether a claim denies more than the limits, the price or the way of what is said, or what is not said."""
    if _denies_beyond(claim, told, {*_LIMITING, Kind.MONEY}):
        return True
    denial = _DENIALS.search(claim)
    if denial is None or denial[0].lower() == "no":
        return False  # "no discount" denies a thing, in whatever word
    denied = next(content_of(claim[denial.end() :]), None)
    return denied is not None and denied not in {*content_of(told.main), *content_of(told.excepted)}


def _denies_beyond(claim: str, told: _Exception, limiting: Container[Kind]) -> bool:
    """Whether a claim denies more than the limits or the way of what is said.

    Where refunds are made "within 14 days" or "by card", an exception from that may be refunded, too. But what can be
    returned within 14 days cannot be returned later, nor can what is excepted, though what can be lent "for 14 days"
    may be lent for 7; and what is open "from 9 to 5, except on Mondays", daily or not, excepts a day from the days, not
    from the hours.
    """
    known, words = facts_of(claim).numbers | {*map(float, _DAY.findall(claim))}, frozenset(content_of(claim))
    figures = [one for one in facts_of(told.main).figures if one.kind in limiting]
    days, ways = [*map(float, _DAY.findall(told.main))], [one[0] for one in _WAY.finditer(told.main)]
    if _MAY.search(told.main):
        figures = [one for one in figures if _FOR.search(told.main[: one.start])]
        days, ways = [], [one for one in ways if not facts_of(one).figures]
    if _TIME.search(told.excepted) and sum(one.kind is Kind.TIME for one in figures) % 2 == 0:
        figures = [one for one in figures if one.kind is not Kind.TIME]  # the beginnings and ends of hours
    limits = frozenset[float]().union(*(values_of(one.text) for one in figures), days)
    if _HOW_OFTEN.search(told.main) and _TIME.search(told.excepted):
        limits, ways = frozenset(), [one for one in ways if not _HOW_OFTEN.search(one)]
    return bool(limits - known) or (not limits and any(not {*content_of(one)} <= words for one in ways))


def _without_limits(text: str) -> str:
    """Return a text without how long, or until when, something may be done: of what may not be, no limit is told."""
    for figure in reversed([one for one in facts_of(text).figures if one.kind in _LIMITING]):
        text = _UNTIL.sub(" ", text[: figure.start]) + text[figure.end :].lstrip()
    return text


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


def turns_exception(claim: str, evidence: str) -> str | None:
    """Return how a claim turns round what a sentence says with an exception; None if it does not.

    It may deny what is excepted, as all else is denied, or more than that, or allow without it what is denied.
    """
    if _denied(claim) and _denied(evidence) and says_of_exception(claim, evidence):
        return "denies what is said"
    if not _denied(claim):
        return "says what is denied" if _allows_without(claim, evidence) else None
    found = _told_of(claim, evidence)
    if not found and _denies_main(claim, evidence):
        return "denies what is said"
    if not found or _denied(found.main) or found.joint.lower() == "unless":
        return None
    return "denies what is not denied" if _denies_beyond(claim, found, _LIMITING) else None


def _denies_main(claim: str, evidence: str) -> bool:
    """Whether a claim denies what a sentence says, and nothing that tells what it excepts: "no food" for "no soup"."""
    words, exceptions = {*content_of(_plain(claim))}, [*_exceptions(evidence)]
    return not _TURNS_CASE.search(claim) and any(
        one.own and not _denied(one.main) and words <= {*content_of(_plain(one.main))} for one in exceptions
    )


def _allows_without(claim: str, evidence: str) -> bool:
    """Whether a claim allows without something what a sentence denies except with it: "except dogs on a lead"."""
    found = WITHOUT.search(claim)
    lacking = frozenset(about_behind(claim[found.end() :])) if found else frozenset[str]()
    return bool(lacking) and any(
        _denied(one.main) and one.own & lacking and not WITHOUT.search(one.excepted) for one in _exceptions(evidence)
    )


def _told_of(claim: str, evidence: str) -> _Exception | None:
    """Return the exception of a sentence that a claim tells of."""
    words = frozenset(content_of(claim))
    found = next((one for one in _exceptions(evidence) if one.own and one.own <= words), None)
    # Of "except those without luggage" is told what a claim says of those without luggage.
    told = WITHOUT.sub(" ", claim) if found and WITHOUT.search(found.excepted) else claim
    return None if _TURNS_CASE.search(told) or len(_DENIALS.findall(claim)) > 1 else found


def _exceptions(text: str) -> Iterator[_Exception]:
    found = [one for one in TURNING.finditer(text) if sense_of(one) is Sense.EXCEPT]
    if len(found) != 1 or _LIMIT.match(text, found[0].end()):
        return
    main = opposed(text[: found[0].start()].rstrip(" ,"))[-1]
    if len(_DENIALS.findall(main)) > 1 + len(_NEITHER.findall(main)):
        return
    behind = _END.split(text[found[0].end() :])[0]
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
_LIMITING = {Kind.DURATION, Kind.DATE, Kind.TIME}
_DAY = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_OFTEN = (
    r"\bevery\s(?:day|week|month|year|morning|evening|night|\w+day)s?\b|\b(?:hour|dai|week|month|year)ly\b|"
    r"\ball (?:day|week|year)\b|\b\d+ (?:hours|days|weeks|months) an? (?:day|week|year)\b"
)
_UNTIL = re.compile(r"\s(?:within|until|till|by|up to|no later than)\s$", re.IGNORECASE)
_MAY = re.compile(r"\b(?:can|may|could|possible|allowed|permitted)\b", re.IGNORECASE)
_FOR = re.compile(
    r"\b(?:for|stay|last)\s(?:(?:up to|at most|between|no more than|an?)\s)?(?:maximum of\s)?$", re.IGNORECASE
)
_HOW_OFTEN = re.compile(_OFTEN, re.IGNORECASE)
_WAY = re.compile(
    r"\b(?:by|within(?=\s\w+\s(?:\w+\s)?(?:minute|hour|day|week|month)s?\b)|until|till|via|through|per)\s"
    r"(?:(?!(?:on|in|at|for|to|from|of|and|or)\s)[\w'’-]+\s?){1,3}|"
    rf"\bin (?:cash|full|advance|person|writing)\b|\bfree\b|\baround the clock\b|\bto (?:your|the) door\b|{_OFTEN}",
    re.IGNORECASE,
)
"""How, until when or how often something is so."""
_TIME = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun|holi|week|birth)?days?\b|\b(?:weekends?|holidays?|christmas|easter|"
    r"new year|spring|summer|autumn|winter|january|february|march|april|in may|june|july|august|september|october|"
    r"november|december)\b",
    re.IGNORECASE,
)
"""A day, or a time of the year."""
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
_ALL_OF = re.compile(r"\W*(?:everyone|everybody|every|each|all)\b", re.IGNORECASE)
"""Those from whom it is excepted, even where the exception stands behind what they do."""
_CANNOT = re.compile(r"\b(?:cannot|can['’]t|(?:can|may|could) not)\b", re.IGNORECASE)
_SPEAKER = re.compile(r"\b(?:we|you)\b", re.IGNORECASE)
_OR = re.compile(r",?\sor\s", re.IGNORECASE)
_AND_OR = re.compile(r",?\s(?:and|or)\s|,\s", re.IGNORECASE)
_DONE_TO = re.compile(
    r"\b(?:is|are|be)\s(?:not\s)?\w+(?:ed|en|wn|ght|come)\b|\bforbidden\b|\bprohibited\b", re.IGNORECASE
)
"""What is done to the subject, in the place of which the exception stands."""
