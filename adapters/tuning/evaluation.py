"""An evaluation from its settings to its files: what `frontdesk tune evaluate` and the scheduled run do."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock, Timeout

from adapters import wiring
from adapters.tuning.gone import clear_evaluated
from bot.conversation import Pipeline
from bot.generation.engine import AdaptedEngine, EngineError
from bot.generation.lora import LoraError
from bot.messages import Mode
from bot.settings import Settings
from bot.tuning import report
from bot.tuning.answering import Asker, Given, Variant, answer_all, small_talk
from bot.tuning.default import default_adapter
from bot.tuning.errors import BusyError, NoRoomError, is_full
from bot.tuning.evaluation import MODES, PLAIN, Evaluation, Subject, answer_settings, evaluated, variants
from bot.tuning.gate import Verdict, verdict
from bot.tuning.heldout import HeldOutSet, TrainedOn, read_held_out, trained_on
from bot.tuning.judge import Judge
from bot.tuning.registry import AdapterState, Base, InForce, Registered, Registry, RegistryError, Snapshot, sha256_of
from bot.tuning.scales import SCALES, compared
from bot.tuning.sets import newest
from knowledge.errors import FrontdeskError
from knowledge.index import Index

Progress = Callable[[str, int, int], None]
RETRIEVING = frozenset({Mode.RAG, Mode.RAG_LORA, Mode.ADAPTIVE})
"""Modes that answer from the documents."""
log = logging.getLogger(__name__)


class EvaluationError(FrontdeskError):
    """The evaluation cannot be made as asked."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to evaluate, on what."""

    adapter: str = ""
    """An id of the registry, a training run's, or a file; empty for the newest candidate, else the one in force."""
    questions: Path | None = None
    """A file of examples or of questions; None for the newest set of examples."""
    limit: int = 0
    """Questions at the most; 0 for all."""
    modes: tuple[Mode, ...] = MODES
    scales: bool = False
    """Whether every fixed scale is tried too."""
    workers: int = 1
    judge: bool = False
    """Whether the model of the server grades the answers."""
    anew: bool = False
    """Whether answers that are there are made again."""

    @property
    def is_whole(self) -> bool:
        """Whether it tells all that the gate wants to know."""
        return not self.limit and {Mode.RAG, Mode.RAG_LORA} <= set(self.modes)

    @property
    def part(self) -> str:
        """Folder of what is told, below that of the answers: so that a part takes nothing away from the whole."""
        modes = [] if set(MODES) <= set(self.modes) else [mode for mode in MODES if mode in self.modes]
        scales = ["scales"] if self.scales else []
        return "-".join(["only", *modes, *scales]) if modes else "-".join(["with", *scales]) if scales else ""


@dataclass(frozen=True, slots=True)
class Done:
    """A finished evaluation with its files."""

    evaluation: Evaluation
    verdict: Verdict
    artifacts: tuple[Path, ...]
    adapter: Registered | None
    """None where none of the registry was evaluated."""
    noted: bool
    """Whether the registry keeps what the gate says of it."""


def find_adapter(registry: Registry, wanted: str, base: Base) -> Registered | None:
    """Return the adapter that is meant, taken in first if it is a file or a training run's; None where there is none.

    Raises RegistryError for one that does not exist or cannot be used.
    """
    now = registry.read()
    if not wanted:
        candidates = [one for one in now.adapters.values() if one.state is AdapterState.CANDIDATE]
        return candidates[-1] if candidates else None
    runs = registry.folder / "runs"
    run = runs / wanted / "adapter.gguf"
    if run.is_file():
        return registry.add(run, base, run=wanted)
    if wanted not in now.adapters and (model := run.with_name("model.gguf")).is_file():
        raise EvaluationError(
            f"The run {wanted} trained every weight: it made a model, and no adapter.",
            f"Set model.path to {model} and run `frontdesk tune evaluate --mode base --mode rag`.",
        )
    if wanted not in now.adapters and (file := Path(wanted)).is_file():
        trained_here = file.resolve().parent.parent == runs.resolve()
        return registry.add(file, base, run=file.resolve().parent.name if trained_here else "")
    return now.adapter(wanted)


def _learned_from(registry: Registry, candidate: Registered | None) -> TrainedOn:
    """Return what an adapter learned from, as far as it is known."""
    if candidate is None or candidate.run:
        return trained_on(registry.folder / "runs", candidate.run if candidate else "")
    own = default_adapter()  # its card says what it learned from, and no company's questions are among it
    return TrainedOn(unknown_origin=own is None or candidate.sha256 != sha256_of(own))


def _held_against(held_out: HeldOutSet, documents: Collection[str], wanted: Wanted) -> HeldOutSet:
    """Return the questions with the gold documents that are there.

    Raises EvaluationError where none is, though some are named, and answers are to rest on documents.
    """
    found = held_out.held_against(documents)
    nothing_there = not any(one.gold or one.alternates for one in found.questions)
    if found.unknown_documents and nothing_there and RETRIEVING & set(wanted.modes):
        first = ", ".join(found.unknown_documents[:3]) + (", …" if found.unknown_documents[3:] else "")
        raise EvaluationError(
            f"None of the documents that {held_out.path} names is there: {first}.",
            "Mend the ids of the documents, prepare the set again, or run `frontdesk reindex`.",
        )
    return found


def _usable(registry: Registry, base: Base, now: Snapshot) -> InForce | None:
    """Return the adapter that answers; None where none does, as it is damaged or made for another model, say."""
    try:
        found = registry.resolved(now)
        if found:
            base.check(found.path)
        return found
    except (RegistryError, LoraError) as error:
        log.warning("The adapter in force cannot be compared with: %s", error)
        return None


async def _add(engine: AdaptedEngine, one: InForce) -> None:
    if one.name not in engine.identity.loras:
        await engine.add_lora(one.path, one.name)


async def _taken(engine: AdaptedEngine, one: InForce) -> InForce | None:
    """Return the adapter that answers, known to the engine; None where it cannot take it, as a server lacks it, say."""
    try:
        await _add(engine, one)
        return one
    except EngineError as error:
        log.warning("The adapter in force cannot be compared with: %s", error.sentence)
        return None


def find_questions(settings: Settings, wanted: Path | None) -> Path:
    """Return the file of questions. Raises EvaluationError where none was named and there is no set of examples."""
    if wanted is not None:
        return wanted
    if (found := newest(settings.tuning_path / "sets")) is None:
        raise EvaluationError(
            "There are no held-out examples yet.",
            "Make some with `frontdesk tune prepare`, or name a file of questions with --questions.",
        )
    return found


async def evaluate(settings: Settings, wanted: Wanted, progress: Progress) -> Done:
    """Ask every held-out question in each mode, measure, and write the report; what is there already is kept.

    Raises FrontdeskError; what was answered so far is there for the next time.
    """
    questions = find_questions(settings, wanted.questions)
    registry, base = wiring.registry(settings), await asyncio.to_thread(wiring.base, settings)
    # Answers of modes that need no adapter say nothing of one.
    uses_adapter = bool(wanted.scales or set(wanted.modes) - set(PLAIN))
    candidate: Registered | None = None
    if uses_adapter or wanted.adapter:
        candidate = await asyncio.to_thread(find_adapter, registry, wanted.adapter, base)
    trained = await asyncio.to_thread(_learned_from, registry, candidate)
    held_out = await asyncio.to_thread(read_held_out, questions, wanted.limit, trained)
    published = await asyncio.to_thread(Index(settings.knowledge_uri).published)
    held_out = _held_against(held_out, await asyncio.to_thread(published.documents), wanted)
    if candidate:
        await asyncio.to_thread(registry.check, candidate)
    now = await asyncio.to_thread(registry.read)
    against = await asyncio.to_thread(registry.against, now)
    in_force = await asyncio.to_thread(_usable, registry, base, now) if uses_adapter else None
    adapter = InForce(candidate.id, registry.path_of(candidate.id), candidate.sha256) if candidate else in_force
    rival = in_force if in_force and adapter and in_force.sha256 != adapter.sha256 else None
    searcher, engine = await asyncio.to_thread(lambda: (wiring.retriever(settings), wiring.engine(settings)))
    try:
        await engine.start()
        scales = SCALES if wanted.scales else ()
        if adapter and any(way.lora for way in variants(wanted.modes, adapter.name, "", scales)):
            if candidate:
                await _add(engine, adapter)
            else:
                adapter = await _taken(engine, adapter)
        rival = await _taken(engine, rival) if rival else None
        subject = Subject(
            adapter=adapter.name if adapter else "",
            adapter_sha256=adapter.sha256 if adapter else "",
            in_force=rival.name if rival else "",
            in_force_sha256=against,
            model=engine.identity.name,
            model_sha256=base.hashes[0] if base.hashes else "",
            knowledge_version=published.number,
            embedder=published.identity.embedder.name,
            questions_sha256=held_out.sha256,
            settings=answer_settings(settings),
            frontdesk=version("frontdesk"),
            index_format=published.identity.format,
        )
        folder = settings.tuning_path / "evaluations" / subject.id
        asked = _without_memory(settings)
        asker = Asker(Pipeline(asked, searcher, engine), searcher, settings.answering.passages, settings.today)
        ways = variants(wanted.modes, subject.adapter, subject.in_force, scales)
        with _alone(folder):
            given = await _answers(asker, held_out, ways, folder, progress, wanted)
            grades = await _grades(settings, held_out, given, folder, progress) if wanted.judge else None
            # What was forgotten meanwhile was answered all the same.
            await clear_evaluated(settings, [one.id for one in held_out.questions])
            return await asyncio.to_thread(
                _conclude, settings, registry, candidate, subject, held_out, ways, given, grades, folder, wanted
            )
    finally:
        await engine.stop()


def _without_memory(settings: Settings) -> Settings:
    """Return settings under which each question is answered anew."""
    return settings.model_copy(update={"answering": settings.answering.model_copy(update={"cache": False})})


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others from making the same evaluation."""
    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(f"The evaluation {folder.name} is being made already.", "Wait until it is done.") from None
    except OSError as error:
        raise (NoRoomError if is_full(error) else EvaluationError)(
            f"{folder} cannot be written: {error.strerror}.", "Make room, or set tuning.folder to another folder."
        ) from None
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True, slots=True)
class _Answers:
    """What became of the questions in each mode, in their order."""

    given: dict[str, list[Given]]
    small_talk: dict[str, list[Given]]


async def _answers(
    asker: Asker, held_out: HeldOutSet, ways: Sequence[Variant], folder: Path, progress: Progress, wanted: Wanted
) -> _Answers:
    talk = small_talk()
    found = _Answers({}, {})
    for way in ways:
        if wanted.anew:
            await asyncio.to_thread((folder / "answers" / way.file_name).unlink, missing_ok=True)
        told = partial(progress, way.label)
        given = await answer_all(
            asker, [*held_out.questions, *talk], way, folder / "answers", told, workers=wanted.workers
        )
        found.given[way.label] = given[: -len(talk)]
        found.small_talk[way.label] = given[-len(talk) :]
    return found


async def _grades(
    settings: Settings, held_out: HeldOutSet, answers: _Answers, folder: Path, progress: Progress
) -> dict[str, list[float | None]]:
    if not settings.generation.url:
        raise EvaluationError(
            "There is no server whose model could judge.", "Set generation.url to one that speaks the OpenAI protocol."
        )
    engine = wiring.remote_engine(settings)
    try:
        await engine.start()
        judge = Judge(engine)
        return {
            label: await judge.grade_all(
                held_out.questions, given, folder / "judge" / f"{label}.jsonl", partial(progress, f"judging {label}")
            )
            for label, given in answers.given.items()
        }
    finally:
        await engine.stop()


def _conclude(
    settings: Settings,
    registry: Registry,
    candidate: Registered | None,
    subject: Subject,
    held_out: HeldOutSet,
    ways: Sequence[Variant],
    answers: _Answers,
    grades: dict[str, list[float | None]] | None,
    folder: Path,
    wanted: Wanted,
) -> Done:
    """Measure, write the files, and note in the registry what the gate says of everything that was held out."""
    fixed = {way.label: way.lora_scale for way in ways if way.lora_scale is not None}
    compared_modes = {label: given for label, given in answers.given.items() if label not in fixed}
    evaluation = evaluated(subject, held_out, compared_modes, answers.small_talk, grades)
    if fixed:
        at_scales = {scale: answers.given[label] for label, scale in fixed.items()}
        table = compared(held_out.questions, at_scales, answers.given.get(str(Mode.ADAPTIVE)))
        evaluation = replace(evaluation, scales=table)
    said = verdict(evaluation)
    folder = folder / wanted.part
    paths = (folder / "evaluation.json", folder / "report.md", folder / "figures.svg")
    whole = evaluation.as_json() | {"gate": said.as_json()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths[0].write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        paths[1].write_text(report.markdown(evaluation, said), encoding="utf-8")
    except OSError as error:
        why = f"{folder} cannot be written: {error.strerror}."
        raise (NoRoomError if is_full(error) else EvaluationError)(why, "Make room on the disk.") from None
    report.draw(evaluation, paths[2], settings.data_path / "matplotlib")
    noted = candidate is not None and wanted.is_whole
    if candidate and noted:
        candidate = registry.record(candidate.id, evaluation, said)
    return Done(evaluation, said, paths, candidate, noted)
