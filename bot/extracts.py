"""The sentences of the passages found that matter to the question: for the prompt, and to be quoted.

A sentence matters by its likeness to the question in meaning and in words, read under the title and heading above it,
by whether it tells the sort of thing that is asked for, by how well its passage fits, by where it stands there, and by
its length. How much each counts was learned from questions, see `tests/bench/sentences.py`: who asks for one thing is
answered by whatever sentence tells it, who asks in general, or goes on in a conversation, rather by how a passage
begins.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Protocol

from bot.answer_kinds import asked_for, told_in
from bot.evidence import LEANS, Evidence, evidence_in, leading_to, place_of
from bot.facts import telling_words
from bot.intents import QuestionKind, asks_in_general, kind_of
from bot.ranges import rows_meant
from knowledge.documents import ScoredPassage
from knowledge.retrieval import Likeness, Query, Sentence

POINTED = {
    "meaning": 1.2,  # cosine to the question
    "held": 1.43,  # how well the question's words find theirs, by their meaning (late interaction)
    "words": 0.39,  # share of the question's words in the sentence or its heading; rare ones count more
    "asked": 0.37,  # share of the kinds of things asked for (a time, a price, …) that it tells
    "passage": 0.02,  # cosine of the whole passage to the question
    "rank": -0.06,  # of the passage among those found, from 0
    "first": 0.12,  # whether it begins its passage: what follows explains it, or makes exceptions
    "length": 0.38,  # 1 from _ENOUGH words on, in proportion below: a fragment seldom says something alone
    "excess": -0.06,  # words above _LONG, in _LONG
}
"""What each signal of a sentence counts, see `signals`, for a question that asks for one thing."""
BROAD = {
    "meaning": 1.02,
    "held": 1.29,
    "words": 0.65,
    "asked": 0.16,
    "passage": 0.44,
    "rank": -0.12,
    "first": 0.2,
    "length": 0.56,
    "excess": -0.16,
}
"""The same for one that asks in general, or goes on in a conversation."""
_ABOUT = 6
"""The first so many of them tell what a sentence is about, the others where answers are usual."""
_ENOUGH, _LONG = 12, 30
_RANK_IN_PROMPT = -0.11
"""What each rank of the passage counts in the prompt besides: the ranks tell better than the sentences where the whole
of an answer stands."""
_BESIDE = 0.2
"""Share of the better neighbour's score that a sentence gains in the prompt."""
_AND_SO_ON = 0.95
"""Share of the best sentence's score from which the one beside it is quoted with it."""
_EMBEDDED = 7
"""Sentences whose likeness to the question is told by vectors of their own, the likeliest by a rough likeness."""
_MOST_READ, _READ_IN_CONVERSATION = 5, 3
"""Sentences that are read together with the question, the likeliest by their signals.

Within a conversation reading tells less, see `bot.confidence`, and takes longer."""
READ = 0.06
"""What a sentence gains for each unit of the log odds that it answers, told by reading it together with the question.

One that was not read counts as the least likely of those."""
_MEANT = 0.3
"""What a row of a table or an item of a list gains whose range holds a figure of the question."""
_POINTED = 0.1
"""What a sentence gains to which the words of a model come down, though they did not go out themselves."""
_HEADS = 0.5
"""Share of what is sought that a heading has to say, more than that, for the steps below it to be the way."""
_NEARLY = 0.05
"""By which a sentence may be less about the question than another and still be what an answer rests on."""
_THERE = re.compile(r"\bthere\b(?!['’]s\b| (?:is|are|was|were|will|may|might|can|has|have)\b)", re.IGNORECASE)
_NAME = re.compile(r"(?<=[\w,;] )[A-Z]\w+")
"""A word with a capital within a sentence."""
QUOTED_CHARS = 600
STEPS_CHARS = 1_500
"""Of a list that is quoted with what leads to it, and of a numbered one that is quoted whole."""
_ITEM = 4
"""Sentences of one of its items, at the most."""
SHOWN_WORDS = 180
"""Of the passages that go into the prompt."""
GAP = "…"


class Reader(Protocol):
    """What sentences are held against a question by; `knowledge.retrieval.Retriever` is the one there is."""

    def likeness_within(
        self, query: Query, sentences: Sequence[Sentence], choose: Callable[[Sequence[Likeness]], Collection[int]]
    ) -> list[Likeness]: ...

    def answering(self, query: Query, texts: Sequence[str]) -> list[float]: ...


@dataclass(frozen=True, slots=True)
class Extracts:
    """The sentences of the passages found in their order, each with how much it matters."""

    found: tuple[ScoredPassage, ...]
    sentences: tuple[Evidence, ...]
    numbers: tuple[int, ...]
    """Of each sentence, the place of its passage in `found`."""
    likeness: tuple[float, ...]
    """Cosine to the question, read under title and heading."""
    scores: tuple[float, ...]
    about: tuple[float, ...]
    """The part of each score that tells how much the sentence is about the question."""
    asked: frozenset[str] = frozenset()
    """The telling words of the question."""
    held: frozenset[int] = frozenset()
    """The places of the rows of tables that hold for just the region or product of who asks."""
    meant: frozenset[int] = frozenset()
    """The places of those, and of the items of lists, whose range holds a figure of the question."""
    procedure: bool = False
    """Whether the question asks how something is done: of a list of steps, one alone is no answer."""
    sought: frozenset[str] = frozenset()
    """The telling words of the question and of what was asked before it, where it goes on in a conversation."""
    answered: float | None = None
    """The log odds that one of the sentences answers, by reading the likeliest together with the question; None where
    that tells nothing."""

    def likeliest(self, most: int) -> list[int]:
        """Return the places of the sentences to be read together with the question, the likeliest first.

        None of a page in another language than English, which is all that the network knows, and no text twice.
        """
        by_text: dict[str, int] = {}
        for place in sorted(range(len(self.scores)), key=lambda place: -self.scores[place]):
            if self.sentences[place].quotable and _may_be_english(self.sentences[place]):
                by_text.setdefault(placed(self.sentences[place]), place)
        return list(by_text.values())[:most]

    def read(self, places: Sequence[int], odds: Sequence[float]) -> Extracts:
        """Return the same with what reading those at `places` gave: of each the log odds that it answers."""
        if not odds:
            return self
        texts = {placed(self.sentences[place]): one for place, one in zip(places, odds, strict=True)}
        gained = [READ * texts.get(placed(one), min(odds)) for one in self.sentences]
        return replace(
            self,
            scores=tuple(map(sum, zip(self.scores, gained, strict=True))),
            answered=math.log(sum(map(math.exp, odds))),
        )

    def shown(self, room: int = SHOWN_WORDS) -> tuple[ScoredPassage, ...]:
        """Return the passages with just the sentences that matter; those without any are left out."""
        lengths = [len(one.text.split()) for one in self.sentences]
        if not self.sentences or sum(lengths) <= room:
            return self.found
        scores = [score + _RANK_IN_PROMPT * number for score, number in zip(self.scores, self.numbers, strict=True)]
        raised = [
            score + _BESIDE * max((scores[other] for other in self._beside(place)), default=0.0)
            for place, score in enumerate(scores)
        ]
        kept: set[int] = set()
        told: set[str] = set()  # passages overlap; what one of them says need not be read again
        used = 0
        for place in sorted(range(len(raised)), key=lambda place: -raised[place]):
            if (text := self.sentences[place].text) not in told and (not kept or used + lengths[place] <= room):
                kept.add(place)
                told.add(text)
                used += lengths[place]
        return tuple(
            replace(one, passage=replace(one.passage, text=text))
            for number, one in enumerate(self.found)
            if (text := self._joined([place for place in sorted(kept) if self.numbers[place] == number]))
        )

    def matters(self, sentence: str) -> bool:
        """Whether a sentence is about the question nearly as much as the one that is most."""
        least = max(self.about, default=0.0) - _NEARLY
        return any(
            one.text == sentence and value >= least for one, value in zip(self.sentences, self.about, strict=True)
        )

    def best(self, least: float, own: Collection[str] = (), pointed: Collection[str] = ()) -> list[Evidence]:
        """Return the sentence to quote, and the one beside it where that matters nearly as much; none if none is near.

        Of a list of steps, and of a table where the question does not tell which row is meant, all are quoted, and
        behind a colon what it leads to.

        `least` is the cosine to the question that it must have. Sentences of the passages `own` (their ids) go first;
        those `pointed` at by a model gain.
        """
        near = [place for place, one in enumerate(self.likeness) if one >= least and self.sentences[place].quotable]
        near = [place for place in near if self.sentences[place].passage.id in own] or near
        near = [place for place in near if not self.sentences[place].leads or self._behind(place)] or near
        near = [place for place in near if not self._holds_elsewhere(place)] or near
        if not near:
            return []
        if way := self.way():
            return way
        scores = [
            score + (_POINTED if one.text in pointed else 0.0)
            for one, score in zip(self.sentences, self.scores, strict=True)
        ]
        first = self._row_meant(max(near, key=lambda place: scores[place]), scores)
        if whole := self._steps_from(first) or self._whole_table(first) or self._several_rows(first):
            return whole
        if led := self._led(first):
            return [*self._told({first}), *led]
        table = self._table(first)
        not_meant = {*table} - {*self._meant(table)}
        if first in self.meant:
            not_meant |= {other for other in self._beside(first) if self.sentences[other].label} - self.meant
        beside = [
            other
            for other in self._beside(first)
            if self.sentences[other].quotable
            and scores[other] >= _AND_SO_ON * scores[first]
            and other not in not_meant
            and not self._holds_elsewhere(other)
        ]
        chosen = {first, *([max(beside, key=lambda place: scores[place])] if beside else [])}
        if self.sentences[last := max(chosen)].leads:
            led = self._led(last)
            if led and _chars(picked := [*self._told(chosen), *led]) <= STEPS_CHARS:
                return picked
            chosen = {first}
        picked = self._told(chosen)
        if _chars(picked) > QUOTED_CHARS:
            picked = self._told({first})
        longest = STEPS_CHARS if leading_to(self.sentences, first) else QUOTED_CHARS
        return picked if _chars(picked) <= longest else [self.sentences[first]]

    def _holds_elsewhere(self, place: int) -> bool:
        """Whether a sentence says what holds "there", where the one before names places, but none of the question's."""
        text = self.sentences[place].text
        if not LEANS.match(text) or not _THERE.search(text) or not self._together(place - 1, place):
            return False
        names = telling_words(" ".join(_NAME.findall(self.sentences[place - 1].text)))
        return bool(names) and not names & self.asked

    def way(self) -> list[Evidence]:
        """Return the numbered list below a heading that says what the question asks how to do; empty if there is none.

        "You can return an item within 30 days" is nearer to "How do I return an item?" than any of the steps.
        """
        lists = [place for place, one in enumerate(self.sentences) if self.procedure and one.step == 1]
        fits = {place: self._heads(place) for place in lists}
        for place in sorted(lists, key=lambda place: -fits[place]):
            if fits[place] > _HEADS and (steps := self._steps(place)):
                led = self._together(place - 1, place) and self.sentences[place - 1].leads
                return self._told([place - 1, *steps] if led else steps)
        return []

    def _heads(self, place: int) -> float:
        """Return the share of what is sought that the heading of a sentence says, 0 if that says something else."""
        passage = self.sentences[place].passage
        words = telling_words(passage.heading.rpartition(" > ")[2] or passage.title)
        return len(words) / len(self.sought) if words and words <= self.sought else 0.0

    def _steps_from(self, place: int) -> list[Evidence]:
        """Return the numbered list that a sentence leads to, with it, or one that answers how something is done."""
        led = self._led_steps(place) if self.sentences[place].leads or self.procedure else []
        return self._told(led or (self._steps(place) if self.procedure else []))

    def _led_steps(self, place: int) -> list[int]:
        """Return where the numbered list right behind a sentence stands, with the sentence; empty if there is none."""
        follows = self._together(place + 1, place) and self.sentences[place + 1].step == 1
        steps = self._steps(place + 1) if follows else []
        return [place, *steps] if steps else []

    def _steps(self, place: int) -> list[int]:
        """Return where the numbered list stands, from its first item to its last, that a sentence begins an item of.

        Empty where it does not, where the passage has only a part of it, or where it is long.
        """
        number = self.sentences[place].step
        first = last = place
        for one, way in ((place, -1), (place, 1)):
            wanted, at = number + way, one + way
            while wanted > 0 and abs(at - (first if way < 0 else last)) <= _ITEM and self._together(at, place):
                if self.sentences[at].step == wanted:
                    first, last = (at, last) if way < 0 else (first, at)
                    wanted += way
                elif self.sentences[at].step:
                    break
                at += way
        picked = self.sentences[first : last + 1]
        whole = number > 0 and self.sentences[first].step == 1 and last > first
        short = _chars(picked) <= STEPS_CHARS
        return [*range(first, last + 1)] if whole and short and all(one.safe for one in picked) else []

    def _led(self, place: int) -> list[Evidence]:
        """Return what a sentence that ends in a colon leads to; empty where it does not, or nothing may go out.

        Of what is long those parts are told that the question names, else the first ones, and that there are more.
        """
        lead = self.sentences[place]
        parts = [[self.sentences[one] for one in part] for part in self._behind(place)] if lead.leads else []
        short = _chars([lead, *(one for part in parts for one in part)]) <= STEPS_CHARS
        telling = self.asked - lead.words
        named = [part for part in parts if any(one.words & telling for one in part)]
        told: list[Evidence] = []
        kept = 0
        for part in parts if short or not named else named:
            if all(one.safe for one in part) and _chars([lead, *told, *part]) <= STEPS_CHARS:
                told += part
                kept += 1
        cut_off = bool(told) and kept < len(parts)
        return [*told, Evidence(lead.passage, GAP, frozenset(), quotable=False, item=True)] if cut_off else told

    def _behind(self, place: int) -> list[list[int]]:
        """Return where the parts stand that a sentence leads to: items, rows, a block of code, or a line or more."""
        lead, after = self.sentences[place], place + 1
        if not self._together(after, place):
            return []
        begun = self.sentences[after]
        if begun.row_of is not None:
            table = self._table(after)
            return [[one] for one in self._named(table) or table]
        if begun.begins_item and begun.indent <= lead.indent:
            return []
        if not begun.begins_item:
            return [self._lines(after)]
        parts: list[list[int]] = []
        while self._together(after, place) and self.sentences[after].indent > lead.indent:
            if self.sentences[after].begins_item:
                parts.append([])
            parts[-1].append(after)
            after += 1
        return parts

    def _lines(self, place: int) -> list[int]:
        """Return where a sentence or a block of code stands, or a line that is none and those behind it that are none.

        An address, say, is written in several.
        """
        lines = [place]
        while not (last := self.sentences[lines[-1]]).ended and not last.code and self._together(lines[-1] + 1, place):
            after = self.sentences[lines[-1] + 1]
            if (
                after.ended
                or after.code
                or after.indent != last.indent
                or after.begins_item
                or after.row_of is not None
            ):
                break
            lines.append(lines[-1] + 1)
        return lines

    def _row_meant(self, place: int, scores: Sequence[float]) -> int:
        """Return the row that is meant where `place` is another one of its table, else `place`."""
        meant = self._meant(self._table(place))
        may_go_out = [one for one in meant if self.sentences[one].quotable]
        return place if not may_go_out or place in meant else max(may_go_out, key=lambda one: scores[one])

    def _whole_table(self, place: int) -> list[Evidence]:
        """Return the whole table of a row if the question names none of its rows: any one would be a guess.

        Just those that hold for who asks, where several do. Empty where the question names one, where one alone holds,
        where this is no row or the only one, and where the table is long.
        """
        table = self._table(place)
        rows = [self.sentences[one] for one in self._holding(table) or table]
        guessed = len(rows) > 1 and _chars(rows) <= QUOTED_CHARS and not self._named(table)
        return rows if guessed and all(one.quotable for one in rows) else []

    def _several_rows(self, place: int) -> list[Evidence]:
        """Return the rows that a question is after, where it is after several: "opening hours in Oslo and Bergen".

        All words that such a row begins with are asked for, or a figure that lies in its range. Empty where `place` is
        of no table, or none of them, and where they are long.
        """
        table = self._table(place)
        named = [one for one in table if one in self.meant]
        named = named or [one for one in table if (words := self.sentences[one].row_of) and words <= self.asked]
        rows = [self.sentences[one] for one in named]
        several = place in named and len({one.label for one in rows}) > 1
        return rows if several and _chars(rows) <= QUOTED_CHARS and all(one.quotable for one in rows) else []

    def _table(self, place: int) -> range:
        """Return where the rows of the table stand that one is of; empty where it is of none."""
        if self.sentences[place].row_of is None:
            return range(0)
        first = last = place
        while self._together(first - 1, place) and self.sentences[first - 1].row_of is not None:
            first -= 1
        while self._together(last + 1, place) and self.sentences[last + 1].row_of is not None:
            last += 1
        return range(first, last + 1)

    def _meant(self, table: Sequence[int]) -> list[int]:
        """Return which rows are meant: those that the question names, else those that hold for who asks."""
        return self._named(table) or self._holding(table)

    def _holding(self, table: Sequence[int]) -> list[int]:
        return [one for one in table if one in self.held]

    def _named(self, table: Sequence[int]) -> list[int]:
        """Return which rows the question names, by words that not all of them begin with, and by figures."""
        begin = [self.sentences[one].row_of or frozenset() for one in table]
        telling = self.asked - frozenset.intersection(*begin) if begin else frozenset()
        named = [one for one, words in zip(table, begin, strict=True) if words & telling]
        return [one for one in named or table if one in self.meant] or named

    def _together(self, place: int, other: int) -> bool:
        """Whether there is a sentence at `place`, in the passage of the other one."""
        return 0 <= place < len(self.numbers) and self.numbers[place] == self.numbers[other]

    def _told(self, places: Collection[int]) -> list[Evidence]:
        """Return sentences in their order, with those that they cannot be understood without.

        That is the one before where the first says only "it" of what that names, and what leads to an item of a list or
        a block of code.
        """
        if not places:
            return []
        said = {*places}.union(*(leading_to(self.sentences, place) for place in places))
        start = min(places)
        if LEANS.match(self.sentences[start].text) and not self.sentences[start].begins_item:
            said |= {one for one in self._beside(start) if one < start and self.sentences[one].quotable}
        return [self.sentences[place] for place in sorted(said)]

    def _beside(self, place: int) -> list[int]:
        return [other for other in (place - 1, place + 1) if self._together(other, place)]

    def _joined(self, places: Sequence[int]) -> str:
        parts: list[str] = []
        for before, place in zip([None, *places], places, strict=False):
            if before is not None and place != before + 1:
                parts.append(GAP)
            parts.append(self.sentences[place].text)
        return " ".join(parts)


def _may_be_english(sentence: Evidence) -> bool:
    languages = sentence.passage.scope.language
    return not languages or any(one.partition("-")[0] == "en" for one in languages)


def _chars(sentences: Sequence[Evidence]) -> int:
    return sum(len(one.text) for one in sentences)


def sentences_in(found: Sequence[ScoredPassage]) -> list[tuple[int, Evidence]]:
    """Return the sentences of the passages found, each with the place of its passage."""
    return [(number, sentence) for number, one in enumerate(found) for sentence in evidence_in(one.passage)]


def placed(sentence: Evidence) -> str:
    """Return a sentence under the title and heading that it stands under, as its likeness to a question is told."""
    return f"{place_of(sentence.passage)} {sentence.text}"


def weights_for(query: Query) -> Mapping[str, float]:
    """Return what each signal of a sentence counts for a question."""
    return BROAD if query.earlier or asks_in_general(query.text) else POINTED


def weighed(
    searcher: Reader,
    query: Query,
    found: Sequence[ScoredPassage],
    holding: Callable[[Sequence[str]], Collection[int]] = lambda labels: (),
    own: Collection[str] = (),
) -> Extracts:
    """Weigh the sentences of the passages found, and read the likeliest together with the question.

    Those of the passages `own` (their ids) go before others.
    """
    sentences = sentences_in(found)
    likeness = likeness_of(searcher, query, found, sentences, own)
    told = extracts(query, found, sentences, likeness, holding)
    likeliest = told.likeliest(most_read(follow_up=bool(query.earlier)))
    odds = searcher.answering(query, [placed(told.sentences[one]) for one in likeliest])
    return told.read(likeliest, odds)


def most_read(*, follow_up: bool) -> int:
    """Return how many sentences are read together with a question, which may go on in a conversation."""
    return _READ_IN_CONVERSATION if follow_up else _MOST_READ


def likeness_of(
    searcher: Reader,
    query: Query,
    found: Sequence[ScoredPassage],
    sentences: Sequence[tuple[int, Evidence]],
    own: Collection[str] = (),
) -> list[Likeness]:
    """Return the likeness to the question of each of `sentences` (see `sentences_in`), of most of them but roughly.

    Those of the passages `own` (their ids), which go before others, are told exactly as often as those of all.
    """
    within = [Sentence(found[number], one.text, placed(one)) for number, one in sentences]

    def likeliest(rough: Sequence[Likeness]) -> list[int]:
        scores = extracts(query, found, sentences, rough).scores
        ranked = sorted(range(len(scores)), key=lambda place: -scores[place])
        mine = [place for place in ranked if sentences[place][1].passage.id in own]
        texts = {text for those in (ranked, mine) for text in _first_texts(within, those)}
        return [place for place, one in enumerate(within) if one.placed in texts]

    return searcher.likeness_within(query, within, likeliest)


def _first_texts(within: Sequence[Sentence], places: Sequence[int]) -> list[str]:
    """Return the first different texts to be embedded; passages overlap, so that some stand there twice."""
    return list(dict.fromkeys(within[place].placed for place in places))[:_EMBEDDED]


def extracts(
    query: Query,
    found: Sequence[ScoredPassage],
    sentences: Sequence[tuple[int, Evidence]],
    likeness: Sequence[Likeness],
    holding: Callable[[Sequence[str]], Collection[int]] = lambda labels: (),
) -> Extracts:
    """Weigh `sentences` (see `sentences_in`), given the likeness of each, `placed`, to the question.

    `holding` tells which rows of a table, labelled so, hold for just the region or product of who asks.
    """
    told = signals(query.text, found, sentences, likeness)
    weights = weights_for(query)
    weighed = [[weight * one for weight, one in zip(weights.values(), all, strict=True)] for all in told]
    meant = frozenset(_meant(query.text, sentences))
    gained = [_MEANT * (place in meant) for place in range(len(sentences))]
    return Extracts(
        tuple(found),
        tuple(one for _, one in sentences),
        tuple(number for number, _ in sentences),
        tuple(one.meaning for one in likeness),
        tuple(sum(values) + more for values, more in zip(weighed, gained, strict=True)),
        tuple(sum(values[:_ABOUT]) + more for values, more in zip(weighed, gained, strict=True)),
        telling_words(query.text),
        frozenset(_rows(sentences, holding)),
        meant,
        kind_of(query.text) is QuestionKind.PROCEDURE,
        telling_words(" ".join([*query.earlier[-1:], query.text])),
    )


def _rows(
    sentences: Sequence[tuple[int, Evidence]], chosen: Callable[[Sequence[str]], Collection[int]]
) -> Iterator[int]:
    """Yield the places of the rows, whole, that are `chosen` by the labels of a table's rows."""
    for (_, is_row), run in groupby(enumerate(sentences), lambda one: (one[1][0], one[1][1].row_of is not None)):
        if not is_row:
            continue
        rows = [(place, one) for place, (_, one) in run]
        labels = list(dict.fromkeys(one.label for _, one in rows))  # a long row is several sentences
        found = {labels[row] for row in chosen(labels)}
        yield from (place for place, one in rows if one.label in found)


def _meant(question: str, sentences: Sequence[tuple[int, Evidence]]) -> Iterator[int]:
    """Yield the places of the rows and of the items of lists whose range holds a figure of the question."""
    yield from _rows(sentences, partial(rows_meant, question))
    for _, those in groupby(enumerate(sentences), lambda one: one[1][0]):
        items = [place for place, (_, one) in those if one.item and any(map(str.isdigit, one.label))]
        yield from (items[item] for item in rows_meant(question, [sentences[place][1].label for place in items]))


def signals(
    question: str,
    found: Sequence[ScoredPassage],
    sentences: Sequence[tuple[int, Evidence]],
    likeness: Sequence[Likeness],
) -> list[tuple[float, ...]]:
    """Return for each sentence what tells whether it answers, in the order of `POINTED`."""
    words = telling_words(question)
    rarity = _rarity(words, [one.words for _, one in sentences])
    headings = [telling_words(one.passage.heading) for one in found]
    asked = asked_for(question)
    told: list[tuple[float, ...]] = []
    before = -1
    for (number, one), like in zip(sentences, likeness, strict=True):
        length = len(one.text.split())
        told.append(
            (
                like.meaning,
                like.words,
                sum(rarity[word] for word in words & (one.words | headings[number])),
                len(asked & told_in(one)) / len(asked) if asked else 0.0,
                found[number].similarity,
                float(number),
                float(number != before),
                min(length, _ENOUGH) / _ENOUGH,
                max(0, length - _LONG) / _LONG,
            )
        )
        before = number
    return told


def _rarity(asked: Collection[str], sentences: Sequence[Collection[str]]) -> dict[str, float]:
    """Return for each word asked its weight, higher the fewer of the sentences hold it; all together weigh 1."""
    weights = {word: math.log(1 + len(sentences) / (1 + sum(word in words for words in sentences))) for word in asked}
    whole = sum(weights.values()) or 1.0
    return {word: weight / whole for word, weight in weights.items()}
