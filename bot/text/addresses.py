"""Addresses in a text: web and e-mail addresses and telephone numbers, disguised ones too.

A person who is told an address follows it, so it must be the documents' own, character for character.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufe00-\ufe0d\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters that are not seen but take part in an address, or turn the order of what is read around."""
_DOTS = str.maketrans("。．｡․‧∙·•", "........")
_SLASHES = str.maketrans("⁄∕⧸／", "////")
_SCHEME = re.compile(
    r"\b(?:(?:h(?:tt|xx)ps?|ftp)\s?:\s?(?:/\s?/)?|file\s?:\s?/|data\s?:\s?(?=[\w.+-]{1,80}/[\w.+-]{1,80}[;,]|[;,])|"
    r"(?:javascript|vbscript)\s?:(?=\S)|(?<![+.-])[a-z][\w+.-]{0,30}://(?=[\w/]))"
    r"[^\s<>\"')\]]*",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"(?:\]\(\s{0,9}<?|\b(?:href|src|action)\s{0,9}=\s{0,9}[\"']?)((?:[^()\s<>\"']|\([^()\s]{0,200}\)){1,2000})",
    re.IGNORECASE,
)
_CALLING = re.compile(r"(?:mailto|tel):", re.IGNORECASE)
_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}\s?(?:@|\[at\]|\(at\))\s?[\w-]+"
    r"(?:\s?(?:\.(?!\s(?-i:[^a-zß-öø-ÿ]))|\[dot\]|\(dot\))\s?[\w-]+)+",
    re.IGNORECASE,
)
"""An e-mail address, blanks around its dots too; where no small letter follows, it ends with its sentence."""
_HOST = re.compile(
    r"(?<![\w@.-])(?:[\w-]+(?:\.|\[\.\]|\(\.\)|\s?\[dot\]\s?|\s?\(dot\)\s?))+[^\W\d_]{2,24}(?::\d+)?(?![\w-])(?:[/?#][^\s<>\"')\]]*)?",
    re.IGNORECASE,
)
_IP = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?![\w.])(?:/[^\s<>\"')\]]*)?")
_PHONE = re.compile(r"(?<![\w.,/-])\+?\(?\d(?:[\d\s()-]|\.(?!\s)){5,20}\d(?![\w/-])")
_ABBREVIATION = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?")
_TRAILING = ".,;:!?*_'\"”’»)]}>"
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "HEBREW", "ARABIC")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it stands in a text."""

    written: str
    plain: str
    """To be compared: of a telephone number the digits; of the others the characters, without mark-up."""
    disguised: bool
    """It is written so that it is read as another: look-alike letters or dots, characters that are not seen."""


def addresses(text: str) -> tuple[Address, ...]:
    """Return the addresses of a text in no order, those that links lead to among them; see `link_targets`, too."""
    clean = readable(text)
    found: dict[str, Address] = {}
    rest = clean
    for pattern in (_SCHEME, _EMAIL, _IP, _HOST):
        for match in pattern.finditer(rest):
            written = match[0].rstrip(_TRAILING)
            if pattern is _HOST and _ABBREVIATION.fullmatch(written):
                continue
            found[written] = Address(written, _plain(written), _disguised(written) or written not in text)
        rest = pattern.sub(lambda match: match[0] if _ABBREVIATION.fullmatch(match[0].rstrip(_TRAILING)) else " ", rest)
    for match in _PHONE.finditer(rest):
        digits = re.sub(r"\D", "", match[0])
        if 7 <= len(digits) <= 15 and not _ISO_DATE.search(match[0]):
            found[match[0]] = Address(match[0], digits, False)
    return tuple(found.values())


def link_targets(text: str) -> frozenset[str]:
    """Return where the Markdown and HTML links of a text lead, as `Address.plain` has it; a path is enough.

    Those to e-mail addresses and telephone numbers are among the addresses.
    """
    written = (match[1].rstrip(_TRAILING) for match in _TARGET.finditer(readable(text)))
    return frozenset(_plain(one) for one in written if one and not (_CALLING.match(one) and addresses(one)))


def without_addresses(text: str) -> str:
    """Return a text with blanks in the place of its addresses; what is left keeps its place."""
    out = readable(text) if len(readable(text)) == len(text) else text
    for address in sorted(addresses(text), key=lambda one: -len(one.written)):
        out = out.replace(address.written, " " * len(address.written))
    return out


def readable(text: str) -> str:
    """Return a text as it is read: without characters that are not seen, in the usual form of letters and dots."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_DOTS).translate(_SLASHES)


def visible(text: str) -> str:
    """Return a text without characters that are not seen and control characters; else as it is."""
    kept = (one for one in _INVISIBLE.sub("", text) if one in "\n\t" or unicodedata.category(one) != "Cc")
    return "".join(kept)


def misleading_link(text: str) -> bool:
    """Whether a Markdown or HTML link shows an address and leads to another."""
    links = [*_LINK.findall(text), *((shown, target) for target, shown in _ANCHOR.findall(text))]
    return any(leads_elsewhere(shown, target) for shown, target in links)


def leads_elsewhere(shown: str, target: str) -> bool:
    """Whether the words that a link shows name an address, and it leads to another."""
    named = {_bare(one.plain) for one in addresses(shown)}
    return bool(named) and named != {_bare(one.plain) for one in addresses(target)}


_LINK = re.compile(r"\[([^\[\]]{0,500})\]\(\s{0,9}<?((?:[^()\s<>]|\([^()\s]{0,200}\)){0,2000})>?[^()]{0,200}\)")
_ANCHOR = re.compile(
    r"<a\b[^<>]{0,500}?href\s*=\s*[\"']?([^\"'\s<>]{0,2000})[^<>]{0,500}>([^<]{0,500})</a>", re.IGNORECASE
)


def _bare(plain: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", plain).rstrip("/")


def _plain(written: str) -> str:
    """Return an address for comparison: the host without case, the rest as it is."""
    head, slash, tail = written.partition("://")
    host, *path = re.split(r"(?=[/?#])", tail if slash else head, maxsplit=1)
    return (head.lower() + slash if slash else "") + host.lower() + "".join(path)


def _disguised(written: str) -> bool:
    if re.search(
        r"\[(?:\.|at|dot)\]|\((?:\.|at|dot)\)|^hxx|^(?:data|javascript|vbscript|file)\s?:", written, re.IGNORECASE
    ):
        return True
    return any(_mixed(label) for label in re.split(r"[^\w]+", written))


def _mixed(label: str) -> bool:
    """Whether letters of several scripts stand in one label, as in a name that imitates another."""
    scripts = set()
    for one in label:
        if one.isalpha():
            name = unicodedata.name(one, "")
            scripts.add(next((script for script in _SCRIPTS if name.startswith(script)), "OTHER"))
    return len(scripts) > 1
