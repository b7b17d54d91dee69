"""PDFs, office files and mails become Markdown; those that are broken or meant to harm are named, and do none."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import openpyxl
import pptx
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font
from pptx.util import Inches

from knowledge.documents import Document, Scope, Skipped
from knowledge.parsing import UnreadableDocument, html_to_markdown, parse, workers
from knowledge.sources.files import Files, FilesOptions
from tests.integration.knowledge.files import PROTECTED, WORD, Link, Text, archive, docx, leading_to, paragraph, pdf

WORDS = ("The customer may return any item within thirty days of purchase provided that it is unused " * 40).split()


def prose(left: float, top: float, lines: int, words: int) -> list[Text]:
    return [(left, top - 13 * i, 10, False, " ".join(WORDS[i * words : (i + 1) * words])) for i in range(lines)]


def refusal(raw: bytes, name: str) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        parse(raw, name)
    return str(caught.value)


# ------------------------------------------------------------------ PDF


def test_a_pdf_gets_headings_joined_paragraphs_and_lists_and_loses_page_numbers() -> None:
    pages: list[list[Text | str]] = [
        [
            (72, 720, 20, True, "Refund Policy"),
            (72, 680, 14, True, "1. Returns"),
            (72, 660, 10, False, "You may return items within 30 days of the pur-"),
            (72, 647, 10, False, "chase. Refunds go to the card that was used for"),
            (72, 634, 10, False, "the order."),
            (72, 610, 10, False, "• In the box"),
            (72, 597, 10, False, "• Unused"),
            (300, 30, 9, False, "Page 1 of 2"),
        ],
        [
            (72, 720, 14, True, "2. Exchanges"),
            (72, 700, 10, False, "They are free."),
            (300, 30, 9, False, "Page 2 of 2"),
        ],
    ]
    parsed = parse(pdf(pages, info="<< /Title (Refunds) /ModDate (D:20230405101112Z) >>"), "a.pdf")
    assert parsed.text == (
        "# Refund Policy\n\n## 1. Returns\n\nYou may return items within 30 days of the purchase. Refunds go to"
        " the card that was used for the order.\n\n- In the box\n- Unused\n\n## 2. Exchanges\n\nThey are free.\n"
    )
    assert (parsed.title, parsed.updated) == ("Refund Policy", date(2023, 4, 5))


def test_columns_of_a_pdf_are_read_one_after_the_other() -> None:
    left, right = (
        prose(60, 700, 6, 7),
        [(320, y, size, bold, text.upper()) for _, y, size, bold, text in prose(60, 700, 6, 7)],
    )
    both = [one for pair in zip(left, right, strict=True) for one in pair]
    text = parse(pdf([[(72, 740, 18, True, "A Title Above Both Columns"), *both]]), "a.pdf").text
    words = text.removeprefix("# A Title Above Both Columns").split()
    assert [word.isupper() for word in words] == [False] * 42 + [True] * 42


def test_narrow_columns_of_a_pdf_are_read_one_after_the_other() -> None:
    left = (
        *("Returns are free within the", "thirty days that follow the", "delivery. Send the item back"),
        *("in its box, unused, and with", "the label that came with it.", "We refund the card you paid"),
    )
    right = (
        *("Shipping to Norway takes five", "working days and is paid by", "the customer. Parcels above"),
        *("twenty kilos are brought by", "a carrier, who calls the day", "before. Nobody is at home? He"),
    )
    runs = [
        (x, 700 - 12 * n, 10.0, False, text)
        for n, pair in enumerate(zip(left, right, strict=True))
        for x, text in zip((72.0, 340.0), pair, strict=True)
    ]
    text = " ".join(parse(pdf([runs]), "a.pdf").text.split())
    assert text == " ".join([*left, *right])


def test_labels_and_their_values_in_a_pdf_stay_together() -> None:
    rows = [
        ("Standard delivery to Norway", "Five working days, 12 euros"),
        ("Express delivery to Norway", "Two working days, 25 euros"),
        ("Standard delivery to Iceland", "Nine working days, 19 euros"),
        ("Express delivery to Iceland", "Three working days, 39 euros"),
        ("Returns from both of them", "Paid by the customer, always"),
    ]
    runs = [
        (x, 700 - 12 * n, 10.0, False, text)
        for n, pair in enumerate(rows)
        for x, text in zip((72.0, 340.0), pair, strict=True)
    ]
    text = " ".join(parse(pdf([runs]), "a.pdf").text.split())
    assert text == " ".join(" ".join(row) for row in rows)


def test_a_ruled_table_of_a_pdf_stays_a_table() -> None:
    rules = "".join(f"{x} 500 m {x} 600 l S " for x in (70, 200, 330, 460))
    rules += "".join(f"70 {y} m 460 {y} l S " for y in (500, 525, 550, 575, 600))
    rows = [
        ["Plan", "Price", "Refund"],
        ["Basic", "10 EUR", "14 days"],
        ["Pro", "20 EUR", "30 days"],
        ["Team", "50 EUR", ""],
    ]
    cells = [(80 + 130 * c, 580 - 25 * r, 10, False, text) for r, row in enumerate(rows) for c, text in enumerate(row)]
    text = parse(
        pdf([[(72, 640, 10, False, "Our plans:"), rules, *cells, (72, 470, 10, False, "Without tax.")]]), "a.pdf"
    ).text
    assert text == (
        "Our plans:\n\n| Plan | Price | Refund |\n| --- | --- | --- |\n| Basic | 10 EUR | 14 days |\n"
        "| Pro | 20 EUR | 30 days |\n| Team | 50 EUR |  |\n\nWithout tax.\n"
    )


def test_a_table_without_rules_stays_a_table() -> None:
    rows = [["Plan", "Monthly", "Yearly"], ["Basic", "10", "100"], ["Pro", "20", "200"]]
    cells = [(72 + 150 * c, 700 - 14 * r, 10, r == 0, text) for r, row in enumerate(rows) for c, text in enumerate(row)]
    text = parse(pdf([[*cells, (72, 640, 10, False, "Name:"), (200, 640, 10, False, "Example Ltd.")]]), "a.pdf").text
    assert text == (
        "| Plan | Monthly | Yearly |\n| --- | --- | --- |\n| Basic | 10 | 100 |\n| Pro | 20 | 200 |\n\n"
        "Name: Example Ltd.\n"
    )


def grid(rows: list[list[str]], top: float, left: float = 72, across: float = 150, bold: bool = False) -> list[Text]:
    return [
        (left + across * c, top - 14 * r, 10, bold and r == 0, text)
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]


def test_numbers_of_a_table_at_the_foot_of_a_page_are_no_page_numbers() -> None:
    zones = [["Zone", "Days", "Fee"], ["North", "3", "10"], ["South", "5", "25"], ["East", "6", "35"]]
    table = "| Zone | Days | Fee |\n| --- | --- | --- |\n| North | 3 | 10 |\n| South | 5 | 25 |\n| East | 6 | 35 |\n"
    for number in ([], [(300.0, 30.0, 9.0, False, "7")]):
        page = [*prose(60, 700, 20, 12), *grid(zones, 105), *number]
        assert parse(pdf([page]), "a.pdf").text.endswith(table)
    numbers = [["1990", "3", "10"], ["1991", "5", "25"], ["1992", "6", "35"]]
    text = parse(pdf([[*prose(60, 700, 20, 12), *grid(numbers, 90)]]), "a.pdf").text
    assert text.endswith("| 1992 | 6 | 35 |\n")


def test_cells_at_the_foot_of_every_page_are_no_footers() -> None:
    footer = grid([["Example Ltd.", "Version 2", "Page 1"]], 30)
    pages = [
        [*prose(60, 700, 20, 12), *grid([[f"{zone}{n}", f"{n} days", "free"] for n in (1, 2, 3)], 95), *footer]
        for zone in ("North", "South", "East", "West")
    ]
    text = parse(pdf(pages), "a.pdf").text
    assert [text.count(f"| {zone}3 | 3 days | free |") for zone in ("North", "South", "East", "West")] == [1] * 4
    assert "Example Ltd." not in text and "Page" not in text


def test_an_amount_at_the_edge_of_a_page_is_no_page_number() -> None:
    first = [*prose(60, 700, 20, 12), (60, 60, 10, False, "The fee for a reminder that is sent by letter is EUR")]
    text = parse(pdf([[*first, (60, 47, 10, False, "25.")], [(60, 760, 10, False, "10 %"), *first]]), "a.pdf").text
    assert "letter is EUR 25." in text and "10 %" in text


def ruled(rows: list[list[str]], top: int, bold: bool = False) -> list[Text | str]:
    bottom = top - 25 * len(rows)
    rules = "".join(f"{x} {bottom} m {x} {top} l S " for x in (70, 200, 330, 460))
    rules += "".join(f"70 {y} m 460 {y} l S " for y in range(bottom, top + 1, 25))
    cells = [
        (80 + 130 * c, top - 20 - 25 * r, 10, bold and r == 0, text)
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return [rules, *cells]


NAMES = ["Country", "Standard", "Express"]
DAYS = [["Germany", "3 days", "1 day"], ["France", "5 days", "2 days"], ["Spain", "7 days", "3 days"]]
MORE = [["Italy", "8 days", "4 days"], ["Malta", "9 days", "6 days"]]
TABLE = "| Country | Standard | Express |\n| --- | --- | --- |\n"
ROWS = "".join(f"| {' | '.join(row)} |\n" for row in DAYS + MORE)


@pytest.mark.parametrize("rules", [True, False], ids=["ruled", "without rules"])
@pytest.mark.parametrize("repeated", [True, False], ids=["names repeated", "names once"])
@pytest.mark.parametrize("between", [True, False], ids=["with header and footer", "bare"])
def test_a_table_over_two_pages_keeps_the_names_of_its_columns(rules: bool, repeated: bool, between: bool) -> None:
    def table(rows: list[list[str]], top: int) -> list[Text | str]:
        return ruled(rows, top) if rules else [*grid(rows, top)]

    below = [NAMES, *MORE] if repeated else MORE
    first: list[Text | str] = [*prose(60, 700, 20, 12), *table([NAMES, *DAYS], 200)]
    second: list[Text | str] = [*table(below, 700), (60, 500, 10, False, "Without tax, as always.")]
    if between:
        first += [(72, 30, 8, False, "Example Ltd."), (300, 30, 8, False, "1")]
        second = [(72, 770, 8, False, "Shipping"), *second]
    text = parse(pdf([first, second]), "a.pdf").text
    assert TABLE + ROWS in text and text.count("Country") == 1
    assert text.endswith("Without tax, as always.\n")


def test_another_table_at_the_top_of_the_next_page_stays_another() -> None:
    fees = [["Parcel", "Price", "Weight"], ["Small", "5 EUR", "2 kg"], ["Large", "9 EUR", "9 kg"]]
    first = [*prose(60, 700, 20, 12), *ruled([NAMES, *DAYS], 200, bold=True)]
    both = parse(pdf([first, ruled(fees, 700, bold=True)]), "a.pdf").text
    assert "| Parcel | Price | Weight |\n| --- |" in both
    headed = parse(pdf([first, [(72, 720, 16, True, "Fees"), *ruled(fees, 700)]]), "a.pdf").text
    assert "# Fees\n\n| Parcel | Price | Weight |\n| --- |" in headed


def test_bullets_of_symbol_fonts_and_hyphens_after_numbers_are_read() -> None:
    lines = ["Unused items can be sent back as the 30-", "day rule says, if they are com-", "plete and in their box:"]
    page = [(50, 700 - 12 * i, 10, False, line) for i, line in enumerate(lines)]
    page += [(50, 640 - 12 * i, 10, False, f"ƒ Item number {i} of the list") for i in range(2)]
    raw = pdf([page]).replace(
        b"/Encoding /WinAnsiEncoding", b"/Encoding << /BaseEncoding /WinAnsiEncoding /Differences [131 /uniF0B7] >>"
    )
    assert parse(raw, "a.pdf").text == (
        "Unused items can be sent back as the 30-day rule says, if they are complete and in their box:\n\n"
        "- Item number 0 of the list\n- Item number 1 of the list\n"
    )


def test_pages_of_a_pdf_that_are_pictures_are_named() -> None:
    picture = "q 500 0 0 700 50 50 cm /Im Do Q"
    raw = pdf([prose(50, 700, 8, 12), [picture], prose(50, 700, 8, 12), [picture, (50, 50, 10, False, "3")], []])
    assert parse(raw, "a.pdf").unread == (
        "2 of its pages (2, 4) are pictures without text, which nobody can search (run text recognition)."
    )
    assert parse(pdf([[picture, *prose(50, 700, 8, 12)]]), "a.pdf").unread == ""


def test_of_many_pages_that_are_pictures_the_first_are_named() -> None:
    picture = "q 500 0 0 700 50 50 cm /Im Do Q"
    raw = pdf([prose(50, 700, 8, 12), *[[picture] for _ in range(12)]])
    assert parse(raw, "a.pdf").unread.startswith("12 of its pages (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …) are pictures")


def test_three_hundred_pages_are_read_without_their_headers_and_footers() -> None:
    pages = [
        [
            (72, 770, 8, False, "Example Ltd. Handbook"),
            (72, 740, 14, True, f"Section {i + 1}"),
            *prose(60, 700, 20, 12),
            (300, 20, 8, False, str(i + 1)),
        ]
        for i in range(300)
    ]
    text = parse(pdf(pages), "a.pdf").text
    assert text.count("# Section ") == 300
    assert "Handbook" not in text
    assert text.count(" ".join(WORDS[:200])) == 300


def test_a_raised_digit_of_a_pdf_is_no_digit_of_the_number_before_it() -> None:
    raised = " /R 6 Tf 4 Ts ({}) Tj 0 Ts /R 10 Tf "
    line = f"BT /R 10 Tf 72 600 Td (Within 30) Tj{raised.format(1)}( days, 20 m) Tj{raised.format(2)}( and H) Tj"
    line += " /R 6 Tf -3 Ts (2) Tj 0 Ts /R 10 Tf (O, 14 days.) Tj ET"
    text = parse(pdf([[line, (72, 500, 10, False, "That is all.")]]), "a.pdf").text
    assert text == "Within 30 days, 20 m² and H2O, 14 days.\n\nThat is all.\n"


FORM, TERMS = "https://example.com/form(2)?a=b c", "https://example.com/terms"


def test_links_of_a_pdf_keep_their_addresses() -> None:
    quads = "140 696 184 696 140 685 184 685 72 683 121 683 72 672 121 672"
    page: list[Text | str | Link] = [
        (72, 730, 16, True, "Claims and terms"),
        (72, 700, 10, False, "To claim a refund, apply here. See our terms for the 30-"),
        (72, 687, 10, False, "day rule (by the online re-"),
        (72, 674, 10, False, "fund form) or write to help@example.com."),
        (72, 650, 10, False, "• Track it"),
        leading_to(TERMS, 70, 725, 300, 750),
        leading_to(FORM, 154, 697, 200, 710),
        leading_to(TERMS, 244, 697, 270, 710),
        Link(72, 672, 184, 696, "/A << /S /URI /URI (https://example.com/refund) >>", quads),
        leading_to("mailto:help@example.com", 167, 671, 258, 684),
        leading_to("https://example.com/track", 70, 648, 112, 660),
        Link(92, 685, 107, 697, "/Dest [6 0 R /Fit]"),
        leading_to("javascript:alert(1)", 72, 685, 88, 697),
    ]
    parsed = parse(pdf([page]), "a.pdf")
    assert parsed.text == (
        "# [Claims and terms](https://example.com/terms)\n\n"
        "To claim a refund, [apply here](https://example.com/form%282%29?a=b%20c). "
        "See our [terms](https://example.com/terms) for the 30-day rule "
        "(by the [online refund form](https://example.com/refund)) or write to help@example.com.\n\n"
        "- [Track it](https://example.com/track)\n"
    )
    assert parsed.title == "Claims and terms"


@pytest.mark.parametrize("is_linked", [True, False])
def test_an_address_over_two_lines_of_a_pdf_is_whole(is_linked: bool) -> None:
    address = "https://example.com/returns/within-thirty-days"
    page: list[Text | str | Link] = [
        (72, 700, 10, False, "All of it is told at https://example.com/returns/within-"),
        (72, 687, 10, False, "thirty-days."),
    ]
    if is_linked:
        page += [leading_to(address, 150, 697, 400, 710), leading_to(address, 72, 684, 127, 696)]
    assert parse(pdf([page]), "a.pdf").text == f"All of it is told at {address}.\n"


@pytest.mark.parametrize("rules", [True, False], ids=["ruled", "without rules"])
def test_links_in_a_table_of_a_pdf_keep_their_addresses(rules: bool) -> None:
    rows = [NAMES, ["Germany", "3 days", "see here"], ["France", "none", "see here"]]
    left, tops = (335, (664, 639)) if rules else (371, (674, 660))
    links = [leading_to(f"https://example.com/{i}", left, top - 12, 540, top) for i, top in enumerate(tops)]
    text = parse(pdf([[*(ruled(rows, 700) if rules else grid(rows, 680)), *links]]), "a.pdf").text
    assert "| Germany | 3 days | [see here](https://example.com/0) |" in text
    assert "| France | none | [see here](https://example.com/1) |" in text


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (pdf([[(72, 700, 10, False, "Words that nobody may read.")]], encrypt=PROTECTED), "protected by a password"),
        (pdf([[], []], image=True), r"its 2 pages are pictures without text.*\(OCR\)"),
        (pdf([[]]), "no text"),
        (pdf([prose(60, 700, 20, 12)])[:900], "broken PDF"),
        (b"%PDF-1.7\n" + b"garbage" * 1000, "broken PDF"),
        (b"37signals Security Overview.pdf", "called a PDF, and is none"),
    ],
    ids=["protected", "scanned", "empty", "truncated", "garbage", "text"],
)
def test_a_pdf_that_cannot_be_read_is_named_with_its_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        parse(raw, "a.pdf")


# ------------------------------------------------------------------ office files


def cell(*texts: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(map(paragraph, texts))}</w:tc>"


def test_a_word_file_keeps_its_headings_and_tables_with_merged_cells() -> None:
    rows = (
        [cell("Plan"), cell("Refund", properties='<w:gridSpan w:val="2"/>')],
        [cell("Basic", properties='<w:vMerge w:val="restart"/>'), cell("EU", "and UK"), cell("30 days")],
        [cell("", properties="<w:vMerge/>"), cell("US"), cell("14 days")],
    )
    table = "<w:tbl>" + "".join("<w:tr>" + "".join(row) + "</w:tr>" for row in rows) + "</w:tbl>"
    body = paragraph("Returns", "Heading1") + paragraph("Send it back.") + paragraph("Plans", "Heading2") + table
    parsed = parse(docx(body, title="Returns policy"), "a.docx")
    assert parsed.text.strip() == (
        "# Returns\n\nSend it back.\n\n## Plans\n\n| Plan | Refund | Refund |\n| --- | --- | --- |\n"
        "| Basic | EU; and UK | 30 days |\n| Basic | US | 14 days |"
    )
    assert (parsed.title, parsed.updated) == ("Returns policy", date(2024, 5, 6))


def test_a_table_in_a_table_of_a_word_file_is_told_once_and_whole() -> None:
    def table(*rows: tuple[str, ...]) -> str:
        return "<w:tbl>" + "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows) + "</w:tbl>"

    fees = table((cell("Zone"), cell("Fee"), cell("Days")), (cell("EU"), cell("5"), cell("2")))
    inner = f"<w:tc>{paragraph('See:')}{fees}{paragraph('All net.')}</w:tc>"
    data = table((cell("Plan"), cell("Days"), cell("Shipping")), (cell("Pro"), cell("14"), inner))
    assert parse(docx(data), "a.docx").text.strip() == (
        "| Plan | Days | Shipping |\n| --- | --- | --- |\n| Pro | 14 | See: EU: Fee: 5; Days: 2; All net. |"
    )
    layout = table((cell("Beside"), inner))
    assert parse(docx(layout), "a.docx").text.strip() == (
        "Beside\n\nSee:\n\n| Zone | Fee | Days |\n| --- | --- | --- |\n| EU | 5 | 2 |\n\nAll net."
    )


def with_property(name: str, value: str) -> bytes:
    custom = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="v">'
        f'<property name="{name}"><vt:lpwstr>{value}</vt:lpwstr></property></Properties>'
    )
    return docx(paragraph("Words."), more={"docProps/custom.xml": custom.encode()})


@pytest.mark.parametrize(
    ("name", "value", "scope"),
    [
        ("Region", "EU", Scope(region=("eu",))),
        ("Visibility", "Internal", Scope(audience=("internal",))),
        ("Effective until", "2020-01-31", Scope(effective_until=date(2020, 1, 31))),
        ("Valid until", "2020-01-31", Scope(effective_until=date(2020, 1, 31))),
        ("Internal", "Y", Scope(audience=("internal",))),
        ("Department", "Legal", Scope()),
        ("Status", "Internal", Scope()),
    ],
)
def test_properties_of_an_office_file_say_for_whom_and_when_it_is(name: str, value: str, scope: Scope) -> None:
    document = Files(FilesOptions(name="s", kind="folder")).document("a.docx", with_property(name, value), "")
    assert isinstance(document, Document) and document.scope == scope


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("Audince", "internal", "'Audince', which looks like 'audience'"),
        ("EffectiveUntil", "2020-01-31", "'EffectiveUntil', which looks like 'effective_until'"),
        ("Internal", "ja", "internal is 'ja'"),
        ("Valid until", "soon", "effective_until is 'soon'"),
    ],
)
def test_an_office_file_whose_scope_cannot_be_read_is_named(name: str, value: str, reason: str) -> None:
    skipped = Files(FilesOptions(name="s", kind="folder")).document("a.docx", with_property(name, value), "")
    assert isinstance(skipped, Skipped) and reason in skipped.reason


def test_slides_become_sections_in_reading_order_with_their_tables() -> None:
    deck = pptx.Presentation()
    for title in ("Refunds", "Exchanges"):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
        for left, words in ((5, "right"), (1, "left")):
            box = slide.shapes.add_textbox(Inches(left), Inches(2), Inches(3), Inches(1))
            box.text_frame.text = f"{title} {words}"
        table = slide.shapes.add_table(2, 3, Inches(1), Inches(4), Inches(6), Inches(1)).table
        for row, texts in enumerate((("Plan", "EU", "US"), ("Pro", "30", "14"))):
            for column, words in enumerate(texts):
                table.cell(row, column).text = words
        slide.notes_slide.notes_text_frame.text = "Do not say this."
    parsed = parse(saved(deck), "a.pptx")
    assert parsed.text.startswith(
        "## Refunds\n\nRefunds left\n\nRefunds right\n\n"
        "| Plan | EU | US |\n| --- | --- | --- |\n| Pro | 30 | 14 |\n\n## Exchanges"
    )
    assert "Do not say this" not in parsed.text


def test_a_sign_before_a_figure_begins_no_quote_in_word_files_and_slides() -> None:
    rows = "".join(f"<w:tr>{cell('> 30 kg')}{cell(fee)}{cell('- 5 °C')}</w:tr>" for fee in ("10 €", "20 €"))
    body = paragraph("> 30 kg costs 10 €.") + f"<w:tbl>{rows}</w:tbl>"
    text = parse(docx(body), "a.docx").text
    assert text.startswith("\\> 30 kg costs 10 €.\n") and text.endswith("| > 30 kg | 20 € | - 5 °C |")
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    for top, words in enumerate(("> 30 kg costs 10 €", "> 30 kg\n<= 30 kg"), 2):
        slide.shapes.add_textbox(Inches(1), Inches(top), Inches(3), Inches(1)).text_frame.text = words
    assert parse(saved(deck), "a.pptx").text.strip() == "\\> 30 kg costs 10 €\n\n- \\> 30 kg\n- <= 30 kg"


def saved(document: Any) -> bytes:
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_sheets_become_sections_with_dates_and_numbers_as_they_are_shown() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Prices"
    sheet["B2"] = "Prices of 2024"
    for column, (name, value, form) in enumerate(
        [
            ("Plan", "Pro", "General"),
            ("From", datetime(2024, 5, 6), "dd/mm/yyyy"),
            ("Price", 1234.5, '#,##0.00 "EUR"'),
            ("Discount", 0.125, "0.0%"),
            ("Seats", 12.0, "General"),
            ("Empty", None, "General"),
        ],
        start=2,
    ):
        sheet.cell(4, column, name if value is not None else None)
        sheet.cell(6, column, value).number_format = form
        sheet.cell(5, column, "Basic" if column == 2 else None)
    sheet.merge_cells("B6:B7")
    sheet["C7"] = datetime(2024, 6, 1)
    book.create_sheet("Secret").sheet_state = "hidden"
    book["Secret"]["A1"] = "Not to be seen"
    text = parse(saved(book), "a.xlsx").text
    assert text == (
        "## Prices\n\nPrices of 2024\n\n| Plan | From | Price | Discount | Seats |\n| --- | --- | --- | --- | --- |\n"
        "| Basic |  |  |  |  |\n| Pro | 2024-05-06 | 1,234.50 EUR | 12.5% | 12 |\n| Pro | 2024-06-01 |  |  |  |\n"
    )


def test_a_formula_without_a_result_is_left_out_and_named() -> None:
    rows = [["Plan", "Net", "Gross"], ["Basic", 10, "=B2*1.19"], ["Pro", 20, "=B3*1.19"]]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    told = "| Plan | Net | Gross |\n| --- | --- | --- |\n| Basic | 10 |  |\n| Pro | 20 |  |\n"
    parsed = parse(saved(book), "a.xlsx")
    assert parsed.text == f"## Sheet\n\n{told}"
    assert parsed.unread.startswith("2 cells (first Sheet!C2) have formulas without a result and are left out")
    assert "Open it in Excel or LibreOffice and save it there." in parsed.unread
    # This program writes zero where it has computed nothing.
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as written:
        sheet = written.add_worksheet("Sheet")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        sheet.write_formula("C3", "=B3*1.19", None, 23.8)
    parsed = parse(buffer.getvalue(), "a.xlsx")
    assert parsed.text == f"## Sheet\n\n{told}".replace("| 20 |  |", "| 20 | 23.8 |")
    assert parsed.unread.startswith("One cell (Sheet!C2) has a formula without a result and is left out")


def test_results_that_are_in_the_file_are_told_zero_and_empty_texts_too() -> None:
    cells = (
        '<row r="1"><c r="A1"><f>1-1</f><v>0</v></c><c r="B1" t="str"><f>IF(A1,"x","")</f><v></v></c>'
        '<c r="C1" t="str"><f>"n"&amp;"o"</f><v>no</v></c></row>'
    )
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    parts = unpacked(saved(book))
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b'<row r="1"><c r="A1" t="n"><v>1</v></c></row>', cells.encode())
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    parsed = parse(archive(dict(parts)), "a.xlsx")
    assert (parsed.text, parsed.unread) == ("## Sheet\n\n- 0\n- no\n", "")


def test_a_workbook_of_formulas_without_results_is_refused_with_the_reason() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    assert "One cell (Sheet!A1) has a formula without a result" in refusal(saved(book), "a.xlsx")


def test_rows_that_a_filter_or_a_closed_group_hides_are_named() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Plan", "Days"], ["Basic", 14], ["Pro", 30], ["Max", 60]):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    assert parse(saved(book), "a.xlsx").unread == ""
    sheet.auto_filter.ref = "A1:B4"
    sheet.auto_filter.add_filter_column(0, ["Pro"])
    sheet.row_dimensions.group(4, 4, hidden=True)
    parsed = parse(saved(book), "a.xlsx")
    assert parsed.text == "## Sheet\n\n| Plan | Days |\n| --- | --- |\n| Pro | 30 |\n"
    assert "Rows hidden by a filter are left out: 1 of “Sheet”." in parsed.unread
    assert "Rows in closed groups are left out: 1 of “Sheet”." in parsed.unread


def test_what_a_sheet_hides_lacks_nothing() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Plan", "Days"], ["Basic", 14, "=B2*2"], [], ["=B2*3", *range(205)]):
        sheet.append(row)
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[4].hidden = True
    sheet.row_dimensions.group(3, 3, hidden=True)
    assert parse(saved(book), "a.xlsx").unread == ""


def test_cells_to_the_right_of_what_is_read_are_named() -> None:
    book = openpyxl.Workbook()
    book.active.append([*range(205)])
    assert "Cells to the right of column GR are left out: 5 in all." in parse(saved(book), "a.xlsx").unread


def test_a_cell_tells_what_its_look_says() -> None:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        raised, struck = book.add_format({"font_script": 1}), book.add_format({"font_strikeout": True})
        sheet = book.add_worksheet("Rules")
        sheet.write_row(0, 0, ["Rule", "Holds"])
        sheet.write(1, 0, "Returns")
        sheet.write_rich_string(1, 1, "Within 30", raised, "1", " days of ", struck, "delivery", "purchase")
        sheet.write(2, 0, "Fee")
        sheet.write(2, 1, 40, struck)
        sheet.write(3, 0, "Form")
        sheet.write_url(3, 1, "https://example.com/form", string="the form")
        sheet.write(4, 0, "Terms")
        sheet.write_formula(4, 1, '=HYPERLINK("https://example.com/terms", "here")', None, "here")
        sheet.write(5, 0, "Mail")
        sheet.write_url(5, 1, "mailto:help@example.com", string="help@example.com")
        sheet.write(6, 0, "Two")
        sheet.write(6, 1, "lines_x000D_\nof text")
    assert parse(buffer.getvalue(), "a.xlsx").text == (
        "## Rules\n\n| Rule | Holds |\n| --- | --- |\n| Returns | Within 30 days of purchase |\n| Fee |  |\n"
        "| Form | [the form](https://example.com/form) |\n| Terms | [here](https://example.com/terms) |\n"
        "| Mail | help@example.com |\n| Two | lines; of text |\n"
    )


def test_names_over_several_columns_and_rows_are_told_with_each_of_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Plan", "EU", None, "US", None],
        [None, "Refund", "Fee", "Refund", "Fee"],
        ["Private", None, None, None, None],
        ["Basic", "14 days", 5, "none", None],
        ["Business"],
        ["Basic", "30 days", 0, "60 days", 0],
    ):
        sheet.append(row)
    for merged in ("A1:A2", "B1:C1", "D1:E1", "A3:E3", "D4:E4"):
        sheet.merge_cells(merged)
    sheet["A5"].font = Font(bold=True)
    assert parse(saved(book), "a.xlsx").text == (
        "## Sheet\n\n| Plan | EU – Refund | EU – Fee | US – Refund | US – Fee |\n| --- | --- | --- | --- | --- |\n"
        "| Private – Basic | 14 days | 5 | none | none |\n| Business – Basic | 30 days | 0 | 60 days | 0 |\n"
    )


def test_a_name_over_two_columns_of_values_makes_no_header_of_the_first_of_them() -> None:
    book = openpyxl.Workbook()
    for row in (["Day", "Open", None], ["Mon", "9:00", "17:00"], ["Tue", "10:00", "16:00"]):
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    assert "| Day | Open | Open |\n| --- | --- | --- |\n| Mon | 9:00 | 17:00 |" in parse(saved(book), "a.xlsx").text


def sheet_of(*rows: str, merged: tuple[str, ...] = ()) -> Any:
    """Return a workbook whose one sheet has these rows, cells parted by `|`."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([int(one) if one.isdigit() else one or None for one in map(str.strip, row.split("|"))])
    for one in merged:
        book.active.merge_cells(one)
    return book


ZONES = "| Zone | Days |\n| --- | --- |\n| North | 3 |\n| South | 5 |\n"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # the right one is longer
        (
            ["Zone|Days||Payment|Fee", "North|3||Card|1 %", "South|5||Invoice|2 EUR", "|||Cash|none"],
            [ZONES, "| Payment | Fee |\n| --- | --- |\n| Card | 1 % |\n| Invoice | 2 EUR |\n| Cash | none |\n"],
        ),
        # the left one is longer
        (
            ["Payment|Fee||Zone|Days", "Card|1 %||North|3", "Invoice|2 EUR||South|5", "Cash|none", "Voucher|none"],
            ["| Cash | none |\n| Voucher | none |\n", ZONES],
        ),
        # both name their rows by the same thing
        (
            ["Zone|Days||Zone|Fee", "North|3||North|5 EUR", "South|5||South|9 EUR"],
            [ZONES, "| Zone | Fee |\n| --- | --- |\n| North | 5 EUR |\n| South | 9 EUR |\n"],
        ),
        # both have a title
        (
            ["Shipping|||Payment", "Zone|Days||By|Fee", "North|3||Card|1 %", "South|5||Invoice|2 EUR"],
            [f"**Shipping**\n\n{ZONES}", "**Payment**\n\n| By | Fee |\n| --- | --- |\n| Card | 1 % |\n"],
        ),
        # they are far from each other
        (
            ["Zone|Days|||Payment|Fee", "North|3|||Card|1 %", "South|5|||Invoice|2 EUR"],
            [ZONES, "| Payment | Fee |\n| --- | --- |\n| Card | 1 % |\n| Invoice | 2 EUR |\n"],
        ),
        # the right one begins further down
        (
            ["Zone|Days", "North|3||By|Fee", "South|5||Card|1 %", "East|6||Cash|none", "West|7"],
            ["| East | 6 |\n| West | 7 |\n", "| By | Fee |\n| --- | --- |\n| Card | 1 % |\n| Cash | none |\n"],
        ),
        # below it stands another
        (
            ["Zone|Days", "A|3||By|Fee", "B|5||Card|1 %", "C|6||Cash|none", "D|7", "E|9||Size|EU", "|||S|36"],
            ["| E | 9 |\n", "| By | Fee |\n| --- | --- |\n| Card | 1 % |\n| Cash | none |\n", "| Size | EU |\n| --- |"],
        ),
    ],
)  # fmt: skip
def test_tables_side_by_side_in_a_sheet_are_two(rows: list[str], told: list[str]) -> None:
    text = parse(saved(sheet_of(*rows)), "a.xlsx").text
    places = [text.find(one) for one in told]
    assert -1 not in places and places == sorted(places), text


@pytest.mark.parametrize(
    ("rows", "merged", "told"),
    [
        # a column to part the values of one table
        (["Plan|Price||EU|US", "Basic|10||14|30", "Pro|20||30|60"], (), "| Basic | 10 | 14 | 30 |"),
        # with fewer values in the last row, and words
        (["Plan|Price||By|Note", "Basic|10||Ann|new", "Pro|20||Bob|old", "Sum|30"], (), "| Sum | 30 |  |  |"),
        # words that are none of the right one's own
        (
            ["Plan|Price||EU|US", "Basic|10||14 days|none", "Pro|20||30 days|none", "|||60 days|x"],
            (),
            "| Pro | 20 | 30",
        ),
        (["Plan|Price||Zone|Days", "Pro|20||EU|3", "|||US|5", "Max|30||EU|3", "|||US|5"], (), "| Max | 30 | EU | 3 |"),
        # notes on some rows
        (["Plan|Price||By|Note", "Basic|10||Ann|new", "Pro|20", "Max|30||Bob|old", "Top|40"], (), "| Pro | 20 |  |  |"),
        # a column of notes
        (["Plan|Price||Note", "Basic|10||new", "Pro|20||old", "Max|30", "Top|40"], (), "| Max | 30 |  |"),
        # names over several columns
        (
            ["|Price|||Days|", "Plan|EU|US||EU|US", "Basic|10|12||3|5", "Pro|20|22||3|5"],
            ("B1:C1", "E1:F1"),
            "| Plan | Price – EU | Price – US | Days – EU | Days – US |",
        ),
        # cells that go over the gap
        (
            ["Plan|Price||By|Fee", "Pro|20||Card|1", "Low|30||Cash|2", "Max|free", "Top|free"],
            ("B4:E4", "B5:E5"),
            "| Max | free | free | free |",
        ),
        # days that come again, a column without a name, and notes here and there
        (["Plan|Price||On|At", "A|1||Mon|5", "B|2||Mon|6", "C|3", "D|4"], (), "| B | 2 | Mon | 6 |"),
        (["Plan|Price||By|", "A|1||Ann|new", "B|2||Bob|old", "C|3", "D|4"], (), "| B | 2 | Bob | old |"),
        (["Plan|Price||By||At", "A|1||Ann|x|5", "B|2||Bob|y|6", "C|3", "D|4"], (), "| B | 2 | Bob | y | 6 |"),
        (
            ["Plan|Price||By|Note", "A|1||Ann|new", "B|2", "C|3||Bob|old", "D|4||Cid|new", "E|5", "F|6"],
            (),
            "| D | 4 | Cid | new |",
        ),
    ],
)
def test_an_empty_column_within_one_table_parts_nothing(rows: list[str], merged: tuple[str, ...], told: str) -> None:
    text = parse(saved(sheet_of(*rows, merged=merged)), "a.xlsx").text
    assert told in text and text.count("\n| ---") == 1, text


def test_a_hidden_column_parts_no_table() -> None:
    book = sheet_of("Zone|Days|Cost|Payment|Fee", "North|3|9|Card|1 %", "South|5|9|Invoice|2 EUR", "||9|Cash|none")
    book.active.column_dimensions["C"].hidden = True
    assert "| North | 3 | Card | 1 % |" in parse(saved(book), "a.xlsx").text


def test_a_sheet_of_a_million_empty_rows_is_read() -> None:
    rows = "".join(f'<row r="{n}"/>' for n in range(2, 1_000_001))
    empty = f'<row r="1"><c r="A1" t="inlineStr"><is><t>Alone</t></is></c></row>{rows}'
    book = openpyxl.Workbook()
    parts = unpacked(saved(book))
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b"<sheetData>", b"<sheetData>" + empty.encode())
    assert parse(archive(dict(parts)), "a.xlsx").text == "## Sheet\n\nAlone\n"


def test_rows_and_columns_that_a_sheet_hides_are_left_out() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Product", "Price", "Cost", "Zone"],
        ["Chair", "99", "31", "EU"],
        ["Desk", "199", "70", None],
        ["Stool", "49", "9", None],
        ["Lamp", "59", "12", None],
    ):
        sheet.append(row)
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[2].hidden = sheet.row_dimensions[4].hidden = True
    sheet.merge_cells("D2:D3")
    sheet.merge_cells("C5:D5")
    sheet["A7"] = "*without tax"
    text = parse(saved(book), "a.xlsx").text
    assert text == (
        "## Sheet\n\n| Product | Price | Zone |\n| --- | --- | --- |\n| Desk | 199 | EU |\n| Lamp | 59 | 12 |\n\n"
        "*without tax\n"
    )


def test_a_sheet_with_nothing_but_hidden_rows_has_no_text() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Not to be seen"
    book.active.row_dimensions[1].hidden = True
    assert "no text" in refusal(saved(book), "a.xlsx")


def test_a_hidden_box_of_a_slide_is_left_out() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Refunds"
    for words in ("Seen", "Not to be seen"):
        box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(3), Inches(1))
        box.text_frame.text = words
    box._element._nvXxPr.cNvPr.set("hidden", "1")
    assert parse(saved(deck), "a.pptx").text == "## Refunds\n\nSeen\n"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_hidden_text_of_a_word_file_is_left_out() -> None:
    runs = [
        [run("Returns are free. "), run("Margin 40 %. ", "<w:vanish/>"), run("Send them.")],
        [run("Shown again.", '<w:vanish w:val="0"/>')],
        ['<w:pPr><w:pStyle w:val="Note"/></w:pPr>', run("A note."), run(" Seen.", '<w:vanish w:val="false"/>')],
        [run("By style.", '<w:rStyle w:val="Secret"/>')],
        [run("By the style it is based on.", '<w:rStyle w:val="Deeper"/>')],
        [run(" By one that shows it.", '<w:rStyle w:val="Shown"/>'), run("In a ring.", '<w:rStyle w:val="Ring"/>')],
    ]
    body = "".join(f"<w:p>{''.join(one)}</w:p>" for one in runs)
    plain = unpacked(docx(body))
    styles = plain["word/styles.xml"].decode()
    hidden = '<w:style w:type="{}" w:styleId="{}"><w:rPr><w:vanish/></w:rPr></w:style>'
    more = hidden.format("paragraph", "Note") + hidden.format("character", "Secret")
    # Some stand before the style that they are based on.
    for id, base, properties in (
        ("Deeper", "Deep", ""),
        ("Deep", "Secret", "<w:b/>"),
        ("Shown", "Deep", '<w:vanish w:val="0"/>'),
        ("Ring", "Round", ""),
        ("Round", "Ring", ""),
    ):
        based = f'<w:basedOn w:val="{base}"/><w:rPr>{properties}</w:rPr>'
        more += f'<w:style w:type="character" w:styleId="{id}">{based}</w:style>'
    more += "</w:styles>"
    plain["word/styles.xml"] = styles.replace("</w:styles>", more).encode()
    text = parse(archive(dict(plain)), "a.docx").text
    assert text.strip() == "Returns are free. Send them.\n\nShown again.\n\nSeen.\n\nBy one that shows it.In a ring."


@pytest.mark.parametrize("around", ["fldSimple", "bdo", "dir", "smartTag", "customXml", "ins"])
def test_words_that_a_word_file_wraps_are_told(around: str) -> None:
    wrapped = f'<w:{around} w:instr="REF x">{run("4.2")}{run("secret", "<w:vanish/>")}</w:{around}>'
    body = f"<w:p>{run('See section ')}{wrapped}{run(' first.')}</w:p>"
    assert parse(docx(body), "a.docx").text.strip() == "See section 4.2 first."


def test_deleted_and_struck_words_and_comments_of_a_word_file_are_not_told() -> None:
    struck = run("50 EUR", "<w:strike/>") + run("55 EUR", "<w:dstrike/>") + run("40 EUR", '<w:strike w:val="0"/>')
    deleted = "<w:del><w:r><w:delText>No refunds.</w:delText></w:r></w:del>"
    moved = f"<w:moveFrom>{run('Moved. ')}</w:moveFrom><w:moveTo>{run(' Here.')}</w:moveTo>"
    body = f"<w:p>{run('It costs ')}{struck}{deleted}{moved}<w:r><w:commentReference w:id='0'/></w:r></w:p>"
    assert parse(docx(body), "a.docx").text.strip() == "It costs 40 EUR Here."


LEVELS = [("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "%3)"), ("bullet", "•")]


def numbering(*lists: list[tuple[str, str]], nums: dict[int, str] | None = None) -> bytes:
    """Return the numbering of a Word file: of each list the format and text of its levels; each is a num, too.

    `nums` holds more nums, each with the XML of what it overrides in the first list.
    """
    xml = ""
    for i, levels in enumerate(lists):
        inner = "".join(
            f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for n, (form, text) in enumerate(levels)
        )
        xml += f'<w:abstractNum w:abstractNumId="{i}">{inner}</w:abstractNum>'
    for i in range(len(lists)):
        xml += f'<w:num w:numId="{i + 1}"><w:abstractNumId w:val="{i}"/></w:num>'
    for number, more in (nums or {}).items():
        xml += f'<w:num w:numId="{number}"><w:abstractNumId w:val="0"/>{more}</w:num>'
    return f'<w:numbering xmlns:w="{WORD}">{xml}</w:numbering>'.encode()


def item(text: str, level: int = 0, num: int = 1, properties: str = "") -> str:
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>'
    return f"<w:p><w:pPr>{place}{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def told(body: str, numbers: bytes, styles: str = "") -> str:
    more = {"word/numbering.xml": numbers}
    parts = unpacked(docx(body, more=more))
    parts["word/styles.xml"] = parts["word/styles.xml"].replace(b"</w:styles>", styles.encode() + b"</w:styles>")
    return parse(archive(dict(parts)), "a.docx").text.strip()


def test_a_numbered_list_of_a_word_file_goes_on_after_a_paragraph_and_starts_anew_where_it_is_said() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{}"/></w:lvlOverride>'
    body = item("Open it") + item("Fill in the form") + paragraph("It is in the box.") + item("Send it")
    body += item("Wait", num=7) + item("Look", num=7) + paragraph("Late?") + item("Ring us", num=8) + item("Ask", num=8)
    assert told(body, numbering(LEVELS, nums={7: anew.format(1), 8: anew.format(5)})) == (
        "1. Open it\n2. Fill in the form\n\nIt is in the box.\n\n3. Send it\n\n1. Wait\n2. Look\n\nLate?\n\n"
        "5. Ring us\n6. Ask"
    )


def test_a_list_of_several_levels_of_a_word_file_keeps_its_numbers() -> None:
    body = item("Terms") + item("Who", 1) + item("What", 1) + item("Goods", 2) + item("Help", 2) + item("by post", 3)
    body += item("Fees") + item("None", 1)
    assert told(body, numbering(LEVELS)) == (
        "1. Terms\n   - 1.1 Who\n   - 1.2 What\n     - a) Goods\n     - b) Help\n       - by post\n2. Fees\n"
        "   - 2.1 None"
    )


HEADINGS = "".join(
    f'<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/>{based}<w:pPr>{place}</w:pPr></w:style>'
    for id, name, based, place in (
        ("H1", "heading 1", "", '<w:numPr><w:numId w:val="1"/></w:numPr>'),
        ("H2", "heading 2", "", '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'),
        ("Step", "Step", "", '<w:numPr><w:numId w:val="2"/></w:numPr>'),
        ("Deep", "Deep step", '<w:basedOn w:val="Step"/>', ""),
        ("None", "No step", '<w:basedOn w:val="Step"/>', '<w:numPr><w:numId w:val="0"/></w:numPr>'),
        ("Ring", "Ring", '<w:basedOn w:val="Ring"/>', ""),
    )
)


def test_headings_and_styles_of_a_word_file_that_are_numbered_keep_their_numbers() -> None:
    numbers = numbering([("decimal", "%1"), ("decimal", "%1.%2")], [("decimal", "Step %1:"), ("decimal", "%2.")])
    body = paragraph("Scope", "H1") + paragraph("Terms", "H1") + paragraph("Who", "H2") + paragraph("Why", "H2")
    body += paragraph("Open it.", "Step") + paragraph("Send it.", "Deep") + paragraph("Fine.", "None")
    body += paragraph("Alone.", "Ring") + paragraph("Fees", "H1") + paragraph("Low", "H2")
    assert told(body, numbers, HEADINGS) == (
        "# 1 Scope\n\n# 2 Terms\n\n## 2.1 Who\n\n## 2.2 Why\n\n- Step 1: Open it.\n- Step 2: Send it.\n\nFine.\n\n"
        "Alone.\n\n# 3 Fees\n\n## 3.1 Low"
    )


def test_a_style_that_a_level_names_is_of_that_level() -> None:
    numbers = numbering(LEVELS).replace(b'<w:numFmt w:val="lower', b'<w:pStyle w:val="Part"/><w:numFmt w:val="lower')
    style = '<w:style w:type="paragraph" w:styleId="Part"><w:name w:val="Part"/><w:pPr><w:numPr><w:numId w:val="1"/>'
    body = item("Terms") + item("What", 1) + paragraph("Goods", "Part")
    body += (
        '<w:p><w:pPr><w:pStyle w:val="Part"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>'
        + run("No item.")
        + "</w:p>"
    )
    text = told(body, numbers, f"{style}</w:numPr></w:pPr></w:style>")
    assert text == "1. Terms\n   - 1.1 What\n     - a) Goods\n\nNo item."


def test_items_of_a_word_file_that_nobody_sees_are_not_counted_and_empty_ones_are() -> None:
    gone = "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr></w:p>"
    body = (
        item("One")
        + item("Secret", properties="<w:rPr><w:vanish/></w:rPr>").replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>")
        + gone
    )
    body += item("Two") + item("") + item("Four")
    assert told(body, numbering(LEVELS)) == "1. One\n2. Two\n\n4. Four"


@pytest.mark.parametrize(
    ("form", "text", "numbers"),
    [
        ("decimal", "%1)", "1.2.3.4"),
        ("decimal", "(%1)", "1.2.3.4"),
        ("decimalZero", "§ %1", "§ 01|§ 02|§ 03|§ 04"),
        ("upperRoman", "%1.", "I.|II.|III.|IV."),
        ("lowerRoman", "(%1)", "(i)|(ii)|(iii)|(iv)"),
        ("upperLetter", "%1", "A|B|C|D"),
        ("ordinal", "Art. %1", "Art. 1|Art. 2|Art. 3|Art. 4"),
        ("none", "", "|||"),
    ],
)
def test_numbers_of_a_word_file_are_told_in_the_form_that_they_have(form: str, text: str, numbers: str) -> None:
    words = ["Open", "Fill", "Send", "Wait"]
    if "|" in numbers:
        lines = [f"- {' '.join(one)}" for one in zip(numbers.split("|"), words, strict=True)]
        lines = [line.replace("-  ", "- ") for line in lines]
    else:
        lines = [f"{i}. {word}" for i, word in enumerate(words, 1)]
    assert told("".join(map(item, words)), numbering([(form, text)])) == "\n".join(lines)


def test_an_item_in_a_text_box_of_a_word_file_is_counted_no_second_time() -> None:
    box = "<w:pict><w:txbxContent>" + item("Boxed", num=2) + "</w:txbxContent></w:pict>"
    compatible = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    both = f"<mc:AlternateContent {compatible}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    body = f"<w:p><w:r>{both}</mc:AlternateContent></w:r></w:p>" + item("One", num=2)
    assert told(body, numbering(LEVELS, LEVELS)) == "1. Boxed\n2. One"


def test_steps_in_a_cell_of_a_word_file_keep_their_numbers() -> None:
    steps = f"<w:tc>{item('Open')}{item('Send')}</w:tc>"
    rows = "".join(f"<w:tr>{row}</w:tr>" for row in (cell("Who") + cell("Steps"), cell("You") + steps))
    assert told(f"<w:tbl>{rows}</w:tbl>", numbering(LEVELS)).endswith("- **You:** 1. Open; 2. Send")


def test_links_of_slides_keep_their_addresses() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Returns"
    table = slide.shapes.add_table(2, 3, Inches(1), Inches(4), Inches(3), Inches(1)).table
    for column in range(3):
        table.cell(0, column).text, table.cell(1, column).text = f"Step {column}", "Send"
    box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(3), Inches(1)).text_frame
    box.paragraphs[0].add_run().text = "Fill in"
    for frame, words, target in (
        (box, " the form", "https://example.com/form"),
        (box, " [a]", "https://example.com/a(b)"),
        (table.cell(1, 2).text_frame, " here ", "https://example.com/here"),
    ):
        run = frame.paragraphs[0].add_run()
        run.text, run.hyperlink.address = words, target
    assert parse(saved(deck), "a.pptx").text == (
        "## Returns\n\nFill in [the form](https://example.com/form) [a] (https://example.com/a%28b%29)\n\n"
        "| Step 0 | Step 1 | Step 2 |\n| --- | --- | --- |\n| Send | Send | Send [here](https://example.com/here) |\n"
    )


def test_struck_words_and_what_lies_beside_a_slide_are_not_told_and_merged_cells_are_in_each_row() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Fees"
    box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(3), Inches(1))
    for written, strike in (("It costs ", "noStrike"), ("50 EUR", "sngStrike"), ("40 EUR", "")):
        part = box.text_frame.paragraphs[0].add_run()
        part.text = written
        if strike:
            part.font._element.set("strike", strike)
    for left, top in ((-4, 2), (20, 2), (1, -3), (1, 12)):
        beside = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(3), Inches(1))
        beside.text_frame.text = "To do: ask the lawyers."
    slide.shapes.add_textbox(Inches(-1), Inches(3), Inches(3), Inches(1)).text_frame.text = "Half seen."
    table = slide.shapes.add_table(3, 3, Inches(1), Inches(4), Inches(6), Inches(1)).table
    for row, texts in enumerate((("Plan", "EU", "US"), ("Pro", "30", "14"), ("", "31", "15"))):
        for column, words in enumerate(texts):
            table.cell(row, column).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    assert parse(saved(deck), "a.pptx").text == (
        "## Fees\n\nIt costs 40 EUR\n\nHalf seen.\n\n"
        "| Plan | EU | US |\n| --- | --- | --- |\n| Pro | 30 | 14 |\n| Pro | 31 | 15 |\n"
    )


def test_a_raised_digit_of_an_office_file_is_no_digit_of_the_number_before_it() -> None:
    superscript = '<w:vertAlign w:val="superscript"/>'
    words = f"<w:p>{run('Within 30')}{run('1', superscript)}{run(' days, the 1')}{run('st', superscript)}.</w:p>"
    assert parse(docx(words), "a.docx").text.strip() == "Within 30 days, the 1st"
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Returns"
    box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(3), Inches(1))
    for written, baseline in (("Within 30", ""), ("1", "30000"), (" days, H", "0"), ("2", "-25000"), ("O", "")):
        part = box.text_frame.paragraphs[0].add_run()
        part.text = written
        if baseline:
            part.font._element.set("baseline", baseline)
    assert parse(saved(deck), "a.pptx").text == "## Returns\n\nWithin 30 days, H2O\n"


def unpacked(raw: bytes) -> dict[str, bytes]:
    import zipfile

    with zipfile.ZipFile(BytesIO(raw)) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        ("a.doc", b"\xd0\xcf\x11\xe0" + bytes(600), "old office file"),
        ("a.docx", docx(paragraph("x"))[:300], "broken"),
        ("a.docx", archive({"a.txt": "x"}), "ZIP archive"),
        ("a.xlsx", b"text", "called a .xlsx file, and is none"),
        ("a.docx", docx(paragraph("x"), more={"word/document.xml": b"<a>" + bytes(100_000_000)}), "zip bomb"),
        ("a.docx", docx("<w:p>" * 3000 + "</w:p>" * 3000), "nested too deep|broken|no text"),
        ("a.docx", docx(paragraph("")), "no text"),
    ],
    ids=["protected", "old", "truncated", "archive", "text", "bomb", "nested", "empty"],
)
def test_an_office_file_that_cannot_be_read_is_named_with_its_reason(name: str, raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        parse(raw, name)


def test_a_bomb_that_lies_about_its_size_is_found_when_it_is_unpacked() -> None:
    raw = docx(paragraph("x"), more={"word/document.xml": b"<a>" + bytes(100_000_000)})
    lied = raw.replace((100_000_003).to_bytes(4, "little"), (500).to_bytes(4, "little"))
    assert lied != raw
    assert "broken" in refusal(lied, "a.docx") or "zip bomb" in refusal(lied, "a.docx")


def test_entities_of_a_word_file_reach_no_other_file(tmp_path: Any) -> None:
    (tmp_path / "secret").write_text("Nobody may read this.")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    inner = docx(paragraph("Before &e; after"))
    parts = unpacked(inner)
    parts["word/document.xml"] = entity.encode() + parts["word/document.xml"]
    with suppress(UnreadableDocument):
        assert "Nobody" not in parse(archive(dict(parts)), "a.docx").text


# ------------------------------------------------------------------ mails


def test_a_mail_is_read_with_the_mail_in_it_and_without_its_attachments() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Re: Refunds – new rule", "jane@example.com"
    mail["Date"] = "Mon, 06 May 2024 10:00:00 +0200"
    mail.set_content("Dear all,\n\nrefunds take 14 days – always.\n\n-- \nJane\n", cte="quoted-printable")
    mail.add_alternative("<p>Dear all, refunds take 14 days – always.</p>", subtype="html", cte="base64")
    mail.add_attachment(b"Not to be read", maintype="text", subtype="plain", filename="notes.txt")
    inner = EmailMessage()
    inner["Subject"], inner["From"] = "The old rule", "jim@example.com"
    inner.set_content("It was 30 days.")
    mail.add_attachment(inner)
    parsed = parse(mail.as_bytes(), "a.eml")
    assert parsed.text.strip() == "Dear all,\n\nrefunds take 14 days – always.\n\n## The old rule\n\nIt was 30 days."
    assert (parsed.title, parsed.updated) == ("Refunds – new rule", date(2024, 5, 6))
    assert parsed.unread == "Its attachments are left out: notes.txt. Put them beside it if they are to be told."
    document = Files(FilesOptions(name="s", kind="folder")).document("a.eml", mail.as_bytes(), "")
    assert isinstance(document, Document) and document.unread == parsed.unread


@pytest.mark.parametrize(("count", "more"), [(10, ""), (12, " and 2 more")])
def test_attachments_of_a_mail_beyond_those_named_are_counted(count: int, more: str) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Prices", "jane@example.com"
    mail.set_content("See the attached price lists.")
    for number in range(1, count + 1):
        mail.add_attachment(b"1", maintype="application", subtype="pdf", filename=f"{number}.pdf")
        mail.add_attachment(b"1", maintype="image", subtype="png", filename="logo.png")
    mail.add_attachment(b"1", maintype="application", subtype="octet-stream")
    named = "1.pdf, 2.pdf, 3.pdf, 4.pdf, 5.pdf, 6.pdf, 7.pdf, 8.pdf, 9.pdf, 10.pdf"
    assert parse(mail.as_bytes(), "a.eml").unread == (
        f"Its attachments are left out: {named}{more}. Put them beside it if they are to be told."
    )


def test_what_a_mail_shows_within_its_text_and_is_not_read_is_named_and_its_signature_is_not() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Prices", "jane@example.com"
    mail.set_content("See the price list.")
    for subtype, name in (("pdf", "prices.pdf"), ("pkcs7-signature", "smime.p7s"), ("pgp-signature", "signature.asc")):
        mail.add_attachment(b"1", maintype="application", subtype=subtype, disposition="inline", filename=name)
    mail.add_attachment("It is free.", disposition="inline", filename="note.txt")
    parsed = parse(mail.as_bytes(), "a.eml")
    assert "It is free." in parsed.text
    assert parsed.unread == "Its attachments are left out: prices.pdf. Put them beside it if they are to be told."


def test_a_mail_of_html_alone_keeps_its_table() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Prices", "jane@example.com"
    mail.set_content(
        "<table><tr><th>Plan</th><th>EUR</th></tr><tr><td>Pro</td><td>20</td></tr></table>", subtype="html"
    )
    assert parse(mail.as_bytes(), "a.eml").text.strip() == "| Plan | EUR |\n| --- | --- |\n| Pro | 20 |"


@pytest.mark.parametrize("raw", [b"\0\1\2" * 100, b"hello\nthere", b"Subject: x\n\n"])
def test_what_is_no_mail_or_says_nothing_is_refused(raw: bytes) -> None:
    assert refusal(raw, "a.eml")


# ------------------------------------------------------------------ limits


@pytest.fixture
def own_workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fresh workers, so that a test's limits hold for them and for them alone."""
    ours = workers.Workers()
    monkeypatch.setattr("knowledge.parsing.WORKERS", ours)
    yield
    ours.close()


@pytest.mark.usefixtures("own_workers")
def test_a_document_that_takes_too_long_is_refused_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = pdf([prose(60, 700, 40, 12)] * 300)
    with monkeypatch.context() as limits:
        limits.setattr(workers, "CPU_SECONDS", 0.5)
        assert "takes too long" in refusal(slow, "a.pdf")
    assert html_to_markdown("<p>Words</p>").text == "Words"


@pytest.mark.usefixtures("own_workers")
def test_a_document_that_needs_too_much_memory_is_refused_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MEMORY_BYTES", 150_000_000)
    assert "memory" in refusal(("<p>" + "<b>x</b>" * 1_200_000).encode(), "a.html")
    assert html_to_markdown("<p>Words</p>").text == "Words"


@pytest.mark.usefixtures("own_workers")
def test_workers_see_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_SLACK__BOT_TOKEN", "xoxb-secret")
    assert html_to_markdown("<p>Words</p>").text == "Words"
    import psutil

    (child,) = [one for one in psutil.Process().children() if "knowledge.parsing.worker" in one.cmdline()][-1:]
    assert "FRONTDESK_SLACK__BOT_TOKEN" not in child.environ()


SEEDS = [
    ("a.docx", docx(paragraph("Returns", "Heading1") + paragraph("Send it back within 30 days."))),
    ("a.pdf", pdf([[(72, 700, 10, False, "Send it back within thirty days."), leading_to(TERMS, 90, 699, 150, 710)]])),
    ("a.eml", b"Subject: Hi\nFrom: a@example.com\nContent-Type: text/html; charset=x\n\n<p>Words</p>"),
    ("a.html", b"<html><body><main><table><tr><td>a</td><td>b</td></tr></table><p>Words</p></main></body></html>"),
    ("a.xlsx", saved(openpyxl.Workbook())),
]


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_files_are_read_or_refused(seed: tuple[str, bytes], damages: list[tuple[float, bytes]]) -> None:
    name, raw = seed
    for place, piece in damages:
        at = int(place * len(raw))
        raw = raw[:at] + piece + raw[at + len(piece) :]
    try:
        assert parse(raw, name).text.strip()
    except UnreadableDocument as error:
        assert len(str(error)) > 10
