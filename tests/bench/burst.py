"""A burst of questions while the model is busy: `python -m tests.bench.burst [--mentions 200] [--json]`.

`frontdesk run` with its model and the sample handbook, on a Slack and a Discord server of our own on loopback.
While it answers some questions, so many mentions come in Slack at once. Told are, in milliseconds: how long
Slack waits for its acknowledgements (it allows 3 seconds), how late the bot's event loop gets to what is due,
and how much later than agreed a heartbeat to Discord comes; and whether every mention is answered exactly once.
All processes, the servers too, share the machine's cores. Needs the Slack server of the tests, see
`make install-test`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from knowledge import sample
from tests.bench import command
from tests.discord_server import DiscordServer
from tests.slack_server import APP_TOKEN, BOT, BOT_TOKEN, Gate, Workspace, serving
from tests.slack_server.workspace import has_buttons

ROOT = Path(__file__).resolve().parents[2]
HEARTBEAT_S = 1.0
PROBED_EVERY_S = 0.01
QUESTIONS = (
    "How many days do I have to return an item in the United Kingdom?",
    "How much does standard ground shipping cost in the US?",
    "How do I cancel my Refill Plan subscription?",
)
"""All of them are answered from the sample handbook, none refused."""


class Whole:
    """`frontdesk run` as a process of its own, in a Slack workspace and a Discord server."""

    def __init__(self, folder: Path, slack_address: str, gate: Gate, server: DiscordServer, cache: bool) -> None:
        self.workspace, self.gate, self.server = Workspace(slack_address), gate, server
        self.ada = server.world.add_user("ada")
        self.support = server.world.add_channel("support")
        self.lags = folder / "lags.json"
        self._log = folder / "frontdesk.log"
        self._config = folder / "frontdesk.toml"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._http = f"127.0.0.1:{free.getsockname()[1]}"
        self._config.write_text(
            f'[[knowledge.sources]]\nname = "handbook"\nkind = "folder"\npath = "{sample.HANDBOOK}"\n'
            f'[slack]\napi_url = "{gate.api_url}"\n[discord]\napi_url = "{server.api_url}"\n'
            f'[http]\nlisten = "{self._http}"\n[answering]\ncache = {str(cache).lower()}\n'
        )
        self.process: asyncio.subprocess.Process | None = None
        self.asked: list[str] = []
        """The `ts` of each question in Slack."""
        self.asked_on_discord = 0

    async def call(self, *command: str) -> asyncio.subprocess.Process:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FRONTDESK_")}
        environment |= {"FRONTDESK_SLACK__BOT_TOKEN": BOT_TOKEN, "FRONTDESK_SLACK__APP_TOKEN": APP_TOKEN}
        environment |= {"FRONTDESK_DISCORD__TOKEN": self.server.token}
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, *command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    async def start(self) -> None:
        for words in (("reindex",), ("model", "prepare")):
            done = await self.call("-m", "adapters.cli", "--config", str(self._config), *words)
            assert await done.wait() == 0, self._log.read_text()
        self.process = await self.call("-m", "tests.bench.burst", "--bot", str(self._config), str(self.lags))
        while not await asyncio.to_thread(self._is_ready):
            assert self.process.returncode is None, self._log.read_text()
            await asyncio.sleep(0.2)

    def _is_ready(self) -> bool:
        try:
            urllib.request.urlopen(f"http://{self._http}/readyz", timeout=1).close()
        except OSError:
            return False
        return True

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self.process.wait(), 60)
            except TimeoutError:
                os.killpg(self.process.pid, signal.SIGKILL)
                await self.process.wait()

    async def ask(self, number: int) -> None:
        self.asked.append(await self.workspace.say("U0BEN", f"<@{BOT}> {QUESTIONS[number % len(QUESTIONS)]}"))

    async def ask_on_discord(self, number: int) -> None:
        self.asked_on_discord += 1
        await self.server.say(self.ada, self.support, QUESTIONS[number % len(QUESTIONS)], mention=True)

    async def unanswered(self) -> dict[str, int]:
        """Return how many questions have not exactly one whole answer, by platform."""
        posts: Counter[str] = Counter()
        whole: Counter[str] = Counter()
        for message in await self.workspace.messages():
            if message["user"] == BOT:
                posts[message.get("thread_ts", "")] += 1
                whole[message.get("thread_ts", "")] += has_buttons(message)
        channels = self.server.world.channels.values()
        threads = [self.server.posts(one) for one in channels if one.get("parent_id") == self.support["id"]]
        once = sum(len(one) == 1 and bool(one[0]["components"]) for one in threads)
        return {
            "slack": sum((posts[ts], whole[ts]) != (1, 1) for ts in self.asked),
            "discord": self.asked_on_discord - once,
        }

    async def answered(self, patience_s: float) -> dict[str, int]:
        """Wait until every question has its answer; return how many have not."""
        deadline = time.monotonic() + patience_s
        while any((left := await self.unanswered()).values()) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(1)  # the chats have no event to wait for
        return left


@asynccontextmanager
async def whole(folder: Path, *, cache: bool) -> AsyncIterator[Whole]:
    """Run it; with `cache` an answer to the same question is given again without the model."""
    server = DiscordServer(heartbeat_s=HEARTBEAT_S)
    await server.start()
    with serving(folder) as address:
        async with Gate(address) as gate:
            bot = Whole(folder, address, gate, server, cache)
            try:
                await bot.start()
                yield bot
            finally:
                await bot.stop()
                await server.stop()


async def _nothing_to_do() -> None:
    """Index and model are there."""


async def run_bot(config: Path, out: Path) -> None:
    """Be the bot, and write down how late its event loop gets to what is due: pairs of moment and seconds."""
    from adapters.wiring import serve
    from bot.settings import load

    lags: list[tuple[float, float]] = []

    async def probe() -> None:
        while True:
            due = time.monotonic() + PROBED_EVERY_S
            await asyncio.sleep(PROBED_EVERY_S)
            lags.append((due, max(0.0, time.monotonic() - due)))

    probing = asyncio.create_task(probe())
    try:
        await serve(load(config), _nothing_to_do)
    finally:
        probing.cancel()
        out.write_text(json.dumps(lags))


def cuts(values: list[float]) -> dict[str, float]:
    """Return median, 99th percentile and maximum of seconds, in milliseconds."""
    if len(values) < 2:
        return {}
    hundredths = statistics.quantiles(values, n=100, method="inclusive")
    ms = {"p50": hundredths[49], "p99": hundredths[98], "max": max(values)}
    return {name: round(1000 * value, 1) for name, value in ms.items()}


async def measure(args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    async with whole(folder, cache=False) as bot:
        for number in range(args.before):
            await bot.ask(number)
            await bot.ask_on_discord(number)
        await asyncio.sleep(1)
        before = set(bot.gate.sent)
        begun = time.monotonic()
        await asyncio.gather(*(bot.ask(number) for number in range(args.mentions)))
        burst_s = time.monotonic() - begun
        left = await bot.answered(args.patience)
        ended = time.monotonic()
        waits = [
            bot.gate.acknowledged[id] - at
            for id, at in bot.gate.sent.items()
            if id not in before and id in bot.gate.acknowledged
        ]
        unacknowledged = len(set(bot.gate.sent) - set(bot.gate.acknowledged))
        beats = [at for at in bot.server.gateway.beats if begun - HEARTBEAT_S <= at <= ended]
    lags = [lag for at, lag in json.loads(bot.lags.read_text()) if begun <= at <= ended]
    late = [after - at - HEARTBEAT_S for at, after in pairwise(beats)]
    return {
        "mentions": args.mentions,
        "burst_s": round(burst_s, 2),
        "events": len(waits),
        "acknowledged_after_ms": cuts(waits),
        "unacknowledged": unacknowledged,
        "event_loop_late_ms": cuts(lags),
        "heartbeats": len(beats),
        "heartbeat_late_ms": cuts(late),
        "all_answered_after_s": round(ended - begun, 1),
        "not_answered_once": left,
    }


def main() -> None:
    if sys.argv[1:2] == ["--bot"]:
        asyncio.run(run_bot(Path(sys.argv[2]), Path(sys.argv[3])))
        return
    parser = command.arguments(__doc__)
    parser.add_argument("--mentions", type=int, default=200)
    parser.add_argument("--before", type=int, default=8, help="questions on each platform that keep the model busy")
    parser.add_argument("--patience", type=float, default=900, help="seconds for all the answers")
    command.run(measure, parser.parse_args())


if __name__ == "__main__":
    main()
