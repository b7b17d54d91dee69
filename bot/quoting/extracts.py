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
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import Protocol

from bot.claims.subjects import of_other_subjects, say_alike, things_called
from bot.quoting.answer_kinds import asked_for, told_in
from bot.quoting.cells import cells_of, of_columns_asked
from bot.quoting.evidence import LEANS, Evidence, evidence_in, leading_to, place_of
from bot.quoting.exceptions import restricts
from bot.text.codes import (
    codes_asked,
    codes_asked_plainly,
    codes_covered,
    codes_in,
    codes_named,
    others_than,
    speaks_of_more,
    without_codes,
)
from bot.text.days import Days, days_asked_plainly, days_labelled, days_named, same_days, without_days_not_meant
from bot.text.facts import blanked, facts_of, telling_words
from bot.text.ranges import completed, names_range, rows_left_out, rows_meant, rows_of_other_days
from bot.understanding.intents import QuestionKind, asks_in_general, kind_of
from knowledge.documents import ScoredPassage
from knowledge.retrieval import Likeness, Query, Sentence
from knowledge.sentences import is_english

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
_COMPLETED = 0.85
"""The same for one right behind it that goes on with it, or tells what is asked for and the best one does not."""
_FAR = 2
"""Sentences between which one may limit what another says."""
_ADDED = re.compile(r"\W*(?:not|only|but)\b", re.IGNORECASE)
"""How a limit begins that is no whole sentence, such as "Not by e-mail"."""
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
_NOT_TO = re.compile(r"\b(?:not|never|without|avoid\w*|instead|stop|prevent\w*|\w+n['’]t)\b", re.IGNORECASE)
_ANYTHING = telling_words(
    "item product thing order step way procedure process tell show explain help find know want need"
)
"""Words of a question that no heading has to say."""
_HEADS = 0.5
"""Share of what is sought that a heading has to say, more than that, for the steps below it to be the way."""
_NEARLY = 0.05
"""By which a sentence may be less about the question than another and still be what an answer rests on."""
_INSTEAD = 0.9
"""Share of the score of the best sentence about another code, or of other days, from which one of neither is quoted in
its place, where nothing holds those asked for: else the documents rather say nothing of it."""
_OPEN = re.compile(r"\b(?:how|what|which|when|where|who|whom|whose|why)\b", re.IGNORECASE)
"""In a question that is answered by more than yes or no."""
_THERE = re.compile(r"\bthere\b(?!['’]s\b| (?:is|are|was|were|will|may|might|can|has|have)\b)", re.IGNORECASE)
_NAME = re.compile(r"(?<=[\w,;] )[A-Z]\w+")
"""A word with a capital within a sentence."""
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
_STEP_WORDS = telling_words(f"step {_NTH}".replace("|", " "))
_ROWS = 2
"""Rows from which on they are told apart by their cells."""
_WORD_OR_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_TELLS_APART = re.compile(r"\d|\b[^\W\d_]\b")
_DAY = telling_words("day")
_DAY_WORD = re.compile(r"\bdays?\b", re.IGNORECASE)
_NAME_WORDS = 4
"""Of a name in a cell, at the most."""
_LEANING = 2
"""Sentences told before one that leans on them, at the most."""
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
    """The places of those, and of the items of lists, whose range holds a figure of the question, or that are called
    by a code of it."""
    question: str = ""
    """As it was asked, without what was asked before it."""
    named_whole: frozenset[int] = frozenset()
    """The places of the rows whose whole name stands in the question, with its numbers and letters: "Fix 24"."""
    procedure: bool = False
    """Whether the question asks how something is done: of a list of steps, one alone is no answer."""
    way_asked: bool = False
    """Whether it asks how to do something, rather than how not to."""
    sought: frozenset[str] = frozenset()
    """The telling words of the question and of what was asked before it, where it goes on in a conversation."""
    whether: bool = False
    """Whether it asks whether something holds, rather than for a time, a price or another thing."""
    step: bool = False
    """Whether it asks for one of several steps: "the third step"."""
    in_order: bool = False
    """Whether it asks for what comes before or after something that is done."""
    codes: frozenset[str] = frozenset()
    """The codes asked for: KX-117."""
    plain: frozenset[str] = frozenset()
    """Those of them about which nothing that is told of others is an answer; see `bot.text.codes`."""
    others: frozenset[int] = frozenset()
    """The places of the sentences that tell something of other codes of their form, and of the rows of other days."""
    plain_days: Days = field(default_factory=Days)
    """The days asked for plainly; see `bot.text.days`."""
    had: frozenset[tuple[float, str]] = frozenset()
    """The figures, with their units, that what is asked for has: "Which mixer has 800 W?"."""
    held_somewhere: bool = True
    """Whether something holds a code asked for, and a row the days asked for, where there are such of others."""
    read_well: frozenset[int] = frozenset()
    """The places of those that answer rather than not, by reading them together with the question."""
    answered: float | None = None
    """The log odds that one of the sentences answers, by reading the likeliest together with the question; None where
    that tells nothing."""

    def likeliest(self, most: int) -> list[int]:
        """Return the places of the sentences to be read together with the question, the likeliest first.

        None of a page in another language than English, which is all that the network knows, and no text twice.
        """
        by_text: dict[str, int] = {}
        for place in sorted(range(len(self.scores)), key=lambda place: -self.scores[place]):
            one = self.sentences[place]
            if one.quotable and place not in self.others and _may_be_english(one):
                by_text.setdefault(placed(one), place)
        return list(by_text.values())[:most]

    def prose_around(self, places: Sequence[int]) -> list[str]:
        """Return the sentences of the passages of some, without headings and rows, which have few everyday words."""
        passages = {self.numbers[place] for place in places}
        return [
            one.text
            for one, number in zip(self.sentences, self.numbers, strict=True)
            if number in passages and one.row_of is None and not one.code
        ]

    def read(self, places: Sequence[int], odds: Sequence[float]) -> Extracts:
        """Return the same with what reading those at `places` gave: of each the log odds that it answers."""
        if not odds:
            return self
        texts = {placed(self.sentences[place]): one for place, one in zip(places, odds, strict=True)}
        gained = [READ * texts.get(placed(one), min(odds)) for one in self.sentences]
        return replace(
            self,
            scores=tuple(map(sum, zip(self.scores, gained, strict=True))),
            read_well=frozenset(place for place, one in enumerate(self.sentences) if texts.get(placed(one), -1.0) > 0),
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
        for place in sorted(range(len(raised)), key=lambda place: (place in self.others, -raised[place])):
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
        places = [place for place in range(len(self.sentences)) if place not in self.others]
        among = places if self.held_somewhere else range(len(self.sentences))
        least = max((self.about[place] for place in among), default=0.0) - _NEARLY
        return any(self.sentences[place].text == sentence and self.about[place] >= least for place in places)

    def best(self, least: float, own: Collection[str] = (), pointed: Collection[str] = ()) -> list[Evidence]:
        """Return the sentence to quote, and the one beside it where that matters nearly as much; none if none is near.

        Of a list of steps, and of a table where the question does not tell which row is meant, all are quoted, and
        behind a colon what it leads to.

        `least` is the cosine to the question that it must have, unless reading tells that it answers. Sentences of the
        passages `own` (their ids) go first; those `pointed` at by a model gain. Of the columns of a table that are
        choices those asked for are told.
        """
        picked = self._picked(least, own, pointed)
        if all(one.row_of is None for one in picked):
            return picked
        rows = [place for place, one in enumerate(self.sentences) if one.row_of is not None]
        tables = {id(self.sentences[place]): self._table(place) for place in rows}
        told: list[Evidence] = []
        for table, run in groupby(picked, lambda one: tables.get(id(one), range(0))):
            told += of_columns_asked(self.question, [*run], [self.sentences[place] for place in table])
        return told

    def _picked(self, least: float, own: Collection[str], pointed: Collection[str]) -> list[Evidence]:
        """Return the sentences that `best` tells, whole."""
        near = [place for place, one in enumerate(self.likeness) if one >= least or place in self.read_well]
        near = [place for place in near if self.sentences[place].quotable]
        near = [place for place in near if self.sentences[place].passage.id in own] or near
        near = [place for place in near if not self.sentences[place].leads or self._behind(place)] or near
        near = [place for place in near if not self._holds_elsewhere(place)] or near
        others = [place for place in near if place in self.others]
        near = [place for place in near if place not in self.others]
        if not self.held_somewhere:  # nor the rest of a list that tells of others
            near = [place for place in near if not self.sentences[place].leads or self._behind(place)]
        way = self.way() if near else []
        if way or not near:
            return way
        day_told = any(same_days(self.plain_days, days_labelled(self.sentences[one].label)) for one in near)
        scores = [
            score + (_POINTED if one.text in pointed and not (day_told and self._of_other_days(one)) else 0.0)
            for one, score in zip(self.sentences, self.scores, strict=True)
        ]
        first = self._row_meant(max(near, key=lambda place: scores[place]), scores)
        first = self._step_asked(near, scores, first) if self.step else first
        if not self.held_somewhere and scores[first] < _INSTEAD * max(
            (scores[place] for place in others), default=-math.inf
        ):
            return []
        if whole := self._steps_from(first) or self._whole_table(first) or self._several_rows(first):
            return whole
        first = self._list_meant(first)
        if led := self._led(first):
            return [*self._told({first}), *led]
        chosen = {first, *self._with(first, scores)}
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

    def _of_other_days(self, sentence: Evidence) -> bool:
        """Whether a sentence names days, but none of those asked for."""
        return sentence.row_of is None and same_days(self.plain_days, days_named(sentence.text)) is False

    def _with(self, first: int, scores: Sequence[float]) -> list[int]:
        """Return where the sentence stands that is to be told with the one to be quoted, if there is one.

        It is one that matters nearly as much, or without which the other would be half of an answer.
        """
        not_meant = {*self._table(first)} - {*self._meant(self._table(first))}
        if first in self.meant:
            not_meant |= {other for other in self._beside(first) if self.sentences[other].label} - self.meant
        limiting = [other for other in range(first - _FAR, first + _FAR + 1) if self._limits(other, first)]
        least = dict.fromkeys(self._beside(first), _AND_SO_ON) | dict.fromkeys(limiting, 0.0)
        if self._completes(first + 1, first):
            least[first + 1] = min(_COMPLETED, least[first + 1])
        told = [
            other
            for other, share in least.items()
            if self.sentences[other].quotable
            and scores[other] >= share * scores[first]
            and other not in not_meant | self.others
            and not self._holds_elsewhere(other)
        ]
        return [max(told, key=lambda place: (place in limiting, scores[place]))] if told else []

    def _limits(self, place: int, other: int) -> bool:
        """Whether a sentence limits what the `other` says, for a thing that the question names and that one does not.

        "NHS charges cannot be paid in instalments." is a part of the answer where it is asked whether they can. It
        speaks of the same matter, which what has only the thing in common with the question does not.
        """
        if not self.whether or place == other or not self._together(place, other):
            return False
        one, beside = self.sentences[place], self.sentences[other]
        if one.row_of is not None or not restricts(one.text):
            return False
        named = (one.words - beside.words - telling_words(place_of(one.passage))) & self.asked
        follows = place == other + 1 and bool(one.leans_on or _ADDED.match(one.text))
        same_matter = follows or place in self.read_well or not beside.words.isdisjoint(one.words - named)
        return (same_matter and bool(named)) or (follows and place in self.read_well)

    def _completes(self, place: int, other: int) -> bool:
        """Whether a sentence behind the `other` goes on with it, or tells what is asked for and the other does not."""
        if not self._together(place, other) or self.sentences[place].row_of is not None:
            return False
        one, before = self.sentences[place], self.sentences[other]
        missing = asked_for(self.question) - told_in(before)
        return bool(one.leans_on) or not missing.isdisjoint(told_in(one))

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
        lists = [place for place, one in enumerate(self.sentences) if self.way_asked and one.step == 1]
        lists = [place for place in lists if place not in self.others]
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
        # "Delete your account" says nothing of restoring a deleted one.
        says_all = self.asked - _ANYTHING <= words
        return len(words) / len(self.sought) if words and says_all and words <= self.sought else 0.0

    def _steps_from(self, place: int) -> list[Evidence]:
        """Return the numbered list that a sentence leads to, with it, or one that answers how something is done.

        Also one of which a step is asked for, or what comes before or after one that the question has words of.
        """
        led = self._led_steps(place) if self.sentences[place].leads or self.procedure else []
        named = self.in_order and not self.asked.isdisjoint(self.sentences[place].words)
        return self._told(led or (self._steps(place) if self.procedure or self.step or named else []))

    def _step_asked(self, near: Sequence[int], scores: Sequence[float], otherwise: int) -> int:
        """Return a step of the list that the question is likeliest about, by its heading and its words."""
        telling = self.asked - _STEP_WORDS
        about: dict[int, int] = {}
        for place in near:
            if steps := self._steps(place):
                passage = self.sentences[place].passage
                words = telling_words(place_of(passage)).union(*(self.sentences[one].words for one in steps))
                about[place] = len(words & telling)
        likeliest = max(about, key=lambda place: (about[place], scores[place]), default=otherwise)
        return likeliest if about.get(likeliest) or not telling else otherwise

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

    def _list_meant(self, place: int) -> int:
        """Return what leads to a list where `place` is one of its items and any of them would be a guess, else `place`.

        That is where the question has no word of just that item, and another one fits about as well.
        """
        item = self.sentences[place]
        lead = max((one for one in leading_to(self.sentences, place) if one < place), default=place)
        if not item.item or lead == place or not self.sentences[lead].quotable:
            return place
        parts = [part for part in self._behind(lead) if self.sentences[part[0]].item]
        others = [part for part in parts if place not in part]
        if not others or len(others) == len(parts):
            return place
        words = [frozenset[str]().union(*(self.sentences[one].words for one in part)) for part in others]
        named = (item.words - frozenset.intersection(*words)) & self.asked
        near = max(self.scores[one] for part in others for one in part) >= _AND_SO_ON * self.scores[place]
        short = _chars([self.sentences[one] for part in parts for one in part]) <= QUOTED_CHARS
        return lead if near and short and not named else place

    def _behind(self, place: int) -> list[list[int]]:
        """Return where the parts stand that a sentence leads to: items, rows, a block of code, or a line or more."""
        lead, after = self.sentences[place], place + 1
        if not self._together(after, place):
            return []
        begun = self.sentences[after]
        if begun.row_of is not None:
            table = self._table(after)
            return [[one] for one in self._named(table) or table if one not in self.others]
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
        told = [part for part in parts if part[0] not in self.others]
        return told if self.held_somewhere or len(told) == len(parts) else []

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
        rows = [self.sentences[one] for one in self._holding(table) or table if one not in self.others]
        read = not self.read_well.isdisjoint(table)
        longest = STEPS_CHARS if read and self._is_a_guess(place, table) else QUOTED_CHARS
        guessed = len(rows) > 1 and _chars(rows) <= longest and not self._named(table)
        return rows if guessed and all(one.quotable for one in rows) else []

    def _is_a_guess(self, place: int, table: Sequence[int]) -> bool:
        """Whether another row of a table fits about as well as one of it."""
        label = self.sentences[place].label
        others = (self.scores[one] for one in table if self.sentences[one].label != label and one not in self.others)
        return max(others, default=-math.inf) >= _AND_SO_ON * self.scores[place]

    def _several_rows(self, place: int) -> list[Evidence]:
        """Return the rows that a question is after, where it is after several: "opening hours in Oslo and Bergen".

        All words that such a row begins with are asked for, or a name in one of its cells, or a figure that lies in its
        range. Empty where `place` is of no table, or none of them, and where they are long.
        """
        table = self._table(place)
        named = [one for one in table if one in self.meant]
        begin = [one for one in table if (words := self.sentences[one].row_of) and words <= self.asked]
        named = named or self._told_apart(begin)
        if not named and not self._named_first(table):
            named = [one for one in self._named_by_cells(table) if one not in self.others]
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
        """Return which rows the question names: by words that not all of them begin with, figures, codes, or cells."""
        named = self._named_first(table)
        among = [one for one in named if one not in self.others] or table
        meant = [one for one in among if one in self.meant]
        return meant or [one for one in named or self._named_by_cells(table) if one not in self.others]

    def _named_first(self, table: Sequence[int]) -> list[int]:
        """Return which rows the question names by their whole name, or a word not all of them begin with."""
        rows = [self.sentences[one] for one in table]
        begin = [_without_day(one.row_of or frozenset(), one.label, days_labelled(one.label)) for one in rows]
        asked = _without_day(self.asked, self.question, days_named(self.question))
        telling = asked - frozenset.intersection(*begin) if begin else frozenset()
        named = [one for one, words in zip(table, begin, strict=True) if words & telling or self._is_named_whole(one)]
        return self._told_apart(named)

    def _told_apart(self, rows: Sequence[int]) -> list[int]:
        """Return the rows without those that a number or a letter tells from one whose whole name the question says."""
        whole = [self.sentences[one].row_of or frozenset() for one in rows if self._is_named_whole(one)]
        return [
            one
            for one in rows
            if one in self.named_whole
            or not any((self.sentences[one].row_of or frozenset()) <= words for words in whole)
        ]

    def _is_named_whole(self, row: int) -> bool:
        """Whether the question says the whole name of a row, in which a number or a letter tells it from others."""
        return row in self.named_whole and _TELLS_APART.search(self.sentences[row].label) is not None

    def _named_by_cells(self, table: Sequence[int]) -> list[int]:
        """Return which rows the question names by most words of a cell that is a name, or which have what it tells.

        A column has names where each cell is another one of a few words without a figure. Of "Mixer" and "Mixer Pro"
        the first is named by its whole name.
        """
        cells = [cells_of(self.sentences[one]) for one in table]
        if len({self.sentences[one].label for one in table}) < len(cells) or len(cells) < _ROWS:
            return []
        columns = {column: words for column in cells[0] if (words := _names_in(column, cells))}
        telling = self.asked & frozenset().union(*columns.values())
        names = [frozenset().union(*(telling_words(row[column]) for column in columns)) for row in cells]
        has = [place for place, one in enumerate(table) if self.had <= _figures_in(self.sentences[one].text)]
        among = has or [*range(len(table))]
        most = max(len(names[place] & telling) for place in among)
        likeliest = [place for place in among if len(names[place] & telling) == most]
        whole = [place for place in likeliest if most and names[place] <= self.asked]
        return [table[place] for place in whole or likeliest] if len(whole or likeliest) < len(table) else []

    def _together(self, place: int, other: int) -> bool:
        """Whether there is a sentence at `place`, in the passage of the other one."""
        return 0 <= place < len(self.numbers) and self.numbers[place] == self.numbers[other]

    def _told(self, places: Collection[int]) -> list[Evidence]:
        """Return sentences in their order, with those that they cannot be understood without.

        Those are the ones before where the first says only "it" of what they name, and what leads to an item of a list
        or a block of code.
        """
        if not places:
            return []
        said = {*places}.union(*(leading_to(self.sentences, place) for place in places))
        start = min(places)
        for before in range(start - 1, start - 1 - _LEANING, -1):
            if not self.sentences[before + 1].leans_on or not self.sentences[before].quotable:
                break
            said.add(before)
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


def _names_in(column: str, rows: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """Return the words of the names in a column that not all of them have; none where the column has no names."""
    cells = [row.get(column, "") for row in rows]
    words = [telling_words(cell) for cell in cells]
    few = all(1 <= len(one) <= _NAME_WORDS for one in words) and not any(map(str.isdigit, "".join(cells)))
    return (
        frozenset.union(*words) - frozenset.intersection(*words) if few and len({*words}) == len(words) else frozenset()
    )


def _without_day(words: frozenset[str], text: str, days: Days) -> frozenset[str]:
    """Return the words of a text without "day", where that stands in the names of days alone: "Boxing Day".

    "New Year's Day" is another one.
    """
    return words if _DAY_WORD.search(blanked(text, days.places)) else words - _DAY


def _figures_in(text: str) -> frozenset[tuple[float, str]]:
    """Return the figures of a text with their units."""
    facts = facts_of(text)
    return facts.counted | {(one.value, one.unit) for one in facts.measures}


def _may_be_english(sentence: Evidence) -> bool:
    languages = sentence.passage.scope.language
    return not languages or any(one.partition("-")[0] == "en" for one in languages)


def _chars(sentences: Sequence[Evidence]) -> int:
    return sum(len(one.text) for one in sentences)


def sentences_in(found: Sequence[ScoredPassage]) -> list[tuple[int, Evidence]]:
    """Return the sentences of the passages found, each with the place of its passage."""
    return [(number, sentence) for number, one in enumerate(found) for sentence in evidence_in(one.passage)]


def placed(sentence: Evidence) -> str:
    """Return a sentence under the title and heading that it stands under, as its likeness to a question is told.

    Behind the one before it, where it says nothing without that: "They cost $5.".
    """
    return " ".join(one for one in (place_of(sentence.passage), sentence.leans_on, sentence.text) if one)


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
    if not is_english(" ".join([query.text, *told.prose_around(likeliest)])):
        return told
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
    in_headings = [codes_named(place_of(one.passage)) for one in found]
    known = frozenset().union(*in_headings, *(one.codes for _, one in sentences))
    codes, plain = _codes_of(query, known, sentences)
    called = [one.told_of for _, one in sentences]
    sentences = [(number, one.covering(codes)) for number, one in sentences]
    in_headings = [
        held | codes_covered(place_of(one.passage), codes) for held, one in zip(in_headings, found, strict=True)
    ]
    coded = [bool(codes & (one.codes | in_headings[number])) for number, one in sentences]
    elsewhere = [
        others_than(held, plain) and not speaks_of_more(place_of(one.passage))
        for held, one in zip(in_headings, found, strict=True)
    ]
    others = frozenset(_told_of_others(plain, telling_words(query.text), sentences, coded)) if plain else frozenset()
    others |= {place for place, (number, _) in enumerate(sentences) if elsewhere[number] and not coded[place]}
    told = signals(query.text, found, sentences, likeness, codes)
    weights = weights_for(query)
    weighed = [[weight * one for weight, one in zip(weights.values(), all, strict=True)] for all in told]
    of_other_days = frozenset(_chosen(sentences, partial(rows_of_other_days, query.text)))
    meant = frozenset(_chosen(sentences, partial(rows_meant, completed(query.text, query.earlier))))
    meant -= frozenset(_far_from_asked(sentences, [sum(values) for values in weighed], meant, of_other_days))
    left_out = frozenset(_chosen(sentences, partial(rows_left_out, query.text)))
    gained = [_MEANT * (place in meant) for place in range(len(sentences))]
    return Extracts(
        tuple(found),
        tuple(one for _, one in sentences),
        tuple(number for number, _ in sentences),
        tuple(one.meaning for one in likeness),
        tuple(sum(values) + more for values, more in zip(weighed, gained, strict=True)),
        tuple(sum(values[:_ABOUT]) + more for values, more in zip(weighed, gained, strict=True)),
        telling_words(without_days_not_meant(query.text)),
        frozenset(_rows(sentences, holding)),
        meant | frozenset(_called_by(codes, sentences, called)),
        query.text,
        frozenset(_rows(sentences, partial(_labels_named_whole, query.text))),
        kind_of(query.text) is QuestionKind.PROCEDURE,
        kind_of(query.text) is QuestionKind.PROCEDURE and not _NOT_TO.search(query.text),
        telling_words(" ".join([*query.earlier[-1:], query.text])),
        whether=_OPEN.search(query.text) is None,
        step=_STEP.search(query.text) is not None,
        in_order=_IN_ORDER.search(query.text) is not None,
        codes=codes,
        plain=plain,
        others=others | of_other_days | left_out | frozenset(_of_other_subjects(query, sentences)),
        plain_days=days_asked_plainly(query.text),
        had=_figures_in(query.text) if _WHICH.search(query.text) else frozenset(),
        held_somewhere=(any(coded) or not plain) and (bool(meant) or not of_other_days),
    )


def _of_other_subjects(query: Query, sentences: Sequence[tuple[int, Evidence]]) -> Iterator[int]:
    """Yield the places of the sentences that say of something else what one beside them says of what is asked about."""
    said = [telling_words(text) for text in (query.text, *reversed(query.earlier))]
    for _, those in groupby(enumerate(sentences), lambda one: one[1][0]):
        told = [(place, one.text) for place, (_, one) in those if one.row_of is None]
        yield from (told[one][0] for one in of_other_subjects(said, [text for _, text in told]))


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
        passage = sentences[place][1].passage
        return passage.document_id, passage.heading

    held = {section(place) for place in meant}
    least = _INSTEAD * max((scores[one] for one in of_other_days if section(one) not in held), default=-math.inf)
    yield from (one for one in meant if scores[one] < least and days_labelled(sentences[one][1].label))


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


def _labels_named_whole(question: str, labels: Sequence[str]) -> list[int]:
    """Return the places of the labels of rows that stand in a question whole, beside longer ones of them."""
    asked = _as_written(question)
    names = [_as_written(label) if telling_words(label) else "" for label in labels]
    said = set[str]()
    for name in sorted({*names} - {""}, key=lambda name: -len(name)):
        if name in asked:
            said.add(name)
            asked = asked.replace(name, " | ")
    return [place for place, name in enumerate(names) if name in said]


def _as_written(text: str) -> str:
    """Return the words and numbers of a text in small letters, with a blank around each: "Fix24" is "fix 24"."""
    return f" {' '.join(_WORD_OR_NUMBER.findall(text.lower()))} "


def _chosen(
    sentences: Sequence[tuple[int, Evidence]], chosen: Callable[[Sequence[str]], Collection[int]]
) -> Iterator[int]:
    """Yield the places of the rows, and of the items of lists, that are `chosen` by their labels."""
    yield from _rows(sentences, chosen, lambda one: one.called)
    for _, those in groupby(enumerate(sentences), lambda one: one[1][0]):
        items = [place for place, (_, one) in those if one.item and names_range(one.label)]
        yield from (items[item] for item in chosen([sentences[place][1].label for place in items]))


def signals(
    question: str,
    found: Sequence[ScoredPassage],
    sentences: Sequence[tuple[int, Evidence]],
    likeness: Sequence[Likeness],
    codes: frozenset[str] = frozenset(),
) -> list[tuple[float, ...]]:
    """Return for each sentence what tells whether it answers, in the order of `POINTED`.

    The `codes` asked for count as words.
    """
    words = telling_words(question) | codes
    rarity = _rarity(words, [one.words | one.codes for _, one in sentences])
    headings = [telling_words(one.passage.heading) | codes_in(one.passage.heading) for one in found]
    asked = asked_for(question)
    told: list[tuple[float, ...]] = []
    before = -1
    for (number, one), like in zip(sentences, likeness, strict=True):
        length = len(one.text.split())
        told.append(
            (
                like.meaning,
                like.words,
                sum(rarity[word] for word in words & (one.words | one.codes | headings[number])),
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
