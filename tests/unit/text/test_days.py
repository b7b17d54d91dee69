"""Which days a question asks about, and which rows of a table or items of a list are of other days."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.days import (
    days_asked,
    days_asked_plainly,
    days_labelled,
    days_left_out,
    days_named,
    labelled_in_column,
    same_days,
    without_days_not_meant,
)

QUARTERS = ["Before March 1", "March 1 to May 31", "After May 31"]
WEEK = ["Mon–Fri", "Sat", "Sun", "Public holidays"]
YEARS = ["Year 2018 to 2020", "2021", "Since 2022"]
CHRISTMAS = ["December 20 to January 6", "January 7 to December 19"]
HOLIDAYS = ["Monday–Friday", "Good Friday", "Black Friday, November 27", "Memorial Day (Monday, May 25)"]
IN_FIGURES = ["Date 24.12.", "Date 25.12.–26.12.", "Date 31/12 – 2/1", "Date 6.1."]
COURSES = ["Termin 3.5.–5.5.", "10.5.-12.5.", "17. & 18.5.", "Mo 1.6."]
SECTIONS = [
    "1.1. Wedding",
    "2.1. Certificate",
    "13.1. Copy",
    "Nr. 3.1.",
    "4.1.",
    "1.1.–1.3. General",
    "24/12 V",
    "Zone 1.2.",
]
FEASTS = ["December 24", "December 25 and 26", "December 31", "New Year's Day, January 1"]
LISTED = ["March 1, 8 and 15", "22 and 29 March", "Dec 24/25", "Dec 26", "24.–26.11."]
SEASONS = ["2023/24", "2024–25", "Season 2025/2026"]
SPANS = ["2018–20", "2021–23", "2024"]
GERMAN = ["Mo–Fr", "Sa", "So"]
SPELT_OUT = ["Montag bis Freitag", "Samstag", "Sonntag"]
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
        ("open sat?", WEEK, [1]),
        ("Sat & Sun hours", WEEK, [1, 2]),
        ("on sundays and sat", WEEK, [1, 2]),
        ("sat and Sunday", WEEK, [1, 2]),
        ("hours for tues", WEEK, [0]),
        ("Sun morning", WEEK, [2]),
        ("between December 1 and December 24", CHRISTMAS, [0, 1]),
        ("on New Year's Eve", FEASTS, [2]),
        ("on new years day", FEASTS, [3]),
        ("Are you open on Christmas Eve?", FEASTS, [0]),
        ("on Christmas Day", FEASTS, [1]),
        ("Boxing Day hours", FEASTS, [1]),
        ("an Heiligabend", FEASTS, [0]),
        ("an Silvester", FEASTS, [2]),
        ("à Noël ?", FEASTS, [1]),
        ("en Navidad", FEASTS, [1]),
        ("on 24.12.?", FEASTS, [0]),
        ("on 24.12.2026", FEASTS, [0]),
        ("on 12/26", FEASTS, [1]),
        ("on 26/12", FEASTS, [1]),
        ("am 24. Dezember", FEASTS, [0]),
        ("el 31 de diciembre", FEASTS, [2]),
        ("le 1er janvier 2027", FEASTS, [3]),
        ("December 25", ["Christmas Eve", "Christmas Day", "Silvester"], [1]),
        ("on March 8", LISTED, [0]),
        ("on 15 March", LISTED, [0]),
        ("on March 29", LISTED, [1]),
        ("on March 8 and 22", LISTED, [0, 1]),
        ("on 1, 8 or 22 March", LISTED, [0, 1]),
        ("on December 25", LISTED, [2]),
        ("on 25 November", LISTED, [4]),
        ("in 2025/26", SEASONS, [2]),
        ("season 2023-24", SEASONS, [0]),
        ("the fee for 2024/2025", SEASONS, [1]),
        ("the fee for 2024", SEASONS, [0, 1]),
        ("the fee for 2022", SPANS, [1]),
        ("am Samstag", GERMAN, [1]),
        ("on Wednesday", GERMAN, [0]),
        ("Sonntags?", SPELT_OUT, [2]),
        ("le mardi", SPELT_OUT, [0]),
        ("el domingo", SPELT_OUT, [2]),
        ("di sabato", SPELT_OUT, [1]),
        ("de segunda a sexta-feira", SPELT_OUT, [0]),
        ("op zaterdag", SPELT_OUT, [1]),
        ("Sa/So?", SPELT_OUT, [1, 2]),
        ("en agosto", ["juillet", "août", "septembre"], [1]),
        ("in August", ["Juli", "Aug–Sept", "1. Oktober"], [1]),
        ("on good friday", ["Karfreitag", "Ostermontag"], [0]),
        ("is it open fri and sat?", WEEK, [0, 1]),
        ("hours on sat and sun at the pool", WEEK, [1, 2]),
        ("fri-sun hours?", WEEK, [0, 1, 2]),
        ("the sat and sun hours", WEEK, [1, 2]),
        ("mon to wed", WEEK, [0]),
        ("on Monday", ["Mo, Di & Do 9–12", "Mi, Fr"], [0]),
        ("on Monday", ["segunda, quarta e sexta", "terça e quinta"], [0]),
        ("in July", ["junio a agosto", "mayo"], [0]),
        ("in June", ["mayo, junio y julio", "de agosto a octubre"], [0]),
        ("on December 31", ["24.12./31.12.", "24./25. Dezember"], [0]),
        ("on December 24", ["del 23 al 26 de diciembre", "27–30 december"], [0]),
        ("in 2021", ["2020-2022", "2023-2024"], [0]),
        ("on December 24", IN_FIGURES, [0]),
        ("on 25.12.", IN_FIGURES, [1]),
        ("on January 1", IN_FIGURES, [2]),
        ("on December 31", IN_FIGURES, [2]),
        ("on January 6", IN_FIGURES, [3]),
        ("am 4. Mai", COURSES, [0]),
        ("am 11.5.", COURSES, [1]),
        ("in Kurs 11.5.–17.5.?", COURSES, [1, 2]),
        ("on May 17", COURSES, [2]),
        ("am 1. Juni", COURSES, [3]),
        ("on October 3", ["Datum 3.10. Tag der Einheit", "24.12. (Heiligabend)"], [0]),
        ("im Juli", ["Sommer (1.4.–30.9.)", "Winter 1.10.–31.3."], [0]),
        ("on December 25", ["24.–26.12. Markt", "Open 27.12."], [0]),
        ("en juillet", ["Basse saison (1/4–30/6)", "Haute saison (1/7–31/8)"], [1]),
        ("on July 3", ["Summer season 1/7–31/8", "Winter season 1/9–30/6"], [0]),
        ("the 3rd of july", ["1–15 July", "16–31 July"], [0]),
        ("on Easter Sunday", ["Good Friday to Easter Monday", "Good Friday, Easter Monday"], [0]),
        ("on Holy Saturday", ["Karfreitag bis Ostermontag", "Whit Monday"], [0]),
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
        ("So, do you open? Me too, so-so.", WEEK),
        ("on Sunday", ["Do", "Di", "Ma–Do", "Santo Domingo", "Mardi Gras", "Mars bars with mayo"]),
        ("Is it open 24/7, and is 3/16 a size? What of version 1.2.?", FEASTS),
        ("le marché de Noël", FEASTS),
        ("Is there ketchup, mayo and mustard?", QUARTERS),
        ("on December 10", ["December 24, 9–12", "December 3 (5)"]),
        ("in 2024-06", SEASONS),
        ("on May 9", SECTIONS),
        ("on January 2", SECTIONS),
        ("in May", ["Drills 1/16–5/8", "Screws 1/4–15/16", "Bolts 3/8–1/2"]),
        ("on July 3", ["Good Friday to 31 October"]),
        ("on Easter Sunday", ["Good Friday to 31 October"]),
        ("le 6 août", ["5/7 août", "14 août (ou 6/8)"]),
        ("on August 9", ["14 August and perhaps 9.8. too"]),
    ],
)
def test_what_is_no_day_or_one_of_another_sort_tells_nothing(asked: str, labels: list[str]) -> None:
    assert {same_days(days_asked(asked), days_labelled(label)) for label in labels} == {None}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Is the shop open on Friday?", [True, False, False, None]),
        ("on Black Friday", [None, False, True, None]),
        ("on good friday", [None, True, False, None]),
        ("on May 25", [None, None, False, True]),
        ("on Monday", [True, False, False, None]),
    ],
)
def test_a_day_with_a_name_of_its_own_is_no_other_of_the_week(asked: str, told: list[bool | None]) -> None:
    assert [same_days(days_asked(asked), days_labelled(label)) for label in HOLIDAYS] == told


def test_the_season_of_days_of_the_week_is_no_date_of_theirs() -> None:
    assert days_labelled("Mon–Fri, May 1 to June 30").week == [(0, 4)]
    assert days_labelled("Monday, May 25").week == days_labelled("May 25 (Monday)").week == []
    assert days_labelled("Saturday, May to June").week == [(5, 5)]


@pytest.mark.parametrize(
    ("question", "labels", "asked", "plainly"),
    [
        ("I joined in 2019. How many days do I get?", YEARS, [0], False),
        ("I ordered on Saturday. When will it come with express?", WEEK, [1], False),
        ("How many days do I get if I joined in 2019?", YEARS, [0], False),
        ("I start in June. Which public holidays are you closed on?", CHRISTMAS, [], False),
        ("I start in June. Which public holidays are there in December?", CHRISTMAS, [0, 1], True),
        ("Today is Sunday. When is the hotline open next?", WEEK, [], False),
        ("I came on Sunday. Are you open on Saturday?", WEEK, [1], True),
        ("Are you open every day except Sunday?", WEEK, [], False),
        ("Do you deliver on the day after Saturday?", WEEK, [], False),
        ("What is it including breakfast in April?", ["March", "April"], [1], True),
        ("Are you open except for public holidays and Sundays?", WEEK, [], False),
        ("Which days other than Monday are you open?", WEEK, [], False),
        ("Are you there all week, including Sunday?", WEEK, [], False),
        ("Are you there daily, or not on Sunday?", WEEK, [], False),
        ("Are you open on Saturday, but not Sunday?", WEEK, [1], True),
        ("My name is April Smith. When is the shop closed?", ["March", "April"], [], False),
        ("I'm Friday Okafor, when do you open?", WEEK, [], False),
        ("When do you open? Thanks, May", ["April", "May"], [], False),
        ("My name is Ann, and I come in April. When do you open?", ["March", "April"], [1], False),
        ("How was it in 2027?", YEARS, [2], True),
        ("Today is Sunday. Are you open tomorrow?", WEEK, [0], False),
        ("It's Friday today, are you open tomorrow?", WEEK, [1], False),
        ("Today is Sunday. Were you open yesterday?", WEEK, [1], False),
        ("Today is Friday. Are you open the day after tomorrow?", WEEK, [2], False),
        ("Today is Sunday. Are you open today?", WEEK, [2], False),
        ("I came on Sunday. Are you open tomorrow?", WEEK, [], False),
        ("Heute ist Freitag. Hat das Bad morgen auf?", GERMAN, [1], False),
        ("Heute ist schon Samstag, hat das Bad übermorgen auf?", GERMAN, [0], False),
        ("Heute ist Sonntag. War gestern auf?", GERMAN, [1], False),
        ("Heute ist Samstag. Ist hier auf?", GERMAN, [1], False),
        ("Wann ist am Samstag morgen auf?", GERMAN, [1], True),
        ("Ich war am Freitag da. Ist morgen auf?", GERMAN, [], False),
        ("Hoy es viernes. ¿Abren mañana?", GERMAN, [1], False),
        ("Hoy es viernes. ¿Abren por la mañana?", GERMAN, [0], False),
        ("Mañana es domingo. ¿Abren hoy?", GERMAN, [], False),
        ("Hoy es sábado. ¿Abrieron ayer? ¿Y pasado mañana?", GERMAN, [0], False),
        ("Aujourd'hui c'est vendredi. Êtes-vous ouverts demain ?", GERMAN, [1], False),
        ("Aujourd’hui, nous sommes dimanche. Étiez-vous ouverts hier ?", GERMAN, [1], False),
        ("Ich habe am Samstag bestellt, wann kommt es?", GERMAN, [1], False),
        ("Compré algo el martes, ¿puedo devolverlo el sábado?", GERMAN, [1], True),
        ("Ich wurde am 24. Dezember operiert, wann darf ich baden?", FEASTS, [0], False),
        ("Oggi è sabato. Siete aperti domani?", GERMAN, [2], False),
        ("Hoje é sábado. Estão abertos amanhã?", GERMAN, [2], False),
        ("Vandaag is het vrijdag. Zijn jullie morgen open?", GERMAN, [1], False),
        ("I came on Sunday. Are you open today?", WEEK, [], False),
        ("Are you open tomorrow, Sunday?", WEEK, [2], True),
        ("Today is December 31. Are you open tomorrow?", FEASTS, [3], False),
        ("Today is February 30. Are you open tomorrow?", FEASTS, [], False),
        ("Do you deliver on the day after Christmas Day?", FEASTS, [], False),
        ("How many days do I get when I joined in 2019?", YEARS, [0], False),
        ("How many does somebody who joined in 2019 get?", YEARS, [0], False),
        ("How many are there for staff hired in 2019?", YEARS, [0], False),
        ("How many do I get, having joined in 2019?", YEARS, [0], False),
        ("How many do I get after I joined in June 2019?", YEARS, [0], False),
        ("I joined in 2019 how many do I get", YEARS, [0], False),
        ("How many do I get in 2021 when I joined in 2019?", YEARS, [0, 1], True),
        ("How many were hired in 2019?", YEARS, [0], True),
        ("Which customers joined in 2019?", YEARS, [0], True),
        ("When is it closed in 2021?", YEARS, [1], True),
        ("Are you open on Saturday plus sun?", WEEK, [1], False),
    ],
)
def test_a_day_beside_the_question_rather_tells_what_is_meant_than_what_is_not(
    question: str, labels: list[str], asked: list[int], plainly: bool
) -> None:
    held = [same_days(days_asked(question), days_labelled(label)) for label in labels]
    assert [place for place, one in enumerate(held) if one] == asked
    barred = [same_days(days_asked_plainly(question), days_labelled(label)) is not None for label in labels]
    assert any(barred) is plainly


def test_what_is_asked_of_the_past_is_held_against_the_labels_that_tell_of_it() -> None:
    asked = "How much is it when I ordered in 2022?"
    assert not days_asked_plainly(asked, "in 2023")
    assert labelled_in_column("in 2023", "Ordered") == "Ordered in 2023"
    assert days_asked_plainly(asked, "Ordered in 2023").years == [(2022, 2022)]
    assert labelled_in_column("Year 2023", "Year") == "Year 2023"
    assert labelled_in_column("Born 2023", "Born") == "Born 2023"
    assert labelled_in_column("wine", "Ordered") == "wine"


def test_figures_are_a_date_below_the_name_of_a_column_of_dates() -> None:
    assert labelled_in_column("3.10. Tag der Einheit", "Datum") == "Datum 3.10. Tag der Einheit"
    assert labelled_in_column("1.1. Trauung", "Nr.") == "1.1. Trauung"
    assert labelled_in_column("Datum 1.1.", "Datum") == "Datum 1.1."
    assert labelled_in_column("nach Absprache", "Datum") == "nach Absprache"


def test_days_left_out_are_told_apart_from_those_that_a_question_is_about_too() -> None:
    assert days_left_out("opening hours except Sunday").week == [(6, 6)]
    assert days_left_out("Which hours are there, but not on Sunday?").week == [(6, 6)]
    assert days_left_out("Which hours are there, außer Samstag?").week == [(5, 5)]
    assert not days_left_out("Are you open every day except Sunday?")
    assert not days_left_out("Which hours are there all week, including Sunday?")


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Are you open every day except Sunday?", "are you open every day ?"),
        ("I came on Sunday. Are you open tomorrow?", "i came on . are you open tomorrow?"),
        ("Today is Sunday. Are you open on Monday or tomorrow?", "today is . are you open on monday or tomorrow?"),
        ("Today is Sunday. Are you open?", "today is sunday. are you open?"),
    ],
)
def test_a_day_that_is_not_meant_names_no_row(question: str, left: str) -> None:
    assert " ".join(without_days_not_meant(question).lower().split()) == left


@pytest.mark.parametrize(
    "text",
    [
        "Where is order 2024?",
        "Is room 2021 free?",
        "call ext 2020",
        "PO Box 2021?",
        "model 2022?",
        "for 2000 users",
        "up to 2000?",
        "Can I protect it from the Sun?",
        "Is it for sun protection?",
        "I sat on it",
    ],
)
def test_what_counts_or_numbers_something_is_no_day(text: str) -> None:
    assert not days_named(text)


@given(st.text(), st.text())
def test_whatever_is_written_can_be_compared(asked: str, label: str) -> None:
    assert same_days(days_asked(asked), days_labelled(label)) in {True, False, None}
    assert same_days(days_asked_plainly(asked), days_labelled(label)) in {True, False, None}
