"""Jobs by the clock, each at most once at a time over all processes that share the database."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]

from bot.cron import trigger
from bot.settings import SettingsError
from bot.storage.database import DatabaseBusy
from bot.storage.leases import LeaseHeld, LeaseLost, Leases, LeaseTaken
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[object]]
Tell = Callable[[str], Awaitable[int]]
"""Tells the admins in Markdown and returns how many were reached."""
LEASE_S = 120.0
"""A process that dies at work keeps the others from a job this long."""
RETRY_S = 10.0
"""Between two tries to get a lease that somebody else holds."""
AGAIN_S = 60.0
"""Between two tries of a job that met what may pass: a locked database, a lease that could not be renewed."""
PASSING_S = 15 * 60.0
"""A job that met what may pass is tried again for this long."""
FAILURES_TOLD = 5
"""Failures in a row of a job that comes often, from which on the admins are told."""
TELL_AGAIN_S = 6 * 3600.0
"""The admins are told at most once in this time that one job fails."""


class Scheduler:
    """Runs jobs by cron expressions in the running event loop.

    `holder` names this process to people who ask who is at work. An error of a job is logged and
    the job comes again at its next time; a time missed by less than an hour is made up for. What may pass is tried
    again some minutes long, unless somebody else is at it by then. `tell` is told of the first failure in a row; of one
    that may pass and whose next time came before those minutes were over, from the second on.
    """

    def __init__(self, leases: Leases, holder: str, timezone: str = "UTC", tell: Tell | None = None) -> None:
        self._leases = leases
        self._holder = holder
        self._tell = tell
        self._failing: dict[str, _Failing] = defaultdict(_Failing)  # by the name of the job
        self._working: set[asyncio.Task[None]] = set()
        self._stopping = False
        try:
            self._timezone = ZoneInfo(timezone)
        except (KeyError, ValueError, OSError):
            raise SettingsError(
                f"schedule.timezone is {timezone!r}, which is no time zone.", "Write one like Europe/Berlin or UTC."
            ) from None
        self._scheduler = AsyncIOScheduler(
            timezone=self._timezone,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600},
        )

    def add(
        self,
        name: str,
        cron: str,
        job: Job,
        *,
        lease: str = "",
        patience_s: float = 0,
        often: bool = False,
    ) -> None:
        """Have `job` run at the times of `cron`; empty is never.

        It holds `lease` (called `name` unless said otherwise) meanwhile, as whoever does the same by hand
        does. Where somebody else holds it, the job waits up to `patience_s` seconds and is then left out
        this time. One that comes `often` is logged only where it fails, and told of only where that lasts. Raises
        ValueError for an expression that cannot be read.
        """
        if not cron.strip():
            return
        arguments = (name, job, lease or name, patience_s, often, often)
        self._scheduler.add_job(
            self._start, trigger(cron, self._timezone), args=arguments, id=name, replace_existing=True
        )

    def add_at_start(self, name: str, job: Job, *, lease: str, patience_s: float, quiet: bool = False) -> None:
        """Have `job` run once, as soon as the jobs begin; `lease` and `patience_s` are as for `add`.

        One that seldom has anything to do is `quiet`: logged only where it fails.
        """
        arguments = (name, job, lease, patience_s, False, quiet)
        self._scheduler.add_job(self._start, args=arguments, id=name)

    def next_run(self, name: str) -> datetime | None:
        """Return when a job runs next, None when it never does; known once the scheduler has started."""
        job = self._scheduler.get_job(name)
        return getattr(job, "next_run_time", None)

    def start(self) -> None:
        """Begin. Must be called inside the event loop."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Begin no more jobs, cancel those at work and wait for them to end."""
        self._stopping = True
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    async def _start(
        self, name: str, job: Job, lease: str, patience_s: float, often: bool, quiet: bool = False
    ) -> None:
        # A task of our own: APScheduler cancels its tasks at the end, but cannot wait for them.
        # The lease keeps a second one out, so max_instances is not missed.
        task = asyncio.create_task(self._run(name, job, lease, patience_s, often=often, quiet=quiet))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _run(
        self, name: str, job: Job, lease: str, patience_s: float, *, often: bool = False, quiet: bool = False
    ) -> None:
        level = logging.DEBUG if quiet else logging.INFO
        now = asyncio.get_running_loop().time
        until = now() + patience_s
        tries_until: float | None = None
        comes_soon = False
        try:
            while True:
                try:
                    async with self._leases.hold(lease, self._holder, LEASE_S):
                        log.log(level, "Scheduled %s begins.", name)
                        await job()
                        log.log(level, "Scheduled %s is done.", name)
                        self._failing[name].ends()
                        return
                except LeaseHeld as held:
                    if held.left_behind:
                        pause_s = RETRY_S
                    elif now() < until:
                        pause_s = min(RETRY_S, until - now())
                    else:
                        log.log(level, "Scheduled %s is left out: %s", name, held)
                        return
                except LeaseTaken as taken:
                    log.warning("Scheduled %s is left out from here on: %s", name, taken)
                    return
                except (DatabaseBusy, LeaseLost) as error:
                    tries_until = tries_until or now() + PASSING_S
                    comes_soon = self._comes_within(name, AGAIN_S)
                    if often or comes_soon or now() + AGAIN_S > tries_until:
                        raise
                    log.warning("Scheduled %s is tried again: %s", name, error)
                    pause_s = AGAIN_S
                    until = now() + AGAIN_S + patience_s
                await asyncio.sleep(pause_s)
        except asyncio.CancelledError:
            if not self._stopping:
                log.error("Scheduled %s was broken off.", name)
            raise
        except FrontdeskError as error:
            log.error("Scheduled %s failed: %s", name, error)
            await self._tell_failure(name, str(error), FAILURES_TOLD if often else 2 if comes_soon else 1)
        except Exception as error:
            log.exception("Scheduled %s failed.", name)
            # No more of it: what it says may quote what people asked.
            why = f"Something unforeseen went wrong ({type(error).__name__}). See the log."
            await self._tell_failure(name, why, FAILURES_TOLD if often else 1)

    def _comes_within(self, name: str, seconds: float) -> bool:
        """Whether the job's next time is so near that it need not be tried again before."""
        next_run = self.next_run(name)
        return next_run is not None and next_run <= datetime.now(UTC) + timedelta(seconds=seconds)

    async def _tell_failure(self, name: str, why: str, after: int) -> None:
        """Tell the admins of a failure that is the number `after` in a row, or a later one they do not know of."""
        failing, now = self._failing[name], asyncio.get_running_loop().time()
        failing.times += 1
        if self._tell is None or failing.told or failing.times < after or now < failing.quiet_until:
            return
        try:
            if await self._tell(f"What is done by the clock failed: {name}. {why}"):
                failing.told, failing.quiet_until = True, now + TELL_AGAIN_S
        except Exception:
            log.exception("The admins could not be told that %s failed.", name)


@dataclass(slots=True)
class _Failing:
    """The failures in a row of one job."""

    times: int = 0
    told: bool = False
    quiet_until: float = 0.0
    """By the clock of the event loop; the admins are told of no other row before."""

    def ends(self) -> None:
        self.times, self.told = 0, False
