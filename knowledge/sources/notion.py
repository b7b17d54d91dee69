"""Notion's blocks as Markdown."""

from __future__ import annotations

from typing import Any


def blocks_to_markdown(blocks: Any) -> str:
    """Return a list of Notion's block objects, each with its own blocks under `children`, as Markdown.

    What has no text of its own (dividers, breadcrumbs, tables of contents, pages below) is left out.
    """
    return "\n\n".join(part for part in _parts(blocks) if part.strip())


def _parts(blocks: Any) -> list[str]:
    parts: list[str] = []
    list_before = ""
    number = 0
    for block in blocks if isinstance(blocks, list) else []:
        kind = str(block.get("type", ""))
        content = block.get(kind)
        content = content if isinstance(content, dict) else {}
        number = number + 1 if kind == "numbered_list_item" and list_before == kind else 1
        text = _block(kind, content, block.get("children") or [], number)
        if kind.endswith("list_item") and kind == list_before and parts:
            parts[-1] += "\n" + text
        else:
            parts.append(text)
        list_before = kind if kind.endswith("list_item") else ""
    return parts


def _block(kind: str, content: dict[str, Any], children: list[Any], number: int) -> str:
    text = _rich(content.get("rich_text"))
    below = "\n\n".join(part for part in _parts(children) if part.strip()) if kind != "table" else ""
    whole = "\n\n".join(filter(None, (text, below)))
    match kind:
        case "heading_1" | "heading_2" | "heading_3" | "heading_4":
            out = f"{'#' * int(kind[-1])} {whole}"
        case "bulleted_list_item" | "numbered_list_item" | "to_do":
            mark = f"{number}. " if kind == "numbered_list_item" else "- "
            state = ("[x] " if content.get("checked") else "[ ] ") if kind == "to_do" else ""
            out = mark + state + text + ("\n" + _indented(below, " " * len(mark)) if below else "")
        case "code":
            out = f"```{content.get('language', '')}\n{_rich(content.get('rich_text'), plain=True)}\n```"
        case "equation":
            out = f"$${content.get('expression', '')}$$"
        case "table":
            out = _table(children)
        case "quote":
            out = "\n".join(f"> {line}".rstrip() for line in whole.split("\n"))
        case "bookmark" | "embed" | "link_preview" | "file" | "pdf" | "image" | "video" | "audio":
            caption = _rich(content.get("caption"))
            url = str(content.get("url", ""))  # of files there is only a link that runs out within the hour
            out = f"[{caption or url}]({url})" if url else caption
        case _:  # paragraphs, callouts, toggles, columns, synced blocks and what may come
            out = whole
    return out


def _table(rows: list[Any]) -> str:
    cells = [
        [_rich(cell).replace("|", r"\|").replace("\n", " ") for cell in (row.get("table_row") or {}).get("cells") or []]
        for row in rows
    ]
    lines = [f"| {' | '.join(row)} |" for row in cells if row]
    if not lines:
        return ""
    return "\n".join([lines[0], f"|{' --- |' * len(cells[0])}", *lines[1:]])


def _rich(texts: Any, plain: bool = False) -> str:
    return "".join(_styled(one, plain) for one in texts if isinstance(one, dict)) if isinstance(texts, list) else ""


def _styled(one: dict[str, Any], plain: bool) -> str:
    text = str(one.get("plain_text", ""))
    if plain or not text.strip():
        return text
    style = one.get("annotations") or {}
    if style.get("strikethrough"):
        return ""
    if style.get("code"):
        text = f"`{text}`"
    elif style.get("bold"):
        text = f"{text[: len(text) - len(text.lstrip())]}**{text.strip()}**{text[len(text.rstrip()) :]}"
    href = str(one.get("href") or "")
    return f"[{text}]({href})" if href.startswith(("https://", "http://")) else text


def _indented(text: str, by: str) -> str:
    return "\n".join(by + line if line else "" for line in text.split("\n"))
