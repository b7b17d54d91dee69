"""Leases: the right to do something alone, across every process that shares the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import delete, select, update

from bot.storage.database import BUSY_TIMEOUT_S, Database, DatabaseError, uninterrupted
from bot.storage.tables import LeaseRow
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

T = TypeVar("T")

SET_BACK = timedelta(days=1)
"""How far the database's clock may be set back while somebody holds a lease: one that lasts longer is free, as nobody
would get it for years if that clock had been years ahead."""


class LeaseHeld(FrontdeskError):
    """Somebody else is doing it right now."""

    left_behind = False
    """Whether nobody is: the lease is one that `Leases` could not give back, and that runs out by itself."""


class LeaseLost(FrontdeskError):
    """The lease could not be renewed in time, so the work under it was stopped."""


class LeaseTaken(LeaseLost):
    """Somebody else has got the lease, and does now what was stopped."""


class Leases:
    """The leases in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._left_behind: dict[str, set[str]] = {}
        """By the name of a lease, under what owners it may still be held though nobody works under it."""

    @asynccontextmanager
    async def hold(self, name: str, holder: str, seconds: float) -> AsyncIterator[None]:
        """Do what is inside alone; the lease is renewed three times within `seconds` and given back at the end.

        A process that dies keeps the others out for `seconds` at the most. `holder` is for people;
        holding the same name twice is refused whoever asks. Raises LeaseHeld when somebody holds it;
        when it cannot be renewed, cancels what is inside and raises LeaseLost, and LeaseTaken when it went to
        somebody else.
        """
        owner = f"{holder} {uuid4().hex[:8]}"
        try:
            await self._take(name, owner, seconds)
        except DatabaseError:  # the connection may have broken after the lease was given
            self._left_behind.setdefault(name, set()).add(owner)
            raise
        self._left_behind.pop(name, None)
        work = asyncio.current_task()
        assert work is not None
        lost: LeaseLost | None = None

        async def keep() -> None:
            nonlocal lost
            if await taken_over(lambda: self._renew(name, owner, seconds), seconds, name):
                lost = LeaseTaken(f"Another process has taken over {name}.", "Look there for its outcome.")
            else:
                lost = LeaseLost(
                    f"{name} was stopped: its lease could not be renewed for {seconds:.0f} seconds.",
                    "Look whether the database can be reached.",
                )
            work.cancel()

        keeper = asyncio.create_task(keep())
        error: BaseException | None = None
        try:
            yield
        except (Exception, asyncio.CancelledError) as raised:
            error = raised
            if lost is None:
                raise
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            await self._give_back(name, owner)
        if lost is not None:
            # Whatever the work made of its cancellation: somebody else may be at it by now.
            if work.uncancel() > 0:  # it is to end for another reason, too
                raise asyncio.CancelledError from error
            raise lost from error

    @uninterrupted
    async def _take(self, name: str, owner: str, seconds: float) -> None:
        lasts = timedelta(seconds=seconds)
        async with self._database.write() as session:
            now = await self._database.now(session)
            given = {"holder": owner, "expires_at": now + lasts}
            free = (LeaseRow.expires_at < now) | (LeaseRow.expires_at > now + lasts + SET_BACK)
            taken = await session.scalar(
                self._database.insert(LeaseRow)
                .values(name=name, **given)
                .on_conflict_do_update(index_elements=["name"], set_=given, where=free)
                .returning(LeaseRow.name)
            )
            if taken is None:
                holder = await session.scalar(select(LeaseRow.holder).filter_by(name=name))
                held = LeaseHeld(f"{name} is already running ({holder}).", "Wait until it has finished.")
                held.left_behind = holder in self._left_behind.get(name, ())
                raise held

    @uninterrupted
    async def _renew(self, name: str, owner: str, seconds: float) -> bool:
        async with self._database.write() as session:
            until = await self._database.now(session) + timedelta(seconds=seconds)
            kept = await session.scalar(
                update(LeaseRow).filter_by(name=name, holder=owner).values(expires_at=until).returning(LeaseRow.name)
            )
            return kept is not None

    @uninterrupted
    async def _give_back(self, name: str, owner: str) -> None:
        """Give a lease back; where that fails or takes long, leave it behind."""
        try:
            async with asyncio.timeout(BUSY_TIMEOUT_S):
                await _shielded(self._release(name, owner))
        except (DatabaseError, TimeoutError) as error:
            self._left_behind.setdefault(name, set()).add(owner)
            log.warning(
                "The lease %s is not given back and runs out by itself: %s", name, str(error) or type(error).__name__
            )

    @uninterrupted
    async def _release(self, name: str, owner: str) -> None:
        async with self._database.write() as session:
            await session.execute(delete(LeaseRow).filter_by(name=name, holder=owner))


async def taken_over(renew: Callable[[], Awaitable[bool]], seconds: float, what: str) -> bool:
    """Renew what runs out within `seconds`, three times in that time, for as long as that goes well.

    Return whether it went to somebody else, by what `renew` returned; else it has run out, even if a renewal has begun
    that does not end. A process that stood still may find it run out though nobody took it: it is allowed one renewal
    after that.
    """
    now = asyncio.get_running_loop().time
    until = now() + seconds
    due = now() + seconds / 3
    allowed_late = True
    while True:
        await asyncio.sleep(max(due - now(), 0))
        begun = now()
        if allowed_late and begun - due > seconds * _STOOD_STILL:
            allowed_late = False
            until = max(until, begun + seconds / 3)
        if begun >= until:
            return False
        try:
            async with asyncio.timeout_at(until):
                if not await _shielded(renew()):
                    return True
            until = begun + seconds
            allowed_late = True
        except Exception as error:  # whatever it is, who works meanwhile is to hear when the time is over
            log.warning("The claim on %s is not renewed yet: %s", what, str(error) or type(error).__name__)
        due = min(now() + seconds / 3, until)


_STOOD_STILL = 0.1
"""Part of a lease's time; a process that wakes so much later than it meant to was kept from renewing it in time."""

_unended: set[asyncio.Future[Any]] = set()


def _shielded(transaction: Awaitable[T]) -> asyncio.Future[T]:
    """Begin a transaction that ends by itself, whoever waits for it and for how long, see `uninterrupted`."""
    running = asyncio.ensure_future(transaction)
    _unended.add(running)
    running.add_done_callback(_unended.discard)
    return asyncio.shield(running)
