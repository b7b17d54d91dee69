"""A thousand askers against documents of every odd scope: nothing is told that may not be, nothing hidden that may."""

import json
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from knowledge import reindex
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Fusion, Query, Retriever

TODAY = date(2026, 11, 21)
DOCUMENTS, PROBES = 300, 1000
ODD = [
    "o'brien",
    "x'); DROP TABLE passages; --",
    "' OR '1'='1",
    'a "quoted" word',
    "100%_\\",
    "café",
    unicodedata.normalize("NFD", "café"),
    "STRASSE",
    "straße",
    "日本",
    "İzmir",
    "region",
    "audience",
    "region:eu",
    "null",
    "[]",
]
REGIONS = ["eu", "EU", " Eu ", "uk", "GB", "United Kingdom", "us", "U.S.", "Germany", "de", "worldwide", *ODD]
AUDIENCES = ["internal", "Staff", "agents", "partner", "customers", "public", "confidential", *ODD]
PRODUCTS = ["kettle-club", "Kettle-Club", "refill plan", "all", *ODD]
LANGUAGES = ["en", "English", "de-AT", "Deutsch", "pt_BR", "any", *ODD]
DAYS = [None, None, None, *(TODAY + timedelta(days=n) for n in (-400, -1, 0, 1, 400))]
SUBJECTS = "returns shipping warranty repairs payment gifts privacy stores recalls coffee".split()


def some(chance: random.Random, words: list[str], limited: float) -> Any:
    """Return one value, several in a list, several with commas, or none."""
    if chance.random() > limited:
        return chance.choice([None, "", []])
    values = chance.sample(words, chance.randint(1, 3))
    plain = not any("," in value for value in values)
    return ", ".join(values) if plain and chance.random() < 0.4 else values


def scope(chance: random.Random, limited: float = 0.5) -> dict[str, Any]:
    return {
        "region": some(chance, REGIONS, limited),
        "audience": some(chance, AUDIENCES, limited * 0.6),
        "product": some(chance, PRODUCTS, limited * 0.6),
        "language": some(chance, LANGUAGES, limited * 0.6),
    }


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Scope]]:
    """Return the folder of an index, and the scope of each document in it."""
    folder = tmp_path_factory.mktemp("probes")
    chance = random.Random(20261121)
    scopes: dict[str, Scope] = {}
    lines = []
    for n in range(DOCUMENTS):
        begins, ends = chance.choice(DAYS), chance.choice(DAYS)
        if begins and ends:
            begins, ends = sorted((begins, ends))
        days = {"effective_from": begins, "effective_until": ends}
        meta = scope(chance) | {key: str(day) for key, day in days.items() if day}
        scopes[f"d{n}"] = Scope.from_mapping(meta)
        subject = chance.sample(SUBJECTS, 4)
        text = f"The policy number {n} tells of {', '.join(subject)} and costs {chance.randint(1, 999)} euros."
        lines.append(json.dumps({"doc_id": f"d{n}", "title": f"Page {n}", "text": text, "meta": meta}))
    (folder / "pages.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder, scopes


@pytest.fixture(scope="module")
def index(documents: tuple[Path, dict[str, Scope]], embedder: Embedder) -> Iterator[Index]:
    folder, _ = documents
    source = {"name": "pages", "kind": "jsonl", "path": "pages.jsonl"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reindex, "Embedder", lambda *_: embedder)
        report = run_reindex(ReindexJob(str(folder / "index"), (source,), folder))
    assert (report.documents, report.skipped) == (DOCUMENTS, ())
    yield Index(str(folder / "index"))


def test_a_thousand_askers_find_just_what_they_may_be_told(
    documents: tuple[Path, dict[str, Scope]], index: Index, embedder: Embedder
) -> None:
    _, scopes = documents
    retrievers = [
        Retriever(index, embedder),
        Retriever(index, embedder, replace(Fusion(), vector=0.0)),
        Retriever(index, embedder, replace(Fusion(), full_text=0.0)),
    ]
    chance = random.Random(7)
    seen: set[tuple[Scope, date]] = set()
    for n in range(PROBES):
        asker = Scope.from_mapping(scope(chance, limited=0.7))
        on = TODAY + timedelta(days=chance.choice([0, 0, 0, -1, 1]))
        seen.add((asker, on))
        earlier = ("What does the policy tell of shipping?",) if n % 2 else ()
        query = Query(f"What does the policy tell of {chance.choice(SUBJECTS)}?", earlier)
        found = retrievers[n % len(retrievers)].search(query, DOCUMENTS * 2, asker, on)
        told = {one.passage.document_id for one in found.passages}
        admitted = {id for id, limits in scopes.items() if asker.admits(limits, on)}
        assert not told - admitted, f"leaked to {asker} on {on}: {[scopes[id] for id in told - admitted]}"
        assert not admitted - told, f"hidden from {asker} on {on}: {[scopes[id] for id in admitted - told]}"
        assert all(one.passage.scope == scopes[one.passage.document_id] for one in found.passages)
    assert len(seen) > PROBES * 0.8
    assert len(set(scopes.values())) > DOCUMENTS * 0.8


def test_a_document_holds_from_the_first_to_the_last_of_its_days(
    documents: tuple[Path, dict[str, Scope]], index: Index, embedder: Embedder
) -> None:
    _, scopes = documents
    everybody = {id: limits for id, limits in scopes.items() if not limits.audience}
    retriever = Retriever(index, embedder)
    days = (-401, -400, -399, -2, -1, 0, 1, 2, 399, 400, 401)
    for on in (TODAY + timedelta(days=n) for n in days):
        found = retriever.search(Query("policy"), DOCUMENTS * 2, Scope(), on)
        assert {one.passage.document_id for one in found.passages} == {
            id
            for id, limits in everybody.items()
            if (limits.effective_from or on) <= on <= (limits.effective_until or on)
        }
