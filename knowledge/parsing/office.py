"""Word documents and presentations to Markdown."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

from knowledge.parsing.archives import check_archive
from knowledge.parsing.numbering import Numbering
from knowledge.parsing.properties import with_properties, xml_of
from knowledge.parsing.superscripts import raised
from knowledge.parsing.tables import cell_text, linked, markdown_table
from knowledge.parsing.text import Parsed, UnreadableDocument
from knowledge.sentences import unquoted

_ON = ("1", "true", "on")
_WRAPPERS = ("fldSimple", "bdo", "dir")
"""What Word puts around words that mammoth then leaves out: the result of a field, the direction of writing."""
_NUMBER = "\ue004{}\ue005"
"""What stands before the words of a numbered paragraph on its way through mammoth."""
_DIGITS_OF_ITEM = re.compile("<li>\ue004\\(?([0-9]{1,9})[.)]*\ue005")
_NUMBER_OF_ITEM = re.compile("<li>(?=\ue004)")
_NUMBER_SHOWN = re.compile("\ue004([^\ue005]*)\ue005")


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
    parsed = convert(_bold_headings(_with_numbers(html)))
    return with_properties(raw, parsed.text, parsed.title)


def _with_shown_text(raw: bytes) -> bytes:
    """Return a Word document with the text that holds, where mammoth knows no better.

    What Word hides by its font or style, and what is struck through, goes; what stands in a field stays. Numbers of
    lists and headings, which Word computes, are put into their paragraphs.
    """
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        names = [one for one in archive.namelist() if one.startswith("word/") and one.endswith(".xml")]
        parts = {name: archive.read(name) for name in names}
        styles, numbers = (parts.pop(f"word/{name}.xml", b"") for name in ("styles", "numbering"))
        hidden = _hiding_styles(styles) if b"vanish" in styles else set()
        marks = [b"vanish", b"strike", *(f"<w:{one}".encode() for one in _WRAPPERS), *(one.encode() for one in hidden)]
        is_numbered = b"numPr" in styles
        changed = {
            name: _shown_text(xml, hidden, numbers, styles)
            for name, xml in parts.items()
            if any(one in xml for one in marks) or (numbers and (is_numbered or b"numPr" in xml))
        }
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
    for style in xml_of(xml).iter("{*}style"):
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


def _shown_text(xml: bytes, hidden_styles: set[str], numbers: bytes, styles: bytes) -> bytes:
    root = xml_of(xml)
    for wrapper in root.iter(*(f"{{*}}{name}" for name in _WRAPPERS)):
        wrapper.tag = etree.QName(etree.QName(wrapper).namespace, "smartTag")
    for run in list(root.iter("{*}r")):
        by_font = _vanishes(run.find("{*}rPr"))
        is_struck = any(_is_on(run.find("{*}rPr"), name) for name in ("strike", "dstrike"))
        paragraph = next(run.iterancestors("{*}p"), None)
        named = [run.find("{*}rPr/{*}rStyle"), None if paragraph is None else paragraph.find("{*}pPr/{*}pStyle")]
        by_style = any(_attribute(one, "val") in hidden_styles for one in named if one is not None)
        if is_struck or (by_style if by_font is None else by_font):
            run.getparent().remove(run)
    if numbers and etree.QName(root).localname == "document":
        _put_numbers(root, Numbering(numbers, styles))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _put_numbers(root: Any, numbering: Numbering) -> None:
    """Put the number of each numbered paragraph before its words, and say of each in which list it is."""
    word = f"{{{etree.QName(root).namespace}}}"
    for paragraph in list(root.iter(f"{word}p")):
        mark = paragraph.find(f"{word}pPr/{word}rPr")
        is_gone = mark is not None and (_vanishes(mark) or mark.find(f"{word}del") is not None)
        # What a text box holds is in the file twice, and mammoth reads the second.
        if is_gone or next(paragraph.iterancestors("{*}Choice"), None) is not None:
            continue
        place = numbering.place(paragraph)
        if place is None:
            continue
        properties = paragraph.find(f"{word}pPr")
        if properties is None:
            properties = etree.Element(f"{word}pPr")
            paragraph.insert(0, properties)
        for own in properties.findall(f"{word}numPr"):
            properties.remove(own)
        own = etree.SubElement(properties, f"{word}numPr")
        etree.SubElement(own, f"{word}ilvl").set(f"{word}val", str(place.level))
        etree.SubElement(own, f"{word}numId").set(f"{word}val", place.number_id)
        if place.number is not None and any((text.text or "").strip() for text in paragraph.iter(f"{word}t")):
            run = etree.Element(f"{word}r")
            etree.SubElement(run, f"{word}t").text = _NUMBER.format(place.number)
            properties.addnext(run)


def _with_numbers(html: str) -> str:
    """Return mammoth's HTML with the numbers that were put into the document as HTML tells them."""
    html = _DIGITS_OF_ITEM.sub(r'<li value="\1">', html)
    html = _NUMBER_OF_ITEM.sub('<li style="list-style: none">', html)
    return _NUMBER_SHOWN.sub(lambda found: f"{found[1]} " if found[1] else "", html)


def _vanishes(properties: Any) -> bool | None:
    """Whether properties of text hide it; None where they don't say."""
    return _is_on(properties, "vanish")


def _is_on(properties: Any, name: str) -> bool | None:
    """Whether properties of text turn something on; None where they don't say."""
    found = None if properties is None else properties.find(f"{{*}}{name}")
    return None if found is None else _attribute(found, "val", "on") in _ON


def _attribute(element: Any, name: str, otherwise: str = "") -> str:
    return next((str(value) for key, value in element.attrib.items() if etree.QName(key).localname == name), otherwise)


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
    return with_properties(raw, "\n\n".join(parts) + "\n" if parts else "", first_title)


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
            yield unquoted("\n".join(f"{'  ' * level}- {text}" for level, text in paragraphs))
        elif paragraphs:
            yield unquoted(paragraphs[0][1])


def _cell(table: Any, row: int, column: int) -> str:
    """Return the text of a cell; one over several rows is in each of them."""
    while row > 0 and table.cell(row, column)._tc.vMerge:
        row -= 1
    return cell_text(map(_words, table.cell(row, column).text_frame.paragraphs))


def _address(part: Any, link: Any) -> str:
    """Return where a link of a slide leads outside of the presentation; empty where it does not."""
    relation = part.rels.get(_attribute(link, "id"))
    return str(relation.target_ref) if relation is not None and relation.is_external else ""


def _words(paragraph: Any) -> str:
    """Return the text of a paragraph of a slide, without what is struck through."""
    words = ""
    for run in paragraph._p.content_children:
        properties = run.find("{*}rPr")
        looks = {} if properties is None else properties.attrib
        if looks.get("strike", "noStrike") == "noStrike":
            told = raised(run.text) if re.match(r"[1-9]", looks.get("baseline", "")) else run.text
            link = None if properties is None else properties.find("{*}hlinkClick")
            words += told if link is None else linked(told, _address(paragraph.part, link))
    return words
