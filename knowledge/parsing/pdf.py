"""PDF to Markdown: headings by size or outline, columns in reading order, paragraphs joined again, ruled tables."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from io import BytesIO
from itertools import groupby, pairwise
from time import monotonic
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from knowledge.parsing.superscripts import raised
from knowledge.parsing.tables import linked, markdown_table
from knowledge.parsing.text import MAX_DOCUMENT_BYTES, Parsed, UnreadableDocument

_MAX_PAGES = 3000
_TABLE_SECONDS = 25.0
"""For finding tables in one document; the pages after that are read without."""
_MARGIN = 0.1
"""Share of a page's height, at the top and at the bottom, where headers and footers stand."""
_MAX_LINKS = 1000
"""Of one page."""
_LEAST_TEXT = 20
_PAGES_NAMED = 10
_BULLET = re.compile(r"^(?:[•‣◦▪▫●○■□➢➤–·]|-(?=\s))\s*|^o\s+(?=[A-Z])")
_NUMBERED = re.compile(r"^(?:\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|\d{1,2}(?:\.\d{1,2})+\.?)\s+\S")
_PAGE_NUMBER = re.compile(
    r"^[^\w$€£¥%°]*(?:page|seite|p\.)?\s*\d{1,4}(?:\s*(?:of|/|von|-)\s*\d{1,4})?[^\w$€£¥%°]*(?<![.,;:!?])$",
    re.IGNORECASE,
)
_JOINED = 2
_DIGITS = frozenset("0123456789")
_HYPHENS = "-\u00ad\u2010"
_SYMBOLS = {
    **{"\uf0b7": "•", "\uf0a7": "▪", "\uf0a8": "□", "\uf0d8": "➢", "\uf0e0": "→", "\uf0e8": "➔"},
    **{"\uf0fb": "✗", "\uf0fc": "✓", "\uf0fe": "☑"},
}
"""What Symbol and Wingdings, in which bullets and check marks are set, show in place of these characters."""
_SENTENCE_END = tuple(".!?:;")
_BEFORE_LINK = re.compile(r"^\W+")
_LINK_AT_BEGIN = re.compile(r"\[[^\[\]]+\]\(([^\s()]+)\)")
_LINK_TO_ITSELF = re.compile(r"\[([^\s\[\]()]+)\]\(\1\)")


@dataclass(slots=True)
class _Word:
    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    bold: bool
    target: str = ""
    """Where a link leads that the word belongs to."""


@dataclass(slots=True)
class _Table:
    rows: list[list[str]]
    header_rows: int
    columns: list[tuple[float, float]]
    """Where each begins and ends, in points from the left."""
    has_bold_head: bool

    def markdown(self) -> str:
        return markdown_table(self.rows, self.header_rows)


@dataclass(slots=True)
class _Line:
    """A line of text in one column, or (with `table`) a table; coordinates in points from the lower left."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float = 0.0
    bold: bool = False
    table: _Table | None = None
    words: list[_Word] = field(default_factory=list)

    @property
    def markdown(self) -> str:
        """The text with its links."""
        return _linked(self.words) if any(word.target for word in self.words) else self.text


@dataclass(slots=True)
class _Page:
    lines: list[_Line]
    height: float
    ruled: bool
    is_picture: bool
    """Whether it shows a picture and hardly any text."""


def parse_pdf(raw: bytes) -> Parsed:
    """Return a PDF as Markdown. Raises UnreadableDocument for one that is protected, broken or only scanned."""
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise UnreadableDocument("It is protected by a password.", "Save it without one.") from None
        if "ecurity" in str(error):
            raise UnreadableDocument(
                "It is encrypted in a way that cannot be read.", "Save it without protection."
            ) from None
        raise UnreadableDocument("It is a broken PDF.", "Export it anew.") from None
    try:
        return _parse(document, raw)
    finally:
        document.close()


def _parse(document: pypdfium2.PdfDocument, raw: bytes) -> Parsed:
    count = len(document)
    if count > _MAX_PAGES:
        raise UnreadableDocument(f"It has {count} pages, more than the {_MAX_PAGES} of one document.", "Split it.")
    pages: list[_Page] = []
    unread: dict[str, list[int]] = {}
    size = 0
    for number in range(count):
        try:
            page = _read_page(document[number])
        except pypdfium2.PdfiumError:
            unread.setdefault("broken, and left out", []).append(number + 1)
            continue  # one broken page leaves the others
        if page.is_picture:
            unread.setdefault("pictures without text, which nobody can search (run text recognition)", []).append(
                number + 1
            )
        pages.append(page)
        size += sum(len(line.text) for line in page.lines)
        if size > MAX_DOCUMENT_BYTES:
            raise UnreadableDocument(
                f"It holds more than the {MAX_DOCUMENT_BYTES / 1e6:.0f} MB of text of one document.", "Split it."
            )
    if size < _LEAST_TEXT:
        if any(page.height for page in pages) and _has_images(document):
            pictures = "its page is a picture" if count == 1 else f"its {count} pages are pictures"
            raise UnreadableDocument(
                f"It is scanned: {pictures} without text.",
                "Run text recognition (OCR) on it and save it with the text.",
            )
        raise UnreadableDocument("It has no text.")
    _put_tables(pages, raw)
    _drop_margins(pages)
    blocks = [_reading_order(_rows(_with_aligned_tables(page.lines))) for page in pages]
    _join_tables(pages, blocks)
    outline = _outline(document)
    text = _markdown(blocks, outline)
    fields: dict[str, Any] = {}
    metadata = document.get_metadata_dict()
    title = " ".join(str(metadata.get("Title") or "").split())
    if title and not re.search(r"\.\w{3,4}$|^untitled|^microsoft \w+ - |^\W*$", title, re.IGNORECASE):
        fields["title"] = title
    if day := _day(str(metadata.get("ModDate") or "")):
        fields["modified"] = day.isoformat()
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    title = heading[1] if heading else fields.get("title", "")
    return Parsed(text, title, fields, day, " ".join(_told(numbers, why) for why, numbers in unread.items()))


def _told(numbers: list[int], why: str) -> str:
    """Return a sentence on pages that are not read."""
    listed = ", ".join(map(str, numbers[:_PAGES_NAMED])) + (", …" if len(numbers) > _PAGES_NAMED else "")
    return f"{len(numbers)} of its pages ({listed}) are {why}."


def _day(written: str) -> date | None:
    found = re.match(r"(?:D:)?(\d{4})(\d{2})(\d{2})", written)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _has_images(document: pypdfium2.PdfDocument) -> bool:
    return any(
        next(document[number].get_objects([pdfium.FPDF_PAGEOBJ_IMAGE]), None) for number in range(min(3, len(document)))
    )


# ------------------------------------------------------------------ pages to lines


def _read_page(page: pypdfium2.PdfPage) -> _Page:
    text = page.get_textpage()
    try:
        words = list(_words(text))
    finally:
        text.close()
    _put_targets(page, [word for word in words if word])
    paths = 0
    for _ in page.get_objects([pdfium.FPDF_PAGEOBJ_PATH], max_depth=3):
        paths += 1
        if paths >= 4:
            break
    lines = list(_lines(words))
    is_picture = (
        sum(len(line.text) for line in lines) < _LEAST_TEXT
        and next(page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE]), None) is not None
    )
    return _Page(lines, page.get_height(), paths >= 4, is_picture)


def _words(text: pypdfium2.PdfTextPage) -> Iterator[_Word | None]:
    """Yield the words of a page in the order of its stream, None at the end of a line."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    characters: list[str] = []
    begin = 0

    def word(end: int) -> _Word:
        pdfium.FPDFText_GetCharBox(text.raw, begin, left, right, bottom, top)
        x0, y0, y1 = left.value, bottom.value, top.value
        pdfium.FPDFText_GetCharBox(text.raw, end - 1, left, right, bottom, top)
        box = pdfium.FS_RECTF()
        if pdfium.FPDFText_GetLooseCharBox(text.raw, begin, box):
            y0, y1 = box.bottom, box.top
        size = pdfium.FPDFText_GetFontSize(text.raw, begin)
        height = abs(y1 - y0)
        # Some writers set the size 1 and scale the text; then its height says more.
        if height and not 0.5 < size / height < 2:
            size = height / 1.2
        for i, character in enumerate(characters[1:], start=1):
            if character in _DIGITS and _is_raised(text, begin, begin + i):
                characters[i] = raised(character)
        return _Word("".join(characters), x0, y0, right.value, y1, round(size, 1), _is_bold(text, begin))

    for i in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text.raw, i)
        if code == _JOINED and characters:  # where pdfium has joined the word over the end of a line
            characters.append("-")
            yield word(i)
            yield None
            characters = []
            continue
        character = chr(code) if code and code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        if character.isspace() or not character:
            if characters:
                yield word(i)
                characters = []
            if character in "\r\n" and character:
                yield None
            continue
        if not characters:
            begin = i
        characters.append(_SYMBOLS.get(character, character))
    if characters:
        yield word(text.count_chars())


def _put_targets(page: pypdfium2.PdfPage, words: list[_Word]) -> None:
    """Give the words on which a page has links the addresses outside of the document that these lead to."""
    links = list(_links(page))
    for word in words if links else ():
        x, y = (word.left + word.right) / 2, (word.bottom + word.top) / 2
        over = (target for target, x0, y0, x1, y1 in links if x0 <= x <= x1 and y0 <= y <= y1)
        word.target = next(over, "")


def _links(page: pypdfium2.PdfPage) -> Iterator[tuple[str, float, float, float, float]]:
    """Yield the addresses that a page links to, each with the left, bottom, right and top of a box to click on."""
    place, link, box, quad = ctypes.c_int(), pdfium.FPDF_LINK(), pdfium.FS_RECTF(), pdfium.FS_QUADPOINTSF()
    for _ in range(_MAX_LINKS):
        if not pdfium.FPDFLink_Enumerate(page, place, link):
            break
        action = pdfium.FPDFLink_GetAction(link)
        address = ctypes.create_string_buffer(pdfium.FPDFAction_GetURIPath(page.pdf, action, None, 0) or 1)
        pdfium.FPDFAction_GetURIPath(page.pdf, action, address, len(address))
        target = "".join(address.value.decode("utf-8", "replace").splitlines()).strip()
        if not target:
            continue  # it leads to a place in the document, or does something else
        quads = pdfium.FPDFLink_CountQuadPoints(link)  # the lines of a link that goes over several
        for i in range(quads):
            if pdfium.FPDFLink_GetQuadPoints(link, i, quad):
                across, up = (quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4)
                yield target, min(across), min(up), max(across), max(up)
        if not quads and pdfium.FPDFLink_GetAnnotRect(link, box):
            yield target, box.left, box.bottom, box.right, box.top


def _linked(words: Sequence[_Word]) -> str:
    """Return words with their links in Markdown; signs around what is linked are left outside."""
    parts = []
    for target, group in groupby(words, key=lambda word: word.target):
        part = " ".join(word.text for word in group)
        inner = _BEFORE_LINK.sub("", part)
        inner = inner.rstrip(".,;:!?" if "(" in inner else ".,;:!?)")
        parts.append(part.replace(inner, linked(inner, target), 1) if target and inner else part)
    return " ".join(parts)


def _is_raised(text: pypdfium2.PdfTextPage, beside: int, index: int) -> bool:
    """Whether a character is a superscript of the one that its word begins with: smaller, and off the line."""
    size = pdfium.FPDFText_GetFontSize(text.raw, beside)
    if pdfium.FPDFText_GetFontSize(text.raw, index) > 0.85 * size:
        return False
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text.raw, beside, left, right, bottom, top)
    line = bottom.value
    pdfium.FPDFText_GetCharBox(text.raw, index, left, right, bottom, top)
    return bool(bottom.value - line > 0.1 * size)


def _is_bold(text: pypdfium2.PdfTextPage, index: int) -> bool:
    if pdfium.FPDFText_GetFontWeight(text.raw, index) >= 600:
        return True
    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text.raw, index, buffer, 128, flags)
    return bool(re.search(rb"bold|black|heavy|semibold", buffer.value, re.IGNORECASE)) or bool(flags.value & (1 << 18))


def _lines(words: list[_Word | None]) -> Iterator[_Line]:
    """Yield runs of words side by side; a wide gap between two parts them, as columns and tables do."""
    run: list[_Word] = []
    for word in [*words, None]:
        if word and run:
            last = run[-1]
            same = min(word.top, last.top) - max(word.bottom, last.bottom) > 0.4 * min(
                word.top - word.bottom, last.top - last.bottom
            )
            gap = word.left - last.right
            if same and -2 * last.size < gap < 1.6 * max(last.size, word.size):
                run.append(word)
                continue
        if run:
            yield _line(run)
        run = [word] if word else []


def _unspaced(words: list[_Word]) -> list[_Word]:
    """Return the words of a line set with spaces between all letters, told by the two kinds of gap in it."""
    if len(words) < 8 or sum(len(word.text) for word in words) > 2.5 * len(words):
        return words
    gaps = sorted(after.left - before.right for before, after in pairwise(words))
    jump, place = max((wide - narrow, i) for i, (narrow, wide) in enumerate(pairwise(gaps)))
    if jump < 0.08 * words[0].size:
        return words
    joined = [words[0]]
    for before, after in pairwise(words):
        if after.left - before.right <= gaps[place]:
            joined[-1] = replace(joined[-1], text=joined[-1].text + after.text, right=after.right)
        else:
            joined.append(after)
    return joined


def _line(words: list[_Word]) -> _Line:
    words = _unspaced(words)
    characters = sum(len(word.text) for word in words)
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[word.size] += len(word.text)
    bold = sum(len(word.text) for word in words if word.bold) > 0.8 * characters
    return _Line(
        " ".join(word.text for word in words),
        min(word.left for word in words),
        min(word.bottom for word in words),
        max(word.right for word in words),
        max(word.top for word in words),
        sizes.most_common(1)[0][0],
        bold,
        words=words,
    )


def _put_tables(pages: list[_Page], raw: bytes) -> None:
    """Replace the text in ruled tables by the tables, as far as pdfplumber finds them in time."""
    ruled = [number for number, page in enumerate(pages) if page.ruled]
    if not ruled:
        return
    import pdfplumber

    began = monotonic()
    with pdfplumber.open(BytesIO(raw)) as document:
        for number in ruled:
            if monotonic() - began > _TABLE_SECONDS or number >= len(document.pages):
                break
            page = document.pages[number]
            try:
                found = page.find_tables()
                tables = [(table, table.extract()) for table in found]
            except Exception:  # pdfminer fails in many ways where pdfium reads on
                tables = []
            page.close()
            for table, rows in tables:
                grid = [[" ".join((cell or "").split()) for cell in row] for row in rows]
                _link_cells(pages[number], table, grid)
                grid = [row for row in grid if any(row)]
                filled = sum(1 for row in grid for cell in row if cell)
                if len(grid) < 2 or max(map(len, grid)) < 2 or filled < 0.4 * sum(map(len, grid)):
                    continue
                _put_table(pages[number], table, grid)


def _inside(page: _Page, one: _Line | _Word, box: tuple[float, float, float, float]) -> bool:
    """Whether the middle of something lies in a box, whose top and bottom are told from the top of the page."""
    left, top, right, bottom = box
    return (
        left - 2 < (one.left + one.right) / 2 < right + 2
        and page.height - bottom - 1 < (one.top + one.bottom) / 2 < page.height - top + 1
    )


def _link_cells(page: _Page, found: Any, grid: list[list[str]]) -> None:
    """Put the words of cells with links in place of their text without."""
    words = [word for line in page.lines for word in line.words]
    if not any(word.target for word in words):
        return
    for row, cells in zip(grid, found.rows, strict=True):
        for column, box in enumerate(cells.cells):
            inner = [word for word in words if box and _inside(page, word, box)]
            if any(word.target for word in inner):
                row[column] = _linked(inner)


def _put_table(page: _Page, found: Any, grid: list[list[str]]) -> None:
    within = [line for line in page.lines if _inside(page, line, found.bbox)]
    if not within:
        return
    ends: dict[int, float] = {}
    for left, _, right, _ in found.cells:
        ends[round(left)] = min(right, ends.get(round(left), right))
    head = [line for line in within if _inside(page, line, found.rows[0].bbox)]
    table = _Table(
        grid, 1 if all(grid[0]) or len(grid[0]) > 2 else 0, sorted(ends.items()), all(line.bold for line in head)
    )
    left, top, right, bottom = found.bbox
    page.lines = [line for line in page.lines if not _inside(page, line, found.bbox)]
    page.lines.append(_Line("", left, page.height - bottom, right, page.height - top, table=table))


def _drop_margins(pages: list[_Page]) -> None:
    """Drop page numbers, and lines at the top and bottom that at least half of the pages have.

    Lines that differ in numbers alone count as one where they are no larger than the text: "Section 1" in large
    letters at the top of a page is a heading.
    """
    body = _body_size(pages)

    def key(line: _Line) -> str:
        text = " ".join(line.text.casefold().split())
        return re.sub(r"\d+", "#", text) if line.size <= body and not line.bold else text

    def is_marginal(page: _Page, line: _Line) -> bool:
        return _in_margin(page, line) and bool(_PAGE_NUMBER.match(line.text) or key(line) in repeated)

    counts: Counter[str] = Counter()
    for page in pages:
        counts.update({key(line) for line in page.lines if _in_margin(page, line)})
    repeated = {text for text, count in counts.items() if len(pages) > 2 and count >= max(2, len(pages) / 2)}
    for page in pages:
        rows = _in_rows(page.lines)
        gone = {
            id(line)
            for i, row in enumerate(rows)
            for line in row
            if is_marginal(page, line)
            and (not _is_row_of_table(rows, i) or (all(is_marginal(page, one) for one in row) and _one_number(row)))
        }
        page.lines = [line for line in page.lines if id(line) not in gone]


def _body_size(pages: list[_Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0]


def _in_margin(page: _Page, line: _Line) -> bool:
    return not line.table and (line.bottom > page.height * (1 - _MARGIN) or line.top < page.height * _MARGIN)


def _is_row_of_table(rows: list[list[_Line]], i: int) -> bool:
    """Whether the row above or below one has as many runs of text, each beside one of its own."""
    return any(
        len(row) == len(rows[i]) > 1
        and all(map(_overlap, row, rows[i]))
        and max(row[0].bottom - rows[i][0].top, rows[i][0].bottom - row[0].top) < 2 * row[0].size
        for row in (*rows[max(0, i - 1) : i], *rows[i + 1 : i + 2])
    )


def _one_number(row: list[_Line]) -> bool:
    """Whether no more than one run of a row may be the number of the page."""
    return sum(bool(_PAGE_NUMBER.match(line.text)) for line in row) < 2


# ------------------------------------------------------------------ lines in the order they are read


def _with_aligned_tables(lines: list[_Line]) -> list[_Line]:
    """Return the lines with rows of three or more short runs below each other made tables: those without rules."""
    out: list[_Line] = []
    block: list[list[_Line]] = []
    for row in [*_in_rows(lines), []]:
        if block and not (len(row) == len(block[0]) and all(map(_overlap, block[-1], row))):
            out += _table_of(block)
            block = []
        short = len(row) >= 3 and sum(len(one.text) for one in row) < 25 * len(row)
        if short and not any(one.table for one in row):
            block.append(row)
        else:
            out += row
    return out


def _in_rows(lines: list[_Line]) -> list[list[_Line]]:
    """Return what stands side by side, from the left to the right, from the top of the page to its bottom."""
    rows: list[list[_Line]] = []
    for line in sorted(lines, key=lambda one: (-(one.top + one.bottom), one.left)):
        middle = (line.top + line.bottom) / 2
        if rows and rows[-1][0].bottom < middle < rows[-1][0].top:
            rows[-1].append(line)
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda one: one.left)
    return rows


def _overlap(above: _Line, below: _Line) -> bool:
    return above.left - 3 < below.right and below.left - 3 < above.right


def _table_of(rows: list[list[_Line]]) -> list[_Line]:
    cells = [line for row in rows for line in row]
    if len(rows) < 2:
        return cells
    left, bottom = min(one.left for one in cells), min(one.bottom for one in cells)
    right, top = max(one.right for one in cells), max(one.top for one in cells)
    columns = [(min(one.left for one in cells), max(one.right for one in cells)) for cells in zip(*rows, strict=True)]
    table = _Table([[one.markdown for one in row] for row in rows], 1, columns, all(one.bold for one in rows[0]))
    return [_Line("", left, bottom, right, top, table=table)]


def _rows(lines: list[_Line]) -> list[_Line]:
    """Join short runs side by side (a label and its value) into one line; columns of prose stay apart."""
    out: list[_Line] = []
    for line in sorted(lines, key=lambda one: (-one.top, one.left)):
        row = next(
            (
                one
                for one in out[-6:]
                if not one.table
                and not line.table
                and min(one.top, line.top) - max(one.bottom, line.bottom)
                > 0.5 * min(one.top - one.bottom, line.top - line.bottom)
                and not (_is_prose(one) and _is_prose(line))
                and 0 < line.left - one.right < 30 * max(one.size, line.size)
            ),
            None,
        )
        if row is None or (_side_by_side(lines, row, line)):
            out.append(line)
        else:
            joined = _line([*row.words, *line.words])
            out[out.index(row)] = joined
    return out


def _is_prose(line: _Line) -> bool:
    return len(line.text) > 30


def _side_by_side(lines: list[_Line], left: _Line, right: _Line) -> bool:
    """Whether two runs belong to columns of prose: others above or below begin where they begin."""
    middle = (left.right + right.left) / 2
    crossing = sum(1 for one in lines if one.left < middle < one.right)
    sides = ([one for one in lines if one.right <= middle], [one for one in lines if one.left >= middle])
    are_prose = all(sum(map(_is_prose, side)) >= 4 or _flows(side) for side in sides)
    return are_prose and crossing <= 0.3 * len(lines)


def _flows(lines: list[_Line]) -> bool:
    """Whether sentences go on from line to line, as in a narrow column and unlike labels and their values."""
    going_on = sum(one.text[:1].islower() for one in lines)
    return len(lines) >= 4 and _mean_length(lines) >= 20 and going_on > 0.4 * len(lines)


def _reading_order(lines: list[_Line]) -> list[_Line]:
    """Cut the page along its widest gaps, columns before rows, and read each part by itself (an XY-cut)."""
    if len(lines) < 4:
        return sorted(lines, key=lambda one: (-one.top, one.left))
    if (gutter := _gutter(lines)) is not None:
        left = [line for line in lines if line.right <= gutter]
        right = [line for line in lines if line.right > gutter]
        return _reading_order(left) + _reading_order(right)
    ordered = sorted(lines, key=lambda one: (-one.top, one.left))
    floor = ordered[0].bottom
    best, where = 0.0, 0
    for i, line in enumerate(ordered[1:], start=1):
        gap = floor - line.top
        if gap > best:
            best, where = gap, i
        floor = min(floor, line.bottom)
    if not where or best < 2:
        # Nothing to part: a line over two columns (a title) may hide their gutter.
        wide = [i for i, line in enumerate(ordered) if _gutter(ordered[:i] + ordered[i + 1 :]) is not None][:1]
        if wide and 0 < wide[0] < len(ordered) - 1 and len(lines) < 400:
            i = wide[0]
            return [*_reading_order(ordered[:i]), ordered[i], *_reading_order(ordered[i + 1 :])]
        return ordered
    if best < 4 and not _any_gutter(ordered[:where], ordered[where:]):
        return ordered
    return _reading_order(ordered[:where]) + _reading_order(ordered[where:])


def _any_gutter(*parts: list[_Line]) -> bool:
    return any(_gutter(part) is not None for part in parts)


def _gutter(lines: list[_Line]) -> float | None:
    """Return where an empty strip runs down between two columns of prose, or None."""
    reached = 0.0
    for line in sorted(lines, key=lambda one: one.left):
        if reached and line.left - reached >= 8:
            middle = (line.left + reached) / 2
            left = [one for one in lines if one.right <= middle]
            right = [one for one in lines if one.right > middle]
            if min(len(left), len(right)) >= 4 and min(_mean_length(left), _mean_length(right)) >= 20:
                return middle
        reached = max(reached, line.right)
    return None


def _mean_length(lines: list[_Line]) -> float:
    return sum(len(line.text) for line in lines) / len(lines)


def _join_tables(pages: list[_Page], blocks: list[list[_Line]]) -> None:
    """Put the rows of tables that go on on the next page below those before them, where the columns have names."""
    body = _body_size(pages)

    def is_of_the_page(page: _Page, line: _Line, beside: _Line) -> bool:
        """Whether a line is the header or footer of its page rather than a heading or note of the table beside it."""
        gap = max(line.bottom - beside.top, beside.bottom - line.top)
        return _in_margin(page, line) and gap > 2 * line.size and line.size <= body and not line.bold

    above: _Table | None = None
    for page, lines in zip(pages, blocks, strict=True):
        tables = [line for line in lines if line.table]
        inner = [line for line in lines if tables and not all(is_of_the_page(page, line, one) for one in tables)]
        below = inner[0].table if inner else None
        if above and below and _goes_on(above, below):
            repeated = 0
            while repeated < min(len(above.rows), len(below.rows)) and above.rows[repeated] == below.rows[repeated]:
                repeated += 1
            above.rows += below.rows[repeated:]
            lines[:] = [line for line in lines if line is not inner[0]]
            if len(inner) == 1:
                continue
        above = inner[-1].table if inner else None


def _goes_on(above: _Table, below: _Table) -> bool:
    """Whether a table at the top of a page is the rest of the one at the foot of the page before."""
    aligned = len(above.columns) == len(below.columns) and all(
        min(abs(a[0] - b[0]), abs(a[1] - b[1]), abs(a[0] + a[1] - b[0] - b[1]) / 2) < 3
        for a, b in zip(above.columns, below.columns, strict=True)
    )
    return aligned and (above.rows[0] == below.rows[0] or not below.has_bold_head)


# ------------------------------------------------------------------ lines to Markdown


def _outline(document: pypdfium2.PdfDocument) -> dict[str, int]:
    """Return the levels of the headings in the document's outline, by their folded text."""
    levels: dict[str, int] = {}
    try:
        for i, item in enumerate(document.get_toc(max_depth=6)):
            if i > 2000:
                break
            if title := _folded(item.get_title() or ""):
                levels.setdefault(title, min(6, item.level + 1))
    except pypdfium2.PdfiumError:
        pass
    return levels


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


def _markdown(pages: list[list[_Line]], outline: dict[str, int]) -> str:
    lines = [line for page in pages for line in page]
    sizes: Counter[float] = Counter()
    bold = 0
    for line in lines:
        sizes[line.size] += len(line.text)
        bold += len(line.text) if line.bold else 0
    body = sizes.most_common(1)[0][0] or 10.0
    mostly_bold = bold > 0.4 * sum(sizes.values())
    larger = sorted(
        {line.size for line in lines if not line.table and line.size >= 1.15 * body and len(line.text) < 150},
        reverse=True,
    )
    ranks: list[float] = []
    for size in larger:
        if not ranks or ranks[-1] - size > 0.6:
            ranks.append(size)
    levels = {size: min(4, 1 + sum(1 for rank in ranks if rank > size + 0.6)) for size in larger}

    def level(line: _Line) -> int:
        if line.table or not re.search(r"[^\W\d_]{2}", line.text):
            return 0
        if (found := outline.get(_folded(line.text))) and len(line.text) < 150:
            return found
        if line.size in levels and len(line.text) < 150 and not line.text.endswith((",", ";")):
            return levels[line.size]
        if (
            line.bold
            and not mostly_bold
            and len(line.text) < 90
            and not line.text.endswith((*".,;", *_HYPHENS))
            and not _BULLET.match(line.text)
        ):
            return min(5, 1 + len(ranks)) if ranks else 2
        return 0

    out: list[str] = []
    previous: _Line | None = None
    heading = 0
    for page in pages:
        width = max((line.right for line in page if not line.table), default=0.0)
        for line in page:
            now = level(line)
            if line.table:
                out.append(line.table.markdown())
            elif now:
                if (
                    heading == now
                    and previous
                    and 0 < previous.bottom - line.bottom < 2.2 * line.size
                    and previous.size == line.size
                ):
                    out[-1] = " ".join(_as_one_link(out[-1], line.markdown))
                else:
                    out.append(f"{'#' * now} {line.markdown}")
            elif previous and not heading and not previous.table and _continues(previous, line, width):
                out[-1] = _joined(out[-1], line.markdown)
            else:
                out.append(_BULLET.sub("- ", line.markdown, count=1))
            previous, heading = line, now
    text = ""
    for one in map(_parted, out):
        between = "\n" if one.startswith("- ") and text.rpartition("\n")[2].startswith("- ") else "\n\n"
        text += between + one if text else one
    return _LINK_TO_ITSELF.sub(r"\1", text) + "\n"


def _parted(block: str) -> str:
    """Return a paragraph so that no sign at its beginning is taken for Markdown."""
    return re.sub(r"^(#+|>|\+)(?=\s?\d)", r"\\\1", block) if not re.match(r"#{1,6} ", block) else block


def _continues(previous: _Line, line: _Line, width: float) -> bool:
    """Whether a line goes on with the paragraph of the one before it."""
    if _BULLET.match(line.text) or _NUMBERED.match(line.text):
        return False
    ended, lower = previous.text.endswith(_SENTENCE_END), line.text[:1].islower()
    if lower and previous.text[-1:] in _HYPHENS:
        return True
    larger = max(previous.size, line.size)
    if abs(previous.size - line.size) > 0.15 * larger or (ended and previous.bold != line.bold):
        return False
    if line.bottom >= previous.bottom:  # the next column or page
        return lower and not ended
    full = previous.right > previous.left + 0.6 * (width - previous.left) or (not ended and len(previous.text) > 60)
    return previous.bottom - line.top <= 0.75 * line.size and (lower or full)


def _as_one_link(before: str, after: str) -> tuple[str, str]:
    """Return two lines without what ends and begins a link between them, where both are linked to one address."""
    begin = _LINK_AT_BEGIN.match(after)
    end = f"]({begin[1]})" if begin else ""
    return (before.removesuffix(end), after[1:]) if end and before.endswith(end) else (before, after)


def _joined(paragraph: str, text: str) -> str:
    before, text = _as_one_link(paragraph, text)
    target, paragraph = paragraph[len(before) + 2 :], before
    if target and target.startswith(before.rpartition("[")[2]):
        return before + text  # an address is parted anywhere
    if paragraph[-1:] in _HYPHENS and text[:1].islower():
        # "30-" and "day" are 30-day; a word is parted by its hyphen mostly.
        stays = paragraph[-2:-1].isdigit() or "://" in paragraph.rpartition(" ")[2]
        return paragraph + text if stays else paragraph[:-1] + text
    return f"{paragraph} {text}"
