"""An object store, or anything else that fsspec reads: S3, Google Cloud Storage, Azure, SFTP, archives, …"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import fsspec  # type: ignore[import-untyped]
from fsspec.asyn import AsyncFileSystem  # type: ignore[import-untyped]
from fsspec.spec import AbstractFileSystem  # type: ignore[import-untyped]
from pydantic import Field

from knowledge.documents import Document, Skipped, Unchanged
from knowledge.sources import SourceError
from knowledge.sources.files import Files, FilesOptions, is_hidden, printable
from knowledge.sources.secrets import redacted, secrets_of
from knowledge.sources.tags import digest

_VERSION_KEYS = {
    "contentmd5",
    "crc",
    "datetime",
    "etag",
    "generation",
    "lastmodified",
    "md5",
    "md5hash",
    "modified",
    "mtime",
    "updated",
    "versionid",
}
"""What stores call that by which the versions of an object differ, in lower case without punctuation."""
_BATCH = 16
_BATCH_BYTES = 64_000_000
_ATTEMPTS = 3
_PAUSE_S = 0.5
_PACKAGES = {
    "abfs": "adlfs",
    "az": "adlfs",
    "gcs": "gcsfs",
    "gs": "gcsfs",
    "s3": "s3fs",
    "s3a": "s3fs",
    "sftp": "paramiko",
}


class ObjectsOptions(FilesOptions):
    """Options of an object store."""

    url: str = Field(min_length=1)
    """As fsspec writes it: `s3://bucket/folder`, `gs://…`, `az://…`, `sftp://host/path`, `zip://::/path/a.zip`, …"""
    storage_options: dict[str, Any] = Field(default_factory=dict)
    """Arguments of that file system in fsspec, e.g. `key = "${S3_KEY}"`, `secret = "${S3_SECRET}"`."""


class ObjectsSource:
    """Every object below a URL that can be parsed; its id is its path below that URL, or the name of the one object."""

    Options = ObjectsOptions

    def __init__(self, options: ObjectsOptions, base: Path) -> None:
        self.options = options
        self._secrets = tuple(secrets_of(options.storage_options))

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        """Yield the objects in the order of their ids; what has not changed is listed, but not read.

        Raises SourceError where the store cannot be listed, or more objects fail than the error budget allows.
        """
        system, root = self._open()
        options = self.options
        if not options.document_url and root.startswith(("http://", "https://")):
            # Of a web server's listing, the address of a document is where people read it.
            place = root.replace("{", "{{").replace("}", "}}")
            options = options.model_copy(update={"document_url": f"{place}/{{path}}"})
        files = Files(options)
        batch: list[_Object] = []
        for one in self._listed(system, root):
            if not files.wants(one.id):
                continue
            if printable(one.id) != one.id:
                yield files.skipped(one.id, "Its name is not valid UTF-8. Rename it.")
            elif one.tag and known.get(one.id) == one.tag:
                yield Unchanged(one.id)
            elif one.size is not None and one.size > self.options.max_bytes:
                yield files.too_large(one.id, one.tag)
            else:
                batch.append(one)
                if len(batch) == _BATCH or sum(each.size or 0 for each in batch) > _BATCH_BYTES:
                    yield from self._read(system, batch, files)
                    batch = []
        yield from self._read(system, batch, files)
        yield from files.left_out()

    def _open(self) -> tuple[AbstractFileSystem, str]:
        protocol = re.split(r"::|://", self.options.url, maxsplit=1)[0]
        try:
            system, root = fsspec.core.url_to_fs(self.options.url, **self.options.storage_options)
            # File systems of one store are shared in a process, with what they listed before.
            system.invalidate_cache()
        except ImportError as error:
            package = _PACKAGES.get(protocol)
            fix = f"Run pip install {package}." if package else f"{error}."
            raise self._error("cannot be opened: it needs a package that is not installed", fix) from None
        except Exception as error:
            raise self._error(f"cannot be opened: {self._why(error)}", "Mend its url and storage_options.") from None
        return system, str(root).rstrip("/")

    def _listed(self, system: AbstractFileSystem, root: str) -> list[_Object]:
        try:
            if _lists_at_once(system):
                found = list(system.find(root, detail=True).items())
            else:
                # The general `find` leaves out, without a word, each folder that it may not list.
                walk = system.walk(root, detail=True, on_error="raise")
                found = [(info["name"], info) for _, _, inside in walk for info in inside.values()]
            if not found and not system.exists(root):
                raise FileNotFoundError("there is nothing of that name")
        except Exception as error:
            fix = "Check its url, its credentials, and their right to list."
            raise self._error(f"cannot be listed: {self._why(error)}", fix) from None
        objects = []
        for path, info in found:
            id = str(path).removeprefix(root).lstrip("/") or PurePosixPath(path).name
            id = unquote(id) if "://" in root else id
            if info.get("type") != "directory" and not any(map(is_hidden, id.split("/"))):
                objects.append(_Object(id, str(path), info))
        return sorted(objects, key=lambda one: one.id)

    def _read(self, system: AbstractFileSystem, batch: Sequence[_Object], files: Files) -> Iterator[Document | Skipped]:
        for one, raw in zip(batch, self._contents(system, batch), strict=True):
            if isinstance(raw, bytes):
                limit = self.options.max_bytes
                yield files.too_large(one.id, one.tag) if len(raw) > limit else files.document(one.id, raw, one.tag)
            elif not isinstance(raw, FileNotFoundError):
                # A refusal may be that of credentials which ran out meanwhile; the document may well be there.
                yield files.failed(one.id, f"It could not be read: {self._why(raw)}.")

    def _contents(self, system: AbstractFileSystem, batch: Sequence[_Object]) -> list[bytes | Exception]:
        """Return the content of each object, or why there is none after some attempts."""
        contents: dict[str, bytes | Exception] = {}
        for attempt in range(_ATTEMPTS):
            left = [one for one in batch if not isinstance(contents.get(one.path), (bytes, FileNotFoundError))]
            if attempt and left:
                time.sleep(_PAUSE_S * 2**attempt)
            together = [one.path for one in left if isinstance(system, AsyncFileSystem) and one.plain]
            contents |= _together(system, together)
            contents |= {one.path: self._content(system, one) for one in left if one.path not in together}
        return [contents[one.path] for one in batch]

    def _content(self, system: AbstractFileSystem, one: _Object) -> bytes | Exception:
        try:
            with system.open(one.path, "rb") as file:
                raw = bytes(file.read(self.options.max_bytes + 1))
        except Exception as error:
            return error
        broken_off = one.size is not None and len(raw) < one.size
        return OSError("it broke off before its end") if broken_off else raw

    def _why(self, error: Exception) -> str:
        said = redacted(str(error), self._secrets).rstrip(".")
        return f"{type(error).__name__}: {said}" if said else type(error).__name__

    def _error(self, what: str, fix: str) -> SourceError:
        url = redacted(self.options.url, self._secrets)
        return SourceError(f"The store of the source “{self.options.name}” ({url}) {what}.", fix)


class _Object:
    """One object in a listing."""

    def __init__(self, id: str, path: str, info: Mapping[str, Any]) -> None:
        self.id, self.path = id, path
        size = info.get("size")
        self.size = size if isinstance(size, int) else None
        # Where several are asked for at once, fsspec takes such characters for a pattern.
        self.plain = self.size is not None and not re.search(r"[*?\[]", path)
        """Whether it may be read together with others."""
        told = {re.sub(r"[\W_]", "", key.lower()): value for key, value in info.items()}
        named = sorted((key, str(value)) for key, value in told.items() if key in _VERSION_KEYS and value)
        self.tag = digest(repr((named, self.size)).encode()) if named else ""
        """Empty where the store tells nothing by which a version could be known."""


def _together(system: AbstractFileSystem, paths: list[str]) -> dict[str, bytes | Exception]:
    """Return the content of several objects, read at once."""
    if not paths:
        return {}
    try:
        got = system.cat(paths, on_error="return")
    except Exception as error:
        return dict.fromkeys(paths, error)
    return {path: got.get(path, OSError("the store gave no answer")) for path in paths}


def _lists_at_once(system: AbstractFileSystem) -> bool:
    """Whether a file system has a way of its own to list everything, which tells every failure."""
    if isinstance(system, AsyncFileSystem):
        return type(system)._find is not AsyncFileSystem._find
    return type(system).find is not AbstractFileSystem.find
