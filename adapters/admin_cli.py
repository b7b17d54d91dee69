"""`frontdesk stats`, `why`, `export` and `forget`: what is kept of questions, in the terminal."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

from adapters.console import Json, err, installed, out, print_json
from bot.settings import Settings
from bot.wording.answers import REFUSAL
from knowledge.errors import FrontdeskError

if TYPE_CHECKING:
    from bot.stats import Stats
    from bot.storage.database import Database
    from bot.trace import Trace
    from bot.tuning.export import Exported

app = typer.Typer()
T = TypeVar("T")

_PERSON = re.compile(r"(?P<platform>[a-z]+):(?P<user>[^\s:]+)")


def _with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    from adapters.database import opened

    async def run() -> T:
        async with opened(settings) as database:
            return await work(database)

    return asyncio.run(run())


@app.command()
def export(
    context: typer.Context,
    out_file: Annotated[Path | None, typer.Option("--out", help="Where the JSON lines go.")] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Write nothing: show what would be written, and what is taken out of it.")
    ] = False,
    format: Annotated[
        str,
        typer.Option("--format", help="openai, sharegpt, alpaca, raft, dpo or kto."),
    ] = "openai",
    since: Annotated[str, typer.Option(help="First day, YYYY-MM-DD (UTC).")] = "",
    until: Annotated[str, typer.Option(help="Last day.")] = "",
    rating: Annotated[str, typer.Option(help="up, down or any; up by default, any for dpo and kto.")] = "",
    platform: Annotated[str, typer.Option(help="Only this platform.")] = "",
    examples: Annotated[
        str, typer.Option("--set", help="Instead: a set of `frontdesk tune prepare`, by its id, or a file of examples.")
    ] = "",
    personal_data: Annotated[
        bool, typer.Option("--with-personal-data", help="Leave names, addresses and numbers of people in.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write rated answers, or a set of examples, as fine-tuning data; personal data is taken out."""
    from bot.tuning.export import ExportFilters, ExportReport, Redaction, export_set, exported, exported_set
    from bot.tuning.export import export as write
    from bot.tuning.formats import FORMATS
    from bot.tuning.names import NameModels
    from bot.tuning.redaction import Redacted

    if format not in FORMATS:
        raise typer.BadParameter(f"--format is one of {', '.join(FORMATS)}")
    if examples and (since or until or rating or platform or personal_data):
        raise typer.BadParameter("--set goes without the options that choose among answers")
    if preview is (out_file is not None):
        raise typer.BadParameter("give --out FILE or --preview")
    settings = installed(context)
    done: ExportReport | list[Exported | None]
    if examples:
        from bot.tuning.examples import read_examples
        from bot.tuning.sets import find

        kept = read_examples(find(settings.tuning_path / "sets", examples))
        done = export_set(kept, out_file, format) if out_file else list(exported_set(kept, format))
    else:
        filters = ExportFilters.read(since, until, rating, platform)
        public = settings.answering.contact, settings.answering.persona
        redact = Redacted if personal_data else Redaction(public, NameModels())

        async def work(database: Database) -> ExportReport | list[Exported | None]:
            if out_file:
                return await write(database, out_file, filters, format, redact)
            return [one async for page in exported(database, filters, format, redact) for one in page]

        done = _with_database(settings, work)
    if isinstance(done, list):
        _preview([one for one in done if one], done.count(None), as_json)
    elif as_json:
        print_json(done.as_json())
    else:
        out.print(f"{done.written} written, {done.skipped} skipped: {done.path}", soft_wrap=True)


def _preview(found: Sequence[Exported], skipped: int, as_json: bool) -> None:
    """Show what an export would write, and the personal data that it takes out."""
    if as_json:
        print_json({"examples": [one.as_json() for one in found], "skipped": skipped})
        return
    for one in found:
        example = one.redacted.example
        taken = "; ".join(f"{word} {', '.join(texts)}" for word, texts in one.redacted.replaced.items())
        parts: list[str | tuple[str, str]] = [f"{turn.role}: {turn.content}\n\n" for turn in example.turns]
        parts += [("Question  ", "cyan"), example.question]
        parts += [("\n\nAnswer  " if example.liked else "\n\nNot liked  ", "cyan"), example.answer or REFUSAL.en]
        parts += [("\n\nNot liked  ", "cyan"), example.rejected] if example.rejected else []
        parts += [("\n\nTaken out  ", "cyan"), taken or "nothing"]
        out.print(Panel(Text.assemble(*parts), title=Text(f"{example.id}  {example.split}"), title_align="left"))
    written, touched = sum(len(one.lines) for one in found), sum(bool(one.redacted.replaced) for one in found)
    out.print(
        f"{written} would be written, {skipped} skipped; personal data is taken out of {touched}.", highlight=False
    )


@app.command()
def stats(
    context: typer.Context,
    days: Annotated[str, typer.Option(help="So many days, up to --until; 30 by default.")] = "",
    since: Annotated[str, typer.Option(help="First day, YYYY-MM-DD, in schedule.timezone.")] = "",
    until: Annotated[str, typer.Option(help="Last day; today by default.")] = "",
    platform: Annotated[str, typer.Option(help="Only this platform.")] = "",
    workspace: Annotated[str, typer.Option(help="Only this Slack workspace or Discord server.")] = "",
    png: Annotated[Path | None, typer.Option("--png", help="Draw them into this file, too.")] = None,
    theme: Annotated[Literal["light", "dark"], typer.Option(help="Colours of the picture.")] = "light",
    as_json: Json = False,
) -> None:
    """Count questions, outcomes, ratings and times."""
    from bot.plot import draw
    from bot.stats import Period, collect, told

    settings = installed(context)
    period = Period.read(settings.today(), days, since, until)

    async def work(database: Database) -> Stats:
        zone = settings.schedule.timezone
        counted = await collect(database, period, zone, platform or None, workspace or None)
        if png:
            await draw(counted, png, settings.data_path / "matplotlib", theme)
        return counted

    counted = _with_database(settings, work)
    if as_json:
        print_json(counted.as_json() | ({"path": str(png)} if png else {}))
        return
    where = f"on {platform}" if platform else "everywhere"
    out.print(Markdown(told(counted, f"{where}, in {workspace}" if workspace else where)))
    if png:
        out.print(f"\nDrawn: {png}", soft_wrap=True)


@app.command()
def why(
    context: typer.Context,
    answer: Annotated[str, typer.Argument(help="Id of an answer, or the link of it or of its question.")],
    as_json: Json = False,
) -> None:
    """Show how an answer was made: passages, scores, model, what grounding took out."""
    from bot.trace import Traces, told

    settings = installed(context)

    async def work(database: Database) -> Trace:
        traces = Traces(database)
        if answer.isascii() and answer.isdigit() and len(answer) < 18:
            return await traces.of_answer(int(answer))
        platform, channel, message = _linked(answer)
        return await traces.at(message, platform, channel=channel or None)

    trace = _with_database(settings, work)
    if as_json:
        print_json(trace.as_json())
    else:
        out.print(Markdown(told(trace)))


def _linked(link: str) -> tuple[str, str, str]:
    """Return platform, channel (where messages are unique by channel only) and message of a link."""
    from adapters import discord, slack

    if found := slack.linked(link):
        return slack.NAME, *found
    if message := discord.linked(link):
        return discord.NAME, "", message
    raise FrontdeskError(
        f"{link} is neither the id of an answer nor a link.", "Copy the link of an answer in the chat."
    )


@app.command()
def forget(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="slack:U0123ABCD or discord:123456789.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    as_json: Json = False,
) -> None:
    """Delete what is kept of a person: questions, answers, ratings, suggestions, words and names."""
    from adapters.database import privacy_of
    from bot.privacy import Forgotten, told_forgotten

    match = _PERSON.fullmatch(person)
    if not match:
        raise typer.BadParameter(f"{person!r} is not PLATFORM:ID, e.g. slack:U0123ABCD")
    settings = installed(context)
    of = (match["platform"], match["user"])
    if not yes:
        kept = _with_database(settings, lambda database: privacy_of(settings, database).kept_of(*of))
        if not kept:
            err.print(f"Nothing is stored about {person}.")
            if as_json:
                print_json(kept.as_json())
            return
        err.print(f"This is stored about {person}: {told_forgotten(kept)}.")
        if not typer.confirm("Delete it?", err=True):
            raise typer.Exit(1)

    async def work(database: Database) -> Forgotten:
        return await privacy_of(settings, database).forget(*of)

    gone = _with_database(settings, work)
    if as_json:
        print_json(gone.as_json())
    else:
        out.print(f"Deleted: {told_forgotten(gone)}.")
