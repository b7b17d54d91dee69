"""Questions whose answers are known, packed as they are served: examples that teach to answer from what is shown.

After RAFT (arXiv 2403.10131) each question is shown with the passage that its answer rests on among what else the
search finds, which are hard distractors; a share of them is shown a second time without it, and has no answer there.
What is learned is never more than what would be let out: an answer in its writer's words only where every sentence of
it holds against the passages, else the words of the passages that it rests on.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import re
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from bot.conversation import Packed, Pipeline
from bot.grounding import Grounding
from bot.lookup import Looked, Searcher
from bot.messages import Conversation, MessageKey, Question, Turn
from bot.quoting.extracts import SHOWN_WORDS
from bot.tuning.examples import Example, ExamplePassage, Origin
from bot.tuning.metrics import supported
from bot.tuning.question_file import FileQuestion, read_question_file
from knowledge.documents import Passage, Scope, ScoredPassage
from knowledge.errors import FrontdeskError
from knowledge.sentences import sentences_of, words_of

MOST_SENTENCES = 3
MOST_WORDS = 70
"""Of an answer to learn."""
_COVERED = 0.8
"""Share of the words of what an answer rests on that a passage must hold to be the one it rests on."""
_WORN = 0.9
"""Share of a sentence's words that the passages must hold for it to be learned, as it must to be let out."""
_ROOMS = (60, 90, 120, SHOWN_WORDS)
"""Words of the passages that examples show; less than at most, as passages do, so that an answer may stand among few
sentences or many, and training has less to read."""
_FARTHER = 4
"""Times as many passages are searched for distractors as are shown."""


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question with what is known to answer it."""

    id: str
    text: str
    turns: tuple[Turn, ...] = ()
    answer: str = ""
    """In its writer's words; may be empty where `gold_texts` are known."""
    gold_documents: frozenset[str] = frozenset()
    """Ids of the documents that hold the answer; none where no document does, or which one is not known."""
    gold_texts: tuple[str, ...] = ()
    """The words of documents that the answer rests on; empty where only the documents are known."""
    conversation: str = ""
    """What names the conversation that it comes from."""
    origin: Origin = Origin.GIVEN
    scope: Scope = field(default_factory=Scope)
    """Of the asker."""
    metadata: dict[str, Any] = field(default_factory=dict)
    said_answerable: bool = False
    """Whether it is said to be answerable, whatever is known of its answer."""

    @property
    def answerable(self) -> bool:
        return self.said_answerable or bool(self.answer or self.gold_documents or self.gold_texts)


def read_questions(*paths: Path) -> list[KnownQuestion]:
    """Read files of questions (see `bot.tuning.question_file`), each question with an id of its own.

    An id that an earlier file has too gets the name of its file. Raises ExamplesError naming a line that is no
    question.
    """
    found: dict[str, KnownQuestion] = {}
    for path in paths:
        for one in [_known(line) for line in read_question_file(path)]:
            id = one.id
            for number in count(1):
                if id not in found:
                    break
                id = f"{one.id}@{path.name}" + (f"-{number}" if number > 1 else "")
            found[id] = replace(one, id=id)
    return list(found.values())


def _known(one: FileQuestion) -> KnownQuestion:
    answerable = one.answerable is not False
    begun = one.turns[0].content if one.turns else one.text
    return KnownQuestion(
        id=one.id,
        text=one.text,
        turns=one.turns,
        answer=one.answer if answerable else "",
        gold_documents=one.documents | one.alternates if answerable else frozenset(),
        gold_texts=one.texts if answerable else (),
        conversation=one.conversation or _digest(begun),
        scope=one.scope,
        said_answerable=bool(one.answerable),
    )


async def carrying(passages: Iterable[Passage], carried: Callable[[Passage], Awaitable[int]]) -> str:
    """Return the id of the document that carries most of an answer; empty where none carries anything.

    `carried` gives how many of the answer's claims a passage carries.
    """
    claims: Counter[str] = Counter()
    for passage in passages:
        claims[passage.document_id] += await carried(passage)
    best = claims.most_common(1)
    return best[0][0] if best and best[0][1] else ""


@dataclass(slots=True)
class PackingReport:
    """What became of the questions."""

    questions: int = 0
    examples: Counter[str] = field(default_factory=Counter)
    """By kind: `answered`, `answered, brought in` (the search had missed it), `without`, `unanswerable`."""
    skipped: Counter[str] = field(default_factory=Counter)
    """By reason."""

    def as_json(self) -> dict[str, Any]:
        return {"questions": self.questions, "examples": dict(self.examples), "skipped": dict(self.skipped)}


class Packer:
    """Makes examples of known questions. Given the same index, questions and seed it makes the same."""

    def __init__(
        self,
        pipeline: Pipeline,
        searcher: Searcher,
        passages_of: Callable[[str], Sequence[Passage]],
        *,
        shown: int,
        today: Callable[[], date],
        without: float = 0.1,
        seed: int = 1,
    ) -> None:
        """`passages_of` gives a document's passages, `shown` is how many are shown at the most.

        `without` is the share of the questions that are shown a second time without what answers them.
        """
        self._pipeline = pipeline
        self._searcher = searcher
        self._passages_of = passages_of
        self._shown = shown
        self._today = today
        self._without = without
        self._seed = seed
        self.report = PackingReport()

    async def examples(self, questions: Sequence[KnownQuestion]) -> AsyncGenerator[Example, None]:
        """Yield the examples of the questions in their order; what was left out is in `report`."""
        groups = groups_of(questions)
        for question in questions:
            self.report.questions += 1
            try:
                made = await self._examples(question)
            except FrontdeskError as error:  # a question too long for the model, say
                self.report.skipped[error.sentence] += 1
                continue
            for kind, example in made:
                self.report.examples[kind] += 1
                yield replace(example, group=groups[question.id])

    async def _examples(self, question: KnownQuestion) -> list[tuple[str, Example]]:
        asked = Question(
            MessageKey("tuning", "", "", question.id), question.text, "tuning", question.id, question.scope
        )
        looked = await self._pipeline.look_up(asked, Conversation(question.turns))
        if looked is None:
            self.report.skipped["no model is asked"] += 1
            return []
        if not question.answerable:
            return [("unanswerable", self._example(question, await self._pipeline.pack(looked), ""))]
        if not question.gold_documents:
            if not (document := await self._carrying(question, looked)):
                self.report.skipped["no document is found that carries the answer"] += 1
                return []
            question = replace(question, gold_documents=frozenset({document}))
        chance = random.Random(f"{self._seed}:{question.id}")
        made = []
        if (example := await self._answered(question, looked, chance)) is not None:
            made.append(example)
        if chance.random() < self._without and (without := await self._bare(question, looked, chance)) is not None:
            made.append(("without", without))
        return made

    async def _carrying(self, question: KnownQuestion, looked: Looked) -> str:
        """Return which document of those found the answer rests on, where nobody said it; empty for none."""

        async def carried(passage: Passage) -> int:
            if question.gold_texts:
                return int(_share(question.gold_texts, passage.text) >= _COVERED)
            found, _ = await asyncio.to_thread(
                supported, question.answer, [passage], question.text, self._searcher.embed
            )
            return found

        return await carrying([one.passage for one in looked.retrieval.passages], carried)

    async def _answered(
        self, question: KnownQuestion, looked: Looked, chance: random.Random
    ) -> tuple[str, Example] | None:
        """Return the question with what answers it among what was found."""
        found = list(looked.retrieval.passages)
        kind = "answered"
        gold = next((one for one in found if rests_on(question, one.passage)), None)
        if gold is None:
            if (missed := self._missed(question)) is None:
                self.report.skipped["no passage holds what the answer rests on"] += 1
                return None
            kind, place = "answered, brought in", chance.randrange(len(found))
            gold = replace(found[place], passage=missed)
            found = [*found[:place], gold, *found[place:]][: self._shown]
        # The first passages have the most room.
        forward = [gold, *(one for one in found if one is not gold)]
        room = chance.choice(_ROOMS)
        for order, words in ((found, room), (forward, room), (forward, SHOWN_WORDS)):
            packed = await self._pipeline.pack(_over(looked, order), room=words)
            if _is_shown(question, packed):
                break
        else:
            self.report.skipped["what the answer rests on does not fit"] += 1
            return None
        answer = answer_to_learn(question, packed)
        if not answer:
            self.report.skipped["no sentence of the answer holds"] += 1
            return None
        return kind, self._example(question, packed, answer)

    async def _bare(self, question: KnownQuestion, looked: Looked, chance: random.Random) -> Example | None:
        """Return the question among distractors alone."""
        wide = await asyncio.to_thread(
            self._searcher.search, looked.query, _FARTHER * self._shown, question.scope, self._today()
        )
        others = [
            one
            for one in wide.passages
            if one.passage.document_id not in question.gold_documents and not rests_on(question, one.passage)
        ][: self._shown]
        if not others:
            return None
        packed = await self._pipeline.pack(_over(looked, others), room=chance.choice(_ROOMS))
        example = self._example(question, packed, "")
        withheld = {"withheld": sorted(question.gold_documents)}
        return replace(example, id=f"{question.origin}:{question.id}:without", metadata=example.metadata | withheld)

    def _missed(self, question: KnownQuestion) -> Passage | None:
        """Return the passage that the answer rests on from its document."""
        return next(
            (
                passage
                for document in sorted(question.gold_documents)
                for passage in self._passages_of(document)
                if question.gold_texts and rests_on(question, passage)
            ),
            None,
        )

    def _example(self, question: KnownQuestion, packed: Packed, answer: str) -> Example:
        gold = {one.passage.id for one in packed.looked.retrieval.passages if rests_on(question, one.passage)}
        return Example(
            id=f"{question.origin}:{question.id}",
            origin=question.origin,
            question=packed.looked.text,
            answer=answer,
            turns=packed.looked.turns,
            passages=tuple(
                ExamplePassage(
                    one.passage.id,
                    one.passage.document_id,
                    one.passage.title,
                    one.passage.heading,
                    one.passage.text,
                    one.score,
                    gold=bool(answer) and one.passage.id in gold,
                )
                for one in packed.prompt.passages
            ),
            prompt=packed.prompt.messages,
            scope=question.scope.as_mapping(),
            metadata={**question.metadata, "confidence": round(packed.looked.confidence, 4)},
        )


def answer_to_learn(question: KnownQuestion, packed: Packed) -> str:
    """Return the answer that the passages shown carry; empty where they carry none.

    That is the given one where every sentence of it holds, else the words it rests on.
    """
    passages = [one.passage for one in packed.prompt.passages]
    for words in (question.answer, " ".join(map(_finished, question.gold_texts))):
        grounding = Grounding(passages, packed.looked.text, least_aligned=_WORN)
        held = [grounding.hold(one) for one in sentences_of(words) if len(words_of(one)) > 1]
        told = [one[0].strip() for one in held if not isinstance(one, str)][:MOST_SENTENCES]
        while len(told) > 1 and len(" ".join(told).split()) > MOST_WORDS:
            told.pop()
        whole = len(told) == len(held) or words is not question.answer
        if told and whole:
            return " ".join(map(_finished, told))
    return ""


def rests_on(question: KnownQuestion, passage: Passage) -> bool:
    """Whether the answer rests on a passage: its document is a right one and it holds the words, if these are known."""
    if passage.document_id not in question.gold_documents:
        return False
    return not question.gold_texts or _share(question.gold_texts, passage.text) >= _COVERED


def groups_of(questions: Sequence[KnownQuestion]) -> dict[str, str]:
    """Return for each question's id the name of its group: what shares a conversation or a document is one group."""
    parents: dict[str, str] = {}

    def root(one: str) -> str:
        parents.setdefault(one, one)
        while parents[one] != one:
            parents[one] = parents[parents[one]]
            one = parents[one]
        return one

    for question in questions:
        for document in question.gold_documents:
            parents[root(f"document {document}")] = root(f"conversation {question.conversation or question.id}")
    return {
        question.id: _digest(root(f"conversation {question.conversation or question.id}")) for question in questions
    }


def _over(looked: Looked, found: Sequence[ScoredPassage]) -> Looked:
    return replace(looked, retrieval=replace(looked.retrieval, passages=tuple(found)))


def _is_shown(question: KnownQuestion, packed: Packed) -> bool:
    """Whether the sentences shown of the right documents hold what the answer rests on."""
    passages = [one.passage for one in packed.prompt.passages if one.passage.document_id in question.gold_documents]
    return bool(passages) and (
        not question.gold_texts or _share(question.gold_texts, "\n".join(one.text for one in passages)) >= _COVERED
    )


def _share(told: Sequence[str], text: str) -> float:
    """Return the share of the words of `told` that `text` holds, 0 to 1."""
    words = {word for one in told for word in words_of(one)}
    return len(words & set(words_of(text))) / len(words) if words else 0.0


def _finished(text: str) -> str:
    """Return a part of a sentence as a sentence."""
    text = re.sub(r"^[^\w\"'“‘($€£]+|[\s;,:]+$", "", text)
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
