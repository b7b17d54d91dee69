"""Which days a text names: dates, months, days of the week, years, alone and from one to another.

They are compared as numbers: days of a year as 315 for March 15, with the year as 20260315, days of the week from 0 for
Monday. "December 20 to January 6" goes over New Year, "Fri to Mon" over Sunday. Good Friday is a day of its own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.clauses import asking_clause
from bot.facts import blanked
from knowledge.figures import Bound, Figure, Kind, bound_at, figures_of

Range = tuple[int, int]
_FIRST, _LAST = 0, 99_999_999
_NEW_YEAR, _NEW_YEARS_EVE = 101, 1231
_MONTHS = "january february march april may june july august september october november december".split()
_WEEK = "monday tuesday wednesday thursday friday saturday sunday".split()
_SHORT_MONTH = r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_SHORT_DAY = r"Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun"
_TO = r"\s?(?:–|—|-|\b(?:to|until|till|through)\b)\s?"
_BEHIND_SHORT = (
    r"(?=\.?(?:\s?(?:[–—/&,;:)?!-]|$)"
    r"|\s(?:to|and|or|until|till|through|hours?|opening|mornings?|afternoons?|evenings?|nights?)\b|\s?\d))"
)
_PLAIN_MONTHS = "|".join(one for one in _MONTHS if one not in ("march", "may"))
_MONTH = re.compile(
    rf"\b(?:(?i:{_PLAIN_MONTHS})|March|MARCH|(?<![.?!]\s)(?<!^)May(?!\s(?:I|we|you|he|she|they|it|my|our|the|an?)\b)|MAY"
    rf"|May(?=\s?(?:[–—/&,-]|$)|\s(?:to|and|or|until|through)\b)|(?:{_SHORT_MONTH}|(?:{_SHORT_MONTH.upper()})){_BEHIND_SHORT}"
    r"|(?i:(?<=\bin\s)|(?<=\bof\s)|(?<=\bfor\s)|(?<=\bsince\s)|(?<=\buntil\s)|(?<=\bduring\s)|(?<=\bnext\s)|(?<=\blast\s))"
    rf"(?i:march|may|{_SHORT_MONTH})(?=\W|$))\b"
)
"""A month by its name; "may" and "march" are words, too."""
_DAY = re.compile(
    rf"\b(?:(?P<day>(?i:{'|'.join(_WEEK)}))s?"
    rf"|(?<!\b[Tt]he )(?P<short>(?:{_SHORT_DAY}|{_SHORT_DAY.upper()})){_BEHIND_SHORT}"
    rf"|(?i:(?<=\bon\s)(?P<said>{_SHORT_DAY})(?=\W|$))|(?P<several>(?i:weekdays?|week-?ends?)))\b"
)
_SMALL_DAY = re.compile(
    rf"(?<=\bopen\s)(?:{_SHORT_DAY})(?=\W|$)|(?<=\bclosed\s)(?:{_SHORT_DAY})(?=\W|$)"
    rf"|(?<=\bfor\s)(?:{_SHORT_DAY})(?=\s?(?:[?!.,&/]|$)|\s(?:and|or)\b)"
    rf"|\b(?:{_SHORT_DAY})(?=\s?(?:and|or|&|,|/|[–-])\s?(?:{'|'.join(_WEEK)})\b)"
    rf"|(?P<before>\b(?:{'|'.join(_WEEK)})s?\s?(?:and|or|&|,|/|[–-])\s?)(?P<short>{_SHORT_DAY})(?=\W|$)",
    re.IGNORECASE,
)
"""A day of the week in short, in any case, by what stands beside it: "open sat?", "on sundays and sat"."""
_NAMED_DAY = re.compile(
    rf"\b(?P<name>(?:good|black|cyber|easter|ash|palm|maundy|shrove|holy|whit|giving|super|fat)\s(?:{'|'.join(_WEEK)}))s?\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    rf"\b(?:[Nn]ame(?: is|['’]s)|I['’]?m|I am|[Cc]all me|Mrs?\.?|Ms\.?|Dr\.?|[Dd]ear)\s"
    rf"(?:{'|'.join((*_MONTHS, *_WEEK)).title()})\b(?!\s\d)"
    rf"|\b(?i:thanks|regards|cheers|yours)[,.!]?\s(?:{'|'.join((*_MONTHS, *_WEEK)).title()})\W*$"
)
"""Somebody called April or Friday."""
_LEFT_OUT = re.compile(
    r"\b(?:except|excluding|other than|apart from|aside from|besides|including|but not|the day (?:after|before))\s"
    r"(?:(?:for|on|in|the|all|public|bank|holidays?|and|or)\s)*"
    rf"(?=(?:{'|'.join((*_MONTHS, *_WEEK))}|{_SHORT_MONTH}|{_SHORT_DAY}|week-?ends?|weekdays?)s?\b|\d)[^,;.?!]*",
    re.IGNORECASE,
)
_EVERY_DAY = re.compile(r"\b(?:every day|each day|all days|all week|daily|(?:7|seven) days a week)\b", re.IGNORECASE)
_WHICH_DAY = re.compile(
    r"\b(?:which|what)(?:\s\w+){0,2}\s(?:days?|weekdays?|holidays?|dates?|months?|years?)\b|\bnext\b(?!\s\w)",
    re.IGNORECASE,
)
"""Asks for a day, which is none of those that a statement beside it names."""
_BESIDE = re.compile(r"[\s,(]{1,3}")
_BEFORE_YEAR = (
    "in|for|of|since|from|until|till|before|after|during|year|years|by|to|and|or|through|fy|season|spring|summer|autumn|"
    "fall|winter|a|my|your|our|the"
)
_YEAR = re.compile(r"(?<![\w.,/$€£#:-])(?:19|20)\d\d(?![\w%€£]|[.,:/]\d|-\d\d\b)")
_YEAR_SAID = re.compile(rf"(?:\b(?:{_BEFORE_YEAR})\s|[–—-])$", re.IGNORECASE)
_YEAR_ENDS = re.compile(r"\s*(?:[?!.,;)]|$|(?:season|edition|rates?|prices?)\b)", re.IGNORECASE)
_NO_YEAR_BEFORE = re.compile(
    r"(?:\b(?:up to|at (?:most|least)|over|under|(?:more|less|fewer) than|orders?|no\.?|number|rooms?|ext\.?|extension|"
    r"box|model|invoice|ticket|building|flat|suite|version|code)|#)\s?$",
    re.IGNORECASE,
)
_NO_YEAR_BEHIND = re.compile(
    r"\s(?:users?|people|persons|guests|visitors|employees|customers|members|seats|items|pieces|units|points|miles|words|"
    r"pages|copies|files|orders|parcels|requests|dollars|euros|pounds)\b",
    re.IGNORECASE,
)
"""What stands with a number, rather than with a year, in a question."""
_COUNTS = re.compile(
    r"\b(?:up to|at (?:most|least)|over|under|(?:more|less|fewer) than)\b|[%€£$]"
    r"|  (?!or\b|and\b|to\b|season\b|edition\b)[a-z]+",
    re.IGNORECASE,
)
"""What stands with a number of things, rather than with a year, in the name of a row."""
_SMALL_MONTH = re.compile(
    rf"(?<=\d\s)(?:{'|'.join(_MONTHS)}|{_SHORT_MONTH})\b|(?<=\d(?:st|nd|rd|th)\s)(?:{'|'.join(_MONTHS)})\b"
    rf"|\b(?:{'|'.join(_MONTHS)}|{_SHORT_MONTH})(?=\.?\s\d)",
    re.IGNORECASE,
)
_STRICT = re.compile(r"\b(?:before|after|earlier than|later than)\s(?:the\s)?$", re.IGNORECASE)
_THROUGH = re.compile(_TO)
_AND = re.compile(r",?\sand\s(?:the\s)?")
_BETWEEN = re.compile(r"\bbetween\s(?:the\s)?$", re.IGNORECASE)
_DAY_BEHIND = re.compile(rf"{_TO}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\w:])")
_DAY_BEFORE = re.compile(rf"(?<![\w.,:/])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_TO}$")


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a text names, of each sort from and up to which."""

    of_year: list[Range] = field(default_factory=list)
    """Of any year."""
    dates: list[Range] = field(default_factory=list)
    """With their years."""
    years: list[Range] = field(default_factory=list)
    week: list[Range] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Of those that have one with a day of the week in it: `black friday`."""
    places: list[tuple[int, int]] = field(default_factory=list)
    """From and up to which character they are named."""

    def __bool__(self) -> bool:
        return bool(self.places)


@dataclass(frozen=True, slots=True)
class _Named:
    """A day or several in a row, as they are written."""

    sort: str
    year: int
    low: int
    high: int
    start: int
    end: int
    bound: Bound | None
    strict: bool


@lru_cache(maxsize=256)
def days_named(question: str) -> Days:
    """Return all days that a question names."""
    text = _SMALL_MONTH.sub(lambda match: match[0].capitalize(), question)
    text = _SMALL_DAY.sub(_with_capital, text)
    text = blanked(text, [match.span() for match in _PERSON.finditer(text)])
    named = list(_named(text))
    years = [
        match
        for match in _years(text, named)
        if (_YEAR_SAID.search(text[: match.start()]) or _YEAR_ENDS.match(text, match.end()))
        and not _NO_YEAR_BEFORE.search(text[: match.start()])
        and not _NO_YEAR_BEHIND.match(text, match.end())
    ]
    return _days(text, named, years)


def days_asked(question: str) -> Days:
    """Return the days that a question is likely about: those of the clause that asks, else of a statement beside it."""
    clause = asking_clause(question)
    return days_asked_plainly(question) or (Days() if _WHICH_DAY.search(clause) else _without_exceptions(question))


def days_asked_plainly(question: str) -> Days:
    """Return the days in the clause that asks, so that what holds on others is no answer."""
    return _without_exceptions(asking_clause(question))


def _without_exceptions(text: str) -> Days:
    """Return the days that a text names, without those behind "except" and the like, and of the week beside "daily"."""
    days = days_named(blanked(text, [match.span() for match in _LEFT_OUT.finditer(text)]))
    return replace(days, week=[]) if _EVERY_DAY.search(text) else days


def _with_capital(match: re.Match[str]) -> str:
    return match["before"] + match["short"].capitalize() if match["short"] else match[0].capitalize()


@lru_cache(maxsize=2_048)
def days_labelled(label: str) -> Days:
    """Return the days that the name of a row or of an item names; what other numbers are with is no year.

    "Monday, May 25" is that date, and not every Monday.
    """
    named = list(_named(label))
    named = [one for one in named if one.sort != "week" or not _of_a_date(one, named, label)]
    years = _years(label, named)
    rest = label
    for start, end in [*((one.start, one.end) for one in named), *(match.span() for match in years)]:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    return _days(label, named, [] if _COUNTS.search(rest) or any(map(str.isdigit, rest)) else years)


def same_days(asked: Days, told: Days) -> bool | None:
    """Whether days asked for are among those of a label; None where they are of no sort that both name."""
    year_of = [(low // 10_000, high // 10_000) for low, high in asked.dates]
    day_of_asked = asked.of_year + list(_any_year(asked.dates))
    pairs = [
        (asked.dates, told.dates),
        (asked.years, [(low // 10_000, high // 10_000) for low, high in told.dates]),
        (asked.years or year_of, told.years),
        (day_of_asked, told.of_year),
        (asked.of_year, list(_any_year(told.dates))),
        (asked.week, told.week),
    ]
    both = [_overlap(mine, theirs) for mine, theirs in pairs if mine and theirs]
    if asked.names and told.names:
        both.append(not {*asked.names}.isdisjoint(told.names))
    if both:
        return all(both)
    return False if asked.week and told.names else None  # Good Friday is not any Friday


def _overlap(some: Iterable[Range], others: Iterable[Range]) -> bool:
    others = list(others)
    return any(low <= high_other and low_other <= high for low, high in some for low_other, high_other in others)


def _any_year(dates: Iterable[Range]) -> Iterator[Range]:
    for low, high in dates:
        if low == _FIRST or high == _LAST or high - low >= 10_000 + low % 10_000:
            yield _NEW_YEAR, _NEW_YEARS_EVE
        else:
            yield from _around(low % 10_000, high % 10_000, _NEW_YEAR, _NEW_YEARS_EVE)


def _around(low: int, high: int, first: int, last: int) -> list[Range]:
    return [(low, high)] if low <= high else [(low, last), (first, high)]


def _years(text: str, named: Iterable[_Named]) -> list[re.Match[str]]:
    taken = [(one.start, one.end) for one in named]
    return [match for match in _YEAR.finditer(text) if not any(start <= match.start() < end for start, end in taken)]


def _named(text: str) -> Iterator[_Named]:
    """Yield the dates, months and days of the week in a text."""
    dates = [one for one in figures_of(text)[0] if one.kind is Kind.DATE]
    yield from (_date(one, text) for one in dates)
    for match in _MONTH.finditer(text):
        if not any(one.start <= match.start() < one.end for one in dates):
            month = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(match[0].lower()[:3]))
            yield _made("of_year", 0, month * 100 + 1, month * 100 + 31, match.start(), match.end(), text)
    names = [match.span() for match in _NAMED_DAY.finditer(text)]
    for match in _DAY.finditer(blanked(text, names)):
        written = (match["day"] or match["short"] or match["said"] or match["several"]).lower()
        low, high = (
            ((0, 4) if written.startswith("weekd") else (5, 6))
            if match["several"]
            else (_weekday(written), _weekday(written))
        )
        yield _made("week", 0, low, high, match.start(), match.end(), text)


def _of_a_date(day: _Named, named: Iterable[_Named], text: str) -> bool:
    """Whether a day of the week just says which one a date beside it is."""
    if re.search(rf"{_TO}$", text[: day.start]):
        return False
    dates = [one for one in named if one.sort == "of_year" and one.low == one.high]
    return any(
        _BESIDE.fullmatch(text, *((day.end, one.start) if day.end <= one.start else (one.end, day.start)))
        for one in dates
    )


def _weekday(written: str) -> int:
    return next(n for n, name in enumerate(_WEEK) if name.startswith(written[:3]))


def _date(figure: Figure, text: str) -> _Named:
    """Return a date with the days of its month that stand beside it: March 1–15, 1 to 15 March."""
    year, day_of_year = divmod(int(figure.low), 10_000)
    month, day = divmod(day_of_year, 100)
    low, high, start, end = day or 1, day or 31, figure.start, figure.end
    if day and figure.text[:1].isalpha() and not year and (match := _DAY_BEHIND.match(text, end)):
        high, end = int(match["day"]), match.end()
    elif day and figure.text[:1].isdigit() and (match := _DAY_BEFORE.search(text[:start])):
        low, start = int(match["day"]), match.start()
    return _made("of_year", year, month * 100 + low, month * 100 + high, start, end, text)


def _made(sort: str, year: int, low: int, high: int, start: int, end: int, text: str) -> _Named:
    strict = _STRICT.search(text[max(0, start - 20) : start]) is not None
    return _Named(sort, year, low, high, start, end, bound_at(text, start, end), strict)


def _days(text: str, named: Iterable[_Named], years: Iterable[re.Match[str]]) -> Days:
    found = Days()
    for match in _NAMED_DAY.finditer(text):
        found.names.append(match["name"].lower())
        found.places.append(match.span())
    all_named = [*named]
    all_named += [_made("years", 0, int(one[0]), int(one[0]), one.start(), one.end(), text) for one in years]
    all_named.sort(key=lambda one: one.start)
    while all_named:
        one = all_named.pop(0)
        other = all_named[0] if all_named and _goes_to(one, all_named[0], text) else None
        if other:
            all_named.pop(0)
        found.places.append((one.start, (other or one).end))
        if one.sort == "week":
            found.week.extend(_around(one.low, (other or one).high, 0, 6))
        elif one.sort == "years":
            low, high = (one.low, other.high) if other else _limited(one, one.low, one.high)
            found.years.append((low, high))
        else:
            _add_dates(found, one, other)
    return found


def _goes_to(one: _Named, other: _Named, text: str) -> bool:
    between = text[one.end : other.start].removeprefix(".")
    if one.sort != other.sort:
        return False
    between_both = _BETWEEN.search(text[max(0, one.start - 14) : one.start])
    return bool(_THROUGH.fullmatch(between) or (_AND.fullmatch(between) and between_both))


def _add_dates(found: Days, one: _Named, other: _Named | None) -> None:
    year = (other or one).year
    low, high = one.low, (other or one).high
    if year:
        begins = one.year or (year - 1 if low > high else year)
        first, last = begins * 10_000 + low, year * 10_000 + high
        found.dates.append((first, last) if other else _limited(one, first, last))
    elif other or one.bound is None:
        found.of_year.extend(_around(low, high, _NEW_YEAR, _NEW_YEARS_EVE))
    else:
        found.of_year.append(_limited(one, low, high))


def _limited(one: _Named, low: int, high: int) -> Range:
    """Return from and up to when is meant by a limit: "before March 1", "since 2020"."""
    if one.bound is Bound.AT_MOST:
        return _FIRST, low - 1 if one.strict else high
    if one.bound is Bound.AT_LEAST:
        return high + 1 if one.strict else low, _LAST
    return low, high
