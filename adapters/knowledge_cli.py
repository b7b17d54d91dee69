"""`frontdesk knowledge …`: looking after the documents in the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from adapters.console import Json, bar, err, installed, out, print_json

if TYPE_CHECKING:
    from knowledge.check.report import Asked, CheckReport
    from knowledge.state import KnowledgeStatus, SourceStatus

app = typer.Typer(no_args_is_help=True, help="The documents: what there is, what is found, what is wrong with them.")


@app.command()
def status(context: typer.Context, as_json: Json = False) -> None:
    """Show the version in force and how each source stands."""
    from bot.library import moment, told_left_over

    found = _status(context)
    if as_json:
        print_json(found.as_json())
        return
    if found.version:
        facts = Table.grid(padding=(0, 2))
        for name, value in (
            ("Version", f"{found.version}, published {moment(found.published_at)}"),
            ("Documents", f"{found.documents} in {found.passages} passages"),
            ("Embedded with", found.embedder),
            ("Full text in", found.language),
            (
                "On disk",
                f"{found.bytes_on_disk / 1e6:.1f} MB" if found.bytes_on_disk is not None else "an object store",
            ),
            ("Earlier version", f"{found.previous}, brought back by `rollback`" if found.previous else "none"),
        ):
            facts.add_row(Text(name, style="cyan"), value)
        out.print(facts)
        if found.unindexed_rows:
            err.print(f"{found.unindexed_rows} passages are missing from a search index: run `frontdesk reindex`.")
    else:
        out.print("Nothing has been indexed yet: run `frontdesk reindex`.")
    _print_sources(found.sources)
    for one in found.left_over.items():
        out.print(Text(told_left_over(*one), style="yellow"))


@app.command()
def sources(context: typer.Context, as_json: Json = False) -> None:
    """Show how each source stands: when it was read, what it gave, what went wrong."""
    found = _status(context).sources
    if as_json:
        print_json([one.as_json() for one in found])
    else:
        _print_sources(found)


def _status(context: typer.Context) -> KnowledgeStatus:
    from adapters.wiring import reindex_job
    from knowledge.state import knowledge_status

    job = reindex_job(installed(context))
    return knowledge_status(job.uri, job.sources, job.model, job.device)


def _print_sources(found: Sequence[SourceStatus]) -> None:
    from bot.library import OUTCOMES, moment

    if not found:
        out.print("No source is set: add a [[knowledge.sources]] block to the settings.")
        return
    table = Table(box=SIMPLE_HEAD, padding=(0, 1))
    for column in ("source", "kind", "outcome", "last read to its end"):
        table.add_column(column, overflow="fold")
    for column in ("documents", "passages", "skipped"):
        table.add_column(column, justify="right")
    for one in found:
        colour = {"ok": "green", "never": "dim"}.get(one.outcome, "red")
        table.add_row(
            Text(one.name),
            one.kind,
            Text(OUTCOMES[one.outcome], style=colour),
            moment(one.last_success),
            *map(str, (one.documents, one.passages, one.skipped)),
        )
    out.print(table)
    for one in found:
        if one.sentence:
            out.print(Text(f"{one.name}: {one.sentence}", style="yellow"))
        if one.outdated:
            out.print(f"{one.name}: {one.outdated} documents could not be read again and are older than that.")


@app.command()
def show(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="Its id, as `frontdesk search` shows it.")],
    as_json: Json = False,
) -> None:
    """Show a document as it was indexed: its scope and its passages."""
    from bot.library import document_of, told_scope
    from knowledge.index import Index

    passages = document_of(Index(installed(context).knowledge_uri), document)
    first = passages[0]
    if as_json:
        print_json(
            {
                "document_id": first.document_id,
                "source": first.source,
                "title": first.title,
                "url": first.url,
                "scope": first.scope.as_mapping(),
                "updated": first.updated.isoformat() if first.updated else None,
                "passages": [{"passage_id": one.id, "heading": one.heading, "text": one.text} for one in passages],
            }
        )
        return
    out.print(Text(first.title, style="bold"), Text(f"({first.document_id}, source {first.source})", style="cyan"))
    if first.url:
        out.print(Text(first.url))
    out.print(f"Told to {told_scope(first.scope)}.", f"Updated {first.updated}." if first.updated else "")
    for n, passage in enumerate(passages, start=1):
        heading = Text(passage.heading or first.title, style="cyan")
        out.print(Panel(Text(passage.text), title=heading, title_align="left", subtitle=f"{n} of {len(passages)}"))


@app.command()
def check(
    context: typer.Context,
    html: Annotated[Path | None, typer.Option(help="Write the report with its plot to this file.")] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="How far back questions count; 90 unless you say.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Find what repeats, contradicts, has expired or was never of use, and what nobody could answer."""
    from adapters import check_report
    from adapters.database import opened
    from adapters.wiring import check_job
    from bot.library import ASKED_DAYS
    from bot.storage.asked import asked_since, written
    from bot.storage.database import patient, utc_now

    settings = installed(context)
    if html:
        check_report.check_place(html)

    async def asked() -> list[Asked]:
        async with opened(settings) as database:
            return await asked_since(database, utc_now() - timedelta(days=days or ASKED_DAYS))

    def write(report: CheckReport) -> CheckReport:
        if html:
            check_report.write_html(report, html)
        return report

    @patient  # what took minutes to compute is not lost to a lock that passes
    async def kept(report: CheckReport) -> CheckReport:
        async with opened(settings) as database:
            return await written(database, report, write)

    with bar() as show:
        report = check_job(settings, asyncio.run(asked()))(show)
    report = asyncio.run(kept(report))
    if as_json:
        print_json(report.as_json())
        return
    out.print(check_report.terminal(report))
    if html:
        out.print(f"The whole report: {html}", soft_wrap=True)


@app.command()
def rollback(context: typer.Context, as_json: Json = False) -> None:
    """Put the version before in force again."""
    from adapters.wiring import reindex_job
    from knowledge.embedding import Embedder
    from knowledge.index import Index

    job = reindex_job(installed(context))
    number = Index(job.uri).rollback(Embedder(job.model, job.device).weights)
    if as_json:
        print_json({"version": number})
    else:
        out.print(f"Version {number} is in force again. The next reindex starts from it.")
