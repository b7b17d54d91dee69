"""What admins see on Discord besides answers: statistics, reasons, the panel; and what anybody can have deleted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.discord import panel
from bot.inbox import Inbox
from bot.plot import draw
from bot.privacy import Privacy
from tests.integration.test_discord import JSON, World, settle, world

__all__ = ["world"]


@pytest.fixture(autouse=True)
def _panels_refresh_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "REFRESH_S", 0.1)


async def asked(world: World, text: str = "How long do refunds take?") -> tuple[JSON, JSON]:
    """Have ada ask; return the question and the answer, once it counts as delivered."""
    question = await world.ask(text)
    answer = await world.answered(question)
    inbox = Inbox(world.bot.database)
    async with asyncio.timeout(20):
        while await inbox.pending():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return question, answer


# Statistics -----------------------------------------------------------------------------------------------------


async def test_statistics_are_told_to_the_admin_alone_with_a_picture(world: World) -> None:
    await world.bring_up()
    await asked(world)
    command = await world.server.slash(world.grace, world.support, "stats", days=7)
    await world.server.until(lambda: command.messages[0]["attachments"])
    assert "1 question:" in command.text
    assert command.messages[0]["attachments"][0]["filename"].endswith(".png")
    assert command.ephemeral
    assert not world.of_bot(world.support)


async def test_shared_statistics_stand_in_the_channel(world: World) -> None:
    await world.bring_up()
    await asked(world)
    await world.server.slash(world.grace, world.support, "stats", share=True)
    post = await world.server.until(lambda: next(iter(world.server.posts(world.support)), None))
    assert post["attachments"][0]["filename"].endswith(".png")


async def test_a_picture_that_comes_after_fifteen_minutes_is_sent_by_direct_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*args: Any) -> None:
        await draw(*args)
        world.server.world.skew += 16 * 60

    monkeypatch.setattr("bot.commands.draw", slow)
    await world.bring_up()
    await asked(world)
    await world.server.slash(world.grace, world.support, "stats")
    direct = world.server.world.dm(world.grace)
    post = await world.server.until(lambda: next(iter(world.server.posts(direct)), None))
    assert "1 question:" in post["content"]
    assert post["attachments"][0]["filename"].endswith(".png")


async def test_in_direct_messages_they_are_those_of_every_server(world: World) -> None:
    await world.bring_up()
    await asked(world)
    command = await world.server.slash(world.grace, world.server.world.dm(world.grace), "stats")
    await world.server.until(lambda: "1 question:" in command.text)
    assert "everywhere" in command.text


@pytest.mark.parametrize(
    ("name", "options"), [("stats", {}), ("why", {}), ("panel", {}), ("forget", {"person": "grace"})]
)
async def test_what_is_for_admins_is_refused_to_others_in_private(
    world: World, name: str, options: dict[str, str]
) -> None:
    await world.bring_up()
    given = dict.fromkeys(options, world.grace["id"])
    command = await world.server.slash(world.ada, world.support, name, **given)
    await world.server.until(lambda: "admins only" in command.text)
    assert command.ephemeral


async def test_an_admin_of_one_server_is_none_in_another(world: World) -> None:
    bot = await world.bring_up()
    bot.settings.admins[:] = [f"discord:1:{world.grace['id']}"]
    command = await world.server.slash(world.grace, world.support, "stats")
    await world.server.until(lambda: "admins only" in command.text)
    bot.settings.admins[:] = [f"discord:{world.server.world.guild_id}:{world.grace['id']}"]
    command = await world.server.slash(world.grace, world.support, "stats")
    await world.server.until(lambda: "Nothing was asked" in command.text)
    command = await world.server.slash(world.grace, world.support, "stats", everywhere=True)
    assert await world.server.until(lambda: "all workspaces only" in command.text)


# Why ------------------------------------------------------------------------------------------------------------


async def test_why_explains_the_last_answer_of_the_thread(world: World) -> None:
    await world.bring_up()
    first, _ = await asked(world, "first?")
    await asked(world, "second?")
    command = await world.server.slash(world.grace, world.server.thread_on(first), "why")
    await world.server.until(lambda: "first?" in command.text)
    assert command.ephemeral
    command = await world.server.slash(world.grace, world.support, "why")
    await world.server.until(lambda: "second?" in command.text)


async def test_why_explains_the_answer_that_a_link_leads_to_and_that_of_its_menu(world: World) -> None:
    await world.bring_up()
    _, answer = await asked(world, "first?")
    await asked(world, "second?")
    link = f"https://discord.com/channels/{world.server.world.guild_id}/{answer['channel_id']}/{answer['id']}"
    command = await world.server.slash(world.grace, world.support, "why", link=link)
    await world.server.until(lambda: "first?" in command.text)
    menu = await world.server.menu(world.grace, answer, "Why this answer?")
    await world.server.until(lambda: "first?" in menu.text)
    assert menu.ephemeral
    stranger = await world.server.menu(world.ada, answer, "Why this answer?")
    await world.server.until(lambda: "admins only" in stranger.text)


async def test_what_is_no_link_or_no_answer_is_said(world: World) -> None:
    await world.bring_up()
    command = await world.server.slash(world.grace, world.support, "why", link="please")
    await world.server.until(lambda: "no link to a message" in command.text)
    chatter = await world.server.say(world.ada, world.support, "Nice weather")
    menu = await world.server.menu(world.grace, chatter, "Why this answer?")
    assert await world.server.until(lambda: "no answer there" in menu.text)


async def test_a_long_explanation_is_shown_to_its_end(world: World) -> None:
    await world.bring_up()
    await asked(world, "q" * 1500 + "?")
    bot = world.bot
    removed = [{"sentence": f"Sentence {n}. " + "word " * 60, "reason": "unheard of"} for n in range(9)]
    async with bot.database.write() as session:
        from sqlalchemy import update

        from bot.storage.tables import AnswerRow

        await session.execute(update(AnswerRow).values(notes={"route": "r", "removed": removed}))
    command = await world.server.slash(world.grace, world.support, "why")
    await world.server.until(lambda: "and 1 more" in command.messages[-1]["content"])
    assert len(command.messages) > 1
    assert all(message["flags"] & 64 for message in command.messages)


# Forgetting -----------------------------------------------------------------------------------------------------


async def test_anybody_has_their_own_data_deleted_after_confirming_even_after_a_restart(world: World) -> None:
    await world.bring_up()
    await asked(world)
    ada = ("discord", world.ada["id"])
    command = await world.server.slash(world.ada, world.support, "forget")
    await world.server.until(lambda: command.messages[0]["components"])
    assert "1 question, 1 answer and 0 ratings" in command.text
    await world.bots.pop().stop()
    await world.bring_up()
    assert await Privacy(world.bot.database).kept_of(*ada)
    press = await world.server.press(world.ada, command.messages[0], "Delete")
    await world.server.until(lambda: "Deleted: 1 question" in press.text)
    assert not await Privacy(world.bot.database).kept_of(*ada)


async def test_an_admin_has_somebodys_data_deleted_and_a_stranger_does_not(world: World) -> None:
    await world.bring_up()
    await asked(world)
    command = await world.server.slash(world.grace, world.support, "forget", person=world.ada["id"])
    await world.server.until(lambda: command.messages[0]["components"])
    eve = world.server.world.add_user("eve")
    press = await world.server.press(eve, command.messages[0], "Delete")
    await world.server.until(lambda: "admins only" in press.text)
    assert await Privacy(world.bot.database).kept_of("discord", world.ada["id"])
    press = await world.server.press(world.grace, command.messages[0], "Delete")
    await world.server.until(lambda: "Deleted: 1 question" in press.text)


# The panel ------------------------------------------------------------------------------------------------------


async def test_the_panel_is_pinned_and_kept_up_to_date_after_a_restart_too(world: World) -> None:
    await world.bring_up()
    await world.server.slash(world.grace, world.support, "panel")
    post = await world.server.until(lambda: world.server.posts(world.support)[0])
    await world.server.until(lambda: post.get("pinned"))
    assert "version 7" in post["content"] and "no questions yet" in post["content"]
    await asked(world)
    await world.server.until(lambda: "1 question, 1 answered" in post["content"])
    await world.bots.pop().stop()
    world.script.go.set()
    bot = await world.bring_up()
    bot.version = 8
    await world.server.until(lambda: "version 8" in post["content"])
    assert len(world.server.posts(world.support)) == 1


async def test_a_server_has_one_panel_and_it_moves(world: World) -> None:
    await world.bring_up()
    office = world.server.world.add_channel("office")
    await world.server.slash(world.grace, world.support, "panel")
    await world.server.until(lambda: world.server.posts(world.support))
    await world.server.slash(world.grace, office, "panel")
    assert await world.server.until(lambda: world.server.posts(office) and not world.server.posts(world.support))


async def test_a_panel_that_somebody_deleted_is_given_up(world: World) -> None:
    bot = await world.bring_up()
    await world.server.slash(world.grace, world.support, "panel")
    post = await world.server.until(lambda: world.server.posts(world.support)[0])
    await world.server.delete(post)
    bot.version = 8
    await settle()
    assert not await bot.platform._client.commands.panels.of("discord")
    assert not world.server.posts(world.support)


async def test_a_panel_in_an_archived_thread_waits_for_its_button(world: World) -> None:
    bot = await world.bring_up()
    thread = await world.server.open_thread(world.grace, world.support, "state of things")
    await world.server.slash(world.grace, thread, "panel")
    [post] = await world.server.until(lambda: world.server.posts(thread))
    await world.server.archive(thread)
    bot.version = 8
    await asyncio.sleep(0.5)
    assert thread["thread_metadata"]["archived"] and "version 8" not in post["content"].lower()
    press = await world.server.press(world.grace, post, "Refresh")
    await world.server.until(lambda: press.text == "This is how it stands now.")
    assert not thread["thread_metadata"]["archived"] and "8" in post["content"]


async def test_where_the_bot_may_not_pin_the_panel_stands_all_the_same(world: World) -> None:
    await world.bring_up()
    channel = world.server.world.add_channel("strict", deny=["PIN_MESSAGES"])
    command = await world.server.slash(world.grace, channel, "panel")
    await world.server.until(lambda: "Pin it yourself" in command.text)
    assert "version 7" in world.of_bot(channel)[0]


async def test_the_panel_is_refreshed_by_its_button_for_admins(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "REFRESH_S", 600)
    bot = await world.bring_up()
    await world.server.slash(world.grace, world.support, "panel")
    post = await world.server.until(lambda: world.server.posts(world.support)[0])
    bot.version = 9
    stranger = await world.server.press(world.ada, post, "Refresh")
    await world.server.until(lambda: "admins only" in stranger.text)
    assert "version 7" in post["content"]
    press = await world.server.press(world.grace, post, "Refresh")
    await world.server.until(lambda: press.text)
    assert "version 9" in post["content"]


async def test_the_panel_is_refreshed_by_its_button_after_a_restart_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "REFRESH_S", 600)
    await world.bring_up()
    await world.server.slash(world.grace, world.support, "panel")
    post = await world.server.until(lambda: world.server.posts(world.support)[0])
    await world.bots.pop().stop()
    bot = await world.bring_up()
    await settle()
    bot.version = 9
    press = await world.server.press(world.grace, post, "Refresh")
    await world.server.until(lambda: press.text)
    assert "version 9" in post["content"]
