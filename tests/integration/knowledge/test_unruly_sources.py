"""What a reindex makes of sources that are incremental, fail, lose documents or come in disorder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pytest

from knowledge import passages as cutting
from knowledge import sources as source_module
from knowledge import state
from knowledge.documents import Document, Scope, Skipped, Unchanged
from knowledge.embedding import Embedder
from knowledge.index import Index, IndexCheckFailed, IndexEmbedderMismatch
from knowledge.reindex import Canary, ReindexJob, ReindexReport, run_reindex
from knowledge.retrieval import Query, Retriever
from knowledge.sources import SourceError, SourceOptions
from knowledge.state import knowledge_status, source_statuses, unread

Open = Callable[[], Retriever]


class ScriptedOptions(SourceOptions):
    pages: Any
    """The list of what is yielded, which a test changes at will: Document, Skipped, an exception to raise."""
    footer: str = ""


class ScriptedSource:
    """A source that knows by a tag whether a document has changed, and does what the test wants."""

    Options = ScriptedOptions
    offered: Mapping[str, str] = {}
    read: list[str] = []  # noqa: RUF012

    def __init__(self, options: ScriptedOptions, base: Path) -> None:
        self.options = options

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        ScriptedSource.offered, ScriptedSource.read = dict(known), []
        for one in SCRIPTS[self.options.pages]:
            if isinstance(one, Exception):
                raise one
            id = one.id if isinstance(one, Document) else one.document
            if one.tag and known.get(id) == one.tag:
                yield Unchanged(id)
            else:
                ScriptedSource.read.append(id)
                yield one


SCRIPTS: dict[str, list[Any]] = {}


def page(id: str, text: str = "", source: str = "wiki", tag: str | None = None) -> Document:
    text = text or f"The page {id} tells the rule for {id}."
    return Document(id, source, id.capitalize(), text, tag=text if tag is None else tag)


@pytest.fixture
def wiki(job: ReindexJob, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReindexJob]:
    """A job with one scripted source, whose documents are `SCRIPTS["wiki"]`."""
    monkeypatch.setitem(source_module.KINDS, "scripted", f"{__name__}:ScriptedSource")
    SCRIPTS.clear()
    SCRIPTS["wiki"] = [page("returns"), page("shipping"), page("warranty")]
    yield replace(job, sources=({"name": "wiki", "kind": "scripted", "pages": "wiki"},))


@pytest.fixture
def both(wiki: ReindexJob, job: ReindexJob) -> ReindexJob:
    """The scripted source first, then the folder of policies."""
    return replace(job, sources=(*wiki.sources, *job.sources))


def counts(report: ReindexReport) -> tuple[int, int, int]:
    return report.added, report.changed, report.removed


def texts(job: ReindexJob) -> dict[str, str]:
    version = Index(job.uri).published()
    return {id: "\n".join(one.text for one in version.passages_of(id)) for id in version.documents()}


# ------------------------------------------------------------------ incremental


def test_a_source_is_told_what_is_known_and_reads_only_the_rest(wiki: ReindexJob) -> None:
    run_reindex(wiki)
    assert ScriptedSource.offered == {}
    SCRIPTS["wiki"][1] = page("shipping", "Shipping is free.")
    report = run_reindex(wiki)
    assert set(ScriptedSource.offered) == {"returns", "shipping", "warranty"}
    assert ScriptedSource.read == ["shipping"]
    assert (counts(report), report.documents, report.sources[0].unchanged) == ((0, 1, 0), 3, 2)
    assert texts(wiki)["shipping"] == "Shipping is free."


def test_what_could_not_be_read_of_a_document_is_named_as_long_as_it_is_so(wiki: ReindexJob) -> None:
    SCRIPTS["wiki"][1] = replace(page("shipping"), unread="2 of its pages are pictures.")
    for _ in range(3):
        report = run_reindex(wiki)
        assert report.warnings == ("shipping (wiki): 2 of its pages are pictures.",)
        assert unread(Index(wiki.uri)) == {"shipping": "2 of its pages are pictures."}
    assert ScriptedSource.read == []
    assert run_reindex(wiki, dry_run=True).warnings == report.warnings
    SCRIPTS["wiki"].append(SourceError("The wiki is away."))
    del SCRIPTS["wiki"][1]
    assert run_reindex(wiki).warnings == report.warnings
    SCRIPTS["wiki"] = [page("returns"), page("shipping", "Shipping is free."), page("warranty")]
    assert run_reindex(wiki).warnings == ()
    assert unread(Index(wiki.uri)) == {}


def test_what_could_not_be_read_of_a_version_that_is_not_in_force_is_not_told(wiki: ReindexJob) -> None:
    run_reindex(wiki)
    SCRIPTS["wiki"][1] = replace(page("shipping", "Shipping is free."), unread="2 of its pages are pictures.")
    run_reindex(wiki)
    assert unread(Index(wiki.uri))
    Index(wiki.uri).rollback()
    assert unread(Index(wiki.uri)) == {}


def test_a_skipped_document_that_is_unchanged_is_named_again_without_being_read(wiki: ReindexJob) -> None:
    SCRIPTS["wiki"].append(Skipped("wiki", "plan.pdf", "It needs a password.", tag="v1"))
    for _ in range(3):
        report = run_reindex(wiki)
        assert [(one.document, one.reason) for one in report.skipped] == [("plan.pdf", "It needs a password.")]
    assert ScriptedSource.read == []
    SCRIPTS["wiki"][-1] = page("plan.pdf")
    assert counts(run_reindex(wiki)) == (1, 0, 0)


def test_after_a_rollback_the_newer_text_is_read_again(wiki: ReindexJob) -> None:
    run_reindex(wiki)
    SCRIPTS["wiki"][0] = page("returns", "Returns take 45 days.")
    run_reindex(wiki)
    Index(wiki.uri).rollback()
    assert "45 days" not in texts(wiki)["returns"]
    assert counts(run_reindex(wiki)) == (0, 1, 0)
    assert set(ScriptedSource.offered) == {"shipping", "warranty"}
    assert "45 days" in texts(wiki)["returns"]


def test_other_options_of_a_source_make_it_read_everything_again(wiki: ReindexJob) -> None:
    run_reindex(wiki)
    options = wiki.sources[0]
    run_reindex(replace(wiki, sources=({**options, "schedule": "0 3 * * *", "max_loss": 0.1},)))
    assert ScriptedSource.read == []
    run_reindex(replace(wiki, sources=({**options, "scope": {"region": "eu"}},)))
    assert ScriptedSource.read == ["returns", "shipping", "warranty"]


def test_a_page_that_another_source_had_is_read_again_once_that_one_has_lost_it(both: ReindexJob) -> None:
    SCRIPTS["faq"] = [page("returns", "As the FAQ has it.", source="faq")]
    job = replace(both, sources=(both.sources[0], {"name": "faq", "kind": "scripted", "pages": "faq"}))
    with_twice = run_reindex(job)
    assert [(one.source, one.document) for one in with_twice.skipped] == [("faq", "returns"), ("faq", "")]
    SCRIPTS["wiki"] = [page("shipping"), page("warranty")]
    run_reindex(job)
    assert texts(job)["returns"] == "As the FAQ has it."


def test_unchanged_passages_of_a_changed_document_keep_their_vectors(
    wiki: ReindexJob, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sections = [f"# Part {n}\n\nThis is the text of part {n}, which is short." for n in range(6)]
    SCRIPTS["wiki"] = [page("manual", "\n\n".join(sections))]
    run_reindex(wiki)
    embedded: list[str] = []
    real = Embedder.encode_words

    def counted(self: Embedder, texts: list[str], *args: Any) -> Any:
        embedded.extend(texts)
        return real(self, texts, *args)

    monkeypatch.setattr(Embedder, "encode_words", counted)
    sections[3] = "# Part 3\n\nThis part is new."
    SCRIPTS["wiki"] = [page("manual", "\n\n".join(sections))]
    run_reindex(wiki)
    assert [text.splitlines()[-1] for text in embedded] == ["This part is new."]
    rows = Index(wiki.uri).published().rows_of(["manual"])
    own = embedder.encode([cutting.embedded_text(passage) for passage, _ in rows])
    assert all(vector @ theirs > 0.999 for (_, vector), theirs in zip(rows, own, strict=True))


# ------------------------------------------------------------------ failing


def test_a_source_that_fails_half_way_loses_nothing_and_stops_no_other(both: ReindexJob, policies: Path) -> None:
    run_reindex(both)
    SCRIPTS["wiki"] = [page("returns", "Returns take 45 days."), SourceError("The server hung up.", "Try later.")]
    (policies / "gifts.md").write_text("# Gift cards\n\nGift cards never expire.")
    report = run_reindex(both)
    assert (counts(report), report.documents) == ((1, 1, 0), 8)
    assert [(one.source, one.document, one.reason) for one in report.skipped] == [
        ("wiki", "", "The server hung up. Try later.")
    ]
    held = texts(both)
    assert "45 days" in held["returns"] and "shipping" in held and "gifts.md" in held
    assert [(run.name, run.outcome, run.kept) for run in report.sources] == [
        ("wiki", "partial", 2),
        ("policies", "ok", 0),
    ]
    SCRIPTS["wiki"] = SCRIPTS["wiki"][:1]
    assert counts(run_reindex(both)) == (0, 0, 2)


def test_a_fault_in_a_connector_is_reported_with_its_kind(both: ReindexJob) -> None:
    run_reindex(both)
    SCRIPTS["wiki"] = [ZeroDivisionError("division by zero")]
    report = run_reindex(both)
    assert report.skipped[0].reason.startswith("The source “wiki” failed: ZeroDivisionError: division by zero.")
    assert (counts(report), report.documents) == ((0, 0, 0), 7)
    with pytest.raises(SourceError, match="ZeroDivisionError"):
        run_reindex(both, only="wiki")


def test_settings_that_one_source_cannot_use_do_not_stop_the_others(both: ReindexJob) -> None:
    broken = replace(
        both, sources=({"name": "wiki", "kind": "scripted", "pages": "wiki", "colour": 1}, both.sources[1])
    )
    report = run_reindex(broken)
    assert (counts(report), report.skipped[0].source) == ((4, 0, 0), "wiki")
    assert "colour" in report.skipped[0].reason


def test_a_source_that_gives_nothing_any_more_is_taken_for_a_mistake_beside_others_too(both: ReindexJob) -> None:
    run_reindex(both)
    SCRIPTS["wiki"] = []
    report = run_reindex(both)
    assert (counts(report), report.documents) == ((0, 0, 0), 7)
    assert "has no document that can be indexed" in report.skipped[0].reason


def test_what_cannot_be_read_for_the_moment_stays_as_it_was_and_is_called_outdated(wiki: ReindexJob) -> None:
    run_reindex(wiki)
    SCRIPTS["wiki"][0] = Skipped("wiki", "returns", "It timed out.", temporary=True)
    SCRIPTS["wiki"][1] = Skipped("wiki", "shipping", "It is broken.")
    report = run_reindex(wiki)
    assert (counts(report), report.documents) == ((0, 0, 1), 2)
    assert "returns" in texts(wiki) and "shipping" not in texts(wiki)
    [status] = source_statuses(wiki.uri, wiki.sources)
    assert (status.outcome, status.outdated, status.skipped, status.failures) == ("partial", 1, 2, 0)
    SCRIPTS["wiki"] = [page("returns"), page("shipping"), page("warranty")]
    run_reindex(wiki)
    assert [one.outdated for one in source_statuses(wiki.uri, wiki.sources)] == [0]


def test_a_page_that_keeps_failing_does_not_let_all_of_a_source_be_read_time_and_again(wiki: ReindexJob) -> None:
    SCRIPTS["wiki"] = [page(f"page-{n}") for n in range(20)]
    run_reindex(wiki)
    SCRIPTS["wiki"] = [page(f"page-{n}") for n in range(30)]
    SCRIPTS["wiki"][3] = Skipped("wiki", "page-3", "It timed out.", temporary=True)
    for _ in range(3):  # it has grown, so that all is read once more
        run_reindex(wiki)
    assert ScriptedSource.read == ["page-3"]


def test_a_section_that_cannot_be_listed_for_the_moment_keeps_its_pages(wiki: ReindexJob) -> None:
    SCRIPTS["wiki"] = [page("eu/returns"), page("eu/shipping"), page("europe"), page("us/returns")]
    run_reindex(wiki)
    SCRIPTS["wiki"] = [page("us/returns"), Skipped("wiki", "eu", "It timed out.", temporary=True)]
    assert counts(run_reindex(wiki)) == (0, 0, 1)
    assert set(texts(wiki)) == {"eu/returns", "eu/shipping", "us/returns"}


# ------------------------------------------------------------------ losing too much


def test_a_source_that_would_lose_most_of_its_documents_is_held_back_until_that_is_accepted(
    both: ReindexJob, policies: Path
) -> None:
    SCRIPTS["wiki"] = [page(f"page-{n}") for n in range(12)]
    run_reindex(both)
    SCRIPTS["wiki"] = [page("page-0", "Please sign in."), *(page(f"page-{n}") for n in range(1, 5)), page("sign-in")]
    (policies / "gifts.md").write_text("# Gift cards\n\nGift cards never expire.")
    report = run_reindex(both)
    assert (counts(report), report.documents) == ((1, 0, 0), 17)
    assert "would lose 7 of its 12 documents at once, so it was held back" in report.skipped[0].reason
    assert "reindex --source wiki --accept-loss" in report.skipped[0].reason
    assert "sign in" not in texts(both)["page-0"] and "gifts.md" in texts(both)
    statuses = source_statuses(both.uri, both.sources)
    assert [(one.outcome, one.documents, one.failures) for one in statuses] == [("held_back", 12, 1), ("ok", 5, 0)]

    report = run_reindex(both, only="wiki", accept_loss=True)
    assert (counts(report), report.documents) == ((1, 1, 7), 11)
    assert [one.outcome for one in source_statuses(both.uri, both.sources)] == ["ok", "ok"]


def test_a_source_that_says_the_same_in_place_of_its_documents_is_held_back(wiki: ReindexJob) -> None:
    SCRIPTS["wiki"] = [page(f"page-{n}") for n in range(30)]
    run_reindex(wiki)
    before = texts(wiki)
    SCRIPTS["wiki"] = [page(f"page-{n}", "We are down for maintenance.") for n in range(20)]
    SCRIPTS["wiki"] += [page(f"page-{n}") for n in range(20, 29)]
    report = run_reindex(wiki)
    assert "now says the same in 20 of its 30 documents" in report.skipped[0].reason
    assert ", and would lose 1, so it was held back" in report.skipped[0].reason
    assert texts(wiki) == before
    assert counts(run_reindex(wiki, accept_loss=True)) == (0, 20, 1)
    SCRIPTS["wiki"] = [page(f"page-{n}") for n in range(30)]
    assert counts(run_reindex(wiki)) == (1, 20, 0) and texts(wiki) == before
    # New pages may be alike, and so may a few that have changed.
    SCRIPTS["wiki"] = [page(f"page-{n}", "To be written." if n < 15 or n > 29 else "") for n in range(60)]
    assert counts(run_reindex(wiki)) == (30, 15, 0)


def test_a_small_source_may_lose_what_it_likes_and_a_large_one_its_share(wiki: ReindexJob) -> None:
    SCRIPTS["wiki"] = [page(f"page-{n}") for n in range(9)]
    run_reindex(wiki)
    SCRIPTS["wiki"] = [page("page-0")]
    assert counts(run_reindex(wiki)) == (0, 0, 8)
    SCRIPTS["wiki"] = [page(f"page-{n}") for n in range(20)]
    run_reindex(wiki)
    SCRIPTS["wiki"] = SCRIPTS["wiki"][:10]
    assert counts(run_reindex(wiki)) == (0, 0, 10)


# ------------------------------------------------------------------ canaries

RETURNS = Canary("How long may I return an item?", "returns.md")


def test_a_version_that_no_longer_answers_a_canary_question_is_not_published(
    job: ReindexJob, policies: Path, retriever: Open
) -> None:
    watched = replace(job, canaries=(RETURNS,))
    before = run_reindex(watched).version
    (policies / "returns.md").unlink()
    with pytest.raises(IndexCheckFailed, match=r"to “How long may I return an item\?” it no longer finds “returns.md”"):
        run_reindex(watched)
    assert Index(job.uri).published().number == before
    assert retriever().search(Query("return an item"), 5, Scope()).passages
    report = run_reindex(job)
    assert counts(report) == (0, 0, 1)


def test_a_canary_question_that_no_version_answers_is_a_warning(job: ReindexJob, policies: Path) -> None:
    lost = Canary("How long may I return an item?", "nowhere.md")
    hidden = Canary("May an agent grant a voucher?", "goodwill.md")
    inside = Canary("May an agent grant a voucher?", "goodwill.md", {"audience": "internal"})
    report = run_reindex(replace(job, canaries=(RETURNS, lost, hidden, inside)))
    assert len(report.warnings) == 2 and report.version
    assert "does not find “nowhere.md” among the first 5 passages; it finds “returns.md”" in report.warnings[0]
    assert "goodwill.md" in report.warnings[1]
    assert report.as_json()["warnings"] == list(report.warnings)


@pytest.fixture
def other_model(tmp_path: Path, embedder: Embedder) -> str:
    """A copy of the embedded model with one byte of its weights changed."""
    folder = tmp_path / "other-model"
    shutil.copytree(embedder.folder, folder)
    raw = bytearray((folder / "model.safetensors").read_bytes())
    raw[-3] ^= 1
    (folder / "model.safetensors").write_bytes(raw)
    return str(folder)


def test_with_another_embedder_what_could_not_be_read_is_carried_over_and_canaries_still_count(
    both: ReindexJob, other_model: str, policies: Path
) -> None:
    watched = replace(both, canaries=(RETURNS,))
    run_reindex(watched)
    before = texts(both)
    SCRIPTS["wiki"] = [SourceError("The server is away.")]
    other = replace(watched, model=other_model)
    report = run_reindex(other)
    assert (counts(report), report.documents, report.passages) == ((0, 0, 0), 7, 8)
    assert texts(both) == before
    SCRIPTS["wiki"] = [page("returns"), page("shipping"), page("warranty")]
    assert counts(run_reindex(other)) == (0, 0, 0)
    with pytest.raises(IndexEmbedderMismatch, match="one source alone"):
        run_reindex(watched, only="wiki")
    (policies / "returns.md").unlink()
    with pytest.raises(IndexCheckFailed, match=r"no longer finds “returns\.md”"):
        run_reindex(watched)


# ------------------------------------------------------------------ disorder


def test_two_thousand_documents_with_one_title_are_told_apart(wiki: ReindexJob, tmp_path: Path) -> None:
    lines = [{"doc_id": f"n{n}", "title": "Policy", "text": f"Article {n}."} for n in range(2000)]
    (tmp_path / "many.jsonl").write_text("\n".join(map(json.dumps, lines)))
    many = replace(wiki, sources=({"name": "many", "kind": "jsonl", "path": "many.jsonl"},))
    report = run_reindex(many)
    assert (report.documents, report.passages, report.skipped) == (2000, 2000, ())
    version = Index(many.uri).published()
    assert version.unindexed_rows() == 0
    assert [one.text for one in version.passages_of("n1234")] == ["Article 1234."]
    assert counts(run_reindex(many)) == (0, 0, 0)


FOOTER = "All prices include tax. Write to the shop about anything else."


def test_a_footer_of_every_page_is_kept_once_and_found_a_new_place_when_that_page_is_gone(wiki: ReindexJob) -> None:
    SCRIPTS["wiki"] = [page(f"page-{n}", f"The rule number {n} is this.\n\n{FOOTER}") for n in range(12)]
    run_reindex(wiki)
    assert [id for id, text in texts(wiki).items() if FOOTER in text] == ["page-0"]
    assert counts(run_reindex(wiki)) == (0, 0, 0)
    SCRIPTS["wiki"].append(page("page-x", f"The rule number x is this.\n\n{FOOTER}"))
    run_reindex(wiki)
    assert FOOTER not in texts(wiki)["page-x"]
    del SCRIPTS["wiki"][0]
    run_reindex(wiki)
    run_reindex(wiki)
    assert sum(FOOTER in text for text in texts(wiki).values()) == 1
    assert counts(run_reindex(wiki)) == (0, 0, 0)
    assert ScriptedSource.read == []


# ------------------------------------------------------------------ status


def test_the_status_says_how_each_source_stands(both: ReindexJob, policies: Path) -> None:
    assert [one.outcome for one in source_statuses(both.uri, both.sources)] == ["never", "never"]
    assert knowledge_status(both.uri, both.sources).version == 0
    run_reindex(both)
    first = source_statuses(both.uri, both.sources)
    assert [(one.name, one.kind, one.documents, one.passages) for one in first] == [
        ("wiki", "scripted", 3, 3),
        ("policies", "folder", 4, 5),
    ]
    SCRIPTS["wiki"] = [SourceError("The password has expired.", "Renew it.")]
    for _ in range(2):
        run_reindex(both)
    wiki, folder = source_statuses(both.uri, both.sources)
    assert (wiki.outcome, wiki.failures, wiki.documents) == ("failed", 2, 3)
    assert wiki.sentence == "The password has expired. Renew it."
    assert wiki.last_success and wiki.last_success == first[0].last_success
    assert wiki.last_run and wiki.last_run >= wiki.last_success
    assert (folder.outcome, folder.failures) == ("ok", 0)
    json.dumps(wiki.as_json())


def test_a_run_in_which_every_source_fails_is_remembered_though_it_raises(wiki: ReindexJob) -> None:
    SCRIPTS["wiki"] = [SourceError("The password has expired.")]
    with pytest.raises(SourceError, match="expired"):
        run_reindex(wiki)
    [status] = source_statuses(wiki.uri, wiki.sources)
    assert (status.outcome, status.failures, status.last_success) == ("failed", 1, None)


def test_the_status_of_the_whole_says_what_is_in_force_and_what_came_before(job: ReindexJob, policies: Path) -> None:
    first = run_reindex(job).version
    (policies / "gifts.md").write_text("# Gift cards\n\nGift cards never expire.")
    second = run_reindex(job).version
    status = knowledge_status(job.uri, job.sources)
    assert (status.version, status.previous, status.documents, status.passages) == (second, first, 5, 6)
    assert status.unindexed_rows == 0 and status.bytes_on_disk and status.published_at
    assert status.embedder.startswith("all-MiniLM-L6-v2")
    json.dumps(status.as_json())


def test_what_another_release_remembered_in_another_form_is_forgotten(wiki: ReindexJob) -> None:
    run_reindex(wiki)
    Index(wiki.uri).remember(state.SEEN, pa.table({"colour": ["blue"]}))
    assert counts(run_reindex(wiki)) == (0, 0, 0)
    assert ScriptedSource.offered == {}
    assert counts(run_reindex(wiki)) == (0, 0, 0)
    assert ScriptedSource.read == []
