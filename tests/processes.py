"""Processes that stand still, or that Ctrl-C ends, for tests."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def interruptible() -> Iterator[None]:
    """Let what is started within hear Ctrl-C, which a job in the background of a shell, and what it starts, ignore."""
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, ours)


def halt(pid: int) -> None:
    """Stop a process (SIGSTOP) and wait until it stands still, which takes a while on a busy machine."""
    os.kill(pid, signal.SIGSTOP)
    for _ in range(1000):
        if psutil.Process(pid).status() == psutil.STATUS_STOPPED:
            return
        time.sleep(0.01)
    raise TimeoutError(f"{pid} goes on")
