"""Channels that behave differently on Discord, set up in frontdesk.toml and by admins with buttons and forms."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.channels.dialogue import DIRECT
from bot.channels.resolve import Channel
from bot.channels.values import StandardAnswerValues, When
from bot.wording import notices
from tests.discord_server import Interaction
from tests.integration.test_discord import JSON, World, settle, world

__all__ = ["world"]


class Setup:
    """The message that a command of `/frontdesk` shows to one person."""

    def __init__(self, world: World, user: JSON, interaction: Interaction) -> None:
        self.world, self.user, self.interaction = world, user, interaction

    @property
    def message(self) -> JSON:
        return self.interaction.messages[0]

    @property
    def text(self) -> str:
        return str(self.message["content"])

    async def press(self, label: str, user: JSON | None = None) -> Interaction:
        return await self.world.server.press(user or self.user, self.message, label)

    async def fill_in(self, label: str, user: JSON | None = None, **values: Any) -> Interaction:
        """Press a button, fill in the form that opens, and wait until it is taken."""
        values = {name.replace("_", " "): value for name, value in values.items()}
        submitted = await self.world.server.fill_in(user or self.user, await self.press(label, user), **values)
        await self.world.server.until(lambda: submitted.acknowledged is not None)
        return submitted

    async def until(self, words: str) -> str:
        await self.world.server.until(lambda: words in self.text)
        return self.text


async def give(world: World, user: JSON, command: str = "settings", channel: JSON | None = None) -> Setup:
    interaction = await world.server.slash(user, channel or world.support, f"frontdesk {command}")
    await world.server.until(lambda: interaction.text)
    return Setup(world, user, interaction)


async def at(world: World) -> Channel:
    return await world.bot.channels.at("discord", world.server.world.guild_id, world.support["id"])


async def test_the_settings_are_shown_to_admins_alone_with_where_each_is_from(world: World) -> None:
    bot = await world.bring_up()
    bot.settings.answering.persona = "a patient *technician*"
    setup = await give(world, world.grace)
    assert setup.interaction.ephemeral
    assert "**When to answer:** When I am mentioned\n" in setup.text
    assert "**Persona:** a patient \\*technician\\*\n" in setup.text
    assert "**Who may ask:** everybody\n" in setup.text
    stranger = await give(world, world.ada)
    assert "for the admins of this channel only" in stranger.text
    assert not stranger.message["components"]


async def test_what_is_set_in_the_forms_goes_over_the_file_and_can_be_put_back(world: World) -> None:
    agents = world.server.world.add_role("agents", world.ada)
    await world.bring_up()
    setup = await give(world, world.grace)
    await setup.fill_in("Answering", When_to_answer="questions", Language="German")
    await setup.until("Saved: When to answer, Language.")
    await setup.fill_in("Voice", Tone="cheerful", Greeting="Hi **all**")
    await setup.until("**Tone:** cheerful (set here)")
    await setup.fill_in("People", Who_may_ask=[world.grace["id"], agents], Human_helpers=[world.ada["id"]])
    await setup.until(f"**Who may ask:** <@{world.grace['id']}>, <@&{agents}> (set here)")
    channel = await at(world)
    assert (channel.when, channel.language, channel.tone) == (When.QUESTIONS, "de", "cheerful")
    assert channel.askers == (world.grace["id"], f"&{agents}")
    assert (channel.helpers, channel.greeting) == ((world.ada["id"],), "Hi **all**")
    # What a form shows is what it keeps.
    await setup.fill_in("People")
    await setup.until("Nothing was changed.")
    await world.server.choose(world.grace, setup.message, "frontdesk:setup-menu:reset", "tone", "askers")
    await setup.until("Saved: Tone, Who may ask.")
    channel = await at(world)
    assert (channel.tone, channel.askers, channel.language) == ("", (), "de")


async def test_what_was_set_while_a_form_stood_open_is_not_put_back_by_it(world: World) -> None:
    agents = world.server.world.add_role("agents", world.ada)
    await world.bring_up()
    setup = await give(world, world.grace)
    voice, answering, people = [await setup.press(label) for label in ("Voice", "Answering", "People")]
    for opened in (voice, answering, people):
        await world.server.until(lambda opened=opened: opened.modal)  # type: ignore[misc]
    await setup.fill_in("Voice", Tone="warm")
    await setup.fill_in("Answering", When_to_answer="never")
    await setup.fill_in("People", Human_helpers=[world.ada["id"], agents])
    await setup.until("**Human helpers:** ")
    await world.server.fill_in(world.grace, voice, Persona="a clerk")
    await setup.until("Saved: Persona.")
    await world.server.fill_in(world.grace, answering, Language="German")
    await setup.until("Saved: Language.")
    await world.server.fill_in(world.grace, people, **{"Who may ask": [agents]})
    await setup.until("Saved: Who may ask.")
    channel = await at(world)
    assert (channel.persona, channel.tone, channel.when, channel.language) == ("a clerk", "warm", When.NEVER, "de")
    assert (channel.askers, channel.helpers) == ((f"&{agents}",), (world.ada["id"], f"&{agents}"))


async def test_a_scope_can_be_narrowed_but_not_widened(world: World) -> None:
    bot = await world.bring_up()
    bot.settings.scope = {"region": ["eu", "uk"]}
    setup = await give(world, world.grace)
    await setup.fill_in("Scope", Region="us")
    await setup.until("Not saved. Us cannot be told here")
    assert bot.channels.scope(await at(world)).region == ("eu", "uk")
    await setup.fill_in("Scope", Region="UK")
    await setup.until("**Region:** uk (set here)")
    await world.answered(await world.ask())
    assert world.script.asked[0].scope.region == ("uk",)


async def test_strangers_cannot_use_what_an_admin_opened(world: World) -> None:
    await world.bring_up()
    setup = await give(world, world.grace)
    refused = await setup.press("Voice", world.ada)
    await world.server.until(lambda: "for the admins of this channel only" in refused.text)
    opened = await setup.press("Voice")
    submitted = await world.server.fill_in(world.ada, opened, Tone="rude")
    await world.server.until(lambda: "for the admins of this channel only" in submitted.text)
    assert (await at(world)).tone == ""


async def test_the_buttons_work_after_a_restart(world: World) -> None:
    await world.bring_up()
    setup = await give(world, world.grace)
    await world.bots.pop().stop()
    await world.bring_up()
    await setup.fill_in("Voice", Tone="warm")
    assert await setup.until("**Tone:** warm")


async def test_a_form_that_was_opened_before_a_restart_is_heard_after_it(world: World) -> None:
    agents = world.server.world.add_role("agents", world.ada)
    await world.bring_up()
    setup = await give(world, world.grace)
    answering, people = await setup.press("Answering"), await setup.press("People")
    written = await (await give(world, world.grace, "standard-answers")).press("Add an answer")
    for opened in (answering, people, written):
        await world.server.until(lambda opened=opened: opened.modal)  # type: ignore[misc]
    await world.bots.pop().stop()
    await world.bring_up()
    await world.server.fill_in(world.grace, answering, **{"When to answer": "questions", "Language": "German"})
    await setup.until("Saved: When to answer, Language.")
    await world.server.fill_in(
        world.grace, people, **{"Who may ask": [world.grace["id"], agents], "Human helpers": [world.ada["id"]]}
    )
    await setup.until("Saved: Who may ask, Human helpers.")
    channel = await at(world)
    assert (channel.when, channel.language, channel.helpers) == (When.QUESTIONS, "de", (world.ada["id"],))
    assert channel.askers == (world.grace["id"], f"&{agents}")
    await world.server.fill_in(world.grace, written, Keywords="wifi password", Answer="On the board.")
    async with asyncio.timeout(20):
        while not await world.bot.channels.standard_answers(channel.key):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_direct_message_has_no_settings(world: World) -> None:
    await world.bring_up()
    setup = await give(world, world.grace, channel=world.server.world.dm(world.grace))
    assert setup.text == DIRECT


async def test_in_a_thread_the_channel_is_set_up(world: World) -> None:
    await world.bring_up()
    thread = await world.server.open_thread(world.ada, world.support, "refunds")
    setup = await give(world, world.grace, channel=thread)
    await setup.fill_in("Voice", Tone="warm")
    await setup.until("**Tone:** warm")
    assert (await at(world)).tone == "warm"


async def test_every_question_is_answered_where_the_channel_wants_it_and_the_rest_left_alone(world: World) -> None:
    await world.bring_up()
    await world.server.say(world.ada, world.support, "How long do refunds take?")
    setup = await give(world, world.grace)
    await setup.fill_in("Answering", When_to_answer="questions")
    await setup.until("Saved")
    await world.server.say(world.ada, world.support, "Good morning")
    await world.server.say(world.ada, world.support, f"<@{world.grace['id']}> do you know the refund policy?")
    question = await world.server.say(world.ada, world.support, "how long do refunds take")
    await world.answered(question)
    assert [one.text for one in world.script.asked] == ["how long do refunds take"]
    await setup.fill_in("Answering", When_to_answer="never")
    await setup.until("Never")
    await world.ask()
    await world.server.until(lambda: notices.DENIED_CHANNEL.en in world.of_bot(world.server.world.dm(world.ada)))
    assert len(world.script.asked) == 1


async def test_a_private_channel_answers_by_direct_message(world: World) -> None:
    await world.bring_up()
    setup = await give(world, world.grace)
    await setup.fill_in("Answering", Who_sees_answers="yes")
    await setup.until("Only who asked")
    await world.ask()
    dm = world.server.world.dm(world.ada)
    post = await world.server.until(lambda: next((one for one in world.server.posts(dm) if one["components"]), None))
    assert post["content"].startswith("You asked: How long do refunds take?\n\nRefunds take **5 days** [1].")
    assert world.of_bot(world.support) == []
    assert world.script.asked[0].private


async def test_who_takes_no_direct_messages_is_told_how_to_ask_in_a_private_channel(world: World) -> None:
    await world.bring_up()
    setup = await give(world, world.grace)
    await setup.fill_in("Answering", Who_sees_answers="yes")
    await setup.until("Only who asked")
    world.server.world.closed_dms.add(world.ada["id"])
    await world.ask()
    await world.server.until(lambda: world.of_bot(world.support))
    await settle()
    assert world.of_bot(world.support) == [
        f"<@{world.ada['id']}>, I answer privately in this channel, but I can't send you direct messages. "
        "Use `/ask` instead: only you will see the answer."
    ]
    assert not world.script.asked


async def test_only_who_may_ask_is_answered_a_role_counts(world: World) -> None:
    agents = world.server.world.add_role("agents", world.grace)
    await world.bring_up()
    setup = await give(world, world.grace)
    await setup.fill_in("People", Who_may_ask=[agents])
    await setup.until(f"<@&{agents}>")
    await world.ask()
    await world.server.until(lambda: notices.DENIED_PERSON.en in world.of_bot(world.server.world.dm(world.ada)))
    await world.answered(await world.server.say(world.grace, world.support, "How long?", mention=True))
    assert [one.author for one in world.script.asked] == [world.grace["id"]]


async def test_standard_answers_are_suggested_approved_changed_and_deleted(world: World) -> None:
    await world.bring_up()
    settings = await give(world, world.grace)
    await settings.fill_in("People", Human_helpers=[world.ada["id"]])
    await settings.until("Saved")
    suggesting = await give(world, world.ada, "standard-answers")
    await suggesting.fill_in("Suggest an answer", Keywords="how", Answer="x")
    await suggesting.until("Not saved. The keyword “how” would match almost every question")
    await suggesting.fill_in(
        "Suggest an answer", Keywords="wifi password", Answer="Ask @everyone", Link="https://a.example/w"
    )
    await suggesting.until("once an admin has approved it")
    assert "@everyone" not in suggesting.text
    key = (await at(world)).key
    assert not await world.bot.channels.standard_answers(key)

    setup = await give(world, world.grace, "standard-answers")
    assert "⏳" in setup.text
    (waiting,) = await world.bot.channels.store.written(key)
    await world.server.choose(world.grace, setup.message, "frontdesk:setup-menu:pick0", str(waiting.id))
    await setup.until("https://a.example/w")
    await setup.press("Approve")
    await setup.until("Approved.")
    (answer,) = await world.bot.channels.standard_answers(key)
    assert answer.values.keywords == ["wifi password"]
    await world.server.choose(world.grace, setup.message, "frontdesk:setup-menu:pick0", str(waiting.id))
    await setup.until("https://a.example/w")
    await setup.fill_in("Edit", Answer="On the board.", Link="")
    await setup.until("Saved.")
    (answer,) = await world.bot.channels.standard_answers(key)
    assert (answer.values.answer, answer.values.link) == ("On the board.", "")
    await world.server.choose(world.grace, setup.message, "frontdesk:setup-menu:pick0", str(waiting.id))
    await world.server.until(lambda: "Standard answers in" not in setup.text)
    await setup.press("Delete")
    await setup.until("There are none yet.")
    assert not await world.bot.channels.standard_answers(key)


async def test_joining_a_server_is_greeted_once(world: World) -> None:
    bot = await world.bring_up()
    setup = await give(world, world.grace)
    await setup.fill_in("Voice", Greeting="Hello **all** @everyone")
    await setup.until("Saved")
    for _ in range(2):
        await world.server.join()
    await world.server.until(lambda: world.of_bot(world.support))
    await settle()
    assert len(world.of_bot(world.support)) == 1
    assert world.of_bot(world.support)[0].startswith("Hello **all**")
    assert not world.server.messages(world.support)[0]["mention_everyone"]
    assert bot.platform.health() == ""


@pytest.mark.parametrize("answers", [1, 30, 45])
async def test_as_many_standard_answers_as_there_may_be_fit_into_the_message(world: World, answers: int) -> None:
    bot = await world.bring_up()
    key = (await at(world)).key
    for number in range(answers):
        values = StandardAnswerValues(keywords=[f"kettle {number} " + "word " * 14], answer="*a*_b_`c`~d~|e|" * 150)
        await bot.channels.store.write(key, values, "discord:1", approved=True)
    setup = await give(world, world.grace, "standard-answers")
    assert "kettle 0" in setup.text
    menus = [one for row in setup.message["components"] for one in row["components"] if one["type"] == 3]
    assert sum(len(menu["options"]) for menu in menus) == answers
    await world.server.choose(world.grace, setup.message, "frontdesk:setup-menu:pick0", menus[0]["options"][0]["value"])
    await setup.until("kettle 0")
