"""What a question asks for, as far as that decides which sentences are quoted."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from bot.text.days import Days, days_asked_plainly, without_days_not_meant
from bot.text.facts import as_written, facts_of, telling_words
from bot.understanding.intents import QuestionKind, kind_of
from bot.understanding.questions import asks_of_the_one_before, leans
from knowledge.retrieval import Query

_NOT_TO = re.compile(r"\b(?:not|never|without|avoid\w*|instead|stop|prevent\w*|\w+n['’]t)\b", re.IGNORECASE)
OPEN = re.compile(r"\b(?:how|what|which|when|where|who|whom|whose|why)\b", re.IGNORECASE)
"""In a question that is answered by more than yes or no."""
_WHICH = re.compile(
    r"\b(?:which|what|who)\b(?! (?:is|are|was|were|if|about|happens|do|does|can|must|will|should)\b)", re.I
)
_NTH = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|next|last|final|which"
_STEP = re.compile(
    rf"\b(?:{_NTH}|\d+(?:st|nd|rd|th)) step\b|\bstep (?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)
"""Asks for one of several steps, which is told by its place among them."""
_IN_ORDER = re.compile(
    r"\bwhat\b[^.?!]{0,200}\b(?:after(?:wards?)?|next|then|once|before|follows)\b|\b(?:and|but) then\s*\?",
    re.IGNORECASE,
)
"""Asks for what comes before or after something that is done."""
OF_A_PRICE = telling_words("charge, cheap, cheaper, cost, expensive, fee, free, much, pay, price")
"""Words by which a price is asked for."""
_OF_NO_PRICE = re.compile(
    r"\bhow much (?:\w+ )?(?:time|notice)\b(?:[^.!?]*?\bpay\b)?"
    r"|\b(?:how(?! much\b)|when|where)\b[^.!?]*?\bpay\b"
    r"|\b(?:can|could|may|might|should|shall)(?:n['’]t)? (?:i|we|you|they|one|people|customers)\b[^.!?]*?\bpay\b"
    r"|\bpay\b(?=[^.!?]*\b(?:with|by|via|cash|card|online|advance|instal\w+|now|later)\b)",
    re.IGNORECASE,
)
"""What asks for a time, or for how, when and where one may pay."""
_NAME = r"(?!(?:is|are|do|does|can|what|when|where|how|why|who|which)\b)[\w'’-]+"
_NAMES_ALONE = re.compile(
    r"\W*(?:(?:and|but|or|so|ok|okay|no|sorry|i meant?|(?:what|how) about|the|"
    r"(?:when|where|what|how much) (?:is|are))\W+)*"
    rf"({_NAME}(?:\s+{_NAME}){{0,2}}?)(?:\s(?:in|for|at)\s[\w\s]{{1,40}})?\W*",
    re.IGNORECASE,
)
"""A message that goes on with the name of another thing: "And check-out?" """
STEP_WORDS = telling_words(f"step {_NTH}".replace("|", " "))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for; of one that nobody asked, nothing."""

    text: str = ""
    """As it was asked, without what was asked before it."""
    words: frozenset[str] = frozenset()
    """Its telling words."""
    sought: frozenset[str] = frozenset()
    """Those and the ones of what was asked before it, where it goes on in a conversation."""
    before: frozenset[str] = frozenset()
    """The telling words of what was asked right before it, where it cannot be understood without."""
    named: str = ""
    """What alone it names, as `as_written` has it, where it goes on in a conversation: "And check-out?" """
    told: str = ""
    """What was answered to the one before."""
    leans: bool = False
    """Whether it cannot be understood without that: "And a week?", "What's the deposit?"."""
    procedure: bool = False
    """Whether it asks how something is done: of a list of steps, one alone is no answer."""
    way: bool = False
    """Whether it asks how to do something, rather than how not to."""
    whether: bool = False
    """Whether it asks whether something holds, rather than for a time, a price or another thing."""
    step: bool = False
    """Whether it asks for one of several steps: "the third step"."""
    in_order: bool = False
    """Whether it asks for what comes before or after something that is done."""
    codes: frozenset[str] = frozenset()
    """The codes asked for: KX-117."""
    plain_codes: frozenset[str] = frozenset()
    """Those of them about which nothing that is told of others is an answer; see `bot.text.codes`."""
    plain_days: Days = field(default_factory=Days)
    """The days asked for plainly; see `bot.text.days`."""
    had: frozenset[tuple[float, str]] = frozenset()
    """The figures, with their units, that what is asked for has: "Which mixer has 800 W?"."""


def asks_for_a_price(question: str) -> bool:
    """Whether a question asks what something costs, or whether it does: "Is it free?" """
    return not telling_words(_OF_NO_PRICE.sub(" ", question)).isdisjoint(OF_A_PRICE)


def asked_by(query: Query, codes: Collection[str], plain_codes: Collection[str]) -> Asked:
    """Return what a question asks for, given the codes that it asks for."""
    procedure = kind_of(query.text) is QuestionKind.PROCEDURE
    goes_on = bool(query.earlier) and (leans(query.text) or asks_of_the_one_before(query.text))
    return Asked(
        query.text,
        words=telling_words(without_days_not_meant(query.text)),
        sought=telling_words(" ".join([*query.earlier[-1:], query.text])),
        before=telling_words(query.earlier[-1]) if goes_on else frozenset(),
        named=as_written(named[1]) if query.earlier and (named := _NAMES_ALONE.fullmatch(query.text)) else "",
        told=query.told,
        leans=goes_on,
        procedure=procedure,
        way=procedure and not _NOT_TO.search(query.text),
        whether=OPEN.search(query.text) is None,
        step=_STEP.search(query.text) is not None,
        in_order=_IN_ORDER.search(query.text) is not None,
        codes=frozenset(codes),
        plain_codes=frozenset(plain_codes),
        plain_days=days_asked_plainly(query.text),
        had=figures_in(query.text) if _WHICH.search(query.text) else frozenset(),
    )


def figures_in(text: str) -> frozenset[tuple[float, str]]:
    """Return the figures of a text with their units."""
    facts = facts_of(text)
    return facts.counted | {(one.value, one.unit) for one in facts.measures}
