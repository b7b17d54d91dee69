"""What is forgotten stands in no set, report, kept answer or grade any more; everything else stays as it was."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.privacy import Gone
from bot.tuning.answering import Given, Kept
from bot.tuning.duplicates import collapsed
from bot.tuning.examples import REJECTED_ANSWER, Example, Origin, read_examples, write_examples
from bot.tuning.forgetting import ForgettingError, forget, named
from bot.tuning.registry import Base, Registry
from tests.loras import write_base, write_lora


def example(id: str, answer: str = "In 30 days.", liked: bool = True, **metadata: Any) -> Example:
    origin = Origin.LIKED if liked else Origin.DISLIKED
    return Example(id, origin, "How long may I return it?", answer, liked=liked, metadata=metadata)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder of tuning with a set and an evaluation of it."""
    examples = [
        example("answer:1", "Gone.", answer_id=1, conversation_id=7),
        example("answer:2", answer_id=2, conversation_id=8),
        example("suggestion:3", "Suggested.", answer_id=2, conversation_id=8, suggestion_id=3),
        example("handover:4", "Said.", handover_id=4),
        example("made:5"),
    ]
    write_examples(tmp_path / "sets" / "one" / "examples.jsonl", examples)
    told = [{"id": one.id, "question": one.question, "why": one.answer} for one in examples]
    pairs = [{"kept": told[1], "left_out": told[0], "why": "they differ"}, {"kept": told[1], "left_out": told[4]}]
    report = {"examples": 5, "skipped": told, "disagreements": pairs}
    (tmp_path / "sets" / "one" / "report.json").write_text(json.dumps(report))
    kept = Kept(tmp_path / "evaluations" / "e" / "answers" / "rag.jsonl")
    for one in examples:
        kept.add(Given(one.id, "answered", one.answer))
    (tmp_path / "evaluations" / "e" / "judge").mkdir()
    graded = [{"of": f"{one.id}\n{one.answer}", "grade": 1.0} for one in examples]
    grades = "".join(f"\n{json.dumps(one)}\n" for one in graded)
    (tmp_path / "evaluations" / "e" / "judge" / "rag.jsonl").write_text(grades)
    return tmp_path


def left(folder: Path) -> tuple[list[str], list[str], list[str]]:
    """Return the ids in the set, and those with an answer and a grade in the evaluation."""
    examples = [one.id for one in read_examples(folder / "sets" / "one" / "examples.jsonl")]
    judged = (folder / "evaluations" / "e" / "judge" / "rag.jsonl").read_text().splitlines()
    grades = [json.loads(line)["of"].partition("\n")[0] for line in judged if line]
    return examples, list(Kept(folder / "evaluations" / "e" / "answers" / "rag.jsonl").read()), grades


@pytest.mark.parametrize(
    ("gone", "ids"),
    [
        (Gone(answers={1}), {"answer:1"}),
        (Gone(conversations={7}), {"answer:1"}),
        (Gone(answers={2}), {"answer:2", "suggestion:3"}),
        (Gone(suggestions={3}), {"suggestion:3"}),
        (Gone(handovers={4}), {"handover:4"}),
        (Gone(answers={4}, suggestions={1}, handovers={2}), set()),
        (Gone(), set()),
    ],
)
def test_what_is_gone_is_in_no_file_of_tuning(made: Path, gone: Gone, ids: set[str]) -> None:
    stays = [id for id in ("answer:1", "answer:2", "suggestion:3", "handover:4", "made:5") if id not in ids]
    assert forget(made, [gone]) == len(ids)
    assert left(made) == (stays, stays, stays)
    report = json.loads((made / "sets" / "one" / "report.json").read_text())
    assert [one["id"] for one in report["skipped"]] == stays
    pairs = [{one["kept"]["id"], one["left_out"]["id"]} for one in report["disagreements"]]
    assert pairs == [pair for pair in ({"answer:1", "answer:2"}, {"answer:2", "made:5"}) if not pair & ids]
    assert not [path for path in made.rglob(".*") if path.is_file()], "nothing half written is left"


def test_an_answer_is_forgotten_where_it_is_what_another_one_is_preferred_to(tmp_path: Path) -> None:
    liked, disliked = example("answer:1", answer_id=1), example("answer:2", "You can't, sorry.", False, answer_id=2)
    (pair,) = collapsed([liked, disliked], lambda texts: np.eye(len(texts), 8, dtype=np.float32)).examples
    assert pair.rejected == "You can't, sorry."
    path = tmp_path / "sets" / "one" / "examples.jsonl"
    write_examples(path, [pair])
    assert forget(tmp_path, [Gone(answers={2})]) == 0
    assert list(read_examples(path)) == [replace(pair, rejected="")]


def test_what_bears_an_id_that_was_given_again_stays(made: Path) -> None:
    forgotten_at = datetime(2026, 11, 26, 12, tzinfo=UTC)
    younger = (forgotten_at + timedelta(seconds=1)).isoformat()
    others = [
        example("answer:1", answer_id=1, conversation_id=7, created_at=younger),
        example("suggestion:3.1", answer_id=9, suggestion_id=3, created_at=younger),
        example("handover:4", handover_id=4, created_at=younger),
        replace(
            example("answer:8", answer_id=8, created_at=younger, **{REJECTED_ANSWER: 1}), rejected="You can't, sorry."
        ),
    ]
    write_examples(made / "sets" / "two" / "examples.jsonl", others)
    report = made / "sets" / "two" / "report.json"
    report.write_text(json.dumps({"skipped": [{"id": "answer:1"}, {"id": "suggestion:3"}]}))
    theirs = [
        example("answer:1", answer_id=1, created_at=forgotten_at.isoformat()),
        example("suggestion:3", suggestion_id=3, created_at="2026-11-26T11:00:00"),
        example("handover:4", handover_id=4, created_at="long ago"),
        example("answer:2", conversation_id=7),
    ]
    write_examples(made / "sets" / "three" / "examples.jsonl", theirs)
    gone = [
        Gone(answers={1}, conversations={7}, suggestions={3}, until=forgotten_at),
        Gone(answers={1}, until=forgotten_at - timedelta(days=1)),
        Gone(handovers={4}, until=forgotten_at),
    ]
    forget(made, gone)
    assert list(read_examples(made / "sets" / "two" / "examples.jsonl")) == others
    assert json.loads(report.read_text())["skipped"] == [{"id": "answer:1"}]
    assert list(read_examples(made / "sets" / "three" / "examples.jsonl")) == []
    assert left(made)[0] == ["answer:2", "made:5"]


@pytest.mark.parametrize(
    "broken", [b"{broken\n", b"[]\n", b'{"question": "May I?"}\n', b"\xff\n", b"[" * 100_000 + b"\n"]
)
def test_a_line_that_cannot_be_read_goes_and_keeps_nothing_else_from_being_cleared(
    made: Path, broken: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = made / "sets" / "one" / "examples.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[1], broken, lines[0], *lines[2:]]))
    forget(made, [Gone(answers={1})])
    assert path.read_bytes() == b"".join(lines[1:])
    assert f"Line 2 of {path} is no example" in caplog.text
    assert "answer:1" not in (made / "sets" / "one" / "report.json").read_text()


def test_a_line_of_another_version_is_read_as_far_as_is_needed(made: Path) -> None:
    path = made / "sets" / "one" / "examples.jsonl"
    newer = [{"id": f"answer:{id}", "origin": "corrected", "metadata": {"answer_id": id}} for id in (1, 6)]
    path.write_text("".join(json.dumps(one) + "\n" for one in newer))
    assert forget(made, [Gone(answers={1})]) == 1
    assert path.read_text() == json.dumps(newer[1]) + "\n"


def test_a_set_that_cannot_be_written_is_to_be_deleted(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ForgettingError, match=r"one/examples\.jsonl cannot be written: No space left") as raised:
        forget(made, [Gone(answers={1})])
    assert raised.value.fix.startswith("Delete that file")


def test_what_is_forgotten_at_the_same_time_as_something_else_does_not_come_back(tmp_path: Path) -> None:
    path = tmp_path / "sets" / "one" / "examples.jsonl"
    write_examples(path, [example(f"answer:{number}", answer_id=number) for number in range(60)])
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: forget(tmp_path, [Gone(answers={number})]), range(60)))
    assert list(read_examples(path)) == []


def test_an_admin_who_is_forgotten_is_named_for_no_adapter_any_more(tmp_path: Path) -> None:
    base = Base(write_base(tmp_path / "base.gguf"), ("b" * 64,))
    registry = Registry(tmp_path / "tuning")
    assert base.path
    one = registry.add(write_lora(tmp_path / "one.gguf", base.path, "b" * 64), base, by="slack:UANN")
    registry.promote(one.id, base, by="slack:UANN", force=True, reason="We like it.")
    registry.rollback(base, by="slack:UBEN")
    before = registry.read()
    assert named(registry.folder, "slack:UANN") == 2
    forget(registry.folder, [Gone(person="slack:UANN")])
    now = registry.read()
    assert [(event.did, event.by, event.reason) for event in now.events] == [
        ("added", "", ""),
        ("promoted", "", "We like it."),
        ("rolled back", "slack:UBEN", ""),
    ]
    assert replace(now, events=()) == replace(before, events=())
    assert named(registry.folder, "slack:UANN") == 0
    path = registry.folder / "registry.json"
    path.write_text(path.read_text()[:-5])
    forget(registry.folder, [Gone(person="slack:UANN")])
    with pytest.raises(ForgettingError, match=r"The registry of adapters .* is broken"):
        forget(registry.folder, [Gone(person="slack:UBEN")])
    forget(tmp_path / "none", [Gone(person="slack:UANN")])
    assert not (tmp_path / "none").exists()
