"""Whether the search knows when it found no answer: `python -m tests.bench.answerability [--json] [--svg FILE]`.

Each threshold of `answering.min_confidence` refuses some questions. Of three kinds it is told which share: answerable
ones of which an answering passage was found (refused in vain), answerable ones of which none was, and unanswerable
ones. Questions are searched for as the bot does it, with the turns before them; five passages are looked at.

`--fit` makes the weights of `knowledge/answerability.toml` anew, from the training questions of doc2dial alone: each is
searched for in all documents, in all but those that answer it, and in all but the passages of these that do. It then
says how well weights that were fitted to two of the three agencies tell the questions to the third.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.confidence import together
from bot.followups import query_for
from bot.settings import AnsweringSettings
from knowledge import answerability
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.index import scope_filter
from knowledge.retrieval import Retriever
from tests.bench import data
from tests.bench.retrieval import Judge, K, words

EVERYTHING = Scope(audience=("internal",))
FOUND, MISSED = "answerable, found", "answerable, not found"
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 16))
IN_VAIN = 0.10
"""Share of the answerable questions with an answer found that may be refused."""
_PARTLY = 0.5
"""Share of an answer's words from which a passage is left out with those that answer."""


@dataclass(frozen=True, slots=True)
class Told:
    """A question with what was told of it."""

    kind: str
    domain: str
    signs: dict[str, float]

    @property
    def confidence(self) -> float:
        """By the search alone, as thresholds count it."""
        return together(answerability.probability(self.signs)) if self.signs else 0.0


Show = Callable[[str, int, int], None]


def told(benchmark: data.Benchmark, embedder: Embedder, show: Show) -> list[Told]:
    """Search for each question of a benchmark."""
    index, _ = benchmark.indexed(show)
    version = index.published()
    embedder.use_dtype(version.identity.embedder.dtype)
    judge = Judge(benchmark, index)
    retriever = Retriever(index, embedder)
    allowed = scope_filter(EVERYTHING, date.today())
    out = []
    for number, question in enumerate(benchmark.questions):
        show("questions", number, len(benchmark.questions))
        found, signs = retriever.looked(version, query_for(question.text, question.turns), K, allowed)
        answers = any(judge.answers(question, one.passage.document_id, words(one.passage.text)) for one in found)
        kind = f"unanswerable, {question.kind}".strip(", ")
        out.append(Told((FOUND if answers else MISSED) if question.answerable else kind, "", signs))
    return out


# ------------------------------------------------------------------ the curve


def refused(of: Sequence[Told], limit: float) -> float:
    return float(np.mean([one.confidence < limit for one in of]))


def grouped(all: Sequence[Told]) -> dict[str, list[Told]]:
    """Return the questions by kind, the unanswerable ones together too."""
    kinds = {one.kind for one in all} - {FOUND, MISSED}
    out = {kind: [one for one in all if one.kind == kind] for kind in (FOUND, MISSED, *sorted(kinds))}
    if len(kinds) > 1:
        out["unanswerable"] = [one for one in all if one.kind in kinds]
    return {kind: of for kind, of in out.items() if of}


def measured(all: Sequence[Told]) -> dict[str, Any]:
    """Return the curve, and the point at which one in ten is refused in vain."""
    groups = grouped(all)
    limits = sorted({*THRESHOLDS, AnsweringSettings().min_confidence} - {0.0})
    point = float(np.quantile([one.confidence for one in groups[FOUND]], IN_VAIN))
    right = np.array([one.confidence for one in groups[FOUND]])
    wrong = np.array([one.confidence for one in all if one.kind not in (FOUND, MISSED)])
    return {
        "questions": {kind: len(of) for kind, of in groups.items()},
        "refused": {
            f"{limit:.2f}": {kind: round(refused(of, limit), 4) for kind, of in groups.items()} for limit in limits
        },
        "at_one_in_ten_in_vain": {"threshold": round(point, 4)}
        | {kind: round(refused(of, point), 4) for kind, of in groups.items()},
        "told_apart": round(float(np.mean(right[:, None] > wrong[None, :])), 4),
    }


def table_of(name: str, result: dict[str, Any]) -> Table:
    table = Table(title=f"{name}: share refused (told apart in {result['told_apart']:.1%} of pairs)")
    table.add_column("below")
    for kind, count in result["questions"].items():
        table.add_column(f"{kind} ({count})", justify="right")
    for limit, shares in result["refused"].items():
        table.add_row(limit, *(f"{shares[kind]:.1%}" for kind in result["questions"]))
    point = result["at_one_in_ten_in_vain"]
    table.add_row(f"{point['threshold']:.3f}", *(f"{point[kind]:.1%}" for kind in result["questions"]), style="bold")
    return table


COLOURS = ("#1b6ca8", "#8a8a8a", "#c0392b", "#d98f2b", "#6c3483")
_SIDE, _MARGIN = 300, 50


def svg_of(results: dict[str, dict[str, Any]]) -> str:
    """Return a drawing of the curves, one beside the other: the threshold to the right, the share refused upwards."""
    width = len(results) * (_SIDE + 2 * _MARGIN)
    kinds = max(len(result["questions"]) for result in results.values())
    height = _SIDE + 2 * _MARGIN + 18 * kinds
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>'
    ]
    for place, (name, result) in enumerate(results.items()):
        left, top = place * (_SIDE + 2 * _MARGIN) + _MARGIN, _MARGIN
        bottom = top + _SIDE
        parts.append(f'<text x="{left}" y="{top - 20}" font-size="15">{escape(name)}: share refused</text>')
        for tenth in range(0, 11, 2):
            x, y = left + _SIDE * tenth / 10, bottom - _SIDE * tenth / 10
            parts.append(
                f'<path d="M{left} {y}h{_SIDE}M{x} {top}v{_SIDE}" stroke="#ddd"/>'
                f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{10 * tenth} %</text>'
                f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{tenth / 10:.1f}</text>'
            )
        mark = left + _SIDE * AnsweringSettings().min_confidence
        parts.append(f'<path d="M{mark} {top}v{_SIDE}" stroke="#333" stroke-dasharray="4 3"/>')
        for line, kind in enumerate(result["questions"]):
            colour = COLOURS[line % len(COLOURS)]
            points = " ".join(
                f"{left + _SIDE * limit:.1f},{bottom - _SIDE * share:.1f}" for limit, share in result["curve"][kind]
            )
            y = bottom + 38 + 18 * line
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
                f'<path d="M{left} {y - 4}h20" stroke="{colour}" stroke-width="2"/>'
                f'<text x="{left + 26}" y="{y}">{escape(kind)} ({result["questions"][kind]})</text>'
            )
    return "\n".join([*parts, "</svg>\n"])


def curve(all: Sequence[Told]) -> dict[str, list[tuple[float, float]]]:
    limits = [step / 50 for step in range(51)]
    return {kind: [(limit, refused(of, limit)) for limit in limits] for kind, of in grouped(all).items()}


# ------------------------------------------------------------------ fitting


def examples(embedder: Embedder, show: Show) -> list[Told]:
    """Search for each training question with what answers it, without the documents that do, without the passages."""
    benchmark = data.doc2dial_train()
    if benchmark is None:
        sys.exit("The training questions of doc2dial are not there.")
    index, _ = benchmark.indexed(show)
    version = index.published()
    embedder.use_dtype(version.identity.embedder.dtype)
    judge = Judge(benchmark, index)
    retriever = Retriever(index, embedder)
    allowed = scope_filter(EVERYTHING, date.today())
    out = []
    for number, question in enumerate(benchmark.questions):
        show("fitting", number, len(benchmark.questions))
        query = query_for(question.text, question.turns)
        domain = sorted(question.gold_documents)[0].partition("/")[0]
        found, signs = retriever.looked(version, query, K, allowed)
        answers = any(judge.answers(question, one.passage.document_id, words(one.passage.text)) for one in found)
        out.append(Told(FOUND if answers else MISSED, domain, signs))
        holding = [
            one.id
            for id in question.gold_documents
            for one in version.passages_of(id)
            if any(len(gold & words(one.text)) >= _PARTLY * len(gold) for gold in map(words, question.gold_texts))
        ]
        for kind, column, left_out in (
            ("documents left out", "document_id", sorted(question.gold_documents)),
            ("passages left out", "id", holding),
        ):
            listed = ", ".join("'" + one.replace("'", "''") + "'" for one in left_out)
            without = f"{allowed} AND {column} NOT IN ({listed})" if listed else allowed
            out.append(Told(kind, domain, retriever.looked(version, query, K, without)[1]))
    return out


def fitted(all: Sequence[Told]) -> dict[str, Any]:
    """Return bias and weighed signs, both outcomes counting the same in all."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    rows = np.array([[one.signs[name] for name in answerability.NAMES] for one in all])
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    model = LogisticRegression(C=1.0, class_weight="balanced")
    model.fit((rows - mean) / deviation, [one.kind == FOUND for one in all])
    numbers = zip(answerability.NAMES, mean, deviation, model.coef_[0], strict=True)
    return {"bias": round(float(model.intercept_[0]), 4)} | {
        name: {"mean": round(float(m), 4), "deviation": round(float(d), 4), "weight": round(float(w), 4)}
        for name, m, d, w in numbers
    }


def tells(weighed: dict[str, Any], one: Told) -> float:
    return float(
        weighed["bias"]
        + sum(
            weighed[name]["weight"] * (one.signs[name] - weighed[name]["mean"]) / weighed[name]["deviation"]
            for name in answerability.NAMES
        )
    )


def fit(embedder: Embedder, show: Show, out: Console) -> None:
    """Write the weights, and say how well they carry over to an agency that they were not fitted to."""
    all = examples(embedder, show)
    table = Table("agency not fitted to", "told apart", "left out and refused", title="10 % refused in vain")
    for domain in sorted({one.domain for one in all}):
        weighed = fitted([one for one in all if one.domain != domain])
        right = np.array([tells(weighed, one) for one in all if one.domain == domain and one.kind == FOUND])
        wrong = np.array(
            [tells(weighed, one) for one in all if one.domain == domain and one.kind == "documents left out"]
        )
        share = float(np.mean(wrong < np.quantile(right, IN_VAIN)))
        table.add_row(domain, f"{np.mean(right[:, None] > wrong[None, :]):.1%}", f"{share:.1%}")
    out.print(table)
    lines = ["# Made by `python -m tests.bench.answerability --fit`; see `answerability.py`."]
    for name, value in (weighed := fitted(all)).items():
        if name == "bias":
            lines.append(f"bias = {value}")
        else:
            lines += ["", f"[{name}]", *(f"{key} = {number}" for key, number in value.items())]
    path = Path(answerability.__file__).parent / answerability.FILE
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    out.print(
        f"Written: {path.relative_to(data.ROOT)}", {k: v if k == "bias" else v["weight"] for k, v in weighed.items()}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of tables")
    parser.add_argument("--svg", type=Path, help="draw the curves to this file")
    parser.add_argument("--only", help="one benchmark: doc2dial, mtrag_clapnq or handbook")
    parser.add_argument("--fit", action="store_true", help="fit the weights to the training questions and write them")
    options = parser.parse_args()
    public = [one for one in (data.doc2dial(), data.mtrag()) if one is not None]
    embedder, console, out = Embedder(), Console(stderr=True), Console()
    results = {}
    with console.status("") as status:

        def show(stage: str, done: int, total: int) -> None:
            status.update(f"{stage} {done} of {total}")

        if options.fit:
            fit(embedder, show, out)
            return
        for benchmark in [*public, data.handbook()]:
            if options.only in (None, benchmark.name):
                all = told(benchmark, embedder, show)
                results[benchmark.name] = measured(all) | {"curve": curve(all)}
    if options.svg:
        options.svg.write_text(svg_of(results), encoding="utf-8")
    if options.json:
        json.dump(results, sys.stdout, indent=2)
        print()
        return
    for name, result in results.items():
        out.print(table_of(name, result))


if __name__ == "__main__":
    main()
