"""Handing a thread over to people on Discord, and saying what was wrong with an answer there."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import discord.http
import pytest
import test_discord
from test_discord import World, posted, settle

from bot.channels.store import ChannelKey
from bot.curation import Kind
from bot.handovers import HELPERS_ONLY, YOU_TOOK_IT
from bot.messages import Answer, Reason, Status
from bot.understanding.mood import Moods
from bot.wording import notices
from tests.discord_server import FOLLOW_UP_S

JSON = dict[str, Any]
world = test_discord.world


def labels(message: JSON) -> list[str]:
    return [button["label"] for row in message["components"] for button in row["components"]]


def with_button(world: World, channel: JSON, label: str) -> JSON | None:
    return next((one for one in posted(world, channel) if label in labels(one)), None)


async def test_a_press_calls_a_person_who_takes_the_thread_and_gives_it_back(world: World) -> None:
    bot = await world.bring_up()
    server, humans = world.server, world.server.world.add_channel("humans")
    lin = server.world.add_user("lin")
    role = server.world.add_role("agents", lin)
    bot.settings.answering.handover_channel = f"discord:{humans['id']}"
    bot.settings.answering.helpers = [f"discord:{lin['id']}", f"discord:&{role}", "slack:U0BEN"]
    question = await world.ask()
    answer = await world.answered(question)
    thread = server.thread_on(question)
    press = await server.press(world.ada, answer, "Talk to a person")
    await server.until(lambda: press.text == "I'm letting the team know.")
    assert press.ephemeral
    [note] = await server.until(lambda: posted(world, humans))
    assert note["content"].startswith(f"<@{lin['id']}> <@&{role}> **Ada** asks for a person in [this thread](<https://")
    assert "> How long do refunds take?" in note["content"]
    assert "**Found:** [Returns](<https://help.example/returns>) › Refunds EU" in note["content"]
    assert "> Refunds take" in note["content"]
    assert ([one["id"] for one in note["mentions"]], note["mention_roles"]) == ([lin["id"]], [role])
    assert labels(note) == ["I'll take it", "Resolved"]
    reply = await server.until(lambda: posted(world, thread)[1])
    assert "I have told the team, and somebody will answer here. I stay quiet in this thread" in reply["content"]
    assert labels(reply) == ["Give back to the bot"]

    await world.bot.stop()
    await world.bring_up()
    world.bot.settings.answering = bot.settings.answering
    await server.say(lin, thread, "Within 5 working days.")
    await server.until(lambda: "has taken it." in server.posts(humans)[0]["content"])
    assert labels(server.posts(humans)[0]) == ["Resolved"]
    await server.until(lambda: f"<@{lin['id']}> is taking care of this." in world.of_bot(thread))
    again = await server.press(world.ada, answer, "Talk to a person")
    await server.until(lambda: "already knows" in again.text)
    await server.say(world.ada, thread, "thanks")

    press = await server.press(lin, server.posts(humans)[0], "Resolved")
    await server.until(lambda: notices.YOU_RESOLVED_IT.en in press.text)
    await server.until(lambda: notices.BACK.en in world.of_bot(thread))
    assert posted(world, humans) == []
    opened = await server.press(lin, press.messages[0], "Suggest a better answer")
    dialog = await server.until(lambda: opened.modal)
    assert dialog["title"] == "Suggest a better answer"
    assert dialog["components"][0]["components"][0]["value"] == "Within 5 working days."
    sent = await server.submit(lin, opened, "Refunds take 5 working days.")
    await server.until(lambda: sent.text == notices.SUGGESTED.en)
    [suggestion] = await world.bot.curation.list(kind=Kind.SUGGESTION)
    assert (suggestion.author, suggestion.answer) == (f"discord:{lin['id']}", "Refunds take 5 working days.")
    assert len(world.script.asked) == 1
    await server.say(world.ada, thread, "And in the EU?")
    await server.until(lambda: len(world.script.asked) == 2)


async def test_a_dialog_that_was_opened_before_a_restart_is_heard_after_it(world: World) -> None:
    await world.bring_up()
    server = world.server
    answer = await world.answered(await world.ask())
    press = await server.press(world.ada, answer, "Not helpful")
    await server.until(lambda: press.text.endswith("What was wrong with it?"))
    assert labels(press.messages[0]) == [
        "Wrong",
        "Outdated",
        "Incomplete",
        "Rude",
        "Other …",
        "Suggest a better answer",
    ]
    opened = await server.press(world.ada, press.messages[0], "Other …")
    await server.until(lambda: opened.modal)
    await world.bot.stop()
    await world.bring_up()
    sent = await server.submit(world.ada, opened, "The fee is missing.")
    await server.until(lambda: sent.text == "Thank you for your words.")
    [rating] = await world.bot.ratings.of(1)
    assert (rating.value, rating.reason, rating.words) == (-1, Reason.OTHER, "The fee is missing.")


async def test_a_reason_takes_the_place_of_the_question_for_it(world: World) -> None:
    await world.bring_up()
    server = world.server
    answer = await world.answered(await world.ask())
    press = await server.press(world.ada, answer, "Not helpful")
    await server.until(lambda: press.text.endswith("What was wrong with it?"))
    await server.press(world.ada, press.messages[0], "Outdated")
    await server.until(lambda: press.text == "Thank you, noted as outdated.")
    assert labels(press.messages[0]) == ["Suggest a better answer"]
    assert await world.bot.votes() == (0, 1)


async def test_a_thumb_down_as_a_reaction_is_asked_about_by_direct_message(world: World) -> None:
    await world.bring_up()
    answer = await world.answered(await world.ask())
    await world.server.react(world.grace, answer, "👎")
    await world.server.react(world.grace, answer, "👎")
    direct = world.server.world.dm(world.grace)
    [asked] = await world.server.until(lambda: world.server.posts(direct))
    assert asked["content"].startswith(notices.WHAT_WAS_WRONG.en) and answer["channel_id"] in asked["content"]
    await world.server.press(world.grace, asked, "Rude")
    await world.server.until(lambda: world.of_bot(direct) == ["Thank you, noted as rude. I am sorry."])
    await settle()
    assert len(world.server.posts(direct)) == 1


async def test_two_thumbs_down_bring_people_into_the_thread(world: World) -> None:
    bot = await world.bring_up()
    humans = world.server.world.add_channel("humans")
    bot.settings.answering.handover_channel = f"discord:{humans['id']}"
    question = await world.ask()
    answer = await world.answered(question)
    await world.server.react(world.ada, answer, "👎")
    await world.server.react(world.grace, answer, "👎")
    [note] = await world.server.until(lambda: posted(world, humans))
    assert "found what I said in [this thread]" in note["content"]
    await world.server.until(lambda: "I have told the team" in world.of_bot(world.server.thread_on(question))[-1])


async def test_without_a_channel_for_it_the_helpers_are_tagged_in_the_thread(world: World) -> None:
    bot = await world.bring_up()
    lin = world.server.world.add_user("lin")
    bot.settings.answering.helpers = [f"discord:{lin['id']}"]
    world.script.ends["the moon?"] = Answer(Status.REFUSED, "I could not find that.")
    question = await world.ask("the moon?")
    thread = await world.server.until(lambda: world.server.thread_on(question))
    refusal = await world.server.until(lambda: posted(world, thread)[0])
    assert labels(refusal) == ["Talk to a person"]
    await world.server.press(world.ada, refusal, "Talk to a person")
    note = await world.server.until(lambda: with_button(world, thread, "I'll take it"))
    assert note["content"].startswith(f"<@{lin['id']}> **Ada** asks for a person")
    for label in labels(note):
        press = await world.server.press(world.server.world.add_user("eve"), note, label)
        await world.server.until(lambda press=press: press.text == HELPERS_ONLY)  # type: ignore[misc]
    press = await world.server.press(lin, note, "I'll take it")
    await world.server.until(lambda: press.text == YOU_TOOK_IT)


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_note_in_a_thread_that_is_archived_is_changed_there(world: World, restarted: bool) -> None:
    bot = await world.bring_up()
    lin = world.server.world.add_user("lin")
    bot.settings.answering.helpers = [f"discord:{lin['id']}"]
    question = await world.ask()
    thread = await world.server.until(lambda: world.server.thread_on(question))
    await world.server.press(world.ada, await world.answered(question), "Talk to a person")
    note = await world.server.until(lambda: with_button(world, thread, "I'll take it"))
    await world.server.until(lambda: with_button(world, thread, "Give back to the bot"))
    await world.server.archive(thread)
    await world.server.until(lambda: bot.platform._client.get_channel(int(thread["id"])) is None)
    if restarted:
        await bot.stop()
        await world.bring_up()
        world.bot.settings.answering = bot.settings.answering
    press = await world.server.press(lin, note, "I'll take it")
    await world.server.until(lambda: press.text == YOU_TOOK_IT)
    await world.server.until(lambda: "has taken it." in note["content"])
    assert labels(note) == ["Resolved"]
    await world.server.archive(thread)
    await world.server.press(lin, note, "Resolved")
    await world.server.until(lambda: notices.BACK.en in world.of_bot(thread))
    assert world.of_bot(world.support) == []


async def test_only_who_has_the_helpers_role_may_take_a_thread(world: World) -> None:
    lin, eve = world.server.world.add_user("lin"), world.server.world.add_user("eve")
    role = world.server.world.add_role("agents")
    world.server.world.add_role("customers", eve)
    bot = await world.bring_up()
    bot.settings.answering.helpers = [f"discord:&{role}"]
    question = await world.ask()
    await world.server.press(world.ada, await world.answered(question), "Talk to a person")
    note = await world.server.until(lambda: with_button(world, world.server.thread_on(question), "I'll take it"))
    for label in labels(note):
        press = await world.server.press(eve, note, label)
        await world.server.until(lambda press=press: press.text == HELPERS_ONLY)  # type: ignore[misc]
    world.server.world.roles[role][1].add(lin["id"])
    press = await world.server.press(lin, note, "I'll take it")
    await world.server.until(lambda: press.text == YOU_TOOK_IT)
    taken = [one["content"] for one in world.server.posts(world.server.thread_on(question))]
    assert any(f"<@{lin['id']}> has taken it." in one for one in taken) and not any(eve["id"] in one for one in taken)


async def test_a_reply_of_a_helper_takes_the_thread_and_none_to_the_bot_is_a_question_there(world: World) -> None:
    humans, lin = world.server.world.add_channel("humans"), world.server.world.add_user("lin")
    role = world.server.world.add_role("agents", lin)
    bot = await world.bring_up()
    bot.settings.answering.handover_channel = f"discord:{humans['id']}"
    bot.settings.answering.helpers = [f"discord:&{role}"]
    question = await world.ask()
    answer = await world.answered(question)
    thread = world.server.thread_on(question)
    await world.server.press(world.ada, answer, "Talk to a person")
    told = await world.server.until(lambda: posted(world, thread)[1])
    helping = "Sorry about that. Do you have your order number at hand?"
    await world.server.say(lin, thread, helping, reply_to=told)
    await world.server.until(lambda: "has taken it." in world.server.posts(humans)[0]["content"])
    await world.server.say(world.ada, thread, "It is 4711.", reply_to=told)
    await settle()
    assert len(world.script.asked) == 1
    await world.server.say(world.ada, thread, "And in the EU?", mention=True)
    await world.server.until(lambda: len(world.script.asked) == 2)


async def test_a_private_answer_stays_when_a_person_is_called(world: World) -> None:
    bot = await world.bring_up()
    humans = world.server.world.add_channel("humans")
    bot.settings.answering.handover_channel = f"discord:{humans['id']}"
    command = await world.server.slash(world.ada, world.support, "ask", question="How long do refunds take?")
    await world.server.until(lambda: command.messages and labels(command.messages[0]))
    press = await world.server.press(world.ada, command.messages[0], "Talk to a person")
    await world.server.until(lambda: "I have told the team, and somebody will write to you." in press.text)
    assert press.ephemeral and command.text.startswith("Refunds take")
    [note] = posted(world, humans)
    assert note["content"].startswith("**Ada** asks for a person.\n\n> How long do refunds take?")
    assert note["content"].endswith(f"They asked in private; send <@{world.ada['id']}> a direct message.")
    assert note["mentions"] == []


@pytest.mark.parametrize("by", ["the button", "words"])
async def test_what_is_asked_after_a_thumb_down_stays_when_that_calls_people(world: World, by: str) -> None:
    bot = await world.bring_up()
    humans = world.server.world.add_channel("humans")
    bot.settings.answering.handover_channel = f"discord:{humans['id']}"
    bot.settings.handover.dislikes = 1 if by == "the button" else 0
    bot.desk.workers._moods = Moods()
    command = await world.server.slash(world.ada, world.support, "ask", question="How long do refunds take?")
    await world.server.until(lambda: command.messages and labels(command.messages[0]))
    press = await world.server.press(world.ada, command.messages[0], "Not helpful")
    await world.server.until(lambda: "What was wrong with it?" in press.text)
    if by == "words":
        opened = await world.server.press(world.ada, press.messages[0], "Other …")
        await world.server.until(lambda: opened.modal)
        bot.settings.handover.dislikes = 1
        press = await world.server.submit(world.ada, opened, "THIS IS USELESS!!! I am furious!")
    await world.server.until(lambda: "I have told the team" in press.text)
    await settle()
    [told] = [one["content"] for one in press.messages if "I have told the team" in one["content"]]
    [kept] = [one for one in press.messages if one["content"] != told]
    assert told.endswith("somebody will write to you.") and command.text.startswith("Refunds take")
    if by == "the button":
        assert kept["content"].endswith("What was wrong with it?") and "Rude" in labels(kept)
    else:
        assert kept["content"] == "Thank you for your words."
    assert press.ephemeral


async def test_reactions_to_an_answer_by_direct_message_count(world: World) -> None:
    bot = await world.bring_up()
    await bot.channels.store.change(
        ChannelKey("discord", world.support["guild_id"], world.support["id"]), {"private": True}, "grace"
    )
    await world.ask()
    direct = world.server.world.dm(world.ada)
    answer = await world.server.until(lambda: with_button(world, direct, "Helpful"))
    await world.server.react(world.ada, answer, "👎")
    await bot.until_votes(0, 1)
    await world.server.until(lambda: world.of_bot(direct)[-1].startswith(notices.WHAT_WAS_WRONG.en))
    await world.server.unreact(world.ada, answer, "👎")
    await world.server.react(world.ada, answer, "👍")
    await bot.until_votes(1, 0)
    assert await bot.votes() == (1, 0)


async def test_reactions_to_a_late_answer_to_a_command_count(world: World) -> None:
    bot = await world.bring_up()
    world.script.go.clear()
    await world.server.slash(world.ada, world.support, "ask", question="refunds?")
    await world.server.until(lambda: world.script.asked)
    world.server.advance(FOLLOW_UP_S + 1)
    world.script.go.set()
    direct = world.server.world.dm(world.ada)
    answer = await world.server.until(lambda: with_button(world, direct, "Helpful"))
    await settle()  # it has its buttons before it is recorded
    await world.server.react(world.ada, answer, "👍")
    await bot.until_votes(1, 0)
    assert await bot.votes() == (1, 0)


async def test_after_a_reaction_the_button_that_says_the_same_asks_why(world: World) -> None:
    bot = await world.bring_up()
    answer = await world.answered(await world.ask())
    await world.server.react(world.ada, answer, "👎")
    await bot.until_votes(0, 1)
    press = await world.server.press(world.ada, answer, "Not helpful")
    await world.server.until(lambda: "What was wrong with it?" in press.text)
    assert await bot.votes() == (0, 1)
    press = await world.server.press(world.ada, answer, "Not helpful")
    await world.server.until(lambda: press.text == notices.WITHDRAWN.en)


async def test_a_note_whose_way_back_was_lost_is_not_posted_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The library waits half a minute between its eight attempts.
    hasty = SimpleNamespace(**vars(asyncio) | {"sleep": lambda seconds: asyncio.sleep(seconds / 100)})
    monkeypatch.setattr(discord.http, "asyncio", hasty)
    bot = await world.bring_up()
    humans = world.server.world.add_channel("humans")
    bot.settings.answering.handover_channel = f"discord:{humans['id']}"
    question = await world.ask()
    answer = await world.answered(question)
    world.server.fail_next(8, 500, method="POST", path=f"/channels/{humans['id']}/messages", after=True)
    await world.server.press(world.ada, answer, "Talk to a person")
    await world.server.until(lambda: "I have told the team" in world.of_bot(world.server.thread_on(question))[-1], 60)
    assert len(world.of_bot(humans)) == 1


async def test_who_asked_is_asked_to_rate_where_the_settings_say_so(world: World) -> None:
    bot = await world.bring_up()
    bot.settings.ratings.remind_after_min = 0.0005
    await world.answered(await world.ask())
    await bot.settled()
    await settle()
    assert (await bot.desk.ask_to_rate(), await bot.desk.ask_to_rate()) == (1, 0)
    [asked] = world.server.posts(world.server.world.dm(world.ada))
    assert asked["content"].startswith("Was this answer helpful?")
    press = await world.server.press(world.ada, asked, "Helpful")
    await world.server.until(lambda: press.text == "Thank you, noted as helpful.")


async def test_buttons_of_what_is_kept_no_more_say_so(world: World) -> None:
    await world.bring_up()
    post = await world.answered(await world.ask())
    for row in post["components"]:
        for button in row["components"]:
            button["custom_id"] = button["custom_id"].replace(":1", ":987")
    post["components"].append(
        {
            "type": 1,
            "components": [{"type": 2, "style": 2, "label": "Resolved", "custom_id": "frontdesk:handover:987:resolve"}],
        }
    )
    for label in labels(post):
        press = await world.server.press(world.ada, post, label)
        await world.server.until(lambda press=press: "I no longer have this" in press.text)  # type: ignore[misc]
        assert press.ephemeral
