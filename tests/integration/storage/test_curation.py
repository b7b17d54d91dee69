"""Better answers that people suggest: kept with the answer, decided on by a curator."""

import asyncio

import pytest
from example_messages import a_question, an_answer

from bot.curation import MAX_CHARS, Curation, CurationError, Stage
from bot.inbox import Inbox
from bot.storage.database import Database


@pytest.fixture
async def answer_id(database: Database) -> int:
    inbox = Inbox(database)
    return await inbox.record_answer((await inbox.accept(a_question())).id, an_answer())


@pytest.fixture
def curation(database: Database) -> Curation:
    return Curation(database)


async def test_a_suggestion_is_proposed_with_what_it_is_about(curation: Curation, answer_id: int) -> None:
    id = await curation.propose(answer_id, "slack:U1", "  Yes, within 14 days.\n")
    [one] = await curation.list()
    assert (one.id, one.state, one.author, one.text) == (id, Stage.PROPOSED, "slack:U1", "Yes, within 14 days.")
    assert (one.question, one.answer) == ("May I return it?", "Yes, within 30 days. [1]")


async def test_a_later_one_of_the_same_person_takes_its_place_until_it_is_decided_on(
    curation: Curation, answer_id: int
) -> None:
    first = await curation.propose(answer_id, "slack:U1", "14 days.")
    assert await curation.propose(answer_id, "slack:U1", "15 days.") == first
    await curation.propose(answer_id, "slack:U2", "16 days.")
    approved = await curation.approve(first, "terminal:ada", "15 days, by post.")
    assert (approved.state, approved.text, approved.decided_by) == (Stage.APPROVED, "15 days, by post.", "terminal:ada")
    later = await curation.propose(answer_id, "slack:U1", "17 days.")
    assert later != first
    assert [one.text for one in await curation.list(None)] == ["15 days, by post.", "16 days.", "17 days."]
    assert [one.text for one in await curation.list(Stage.APPROVED)] == ["15 days, by post."]
    assert [one.text for one in await curation.list(after=later - 1)] == ["17 days."]


async def test_suggestions_made_at_the_same_moment_are_one(curation: Curation, answer_id: int) -> None:
    ids = await asyncio.gather(*(curation.propose(answer_id, "slack:U1", f"{n} days.") for n in range(10)))
    assert len({*ids}) == len(await curation.list()) == 1


async def test_a_decision_can_be_changed(curation: Curation, answer_id: int) -> None:
    id = await curation.propose(answer_id, "slack:U1", "14 days.")
    assert (await curation.reject(id, "terminal:ada")).state is Stage.REJECTED
    assert await curation.list() == []
    assert (await curation.approve(id, "terminal:ada")).text == "14 days."


@pytest.mark.parametrize("text", ["", " \n", "x" * (MAX_CHARS + 1)])
async def test_what_cannot_be_kept_is_said(curation: Curation, answer_id: int, text: str) -> None:
    with pytest.raises(CurationError):
        await curation.propose(answer_id, "slack:U1", text)
    assert await curation.list(None) == []


async def test_what_is_not_there_is_said(curation: Curation) -> None:
    with pytest.raises(CurationError, match="not kept any more"):
        await curation.propose(99, "slack:U1", "14 days.")
    for decide in (curation.approve(99, "terminal:ada"), curation.reject(99, "terminal:ada")):
        with pytest.raises(CurationError, match="no suggestion 99"):
            await decide


async def test_what_was_suggested_to_a_deleted_question_is_told_to_nobody(
    curation: Curation, database: Database, answer_id: int
) -> None:
    await curation.propose(answer_id, "slack:U1", "14 days.")
    await Inbox(database).withdraw(a_question().key)
    assert await curation.list(None) == []
