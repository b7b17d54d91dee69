"""Examples from files of questions and from the documents, packed as they are served."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters import wiring
from bot.conversation import Pipeline
from bot.generation.engine import Engine
from bot.settings import Settings
from bot.tuning.examples import Example
from bot.tuning.made import QuestionMaker
from bot.tuning.questions import KnownQuestion, Packer, read_questions
from knowledge.index import Index, Version
from knowledge.retrieval import Retriever

_NOT_THERE = "none of its gold_doc_ids is among the documents"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make examples of."""

    questions: tuple[Path, ...] = ()
    """Files as `bot.tuning.questions.read_questions` reads them."""
    from_documents: bool = False
    """Whether questions are made from the documents."""
    most_made: int = 0
    """Of these at the most, from passages drawn at random; 0 for no limit."""
    per_passage: int = 2
    by_model: bool = False
    """Whether the model writes questions too."""
    without: float = 0.1
    """Share of the questions that are shown a second time without what answers them."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Serving:
    """What questions are packed with: just what they are answered with."""

    settings: Settings
    pipeline: Pipeline
    searcher: Retriever
    version: Version
    engine: Engine

    def packer(self, *, without: float, seed: int = 1) -> Packer:
        """Return what makes examples of known questions, `without` of them shown a second time without an answer."""
        return Packer(
            self.pipeline,
            self.searcher,
            self.version.passages_of,
            shown=self.settings.answering.passages,
            today=self.settings.today,
            without=without,
            seed=seed,
        )


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Serving]:
    """Open the index and the model. Raises FrontdeskError where either cannot be used."""
    index = Index(settings.knowledge_uri)
    version = index.published()
    searcher, engine = wiring.retriever(settings, index), wiring.engine(settings)
    await engine.start()
    try:
        yield Serving(settings, Pipeline(settings, searcher, engine), searcher, version, engine)
    finally:
        await engine.stop()


async def known_examples(
    served: Serving, wanted: Wanted, show: Callable[[str, int, int], None]
) -> tuple[list[Example], dict[str, Any]]:
    """Return the examples and what became of each kind of question, for the report.

    Raises FrontdeskError where a file, the index or the model cannot be read.
    """
    questions, unknown = _there(read_questions(*wanted.questions), served.version.documents())
    report = dict[str, Any]()
    if wanted.from_documents:
        maker = QuestionMaker(
            served.searcher,
            shown=served.settings.answering.passages,
            today=served.settings.today,
            engine=served.engine if wanted.by_model else None,
            per_passage=wanted.per_passage,
            seed=wanted.seed,
        )
        made, report["made"] = await _made(wanted, maker, served.version, show)
        questions += made
    packer = served.packer(without=wanted.without, seed=wanted.seed)
    if lost := len({one.id for one, _ in unknown} - {one.id for one in questions}):
        packer.report.questions += lost
        packer.report.skipped[_NOT_THERE] += lost
    if unknown:
        report["unknown_documents"] = [{"question": one.id, "document": id} for one, id in unknown]
    examples: list[Example] = []
    async for example in packer.examples(questions):
        examples.append(example)
        show("packing questions", packer.report.questions, len(questions) + lost)
    report["packed"] = packer.report.as_json()
    return examples, report


def _there(
    questions: Sequence[KnownQuestion], documents: Collection[str]
) -> tuple[list[KnownQuestion], list[tuple[KnownQuestion, str]]]:
    """Return the questions that can be learned from, and which document is not there with each that names it."""
    unknown = [(one, id) for one in questions for id in sorted(one.gold_documents - set(documents))]
    lost = {one.id for one, _ in unknown if one.gold_documents.isdisjoint(documents)}
    return [one for one in questions if one.id not in lost], unknown


async def _made(
    wanted: Wanted, maker: QuestionMaker, version: Version, show: Callable[[str, int, int], None]
) -> tuple[list[KnownQuestion], dict[str, Any]]:
    passages = maker.drawn(version.everything()[0])
    made: list[KnownQuestion] = []
    async for question in maker.questions(passages):
        made.append(question)
        show("making questions", maker.report.passages, len(passages))
        if wanted.most_made and len(made) >= wanted.most_made:
            break
    return made, maker.report.as_json()
