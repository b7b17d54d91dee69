"""How much slower questions are during a reindex: `python -m tests.bench.while_reindexing [--json]`.

Searches and whole answers by the real model, alone and while a reindex in its own process embeds a
source that changes without end, in turns. `ratio` is that of the medians; 1.2 is the most it may be.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.conversation import Pipeline
from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
from bot.generation.models import prepare_model
from bot.settings import Settings
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.reindex import ReindexJob, reindex_in_process
from knowledge.retrieval import Query, Retriever
from tests.bench import data
from tests.bench.answers import answered
from tests.bench.quantization import texts

SEED = 7


class Changing:
    """A source that changes without end, and the reindexing of it."""

    def __init__(self, job: ReindexJob, folder: Path, documents: int) -> None:
        self._path = folder / "changing.jsonl"
        self._job = replace(job, sources=({"name": "changing", "kind": "jsonl", "path": str(self._path)},))
        self._documents = documents
        self._words = " ".join(texts()).split()
        self.embedded = 0
        self.seconds = 0.0

    @contextlib.asynccontextmanager
    async def reindexing(self) -> AsyncIterator[None]:
        """Keep a reindex embedding while the block runs."""
        embedding = asyncio.Event()
        seen = 0

        def tell(stage: str, done: int, total: int) -> None:
            nonlocal seen
            if stage == "embedding":
                if not embedding.is_set():
                    embedding.set()
                    seen = done
                self.embedded += max(0, done - seen)
                seen = done

        async def again_and_again() -> None:
            for number in itertools.count():
                self._write(number)
                await reindex_in_process(self._job, only="changing", progress=tell)

        task = asyncio.create_task(again_and_again())
        waiting = asyncio.create_task(embedding.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - begun
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _write(self, number: int) -> None:
        lines = []
        for n in range(self._documents):
            start = (n * 997 + number * 131) % (len(self._words) - 700)
            text = f"Edition {number}. " + " ".join(self._words[start : start + 600])
            lines.append(json.dumps({"doc_id": f"changing-{n}", "title": f"Page {n}", "text": text}))
        self._path.write_text("\n".join(lines))


async def measure(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    benchmark = data.doc2dial() or data.handbook()
    benchmark.indexed()
    questions = random.Random(SEED).sample([one for one in benchmark.questions if one.answerable], args.questions)
    seconds: dict[str, dict[str, list[float]]] = {name: {"alone": [], "during": []} for name in ("search", "answer")}
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as name:
        folder = Path(name)
        answering = folder / "answering.lock"
        job = replace(benchmark.job(), uri=str(folder / "index"), gives_way_to=answering)
        shutil.copytree(benchmark.job().uri, job.uri)
        retriever = Retriever(Index(job.uri), Embedder())
        model = prepare_model("", folder)
        settings = Settings(answering={"cache": False})
        engine = LlamaCppEngine(
            LlamaCppConfig(model.path, context_size=settings.model.context_size, busy_file=answering)
        )
        await engine.start()
        changing = Changing(job, folder, args.documents)
        try:
            pipeline = Pipeline(settings, retriever, engine)
            await answered(pipeline, questions[0])  # the first question pays for loading
            for turn in range(args.turns):
                for when in ("alone", "during"):
                    console.print(f"turn {turn + 1} of {args.turns}: {when}")
                    async with changing.reindexing() if when == "during" else contextlib.nullcontext():
                        for one in questions:
                            begun = time.perf_counter()
                            for _ in range(args.searches):
                                await asyncio.to_thread(retriever.search, Query(one.text), 5, Scope())
                            seconds["search"][when].append((time.perf_counter() - begun) / args.searches)
                            begun = time.perf_counter()
                            await answered(pipeline, one)
                            seconds["answer"][when].append(time.perf_counter() - begun)
        finally:
            await engine.stop()
    rows = {}
    for what, times in seconds.items():
        alone, during = (statistics.median(times[when]) for when in ("alone", "during"))
        rows[what] = {"alone_s": round(alone, 4), "during_s": round(during, 4), "ratio": round(during / alone, 3)}
    return {
        "benchmark": benchmark.name,
        "questions": args.questions * args.turns,
        "reindexed_passages_per_s": round(changing.embedded / changing.seconds, 1),
        "rows": rows,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=12, help="in each turn")
    parser.add_argument("--turns", type=int, default=3, help="alone and during, one after the other")
    parser.add_argument("--searches", type=int, default=5, help="of each question")
    parser.add_argument("--documents", type=int, default=1500, help="that change in each reindex")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = asyncio.run(measure(args, Console(stderr=True)))
    if args.json:
        json.dump(result, sys.stdout, indent=2)
        print()
        return
    speed = result["reindexed_passages_per_s"]
    table = Table("", title=f"{result['benchmark']}, {result['questions']} questions; meanwhile {speed} passages/s")
    for column in ("alone_s", "during_s", "ratio"):
        table.add_column(column, justify="right")
    for what, row in result["rows"].items():
        table.add_row(what, *map(str, row.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
