"""The `frontdesk` command. Heavy imports stand inside the commands, so that `--help` is quick."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from adapters import admin_cli, curation_cli, knowledge_cli, tune_cli
from adapters.console import (
    Json,
    ScopeOption,
    bar,
    busy,
    err,
    installed,
    loaded,
    log_handler,
    out,
    print_json,
    say,
    told_here,
)
from bot.messages import Mode
from bot.settings import (
    DEFAULT_CONFIG,
    DatabaseSettings,
    KnowledgeSettings,
    Settings,
    SourceSettings,
    from_values,
    strays,
)
from knowledge.errors import FrontdeskError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters import batch
    from adapters.doctor import Finding
    from bot.messages import Conversation, Question
    from knowledge.documents import Scope
    from knowledge.reindex import ReindexReport

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
model_app = typer.Typer(no_args_is_help=True, help="The language model.")
app.add_typer(model_app, name="model")
app.add_typer(knowledge_cli.app, name="knowledge")
app.add_typer(curation_cli.app, name="curation")
app.add_typer(tune_cli.app, name="tune")
app.add_typer(admin_cli.app)


@app.callback()
def _settings(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="Settings file; ./frontdesk.toml by default.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log more to standard error.")] = False,
) -> None:
    """Frontdesk answers support questions in Slack and Discord from your own policy documents."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,  # of libraries
        handlers=[log_handler()],
    )
    for ours in ("adapters", "bot", "knowledge"):
        logging.getLogger(ours).setLevel(logging.DEBUG if verbose else logging.INFO)
    context.obj = config


def main() -> None:
    """Run the command; a FrontdeskError becomes a sentence on standard error and exit status 1."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # what its encoding lacks is shown as a question mark
        sys.stdout.reconfigure(errors="replace")
    if isinstance(sys.stdin, io.TextIOWrapper):  # and what it cannot read as another one
        sys.stdin.reconfigure(errors="replace")
    try:
        app()
    except FrontdeskError as error:
        err.print(str(error), style="red", highlight=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _one_or_many(question: str | None, questions: Path | None, out_file: Path | None) -> None:
    """Raise a usage error unless there is one question, or a file of them with a place for the results."""
    if (question is None) == (questions is None) or (questions is None) != (out_file is None):
        raise typer.BadParameter("give either a QUESTION, or --questions IN.jsonl with --out OUT.jsonl")


async def _many(
    questions: Path, out_file: Path, scope: Scope, work: batch.Work, *, workers: int, as_json: bool
) -> None:
    from adapters import batch

    with bar() as show:
        total, failed = await batch.run_file(
            questions, out_file, scope, work, workers, lambda done, total: show("questions", done, total)
        )
    if as_json:
        print_json({"questions": total, "failed": failed, "path": str(out_file)})
    else:
        out.print(f"{total} questions, {failed} failed: {out_file}", soft_wrap=True)


@app.command()
def init(
    context: typer.Context,
    show: Annotated[bool, typer.Option("--print", help="Print the file instead of writing it.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a commented frontdesk.toml."""
    template = (Path(__file__).parent / "template.toml").read_bytes()
    if show:
        sys.stdout.buffer.write(template)  # as settings are read, whatever the encoding here
        return
    path: Path = context.obj or Path("frontdesk.toml")
    if path.exists() and not force:
        raise FrontdeskError(f"{path} is there already.", "Edit it, or write over it with --force.")
    try:
        path.write_bytes(template)
    except OSError as error:
        raise FrontdeskError(f"{path} cannot be written: {error.strerror}.", "Choose another with --config.") from None
    out.print(f"Wrote {path}. Set your sources and tokens, then run `frontdesk doctor`.")


@app.command()
def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Check settings, model, index, database and tokens, and say what to do."""
    from dataclasses import asdict

    findings: list[Finding] = []

    async def look() -> None:
        async for finding in _findings(context):
            findings.append(finding)
            if not as_json:
                _print_finding(finding)

    asyncio.run(look())
    if as_json:
        print_json([asdict(finding) for finding in findings])
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


async def _findings(context: typer.Context) -> AsyncIterator[Finding]:
    from adapters.doctor import Finding, examine

    try:
        settings = loaded(context)
    except FrontdeskError as error:
        yield Finding("settings", False, error.sentence, error.fix)
        return
    read = "They can be read."
    if settings.config_file is None:
        read = f"There is no {DEFAULT_CONFIG} in {Path.cwd()}: what the environment does not set has its default."
    yield Finding("settings", True, read)
    async for finding in examine(settings, say, busy):
        yield finding


def _print_finding(finding: Finding) -> None:
    """Print a finding in columns; where a link would be cut, in one line however long."""
    mark = Text("ok", style="green") if finding.ok else Text("no", style="red")
    head = Text.assemble(mark, f" {finding.check:<12}  ")
    told = Text(f"{finding.detail} {finding.fix}".strip())
    if max(map(cell_len, told.plain.split()), default=0) > out.width - head.cell_len:
        out.print(head + told, soft_wrap=True)
        return
    table = Table.grid()
    table.add_row(head, told)
    out.print(table)


@model_app.command()
def prepare(
    context: typer.Context,
    again: Annotated[
        bool, typer.Option("--again", help="Measure anew which form is fastest, on a quiet machine; then restart.")
    ] = False,
) -> None:
    """Download or convert the model, so that the first question does not wait for it."""
    from adapters.wiring import prepared_model

    prepared = prepared_model(loaded(context), download=True, again=again, progress=say)
    out.print(f"{prepared.name} is ready: {prepared.path}", soft_wrap=True)


@app.command()
def reindex(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Publish though a source has lost most of its documents.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read the sources and publish what changed."""
    settings = loaded(context)
    report = _reindex(settings, source, dry_run=dry_run, accept_loss=accept_loss)
    if as_json:
        print_json(report.as_json())
        return
    would = "would be " if dry_run else ""
    out.print(
        f"{report.added} added, {report.changed} changed, {report.removed} removed. Version {report.version} "
        f"{would}of {report.documents} documents in {report.passages} passages, in {report.seconds:.1f} s."
    )
    _tell_troubles(report)


def _tell_troubles(report: ReindexReport) -> None:
    for skipped in report.skipped:
        place = f"{skipped.source}: {skipped.document}" if skipped.document else skipped.source
        err.print(f"Skipped {place}: {skipped.reason}", style="yellow", soft_wrap=True)
    for warning in report.warnings:
        err.print(warning, style="yellow", soft_wrap=True)


def _reindex(
    settings: Settings, source: str | None = None, *, dry_run: bool = False, accept_loss: bool = False
) -> ReindexReport:
    from adapters.wiring import reindex_job
    from knowledge.reindex import run_reindex

    with bar() as show:
        return run_reindex(reindex_job(settings), only=source, dry_run=dry_run, progress=show, accept_loss=accept_loss)


@knowledge_cli.app.command()
@app.command()
def search(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument()] = None,
    k: Annotated[int, typer.Option("--k", min=1, max=100, help="How many passages.")] = 5,
    scope: ScopeOption = None,
    questions: Annotated[Path | None, typer.Option(help="JSON lines of questions.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Where the lines go.")] = None,
    as_json: Json = False,
) -> None:
    """Show the passages found for a question."""
    from adapters import batch
    from adapters.wiring import retriever
    from bot.followups import query_for

    settings = loaded(context)
    _one_or_many(question, questions, out_file)
    asked_scope = told_here(settings, scope)
    searcher = retriever(settings)

    async def work(asked: Question, conversation: Conversation) -> dict[str, Any]:
        query = query_for(asked.text, conversation.turns)
        found = await asyncio.to_thread(searcher.search, query, k, asked.scope, settings.today())
        return {"passages": [batch.passage_json(one) for one in found.passages]}

    if questions and out_file:
        asyncio.run(_many(questions, out_file, asked_scope, work, workers=1, as_json=as_json))
        return
    found = searcher.search(query_for(question or "", ()), k, asked_scope, settings.today())
    if as_json:
        print_json([batch.passage_json(one) for one in found.passages])
        return
    for one in found.passages:
        place = " › ".join(part for part in (one.passage.title, one.passage.heading) if part)
        out.print(Text(f"{one.score:.3f} ", style="bold"), end="")
        out.print(f"{place}  ({one.passage.document_id})", style="cyan")
        out.print(one.passage.text, highlight=False)
        out.print()
    if not found.passages:
        out.print("Nothing was found.")


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument()] = None,
    scope: ScopeOption = None,
    mode: Annotated[Mode | None, typer.Option(help="What to draw on; the settings say by default.")] = None,
    questions: Annotated[Path | None, typer.Option(help="JSON lines of questions.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Where the lines go.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Questions at a time.")] = 4,
    as_json: Json = False,
) -> None:
    """Answer a question, or a file of them, from the documents."""
    _one_or_many(question, questions, out_file)
    settings = loaded(context)
    asyncio.run(_ask(settings, question or "", told_here(settings, scope), mode, questions, out_file, workers, as_json))


async def _ask(
    settings: Settings,
    question: str,
    scope: Scope,
    mode: Mode | None,
    questions: Path | None,
    out_file: Path | None,
    workers: int,
    as_json: bool,
) -> None:
    from adapters import batch, wiring
    from bot.asking import answered, one_question
    from bot.messages import Conversation
    from bot.routing import searches

    if searches(mode or Mode(settings.answering.mode)):
        await asyncio.to_thread(wiring.require_index, settings)  # before a model is measured for nothing
    await _prepare(settings)
    async with wiring.pipeline(settings) as pipeline:

        async def work(asked: Question, conversation: Conversation) -> dict[str, Any]:
            return batch.answer_json(await answered(pipeline, asked, conversation, mode))

        if questions and out_file:
            await _many(questions, out_file, scope, work, workers=workers, as_json=as_json)
            return
        asked = one_question(question, scope)
        answer = await answered(pipeline, asked, Conversation(), mode)
    if as_json:
        print_json(batch.answer_json(answer))
    else:
        from adapters.terminal import rendered

        out.print(rendered(answer))


async def _prepare(settings: Settings) -> None:
    """Make the model file ready if there is use for it, showing progress where that takes time."""
    from adapters.wiring import answers_locally, prepared_model

    if answers_locally(settings):
        await asyncio.to_thread(prepared_model, settings, progress=say)


@app.command()
def run(context: typer.Context) -> None:
    """Answer in Slack and Discord until stopped."""
    from knowledge.processes import lean

    lean()  # before anything starts threads: it runs for months, and every search allocates in several of them
    gc.disable()  # what is loaded stays; to look through it again and again makes a fifth of the start (see `serve`)
    from adapters.doctor import told_stray
    from adapters.wiring import serve

    settings = loaded(context)
    for stray in strays(settings).items():
        err.print(told_stray(*stray), style="yellow", highlight=False, soft_wrap=True)
    asyncio.run(serve(settings, lambda: _prepare(settings), lambda: _read_first(settings)))


async def _read_first(settings: Settings) -> None:
    """Read the documents where none were read yet, in a process that a signal can end."""
    from adapters.wiring import has_index, reindex_job
    from knowledge.reindex import reindex_in_process

    if not await asyncio.to_thread(has_index, settings):
        say("There is no index yet, so the documents are read first.")
        gc.enable()  # that may take hours
        with bar() as show:
            _tell_troubles(await reindex_in_process(reindex_job(settings), progress=show))


@app.command()
def chat(context: typer.Context, scope: ScopeOption = None) -> None:
    """Talk to Frontdesk in the terminal."""
    settings = installed(context)
    asyncio.run(_chat(settings, told_here(settings, scope), ()))


@app.command()
def demo() -> None:
    """Index the sample handbook and talk about it; without a terminal, answer three questions."""
    from knowledge import sample

    settings = from_values({"answering": {"contact": "care@kettlewick.example"}})
    handbook = SourceSettings(name="handbook", kind="folder", path=str(sample.HANDBOOK))
    # Over the environment too: the company's own index and database are not for the sample.
    own = {"data_dir": settings.data_dir / "demo", "knowledge": KnowledgeSettings(sources=[handbook])}
    settings = settings.model_copy(update=own | {"database": DatabaseSettings()})
    report = _reindex(settings)
    err.print(f"The sample handbook is indexed: {report.documents} pages in {report.passages} passages.", style="dim")
    questions = () if sys.stdin and sys.stdin.isatty() and out.is_terminal else tuple(sample.demo_questions())
    asyncio.run(_chat(settings, told_here(settings, None), questions, interactive=not questions))


async def _chat(settings: Settings, scope: Scope, questions: tuple[str, ...], *, interactive: bool = True) -> None:
    from adapters import terminal, wiring

    await _prepare(settings)
    platform = terminal.TerminalPlatform(out)
    async with wiring.running(settings, [(platform.name, lambda desk, commands, database: platform)]) as frontdesk:
        for question in questions:
            out.print(Text.assemble("\n", ("You:", "bold cyan"), f" {question}"))
            await terminal.ask(frontdesk.desk, platform, question, uuid.uuid4().hex, scope)
        if interactive:
            await terminal.chat(frontdesk.desk, platform, scope)


if __name__ == "__main__":
    main()
