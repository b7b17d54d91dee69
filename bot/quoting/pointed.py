"""What a question that points at one before it in its message may be answered from: "Do you rent vans? Is it free?"

Most pages tell a price, and a way to cancel or delete something. Only those that are about what is pointed at answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from bot.quoting.answer_kinds import AnswerKind, asked_for, told_in, told_in_text
from bot.quoting.asked import OF_A_PRICE, asks_for_a_price
from bot.quoting.evidence import Evidence, evidence_in, section_of
from bot.text.facts import telling_words
from bot.understanding.questions import points_back, without_statements
from bot.understanding.scopes import ASKED_OF_ANYTHING, WORTH_A_CHOICE, fits
from knowledge.documents import Passage, ScoredPassage

_UNDOING = telling_words(
    "cancel, close, deactivate, delete, disable, end, erase, leave, remove, revoke, stop, terminate, undo, uninstall, "
    "unsubscribe"
)
_GENERAL = telling_words("article goods item order product purchase something thing way")
"""Words of a heading that name no thing of its own: "Return an item"."""
_OF_ANY_PRICE = telling_words("anything, extra, something, total")
_ROW = re.compile(r"^[ \t]*\|[^\n]*$\n?", re.MULTILINE)
_OF_A_TIME = telling_words("take, last")


def asks_only_for_a_price(question: str) -> bool:
    """Whether a question asks what something costs that it does not name: "And is it free?" """
    return asks_for_a_price(question) and telling_words(question) <= ASKED_OF_ANYTHING | OF_A_PRICE | _OF_ANY_PRICE


def is_told_in(question: str, told: str) -> bool:
    """Whether a question asks of what was named before it for nothing but a time or a price, and a text tells such."""
    bare = without_statements(question, "")
    asked = asked_for(bare)
    named = telling_words(bare) - ASKED_OF_ANYTHING - (OF_A_PRICE if AnswerKind.PRICE in asked else _OF_A_TIME)
    return points_back(bare) and bool(asked) and not named and asked <= told_in_text(told)


def answers_again(question: str, before: str, told: str) -> bool:
    """Whether what was told to the question `before` may well answer another one of the message, too.

    It does not where that names something else, of which it has no word, and asks for what it does not tell.
    """
    bare = without_statements(question, before)
    own = telling_words(bare) - ASKED_OF_ANYTHING - telling_words(before)
    tells = asked_for(bare) <= told_in_text(told, step=int(told.startswith("1. ")))
    return tells or not own or not own.isdisjoint(telling_words(told))


def with_its_price(
    asked: Sequence[str], said: str, answered: Sequence[Evidence], found: Sequence[ScoredPassage]
) -> tuple[ScoredPassage, ...]:
    """Return the passages that tell what something costs that was asked about; empty where none does.

    A page tells prices of many things. So what is of another one is cut out: all that tells a price but what is headed
    by what was asked, what has a word of it, what stands right behind a sentence that answered it and has one, and what
    names nothing else in a section that did. A row may also begin with a word of what is said beside the question, or
    of the heading of what answered.
    """
    words = _words(asked)
    sections = {section_of(one.passage) for one in answered}
    named = words | _words([said, *(_heading(one.passage) for one in answered)])
    answers = {one.text for one in answered if not words.isdisjoint(one.words)}

    def tells(one: Evidence, before: str) -> bool:
        has = one.words | _words([one.leans_on])
        if not words.isdisjoint(has) or not named.isdisjoint((one.row_of or frozenset()) - OF_A_PRICE):
            return True
        if one.row_of is not None or one.begins_item:
            return False
        names_nothing = has <= OF_A_PRICE | ASKED_OF_ANYTHING
        return before in answers or (names_nothing and section_of(one.passage) in sections)

    kept: list[ScoredPassage] = []
    for one in found:
        sentences = evidence_in(one.passage)
        priced = {place for place, each in enumerate(sentences) if AnswerKind.PRICE in told_in(each)}
        headed = _words([_heading(one.passage)]) - _GENERAL
        if headed and (headed <= words | _words([said]) or words <= headed):
            its_own = priced
        else:
            befores = ["", *(each.text for each in sentences)]
            its_own = {place for place in priced if tells(sentences[place], befores[place])}
        if its_own:
            kept.append(_without(one, [sentences[place] for place in sorted(priced - its_own)], sentences, its_own))
    return tuple(kept)


def _without(
    found: ScoredPassage, others: Sequence[Evidence], sentences: Sequence[Evidence], its_own: Collection[int]
) -> ScoredPassage:
    """Return a passage without some of its sentences, and without its tables where none of the others is a row."""
    text = found.passage.text
    for one in others:
        if one.row_of is None:
            text = text.replace(one.text, "", 1)
    if others and all(sentences[place].row_of is None for place in its_own):
        text = _ROW.sub("", text)
    return replace(found, passage=replace(found.passage, text=text))


def about_another_thing(
    question: str, asked: Sequence[str], before: Sequence[Sequence[ScoredPassage]], found: ScoredPassage
) -> bool:
    """Whether a passage is headed by how to end or undo another thing than one that was asked about.

    "How do I create a key, and how do I delete it?" is not answered under "Delete your account": that does harm. What
    was found `before` for what was asked may tell of that thing by another word, or be just this passage.
    """
    wanted = _words([question]) & _UNDOING
    headed = _words([_heading(found.passage)])
    others = headed - wanted - _GENERAL
    if not (headed & wanted and others):
        return False
    near = {one.passage for each in before for one, fit in fits(each) if fit >= WORTH_A_CHOICE}
    known = _words([*asked, *(f"{_heading(one.passage)}\n{one.passage.text}" for each in before for one in each[:1])])
    told = _words([f"{_heading(found.passage)}\n{found.passage.text}"])
    return found.passage not in near and known.isdisjoint(others) and _words(asked).isdisjoint(told)


def _heading(passage: Passage) -> str:
    """Return the heading right above a passage, else the title, which else may be that of a page on many things."""
    return passage.heading.rpartition(" > ")[2] or passage.title


def _words(texts: Iterable[str]) -> frozenset[str]:
    return telling_words("\n".join(texts)) - ASKED_OF_ANYTHING
