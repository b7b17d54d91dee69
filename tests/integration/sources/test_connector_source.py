"""Real readers of LlamaIndex and loaders of LangChain serve as sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from knowledge.documents import Document, Scope, Skipped, Unchanged
from knowledge.sources import SourceError, open_source

pytest.importorskip("llama_index.core", reason="llama-index-core is not installed")
pytest.importorskip("langchain_community", reason="langchain-community is not installed")
Found = list[Document | Unchanged | Skipped]


def read(base: Path, known: Mapping[str, str] | None = None, **options: Any) -> Found:
    kind = "llamaindex" if "reader" in options else "langchain"
    return list(open_source({"name": "s", "kind": kind, **options}, base).documents(known or {}))


def tags(found: Found) -> dict[str, str]:
    return {one.document if isinstance(one, Skipped) else one.id: one.tag for one in found if hasattr(one, "tag")}


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.csv"
    path.write_text(
        "article,subject,market,changed,link,answer\n"
        "a1,Returns,eu,2026-03-04,https://help.example/a1,You have 30 days.\n"
        "a2,Shipping,us,,,It takes five days.\n"
        ",Nameless,us,,,It takes six days.\n"
    )
    return path


def csv_loader(path: Path) -> dict[str, Any]:
    return {
        "loader": "langchain_community.document_loaders.CSVLoader",
        "arguments": {
            "file_path": str(path),
            "content_columns": ["answer"],
            "metadata_columns": ["article", "subject", "market", "changed", "link"],
        },
        "columns": {"id": "article", "title": "subject", "region": "market", "updated": "changed", "url": "link"},
    }


def test_a_langchain_loader_gives_documents_with_the_fields_of_its_metadata(articles: Path) -> None:
    first, second, third = read(articles.parent, **csv_loader(articles))
    assert isinstance(first, Document)
    assert (first.id, first.title, first.url) == ("a1", "Returns", "https://help.example/a1")
    assert (first.scope, first.updated) == (Scope(region=("eu",)), date(2026, 3, 4))
    assert "You have 30 days." in first.text
    assert isinstance(second, Document)
    assert (second.id, second.url, second.updated) == ("a2", "", None)
    assert third == Skipped("s", "document 3", "Its metadata have no article.")


def test_what_a_loader_gives_again_is_unchanged(articles: Path) -> None:
    known = tags(read(articles.parent, **csv_loader(articles)))
    articles.write_text(articles.read_text().replace("five days", "seven days"))
    first, second, _ = read(articles.parent, known, **csv_loader(articles))
    assert first == Unchanged("a1")
    assert isinstance(second, Document)
    assert "seven days" in second.text


def test_without_a_mapping_ids_are_the_files_below_the_settings(articles: Path) -> None:
    options = {"loader": "langchain_community.document_loaders.CSVLoader", "arguments": {"file_path": str(articles)}}
    assert list(tags(read(articles.parent, **options))) == ["articles.csv", "articles.csv (2)", "articles.csv (3)"]


def test_documents_come_while_the_loader_still_reads_and_its_failure_is_told(articles: Path) -> None:
    with articles.open("ab") as file:
        file.write(b"a4,More,us,,,Text.\n" * 2_000 + b"a5,Broken,us,,,\xff\xfe\n")
    options = csv_loader(articles)
    options["arguments"]["encoding"] = "utf-8"
    found = open_source({"name": "s", "kind": "langchain", **options}, articles.parent).documents({})
    assert isinstance(next(found), Document)
    with pytest.raises(SourceError, match="CSVLoader of the source “s” failed: RuntimeError"):
        list(found)


def test_a_llamaindex_reader_gives_documents_under_stable_ids(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "returns.md").write_text("# Returns\n\nYou have 30 days.")
    (folder / "gifts.txt").write_text("Gift cards do not expire.")
    options = {"reader": "llama_index.core.SimpleDirectoryReader", "arguments": {"input_dir": str(folder)}}
    first = read(tmp_path, **options)
    assert sorted(tags(first)) == ["policies/gifts.txt", "policies/returns.md"]
    assert {one.title for one in first if isinstance(one, Document)} == {"Returns", "policies/gifts.txt"}
    assert all(isinstance(one, Unchanged) for one in read(tmp_path, tags(first), **options))


def test_a_llamaindex_reader_takes_the_arguments_of_its_loading(tmp_path: Path) -> None:
    (tmp_path / "faq.json").write_text(json.dumps({"question": "How long?", "answer": "30 days."}))
    found = read(
        tmp_path,
        reader="llama_index.core.readers.json.JSONReader",
        arguments={"levels_back": 0},
        load={"input_file": str(tmp_path / "faq.json"), "extra_info": {"doc_id": "faq", "audience": "internal"}},
    )
    (document,) = found
    assert isinstance(document, Document)
    assert (document.id, document.scope) == ("faq", Scope(audience=("internal",)))
    assert "30 days." in document.text


@pytest.fixture
def page() -> Iterator[str]:
    """Address of a page on a web server of the test's own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html><head><title>Help</title></head><body><p>You have 30 days.</p></body></html>")

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/help"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_loader_of_the_web_gives_the_page_under_its_address(page: str, tmp_path: Path) -> None:
    loader = "langchain_community.document_loaders.WebBaseLoader"
    (document,) = read(tmp_path, loader=loader, arguments={"web_path": page})
    assert isinstance(document, Document)
    assert (document.id, document.url, document.title) == (page, page, "Help")
    assert document.scope == Scope()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"reader": "llama_index.readers.notion.NotionPageReader"}, "Run pip install llama-index-readers-notion"),
        ({"loader": "langchain_google_community.BigQueryLoader"}, "Run pip install langchain-google-community"),
        ({"loader": "langchain_community.document_loaders.NoLoader"}, "does not exist"),
        ({"loader": "os.path.join"}, "is no BaseLoader"),
        ({"reader": "subprocess.Popen"}, "is no BaseReader"),
        ({"loader": "CSVLoader"}, "wrong loader: it must be the whole name of a class"),
        ({"reader": "llama_index.core.SimpleDirectoryReader", "arguments": {"dir": "x"}}, "failed: TypeError: .*'dir'"),
        (
            {"reader": "llama_index.core.SimpleDirectoryReader", "arguments": {"input_dir": "/nowhere"}},
            "failed: ValueError: Directory /nowhere does not exist",
        ),
    ],
)
def test_a_connector_that_cannot_be_used_says_why(tmp_path: Path, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read(tmp_path, **options)


def test_a_password_among_the_arguments_is_not_shown(tmp_path: Path) -> None:
    arguments = {"web_path": "http://bot:gehe1m@127.0.0.1:9/x", "header_template": {"Authorization": "Bearer t0ken"}}
    with pytest.raises(SourceError, match="failed: ") as caught:
        read(tmp_path, loader="langchain_community.document_loaders.WebBaseLoader", arguments=arguments)
    assert "gehe1m" not in str(caught.value)
    assert "t0ken" not in str(caught.value)


_CHATTY = """
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

class Chatty(BaseLoader):
    def __init__(self):
        print("made")

    def lazy_load(self):
        print("loading")
        yield Document(page_content="Text.", metadata={"source": "a"})
        print("loaded")
"""


def test_a_loader_that_prints_does_not_disturb_what_a_command_prints(tmp_path: Path) -> None:
    (tmp_path / "chatty.py").write_text(_CHATTY)
    program = (
        "from pathlib import Path; from knowledge.sources import open_source\n"
        "source = open_source({'name': 's', 'kind': 'langchain', 'loader': 'chatty.Chatty'}, Path())\n"
        "print([one.id for one in source.documents({})])"
    )
    search = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[3])])
    environment = os.environ | {"PYTHONPATH": search}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout == "['a']\n", done.stderr
    assert "loaded" in done.stderr
