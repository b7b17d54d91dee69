"""Shell patterns of paths and URLs in the settings."""

from __future__ import annotations

import unicodedata
from fnmatch import fnmatchcase
from urllib.parse import unquote


def fits(name: str, pattern: str) -> bool:
    """Whether a path or URL fits a pattern, in whichever Unicode form or percent-encoding either is written.

    macOS and old archives write an umlaut as two characters, and people write into the settings what their browser
    shows; a folder that is excluded, or that is internal by a rule, must be so all the same.
    """
    return fnmatchcase(name, pattern) or fnmatchcase(composed(unquote(name)), composed(pattern))


def composed(text: str) -> str:
    """Return text in the Unicode form that keyboards write."""
    return unicodedata.normalize("NFC", text)
