"""Sentences of documents turned into the questions that they answer."""

from collections.abc import AsyncGenerator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from bot.generation.engine import GenerationDone, GenerationEvent, GenerationRequest, TextDelta
from bot.quoting.evidence import evidence_in
from bot.tuning.made import QuestionMaker, asked_by, from_reader, tells, turned
from knowledge.documents import Passage


def passage(text: str = "", heading: str = "") -> Passage:
    return Passage("d#0", "d", "docs", "Returns", "", heading, text, 0)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("You can pay with your card at any till.", "Can I pay with my card at any till?"),
        ("You may also return gifts, but you get no cash.", "May I return gifts?"),
        ("We will send your label to you by mail.", "Will you send my label to me by mail?"),
        ("You need to sign in before you order.", "Do I need to sign in before I order?"),
        ("If an item is broken when it reaches you, tell us.", "What happens if an item is broken when it reaches me?"),
        ("If you are under 18, you need a form.", "What happens if I am under 18?"),
        ("To cancel your plan, open **Orders** and choose it.", "How do I cancel my plan?"),
        ("A gift card costs at least €10.", "How much does a gift card cost?"),
        ("The Kettle Club is a free programme for regular customers.", "What is the Kettle Club?"),
    ],
)
def test_a_sentence_answers_a_question_from_a_customers_mouth(sentence: str, question: str) -> None:
    assert question in list(turned(sentence))


@pytest.mark.parametrize(
    "sentence",
    ["You cannot pay by cheque.", "It is a rule for all of us.", "Refunds take five days.", "You should note that."],
)
def test_a_sentence_that_would_make_a_wrong_question_makes_none(sentence: str) -> None:
    assert list(turned(sentence)) == []


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Returns > How do you get your money?", "How do I get my money?"),
        ("What can I send back?", "What can I send back?"),
        ("Delivery times", "Can you tell me about delivery times?"),
        ("VAT numbers", "Can you tell me about VAT numbers?"),
        ("Refunds", ""),
        ("Additional information", ""),
        ("", ""),
    ],
)
def test_a_heading_asks_what_stands_below_it(heading: str, question: str) -> None:
    assert asked_by(passage(heading=heading)) == question


def test_a_heading_in_the_readers_words_stays() -> None:
    assert from_reader("Can I bring my dog?") == "Can I bring my dog?"


def test_only_whole_sentences_that_speak_for_themselves_are_answers() -> None:
    text = (
        "Refunds go to the card that you paid with. They take five days after that, mostly. Short one.\n"
        "- and so on and so forth without a beginning.\n- Everybody who goes on without an end"
    )
    assert [one.text for one in evidence_in(passage(text)) if tells(one)] == [
        "Refunds go to the card that you paid with."
    ]


TOLD = "Refunds go to the card that you paid with."


class Model:
    def __init__(self, says: str) -> None:
        self.says = says
        self.asked: list[str] = []

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        self.asked.append(request.messages[-1].content)
        yield TextDelta(self.says)
        yield GenerationDone("stop", 1, 1)


@pytest.mark.parametrize(
    ("says", "question"),
    [
        ('"Where does my refund go to?"\n', ["Where does my refund go to?"]),
        ("Refunds go to the card.", []),
        ("Refunds go to the card that you paid with?", []),
        ("Where to?", []),
        ("", []),
    ],
)
async def test_of_what_the_model_writes_only_a_question_in_other_words_counts(says: str, question: list[str]) -> None:
    place, model = passage(TOLD), Model(says)
    found = SimpleNamespace(passages=[SimpleNamespace(passage=place)])
    searcher: Any = SimpleNamespace(search=lambda query, shown, scope, on: found)
    maker = QuestionMaker(searcher, shown=3, today=lambda: date(2026, 1, 1), engine=model)  # type: ignore[arg-type]
    assert [one.text async for one in maker.questions([place])] == question
    assert len(model.asked) == 1 and TOLD in model.asked[0]
    assert maker.report.as_json()["kept"] == ({"model": 1} if question else {})
