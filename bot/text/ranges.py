"""Which rows of a table a question means by a figure: "three days before" means the row "7 days to 48 hours".

A row's label is read as a range: "5 to 10 kg", "over £50", "16 and under", "weeks 1 to 3". Where it has no unit (the
table's head has it), only figures of the question without one count, and ages. Units that measure the same are
converted: 1500 W are within "up to 2 kW". Working days mean a row of calendar days, and calendar days one of working
days, only where every weekend that may lie between leaves them in it. What is called by a letter is meant by it:
"group B" by "Vehicle group A, B". A day, a month or a year means the rows whose days it is among. An amount that ends a
label, "Income $0–$500", is meant by a figure without a unit, too, where none of the question has one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.text.days import (
    all_left_out,
    days_asked,
    days_asked_plainly,
    days_labelled,
    days_left_out,
    days_named,
    of_other_years,
    same_days,
)
from bot.text.facts import as_written, blanked
from bot.text.measures import Measure, measures_in
from bot.understanding.clauses import asking_clause
from knowledge.figures import Bound, Figure, Kind, bound_at, figures_of
from knowledge.sentences import NUMBER_WORDS, stem
from knowledge.units import DOLLARS, OTHER_MONEY, QUANTITIES

_COUNTED = {Kind.DURATION, Kind.MONEY, Kind.PERCENT, Kind.MEASURE, Kind.TIME}
_AGE, _BARE, _PER = "age", "", " for each "
_CALENDAR, _WORKING = f"{Kind.DURATION}/calendar", f"{Kind.DURATION}/working"
_CELSIUS, _FAHRENHEIT, _DEGREES = (f"{Kind.MEASURE}/{unit}" for unit in ("°C", "°F", "°"))
_AMERICAN = f"{Kind.MONEY}/USD"
_DOLLAR = "$"
_DOLLARS = f"{Kind.MONEY}/{_DOLLAR}"
"""Dollars of which it is not said whose they are."""
_DAY = 24.0
_MIDNIGHT = 24 * 60.0
_TIMES = {"second", "minute", "hour"}
_TO_IN_OTHERS = re.compile(r"(?<=\d)\s(?:bis|à|al?|hasta|até|tot)\s(?=\d)", re.IGNORECASE)
_LIMITS_IN_OTHERS = {
    english: re.compile(
        rf"\b(?:{words})\s(?=\d+(?:[.,]\d+)?(?![\d:]|[.,]\d|\s?(?:uhr|h|heures?|horas?|ore|uur)\b))", re.IGNORECASE
    )
    for english, words in {
        "up to": r"bis(?:\szu)?|jusqu['’]à|hasta|fino\sa|até|tot",
        "over": r"über|mehr\sals|plus\sde|más\sde|oltre|più\sdi|mais\sde|meer\sdan|boven",
        "under": r"unter|weniger\sals|moins\sde|menos\sde|meno\sdi|minder\sdan|onder",
        "from": r"ab|dès|à\spartir\sde|a\spartir\sde|desde|vanaf",
    }.items()
}
_UNITS_IN_OTHERS = {
    english: re.compile(rf"(?<=\d\s)(?:{words})\b", re.IGNORECASE)
    for english, words in {
        "hours": r"stunden?",
        "days": r"tage?n?|jours?|d[íi]as?|giorn[io]|dagen|dag",
        "weeks": r"wochen?|semaines?|semanas?|settiman[ae]|weken|week",
        "months": r"monate?n?|mois|mes(?:es)?|mes[ei]|maand(?:en)?",
        "years": r"jahre?n?|ans?|años?|ann[io]|anos?|jaar",
    }.items()
}
_NUMBERED_ROWS = 2
"""From which on a table is taken for one of things that a number tells apart."""
_NAME_AND_NUMBER = re.compile(r"(?P<name>[^\W\d_]+)\s\d+(?![\w-])")
_LIMITS_SAID = re.compile(
    r"\d\s*(?:[–—+<>≥≤-]|(?:to|and|or|bis|und|oder|à|a|al|et|ou|y|o|e|u|até|tot|en|of)\b)|[<>≥≤]|"
    r"\b(?:up|over|under|from|more|less|fewer|until|before|after|below|above|since|older|younger|higher|lower|later|"
    r"earlier|age[ds]?|bis|ab|über|unter|mehr|weniger|plus|moins|dès|jusqu\w*|más|menos|hasta|desde|oltre|fino|até|mais|"
    r"tot|vanaf|meer|minder)\b",
    re.IGNORECASE,
)
_AGES = frozenset("age aged child adult student senior youth".split())
_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_NUM = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
_ANY = rf"(?:{_NUM}|{_WORDS})"
_WHO = r"(?:he|she|they|i|who|son|sons|daughter|nephew|niece|kid|child|boy|girl|lad|dad|mum|mother|father|one)"
_AGED = re.compile(
    rf"\b(?:(?P<age>{_ANY})[\s-]?(?:years?|yrs?|y)[\s/-]?(?:olds?|o)\b|"
    rf"(?:\b{_WHO}(?:['’]?s|['’]?m| is| are| am)(?:n['’]t)?|\baged|\bage(?: of)?|\bturn(?:s|ed|ing)?|\bi['’]?m|"
    rf"(?<!not )\b(?:younger|older) than)\s"
    r"(?:(?:only|just|already|almost|nearly|not|not yet|not quite|not even|just under|under|over|at least|"
    r"(?:not )?(?:younger|older) than) )?"
    rf"(?P<of_age>{_ANY})\b(?!\s?(?:%|business|working|calendar|years?|months?|weeks?|days?|hours?|minutes?|mins?|kg|km|am|pm|o['’]?clock)))",
    re.IGNORECASE,
)
_ORDINALS = {
    word: number
    for number, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)
}
_PERIOD = (
    "day|week|year|zone|grade|band|level|class|tier|stage|step|term|month|group|phase|category|option|size|priority|"
    "severity|type|route|region|area|plan|degree"
)
_NAME = r"\b(?:[A-Z]{1,2}\d{0,2}|[b-hj-z]|[a-z]\d{1,2})\b"
_LETTERED = re.compile(
    rf"\b(?P<what>(?i:{_PERIOD}))s?\s(?P<names>{_NAME}(?:(?:, ?| ?/ ?| and | or | & ){_NAME})*)(?!['’](?!s\b))"
)
"""What is called by a letter; a small "a" or "i" is a word."""
_ORDINAL = re.compile(rf"\b(?P<nth>{'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th))\s(?P<what>{_PERIOD})\b", re.IGNORECASE)
_NUMBERED = re.compile(rf"\b(?P<what>{_PERIOD})\s(?P<number>\d+)\b", re.IGNORECASE)
_ONE = re.compile(
    r"\ban?\s(?:whole |full )?(?=(?:hour|day|week|month|year)\s"
    r"(?:ahead|before|early|earlier|late|later|ago|in advance|after|old|beforehand|overdue))",
    re.IGNORECASE,
)
_PASS = re.compile(
    r"(?:^\W*|\b(?:an?|the|my|your|for|of|does|is)\s)(?=(?:day|week|month|year)[\s-](?:pass|ticket|card|membership|permit)(?:es|s)?\b)",
    re.IGNORECASE,
)
"""Before "day pass", which is one of a day."""
_ALMOST = re.compile(r"\b(?:almost|nearly|just under|not (?:yet|quite|even)|about to (?:be|turn))\s$", re.IGNORECASE)
_NOT = re.compile(r"(?:\bnot|\bnever|n['’]t)\s(?:\w+\s){0,2}$", re.IGNORECASE)
_YET = re.compile(r"\syet\b", re.IGNORECASE)
_SIDES = re.compile(r"[x×]|\bby\b")
"""What stands between the sides of a thing."""
_COMPOUND = re.compile(r"[\W\d_][^\W\d_]-[^\W\d_]")
"""A letter that is no unit."""
_PLAIN = re.compile(
    rf"(?<!minus )(?<![\w.,:/$€£#-])(?P<number>(?:{_NUM})k?)(?![\w:/%-]|\.\d)(?!\s?(?:{_PERIOD}|st|nd|rd|th)s?\b)"
)
_ALONE = re.compile(
    rf"(?<!minus )(?<![\w.,:/$€£#-])(?:{_NUM}|\b(?!one\b|zero\b)(?:{_WORDS})\b)"
    r"(?=\s*(?:$|[?!;)\n]|[.,](?!\d)|(?:to|and|or|in|within|please|then|instead|now)\b))",
    re.IGNORECASE,
)
"""A number behind which stands nothing that it counts."""
_GOES_ON = re.compile(r"\W*(?:(?:and|or|but|then|also|what about|how about|i mean)\b|\S+\W*$)", re.IGNORECASE)
_BEFORE_COUNTED_ALWAYS = re.compile(r"\b(?:for|with|of)\s$", re.IGNORECASE)
_BEFORE_COUNTED = re.compile(
    r"(?:^|\b(?:and|or|but|then|about|mean|for|with|of|only|just|exactly|over|under)\s)\W*$", re.I
)
"""What stands before a number that counts what was counted last, where a question begins with "and" or is one word."""
_NUMERAL = re.compile(rf"{_NUM}|\b(?:{_WORDS})\b", re.IGNORECASE)
_TO = re.compile(r"\s?(?:to|–|—|-|and|down to|,|, at least|and at least|, but)\s?(?:at least |up to |over |under )?")
_ONLY_TO = re.compile(r"\s?(?:to|–|—|-|down to)\s?")
_STRICT = re.compile(
    r"(?<!\bno )(?<!\bnot )\b(?:under|below|(?:less|fewer|more|older|younger|longer) than|over|above|before|after)"
    r"\s+[$€£]?$",
    re.I,
)
_LIMIT = (
    "up to|at most|under|below|(?:no |not )?(?:less|fewer) than|younger than|over|above|(?:no |not )?more than|"
    "older than|from|at least"
)
_RANGE = re.compile(
    rf"(?:\b(?!(?:{_LIMIT})\s)(?P<what>[^\W\d_]+?)s?:?\s)?\(?(?:\b(?P<before>{_LIMIT})\s)?"
    rf"(?<![\w.,:/$€£#-])(?P<low>{_NUM})"
    rf"(?:\s?(?:–|—|-|to|and)\s?(?P<high>{_NUM})|\s?(?P<behind>\+|(?:or|and) (?:over|above|more|older|up|under|younger|"
    rf"less|below)))?(?![\w%]|[.,:]\d|\s?(?:%|€|£))",
    re.IGNORECASE,
)
_SIGNS = {"<": "under", ">": "over", "<=": "at most", ">=": "at least", "≤": "at most", "≥": "at least"}
_SIGN = re.compile(r"\\?(?P<sign>[≤≥]|[<>](?:/?=)?)\s?(?=[$€£−–-]?\d)")
_PLUS = re.compile(r"(?<=\d)\+(\s(?:(?:business|working|calendar)\s)?[^\W\d_]+)")
"""A plus before the unit: "5+ kg" is read as "5 kg+"."""
_AMOUNT_LAST = re.compile(r"[^\W\d_]\D*\d(?:[\d.,$€£¥₹\s–—+-]|\b(?:to|or|and|more|less|over|under)\b|[A-Z]{1,3}\b)*")
"""A name with nothing but an amount behind it."""


@dataclass(frozen=True, slots=True)
class _Span:
    """From `low` to `high`; what it counts must be the same as what the question's figure does."""

    counts: str
    """A kind of figure with its unit, the word before a number (`week 2`), that with a letter, an age, or nothing."""
    low: float
    high: float
    open_low: bool = False
    """Whether `low` itself is outside."""
    open_high: bool = False

    def holds(self, value: float) -> bool:
        above = value > self.low if self.open_low else value >= self.low
        return above and (value < self.high if self.open_high else value <= self.high)

    def around(self, other: _Span) -> bool:
        """Whether another one that counts the same lies within it, and is narrower."""
        within = self.counts == other.counts and self.low <= other.low and other.high <= self.high
        return within and (self.low, self.high) != (other.low, other.high)


@dataclass(frozen=True, slots=True)
class _Said:
    """A figure of the question; of one that is not known exactly what it is at the least and at the most."""

    counts: str
    low: float
    high: float


def rows_meant(asked: str, labels: Sequence[str]) -> list[int]:
    """Return the places of the labels whose range holds a figure or day of the question; none where all of them do."""
    said = _said(asked)
    days = days_asked(asked)
    on_days = [
        place
        for place, label in enumerate(labels)
        if days and same_days(days, days_labelled(label)) and not of_other_years(asked, label)
    ]
    meant = _within(said, labels) if said else []
    both = sorted({*meant} & {*on_days}) or on_days or meant
    return both if len(both) < len(labels) else []


def completed(asked: str, earlier: Sequence[str]) -> str:
    """Return a question with its numbers that count nothing as what was counted last: "for 12 kg" after "for 3 kg".

    `earlier` is what was asked before, oldest first. A question with a figure of its own is left as it is, and so is a
    number that may be a name: "Windows 11". Behind more than "and" it has to stand behind "for", "with" or "of".
    """
    before = _BEFORE_COUNTED if _GOES_ON.match(asked) else _BEFORE_COUNTED_ALWAYS
    numbers = list(_ALONE.finditer(blanked(asked, days_named(asked).places)))
    if not numbers or not all(before.search(asked[: match.start()]) for match in numbers):
        return asked
    if any(one.counts != _BARE for one in _said(asked)):
        return asked
    counted = next(filter(None, map(_counted_in, reversed(earlier))), [])
    for match in reversed(numbers):
        said = [f"{text[:start]}{match[0]}{text[end:]}" for text, start, end in counted]
        asked = f"{asked[: match.start()]}{', '.join(said) or match[0]}{asked[match.end() :]}"
    return asked


def _counted_in(text: str) -> list[tuple[str, int, int]]:
    """Return what is counted in a text, `3 kg` or `zone 2`, with where its number stands in it."""
    measures = _measures(text)
    rest = blanked(text, [(one.start, one.end) for one in measures])
    written = [text[one.start : one.end] for one in measures + _figures(rest)]
    written += [match[0] for pattern in (_AGED, _NUMBERED) for match in pattern.finditer(rest)]
    numbers = [(one, list(_NUMERAL.finditer(one))) for one in dict.fromkeys(written)]
    return [(one, *found[0].span()) for one, found in numbers if len(found) == 1]


def rows_of_other_days(asked: str, labels: Sequence[str]) -> list[int]:
    """Return the places of the labels that name days, but none of those that the question asks for."""
    return [
        place
        for place, label in enumerate(labels)
        if same_days(days_asked_plainly(asked, label), days_labelled(label)) is False
        and not of_other_years(asked, label)
    ]


def rows_left_out(asked: str, labels: Sequence[str]) -> list[int]:
    """Return the places of the labels that name nothing but days that the question leaves out."""
    left_out = days_left_out(asked)
    return [
        place for place, label in enumerate(labels) if left_out and all_left_out(left_out, days_labelled(label), label)
    ]


def numbers_missing(asked: str, labels: Sequence[str]) -> list[str]:
    """Return the name with a number that is asked for where all labels have that name, but with other numbers alone.

    Of rows from "Nova 8" to "Nova 9 Pro" none tells what the screen of a Nova 10 costs. Empty where one of them may
    be a range or a figure, and where the question names one of them, too.
    """
    written = [as_written(label) for label in labels]
    numbered = [match for match in map(_NAME_AND_NUMBER.match, labels) if match]
    names = {match["name"].lower() for match in numbered}
    if len(names) != 1 or len(numbered) < _NUMBERED_ROWS or any(map(_may_hold_more, labels)):
        return []
    (name,) = names
    question = as_written(asking_clause(asked))
    said = re.findall(rf" {name} (\d+)(?= )", question)
    held = {one for text in written for one in text.split() if one.isdigit()}
    all_named = all(text.startswith(f" {name} ") for text in written)
    named = not held.isdisjoint(said) or any(text in question for text in written if text != f" {name} ")
    return [f"{name} {one}" for one in said] if all_named and not named else []


def _may_hold_more(label: str) -> bool:
    """Whether a label with a number may be more than a name: a figure, a range, a limit, a day."""
    return bool(_figures(label) or days_labelled(label) or _LIMITS_SAID.search(label))


def names_range(label: str) -> bool:
    """Whether the name of a row or an item may say from and up to what it holds."""
    return any(map(str.isdigit, label)) or bool(days_labelled(label))


def _within(said: Sequence[_Said], labels: Sequence[str]) -> list[int]:
    """Return the places of the labels whose range holds what is said."""
    spans = [(place, span) for place, label in enumerate(labels) for span in _spans(label)]
    bare = [
        (place, replace(span, counts=_BARE))
        for place, span in spans
        if span.counts.startswith(Kind.MONEY) and _AMOUNT_LAST.fullmatch(labels[place])
    ]
    holding = _holding(said, spans) or _holding(_in_each_dollar(said), spans) or _holding(said, bare)
    # Of "up to 5 kg" and "up to 10 kg" the first is meant where both hold.
    meant = {place for place, span in holding if not any(span.around(other) for _, other in holding)}
    return sorted(meant)


def _holding(said: Sequence[_Said], spans: Sequence[tuple[int, _Span]]) -> list[tuple[int, _Span]]:
    found: list[tuple[int, _Span]] = []
    for one in said:
        low, high = (
            [(place, span) for place, span in spans if _fits(one.counts, span.counts) and span.holds(value)]
            for value in (one.low, one.high)
        )
        found += low if low == high else []
    return found


def _fits(said: str, named: str) -> bool:
    (mine, _, per), (theirs, _, other_per) = said.partition(_PER), named.partition(_PER)
    return (mine == theirs and (per == other_per or not (per and other_per))) or (said == _AGE and named == _BARE)


def _counts(figure: Figure) -> str:
    unit, _, per = figure.unit.partition("/")
    return f"{figure.kind}/{'USD' if unit == _DOLLAR else unit}{_PER if per else ''}{per}"


def _said(asked: str) -> list[_Said]:
    """Return the figures of a question, each with what it counts; ranges say nothing."""
    asked = _in_english(blanked(asked, days_named(asked).places))
    asked = _PASS.sub("1 ", _ONE.sub("1 ", asked))
    text, said = asked, list[_Said]()

    def take(pattern: re.Pattern[str]) -> list[re.Match[str]]:
        nonlocal text
        found = list(pattern.finditer(text))
        text = blanked(text, [one.span() for one in found])
        return found

    def say(counts: str, value: float) -> None:
        said.append(_Said(counts, value, value))

    measures = _measures(text)
    text = blanked(text, [(one.start, one.end) for one in measures])
    for match in take(_AGED):
        group = "age" if match["age"] else "of_age"
        bound = _bound(asked, match.start(group), max(match.end(group), match.end("age")))
        say(_AGE, _beyond(_value(match[group]), bound))
    for match in take(_ORDINAL):
        say(stem(match["what"].lower()), float(_ORDINALS.get(match["nth"].lower()) or int(match["nth"][:-2])))
    for match in take(_LETTERED):
        for named in _names(match):
            say(named, 0.0)
    for match in take(_NUMBERED):
        say(stem(match["what"].lower()), _value(match["number"]))
    figures = _figures(text)
    for one in measures + figures:
        if one.low == one.high:
            value = _beyond(one.low, _bound(asked, one.start, one.end))
            said += _otherwise(_Said(_counts(one), value, value))
            if one.unit.partition("/")[0] == _DOLLAR:
                say(_counts(one).replace(_AMERICAN, _DOLLARS, 1), value)
    text = blanked(text, [(one.start, one.end) for one in figures])
    for match in take(_PLAIN):
        say(_BARE, _beyond(_value(match["number"]), _bound(asked, *match.span("number"))))
    return said


def _bound(text: str, start: int, end: int) -> Bound | None:
    """Return which side of a number is meant: of who is "almost 18" or "not 18 yet" the one below."""
    before = text[max(0, start - 40) : start]
    if _ALMOST.search(before) or (_NOT.search(before) and _YET.match(text, end)):
        return Bound.AT_MOST
    return bound_at(text, start, end)


def _beyond(value: float, bound: Bound | None) -> float:
    """Return a value, a little more or less where it is a limit: "over 30 days" is not within 30."""
    if bound is None:
        return value
    return math.nextafter(value, math.inf if bound is Bound.AT_LEAST else -math.inf)


def _otherwise(said: _Said) -> list[_Said]:
    """Return a figure and what it is in other units that are not compared by converting them alone."""
    counts, value = said.counts, said.low
    if not math.isfinite(value):
        return [said]
    if counts == _CALENDAR:
        weeks, days = divmod(value / _DAY, 7)
        least, most = max(0, math.floor(days) - 2), min(5, math.ceil(days))
        return [said, _Said(_WORKING, (5 * weeks + least) * _DAY, (5 * weeks + most) * _DAY)]
    if counts == _WORKING:
        least, most = math.floor(value / _DAY), math.ceil(value / _DAY)
        weekends = max(0, least - 1) // 5, max(0, most - 1) // 5 + 1
        return [said, _Said(_CALENDAR, (least + 2 * weekends[0]) * _DAY, (most + 2 * weekends[1]) * _DAY)]
    scales = {
        _CELSIUS: {_FAHRENHEIT: value * 9 / 5 + 32, _DEGREES: value},
        _FAHRENHEIT: {_CELSIUS: (value - 32) * 5 / 9, _DEGREES: value},
        _DEGREES: {_CELSIUS: value, _FAHRENHEIT: value},
    }
    return [said, *(_Said(scale, degrees, degrees) for scale, degrees in scales.get(counts, {}).items())]


def _in_each_dollar(said: Sequence[_Said]) -> list[_Said]:
    """Return what is said in dollars, without saying which, in each: in a Canadian table they are Canadian."""
    return [
        replace(one, counts=one.counts.replace(_DOLLARS, f"{Kind.MONEY}/{code}", 1))
        for one in said
        if one.counts.startswith(_DOLLARS)
        for code in DOLLARS
    ]


def _figures(text: str) -> list[Figure]:
    """Return the figures of a text that rows are told apart by, in order."""
    measures = _measures(text)
    rest = blanked(text, [(one.start, one.end) for one in measures])
    return sorted(measures + [one for one in figures_of(rest)[0] if one.kind in _COUNTED], key=lambda one: one.start)


def _measures(text: str) -> list[Figure]:
    """Return the measures in a text, in the unit that those of their sort are compared in."""
    found: list[Figure] = []
    spans: dict[tuple[int, int], list[Measure]] = {}
    for measure, start, end in measures_in(text):
        # Hours are read with the other figures; "2 t-shirts" are no tonnes.
        if measure.unit not in _TIMES and not _COMPOUND.match(text, end - 2):
            spans.setdefault((start, end), []).append(measure)
    for (start, end), measures in spans.items():
        unit, per = measures[0].unit, measures[0].per
        values = [_converted(one) for one in measures]
        ends = [(one, one) for one in values] if _SIDES.search(text, start, end) else [(min(values), max(values))]
        kind = Kind.MONEY if unit in OTHER_MONEY else Kind.MEASURE
        of = QUANTITIES[unit][0] if unit in QUANTITIES else unit
        of += f"/{per}" if per else ""
        bound = bound_at(text, start, end)
        found += [Figure(kind, low, high, of, start, end, text[start:end], bound) for low, high in ends]
    return found


def _converted(measure: Measure) -> float:
    much = QUANTITIES[measure.unit][1] if measure.unit in QUANTITIES else 1
    return float(f"{measure.value * much:.12g}")  # without what floating point adds: 30.48 cm are a foot


def _spans(label: str) -> list[_Span]:
    """Return the ranges that a label names."""
    label = _in_english(blanked(label, days_labelled(label).places))
    label = _PLUS.sub(r"\1+", _SIGN.sub(lambda match: f"{_SIGNS[match['sign'].replace('/', '')]} ", label))
    figures = _figures(label)
    spans: list[_Span] = []
    before: Figure | None = None
    for figure in figures:
        span = _span(figure, label)
        if (
            before is not None
            and _counts(before) == _counts(figure)
            and _TO.fullmatch(label[before.end : figure.start])
        ):
            last = spans.pop()
            if figure.kind is Kind.TIME and before.low > figure.low and before.bound is not Bound.AT_MOST:
                spans.append(_Span(last.counts, before.low, _MIDNIGHT))
                span = _Span(last.counts, 0, figure.high)
            # "7 days to 48 hours" names both ends, "below 99.5%, at least 99.0%" a limit each.
            elif before.bound and figure.bound and not _ONLY_TO.fullmatch(label[before.end : figure.start]):
                span = _both(last, span)
            else:
                span = _Span(last.counts, min(before.low, figure.low), max(before.high, figure.high))
        spans.append(span)
        before = figure
    rest = blanked(label, [(one.start, one.end) for one in figures])
    spans += [bare for match in _RANGE.finditer(rest) if (bare := _bare(match))]
    return spans + [_Span(named, 0, 0) for match in _LETTERED.finditer(label) for named in _names(match)]


def _names(match: re.Match[str]) -> list[str]:
    """Return each of the names of `_LETTERED` with what it names: `zone/B`."""
    return [f"{stem(match['what'].lower())}/{one.upper()}" for one in re.findall(_NAME, match["names"])]


def _in_english(text: str) -> str:
    """Return a text with the words around its numbers, which limit or count them, in English: "bis 5 Tage"."""
    text = _TO_IN_OTHERS.sub("–", text)
    for english, pattern in _LIMITS_IN_OTHERS.items():
        text = pattern.sub(f"{english} ", text)
    for english, pattern in _UNITS_IN_OTHERS.items():
        text = pattern.sub(english, text)
    return text


def _span(figure: Figure, label: str) -> _Span:
    strict = bool(_STRICT.search(label[: figure.start]))
    if figure.low != figure.high or figure.bound is None:
        return _Span(_counts(figure), figure.low, figure.high, open_low=strict and figure.bound is Bound.AT_LEAST)
    if figure.bound is Bound.AT_MOST:
        return _Span(_counts(figure), -math.inf, figure.high, open_high=strict)
    return _Span(_counts(figure), figure.low, math.inf, open_low=strict)


def _both(one: _Span, other: _Span) -> _Span:
    low, high = (one, other) if one.low > other.low else (other, one)
    return replace(low, high=high.high, open_high=high.open_high)


def _bare(match: re.Match[str]) -> _Span | None:
    """Return the range that numbers without a unit name, with the word before them; None where they are a name."""
    what = (match["what"] or "").lower()
    counts = _AGE if what in _AGES else stem(what) if re.fullmatch(_PERIOD, what) else _BARE
    low = _value(match["low"])
    if match["high"]:
        return _Span(counts, low, _value(match["high"]))
    if match["behind"]:
        most = match["behind"].lower().endswith(("under", "younger", "less", "below"))
        return _Span(counts, -math.inf, low) if most else _Span(counts, low, math.inf)
    if not match["before"]:
        return _Span(counts, low, low) if counts else None
    limit = match["before"].lower()
    no = limit.startswith(("no ", "not "))
    limit = limit.removeprefix("no ").removeprefix("not ")
    strict = not no and limit not in ("from", "at least", "up to", "at most")
    if (limit in ("over", "above", "more than", "older than", "from", "at least")) != no:
        return _Span(counts, low, math.inf, open_low=strict)
    return _Span(counts, -math.inf, low, open_high=strict)


def _value(text: str) -> float:
    plain = text.lower().replace(",", "")
    if plain[-1:] == "k" and plain[:-1].replace(".", "").isdigit():
        return 1_000 * float(plain[:-1])
    return float(plain) if plain[0].isdigit() else float(NUMBER_WORDS[plain])
