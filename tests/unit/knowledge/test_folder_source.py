"""A folder is read without surprises: what has not changed is left alone, what is odd is named."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from knowledge.documents import Document, Skipped, Unchanged
from knowledge.sources import SourceError, folder, open_source


def read(path: Path, known: Mapping[str, str] | None = None, **options: Any) -> list[Document | Unchanged | Skipped]:
    source = open_source({"name": "s", "kind": "folder", "path": path.name, **options}, path.parent)
    return list(source.documents(known or {}))


def ids(found: list[Document | Unchanged | Skipped]) -> list[str]:
    return [one.id for one in found if isinstance(one, Document)]


def reasons(found: list[Document | Unchanged | Skipped]) -> dict[str, str]:
    return {one.document: one.reason for one in found if isinstance(one, Skipped)}


def tags(found: list[Document | Unchanged | Skipped]) -> dict[str, str]:
    return {one.document if isinstance(one, Skipped) else one.id: one.tag for one in found if hasattr(one, "tag")}


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    path = tmp_path / "policies"
    path.mkdir()
    return path


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be old enough at once, instead of after two seconds."""
    monkeypatch.setattr(folder, "_SETTLED_NS", 0)


@pytest.fixture
def growing(policies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that gains a line whenever somebody has looked how long it is."""
    log, fstat = policies / "log.txt", os.fstat
    log.write_text("Text.\n")

    def look(handle: int) -> os.stat_result:
        status = fstat(handle)
        with log.open("a") as file:
            file.write("More.\n")
        return status

    monkeypatch.setattr(folder.os, "fstat", look)


@pytest.mark.usefixtures("settled")
def test_what_has_not_changed_is_told_so_even_where_it_was_skipped(policies: Path) -> None:
    (policies / "a.md").write_text("# A\n\nText.")
    (policies / "empty.md").write_text("")
    first = read(policies)
    assert read(policies, tags(first)) == [Unchanged("a.md"), Unchanged("empty.md")]
    (policies / "empty.md").write_text("Now it says something.")
    assert ids(read(policies, tags(first))) == ["empty.md"]


@pytest.mark.usefixtures("settled")
def test_an_edit_of_the_same_size_is_seen_even_where_the_time_of_the_file_is_set_back(policies: Path) -> None:
    page = policies / "a.md"
    page.write_text("30 days.")
    first, status = read(policies), page.stat()
    page.write_text("60 days.")
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    (document,) = read(policies, tags(first))
    assert isinstance(document, Document)
    assert document.text == "60 days."


def test_a_file_that_was_changed_just_now_is_read_again_next_time(policies: Path) -> None:
    (policies / "a.md").write_text("30 days.")
    first = read(policies)
    assert ids(read(policies, tags(first))) == ["a.md"]


@pytest.mark.usefixtures("growing")
def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_time(policies: Path) -> None:
    (skipped,) = read(policies)
    assert skipped == Skipped("s", "log.txt", "It changed while it was read.", temporary=True)


@pytest.mark.usefixtures("growing")
def test_more_failures_than_the_error_budget_give_the_source_up(policies: Path) -> None:
    with pytest.raises(SourceError, match=r"than 0 documents, last log\.txt: It changed"):
        read(policies, error_budget=0)


def test_links_are_followed_to_files_inside_the_folder_only(policies: Path) -> None:
    (policies.parent / "secret.md").write_text("Secret.")
    (policies / "eu").mkdir()
    (policies / "eu" / "a.md").write_text("Text.")
    (policies / "inside.md").symlink_to("eu/a.md")
    (policies / "outside.md").symlink_to("../secret.md")
    (policies / "itself.md").symlink_to("itself.md")
    (policies / "eu" / "round").symlink_to("..")
    found = read(policies)
    assert ids(found) == ["eu/a.md", "inside.md"]
    assert reasons(found) == {
        "eu/round": "It is a link to a folder; those are not followed.",
        "itself.md": "It is a link that leads back to itself.",
        "outside.md": "It is a link that leads out of the folder. Set outside_links = true if that is meant.",
    }
    assert ids(read(policies, outside_links=True)) == ["eu/a.md", "inside.md", "outside.md"]


def test_patterns_choose_the_files(policies: Path) -> None:
    for name in ("eu/a.md", "eu/drafts/b.md", "us/c.md", "us/old.doc"):
        (policies / name).parent.mkdir(exist_ok=True, parents=True)
        (policies / name).write_text("Text.")
    assert ids(read(policies, include=["eu/*"], exclude=["*/drafts/*"])) == ["eu/a.md"]
    assert reasons(read(policies, exclude=["*.doc"])) == {}
    assert reasons(read(policies, include=["eu/*"])) == {}


@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize("stored", ["NFC", "NFD"])
def test_a_pattern_fits_a_name_in_any_unicode_form(policies: Path, written: Any, stored: Any) -> None:
    for folder_ in ("Löhne", "Häfen"):
        (policies / normalize(stored, folder_)).mkdir()
        (policies / normalize(stored, folder_) / "a.md").write_text("Text.")
    pattern = normalize(written, "Löhne/*")
    assert ids(read(policies, exclude=[pattern])) == [normalize(stored, "Häfen/a.md")]
    assert ids(read(policies, include=[pattern])) == [normalize(stored, "Löhne/a.md")]
    found = read(policies, scope_rules=[{"match": pattern, "audience": "internal"}])
    assert sorted(one.scope.audience for one in found if isinstance(one, Document)) == [(), ("internal",)]


def test_documents_without_a_reader_are_named_once_a_kind(policies: Path) -> None:
    for name in ("a.doc", "b.DOC", "c.pages", "d.md"):
        (policies / name).write_text("Text.")
    advice = "Save as PDF or Markdown, or exclude"
    assert reasons(read(policies)) == {
        "*.doc": f"2 files of this kind (old Word) are not read: first a.doc. {advice} *.doc.",
        "*.pages": f"One file of this kind (Pages) is not read: c.pages. {advice} *.pages.",
    }


def test_names_that_differ_in_case_only_are_two_documents(policies: Path) -> None:
    (policies / "Returns.md").write_text("Text.")
    (policies / "returns.md").write_text("Text.")
    if len(list(policies.iterdir())) == 1:
        pytest.skip("this file system does not tell case apart")
    assert ids(read(policies)) == ["Returns.md", "returns.md"]


def test_a_name_that_is_not_utf_8_is_named_as_well_as_it_can_be(policies: Path) -> None:
    Path(os.fsdecode(os.fsencode(policies) + b"/r\xfcckgabe.md")).write_text("Text.")
    assert reasons(read(policies)) == {"r?ckgabe.md": "Its name is not valid UTF-8. Rename it."}


def test_a_document_has_the_url_that_its_path_leads_to_unless_it_names_one(policies: Path) -> None:
    (policies / "eu").mkdir()
    (policies / "eu" / "rücken & co.md").write_text("Text.")
    (policies / "own.md").write_text("---\nurl: https://own.example\nlast_updated: 2026-03-04\n---\nText.")
    found = [one for one in read(policies, document_url="https://w.example/{path}") if isinstance(one, Document)]
    assert [one.url for one in found] == ["https://w.example/eu/r%C3%BCcken%20%26%20co.md", "https://own.example"]
    assert [one.updated for one in found] == [None, date(2026, 3, 4)]
    with pytest.raises(SourceError, match=r"wrong document_url: \{file\} is no placeholder; there is \{path\}"):
        read(policies, document_url="https://w.example/{file}")


def test_a_file_above_the_limit_is_not_read_to_its_end(policies: Path) -> None:
    (policies / "big.md").write_text("Text. " * 1000)
    assert reasons(read(policies, max_bytes=1000))["big.md"].startswith("It is larger than 0.001 MB.")


def test_a_file_in_place_of_the_folder_is_an_error_that_says_so(policies: Path) -> None:
    (policies / "a.md").write_text("Text.")
    with pytest.raises(SourceError, match="Not a directory"):
        read(policies / "a.md")


def test_a_large_file_kept_elsewhere_is_not_taken_for_a_document(policies: Path) -> None:
    (policies / "a.md").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")
    assert reasons(read(policies))["a.md"].startswith("Its content is kept in Git LFS.")


@pytest.mark.parametrize("pattern", ["staff/", "staff", "/staff/*", "./staff/*", "./staff", "/staff/", "staff/*"])
def test_a_folder_in_a_pattern_means_everything_below_it(policies: Path, pattern: str) -> None:
    (policies / "staff" / "old").mkdir(parents=True)
    (policies / "staff" / "discounts.md").write_text("# Discounts\n\nStaff pay half.")
    (policies / "staff" / "old" / "rules.md").write_text("# Rules\n\nStaff paid all.")
    (policies / "staff.md").write_text("# Staff\n\nOur staff is kind.")
    rules = [{"match": pattern, "audience": "internal"}]
    audiences = {one.id: one.scope.audience for one in read(policies, scope_rules=rules) if isinstance(one, Document)}
    assert audiences.pop("staff/discounts.md") == audiences.pop("staff/old/rules.md") == ("internal",)
    assert "staff.md" in audiences and not any(audiences.values())
    assert not [id for id in ids(read(policies, exclude=[pattern])) if id.startswith("staff/")]
    assert ids(read(policies, include=[pattern])) == ["staff/discounts.md", "staff/old/rules.md"]


@pytest.mark.parametrize("options", [{"exclude": [""]}, {"include": [" "]}, {"scope_rules": [{"match": ""}]}])
def test_an_empty_pattern_is_refused(policies: Path, options: dict[str, Any]) -> None:
    with pytest.raises(SourceError, match="empty pattern"):
        read(policies, **options)


def test_a_link_that_leads_back_to_itself_stops_nothing(policies: Path) -> None:
    (policies / "returns.md").write_text("# Returns\n\nYou have 30 days.")
    (policies / "loop").symlink_to("loop")
    found = read(policies)
    assert ids(found) == ["returns.md"]
    assert reasons(found)["loop"] == "It is a link that leads back to itself."
