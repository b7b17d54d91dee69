"""What Discord's users do that nobody planned for: forums, closed channels, two presses at once, late dialogs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from test_discord import World, posted, settle, world

from bot.handovers import REMINDER
from bot.wording import notices
from tests.discord_server.world import FORUM

__all__ = ["world"]

JSON = dict[str, Any]


async def answer_in(world: World, thread: JSON, count: int = 1) -> list[JSON]:
    """Wait for so many whole answers in a thread; return the bot's posts there."""

    def whole() -> list[JSON]:
        posts = world.server.posts(thread)
        if sum(bool(one["components"]) for one in posts) != count:
            raise LookupError
        return posts

    return await world.server.until(whole)


async def told(world: World, user: JSON) -> str:
    """Wait for a direct message of the bot; return all of them."""
    direct = world.server.world.dm(user)
    await world.server.until(lambda: world.of_bot(direct))
    return "\n".join(world.of_bot(direct))


# Places -----------------------------------------------------------------------------------------------------------


async def test_a_question_that_opens_a_post_in_a_forum_is_answered_below_it(world: World) -> None:
    forum = world.server.world.add_channel("help", type=FORUM)
    await world.bring_up()
    question = await world.server.post(world.ada, forum, "Refunds", "How long do refunds take?", mention=True)
    thread = world.server.world.channels[question["id"]]
    [answer] = await answer_in(world, thread)
    assert answer["content"].startswith("Refunds take **5 days** [1].")
    assert world.script.asked[0].key.channel == forum["id"]
    await world.server.until(lambda: world.server.reactions(question) == [])
    assert ("PUT", f"/channels/{thread['id']}/messages/{question['id']}/reactions/👀/@me") in _decoded(world)
    await world.server.say(world.ada, thread, "And in the EU?")
    await answer_in(world, thread, 2)


async def test_an_answer_in_a_forum_stands_after_the_bot_was_away(world: World) -> None:
    forum = world.server.world.add_channel("help", type=FORUM)
    await world.bring_up()
    question = await world.server.post(world.ada, forum, "Refunds", "How long do refunds take?", mention=True)
    thread = world.server.world.channels[question["id"]]
    await answer_in(world, thread)
    await world.bots.pop().stop()
    await world.bring_up()
    await world.answered(await world.ask())
    await settle()
    assert len(world.server.posts(thread)) == 1
    await world.server.edit(question, "How long do refunds take in the EU?", mention=True)
    await world.server.until(lambda: len(world.script.asked) == 3)
    await answer_in(world, thread)


async def test_a_question_in_a_thread_whose_first_message_was_deleted_is_answered_there(world: World) -> None:
    await world.bring_up()
    first = await world.server.say(world.grace, world.support, "Refunds, anybody?")
    thread = await world.server.open_thread(world.grace, world.support, "Refunds")
    await world.server.delete(first)
    await world.server.say(world.ada, thread, "How long?", mention=True)
    await answer_in(world, thread)
    question = await world.ask()
    await world.answered(question)
    own = world.server.thread_on(question)
    await world.server.delete(question)
    await world.server.until(lambda: not world.server.posts(own))
    await world.server.say(world.ada, own, "How long?", mention=True)
    assert await answer_in(world, own)


async def test_who_cannot_be_answered_where_they_asked_is_told_so_by_direct_message(world: World) -> None:
    silent = world.server.world.add_channel("silent", deny=["CREATE_PUBLIC_THREADS", "SEND_MESSAGES"])
    await world.bring_up()
    await world.server.say(world.ada, silent, "How long do refunds take?", mention=True)
    words = await told(world, world.ada)
    assert "How long do refunds take?" in words and "does not let the bot write in this channel" in words
    assert world.of_bot(silent) == []
    await settle()
    assert len(world.of_bot(world.server.world.dm(world.ada))) == 1


async def test_a_channel_deleted_while_its_question_is_answered_holds_nothing_up(world: World) -> None:
    closing = world.server.world.add_channel("closing")
    await world.bring_up()
    world.script.go.clear()
    question = await world.server.say(world.ada, closing, "How long?", mention=True)
    await world.server.until(lambda: world.script.asked and world.of_bot(world.server.thread_on(question)))
    await world.server.close(world.server.thread_on(question))
    await world.server.close(closing)
    world.script.go.set()
    assert "is gone" in await told(world, world.ada)
    await world.answered(await world.ask())
    assert world.bot.platform.health() == ""


async def test_a_channel_that_gets_another_name_goes_on(world: World) -> None:
    await world.bring_up()
    question = await world.ask()
    await world.answered(question)
    world.support["name"] = "help-desk"
    await world.server.gateway.dispatch("CHANNEL_UPDATE", world.support)
    await world.server.say(world.ada, world.server.thread_on(question), "And in the EU?")
    await answer_in(world, world.server.thread_on(question), 2)
    assert await world.answered(await world.ask())


async def test_what_was_asked_while_the_token_was_not_taken_is_answered_once_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.POLL_S", 0.1)
    await world.bring_up()
    world.server.fail_next(3, 401, method="POST", path=r"/messages$")
    assert await world.answered(await world.ask())


# Messages ---------------------------------------------------------------------------------------------------------


async def test_a_file_without_words_is_told_to_be_none_to_read(world: World) -> None:
    await world.bring_up()
    file = {"id": world.server.world.snowflake(), "filename": "a.png", "size": 1, "url": "http://x/a", "proxy_url": "x"}
    direct = world.server.world.dm(world.ada)
    await world.server.direct(world.ada, "hello")
    await answer_in(world, direct)
    await world.server.say(world.ada, direct, "", attachments=[file])
    told = f"What would you like to know?\n\n{notices.ONLY_TEXT.en}"
    await world.server.until(lambda: told in world.of_bot(direct))
    assert world.script.asked[-1].text == ""


# Presses and dialogs ----------------------------------------------------------------------------------------------


async def test_a_button_pressed_twice_at_once_counts_once(world: World) -> None:
    bot = await world.bring_up()
    bot.settings.answering.helpers = [f"discord:{world.grace['id']}"]
    answer = await world.answered(await world.ask())
    presses = await asyncio.gather(*(world.server.press(world.ada, answer, "Not helpful") for _ in range(2)))
    await world.server.until(lambda: all(one.text for one in presses))
    up, down = await world.bot.votes()
    assert (up, down) in {(0, 1), (0, 0)}, "a second press may come as one that takes the first back"
    thread = world.server.world.channels[answer["channel_id"]]
    presses = await asyncio.gather(*(world.server.press(world.ada, answer, "Talk to a person") for _ in range(3)))
    await world.server.until(lambda: all(one.text for one in presses))
    quiet = "I stay quiet in this thread"
    await world.server.until(lambda: any(quiet in text for text in world.of_bot(thread)))
    await settle()
    assert len([text for text in world.of_bot(thread) if quiet in text]) == 1


async def test_commands_and_presses_are_acknowledged_before_anything_is_made_of_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = await world.bring_up()
    answer = await world.answered(await world.ask())
    free = asyncio.Event()

    def slow(method: Any) -> Any:
        async def waits(*arguments: Any, **more: Any) -> Any:
            await free.wait()
            return await method(*arguments, **more)

        return waits

    for name in ("hear", "press", "hand_over"):
        monkeypatch.setattr(bot.desk, name, slow(getattr(bot.desk, name)))
    told = [
        await world.server.slash(world.ada, world.support, "ask", question="How long do refunds take?"),
        await world.server.press(world.ada, answer, "Helpful"),
        await world.server.press(world.ada, answer, "Talk to a person"),
    ]
    await world.server.until(lambda: all(one.acknowledged for one in told))
    free.set()
    assert await world.server.until(lambda: all(one.text for one in told))


async def test_what_goes_wrong_unforeseen_at_a_press_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = await world.bring_up()
    answer = await world.answered(await world.ask())

    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(bot.desk, "press", breaks)
    press = await world.server.press(world.ada, answer, "Helpful")
    await world.server.until(lambda: press.text == notices.UNFORESEEN.en)
    assert press.ephemeral


async def test_a_press_that_came_too_late_is_left_alone_and_may_be_made_again(world: World) -> None:
    await world.bring_up()
    answer = await world.answered(await world.ask())
    world.server.fail_next(1, 404, method="POST", path=r"/interactions/.*/callback")
    await world.server.press(world.ada, answer, "Helpful")
    await settle()
    assert await world.bot.votes() == (0, 0)
    press = await world.server.press(world.ada, answer, "Helpful")
    await world.server.until(lambda: press.text)
    assert await world.bot.votes() == (1, 0)


async def test_people_are_reminded_of_a_hand_over_that_nobody_takes(world: World) -> None:
    bot = await world.bring_up()
    humans = world.server.world.add_channel("humans")
    bot.settings.answering.handover_channel = f"discord:{humans['id']}"
    bot.settings.answering.helpers = [f"discord:{world.grace['id']}"]
    bot.settings.handover.remind_after_min = 0.001
    answer = await world.answered(await world.ask())
    await world.server.press(world.ada, answer, "Talk to a person")
    await world.server.until(lambda: posted(world, humans))
    await settle()
    assert await bot.desk.handovers.remind() == 1
    reminder = world.server.posts(humans)[-1]
    assert reminder["content"] == f"<@{world.grace['id']}> {REMINDER.format(waited='0 minutes')}"
    assert [one["id"] for one in reminder["mentions"]] == [world.grace["id"]]


def _decoded(world: World) -> list[tuple[str, str]]:
    from urllib.parse import unquote

    return [(method, unquote(path)) for method, path in world.server.rest.requests]
