"""Sentences of passages as evidence: what answers rest on, what prompts show, what can be quoted."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.text.addresses import addresses, misleading_link, visible
from bot.text.codes import codes_covered, codes_in, codes_named, codes_of_row, codes_told_of, speaks_of_more
from bot.text.day_names import COLUMN_OF_DATES
from bot.text.days import days_labelled, labelled_in_column
from bot.text.facts import facts_of, telling_words
from knowledge.documents import Passage
from knowledge.elements import is_tag
from knowledge.figures import Kind
from knowledge.sentences import STOP_WORDS, Sentence, content_words, sentences_and_rows, unmarked, unquoted

_KNOWN = 256
"""Passages whose sentences stay in memory, at some 10 KB each: those of one question are asked for several times."""
_LABEL = 8
"""Words of what stands before the colon of an item, at the most."""
_LONGEST_QUOTE = 600
"""Characters of a sentence that is quoted; what is longer is rather a list that lost its marks."""
_LONGEST_CODE = 1_500
_IMAGE = re.compile(r"!\[([^\[\]]{0,500})\]\((?:[^()]|\([^()]{0,200}\)){0,2000}\)")
_LINK = re.compile(r"\[([^\[\]]{1,500})\]\(\s{0,9}<?((?:[^()\s<>]|\([^()\s]{0,200}\)){0,2000})>?[^()]{0,200}\)")
_CHAT_MARK = re.compile(r"<\|[^|<>]*\|>")
"""What stands between the turns of a chat."""
_CODE_OR_ANGLED = re.compile(
    r"(?<!`)(?P<ticks>`{1,3}+)(?!`)[^\n]{1,500}?(?<!`)(?P=ticks)(?!`)|<!--[^<>]*-->|<(?P<inside>[^<>\s][^<>]*)>"
)
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:|www\.)\S+|[^\s@:/]+@[^\s@]+\.[^\s@]+", re.IGNORECASE)
_CLOSING = re.compile(r"</([a-zA-Z][\w:-]*)")
_NAME = r"(?-i:[A-Z])[\w.'’-]*"
LEANS = re.compile(
    r"\W*(?!it(?: is|['’]s| was| may be) (?:\w+ )?(?:possible|important|necessary|recommended|best|advisable|easy) )"
    r"(?:(?:it|they|he|she|this|these|those|that|such|its|their)\b"
    rf"|(?:in|within|outside|for|to) (?:the )?{_NAME}(?:,? (?:and|or|of|the|{_NAME})){{0,6}},? (?:it|they|he|she)\b)",
    re.IGNORECASE,
)
"""How a sentence begins that says something of what the one before names: "It costs $5 there.", "In the US it expires."

Alone it would answer anything.
"""
_GOES_ON = re.compile(
    r"\W*(?:otherwise|or else|failing (?:that|this)|in (?:that|this|which|such an?) (?:case|event)|only then|"
    r"if (?:so|not)|after (?:that|this|which)|afterwards|until then|however|instead|"
    r"in particular|for (?:example|instance)|namely|among (?:them|these|those))\b|"
    r"\W*(?:(?:please|always|\w*[^\Ws])\s){1,3}them\b|"
    r"[^,;:.]{0,60}\b(?:either|neither|both)[.!;]",
    re.IGNORECASE,
)
"""How one begins that goes on with the one before: "Otherwise the plan ends.", "Book them on the web."."""
_BESIDE = re.compile(
    r"\W*(?:(?:on|in|for|at|from|with|to|under) )?(?:(?:all|any|the) )?others?\b(?! than)|"
    r"\W*(?:for )?(?:every|any|no)(?:one|body|thing) else\b|\W*(?:later|earlier)\b(?! than)|"
    r"\W*(?:(?!\w{3,}s\b)[\w'’-]+ ){1,6}ones\b",
    re.IGNORECASE,
)
"""How a sentence of a page begins that tells of what is beside what the one before names: "On other days guests pay.".

Quoted alone it would be taken for the rule; who tells it in other words may have named the rest in them.
"""
_SUCH = re.compile(r"\bsuch (?:an? )?([^\W\d_]{3,})", re.IGNORECASE)
"""A thing of the kind that the sentence before names: "Unblock it at such a machine."."""
_NUMBERED = re.compile(r"\s*(\d{1,3})[.)](?:\s|$)")
_BULLET = re.compile(r"\s*[-*+•]\s")
_ENDED = re.compile(r"[.!?:;…。！？]\W*$")
"""A sentence, rather than a row of a table or an item of a list."""
_BEGINS_BLOCK = re.compile(r"(?:[-+*]|#{1,6})\s")
"""The sign of a value, where it begins a row of a table."""
_COLUMN = re.compile(r"(?:^|; )[^;:]{1,200}: ")
"""What a row is called and what stands above its cells, in a row that is told as a sentence."""
JOINED = re.compile(r"[,;]?\s+(?:and|or|and/or)\W*$", re.IGNORECASE)
"""What joins an item of a list to the next one."""
_SAID = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)?")
"""A word, or the digits of a figure."""
_LONGEST_ROUND = 40
"""Words that a sentence goes round in, at the most that are looked for."""
_TICKS = re.compile(r"`{3,}")
_TWO_WORDS = re.compile(r"\w\W+\w")
_FOLLOWED = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a passage."""

    passage: Passage
    text: str
    """Without list marks, images and HTML."""
    words: frozenset[str]
    """That carry meaning; see `telling_words`."""
    quotable: bool
    """Whether it may go out as it is."""
    step: int = 0
    """The number before it, where it begins an item of a numbered list."""
    item: bool = False
    """Whether it begins an item of a list without numbers."""
    row_of: frozenset[str] | None = None
    """The telling words of the first cell, where it is a row of a table or a part of one: what the row is about."""
    safe: bool = True
    """Whether it may go out with what leads to it, as one word of a list may."""
    code: bool = False
    """Whether it is a block of code."""
    indent: int = -1
    """Of the item of a list that it stands in, in characters; -1 outside of lists."""
    label: str = ""
    """The first cell of the row that it is, or a part of; of an item of a list a few words before a colon."""
    codes: frozenset[str] = frozenset()
    """The codes in it and in its label; see `bot.text.codes`."""
    told_of: frozenset[str] = frozenset()
    """Those of them that it tells something of: of a row those of its first cell, else of its columns of codes."""
    leans_on: str = ""
    """The sentence before, where it cannot be understood without; empty where it can, or where there is none."""
    called: str = ""
    """Its label, of a row of days below its column's name where that tells what happened on them: "Born 2006"."""

    dated: str = ""
    """What it is called, with the days in its column of dates where its label names none: "Season Dates 7.1.–30.1."."""
    column: frozenset[str] = frozenset()
    """The telling words of the name of a row's first column: "Order value"."""

    @property
    def begins_item(self) -> bool:
        """Whether it begins an item of a list, with or without numbers."""
        return self.item or self.step > 0

    @property
    def ended(self) -> bool:
        """Whether it is a whole sentence, rather than a line of an address, say."""
        return _ENDED.search(self.text) is not None

    @property
    def told_of_alone(self) -> frozenset[str]:
        """The codes that it tells something of, unless it may tell it of more than those: "iOS16 or newer"."""
        return frozenset() if speaks_of_more(self._names_codes) else self.told_of

    @property
    def _names_codes(self) -> str:
        """What names the codes that it tells something of: its label, or all of it."""
        return self.text if codes_in(self.label).isdisjoint(self.told_of) else self.label

    def covering(self, asked: Collection[str]) -> Evidence:
        """Return the same, told of those of the codes `asked` too that it does not name: "G8 and above"."""
        covered = codes_covered(self._names_codes, asked) - self.told_of if self.told_of else frozenset()
        return replace(self, codes=self.codes | covered, told_of=self.told_of | covered) if covered else self

    @property
    def leads(self) -> bool:
        """Whether it says nothing without what follows, as a question that a page answers itself."""
        return not self.code and self.row_of is None and self.text.rstrip("*_ ").endswith((":", "?"))


def leans(sentence: str, before: Collection[str] = ()) -> bool:
    """Whether a sentence says something of what the one before it names, of which these are the telling words."""
    such = any(not telling_words(one[1]).isdisjoint(before) for one in _SUCH.finditer(sentence))
    return such or LEANS.match(sentence) is not None or _GOES_ON.match(sentence) is not None


def stuck(sentence: str) -> bool:
    """Whether a sentence repeats itself, as models do that lost the thread, and pages made to mislead."""
    said = [match[0].lower() for match in _SAID.finditer(sentence)]
    if len(said) < 8:
        return len(said) > 2 and len(set(said)) == 1
    # Of a line of hours or prices each part tells a figure of its own, and may well tell one of another part again.
    figures = sum(one.isdigit() for one in said)
    varied = len({one for one in said if not one.isdigit()}) + figures
    return varied < 0.4 * len(said) or _goes_round(said) or _goes_round([one for one in said if one not in STOP_WORDS])


def _goes_round(words: Sequence[str]) -> bool:
    """Whether words come three times in a row in the same order; a single one five times."""
    for length in range(1, min(_LONGEST_ROUND, len(words) // 3) + 1):
        alike = 0
        for before, word in zip(words, words[length:], strict=False):
            alike = alike + 1 if word == before else 0
            if alike >= max(2 * length, 4):
                return True
    return False


@lru_cache(_KNOWN)
def evidence_in(passage: Passage) -> tuple[Evidence, ...]:
    """Return the sentences of a passage in their order; table rows are told as sentences."""
    found: list[Evidence] = []
    step = 0
    items: list[Evidence] = []  # those that begin the items in which the last sentence stands, the innermost last
    for one in sentences_and_rows(visible(passage.text)):
        numbered = None if one.code or one.row else _NUMBERED.match(one.text)
        if numbered:
            step = int(numbered[1])  # "1." before a capital letter is cut off as a sentence of its own
        text = _CHAT_MARK.sub("", one.text) if one.code else _told(one)
        if content_words(text) or _is_an_amount(text):
            item = not one.code and _BULLET.match(one.text) is not None
            label = plain_markdown(one.row).partition(": ")[0] if one.row else _label(text) if item else ""
            about = telling_words(label) if one.row else None
            # The columns of a table may well be called alike, and so may cells of a row be.
            repeats = any(map(stuck, _COLUMN.split(text) if one.row else [text]))
            safe = not repeats and _safe(text, _LONGEST_CODE if one.code else _LONGEST_QUOTE)
            called = labelled_in_column(label, plain_markdown(one.column))
            told_of = codes_named(label) or (codes_of_row(text) if one.row else codes_told_of(text))
            prose = not (one.code or one.row or item or step)
            begins = item or step > 0
            items = [of for of in items if of.indent < one.indent or (of.indent == one.indent and not begins)]
            follows = found and prose and (leans(text, found[-1].words) or _BESIDE.match(text))
            before = found[-1] if follows else None
            # What a step goes on with, "You receive a label", is understood without the step.
            before = before if before or not (prose and items and items[-1].item) else items[-1]
            leans_on = before.text if before and before.row_of is None and not before.code else ""
            found.append(
                Evidence(
                    passage,
                    text,
                    words=telling_words(text),
                    # One word alone says nothing, whoever asks for it.
                    quotable=safe and (bool(leans_on and prose) or _TWO_WORDS.search(text) is not None),
                    step=step,
                    item=item,
                    row_of=about,
                    safe=safe,
                    code=one.code,
                    indent=one.indent,
                    label=label,
                    codes=codes_in(text) | told_of,
                    told_of=told_of,
                    leans_on=leans_on,
                    called=called,
                    dated=_dated(called, text) if one.row else called,
                    column=telling_words(plain_markdown(one.column)) if one.row else frozenset(),
                )
            )
            if begins:
                items.append(found[-1])
            step = 0
    return tuple(found)


def _is_an_amount(text: str) -> bool:
    """Whether a sentence without words is a price or a share: "£30.", of what the one before it names."""
    return any(one.kind in {Kind.MONEY, Kind.PERCENT} for one in facts_of(text).figures)


def _told(sentence: Sentence) -> str:
    """Return a sentence or row without list marks, images and HTML; a sign before a figure stays one where it begins.

    What begins a row is part of its first cell, whatever it looks like.
    """
    if not sentence.row:
        return unquoted(plain_markdown(unmarked(sentence.text)))
    text = plain_markdown(sentence.text)
    return f"\\{text}" if _BEGINS_BLOCK.match(text) else unquoted(text)


def _dated(called: str, row: str) -> str:
    """Return what a row is called, with the days in its column of dates where it names none itself."""
    if days_labelled(called):
        return called
    cells = (cell.partition(": ") for cell in row.partition(": ")[2].split("; "))
    dates = [f"{called} {head} {cell}" for head, _, cell in cells if COLUMN_OF_DATES.fullmatch(head)]
    return next((one for one in dates if (days := days_labelled(one)) and not days.more), called)


def _label(item: str) -> str:
    """Return the few words before the colon of an item of a list; empty where there are none, or many."""
    before, colon, _ = item.partition(": ")
    return before if colon and len(before.split()) <= _LABEL else ""


def leading_to(sentences: Sequence[Evidence], place: int) -> set[int]:
    """Return where the sentences stand that lead to an item of a list, or a block of code."""
    one, before = sentences[place], place - 1
    leading: set[int] = set()
    if one.code and _together(sentences, before, place) and sentences[before].leads:
        return {before, *leading_to(sentences, before)}
    if not one.begins_item:
        return leading
    indent = one.indent
    while indent >= 0 and _together(sentences, before, place):
        other = sentences[before]
        if other.indent < indent:
            indent = other.indent
            leading |= {before} if other.leads and other.safe else set()
        before -= 1
    return leading


def _together(sentences: Sequence[Evidence], before: int, place: int) -> bool:
    return before >= 0 and sentences[before].passage is sentences[place].passage


def place_of(passage: Passage) -> str:
    """Return title and heading of a passage, as a sentence each."""
    return " ".join(f"{one}." for one in (passage.title, passage.heading) if one)


def told_together(sentences: Sequence[Evidence]) -> str:
    """Return sentences as one text; items of a list and rows of a table have a line each, code has its fences.

    Where the last one is an item, nothing joins it to one that is not told.
    """
    text = ""
    before: Evidence | None = None
    for one in sentences:
        row_goes_on = before is not None and _of_one_row(before, one)
        if one.code:
            fence = "`" * max([3, *(len(ticks) + 1 for ticks in _TICKS.findall(one.text))])
            text += f"\n{fence}\n{one.text}\n{fence}"
        elif one.step and len(sentences) > 1:
            text += f"\n{one.step}. {one.text}"
        elif (one.item or one.row_of is not None) and len(sentences) > 1 and not row_goes_on:
            text += f"\n- {one.text}"
        else:
            joint = " " if _ENDED.search(text) and not (before and before.code) else "\n"
            text += joint + one.text
        before = one
    return (JOINED.sub("", text) if before is not None and before.indent >= 0 else text).strip()


def _of_one_row(before: Evidence, after: Evidence) -> bool:
    """Whether two sentences that follow each other are parts of a row, which is long."""
    rows = before.row_of is not None and after.row_of is not None
    return rows and bool(before.label) and before.label == after.label


def without_images(text: str) -> str:
    """Return Markdown with the words for an image in its place: to show one, an address is called."""
    return _IMAGE.sub(r"\1", text)


def plain_markdown(text: str) -> str:
    """Return Markdown without images and HTML, and without links that lead to no web page, mail or telephone.

    Code stays as it is, and so do names in angle brackets that are to be replaced ("<your e-mail>").
    """
    text = _CHAT_MARK.sub("", without_images(text))
    closed = {name.lower() for name in _CLOSING.findall(text)}
    text = _CODE_OR_ANGLED.sub(lambda match: _without_html(match, closed), text)
    return _LINK.sub(lambda match: match[0] if _FOLLOWED.match(match[2]) else match[1], text).strip()


def _without_html(found: re.Match[str], closed: Collection[str]) -> str:
    """Return what is left of code, or of what stands in angle brackets; elements named `closed` have an end."""
    inside = found["inside"]
    if found["ticks"]:
        return found[0]
    if inside is None:
        return ""  # a comment
    if _ADDRESS.fullmatch(inside):
        return inside.removeprefix("mailto:").removeprefix("tel:")
    return "" if is_tag(inside, closed) else found[0]


def _safe(text: str, longest: int) -> bool:
    return len(text) <= longest and not misleading_link(text) and not any(one.disguised for one in addresses(text))


def section_of(passage: Passage) -> tuple[str, str]:
    """Return what tells a section from others: its document's id and its heading."""
    return passage.document_id, passage.heading


def placed(sentence: Evidence) -> str:
    """Return a sentence under the title and heading that it stands under, as its likeness to a question is told.

    Behind the one before it, where it says nothing without that: "They cost $5.".
    """
    return " ".join(one for one in (place_of(sentence.passage), sentence.leans_on, sentence.text) if one)
