"""Cron expressions mean what cron means by them."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

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
        ("1/2", [0, 2, 4]),
        ("7-2", [0, 1, 6]),
        ("sat,1-2,mon", [0, 1, 5]),
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
    ("cron", "runs"),
    [
        ("30 2 * * *", ["24 00:30", "25 00:30", "26 01:30"]),
        ("0,30 2 * * *", ["24 00:00", "24 00:30", "25 00:00", "25 00:30", "26 01:00"]),
        ("30 1-2 * * *", ["23 23:30", "24 00:30", "24 23:30", "25 00:30", "26 00:30"]),
        ("30 * 25 * *", ["24 22:30", "24 23:30", "25 00:30", "25 01:30", "25 02:30"]),
        ("0 */2 * * *", ["23 22:00", "24 00:00", "24 02:00"]),
        ("*/30 2 25 * *", ["25 00:00", "25 00:30", "25 01:00", "25 01:30"]),
        ("30 0-23 25 * *", ["24 22:30", "24 23:30", "25 00:30", "25 01:30", "25 02:30"]),
    ],
)
def test_an_hour_that_comes_twice_brings_fixed_times_once_and_those_of_every_hour_twice(
    cron: str, runs: list[str]
) -> None:
    seen: list[str] = []
    previous, now = None, datetime(2026, 10, 23, 22, 0, tzinfo=UTC)
    for _ in runs:
        previous = trigger(cron, "Europe/Berlin").get_next_fire_time(previous, now)
        now = previous.astimezone(UTC) + timedelta(seconds=1)
        seen.append(f"{previous.astimezone(UTC):%d %H:%M}")
    assert seen == runs


ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",  # the clocks change at midnight
    "Australia/Sydney",
    "Australia/Lord_Howe",  # by half an hour
    "Africa/Cairo",  # a day in April begins at one o'clock
    "Africa/Casablanca",
    "Pacific/Auckland",
]


def _runs(cron: str, zone: str, since: datetime, until: datetime) -> list[datetime]:
    times, runs = trigger(cron, zone), list[datetime]()
    while (run := times.get_next_fire_time(runs[-1] if runs else None, runs[-1] if runs else since)) is not None:
        if run >= until:
            break
        runs.append(run)
    return runs


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("minute", [0, 30])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
def test_a_fixed_time_comes_exactly_once_on_each_day_that_matches(zone: str, minute: int, hour: int) -> None:
    since = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
    until = datetime(2028, 1, 1, tzinfo=ZoneInfo(zone))
    days = [day for n in range(730) if (day := since.date() + timedelta(days=n)) < until.date()]
    for line, matching in (
        (f"{minute} {hour} * * *", days),
        (f"{minute} {hour} * * 1", [day for day in days if day.weekday() == 0]),
        (f"{minute} {hour} 1 * *", [day for day in days if day.day == 1]),
        (f"{minute} {hour} 1 1 *", [day for day in days if (day.month, day.day) == (1, 1)]),
    ):
        runs = _runs(line, zone, since, until)
        assert [run.date() for run in runs] == matching, line
        at = [(run.hour, run.minute) for run in runs]
        moved = [time for time in at if time != (hour, minute)]
        assert len(moved) <= 2, "only where the clocks leave that time out"
        assert all(time >= (hour, minute) for time in moved)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("line", "comes"),
    [
        ("*/30 0 * * *", lambda at: at.hour == 0 and at.minute in (0, 30)),
        ("0 */6 * * *", lambda at: at.hour % 6 == 0 and at.minute == 0),
        ("15 * 1 * *", lambda at: at.day == 1 and at.minute == 15),
        ("*/15 2 * * 0", lambda at: at.weekday() == 6 and at.hour == 2 and at.minute % 15 == 0),
    ],
)
def test_what_comes_often_comes_whenever_the_clocks_show_it(
    zone: str, line: str, comes: Callable[[datetime], bool]
) -> None:
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    every = (since + timedelta(minutes=15 * n) for n in range(4 * 24 * 365))
    shown = [moment.astimezone(ZoneInfo(zone)) for moment in every]
    assert _runs(line, zone, since, until) == [moment for moment in shown if comes(moment)]


@pytest.mark.parametrize(
    ("cron", "zone", "day", "run"),
    [
        ("0 0 * * *", "Africa/Cairo", "2026-04-24", "01:00"),
        ("30 0 * * *", "Africa/Cairo", "2026-04-24", "01:00"),
        ("30 2 * * *", "Europe/Berlin", "2026-03-29", "03:00"),
        ("15,45 2 * * *", "Europe/Berlin", "2026-03-29", "03:00"),
    ],
)
def test_a_fixed_time_that_the_clocks_leave_out_comes_directly_afterwards(
    cron: str, zone: str, day: str, run: str
) -> None:
    midday_before = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone)) - timedelta(days=1)
    first = trigger(cron, zone).get_next_fire_time(None, midday_before)
    assert first is not None and f"{first:%Y-%m-%d %H:%M}" == f"{day} {run}"
    assert trigger(cron, zone).get_next_fire_time(None, first) == first, "from that very moment on"
    after = trigger(cron, zone).get_next_fire_time(first, first)
    assert after is not None and after.date() > first.date()


@pytest.mark.parametrize(
    ("cron", "runs"),
    [
        ("0 4 15 * *", [(3, 15), (4, 15), (5, 15)]),
        ("0 4 1 6,jan *", [(6, 1), (1, 1), (6, 1)]),
        ("0 4 * 6 0", [(6, 7), (6, 14), (6, 21)]),
        ("0 4 30/1 * *", [(3, 30), (3, 31), (4, 30)]),
    ],
)
def test_days_of_the_month_and_months_limit_when_it_runs(cron: str, runs: list[tuple[int, int]]) -> None:
    seen, now = [], datetime(2026, 3, 2, tzinfo=UTC)
    for _ in runs:
        now = _first_run(cron, now)
        assert (now.hour, now.minute) == (4, 0)
        seen.append((now.month, now.day))
        now += timedelta(days=1)
    assert seen == runs


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("daily", "it has 1 field;"),
        ("0 4 * *", "it has 4 fields;"),
        ("0 4 * * * *", "it has 6 fields;"),
        ("61 4 * * *", "61"),
        ("0 25 * * *", "25"),
        ("0 22-2 * * *", "minimum value in a range"),
        ("0 4 * 13 *", "13"),
        ("0 4 * * 8", "'8' is no day of the week"),
        ("0 4 * * fun", "'fun' is no day of the week"),
        ("0 4 * * 1,", "'' is no day of the week"),
        ("0 4 * * */0", r"'\*/0' has no step"),
        ("0 4 * * 1/x", "'1/x' has no step"),
        ("0 4 1 * 1", "cannot both be limited"),
        ("0 4 */2 * fri", "cannot both be limited"),
    ],
)
def test_what_is_no_cron_expression_is_refused_with_why_and_how_to_write_one(cron: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(repr(cron))} is no cron expression: .*{why}.*five fields"):
        trigger(cron, "UTC")


@pytest.mark.parametrize(("minutes_late", "runs"), [(5, 1), (50, 1), (70, 0)])
async def test_times_that_were_missed_are_made_up_for_once_within_an_hour(minutes_late: int, runs: int) -> None:
    began: list[object] = []

    class Counting(Scheduler):
        async def _start(self, *arguments: object) -> None:
            began.append(arguments)

    scheduler, now = Counting(NO_LEASES, holder="test"), datetime.now(UTC)
    gone_by = {(now - timedelta(minutes=n)).minute for n in range(1, 51)}  # none of them comes while this runs
    scheduler.add("reindex", "0 4 1 1 *" if runs == 0 else f"{','.join(map(str, gone_by))} * * * *", nothing)
    scheduler.start()
    scheduler._scheduler.get_job("reindex").modify(next_run_time=now - timedelta(minutes=minutes_late))
    await asyncio.sleep(0.2)
    await scheduler.stop()
    assert len(began) == runs


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
