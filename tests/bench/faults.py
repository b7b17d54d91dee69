"""Questions answered exactly once while everything goes wrong: `python -m tests.bench.faults [--storms 20] [--json]`.

In each storm people ask on Slack and Discord, change and delete what they asked, while a proxy before either
server delivers events several times and late, cuts, silences and refuses sockets, answers requests with 429, 500
and 503, loses replies after the deed and puts nonsense between the events; the database is locked for seconds and
the bot started anew. The model's place is taken by a script; all else is the real thing. Needs the Slack server of
the tests, see `make install-test`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console

from tests.faults import office
from tests.faults.storm import storm, towns
from tests.slack_server import serving


async def measure(args: argparse.Namespace) -> dict[str, object]:
    office.hurry()
    happened: Counter[str] = Counter()
    wrong: dict[int, list[str]] = {}
    asked = 0
    for seed in range(args.seed, args.seed + args.storms):
        with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as name, serving(Path(name)) as address:
            async with towns(Path(name), address, seed) as both:
                problems = await storm(both, seed, args.questions)
                happened += both.happened()
                asked += len(both.asked)
        if problems:
            wrong[seed] = problems
        print(
            f"storm {seed}: {len(problems)} wrong of {args.questions}", *problems, sep="\n", file=sys.stderr, flush=True
        )
    return {
        "storms": args.storms,
        "questions": asked,
        "not_exactly_once": sum(map(len, wrong.values())),
        "faults": sum(happened.values()),
        "faults_by_kind": dict(sorted(happened.items())),
        "wrong": wrong,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--storms", type=int, default=20)
    parser.add_argument("--questions", type=int, default=50, help="in each storm")
    parser.add_argument("--seed", type=int, default=1, help="of the first storm; the others follow")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    result = asyncio.run(measure(args))
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        Console().print(result)


if __name__ == "__main__":
    main()
