"""Better answers than those that were given: proposed by people, approved or rejected by a curator.

    proposed -> approved | rejected

What is approved is what a tuning loop may learn from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select, update

from bot.storage.database import Database, uninterrupted, utc_now
from bot.storage.tables import AnswerRow, QuestionRow, State, SuggestionRow
from knowledge.errors import FrontdeskError

MAX_CHARS = 4000
"""Of a suggested answer; what Discord's input takes at the most."""
PAGE = 100


class CurationError(FrontdeskError):
    """A suggestion that cannot be kept or decided on."""


class Stage(StrEnum):
    """Where a suggestion stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A better answer, with the question and the answer that it is about."""

    id: int
    answer_id: int
    author: str
    """`{platform}:{user id}`"""
    text: str
    """Markdown."""
    state: Stage
    created_at: datetime
    question: str
    answer: str
    scope: dict[str, Any]
    """What could be told where it was asked."""
    decided_by: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "state": str(self.state),
            "question": self.question,
            "answer": self.answer,
            "better_answer": self.text,
            "author": self.author,
            "answer_id": self.answer_id,
            "scope": self.scope,
            "created_at": self.created_at.isoformat(),
            "decided_by": self.decided_by,
        }


class Curation:
    """The suggestions in the database. Every method is one short transaction and raises DatabaseError when that
    fails. Suggestions to questions that were deleted are not told.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @uninterrupted
    async def propose(self, answer_id: int, author: str, text: str) -> int:
        """Keep a better answer for a curator to look at; return its id.

        A later one of the same author to the same answer replaces it until it is decided on. Raises CurationError
        for an empty text, one that is too long, and an answer that is not kept (any more).
        """
        text = text.strip()
        if not text:
            raise CurationError("The suggestion is empty.", "Write the answer as it should have been.")
        if len(text) > MAX_CHARS:
            raise CurationError(
                f"The suggestion has {len(text):,} characters.", f"Shorten it to {MAX_CHARS:,} characters."
            )
        now = utc_now()
        async with self._database.write() as session:
            # Locked, so that on PostgreSQL two at a time do not both find nothing to replace.
            answer = await session.get(AnswerRow, answer_id, with_for_update=True)
            if answer is None:
                raise CurationError("This answer is not kept any more.", "Ask the question again.")
            given = {"text": text, "updated_at": now}
            id = await session.scalar(
                update(SuggestionRow)
                .filter_by(answer_id=answer_id, author=author, state=Stage.PROPOSED)
                .values(**given)
                .returning(SuggestionRow.id)
            )
            if id is None:
                row = SuggestionRow(
                    answer_id=answer_id, author=author, state=str(Stage.PROPOSED), created_at=now, **given
                )
                session.add(row)
                await session.flush()
                id = row.id
            return int(id)

    @uninterrupted
    async def list(self, state: Stage | None = Stage.PROPOSED, after: int = 0, limit: int = PAGE) -> list[Suggestion]:
        """Return suggestions in a state (None: in any) with an id greater than `after`, oldest first."""
        chosen = _found().where(SuggestionRow.id > after).order_by(SuggestionRow.id).limit(limit)
        if state is not None:
            chosen = chosen.where(SuggestionRow.state == state)
        async with self._database.read() as session:
            return [_suggestion(*row) for row in (await session.execute(chosen)).all()]

    @uninterrupted
    async def approve(self, id: int, by: str, text: str | None = None) -> Suggestion:
        """Approve a suggestion, with `text` in other words. Raises CurationError for one that is not kept."""
        if text is not None and not text.strip():
            raise CurationError("The text is empty.", "Leave it out to approve the suggestion as it stands.")
        return await self._decide(id, Stage.APPROVED, by, text)

    @uninterrupted
    async def reject(self, id: int, by: str) -> Suggestion:
        """Reject a suggestion. Raises CurationError for one that is not kept."""
        return await self._decide(id, Stage.REJECTED, by, None)

    async def _decide(self, id: int, state: Stage, by: str, text: str | None) -> Suggestion:
        now = utc_now()
        async with self._database.write() as session:
            values = {"state": str(state), "decided_by": by, "decided_at": now, "updated_at": now}
            if text is not None:
                values["text"] = text.strip()
            await session.execute(update(SuggestionRow).filter_by(id=id).values(**values))
            found = (await session.execute(_found().where(SuggestionRow.id == id))).one_or_none()
            if found is None:
                raise CurationError(f"There is no suggestion {id}.", "`frontdesk curation list` shows those there are.")
            return _suggestion(*found)


def _found() -> Select[SuggestionRow, str, str, dict[str, Any]]:
    return (
        select(SuggestionRow, QuestionRow.text, AnswerRow.text, QuestionRow.scope)
        .join(AnswerRow, AnswerRow.id == SuggestionRow.answer_id)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .where(QuestionRow.state != State.WITHDRAWN)
    )


def _suggestion(row: SuggestionRow, question: str, answer: str, scope: dict[str, Any]) -> Suggestion:
    return Suggestion(
        id=row.id,
        answer_id=row.answer_id,
        author=row.author,
        text=row.text,
        state=Stage(row.state),
        created_at=row.created_at,
        question=question,
        answer=answer,
        scope=scope,
        decided_by=row.decided_by or "",
    )
