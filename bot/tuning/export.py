"""Rated answers as training examples, one JSON line each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from sqlalchemy import Row, Select, func, select

from bot.messages import Status, Turn
from bot.storage.database import Database
from bot.storage.tables import AnswerRow, QuestionRow, RatingRow, State
from knowledge.errors import FrontdeskError

RATINGS = ("up", "down", "any")
_PAGE = 100
"""Answers in memory at a time."""


class ExportError(FrontdeskError):
    """The export cannot be made as asked."""


@dataclass(frozen=True, slots=True)
class ExportFilters:
    """Which answers to export; None is no limit. `read` makes one of what people write."""

    since: datetime | None = None
    """Answers of this moment and later; with a time zone."""
    until: datetime | None = None
    """Answers before this moment; with a time zone."""
    rating: str = "up"
    """`up`: more people found the answer helpful than not; `down`: the other way round; `any`: every answer."""
    platform: str | None = None
    workspace: str | None = None
    """The Slack workspace or Discord server in which was asked."""

    @classmethod
    def read(
        cls, since: str | None = None, until: str | None = None, rating: str | None = None, platform: str | None = None
    ) -> ExportFilters:
        """Read days (`2026-11-30`, in UTC, `until` included) or moments in ISO 8601; empty is no limit.

        Raises ExportError naming the option that cannot be read.
        """
        if rating and rating not in RATINGS:
            raise ExportError(f"rating is {rating!r}.", f"Write one of {', '.join(RATINGS)}.")
        return cls(_moment("since", since), _moment("until", until), rating or "up", platform or None)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote. `skipped` answers fit the filters but cannot be an example."""

    written: int
    skipped: int
    path: Path

    def as_json(self) -> dict[str, Any]:
        return {"written": self.written, "skipped": self.skipped, "path": str(self.path)}


@dataclass(frozen=True, slots=True)
class Example:
    """One answer as people saw it, with the prompt that it was made from."""

    prompt: tuple[Turn, ...]
    """System first, the question last; the passages stand in it as the model was shown them."""
    answer: str
    metadata: dict[str, Any]
    """Where it comes from, how it was rated, what may be told there, the passages shown; names no person."""


Format = Callable[[Example], dict[str, Any]]
"""Makes the JSON object of an example."""


def openai(example: Example) -> dict[str, Any]:
    """Return `{"messages": [{"role", "content"}], "metadata"}`, as fine-tuning APIs and TRL read it."""
    messages = [*example.prompt, Turn("assistant", example.answer)]
    return {"messages": [asdict(one) for one in messages], "metadata": example.metadata}


def sharegpt(example: Example) -> dict[str, Any]:
    """Return `{"conversations": [{"from", "value"}], "metadata"}`, as Axolotl and LLaMA-Factory read it."""
    speakers = {"system": "system", "user": "human", "assistant": "gpt"}
    turns = [*example.prompt, Turn("assistant", example.answer)]
    return {
        "conversations": [{"from": speakers[turn.role], "value": turn.content} for turn in turns],
        "metadata": example.metadata,
    }


FORMATS: dict[str, Format] = {"openai": openai, "sharegpt": sharegpt}
"""The formats of `frontdesk export --format` and `/export format=`."""


async def export(database: Database, out: Path, filters: ExportFilters, format: str = "openai") -> ExportReport:
    """Write an example a line (JSON) for each answer that the filters choose, oldest answer first.

    No metadata names a person. `out` is replaced in one step at the end. Skipped are refusals and other
    answers without a model's words, and those whose question was deleted or whose answer nobody saw.
    Raises ExportError for a format that there is not, and when `out` cannot be written.
    """
    if format not in FORMATS:
        raise ExportError(f"There is no format {format!r}.", f"Write one of {', '.join(FORMATS)}.")
    write = partial(_write, FORMATS[format])
    written = skipped = 0
    temporary = out.with_name(f".{out.name}.{uuid4().hex}")
    try:
        with await asyncio.to_thread(temporary.open, "wb") as file:
            after = 0
            while page := await _page(database, filters, after):
                after = page[-1].AnswerRow.id
                count = await asyncio.to_thread(write, file, page)
                written, skipped = written + count, skipped + len(page) - count
        await asyncio.to_thread(temporary.replace, out)
    except OSError as error:
        raise ExportError(
            f"{out} cannot be written: {error.strerror}.", "Name a file in a folder that exists and may be written."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return ExportReport(written, skipped, out)


def _moment(option: str, text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ExportError(
            f"{option} is {text!r}, which is no date.", "Write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM."
        ) from None
    if option == "until" and len(text) <= len("2026-11-30"):
        moment += timedelta(days=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _selection(filters: ExportFilters) -> Select[AnswerRow, QuestionRow, int, int]:
    counted = (
        select(
            RatingRow.answer_id,
            func.count().filter(RatingRow.value == 1).label("up"),
            func.count().filter(RatingRow.value == -1).label("down"),
        )
        .group_by(RatingRow.answer_id)
        .subquery()
    )
    up, down = func.coalesce(counted.c.up, 0), func.coalesce(counted.c.down, 0)
    chosen = (
        select(AnswerRow, QuestionRow, up.label("up"), down.label("down"))
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .outerjoin(counted, counted.c.answer_id == AnswerRow.id)
        .order_by(AnswerRow.id)
    )
    if filters.rating != "any":
        chosen = chosen.where(up > down if filters.rating == "up" else down > up)
    if filters.since:
        chosen = chosen.where(AnswerRow.created_at >= filters.since)
    if filters.until:
        chosen = chosen.where(AnswerRow.created_at < filters.until)
    if filters.platform:
        chosen = chosen.where(QuestionRow.platform == filters.platform)
    if filters.workspace:
        chosen = chosen.where(QuestionRow.workspace == filters.workspace)
    return chosen


async def _page(
    database: Database, filters: ExportFilters, after: int
) -> Sequence[Row[AnswerRow, QuestionRow, int, int]]:
    # A transaction for each page: a long one would keep SQLite's log from shrinking.
    async with database.read() as session:
        return (await session.execute(_selection(filters).where(AnswerRow.id > after).limit(_PAGE))).all()


def _write(format: Format, file: BinaryIO, page: Sequence[Row[AnswerRow, QuestionRow, int, int]]) -> int:
    written = 0
    for answer, question, up, down in page:
        if example := _example(answer, question, up, down):
            file.write(json.dumps(format(example), ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            written += 1
    return written


def _example(answer: AnswerRow, question: QuestionRow, up: int, down: int) -> Example | None:
    usable = answer.status == Status.ANSWERED and question.state == State.DELIVERED and answer.text.strip()
    if not (usable and answer.prompt and answer.prompt[-1]["role"] == "user"):
        return None
    metadata = {
        "answer_id": answer.id,
        "question_id": question.id,
        "conversation_id": question.conversation_id,
        "platform": question.platform,
        "workspace": question.workspace,
        "channel": question.channel,
        "rating": {"up": up, "down": down},
        "scope": question.scope,
        "model": answer.model,
        "lora": answer.lora,
        "lora_scale": answer.lora_scale,
        "mode": answer.mode,
        "passages": answer.passages,
        "citations": [{key: one[key] for key in ("n", "document_id", "quote")} for one in answer.citations],
        "created_at": answer.created_at.isoformat(),
        "knowledge_version": answer.knowledge_version,
    }
    return Example(tuple(Turn(**turn) for turn in answer.prompt), answer.text, metadata)
