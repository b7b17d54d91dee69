"""The numbers that Word computes for items of lists and for headings (ECMA-376 Part 1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from knowledge.parsing.properties import xml_of

_PLACE = re.compile(r"%([1-9])")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_MOST_ROMAN = 3999


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paragraph stands in a list."""

    number_id: str
    """Of the `w:num`."""
    level: int
    """0 is the outermost."""
    number: str | None
    """As it is shown ("3.", "3.2", "a)"), empty where the level shows none; None for a bullet."""


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    """With `%1` where the number of the first level stands."""
    style: str = ""
    """The paragraphs of this style are at this level."""
    restart: int | None = None
    """It starts anew after an item of a level below this (0: never); None where it does after each outer one."""
    is_legal: bool = False
    """Whether the numbers of all levels are decimal in it."""


@dataclass(slots=True)
class _List:
    """A `w:num`."""

    abstract: str
    """What its counters are shared by."""
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)
    """With what a level begins where this list first comes to it."""


class Numbering:
    """Counts the numbered paragraphs of a Word document.

    `numbering` and `styles` are the XML of its parts of that name, empty where it has none. Raises
    lxml.etree.XMLSyntaxError for what is no XML.
    """

    def __init__(self, numbering: bytes, styles: bytes) -> None:
        self._styles: dict[str, tuple[str, str, int | None]] = {}
        for style in xml_of(styles).iter("{*}style") if styles else ():
            number_id, level = _number(style.find("{*}pPr"))
            self._styles.setdefault(_attribute(style, "styleId"), (_value(style, "basedOn"), number_id, level))
        self._lists = self._read(xml_of(numbering)) if numbering else {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def _read(self, root: Any) -> dict[str, _List]:
        abstracts = {_attribute(one, "abstractNumId"): one for one in root.iter("{*}abstractNum")}
        nums = {_attribute(one, "numId"): one for one in root.iter("{*}num")}
        lists: dict[str, _List] = {}
        for number_id, num in nums.items():
            id = _value(num, "abstractNumId")
            # A list may take its levels from a style, which names another list.
            style = "" if id not in abstracts else _value(abstracts[id], "numStyleLink")
            if style and (linked := nums.get(self._styles.get(style, ("", "", None))[1])) is not None:
                id = _value(linked, "abstractNumId")
            if id not in abstracts:
                continue
            one = lists[number_id] = _List(id, _levels(abstracts[id]))
            for override in num.iterchildren("{*}lvlOverride"):
                level = _integer(_attribute(override, "ilvl"), 0)
                one.levels |= _levels(override)
                if start := _value(override, "startOverride"):
                    one.starts[level] = _integer(start, 1)
        return lists

    def place(self, paragraph: Any) -> Place | None:
        """Return where a paragraph (`w:p`) stands, and count it; None where it is in no list.

        To be called once for each paragraph that readers see, in their order.
        """
        properties = paragraph.find("{*}pPr")
        number_id, level = _number(properties)
        own_id, chain = number_id, self._based_on("" if properties is None else _value(properties, "pStyle"))
        for style in chain:
            _, styled_id, styled_level = self._styles[style]
            number_id, level = number_id or styled_id, styled_level if level is None else level
        one = self._lists.get(number_id)
        if one is None:
            return Place(number_id, 0, None) if number_id == "0" else None
        if not own_id:  # the level that names the style holds
            level = next((i for i, each in one.levels.items() if each.style and each.style in chain), level)
        level = level or 0
        if level not in one.levels:
            return None
        counts = self._count(number_id, one, level)
        form = one.levels[level]
        if form.form == "bullet":
            return Place(number_id, level, None)

        def told(found: re.Match[str]) -> str:
            of = int(found[1]) - 1
            outer = one.levels.get(of, form)
            return _written(counts.get(of, outer.start), "decimal" if form.is_legal else outer.form)

        return Place(number_id, level, _PLACE.sub(told, form.text).strip())

    def _based_on(self, style: str) -> list[str]:
        """Return a style and those that it is based on."""
        chain: list[str] = []
        while style in self._styles and style not in chain:
            chain.append(style)
            style = self._styles[style][0]
        return chain

    def _count(self, number_id: str, one: _List, level: int) -> dict[int, int]:
        counts = self._counts.setdefault(one.abstract, {})
        if level in one.starts and (number_id, level) not in self._begun:
            counts[level] = one.starts[level]
        else:
            counts[level] = counts[level] + 1 if level in counts else one.levels[level].start
        self._begun.add((number_id, level))
        for inner in [i for i in counts if i > level]:
            restart = one.levels[inner].restart if inner in one.levels else None
            if restart is None or level < restart:
                del counts[inner]
        return counts


def _levels(element: Any) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for one in element.iterchildren("{*}lvl"):
        restart = _value(one, "lvlRestart")
        levels.setdefault(
            _integer(_attribute(one, "ilvl"), 0),
            _Level(
                _integer(_value(one, "start"), 1),
                _value(one, "numFmt") or "decimal",
                _value(one, "lvlText"),
                _value(one, "pStyle"),
                _integer(restart, 0) if restart else None,
                one.find("{*}isLgl") is not None,
            ),
        )
    return levels


def _number(properties: Any) -> tuple[str, int | None]:
    """Return the list and the level that properties of a paragraph or style name; empty or None where they don't."""
    numbered = None if properties is None else properties.find("{*}numPr")
    if numbered is None:
        return "", None
    level = _value(numbered, "ilvl")
    return _value(numbered, "numId"), _integer(level, 0) if level else None


def _value(element: Any, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return "" if found is None else _attribute(found, "val")


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if etree.QName(key).localname == name), "")


def _integer(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def _written(number: int, form: str) -> str:
    """Return a number in one of Word's formats; those of other scripts are told in digits."""
    if form == "none":
        return ""
    if form == "decimalZero":
        return f"{number:02}"
    if form in ("lowerRoman", "upperRoman") and 0 < number <= _MOST_ROMAN:
        letters = ""
        for worth, sign in _ROMAN:
            letters += sign * (number // worth)
            number %= worth
        return letters.upper() if form == "upperRoman" else letters
    if form in ("lowerLetter", "upperLetter") and 0 < number <= 26 * 30:
        # After z comes aa, then bb.
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if form == "upperLetter" else letters
    return str(number)
