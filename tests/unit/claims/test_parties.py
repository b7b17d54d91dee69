"""Whoever a sentence says does something is not taken for somebody else."""

import pytest

from bot.claims.parties import other_party


@pytest.mark.parametrize(
    ("claim", "sentence", "how"),
    [
        ("You pay the postage.", "We pay the postage.", "says you for we"),
        ("We pay.", "Who pays the postage? You pay.", "says we for you"),
        ("You pay the postage.", "The postage is paid by us.", "says you for we"),
        ("You pay for the return.", "The return is at our expense.", "says you for we"),
        ("The return is at our own cost.", "You bear the cost of the return.", "says we for you"),
        ("You can cancel the order.", "We can cancel the order.", "says you for we"),
        ("We'll collect the machine.", "You collect the machine from our store.", "says we for you"),
        ("We send the form.", "The form is sent by the customer.", "says we for you"),
        ("You don't sign the form.", "Your employer signs the form.", "says you for somebody else"),
        ("Your bank charges a fee.", "We charge a fee.", "says somebody else for we"),
        ("You repair the lid.", "If it breaks, we repair the lid.", "says you for we"),
    ],
)
def test_one_who_does_something_is_not_taken_for_another(claim: str, sentence: str, how: str) -> None:
    assert other_party(claim, sentence) == how


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("You pay the postage.", "The postage is paid by the customer."),
        ("You pay the postage.", "Pay the postage at the counter."),
        ("You pay by card.", "We charge your card; you pay by card."),
        ("We send the form.", "The form is sent by us."),
        ("The return is at our expense.", "We cover the return."),
        ("You send the form.", "We send a label and you send the form."),
        ("You send the form.", "We send a label."),
        ("You are charged for storage.", "We charge you for storage."),
    ],
)
def test_one_who_does_the_same_is_let_through(claim: str, sentence: str) -> None:
    assert other_party(claim, sentence) is None
