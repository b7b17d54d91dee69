"""Memory of a whole reindex: `python -m tests.bench.memory [--passages 100000] [--words 30] [--layers 1] [--json]`.

Writes a folder of Markdown documents grown from real passages (see `tests.bench.scale`) and indexes it from
nothing to the published version, in a process of its own whose resident set is told, stage by stage. Then
one document is changed and the folder indexed again.

`--layers` keeps only the first layers of the embedding model: indexing takes less time then and as much memory
but for the weights left out (7 MB a layer of the embedded model). `--words` cuts every passage short, which
takes less time again, but less memory too where tables are written and indexes made: `tests.bench.scale` tells
what these take with whole passages.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import pickle
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from knowledge.embedding import Embedder
from knowledge.processes import lean
from knowledge.reindex import ReindexJob, run_reindex
from tests.bench import scale

DOCUMENTS_A_FOLDER = 125
LOOK_EVERY_S = 0.05


def write_documents(folder: Path, wanted: int, words: int) -> None:
    """Write documents of about `wanted` passages in all, none longer than `words` unless that is 0."""
    passages, vectors, _, _ = pickle.loads(scale.base(lambda *_: None).read_bytes())
    sections: list[str] = []
    number = 0
    for block, _ in scale.grow(passages, vectors, wanted):
        for one in block:
            text = " ".join(one.text.split()[:words]) if words else one.text
            sections.append(f"## {one.heading or one.title or 'More'} {one.position}\n\n{text}\n")
            if len(sections) == scale.PASSAGES_A_DOCUMENT:
                file = folder / str(number // DOCUMENTS_A_FOLDER) / f"{number}.md"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(f"# {one.title} {number}\n\n" + "\n".join(sections), encoding="utf-8")
                sections, number = [], number + 1


def small_model(folder: Path, layers: int) -> str:
    """Save the embedded model with its first layers only."""
    from sentence_transformers import SentenceTransformer

    model: Any = SentenceTransformer(str(Embedder().folder), device="cpu")
    network = model[0].auto_model
    network.encoder.layer = network.encoder.layer[:layers]
    network.config.num_hidden_layers = layers
    model.save(str(folder))
    return str(folder)


def reindex(job: ReindexJob, out: Path) -> None:
    """Index, and write down what it took; run in a process of its own."""
    lean()
    process, ended = psutil.Process(), threading.Event()
    stage = "reading"
    peaks: dict[str, int] = {}

    def watch() -> None:
        while not ended.wait(LOOK_EVERY_S):
            peaks[stage] = max(peaks.get(stage, 0), process.memory_info().rss)

    def told(now: str, done: int, total: int) -> None:
        nonlocal stage
        stage = now
        out.with_suffix(".progress").write_text(f"{now} {done} of {total}")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    report = run_reindex(job, progress=told)
    ended.set()
    watcher.join()
    values = {
        "documents": report.documents,
        "passages": report.passages,
        "skipped": len(report.skipped),
        "seconds": round(report.seconds, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        **{f"{name}_peak_mb": round(peak / 2**20) for name, peak in peaks.items()},
    }
    out.write_text(json.dumps(values))


def measure(wanted: int, words: int, layers: int, show: Callable[[str], None]) -> dict[str, dict[str, Any]]:
    """Return the figures of the first reindex and of the one after a change."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as name:
        folder = Path(name)
        show("writing documents")
        write_documents(folder / "documents", wanted, words)
        model = small_model(folder / "model", layers) if layers else ""
        job = ReindexJob(
            str(folder / "index"),
            ({"name": "grown", "kind": "folder", "path": str(folder / "documents")},),
            model=model,
        )
        results = {}
        for run in ("from nothing", "one changed"):
            out = folder / f"{run}.json"
            process = multiprocessing.get_context("spawn").Process(target=reindex, args=(job, out))
            process.start()
            while process.is_alive():
                if (progress := out.with_suffix(".progress")).exists():
                    show(f"{run}: {progress.read_text()}")
                time.sleep(1)
            if process.exitcode:
                sys.exit(f"Indexing failed with exit status {process.exitcode}.")
            results[run] = json.loads(out.read_text())
            with (folder / "documents" / "0" / "0.md").open("a", encoding="utf-8") as file:
                file.write("\nThis sentence is new.\n")
        return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of a table")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--words", type=int, default=0, help="of a passage at the most; 0 for all")
    parser.add_argument("--layers", type=int, default=0, help="of the embedding model; 0 for all")
    options = parser.parse_args()
    with Console(stderr=True).status("") as status:
        results = measure(options.passages, options.words, options.layers, status.update)
    if options.json:
        json.dump(results, sys.stdout, indent=2)
        print()
        return
    first, again = results["from nothing"], results["one changed"]
    table = Table("figure", "from nothing", "one changed", title="Memory of a reindex")
    for figure in dict.fromkeys([*first, *again]):
        table.add_row(figure.replace("_", " "), str(first.get(figure, "")), str(again.get(figure, "")))
    Console().print(table)


if __name__ == "__main__":
    main()
