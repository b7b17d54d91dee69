"""How much each signal of a sentence tells of whether it answers: python -m tests.bench.sentences [--questions N]

Learns the weights of `bot.quoting.scoring` on the train questions of doc2dial and on questions written for this (below
`asked/`, with the words that answer them) over the sample handbook, company policies, guides and pages of agencies, so
that the expected worth of a sentence drawn by the softmax of its scores is the highest: its token F1 with the reference
answer, or whether it is one of those that answer. `BROAD` is learned from doc2dial alone, as those who wrote questions
asked for one thing each. It then says what the best sentence is worth: with the weights in force and with those
learned; for the sets that are learned from by leaving each out (of doc2dial's train questions other thirds), for
doc2dial's dev questions, MTRAG's, and the questions `held-out`, which were written on other facts, as they are. Weights
are told in proportion to the first.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from bot.lookup import Lookup
from bot.messages import Turn
from bot.quoting.extracts import LEAST_LIKENESS
from bot.quoting.scoring import BROAD, POINTED, likeness_of, sentences_in, signals, weights_for
from bot.settings import Settings
from bot.understanding.names import Names
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Retriever
from tests.bench import data, indexing
from tests.bench.answers import token_f1

SEED = 20
FOLDS = 3
PENALTY = 1e-3
"""Of the squares of the weights, each in standard deviations of its signal."""
ASKED = Path(__file__).parent / "asked"
TRAIN, DEV = "doc2dial, train", "doc2dial, dev"
WRITTEN = ("handbook", *(f"{name}{more}" for name in ("policies", "guides", "agencies") for more in ("", "-more")))
COUNTS = {TRAIN: 2.0} | dict.fromkeys(WRITTEN, 1.0)
"""The sets that are learned from, and how much all of their questions together count."""
IN_FORCE = {"pointed": POINTED, "broad": BROAD}
Weights = Mapping[str, Tensor]
"""Of the signals, by the manner of asking."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what a sentence is worth as its answer, 0 to 1."""

    text: str
    turns: tuple[Turn, ...]
    scope: Scope
    worth: Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Choice:
    """One question with the n sentences to choose from."""

    manner: str
    """Of asking, of those of IN_FORCE."""
    signals: Tensor
    """float64[n, signals]"""
    worth: Tensor
    """float64[n]"""


def answered(benchmark: data.Benchmark) -> list[Asked]:
    """Return the answerable questions of a benchmark."""
    return [
        Asked(one.text, one.turns, Scope(), partial(token_f1, one.answer))
        for one in benchmark.questions
        if one.answerable and one.answer
    ]


def written(name: str) -> list[Asked]:
    """Return the questions of one of the sets below `asked/`; nothing is worth anything where no page answers."""
    lines = (json.loads(line) for line in (ASKED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        Asked(line["question"], (), Scope.from_mapping(line["scope"]), partial(holds, gold=line.get("gold", [])))
        for line in lines
    ]


def holds(text: str, gold: Sequence[str | Mapping[str, list[str]]]) -> float:
    """Return 1 for a sentence that holds one of some words, or all of those of a row, and 0 for others."""
    bare = _bare(text)
    return float(
        any(all(_bare(part) in bare for part in ([one] if isinstance(one, str) else one["all"])) for one in gold)
    )


def _bare(text: str) -> str:
    return re.sub(r"[\s*`_]+", " ", text).strip().lower()


async def choices(index: Index, asked: Sequence[Asked], show: Callable[[str], None], least: float) -> list[Choice]:
    """Return the questions with the sentences of what is found for them; `least` is the confidence from which on."""
    settings, retriever = Settings(), Retriever(index, Embedder(light=True))
    lookup = Lookup(retriever, Names(settings.scope_names), settings.answering, settings.today)
    made = []
    for number, one in enumerate(asked):
        show(f"{number} of {len(asked)}")
        looked = await lookup.look(one.text, one.turns[-settings.answering.history_turns :], one.scope, "")
        found = looked.retrieval.passages
        if looked.confidence < least or not found:
            continue
        sentences = sentences_in(found)
        likeness = likeness_of(retriever, looked.query, found, sentences)
        told = [
            (values, one.worth(each.text))
            for values, (_, each), like in zip(
                signals(looked.query.text, found, sentences, likeness), sentences, likeness, strict=True
            )
            if each.quotable and like.meaning >= LEAST_LIKENESS
        ]
        if told:
            manner = next(name for name, weights in IN_FORCE.items() if weights is weights_for(looked.query))
            made.append(Choice(manner, *(torch.tensor(part, dtype=torch.float64) for part in zip(*told, strict=True))))
    return made


def collection_of(name: str) -> Index | None:
    """Return the index of the documents that one of the sets below `asked/` is over, None where they are not there."""
    if name.startswith("handbook"):
        return data.handbook().indexed()[0]
    if name.startswith("agencies"):
        agencies = data.doc2dial()
        return None if agencies is None else agencies.indexed()[0]
    if not (data.SHARED / "corpora").is_dir():
        return None
    job = ReindexJob(str(data.CACHE / "corpora"), tuple(indexing.sources()), data.ROOT)
    run_reindex(job)
    return Index(job.uri)


def everything(count: int, status: Console) -> dict[str, list[Choice]]:
    """Return the sets there are, or `count` questions of each at random."""
    found: dict[str, list[Choice]] = {}

    def add(name: str, index: Index, asked: Sequence[Asked], least: float = 0.0) -> None:
        some = random.Random(SEED).sample(asked, count) if 0 < count < len(asked) else asked
        with status.status("") as shown:
            found[name] = asyncio.run(choices(index, some, lambda text: shown.update(f"{name}: {text}"), least))

    for name, benchmark in ((TRAIN, data.doc2dial_train()), (DEV, data.doc2dial()), ("MTRAG", data.mtrag())):
        if benchmark is not None:
            add(name, benchmark.indexed()[0], answered(benchmark), Settings().answering.min_confidence)
    for name in (*WRITTEN, "policies-held-out", "guides-held-out"):
        if (index := collection_of(name)) is not None:
            add(name, index, written(name))
    return found


def learned(sets: Mapping[str, Sequence[Choice]]) -> Weights:
    """Return the weight of each signal, for those who ask broadly from doc2dial where it is among the sets."""
    broad = {TRAIN: sets[TRAIN]} if TRAIN in sets else sets
    return {"pointed": _learned(_asking(sets, "pointed")), "broad": _learned(_asking(broad, "broad"))}


def _asking(sets: Mapping[str, Sequence[Choice]], manner: str) -> dict[str, list[Choice]]:
    found = {name: [one for one in those if one.manner == manner] for name, those in sets.items()}
    return {name: those for name, those in found.items() if those}


def _learned(sets: Mapping[str, Sequence[Choice]]) -> Tensor:
    chosen = [(one, COUNTS[name] / len(those)) for name, those in sets.items() for one in those]
    spread = torch.cat([one.signals for one, _ in chosen]).std(0) + 1e-6
    width = max(len(one.worth) for one, _ in chosen)
    values = torch.zeros(len(chosen), width, len(spread), dtype=torch.float64)
    worth = torch.zeros(len(chosen), width, dtype=torch.float64)
    there = torch.zeros(len(chosen), width, dtype=torch.bool)
    for number, (one, _) in enumerate(chosen):
        many = len(one.worth)
        values[number, :many], worth[number, :many], there[number, :many] = one.signals / spread, one.worth, True
    counts = torch.tensor([count for _, count in chosen], dtype=torch.float64)
    weights = torch.zeros(len(spread), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        drawn = (values @ weights).masked_fill(~there, -1e9).softmax(1)
        total = PENALTY * weights.square().sum() - ((drawn * worth).sum(1) * counts).sum() / counts.sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return weights.detach() / spread


def best(chosen: Sequence[Choice], weights: Weights) -> list[float]:
    """Return the worth of the sentence with the highest score, by question."""
    return [float(one.worth[(one.signals @ weights[one.manner]).argmax()]) for one in chosen]


def left_out(sets: Mapping[str, Sequence[Choice]], name: str) -> list[float]:
    """Return the same for one of the sets that are learned from, with weights learned from the others.

    Of doc2dial's, the other thirds are learned from, too; those of a conversation stand beside one another.
    """
    others = {other: those for other, those in sets.items() if other != name}
    if name != TRAIN:
        return best(sets[name], learned(others))
    size = -(-len(sets[name]) // FOLDS)
    parts = [sets[name][start : start + size] for start in range(0, len(sets[name]), size)]
    return [
        worth
        for part in parts
        for worth in best(
            part, learned({**others, name: [one for other in parts if other is not part for one in other]})
        )
    ]


def mean(values: Sequence[float]) -> str:
    return f"{sum(values) / max(1, len(values)):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=0, help="as many of each set at random; 0: all")
    chosen = everything(parser.parse_args().questions, Console(stderr=True))
    if TRAIN not in chosen:
        raise SystemExit("The doc2dial set is not there; see tests/bench/data.py for where it is looked for.")
    sets = {name: those for name, those in chosen.items() if name in COUNTS}
    weights = learned(sets)
    in_force = {name: torch.tensor(list(those.values()), dtype=torch.float64) for name, those in IN_FORCE.items()}
    table = Table(title="Worth of the best sentence: token F1 with the answer, or whether it is one that answers")
    for column in ("questions", "count", "the best there is", "in force", "learned"):
        table.add_column(column, justify="left" if column == "questions" else "right")
    for name, those in chosen.items():
        ours = left_out(sets, name) if name in sets else best(those, weights)
        most = [float(one.worth.max()) for one in those]
        table.add_row(name, str(len(those)), mean(most), mean(best(those, in_force)), mean(ours))
    Console().print(table)
    for manner, those in IN_FORCE.items():
        print(f"{manner}:")
        for name, weight, now in zip(
            those, (weights[manner] / weights[manner][0]).tolist(), those.values(), strict=True
        ):
            print(f"  {name}: {weight:.2f} learned, {now / those['meaning']:.2f} in force")


if __name__ == "__main__":
    main()
