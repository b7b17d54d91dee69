"""What a training will take, from one turn that is tried before it starts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import torch
from torch import Tensor

from bot.tuning.errors import TrainingError
from bot.tuning.weights import Weights


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of a whole training."""

    seconds: float
    bytes: int
    """Memory at its peak."""
    tokens_per_s: float

    def __str__(self) -> str:
        minutes = self.seconds / 60
        time_ = f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"
        if minutes < 2:
            time_ = f"{self.seconds:.0f} seconds"
        return f"about {time_} and {self.bytes / 1e9:.1f} GB of memory, at {self.tokens_per_s:,.0f} tokens a second"


def estimate(
    weights: Weights, run: Callable[[], int], *, largest: int, tokens: int, validation_tokens: int
) -> Estimate:
    """Try `run`, which computes one turn with its gradients and returns its tokens, and tell what all will take.

    `largest` are the tokens of the largest turn, `tokens` those of the whole training, `validation_tokens` those
    that only a loss is computed of. Raises TrainingError where the memory is too small.
    """
    kept: dict[int, int] = {}
    own = {one.untyped_storage().data_ptr() for one in weights.base.model.parameters()}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        count = run()  # also warms up
    # What is kept, and as much again at times: the gradients that flow through it, of one layer at a time.
    turn = int(sum(kept.values()) * largest / count * 1.3)
    started = time.perf_counter()
    run()
    _wait(weights.base.device)
    per_token = (time.perf_counter() - started) / count
    model = sum(one.numel() * one.element_size() for one in weights.base.model.parameters())
    optimizer = weights.count * 4 * (3 if weights.options.full else 2)
    needed = turn + optimizer
    free = _free(weights.base.device)
    if needed > free:
        raise TrainingError(
            f"Training takes about {(model + needed) / 1e9:.1f} GB of memory, {needed / 1e9:.1f} GB more than now; "
            f"{free / 1e9:.1f} GB are free.",
            "Lower --batch-tokens or --max-tokens, or adapt fewer layers (--last-layers).",
        )
    # A pass without gradients takes about a third.
    return Estimate((tokens + validation_tokens / 3) * per_token, model + needed, 1 / per_token)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _free(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0] + torch.cuda.memory_reserved(device))
    return int(psutil.virtual_memory().available)
