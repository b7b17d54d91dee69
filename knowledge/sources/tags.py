"""How sources tell that a document is as it was."""

from __future__ import annotations

from hashlib import blake2b


def digest(raw: bytes) -> str:
    """Return a short hash of `raw`, 32 hex digits."""
    return blake2b(raw, digest_size=16).hexdigest()
