"""The formats of training programs: written as those read them, read back as they were."""

import json
import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Turn
from bot.tuning.examples import Example, ExamplePassage, ExamplesError, Origin, Split, read_examples
from bot.tuning.formats import FORMATS, joined, read_line
from bot.tuning.line_file import LineFile
from bot.wording.answers import REFUSAL

PROMPT = (
    Turn("system", "You are a support assistant."),
    Turn("user", "Hello"),
    Turn("assistant", "Good day"),
    Turn("user", 'Passages:\n\n"""\nReturns\nWithin 30 days.\n"""\n\nQuestion: Until when?'),
)
PASSAGES = (
    ExamplePassage("returns#0", "returns", "Returns", "EU", "Within 30 days.", 0.9, gold=True),
    ExamplePassage("fees#0", "fees", "Fees", "", "A fee of 5 euros.", 0.4),
)
EXAMPLE = Example(
    "answer:7",
    Origin.LIKED,
    "Until when?",
    "Within 30 days.",
    turns=(Turn("user", "Hello"), Turn("assistant", "Good day")),
    passages=PASSAGES,
    prompt=PROMPT,
    rejected="Never.",
    group="document:returns",
    split=Split.VALIDATION,
    scope={"region": ["eu"], "effective_from": "2026-01-01"},
    metadata={"answer_id": 7, "rating": {"up": 2, "down": 1}, "platform": "slack"},
)


def _one(format: str, example: Example = EXAMPLE) -> dict[str, Any]:
    [line] = FORMATS[format].write(example)
    return dict(line)


def test_openai_is_the_conversation_with_the_passages_and_the_answer() -> None:
    assert _one("openai")["messages"] == [
        {"role": "system", "content": "You are a support assistant."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Good day"},
        {"role": "user", "content": PROMPT[-1].content},
        {"role": "assistant", "content": "Within 30 days."},
    ]


def test_sharegpt_names_its_speakers() -> None:
    said = _one("sharegpt")["conversations"]
    assert [one["from"] for one in said] == ["system", "human", "gpt", "human", "gpt"]
    assert said[-1]["value"] == "Within 30 days."


def test_alpaca_has_the_message_as_served_and_what_was_said_before() -> None:
    line = _one("alpaca")
    assert (line["system"], line["instruction"], line["input"]) == (PROMPT[0].content, PROMPT[-1].content, "")
    assert (line["history"], line["output"]) == ([["Hello", "Good day"]], "Within 30 days.")


def test_speakers_take_turns_where_programs_take_nothing_else() -> None:
    # A long conversation was cut in the middle, and one question was never answered.
    turns = (Turn("assistant", "… days"), *PROMPT[1:3], Turn("user", "Well?"), Turn("user", "Is anybody there?"))
    example = replace(EXAMPLE, prompt=(PROMPT[0], *turns, PROMPT[-1]))
    asked = f"Well?\n\nIs anybody there?\n\n{PROMPT[-1].content}"
    assert [(one["from"], one["value"]) for one in _one("sharegpt", example)["conversations"]] == [
        ("system", PROMPT[0].content),
        ("human", "Hello"),
        ("gpt", "Good day"),
        ("human", asked),
        ("gpt", "Within 30 days."),
    ]
    line = _one("alpaca", example)
    assert (line["history"], line["instruction"]) == ([["Hello", "Good day"]], asked)
    for format in ("sharegpt", "alpaca"):
        assert read_line(_one(format, example)).prompt == (*PROMPT[:3], Turn("user", asked))


def test_raft_holds_the_passage_that_answers_among_distractors() -> None:
    line = _one("raft")
    assert line["context"] == {
        "title": [["Returns > EU", "Fees"]],
        "sentences": [["Within 30 days.", "A fee of 5 euros."]],
    }
    assert line["oracle_context"] == "Within 30 days."
    assert line["cot_answer"] == "##Reason: ##begin_quote##Within 30 days.##end_quote##\n<ANSWER>: Within 30 days."
    assert line["instruction"].endswith("<DOCUMENT>A fee of 5 euros.</DOCUMENT>\nUntil when?")


def test_dpo_is_a_pair_and_takes_only_those() -> None:
    line = _one("dpo")
    assert line["prompt"][-1] == {"role": "user", "content": PROMPT[-1].content}
    assert line["chosen"] == [{"role": "assistant", "content": "Within 30 days."}]
    assert line["rejected"] == [{"role": "assistant", "content": "Never."}]
    assert FORMATS["dpo"].write(replace(EXAMPLE, rejected="")) == ()


def test_kto_has_a_line_for_what_is_liked_and_one_for_what_is_not() -> None:
    lines = FORMATS["kto"].write(EXAMPLE)
    assert [(line["completion"][0]["content"], line["label"]) for line in lines] == [
        ("Within 30 days.", True),
        ("Never.", False),
    ]
    [line] = FORMATS["kto"].write(replace(EXAMPLE, liked=False, rejected=""))
    assert line["label"] is False


@pytest.mark.parametrize("format", ["openai", "sharegpt", "alpaca", "raft", "dpo"])
def test_an_answer_that_people_did_not_like_is_nothing_to_learn(format: str) -> None:
    assert FORMATS[format].write(replace(EXAMPLE, liked=False)) == ()


def test_where_the_documents_do_not_say_the_answer_says_so() -> None:
    line = _one("openai", replace(EXAMPLE, answer=""))
    assert line["messages"][-1]["content"] == REFUSAL.en
    assert read_line(line).answer == ""


@pytest.mark.parametrize("refusal", REFUSAL.all)
def test_a_refusal_is_known_for_one_in_every_language(refusal: str) -> None:
    line = _one("openai", EXAMPLE)
    line["messages"][-1]["content"] = f" {refusal}\n"
    assert read_line(line).answer == ""


def test_provenance_scope_rating_and_passages_stand_beside_every_format() -> None:
    for format in FORMATS:
        told = FORMATS[format].write(EXAMPLE)[0]["metadata"]
        assert (told["id"], told["origin"], told["split"]) == ("answer:7", "liked", "validation")
        assert (told["answer_id"], told["rating"], told["platform"]) == (7, {"up": 2, "down": 1}, "slack")
        assert told["scope"]["region"] == ["eu"]
        assert [one["gold"] for one in told["passages"]] == [True, False]


def test_the_metadata_of_any_two_lines_have_the_same_fields_of_the_same_types() -> None:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(one) for key, one in value.items()}
        return type(value)

    bare = Example("made:1", Origin.MADE, "Q?", "A.", prompt=(Turn("user", "Q?"),))
    assert shape(_one("openai")["metadata"]) == shape(_one("openai", bare)["metadata"])


# Back -------------------------------------------------------------------------------------------------------

_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
_ANSWER = _TEXT.filter(lambda text: text.strip() and "<ANSWER>: " not in text)
_TURNS = st.lists(st.tuples(_TEXT, _TEXT), max_size=2).map(
    lambda pairs: tuple(turn for asked, said in pairs for turn in (Turn("user", asked), Turn("assistant", said)))
)
_EXAMPLES = st.builds(
    Example,
    id=_TEXT,
    origin=st.sampled_from(Origin),
    question=_TEXT,
    answer=st.one_of(st.just(""), _ANSWER),
    turns=_TURNS,
    passages=st.lists(
        st.builds(ExamplePassage, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, st.floats(0, 1), st.booleans()),
        min_size=1,
        max_size=3,
    ).map(tuple),
    prompt=st.builds(lambda s, t, q: (Turn("system", s), *t, Turn("user", q)), _TEXT, _TURNS, _TEXT),
    rejected=_ANSWER,
    group=_TEXT,
    split=st.sampled_from(Split),
    scope=st.fixed_dictionaries({}, optional={"region": st.lists(_TEXT, min_size=1), "effective_until": _TEXT}),
    metadata=st.fixed_dictionaries({}, optional={"answer_id": st.integers(1), "licence": _TEXT, "own": _TEXT}),
)


@pytest.mark.parametrize("format", FORMATS)
def test_what_was_written_is_read_back_as_it_was(format: str) -> None:
    @settings(deadline=None)
    @given(_EXAMPLES)
    def holds(example: Example) -> None:
        lines = [json.loads(json.dumps(line)) for line in FORMATS[format].write(example)]
        assert list(joined(map(read_line, lines))) == [example]

    holds()


def test_the_format_of_a_line_is_known_by_its_keys() -> None:
    for name, format in FORMATS.items():
        line = dict(format.write(EXAMPLE)[0])
        assert [one.name for one in FORMATS.values() if one.marks <= line.keys()] == [name]


def _edited(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "edited.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_an_edited_answer_is_the_one_that_is_learnt(tmp_path: Path) -> None:
    line = _one("openai")
    line["messages"][-1]["content"] = "Within 14 days."
    [example] = read_examples(_edited(tmp_path, json.dumps(line)), read_line)
    assert example == replace(EXAMPLE, answer="Within 14 days.")


_SAID: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "openai": lambda line: line["messages"][-2],
    "sharegpt": lambda line: line["conversations"][-2],
    "alpaca": lambda line: line,
    "dpo": lambda line: line["prompt"][-1],
    "kto": lambda line: line["prompt"][-1],
}
"""Where the message with the question stands in a line."""


@pytest.mark.parametrize("format", _SAID)
def test_an_edited_question_counts_in_the_message_and_beside_it(format: str) -> None:
    line = dict(FORMATS[format].write(EXAMPLE)[0])
    said = _SAID[format](line)
    key = next(key for key in ("content", "value", "instruction") if key in said)
    said[key] = said[key].replace("Question: Until when?", "Question: Until when may I return it?")
    example = read_line(line)
    assert example.question == "Until when may I return it?"
    assert example.prompt[-1].content.endswith("\n\nQuestion: Until when may I return it?")
    said[key] = said[key].replace("Within 30 days.", "Within 14 days.")
    assert read_line(line).question == "Until when may I return it?", "whatever else is edited"


def test_an_edited_question_of_raft_counts_in_the_prompt_too() -> None:
    line = _one("raft") | {"question": "Until when may I return it?"}
    example = read_line(line)
    assert example.question == "Until when may I return it?"
    assert example.prompt == (*PROMPT[:-1], Turn("user", PROMPT[-1].content[:-11] + "Until when may I return it?"))


def test_a_question_without_passages_is_the_whole_message() -> None:
    bare = replace(EXAMPLE, passages=(), prompt=(PROMPT[0], Turn("user", "Well?"), Turn("user", "Until when?")))
    assert read_line(_one("sharegpt", bare)).question == "Until when?"
    line = _one("openai", bare)
    line["messages"][-2]["content"] = "Since when?"
    assert read_line(line).question == "Since when?"


def test_a_question_that_the_bot_made_whole_stays_as_it_was_asked() -> None:
    short = replace(EXAMPLE, question="And in the EU?")
    assert read_line(_one("openai", short)).question == "And in the EU?"


def _no_question(line: dict[str, Any]) -> dict[str, Any]:
    line["messages"][-2]["content"] = "Within 30 days."
    return line


def _other_question(line: dict[str, Any]) -> dict[str, Any]:
    older = replace(EXAMPLE, prompt=(Turn("user", "[1] A passage.\n\nQUESTION"),))
    return _one("raft", older) | {"question": "Since when?"}


def _without_metadata(line: dict[str, Any]) -> dict[str, Any]:
    del line["metadata"]
    return line


def _ends_with_the_question(line: dict[str, Any]) -> dict[str, Any]:
    del line["messages"][-1]
    return line


def _strange_role(line: dict[str, Any]) -> dict[str, Any]:
    line["messages"][1]["role"] = "customer"
    return line


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (_without_metadata, "'metadata' is missing"),
        (_ends_with_the_question, "the last two messages are not a question and its answer"),
        (_strange_role, "'customer' is no role"),
        (_no_question, "its last message does not end in 'Question: …' any more"),
        (_other_question, "its prompt does not hold the question, so only its answer can be edited"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_what_to_do(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], dict[str, Any]], problem: str
) -> None:
    path = _edited(tmp_path, json.dumps(_one("openai")), json.dumps(spoil(_one("openai"))))
    with pytest.raises(ExamplesError, match=f"Line 2 of {path} is no example: {problem}") as raised:
        list(read_examples(path, read_line))
    assert "Mend or delete that line" in str(raised.value.fix)


def _emptied(value: Any) -> Any:
    """Return a line whose answer was deleted, wherever it stands."""
    if isinstance(value, dict):
        return {key: one if key == "metadata" else _emptied(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_emptied(one) for one in value]
    return value.replace(EXAMPLE.answer, " ") if isinstance(value, str) else value


@pytest.mark.parametrize("format", FORMATS)
def test_an_answer_that_was_deleted_is_no_refusal(format: str, tmp_path: Path) -> None:
    path = _edited(tmp_path, json.dumps(_emptied(dict(FORMATS[format].write(EXAMPLE)[0]))))
    with pytest.raises(ExamplesError, match=r"Line 1 of .* its answer is empty; write .*documents do not say it"):
        list(read_examples(path, read_line))


def test_a_line_cut_in_half_is_named(tmp_path: Path) -> None:
    path = _edited(tmp_path, json.dumps(_one("openai")), "", json.dumps(_one("openai"))[:50])
    with pytest.raises(ExamplesError, match=f"Line 3 of {path} is no example"):
        list(read_examples(path, read_line))


def test_an_id_that_stands_there_twice_is_named() -> None:
    with pytest.raises(ValueError, match="answer:7 stands there twice"):
        list(joined([EXAMPLE, EXAMPLE]))


def test_a_disk_that_fills_up_leaves_nothing_half_written_behind(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("before\n")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))  # as if there were room for no more
    try:
        with pytest.raises(OSError, match="File too large"), LineFile(out) as file:
            for number in range(100):
                file.add({"text": f"{number} " + 1000 * "x"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
    assert out.read_text() == "before\n"
