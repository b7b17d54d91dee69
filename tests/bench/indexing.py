"""Speed of indexing and search: `python -m tests.bench.indexing [--json]`.

Indexes the policy collections beside the project (else the sample handbook) from nothing in this
process, then asks questions of two kinds, first without and then with earlier turns.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Query, Retriever
from tests.bench import data

SEARCHES = 200


def sources() -> list[dict[str, str]]:
    """Return the collections there are, each as a source."""
    corpora = data.SHARED / "corpora"
    folders = sorted(path for path in corpora.iterdir() if path.is_dir()) if corpora.is_dir() else []
    found = [{"name": path.name, "kind": "folder", "path": str(path)} for path in folders]
    return found or [data.handbook().source]


def measure(source: dict[str, str], folder: Path, questions: list[str], status: Any) -> dict[str, Any]:
    job = ReindexJob(str(folder / source["name"]), (source,))

    def show(stage: str, done: int, total: int) -> None:
        status.update(f"{source['name']}: {stage} {done} of {total}")

    first = run_reindex(job, progress=show)
    again = run_reindex(job)
    retriever = Retriever(Index(job.uri), Embedder())
    retriever.search(Query("warm up"), 5, Scope())
    seconds = []
    for number in range(SEARCHES):
        status.update(f"{source['name']}: search {number} of {SEARCHES}")
        question = questions[number % len(questions)]
        earlier = (questions[(number + 1) % len(questions)],) if number % 2 else ()
        begun = time.perf_counter()
        retriever.search(Query(question, earlier), 5, Scope())
        seconds.append(time.perf_counter() - begun)
    return {
        "documents": first.documents,
        "passages": first.passages,
        "skipped": len(first.skipped),
        "index_s": round(first.seconds, 2),
        "passages_per_s": round(first.passages / first.seconds, 1),
        "unchanged_s": round(again.seconds, 3),
        "search_p50_ms": round(float(np.percentile(seconds, 50)) * 1000, 1),
        "search_p95_ms": round(float(np.percentile(seconds, 95)) * 1000, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of a table")
    parser.add_argument("--only", help="one collection")
    options = parser.parse_args()
    questions = [one.text for one in (data.doc2dial() or data.handbook()).questions]
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder, Console(stderr=True).status("") as status:
        for source in sources():
            if options.only in (None, source["name"]):
                results[source["name"]] = measure(source, Path(folder), questions, status)
    if options.json:
        json.dump(results, sys.stdout, indent=2)
        print()
        return
    table = Table("collection", title="Indexing and search")
    for column in next(iter(results.values()), {}):
        table.add_column(column.replace("_", " "), justify="right")
    for name, values in results.items():
        table.add_row(name, *map(str, values.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
