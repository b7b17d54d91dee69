"""Versions of the index: staged in blocks, checked, published in one step, kept for a rollback."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from lancedb.table import LanceTable

from knowledge import index as index_module
from knowledge.documents import Passage, Scope
from knowledge.embedding import EmbedderIdentity, Vectors
from knowledge.index import (
    Candidate,
    Index,
    IndexIdentity,
    IndexMissing,
    IndexUnusable,
    StagedVersion,
    Version,
    scope_filter,
)

DIMENSION = 16
IDENTITY = IndexIdentity(EmbedderIdentity("none", "none", DIMENSION, "float32"), "English", 1)
ANYBODY = scope_filter(Scope(), date(2026, 1, 1))


def page(name: str, count: int = 1, scope: Scope | None = None) -> list[Passage]:
    scope = scope or Scope()
    return [
        Passage(f"{name}#{n}", name, "s", f"Title {name}", "", "", f"word {name} {n}", n, scope) for n in range(count)
    ]


def vectors_for(passages: Sequence[Passage], seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(len(passages), DIMENSION)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def put(staged: StagedVersion, passages: Sequence[Passage], seed: int = 0) -> None:
    staged.add(passages, {one.document_id: "hash" for one in passages}, vectors_for(passages, seed))


def publish(index: Index, passages: Sequence[Passage], *, removed: Sequence[str] = (), anew: bool = False) -> int:
    with index.writing() as writer:
        staged = writer.stage(IDENTITY, anew=anew)
        staged.remove(removed)
        put(staged, passages)
        return staged.publish(staged.finish())


def ids(version: Version) -> set[str]:
    return set(version.documents())


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(str(tmp_path / "index"))


def test_a_finished_version_can_be_searched_before_it_is_published_and_only_by_its_maker(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "_WRITE_ROWS", 3)  # so that some blocks are written at once and some wait
    publish(index, page("old"))
    with index.writing() as writer:
        staged = writer.stage(IDENTITY, anew=False)
        for name in ("kettle", "b", "toaster"):
            put(staged, page(name, 2))
        staged.remove(["old", "b", "nobody"])
        version = staged.finish()
        assert ids(version) == {"kettle", "toaster"}
        assert ids_of(version, version.candidates(None, "kettle", ANYBODY, 9)) == ["kettle#0", "kettle#1"]
        assert ids(index.published()) == ids(Index(index.uri).published()) == {"old"}
        assert staged.publish(version) == version.number
    assert ids(index.published()) == {"kettle", "toaster"}
    assert (index.published().count_documents(), index.published().count_passages()) == (2, 4)


def test_what_a_writer_left_that_gave_up_is_not_in_the_next_version(index: Index) -> None:
    publish(index, page("old"))
    with index.writing() as writer:
        staged = writer.stage(IDENTITY, anew=True)
        put(staged, page("lost"))
        staged.finish()
    publish(index, page("new"))
    assert ids(index.published()) == {"old", "new"}


def test_a_document_is_read_in_its_order_and_scopes_are_known(index: Index) -> None:
    eu, agents = Scope(region=("eu", "uk")), Scope(audience=("internal",), region=("us",))
    publish(index, [*reversed(page("a'b", 12, eu)), *page("other", 1, agents)])
    version = index.published()
    assert version.passages_of("a'b") == page("a'b", 12, eu)
    assert version.passages_of("nobody") == []
    assert version.scope_values() == {
        "region": ["eu", "uk", "us"],
        "audience": ["internal"],
        "product": [],
        "language": [],
    }


def test_an_index_that_was_removed_and_made_anew_is_another_though_its_numbers_are_the_same(index: Index) -> None:
    number = publish(index, page("a"))
    before = index.published()
    shutil.rmtree(index.uri)
    assert publish(Index(index.uri), page("b")) == number
    after = index.published()
    assert ids(after) == {"b"}
    assert (after.number, after.made_at > before.made_at) == (number, True)


def test_the_versions_kept_are_told_and_a_rollback_goes_back_once(index: Index) -> None:
    assert index.versions() == []
    first = publish(index, page("a", 2))
    assert [(one.number, one.in_force) for one in index.versions()] == [(first, True)]
    second = publish(index, page("b"))
    told = [(one.number, one.documents, one.passages, one.in_force) for one in index.versions()]
    assert told == [(second, 2, 3, True), (first, 1, 2, False)]
    assert datetime.now(UTC) - index.versions()[0].published_at < timedelta(minutes=1)
    assert index.rollback() == first
    assert [one.number for one in index.versions()] == [first]
    with pytest.raises(IndexMissing, match="no earlier version"):
        index.rollback()


def test_small_tables_are_kept_beside_the_passages_and_replaced_whole(index: Index) -> None:
    assert index.remembered("sources") is None
    index.remember("sources", pa.table({"name": ["a", "b"]}))
    index.remember("sources", pa.table({"name": ["c"], "tag": ["1"]}))
    publish(index, page("a"))
    rows = Index(index.uri).remembered("sources")
    assert rows is not None and rows.to_pylist() == [{"name": "c", "tag": "1"}]


def test_a_publication_long_after_the_last_one_succeeds(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """LanceDB cleans up by itself what is a week old, and fails where that is a tagged version."""
    publish(index, page("a"))
    real = LanceTable.optimize

    def a_week_passes_in_a_second(self: LanceTable, cleanup_older_than: timedelta | None = None, **rest: Any) -> None:
        real(self, cleanup_older_than=cleanup_older_than or timedelta(seconds=1), **rest)

    monkeypatch.setattr(LanceTable, "optimize", a_week_passes_in_a_second)
    time.sleep(1.5)
    publish(index, page("b"))
    assert ids(index.published()) == {"a", "b"}


def test_many_small_publications_leave_few_fragments_and_files(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "_MARGIN", timedelta(seconds=0.2))
    files = []
    for n in range(36):
        publish(index, page(f"p{n % 9}"), removed=[f"p{n % 9}"])
        files.append(sum(one.is_file() for one in (tmp_path / "index").rglob("*")))
    assert index.published().table.stats()["fragment_stats"]["num_fragments"] <= 3
    assert max(files[-9:]) <= 2 * max(files[:9]), files
    assert ids(index.published()) == {f"p{n}" for n in range(9)}


def test_an_index_of_another_version_of_frontdesk_is_not_searched_but_made_anew(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "FORMAT", -1)
    publish(index, page("a"))
    monkeypatch.undo()
    with pytest.raises(IndexUnusable, match=r"another version of Frontdesk.*frontdesk reindex"):
        Index(index.uri).published()
    again = Index(index.uri)
    assert again.published_or_none() is not None
    publish(again, page("b"), anew=True)
    assert ids(Index(index.uri).published()) == {"b"}


@pytest.fixture
def large(index: Index, monkeypatch: pytest.MonkeyPatch) -> Index:
    """An index large enough for partitions and a file of encodings, by the measure of this test."""
    monkeypatch.setattr(index_module, "VECTOR_INDEX_FROM", 2_000)
    monkeypatch.setattr(index_module, "ENCODINGS_FROM", 2_000)
    publish(index, [one for n in range(1_000) for one in page(f"p{n}", 2, Scope(region=("eu" if n % 20 else "us",)))])
    return index


def vector_index(index: Index) -> tuple[str, int]:
    table = index.published().table
    name = next(one.name for one in table.list_indices() if one.columns == ["vector"])
    stats = table.index_stats(name)
    assert stats is not None and stats.num_unindexed_rows == 0
    return name, stats.num_indices or 0


@pytest.mark.parametrize("region", ["eu", "us"])
def test_a_large_index_finds_what_an_exact_search_finds(large: Index, region: str) -> None:
    version = large.published()
    allowed = scope_filter(Scope(region=(region,)), date(2026, 1, 1))
    found = 0
    for vector in vectors_for(page("question", 20), seed=5):
        exact = version.table.search(vector, vector_column_name="vector").distance_type("dot").bypass_vector_index()
        right = {row["id"] for row in exact.where(allowed, prefilter=True).limit(10).select(["id"]).to_list()}
        near = version.candidates(vector, "", allowed, 60)
        assert {one.scope.region for one in version.passages(near)} == {(region,)}
        found += len(right & set(ids_of(version, near[:10])))
    assert vector_index(large) == ("vector_32", 1)
    assert found >= 0.99 * 200


def encodings_file(index: Index, version: int) -> Path:
    (folder,) = Path(index.uri).rglob("_encodings")
    return folder / f"{version}.encodings"


def scored_by(candidates: Sequence[Candidate]) -> list[tuple[int, bytes, bytes, float, list[float]]]:
    return [(one.row_id, one.document, one.words, one.bm25, one.vector.tolist()) for one in candidates]


@pytest.mark.parametrize("region", ["eu", "us"])
def test_candidates_are_the_same_with_and_without_the_file_of_encodings(large: Index, region: str) -> None:
    version = large.published()
    allowed = scope_filter(Scope(region=(region,)), date(2026, 1, 1))
    asked = [(one, f"p{number * 7}") for number, one in enumerate(vectors_for(page("question", 20), seed=5))]
    with_file = [scored_by(version.candidates(vector, words, allowed, 20)) for vector, words in asked]
    mixed = version.candidates(asked[0][0], "p77", allowed, 20)[::-1]
    passages = version.passages(mixed)
    encodings_file(large, version.number).unlink()
    without = Index(large.uri).published()
    assert without.passages(mixed) == passages
    for (vector, words), found in zip(asked, with_file, strict=True):
        assert found == scored_by(version.candidates(vector, words, allowed, 20))
        again = scored_by(without.candidates(vector, words, allowed, 20))
        # Two that are nearly as near as each other may change places: one in half precision, one in full.
        assert len({row_id for row_id, *_ in found} & {row_id for row_id, *_ in again}) >= len(again) - 1
        assert all(one in found for one in again if one[0] in {row_id for row_id, *_ in found})


def test_after_a_change_and_a_rollback_candidates_are_those_of_the_version_in_force(large: Index) -> None:
    before = large.published()
    changed = page("p1", 2, Scope(region=("eu",)))
    vector = -vectors_for(changed, seed=9)[0]
    first = scored_by(before.candidates(vector, "p1", ANYBODY, 20))
    with large.writing() as writer:
        staged = writer.stage(IDENTITY, anew=False)
        staged.remove(["p1"])
        staged.add(changed, {"p1": "new"}, np.stack([vector, -vector]))
        staged.publish(staged.finish())
    for reader in (large, Index(large.uri)):
        version = reader.published()
        best = version.candidates(vector, "", ANYBODY, 20)[0]
        assert version.passages([best])[0].id == "p1#0"
        assert float(best.vector @ vector) == pytest.approx(1, abs=1e-3)
        assert scored_by(before.candidates(vector, "p1", ANYBODY, 20)) == first
    assert encodings_file(large, large.published().number).exists()
    assert large.rollback() == before.number
    for reader in (large, Index(large.uri)):
        assert reader.published()._file is not None
        assert scored_by(reader.published().candidates(vector, "p1", ANYBODY, 20)) == first


def test_a_staged_version_that_is_given_up_leaves_the_files_of_the_published_ones(large: Index) -> None:
    with large.writing() as writer:
        staged = writer.stage(IDENTITY, anew=False)
        put(staged, page("given-up"))
        given_up = staged.finish().number
    assert encodings_file(large, given_up).exists()
    before = large.published().number
    after = publish(large, page("next"))
    folder = encodings_file(large, after).parent
    assert {one.name for one in folder.iterdir()} == {f"{before}.encodings", f"{after}.encodings"}


@pytest.mark.parametrize("damage", ["cut off", "of another index"])
def test_a_file_of_encodings_that_is_not_right_is_not_read(
    large: Index, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    version = large.published()
    vector = vectors_for(page("question"), seed=7)[0]
    right = scored_by(version.candidates(vector, "p77", ANYBODY, 5))
    file = encodings_file(large, version.number)
    if damage == "cut off":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        publish(large, page("p5", 2), removed=["p5"])
        large.rollback()
        whole = bytearray(encodings_file(large, version.number).read_bytes())
        whole[8:40] = bytes(32)
        file.unlink()
        file.write_bytes(whole)
    again = Index(large.uri).published()
    assert scored_by(again.candidates(vector, "p77", ANYBODY, 5)) == right
    assert "read from the table" in caplog.text


def test_an_index_that_is_not_in_a_folder_has_no_file_and_is_searched_all_the_same(
    large: Index, tmp_path: Path
) -> None:
    """An address of a local file goes through the same object store as one of a bucket."""
    elsewhere = Index(f"file://{tmp_path}/elsewhere")
    publish(
        elsewhere, [one for n in range(1_000) for one in page(f"p{n}", 2, Scope(region=("eu" if n % 20 else "us",)))]
    )
    assert not list((tmp_path / "elsewhere").rglob("*.encodings"))
    vector = vectors_for(page("question"), seed=7)[0]
    here, there = large.published(), elsewhere.published()
    allowed = scope_filter(Scope(region=("us",)), date(2026, 1, 1))
    found = [ids_of(one, one.candidates(vector, "p40", allowed, 5)) for one in (here, there)]
    assert found[0] == found[1] and len(found[0]) >= 5


def ids_of(version: Version, candidates: list[Candidate]) -> list[str]:
    return [one.id for one in version.passages(candidates)]


def test_both_searches_at_once_find_what_each_finds(large: Index) -> None:
    version = large.published()
    vector = vectors_for(page("question"), seed=7)[0]
    near, matching = version.candidates(vector, "", ANYBODY, 5), version.candidates(None, "p77", ANYBODY, 5)
    both = version.candidates(vector, "p77", ANYBODY, 5)
    assert {one.row_id for one in both} == {one.row_id for one in (*near, *matching)}
    assert {one.row_id for one in both if one.bm25} == {one.row_id for one in matching}
    assert [float(one.vector @ vector) for one in near] == sorted(float(one.vector @ vector) for one in near)[::-1]
    assert version.candidates(None, "nowhere", ANYBODY, 5) == []


def test_what_its_vector_found_knows_its_words_beyond_the_first_matches(large: Index) -> None:
    version = large.published()
    matches = version.candidates(None, "title", ANYBODY, 20)
    later = matches[10]
    found = {one.row_id: one for one in version.candidates(later.vector, "title", ANYBODY, 5)}
    assert later.row_id not in {one.row_id for one in matches[:5]}
    assert found[later.row_id].bm25 == pytest.approx(later.bm25, rel=1e-3)


def test_a_word_that_stands_twice_counts_twice(large: Index) -> None:
    version = large.published()
    (once, *_), (twice, *_) = (version.candidates(None, words, ANYBODY, 1) for words in ("p77", "p77 p77"))
    assert twice.bm25 == pytest.approx(2 * once.bm25, rel=1e-3)


def test_what_is_kept_in_memory_is_bounded_and_still_right(large: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "_KEPT", 8)
    encodings_file(large, large.published().number).unlink()
    version = Index(large.uri).published()
    first = version.candidates(None, "p77", ANYBODY, 5)
    for number in range(20):
        version.candidates(None, f"p{number}", ANYBODY, 5)
        assert len(version._kept) <= 8
    again = version.candidates(None, "p77", ANYBODY, 5)
    assert [(one.row_id, one.words, one.vector.tolist()) for one in again] == [
        (one.row_id, one.words, one.vector.tolist()) for one in first
    ]


def test_the_vector_index_is_carried_on_and_made_anew_when_it_has_many_parts_or_the_table_has_grown(
    large: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "_INDEX_PARTS", 2)
    parts = []
    for n in range(3):
        publish(large, page(f"new-{n}", 2), removed=[f"p{n}"])
        parts.append(vector_index(large))
    assert {name for name, _ in parts} == {"vector_32"}
    assert {count for _, count in parts} == {1, 2}
    publish(large, [one for n in range(9_000) for one in page(f"many{n}", 2)])
    assert vector_index(large) == ("vector_128", 1)
