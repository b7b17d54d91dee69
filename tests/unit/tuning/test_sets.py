"""Sets of examples in their folder: each has one of its own, and the newest is the one that was made last."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from bot.privacy import Gone
from bot.tuning.examples import Example, ExamplesError, Origin, read_examples, write_examples
from bot.tuning.forgetting import forget
from bot.tuning.sets import EXAMPLES, ExampleSet, SetError, find, keep

NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)


def made(*ids: str) -> ExampleSet:
    return ExampleSet(tuple(Example(id, Origin.LIKED, "?", "!") for id in ids), {})


def test_the_newest_set_stays_so_when_somebody_is_forgotten_in_an_older_one(tmp_path: Path) -> None:
    older = keep(tmp_path / "sets", made("answer:1", "made:1"), {}, NOW)
    newest = keep(tmp_path / "sets", made("made:2"), {}, NOW + timedelta(days=1))
    assert forget(tmp_path, [Gone(answers={1})]) == 1
    assert [one.id for one in read_examples(older / EXAMPLES)] == ["made:1"]
    assert find(tmp_path / "sets") == newest / EXAMPLES


@pytest.mark.parametrize("count", [2, 11])
def test_of_sets_made_in_one_second_the_last_one_is_the_newest(tmp_path: Path, count: int) -> None:
    for number in range(count):
        last = keep(tmp_path, made(f"made:{number}"), {}, NOW)
    assert find(tmp_path) == last / EXAMPLES


def test_a_set_of_ones_own_is_as_new_as_its_file(tmp_path: Path) -> None:
    keep(tmp_path, made("made:1"), {}, NOW - timedelta(days=20 * 365))
    own = tmp_path / "mine" / EXAMPLES
    write_examples(own, made("made:2").examples)
    assert find(tmp_path) == own
    assert [one.id for one in read_examples(own)] == ["made:2"]


def test_a_set_that_is_not_there_is_told_with_the_newest_there_are(tmp_path: Path) -> None:
    with pytest.raises(SetError, match=r"There is no set none\..*tune prepare"):
        find(tmp_path, "none")
    names = [keep(tmp_path, made(f"made:{day}"), {}, NOW + timedelta(days=day)).name for day in range(4)]
    with pytest.raises(SetError, match=rf"There is no set none\. .* {names[3]}, {names[2]}, {names[1]}, or") as raised:
        find(tmp_path, "none")
    assert names[0] not in str(raised.value)


def test_sets_made_at_the_same_moment_have_folders_of_their_own(tmp_path: Path) -> None:
    at_once = Barrier(8)

    def work(number: int) -> Path:
        at_once.wait()
        return keep(tmp_path, made(f"made:{number}"), {"number": number}, NOW)

    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(work, range(8)))
    assert len(set(folders)) == 8
    for number, folder in enumerate(folders):
        assert [one.id for one in read_examples(folder / EXAMPLES)] == [f"made:{number}"]
        assert json.loads((folder / "report.json").read_text())["number"] == number


def test_a_set_that_finds_no_room_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keep(tmp_path, made("made:1"), {}, NOW)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ExamplesError, match="No space left on device"):
        keep(tmp_path, made("made:2"), {}, NOW)
    assert list(tmp_path.iterdir()) == [kept]
