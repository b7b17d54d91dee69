"""What of a sentence must not be wrong by a character: numbers with what they count, dates, addresses, codes, names,
and what is told in words, such as weekdays.

A fact is carried by a sentence of a passage that holds the same number of the same thing. 14 days are carried
neither by 14 euros nor by section 14, and where a sentence tells 3 days of one thing and 1 day of another,
only each with its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from bot.text.addresses import Address, addresses, link_targets, readable, without_addresses
from bot.text.measures import Measure, measures_in, units_alone
from bot.text.worded import WEEKDAY, implied_by, parts_of_day, told_in_words
from knowledge.figures import Bound, Figure, Kind, bound_at, figures_of
from knowledge.sentences import NUMBER_WORDS, STOP_WORDS, content_words, stem, words_of
from knowledge.units import DOLLARS

_DIGITS = r"\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)*"
_NUMERAL = re.compile(rf"(?<![\w.,])(?:{_DIGITS})(?![\w])|(?:{_DIGITS})")
_RANGE = re.compile(r"(?<![\w.,/-])([$€£]?\d[\d.,]*)-(?=[$€£]?\d[\d.,]*(?:\s|%))")
"""A hyphen that means "to"."""
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SPELT = re.compile(
    r"\b(?:(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:[- ](one|two|three|four|five|six|seven|eight|nine))?"
    r"|(?:(one|two|three|four|five|six|seven|eight|nine|ten) |an? )?(hundred|thousand|million|billion)"
    r"|(" + "|".join(NUMBER_WORDS) + r"))\b",
    re.IGNORECASE,
)
_ANY_NUMBER = rf"(?:(?:{_DIGITS})|\b(?:{'|'.join([*_TENS, *NUMBER_WORDS, 'hundred', 'thousand'])})\b)"
_COUNTED = re.compile(
    rf"(?P<numbers>(?<![\w.,]){_ANY_NUMBER}(?:[\s-]{_ANY_NUMBER}){{0,3}}(?:\s?(?:to|or|and|–|—|-)\s?{_ANY_NUMBER})?)[\s-]*"
    r"(?:[^\W\d_]+[\s-]+)?"
    r"(?P<unit>%|per ?cent|seconds?|minutes?|hours?|days?|nights?|weeks?|months?|quarters?|years?|miles?|"
    rf"dollars?|euros?|pounds?|yen|cents?|{'|'.join(DOLLARS)})(?!\w)",
    re.IGNORECASE,
)
_CURRENCIES = {r"\$": "dollar", "€|EUR": "euro", "£|GBP": "pound", "¥|JPY": "yen"}
_DOLLAR = "|".join(DOLLARS.values())
_IN_DOLLARS = re.compile(
    rf"(?:{_DOLLAR})\s?(?P<behind>{_DIGITS})|\$\s?(?P<between>{_DIGITS})\s?\(?(?:{'|'.join(DOLLARS)})\b\)?"
    rf"|(?<![\d.,])(?P<before>{_DIGITS})\s?(?:{_DOLLAR})(?!\w)",
    re.IGNORECASE,
)
"""An amount of which it is said whose dollars it is in: CA$5, $5 CAD, 5 Canadian dollars."""
_NAMES_DOLLAR = {code: re.compile(rf"(?:{dollar})(?!\w)", re.IGNORECASE) for code, dollar in DOLLARS.items()}
_PRICED_IN = {
    code: re.compile(
        r"\b(?:prices?|priced|pricing|amounts?|fees?|charges?|charged|costs?|rates?|figures|totals?|billed|quoted|"
        rf"currency)\b(?:(?!\bnot\b)[^.!?\n]){{0,40}}?(?:{dollar})(?!\w)",
        re.IGNORECASE,
    )
    for code, dollar in DOLLARS.items()
}
"""What says in which dollars all amounts are: "All prices are in Canadian dollars"."""
_BIG = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SHORT = {"k": "thousand", "m": "million", "bn": "billion"}
_MULTIPLES = {
    "once": r"(?<!at )once(?=\s+(?:an?|per|each|every|in an?|within|only)\b|\s*[.,;!?)]|$)|one time\b",
    "twice": r"twice\b|(?:two|2) times\b|double[sd]?\b|bi-?annual|semi-?annual",
    "three times": r"thrice\b|(?:three|3) times\b|triple[sd]?\b",
    "half": r"half\b|½|50\s?(?:%|per ?cent)|0\.5\b|(?:30|thirty)[ -]minutes?|(?:6|six)[ -]months?",
    "dozen": r"dozen|(?:12|twelve)\b",
}
"""What stands for a number without being one, in the words that say the same."""
_MULTIPLE = {name: re.compile(rf"(?<!\w)(?:{words})", re.IGNORECASE) for name, words in _MULTIPLES.items()}
_SCALED = re.compile(rf"(?:[$€£]|\b[A-Z]{{3}}\s)\s?(?:{_DIGITS})\s?(k|m|bn)\b", re.IGNORECASE)
_LABELLED = r"[^\W\d_]|[§#+/]"
"""What tells a label from a numeral."""
_CODE = re.compile(r"(?<![\w/-])(?=[\w/-]*\d)(?=[\w/-]*[^\W\d_])[\w]+(?:[/-][\w]+)*\b")
_LETTER = r"[A-Z](?:['’]s\b)?(?![\w&'’]|-\w{2}|\.\w)"
_LETTERS = rf"{_LETTER}(?:(?:,\s|\s?/\s?|\s?&\s?|,?\s(?:and|or|to)\s|\s?–\s?|-){_LETTER})*"
_LETTERED = re.compile(rf"(?<![\w-])(?P<thing>[^\W\d_]{{2,}})(?P<between>[\s-]|:\s)(?P<letters>{_LETTERS})")
_CALLED_BY_LETTERS = frozenset(
    "model form plan type class group grade zone option version section schedule appendix part annex exhibit building "
    "gate hall room tier level category series terminal table figure line size block wing vitamin hepatitis".split()
)
_ROW_OF_LETTERS = re.compile(rf"(?:^|[.;|\n])[^\S\n]*(?P<letters>{_LETTERS})\s?[:|]")
_NTH = re.compile(r"(?<!\w)\d+(?:st|nd|rd|th)\b", re.IGNORECASE)
"""A label, and compared in words: the 3rd day is the third."""
_UNIT = re.compile(
    r"(?:\d+(?:st|nd|rd|th|s|am|pm|h|k|m|kg|g|mb|gb|kb|tb|cm|mm|km|ml|lb|oz|ft)|\d+-[a-z]+(?:-[a-z]+)*)", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?<![.!?:;\n•*\"“(]\s)(?<=[\w,;'’)]\s)[A-Z][\w&’'-]*(?:\s(?:(?:of|the|for|and)\s)?[A-Z][\w&’'-]*)*"
)
_MONTH = re.compile(
    r"\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"  # May is a verb, too
)
_SENTENCE = re.compile(r"[.!?]\s")
_MAIN_CLAUSE = re.compile(r"[;.!?]\s")
CLAUSE = re.compile(r"[,;.!?]\s|\s(?:and|or|but|while|whereas)\s")
_LONG = 200
"""Characters around a figure that are read at once."""
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9&]+s?\b")


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a text."""

    addresses: tuple[Address, ...]
    targets: frozenset[str]
    """Where links lead, in the form of `Address.plain`."""
    figures: tuple[Figure, ...]
    dollars: frozenset[str]
    """The codes of the dollars that are named, at an amount or elsewhere."""
    dollar: str
    """The code of what an amount is in where only "$" or "dollars" is said; empty where that is not clear."""
    numbers: frozenset[float]
    """Values of all numerals, in digits or words, those of figures among them; without a lone "one"."""
    loose: frozenset[float]
    """Values of the numerals that are part of no figure and no label."""
    labels: frozenset[str]
    """What carries digits but names something, or a letter: `form 1040`, `§ 512`, `ab-12`, `model x`.

    They are in lower case, without punctuation.
    """
    counted: frozenset[tuple[float, str]]
    """Numbers with the unit right behind them, whatever is made of both: of "€4.90 days" 4.9 days."""
    measures: frozenset[Measure]
    """Numbers with a unit that has a symbol: 90 °C, 2 kWh."""
    units: frozenset[str]
    """Units told for numbers that stand elsewhere."""
    multiples: frozenset[str]
    """Words such as twice and half."""
    names: frozenset[str]
    """Words of proper names and acronyms that do not begin the sentence, lower case."""
    worded: frozenset[str]
    """What is told in words: weekdays, how often, which of several, what part; see `bot.text.worded`."""
    implied: frozenset[str]
    """These, and what follows from them."""


def figures(text: str) -> frozenset[str]:
    """Return numbers with their sign or unit, dates and addresses in a form to compare whole texts by."""
    bare = without_addresses(text)
    found = {one.plain for one in addresses(text)}
    found |= {_plain(match[0]) for match in re.finditer(r"[$€£]?\d(?:[\d.,:/-]*\d)?%?", bare)}
    found |= {str(NUMBER_WORDS[word]) for word in words_of(bare) if word in NUMBER_WORDS}
    return frozenset(found - {"1", "0"})  # "one", "1" are articles and list marks more often than figures


def _plain(figure: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", figure).removesuffix(".00")


@lru_cache(maxsize=2_048)
def figures_told(text: str) -> tuple[tuple[Figure, ...], frozenset[str]]:
    """Return what `figures_of` does, without what is the number of a measure."""
    bare = _bare(text)
    told, labels = figures_of(bare)
    if spans := [(start, end) for _, start, end in measures_in(bare)]:
        # "90 degrees" is no count of things called degrees, "2kW" and the "m2" of "50 m2" are no labels.
        inside = {one for one in told if any(start <= one.start < end for start, end in spans)}
        told = tuple(one for one in told if one.kind is not Kind.COUNT or one not in inside)
        labels = figures_of(blanked(bare, spans))[1]
    return told, labels


def _bare(text: str) -> str:
    return _RANGE.sub(r"\1–", without_addresses(text))


@lru_cache(maxsize=2_048)
def facts_of(text: str) -> Facts:
    """Return the facts of a sentence or a passage."""
    bare = _bare(text)
    measured = list(measures_in(bare))
    without_measures = blanked(bare, [(start, end) for _, start, end in measured])
    told, labels = figures_told(text)
    rest = blanked(without_measures, [(one.start, one.end) for one in told])
    marked = {_label(one) for one in labels if re.search(_LABELLED, one)}
    for code in _CODE.findall(rest):
        if not _UNIT.fullmatch(code):
            marked.add(_label(code))
    lettered = list(_lettered(bare))
    marked |= {label for label, certain in lettered if certain}
    loose = frozenset(values_of(_without(rest, labels)))
    without_ordinals = blanked(without_measures, [match.span() for match in _NTH.finditer(without_measures)])
    dates = [(one.start, one.end) for one in told if one.kind is Kind.DATE]
    return Facts(
        addresses(text),
        link_targets(text),
        told,
        *_dollars(bare, told),
        frozenset(values_of(_NTH.sub(" ", blanked(without_measures, dates))))
        | {abs(one.value) for one, _, _ in measured},
        loose,
        frozenset(marked),
        frozenset(_counted_in(without_ordinals)),
        frozenset(one for one, _, _ in measured),
        units_alone(bare),
        frozenset(name for name, words in _MULTIPLE.items() if words.search(bare)),
        frozenset(names_of(_without(rest, labels))),
        told_in_words(without_measures),
        implied_by(bare)
        | {label for label, _ in lettered}
        | parts_of_day(one.low for one in told if one.kind is Kind.TIME),
    )


def _dollars(text: str, told: Sequence[Figure]) -> tuple[frozenset[str], str]:
    """Return the codes of the dollars that a text names, and of the one that a bare "$" in it stands for, if any does.

    It is the one that prices are said to be in. Else it is the American one, unless another one is named, or some
    amounts are marked as American and so told from the others.
    """
    money = [one for one in told if one.kind is Kind.MONEY]
    if not money:
        return frozenset(), ""
    marked = {one.paid()[0] for one in money} & DOLLARS.keys()
    rest = blanked(text, [(one.start, one.end) for one in money])
    named = {code for code, pattern in _NAMES_DOLLAR.items() if pattern.search(rest)}
    priced = [code for code in named if _PRICED_IN[code].search(rest)]
    american = "" if marked or named - {"USD"} else "USD"
    return frozenset(marked | named), priced[0] if len(priced) == 1 else american


def _lettered(text: str) -> Iterator[tuple[str, bool]]:
    """Yield what is called by a single letter, `model x`, and whether it certainly is; ` x` for a row that is."""
    for match in _LETTERED.finditer(text):
        thing, behind = match["thing"], text[match.end() : match.end() + 3]
        if thing.lower() in STOP_WORDS:
            continue
        one = re.sub(r"(?<=ss)es$|(?<=x)es$|(?<!s)s$", "", thing.lower())
        usual = one in _CALLED_BY_LETTERS
        # "When I call", "Get A Refund", "John F. Kennedy".
        word = match["letters"] == "I" or (match["letters"] == "A" and re.match(r"\s[A-Z]", behind))
        certain = usual or (thing[0].isupper() and not word and not re.match(r"\.\s[A-Z]", behind))
        letters = _letters(match["letters"])
        yield from ((f"{one} {letter}", certain and match["between"] != ": ") for letter in letters)
    for match in _ROW_OF_LETTERS.finditer(text):
        yield from ((f" {letter}", False) for letter in _letters(match["letters"]))


def _letters(written: str) -> set[str]:
    """Return the letters of "A, B", and those between A and C of "A to C"; lower case."""
    found = set(re.findall(r"(?<!['’])\b[a-z]\b", written.lower()))
    for first, last in re.findall(r"([a-z])(?:['’]s)?(?:\sto\s|\s?–\s?|-)(?=([a-z]))", written.lower()):
        found |= {chr(letter) for letter in range(ord(first), ord(last) + 1)}
    return found


@lru_cache(maxsize=4_096)
def telling_words(text: str) -> frozenset[str]:
    """Return the words of a text that carry meaning, roughly stemmed, without those of figures and those that turn it.

    "4.90 euros" and "€4.90" have no words; they are compared as figures.
    """
    bare = without_addresses(text)
    told = [(one.start, one.end) for one in figures_told(text)[0] if one.kind is not Kind.COUNT]
    rest = blanked(bare, [*told, *((start, end) for _, start, end in measures_in(bare))])
    rest = _STEPWISE.sub(" ", _shortened(rest))
    found = map(verb_root, content_words(rest))
    telling = frozenset(
        word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls" else word
        for word in found
        if word not in _TURNING and word not in _NUMBERS
    )
    return telling | _capitals_in(rest)


_STEPWISE = re.compile(r"\bstep[ -]by[ -]step\b", re.IGNORECASE)
"""Says how something is to be told: "in one step" has nothing to do with it."""


def verb_root(word: str) -> str:
    """Return one stem for those of irregular forms, other stems as they are: sent, send; covered, covers; children."""
    word = _ROOTS.get(word, word)
    # Of "covers" and "cover" the stem has lost the "er" that it keeps of "covered", "covering" and "delivery".
    return word if word in _NOT_OF_VERBS else _KEPT_ER.sub("", word)


_KEPT_ER = re.compile(r"(?<=[^\W\d_]{3})er{1,2}$")
_NOT_OF_VERBS = frozenset(
    map(stem, "nursery stationery scenery lottery battery pottery gallery surgery machinery bakery brewery".split())
)
"""What would be taken for another word: a nursery for a nurse."""

_ROOTS = {
    stem(form): stem(verb)
    for form, verb in (
        pair.split("/")
        for pair in "paid/pay sent/send made/make given/give gave/give taken/take took/take found/find bought/buy "
        "sold/sell kept/keep held/hold told/tell lost/lose said/say shown/show written/write chosen/choose begun/begin "
        "met/meet brought/bring left/leave got/get gotten/get went/go gone/go spent/spend built/build children/child "
        "mondays/monday tuesdays/tuesday wednesdays/wednesday thursdays/thursday fridays/friday saturdays/saturday "
        "sundays/sunday".split()
    )
}
_TURNING = frozenset(
    map(
        stem,
        "cannot can't won't don't doesn't didn't isn't aren't wasn't weren't shouldn't mustn't couldn't wouldn't "
        "haven't hasn't never without none neither nor unless except before until either both there's it's you're "
        "you'll you've we're we'll we've that's they're between".split(),
    )
) | {"however", "therefore", "additional", "addition", "specific", "example"}
_NUMBERS = frozenset(stem(word) for word in (*NUMBER_WORDS, *_TENS, *_BIG))


def names_of(text: str) -> set[str]:
    """Return the words of names in a text, lower case: of capitals within a sentence, acronyms, and months anywhere."""
    text = _shortened(text)
    found = {*_ACRONYM.findall(text), *_MONTH.findall(text)}
    for match in _NAMED.finditer(text):
        found |= {word for word in re.findall(r"[^\W\d_][\w'’-]*", match[0]) if word[0].isupper()}
    found -= {*_NO_NAMES, *(one.rstrip(".") for one in WEEKDAY.findall(text))}
    parts = {part for word in found - _CAPITALS for part in words_of(word) if len(part) > 1}
    return {stem(part) for part in parts} | (found & _CAPITALS)


def every_word(text: str) -> frozenset[str]:
    """Return all words of a text, stop words too, as names are compared with them."""
    short = _shortened(text)
    return frozenset(stem(word) for word in (*words_of(text), *words_of(short))) | _capitals_in(short)


def _shortened(text: str) -> str:
    """Return a text with the names of countries that are written in several ways in one of them."""
    for short, written in _WRITTEN_OUT.items():
        text = written.sub(short, text)
    return text


def _capitals_in(text: str) -> frozenset[str]:
    return frozenset(_CAPITAL.findall(text))


_WRITTEN_OUT = {
    "US": re.compile(r"\b(?:U\.\s?S\.(?:\s?A\.)?|USA\b|United States(?: of America)?\b)"),
    "UK": re.compile(r"\b(?:U\.\s?K\.|United Kingdom\b)"),
}
_CAPITALS = frozenset({"US", "IT", "WHO"})
"""Acronyms that would be stop words in small letters: "contact us" names no country."""
_CAPITAL = re.compile(rf"\b(?:{'|'.join(sorted(_CAPITALS))})\b")


_NO_NAMES = {
    "I", "I'm", "I’m", "I'll", "I've", "OK", "FAQ", "AM", "PM", "Mr", "Mrs", "Ms", "Dr", "Yes", "No", "USD", "EUR",
    "GBP",
}  # fmt: skip


def missing_address(claim: Facts, evidence: Facts, allowed: Sequence[str] = ()) -> str | None:
    """Return an address or a link's target of a claim that is not the evidence's, or is disguised; None if none is.

    `allowed` are addresses that may be named whatever the evidence.
    """
    held = {*allowed, *(one.plain for one in evidence.addresses if not one.disguised)}
    wrong = [one.written for one in claim.addresses if one.disguised or one.plain not in held]
    return next(iter((*wrong, *sorted(claim.targets - evidence.targets - held))), None)


def missing_fact(claim: Facts, evidence: Facts) -> str | None:
    """Return a figure, label, number or fact in words of a claim that the evidence does not hold; None if none."""
    for figure in claim.figures:
        if not any(_carried(figure, other, evidence) for other in evidence.figures) and not (
            _counted(figure, evidence) or _written_otherwise(figure, evidence)
        ):
            return figure.text
    missing = (
        *(one for one in claim.labels - evidence.labels - evidence.implied if one[-2:] not in evidence.implied),
        *map(_shown, claim.numbers - evidence.numbers),
        *(f"{_shown(one.value)} {one.unit}" for one in claim.measures if not _measured(one, evidence)),
        *(claim.multiples - evidence.multiples - evidence.implied),
        *sorted(claim.worded - evidence.implied),
        *(
            f"{_shown(number)} {unit}"
            for number, unit in claim.counted - evidence.counted
            if Measure(number, unit, "") not in evidence.measures
        ),
    )
    if missing:
        return missing[0]
    for number in claim.loose:
        if number not in evidence.loose and not any(
            one.kind is Kind.COUNT and number in (one.low, one.high) for one in evidence.figures
        ):
            return _shown(number)
    return None


def carries(evidence: Figure, claim: Figure) -> bool:
    """Whether a figure of a passage says what a figure of a claim says: same number, kind and unit.

    "$" may be any dollar; what it is in the passage, the rest of it tells.
    """
    if claim.kind is Kind.DATE:
        within = evidence.kind is Kind.DATE and _within_date(int(claim.low), int(evidence.low))
        return within and not _turned(claim.bound, evidence.bound)
    if not _counts_the_same(claim, evidence):
        return False
    mine, theirs = values_of(claim.text), values_of(evidence.text)
    if not mine <= theirs or _turned(claim.bound, evidence.bound):
        return False
    if claim.kind is Kind.MONEY and evidence.bound is Bound.AT_LEAST and not claim.bound:
        return False  # "orders of €50" are not those above
    if (claim.low, claim.high) == (evidence.low, evidence.high):
        return True
    # Of a range one end may be told if it is told as the end.
    ends = {Bound.AT_MOST: evidence.high, Bound.AT_LEAST: evidence.low}
    return claim.bound is not None and claim.low == claim.high == ends[claim.bound]


def _counts_the_same(claim: Figure, evidence: Figure) -> bool:
    if claim.kind is Kind.MONEY is evidence.kind:
        (mine, per), (theirs, other_per) = claim.paid(), evidence.paid()
        return per == other_per and (mine == theirs or ("$" in (mine, theirs) and {mine, theirs} <= {"$", *DOLLARS}))
    exact = claim.kind in (Kind.DURATION, Kind.PERCENT)
    return claim.comparable(evidence) and (not exact or claim.unit == evidence.unit)


def _carried(claim: Figure, figure: Figure, evidence: Facts) -> bool:
    """Whether a figure of a passage says what a figure of a claim says, and an amount in the same dollars."""
    if not carries(figure, claim):
        return False
    if claim.kind is not Kind.MONEY or claim.unit == figure.unit:
        return True
    mine, theirs = claim.paid()[0], figure.paid()[0]
    return evidence.dollar in (mine, theirs) or (mine == "$" and evidence.dollars <= {theirs})


def told_of_another(claim: str, evidence: str) -> str | None:
    """Return a number of the claim that sentences of a passage tell of something else; None if there is none.

    Where they hold several of one kind, each belongs to the words of its own clause, then of its own sentence.
    """
    facts, told = facts_of(claim), facts_of(evidence)
    words = _telling(claim)
    loose = _loose(claim, facts)
    for figure in loose:
        same = [one for one in numbers_in(evidence) if one.kind is Kind.COUNT and one.low == one.high == figure.low]
        if same and all(_turned(figure.bound, one.bound) for one in same):
            return figure.text
    in_turn = _told_in_turn(claim, facts, told, evidence)
    for figure in (*facts.figures, *loose):
        if figure in in_turn:
            if not in_turn[figure]:
                return figure.text
            continue
        rivals = [
            one for one in (_loose(evidence, told) if figure in loose else told.figures) if one.kind is figure.kind
        ]
        right = [one for one in rivals if _carried(figure, one, told)]
        wrong = [*(one for one in rivals if one not in right), *_empty_cells(evidence, told)]
        if figure.kind is Kind.MONEY:
            wrong += for_nothing(evidence)
        about = _about(figure, facts.figures, words, claim, told, evidence)
        right, wrong = _of_lists(facts.figures, right, told, evidence), _of_lists(facts.figures, wrong, told, evidence)
        if right and any(all(_fit(about, one, other, evidence) < 0 for one in right) for other in wrong):
            return figure.text
    mine, theirs = _named(claim, facts), _named(evidence, told)
    for named in mine:
        right = [one for one in theirs if (one.unit, one.low) == (named.unit, named.low)]
        wrong = [one for one in theirs if one.unit == named.unit and one.low != named.low]
        rest = words - {label := _label(named.text), label.rpartition(" ")[2]}
        if right and any(all(_fit(rest, one, other, evidence) < 0 for one in right) for other in wrong):
            return named.text
    return None


def _of_lists(claimed: Sequence[Figure], figures: Sequence[Figure], told: Facts, evidence: str) -> list[Figure]:
    """Return figures, each that stands in a list of its kind as the whole list, of which the same is told.

    "At 9 am and 5 pm from platform 2" tells of the platform at both times. That is sure where a claim tells several of
    them: "£8 and £6 for children" may be of two sorts.
    """
    lists = [one for one in _lists_in(told.figures, evidence) if _told_as_one(one, claimed, told)]
    return [
        replace(one, start=found[0].start, end=found[-1].end) if (found := _list_of(one, lists)) else one
        for one in figures
    ]


def _list_of(figure: Figure, lists: Sequence[Sequence[Figure]]) -> Sequence[Figure]:
    return next((one for one in lists if figure in one), ())


def _told_as_one(figures: Sequence[Figure], claimed: Sequence[Figure], told: Facts) -> bool:
    return sum(any(_carried(mine, one, told) for mine in claimed) for one in figures) > 1


def _lists_in(figures: Sequence[Figure], text: str) -> list[list[Figure]]:
    """Return the figures of one kind that stand beside each other with an "and" or "or" before the last.

    The ends of two spans, "9 am to 1 pm and 2 pm to 5 pm", are none.
    """
    lists, begun = list[list[Figure]](), list[Figure]()
    for place, figure in enumerate(figures):
        beside = figures[max(place - 1, 0) : place + 2]
        if any(_SPAN.fullmatch(text, one.end, other.start) for one, other in pairwise(beside)):
            begun = []
            continue
        joint = _LISTED.fullmatch(text, begun[-1].end, figure.start) if begun else None
        if joint and figure.kind is begun[-1].kind:
            begun.append(figure)
            if joint["last"]:
                lists.append(begun)
                begun = []
        else:
            begun = [figure]
    return lists


_LISTED = re.compile(r",?\s(?P<last>(?:and|or)\s)?", re.IGNORECASE)
"""What stands between the figures of a list."""
_SPAN = re.compile(r"\s?(?:to|until|till|–|—|-)\s?", re.IGNORECASE)


def _told_in_turn(claim: str, facts: Facts, told: Facts, evidence: str) -> dict[Figure, bool]:
    """Return the figures of a claim that the evidence tells of two in turn, and whether the claim tells them so.

    "Check-in and check-out are at 3 pm and 11 am" tells that check-out is at 11 am.
    """
    found = dict[Figure, bool]()
    for figures in _lists_in(told.figures, evidence):
        start = max((one.end() for one in _MAIN_CLAUSE.finditer(evidence, 0, figures[0].start)), default=0)
        subjects = _IN_TURN.fullmatch(evidence, start, figures[0].start)
        if not subjects or len(figures) != 2 or _both_times(subjects, figures):
            continue
        names = [_name_in(claim, subjects[one]) for one in ("one", "other")]
        mine = [next((one for one in facts.figures if _carried(one, other, told)), None) for other in figures]
        one, other = mine
        if one and other and names[0] and names[1]:
            right = (names[0].start() < names[1].start()) == (one.start < other.start)
            found |= {one: right, other: right}
        elif names.count(None) == 1 and (only := one or other) and not (one and other):
            found[only] = (names[0] is None) == (one is None)
    return found


def _name_in(claim: str, name: str) -> re.Match[str] | None:
    return re.search(rf"\b{re.escape(name.removesuffix('s'))}s?\b", claim, re.IGNORECASE)


def _both_times(subjects: re.Match[str], figures: Sequence[Figure]) -> bool:
    """Whether each of two may be so at both times: "Coffee and cake are served at 10 am and 3 pm"."""
    return figures[0].kind in (Kind.TIME, Kind.DATE) and not (
        _ONE_TIME.search(subjects["said"])
        or all(_MEAL.fullmatch(subjects[one]) for one in ("one", "other"))
        or _RESPECTIVELY.match(subjects.string, figures[-1].end)
    )


_IN_TURN = re.compile(
    r"(?:the\s)?(?P<one>[a-z-]+)\sand\s(?:the\s)?(?P<other>[a-z-]+)\s(?P<said>(?:(?!(?:and|or)\s)[\w'’-]+\s){1,6})",
    re.IGNORECASE,
)
"""How it begins that each of two has its figure."""
_ONE_TIME = re.compile(
    r"\b(?:until|till|by|(?:is|are|starts?|begins?|ends?|opens?|closes?)\s(?:due\s)?(?:(?:at|on|from)\s)?)\s?$",
    re.IGNORECASE,
)
"""What is at one time alone."""
_MEAL = re.compile(r"breakfasts?|brunch|lunch|dinners?|supper", re.IGNORECASE)
_RESPECTIVELY = re.compile(r",?\srespectively\b", re.IGNORECASE)


def _about(
    figure: Figure, figures: Sequence[Figure], words: frozenset[str], claim: str, told: Facts, evidence: str
) -> frozenset[str]:
    """Return those of the words of a claim that tell of one of its figures, rather than of another of its kind.

    Those that it lists together as the evidence does are told of the same.
    """
    mine = _list_of(figure, _lists_in(figures, claim))
    together = any(
        all(any(_carried(one, other, told) for other in theirs) for one in mine)
        for theirs in (_lists_in(told.figures, evidence) if mine else ())
    )
    alike = mine if together else (figure,)
    others = [_around(one, claim, CLAUSE) for one in figures if one.kind is figure.kind and one not in alike]
    own = _around(replace(figure, start=alike[0].start, end=alike[-1].end), claim, CLAUSE)
    return words - frozenset().union(*others) | own if others and own else words


def _named(text: str, facts: Facts) -> list[Figure]:
    """Return the addresses and labels in a text, as counts of what is of one sort: telephone numbers, error codes."""
    found: list[Figure] = []

    def add(sort: str, plain: str, pattern: str) -> None:
        # Two of a sort are told apart by their hash, as figures are by their values.
        value = float(hash(plain))
        found.extend(
            Figure(Kind.COUNT, value, value, sort, match.start(), match.end(), match[0])
            for match in re.finditer(pattern, text, re.IGNORECASE)
        )

    for address in facts.addresses:
        sort = "telephone" if address.plain.isdigit() else "mail" if "@" in address.plain else "web"
        add(sort, address.plain, re.escape(address.written))
    for label in facts.labels:
        words = r"[\s.,;:()]+".join(map(re.escape, label.split()))
        add(re.sub(r"\d+|(?<= )[a-z]$", "#", label), label, rf"(?<![\w-]){words}(?![\w-])")
    return found


def numbers_in(text: str) -> list[Figure]:
    """Return the figures of a text, and as counts of nothing the numerals that belong to no figure and no label."""
    facts = facts_of(text)
    return [*facts.figures, *_loose(text, facts)]


def _loose(text: str, facts: Facts) -> list[Figure]:
    """Return the numerals that belong to no figure and no label, as counts of nothing."""
    taken = [(one.start, one.end) for one in facts.figures]
    return [
        Figure(Kind.COUNT, value, value, "", *match.span(), match[0], bound_at(text, *match.span()))
        for match in _NUMERAL.finditer(text)
        if (value := _digits(match[0])) in facts.loose
        and value is not None
        and not any(start <= match.start() < end for start, end in taken)
    ]


def _empty_cells(text: str, facts: Facts) -> list[Figure]:
    """Return the parts between semicolons that hold no number, as figures of nothing: `Sunday: closed` in a row.

    What is around such a figure is the name of the cell alone.
    """
    ends = [match.start() for match in re.finditer(r";\s|[.!?]\s|$", text)]
    taken = [(one.start, one.end) for one in (*facts.figures, *_loose(text, facts))]
    return [
        Figure(Kind.COUNT, -1, -1, "", name, name, "")
        for start, end in zip([0, *ends], ends, strict=False)
        if text[start : start + 1] == ";"
        and (name := text.find(":", start, end)) > 0
        and not any(start <= begin < end for begin, _ in taken)
    ]


def for_nothing(text: str) -> list[Figure]:
    """Return what is said to cost nothing, as amounts."""
    return [
        Figure(Kind.MONEY, 0, 0, "", match.start(), match.end(), match[0])
        for match in re.finditer(
            r"\b(?:nothing|free of charge|(?:for|is|are|travels?|ships?|enters?|stays?|parks?|\w+ed) free|"
            r"at no (?:extra )?c\w+)\b",
            text,
            re.IGNORECASE,
        )
    ]


def _fit(words: frozenset[str], right: Figure, wrong: Figure, text: str) -> float:
    """Return by how much the words of a claim fit what is around one figure better; below 0 they fit the other."""
    between = text[min(right.end, wrong.end) : max(right.start, wrong.start)]
    for cut in (CLAUSE, _MAIN_CLAUSE, _SENTENCE):
        mine, other = _around(right, text, cut), _around(wrong, text, cut)
        own, theirs = mine - other, other - mine - {_shown(right.low)}
        if not own and (right.start > wrong.start or (cut is CLAUSE and _MAIN_CLAUSE.search(between))):
            continue  # "standard delivery costs $4, express $14": what the first one says holds for both
        fit = (len(own & words) / len(own) if own else 0.0) - (len(theirs & words) / len(theirs) if theirs else 0.0)
        if fit:
            return fit
        if not wrong.text and own | theirs <= words:
            return 0.0  # it tells of both
    return 0.0


def _around(figure: Figure, text: str, cut: re.Pattern[str]) -> frozenset[str]:
    """Return the words around a figure up to the next cuts."""
    before, behind = sides(figure, text, cut)
    return before | behind


@lru_cache(maxsize=4_096)
def sides(figure: Figure, text: str, cut: re.Pattern[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words before and behind a figure up to the next cuts."""
    begins, ends = _cuts(text, cut)
    before, behind = bisect_left(begins, figure.start), bisect_left(begins, figure.end)
    start = ends[before - 1] if before else 0
    stop = (begins[behind] if behind < len(begins) else len(text)) if figure.text else figure.end
    return _telling_within(text, start, figure.start), _telling_within(text, figure.end, stop)


def _telling_within(text: str, start: int, stop: int) -> frozenset[str]:
    """Return the telling words of a part of a text; a long part is read in pieces that parts have in common."""
    if stop - start <= _LONG:
        return _telling(text[start:stop])
    pieces = [start, *(one for one in _pieces(text) if start < one < stop), stop]
    return frozenset().union(*(_telling(text[one:other]) for one, other in pairwise(pieces)))


@lru_cache(maxsize=64)
def _pieces(text: str) -> list[int]:
    """Return where a long text can be cut between words, about `_LONG` characters apart."""
    return [match.end() for match in re.finditer(rf"(?s:.){{{_LONG}}}\S*\s", text)]


@lru_cache(maxsize=64)
def _cuts(text: str, cut: re.Pattern[str]) -> tuple[list[int], list[int]]:
    """Return where the cuts of a text begin, and where they end."""
    spans = [match.span() for match in cut.finditer(text)]
    return [begin for begin, _ in spans], [end for _, end in spans]


@lru_cache(maxsize=2_048)
def _telling(text: str) -> frozenset[str]:
    """Return the words of a text that carry meaning, with its labels and years: "for 2025" tells as much as they."""
    facts = facts_of(text)
    return telling_words(text) | facts.labels | {_shown(one) for one in facts.numbers if 1900 <= one < 2100}


def _turned(claim: Bound | None, evidence: Bound | None) -> bool:
    return claim is not None and evidence is not None and claim is not evidence


def _within_date(claim: int, evidence: int) -> bool:
    """Whether a date is told by one that names as much or more: May 2025 by 5 May 2025, 5 May by 5 May 2025."""
    return all(
        not mine or mine == theirs
        for mine, theirs in zip(
            (claim // 10_000, claim // 100 % 100, claim % 100),
            (evidence // 10_000, evidence // 100 % 100, evidence % 100),
            strict=True,
        )
    )


def _counted(figure: Figure, evidence: Facts) -> bool:
    """Whether something is counted under another word ("two forms", "two different forms")."""
    if figure.kind is not Kind.COUNT or figure.unit == "age":
        return False
    return any(
        one.kind is Kind.COUNT
        and one.unit != "age"
        and (one.low, one.high) == (figure.low, figure.high)
        and not _turned(figure.bound, one.bound)
        for one in evidence.figures
    ) or (figure.low == figure.high and figure.low in evidence.loose)


def _measured(measure: Measure, evidence: Facts) -> bool:
    """Whether a measure of a claim stands in the evidence, the unit maybe elsewhere: "Weight (kg): 20"."""
    if any(measure.fits(one) for one in evidence.measures) or (measure.value, measure.unit) in evidence.counted:
        return True
    return measure.unit in evidence.units and measure.value in evidence.loose


def _written_otherwise(figure: Figure, evidence: Facts) -> bool:
    """Whether a figure is a measure that the evidence tells in another form: "60 cm" in "60 x 40 cm"."""
    measures = [one for one, _, _ in measures_in(figure.text)]
    told = any(figure.comparable(one) and figure.equals(one) for one in evidence.figures)
    return bool(measures) and not told and all(_measured(one, evidence) for one in measures)


def values_of(text: str) -> set[float]:
    """Return the values of the numerals in a text, in digits or in words; without a lone "one"."""
    found = {value for match in _NUMERAL.finditer(text) if (value := _digits(match[0])) is not None}
    for match in _SPELT.finditer(text):
        tens, unit, times, big, word = match.groups()
        if tens:
            found.add(float(_TENS[tens.lower()] + (NUMBER_WORDS[unit.lower()] if unit else 0)))
        elif big:
            found.add((NUMBER_WORDS[times.lower()] if times else 1) * _BIG[big.lower()])
        elif word.lower() not in {"one", "zero"}:
            found.add(float(NUMBER_WORDS[word.lower()]))
    return found | {_BIG[_SHORT[match[1].lower()]] for match in _SCALED.finditer(text)}


def _counted_in(text: str) -> set[tuple[float, str]]:
    """Return the numbers before a unit of time, a currency or a percent sign; of a range both."""
    found = set()
    text = _IN_DOLLARS.sub(r"\g<behind>\g<between>\g<before> dollar ", text)  # whose they are, the figures tell
    for sign, word in _CURRENCIES.items():
        text = re.sub(rf"(?:{sign})\s?({_DIGITS})", rf"\1 {word} ", text)
        text = re.sub(rf"(?<=\d)\s?(?:{sign})(?!\w)", f" {word}", text)
    for match in _COUNTED.finditer(text):
        unit = match["unit"].lower()
        unit = {"percent": "%", "per cent": "%"}.get(unit, unit.removesuffix("s"))
        unit = "dollar" if unit.upper() in DOLLARS else unit
        found |= {(value, unit) for value in values_of(match["numbers"])}
    return found


def _digits(numeral: str) -> float | None:
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d{1,2})?", numeral):
        return float(numeral.replace(".", "").replace(",", "."))
    bare = re.sub(r"(?<=\d)[,\u00a0\u202f ](?=\d{3}(?!\d))", "", numeral)
    if re.fullmatch(r"\d+,\d{1,2}", bare):
        bare = bare.replace(",", ".")
    try:
        return float(bare)
    except ValueError:
        return None


def _label(text: str) -> str:
    return re.sub(r"[\s.,;:()]+", " ", readable(text).lower()).strip(" -")


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a text with spaces in place of the `spans`, from and up to which character each goes."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


_WORD_OR_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")


def as_written(text: str) -> str:
    """Return the words and numbers of a text in small letters, with a blank around each: "Fix24" is "fix 24"."""
    return f" {' '.join(_WORD_OR_NUMBER.findall(text.lower()))} "


def _without(text: str, labels: frozenset[str]) -> str:
    for label in sorted(labels, key=len, reverse=True):
        if re.search(_LABELLED, label):
            text = re.sub(r"\s+".join(map(re.escape, label.split())), " ", text, flags=re.IGNORECASE)
    return text


def _shown(number: float) -> str:
    return f"{number:g}" if number < 1e6 else f"{number:,.0f}"
