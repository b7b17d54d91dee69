"""A set of examples from its sources to its files: what `frontdesk tune prepare` and the scheduled run do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters import wiring
from adapters.database import curation_of, opened
from adapters.tuning.gone import clear
from adapters.tuning.known import Serving, Wanted, known_examples, serving
from bot.curation import Candidate, Stage
from bot.messages import Conversation, Question
from bot.settings import Settings
from bot.tuning import sets
from bot.tuning.approved import ApprovedReport, approved_examples, needs_packing
from bot.tuning.examples import Example, Origin
from bot.tuning.metrics import supported
from bot.tuning.names import NameModels
from bot.tuning.questions import KnownQuestion
from bot.tuning.redaction import redacted
from knowledge.documents import Passage

Progress = Callable[[str, int, int], None]
GONE = "they were forgotten, deleted or rejected since they were exported"


@dataclass(frozen=True, slots=True)
class Sources:
    """What a set is made of."""

    approved: bool = True
    """Whether what curators approved is in it."""
    edited: tuple[Path, ...] = ()
    """Exports that somebody edited; an example goes over the approved one of its id."""
    known: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A set that was made."""

    folder: Path
    report: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.folder.name,
            "metrics": self.report["origins"],
            "artifacts": [str(self.folder / sets.EXAMPLES), str(self.folder / sets.REPORT)],
        }


async def prepare(settings: Settings, sources: Sources, progress: Progress) -> Prepared:
    """Make a set of examples and write it. Raises FrontdeskError, SetError where there is nothing to learn from."""
    edited = [one for path in sources.edited for one in await asyncio.to_thread(sets.read_edited, path)]
    approved = ApprovedReport()
    known_report: dict[str, Any] = {}
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(opened(settings))
        curation = curation_of(settings, database)
        candidates = [one async for one in curation.all(Stage.APPROVED)] if sources.approved else []
        waiting = (await curation.counts())[Stage.PROPOSED]
        gone = await curation.gone(one.id for one in edited)
        standing = _known(sources)
        served: Serving | None = None
        if standing or any(map(needs_packing, candidates)):
            progress("loading the model", 0, 0)
            served = await stack.enter_async_context(serving(settings))
            progress("loading the model", 1, 1)
        packs = _Packs(served) if served else None
        examples = [one async for one in approved_examples(_shown(candidates, progress), packs, approved)]
        if standing and served:
            made, known_report = await known_examples(served, sources.known, progress)
            examples += made
        examples = _over(examples, [one for one in edited if one.id not in gone])
        if not examples:
            raise sets.SetError("There is nothing to learn from yet.", _what_to_do(waiting, approved, gone))
        embed = wiring.embedder(settings).encode
        models = NameModels()
        made_set = await asyncio.to_thread(
            sets.prepared,
            examples,
            embed,
            names=models,
            public=public(settings),
            progress=progress,
        )
        skipped = await asyncio.to_thread(_without_personal_data, settings, approved.skipped, models)
        more = {
            "approved": dict(approved.examples),
            "edited": len(edited),
            "gone": sorted(gone),
            "proposed": waiting,
            "skipped": skipped,
            "known": known_report,
            "names_by_model": bool(models),
        }
        folder = await asyncio.to_thread(sets.keep, settings.tuning_path / "sets", made_set, more)
        # Who was forgotten meanwhile was not in the set yet.
        await clear(settings, curation, [one.id for one in made_set.examples])
    return Prepared(folder, made_set.report | more)


def public(settings: Settings) -> tuple[str, ...]:
    """Return what is the company's own in every answer: whom refusals name, and who the bot is."""
    return settings.answering.contact, settings.answering.persona


def _without_personal_data(
    settings: Settings, skipped: Sequence[dict[str, str]], names: NameModels
) -> list[dict[str, str]]:
    """Return what a report tells of answers that are not learned from: they are not redacted as examples are."""

    def clean(question: str) -> str:
        asked = Example("", Origin.GIVEN, question, "")
        return redacted(asked, public=public(settings), names=names).example.question

    return [{**one, "question": clean(one["question"])} for one in skipped]


def _known(sources: Sources) -> bool:
    return bool(sources.known.questions or sources.known.from_documents)


def _over(examples: Sequence[Example], edited: Sequence[Example]) -> list[Example]:
    by_id = {one.id: one for one in (*examples, *edited)}
    return list(by_id.values())


def _what_to_do(waiting: int, approved: ApprovedReport, gone: Collection[str]) -> str:
    if gone:
        return f"Of the edited examples, {len(gone)} are left out: {GONE}."
    if approved.skipped:
        noun = "answer is" if len(approved.skipped) == 1 else "answers are"
        why = ", ".join(sorted({one["why"] for one in approved.skipped}))
        return f"{len(approved.skipped)} approved {noun} left out ({why}); write it into the documents first."
    if waiting:
        noun = "answer waits" if waiting == 1 else "answers wait"
        return f"{waiting} {noun} for a decision: look with `frontdesk curation list`, approve with `… approve ID`."
    return (
        "Nobody has liked an answer so far. Make examples from the documents with `--from-documents`, or of your own "
        "questions with `--questions FILE`."
    )


async def _shown(candidates: Sequence[Candidate], progress: Progress) -> AsyncGenerator[Candidate, None]:
    for number, one in enumerate(candidates, 1):
        yield one
        progress("reading what was approved", number, len(candidates))


class _Packs:
    """Packs what people wrote as it would be answered today."""

    def __init__(self, served: Serving) -> None:
        self._served = served
        self._packer = served.packer(without=0)

    async def found(self, question: Question, conversation: Conversation) -> Sequence[Passage]:
        looked = await self._served.pipeline.look_up(question, conversation)
        return [one.passage for one in looked.retrieval.passages] if looked else []

    async def carried(self, answer: str, passage: Passage, question: str) -> int:
        found, _ = await asyncio.to_thread(supported, answer, [passage], question, self._served.searcher.embed)
        return found

    async def example(self, known: KnownQuestion) -> Example | None:
        packed: AsyncIterator[Example] = self._packer.examples([known])
        found = [one async for one in packed]
        return found[0] if found else None
