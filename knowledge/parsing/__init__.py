"""From the bytes of a file to Markdown and what the file says of itself."""

from __future__ import annotations

import csv
import io
import re
import reprlib
from dataclasses import replace
from html import unescape
from pathlib import PurePosixPath
from typing import Any

from knowledge.documents import unix_lines
from knowledge.parsing.archives import archive_names, refuse_old
from knowledge.parsing.markdown import clean_html, clean_markdown, clean_title, refuse_redirects
from knowledge.parsing.superscripts import without_marks
from knowledge.parsing.tables import cell_text, markdown_table
from knowledge.parsing.text import (
    MAX_DOCUMENT_BYTES,
    Parsed,
    UnreadableDocument,
    check_size,
    day_of,
    decode,
    decode_html,
    first_heading,
    plain,
    split_front_matter,
)
from knowledge.parsing.workers import WORKERS

__all__ = [
    "MAX_DOCUMENT_BYTES",
    "MAX_FILE_BYTES",
    "SUFFIXES",
    "Parsed",
    "UnreadableDocument",
    "check_size",
    "day_of",
    "decode",
    "first_heading",
    "html_to_markdown",
    "parse",
    "plain",
    "shown_markdown",
    "split_front_matter",
]

_KINDS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".csv": "csv",
    ".tsv": "csv",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".pptx": "pptx",
    ".xlsx": "xlsx",
    ".eml": "eml",
}
_MEDIA_TYPES = {
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "message/rfc822": "eml",
}
_OFFICE_PARTS = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}
_TEXT_KINDS = {"markdown", "text", "csv"}
_SEPARATOR = re.compile(r"sep=(\\t|[^\n])\n", re.IGNORECASE)
"""The first line of a table of values that is for Excel alone: what parts its columns."""
_SEPARATORS = "\t;|,"
"""Of a table of values, the one that sentences hold most often last."""
_END = "\x1f"
"""The last line of a table of values while it is read: where it is not found as one, a quote never ended."""
_LONGEST_OPEN_CELL = 100_000
"""Characters of a cell whose quote never ends."""
csv.field_size_limit(2 * MAX_DOCUMENT_BYTES)  # by itself far less than a document may have
_ELEMENT = re.compile(r"</?(?:a|b|br|div|em|h[1-6]|i|li|ol|p|span|strong|table|ul)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENCODED = re.compile(r"\s*&lt;(?:div|h[1-6]|ol|p|span|strong|table|ul)\b.{0,500}?&gt;", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(r"<(?:html|body|!doctype)\b", re.IGNORECASE)

SUFFIXES = frozenset(_KINDS)
"""Of the files that can be parsed, in lower case."""
MAX_FILE_BYTES = 50_000_000
"""Of an office file, PDF or mail, which may hold pictures; their text may have `MAX_DOCUMENT_BYTES`."""


def parse(raw: bytes, name: str, media_type: str = "") -> Parsed:
    """Return the Markdown of a file; `name` is its name or path, `media_type` what its server said it is.

    The format is told by the media type, the first bytes, then the suffix. HTML, PDF, office files and mails are
    read in a process of its own, within limits of time and memory. HTML with a `<body>` is taken for a whole page.
    Raises UnreadableDocument for whatever cannot be read, holds no text or only redirects.
    """
    if not raw:
        check_size(0)
    if len(raw) > MAX_FILE_BYTES:
        raise UnreadableDocument(
            f"It has {len(raw) / 1e6:.0f} MB, more than the {MAX_FILE_BYTES / 1e6:.0f} MB of one file.", "Split it."
        )
    kind = _kind(raw, name, media_type)
    if kind == "html":
        return _html_file(raw)
    if kind not in _TEXT_KINDS:
        return WORKERS.parse(raw, kind=kind)
    check_size(len(raw))
    text, guessed = decode(raw)
    if kind == "csv":
        table = _csv(without_marks(text))
        return replace(table, unread=" ".join(filter(None, (guessed, table.unread))))
    fields, text = split_front_matter(text)
    if kind == "markdown" or fields:
        refuse_redirects("", {key: fields.get(key) for key in ("redirect_to", "redirect_url", "redirect")})
        text = shown_markdown(text)
        refuse_redirects(text, fields)
    else:
        text = without_marks(text)
    if not text.strip():
        raise UnreadableDocument("It has no text.")
    return Parsed(text, clean_title(plain(fields, "title") or first_heading(text)), fields, day_of(fields), guessed)


def shown_markdown(text: str) -> str:
    """Return Markdown with only what its readers see: without HTML, tags of templates or marks of footnotes."""
    # Databases and forms hold HTML with its signs encoded; where no other is there, the whole text is meant so.
    if "<" not in text and "&lt;/" in text and _ENCODED.match(text):
        text = unescape(text)
    return clean_markdown(text, _piece_of_html)


def html_to_markdown(html: str, url: str = "", whole_page: bool = False) -> Parsed:
    """Return HTML as Markdown, relative links made absolute by `url`.

    A fragment (the body field of a CMS, say) is converted as it is; of a whole page navigation and other
    boilerplate are left out. Raises UnreadableDocument where nothing is left, or the page only redirects.
    """
    return WORKERS.parse(html.encode("utf-8", "replace"), kind="html", url=url, whole_page=whole_page)


def _suffix(name: str) -> str:
    return PurePosixPath(name.rstrip("/")).suffix.lower()


def _kind(raw: bytes, name: str, media_type: str) -> str:
    """Return the format of a file. Raises UnreadableDocument where it is none that can be read, or not what it says."""
    suffix = _suffix(name)
    said = _MEDIA_TYPES.get(media_type.partition(";")[0].strip().lower(), "")
    named = said or _KINDS.get(suffix, "")
    if b"%PDF-" in raw[:1024] and named not in _TEXT_KINDS:
        return "pdf"
    if raw.startswith(b"\xd0\xcf\x11\xe0") and named not in _TEXT_KINDS:
        refuse_old(raw)
    if raw.startswith(b"PK\x03\x04") and named not in _TEXT_KINDS:
        names = archive_names(raw)
        kind = next((kind for part, kind in _OFFICE_PARTS.items() if part in names), "")
        if not kind:
            raise UnreadableDocument("It is a ZIP archive, not a document.", "Unpack it.")
        return kind
    if named in ("pdf", "docx", "pptx", "xlsx"):
        what = "a PDF" if named == "pdf" else f"a .{named} file"
        raise UnreadableDocument(f"It is called {what}, and is none.", "Give it its right name, or export it anew.")
    if named:
        return named
    if re.match(rb"\s*(?:<!doctype html|<html\b)", raw[:500], re.IGNORECASE):
        return "html"
    if media_type.lower().startswith("text/plain"):
        return "text"
    raise UnreadableDocument(
        f"Files of the format “{suffix or media_type or 'without a suffix'}” cannot be read.",
        f"Export it as one of {', '.join(sorted(SUFFIXES))}.",
    )


def _html_file(raw: bytes) -> Parsed:
    html, guessed = decode_html(raw), ""
    if html is None:
        html, guessed = decode(raw)
    html = unix_lines(html)
    fields, html = split_front_matter(html)
    refuse_redirects("", {key: fields.get(key) for key in ("redirect_to", "redirect_url", "redirect")})
    parsed = html_to_markdown(clean_html(html), whole_page=bool(_PAGE.search(html)))
    refuse_redirects(parsed.text, fields)
    fields = {**parsed.fields, **fields}
    title = clean_title(plain(fields, "title")) or parsed.title
    return Parsed(parsed.text, title, fields, day_of(fields) or parsed.updated, guessed)


def _piece_of_html(html: str) -> str:
    """Return a table or list that stands in Markdown as HTML as Markdown."""
    from knowledge.parsing.html import markdown_of

    try:
        return markdown_of(html)
    except (UnreadableDocument, RecursionError):
        return html


def _value(cell: str) -> str:
    """Return the words of a cell of a table of values, which shops fill with HTML."""
    return cell_text((_piece_of_html(cell) if _ELEMENT.search(cell) else cell).split("\n"))


def _is_title(row: list[str]) -> bool:
    return sum(map(bool, row)) == 1


def _csv(text: str) -> Parsed:
    named = _SEPARATOR.match(text)
    read, unread = _rows(text[named.end() if named else 0 :], named)
    rows = [row for cells in read if any(row := [_value(cell) for cell in cells])]
    titles: list[str] = []
    while len(rows) > 2 and _is_title(rows[0]) and not all(map(_is_title, rows)):
        titles.append("".join(rows.pop(0)))
    if not unread and rows and (wider := [row for row in rows if any(row[len(rows[0]) :])]):
        were = "One row has" if len(wider) == 1 else f"{len(wider)} rows have"
        unread = (
            f"{were} more cells than the first one has names, so what is in them may stand under a wrong name (the "
            f"first of them: {reprlib.repr(wider[0][0])}). Put quotes around cells that hold the separator."
        )
    table = "\n\n".join([*titles, markdown_table(rows)])
    if not table.strip():
        raise UnreadableDocument("It has no text.")
    if len(table) > 2 * MAX_DOCUMENT_BYTES:
        check_size(len(table))
    return Parsed(table + "\n", "", {}, None, unread)


def _rows(text: str, separator: re.Match[str] | None) -> tuple[list[list[str]], str]:
    """Return the rows of a table of values and what could not be read of it.

    Its separator is told by its first line, or guessed: the most likely one, unless another makes all rows as long as
    the first. Raises UnreadableDocument.
    """
    if separator:
        return _cells(text, separator[1].replace("\\t", "\t"))
    sample = text[:10_000]
    skips_spaces = False
    try:
        dialect: Any = csv.Sniffer().sniff(sample, delimiters=_SEPARATORS)
        guessed, skips_spaces = dialect.delimiter, dialect.skipinitialspace
    except csv.Error:
        # The names of the columns hold fewer commas of their own than sentences and numbers do.
        names = next((line for line in sample.split("\n") if any(map(line.count, _SEPARATORS))), "")
        guessed = max(_SEPARATORS, key=names.count)
    first = _cells(text, guessed, skips_spaces)
    if not _is_even(first[0]):
        for other in _SEPARATORS.replace(guessed, ""):
            if other in sample and _is_even((read := _cells(text, other, skips_spaces))[0]):
                return read
    return first


def _is_even(rows: list[list[str]]) -> bool:
    """Whether all rows that hold anything have as many cells as the first, and more than one."""
    lengths = {len(row) for row in rows if any(row)}
    return len(lengths) == 1 and lengths != {1}


def _cells(text: str, separator: str, skips_spaces: bool = False) -> tuple[list[list[str]], str]:
    """Return the rows of a table of values whose separator is known, and what could not be read of it."""
    reader = csv.reader(
        io.StringIO(f"{text.rstrip()}\n{_END}\n"), delimiter=separator, quotechar='"', skipinitialspace=skips_spaces
    )
    try:
        rows = list(reader)
    except csv.Error as error:
        raise UnreadableDocument(f"It is no table of values: {error}.", "Save it anew.") from None
    if rows[-1] == [_END]:
        return rows[:-1], ""
    last = rows[-1][-1].removesuffix(f"{_END}\n").rstrip("\n")
    if len(last) > _LONGEST_OPEN_CELL:
        raise UnreadableDocument("It is no table of values: a quote in it never ends.", "Save it anew.")
    rows[-1][-1] = last
    return rows, "A quote in it never ends, so that what follows it was read as one cell. Mend it, and save it anew."
