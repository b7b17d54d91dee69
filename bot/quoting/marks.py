"""What sets some of the sentences found apart, whatever else they tell.

Rows and items that the question means by a figure, a day, a code or their whole name, and what is told of others: of
another code, of other days, of something else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from bot.claims.subjects import of_other_subjects, say_alike, things_called
from bot.quoting.answer_kinds import AnswerKind, told_in
from bot.quoting.asked import OF_A_PRICE, asks_for_a_price
from bot.quoting.evidence import Evidence, place_of, section_of
from bot.text.codes import (
    codes_asked,
    codes_asked_plainly,
    codes_covered,
    codes_named,
    others_than,
    speaks_of_more,
    without_codes,
)
from bot.text.days import days_labelled
from bot.text.facts import as_written, telling_words
from bot.text.ranges import completed, names_range, numbers_missing, rows_left_out, rows_meant, rows_of_other_days
from bot.understanding.questions import points_back
from bot.understanding.scopes import ASKED_OF_ANYTHING
from knowledge.documents import ScoredPassage
from knowledge.retrieval import Query

_IN_A_CASE = re.compile(r"\b(?:for|with|without|if|on|in|when|as)\s.*", re.IGNORECASE | re.DOTALL)
"""For whom, when or on what condition something is asked."""
_SEVERAL = re.compile(r"(?<=[a-z]{2}[^\Ws])s(?= )")
"""How the name of several things ends, as `as_written` has it."""
INSTEAD = 0.9
"""Share of the score of the best sentence about another code, or of other days, from which one of neither is quoted in
its place, where nothing holds those asked for: else the documents rather say nothing of it."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The places of sentences that are set apart."""

    held: frozenset[int] = frozenset()
    """The rows of tables that hold for just the region or product of who asks."""
    meant: frozenset[int] = frozenset()
    """The rows, and the items of lists, whose range holds a figure of the question, or that are called by a code of
    it."""
    meant_by_range: frozenset[int] = frozenset()
    """Those of them whose range holds a figure."""
    named_whole: frozenset[int] = frozenset()
    """The rows whose whole name stands in the question, with its numbers and letters: "Fix 24"."""
    others: frozenset[int] = frozenset()
    """The sentences that tell something of other codes of their form, or of other things, and the rows of other
    days."""
    held_somewhere: bool = True
    """Whether something holds a code asked for, and a row the days asked for, where there are such of others."""


@dataclass(frozen=True, slots=True)
class CodesFound:
    """The codes that a question asks for, and what is told of them and of others."""

    asked: frozenset[str]
    plain: frozenset[str]
    """Those asked for plainly."""
    sentences: Sequence[tuple[int, Evidence]]
    """Each with the place of its passage, and with those asked for among its codes where it covers them."""
    called: Sequence[frozenset[str]]
    """By what codes each sentence is called in so many words."""
    coded: Sequence[bool]
    """Whether each tells of a code asked for, or stands under a heading that does."""
    others: frozenset[int]
    """The places of those that tell of others."""


def codes_found(query: Query, found: Sequence[ScoredPassage], sentences: Sequence[tuple[int, Evidence]]) -> CodesFound:
    """Return which codes a question asks for, and which sentences of the passages found tell of them or of others."""
    places = [place_of(one.passage) for one in found]
    in_headings = [codes_named(place) for place in places]
    known = frozenset().union(*in_headings, *(one.codes for _, one in sentences))
    asked, plain = _codes_of(query, known, sentences)
    covering = [(number, one.covering(asked)) for number, one in sentences]
    in_headings = [held | codes_covered(place, asked) for held, place in zip(in_headings, places, strict=True)]
    coded = [bool(asked & (one.codes | in_headings[number])) for number, one in covering]
    elsewhere = [
        others_than(held, plain) and not speaks_of_more(place) for held, place in zip(in_headings, places, strict=True)
    ]
    others = frozenset(_told_of_others(plain, telling_words(query.text), covering, coded)) if plain else frozenset()
    others |= {place for place, (number, _) in enumerate(covering) if elsewhere[number] and not coded[place]}
    return CodesFound(asked, plain, covering, [one.told_of for _, one in sentences], coded, others)


def marked(
    query: Query,
    codes: CodesFound,
    scores: Sequence[float],
    holding: Callable[[Sequence[str]], Collection[int]],
) -> Marks:
    """Return which sentences are set apart, given their scores so far.

    `holding` tells which rows of a table, labelled so, hold for just the region or product of who asks.
    """
    sentences = codes.sentences
    of_other_days = frozenset(_chosen(sentences, partial(rows_of_other_days, query.text)))
    asked = completed(query.text, query.earlier)
    meant = frozenset(_chosen(sentences, partial(rows_meant, asked), lambda one: one.dated))
    meant -= frozenset(_far_from_asked(sentences, scores, meant, of_other_days))
    left_out = frozenset(_chosen(sentences, partial(rows_left_out, query.text)))
    of_other_numbers, numbered = _of_other_numbers(query.text, sentences)
    beside = frozenset(_beside_what_is_pointed_at(query, sentences))
    return Marks(
        held=frozenset(_rows(sentences, holding)),
        meant=meant | frozenset(_called_by(codes.asked, sentences, codes.called)),
        meant_by_range=meant,
        named_whole=frozenset(_rows(sentences, partial(_labels_named_whole, query.text))),
        others=frozenset(_of_other_subjects(query, sentences)).union(
            codes.others, of_other_days, left_out, of_other_numbers, beside
        ),
        held_somewhere=(any(codes.coded) or not codes.plain)
        and (bool(meant) or not of_other_days)
        and (numbered or not of_other_numbers),
    )


def _of_other_subjects(query: Query, sentences: Sequence[tuple[int, Evidence]]) -> Iterator[int]:
    """Yield the places of the sentences that say of something else what one beside them says of what is asked about."""
    said = [telling_words(text) for text in (query.text, *reversed(query.earlier))]
    for _, those in groupby(enumerate(sentences), lambda one: one[1][0]):
        told = [(place, one.text) for place, (_, one) in those if one.row_of is None]
        yield from (told[one][0] for one in of_other_subjects(said, [text for _, text in told]))


def _beside_what_is_pointed_at(query: Query, sentences: Sequence[tuple[int, Evidence]]) -> Iterator[int]:
    """Yield the places of what a question that points at the one before it cannot mean: "When is yoga?", "Is it free?"

    Where a row or a section that the question before names, or the section that answered it, tells a price and one is
    asked for, that is all other rows and sections, but for those that have a subject of the question itself: "And
    off-peak, what does it cost?" For whom or when it is asked, "Is it free for kids?", a page may say elsewhere in
    other words; then that is only the other rows.
    """
    if not query.earlier or not points_back(query.text):
        return
    if not asks_for_a_price(query.text):
        return
    case = _IN_A_CASE.search(query.text)
    in_a_case = bool(case and telling_words(case[0]) - ASKED_OF_ANYTHING - OF_A_PRICE)
    subject = telling_words(query.text) - ASKED_OF_ANYTHING - OF_A_PRICE
    before = telling_words(query.earlier[-1])
    rows = {one.row_of for _, one in sentences if one.row_of and one.row_of <= before}
    rows = {row for row in rows if not any(row < other for other in rows)}  # who asked of "Baby swim" meant no "Swim"
    # Nor did who asked of "Van 4" mean "Van 2".
    whole = frozenset(_rows(sentences, partial(_labels_named_whole, query.earlier[-1])))

    answered = {section_of(one.passage) for _, one in sentences if one.text in query.told}
    answered &= {section_of(one.passage) for _, one in sentences if AnswerKind.PRICE in told_in(one)}

    def shared(one: Evidence) -> int:
        return len(before & telling_words(one.passage.heading or one.passage.title))

    # "Delivery in the UK" shares a word, too, with who asked of returns in the UK.
    most = max((shared(one) for _, one in sentences), default=0)

    def named(place: int, one: Evidence) -> bool:
        if one.row_of is not None and rows:
            return one.row_of in rows and (not whole or place in whole)
        if answered and not rows:
            return section_of(one.passage) in answered
        return 0 < most == shared(one)

    meant = {place for place, (_, one) in enumerate(sentences) if named(place, one)}
    if not any(AnswerKind.PRICE in told_in(sentences[place][1]) for place in meant):
        return
    for place, (_, one) in enumerate(sentences):
        if in_a_case and not (one.row_of and rows):
            continue
        if place not in meant and subject.isdisjoint(one.words | telling_words(place_of(one.passage))):
            yield place


def _codes_of(
    query: Query, known: Collection[str], sentences: Sequence[tuple[int, Evidence]]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the codes that are asked for, and those asked for plainly; if by none then by what was asked last.

    Not by that where a word of the question stands in what is told of another code alone: "and the blender?"
    """
    texts = (query.text, *reversed(query.earlier))
    asking = next((text for text in texts if codes_asked(text, known)), "")
    asked, plain = codes_asked(asking, known), codes_asked_plainly(asking, known)
    if asking == query.text:
        return asked, plain
    words = telling_words(query.text)
    told = frozenset().union(*(one.words for _, one in sentences if not one.codes.isdisjoint(asked)))
    others = (one for _, one in sentences if one.told_of and one.codes.isdisjoint(asked))
    return (frozenset(), frozenset()) if any(words & one.words - told for one in others) else (asked, plain)


def _told_of_others(
    codes: Collection[str], asked: frozenset[str], sentences: Sequence[tuple[int, Evidence]], coded: Sequence[bool]
) -> Iterator[int]:
    """Yield the places of what tells something of other codes than those asked for; `coded` of each: not of others.

    Where a row or an item of a list does, the others that are called by some code do, too; where a sentence does, those
    that say the same of some code, unless what is told of the code asked for names it, or it calls a thing by it that
    one of the words `asked` names and those do not: the ring of the CM-200 may be "the R2 ring".
    """
    of_asked = (one.codes for (_, one), own in zip(sentences, coded, strict=True) if own)
    beside = frozenset().union(*(held for held in of_asked if not others_than(held.difference(codes), codes)))
    for (_, is_row, _), run in groupby(
        enumerate(sentences), lambda one: (one[1][0], one[1][1].row_of is not None, one[1][1].indent)
    ):
        group = [(place, one) for place, (_, one) in run]
        found = {place for place, one in group if not coded[place] and others_than(one.told_of_alone, codes)}
        listed = any(one.row_of is not None or one.begins_item for place, one in group if place in found)
        if not listed:
            bare = [without_codes(one.text) for place, one in group if place in found]
            said = frozenset().union(*map(telling_words, bare))
            found |= {
                place
                for place, one in group
                if not coded[place]
                and one.told_of_alone
                and one.codes.isdisjoint(beside)
                and not things_called(one.text) & asked - said
                and any(say_alike(without_codes(one.text), other) for other in bare)
            }
        goes_on = False
        for place, one in group:
            begins = is_row or one.begins_item or one.indent < 0
            # What stands behind the first sentence of an item is told of the same.
            if place in found or (listed and begins and one.told_of and not coded[place]):
                yield place
                goes_on = True
            elif begins or coded[place]:
                goes_on = False
            elif goes_on:
                yield place


def _called_by(
    codes: Collection[str], sentences: Sequence[tuple[int, Evidence]], called: Sequence[frozenset[str]]
) -> Iterator[int]:
    """Yield the places of the rows and the items that are called by one of `codes`, else of the rows that hold one.

    Those that are `called` by the code itself go before those that only cover it: "A4" before "A3+".
    """
    for (_, is_row), run in groupby(enumerate(sentences), lambda one: (one[1][0], one[1][1].row_of is not None)):
        group = [(place, one) for place, (_, one) in run if is_row or one.begins_item]
        named = frozenset().union(*(called[place] for place, _ in group)).intersection(codes)
        meant = [place for place, one in group if called[place] & named or not (one.told_of - named).isdisjoint(codes)]
        yield from meant or (place for place, one in group if is_row and not one.codes.isdisjoint(codes))


def _far_from_asked(
    sentences: Sequence[tuple[int, Evidence]],
    scores: Sequence[float],
    meant: Collection[int],
    of_other_days: Collection[int],
) -> Iterator[int]:
    """Yield which rows `meant` by a day are less about the question than another section's, all of other days.

    The pass of 2027, of which there is no row, is not what somebody born in 2006 or later pays for swimming.
    """

    def section(place: int) -> tuple[str, str]:
        return section_of(sentences[place][1].passage)

    held = {section(place) for place in meant}
    least = INSTEAD * max((scores[one] for one in of_other_days if section(one) not in held), default=-math.inf)
    yield from (one for one in meant if scores[one] < least and days_labelled(sentences[one][1].dated))


def _rows(
    sentences: Sequence[tuple[int, Evidence]],
    chosen: Callable[[Sequence[str]], Collection[int]],
    called: Callable[[Evidence], str] = lambda one: one.label,
) -> Iterator[int]:
    """Yield the places of the rows, whole, that are `chosen` by what a table's rows are `called`."""
    for (_, is_row), run in groupby(enumerate(sentences), lambda one: (one[1][0], one[1][1].row_of is not None)):
        if not is_row:
            continue
        rows = [(place, one) for place, (_, one) in run]
        labels = list(dict.fromkeys(called(one) for _, one in rows))  # a long row is several sentences
        found = {labels[row] for row in chosen(labels)}
        yield from (place for place, one in rows if called(one) in found)


def _of_other_numbers(question: str, sentences: Sequence[tuple[int, Evidence]]) -> tuple[frozenset[int], bool]:
    """Return the rows of tables that lack a number asked for behind their name, and whether another sentence has it."""
    missing = set[str]()

    def lacking(labels: Sequence[str]) -> list[int]:
        names = numbers_missing(question, labels)
        missing.update(names)
        return [*range(len(labels))] if names else []

    rows = frozenset(_rows(sentences, lacking))
    others = [as_written(one.text) for place, (_, one) in enumerate(sentences) if place not in rows]
    return rows, any(f" {name} " in text for name in missing for text in others)


def _labels_named_whole(question: str, labels: Sequence[str]) -> list[int]:
    """Return the places of the labels of rows that stand in a question whole, beside longer ones of them."""
    asked = _of_one(question)
    names = [_of_one(label) if telling_words(label) else "" for label in labels]
    said = set[str]()
    for name in sorted({*names} - {""}, key=lambda name: -len(name)):
        if name in asked:
            said.add(name)
            asked = asked.replace(name, " | ")
    return [place for place, name in enumerate(names) if name in said]


def _of_one(text: str) -> str:
    """Return a text as it is written where each thing is one: "Four rooms" as "four room", which a flat has."""
    return _SEVERAL.sub("", as_written(text))


def _chosen(
    sentences: Sequence[tuple[int, Evidence]],
    chosen: Callable[[Sequence[str]], Collection[int]],
    called: Callable[[Evidence], str] = lambda one: one.called,
) -> Iterator[int]:
    """Yield the places of the rows, and of the items of lists, that are `chosen` by what they are `called`."""
    yield from _rows(sentences, chosen, called)
    for _, those in groupby(enumerate(sentences), lambda one: one[1][0]):
        items = [place for place, (_, one) in those if one.item and names_range(one.label)]
        yield from (items[item] for item in chosen([sentences[place][1].label for place in items]))
