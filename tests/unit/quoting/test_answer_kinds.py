"""What a question asks for is told by its wording, and whether a sentence tells it by what stands there."""

import pytest

from bot.quoting.answer_kinds import AnswerKind, asked_for, told_in
from bot.quoting.evidence import evidence_in
from knowledge.documents import Passage

TIME, DURATION, DEADLINE, TIME_OF_DAY, FREQUENCY, PRICE, COUNT, CONTACT, E_MAIL, STEPS = AnswerKind


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How long does a refund take?", {DURATION}),
        ("when do I get my money back", {TIME}),
        ("how many working days do I have?", {DURATION, COUNT}),
        ("How much notice do you need?", {DURATION}),
        ("How much is express delivery?", {PRICE}),
        ("Do I have to pay for the label?", {PRICE}),
        ("what's the max weight of a parcel", {COUNT}),
        ("Whom do I write to about privacy?", {CONTACT}),
        ("what's your phone number?", {CONTACT}),
        ("Who do I email about a refund?", {CONTACT, E_MAIL}),
        ("How do I return it?", {STEPS}),
        ("Can I return a gift?", set()),
        ("What happens when I move?", set()),
        ("Wie lange dauert eine Erstattung?", set()),
    ],
)
def test_what_is_asked_for(question: str, kinds: set[AnswerKind]) -> None:
    assert asked_for(question) >= kinds if kinds else asked_for(question) == kinds


@pytest.mark.parametrize("question", ["what's your email address", "E-mail?", "millbrook email", "Can I email you?"])
def test_who_asks_for_an_e_mail_address_does_not_ask_for_a_number(question: str) -> None:
    assert asked_for(question) == {E_MAIL}


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("We refund within **5 working days** of the parcel's arrival.", {TIME, DURATION, DEADLINE, COUNT}),
        ("Bristol: Saturday: 09:30–18:00", {TIME, DURATION, DEADLINE, TIME_OF_DAY, COUNT}),
        ("By post with our label: Cost: £3.95, taken off the refund", {PRICE, COUNT}),
        ("The label is free of charge.", {PRICE}),
        ("Write to care@kettlewick.example or use the chat.", {CONTACT, E_MAIL}),
        ("The desk: Phone: 01632 960 140; Address: 12 Mill Lane", {CONTACT, COUNT}),
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
    assert told_in(quick) == {TIME, DURATION, DEADLINE, COUNT}


TIMES = {TIME, DURATION, DEADLINE, TIME_OF_DAY, FREQUENCY}


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How often should I have a check-up?", {FREQUENCY}),
        ("how many times a year can i move my booking", {FREQUENCY}),
        ("Until when can I ask for compensation?", {DEADLINE}),
        ("By when do I have to pay?", {DEADLINE}),
        ("What's the deadline for claims?", {DEADLINE}),
        ("By what time must I check out?", {DEADLINE, TIME_OF_DAY}),
        ("What time do you close?", {TIME_OF_DAY}),
        ("How long do I have to return it?", {DURATION}),
        ("When does the sale begin?", {TIME}),
        ("What day do you collect bins?", {TIME}),
        ("How far in advance can I book?", {TIME}),
    ],
)
def test_times_that_are_asked_for_are_told_apart_where_that_is_plain(question: str, kinds: set[AnswerKind]) -> None:
    assert asked_for(question) & TIMES == kinds


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("Guest and host each have 14 days after check-out to write.", {TIME, DURATION, DEADLINE}),
        ("A routine check-up takes 20 minutes.", {TIME, DURATION, DEADLINE}),
        ("Claims have to be made within three months.", {TIME, DURATION, DEADLINE}),
        ("Tell us no later than 30 days after the delivery.", {TIME, DURATION, DEADLINE}),
        ("The sale ends on 31 January.", {TIME, DURATION, DEADLINE}),
        ("Please give us at least **24 hours' notice**.", {TIME, DURATION, DEADLINE}),
        ("Tell us at least 48 hours before you move.", {TIME, DURATION, DEADLINE}),
        ("The supply is off for more than 24 hours.", {TIME, DURATION}),
        ("You get £40 for each further 6 hours.", {TIME}),
        ("Filters are changed every **six months**.", {TIME, FREQUENCY}),
        ("Customers with a smart meter are billed monthly.", {FREQUENCY}),
        ("A lost key is replaced free twice a year.", {FREQUENCY}),
        ("A loan may be renewed once.", {FREQUENCY}),
        ("We check your blood pressure at each visit.", {FREQUENCY}),
        ("Members have up to 10 free classes a month.", {FREQUENCY}),
        ("Hygienist: Harbour Plan members: included (2 a year)", {FREQUENCY}),
        ("Bins are emptied every Monday.", {FREQUENCY}),
        ("You may change your plan at any time.", {FREQUENCY}),
        ("Once you have paid, we write to you.", set()),
        ("The plan costs £5 a month.", set()),
        ("You pay £9.50 per year.", set()),
        ("Somebody answers the telephone 24 hours a day.", {TIME, DURATION, DEADLINE}),
        ("A crown costs three times the price of a filling.", set()),
        ("Every customer has an account.", set()),
    ],
)
def test_times_that_a_sentence_tells_are_told_apart(sentence: str, kinds: set[AnswerKind]) -> None:
    (evidence,) = evidence_in(Passage("d#0", "d", "s", "Help", "", "Rules", sentence, 0))
    assert told_in(evidence) & TIMES == kinds
