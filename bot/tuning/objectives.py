"""What is minimized: one loss for each method, from the log-probabilities of the answers' tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from bot.tuning.options import Method
from bot.tuning.packing import Encoded, Packed, apply

_CHUNK = 512  # tokens whose logits are in memory at a time


@dataclass(frozen=True, slots=True)
class Item:
    """One example as it is trained on."""

    texts: tuple[Encoded, ...]
    """Answers: the one. DPO: the chosen, the rejected. KTO: its own, and another question's answer to its prompt."""
    origin: str
    liked: bool = True
    worth: float = 1.0
    """KTO: the rarer of liked and disliked ones count for more, so that both count the same in all."""
    reference: tuple[float, ...] = ()
    """Log-probability of each text's answer before training; preference methods need it."""

    @property
    def tokens(self) -> int:
        """Tokens that it takes in a row, with the prompt once."""
        return len(self.texts[0].prompt) + sum(len(text.answer) for text in self.texts)

    def with_reference(self, reference: Sequence[float]) -> Item:
        return replace(self, reference=tuple(reference))


class _LogProbabilities(torch.autograd.Function):
    """Of the targets, [n], from hidden states [n, h] through the frozen output layer [vocabulary, h].

    The logits of all tokens are never in memory at once: the backward pass computes them again.
    """

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor) -> Tensor:
        found = []
        for some, wanted in zip(torch.split(hidden, _CHUNK), torch.split(targets, _CHUNK), strict=True):
            logits = F.linear(some, weight, bias).float()
            found.append(logits.gather(-1, wanted[:, None])[:, 0] - logits.logsumexp(-1))
        ctx.save_for_backward(hidden, weight, bias, targets)
        return torch.cat(found)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        hidden, weight, bias, targets = ctx.saved_tensors
        changes = []
        pieces = (torch.split(one, _CHUNK) for one in (hidden, targets, gradients[0]))
        for some, wanted, gradient in zip(*pieces, strict=True):
            change = torch.softmax(F.linear(some, weight, bias).float(), -1).neg_()
            change.scatter_add_(-1, wanted[:, None], torch.ones_like(gradient)[:, None])
            changes.append(torch.mm((change * gradient[:, None]).to(weight.dtype), weight))
        return torch.cat(changes), None, None, None


def log_probabilities(hidden: Tensor, head: torch.nn.Linear, packed: Packed) -> Tensor:
    """Return the log-probability of each token of the answers, float32[n]; `hidden` is the row's, [T, h]."""
    some = hidden[packed.rows]
    if head.weight.requires_grad:
        return -F.cross_entropy(head(some).float(), packed.targets, reduction="none")
    return apply(_LogProbabilities, some, head.weight, head.bias, packed.targets)


def by_text(logs: Tensor, packed: Packed, texts: int) -> Tensor:
    """Return the log-probability of each whole answer, float32[texts]."""
    return torch.zeros(texts, dtype=logs.dtype, device=logs.device).index_add_(0, packed.owners, logs)


def weight_of(method: Method, items: Sequence[Item]) -> float:
    """Return what the summed loss of a step's items is divided by: answer tokens, or examples."""
    if method is Method.ANSWERS:
        return float(sum(len(text.answer) for item in items for text in item.texts))
    return float(len(items))


def loss_of(method: Method, logs: Tensor, packed: Packed, items: Sequence[Item], beta: float) -> Tensor:
    """Return the summed loss of the items packed in a row; `logs` are of `log_probabilities`."""
    if method is Method.ANSWERS:
        return -logs.sum()
    reference = torch.tensor([item.reference for item in items], device=logs.device)
    gained = by_text(logs, packed, 2 * len(items)).view(-1, 2) - reference
    if method is Method.DPO:
        return -F.logsigmoid(beta * (gained[:, 0] - gained[:, 1])).sum()
    # KTO: how far the model has moved in general is seen on answers that do not belong to the question.
    moved = gained[:, 1].detach().mean().clamp(min=0)
    liked = torch.tensor([item.liked for item in items], device=logs.device)
    signs = torch.where(liked, 1.0, -1.0)
    worth = torch.tensor([item.worth for item in items], device=logs.device)
    return (worth * (1 - torch.sigmoid(signs * beta * (gained[:, 0] - moved)))).sum()
