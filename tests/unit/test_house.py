"""The tree keeps its shape: what imports what, what stands where, and nothing that holds on one machine only."""

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("adapters", "bot", "knowledge", "migrations")
FORBIDDEN = {
    "adapters": {"tests"},
    "bot": {"adapters", "tests"},
    "knowledge": {"adapters", "bot", "tests"},
    "migrations": {"adapters", "tests"},
}
TOP_LEVEL = {
    *("adapters", "bot", "knowledge", "migrations", "tests"),
    *("pyproject.toml", "constraints.txt", "Makefile", "Dockerfile", "README.md", "CHANGELOG.md", "LICENSE"),
}


def tracked_files() -> list[Path]:
    try:
        listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is not a git checkout")
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and top-level package of every import, those inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.split(".")[0]


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_from_adapters_to_bot_to_knowledge(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {package}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for line, package in imports(path.read_text(encoding="utf-8"))
        if package in FORBIDDEN[room]
    ]
    assert not wrong


def test_an_import_inside_a_function_is_seen() -> None:
    assert list(imports("def f():\n    from tests.unit import x\n    import bot.inbox")) == [(2, "tests"), (3, "bot")]


def test_the_top_level_holds_only_what_belongs_there() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in tracked_files()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    # Written in pieces, so that this file is searched too.
    registries = r"https?://[^\s/]*(?:py" + r"pi|npm" + r"js|deb" + r"ian)[^\s/]*|index" + r"-url\b"
    machine = r"(?<![\w.$}/])/(?:ho" + r"me|ro" + r"ot|Us" + r"ers|wo" + r"rk)/"
    unwanted = re.compile(f"{registries}|{machine}")
    found = []
    for path in tracked_files():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}:{n}: {line}" for n, line in enumerate(lines, 1) if unwanted.search(line)]
    assert not found


def test_no_two_files_of_tests_are_called_alike() -> None:
    # pytest imports them by their names alone, and the second one would not be collected.
    names = Counter(path.name for path in tracked_files() if path.name.startswith("test_"))
    assert {name for name, count in names.items() if count > 1} == set()


def test_no_file_is_too_big_for_a_clone() -> None:
    big = {path.name for path in tracked_files() if path.stat().st_size > 2_000_000}
    assert big == {"cross_encoder.safetensors", "frontdesk-default.gguf"}
