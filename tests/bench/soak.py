"""Memory, threads and handles over many messages: `python -m tests.bench.soak [--messages 5000] [--json]`.

`frontdesk run` with its model and the sample handbook, on a Slack and a Discord server of our own on loopback,
is asked so many questions, half of them on each platform, a batch at a time; most answers are given again from
its cache (`--no-cache`: every one by the model). What its processes hold is told after a first share of them (the
warm-up) and at the end. Needs the Slack server of the tests, see `make install-test`.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from tests.bench import command
from tests.bench.burst import Whole, whole


def held(bot: Whole) -> dict[str, dict[str, float]]:
    """Return what each process of the bot holds: resident memory in MB, threads, file handles."""
    assert bot.process is not None
    main = psutil.Process(bot.process.pid)
    processes = {"bot": main} | {f"worker {n}": one for n, one in enumerate(main.children(recursive=True), 1)}
    return {
        name: {
            "resident_mb": round(one.memory_info().rss / 1e6, 1),
            "threads": one.num_threads(),
            "handles": one.num_fds(),
        }
        for name, one in processes.items()
    }


async def measure(args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    begun = time.monotonic()
    async with whole(folder, cache=not args.no_cache) as bot:
        warm: dict[str, dict[str, float]] = {}
        for first in range(0, args.messages, args.batch):
            numbers = range(first, min(first + args.batch, args.messages))
            await asyncio.gather(*(bot.ask(number) if number % 2 else bot.ask_on_discord(number) for number in numbers))
            left = await bot.answered(args.patience)
            if any(left.values()):
                break
            if not warm and numbers[-1] + 1 >= args.messages * args.warm_up:
                warm = held(bot)
            print(f"{numbers[-1] + 1} messages", held(bot)["bot"], file=sys.stderr, flush=True)
        await asyncio.sleep(10)  # for what is let go a little later
        end = held(bot)
    memory = [sum(one["resident_mb"] for one in held_then.values()) for held_then in (warm, end)]
    return {
        "messages": args.messages,
        "not_answered_once": left,
        "minutes": round((time.monotonic() - begun) / 60, 1),
        "after_warm_up": warm,
        "at_the_end": end,
        "memory_growth_percent": round(100 * (memory[1] / memory[0] - 1), 2) if memory[0] else None,
    }


def main() -> None:
    parser = command.arguments(__doc__)
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--warm-up", type=float, default=0.2, help="share of the messages before memory is first told")
    parser.add_argument("--patience", type=float, default=600, help="seconds for the answers of a batch")
    parser.add_argument("--no-cache", action="store_true", help="let the model answer each; takes hours")
    command.run(measure, parser.parse_args())


if __name__ == "__main__":
    main()
