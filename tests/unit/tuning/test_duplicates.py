"""What says the same is one example; what disagrees is told."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bot.tuning.duplicates import Collapsed, Vectors, collapsed
from bot.tuning.examples import Example, ExamplePassage, Origin
from knowledge.embedding import Embedder


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(light=True)


def _example(id: str, question: str, answer: str, origin: Origin = Origin.LIKED, **changes: object) -> Example:
    return replace(Example(id, origin, question, answer), **changes)  # type: ignore[arg-type]


def _collapsed(embedder: Embedder, *examples: Example) -> Collapsed:
    return collapsed(examples, embedder.encode)


def _ids(result: Collapsed) -> list[str]:
    return [one.id for one in result.examples]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Until when can I return it?", "Within 30 days of delivery."),
        ("until when can I return it", "within 30 days of delivery"),
        ("Please, until when may I return this?", "Within 30 days of delivery. [1]"),
        ("Until when can I return it?", "You can return it within 30 days of the delivery."),
    ],
)
def test_what_says_the_same_is_kept_once(embedder: Embedder, question: str, answer: str) -> None:
    result = _collapsed(
        embedder,
        _example("a", "Until when can I return it?", "Within 30 days of delivery."),
        _example("b", question, answer),
    )
    assert (_ids(result), result.duplicates, result.disagreements) == (["a"], {"a": ("b",)}, ())


@pytest.mark.parametrize(
    "question",
    [
        "Until when can I not return it?",
        "Until when must I return it?",
        "How can I return it?",
        "Until when can I exchange it?",
        "Until when can I return 2 of it?",
        "Do you ship from Spain?",
    ],
)
def test_another_question_is_another_example(embedder: Embedder, question: str) -> None:
    result = _collapsed(
        embedder,
        _example("a", "Until when can I return it?", "Within 30 days."),
        _example("b", question, "Within 30 days."),
        _example("c", "Do you ship to Spain?", "Yes."),
    )
    assert _ids(result) == ["a", "b", "c"]


def test_the_same_question_elsewhere_or_later_in_a_conversation_is_another(embedder: Embedder) -> None:
    from bot.messages import Turn

    base = _example("a", "And until when?", "30 days.")
    result = _collapsed(
        embedder,
        base,
        replace(base, id="b", scope={"region": ["us"]}),
        replace(base, id="c", turns=(Turn("user", "Can I cancel?"),)),
    )
    assert _ids(result) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("Within 14 days of delivery.", "their figures differ"),
        (
            "You cannot return it within 30 days of delivery.",
            "one turns around what the other says",
        ),
        ("Within 30 days of delivery, unless it is opened.", "one turns around what the other says"),
        ("Our shop in 30 Main Street opens at noon on Monday.", "their figures differ|they say different things"),
    ],
)
def test_answers_that_disagree_are_told_and_the_better_one_is_kept(embedder: Embedder, answer: str, why: str) -> None:
    import re

    result = _collapsed(
        embedder,
        _example("a", "Until when can I return it?", "You can return it within 30 days of delivery."),
        _example("b", "Until when can I return it?", answer, Origin.STANDARD),
    )
    assert _ids(result) == ["b"]
    [one] = result.disagreements
    assert (one.kept.id, one.left_out.id) == ("b", "a")
    assert re.fullmatch(why, one.why)
    assert one.as_json()["left_out"]["id"] == "a"


def test_an_answer_liked_by_some_and_not_by_others_is_told(embedder: Embedder) -> None:
    liked = _example("a", "Until when?", "30 days.", metadata={"rating": {"up": 3, "down": 0}})
    result = _collapsed(embedder, liked, replace(liked, id="b", origin=Origin.DISLIKED, liked=False))
    assert _ids(result) == ["a"]
    assert [one.why for one in result.disagreements] == ["the same answer was liked and not liked"]


def test_an_answer_that_people_did_not_like_becomes_what_a_better_one_is_preferred_to(embedder: Embedder) -> None:
    result = _collapsed(
        embedder,
        _example("a", "Until when can I return it?", "Within 30 days."),
        _example("b", "until when can I return it", "Never.", Origin.DISLIKED, liked=False),
    )
    [one] = result.examples
    assert (one.answer, one.rejected, result.disagreements) == ("Within 30 days.", "Never.", ())


def test_all_the_same_are_one(embedder: Embedder) -> None:
    result = _collapsed(embedder, *(_example(f"e{n}", "Where?", "Here.") for n in range(12)))
    assert _ids(result) == ["e11"] or _ids(result) == ["e0"]
    assert sum(map(len, result.duplicates.values())) == 11


def test_a_question_shown_without_its_passage_is_no_disagreement(embedder: Embedder) -> None:
    passage = ExamplePassage("p", "d", "T", "", "Within 30 days.", gold=True)
    whole = _example("a", "Until when?", "Within 30 days.", Origin.MADE, passages=(passage,))
    without = _example("b", "Until when?", "", Origin.MADE, passages=(replace(passage, text="Else.", gold=False),))
    assert _ids(_collapsed(embedder, whole, without)) == ["a", "b"]


def test_nothing_and_one_are_left_as_they_are(embedder: Embedder) -> None:
    assert _collapsed(embedder).examples == ()
    assert _ids(_collapsed(embedder, _example("a", "Q", "A"))) == ["a"]


def test_many_questions_are_compared_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.tuning.duplicates._BLOCK", 3)
    told = [f"May I return number {n} please?" for n in range(10)] + [f"can I return number {n}" for n in range(10)]

    def embed(texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), 1), dtype=np.float32)

    result = collapsed([_example(f"e{n}", text, "Yes.") for n, text in enumerate(told)], embed)
    assert len(result.examples) == 10
