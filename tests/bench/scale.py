"""Search in a large index: `python -m tests.bench.scale [--passages 1000000] [--json]`.

The passages are grown from real ones: the policy collections, agency pages and Wikipedia articles beside
the project (else the sample handbook). A grown passage takes its sentences from two real ones that are
near each other, its vector lies between theirs and is moved a little the way passages differ. Every
document holds in one region (eu: 5 %), a tenth is internal, a hundredth has expired. Questions are
the real ones, searched as the bot does it, embedded beforehand.

The index is built in a process of its own, whose memory and time are told, and kept under data/bench.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import pickle
import re
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from bot.followups import query_for
from knowledge.documents import Passage, Scope
from knowledge.embedding import Embedder, EmbedderIdentity, Vectors
from knowledge.index import Index, IndexIdentity, scope_filter
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Query, Retriever
from tests.bench import data, indexing

BLOCK = 4_096
QUESTIONS = 300
ROUNDS = 5
NEIGHBOURS = 100
PASSAGES_A_DOCUMENT = 8
TOP = 10
CANDIDATES = 60
FACTS = "facts.json"
REGIONS = ("eu", "uk", "us")
SHARES = (0.05, 0.15, 0.80)
TODAY = date(2026, 1, 1)
ASKERS = {"anybody": Scope(), "region=eu": Scope(region=("eu",))}
_LONG = re.compile(r"\w{4,}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


# ------------------------------------------------------------------ real passages and questions


def benchmarks() -> list[data.Benchmark]:
    return [one for one in (data.doc2dial(), data.mtrag()) if one] or [data.handbook()]


def questions() -> list[Query]:
    """Return real questions, every second one with the turns before it."""
    asked = [one for benchmark in benchmarks() for one in benchmark.questions]
    chosen = np.random.default_rng(0).permutation(len(asked))[:QUESTIONS]
    return [query_for(asked[i].text, asked[i].turns if n % 2 else ()) for n, i in enumerate(chosen)]


def real_passages(show: Callable[[str, int, int], None]) -> tuple[list[Passage], Vectors]:
    """Return the passages of every collection there is, with their vectors."""
    corpora = ReindexJob(str(data.CACHE / "corpora"), tuple(indexing.sources()), data.ROOT)
    passages: list[Passage] = []
    vectors: list[Vectors] = []
    for job in (corpora, *(one.job() for one in benchmarks())):
        run_reindex(job, progress=show)
        some, theirs = Index(job.uri).published().everything()
        passages += some
        vectors.append(theirs)
    return passages, np.concatenate(vectors)


class Remembered(Embedder):
    """Knows the vectors of the questions and of their words, so that the search is measured without the embedding."""

    def __init__(self, known: dict[str, tuple[Vectors, Vectors]]) -> None:
        self._known = known
        self.name = "remembered"

    weights = "grown"

    def load(self) -> None:
        pass

    def use_dtype(self, dtype: str) -> None:
        pass

    def encode_words(
        self, texts: Sequence[str], keep: Callable[[Vectors], Any], progress: Callable[[int], None] | None = None
    ) -> tuple[Vectors, list[Any]]:
        known = [self._known[text] for text in texts]
        return np.stack([vector for vector, _ in known]), [keep(words) for _, words in known]


class Remembering(Embedder):
    """Notes what it embeds."""

    def encode_words(
        self, texts: Sequence[str], keep: Callable[[Vectors], Any], progress: Callable[[int], None] | None = None
    ) -> tuple[Vectors, list[Any]]:
        vectors, words = super().encode_words(texts, lambda one: one)
        self.__dict__.setdefault("known", {}).update(zip(texts, zip(vectors, words, strict=True), strict=True))
        return vectors, [keep(one) for one in words]


# ------------------------------------------------------------------ growing


def grow(passages: Sequence[Passage], vectors: Vectors, wanted: int) -> Iterator[tuple[list[Passage], Vectors]]:
    """Yield blocks of grown passages."""
    random = np.random.default_rng(1)
    near = neighbours(vectors)
    sentences = [[one for one in _SENTENCE.split(passage.text) if one] or [passage.text] for passage in passages]
    residuals = vectors - vectors.mean(axis=0)
    for start in range(0, wanted, BLOCK):
        size = min(BLOCK, wanted - start)
        first = random.integers(len(passages), size=size)
        second = near[first, random.integers(near.shape[1], size=size)]
        share = random.uniform(0.5, 1, size=(size, 1)).astype(np.float32)
        moved = 0.25 * residuals[random.integers(len(passages), size=size)]
        mixed = share * vectors[first] + (1 - share) * vectors[second] + moved
        mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
        block = []
        for n, (one, other, part) in enumerate(zip(first, second, share[:, 0], strict=True)):
            number = start + n
            document, position = divmod(number, PASSAGES_A_DOCUMENT)
            luck = np.random.default_rng(document)
            scope = Scope(
                region=(str(luck.choice(REGIONS, p=SHARES)),),
                audience=("internal",) if luck.random() < 0.1 else (),
                language=("en",),
                effective_until=date(2020, 1, 1) if luck.random() < 0.01 else None,
            )
            text = recombined(sentences[one], sentences[other], float(part), random)
            id = f"grown/{document}.md"
            block.append(
                replace(
                    passages[one],
                    id=f"{id}#{position}",
                    document_id=id,
                    source="grown",
                    text=text,
                    position=position,
                    scope=scope,
                )
            )
        yield block, mixed.astype(np.float32)


def neighbours(vectors: Vectors) -> np.ndarray[Any, Any]:
    """Return for each vector the numbers of those nearest to it, shape (vectors, at most NEIGHBOURS)."""
    count = min(NEIGHBOURS, len(vectors) - 1)
    out = np.empty((len(vectors), count), dtype=np.int32)
    for start in range(0, len(vectors), 256):
        far = -(vectors[start : start + 256] @ vectors.T)
        out[start : start + 256] = np.argpartition(far, count, axis=1)[:, :count]
    return out


def recombined(first: Sequence[str], second: Sequence[str], share: float, random: np.random.Generator) -> str:
    """Return about as many sentences as `first` has, `share` of them its own and at least one of the other."""
    own = random.random(len(first)) < share
    own[random.integers(len(first))] = False
    others = random.integers(len(second), size=len(first))
    return " ".join(one if mine else second[other] for one, mine, other in zip(first, own, others, strict=True))


# ------------------------------------------------------------------ building


def base(show: Callable[[str, int, int], None]) -> Path:
    """Return the file of the real passages and of the embedded questions, made first if it is not there."""
    file = data.CACHE / "scale" / "base.pickle"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        passages, vectors = real_passages(show)
        asked = questions()
        embedder = Remembering()
        retriever = Retriever(Index(benchmarks()[0].job().uri), embedder)
        for query in asked:
            retriever.search(query, TOP, Scope())
        file.write_bytes(pickle.dumps((passages, vectors, asked, embedder.__dict__["known"])))
    return file


def packed_words(passages: Sequence[Passage], dimension: int) -> list[bytes]:
    """Return for each passage as many bytes as its words take."""
    random = np.random.default_rng(len(passages))
    return [random.bytes((dimension + 7) // 8 * (1 + len(_LONG.findall(one.text)))) for one in passages]


class Exact:
    """The passages nearest to each question among those that an asker may be told, found without an index."""

    def __init__(self, searched: Vectors, asker: Scope) -> None:
        self._searched = searched
        self._asker = asker
        self._cosines = np.full((len(searched), TOP), -np.inf, dtype=np.float32)
        self._ids = np.full((len(searched), TOP), "", dtype=object)

    def look_at(self, passages: Sequence[Passage], vectors: Vectors) -> None:
        told = [i for i, one in enumerate(passages) if self._asker.admits(one.scope, TODAY)]
        ids = np.array([passages[i].id for i in told], dtype=object)
        cosines = np.hstack([self._cosines, self._searched @ vectors[told].T])
        best = np.argpartition(-cosines, TOP - 1, axis=1)[:, :TOP]
        names = np.hstack([self._ids, np.broadcast_to(ids, (len(self._searched), len(ids)))])
        self._cosines = np.take_along_axis(cosines, best, axis=1)
        self._ids = np.take_along_axis(names, best, axis=1)

    def ids(self) -> list[list[str]]:
        return [list(map(str, row)) for row in self._ids]


def mean_vectors(asked: Sequence[Query], retriever: Retriever) -> Vectors:
    """Return what the vector search looks for, shape (questions, dimension)."""
    return np.stack([retriever._asked(query)[0].mean(axis=0) for query in asked])


def build(wanted: int, file: Path, folder: Path) -> None:
    """Grow and index `wanted` passages; run in a process of its own."""
    passages, vectors, asked, known = pickle.loads(file.read_bytes())
    index = Index(str(folder))
    searched = mean_vectors(asked, Retriever(index, Remembered(known)))
    exact = {name: Exact(searched, asker) for name, asker in ASKERS.items()}
    adding = 0.0
    with index.writing() as writer:
        identity = IndexIdentity(
            EmbedderIdentity("grown", Remembered.weights, vectors.shape[1], "float32"), "English", 1
        )
        staged = writer.stage(identity, anew=True)
        for block, mixed in grow(passages, vectors, wanted):
            begun = time.perf_counter()
            staged.add(block, {one.document_id: "" for one in block}, mixed, packed_words(block, mixed.shape[1]))
            adding += time.perf_counter() - begun
            for one in exact.values():
                one.look_at(block, mixed)
        begun = time.perf_counter()
        staged.publish(staged.finish())
        indexing_s = time.perf_counter() - begun
        begun = time.perf_counter()
        staged = writer.stage(identity, anew=False)
        staged.remove([block[0].document_id])
        staged.add(block[:PASSAGES_A_DOCUMENT], {one.document_id: "" for one in block}, mixed[:PASSAGES_A_DOCUMENT])
        staged.finish()
        changed_s = time.perf_counter() - begun
    facts = {
        "writing_s": adding,
        "indexing_s": indexing_s,
        "one_changed_s": changed_s,
        "build_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "nearest": {name: one.ids() for name, one in exact.items()},
    }
    (folder / FACTS).write_text(json.dumps(facts))


# ------------------------------------------------------------------ searching


def searching(
    retriever: Retriever, asked: Sequence[Query], asker: Scope, show: Callable[[str, int, int], None]
) -> list[float]:
    """Search for each question and return the seconds that took, its embedding left out."""
    seconds = []
    for number, query in enumerate(asked):
        show("searching", number, len(asked))
        seconds.append(retriever.search(query, 5, asker, TODAY).seconds)
    return seconds


def measure(wanted: int, fresh: bool, show: Callable[[str, int, int], None]) -> dict[str, Any]:
    """Return the figures of an index of `wanted` passages, built first if it is not there."""
    file, folder = base(show), data.CACHE / "scale" / str(wanted)
    if fresh or not (folder / FACTS).exists():
        shutil.rmtree(folder, ignore_errors=True)
        show("building", 0, wanted)
        process = multiprocessing.get_context("spawn").Process(target=build, args=(wanted, file, folder))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(f"Building the index failed with exit status {process.exitcode}.")
    facts = json.loads((folder / FACTS).read_text())
    _, _, asked, known = pickle.loads(file.read_bytes())
    retriever = Retriever(Index(str(folder)), Remembered(known))
    version = Index(str(folder)).published()
    searched = mean_vectors(asked, retriever)
    before = psutil.Process().memory_info().rss
    out: dict[str, Any] = {}
    for name, asker in ASKERS.items():
        allowed = scope_filter(asker, TODAY)
        recalls = []
        for number, (vector, right) in enumerate(zip(searched, facts["nearest"][name], strict=True)):
            show(f"recall, {name}", number, len(asked))
            found = [one.id for one in version.passages(version.candidates(vector, "", allowed, CANDIDATES)[:TOP])]
            recalls.append(len(set(found) & set(right)) / TOP)
        for kind in ("last turn", "with history"):
            chosen = [query for query in asked if bool(query.earlier) == (kind == "with history")]
            # What is asked for the first time is read from the disk.
            first = searching(retriever, chosen, asker, show)
            cpu = time.process_time()
            rounds = [searching(retriever, chosen, asker, show) for _ in range(ROUNDS)]
            cpu = (time.process_time() - cpu) / ROUNDS
            # Of each question the median, so that what else the machine does counts little.
            p50, p95 = np.percentile(np.median(rounds, axis=0), [50, 95]) * 1000
            out[f"{name}, {kind}"] = {
                "p50_ms": round(float(p50), 1),
                "p95_ms": round(float(p95), 1),
                "first_p95_ms": round(float(np.percentile(first, 95)) * 1000, 1),
                "cpu_ms": round(cpu / len(chosen) * 1000, 1),
                f"recall@{TOP}": round(float(np.mean(recalls)), 4),
            }
    return {
        "passages": wanted,
        "searches": out,
        "writing_s": round(facts["writing_s"], 1),
        "indexing_s": round(facts["indexing_s"], 1),
        "one_changed_s": round(facts["one_changed_s"], 2),
        "build_peak_mb": round(facts["build_peak_mb"]),
        "search_rss_mb": round(psutil.Process().memory_info().rss / 2**20),
        "search_rss_mapped_mb": round(psutil.Process().memory_info().shared / 2**20),
        "search_rss_grown_mb": round((psutil.Process().memory_info().rss - before) / 2**20),
        "disk_mb": round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of tables")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--fresh", action="store_true", help="build the index anew")
    options = parser.parse_args()
    with Console(stderr=True).status("") as status:
        result = measure(
            options.passages,
            options.fresh,
            lambda stage, done, total: status.update(f"{stage} {done} of {total}"),
        )
    if options.json:
        json.dump(result, sys.stdout, indent=2)
        print()
        return
    searches = result.pop("searches")
    table = Table("search", title=f"{result['passages']:,} passages")
    for column in next(iter(searches.values())):
        table.add_column(column.replace("_", " "), justify="right")
    for name, values in searches.items():
        table.add_row(name, *map(str, values.values()))
    Console().print(table)
    facts = Table(*(column.replace("_", " ") for column in result))
    facts.add_row(*map(str, result.values()))
    Console().print(facts)


if __name__ == "__main__":
    main()
