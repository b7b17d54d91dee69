"""Whether a long text is read at once, rather than in a time that grows with its square or worse."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 8.0
"""Of the processor: what runs beside a test does not count. What goes back and back over such a text takes minutes."""


@contextmanager
def at_once() -> Iterator[None]:
    """Fail where what is done within takes long."""
    begun = time.process_time()
    yield
    took = time.process_time() - begun
    assert took < SECONDS, f"took {took:.1f} s of the processor"
