"""The losses of a training as a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from bot.tuning.checkpoints import write_bytes


def write_plot(
    path: Path, losses: Sequence[tuple[int, float]], validation: Sequence[tuple[int, float]], best_step: int
) -> Path:
    """Draw (step, loss) pairs as an SVG file and return its path. Raises TrainingError."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    steps = [step for step, _ in losses]
    axes.plot(steps, [loss for _, loss in losses], color="#9aa7b4", linewidth=0.8, label="training, each step")
    axes.plot(steps, _smoothed([loss for _, loss in losses]), color="#33658a", label="training, smoothed")
    if validation:
        axes.plot(*zip(*validation, strict=True), "o-", color="#c8553d", markersize=4, label="validation")
        best = dict(validation)[best_step]
        axes.annotate(f"best: {best:.3f}", (best_step, best), (0, -16), textcoords="offset points", ha="center")
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    buffer = io.BytesIO()
    with rc_context({"svg.hashsalt": "frontdesk"}):  # the same losses give the same file
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    write_bytes(path, buffer.getvalue())
    return path


def _smoothed(values: Sequence[float], weight: float = 0.9) -> list[float]:
    """Return an exponential mean that begins without a bias."""
    smooth, total, found = 0.0, 0.0, []
    for value in values:
        smooth, total = weight * smooth + (1 - weight) * value, weight * total + (1 - weight)
        found.append(smooth / total)
    return found
