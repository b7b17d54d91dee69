"""What was asked and whether it was answered, for the check of the documents."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from bot.messages import Status
from bot.storage.database import Database, patient, uninterrupted
from bot.storage.tables import AnswerRow, QuestionRow, State
from knowledge.check.report import Asked, CheckReport
from knowledge.documents import Scope, ScopeError

T = TypeVar("T")

_PAGE = 1_000
_COUNTED = (Status.ANSWERED, Status.REFUSED, Status.HANDED_OVER)
"""What tells of the documents; small talk and questions back do not."""


async def asked_since(database: Database, since: datetime) -> list[Asked]:
    """Return the questions that got an answer, a refusal or a person since then, oldest first; none that was withdrawn.

    One short transaction for each page, so that SQLite's log can shrink meanwhile.
    """
    found: list[Asked] = []
    after = 0
    while True:
        last, page = await _page(database, since, after)
        found += page
        if not last:
            return found
        after = last


async def written(database: Database, report: CheckReport, write: Callable[[CheckReport], T]) -> T:
    """Write a report of what was asked before, in a thread; return what `write` does.

    What was forgotten since then is left out. Forgetting clears the reports that there are, so one that was written
    meanwhile is looked at once more, and written anew where it tells of a question that is gone.
    """
    report = report.without(await _gone(database, report.told_of))
    while True:
        done = await asyncio.to_thread(write, report)
        gone = await _gone(database, report.told_of)
        if not gone:
            return done
        report = report.without(gone)


@patient
@uninterrupted
async def _gone(database: Database, ids: Collection[int]) -> set[int]:
    """Return which of these questions are withdrawn or not kept any more."""
    kept = select(QuestionRow.id).where(QuestionRow.state != State.WITHDRAWN)
    gone, ordered = set(ids), sorted(ids)
    async with database.read() as session:
        for first in range(0, len(ordered), _PAGE):  # no database takes any number of them at once
            gone.difference_update(
                await session.scalars(kept.where(QuestionRow.id.in_(ordered[first : first + _PAGE])))
            )
    return gone


@uninterrupted
async def _page(database: Database, since: datetime, after: int) -> tuple[int, list[Asked]]:
    """Return the id of the last answer looked at (0 at the end) and what was asked."""
    chosen = (
        select(
            AnswerRow.id,
            AnswerRow.question_id,
            AnswerRow.status,
            AnswerRow.passages,
            QuestionRow.text,
            QuestionRow.scope,
            QuestionRow.asked_at,
        )
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .where(AnswerRow.id > after, AnswerRow.created_at >= since)
        .where(AnswerRow.status.in_(_COUNTED), QuestionRow.state != State.WITHDRAWN)
        .order_by(AnswerRow.id)
        .limit(_PAGE)
    )
    async with database.read() as session:
        rows = (await session.execute(chosen)).all()
    found = [
        Asked(
            text=row.text,
            scope=_scope(row.scope),
            answered=row.status == Status.ANSWERED,
            passages=tuple(str(passage["passage_id"]) for passage in row.passages if "passage_id" in passage),
            when=row.asked_at,
            id=row.question_id,
        )
        for row in rows
    ]
    return (rows[-1].id if len(rows) == _PAGE else 0), found


def _scope(raw: dict[str, object]) -> Scope:
    try:
        return Scope.from_mapping(raw)
    except ScopeError:  # kept by an older version that read it otherwise
        return Scope()
