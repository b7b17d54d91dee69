"""Shell patterns of paths and URLs in the settings."""

from __future__ import annotations

import re
import unicodedata
from fnmatch import translate
from functools import lru_cache
from urllib.parse import unquote

_HOST = re.compile(r"[a-z][a-z0-9+.-]*://[^/]*")
"""The start page of a site, which is a page rather than all of them."""


def fits(name: str, pattern: str) -> bool:
    """Whether a path or URL fits a pattern, in whichever Unicode form or percent-encoding either is written.

    macOS and old archives write an umlaut as two characters, and people write into the settings what their browser
    shows; a folder that is excluded, or that is internal by a rule, must be so all the same. So a folder may be written
    as `staff`, `staff/`, `/staff/*` or `./staff`, each of which means everything below it.
    """
    return bool(_compiled(pattern).match(_below(name)) or _compiled(composed(pattern)).match(_below(unquoted(name))))


@lru_cache(1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    bare = _below(pattern)
    folder = bare.rstrip("/")
    forms = [bare]
    if folder and not folder.endswith("*"):
        forms += [folder, f"{folder}/" if _HOST.fullmatch(folder) else f"{folder}/*"]
    return re.compile("|".join(map(translate, forms)))


def _below(path: str) -> str:
    """Return a path without what only says that it begins where all of them do."""
    return re.sub(r"\A(?:\.?/)+", "", path)


def unquoted(name: str) -> str:
    """Return a path or URL as people write it."""
    return composed(unquote(name))


def named(pattern: str) -> str:
    """Return a pattern as it is. Raises ValueError for an empty one, which would fit nothing."""
    if not pattern.strip():
        raise ValueError("an empty pattern fits nothing; write * for everything")
    return pattern


def composed(text: str) -> str:
    """Return text in the Unicode form that keyboards write."""
    return unicodedata.normalize("NFC", text)
