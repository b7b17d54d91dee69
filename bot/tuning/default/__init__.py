"""The adapter that comes with Frontdesk, for the embedded model; its card stands beside it."""

from __future__ import annotations

from pathlib import Path

ADAPTER = Path(__file__).parent / "frontdesk-default.gguf"
CARD = Path(__file__).parent / "card.md"


def default_adapter() -> Path | None:
    """Return the file of the adapter, None in an installation that was made without it."""
    return ADAPTER if ADAPTER.exists() else None
