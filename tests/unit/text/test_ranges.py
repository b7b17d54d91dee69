"""Which rows of a table a question means by a figure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.ranges import completed, numbers_missing, rows_meant, rows_of_other_days

CANCELLED = ["30 days or more", "29 days to 8 days", "7 days to 48 hours", "Less than 48 hours"]
PARCEL = ["up to 2 kg", "up to 5 kg", "over 5 to 10 kg", "over 10 kg"]
INCOME = ["up to 28,000", "28,001 to 41,000", "41,001 to 56,000", "over 56,000"]
WEIGHTS = ["Weight 0–2 kg", "Weight 2–5 kg", "Weight 5+ kg"]
NOTICE = ["Notice ≥ 14 days", "Notice < 14 days"]
VALUES = ["Order value $0–$50", "Order value $51–$100", "Order value $101+"]
LEFT = ["7 days or more", "2 to 6 days", "1 day or less"]
WORKING = ["5 working days or more", "Fewer than 5 working days"]
COLD = ["-10 to 0 °C", "0 to 10 °C"]
ENERGY = ["Up to 100 kWh per month", "Over 100 kWh per month"]
DOLLARS = ["$0 to $499", "$500 to $999"]
CANADIAN = ["Order CA$0 to CA$499", "Order CA$500 to CA$999"]
KRONER = ["Order up to 500 SEK", "Order over 500 SEK"]
JOURS = ["Plus de 60 jours avant l'arrivée", "De 60 à 30 jours", "De 29 à 8 jours", "Moins de 8 jours"]
TAGE = ["Mehr als 60 Tage vor Anreise", "60 bis 30 Tage", "29 bis 8 Tage", "Weniger als 8 Tage"]
ANS = ["Personne de plus (dès 13 ans)", "Enfant de 3 à 12 ans", "Enfant de moins de 3 ans"]
KILO = ["bis 5 kg", "5–10 kg", "10–20 kg", "über 20 kg"]
ADULTS = ["Under 18", "18 to 64", "65 and over"]
AGES = ["Child 4–15", "Adult", "Senior, 65 and over", "Under 4"]


@pytest.mark.parametrize(
    ("asked", "labels", "meant"),
    [
        ("I have to cancel on my guest, he arrives in 3 days. Is there a fee?", CANCELLED, [2]),
        ("What do I lose if I call off a booking two weeks before they come?", CANCELLED, [1]),
        ("I would be cancelling a family two months ahead", CANCELLED, [0]),
        ("I'd be cancelling a day before", CANCELLED, [3]),
        ("I'd be cancelling a whole week before", CANCELLED, [2]),
        ("I'd be cancelling a month ahead", CANCELLED, [0]),
        ("cancelling exactly 48 hours before", CANCELLED, [2]),
        ("What does a parcel of 1.5 kg cost?", PARCEL, [0]),
        ("4 kilos of books to Oslo", PARCEL, [1]),
        ("a box of 5 kg", PARCEL, [1]),
        ("a box of more than 10 kg", PARCEL, [3]),
        ("a box of 10 kg", PARCEL, [2]),
        ("How much is it to send 1.5 kg?", WEIGHTS, [0]),
        ("How much is it to send 2 kg?", WEIGHTS, [0, 1]),
        ("How much is it to send 3 kg?", WEIGHTS, [1]),
        ("How much is it to send 2 parcels of 3 kg?", WEIGHTS, [1]),
        ("How much is it to send 7 kg?", WEIGHTS, [2]),
        ("cancelling 20 days before", NOTICE, [0]),
        ("cancelling 14 days before", NOTICE, [0]),
        ("cancelling 3 days before", NOTICE, [1]),
        ("What is the postage of an order of $60?", VALUES, [1]),
        ("What is the postage if I order for about 60?", VALUES, [1]),
        ("Is postage free from 150 up?", VALUES, [2]),
        ("J'annule 5 jours avant mon arrivée, je suis remboursé ?", JOURS, [3]),
        ("on annule 40 jours avant, combien ça coûte ?", JOURS, [1]),
        ("Was kostet das Stornieren 20 Tage vorher?", TAGE, [2]),
        ("Ich storniere 3 Monate vorher", TAGE, [0]),
        ("mon bébé de 2 ans paie-t-il ?", ANS, [2]),
        ("tarif enfant 7 ans", ANS, [1]),
        ("Wurmkur 4 kg Preis", KILO, [0]),
        ("mein Hund hat 31 kg", KILO, [3]),
        ("cancelar 3 días antes", ["Más de 7 días", "Menos de 7 días"], [1]),
        ("my son is 16", ["Under 16", "16 and over"], [1]),
        ("My family has about 35,000 a year", INCOME, [1]),
        ("parents make 50k together", INCOME, [2]),
        ("my lad is 11, how much to get him in?", AGES, [0]),
        ("my daughter turns three next week", AGES, [3]),
        ("dad is 74", AGES, [2]),
        ("for my 14 year old", AGES, [0]),
        ("how much refund if I drop out in week 2", ["in lecture weeks 1 to 3", "in lecture weeks 4 to 6"], [0]),
        ("I'm quitting in the fifth week", ["in lecture weeks 1 to 3", "in lecture weeks 4 to 6"], [1]),
        ("you were only up 99.2 % in March", ["below 99.5%, at least 99.0%", "below 99.0%"], [0]),
        ("a claim for 340 euros", ["up to 500 €", "up to 2,000 €", "over 2,000 €"], [0]),
        ("over 10,000 miles in my own car", ["first 10,000 miles", "10,000 to 20,000 miles"], [1]),
        ("Our pup turns four months next week", ["2 months", "4 months", "12 months"], [1]),
        ("how long does it take to zone 2?", ["Zone 1", "Zone 2", "Zone 3"], [1]),
        ("What comes on day 12?", ["Day 0", "Day 5", "Day 12"], [2]),
        ("Is parcel post to zone A dearer?", ["Zone A", "Zone B", "Zone C"], [0]),
        ("zone b, how long?", ["Zone A", "Zone B", "Zone C"], [1]),
        ("a van of group D", ["Vehicle group A, B", "Vehicle group C, D"], [1]),
        ("grade p2's pay", ["Grade P1", "Grade P2"], [1]),
        ("Can I cancel not less than 48 hours before?", ["More than 48 hours", "24 to 48 hours"], [0]),
        ("cancelling 48 hours before", ["not less than 48 hours", "less than 48 hours"], [0]),
        ("almost 48 hours before", ["48 hours or more", "Less than 48 hours"], [1]),
        ("for 6 people", ["not less than 6", "less than 6"], [0]),
        ("for 5 people", ["no more than 5", "more than 5"], [0]),
        ("at 50 °F", ["Up to 30 °C", "Over 30 °C"], [0]),
        ("at 100 °F", ["Up to 30 °C", "Over 30 °C"], [1]),
        ("at 25 degrees", ["Up to 30 °C", "Over 30 °C"], [0]),
        ("at 25 °C", ["Up to 30°", "Over 30°"], [0]),
        ("minus 5 °C", COLD, [0]),
        ("it was -5 °C", COLD, [0]),
        ("5 °C", COLD, [1]),
        ("at -20 °C", ["< -18 °C", ">= -18 °C"], [0]),
        ("a 1500 W heater", ["Up to 2 kW", "Over 2 kW"], [0]),
        ("500 mA", ["Up to 1 A", "Over 1 A"], [0]),
        ("800 Wh", ["Up to 1 kWh", "Over 1 kWh"], [0]),
        ("100 kbps", ["up to 50 Mbps", "over 50 Mbps"], [0]),
        ("15 PSI", ["Up to 2 bar", "Over 2 bar"], [0]),
        ("300 sq ft", ["Up to 50 m²", "Over 50 m²"], [0]),
        ("30.48 cm", ["1 ft or less", "Over 1 ft"], [0]),
        ("a 10 lb box", ["Up to 5 kg", "Over 5 kg"], [0]),
        ("a box of 5 KG", ["Up to 4 kg", "Over 4 kg"], [1]),
        ("300 kWh a month", ENERGY, [1]),
        ("300 kWh", ENERGY, [1]),
        ("2 t-shirts", ["1–5", "6–10"], [0]),
        ("an order of 400 SEK", KRONER, [0]),
        ("an order for 400", KRONER, [0]),
        ("the 10 amp pitch", ["Pitch (10 A)", "Pitch (16 A)"], [0]),
        ("Can I cancel 10 business days before?", LEFT, [0]),
        ("Can I cancel 3 working days before?", LEFT, [1]),
        ("5 working days before", WORKING, [0]),
        ("2 weeks before", WORKING, [0]),
        ("3 hours before", WORKING, [1]),
        ("for someone younger than 18", ADULTS, [0]),
        ("not yet 18", ADULTS, [0]),
        ("she is almost 18", ADULTS, [0]),
        ("she isn't 18 yet", ADULTS, [0]),
        ("he's not yet 18", ADULTS, [0]),
        ("she hasn't turned 18 yet", ADULTS, [0]),
        ("my daughter is nearly 18 years old", ADULTS, [0]),
        ("someone younger than 15", AGES, [0]),
        ("he is already 18", ADULTS, [1]),
        ("I'm 2 m tall", ["Up to 1.80 m", "Over 1.80 m"], [1]),
        ("I am over 65", ADULTS, [2]),
        ("$600", DOLLARS, [1]),
        ("US$600", DOLLARS, [1]),
        ("$600", CANADIAN, [1]),
        ("600 dollars", CANADIAN, [1]),
        ("$600", ["US$0 to US$499", "US$500 to US$999", "CA$0 to CA$499", "CA$500 to CA$999"], [1]),
        ("an order for 600", CANADIAN, [1]),
        ("600 Canadian dollars", CANADIAN, [1]),
        ("on April 20", ["March 16 to April 30", "May 1 to June 14"], [0]),
        ("in 2021", ["Year 2020", "Year 2021", "Year 2022"], [1]),
        ("on Wednesday at 10 am", ["Mon–Fri", "Sat", "Sun"], [0]),
        ("2 rooms on March 31", ["March 1 to April 2", "May 1 to May 31"], [0]),
        ("3 nights in May", ["May, up to 2 nights", "May, 3 to 7 nights", "June, 3 to 7 nights"], [1]),
    ],
)
def test_a_row_is_meant_whose_range_holds_a_figure_of_the_question(
    asked: str, labels: list[str], meant: list[int]
) -> None:
    assert rows_meant(asked, labels) == meant


@pytest.mark.parametrize(
    ("asked", "labels"),
    [
        ("How much is it?", CANCELLED),
        ("which zone am I in? I plan a trip", ["Zone A", "Zone B", "Plan A"]),
        ("Which zone? I'm in Oslo", ["Zone I", "Zone B"]),
        ("Zone I'd pay for", ["Zone I", "Zone B"]),
        ("We were 25 minutes late", PARCEL),
        ("a parcel of 3 to 6 kg", PARCEL),
        ("you were up 99.8 % in March", ["below 99.5%, at least 99.0%", "below 99.0%"]),
        ("do you take the 14 quid each month", ["Starter (age 11 to 17)", "Everyday"]),
        ("to Brenna with my Fiat 500", ["Car up to 5 m long", "Car up to 6 m long"]),
        ("2 kg to Japan, what does it cost?", ["1", "2", "3"]),
        ("I waited 3 days", []),
        ("I waited 3 days", ["Up to 5 days"]),
        ("15 kg", ["Up to 30 °C", "Over 30 °C"]),
        ("300 kWh a year", ENERGY),
        ("Can I cancel 5 business days before?", LEFT),
        ("Can I cancel 5 business days before?", ["Up to 5 days", "Up to 10 days", "Over 10 days"]),
        ("5 days before", WORKING),
        ("CA$600", DOLLARS),
        ("600 Australian dollars", DOLLARS),
        ("US$600", CANADIAN),
        ("it is minus 5 outside", ["up to 5", "over 5"]),
        ("a 60 x 40 cm box", ["Up to 50 cm", "Over 50 cm"]),
        ("any news on ISO 27001?", ["ISO 27001", "ISO 9001"]),
        ("I have 2019 points", ["2018 to 2020", "2021 to 2023"]),
    ],
)
def test_no_row_is_meant_by_what_counts_something_else(asked: str, labels: list[str]) -> None:
    assert rows_meant(asked, labels) == []


def test_rows_of_other_days_are_told_from_those_of_no_days() -> None:
    labels = ["Year 2020", "Year 2021", "Any year"]
    assert rows_of_other_days("How many in 2021?", labels) == [0]
    assert rows_of_other_days("How many in 2017?", labels) == [0, 1]
    assert rows_of_other_days("I came in 2017. How many?", labels) == []
    assert rows_of_other_days("How many in 2017?", ["Born before 2010", "Born 2010–2015"]) == []
    assert rows_of_other_days("How many for somebody born in 2012?", ["Born before 2010", "Born 2010–2015"]) == [0]
    assert rows_of_other_days("How many?", labels) == rows_of_other_days("on Monday", labels) == []


def test_the_narrowest_of_several_is_meant() -> None:
    assert rows_meant("late by 45 minutes", ["up to 3 hours", "30 to 60 minutes", "any delay"]) == [1]


def test_rows_that_name_the_same_range_are_both_meant() -> None:
    labels = ["Puppy under 6 months", "Kitten under 6 months", "Dog over 15 kg"]
    assert rows_meant("what is it for one of 4 months", labels) == [0, 1]


def test_every_figure_of_the_question_counts() -> None:
    assert rows_meant("my kids are aged 3 and I am 70", AGES) == [2, 3]


def test_numbers_and_labels_of_any_sort_are_survived() -> None:
    labels = ["", ":", "–", "1–", "£", "up to", "9" * 400, "٣ days", "1e9", "(", "weeks 1 to", "≥= 5", "<5+ a"]
    assert rows_meant("1e9 " + "9" * 400 + " days, £, week, aged, 3rd", labels) == rows_meant("", labels) == []


@given(st.text(), st.lists(st.text()))
def test_whatever_is_asked_and_written_just_some_rows_are_meant(asked: str, labels: list[str]) -> None:
    meant = rows_meant(asked, labels)
    assert meant == sorted({*meant}) and {*meant} <= {*range(len(labels))}
    assert not meant or len(meant) < len(labels)


@pytest.mark.parametrize(
    ("earlier", "asked", "read"),
    [
        (["What does shipping cost for 3 kg?"], "And for 12?", "And for 12 kg?"),
        (["shipping for 3 kg", "Thanks!"], "and twelve or 7 to Norway?", "and twelve kg or 7 kg to Norway?"),
        (["Is it free from $60?"], "And 20?", "And $20?"),
        (["My son is 16, is it free?"], "And 4?", "And son is 4?"),
        (["How long to zone 2?"], "and 3", "and zone 3"),
        (["Cancelling 3 days before?", "I mean 2 weeks"], "and 5?", "and 5 weeks?"),
        (["a 3 kg box in 2 days?"], "And 12?", "And 12 kg, 12 days?"),
        (["shipping for 3 kg"], "And for 2 lb and 12?", "And for 2 lb and 12?"),
        (["shipping for 3 kg"], "And for 12 boxes?", "And for 12 boxes?"),
        (["shipping for 3 kg"], "And in 2025?", "And in 2025?"),
        (["shipping for 3 kg"], "And this one?", "And this one?"),
        (["a box of 3 to 5 kg"], "And 12?", "And 12?"),
        (["shipping for 3 kg"], "12?", "12 kg?"),
        (["shipping for 3 kg"], "Is it free or 12?", "Is it free or 12?"),
        (["shipping for 3 kg"], "twelve?", "twelve kg?"),
        (["shipping for 3 kg"], "And do I call 112 or 911?", "And do I call 112 or 911?"),
        (["shipping for 3 kg"], "What does it cost for 12?", "What does it cost for 12 kg?"),
        (["What does it cost for 3 days?"], "What about two?", "What about two days?"),
        (["shipping for 3 kg"], "Do you support Windows 11?", "Do you support Windows 11?"),
        (["shipping for 3 kg"], "And the iPhone 15?", "And the iPhone 15?"),
        (["shipping for 3 kg"], "And from terminal 2?", "And from terminal 2?"),
        (["shipping for 3 kg"], "What does section 4 say in 2?", "What does section 4 say in 2?"),
        (["shipping for 3 kg"], "Call 112 or 911?", "Call 112 or 911?"),
        (["shipping for 3 kg"], "And is it open at 10?", "And is it open at 10?"),
        (["Do you ship?"], "And 12?", "And 12?"),
        ([], "And 12?", "And 12?"),
    ],
)
def test_a_number_that_counts_nothing_counts_what_was_counted_last(earlier: list[str], asked: str, read: str) -> None:
    assert completed(asked, earlier) == read


@given(st.text(), st.lists(st.text()))
def test_whatever_was_asked_before_a_question_can_be_read(asked: str, earlier: list[str]) -> None:
    assert completed(asked, []) == asked
    completed(asked, earlier)


@pytest.mark.parametrize(
    ("asked", "labels", "missing"),
    [
        ("Where is terminal 3?", ["Terminal 1", "Terminal 2"], ["terminal 3"]),
        ("Where is terminal 2?", ["Terminal 1", "Terminal 2"], []),
        ("What is done in week 5?", ["Week 1", "Week 2 and later"], []),
        ("What is done in zone 3?", ["Zone 1", "Zone 2–4"], []),
        ("ab 15 Stück", ["Ab 10 Stück", "Ab 20 Stück"], []),
        ("room 3", ["Room 1", "Hall"], []),
        ("room 3", ["Room 1"], []),
    ],
)
def test_a_number_is_missing_where_all_labels_have_others_behind_the_same_name(
    asked: str, labels: list[str], missing: list[str]
) -> None:
    assert numbers_missing(asked, labels) == missing


@pytest.mark.parametrize(
    ("asked", "row"),
    [
        ("What does it cost after midnight?", 1),
        ("We need somebody at 2 in the morning", 1),
        ("at 1 o'clock at night?", 1),
        ("What do I pay at 11:30 pm?", 1),
        ("at half past nine in the evening", 0),
        ("at 10pm?", 0),
    ],
)
def test_a_time_of_day_may_lie_in_a_range_across_midnight(asked: str, row: int) -> None:
    assert rows_meant(asked, ["Before 23:00", "From 23:00 to 08:00", "By telephone"]) == [row]
