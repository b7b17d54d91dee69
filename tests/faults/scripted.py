"""Frontdesk as a process of its own, with a script in place of the model: `python -m tests.faults.scripted FILE`.

FILE holds the settings as JSON. It says `ready` on standard output once it is connected, and runs until SIGTERM.
"""

import asyncio
import json
import signal
import sys
from pathlib import Path

from bot.settings import from_values
from tests.faults import office


async def main(file: Path) -> None:
    office.hurry()
    settings = from_values(json.loads(file.read_text(encoding="utf-8")))
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with office.opened(settings, office.Echo(0.3), ("slack", "discord")):
        print("ready", flush=True)
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
