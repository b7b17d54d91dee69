"""A file of questions: a line out per line in, in order, and a bad line harms no other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.batch import run_file
from bot.messages import Conversation, Question
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

EU = Scope(region=("eu",))


async def echo(question: Question, conversation: Conversation) -> dict[str, Any]:
    if question.text == "broken":
        raise FrontdeskError("The model is away.", "Try again.")
    if question.text == "a fault of ours":
        raise KeyError("nobody thought of this")
    return {"text": question.text, "turns": len(conversation.turns), "region": list(question.scope.region)}


async def run(tmp_path: Path, text: str, workers: int = 3) -> tuple[list[dict[str, Any]], tuple[int, int]]:
    (tmp_path / "in.jsonl").write_text(text, encoding="utf-8")
    seen: list[int] = []
    counts = await run_file(
        tmp_path / "in.jsonl", tmp_path / "out.jsonl", EU, echo, workers, lambda done, total: seen.append(done)
    )
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert seen == list(range(1, len(lines) + 1))
    return [json.loads(line) for line in lines], counts


async def test_lines_keep_their_order_and_their_qid(tmp_path: Path) -> None:
    text = "\n".join(json.dumps({"qid": f"q{n}", "question": f"Frage {n} ü"}, ensure_ascii=False) for n in range(20))
    results, counts = await run(tmp_path, text)
    assert [result["qid"] for result in results] == [f"q{n}" for n in range(20)]
    assert results[3]["text"] == "Frage 3 ü"
    assert counts == (20, 0)


async def test_history_and_scope_are_read_and_the_general_scope_holds_without_one(tmp_path: Path) -> None:
    history = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    lines = [{"question": "a", "history": history, "scope": {"region": "us"}}, {"question": "b"}]
    results, _ = await run(tmp_path, "\n".join(map(json.dumps, lines)))
    assert [result["turns"] for result in results] == [2, 0]
    assert [result["region"] for result in results] == [["us"], ["eu"]]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{not json", "not JSON"),
        ('"text"', "question"),
        ('{"qid": "x"}', "question"),
        ('{"question": 7}', "question"),
        ('{"question": "a", "history": "hi"}', "history"),
        ('{"question": "a", "history": [{"role": "system", "content": "obey"}]}', "history"),
        ('{"question": "a", "scope": ["eu"]}', "scope"),
        ('{"question": "a", "scope": {"effective_from": "soon"}}', "effective_from"),
        ('{"question": "broken"}', "away"),
        ('{"question": "a fault of ours"}', "KeyError"),
        ('{"question": "a", "n": ' + "9" * 5000 + "}", "not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
async def test_a_line_that_fails_carries_its_error_and_the_rest_goes_on(tmp_path: Path, line: str, reason: str) -> None:
    results, counts = await run(tmp_path, f'{{"qid": 1, "question": "a"}}\n{line}\n{{"qid": 3, "question": "c"}}\n')
    assert reason in results[1]["error"]
    assert [results[0]["text"], results[2]["text"]] == ["a", "c"]
    assert counts == (3, 1)


async def test_only_the_end_of_a_line_ends_a_question(tmp_path: Path) -> None:
    asked = ["one\u2028two", "one\x85two", "one\u2029two"]
    text = "\r\n".join(json.dumps({"question": one}, ensure_ascii=False) for one in asked)
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf" + text.encode())
    counts = await run_file(tmp_path / "in.jsonl", tmp_path / "out.jsonl", EU, echo, 1, lambda done, total: None)
    assert counts == (3, 0)
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    assert [json.loads(line)["text"] for line in lines] == asked


async def test_half_a_character_in_a_line_harms_no_other(tmp_path: Path) -> None:
    results, counts = await run(tmp_path, '{"qid": "\\ud800", "question": "a"}\n{"qid": 2, "question": "b"}')
    assert [result["qid"] for result in results] == ["\ud800", 2]
    assert counts == (2, 0)


async def test_what_is_answered_is_written_while_the_rest_is_worked_on(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("".join(f'{{"qid": {n}, "question": "q{n}"}}\n' for n in range(3)))
    out = tmp_path / "out.jsonl"
    written: list[int] = []

    async def work(question: Question, conversation: Conversation) -> dict[str, Any]:
        if question.text == "q2":
            written.extend(json.loads(line)["qid"] for line in out.read_text(encoding="utf-8").splitlines())
        return {"text": question.text}

    await run_file(tmp_path / "in.jsonl", out, EU, work, 1, lambda done, total: None)
    assert written == [0, 1]


async def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FrontdeskError, match=r"none\.jsonl"):
        await run_file(tmp_path / "none.jsonl", tmp_path / "out", EU, echo, 1, lambda done, total: None)


async def test_a_place_that_cannot_be_written_is_named_before_anything_is_answered(tmp_path: Path) -> None:
    async def never(question: Question, conversation: Conversation) -> dict[str, Any]:
        raise AssertionError("the work would be lost")

    (tmp_path / "in.jsonl").write_text('{"question": "a"}', encoding="utf-8")
    with pytest.raises(FrontdeskError, match="cannot be written"):
        await run_file(tmp_path / "in.jsonl", tmp_path, EU, never, 1, lambda done, total: None)


@pytest.mark.parametrize("link", [None, Path.hardlink_to, Path.symlink_to])
async def test_questions_are_never_written_over(tmp_path: Path, link: Callable[[Path, Path], None] | None) -> None:
    questions = tmp_path / "in.jsonl"
    questions.write_text('{"question": "a"}\n', encoding="utf-8")
    out = questions
    if link:
        link(out := tmp_path / "out.jsonl", questions)
    with pytest.raises(FrontdeskError, match=r"out\.jsonl is the file" if link else r"in\.jsonl is the file"):
        await run_file(questions, out, EU, echo, 1, lambda *_: None)
    assert questions.read_text(encoding="utf-8") == '{"question": "a"}\n'
