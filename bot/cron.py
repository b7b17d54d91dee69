"""Cron expressions, which mean what cron means by them."""

from __future__ import annotations

from datetime import tzinfo

from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def trigger(cron: str, timezone: str | tzinfo) -> CronTrigger:
    """Return what tells the times of an expression. Raises ValueError with how to write one."""
    fields = cron.split()
    try:
        if len(fields) != 5:
            raise ValueError(f"it has {len(fields)} field{'s' if len(fields) != 1 else ''}")
        if fields[2] != "*" and fields[4] != "*":
            raise ValueError("day of month and day of week cannot both be limited")
        minute, hour, day, month, day_of_week = fields
        return CronTrigger(
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
