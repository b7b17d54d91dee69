"""What sort of thing a question asks for, and whether a sentence tells one: a time, a price, a number, somebody.

"How long does a refund take?" is answered by a sentence with a duration in it, "Whom do I write to?" by one with an
address. This is told by the usual wordings of English questions; where none fits, nothing is asked for in particular.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.evidence import Evidence
from bot.facts import facts_of
from bot.intents import QuestionKind, kind_of
from knowledge.figures import Kind

_MAX_CHARS = 2_000
"""Of a question that are looked at."""


class AnswerKind(StrEnum):
    """What a question may ask for."""

    TIME = "time"
    """A duration, a date or a time of day."""
    PRICE = "price"
    COUNT = "count"
    CONTACT = "contact"
    """Somebody or something to turn to: an address, a number to call."""
    STEPS = "steps"
    """How something is done."""


_PERIOD = r"(?:\w+ )?(?:days?|weeks?|months?|years?|hours?|minutes?)"
_ASKED = {
    AnswerKind.TIME: re.compile(
        rf"\bhow (?:long|soon|fast|quick(?:ly)?|often|late|early|recent(?:ly)?|old|far (?:ahead|in advance))\b"
        rf"|\bhow many {_PERIOD}\b|\bhow much (?:\w+ )?(?:time|notice)\b|\bwhen\b(?! i\b)|\bwhat (?:time|date|day)\b"
        rf"|\b(?:deadline|time limit|notice period)\b",
        re.IGNORECASE,
    ),
    AnswerKind.PRICE: re.compile(
        r"\bhow much\b(?! (?:\w+ )?(?:time|notice)\b)|\b(?:costs?|prices?|fees?|charged?|expensive|cheap)\b"
        r"|\b(?:do|must|will|would|to) (?:i |we )?(?:have to )?pay\b|[$€£]",
        re.IGNORECASE,
    ),
    AnswerKind.COUNT: re.compile(
        r"\bhow (?:many|big|large|heavy|high|wide)\b|\b(?:max(?:imum)?|minimum|limits?|percent(?:age)?)\b|%",
        re.IGNORECASE,
    ),
    AnswerKind.CONTACT: re.compile(
        r"\b(?:who|whom|e-?mail|phone|number|call|ring|contact|reach|address|write to|talk to|report|channel)\b",
        re.IGNORECASE,
    ),
}
_FREE = re.compile(r"\b(?:free|no (?:cost|charge|fee)|none)\b", re.IGNORECASE)
_TURN_TO = re.compile(
    r"\b(?:contact|write to|e-?mail|call|ring|reach out|talk to|ask your)\b|(?<!\w)[#@]\w", re.IGNORECASE
)


def asked_for(question: str) -> frozenset[AnswerKind]:
    """Return what a question asks for; nothing where its wording does not tell."""
    steps = {AnswerKind.STEPS} if kind_of(question) is QuestionKind.PROCEDURE else set()
    return frozenset(kind for kind, wording in _ASKED.items() if wording.search(question[:_MAX_CHARS])) | steps


def told_in(sentence: Evidence) -> frozenset[AnswerKind]:
    """Return what a sentence tells that may be asked for."""
    text = sentence.text
    facts = facts_of(text)
    kinds = {one.kind for one in facts.figures}
    told = {
        AnswerKind.TIME: bool(kinds & {Kind.DURATION, Kind.DATE, Kind.TIME}),
        AnswerKind.PRICE: bool(kinds & {Kind.MONEY, Kind.PERCENT} or _FREE.search(text)),
        AnswerKind.COUNT: bool(facts.numbers),
        AnswerKind.CONTACT: bool(facts.addresses or _TURN_TO.search(text)),
        AnswerKind.STEPS: sentence.step > 0,
    }
    return frozenset(kind for kind, tells in told.items() if tells)
