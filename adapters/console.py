"""What every terminal command shares: the two consoles, progress, options that mean the same everywhere."""

from __future__ import annotations

import getpass
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from bot.settings import Settings, load

if TYPE_CHECKING:
    from knowledge.documents import Scope

# What is printed holds words of documents, people and settings: brackets and colons in them are no markup.
out = Console(markup=False, emoji=False)
err = Console(stderr=True, markup=False, emoji=False)

TOLD_EVERY_S = 10.0

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")]
ScopeOption = Annotated[
    list[str] | None, typer.Option("--scope", help="What may be told, e.g. region=eu; may be repeated.")
]


def loaded(context: typer.Context) -> Settings:
    """Return the settings that --config names. Raises SettingsError."""
    return load(context.obj)


def print_json(value: Any) -> None:
    """Print one JSON value on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def told_here(settings: Settings, words: list[str] | None) -> Scope:
    """Return the general scope of the settings with the keys of --scope over it."""
    from knowledge.documents import Scope

    raw: dict[str, list[str]] = {}
    for word in words or []:
        key, sign, value = word.partition("=")
        if not sign or key not in ("region", "audience", "product", "language"):
            raise typer.BadParameter(f"{word!r} is not region=…, audience=…, product=… or language=…")
        raw.setdefault(key, []).append(value)
    return Scope.from_mapping(settings.scope | raw)


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show progress on standard error; yields the function that takes (stage, done, total).

    Where nobody looks on, work that lasts is told of in a line now and then.
    """
    if not err.is_terminal:
        yield _lines()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total or None)
            bar.update(tasks[stage], completed=done, total=total or None)

        yield show


def _lines() -> Callable[[str, int, int], None]:
    last = time.monotonic()

    def show(stage: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= TOLD_EVERY_S:
            last = time.monotonic()
            say(f"{stage}: {done:,} of {total:,}" if total else f"{stage}: {done:,}")

    return show


@contextmanager
def busy(what: str) -> Iterator[None]:
    """Show on standard error what is being looked at, as long as that lasts; nothing where no terminal is."""
    with err.status(Text(what)):
        yield


def log_handler() -> logging.Handler:
    """Return what writes the log to standard error: one line a record, with its time, where that is no terminal."""
    if err.is_terminal:
        pretty = RichHandler(console=err, show_path=False)
        pretty.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        return pretty
    plain = logging.StreamHandler(sys.stderr)
    plain.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    return plain


def who() -> str:
    """Return who decides at a terminal."""
    try:
        return f"terminal:{getpass.getuser()}"
    except (KeyError, OSError):  # a container's user may have no name
        return "terminal:somebody"


def say(sentence: str) -> None:
    err.print(sentence, style="dim", soft_wrap=True)
