"""The inbox: nothing that was accepted is lost, nothing is answered twice."""

import asyncio
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from example_messages import a_question, an_answer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.inbox import Accepted, Inbox, QuestionWithdrawn, UnknownQuestion
from bot.messages import Conversation, MessageKey, Turn
from bot.storage.database import Database, utc_now
from bot.storage.tables import AnswerRow, QuestionRow, State
from knowledge.documents import Scope


class Clock:
    """The clock of the inbox and of its database, so that leases run out without waiting."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    async def of_database(self, _: AsyncSession) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    monkeypatch.setattr(database, "now", clock.of_database)
    return Inbox(database, clock=clock)


async def test_a_second_delivery_of_a_message_changes_nothing(inbox: Inbox) -> None:
    first = await inbox.accept(a_question("May I return it?"))
    second = await inbox.accept(a_question("another text of the same message"))
    assert (first.new, second) == (True, Accepted(first.id, new=False))
    claimed = await inbox.claim("worker", 60)
    assert claimed and claimed.question.text == "May I return it?"
    assert await inbox.claim("worker", 60) is None


async def test_the_same_message_delivered_twenty_times_at_once_is_kept_once(url: str, database: Database) -> None:
    # Two databases are two processes: what one locks in memory the other does not see.
    other = Database(url)
    inboxes = [Inbox(database), Inbox(other)] * 10
    outcomes = await asyncio.gather(*(inbox.accept(a_question()) for inbox in inboxes))
    await other.close()
    assert sum(outcome.new for outcome in outcomes) == 1
    assert len({outcome.id for outcome in outcomes}) == 1
    assert await inboxes[0].pending() == 1


async def test_a_redelivery_is_dropped_only_when_its_message_is_known(inbox: Inbox) -> None:
    await inbox.accept(a_question(message="1"))
    retry_of_a_lost_one = await inbox.accept(a_question(message="2"))
    assert retry_of_a_lost_one.new


async def test_a_message_is_one_per_platform_workspace_and_channel(inbox: Inbox) -> None:
    keys = [
        MessageKey(*key.split())
        for key in ("slack W1 C1 1", "slack W1 C2 1", "slack W2 C1 1", "discord W1 C1 1", "slack W1 C1 2")
    ]
    assert all([(await inbox.accept(a_question(key=key))).new for key in keys])


async def test_a_question_comes_back_from_the_database_as_it_went_in(inbox: Inbox) -> None:
    question = a_question(
        "Où est mon colis ? 📦",
        scope=Scope.from_mapping({"region": "eu", "audience": "internal", "effective_from": "2026-01-01"}),
        private=True,
        route={"response_url": "http://127.0.0.1/x"},
        asked_at=datetime(2026, 2, 28, 23, 59, 59, 123456, tzinfo=UTC),
    )
    await inbox.accept(question)
    claimed = await inbox.claim("worker", 60)
    assert claimed and claimed.question == question


async def test_text_that_no_database_takes_is_kept_readable(inbox: Inbox) -> None:
    await inbox.accept(a_question("a\x00b\ud83dc"))
    claimed = await inbox.claim("worker", 60)
    assert claimed and claimed.question.text == "a\ufffdb\ufffdc"


async def test_questions_are_handed_out_oldest_first_and_a_thread_one_after_the_other(inbox: Inbox) -> None:
    first = await inbox.accept(a_question(message="1"))
    same_thread = await inbox.accept(a_question(message="2"))
    elsewhere = await inbox.accept(a_question(message="3", thread="T2"))
    assert [(await inbox.claim(w, 60)).id for w in "ab"] == [first.id, elsewhere.id]  # type: ignore[union-attr]
    assert await inbox.claim("c", 60) is None
    await inbox.record_answer(first.id, an_answer())
    assert await inbox.claim("c", 60) is None, "answered is not delivered yet"
    await inbox.delivered(first.id)
    assert (await inbox.claim("c", 60)).id == same_thread.id  # type: ignore[union-attr]


async def test_fifty_claims_at_once_never_get_the_same_question(url: str, database: Database) -> None:
    inbox, others = Inbox(database), [Database(url) for _ in range(3)]
    for number in range(40):
        await inbox.accept(a_question(message=str(number), thread=f"T{number}"))
    inboxes = [inbox, *map(Inbox, others)]
    claims = await asyncio.gather(*(inboxes[number % 4].claim(f"worker {number}", 60) for number in range(50)))
    handed_out = [claim.id for claim in claims if claim]
    assert len(handed_out) == len(set(handed_out)) == 40
    for other in others:
        await other.close()


async def test_fifty_claims_at_once_do_not_break_the_order_within_a_thread(url: str, database: Database) -> None:
    inbox, others = Inbox(database), [Database(url) for _ in range(3)]
    for number in range(40):
        await inbox.accept(a_question(message=str(number), thread=f"T{number % 4}"))
    inboxes = [inbox, *map(Inbox, others)]
    claims = await asyncio.gather(*(inboxes[number % 4].claim(f"worker {number}", 60) for number in range(50)))
    assert sorted(claim.question.key.message for claim in claims if claim) == ["0", "1", "2", "3"]
    for other in others:
        await other.close()


async def test_a_question_of_a_dead_worker_is_handed_out_again(inbox: Inbox, clock: Clock) -> None:
    await inbox.accept(a_question())
    first = await inbox.claim("dead", 60)
    assert first and first.attempts == 0
    await inbox.begin(first.id)
    clock.pass_by(59)
    assert await inbox.claim("alive", 60) is None
    clock.pass_by(2)
    second = await inbox.claim("alive", 60)
    assert second and (second.id, second.attempts) == (first.id, 1)
    assert not await inbox.renew(first.id, "dead", 60), "who lost the lease learns it"


async def test_a_claim_made_while_the_clock_was_years_ahead_does_not_last_for_years(inbox: Inbox, clock: Clock) -> None:
    await inbox.accept(a_question("one"))
    postponed = await inbox.accept(a_question("two", message="2", thread="T2"))
    years = 5 * 365 * 86400
    clock.pass_by(years)
    assert await inbox.claim("dead", 30)
    await inbox.postpone(postponed.id, 300)
    clock.pass_by(-years)
    claimed = await inbox.claim("a", 30), await inbox.claim("b", 30)
    assert [one and one.question.text for one in claimed] == ["one", "two"]
    assert await inbox.claim("c", 30) is None


@pytest.mark.parametrize("ahead_s", [-3 * 3600, -35, 35, 3 * 3600])
async def test_a_machine_whose_clock_goes_wrong_takes_nobodys_question(database: Database, ahead_s: float) -> None:
    right, wrong = Inbox(database), Inbox(database, clock=lambda: utc_now() + timedelta(seconds=ahead_s))
    for message in ("1", "2"):
        await right.accept(a_question(message=message, thread=message))
    claimed = await right.claim("right", 30)
    other_one = await wrong.claim("wrong", 30)
    assert claimed and other_one and claimed.id != other_one.id
    assert await wrong.claim("wrong", 30) is None
    assert await right.claim("right", 30) is None
    assert await right.renew(claimed.id, "right", 30) and await wrong.renew(other_one.id, "wrong", 30)
    await wrong.postpone(other_one.id, 300)
    assert await right.claim("right", 30) is None
    await wrong.postpone(other_one.id, -1)
    assert await right.claim("right", 30)


async def test_a_renewed_lease_is_not_taken(inbox: Inbox, clock: Clock) -> None:
    claimed = await inbox.claim("worker", 60) if (await inbox.accept(a_question())).new else None
    assert claimed
    clock.pass_by(50)
    assert await inbox.renew(claimed.id, "worker", 60)
    clock.pass_by(50)
    assert await inbox.claim("other", 60) is None


async def test_after_a_crash_between_answer_and_delivery_the_kept_answer_is_delivered(
    inbox: Inbox, clock: Clock
) -> None:
    id = (await inbox.accept(a_question())).id
    await inbox.claim("dead", 60)
    await inbox.record_post(id, "p1")
    await inbox.record_post(id, "p2")
    await inbox.record_post(id, "p1")
    answer_id = await inbox.record_answer(id, an_answer())
    clock.pass_by(61)
    again = await inbox.claim("alive", 60)
    assert again and (again.answer, again.answer_id, again.posts) == (an_answer(), answer_id, ("p1", "p2"))
    await inbox.delivered(id)
    clock.pass_by(61)
    assert await inbox.claim("alive", 60) is None
    assert await inbox.pending() == 0


async def test_an_orderly_shutdown_gives_questions_back_without_counting_the_attempt(inbox: Inbox) -> None:
    id = (await inbox.accept(a_question())).id
    await inbox.claim("stopping", 60)
    await inbox.begin(id)
    await inbox.give_back(id, "stopping", 0)
    await inbox.give_back(id, "stopping", 3)
    again = await inbox.claim("next", 60)
    assert again and again.attempts == 0
    await inbox.record_answer(id, an_answer())
    await inbox.give_back(id, "stopping")
    assert await inbox.claim("other", 60) is None, "only who holds a question gives it back"
    await inbox.give_back(id, "next")
    answered = await inbox.claim("next", 60)
    assert answered and answered.answer == an_answer()


async def test_a_postponed_question_waits_and_its_thread_with_it(inbox: Inbox, clock: Clock) -> None:
    id = (await inbox.accept(a_question(message="1"))).id
    await inbox.accept(a_question(message="2"))
    await inbox.claim("worker", 60)
    await inbox.begin(id)
    await inbox.record_answer(id, an_answer())
    await inbox.postpone(id, 5, attempts=0)
    clock.pass_by(4)
    assert await inbox.claim("worker", 60) is None
    clock.pass_by(2)
    again = await inbox.claim("worker", 60)
    assert again and (again.id, again.attempts, again.answer) == (id, 0, an_answer())


async def test_a_worker_gets_questions_of_its_platforms_only(inbox: Inbox) -> None:
    await inbox.accept(a_question())
    assert await inbox.claim("worker", 60, platforms=()) is None
    assert await inbox.claim("worker", 60, platforms=["discord"]) is None
    assert await inbox.claim("worker", 60, platforms=["discord", "slack"])


async def test_a_failed_question_is_not_handed_out_again(inbox: Inbox) -> None:
    id = (await inbox.accept(a_question())).id
    await inbox.claim("worker", 60)
    await inbox.fail(id, "The model does not answer.")
    assert await inbox.claim("worker", 60) is None


async def test_a_deleted_question_is_never_answered(inbox: Inbox) -> None:
    question = a_question()
    id = (await inbox.accept(question)).id
    assert not await inbox.is_withdrawn(id)
    assert await inbox.withdraw(question.key) == id
    assert await inbox.is_withdrawn(id)
    assert await inbox.claim("worker", 60) is None
    assert not (await inbox.accept(question)).new, "a late redelivery does not bring it back"
    assert await inbox.withdraw(replace(question.key, message="unknown")) is None


async def test_a_question_deleted_while_it_is_answered_keeps_no_answer(inbox: Inbox) -> None:
    question = a_question()
    id = (await inbox.accept(question)).id
    await inbox.claim("worker", 60)
    await inbox.withdraw(question.key)
    assert not await inbox.renew(id, "worker", 60)
    with pytest.raises(QuestionWithdrawn):
        await inbox.record_answer(id, an_answer())
    await inbox.delivered(id)
    await inbox.fail(id, "too late")
    await inbox.give_back(id, "worker")
    assert await inbox.is_withdrawn(id)


async def test_a_second_answer_replaces_the_first_until_it_is_delivered(inbox: Inbox) -> None:
    id = (await inbox.accept(a_question())).id
    await inbox.claim("worker", 60)
    answer_id = await inbox.record_answer(id, an_answer("first"))
    assert await inbox.record_answer(id, an_answer("second")) == answer_id
    await inbox.delivered(id)
    assert await inbox.record_answer(id, an_answer("third")) == answer_id
    assert await inbox.answer(answer_id) == an_answer("second")
    assert await inbox.answer(answer_id + 1) is None


async def _answered(inbox: Inbox, message: str, question: str, answer: str, **changes: object) -> int:
    accepted = await inbox.accept(a_question(question, message, **changes))
    await inbox.claim("worker", 60)
    await inbox.record_answer(accepted.id, an_answer(answer))
    await inbox.delivered(accepted.id)
    return accepted.id


async def _conversation_of(inbox: Inbox, message: str, **changes: object) -> Conversation:
    await inbox.accept(a_question("now?", message, **changes))
    claimed = await inbox.claim("worker", 60)
    assert claimed and claimed.question.text == "now?"
    return claimed.conversation


async def test_a_conversation_is_the_earlier_turns_of_its_own_thread(inbox: Inbox) -> None:
    await _answered(inbox, "1", "q1", "a1")
    await _answered(inbox, "2", "other thread", "other", thread="T2")
    failed = await inbox.accept(a_question("q2", "3"))
    await inbox.claim("worker", 60)
    await inbox.record_answer(failed.id, an_answer("never shown"))
    await inbox.fail(failed.id, "The channel is gone.")
    conversation = await _conversation_of(inbox, "4")
    assert conversation.turns == (Turn("user", "q1"), Turn("assistant", "a1"), Turn("user", "q2"))


async def test_a_conversation_leaves_out_what_was_deleted(inbox: Inbox) -> None:
    await _answered(inbox, "1", "q1", "a1")
    await _answered(inbox, "2", "q2", "a2")
    await inbox.withdraw(a_question(message="1").key)
    assert (await _conversation_of(inbox, "3")).turns == (Turn("user", "q2"), Turn("assistant", "a2"))


async def test_what_was_told_privately_stays_with_that_person_and_out_of_open_answers(inbox: Inbox) -> None:
    await _answered(inbox, "1", "secret", "told", private=True, author="U1")
    secret = (Turn("user", "secret"), Turn("assistant", "told"))
    assert (await _conversation_of(inbox, "2", private=True, author="U2")).turns == ()
    await inbox.withdraw(a_question(message="2").key)
    assert (await _conversation_of(inbox, "3", author="U1")).turns == ()
    await inbox.withdraw(a_question(message="3").key)
    assert (await _conversation_of(inbox, "4", private=True, author="U1")).turns == secret


async def test_a_long_conversation_is_cut_to_its_latest_turns_and_begins_with_a_question(database: Database) -> None:
    inbox = Inbox(database, history_turns=3)
    for number in "123":
        await _answered(inbox, number, f"q{number}", f"a{number}")
    assert (await _conversation_of(inbox, "4")).turns == (Turn("user", "q3"), Turn("assistant", "a3"))
    none = Inbox(database, history_turns=0)
    await none.delivered((await none.accept(a_question("now?", "4"))).id)
    assert (await _conversation_of(none, "5")).turns == ()


async def test_the_bot_takes_part_in_a_thread_it_was_openly_asked_in(inbox: Inbox) -> None:
    thread = ("slack", "W1", "C1", "T1")
    assert not await inbox.takes_part(*thread)
    await inbox.accept(a_question(message="1", private=True))
    assert not await inbox.takes_part(*thread), "others did not see the private question"
    await inbox.accept(a_question(message="2"))
    assert await inbox.takes_part(*thread)
    assert not await inbox.takes_part("slack", "W1", "C2", "T1")
    await inbox.withdraw(a_question(message="2").key)
    assert not await inbox.takes_part(*thread)


async def test_a_post_of_ours_leads_to_its_answer(inbox: Inbox) -> None:
    id = (await inbox.accept(a_question())).id
    await inbox.record_post(id, "p1")
    assert await inbox.answer_of_post("slack", "W1", "C1", "p1") is None, "not answered yet"
    await inbox.record_post(id, "p2", channel="C-thread")
    answer_id = await inbox.record_answer(id, an_answer())
    assert await inbox.answer_of_post("slack", "W1", "C1", "p1") == answer_id
    assert await inbox.answer_of_post("slack", "W1", "C-thread", "p2") == answer_id
    assert await inbox.answer_of_post("slack", "W1", "C1", "p2") is None
    assert await inbox.answer_of_post("slack", "W1", "C1", "somebody's") is None


async def test_a_place_in_the_queue_counts_what_is_unfinished_and_came_before(inbox: Inbox) -> None:
    accepted = [await inbox.accept(a_question(message=m, thread=m)) for m in "123"]
    assert [one.ahead for one in accepted] == [0, 1, 2]
    await inbox.claim("worker", 60)
    assert await inbox.pending() == 3
    await inbox.delivered(accepted[0].id)
    assert (await inbox.accept(a_question(message="4", thread="4"))).ahead == 2


async def test_an_unknown_question_is_said_to_be_unknown(inbox: Inbox) -> None:
    with pytest.raises(UnknownQuestion, match="no question 7"):
        await inbox.record_answer(7, an_answer())
    with pytest.raises(UnknownQuestion):
        await inbox.is_withdrawn(7)


async def _kept_as(database: Database, table: type[AnswerRow] | type[QuestionRow], **values: object) -> None:
    """Change every row, as another version of Frontdesk or a hand in the database may have written it."""
    async with database.write() as session:
        await session.execute(sa.update(table).values(**values))


async def test_a_question_whose_scope_cannot_be_read_holds_up_none_behind_it(inbox: Inbox, database: Database) -> None:
    await inbox.accept(a_question("one"))
    await _kept_as(database, QuestionRow, scope={"effective_from": "gestern"})
    await inbox.accept(a_question("two", message="2", thread="T2"))
    first, second = await inbox.claim("a", 60), await inbox.claim("b", 60)
    assert first and first.unreadable and first.question.text == "one", "told of to its asker"
    assert second and not second.unreadable and second.question.text == "two"


async def test_what_another_version_kept_of_an_answer_besides_is_left_out(inbox: Inbox, database: Database) -> None:
    accepted = await inbox.accept(a_question())
    await inbox.record_answer(accepted.id, an_answer())
    more = [{**citation, "page": 3} for citation in asdict(an_answer())["citations"]]
    await _kept_as(database, AnswerRow, citations=more)
    claimed = await inbox.claim("worker", 60)
    assert claimed and not claimed.unreadable and claimed.answer == an_answer()


@pytest.mark.parametrize("values", [{"citations": [{"n": 1}]}, {"status": "pondered"}, {"prompt": ["no turn"]}])
async def test_an_answer_that_cannot_be_read_is_not_delivered(
    inbox: Inbox, database: Database, values: dict[str, object]
) -> None:
    accepted = await inbox.accept(a_question())
    await inbox.record_answer(accepted.id, an_answer())
    await _kept_as(database, AnswerRow, **values)
    claimed = await inbox.claim("worker", 60)
    assert claimed and claimed.unreadable and claimed.answer is None


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # PostgreSQL takes nothing but JSON there
async def test_a_question_of_which_nothing_can_be_read_fails_and_the_next_is_handed_out(
    inbox: Inbox, database: Database
) -> None:
    broken = await inbox.accept(a_question("one"))
    async with database.write() as session:
        await session.execute(sa.text("UPDATE questions SET route = '{'"))
    await inbox.accept(a_question("two", message="2"))
    claimed = await inbox.claim("worker", 60)
    assert claimed and claimed.question.text == "two", "the one before it in the thread is over"
    async with database.read() as session:
        ended = await session.execute(
            sa.select(QuestionRow.state, QuestionRow.error).where(QuestionRow.id == broken.id)
        )
    state, error = ended.one()
    assert state == State.FAILED and error


async def test_posts_to_a_deleted_question_are_taken_back_whatever_its_scope(inbox: Inbox, database: Database) -> None:
    accepted = await inbox.accept(a_question())
    await inbox.record_post(accepted.id, "post")
    await inbox.withdraw(a_question().key)
    await _kept_as(database, QuestionRow, scope={"effective_from": "gestern"})
    assert [one.posts for one in await inbox.to_take_back(["slack"])] == [("post",)]
