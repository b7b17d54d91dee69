"""The desk keeps on: when the database or a platform is away for a while, or the process before it died."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from test_desk import Office, database, question

from bot.delivery import DeliveryError
from bot.desk import Hearing
from bot.inbox import Inbox
from bot.messages import Answer, Status
from bot.storage.database import Database, DatabaseBusy, utc_now
from bot.wording import notices
from bot.workers import MAX_ATTEMPTS

__all__ = ["database"]


@pytest.fixture
async def office(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    monkeypatch.setattr("bot.desk.EDIT_SETTLES_S", 0.05)
    monkeypatch.setattr("bot.workers.POLL_S", 0.05)
    office = Office(database)
    await office.desk.workers.start()
    yield office
    await office.desk.workers.stop()


def edit(message: str, text: str) -> object:
    return replace(question(message, text), edited_at=utc_now())


async def test_an_edit_while_the_answer_is_made_stops_it_and_answers_what_the_question_says_now(office: Office) -> None:
    office.script.go.clear()
    await office.desk.hear(question("1", "one?"), addressed=True)
    await office.script.begun.wait()
    heard = await office.desk.edit(edit("1", "two?"), addressed=True)  # type: ignore[arg-type]
    assert heard.outcome is Hearing.ACCEPTED
    office.script.go.set()
    await office.idle()
    assert office.chat.posts == {"reply to 1": "echo: two?"}
    assert office.script.asked == ["one?", "two?"]


async def test_an_edit_of_a_message_that_was_no_question_counts_only_if_it_is_one_now(office: Office) -> None:
    ignored = await office.desk.edit(edit("1", "lunch?"), addressed=False)  # type: ignore[arg-type]
    assert ignored.outcome is Hearing.IGNORED
    heard = await office.desk.edit(edit("1", "returns?"), addressed=True)  # type: ignore[arg-type]
    assert heard.outcome is Hearing.ACCEPTED
    await office.idle()
    assert office.chat.posts == {"reply to 1": "echo: returns?"}


async def test_a_question_asked_back_again_after_an_edit_can_be_chosen_from_again(office: Office) -> None:
    from test_desk import ASKED_BACK, asked_back, press

    answer_id = await asked_back(office)
    assert (await press(office, answer_id, 0)).outcome is Hearing.ACCEPTED
    await office.idle()
    office.script.ends["How do I return this?"] = ASKED_BACK
    await office.desk.edit(edit("m1", "How do I return this?"), addressed=True)  # type: ignore[arg-type]
    await office.idle()
    assert (await press(office, answer_id, 1)).outcome is Hearing.ACCEPTED
    assert (await press(office, answer_id, 1)).outcome is Hearing.DUPLICATE


async def test_a_question_deleted_after_its_answer_takes_the_answer_along(office: Office) -> None:
    await office.desk.hear(question("1"), addressed=True)
    await office.until(lambda: office.chat.posts)
    await office.idle()
    await office.desk.withdraw(question("1").key)
    await office.until(lambda: not office.chat.posts)
    assert not office.chat.posts


async def test_a_database_that_is_away_for_a_while_is_no_error_that_the_asker_sees(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.LEASE_S", 0.3)

    async def away(*_: object) -> int:
        office.inbox.record_answer = Inbox.record_answer.__get__(office.inbox)  # type: ignore[method-assign]
        raise DatabaseBusy("The disk is full.")

    office.inbox.record_answer = away  # type: ignore[method-assign, assignment]
    await office.desk.hear(question("1"), addressed=True)
    await office.idle()
    assert office.chat.posts == {"reply to 1": "echo: How long?"}
    assert not any("full" in text for text in office.chat.seen)


async def test_a_platform_that_takes_nothing_for_long_loses_no_question(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.LONGEST_RETRY_S", 0.1)
    office.chat.refusals = MAX_ATTEMPTS + 3
    await office.desk.hear(question("1"), addressed=True)
    await office.idle()
    assert office.chat.posts == {"reply to 1": "echo: How long?"}
    assert office.script.asked == ["How long?"]


async def test_an_answer_that_no_platform_has_taken_for_a_day_is_given_up(office: Office) -> None:
    office.chat.refusals = 10**6
    asked = replace(question("1"), asked_at=utc_now() - timedelta(hours=25))
    await office.desk.hear(asked, addressed=True)
    await office.idle()
    assert await office.inbox.pending() == 0


async def test_what_a_dead_process_of_this_machine_had_begun_is_finished_at_once(database: Database) -> None:
    office = Office(database)
    await office.inbox.accept(question("1"))
    assert await office.inbox.claim(f"{socket.gethostname()}:{2**22 + 1}:abc/1", 3600)
    await office.inbox.accept(question("2", thread="t2"))
    assert await office.inbox.claim(f"another machine:{os.getpid()}:abc/1", 3600)
    await office.desk.workers.start()
    await office.until(lambda: office.chat.posts == {"reply to 1": "echo: How long?"})
    await office.desk.workers.stop()
    assert await office.inbox.pending() == 1, "who knows whether the other machine is dead"


async def test_an_answer_is_delivered_however_often_the_process_died(database: Database) -> None:
    office = Office(database)
    accepted = await office.inbox.accept(question("1"))
    for number in range(MAX_ATTEMPTS + 2):
        assert await office.inbox.claim(f"dead/{number}", -1)
        await office.inbox.begin(accepted.id)
    await office.inbox.record_answer(accepted.id, Answer(Status.ANSWERED, "echo: kept"))
    await office.desk.workers.start()
    await office.idle()
    await office.desk.workers.stop()
    assert office.chat.posts == {"reply to 1": "echo: kept"}


async def test_who_goes_over_a_limit_is_told_once_and_commands_always_are(database: Database) -> None:
    office = Office(database, answering={"person_per_minute": 1})
    outcomes = []
    for number in range(4):
        heard = await office.desk.hear(question(str(number), thread=str(number)), addressed=True)
        outcomes.append((heard.outcome, heard.sentence))
    assert outcomes == [
        (Hearing.ACCEPTED, ""),
        (Hearing.DENIED, notices.TOO_MANY_OF_PERSON.en),
        (Hearing.IGNORED, ""),
        (Hearing.IGNORED, ""),
    ]
    command = replace(question("9"), private=True, route={"response_url": "x"})
    assert (await office.desk.hear(command, addressed=True)).sentence == notices.TOO_MANY_OF_PERSON.en
    assert (await office.desk.hear(question("0"), addressed=True)).outcome is Hearing.DUPLICATE


async def test_a_busy_channel_is_told_so(database: Database) -> None:
    office = Office(database, answering={"channel_per_minute": 1})
    await office.desk.hear(question("1"), addressed=True)
    other = replace(question("2"), author="U2")
    assert (await office.desk.hear(other, addressed=True)).sentence == notices.TOO_MANY_IN_CHANNEL.en


async def test_missed_questions_are_never_refused_aloud(database: Database) -> None:
    office = Office(database, slack={"channels": ["C9"]})
    heard = await office.desk.hear(question("1"), addressed=True, missed=True)
    assert heard.outcome is Hearing.IGNORED


async def test_a_deleted_answer_that_the_platform_does_not_let_go_is_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.TIDIED_EVERY_S", 0.0)
    monkeypatch.setattr("bot.workers.SAVED_EVERY_S", 0.05)
    await office.desk.hear(question("1"), addressed=True)
    await office.idle()
    begin, tries = office.chat.begin, 0

    async def refusing(*arguments: object) -> object:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise DeliveryError("The platform is away.")
        return await begin(*arguments)  # type: ignore[arg-type]

    office.chat.begin = refusing  # type: ignore[method-assign, assignment]
    await office.desk.withdraw(question("1").key)
    await office.until(lambda: not office.chat.posts)
    await asyncio.sleep(0.2)
    assert tries == 3


async def test_what_is_found_after_an_absence_is_looked_for_from_where_it_ended(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    await database.migrate()
    office = Office(database)
    await office.desk.workers.start()
    from bot.storage.cursors import Place

    with office.desk.cursors.hearing(Place("slack", "T1", "C1"), "1700000000.000001"):
        pass
    await office.desk.workers.stop()
    later = Office(database)
    await later.desk.cursors.load("slack")
    assert later.desk.cursors.positions("slack") == {Place("slack", "T1", "C1"): "1700000000.000001"}
    await database.close()
