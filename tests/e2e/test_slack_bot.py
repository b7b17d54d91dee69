"""`frontdesk run` on Slack: the real process, model and sample handbook, driven as people would."""

import asyncio
import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from bot.channels.store import ChannelKey, ChannelStore
from bot.channels.values import StandardAnswerValues
from bot.storage.database import Database
from tests.slack_server import APP_TOKEN, BINARY, BOT, BOT_TOKEN, MISSING, TEAM, serving
from tests.slack_server.frontdesk import ANN, BEN, Frontdesk
from tests.slack_server.workspace import Message, has_buttons, shown

SETTINGS = f"""
admins = ["slack:{ANN}"]
[answering]
contact = "#support-leads"
handover_channel = "slack:C0RANDOM"
[[channels]]
channel = "slack:C0RANDOM"
when = "questions"
tone = "brief"
[[channels.standard_answers]]
keywords = ["guest wifi"]
answer = "Its password is on the **board** in the hall."
"""

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=MISSING)


class Office(Frontdesk):
    first = ""
    """The `ts` of the first question; the later tests go on from it."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, copy_sample: Callable[[Path], None]) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("slack")
    with serving(folder) as address:
        office = Office(address, folder, SETTINGS)
        copy_sample(folder / "data")
        office.bring_up()
        yield office
        assert office.stop() == 0, office.log.read_text()
    log = office.log.read_text()
    assert BOT_TOKEN not in log and APP_TOKEN not in log


async def test_a_mention_is_answered_from_the_handbook_with_its_source(office: Office) -> None:
    office.first = await office.ask(f"<@{BOT}> How many days do I have to return an item in the United Kingdom?")
    (answer,) = await office.answers(office.first)
    assert "28 days" in shown(answer)
    assert "] <https://help.kettlewick.example/uk/returns|Returns in the United Kingdom>" in shown(answer)


async def test_a_follow_up_in_the_thread_is_answered_without_a_mention(office: Office) -> None:
    await office.ask("Who pays for sending it back?", thread=office.first)
    posts = await office.answers(office.first, count=2)
    assert "help.kettlewick.example/uk/returns" in shown(posts[-1])


async def test_a_button_counts_and_after_a_power_cut_it_still_does(office: Office) -> None:
    answer = (await office.answers(office.first, count=2))[0]
    await office.workspace.press(BEN, answer, "rate_down")
    await office.told(BEN, "not helpful")
    office.kill()
    office.bring_up()
    await office.workspace.press(BEN, answer, "rate_up")
    assert await office.told(BEN, "noted as helpful")


async def test_after_the_restart_the_thread_goes_on_and_nothing_is_answered_twice(office: Office) -> None:
    await office.ask("How long does the refund take there?", thread=office.first)
    assert len(await office.answers(office.first, count=3)) == 3


async def test_a_reaction_counts_like_a_button_and_the_export_has_the_answer(office: Office) -> None:
    answer = (await office.answers(office.first, count=3))[0]
    await office.workspace.react(ANN, answer["ts"], "+1::skin-tone-4")
    await asyncio.sleep(0.5)
    await office.workspace.command(ANN, "/export", "rating=up")
    await office.told(ANN, "direct messages")
    channel = await office.workspace.direct_messages(ANN)
    (shared,) = [m for m in await office.workspace.messages(channel) if m.get("files")]
    (line,) = (await office.workspace.download(shared["files"][0])).splitlines()
    example = json.loads(line)
    assert "28 days" in example["messages"][-1]["content"]
    assert example["metadata"]["rating"] == {"up": 2, "down": 0}


async def test_commands_for_admins_are_refused_to_others_and_carried_out_for_admins(office: Office) -> None:
    await office.workspace.command(BEN, "/reindex")
    await office.told(BEN, "admins only")
    await office.workspace.command(ANN, "/reindex")
    assert await office.workspace.until(
        lambda messages: [m for m in messages if "0 added, 0 changed, 0 removed" in shown(m)], patience_s=120
    )


async def test_ask_is_answered_to_the_asker_alone(office: Office) -> None:
    await office.workspace.command(BEN, "/ask", "How much does standard ground shipping cost in the US?")
    answer = await office.told(BEN, "help.kettlewick.example")
    assert has_buttons(answer)


async def posts_in(office: Office, thread: str) -> list[Message]:
    return [m for m in await office.workspace.replies(thread) if "subtype" not in m]


async def test_a_question_with_several_readings_is_asked_back_and_a_button_answers_it(office: Office) -> None:
    ts = await office.ask(f"<@{BOT}> How long do I have to return a coat?")
    (back,) = await office.answers(ts)
    assert "differs by region" in shown(back)
    labels = {button["text"]["text"]: button["action_id"] for button in back["blocks"][-1]["elements"]}
    assert set(labels) == {"EU", "UK", "US"}
    await office.workspace.press(ANN, back, labels["US"])
    await office.told(ANN, "Only the person who asked")
    office.kill()
    office.bring_up()
    await office.workspace.press(BEN, back, labels["US"])
    answer = (await office.answers(ts, count=2))[-1]
    assert "45 days" in shown(answer) and "/us/returns|" in shown(answer)
    await office.workspace.press(BEN, back, labels["EU"])
    await office.told(BEN, "made here already")
    assert len(await posts_in(office, ts)) == 2


async def test_the_reading_can_be_typed_as_well(office: Office) -> None:
    ts = await office.ask(f"<@{BOT}> How long do I have to return a coat?")
    await office.answers(ts)
    await office.ask("EU", thread=ts)
    answer = (await office.answers(ts, count=2))[-1]
    assert "/eu/returns|" in shown(answer)


async def test_who_wants_a_person_gets_one_told_and_the_bot_is_quiet_until_it_is_mentioned(office: Office) -> None:
    ts = await office.ask(f"<@{BOT}> Can I talk to a human, please?")
    note = await office.workspace.until(
        lambda messages: next((m for m in messages if m["user"] == BOT), None), "C0RANDOM", patience_s=30
    )
    assert "asks for a person in <http" in shown(note) and "> Can I talk to a human, please?" in shown(note)
    await office.workspace.until(
        lambda messages: [m for m in messages if m.get("thread_ts") == ts and "I have told the team" in shown(m)]
    )
    await office.workspace.say(ANN, "Hi Ben, I am on it. How long do refunds take for you?", thread=ts)
    await office.ask("Two weeks by now.", thread=ts)
    await asyncio.sleep(1.5)  # leave time for what must not happen
    await office.ask(f"<@{BOT}> How do I cancel my Refill Plan subscription?", thread=ts)
    await office.answers(ts, count=2)
    assert len(await posts_in(office, ts)) == 2


async def test_where_the_model_is_killed_again_and_again_everybody_is_answered_once(office: Office) -> None:
    asked = [
        "How much does standard ground shipping cost in the US?",
        "How many days do I have to return an item in the United Kingdom?",
        "How do I cancel my Refill Plan subscription?",
        "How long is the warranty on a kettle?",
        "Which payment methods do you accept?",
        "Can I change the address of an order?",
    ]
    killed = set()
    threads = [await office.ask(f"<@{BOT}> {question}") for question in asked]
    for _ in range(3):
        pid = await model_process(office, other_than=killed)
        await asyncio.sleep(1.5)  # to load the model, and to be amid answers
        os.kill(pid, signal.SIGKILL)
        killed.add(pid)
    for ts in threads:
        await office.answers(ts)
    for ts in threads:
        assert len(await posts_in(office, ts)) == 1
    assert await model_process(office, other_than=killed)


async def model_process(office: Office, other_than: set[int]) -> int:
    """Wait for a process of the model that is none of those killed; return its id."""
    assert office.process is not None
    bot = psutil.Process(office.process.pid)
    for _ in range(600):
        found = []
        for one in bot.children():
            with suppress(psutil.NoSuchProcess):  # it, or a zombie, which has no command line any more
                found += [one.pid] if "bot.generation.worker" in one.cmdline() else []
        if left := [pid for pid in found if pid not in other_than]:
            return left[0]
        await asyncio.sleep(0.05)
    raise AssertionError("the model was not started again")


async def test_thanks_are_returned_without_sources_or_buttons(office: Office) -> None:
    ts = await office.ask(f"<@{BOT}> danke schön!")
    (reply,) = await office.workspace.until(
        lambda messages: [m for m in messages if m.get("thread_ts") == ts and "Gern geschehen" in shown(m)]
    )
    assert "help.kettlewick.example" not in shown(reply)
    assert not has_buttons(reply)


async def test_a_channel_has_every_question_answered_and_standard_answers_of_its_own(office: Office) -> None:
    async def answer(text: str) -> str:
        ts = await office.workspace.say(BEN, text, channel="C0RANDOM")
        posts = await office.workspace.until(
            lambda messages: [m for m in messages if m.get("thread_ts") == ts and has_buttons(m)], "C0RANDOM", 90
        )
        return shown(posts[0])

    await office.workspace.say(BEN, "The guest wifi is up again.", channel="C0RANDOM")
    assert "on the *board* in the hall" in await answer("how do I get into the guest wifi")
    assert "<https://" in await answer("How many days do customers have to return an item?")
    # What an admin writes while it runs counts from the next question on.
    database = Database(f"sqlite:///{office.config.parent / 'data' / 'frontdesk.db'}")
    values = StandardAnswerValues(questions=["Who repairs the coffee machine?"], answer="Ask **Maria**.")
    key = ChannelKey("slack", TEAM, "C0RANDOM")
    assert await ChannelStore(database).write(key, values, f"slack:{ANN}", approved=True)
    await database.close()
    assert "Ask *Maria*" in await answer("who repairs the coffee machine??")
    said = [m for m in await office.workspace.messages("C0RANDOM") if m.get("thread_ts") and m["user"] == BOT]
    assert len(said) == 3
