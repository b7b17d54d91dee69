"""What can go wrong while a model is tuned."""

from __future__ import annotations

from knowledge.errors import FrontdeskError


class TrainingError(FrontdeskError):
    """A model cannot be trained, or its training cannot go on; the adapter in force stays."""
