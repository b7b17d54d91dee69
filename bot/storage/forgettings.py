"""How often something was forgotten: by that every process knows when what it remembers of before must not be told."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.database import Database, uninterrupted
from bot.storage.tables import ForgettingsRow

_ONLY = 1
"""Id of the one row."""


@uninterrupted
async def forgettings(database: Database) -> int:
    """Return how often something was forgotten by now."""
    async with database.read() as session:
        return await session.scalar(select(ForgettingsRow.number).filter_by(id=_ONLY)) or 0


async def count_forgetting(database: Database, session: AsyncSession) -> None:
    """Count once more, in the transaction that forgets."""
    await session.execute(
        database.insert(ForgettingsRow)
        .values(id=_ONLY, number=1)
        .on_conflict_do_update(index_elements=["id"], set_={"number": ForgettingsRow.number + 1})
    )
