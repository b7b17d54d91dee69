"""Whether it is told that a question goes on: python -m tests.bench.continuing [--json] [--fit]

Searched are the answerable questions of Doc2Dial's dev part that stand within a conversation, and those that begin one,
put behind the turns of another conversation as if their asker had changed the subject. Counted is whether a document
that answers is among five, and first. `--fit` learns the weights of `knowledge.continuing` on the training questions.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.followups import query_for
from knowledge import answerability, continuing
from knowledge.documents import Scope
from knowledge.embedding import Embedder, Vectors
from knowledge.index import Index, scope_filter
from knowledge.retrieval import Query, Retriever
from tests.bench import data

K, SEED, SAMPLED = 5, 7, 400


@dataclass(frozen=True, slots=True)
class Searched:
    """A question within a conversation with the documents found for it."""

    goes_on: bool
    gold: frozenset[str]
    signs: tuple[float, ...]
    without: tuple[str, ...]
    """Found without the answer before."""
    all: tuple[str, ...]
    """Found with it."""


def asked_in(benchmark: data.Benchmark) -> Iterator[tuple[bool, data.AskedQuestion]]:
    """Yield questions within conversations, with whether they go on."""
    chance = random.Random(SEED)
    answerable = [one for one in benchmark.questions if one.answerable]
    within = [one for one in answerable if len(one.turns) > 1]
    yield from ((True, one) for one in chance.sample(within, min(SAMPLED, len(within))))
    for one in answerable:
        if not one.turns:
            others = [other for other in within if not other.gold_documents & one.gold_documents]
            yield False, replace(one, turns=chance.choice(others).turns)


def searched(benchmark: data.Benchmark, index: Index, progress: Console) -> list[Searched]:
    retriever, version = Retriever(index, Embedder(light=True)), index.published()
    allowed = scope_filter(Scope(), date.today())
    found = []

    def look(query: Query) -> tuple[tuple[str, ...], float]:
        passages, signs = retriever.looked_with_all(version, query, K, allowed)
        likely = answerability.probability(signs) if signs else 0.0
        return tuple(one.passage.document_id for one in passages), likely

    for goes_on, asked in track(list(asked_in(benchmark)), description="searching", console=progress):
        query = query_for(asked.text, asked.turns)
        if not query.told:
            continue
        _, alone = look(Query(query.text))
        without, _ = look(replace(query, told=""))
        all, together = look(query)
        signs = continuing.signs(query.text, query.earlier, alone, together)
        found.append(Searched(goes_on, asked.gold_documents, signs, without, all))
    return found


def fitted(examples: Sequence[Searched]) -> Vectors:
    """Return the weights that logistic regression gives the signs, both kinds of question counting alike."""
    signs = np.array([one.signs for one in examples])
    right = np.array([one.goes_on for one in examples], dtype=float)
    counts = np.where(right == 1, 0.5 / right.mean(), 0.5 / (1 - right.mean()))
    spread = np.where(signs.std(axis=0) > 0, signs.std(axis=0), 1.0)
    mean = np.where(signs.std(axis=0) > 0, signs.mean(axis=0), 0.0)
    scaled, held = (signs - mean) / spread, np.diag((signs.std(axis=0) > 0).astype(float))
    weights = np.zeros(signs.shape[1])
    for _ in range(60):
        likely = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (counts * (likely - right)) + held @ weights
        weights -= np.linalg.solve((scaled.T * (counts * likely * (1 - likely))) @ scaled + held, slope)
    plain = weights / spread
    plain[0] = weights[0] - (plain * mean).sum()
    return plain.astype(np.float32)


def table_of(examples: Sequence[Searched]) -> dict[str, dict[str, float]]:
    """Return by the way of searching the share of questions whose document is among five, and first."""
    weights = list(continuing.WEIGHTS.values())
    told = {id(one): float(np.dot(weights, one.signs)) >= continuing.LEAST for one in examples}
    ways: dict[str, Callable[[Searched], tuple[str, ...]]] = {
        "without the answer before": lambda one: one.without,
        "always with it": lambda one: one.all,
        "where the question seems to go on": lambda one: one.all if told[id(one)] else one.without,
    }
    rows: dict[str, dict[str, float]] = {}
    for name, way in ways.items():
        row: dict[str, float] = {}
        for kind, goes_on in (("goes on", True), ("another subject", False)):
            those = [one for one in examples if one.goes_on is goes_on]
            row[f"{kind}, among five"] = float(np.mean([bool(set(way(one)) & one.gold) for one in those]))
            row[f"{kind}, first"] = float(np.mean([bool(set(way(one)[:1]) & one.gold) for one in those]))
        rows[name] = row
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of a table")
    parser.add_argument("--fit", action="store_true", help="learn the weights anew and print them")
    options = parser.parse_args()
    progress, dev, train = Console(stderr=True), data.doc2dial(), data.doc2dial_train()
    if dev is None or train is None:
        sys.exit("Doc2Dial's questions are not there; nothing was measured.")
    index, _ = dev.indexed()
    if options.fit:
        learned = fitted(searched(train, index, progress))
        told = {name: round(float(weight), 2) for name, weight in zip(continuing.WEIGHTS, learned, strict=True)}
        print(json.dumps(told))
        return
    rows = table_of(searched(dev, index, progress))
    if options.json:
        print(json.dumps(rows))
        return
    table = Table("search", *next(iter(rows.values())), title="Questions whose document is found")
    for name, row in rows.items():
        table.add_row(name, *(f"{value:.3f}" for value in row.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
