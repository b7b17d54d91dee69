"""A set of examples from its sources to its files: what `frontdesk tune prepare` and the scheduled run do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
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
_NAMED = 3
"""Documents that are not there and are named, at the most."""
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
        has_known = _known(sources)
        served: Serving | None = None
        if has_known or any(map(needs_packing, candidates)):
            progress("loading the model", 0, 0)
            served = await stack.enter_async_context(serving(settings))
            progress("loading the model", 1, 1)
        packs = _Packs(served) if served else None
        examples = [one async for one in approved_examples(_shown(candidates, progress), packs, approved)]
        if has_known and served:
            made, known_report = await known_examples(served, sources.known, progress)
            examples += made
        standing = {one.id for one in examples if one.answerable}
        examples = _over(examples, [one for one in edited if one.id not in gone])
        refused = [one.id for one in examples if one.id in standing and not one.answerable]
        if not examples:
            why = _what_to_do(waiting, approved, gone)
            if not gone:
                why = _in_vain(sources, known_report) or why
            raise sets.SetError("There is nothing to learn from yet.", why)
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
            "refusals_by_editing": sorted(refused),
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


def _in_vain(sources: Sources, known: Mapping[str, Any]) -> str:
    """Return why nothing came of the sources that were named; empty where none was."""
    told = []
    packed = known.get("packed", {"questions": 0, "skipped": {}})
    if sources.known.questions or packed["skipped"]:
        named = ", ".join(path.name for path in sources.known.questions)
        of = f"of {named} " if named else ""
        count = f"None of the {packed['questions']} questions" if packed["questions"] else "No question"
        told.append(f"{count} {of}could be used{skipped(packed)}.")
        told += [gone] if (gone := unknown_documents(known)) else []
    elif sources.known.from_documents:
        told.append("No question could be made from the documents; take in more of them.")
    if sources.edited:
        told.append(f"No example of {', '.join(path.name for path in sources.edited)} is left.")
    return " ".join(told)


def skipped(packed: Mapping[str, Any]) -> str:
    """Return for what reasons questions were not learned from, as the rest of a sentence; empty for none."""
    reasons = ", ".join(f"{count} × {reason.rstrip('.')}" for reason, count in packed["skipped"].items())
    return f": {reasons}" if reasons else ""


def unknown_documents(known: Mapping[str, Any]) -> str:
    """Return which documents that questions name are not there; empty for none."""
    gone = known.get("unknown_documents", [])
    if not gone:
        return ""
    first = ", ".join(f"{one['document']} (question {one['question']})" for one in gone[:_NAMED])
    more = f" and {len(gone) - _NAMED} more" if gone[_NAMED:] else ""
    return f"Not among the documents are {first}{more}: mend their gold_doc_ids, or run `frontdesk reindex`."


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
