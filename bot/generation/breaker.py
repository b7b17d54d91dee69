"""A circuit breaker: a server that keeps failing is left alone for a while.

Closed, every attempt goes through. After FAILURES failed attempts in a row it opens, and attempts are turned
away at once, for OPEN_S at first. Then a single one goes through as a probe: if that goes well, the breaker
closes; if not, the next probe waits twice as long, up to LONGEST_OPEN_S. (M. Nygard, Release It!, 2007.)
"""

from __future__ import annotations

import time
from collections.abc import Callable

FAILURES = 5
OPEN_S = 10.0
LONGEST_OPEN_S = 120.0


class CircuitBreaker:
    """Belongs to one server and one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._pause = OPEN_S
        self._next_probe = 0.0
        self.failures = 0
        """Failed attempts in a row."""

    @property
    def is_open(self) -> bool:
        return self.failures >= FAILURES

    @property
    def wait_s(self) -> float:
        """Seconds until an attempt may go through; 0 where one may now."""
        return max(0.0, self._next_probe - self._clock()) if self.is_open else 0.0

    def lets_through(self) -> bool:
        """Whether an attempt may be made now; where it is the probe, the others wait for the next one."""
        if not self.is_open:
            return True
        if self.wait_s > 0:
            return False
        self._pause = min(LONGEST_OPEN_S, self._pause * 2)
        self._next_probe = self._clock() + self._pause
        return True

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self) -> None:
        self.failures += 1
        if self.failures == FAILURES:
            self._pause = OPEN_S
            self._next_probe = self._clock() + OPEN_S
