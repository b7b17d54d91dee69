"""What people asked comes out of the database for the check of the documents."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest
from example_messages import a_question, an_answer
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.inbox import Inbox
from bot.messages import ShownPassage, Status
from bot.storage import asked
from bot.storage.database import Database, DatabaseBusy, utc_now
from bot.storage.tables import QuestionRow
from knowledge.check.report import CheckReport, UnansweredGroup
from knowledge.documents import Scope


async def ask(database: Database, message: str, status: Status, *passages: str) -> None:
    inbox = Inbox(database)
    question = a_question(f"Question {message}?", message, scope=Scope(region=("eu",)))
    id = (await inbox.accept(question)).id
    shown = tuple(ShownPassage(passage, passage.rpartition("#")[0], 0.5) for passage in passages)
    await inbox.record_answer(id, an_answer(status=status, passages=shown))


async def test_questions_come_with_what_was_found_and_whether_it_answered(database: Database) -> None:
    await ask(database, "1", Status.ANSWERED, "returns.md#0", "returns.md#2")
    await ask(database, "2", Status.REFUSED)
    await ask(database, "3", Status.HANDED_OVER, "returns.md#1")
    found = await asked.asked_since(database, utc_now() - timedelta(days=1))
    assert [(one.text, one.answered, one.passages) for one in found] == [
        ("Question 1?", True, ("returns.md#0", "returns.md#2")),
        ("Question 2?", False, ()),
        ("Question 3?", False, ("returns.md#1",)),
    ]
    assert found[0].scope == Scope(region=("eu",))
    assert found[0].when.tzinfo is not None


async def test_small_talk_and_what_was_withdrawn_say_nothing_about_the_documents(database: Database) -> None:
    await ask(database, "1", Status.SMALLTALK)
    await ask(database, "2", Status.CLARIFY)
    await ask(database, "3", Status.REFUSED)
    await Inbox(database).withdraw(a_question(message="3").key)
    assert await asked.asked_since(database, utc_now() - timedelta(days=1)) == []


async def test_a_report_is_written_without_what_is_withdrawn_or_deleted_by_then(database: Database) -> None:
    for message in "1234":
        await ask(database, message, Status.REFUSED)
    found = await asked.asked_since(database, utc_now() - timedelta(days=1))
    groups = [
        UnansweredGroup(name, (), len(part), utc_now(), (), ids=tuple(one.id for one in part))
        for name, part in (("12", found[:2]), ("3", found[2:3]), ("4", found[3:]))
    ]
    report = CheckReport(1, utc_now().date(), 1, 1, 4, None, unanswered=tuple(groups), unanswered_questions=4)
    await Inbox(database).withdraw(a_question(message="2").key)
    async with database.write() as session:
        await session.execute(delete(QuestionRow).filter_by(message="4"))
    (kept,) = await asked.written(database, report, lambda one: [one])
    assert ([one.name for one in kept.unanswered], kept.unanswered_questions, kept.findings) == (["3"], 1, 1)
    assert await asked.written(database, kept, lambda one: one) == kept


async def test_a_report_outlasts_a_database_that_is_busy_when_it_is_written(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, read = [True, True], Database.read

    def busy_at_first(self: Database) -> AbstractAsyncContextManager[AsyncSession]:
        if busy:
            busy.pop()
            raise DatabaseBusy("It is locked.", "")
        return read(self)

    monkeypatch.setattr(Database, "read", busy_at_first)
    report = CheckReport(1, utc_now().date(), 1, 1, 4, None)
    assert await asked.written(database, report, lambda one: one) == report


async def test_only_the_asked_time_is_looked_at_page_by_page(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "_PAGE", 2)
    for number in range(5):
        await ask(database, str(number), Status.ANSWERED)
    found = await asked.asked_since(database, utc_now() - timedelta(days=1))
    assert [one.text for one in found] == [f"Question {number}?" for number in range(5)]
    assert await asked.asked_since(database, utc_now() + timedelta(days=1)) == []


async def test_a_report_of_more_questions_than_a_query_takes_ids_is_written(database: Database) -> None:
    await ask(database, "1", Status.REFUSED)
    (one,) = await asked.asked_since(database, utc_now() - timedelta(days=1))
    assert await asked._gone(database, {one.id, *range(10**6, 10**6 + 251_000)}) == set(range(10**6, 10**6 + 251_000))
