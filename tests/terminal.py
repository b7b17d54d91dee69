"""A real terminal for tests of what a person sees and types."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

from tests.processes import interruptible

ROOT = Path(__file__).resolve().parents[1]
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)|\r")


class Terminal:
    """A program with a real pseudo-terminal; `until` reads on until what the person sees matches."""

    def __init__(self, *words: str, cwd: Path, **variables: str) -> None:
        self.master, slave = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
        environment |= {"TERM": "xterm", "COLUMNS": "200", "PYTHONPATH": str(ROOT)} | variables
        command = [sys.executable, "-m", "adapters.cli", *words]
        with interruptible():
            self.process = subprocess.Popen(
                command, stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=environment, start_new_session=True
            )
        os.close(slave)
        self.shown = ""

    def type(self, line: str) -> None:
        self.shown = ""
        os.write(self.master, f"{line}\n".encode())

    def until(self, pattern: str, seconds: float = 120) -> str:
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.shown, re.DOTALL):
            ready, _, _ = select.select([self.master], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{pattern!r} did not appear in:\n{self.shown}"
            try:
                self.shown += _CONTROL.sub("", os.read(self.master, 65536).decode("utf-8", "replace"))
            except OSError:  # the program ended and closed its terminal
                assert re.search(pattern, self.shown, re.DOTALL), self.shown
        return self.shown

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=30)
        os.close(self.master)
