"""What a sentence says of "it" goes out with its name, whatever the sentence before denies of it."""

import pytest

from tests.grounded import told

PASS = "The pass is not valid on night buses. It is valid on trams."
POLICY = "The policy does not include phones. It includes laptops up to £800."
CARDS = "Gift cards can be used for everything except books. They are valid for three years."
PUMP = "The warranty does not cover filters. It covers the pump for five years."


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (PASS, "The pass is valid on trams."),
        (POLICY, "The policy includes laptops up to £800."),
        (CARDS, "Gift cards are valid for three years."),
        (PUMP, "The warranty covers the pump for five years."),
        ("The lift does not stop at the roof. It stops at floor 3.", "The lift stops at floor 3."),
        ("Vouchers cannot be paid out. They can be passed on.", "Vouchers can be passed on."),
        (PASS, "The pass is not valid on night buses."),
        (PUMP, "The warranty does not cover filters."),
    ],
)
def test_what_is_said_of_it_goes_out_with_its_name(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (PASS, "The pass is valid on night buses."),
        (PASS, "The pass is not valid on trams."),
        (POLICY, "The policy includes phones."),
        (POLICY, "The policy includes phones up to £800."),
        (POLICY, "The policy does not include laptops up to £800."),
        (CARDS, "Gift cards can be used for books."),
        (CARDS, "Gift cards can be used for everything."),
        (CARDS, "Books are valid for three years."),
        (PUMP, "The warranty covers filters for five years."),
        (PUMP, "The warranty does not cover the pump."),
        ("The pass is not valid in June. It is valid on trams if you are under 20.", "The pass is valid on trams."),
    ],
)
def test_what_is_denied_of_it_does_not(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim) is None
