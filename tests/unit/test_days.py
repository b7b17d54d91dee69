"""Which days a question asks about, and which rows of a table or items of a list are of other days."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.days import days_asked, days_labelled, same_days

QUARTERS = ["Before March 1", "March 1 to May 31", "After May 31"]
WEEK = ["Mon–Fri", "Sat", "Sun", "Public holidays"]
YEARS = ["Year 2018 to 2020", "2021", "Since 2022"]
CHRISTMAS = ["December 20 to January 6", "January 7 to December 19"]
DATED = ["1–15 March", "March 16–31, 2026", "1 April 2026 to 31 May 2026", "December 20, 2026 to January 6, 2027"]


@pytest.mark.parametrize(
    ("asked", "labels", "held"),
    [
        ("What is it on March 15?", QUARTERS, [1]),
        ("on 2nd of April", QUARTERS, [1]),
        ("on april 2nd", QUARTERS, [1]),
        ("on march 1", QUARTERS, [1]),
        ("in may", QUARTERS, [1]),
        ("in the middle of February", QUARTERS, [0]),
        ("2026-06-03", QUARTERS, [2]),
        ("from February 20 to March 3", QUARTERS, [0, 1]),
        ("on a Wednesday", WEEK, [0]),
        ("on sundays", WEEK, [2]),
        ("at the weekend", WEEK, [1, 2]),
        ("on sat", WEEK, [1]),
        ("on Monday", ["Fri to Mon", "Tue–Thu"], [0]),
        ("Saturday", ["Weekdays", "Weekends"], [1]),
        ("in feb", ["Jan–Mar", "Apr–Jun"], [0]),
        ("a room in May", ["Jan–Mar", "Apr–Jun"], [1]),
        ("in October", ["September 15 to October 10", "October 11 to December 1", "December"], [0, 1]),
        ("How many in 2019?", YEARS, [0]),
        ("the bonus 2021", YEARS, [1]),
        ("the fee for a 2021 car", YEARS, [1]),
        ("on March 5, 2024", YEARS, [2]),
        ("on December 24", CHRISTMAS, [0]),
        ("on January 3, 2027", CHRISTMAS, [0]),
        ("in June", CHRISTMAS, [1]),
        ("March 3", DATED, [0]),
        ("20 March", DATED, [1]),
        ("May 5, 2026", DATED, [2]),
        ("January 2, 2027", DATED, [3]),
        ("between December 1 and December 24", CHRISTMAS, [0, 1]),
    ],
)
def test_a_day_is_among_those_of_a_label_or_not(asked: str, labels: list[str], held: list[int]) -> None:
    told = [same_days(days_asked(asked), days_labelled(label)) for label in labels]
    assert [place for place, one in enumerate(told) if one] == held
    assert all(one is False for place, one in enumerate(told) if place not in held and labels[place] != WEEK[3])


@pytest.mark.parametrize(
    ("asked", "labels"),
    [
        ("May I come? What may we bring, and do you march?", [*QUARTERS, "Apr–Jun"]),
        ("I have 2019 points and paid $2021", YEARS),
        ("in 2019", ["up to 2000", "2000 to 4000", "2019 g", "over 2019", "Room 2019 B", "KX-2019"]),
        ("Is sun cream sold?", WEEK),
        ("on Wednesday", ["Sun cream", "Mon Repos", "May flowers", *YEARS, *QUARTERS]),
        ("March 15", ["Zone 15", "up to 20 kg", *WEEK, *YEARS]),
    ],
)
def test_what_is_no_day_or_one_of_another_sort_tells_nothing(asked: str, labels: list[str]) -> None:
    assert {same_days(days_asked(asked), days_labelled(label)) for label in labels} == {None}


@given(st.text(), st.text())
def test_whatever_is_written_can_be_compared(asked: str, label: str) -> None:
    assert same_days(days_asked(asked), days_labelled(label)) in {True, False, None}
