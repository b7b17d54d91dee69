"""`frontdesk tune evaluate|promote|rollback|reject|list`: what tuning gained, and what answers."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from adapters.console import Json, bar, err, installed, out, print_json, who
from bot.messages import Mode

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.tuning.registry import Registered, Registry, Snapshot

app = typer.Typer()
AdapterArgument = Annotated[str, typer.Argument(help="Id of an adapter, or its beginning; `list` shows them.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the registry.")]


@app.command()
def evaluate(
    context: typer.Context,
    adapter: Annotated[
        str,
        typer.Argument(
            help="Id of an adapter or training run, or a file; the newest candidate by default, else the one in force."
        ),
    ] = "",
    questions: Annotated[
        Path | None, typer.Option(help="Held-out questions or examples (JSON lines); the newest set by default.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Questions at the most; 0 for all.")] = 0,
    mode: Annotated[list[Mode] | None, typer.Option("--mode", help="Only these modes; may be repeated.")] = None,
    scales: Annotated[bool, typer.Option("--scales", help="Try every fixed scale of the adapter too.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Questions at a time; times compare only with 1.")] = 1,
    judge: Annotated[bool, typer.Option("--judge", help="Have the model of generation.url grade the answers.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Make answers again that are there already.")] = False,
    as_json: Json = False,
) -> None:
    """Answer held-out questions in each mode, and say what the adapter gains; goes on where it was interrupted."""
    from adapters.tuning.evaluation import Wanted
    from adapters.tuning.evaluation import evaluate as run
    from bot.tuning import report
    from bot.tuning.evaluation import MODES

    modes = tuple(one for one in MODES if one in mode) if mode else MODES
    if mode and not modes:
        raise typer.BadParameter(f"--mode is one of {', '.join(MODES)}")
    wanted = Wanted(adapter, questions, limit, modes, scales, workers, judge, anew)
    with bar() as show:
        done = asyncio.run(run(installed(context), wanted, show))
    if as_json:
        print_json(
            {"id": done.evaluation.id, "metrics": done.evaluation.metrics, "artifacts": list(map(str, done.artifacts))}
        )
        return
    out.print(Markdown(report.markdown(done.evaluation, done.verdict)))
    out.print(f"Kept in {done.artifacts[0].parent}", soft_wrap=True)
    if done.adapter and not done.noted:
        out.print(
            f"What is known of {done.adapter.id} stays as it was: that takes all questions, and the modes rag and "
            "rag+lora.",
            soft_wrap=True,
        )


@app.command()
def promote(
    context: typer.Context,
    adapter: Annotated[str, typer.Argument(help="Its id, or the beginning; the newest candidate by default.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Though the gate does not let it through.")] = False,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Put an adapter in force, if it is better on held-out questions by more than noise and no worse otherwise."""
    from adapters.wiring import base, registry

    settings = installed(context)
    adapters = registry(settings)
    chosen = adapter or adapters.read().newest().id
    promoted = adapters.promote(chosen, base(settings), by=who(), force=force, reason=reason)
    _tell(adapters, promoted, f"{promoted.id} is in force. A running bot follows within seconds.", as_json)


@app.command()
def rollback(context: typer.Context, reason: Reason = "", as_json: Json = False) -> None:
    """Put the adapter that was in force before there again."""
    from adapters.wiring import base, registry

    settings = installed(context)
    adapters = registry(settings)
    back = adapters.rollback(base(settings), by=who(), reason=reason)
    first = adapters.first
    named = back.id if back else f"that of the settings, {first.name}," if first else "no adapter"
    _tell(adapters, back, f"Now {named} is in force. A running bot follows within seconds.", as_json)


@app.command()
def reject(context: typer.Context, adapter: AdapterArgument, reason: Reason = "", as_json: Json = False) -> None:
    """Put a candidate aside."""
    from adapters.wiring import registry

    adapters = registry(installed(context))
    rejected = adapters.reject(adapter, by=who(), reason=reason)
    _tell(adapters, rejected, f"{rejected.id} is rejected.", as_json)


@app.command(name="list")
def list_adapters(context: typer.Context, as_json: Json = False) -> None:
    """Show every adapter, what it gained and what became of it."""
    from adapters.wiring import base, registry

    settings = installed(context)
    adapters = registry(settings)
    now = adapters.read()
    # The model is made ready only where there is an adapter that may not fit it: that takes a while on a new machine.
    trouble = adapters.trouble(now, partial(base, settings)) if now.in_force or settings.lora.path else ""
    unseen = asyncio.run(_unseen(settings, now)) if settings.tuning.shadow and now.adapters else {}
    if as_json:
        print_json(_listed(adapters, now) | {"shadow": unseen, "trouble": trouble})
        return
    if not now.adapters:
        first = adapters.first
        answers = f" That of the settings answers: {first.name}." if first and not trouble else ""
        out.print(f"No adapter was trained yet.{answers}")
        _warn(trouble)
        return
    table = Table(box=SIMPLE_HEAD, padding=(0, 1))
    for column in ("adapter", "state", "since", "token F1", "gate"):
        table.add_column(column, overflow="fold")
    for one in now.adapters.values():
        colour = {"in force": "green", "candidate": "cyan", "rejected": "red"}.get(one.state, "dim")
        gained = {mode: figures.get("f1") for mode, figures in one.metrics.items() if mode in ("rag", "rag+lora")}
        told = ", ".join(f"{mode} {f1:.3f}" for mode, f1 in gained.items() if f1 is not None)
        gate = "not evaluated" if one.verdict is None else "passed" if one.verdict.passed else one.verdict.brief
        table.add_row(one.id, Text(one.state, style=colour), one.created_at[:10], told, gate)
    out.print(table)
    _warn(trouble)
    for id, found in unseen.items():
        out.print(_told_unseen(id, found))
    for event in now.events[-5:]:
        forced = " against the gate" if event.forced else ""
        why = f": {event.reason}" if event.reason else ""
        by = f" by {event.by}" if event.by else ""
        err.print(f"{event.at} {event.adapter} {event.did}{forced}{by}{why}", style="dim")


def _warn(trouble: str) -> None:
    if trouble:
        out.print(Text(f"The adapter in force does not answer: {trouble}", style="red"))


async def _unseen(settings: Settings, now: Snapshot) -> dict[str, dict[str, Any]]:
    """Return how each adapter answered in the shadow, of those that did."""
    from adapters.database import opened
    from bot.storage.shadows import Shadows
    from bot.tuning.shadow import compared

    async with opened(settings) as database:
        found = {id: compared(await Shadows(database).of(id)) for id in now.adapters}
    return {id: one for id, one in found.items() if one["questions"]}


def _told_unseen(id: str, found: dict[str, Any]) -> str:
    shown, unseen = found["shown"], found["unseen"]

    def both(name: str, form: str) -> str:
        values = [one[name] for one in (shown, unseen)]
        return " / ".join("–" if value is None else format(value, form) for value in values)

    return (
        f"{id} answered {found['questions']} questions unseen; shown / unseen: answered {both('answered', '.0%')}, "
        f"own words {both('own_words', '.0%')}, words {both('words', '.0f')}, seconds {both('total_p50_s', '.2f')}; "
        f"alike (token F1) {found['alike']:.2f}, same sources {found['same_sources']:.0%}."
    )


def _listed(adapters: Registry, now: Snapshot) -> dict[str, Any]:
    in_force = now.adapters.get(now.in_force)
    return {
        "id": now.in_force,
        "metrics": in_force.metrics if in_force else {},
        "artifacts": [str(adapters.path_of(id)) for id in now.adapters],
        "adapters": [one.as_json() for one in now.adapters.values()],
        "events": [one.as_json() for one in now.events],
    }


def _tell(adapters: Registry, one: Registered | None, sentence: str, as_json: bool) -> None:
    if as_json:
        artifacts = [str(adapters.path_of(one.id))] if one else []
        print_json({"id": one.id if one else "", "metrics": one.metrics if one else {}, "artifacts": artifacts})
    else:
        out.print(sentence, soft_wrap=True)
