"""Credentials stay out of messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

_SECRET_KEY = re.compile(r"key|token|secret|pass|pwd|credential|auth|sas|sig", re.IGNORECASE)
_IN_URL = re.compile(r"(://[^/@\s:]*:)[^@/\s]+@")
_MAX_CHARACTERS = 300


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Return `text` as one line of bearable length, without any of `secrets` or the password of a URL."""
    for secret in sorted(
        {form for one in secrets if one for form in (one, quote(one, safe=""))}, key=len, reverse=True
    ):
        text = text.replace(secret, "…")
    text = " ".join(_IN_URL.sub(r"\1…@", text).split())
    return text if len(text) <= _MAX_CHARACTERS else text[: _MAX_CHARACTERS - 1] + "…"


def secrets_of(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts whose keys sound like credentials, at any depth."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from secrets_of(value)
        elif isinstance(value, str) and _SECRET_KEY.search(key):
            yield value
