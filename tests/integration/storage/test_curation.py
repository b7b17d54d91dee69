"""What may be learned from: kept with its answer, decided on by a curator."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from example_messages import a_question, an_answer

from bot.channels.resolve import Channels
from bot.channels.store import ChannelKey, ChannelStore
from bot.channels.values import StandardAnswerValues
from bot.curation import MAX_CHARS, Curation, CurationError, Kind, Stage
from bot.inbox import Inbox
from bot.messages import MessageKey, Rating
from bot.privacy import Privacy
from bot.settings import from_values
from bot.storage.database import Database, _alembic_config, upgrade, utc_now
from bot.storage.handovers import HandoverStore, Why
from bot.storage.ratings import Ratings
from bot.storage.tables import CuratedRow
from bot.tuning.examples import Origin

Answered = Callable[..., Awaitable[int]]


@pytest.fixture
def answered(database: Database) -> Answered:
    """Ask, answer and deliver; return the answer's id. `ratings` are the votes of as many people."""
    asked = iter(range(1, 1000))

    async def answer(*ratings: int, **changes: object) -> int:
        number = next(asked)
        inbox = Inbox(database)
        key = MessageKey("slack", "W1", "C1", str(number))
        who = {"author": changes.pop("author", "U1"), "thread": changes.pop("thread", f"T{number}")}
        text = str(changes.pop("question", f"Question {number}?"))
        id = (await inbox.accept(a_question(text, key=key, **who))).id
        answer_id = await inbox.record_answer(id, an_answer(**changes))
        await inbox.delivered(id)
        for person, value in enumerate(ratings):
            await Ratings(database).rate(Rating(answer_id, f"slack:P{person}", value))
        return answer_id

    return answer


@pytest.fixture
async def answer_id(answered: Answered) -> int:
    return await answered(question="May I return it?")


@pytest.fixture
def curation(database: Database) -> Curation:
    return Curation(database)


async def _ids(curation: Curation, state: Stage | None = None) -> list[str]:
    return [one.id for one in await curation.list(state)]


async def _handed_over(database: Database, answer_id: int | None = None, said: str = "Within 14 days.") -> int:
    inbox, store = Inbox(database), HandoverStore(database)
    key = MessageKey("slack", "W1", "C1", f"wish {answer_id}")
    asked = await inbox.accept(a_question("A person, please", key=key, thread=f"T-wish-{answer_id}"))
    one = await store.open(
        asked.id, why=Why.WORDS, opened_by="slack:U1", since=utc_now(), threaded=True, answer_id=answer_id
    )
    await store.take(one.id, "slack:H1", utc_now())
    if said:
        await store.heard(one.id, said)
    await store.resolve(one.id, "slack:H1", utc_now() + timedelta(minutes=1))
    return one.id


# Suggestions ------------------------------------------------------------------------------------------------


async def test_a_suggestion_is_proposed_with_what_it_is_about(curation: Curation, answer_id: int) -> None:
    id = await curation.propose(answer_id, "slack:U1", "  Yes, within 14 days.\n")
    [one] = await curation.list()
    assert (one.id, one.state, one.author) == (f"suggestion:{id}", Stage.PROPOSED, "slack:U1")
    assert (one.origin, one.question, one.answer) == (Origin.SUGGESTED, "May I return it?", "Yes, within 14 days.")
    assert one.given is not None
    assert one.given.text == "Yes, within 30 days. [1]"


async def test_a_later_one_of_the_same_person_takes_its_place_until_it_is_decided_on(
    curation: Curation, answer_id: int
) -> None:
    first = await curation.propose(answer_id, "slack:U1", "14 days.")
    assert await curation.propose(answer_id, "slack:U1", "15 days.") == first
    await curation.propose(answer_id, "slack:U2", "16 days.")
    approved = await curation.decide(f"suggestion:{first}", Stage.APPROVED, "terminal:ada")
    assert (approved.state, approved.answer, approved.decided_by) == (Stage.APPROVED, "15 days.", "terminal:ada")
    later = await curation.propose(answer_id, "slack:U1", "17 days.")
    assert later != first
    assert [one.answer for one in await curation.list(None)] == ["15 days.", "16 days.", "17 days."]
    assert [one.answer for one in await curation.list(Stage.APPROVED)] == ["15 days."]
    assert [one.answer for one in await curation.list(after=f"suggestion:{later - 1}")] == ["17 days."]


async def test_suggestions_made_at_the_same_moment_are_one(curation: Curation, answer_id: int) -> None:
    ids = await asyncio.gather(*(curation.propose(answer_id, "slack:U1", f"{n} days.") for n in range(10)))
    assert len({*ids}) == len(await curation.list()) == 1


async def test_a_decision_can_be_changed(curation: Curation, answer_id: int) -> None:
    id = f"suggestion:{await curation.propose(answer_id, 'slack:U1', '14 days.')}"
    assert (await curation.decide(id, Stage.REJECTED, "terminal:ada")).state is Stage.REJECTED
    assert await curation.list() == []
    assert (await curation.decide(id, Stage.APPROVED, "terminal:ada")).answer == "14 days."
    assert (await curation.decide(id, Stage.PROPOSED, "terminal:ada")).state is Stage.PROPOSED


@pytest.mark.parametrize("text", ["", " \n", "x" * (MAX_CHARS + 1)])
async def test_what_cannot_be_kept_is_said(curation: Curation, answer_id: int, text: str) -> None:
    with pytest.raises(CurationError):
        await curation.propose(answer_id, "slack:U1", text)
    assert await curation.list(None) == []
    id = f"suggestion:{await curation.propose(answer_id, 'slack:U1', '14 days.')}"
    with pytest.raises(CurationError, match="The question"):
        await curation.edit(id, "terminal:ada", question=text)


async def test_what_is_not_there_is_said(curation: Curation) -> None:
    with pytest.raises(CurationError, match="no longer have this answer"):
        await curation.propose(99, "slack:U1", "14 days.")
    for kind in Kind:
        with pytest.raises(CurationError, match=f"no {kind}:99"):
            await curation.decide(f"{kind}:99", Stage.APPROVED, "terminal:ada")
    for id in ("", "answer", "answer:x", "nothing:1", "answer:-1"):
        with pytest.raises(CurationError, match="names nothing"):
            await curation.get(id)


# Everything else that may be learned from -------------------------------------------------------------------


async def test_liked_answers_are_proposed_and_so_are_those_that_people_did_not_like(
    curation: Curation, answered: Answered
) -> None:
    liked, disliked = await answered(1), await answered(-1)
    for nothing in (await answered(), await answered(1, -1), await answered(1, passages=(), citations=())):
        assert nothing
    assert [(one.id, one.origin, one.liked) for one in await curation.list()] == [
        (f"answer:{liked}", Origin.LIKED, True),
        (f"answer:{disliked}", Origin.DISLIKED, False),
    ]


async def test_what_enough_people_liked_is_approved_as_it_comes_where_that_is_set(
    database: Database, answered: Answered
) -> None:
    await answered(1)
    surely = await answered(1, 1)
    await answered(1, 1, 1, -1)
    curation = Curation(database, approve_likes=2)
    assert await _ids(curation, Stage.APPROVED) == [f"answer:{surely}"]
    await curation.decide(f"answer:{surely}", Stage.REJECTED, "terminal:ada")
    assert await _ids(curation, Stage.APPROVED) == []


async def test_a_hand_over_that_a_person_solved_is_proposed_with_what_they_said(
    curation: Curation, database: Database, answer_id: int
) -> None:
    id = await _handed_over(database, answer_id)
    await _handed_over(database, None, said="")
    [one] = await curation.list()
    assert (one.id, one.origin, one.author) == (f"handover:{id}", Origin.HANDED_OVER, "slack:H1")
    assert (one.question, one.answer) == ("May I return it?", "Within 14 days.")


async def test_a_standard_answer_is_approved_as_it_comes(curation: Curation, database: Database) -> None:
    store = ChannelStore(database)
    place = ChannelKey("slack", "W1", "C1")
    values = StandardAnswerValues(questions=["Where is the office?", "What is your address?"], answer="In Ulm.")
    id = await store.write(place, values, "slack:A1", approved=True)
    await store.write(place, values, "slack:U1", approved=False)
    await store.write(place, StandardAnswerValues(keywords=["parking"], answer="Behind."), "slack:A1", approved=True)
    [one] = await curation.list(None)
    assert (one.id, one.state, one.origin) == (f"standard:{id}", Stage.APPROVED, Origin.STANDARD)
    assert (one.question, one.more_questions) == ("Where is the office?", ("What is your address?",))


async def test_a_standard_answer_of_the_settings_is_approved_as_it_comes_and_can_be_decided_on(
    database: Database,
) -> None:
    where = {"channel": "slack:C1", "scope": {"region": "uk"}}
    answers = [
        {"questions": ["Where is the office?", "What is your address?"], "answer": "In Ulm."},
        {"keywords": ["parking"], "answer": "Behind the house."},
    ]
    curation = settings_curation(database, where | {"standard_answers": answers})
    [one] = await curation.list(None)
    assert (one.kind, one.state, one.origin) == (Kind.SETTING, Stage.APPROVED, Origin.STANDARD)
    assert (one.question, one.more_questions, one.answer) == (
        "Where is the office?",
        ("What is your address?",),
        "In Ulm.",
    )
    assert one.scope == {"region": ["uk"], "language": ["en"]}
    assert await curation.list(None, after=one.id) == []
    assert await curation.counts() == {Stage.PROPOSED: 0, Stage.APPROVED: 1, Stage.REJECTED: 0}
    edited = await curation.edit(one.id, "terminal:ada", answer="In Ulm, by the river.")
    assert (edited.state, edited.answer, edited.edited) == (Stage.APPROVED, "In Ulm, by the river.", True)
    rejected = await curation.decide(one.id, Stage.REJECTED, "terminal:ada")
    again = settings_curation(database, where | {"standard_answers": answers})
    assert await again.list() == [] == [found async for found in again.all()]
    assert await again.list(Stage.REJECTED) == [rejected] == [await again.get(one.id)]
    answers[0]["answer"] = "In Bonn."
    [other] = await settings_curation(database, where | {"standard_answers": answers}).list(None)
    assert (other.answer, other.state) == ("In Bonn.", Stage.APPROVED), "written differently, it is another one"
    with pytest.raises(CurationError, match=f"There is no {one.id}"):
        await settings_curation(database).get(one.id)


def settings_curation(database: Database, *entries: dict[str, Any]) -> Curation:
    settings = from_values({"channels": list(entries), "scope": {"language": "en"}})
    return Curation(database, channels=Channels(settings, ChannelStore(database)))


async def test_what_a_standard_answer_may_tell_is_what_its_channel_may(database: Database) -> None:
    store = ChannelStore(database)
    values = StandardAnswerValues(questions=["Where is the office?"], answer="In Ulm.")
    await store.write(ChannelKey("slack", "T0ACME", "C1"), values, "slack:A1", approved=True)
    curation = settings_curation(database, {"workspace": "slack:T0ACME", "scope": {"region": "de"}})
    [one] = await curation.list(Stage.APPROVED)
    assert one.scope == {"region": ["de"], "language": ["en"]}


async def test_everything_is_listed_once_however_small_the_pages(
    curation: Curation, database: Database, answered: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [await answered(1) for _ in range(5)]
    suggestions = [await curation.propose(answers[0], f"slack:U{n}", "Better.") for n in range(3)]
    handover = await _handed_over(database, answers[1])
    expected = [f"answer:{n}" for n in answers] + [f"suggestion:{n}" for n in suggestions] + [f"handover:{handover}"]
    seen: list[str] = []
    while page := await curation.list(after=seen[-1] if seen else "", limit=2):
        seen += [one.id for one in page]
    assert seen == expected
    assert [one.id async for one in curation.all(Stage.PROPOSED)] == expected
    assert await curation.counts() == {Stage.PROPOSED: 9, Stage.APPROVED: 0, Stage.REJECTED: 0}
    assert await _ids_of(curation, Kind.HANDOVER) == [f"handover:{handover}"]


async def _ids_of(curation: Curation, kind: Kind) -> list[str]:
    return [one.id for one in await curation.list(None, kind)]


async def test_a_curators_words_go_over_those_of_the_source(
    curation: Curation, database: Database, answered: Answered
) -> None:
    liked = await answered(1, question="may i retrun it")
    suggestion = await curation.propose(liked, "slack:U2", "14 dais.")
    handover = await _handed_over(database, liked, said="Hi! Let me look.\nWithin 14 days.")
    for id in (f"answer:{liked}", f"suggestion:{suggestion}", f"handover:{handover}"):
        await curation.edit(id, "terminal:ada", question="May I return it?")
        one = await curation.edit(id, "terminal:ada", answer="Within 14 days.")
        assert (one.question, one.answer, one.asked) == ("May I return it?", "Within 14 days.", "may i retrun it")
        assert (one.edited, one.state) == (True, Stage.PROPOSED)
        assert await curation.get(id) == one


async def test_a_curators_words_for_an_answer_that_people_did_not_like_are_what_to_say(
    curation: Curation, answered: Answered
) -> None:
    id = f"answer:{await answered(-1)}"
    one = await curation.edit(id, "terminal:ada", question="May I return it?")
    assert (one.origin, one.liked) == (Origin.DISLIKED, False)
    one = await curation.edit(id, "terminal:ada", answer="Within 14 days.")
    assert (one.origin, one.liked, one.answer) == (Origin.SUGGESTED, True, "Within 14 days.")


async def test_an_approval_holds_for_the_side_that_the_answer_had(
    curation: Curation, database: Database, answered: Answered
) -> None:
    ratings = Ratings(database)
    for first in (-1, 1):
        number = await answered(first)
        id = f"answer:{number}"
        for state in (Stage.APPROVED, Stage.REJECTED):
            decided = await curation.decide(id, state, "terminal:ada")
            assert (decided.state, decided.liked, decided.decided_by) == (state, first == 1, "terminal:ada")
            await ratings.rate(Rating(number, "slack:P0", -first))
            other = await curation.get(id)
            assert (other.state, other.liked, other.decided_by) == (Stage.PROPOSED, first == -1, "")
            assert id in await _ids(curation, Stage.PROPOSED) and id not in await _ids(curation, state)
            await ratings.rate(Rating(number, "slack:P0", first))
            assert await curation.get(id) == decided, "what was decided is so again with the side that it had"


async def test_nobody_approves_by_liking_what_a_curator_took_for_what_not_to_say(
    database: Database, answered: Answered
) -> None:
    curation, number = Curation(database, approve_likes=1), await answered(-1)
    await curation.decide(f"answer:{number}", Stage.APPROVED, "terminal:ada")
    await Ratings(database).rate(Rating(number, "slack:P0", 1))
    assert await _ids(curation, Stage.APPROVED) == []


async def test_an_approval_goes_on_for_words_that_a_curator_mends_and_not_for_one_that_holds_no_more(
    curation: Curation, database: Database, answered: Answered
) -> None:
    number = await answered(-1)
    id = f"answer:{number}"
    await curation.decide(id, Stage.APPROVED, "terminal:ada")
    mended = await curation.edit(id, "terminal:ada", answer="Within 14 days.")
    assert (mended.state, mended.liked) == (Stage.APPROVED, True)
    await Ratings(database).rate(Rating(number, "slack:P0", 1))
    assert (await curation.get(id)).state is Stage.APPROVED, "what is said are the curator's words all the same"
    other = await answered(1)
    await curation.decide(f"answer:{other}", Stage.APPROVED, "terminal:ada")
    await Ratings(database).rate(Rating(other, "slack:P0", -1))
    mended = await curation.edit(f"answer:{other}", "terminal:ada", answer="Within 14 days.")
    assert (mended.state, mended.liked) == (Stage.PROPOSED, True)


async def test_a_decision_goes_on_where_who_took_it_is_forgotten(
    curation: Curation, database: Database, answered: Answered
) -> None:
    for state in (Stage.APPROVED, Stage.REJECTED):
        id = f"answer:{await answered(1)}"
        await curation.decide(id, state, "terminal:ada")
        async with database.write() as session:
            await session.execute(sa.update(CuratedRow).values(decided_by=None))
        mended = await curation.edit(id, "terminal:bob", question="How long may I return an item?")
        assert (mended.state, mended.liked) == (state, True)


async def test_a_decision_taken_back_leaves_a_candidate_as_it_comes(database: Database, answered: Answered) -> None:
    curation = Curation(database, approve_likes=2)
    surely = f"answer:{await answered(1, 1)}"
    liked = f"answer:{await answered(1)}"
    better = f"suggestion:{await curation.propose(int(surely.partition(':')[2]), 'slack:U1', '14 days.')}"
    for id, comes in ((surely, Stage.APPROVED), (liked, Stage.PROPOSED), (better, Stage.PROPOSED)):
        await curation.decide(id, Stage.REJECTED, "terminal:ada")
        back = await curation.decide(id, Stage.PROPOSED, "terminal:ada")
        assert (back.state, back.decided_by) == (comes, "")


def test_what_was_decided_before_the_upgrade_holds_for_the_side_that_it_has_now(url: str) -> None:
    config = _alembic_config()
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    before = {1: ([1], "approved", None), 2: ([-1], "approved", None), 3: ([1, -1], "approved", None),
              4: ([-1], None, None), 5: ([-1], "approved", "Mended.")}  # fmt: skip
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        for id, (votes, state, words) in before.items():
            values = {"id": id, "now": utc_now(), "state": state, "words": words}
            for statement in _BEFORE_THE_UPGRADE:
                connection.execute(sa.text(statement), values)
            for person, vote in enumerate(votes):
                connection.execute(sa.text(_VOTE), values | {"person": f"slack:P{person}", "vote": vote})
    upgrade(url)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT answer_id, liked FROM curated ORDER BY answer_id")).all()
    sides = {id: None if liked is None else bool(liked) for id, liked in found}
    assert sides == {1: True, 2: False, 3: None, 4: None, 5: True}


_BEFORE_THE_UPGRADE = (
    "INSERT INTO conversations (id, platform, workspace, channel, thread, created_at) "
    "VALUES (:id, 'slack', 'W1', 'C1', CAST(:id AS VARCHAR), :now)",
    "INSERT INTO questions (id, conversation_id, platform, workspace, channel, message, author, text, scope, private, "
    "route, asked_at, state, attempts) VALUES (:id, :id, 'slack', 'W1', 'C1', CAST(:id AS VARCHAR), 'U1', "
    "'How long?', '{}', false, '{}', :now, 'delivered', 1)",
    "INSERT INTO answers (id, question_id, created_at, status, text, citations, passages, mode, model, lora, "
    "lora_scale, timings, tokens, prompt, knowledge_version, notes) "
    "VALUES (:id, :id, :now, 'answered', '30 days.', '[]', '[]', 'base', '', '', 0, '{}', '{}', '[]', 0, '{}')",
    "INSERT INTO curated (answer_id, state, answer, updated_at) VALUES (:id, :state, :words, :now)",
)
_VOTE = (
    "INSERT INTO ratings (answer_id, person, value, source, created_at, updated_at) "
    "VALUES (:id, :person, :vote, 'button', :now, :now)"
)


# What goes --------------------------------------------------------------------------------------------------


async def test_what_belongs_to_a_deleted_question_is_told_to_nobody(
    curation: Curation, database: Database, answered: Answered
) -> None:
    id = await answered(1)
    await curation.propose(id, "slack:U1", "14 days.")
    await _handed_over(database, id)
    await Inbox(database).withdraw(MessageKey("slack", "W1", "C1", "1"))
    assert await _ids(curation) == []


async def test_nothing_stays_approved_of_a_question_that_its_author_changes(
    curation: Curation, database: Database, answered: Answered
) -> None:
    id = await answered(1, question="How long in the UK?")
    other = await answered(1)
    await curation.edit(f"answer:{id}", "slack:ADA", answer="30 days in the UK.")
    first = await curation.propose(id, "slack:U1", "In the UK 28 days.")
    await curation.decide(f"suggestion:{first}", Stage.APPROVED, "slack:ADA")
    later = await curation.propose(id, "slack:U1", "In the UK 30 days.")
    of_ben = await curation.propose(id, "slack:UBEN", "About a month.")
    rejected = await curation.propose(id, "slack:UEVE", "Never.")
    await _handed_over(database, id)
    handover = (await curation.list(kind=Kind.HANDOVER))[0].id
    for one in (f"answer:{id}", f"suggestion:{of_ben}", handover, f"answer:{other}"):
        await curation.decide(one, Stage.APPROVED, "slack:ADA")
    await curation.decide(f"suggestion:{rejected}", Stage.REJECTED, "slack:ADA")
    inbox = Inbox(database)
    changed = a_question("How long in the USA?", edited_at=utc_now())
    revised = await inbox.revise(changed, 0)
    assert revised and revised.anew
    await inbox.record_answer(revised.id, an_answer("14 days in the USA. [1]"))
    await inbox.delivered(revised.id)
    assert await _ids(curation, Stage.APPROVED) == [f"answer:{other}"]
    assert await _ids(curation, Stage.PROPOSED) == [f"suggestion:{later}", f"suggestion:{of_ben}", handover]
    assert await _ids(curation, Stage.REJECTED) == [f"suggestion:{rejected}"]
    assert [one.decided_by for one in await curation.list(Stage.PROPOSED)] == ["", "", ""]
    await Ratings(database).rate(Rating(id, "slack:P1", 1))
    anew = await curation.get(f"answer:{id}")
    assert (anew.state, anew.question, anew.answer) == (Stage.PROPOSED, changed.text, "14 days in the USA. [1]")


async def test_nobody_who_is_forgotten_is_in_it(curation: Curation, database: Database, answered: Answered) -> None:
    gone = await answered(1, author="U-gone")
    stays = await answered(1, author="U-stays")
    await curation.edit(f"answer:{gone}", "terminal:ada", answer="Secret words.")
    await curation.propose(gone, "slack:U-stays", "About what was asked.")
    by_them = await curation.propose(stays, "slack:U-gone", "Words of theirs.")
    await curation.edit(f"suggestion:{by_them}", "terminal:ada", answer="Their words, mended.")
    await _handed_over(database, gone)
    await Privacy(database).forget("slack", "U-gone")
    assert await _ids(curation) == [f"answer:{stays}"]
    async with database.read() as session:
        from sqlalchemy import text

        assert (await session.execute(text("SELECT count(*) FROM curated"))).scalar() == 0


async def test_what_a_helper_said_who_is_forgotten_is_gone(
    curation: Curation, database: Database, answer_id: int
) -> None:
    await _handed_over(database, answer_id)
    assert len(await curation.list()) == 1
    await Privacy(database).forget("slack", "H1")
    assert await curation.list() == []
