"""Our Markdown (CommonMark, tables, strikethrough) as the Markdown that Discord shows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from adapters.platform import beside, seems_to_lead_elsewhere, source_title, split_markdown, without_trailing
from bot.messages import Answer, Citation
from bot.wording import answers

LIMIT = 2000
"""Characters of a Discord message."""
_GAP = "\u200b"  # zero-width: breaks what Discord would read as a mention, an emoji or the end of a code block
_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_URL_CHARS = 1000
_LABEL_CHARS = 200
# An address that is put together of pieces, after links and code, where one is no such thing.
_BARE = re.compile(r"`+[^`]*`+|<https?://[^<>]*>|(https?:)(?=//\S)", re.IGNORECASE)
_SPECIAL = re.compile(r"([\\*_~|`\[\]])")
_CITATION = re.compile(r"\\\[(\d{1,3})\\\]")
_CITATION_SHOWN = re.compile(r"(?<!\\)\[(\d{1,3})\]")
_LINE_START = re.compile(r"^([ \t]*)(#{1,6}|-#|>{1,3}|[-+•])(?=\s|$)", re.MULTILINE)
_NUMBER_START = re.compile(r"^([ \t]*\d{1,10})([.)])(?=\s|$)", re.MULTILINE)
_EVERYBODY = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_OBJECT = re.compile(r"<(?=@[!&]?\d|#\d|a?:\w+:\d|t:-?\d|/[^<>]*:\d|id:\w)")


def render(markdown: str) -> str:
    """Return Markdown for Discord; nobody is pinged and no link gets a preview.

    Links keep only http and https addresses, images become links, tables become code blocks.
    """
    tree = SyntaxTreeNode(_PARSER.parse(markdown))
    return _without_mentions("\n".join(_blocks(tree.children)))


def pieces(answer: Answer, heading: str = "") -> list[str]:
    """Return an answer with its sources, below a heading, as messages that Discord takes; at least one."""
    parts = (heading, render(answer.text), sources(answer.citations, answer.language))
    return split("\n\n".join(part for part in parts if part))


def split(text: str) -> list[str]:
    """Return a text for Discord as messages that it takes, at least one."""
    return split_markdown(text.strip() or "…", LIMIT)


def preview(markdown: str) -> str:
    """Return an answer that is still growing as one message."""
    first, *more = split_markdown(render(markdown).strip() or "…", LIMIT - 2)
    return f"{first}\n…" if more else first


def sources(citations: Sequence[Citation], language: str = "en") -> str:
    """Return the numbered list of sources: title, linked where there is an address, section, and the page's day."""
    lines = []
    for one in citations:
        title = _escaped(_short(source_title(one)))
        url = _address(one.url)
        shown = f"[{title}](<{url}>)" if url else title
        section = "".join(f" › {_escaped(part)}" for part in _short(one.heading).split(" > ") if part)
        day = f" · {_escaped(one.updated)}" if one.updated else ""
        lines.append(f"[{one.n}] {shown}{section}{day}".replace("\n", " "))
    return _without_mentions("\n".join([f"**{answers.SOURCES.of(language)}**", *lines])) if lines else ""


def thread_name(question: str) -> str:
    """Return a name of at most 100 characters for the thread in which a question is answered."""
    name = " ".join(question.split())
    short = name[:96].rsplit(" ", 1)[0] + " …" if len(name) > 100 else name
    return _EVERYBODY.sub("", short).strip() or "Question"


# Blocks -------------------------------------------------------------------------------------------------------


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> list[str]:
    """Return the lines of blocks, with an empty one between two of them."""
    lines: list[str] = []
    for node in nodes:
        if lines:
            lines.append("")
        lines += _block(node)
    return lines


def _block(node: SyntaxTreeNode) -> list[str]:  # noqa: PLR0911 - one for each kind of block
    match node.type:
        case "heading":
            text = " ".join(_text_lines(node))
            return [f"{'#' * min(int(node.tag[1]), 3)} {text}"] if text.strip() else []
        case "bullet_list" | "ordered_list":
            return _list(node)
        case "blockquote":
            return _quote(node)
        case "fence" | "code_block":
            return _code_block(node.content, node.info)
        case "table":
            return _table(node)
        case "hr":
            return ["───"]
        case _:
            return _text_lines(node)


def _text_lines(node: SyntaxTreeNode) -> list[str]:
    """Return the lines of a paragraph or heading, with what would begin a block escaped."""
    text = "".join(_inline(child.children) for child in node.children)
    text = _BARE.sub(lambda found: found[0] if found[1] is None else found[1] + _GAP, text)
    text = _LINE_START.sub(r"\1\\\2", text)
    return _NUMBER_START.sub(r"\1\\\2", text).split("\n")


def _list(node: SyntaxTreeNode) -> list[str]:
    start = int(node.attrs.get("start", 1))
    lines: list[str] = []
    for number, item in enumerate(node.children, start):
        mark = f"{number}." if node.type == "ordered_list" else "-"
        inner = [line for child in item.children for line in _block(child)] or [""]
        fenced = inner[0].startswith("```")
        lines += [mark, inner[0]] if fenced else [f"{mark} {inner[0]}"]
        for line in inner[1:]:
            fenced ^= line.startswith("```")
            # The lines of a code block are shown as they are, indentation and all.
            lines.append(line if fenced or line.startswith("```") else f"  {line}")
    return lines


def _quote(node: SyntaxTreeNode) -> list[str]:
    lines: list[str] = []
    fenced = False
    for line in _blocks(node.children):
        mark = line.startswith("```")
        # A code block in a quote would be cut at its end with the wrong mark; it stands below the quote.
        lines.append(line if fenced or mark else f"> {line}")
        fenced ^= mark
    return lines


def _code_block(content: str, info: str = "") -> list[str]:
    language = re.match(r"[\w+#.-]{0,20}", info.strip())
    body = re.sub("`(?=``)", f"`{_GAP}", content.rstrip("\n"))
    return [f"```{language[0] if language else ''}", *(body or " ").split("\n"), "```"]


def _table(node: SyntaxTreeNode) -> list[str]:
    rows = [[_plain(cell) for cell in row.children] for part in node.children for row in part.children]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return _code_block("\n".join(lines))


# Inline -------------------------------------------------------------------------------------------------------


def _inline(nodes: Sequence[SyntaxTreeNode]) -> str:
    out = ""
    for node in nodes:
        piece = _span(node)
        if out.endswith(("`", "]")) and piece.startswith((out[-1], "(")):
            piece = _GAP + piece  # neither a longer code mark nor a link that nobody wrote
        out += piece
    return out


def _span(node: SyntaxTreeNode) -> str:  # noqa: PLR0911 - one for each kind of span
    match node.type:
        case "text" | "text_special":
            return _text(node.content)
        case "softbreak" | "hardbreak":
            return "\n"
        case "code_inline":
            return _code(node.content)
        case "strong" | "em" | "s":
            mark = {"strong": "**", "em": "*", "s": "~~"}[node.type]
            inner = _inline(node.children)
            return f"{mark}{inner}{mark}" if inner.strip() else inner
        case "link":
            return _link(_inline(node.children), _plain(node), str(node.attrs.get("href", "")))
        case "image":
            return _link(_escaped(node.content), node.content, str(node.attrs.get("src", "")))
        case _:
            return _text(node.content)


def _link(label: str, plain: str, address: str) -> str:
    url = _address(address)
    if not url:
        unlinked = _escaped(beside(plain, address))
        return f"{label} ({unlinked})" if label.strip() and unlinked else label + unlinked
    if not plain.strip() or _URL.search(plain) or seems_to_lead_elsewhere(plain, address):
        return f"<{url}>"  # a label that looks like an address could name another one than it leads to
    label = _CITATION_SHOWN.sub(r"\\[\1\\]", " ".join(label.split()))
    return f"[{label}](<{url}>)"


def _code(content: str) -> str:
    if "`" not in content:
        return f"`{content}`"
    return f"`` {re.sub('`(?=`)', f'`{_GAP}', content)} ``"


def _text(content: str) -> str:
    """Return plain text with every mark escaped, and bare addresses kept from getting a preview."""
    out, end = "", 0
    for match in _URL.finditer(content):
        url = without_trailing(match[0], ".,;:!?'*_~)]")
        shown = f"<{address}>" if (address := _address(url)) else _escaped(url).replace("://", f":{_GAP}//")
        out += _escaped(content[end : match.start()]) + shown
        end = match.start() + len(url)
    out += _escaped(content[end:])
    return _CITATION.sub(r"[\1]", out).replace("](", f"]{_GAP}(")


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _plain(node: SyntaxTreeNode) -> str:
    """Return the words of a node without any marks."""
    if node.type in ("softbreak", "hardbreak"):
        return " "
    if node.children:
        return "".join(map(_plain, node.children))
    return node.content


def _address(url: str) -> str:
    """Return an http(s) address that can stand between < and >, empty for any other."""
    url = url.strip()
    if not _URL.match(url):
        return ""
    url = re.sub(r"[\s<>\\`\"]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)
    url = _EVERYBODY.sub("%40", url)
    return url if len(url) <= _URL_CHARS else ""


def _short(text: str) -> str:
    """Return a title or heading in one line that leaves room for its address in a message."""
    line = " ".join(text.split())
    return line if len(line) <= _LABEL_CHARS else line[: _LABEL_CHARS - 2] + " …"


def _without_mentions(text: str) -> str:
    return _OBJECT.sub(f"<{_GAP}", _EVERYBODY.sub(f"@{_GAP}", text))
