"""Whether a claim takes the end of a span of time for its beginning, or the other way round.

"Bikes must be back by 6 pm" sets an end, which "after 6 pm" turns round; "from 10 pm to 7 am" is not "from 7 am to
10 pm", and what is open from 6 am on doesn't close then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.claims.subjects import denies
from bot.text.facts import figures_told, sides, telling_words
from bot.text.worded import WEEKDAY
from knowledge.figures import Figure, Kind
from knowledge.sentences import NUMBER_WORDS


class _Side(StrEnum):
    """Where in time something lies from a point of time."""

    BEFORE = "before"
    AFTER = "after"
    AT = "at"


@dataclass(frozen=True, slots=True)
class _Point:
    """A time of day, a date or an age with what a text says of it."""

    figure: Figure
    side: _Side
    strict: bool
    """Whether the point itself is left out, as it is of "before noon"."""
    text: str

    def turned(self, told: _Point) -> bool:
        """Whether a claim tells another side of it than a page does."""
        if self.side is _Side.AT:
            return told.strict
        return told.side is not _Side.AT and self.side is not told.side


_POINTS = (Kind.TIME, Kind.DATE)
_WEEK = "mon tue wed thu fri sat sun".split()
_MONTHS = "january february march april may june july august september october november december".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_MONTH = re.compile(rf"\b(?:{'|'.join(one.capitalize() for one in _MONTHS)})\b(?!\s\d)")
_ORDINAL = re.compile(rf"(?<=\bthe )(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)|(?P<worded>{'|'.join(_ORDINALS)}))\b", re.I)
_BARE = re.compile(
    r"\b(?:(?:ages?\s(?:of\s)?|aged\s)(?=\d))?(?<![.,:/€£$-])(?P<number>\d{1,2})(?![\w%:/]|[.,]\d|\s?[-–]\s?\d)"
)
"""A number that counts nothing: an age, or the hour of "from 9 to 5"."""
_THE = r"\s(?:the\s|about\s|around\s)?$"
_BEFORE = re.compile(
    r"\b(?:(?P<strict>(?<!\bor )(?:before|earlier than|under|below|younger than))|"
    r"by|until|till|up to|(?:no|not) later than|on or before|"
    rf"at or before){_THE}",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:(?P<strict>(?<!\bor )(?:after|over|above|(?<!no )(?<!not )(?:later|older) than))|"
    r"from|at least|must be|since|as of|starting|beginning|not before|"
    rf"(?:no|not) earlier than|on or after|at or after){_THE}",
    re.IGNORECASE,
)
_OR_OLDER = re.compile(r"\s(?:or|and)\s(?:over|above|older|up|(?P<less>under|below|younger))\b", re.IGNORECASE)
_BEGINS = re.compile(rf"\b(?P<verb>opens?|starts?|begins?)\s(?:at|on){_THE}", re.IGNORECASE)
_ENDS = re.compile(rf"\b(?P<verb>closes?|ends?|finish(?:es)?|stops?)\s(?:at|on){_THE}", re.IGNORECASE)
_AT = re.compile(rf"\b(?:at|on){_THE}", re.IGNORECASE)
_TO = re.compile(r"\s?(?:to|until|till|–|—|-)\s?", re.IGNORECASE)
_AND = re.compile(r"\sand\s", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s$", re.IGNORECASE)
_DUTY = re.compile(r"\b(?:must|needs? to|ha(?:s|ve) to|should|shall|required to|due)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;.!?]\s|,?\s(?:but|while|whereas)\s|,\sand\s", re.IGNORECASE)
_BEYOND = re.compile(
    r"\b(?:(?:after|before) (?:that|this|then)|afterwards|thereafter|late|later|earlier|then|otherwise|"
    r"younger|older|others?|else)\b",
    re.IGNORECASE,
)
"""What tells of the other side of a time, so that a claim may tell of it, too."""
_OPENS = re.compile(r"\bopen\w*\b", re.IGNORECASE)
_SHUT = re.compile(r"\b(?:closed|shut|locked|unavailable|closes(?=\sfrom\b))\b", re.IGNORECASE)
_OF_TIME = telling_words(
    "open opens close closes start starts begin begins end ends finish finishes stop stops age aged"
)


def turned_time(claim: str, evidence: str) -> str | None:
    """Return a time or date of which the evidence tells the other side than a claim does; None if there is none.

    What a claim says of the other side in words of its own, as of what is too late, may be so.
    """
    if denies(claim) != denies(evidence):
        return None
    if ahead := _ahead(claim, evidence):
        return ahead
    shut = bool(_SHUT.search(evidence)) and not _OPENS.search(evidence)
    told = [*_points(evidence, shut=shut)]
    for point in _points(claim, shut=shut) if told else ():
        figure = point.figure
        same = [one for one in told if _is_same(one.figure, figure)]
        if same and all(point.turned(one) and _says_the_same(claim, point, evidence, one) for one in same):
            return f"“{same[0].text}”"
    return None


def _is_same(one: Figure, other: Figure) -> bool:
    """Whether two figures are the same point of time."""
    return one.kind is other.kind and (one.kind in _POINTS or one.unit == other.unit) and one.equals(other)


def _ahead(claim: str, evidence: str) -> str | None:
    """Return how long before something the evidence tells the other side than a claim: "until", not "within"."""
    mine, told = (
        [(one[0], _span_before(one)) for one in _AHEAD.finditer(text) if not (one["up_to"] and _begins_then(one))]
        for text in (claim, evidence)
    )
    for _, (length, far) in mine:
        same = [(text, other_far) for text, (other, other_far) in told if other == length]
        if same and all(other is not far for _, other in same):
            return f"“{same[0][0]}”"
    return None


def _span_before(found: re.Match[str]) -> tuple[str, bool]:
    """Return a length of time in small letters, and whether it is the least that lies between."""
    return found["length"].lower(), bool(found["far"])


def _begins_then(found: re.Match[str]) -> bool:
    """Whether what is possible "up to" a time before something is so from then on, not until then.

    One can renew a card "up to 30 days before" it expires as soon as that, and cancel a booking as late as that.
    """
    before, behind = found.string[: found.start()], found.string[found.end() :]
    clause = _CLAUSE.split(before)[-1]
    clause = clause if clause.strip() else behind.partition(", ")[2]
    deed = _CAN.search(clause)
    begun = _BEGUN.match(clause, deed.end()) if deed else _BEGUN.search(clause)
    if begun is None or _SAME_DAY.match(found["length"]):
        return False
    return not (_HOURS.search(found["length"]) and _ENDS_SHORTLY.match(begun[0]))


_CAN = re.compile(r"\b(?:can|may|could)\s(?:(?:also|still|only)\s)?(?:be\s)?", re.IGNORECASE)
_SAME_DAY = re.compile(rf".*minutes?$|(?:an?|\d|1\d|{'|'.join(NUMBER_WORDS)})[\s-]hours?$", re.IGNORECASE)
"""How long before it something ends that begins days before, as check-in does."""
_HOURS = re.compile(r"hours?$", re.IGNORECASE)
_ENDS_SHORTLY = re.compile(r"(?:pre-?)?order|book|collect|board|enter", re.IGNORECASE)
"""What ends, rather than begins, some hours before: a meal is ordered up to 24 hours before the flight."""
_BEGUN = re.compile(
    r"\b(?<!\byour )(?<!\bthe )(?<!\ban )(?<!\ba )(?:renew\w*|check(?:ing)?[ -]in|appl(?:y|ied)|"
    r"regist(?:er|ered|ering)|enrol(?:l?ed|ling)?|sign(?:ing)? up|claim(?:ed)?|(?:pre-?)?order(?:ed|ing)?|"
    r"book(?:ed|ing)?|reserved?|vaccinat\w+|arriv\w+|enter|board|drop\w*|collect(?:ed)?|pick\w*|"
    r"park|start|open|begin)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:(?P<far>until|till|(?P<up_to>up to)|at least|no later than)|within(?:\sthe\slast)?|less than|in the last)\s"
    r"(?P<length>[\w-]+\s(?:minute|hour|day|week|month)s?)\s(?:before|of|ahead of|prior to)\s",
    re.IGNORECASE,
)


def _says_the_same(claim: str, point: _Point, evidence: str, told: _Point) -> bool:
    """Whether a claim says of its time what the evidence says of the same one, or what must be."""
    words = telling_words(claim) - _OF_TIME
    if words <= frozenset().union(*sides(told.figure, evidence, _CLAUSE)):
        return True
    if _BEYOND.search(evidence, told.figure.end):
        return False
    due = _DUTY.search(claim[: point.figure.start]) and _DUTY.search(evidence[: told.figure.start])
    return bool(due) or words <= telling_words(evidence)


def _points(text: str, *, shut: bool) -> Iterator[_Point]:
    """Give the times and dates of a text of which it says what lies before or after them, or at them.

    Of what is `shut` in a span that span begins when it closes.
    """
    dates = [one for one in figures_told(text)[0] if one.kind in _POINTS]
    days = [one for one in _days(text) if not any(date.start <= one.start < date.end for date in dates)]
    figures = sorted([*dates, *days], key=lambda one: one.start)
    for place, figure in enumerate(figures):
        before = text[: figure.start]
        previous = figures[place - 1] if place else None
        following = figures[place + 1] if place + 1 < len(figures) else None
        if previous and _spans(previous, figure, text):
            yield _Point(figure, _Side.BEFORE, False, text[previous.start : figure.end])
        elif following and _spans(figure, following, text):
            yield _Point(figure, _Side.AFTER, False, text[figure.start : following.end])
        elif found := _OR_OLDER.match(text, figure.end):
            side = _Side.BEFORE if found["less"] else _Side.AFTER
            yield _Point(figure, side, False, text[figure.start : found.end()])
        elif found := _BEFORE.search(before) or _AFTER.search(before) or _BEGINS.search(before) or _ENDS.search(before):
            early = found.re in ((_BEGINS, _BEFORE) if shut else (_BEFORE, _ENDS))
            side = _Side.BEFORE if early else _Side.AFTER
            yield _Point(figure, side, bool(found.groupdict().get("strict")), text[found.start() : figure.end])
        elif found := _AT.search(before):
            yield _Point(figure, _Side.AT, False, text[found.start() : figure.end])


def _days(text: str) -> Iterator[Figure]:
    """Give as figures the days of the week, months, what is "the 1st" of a month or of a row, and numbers alone."""
    for found in WEEKDAY.finditer(text):
        day = _WEEK.index(found[0][:3].lower())
        yield Figure(Kind.COUNT, day, day, "day of the week", found.start(), found.end(), found[0])
    for found in _MONTH.finditer(text):
        month = _MONTHS.index(found[0].lower())
        yield Figure(Kind.COUNT, month, month, "month", found.start(), found.end(), found[0])
    for found in _ORDINAL.finditer(text):
        place = int(found["day"] or _ORDINALS.index(found["worded"].lower()) + 1)
        yield Figure(Kind.COUNT, place, place, "place", found.start(), found.end(), found[0])
    counted = figures_told(text)[0]
    for found in _BARE.finditer(text):
        number = int(found["number"])
        if not any(one.start < found.end() and found.start() < one.end for one in counted):
            yield Figure(Kind.COUNT, number, number, "", found.start(), found.end(), found[0])


def _spans(first: Figure, last: Figure, text: str) -> bool:
    """Whether two points of time are the ends of a span: "10 pm to 7 am", "between 10 pm and 7 am"."""
    between = text[first.end : last.start]
    joined = _TO.fullmatch(between) or (_AND.fullmatch(between) and _BETWEEN.search(text[: first.start]))
    return first.kind is last.kind and (first.kind in _POINTS or first.unit == last.unit) and bool(joined)
