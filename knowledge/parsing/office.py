"""Word documents, presentations and workbooks to Markdown."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from io import BytesIO
from typing import Any

from lxml import etree

from knowledge.documents import scope_key
from knowledge.parsing.archives import check_archive
from knowledge.parsing.number_format import shown_number
from knowledge.parsing.superscripts import raised
from knowledge.parsing.tables import cell_text, markdown_table
from knowledge.parsing.text import MAX_DOCUMENT_BYTES, Parsed, UnreadableDocument, day_of

_MAX_COLUMNS = 200
_MAX_MERGED = 5000
_ON = ("1", "true", "on")
_LAYOUT = re.compile(rb"<(?:\w+:)?(mergeCell|(?:row|col)(?=\s[^>]*\bhidden\b))\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"""\b(\w+)\s*=\s*["']([^"']*)["']""")
_WRAPPERS = ("fldSimple", "bdo", "dir")
"""What Word puts around words that mammoth then leaves out: the result of a field, the direction of writing."""
_CORE = "docProps/core.xml"
_CUSTOM = "docProps/custom.xml"


def _properties(raw: bytes) -> dict[str, Any]:
    """Return title, day of the last change and what custom properties say about url and scope."""
    fields: dict[str, Any] = {}
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        names = set(archive.namelist())
        for part in (_CORE, _CUSTOM):
            if part not in names:
                continue
            try:
                root = _xml(archive.read(part))
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
            BytesIO(_with_shown_text(raw)),
            style_map="p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh",
            convert_image=mammoth.images.img_element(lambda image: {"src": ""}),
            external_file_access=False,
        ).value
    except RecursionError:
        raise UnreadableDocument("Its parts are nested too deep.") from None
    parsed = convert(_bold_headings(html))
    return _parsed(raw, parsed.text, parsed.title)


def _with_shown_text(raw: bytes) -> bytes:
    """Return a Word document with the text that holds, where mammoth knows no better.

    What Word hides by its font or style, and what is struck through, goes; what stands in a field stays.
    """
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        names = [one for one in archive.namelist() if one.startswith("word/") and one.endswith(".xml")]
        parts = {name: archive.read(name) for name in names}
        styles = parts.pop("word/styles.xml", b"")
        hidden = _hiding_styles(styles) if b"vanish" in styles else set()
        marks = [b"vanish", b"strike", *(f"<w:{one}".encode() for one in _WRAPPERS), *(one.encode() for one in hidden)]
        changed = {name: _shown_text(xml, hidden) for name, xml in parts.items() if any(one in xml for one in marks)}
        if not changed:
            return raw
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as out:
            for name in archive.namelist():
                out.writestr(name, changed[name] if name in changed else archive.read(name))
    return buffer.getvalue()


def _hiding_styles(xml: bytes) -> set[str]:
    """Return the ids of the styles that hide their text, by themselves or by the style that they are based on."""
    hides: dict[str, bool | None] = {}
    base: dict[str, str] = {}
    for style in _xml(xml).iter("{*}style"):
        id = _attribute(style, "styleId")
        hides[id] = _vanishes(style.find("{*}rPr"))
        based_on = style.find("{*}basedOn")
        base[id] = "" if based_on is None else _attribute(based_on, "val")
    for id in hides:
        line = [id]
        while hides[line[-1]] is None and base[line[-1]] in hides.keys() - line:
            line.append(base[line[-1]])
        hides |= dict.fromkeys(line, bool(hides[line[-1]]))
    return {id for id, hidden in hides.items() if hidden}


def _shown_text(xml: bytes, hidden_styles: set[str]) -> bytes:
    root = _xml(xml)
    for wrapper in root.iter(*(f"{{*}}{name}" for name in _WRAPPERS)):
        wrapper.tag = etree.QName(etree.QName(wrapper).namespace, "smartTag")
    for run in list(root.iter("{*}r")):
        by_font = _vanishes(run.find("{*}rPr"))
        is_struck = any(_is_on(run.find("{*}rPr"), name) for name in ("strike", "dstrike"))
        paragraph = next(run.iterancestors("{*}p"), None)
        styles = [run.find("{*}rPr/{*}rStyle"), None if paragraph is None else paragraph.find("{*}pPr/{*}pStyle")]
        by_style = any(_attribute(one, "val") in hidden_styles for one in styles if one is not None)
        if is_struck or (by_style if by_font is None else by_font):
            run.getparent().remove(run)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _vanishes(properties: Any) -> bool | None:
    """Whether properties of text hide it; None where they don't say."""
    return _is_on(properties, "vanish")


def _is_on(properties: Any, name: str) -> bool | None:
    """Whether properties of text turn something on; None where they don't say."""
    found = None if properties is None else properties.find(f"{{*}}{name}")
    return None if found is None else _attribute(found, "val", "on") in _ON


def _attribute(element: Any, name: str, otherwise: str = "") -> str:
    return next((str(value) for key, value in element.attrib.items() if etree.QName(key).localname == name), otherwise)


def _xml(part: bytes) -> Any:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


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
    deck = Presentation(BytesIO(raw))
    slides = deck.slides
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
            is_title = title_shape is not None and shape.shape_id == title_shape.shape_id
            if not is_title and not _is_beside(shape, deck.slide_width, deck.slide_height):
                parts += _shape(shape)
    return _parsed(raw, "\n\n".join(parts) + "\n" if parts else "", first_title)


def _in_reading_order(shapes: Any) -> list[Any]:
    # Rows a third of an inch high, so that boxes side by side are read from left to right.
    return sorted(shapes, key=lambda shape: ((shape.top or 0) // 304_800, shape.left or 0))


def _is_beside(shape: Any, width: Any, height: Any) -> bool:
    """Whether a shape lies wholly beside its slide, where authors keep notes to themselves."""
    if None in (width, height, shape.left, shape.top, shape.width, shape.height):
        return False
    return bool(
        shape.left + shape.width <= 0 or shape.top + shape.height <= 0 or shape.left >= width or shape.top >= height
    )


def _shape(shape: Any) -> Iterator[str]:
    if any(one.get("hidden") in _ON for one in shape.element.xpath("./*[1]/p:cNvPr")):
        return
    if shape.shape_type is not None and hasattr(shape, "shapes"):
        for one in _in_reading_order(shape.shapes):
            yield from _shape(one)
    elif getattr(shape, "has_table", False) and shape.has_table:
        rows = [[_cell(shape.table, r, c) for c in range(len(row.cells))] for r, row in enumerate(shape.table.rows)]
        if table := markdown_table(rows, 1 if shape.table.first_row or len(rows[0]) > 2 else 0):
            yield table
    elif shape.has_text_frame:
        if (
            shape.is_placeholder
            and shape.placeholder_format.type is not None
            and shape.placeholder_format.type in (13, 15, 16)
        ):
            return  # slide number, footer, date
        paragraphs = [(one.level, " ".join(_words(one).split())) for one in shape.text_frame.paragraphs]
        paragraphs = [one for one in paragraphs if one[1]]
        if len(paragraphs) > 1:
            yield "\n".join(f"{'  ' * level}- {text}" for level, text in paragraphs)
        elif paragraphs:
            yield paragraphs[0][1]


def _cell(table: Any, row: int, column: int) -> str:
    """Return the text of a cell; one over several rows is in each of them."""
    while row > 0 and table.cell(row, column)._tc.vMerge:
        row -= 1
    return cell_text(map(_words, table.cell(row, column).text_frame.paragraphs))


def _words(paragraph: Any) -> str:
    """Return the text of a paragraph of a slide, without what is struck through."""
    words = ""
    for run in paragraph._p.content_children:
        properties = run.find("{*}rPr")
        looks = {} if properties is None else properties.attrib
        if looks.get("strike", "noStrike") == "noStrike":
            words += raised(run.text) if re.match(r"[1-9]", looks.get("baseline", "")) else run.text
    return words


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
        tables = list(_sheet(sheet, _layout(raw, sheet)))
        if tables:
            parts += [f"## {sheet.title}", *tables]
        size += sum(map(len, tables))
        if size > MAX_DOCUMENT_BYTES:
            raise UnreadableDocument(
                f"It holds more than the {MAX_DOCUMENT_BYTES / 1e6:.0f} MB of text of one document.", "Split it."
            )
    return _parsed(raw, "\n\n".join(parts) + "\n" if parts else "")


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a sheet shows and joins; rows and columns count from 1."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Last row and column of each merged range by its first ones."""


def _layout(raw: bytes, sheet: Any) -> _Layout:
    """Return the layout of a sheet, which openpyxl leaves out where it reads row by row."""
    from openpyxl.utils import range_boundaries  # type: ignore[import-untyped]

    layout = _Layout()
    with zipfile.ZipFile(BytesIO(raw)) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as part:
        rest = b""
        while block := part.read(1 << 20):
            whole, begun, rest = (rest + block).rpartition(b"<")
            rest = begun + rest
            _read_layout(whole, layout, range_boundaries)
        _read_layout(rest, layout, range_boundaries)
    return layout


def _read_layout(xml: bytes, layout: _Layout, boundaries: Callable[[str], tuple[int | None, ...]]) -> None:
    for found in _LAYOUT.finditer(xml):
        name = found[1]
        values = {key.decode(): value.decode("ascii", "replace") for key, value in _ATTRIBUTE.findall(found[2])}
        if name == b"mergeCell":
            left, top, right, bottom = boundaries(values.get("ref", "A1"))
            if None not in (left, top, right, bottom) and len(layout.merged) < _MAX_MERGED:
                layout.merged[top, left] = (bottom, right)  # type: ignore[index, assignment]
        elif values.get("hidden") not in _ON:
            continue
        elif name == b"row" and values.get("r", "").isdigit():
            layout.hidden_rows.add(int(values["r"]))
        elif values.get("min", "").isdigit() and values.get("max", "").isdigit():
            layout.hidden_columns.update(range(int(values["min"]), min(int(values["max"]), _MAX_COLUMNS) + 1))


def _sheet(sheet: Any, layout: _Layout) -> Iterator[str]:
    """Yield a sheet's blocks of rows without an empty row between them: tables, or text where it is one cell."""
    hanging: defaultdict[int, dict[int, str]] = defaultdict(dict)
    block: list[list[str]] = []
    size = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row: list[str] = []
        from_above = hanging.pop(number, {})
        for column, cell in enumerate(cells[:_MAX_COLUMNS], start=1):
            if cell.value is None and not from_above:
                continue
            text = from_above.pop(column, "") if cell.value is None else _shown(cell)
            bottom, right = layout.merged.get((number, column), (number, column))
            place = next((one for one in range(column, right + 1) if one not in layout.hidden_columns), None)
            if not text or place is None:
                continue
            for below in range(number + 1, min(bottom, number + 200) + 1):
                hanging[below][place] = text
            row += [""] * (place - 1 - len(row)) + [text]
        for column in sorted(from_above) if row else ():  # behind the last cell that is written
            row += [""] * (column - 1 - len(row)) + ([from_above[column]] if column > len(row) else [])
        if number in layout.hidden_rows:
            continue
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
        return shown_number(value, str(cell.number_format or "General"))
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    text = "\n".join(" ".join(line.split()) for line in str(value).strip().split("\n"))
    return "" if text in ("#N/A", "#REF!", "#NAME?", "#NULL!") else text
