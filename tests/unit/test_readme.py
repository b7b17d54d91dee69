"""The README tells of settings, commands and files as they are."""

import re
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from adapters.cli import app
from bot.settings import Settings
from knowledge.sources import KINDS, check_options
from knowledge.sources.rest import presets

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def is_setting(key: str) -> bool:
    """Whether `key` (`slack.bot_token`) leads to a setting."""
    model: Any = Settings
    for part in key.split("."):
        if not (isinstance(model, type) and issubclass(model, BaseModel) and part in model.model_fields):
            return False
        model = model.model_fields[part].annotation
    return True


def test_every_setting_it_names_exists() -> None:
    table = README.split("| setting | meaning |")[1].split("\n\n")[0]
    named = [key for row in table.splitlines()[2:] for key in re.findall(r"`([a-z_.]+)`", row.split("|")[1])]
    assert len(named) > 10
    assert [key for key in named if not is_setting(key)] == []


def test_every_environment_variable_it_names_is_a_setting() -> None:
    named = set(re.findall(r"FRONTDESK_([A-Z_]+__[A-Z_]+)\b", README)) - {"SECTION__KEY"}
    assert named
    assert [name for name in named if not is_setting(name.lower().replace("__", "."))] == []


def test_every_terminal_command_it_names_exists_and_none_is_left_out() -> None:
    group = typer.main.get_command(app)
    table = README.split("## In the terminal")[1].split("## Back up")[0]
    named = set(re.findall(r"^\| `frontdesk ([a-z]+)", table, flags=re.MULTILINE))
    assert named == set(group.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:`|    )make ([a-z]+)", README))))
def test_every_make_target_it_names_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_every_file_it_links_to_is_here() -> None:
    linked = re.findall(r"\]\(([^)#:]+)\)", README)
    assert linked
    assert [name for name in linked if not (ROOT / name).exists()] == []


def test_every_subcommand_it_names_exists_and_none_is_left_out() -> None:
    groups = {name: group for name, group in typer.main.get_command(app).commands.items() if hasattr(group, "commands")}  # type: ignore[attr-defined]
    named = set(re.findall(rf"`frontdesk ((?:{'|'.join(groups)}) [a-z]+)", README))
    assert {f"{name} {one}" for name, group in groups.items() for one in group.commands} == named


SOURCES = (ROOT / "knowledge/sources/README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?m)^(?:    \S.*\n)+", SOURCES)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_source_that_is_shown_can_be_set_as_it_stands(block: str) -> None:
    (options,) = tomllib.loads(textwrap.dedent(block))["knowledge"]["sources"]
    assert check_options(options).name


def test_every_kind_of_source_and_every_preset_is_shown() -> None:
    assert {kind for kind in KINDS if f"`{kind}`" not in SOURCES} == set()
    assert set(re.findall(r"`([a-z-]+)`", SOURCES.split("Presets:")[1].split(".\n")[0])) == set(presets())
