"""Questions lost or answered twice when the bot is killed: `python -m tests.bench.kills [--kills 200] [--json]`.

People ask on Slack and Discord all the time, in channels and in threads, while the bot is killed with SIGKILL at
random moments, while it starts as well, and started again. The model's place is taken by a script; inbox, desk
and both platforms are the real things. Needs the Slack server of the tests, see `make install-test`.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.bench import command
from tests.faults.kills import kills
from tests.faults.storm import towns
from tests.slack_server import serving


async def measure(args: argparse.Namespace, folder: Path) -> dict[str, object]:
    begun = time.perf_counter()

    def told(lives: int) -> None:
        if lives % 10 == 0:
            print(f"{lives} kills", file=sys.stderr, flush=True)

    with serving(folder) as address:
        async with towns(folder, address, args.seed) as both:
            wrong = await kills(both, folder, args.kills, args.seed, patience_s=args.patience, told=told)
            return {
                "kills": args.kills,
                "questions": len(both.asked),
                "not_exactly_once": len(wrong),
                "wrong": wrong,
                "minutes": round((time.perf_counter() - begun) / 60, 1),
            }


def main() -> None:
    parser = command.arguments(__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=300, help="seconds for the answers after the last kill")
    command.run(measure, parser.parse_args())


if __name__ == "__main__":
    main()
