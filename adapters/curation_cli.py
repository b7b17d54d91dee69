"""`frontdesk curation`: better answers that people suggested, for a curator to approve or reject."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.panel import Panel
from rich.text import Text

from adapters.console import Json, loaded, out, print_json, who

if TYPE_CHECKING:
    from bot.curation import Curation, Suggestion

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True, help="Better answers that people suggested: look at them, approve or reject them."
)

State = Annotated[str, typer.Option("--state", help="proposed, approved, rejected or any.")]
Number = Annotated[int, typer.Argument(min=1, help="The suggestion's number, as `list` shows it.")]


@app.command(name="list")
def list_suggestions(
    context: typer.Context,
    state: State = "proposed",
    after: Annotated[int, typer.Option(min=0, help="Only suggestions with a greater number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at the most.")] = 100,
    as_json: Json = False,
) -> None:
    """Show suggestions, oldest first, with the question and the answer that each is about."""
    from bot.curation import Stage

    if state not in (*Stage, "any"):
        raise typer.BadParameter(f"--state is one of {', '.join(Stage)}, any")
    wanted = None if state == "any" else Stage(state)
    found = _with(context, lambda curation: curation.list(wanted, after, limit))
    if as_json:
        print_json([one.as_json() for one in found])
        return
    for one in found:
        title = Text(f"{one.id}  {one.state}  {one.author}  {one.created_at:%Y-%m-%d}", style="bold")
        body = Text.assemble(
            ("Question  ", "cyan"),
            one.question,
            ("\n\nAnswer  ", "cyan"),
            one.answer,
            ("\n\nBetter  ", "cyan"),
            one.text,
        )
        out.print(Panel(body, title=title, title_align="left"))
    if not found:
        out.print(f"There are no suggestions here ({state}).", markup=False)


@app.command()
def approve(
    context: typer.Context,
    number: Number,
    text: Annotated[str | None, typer.Option("--text", help="The answer in better words yet.")] = None,
    as_json: Json = False,
) -> None:
    """Approve a suggestion, in its own words or in others."""
    _decided(_with(context, lambda curation: curation.approve(number, who(), text)), as_json)


@app.command()
def reject(context: typer.Context, number: Number, as_json: Json = False) -> None:
    """Reject a suggestion."""
    _decided(_with(context, lambda curation: curation.reject(number, who())), as_json)


def _with(context: typer.Context, work: Callable[[Curation], Awaitable[T]]) -> T:
    from adapters.wiring import opened
    from bot.curation import Curation

    async def run() -> T:
        async with opened(loaded(context)) as database:
            return await work(Curation(database))

    return asyncio.run(run())


def _decided(suggestion: Suggestion, as_json: bool) -> None:
    if as_json:
        print_json(suggestion.as_json())
    else:
        out.print(f"Suggestion {suggestion.id} is {suggestion.state}.", markup=False)
