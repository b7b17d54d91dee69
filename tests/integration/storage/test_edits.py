"""A question that its author changes is answered anew; one that is deleted takes its answer along."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from example_messages import a_question, an_answer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.inbox import ClaimLost, Inbox, Limits, Over
from bot.messages import Question, Rating
from bot.storage.database import Database
from bot.storage.ratings import Ratings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    async def of_database(self, _: AsyncSession) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    monkeypatch.setattr(database, "now", clock.of_database)
    return Inbox(database, clock=clock)


def edited(question: Question, text: str, minutes: float = 1) -> Question:
    return replace(question, text=text, edited_at=NOON + timedelta(minutes=minutes))


async def _delivered(inbox: Inbox, question: Question) -> tuple[int, int]:
    id = (await inbox.accept(question)).id
    assert await inbox.claim("w/1", 60)
    await inbox.record_post(id, "p1")
    answer_id = await inbox.record_answer(id, an_answer("first"), "w/1")
    await inbox.delivered(id, "w/1")
    return id, answer_id


async def test_an_answered_question_that_changes_is_answered_anew_in_its_posts(inbox: Inbox, clock: Clock) -> None:
    id, answer_id = await _delivered(inbox, a_question("May I?"))
    revised = await inbox.revise(edited(a_question(), "May I return it?"), settles_s=2)
    assert revised and (revised.id, revised.anew) == (id, True)
    assert await inbox.claim("w/2", 60) is None, "it may be changed again at once"
    clock.now += timedelta(seconds=3)
    again = await inbox.claim("w/2", 60)
    assert again and (again.question.text, again.posts, again.answer) == ("May I return it?", ("p1",), None)
    assert await inbox.record_answer(id, an_answer("second"), "w/2") == answer_id
    await inbox.delivered(id, "w/2")
    assert await inbox.answer(answer_id) == an_answer("second")


async def test_ratings_of_the_answer_before_do_not_count_for_the_new_one(inbox: Inbox, database: Database) -> None:
    _, answer_id = await _delivered(inbox, a_question("May I?"))
    ratings = Ratings(database)
    await ratings.rate(Rating(answer_id, "slack:U1", 1))
    await inbox.revise(edited(a_question(), "May I not?"), 0)
    assert await ratings.value(answer_id, "slack:U1") is None


async def test_an_edit_heard_twice_or_after_a_later_one_changes_nothing(inbox: Inbox, clock: Clock) -> None:
    await _delivered(inbox, a_question("May I?"))
    for text, minutes, anew in (("b", 2, True), ("b", 2, False), ("a", 1, False), ("b", 3, False), ("c", 4, True)):
        revised = await inbox.revise(edited(a_question(), text, minutes), 0)
        assert revised and revised.anew is anew, text
    clock.now += timedelta(seconds=1)
    claimed = await inbox.claim("w/2", 60)
    assert claimed and claimed.question.text == "c"


async def test_who_answers_the_question_as_it_was_keeps_and_delivers_nothing(inbox: Inbox, clock: Clock) -> None:
    id = (await inbox.accept(a_question("May I?"))).id
    assert await inbox.claim("w/1", 60)
    await inbox.revise(edited(a_question(), "May I not?"), 0)
    assert not await inbox.renew(id, "w/1", 60)
    with pytest.raises(ClaimLost):
        await inbox.record_answer(id, an_answer(), "w/1")
    await inbox.delivered(id, "w/1")
    await inbox.fail(id, "no", "w/1")
    await inbox.postpone(id, 100, "w/1")
    clock.now += timedelta(seconds=1)
    again = await inbox.claim("w/2", 60)
    assert again and (again.question.text, again.answer) == ("May I not?", None)


async def test_a_late_delivery_of_the_old_answer_has_the_new_one_delivered_over_it(inbox: Inbox, clock: Clock) -> None:
    id = (await inbox.accept(a_question("May I?"))).id
    assert await inbox.claim("other process/1", 60)
    await inbox.record_answer(id, an_answer("old"), "other process/1")
    await inbox.revise(edited(a_question(), "May I not?"), 0)
    clock.now += timedelta(seconds=1)
    assert await inbox.claim("w/2", 60)
    await inbox.record_answer(id, an_answer("new"), "w/2")
    await inbox.delivered(id, "w/2")
    await inbox.delivered(id, "other process/1")
    again = await inbox.claim("w/3", 60)
    assert again and again.answer == an_answer("new")


async def test_a_question_that_failed_is_tried_again_when_it_changes(inbox: Inbox, clock: Clock) -> None:
    id = (await inbox.accept(a_question("May I?"))).id
    for attempt in range(3):
        await inbox.claim(f"w/{attempt}", -1)
        await inbox.begin(id)
    await inbox.fail(id, "no")
    await inbox.revise(edited(a_question(), "May I not?"), 0)
    clock.now += timedelta(seconds=1)
    again = await inbox.claim("w", 60)
    assert again and again.attempts == 0


async def test_an_edit_of_what_is_deleted_or_unknown_changes_nothing(inbox: Inbox) -> None:
    assert await inbox.revise(edited(a_question(), "May I not?"), 0) is None
    await inbox.accept(a_question("May I?"))
    await inbox.withdraw(a_question().key)
    revised = await inbox.revise(edited(a_question(), "May I not?"), 0)
    assert revised and not revised.anew
    assert await inbox.claim("w", 60) is None


async def test_a_reply_left_to_people_becomes_a_question_when_the_bot_is_mentioned_in_it(inbox: Inbox) -> None:
    reply = replace(a_question("thanks"), addressed=False)
    id = (await inbox.accept(reply)).id
    await inbox.leave_unheard(id)
    for text, minutes, addressed in (("thanks!", 1, False), ("bot, may I?", 2, True)):
        revised = await inbox.revise(replace(edited(reply, text, minutes), addressed=addressed), 0)
        assert revised and revised.anew is addressed


async def test_what_stands_of_an_answer_is_taken_back_with_its_question_once(inbox: Inbox) -> None:
    id, _ = await _delivered(inbox, a_question("May I?"))
    await inbox.record_post(id, "p2")
    assert await inbox.to_take_back(["slack"]) == []
    await inbox.withdraw(a_question().key)
    assert await inbox.to_take_back(["discord"]) == []
    [one] = await inbox.to_take_back(["slack"])
    assert (one.id, one.question.key, one.posts) == (id, a_question().key, ("p1", "p2"))
    await inbox.taken_back(id)
    assert await inbox.to_take_back(["slack"]) == []


async def test_claims_of_a_dead_process_are_free_at_once_and_those_of_others_are_not(inbox: Inbox) -> None:
    for message in "12":
        await inbox.accept(a_question(message=message, thread=message))
    assert await inbox.claim("dead/1", 60) and await inbox.claim("alive/1", 60)
    assert await inbox.release(lambda worker: worker.startswith("dead")) == 1
    again = await inbox.claim("next/1", 60)
    assert again and (again.question.key.message, again.question.begun, again.attempts) == ("1", True, 0)
    assert await inbox.claim("next/2", 60) is None


async def test_what_the_process_may_die_of_waits_longer_each_time_and_the_others_do_not(
    inbox: Inbox, clock: Clock
) -> None:
    id = (await inbox.accept(a_question(message="1", thread="1"))).id
    waits = []
    for _ in range(9):
        assert await inbox.claim("dead/1", 60)
        await inbox.begin(id)
        other = await inbox.accept(a_question(message=f"not {len(waits)}", thread=f"not {len(waits)}"))
        assert await inbox.claim("dead/2", 60)
        assert await inbox.release(lambda _: True) == 2
        waits.append(0)
        while not (claimed := await inbox.claim("next/1", 60)) or claimed.id == other.id:
            if claimed:
                await inbox.delivered(other.id)
            clock.now += timedelta(seconds=1)
            waits[-1] += 1
        await inbox.delivered(other.id)
        await inbox.give_back(id, "next/1")
    assert waits == [0, 0, 3, 5, 9, 17, 33, 65, 129]


async def test_a_death_without_it_speaks_for_a_suspect_and_one_with_another_suspect_does_not(
    inbox: Inbox, clock: Clock
) -> None:
    ids = [(await inbox.accept(a_question(message=one, thread=one))).id for one in "ab"]
    for _ in range(5):
        for id in ids:
            claimed = await inbox.claim("dead/1", 60)
            assert claimed and claimed.id == id
            await inbox.begin(id)
        await inbox.release(lambda _: True)
        clock.now += timedelta(minutes=5)
    for worker, died, attempts in (("dead/1", True, 5), ("stopped/1", False, 5)):
        claimed = await inbox.claim(worker, 60)
        assert claimed and (claimed.id, claimed.attempts) == (ids[0], attempts)
        if died:
            await inbox.release(lambda _: True)
            clock.now += timedelta(minutes=5)
        else:
            await inbox.give_back(claimed.id, worker)
    await inbox.claim("dead/1", 60)
    await inbox.claim("dead/2", 60)
    await inbox.release(lambda _: True)  # both wait now
    await inbox.accept(a_question(message="c", thread="c"))
    assert await inbox.claim("dead/3", 60)
    await inbox.release(lambda _: True)
    clock.now += timedelta(minutes=5)
    assert [one.attempts for one in [await inbox.claim("next", 60), await inbox.claim("next", 60)] if one] == [4, 4]


# Limits -----------------------------------------------------------------------------------------------------------


def asked(number: int, seconds: float, author: str = "U1", channel: str = "C1") -> Question:
    question = a_question(message=str(number), thread=str(number), author=author)
    key = replace(question.key, channel=channel)
    return replace(question, key=key, asked_at=NOON + timedelta(seconds=seconds))


async def test_one_person_more_than_the_limit_within_a_minute_is_not_taken(inbox: Inbox) -> None:
    limits = Limits(person=2)
    for number, seconds in ((1, 0), (2, 10)):
        assert (await inbox.accept(asked(number, seconds), limits)).new
    refused = await inbox.accept(asked(3, 20), limits)
    assert (refused.id, refused.new, refused.over) == (0, False, Over.PERSON)
    assert (await inbox.accept(asked(4, 20, author="U2"), limits)).new, "others may ask"
    known = await inbox.accept(asked(2, 10), limits)
    assert (known.new, known.over) == (False, None), "what was taken stays taken, however often it comes"
    assert (await inbox.accept(asked(5, 61), limits)).new
    assert await inbox.pending() == 4


async def test_a_channel_has_a_limit_of_its_own(inbox: Inbox) -> None:
    limits = Limits(channel=2)
    for number in (1, 2):
        assert (await inbox.accept(asked(number, number, author=f"U{number}"), limits)).new
    assert (await inbox.accept(asked(3, 3, author="U3"), limits)).over is Over.CHANNEL
    assert (await inbox.accept(asked(4, 4, author="U3", channel="C2"), limits)).new


async def test_questions_found_later_are_counted_by_when_they_were_asked(inbox: Inbox) -> None:
    for number in range(5):
        assert (await inbox.accept(asked(number, 40 * number), Limits(person=2))).new


async def test_what_was_said_in_a_thread_before_the_bot_was_asked_is_not_meant_for_it(inbox: Inbox) -> None:
    await inbox.accept(replace(a_question(thread="T1"), asked_at=NOON))
    assert await inbox.takes_part("slack", "W1", "C1", "T1", NOON + timedelta(seconds=1))
    assert not await inbox.takes_part("slack", "W1", "C1", "T1", NOON - timedelta(seconds=1))
