"""Statistics count what people saw, by the days of their own time zone."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from example_messages import a_question, an_answer
from sqlalchemy import select

from bot.inbox import Inbox
from bot.messages import MessageKey, Rating, Status
from bot.stats import MAX_DAYS, Period, StatsError, collect, percent, told
from bot.storage.database import Database
from bot.storage.handovers import HandoverStore, Why
from bot.storage.ratings import Ratings
from bot.storage.shadows import Shadows
from bot.storage.tables import AnswerRow, QuestionRow

DAY = date(2026, 11, 26)
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
TODAY = Period(DAY, DAY)


class Desk:
    """Takes questions and ends them, as a day at the bot would."""

    def __init__(self, database: Database) -> None:
        self.database, self.inbox, self.ratings = database, Inbox(database), Ratings(database)
        self.asked = 0

    async def ask(
        self,
        status: Status | None = Status.ANSWERED,
        *ratings: int,
        at: datetime = NOON,
        workspace: str = "T1",
        timings: Mapping[str, float | None] | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> int:
        """Ask and, with a status, answer; return the question's id."""
        self.asked += 1
        key = MessageKey("slack", workspace, "C1", str(self.asked))
        id = (await self.inbox.accept(a_question("?", key=key, asked_at=at))).id
        if status is not None:
            given: dict[str, Any] = {
                "status": status,
                "timings": dict(timings or {"first_token_s": 0.4, "total_s": 2.0}),
                "notes": dict(notes or {"route": "rag"}),
            }
            answer = await self.inbox.record_answer(id, an_answer(**given))
            await self.inbox.delivered(id)
            for number, value in enumerate(ratings):
                await self.ratings.rate(Rating(answer, f"slack:U{number}", value))
        return id


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_every_end_of_a_question_is_counted_apart(desk: Desk) -> None:
    for status in (Status.ANSWERED, Status.ANSWERED, Status.REFUSED, Status.HANDED_OVER, Status.CLARIFY):
        await desk.ask(status)
    await desk.ask(Status.SMALLTALK)
    await desk.inbox.fail(await desk.ask(None), "Sorry.")
    await desk.ask(None)
    total = (await collect(desk.database, TODAY, "UTC")).total
    assert (total.answered, total.refused, total.handed_over, total.asked_back) == (2, 1, 1, 1)
    assert (total.failed, total.pending, total.smalltalk, total.questions) == (1, 1, 1, 7)


async def test_a_question_that_was_deleted_or_left_to_people_does_not_count(desk: Desk) -> None:
    await desk.ask()
    await desk.inbox.withdraw(MessageKey("slack", "T1", "C1", "1"))
    await desk.inbox.leave_unheard(await desk.ask(None))
    assert (await collect(desk.database, TODAY, "UTC")).total.questions == 0


async def test_a_press_that_calls_a_person_or_shows_an_answer_to_everyone_is_no_question(desk: Desk) -> None:
    mood = {"mood": {"urgency": 0.9, "upset": 0.9}}
    called, _shown = [await desk.ask(notes=mood, timings={"first_token_s": 0.2}) for _ in range(2)]
    for message, status in (("show-2", Status.ANSWERED), ("ho-1", Status.HANDED_OVER)):
        key = MessageKey("slack", "T1", "C1", message)
        id = (await desk.inbox.accept(a_question("?", key=key, asked_at=NOON))).id
        timings = {"first_token_s": 9.0, "total_s": 9.0}
        answer = await desk.inbox.record_answer(id, an_answer(status=status, notes=mood, timings=timings))
        await desk.inbox.delivered(id)
        await desk.ratings.rate(Rating(answer, "slack:U1", 1))
    store = HandoverStore(desk.database)
    await store.open(called, why=Why.BUTTON, opened_by="slack:U1", since=NOON, threaded=True, answer_id=called)
    total = (await collect(desk.database, TODAY, "UTC")).total
    assert (total.questions, total.answered, total.handed_over, total.urgent, total.upset) == (2, 1, 1, 2, 2)
    assert (total.up, total.first_word_p95_s) == (2, 0.2)


@pytest.mark.parametrize(
    ("message", "notes"),
    [("choice-1", {}), ("choice-1-1764158400", {}), ("2", {"replies": True})],
    ids=["a button", "the button of a changed question", "a reply"],
)
async def test_a_question_that_was_asked_back_counts_once_as_what_came_of_it(
    desk: Desk, message: str, notes: dict[str, Any]
) -> None:
    mood = {"mood": {"urgency": 0.9, "upset": 0.9}}
    await desk.ask(Status.CLARIFY, notes=mood)
    before = (await collect(desk.database, TODAY, "UTC")).total
    assert (before.questions, before.asked_back) == (1, 1)
    key = MessageKey("slack", "T1", "C1", message)
    id = (await desk.inbox.accept(a_question("?", key=key, asked_at=NOON))).id
    await desk.inbox.record_answer(id, an_answer(status=Status.ANSWERED, notes=mood | notes))
    await desk.inbox.delivered(id)
    total = (await collect(desk.database, TODAY, "UTC")).total
    assert (total.questions, total.answered, total.asked_back, total.urgent) == (1, 1, 0, 1)


async def test_a_question_that_was_asked_back_and_left_there_counts_whatever_is_asked_next(desk: Desk) -> None:
    await desk.ask(Status.CLARIFY)
    await desk.ask(Status.ANSWERED)
    await desk.ask(Status.ANSWERED, notes={"replies": True})  # to another one
    key = MessageKey("slack", "T1", "C1", "choice-12")
    await desk.inbox.accept(a_question("?", key=key, asked_at=NOON))
    total = (await collect(desk.database, TODAY, "UTC")).total
    assert (total.questions, total.asked_back, total.answered, total.pending) == (4, 1, 2, 1)


async def test_urgent_and_upset_questions_are_counted_by_their_words_and_those_of_a_thumbs_down(desk: Desk) -> None:
    await desk.ask(notes={"mood": {"urgency": 0.9, "upset": 0.1}})
    await desk.ask(notes={"mood": {"urgency": 0.7, "upset": 0.6}})
    await desk.ask(Status.REFUSED, notes={"mood": {"urgency": 0.1, "upset": 0.2}})
    await desk.ask()
    scolded = await desk.ask()  # the fifth question, with the fifth answer
    await desk.ratings.rate(Rating(scolded, "slack:U1", -1, words="Useless!", upset=0.8))
    await desk.ratings.rate(Rating(scolded, "slack:U2", -1, words="Wrong.", upset=0.1))
    stats = await collect(desk.database, TODAY, "UTC")
    assert (stats.total.urgent, stats.total.upset) == (2, 2)
    assert "2 were urgent and 2 upset" in told(stats, "here")
    assert stats.as_json()["urgent"] == 2


async def test_only_the_workspace_that_is_asked_about_counts(desk: Desk) -> None:
    await desk.ask(Status.ANSWERED, 1)
    await desk.ask(Status.ANSWERED, -1, workspace="T2")
    here = (await collect(desk.database, TODAY, "UTC", "slack", "T2")).total
    assert (here.questions, here.up, here.down) == (1, 0, 1)
    assert (await collect(desk.database, TODAY, "UTC", "discord")).total.questions == 0
    assert (await collect(desk.database, TODAY, "UTC")).total.questions == 2


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("UTC", datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC), 25),
        ("Asia/Kathmandu", datetime(2026, 11, 25, 18, 14, 59, tzinfo=UTC), 25),  # 5:45 ahead
        ("Asia/Kathmandu", datetime(2026, 11, 25, 18, 15, tzinfo=UTC), 26),
        ("Pacific/Honolulu", datetime(2026, 11, 27, 9, 59, 59, 999_000, tzinfo=UTC), 26),
        ("Pacific/Honolulu", datetime(2026, 11, 27, 10, tzinfo=UTC), 27),
    ],
)
async def test_a_question_counts_on_the_day_it_was_where_people_are(
    desk: Desk, zone: str, moment: datetime, day: int
) -> None:
    await desk.ask(at=moment)
    stats = await collect(desk.database, Period(date(2026, 11, 24), date(2026, 11, 28)), zone)
    assert [one.day for one, counts in stats.days.items() if counts.questions] == [day]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago"])
async def test_days_with_23_and_25_hours_are_days(desk: Desk, zone: str) -> None:
    local = ZoneInfo(zone)
    period = Period(date(2025, 11, 27), DAY)
    for day in period.days():
        midnight = datetime(day.year, day.month, day.day, tzinfo=local).astimezone(UTC)
        if midnight.astimezone(local).utcoffset() != (midnight + timedelta(days=1)).astimezone(local).utcoffset():
            for hour in range(26):
                await desk.ask(None, at=midnight + timedelta(hours=hour))
    stats = await collect(desk.database, period, zone)
    moments: dict[date, int] = {}
    async with desk.database.read() as session:
        for (asked_at,) in await session.execute(select(QuestionRow.asked_at)):
            day = asked_at.astimezone(local).date()
            moments[day] = moments.get(day, 0) + 1
    assert {day: counts.questions for day, counts in stats.days.items() if counts.questions} == moments
    assert len(moments) >= 4


async def test_every_day_of_a_year_is_there_those_without_a_question_too(desk: Desk) -> None:
    await desk.ask(at=NOON - timedelta(days=364))
    await desk.ask(at=NOON - timedelta(days=365))  # a day before the period
    stats = await collect(desk.database, Period.read(DAY, "365"), "UTC")
    assert len(stats.days) == 365
    assert next(iter(stats.days)) == date(2025, 11, 27)
    assert (stats.total.questions, stats.days[date(2025, 11, 27)].questions, stats.days[DAY].questions) == (1, 1, 0)


async def test_the_time_to_the_first_word_is_that_of_answers_written_at_once_too(desk: Desk) -> None:
    for first, total in ((0.2, 3.0), (0.42, 3.0), (None, 5.0)):
        await desk.ask(timings={"first_token_s": first, "total_s": total})
    await desk.ask(Status.REFUSED, timings={"first_token_s": None, "total_s": 90.0})
    total = (await collect(desk.database, TODAY, "UTC")).total
    assert total.first_word_s == pytest.approx(0.42, abs=0.02)
    assert total.first_word_p95_s == pytest.approx(5.0, abs=0.2)


async def test_no_data_yet_is_said(desk: Desk) -> None:
    stats = await collect(desk.database, Period.read(DAY), "Asia/Tokyo")
    assert (stats.total.questions, stats.total.helpful, stats.total.first_word_s) == (0, None, None)
    assert told(stats, "everywhere") == (
        "**Questions everywhere, 28 Oct – 26 Nov 2026 (Asia/Tokyo)**\n\nNothing was asked in this time."
    )


async def test_the_counts_are_told_with_their_shares(desk: Desk) -> None:
    for status, ratings in ((Status.ANSWERED, (1, 1, -1)), (Status.ANSWERED, (1,)), (Status.REFUSED, ())):
        await desk.ask(status, *ratings)
    text = told(await collect(desk.database, TODAY, "UTC"), "in this workspace")
    assert "3 questions:\n- 2 answered (67 %)\n- 1 refused" in text
    assert "Helpful: 3 of 4 ratings (75 %)." in text
    assert "0.4 s in the middle" in text
    assert "26 Nov 2026 (UTC)" in text
    for count, words in ((1, "1 greeting and"), (2, "2 greetings and")):
        await desk.ask(Status.SMALLTALK)
        assert f"Besides, {words} the like." in told(await collect(desk.database, TODAY, "UTC"), "here"), count


def test_a_day_that_cannot_be_read_is_told_with_one_that_can() -> None:
    with pytest.raises(StatsError, match=r"“yesterday” after “since” is no day\. .*2026-01-31"):
        Period.read(DAY, since="yesterday")


@pytest.mark.parametrize("last", ["1970-01-01", "2999-12-31"])
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
async def test_the_first_day_and_the_last_that_may_be_written_are_counted(desk: Desk, last: str, zone: str) -> None:
    period = Period.read(DAY, days=str(MAX_DAYS), until=last)
    stats = await collect(desk.database, period, zone)
    assert stats.total.questions == 0 and len(stats.days) == MAX_DAYS
    assert told(stats, "here")


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(StatsError, match="earlier"):
        Period(DAY, DAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"days": "0"}, "0"),
        ({"days": "many"}, "many"),
        ({"days": "²"}, "²"),
        ({"days": "99999999999999"}, "9999"),
        ({"since": "yesterday"}, "yesterday"),
        ({"until": "2026-02-30"}, "2026-02-30"),
        ({"since": "1999-01-01"}, "too long"),
        ({"until": "0001-01-05"}, "0001-01-05.*1970 to 2999"),
        ({"since": "0001-01-01", "until": "0001-01-05"}, "0001-01-05"),
        ({"since": "9999-12-01", "until": "9999-12-31"}, "9999-12-31"),
        ({"days": "7", "since": "2026-11-01"}, "both|Both"),
    ],
)
def test_a_period_that_cannot_be_read_is_named(given: dict[str, str], wrong: str) -> None:
    with pytest.raises(StatsError, match=wrong):
        Period.read(DAY, **given)


def test_periods_are_read() -> None:
    assert Period.read(DAY, "7") == Period(date(2026, 11, 20), DAY)
    assert Period.read(DAY, "7d", until="2026-11-10") == Period(date(2026, 11, 4), date(2026, 11, 10))
    assert Period.read(DAY, since="2026-11-01") == Period(date(2026, 11, 1), DAY)


async def test_what_no_database_takes_in_the_notes_of_an_answer_breaks_no_statistics(desk: Desk) -> None:
    broken = "\x00 \ud83d"
    notes = {"mood": {"urgency": 0.9}, "removed": [{broken: broken}], "path": Path(f"/{broken}")}
    await desk.ask(notes=notes)
    assert (await collect(desk.database, TODAY, "UTC")).total.urgent == 1
    assert await Shadows(desk.database).of("none") == []
    async with desk.database.read() as session:
        kept = await session.scalar(select(AnswerRow.notes))
    assert kept and kept["removed"] == [{"\ufffd \ufffd": "\ufffd \ufffd"}] and kept["path"] == "/\ufffd \ufffd"


def test_a_number_of_days_of_any_length_is_refused_with_a_sentence() -> None:
    with pytest.raises(StatsError, match="is no number of days") as raised:
        Period.read(DAY, days="1" * 5000)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize(
    ("share", "told"),
    [(None, "–"), (0.0, "0 %"), (1.0, "100 %"), (0.0049, "1 %"), (0.999, "99 %"), (0.5, "50 %"), (0.014, "1 %")],
)
def test_nothing_and_everything_are_told_only_where_it_is_so(share: float | None, told: str) -> None:
    assert percent(share) == told
