"""Workbooks to Markdown: what their sheets show, each block of cells a table."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from io import BytesIO
from itertools import groupby, pairwise
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.cell.read_only import ReadOnlyCell  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter, range_boundaries  # type: ignore[import-untyped]
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser  # type: ignore[import-untyped]

from knowledge.parsing.archives import check_archive
from knowledge.parsing.number_format import shown_number, shown_time
from knowledge.parsing.properties import with_properties, xml_of
from knowledge.parsing.superscripts import raised
from knowledge.parsing.tables import header_rows_of, in_groups, linked, markdown_table
from knowledge.parsing.text import MAX_DOCUMENT_BYTES, Parsed, UnreadableDocument

_WORKBOOK = "xl/workbook.xml"
_MAX_COLUMNS = 200
_MAX_MERGED = 5000
_MAX_LINKS = 20_000
_MAX_GAPS = 10
_MAX_FORMULA = 10_000
_ON = ("1", "true", "on")
_LAYOUT = re.compile(rb"<(?:\w+:)?(mergeCell|hyperlink|filterColumn|(?:row|col)(?=\s[^>]*\bhidden\b))\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"""\b(\w+)\s*=\s*["']([^"']*)["']""")
_CALCULATION = re.compile(rb"<(?:\w+:)?calcPr\s[^>]*\bfullCalcOnLoad\s*=\s*[\"'](?:1|true|on)[\"']")
_LINK = re.compile(r'\s*HYPERLINK\(\s*"([^"]+)"', re.IGNORECASE)
_ERRORS = ("#N/A", "#REF!", "#NAME?", "#NULL!", "#VALUE!", "#DIV/0!", "#NUM!")
_ESCAPED_RETURN = re.compile("_x000[dD]_")


def parse_xlsx(raw: bytes) -> Parsed:
    """Return a workbook as Markdown: each sheet that is shown a section, its blocks of cells tables."""
    check_archive(raw)
    book = load_workbook(BytesIO(raw), read_only=True, data_only=True, keep_links=False, rich_text=True)
    parts: list[str] = []
    losses: list[_Losses] = []
    size = 0
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        is_calculated = not _CALCULATION.search(archive.read(_WORKBOOK))
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            loss = _Losses(sheet.title)
            tables = list(_sheet(sheet, _layout(archive, sheet), is_calculated, loss))
            losses.append(loss)
            if tables:
                parts += [f"## {sheet.title}", *tables]
            size += sum(map(len, tables))
            if size > MAX_DOCUMENT_BYTES:
                raise _too_large()
    unread = _told(losses)
    if unread and not parts:
        raise UnreadableDocument(f"It has no text. {unread}")
    return with_properties(raw, "\n\n".join(parts) + "\n" if parts else "", unread=unread)


def _too_large() -> UnreadableDocument:
    return UnreadableDocument(
        f"It holds more than the {MAX_DOCUMENT_BYTES / 1e6:.0f} MB of text of one document.", "Split it."
    )


@dataclass(slots=True)
class _Losses:
    """What of a sheet is not read though its readers may see it."""

    sheet: str
    uncomputed: int = 0
    """Cells whose formula has no result in the file."""
    first: str = ""
    """The first of them."""
    filtered: int = 0
    """Rows that a filter hides for now."""
    closed: int = 0
    """Rows in groups that are closed."""
    beyond: int = 0
    """Cells to the right of the last column that is read."""


def _told(losses: Sequence[_Losses]) -> str:
    """Return in words what of a workbook is not read; empty where all of it is."""
    sentences = []
    if cells := sum(one.uncomputed for one in losses):
        first = next(f"{one.sheet}!{one.first}" for one in losses if one.uncomputed)
        which = f"One cell ({first}) has a formula" if cells == 1 else f"{cells} cells (first {first}) have formulas"
        sentences.append(
            f"{which} without a result and {_is(cells)} left out, because the program that wrote the file computed "
            "nothing. Open it in Excel or LibreOffice and save it there."
        )
    for name, why, what in (
        ("filtered", "hidden by a filter", "Take it off for them to be told."),
        ("closed", "in closed groups", "Open these for them to be told."),
    ):
        if rows := sum(getattr(one, name) for one in losses):
            sheets = ", ".join(f"“{one.sheet}”" for one in losses if getattr(one, name))
            sentences.append(f"Rows {why} are left out: {rows} of {sheets}. {what}")
    if cells := sum(one.beyond for one in losses):
        last = get_column_letter(_MAX_COLUMNS)
        sentences.append(f"Cells to the right of column {last} are left out: {cells} in all. Split the sheet.")
    return " ".join(sentences)


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


# ------------------------------------------------------------------ what a sheet shows, joins and links


@dataclass(slots=True)
class _Layout:
    """Rows and columns count from 1."""

    hidden_rows: set[int] = field(default_factory=set)
    grouped_rows: set[int] = field(default_factory=set)
    """Of the hidden ones those in a group, which a click opens."""
    hidden_columns: set[int] = field(default_factory=set)
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Last row and column of each merged range by its first ones."""
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    """Addresses by the first row and column of what is linked."""
    is_filtered: bool = False

    def shown(self, first: int, last: int) -> list[int]:
        """Return the columns of a range that are shown."""
        return [one for one in range(first, min(last, _MAX_COLUMNS) + 1) if one not in self.hidden_columns]


def _layout(archive: zipfile.ZipFile, sheet: Any) -> _Layout:
    """Return the layout of a sheet, which openpyxl leaves out where it reads row by row."""
    layout = _Layout()
    path = sheet._worksheet_path.lstrip("/")
    targets = _targets(archive, path)
    with archive.open(path) as part:
        rest = b""
        while block := part.read(1 << 20):
            whole, begun, rest = (rest + block).rpartition(b"<")
            rest = begun + rest
            _read_layout(whole, layout, targets)
        _read_layout(rest, layout, targets)
    return layout


def _targets(archive: zipfile.ZipFile, path: str) -> dict[str, str]:
    """Return the addresses that a sheet links to, by the ids of its relationships."""
    folder, name = posixpath.split(path)
    try:
        root = xml_of(archive.read(f"{folder}/_rels/{name}.rels"))
    except (KeyError, SyntaxError):
        return {}
    return {str(one.get("Id")): str(one.get("Target")) for one in root if one.get("TargetMode") == "External"}


def _read_layout(xml: bytes, layout: _Layout, targets: Mapping[str, str]) -> None:
    boundaries: Callable[[str], tuple[int | None, ...]] = range_boundaries
    for found in _LAYOUT.finditer(xml):
        name = found[1]
        values = {key.decode(): value.decode("ascii", "replace") for key, value in _ATTRIBUTE.findall(found[2])}
        if name == b"mergeCell":
            left, top, right, bottom = boundaries(values.get("ref", "A1"))
            if None not in (left, top, right, bottom) and len(layout.merged) < _MAX_MERGED:
                layout.merged[top, left] = (bottom, right)  # type: ignore[index, assignment]
        elif name == b"hyperlink":
            left, top, *_ = boundaries(values.get("ref", "A1"))
            target = targets.get(values.get("id", ""), "")
            if None not in (left, top) and target and len(layout.links) < _MAX_LINKS:
                layout.links[top, left] = target  # type: ignore[index]
        elif name == b"filterColumn":
            layout.is_filtered = True
        elif values.get("hidden") not in _ON:
            continue
        elif name == b"row" and values.get("r", "").isdigit():
            layout.hidden_rows.add(int(values["r"]))
            if values.get("outlineLevel", "0") != "0":
                layout.grouped_rows.add(int(values["r"]))
        elif values.get("min", "").isdigit() and values.get("max", "").isdigit():
            layout.hidden_columns.update(range(int(values["min"]), min(int(values["max"]), _MAX_COLUMNS) + 1))


# ------------------------------------------------------------------ cells to tables


_Hanging = defaultdict[int, list[tuple[list[int], str, bool]]]
"""What goes on from rows above, by row: columns, text, whether it is bold."""


@dataclass(slots=True)
class _Row:
    """A row of cells; columns count from 0."""

    cells: list[str] = field(default_factory=list)
    wide: dict[int, int] = field(default_factory=dict)
    """Last column of each cell that goes over several, by its first."""
    plain: set[int] = field(default_factory=set)
    """Columns of the cells that are not bold."""

    @property
    def is_bold(self) -> bool:
        return not self.plain

    def put(self, columns: Sequence[int], text: str, bold: bool) -> None:
        """Put the text of a cell into the first of its columns, which count from 1."""
        first = columns[0] - 1
        self.cells += [""] * (first + 1 - len(self.cells))
        self.cells[first] = text
        if not bold:
            self.plain.add(first)
        if len(columns) > 1:
            self.wide[first] = columns[-1] - 1

    def filled(self) -> list[int]:
        return [i for i, cell in enumerate(self.cells) if cell]

    def covered(self) -> set[int]:
        """Return the columns that its cells go over."""
        return {column for i in self.filled() for column in range(i, self.wide.get(i, i) + 1)}

    def between(self, columns: range) -> _Row:
        """Return it with no other cells than those in some columns."""
        return _Row(
            [cell if i in columns else "" for i, cell in enumerate(self.cells[: columns.stop])],
            {first: last for first, last in self.wide.items() if first in columns},
            self.plain & set(columns),
        )


class _SheetParser(WorkSheetParser):  # type: ignore[misc]
    """Reads the cells of a sheet with their formulas besides the results, and rich text also where it is inline."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        formula = element.find(FORMULA_TAG)
        if formula is not None:
            cell["formula"] = (formula.text or "")[:_MAX_FORMULA]
            # The result of a formula may be a text without a letter, which is a result all the same.
            cell["has_result"] = cell["value"] is not None or (
                element.get("t") == "str" and element.find(VALUE_TAG) is not None
            )
        return cell


def _rows(sheet: Any) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield the rows that a sheet has, with their numbers."""
    book = sheet.parent
    with sheet._get_source() as source:
        yield from _SheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
            rich_text=True,
        ).parse()


def _sheet(sheet: Any, layout: _Layout, is_calculated: bool, losses: _Losses) -> Iterator[str]:
    """Yield a sheet's blocks of rows without an empty row between them: tables, or text where it is one cell."""
    hanging: _Hanging = defaultdict(list)
    hidden = {column - 1 for column in layout.hidden_columns}
    block: list[_Row] = []
    size = last = 0
    for number, values in _rows(sheet):
        from_above = hanging.pop(number, [])
        row = _Row()
        for cell in _cells(sheet, number, values, layout, is_calculated, losses, hanging):
            row.put(*cell)
        is_empty = not row.cells
        for columns, text, bold in from_above if row.cells else ():
            if not (len(row.cells) >= columns[0] and row.cells[columns[0] - 1]):
                row.put(columns, text, bold)
        if number in layout.hidden_rows:
            losses.closed += not is_empty and number in layout.grouped_rows
            losses.filtered += not is_empty and layout.is_filtered and number not in layout.grouped_rows
        elif is_empty and from_above:
            pass  # a merged cell goes over it
        elif block and (is_empty or (number > last + 1 and last + 1 not in hanging)):
            yield from _blocks(block, hidden)
            block = []
        if number not in layout.hidden_rows and not is_empty:
            block.append(row)
            size += sum(map(len, row.cells))
            if size > MAX_DOCUMENT_BYTES:
                raise _too_large()
        last = number
    if block:
        yield from _blocks(block, hidden)


def _cells(
    sheet: Any,
    number: int,
    values: Sequence[dict[str, Any]],
    layout: _Layout,
    is_calculated: bool,
    losses: _Losses,
    hanging: _Hanging,
) -> Iterator[tuple[list[int], str, bool]]:
    """Yield the cells of a row that show something: their columns, text, and whether it is bold.

    Those that go over several rows are put into `hanging`, by the rows below.
    """
    is_hidden = number in layout.hidden_rows
    for value in values:
        column = value["column"]
        formula, has_result = value.pop("formula", None), value.pop("has_result", True)
        if column > _MAX_COLUMNS:
            losses.beyond += value["value"] is not None and not is_hidden
            continue
        bottom, right = layout.merged.get((number, column), (number, column))
        columns = layout.shown(column, right)
        # A program that leaves the computing to whoever opens the file writes nothing, or zero, in the meantime.
        if formula is not None and not (has_result and (is_calculated or value["value"] != 0)):
            if columns and not is_hidden:
                losses.uncomputed += 1
                losses.first = losses.first or f"{get_column_letter(column)}{number}"
            continue
        if value["value"] is None or not columns:
            continue
        cell = ReadOnlyCell(sheet, **value)
        if text := linked(_shown(cell), layout.links.get((number, column)) or _target(formula)):
            one = (columns, text, bool(cell.has_style and cell.font.b))
            for below in range(number + 1, min(bottom, number + 200) + 1):
                hanging[below].append(one)
            yield one


def _blocks(rows: list[_Row], hidden: Container[int]) -> Iterator[str]:
    """Yield a table, its titles (rows of one cell above the others) as text before it; or several side by side.

    `hidden` holds the columns, counted from 0, that the sheet does not show.
    """
    while rows and len(rows[0].filled()) == 1 and any(len(row.filled()) > 1 for row in rows):
        title = rows.pop(0)
        yield f"**{title.cells[title.filled()[0]]}**"
    if all(len(row.filled()) == 1 for row in rows):
        for row in rows:
            yield "\n\n".join(row.cells[row.filled()[0]].split("\n"))
    elif sides := _side_by_side(rows, hidden):
        for side in sides:
            for block in _in_blocks(side):
                yield from _blocks(block, hidden)
    elif rows:
        yield _table(rows)


def _side_by_side(rows: list[_Row], hidden: Container[int]) -> tuple[list[_Row], list[_Row]] | None:
    """Return what of rows is to the left and to the right of an empty column that parts two tables, if one does."""
    covered = sorted({column for row in rows for column in row.covered()})
    gaps = [(left, right) for left, right in pairwise(covered) if right > left + 1]
    for left, right in gaps[:_MAX_GAPS]:
        shown = sum(column not in hidden for column in range(left + 1, right))
        sides = (
            [row.between(range(right)) for row in rows],
            [row.between(range(right, covered[-1] + 1)) for row in rows],
        )
        if shown and _are_two(*sides, shown):
            return sides
    return None


def _in_blocks(rows: list[_Row]) -> list[list[_Row]]:
    """Return rows as they follow each other without an empty one."""
    return [list(block) for is_filled, block in groupby(rows, lambda row: bool(row.filled())) if is_filled]


def _are_two(left: list[_Row], right: list[_Row], gap: int) -> bool:
    """Whether what stands to the left and to the right of some empty columns are two tables, not parts of one.

    Each must have names for all of its columns, the right one names for its rows, too. What tells them apart is that
    they begin or end in other rows, are far from each other, or have titles or the same first column; an empty column
    between the values of one table, and values that some of its rows lack, do none of this.
    """
    tables = [[_named(block) for block in _in_blocks(side)] for side in (left, right)]
    first, second = tables[0][0], tables[1][0]
    if not all(map(all, tables)) or not first or not second:
        return False
    (begin, end), (other_begin, other_end) = (
        (filled[0], filled[-1])
        for filled in ([i for i, row in enumerate(side) if row.filled()] for side in (left, right))
    )
    return (
        all(name[0].isalpha() for name in second.rows)
        and len(set(second.rows)) == len(second.rows)
        and (begin != other_begin or first.has_title == second.has_title)
        and (
            gap > 1
            or begin != other_begin
            or other_end > end
            or (other_end < end - 1 and len(tables[1]) == 1)
            or first.has_title
            or first.name.casefold() == second.name.casefold()
        )
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """What the cells of a table are known by."""

    name: str
    """Of the first column."""
    rows: list[str]
    """What stands in the first column."""
    has_title: bool


def _named(block: list[_Row]) -> _Names | None:
    """Return the names in a block of rows, titles above them aside; None where a column or row has none."""
    columns = set().union(*(row.covered() for row in block))
    first = min(columns)
    names = [row.cells[first] if len(row.cells) > first else "" for row in block]
    head = next((i for i, row in enumerate(block) if len(row.filled()) > 1), len(block))
    if not all(names) or len(block) < head + 2 or block[head].covered() != columns:
        return None
    return _Names(names[head], names[head + 1 :], head > 0)


def _table(rows: list[_Row]) -> str:
    width = max(len(row.cells) for row in rows)
    cells = [row.cells + [""] * (width - len(row.cells)) for row in rows]
    first = min(row.filled()[0] for row in rows)
    head = header_rows_of(cells, [row.wide for row in rows])
    groups = set[int]()
    for i, row in enumerate(rows):
        filled = row.filled()
        if i >= head and filled == [first] and (row.is_bold or row.wide.get(first, first) >= width - 1):
            groups.add(i)
        for start in filled if len(filled) > 1 or i < head else ():
            for column in range(start + 1, min(row.wide.get(start, start), width - 1) + 1):
                # What holds for several columns is told of each; a name at the beginning is told once.
                cells[i][column] = cells[i][column] or (cells[i][start] if i < head or start > first else "")
    return markdown_table(in_groups(cells, groups, first), head)


def _target(formula: str | None) -> str:
    """Return the address that a formula links to."""
    found = _LINK.match(formula or "")
    return found[1] if found else ""


def _shown(cell: Any) -> str:
    """Return a cell's value as the sheet shows it; nothing of what is struck through."""
    value = cell.value
    if cell.has_style and cell.font.strike:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return shown_number(value, str(cell.number_format or "General"))
    if isinstance(value, (datetime, time, timedelta)):
        return shown_time(value, str(cell.number_format or "General"))
    written = value if isinstance(value, str) else "".join(map(_run, value))
    lines = _ESCAPED_RETURN.sub("", written).strip().split("\n")
    text = "\n".join(" ".join(line.split()) for line in lines)
    return "" if text in _ERRORS else text


def _run(run: Any) -> str:
    """Return the text of a part of a cell that has a look of its own."""
    if isinstance(run, str):
        return run
    if run.font is not None and run.font.strike:
        return ""
    return raised(run.text) if run.font is not None and run.font.vertAlign == "superscript" else str(run.text)
