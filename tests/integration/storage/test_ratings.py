"""Ratings: one for each answer and person, changeable, withdrawable, on every platform the same."""

import asyncio

import pytest
from example_messages import a_question, an_answer

from bot.inbox import Inbox
from bot.messages import Rating
from bot.storage.database import Database
from bot.storage.ratings import RatingError, Ratings, Totals


@pytest.fixture
async def answer_id(database: Database) -> int:
    inbox = Inbox(database)
    id = (await inbox.accept(a_question())).id
    return await inbox.record_answer(id, an_answer())


@pytest.fixture
def ratings(database: Database) -> Ratings:
    return Ratings(database)


async def test_a_person_has_one_rating_and_may_change_it(ratings: Ratings, answer_id: int) -> None:
    await ratings.rate(Rating(answer_id, "slack:U1", 1))
    await ratings.rate(Rating(answer_id, "slack:U1", 1, source="reaction"))
    assert await ratings.totals() == Totals(up=1, down=0)
    await ratings.rate(Rating(answer_id, "slack:U1", -1))
    assert await ratings.totals() == Totals(up=0, down=1)
    assert await ratings.value(answer_id, "slack:U1") == -1


async def test_people_rate_apart_from_each_other(ratings: Ratings, answer_id: int) -> None:
    await ratings.rate(Rating(answer_id, "slack:U1", 1))
    await ratings.rate(Rating(answer_id, "slack:U2", -1))
    await ratings.rate(Rating(answer_id, "discord:U1", 1))
    assert await ratings.totals() == Totals(up=2, down=1)


async def test_ratings_given_at_the_same_moment_are_counted_once(ratings: Ratings, answer_id: int) -> None:
    await asyncio.gather(*(ratings.rate(Rating(answer_id, "slack:U1", value)) for value in (1, -1) * 10))
    totals = await ratings.totals()
    assert totals.up + totals.down == 1


async def test_a_rating_can_be_withdrawn_and_given_again(ratings: Ratings, answer_id: int) -> None:
    assert not await ratings.withdraw(answer_id, "slack:U1")
    await ratings.rate(Rating(answer_id, "slack:U1", 1))
    assert await ratings.withdraw(answer_id, "slack:U1")
    assert await ratings.value(answer_id, "slack:U1") is None
    assert await ratings.totals() == Totals(0, 0)
    await ratings.rate(Rating(answer_id, "slack:U1", 1))
    assert await ratings.value(answer_id, "slack:U1") == 1


async def test_taking_an_old_reaction_off_keeps_the_rating_given_since(ratings: Ratings, answer_id: int) -> None:
    await ratings.rate(Rating(answer_id, "slack:U1", 1, source="reaction"))
    await ratings.rate(Rating(answer_id, "slack:U1", -1, source="button"))
    assert not await ratings.withdraw(answer_id, "slack:U1", value=1)
    assert await ratings.value(answer_id, "slack:U1") == -1
    assert await ratings.withdraw(answer_id, "slack:U1", value=-1)


async def test_an_answer_that_is_not_kept_cannot_be_rated(ratings: Ratings, answer_id: int) -> None:
    with pytest.raises(RatingError, match="no longer have this answer"):
        await ratings.rate(Rating(answer_id + 1, "slack:U1", 1))
    assert not await ratings.withdraw(answer_id + 1, "slack:U1")
    assert await ratings.value(answer_id + 1, "slack:U1") is None


async def test_only_up_and_down_are_ratings(ratings: Ratings, answer_id: int) -> None:
    with pytest.raises(RatingError, match="5 is no rating"):
        await ratings.rate(Rating(answer_id, "slack:U1", 5))
    assert await ratings.totals() == Totals(0, 0)


async def test_ratings_outlive_a_restart(url: str, ratings: Ratings, answer_id: int) -> None:
    await ratings.rate(Rating(answer_id, "slack:U1", 1))
    restarted = Database(url)
    await restarted.migrate()
    assert await Ratings(restarted).value(answer_id, "slack:U1") == 1
    await restarted.close()
