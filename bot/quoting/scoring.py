"""How much each sentence of the passages found matters to a question.

A sentence matters by its likeness to the question in meaning and in words, read under the title and heading above it,
by whether it tells the sort of thing that is asked for, by how well its passage fits, by where it stands there, and by
its length. How much each counts was learned from questions, see `tests/bench/sentences.py`: who asks for one thing is
answered by whatever sentence tells it, who asks in general, or goes on in a conversation, rather by how a passage
begins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from bot.quoting.answer_kinds import asked_for, told_in
from bot.quoting.asked import asked_by
from bot.quoting.evidence import Evidence, evidence_in, placed
from bot.quoting.extracts import Extracts
from bot.quoting.marks import codes_found, marked
from bot.text.codes import codes_in
from bot.text.facts import telling_words
from bot.understanding.intents import asks_in_general
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
_ENOUGH, _LONG = 12, 30
_EMBEDDED = 7
"""Sentences whose likeness to the question is told by vectors of their own, the likeliest by a rough likeness."""
_MOST_READ, _READ_IN_CONVERSATION = 5, 3
"""Sentences that are read together with the question, the likeliest by their signals.

Within a conversation reading tells less, see `bot.confidence`, and takes longer."""
_MEANT = 0.3
"""What a row of a table or an item of a list gains whose range holds a figure of the question."""


class Reader(Protocol):
    """What sentences are held against a question by; `knowledge.retrieval.Retriever` is the one there is."""

    def likeness_within(
        self, query: Query, sentences: Sequence[Sentence], choose: Callable[[Sequence[Likeness]], Collection[int]]
    ) -> list[Likeness]: ...

    def answering(self, query: Query, texts: Sequence[str]) -> list[float]: ...


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


def sentences_in(found: Sequence[ScoredPassage]) -> list[tuple[int, Evidence]]:
    """Return the sentences of the passages found, each with the place of its passage."""
    return [(number, sentence) for number, one in enumerate(found) for sentence in evidence_in(one.passage)]


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
    codes = codes_found(query, found, sentences)
    told = signals(query.text, found, codes.sentences, likeness, codes.asked)
    weights = weights_for(query)
    weighed = [[weight * one for weight, one in zip(weights.values(), all, strict=True)] for all in told]
    marks = marked(query, codes, [sum(values) for values in weighed], holding)
    gained = [_MEANT * (place in marks.meant_by_range) for place in range(len(sentences))]
    return Extracts(
        found=tuple(found),
        sentences=tuple(one for _, one in codes.sentences),
        numbers=tuple(number for number, _ in sentences),
        likeness=tuple(one.meaning for one in likeness),
        scores=tuple(sum(values) + more for values, more in zip(weighed, gained, strict=True)),
        question=asked_by(query, codes.asked, codes.plain),
        marks=marks,
    )


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


def weights_for(query: Query) -> Mapping[str, float]:
    """Return what each signal of a sentence counts for a question."""
    return BROAD if query.earlier or asks_in_general(query.text) else POINTED


def most_read(*, follow_up: bool) -> int:
    """Return how many sentences are read together with a question, which may go on in a conversation."""
    return _READ_IN_CONVERSATION if follow_up else _MOST_READ


def _first_texts(within: Sequence[Sentence], places: Sequence[int]) -> list[str]:
    """Return the first different texts to be embedded; passages overlap, so that some stand there twice."""
    return list(dict.fromkeys(within[place].placed for place in places))[:_EMBEDDED]


def _rarity(asked: Collection[str], sentences: Sequence[Collection[str]]) -> dict[str, float]:
    """Return for each word asked its weight, higher the fewer of the sentences hold it; all together weigh 1."""
    weights = {word: math.log(1 + len(sentences) / (1 + sum(word in words for words in sentences))) for word in asked}
    whole = sum(weights.values()) or 1.0
    return {word: weight / whole for word, weight in weights.items()}
