"""Every message that the desk accepts ends once: in an answer, in a visible error, or withdrawn with its question."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels.resolve import Channel
from bot.curation import Curation
from bot.delivery import DeliveryError
from bot.desk import Desk, Heard, Hearing
from bot.feedback import Feedback
from bot.generation.engine import EngineBusy
from bot.handovers import Handovers, Note
from bot.inbox import Accepted, Inbox
from bot.messages import (
    Answer,
    AnswerEvent,
    Choice,
    Conversation,
    Finished,
    MessageKey,
    Partial,
    Question,
    Rating,
    Reason,
    Searching,
    Status,
    Waiting,
)
from bot.privacy import Privacy
from bot.settings import Settings
from bot.storage.database import Database, utc_now
from bot.storage.handovers import HandoverStore, NotePlace
from bot.storage.ratings import Ratings
from bot.storage.tables import QuestionRow
from bot.tuning.offers import Offer
from bot.understanding.mood import Moods
from bot.wording import notices
from bot.workers import MAX_ATTEMPTS
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError


class Chat:
    """A chat platform in memory. `posts` is what people see; `refusals` makes the next deliveries fail."""

    name = "slack"

    def __init__(self) -> None:
        self.posts: dict[str, str] = {}
        self.seen: list[str] = []
        self.refusals = 0
        self.notes: list[tuple[NotePlace, Note]] = []
        self.edits: list[tuple[NotePlace, Note]] = []
        self.asked: list[str] = []
        self.locked = False

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> str:
        return ""

    async def post_note(self, place: NotePlace, note: Note, *, look_first: bool = False) -> str:
        if self.locked:
            raise FrontdeskError("I am not in this channel.")
        self.notes.append((place, note))
        return f"note {len(self.notes)}"

    async def edit_note(self, place: NotePlace, note: Note) -> None:
        self.edits.append((place, note))

    async def notify(self, user: str, text: str, offers: Sequence[Offer] = ()) -> None:
        self.notes.append((NotePlace(self.name, user), Note(text)))

    async def ask_why(self, question: Question, answer_id: int, user: str) -> None:
        self.asked.append(f"why, {user}")

    async def ask_to_rate(self, question: Question, answer_id: int) -> None:
        self.asked.append(f"rate, {question.author}")

    def threaded(self, question: Question) -> bool:
        return not question.private

    async def describe(self, question: Question) -> tuple[str, str]:
        return "Ada *Lovelace*", "" if question.private else f"https://chat.example/{question.thread}"

    async def begin(
        self, question: Question, posts: tuple[str, ...], record: Callable[[str], Awaitable[None]]
    ) -> "ChatReply":
        if posts:
            return ChatReply(self, posts[0])
        post = f"reply to {question.key.message}"
        self.posts[post] = "…"
        await record(post)
        return ChatReply(self, post)


class ChatReply:
    def __init__(self, chat: Chat, post: str) -> None:
        self.chat, self.post = chat, post

    async def update(self, text: str) -> None:
        self.chat.posts[self.post] = text
        self.chat.seen.append(text)

    async def finish(self, answer: Answer, answer_id: int) -> None:
        if self.chat.refusals:
            self.chat.refusals -= 1
            raise DeliveryError("The platform is away.")
        self.chat.posts[self.post] = answer.text

    async def fail(self, sentence: str) -> None:
        self.chat.posts[self.post] = f"ERROR {sentence}"

    async def discard(self) -> None:
        self.chat.posts.pop(self.post, None)


class Script:
    """Answers `echo: …`; `hold` stops it half-way until set, `error` is raised instead."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.questions: list[Question] = []
        self.conversations: list[Conversation] = []
        self.begun = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()
        self.error: Exception | None = None
        self.ends: dict[str, Answer] = {}
        """What a question ends in, by its text, where that is something else."""
        self.places: tuple[int, ...] = ()
        self.step_s = 0.1
        self.unloved: list[str] = []

    def disliked(self, answer: Answer) -> None:
        self.unloved.append(answer.text)

    async def answer(self, question: Question, conversation: Conversation) -> AsyncGenerator[AnswerEvent, None]:
        self.asked.append(question.text)
        self.questions.append(question)
        self.conversations.append(conversation)
        yield Searching()
        for place in self.places:
            yield Waiting(place)
            await asyncio.sleep(self.step_s)
        yield Partial("echo")
        self.begun.set()
        await self.go.wait()
        if self.error:
            raise self.error
        yield Finished(self.ends.get(question.text) or Answer(Status.ANSWERED, f"echo: {question.text}"))


def question(message: str, text: str = "How long?", *, thread: str = "t1", channel: str = "C1") -> Question:
    return Question(MessageKey("slack", "T1", channel, message), text, "U1", thread)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    await database.migrate()
    yield database
    await database.close()


class Office:
    """A desk at work, with its chat and its script at hand."""

    def __init__(self, database: Database, moods: Moods | None = None, **settings: object) -> None:
        self.database = database
        self.chat, self.script = Chat(), Script()
        self.inbox, self.ratings, self.curation = Inbox(database), Ratings(database), Curation(database)
        self.handovers = Handovers(Settings(**settings), HandoverStore(database), self.inbox)
        self.desk = Desk(
            Settings(**settings),
            self.inbox,
            Feedback(self.ratings, self.curation),
            self.handovers,
            self.script,
            retry_s=0.01,
            places_s=0.02,
            moods=moods,
        )
        self.desk.attach(self.chat)

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not done():  # noqa: ASYNC110  the chat has no event to wait for
                await asyncio.sleep(0.01)

    async def idle(self) -> None:
        async with asyncio.timeout(20):
            while await self.inbox.pending():  # noqa: ASYNC110  nor has the inbox
                await asyncio.sleep(0.01)


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    office = Office(database)
    await office.desk.workers.start()
    yield office
    await office.desk.workers.stop()


async def test_a_mention_is_answered_in_one_post_that_grows(office: Office) -> None:
    assert (await office.desk.hear(question("1"), addressed=True)).outcome is Hearing.ACCEPTED
    await office.idle()
    assert office.chat.posts == {"reply to 1": "echo: How long?"}
    assert office.chat.seen == ["echo"]


async def test_no_transaction_is_open_while_the_model_streams(office: Office, tmp_path: Path) -> None:
    office.script.go.clear()
    await office.desk.hear(question("1"), addressed=True)
    await office.script.begun.wait()
    other = sqlite3.connect(tmp_path / "frontdesk.db", timeout=2, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    other.execute("ROLLBACK")
    other.execute("PRAGMA busy_timeout = 2000")
    assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0, "a reader blocks this"
    other.close()
    office.script.go.set()
    await office.idle()
    assert office.chat.posts == {"reply to 1": "echo: How long?"}


async def test_the_same_message_delivered_again_is_answered_once(office: Office) -> None:
    heard = await asyncio.gather(*(office.desk.hear(question("1"), addressed=True) for _ in range(5)))
    await office.idle()
    assert sorted(one.outcome for one in heard) == [Hearing.ACCEPTED, *[Hearing.DUPLICATE] * 4]
    assert office.script.asked == ["How long?"]


async def test_a_retry_of_a_message_that_never_arrived_is_answered(office: Office) -> None:
    """A platform's retry is dropped only if its key is in the inbox, never for being a retry."""
    assert (await office.desk.hear(question("retry"), addressed=True)).outcome is Hearing.ACCEPTED
    await office.idle()
    assert "reply to retry" in office.chat.posts


async def test_a_reply_counts_only_in_a_thread_where_the_bot_takes_part(office: Office) -> None:
    assert (await office.desk.hear(question("0"), addressed=False)).outcome is Hearing.IGNORED
    await office.desk.hear(question("1"), addressed=True)
    await office.idle()
    assert (await office.desk.hear(question("2", "And then?"), addressed=False)).outcome is Hearing.ACCEPTED
    assert (await office.desk.hear(question("3", thread="t2"), addressed=False)).outcome is Hearing.IGNORED
    await office.idle()
    assert [turn.content for turn in office.script.conversations[-1].turns] == ["How long?", "echo: How long?"]


async def test_a_channel_that_is_not_allowed_is_told_so_and_direct_messages_always_are(database: Database) -> None:
    office = Office(database, slack={"channels": ["C9"]})
    heard = await office.desk.hear(question("1"), addressed=True)
    assert heard.outcome is Hearing.DENIED
    assert "direct message" in heard.sentence
    assert (await office.desk.hear(question("2", channel="C9"), addressed=True)).outcome is Hearing.ACCEPTED
    assert (await office.desk.hear(question("3"), addressed=True, direct=True)).outcome is Hearing.ACCEPTED
    assert await office.inbox.pending() == 2


async def test_an_error_is_told_to_admins_and_to_askers_only_where_they_can_act_on_it(database: Database) -> None:
    office = Office(database, admins=["slack:U9"])
    await office.desk.workers.start()
    for number, error in enumerate(
        (FrontdeskError("The index is gone.", "Run `frontdesk reindex`."), EngineBusy("I am busy.", "Ask again."))
    ):
        office.script.error = error
        await office.desk.hear(question(f"{number}a"), addressed=True)
        await office.desk.hear(replace(question(f"{number}b"), author="U9"), addressed=True)
        await office.idle()
    assert (
        office.chat.posts["reply to 0a"] == f"ERROR {notices.APOLOGY.en.format(contact='a member of the support team')}"
    )
    assert office.chat.posts["reply to 0b"] == "ERROR The index is gone. Run `frontdesk reindex`."
    assert office.chat.posts["reply to 1a"] == office.chat.posts["reply to 1b"] == "ERROR I am busy. Ask again."
    await office.desk.workers.stop()


async def test_an_unforeseen_error_is_shown_as_an_apology_without_its_insides(office: Office) -> None:
    office.script.error = RuntimeError("secret detail")
    await office.desk.hear(question("1"), addressed=True)
    await office.idle()
    assert office.chat.posts["reply to 1"].startswith("ERROR Sorry")
    assert "secret" not in office.chat.posts["reply to 1"]


async def test_a_question_that_cannot_be_read_ends_in_an_apology_and_the_next_is_answered(database: Database) -> None:
    office = Office(database)
    await office.desk.hear(question("1"), addressed=True)
    async with database.write() as session:
        await session.execute(sa.update(QuestionRow).values(scope={"effective_from": "gestern"}))
    await office.desk.hear(question("2", thread="t2"), addressed=True)
    await office.desk.workers.start()
    await office.idle()
    await office.desk.workers.stop()
    assert office.chat.posts["reply to 1"].startswith("ERROR Sorry")
    assert office.chat.posts["reply to 2"] == "echo: How long?"


async def test_the_desk_outlives_an_unforeseen_error_of_the_inbox_and_says_so_meanwhile(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise TypeError("secret detail")

    monkeypatch.setattr(office.inbox, "claim", broken)
    await office.desk.hear(question("1"), addressed=True)
    await office.until(lambda: office.desk.workers.health() != "")
    assert "secret" not in office.desk.workers.health()
    monkeypatch.undo()
    await office.idle()
    assert office.chat.posts == {"reply to 1": "echo: How long?"}
    assert office.desk.workers.health() == ""


async def test_answers_to_deleted_questions_are_taken_back_after_an_unforeseen_error(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.desk.hear(question("1"), addressed=True)
    await office.idle()
    tried = asyncio.Event()

    async def broken(*_: object) -> None:
        tried.set()
        raise TypeError("not foreseen")

    monkeypatch.setattr(office.inbox, "to_take_back", broken)
    await office.desk.withdraw(question("1").key)
    await tried.wait()
    assert set(office.chat.posts) == {"reply to 1"}
    monkeypatch.undo()
    await office.desk.withdraw(question("1").key)
    await office.until(lambda: not office.chat.posts)
    assert office.desk.workers.health() == ""


async def test_a_desk_that_takes_no_questions_any_more_is_unwell(office: Office) -> None:
    assert office.desk.workers.health() == ""
    assert office.desk.workers._claiming is not None
    office.desk.workers._claiming.cancel()
    await office.until(lambda: office.desk.workers.health() != "")


async def test_a_delivery_that_fails_is_tried_again_with_the_same_answer(office: Office) -> None:
    office.chat.refusals = 2
    await office.desk.hear(question("1"), addressed=True)
    await office.idle()
    assert office.chat.posts == {"reply to 1": "echo: How long?"}
    assert office.script.asked == ["How long?"]


async def test_a_question_deleted_meanwhile_is_not_answered(office: Office) -> None:
    office.script.go.clear()
    await office.desk.hear(question("1"), addressed=True)
    await office.script.begun.wait()
    await office.desk.withdraw(question("1").key)
    await office.until(lambda: not office.chat.posts)
    assert await office.inbox.pending() == 0


async def test_a_shutdown_hands_back_and_the_next_start_finishes_in_the_same_post(database: Database) -> None:
    first = Office(database)
    first.script.go.clear()
    await first.desk.workers.start()
    await first.desk.hear(question("1"), addressed=True)
    await first.script.begun.wait()
    await first.desk.workers.stop()
    assert await first.inbox.pending() == 1

    second = Office(database)
    second.chat.posts = first.chat.posts
    await second.desk.workers.start()
    await second.idle()
    await second.desk.workers.stop()
    assert second.chat.posts == {"reply to 1": "echo: How long?"}


async def test_work_on_a_question_that_went_to_another_process_stops(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.LEASE_S", 0.15)
    office.script.go.clear()
    await office.desk.hear(question("1"), addressed=True)
    await office.script.begun.wait()
    await office.inbox.postpone(1, 0)
    taken = await office.inbox.claim("another process", 60)
    assert taken
    await office.until(lambda: not office.desk.workers.busy)
    assert await office.inbox.pending() == 1, "the other process still has it"


async def test_work_on_a_question_stops_when_its_claim_has_run_out_though_the_renewal_does_not_end(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.LEASE_S", 0.15)
    never = asyncio.Event()

    async def hangs(*_: object) -> bool:
        return await never.wait()

    monkeypatch.setattr(office.inbox, "renew", hangs)
    office.script.go.clear()
    await office.desk.hear(question("1"), addressed=True)
    await office.until(lambda: len(office.script.asked) > 1)
    assert len(set(office.script.asked)) == 1, "it is taken up again"
    never.set()


async def test_questions_of_a_thread_are_answered_in_order_and_of_others_at_once(office: Office) -> None:
    office.script.go.clear()
    for message, thread in (("1", "a"), ("2", "a"), ("3", "b")):
        await office.desk.hear(question(message, message, thread=thread), addressed=True)
    await office.until(lambda: len(office.script.asked) == 2)
    assert sorted(office.script.asked) == ["1", "3"]
    office.script.go.set()
    await office.idle()
    assert sorted(office.script.asked) == ["1", "2", "3"]


async def test_a_message_whose_deletion_is_heard_first_is_not_answered(office: Office) -> None:
    await office.desk.withdraw(question("1").key)
    for missed in (True, False):
        heard = await office.desk.hear(question("1"), addressed=True, missed=missed)
        assert heard.outcome is Hearing.IGNORED
    changed = replace(question("1", "How far?"), edited_at=utc_now())
    assert (await office.desk.edit(changed, addressed=True)).outcome is Hearing.IGNORED
    await office.desk.hear(question("2"), addressed=True)
    await office.idle()
    assert set(office.chat.posts) == {"reply to 2"} and office.script.asked == ["How long?"]


async def test_a_message_that_is_deleted_while_it_is_heard_is_not_answered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, accept = office.desk.channels.at, office.inbox.accept

    async def deleted_before(*place: str) -> Channel:
        await office.desk.withdraw(question("1").key)
        return await at(*place)

    async def deleted_meanwhile(*said: Any, **how: Any) -> Accepted:
        await office.desk.withdraw(question("2").key)
        return await accept(*said, **how)

    monkeypatch.setattr(office.desk.channels, "at", deleted_before)
    await office.desk.hear(question("1"), addressed=True)
    monkeypatch.undo()
    monkeypatch.setattr(office.inbox, "accept", deleted_meanwhile)
    await office.desk.hear(question("2"), addressed=True)
    await office.idle()
    assert office.chat.posts == {}


async def test_buttons_and_reactions_set_change_and_withdraw_one_rating(office: Office) -> None:
    await office.desk.hear(question("1"), addressed=True)
    await office.idle()
    post = MessageKey("slack", "T1", "C1", "reply to 1")
    answer_id = await office.inbox.answer_of_post("slack", "T1", "C1", "reply to 1")
    assert answer_id is not None
    await office.desk.press(answer_id, "slack:U1", 1)
    assert await office.ratings.value(answer_id, "slack:U1") == 1
    await office.desk.react(post, "slack:U1", -1, added=True)
    assert await office.ratings.value(answer_id, "slack:U1") == -1
    await office.desk.react(post, "slack:U1", 1, added=False)  # an old 👍 taken off is not the 👎 given since
    assert await office.ratings.value(answer_id, "slack:U1") == -1
    assert (await office.desk.press(answer_id, "slack:U1", -1)).ask_why, "the button says what the reaction said"
    assert await office.ratings.value(answer_id, "slack:U1") == -1
    assert "withdrawn" in (await office.desk.press(answer_id, "slack:U1", -1)).sentence
    assert await office.ratings.value(answer_id, "slack:U1") is None


async def test_a_reason_given_after_a_reaction_is_no_press_of_the_button(office: Office) -> None:
    await office.desk.hear(question("1"), addressed=True)
    await office.idle()
    post = MessageKey("slack", "T1", "C1", "reply to 1")
    await office.desk.react(post, "slack:U1", -1, added=True)
    await office.desk.explain(1, "slack:U1", Reason.RUDE)
    assert (await office.desk.press(1, "slack:U1", -1)).ask_why
    [rating] = await office.ratings.of(1)
    assert (rating.value, rating.source, rating.reason) == (-1, "button", Reason.RUDE)


@pytest.mark.parametrize(("text", "for_others"), [("Can you check my order?", True), ("", False), ("@everyone", False)])
async def test_what_is_said_to_others_or_without_words_is_no_follow_up(
    office: Office, text: str, for_others: bool
) -> None:
    await office.desk.hear(question("1"), addressed=True)
    await office.idle()
    heard = await office.desk.hear(question("2", text), addressed=False, for_others=for_others)
    assert heard.outcome is Hearing.IGNORED
    heard = await office.desk.hear(question("3", text), addressed=True, for_others=for_others)
    assert heard.outcome is Hearing.ACCEPTED
    await office.idle()


async def test_who_sends_nothing_but_a_file_is_told_that_only_text_is_read(office: Office) -> None:
    office.script.ends[""] = Answer(Status.SMALLTALK, "Hello!", notes={"language": "de"})
    await office.desk.hear(question("1", ""), addressed=True, files=True)
    await office.desk.hear(question("2", "What is this?", thread="t2"), addressed=True, files=True)
    await office.desk.hear(question("3", "", thread="t3"), addressed=True)
    await office.idle()
    assert office.chat.posts == {
        "reply to 1": f"Hello!\n\n{notices.ONLY_TEXT.of(office.script.ends[''].language)}",
        "reply to 2": "echo: What is this?",
        "reply to 3": "Hello!",
    }


async def test_reactions_on_other_peoples_posts_count_for_nothing(office: Office) -> None:
    await office.desk.react(MessageKey("slack", "T1", "C1", "a stranger's"), "slack:U1", 1, added=True)
    assert (await office.ratings.totals()).up == 0


async def test_a_rating_of_an_answer_that_is_gone_is_told_in_a_sentence(office: Office) -> None:
    with pytest.raises(FrontdeskError, match="no longer have"):
        await office.desk.press(999, "slack:U1", 1)
    with pytest.raises(FrontdeskError):
        await office.ratings.rate(Rating(999, "slack:U1", 1))


# Those who wait ---------------------------------------------------------------------------------------------------


async def test_who_waits_for_others_sees_the_place_in_the_queue(database: Database) -> None:
    office = Office(database, answering={"workers": 1})
    office.script.go.clear()
    await office.desk.workers.start()
    try:
        for n in range(4):
            await office.desk.hear(question(f"m{n}", f"q{n}", thread=f"t{n}"), addressed=True)
        await office.until(lambda: office.chat.posts.get("reply to m3") == "You are number 3 in the queue …")
        assert office.chat.posts["reply to m1"] == "You are next in the queue …"
        assert office.chat.posts["reply to m2"] == "You are number 2 in the queue …"
        assert office.script.asked == ["q0"]
        office.script.go.set()
        await office.idle()
        assert [office.chat.posts[f"reply to m{n}"] for n in range(4)] == [f"echo: q{n}" for n in range(4)]
        assert office.script.asked == ["q0", "q1", "q2", "q3"]
    finally:
        await office.desk.workers.stop()


async def test_who_finds_no_room_to_wait_is_told_at_once_and_answered_once(database: Database) -> None:
    office = Office(database, answering={"workers": 1}, model={"queue_size": 2})
    office.script.go.clear()
    await office.desk.workers.start()
    try:
        told = []
        for n in range(5):
            heard = await office.desk.hear(question(f"m{n}", f"q{n}", thread=f"t{n}"), addressed=True)
            told.append((heard.outcome, heard.sentence))
        assert told == [
            *[(Hearing.ACCEPTED, "")] * 3,
            *[(Hearing.ACCEPTED, notices.MANY_BEFORE.en.format(ahead=ahead)) for ahead in (3, 4)],
        ]
        assert await office.desk.hear(question("m4", thread="t4"), addressed=True) == Heard(Hearing.DUPLICATE)
        for message, how in (("m5", {"bot": True}), ("m6", {"missed": True})):
            asked = question(message, message, thread=message)
            assert await office.desk.hear(asked, addressed=True, **how) == Heard(Hearing.ACCEPTED)
        await office.until(lambda: office.chat.posts.get("reply to m2") == "You are number 2 in the queue …")
        assert len(office.chat.posts) == 3
        office.script.go.set()
        await office.idle()
        assert office.script.asked == ["q0", "q1", "q2", "q3", "q4", "m5", "m6"]
        assert len(office.chat.posts) == 7
    finally:
        await office.desk.workers.stop()


async def test_the_place_in_the_models_queue_is_shown_too(office: Office) -> None:
    office.script.places = (5, 2, 1)
    await office.desk.hear(question("m1"), addressed=True)
    await office.idle()
    assert office.chat.seen == [
        "You are number 5 in the queue …",
        "You are number 2 in the queue …",
        "You are next in the queue …",
        "echo",
    ]


async def test_places_that_change_faster_than_a_chat_takes_edits_are_left_out(office: Office) -> None:
    office.script.places, office.script.step_s = tuple(range(50, 0, -1)), 0.001
    await office.desk.hear(question("m1"), addressed=True)
    await office.idle()
    assert office.chat.seen[0] == "You are number 50 in the queue …"
    assert office.chat.seen[-1] == "echo"
    assert len(office.chat.seen) < 20


async def test_who_waits_when_the_desk_stops_is_answered_after_the_next_start(database: Database) -> None:
    first = Office(database, answering={"workers": 1})
    first.script.go.clear()
    await first.desk.workers.start()
    for n in range(3):
        await first.desk.hear(question(f"m{n}", f"q{n}", thread=f"t{n}"), addressed=True)
    await first.until(lambda: first.chat.posts.get("reply to m2") == "You are number 2 in the queue …")
    await first.desk.workers.stop()
    second = Office(database)
    second.chat.posts = first.chat.posts
    await second.desk.workers.start()
    await second.idle()
    await second.desk.workers.stop()
    assert second.chat.posts == {f"reply to m{n}": f"echo: q{n}" for n in range(3)}


async def test_who_only_waited_is_not_to_blame_for_crashes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for crashes in range(MAX_ATTEMPTS):
        crashing = Office(database, answering={"workers": 1})
        _set_clock(monkeypatch, database, crashes)
        await crashing.inbox.release(lambda _: True)
        _set_clock(monkeypatch, database, crashes + 0.5)
        crashing.script.go.clear()
        await crashing.desk.workers.start()
        for n in range(2):
            await crashing.desk.hear(question(f"m{n}", f"q{n}", thread=f"t{n}"), addressed=True)
        await crashing.until(lambda now=crashing: now.desk.workers.busy == 2 and now.script.asked)
        crashing.inbox.give_back = crashing.inbox.renew = _nothing  # type: ignore[method-assign, assignment]
        await crashing.desk.workers.stop()
    after = Office(database)
    await after.inbox.release(lambda _: True)
    _set_clock(monkeypatch, database, MAX_ATTEMPTS + 1)
    await after.desk.workers.start()
    await after.idle()
    await after.desk.workers.stop()
    assert after.script.asked == ["q1"]  # nobody tries the other one again


def _set_clock(monkeypatch: pytest.MonkeyPatch, database: Database, hours_ahead: float) -> None:
    async def now(_: object) -> datetime:
        return utc_now() + timedelta(hours=hours_ahead)

    monkeypatch.setattr(database, "now", now)


async def _nothing(*_: object) -> bool:
    return True


# Questions asked back ---------------------------------------------------------------------------------------------

ASKED_BACK = Answer(
    Status.CLARIFY,
    "That differs by region. Do you mean the EU or the US?",
    choices=(Choice("EU", "How do I return it in the EU?"), Choice("US", "How do I return it in the US?")),
)


async def asked_back(office: Office, **fields: object) -> int:
    """Ask a question that is asked back; return the id of what it was answered with."""
    office.script.ends["How do I return it?"] = ASKED_BACK
    asked = replace(question("m1", "How do I return it?"), **fields)  # type: ignore[arg-type]
    await office.desk.hear(asked, addressed=True)
    await office.idle()
    answer_id = await office.inbox.answer_of_post("slack", "T1", "C1", "reply to m1")
    assert answer_id is not None
    return answer_id


async def press(office: Office, answer_id: int, choice: int, person: str = "U1", scope: Scope | None = None) -> Heard:
    async def scope_here(asked: Question) -> Scope:
        assert asked.key.channel == "C1"
        return scope or Scope()

    return await office.desk.choose(answer_id, choice, person, scope_here, direct=False, route={"url": "x"})


async def test_a_choice_asks_the_question_again_in_its_thread_as_the_same_person(office: Office) -> None:
    heard = await press(office, await asked_back(office), 1)
    assert (heard.outcome, heard.sentence) == (Hearing.ACCEPTED, "You chose US; the answer follows.")
    await office.idle()
    again = office.script.questions[-1]
    assert (again.text, again.author, again.thread, again.route) == (
        "How do I return it in the US?",
        "U1",
        "t1",
        {"url": "x"},
    )
    assert office.chat.posts["reply to choice-1"] == "echo: How do I return it in the US?"
    assert [turn.content for turn in office.script.conversations[-1].turns] == ["How do I return it?", ASKED_BACK.text]


async def test_who_chooses_and_finds_no_room_to_wait_is_told_both(database: Database) -> None:
    office = Office(database, answering={"workers": 1}, model={"queue_size": 1})
    await office.desk.workers.start()
    try:
        answer_id = await asked_back(office)
        office.script.go.clear()
        for n in (2, 3):
            await office.desk.hear(question(f"m{n}", thread=f"t{n}"), addressed=True)
        heard = await press(office, answer_id, 1)
        assert heard.sentence == f"{notices.CHOSEN.en.format(choice='US')} {notices.MANY_BEFORE.en.format(ahead=2)}"
        office.script.go.set()
        await office.idle()
    finally:
        await office.desk.workers.stop()


async def test_another_person_cannot_choose(office: Office) -> None:
    heard = await press(office, await asked_back(office), 0, person="U2")
    assert (heard.outcome, heard.sentence) == (Hearing.DENIED, notices.NOT_YOURS.en)
    await office.idle()
    assert office.script.asked == ["How do I return it?"]


async def test_a_second_press_changes_nothing(office: Office) -> None:
    answer_id = await asked_back(office)
    first, second, other = [await press(office, answer_id, choice) for choice in (0, 0, 1)]
    assert first.outcome is Hearing.ACCEPTED
    assert (
        (second.outcome, second.sentence)
        == (other.outcome, other.sentence)
        == (Hearing.DUPLICATE, notices.CHOSEN_ALREADY.en)
    )
    await office.idle()
    assert office.script.asked == ["How do I return it?", "How do I return it in the EU?"]


async def test_what_is_no_choice_of_an_answer_is_told_so(office: Office) -> None:
    answer_id = await asked_back(office)
    for id, choice in ((answer_id, 2), (answer_id, -1), (answer_id + 7, 0)):
        assert (await press(office, id, choice)).sentence == notices.NOTHING_TO_CHOOSE.en


async def test_a_choice_of_a_question_deleted_meanwhile_is_none(office: Office) -> None:
    answer_id = await asked_back(office)
    await office.desk.withdraw(question("m1").key)
    assert (await press(office, answer_id, 0)).sentence == notices.NOTHING_TO_CHOOSE.en


async def test_a_choice_never_widens_what_could_be_told_when_it_was_asked_nor_what_can_be_told_now(
    office: Office,
) -> None:
    answer_id = await asked_back(office, scope=Scope(region=("eu", "us"), audience=("internal", "partner")))
    now = Scope(region=("us", "uk"), audience=("internal", "board"), product=("kettles",))
    await press(office, answer_id, 1, scope=now)
    await office.idle()
    assert office.script.questions[-1].scope == Scope(region=("us",), audience=("internal",), product=("kettles",))


async def test_a_choice_where_nothing_is_left_to_be_told_is_none(office: Office) -> None:
    answer_id = await asked_back(office, scope=Scope(region=("eu",)))
    assert (await press(office, answer_id, 0, scope=Scope(region=("us",)))).sentence == notices.NOTHING_TO_CHOOSE.en


async def test_a_choice_in_a_channel_that_is_not_allowed_any_more_is_refused(database: Database) -> None:
    office = Office(database)
    await office.desk.workers.start()
    answer_id = await asked_back(office)
    await office.desk.workers.stop()
    later = Office(database, slack={"channels": ["C2"]})
    assert (await press(later, answer_id, 0)).outcome is Hearing.DENIED


async def test_a_choice_works_after_a_restart(database: Database) -> None:
    office = Office(database)
    await office.desk.workers.start()
    answer_id = await asked_back(office)
    await office.desk.workers.stop()
    later = Office(database)
    await later.desk.workers.start()
    await press(later, answer_id, 0)
    await later.idle()
    await later.desk.workers.stop()
    assert later.chat.posts["reply to choice-1"] == "echo: How do I return it in the EU?"


# Handed over to people --------------------------------------------------------------------------------------------

HUMAN = "Let me talk to a human\nabout *my* kettle"


def handed_over(office: Office) -> None:
    office.script.ends[HUMAN] = Answer(
        Status.HANDED_OVER, "Of course. Please ask a member of the support team.", notes={"language": "en"}
    )


async def test_a_thread_handed_over_is_quiet_until_the_bot_is_mentioned(office: Office) -> None:
    handed_over(office)
    await office.desk.hear(question("m1", HUMAN), addressed=True)
    await office.idle()
    told = "Of course. Please ask a member of the support team. I stay quiet in this thread until you mention me."
    assert office.chat.posts == {"reply to m1": told}
    assert not office.chat.notes
    heard = await office.desk.hear(question("m2", "Hello? Anybody?"), addressed=False)
    assert heard.outcome is Hearing.IGNORED
    await office.desk.hear(question("m3", "How long?"), addressed=True)
    await office.desk.hear(question("m4", "And in the UK?"), addressed=False)
    await office.idle()
    assert office.script.asked == [HUMAN, "How long?", "And in the UK?"]


async def test_a_reply_that_came_before_the_hand_over_was_done_is_left_to_people(office: Office) -> None:
    handed_over(office)
    office.script.go.clear()
    await office.desk.hear(question("m1", HUMAN), addressed=True)
    await office.desk.hear(question("m2", "Hello? Anybody?"), addressed=False)
    await office.desk.hear(question("m3", "and with a mention?"), addressed=True)
    office.script.go.set()
    await office.idle()
    assert set(office.chat.posts) == {"reply to m1", "reply to m3"}


@pytest.mark.parametrize("waits", [False, True], ids=["heard later", "claimed later"])
async def test_a_reply_heard_after_a_mention_that_was_said_later_is_left_to_people(office: Office, waits: bool) -> None:
    handed_over(office)
    minute = [datetime(2026, 1, 1, 9, one, tzinfo=UTC) for one in range(3)]
    thanks = replace(question("m2", "Thank you!"), asked_at=minute[1])
    mention = replace(question("m3", "How long?"), asked_at=minute[2])
    office.script.go.clear()
    await office.desk.hear(replace(question("m1", HUMAN), asked_at=minute[0]), addressed=True)
    if waits:
        await office.desk.hear(mention, addressed=True)
        await office.desk.hear(thanks, addressed=False)
        office.script.go.set()
    else:
        office.script.go.set()
        await office.idle()
        await office.desk.hear(mention, addressed=True)
        await office.desk.hear(thanks, addressed=False)
    await office.idle()
    assert set(office.chat.posts) == {"reply to m1", "reply to m3"}


async def test_people_are_told_of_a_hand_over_in_their_channel_once(database: Database) -> None:
    office = Office(database, answering={"handover_channel": "slack:C0HUMANS"})
    handed_over(office)
    office.chat.refusals = 1
    await office.desk.workers.start()
    await office.desk.hear(question("m1", HUMAN), addressed=True)
    await office.idle()
    await office.desk.workers.stop()
    [(place, note)] = office.chat.notes
    assert place == NotePlace("slack", "C0HUMANS")
    assert note.text == (
        "**Ada Lovelace** asks for a person in [this thread](https://chat.example/t1):\n\n"
        "> Let me talk to a human\n> about \\*my\\* kettle"
    )
    assert office.chat.posts["reply to m1"] == (
        "Of course. I have told the team, and somebody will answer here. "
        "I stay quiet in this thread until you mention me."
    )


@pytest.mark.parametrize("place", ["slack:C0HUMANS", "discord:4567"])
async def test_where_people_cannot_be_told_nobody_is_promised_that_they_were(database: Database, place: str) -> None:
    office = Office(database, answering={"handover_channel": place})
    handed_over(office)
    office.chat.locked = True
    await office.desk.workers.start()
    await office.desk.hear(question("m1", HUMAN), addressed=True)
    await office.idle()
    await office.desk.workers.stop()
    assert "told" not in office.chat.posts["reply to m1"]


async def test_a_private_hand_over_promises_no_quiet_thread(database: Database) -> None:
    office = Office(database, answering={"handover_channel": "slack:C0HUMANS"})
    handed_over(office)
    await office.desk.workers.start()
    await office.desk.hear(replace(question("m1", HUMAN), private=True), addressed=True)
    await office.idle()
    await office.desk.workers.stop()
    assert office.chat.posts["reply to m1"] == "Of course. I have told the team, and somebody will write to you."
    assert "http" not in office.chat.notes[0][1].text


async def test_a_private_answer_is_not_shown_in_a_channel_where_nothing_is_answered_any_more(office: Office) -> None:
    await office.desk.hear(replace(question("m1"), private=True), addressed=True)
    await office.idle()

    async def scope_here(asked: Question) -> Scope:
        return asked.scope

    async def place_for(asked: Question) -> tuple[str, dict[str, str]]:
        office.chat.posts["head"] = asked.text
        return "t9", {}

    office.desk._settings.slack.channels = ["C2"]
    assert await office.desk.show(1, "U1", scope_here, place_for) == Heard(Hearing.DENIED, notices.DENIED_CHANNEL.en)
    assert "head" not in office.chat.posts
    office.desk._settings.slack.channels = ["C1"]
    assert (await office.desk.show(1, "U1", scope_here, place_for)).outcome is Hearing.ACCEPTED
    await office.idle()
    assert office.chat.posts["reply to show-1"] == "echo: How long?"


async def test_an_answer_that_somebody_disliked_is_made_known_to_the_pipeline(office: Office) -> None:
    await office.desk.hear(question("m1"), addressed=True)
    await office.idle()
    post = replace(question("m1").key, message="reply to m1")
    await office.desk.press(1, "slack:U1", 1)
    assert office.script.unloved == []
    await office.desk.press(1, "slack:U1", -1)
    await office.desk.react(post, "slack:U2", -1, added=True)
    await office.desk.react(post, "slack:U2", -1, added=False)
    assert office.script.unloved == ["echo: How long?"] * 2


async def test_an_answer_that_is_not_kept_as_its_asker_is_forgotten_is_made_known_to_the_pipeline(
    office: Office, database: Database
) -> None:
    office.script.go.clear()
    await office.desk.hear(question("m1", "Where is my refund?"), addressed=True)
    await office.until(office.script.begun.is_set)
    await Privacy(database).forget("slack", "U1")
    office.script.go.set()
    await office.until(lambda: office.desk.workers.busy == 0)
    assert office.script.unloved == ["echo: Where is my refund?"]
    await office.desk.hear(question("m2", "Hello?"), addressed=True)
    await office.idle()
    assert len(office.script.unloved) == 1
