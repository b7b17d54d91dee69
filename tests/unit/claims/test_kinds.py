"""What a page says of one kind is said of no other kind, nor of all; and what says of which kind goes out."""

import pytest

from bot.claims.kinds import kind

FULL = "Full-time employees get 28 days of holiday a year."
NON = "Non-resident students pay €500."


@pytest.mark.parametrize(
    ("claim", "sentence", "asked", "left_out"),
    [
        ("Employees get 28 days of holiday a year.", FULL, "How much holiday is there?", "“full-time”"),
        ("You get 28 days of holiday a year.", FULL, "How much holiday do I get as a part-timer?", "“full-time”"),
        ("Part-time employees get 28 days.", FULL, "Do full-time or part-time employees get more?", "“full-time”"),
        ("Students pay €500.", NON, "What do students pay?", "“non-resident”"),
        ("Resident students pay €500.", NON, "What do students pay?", "“non-resident”"),
        ("You pay €500.", NON, "What do I pay as a resident student?", "“non-resident”"),
        ("You get 10% off.", "Existing customers get 10% off.", "I am a new customer, what do I get?", "“existing”"),
        ("Buyers get a guide.", "First-time buyers get a guide.", "What do buyers get?", "“first-time”"),
    ],
)
def test_the_kind_a_claim_leaves_out_is_known(claim: str, sentence: str, asked: str, left_out: str) -> None:
    assert kind(claim, sentence, asked) == left_out


@pytest.mark.parametrize(
    ("claim", "sentence", "asked"),
    [
        (FULL, FULL, "How much holiday is there?"),
        ("As a full-time employee, you get 28 days.", FULL, "How much holiday do I get?"),
        ("You get 28 days of holiday a year.", FULL, "How much holiday do I get in full-time work?"),
        ("Employees get 28 days of holiday a year.", FULL, "Do full-timers get more holiday?"),
        ("Full-time employees get 28 days.", FULL, "Do full-time or part-time employees get more?"),
        (NON, NON, "What do students pay?"),
        ("You pay €500.", NON, "I am a non-resident student, what do I pay?"),
        ("First-time buyers get a guide.", "First-time buyers get a guide.", "What do buyers get?"),
        ("You get 10% off.", "Existing and new customers get 10% off.", "I am a new customer, what do I get?"),
    ],
)
def test_a_claim_that_says_of_which_kind_leaves_out_none(claim: str, sentence: str, asked: str) -> None:
    assert kind(claim, sentence, asked) is None
