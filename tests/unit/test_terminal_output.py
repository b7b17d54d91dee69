"""What is printed in the terminal stands there as it was written: brackets and colons are no markup."""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path

import pytest
from rich.progress import Progress
from rich.table import Table
from typer.testing import CliRunner

from adapters import cli, console, doctor
from adapters.doctor import Finding
from bot.settings import Settings
from knowledge.errors import FrontdeskError
from knowledge.reindex import ReindexReport

WRITTEN = "'frontdesk[postgresql]' [/models/x] [bold] :warning: [[sources]]"


@pytest.mark.parametrize("where", [console.out, console.err], ids=["out", "err"])
def test_words_that_look_like_markup_are_printed_as_they_are(where: console.Console) -> None:
    table = Table()
    table.add_column(WRITTEN, no_wrap=True)
    table.add_row(WRITTEN)
    with where.capture() as said:
        where.print(WRITTEN, soft_wrap=True)
        where.print(table)
    assert said.get().count(WRITTEN) == 3


def test_a_stage_that_looks_like_markup_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    get_renderable = Progress.get_renderable

    def look(self: Progress) -> object:
        with console.out.capture() as said:
            console.out.print(get_renderable(self), width=120)
        shown.append(said.get())
        return get_renderable(self)

    monkeypatch.setattr(Progress, "get_renderable", look)
    monkeypatch.setattr(console, "err", console.Console(force_terminal=True, file=io.StringIO()))
    with console.bar() as show:
        show("reading [/policies]", 1, 2)
    assert "reading [/policies]" in shown[-1]


def test_doctor_shows_what_to_do_as_it_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def examine(settings: Settings) -> list[Finding]:
        return [
            Finding("sources", False, "No source is set.", "Add a [[knowledge.sources]] block."),
            Finding("model", False, "model.path [/models/x] is no file."),
        ]

    monkeypatch.setattr(doctor, "examine", examine)
    config = tmp_path / "frontdesk.toml"
    config.touch()
    done = CliRunner().invoke(cli.app, ["--config", str(config), "doctor"])
    assert done.exit_code == 1
    assert "Add a [[knowledge.sources]] block." in done.output and "model.path [/models/x] is no file." in done.output


def test_work_that_lasts_is_told_in_lines_where_no_terminal_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 0.0
    monkeypatch.setattr(console.time, "monotonic", lambda: now)
    with console.bar() as show:
        for done in range(0, 50_000, 1_000):
            now += 1
            show("embedding", done, 50_000)
    assert capsys.readouterr().err.splitlines() == [f"embedding: {n}9,000 of 50,000" for n in ("", 1, 2, 3, 4)]


def test_a_record_of_the_log_is_one_line_with_its_time_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    handler = console.log_handler()
    words = "A long sentence that a terminal of eighty columns would break into several lines " * 3
    handler.handle(logging.LogRecord("bot.desk", logging.WARNING, "", 0, words, None, None))
    (line,) = capsys.readouterr().err.splitlines()
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING bot\.desk: A long sentence", line)


def test_the_demo_leaves_the_companys_index_and_database_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def look(settings: Settings, source: str | None = None) -> ReindexReport:
        seen.append(settings)
        raise FrontdeskError("Seen.")

    seen: list[Settings] = []
    monkeypatch.setattr(cli, "_reindex", look)
    for name, value in (("DATA_DIR", "company"), ("KNOWLEDGE__URI", "index"), ("DATABASE__URL", "sqlite:///own.db")):
        monkeypatch.setenv(f"FRONTDESK_{name}", value)
    monkeypatch.setenv("FRONTDESK_KNOWLEDGE__SOURCES", '[{"name": "own", "kind": "folder", "path": "own"}]')
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(cli.app, ["demo"])
    (settings,) = seen
    demo = tmp_path / "company" / "demo"
    assert settings.knowledge_uri == str(demo / "knowledge")
    assert settings.database_url == f"sqlite:///{demo / 'frontdesk.db'}"
    assert [one.name for one in settings.knowledge.sources] == ["handbook"]
