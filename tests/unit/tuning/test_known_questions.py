"""Questions with known answers: read from files, grouped so that nothing leaks, learned in words that would go out."""

import gzip
import json
from pathlib import Path

import pytest

from bot.conversation import Packed
from bot.lookup import Looked
from bot.messages import Turn
from bot.prompts import Prompt
from bot.quoting.extracts import Extracts
from bot.tuning.examples import ExamplesError
from bot.tuning.questions import KnownQuestion, answer_to_learn, groups_of, read_questions, rests_on
from knowledge.documents import Passage, Scope, ScoredPassage
from knowledge.retrieval import Query, Retrieval

TERMS = "You can return any unused item within 30 days of delivery. Refunds take 5 working days. Gifts are exchanged."


def passage(text: str = TERMS, document: str = "returns.md") -> Passage:
    return Passage(f"{document}#0", document, "docs", "Returns", "", "", text, 0)


def packed(text: str = "How long can I return an item?") -> Packed:
    found = (ScoredPassage(passage(), 1.0, 0.8),)
    looked = Looked(text, (), Query(text), Retrieval(found, 1, 0.9, 0.0), Scope())
    return Packed(Prompt((), found, 0), looked, Extracts(found, (), (), (), (), ()))


def known(answer: str = "", *gold: str, documents: tuple[str, ...] = ("returns.md",), **more: str) -> KnownQuestion:
    return KnownQuestion("1", "?", answer=answer, gold_texts=gold, gold_documents=frozenset(documents), **more)


def test_a_written_answer_is_learned_where_the_passages_carry_it() -> None:
    written = "You can return an unused item within 30 days."
    assert answer_to_learn(known(written, "within 30 days of delivery"), packed()) == written


@pytest.mark.parametrize("written", ["You can return it within 90 days.", "Sure, send it back whenever you like!", ""])
def test_else_the_words_that_it_rests_on_are_learned(written: str) -> None:
    learned = answer_to_learn(known(written, "any unused item within 30 days of delivery;"), packed())
    assert learned == "Any unused item within 30 days of delivery."


def test_a_greeting_beside_the_answer_is_not_learned_with_it() -> None:
    written = "Yes, you can return any unused item within 30 days of delivery."
    assert answer_to_learn(known(written), packed()) == "You can return any unused item within 30 days of delivery."


def test_what_no_passage_carries_is_never_learned() -> None:
    assert answer_to_learn(known("Ask Bob in Leeds.", "Bob knows everything about parcels."), packed()) == ""


def test_an_answer_rests_on_a_passage_of_its_document_that_holds_its_words() -> None:
    question = known("", "Refunds take 5 working days.")
    assert rests_on(question, passage())
    assert not rests_on(question, passage("Something else altogether."))
    assert not rests_on(question, passage(document="shipping.md"))
    assert rests_on(known("An answer"), passage("Whatever stands there."))


def test_what_shares_a_conversation_or_a_document_is_one_group() -> None:
    groups = groups_of(
        [
            KnownQuestion("a", "?", gold_documents=frozenset({"x"}), conversation="1"),
            KnownQuestion("b", "?", gold_documents=frozenset({"y"}), conversation="1"),
            KnownQuestion("c", "?", gold_documents=frozenset({"y"}), conversation="2"),
            KnownQuestion("d", "?", gold_documents=frozenset({"z"}), conversation="3"),
            KnownQuestion("e", "?"),
        ]
    )
    assert groups["a"] == groups["b"] == groups["c"]
    assert len({groups["a"], groups["d"], groups["e"]}) == 3


def test_a_file_of_questions_is_read_packed_or_not(tmp_path: Path) -> None:
    line = {
        "qid": "7",
        "question": "And for gifts?",
        "history": [{"role": "user", "content": "Can I return things?"}],
        "gold_doc_ids": ["returns.md"],
        "gold_passages": [{"doc_id": "returns.md", "text": "Gifts are exchanged."}],
        "answer": "They are exchanged.",
        "meta": {"alt_gold_doc_ids": ["gifts.md"], "dialogue_id": "d1"},
    }
    vain = {"qid": "8", "question": "Who is Bob?", "answerable": False, "answer": "We do not say.", "gold_doc_ids": []}
    text = "".join(json.dumps(one) + "\n" for one in (line, vain))
    (tmp_path / "plain.jsonl").write_text(text, encoding="utf-8")
    with gzip.open(tmp_path / "packed.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(text)
    first, second = read_questions(tmp_path / "plain.jsonl")
    assert read_questions(tmp_path / "packed.jsonl.gz") == [first, second]
    assert first.turns == (Turn("user", "Can I return things?"),)
    assert first.gold_documents == {"returns.md", "gifts.md"}
    assert (first.answer, first.gold_texts, first.conversation) == (
        "They are exchanged.",
        ("Gifts are exchanged.",),
        "d1",
    )
    assert (second.answerable, second.answer) == (False, "")


@pytest.mark.parametrize(
    ("known_of_it", "answerable"),
    [
        ({"answer": "Within 30 days.", "answerable": True}, True),
        ({"answer": "Within 30 days."}, True),
        ({"gold_passages": [{"text": "Within 30 days."}]}, True),
        ({"answerable": True}, True),
        ({"answer": "Within 30 days.", "gold_doc_ids": ["returns.md"], "answerable": False}, False),
        ({}, False),
    ],
)
def test_only_a_question_with_nothing_known_or_said_to_be_so_is_unanswerable(
    tmp_path: Path, known_of_it: dict[str, object], answerable: bool
) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps({"qid": "1", "question": "How long may I return it?"} | known_of_it), encoding="utf-8")
    (one,) = read_questions(path)
    assert one.answerable is answerable


def test_two_questions_of_a_file_with_one_id_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"qid": "1", "question": "How?"}\n\n{"qid": 1, "question": "When?"}\n', encoding="utf-8")
    with pytest.raises(ExamplesError, match=r"Line 3 of .*questions\.jsonl has the id '1'"):
        read_questions(path)


def test_questions_of_several_files_have_ids_of_their_own(tmp_path: Path) -> None:
    paths = [tmp_path / name / "questions.jsonl" for name in "abc"]
    for path in paths:
        path.parent.mkdir()
        path.write_text(json.dumps({"qid": "1", "question": f"{path.parent.name}?"}), encoding="utf-8")
    found = read_questions(*paths)
    assert [one.text for one in found] == ["a?", "b?", "c?"]
    assert [one.id for one in found] == ["1", "1@questions.jsonl", "1@questions.jsonl-2"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"question": "?"}', "Line 2 of .* is no question: 'qid' is missing"),
        ("[]", "Line 2 of"),
        ("{", "Line 2 of"),
        ('{"qid": "1", "question": "?", "history": [1]}', "Line 2 of"),
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"qid": "0", "question": "?"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(ExamplesError, match=problem):
        read_questions(path)


def test_a_file_that_is_not_there_or_damaged_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExamplesError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")
    (tmp_path / "damaged.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00nothing")
    with pytest.raises(ExamplesError, match="cannot be read"):
        read_questions(tmp_path / "damaged.jsonl.gz")
