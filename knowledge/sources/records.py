"""What sources of records share (rows, other libraries' documents): which field means what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from pydantic import Field, field_validator

from knowledge.documents import SCOPE_KEYS, Document, ScopeError, Skipped, Unchanged, is_block, misspelt, scope_fields
from knowledge.parsing import UnreadableDocument, day_of, html_to_markdown, parse, plain
from knowledge.sources import SourceOptions
from knowledge.sources.files import printable
from knowledge.sources.tags import digest

FIELDS = ("id", "title", "body", "url", "updated", *SCOPE_KEYS)
_EPOCH_SECONDS = (10**8, 10**11)
"""Whole numbers from 1973 to 5138 where they count seconds; above they count milliseconds."""


class RecordsOptions(SourceOptions):
    """Options of every source of records."""

    columns: dict[str, str] = Field(default_factory=dict)
    """Name of the column that holds a field (`id`, `title`, `body`, `url`, `updated`, or a key of the scope);
    without it the column that is called like the field."""
    format: Literal["markdown", "html", "text"] = "markdown"
    """Of the body."""

    @field_validator("columns")
    @classmethod
    def _fields(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := set(value) - set(FIELDS):
            raise ValueError(f"{min(unknown)} is no field; there is {', '.join(FIELDS)}")
        return value


class Records:
    """One reading of a source of records: makes documents of them."""

    def __init__(self, options: RecordsOptions, known: Mapping[str, str]) -> None:
        self._options = options
        self._known = known

    def column(self, field: str) -> str:
        """Return the name of the column of a field."""
        return self._options.columns.get(field, field)

    def document(self, id: str, body: Any, values: Mapping[str, Any]) -> Document | Unchanged | Skipped:
        """Return what a record says; `values` are its columns, or whatever it has instead."""
        id = printable(id)
        tag = ""
        try:
            given = {field: values[name] for field in FIELDS if (name := self.column(field)) in values}
            told = scope_fields(values) | {key: given[key] for key in SCOPE_KEYS if given.get(key) not in (None, "")}
            unmapped = values.keys() - set(self._options.columns.values())
            said = ("draft", "published")
            told |= {
                name: values[name] for name in unmapped if misspelt([name]) or is_block(name) or name.lower() in said
            }
            text = _text(body)
            known_by = [id, text, *(given.get(key) for key in ("title", "url", "updated")), told]
            tag = digest(json.dumps(known_by, default=str).encode())
            if self._known.get(id) == tag:
                return Unchanged(id)
            if not text.strip():
                raise UnreadableDocument("It has no text.")
            url = plain(given, "url")
            if self._options.format == "html":
                parsed = html_to_markdown(text, url)
            else:
                suffix = {"markdown": "md", "text": "txt"}[self._options.format]
                parsed = parse(text.encode("utf-8", "replace"), f"body.{suffix}")
            return Document(
                id,
                self._options.name,
                plain(given, "title") or parsed.title or id,
                parsed.text,
                url or plain(parsed.fields, "url"),
                self._options.scope_of(id, told, parsed.fields),
                _day(given.get("updated")) or parsed.updated,
                tag,
            )
        except (UnreadableDocument, ScopeError) as error:
            return Skipped(self._options.name, id, str(error), tag=tag)


def _text(body: Any) -> str:
    if body is None:
        return ""
    if isinstance(body, (bytes, bytearray, memoryview)):
        try:
            return bytes(body).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UnreadableDocument("Its body is bytes that are not UTF-8 text.") from None
    if isinstance(body, (dict, list)):
        raise UnreadableDocument("Its body is not text but an object or a list.", "Choose one text of it.")
    return str(body)


def _day(value: Any) -> date | None:
    """Return the day that a date, a text or a Unix time (seconds or milliseconds) tells, or None."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= _EPOCH_SECONDS[0]:
        seconds = value if value < _EPOCH_SECONDS[1] else value / 1000
        try:
            return datetime.fromtimestamp(seconds, UTC).date()
        except (OverflowError, ValueError, OSError):
            return None
    return day_of({"updated": value})
