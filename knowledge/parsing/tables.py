"""Rows of cells to a Markdown table that people can read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPACE = re.compile(r"\s+")


def cell_text(lines: Iterable[str]) -> str:
    """Return the lines of one cell as one, parted so that a list in a cell still reads as one."""
    text = ""
    for line in lines:
        part = _SPACE.sub(" ", line).strip()
        part = part[2:].strip() if part.startswith(("- ", "* ", "• ")) else part
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
        return "\n\n".join([*captions, markdown_table(padded, header_rows)])
    columns = [i for i in range(width) if any(row[i] for row in padded)]
    head = [[row[i] for i in columns] for row in padded[:header_rows]]
    body = [kept for row in padded[header_rows:] if any(kept := [row[i] for i in columns])]
    names = [" – ".join(dict.fromkeys(name for name in column if name)) for column in zip(*head, strict=True)]
    if not columns:
        return ""
    if len(columns) == 1:
        return "\n".join(([f"**{names[0]}**\n"] if names and names[0] else []) + [f"- {row[0]}" for row in body])
    if not any(names):
        if len(columns) == 2:
            return "\n".join(_pair(*row) for row in body)
        names = [""] * len(columns)
    if not body:
        return "\n".join(f"- {name}" for name in names if name)
    lines = [names, ["---"] * len(columns), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _flat(cell: str) -> str:
    return cell_text(cell.split("\n")).replace("\\|", "|").replace("|", "\\|")


def _pair(key: str, value: str) -> str:
    if not key or not value:
        return f"- {key or value}"
    key = key.strip("*").rstrip(":").strip()
    return f"- **{key}:** {value}"
