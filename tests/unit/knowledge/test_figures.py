"""Figures are compared by what they mean, not by how they are written."""

import pytest

from knowledge.figures import Bound, Figure, Kind, figures_of


def figure(text: str) -> Figure:
    (found,) = figures_of(text)[0]
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("within 14 days", "within two weeks"),
        ("within thirty (30) days", "within a month"),
        ("after 24 hours", "after one day"),
        ("within 5 working days", "within one week"),
        ("for two years", "for 24 months"),
        ("costs $10", "costs 10 USD"),
        ("costs €9,50", "costs 9.50 euros"),
        ("costs $1,500", "costs $1.5 thousand"),
        ("a fee of 50 cents", "a fee of $0.50"),
        ("a discount of 5 %", "a discount of five percent"),
        ("until 31 January 2026", "until January 31, 2026"),
        ("until 2026-01-31", "until 1/31/2026"),
        ("until 31 January", "until January 31, 2026"),
        ("at 2 p.m. sharp", "at 14:00 sharp"),
        ("at noon", "at 12:00"),
        ("at midday", "at 12:00"),
        ("at 2 in the morning", "at 2 am"),
        ("at half past nine in the evening", "at 21:30"),
        ("at quarter to 4 in the afternoon", "at 15:45"),
        ("at 11 at night", "at 11 pm"),
        ("at one o'clock at night", "at 1 am"),
        ("at 12 at night", "at midnight"),
        ("up to 0.5 GB", "up to 500 MB"),
        ("2–5 working days", "two to five business days"),
        ("three devices", "3 devices"),
    ],
)
def test_the_same_said_in_two_ways_is_equal(one: str, other: str) -> None:
    assert figure(one).comparable(figure(other))
    assert figure(one).equals(figure(other))
    assert figure(other).equals(figure(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("within 14 days", "within 30 days"),
        ("within 28 days", "within a month"),
        ("within 45 days", "within 44 days"),
        ("within 5 days", "within 5 weeks"),
        ("costs $10", "costs $10.50"),
        ("a discount of 5 %", "a discount of 15 %"),
        ("until 31 January 2026", "until 31 January 2027"),
        ("until 31 January", "until 30 January"),
        ("at 2 p.m. sharp", "at 2 a.m. sharp"),
        ("2–5 working days", "2–3 working days"),
        ("three devices", "5 devices"),
    ],
)
def test_different_values_of_one_thing_are_unequal(one: str, other: str) -> None:
    assert figure(one).comparable(figure(other))
    assert not figure(one).equals(figure(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("costs $10", "costs €10"),
        ("costs $10 per month", "costs $100 per year"),
        ("within 14 days", "costs $14"),
        ("three devices", "three accounts"),
        ("January 2026", "31 January 2026"),
        ("up to 25 kg", "up to 25 km"),
    ],
)
def test_what_counts_different_things_is_not_compared(one: str, other: str) -> None:
    assert not figure(one).comparable(figure(other))


def test_a_bound_belongs_to_its_figure() -> None:
    assert figure("within 30 days").bound is Bound.AT_MOST
    assert figure("after 30 days").bound is Bound.AT_LEAST
    assert figure("the 30 days").bound is None


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("no less than 48 hours", Bound.AT_LEAST),
        ("not less than 48 hours", Bound.AT_LEAST),
        ("not fewer than 3 items", Bound.AT_LEAST),
        ("not before 9 am", Bound.AT_LEAST),
        ("no more than 48 hours", Bound.AT_MOST),
        ("not more than $50", Bound.AT_MOST),
        ("may not exceed 5 kg", Bound.AT_MOST),
        ("must never exceed 5 kg", Bound.AT_MOST),
        ("not to exceed 5 kg", Bound.AT_MOST),
        ("never to be more than 5 kg", Bound.AT_MOST),
        ("never less than 5 kg", Bound.AT_LEAST),
        ("cannot be longer than 5 m", Bound.AT_MOST),
        ("no later than 30 June", Bound.AT_MOST),
        ("less than 48 hours", Bound.AT_MOST),
        ("younger than 18 years old", Bound.AT_MOST),
        ("more than 48 hours", Bound.AT_LEAST),
        ("piano under 48 kg", Bound.AT_MOST),
    ],
)
def test_no_before_a_comparison_turns_the_bound(text: str, bound: Bound) -> None:
    assert figure(text).bound is bound


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("CA$600", "CAD"),
        ("C$600", "CAD"),
        ("CAD $600", "CAD"),
        ("$600 CAD", "CAD"),
        ("$600 (CAD)", "CAD"),
        ("600 Canadian dollars", "CAD"),
        ("A$600", "AUD"),
        ("AU$600", "AUD"),
        ("600 Australian dollars", "AUD"),
        ("NZ$600 a night", "NZD/night"),
        ("HK$600", "HKD"),
        ("S$600", "SGD"),
        ("US$600", "USD"),
        ("600 US dollars", "USD"),
        ("$600", "$"),
        ("$600/month CAD", "CAD/month"),
        ("$600 a month (CAD)", "CAD/month"),
        ("$600 per month per user AUD", "AUD/month/user"),
        ("$600 CAD a month", "CAD/month"),
        ("$600 a month cadence", "$/month"),
        ("USA$600", "USD"),
        ("600 dollars", "$"),
        ("60000 cents", "$"),
    ],
)
def test_each_dollar_is_a_currency_of_its_own(text: str, unit: str) -> None:
    assert (figure(text).low, figure(text).unit) == (600, unit)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("between $20 and $25 CAD", "CAD"),
        ("between $20 and $25 a month (CAD)", "CAD/month"),
        ("$20 to $25 CAD", "CAD"),
        ("$20–25/month CAD", "CAD/month"),
        ("between CA$20 and CA$25", "CAD"),
        ("between 20 and 25 CAD", "CAD"),
        ("between €20 and €25", "EUR"),
    ],
)
def test_a_currency_of_a_range_holds_for_both_ends(text: str, unit: str) -> None:
    ((one,), _) = figures_of(text)
    assert (one.low, one.high, one.unit) == (20, 25, unit)


def test_two_amounts_without_between_are_two() -> None:
    assert [one.low for one in figures_of("It costs $20 and $25.")[0]] == [20, 25]
    assert [one.unit for one in figures_of("Choose between $20 and €25.")[0]] == ["$", "EUR"]


def test_a_bare_dollar_is_compared_with_the_american_one_alone() -> None:
    assert figure("costs $10").comparable(figure("costs US$12"))
    assert not figure("costs $10").comparable(figure("costs CA$12"))


def test_the_end_of_a_word_is_no_currency() -> None:
    assert [one.kind for one in figures_of("We saw fraud 5 times at A$AP.")[0]] == [Kind.COUNT]


def test_several_figures_come_in_their_order() -> None:
    figures, _ = figures_of("Pay $10 within 14 days and get 5 % off 3 items.")
    assert [one.kind for one in figures] == [Kind.MONEY, Kind.DURATION, Kind.PERCENT, Kind.COUNT]
    assert [one.text for one in figures] == ["$10", "14 days", "5 %", "3"]


def test_numbers_that_name_something_are_no_figures() -> None:
    figures, names = figures_of("Send Form 1040 under § 512(c) by step 3, or ring 1-207-555-0142.")
    assert figures == ()
    assert names == {"form 1040", "§ 512(c)", "step 3", "1-207-555-0142"}


def test_addresses_hold_no_figures() -> None:
    assert figures_of("See https://example.com/30-days or write to 24hours@example.com.") == ((), frozenset())
