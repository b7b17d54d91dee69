"""Commands of `frontdesk tune` run by the clock, each in a process of its own that gives way to everything else."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

from bot.settings import Settings
from knowledge.processes import Progress, in_own_process


async def run_in_background(settings: Settings, words: Sequence[str]) -> dict[str, Any]:
    """Run `frontdesk tune …` and return what it prints with --json. Raises the FrontdeskErrors of the command."""
    work = partial(_command, settings.config_file, tuple(words))
    return await in_own_process(work, f"tune {words[0]}", fix="The log of Frontdesk has more.")


def _command(config: Path | None, words: tuple[str, ...], progress: Progress) -> dict[str, Any]:
    from adapters.cli import app

    options = ["--config", str(config)] if config else []
    printed = io.StringIO()
    with redirect_stdout(printed):
        app([*options, "tune", *words, "--json"], standalone_mode=False)
    value: dict[str, Any] = json.loads(printed.getvalue())
    return value
