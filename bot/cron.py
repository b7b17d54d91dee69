"""Cron expressions, which mean what cron means by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_BETWEEN_CHANGES = timedelta(hours=12)
"""In no time zone do the clocks change twice within so long."""


class Times(BaseTrigger):  # type: ignore[misc]
    """The times that `calendar` names, by the clocks of a time zone.

    The calendar knows no zone: APScheduler adds a day as so many seconds, which is another hour of the day where the
    clocks change in between. Where they go forward, what lies in the hour left out is done directly after it; where
    they go back, it is done once. What comes `often` follows the clocks instead: left out there, and done twice here.
    """

    def __init__(self, calendar: CronTrigger, zone: tzinfo, *, often: bool) -> None:
        self._calendar = calendar
        self._zone = zone
        self._often = often

    def __str__(self) -> str:
        return str(self._calendar)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """Return the first time after `previous`, without that the first from `now` on; None where none comes."""
        start = previous.astimezone(UTC) + timedelta(microseconds=1) if previous else now.astimezone(UTC)
        start += timedelta(microseconds=-start.microsecond % 1_000_000)
        found = self._by_the_clocks(start) if self._often else self._once(start)
        return found and found.astimezone(self._zone)

    def _by_the_clocks(self, start: datetime) -> datetime | None:
        while (local := self._named(self._local(start))) is not None:
            found = local - self._offset(start)
            if (changed := self._change(start, found)) is None:
                return found
            start = changed
        return None

    def _once(self, start: datetime) -> datetime | None:
        # From just before, where the clocks may not have left out yet what is then done at the start.
        local = self._named(self._local(start - timedelta(microseconds=1)))
        while local is not None and (found := self._first(local)) < start:
            local = self._named(local + timedelta(seconds=1))
        return None if local is None else found

    def _first(self, local: datetime) -> datetime:
        """Return the first moment at which the clocks show a time, or a later one."""
        told = local.replace(tzinfo=self._zone)
        earlier, later = told.astimezone(UTC), told.replace(fold=1).astimezone(UTC)
        return self._change(later, earlier) or earlier

    def _change(self, after: datetime, until: datetime) -> datetime | None:
        """Return the first moment after one, and up to another, at which the clocks change; None where they do not."""
        while after < until:
            end = min(after + _BETWEEN_CHANGES, until)
            if self._offset(after) != self._offset(end):
                while (between := int((end - after).total_seconds()) // 2) > 0:
                    middle = after + timedelta(seconds=between)
                    after, end = (middle, end) if self._offset(middle) == self._offset(after) else (after, middle)
                return end
            after = end
        return None

    def _named(self, local: datetime) -> datetime | None:
        """Return the first time that the calendar names from one on. Times of clocks are told as if in UTC."""
        found: datetime | None = self._calendar.get_next_fire_time(None, local)
        return found

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone).replace(tzinfo=UTC)

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self._zone).utcoffset() or timedelta(0)


def trigger(cron: str, timezone: str | tzinfo) -> Times:
    """Return what tells the times of an expression. Raises ValueError with how to write one."""
    fields = cron.split()
    try:
        if len(fields) != 5:
            raise ValueError(f"it has {len(fields)} field{'s' if len(fields) != 1 else ''}")
        if fields[2] != "*" and fields[4] != "*":
            raise ValueError("day of month and day of week cannot both be limited")
        minute, hour, day, month, day_of_week = fields
        calendar = CronTrigger(
            minute=minute,
            hour=hour,
            day=day,
            month=month,
            day_of_week=_day_names(day_of_week),
            timezone=UTC,
        )
    except ValueError as error:
        raise ValueError(
            f"{cron!r} is no cron expression: {error}; write five fields: minute, hour, day of month, month, day of "
            "week, e.g. `0 4 * * *` for four every night"
        ) from None
    often = "*" in hour + minute or hour == "0-23"  # as Debian's cron tells it
    return Times(calendar, ZoneInfo(timezone) if isinstance(timezone, str) else timezone, often=often)


def _day_names(field: str) -> str:
    """Spell days of the week by name: cron counts 0 to 7 from Sunday, APScheduler 0 to 6 from Monday."""
    named: list[str] = []
    for part in field.lower().split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            start, end = 0, 6
        else:
            start = _day_number(first)
            end = _day_number(last) if dash else (6 if slash else start)
        if end < start:
            end += 7
        if slash and not (step.isdecimal() and int(step)):
            raise ValueError(f"{part!r} has no step")
        named += [_DAYS[day % 7] for day in range(start, end + 1, int(step) if slash else 1)]
    return ",".join(dict.fromkeys(named))


def _day_number(word: str) -> int:
    if word in _DAYS:
        return _DAYS.index(word)
    if word.isdecimal() and int(word) <= 7:
        return int(word)
    raise ValueError(f"{word!r} is no day of the week")
