"""What is found for a question, once it is clear where and for what it is meant.

search -> does it matter where? -> what the question names -> narrowed search -> ask back, or answer by place

Where no document found and nothing in the asker's scope is limited to a region or product, this is the one search.
A message that asks several questions is looked up question by question: "What does the return label cost in Norway, and
do gift cards expire?"
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise, takewhile
from typing import Protocol

from bot.confidence import confidence, together
from bot.followups import in_general, query_for
from bot.messages import Choice, Turn
from bot.quoting.asked import asks_for_a_price
from bot.quoting.evidence import Evidence
from bot.quoting.exceptions import with_exceptions
from bot.quoting.pointed import about_another_thing, asks_only_for_a_price, with_its_price
from bot.quoting.scoring import Reader, weighed
from bot.settings import AnsweringSettings
from bot.text.facts import telling_words
from bot.understanding import scopes
from bot.understanding.choices import with_places_for_flags
from bot.understanding.languages import written_in
from bot.understanding.mentions import KEYS, Mention
from bot.understanding.names import Names, Reading, asked_for, asks_of_its_own, up_to_our_question
from bot.understanding.questions import (
    asked_anew,
    asked_besides,
    asks_of_the_one_before,
    asks_whether,
    has_a_subject,
    items_in,
    leaning_questions_in,
    leans,
    meant_instead,
    one_by_one,
    points_back,
    put_right,
    questions_in,
    says_little,
    without_statements,
    without_thanks,
    without_what_is_passed_over,
)
from bot.untrusted import without_orders
from bot.wording import AND, OR, answers, listed
from knowledge.documents import Scope, ScoredPassage
from knowledge.embedding import Vectors
from knowledge.retrieval import Extent, Likeness, Query, Retrieval

WIDE = 20
"""Passages looked at to see whether an answer differs by region or product."""
MAX_PLACES = 5
"""Regions or products that are told apart in one answer, or named in one question back."""

_OUT_OF_THE_QUESTION = 0.25
"""Share of the least confidence below which the pages for a place say nothing of what is asked of it."""


class Searcher(Reader, Protocol):
    """The knowledge side as the pipeline sees it; `knowledge.retrieval.Retriever` is the one there is."""

    def search(self, query: Query, k: int, scope: Scope, on: date | None = None) -> Retrieval: ...

    def likeness(self, query: Query, texts: Sequence[str]) -> list[Likeness]: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...

    def extent(self, scope: Scope, on: date | None = None) -> Extent: ...


@dataclass(frozen=True, slots=True)
class Part:
    """What was found for one region or product of several."""

    label: str
    passages: tuple[ScoredPassage, ...]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Looked:
    """What to answer from, and how."""

    text: str
    """The question, made whole where it only named a region."""
    turns: tuple[Turn, ...]
    query: Query
    retrieval: Retrieval
    meant: Scope
    """Whose row of a table is meant: the asker's, or that of what the question names, also where a page that is for
    other places speaks of it."""
    choices: tuple[Choice, ...] = ()
    """What to ask back: one of these is meant. Its label, sent as a message, is understood."""
    which: str = ""
    """The question back."""
    parts: tuple[Part, ...] = ()
    """To be answered each with its name, rather than as one."""
    lead: str = ""
    """To be said before the parts."""
    refusal: str = ""
    """To be said, instead of the general refusal, where there is no answer."""
    scope: Scope | None = None
    """What the question names, over the asker's; None where nothing did."""
    own: frozenset[str] = frozenset()
    """Ids of the first passages, where these are for just the asker's region or product."""
    open_keys: tuple[str, ...] = ()
    """Keys that neither the asker's scope nor the question limits: where they limit the answer, it says so."""
    replies: bool = False
    """Whether it is the question that was asked back about just before, with what the asker replied."""
    language: str = ""
    """That pages are preferred in, whatever the question is in; empty: that of the question."""
    said_in: str = "en"
    """Code of the language that the asker is told things in, beside what the pages say."""
    questions: tuple[Looked, ...] = ()
    """To be answered one after the other, rather than all as one; each without a question back."""
    confidence: float = 0.0
    """How likely, 0 to 1, what was found answers; of several questions, one of them."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched in vain."""

    extent: Extent
    places: str
    """The regions and products that it was limited to, in words; empty where it was to none."""


class Lookup:
    """Finds what a question is about. `today` is asked at each question: expired and future pages are never found."""

    def __init__(
        self, searcher: Searcher, names: Names, answering: AnsweringSettings, today: Callable[[], date]
    ) -> None:
        self._searcher = searcher
        self._names = names
        self._k = answering.passages
        self._min_confidence = answering.min_confidence
        self._today = today

    def over(self, searcher: Searcher) -> Lookup:
        """Return one like this that finds with another search."""
        other = copy.copy(self)
        other._searcher = searcher
        return other

    async def look(
        self, text: str, turns: tuple[Turn, ...], asker: Scope, language: str = "", said_in: str = "en"
    ) -> Looked:
        """Search for a question asked after `turns`; nothing outside of `asker` is ever looked at.

        Pages in `language` (its code) are answered from where they answer at all, else those in any language; what is
        to be told beside them is `said_in` another.
        """
        looked = await self._judged(await self._look(text, turns, asker, language, said_in))
        if _is_plain(looked) and _begins_anew(text, turns):
            looked = await self._alone_if_that_answers(without_thanks(text), looked, asker, language, said_in)
        if looked.text in text and (instead := _put_right(text, turns)):  # else it named a place or product
            asked = await self._judged(await self._look(instead, turns, asker, language, said_in))
            if asked.confidence >= self._min_confidence and _is_better_put(text, asked, looked):
                looked = asked
        if looked.questions and looked.confidence < self._min_confidence and not _of_places(looked.questions):
            return await self._judged(await self._look(text, turns, asker, language, said_in, whole=True))
        if looked.questions and self._only_opens(looked.questions):
            whole = await self._judged(await self._look(text, turns, asker, language, said_in, whole=True))
            return whole if whole.confidence >= self._min_confidence else looked
        return looked

    def _only_opens(self, questions: Sequence[Looked]) -> bool:
        """Whether the first of several questions needs no answer of its own: "Do you rent vans? How much are they?"

        It is not found one, and what all others are answered from tells of what it asks about.
        """
        first, *others = questions
        opener = without_statements(first.text, "")
        if first.confidence >= self._min_confidence or first.refusal or not asks_whether(opener):
            return False
        return all(
            one.confidence >= self._min_confidence
            and points_back(without_statements(one.text, first.text))
            and scopes.tells_of(opener, one.retrieval.passages[:1])
            for one in others
        )

    async def _alone_if_that_answers(
        self, text: str, looked: Looked, asker: Scope, language: str, said_in: str
    ) -> Looked:
        """Look up a question without what was said before it where else it is refused, or passed over.

        What goes on with a conversation is answered worse alone. So a section has to be called by it then.
        """
        if looked.confidence >= self._min_confidence and not scopes.passes_over(text, looked.retrieval.passages):
            return looked
        alone = await self._judged(await self._look(text, (), asker, language, said_in))
        best = alone.retrieval.passages[:1]
        called = any(scopes.is_called(text, one) for one in best)
        return alone if called and _is_plain(alone) and alone.confidence >= self._min_confidence else looked

    async def _judged(self, looked: Looked) -> Looked:
        """Say how likely it is that what was found answers."""
        questions = [await self._judged(one) for one in looked.questions]
        if questions:
            likeliest = max(one.confidence for one in questions)
            return replace(looked, questions=tuple(questions), confidence=likeliest)
        if looked.parts or looked.choices:
            # What holds for each place was searched for alone; for which one is asked is not clear or said beside it.
            return replace(looked, confidence=together(looked.retrieval.confidence))
        sure = await self._sure(looked.query, looked.retrieval)
        return replace(looked, confidence=min(sure, await self._sure_wherever(looked)))

    async def _sure_wherever(self, looked: Looked) -> float:
        """Return how likely it is that a question is answered without where it is asked; 1 where that may well be.

        The name of a place leads to the pages for it, whatever is asked of it there: "Is there a pool in Portugal?"
        What is asked in other words than the pages', or in another language, is less sure without the place, too.
        """
        passages = looked.retrieval.passages
        if looked.scope is None or not passages or not any(scopes.is_own(one, looked.scope) for one in passages[:1]):
            return 1.0
        bare = self._names.without_places(looked.text, {key: looked.meant.reach(key) for key in KEYS})
        if bare in ("", looked.text) or (looked.turns and leans(bare)):
            return 1.0
        if not scopes.says_nothing_of(bare, passages, looked.scope):
            return 1.0
        query, found = await self._worded(bare, looked.turns, WIDE, looked.scope)
        sure = await self._sure(query, found)
        return sure if sure < _OUT_OF_THE_QUESTION * self._min_confidence else 1.0

    async def _sure(self, query: Query, found: Retrieval) -> float:
        return await asyncio.to_thread(confidence, self._searcher, query, found)

    async def _look(
        self, text: str, turns: tuple[Turn, ...], asker: Scope, language: str, said_in: str, *, whole: bool = False
    ) -> Looked:
        """Search for a question; several in a message are looked up as one if they are to be answered as a `whole`."""
        waiting = up_to_our_question(turns)
        text = with_places_for_flags(text)
        if turns and not (waiting or asked_anew(text)):
            text = without_thanks(text)
        anew = asked_anew(text)
        besides = asked_besides(text)
        text = anew or besides or without_what_is_passed_over(text)
        asked = [(text, () if anew else turns)]
        if turns and (besides or (waiting and not anew)) and asks_of_its_own(text):
            # After an answer, other questions go on with the one before and are answered worse alone.
            asked.insert(0, (text, ()))
        _, query, found = await self._likeliest(text, asked, self._k, asker)
        plain = Looked(text, turns, query, found, asker, language=language, said_in=said_in)
        concerned = bool(waiting) or scopes.concerned(plain.retrieval.passages, asker)
        # Only a model answers in a language that is set, and it is shown what answers one question.
        apart = not whole and (concerned or language in ("", "en"))
        if not concerned and not (apart and questions_in(text)):
            return plain
        wide = await self._search(query, WIDE, asker)
        known = scopes.known_in(wide.passages, asker)
        if waiting:
            # What a reply names was found for the question before it.
            before, said = _before_and_last_said(waiting)
            earlier = await self._search(query_for(self._names.read(said, before, known).text, ()), WIDE, asker)
            known = scopes.known_in((*wide.passages, *earlier.passages), asker)
        reading, besides_each = self._read(text, turns, known)
        replies = reading.moved and bool(reading.asked_back)
        several: tuple[str, ...] = ()
        if apart and reading.asks_besides:
            several = (reading.text, *besides_each)
        elif apart:
            several = questions_in(reading.text)
        if several and (each := await self._each(plain, several, reading, known)):
            return replace(each, replies=replies)
        if not concerned:
            return plain
        if reading.text != text:
            query, wide = await self._worded(reading.text, reading.turns, WIDE, asker)
        if not reading.names_itself:  # what was said before counts where it can be told here
            told_here = tuple(one for one in reading.mentions if scopes.covers(asker, one))
            reading = replace(reading, mentions=told_here)
        read = replace(
            plain,
            text=reading.text,
            turns=reading.turns,
            query=query,
            retrieval=_cut(wide, self._k),
            replies=replies,
        )
        if reading.none_of_them:
            # A page for all may be on another case, such as that of businesses: people know what holds elsewhere.
            here = self._names.labels(reading.asked_back, reading.none_of_them, said_in)
            nothing = replace(read.retrieval, passages=())
            return replace(read, retrieval=nothing, refusal=answers.ONLY_HERE.of(said_in, here=here))
        return await self._placed(read, reading, wide, asker)

    def _read(
        self, text: str, turns: tuple[Turn, ...], known: Mapping[str, Collection[str]]
    ) -> tuple[Reading, tuple[str, ...]]:
        """Read a message; return each of the questions, too, that it asks beside its reply to our question back.

        In a list that begins with the reply each item is one: "1. Spain 2. towels 3. is there parking".
        """
        first, *others = items_in(text) or ("",)
        if others and up_to_our_question(turns):
            reading = self._names.read(first, turns, known)
            if reading.moved and not any(self._names.read(one, turns, known).moved for one in others):
                each = tuple(f"{one[:1].upper()}{one[1:].rstrip(' ?.,;')}?" for one in others)
                return replace(reading, asks_besides=" ".join(each)), each
        reading = self._names.read(text, turns, known)
        rest = reading.asks_besides
        return reading, (questions_in(rest) or one_by_one(rest) or (rest,)) if rest else ()

    async def _likeliest(
        self, question: str, asked: Sequence[tuple[str, Sequence[Turn]]], k: int, asker: Scope
    ) -> tuple[str, Query, Retrieval]:
        """Search for a question as it is `asked` in several ways; return the one that is likeliest to be answered.

        What was said before or stands beside a question leads to its own pages, whatever is asked. So a way to ask
        whose best page has none of the question's words gives way to one whose best page has.
        """
        found = [(text, *await self._worded(text, turns, k, asker)) for text, turns in asked]
        if len(found) == 1:
            return found[0]
        ranks = [
            (scopes.tells_of(question, retrieval.passages[:1]), await self._sure(query, retrieval))
            for _, query, retrieval in found
        ]
        return found[ranks.index(max(ranks))]

    async def _each(
        self, plain: Looked, several: Sequence[str], reading: Reading, known: Mapping[str, Collection[str]]
    ) -> Looked | None:
        """Look up each of several questions; None where they are answered better as one.

        That is where all are meant for the same place, and none alone says enough to be found an answer.
        """
        asker = plain.meant
        looked = list[Looked]()
        two = len(several) == 2
        for one in self._read_each(several, reading, known, asker):
            alone = bool(reading.asks_besides) and two
            text, query, wide = await self._leaning(one, several, looked, asker, alone=alone)
            read = replace(plain, text=text, turns=one.turns, query=query, retrieval=_cut(wide, self._k))
            placed = await self._placed(read, one, wide, asker)
            looked.append(await self._of_what_is_pointed_at(placed, several, looked))
        likeliest = max((one.retrieval for one in looked), key=lambda one: one.confidence)
        of_one_place = len({one.scope for one in looked}) == 1 and not any(one.lead or one.refusal for one in looked)
        if of_one_place and together(likeliest.confidence) < self._min_confidence:
            return None
        passages = dict.fromkeys(found for one in looked for found in one.retrieval.passages)
        text = " ".join(filter(None, (reading.text, reading.asks_besides)))
        whole = replace(plain, text=text, turns=reading.turns, questions=tuple(looked))
        return replace(whole, retrieval=replace(likeliest, passages=tuple(passages)))

    async def _leaning(
        self, one: Reading, several: Sequence[str], looked: Sequence[Looked], asker: Scope, *, alone: bool
    ) -> tuple[str, Query, Retrieval]:
        """Search for one of several questions, behind those looked up; return how it is then asked, too.

        "What is the deadline?" asks for that of the last of what was asked earlier; "How do I delete my account?"
        neither does nor has to do with the kettle that the message says was bought. Who pays for the label may well
        have to do with how broken that arrived; if it is asked `alone`, beside a reply to our question, that stands
        there for it. What points at something or names nothing, "Is it free?", means what a statement says or what was
        asked before, by a question that points at nothing itself: "Is there an exam? Is it hard? Is it free?" Where
        several do, by the one with which it is likeliest to be answered.
        """
        asked = [(one.text, one.turns)]
        earlier = several[: len(looked)]
        before = earlier[-1] if earlier else ""
        bare = without_statements(one.text, before)
        nothing_named = telling_words(bare) <= scopes.ASKED_OF_ANYTHING
        points = points_back(bare) or nothing_named or bool(earlier and asks_of_the_one_before(bare))
        if points and earlier:
            naming = [place for place, own in enumerate(_bare(earlier)) if _names_a_matter(own)] or [0]
            if nothing_named and not points_back(bare):
                naming = naming[-1:]
            pointed_at = [[Turn("user", earlier[place])] for place in reversed(naming)]
            if asks_for_a_price(bare):  # what answered that may tell it
                for place, turns in zip(reversed(naming), pointed_at, strict=True):
                    told = await self._answering(looked[place])
                    turns.append(Turn("assistant", told[0].passage.text if told else ""))
            asked = [(bare, (*one.turns, *turns)) for turns in pointed_at]
            opener = earlier[naming[-1]]
            if not (points_back(bare) or nothing_named) and asks_whether(_bare(earlier)[naming[-1]]):
                # Many things have what is asked for: "Do you have an overdraft? What's the limit?"
                asked = [(f"{opener} {bare}", one.turns)]
            if bare != one.text:
                asked.append((one.text, one.turns))
        elif before and says_little(one.text):
            asked.insert(0, (one.text, (*one.turns, Turn("user", before))))
        if bare != one.text and not (points or alone):
            asked.append((bare, one.turns))
        return await self._likeliest(one.text if alone else bare, asked, WIDE, asker)

    async def _of_what_is_pointed_at(self, read: Looked, several: Sequence[str], looked: Sequence[Looked]) -> Looked:
        """Return one of several questions with what was found of that which it points at in those before it.

        Nothing where that is all about other things: "How do I create a key, and how do I delete it?"
        """
        earlier = several[: len(looked)]
        bare = without_statements(read.text, earlier[-1] if earlier else "")
        naming = [place for place, own in enumerate(_bare(earlier)) if _names_a_matter(own)]
        found = read.retrieval.passages
        points = points_back(bare) or asks_only_for_a_price(bare)
        if not (naming and found and points) or read.parts or read.choices or read.refusal:
            return read
        asked = [_bare(earlier)[place] for place in naming]
        if asks_only_for_a_price(bare):
            answered = [one for place in naming for one in await self._answering(looked[place])]
            pages = [one.passage for one in answered]
            own = [one for place in naming for one in looked[place].retrieval.passages if one.passage in pages]
            said = read.text.removesuffix(bare)
            kept = with_its_price(asked, said, answered, tuple(dict.fromkeys((*found, *own))))
        else:
            before = [looked[place].retrieval.passages for place in naming]
            others = [one for one in found if about_another_thing(bare, asked, before, one)]
            kept = tuple(one for one in found if one not in others) if found[0] not in others else ()
        sure = read.retrieval.confidence if kept else 0.0
        return replace(read, retrieval=replace(read.retrieval, passages=kept, confidence=sure))

    async def _answering(self, looked: Looked) -> Sequence[Evidence]:
        """Return the sentences that answer a question best, else the first of what was found."""
        found = looked.retrieval.passages
        told = await asyncio.to_thread(weighed, self._searcher, looked.query, found, own=looked.own)
        return told.best(-1.0, looked.own) or told.sentences[:1]

    def _read_each(
        self, several: Sequence[str], reading: Reading, known: Mapping[str, Collection[str]], asker: Scope
    ) -> list[Reading]:
        """Read each of several questions; what names no region or product is meant for that of the others.

        That is the one named last before it, or else first behind it, where that can be told here. What a question
        names goes before what the statements beside it do: "I live in the UK, do you ship to Norway?"
        """
        alone = [self._names.read(one, reading.turns, known) for one in several]
        named = [one.mentions if one.names_itself else () for one in alone]
        own: list[list[Mention]] = []
        for place, (before, question) in enumerate(pairwise(("", *several))):
            mentions = self._names.mentions(without_statements(question, before), known)
            own.append([mention for mention in mentions if not mention.excluded])
            keys = {mention.key for mention in own[place]}
            named[place] = (*own[place], *(mention for mention in named[place] if mention.key not in keys))
        readings = []
        for place, one in enumerate(alone):
            meant = list(named[place])
            for key in KEYS:
                nearest = (
                    [mention for mention in others if mention.key == key]
                    for others in (*reversed(named[: place + 1]), *named[place + 1 :])
                )
                taken = next(filter(None, nearest), [])
                meant += [mention for mention in taken if mention not in meant and scopes.covers(asker, mention)]
            readings.append(
                replace(
                    one,
                    mentions=tuple(meant),
                    names_itself=bool(own[place]),
                    excluded=one.excluded | reading.excluded if reading.moved else one.excluded,
                    moved=reading.moved,
                    one_of_several=True,
                )
            )
        return readings

    async def _placed(self, read: Looked, reading: Reading, wide: Retrieval, asker: Scope) -> Looked:
        """Search for what the question names; say so where that cannot be told, or there is nothing."""
        asked = asker
        about: list[Mention] = []
        for key in KEYS:
            named = [one for one in reading.mentions if one.key == key]
            mine: tuple[str, ...] = getattr(asker, key)
            if not named and mine and reading.excluded.issuperset(mine) and scopes.limits_the_best(wide.passages, key):
                lead = answers.ONLY_HERE.of(read.said_in, here=self._names.labels(key, mine, read.said_in))
                return await self._by_place(replace(read, lead=lead, refusal=lead), key, mine, asked)
            if named:
                words = frozenset[str]().union(*(one.words for one in named))
                read = replace(read, meant=scopes.limited(read.meant, key, tuple(sorted(words))))
            here = [one for one in named if scopes.covers(asker, one)]
            elsewhere = [one for one in named if one not in here]
            away = [one for one in elsewhere if not self._speaks_of(one, wide, reading)]
            if elsewhere and not away:
                about += named
            if here:
                asked = scopes.narrowed(asked, key, here)
            if away:
                lead = answers.NOT_HERE.of(
                    read.said_in,
                    here=self._names.labels(key, getattr(asker, key), read.said_in),
                    asked=self._names.labels(key, dict.fromkeys(one.value for one in away), read.said_in),
                )
                values: tuple[str, ...] = getattr(asked, key)
                return await self._by_place(replace(read, lead=lead, refusal=lead), key, values, asked)
        found = wide
        for key in KEYS:
            if getattr(asked, key) == getattr(asker, key) or not scopes.missing(wide.passages, key, asked, asker):
                continue
            named = [one for one in reading.mentions if one.key == key]
            if any(self._speaks_of(one, wide, reading) for one in named):
                asked = scopes.limited(asked, key, getattr(asker, key))
                about += named
                continue
            place = self._names.labels(key, dict.fromkeys(one.value for one in named), read.said_in)
            if reading.moved and reading.one_of_several and reading.names_itself:
                # Whoever asks for something else in the same breath is not told first what holds for all others.
                nothing = answers.NOTHING_FOR.of(read.said_in, asked=place)
                return replace(read, retrieval=replace(wide, passages=()), refusal=nothing)
            lead = answers.NOTHING_THERE.of(read.said_in, asked=place)
            there = scopes.competing(wide.passages, key, asker)
            return await self._by_place(replace(read, lead=lead), key, there, asker)
        if asked != asker:
            found = await self._search(read.query, WIDE, asked)
            read = replace(read, scope=asked)
            if not reading.names_itself:
                read, found = await self._on_its_own(read, found, asked)
        read, found = await self._of_the_place(read, reading, about, found, asked)
        return await self._one_answer(read, reading, found, asked, asker, about)

    async def _on_its_own(self, read: Looked, found: Retrieval, asked: Scope) -> tuple[Looked, Retrieval]:
        """Search for a question without what was said beside it, where that leads astray; return what was found.

        What is named elsewhere leads to a page of that region or product, whatever is asked. It is about another
        subject where the page has none of its words and a page for all is found for it alone. "And the warranty?" may
        go on with what was asked before: for that it is one with such a heading, and about as likely to answer. "And
        how can I pay?" is what every company is asked.
        """
        if not any(scopes.is_own(one, asked) for one in scopes.own_first(found.passages, asked)[:1]):
            return read, found
        if not scopes.says_nothing_of(read.text, found.passages, asked):
            return read, found
        query, alone = await self._worded(read.text, (), WIDE, asked)
        answers_alone = together(alone.confidence) >= self._min_confidence
        if not (answers_alone and alone.passages) or scopes.is_own(alone.passages[0], asked):
            return read, found
        if (leans(read.text) and not in_general(read.text)) and not (
            scopes.is_headed_by(read.text, alone.passages[0])
            and await self._sure(query, alone) >= scopes.NEAR * await self._sure(read.query, found)
        ):
            return read, found
        if not scopes.says_nothing_of(read.text, alone.passages, asked):
            return read, found
        for_all = tuple(one for one in alone.passages if not scopes.is_own(one, asked))
        return replace(read, query=query), replace(alone, passages=for_all)

    async def _of_the_place(
        self,
        read: Looked,
        reading: Reading,
        about: Sequence[Mention],
        found: Retrieval,
        asked: Scope,
    ) -> tuple[Looked, Retrieval]:
        """Search also for just what a message asks of the places it is `about`, else without where it is asked.

        What is likelier to answer is taken. "Do you ship to Norway and what does it cost?" asks two things, and that
        we do not answers both.
        """
        if not about:
            return await self._without_places(read, found, asked)
        known = {one.key: one.words for one in about}
        for part in leaning_questions_in(read.text):
            if any(one.words & other.words for one in about for other in self._names.mentions(part, known)):
                query, told = await self._worded(part, read.turns, WIDE, asked)
                if told.confidence > found.confidence and self._names.holding_or_naming(about, told.passages):
                    read, found = replace(read, query=query), told
        return read, found

    async def _without_places(self, read: Looked, found: Retrieval, asked: Scope) -> tuple[Looked, Retrieval]:
        """Search without where it is asked; return what is likelier to answer.

        A page for all does not speak of the place, and what does is about another thing. The page for the place is the
        best by its name alone where it has none of what else is asked: then it gives way to one for all that has, and
        is likelier to answer without the name.
        """
        words = {key: read.meant.reach(key) for key in KEYS}
        bare = self._names.without_places(read.text, words)
        if bare in ("", read.text) or not found.passages:
            return read, found
        own = scopes.is_own(found.passages[0], asked)
        if own and not scopes.says_nothing_of(bare, found.passages, asked):
            return read, found
        query, told = await self._worded(bare, read.turns, WIDE, asked)
        if not own and told.confidence > found.confidence:
            found = told
        for_all = tuple(one for one in told.passages if not scopes.is_own(one, asked))
        if not for_all or told.passages[0] != for_all[0] or not scopes.tells_of(bare, for_all[:1]):
            return read, found
        sure = await self._sure(query, told)
        if sure < self._min_confidence or sure <= await self._sure(read.query, found):
            return read, found
        return replace(read, query=query), replace(told, passages=for_all)

    async def _one_answer(
        self,
        read: Looked,
        reading: Reading,
        found: Retrieval,
        asked: Scope,
        asker: Scope,
        about: Sequence[Mention],
    ) -> Looked:
        """Take the passages that answer together; ask back, or tell by place, where the answer differs.

        `about` are places that a page for others speaks of: what it tells of those others is no answer.
        """
        language = read.language or scopes.language_of(read.text, found.passages)
        if language and not asked.language:
            own = await self._search(read.query, WIDE, replace(asked, language=(language,)))
            if read.language:
                enough = together(own.confidence) >= self._min_confidence
            else:
                enough = own.confidence >= scopes.NEAR * found.confidence
            found = own if enough else found
        if about:
            found = replace(found, passages=self._names.holding_or_naming(about, found.passages))
        for key in KEYS:
            named = [one for one in reading.mentions if one.key == key]
            several = scopes.apart(named, found.passages, asked)
            if len(several) > 1:
                return await self._by_place(read, key, several, asked)
            differing = () if named else scopes.differing(found.passages, key, asked)
            values = tuple(value for value in differing if value not in reading.excluded)
            once = bool(reading.asked_back) and not reading.asks_why
            if values and (once or reading.one_of_several or len(values) == 1):
                return await self._by_place(read, key, values, asked)
            if values:
                labels = [self._names.label(key, value, read.said_in) for value in values[:MAX_PLACES]]
                wording = answers.WHY_ASKED if reading.asks_why else answers.WHICH
                which = wording[key].of(read.said_in, choices=listed(labels, OR, read.said_in))
                asked_in = written_in(read.text) or read.said_in
                wanted = [self._names.label(key, value, asked_in) for value in values[:MAX_PLACES]]
                choices = tuple(
                    Choice(label.removeprefix("the "), asked_for(read.text, key, one, asked_in))
                    for label, one in zip(labels, wanted, strict=True)
                )
                return replace(read, retrieval=_cut(found, self._k), choices=choices, which=which)
        favoured = scopes.of_one_place(scopes.own_first(found.passages, asked), asked)
        mine = tuple(takewhile(lambda one: scopes.is_own(one, asked), favoured))
        others = favoured[len(mine) :]
        mine = mine[: max(1, self._k - bool(others))]  # one place is left for what holds for all
        in_full = {(one.key, one.value) for one in reading.mentions if not one.short}
        named_keys = {one.key for one in reading.mentions}
        named_keys -= {one.key for one in reading.mentions if (one.key, one.value) not in in_full}
        return replace(
            read,
            retrieval=replace(found, passages=(*mine, *others)[: self._k]),
            own=frozenset(one.passage.id for one in mine),
            open_keys=tuple(key for key in KEYS if not getattr(asker, key) and key not in named_keys),
        )

    def _speaks_of(self, named: Mention, found: Retrieval, reading: Reading) -> bool:
        """Whether the answer is about a place rather than for one: "Do you ship to Norway?" """
        asked_whole = not reading.moved or reading.named_before
        return asked_whole and self._names.spoken_of(named, found.passages)

    def holds_for(self, looked: Looked, cited: Collection[str]) -> str:
        """Return a sentence naming the regions or products that the cited documents are limited to.

        Empty where they are not, or where the asker knows: named it in full, or is limited to it anyway.
        """
        places: list[str] = []
        for key in looked.open_keys:
            limits = [
                set(getattr(one.passage.scope, key))
                for one in looked.retrieval.passages
                if one.passage.document_id in cited
            ]
            if limits and (common := set.intersection(*limits)):
                places += [self._names.label(key, value, looked.said_in) for value in sorted(common)]
        told = listed(places, AND, looked.said_in)
        return answers.HOLDS_FOR.of(looked.said_in, places=told) if places else ""

    async def searched(self, scope: Scope, language: str = "en") -> Searched:
        """Return what is searched for an asker, to be told in a language where it held no answer."""
        extent = await asyncio.to_thread(self._searcher.extent, scope, self._today())
        places = [self._names.labels(key, getattr(scope, key), language) for key in KEYS if getattr(scope, key)]
        return Searched(extent, listed(places, AND, language))

    async def _by_place(self, read: Looked, key: str, values: Sequence[str], asker: Scope) -> Looked:
        """Search for each of the values alone."""
        parts = []
        for value in values[:MAX_PLACES]:
            alone = scopes.limited(asker, key, (value,))
            found = (await self._search(read.query, WIDE, alone)).passages
            own = scopes.only_for(value, values, found, key)
            parts.append(Part(self._names.label(key, value, read.said_in), own[: self._k], alone))
        return replace(read, parts=tuple(parts))

    async def _worded(self, text: str, turns: Sequence[Turn], k: int, scope: Scope) -> tuple[Query, Retrieval]:
        """Search for a question as it is, and in general; return what is likelier to answer, and the query for it."""
        query = query_for(text, turns)
        found = await self._search(query, k, scope)
        if general := in_general(query.text):
            wider = query_for(general, turns)
            in_rule = await self._search(wider, k, scope)
            if in_rule.confidence > found.confidence:
                return wider, with_exceptions(in_rule, found, query.text)
        return query, found

    async def _search(self, query: Query, k: int, scope: Scope) -> Retrieval:
        found = await asyncio.to_thread(self._searcher.search, query, k, scope, self._today())
        return replace(found, passages=without_orders(found.passages))


def _is_plain(looked: Looked) -> bool:
    """Whether one question is asked, and its answer does not differ by what it is meant for."""
    return not (looked.questions or looked.choices or looked.parts or looked.refusal)


def _begins_anew(text: str, turns: tuple[Turn, ...]) -> bool:
    """Whether a message asks, after an answer, what can be understood without it."""
    bare = without_thanks(text)
    return bool(turns) and not up_to_our_question(turns) and asks_of_its_own(bare) and not leans(bare)


def _put_right(text: str, turns: tuple[Turn, ...]) -> str:
    """Return the question asked last, asked of what a message says is meant instead; empty where it says no such."""
    before = next((turn.content for turn in reversed(turns) if turn.role == "user"), "")
    return put_right(without_thanks(text), before)


def _is_better_put(text: str, asked: Looked, looked: Looked) -> bool:
    """Whether what was `asked` instead finds what a message says is meant, and what was `looked` up does not surely."""
    thing = meant_instead(without_thanks(text))
    told, before = (not scopes.passes_over(thing, one.retrieval.passages) for one in (asked, looked))
    return told and (not before or asked.confidence > looked.confidence)


def _of_places(questions: Sequence[Looked]) -> bool:
    """Whether one of several questions is about a region or product."""
    return any(one.scope is not None or one.parts or one.lead or one.refusal for one in questions)


def _bare(questions: Sequence[str]) -> list[str]:
    """Return several questions without the statements beside them."""
    return [without_statements(one, before) for before, one in pairwise(("", *questions))]


def _names_a_matter(question: str) -> bool:
    """Whether what is asked behind a question may point at what that names."""
    return has_a_subject(question) and not asks_of_the_one_before(question)


def _cut(retrieval: Retrieval, k: int) -> Retrieval:
    return replace(retrieval, passages=retrieval.passages[:k])


def _before_and_last_said(turns: tuple[Turn, ...]) -> tuple[tuple[Turn, ...], str]:
    place = max((place for place, turn in enumerate(turns) if turn.role == "user"), default=-1)
    return (turns[:place], turns[place].content) if place >= 0 else ((), "")
