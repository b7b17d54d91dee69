"""How long to wait before a server is asked again."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_S = 30.0


def backoff(attempt: int) -> float:
    """Return the seconds to wait after failed attempt number `attempt`, counted from 0.

    0.25 to 0.5 s, doubled by every attempt up to LONGEST_S, drawn at random so that clients that failed
    together do not come back together.
    """
    return min(LONGEST_S, 0.5 * float(2 ** min(attempt, 10))) * random.uniform(0.5, 1)


def retry_after(value: str) -> float | None:
    """Return the seconds that a Retry-After header asks to wait, as a number or as a date; None where it does not."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())
