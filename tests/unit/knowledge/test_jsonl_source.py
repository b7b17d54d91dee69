"""Of a file of JSON lines, only the lines that changed are read again."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.documents import Document, Skipped, Unchanged
from knowledge.passages import cut
from knowledge.sources import SourceError, open_source


def write(path: Path, *lines: Any) -> None:
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), encoding="utf-8")


def read(path: Path, known: Mapping[str, str] | None = None) -> list[Document | Unchanged | Skipped]:
    source = open_source({"name": "s", "kind": "jsonl", "path": str(path)}, path.parent)
    return list(source.documents(known or {}))


def tags(found: list[Document | Unchanged | Skipped]) -> dict[str, str]:
    return {one.document if isinstance(one, Skipped) else one.id: one.tag for one in found if hasattr(one, "tag")}


A, B = {"doc_id": "a", "text": "First."}, {"doc_id": "b", "text": "Second."}


def test_lines_that_are_as_they_were_are_unchanged_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    write(path, A, B, "no json", {"doc_id": "c"})
    first = read(path)
    assert {one.id for one in read(path, tags(first)) if isinstance(one, Unchanged)} == {"a", "b", "line 3", "c"}
    write(path, B, {"doc_id": "a", "text": "Another."}, "no json")
    second = read(path, tags(first))
    assert second[0] == Unchanged("b")
    assert isinstance(second[1], Document)
    assert second[2] == Unchanged("line 3")


def test_a_broken_line_is_known_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    write(path, "no json", A)
    first = read(path)
    write(path, A, "no json")
    found = read(path, tags(first))
    assert found[0] == Unchanged("a")
    assert isinstance(found[1], Skipped)
    assert found[1].document == "line 2"


def test_the_second_of_two_lines_that_are_alike_is_still_seen(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    write(path, A, A)
    first = read(path)
    again = read(path, tags(first))
    assert again[0] == Unchanged("a")
    assert isinstance(again[1], Document)


def test_a_line_may_say_when_it_was_updated(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    write(path, A | {"meta": {"updated": "2026-05-06T07:08:09Z"}})
    (document,) = read(path)
    assert isinstance(document, Document)
    assert document.updated == date(2026, 5, 6)


def test_a_file_that_is_written_meanwhile_loses_no_document(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    write(path, A, '{"doc_id": "b", "te')
    found = iter(open_source({"name": "s", "kind": "jsonl", "path": str(path)}, tmp_path).documents({}))
    assert isinstance(next(found), Document)
    with path.open("a") as file:
        file.write('xt": "Second."}\n' * 20_000)
    with pytest.raises(SourceError, match="changed while it was read"):
        list(found)


def test_a_pipe_is_no_file_of_lines(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "d.jsonl")
    with pytest.raises(SourceError, match="no regular file"):
        read(tmp_path / "d.jsonl")


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_a_text_is_read_whole_whatever_its_lines_end_in(tmp_path: Path, end: str) -> None:
    lines = ["Intro", "of it.", "", "# Fees", "A costs 5.", "", "## Post", "B costs 6.", "It is slow."]
    write(tmp_path / "d.jsonl", {"doc_id": "a", "text": end.join(lines)})
    (document,) = read(tmp_path / "d.jsonl")
    assert isinstance(document, Document)
    assert (document.title, document.text) == ("Fees", "\n".join(lines))
    (passages,) = cut([document], lambda texts: [list(range(1, len(text) + 1)) for text in texts], 256)
    assert [one.text for one in passages] == ["Intro\nof it.", "A costs 5.", "B costs 6.\nIt is slow."]


def test_a_line_is_told_as_its_readers_see_it(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    write(
        path,
        {"doc_id": "a", "text": "<p>Within <b>30</b>¹ days &amp; nights.</p>"},
        {"doc_id": "b", "text": "Within 30<sup>1</sup> days, see [the form](https://example.com/form)."},
        {"doc_id": "d", "text": "&lt;p&gt;Within &lt;b&gt;30&lt;/b&gt; days.&lt;/p&gt;"},
        {"doc_id": "e", "text": "&lt;p&gt; begins a paragraph in HTML."},
        {"doc_id": "c", "text": "<!-- not yet decided -->"},
    )
    told = [one.text.strip() if isinstance(one, Document) else one for one in read(path)]
    assert told[:-1] == [
        "Within **30** days & nights.",
        "Within 30 days, see [the form](https://example.com/form).",
        "Within **30** days.",
        "<p> begins a paragraph in HTML.",
    ]
    assert isinstance(told[-1], Skipped) and told[-1].reason == "It has no text."


def test_a_line_that_is_a_draft_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    write(path, A | {"draft": True}, B | {"meta": {"published": False}}, {"doc_id": "c", "text": "Third.", "draft": 0})
    found = read(path)
    assert [one.id for one in found if isinstance(one, Document)] == ["c"]
    assert {one.document: one.reason for one in found if isinstance(one, Skipped)} == {
        "a": "It is a draft.",
        "b": "It is a draft.",
    }
