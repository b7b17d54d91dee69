"""What the benchmarks run on: the public sets beside the project where they are, else the sample handbook."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.messages import Turn
from knowledge.index import Index
from knowledge.processes import Progress
from knowledge.reindex import ReindexJob, ReindexReport, run_reindex

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
CACHE = ROOT / "data" / "bench"
"""Indexes are kept here, so that a second run has nothing to embed."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of a benchmark with what is known to answer it."""

    qid: str
    text: str
    turns: tuple[Turn, ...]
    gold_documents: frozenset[str]
    """Every document that counts as right; empty for a question the documents do not answer."""
    gold_texts: tuple[str, ...]
    """The words the answer rests on; empty where only documents are labelled."""
    answerable: bool
    kind: str = ""
    """Which part of the set; for an unanswerable question of what kind."""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Documents and the questions to them."""

    name: str
    source: dict[str, str]
    questions: tuple[AskedQuestion, ...]
    has_gold_texts: bool

    def job(self, model: str = "", device: str = "") -> ReindexJob:
        """Return the reindex of its documents."""
        return ReindexJob(str(CACHE / self.name), (self.source,), ROOT, model, device)

    def indexed(self, progress: Progress | None = None) -> tuple[Index, ReindexReport]:
        """Return the index of its documents, made first if it is not there."""
        report = run_reindex(self.job(), progress=progress)
        return Index(str(CACHE / self.name)), report


def doc2dial() -> Benchmark | None:
    """Return the dev questions over agency pages, None where the set is not there."""
    folder = SHARED / "bench" / "doc2dial"
    return _from_files("doc2dial", folder, "dev", gold_texts=True)


def doc2dial_train() -> Benchmark | None:
    """Return the training questions over agency pages that an agent answered, None where the set is not there."""
    folder = SHARED / "bench" / "doc2dial"
    whole = _from_files("doc2dial", folder, "train", gold_texts=True)
    if whole is None:
        return None
    asked = {
        line["qid"]
        for line in _lines(folder / "train.jsonl.gz")
        if line["meta"]["response_type"] == "answer" and line["meta"]["turn_kind"] != "reply"
    }
    return replace(whole, questions=tuple(one for one in whole.questions if one.qid in asked))


def mtrag() -> Benchmark | None:
    """Return the multi-turn questions over Wikipedia passages, None where the set is not there."""
    folder = SHARED / "bench" / "mtrag_clapnq"
    return _from_files("mtrag_clapnq", folder, "questions", gold_texts=False)


def handbook() -> Benchmark:
    """Return the sample handbook with its questions."""
    folder = ROOT / "knowledge" / "sample"
    lines = (json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines())
    source = {"name": "handbook", "kind": "folder", "path": str(folder / "handbook")}
    return Benchmark("handbook", source, tuple(map(_question, lines)), False)


def _from_files(name: str, folder: Path, questions: str, *, gold_texts: bool) -> Benchmark | None:
    corpus = folder / "corpus.jsonl.gz"
    if not corpus.exists():
        return None
    source = {"name": name, "kind": "jsonl", "path": str(corpus)}
    asked = tuple(map(_question, _lines(folder / f"{questions}.jsonl.gz")))
    return Benchmark(name, source, asked, gold_texts)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _question(line: dict[str, Any]) -> AskedQuestion:
    meta = line.get("meta", {})
    return AskedQuestion(
        qid=line["qid"],
        text=line["question"],
        turns=tuple(Turn(turn["role"], turn["content"]) for turn in line.get("history", [])),
        gold_documents=frozenset(line["gold_doc_ids"]) | frozenset(meta.get("alt_gold_doc_ids", [])),
        gold_texts=tuple(one["text"] for one in line.get("gold_passages", [])),
        answerable=line["answerable"],
        kind=meta.get("unanswerable_kind") or meta.get("set") or "",
        answer=line.get("answer", ""),
    )
