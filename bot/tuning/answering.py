"""Held-out questions asked through the very pipeline that serves, each answer kept as soon as it is there.

What was answered before an interruption is not asked again. A question that cannot be answered (too long for the
model, say) counts as failed and is asked again the next time; where the model itself fails, the work stops.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from bot.claims.rewording import uncited
from bot.conversation import Pipeline
from bot.followups import query_for
from bot.generation.engine import DeadlineExceeded, EngineError, PromptTooLong
from bot.lookup import Searcher
from bot.messages import Answer, Finished, Mode, ShownPassage, Status
from bot.tuning.errors import NoRoomError, is_full
from bot.tuning.heldout import HeldOut
from bot.tuning.metrics import supported
from knowledge.documents import Passage
from knowledge.errors import FrontdeskError

FAILED = "failed"
"""Status of a question that was not answered."""
SMALL_TALK = (
    "Hi",
    "Hello there!",
    "Good morning",
    "hey, how are you?",
    "Thanks!",
    "thank you so much",
    "Thanks, that helped a lot.",
    "ok",
    "Great, thanks",
    "Goodbye",
    "Have a nice day!",
    "Who are you?",
    "👍",
)
"""Messages that no policy answers."""
SMALL_TALK_ORIGIN = "small talk"


class AnswersError(FrontdeskError):
    """Answers cannot be kept."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to answer, as a report names it."""

    label: str
    mode: Mode
    lora: str = ""
    """Name of the adapter as the engine knows it; empty for none."""
    lora_scale: float | None = None
    """None: as the settings say."""

    @property
    def file_name(self) -> str:
        """Under which its answers are kept: those of another adapter are others."""
        name = f"{self.label}-{self.lora}" if self.lora else self.label
        return "".join(char if char.isalnum() or char in "+-._@" else "-" for char in name) + ".jsonl"


@dataclass(frozen=True, slots=True)
class Given:
    """What became of one question."""

    id: str
    status: str
    text: str = ""
    """Without the marks of its sources."""
    cited: tuple[str, ...] = ()
    """Ids of the documents, each once."""
    quoted: bool = False
    """Whether it is in the documents' own words rather than the model's."""
    mode: str = ""
    lora: str = ""
    lora_scale: float = 0.0
    confidence: float | None = None
    """Of the search."""
    supported: int = 0
    claims: int = 0
    timings: Mapping[str, float | None] = field(default_factory=dict)
    tokens: Mapping[str, int] = field(default_factory=dict)
    said: str = ""
    """What the model said, before it was held against the documents; empty where it was not asked."""
    error: str = ""
    """Why it failed."""

    @property
    def answered(self) -> bool:
        return self.status == Status.ANSWERED

    @property
    def refused(self) -> bool:
        """Whether the asker was sent to a person, for want of an answer or by wish."""
        return self.status in (Status.REFUSED, Status.HANDED_OVER)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Given:
        return cls(**{**values, "cited": tuple(values["cited"])})


def small_talk() -> tuple[HeldOut, ...]:
    """Return SMALL_TALK as questions."""
    return tuple(
        HeldOut(f"small talk {number}", text, answerable=False, origin=SMALL_TALK_ORIGIN)
        for number, text in enumerate(SMALL_TALK, start=1)
    )


class Kept:
    """The answers of one variant, a JSON object a line; a line that was cut off by a crash is left out."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Given]:
        if not self._path.exists():
            return {}
        try:
            lines = self._path.read_bytes().split(b"\n")
        except OSError as error:
            raise self._unusable(error) from None
        found: dict[str, Given] = {}
        for line in lines:
            try:
                given = Given.from_json(json.loads(line))
            except (ValueError, TypeError, KeyError):
                continue
            found[given.id] = given
        return found

    def add(self, given: Given) -> None:
        """Write one more; on a line of its own even where the last one was cut off."""
        line = b"\n" + json.dumps(asdict(given), ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(line)
        except OSError as error:
            raise self._unusable(error) from None

    def _unusable(self, error: OSError) -> FrontdeskError:
        return (NoRoomError if is_full(error) else AnswersError)(
            f"{self._path} cannot be used: {error.strerror}.",
            "Make room on the disk, or set tuning.folder to a folder that may be written, and run it again.",
        )


class Documents(Searcher, Protocol):
    """A search from which documents can be withheld; `knowledge.retrieval.Retriever` is the one there is."""

    def without(self, document_ids: Collection[str]) -> Searcher:
        """Return a search of all documents but these."""
        ...


class Asker:
    """Asks questions and judges by the documents whether the answers say what these say."""

    def __init__(self, pipeline: Pipeline, searcher: Documents, passages: int, today: Callable[[], date]) -> None:
        """`passages` is how many are looked up for a question, as for an answer."""
        self._pipeline = pipeline
        self._searcher = searcher
        self._passages = passages
        self._today = today

    async def ask(self, one: HeldOut, variant: Variant) -> Given:
        """Answer one question. Raises EngineError where the model does not work."""
        question, conversation = one.asked()
        searcher: Searcher = self._searcher
        pipeline = self._pipeline
        if one.withheld:
            searcher = self._searcher.without(one.withheld)
            pipeline = pipeline.over(searcher)
        how = {"mode": variant.mode, "lora": variant.lora, "lora_scale": variant.lora_scale}
        answer: Answer | None = None
        try:
            async with aclosing(pipeline.answer(question, conversation, **how)) as events:  # type: ignore[arg-type]
                async for event in events:
                    if isinstance(event, Finished):
                        answer = event.answer
        except (PromptTooLong, DeadlineExceeded) as error:
            return Given(one.id, FAILED, error=str(error))
        except EngineError:
            raise
        except FrontdeskError as error:
            return Given(one.id, FAILED, error=str(error))
        assert answer is not None, "the pipeline's last event is Finished"
        carried = (0, 0)
        if answer.status == Status.ANSWERED:
            carried = await asyncio.to_thread(self._carried, one, answer, searcher)
        return Given(
            id=one.id,
            status=str(answer.status),
            text=uncited(answer.text),
            cited=tuple(dict.fromkeys(citation.document_id for citation in answer.citations)),
            quoted=bool(answer.notes.get("quoted")),
            mode=str(answer.mode),
            lora=answer.lora,
            lora_scale=answer.lora_scale,
            confidence=answer.notes.get("confidence"),
            supported=carried[0],
            claims=carried[1],
            timings=answer.timings,
            tokens=answer.tokens,
            said=str(answer.notes.get("said", "")),
        )

    def _carried(self, one: HeldOut, answer: Answer, searcher: Searcher) -> tuple[int, int]:
        """Return how many of an answer's claims the documents carry, and how many there are.

        An answer that was made without a search is held against what a search finds.
        """
        question, _ = one.asked()
        found = searcher.search(query_for(one.text, one.turns), self._passages, question.scope, self._today()).passages
        passages = {scored.passage.id: scored.passage for scored in found}
        for shown in answer.passages:
            passages.setdefault(shown.passage_id, _passage(shown))
        earlier = [turn.content for turn in one.turns if turn.role == "user"][-1:]
        asked = "\n".join([*earlier, one.text])
        return supported(uncited(answer.text), list(passages.values()), asked, searcher.embed, answer.language)


async def answer_all(
    asker: Asker,
    questions: Sequence[HeldOut],
    variant: Variant,
    folder: Path,
    progress: Callable[[int, int], None],
    workers: int = 1,
) -> list[Given]:
    """Return what becomes of each question, in their order; those answered before are read from `folder`.

    `workers` questions are asked at a time; times compare only where that is 1. Raises EngineError where the model
    does not work and AnswersError, or NoRoomError, where the answers cannot be kept; what was answered stays.
    """
    kept = Kept(folder / variant.file_name)
    given = await asyncio.to_thread(kept.read)
    left = [one for one in questions if one.id not in given]
    done = len(questions) - len(left)
    waiting = iter(left)
    progress(done, len(questions))

    async def worker() -> None:
        nonlocal done
        for one in waiting:
            given[one.id] = answered = await asker.ask(one, variant)
            if answered.status != FAILED:
                await asyncio.to_thread(kept.add, answered)
            done += 1
            progress(done, len(questions))

    working = [asyncio.create_task(worker()) for _ in range(max(1, workers))]
    try:
        await asyncio.gather(*working)
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
    return [given[one.id] for one in questions]


def _passage(shown: ShownPassage) -> Passage:
    return Passage(shown.passage_id, shown.document_id, "", shown.title, "", shown.heading, shown.text, 0)
