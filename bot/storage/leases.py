"""Leases: the right to do something alone, across every process that shares the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import delete, select, update

from bot.storage.database import Database, DatabaseError, uninterrupted
from bot.storage.tables import LeaseRow
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

SET_BACK = timedelta(days=1)
"""How far the database's clock may be set back while somebody holds a lease: one that lasts longer is free, as nobody
would get it for years if that clock had been years ahead."""


class LeaseHeld(FrontdeskError):
    """Somebody else is doing it right now."""


class LeaseLost(FrontdeskError):
    """The lease could not be renewed in time, so the work under it was stopped."""


class Leases:
    """The leases in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def hold(self, name: str, holder: str, seconds: float) -> AsyncIterator[None]:
        """Do what is inside alone; the lease is renewed three times within `seconds` and given back at the end.

        A process that dies keeps the others out for `seconds` at the most. `holder` is for people;
        holding the same name twice is refused whoever asks. Raises LeaseHeld when somebody holds it;
        when it cannot be renewed, cancels what is inside and raises LeaseLost.
        """
        owner = f"{holder} {uuid4().hex[:8]}"
        await self._take(name, owner, seconds)
        work = asyncio.current_task()
        assert work is not None
        lost = False

        async def keep() -> None:
            nonlocal lost
            until = asyncio.get_running_loop().time() + seconds
            while asyncio.get_running_loop().time() < until:
                await asyncio.sleep(seconds / 3)
                begun = asyncio.get_running_loop().time()
                try:
                    if not await self._renew(name, owner, seconds):
                        break
                    until = begun + seconds
                except DatabaseError as error:
                    log.warning("The lease %s is not renewed yet: %s", name, error)
            lost = True
            work.cancel()

        keeper = asyncio.create_task(keep())
        try:
            yield
        except asyncio.CancelledError:
            if lost and work.uncancel() <= 0:
                raise LeaseLost(f"Another process has taken over {name}.", "Look there for its outcome.") from None
            raise
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            try:
                await self._release(name, owner)
            except DatabaseError as error:
                log.warning("The lease %s is not given back and runs out by itself: %s", name, error)

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
                raise LeaseHeld(f"{name} is already running ({holder}).", "Wait until it has finished.")

    @uninterrupted
    async def _renew(self, name: str, owner: str, seconds: float) -> bool:
        async with self._database.write() as session:
            until = await self._database.now(session) + timedelta(seconds=seconds)
            kept = await session.scalar(
                update(LeaseRow).filter_by(name=name, holder=owner).values(expires_at=until).returning(LeaseRow.name)
            )
            return kept is not None

    @uninterrupted
    async def _release(self, name: str, owner: str) -> None:
        async with self._database.write() as session:
            await session.execute(delete(LeaseRow).filter_by(name=name, holder=owner))
