"""A model card: what an adapter was made from, how, and how well it learned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.tuning.base import Base
from bot.tuning.checkpoints import write_bytes
from bot.tuning.options import Method, TrainingOptions

if TYPE_CHECKING:
    from bot.tuning.training import TrainingResult

_LEARNED = {
    Method.ANSWERS: "supervised fine-tuning, loss on the answers' tokens only",
    Method.DPO: "direct preference optimization (arXiv 2305.18290)",
    Method.KTO: "Kahneman-Tversky optimization (arXiv 2402.01306)",
}


def write_card(path: Path, base: Base, options: TrainingOptions, result: TrainingResult, about: dict[str, Any]) -> Path:
    """Write the card as Markdown and return its path. Raises TrainingError."""
    counts, course, metrics = result.counts, result.course, result.metrics
    origins = sorted({*counts.train, *counts.validation})
    licences = [
        f"| {name or 'not stated: the workspace’s own'} | {count} |" for name, count in sorted(counts.licences.items())
    ]
    what = "All weights" if options.full else f"LoRA of rank {options.rank} on {options.targets} linear layers"
    lines = [
        f"# {path.parent.name}",
        "",
        f"{what} of {base.name}, by {_LEARNED[options.method]}.",
        "Made by `frontdesk tune train`; only for the base below, which is checked when it is loaded.",
        "",
        "## Base",
        "",
        f"- Model: {base.name} ({base.header.architecture})",
        f"- SHA-256 of its file: `{base.sha256}`",
        *([f"- Weights taken from: {base.checkpoint}"] if base.checkpoint else []),
        "",
        "## Data",
        "",
        *(f"- {name[:1].upper() + name[1:]}: {value}" for name, value in about.items()),
        "",
        "| origin | training | validation |",
        "|---|---:|---:|",
        *(f"| {name} | {counts.train[name]} | {counts.validation[name]} |" for name in origins),
        f"| all | {counts.train.total()} | {counts.validation.total()} |",
        "",
        f"{counts.tokens:,} tokens an epoch, {counts.answer_tokens:,} of them in answers; {counts.unanswerable} "
        "examples are questions that the documents do not answer. "
        f"Left out: {counts.too_long} too long, {counts.repeated} repeated, {counts.without_pair} of no use to the "
        f"method. {counts.test} are held out for the evaluation and were not looked at.",
        "",
        "| licence of the examples | training |",
        "|---|---:|",
        *licences,
        "",
        "## Settings",
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in options.as_json().items()),
        f"| scale | {options.scaling:g} |",
        f"| device | {base.device}, {str(base.dtype).removeprefix('torch.')} |",
        "",
        "## Result",
        "",
        *(f"- {name.replace('_', ' ')}: {value:,.4g}" for name, value in metrics.items()),
        *([f"- {course.stopped}"] if course.stopped else []),
        *([f"- llama.cpp and PyTorch, {result.agreement}"] if result.agreement else []),
        "",
        "How good its answers are is not said by a loss: see the evaluation (`frontdesk tune evaluate`).",
    ]
    write_bytes(path, ("\n".join(lines) + "\n").encode())
    return path
