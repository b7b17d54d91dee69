"""From the Markdown of a document to passages that fit the embedder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.documents import Document, Passage
from knowledge.sentences import tables_told

FORMAT = 12
"""Number of this way of parsing and cutting. Raise it with every change, so that each document is read anew."""

TokenEnds = Callable[[Sequence[str]], list[list[int]]]
"""For each text the character positions at which its tokens end."""

_SPECIAL_TOKENS = 8
"""Room for what a model adds around a text, and for tokens that merge differently where pieces meet."""
_MAX_NAME_SHARE = 0.25
"""Of the tokens, for the title and for the heading path each; the rest is for the text."""
_CHARACTERS_PER_TOKEN = 16
"""Upper limit: some tokenizers make one token of an endless word."""
_LONGEST_UNDERLINED = 100
_LONGEST_HEADING = 1000
"""Characters of a heading, by a line below it and at all; a longer one is a paragraph."""
_LONGEST_PATH = 200
"""Characters; of a longer heading path the first headings are left out."""
_WORDS_OF_A_SENTENCE = 3
_SENTENCE_END = re.compile(r"(?<=[.!?;:])[\"')\]*_]*\s+")
_QUOTE_MARKS = re.compile(r"^(?: *> ?)+")
_ITEM_MARK = re.compile(r" *(?:[-*+]|\d{1,9}[.)]) +")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{1,}:?\s*(\|\s*:?-{1,}:?\s*)*\|?\s*$")

_blocks_only = MarkdownIt("commonmark").enable("table")
_blocks_only.core.ruler.disable(["inline", "text_join"])  # a block is kept as its source lines
_inline = MarkdownIt("commonmark")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Source text that stays together where it fits; `glue` joins it to the piece before it."""

    text: str
    glue: str = "\n\n"
    header: str = ""
    """The head of the table that this row is of; repeated where a passage begins with the row."""

    @property
    def told(self) -> str:
        """As it is embedded."""
        return tables_told(f"{self.header}\n{self.text}" if self.header else self.text)


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    pieces: tuple[_Piece, ...]
    whole_heading: str = ""
    """The last of the heading path in Markdown, from which the path may be cut."""

    def under(self, heading: str) -> _Section:
        """Return it with this heading path; what a shorter one lost goes before the text."""
        cut_off = self.whole_heading and heading != self.heading
        return replace(self, heading=heading, pieces=((_Piece(self.whole_heading),) if cut_off else ()) + self.pieces)


def context_of(title: str, heading: str) -> str:
    """Return what stands in front of a passage's text when it is embedded: where it comes from."""
    return f"{title} > {heading}" if heading else title


def embedded_text(passage: Passage) -> str:
    """Return what the vector of a passage is made of, and what its words are searched in: each name once.

    Rows of tables are told with the names of their columns, so that a question after one finds it.
    """
    text = tables_told(passage.text)
    if text.startswith(passage.title):
        return f"{passage.heading}\n{text}" if passage.heading else text
    return f"{context_of(passage.title, passage.heading)}\n{text}"


def cut(documents: Sequence[Document], token_ends: TokenEnds, max_tokens: int) -> list[list[Passage]]:
    """Return the passages of each document; none for a document without text.

    A passage lies within one section and is, together with its title and heading path, at most
    `max_tokens` long by the embedder's tokenizer. Tokenizing all documents at once makes it fast.
    """
    titles = _shortened({document.title for document in documents}, token_ends, max_tokens)
    documents = [replace(document, title=titles[document.title]) for document in documents]
    sections = [list(_sections(document)) for document in documents]
    headings = _shortened({one.heading for listed in sections for one in listed}, token_ends, max_tokens)
    sections = [[one.under(headings[one.heading]) for one in listed] for listed in sections]
    budgets = _budgets(documents, sections, token_ends, max_tokens)
    out: list[list[Passage]] = []
    flat = [piece for listed in sections for section in listed for piece in section.pieces]
    sizes = iter([len(ends) for ends in token_ends([piece.told for piece in flat])])
    header_sizes = _sizes_of({piece.header for piece in flat if piece.header}, token_ends)
    for document, listed, allowed in zip(documents, sections, budgets, strict=True):
        passages: list[Passage] = []
        for section, budget in zip(listed, allowed, strict=True):
            sized = [(piece, next(sizes)) for piece in section.pieces]
            for text in _pack(sized, budget, token_ends, header_sizes):
                passages.append(_passage(document, section.heading, text, len(passages)))
        out.append(passages)
    return out


def rejoined(pieces: Sequence[Passage]) -> Passage:
    """Return the first of neighbouring passages of one section with the text of all, in the document's order."""
    text = ""
    for piece in sorted(pieces, key=lambda one: one.position):
        first, *rest = piece.text.split("\n", 2)
        if len(rest) == 2 and _TABLE_RULE.match(rest[0]) and f"{first}\n{rest[0]}" in text:
            text = f"{text}\n{rest[1]}"  # a table that goes on, its head repeated
        elif text and text[-1].isalnum() and piece.text[:1].islower():
            text = f"{text} {piece.text}"  # cut within a sentence
        else:
            text = f"{text}\n\n{piece.text}" if text else piece.text
    return replace(pieces[0], text=text)


def _shortened(texts: set[str], token_ends: TokenEnds, max_tokens: int) -> dict[str, str]:
    """Return titles or headings by themselves, those too long for their share cut with an ellipsis."""
    longest = int(max_tokens * _MAX_NAME_SHARE)
    ordered = sorted(texts)
    return {
        text: text if len(ends) <= longest else text[: ends[longest - 2]].rstrip() + "…"
        for text, ends in zip(ordered, token_ends(ordered), strict=True)
    }


def _passage(document: Document, heading: str, text: str, position: int) -> Passage:
    return Passage(
        id=f"{document.id}#{position}",
        document_id=document.id,
        source=document.source,
        title=document.title,
        url=document.url,
        heading=heading,
        text=text,
        position=position,
        scope=document.scope,
        updated=document.updated,
    )


def _sizes_of(texts: set[str], token_ends: TokenEnds) -> dict[str, int]:
    ordered = sorted(texts)
    return dict(zip(ordered, map(len, token_ends(ordered)), strict=True))


def _budgets(
    documents: Sequence[Document], sections: Sequence[Sequence[_Section]], token_ends: TokenEnds, max_tokens: int
) -> list[list[int]]:
    """Return for each section the tokens that its title and heading leave to the text."""
    prefixes = {
        context_of(document.title, section.heading)
        for document, listed in zip(documents, sections, strict=True)
        for section in listed
    }
    sizes = _sizes_of(prefixes, token_ends)
    return [
        [max_tokens - _SPECIAL_TOKENS - sizes[context_of(document.title, section.heading)] for section in listed]
        for document, listed in zip(documents, sections, strict=True)
    ]


# ------------------------------------------------------------------ Markdown to pieces


def _sections(document: Document) -> Iterator[_Section]:
    """Yield the sections that have text, with their heading paths.

    A heading with neither text nor headings below it says something itself and is the text of a section of its own.
    """
    text = document.text.replace("\t", "    ")
    lines = text.split("\n")
    parts: list[tuple[int, str, list[_Piece]]] = [(0, "", [])]
    tokens = _blocks_only.parse(text)
    for token in tokens:
        if token.type == "table_open" and token.map is not None:
            first, last = token.map
            lines[first:last] = [_row(line, token.level > 0 and i == 0) for i, line in enumerate(lines[first:last])]
    for i, token in enumerate(tokens):
        if token.level or token.map is None:
            continue
        if token.type != "heading_open":
            parts[-1][2].extend(_block(token, tokens, i, lines))
        elif _is_paragraph(token, tokens[i + 1].content):
            parts[-1][2].append(_Piece(tokens[i + 1].content))
        else:
            parts.append((int(token.tag[1]), tokens[i + 1].content, []))
    # Where there is no text at all, names of sections ("Scope", "Costs") are the frame of a page to be written.
    least = 1 if any(pieces for _, _, pieces in parts) else _WORDS_OF_A_SENTENCE
    path: list[tuple[int, str]] = []
    for (level, heading, pieces), (level_after, *_) in zip(parts, [*parts[1:], (0, "", [])], strict=True):
        name = _plain_heading(heading)
        path = [one for one in path if one[0] < level]
        is_last = not pieces and level_after <= level and name.casefold() != document.title.casefold()
        if is_last and len(name.split()) >= least:
            yield _Section(_path(path, document.title), (_Piece(heading),))
        path.append((level, name))
        if pieces:
            yield _Section(_path(path, document.title), tuple(pieces), heading)


def _is_paragraph(heading: Token, words: str) -> bool:
    """Whether the Markdown parser took a paragraph for a heading: one with a line of dashes below it, mostly."""
    if len(words) > _LONGEST_HEADING:
        return True
    is_underlined = heading.markup in ("-", "=")
    return is_underlined and ("\n" in words or len(words) > _LONGEST_UNDERLINED or words.endswith((".", ",", ";")))


def _path(path: list[tuple[int, str]], title: str) -> str:
    """Join a heading path; a heading that only repeats the title is left out, long paths keep their end."""
    names = [name for level, name in path if name and not (level == 1 and name.casefold() == title.casefold())]
    while len(joined := " > ".join(names)) > _LONGEST_PATH and len(names) > 1:
        names.pop(0)
    return joined


def _plain_heading(markdown: str) -> str:
    inline = _inline.parseInline(markdown)[0].children or []
    return " ".join("".join(one.content if one.type != "softbreak" else " " for one in inline if _shown(one)).split())


def _shown(token: Token) -> bool:
    return token.type in {"text", "code_inline", "softbreak"}


def _row(line: str, may_begin_item: bool) -> str:
    """Return a line of a table with a pipe at its begin and end, which Markdown lets people leave out, and unquoted."""
    line = _QUOTE_MARKS.sub("", line)
    item = _ITEM_MARK.match(line) if may_begin_item else None
    begin = item.end() if item else len(line) - len(line.lstrip())
    cells = line[begin:].rstrip()
    left = "" if cells.startswith("|") else "| "
    right = "" if cells.endswith("|") and not cells.endswith("\\|") else " |"
    return f"{line[:begin]}{left}{cells}{right}"


def _block(token: Token, tokens: list[Token], start: int, lines: list[str]) -> list[_Piece]:
    """Return one block as pieces: a list by its items, a table by its rows, all else whole, save for a quoted table.

    `start` is the place of the token among all.
    """
    assert token.map is not None
    first, last = token.map
    if token.type == "blockquote_open" and any(one.type == "table_open" for _, one in _inside(tokens, start)):
        blocks = [(i, one) for i, one in _inside(tokens, start) if one.level == token.level + 1 and one.map]
        return [piece for i, one in blocks for piece in _block(one, tokens, i, lines)]
    if token.type in {"bullet_list_open", "ordered_list_open"}:
        items = [one for _, one in _inside(tokens, start) if one.level == token.level + 1]
        begins = [one.map[0] for one in items if one.type == "list_item_open" and one.map]
        texts = [_lines(lines, a, b) for a, b in zip(begins, [*begins[1:], last], strict=True)]
        return [_Piece(text, "\n" if i else "\n\n") for i, text in enumerate(filter(None, texts))]
    if token.type == "table_open":
        header = _lines(lines, first, first + 2)
        rows = [_lines(lines, row, row + 1) for row in range(first + 2, last)]
        rows = [row for row in rows if row]
        if not rows:
            return [_Piece(header)]
        return [_Piece(f"{header}\n{rows[0]}"), *(_Piece(row, "\n", header) for row in rows[1:])]
    text = _lines(lines, first, last)
    return [_Piece(text)] if text and token.type != "hr" else []


def _inside(tokens: list[Token], start: int) -> Iterator[tuple[int, Token]]:
    """Yield the tokens within the block that begins at `start`, with their places."""
    for i in range(start + 1, len(tokens)):
        if tokens[i].level <= tokens[start].level:
            return
        yield i, tokens[i]


def _lines(lines: list[str], first: int, last: int) -> str:
    return "\n".join(lines[first:last]).strip("\n").rstrip()


# ------------------------------------------------------------------ pieces to passages


def _pack(
    sized: list[tuple[_Piece, int]], budget: int, token_ends: TokenEnds, header_sizes: dict[str, int]
) -> Iterator[str]:
    """Yield texts of at most `budget` tokens, each of as many pieces as fit."""
    text, size = "", 0
    for piece, tokens in _small_enough(sized, budget, token_ends):
        if text and (size + tokens > budget or len(text) + len(piece.text) > budget * _CHARACTERS_PER_TOKEN):
            yield text
            text, size = "", 0
        if text:
            text, size = text + piece.glue + piece.text, size + tokens
        elif piece.header and header_sizes[piece.header] + tokens <= budget:
            text, size = f"{piece.header}\n{piece.text}", header_sizes[piece.header] + tokens
        else:
            text, size = piece.text, tokens
    if text:
        yield text


def _small_enough(sized: list[tuple[_Piece, int]], budget: int, token_ends: TokenEnds) -> Iterator[tuple[_Piece, int]]:
    for piece, tokens in sized:
        if tokens <= budget and len(piece.text) <= budget * _CHARACTERS_PER_TOKEN:
            yield piece, tokens
            continue
        ends = token_ends([piece.text])[0]
        glue = piece.glue
        for text, size, joint in _slices(piece.text, ends, budget):
            yield _Piece(text, glue), size
            glue = joint


def _slices(text: str, ends: list[int], budget: int) -> Iterator[tuple[str, int, str]]:
    """Cut a long block into (text, tokens, glue to the next): at lines or sentences where they fit, else between words.

    Pieces that fit go out one by one, so that the packer can fill each passage.
    """
    position, token = 0, 0
    for unit_end, joint in _unit_ends(text):
        while True:
            first = token
            while token < len(ends) and ends[token] <= unit_end:
                token += 1
            if token - first <= budget and unit_end - position <= budget * _CHARACTERS_PER_TOKEN:
                break
            stop = min(ends[first + budget - 1] if first + budget - 1 < len(ends) else unit_end, unit_end)
            stop = _before_word(text, position, min(stop, position + budget * _CHARACTERS_PER_TOKEN))
            token = first
            while token < len(ends) and ends[token] <= stop:
                token += 1
            if part := text[position:stop].strip():
                yield part, token - first, " "
            position = stop
        if part := text[position:unit_end].strip():
            yield part, token - first, joint
        position = unit_end


def _unit_ends(text: str) -> Iterator[tuple[int, str]]:
    """Yield where lines and sentences end, with what joins each to the next."""
    begin = 0
    for line in text.splitlines(keepends=True):
        for match in _SENTENCE_END.finditer(line.rstrip("\n")):
            yield begin + match.end(), " "
        begin += len(line)
        yield begin, "\n"


def _before_word(text: str, begin: int, stop: int) -> int:
    """Return the place of the last white space in text[begin:stop], or `stop` if there is none."""
    if stop >= len(text) or text[stop].isspace():
        return stop
    for place in range(stop - 1, begin, -1):
        if text[place].isspace():
            return place
    return stop
