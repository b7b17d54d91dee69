"""What works on the database alone, and so begins without the rest of Frontdesk being loaded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from bot.channels.resolve import Channels
from bot.channels.store import ChannelStore
from bot.curation import Curation
from bot.messages import Answer
from bot.privacy import Privacy
from bot.settings import Settings
from bot.storage.database import Database
from bot.tuning.forgetting import forget, named


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Open the database, brought up to date, and close it at the end."""
    database = Database(settings.database_url)
    try:
        await database.migrate()
        yield database
    finally:
        await database.close()


def curation_of(settings: Settings, database: Database) -> Curation:
    """Return what may be learned from: in the database, and the standard answers of the settings."""
    return Curation(database, settings.tuning.approve_likes, Channels(settings, ChannelStore(database)))


def privacy_of(
    settings: Settings, database: Database, not_given_again: Callable[[Answer], None] = lambda answer: None
) -> Privacy:
    """Return what forgets people: in the database, and in what was made of it to learn from and to compare."""
    folder = settings.tuning_path

    def not_reported(before: datetime | None) -> None:
        from adapters import check_report  # which loads the check of the documents

        check_report.forget(settings.data_path, before)

    return Privacy(
        database,
        not_given_again,
        not_learned=partial(forget, folder),
        named=partial(named, folder),
        history_turns=settings.answering.history_turns,
        not_reported=not_reported,
    )
