"""Sentences and their words: cut from whole texts or from a stream, out of Markdown, roughly stemmed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

# A sentence ends at . ! ? (and closing quotes) before white space and no lower-case letter, or at a line's end.
_END = re.compile(
    r"(?<!\b[A-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\betc)(?<!\bNo)(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bvs)"
    r"[.!?]+[\"')\]”’]*(?=\s+(?![a-z]))|\n+"
)
_RULE = re.compile(r":?-+:?")
_CELL_END = re.compile(r"(?<!\\)\|")
_WHOLE_ROW = 300
"""Characters of a table row up to which it is one sentence, whatever stops are in it; a longer one has whole texts."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
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


def content_words(text: str) -> frozenset[str]:
    """Return the words of `text` that carry meaning, lower case, roughly stemmed."""
    return frozenset(stem(word) for word in words_of(text) if word not in STOP_WORDS)


def stem(word: str) -> str:
    """Cut the commonest English endings; rough on purpose, the same on both sides of a comparison."""
    word = word.replace("’", "'").removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def tables_told(text: str) -> str:
    """Return Markdown with each table row told as `Leeds: Street: 27 Albion Court; Sunday: 11:00–17:00`."""
    return "\n".join("\n".join(lines) for _, lines in _with_rows_told(text))


def sentences_and_rows(text: str) -> Iterator[tuple[str, str]]:
    """Give the sentences of Markdown, each with the table row that it is or is a part of, else with "".

    A row is one sentence, told as `tables_told` does, unless it is long.
    """
    for is_table, lines in _with_rows_told(text):
        for part in lines if is_table else ["\n".join(lines)]:
            whole = is_table and len(part) <= _WHOLE_ROW
            yield from ((one, part if is_table else "") for one in ([part] if whole else sentences_of(part)))


def _with_rows_told(text: str) -> Iterator[tuple[bool, list[str]]]:
    """Give the lines of each table and of what is between them, and whether they are a table's."""
    for is_table, group in groupby(text.split("\n"), lambda line: line.lstrip().startswith("|")):
        lines = list(group)
        yield is_table, _rows_told(lines) if is_table else lines


def _rows_told(lines: Sequence[str]) -> list[str]:
    """Return the rows of one table, or of a part of one that lost its head."""
    rows = [
        [cell.strip() for cell in _CELL_END.split(line.strip().removeprefix("|").removesuffix("|"))] for line in lines
    ]
    names, body = [], [cells for cells in rows if not _is_rule(cells)]
    if len(body) > 1 and _is_rule(rows[1]):
        (_, *names), *body = body
    told = []
    for first, *others in body:
        named = zip_longest(names, others, fillvalue="")
        rest = "; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell)
        told.append(": ".join(part for part in (first, rest) if part))
    return told


def _is_rule(cells: Sequence[str]) -> bool:
    return all(_RULE.fullmatch(cell) for cell in cells)


def unmarked(sentence: str) -> str:
    """Return a sentence of a document without the list or heading mark before it."""
    return re.sub(r"^\s*(?:[-*+>]|#{1,6}|\d+[.)])\s+", "", sentence)
