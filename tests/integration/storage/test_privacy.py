"""Forgetting: a person's words are gone from the database, other people's stay, and old questions go by themselves."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from example_messages import a_question, an_answer
from sqlalchemy import func, insert, select, text, update

from bot.channels.resolve import Channels
from bot.channels.store import ChannelKey, ChannelStore
from bot.channels.values import StandardAnswerValues
from bot.curation import Curation, Kind
from bot.handovers import wish
from bot.inbox import WISH, ClaimLost, Inbox, QuestionWithdrawn
from bot.messages import Answer, MessageKey, Rating, Turn
from bot.privacy import Forgotten, Gone, Privacy, told_forgotten
from bot.settings import Settings
from bot.storage.database import Database, DatabaseBusy, _alembic_config, _parse, upgrade
from bot.storage.forgettings import forgettings
from bot.storage.handovers import HandoverStore, Why
from bot.storage.ratings import Ratings
from bot.storage.shadows import Keeping, Shadows
from bot.storage.tables import (
    AnswerRow,
    ConversationRow,
    CuratedRow,
    HandoverRow,
    LeftoverRow,
    PostRow,
    QuestionRow,
    RatingRow,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
Work = Callable[[Privacy], Awaitable[None]]
SECRET = "my landlord Grimsby threw me out"


class Desk:
    def __init__(self, database: Database) -> None:
        self.database, self.inbox, self.ratings = database, Inbox(database), Ratings(database)
        self.asked = 0

    async def answered(
        self,
        author: str,
        text: str = "May I?",
        *,
        workspace: str = "T1",
        thread: str = "",
        earlier: str = "",
        at: datetime = NOW,
        id: str = "",
    ) -> int:
        """Have somebody ask and be answered; return the answer's id."""
        self.asked += 1
        key = MessageKey("slack", workspace, "C1", str(self.asked))
        question = a_question(text, key=key, author=author, thread=thread or key.message, asked_at=at)
        number = (await self.inbox.accept(question)).id
        prompt = (Turn("user", earlier), Turn("user", text))
        answer = await self.inbox.record_answer(
            number, an_answer(text=f"You said: {text}", prompt=prompt, notes={"cache": {"id": id}})
        )
        await self.inbox.record_post(number, f"post-{self.asked}")
        await self.inbox.delivered(number)
        return answer

    async def count(self, table: type) -> int:
        async with self.database.read() as session:
            return await session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_what_a_person_asked_was_answered_and_rated_goes_and_the_rest_stays(desk: Desk) -> None:
    mine, others = await desk.answered("UANN", SECRET), await desk.answered("UBEN")
    await desk.ratings.rate(Rating(mine, "slack:UBEN", 1))
    await desk.ratings.rate(Rating(others, "slack:UANN", -1))
    await desk.ratings.rate(Rating(others, "slack:UBEN", 1))
    privacy = Privacy(desk.database)
    kept = await privacy.kept_of("slack", "UANN")
    assert kept == await privacy.forget("slack", "UANN") == Forgotten(questions=1, answers=1, ratings=1)
    assert not await privacy.kept_of("slack", "UANN")
    assert (await desk.count(AnswerRow), await desk.count(PostRow), await desk.count(RatingRow)) == (1, 1, 1)
    assert await desk.inbox.answer(others) is not None
    assert await desk.ratings.value(others, "slack:UBEN") == 1


async def test_who_is_named_outside_the_database_only_counts_as_kept_and_is_forgotten_there(desk: Desk) -> None:
    forgotten: list[Gone] = []
    privacy = Privacy(desk.database, not_learned=forgotten.extend, named=lambda person: 2 * (person == "slack:UANN"))
    assert await privacy.kept_of("slack", "UANN") == Forgotten(names=2)
    assert await privacy.kept_of("slack", "UANN", "T1") == Forgotten()
    assert await privacy.forget("slack", "UANN") == Forgotten(names=2)
    assert await privacy.forget("slack", "UANN", "T1") == Forgotten()
    assert [gone.person for gone in forgotten] == ["slack:UANN"]


async def test_what_somebody_suggested_said_as_a_helper_and_is_named_for_counts_as_kept(desk: Desk) -> None:
    answer = await desk.answered("UANN")
    await Curation(desk.database).propose(answer, "slack:UEVA", "14 days.")
    store = HandoverStore(desk.database)
    over = await store.open(1, why=Why.BUTTON, opened_by="slack:UANN", since=NOW, threaded=True, answer_id=answer)
    await store.take(over.id, "slack:UEVA", NOW)
    await store.heard(over.id, "Call me on 0171 555 1234.")
    await store.resolve(over.id, "slack:UBEN", NOW)
    privacy = Privacy(desk.database)
    kept = {one: await privacy.kept_of("slack", one) for one in ("UANN", "UBEN", "UEVA", "UZOE")}
    assert kept["UANN"] == Forgotten(questions=1, answers=1)  # the hand-over of one's own question goes with it
    assert kept["UBEN"] == Forgotten(handovers=1, names=1)
    assert kept["UEVA"] == Forgotten(suggestions=1, handovers=1, names=1)
    assert not kept["UZOE"]
    assert told_forgotten(kept["UEVA"]) == (
        "0 questions, 0 answers, 0 ratings, 1 suggested answer, the words said in 1 hand-over "
        "and the name in 1 other place"
    )
    assert told_forgotten(kept["UEVA"], "de") == (
        "1 vorgeschlagene Antwort, das Gesagte aus 1 Übergabe und Ihr Name an 1 anderen Stelle"
    )
    assert told_forgotten(Forgotten(questions=2), "fr") == "2 questions"
    assert told_forgotten(Forgotten(), "fr") == "0 question, 0 réponse et 0 évaluation"
    assert await privacy.kept_of("slack", "UEVA", "T2") == Forgotten()
    assert await privacy.kept_of("slack", "UEVA", "T1") == Forgotten(suggestions=1, handovers=1)
    assert await privacy.forget("slack", "UEVA") == kept["UEVA"]
    assert await privacy.forget("slack", "UBEN") == Forgotten(names=1)
    assert not await privacy.kept_of("slack", "UEVA")
    assert (await desk.inbox.answer(answer)) is not None


async def test_a_standard_answer_is_given_on_when_the_admin_who_approved_it_is_forgotten(desk: Desk) -> None:
    store, key = ChannelStore(desk.database), ChannelKey("slack", "T1", "C1")
    wifi = StandardAnswerValues(keywords=["wifi"], answer="Ask the porter.")
    approved = await store.write(key, wifi, "slack:UBOSS", approved=True)
    waiting = await store.write(key, wifi, "slack:UBOSS", approved=False)
    assert await Privacy(desk.database).forget("slack", "UBOSS") == Forgotten(names=2)
    assert [(one.id, one.approved, one.written_by, one.approved_by) for one in await store.written(key)] == [
        (approved, True, "", ""),
        (waiting, False, "", None),
    ]
    assert [one.id for one in await Channels(Settings(), store).standard_answers(key)] == [str(approved)]


async def test_a_rating_of_ones_own_answer_counts_though_it_goes_with_the_answer(desk: Desk) -> None:
    await desk.ratings.rate(Rating(await desk.answered("UANN"), "slack:UANN", 1))
    assert await Privacy(desk.database).forget("slack", "UANN") == Forgotten(1, 1, 1)


async def test_the_person_of_the_same_id_on_another_platform_is_somebody_else(desk: Desk) -> None:
    await desk.answered("UANN")
    assert not await Privacy(desk.database).forget("discord", "UANN")
    assert await desk.count(AnswerRow) == 1


async def test_a_forgotten_message_that_comes_again_is_not_answered_again(desk: Desk) -> None:
    await desk.answered("UANN", SECRET)
    await Privacy(desk.database).forget("slack", "UANN")
    again = await desk.inbox.accept(a_question(SECRET, key=MessageKey("slack", "T1", "C1", "1"), author="UANN"))
    assert not again.new
    assert await desk.inbox.claim("w", 30) is None


async def test_in_one_workspace_only_what_was_said_there_goes(desk: Desk) -> None:
    here, there = await desk.answered("UANN"), await desk.answered("UANN", workspace="T2")
    for answer in (await desk.answered("UBEN"), await desk.answered("UBEN", workspace="T2")):
        await desk.ratings.rate(Rating(answer, "slack:UANN", 1))
    assert await Privacy(desk.database).forget("slack", "UANN", "T1") == Forgotten(1, 1, 1)
    assert await desk.inbox.answer(here) is None
    assert await desk.inbox.answer(there) is not None
    assert await desk.count(RatingRow) == 1


async def test_others_answers_in_the_thread_stay_without_the_prompt_that_holds_the_persons_words(desk: Desk) -> None:
    await desk.answered("UANN", SECRET, thread="t")
    later = await desk.answered("UBEN", "And for me?", thread="t", earlier=SECRET)
    elsewhere = await desk.answered("UBEN", "Hello")
    await Privacy(desk.database).forget("slack", "UANN")
    kept = await desk.inbox.answer(later)
    assert kept and kept.text == "You said: And for me?" and kept.prompt == ()
    untouched = await desk.inbox.answer(elsewhere)
    assert untouched and untouched.prompt


async def test_an_answer_under_way_to_somebody_else_is_made_anew_without_the_persons_words(desk: Desk) -> None:
    await desk.answered("UANN", SECRET, thread="t")
    await desk.inbox.accept(
        a_question("And me?", key=MessageKey("slack", "T1", "C1", "later"), author="UBEN", thread="t")
    )
    claimed = await desk.inbox.claim("w", 30)
    assert claimed and SECRET in str(claimed.conversation)
    await Privacy(desk.database).forget("slack", "UANN")
    assert not await desk.inbox.renew(claimed.id, "w", 30)
    with pytest.raises(ClaimLost):
        await desk.inbox.record_answer(claimed.id, an_answer(prompt=(Turn("user", SECRET),)), "w")
    anew = await desk.inbox.claim("w2", 30)
    assert anew and anew.id == claimed.id and not anew.conversation.turns


async def test_an_answer_on_its_way_keeps_only_the_notes_that_deliver_it(desk: Desk) -> None:
    await desk.answered("UANN", SECRET, thread="t")
    await desk.inbox.accept(
        a_question("And me?", key=MessageKey("slack", "T1", "C1", "later"), author="UBEN", thread="t")
    )
    claimed = await desk.inbox.claim("w", 30)
    assert claimed
    notes = {"language": "de", "told": True, "handover": 1, "threaded": True, "removed": [SECRET]}
    made = an_answer(prompt=(Turn("user", SECRET),), notes=notes)
    await desk.inbox.record_answer(claimed.id, made, "w")
    await Privacy(desk.database).forget("slack", "UANN")
    with pytest.raises(ClaimLost):
        await desk.inbox.record_answer(claimed.id, made, "w")
    again = await desk.inbox.claim("w2", 30)
    assert again and again.answer and again.answer.text == made.text and again.answer.prompt == ()
    assert again.answer.notes == {"language": "de", "told": True, "handover": 1, "threaded": True}


async def test_a_question_of_somebody_else_that_waits_goes_on_waiting_as_long(desk: Desk) -> None:
    await desk.answered("UANN", SECRET, thread="t")
    waits = await desk.inbox.accept(
        a_question("And me?", key=MessageKey("slack", "T1", "C1", "later"), author="UBEN", thread="t")
    )
    await desk.inbox.postpone(waits.id, 60)
    await Privacy(desk.database).forget("slack", "UANN")
    assert await desk.inbox.claim("w", 30) is None
    assert await desk.inbox.pending() == 1


async def test_a_question_being_answered_counts_as_deleted(desk: Desk) -> None:
    await desk.inbox.accept(a_question(SECRET, author="UANN"))
    claimed = await desk.inbox.claim("w", 30)
    assert claimed
    await Privacy(desk.database).forget("slack", "UANN")
    with pytest.raises(QuestionWithdrawn):
        await desk.inbox.record_answer(claimed.id, an_answer())


async def test_an_answer_kept_for_being_given_again_is_dropped(desk: Desk) -> None:
    await desk.answered("UANN", id="kept-7")
    await desk.answered("UBEN", id="kept-8")
    dropped: list[Answer] = []
    await Privacy(desk.database, dropped.append).forget("slack", "UANN")
    assert [one.notes["cache"]["id"] for one in dropped] == ["kept-7"]


async def test_others_answers_made_from_a_persons_words_are_not_given_again_either(desk: Desk) -> None:
    await desk.answered("UANN", SECRET, thread="t", id="kept-7", at=NOW - timedelta(days=91))
    await desk.answered("UBEN", "And for me?", thread="t", earlier=SECRET, id="kept-8")
    await desk.answered("UBEN", "Hello", id="kept-9")
    dropped: list[Answer] = []
    await Privacy(desk.database, dropped.append, clock=lambda: NOW).expire(90)
    assert [one.notes["cache"]["id"] for one in dropped] == ["kept-7", "kept-8"]
    await desk.answered("UANN", SECRET, thread="t2", id="kept-10")
    await desk.answered("UBEN", "And for me?", thread="t2", earlier=SECRET, id="kept-11")
    await Privacy(desk.database, dropped.append).forget("slack", "UANN")
    assert [one.notes["cache"]["id"] for one in dropped[2:]] == ["kept-10", "kept-11"]


async def test_every_process_can_see_that_something_was_forgotten(url: str, desk: Desk) -> None:
    other = Database(url)
    privacy, seen = Privacy(desk.database, clock=lambda: NOW), [await forgettings(other)]
    await desk.answered("UANN", at=NOW - timedelta(days=91))
    await desk.answered("UBEN")
    for forget in (
        lambda: privacy.expire(90),
        lambda: privacy.forget("slack", "UBEN"),
        lambda: privacy.expire(90),
        lambda: privacy.forget("slack", "UBEN"),
    ):
        await forget()
        seen.append(await forgettings(other))
    await other.close()
    assert seen == [0, 1, 2, 2, 2], "but not where nothing was left to forget"


async def test_many_questions_go_all(desk: Desk) -> None:
    for _ in range(450):
        await desk.inbox.accept(a_question("?", key=MessageKey("slack", "T1", "C1", str(desk.asked)), author="UANN"))
        desk.asked += 1
    assert (await Privacy(desk.database).forget("slack", "UANN")).questions == 450
    assert not await Privacy(desk.database).kept_of("slack", "UANN")


async def test_the_words_are_gone_from_the_file_and_its_log(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.migrate()
    desk = Desk(database)
    await desk.answered("UANN", SECRET + " " * 9000, thread="t")
    await desk.answered("UBEN", "And me?", thread="t", earlier=SECRET)
    assert any(SECRET.encode() in content for content in _files(sqlite_url))
    await Privacy(database).forget("slack", "UANN")
    assert not any(SECRET.encode() in content for content in _files(sqlite_url))
    await database.close()


def _files(url: str) -> list[bytes]:
    file = Path(url.removeprefix("sqlite:///"))
    return [path.read_bytes() for path in file.parent.glob(file.name + "*")]


async def test_old_questions_go_with_all_that_hangs_on_them(desk: Desk) -> None:
    old = await desk.answered("UANN", at=NOW - timedelta(days=91), thread="old")
    await desk.answered("UANN", at=NOW - timedelta(days=89), thread="new")
    await desk.ratings.rate(Rating(old, "slack:UBEN", 1))
    privacy = Privacy(desk.database, clock=lambda: NOW)
    assert await privacy.expire(90) == 1
    assert await privacy.expire(90) == 0
    counted = [await desk.count(one) for one in (QuestionRow, AnswerRow, PostRow, RatingRow, ConversationRow)]
    assert counted == [1, 1, 1, 0, 1]


async def test_a_note_about_an_old_answer_stays_without_what_was_asked_then(desk: Desk) -> None:
    old = await desk.answered("UANN", SECRET, at=NOW - timedelta(days=91), thread="t")
    await desk.answered("UBEN", "A person, please", at=NOW - timedelta(days=1), thread="t")
    store = HandoverStore(desk.database)
    over = await store.open(2, why=Why.WORDS, opened_by="slack:UBEN", since=NOW, threaded=True, answer_id=old)
    await store.noted(over.id, f"**Ben** asks for a person:\n\n> {SECRET}", None)
    await Privacy(desk.database, clock=lambda: NOW).expire(90)
    assert (await store.get(over.id)).note == "**Ben** asks for a person:\n\nWhat was asked here is deleted."


async def test_nothing_later_in_a_thread_holds_the_words_of_an_old_question(desk: Desk) -> None:
    await desk.answered("UANN", SECRET, at=NOW - timedelta(days=91), thread="t")
    later = await desk.answered("UBEN", "And me?", at=NOW - timedelta(days=1), thread="t", earlier=SECRET)
    store = HandoverStore(desk.database)
    over = await store.open(2, why=Why.WORDS, opened_by="slack:UBEN", since=NOW, threaded=True, answer_id=later)
    await store.noted(over.id, f"**Ben** asks for a person:\n\n> {SECRET}", None)
    async with desk.database.write() as session:
        await session.execute(update(HandoverRow).values(said=f"They wrote: {SECRET}"))
    gone: list[Gone] = []
    await Privacy(desk.database, clock=lambda: NOW, not_learned=gone.extend).expire(90)
    kept, told = await desk.inbox.answer(later), await store.get(over.id)
    assert kept and kept.text == "You said: And me?" and (kept.prompt, kept.notes) == ((), {})
    assert SECRET not in told.note
    async with desk.database.read() as session:
        assert await session.scalar(select(HandoverRow.said)) == ""
    assert later in gone[0].answers and over.id in gone[0].handovers


async def test_an_answer_so_late_that_it_was_not_made_from_an_old_question_keeps_its_prompt(desk: Desk) -> None:
    await desk.answered("UANN", at=NOW - timedelta(days=91), thread="t")
    later = [await desk.answered("UBEN", at=NOW, thread="t", earlier="Hello") for _ in range(4)]
    await Privacy(desk.database, clock=lambda: NOW, history_turns=3).expire(90)
    kept = [await desk.inbox.answer(one) for one in later]
    assert [bool(one and one.prompt) for one in kept] == [False, False, False, True]


async def test_an_old_answer_is_not_given_again(desk: Desk) -> None:
    await desk.answered("UANN", id="kept-7", at=NOW - timedelta(days=91))
    await desk.answered("UBEN", id="kept-8", at=NOW)
    dropped: list[Answer] = []
    await Privacy(desk.database, dropped.append, clock=lambda: NOW).expire(90)
    assert [one.notes["cache"]["id"] for one in dropped] == ["kept-7"]


async def test_reports_are_told_which_questions_go(desk: Desk) -> None:
    await desk.answered("UANN", at=NOW - timedelta(days=91))
    told: list[datetime | None] = []
    privacy = Privacy(desk.database, clock=lambda: NOW, not_reported=told.append)
    await privacy.expire(90)
    await desk.answered("UANN")
    await privacy.forget("slack", "UANN")
    assert told == [NOW - timedelta(days=90), None]


async def test_a_thread_keeps_its_later_questions(desk: Desk) -> None:
    await desk.answered("UANN", at=NOW - timedelta(days=91), thread="t")
    await desk.answered("UANN", at=NOW, thread="t")
    assert await Privacy(desk.database, clock=lambda: NOW).expire(90) == 1
    assert (await desk.count(QuestionRow), await desk.count(ConversationRow)) == (1, 1)


async def test_a_question_that_is_not_finished_stays_however_old(desk: Desk) -> None:
    await desk.inbox.accept(a_question("?", asked_at=NOW - timedelta(days=900)))
    assert await Privacy(desk.database, clock=lambda: NOW).expire(90) == 0
    assert await desk.count(QuestionRow) == 1


async def _forget(privacy: Privacy) -> None:
    await privacy.forget("slack", "UANN")


async def _expire(privacy: Privacy) -> None:
    await privacy.expire(90)


async def _start(privacy: Privacy) -> None:
    await privacy.finish()


@pytest.mark.parametrize("again", [_forget, _expire, _start])
@pytest.mark.parametrize("broken_off", [_forget, _expire])
async def test_what_was_broken_off_leaves_the_files_the_next_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, broken_off: Work, again: Work
) -> None:
    answers = {await desk.answered("UANN", at=NOW - timedelta(days=91)) for _ in range(5)}
    monkeypatch.setattr("bot.privacy._BATCH", 3)
    learned, reported = list[Gone](), list[datetime | None]()
    privacy = Privacy(desk.database, clock=lambda: NOW, not_learned=learned.extend, not_reported=reported.append)
    for name in ("_forget_some", "_expire_some"):
        some, times = getattr(privacy, name), iter([False, True])

        async def busy(*arguments: object, some: Any = some, times: Iterator[bool] = times) -> object:
            if next(times):
                raise DatabaseBusy("It is locked.", "")
            return await some(*arguments)

        monkeypatch.setattr(privacy, name, busy)
    with pytest.raises(DatabaseBusy):
        await broken_off(privacy)
    assert (learned, reported) == ([], [])

    restarted = Privacy(desk.database, clock=lambda: NOW, not_learned=learned.extend, not_reported=reported.append)
    await again(restarted)
    deleted = answers if again is not _start else set(sorted(answers)[:3])
    assert set().union(*(gone.answers for gone in learned)) == deleted
    moments = {_forget: None, _expire: NOW - timedelta(days=90)}
    assert reported == [moments[one] for one in (broken_off, again) if one in moments]
    assert await desk.count(LeftoverRow) == 0


async def test_what_a_file_does_not_let_go_is_tried_again_and_fails_for_nobody_else(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await desk.answered("UANN")
    learned = list[Gone]()
    stuck = True

    def not_reported(before: datetime | None) -> None:
        if stuck:
            raise OSError("The disk is read only.")

    privacy = Privacy(
        desk.database,
        clock=lambda: NOW,
        not_learned=learned.extend,
        named=lambda person: int(person == "slack:UANN"),
        not_reported=not_reported,
    )
    with pytest.raises(OSError, match="read only"):
        await privacy.forget("slack", "UANN")
    assert [(gone.person, gone.answers) for gone in learned] == [("slack:UANN", set()), ("", {answer})]
    async with desk.database.read() as session:
        assert "UANN" not in str((await session.execute(text("SELECT * FROM leftovers"))).all())
    assert not await privacy.forget("slack", "UBEN")
    assert not await privacy.forget("slack", "UANN", "T1")
    assert [(gone.person, gone.answers) for gone in learned[2:]] == [("", {answer})] * 2, "of whom nothing is kept"
    assert "What was forgotten earlier may still stand in a file: The disk is read only." in caplog.text
    with pytest.raises(OSError, match="read only"):
        await privacy.finish()
    with pytest.raises(OSError, match="read only"):
        await privacy.expire(90)
    assert await privacy.unfinished() == 1
    stuck = False
    assert await privacy.expire(90) == 0
    assert await desk.count(LeftoverRow) == 0, "and once it is done, it is done"


async def test_the_next_run_by_age_does_not_fail_for_what_was_forgotten_before(desk: Desk) -> None:
    answer = await desk.answered("UANN")
    await desk.answered("UEVA")

    def not_learned(gone: Sequence[Gone]) -> None:
        if any(answer in one.answers for one in gone):
            raise OSError("The disk is read only.")

    privacy = Privacy(desk.database, clock=lambda: NOW, not_learned=not_learned)
    with pytest.raises(OSError, match="read only"):
        await privacy.forget("slack", "UANN")
    await desk.answered("UBEN", at=NOW - timedelta(days=91))
    assert await privacy.expire(90) == 1
    assert await privacy.unfinished() == 1


async def test_of_who_is_named_in_a_file_that_cannot_be_written_the_name_is_kept_until_it_has_gone(desk: Desk) -> None:
    named = ["slack:UANN"]

    def not_learned(gone: Sequence[Gone]) -> None:
        if named and any(one.person for one in gone):
            raise OSError("The disk is read only.")

    privacy = Privacy(desk.database, not_learned=not_learned, named=named.count)
    await desk.answered("UANN")
    with pytest.raises(OSError, match="read only"):
        await privacy.forget("slack", "UANN")
    async with desk.database.read() as session:
        assert [(row.person, row.gone["answers"]) for row in await session.scalars(select(LeftoverRow))] == [
            ("slack:UANN", [])
        ]
    named.clear()
    await privacy.finish()
    assert await desk.count(LeftoverRow) == 0


async def test_what_is_made_later_is_younger_than_what_was_forgotten(desk: Desk) -> None:
    """SQLite gives the ids of the last rows again."""
    learned = list[Gone]()
    forgotten = await desk.answered("UANN")
    async with desk.database.read() as session:
        made_at = await session.scalar(select(AnswerRow.created_at))
    behind = Privacy(desk.database, clock=lambda: NOW - timedelta(days=900), not_learned=learned.extend)
    await behind.forget("slack", "UANN")
    await desk.answered("UBEN")
    async with desk.database.read() as session:
        later = await session.scalar(select(AnswerRow.created_at))
    [gone] = learned
    assert gone.answers == {forgotten} and gone.until and made_at and later
    assert made_at <= gone.until < later


async def test_nothing_is_learned_of_an_answer_that_was_being_delivered_when_its_words_were_forgotten(
    desk: Desk,
) -> None:
    await desk.answered("UANN", SECRET, thread="t")
    asked = a_question("And me?", key=MessageKey("slack", "T1", "C1", "later"), author="UBEN", thread="t")
    await desk.inbox.accept(asked)
    claimed = await desk.inbox.claim("w", 30)
    assert claimed
    made = an_answer(prompt=(Turn("user", SECRET),), notes={"language": "de", "mood": {}})
    answer = await desk.inbox.record_answer(claimed.id, made, "w")
    await Privacy(desk.database).forget("slack", "UANN")
    again = await desk.inbox.claim("w2", 30)
    assert again and again.answer
    await desk.inbox.record_answer(again.id, replace(again.answer, notes={"told": True}), "w2")
    await desk.inbox.delivered(again.id, "w2")
    curation = Curation(desk.database)
    assert await curation.gone([f"answer:{answer}"]) == {f"answer:{answer}"}
    assert await Shadows(desk.database).keep(asked, made) is Keeping.GONE

    edited = replace(asked, text="And my sister?", edited_at=NOW + timedelta(days=900))
    await desk.inbox.revise(edited, 0)
    anew = await desk.inbox.claim("w3", 30)
    assert anew and anew.answer is None
    await desk.inbox.record_answer(anew.id, made, "w3")
    await desk.inbox.delivered(anew.id, "w3")
    assert await curation.gone([f"answer:{answer}"]) == set(), "it is made of what is kept"
    assert await Shadows(desk.database).keep(edited, made) is Keeping.KEPT


def test_an_older_database_tells_which_answers_were_made_from_what_is_forgotten(url: str) -> None:
    config = _alembic_config()
    engine = sa.create_engine(_parse(url), poolclass=sa.NullPool)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0011")
        metadata = sa.MetaData()
        metadata.reflect(connection)
        tables = metadata.tables
        place = {"platform": "slack", "workspace": "T1", "channel": "C1"}
        connection.execute(tables["conversations"].insert().values(id=1, thread="t", created_at=NOW, **place))
        for id, prompt, notes in ((1, [], {}), (2, [{}], {}), (3, [], {"language": "de"})):
            asked = {"author": "UANN", "text": "?", "scope": {}, "private": False, "route": {}, "asked_at": NOW}
            row = {"id": id, "conversation_id": 1, "message": str(id), "state": "delivered", "attempts": 0}
            connection.execute(tables["questions"].insert().values(**place, **asked, **row))
            none: dict[str, Any] = {"citations": [], "passages": [], "timings": {}, "tokens": {}}
            made = {"status": "answered", "mode": "rag", "model": "", "lora": "", "lora_scale": 0, "text": ""}
            row = {"id": id, "question_id": id, "created_at": NOW, "knowledge_version": 1}
            answer = tables["answers"].insert().values(**none, **made, **row, prompt=prompt, notes=notes)
            connection.execute(answer)
    upgrade(url)
    with engine.connect() as connection:
        cleaned = connection.scalars(select(AnswerRow.id).where(AnswerRow.cleaned)).all()
        assert cleaned == [1]


@pytest.mark.parametrize("old", [False, True])
async def test_who_called_a_person_for_somebody_else_keeps_none_of_the_words_they_had_written_then(
    desk: Desk, old: bool
) -> None:
    asked_at = NOW - timedelta(days=91 if old else 0)
    asked = a_question(SECRET, key=MessageKey("slack", "T1", "C1", "1"), author="UANN", thread="t", asked_at=asked_at)
    first = await desk.inbox.accept(asked)
    answers = [await desk.inbox.record_answer(first.id, an_answer())]
    await desk.inbox.delivered(first.id)
    desk.asked = 1
    answers.append(await desk.answered("UBEN", "How late?", thread="t"))
    for number, words in enumerate([SECRET, "How late?"]):
        key = MessageKey("slack", "T1", "C1", f"{WISH}{number}")
        pressed = a_question(words, key=key, author="UBEN", thread="t", asked_at=NOW)
        id = (await desk.inbox.accept(wish(pressed, Why.BUTTON, answers[number]))).id
        await desk.inbox.record_answer(id, an_answer())
        await desk.inbox.delivered(id)
    await desk.inbox.revise(replace(asked, text="I was thrown out", edited_at=NOW + timedelta(days=900)), 0)
    await desk.inbox.record_answer(first.id, an_answer())
    await desk.inbox.delivered(first.id)
    privacy = Privacy(desk.database, clock=lambda: NOW)
    await (privacy.expire(90) if old else privacy.forget("slack", "UANN"))
    async with desk.database.read() as session:
        kept = select(QuestionRow.text).where(QuestionRow.text != "").order_by(QuestionRow.id)
        assert (await session.scalars(kept)).all() == ["How late?"] * 2


async def test_a_curators_words_for_others_answers_in_the_thread_go_and_what_others_wrote_stays(desk: Desk) -> None:
    await desk.answered("UANN", SECRET, thread="t")
    later, elsewhere = await desk.answered("UBEN", "And me?", thread="t"), await desk.answered("UBEN", "Hello")
    curation = Curation(desk.database)
    for answer in (later, elsewhere):
        await desk.ratings.rate(Rating(answer, "slack:UBEN", 1))
        suggested = await curation.propose(answer, "slack:UBEN", "14 days.")
        await curation.edit(f"suggestion:{suggested}", "slack:UBOSS", question=f"And who wrote {SECRET}?")
    async with desk.database.write() as session:
        session.add_all(
            CuratedRow(answer_id=answer, question=f"And who wrote {SECRET}?", updated_at=NOW)
            for answer in (later, elsewhere)
        )
    await Privacy(desk.database).forget("slack", "UANN")
    async with desk.database.read() as session:
        rows = (await session.scalars(select(CuratedRow))).all()
    assert {row.answer_id for row in rows if row.answer_id} == {elsewhere}
    assert len(rows) == 2
    assert await desk.ratings.value(later, "slack:UBEN") == 1
    listed = [one async for one in curation.all(None) if one.kind is Kind.SUGGESTION]
    assert [(one.question, one.answer) for one in listed] == [
        ("And me?", "14 days."),
        (f"And who wrote {SECRET}?", "14 days."),
    ]
    ids = [one.id for one in listed]
    assert await curation.gone(ids) == {ids[0]}


async def test_a_helper_in_more_hand_overs_than_a_query_takes_ids_is_forgotten(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.migrate()
    desk = Desk(database)
    answer = await desk.answered("UANN")
    about = {"conversation_id": 1, "question_id": 1, "answer_id": answer, "why": "button", "opened_by": "slack:UANN"}
    resolved = {"since": NOW, "state": "resolved", "taken_by": "slack:UEVA", "said": SECRET, "note": "", "reminders": 0}
    async with database.write() as session:
        await session.execute(insert(HandoverRow).values(about | resolved | {"threaded": True, "told": True}))
        columns = ", ".join([*about, *resolved, "threaded", "told"])
        for _ in range(18):
            copied = f"INSERT INTO handovers ({columns}) SELECT {columns} FROM handovers"
            await session.execute(text(copied))
    assert (await Privacy(database).forget("slack", "UEVA")).handovers == 2**18
    async with database.read() as session:
        assert await session.scalar(select(func.count()).where(HandoverRow.said != "")) == 0
    await database.close()
