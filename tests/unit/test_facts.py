"""The facts of a sentence, and whether another one holds them."""

import pytest

from bot.facts import facts_of, missing_fact, telling_words, told_of_another


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("in May 2025", "on May 5, 2025"),
        ("on 5 May", "on 2025-05-05"),
        ("up to 5 days", "3 to 5 days"),
        ("at least 3 days", "3 to 5 days"),
        ("10-20%", "10 to 20 percent"),
        ("$2 million", "2 million dollars"),
        ("two forms", "two different forms"),
        ("Section 14", "see section 14."),
        ("thirty-one days", "31 days"),
    ],
)
def test_a_fact_is_held_in_another_spelling(claim: str, source: str) -> None:
    assert missing_fact(facts_of(claim), facts_of(source)) is None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("on May 5, 2025", "in May 2025"),
        ("on May 5, 2025", "on May 5"),
        ("on May 5", "take 5 forms in 2025"),
        ("on May 5", "take 505 forms in May"),
        ("14 days", "Section 14"),
        ("14 days", "14 euros"),
        ("Section 14", "14 days"),
        ("5 days", "5 working days"),
        ("5 working days", "5 days"),
        ("$10 a month", "$10"),
        ("at most 5 days", "at least 5 days"),
        ("3 days", "3 to 5 days"),
        ("18 years old", "18 forms"),
        ("4.9 days", "€4.90 and some days"),
        ("model AB-12", "model AB-13 and 12"),
    ],
)
def test_a_fact_of_another_kind_is_missing(claim: str, source: str) -> None:
    assert missing_fact(facts_of(claim), facts_of(source)) is not None


def test_a_figure_belongs_to_the_words_of_its_clause() -> None:
    source = "Members pay $5 and guests pay $10."
    assert told_of_another("Guests pay $10.", source) is None
    assert told_of_another("Guests pay $5.", source) == "$5"


def test_words_of_figures_and_of_denial_are_no_words() -> None:
    assert telling_words("You can't return it within 30 days for €5.") == telling_words("return")
