"""Whether a long text is read at once, rather than in a time that grows with its square or worse."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

AT_ONCE_S = 8.0
"""What goes back and back over such a text takes minutes."""


@dataclass
class Took:
    """How long something took."""

    seconds: float = 0.0
    """Of the processor: what runs beside a test does not count."""


@contextmanager
def timed() -> Iterator[Took]:
    """Measure what is done within; the time stands there behind it."""
    took, begun = Took(), time.process_time()
    yield took
    took.seconds = time.process_time() - begun
