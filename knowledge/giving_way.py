"""Work that can wait gives way to answers: a mark on a file that processes of one machine share.

Low priority alone is not enough: two processes on the cores share their caches and their memory too,
so that an answer beside a reindex takes twice as long, however nice that is.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on Windows; nobody gives way there
    fcntl = None  # type: ignore[assignment]

_QUIET_S = 0.5
"""After an answer the next question may be about to come."""
_PATIENCE = 4
"""Waits at most so many times as long as the work took that went before: under questions without end it still gets
a fifth of the time."""
_LOOK_EVERY_S = 0.05


class Busy:
    """Says that answers are being made. For one thread of one process; any number of processes may share the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._holds = 0

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Say so while the block runs. A file that cannot be written is as good as none."""
        self._holds += 1
        if self._holds == 1:
            with contextlib.suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
                if fcntl:
                    fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        try:
            yield
        finally:
            self._holds -= 1
            if not self._holds and self._file is not None:
                with contextlib.suppress(OSError):
                    os.utime(self._file)
                os.close(self._file)  # which lets go of the lock
                self._file = None


class GivesWay:
    """Lets others go first, between two pieces of work."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._since = time.monotonic()

    def pause(self) -> None:
        """Wait until no answer is being made, though not for ever; call it after each piece of work."""
        worked = time.monotonic() - self._since
        until = time.monotonic() + worked * _PATIENCE
        while time.monotonic() < until and self._busy():
            time.sleep(_LOOK_EVERY_S)
        self._since = time.monotonic()

    def _busy(self) -> bool:
        if not fcntl:
            return False
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False  # nobody ever answered here
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return time.time() - os.fstat(file).st_mtime < _QUIET_S
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            os.close(file)
