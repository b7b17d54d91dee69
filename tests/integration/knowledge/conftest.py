"""A real embedder, loaded once, and folders of policies to index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge import reindex
from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.reindex import ReindexJob
from knowledge.retrieval import Retriever

PAGES = {
    "returns.md": "# Returns\n\n## Time\n\nYou may return an item within 30 days of delivery.\n\n"
    "## Costs\n\nThe return label is free of charge.",
    "shipping.md": "# Shipping\n\nStandard shipping to Norway takes five working days and costs 12 euros.",
    "warranty.md": "---\nregion: us\n---\n# Warranty\n\nEvery kettle has a warranty of two years.",
    "goodwill.md": "---\naudience: agents\n---\n# Goodwill\n\nAgents may grant a voucher of 25 dollars.",
}


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture(autouse=True)
def _load_once(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every reindex of this process take the one loaded model; loading it each time takes minutes in all."""

    def loaded(model: str = "", device: str = "") -> Embedder:
        return Embedder(model, device) if model else embedder

    monkeypatch.setattr(reindex, "Embedder", loaded)


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def job(tmp_path: Path, policies: Path) -> ReindexJob:
    return ReindexJob(str(tmp_path / "index"), ({"name": "policies", "kind": "folder", "path": "policies"},), tmp_path)


@pytest.fixture
def retriever(job: ReindexJob, embedder: Embedder) -> Callable[[], Retriever]:
    """Return a retriever as a process that has just started would have it."""
    return lambda: Retriever(Index(job.uri), embedder)
