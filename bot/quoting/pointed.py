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
HAVING = telling_words(
    "add, apply, arrange, attend, become, book, borrow, bring, buy, come, do, enrol, enter, find, give, go, have, "
    "hire, invite, join, lend, make, offer, order, provide, register, rent, request, reserve, see, sell, sign, start, "
    "stay, subscribe, take, try, use, visit"
)
"""What is done to have a thing, which costs what the thing does."""
_DOING = re.compile(
    r"\b(?:(?:do|can|could|may|might|must|shall|should|would|will) (?:i|you|we|one)|"
    r"(?:able|have|how|like|need|want) to) (?:(?:also|just|please) )?([\w-]+)",
    re.IGNORECASE,
)
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

    A page tells prices of many things. So what is of another one is cut out: all that tells a price but what names what
    was asked, what stands right behind a sentence that answered it and has a word of it, and what names nothing else in
    a section that did. It is named by a word, by the heading above, or by one that a row begins with and that is said
    beside the question or heads what answered; and by what is to be done with it, unless that is to have it: who
    asks what it costs to cancel a pass is not told what it costs to freeze one.
    """
    words, done = _words(asked), _done(asked)
    sections = {section_of(one.passage) for one in answered}
    named = words | _words([said, *(_heading(one.passage) for one in answered)])
    answers = {one.text for one in answered if not words.isdisjoint(one.words)}

    def tells(one: Evidence, before: str) -> bool:
        has = one.words | _words([one.leans_on])
        if one.row_of is None and not one.begins_item:
            names_nothing = has <= OF_A_PRICE | ASKED_OF_ANYTHING
            if before in answers or (names_nothing and section_of(one.passage) in sections):
                return True
        headed = _words([_heading(one.passage)]) - _GENERAL
        called = bool(headed) and (headed <= words | _words([said]) or words <= headed)
        begins = (one.row_of or frozenset()) - OF_A_PRICE
        of_it = not (words - done or words).isdisjoint(has) or (bool(done) and section_of(one.passage) in sections)
        return (called or of_it or not named.isdisjoint(begins)) and done <= has | headed

    kept: list[ScoredPassage] = []
    for one in found:
        sentences = evidence_in(one.passage)
        priced = {place for place, each in enumerate(sentences) if AnswerKind.PRICE in told_in(each)}
        befores = ["", *(each.text for each in sentences)]
        its_own = {place for place in priced if tells(sentences[place], befores[place])}
        if its_own:
            kept.append(_without(one, [sentences[place] for place in sorted(priced - its_own)], sentences, its_own))
    return tuple(kept)


def _without(
    found: ScoredPassage, others: Sequence[Evidence], sentences: Sequence[Evidence], its_own: Collection[int]
) -> ScoredPassage:
    """Return a passage without some of its sentences, and without its tables where none of the others is a row."""
    text, at = found.passage.text, 0
    for one in sentences:
        start = text.find(one.text, at) if one.row_of is None else -1
        if start >= 0:
            at = start + (0 if one in others else len(one.text))
            text = text[:start] + text[start + len(one.text) :] if one in others else text
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


def _done(asked: Iterable[str]) -> frozenset[str]:
    """Return the words for what is to be done with the things asked about, but for those for having them."""
    return _words(found[1] for text in asked for found in _DOING.finditer(text)) - HAVING


def _words(texts: Iterable[str]) -> frozenset[str]:
    return telling_words("\n".join(texts)) - ASKED_OF_ANYTHING
