"""Admins look at adapters in chat, and promote or reject one by a button below what they were told of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import cast

import pytest

from bot.admins import Admins
from bot.commands import Actor, CommandError, Commands, NotAllowed
from bot.library import Library
from bot.settings import Settings, from_values
from bot.storage.database import Database
from bot.tuning.offers import Offer, Verb
from bot.tuning.promotions import Promotions
from bot.tuning.registry import AdapterState, Base, Registered, Registry, RegistryError
from tests.integration.test_discord import World, world
from tests.integration.test_slack import ANN, BEN, Office, slack_address
from tests.loras import write_base, write_lora
from tests.said import Said
from tests.slack_server import APP_TOKEN, BINARY, BOT_TOKEN, MISSING, Gate, Workspace
from tests.slack_server.workspace import has_buttons, shown

__all__ = ["slack_address", "world"]

NEWS = "A new adapter was trained."
Add = Callable[[Registry, int], Registered]


@pytest.fixture
def add(tmp_path: Path) -> Add:
    base = write_base(tmp_path / "base.gguf")

    def add(registry: Registry, seed: int) -> Registered:
        return registry.add(write_lora(tmp_path / f"{seed}.gguf", base, "b" * 64, seed=seed), Base())

    return add


def offers(one: Registered) -> list[Offer]:
    return [Offer(verb, one.id) for verb in Verb]


# The commands ---------------------------------------------------------------------------------------------------

ADMIN = Actor("slack", "T1", "C1", "UADMIN")


@pytest.fixture
async def commands(tmp_path: Path) -> AsyncIterator[Commands]:
    database = Database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    settings = Settings(admins=["slack:UADMIN", "slack:T1:ULOCAL"])
    yield Commands(settings, database, cast(Library, None), promotions=Promotions(Registry(tmp_path / "tuning"), Base))
    await database.close()


async def say(commands: Commands, words: str) -> str:
    said = Said()
    await commands.tune(ADMIN, said, words)
    return said.texts[-1]


async def test_an_adapter_goes_its_way_by_commands(commands: Commands, add: Add, tmp_path: Path) -> None:
    registry = Registry(tmp_path / "tuning")
    assert "No adapter was trained yet" in await say(commands, "")
    one, two = add(registry, 1), add(registry, 2)
    listed = await say(commands, "list")
    assert listed.index(two.id) < listed.index(one.id)
    assert "In force: no adapter." in listed and "not evaluated yet" in listed
    with pytest.raises(RegistryError, match="was not evaluated"):
        await say(commands, f"promote {one.id}")
    assert f"**{one.id}** is in force." in await say(commands, f"promote {one.id} force we like its tone")
    event = registry.read().events[-1]
    assert (event.by, event.reason, event.forced) == ("slack:UADMIN", "we like its tone", True)
    listed = await say(commands, "list")
    assert f"In force: **{one.id}**." in listed and "was promoted against the gate" in listed
    assert "is rejected" in await say(commands, f"reject {two.id} too curt")
    assert registry.read().events[-1].reason == "too curt"
    assert "does not answer" not in listed
    registry.path_of(one.id).unlink()
    assert f"It does not answer: The file of {one.id} is gone" in await say(commands, "list")
    assert "None is in force." in await say(commands, "rollback")


@pytest.mark.parametrize("words", ["promote", "promote x force", "promote x y", "reject", "list all", "train"])
async def test_words_that_are_no_command_are_told_with_what_may_be(commands: Commands, words: str) -> None:
    with pytest.raises(CommandError, match="/tune promote ID force REASON"):
        await say(commands, words)


@pytest.mark.parametrize("user", ["USOMEBODY", "ULOCAL"])
async def test_only_admins_of_everything_may(commands: Commands, user: str) -> None:
    with pytest.raises(NotAllowed):
        await commands.tune(Actor("slack", "T1", "C1", user), Said(), "list")


# Slack ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def office(slack_address: str, tmp_path: Path) -> AsyncIterator[Office]:
    await Workspace(slack_address).reset()
    async with Gate(slack_address) as gate:
        settings = from_values(
            {
                "data_dir": str(tmp_path),
                "admins": [f"slack:{ANN}"],
                "slack": {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "api_url": gate.api_url},
            }
        )
        office = Office(settings, gate, Workspace(slack_address))
        await office.database.migrate()
        yield office
        await office.database.close()


@pytest.mark.skipif(not BINARY.exists(), reason=MISSING)
async def test_the_buttons_in_slack_say_what_the_gate_says_reject_and_refuse_strangers(
    office: Office, add: Add
) -> None:
    registry = Registry(office.settings.tuning_path)
    one = add(registry, 1)
    async with office.open() as platform:
        assert await Admins(office.settings, {"slack": platform}).tell(NEWS, offers(one)) == 1
        channel = await office.workspace.direct_messages(ANN)

        async def until(words: str) -> None:
            await office.workspace.until(lambda messages: [m for m in messages if words in shown(m)], channel)

        news = await office.workspace.until(lambda messages: next(filter(has_buttons, messages), None), channel)
        assert NEWS in shown(news)
        await office.workspace.press(BEN, news | {"channel": channel}, "tune_reject")
        await until("admins only")
        await office.workspace.press(ANN, news | {"channel": channel}, "tune_promote")
        await until("was not evaluated")
        assert registry.read().adapters[one.id].state is AdapterState.CANDIDATE
        await office.workspace.press(ANN, news | {"channel": channel}, "tune_reject")
        await until("is rejected")
        assert registry.read().adapters[one.id].state is AdapterState.REJECTED
        await office.workspace.command(ANN, "/tune", f"promote {one.id} force seen and liked")
        await office.workspace.until(lambda messages: [m for m in messages if "is in force" in shown(m)])
    assert registry.read().in_force == one.id


@pytest.mark.skipif(not BINARY.exists(), reason=MISSING)
@pytest.mark.parametrize(("verb", "told"), [("promote", "was not evaluated"), ("reject", "is rejected")])
async def test_the_buttons_in_slack_work_after_a_restart(office: Office, add: Add, verb: str, told: str) -> None:
    registry = Registry(office.settings.tuning_path)
    one = add(registry, 1)
    async with office.open() as platform:
        await Admins(office.settings, {"slack": platform}).tell(NEWS, offers(one))
        channel = await office.workspace.direct_messages(ANN)
        news = await office.workspace.until(lambda messages: next(filter(has_buttons, messages), None), channel)
    async with office.open():
        await office.workspace.press(ANN, news | {"channel": channel}, f"tune_{verb}")
        await office.workspace.until(lambda messages: [m for m in messages if told in shown(m)], channel)
    state = AdapterState.REJECTED if verb == "reject" else AdapterState.CANDIDATE
    assert registry.read().adapters[one.id].state is state


# Discord --------------------------------------------------------------------------------------------------------


async def test_the_buttons_on_discord_work_after_a_restart_and_refuse_strangers(world: World, add: Add) -> None:
    bot = await world.bring_up()
    registry = Registry(bot.settings.tuning_path)
    one = add(registry, 1)
    assert await Admins(bot.settings, {"discord": bot.platform}).tell(NEWS, offers(one)) == 1
    channel = world.server.world.dm(world.grace)
    news = await world.server.until(lambda: next((m for m in world.server.posts(channel) if m["components"]), None))
    assert NEWS in news["content"]
    await world.bots.pop().stop()
    await world.bring_up()
    press = await world.server.press(world.ada, news, "Promote")
    await world.server.until(lambda: "admins only" in press.text)
    press = await world.server.press(world.grace, news, "Promote")
    await world.server.until(lambda: "was not evaluated" in press.text)
    press = await world.server.press(world.grace, news, "Reject")
    await world.server.until(lambda: "is rejected" in press.text)
    assert registry.read().adapters[one.id].state is AdapterState.REJECTED
    command = await world.server.slash(
        world.grace, world.support, "tune", what="promote", adapter=one.id, force="seen and liked"
    )
    await world.server.until(lambda: "is in force" in command.text)
    assert registry.read().in_force == one.id
