"""Figures in a sentence that can be compared: 14 days and two weeks are equal, 14 days and 30 days are not.

Recognised are durations, amounts of money, percentages, dates, times of day, measures and counted things,
in English, with digits or in words, alone or as ranges.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from knowledge.sentences import NUMBER_WORDS, content_words
from knowledge.units import CURRENCIES, DOLLARS, HOURS, MEASURES, WORKING


class Kind(StrEnum):
    """What a figure counts."""

    DURATION = "duration"
    MONEY = "amount"
    PERCENT = "percentage"
    DATE = "date"
    TIME = "time of day"
    MEASURE = "measure"
    COUNT = "number"


class Bound(StrEnum):
    """Which side of a figure is meant."""

    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `low` and `high` are the same unless it is a range.

    Durations are in hours, dates numbers like 20260131 (year or day 0 where none is named), times of day
    in minutes, measures in the base unit of `unit`.
    """

    kind: Kind
    low: float
    high: float
    unit: str
    """Of money the currency, of percentages `%` (with what it is paid for: `USD/month/user`), of counts the thing.

    The currency is "$" where it is not said whose dollars are meant.
    """
    start: int
    end: int
    text: str
    bound: Bound | None = None

    def comparable(self, other: Figure) -> bool:
        """Whether both count the same thing, so that unequal ones exclude each other."""
        if self.kind is not other.kind:
            return False
        if self.kind is Kind.DATE:
            return all((a == 0) == (b == 0) for a, b in zip(_parts(self.low)[1:], _parts(other.low)[1:], strict=True))
        if self.kind is Kind.MONEY:
            (mine, per), (theirs, other_per) = self.paid(), other.paid()
            # Whose dollars are meant is mostly said where they are not American.
            return (mine == theirs or {mine, theirs} == {"$", "USD"}) and (per == other_per or not (per and other_per))
        return self.kind in {Kind.DURATION, Kind.PERCENT, Kind.TIME} or self.unit == other.unit

    def paid(self) -> tuple[str, str]:
        """Return the currency of an amount of money, and what it is paid for."""
        currency, _, paid_for = self.unit.partition("/")
        return currency, paid_for

    def equals(self, other: Figure) -> bool:
        """Whether two comparable figures say the same; calendar units are rounded: 30 days are a month."""
        if self.kind is Kind.DATE:
            return all(_same_day(a, b) for a, b in ((self.low, other.low), (self.high, other.high)))
        if self.kind is Kind.DURATION:
            return all(
                _same_duration(self.unit, a, other.unit, b) for a, b in zip(_ends(self), _ends(other), strict=True)
            )
        return all(abs(a - b) <= 0.005 * max(abs(a), abs(b)) for a, b in zip(_ends(self), _ends(other), strict=True))


def figures_of(sentence: str) -> tuple[tuple[Figure, ...], frozenset[str]]:
    """Return the figures of a sentence in order, and what carries digits but names something: `form 1040`, `§ 512`."""
    if not _MAYBE.search(sentence):
        return (), frozenset()
    text = _ADDRESS.sub(lambda match: " " * len(match[0]), sentence)
    found: list[Figure] = []
    names: set[str] = set()
    taken = [False] * (len(text) + 1)

    def take(start: int, end: int) -> bool:
        if any(taken[start:end]):
            return False
        taken[start:end] = [True] * (end - start)
        return True

    def name(pattern: re.Pattern[str]) -> None:
        for match in pattern.finditer(text):
            if take(*match.span()):
                names.add(" ".join(match[0].lower().split()))

    def read(pattern: re.Pattern[str], reader: _Reader) -> None:
        for match in pattern.finditer(text):
            figure = reader(match)
            if figure is not None and take(figure.start, figure.end):
                found.append(replace(figure, bound=bound_at(text, figure.start, figure.end)))

    for pattern, reader in _DATES:
        read(pattern, reader)
    name(_NAME)
    for pattern, reader in _OTHERS:
        read(pattern, reader)
    name(_LEFT)
    return tuple(sorted(found, key=lambda one: one.start)), frozenset(names)


# ------------------------------------------------------------------ reading

_ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<!\S)\S+@\S+\.\w+")
_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_SPELT = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[- ](?:one|two|three|four|five|six|seven|eight|nine)"
    rf"|(?:a|one|two|three|four|five) (?:hundred|thousand)|seventy|eighty|hundred|{_WORDS})"
)
_MAYBE = re.compile(rf"\d|\b(?:{_SPELT}|noon|midday|midnight)\b|\b(?:in|for|within) an? ", re.IGNORECASE)
"""What a sentence with figures has; most have none, and this is quick to see."""
_POINTED = r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d{1,2})?(?!\d|[.,]\d)"
"""Thousands with points between: €1.500 is not €1.50."""
_DIGITS = rf"{_POINTED}|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+[.,]\d{{1,2}}(?![\d,.]\d)|\d+"
# Contracts write a number twice: thirty (30) days, 30 (thirty) days.
_NUM = (
    rf"(?:(?:{_SPELT})\s*\(\s*(?:{_DIGITS})\s*\)|(?<!\d)(?:{_DIGITS})\s*\(\s*(?:{_SPELT})\s*\)"
    rf"|\b(?:{_SPELT})\b|(?<![\w.,/#-])(?:{_DIGITS}))"
)
_TO = r"\s?(?:–|—|-|to|and|or)\s?"
_SCALE = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}
_DOLLAR = "|".join(DOLLARS.values())
_SIGN = rf"{_DOLLAR}|\$|€|£|¥|₹|\b(?:EUR|GBP|CHF|JPY|INR)"
_CODE = rf"{_DOLLAR}|EUR|GBP|CHF|JPY|INR|dollars?|euros?|cents?|€|£"
_WHOSE = rf"(?:\s?\(?(?P<{{}}>{'|'.join(DOLLARS)})\b\)?)?"
"""Which dollars are meant, behind the amount or behind what it is paid for: $5 CAD, $5/month CAD."""
_FOR_EACH = r"\s?(?:/|(?:and )?per|an?|(?:for )?(?:each|every))\s?"
_AND_TIME = r"\sand\s(?=(?:hour|day|night|week|month|quarter|year)\b)"
_UNIT_PAID = (
    "hour|day|night|week|month|quarter|year|annum|item|order|parcel|person|adult|child|guest|member|employee|user|"
    "room|seat|page"
)
_PER = rf"(?:{_FOR_EACH}(?P<per>{_UNIT_PAID})\b(?:(?:{_FOR_EACH}|{_AND_TIME})(?P<and_per>{_UNIT_PAID})\b)?)?"
_BEHIND_PRICE = (
    r"(?:\s?(?P<scale>thousand|million|billion|bn|k|m)\b)?"
    rf"{_WHOSE.format('whose')}{_PER}{_WHOSE.format('whose_behind')}"
)
_UNIT = "|".join(sorted(HOURS, key=len, reverse=True))
_MEASURE = "|".join(sorted(MEASURES, key=len, reverse=True))
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(name.capitalize() for name in sorted(_MONTHS, key=len, reverse=True))
# What stands before a number that names something instead of counting.
_NAME = re.compile(
    r"(?:§+\s*\d[\w.()-]*)|\b\d{1,2}/\d{1,2}/\d{4}\b"
    r"|\b(?i:form|forms|section|sections|article|part|title|chapter|schedule|step|version|rule|no\.|number|exhibit|"
    r"appendix|annex|room|suite|phase|grade|level|tier|line|box|item|option|table|figure|class|type|law|act|cfr|usc|"
    r"code|paragraph|clause|publication|pub\.|directive|regulation|case|ticket|gs|ipv|covid|route|highway|zone|group|"
    r"priority|q|week|day|extension|ext\.?)[\s-]*#?\d[\w.:()-]*"
    r"|#\d+|\b(?:19|20)\d\d\b(?!\s*(?:days|hours|points))(?<![$€£]\d{4})|\+?\d[\d\s()]{0,20}-\d[\d\s()-]{5,}\d|\+\d[\d\s-]{7,}\d"
    r"|\b[A-Z]+-?\d[\w-]*|\b\d+(?:\.\d+){2,}|\b\d+(?:st|nd|rd|th)\b"
)
_LEFT = re.compile(r"\w*\d[\w./-]*")
_LIMIT = re.compile(
    r"(?P<no>\b(?:no|not|never|cannot|\w+n['’]t)\s+(?:to\s+)?(?:(?:be|take|cost|last|weigh|measure)\s+)?)?\b(?:"
    r"(?P<most>within|up to|at most|maximum(?: of)?)|(?P<least>at least|minimum(?: of)?|from|as of|since|starting)|"
    r"(?P<below>(?:less|fewer|lower|smaller|shorter|younger|earlier|sooner) than|under|below|before|until|till)|"
    r"(?P<above>(?:more|greater|higher|larger|longer|older|later) than|over|above|after|exceed(?:s|ing)?)"
    r")\s+(?:the\s+(?:first|next)\s+|an?\s+|about\s+)?[$€£]?$",
    re.IGNORECASE,
)
"""What limits the figure behind it; "no" turns the last two groups: "no less than" is "at least"."""
_BEHIND = {
    Bound.AT_MOST: re.compile(
        r"\s(?:or|and) (?:less|fewer|below|under|younger|lower|shorter|earlier)\b", re.IGNORECASE
    ),
    Bound.AT_LEAST: re.compile(
        r"\s(?:or|and) (?:more|above|over|up|upwards?|older|higher|longer|later)\b|\+(?!\d)", re.IGNORECASE
    ),
}


def bound_at(text: str, start: int, end: int) -> Bound | None:
    """Return which side of a number is meant by what stands around it; the number goes from `start` up to `end`."""
    if limit := _LIMIT.search(text[max(0, start - 40) : start]):
        if limit["most"] or limit["least"]:
            return Bound.AT_MOST if limit["most"] else Bound.AT_LEAST
        return Bound.AT_MOST if bool(limit["below"]) != bool(limit["no"]) else Bound.AT_LEAST
    behind = text[end : end + 20]
    return next((bound for bound, pattern in _BEHIND.items() if pattern.match(behind)), None)


def _number(text: str) -> float:
    """Read a number in digits or words; of one written twice the digits count."""
    digits = re.search(_DIGITS, text)
    if digits:
        plain = digits[0]
        if re.fullmatch(_POINTED, plain):
            return float(plain.replace(".", "").replace(",", "."))
        if re.fullmatch(r"\d+,\d{1,2}", plain):
            return float(plain.replace(",", "."))
        return float(plain.replace(",", ""))
    total = 0.0
    for word in re.split(r"[-\s]+", text.lower()):
        if word in {"hundred", "thousand"}:
            total = (total or 1) * (100 if word == "hundred" else 1000)
        else:
            total += {"seventy": 70, "eighty": 80}.get(word, NUMBER_WORDS.get(word, 0)) if word != "a" else 0
    return total


def _range(match: re.Match[str]) -> tuple[float, float]:
    low = _number(match["low"])
    high = _number(match["high"]) if match["high"] else low
    return min(low, high), max(low, high)


def _made(match: re.Match[str], kind: Kind, low: float, high: float, unit: str) -> Figure:
    return Figure(kind, low, high, unit, match.start(), match.end(), match[0].strip())


def _duration(match: re.Match[str]) -> Figure | None:
    low, high = _range(match) if match["low"] else (1.0, 1.0)
    word = match["unit"].lower()
    hours = HOURS[word if word in HOURS else word.removesuffix("s")]
    working = (match["sort"] or "").lower() in WORKING or word.startswith(("weekday", "workday"))
    return _made(match, Kind.DURATION, low * hours, high * hours, "working" if working else "calendar")


def _age(match: re.Match[str]) -> Figure:
    return _made(match, Kind.COUNT, *_range(match), "age")


_DOLLARS = {code: re.compile(dollar, re.IGNORECASE) for code, dollar in DOLLARS.items()}


def _money(match: re.Match[str]) -> Figure:
    groups = match.groupdict()
    low, high = _range(match)
    if scale := groups.get("scale"):
        low, high = (value * _SCALE[scale.lower()] for value in (low, high))
    word = groups.get("sign") or groups.get("code") or ""
    currency = next((code for code, dollar in _DOLLARS.items() if dollar.fullmatch(word)), "")
    if word == "$":
        currency = (groups.get("whose") or groups.get("whose_behind") or "").upper()
    word = word.lower()
    if word.startswith("cent"):
        low, high = low / 100, high / 100
    return _made(match, Kind.MONEY, low, high, (currency or CURRENCIES[word]) + _per(match))


def _percent(match: re.Match[str]) -> Figure:
    return _made(match, Kind.PERCENT, *_range(match), "%" + _per(match))


def _per(match: re.Match[str]) -> str:
    """Return what an amount is paid for, in one order: "/night/person" of "per person per night"."""
    paid_for = sorted(one.lower().replace("annum", "year") for one in (match["per"], match["and_per"]) if one)
    return "".join(f"/{one}" for one in paid_for)


def _measure(match: re.Match[str]) -> Figure:
    word = match["unit"].lower()
    unit, factor = MEASURES[word if word in MEASURES else word.removesuffix("s")]
    low, high = _range(match)
    return _made(match, Kind.MEASURE, low * factor, high * factor, unit)


def _count(match: re.Match[str]) -> Figure | None:
    listed = match.start() == 0 and match["number"].isdigit() and match["thing"][0].isupper()
    if listed or not (thing := content_words(match["thing"])):
        return None
    end = match.end("number")
    return Figure(Kind.COUNT, *_range(match), min(thing), match.start(), end, match["number"].strip())


def _date(match: re.Match[str]) -> Figure | None:
    groups = match.groupdict()
    name = groups.get("month")
    month = _MONTHS[name.lower().rstrip(".")] if name else int(groups["mm"])
    day = int(groups.get("day") or groups.get("dd") or 0)
    if "/" in match[0]:  # 05/03/2026 is two days, by where it is read
        if month <= 12 and day <= 12 and month != day:
            return None
        month, day = (day, month) if month > 12 else (month, day)
    if not (1 <= month <= 12 and day <= 31):
        return None
    value = float(int(groups.get("year") or 0) * 10_000 + month * 100 + day)
    return _made(match, Kind.DATE, value, value, "")


_PAST = {"": 0, "half past": 30, "quarter past": 15, "quarter to": -15}
_SPOKEN_TIME = (
    rf"\b(?:(?P<past>{'|'.join(filter(None, _PAST))})\s)?(?P<hour>\d{{1,2}}|{_WORDS})(?:[:.](?P<minute>\d\d))?"
    r"(?:\so['’]?clock)?\s(?:in the (?P<part>morning|afternoon|evening)|at night)\b"
)
"""Half past 9 in the evening; two o'clock at night."""


def _spoken_time(match: re.Match[str]) -> Figure | None:
    hour, minute = int(_number(match["hour"])), int(match["minute"] or _PAST[(match["past"] or "").lower()])
    part = (match["part"] or "night").lower()
    if not 1 <= hour <= 12 or minute > 59 or (hour == 12 and part == "evening"):
        return None
    late = part in ("afternoon", "evening") or (part == "night" and 6 <= hour < 12)
    minutes = ((hour % 12 + 12 * late) * 60 + minute) % (24 * 60)
    return _made(match, Kind.TIME, minutes, minutes, "")


def _time(match: re.Match[str]) -> Figure | None:
    if word := match.groupdict().get("word"):
        minutes = 0 if word.lower() == "midnight" else 720
    else:
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        half = (match["half"] or "").lower()[:1]
        if hour > 24 or minute > 59 or (half and hour > 12):
            return None
        minutes = (hour % 12 + (12 if half == "p" else 0) if half else hour) * 60 + minute
    return _made(match, Kind.TIME, minutes, minutes, "")


_AMOUNT = rf"(?P<low>{_NUM})(?:{_TO}(?P<high>{_NUM}))?"
_Reader = Callable[[re.Match[str]], Figure | None]
_MORE = r"(?:\sor\s(?:more|fewer|less))?"
_DATES: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), _date)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<mm>\d\d)-(?P<dd>\d\d)\b",
        r"\b(?P<mm>\d{1,2})/(?P<dd>\d{1,2})/(?P<year>\d{4})\b",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?-i:(?P<month>{_MONTH}))\b\.?(?:,? (?P<year>(?:19|20)\d\d))?",
        rf"(?-i:\b(?P<month>{_MONTH}))\b\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>(?:19|20)\d\d))?",
        rf"(?-i:\b(?P<month>{_MONTH}))\b\.? (?P<year>(?:19|20)\d\d)\b",
    )
)
_OTHERS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reader)
    for pattern, reader in (
        (_SPOKEN_TIME, _spoken_time),
        (r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?(?P<half>[ap](?:m\b|\.m\b\.?))", _time),
        (r"\b(?P<hour>\d{1,2}):(?P<minute>\d\d)(?P<half>)\b", _time),
        (r"\b(?P<word>noon|midday|midnight)\b", _time),
        *(
            (rf"{before}(?P<sign>{_SIGN})\s?(?P<low>{_DIGITS}){high}{_BEHIND_PRICE}", _money)
            for before, high in (
                (r"(?<=\bbetween\s)", rf"\sand\s(?P=sign)\s?(?P<high>{_DIGITS})"),
                ("", rf"(?:\s?(?:–|-|to)\s?(?:{_SIGN})?\s?(?P<high>{_DIGITS}))?"),
            )
        ),
        (rf"{_AMOUNT}(?:\s(?P<scale>thousand|million|billion))?\s?(?P<code>{_CODE})(?!\w){_PER}", _money),
        (rf"{_AMOUNT}\s?(?:%|per ?cent\b){_PER}", _percent),
        (rf"{_AMOUNT}[\s-]?years?(?:[\s-]old\b|\sof\sage\b)", _age),
        (
            rf"{_AMOUNT}{_MORE}[\s-]?(?:(?P<sort>business|working|work|banking|calendar|consecutive|full|more|additional)"
            rf"[\s-])?(?P<unit>{_UNIT})s?\b",
            _duration,
        ),
        (
            r"(?:(?<=\bin\s)|(?<=\bfor\s)|(?<=\bwithin\s))(?P<low>)(?P<high>)"
            rf"an?\s(?:full\s)?(?P<sort>business|working)?\s?(?P<unit>{_UNIT})\b",
            _duration,
        ),
        (rf"{_AMOUNT}[\s-]?(?P<unit>{_MEASURE})s?\b", _measure),
        (rf"(?P<number>{_AMOUNT}){_MORE}[\s-](?P<thing>[^\W\d_]+)", _count),
    )
)


def _ends(figure: Figure) -> tuple[float, float]:
    return figure.low, figure.high


def _parts(day: float) -> tuple[int, int, int]:
    value = int(day)
    return value // 10_000, value // 100 % 100, value % 100


def _same_day(a: float, b: float) -> bool:
    """Whether two dates may be the same; a year that is not named fits every year."""
    (year, *rest), (other_year, *other_rest) = _parts(a), _parts(b)
    return rest == other_rest and (year == other_year or not (year and other_year))


def _same_duration(unit: str, a: float, other: str, b: float) -> bool:
    largest = max(a, b)
    if unit != other and abs(a - b) < 0.001:
        return True
    if unit != other:  # five working days are a week
        a, b = (a * 7 / 5, b) if unit == "working" else (a, b * 7 / 5)
    # Months and years have no fixed number of days; whole numbers of one small unit are exact.
    calendar = largest >= 500 and (a % 730.5 == 0) != (b % 730.5 == 0)
    return abs(a - b) <= (0.035 if calendar else 0.001) * largest
