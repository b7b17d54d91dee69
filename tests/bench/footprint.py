"""Memory and start of the whole bot: `python -m tests.bench.footprint [--json]`.

`frontdesk run` with model, embedder and an index of 10,000 passages, joined to a Slack server of our own
on loopback. A question is asked as soon as the bot is connected; told are the seconds from the start of
the process to the whole answer in the channel, and the memory of all its processes after some questions:
resident (shared pages counted in every process) and proportional (each page counted once). Needs the
Slack server of the tests, see `make install-test`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from knowledge import sample
from tests.bench.quantization import texts
from tests.slack_server import APP_TOKEN, BOT, BOT_TOKEN, Workspace, serving
from tests.slack_server.workspace import Message, has_buttons, shown

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = (
    "How many days do I have to return an item in the United Kingdom?",
    "How much does delivery cost in the United Kingdom?",
    "How long does the warranty of a kettle last?",
    "Can I change the delivery address of my order?",
)


def documents(file: Path, passages: int) -> None:
    """Write documents of about four passages each."""
    words = " ".join(texts()).split()
    with file.open("w", encoding="utf-8") as lines:
        for number in range(passages // 4):
            start = (number * 997) % (len(words) - 800)
            text = f"Edition {number}. " + " ".join(words[start : start + 680])
            lines.write(json.dumps({"doc_id": f"page-{number}", "title": f"Page {number}", "text": text}) + "\n")


class Bot:
    """Frontdesk as a process of its own, in a Slack workspace."""

    def __init__(self, folder: Path, address: str) -> None:
        self._config = folder / "frontdesk.toml"
        self._workspace = Workspace(address)
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._http = f"127.0.0.1:{free.getsockname()[1]}"
        pages = folder / "pages.jsonl"
        self._config.write_text(
            f'[[knowledge.sources]]\nname = "handbook"\nkind = "folder"\npath = "{sample.HANDBOOK}"\n'
            f'[[knowledge.sources]]\nname = "pages"\nkind = "jsonl"\npath = "{pages}"\n'
            f'[slack]\napi_url = "{address}/api/"\n[http]\nlisten = "{self._http}"\n'
        )

    def call(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FRONTDESK_")}
        environment |= {"FRONTDESK_SLACK__BOT_TOKEN": BOT_TOKEN, "FRONTDESK_SLACK__APP_TOKEN": APP_TOKEN}
        command = [sys.executable, "-m", "adapters.cli", "--config", str(self._config), *words]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    async def first_answer(self, question: str) -> float:
        """Start the bot and ask; return the seconds until the whole answer stands in the channel."""
        begun = time.perf_counter()
        self._process = self.call("run")
        while not await asyncio.to_thread(self._is_ready):
            assert self._process.poll() is None, "the bot did not start"
            await asyncio.sleep(0.02)
        await self.ask(question)
        return time.perf_counter() - begun

    def _is_ready(self) -> bool:
        try:
            urllib.request.urlopen(f"http://{self._http}/readyz", timeout=1).close()
        except OSError:
            return False
        return True

    async def ask(self, question: str) -> str:
        thread = await self._workspace.say("U0BEN", f"<@{BOT}> {question}")

        def whole(messages: list[Message]) -> Message | None:
            posts = [m for m in messages if m.get("thread_ts") == thread and m["user"] == BOT and has_buttons(m)]
            return posts[0] if posts else None

        return shown(await self._workspace.until(whole, patience_s=120))

    def memory_mb(self) -> dict[str, dict[str, float]]:
        """Return resident and proportional memory of the bot's processes."""
        assert self._process
        main = psutil.Process(self._process.pid)
        found = {"bot": main} | {f"worker {n}": child for n, child in enumerate(main.children(recursive=True), 1)}
        return {
            name: {"rss": one.memory_full_info().rss / 1e6, "pss": one.memory_full_info().pss / 1e6}
            for name, one in found.items()
        }

    def stop(self) -> None:
        if self._process:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(30)
            self._process = None


async def measure(args: argparse.Namespace, folder: Path, address: str) -> dict[str, Any]:
    bot = Bot(folder, address)
    documents(folder / "pages.jsonl", args.passages)
    report = json.loads(bot.call("reindex", "--json").communicate()[0])
    bot.call("model", "prepare").communicate()
    seconds, memory = [], {}
    for _ in range(args.starts):
        try:
            seconds.append(await bot.first_answer(QUESTIONS[0]))
            await asyncio.gather(*(bot.ask(question) for question in QUESTIONS * 2))
            memory = bot.memory_mb()
        finally:
            bot.stop()
    return {
        "passages": report["passages"],
        "first_answer_s": [round(one, 2) for one in seconds],
        "first_answer_median_s": round(statistics.median(seconds), 2),
        "memory_mb": {name: {kind: round(mb) for kind, mb in one.items()} for name, one in memory.items()},
        "resident_mb": round(sum(one["rss"] for one in memory.values())),
        "proportional_mb": round(sum(one["pss"] for one in memory.values())),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as name, serving(Path(name)) as address:
        result = asyncio.run(measure(args, Path(name), address))
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        Console().print(result)


if __name__ == "__main__":
    main()
