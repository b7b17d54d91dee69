"""Cron expressions, which mean what cron means by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


class _OnceADay(CronTrigger):  # type: ignore[misc]
    """Times with fixed hours, each once: an hour that the clocks go back over does not bring them again."""

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        found: datetime | None = super().get_next_fire_time(previous, now)
        while found is not None and found.utcoffset() != found.replace(fold=0).utcoffset():
            found = super().get_next_fire_time(None, found.astimezone(UTC) + timedelta(minutes=1))
        return found


def trigger(cron: str, timezone: str | tzinfo) -> CronTrigger:
    """Return what tells the times of an expression. Raises ValueError with how to write one."""
    fields = cron.split()
    try:
        if len(fields) != 5:
            raise ValueError(f"it has {len(fields)} field{'s' if len(fields) != 1 else ''}")
        if fields[2] != "*" and fields[4] != "*":
            raise ValueError("day of month and day of week cannot both be limited")
        minute, hour, day, month, day_of_week = fields
        comes_often = "*" in hour + minute or hour == "0-23"  # as Debian's cron tells it
        kind = CronTrigger if comes_often else _OnceADay
        return kind(
            minute=minute,
            hour=hour,
            day=day,
            month=month,
            day_of_week=_day_names(day_of_week),
            timezone=timezone,
        )
    except ValueError as error:
        raise ValueError(
            f"{cron!r} is no cron expression: {error}; write five fields: minute, hour, day of month, month, day of "
            "week, e.g. `0 4 * * *` for four every night"
        ) from None


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
