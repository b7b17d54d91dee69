"""Text files: character sets, front matter, and what every format ends in."""

from __future__ import annotations

import codecs
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml
from charset_normalizer import from_bytes

from knowledge.documents import is_block, scope_key, unix_lines
from knowledge.errors import FrontdeskError
from knowledge.parsing.code_pages import GUESSED, SIGN_IN_WORD, read_windows
from knowledge.parsing.superscripts import without_marks

MAX_DOCUMENT_BYTES = 2_000_000
"""A document above this (about 300,000 words) is skipped: nobody writes such a policy, logs and dumps look so."""

UPDATED_KEYS = ("updated", "updated_at", "last_updated", "last_modified", "modified", "last_reviewed", "date")
"""Keys of front matter and properties that tell when a document was last changed, the first that is there counts."""
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_MAGIC = {
    b"%PDF-": "a PDF",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"PK\x03\x04": "a ZIP archive or office file",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old office file",
}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WESTERN = frozenset(
    "€…‘’“”„•–—™\xa0§«»°£©®·½²³µ±áâàäåæçéêèëíîìïñóôòöøœßúûùüÁÂÀÄÅÆÇÉÊÈËÍÎÌÏÑÓÔÒÖØŒÚÛÙÜ¿¡".encode("cp1252")
)
_OEM = "cp858"
"""The code page of DOS in Western Europe, 850 with a euro sign; that of the USA, 437, has the same letters."""
_OEM_LETTERS = "áâàäåæçéêèëíîìïñóôòöøßúûùüÿÁÂÀÄÅÆÇÉÊÈËÍÎÌÏÑÓÔÒÖØÚÛÙÜ"
_NOT_OEM = re.compile(rf"[^\x00-\x7f{_OEM_LETTERS}€\xa0§«»°£®·½¼±²³µªº¿¡]")
_OEM_HIGH = re.compile("[üéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜøØáíóúñÑ]")
"""Letters in place of which Windows has signs, hardly used letters or nothing."""
_OEM_SURE = re.compile("[A-Za-z][éäìüÅÉØ](?=[a-z])|[ìüÅÉØ][a-z]|[a-z]öß")
"""In Windows-1252 these bytes are nothing, or quotation marks at the beginning of a word."""
_OEM_SIGNS = re.compile(
    "[A-Za-z][éäìüÅÉØ](?![€§«»°£®½¼±²³µªº¿¡])|[ìüÅÉØ](?=[A-Za-z])|[A-Za-z][âåçêëèïîôöøíóúñ](?=[a-zâäàåçéêëèïîôöòûùüß])"
    "|(?<![A-Za-z])[ÖÜ](?=[a-z])|[A-Z][ÖÜ](?=[A-Z])"
)
"""In Windows-1252 these bytes are closing quotation marks, daggers or currencies, which stand in no word."""
_OEM_FAULTS = re.compile(
    "[a-z][ÁÂÀÄÅÆÇÉÊÈËÍÎÌÏÑÓÔÒÖØÚÛÙÜ]|[áâàäåæçéêèëíîìïñóôòöøúûùü](?=[A-Z])|(?<![A-Za-z])ô|[a-z][€§«»°£®·½¼±²³µ¿¡](?=[a-z])"
)
"""What is in no word of a code page of DOS, but in those that are read by it and are written in another."""
_CONTROL = dict.fromkeys([*range(9), 11, *range(14, 32), 127])
_UNSEEN = {0xA0: " ", 0x202F: " ", **dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200E, 0x200F, 0x2060, 0xFEFF])}
_LINE_END = re.compile(r"(?<![ \t])[ \t]+\n")
_BLANK_LINES = re.compile(r"\n{3,}")
_MAX_CONTROL_SHARE = 0.01
_BEFORE_FRONT_MATTER = re.compile(r"(?:[\s\ufeff]|<!--[\s\S]*?-->)*+")
_FRONT_MATTER = re.compile(r"(-{3,})[ \t]*\n(.*?)(?:^|\n)(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_OTHER_FRONT_MATTER = re.compile(r"(?:\+\+\+|---[ \t]*(js|javascript|json|toml))[ \t]*\n", re.IGNORECASE)
_OTHER_END = re.compile(r"^(?:---|\+\+\+)[ \t]*(?:\n|\Z)", re.MULTILINE)
_OPENED = re.compile(r"-{3,}[ \t]*\n(?=[ \t]*\S)")
_KEY = re.compile(r"""[ \t]*["']?([\w \t-]{1,40}?)["']?[ \t]*:(?:[ \t]|$)""")
_USUAL_KEY = re.compile(r"[a-z][\w-]*")
_BETWEEN_KEYS = re.compile(r"[ \t]*(?:$|-(?:[ \t]|$))|[ \t]+\S|#")
"""Lines of front matter without a key of their own: blank ones, items of a list, comments, what is further in."""
_INNER_KEY = re.compile(r"""(?<![\w-])([\w-]++)["']?[ \t]*+:""")
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}encoding=["']([\w.:-]{2,40})""", re.I
)
_MAX_FRONT_MATTER = 64_000
_MAX_YAML_VALUES = 20_000
_FIRST_HEADING = re.compile(r"#[ \t]+(.+?)[ \t]*#*[ \t]*$")


class UnreadableDocument(FrontdeskError):
    """One document cannot be used; the sentence is the reason, told without the document's name."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds, whatever its format."""

    text: str
    """Markdown, without front matter."""
    title: str
    """Empty where the file names none."""
    fields: Mapping[str, Any]
    """As the file has them: front matter, HTML meta, document properties (`title`, `url`, `updated`, `region`, …)."""
    updated: date | None
    """The day the file says it was last changed or reviewed."""
    unread: str = ""
    """What of the file could not be read, and what to do about it; empty where all of it was."""


def day_of(fields: Mapping[str, Any]) -> date | None:
    """Return the day that the fields of a document say it was last changed, or None.

    The keys that count are `UPDATED_KEYS`, in any case and with spaces, hyphens or underscores.
    """
    given = {re.sub(r"[\s_-]+", "_", str(key).strip().lower()): value for key, value in fields.items()}
    for key in UPDATED_KEYS:
        value = given.get(key)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, str) and (match := _DAY.match(value.strip())):
            try:
                return date(*map(int, match.groups()))
            except ValueError:
                continue
    return None


def check_size(size: int) -> None:
    """Raise UnreadableDocument if a text of `size` bytes is empty or above the limit."""
    if not size:
        raise UnreadableDocument("It is empty.")
    if size > MAX_DOCUMENT_BYTES:
        raise UnreadableDocument(
            f"It holds {size / 1e6:.1f} MB of text, more than the {MAX_DOCUMENT_BYTES / 1e6:.0f} MB of one document.",
            "Split it.",
        )


def decode(raw: bytes) -> tuple[str, str]:
    """Return the text of a file, whatever its character set, with Unix line ends, and what is unsure about it.

    Raises UnreadableDocument for what is no text, above all binary files under a text file's name.
    """
    for magic, kind in _MAGIC.items():
        if raw.startswith(magic):
            raise _binary(kind)
    text, guessed = _decode(raw)
    # Valid characters alone prove little: many binary files are valid in some 8-bit character set.
    cleaned = text.translate(_CONTROL)
    if len(text) - len(cleaned) > _MAX_CONTROL_SHARE * len(text):
        raise _binary("a binary file")
    return unix_lines(cleaned), guessed


def decode_html(raw: bytes, charset: str = "") -> str | None:
    """Return HTML by its byte order mark, UTF-8 or the character set it declares; None where all of them fail."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(name, "replace")
    declared = _CHARSET.search(raw[:4000])
    names = [charset, ((declared[1] or declared[2]).decode() if declared else "")]
    # Valid UTF-8 beyond ASCII is no accident, whatever is declared.
    for name in ("utf-8", *names):
        try:
            if name:
                return raw.decode(
                    "cp1252" if name.lower() in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"} else name
                )
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return None


def tidy(markdown: str) -> str:
    """Return Markdown without spaces at ends of lines, a second blank line, unseen characters or footnote marks."""
    markdown = without_marks(markdown)
    markdown = _BLANK_LINES.sub("\n\n", _LINE_END.sub("\n", markdown.translate(_UNSEEN)))
    return markdown.strip("\n") + "\n" * markdown.endswith("\n")


def _binary(kind: str) -> UnreadableDocument:
    return UnreadableDocument(f"It is {kind}, not text.", "Give it its right name, or export it as Markdown.")


def _decode(raw: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding), ""
            except UnicodeDecodeError:
                raise UnreadableDocument(f"It says it is {encoding}, and is not.", "Save it as UTF-8.") from None
    if b"\0" in raw[:10_000] and (wide := _wide(raw)):
        return wide, ""
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    if b"\0" in raw:
        raise _binary("a binary file")
    if oem := _oem(raw):
        return oem, ""
    return _eight_bit(raw)


def _eight_bit(raw: bytes) -> tuple[str, str]:
    """Return text of which nothing says in what character set it is, and whether that was guessed among several."""
    if windows := read_windows(raw):
        return windows
    if western := _western(raw):
        return western, ""
    found = from_bytes(raw[:200_000])
    guess = found.best()
    try:
        if guess is not None:
            return raw.decode(guess.encoding), GUESSED if len(set(map(str, found))) > 1 else ""
    except UnicodeDecodeError:
        pass
    raise UnreadableDocument("Its character set cannot be told.", "Save it as UTF-8.")


def _wide(raw: bytes) -> str:
    """Return what is UTF-16 without a byte order mark, seen by every other byte being zero; else nothing."""
    sample = raw[:10_000]
    for zeros, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        mostly, hardly = sample[zeros::2].count(0), sample[1 - zeros :: 2].count(0)
        if mostly > 0.4 * len(sample) / 2 and hardly < 0.02 * len(sample):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                return ""
    return ""


def _oem(raw: bytes) -> str:
    """Return text in a code page of DOS, in which Excel saves CSV "for MS-DOS", if nothing else fits its words."""
    text = raw.decode(_OEM)
    signs = len(_OEM_SIGNS.findall(text))
    faults = len(_OEM_FAULTS.findall(text)) + len(_NOT_OEM.findall(text))
    enough = signs > 1 or bool(_OEM_SURE.search(text))
    is_oem = enough and signs > 10 * faults and 3 * signs >= len(_OEM_HIGH.findall(text))
    return text if is_oem else ""


def _western(raw: bytes) -> str:
    """Return Windows-1252 if all that is not ASCII is what Western texts hold; a guess by statistics needs more."""
    high = Counter(byte for byte in raw if byte >= 0x80)
    if set(high) <= _WESTERN and sum(high.values()) < 0.2 * len(raw):
        text = raw.decode("cp1252")
        return "" if SIGN_IN_WORD.search(text) else text
    return ""


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """Return the front matter (YAML, TOML or JSON; empty if there is none) and the text below it.

    Blank lines and comments may stand above it. Raises UnreadableDocument where front matter is meant and cannot be
    read: it may say for whom the page is.
    """
    above = _BEFORE_FRONT_MATTER.match(text)
    assert above is not None  # it matches nothing, too
    below = text[above.end() :]
    if other := _OTHER_FRONT_MATTER.match(below):
        return _other_front_matter(below, other.end(), (other[1] or "toml").lower())
    is_meant = _meant(below)
    match = _FRONT_MATTER.match(below)
    if is_meant and not match:
        raise _without_end()
    if is_meant and match and len(match[2]) > _MAX_FRONT_MATTER:
        raise _too_long()
    if not match or len(match[2]) > _MAX_FRONT_MATTER:
        return {}, text
    is_sure = is_meant or (not above.end() and match[1] == "---")
    try:
        values = _yaml(match[2], text.count("\n", 0, above.end()) + 2)
    except UnreadableDocument:
        if is_sure:
            raise
        values = ""
    values = {} if values is None else values
    fields = {str(key): value for key, value in values.items()} if isinstance(values, dict) else None
    # Where people seldom write front matter, "Note: we are closed." between two rules is text.
    if fields is None or not (is_sure or all(map(_USUAL_KEY.fullmatch, fields))):
        return {}, text  # a text that happens to begin with a horizontal rule
    return fields, below[match.end() :]


class _Loader(yaml.SafeLoader):
    """A safe loader that is not led to make a billion values of a few aliases."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._sizes: dict[int, int] = {}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        is_alias = self.check_event(yaml.AliasEvent)
        node: yaml.Node | None = super().compose_node(parent, index)
        if isinstance(node, yaml.CollectionNode) and id(node) not in self._sizes:
            inner = [one for value in node.value for one in (value if isinstance(value, tuple) else (value,))]
            size = sum(self._sizes.get(id(one), 1) for one in inner) + 1
            if is_alias or size > _MAX_YAML_VALUES:  # what holds itself has no size yet
                raise yaml.YAMLError(f"its aliases make more than {_MAX_YAML_VALUES:,} values of it")
            self._sizes[id(node)] = size
        return node


def _yaml(block: str, first_line: int) -> Any:
    try:
        return yaml.load(block, _Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + first_line if error.problem_mark else first_line - 1
        raise UnreadableDocument(
            f"Its front matter is not valid YAML: {error.problem or 'something is wrong'} in line {line}.",
            "Mend it; text with a colon or a brace wants quotes.",
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableDocument(f"Its front matter is not valid YAML: {error}.", "Mend it.") from None


def _other_front_matter(text: str, start: int, form: str) -> tuple[dict[str, Any], str]:
    end = _OTHER_END.search(text, start)
    if end is None:
        raise _without_end()
    block, rest = text[start : end.start()], text[end.end() :]
    if len(block) > _MAX_FRONT_MATTER:
        raise _too_long()
    if form in ("js", "javascript"):
        if any(map(scope_key, _INNER_KEY.findall(block))):
            raise UnreadableDocument(
                "Its front matter is a program, so what it says of the scope cannot be read.", "Write it as YAML."
            )
        return {}, rest
    try:
        values = tomllib.loads(block) if form == "toml" else json.loads(block)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument(f"Its front matter is not valid {form.upper()}: {error}.", "Mend it.") from None
    if not isinstance(values, dict):
        raise UnreadableDocument(f"Its front matter is not valid {form.upper()}: it is no object.", "Mend it.")
    return values, rest


def _meant(text: str) -> bool:
    """Whether a text begins as front matter that matters, rather than with a horizontal rule."""
    keys: list[str] = []
    inner: list[str] = []
    if opened := _OPENED.match(text):
        for line in text[opened.end() : opened.end() + _MAX_FRONT_MATTER].split("\n"):
            if key := _KEY.match(line):
                keys.append(key[1])
                inner += _INNER_KEY.findall(line, key.end())
            elif not _BETWEEN_KEYS.match(line):
                break
    in_block = inner if any(map(is_block, keys)) else []
    return "title" in keys or any(map(scope_key, [*keys, *in_block]))


def _without_end() -> UnreadableDocument:
    return UnreadableDocument("Its front matter has no end.", "Write a line like its first one below it.")


def _too_long() -> UnreadableDocument:
    return UnreadableDocument(f"Its front matter is longer than {_MAX_FRONT_MATTER:,} characters.", "Shorten it.")


def plain(values: Mapping[str, Any], key: str) -> str:
    """Return a value that must be one line of text, or an empty string if there is none.

    Raises UnreadableDocument for a list or mapping.
    """
    value = values.get(key)
    if isinstance(value, (list, dict)):
        raise UnreadableDocument(f"Its {key} is not one line of text.", "Write it as one.")
    # JSON and YAML can both write half a surrogate pair, which no file or table can hold.
    return "" if value is None else " ".join(str(value).encode("utf-8", "replace").decode().split())


def first_heading(text: str) -> str:
    """Return the first heading of level one that is not in a code fence, or an empty string."""
    fence = ""
    for line in unix_lines(text).split("\n"):
        mark = line.lstrip()[:3]
        if mark in ("```", "~~~"):
            fence = "" if fence == mark else fence or mark
        elif not fence and (match := _FIRST_HEADING.match(line)):
            return match.group(1).strip()
    return ""
