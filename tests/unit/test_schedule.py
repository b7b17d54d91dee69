"""Cron expressions mean what cron means by them."""

import re
from datetime import UTC, datetime
from typing import cast

import pytest

from bot.cron import trigger
from bot.schedule import Scheduler
from bot.storage.leases import Leases

NO_LEASES = cast(Leases, None)  # no job runs here


async def nothing() -> None: ...


def _first_run(cron: str, now: datetime, timezone: str = "UTC") -> datetime:
    run = trigger(cron, timezone).get_next_fire_time(None, now)
    assert isinstance(run, datetime)
    return run


@pytest.mark.parametrize(
    ("cron", "weekday"),
    [("0 4 * * 0", 6), ("0 4 * * 7", 6), ("0 4 * * 1", 0), ("0 4 * * sun", 6), ("0 4 * * FRI", 4), ("0 4 * * 6,3", 5)],
)
def test_days_of_the_week_count_from_sunday(cron: str, weekday: int) -> None:
    a_wednesday = datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert _first_run(cron, a_wednesday).weekday() == weekday


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("1-5", [0, 1, 2, 3, 4]),
        ("5-7", [4, 5, 6]),
        ("0-2", [0, 1, 6]),
        ("fri-mon", [0, 4, 5, 6]),
        ("*/3", [2, 5, 6]),
        ("2/2", [1, 3, 5]),
        ("1-5/2", [0, 2, 4]),
        ("*", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_ranges_and_steps_of_days_are_those_of_cron(field: str, days: list[int]) -> None:
    seen, now = set(), datetime(2026, 3, 2, tzinfo=UTC)
    for _ in range(7):
        now = _first_run(f"0 4 * * {field}", now)
        seen.add(now.weekday())
        now = now.replace(hour=5)
    assert sorted(seen) == days


def test_times_are_those_of_the_time_zone() -> None:
    run = _first_run("30 4 * * *", datetime(2026, 7, 1, tzinfo=UTC), "Europe/Berlin")
    assert run.astimezone(UTC) == datetime(2026, 7, 1, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "cron",
    [
        "daily",
        "0 4 * *",
        "0 4 * * * *",
        "61 4 * * *",
        "0 25 * * *",
        "0 4 * * 8",
        "0 4 * * fun",
        "0 4 * * */0",
        "0 4 * * 1/x",
        "0 4 1 * 1",
    ],
)
def test_what_is_no_cron_expression_is_refused_with_how_to_write_one(cron: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(repr(cron))} is no cron expression.*five fields"):
        trigger(cron, "UTC")


async def test_a_job_without_a_time_never_runs_and_one_with_a_time_is_known_once() -> None:
    scheduler = Scheduler(NO_LEASES, holder="test")
    scheduler.add("reindex", "  ", nothing)
    scheduler.start()
    assert scheduler.next_run("reindex") is None
    scheduler.add("reindex", "0 4 * * *", nothing)
    scheduler.add("reindex", "30 5 * * *", nothing)
    run = scheduler.next_run("reindex")
    assert run and (run.hour, run.minute) == (5, 30)
    assert len(scheduler._scheduler.get_jobs()) == 1
    await scheduler.stop()
    await scheduler.stop()
