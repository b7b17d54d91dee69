"""What is set for channels in chat, on the databases that there are."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from bot.channels.dialogue import MAX_STANDARD_ANSWERS, Actor, Dialogue, InvalidSettings, NotAnAdmin
from bot.channels.resolve import Channels
from bot.channels.store import ChannelKey, ChannelStore
from bot.channels.values import ChannelValues, StandardAnswerValues
from bot.settings import from_values
from bot.storage.database import Database
from bot.storage.tables import ChannelRow, StandardAnswerRow
from knowledge.errors import FrontdeskError

KEY, OTHER = ChannelKey("slack", "T1", "C1"), ChannelKey("slack", "T2", "C1")
ADMIN = Actor("slack", "U1")
WIFI = StandardAnswerValues(keywords=["wifi"], answer="On the board.")


@pytest.fixture
def channels(database: Database) -> Channels:
    return Channels(from_values({"admins": ["slack:U1"]}), ChannelStore(database))


async def test_what_is_set_for_a_channel_is_kept_for_it_alone(database: Database) -> None:
    store = ChannelStore(database)
    assert await store.values(KEY) == ChannelValues()
    await store.change(KEY, {"tone": "warm", "private": True}, "slack:U1")
    await store.change(KEY, {"private": None, "helpers": ["slack:U2"]}, "slack:U1")
    assert await ChannelStore(database).values(KEY) == ChannelValues(tone="warm", helpers=["slack:U2"])
    assert await store.values(OTHER) == ChannelValues()


async def test_admins_who_set_different_things_at_once_lose_nothing(database: Database) -> None:
    store = ChannelStore(database)
    await store.change(KEY, {"tone": "warm"}, "slack:U1")
    changes = [{"persona": "a clerk"}, {"private": True}, {"greeting": "Hi"}, {"language": "de"}]
    await asyncio.gather(*(store.change(KEY, one, "slack:U1") for one in changes))
    values = await store.values(KEY)
    assert (values.tone, values.persona, values.private, values.greeting) == ("warm", "a clerk", True, "Hi")


async def test_a_value_that_cannot_be_read_any_more_leaves_the_others_standing(database: Database) -> None:
    store = ChannelStore(database)
    await store.change(KEY, {"tone": "warm"}, "slack:U1")
    broken = {"tone": "warm", "when": "sometimes", "volume": 11, "askers": "U1", "persona": "x" * 999}
    async with database.write() as session:
        await session.execute(update(ChannelRow).values(values=broken))
        await session.execute(
            insert(StandardAnswerRow).values(
                **KEY.as_mapping(),
                keywords=["how"],
                questions=[],
                answer="x",
                link="",
                written_by="slack:U1",
                approved_by="slack:U1",
                updated_at=datetime.now(UTC),
            )
        )
    assert await store.values(KEY) == ChannelValues(tone="warm")
    assert await store.written(KEY) == []


async def test_standard_answers_are_given_once_approved_and_belong_to_their_channel(channels: Channels) -> None:
    store = channels.store
    assert store is not None
    id = await store.write(KEY, WIFI, "slack:U2", approved=False)
    assert id is not None and await channels.standard_answers(KEY) == []
    assert not await store.approve(OTHER, id, "slack:U1")
    assert not await store.erase(OTHER, id)
    assert await store.write(OTHER, WIFI, "slack:U1", approved=True, id=id) is None
    assert await store.approve(KEY, id, "slack:U1")
    assert [one.id for one in await channels.standard_answers(KEY)] == [str(id)]
    assert await channels.standard_answers(OTHER) == []
    # Other words are not those that were approved.
    await store.write(KEY, WIFI.model_copy(update={"answer": "Ask."}), "slack:U2", approved=False, id=id)
    assert await channels.standard_answers(KEY) == []
    assert await store.erase(KEY, id) and not await store.erase(KEY, id)


async def test_a_joining_is_greeted_once_and_a_later_one_again(channels: Channels) -> None:
    assert channels.store is not None
    joined = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
    assert await channels.greeting(KEY, joined) == ""
    await channels.store.change(KEY, {"greeting": "Hi"}, "slack:U1")
    told = await asyncio.gather(*(channels.greeting(KEY, joined) for _ in range(5)))
    assert sorted(told) == ["", "", "", "", "Hi"]
    assert await channels.greeting(KEY, joined - timedelta(days=1)) == ""
    assert await channels.greeting(KEY, joined + timedelta(days=1)) == "Hi"
    assert (await channels.store.values(KEY)).greeting == "Hi"


async def test_only_what_was_changed_is_set_and_what_is_like_the_file_is_not(database: Database) -> None:
    settings = from_values(
        {"admins": ["slack:U1"], "channels": [{"tone": "formal", "askers": ["slack:U7", "slack:U8"]}]}
    )
    channels = Channels(settings, ChannelStore(database))
    dialogue = Dialogue(channels)
    assert channels.store is not None
    fields = await dialogue.fields(KEY, ADMIN)
    assert await dialogue.submit(KEY, ADMIN, {one.name: one.value for one in fields}) == ()
    assert await dialogue.submit(KEY, ADMIN, {"askers": ("U8", "U7"), "volume": "11"}) == ()
    assert await channels.store.values(KEY) == ChannelValues()
    assert await dialogue.submit(KEY, ADMIN, {"tone": " warm "}) == ("Tone",)
    assert await dialogue.submit(KEY, ADMIN, {"tone": "formal"}) == ("Tone",)
    assert await channels.store.values(KEY) == ChannelValues()
    assert await dialogue.submit(KEY, ADMIN, {"tone": ""}) == ("Tone",)
    assert (await channels.at("slack", "T1", "C1")).tone == ""
    assert await dialogue.submit(KEY, ADMIN, {}, ["tone", "persona", "volume"]) == ("Tone",)
    assert (await channels.at("slack", "T1", "C1")).tone == "formal"


async def test_no_stranger_reads_or_sets_anything(channels: Channels) -> None:
    dialogue, stranger = Dialogue(channels), Actor("slack", "U2")
    assert channels.store is not None
    id = await channels.store.write(KEY, WIFI, "slack:U1", approved=False) or 0
    for attempt in (
        dialogue.fields(KEY, stranger),
        dialogue.submit(KEY, stranger, {"tone": "rude"}),
        dialogue.standard_answers(KEY, stranger),
        dialogue.write(KEY, stranger, {"keywords": "wifi", "answer": "x"}),
        dialogue.approve(KEY, stranger, id),
        dialogue.erase(KEY, stranger, id),
    ):
        with pytest.raises(NotAnAdmin, match="admins of this channel only"):
            await attempt
    # A helper may suggest, and that is all.
    await channels.store.change(KEY, {"helpers": ["slack:U2"]}, "slack:U1")
    assert (await dialogue.write(KEY, stranger, {"keywords": "printer", "answer": "Upstairs."}))[1] is False
    for attempt in (
        dialogue.fields(KEY, stranger),
        dialogue.write(KEY, stranger, {"keywords": "wifi", "answer": "x"}, id),
        dialogue.approve(KEY, stranger, id),
        dialogue.erase(KEY, stranger, id),
    ):
        with pytest.raises(NotAnAdmin):
            await attempt
    assert await channels.standard_answers(KEY) == []


async def test_there_is_an_end_to_standard_answers(channels: Channels) -> None:
    dialogue = Dialogue(channels)
    for number in range(MAX_STANDARD_ANSWERS):
        await dialogue.write(KEY, ADMIN, {"keywords": f"kettle {number}", "answer": "x"})
    with pytest.raises(FrontdeskError, match="has 45 standard answers already"):
        await dialogue.write(KEY, ADMIN, {"keywords": "one more", "answer": "x"})
    first = (await dialogue.standard_answers(KEY, ADMIN)).written[0].id
    await dialogue.erase(KEY, ADMIN, first)
    with pytest.raises(FrontdeskError, match="does not exist any more"):
        await dialogue.write(KEY, ADMIN, {"keywords": "kettle", "answer": "x"}, first)
    with pytest.raises(InvalidSettings) as invalid:
        await dialogue.write(KEY, ADMIN, {"keywords": "how\nwifi", "answer": ""})
    assert set(invalid.value.problems) == {"keywords", "answer"}
