"""Measures forms of a model here: `python -m bot.generation.speed THREADS WINDOWS ROUNDS FILE… < TEXT` prints JSON.

A program of its own, so that llama.cpp's memory and its crashes stay out of the process that asks.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from bot.generation import native
from bot.generation.scheduler import SLICE

WINDOW, BEGINNING = 512, 64
SEQUENCES = 8
# A typical answer: the passages are read, and a few sentences are written while others are answered too.
TYPICAL_PROMPT, TYPICAL_ANSWER = 800, 64
FAR_BEHIND = 1.5
"""Times the fastest typical answer: a form that takes as long in one round is not measured in the next."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What a file does on this machine."""

    prefill: float
    """Prompt tokens per second."""
    decode: float
    """Answer tokens per second of one answer alone."""
    decode_together: float
    """Answer tokens per second of SEQUENCES answers together."""
    perplexity: float
    """Of the text's first windows of WINDOW tokens; what comes after the first BEGINNING of each is scored."""
    loss: float = 1.0
    """Perplexity, as a multiple of that of the first file measured."""
    loss_error: float = 0.0
    """Standard error of the logarithm of `loss`: the tokens are the same ones, and so few that it matters."""

    @property
    def answer_s(self) -> float:
        """Seconds of work for a typical answer among others."""
        return TYPICAL_PROMPT / self.prefill + TYPICAL_ANSWER / self.decode_together


def measure(paths: Sequence[str], text: str, threads: int, windows: int, rounds: int) -> list[Speed | None]:
    """Measure files of one model in turns; None for one that cannot be loaded.

    Of several rounds the best counts, since other programs only ever make it slower; what is far behind after a round
    is left out of the next.
    """
    models = [_loaded(path) for path in paths]
    losses: dict[int, NDArray[np.float64]] = {}
    speeds: list[Speed | None] = [None] * len(paths)
    for _ in range(rounds):
        least = min((one.answer_s for one in speeds if one), default=0.0)
        behind = {number for number, one in enumerate(speeds) if one and one.answer_s > FAR_BEHIND * least}
        for number, model in enumerate(models):
            if model is None or number in behind:
                continue
            context = native.Context(model, sequences=SEQUENCES, cells=WINDOW + 128, batch=SLICE, threads=threads)
            tokens = model.tokenize(text, special=False)
            while len(tokens) <= windows * WINDOW:
                tokens += tokens or [0]
            best = speeds[number]
            # The first time before its speed, as it warms up caches and clocks.
            if number not in losses:
                losses[number] = token_losses(context, tokens[: windows * WINDOW + 1])
            speed = Speed(*_round(context, tokens[:WINDOW]), *_quality(losses[number], losses.get(0)))
            context.close()
            speeds[number] = _better(best, speed) if best else speed
    return speeds


def _loaded(path: str) -> native.NativeModel | None:
    try:
        return native.NativeModel(path)
    except native.NativeError as error:
        print(f"{path}: {error}", file=sys.stderr)
        return None


def _better(one: Speed, other: Speed) -> Speed:
    return Speed(
        max(one.prefill, other.prefill),
        max(one.decode, other.decode),
        max(one.decode_together, other.decode_together),
        one.perplexity,
        one.loss,
        one.loss_error,
    )


def _quality(losses: NDArray[np.float64], first: NDArray[np.float64] | None) -> tuple[float, float, float]:
    """Return the perplexity, and by how much it is that of the first file, with the standard error."""
    more = losses - (losses if first is None else first)
    return math.exp(losses.mean()), math.exp(more.mean()), float(more.std() / math.sqrt(len(more)))


def token_losses(context: native.Context, tokens: list[int]) -> NDArray[np.float64]:
    """Return float64[n], minus the log probability of each token behind the first BEGINNING of each whole window."""
    losses: list[float] = []
    for at in range(0, len(tokens) - WINDOW, WINDOW):
        piece = tokens[at : at + WINDOW]
        context.forget(0)
        for start in range(0, WINDOW, SLICE):
            part = piece[start : start + SLICE]
            context.decode([native.Step(t, start + i, 0, start + i >= BEGINNING - 1) for i, t in enumerate(part)])
            for i in range(max(start, BEGINNING - 1), min(start + SLICE, WINDOW - 1)):
                logits = context.logits(i - start).astype(np.float64)
                top = logits.max()
                losses.append(top + math.log(np.exp(logits - top).sum()) - logits[piece[i + 1]])
    return np.array(losses)


def _round(context: native.Context, tokens: list[int], answer: int = 16) -> tuple[float, float, float]:
    """Return tokens per second of a prompt, of an answer to it alone, and of SEQUENCES answers together."""
    context.forget(0)
    start = time.perf_counter()
    for at in range(0, len(tokens), SLICE):
        piece = tokens[at : at + SLICE]
        context.decode([native.Step(t, at + i, 0, at + i == len(tokens) - 1) for i, t in enumerate(piece)])
    reading = time.perf_counter() - start
    state = context.save(0)
    for sequence in range(1, SEQUENCES):
        context.restore(sequence, state)
    start = time.perf_counter()
    for position in range(len(tokens), len(tokens) + answer):
        context.decode([native.Step(tokens[0], position, 0, True)])
    alone = time.perf_counter() - start
    context.forget(0, len(tokens))
    start = time.perf_counter()
    for position in range(len(tokens), len(tokens) + answer):
        context.decode([native.Step(tokens[0], position, sequence, True) for sequence in range(SEQUENCES)])
    together = time.perf_counter() - start
    return len(tokens) / reading, answer / alone, SEQUENCES * answer / together


if __name__ == "__main__":
    native.silence()
    found = measure(sys.argv[4:], sys.stdin.read(), *map(int, sys.argv[1:4]))
    print(json.dumps([speed and asdict(speed) for speed in found]))
