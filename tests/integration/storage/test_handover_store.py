"""Threads in human hands as they are kept: one hand-over at a time, taken and resolved once, reminded of while open."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from example_messages import a_question, an_answer

from bot.inbox import Inbox
from bot.messages import Question, Rating, Status
from bot.storage.database import Database, _alembic_config, upgrade
from bot.storage.handovers import Handover, HandoverStore, Hands, NotePlace, UnknownHandover, Why
from bot.storage.ratings import Ratings

NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)


def after(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database)


@pytest.fixture
def store(database: Database) -> HandoverStore:
    return HandoverStore(database)


async def answered(inbox: Inbox, message: str, status: Status = Status.ANSWERED, **changes: object) -> tuple[int, int]:
    """Return the ids of a question and its answer."""
    id = (await inbox.accept(a_question(message=message, **changes))).id
    answer_id = await inbox.record_answer(id, an_answer(status=status))
    await inbox.delivered(id)
    return id, answer_id


async def begun(store: HandoverStore, question_id: int, minute: int = 0) -> Handover:
    return await store.open(question_id, why=Why.BUTTON, opened_by="slack:U1", since=after(minute), threaded=True)


def said(minute: int) -> Question:
    return replace(a_question(message="new"), asked_at=after(minute))


async def test_a_thread_has_one_at_a_time_however_many_begin_at_once(store: HandoverStore, inbox: Inbox) -> None:
    ids = [(await answered(inbox, message))[0] for message in "123"]
    many = await asyncio.gather(*(begun(store, ids[n % 3]) for n in range(9)))
    assert len({one.id for one in many}) == 1
    elsewhere, _ = await answered(inbox, "4", thread="T2")
    assert (await begun(store, elsewhere)).id != many[0].id
    await store.resolve(many[0].id, "slack:U7", after(5))
    assert (await begun(store, ids[0], 6)).id != many[0].id


async def test_a_thread_is_in_human_hands_from_the_wish_until_it_is_given_back(
    store: HandoverStore, inbox: Inbox
) -> None:
    id, _ = await answered(inbox, "1")
    assert await store.over(said(1)) is None
    first = await begun(store, id, minute=2)
    assert (await store.over(said(1))) == (await store.over(said(3))) == first
    await store.resolve(first.id, "slack:U7", after(5))
    assert [await store.over(said(minute)) is not None for minute in (1, 3, 5, 6)] == [False, True, True, False]
    assert await store.over(replace(said(3), thread="T2")) is None


async def test_it_is_taken_once_and_resolved_once(store: HandoverStore, inbox: Inbox) -> None:
    one = await begun(store, (await answered(inbox, "1"))[0])
    takes = await asyncio.gather(*(store.take(one.id, f"slack:U{n}", after(n)) for n in range(5)))
    assert sum(changed for _, changed in takes) == 1
    taken = await store.get(one.id)
    assert (taken.state, taken.taken_by, taken.since) == (
        Hands.TAKEN,
        next(handover.taken_by for handover, changed in takes if changed),
        after(int(taken.taken_by[-1])),
    )
    resolved = await asyncio.gather(*(store.resolve(one.id, "slack:U7", after(9)) for _ in range(5)))
    assert sum(changed for _, changed in resolved) == 1
    assert (await store.take(one.id, "slack:U8", after(10)))[1] is False
    with pytest.raises(UnknownHandover):
        await store.take(99, "slack:U8", after(10))


async def test_what_nobody_has_taken_is_due_until_it_was_reminded_of_often_enough(
    store: HandoverStore, inbox: Inbox
) -> None:
    one, two, untold = [
        await begun(store, (await answered(inbox, message, thread=message))[0]) for message in ("1", "2", "3")
    ]
    for noted in (one, two):
        await store.noted(noted.id, "Ada asks for a person.", NotePlace("slack", "C9", "", f"note {noted.id}"))
    assert not untold.told
    assert await store.due(after(-1), 2) == []
    assert [due.id for due in await store.due(after(0), 2)] == [one.id, two.id]
    await store.take(two.id, "slack:U7", after(1))
    assert not await store.remind(two.id, after(1))
    for minute in (10, 20):
        assert await store.remind(one.id, after(minute))
        assert await store.due(after(minute - 1), 9) == []
    [due] = await store.due(after(20), 3)
    assert (due.reminders, due.place) == (2, NotePlace("slack", "C9", "", f"note {one.id}"))
    assert await store.due(after(20), 2) == []


async def test_words_of_people_are_kept_once_and_the_latest_where_they_are_many(
    store: HandoverStore, inbox: Inbox
) -> None:
    one = await begun(store, (await answered(inbox, "1"))[0])
    for text in ("Within 30 days.", "Within 30 days.", "Unopened.\x00"):
        await store.heard(one.id, text)
    assert (await store.get(one.id)).said.startswith("Within 30 days.\nUnopened.")
    await store.heard(one.id, "x" * 9000)
    assert (await store.get(one.id)).said == "x" * 4000


async def test_words_that_others_end_in_are_kept_too(store: HandoverStore, inbox: Inbox) -> None:
    one = await begun(store, (await answered(inbox, "1"))[0])
    for text in ("It is a piano", "It is a piano", "a piano", "piano", "piano", "no"):
        await store.heard(one.id, text)
    assert (await store.get(one.id)).said == "It is a piano\na piano\npiano\nno"


async def test_dislikes_are_those_of_the_thread_since_it_was_given_back(
    store: HandoverStore, inbox: Inbox, database: Database
) -> None:
    ratings = Ratings(database)
    (first, a), (_, b), (_, elsewhere) = [
        await answered(inbox, message, thread=thread) for message, thread in (("1", "T1"), ("2", "T1"), ("3", "T2"))
    ]
    for answer_id, person, value in ((a, "U1", -1), (b, "U1", -1), (b, "U2", 1), (elsewhere, "U1", -1)):
        await ratings.rate(Rating(answer_id, f"slack:{person}", value))
    assert [await store.dislikes(one) for one in (a, b, elsewhere)] == [2, 2, 1]
    one = await begun(store, first)
    await store.resolve(one.id, "slack:U7", datetime.now(UTC))
    assert await store.dislikes(a) == 0
    await ratings.rate(Rating(b, "slack:U3", -1))
    assert await store.dislikes(a) == 1


async def test_refusals_count_in_a_row_and_not_across_a_hand_over(store: HandoverStore, inbox: Inbox) -> None:
    async def refused(message: str, status: Status = Status.REFUSED) -> int:
        return (await answered(inbox, message, status))[0]

    await refused("1")
    await refused("2", Status.ANSWERED)
    third, fourth = await refused("3"), await refused("4")
    fifth = (await inbox.accept(a_question(message="5"))).id
    assert await store.refused_in_a_row(fifth, 5) == 2
    assert await store.refused_in_a_row(fifth, 1) == 1
    assert await store.refused_in_a_row(third, 5) == 0
    one = await begun(store, fourth)
    await store.resolve(one.id, "slack:U7", after(5))
    assert await store.refused_in_a_row(fifth, 5) == 0


def test_what_was_handed_over_before_the_upgrade_is_still_in_human_hands(url: str) -> None:
    config = _alembic_config()
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(
            sa.text(_BEFORE_THE_UPGRADE[0]), [{"id": n, "thread": f"t{n}", "now": NOW} for n in (1, 2, 3)]
        )
        for id, thread, private, status in (
            (1, 1, False, "handed_over"),
            (2, 2, False, "handed_over"),
            (3, 2, False, "answered"),
            (4, 3, True, "handed_over"),
        ):
            values = {"id": id, "thread": thread, "private": private, "status": status, "at": after(id)}
            for statement in _BEFORE_THE_UPGRADE[1:]:
                connection.execute(sa.text(statement), values)
    upgrade(url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT question_id, state, opened_by, threaded, told FROM handovers")).all()
    assert [tuple(row) for row in rows] == [(1, "open", "slack:U1", True, False)]


_BEFORE_THE_UPGRADE = (
    "INSERT INTO conversations (id, platform, workspace, channel, thread, created_at) "
    "VALUES (:id, 'slack', 'W1', 'C1', :thread, :now)",
    "INSERT INTO questions (id, conversation_id, platform, workspace, channel, message, author, text, scope, private, "
    "route, asked_at, state, attempts) VALUES (:id, :thread, 'slack', 'W1', 'C1', CAST(:id AS VARCHAR), 'U1', "
    "'A person, please', '{}', :private, '{}', :at, 'delivered', 1)",
    "INSERT INTO answers (id, question_id, created_at, status, text, citations, passages, mode, model, lora, "
    "lora_scale, timings, tokens, prompt, knowledge_version, notes) "
    "VALUES (:id, :id, :at, :status, 'Of course.', '[]', '[]', 'base', '', '', 0, '{}', '{}', '[]', 0, '{}')",
)
