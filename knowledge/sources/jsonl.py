"""A file with one document a line, as JSON."""

from __future__ import annotations

import errno
import gzip
import json
import stat
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from knowledge.documents import Document, ScopeError, Skipped, Unchanged, unix_lines
from knowledge.parsing import (
    MAX_DOCUMENT_BYTES,
    UnreadableDocument,
    check_size,
    day_of,
    first_heading,
    plain,
    shown_markdown,
    split_front_matter,
)
from knowledge.sources import SourceError, SourceOptions
from knowledge.sources.tags import digest

_MAX_LINE_BYTES = 6 * MAX_DOCUMENT_BYTES + 100_000
"""JSON may write one byte of text as `\\u00xx`."""


class JsonLinesOptions(SourceOptions):
    """Options of a JSON-lines file."""

    path: Path


class JsonLinesSource:
    """Lines of `{"doc_id", "title", "text", "url", "meta": {scope}}`, plain or gzip-compressed (`.gz`)."""

    Options = JsonLinesOptions

    def __init__(self, options: JsonLinesOptions, base: Path) -> None:
        self.options = options
        self._path = (base / options.path.expanduser()).resolve()

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        """Yield the lines in order; blank ones don't count, and one that has not changed is not parsed.

        Raises SourceError if the file cannot be read.
        """
        ids = {tag: id for id, tag in known.items() if tag}
        skipped: list[Skipped] = []
        try:
            before = self._path.stat()
            if not stat.S_ISREG(before.st_mode):
                raise OSError(errno.EINVAL, "it is no regular file")
            opener = gzip.open if self._path.suffix == ".gz" else open
            with opener(self._path, "rb") as file:
                for number, line in enumerate(_lines(cast(BinaryIO, file)), start=1):
                    if not line.strip():
                        continue
                    tag = digest(line.rstrip())
                    # A line without an id of its own is known by its number. Of two lines that are alike the
                    # second is read again, so that it is seen to be a second one.
                    id = ids.pop(f"{tag}-{number}", None) or ids.pop(tag, None)
                    one = self._document(number, line, tag) if id is None else Unchanged(id)
                    if isinstance(one, Skipped):
                        skipped.append(one)
                    else:
                        yield one
            after = self._path.stat()
        except (OSError, EOFError, zlib.error) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise SourceError(
                f"The file of the source “{self.options.name}” cannot be read: {self._path} ({why}).",
                "Mend its path in [[knowledge.sources]], its permissions, or make the file anew.",
            ) from None
        if (before.st_mtime_ns, before.st_size, before.st_ino) != (after.st_mtime_ns, after.st_size, after.st_ino):
            # The lines that could not be read may have been half written.
            raise SourceError(
                f"The file of the source “{self.options.name}” changed while it was read: {self._path}.",
                "Run it again; write the file under another name and rename it when it is whole.",
            )
        yield from skipped

    def _document(self, number: int, line: bytes, tag: str) -> Document | Skipped:
        id = unnamed = f"line {number}"
        try:
            values = _object(line)
            doc_id = values.get("doc_id")
            if not isinstance(doc_id, (str, int)) or isinstance(doc_id, bool) or not str(doc_id).strip():
                raise UnreadableDocument("It has no doc_id.")
            id = plain(values, "doc_id")
            text = values.get("text")
            if not isinstance(text, str):
                raise UnreadableDocument("It has no text.")
            check_size(len(text.encode("utf-8", "surrogatepass")))
            meta = values.get("meta") or {}
            if not isinstance(meta, dict):
                raise UnreadableDocument("Its meta is not an object.")
            text = unix_lines(text.encode("utf-8", "replace").decode().replace("\0", ""))
            fields, text = split_front_matter(text)
            text = shown_markdown(text)
            if not text.strip():
                raise UnreadableDocument("It has no text.")
            title = plain(values, "title") or plain(fields, "title") or first_heading(text) or id
            return Document(
                id,
                self.options.name,
                title,
                text,
                plain(values, "url") or plain(fields, "url"),
                self.options.scope_of(id, meta, values, fields),
                day_of(values) or day_of(meta) or day_of(fields),
                tag,
            )
        except (UnreadableDocument, ScopeError) as error:
            return Skipped(self.options.name, id, str(error), tag=f"{tag}-{number}" if id == unnamed else tag)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines, each cut a little above the limit so that one endless line cannot fill the memory."""
    while line := file.readline(_MAX_LINE_BYTES):
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(_MAX_LINE_BYTES)):
            pass
        yield line


def _object(line: bytes) -> dict[str, Any]:
    if len(line) >= _MAX_LINE_BYTES:
        check_size(len(line))
    try:
        values = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnreadableDocument("The line is not UTF-8.", "Save the file as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise UnreadableDocument(f"The line is not valid JSON: {error.msg} at character {error.pos + 1}.") from None
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument(f"The line is not valid JSON: {error}.") from None
    if not isinstance(values, dict):
        raise UnreadableDocument("The line is not a JSON object.")
    return values
