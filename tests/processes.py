"""Processes that stand still, for tests."""

import os
import signal
import time

import psutil


def halt(pid: int) -> None:
    """Stop a process (SIGSTOP) and wait until it stands still, which takes a while on a busy machine."""
    os.kill(pid, signal.SIGSTOP)
    for _ in range(1000):
        if psutil.Process(pid).status() == psutil.STATUS_STOPPED:
            return
        time.sleep(0.01)
    raise TimeoutError(f"{pid} goes on")
