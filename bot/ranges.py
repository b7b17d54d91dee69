"""Which rows of a table a question means by a figure: "three days before" means the row "7 days to 48 hours".

A row's label is read as a range: "5 to 10 kg", "over £50", "16 and under", "weeks 1 to 3". Where it has no unit (the
table's head has it), only figures of the question without one count, and ages. What is called by a letter is meant by
it: "group B" by "Vehicle group A, B". An amount that ends a label, "Income $0–$500", is meant by a figure without a
unit, too, where none of the question has one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.facts import blanked
from knowledge.figures import Bound, Figure, Kind, figures_of
from knowledge.sentences import NUMBER_WORDS, stem

_COUNTED = {Kind.DURATION, Kind.MONEY, Kind.PERCENT, Kind.MEASURE, Kind.TIME}
_AGE, _BARE = "age", ""


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


def rows_meant(asked: str, labels: Sequence[str]) -> list[int]:
    """Return the places of the labels whose range holds a figure of the question; none where all of them do."""
    said = _said(asked)
    if not said:
        return []
    spans = [(place, span) for place, label in enumerate(labels) for span in _spans(label)]
    bare = [
        (place, replace(span, counts=_BARE))
        for place, span in spans
        if span.counts.startswith(Kind.MONEY) and _AMOUNT_LAST.fullmatch(labels[place])
    ]
    holding = _holding(said, spans) or _holding(said, bare)
    # Of "up to 5 kg" and "up to 10 kg" the first is meant where both hold.
    meant = {place for place, span in holding if not any(span.around(other) for _, other in holding)}
    return sorted(meant) if len(meant) < len(labels) else []


def _holding(said: Sequence[tuple[str, float]], spans: Sequence[tuple[int, _Span]]) -> list[tuple[int, _Span]]:
    return [
        (place, span)
        for place, span in spans
        if any(_fits(counts, span.counts) and span.holds(value) for counts, value in said)
    ]


def _fits(said: str, named: str) -> bool:
    return said == named or (said == _AGE and named == _BARE)


def _counts(figure: Figure) -> str:
    return f"{figure.kind}/{'' if figure.kind is Kind.DURATION else figure.unit.partition('/')[0]}"


def _said(asked: str) -> list[tuple[str, float]]:
    """Return the figures of a question, each with what it counts; ranges say nothing."""
    text, said = _ONE.sub("1 ", asked), list[tuple[str, float]]()

    def take(pattern: re.Pattern[str]) -> list[re.Match[str]]:
        nonlocal text
        found = list(pattern.finditer(text))
        text = blanked(text, [one.span() for one in found])
        return found

    for match in take(_AGED):
        said.append((_AGE, _value(match["age"] or match["of_age"])))
    for match in take(_ORDINAL):
        said.append((stem(match["what"].lower()), float(_ORDINALS.get(match["nth"].lower()) or int(match["nth"][:-2]))))
    said += [(named, 0.0) for match in take(_LETTERED) for named in _names(match)]
    for match in take(_NUMBERED):
        said.append((stem(match["what"].lower()), _value(match["number"])))
    figures = [one for one in figures_of(text)[0] if one.kind in _COUNTED]
    said += [(_counts(one), _beyond(one)) for one in figures if one.low == one.high]
    text = blanked(text, [(one.start, one.end) for one in figures])
    said += [(_BARE, _value(match["number"])) for match in take(_PLAIN)]
    return said


def _beyond(figure: Figure) -> float:
    """Return the value of a figure, a little more or less where it is a limit: "over 30 days" is not within 30."""
    if figure.bound is None:
        return figure.low
    return math.nextafter(figure.low, math.inf if figure.bound is Bound.AT_LEAST else -math.inf)


def _spans(label: str) -> list[_Span]:
    """Return the ranges that a label names."""
    label = _PLUS.sub(r"\1+", _SIGN.sub(lambda match: f"{_SIGNS[match['sign'].replace('/', '')]} ", label))
    figures = [one for one in figures_of(label)[0] if one.kind in _COUNTED]
    spans: list[_Span] = []
    before: Figure | None = None
    for figure in figures:
        span = _span(figure, label)
        if before is not None and before.kind is figure.kind and _TO.fullmatch(label[before.end : figure.start]):
            last = spans.pop()
            # "7 days to 48 hours" names both ends, "below 99.5%, at least 99.0%" a limit each.
            if before.bound and figure.bound and not _ONLY_TO.fullmatch(label[before.end : figure.start]):
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
    if limit in ("over", "above", "more than", "older than"):
        return _Span(counts, low, math.inf, open_low=True)
    if limit in ("from", "at least"):
        return _Span(counts, low, math.inf)
    return _Span(counts, -math.inf, low, open_high=limit not in ("up to", "at most"))


def _value(text: str) -> float:
    plain = text.lower().replace(",", "")
    if plain[-1:] == "k" and plain[:-1].replace(".", "").isdigit():
        return 1_000 * float(plain[:-1])
    return float(plain) if plain[0].isdigit() else float(NUMBER_WORDS[plain])


_AGES = frozenset("age aged child adult student senior youth".split())
_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_NUM = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
_ANY = rf"(?:{_NUM}|{_WORDS})"
_WHO = r"(?:he|she|they|i|who|son|sons|daughter|nephew|niece|kid|child|boy|girl|lad|dad|mum|mother|father|one)"
_AGED = re.compile(
    rf"\b(?:(?P<age>{_ANY})[\s-]?(?:years?|yrs?|y)[\s/-]?(?:olds?|o)\b|"
    rf"(?:\b{_WHO}(?:['’]?s|['’]?m| is| are| am)|\baged|\bage(?: of)?|\bturn(?:s|ed|ing)?|\bi['’]?m)\s(?:only |just )?"
    rf"(?P<of_age>{_ANY})\b(?!\s?(?:%|years?|months?|weeks?|days?|hours?|minutes?|mins?|kg|km|am|pm|o['’]?clock)))",
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
_PLAIN = re.compile(rf"(?<![\w.,:/$€£#-])(?P<number>(?:{_NUM})k?)(?![\w:/%-]|\.\d)(?!\s?(?:{_PERIOD}|st|nd|rd|th)s?\b)")
_TO = re.compile(r"\s?(?:to|–|—|-|and|down to|,|, at least|and at least|, but)\s?(?:at least |up to |over |under )?")
_ONLY_TO = re.compile(r"\s?(?:to|–|—|-|down to)\s?")
_STRICT = re.compile(
    r"\b(?:under|below|(?:less|fewer|more|older|younger|longer) than|over|above|before|after)\s+[$€£]?$", re.I
)
_LIMIT = "up to|at most|under|below|less than|younger than|over|above|more than|older than|from|at least"
_RANGE = re.compile(
    rf"(?:\b(?!(?:{_LIMIT})\s)(?P<what>[^\W\d_]+?)s?:?\s)?\(?(?:\b(?P<before>{_LIMIT})\s)?"
    rf"(?<![\w.,:/$€£#-])(?P<low>{_NUM})"
    rf"(?:\s?(?:–|—|-|to|and)\s?(?P<high>{_NUM})|\s?(?P<behind>\+|(?:or|and) (?:over|above|more|older|up|under|younger|"
    rf"less|below)))?(?![\w%]|[.,:]\d|\s?(?:%|€|£))",
    re.IGNORECASE,
)
_SIGNS = {"<": "under", ">": "over", "<=": "at most", ">=": "at least", "≤": "at most", "≥": "at least"}
_SIGN = re.compile(r"\\?(?P<sign>[≤≥]|[<>](?:/?=)?)\s?(?=[$€£]?\d)")
_PLUS = re.compile(r"(?<=\d)\+(\s(?:(?:business|working|calendar)\s)?[^\W\d_]+)")
"""A plus before the unit: "5+ kg" is read as "5 kg+"."""
_AMOUNT_LAST = re.compile(r"[^\W\d_]\D*\d(?:[\d.,$€£¥₹\s–—+-]|\b(?:to|or|and|more|less|over|under)\b|[A-Z]{3}\b)*")
"""A name with nothing but an amount behind it."""
