"""A person at a terminal: asks, follows up, rates, leaves; the liked answer can be exported."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge import sample

ROOT = Path(__file__).resolve().parents[2]
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)|\r")


class Terminal:
    """A program with a real pseudo-terminal; `until` reads on until what the person sees matches."""

    def __init__(self, *words: str, cwd: Path) -> None:
        self.master, slave = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
        environment |= {"TERM": "xterm", "COLUMNS": "200", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "adapters.cli", *words]
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


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "frontdesk.toml"
    source = f'[[knowledge.sources]]\nname = "handbook"\nkind = "folder"\npath = "{sample.HANDBOOK}"\n'
    source += '[model]\nquantization = "Q8_0"\n'
    path.write_text(source, encoding="utf-8")
    return path


def test_a_chat_streams_cited_answers_and_keeps_ratings(config: Path) -> None:
    def frontdesk(*words: str) -> str:
        command = [sys.executable, "-m", "adapters.cli", "--config", str(config), *words, "--json"]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=240).stdout

    frontdesk("reindex")
    terminal = Terminal("--config", str(config), "chat", "--scope", "region=uk", cwd=ROOT)
    try:
        terminal.until("You: ")
        terminal.type("+")
        terminal.until("no answer to rate")
        terminal.type("How many days do I have to return an item in the United Kingdom?")
        shown = terminal.until(r"help\.kettlewick\.example.*You: ")
        assert "28 days" in shown
        assert "[1]" in shown
        terminal.type("+")
        terminal.until("noted as helpful.*You: ")
        terminal.type("thanks!")
        terminal.until("welcome.*You: ")
        terminal.type("/quit")
        assert terminal.process.wait(timeout=60) == 0
    finally:
        terminal.close()
    out = config.with_name("liked.jsonl")
    assert json.loads(frontdesk("export", "--out", str(out)))["written"] == 1
    (example,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [turn["role"] for turn in example["messages"]] == ["system", "user", "assistant"]
    assert "28 days" in example["messages"][-1]["content"]
    assert example["metadata"]["rating"] == {"up": 1, "down": 0}
    assert example["metadata"]["scope"] == {"region": ["uk"]}
