"""Work in a process of its own ends with the process that wants its result."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from knowledge.processes import Progress

ROOT = Path(__file__).resolve().parents[3]
WAITS = """
import asyncio, sys
from functools import partial
from pathlib import Path
from knowledge.processes import in_own_process
from tests.unit.knowledge.test_processes import waits
asyncio.run(in_own_process(partial(waits, Path(sys.argv[1])), "wait"))
"""
PATIENCE_S = 60


def waits(path: Path, progress: Progress) -> None:
    path.with_suffix(".part").write_text(str(os.getpid()))
    path.with_suffix(".part").replace(path)
    time.sleep(4 * PATIENCE_S)


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_work_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", WAITS, str(path)], cwd=ROOT)
    deadline = time.monotonic() + PATIENCE_S
    while not path.exists():
        assert parent.poll() is None and time.monotonic() < deadline
        time.sleep(0.1)
    parent.kill()
    parent.wait()
    worker, deadline = int(path.read_text()), time.monotonic() + PATIENCE_S
    while runs(worker):
        if time.monotonic() > deadline:
            os.kill(worker, 9)
            raise AssertionError("it works on for nobody")
        time.sleep(0.1)
