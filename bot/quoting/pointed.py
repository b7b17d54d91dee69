"""What a question that points at one before it in its message may be answered from: "Do you rent vans? Is it free?"

Most pages tell a price, and a way to cancel or delete something. Only those that are about what is pointed at answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.quoting.answer_kinds import AnswerKind, asked_for, told_in, told_in_text
from bot.quoting.asked import OF_A_PRICE, asks_for_a_price
from bot.quoting.evidence import evidence_in, section_of
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


def with_its_price(
    asked: Sequence[str], said: str, answered: Sequence[Passage], found: Sequence[ScoredPassage]
) -> tuple[ScoredPassage, ...]:
    """Return the passages that may tell what something costs that was asked about; empty where none does.

    These are of the sections that answered that; headed, or with a row, by a word of what was asked, what is said
    beside it or what those sections are headed by; or have a word of what was asked.
    """
    words = _words(asked)
    named = words | _words([said, *map(_heading, answered)])
    sections = {section_of(one) for one in answered}

    def tells(one: Passage) -> bool:
        if section_of(one) in sections or not named.isdisjoint(_words([_heading(one)])):
            return True
        rows = frozenset[str]().union(*(row.row_of or () for row in evidence_in(one)))
        return not (words.isdisjoint(telling_words(one.text)) and named.isdisjoint(rows - OF_A_PRICE))

    kept = tuple(one for one in found if tells(one.passage))
    return kept if any(AnswerKind.PRICE in told_in(row) for one in kept for row in evidence_in(one.passage)) else ()


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
