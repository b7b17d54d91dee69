"""Fits and measures the head that reads moods: python -m tests.bench.mood [--fit]

Trained on `tests/moods/train.tsv` (written by hand) and, as questions without a mood, the first turns of doc2dial's
training questions; measured on `tests/moods/test.tsv` and `dislikes.tsv`, also written by hand and not looked at when
choosing, and for false alarms on doc2dial's dev questions. `--fit` writes `bot/understanding/mood.json`; without it
the weights there are measured.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.understanding.mood import WEIGHTS, Mood, Moods, signs
from knowledge.embedding import Embedder
from knowledge.sentences import is_english
from tests.bench import data

MOODS = Path(__file__).parents[1] / "moods"
NEUTRAL = 400
"""Questions of doc2dial beside those written by hand."""
STRENGTH = 4.0
"""Inverse of the regularisation of the head with the embedding, chosen by cross-validation on the training part."""


def labelled(name: str) -> list[tuple[str, bool, bool]]:
    """Return text, urgent, upset of each line of a file in `tests/moods/`."""
    lines = (MOODS / name).read_text(encoding="utf-8").splitlines()
    return [(text, "U" in label, "A" in label) for label, _, text in (line.partition("\t") for line in lines)]


def fit(embedder: Embedder) -> dict[str, Any]:
    told = labelled("train.tsv")
    neutral = [one.text for one in _asked(data.doc2dial_train()) if not one.turns][:NEUTRAL]
    rows = [*told, *((text, False, False) for text in neutral)]
    seen = np.stack([signs(text) for text, *_ in rows])
    english = np.asarray([is_english(text) for text, *_ in rows])
    vectors = embedder.encode([text for text, *_ in rows])
    both = np.concatenate((vectors, seen), axis=1)
    weights: dict[str, Any] = {"model": embedder.weights, "english": [], "signs": []}
    for place in (1, 2):
        wanted = np.asarray([row[place] for row in rows])
        for name, features, chosen, strength in (
            ("english", both, english, STRENGTH),
            ("signs", seen, np.ones_like(english), 10.0),
        ):
            head = LogisticRegression(C=strength, class_weight={False: 1.0, True: 2.0}, max_iter=2000)
            head.fit(features[chosen], wanted[chosen])
            weights[name].append(
                {"w": [round(float(one), 4) for one in head.coef_[0]], "b": round(float(head.intercept_[0]), 4)}
            )
    return weights


def measured(moods: Moods, rows: Sequence[tuple[str, bool, bool]]) -> dict[str, float]:
    found = [moods.read_now(text) for text, *_ in rows]
    result: dict[str, float] = {"texts": len(rows)}
    for name, place, read in (("urgent", 1, _urgent), ("upset", 2, _upset)):
        right = sum(row[place] and read(one) for row, one in zip(rows, found, strict=True))
        said, there = sum(map(read, found)), sum(row[place] for row in rows)
        result[f"{name} precision"] = round(right / said, 3) if said else 1.0
        result[f"{name} recall"] = round(right / there, 3) if there else 1.0
    return result


def _asked(benchmark: data.Benchmark | None) -> Sequence[data.AskedQuestion]:
    if benchmark is None:
        raise SystemExit("This needs the questions of doc2dial in ../shared/bench.")
    return benchmark.questions


def _urgent(one: Mood) -> bool:
    return one.urgent


def _upset(one: Mood) -> bool:
    return one.is_upset


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true", help="write the weights")
    parser.add_argument("--errors", action="store_true", help="print what is read wrong in the training part")
    arguments = parser.parse_args()
    embedder = Embedder(light=True)
    if arguments.fit:
        WEIGHTS.write_text(json.dumps(fit(embedder)) + "\n", encoding="utf-8")
    moods = Moods(embedder.encode, lambda: embedder.weights)
    test = labelled("test.tsv")
    parts = {
        "train": labelled("train.tsv"),
        "test, English": [row for row in test if is_english(row[0])],
        "test, other languages": [row for row in test if not is_english(row[0])],
        "words of a thumbs-down": labelled("dislikes.tsv"),
    }
    for name, rows in parts.items():
        print(name, json.dumps(measured(moods, rows)))
    print("test, signs alone", json.dumps(measured(Moods(), test)))
    dev = [one.text for one in _asked(data.doc2dial())]
    read = [moods.read_now(text) for text in dev]
    print(f"doc2dial dev: {sum(map(_urgent, read))} urgent, {sum(map(_upset, read))} upset of {len(dev)}")
    if arguments.errors:
        for text, urgent, upset in parts["train"]:
            one = moods.read_now(text)
            if (one.urgent, one.is_upset) != (urgent, upset):
                print(one.as_json(), urgent, upset, text)


if __name__ == "__main__":
    main()
