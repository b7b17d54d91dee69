"""A tuning round that was cut off is gone on with at the next start, where the loop is wanted at all."""

import json
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


@pytest.mark.parametrize(
    ("schedule", "begun", "goes_on"),
    [("0 2 * * 0", "20261130-020000", True), ("0 2 * * 0", "", False), ("", "20261130-020000", False)],
)
async def test_a_start_goes_on_with_what_was_cut_off(schedule: str, begun: str, goes_on: bool, tmp_path: Path) -> None:
    (tmp_path / "cycle.json").write_text(json.dumps({"set": "", "begun": begun, "tries": 1}), encoding="utf-8")
    settings = Settings(tuning={"folder": str(tmp_path), "schedule": schedule})
    scheduler = Scheduler(cast(Leases, None), "w")
    privacy = Privacy(Database(f"sqlite:///{tmp_path}/frontdesk.db"))
    _schedule(scheduler, settings, cast(Library, None), privacy, Admins(settings, {}))
    assert bool(scheduler._scheduler.get_job("tuning cut off")) == goes_on
