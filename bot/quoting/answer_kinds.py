"""What sort of thing a question asks for, and whether a sentence tells one: a time, a price, a number, somebody.

"How long does a refund take?" is answered by a sentence with a duration in it, "Whom do I write to?" by one with an
address. This is told by the usual wordings of English questions; where none fits, nothing is asked for in particular.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from bot.quoting.evidence import Evidence
from bot.text.facts import blanked, facts_of
from bot.text.worded import says_how_often
from bot.understanding.intents import QuestionKind, kind_of
from knowledge.figures import Bound, Figure, Kind

_MAX_CHARS = 2_000
"""Of a question that are looked at."""


class AnswerKind(StrEnum):
    """What a question may ask for."""

    TIME = "time"
    """A duration, a date or a time of day."""
    DURATION = "duration"
    """How long something is: a date or a time of day may tell its end, but not an interval: "every two weeks"."""
    DEADLINE = "deadline"
    """Until when something may be done: not what begins after a time, as "more than 24 hours" does."""
    TIME_OF_DAY = "time of day"
    FREQUENCY = "frequency"
    """How often something happens, or may be done."""
    PRICE = "price"
    COUNT = "count"
    CONTACT = "contact"
    """Somebody or something to turn to: an address, a number to call."""
    E_MAIL = "e-mail"
    """The same by e-mail: who asks for that is not told a telephone number."""
    STEPS = "steps"
    """How something is done."""


_PERIOD = r"(?:\w+ )?(?:days?|weeks?|months?|years?|hours?|minutes?)"
_NO_END = r"(?<!until )(?<!till )(?<!til )(?<!by )"
"""Before a time that is asked for, where it is not until then."""
_ASKED = {
    AnswerKind.TIME: re.compile(
        rf"\bhow (?:soon|fast|quick(?:ly)?|late|early|recent(?:ly)?|old|far (?:ahead|in advance))\b"
        rf"|{_NO_END}\bwhen\b(?! i\b)|{_NO_END}\bwhat (?:date|day)\b",
        re.IGNORECASE,
    ),
    AnswerKind.DURATION: re.compile(
        rf"\bhow long\b|\bhow many {_PERIOD}\b|\bhow much (?:\w+ )?(?:time|notice)\b|\bnotice period\b", re.IGNORECASE
    ),
    AnswerKind.DEADLINE: re.compile(
        r"\b(?:until|till?|by) (?:when|what (?:time|date|day))\b|\b(?:deadline|time limit)\b", re.IGNORECASE
    ),
    AnswerKind.TIME_OF_DAY: re.compile(r"\bwhat time\b", re.IGNORECASE),
    AnswerKind.FREQUENCY: re.compile(r"\bhow (?:often|frequently|regularly|many times)\b", re.IGNORECASE),
    AnswerKind.PRICE: re.compile(
        r"\bhow much\b(?! (?:\w+ )?(?:time|notice)\b)|\b(?:costs?|prices?|fees?|charged?|expensive|cheap)\b"
        r"|\b(?:do|must|will|would|to) (?:i |we )?(?:have to )?pay\b|[$€£]"
        r"|\bwhat(?:['’]?s| is| are) (?:the |your )?(?:\w+ )?deposits?\b",
        re.IGNORECASE,
    ),
    AnswerKind.COUNT: re.compile(
        r"\bhow (?:many|big|large|heavy|high|wide)\b|\b(?:max(?:imum)?|minimum|limits?|percent(?:age)?)\b|%",
        re.IGNORECASE,
    ),
    AnswerKind.CONTACT: re.compile(
        r"\b(?:who|whom|phone|number|call|ring|contact|reach|(?<!mail )address|write to|talk to|report|channel)\b",
        re.IGNORECASE,
    ),
    AnswerKind.E_MAIL: re.compile(r"\be-?mail\b", re.IGNORECASE),
}
_TIMES = {Kind.DURATION, Kind.DATE, Kind.TIME}
_EACH = re.compile(
    r"\b(?:every|each|per)\s(?:(?:further|additional|extra|other|full|new|next|started|begun|single)\s)?\W*$",
    re.IGNORECASE,
)
"""What makes a duration an interval: "each further 6 hours"."""
_AHEAD = re.compile(r"\W{0,4}(?:notice|before|beforehand|ahead|in advance|prior|early|earlier)\b", re.IGNORECASE)
"""What makes a deadline of at least so long."""
_RATE = re.compile(r"\s?(?:(?:per|an?|each|every)\s|/\s?)[a-z]+\b", re.IGNORECASE)
"""Behind an amount, of which it says for how long that is."""
_FREE = re.compile(r"\b(?:free|no (?:cost|charge|fee)|none)\b", re.IGNORECASE)
_E_MAIL = re.compile(r"\w@\w|\be-?mail\b", re.IGNORECASE)
_TURN_TO = re.compile(
    r"\b(?:contact|write to|e-?mail|call|ring|reach out|talk to|ask your)\b|(?<!\w)[#@]\w", re.IGNORECASE
)


def asked_for(question: str) -> frozenset[AnswerKind]:
    """Return what a question asks for; nothing where its wording does not tell."""
    steps = {AnswerKind.STEPS} if kind_of(question) is QuestionKind.PROCEDURE else set()
    return frozenset(kind for kind, wording in _ASKED.items() if wording.search(question[:_MAX_CHARS])) | steps


def told_in(sentence: Evidence) -> frozenset[AnswerKind]:
    """Return what a sentence tells that may be asked for."""
    return told_in_text(sentence.text, sentence.step)


def told_in_text(text: str, step: int = 0) -> frozenset[AnswerKind]:
    """Return what a text tells that may be asked for, given its number where it is a step."""
    facts = facts_of(text)
    kinds = {one.kind for one in facts.figures}
    times = [one for one in facts.figures if one.kind in _TIMES and not _is_interval(one, text)]
    told = {
        AnswerKind.TIME: bool(kinds & _TIMES),
        AnswerKind.DURATION: bool(times),
        AnswerKind.DEADLINE: any(_may_be_an_end(one, text) for one in times),
        AnswerKind.TIME_OF_DAY: Kind.TIME in kinds,
        AnswerKind.FREQUENCY: says_how_often(_without_rates(text, facts.figures).replace("*", "")),
        AnswerKind.PRICE: bool(kinds & {Kind.MONEY, Kind.PERCENT} or _FREE.search(text)),
        AnswerKind.COUNT: bool(facts.numbers),
        AnswerKind.CONTACT: bool(facts.addresses or _TURN_TO.search(text)),
        AnswerKind.E_MAIL: bool(_E_MAIL.search(text)),
        AnswerKind.STEPS: step > 0,
    }
    return frozenset(kind for kind, tells in told.items() if tells)


def _is_interval(figure: Figure, text: str) -> bool:
    return figure.kind is Kind.DURATION and _EACH.search(text[: figure.start]) is not None


def _may_be_an_end(time: Figure, text: str) -> bool:
    """Whether a time may be one until which something is done, or a duration within which."""
    lasts_longer = time.kind is Kind.DURATION and time.bound is Bound.AT_LEAST
    return not lasts_longer or _AHEAD.match(text[time.end :]) is not None


def _without_rates(text: str, figures: Sequence[Figure]) -> str:
    """Return a text without what is paid, or may be used, for a time: "£5 a month" and "10 hours a week"."""
    amounts = [one for one in figures if one.kind is not Kind.COUNT and not one.text.lower().endswith("days")]
    paid = [(one.start, one.end) for one in amounts if one.kind in {Kind.MONEY, Kind.PERCENT}]
    rates = [(one.start, rate.end()) for one in amounts if (rate := _RATE.match(text, one.end))]
    return blanked(text, [*paid, *rates])
