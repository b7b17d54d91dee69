"""How fast Slack's Web API may be asked: it counts per method and workspace, and lets short bursts pass."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field

PER_MINUTE = 50
"""What Slack allows of the methods that list conversations, messages and replies (its tier 3)."""
BURST = 20
"""Requests that may come at once after a while without any."""


@dataclass(slots=True)
class _Bucket:
    """Requests that may be made now; one more every 60 / PER_MINUTE seconds, up to BURST."""

    left: float = field(default_factory=lambda: float(BURST))
    at: float = field(default_factory=time.monotonic)


class Pace:
    """Lets the requests of each method to one workspace pass no faster than Slack allows: a token bucket.

    Apps under Slack's stricter limit (one request a minute) are told by it to wait.
    """

    def __init__(self) -> None:
        self._buckets: defaultdict[str, _Bucket] = defaultdict(_Bucket)

    async def turn(self, method: str) -> None:
        """Wait until a request of this method may be made."""
        bucket, now = self._buckets[method], time.monotonic()
        bucket.left = min(float(BURST), bucket.left + (now - bucket.at) * PER_MINUTE / 60) - 1
        bucket.at = now
        if bucket.left < 0:
            await asyncio.sleep(-bucket.left * 60 / PER_MINUTE)
