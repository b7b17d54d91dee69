"""Markdown as Slack shows it: mrkdwn, cut into blocks and messages within Slack's limits.

Everything that comes from a model or a document is escaped; control sequences (links) are only
ever built here, so that no text can mention people, ping a channel or hide a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from rich.cells import cell_len

from adapters.platform import (
    DONE,
    SOMEBODY,
    STANDS,
    TAKE_LABEL,
    WRITE_TO,
    beside,
    seems_to_lead_elsewhere,
    source_title,
    without_trailing,
)
from bot.handovers import Note
from bot.messages import Answer, Choice, Citation, Status
from bot.storage.handovers import Hands
from bot.tuning.offers import Offer
from bot.wording import Words, answers, buttons, notices
from knowledge.sentences import MORE_THAN

SECTION_CHARS = 3000
MESSAGE_BLOCKS = 50
MESSAGE_CHARS = 12_000  # Slack refuses messages somewhat above 13,000
FALLBACK_CHARS = 3000  # of `text`, what notifications and screen readers get; chat.update refuses 4,000
RATE_UP = "rate_up"
RATE_DOWN = "rate_down"
SHOW = "show_to_everyone"
PERSON_BUTTON = "person"
REASON = "reason_"
"""What the action ids of the reasons begin with."""
SUGGEST_BUTTON = "suggest"
TAKE = "handover_take"
RESOLVE = "handover_resolve"
INPUT_CHARS = 3000  # of a field in a dialog
MAX_TAGS = 50
CHOICE = "choice_"
"""What the action ids of the choices begin with; the place of the choice follows."""
CHOICES = "choices"
"""The block that they stand in."""
BUTTON_CHARS = 75
FORGET = "forget"
OFFER = "tune_"
"""The action id of the button that has somebody's data deleted; its value is the person's id."""
FORGET_ME = "forget_me"
"""That of the button by which somebody asks for it."""
REFRESH = "refresh"

Block = dict[str, Any]

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_URL_CHARS = 1500
_LABEL_CHARS = 200
_ADDRESS = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'`|]+")
_EVERYBODY = re.compile(r"(?<!\w)@(?=(?:everyone|here|channel)\b)", re.IGNORECASE)
_TRAILING = ".,;:!?)]}*_~"
# What must not be cut in two: a link, an escaped character.
_ATOM = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);|[\s\S]")
_FENCE = "```"
_BULLETS = "•◦▪"
_APART = "\u200b"  # Slack knows a style only at the edge of a word
_AT_BEGIN = "\u00ad"  # Slack knows a quote only by the first character of a line
_STAND_INS = {"*": "\ue010", "_": "\ue011", "~": "\ue012"}
"""What stands for a mark that is no style until it is known what is beside it."""
_TO_STAND_INS = str.maketrans(_STAND_INS | dict.fromkeys(_STAND_INS.values()))
# The words for a date that is none are shown as they are written, as jsx-slack found; a character without a width
# beside a mark would rather make a style of it.
_AS_WRITTEN = "<!date^00000000^{{_}}|{}>"
_RUN = 20
"""Marks that are told by one of these."""


@dataclass(frozen=True, slots=True)
class Message:
    """One Slack message: `blocks` to show and `text` for notifications."""

    text: str
    blocks: list[Block]


@dataclass(slots=True)
class _Chunk:
    """Lines that belong together; code is set in a fence."""

    lines: list[str] = field(default_factory=list)
    code: bool = False
    below: bool = False
    """Whether it was written right below the one before, without an empty line."""


def escape(text: str) -> str:
    """Make text harmless in mrkdwn."""
    text = _EVERYBODY.sub(f"@{_APART}", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _literal(text: str) -> str:
    """Make text harmless in mrkdwn, with stand-ins for its marks; see `_as_written`."""
    return escape(text.translate(_TO_STAND_INS))


def _as_written(text: str) -> str:
    """Return lines of mrkdwn in which the stand-ins of marks are shown as these, and make no style."""
    return "\n".join(map(_line_as_written, text.split("\n")))


def _line_as_written(line: str) -> str:
    for mark, stand_in in _STAND_INS.items():
        if stand_in not in line:
            continue
        places = [one.start() for one in re.finditer(f"[{re.escape(mark)}{stand_in}]", line)]
        opening = [at for at in places if not line[at - 1 : at].isalnum() and line[at + 1 : at + 2].strip()]
        closing = [at for at in places if line[max(0, at - 1) : at].strip() and not line[at + 1 : at + 2].isalnum()]
        makes_style = bool(opening and closing) and opening[0] < closing[-1]
        shown = (lambda run, mark=mark: _AS_WRITTEN.format(mark * len(run[0]))) if makes_style else mark
        line = re.sub(f"{stand_in}{{1,{_RUN if makes_style else 1}}}", shown, line)
    return line


def link(url: str, label: str) -> str:
    """Return a mrkdwn link, or the label alone where `url` is not one that people may follow."""
    url = _printable(url)
    label = _one_line(label).replace("|", "¦")[:_LABEL_CHARS]
    for char, code in (("<", "%3C"), (">", "%3E"), ("|", "%7C"), ("`", "%60"), ("&", "&amp;")):
        url = url.replace(char, code)
    if not _ADDRESS.fullmatch(url) or len(url) > _URL_CHARS:
        return _as_written(_literal(label))
    label = escape(label)
    return f"<{url}|{label}>" if label and label != url else f"<{url}>"


def mrkdwn(markdown: str) -> str:
    """Return Markdown as one mrkdwn text, of any length."""
    whole = ""
    for chunk in _chunks(markdown):
        whole = _join(whole, _set(chunk.lines, chunk.code), below=chunk.below)
    return whole


def sections(markdown: str) -> list[str]:
    """Return Markdown as mrkdwn texts of at most 3,000 characters each; empty Markdown gives none."""
    out: list[str] = []
    for chunk in _chunks(markdown):
        for n, text in enumerate(_fit(chunk)):
            if out and len(joined := _join(out[-1], text, below=chunk.below and not n)) <= SECTION_CHARS:
                out[-1] = joined
            else:
                out.append(text)
    return out


def messages(markdown: str, tail: Sequence[Block] = (), language: str = "en") -> list[Message]:
    """Return Markdown as at least one message; `tail` (sources, buttons) ends the last one.

    `language` (its code) is that of what is said of a message that holds nothing else.
    """
    return _pack([_section(text) for text in sections(markdown) or ["…"]], tail, language)


def partial(markdown: str) -> Message:
    """Return a text that is still growing as one message; what does not fit into it is not shown yet."""
    first, *more = messages(markdown)
    return Message(
        first.text, [*first.blocks, _context("…")] if more and len(first.blocks) < MESSAGE_BLOCKS else first.blocks
    )


def answer_messages(answer: Answer, answer_id: int, *, can_be_shown: bool = False) -> list[Message]:
    """Return an answer with its numbered sources and, where there is something to rate, the buttons.

    `can_be_shown`: only the asker sees it, and others could.
    """
    tail, language = _sources(answer.citations), answer.language
    if answer.status in (Status.ANSWERED, Status.REFUSED) and "handover" not in answer.notes:
        tail.append(_buttons(answer_id, language, rated=answer.status is Status.ANSWERED))
        if can_be_shown and answer.status is Status.ANSWERED:
            tail[-1]["elements"].append(_button(SHOW, buttons.SHOW.of(language), str(answer_id)))
    if answer.notes.get("threaded"):
        give_back = _button(RESOLVE, buttons.GIVE_BACK.of(language), str(answer.notes["handover"]))
        tail.append(_actions("handover", [give_back]))
    if answer.choices:
        tail.append(_choices(answer.choices, answer_id))
    return messages(answer.text, tail, language)


def chosen(blocks: Sequence[Block], action: str) -> list[Block]:
    """Return the blocks of a question asked back once somebody chose: of the buttons only that one is left, marked."""
    marked: list[Block] = []
    for block in blocks:
        if block.get("block_id") != CHOICES:
            marked.append(block)
            continue
        pressed = [
            _button(action, f"✓ {one['text']['text']}", one["value"]) | {"style": "primary"}
            for one in block["elements"]
            if one["action_id"] == action
        ]
        marked.append(_actions(CHOICES, pressed))
    return marked


def forget_button(label: str, user: str) -> Block:
    """Return the button that has a person's data deleted, once that was asked for."""
    button = _button(FORGET, label, user) | {"style": "danger"}
    return {"type": "actions", "block_id": FORGET, "elements": [button]}


def offer_buttons(offers: Sequence[Offer]) -> Block:
    """Return the buttons below what admins are told of an adapter."""
    return _actions(OFFER, [_button(f"{OFFER}{one.verb}", one.label, one.adapter) for one in offers])


def home(state: str, language: str = "en") -> Block:
    """Return the view of the Home tab: how to ask, what is kept and, for an admin, how Frontdesk stands (Markdown)."""
    blocks = [_section(text) for text in sections(notices.HELP.of(language))]
    if state:
        blocks += [{"type": "divider"}, *(_section(text) for text in sections(state))]
        blocks.append({"type": "actions", "block_id": REFRESH, "elements": [_button(REFRESH, "Refresh", REFRESH)]})
    blocks += [{"type": "divider"}, *(_section(text) for text in sections(notices.KEPT.of(language)))]
    blocks.append(_actions(FORGET_ME, [_button(FORGET_ME, buttons.DELETE_MINE.of(language), FORGET_ME)]))
    return {"type": "home", "blocks": blocks}


def _sources(citations: Iterable[Citation]) -> list[Block]:
    lines: list[str] = []
    for citation in citations:
        section = " › ".join(part for part in citation.heading.split(" > ") if part)
        heading = f" › {_as_written(_shorten(_literal(_one_line(section))))}" if section else ""
        day = f" · {escape(citation.updated)}" if citation.updated else ""
        lines.append(_unfenced(f"[{citation.n}] {link(citation.url, source_title(citation))}{heading}{day}"))
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= SECTION_CHARS:
            texts[-1] += "\n" + line
        else:
            texts.append(line)
    return [_context(text) for text in texts]


def note_message(note: Note) -> Message:
    """Return what people are told about a hand-over, with the buttons to take and to resolve it."""
    tags = " ".join(f"<!subteam^{one}>" if one.startswith("S") else f"<@{one}>" for one in note.tags[:MAX_TAGS])
    tail = [_context(WRITE_TO.format(who=f"<@{note.asker}>"))] if note.asker else []
    if note.state in STANDS:
        tail.append(_context(STANDS[note.state].format(by=f"<@{note.by}>" if note.by else SOMEBODY)))
    if note.state is Hands.OPEN:
        take, resolve = _button(TAKE, TAKE_LABEL, str(note.handover_id)), _button(RESOLVE, DONE, str(note.handover_id))
        tail.append(_actions("handover", [take, resolve]))
    elif note.state is Hands.TAKEN:
        tail.append(_actions("handover", [_button(RESOLVE, DONE, str(note.handover_id))]))
    texts = sections(note.text)
    if tags and texts and len(tags) + len(texts[0]) < SECTION_CHARS:
        texts[0] = f"{tags} {texts[0]}"
    elif tags:
        texts.insert(0, tags)
    return _pack([_section(text) for text in texts], tail)[0]


def asking_why(sentence: str, answer_id: int, language: str = "en") -> Message:
    """Return a sentence with a button for each reason why an answer was no help, and the one to suggest a better.

    What the buttons say is in the `language` of the sentence, here and below.
    """
    reasons = [
        _button(f"{REASON}{reason}", label.of(language), str(answer_id)) for reason, label in buttons.REASONS.items()
    ]
    return messages(sentence, [_actions("reasons", reasons), _suggesting(answer_id, 0, language)])[0]


def suggesting(sentence: str, answer_id: int, handover_id: int = 0, language: str = "en") -> Message:
    """Return a sentence with the button to suggest a better answer."""
    return messages(sentence, [_suggesting(answer_id, handover_id, language)])[0]


def asking_to_rate(sentence: str, answer_id: int, language: str = "en") -> Message:
    """Return a sentence with the rating buttons of an answer."""
    return messages(sentence, [_buttons(answer_id, language, rated=True)])[0]


def dialog(
    callback: str, title: Words, label: Words, limit: int, metadata: str, text: str = "", language: str = "en"
) -> Block:
    """Return a modal with one field of text; `text` stands in it already."""
    limit = min(limit, INPUT_CHARS)
    element: Block = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": limit}
    if text:
        element["initial_value"] = text[:limit]
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata,
        "title": _plain_text(title.of(language)),
        "submit": _plain_text(buttons.SEND.of(language)),
        "close": _plain_text(buttons.CANCEL.of(language)),
        "blocks": [{"type": "input", "block_id": "text", "label": _plain_text(label.of(language)), "element": element}],
    }


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _buttons(answer_id: int, language: str, *, rated: bool) -> Block:
    thumbs = [
        _button(RATE_UP, f"👍 {buttons.HELPFUL.of(language)}", str(answer_id)),
        _button(RATE_DOWN, f"👎 {buttons.NOT_HELPFUL.of(language)}", str(answer_id)),
    ]
    person = _button(PERSON_BUTTON, buttons.PERSON.of(language), str(answer_id))
    return _actions("rating", [*(thumbs if rated else []), person])


def _suggesting(answer_id: int, handover_id: int, language: str) -> Block:
    suggest = _button(SUGGEST_BUTTON, buttons.SUGGEST.of(language), f"{answer_id}:{handover_id}")
    return _actions("suggestion", [suggest])


def _actions(block_id: str, elements: list[Block]) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": elements}


def _choices(choices: Sequence[Choice], answer_id: int) -> Block:
    return _actions(
        CHOICES,
        [_button(f"{CHOICE}{n}", _one_line(one.label), f"{answer_id}:{n}") for n, one in enumerate(choices)],
    )


def _button(action: str, label: str, value: str) -> Block:
    label = (label if len(label) <= BUTTON_CHARS else label[: BUTTON_CHARS - 2] + " …") or "…"
    return {
        "type": "button",
        "action_id": action,
        "value": value,
        "text": {"type": "plain_text", "text": label, "emoji": True},
    }


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn_object(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn_object(text)]}


def _mrkdwn_object(text: str) -> Block:
    # Not verbatim, Slack would itself look for names, channels and addresses in the text.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _pack(body: Sequence[Block], tail: Sequence[Block], language: str = "en") -> list[Message]:
    """Fill messages with blocks, as few as the limits allow."""
    out: list[list[Block]] = [[]]
    size = 0
    for block in [*body, *tail]:
        length = _size(block)
        if out[-1] and (len(out[-1]) >= MESSAGE_BLOCKS or size + length > MESSAGE_CHARS):
            out.append([])
            size = 0
        out[-1].append(block)
        size += length
    return [Message(_fallback(blocks, language), blocks) for blocks in out]


def _size(block: Block) -> int:
    if block["type"] == "section":
        return len(block["text"]["text"])
    return sum(len(str(element["text"])) for element in block["elements"])


def _fallback(blocks: Sequence[Block], language: str) -> str:
    """Return what a message says in one text: its sections, sources and choices; what else is to press is left out."""
    texts: list[str] = []
    for block in blocks:
        match block["type"]:
            case "section":
                texts.append(block["text"]["text"])
            case "context":
                texts.append("\n".join(one["text"] for one in block["elements"]))
            case "actions" if block["block_id"] == CHOICES:
                texts.append("\n".join(f"• {escape(one['text']['text'])}" for one in block["elements"]))
    whole = "\n\n".join(texts) or answers.SOURCES.of(language)
    text = next(_cut(whole, FALLBACK_CHARS - len(_FENCE) - 1))
    return f"{text}\n{_FENCE}" if text.count(_FENCE) % 2 else text


# Markdown to chunks of lines --------------------------------------------------------------------------------


def _chunks(markdown: str) -> list[_Chunk]:
    root = SyntaxTreeNode(_MARKDOWN.parse(_printable(markdown)))
    chunks: list[_Chunk] = []
    end = -1
    for node in root.children:
        own = [chunk for chunk in _blocks([node]) if any(line.strip() for line in chunk.lines)]
        if own and node.map:
            own[0].below, end = node.map[0] == end, _end(node)
        chunks += own
    for chunk in chunks:
        if not chunk.code:
            chunk.lines = [_unfenced(line) for line in chunk.lines]
    return chunks


def _end(node: SyntaxTreeNode) -> int:
    """Return the line after the last one of a block; the parser counts the empty one after a list as part of it."""
    return max(
        (one.map[1] for one in node.walk() if one.map and not any(child.map for child in one.children)), default=-1
    )


def _unfenced(text: str) -> str:
    """Return mrkdwn in which no run of marks opens a code block."""
    return re.sub("`(?=``)", f"`{_APART}", text)


def _blocks(nodes: Iterable[SyntaxTreeNode], depth: int = 0) -> Iterator[_Chunk]:
    for node in nodes:
        match node.type:
            case "paragraph":
                lines = _inline(node.children).split("\n")
                # In a list something stands before it.
                yield _Chunk(lines if depth else [re.sub(r"^(?=&gt;)", _AT_BEGIN, line) for line in lines])
            case "heading":
                yield _Chunk([_inline(node.children, bold=True).replace("\n", " ")])
            case "bullet_list" | "ordered_list":
                yield from _list(node, depth)
            case "blockquote":
                for chunk in _blocks(node.children):
                    yield chunk if chunk.code else _Chunk([f"> {line.removeprefix('> ')}" for line in chunk.lines])
            case "fence" | "code_block":
                yield _Chunk(_code(node.content).rstrip("\n").split("\n"), code=True)
            case "table":
                yield _Chunk(_table(node), code=True)
            case "hr":
                yield _Chunk(["———"])
            case _:  # pragma: no cover - CommonMark with tables has no other block
                yield _Chunk(escape(node.content).split("\n"))


def _list(node: SyntaxTreeNode, depth: int) -> Iterator[_Chunk]:
    number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    lines: list[str] = []
    for item in node.children:
        marker = _BULLETS[depth % len(_BULLETS)] + " " if number is None else f"{number}. "
        indent = " " * (4 if number is None else len(marker) + 1)
        first = True
        for chunk in _blocks(item.children, depth + 1):
            if chunk.code:
                if first:
                    lines.append(marker.rstrip())
                if lines:
                    yield _Chunk(lines)
                    lines = []
                yield chunk
            else:
                # Slack knows a quote only at the start of a line, not within a list; before figures ">" is a sign.
                is_sign = all(re.match(MORE_THAN, line) for line in chunk.lines)
                plain = [re.sub("^>", "&gt;", line) if is_sign else line.removeprefix("> ") for line in chunk.lines]
                lines += [
                    (marker if first and n == 0 else indent) + line if line else "" for n, line in enumerate(plain)
                ]
            first = False
        if first:
            lines.append(marker.rstrip())
        number = None if number is None else number + 1
    if lines:
        yield _Chunk(lines)


def _table(node: SyntaxTreeNode) -> list[str]:
    rows = [
        [escape(_one_line(_plain(cell.children))).replace("`", "'") for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    widths = [max(_width(row[n]) if n < len(row) else 0 for row in rows) for n in range(max(map(len, rows)))]
    lines = [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return lines


def _width(escaped: str) -> int:
    """Return the columns that a text takes once Slack has unescaped it."""
    return cell_len(re.sub(r"&(?:amp|lt|gt);", "&", escaped))


def _inline(nodes: Iterable[SyntaxTreeNode], *, bold: bool = False) -> str:
    """Return inline nodes as mrkdwn; a style is opened once however deep it is nested."""
    out: list[str] = []
    open_styles: list[str] = []

    def put(text: str) -> None:
        # Right after a closed style Slack wants the end of a word.
        if out and text and out[-1] in {"*", "_", "~"} and out[-1] not in open_styles and text[0].isalnum():
            out.append(_APART)
        if text:
            out.append(text)

    def style(mark: str, children: Iterable[SyntaxTreeNode]) -> None:
        if mark in open_styles:
            walk(children)
            return
        if out and out[-1][-1].isalnum():
            out.append(_APART)
        out.append(mark)
        open_styles.append(mark)
        before = len(out)
        walk(children)
        open_styles.remove(mark)
        if len(out) == before:
            out.pop()
        else:
            out.append(mark)

    def walk(children: Iterable[SyntaxTreeNode]) -> None:
        for node in children:
            match node.type:
                case "inline":
                    walk(node.children)
                case "text":
                    put(_with_links(node.content))
                case "softbreak" | "hardbreak":
                    out.append("\n")
                case "strong":
                    style("*", node.children)
                case "em":
                    style("_", node.children)
                case "s":
                    style("~", node.children)
                case "code_inline":
                    code = escape(_one_line(node.content).replace("`", "'"))
                    put(f"`{code}`" if code else "")
                case "link":
                    put(_written_link(str(node.attrs.get("href", "")), _plain(node.children)))
                case "image":
                    put(_written_link(str(node.attrs.get("src", "")), node.content or "image"))
                case _:  # pragma: no cover - raw HTML is switched off
                    put(_literal(node.content))

    if bold:
        style("*", nodes)
    else:
        walk(nodes)
    return _as_written("".join(out))


def _written_link(url: str, label: str) -> str:
    if url.lower().startswith("tel:"):  # Slack does not link it
        number = beside(label, url)
        return _literal(_one_line(f"{label} ({number})" if label.strip() and number else label + number))
    return link(url, url if seems_to_lead_elsewhere(label, url) else label)


def _plain(nodes: Iterable[SyntaxTreeNode]) -> str:
    """Return inline nodes as text without styles, not escaped."""
    return "".join(
        " "
        if node.type in {"softbreak", "hardbreak"}
        else node.content
        if node.type in {"text", "code_inline", "image"}
        else _plain(node.children)
        for node in nodes
    )


def _with_links(text: str) -> str:
    """Escape text and make the web addresses in it links."""
    out: list[str] = []
    done = 0
    for match in _WEB_ADDRESS.finditer(text):
        url = without_trailing(match[0], _TRAILING)
        if len(url) <= len("https://"):
            continue  # nothing but the scheme
        out += [_literal(text[done : match.start()]), link(url, url)]
        done = match.start() + len(url)
    return "".join([*out, _literal(text[done:])])


def _code(text: str) -> str:
    return _unfenced(escape(text))


def _one_line(text: str) -> str:
    return " ".join(_printable(text).split())


def _printable(text: str) -> str:
    """Drop control characters and lone surrogates, which Slack's JSON does not take."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", "", text.replace("\r\n", "\n"))


def _shorten(text: str) -> str:
    return text if len(text) <= _LABEL_CHARS else next(_cut(text, _LABEL_CHARS)) + " …"


# Chunks to texts within the limit ---------------------------------------------------------------------------


def _set(lines: Sequence[str], code: bool) -> str:
    text = "\n".join(lines)
    return f"{_FENCE}\n{text}\n{_FENCE}" if code else text


def _join(above: str, text: str, *, below: bool = False) -> str:
    """Set a text under another one; right `below` it, or with an empty line between."""
    if not above:
        return text
    # Slack sets code and quotes apart by itself.
    code = above.endswith(_FENCE), text.startswith(_FENCE)
    quote = above.rpartition("\n")[2].startswith("> "), text.startswith("> ")
    apart = all(code) or all(quote) or not (below or any(code) or any(quote))
    return above + ("\n\n" if apart else "\n") + text


def _fit(chunk: _Chunk) -> Iterator[str]:
    """Cut a chunk between lines, and lines that are too long between words, so that each piece fits."""
    room = SECTION_CHARS - (2 * len(_FENCE) + 2 if chunk.code else 0)
    piece: list[str] = []
    size = 0
    for line in (part for whole in chunk.lines for part in _cut(whole, room)):
        if piece and size + len(line) > room:
            yield _set(piece, chunk.code)
            piece, size = [], 0
        piece.append(line)
        size += len(line) + 1
    if any(line.strip() for line in piece):
        yield _set(piece, chunk.code)


def _cut(line: str, room: int) -> Iterator[str]:
    """Cut one line into pieces of at most `room` characters, never through a link or an escaped character."""
    while len(line) > room:
        end = space = 0
        for atom in _ATOM.finditer(line):
            if atom.end() > room:
                break
            end = atom.end()
            if atom[0].isspace():
                space = end
        cut = space if space > room // 2 else end
        yield line[:cut].rstrip()
        line = line[cut:]
    yield line
