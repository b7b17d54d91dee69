"""A person at a terminal: asks, follows up, rates, leaves; the liked answer can be exported."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge import sample
from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def config(tmp_path: Path, copy_sample: Callable[[Path], None]) -> Path:
    path = tmp_path / "frontdesk.toml"
    source = f'[[knowledge.sources]]\nname = "handbook"\nkind = "folder"\npath = "{sample.HANDBOOK}"\n'
    source += '[model]\nquantization = "Q8_0"\n'
    path.write_text(source, encoding="utf-8")
    copy_sample(tmp_path / "data")
    return path


def test_a_chat_streams_cited_answers_and_keeps_ratings(config: Path) -> None:
    def frontdesk(*words: str) -> str:
        command = [sys.executable, "-m", "adapters.cli", "--config", str(config), *words, "--json"]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=240).stdout

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
    assert example["metadata"]["scope"]["region"] == ["uk"]


def test_ctrl_c_ends_a_chat_at_once(config: Path) -> None:
    terminal = Terminal("--config", str(config), "chat", cwd=ROOT)
    try:
        terminal.until("You: ")
        os.killpg(terminal.process.pid, signal.SIGINT)
        assert terminal.process.wait(timeout=60) == 130
    finally:
        terminal.close()
