"""What can go wrong while a model is tuned."""

from __future__ import annotations

import errno

from knowledge.errors import FrontdeskError


class TrainingError(FrontdeskError):
    """A model cannot be trained, or its training cannot go on; the adapter in force stays."""


class LastingError(TrainingError):
    """With the same examples and options it would end the same way again."""


class NoRoomError(TrainingError):
    """The disk is full; what was done before is kept, so that the work goes on once there is room."""


class BusyError(FrontdeskError):
    """Somebody else is at it just now; later it can be done."""


def is_full(error: OSError) -> bool:
    """Whether a file was not written because there is no room for it."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
