"""Which token comes next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.generation.native import Grammar

# With a temperature, tokens less likely than this part of the likeliest one are left out (min-p).
MIN_P = 0.05


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the tokens of one answer are chosen; see `engine.GenerationRequest`."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0

    def choose(self, logits: NDArray[np.float32], position: int) -> int:
        """Return a token; greedy at temperature 0.

        The chance is drawn from (seed, position), so an answer taken up again draws as it would have.
        """
        if self.temperature <= 0:
            return int(logits.argmax())
        weights = np.exp((logits.astype(np.float64) - float(logits.max())) / self.temperature)
        weights[weights < MIN_P] = 0.0
        if self.top_p < 1:
            order = np.argsort(-weights, kind="stable")
            reached = np.cumsum(weights[order])
            weights[order[1:][reached[:-1] >= self.top_p * reached[-1]]] = 0.0
        chance = np.random.default_rng((self.seed, position)).random()
        return int(np.searchsorted(np.cumsum(weights), chance * weights.sum(), side="right").clip(0, len(weights) - 1))

    def choose_within(self, grammar: Grammar | None, logits: NDArray[np.float32], position: int) -> int:
        """Return a token that the grammar allows, and -1 where it allows none."""
        token = self.choose(logits, position)
        if grammar is None:
            return token
        # The likeliest token is mostly allowed, and to look at one is a thousand times cheaper than at all.
        if grammar.forbidden(np.array([token], np.int32))[0]:
            forbidden = grammar.forbidden(np.arange(len(logits), dtype=np.int32))
            if forbidden.all():
                return -1
            token = self.choose(np.where(forbidden, np.float32(-np.inf), logits), position)
        grammar.accept(token)
        return token
