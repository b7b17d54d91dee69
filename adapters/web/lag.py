"""How late the event loop comes to what is due: that long heartbeats and acknowledgements have to wait."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

log = logging.getLogger(__name__)

EVERY_S = 0.1
KEPT_S = 60.0
HELD_UP_S = 1.0
"""A loop that stood still so long is worth a line in the log: Slack and Discord wait three seconds at the most."""


class LoopLag:
    """The lags of the last minute."""

    def __init__(self) -> None:
        self._lags: deque[float] = deque(maxlen=round(KEPT_S / EVERY_S))
        """Seconds, the latest last."""

    @asynccontextmanager
    async def measured(self) -> AsyncIterator[None]:
        """Measure until the end."""
        measuring = asyncio.create_task(self._measure(), name="loop-lag")
        try:
            yield
        finally:
            measuring.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await measuring

    def milliseconds(self) -> dict[str, float]:
        """Return the 99th percentile and the longest; 0 where nothing was measured yet."""
        lags = sorted(self._lags) or [0.0]
        at = {"p99": lags[(len(lags) * 99 - 1) // 100], "max": lags[-1]}
        return {name: round(1000 * lag, 1) for name, lag in at.items()}

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + EVERY_S
            await asyncio.sleep(EVERY_S)
            lag = max(0.0, loop.time() - due)
            self._lags.append(lag)
            if lag >= HELD_UP_S:
                log.warning("The event loop was held up for %.1f s.", lag)
