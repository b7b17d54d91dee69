"""A question that goes on with a conversation is told from one on another subject."""

import pytest

from knowledge.continuing import WEIGHTS, goes_on, signs

EARLIER = ("How long is the warranty of a kettle?",)


@pytest.mark.parametrize(
    "question", ["And who pays for it?", "so what about toasters?", "Does that hold for a used kettle?", "And then?"]
)
def test_what_leans_on_what_was_said_goes_on(question: str) -> None:
    assert goes_on(question, EARLIER, alone=0.5, together=0.5)


@pytest.mark.parametrize(
    "question",
    ["Do you ship to Norway by express mail?", "Which payment methods are accepted for gift cards and vouchers?"],
)
def test_what_is_answered_better_alone_is_another_subject(question: str) -> None:
    assert not goes_on(question, EARLIER, alone=0.9, together=0.4)


def test_how_likely_an_answer_is_decides_where_the_words_do_not() -> None:
    question = "Can I pay by bank transfer?"
    assert goes_on(question, EARLIER, alone=0.2, together=0.8)
    assert not goes_on(question, EARLIER, alone=0.8, together=0.2)


def test_each_sign_has_its_weight_and_none_is_ever_infinite() -> None:
    for alone, together in ((0.0, 1.0), (1.0, 0.0)):
        told = signs("And a kettle?", EARLIER, alone, together)
        assert len(told) == len(WEIGHTS) and all(abs(one) < 20 for one in told)
    assert signs("?", (), 0.5, 0.5) == (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert dict(zip(WEIGHTS, signs("and its kettles", EARLIER, 0.5, 0.5), strict=True)) == {
        "bias": 1.0, "alone": 0.0, "words": 1 / 8, "refers": 1.0, "begins": 1.0, "shared": 1.0,
    }  # fmt: skip
