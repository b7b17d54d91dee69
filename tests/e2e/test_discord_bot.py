"""`frontdesk run` on Discord: the real process, model and sample handbook, driven as people would."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.discord_server import DiscordServer

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = ROOT / "knowledge" / "sample" / "handbook"
JSON = dict[str, Any]

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Town:
    """A Discord server, its people, and Frontdesk as a process of its own."""

    def __init__(self, server: DiscordServer, folder: Path) -> None:
        self.server = server
        self.ada = server.world.add_user("ada")
        self.grace = server.world.add_user("grace")
        self.support = server.world.add_channel("support")
        self.humans = server.world.add_channel("humans")
        self.log = folder / "frontdesk.log"
        self.config = folder / "frontdesk.toml"
        self.process: asyncio.subprocess.Process | None = None
        self.question: JSON = {}
        """The first question; the later tests go on from it."""
        self.interrupted: JSON = {}
        """The question during which Frontdesk was killed."""
        self.config.write_text(
            f"""
            admins = ["discord:{self.grace["id"]}"]
            [answering]
            handover_channel = "discord:{self.humans["id"]}"
            [[knowledge.sources]]
            name = "handbook"
            kind = "folder"
            path = {json.dumps(str(HANDBOOK))}
            [model]
            quantization = "Q8_0"
            [discord]
            api_url = "{server.api_url}"
            [http]
            listen = ""
            """
        )

    async def frontdesk(self, *words: str) -> asyncio.subprocess.Process:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FRONTDESK_")}
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "adapters.cli", "--config", str(self.config), *words),
                cwd=ROOT,
                env=environment | {"FRONTDESK_DISCORD__TOKEN": self.server.token},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def bring_up(self) -> None:
        before = self.server.gateway.identified
        self.process = await self.frontdesk("run")
        await self.server.until(self._has_identified(before), timeout_s=90)

    def _has_identified(self, before: int) -> Any:
        def has_identified() -> bool:
            assert self.process is not None
            assert self.process.returncode is None, self.log.read_text()
            return self.server.gateway.identified > before

        return has_identified

    async def kill(self) -> None:
        """End it as a power cut would, whatever it is doing."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> int:
        """End it as an administrator would; return its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.process.wait(), 20)
        finally:
            if self.process.returncode is None:
                await self.kill()

    async def answer_to(self, question: JSON, timeout_s: float = 60) -> JSON:
        """Return the post that answers a question in its thread, once it is whole."""

        def whole() -> JSON:
            posts = self.server.posts(self.server.thread_on(question))
            return next(post for post in posts if post["components"])

        return await self.until(whole, timeout_s)

    async def until(self, seen: Any, timeout_s: float = 60) -> Any:
        def seen_or_not_yet() -> Any:
            try:
                return seen()
            except StopIteration:
                return None

        return await self.server.until(seen_or_not_yet, timeout_s)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory, copy_sample: Callable[[Path], None]) -> AsyncIterator[Town]:
    server = DiscordServer()
    await server.start()
    folder = tmp_path_factory.mktemp("discord")
    town = Town(server, folder)
    copy_sample(folder / "data")
    await town.bring_up()
    yield town
    try:
        assert await town.stop() == 0, town.log.read_text()
    finally:
        await server.stop()
    assert server.token not in town.log.read_text()


async def test_a_mention_is_answered_from_the_handbook_with_its_source(town: Town) -> None:
    town.question = await town.server.say(
        town.ada, town.support, "How many days do I have to return an item in the United Kingdom?", mention=True
    )
    post = await town.answer_to(town.question)
    assert "28 days" in post["content"]
    assert "](<https://help.kettlewick.example/uk/returns>)" in post["content"]
    assert town.server.contents(post)[0] == "Looking that up …"


async def test_a_follow_up_in_the_thread_is_answered_without_a_mention(town: Town) -> None:
    thread = town.server.thread_on(town.question)
    await town.server.say(town.ada, thread, "And how long does the refund take?")
    second = await town.until(lambda: next(iter(town.server.posts(thread)[1:])))
    await town.until(lambda: second["components"])
    assert "**Sources**" in second["content"]


async def test_a_bot_killed_in_the_middle_of_an_answer_comes_back(town: Town) -> None:
    town.interrupted = await town.server.say(
        town.ada, town.support, "How do I cancel my Refill Plan subscription?", mention=True
    )
    await town.until(lambda: town.server.posts(town.server.thread_on(town.interrupted)))
    await town.kill()
    lost = await town.server.press(town.ada, first_answer(town), "Helpful")
    await town.bring_up()
    assert not lost.text


def first_answer(town: Town) -> JSON:
    return town.server.posts(town.server.thread_on(town.question))[0]


async def test_the_buttons_of_an_answer_from_before_the_restart_work(town: Town) -> None:
    press = await town.server.press(town.ada, first_answer(town), "Not helpful")
    await town.until(lambda: press.text == "Thank you, noted as not helpful. What was wrong with it?")
    assert press.ephemeral


async def test_a_reaction_changes_the_vote_and_the_export_has_the_answer(town: Town) -> None:
    await town.server.react(town.ada, first_answer(town), "👍🏾")
    await asyncio.sleep(0.5)
    command = await town.server.slash(town.grace, town.support, "export")
    await town.until(lambda: command.text.startswith("1 example"))
    [attachment] = command.messages[0]["attachments"]
    example = json.loads(town.server.world.files[attachment["id"]])
    assert "28 days" in example["messages"][-1]["content"]


async def test_commands_for_admins_are_refused_to_others_and_carried_out_for_admins(town: Town) -> None:
    refused = await town.server.slash(town.ada, town.support, "reindex")
    done = await town.server.slash(town.grace, town.support, "reindex")
    await town.until(lambda: refused.text)
    assert "admins only" in refused.text
    await town.until(lambda: "0 added, 0 changed, 0 removed" in done.text)
    assert refused.ephemeral and done.ephemeral


async def test_ask_is_answered_to_the_asker_alone(town: Town) -> None:
    before = len(town.server.messages(town.support))
    command = await town.server.slash(
        town.ada, town.support, "ask", question="How much does standard ground shipping cost in the US?"
    )
    await town.until(lambda: command.messages[0]["components"])
    assert "help.kettlewick.example" in command.text
    assert command.ephemeral
    assert len(town.server.messages(town.support)) == before


async def test_a_question_with_several_readings_is_asked_back_and_a_button_answers_it(town: Town) -> None:
    question = await town.server.say(town.ada, town.support, "How long do I have to return a coat?", mention=True)
    back = await town.answer_to(question)
    assert "differs by region" in back["content"]
    assert {button["label"] for button in back["components"][0]["components"]} == {"EU", "UK", "US"}
    refused = await town.server.press(town.grace, back, "US")
    await town.until(lambda: refused.text.startswith("Only the person who asked"))
    assert refused.ephemeral
    await town.kill()
    await town.bring_up()
    press = await town.server.press(town.ada, back, "US")
    thread = town.server.thread_on(question)
    answer = await town.until(lambda: next(one for one in town.server.posts(thread)[1:] if one["components"]))
    assert "45 days" in answer["content"] and "/us/returns>" in answer["content"]
    assert press.text.startswith("You chose US") and press.ephemeral
    twice = await town.server.press(town.ada, back, "EU")
    await town.until(lambda: "made here already" in twice.text)
    assert len(town.server.posts(thread)) == 2


async def test_the_reading_can_be_typed_as_well(town: Town) -> None:
    question = await town.server.say(town.ada, town.support, "How long do I have to return a coat?", mention=True)
    await town.answer_to(question)
    thread = town.server.thread_on(question)
    await town.server.say(town.ada, thread, "EU")
    answer = await town.until(lambda: next(one for one in town.server.posts(thread)[1:] if one["components"]))
    assert "/eu/returns>" in answer["content"]


async def test_who_wants_a_person_gets_one_told_and_the_bot_is_quiet_until_it_is_mentioned(town: Town) -> None:
    question = await town.server.say(town.ada, town.support, "Can I talk to a human, please?", mention=True)
    note = await town.until(lambda: next(iter(town.server.posts(town.humans))))
    thread = town.server.thread_on(question)
    assert thread["id"] in note["content"] and "> Can I talk to a human, please?" in note["content"]
    await town.until(lambda: "I have told the team" in town.server.posts(thread)[0]["content"])
    await town.server.say(town.grace, thread, "Hi Ada, how long do refunds take for you?")
    await town.server.say(town.ada, thread, "Two weeks by now.")
    await asyncio.sleep(1.5)  # leave time for what must not happen
    await town.server.say(town.ada, thread, "How do I cancel my Refill Plan subscription?", mention=True)
    await town.until(lambda: town.server.posts(thread)[1]["components"])
    assert len(town.server.posts(thread)) == 2


async def test_the_interrupted_question_is_answered_once_in_the_post_that_stood_there(town: Town) -> None:
    # It belongs to the killed process until that one's lease has run out.
    await town.answer_to(town.interrupted, timeout_s=150)
    [post] = town.server.posts(town.server.thread_on(town.interrupted))
    assert "](<https://help.kettlewick.example/refill-plan" in post["content"]
