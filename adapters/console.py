"""What every terminal command shares: the two consoles, progress, options that mean the same everywhere."""

from __future__ import annotations

import getpass
import json
import logging
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer
from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, Group, RenderableType, RenderResult
from rich.logging import RichHandler
from rich.markdown import HorizontalRule, Markdown
from rich.measure import Measurement
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.text import Text

from bot.settings import DEFAULT_CONFIG, Settings, load
from knowledge.errors import FrontdeskError

if TYPE_CHECKING:
    from knowledge.documents import Scope


_ORDERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that a terminal obeys instead of showing them, but for tab and newline, or that turn text around."""


class Console(RichConsole):
    """A console whose terminal obeys nothing but Rich, whatever documents and people write.

    It breaks and cuts no line where no terminal is: a log and a script want each one whole.
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else _harmless(segment)

    def print(self, *objects: Any, **options: Any) -> None:
        if not self.is_terminal:
            objects = tuple(one if isinstance(one, str | Text) else _Whole(one) for one in objects)
            options = {"soft_wrap": True} | options
        super().print(*objects, **options)


def _harmless(segment: Segment) -> Segment:
    text, style, _ = segment
    if style is not None and style.link and _ORDERS.search(style.link):
        style = style.update_link(_ORDERS.sub("", style.link))
    return Segment(_ORDERS.sub("", text), style)


class _Whole:
    """What Rich would fit to a width, as wide as its longest line; without boxes, whose sides would be as wide."""

    def __init__(self, shown: RenderableType) -> None:
        self.shown = shown

    def __rich_console__(self, console: RichConsole, options: ConsoleOptions) -> RenderResult:
        match self.shown:
            case str() | Text():
                yield self.shown
            case Group(renderables=parts):  # each on its own, so that a rule is no wider than usual
                yield from map(_Whole, parts)
            case Panel(title=title, renderable=inner, subtitle=subtitle):
                yield from (_Whole(part) for part in (title, inner, subtitle) if part)
            case Markdown(markup=markup):
                # No line of it is longer than all that was written, and what is indented or set in columns.
                yield from _lines_of(_ShortMarkdown(markup), console, options, options.max_width + len(markup))
            case shown:
                widest = Measurement.get(console, options.update(width=_ENDLESS), shown).maximum
                yield from _lines_of(shown, console, options, max(options.max_width, widest))


def _lines_of(shown: RenderableType, console: RichConsole, options: ConsoleOptions, width: int) -> RenderResult:
    for line in console.render_lines(shown, options.update(width=width), pad=False):
        yield Segment("".join(segment.text for segment in line).rstrip())
        yield Segment.line()


class _ShortRule(HorizontalRule):
    def __rich_console__(self, console: RichConsole, options: ConsoleOptions) -> RenderResult:
        yield Text("-" * console.width)


class _ShortMarkdown(Markdown):
    """Markdown in which nothing is drawn all across."""

    elements: ClassVar = Markdown.elements | {"hr": _ShortRule}


# What is printed holds words of documents, people and settings: brackets and colons in them are no markup.
out = Console(markup=False, emoji=False)
err = Console(stderr=True, markup=False, emoji=False)

TOLD_EVERY_S = 10.0
_ENDLESS = 1_000_000
"""Columns; nothing printed is wider."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")]
ScopeOption = Annotated[
    list[str] | None, typer.Option("--scope", help="What may be told, e.g. region=eu or region=eu,us; may be repeated.")
]


def loaded(context: typer.Context) -> Settings:
    """Return the settings that --config names. Raises SettingsError."""
    return load(context.obj)


def installed(context: typer.Context) -> Settings:
    """Return the settings that --config names, for a command on what an installation keeps; nothing is made for it.

    Raises SettingsError, and FrontdeskError where nothing tells that there is an installation: then nothing is kept,
    and whoever asks for it is in the wrong folder.
    """
    settings = loaded(context)
    # Tokens tell nothing: who has them in the environment has them in every folder.
    told = settings.database.url or {"data_dir", "knowledge", "tuning"} & settings.model_fields_set
    kept = any((settings.data_path / name).exists() for name in ("frontdesk.db", "knowledge", "tuning"))
    if not (settings.config_file or told or kept):
        raise FrontdeskError(
            f"There is no {DEFAULT_CONFIG} in {Path.cwd()}, and nothing is kept there.",
            f"Go to the folder of your {DEFAULT_CONFIG}, or name the file: `frontdesk --config PATH …`.",
        )
    return settings


def print_json(value: Any) -> None:
    """Print one JSON value on standard output."""
    text = json.dumps(value, ensure_ascii=not (sys.stdout.encoding or "utf").lower().startswith("utf"))
    # JSON escapes only some of what a terminal obeys.
    sys.stdout.write(_ORDERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def told_here(settings: Settings, words: list[str] | None) -> Scope:
    """Return the general scope of the settings with the keys of --scope over it."""
    from knowledge.documents import Scope

    raw: dict[str, list[str]] = {}
    for word in words or []:
        key, sign, value = word.partition("=")
        if not sign or key not in ("region", "audience", "product", "language"):
            raise typer.BadParameter(f"{word!r} is not region=…, audience=…, product=… or language=…")
        raw.setdefault(key, []).extend(value.split(","))
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
