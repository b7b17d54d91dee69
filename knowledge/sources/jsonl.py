"""A file with one document a line, as JSON."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from knowledge.documents import Document, ScopeError, Skipped, Unchanged
from knowledge.parsing import MAX_DOCUMENT_BYTES, UnreadableDocument, check_size, first_heading, plain
from knowledge.sources import SourceError, SourceOptions

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
        self.name = options.name
        self._path = (base / options.path.expanduser()).resolve()

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        """Yield the lines in order; blank ones don't count. Raises SourceError if the file cannot be read."""
        try:
            opener = gzip.open if self._path.suffix == ".gz" else open
            with opener(self._path, "rb") as file:
                for number, line in enumerate(_lines(cast(BinaryIO, file)), start=1):
                    if line.strip():
                        yield self._document(number, line)
        except (OSError, EOFError, zlib.error) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise SourceError(
                f"The file of the source “{self.name}” cannot be read: {self._path} ({why}).",
                "Mend its path in [[knowledge.sources]], its permissions, or make the file anew.",
            ) from None

    def _document(self, number: int, line: bytes) -> Document | Skipped:
        id = f"line {number}"
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
            text = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\0", "")
            if not text.strip():
                raise UnreadableDocument("It has no text.")
            title = plain(values, "title") or first_heading(text) or id
            return Document(id, self.name, title, text, plain(values, "url"), self.options.scope_of(id, meta))
        except (UnreadableDocument, ScopeError) as error:
            return Skipped(self.name, id, str(error))


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
