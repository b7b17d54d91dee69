"""Of a long row those cells are told that are asked for, where its columns are choices of one kind."""

import pytest

from bot.quoting.cells import of_columns_asked
from bot.quoting.evidence import evidence_in
from knowledge.documents import Passage

MISSED = """
| Notice given | NHS patients | Private patients, visits up to 60 minutes | Private patients, visits over 60 minutes |
|---|---|---|---|
| Less than 24 hours | no charge, but it counts as a missed visit | £25 | £80 |
| Not attended | no charge, but it counts as a missed visit | £35 | full deposit kept |
"""
PRINTS = """
| Paper | Black and white | Colour |
|---|---|---|
| A4 paper, for each side | 5p | 20p |
| A3 paper, for each side | 10p | 40p |
| Scanning to a file or a mailbox | free | free |
"""
PRINTS_IN_GERMAN = """
| Papier | Schwarzweiß | Farbe |
|---|---|---|
| A4, für jede Seite, auch von einem Stick oder aus dem Postfach gedruckt, solange Papier da ist | 5 Cent | 20 Cent |
| A3 | 10 Cent | 40 Cent |
"""
TARIFFS = """
| Tariff | Electricity, per kWh | Standing charge, per day | Gas, per kWh | Fixed until | Exit fee per fuel |
|---|---|---|---|---|---|
| Variable | 26.1p | 53.2p | 6.3p | not fixed | none |
| Fix 12 | 24.8p | 51.9p | 5.9p | 12 months after start | £50 |
| Night Saver | 14.2p from 00:30 to 05:30, 29.7p otherwise | 53.2p | 6.3p | not fixed | none |
"""
PLANS = """
| Treatment | Pay as you go | Harbour Plan members |
|---|---|---|
| Root canal treatment of a molar, with everything that belongs to it | £580 | £464 |
| Check-up | £52 | included |
"""
IMAGES = """
| Image | Price | Postage | Time |
|---|---|---|---|
| High resolution, for print, as a TIFF file of at least 300 dpi, on a disc | £9 | £4 | 20 working days |
| Low resolution | £1.50 | £4 | 10 working days |
"""
TICKETS = """
| Ticket | Adult | Child |
|---|---|---|
| Day ticket for all zones of the city and for the boats on the river and the lake | £9 | £4 |
| Single | £3 | £1 |
"""
ZOO = """
| Ticket | Adult | Child | Student | Senior |
|---|---|---|---|---|
| Day ticket | €24.00 online | €12.00 online | €18.00 online | €20.00 online |
| Annual ticket, valid for one year from the first visit on | €89.00 | €45.00 | €65.00 | €75.00 |
"""
ZOO_IN_FRENCH = """
| Billet | Adulte | Enfant | Senior |
|---|---|---|---|
| Billet jour, valable pendant toute la journée, avec les visites et le petit train | 24,00 € | 12,00 € | 20,00 € |
| Billet annuel | 89,00 € | 45,00 € | 75,00 € |
"""
MEALS = """
| Meal | Infants | Juniors | Staff |
|---|---|---|---|
| Lunch in the hall of the school, with a drink and some fruit, on every day of the term | £2.10 | £2.40 | £4.20 |
| Breakfast club | £1.50 | £1.80 | £3.00 |
"""
ROOMS = """
| Season | Single room | Double room | Suite |
|---|---|---|---|
| Summer, from 1 May to 30 September, also on public holidays | €120 with breakfast | €180 with breakfast | €320 |
| Winter | €90 with breakfast | €140 with breakfast | €250 |
"""
PARCELS = """
| Country | Standard price | Standard time | Express price | Express time |
|---|---|---|---|---|
| France | €9.90 for each parcel | 5 working days, islands 8 | €19.90 for each parcel | 2 working days, islands 4 |
| Norway | €14.90 | 7 working days | €29.90 | 3 working days |
"""
PARKING = """
| Car park | Weekdays per hour | Weekends per hour | Night flat rate |
|---|---|---|---|
| North, beside the station and the cinema | £2.00 up to 10 hours | £1.00 up to 10 hours | £5.00 from 8 pm |
| South | £3.00 | £1.50 | £6.00 |
"""
TIMES = """
| Way of the parcel | Processing | Norway |
|---|---|---|
| Standard parcel, handed in at a post office before the evening of a working day | one day | 5 to 7 days |
| Express parcel | one day | 2 days |
"""


def told(question: str, table: str, row: str) -> str:
    rows = evidence_in(Passage("d#0", "d", "s", "Help", "", "Rules", table, 0))
    return "\n".join(one.text for one in of_columns_asked(question, [one for one in rows if row in one.text], rows))


@pytest.mark.parametrize(
    ("question", "table", "row", "text"),
    [
        (
            "Do NHS patients get charged for missing an appointment?",
            MISSED,
            "Not attended",
            "Not attended: NHS patients: no charge, but it counts as a missed visit",
        ),
        (
            "how much does it cost to print 10 pages in colour?",
            PRINTS,
            "",
            "A4 paper, for each side: Colour: 20p\nA3 paper, for each side: Colour: 40p\n"
            "Scanning to a file or a mailbox: Colour: free",
        ),
        (
            "and for gas?",
            TARIFFS,
            "Fix 12",
            "Fix 12: Standing charge, per day: 51.9p; Gas, per kWh: 5.9p; Fixed until: 12 months after start; "
            "Exit fee per fuel: £50",
        ),
        (
            "What does a child pay?",
            TICKETS,
            "Day ticket",
            "Day ticket for all zones of the city and for the boats on the river and the lake: Child: £4",
        ),
        (
            "As a student, how much is the annual ticket?",
            ZOO,
            "Annual",
            "Annual ticket, valid for one year from the first visit on: Student: €65.00",
        ),
        (
            "My parents come. What is the child price for a year?",
            ZOO,
            "Annual",
            "Annual ticket, valid for one year from the first visit on: Child: €45.00",
        ),
        (
            "How much is a double room in May?",
            ROOMS,
            "Summer",
            "Summer, from 1 May to 30 September, also on public holidays: Double room: €180 with breakfast",
        ),
        (
            "How much is express shipping to Norway?",
            PARCELS,
            "Norway",
            "Norway: Express price: €29.90; Express time: 3 working days",
        ),
        (
            "How much is the suite in summer?",
            ROOMS,
            "Summer",
            "Summer, from 1 May to 30 September, also on public holidays: Suite: €320",
        ),
        (
            "What does North cost on weekends?",
            PARKING,
            "North",
            "North, beside the station and the cinema: Weekends per hour: £1.00 up to 10 hours; "
            "Night flat rate: £5.00 from 8 pm",
        ),
        (
            "What is the price for staff?",
            MEALS,
            "Lunch",
            "Lunch in the hall of the school, with a drink and some fruit, on every day of the term: Staff: £4.20",
        ),
    ],
)
def test_a_column_that_is_named_is_told_without_those_that_are_other_choices(
    question: str, table: str, row: str, text: str
) -> None:
    assert told(question, table, row) == text


@pytest.mark.parametrize(
    ("question", "table", "row"),
    [
        ("Do I get charged for missing an appointment?", MISSED, "Not attended"),  # names none
        ("What do private patients pay for missing an appointment?", MISSED, "Not attended"),
        ("Do NHS patients pay for missing an appointment like private ones?", MISSED, "Not attended"),
        ("What does a root canal on a molar cost if I'm not on the Harbour plan?", PLANS, "Root"),
        ("I am on the Essential plan, what does a root canal cost?", PLANS, "Root"),  # only a part of its name
        ("What do I have to pay for a root canal?", PLANS, "Root"),
        ("Is it more for colour?", PRINTS, ""),
        ("What does it cost in colour and on both sides?", PRINTS, ""),
        ("What's the price of a TIFF?", IMAGES, "High"),  # postage and time are no choices instead of the price
        ("What do two adults and three children pay?", TICKETS, "Day ticket"),
        ("What does a child pay with an adult?", TICKETS, "Day ticket"),
        ("What do I pay for a child in a family?", TICKETS, "Day ticket"),
        ("How long does it take to Norway?", TIMES, "Standard"),
        ("What is the exit fee per fuel?", TARIFFS, "Fix 12"),
        ("Standard shipping to France is too slow. What does it cost to have it faster?", PARCELS, "France"),
        ("Standard shipping takes ages. What does it cost to France in a hurry?", PARCELS, "France"),
        ("I park at North on weekdays; how much is it for Sunday?", PARKING, "North"),
        ("My wife is a senior. How much would an annual ticket be for me?", ZOO, "Annual"),
        ("I am a student. What does an annual ticket cost my son?", ZOO, "Annual"),
        ("I'm here for a student. What does an annual ticket cost me?", ZOO, "Annual"),
        ("Is there a price for kids? I am an adult.", ZOO, "Annual"),
        ("Our double room is noisy. What does a quiet room cost in May?", ROOMS, "Summer"),
        ("I booked a single room in June; what's the price for a bigger room?", ROOMS, "Summer"),
        ("What would I pay if I upgrade from the single room in June?", ROOMS, "Summer"),
        ("How much do I save on the annual ticket as a student?", ZOO, "Annual"),
        ("I used to be a student, how much is the annual ticket now?", ZOO, "Annual"),
        ("What does an annual ticket cost once I stop being a student?", ZOO, "Annual"),
        ("My son is too old for a child ticket; what does an annual ticket cost him?", ZOO, "Annual"),
        ("What annual ticket is there besides the student one?", ZOO, "Annual"),
        ("What does the annual ticket cost for me with my child?", ZOO, "Annual"),
        ("What does the annual ticket cost for an adult, two kids?", ZOO, "Annual"),
        ("Is there a ticket for a student? What does it cost for a year?", ZOO, "Annual"),
        ("Can your staff tell me what the meals cost?", MEALS, "Lunch"),
        ("Do staff know what the meals cost?", MEALS, "Lunch"),
        ("Have a member of staff tell me what lunch costs", MEALS, "Lunch"),
        ("Combien coûte un billet jour pour un adulte ?", ZOO_IN_FRENCH, "jour"),
        ("Combien coûte le billet jour pour un adulte qui vient accompagné de deux petits ?", ZOO_IN_FRENCH, "jour"),
        ("Was kostet bei euch heute das zweite gedruckte Blatt statt in Farbe?", PRINTS_IN_GERMAN, "A4"),
        ("What annual ticket is there besides the ticket for a student?", ZOO, "Annual"),
        ("What if my son is too old for a child ticket?", ZOO, "Annual"),
        ("What do I pay when I stop paying the annual price for a student?", ZOO, "Annual"),
        ("What does it cost to upgrade an annual ticket for a child?", ZOO, "Annual"),
    ],
)
def test_rows_stay_whole_where_another_column_may_matter(question: str, table: str, row: str) -> None:
    rows = evidence_in(Passage("d#0", "d", "s", "Help", "", "Rules", table, 0))
    assert told(question, table, row) == "\n".join(one.text for one in rows if row in one.text)


def test_rows_stay_whole_for_a_long_story() -> None:
    asked = "Hello. " * 70 + "What is the child price for a year?"
    assert told(asked, ZOO, "Annual").count("€") == 4


def test_short_rows_stay_whole() -> None:
    head = "| Top-up | Smart prepayment | Key or card meter |\n|---|---|---|\n"
    short = f"{head}| Smallest | £5 | £1 |\n| Largest | £249 | £49 |"
    asked = "How much can I top up on a key meter?"
    assert told(asked, short, "Largest") == "Largest: Smart prepayment: £249; Key or card meter: £49"
    long = short.replace("Largest", "Largest top-up that a shop, the app or the website takes in one go")
    assert told(asked, long, "Largest").endswith("in one go: Key or card meter: £49")
