"""Sources of every kind that keeps documents on disk or in a database end up in one index, and stay there."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from knowledge.reindex import ReindexJob, run_reindex


@pytest.fixture
def job(tmp_path: Path) -> ReindexJob:
    """A job over one source of each kind with one document each, and one file that has no text."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed here")
    pytest.importorskip("langchain_community", reason="langchain-community is not installed")
    for folder in ("files", "store", "work"):
        (tmp_path / folder).mkdir()
    (tmp_path / "files" / "returns.md").write_text("# Returns\n\nYou have 30 days.")
    (tmp_path / "files" / "empty.md").write_text("")
    (tmp_path / "store" / "shipping.md").write_text("# Shipping\n\nIt takes five days.")
    (tmp_path / "lines.jsonl").write_text(json.dumps({"doc_id": "gifts", "text": "Gift cards never expire."}))
    (tmp_path / "faq.txt").write_text("The shop opens at nine.")
    (tmp_path / "work" / "warranty.md").write_text("# Warranty\n\nTwo years.")
    for command in ("init -q", "add -A", "-c user.name=A -c user.email=a@example commit -q -m Policies"):
        subprocess.run(["git", *command.split()], cwd=tmp_path / "work", check=True)
    with sqlite3.connect(tmp_path / "crm.db") as connection:
        connection.execute("CREATE TABLE articles (id, body)")
        connection.execute("INSERT INTO articles VALUES (1, 'Refunds go to the card you paid with.')")
    sources: list[dict[str, Any]] = [
        {"name": "files", "kind": "folder", "path": "files"},
        {"name": "repository", "kind": "git", "url": "work"},
        {"name": "lines", "kind": "jsonl", "path": "lines.jsonl"},
        {"name": "crm", "kind": "sql", "url": "sqlite:///crm.db", "query": "SELECT * FROM articles"},
        {"name": "store", "kind": "objects", "url": (tmp_path / "store").as_uri()},
        {
            "name": "loader",
            "kind": "langchain",
            "loader": "langchain_community.document_loaders.TextLoader",
            "arguments": {"file_path": str(tmp_path / "faq.txt")},
        },
    ]
    return ReindexJob(str(tmp_path / "index"), tuple(sources), tmp_path)


def test_a_second_reindex_of_any_kind_changes_nothing(job: ReindexJob) -> None:
    first = run_reindex(job)
    assert (first.added, first.documents) == (6, 6)
    again = run_reindex(job)
    assert (again.added, again.changed, again.removed, again.version) == (0, 0, 0, first.version)
    assert [(one.document, one.reason) for one in again.skipped] == [("empty.md", "It is empty.")]


def test_what_is_gone_from_one_source_is_gone_and_a_store_that_is_away_loses_nothing(job: ReindexJob) -> None:
    run_reindex(job)
    (job.base / "work" / "warranty.md").write_text("# Warranty\n\nThree years.")
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example", "commit", "-q", "-a", "-m", "Longer"],
        cwd=job.base / "work",
        check=True,
    )
    (job.base / "crm.db").unlink()
    (job.base / "files" / "empty.md").unlink()
    report = run_reindex(job)
    assert (report.added, report.changed, report.removed, report.documents) == (0, 1, 0, 6)
    (skipped,) = report.skipped
    assert (skipped.source, skipped.document) == ("crm", "")
    assert "has no file" in skipped.reason
