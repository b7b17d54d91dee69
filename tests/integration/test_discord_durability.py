"""On Discord nothing is lost and nothing said twice: edits, deletions, absences, limits, other bots, dead sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from sqlalchemy import delete
from test_discord import Bot, Script, World, settle, world

from adapters.discord.client import FrontdeskClient
from bot.desk import Desk
from bot.messages import Question
from bot.storage import cursors
from bot.storage.database import DatabaseError
from bot.storage.tables import PostRow
from bot.wording import notices

__all__ = ["world"]

JSON = dict[str, Any]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.EDIT_SETTLES_S", 0.2)
    monkeypatch.setattr("bot.workers.POLL_S", 0.1)


def texts(world: World) -> list[str]:
    return [question.text for question in world.script.asked]


def shows(world: World, question: JSON, words: str) -> Callable[[], JSON]:
    def find() -> JSON:
        [post] = world.server.posts(world.server.thread_on(question))
        if words not in post["content"] or not post["components"]:
            raise LookupError
        return post

    return find


async def away(world: World) -> None:
    """Stop the bot."""
    await world.bots.pop().stop()


# Edits and deletions ----------------------------------------------------------------------------------------------


async def test_an_edited_question_is_answered_anew_in_place_of_the_old_answer(world: World) -> None:
    await world.bring_up()
    question = await world.ask("one?")
    before = await world.answered(question)
    world.script.text = "It takes **6 days** [1]."
    await world.server.edit(question, "two?", mention=True)
    after = await world.server.until(shows(world, question, "6 days"))
    assert after["id"] == before["id"]
    assert texts(world) == ["one?", "two?"]


async def archived(world: World, thread: JSON, *, locked: bool = False) -> None:
    """Archive a thread, and wait until the bot has heard of that."""
    await world.server.archive(thread, locked=locked)
    channel = world.bot.platform._client.get_channel
    await world.server.until(lambda: channel(int(thread["id"])) is None)


async def test_a_question_edited_after_its_thread_was_archived_is_answered_anew_in_its_place(world: World) -> None:
    await world.bring_up()
    question = await world.ask("one?")
    before = await world.answered(question)
    thread = world.server.thread_on(question)
    await archived(world, thread)
    world.script.text = "It takes **6 days** [1]."
    await world.server.edit(question, "two?", mention=True)
    after = await world.server.until(shows(world, question, "6 days"))
    await settle()
    assert (after["id"], texts(world)) == (before["id"], ["one?", "two?"])
    assert not thread["thread_metadata"]["archived"]
    assert world.of_bot(world.server.world.dm(world.ada)) == []


async def test_a_thread_that_a_moderator_locked_stays_archived_and_who_changes_a_question_is_told(
    world: World,
) -> None:
    await world.bring_up()
    question = await world.ask("one?")
    before = (await world.answered(question))["content"]
    thread = world.server.thread_on(question)
    await archived(world, thread, locked=True)
    world.script.text = "It takes **6 days** [1]."
    await world.server.edit(question, "two?", mention=True)
    dm = world.server.world.dm(world.ada)
    await world.server.until(lambda: world.of_bot(dm))
    assert "is archived, and the bot may not open it" in world.of_bot(dm)[0]
    assert (world.of_bot(thread), thread["thread_metadata"]["archived"]) == ([before], True)


async def test_a_follow_up_edited_after_its_thread_was_archived_gets_eyes_and_its_answer(world: World) -> None:
    await world.bring_up()
    question = await world.ask("one?")
    await world.answered(question)
    thread = world.server.thread_on(question)
    follow_up = await world.server.say(world.ada, thread, "two?")
    await world.server.until(lambda: world.server.posts(thread)[1]["components"])
    await world.server.until(lambda: not world.server.reactions(follow_up))
    await archived(world, thread)
    world.script.go.clear()
    world.script.text = "It takes **6 days** [1]."
    await world.server.edit(follow_up, "three?")
    await world.server.until(lambda: world.server.reactions(follow_up))
    world.script.go.set()
    await world.server.until(lambda: "6 days" in world.of_bot(thread)[1])
    assert texts(world) == ["one?", "two?", "three?"]
    assert not thread["thread_metadata"]["archived"]


async def test_a_question_edited_while_it_is_answered_gets_only_the_answer_to_what_it_says_now(world: World) -> None:
    await world.bring_up()
    world.script.go.clear()
    question = await world.ask("one?")
    await world.server.until(lambda: texts(world) == ["one?"])
    for text in ("two?", "three?"):
        await world.server.edit(question, text, mention=True)
    await world.server.until(lambda: texts(world)[-1] == "three?")
    world.script.go.set()
    await world.answered(question)
    await settle()
    assert len(world.server.posts(world.server.thread_on(question))) == 1


async def test_an_edit_told_twice_and_an_unfolded_link_change_nothing(world: World) -> None:
    await world.bring_up()
    question = await world.ask("one?")
    await world.answered(question)
    unfolded = world.server.rest.event(world.support, question) | {"embeds": [{"type": "link"}]}
    await world.server.gateway.dispatch("MESSAGE_UPDATE", unfolded)
    await world.server.edit(question, "two?", mention=True)
    await world.server.gateway.redeliver()
    await world.server.until(lambda: "two?" in texts(world))
    await world.answered(question)
    await settle()
    assert texts(world) == ["one?", "two?"]


async def test_a_message_becomes_a_question_when_the_bot_is_mentioned_in_it_later(world: World) -> None:
    await world.bring_up()
    message = await world.server.say(world.ada, world.support, "refunds?")
    await world.server.edit(message, "refunds?", mention=True)
    assert await world.answered(message)


async def test_a_question_deleted_after_it_was_answered_takes_its_answer_along(world: World) -> None:
    await world.bring_up()
    question = await world.ask("my password is 1234")
    await world.answered(question)
    thread = world.server.thread_on(question)
    await world.server.delete(question)
    assert await world.server.until(lambda: not world.of_bot(thread))


async def test_an_answer_to_a_question_deleted_just_before_the_end_is_taken_back_after_the_next_start(
    world: World,
) -> None:
    await world.bring_up()
    question = await world.ask("my password is 1234")
    await world.answered(question)
    thread = world.server.thread_on(question)
    world.server.fail_next(20, 500, method="DELETE")
    await world.server.delete(question)
    await settle()
    await away(world)
    assert world.of_bot(thread)
    world.server.rest.faults.clear()
    await world.bring_up()
    await world.server.until(lambda: not world.of_bot(thread))


# Away -------------------------------------------------------------------------------------------------------------


async def test_what_was_asked_while_the_bot_was_away_is_answered_once_and_nothing_else(world: World) -> None:
    await world.bring_up()
    before = await world.ask("before?")
    await world.answered(before)
    await world.server.direct(world.ada, "directly before?")
    dm = world.server.world.dm(world.ada)
    await world.server.until(lambda: world.server.posts(dm)[0]["components"])
    await away(world)
    await world.server.say(world.ada, world.support, "lunch?")
    missed = await world.ask("meanwhile?")
    await world.server.say(world.ada, world.server.thread_on(before), "and in the thread?")
    await world.server.direct(world.ada, "directly meanwhile?")
    for _ in range(2):
        await world.bring_up()
        await world.answered(missed)
        await world.server.until(lambda: len(texts(world)) == 5)
        await settle()
        await away(world)
    asked = ["before?", "directly before?", "meanwhile?", "and in the thread?", "directly meanwhile?"]
    assert sorted(texts(world)) == sorted(asked)


async def test_what_was_changed_or_deleted_while_the_bot_was_away_is_answered_anew_or_taken_back(
    world: World,
) -> None:
    await world.bring_up()
    changed, deleted, standing = [await world.ask(f"{letter}?") for letter in "abc"]
    for question in (changed, deleted, standing):
        await world.answered(question)
    thread = world.server.thread_on(standing)
    reply = await world.server.say(world.ada, thread, "d?")
    await world.server.until(lambda: len(texts(world)) == 4 and world.server.posts(thread)[1]["components"])
    await away(world)
    await world.server.edit(changed, "another?", mention=True)
    await world.server.edit(reply, "yet another?")
    await world.server.delete(deleted)
    await world.bring_up()
    await world.server.until(lambda: len(texts(world)) == 6)
    await world.server.until(lambda: not world.of_bot(world.server.world.channels[deleted["thread"]["id"]]))
    await settle()
    assert sorted(texts(world)) == ["a?", "another?", "b?", "c?", "d?", "yet another?"]


async def test_a_question_is_found_however_much_was_said_since_and_before(world: World) -> None:
    await world.bring_up()
    await world.answered(await world.ask("before?"))
    await away(world)
    for number in range(105):
        await world.server.say(world.ada, world.support, f"chatter {number}")
    asked = await world.ask("meanwhile?")
    for number in range(105):
        await world.server.say(world.ada, world.support, f"chatter {number}")
    last = await world.ask("last?")
    await world.bring_up()
    await world.answered(asked)
    assert await world.answered(last)


async def test_a_channel_that_could_not_be_read_is_looked_into_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.client.LOOKED_AGAIN_S", 0.2)
    await world.bring_up()
    await world.answered(await world.ask("before?"))
    await away(world)
    asked = await world.ask("meanwhile?")
    world.server.fail_next(1, 400, method="GET", path=r"/messages$")
    await world.bring_up()
    assert await world.answered(asked)


async def test_a_channel_that_could_not_be_read_is_looked_into_after_the_next_start(world: World) -> None:
    await world.bring_up()
    await world.answered(await world.ask("before?"))
    await away(world)
    asked = await world.ask("meanwhile?")
    world.server.fail_next(1, 400, method="GET", path=r"/messages$")
    await world.bring_up()
    await world.answered(await world.ask("after?"))
    await away(world)
    await world.bring_up()
    assert await world.answered(asked)


async def test_what_was_missed_is_found_though_the_last_questions_cannot_be_read_at_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.client.LOOKED_AGAIN_S", 0.2)
    await world.bring_up()
    changed = await world.ask("before?")
    await world.answered(changed)
    await away(world)
    missed = await world.ask("meanwhile?")
    await world.server.edit(changed, "another?", mention=True)
    last_asked, tries = Desk.last_asked, []

    async def locked_once(self: Desk, platform: str, limit: int, workspace: str | None = None) -> list[Question]:
        tries.append(platform)
        if len(tries) == 1:
            raise DatabaseError("The database is locked.")
        return await last_asked(self, platform, limit, workspace)

    monkeypatch.setattr(Desk, "last_asked", locked_once)
    await world.bring_up()
    await world.answered(missed)
    await world.server.until(lambda: len(texts(world)) == 3)
    assert sorted(texts(world)) == ["another?", "before?", "meanwhile?"]


async def test_questions_and_channels_are_looked_at_again_after_a_long_pause_that_discord_asks_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.client.LOOKED_AGAIN_S", 0.2)
    await world.bring_up()
    changed = await world.ask("before?")
    await world.answered(changed)
    await away(world)
    missed = await world.ask("meanwhile?")
    await world.server.edit(changed, "another?", mention=True)
    world.server.fail_next(1, 429, method="GET", path=r"/messages/\d+$", retry_after=60)
    world.server.fail_next(1, 400, method="GET", path=rf"/{world.support['id']}/messages$")
    await world.bring_up()
    await world.answered(missed)
    await world.server.until(lambda: len(texts(world)) == 3)
    assert sorted(texts(world)) == ["another?", "before?", "meanwhile?"]


async def test_nothing_is_let_go_while_nobody_listens_though_a_question_waits_to_be_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.client.LOOKED_AGAIN_S", 0.05)
    await world.bring_up()
    await world.answered(await world.ask("before?"))
    await away(world)
    looks = []

    async def locked(self: FrontdeskClient, question: Question) -> bool:
        looks.append(question)
        raise DatabaseError("The database is locked.")

    monkeypatch.setattr(FrontdeskClient, "_look_at", locked)
    bot = await world.bring_up()
    client, gateway, everywhere = world.bot.platform._client, world.server.gateway, cursors.Place("discord", "")
    await world.server.until(lambda: looks and not bot.desk.cursors.is_held(everywhere))
    gateway.refused = True
    await gateway.drop()
    gateway.sessions.clear()
    await world.server.until(lambda: not client.connected)
    looks.clear()
    await world.server.until(lambda: len(looks) > 2)
    support = cursors.Place("discord", world.server.world.guild_id, world.support["id"])
    assert bot.desk.cursors.is_held(everywhere)
    assert bot.desk.cursors.is_held(support)
    missed = await world.ask("meanwhile?")
    gateway.refused = False
    await world.answered(missed)
    await world.server.until(lambda: not bot.desk.cursors.is_held(everywhere))


async def test_a_channel_looked_through_while_nobody_listens_is_let_go_once_somebody_does(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.bring_up()
    await world.answered(await world.ask("before?"))
    await away(world)
    asked, looked, history = await world.ask("meanwhile?"), asyncio.Event(), discord.TextChannel.history

    def waits(self: discord.TextChannel, **given: Any) -> Any:
        async def read() -> Any:
            await looked.wait()
            async for message in history(self, **given):
                yield message

        return read()

    monkeypatch.setattr(discord.TextChannel, "history", waits)
    bot = await world.bring_up()
    client, held = world.bot.platform._client, lambda: bot.desk.cursors.is_held(cursors.Place("discord", ""))
    await client.on_disconnect()
    looked.set()
    await world.answered(asked)
    await world.server.until(lambda: client._left == [])
    assert held()
    await client.on_resumed()
    assert not held()


async def test_a_question_that_discord_refuses_to_show_is_not_looked_at_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.client.LOOKED_AGAIN_S", 0.05)
    await world.bring_up()
    await world.answered(await world.ask("before?"))
    await away(world)
    world.server.fail_next(1000, 400, method="GET", path=r"/messages/\d+$")
    await world.bring_up()
    looking = world.bot.platform._client._looking
    await world.server.until(looking.done)
    assert (looking.cancelled(), looking.exception()) == (False, None)
    assert texts(world) == ["before?"]


async def test_an_edit_that_cannot_be_kept_is_looked_at_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.discord.client.LOOKED_AGAIN_S", 0.2)
    await world.bring_up()
    changed, deleted = await world.ask("before?"), await world.ask("deleted?")
    await world.answered(changed)
    await world.answered(deleted)
    await away(world)
    await world.server.edit(changed, "another?", mention=True)
    await world.server.delete(deleted)
    once = {"edit", "withdraw"}
    for name in sorted(once):
        taken = getattr(Desk, name)

        async def busy_once(self: Desk, *given: Any, name: str = name, taken: Any = taken, **more: Any) -> None:
            if name in once:
                once.remove(name)
                raise DatabaseError("The database is locked.")
            await taken(self, *given, **more)

        monkeypatch.setattr(Desk, name, busy_once)
    await world.bring_up()
    await world.server.until(lambda: len(texts(world)) == 3)
    await world.server.until(lambda: not world.of_bot(world.server.world.channels[deleted["thread"]["id"]]))
    assert sorted(texts(world)) == ["another?", "before?", "deleted?"]


async def test_one_missed_message_that_fails_unforeseen_keeps_no_other_from_being_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.server.world.add_channel("other")
    await world.bring_up()
    await world.answered(await world.ask("before?"))
    await away(world)
    await world.ask("odd?")
    after = await world.ask("after?")
    elsewhere = await world.server.say(world.ada, other, "elsewhere?", mention=True)
    words_of = FrontdeskClient.words_of

    def odd(self: FrontdeskClient, message: discord.Message) -> str:
        if "odd?" in message.content:
            raise AttributeError("unforeseen")
        return words_of(self, message)

    monkeypatch.setattr(FrontdeskClient, "words_of", odd)
    bot = await world.bring_up()
    await world.answered(after)
    await world.answered(elsewhere)
    assert sorted(texts(world)) == ["after?", "before?", "elsewhere?"]
    await world.server.until(lambda: not bot.desk.cursors.is_held(cursors.Place("discord", "")))
    await away(world)
    monkeypatch.setattr(FrontdeskClient, "words_of", words_of)
    await world.bring_up()
    await world.server.until(lambda: len(texts(world)) == 4)
    assert texts(world)[-1] == "odd?"


async def test_one_channel_that_fails_unforeseen_keeps_no_other_from_being_looked_into(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.client.LOOKED_AGAIN_S", 0.2)
    other = world.server.world.add_channel("other")
    await world.bring_up()
    await world.answered(await world.ask("before?"))
    await away(world)
    first = await world.ask("first?")
    elsewhere = await world.server.say(world.ada, other, "elsewhere?", mention=True)
    history, failed = discord.TextChannel.history, []

    def odd(self: discord.TextChannel, **given: Any) -> Any:
        if self.name == "support" and not failed:
            failed.append(self.name)
            raise KeyError("unforeseen")
        return history(self, **given)

    monkeypatch.setattr(discord.TextChannel, "history", odd)
    await world.bring_up()
    await world.answered(elsewhere)
    await world.answered(first)
    assert failed == ["support"]


async def test_what_was_said_before_the_first_start_is_left_alone(world: World) -> None:
    await world.ask("before?")
    await world.bring_up()
    await world.answered(await world.ask("after?"))
    await settle()
    assert texts(world) == ["after?"]


@pytest.mark.parametrize("hours", [0, 1 / 3600 / 10])
async def test_what_is_too_old_by_the_settings_is_left_alone(world: World, hours: float) -> None:
    await world.bring_up()
    await world.answered(await world.ask("before?"))
    await away(world)
    await world.ask("meanwhile?")
    await settle()
    bot = Bot(world.server, world.folder, world.script, world.grace)
    bot.settings.answering.catch_up_hours = hours
    world.bots.append(bot)
    await bot.start()
    await world.answered(await world.ask("after?"))
    await settle()
    assert texts(world) == ["before?", "after?"]


async def test_a_post_that_was_not_recorded_before_a_crash_is_found_after_discord_forgot_its_nonce(
    world: World,
) -> None:
    await world.bring_up()
    world.script.go.clear()
    question = await world.ask()
    thread = await world.server.until(lambda: world.server.thread_on(question))
    await world.server.until(lambda: world.of_bot(thread) and world.script.asked)
    world.server.posts(thread)[0]["content"] = "Looking that up …"  # as it is before anything is recorded
    await away(world)
    bot = Bot(world.server, world.folder, Script(), world.grace)
    bot.working = False
    await bot.start()
    async with bot.database.write() as session:
        await session.execute(delete(PostRow))
    await bot.stop()
    world.server.world.nonces.clear()
    world.script = Script()
    await world.bring_up()
    assert await world.answered(question)


# Limits and bots --------------------------------------------------------------------------------------------------


async def test_who_asks_too_much_within_a_minute_is_told_kindly_and_once(world: World) -> None:
    bot = await world.bring_up()
    bot.settings.answering.person_per_minute = 2
    for number in range(5):
        await world.ask(f"{number}?")
        await world.server.until(lambda number=number: number > 1 or len(texts(world)) > number)
    dm = world.server.world.dm(world.ada)
    await world.server.until(lambda: world.of_bot(dm))
    await settle()
    assert world.of_bot(dm) == [notices.TOO_MANY_OF_PERSON.en]
    assert texts(world) == ["0?", "1?"]


async def test_who_cannot_be_told_privately_for_a_long_pause_is_told_where_they_asked(world: World) -> None:
    bot = await world.bring_up()
    bot.settings.answering.person_per_minute = 1
    await world.answered(await world.ask("one?"))
    world.server.fail_next(1, 429, method="POST", path="/users/@me/channels$", retry_after=60)
    await world.ask("two?")
    await world.server.until(lambda: world.of_bot(world.support))
    assert world.of_bot(world.support) == [notices.TOO_MANY_OF_PERSON.en]


async def test_who_finds_no_room_to_wait_is_told_privately_and_answered(world: World) -> None:
    bot = await world.bring_up()
    bot.settings.answering.workers = bot.settings.model.queue_size = 1
    world.script.go.clear()
    asked = []
    for number in range(3):
        asked.append(await world.ask(f"{number}?"))
        await settle()
    dm = world.server.world.dm(world.ada)
    await world.server.until(lambda: world.of_bot(dm))
    assert world.of_bot(dm) == [notices.MANY_BEFORE.en.format(ahead=2)]
    world.script.go.set()
    for question in asked:
        await world.answered(question)


@pytest.mark.parametrize("by_id", [True, False])
async def test_a_bot_that_is_allowed_by_name_is_answered_so_often_in_a_thread(world: World, by_id: bool) -> None:
    bot = await world.bring_up()
    robot, other = (world.server.world.add_user(name, bot=True) for name in ("robot", "other"))
    bot.settings.discord.bots.append(robot["id"] if by_id else "robot")
    bot.settings.answering.bot_turns = 2
    await world.server.say(other, world.support, "not allowed?", mention=True)
    question = await world.server.say(robot, world.support, "allowed?", mention=True)
    await world.answered(question)
    thread = world.server.thread_on(question)
    for number in range(4):
        await world.server.say(robot, thread, f"{number}?", mention=True)
        await asyncio.sleep(0.2)
    await world.server.say(robot, thread, "without a mention")
    await settle()
    assert texts(world) == ["allowed?", "0?"]


# The connection ---------------------------------------------------------------------------------------------------


async def test_a_socket_that_is_silent_though_open_is_told_by_health_and_replaced(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.platform.WATCHED_EVERY_S", 0.1)
    monkeypatch.setattr("adapters.discord.platform.SILENT_S", 0.8)
    monkeypatch.setattr("adapters.discord.platform.DOWN_S", 2.0)
    bot = await world.bring_up()
    await world.answered(await world.ask("before?"))
    world.server.gateway.silent = True
    missed = await world.ask("meanwhile?")
    await world.server.until(lambda: "Nothing has come from Discord" in bot.platform.health())
    world.server.gateway.silent = False
    monkeypatch.setattr("adapters.discord.platform.SILENT_S", 60.0)
    await world.answered(missed)
    assert await world.server.until(lambda: bot.platform.health() == "")


async def test_a_gateway_that_refuses_connections_for_a_while_is_tried_again_soon(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.platform.WATCHED_EVERY_S", 0.1)
    monkeypatch.setattr("adapters.discord.platform.DOWN_S", 0.5)
    bot = await world.bring_up()
    await world.answered(await world.ask("before?"))
    world.server.gateway.refused = True
    await world.server.gateway.drop()
    await world.server.until(lambda: "down" in bot.platform.health())
    missed = await world.ask("meanwhile?")
    await asyncio.sleep(2)
    world.server.gateway.refused = False
    monkeypatch.setattr("adapters.discord.platform.DOWN_S", 10.0)
    await world.answered(missed)
    assert texts(world) == ["before?", "meanwhile?"]


async def test_an_absence_longer_than_a_day_is_not_made_up_for(world: World) -> None:
    await world.bring_up()
    await world.answered(await world.ask("before?"))
    await away(world)
    world.server.advance(-2 * 24 * 3600)
    old = await world.ask("long ago?")
    world.server.advance(2 * 24 * 3600)
    assert datetime.fromisoformat(old["timestamp"]) < datetime.now(UTC) - timedelta(days=1)
    await world.bring_up()
    await settle()
    assert texts(world) == ["before?"]
