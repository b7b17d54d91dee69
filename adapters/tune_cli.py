"""`frontdesk tune …`: making models better with what people asked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from adapters.console import Json, bar, err, loaded, out, print_json, say

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.tuning.retriever import LabelledQuestion

app = typer.Typer(no_args_is_help=True, help="Fine-tuning on your own questions and documents.")


@app.command()
def retriever(
    context: typer.Context,
    questions: Annotated[
        Path | None, typer.Option(help="JSON lines of questions with the documents that answer them.")
    ] = None,
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="A new folder for the model; in the data folder unless you say.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="How often each pair is trained on.")] = None,
    as_json: Json = False,
) -> None:
    """Fine-tune the embedding model on the documents, on helpful answers, and on questions of a file."""
    from bot.tuning.retriever import Recipe, read_questions, tune

    settings = loaded(context)
    asked, bad = read_questions(questions) if questions else ([], [])
    for sentence in bad:
        err.print(sentence, style="yellow", markup=False, soft_wrap=True)
    asked += asyncio.run(_rated(settings))
    folder = out_folder or settings.data_path / "embedders" / f"retriever-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    recipe = Recipe(epochs=epochs) if epochs else Recipe()
    embedding = settings.embedding
    with bar() as show:
        tuned = tune(
            settings.knowledge_uri, embedding.model, embedding.device, asked, folder.absolute(), recipe, show, say
        )
    if as_json:
        print_json(tuned.as_json())
        return
    compared = tuned.comparison
    out.print(
        f"Trained on {tuned.pairs['questions']} questions and {tuned.pairs['documents']} pairs of the documents, "
        f"in {tuned.seconds / 60:.1f} min."
    )
    if tuned.unmatched:
        err.print(f"{tuned.unmatched} questions are about documents or words that are not in the index.")
    table = Table(title=f"{compared.questions} held-out {compared.kind}, by vector alone")
    table.add_column("")
    for when in ("before", "after"):
        table.add_column(when, justify="right")
    for name, before in compared.before.items():
        table.add_row(name, f"{before:.3f}", f"{compared.after[name]:.3f}")
    out.print(table)
    if compared.kind == "sentences":
        out.print(
            "There were too few questions to hold any out: sentences of your documents stand in for them. "
            "Give questions of people with --questions to be surer."
        )
    if compared.better:
        out.print(f"To use it, set embedding.model = '{tuned.folder}' and run `frontdesk reindex`.", soft_wrap=True)
    else:
        out.print(
            "It did not get better: keep the model you have, and try again with more questions. "
            f"What was made is in {tuned.folder}.",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )


async def _rated(settings: Settings) -> list[LabelledQuestion]:
    from adapters.wiring import opened
    from bot.tuning.retriever import rated_questions

    async with opened(settings) as database:
        return await rated_questions(database)
