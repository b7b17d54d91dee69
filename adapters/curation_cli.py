"""`frontdesk curation`: what a model may learn from, for a curator to look at, mend, approve or reject."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.panel import Panel
from rich.text import Text

from adapters.console import Json, bar, installed, out, print_json, who

if TYPE_CHECKING:
    from bot.curation import Candidate, Curation, Kind, Stage
    from bot.settings import Settings

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="What a model may learn from: look at it, mend it, approve or reject it.")

Ids = Annotated[
    list[str], typer.Argument(help="As `list` shows them, e.g. answer:12; a bare number is a suggestion's.")
]
Id = Annotated[str, typer.Argument(help="As `list` shows it, e.g. answer:12.")]
State = Annotated[str, typer.Option("--state", help="proposed, approved, rejected or any.")]
KindOption = Annotated[
    str, typer.Option("--kind", help="answer, suggestion, handover, standard or setting; all by default.")
]


@app.command(name="list")
def list_candidates(
    context: typer.Context,
    state: State = "proposed",
    kind: KindOption = "",
    after: Annotated[str, typer.Option(help="Only what comes after this id.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at the most.")] = 100,
    as_json: Json = False,
) -> None:
    """Show liked answers, suggestions, solved hand-overs and standard answers, each with its question."""
    stage, wanted = _stage(state), _kind(kind)

    async def listed(curation: Curation, _: Settings) -> tuple[Sequence[Candidate], Mapping[Stage, int]]:
        return await curation.list(stage, wanted, after, limit), await curation.counts()

    found, counts = _with(context, listed)
    if as_json:
        print_json([one.as_json() for one in found])
        return
    for one in found:
        _show(one)
    if not found:
        out.print(f"There is nothing here ({state}).")
    out.print(", ".join(f"{count} {stage}" for stage, count in counts.items()), highlight=False)


@app.command()
def show(context: typer.Context, id: Id, as_json: Json = False) -> None:
    """Show one candidate with the passages that its answer was made from."""
    one = _with(context, lambda curation, _: curation.get(id))
    if as_json:
        print_json(one.as_json() | {"passages": list(one.given.passages) if one.given else []})
        return
    _show(one)
    for passage in one.given.passages if one.given else ():
        place = " › ".join(part for part in (passage.get("title"), passage.get("heading")) if part)
        out.print(Panel(Text(str(passage.get("text", ""))), title=Text(place), title_align="left"))


@app.command()
def approve(
    context: typer.Context,
    ids: Ids,
    text: Annotated[str | None, typer.Option("--text", help="The answer in better words.")] = None,
    as_json: Json = False,
) -> None:
    """Approve candidates: they may be learned from."""
    _decide(context, ids, "approved", text, as_json)


@app.command()
def reject(context: typer.Context, ids: Ids, as_json: Json = False) -> None:
    """Reject candidates: nothing is learned from them."""
    _decide(context, ids, "rejected", None, as_json)


@app.command()
def reopen(context: typer.Context, ids: Ids, as_json: Json = False) -> None:
    """Take a decision back."""
    _decide(context, ids, "proposed", None, as_json)


@app.command()
def edit(
    context: typer.Context,
    id: Id,
    question: Annotated[str | None, typer.Option("--question", help="The question in better words.")] = None,
    answer: Annotated[str | None, typer.Option("--answer", help="The answer in better words.")] = None,
    as_json: Json = False,
) -> None:
    """Write a candidate differently; what people asked and were told stays as it was."""
    if question is None and answer is None:
        raise typer.BadParameter("give --question, --answer or both")
    _told([_with(context, lambda curation, _: curation.edit(id, who(), question=question, answer=answer))], as_json)


@app.command()
def disagreements(context: typer.Context, as_json: Json = False) -> None:
    """Show candidates that answer one question differently, rejected ones left out."""
    found = _with(context, _disagreeing)
    if as_json:
        print_json(found)
        return
    for one in found:
        body = Text.assemble(
            ("Question  ", "cyan"), one["question"],
            (f"\n\n{one['kept']['id']}  ", "cyan"), one["kept"]["answer"],
            (f"\n\n{one['left_out']['id']}  ", "cyan"), one["left_out"]["answer"],
        )  # fmt: skip
        out.print(Panel(body, title=Text(one["why"]), title_align="left"))
    if not found:
        out.print("No candidates disagree.")


async def _disagreeing(curation: Curation, settings: Settings) -> list[dict[str, Any]]:
    from adapters.wiring import embedder
    from bot.curation import Stage
    from bot.tuning.approved import turns_before
    from bot.tuning.duplicates import collapsed
    from bot.tuning.examples import Example

    found = [one async for one in curation.all(None) if one.state is not Stage.REJECTED]

    def examples(one: Candidate) -> list[Example]:
        rating = {"rating": {"up": one.up, "down": one.down}, "created_at": one.as_json()["created_at"]}
        turns = turns_before(one.given) if one.given else ()
        return [
            Example(
                one.id, one.origin, asked, one.answer, liked=one.liked, turns=turns, scope=one.scope, metadata=rating
            )
            for asked in (one.question, *one.more_questions)
        ]

    every = [made for one in found for made in examples(one)]
    rest = await asyncio.to_thread(lambda: collapsed(every, embedder(settings).encode))
    return [one.as_json() for one in rest.disagreements]


def _decide(context: typer.Context, ids: Sequence[str], state: str, text: str | None, as_json: bool) -> None:
    from bot.curation import Stage

    if text is not None and len(ids) > 1:
        raise typer.BadParameter("--text is the answer of one candidate")

    async def decide(curation: Curation, settings: Settings) -> list[Candidate]:
        for id in ids:  # all of them are looked at before the first is decided on
            await curation.get(id)
        if text is not None:
            await curation.edit(ids[0], who(), answer=text)
        with bar() as progress:
            decided = []
            for number, id in enumerate(ids, 1):
                decided.append(await curation.decide(id, Stage(state), who()))
                progress("deciding", number, len(ids))
        return decided

    _told(_with(context, decide), as_json)


def _with(context: typer.Context, work: Callable[[Curation, Settings], Awaitable[T]]) -> T:
    from adapters.database import curation_of, opened

    settings = installed(context)

    async def run() -> T:
        async with opened(settings) as database:
            return await work(curation_of(settings, database), settings)

    return asyncio.run(run())


def _stage(state: str) -> Stage | None:
    from bot.curation import Stage

    if state not in (*Stage, "any"):
        raise typer.BadParameter(f"--state is one of {', '.join(Stage)}, any")
    return None if state == "any" else Stage(state)


def _kind(kind: str) -> Kind | None:
    from bot.curation import Kind

    if kind and kind not in list(Kind):
        raise typer.BadParameter(f"--kind is one of {', '.join(Kind)}")
    return Kind(kind) if kind else None


def _show(one: Candidate) -> None:
    rated = f"  👍 {one.up} 👎 {one.down}" if one.up or one.down else ""
    edited = "  edited" if one.edited else ""
    written = f"{one.created_at:%Y-%m-%d}" if one.created_at else "frontdesk.toml"
    title = Text(f"{one.id}  {one.state}{edited}{rated}  {one.author}  {written}", style="bold")
    questions = "\n".join((one.question, *one.more_questions))
    parts: list[str | tuple[str, str]] = [("Question  ", "cyan"), questions]
    if one.given and one.given.text != one.answer:
        parts += [("\n\nThe bot said  ", "cyan"), one.given.text]
    label = "Answer" if one.liked else "Not liked"
    parts += [(f"\n\n{label}  ", "cyan"), one.answer]
    out.print(Panel(Text.assemble(*parts), title=title, title_align="left"))


def _told(decided: Sequence[Candidate], as_json: bool) -> None:
    if as_json:
        found = [one.as_json() for one in decided]
        print_json(found[0] if len(found) == 1 else found)
        return
    for one in decided:
        out.print(f"{one.id} is {one.state}{' and edited' if one.edited else ''}.", highlight=False)
