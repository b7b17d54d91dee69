"""What of the sentences found goes into the prompt, and which of them are quoted."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.quoting.answer_kinds import AnswerKind, asked_for, told_in
from bot.quoting.asked import OF_A_PRICE
from bot.quoting.cells import of_columns_asked
from bot.quoting.evidence import LEANS, Evidence, leading_to, place_of, placed
from bot.quoting.exceptions import restricts
from bot.quoting.lists import behind, item_meant, led_from, list_meant, step_asked, steps_from, way, whole_list
from bot.quoting.marks import INSTEAD
from bot.quoting.pointed import HAVING
from bot.quoting.scored import AND_SO_ON, GAP, QUOTED_CHARS, STEPS_CHARS, ScoredSentences, chars_in
from bot.quoting.tables import (
    OPENING,
    behind_rows,
    meant_of,
    row_meant,
    several_rows,
    table_of,
    whole_table,
    words_beside_days,
)
from bot.text.days import days_labelled, days_named, same_days
from bot.text.facts import as_written, facts_of, telling_words
from bot.understanding.scopes import ASKED_OF_ANYTHING
from knowledge.documents import ScoredPassage
from knowledge.figures import Bound, Figure, Kind

_RANK_IN_PROMPT = -0.11
"""What each rank of the passage counts in the prompt besides: the ranks tell better than the sentences where the whole
of an answer stands."""
_BESIDE = 0.2
"""Share of the better neighbour's score that a sentence gains in the prompt."""
_COMPLETED = 0.85
"""The same for one right behind it that goes on with it, or tells what is asked for and the best one does not."""
_FAR = 2
"""Sentences between which one may limit what another says."""
_ADDED = re.compile(r"\W*(?:not|only|but)\b", re.IGNORECASE)
"""How a limit begins that is no whole sentence, such as "Not by e-mail"."""
_LIMIT = re.compile(
    r"\b(?:before|after|later|until|till?|within|up to|(?:more|less|earlier|later) than|at (?:least|the latest)|ahead|"
    r"in advance|prior|first|last|by \d+)\b",
    re.IGNORECASE,
)
"""What limits the time in which something holds."""
_TIME_BEGUN = (
    r"(?:later|earlier|after(?:wards?)?|before|within|up to|until|otherwise|(?:more|less) than|"
    r"(?:in|during|on) the (?:last|first|same|day|week|month)\b(?: of)?)\b"
)
_AT_ANOTHER_TIME = re.compile(rf"\W*{_TIME_BEGUN}", re.IGNORECASE)
"""How a sentence begins that says what holds instead where that limit is not kept: "Later we keep half"."""
_IF_AT_ANOTHER = re.compile(rf"\W*(?:if|when|where) (?:\w+ ){{2,5}}?{_TIME_BEGUN}", re.IGNORECASE)
"""How one may that goes on with such a one: "If you cancel within a day, we keep all"."""
_DIGITS = re.compile(r"\d+")
_GIVEN_BACK = telling_words("deposit, half, keep, money, refund, voucher")
READ = 0.06
"""What a sentence gains for each unit of the log odds that it answers, told by reading it together with the question.

One that was not read counts as the least likely of those."""
_POINTED = 0.1
"""What a sentence gains to which the words of a model come down, though they did not go out themselves."""
_THERE = re.compile(r"\bthere\b(?!['’]s\b| (?:is|are|was|were|will|may|might|can|has|have)\b)", re.IGNORECASE)
_NAME = re.compile(r"(?<=[\w,;] )[A-Z]\w+")
"""A word with a capital within a sentence."""
LEAST_LIKENESS = 0.3
"""Cosine to the question below which no sentence is quoted; hardly a right one is on the train questions of the
benchmark, and above it the confidence of the search tells better than the cosine what to refuse."""
SHOWN_WORDS = 180
"""Of the passages that go into the prompt."""


@dataclass(frozen=True, slots=True)
class Extracts(ScoredSentences):
    """The sentences found, of which some go into the prompt and some may be quoted."""

    def likeliest(self, most: int) -> list[int]:
        """Return the places of the sentences to be read together with the question, the likeliest first.

        None of a page in another language than English, which is all that the network knows, and no text twice.
        """
        by_text: dict[str, int] = {}
        for place in sorted(range(len(self.scores)), key=lambda place: -self.scores[place]):
            one = self.sentences[place]
            if one.quotable and place not in self.marks.others and _may_be_english(one):
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
            score + _BESIDE * max((scores[other] for other in self.beside(place)), default=0.0)
            for place, score in enumerate(scores)
        ]
        kept: set[int] = set()
        told: set[str] = set()  # passages overlap; what one of them says need not be read again
        used = 0
        for place in sorted(range(len(raised)), key=lambda place: (place in self.marks.others, -raised[place])):
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
        """Whether what a sentence says may be told in other words.

        No other may be so much better an answer that it would be quoted even where a model points at this one, nor
        another row or item be meant.
        """
        places = [place for place in range(len(self.sentences)) if place not in self.marks.others]
        among = places if self.marks.held_somewhere else range(len(self.sentences))
        quotable = [place for place in self._near(LEAST_LIKENESS, ()) if place in among]
        least = max((self.scores[place] for place in quotable), default=-math.inf) - _POINTED
        told = [place for place in places if self.sentences[place].text == sentence and self.scores[place] >= least]
        return any(place == item_meant(self, row_meant(self, place, self.scores), self.scores) for place in told)

    def is_clear(self, own: Collection[str] = ()) -> bool:
        """Whether no model could tell anything else than the sentence to quote, whatever it says.

        Then no other sentence `matters`: they are all so much worse answers. Sentences of the passages `own` (their
        ids) go first.
        """
        if way(self):
            return True
        near = [place for place in self._near(LEAST_LIKENESS, own) if place not in self.marks.others]
        if not near or not self.best(LEAST_LIKENESS, own):
            return False
        first = max(near, key=lambda place: self.scores[place])
        text, least = self.sentences[first].text, self.scores[first] - _POINTED
        return not any(
            score >= least and one.text != text and place not in self.marks.others
            for place, (one, score) in enumerate(zip(self.sentences, self.scores, strict=True))
        )

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
        tables = {id(self.sentences[place]): table_of(self, place) for place in rows}
        told: list[Evidence] = []
        for table, run in groupby(picked, lambda one: tables.get(id(one), range(0))):
            told += of_columns_asked(self.question.text, [*run], [self.sentences[place] for place in table])
        return told

    def _picked(self, least: float, own: Collection[str], pointed: Collection[str]) -> list[Evidence]:
        """Return the sentences that `best` tells, whole."""
        among = self._near(least, own)
        others = [place for place in among if place in self.marks.others]
        near = [place for place in among if place not in self.marks.others]
        if not self.marks.held_somewhere:  # nor the rest of a list that tells of others
            near = [place for place in near if not self.sentences[place].leads or behind(self, place)]
        steps = way(self) if near else []
        if steps or not near:
            return steps
        day_told = any(same_days(self.question.plain_days, days_labelled(self.sentences[one].label)) for one in near)
        scores = [
            score + (_POINTED if one.text in pointed and not (day_told and self._of_other_days(one)) else 0.0)
            for one, score in zip(self.sentences, self.scores, strict=True)
        ]
        put_behind = behind_rows(self, near)
        priced = [place for place in near if place not in put_behind and self._is_priced_row(place)]
        first = max(priced or (place for place in near if place not in put_behind), key=lambda place: scores[place])
        first = item_meant(self, row_meant(self, first, scores), scores)
        first = step_asked(self, near, scores, first) if self.question.step else first
        first = self._named(near, scores, first)
        of_others = max((scores[place] for place in others), default=-math.inf)
        if not self.marks.held_somewhere and scores[first] < self._instead(first, of_others):
            return []
        whole = steps_from(self, first) or whole_table(self, first) or several_rows(self, first)
        whole = whole or whole_list(self, first)
        return whole or self._with_what_belongs_to_it(list_meant(self, first), scores)

    def _is_priced_row(self, place: int) -> bool:
        """Whether a sentence is a row with the price asked for: of what its name begins with, or its section has.

        Who asks what a swim costs does not mean "Baby swim", nor what is asked for a week.
        """
        one, text = self.sentences[place], self.question.text
        if one.row_of is None or AnswerKind.PRICE not in asked_for(text) or AnswerKind.PRICE not in told_in(one):
            return False
        named = self.question.words - OF_A_PRICE - ASKED_OF_ANYTHING - HAVING
        label = one.label.split()
        begins = [" ".join(label[:end]) for end in range(1, len(label) + 1)]
        numbers = {*_DIGITS.findall(text)}  # "Over 60s swim" is no "10-swim card"
        heading = one.passage.heading.rpartition(" > ")[2] or one.passage.title
        called = any(named == telling_words(begin) and numbers == {*_DIGITS.findall(begin)} for begin in begins)
        return bool(named) and (called or named == telling_words(heading) - OF_A_PRICE)

    def _named(self, near: Sequence[int], scores: Sequence[float], first: int) -> int:
        """Return the sentence that names what a message goes on with, beside the `first` where that does not.

        Not where an answer was told just before, and not the `first`: that may tell of the thing in other words.
        """
        named, one, told = self.question.named, self.sentences[first], self.question.told
        if not named.strip() or (told and one.text not in told):
            return first
        if named in as_written(f"{place_of(one.passage)} {one.text}"):
            return first
        beside = [
            one for one in near if self.numbers[one] == self.numbers[first] and self.sentences[one].row_of is None
        ]
        naming = [one for one in beside if named in as_written(self.sentences[one].text)]
        return max(naming, key=lambda place: scores[place], default=first)

    def _near(self, least: float, own: Collection[str]) -> list[int]:
        """Return where the sentences stand that may be quoted, by their likeness and by reading them."""
        near = [place for place, one in enumerate(self.likeness) if one >= least or place in self.read_well]
        near = [place for place in near if self.sentences[place].quotable]
        near = [place for place in near if self.sentences[place].passage.id in own] or near
        near = [place for place in near if not self.sentences[place].leads or behind(self, place)] or near
        return [place for place in near if not self._holds_elsewhere(place)] or near

    def _with_what_belongs_to_it(self, first: int, scores: Sequence[float]) -> list[Evidence]:
        """Return the sentence to be quoted with what it leads to, what leads to it, and the one to be told with it."""
        if led := led_from(self, first):
            return [*self.told({first}), *led]
        chosen = self._tiers(first)
        if len(chosen) == 1 or chars_in(self.told(chosen)) > QUOTED_CHARS:
            chosen = {first, *self._with(first, scores)}
        if self.sentences[last := max(chosen)].leads:
            led = led_from(self, last)
            if led and chars_in(picked := [*self.told(chosen), *led]) <= STEPS_CHARS:
                return picked
            chosen = {first}
        picked = self.told(chosen)
        if chars_in(picked) > QUOTED_CHARS:
            picked = self.told({first})
        longest = STEPS_CHARS if leading_to(self.sentences, first) else QUOTED_CHARS
        return picked if chars_in(picked) <= longest else [self.sentences[first]]

    def _tiers(self, first: int) -> set[int]:
        """Return where the sentences of a rule stand of which one is a tier: "Up to 48 hours before, all. After, half."

        Each has a time in common with the one before it, as another bound (a sentence that is none may stand between),
        or says what is paid or given back at another time than that: "Later we keep half." Without the others, one is
        half an answer.
        """
        tiers = {first}
        for step in (-1, 1):
            at = first
            while beside := [one for one in (at + step, at + 2 * step) if self._is_tier_beside(at, one)]:
                at = beside[0]
                tiers.add(at)
        behind = max(tiers) + 1
        if len(tiers) > 1 and self.together(behind, first) and self.sentences[behind].leans_on:
            tiers.add(behind)
        return {one for one in tiers if one == first or self.sentences[one].quotable}

    def _is_tier_beside(self, place: int, other: int) -> bool:
        return self.together(other, place) and self._is_next_tier(min(place, other), max(place, other))

    def _is_next_tier(self, place: int, behind: int) -> bool:
        one, other = self.sentences[place], self.sentences[behind]
        if any(each.row_of is not None or each.code or each.begins_item for each in (one, other)):
            return False
        ours, theirs = ({*map(_bounded, _times_in(each.text))} for each in (one, other))
        ends, others = (
            {(end, time.unit) for time in _times_in(each.text) for end in (time.low, time.high)}
            for each in (one, other)
        )
        instead = _AT_ANOTHER_TIME.match(other.text) and _LIMIT.search(one.text)
        goes_on = _AT_ANOTHER_TIME.match(one.text) and _IF_AT_ANOTHER.match(other.text)
        if behind == place + 1 and (instead or goes_on) and _tells_what_is_paid(other):
            return True
        return ours != theirs and not ends.isdisjoint(others)

    def _with(self, first: int, scores: Sequence[float]) -> list[int]:
        """Return where the sentence stands that is to be told with the one to be quoted, if there is one.

        It is one that matters nearly as much, or without which the other would be half of an answer.
        """
        not_meant = {*table_of(self, first)} - {*meant_of(self, table_of(self, first))}
        if first in self.marks.meant:
            not_meant |= {other for other in self.beside(first) if self.sentences[other].label} - self.marks.meant
        limiting = [other for other in range(first - _FAR, first + _FAR + 1) if self._limits(other, first)]
        least = dict.fromkeys(self.beside(first), AND_SO_ON) | dict.fromkeys(limiting, 0.0)
        if self._completes(first + 1, first):
            least[first + 1] = min(_COMPLETED, least[first + 1])
        told = [
            other
            for other, share in least.items()
            if self.sentences[other].quotable
            and scores[other] >= share * scores[first]
            and other not in not_meant | self.marks.others
            and not self._holds_elsewhere(other)
        ]
        return [max(told, key=lambda place: (place in limiting, scores[place]))] if told else []

    def _limits(self, place: int, other: int) -> bool:
        """Whether a sentence limits what the `other` says, for a thing that the question names and that one does not.

        "NHS charges cannot be paid in instalments." is a part of the answer where it is asked whether they can. It
        speaks of the same matter, which what has only the thing in common with the question does not.
        """
        if not self.question.whether or place == other or not self.together(place, other):
            return False
        one, beside = self.sentences[place], self.sentences[other]
        if one.row_of is not None or not restricts(one.text):
            return False
        named = (one.words - beside.words - telling_words(place_of(one.passage))) & self.question.words
        follows = place == other + 1 and bool(one.leans_on or _ADDED.match(one.text))
        same_matter = follows or place in self.read_well or not beside.words.isdisjoint(one.words - named)
        return (same_matter and bool(named)) or (follows and place in self.read_well)

    def _completes(self, place: int, other: int) -> bool:
        """Whether a sentence behind the `other` goes on with it, or tells what is asked for and the other does not."""
        if not self.together(place, other) or self.sentences[place].row_of is not None:
            return False
        one, before = self.sentences[place], self.sentences[other]
        missing = asked_for(self.question.text) - told_in(before)
        return bool(one.leans_on) or not missing.isdisjoint(told_in(one))

    def _holds_elsewhere(self, place: int) -> bool:
        """Whether a sentence says what holds "there", where the one before names places, but none of the question's."""
        text = self.sentences[place].text
        if not LEANS.match(text) or not _THERE.search(text) or not self.together(place - 1, place):
            return False
        names = telling_words(" ".join(_NAME.findall(self.sentences[place - 1].text)))
        return bool(names) and not names & self.question.words

    def _of_other_days(self, sentence: Evidence) -> bool:
        """Whether a sentence names days, but none of those asked for."""
        return sentence.row_of is None and same_days(self.question.plain_days, days_named(sentence.text)) is False

    def _instead(self, place: int, of_others: float) -> float:
        """Return the score from which a sentence is quoted in place of those that are barred, given the best of theirs.

        Where those are rows of other days, one that has neither the day asked for nor a word beside it has to fit
        better; it is no answer at all where nothing is asked but whether, or how long, something is open that day.
        """
        days, asked = self.question.plain_days, words_beside_days(self.question.text)
        labels = [self.sentences[one].label for one in self.marks.others]
        of_days = any(same_days(days, days_labelled(label)) is False for label in labels)
        if (
            not of_days
            or asked & self.sentences[place].words
            or same_days(days, days_named(self.sentences[place].text))
        ):
            return INSTEAD * of_others
        return math.inf if asked <= OPENING else of_others

    def _joined(self, places: Sequence[int]) -> str:
        parts: list[str] = []
        for before, place in zip([None, *places], places, strict=False):
            if before is not None and place != before + 1:
                parts.append(GAP)
            parts.append(self.sentences[place].text)
        return " ".join(parts)


def _times_in(text: str) -> list[Figure]:
    return [one for one in facts_of(text).figures if one.kind is Kind.DURATION]


def _bounded(time: Figure) -> tuple[float, float, str, Bound | None]:
    return time.low, time.high, time.unit, time.bound


def _tells_what_is_paid(sentence: Evidence) -> bool:
    """Whether a sentence says what is paid, or given back."""
    return AnswerKind.PRICE in told_in(sentence) or not sentence.words.isdisjoint(OF_A_PRICE | _GIVEN_BACK)


def _may_be_english(sentence: Evidence) -> bool:
    languages = sentence.passage.scope.language
    return not languages or any(one.partition("-")[0] == "en" for one in languages)
