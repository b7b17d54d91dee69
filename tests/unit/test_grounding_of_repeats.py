"""An answer in the words of the question is told from the question repeated, and a word from a "no" in front of it."""

import pytest

from bot.grounding import bare_of
from tests.grounded import told

ANSWERS = [
    ("When does the autumn term start?", "The autumn term starts on 15 September."),
    ("When does the office close?", "The office closes at noon."),
    ("When must applications arrive?", "Applications must arrive before 15 May."),
    ("When do courses begin?", "Courses begin on 3 May, 7 June and 12 July."),
    ("How often is the report sent?", "The report is sent monthly."),
    ("Are dogs allowed in the library?", "Dogs are not allowed in the library."),
    ("Can I book a cabin on board?", "You cannot book a cabin on board."),
    ("Who may book a room?", "Only members may book a room."),
    ("Are helmets free?", "Helmets are free."),
    ("Do you charge no-shows?", "No-shows are charged in full."),
]


@pytest.mark.parametrize(("question", "sentence"), ANSWERS)
def test_a_pages_own_sentence_answers_though_it_repeats_the_words_of_the_question(question: str, sentence: str) -> None:
    assert told(question, sentence, sentence) == f"{sentence} [1]"


@pytest.mark.parametrize(
    ("question", "text", "claim"),
    [
        (
            "Are dogs allowed in the library?",
            "Welcome to our library. Dogs are not allowed in the library.",
            "Dogs aren't allowed in the library.",
        ),
        ("Is the pension taxed?", "The pension is a monthly payment. It is not taxed.", "The pension is not taxed."),
        ("Is the pension taxed?", "The pension is not taxed.", "No, it is not taxed."),
        (
            "Can I use the sauna as a day guest?",
            "Members may use the sauna. Day guests may not use it.",
            "Day guests may not use the sauna.",
        ),
        ("Is there a fee for students?", "Students get a no-fee account.", "There is no fee for students."),
    ],
)
def test_a_denial_in_the_words_of_the_question_goes_out(question: str, text: str, claim: str) -> None:
    assert told(question, text, claim) is not None


@pytest.mark.parametrize(
    ("question", "sentence", "claim"),
    [
        ("Are helmets free?", "Helmets are free.", "Are helmets free?"),
        ("Are helmets free?", "Are helmets free? Ask us.", "Are helmets free?"),
        ("Are helmets free?", "Helmets are free.", "Helmets are not free."),
        (
            "Are dogs allowed in the library?",
            "Dogs are not allowed in the library.",
            "Dogs are allowed in the library.",
        ),
        ("How can I return items?", "You can return any unused item by post.", "You can return items."),
        ("What do you charge?", "No-shows are charged in full.", "No-shows are not charged."),
        ("Do you charge no-shows?", "No-shows are charged in full.", "Shows are charged in full."),
        ("Are pensions taxed?", "Benefits are not taxed. Pensions are paid monthly.", "Pensions are not taxed."),
        (
            "Can vouchers be refunded?",
            "Tickets cannot be refunded. Vouchers are sent by e-mail.",
            "Vouchers cannot be refunded.",
        ),
        (
            "Are dogs allowed in the library?",
            "Food is not allowed in the library. Dogs must be kept on a lead.",
            "No, they are not allowed in the library.",
        ),
        (
            "Are dogs allowed in the library?",
            "Dogs must be kept on a lead in the park. The library is open daily.",
            "Dogs must be allowed in the library.",
        ),
        ("Is parking free?", "Parking is free.", "Parking must be free."),
        ("What accounts are there?", "Students get a no-fee account.", "Students pay a fee for the account."),
        ("What accounts are there?", "Students get a no-fee account.", "Students get a fee account."),
        ("What are the rules?", "There is a no-pets rule in all rooms.", "There is a pets rule in all rooms."),
    ],
)
def test_the_question_repeated_or_turned_around_does_not_go_out(question: str, sentence: str, claim: str) -> None:
    assert told(question, sentence, claim) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "No-shows are charged in full.",
        "No-one may enter the lab after 6 pm.",
        "Sure-start grants are paid in May.",
        "No. 5 buses stop at the gate.",
    ],
)
def test_the_first_word_stays_though_it_begins_with_a_yes_or_no(sentence: str) -> None:
    assert bare_of(sentence) == sentence


@pytest.mark.parametrize("begun", ["No, ", "No - ", "No – ", "No—", "No: ", "No. ", "Yes! ", "Of course, ", "Yes "])
def test_a_yes_or_no_in_front_is_left_out(begun: str) -> None:
    assert bare_of(f"{begun}you can pay in cash.") == "You can pay in cash."
