"""What people install is complete: pins, wheel, Makefile, container."""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
KERNELS = "bot/generation/kernels"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def needed(*extras: str) -> dict[str, str]:
    """Return name and installed version of everything the project and these extras need here, pip apart."""
    declared = PROJECT["dependencies"] + [one for extra in extras for one in PROJECT["optional-dependencies"][extra]]
    todo, seen, found = [Requirement(one) for one in declared], set(), {}
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        key = (name, *sorted(requirement.extras))
        if key in seen or name == "pip":
            continue
        seen.add(key)
        distribution = importlib.metadata.distribution(name)
        found[name] = distribution.version
        for below in map(Requirement, distribution.requires or []):
            marker = below.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)):
                todo.append(below)
    return found


def test_everything_that_is_installed_is_pinned_at_its_version() -> None:
    pinned = pins()
    differing = {
        name: (version, pinned.get(name))
        for name, version in needed("test").items()
        if Version(version).public != pinned.get(name)
    }
    assert not differing, "installed and pinned; run `make test` to install what is pinned"


def test_pins_are_plain_versions_for_every_machine() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"#.*|[a-z0-9-]+==[0-9][0-9a-z.]*", line) for line in lines)
    assert pins()["torch"] == "2.13.0"


@pytest.fixture(scope="module")
def wheel_files(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel as pip does, from a copy, and return the names in it."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("adapters", "bot", "knowledge", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", build, "dist"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_carries_every_file_of_the_four_packages(wheel_files: set[str]) -> None:
    for package in ("adapters", "bot", "knowledge", "migrations"):
        on_disk = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / package).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert on_disk <= wheel_files
    assert not any(name.startswith("tests/") for name in wheel_files)


def test_the_wheel_carries_handbook_and_license(wheel_files: set[str]) -> None:
    assert "knowledge/sample/handbook/returns-uk.md" in wheel_files
    assert "knowledge/sample/questions.jsonl" in wheel_files
    assert any(name.endswith("/licenses/LICENSE") for name in wheel_files)


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions as (keyword, rest), continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [(keyword, rest.strip()) for keyword, _, rest in (line.partition(" ") for line in lines)]


def test_the_container_installs_only_pinned_versions() -> None:
    installs = [rest for keyword, rest in instructions() if keyword == "RUN" and "pip install" in rest]
    assert installs
    assert all("-c constraints.txt" in rest for rest in installs)


def test_the_container_does_not_run_as_root() -> None:
    steps = instructions()
    last_stage = steps[max(n for n, (keyword, _) in enumerate(steps) if keyword == "FROM") :]
    (user,) = [rest for keyword, rest in last_stage if keyword == "USER"]
    assert int(user.split(":")[0]) > 0
    assert ("ENTRYPOINT", '["frontdesk"]') in last_stage
    assert ("CMD", '["run"]') in last_stage


def test_everything_the_container_copies_is_here_and_not_ignored() -> None:
    copied = [
        source
        for keyword, rest in instructions()
        if keyword == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    ]
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert copied
    assert all((ROOT / source).exists() for source in copied)
    kept = {line[1:] for line in ignore if line.startswith("!")}
    assert kept <= set(copied)
    assert all(kept & {source, *map(str, Path(source).parents)} for source in copied)


def test_the_health_check_of_the_container_asks_the_address_it_listens_on() -> None:
    health = next(rest for keyword, rest in instructions() if keyword == "HEALTHCHECK")
    listen = next(rest for keyword, rest in instructions() if keyword == "ENV" and "HTTP__LISTEN" in rest)
    (command,) = re.findall(r"CMD (\[.*\])$", health)
    assert json.loads(command)[0] == "python"
    assert re.findall(r"HTTP__LISTEN=[\d.]+:(\d+)", listen) == re.findall(r":(\d+)/healthz", health) == ["8080"]


@pytest.fixture
def fresh_tree(tmp_path: Path) -> Path:
    """A project folder with the Makefile, and an interpreter in .venv that only pretends to install."""
    if not shutil.which("make"):
        pytest.skip("make is missing")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / KERNELS, tmp_path / KERNELS)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/.created").touch()
    pretend(tmp_path, "exit 0")
    return tmp_path


def pretend(tree: Path, does: str) -> None:
    for name in ("python", "frontdesk", "ruff", "mypy"):
        script = tree / ".venv/bin" / name
        script.write_text(f'#!/bin/sh\necho "{name} $*" >> "{tree}/calls"\n{does}\n')
        script.chmod(0o755)


def make(tree: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("make")
    assert program
    return subprocess.run(
        [program, *arguments], cwd=tree, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def calls(tree: Path) -> list[str]:
    said = tree / "calls"
    lines = said.read_text().splitlines() if said.exists() else []
    said.unlink(missing_ok=True)
    return lines


BUILT = "python -m pip install -c constraints.txt --no-cache-dir --force-reinstall --no-deps llama-cpp-python"
INSTALLED = "python -m pip install -c constraints.txt -e ."
FOR_TESTS = "python -m pip install -c constraints.txt --no-compile -e .[test]"


def test_the_second_demo_installs_nothing(fresh_tree: Path) -> None:
    assert make(fresh_tree, "demo").returncode == 0
    assert calls(fresh_tree) == [BUILT, INSTALLED, "frontdesk demo"]
    assert make(fresh_tree, "demo").returncode == 0
    assert calls(fresh_tree) == ["frontdesk demo"]


def test_what_the_tests_need_is_installed_with_frontdesk_in_one_go(fresh_tree: Path) -> None:
    assert make(fresh_tree, "check").returncode == 0
    assert calls(fresh_tree)[:2] == [BUILT, FOR_TESTS]
    assert make(fresh_tree, "demo").returncode == 0
    assert calls(fresh_tree) == ["frontdesk demo"]
    assert make(fresh_tree, "check").returncode == 0
    assert [call.split()[0] for call in calls(fresh_tree)] == ["ruff", "ruff", "mypy"]


def test_what_the_tests_need_is_installed_after_a_demo(fresh_tree: Path) -> None:
    make(fresh_tree, "demo")
    calls(fresh_tree)
    assert make(fresh_tree, "check").returncode == 0
    assert calls(fresh_tree)[0] == FOR_TESTS


def test_changed_dependencies_are_installed_before_the_next_demo(fresh_tree: Path) -> None:
    make(fresh_tree, "demo")
    calls(fresh_tree)
    later = (fresh_tree / ".venv/.installed").stat().st_mtime + 5
    os.utime(fresh_tree / "pyproject.toml", (later, later))
    make(fresh_tree, "demo")
    assert calls(fresh_tree) == [INSTALLED, "frontdesk demo"]


@pytest.mark.parametrize("file", ["constraints.txt", f"{KERNELS}/llama-cpp.cmake", f"{KERNELS}/attention.cpp"])
def test_llama_cpp_is_built_anew_where_its_version_options_or_kernels_may_be_others(
    fresh_tree: Path, file: str
) -> None:
    make(fresh_tree, "demo")
    calls(fresh_tree)
    later = (fresh_tree / ".venv/.installed").stat().st_mtime + 5
    os.utime(fresh_tree / file, (later, later))
    make(fresh_tree, "demo")
    assert calls(fresh_tree) == [BUILT, INSTALLED, "frontdesk demo"]


def test_a_set_up_that_broke_off_goes_on_at_the_next_call(fresh_tree: Path) -> None:
    pretend(fresh_tree, "exit 1")
    assert make(fresh_tree, "demo").returncode != 0
    assert not (fresh_tree / ".venv/.installed").exists()
    pretend(fresh_tree, "exit 0")
    calls(fresh_tree)
    assert make(fresh_tree, "demo").returncode == 0
    assert len(calls(fresh_tree)) == 3


def test_build_options_of_the_user_reach_llama_cpp_beside_ours(fresh_tree: Path) -> None:
    pretend(fresh_tree, f'echo "$CMAKE_ARGS" >> "{fresh_tree}/options"')
    make(fresh_tree, "install", CMAKE_ARGS="-DGGML_CUDA=on")
    options = (fresh_tree / "options").read_text()
    assert "-DGGML_CUDA=on" in options
    assert "-DLLAVA_BUILD=OFF" in options
    assert f"{fresh_tree}/{KERNELS}/llama-cpp.cmake" in options


def test_a_missing_compiler_is_said_in_a_sentence(fresh_tree: Path) -> None:
    programs = fresh_tree / "programs"
    programs.mkdir()
    done = make(fresh_tree, "install", PATH=str(programs), CXX="no-such-compiler")
    assert done.returncode != 0
    assert "needs a C++ compiler" in done.stderr
    assert calls(fresh_tree) == []


def test_an_old_python_is_said_in_a_sentence(fresh_tree: Path) -> None:
    (fresh_tree / ".venv/.created").unlink()
    done = make(fresh_tree, "demo", "PYTHON=false")
    assert done.returncode != 0
    assert "Python 3.11 or newer" in done.stderr
    assert calls(fresh_tree) == []


def test_the_slack_server_is_pinned_without_a_lock_file() -> None:
    package = json.loads((ROOT / "tests/e2e/package.json").read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["dependencies"].values())
    assert not (ROOT / "tests/e2e/package-lock.json").exists()


def test_the_script_of_the_checks_is_sound_and_ends_with_the_tests() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], capture_output=True, check=False).returncode == 0
    assert script.read_text(encoding="utf-8").rstrip().splitlines()[-1].startswith("make test")


def test_the_license_is_the_one_that_is_declared() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
