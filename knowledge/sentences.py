"""Sentences and their words: cut from whole texts or from a stream, out of Markdown, roughly stemmed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, zip_longest
from textwrap import dedent

from knowledge.columns import joined

_RULE = re.compile(r":?-+:?")
_CELL_END = re.compile(r"(?<!\\)\|")
_WHOLE_ROW = 300
"""Characters of a table row up to which it is one sentence, whatever stops are in it; a longer one has whole texts."""
_WHOLE_CODE = 1_500
"""Characters of a block of code up to which it is one sentence."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ENGLISH = 0.2
"""Share of English stop words from which on a text is read as English."""
NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being but by can could did do does done for "
    "from get had has have he her here him his how i if in into is it its just may me might more most must my no not "
    "of on only or other our out over own please shall she should so some such than that the their them then there "
    "these they this those through to too under up us very was we were what when where which while who whom why will "
    "with within would yes you your yours".split()
)
_ENDINGS = "ations ation ments ment ings ing ies ied ers er es ed s e y".split()
_LEADING_ON = [
    *r"[A-Z] e\.g i\.e vs No Mr Mrs Ms Dr Prof".split(),
    *r"z\.B d\.h d\.\sh [Nn]r Nrn bzw inkl exkl zzgl abzgl ggf vgl Ziff Hr".split(),
    *r"p\.ex p\.\sex p\.ej p\.\sej [Nn][úu]m EE Sr Sra Srta Sres Ud Uds Sig Sigg".split(),
    *r"[Bb]ijv d\.w\.z t\.a\.v m\.b\.t i\.v\.m t\.n\.v".split(),
]
"""Abbreviations that something always follows."""
_PERHAPS_LAST = (
    r"a\.m p\.m etc Inc Ltd Co Corp Bros St Rd Ave [Tt]el [Ee]xt [Aa]pprox ca [Ii]ncl [Ee]xcl [Mm]ax (?<!\d\s)[Mm]in "
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun"
).split()
"""Abbreviations that a sentence may end with; it does where a word follows that plainly begins one."""
_BEFORE_FIGURES = (
    r"no nos [Aa]rt [Ss]ec [Ff]ig p pp [Pp]ara [Vv]ol Abs gem [Ss]tr Mo Di Mi Do (?<!\d\s)Fr Sa So".split()
)
"""Abbreviations, where a figure follows; else words."""
_OPENERS = sorted(
    word.capitalize() for word in STOP_WORDS - {"may", "will"} | {"call", "contact", "however", "otherwise"}
)
_MONTHS_OF_GERMAN = "Januar Jänner Februar März Mai Juni Juli Oktober Dezember".split()
_MONTHS_OF_BOTH = "April August September November".split()
"""In English too, where no stop stands before them."""
_BEFORE_ORDINAL = (
    "[Dd]er [Dd]ie [Dd]as [Dd]em [Dd]en [Dd]es [Aa]m [Ii]m [Zz]um [Zz]ur [Vv]om [Bb]eim [Jj]eder [Jj]ede [Jj]edes "
    "[Jj]edem [Jj]eden ein eine einem einen einer"
).split()
"""Words behind which a figure with a stop is an ordinal in German: "der 2. Versuch"."""
_BEFORE_DATE = [*_BEFORE_ORDINAL, *"[Bb]is [Aa]b [Ss]eit und oder".split()]
_OPENERS_OF_GERMAN = (
    "Danach Dann Der Die Das Den Dem Bei Wir Sie Es Er Ihr Ihre Im In Am An Ab Nach Für Wenn Bitte Ein Eine Auch Alle "
    "Dies Diese Hier Zum Zur Mit Von Vor Nur Sonst".split()
)
_STOP = r"[.!?]++[\"')\]”’]*+"
_NOT_BEHIND = "".join(rf"(?<!\b{one})" for one in _LEADING_ON + _PERHAPS_LAST)
_ORDINAL, _DATE = (
    "|".join(rf"(?<=\b{one}\s{figures})" for one in words for figures in (r"\d", r"\d\d"))
    for words in (_BEFORE_ORDINAL, _BEFORE_DATE)
)
_BEHIND = "|".join(rf"(?<=\b{one})" for one in _PERHAPS_LAST)
_BEHIND_NUMBERED = "|".join(rf"(?<=\b{one})" for one in _BEFORE_FIGURES)


def _begun(words: Sequence[str]) -> str:
    """Return a pattern of one of the words, or of so much of it as has come of a stream."""
    beginnings = sorted({word[:end] for word in words for end in range(1, len(word) + 1)})
    return rf"(?:(?:{'|'.join(words)})\b|(?:{'|'.join(beginnings)})\Z)"


# A sentence ends at . ! ? (and closing quotes) before white space and no lower-case letter, or at a line's end. What
# follows has to be there, so that a stream is cut like the whole text.
_END = re.compile(
    rf"(?<![.!?])(?=[.!?])(?:{_NOT_BEHIND}(?!(?:{_BEHIND_NUMBERED})\.\s+[\d(#+§])"
    rf"(?!(?<=\bz)\.\s+(?:B\.|B?\Z))(?!(?<=\d)\.[ \t]+{_begun(_MONTHS_OF_GERMAN)})"
    rf"(?!(?:{_DATE})\.[ \t]+{_begun(_MONTHS_OF_BOTH)})"
    rf"(?!(?:{_ORDINAL})\.[ \t]+(?!(?:{'|'.join([*_OPENERS, *_OPENERS_OF_GERMAN])})\W)[A-ZÄÖÜ])"
    rf"{_STOP}(?=\s*\n|\s++[^a-z])"
    rf"|(?:{_BEHIND}){_STOP}(?=\s+[\"“‘(]*(?:{'|'.join(_OPENERS)})\W))|\n+"
)
_ALONE = re.compile(r"(?:#{1,6}\s|\||`{3}|~{3}|(?:[-*_=]\s*){3,}$|$|.*\s\|\s|[-:|\s]+$)")
"""A line that is a block by itself: blank, a heading, a row, a rule, a fence."""
_MARKED = re.compile(r"(?:[-*+•]|\d{1,3}[.)])(?:\s|$)")
"""A line that begins an item of a list."""
_BEFORE_TEXT = re.compile(r"[\s>]*")
"""Indentation, and the marks of a quote."""
_WRAPPED_FROM = 40
"""Characters of a line that may have been broken because it was full; addresses, hours and the like are shorter."""
_NEARLY_FULL = 60
"""Characters from which a line before a figure was broken because it was full."""
_CLOSED = re.compile(r"[.!?…:;][\"')\]”’*_`]*$")
_OPEN = re.compile(
    rf"(?:[,(–—&/-]|\b(?i:{'|'.join(sorted(STOP_WORDS))})|\b(?:{'|'.join(_LEADING_ON + _PERHAPS_LAST)})\.)$"
)
"""The end of a line that cannot be the end of what it says."""
MORE_THAN = r">(?=\s{0,3}/?=?\s{0,3}[-−–+±~]?\s?(?:[A-Z]{2,3}\s?)?[$€£¥]?\s?\d)"
"""A sign before a figure, as a pattern: it says "more than", and quotes nothing."""
_MARK = re.compile(rf"\s*(?:(?!{MORE_THAN})[-*+>]|#{{1,6}}|\d+[.)])\s+")
_LITERAL = re.compile(rf"^([^\S\n]*(?:(?:[-*+•]|\d{{1,9}}[.)])[^\S\n]+)*)(?={MORE_THAN})", re.MULTILINE)
_FENCE = re.compile(r"\s*([`~])\1{2,}\s*")
_HYPHENATED = re.compile(r"\w-$")
_LETTER_OR_FIGURE = re.compile(r"[^\W_]")
_SAYS_MUCH = re.compile(r"[^\W\d_]{2}|[$€£%]")
"""What stands in the first cell of a row that is understood without its column's name: a word, a price, a share."""
_SHORT_NAME = 5
"""Words of a column's name up to which it is told before such a cell."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of Markdown, a row of a table, or a block of code."""

    text: str
    row: str = ""
    """The table row that it is or is a part of, told as `tables_told` does."""
    code: bool = False
    indent: int = -1
    """Of the item of a list that it stands in, in characters; -1 outside of lists."""
    column: str = ""
    """The name of the first column of the table that it is of."""


@dataclass(slots=True)
class Sentences:
    """Cuts a stream of text into sentences as they become whole."""

    _rest: str = ""

    def feed(self, text: str) -> Iterator[str]:
        """Take the next piece of the stream; yield the sentences it completes, with their white space before them."""
        self._rest += text
        while match := _END.search(self._rest):
            sentence, self._rest = self._rest[: match.end()], self._rest[match.end() :]
            if sentence.strip():
                yield sentence

    def close(self) -> Iterator[str]:
        """Yield what is left at the end of the stream."""
        rest, self._rest = self._rest, ""
        if rest.strip():
            yield rest


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a whole text, stripped."""
    cutter = Sentences()
    return [one.strip() for one in (*cutter.feed(text), *cutter.close())]


def words_of(text: str) -> list[str]:
    """Return all words of `text` in order, lower case; figures are none."""
    return [match[0].lower() for match in _WORD.finditer(text)]


def is_english(text: str) -> bool:
    """Whether a text is read as English: by its everyday words, and where it is so short that there are none."""
    words = words_of(text)
    if not text.isascii() and sum(char.isalpha() and not char.isascii() for char in text) > 0.05 * len(text):
        return False
    return not words or sum(word in STOP_WORDS for word in words) / len(words) >= _ENGLISH


def content_words(text: str) -> frozenset[str]:
    """Return the words of `text` that carry meaning, lower case, roughly stemmed."""
    return frozenset(stem(word) for word in words_of(text) if word not in STOP_WORDS)


def stem(word: str) -> str:
    """Cut the commonest English endings; rough on purpose, the same on both sides of a comparison."""
    word = word.replace("’", "'").removesuffix("'s")
    if word.endswith("ss"):
        return word  # "address" as "addresses"
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def tables_told(text: str) -> str:
    """Return Markdown with each table row told as `Leeds: Street: 27 Albion Court; Sunday: 11:00–17:00`.

    A first cell of a figure or a letter stands under its column's name: `Zone 2: Days: 3`. A figure has the unit that
    stands in its column's head: `Weight 0–2 kg: Price: $5.90`.
    """
    return "\n".join("\n".join(lines) for _, lines in _with_rows_told(text))


def sentences_and_rows(text: str) -> Iterator[Sentence]:
    """Give the sentences of Markdown; a table row or a block of code is one, unless it is long."""
    items: list[int] = [-1]  # the indents of those that a line may belong to, the innermost last
    for is_code, part in _with_code_apart(text):
        if is_code:
            code = dedent("\n".join(part[1:-1])).strip("\n")
            _close(items, part[0])
            is_whole = len(code) <= _WHOLE_CODE
            for one in [code] if is_whole and code.strip() else sentences_of(code):
                yield Sentence(one, code=is_whole, indent=items[-1])
            continue
        for column, lines in _with_rows_told("\n".join(part)):
            if column is not None:
                items = [-1]
                for row in lines:
                    parts = [row] if len(row) <= _WHOLE_ROW else sentences_of(row)
                    yield from (Sentence(one, row, column=column) for one in parts)
                continue
            for line in _quotes_told(unwrapped("\n".join(lines)).split("\n")):
                _close(items, line)
                if _MARKED.match(line.lstrip()):
                    items.append(_indent_of(line))
                yield from (Sentence(one, indent=items[-1]) for one in sentences_of(line))


def _quotes_told(lines: Sequence[str]) -> Iterator[str]:
    """Give lines, those of a quote that begin with a figure without its mark, so that it is read as no sign of theirs.

    Lines that all begin with it and a figure are no quote.
    """
    for is_marked, run in groupby(lines, lambda line: line.lstrip().startswith(">")):
        group = list(run)
        is_quote = is_marked and not all(re.match(MORE_THAN, line.lstrip()) for line in group)
        for line in group:
            sign = re.match(rf"\s*{MORE_THAN}\s?", line) if is_quote else None
            yield line[sign.end() :] if sign else line


def _close(items: list[int], line: str) -> None:
    """Take away the items of a list, by their indents, that a line is not indented enough to belong to."""
    while line.strip() and items[-1] >= _indent_of(line):
        items.pop()


def _with_code_apart(text: str) -> Iterator[tuple[bool, list[str]]]:
    """Give the lines of each block of code, with its fences, and of what is between them, and whether they are code.

    A fence without its other one is a line like others: where a passage was cut, nobody knows which one it is.
    """
    lines = text.split("\n")
    closing: dict[str, list[int]] = {mark: [] for mark in ("`", "~")}  # the last one first
    for number in range(len(lines) - 1, -1, -1):
        if fence := _FENCE.fullmatch(lines[number]):
            closing[fence[1]].append(number)
    begin = number = 0
    while number < len(lines):
        opened = _FENCE.match(lines[number])
        if opened and "`" not in lines[number][opened.end() :]:
            ends = closing[opened[1]]
            while ends and ends[-1] <= number:
                ends.pop()
            if ends:
                yield False, lines[begin:number]
                begin = ends[-1] + 1
                yield True, lines[number:begin]
                number = begin
                continue
        number += 1
    yield False, lines[begin:]


def _indent_of(line: str) -> int:
    return len(line) - len(line.lstrip())


def unwrapped(text: str) -> str:
    """Return Markdown with those lines joined into one that were broken at a width; other lines stay as they are."""
    blocks: list[list[str]] = []
    for is_code, lines in _with_code_apart(text):
        goes_on = was_quoted = False
        for line in lines:
            bare = _BEFORE_TEXT.sub("", line, count=1)
            quoted = line.lstrip().startswith(">")
            alone = is_code or _ALONE.match(bare) is not None
            if goes_on and not alone and quoted == was_quoted and not _MARKED.match(bare):
                blocks[-1].append(line)
            else:
                blocks.append([line])
            goes_on, was_quoted = not alone and not line.endswith("\\"), quoted
    return "\n".join(line for block in blocks for line in (_joined(block) if len(block) > 1 else block))


def _joined(block: Sequence[str]) -> list[str]:
    """Return the lines of a paragraph or an item, those joined that were broken at a width."""
    bare = [_BEFORE_TEXT.sub("", line, count=1) for line in block]
    width = max(map(len, block))
    full = [len(before) + 1 + len(after.split()[0]) > width for before, after in zip(block, bare[1:], strict=False)]
    # Where no line's first word had room on the line before, that is the width's doing, unless the lines are few.
    filled = len(block) > (4 if _begins_low(bare[0]) else 2) and width >= _WRAPPED_FROM and all(full)
    filled = filled and any(_begins_low(after) and not _CLOSED.search(before) for before, after in pairwise(bare))
    lines, of_list = [block[0]], _begins_low(block[0])
    for before, line, after, is_full in zip(block, block[1:], bare[1:], full, strict=False):
        of_list = of_list and not _END.search(before)  # one without marks: each line is an item
        if filled or (not of_list and _goes_on(before, after, is_full=is_full)):
            hyphenated = _HYPHENATED.search(before) and _begins_low(after) and after.split()[0] not in ("and", "or")
            lines[-1] += after if hyphenated else f" {after}"
        else:
            lines.append(line)
            of_list = _begins_low(line)
    return lines


def _goes_on(before: str, after: str, *, is_full: bool) -> bool:
    """Whether what a line says goes on in the next; `is_full`: the next word had no room on it."""
    if len(before) < _WRAPPED_FROM:
        return before.endswith(",") and _begins_low(after)
    if _OPEN.search(before):
        return True
    if _CLOSED.search(before):
        return False
    return after[0] == "(" or _begins_low(after) or (after[0].isdigit() and is_full and len(before) >= _NEARLY_FULL)


def _begins_low(line: str) -> bool:
    """Whether a line begins with a small letter; an item of a list begins with its mark."""
    first = _LETTER_OR_FIGURE.search(line)
    return first is not None and first[0].islower() and not _MARKED.match(_BEFORE_TEXT.sub("", line, count=1))


def _with_rows_told(text: str) -> Iterator[tuple[str | None, list[str]]]:
    """Give the lines of each table and of what is between them, with the name of a table's first column."""
    for is_table, group in groupby(text.split("\n"), lambda line: line.lstrip().startswith("|")):
        lines = list(group)
        yield _rows_told(lines) if is_table else (None, lines)


def _rows_told(lines: Sequence[str]) -> tuple[str, list[str]]:
    """Return the name of the first column and the rows of one table, or of a part of one that lost its head."""
    rows = [
        [cell.strip() for cell in _CELL_END.split(line.strip().removeprefix("|").removesuffix("|"))] for line in lines
    ]
    first_name, names, body = "", [], [cells for cells in rows if not _is_rule(cells)]
    if len(body) > 1 and _is_rule(rows[1]):
        (first_name, *names), *body = body
    told = []
    for first, *others in body:
        named = (joined(name, cell) for name, cell in zip_longest(names, others, fillvalue="") if cell)
        rest = "; ".join(f"{name}: {cell}" if name else cell for name, cell in named)
        told.append(": ".join(part for part in (_label(first_name, first), rest) if part))
    return first_name, told


def _label(name: str, cell: str) -> str:
    """Return what a row is called: its first cell, where it says little alone under its column's name: `Zone 2`."""
    column, figure = joined(name, cell)
    says_little = figure != cell or (cell and not _SAYS_MUCH.search(cell) and _LETTER_OR_FIGURE.search(cell))
    names = says_little and _SAYS_MUCH.search(column) and len(column.split()) <= _SHORT_NAME
    return f"{column} {figure}" if names else figure


def _is_rule(cells: Sequence[str]) -> bool:
    return all(_RULE.fullmatch(cell) for cell in cells)


def unmarked(sentence: str) -> str:
    """Return a sentence of a document without the list or heading mark before it; a sign before a figure is none."""
    mark = _MARK.match(sentence)
    return sentence[mark.end() :] if mark else sentence


def unquoted(text: str) -> str:
    """Return Markdown in which no sign before a figure begins a quote: `\\> 30 kg`, which is shown as "> 30 kg"."""
    return _LITERAL.sub(r"\1\\", text)
