"""What is printed in the terminal stands there as it was written: brackets and colons are no markup."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.progress import Progress
from rich.table import Table
from typer.testing import CliRunner

from adapters import cli, console, doctor
from adapters.doctor import Finding
from bot.settings import Settings

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
