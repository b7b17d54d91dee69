"""People ask on both platforms while the bot is killed again and again; then each must be answered once."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.storm import Towns, people

ROOT = Path(__file__).resolve().parents[2]
START_S = 600.0
ASKED_IN_A_LIFE = 1.5


@asynccontextmanager
async def _process(towns: Towns, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    file = folder / "settings.json"
    file.write_text(json.dumps(towns.values))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FRONTDESK_")}
    with (folder / "bot.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.scripted", str(file)),
            cwd=ROOT,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def _ready(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(START_S):
        said = await process.stdout.readline()
    assert said == b"ready\n", "the bot did not start; see bot.log"


async def kills(
    towns: Towns,
    folder: Path,
    number: int,
    seed: int,
    *,
    longest_life_s: float = 2.0,
    patience_s: float = 120.0,
    told: Callable[[int], None] = lambda _: None,
) -> list[str]:
    """Kill the bot `number` times at random moments; return what was not answered exactly once.

    Now and then it is killed while it starts.
    """
    chance = random.Random(seed)
    async with _process(towns, folder) as process:  # the first start replays nothing
        await _ready(process)
        await towns.ask("slack", "first?")
        await towns.ask("discord", "first?")
        assert await towns.settle(patience_s) == []
    lives = 0
    asking: asyncio.Task[None] | None = None
    try:
        while lives < number:
            async with _process(towns, folder) as process:
                if chance.random() < 0.1:
                    await asyncio.sleep(chance.uniform(0, 2))
                else:
                    await _ready(process)
                    if asking is None or asking.done():
                        questions = round(ASKED_IN_A_LIFE * (number - lives) / 4) + 1
                        asking = asyncio.create_task(people(towns, chance, questions, 0.8, changes=False))
                    await asyncio.sleep(chance.uniform(0, longest_life_s))
            lives += 1
            told(lives)
        async with _process(towns, folder) as process:
            await _ready(process)
            if asking is not None:
                await asking
            return await towns.settle(patience_s)
    finally:
        if asking is not None:
            asking.cancel()
