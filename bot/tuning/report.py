"""An evaluation for people: a Markdown report with its tables, and a picture of the means with their intervals."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.messages import Mode
from bot.tuning import scales
from bot.tuning.bootstrap import LEAST
from bot.tuning.errors import NoRoomError, is_full
from bot.tuning.evaluation import IN_FORCE, JUDGE, MEANINGS, Evaluation, pair
from bot.tuning.gate import Verdict
from bot.tuning.splits import FEWEST
from knowledge.errors import FrontdeskError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = (
    *("f1", "f1_of_answers", "model_f1", "rouge_l", "groundedness", "citation_precision", "citation_recall"),
    *("refusal_precision", "refusal_recall", "wrong_refusals", "small_talk", "own_words", JUDGE),
    *("words", "first_token_p50_s", "total_p50_s", "total_p95_s", "failed"),
)
COMPARED = (
    "f1",
    "model_f1",
    "rouge_l",
    "groundedness",
    "citation_precision",
    "refusal_recall",
    "wrong_refusals",
    "seconds",
)
BY_ORIGIN = ("f1", "citation_precision", "groundedness", "refusal_recall", "wrong_refusals")
SHORT = {
    "f1": "token F1",
    "f1_of_answers": "token F1 of answers",
    "model_f1": "token F1 of the model's words",
    "rouge_l": "ROUGE-L",
    "groundedness": "grounded",
    "citation_precision": "citation precision",
    "citation_recall": "citation recall",
    "refusal_precision": "refusal precision",
    "refusal_recall": "refusal recall",
    "wrong_refusals": "wrong refusals",
    "small_talk": "small talk",
    "own_words": "own words",
    JUDGE: "judge",
    "words": "words",
    "seconds": "seconds",
    "first_token_p50_s": "first token, p50 s",
    "total_p50_s": "whole answer, p50 s",
    "total_p95_s": "whole answer, p95 s",
    "failed": "failed",
}


_NAMED = 5
"""Documents that are not there and are named, at the most."""


class ReportError(FrontdeskError):
    """The report cannot be written."""


def markdown(evaluation: Evaluation, verdict: Verdict | None = None) -> str:
    """Return the report as Markdown; the same evaluation gives the same text."""
    subject = evaluation.subject
    counted = ", ".join(f"{count} {label}" for label, count in evaluation.counts.items())
    modes = list(evaluation.metrics)
    shown = [name for name in SHOWN if any(evaluation.metrics[mode].get(name) is not None for mode in modes)]
    lines = [
        f"# Evaluation {evaluation.id}",
        "",
        f"- Adapter: {_adapter(subject.adapter, subject.adapter_sha256)}",
        *([f"- In force: {_adapter(subject.in_force, subject.in_force_sha256)}"] if subject.in_force else []),
        f"- Model: {subject.model}; documents of version {subject.knowledge_version}, embedded with {subject.embedder}",
        f"- Held-out questions: {sum(evaluation.counts.values())} ({counted}), from {evaluation.groups} independent "
        f"conversations or documents: {evaluation.with_reference} of them with a reference answer, "
        f"{_unanswerable(evaluation)} with an unanswerable question",
        f"- Documents that hold the answers, as far as that is known: {evaluation.documents}",
        *(
            [f"- Counted singly, as neither their document nor their conversation is known: {evaluation.singly}"]
            if evaluation.singly
            else []
        ),
        *([f"- {_not_there(evaluation.unknown_documents)}"] if evaluation.unknown_documents else []),
        *(
            [f"- Left out of the file, as the adapter was trained on them: {evaluation.left_out}"]
            if evaluation.left_out
            else []
        ),
        "",
        "## Figures",
        "",
        *table(
            ["", *modes],
            [[SHORT[name], *(_figure(evaluation.metrics[mode].get(name)) for mode in modes)] for name in shown],
        ),
        "",
        *(f"- *{SHORT[name]}*: {MEANINGS[name]}" for name in shown if name in MEANINGS),
        "",
        "## Differences",
        "",
        "95 % intervals by the paired bootstrap over conversations or documents (10,000 draws, seeded); **bold** where "
        f"it leaves 0 out and {FEWEST} or more of them count. Of fewer than {LEAST} there is none.",
        "",
        *_differences(evaluation, modes),
        "",
        "## By origin",
        "",
        *_by_origin(evaluation, modes),
    ]
    if evaluation.scales:
        lines += ["", "## The adapter's scale for each question", "", *scales.told(evaluation.scales)]
    if verdict is not None:
        lines += ["", "## Gate", "", f"{'Passed' if verdict.passed else 'Not passed'}.", ""]
        lines += [f"- {'yes' if one.ok else '**no**'}: {one.sentence}" for one in verdict.findings]
    return "\n".join(lines) + "\n"


def _adapter(name: str, sha256: str) -> str:
    return f"{name} (SHA-256 {sha256[:12]}…)" if name else "none"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _differences(evaluation: Evaluation, modes: Sequence[str]) -> list[str]:
    """Return the table of the mode that may be promoted against each other one, or of the last one; a line a measure.

    All pairs would be too wide for a terminal; the JSON has them.
    """
    if len(modes) < 2:
        return ["There is one mode only."]
    ours = str(Mode.RAG_LORA) if Mode.RAG_LORA in modes else modes[-1]
    at = modes.index(ours)
    pairs = [(ours, other) for other in modes[:at]] + [(other, ours) for other in modes[at + 1 :]]
    rows = [[SHORT[name], *(_difference(evaluation, *one, name) for one in pairs)] for name in COMPARED]
    return table(["", *(pair(*one) for one in pairs)], [row for row in rows if any(row[1:])])


def _difference(evaluation: Evaluation, ours: str, theirs: str, measure: str) -> str:
    values = [evaluation.metrics[mode].get(measure) for mode in (ours, theirs)]
    if values[0] is None or values[1] is None:
        return ""
    if (one := evaluation.difference(ours, theirs, measure)) is None:
        return f"{values[0] - values[1]:+.3f} (too few for an interval)"
    told = f"{one.value:+.3f} ({one.low:+.3f} to {one.high:+.3f})"
    surely = (one.above or one.below) and evaluation.rests_on(ours, theirs, measure) >= FEWEST
    return f"**{told}**" if surely else told


def _not_there(documents: Sequence[str]) -> str:
    more = f" and {len(documents) - _NAMED} more" if documents[_NAMED:] else ""
    return (
        f"**Not among the documents**, though answers are said to rest on them: {', '.join(documents[:_NAMED])}{more}. "
        "Citations are not measured by them; mend the questions, or run `frontdesk reindex`"
    )


def _unanswerable(evaluation: Evaluation) -> int:
    """Return of how many groups an unanswerable question is."""
    return max((found.get("refusal_recall", 0) for found in evaluation.measured_by.values()), default=0)


def _by_origin(evaluation: Evaluation, modes: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for label, found in evaluation.by_origin.items():
        names = [name for name in BY_ORIGIN if any(found[mode].get(name) is not None for mode in modes)]
        rows = [[mode, *(_figure(found[mode].get(name)) for name in names)] for mode in modes]
        head = [f"{evaluation.counts.get(label, 0)} {label}", *(SHORT[name] for name in names)]
        lines += [*table(head, rows), ""]
    return lines[:-1]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]


def summary(evaluation: Evaluation, verdict: Verdict) -> str:
    """Return a few lines of Markdown for a chat message: the figures that decide, and what the gate says."""
    shown = [one for one in (str(Mode.RAG), IN_FORCE, str(Mode.RAG_LORA)) if one in evaluation.metrics]
    named = {str(Mode.RAG): "Retrieval alone", IN_FORCE: "The adapter in force", str(Mode.RAG_LORA): "The new adapter"}
    lines = [f"**{evaluation.subject.adapter}** on {sum(evaluation.counts.values())} held-out questions:"]
    for mode in shown:
        figures = evaluation.metrics[mode]
        told = ", ".join(
            f"{SHORT[name]} {_figure(figures.get(name))}"
            for name in ("f1", "citation_precision", "refusal_recall", "wrong_refusals", "total_p50_s")
            if figures.get(name) is not None
        )
        lines.append(f"- {named[mode]}: {told}")
    lines.append(
        "The gate lets it through." if verdict.passed else f"The gate does not let it through. {verdict.why_not}"
    )
    return "\n".join(lines)


def draw(evaluation: Evaluation, out: Path, cache: Path) -> None:
    """Write the picture (SVG): for each measure the mean of each mode with its interval.

    `cache` is a folder in which what the fonts are is remembered. Raises ReportError where `out` cannot be written,
    NoRoomError where the disk is full.
    """
    os.environ.setdefault("MPLCONFIGDIR", str(cache))
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    modes = list(evaluation.metrics)
    names = [name for name in COMPARED if any(evaluation.metrics[mode].get(name) is not None for mode in modes)]
    columns = 4
    rows = -(-max(1, len(names)) // columns)
    with matplotlib.rc_context({"svg.hashsalt": evaluation.id, "svg.fonttype": "none"}):
        figure = Figure(figsize=(11, rows * (0.9 + 0.28 * len(modes)) + 0.4), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots(rows, columns, squeeze=False).flat
        for place, name in zip(axes, [*names, *[""] * (rows * columns - len(names))], strict=True):
            if name:
                _panel(place, name, evaluation)
            else:
                place.set_visible(False)
        try:
            figure.savefig(out, format="svg", metadata={"Date": None})
        except OSError as error:
            failed = NoRoomError if is_full(error) else ReportError
            raise failed(f"{out} cannot be written: {error.strerror}.", "Make room on the disk.") from error


def _panel(axes: Axes, name: str, evaluation: Evaluation) -> None:
    modes = list(evaluation.metrics)
    for place, mode in enumerate(modes):
        if (mean := evaluation.metrics[mode].get(name)) is None:
            continue
        colour = "#c8552d" if mode.startswith(str(Mode.RAG_LORA)) else "#2a78c8"
        if one := evaluation.intervals[mode].get(name):  # else too few count for one
            axes.plot([one.low, one.high], [place, place], color=colour, linewidth=2, alpha=0.5, solid_capstyle="butt")
        axes.plot([mean], [place], "o", color=colour, markersize=5)
    axes.set_yticks(range(len(modes)), modes)
    axes.set_ylim(len(modes) - 0.5, -0.5)
    axes.set_title(SHORT[name], loc="left", fontsize=10)
    axes.grid(axis="x", color="#e2e5e9", linewidth=0.8)
    axes.tick_params(length=0, labelsize=8.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
