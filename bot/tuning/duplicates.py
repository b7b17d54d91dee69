"""Examples that say the same, collapsed; examples that disagree, told.

Two questions are one if they were asked under the same scope, after the same turns, and are the same to the letter
but for what people type differently (`bot.answer_cache.words`), or hold the same words that carry or turn meaning, in
any order, at a cosine of `NEAR_QUESTION` or more. Two answers agree if they hold the same figures, none turns around
what the other says (`bot.claims.polarity`), and their cosine is `NEAR_ANSWER` or more; else their examples disagree,
and only the best of them is kept.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.answer_cache import words
from bot.claims.polarity import contradiction
from bot.text.facts import figures
from bot.tuning.examples import REJECTED_ANSWER, Example, Origin
from knowledge.sentences import stem
from knowledge.territories import plain

NEAR_QUESTION = 0.7
"""Of questions with the same words that carry meaning."""
NEAR_ANSWER = 0.85
"""Of answers with their question before them: without it, "30 days" and "You may return it within 30 days" are .6."""
_BLOCK = 1024
_EMPTY = frozenset(
    "a an the i you we my our your me us it its this that please do does did is are am was were be been being can "
    "could may might would will have has had got get just so hi hello thanks there".split()
)
"""Words without which a question is the same. No negation, preposition, question word or duty is among them."""
_CITATION = re.compile(r"\s?\[\d{1,3}\]")
_WORTH = {
    Origin.STANDARD: 5,
    Origin.SUGGESTED: 4,
    Origin.HANDED_OVER: 3,
    Origin.GIVEN: 2,
    Origin.LIKED: 2,
    Origin.DISLIKED: 1,
    Origin.MADE: 0,
}
"""Of two answers to one question: that of somebody who knows goes before one that was merely liked."""

Vectors = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""Returns unit vectors, shape (texts, dimension); `knowledge.embedding.Embedder.encode` is one."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Examples of one question that cannot both be right."""

    kept: Example
    left_out: Example
    why: str

    def as_json(self) -> dict[str, Any]:
        return {
            "question": self.kept.question,
            "why": self.why,
            "kept": _brief(self.kept),
            "left_out": _brief(self.left_out),
        }


@dataclass(frozen=True, slots=True)
class Collapsed:
    """What is left of examples, and what became of the rest."""

    examples: tuple[Example, ...]
    """In the order in which they were given."""
    duplicates: dict[str, tuple[str, ...]]
    """Ids of the examples that say the same as one that is kept, by its id."""
    disagreements: tuple[Disagreement, ...]


def collapsed(examples: Sequence[Example], embed: Embed) -> Collapsed:
    """Return the examples with one left of those that say the same, and of those that disagree the best.

    An answer that people did not like becomes what is rejected of the kept answer to the same question.
    """
    kept: dict[int, Example] = {}
    duplicates: dict[str, tuple[str, ...]] = {}
    disagreements: list[Disagreement] = []
    for group in _of_one_question(examples, embed):
        rest = sorted(group, key=lambda place: (_worth(examples[place]), -place), reverse=True)
        answers = (
            dict(zip(rest, embed([_asked_and_told(examples[place]) for place in rest]), strict=True))
            if rest[1:]
            else {}
        )
        chosen: list[int] = []
        for place in rest:
            one = examples[place]
            same_side = [other for other in chosen if examples[other].liked == one.liked]
            same = next((other for other in chosen if _agree(examples, answers, place, other)), None)
            if same is not None and examples[same].liked == one.liked:
                duplicates[examples[same].id] = (*duplicates.get(examples[same].id, ()), one.id)
            elif same is not None:
                disagreements.append(Disagreement(examples[same], one, "the same answer was liked and not liked"))
            elif same_side and one.liked:
                why = _why(examples[same_side[0]].answer, one.answer)
                disagreements.append(Disagreement(examples[same_side[0]], one, why))
            else:
                chosen.append(place)
                kept[place] = one
        _pair(kept, chosen)
    return Collapsed(tuple(kept[place] for place in sorted(kept)), duplicates, tuple(disagreements))


def _pair(kept: dict[int, Example], chosen: Sequence[int]) -> None:
    """Let the answer that was not liked be what the liked one is preferred to."""
    liked = next((place for place in chosen if kept[place].liked and kept[place].answerable), None)
    disliked = next((place for place in chosen if not kept[place].liked), None)
    if liked is not None and disliked is not None and not kept[liked].rejected:
        other = kept.pop(disliked)
        whose = {REJECTED_ANSWER: other.metadata["answer_id"]} if "answer_id" in other.metadata else {}
        kept[liked] = replace(kept[liked], rejected=other.answer, metadata={**kept[liked].metadata, **whose})


def _of_one_question(examples: Sequence[Example], embed: Embed) -> Iterator[list[int]]:
    """Yield the places of the examples of each question, in order."""
    alike: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for place, one in enumerate(examples):
        alike[*_circumstances(one), words(one.question)].append(place)
    first = sorted(group[0] for group in alike.values())
    parents = {place: place for place in first}

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    for a, b in _near([examples[place].question for place in first], embed):
        one, other = examples[first[a]], examples[first[b]]
        if _circumstances(one) == _circumstances(other) and _carrying(one.question) == _carrying(other.question):
            low, high = sorted((root(first[a]), root(first[b])))
            parents[high] = low
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for group in alike.values():
        groups[root(group[0])] += group
    yield from (sorted(groups[key]) for key in sorted(groups))


@lru_cache(maxsize=8_192)
def _carrying(question: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the stems of a question's words that carry or turn its meaning, sorted, and its figures."""
    told = (word for word in plain(question).split() if word not in _EMPTY)
    return tuple(sorted(map(stem, told))), figures(question)


def _circumstances(one: Example) -> tuple[Any, ...]:
    """Return what makes two equal questions different: where and after what they were asked.

    Where the documents shown hold no answer, they are part of the question.
    """
    scope = tuple(sorted((key, str(value)) for key, value in one.scope.items() if value))
    turns = tuple(" ".join(turn.content.split()) for turn in one.turns)
    shown = () if one.answerable else ("", *(passage.text for passage in one.passages))
    return scope, turns, shown


def _near(texts: Sequence[str], embed: Embed) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts whose vectors are close, each once."""
    if len(texts) < 2:
        return
    vectors = embed(texts)
    for start in range(0, len(texts), _BLOCK):
        block = vectors[start : start + _BLOCK] @ vectors[start:].T
        for row, column in zip(*np.nonzero(block >= NEAR_QUESTION), strict=True):
            if column > row:
                yield start + int(row), start + int(column)


def _agree(examples: Sequence[Example], vectors: dict[int, npt.NDArray[np.float32]], a: int, b: int) -> bool:
    one, other = examples[a].answer, examples[b].answer
    if _plain(one) == _plain(other):
        return True
    return not _turned(one, other) and float(vectors[a] @ vectors[b]) >= NEAR_ANSWER


def _turned(one: str, other: str) -> bool:
    """Whether the figures of two answers differ, or one turns around what the other says."""
    one, other = _bare(one), _bare(other)
    return figures(one) != figures(other) or bool(contradiction(one, other) or contradiction(other, one))


def _why(one: str, other: str) -> str:
    if figures(_bare(one)) != figures(_bare(other)):
        return "their figures differ"
    turned = _turned(one, other)
    return "one turns around what the other says" if turned else "they say different things"


def _asked_and_told(one: Example) -> str:
    return f"{one.question} {_bare(one.answer)}"


@lru_cache(maxsize=8_192)
def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", _bare(text).casefold()))


def _bare(text: str) -> str:
    return _CITATION.sub("", text)


def _worth(one: Example) -> tuple[int, int, str]:
    rating = one.metadata.get("rating") or {}
    return (
        _WORTH[one.origin],
        abs(int(rating.get("up", 0)) - int(rating.get("down", 0))),
        str(one.metadata.get("created_at", "")),
    )


def _brief(one: Example) -> dict[str, Any]:
    return {"id": one.id, "origin": str(one.origin), "answer": one.answer, "rating": one.metadata.get("rating") or {}}
