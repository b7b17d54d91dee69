"""A circuit breaker: a server that keeps failing is left alone for a while.

Closed, every attempt goes through. After FAILURES failed attempts in a row it opens and attempts are turned
away at once, for OPEN_S at first. Then it is half open: one attempt goes through as a probe. If that goes
well, the breaker closes; if not, it opens again for twice as long, up to LONGEST_OPEN_S.
(M. Nygard, Release It!, 2007.)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FAILURES = 5
OPEN_S = 10.0
LONGEST_OPEN_S = 120.0


class BreakerOpen(Exception):
    """An attempt was turned away; the argument is the seconds until the next probe may go through."""


class Attempt:
    """The verdict on one attempt; the first one counts, and without any the breaker stays as it is."""

    def __init__(self, tell: Callable[[bool], None]) -> None:
        self._tell = tell
        self.judged = False

    def succeeded(self) -> None:
        self._judge(well=True)

    def failed(self) -> None:
        self._judge(well=False)

    def _judge(self, *, well: bool) -> None:
        if not self.judged:
            self.judged = True
            self._tell(well)


class CircuitBreaker:
    """Belongs to one server and one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._failures = 0
        self._open_s = 0.0
        self._opened_at = 0.0
        self._probing = False

    @property
    def failures(self) -> int:
        """Failed attempts in a row."""
        return self._failures

    @property
    def is_open(self) -> bool:
        """Whether it is open or half open."""
        return self._open_s > 0

    @property
    def wait_s(self) -> float:
        """Seconds until an attempt may go through; 0 where one may now."""
        return max(0.0, self._opened_at + self._open_s - self._clock()) if self.is_open else 0.0

    @contextmanager
    def attempt(self) -> Iterator[Attempt]:
        """Let one attempt through. Raises BreakerOpen where it is not its time."""
        probe = self.is_open
        if probe:
            if self._probing or self.wait_s > 0:
                raise BreakerOpen(self.wait_s)
            self._probing = True
        try:
            yield Attempt(self._judge)
        finally:
            if probe:
                self._probing = False

    def _judge(self, well: bool) -> None:
        if well:
            self._failures, self._open_s = 0, 0.0
            return
        self._failures += 1
        if self.is_open and not self._probing:
            return  # one that began before it opened
        if self.is_open or self._failures >= FAILURES:
            self._open_s = min(LONGEST_OPEN_S, self._open_s * 2) if self.is_open else OPEN_S
            self._opened_at = self._clock()
