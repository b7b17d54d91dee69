"""Forgetting: a person's words are gone from the database, other people's stay, and old questions go by themselves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from example_messages import a_question, an_answer
from sqlalchemy import func, select, update

from bot.channels.resolve import Channels
from bot.channels.store import ChannelKey, ChannelStore
from bot.channels.values import StandardAnswerValues
from bot.curation import Curation
from bot.inbox import ClaimLost, Inbox, QuestionWithdrawn
from bot.messages import Answer, MessageKey, Rating, Turn
from bot.privacy import Forgotten, Gone, Privacy, told_forgotten
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.forgettings import forgettings
from bot.storage.handovers import HandoverStore, Why
from bot.storage.ratings import Ratings
from bot.storage.tables import AnswerRow, ConversationRow, HandoverRow, PostRow, QuestionRow, RatingRow

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
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
    privacy = Privacy(desk.database, not_learned=forgotten.append, named=lambda person: 2 * (person == "slack:UANN"))
    assert await privacy.kept_of("slack", "UANN") == Forgotten(names=2)
    assert await privacy.kept_of("slack", "UANN", "T1") == Forgotten()
    assert await privacy.forget("slack", "UANN") == Forgotten(names=2)
    assert await privacy.forget("slack", "UANN", "T1") == Forgotten()
    assert [gone.person for gone in forgotten] == ["slack:UANN", ""]


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
    await Privacy(desk.database, clock=lambda: NOW, not_learned=gone.append).expire(90)
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
