"""The doctor says so where the documents of a source are not those of the index."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters import doctor, wiring
from bot.settings import Settings, from_values
from knowledge.documents import Document, Skipped, Unchanged
from knowledge.errors import FrontdeskError
from knowledge.reindex import run_reindex
from knowledge.sources.folder import FolderSource


@pytest.fixture
def settings(tmp_path: Path, policies: Path) -> Settings:
    return _with_sources(tmp_path, "policies")


def _with_sources(folder: Path, *names: str) -> Settings:
    sources = [{"name": name, "kind": "folder", "path": name} for name in names]
    return from_values({"knowledge": {"sources": sources}}, folder / "frontdesk.toml")


async def _index(settings: Settings) -> str:
    """Return what the doctor finds of the index, with what to do where it finds fault."""
    finding = await doctor._finding("index", doctor._index(settings))
    assert finding.ok is not bool(finding.fix)
    return f"{'ok' if finding.ok else 'no'}: {finding.detail} {finding.fix}".strip()


async def test_an_index_that_holds_every_source_is_well(settings: Settings) -> None:
    run_reindex(wiring.reindex_job(settings))
    assert await _index(settings) == "ok: Version 7 can be searched."


async def test_a_source_that_was_never_read_is_told(settings: Settings, tmp_path: Path) -> None:
    run_reindex(wiring.reindex_job(settings))
    two = _with_sources(tmp_path, "policies", "faq")
    assert await _index(two) == (
        "no: Version 7 can be searched. faq (never read). "
        "Run `frontdesk reindex`; `frontdesk knowledge status` tells how each source stands."
    )


async def test_a_source_that_was_held_back_is_told_until_it_is_accepted(settings: Settings, policies: Path) -> None:
    for number in range(10):
        (policies / f"{number}.md").write_text(f"# Page {number}\n\nShelf {number} is in aisle {number}.")
    run_reindex(wiring.reindex_job(settings))
    for path in sorted(policies.glob("*.md"))[1:]:
        path.unlink()
    run_reindex(wiring.reindex_job(settings))
    told = await _index(settings)
    assert told.startswith(
        "no: Version 7 can be searched. policies (held back): The source “policies” would lose 13 of"
    )
    assert "--accept-loss" in told
    run_reindex(wiring.reindex_job(settings), accept_loss=True)
    assert (await _index(settings)).startswith("ok: ")


async def test_a_source_that_could_not_be_read_the_last_time_is_told(settings: Settings, policies: Path) -> None:
    run_reindex(wiring.reindex_job(settings))
    for path in policies.glob("*.md"):
        path.rename(path.with_suffix(".xyz"))
    with pytest.raises(FrontdeskError, match="no document that can be indexed"):
        run_reindex(wiring.reindex_job(settings))
    told = await _index(settings)
    assert told.startswith("no: Version 7 can be searched. policies (could not be read): The source “policies” has no")
    assert "has no document that can be indexed" in told


async def test_a_source_of_which_one_page_could_not_be_read_is_well(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = FolderSource.documents

    def documents(self: FolderSource, known: dict[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        yield from read(self, known)
        yield Skipped("policies", "late.md", "It is locked.", temporary=True)

    monkeypatch.setattr(FolderSource, "documents", documents)
    run_reindex(wiring.reindex_job(settings))
    assert (await _index(settings)).startswith("ok: ")


async def test_a_folder_without_documents_is_told(settings: Settings, policies: Path) -> None:
    assert await doctor._sources(settings) == "policies (folder)"
    for path in policies.glob("*.md"):
        path.unlink()
    with pytest.raises(FrontdeskError, match="The source “policies” has no documents"):
        await doctor._sources(settings)
