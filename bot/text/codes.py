"""What products, errors and forms are called by: words of letters and digits such as KX-117, E15, W-2.

They are compared whole, in small letters, without hyphens and blanks: "kx 117" names the KX-117, and not the KX-117B.
Where the pages have no E1, it is the E01. What a row or an item is called by may tell of more codes than it names:
"CM-100, 150 and 200", "CM-1xx", "G8 and above".
What is told of one is no answer about another with the same letters before its digits, where the question asks for that
one plainly and the text does not speak of a series, a limit or what is accepted. Post codes and times are no codes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from bot.text.addresses import without_addresses
from bot.text.facts import blanked, figures_told
from bot.text.measures import measures_in
from bot.understanding.clauses import asking_clause, refers_back
from knowledge.figures import Kind
from knowledge.sentences import STOP_WORDS, words_of

_TOKEN = re.compile(r"(?<![\w/.-])\w+(?:[/-]\w+|\.\d\w*)*")
_BOTH = re.compile(r"(?=.*\d).*[^\W\d_]")
_PREFIX = re.compile(r"[^\W\d_]+")
_NO_CODE = re.compile(
    r"\d+[^\W\d_]*(?:-[A-Za-z]?[a-z]+)*(?:-\d+)?|\d{1,2}[hHuU]\d\d|\d+[xX]\d+|(?i:[bcd]2[bcg]|p2p|m2m)"
)
"""What counts, or is a word with a digit: "30-day", "2nd-hand", "9-to-5", "1080p", "17h30", "24x7", "B2B"."""
_POSTCODE = re.compile(
    r"\b(?:(?i:[A-Z]{1,2}\d[A-Z\d]?\s\d(?!(?-i:st|nd|rd|th|lb|ft|hp|gb|tb|GB|TB)\b)[ABD-HJLNP-UW-Z]{2}"
    r"|[A-Z]\d[A-Z]\s\d[A-Z]\d)|[1-9]\d{3}\s?[A-Z]{2})\b"
)
"""As in the United Kingdom, Canada and the Netherlands: SW1A 1AA, K1A 0B1, 1012 AB."""
_SERIES = re.compile(
    r"(?<![\w/-])(?P<prefix>[^\W\d_]+-?)(?P<first>\d{1,4})\s?(?:(?:–|-|to|through)\s?(?P=prefix)|–\s?)"
    r"(?P<last>\d{1,4})(?!\w)",
    re.IGNORECASE,
)
_LONGEST_SERIES = 200
_ZEROS = re.compile(r"^([^\W\d_]+)0+(?=\d)")
_HYPHENS = {0x2010: "-", 0x2011: "-", 0x2212: "-", 0x00AD: None}
"""Those that word processors write, and the one that is seen only where a line ends."""
_LIST = re.compile(
    r"(?<![\w/])(?<![^\W\d_]-)(?P<prefix>(?:[^\W\d_]+-)*[^\W\d_]+[\s-]?)(?P<first>\d+)"
    r"(?P<more>(?:\s?(?:/|&|,?\sand\b|,?\sor\b|,)\s?\d+)+)"
    r"(?=\s*(?:$|[.,;:!?](?!\d)|[()–—\[\]])|\s-\s|\s(?:and|or|&)\s[^\W\d_]+[\s-]?\d|\s(?:series|only|is|are|was|were|"
    r"has|have|had|must|can|may|will|should|do|does|need|weigh|cost|hold|take|come|fit|work|last)\b)",
    re.IGNORECASE,
)
"""Numbers of which only the first has its letters: "CM-100, 150 and 200"; "B1, 2 beds" tells how many there are."""
_NUMBER = re.compile(r"\d+")
_OF_NUMBERS = re.compile(r"(?P<prefix>[^\W\d_]+)(?P<number>\d+(?:\.\d+)*)")
_LIMIT = r"\b(?P<prefix>[^\W\d_]+)[\s-]?(?P<number>\d+(?:\.\d+)*)(?![\w-]|\.\d)"
_AND = r"(?:\s[^\W\d_]+){0,3}?,?\s\(?(?:or|and)\s"
_LOWEST = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_LIMIT}(?:\+(?!\w)|{_AND}(?:newer|later|above|higher|up(?!\sto\b)|over|beyond)\b|\s(?:up|on)wards?\b)",
        rf"\b(?:from|at least|minimum)\s{_LIMIT}(?!\s?(?:–|(?:up\s)?to\b|through\b|until\b))",
    )
)
"""Of which those above are meant, too: "G8 and above"."""
_HIGHEST = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_LIMIT}{_AND}(?:older|earlier|below|lower|under)\b",
        rf"(?<!\d\s)\b(?:up to|at most|maximum)\s{_LIMIT}",
    )
)
_ACROSS_LETTERS = re.compile(
    r"(?<![\w/-])(?P<first>[A-Z])(?P<low>\d{1,2})(?:\s?[–-]\s?|\s(?:to|through)\s)(?P<last>[A-Z])(?P<high>\d{1,2})(?![\w-])",
    re.IGNORECASE,
)
"""From one letter to another: "A1–B2"."""
_OPEN = re.compile(
    r"(?<![\w/])(?<![^\W\d_]-)(?P<prefix>(?:[^\W\d_]+-)*[^\W\d_]+-?)(?P<number>\d+)"
    r"(?P<any>x+|X{2,}|\*+)(?!\w)"
)
"""Of which any digits may be the last: "CM-1xx"."""
_WHOLE_SERIES = re.compile(r"(?<![\w-])(?P<code>\w+(?:-\w+)*)\sseries\b", re.IGNORECASE)
_SPACED = re.compile(r"(?<![\w-])(?P<prefix>[^\W\d_]{1,5})\s(?P<number>\d+[A-Za-z]?)(?!\w|[.,]\d)")
_TWO_WORDS = re.compile(r"(?:\s[^\W\d_]+){1,2}")
_OPENING = 3
"""Words that may stand before what a sentence is about: "The error code E15 means"."""
_SPEAKERS = frozenset("we you they it i he she accept support use".split())
_MORE = re.compile(
    r"\b(?:series|accepted|supported|allowed|permitted|compatible)\b|\d\w?\+(?!\w)"
    r"|\d\w?(?:\s[^\W\d_]+){0,3},?\s\(?(?:or|and)\s(?:newer|later|above|higher|older|earlier|below|lower|up|over|under|"
    r"beyond)\b"
    r"|\b(?:such as|e\.g\.,?|like|for example|at least|minimum|from)\s(?:[^\W\d_]+\s){0,2}(?=[^\W\d_]+[\s-]?\d)",
    re.IGNORECASE,
)
"""Tells of a series, a limit or what is accepted, and so perhaps of codes that it does not name."""
_SOMETHING_ELSE = (
    r"visa|orders?|post ?codes?|zip(?: code)?|serial|tracking|shipment|parcel|invoice|ticket|booking|reservation|"
    r"customer|member(?:ship)?|account|policy|flight|passport|vin|iban|licen[cs]e|registration"
)
_NAMED_BEFORE = re.compile(
    rf"\b(?:{_SOMETHING_ELSE})(?:\s(?:number|no\.?|code|id))?(?:\sis|:)?\s?#?$|\bI(?:['’]m| am) (?:on|in) (?:an? )?$",
    re.I,
)
_NAMED_BEHIND = re.compile(rf"\s(?:{_SOMETHING_ELSE})\b", re.IGNORECASE)
_HEADS = re.compile(
    r"codes?|model|sku|form|part|article|item|product|type|version|error|fault|fits|(?:\w+\s)?(?:no\.?|number|code|id)",
    re.IGNORECASE,
)
"""The heads of columns that hold codes."""
_ONE_AFTER_ANOTHER = re.compile(r"\s*(?:,|/|;|&|\band\b|\bor\b)\s*")


@lru_cache(maxsize=2_048)
def codes_in(text: str) -> frozenset[str]:
    """Return the codes in a text, those between the ends of "E1 to E5" too."""
    text = _with_plain_hyphens(text)
    return frozenset(_plain(code) for code, _ in _found(text)) | {
        _plain(match[0]) for match in _SPACED.finditer(_bare(text)) if match["prefix"].isupper()
    }


@lru_cache(maxsize=2_048)
def codes_named(name: str) -> frozenset[str]:
    """Return the codes in what names what is told of: those too of which only the first has its letters.

    Anywhere else a number behind a comma is rather something else.
    """
    name = _with_plain_hyphens(name)
    return codes_in(name) | _listed(name, _LIST.finditer(_bare(name)))


def codes_covered(text: str, asked: Collection[str]) -> frozenset[str]:
    """Return those of the codes `asked` that a text is about without naming them: "G8 and above", "CM-1xx".

    So it is of B1, where it tells of A1 to B2.
    """
    if not asked or not any(map(str.isdigit, text)):
        return frozenset()
    text = _with_plain_hyphens(text)
    return frozenset(code for code in asked if any(one(code, text) for one in (_within_limits, _of_series, _between)))


@lru_cache(maxsize=2_048)
def codes_told_of(text: str) -> frozenset[str]:
    """Return those of the codes in a sentence, or in the name of a row or an item, that it tells something of.

    They stand where it begins: "We accept MP3 and WAV" tells something of what is accepted.
    """
    text = _with_plain_hyphens(text)
    found = list(_found(text))
    if not found:
        return frozenset()
    first = min(start for _, start in found)
    before = words_of(text[:first])
    if len(before) > _OPENING or not _SPEAKERS.isdisjoint(before):
        return frozenset()
    return codes_in(text) | _listed(text, (match for match in _LIST.finditer(_bare(text)) if match.start() <= first))


@lru_cache(maxsize=2_048)
def codes_of_row(row: str) -> frozenset[str]:
    """Return the codes of a row, told as `Raven: Code: KX-117; Price: $5`, that stand in a column of codes."""
    cells = [cell.rpartition(": ") for cell in row.partition(": ")[2].split("; ")]
    return frozenset().union(
        *(codes_named(cell) for head, _, cell in cells if _HEADS.fullmatch(head) or _only_codes(cell))
    )


def speaks_of_more(text: str) -> bool:
    """Whether a text may tell of more codes than it names: "iOS16 or newer", "the KX-200 series"."""
    return _MORE.search(text) is not None


def codes_asked(question: str, known: Collection[str]) -> frozenset[str]:
    """Return the codes in a question about pages that hold those `known`.

    "kx 500" is one where a code of the pages begins so, and "KX-200s", with a small letter, are several of the KX-200.
    """
    question = _with_plain_hyphens(question)
    spaced = [match for match in _SPACED.finditer(_bare(question)) if match["prefix"].lower() not in STOP_WORDS]
    prefixes = {_prefix(one) for one in known}
    asked = {code for code, _ in _found(question)} | {
        one[0] for one in spaced if _plain(one[0]) in known or _prefix(one[0]) in prefixes
    }
    return frozenset().union(*(_as_known(one, known) for one in asked))


def codes_asked_plainly(question: str, known: Collection[str]) -> frozenset[str]:
    """Return those of `codes_asked` about which nothing that is told of others is an answer.

    They stand in the clause that asks, or in a statement that it refers back to, and are not said to be something else:
    "my order AB1234".
    """
    question = _with_plain_hyphens(question)
    clause = asking_clause(question)
    asked = codes_asked(_without_something_else(clause), known)
    return asked or (codes_asked(_without_something_else(question), known) if refers_back(clause) else frozenset())


def alike(one: str, other: str) -> bool:
    """Whether two codes begin with the same letters, so that they name things of the same sort: KX-117 and KX-200B."""
    prefix = _prefix(one)
    return prefix != "" and prefix == _prefix(other)


def others_than(codes: Collection[str], asked: Collection[str]) -> bool:
    """Whether codes, of which none is `asked`, are of the sort of one that is."""
    return not any(one in asked for one in codes) and any(alike(one, wanted) for one in codes for wanted in asked)


def without_codes(text: str) -> str:
    """Return a text with blanks for the words of letters and digits."""
    text = _with_plain_hyphens(text)
    return blanked(text, [match.span() for match in _TOKEN.finditer(text) if _BOTH.match(match[0])])


def behind_codes(text: str) -> list[str]:
    """Return the one or two words right behind each code in a text: "mesh adapter" of "The H4 mesh adapter"."""
    text = _with_plain_hyphens(text)
    ends = (match.end() for match in _TOKEN.finditer(text) if _BOTH.match(match[0]))
    return [match[0] for end in ends if (match := _TWO_WORDS.match(text, end))]


def _listed(text: str, lists: Iterable[re.Match[str]]) -> frozenset[str]:
    """Return the codes whose letters stand only before the first of a list of numbers in a text."""
    codes = codes_in(text)
    taken = _other_figures(text, _bare(text)) if codes else []
    return frozenset(
        _plain(match["prefix"] + number[0])
        for match in lists
        if _plain(match["prefix"] + match["first"]) in codes
        for number in _NUMBER.finditer(text, match.start("more"), match.end("more"))
        if len(number[0]) == len(match["first"]) and not _within(number.start(), taken)
    )


def _as_known(written: str, known: Collection[str]) -> frozenset[str]:
    """Return a code of a question as the pages have it; what ends in a small s may be several of what they have."""
    code = _plain(written)
    found = _padded_as_known(code, known)
    if written.endswith("s") and found.isdisjoint(known):
        one = _padded_as_known(code[:-1], known)
        return found if one.isdisjoint(known) else one
    return found


def _padded_as_known(code: str, known: Collection[str]) -> frozenset[str]:
    if code in known:
        return frozenset([code])
    unpadded = _unpadded(code)
    return frozenset(one for one in known if _unpadded(one) == unpadded) or frozenset([code])


def _unpadded(code: str) -> str:
    """Return a code without the zeros that its first number begins with."""
    return _ZEROS.sub(r"\1", code)


def _within_limits(code: str, text: str) -> bool:
    """Whether a code lies above the lowest one that a text names, or below the highest one."""
    asked = _OF_NUMBERS.fullmatch(code)
    if asked is None:
        return False
    number = _numbers(asked)

    def limits(patterns: Sequence[re.Pattern[str]]) -> Iterator[tuple[int, ...]]:
        found = (match for pattern in patterns for match in pattern.finditer(text))
        return (_numbers(match) for match in found if match["prefix"].lower() == asked["prefix"])

    return any(number >= lowest for lowest in limits(_LOWEST)) or any(number <= highest for highest in limits(_HIGHEST))


def _of_series(code: str, text: str) -> bool:
    """Whether a text speaks of codes that begin like this one: "CM-1xx", "the KX-200 series"."""
    text = text.replace(r"\*", "*")
    emphasised = "*" in _OPEN.sub("", text)
    for match in _OPEN.finditer(text):
        begins = re.escape(_plain(match["prefix"] + match["number"]))
        digits = rf"\d{{{len(match['any'])}}}"
        if not (emphasised and "*" in match["any"]) and re.fullmatch(rf"{begins}{digits}[^\W\d_]*", code):
            return True
    series = (re.escape(_plain(match["code"])) for match in _WHOLE_SERIES.finditer(text) if _BOTH.match(match["code"]))
    return any(re.fullmatch(rf"{begins}[^\W\d_]+", code) for begins in series)


def _between(code: str, text: str) -> bool:
    """Whether a code lies between two of a text that have different letters: of "A1–B2" so does B1."""
    asked = _OF_NUMBERS.fullmatch(code)
    if asked is None or len(asked["prefix"]) > 1:
        return False
    place = asked["prefix"], _numbers(asked)
    return any(
        match["first"].lower() < match["last"].lower()
        and (match["first"].lower(), (int(match["low"]),)) <= place <= (match["last"].lower(), (int(match["high"]),))
        for match in _ACROSS_LETTERS.finditer(text)
    )


def _numbers(match: re.Match[str]) -> tuple[int, ...]:
    return tuple(map(int, match["number"].split(".")))


def _only_codes(cell: str) -> bool:
    return all(" " not in one and codes_in(one) for one in _ONE_AFTER_ANOTHER.split(cell.strip()))


def _without_something_else(text: str) -> str:
    """Return a text without the codes that it says to be of an order, a visa and the like."""
    spans = [match.span() for match in _TOKEN.finditer(text) if _BOTH.match(match[0])]
    return blanked(
        text,
        [
            (start, end)
            for start, end in spans
            if _NAMED_BEFORE.search(text[max(0, start - 40) : start]) or _NAMED_BEHIND.match(text, end)
        ],
    )


def _bare(text: str) -> str:
    """Return a text without addresses and post codes; what is left keeps its place."""
    bare = without_addresses(text)
    return blanked(bare, [match.span() for match in _POSTCODE.finditer(bare)])


def _with_plain_hyphens(text: str) -> str:
    return text.translate(_HYPHENS)


def _other_figures(text: str, bare: str) -> list[tuple[int, int]]:
    """Return where measures, amounts and times stand in a text, given it without addresses and post codes, too."""
    figures = [(one.start, one.end) for one in figures_told(text)[0] if one.kind is not Kind.COUNT]
    return [*((start, end) for _, start, end in measures_in(bare)), *figures]


def _within(place: int, spans: Collection[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _found(text: str) -> Iterator[tuple[str, int]]:
    """Yield each code, as it is written, with where it begins."""
    if not any(map(str.isdigit, text)):
        return
    bare = _bare(text)
    taken = _other_figures(text, bare)
    series = list(_SERIES.finditer(bare))
    for match in series:
        first, last = sorted((int(match["first"]), int(match["last"])))
        width = max(len(one) if one.startswith("0") else 1 for one in (match["first"], match["last"]))
        for number in range(first, min(last, first + _LONGEST_SERIES) + 1):
            yield f"{match['prefix']}{number:0{width}}", match.start()
    taken += [match.span() for match in series]
    for match in _TOKEN.finditer(bare):
        if not _BOTH.match(match[0]) or _within(match.start(), taken):
            continue
        parts = match[0].split("/")
        codes = [part for part in parts if _BOTH.match(part)]
        # "KX-200/300" are two, "AB/123" is one.
        more = [_prefix(codes[0]) + part for part in parts if codes and part.isdigit()]
        for code in [*codes, *more] or [match[0]]:
            if not _NO_CODE.fullmatch(code):
                yield code, match.start()


def _plain(code: str) -> str:
    return re.sub(r"[\s/_-]", "", code).lower()


def _prefix(code: str) -> str:
    found = _PREFIX.match(code)
    return found[0].lower() if found else ""
