"""People ask on both platforms while everything goes wrong; then it is looked whether each was answered once."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.settings import from_values
from bot.storage.database import Database
from tests.discord_server import DiscordServer
from tests.faults.office import ANSWER, Echo, opened
from tests.faults.proxy import FaultProxy
from tests.slack_server import APP_TOKEN, BOT, BOT_TOKEN, Gate, Workspace
from tests.slack_server.workspace import has_buttons, shown

JSON = dict[str, Any]
PEOPLE = ("U0ANN", "U0BEN")
LEAST_FAULTS = 8
"""Of a storm."""


@dataclass
class Asked:
    """A question, and what stands under it."""

    platform: str
    text: str
    message: Any
    thread: Any
    """Slack: the `ts` of the thread; Discord: the message on which the thread is made."""
    deleted: bool = False


@dataclass
class Towns:
    """Both platforms, each behind a proxy."""

    workspace: Workspace
    slack: FaultProxy
    server: DiscordServer
    discord: FaultProxy
    values: dict[str, Any]
    """The settings of the bot."""
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings = from_values(self.values)
        self.ada = self.server.world.add_user("ada")
        self.support = self.server.world.add_channel("support")

    @property
    def proxies(self) -> tuple[FaultProxy, FaultProxy]:
        return self.slack, self.discord

    def happened(self) -> Counter[str]:
        return self.slack.happened + self.discord.happened

    async def ask(self, platform: str, text: str, earlier: Asked | None = None) -> None:
        """Ask in a channel, or with `earlier` in the thread of that question."""
        if platform == "slack":
            said = f"<@{BOT}> {text}"
            ts = await self.workspace.say(random.choice(PEOPLE), said, thread=earlier.thread if earlier else None)
            self.asked.append(Asked(platform, text, ts, earlier.thread if earlier else ts))
        else:
            thread = self.server.thread_on(earlier.message) if earlier else self.support
            message = await self.server.say(self.ada, thread, text, mention=True)
            self.asked.append(Asked(platform, text, message, earlier.thread if earlier else message))

    async def edit(self, asked: Asked, text: str) -> None:
        asked.text = text
        if asked.platform == "slack":
            messages = await self.workspace.messages()
            author = next(one["user"] for one in messages if one["ts"] == asked.message)
            await self.workspace.edit(author, asked.message, f"<@{BOT}> {text}")
        else:
            await self.server.edit(asked.message, text, mention=True)

    async def delete(self, asked: Asked) -> None:
        asked.deleted = True
        if asked.platform == "slack":
            messages = await self.workspace.messages()
            author = next(one["user"] for one in messages if one["ts"] == asked.message)
            await self.workspace.delete(author, asked.message)
        else:
            await self.server.delete(asked.message)

    async def answers(self) -> dict[tuple[str, Any], list[tuple[str, bool]]]:
        """Return the bot's posts by thread: what each says, and whether it is whole."""
        found: dict[tuple[str, Any], list[tuple[str, bool]]] = {}
        for message in await self.workspace.messages():
            if message["user"] == BOT and message.get("subtype") != "ephemeral":
                said = shown(message), has_buttons(message)
                found.setdefault(("slack", message.get("thread_ts", "")), []).append(said)
        for channel in self.server.world.channels.values():
            for post in self.server.posts(channel):
                said = post["content"], bool(post["components"])
                found.setdefault(("discord", channel["id"]), []).append(said)
        return found

    async def wrong(self) -> list[str]:
        """Return what is not as it should be: nothing once every question is answered exactly once."""
        expected: dict[tuple[str, Any], list[str]] = {}
        for one in self.asked:
            thread = one.thread if one.platform == "slack" else one.thread["id"]
            expected.setdefault((one.platform, thread), [])
            if not one.deleted:
                expected[one.platform, thread].append(ANSWER.format(text=one.text))
        there = await self.answers()
        problems = []
        for thread in expected.keys() | there.keys():
            said, wanted = there.get(thread, []), expected.get(thread, [])
            if Counter(text for text, _ in said) != Counter(wanted) or not all(whole for _, whole in said):
                problems.append(f"{thread}: {said} instead of {wanted}")
        return problems

    async def settle(self, patience_s: float) -> list[str]:
        """Wait until all is as it should be, and stays so; return what is not."""
        deadline = time.monotonic() + patience_s
        while problems := await self.wrong():
            if time.monotonic() > deadline:
                return problems
            await asyncio.sleep(0.3)
        await asyncio.sleep(2.5)  # for what might come twice
        return await self.wrong()


@asynccontextmanager
async def towns(folder: Path, slack_address: str, seed: int) -> AsyncIterator[Towns]:
    """Set up both platforms, Slack's at `slack_address`."""
    workspace = Workspace(slack_address)
    await workspace.reset()
    server = DiscordServer(heartbeat_s=1.5)
    await server.start()
    async with (
        Gate(slack_address) as gate,
        FaultProxy(gate.api_url.split("/")[2], seed) as slack,
        FaultProxy(server.url.removeprefix("http://"), seed + 1) as discord,
    ):
        server.gateway.url = f"ws://{discord.address}/gateway/"
        values = {
            "data_dir": str(folder),
            "slack": {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "api_url": f"http://{slack.address}/api/"},
            "discord": {"token": server.token, "api_url": f"http://{discord.address}/api/v10"},
        }
        yield Towns(workspace, slack, server, discord, values)
    await server.stop()


async def _misfortunes(towns: Towns, database: Database, chance: random.Random) -> None:
    while True:
        await asyncio.sleep(chance.uniform(0.3, 2.0))
        drawn = chance.random()
        if drawn < 0.2:
            await _lock_database(towns, chance.uniform(0.2, 2.0))
        elif drawn < 0.3:
            await _fill_disk(towns, database, chance.uniform(0.2, 2.0))
        else:
            await chance.choice(towns.proxies).misfortune()


async def _lock_database(towns: Towns, seconds: float) -> None:
    towns.slack.happened["database locked"] += 1
    file = towns.settings.database_url.database
    other = sqlite3.connect(file, isolation_level=None, timeout=20, check_same_thread=False)
    try:
        with contextlib.suppress(sqlite3.OperationalError):
            # In a thread: who holds the lock meanwhile needs this event loop to let go of it.
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            other.execute("ROLLBACK")
    finally:
        other.close()


async def _fill_disk(towns: Towns, database: Database, seconds: float) -> None:
    """Let the database's file not grow for a while, as on a full disk; SQLite says just that then."""
    towns.slack.happened["disk full"] += 1
    try:
        await _allow_pages(database, 0)
        await asyncio.sleep(seconds)
    finally:
        await _allow_pages(database, 2**20)


async def _allow_pages(database: Database, more: int) -> None:
    async with database.write() as session:
        pages = await session.scalar(sa.text("PRAGMA page_count"))
        await session.execute(sa.text(f"PRAGMA max_page_count = {pages + more}"))


async def people(towns: Towns, chance: random.Random, questions: int, pause_s: float, *, changes: bool = True) -> None:
    """Ask so many questions, some in the threads of earlier ones; with `changes`, change and delete some."""
    for number in range(questions):
        platform = chance.choice(("slack", "discord"))
        earlier = [one for one in towns.asked if one.platform == platform and not one.deleted]
        deed = chance.random() if changes else 1.0
        if earlier and deed < 0.15:
            await towns.edit(chance.choice(earlier), f"edited {number}?")
        elif earlier and deed < 0.2:
            await _delete_one(towns, chance, earlier)
        threads = [one for one in earlier if _is_head(one) and _answered(towns, one)]
        follows = chance.choice(threads) if threads and chance.random() < 0.25 else None
        await towns.ask(platform, f"question {len(towns.asked)}?", follows)
        await asyncio.sleep(chance.uniform(0, 2 * pause_s))


def _is_head(asked: Asked) -> bool:
    return bool(asked.message == asked.thread)


def _answered(towns: Towns, asked: Asked) -> bool:
    """Whether there is a thread to go on in."""
    return asked.platform == "slack" or "thread" in asked.message


async def _delete_one(towns: Towns, chance: random.Random, earlier: list[Asked]) -> None:
    """Delete a question that no other stands under, as the rest of a thread would then be answered elsewhere."""
    heads = Counter(str(one.thread) for one in towns.asked)
    alone = [one for one in earlier if heads[str(one.thread)] == 1]
    # A deletion that nobody is told of is not told later either: only what was answered already is deleted.
    there = await towns.answers()
    answered = [
        one
        for one in alone
        if any(
            whole
            for _, whole in there.get((one.platform, one.thread if one.platform == "slack" else one.thread["id"]), [])
        )
    ]
    if answered:
        await towns.delete(chance.choice(answered))


async def _rage(towns: Towns, asking: asyncio.Task[None], seconds: float) -> None:
    """Let it storm so long, or until people have asked; a slow machine's storm goes on until enough went wrong."""
    ends, enough = time.monotonic() + seconds, towns.happened().total() + LEAST_FAULTS
    while (time.monotonic() < ends and not asking.done()) or towns.happened().total() < enough:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def storm(
    towns: Towns, seed: int, questions: int, *, pause_s: float = 0.4, patience_s: float = 120.0, restarts: bool = True
) -> list[str]:
    """Let people ask while things go wrong; return what was not answered exactly once."""
    chance = random.Random(seed)
    echo = Echo()
    platforms = ("slack", "discord")
    asking = None
    try:
        for _ in range(2 if restarts else 1):
            async with opened(towns.settings, echo, platforms) as database:
                for proxy in towns.proxies:
                    proxy.storm = True
                asking = asking or asyncio.create_task(people(towns, chance, questions, pause_s))
                misfortunes = asyncio.create_task(_misfortunes(towns, database, random.Random(seed + 2)))
                await _rage(towns, asking, questions * pause_s / (2 if restarts else 0.01))
                if asking.done():
                    asking.result()
                misfortunes.cancel()
                await asyncio.wait({misfortunes})
                for proxy in towns.proxies:
                    proxy.storm, proxy.refusing = False, False
        async with opened(towns.settings, echo, platforms):
            await asking  # type: ignore[misc]
            return await towns.settle(patience_s)
    finally:
        if asking is not None:
            asking.cancel()
