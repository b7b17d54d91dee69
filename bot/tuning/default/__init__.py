"""Where the adapter for the embedded model lies, with its card, in an installation that brings one."""

from __future__ import annotations

from pathlib import Path

ADAPTER = Path(__file__).parent / "frontdesk-default.gguf"
CARD = Path(__file__).parent / "card.md"


def default_adapter() -> Path | None:
    """Return the file of the adapter, None in an installation that was made without it."""
    return ADAPTER if ADAPTER.exists() else None
