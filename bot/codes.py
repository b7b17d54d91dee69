"""What products, errors and forms are called by: words of letters and digits such as KX-117, E15, W-2.

They are compared whole, in small letters, without hyphens and blanks: "kx 117" names the KX-117, and not the KX-117B.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from bot.addresses import without_addresses
from bot.facts import figures_told
from bot.measures import measures_in
from knowledge.figures import Kind
from knowledge.sentences import STOP_WORDS, words_of

_TOKEN = re.compile(r"(?<![\w/.-])\w+(?:[/-]\w+|\.\d\w*)*")
_BOTH = re.compile(r"(?=.*\d).*[^\W\d_]")
_PREFIX = re.compile(r"[^\W\d_]+")
_NO_CODE = re.compile(r"\d+(?:st|nd|rd|th|s|x|h|k|m|am|pm)?(?:-[A-Za-z]?[a-z]+)*")
"""What has digits in it and counts: "30-day", "2nd-hand"."""
_SERIES = re.compile(
    r"(?<![\w/-])(?P<prefix>[^\W\d_]+-?)(?P<first>\d{1,4})\s?(?:(?:–|-|to|through)\s?(?P=prefix)|–\s?)"
    r"(?P<last>\d{1,4})(?!\w)",
    re.IGNORECASE,
)
_LONGEST_SERIES = 200
_SPACED = re.compile(r"(?<![\w-])(?P<prefix>[^\W\d_]{1,5})\s(?P<number>\d+[A-Za-z]?)(?!\w|[.,]\d)")
_OPENING = 3
"""Words that may stand before what a sentence is about: "The error code E15 means"."""
_SPEAKERS = frozenset("we you they it i he she accept support use".split())


@lru_cache(maxsize=2_048)
def codes_in(text: str) -> frozenset[str]:
    """Return the codes in a text, those between the ends of "E1 to E5" too."""
    return frozenset(code for code, _ in _found(text)) | {
        _plain(match["prefix"] + match["number"])
        for match in _SPACED.finditer(without_addresses(text))
        if match["prefix"].isupper()
    }


@lru_cache(maxsize=2_048)
def codes_told_of(text: str) -> frozenset[str]:
    """Return those of the codes in a sentence, or in the name of a row or an item, that it tells something of.

    They stand where it begins: "We accept MP3 and WAV" tells something of what is accepted.
    """
    found = list(_found(text))
    if not found:
        return frozenset()
    before = words_of(text[: min(start for _, start in found)])
    return codes_in(text) if len(before) <= _OPENING and _SPEAKERS.isdisjoint(before) else frozenset()


def codes_asked(question: str, known: Collection[str]) -> frozenset[str]:
    """Return the codes in a question about pages that hold those `known`.

    "kx 500" is one where a code of the pages begins so, and "KX-200s" are several of the KX-200.
    """
    spaced = {
        _plain(match["prefix"] + match["number"])
        for match in _SPACED.finditer(without_addresses(question))
        if match["prefix"].lower() not in STOP_WORDS
    }
    prefixes = {_prefix(one) for one in known}
    asked = {code for code, _ in _found(question)} | {one for one in spaced if one in known or _prefix(one) in prefixes}
    return frozenset(one[:-1] if one not in known and one.endswith("s") and one[:-1] in known else one for one in asked)


def alike(one: str, other: str) -> bool:
    """Whether two codes are of the same form, so that they name things of the same sort: KX-117 and KX-200B."""
    prefix = _prefix(one)
    return (prefix != "" and prefix == _prefix(other)) or _shape(one) == _shape(other)


def others_than(codes: Collection[str], asked: Collection[str]) -> bool:
    """Whether codes, of which none is `asked`, are of the form of one that is."""
    return not any(one in asked for one in codes) and any(alike(one, wanted) for one in codes for wanted in asked)


def _found(text: str) -> Iterator[tuple[str, int]]:
    """Yield each code with where it begins."""
    if not any(map(str.isdigit, text)):
        return
    bare = without_addresses(text)
    taken = [(start, end) for _, start, end in measures_in(bare)]
    taken += [(one.start, one.end) for one in figures_told(text)[0] if one.kind is not Kind.COUNT]
    series = list(_SERIES.finditer(bare))
    for match in series:
        first, last = sorted((int(match["first"]), int(match["last"])))
        for number in range(first, min(last, first + _LONGEST_SERIES) + 1):
            yield _plain(f"{match['prefix']}{number}"), match.start()
    taken += [match.span() for match in series]
    for match in _TOKEN.finditer(bare):
        if not _BOTH.match(match[0]) or any(start <= match.start() < end for start, end in taken):
            continue
        parts = match[0].split("/")
        codes = [part for part in parts if _BOTH.match(part)]
        # "KX-200/300" are two, "AB/123" is one.
        more = [_prefix(codes[0]) + part for part in parts if codes and part.isdigit()]
        for code in [*codes, *more] or [match[0]]:
            if not _NO_CODE.fullmatch(code):
                yield _plain(code), match.start()


def _plain(code: str) -> str:
    return re.sub(r"[\s/_-]", "", code).lower()


def _prefix(code: str) -> str:
    found = _PREFIX.match(code)
    return found[0].lower() if found else ""


def _shape(code: str) -> str:
    return re.sub(r"\d", "0", re.sub(r"[^\W\d_]", "a", code))
