"""What an evaluation says of two ways to answer, and what the gate makes of it."""

from dataclasses import replace
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from rich.console import Console
from rich.markdown import Markdown

from bot import wording
from bot.messages import Mode, Status
from bot.tuning import report
from bot.tuning.answering import FAILED, Given
from bot.tuning.bootstrap import Interval, Resampled
from bot.tuning.errors import NoRoomError
from bot.tuning.evaluation import IN_FORCE, Evaluation, Subject, evaluated, read_evaluation, variants
from bot.tuning.gate import Finding, Verdict, cannot_pass, verdict
from bot.tuning.heldout import HeldOut, HeldOutSet
from bot.understanding.intents import Intent
from bot.wording import Words, answers, talk

OTHER = Words("a", "b", "c", "d", "e", "f", "g")
SUBJECT = Subject("new-1", "aa", "", "", "tiny", "bb", 3, "MiniLM", "cc")
REFERENCE = "You can return it within 30 days of delivery."


def held_out(answerable: int = 40, unanswerable: int = 10) -> HeldOutSet:
    questions = [
        HeldOut(f"a{n}", "How long?", True, REFERENCE, gold=frozenset({"d"}), group=f"g{n}") for n in range(answerable)
    ]
    questions += [HeldOut(f"u{n}", "Why?", False, group=f"u{n}") for n in range(unanswerable)]
    return HeldOutSet(Path("q.jsonl"), "cc", tuple(questions))


def good(one: HeldOut, text: str = REFERENCE, **more: Any) -> Given:
    """Return the right answer to a question."""
    if not one.answerable:
        return Given(one.id, Status.REFUSED, "I don't know.")
    return Given(one.id, Status.ANSWERED, text, **({"cited": ("d",), "supported": 1, "claims": 1} | more))


def bad(one: HeldOut) -> Given:
    """Return an answer that is right in substance, in other words."""
    return good(one, "Thirty days is the limit for sending goods back")


def measured(questions: HeldOutSet | None = None, **given: list[Given]) -> Evaluation:
    names = {"rag_lora": "rag+lora", "in_force": IN_FORCE}
    return evaluated(
        SUBJECT, questions or held_out(), {names.get(name, name): answers for name, answers in given.items()}, {}
    )


def test_each_figure_is_what_it_says() -> None:
    questions = HeldOutSet(
        Path("q"),
        "cc",
        (
            HeldOut("1", "?", True, "thirty days", gold=frozenset({"d"}), group="1"),
            HeldOut("2", "?", True, "thirty days", gold=frozenset({"d"}), group="2"),
            HeldOut("3", "?", True, "thirty days", gold=frozenset({"d"}), group="3"),
            HeldOut("4", "?", False, kind="out_of_scope", group="4"),
            HeldOut("5", "?", False, group="5"),
        ),
    )
    given = [
        Given(
            "1",
            Status.ANSWERED,
            "thirty days",
            ("d", "x"),
            supported=1,
            claims=2,
            timings={"total_s": 1.0},
            said="Thirty blue days, I guess.",
        ),
        Given("2", Status.REFUSED, "I don't know.", timings={"total_s": 2.0}),
        Given("3", FAILED, error="too long"),
        Given("4", Status.REFUSED, "I don't know.", timings={"total_s": 3.0}),
        Given("5", Status.ANSWERED, "It is blue.", ("y",), True, supported=1, claims=1, timings={"total_s": 4.0}),
    ]
    small_talk = {"rag": [Given("s1", Status.SMALLTALK, "Hi!"), Given("s2", Status.ANSWERED, "30 days", ("d",))]}
    figures = evaluated(SUBJECT, questions, {"rag": given}, small_talk).metrics["rag"]
    expected = {
        "f1": 1 / 3,
        "f1_of_answers": 1.0,
        "model_f1": 4 / 7,
        "rouge_l": 1 / 3,
        "groundedness": 2 / 3,
        "citation_precision": 0.5,
        "citation_recall": 1.0,
        "refusal_precision": 0.5,
        "refusal_recall": 0.5,
        "wrong_refusals": 1 / 3,
        "own_words": 0.5,
        "words": 2.5,
        "seconds": 2.5,
        "failed": 0.2,
        "small_talk": 0.5,
        "total_p50_s": 2.5,
        "total_p95_s": 4.0,
        "first_token_p50_s": None,
    }
    assert figures == pytest.approx(expected)


def test_figures_are_told_apart_by_where_the_questions_come_from() -> None:
    questions = HeldOutSet(
        Path("q"),
        "cc",
        (
            HeldOut("1", "?", True, "thirty days", origin="liked", group="1"),
            HeldOut("2", "?", True, "thirty days", origin="made", group="2"),
        ),
    )
    given = [Given("1", Status.ANSWERED, "thirty days"), Given("2", Status.ANSWERED, "blue")]
    found = evaluated(SUBJECT, questions, {"rag": given}, {})
    assert found.counts == {"liked": 1, "made": 1}
    assert [found.by_origin[origin]["rag"]["f1"] for origin in ("liked", "made")] == [1.0, 0.0]


def test_an_adapter_that_is_better_and_loses_nothing_passes() -> None:
    questions = held_out().questions
    found = measured(rag=[bad(one) for one in questions], rag_lora=[good(one) for one in questions])
    said = verdict(found)
    assert said.passed, said.why_not
    assert found.difference("rag", "rag+lora", "f1").high < 0  # type: ignore[union-attr]


def test_what_speaks_against_an_adapter_is_told_in_brief_where_many_stand_below_each_other() -> None:
    worse, unsure, fine = Finding(False, "It is worse."), Finding(False, "It may be chance."), Finding(True, "It fits.")
    assert Verdict((fine, worse, unsure)).brief == "It is worse. (1 more; the evaluation's report has all.)"
    assert Verdict((worse, fine)).brief == "It is worse."
    assert Verdict((fine,)).brief == ""


def test_an_adapter_that_is_no_better_does_not_pass() -> None:
    questions = held_out().questions
    same = [good(one) for one in questions]
    said = verdict(measured(rag=same, rag_lora=same))
    assert "not better by more than chance" in said.why_not


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("answers what has no answer", "Refusing what the documents do not answer"),
        ("refuses in vain", "Refusing in vain"),
        ("says what no passage carries", "Groundedness"),
    ],
)
def test_an_adapter_that_is_better_but_does_harm_does_not_pass(harm: str, words: str) -> None:
    questions = held_out().questions
    ours = [good(one) for one in questions]
    for at, one in enumerate(questions):
        if harm == "answers what has no answer" and not one.answerable and at % 2:
            ours[at] = Given(one.id, Status.ANSWERED, "It is blue.", ("d",), supported=1, claims=1)
        elif harm == "refuses in vain" and one.answerable and at % 8 == 0:
            ours[at] = Given(one.id, Status.REFUSED, "I don't know.")
        elif harm == "says what no passage carries" and one.answerable and at % 4 == 0:
            ours[at] = good(one, supported=0)
    said = verdict(measured(rag=[bad(one) for one in questions], rag_lora=ours))
    assert not said.passed
    assert said.why_not.startswith(words) and said.why_not.endswith("which is worse.")


def test_a_new_adapter_has_to_beat_the_one_in_force_too() -> None:
    questions = held_out().questions
    fine = [good(one) for one in questions]
    said = verdict(measured(rag=[bad(one) for one in questions], in_force=fine, rag_lora=fine))
    assert "the adapter in force" in said.why_not
    assert "retrieval alone" not in said.why_not


@pytest.mark.parametrize(
    ("answerable", "unanswerable", "words"),
    [
        (
            3,
            3,
            "6 independent documents or conversations are held out, too few to tell anything by: it takes 20, so 14",
        ),
        (40, 0, "none of the held-out questions is unanswerable"),
        (1, 40, "1 independent document or conversation is held out with a reference answer, too few"),
        (
            40,
            1,
            "Refusing what the documents do not answer was measured on 1 independent document or conversation only",
        ),
        (40, 5, "Refusing what the documents do not answer was measured on 5 independent documents or conversations"),
        (19, 40, "19 independent documents or conversations are held out with a reference answer, too few"),
    ],
)
def test_what_was_not_measured_does_not_pass(answerable: int, unanswerable: int, words: str) -> None:
    questions = held_out(answerable, unanswerable)
    found = measured(
        questions,
        rag=[bad(one) for one in questions.questions],
        rag_lora=[good(one) for one in questions.questions],
    )
    assert words in verdict(found).why_not
    assert cannot_pass(questions.questions), "that can be known before anything is trained"


def test_too_few_to_tell_by_comes_with_what_can_be_done() -> None:
    why = cannot_pass(held_out(12, 5).questions)
    assert all(way in why for way in ("examples on 42", "--questions FILE", "--force --reason"))
    assert cannot_pass(held_out(20, 6).questions) == ""
    assert "token F1" in cannot_pass([HeldOut(str(n), "?", True, group=str(n)) for n in range(30)])


def test_an_adapter_of_which_it_is_not_known_what_it_was_trained_on_does_not_pass() -> None:
    questions = replace(held_out(), unknown_run="night")
    asked = questions.questions
    found = measured(questions, rag=[bad(one) for one in asked], rag_lora=[good(one) for one in asked])
    assert Evaluation.from_json(found.as_json()) == found
    (against,) = (one for one in verdict(found).findings if not one.ok)
    assert "questions the training run night learned from" in against.sentence


def test_an_adapter_that_was_trained_elsewhere_does_not_pass() -> None:
    questions = replace(held_out(), unknown_origin=True)
    asked = questions.questions
    found = measured(questions, rag=[bad(one) for one in asked], rag_lora=[good(one) for one in asked])
    assert Evaluation.from_json(found.as_json()) == found
    (against,) = (one for one in verdict(found).findings if not one.ok)
    assert "trained elsewhere" in against.sentence


def test_an_evaluation_by_another_frontdesk_or_of_other_passages_is_another_one() -> None:
    ids = {SUBJECT.id, replace(SUBJECT, frontdesk="0.0.9").id, replace(SUBJECT, index_format=3).id}
    assert len(ids) == 3


def test_the_slowest_of_twenty_is_not_the_95th_percentile() -> None:
    questions = held_out(20, 0)
    given = [good(one, timings={"total_s": float(n)}) for n, one in enumerate(questions.questions, start=1)]
    assert measured(questions, rag=given).metrics["rag"]["total_p95_s"] == 19.0


def test_a_report_prints_no_certainty_where_few_groups_are_measured() -> None:
    few = held_out(3, 1)
    found = measured(few, rag=[bad(one) for one in few.questions], rag_lora=[good(one) for one in few.questions])
    text = report.markdown(found, verdict(found))
    difference = found.metrics["rag+lora"]["f1"] - found.metrics["rag"]["f1"]  # type: ignore[operator]
    assert f"| token F1 | {difference:+.3f} (too few for an interval) |" in text
    assert "4 independent conversations or documents: 3 of them with a reference answer, 1 with an unanswerable" in text
    assert found.intervals == {"rag": {}, "rag+lora": {}}
    some = held_out(19, 6)
    found = measured(some, rag=[bad(one) for one in some.questions], rag_lora=[good(one) for one in some.questions])
    text = report.markdown(found, verdict(found))
    assert "| token F1 | +0." in text and "**+0." not in text, "an interval, but nothing to rely on"
    enough = held_out(20, 6)
    found = measured(
        enough, rag=[bad(one) for one in enough.questions], rag_lora=[good(one) for one in enough.questions]
    )
    assert verdict(found).passed and "| token F1 | **+0." in report.markdown(found, verdict(found))


def test_the_same_figures_in_another_order_are_neither_better_nor_worse() -> None:
    rag, ours = (0.1, 0.2, 0.3), (0.3, 0.2, 0.1)
    asked = [
        HeldOut(f"{n}.{at}", "How long?", True, REFERENCE, gold=frozenset({"d"}), group=f"g{n}")
        for n in range(20)
        for at in range(3)
    ]
    ratios = {"rag": (rag * 20, [1.0] * 60), "rag+lora": (ours * 20, [1.0] * 60)}
    difference = Resampled([one.group for one in asked], ratios).difference("rag+lora", "rag")
    assert difference is not None and not difference.above and not difference.below
    tie = Interval(5e-17, 2.8e-17, 8e-17)
    found = replace(
        measured(rag=[good(one) for one in held_out().questions], rag_lora=[good(one) for one in held_out().questions]),
        differences={"rag+lora - rag": {"f1": tie, "refusal_recall": tie, "wrong_refusals": tie, "groundedness": tie}},
    )
    said = verdict(found)
    assert [one.ok for one in said.findings] == [False, True, True, True]
    assert "**+" not in report.markdown(found, said)


def test_documents_that_are_not_there_are_told_in_the_report() -> None:
    questions = replace(held_out(), unknown_documents=tuple("abcdefg"))
    found = measured(questions, rag=[good(one) for one in questions.questions])
    assert Evaluation.from_json(found.as_json()) == found
    assert "**Not among the documents**, though answers are said to rest on them: a, b, c, d, e and 2 more." in (
        report.markdown(found)
    )


def test_a_loss_of_just_the_margin_is_not_too_much_by_rounding() -> None:
    questions = held_out(40, 20)
    ours = [good(one) for one in questions.questions]
    ours[-1] = Given(ours[-1].id, Status.ANSWERED, "It is blue.", ("d",), supported=1, claims=1)
    assert verdict(measured(questions, rag=[bad(one) for one in questions.questions], rag_lora=ours)).passed


def test_modes_that_need_an_adapter_are_left_out_where_there_is_none() -> None:
    assert [one.label for one in variants(tuple(Mode), "", "")] == ["base", "rag"]
    labels = [one.label for one in variants((Mode.RAG, Mode.RAG_LORA), "new", "old", (0.5,))]
    assert labels == ["rag", "rag+lora", IN_FORCE, "rag+lora@0.5"]


def test_a_kept_evaluation_is_read_back_and_its_report_is_always_the_same(tmp_path: Path) -> None:
    questions = held_out().questions
    found = measured(rag=[bad(one) for one in questions], rag_lora=[good(one) for one in questions])
    import json

    (tmp_path / "e.json").write_text(json.dumps(found.as_json()), encoding="utf-8")
    again = read_evaluation(tmp_path / "e.json")
    assert again == found
    said = verdict(found)
    assert Verdict.from_json(said.as_json()) == said
    assert report.markdown(again, said) == report.markdown(found, said)
    text = report.markdown(found, said)
    assert "| token F1 |" in text and "Passed." in text and "40 given, 10 given, unanswerable" in text


def test_a_report_of_six_modes_is_readable_in_a_narrow_terminal() -> None:
    questions = held_out().questions
    modes = {mode: [good(one) for one in questions] for mode in ("base", "lora", "rag", "rag_lora", "adaptive")}
    found = measured(**modes, in_force=[bad(one) for one in questions])
    console = Console(width=80, record=True, file=StringIO())
    console.print(Markdown(report.markdown(found, verdict(found))))
    shown = console.export_text()
    assert "…" not in shown.replace(SUBJECT.adapter_sha256[:12] + "…", "")
    differences = shown[shown.index("Differences") : shown.index("By origin")]
    for word in ("base", "lora", "rag", "rag+lora", "adaptive", "force", "refusal", "(+0.000"):
        assert word in differences


def test_the_picture_is_the_same_each_time(tmp_path: Path) -> None:
    questions = held_out().questions
    found = measured(rag=[bad(one) for one in questions], rag_lora=[good(one) for one in questions])
    for name in ("one.svg", "two.svg"):
        report.draw(found, tmp_path / name, tmp_path / "cache")
    first = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert first == (tmp_path / "two.svg").read_text(encoding="utf-8")
    assert "token F1" in first and "rag+lora" in first
    with pytest.raises(report.ReportError):
        report.draw(found, tmp_path / "gone" / "x.svg", tmp_path / "cache")
    if (full := Path("/dev/full")).exists():
        with pytest.raises(NoRoomError, match="No space left"):
            report.draw(found, full, tmp_path / "cache")


@pytest.mark.parametrize(
    ("catalogue", "name", "changed"),
    [
        (answers, "REFUSAL", OTHER),
        (answers, "DOCUMENTS", replace(answers.DOCUMENTS, many=OTHER)),
        (answers, "WHICH_QUESTION", (*answers.WHICH_QUESTION[:-1], OTHER)),
        (answers, "WHICH", answers.WHICH | {"product": OTHER}),
        (talk, "PLEASE_ASK", OTHER),
        (talk, "REPLIES", talk.REPLIES | {Intent.GREETING: OTHER}),
        (wording, "AND", OTHER),
    ],
)
def test_other_words_in_an_answer_make_it_another_evaluation(
    catalogue: ModuleType, name: str, changed: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = SUBJECT.id
    assert before == replace(SUBJECT).id
    monkeypatch.setattr(catalogue, name, changed)
    assert before != SUBJECT.id
