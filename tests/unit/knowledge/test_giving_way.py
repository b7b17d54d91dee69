"""Work that can wait lets answers go first, in whatever process they are made, and still gets done."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from knowledge import giving_way
from knowledge.giving_way import Busy, GivesWay

ROOT = Path(__file__).resolve().parents[3]


def pauses(path: Path, worked_s: float = 0.0) -> bool:
    """Whether work that took so long is kept waiting."""
    work = GivesWay(path)
    time.sleep(worked_s)
    begun = time.monotonic()
    work.pause()
    return time.monotonic() - begun > worked_s


def test_where_nobody_ever_answered_nothing_waits(tmp_path: Path) -> None:
    assert not pauses(tmp_path / "answering.lock", 0.05)


def test_work_waits_while_an_answer_is_made_and_a_moment_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Busy(tmp_path / "data" / "answering.lock")
    path = tmp_path / "data" / "answering.lock"
    with busy.held():
        with busy.held():
            assert pauses(path, 0.05)
        assert pauses(path, 0.05), "another answer is still being made"
    assert pauses(path, 0.05), "the next question may be about to come"
    monkeypatch.setattr(giving_way, "_QUIET_S", 0.0)
    assert not pauses(path, 0.05)


def test_work_goes_on_as_soon_as_the_answer_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving_way, "_QUIET_S", 0.0)
    monkeypatch.setattr(giving_way, "_PATIENCE", 10_000)
    path, held, answered = tmp_path / "lock", threading.Event(), threading.Event()

    def answer() -> None:
        with Busy(path).held():
            held.set()
            time.sleep(0.2)
            answered.set()

    work = GivesWay(path)
    time.sleep(0.01)
    thread = threading.Thread(target=answer)
    thread.start()
    held.wait()
    work.pause()
    assert answered.is_set()
    thread.join()


def test_an_answer_in_another_process_counts_and_its_death_lets_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving_way, "_QUIET_S", 0.0)
    path = tmp_path / "lock"
    program = (
        "import sys\nfrom pathlib import Path\nfrom knowledge.giving_way import Busy\n"
        "with Busy(Path(sys.argv[1])).held():\n    print(flush=True)\n    sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout
        other.stdout.readline()
        assert pauses(path, 0.05)
        other.kill()
    assert not pauses(path, 0.05)


def test_a_folder_that_cannot_be_written_stops_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with Busy(tmp_path / "file" / "lock").held():
        assert not pauses(tmp_path / "file" / "lock", 0.05)
