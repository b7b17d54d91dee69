"""What a question asks for is told by its wording, and whether a sentence tells it by what stands there."""

import pytest

from bot.answer_kinds import AnswerKind, asked_for, told_in
from bot.evidence import evidence_in
from knowledge.documents import Passage

TIME, PRICE, COUNT, CONTACT, STEPS = AnswerKind


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How long does a refund take?", {TIME}),
        ("when do I get my money back", {TIME}),
        ("how many working days do I have?", {TIME, COUNT}),
        ("How much notice do you need?", {TIME}),
        ("How much is express delivery?", {PRICE}),
        ("Do I have to pay for the label?", {PRICE}),
        ("what's the max weight of a parcel", {COUNT}),
        ("Whom do I write to about privacy?", {CONTACT}),
        ("what's your phone number?", {CONTACT}),
        ("How do I return it?", {STEPS}),
        ("Can I return a gift?", set()),
        ("What happens when I move?", set()),
        ("Wie lange dauert eine Erstattung?", set()),
    ],
)
def test_what_is_asked_for(question: str, kinds: set[AnswerKind]) -> None:
    assert asked_for(question) >= kinds if kinds else asked_for(question) == kinds


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("We refund within **5 working days** of the parcel's arrival.", {TIME, COUNT}),
        ("Bristol: Saturday: 09:30–18:00", {TIME, COUNT}),
        ("By post with our label: Cost: £3.95, taken off the refund", {PRICE, COUNT}),
        ("The label is free of charge.", {PRICE}),
        ("Write to care@kettlewick.example or use the chat.", {CONTACT}),
        ("Post it in #travel.", {CONTACT}),
        ("2. Enter the code it shows.", {STEPS}),
        ("Water filters can be returned only with an unbroken seal.", set()),
    ],
)
def test_what_a_sentence_tells(sentence: str, kinds: set[AnswerKind]) -> None:
    (evidence,) = evidence_in(Passage("d#0", "d", "s", "Help", "", "Rules", sentence, 0))
    assert told_in(evidence) == kinds


def test_a_row_tells_a_price_and_a_time_whose_units_stand_in_the_heads() -> None:
    table = "| Weight (kg) | Price ($) | Delivery (days) |\n|---|---|---|\n| 0–2 | 5.90 | – |\n| 2–5 | – | 3–5 |"
    cheap, quick = evidence_in(Passage("d#0", "d", "s", "Help", "", "Rules", table, 0))
    assert told_in(cheap) == {PRICE, COUNT}
    assert told_in(quick) == {TIME, COUNT}
