"""Rows of cells to a Markdown table that people can read."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence

from knowledge.sentences import unquoted

_LONGEST_GROUP = 60
_FOLLOWED = ("http://", "https://", "mailto:", "tel:")
_SPACE = re.compile(r"\s+")
_NEGATIVE = re.compile(r"-\s+[$€£¥]?\d")


def linked(text: str, target: str) -> str:
    """Return text as a link to where it leads; as it is where nobody can follow it, or the text says it itself."""
    words = text.strip()
    if not words or not target.startswith(_FOLLOWED) or target.removeprefix("mailto:") == words:
        return text
    target = target.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
    link = f"{words} ({target})" if re.search(r"[\[\]\n]", words) else f"[{words}]({target})"
    return text.replace(words, link, 1)


def cell_text(lines: Iterable[str]) -> str:
    """Return the lines of one cell as one, parted so that a list in a cell still reads as one.

    A single line is no list: "- 5 °C" keeps its sign.
    """
    text = ""
    parts = [part for line in lines if (part := _SPACE.sub(" ", line).strip())]
    if len(parts) > 1 or not _NEGATIVE.match("".join(parts)):
        parts = [part[2:].strip() if part.startswith(("- ", "* ", "• ")) else part for part in parts]
    for part in parts:
        if part and text:
            text += (" " if text[-1] in ".:;,!?" else "; ") + part
        else:
            text = text or part
    return text


def markdown_table(rows: Sequence[Sequence[str]], header_rows: int = 1) -> str:
    """Return the rows (cells of Markdown) as a table, without its empty rows and columns.

    Rows of one cell above a wider table are its captions and come before it as paragraphs.
    Several header rows become one, a group's name before those below it. With no header row, two columns become
    a list of keys and values, and a single column a list; more columns get an empty header, as Markdown must have one.
    """
    header_rows = header_rows if header_rows < len(rows) else min(1, header_rows)
    width = max(map(len, rows), default=0)
    padded = [[*map(_flat, row), *[""] * (width - len(row))] for row in rows]
    captions: list[str] = []
    while width > 2 and len(padded) > 1 and sum(map(bool, padded[0])) == 1:
        captions.append(next(filter(None, padded.pop(0))))
        header_rows = max(header_rows - 1, min(header_rows, 1))
    if captions:
        return "\n\n".join([*map(unquoted, captions), markdown_table(padded, header_rows)])
    # Where cells over several columns are in each of them, a column may say no more than the one before it.
    columns = [i for i in range(width) if any(row[i] and not (i and row[i] == row[i - 1]) for row in padded)]
    head = [[row[i] for i in columns] for row in padded[:header_rows]]
    body = [kept for row in padded[header_rows:] if any(kept := [row[i] for i in columns])]
    names = [" – ".join(dict.fromkeys(name for name in column if name)) for column in zip(*head, strict=True)]
    if not columns:
        return ""
    if len(columns) == 1:
        return "\n".join(([f"**{names[0]}**\n"] if names and names[0] else []) + [_item(row[0]) for row in body])
    if not any(names):
        if len(columns) == 2:
            return "\n".join(_pair(*row) for row in body)
        names = [""] * len(columns)
    if not body:
        return "\n".join(_item(name) for name in names if name)
    lines = [names, ["---"] * len(columns), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def header_rows_of(rows: Sequence[Sequence[str]], wide: Sequence[Mapping[int, int]]) -> int:
    """Return how many of the first rows name the columns, of a table that does not say: one, or one for each level.

    `wide` holds the last column of each cell of a row that goes over several, by its first. A row below names its
    columns, too, where such a cell has several names under it and the others have none, or the same one.
    """
    head = 1
    while head < len(rows) - 1:
        above, below, spans = rows[head - 1], rows[head], wide[head - 1]
        under = {column for first, last in spans.items() for column in range(first, last + 1)}
        is_named = any(sum(map(bool, below[first : last + 1])) > 1 for first, last in spans.items())
        others = (i for i in range(len(above)) if i not in under and i < len(below))
        if not is_named or any(above[i] and below[i] and above[i] != below[i] for i in others):
            break
        head += 1
    return head


def in_groups(rows: Sequence[Sequence[str]], groups: Container[int], column: int = 0) -> list[Sequence[str]]:
    """Return a table's rows, the name of its group before each one's own, in place of rows that only name a group.

    `groups` holds the numbers of the rows that are one cell over the whole table, `column` is where all rows have
    their names. What is a sentence, or has no row below it, names no group and stays.
    """
    out: list[Sequence[str]] = []
    name = ""
    for i, row in enumerate(rows):
        if i in groups:
            words = row[column].strip("*")
            is_name = len(words) <= _LONGEST_GROUP and not words.endswith((".", "!", "?"))
            name = words if is_name and i + 1 < len(rows) and i + 1 not in groups else ""
        if not name:
            out.append(row)
        elif i not in groups:
            out.append([*row[:column], f"{name} – {row[column]}" if row[column] else name, *row[column + 1 :]])
    return out


def _flat(cell: str) -> str:
    return cell_text(cell.split("\n")).replace("\\|", "|").replace("|", "\\|")


def _item(text: str) -> str:
    sign = "\\" if _NEGATIVE.match(text) else ""
    return unquoted(f"- {sign}{text}")


def _pair(key: str, value: str) -> str:
    if not key or not value:
        return _item(key or value)
    key = key.strip("*").rstrip(":").strip()
    return f"- **{key}:** {value}"
