"""A unit that stands in the head of a column is told with the figures below it."""

import pytest

from knowledge.sentences import sentences_and_rows, tables_told

PARCELS = (
    "| Weight (kg) | Price ($) | Delivery (business days) |\n|---|---|---|\n"
    "| 0–2 | 5.90 | 3–5 |\n| 2–5 | 8.90 | 3–5 |\n| over 5 | on request | – |"
)


def told(head: str, cell: str) -> str:
    return tables_told(f"| Row | {head} |\n|---|---|\n| Leeds | {cell} |").removeprefix("Leeds: ")


def test_a_row_is_told_with_the_units_of_its_columns() -> None:
    rows = [
        "Weight 0–2 kg: Price: $5.90; Delivery: 3–5 business days",
        "Weight 2–5 kg: Price: $8.90; Delivery: 3–5 business days",
        "Weight over 5 kg: Price ($): on request; Delivery (business days): –",
    ]
    assert tables_told(PARCELS).split("\n") == rows
    assert [(one.text, one.row) for one in sentences_and_rows(PARCELS)] == [(row, row) for row in rows]


@pytest.mark.parametrize(
    ("head", "name", "cell"),
    [
        ("Price ($)", "Price", "$5"),
        ("Price (US$)", "Price", "US$5"),
        ("Price (€)", "Price", "€5"),
        ("Price [£]", "Price", "£5"),
        ("Price (USD)", "Price", "5 USD"),
        ("Price (in EUR)", "Price", "5 EUR"),
        ("Price in EUR", "Price", "5 EUR"),
        ("Price in €", "Price", "€5"),
        ("Price, CHF", "Price", "5 CHF"),
        ("Price (PLN)", "Price", "5 PLN"),
        ("Price (euros)", "Price", "5 euros"),
        ("Discount (%)", "Discount", "5%"),
        ("Discount, %", "Discount", "5%"),
        ("Discount (per cent)", "Discount", "5 per cent"),
        ("Weight [kg]", "Weight", "5 kg"),
        ("Weight, kg", "Weight", "5 kg"),
        ("Weight (KG)", "Weight", "5 KG"),
        ("Weight (in pounds)", "Weight", "5 pounds"),
        ("Length (cm)", "Length", "5 cm"),
        ("Depth (m)", "Depth", "5 m"),
        ("Distance (miles)", "Distance", "5 miles"),
        ("Tank (litres)", "Tank", "5 litres"),
        ("Area (m²)", "Area", "5 m²"),
        ("Area (sq ft)", "Area", "5 sq ft"),
        ("Temperature (°C)", "Temperature", "5 °C"),
        ("Storage (GB)", "Storage", "5 GB"),
        ("File size, MB", "File size", "5 MB"),
        ("Use (kWh)", "Use", "5 kWh"),
        ("Power (kW)", "Power", "5 kW"),
        ("Speed (km/h)", "Speed", "5 km/h"),
        ("Download [Mbit/s]", "Download", "5 Mbit/s"),
        ("Duration (min)", "Duration", "5 min"),
        ("Waiting time (h)", "Waiting time", "5 h"),
        ("Response time (hours)", "Response time", "5 hours"),
        ("Response (in seconds)", "Response", "5 seconds"),
        ("Delivery (days)", "Delivery", "5 days"),
        ("Delivery (in days)", "Delivery", "5 days"),
        ("Delivery time in days", "Delivery time", "5 days"),
        ("Delivery (working days)", "Delivery", "5 working days"),
        ("Delivery in calendar days", "Delivery", "5 calendar days"),
        ("Warranty (years)", "Warranty", "5 years"),
        ("Minimum stay (nights)", "Minimum stay", "5 nights"),
        ("**Weight (kg)**", "**Weight**", "5 kg"),
        ("Weight(kg)", "Weight", "5 kg"),
    ],
)
def test_a_unit_at_the_end_of_a_head_goes_to_the_figure(head: str, name: str, cell: str) -> None:
    assert told(head, "5") == f"{name}: {cell}"


@pytest.mark.parametrize(
    ("head", "cell", "figure"),
    [
        ("Price ($)", "5.90", "$5.90"),
        ("Price ($)", "1,200", "$1,200"),
        ("Price ($)", "5.90 – 8.90", "$5.90 – $8.90"),
        ("Price ($)", "5.90–8.90", "$5.90–$8.90"),
        ("Price ($)", "5 or 10", "$5 or $10"),
        ("Price ($)", "from 5", "from $5"),
        ("Price ($)", "from 5 to 8", "from $5 to $8"),
        ("Price ($)", "5+", "$5+"),
        ("Price ($)", "-5", "-$5"),
        ("Price (EUR)", "5.90 – 8.90", "5.90 – 8.90 EUR"),
        ("Discount (%)", "10–15", "10–15%"),
        ("Discount (%)", "up to 10", "up to 10%"),
        ("Weight (kg)", "up to 5", "up to 5 kg"),
        ("Weight (kg)", "Up to 5", "Up to 5 kg"),
        ("Weight (kg)", "≤ 5", "≤ 5 kg"),
        ("Weight (kg)", "5+", "5+ kg"),
        ("Weight (kg)", "5 or more", "5 kg or more"),
        ("Weight (kg)", "over 5, up to 10", "over 5, up to 10 kg"),
        ("Weight (kg)", "**5**", "**5 kg**"),
        ("Temperature (°C)", "-18 to −15", "-18 to −15 °C"),
        ("Delivery (days)", "at least 3", "at least 3 days"),
        ("Delivery (days)", "3 to 5", "3 to 5 days"),
    ],
)
def test_a_unit_stands_where_it_is_read_with_the_figure(head: str, cell: str, figure: str) -> None:
    assert told(head, cell) == f"{head.partition(' (')[0]}: {figure}"


@pytest.mark.parametrize(
    "cell",
    ["free", "on request", "–", "n/a", "$5", "5 kg", "5 (members 4)", "3 days", "5:30", "1/2", "2.0.1", "A5", "~7~ 5"],
)
def test_a_cell_of_words_or_with_a_unit_is_told_as_it_stands(cell: str) -> None:
    assert told("Price (€)", cell) == f"Price (€): {cell}"
    assert told("Delivery (days)", cell) == f"Delivery (days): {cell}"


@pytest.mark.parametrize(
    "head",
    [
        "Price",
        "Price (net)",
        "Price (€ per month)",
        "Price (month)",  # for each
        "Price per parcel (kg)",
        "Fee (days)",
        "Item(s)",
        "Plan (A)",
        "Vitamin (C)",
        "Size (L)",
        "Order (min)",
        "Prize (second)",
        "Seats (bar)",
        "Delivery (GB)",
        "Delivery in GB",
        "Opening hours (days)",
        "Open (hours)",
        "Hours (weekdays)",
        "Drop in hours",
        "Depth, m",
        "Days",
        "(kg)",
        "€",
        "Hours, minutes",
        "Age (years)",
        "Sold in stores",
        "Support (business hours)",
        "",
    ],
)
def test_what_may_be_no_unit_of_the_figures_stays_in_the_head(head: str) -> None:
    assert told(head, "5") == (f"{head}: 5" if head else "5")


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("| Weight (kg) | Price ($) |\n|---|---|", "Weight (kg): Price ($)"),
        ("| 0–2 | 5.90 |\n| 2–5 | 8.90 |", "0–2: 5.90\n2–5: 8.90"),
        ("| Weight (kg) | UK | France |\n|---|---|---|\n| 2 | 5 | 8 |", "Weight 2 kg: UK: 5; France: 8"),
        (
            "| Weight | Price |\n|---|---|\n| (kg) | ($) |\n| 0–2 | 5.90 |",
            "(kg): Price: ($)\nWeight 0–2: Price: 5.90",
        ),
        ("| Order value ($) | Post (%) |\n|---|---|\n| 0–50 | 5 |", "Order value $0–$50: Post: 5%"),
        ("| Weight of the parcel with its box (kg) | Zone |\n|---|---|\n| 5 | 2 |", "5 kg: Zone: 2"),
        ("| Weight (kg) | Zone |\n|---|---|\n| all | 2 |\n| | 3 |", "all: Zone: 2\nZone: 3"),
        ("| Size | Price ($) |\n|---|---|\n| small | 5 | 6 |", "small: Price: $5; 6"),
        ("| Age (years) | Price ($) |\n|---|---|\n| 4–15 | 5 |", "Age (years) 4–15: Price: $5"),
    ],
)
def test_no_cell_of_a_table_is_lost_for_its_units(table: str, rows: str) -> None:
    assert tables_told(table) == rows


def test_the_text_around_a_table_stays_as_it_is() -> None:
    text = "Weight (kg)\n\nPrice ($) 5.90\n\nA | Price ($)\n\n- Price ($): 5.90"
    assert tables_told(text) == text
