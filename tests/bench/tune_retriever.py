"""What fine-tuning the embedder gains: `python -m tests.bench.tune_retriever [--json]`.

Trains on the doc2dial train questions, then measures the doc2dial dev questions (other documents) with history and
the last turn of mtrag_clapnq (another subject, to see what is forgotten), each before and after: by vector alone and
by the whole search. `--recipe` stops after the training and prints the held-out part of train: what a recipe is
chosen by, never dev or mtrag_clapnq.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from adapters.console import bar, say
from bot.tuning.retriever import Recipe, Tuned, read_questions, tune
from knowledge.index import Index
from knowledge.reindex import Progress, ReindexReport, run_reindex
from knowledge.retrieval import Fusion
from tests.bench import data, retrieval

SYSTEMS = {"frontdesk": Fusion(), "vector only": Fusion(words=0, full_text=0, document=0)}


@dataclass(frozen=True, slots=True)
class TunedBenchmark(data.Benchmark):
    """A benchmark whose documents are embedded with a fine-tuned model."""

    model: str = ""

    def indexed(self, progress: Progress | None = None) -> tuple[Index, ReindexReport]:
        job = replace(self.job(self.model), uri=str(data.CACHE / f"{self.name}-tuned"))
        return Index(job.uri), run_reindex(job, progress=progress)


def trained(benchmark: data.Benchmark, folder: Path, recipe: Recipe) -> Tuned:
    """Fine-tune on the train questions beside a benchmark."""
    questions = folder / "train.jsonl"
    with gzip.open(data.SHARED / "bench" / benchmark.name / "train.jsonl.gz") as packed, questions.open("wb") as file:
        shutil.copyfileobj(packed, file)
    asked, bad = read_questions(questions)
    assert not bad
    with bar() as show:
        index, _ = benchmark.indexed(show)
        return tune(index.uri, "", "", asked, folder / "tuned", recipe, show, say)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of tables")
    parser.add_argument("--recipe", action="store_true", help="only train, and print the held-out part of train")
    parser.add_argument("--epochs", type=int, default=Recipe().epochs)
    parser.add_argument("--learning-rate", type=float, default=Recipe().learning_rate)
    parser.add_argument("--keep", type=Path, help="copy the model to this folder")
    options = parser.parse_args()
    doc2dial, mtrag = data.doc2dial(), data.mtrag()
    if doc2dial is None or mtrag is None:
        sys.exit("The public sets are not beside the project.")
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        recipe = Recipe(epochs=options.epochs, learning_rate=options.learning_rate)
        tuned = trained(doc2dial, Path(temporary), recipe)
        results["train, held out"] = tuned.as_json() | {"artifacts": []}
        if options.keep:
            shutil.copytree(tuned.folder, options.keep)
        if not options.recipe:
            for benchmark, history in ((doc2dial, True), (mtrag, False)):
                after = TunedBenchmark(
                    benchmark.name,
                    benchmark.source,
                    benchmark.questions,
                    benchmark.has_gold_texts,
                    str(tuned.folder),
                )
                with bar() as show:
                    results[benchmark.name] = {
                        when: retrieval.run(asked, retrieval.Remembering(model), show, (history,), SYSTEMS)["systems"]
                        for when, asked, model in (("before", benchmark, ""), ("after", after, str(tuned.folder)))
                    }
    if options.json:
        json.dump(results, sys.stdout, indent=2)
        print()
        return
    out = Console()
    held = results.pop("train, held out")
    out.print(
        f"{held['pairs']} pairs, {held['held_out']['questions']} held out, {held['seconds']:.0f} s: "
        f"{held['metrics']['before']} before, {held['metrics']['after']} after"
    )
    for name, result in results.items():
        rows = {f"{system}, {when}": marks for when, systems in result.items() for system, marks in systems.items()}
        table: Table = retrieval.table_of(name, "system", rows)
        out.print(table)


if __name__ == "__main__":
    main()
