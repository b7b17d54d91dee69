"""Old questions are deleted by the clock, where the settings want it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from adapters.wiring import _schedule
from bot.admins import Admins
from bot.library import Library
from bot.privacy import Privacy
from bot.schedule import Scheduler
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.leases import Leases


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    await database.migrate()
    yield database
    await database.close()


async def test_what_was_left_over_goes_at_the_start(database: Database) -> None:
    begun, finished = asyncio.Event(), list[str]()

    class Left(Privacy):
        async def finish(self) -> None:
            finished.append("at the start")
            begun.set()

    settings = Settings()
    scheduler = Scheduler(Leases(database), "w", settings.schedule.timezone)
    _schedule(scheduler, settings, cast(Library, None), Left(database), Admins(settings, {}))
    scheduler.start()
    await asyncio.wait_for(begun.wait(), 30)
    await scheduler.stop()
    assert finished == ["at the start"], "once"


async def _scheduled(database: Database, **sections: dict[str, object]) -> str:
    """Return at what time of the day old questions go, empty for never."""
    settings = Settings(**sections)  # type: ignore[arg-type]
    scheduler = Scheduler(Leases(database), "w", settings.schedule.timezone)
    _schedule(scheduler, settings, cast(Library, None), Privacy(database), Admins(settings, {}))
    scheduler.start()
    next_run = scheduler.next_run("retention")
    await scheduler.stop()
    return f"{next_run:%H:%M %Z}" if next_run else ""


async def test_nothing_is_deleted_unless_the_settings_say_when(database: Database) -> None:
    assert await _scheduled(database) == ""


async def test_every_night_in_the_companys_time_zone(database: Database) -> None:
    assert await _scheduled(database, privacy={"keep_days": 90}, schedule={"timezone": "Asia/Tokyo"}) == "03:30 JST"
