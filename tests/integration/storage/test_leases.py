"""Leases keep two processes from doing the same at once; the scheduler works under them."""

import asyncio
import logging
import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.schedule import FAILURES_TOLD, Scheduler
from bot.settings import SettingsError
from bot.storage.database import Database, DatabaseBusy, DatabaseError, utc_now
from bot.storage.leases import LeaseHeld, LeaseLost, Leases, LeaseTaken
from bot.storage.tables import LeaseRow
from knowledge.errors import FrontdeskError


async def test_a_lease_is_held_by_one_only(url: str, database: Database) -> None:
    other = Database(url)
    async with Leases(database).hold("reindex", "here", 60):
        with pytest.raises(LeaseHeld, match=r"reindex is already running \(here"):
            async with Leases(other).hold("reindex", "there", 60):
                pytest.fail("two at once")
        with pytest.raises(LeaseHeld):
            async with Leases(database).hold("reindex", "here", 60):
                pytest.fail("the same process twice at once")
        async with Leases(other).hold("something else", "there", 60):
            pass
    async with Leases(other).hold("reindex", "there", 60):
        pass
    await other.close()


async def test_of_many_who_want_a_lease_at_once_one_gets_it(database: Database) -> None:
    inside = most = 0

    async def work(number: int) -> str:
        nonlocal inside, most
        try:
            async with Leases(database).hold("reindex", f"worker {number}", 60):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.01)
                inside -= 1
                return "done"
        except LeaseHeld:
            return "held"

    outcomes = await asyncio.gather(*map(work, range(10)))
    assert "done" in outcomes
    assert most == 1


async def test_an_error_inside_gives_the_lease_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with Leases(database).hold("reindex", "here", 60):
            _ = 1 / 0
    async with Leases(database).hold("reindex", "there", 60):
        pass


async def _set_expiry(database: Database, seconds: float, holder: str | None = None) -> None:
    changes = {"expires_at": utc_now() + timedelta(seconds=seconds)} | ({"holder": holder} if holder else {})
    async with database.write() as session:
        await session.execute(update(LeaseRow).values(**changes))


async def test_a_lease_taken_while_the_clock_was_years_ahead_is_free(database: Database) -> None:
    async with Leases(database).hold("reindex", "dead", 60):
        for ahead in (90, 4 * 3600):  # by a clock that is a little ahead, or that is set to another time zone
            await _set_expiry(database, ahead)
            with pytest.raises(LeaseHeld):
                async with Leases(database).hold("reindex", "there", 60):
                    pytest.fail("two at once")
        await _set_expiry(database, 5 * 365 * 86400)
        async with Leases(database).hold("reindex", "there", 60):
            pass


@pytest.mark.parametrize("ahead_s", [-3600, -130, 130, 3600])
async def test_a_machine_whose_clock_goes_wrong_takes_nobodys_lease(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, ahead_s: float
) -> None:
    database = Database(postgres_url)
    await database.migrate()

    async def take_with_wrong_clock() -> None:
        with monkeypatch.context() as patch:
            patch.setattr("bot.storage.database.utc_now", lambda: utc_now() + timedelta(seconds=ahead_s))
            await Leases(database)._take("reindex", "wrong", 120)

    async with Leases(database).hold("reindex", "right", 120):
        with pytest.raises(LeaseHeld):
            await take_with_wrong_clock()
    await take_with_wrong_clock()
    with pytest.raises(LeaseHeld, match="wrong"):
        await Leases(database)._take("reindex", "right", 120)
    await database.close()


async def test_a_lease_of_a_dead_process_is_free_when_it_has_run_out(database: Database) -> None:
    leases = Leases(database)
    await leases._take("reindex", "dead", 60)
    with pytest.raises(LeaseHeld):
        async with leases.hold("reindex", "alive", 60):
            pass
    await _set_expiry(database, -1)
    async with leases.hold("reindex", "alive", 60):
        pass


async def test_a_lease_is_renewed_while_the_work_goes_on(database: Database) -> None:
    renewed = asyncio.Event()
    leases = Leases(database)
    renew = leases._renew

    async def watched(name: str, owner: str, seconds: float) -> bool:
        kept = await renew(name, owner, seconds)
        renewed.set()
        return kept

    leases._renew = watched  # type: ignore[method-assign]
    async with leases.hold("reindex", "here", 3):
        await _set_expiry(database, -1)
        await asyncio.wait_for(renewed.wait(), 30)
        with pytest.raises(LeaseHeld):
            await leases._take("reindex", "there", 3)


async def test_work_is_stopped_when_its_lease_went_to_somebody_else(database: Database) -> None:
    finished = False
    with pytest.raises(LeaseTaken, match="taken over reindex"):
        async with Leases(database).hold("reindex", "here", 0.3):
            await _set_expiry(database, 60, holder="there")
            await asyncio.sleep(60)
            finished = True
    assert not finished
    with pytest.raises(LeaseHeld, match="there"):
        async with Leases(database).hold("reindex", "here", 60):
            pytest.fail("the other's lease was given back")
    await asyncio.sleep(0)  # no cancellation is left over


async def test_work_is_stopped_when_its_lease_can_no_longer_be_renewed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(self: Leases, name: str, owner: str, seconds: float) -> bool:
        raise DatabaseBusy("It is locked.", "")

    monkeypatch.setattr(Leases, "_renew", locked)
    with pytest.raises(LeaseLost, match="reindex was stopped: its lease could not be renewed") as lost:
        async with Leases(database).hold("reindex", "here", 0.3):
            await asyncio.sleep(60)
    assert not isinstance(lost.value, LeaseTaken)


async def test_work_is_stopped_in_time_though_the_renewal_does_not_end(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    never = asyncio.Event()

    async def hangs(self: Leases, *_: object) -> bool:
        return await never.wait()

    monkeypatch.setattr(Leases, "_renew", hangs)
    monkeypatch.setattr(Leases, "_release", hangs)
    monkeypatch.setattr("bot.storage.leases.BUSY_TIMEOUT_S", 0.1)
    async with asyncio.timeout(20):
        with pytest.raises(LeaseLost, match="reindex was stopped"):
            async with Leases(database).hold("reindex", "here", 0.3):
                await asyncio.sleep(60)
    assert "The lease reindex is not given back" in caplog.text
    never.set()


def _stand_still(seconds: float) -> None:
    """Let nothing in this process go on, as when its container is paused."""
    time.sleep(seconds)


@pytest.mark.parametrize("at_s", [0.1, 0.5])
async def test_work_goes_on_after_the_process_stood_still_for_the_time_of_its_lease(
    database: Database, at_s: float
) -> None:
    async with Leases(database).hold("reindex", "here", 0.9):
        await asyncio.sleep(at_s)
        _stand_still(1.2)
        await asyncio.sleep(1)
        with pytest.raises(LeaseHeld):
            await Leases(database)._take("reindex", "there", 0.9)


async def test_work_goes_on_after_the_process_stood_still_while_it_renewed_its_lease(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew, stands_still = Leases._renew, [True]

    async def renewed(self: Leases, name: str, owner: str, seconds: float) -> bool:
        if stands_still:
            stands_still.pop()
            _stand_still(1.2)
        return await renew(self, name, owner, seconds)

    monkeypatch.setattr(Leases, "_renew", renewed)
    async with Leases(database).hold("reindex", "here", 0.9):
        await asyncio.sleep(3)
        assert not stands_still
        with pytest.raises(LeaseHeld):
            await Leases(database)._take("reindex", "there", 0.9)


async def test_work_is_stopped_after_the_process_stood_still_and_somebody_took_its_lease(database: Database) -> None:
    with pytest.raises(LeaseTaken):
        async with Leases(database).hold("reindex", "here", 0.9):
            await _set_expiry(database, 60, holder="there")
            _stand_still(1.2)
            await asyncio.sleep(60)


async def test_a_process_that_stands_still_again_and_again_is_allowed_one_late_renewal_only(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(self: Leases, name: str, owner: str, seconds: float) -> bool:
        raise DatabaseBusy("It is locked.", "")

    monkeypatch.setattr(Leases, "_renew", locked)
    async with asyncio.timeout(20):
        with pytest.raises(LeaseLost, match="reindex was stopped"):
            async with Leases(database).hold("reindex", "here", 0.3):
                while True:
                    _stand_still(0.2)
                    await asyncio.sleep(0)


@pytest.mark.parametrize("outcome", [DatabaseBusy("It is locked.", ""), None])
async def test_work_that_makes_something_else_of_its_cancellation_has_lost_its_lease_all_the_same(
    database: Database, outcome: Exception | None
) -> None:
    task = asyncio.current_task()
    assert task
    with pytest.raises(LeaseTaken) as lost:
        async with Leases(database).hold("reindex", "here", 0.3):
            await _set_expiry(database, 60, holder="there")
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if outcome:
                    raise outcome from None
    assert lost.value.__cause__ is outcome
    assert not task.cancelling()


async def test_work_that_is_stopped_while_it_loses_its_lease_ends_as_cancelled(database: Database) -> None:
    async def work() -> None:
        async with Leases(database).hold("reindex", "here", 0.3):
            await _set_expiry(database, 60, holder="there")
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                task.cancel()
                raise DatabaseBusy("It is locked.", "") from None

    task = asyncio.create_task(work())
    await asyncio.wait({task}, timeout=20)
    assert task.cancelled()


async def test_cancelling_the_work_from_outside_stays_a_cancellation(database: Database) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with Leases(database).hold("reindex", "here", 60):
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with Leases(database).hold("reindex", "next", 60):
        pass


async def test_a_job_runs_at_its_time_under_its_lease(database: Database) -> None:
    leases, ran = Leases(database), asyncio.Event()

    async def job() -> None:
        with pytest.raises(LeaseHeld, match="this process"):
            await leases._take("reindex", "somebody else", 60)
        ran.set()

    scheduler = Scheduler(leases, holder="this process")
    scheduler.add("reindex", "0 4 * * *", job)
    scheduler.start()
    scheduler._scheduler.modify_job("reindex", next_run_time=utc_now())
    await asyncio.wait_for(ran.wait(), 30)
    await scheduler.stop()


async def test_a_job_is_left_out_while_it_is_done_elsewhere(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.schedule")
    runs = []

    async def job() -> None:
        runs.append(1)

    scheduler = Scheduler(Leases(database), holder="this process")
    async with Leases(database).hold("reindex", "another process", 60):
        await scheduler._run("reindex", job, "reindex", 0)
    assert runs == []
    assert "left out: reindex is already running (another process" in caplog.text
    await scheduler._run("reindex", job, "reindex", 0)
    assert runs == [1]


async def test_a_patient_job_waits_for_whoever_holds_its_lease(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.schedule.RETRY_S", 0.05)
    scheduler, order = Scheduler(Leases(database), holder="this process"), []

    async def job() -> None:
        order.append("job")

    async with Leases(database).hold("reindex", "another process", 60):
        waiting = asyncio.create_task(scheduler._run("reindex website", job, "reindex", 60))
        await asyncio.sleep(0.3)
        order.append("released")
    await asyncio.wait_for(waiting, 30)
    assert order == ["released", "job"]


async def test_a_job_of_the_start_runs_once_after_the_lease_of_a_process_that_died(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.schedule.RETRY_S", 0.05)
    await Leases(database)._take("tuning", "a process that died", 1)
    ran = asyncio.Event()

    async def job() -> None:
        assert not ran.is_set()
        ran.set()

    scheduler = Scheduler(Leases(database), holder="this process")
    scheduler.add_at_start("tuning cut off", job, lease="tuning", patience_s=60)
    scheduler.start()
    await asyncio.wait_for(ran.wait(), 30)
    await asyncio.sleep(0.2)
    assert scheduler.next_run("tuning cut off") is None
    await scheduler.stop()


@pytest.mark.parametrize("quiet", [True, False])
async def test_a_job_at_the_start_that_seldom_has_anything_to_do_is_logged_only_where_it_fails(
    quiet: bool, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def job() -> None:
        begun.set()
        await asyncio.sleep(0)
        if failing:
            raise FrontdeskError("The file is gone.", "Bring it back.")

    caplog.set_level("INFO", "bot.schedule")
    for failing in (False, True):
        begun = asyncio.Event()
        caplog.clear()
        scheduler = Scheduler(Leases(database), holder="this process")
        scheduler.add_at_start("forgetting", job, lease="forgetting", patience_s=1, quiet=quiet)
        scheduler.start()
        await begun.wait()
        await asyncio.gather(*scheduler._working)
        await scheduler.stop()
        assert ("forgetting begins" in caplog.text) is not quiet
        assert ("The file is gone." in caplog.text) is failing


async def test_a_job_that_is_broken_off_though_nobody_stopped_the_scheduler_is_logged(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def job() -> None:
        begun.set()
        await asyncio.sleep(60)

    scheduler = Scheduler(Leases(database), holder="this process")
    for logged in (True, False):
        begun = asyncio.Event()
        caplog.clear()
        await scheduler._start("check", job, "check", 0, often=False)
        await begun.wait()
        [task] = scheduler._working
        if logged:
            task.cancel()
            await asyncio.wait({task})
        else:
            await scheduler.stop()
        assert ("Scheduled check was broken off" in caplog.text) == logged


async def test_a_failing_job_is_logged_and_comes_again(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    async def failing() -> None:
        raise DatabaseError("The disk is full.", "Make space.")

    async def broken() -> None:
        raise RuntimeError("a bug")

    scheduler = Scheduler(Leases(database), holder="this process")
    await scheduler._run("reindex", failing, "reindex", 0)
    await scheduler._run("reindex", broken, "reindex", 0)
    assert "Scheduled reindex failed: The disk is full. Make space." in caplog.text
    assert "RuntimeError: a bug" in caplog.text


async def test_the_admins_are_told_once_of_a_job_that_fails_until_it_works_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.schedule.TELL_AGAIN_S", 0)
    told: list[str] = []
    outcomes = iter(
        [RuntimeError("words of a customer"), DatabaseError("The disk is full.", "Make space."), None, OSError()]
    )
    reached = iter([0, 1, 1])

    async def job() -> None:
        if error := next(outcomes):
            raise error

    async def tell(text: str) -> int:
        told.append(text)
        return next(reached)

    scheduler = Scheduler(Leases(database), holder="this process", tell=tell)
    for _ in range(4):
        await scheduler._run("check", job, "check", 0)
    unforeseen = "What is done by the clock failed: check. Something unforeseen went wrong ({}). See the log."
    assert told == [
        unforeseen.format("RuntimeError"),
        "What is done by the clock failed: check. The disk is full. Make space.",
        unforeseen.format("OSError"),
    ]


async def _told(database: Database, *outcomes: Exception | None, often: bool = False) -> list[int]:
    """Return the numbers of the runs, from one on, that the admins are told of."""
    told: list[int] = []
    runs = 0

    async def tell(text: str) -> int:
        told.append(runs)
        return 1

    scheduler = Scheduler(Leases(database), holder="this process", tell=tell)
    for outcome in outcomes:
        runs += 1

        async def job(outcome: Exception | None = outcome) -> None:
            if outcome:
                raise outcome

        await scheduler._run("hand-overs", job, "hand-overs", 0, often=often)
    return told


async def test_of_a_job_that_comes_each_minute_only_what_lasts_is_told_and_seldom(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasting = [OSError(), *[DatabaseError("The disk is full.", "")] * (FAILURES_TOLD - 2), OSError()]
    assert await _told(database, *lasting[1:], None, *lasting[1:], often=True) == []
    assert await _told(database, *lasting, *lasting, often=True) == [FAILURES_TOLD]
    flapping = [*lasting, None, *lasting]
    assert await _told(database, *flapping, often=True) == [FAILURES_TOLD]
    monkeypatch.setattr("bot.schedule.TELL_AGAIN_S", 0)
    assert await _told(database, *flapping, often=True) == [FAILURES_TOLD, len(flapping)]


async def test_a_job_of_the_night_that_is_tried_again_at_once_is_told_of_once(database: Database) -> None:
    assert await _told(database, OSError(), None, OSError()) == [1]


PASSING = [DatabaseBusy("It is locked.", ""), LeaseLost("It could not be renewed.", "")]


@pytest.mark.parametrize("passing", PASSING)
async def test_a_job_that_met_what_passes_is_tried_again_and_nobody_is_told(
    database: Database, passing: FrontdeskError, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.schedule.AGAIN_S", 0.02)
    told, outcomes = [], [passing, passing, None]

    async def tell(text: str) -> int:
        told.append(text)
        return 1

    async def job() -> None:
        if outcome := outcomes.pop(0):
            raise outcome

    scheduler = Scheduler(Leases(database), holder="this process", tell=tell)
    scheduler.add("check", "0 4 * * 1", job)
    await scheduler._run("check", job, "check", 0)
    assert (outcomes, told) == ([], [])


@pytest.mark.parametrize("passing", PASSING)
async def test_what_may_pass_is_told_at_the_first_run_where_it_lasts(
    database: Database, passing: FrontdeskError, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.schedule.AGAIN_S", 0.02)
    monkeypatch.setattr("bot.schedule.PASSING_S", 0.1)
    assert await _told(database, passing, passing) == [1]
    assert await _told(database, passing, None) == [1]


@pytest.mark.parametrize("passing", PASSING)
async def test_a_job_whose_next_time_is_near_is_not_tried_before_and_told_of_from_the_second_failure(
    database: Database, passing: FrontdeskError, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scheduler, "next_run", lambda self, name: utc_now() + timedelta(seconds=30))
    assert await _told(database, passing, None, passing) == []
    assert await _told(database, passing, passing) == [2]
    assert await _told(database, passing, OSError()) == [2]


async def test_a_job_that_lost_its_lease_waits_until_the_one_left_behind_runs_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.schedule.AGAIN_S", 0.02)
    monkeypatch.setattr("bot.schedule.RETRY_S", 0.05)
    monkeypatch.setattr("bot.schedule.LEASE_S", 0.5)

    async def kept(self: Leases, name: str, owner: str) -> None:
        raise DatabaseBusy("It is locked.", "")

    monkeypatch.setattr(Leases, "_release", kept)
    runs = []

    async def job() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise LeaseLost("It could not be renewed.", "")

    await Scheduler(Leases(database), holder="this process")._run("check", job, "check", 0)
    assert len(runs) == 2


async def test_replicas_that_meet_an_outage_when_a_job_is_due_do_it_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.schedule.AGAIN_S", 0.2)
    monkeypatch.setattr("bot.schedule.RETRY_S", 0.05)
    tries, runs = 0, []
    take = Leases._take

    async def locked_at_first(self: Leases, name: str, owner: str, seconds: float) -> None:
        nonlocal tries
        tries += 1
        if tries <= 3:
            raise DatabaseBusy("It is locked.", "")
        await take(self, name, owner, seconds)

    monkeypatch.setattr(Leases, "_take", locked_at_first)

    async def job() -> None:
        runs.append(1)
        await asyncio.sleep(0.5)

    replicas = [Scheduler(Leases(database), holder=f"replica {number}") for number in range(3)]
    await asyncio.gather(*(one._run("check", job, "check", 0) for one in replicas))
    assert (tries, runs) == (6, [1])


async def test_a_job_whose_lease_went_to_somebody_else_is_not_done_again(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.schedule.AGAIN_S", 0.02)
    monkeypatch.setattr("bot.schedule.LEASE_S", 0.3)
    told, runs = [], []

    async def tell(text: str) -> int:
        told.append(text)
        return 1

    async def job() -> None:
        runs.append(1)
        await _set_expiry(database, -1, holder="there")
        await asyncio.sleep(1)

    await Scheduler(Leases(database), holder="here", tell=tell)._run("check", job, "check", 0)
    assert (runs, told) == ([1], [])
    assert "check is left out from here on: Another process has taken over check." in caplog.text


async def test_a_patient_job_that_is_tried_again_waits_for_whoever_holds_its_lease_then(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.schedule.AGAIN_S", 0.3)
    monkeypatch.setattr("bot.schedule.RETRY_S", 0.05)
    runs, failed = [], asyncio.Event()

    async def job() -> None:
        runs.append(1)
        if len(runs) == 1:
            failed.set()
            raise DatabaseBusy("It is locked.", "")

    waiting = asyncio.create_task(
        Scheduler(Leases(database), holder="here")._run("reindex website", job, "reindex", 0.4)
    )
    await failed.wait()
    await asyncio.sleep(0.1)
    async with Leases(database).hold("reindex", "there", 60):
        await asyncio.sleep(0.45)
    await asyncio.wait_for(waiting, 30)
    assert len(runs) == 2


async def test_a_lease_that_was_given_as_the_connection_broke_is_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.schedule.AGAIN_S", 0.02)
    monkeypatch.setattr("bot.schedule.RETRY_S", 0.05)
    monkeypatch.setattr("bot.schedule.LEASE_S", 0.5)
    take, breaks, runs = Leases._take, [True], []

    async def given_unheard(self: Leases, name: str, owner: str, seconds: float) -> None:
        await take(self, name, owner, seconds)
        if breaks.pop() if breaks else False:
            raise DatabaseBusy("The connection broke.", "")

    monkeypatch.setattr(Leases, "_take", given_unheard)

    async def job() -> None:
        runs.append(1)

    await Scheduler(Leases(database), holder="this process")._run("check", job, "check", 0)
    assert runs == [1]


async def test_admins_who_cannot_be_told_of_a_failure_stop_nothing(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def failing() -> None:
        raise DatabaseError("The disk is full.", "Make space.")

    async def tell(text: str) -> int:
        raise OSError("the chat is away")

    await Scheduler(Leases(database), holder="this process", tell=tell)._run("check", failing, "check", 0)
    assert "The disk is full." in caplog.text and "could not be told" in caplog.text


async def test_stopping_ends_the_job_at_work_and_gives_its_lease_back(database: Database) -> None:
    begun, outcome = asyncio.Event(), []

    async def job() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            outcome.append("cancelled")
            raise

    scheduler = Scheduler(Leases(database), holder="this process")
    scheduler.add("reindex", "0 4 * * *", job)
    scheduler.start()
    scheduler._scheduler.modify_job("reindex", next_run_time=utc_now())
    await asyncio.wait_for(begun.wait(), 30)
    await scheduler.stop()
    assert outcome == ["cancelled"]
    async with Leases(database).hold("reindex", "next", 60):
        pass


async def test_a_scheduler_with_a_wrong_setting_is_not_built(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(SettingsError, match=r"schedule\.timezone"):
        Scheduler(Leases(database), holder="x", timezone="Middle/Earth")
    await database.close()
