"""The benchmark's own checker of answers finds what their sources do not hold."""

import pytest

from tests.bench.grounding import unsupported

SOURCE = (
    "Return items within thirty days or pay $1,000.50 by March 5, 2025. Shipping takes 3 to 5 working days, 20% off."
)


@pytest.mark.parametrize(
    "said",
    [
        "Return items within 30 days.",
        "Return items in a 30-day window.",
        "Pay $1000.50 by March 5, 2025.",
        "It takes three to five working days.",
        "One thing is 20% off.",
    ],
)
def test_what_the_source_says_is_fine(said: str) -> None:
    assert unsupported(said, SOURCE) == []


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("Return items within 14 days.", "14"),
        ("Return items within fourteen days.", "14"),
        ("Return items within 30 weeks.", "30 week"),
        ("Pay $30.", "$ 30"),
        ("Pay $1,000.60.", "1000.6"),
        ("Pay by May 5, 2025.", "may"),
        ("It takes 5 months.", "5 month"),
        ("See https://evil.example.", "https://evil.example."),
        ("Write to a@evil.example.", "a@evil.example."),
        ("Go to evil.com/pay", "evil.com/pay"),
    ],
)
def test_what_the_source_does_not_say_is_found(said: str, fault: str) -> None:
    assert fault in unsupported(said, SOURCE)
