"""Held-out questions are read from examples and from benchmarks, and nothing that was trained on slips in."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Turn
from bot.tuning.examples import Example, ExamplePassage, ExamplesError, Origin, Split, write_examples
from bot.tuning.heldout import HeldOutError, TrainedOn, learned_from, read_held_out, trained_on


def example(id: str, split: Split = Split.TEST, answer: str = "In 30 days.", **more: Any) -> Example:
    passages = (
        ExamplePassage(f"{id}#0", "returns.md", "Returns", "", "…", gold=True),
        ExamplePassage(f"{id}#1", "other.md", "Other", "", "…"),
    )
    return Example(id, Origin.LIKED, "How long?", answer, passages=passages, split=split, **more)


def line(qid: str, **more: Any) -> dict[str, Any]:
    return {"qid": qid, "question": "How long?", "gold_doc_ids": ["a"], "answerable": True, "answer": "Long."} | more


def test_only_the_split_test_is_held_out_and_what_people_disliked_is_no_reference(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    write_examples(
        path,
        [
            example("a"),
            example("b", Split.TRAIN),
            example("c", Split.VALIDATION),
            example("d", liked=False),
            example("e", answer="", group="g"),
        ],
    )
    found = read_held_out(path)
    assert [one.id for one in found.questions] == ["a", "e"]
    first, last = found.questions
    assert (first.gold, first.origin, first.group) == ({"returns.md"}, "liked", "a")
    assert (last.answerable, last.group) == (False, "g")
    assert found.counts() == {"liked": 1, "liked, unanswerable": 1}


def test_what_was_shown_without_its_answer_is_asked_without_the_documents_that_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    write_examples(path, [example("a:without", answer="", metadata={"withheld": ["returns.md"]})])
    (one,) = read_held_out(path).questions
    assert (one.answerable, one.withheld) == (False, {"returns.md"})
    assert one.label == "liked, withheld"


def test_a_benchmark_is_read_packed_or_not(tmp_path: Path) -> None:
    history = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
    meta = {"dialogue_id": "d1", "alt_gold_doc_ids": ["b"]}
    lines = [
        line("1", history=history, meta=meta, scope={"region": "eu"}),
        line("2", answerable=False, gold_doc_ids=[], answer="", meta={"unanswerable_kind": "out_of_scope"}),
    ]
    text = "".join(json.dumps(one) + "\n" for one in lines).encode()
    (tmp_path / "q.jsonl").write_bytes(text)
    (tmp_path / "q.jsonl.gz").write_bytes(gzip.compress(text))
    plain, packed = read_held_out(tmp_path / "q.jsonl"), read_held_out(tmp_path / "q.jsonl.gz")
    assert plain.questions == packed.questions
    assert plain.sha256 == packed.sha256
    first, second = plain.questions
    assert first.turns == (Turn("user", "Hi"), Turn("assistant", "Hello."))
    assert (first.alternates, first.group) == ({"b"}, "d1")
    assert first.asked()[0].scope.region == ("eu",)
    assert (second.kind, second.group) == ("out_of_scope", "2")
    assert plain.counts() == {"given": 1, "given, out_of_scope": 1}


def groups(path: Path, *lines: dict[str, Any]) -> list[str]:
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    return [one.group for one in read_held_out(path).questions]


def test_questions_of_one_document_are_one_group_whatever_else_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    asked = [line(str(n), question=f"How long is the term of point {n}?") for n in range(22)]
    assert (
        len(set(groups(path, *asked, line("u", answerable=False, gold_doc_ids=[], question="Who is the king?")))) == 2
    )
    apart = [line(str(n), question=f"How long is it {n}?", gold_doc_ids=[f"d{n}"]) for n in range(4)]
    assert len(set(groups(path, *apart))) == 4
    shared = line("x", question="What holds for both of them?", gold_doc_ids=["d0"], meta={"alt_gold_doc_ids": ["d3"]})
    assert len(set(groups(path, *apart, shared))) == 3
    found = read_held_out(path).questions
    assert found[0].group == found[3].group == found[4].group
    assert not any(one.stands_alone for one in found)


def test_the_same_question_and_parts_of_one_conversation_are_one_group(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    unknown: dict[str, Any] = {"gold_doc_ids": []}
    same = [line(str(n), question="How long may I return it" + "?" * n, **unknown) for n in range(3)]
    assert len(set(groups(path, *same))) == 1
    greeted = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
    begun = [*greeted, {"role": "user", "content": "How long may I return it?"}]
    follow_ups = [
        line("a", question="And in Spain?", history=begun, **unknown),
        line("b", question="Why?", history=[*begun, {"role": "assistant", "content": "30 days."}], **unknown),
        line("c", question="Where is your shop in Leeds?", history=greeted, **unknown),
        line("d", question="Who pays for the parcel then?", history=greeted, **unknown),
    ]
    found = groups(path, *same, *follow_ups)
    assert len({*found[:5]}) == 1, "the history tells the conversation"
    found = groups(path, *(line(str(n), question="Why?", gold_doc_ids=[f"d{n}"], history=begun[:0]) for n in range(2)))
    assert len(set(found)) == 1, "the very same question"


def test_a_question_of_unknown_origin_counts_singly_and_that_is_known(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    unknown = [line(str(n), question=f"How long is the term of point {n}?", gold_doc_ids=[]) for n in range(3)]
    assert len(set(groups(path, *unknown, line("x", question="Where is the shop in Leeds?")))) == 4
    assert [one.stands_alone for one in read_held_out(path).questions] == [True, True, True, False]


def test_what_a_question_names_that_is_not_there_is_told_and_no_gold(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    lines = [line("1", gold_doc_ids=["a", "gone"], meta={"alt_gold_doc_ids": ["b"]}), line("2", gold_doc_ids=["lost"])]
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    found = read_held_out(path).held_against(["a", "b", "c"])
    assert [(one.gold, one.alternates) for one in found.questions] == [({"a"}, {"b"}), (set(), set())]
    assert found.unknown_documents == ("gone", "lost")
    assert read_held_out(path).held_against(["a", "b", "gone", "lost"]).unknown_documents == ()


def test_a_limit_takes_questions_from_all_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text("".join(json.dumps(line(str(n))) + "\n" for n in range(10)), encoding="utf-8")
    assert [one.id for one in read_held_out(path, 4).questions] == ["0", "2", "5", "7"]
    assert len(read_held_out(path, 99).questions) == 10


def test_the_fingerprint_is_the_same_in_every_process(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(line("1", gold_doc_ids=list("abcdef"))), encoding="utf-8")
    code = f"from bot.tuning.heldout import *; print(read_held_out(Path({str(path)!r})).sha256)"
    told = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {read_held_out(path).sha256}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        (json.dumps(example("b", Split.TRAIN).as_json()), "none of them is held out"),
        ('{"qid": "1", "question": "How?"', r"Line 1 of .* is no question: it is not JSON \("),
        ("[1]", "Line 1 of .* it is no JSON object"),
        ('{"qid": "1", "question": "How?"}', "Line 1 of .* 'answerable' is missing"),
        (json.dumps(line("1", question=" ")), "Line 1 of .* its question is empty"),
        (json.dumps(line("1", question=3)), 'Line 1 of .* needs a "question" of text'),
        (json.dumps(line("1", history=[1])), 'Line 1 of .* "history" is a list of'),
        (json.dumps(line("1", answerable="maybe")), "Line 1 of .* answerable is neither true nor false"),
        (json.dumps(line("1", gold_doc_ids="a")), "Line 1 of .* gold_doc_ids is no list"),
        (json.dumps(line("1", meta=[1])), "Line 1 of .* meta is no object"),
        (json.dumps(line("1", scope={"effective_from": "soon"})), "Line 1 of .* is no question"),
        (json.dumps(line("1", scope="eu")), 'Line 1 of .* "scope" is an object'),
        (f"{json.dumps(line('1'))}\n\n{json.dumps(line('1'))}", "Line 3 of .* has the id '1', as an earlier line has"),
    ],
)
def test_what_cannot_be_evaluated_on_is_told_with_its_line(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((HeldOutError, ExamplesError), match=words) as caught:
        read_held_out(path)
    assert caught.value.fix


def test_a_file_that_is_not_there_or_broken_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExamplesError, match="cannot be read"):
        read_held_out(tmp_path / "gone.jsonl")
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(json.dumps(line("1")).encode())[:-12])
    with pytest.raises(ExamplesError, match="cannot be read"):
        read_held_out(tmp_path / "cut.jsonl.gz")


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("ascii", "ignore").decode().encode("utf-16-le"),
        lambda text: text.encode("latin-1"),
        lambda text: text.replace("\n", "\r").encode(),
    ],
)
def test_a_file_in_another_encoding_is_to_be_saved_anew_not_mended_line_by_line(
    encode: Callable[[str], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "q.jsonl"
    lines = [json.dumps(line(str(n), question=f"Où est le café {n}?"), ensure_ascii=False) + "\n" for n in range(2)]
    path.write_bytes(encode("".join(lines)))
    with pytest.raises(ExamplesError, match="is not in UTF-8") as raised:
        read_held_out(path)
    assert raised.value.fix.startswith("Save it anew as UTF-8")
    for fine in ("".join(lines).encode("utf-8-sig"), "".join(lines).replace("\n", "\r\n").encode()):
        path.write_bytes(fine)
        assert len(read_held_out(path).questions) == 2


def trained(folder: Path, run: str, *examples: Example, start: str = "") -> None:
    """Write what a training run leaves behind of the examples it learned from."""
    path = folder / "sets" / run / "examples.jsonl"
    write_examples(path, examples)
    (folder / "runs" / run).mkdir(parents=True)
    record = {"id": run, "status": "done", "set": str(path), "start": start}
    (folder / "runs" / run / "run.json").write_text(json.dumps(record))


def asked(text: str, split: Split = Split.TRAIN) -> Example:
    return Example(text, Origin.GIVEN, text, "In 30 days.", split=split)


def test_questions_that_the_adapter_was_trained_on_are_not_asked(tmp_path: Path) -> None:
    first = asked("How long may I return it?"), asked("Thanks a lot"), asked("Why so?")
    trained(tmp_path, "first", *first)
    trained(
        tmp_path,
        "second",
        asked("Who pays for the parcel?", Split.VALIDATION),
        asked("Is there a shop?", Split.TEST),
        start="first",
    )
    questions = ["How long may I return it", "Who pays for the parcel?", "Is there a shop?", "Why so?", "Is it open?"]
    path = tmp_path / "q.jsonl"
    path.write_text("".join(json.dumps(line(str(n), question=text)) + "\n" for n, text in enumerate(questions)))
    found = read_held_out(path, trained=trained_on(tmp_path / "runs", "second"))
    assert [one.text for one in found.questions] == questions[2:]
    assert found.left_out == 2
    assert found.sha256 != read_held_out(path).sha256


def test_what_a_run_learned_is_known_though_its_file_was_written_anew(tmp_path: Path) -> None:
    own = tmp_path / "mine.jsonl"
    learned = [asked(f"How long is the term of point {n}?") for n in range(4)]
    trained(tmp_path, "run")
    record = {"set": str(own), "start": "", "counts": {"train": {"given": 3}, "validation": {"given": 1}}}
    (tmp_path / "runs" / "run" / "run.json").write_text(json.dumps(record))
    write_examples(own, learned)
    assert len(trained_on(tmp_path / "runs", "run").questions) == 4, "a run of before tells by its file"
    write_examples(own, [*(replace(one, split=Split.TEST) for one in learned[:3]), asked("Is it open on Mondays?")])
    assert trained_on(tmp_path / "runs", "run").unknown_run == "run", "the file holds fewer than were learned"
    (tmp_path / "runs" / "run" / "learned.json").write_text(json.dumps(learned_from(learned)))
    known = trained_on(tmp_path / "runs", "run")
    assert (known.unknown_run, len(known.questions)) == ("", 4)
    with pytest.raises(HeldOutError, match="trained on every question"):
        read_held_out(own, trained=known)
    (tmp_path / "runs" / "run" / "learned.json").write_text("{")
    assert trained_on(tmp_path / "runs", "run").unknown_run == "run"


def test_what_was_forgotten_in_a_set_leaves_the_rest_known(tmp_path: Path) -> None:
    trained(tmp_path, "run", asked("How long is the term of point 1?"))
    record = tmp_path / "runs" / "run" / "run.json"
    record.write_text(
        json.dumps(json.loads(record.read_text()) | {"counts": {"train": {"liked": 2}, "validation": {}}})
    )
    found = trained_on(tmp_path / "runs", "run")
    assert (len(found.questions), found.unknown_run) == (1, "")


def test_an_evaluation_on_nothing_but_what_was_trained_on_is_refused(tmp_path: Path) -> None:
    trained(tmp_path, "run", asked("How long may I return it?"))
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(line("1", question="How long may I return it?")) + "\n")
    with pytest.raises(HeldOutError, match="trained on every question") as raised:
        read_held_out(path, trained=trained_on(tmp_path / "runs", "run"))
    assert "--questions" in raised.value.fix


def test_an_adapter_whose_training_left_no_record_is_asked_everything_and_that_is_kept(tmp_path: Path) -> None:
    for name in ("first", "second"):
        trained(tmp_path, name, asked("How long may I return it?"), start="first" if name == "second" else "")
    assert trained_on(tmp_path / "runs", "") == TrainedOn()
    assert trained_on(tmp_path / "runs", "gone") == TrainedOn(unknown_run="gone")
    (tmp_path / "sets" / "first" / "examples.jsonl").unlink()
    found = trained_on(tmp_path / "runs", "second")
    assert (len(found.questions), found.unknown_run) == (1, "first")
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(line("1", question="Is it open?")) + "\n")
    assert read_held_out(path, trained=found).unknown_run == "first"
    (tmp_path / "runs" / "first" / "run.json").write_text("[]")
    assert trained_on(tmp_path / "runs", "first") == TrainedOn(unknown_run="first")
