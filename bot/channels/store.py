"""What was set for channels in chat, in the database. Every method is one short transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, select

from bot.channels.values import KEYS, ChannelValues, StandardAnswerValues
from bot.storage.database import Database, uninterrupted, utc_now
from bot.storage.tables import ChannelRow, StandardAnswerRow

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChannelKey:
    """What names a channel across platforms."""

    platform: str
    workspace: str
    channel: str

    def as_mapping(self) -> dict[str, str]:
        return {"platform": self.platform, "workspace": self.workspace, "channel": self.channel}


@dataclass(frozen=True, slots=True)
class Written:
    """A standard answer from chat."""

    id: int
    values: StandardAnswerValues
    written_by: str
    approved_by: str | None
    """Empty where whoever approved it was forgotten since; None where it waits for approval."""

    @property
    def approved(self) -> bool:
        return self.approved_by is not None


class ChannelStore:
    """Settings and standard answers of channels. Every method raises DatabaseError when the database fails."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    @uninterrupted
    async def values(self, key: ChannelKey) -> ChannelValues:
        """Return what is set for a channel; a value that cannot be read any more counts as not set."""
        async with self._database.read() as session:
            kept = await session.scalar(select(ChannelRow.values).filter_by(**key.as_mapping()))
        return _readable(kept or {}, key)

    @uninterrupted
    async def change(self, key: ChannelKey, changes: Mapping[str, Any], by: str) -> ChannelValues:
        """Set the values of some keys, in the form that JSON has for them; None puts a key back. Return what is set."""
        async with self._database.write() as session:
            row = await session.get(ChannelRow, tuple(key.as_mapping().values()), with_for_update=True)
            if row is None:
                row = ChannelRow(**key.as_mapping(), values={}, greeted=None)
                session.add(row)
            values = {**row.values, **changes}
            row.values = {name: value for name, value in values.items() if value is not None}
            row.updated_by, row.updated_at = by, self._clock()
            return _readable(row.values, key)

    @uninterrupted
    async def greets(self, key: ChannelKey, joined_at: datetime) -> bool:
        """Note that the bot greets a channel which it joined then; False when that, or a later joining, was greeted."""
        async with self._database.write() as session:
            row = await session.get(ChannelRow, tuple(key.as_mapping().values()), with_for_update=True)
            if row is None:
                row = ChannelRow(**key.as_mapping(), values={}, updated_by=None, updated_at=self._clock())
                session.add(row)
            elif row.greeted is not None and row.greeted >= joined_at:
                return False
            row.greeted = joined_at
            return True

    @uninterrupted
    async def written(self, key: ChannelKey) -> list[Written]:
        """Return the standard answers of a channel, those that wait for approval too, in the order they came."""
        query = select(StandardAnswerRow).filter_by(**key.as_mapping()).order_by(StandardAnswerRow.id)
        async with self._database.read() as session:
            return [kept for row in await session.scalars(query) if (kept := _written(row)) is not None]

    @uninterrupted
    async def write(
        self, key: ChannelKey, values: StandardAnswerValues, by: str, *, approved: bool, id: int | None = None
    ) -> int | None:
        """Keep a new standard answer, or other words for the one of this id; return its id, None if it is gone."""
        async with self._database.write() as session:
            if id is None:
                row = StandardAnswerRow(**key.as_mapping(), written_by=by)
                session.add(row)
            else:
                found = await self._row(session, key, id)
                if found is None:
                    return None
                row = found
            row.keywords, row.questions = values.keywords, values.questions
            row.answer, row.link = values.answer, values.link
            row.approved_by = by if approved else None
            row.updated_at = self._clock()
            await session.flush()
            return row.id

    @uninterrupted
    async def approve(self, key: ChannelKey, id: int, by: str) -> bool:
        """Let a standard answer be given; False when it is gone."""
        async with self._database.write() as session:
            row = await self._row(session, key, id)
            if row is not None:
                row.approved_by, row.updated_at = by, self._clock()
            return row is not None

    @uninterrupted
    async def erase(self, key: ChannelKey, id: int) -> bool:
        """Delete a standard answer; False when it was gone."""
        async with self._database.write() as session:
            gone = await session.scalar(
                delete(StandardAnswerRow).filter_by(id=id, **key.as_mapping()).returning(StandardAnswerRow.id)
            )
            return gone is not None

    async def _row(self, session: Any, key: ChannelKey, id: int) -> StandardAnswerRow | None:
        row: StandardAnswerRow | None = await session.scalar(
            select(StandardAnswerRow).filter_by(id=id, **key.as_mapping()).with_for_update()
        )
        return row


def _readable(kept: Mapping[str, Any], key: ChannelKey) -> ChannelValues:
    try:
        return ChannelValues.model_validate(dict(kept))
    except ValidationError:
        sound: dict[str, Any] = {}
        for name, value in kept.items():
            try:
                ChannelValues.model_validate({name: value})
            except ValidationError as error:
                log.warning("The setting %s of the channel %s is left out: %s", name, key, error.errors()[0]["msg"])
            else:
                sound[name] = value
        return ChannelValues.model_validate(sound)


def _written(row: StandardAnswerRow) -> Written | None:
    try:
        values = StandardAnswerValues(keywords=row.keywords, questions=row.questions, answer=row.answer, link=row.link)
    except ValidationError as error:
        log.warning("The standard answer %s is left out: %s", row.id, error.errors()[0]["msg"])
        return None
    return Written(row.id, values, row.written_by, row.approved_by)


def in_json(values: ChannelValues, keys: Sequence[str] = KEYS) -> dict[str, Any]:
    """Return what is set in `values`, in the form that JSON has for it."""
    return values.model_dump(mode="json", include=set(keys), exclude_none=True)
