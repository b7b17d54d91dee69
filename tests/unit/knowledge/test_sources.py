"""Folders and JSON lines become documents; what cannot be used is named, and the rest goes on."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.documents import Document, Scope, Skipped
from knowledge.parsing import MAX_DOCUMENT_BYTES
from knowledge.sources import SourceError, open_source


def read(path: Path, kind: str = "folder") -> tuple[dict[str, Document], dict[str, str]]:
    """Return documents by id, and reasons by what was skipped."""
    found = list(open_source({"name": "s", "kind": kind, "path": str(path)}, path.parent).documents({}))
    return (
        {one.id: one for one in found if isinstance(one, Document)},
        {one.document: one.reason for one in found if isinstance(one, Skipped)},
    )


def write_lines(path: Path, *lines: Any) -> Path:
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), encoding="utf-8")
    return path


def test_a_page_is_known_by_its_path_and_carries_its_front_matter(tmp_path: Path) -> None:
    (tmp_path / "eu").mkdir()
    (tmp_path / "eu" / "returns.md").write_text(
        "---\ntitle: Returns\nurl: https://help.example/returns\nregion: [EU, uk]\naudience: agents\n"
        "effective_from: 2026-01-01\neffective_until: '2026-12-31'\nlayout: page\n---\n# Other\n\n30 days.\n"
    )
    documents, skipped = read(tmp_path)
    page = documents["eu/returns.md"]
    assert (page.title, page.url, page.source) == ("Returns", "https://help.example/returns", "s")
    assert page.text == "# Other\n\n30 days.\n"
    assert page.scope == Scope(
        region=("eu", "uk"),
        audience=("internal",),
        effective_from=date(2026, 1, 1),
        effective_until=date(2026, 12, 31),
    )
    assert skipped == {}


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "```sh\n# not me\n```\n\n# The *heading* #\n\nText.", "The *heading*"),
        ("gift-cards.txt", "Only text.", "Gift cards"),
        ("refund/index.md", "Only text.", "Refund"),
        ("a.markdown", "---\n\nA rule, no front matter.\n\n---\n# Head\n", "Head"),
    ],
)
def test_without_a_title_the_first_heading_counts_then_the_name(
    tmp_path: Path, name: str, text: str, title: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert read(tmp_path)[0][name].title == title


@pytest.mark.parametrize(
    "front_matter",
    [
        "+++\naudience = 'internal'\neffective_until = 2030-01-31\n+++\n",
        "---toml\naudience = ['staff']\neffective_until = '2030-01-31'\n---\n",
        '---json\n{"audience": "internal", "effective_until": "2030-01-31"}\n---\n',
        "---\r\nAudience: Internal\r\nvalid until: 2030-01-31\r\n---\r\n",
        "---\rAudience: Internal\rvalid until: 2030-01-31\r---\r",
        # Where generators of sites keep what is a company's own.
        "---\nparams:\n  audience: internal\nmetadata: {valid until: 2030-01-31}\n---\n",
        "---\nauthor: {language: German}\nscope:\n  extra:\n    internal: true\nexpires: 2030-01-31\n---\n",
        "+++\n[extra]\naudience = 'internal'\nexpires = 2030-01-31\n+++\n",
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.html"])
def test_front_matter_of_any_form_says_for_whom_a_page_is(tmp_path: Path, front_matter: str, name: str) -> None:
    text = "# Rebates\n\nFor staff.\n" if name == "a.md" else "<h1>Rebates</h1><p>For staff.</p>"
    (tmp_path / name).write_text(front_matter + text, newline="")
    documents, skipped = read(tmp_path)
    assert not skipped
    assert documents[name].scope == Scope(audience=("internal",), effective_until=date(2030, 1, 31))
    assert documents[name].text.rstrip() == "# Rebates\n\nFor staff."


@pytest.mark.parametrize(
    "above", ["\n", "\n \n\n", " ", "<!-- vale off -->\n", "<!-- (c) Example\n---\nLtd. -->\n\n<!-- x -->", "\n\ufeff"]
)
@pytest.mark.parametrize("rule", ["---", "-----"])
def test_front_matter_is_read_below_blank_lines_and_comments(tmp_path: Path, above: str, rule: str) -> None:
    (tmp_path / "a.md").write_text(
        f"{above}{rule}\ntags:\n  - x\naudience: internal\n{rule}\n# Rebates\n\nFor staff.\n"
    )
    (tmp_path / "b.md").write_text(f"{above}{rule}\naudience: internal: staff\n{rule}\nFor staff.\n")
    (tmp_path / "c.md").write_text(f"{above}{rule}\nlayout: page\n{rule}\nFor all.\n")
    documents, skipped = read(tmp_path)
    assert (documents["a.md"].scope, documents["a.md"].text) == (
        Scope(audience=("internal",)),
        "# Rebates\n\nFor staff.\n",
    )
    assert documents["c.md"].text == "For all.\n"
    assert f"mapping values are not allowed here in line {above.count(chr(10)) + 2}." in skipped["b.md"]


@pytest.mark.parametrize(
    "text",
    [
        "\n\n---\nNote: we are closed on Mondays.\n---\n\nAll other days we are open.\n",
        "\n---\nWe say: open: daily\n---\n\nOn all days.\n",
        "---------\nOpening hours: 9 to 5\n---------\n\nOn all days.\n",
        "---\n- Monday: closed\n- Tuesday: open\n\nAll other days we are open.\n",
        "---\nNote: we are closed on Mondays.\n\nAll other days we are open.\n",
        "---\n\nTitle: that of a form, which is below a rule.\n",
        "+++ is what we call our plan.\n",
    ],
)
def test_a_page_that_begins_with_a_rule_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text)
    assert read(tmp_path)[0]["a.md"].text == text.lstrip("\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_whatever_character_set_it_was_saved(tmp_path: Path, encoding: str) -> None:
    text = "# Größe\r\n\r\nDie Rückgabe ist für Käufer in Österreich möglich, solange die Prüfung läuft.\r\n" * 5
    (tmp_path / "a.md").write_bytes(text.encode(encoding))
    documents, skipped = read(tmp_path)
    assert documents["a.md"].text == text.replace("\r\n", "\n"), skipped


def test_hidden_files_and_other_kinds_are_no_documents(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in (".git/a.md", ".hidden.md", "~$a.md", "a.py", "Makefile", "logo.svg"):
        (tmp_path / name).write_text("text")
    assert read(tmp_path) == ({}, {})


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "It is empty."),
        (b"  \n\n", "It has no text."),
        (b"---\ntitle: x\n---\n", "It has no text."),
        (b"%PDF-1.7\n1 0 obj\n", "It is a PDF, not text."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "It is a PNG image, not text."),
        (bytes(range(256)) * 40, "It is a binary file, not text."),
        (b"---\ntitle: a: b\n---\nText.", "Its front matter is not valid YAML: mapping values are not allowed here"),
        (b"---\neffective_from: 2026-13-45\n---\nText.", "Its front matter is not valid YAML"),
        (b"---\neffective_from: soon\n---\nText.", "effective_from is 'soon', which is not a date."),
        (
            b"---\neffective_from: 2026-02-01\neffective_until: 2026-01-31\n---\nText.",
            "It holds until 2026-01-31, which is before it begins to (2026-02-01).",
        ),
        (b"---\ntitle: [a, b]\n---\nText.", "Its title is not one line of text."),
        (b"---\ntitle: A\naudience: internal\n# Rebates\n\nFor staff.", "Its front matter has no end."),
        (b"---\nInternal: true\nText.", "Its front matter has no end."),
        (b"---\nlayout: x\nparams: {tags: [a], audience: internal}\n\nFor staff.", "Its front matter has no end."),
        (b"---\nparams: {audince: internal}\n---\nFor staff.", "It has the field 'audince'"),
        (b"---\ntags:\n  - a\n- b\naudience: internal\n\nFor staff.", "Its front matter has no end."),
        (b'---\nlayout: page # as all\n\n# for staff\n"audience": internal\n\nText.', "Its front matter has no end."),
        (b"---\ndescription: >\n  Our rebates.\naudince: internal\n\nFor staff.", "Its front matter has no end."),
        (b"<!-- x -->\n\n---\naudience: internal\n\nFor staff.", "Its front matter has no end."),
        (b"\n+++\naudience = 'internal'\nText.", "Its front matter has no end."),
        (b"+++\naudience = 'internal'\nText.", "Its front matter has no end."),
        (b"---\naudience: internal\na: " + b"x" * 70_000 + b"\n---\nText.", "Its front matter is longer than 64,000"),
        (b"+++\naudience = internal\n+++\nText.", "Its front matter is not valid TOML"),
        (b'---json\n{"audience": internal}\n---\nText.', "Its front matter is not valid JSON"),
        (b"---js\n{audience: staff()}\n---\nText.", "Its front matter is a program"),
        (b"---\na: " + b"[" * 5000 + b"\n---\nText.", "Its front matter is not valid YAML"),
        (b"word " * 1_000_000, "It holds 5.0 MB of text, more than the 2 MB of one document."),
    ],
)
def test_a_file_that_cannot_be_used_is_skipped_with_its_reason(tmp_path: Path, raw: bytes, reason: str) -> None:
    (tmp_path / "bad.md").write_bytes(raw)
    (tmp_path / "good.md").write_text("Text.")
    documents, skipped = read(tmp_path)
    assert list(documents) == ["good.md"]
    assert skipped["bad.md"].startswith(reason)


def test_pipes_and_dangling_links_never_stop_the_reading(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "link.md").symlink_to(tmp_path / "gone.md")
    (tmp_path / "good.md").write_text("Text.")
    documents, skipped = read(tmp_path)
    assert list(documents) == ["good.md"]
    assert skipped == {"link.md": "It is a link to nothing.", "pipe.md": "It is not a regular file."}


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder of ours, while this process has no rights on anything locked."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-test-", dir="/tmp") as name:
        folder = Path(name)
        if os.geteuid():
            yield folder
            return
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(0)


def test_a_file_and_a_folder_without_permission_are_named_and_the_rest_is_read(as_nobody: Path) -> None:
    (as_nobody / "good.md").write_text("Text.")
    (as_nobody / "locked.md").write_text("Text.")
    (as_nobody / "locked.md").chmod(0)
    (as_nobody / "closed").mkdir()
    (as_nobody / "closed").chmod(0)
    documents, skipped = read(as_nobody)
    assert list(documents) == ["good.md"]
    assert skipped == {
        "closed": "The folder cannot be read: Permission denied.",
        "locked.md": "It cannot be read: Permission denied. Check its permissions.",
    }


@pytest.mark.parametrize("kind", ["folder", "jsonl"])
def test_a_missing_path_is_an_error_that_names_it(tmp_path: Path, kind: str) -> None:
    with pytest.raises(SourceError, match=r"nowhere.*Mend its path"):
        read(tmp_path / "nowhere", kind)


def test_an_unknown_kind_of_source_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(SourceError, match="Use one of: folder, git, jsonl"):
        open_source({"name": "s", "kind": "fax", "path": "x"}, Path())


@pytest.mark.parametrize("packed", [False, True])
def test_each_json_line_is_a_document_with_its_scope(tmp_path: Path, packed: bool) -> None:
    line = {"doc_id": "va/home", "title": "Home", "text": "Loans.", "url": "https://x", "meta": {"region": "US"}}
    path = write_lines(tmp_path / "d.jsonl", line, "", {"doc_id": 7, "text": "# Seven\n\nText."})
    if packed:
        (tmp_path / "d.jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))
        path = tmp_path / "d.jsonl.gz"
    documents, skipped = read(path, "jsonl")
    home = documents["va/home"]
    assert (home.title, home.text, home.url, home.scope) == ("Home", "Loans.", "https://x", Scope(region=("us",)))
    assert documents["7"].title == "Seven"
    assert skipped == {}


@pytest.mark.parametrize(
    "line",
    [
        {"text": "For staff.", "audience": "internal", "meta": {"expires": "2030-01-31"}},
        {"text": "---\r\naudience: internal\r\nexpires: 2030-01-31\r\n---\r\nFor staff."},
        {"text": "---\nparams: {internal: true}\n---\nFor staff.", "meta": {"extra": {"expires": "2030-01-31"}}},
        {"text": "---\naudience: legal\n---\nFor staff.", "meta": {"audience": "staff"}, "expires": "2030-01-31"},
    ],
)
def test_wherever_a_json_line_says_for_whom_it_is_it_is_told_to_nobody_else(
    tmp_path: Path, line: dict[str, Any]
) -> None:
    documents, _ = read(write_lines(tmp_path / "d.jsonl", {"doc_id": "a"} | line), "jsonl")
    assert documents["a"].scope == Scope(audience=("internal",), effective_until=date(2030, 1, 31))
    assert documents["a"].text == "For staff."


@pytest.mark.parametrize(
    ("line", "document", "reason"),
    [
        ('{"doc_id": "a", "text": ', "line 1", "The line is not valid JSON: Expecting value at character 26."),
        ("[1, 2]", "line 1", "The line is not a JSON object."),
        ("[" * 100_000, "line 1", "The line is not valid JSON"),
        ({"text": "x"}, "line 1", "It has no doc_id."),
        ({"doc_id": " ", "text": "x"}, "line 1", "It has no doc_id."),
        ({"doc_id": "a"}, "a", "It has no text."),
        ({"doc_id": "a", "text": "\n"}, "a", "It has no text."),
        ({"doc_id": "a", "text": "x", "meta": [1]}, "a", "Its meta is not an object."),
        ({"doc_id": "a", "text": "x", "audince": "internal"}, "a", "It has the field 'audince'"),
        ({"doc_id": "a", "text": "---\naudience: internal\n\nFor staff."}, "a", "Its front matter has no end."),
        ({"doc_id": "a", "text": "x", "meta": {"effective_until": "never"}}, "a", "effective_until is 'never'"),
        ({"doc_id": "a", "text": "x" * (MAX_DOCUMENT_BYTES + 1)}, "a", "It holds 2.0 MB of text"),
        ({"doc_id": "a", "text": "x" * 13_000_000}, "line 1", "It holds 12.1 MB of text"),
    ],
)
def test_a_broken_line_is_skipped_and_the_next_is_read(tmp_path: Path, line: Any, document: str, reason: str) -> None:
    path = write_lines(tmp_path / "d.jsonl", line, {"doc_id": "good", "text": "Text."})
    documents, skipped = read(path, "jsonl")
    assert list(documents) == ["good"]
    assert skipped[document].startswith(reason)


def test_half_a_character_in_json_does_not_break_anything(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text('{"doc_id": "a\\ud800", "title": "T\\udc00", "text": "x\\ud800\\u0000y"}')
    (document,) = read(path, "jsonl")[0].values()
    assert (document.id, document.title, document.text) == ("a?", "T?", "x?y")


def test_a_damaged_archive_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"doc_id": "a", "text": "x"}' * 1000)[:-20])
    with pytest.raises(SourceError, match=r"d\.jsonl\.gz"):
        read(path, "jsonl")
