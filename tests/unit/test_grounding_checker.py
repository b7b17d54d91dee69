"""The benchmark's own checker of answers finds what their sources do not hold."""

import pytest

from tests.bench.grounding import unsupported

SOURCE = (
    "Return items within thirty days or pay $1,000.50 by March 5, 2025. Shipping takes 3 to 5 working days, 20% off."
)

WHEN = (
    "The fee is charged monthly on the last Friday of the month. The office is open Monday to Friday in the morning. "
    "Members pay two thirds from the second year on. Boxes are collected every other week, on the 3rd day. "
    "Trips are daily."
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


@pytest.mark.parametrize(
    "said",
    [
        "The fee is charged every month.",
        "It is charged each month, on Fridays.",
        "The office is open on weekdays.",
        "The office is open on Tuesday.",
        "Members pay two-thirds from the second year on.",
        "Boxes are collected fortnightly, on the third day.",
        "Trips are made every day.",
        "Your first name is asked, then wait a second.",
    ],
)
def test_times_and_parts_in_other_words_are_fine(said: str) -> None:
    assert unsupported(said, WHEN) == []


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("The fee is charged yearly.", "yearly"),
        ("The fee is charged every quarter.", "quarterly"),
        ("The office is open on Saturday.", "saturday"),
        ("The office is open on weekends.", "saturday"),
        ("Members pay a third of the fee.", "1 third"),
        ("Members pay three quarters of the fee.", "3 quarter"),
        ("Members pay so from the fifth year on.", "5th"),
        ("Members pay so from the first year on.", "1th"),
        ("Boxes are collected on the 4th day.", "4th"),
    ],
)
def test_times_and_parts_that_the_source_does_not_tell_are_found(said: str, fault: str) -> None:
    assert fault in unsupported(said, WHEN)


PARCELS = (
    "Rates\n| Weight (kg) | Price ($) | Delivery (business days) | Off [%] | Fine in EUR | Notice, days |\n"
    "|---|:--|---|---|---|---|\n| 0–2 | 5.90 | 3–5 | 10 | 1,200 | 14 |\n| 2–5 | 8.90–9.90 | up to 7 | free | – | |"
)


@pytest.mark.parametrize(
    "said",
    [
        "Weight 0–2 kg: Price: $5.90; Delivery: 3–5 business days; Off: 10%; Fine: 1,200 EUR; Notice: 14 days",
        "Weight 2–5 kg: Price: $8.90–$9.90; Delivery: up to 7 business days; Off [%]: free",
        "It costs $5.90 and takes 3 to 5 business days.",
        "It costs 8.90 dollars, you get 10% off, and pay €1,200 within 14 days.",
    ],
)
def test_a_figure_has_the_unit_in_the_head_of_its_column(said: str) -> None:
    assert unsupported(said, PARCELS) == []


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("It costs €5.90.", "€ 5.90"),
        ("It costs $14.", "$ 14"),
        ("It takes 14 months.", "14 month"),
        ("It takes 10 days.", "10 day"),
        ("You get 14% off.", "% 14"),
    ],
)
def test_no_figure_has_the_unit_of_another_column(said: str, fault: str) -> None:
    assert fault in unsupported(said, PARCELS)


def test_only_a_table_has_columns() -> None:
    assert "$ 5.90" in unsupported("It costs $5.90.", "Price ($) in 2024\n5.90\n\nA | Price ($)\n\n| B | 5.90 |")
