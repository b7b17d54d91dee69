"""A git repository is fetched from a real git server, over files and over HTTP, and read commit by commit."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from knowledge.documents import Document, Skipped, Unchanged
from knowledge.sources import SourceError, open_source

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed here")
Found = list[Document | Unchanged | Skipped]


class Repository:
    """A bare repository and a working copy that pushes to it."""

    def __init__(self, folder: Path) -> None:
        self.bare, self.work = folder / "policies.git", folder / "work"
        self._git(folder, "init", "-q", "--bare", "-b", "main", str(self.bare))
        self._git(folder, "clone", "-q", str(self.bare), str(self.work))
        self._git(self.work, "checkout", "-q", "-b", "main")

    def commit(self, files: Mapping[str, str | None], day: str = "2026-01-02", branch: str = "main") -> None:
        for name, text in files.items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, encoding="utf-8")
        self._git(self.work, "add", "-A")
        self._git(self.work, "commit", "-q", "-m", "Policies", day=day)
        self._git(self.work, "push", "-q", "origin", f"HEAD:{branch}")

    def _git(self, folder: Path, *arguments: str, day: str = "2026-01-02") -> None:
        who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example", "GIT_CONFIG_GLOBAL": "/dev/null"}
        who |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example"}
        when = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"{day}T12:00:00Z")
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=os.environ | who | when, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path)
    repository.commit({"docs/returns.md": "# Returns\n\n30 days.", "docs/eu/vat.md": "# VAT", "README.md": "# Code"})
    return repository


def read(base: Path, known: Mapping[str, str] | None = None, **options: Any) -> Found:
    source = open_source({"name": "s", "kind": "git", "url": "policies.git", **options}, base)
    return list(source.documents(known or {}))


def ids(found: Found) -> list[str]:
    return [one.id for one in found if isinstance(one, Document)]


def tags(found: Found) -> dict[str, str]:
    return {one.id: one.tag for one in found if isinstance(one, Document)}


def test_only_files_of_another_content_are_read_again(repository: Repository, tmp_path: Path) -> None:
    first = read(tmp_path)
    assert ids(first) == ["README.md", "docs/eu/vat.md", "docs/returns.md"]
    assert read(tmp_path, tags(first)) == [Unchanged(id) for id in ids(first)]
    repository.commit({"docs/returns.md": "# Returns\n\n60 days.", "docs/eu/vat.md": None, "docs/new.md": "# New"})
    second = read(tmp_path, tags(first))
    assert second[0] == Unchanged("README.md")
    assert ids(second) == ["docs/new.md", "docs/returns.md"]
    assert "60 days" in str(second[-1])


def test_a_folder_and_a_branch_can_be_chosen_and_documents_lead_to_their_page(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit({"docs/draft.md": "# Draft"}, branch="next")
    url = "https://git.example/o/r/blob/{branch}/docs/{path}"
    found = read(tmp_path, path="docs/", branch="next", include=["*r*"], document_url=url)
    assert ids(found) == ["draft.md", "returns.md"]
    assert isinstance(found[0], Document)
    assert found[0].url == "https://git.example/o/r/blob/next/docs/draft.md"


def test_the_day_of_the_last_commit_may_count_as_that_of_the_document(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"docs/returns.md": "# Returns\n\n60 days."}, day="2026-07-08")
    repository._git(repository.work, "checkout", "-q", "-b", "proposal", "HEAD~1")
    repository.commit({"README.md": "# Other code"}, day="2026-03-03", branch="proposal")
    repository._git(repository.work, "checkout", "-q", "main")
    repository._git(repository.work, "merge", "-q", "--no-ff", "-m", "Merge", "proposal", day="2026-07-09")
    repository._git(repository.work, "push", "-q", "origin", "HEAD:main")
    days = {one.id: one.updated for one in read(tmp_path, commit_dates=True) if isinstance(one, Document)}
    assert days == {
        "README.md": date(2026, 7, 9),
        "docs/eu/vat.md": date(2026, 1, 2),
        "docs/returns.md": date(2026, 7, 8),
    }
    assert {one.updated for one in read(tmp_path) if isinstance(one, Document)} == {None}


def test_what_is_odd_in_a_repository_is_named(repository: Repository, tmp_path: Path) -> None:
    (repository.work / "inside.md").symlink_to("docs/returns.md")
    (repository.work / "outside.md").symlink_to("/etc/passwd")
    (repository.work / "itself.md").symlink_to("itself.md")
    repository.commit({".github/hidden.md": "# Hidden", "old.doc": "x", "größe.md": "# Größe", "code.py": "pass"})
    found = read(tmp_path)
    assert ids(found) == ["README.md", "docs/eu/vat.md", "docs/returns.md", "größe.md", "inside.md"]
    reasons = {one.document: one.reason for one in found if isinstance(one, Skipped)}
    assert set(reasons) == {"*.doc", "itself.md", "outside.md"}
    assert reasons["outside.md"] == "It is a link that leads to no file of the repository."


def test_a_rewritten_history_is_followed(repository: Repository, tmp_path: Path) -> None:
    read(tmp_path)
    repository._git(repository.work, "checkout", "-q", "--orphan", "fresh")
    repository._git(repository.work, "rm", "-rfq", ".")
    repository.commit({"only.md": "# Only"}, branch="other")
    repository._git(repository.work, "push", "-q", "-f", "origin", "HEAD:main")
    assert ids(read(tmp_path)) == ["only.md"]


def test_a_damaged_cache_is_fetched_anew(repository: Repository, tmp_path: Path) -> None:
    read(tmp_path)
    (cache,) = (tmp_path / "data" / "sources").glob("git-????????????")
    (cache / "HEAD").write_text("nonsense")
    assert len(ids(read(tmp_path))) == 3


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"branch": "gone"}, "has no branch or tag “gone”"),
        ({"path": "nowhere"}, "has no files in the folder “nowhere”"),
        ({"url": "missing.git"}, "cannot be fetched"),
        ({"url": "http://127.0.0.1:9/x.git"}, "cannot be fetched"),
        ({"url": "--upload-pack=touch /tmp/x"}, "cannot be fetched"),
    ],
)
def test_what_cannot_be_fetched_says_why(
    repository: Repository, tmp_path: Path, options: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SourceError, match=sentence):
        read(tmp_path, **options)


def test_without_the_program_git_the_error_says_so(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SourceError, match="needs the program git, which is not installed"):
        read(tmp_path)


@pytest.fixture
def git_server(repository: Repository) -> Iterator[str]:
    """Address of git's own HTTP server, which wants the name `bot` and the password `s3cret/?`."""
    backend = Path(subprocess.check_output(["git", "--exec-path"], text=True).strip(), "git-http-backend")
    if not backend.exists():
        pytest.skip("git-http-backend is not installed here")
    expected = "Basic " + base64.b64encode(b"bot:s3cret/?").decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != expected:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.end_headers()
                return
            path, _, query = self.path.partition("?")
            environment = {
                "GIT_PROJECT_ROOT": str(repository.bare.parent),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            }
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            done = subprocess.run([backend], input=body, env=os.environ | environment, capture_output=True, check=True)
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}/policies.git"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_password_opens_the_repository_and_is_stored_nowhere(
    git_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_PASSWORD_OF_TEST", "s3cret%2F%3F")
    url = f"http://bot:${{GIT_PASSWORD_OF_TEST}}@{git_server}"
    assert len(ids(read(tmp_path, url=url))) == 3
    kept = [path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert kept
    assert not any(b"s3cret" in raw or base64.b64encode(b"bot:s3cret/?") in raw for raw in kept)


@pytest.mark.parametrize("userinfo", ["", "bot:wr0ng@", "t0ken@"])
def test_a_refused_password_is_not_shown(git_server: str, tmp_path: Path, userinfo: str) -> None:
    with pytest.raises(SourceError, match="refuses the credentials") as caught:
        read(tmp_path, url=f"http://{userinfo}{git_server}")
    assert "wr0ng" not in str(caught.value)
    assert "t0ken" not in str(caught.value)
