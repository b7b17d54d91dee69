"""`frontdesk tune train`: an adapter from a set of examples."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from adapters.console import Json, bar, installed, out, print_json, say
from bot.settings import Settings
from knowledge.errors import FrontdeskError, install

if TYPE_CHECKING:
    from bot.tuning.options import TrainingOptions
    from bot.tuning.training import TrainingResult

app = typer.Typer()


@app.command()
def train(
    context: typer.Context,
    examples: Annotated[
        str, typer.Option("--set", help="Id of a set, or a file of examples; the newest set by default.")
    ] = "",
    run: Annotated[str, typer.Option("--run", help="Name of the run; the time it begins by default.")] = "",
    resume: Annotated[
        str, typer.Option("--resume", help="Id of a run that was cut off; goes on as it was begun.")
    ] = "",
    start: Annotated[str, typer.Option("--from", help="Id of a finished run whose adapter is trained further.")] = "",
    method: Annotated[str | None, typer.Option(help="answers, dpo or kto.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Train every weight rather than a LoRA; for a GPU.")] = False,
    rank: Annotated[int | None, typer.Option(help="Of the LoRA.")] = None,
    alpha: Annotated[float | None, typer.Option(help="The LoRA's scale is alpha / rank.")] = None,
    rslora: Annotated[bool, typer.Option("--rslora", help="Scale by alpha / √rank.")] = False,
    dropout: Annotated[float | None, typer.Option(help="Of what goes into the LoRA.")] = None,
    targets: Annotated[str | None, typer.Option(help="Linear layers to adapt: all, attention or mlp.")] = None,
    last_layers: Annotated[int | None, typer.Option(help="Adapt only so many of the last layers; 0 for all.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="At its highest.")] = None,
    schedule: Annotated[str | None, typer.Option(help="Of the learning rate: cosine, linear or constant.")] = None,
    epochs: Annotated[float | None, typer.Option(help="Times that the examples are seen.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Examples for one step.")] = None,
    batch_tokens: Annotated[int | None, typer.Option(help="Tokens computed at a time; bounds the memory.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Examples with more tokens are left out.")] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option("--weight", help="origin=times seen in an epoch, e.g. made=0.5; may be repeated."),
    ] = None,
    beta: Annotated[float | None, typer.Option(help="DPO and KTO: how dear it is to leave the reference.")] = None,
    patience: Annotated[int | None, typer.Option(help="Evaluations without progress until it stops; 0: never.")] = None,
    minimum: Annotated[int | None, typer.Option(help="Different examples without which nothing is trained.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of every draw.")] = None,
    checkpoint: Annotated[
        str, typer.Option(help="Finer weights of the model served: a folder or a hub's name, in transformers' form.")
    ] = "",
    device: Annotated[str, typer.Option(help="cpu, cuda, mps; the best there is by default.")] = "",
    as_json: Json = False,
) -> None:
    """Train a LoRA adapter on a set of examples; the adapter in force stays."""
    # Threads that wait sleep soon, as others want the cores too; PyTorch reads this when it is loaded.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    check_installed()
    from bot.tuning.options import Method, TrainingOptions
    from bot.tuning.sets import find

    settings = installed(context)
    for option, name in (("--run", run), ("--resume", resume), ("--from", start)):
        _check_name(option, name)
    if resume:
        _check_resumable(context)
        begun = _begun(settings, resume)
        folder, options = begun.folder, begun.options
        examples, start, checkpoint = begun.examples, begun.start, begun.checkpoint
    else:
        given: dict[str, Any] = {
            "method": Method(method) if method in list(Method) else method,
            "full": full,
            "rank": rank,
            "alpha": alpha,
            "rslora": rslora,
            "dropout": dropout,
            "targets": targets,
            "last_layers": last_layers,
            "learning_rate": learning_rate,
            "schedule": schedule,
            "epochs": epochs,
            "batch_size": batch_size,
            "batch_tokens": batch_tokens,
            "max_tokens": max_tokens,
            "weights": _weights(weight),
            "beta": beta,
            "patience": patience,
            "minimum": minimum,
            "seed": seed,
        }
        if method is not None and method not in list(Method):
            raise typer.BadParameter(f"{method!r} is not {', '.join(Method)}", param_hint="--method")
        default = TrainingOptions(max_tokens=settings.model.slot_size)
        options = replace(default, **{key: value for key, value in given.items() if value is not None})
        folder = settings.tuning_path / "runs" / (run or f"{datetime.now(UTC):%Y%m%d-%H%M%S}")
        if (folder / "run.json").exists():
            from bot.tuning.training import taken

            raise taken(folder.name)
    result = _train(
        settings,
        find(settings.tuning_path / "sets", examples),
        options,
        folder,
        start,
        checkpoint,
        device,
        resume=bool(resume),
    )
    if as_json:
        print_json(result.as_json())
    else:
        _print(result, options)


def _train(
    settings: Settings,
    examples: Path,
    options: TrainingOptions,
    folder: Path,
    start: str,
    checkpoint: str,
    device: str,
    *,
    resume: bool,
) -> TrainingResult:
    from adapters.wiring import registry, training_base
    from bot.tuning.examples import read_examples
    from bot.tuning.registry import Base
    from bot.tuning.training import train as trained

    begin = _finished(settings, start) if start else None
    with bar() as show:
        show("loading the model", 0, 0)
        base = training_base(settings, checkpoint, device)
        show("loading the model", 1, 1)
        result = trained(
            base,
            read_examples(examples),
            options,
            folder,
            start=begin,
            resume=resume,
            threads=settings.model.threads,
            progress=_Told(show),
            about={"set": str(examples.resolve()), "start": start},
        )
    if not options.full:
        added = registry(settings).add(result.adapter, Base(base.gguf, (base.sha256,)), run=folder.name)
        say(f"Registered as {added.id}; `frontdesk tune list` shows it.")
    return result


def _finished(settings: Settings, id: str) -> Path:
    """Return the folder of a run that made an adapter. Raises FrontdeskError, naming the newest, where it made none."""
    from bot.tuning.training import ADAPTER

    runs = settings.tuning_path / "runs"
    if (runs / id / ADAPTER).is_file():
        return runs / id
    made = sorted(runs.glob(f"*/{ADAPTER}"), key=lambda path: path.stat().st_mtime, reverse=True)
    newest = ", ".join(path.parent.name for path in made[:3])
    raise FrontdeskError(
        f"There is no finished run {id} with an adapter.",
        f"Name one of the newest: {newest}." if newest else "Train one first, without --from.",
    )


class _Told:
    """Training's progress on the terminal."""

    def __init__(self, show: Any) -> None:
        self.show = show

    def say(self, sentence: str) -> None:
        say(sentence)


def check_installed() -> None:
    """Raise FrontdeskError where what training needs is not installed."""
    from importlib.util import find_spec

    if missing := [name for name in ("accelerate", "peft") if find_spec(name) is None]:
        raise FrontdeskError(f"Training needs {' and '.join(missing)}.", f"Run `{install('tune')}`.")


def _weights(given: list[str] | None) -> dict[str, float]:
    from bot.tuning.examples import Origin

    weights = {}
    for one in given or []:
        name, _, value = one.partition("=")
        if name not in list(Origin):
            raise typer.BadParameter(f"{name!r} is not {', '.join(Origin)}", param_hint="--weight")
        try:
            weights[name] = float(value)
        except ValueError:
            raise typer.BadParameter(f"{one!r} is not {name}=number", param_hint="--weight") from None
    return weights


def _check_name(option: str, name: str) -> None:
    """Raise BadParameter for what is no name of a run: its folder lies in that of all runs, and nowhere else."""
    if name and not re.fullmatch(r"\w[\w.-]*", name):
        raise typer.BadParameter(
            f"{name!r} is no name of a run: it has letters, figures, '-', '_' and '.' only", param_hint=option
        )


def _check_resumable(context: typer.Context) -> None:
    """Raise BadParameter for options that a run has from its beginning."""
    free = ("resume", "device", "as_json")
    for one in context.command.params:
        source = context.get_parameter_source(str(one.name))
        if one.name not in free and source and source.name == "COMMANDLINE":
            raise typer.BadParameter(
                "a resumed run goes on as it was begun; leave the option out, or start a new run without --resume",
                param_hint=one.opts[0],
            )


@dataclass(frozen=True, slots=True)
class _Begun:
    """A run that was cut off."""

    folder: Path
    options: TrainingOptions
    examples: str
    start: str
    checkpoint: str


def _begun(settings: Settings, id: str) -> _Begun:
    from bot.tuning.options import TrainingOptions

    folder = settings.tuning_path / "runs" / id
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        status = record["status"]
        options = TrainingOptions.from_json(record["options"])
        begun = _Begun(folder, options, record["set"], record["start"], record["base"]["checkpoint"])
    except OSError:
        raise FrontdeskError(f"There is no run {id} to go on with.", "Start a new one without --resume.") from None
    except (ValueError, KeyError, TypeError):
        raise FrontdeskError(
            f"{folder / 'run.json'} is damaged, or of another version of Frontdesk.", "Start a new run."
        ) from None
    if status == "done":
        raise FrontdeskError(f"The run {id} is done.", f"Evaluate it with `frontdesk tune evaluate {id}`.")
    return begun


def _print(result: TrainingResult, options: TrainingOptions) -> None:
    facts = Table.grid(padding=(0, 2))
    counts, course = result.counts, result.course
    before = result.metrics.get("validation_loss_before")
    rows = [
        ("Run", result.folder.name),
        ("Examples", f"{counts.train.total():,} to learn from, {counts.validation.total():,} to check on"),
        ("Left out", f"{counts.too_long} too long, {counts.repeated} repeated") if counts.too_long else None,
        ("Steps", f"{course.step:,} of {course.steps:,}; the best was {course.best_step:,}"),
        ("Validation loss", f"{before:.3f} → {course.best:.3f}") if before is not None else None,
        ("Time", f"{course.seconds / 60:.1f} minutes, {result.metrics['tokens_per_s']:,.0f} tokens a second"),
        ("Model" if options.full else "Adapter", str(result.adapter)),
    ]
    for row in filter(None, rows):
        facts.add_row(*row)
    out.print(facts)
    told = f"frontdesk tune evaluate {result.folder.name}"
    if options.full:
        told = "set model.path to the model, then frontdesk tune evaluate --mode base --mode rag"
    out.print(f"Next: {told}")
