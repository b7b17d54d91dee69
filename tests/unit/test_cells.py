"""Of a long row those cells are told that are asked for, where its columns are choices of one kind."""

import pytest

from bot.cells import of_columns_asked
from bot.evidence import evidence_in
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
    ],
)
def test_rows_stay_whole_where_another_column_may_matter(question: str, table: str, row: str) -> None:
    rows = evidence_in(Passage("d#0", "d", "s", "Help", "", "Rules", table, 0))
    assert told(question, table, row) == "\n".join(one.text for one in rows if row in one.text)


def test_short_rows_stay_whole() -> None:
    head = "| Top-up | Smart prepayment | Key or card meter |\n|---|---|---|\n"
    short = f"{head}| Smallest | £5 | £1 |\n| Largest | £249 | £49 |"
    asked = "How much can I top up on a key meter?"
    assert told(asked, short, "Largest") == "Largest: Smart prepayment: £249; Key or card meter: £49"
    long = short.replace("Largest", "Largest top-up that a shop, the app or the website takes in one go")
    assert told(asked, long, "Largest").endswith("in one go: Key or card meter: £49")
