"""What of a message asks, and what it states beside that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clauses import asking_clause, refers_back


@pytest.mark.parametrize(
    ("message", "asking"),
    [
        ("I joined in 2019. How many days do I get?", "How many days do I get?"),
        ("i joined in 2019, how many days do i get", "how many days do i get"),
        ("How many days do I get if I joined in 2019?", "How many days do I get"),
        ("À quelle heure ouvrez-vous lundi ? Je viendrai à 17h30.", "À quelle heure ouvrez-vous lundi ?"),
        ("On Sunday, when are you open?", "On Sunday, when are you open?"),
        ("What is the price, and when do you open on Sunday?", "What is the price, when do you open on Sunday?"),
        ("What is the price?\n\nOn 3 March 2025 at 9:12 Ann wrote:\nWere you happy on Monday?", "What is the price?"),
        ("opening hours\n> Were you happy on Monday?", "opening hours"),
        ("opening hours on Sunday", "opening hours on Sunday"),
        ("I need the price of the KX-500.", "I need the price of the KX-500."),
    ],
)
def test_the_clause_that_asks_is_told_from_statements_beside_it(message: str, asking: str) -> None:
    assert asking_clause(message) == asking


def test_a_clause_may_be_about_what_stands_beside_it() -> None:
    assert refers_back("What does it cost?")
    assert not refers_back("What does the mixer cost?")


@given(st.text())
def test_of_whatever_is_written_something_asks(message: str) -> None:
    assert bool(asking_clause(message)) is bool(message)
