"""How a model is trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from math import inf
from typing import Any

from bot.tuning.errors import TrainingError


class Method(StrEnum):
    """What is learned from the examples."""

    ANSWERS = "answers"
    """To give the answers (supervised fine-tuning)."""
    DPO = "dpo"
    """To prefer the answer over the rejected one: direct preference optimization, arXiv 2305.18290."""
    KTO = "kto"
    """To give liked answers rather than disliked ones: Kahneman-Tversky optimization, arXiv 2402.01306."""


TARGETS = ("all", "attention", "mlp")
SCHEDULES = ("cosine", "linear", "constant")


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """Everything that decides what comes out, besides the base and the examples."""

    method: Method = Method.ANSWERS
    full: bool = False
    """Whether every weight is trained, rather than a LoRA; for a GPU."""
    rank: int = 16
    alpha: float = 32.0
    rslora: bool = False
    """Scale by alpha / sqrt(rank), arXiv 2312.03732, rather than alpha / rank."""
    dropout: float = 0.0
    targets: str = "all"
    """Linear layers that are adapted: one of TARGETS."""
    last_layers: int = 0
    """Only so many of the last layers are adapted, which is faster; 0 for all of them."""
    learning_rate: float = 5e-4
    schedule: str = "cosine"
    warmup: float = 0.05
    """Share of the steps in which the learning rate rises."""
    weight_decay: float = 0.0
    epochs: float = 2.0
    batch_size: int = 16
    """Examples for one step."""
    batch_tokens: int = 2048
    """Tokens computed at a time; a step takes as many such turns as it needs, so it only bounds memory."""
    max_tokens: int = 2048
    """Examples with more tokens are left out."""
    weights: dict[str, float] = field(default_factory=dict)
    """By origin: how many times an example is seen in an epoch; 1 unless it is said, 0.5 draws every other one."""
    beta: float = 0.1
    """DPO and KTO: how dear it is to leave the reference."""
    evaluations: int = 4
    """In an epoch: how often the validation loss is taken."""
    patience: int = 4
    """Evaluations without a better validation loss after which training stops; 0 for never."""
    minimum: int = 10
    """Different examples without which nothing is trained."""
    seed: int = 0

    def __post_init__(self) -> None:
        wrong = [
            (self.rank < 1, "rank", "1 or more"),
            (not 0 < self.alpha < inf, "alpha", "a number above 0"),
            (not 0 <= self.dropout < 1, "dropout", "0 or more, below 1"),
            (self.targets not in TARGETS, "targets", f"one of {', '.join(TARGETS)}"),
            (self.last_layers < 0, "last_layers", "0 or more"),
            (not 0 < self.learning_rate < 1, "learning_rate", "above 0 and below 1"),
            (self.schedule not in SCHEDULES, "schedule", f"one of {', '.join(SCHEDULES)}"),
            (not 0 <= self.weight_decay < inf, "weight_decay", "a number of 0 or more"),
            (not 0 <= self.warmup < 1, "warmup", "0 or more, below 1"),
            (not 0 < self.epochs < inf, "epochs", "a number above 0"),
            (self.batch_size < 1, "batch_size", "1 or more"),
            (self.batch_tokens < 1, "batch_tokens", "1 or more"),
            (self.max_tokens < 16, "max_tokens", "16 or more"),
            (any(not 0 <= weight < inf for weight in self.weights.values()), "weights", "a number of 0 or more, each"),
            (not 0 < self.beta < inf, "beta", "a number above 0"),
            (self.evaluations < 1, "evaluations", "1 or more"),
            (self.patience < 0, "patience", "0 or more"),
            (self.minimum < 1, "minimum", "1 or more"),
        ]
        for is_wrong, name, right in wrong:
            if is_wrong:
                raise TrainingError(f"{name} is {getattr(self, name)!r}.", f"It must be {right}.")

    @property
    def scaling(self) -> float:
        """Factor of the LoRA's product."""
        return self.alpha / (self.rank**0.5 if self.rslora else self.rank)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> TrainingOptions:
        return cls(**{**values, "method": Method(values["method"])})
