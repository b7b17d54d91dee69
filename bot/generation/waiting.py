"""First come, first served: some are worked on, the others wait in line and know their place."""

from __future__ import annotations

import asyncio

from bot.generation.engine import EngineBusy


class Ticket:
    """One who is worked on (`place` 0) or waits (`place` 1 and up)."""

    def __init__(self, line: WaitingLine) -> None:
        self._line = line
        self._moved = asyncio.Event()

    @property
    def place(self) -> int:
        return self._line.place(self)

    async def moved(self) -> None:
        """Return once the place has become smaller."""
        await self._moved.wait()
        self._moved.clear()

    def leave(self) -> None:
        """Make room for the next one; idempotent."""
        self._line.leave(self)

    def move(self) -> None:
        self._moved.set()


class WaitingLine:
    """At most `slots` are worked on and at most `limit` wait."""

    def __init__(self, slots: int, limit: int) -> None:
        self._slots = slots
        self._limit = limit
        self._served: set[Ticket] = set()
        self._waiting: list[Ticket] = []

    def enter(self) -> Ticket:
        """Join the line. Raises EngineBusy where too many wait already."""
        ticket = Ticket(self)
        if len(self._served) < self._slots:
            self._served.add(ticket)
        elif len(self._waiting) < self._limit:
            self._waiting.append(ticket)
        else:
            raise EngineBusy(f"{self._limit} questions are already waiting for the model.", "Try again in a minute.")
        return ticket

    def place(self, ticket: Ticket) -> int:
        return 0 if ticket in self._served else self._waiting.index(ticket) + 1

    def leave(self, ticket: Ticket) -> None:
        if ticket in self._served:
            self._served.remove(ticket)
            first_moved = 0
            if self._waiting:
                nearest = self._waiting.pop(0)
                self._served.add(nearest)
                nearest.move()
        elif ticket in self._waiting:
            first_moved = self._waiting.index(ticket)
            del self._waiting[first_moved]
        else:
            return
        for other in self._waiting[first_moved:]:
            other.move()
