"""Objects of a real S3 server, of archives and of other file systems become documents."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fsspec
import pytest

from knowledge.documents import Document, Skipped, Unchanged
from knowledge.sources import SourceError, objects, open_source

Found = list[Document | Unchanged | Skipped]


def read(url: str, known: Mapping[str, str] | None = None, **options: Any) -> Found:
    source = open_source({"name": "s", "kind": "objects", "url": url, **options}, Path())
    return list(source.documents(known or {}))


def ids(found: Found) -> list[str]:
    return [one.id for one in found if isinstance(one, Document)]


def tags(found: Found) -> dict[str, str]:
    return {one.document if isinstance(one, Skipped) else one.id: one.tag for one in found if hasattr(one, "tag")}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_PAUSE_S", 0.01)


class Bucket:
    """A bucket on an S3 server in a process of its own."""

    def __init__(self, endpoint: str, name: str) -> None:
        self.name = name
        self.url = f"s3://{name}"
        self.options = {"key": "AKIATEST", "secret": "gehe1m", "endpoint_url": endpoint}
        self.options["config_kwargs"] = {"retries": {"max_attempts": 1}, "connect_timeout": 2}
        # Another client than the source's own, which is told nothing of what this one writes.
        self.system = fsspec.filesystem("s3", skip_instance_cache=True, **self.options)
        self.system.mkdir(name)

    def put(self, id: str, text: str | bytes) -> None:
        self.system.pipe_file(f"{self.name}/{id}", text if isinstance(text, bytes) else text.encode())

    def read(self, known: Mapping[str, str] | None = None, inside: str = "", **options: Any) -> Found:
        return read(self.url + inside, known, storage_options=self.options, **options)


@pytest.fixture(scope="module")
def s3_server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    pytest.importorskip("moto.server", reason="moto is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = "import sys; from moto.server import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", serve, "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def bucket(s3_server: tuple[str, subprocess.Popen[bytes]], request: pytest.FixtureRequest) -> Bucket:
    return Bucket(s3_server[0], "b" + str(abs(hash(request.node.name))))


def test_only_objects_that_changed_are_read_again(bucket: Bucket) -> None:
    for name in ("a.md", "eu/b.md", "eu/empty.md", "eu/.hidden.md", "code.py", "old.doc"):
        bucket.put(name, "" if "empty" in name else f"# {name}\n\nText.")
    first = bucket.read()
    assert ids(first) == ["a.md", "eu/b.md"]
    assert {one.document for one in first if isinstance(one, Skipped)} == {"eu/empty.md", "*.doc"}
    assert bucket.read(tags(first))[:3] == [Unchanged("a.md"), Unchanged("eu/b.md"), Unchanged("eu/empty.md")]
    bucket.put("eu/b.md", "# Other\n\nText.")
    assert ids(bucket.read(tags(first))) == ["eu/b.md"]
    bucket.system.rm(f"{bucket.name}/a.md")
    assert {one.id for one in bucket.read(tags(first)) if not isinstance(one, Skipped)} == {"eu/b.md", "eu/empty.md"}


def test_ids_begin_below_the_url_and_patterns_choose_among_them(bucket: Bucket) -> None:
    for name in ("eu/a.md", "eu/drafts/b.md", "eu-old/c.md", "us/d.md"):
        bucket.put(name, "# Page\n\nText.")
    found = bucket.read(inside="/eu", exclude=["drafts/*"], document_url="https://cdn.example/eu/{path}")
    assert [one.url for one in found if isinstance(one, Document)] == ["https://cdn.example/eu/a.md"]


def test_more_objects_than_are_read_at_once_all_come(bucket: Bucket) -> None:
    for number in range(40):
        bucket.put(f"{number:02}.md", f"# Page {number}\n\nText.")
    found = bucket.read()
    assert ids(found) == [f"{number:02}.md" for number in range(40)]
    assert all(one.text.startswith(f"# Page {n}\n") for n, one in enumerate(found) if isinstance(one, Document))


def test_names_that_look_like_patterns_are_names(bucket: Bucket) -> None:
    names = ["faq [1].md", "why*.md", "why?.md"]
    for name in names:
        bucket.put(name, f"# {name}\n\nText.")
    assert [(one.id, one.title) for one in bucket.read() if isinstance(one, Document)] == [(n, n) for n in names]


def test_an_object_above_the_limit_is_named_and_not_read(bucket: Bucket) -> None:
    bucket.put("big.md", b"x" * 2000)
    (skipped,) = bucket.read(max_bytes=1000)
    assert isinstance(skipped, Skipped)
    assert skipped.reason.startswith("It is larger than 0.001 MB.")
    assert bucket.read(tags([skipped]), max_bytes=1000) == [Unchanged("big.md")]


def test_a_bucket_or_a_folder_that_does_not_exist_is_an_error(bucket: Bucket) -> None:
    with pytest.raises(SourceError, match=r"s3://nowhere-b.*cannot be listed: FileNotFoundError"):
        read("s3://nowhere-b", storage_options=bucket.options)
    bucket.put("eu/a.md", "Text.")
    with pytest.raises(SourceError, match="there is nothing of that name"):
        bucket.read(inside="/us")


def test_an_empty_bucket_gives_nothing(bucket: Bucket) -> None:
    assert bucket.read() == []


def test_a_server_that_goes_away_half_way_loses_no_document(bucket: Bucket) -> None:
    for number in range(20):
        bucket.put(f"{number:02}.md", "# Page\n\nText.")
    # A server of its own that stops after some answers, between the store and its reader.
    with _Gate(bucket.options["endpoint_url"]) as gate:
        options = {**bucket.options, "endpoint_url": gate.url}
        source = open_source({"name": "s", "kind": "objects", "url": bucket.url, "storage_options": options}, Path())
        found = source.documents({})
        first = next(found)
        gate.close()
        rest = list(found)
    assert isinstance(first, Document)
    late = [one for one in rest if isinstance(one, Skipped)]
    assert late
    assert all(one.temporary and one.reason.startswith("It could not be read: ") for one in late)
    assert len(rest) == 19


def test_a_server_that_is_away_is_named_without_its_credentials(bucket: Bucket) -> None:
    options = {**bucket.options, "endpoint_url": "http://bot:gehe1m@127.0.0.1:9"}
    with pytest.raises(SourceError, match="cannot be listed") as caught:
        read(bucket.url, storage_options=options)
    assert "gehe1m" not in str(caught.value)


class _Gate:
    """Hands connections on to a server until it is closed; then there is no answer any more."""

    def __init__(self, endpoint: str) -> None:
        host, _, port = endpoint.removeprefix("http://").partition(":")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        program = (
            "import asyncio, sys\n"
            "async def pipe(r, w):\n"
            "    while data := await r.read(65536):\n"
            "        w.write(data); await w.drain()\n"
            "    w.close()\n"
            "async def serve(r, w):\n"
            "    r2, w2 = await asyncio.open_connection(sys.argv[2], int(sys.argv[3]))\n"
            "    await asyncio.gather(pipe(r, w2), pipe(r2, w), return_exceptions=True)\n"
            "async def main():\n"
            "    server = await asyncio.start_server(serve, '127.0.0.1', int(sys.argv[1]))\n"
            "    print('ready', flush=True)\n"
            "    await server.serve_forever()\n"
            "asyncio.run(main())\n"
        )
        command = [sys.executable, "-c", program, str(self.port), host, port]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._process.stdout
        self._process.stdout.readline()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> _Gate:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        assert self._process.stdout
        self._process.stdout.close()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def test_an_archive_is_read_without_unpacking_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eu/a.md", "# A\n\nText.")
        archive.writestr("bomb.md", b"\0" * 5_000_000)
        archive.writestr("../out.md", "# Out\n\nText.")
    found = read(f"zip://::{tmp_path / 'a.zip'}", max_bytes=100_000)
    assert "eu/a.md" in ids(found)
    assert "larger" in next(one.reason for one in found if isinstance(one, Skipped))
    known = tags(found)
    assert all(isinstance(one, Unchanged) for one in read(f"zip://::{tmp_path / 'a.zip'}", known, max_bytes=100_000))


def test_a_folder_of_this_machine_is_read_like_any_other_store(tmp_path: Path) -> None:
    (tmp_path / "eu").mkdir()
    (tmp_path / "eu" / "a.md").write_text("# A\n\nText.")
    first = read(tmp_path.as_uri())
    assert ids(first) == ["eu/a.md"]
    assert read(tmp_path.as_uri(), tags(first)) == [Unchanged("eu/a.md")]


def test_a_listing_of_a_web_server_is_read_and_its_addresses_are_those_of_the_documents(tmp_path: Path) -> None:
    (tmp_path / "eu").mkdir()
    (tmp_path / "eu" / "gift cards.md").write_text("# Gift cards\n\nText.")
    (tmp_path / "logo.svg").write_text("<svg/>")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Listing, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        home = f"http://127.0.0.1:{server.server_port}"
        (document,) = read(home)
        server.shutdown()
        thread.join()
    assert isinstance(document, Document)
    assert (document.id, document.url) == ("eu/gift cards.md", f"{home}/eu/gift%20cards.md")


class _Listing(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


def test_a_url_may_name_one_object(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nText.")
    assert ids(read((tmp_path / "a.md").as_uri())) == ["a.md"]


def test_a_store_that_tells_no_versions_is_read_each_time() -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/policies/a.md", b"# A\n\nText.")
    try:
        first = read("memory://policies")
        assert ids(read("memory://policies", tags(first))) == ["a.md"]
    finally:
        memory.rm("/policies", recursive=True)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("quux://x", "cannot be opened: .*quux"),
        ("gs://x", "needs a package that is not installed. Run pip install gcsfs"),
        ("file:///nowhere/at/all", "cannot be listed: FileNotFoundError"),
        ("zip://::/nowhere.zip", "cannot be opened: FileNotFoundError"),
    ],
)
def test_a_store_that_cannot_be_opened_says_why(url: str, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read(url)
