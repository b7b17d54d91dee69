"""`frontdesk tune prepare`: a set of examples to train and evaluate on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from adapters.console import Json, bar, err, installed, out, print_json
from knowledge.errors import install

if TYPE_CHECKING:
    from adapters.tuning.preparing import Prepared

app = typer.Typer()


@app.command()
def prepare(
    context: typer.Context,
    approved: Annotated[bool, typer.Option("--approved/--no-approved", help="Take what curators approved.")] = True,
    questions: Annotated[
        list[Path] | None,
        typer.Option("--questions", help="JSON lines of questions with answers; may be repeated."),
    ] = None,
    edited: Annotated[
        list[Path] | None, typer.Option("--edited", help="An export that somebody edited; may be repeated.")
    ] = None,
    from_documents: Annotated[
        bool, typer.Option("--from-documents", help="Make questions from the documents, too.")
    ] = False,
    most_made: Annotated[int, typer.Option(min=0, help="Of these at the most; 0 for no limit.")] = 0,
    per_passage: Annotated[int, typer.Option(min=1, help="Questions made from one passage at the most.")] = 2,
    by_model: Annotated[bool, typer.Option("--by-model", help="Have the model write questions, too.")] = False,
    without: Annotated[
        float, typer.Option(min=0, max=1, help="Share of these shown again without what answers them.")
    ] = 0.1,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 1,
    as_json: Json = False,
) -> None:
    """Make a set of examples: redacted, without duplicates, dealt out to training, validation and test."""
    from adapters.tuning.known import Wanted
    from adapters.tuning.preparing import Sources
    from adapters.tuning.preparing import prepare as made

    settings = installed(context)
    known = Wanted(
        questions=tuple(questions or ()),
        from_documents=from_documents,
        most_made=most_made,
        per_passage=per_passage,
        by_model=by_model,
        without=without,
        seed=seed,
    )
    with bar() as show:
        found = asyncio.run(made(settings, Sources(approved, tuple(edited or ()), known), show))
    if as_json:
        print_json(found.as_json())
    else:
        _print(found)


def _refusals(report: dict[str, Any]) -> str:
    by_editing = report["refusals_by_editing"]
    told = f", {len(by_editing)} of them since they were edited ({', '.join(by_editing[:3])})" if by_editing else ""
    return f"{report['examples'] - report['answerable']}{told}"


def _print(found: Prepared) -> None:
    from adapters.tuning.preparing import GONE, skipped, unknown_documents

    report = found.report
    table = Table("from", "examples", "train", "validation", "test")
    for origin, counts in report["origins"].items():
        table.add_row(origin.replace("_", " "), *(str(counts[name]) for name in ("examples", *report["splits"])))
    table.add_row("all", str(report["examples"]), *(str(count) for count in report["splits"].values()), style="bold")
    out.print(table)
    redacted = ", ".join(f"{count} {kind}" for kind, count in report["redacted"].items())
    told = [
        f"Personal data taken out: {redacted or 'none found'}.",
        f"Said twice: {report['duplicates']['examples']}. Disagreeing: {len(report['disagreements'])}. "
        f"Left out so that nothing leaks into what is held out: {len(report['left_out'])}.",
    ]
    if report["skipped"]:
        told.append(f"Approved, but not to be learned: {len(report['skipped'])}; the report says why.")
    if packed := report["known"].get("packed"):
        left_out = sum(packed["skipped"].values())
        told += [f"Of {packed['questions']} questions {left_out} are left out{skipped(packed)}."] if left_out else []
    if gone := unknown_documents(report["known"]):
        told.append(gone)
    told.append(f"Examples whose right answer is that the documents do not say: {_refusals(report)}.")
    if report["gone"]:
        told.append(f"Of the edited examples, {len(report['gone'])} are left out: {GONE}.")
    if not report["names_by_model"]:
        told.append(f"Names were found by form alone; `{install('names')}` brings a model of names.")
    for line in told:
        out.print(line, highlight=False)
    for warning in report["warnings"]:
        err.print(warning, style="yellow", highlight=False)
    out.print(f"Set {found.folder.name}: {found.folder}", highlight=False, soft_wrap=True)
