"""From the bytes of a file to Markdown and what the file says of itself."""

from __future__ import annotations

from pathlib import PurePosixPath

from knowledge.parsing.text import (
    MAX_DOCUMENT_BYTES,
    Parsed,
    UnreadableDocument,
    check_size,
    day_of,
    decode,
    first_heading,
    plain,
    split_front_matter,
)

__all__ = [
    "MAX_DOCUMENT_BYTES",
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
    "split_front_matter",
]

_TEXT = {".md", ".markdown", ".txt"}
SUFFIXES = frozenset(_TEXT)
"""Of the files that can be parsed, in lower case."""


def parse(raw: bytes, name: str, media_type: str = "") -> Parsed:
    """Return the Markdown of a file; `name` is its name or path, `media_type` what its server said it is.

    The format is told by the media type, the first bytes, then the suffix. Raises UnreadableDocument
    for whatever cannot be read, or holds no text.
    """
    if PurePosixPath(name).suffix.lower() not in SUFFIXES:
        raise UnreadableDocument("Its format is not known.")
    check_size(len(raw))
    fields, text = split_front_matter(decode(raw))
    if not text.strip():
        raise UnreadableDocument("It has no text.")
    return Parsed(text, plain(fields, "title") or first_heading(text), fields, day_of(fields))


def html_to_markdown(html: str, url: str = "", whole_page: bool = False) -> Parsed:
    """Return HTML as Markdown, relative links made absolute by `url`.

    A fragment (the body field of a CMS, say) is converted as it is; of a whole page navigation and other
    boilerplate are left out. Raises UnreadableDocument where nothing is left.
    """
    raise UnreadableDocument("HTML cannot be read yet.")
