"""A reindex is a diff, published whole or not at all."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from knowledge import index as index_module
from knowledge import reindex, state
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.errors import FrontdeskError
from knowledge.index import Index, IndexCheckFailed, IndexEmbedderMismatch, IndexMissing, IndexNotWritable
from knowledge.processes import WorkFailed
from knowledge.reindex import (
    ReindexJob,
    ReindexReport,
    ReindexRunning,
    reindex_in_process,
    run_reindex,
)
from knowledge.retrieval import Query, Retriever
from knowledge.sources import SourceError
from knowledge.state import knowledge_status
from tests.integration.knowledge.conftest import PAGES

Open = Callable[[], Retriever]
INSIDE = Scope(audience=("internal",))


def found(retriever: Retriever, text: str, scope: Scope = INSIDE) -> list[str]:
    return [one.passage.document_id for one in retriever.search(Query(text), 5, scope).passages]


def texts(retriever: Retriever, text: str) -> str:
    return "\n".join(one.passage.text for one in retriever.search(Query(text), 20, INSIDE).passages)


def counts(report: ReindexReport) -> tuple[int, int, int]:
    return report.added, report.changed, report.removed


def test_the_report_says_what_changed_and_only_that_is_done(job: ReindexJob, policies: Path, retriever: Open) -> None:
    first = run_reindex(job)
    assert (counts(first), first.documents, first.passages) == ((4, 0, 0), 4, 5)
    assert set(first.as_json()) == {
        *("version", "documents", "passages", "added", "changed", "removed", "skipped", "seconds"),
        *("sources", "warnings"),
    }
    json.dumps(first.as_json())

    again = run_reindex(job)
    assert (counts(again), again.version, again.passages) == ((0, 0, 0), first.version, 5)

    (policies / "returns.md").write_text("# Returns\n\nYou may return an item within 45 days.")
    (policies / "shipping.md").unlink()
    (policies / "gifts.md").write_text("# Gift cards\n\nGift cards never expire.")
    third = run_reindex(job)
    assert (counts(third), third.documents, third.passages) == ((1, 1, 1), 4, 4)
    assert third.version > first.version
    everything = texts(retriever(), "return an item, shipping to Norway, gift cards")
    assert "45 days" in everything and "never expire" in everything
    assert "30 days" not in everything and "Norway" not in everything


def test_memory_is_given_back_behind_each_block_and_only_then(
    job: ReindexJob, policies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[int] = []
    monkeypatch.setattr(reindex, "release_memory", lambda: given_back.append(1))
    run_reindex(job)
    assert not given_back, "of five passages there is nothing to give back, and to look for it takes half a second"
    monkeypatch.setattr(reindex, "_BLOCK", 2)
    for page in policies.iterdir():
        page.write_text(f"{page.read_text()} So it is.")
    run_reindex(job)
    assert len(given_back) == 3, "behind two blocks, and before the search indexes are made"


def test_a_change_of_scope_alone_is_a_change(job: ReindexJob, policies: Path, retriever: Open) -> None:
    run_reindex(job)
    page = policies / "shipping.md"
    page.write_text("---\naudience: internal\n---\n" + page.read_text())
    assert counts(run_reindex(job)) == (0, 1, 0)
    assert "shipping.md" not in found(retriever(), "shipping to Norway", Scope())


def test_a_dry_run_tells_the_same_and_changes_nothing(job: ReindexJob, policies: Path) -> None:
    told = run_reindex(job, dry_run=True)
    assert (counts(told), told.version, told.documents, told.passages) == ((4, 0, 0), 0, 4, 5)
    assert not Path(job.uri).exists()
    done = run_reindex(job)
    (policies / "shipping.md").unlink()
    told = run_reindex(job, dry_run=True)
    assert (counts(told), told.version, told.documents) == ((0, 0, 1), done.version, 3)
    assert "shipping.md" in Index(job.uri).published().documents()


def test_one_source_alone_leaves_the_others_as_they_are(job: ReindexJob, tmp_path: Path, policies: Path) -> None:
    lines = tmp_path / "faq.jsonl"
    lines.write_text('{"doc_id": "faq-1", "text": "We are open on Sundays."}\n')
    both = replace(job, sources=(*job.sources, {"name": "faq", "kind": "jsonl", "path": "faq.jsonl"}))
    assert counts(run_reindex(both)) == (5, 0, 0)
    (policies / "shipping.md").unlink()
    lines.write_text('{"doc_id": "faq-2", "text": "We are closed on Sundays."}\n')
    report = run_reindex(both, only="faq")
    assert (counts(report), report.documents) == ((1, 0, 1), 5)
    assert "shipping.md" in Index(job.uri).published().documents()
    with pytest.raises(SourceError, match="Name one of: policies, faq"):
        run_reindex(both, only="fax")


def test_a_source_taken_out_of_the_settings_is_forgotten(job: ReindexJob, tmp_path: Path) -> None:
    (tmp_path / "faq.jsonl").write_text('{"doc_id": "faq-1", "text": "We are open on Sundays."}\n')
    faq = {"name": "faq", "kind": "jsonl", "path": "faq.jsonl"}
    run_reindex(replace(job, sources=(*job.sources, faq)))
    assert counts(run_reindex(job)) == (0, 0, 1)


def test_a_source_taken_out_of_the_settings_is_forgotten_by_a_reindex_of_another_one(
    job: ReindexJob, tmp_path: Path
) -> None:
    for name in ("faq", "news"):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"doc_id": "{name}-1", "text": "We are open on Sundays."}}\n')
    policies, faq, news = (
        *job.sources,
        *({"name": name, "kind": "jsonl", "path": f"{name}.jsonl"} for name in ("faq", "news")),
    )
    run_reindex(replace(job, sources=(policies, faq, news)))
    rest = replace(job, sources=(policies, news))
    assert knowledge_status(job.uri, rest.sources).left_over == {"faq": 1}
    assert counts(run_reindex(rest, only="news")) == (0, 0, 1)
    assert knowledge_status(job.uri, rest.sources).left_over == {}
    assert set(Index(job.uri).published().documents()) == {*PAGES, "news-1"}


def test_a_source_may_be_renamed(job: ReindexJob) -> None:
    run_reindex(job)
    renamed = replace(job, sources=({**job.sources[0], "name": "handbook"},))
    report = run_reindex(renamed, only="handbook")
    assert (report.documents, report.skipped) == (4, ())
    assert {one.source for one in Index(job.uri).published().documents().values()} == {"handbook"}


def test_a_pattern_that_nothing_fits_is_told(job: ReindexJob, policies: Path) -> None:
    rules = [{"match": "staff/", "audience": "internal"}, {"match": "returns.*", "region": "uk"}]
    source = {**job.sources[0], "scope_rules": rules, "include": ["*.md"], "exclude": ["Drafts/"]}
    (policies / "drafts").mkdir()
    (policies / "drafts" / "new.md").write_text("# New\n\nReturns take 60 days.")
    warnings = run_reindex(replace(job, sources=(source,))).warnings
    assert len(warnings) == 2
    assert "scope_rules “staff/”" in warnings[0] and "exclude “Drafts/”" in warnings[1]
    assert state.warnings(Index(job.uri)) == list(warnings)
    (policies / "drafts").rename(policies / "Drafts")
    (policies / "staff").mkdir()
    (policies / "staff" / "discounts.md").write_text("# Discounts\n\nStaff pay half.")
    assert run_reindex(replace(job, sources=(source,))).warnings == ()
    documents = Index(job.uri).published()
    assert "Drafts/new.md" not in documents.documents()
    assert documents.passages_of("staff/discounts.md")[0].scope.audience == ("internal",)


def test_pages_read_at_once_or_bit_by_bit_give_the_same_index(job: ReindexJob, policies: Path) -> None:
    def held(job: ReindexJob) -> dict[str, list[str]]:
        version = Index(job.uri).published()
        return {id: [one.text for one in version.passages_of(id)] for id in version.documents()}

    for n in range(20):
        (policies / f"page{n:02}.md").write_text(f"# Page {n}\n\nThe part {n} costs {n} euros.")
    run_reindex(job)
    for n in range(12):
        text = f"# Kettle {n}\n\nIt holds {n} litres.\n\nThe warranty lasts two years from delivery.\n"
        (policies / f"kettle{n:02}.md").write_text(text)
    run_reindex(job)
    at_once = replace(job, uri=f"{job.uri}-at-once")
    run_reindex(at_once)
    assert held(job) == held(at_once)
    for n in range(60):
        text = f"# Lamp {n}\n\nIt has {n} watts.\n\nThe warranty lasts two years from delivery.\n"
        (policies / f"lamp{n:02}.md").write_text(text)
        if n % 7 == 6:
            run_reindex(job)
    run_reindex(job)
    run_reindex(job)
    at_once = replace(job, uri=f"{job.uri}-at-once-again")
    run_reindex(at_once)
    assert held(job) == held(at_once)
    assert sum("warranty lasts" in "".join(texts) for texts in held(job).values()) == 1


def test_of_two_documents_with_one_id_the_first_stays_and_the_other_is_named(job: ReindexJob, tmp_path: Path) -> None:
    lines = [
        '{"doc_id": "a", "text": "First."}',
        '{"doc_id": "a", "text": "Second."}',
        '{"doc_id": "returns.md", "text": "Third."}',
    ]
    (tmp_path / "faq.jsonl").write_text("\n".join(lines))
    report = run_reindex(replace(job, sources=(*job.sources, {"name": "faq", "kind": "jsonl", "path": "faq.jsonl"})))
    reasons = {one.document: one.reason for one in report.skipped}
    assert reasons["a"].startswith("Its id a stands twice in this source; the first one is used.")
    assert reasons["returns.md"].startswith("Its id returns.md stands in the source “policies” too")
    assert Index(job.uri).published().documents()["returns.md"].source == "policies"


def test_an_emptied_folder_does_not_wipe_the_index(job: ReindexJob, policies: Path, retriever: Open) -> None:
    run_reindex(job)
    shutil.rmtree(policies)
    policies.mkdir()
    with pytest.raises(SourceError, match=r"has no document that can be indexed.*take the source out of the settings"):
        run_reindex(job)
    (policies / "broken.md").write_text("---\na: b: c\n---\n")
    (policies / "bare.md").write_text("# Heading")
    with pytest.raises(SourceError, match=r"skipped, first broken\.md: Its front matter is not valid YAML"):
        run_reindex(job)
    assert "shipping.md" in found(retriever(), "shipping to Norway")


def test_a_document_of_headings_is_skipped_with_its_reason(job: ReindexJob, policies: Path) -> None:
    (policies / "bare.md").write_text("# Heading\n\n## Another")
    report = run_reindex(job)
    assert [(one.document, one.reason) for one in report.skipped] == [("bare.md", "It has headings only, no text.")]
    assert (counts(report), report.documents) == ((4, 0, 0), 4)
    assert counts(run_reindex(job)) == (0, 0, 0)


def test_two_megabytes_in_one_line_are_cut_within_bounds(job: ReindexJob, policies: Path) -> None:
    (policies / "line.md").write_text("x" * 1_900_000)
    report = run_reindex(job)
    assert report.skipped == ()
    assert report.documents == 5


def test_a_reader_that_runs_on_sees_each_new_version(job: ReindexJob, policies: Path, retriever: Open) -> None:
    reader = retriever()
    with pytest.raises(IndexMissing, match="Run `frontdesk reindex`"):
        found(reader, "gift cards")
    run_reindex(job)
    assert "gifts.md" not in found(reader, "gift cards")
    (policies / "gifts.md").write_text("# Gift cards\n\nGift cards never expire.")
    version = run_reindex(job).version
    assert found(reader, "gift cards")[0] == "gifts.md"
    assert reader.search(Query("gift cards"), 1, INSIDE).version == version


def test_a_reader_outlives_an_index_that_is_thrown_away_and_made_anew(job: ReindexJob, retriever: Open) -> None:
    run_reindex(job)
    reader = retriever()
    assert found(reader, "shipping to Norway")
    shutil.rmtree(job.uri)
    run_reindex(job)
    assert found(reader, "shipping to Norway")[0] == "shipping.md"


def test_the_version_before_comes_back_with_a_rollback(job: ReindexJob, policies: Path, retriever: Open) -> None:
    first = run_reindex(job).version
    with pytest.raises(IndexMissing, match="no earlier version"):
        Index(job.uri).rollback()
    (policies / "shipping.md").write_text("# Shipping\n\nShipping to Norway takes nine days.")
    run_reindex(job)
    reader = retriever()
    assert "nine days" in texts(reader, "shipping to Norway")
    assert Index(job.uri).rollback() == first
    assert "five working days" in texts(reader, "shipping to Norway")
    assert counts(run_reindex(job)) == (0, 1, 0)
    assert "nine days" in texts(reader, "shipping to Norway")


def test_every_row_is_indexed_and_old_versions_go(
    job: ReindexJob, policies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "_MARGIN", timedelta(seconds=2))
    for number in range(3):
        (policies / f"page-{number}.md").write_text(f"# Page {number}\n\nText number {number}.")
        version = run_reindex(job).version
        published = Index(job.uri).published()
        assert (published.number, published.unindexed_rows()) == (version, 0)
        time.sleep(2.5)
    kept = [one["version"] for one in published.table.list_versions()]
    assert min(kept) > 1
    assert Index(job.uri).rollback() in kept


def test_a_version_with_a_passage_twice_is_not_published(
    job: ReindexJob, policies: Path, retriever: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run_reindex(job).version
    (policies / "shipping.md").write_text("# Shipping\n\nShipping to Norway takes nine days.")
    real = index_module._table

    def twice(*args: Any) -> Any:
        import pyarrow

        rows = real(*args)
        return pyarrow.concat_tables([rows, rows])

    monkeypatch.setattr(index_module, "_table", twice)
    with pytest.raises(IndexCheckFailed, match="answers come from the version before"):
        run_reindex(job)
    monkeypatch.undo()
    assert Index(job.uri).published().number == before
    assert "five working days" in texts(retriever(), "shipping to Norway")


def test_a_version_with_passages_missing_from_a_search_index_is_not_published(
    job: ReindexJob, policies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run_reindex(job).version
    (policies / "shipping.md").write_text("# Shipping\n\nShipping to Norway takes nine days.")
    monkeypatch.setattr(index_module.Version, "unindexed_rows", lambda _: 3)
    with pytest.raises(IndexCheckFailed, match="3 passages are missing from its search indexes"):
        run_reindex(job)
    monkeypatch.undo()
    assert Index(job.uri).published().number == before


def test_two_reindexes_never_run_at_once(job: ReindexJob) -> None:
    with Index(job.uri).writing(), pytest.raises(ReindexRunning, match="already running"):
        run_reindex(job)
    run_reindex(job)


@pytest.fixture
def other_model(tmp_path: Path, embedder: Embedder) -> str:
    """A copy of the embedded model with one byte of its weights changed: another model, for all it says."""
    folder = tmp_path / "other-model"
    shutil.copytree(embedder.folder, folder)
    weights = folder / "model.safetensors"
    raw = bytearray(weights.read_bytes())
    raw[-3] ^= 1
    weights.write_bytes(raw)
    return str(folder)


def test_another_embedder_is_refused_by_the_search_and_rebuilt_by_the_reindex(
    job: ReindexJob, other_model: str, retriever: Open
) -> None:
    first = run_reindex(job)
    other = replace(job, model=other_model)
    searcher = Retriever(Index(job.uri), Embedder(other_model))
    with pytest.raises(IndexEmbedderMismatch, match=r"all-MiniLM-L6-v2.*other-model.*Run `frontdesk reindex`"):
        searcher.search(Query("shipping"), 1, INSIDE)
    with pytest.raises(IndexEmbedderMismatch, match="without a source"):
        run_reindex(other, only="policies")
    rebuilt = run_reindex(other)
    assert (counts(rebuilt), rebuilt.passages) == ((0, 0, 0), first.passages)
    assert rebuilt.version > first.version
    assert found(searcher, "shipping to Norway")[0] == "shipping.md"
    with pytest.raises(IndexEmbedderMismatch):
        found(retriever(), "shipping to Norway")


def test_a_version_of_another_embedder_does_not_come_back_with_a_rollback(job: ReindexJob, other_model: str) -> None:
    first = run_reindex(job).version
    second = run_reindex(replace(job, model=other_model)).version
    assert knowledge_status(job.uri, job.sources, other_model).previous is None
    assert knowledge_status(job.uri, job.sources).previous == first
    with pytest.raises(IndexEmbedderMismatch, match=r"all-MiniLM-L6-v2.*set embedding\.model back first"):
        Index(job.uri).rollback(Embedder(other_model).weights)
    assert Index(job.uri).published().number == second
    assert Index(job.uri).rollback(Embedder().weights) == first


@pytest.fixture
def without_rights() -> Iterator[Path]:
    """A folder that this process may read but not write."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-test-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o555)
        was_root = os.geteuid() == 0
        if was_root:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if was_root:
                os.seteuid(0)
            folder.chmod(0o755)


def test_no_permission_to_write_the_index_is_a_sentence_with_a_fix(without_rights: Path) -> None:
    for uri in (without_rights, without_rights / "deeper" / "index"):
        with (
            pytest.raises(IndexNotWritable, match=r"cannot be written: Permission denied.*knowledge\.uri"),
            Index(str(uri)).writing(),
        ):
            pass


async def test_a_process_of_its_own_reports_and_publishes(job: ReindexJob, retriever: Open) -> None:
    stages: list[str] = []
    report = await reindex_in_process(job, progress=lambda stage, done, total: stages.append(stage))
    assert counts(report) == (4, 0, 0)
    assert stages[0] == "reading" and stages[-1] == "publishing"
    assert found(retriever(), "shipping to Norway")[0] == "shipping.md"


async def test_an_error_in_the_process_comes_back_as_it_is(job: ReindexJob, tmp_path: Path) -> None:
    missing = replace(job, sources=({"name": "gone", "kind": "folder", "path": "gone"},))
    with pytest.raises(SourceError) as caught:
        await reindex_in_process(missing)
    assert caught.value.fix.startswith("Mend its path")
    with Index(job.uri).writing(), pytest.raises(ReindexRunning):
        await reindex_in_process(job)


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline())]


async def started() -> None:
    while not children():  # noqa: ASYNC110 - a process has no event to wait for
        await asyncio.sleep(0.01)


async def test_cancelling_ends_the_process(job: ReindexJob) -> None:
    task = asyncio.create_task(reindex_in_process(job))
    await started()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() == []
    assert counts(run_reindex(job)) == (4, 0, 0)


async def test_a_process_that_dies_is_told_and_the_old_version_stays(job: ReindexJob) -> None:
    task = asyncio.create_task(reindex_in_process(job))
    await started()
    for one in children():
        one.kill()
    with pytest.raises(WorkFailed, match="exit status -9"):
        await task


def test_errors_survive_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(ReindexRunning("It runs.", "Wait.")))
    assert isinstance(error, FrontdeskError)
    assert (error.sentence, error.fix, str(error)) == ("It runs.", "Wait.", "It runs. Wait.")


def test_nothing_to_do_is_done_without_loading_the_model(job: ReindexJob, monkeypatch: pytest.MonkeyPatch) -> None:
    run_reindex(job)

    def loaded(self: Embedder) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr(Embedder, "_model", property(loaded))
    monkeypatch.setattr(Embedder, "token_ends", loaded)
    assert counts(run_reindex(job)) == (0, 0, 0)
