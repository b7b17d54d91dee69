"""What the benchmarks of the whole bot have in common: a folder of their own, and how they tell what they measured."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from rich.console import Console

Measure = Callable[[argparse.Namespace, Path], Awaitable[Mapping[str, object]]]


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of the command line that knows `--json` and `--folder`."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help="a new folder in which database and logs stay, else they go")
    return parser


def run(measure: Measure, args: argparse.Namespace) -> None:
    """Measure in a folder of its own, and print what was measured."""

    async def measured(folder: Path) -> Mapping[str, object]:
        return await measure(args, folder)

    if args.folder is not None:
        args.folder.mkdir(parents=True)
        result = asyncio.run(measured(args.folder))
    else:
        with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as name:
            result = asyncio.run(measured(Path(name)))
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        Console().print(result)
