"""Frontdesk with its model on a server: a real server, the whole bot, a person at a terminal; then the server ends."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.generation.models import embedded_gguf
from knowledge import sample
from tests.model_servers import free_port, llama_cpp_server
from tests.terminal import ROOT, Terminal

KEY = "sk-a-key-of-the-tests"
NO_SERVER = f"http://127.0.0.1:{free_port()}"
QUESTION = "How many days do I have to return an item in the United Kingdom?"


class Company:
    def __init__(self, folder: Path) -> None:
        self.config = folder / "frontdesk.toml"
        self.data = folder / "data"
        self.config.write_text(
            'admins = ["terminal:you"]\n'
            f'[[knowledge.sources]]\nname = "handbook"\nkind = "folder"\npath = "{sample.HANDBOOK}"\n'
            '[http]\nlisten = "127.0.0.1:0"\n'
            '[model]\nquantization = "Q8_0"\n[answering]\ncache = false\n'
            '[generation]\nengine = "remote"\nurl = "http://not-set.invalid"\nretries = 0\n',
            encoding="utf-8",
        )

    def run(self, *words: str, **generation: str) -> subprocess.CompletedProcess[str]:
        """Run a command, its `[generation]` settings given by the environment."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
        settings = {f"FRONTDESK_GENERATION__{key.upper()}": value for key, value in generation.items()}
        return subprocess.run(
            [sys.executable, "-m", "adapters.cli", "--config", str(self.config), *words],
            cwd=ROOT,
            env=inherited | settings,
            capture_output=True,
            text=True,
            timeout=240,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def json(self, *words: str, **generation: str) -> Any:
        done = self.run(*words, "--json", **generation)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def doctor(self, **generation: str) -> dict[str, Any]:
        done = self.run("doctor", "--json", **generation)
        return {one["check"]: one for one in json.loads(done.stdout)}

    def answers(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the model and the notes of every answer in the database, oldest first."""
        with sqlite3.connect(self.data / "frontdesk.db") as database:
            rows = database.execute("SELECT model, notes FROM answers ORDER BY id").fetchall()
        return [(model, json.loads(notes)) for model, notes in rows]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, copy_sample: Callable[[Path], None]) -> Company:
    company = Company(tmp_path_factory.mktemp("company"))
    copy_sample(company.data)
    return company


def test_the_bot_answers_from_the_server_and_when_that_ends_from_the_local_model(
    company: Company, tmp_path: Path
) -> None:
    with llama_cpp_server(embedded_gguf(), tmp_path / "log", key=KEY) as (url, server):
        findings = company.doctor(url=url, api_key=KEY)
        assert findings["model server"]["ok"], findings["model server"]
        assert url in findings["model server"]["detail"] and findings["model"]["ok"]
        terminal = Terminal(
            "--config",
            str(company.config),
            "chat",
            "--scope",
            "region=uk",
            cwd=ROOT,
            FRONTDESK_GENERATION__URL=url,
            FRONTDESK_GENERATION__API_KEY=KEY,
        )
        try:
            terminal.until("You: ")
            terminal.type(QUESTION)
            assert "28 days" in terminal.until(r"help\.kettlewick\.example.*You: ")
            server.kill()
            server.wait()
            terminal.type("/new")
            terminal.until("You: ")
            terminal.type(QUESTION)
            assert "28 days" in terminal.until(r"help\.kettlewick\.example.*You: ")
            terminal.type("/quit")
            assert terminal.process.wait(timeout=60) == 0
        finally:
            terminal.close()
    (there, there_notes), (here, here_notes) = company.answers()
    assert there == "smol" and "engine" not in there_notes
    assert here.startswith("SmolLM2-135M") and "So the local model answered." in here_notes["engine"]
    assert KEY not in (company.data / "frontdesk.db").read_bytes().decode("latin-1")


def test_without_a_server_and_a_fallback_the_asker_is_told_so(company: Company) -> None:
    done = company.run("ask", QUESTION, "--scope", "region=uk", url=NO_SERVER, fallback="false", api_key=KEY)
    assert done.returncode == 1
    assert "does not answer at the moment" in " ".join(done.stderr.split())
    assert KEY not in done.stderr + done.stdout


def test_the_doctor_says_what_to_do_where_the_server_cannot_be_used(company: Company, tmp_path: Path) -> None:
    with llama_cpp_server(embedded_gguf(), tmp_path / "log", key=KEY) as (url, _):
        found = company.doctor(url=url, api_key="sk-another", fallback="false")
    assert found["model"] == {"check": "model", "ok": True, "detail": "Not used: a server answers.", "fix": ""}
    assert not found["model server"]["ok"]
    assert "401" in found["model server"]["detail"]
    assert "FRONTDESK_GENERATION__API_KEY" in found["model server"]["fix"]
    assert "sk-another" not in json.dumps(found)
