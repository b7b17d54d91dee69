"""How sources tell that a document is as it was."""

from __future__ import annotations

from hashlib import blake2b

from knowledge.sources import SourceOptions


def digest(raw: bytes) -> str:
    """Return a short hash of `raw`, 32 hex digits."""
    return blake2b(raw, digest_size=16).hexdigest()


def fingerprint(options: SourceOptions) -> str:
    """Return a hash of the options that a document depends on, 8 hex digits, to begin each tag with.

    Otherwise a document that is as it was would keep a scope that is no longer that of its settings.
    """
    relevant = options.model_dump_json(exclude={"name", "schedule", "error_budget", "max_loss"})
    return digest(relevant.encode())[:8]
