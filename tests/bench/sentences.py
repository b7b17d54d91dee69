"""How much each signal of a sentence tells of whether it answers: python -m tests.bench.sentences [--questions N]

Learns the weights of `bot.extracts.WEIGHTS` on the train questions of doc2dial, so that the expected token F1 of a
sentence drawn by the softmax of its scores is the highest, and says what F1 the best sentence has: with the weights in
force and with those learned, by cross-validation on train, on doc2dial's dev questions and on MTRAG's, which are
answered from other documents altogether. Weights are told in proportion to the first.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from bot.conversation import MIN_QUOTE_SIMILARITY
from bot.extracts import WEIGHTS, placed, sentences_in, signals
from bot.lookup import Lookup
from bot.scopes import Names
from bot.settings import Settings
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.retrieval import Retriever
from tests.bench import data
from tests.bench.answers import token_f1

SEED = 20
FOLDS = 3
PENALTY = 1e-3
"""Of the squares of the weights, each in standard deviations of its signal."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One question with the n sentences to choose from."""

    signals: Tensor
    """float64[n, signals]"""
    f1: Tensor
    """float64[n]: of each sentence with the reference."""


async def choices(benchmark: data.Benchmark, count: int, status: Console) -> list[Choice]:
    """Return the answerable questions that are not refused, or those of `count` drawn at random."""
    index, _ = benchmark.indexed()
    settings, retriever = Settings(), Retriever(index, Embedder(light=True))
    lookup = Lookup(retriever, Names(settings.scope_names), settings.answering, settings.today)
    questions = [one for one in benchmark.questions if one.answerable and one.answer]
    if 0 < count < len(questions):
        questions = random.Random(SEED).sample(questions, count)
    made = []
    with status.status("") as shown:
        for number, one in enumerate(questions):
            shown.update(f"{benchmark.name}: {number} of {len(questions)}")
            turns = one.turns[-settings.answering.history_turns :]
            looked = await lookup.look(one.text, turns, Scope(), "")
            found = looked.retrieval.passages
            if looked.retrieval.confidence < settings.answering.min_confidence or not found:
                continue
            sentences = sentences_in(found)
            likeness = retriever.likeness(looked.query, [placed(each) for _, each in sentences])
            told = [
                (values, token_f1(each.text, one.answer))
                for values, (_, each), like in zip(
                    signals(looked.text, found, sentences, likeness), sentences, likeness, strict=True
                )
                if each.quotable and like.meaning >= MIN_QUOTE_SIMILARITY
            ]
            if told:
                made.append(Choice(*(torch.tensor(part, dtype=torch.float64) for part in zip(*told, strict=True))))
    return made


def learned(chosen: Sequence[Choice]) -> Tensor:
    """Return the weight of each signal."""
    spread = torch.cat([one.signals for one in chosen]).std(0) + 1e-6
    width = max(len(one.f1) for one in chosen)
    values = torch.zeros(len(chosen), width, len(spread), dtype=torch.float64)
    f1 = torch.zeros(len(chosen), width, dtype=torch.float64)
    there = torch.zeros(len(chosen), width, dtype=torch.bool)
    for number, one in enumerate(chosen):
        count = len(one.f1)
        values[number, :count], f1[number, :count], there[number, :count] = one.signals / spread, one.f1, True
    weights = torch.zeros(len(spread), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        drawn = (values @ weights).masked_fill(~there, -1e9).softmax(1)
        total = PENALTY * weights.square().sum() - (drawn * f1).sum(1).mean()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach() / spread


def best(chosen: Sequence[Choice], weights: Tensor) -> list[float]:
    """Return the F1 of the sentence with the highest score, by question."""
    return [float(one.f1[(one.signals @ weights).argmax()]) for one in chosen]


def crossed(chosen: Sequence[Choice]) -> list[float]:
    """Return the same, each with weights from other questions; those of a conversation stand beside one another."""
    size = -(-len(chosen) // FOLDS)
    parts = [chosen[start : start + size] for start in range(0, len(chosen), size)]
    return [
        f1
        for part in parts
        for f1 in best(part, learned([one for other in parts if other is not part for one in other]))
    ]


def mean(values: Sequence[float]) -> str:
    return f"{sum(values) / max(1, len(values)):.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=0, help="as many of each set at random; 0: all")
    count = parser.parse_args().questions
    sets = {"train": data.doc2dial_train(), "dev": data.doc2dial(), "mtrag": data.mtrag()}
    chosen = {
        name: asyncio.run(choices(one, count, Console(stderr=True))) for name, one in sets.items() if one is not None
    }
    if "train" not in chosen:
        raise SystemExit("The doc2dial set is not there; see tests/bench/data.py for where it is looked for.")
    weights, in_force = learned(chosen["train"]), torch.tensor(list(WEIGHTS.values()), dtype=torch.float64)
    table = Table(title="F1 of the best sentence")
    for column in ("questions", "count", "in force", "learned"):
        table.add_column(column, justify="left" if column == "questions" else "right")
    for name, those in chosen.items():
        ours = crossed(those) if name == "train" else best(those, weights)
        table.add_row(name, str(len(those)), mean(best(those, in_force)), mean(ours))
    Console().print(table)
    for name, weight, now in zip(WEIGHTS, (weights / weights[0]).tolist(), WEIGHTS.values(), strict=True):
        Console().print(f"{name}: {weight:.2f} learned, {now:.2f} in force")


if __name__ == "__main__":
    main()
