"""A line of people: so many are served at once, first come first served, and those who wait know their place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class Line:
    """Lets `at_once` in at a time."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: list[asyncio.Event] = []
        """Of each who waits, set when the place has changed."""

    @asynccontextmanager
    async def turn(self, tell: Callable[[int], Awaitable[None]]) -> AsyncIterator[None]:
        """Wait for one's turn and be served within it. `tell` is awaited with each new place, 1 being next."""
        if self._free and not self._waiting:
            self._free -= 1
        else:
            await self._wait(tell)
        try:
            yield
        finally:
            self._free += 1
            self._move_up()

    async def _wait(self, tell: Callable[[int], Awaitable[None]]) -> None:
        moved = asyncio.Event()
        self._waiting.append(moved)
        told = 0
        try:
            while not (self._free and self._waiting[0] is moved):
                moved.clear()
                place = self._waiting.index(moved) + 1
                if place != told:
                    told = place
                    await tell(place)
                    continue  # the place may have changed meanwhile
                await moved.wait()
            self._free -= 1
        finally:
            self._waiting.remove(moved)
            self._move_up()

    def _move_up(self) -> None:
        for moved in self._waiting:
            moved.set()
