"""A git repository: fetched and read commit by commit, without a working copy."""

from __future__ import annotations

import base64
import os
import posixpath
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit, urlunsplit

from filelock import FileLock, Timeout
from pydantic import Field

from knowledge.documents import Document, Skipped, Unchanged
from knowledge.sources import SourceError
from knowledge.sources.files import Files, FilesOptions, is_hidden
from knowledge.sources.secrets import redacted
from knowledge.sources.tags import digest

_LINK, _SUBMODULE = "120000", "160000"
_MAX_LINKS = 10
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GCM_INTERACTIVE": "never",
    "LC_ALL": "C",
}


class GitOptions(FilesOptions):
    """Options of a git repository."""

    url: str = Field(min_length=1)
    """https://, ssh:// (or user@host:path), or a path on this machine. A name and password or token in it
    are kept from the command line, from what is stored, and from messages."""
    branch: str = ""
    """Branch or tag; empty means the one that the server names as its default."""
    path: str = ""
    """Folder inside the repository; ids and patterns begin below it."""
    commit_dates: bool = False
    """Whether the day of a file's last commit counts as its `updated`; then the whole history is fetched."""
    cache: Path = Path("data/sources")
    """Folder in which the fetched commits are kept."""
    timeout: float = Field(600, gt=0)
    """Seconds that one command of git may take."""

    @classmethod
    def _placeholders(cls) -> set[str]:
        return {"path", "branch"}


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    blob: str
    size: int


class GitSource:
    """Every file of a branch that can be parsed; only commits and files that are new are fetched and read.

    A document's id is its path inside `path`; `document_url` may hold `{branch}` and `{path}`, as in
    `https://github.com/owner/repository/blob/{branch}/{path}`. Needs the program git.
    """

    Options = GitOptions

    def __init__(self, options: GitOptions, base: Path) -> None:
        self.options = options
        self._url, self._header, self._secrets = _without_credentials(options.url, base)
        place = digest("\n".join((self._url, options.branch, str(options.commit_dates))).encode())[:12]
        self._cache = (base / options.cache.expanduser()).resolve() / f"git-{place}"

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        """Fetch the branch and yield its files in the order of their ids.

        Raises SourceError where the repository cannot be fetched or read.
        """
        if shutil.which("git") is None:
            raise self._error("needs the program git, which is not installed", "Install git, e.g. apt install git.")
        try:
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self._cache}.lock", timeout=self.options.timeout):
                commit = self._fetch()
                yield from self._files(commit, known)
        except _GitFailed as failure:
            raise self._error(f"cannot be read: {failure.said}", f"Remove {self._cache}; it is fetched anew.") from None
        except Timeout:
            raise self._error("is being read by another process", "Wait until that one is done.") from None
        except OSError as error:
            why = f"cannot be kept in {self._cache.parent}: {error.strerror or error}"
            raise self._error(why, "Mend its cache in [[knowledge.sources]], or its permissions.") from None

    # ------------------------------------------------------------------ fetching

    def _fetch(self, anew: bool = False) -> str:
        """Bring the cache up to date and return the commit; `anew` says that a damaged one was removed."""
        if not (self._cache / "HEAD").exists():
            self._git("init", "--quiet", "--bare", "--template=")
        depth = [] if self.options.commit_dates else ["--depth=1"]
        wanted = f"+{self.options.branch or 'HEAD'}:refs/frontdesk/now"
        fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", *depth, "--", self._url, wanted]
        try:
            self._git(*fetch)
        except _GitFailed as failure:
            if anew or not failure.damaged:
                raise self._explained(failure) from None
            shutil.rmtree(self._cache)
            return self._fetch(anew=True)
        return self._git("rev-parse", "refs/frontdesk/now^{commit}").decode().strip()

    def _explained(self, failure: _GitFailed) -> SourceError:
        said = failure.said.lower()
        if "remote ref" in said:
            branch = self.options.branch
            what = f"has no branch or tag “{branch}”" if branch else "has no commit yet"
            return self._error(what, "Mend its branch in [[knowledge.sources]].")
        if re.search(r"authentication|permission denied|could not read (username|password)|\b40[13]\b|denied", said):
            return self._error(
                f"cannot be fetched, its server refuses the credentials: {failure.said}",
                "Renew the token in its url (https://user:${NAME}@…) or the key of this machine.",
            )
        return self._error(f"cannot be fetched: {failure.said}", "Check its url and that its server is up.")

    def _command(self, *arguments: str) -> list[str]:
        # What git does afterwards by itself it shall do at once, and not go on when this process is gone.
        settings = ("gc.autoDetach=false", "maintenance.autoDetach=false", "core.hooksPath=/dev/null")
        return ["git", *(word for one in settings for word in ("-c", one)), "--git-dir", str(self._cache), *arguments]

    def _git(self, *arguments: str) -> bytes:
        """Return what git prints. Raises _GitFailed, or SourceError where it takes too long."""
        try:
            done = subprocess.run(
                self._command(*arguments),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                env=self._environment(),
                timeout=self.options.timeout,
            )
        except subprocess.TimeoutExpired:
            raise self._error(
                f"was not fetched within {self.options.timeout:g} s", "Run it again, or raise its timeout."
            ) from None
        if done.returncode:
            raise _GitFailed(redacted(_last_words(done.stderr), self._secrets))
        return done.stdout

    def _environment(self) -> dict[str, str]:
        # Variables of a surrounding git command (a hook, say) would lead to its repository.
        env = {
            key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key == "GIT_SSH_COMMAND"
        }
        env |= _QUIET
        env.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
        if self._header:
            # Other users of the machine can read a command line, but not an environment.
            env |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"http.{self._url}.extraHeader",
                "GIT_CONFIG_VALUE_0": self._header,
            }
        return env

    def _error(self, what: str, fix: str) -> SourceError:
        url = redacted(self._url, self._secrets)
        return SourceError(f"The git repository of the source “{self.options.name}” ({url}) {what}.", fix)

    # ------------------------------------------------------------------ reading

    def _files(self, commit: str, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        files = Files(self.options, branch=self.options.branch or "HEAD")
        entries = self._entries(commit)
        inside = "" if not self.options.path.strip("./") else posixpath.normpath(self.options.path).strip("/") + "/"
        chosen = [(path.removeprefix(inside), path) for path in sorted(entries) if path.startswith(inside)]
        if not chosen:
            what = f"has no files in the folder “{self.options.path}”" if inside else "holds no files"
            raise self._error(what, "Mend its path in [[knowledge.sources]].")
        days: dict[str, date] | None = None
        with _Blobs(self._command("cat-file", "--batch"), self._environment()) as blobs:
            for id, path in chosen:
                if any(map(is_hidden, id.split("/"))):
                    continue
                if entries[path].mode == _SUBMODULE:
                    yield files.skipped(id, "It is a submodule; those are not fetched. Make it a source of its own.")
                    continue
                if not files.wants(id):
                    continue
                target = _followed(path, entries, blobs)
                if target is None:
                    yield files.skipped(id, "It is a link that leads to no file of the repository.")
                    continue
                tag = entries[target].blob
                if not _is_text(id):
                    yield files.skipped(id, "Its name is not valid UTF-8. Rename it.")
                elif known.get(id) == tag:
                    yield Unchanged(id)
                elif entries[target].size > self.options.max_bytes:
                    yield files.too_large(id, tag)
                else:
                    if days is None:
                        days = self._days(commit) if self.options.commit_dates else {}
                    yield files.document(id, blobs.read(entries[target]), tag, days.get(target))
        yield from files.left_out()

    def _entries(self, commit: str) -> dict[str, _Entry]:
        """Return files, links and submodules of a commit by path; names that are not UTF-8 as Python does."""
        found: dict[str, _Entry] = {}
        for line in os.fsdecode(self._git("ls-tree", "-r", "-l", "-z", commit)).split("\0"):
            if line:
                head, _, path = line.partition("\t")
                mode, _, blob, size = head.split()
                found[path] = _Entry(mode, blob, int(size) if size.isdigit() else 0)
        return found

    def _days(self, commit: str) -> dict[str, date]:
        """Return the day when each file last changed on the branch."""
        days: dict[str, date] = {}
        day = date.min
        log = self._git("log", "--first-parent", "-m", "--no-renames", "--name-only", "-z", "--format=%x01%cs", commit)
        for item in re.split(r"[\0\n]", os.fsdecode(log)):
            if item.startswith("\x01"):
                day = date.fromisoformat(item[1:])
            elif item:
                days.setdefault(item, day)
        return days


class _GitFailed(Exception):
    """A command of git that failed; `said` is what it told, without credentials."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said
        self.damaged = bool(re.search(r"corrupt|bad object|not a git repository|unable to read|loose object", said))


class _Blobs:
    """The contents of files, read from one running git."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def read(self, entry: _Entry) -> bytes:
        """Return the whole content. Raises _GitFailed where it is damaged."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(entry.blob.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise _GitFailed("the fetched files are corrupt") from None
        _, _, size = self._process.stdout.readline().decode().strip().rpartition(" ")
        raw = self._process.stdout.read(int(size) + 1) if size.isdigit() else b""
        if not raw.endswith(b"\n"):
            raise _GitFailed("the fetched files are corrupt")
        return raw[:-1]


def _followed(path: str, entries: Mapping[str, _Entry], blobs: _Blobs) -> str | None:
    """Return the file that a path leads to by way of links, or None."""
    for _ in range(_MAX_LINKS):
        entry = entries.get(path)
        if entry is None or entry.mode != _LINK:
            return path if entry and entry.mode != _SUBMODULE else None
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.fsdecode(blobs.read(entry))))
    return None


def _without_credentials(url: str, base: Path) -> tuple[str, str, tuple[str, ...]]:
    """Return a URL that may be shown, the HTTP header that its credentials make (or nothing), and what to hide."""
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and "@" in parts.netloc:
        userinfo, _, host = parts.netloc.rpartition("@")
        user, _, password = (unquote(one) for one in userinfo.partition(":"))
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        hidden = (password, basic) if password else (user, basic)
        return urlunsplit(parts._replace(netloc=host)), f"Authorization: Basic {basic}", hidden
    local = (base / Path(url).expanduser()).resolve()
    return (local.as_uri() if "://" not in url and local.exists() else url), "", ()


def _is_text(id: str) -> bool:
    try:
        id.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _last_words(stderr: bytes) -> str:
    """Return what git said last: the line that tells why, where there is one."""
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "remote:"))]
    return re.sub(r"^(fatal|error|remote): *", "", (told or lines or ["git failed"])[-1]).rstrip(".")
