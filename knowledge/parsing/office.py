"""Word documents, presentations and workbooks to Markdown."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from io import BytesIO
from typing import Any

from lxml import etree

from knowledge.documents import scope_key
from knowledge.parsing.archives import check_archive
from knowledge.parsing.tables import cell_text, markdown_table
from knowledge.parsing.text import MAX_DOCUMENT_BYTES, Parsed, UnreadableDocument, day_of

_MAX_COLUMNS = 200
_CORE = "docProps/core.xml"
_CUSTOM = "docProps/custom.xml"


def _properties(raw: bytes) -> dict[str, Any]:
    """Return title, day of the last change and what custom properties say about url and scope."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    fields: dict[str, Any] = {}
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        names = set(archive.namelist())
        for part in (_CORE, _CUSTOM):
            if part not in names:
                continue
            try:
                root = etree.fromstring(archive.read(part), parser)
            except etree.XMLSyntaxError:
                continue
            for element in root:
                name = str(element.get("name") or etree.QName(element).localname).strip()
                value = " ".join("".join(map(str, element.itertext())).split())
                if value and name.lower() in ("title", "modified", *(["url"] if part == _CUSTOM else [])):
                    fields[name.lower()] = value
                elif value and part == _CUSTOM and scope_key(name):
                    fields[name] = value
    return fields


def _parsed(raw: bytes, text: str, first_title: str = "") -> Parsed:
    if not text.strip():
        raise UnreadableDocument("It has no text.")
    fields = _properties(raw)
    return Parsed(text, _title(str(fields.get("title", ""))) or first_title, fields, day_of(fields))


def _title(title: str) -> str:
    """Return a title from a document's properties, unless it is one that programs fill in."""
    if re.fullmatch(
        r"(?:untitled.*|(?:document|presentation|book|slide)\s?\d*|powerpoint presentation|microsoft \w+ - .*)",
        title,
        re.IGNORECASE,
    ):
        return ""
    return "" if re.search(r"\.\w{3,4}$", title) else title


# ------------------------------------------------------------------ Word


def parse_docx(raw: bytes) -> Parsed:
    """Return a Word document as Markdown, by way of mammoth's HTML."""
    import mammoth  # type: ignore[import-untyped]

    from knowledge.parsing.html import convert

    check_archive(raw)
    try:
        html = mammoth.convert_to_html(
            BytesIO(raw),
            style_map="p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh",
            convert_image=mammoth.images.img_element(lambda image: {"src": ""}),
            external_file_access=False,
        ).value
    except RecursionError:
        raise UnreadableDocument("Its parts are nested too deep.") from None
    parsed = convert(_bold_headings(html))
    return _parsed(raw, parsed.text, parsed.title)


def _bold_headings(html: str) -> str:
    """Make headings of short paragraphs that are bold as a whole, where a document has no headings at all."""
    if re.search(r"<h[1-6]>", html):
        return html
    return re.sub(r"<p><strong>([^<]{2,80}[^<.:;,])</strong></p>(?!</(?:td|li|th)>)", r"<h2>\1</h2>", html)


# ------------------------------------------------------------------ presentations


def parse_pptx(raw: bytes) -> Parsed:
    """Return a presentation as Markdown: each slide's title a heading, its text in reading order, its tables.

    Speakers' notes are left out: they are not meant for those who see the slides.
    """
    from pptx import Presentation

    check_archive(raw)
    slides = Presentation(BytesIO(raw)).slides
    parts: list[str] = []
    first_title = previous = ""
    for slide in slides:
        if slide.element.get("show") == "0":
            continue
        title_shape = slide.shapes.title
        title = " ".join((title_shape.text_frame.text if title_shape is not None else "").split())
        if title and title != previous:
            parts.append(f"## {title}")
        first_title, previous = first_title or title, title or previous
        for shape in _in_reading_order(slide.shapes):
            if title_shape is None or shape.shape_id != title_shape.shape_id:
                parts += _shape(shape)
    return _parsed(raw, "\n\n".join(parts) + "\n" if parts else "", first_title)


def _in_reading_order(shapes: Any) -> list[Any]:
    # Rows a third of an inch high, so that boxes side by side are read from left to right.
    return sorted(shapes, key=lambda shape: ((shape.top or 0) // 304_800, shape.left or 0))


def _shape(shape: Any) -> Iterator[str]:
    if shape.shape_type is not None and hasattr(shape, "shapes"):
        for one in _in_reading_order(shape.shapes):
            yield from _shape(one)
    elif getattr(shape, "has_table", False) and shape.has_table:
        rows = [[cell_text(cell.text_frame.text.split("\n")) for cell in row.cells] for row in shape.table.rows]
        if table := markdown_table(rows, 1 if shape.table.first_row or len(rows[0]) > 2 else 0):
            yield table
    elif shape.has_text_frame:
        if (
            shape.is_placeholder
            and shape.placeholder_format.type is not None
            and shape.placeholder_format.type in (13, 15, 16)
        ):
            return  # slide number, footer, date
        paragraphs = [(one.level, " ".join(one.text.split())) for one in shape.text_frame.paragraphs]
        paragraphs = [one for one in paragraphs if one[1]]
        if len(paragraphs) > 1:
            yield "\n".join(f"{'  ' * level}- {text}" for level, text in paragraphs)
        elif paragraphs:
            yield paragraphs[0][1]


# ------------------------------------------------------------------ workbooks


def parse_xlsx(raw: bytes) -> Parsed:
    """Return a workbook as Markdown: each sheet that is shown a section, its blocks of cells tables."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    check_archive(raw)
    book = load_workbook(BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    parts: list[str] = []
    size = 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()
        tables = list(_sheet(sheet, _merged(raw, sheet)))
        if tables:
            parts += [f"## {sheet.title}", *tables]
        size += sum(map(len, tables))
        if size > MAX_DOCUMENT_BYTES:
            raise UnreadableDocument(
                f"It holds more than the {MAX_DOCUMENT_BYTES / 1e6:.0f} MB of text of one document.", "Split it."
            )
    return _parsed(raw, "\n\n".join(parts) + "\n" if parts else "")


def _merged(raw: bytes, sheet: Any) -> list[tuple[int, int, int, int]]:
    """Return the merged ranges of a sheet (first row, first column, last row, last column), all from 1."""
    from openpyxl.utils import range_boundaries  # type: ignore[import-untyped]

    found = []
    with zipfile.ZipFile(BytesIO(raw)) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as part:
        tail = b""
        while block := part.read(1 << 20):
            tail = (tail + block)[-(2 << 20) :]
        for reference in re.findall(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z0-9:]{2,30})"', tail)[:5000]:
            left, top, right, bottom = range_boundaries(reference.decode())
            if None not in (left, top, right, bottom):
                found.append((top, left, bottom, right))
    return found


def _sheet(sheet: Any, merged: list[tuple[int, int, int, int]]) -> Iterator[str]:
    """Yield a sheet's blocks of rows without an empty row between them: tables, or text where it is one cell."""
    starts = {(top, left): (bottom, right) for top, left, bottom, right in merged}
    hanging: dict[tuple[int, int], str] = {}
    block: list[list[str]] = []
    size = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row: list[str] = []
        for column, cell in enumerate(cells[:_MAX_COLUMNS], start=1):
            if cell.value is None and not hanging:
                continue
            text = hanging.pop((number, column), "") if cell.value is None else _shown(cell)
            if text:
                row += [""] * (column - 1 - len(row)) + [text]
            if text and (span := starts.get((number, column))):
                for below in range(number + 1, min(span[0], number + 200) + 1):
                    hanging[below, column] = text
        if row:
            block.append(row)
            size += sum(map(len, row))
            if size > MAX_DOCUMENT_BYTES:
                raise UnreadableDocument(
                    f"It holds more than the {MAX_DOCUMENT_BYTES / 1e6:.0f} MB of text of one document.", "Split it."
                )
        elif block:
            yield from _blocks(block)
            block = []
    if block:
        yield from _blocks(block)


def _blocks(rows: list[list[str]]) -> Iterator[str]:
    """Yield a table, its titles (rows of one cell above the others) as text before it."""
    while rows and sum(map(bool, rows[0])) == 1 and any(sum(map(bool, row)) > 1 for row in rows):
        yield f"**{next(filter(None, rows.pop(0)))}**"
    if all(sum(map(bool, row)) == 1 for row in rows):
        for row in rows:
            yield "\n\n".join(next(filter(None, row)).split("\n"))
    elif rows:
        yield markdown_table(rows)


def _shown(cell: Any) -> str:
    """Return a cell's value as the sheet shows it."""
    value = cell.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return _number(float(value), str(cell.number_format or "General").split(";")[0])
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    text = "\n".join(" ".join(line.split()) for line in str(value).strip().split("\n"))
    return "" if text in ("#N/A", "#REF!", "#NAME?", "#NULL!") else text


def _number(value: float, form: str) -> str:
    """Return a number in its number format: decimals, thousands, percent and currency."""
    form = re.sub(r"\[\$([^\]-]*)(?:-[^\]]*)?\]", r'"\1"', form)
    form = re.sub(r"\[[^\]]*\]|_.|\*.|\\(?=.)", "", form)
    digits = re.search(r"[0#?][0#?,]*(?:\.([0#?]+))?", form)
    if form.lower() in ("general", "@", "") or not digits or "e+" in form.lower() or "/" in form:
        return f"{value:.10g}" if abs(value) < 1e15 else str(value)
    percent = "%" in form
    decimals = len(digits[1] or "")
    text = f"{value * (100 if percent else 1):{',' if ',' in digits[0] else ''}.{decimals}f}"
    if digits[1] and "#" in digits[1]:
        text = text[: len(text) - digits[1].count("#")] + text[len(text) - digits[1].count("#") :].rstrip("0")
        text = text.rstrip(".")
    before, after = form[: digits.start()].replace('"', ""), form[digits.end() :].replace('"', "")
    return f"{before}{text}{after}".strip()
