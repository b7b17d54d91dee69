"""What a candidate would have answered, kept with the answer that was shown: it is forgotten together with that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import select

from bot.claims.rewording import uncited
from bot.messages import Answer, MessageKey, Question
from bot.storage.database import Database, uninterrupted
from bot.storage.tables import UNFINISHED, AnswerRow, QuestionRow, State

NOTE = "shadow"
"""Key of an answer's notes."""
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Shadowed:
    """An answer that was shown and the one that was not."""

    shown: Mapping[str, Any]
    unseen: Mapping[str, Any]

    @property
    def texts(self) -> tuple[str, str]:
        return self.shown["text"], self.unseen["text"]


class Keeping(Enum):
    """What became of an unseen answer."""

    KEPT = auto()
    NOT_YET = auto()
    """The answer that is shown is still on its way."""
    GONE = auto()
    """Nothing is kept of the question any more, or it was changed."""


class Shadows:
    """The unseen answers in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @uninterrupted
    async def keep(self, question: Question, unseen: Answer) -> Keeping:
        """Keep an unseen answer with the one that was shown, once that is delivered."""
        key: MessageKey = question.key
        async with self._database.write() as session:
            found = await session.execute(
                select(QuestionRow.state, AnswerRow)
                .outerjoin(AnswerRow, AnswerRow.question_id == QuestionRow.id)
                .where(
                    QuestionRow.platform == key.platform,
                    QuestionRow.workspace == key.workspace,
                    QuestionRow.channel == key.channel,
                    QuestionRow.message == key.message,
                    QuestionRow.text == question.text,
                )
            )
            state, answer = found.one_or_none() or (State.WITHDRAWN, None)
            if state in UNFINISHED:
                return Keeping.NOT_YET
            # Where somebody in the thread was forgotten, nothing of it is kept anew.
            if state != State.DELIVERED or answer is None or answer.cleaned:
                return Keeping.GONE
            answer.notes = answer.notes | {NOTE: {"lora": unseen.lora} | _told(unseen)}
            return Keeping.KEPT

    async def of(self, lora: str) -> list[Shadowed]:
        """Return every answer that this adapter gave unseen, with the one that was shown; oldest first."""
        found: list[Shadowed] = []
        after = 0
        while page := await self._page(lora, after):
            after = page[-1].id
            found += [Shadowed(_shown(row), row.notes[NOTE]) for row in page]
        return found

    @uninterrupted
    async def _page(self, lora: str, after: int) -> Sequence[AnswerRow]:
        async with self._database.read() as session:
            chosen = (
                select(AnswerRow)
                .where(AnswerRow.notes[NOTE]["lora"].as_string() == lora, AnswerRow.id > after)
                .order_by(AnswerRow.id)
                .limit(_PAGE)
            )
            return (await session.scalars(chosen)).all()


def _shown(row: AnswerRow) -> dict[str, Any]:
    return {
        "status": row.status,
        "text": uncited(row.text),
        "cited": sorted({one["document_id"] for one in row.citations}),
        "quoted": bool(row.notes.get("quoted")),
        "total_s": row.timings.get("total_s"),
    }


def _told(answer: Answer) -> dict[str, Any]:
    return {
        "status": str(answer.status),
        "text": uncited(answer.text),
        "cited": sorted({one.document_id for one in answer.citations}),
        "quoted": bool(answer.notes.get("quoted")),
        "total_s": answer.timings.get("total_s"),
    }
