"""Facts that are told in words: days of the week, how often, which of several, what part, when of the day or month.

"Monthly" and "every month" are one such fact, "yearly" is another. Each is a short text that equal wordings share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

from knowledge.sentences import NUMBER_WORDS, STOP_WORDS

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_AMID = (
    r"(?=\.?\s?[-–—/&:]|,\sSun\b|\s(?:to|and|\d))"
    r"|(?:(?<=[-–—/&])|(?<=[-–—/&,]\s)|(?<=\bto\s)|(?<=\band\s))(?-i:Sat|Sun)\b"
)
"""Sat and Sun are words of their own, where no other day or time stands beside them."""
_DAY = (
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|(?-i:Mon|Tues?|Wed|Thu(?:rs?)?|Fri)\b\.?"
    rf"|(?-i:Sat|Sun)\b{_AMID})"
)
WEEKDAY = re.compile(_DAY, re.IGNORECASE)
_NUMBER = rf"(?:\d+|{'|'.join(NUMBER_WORDS)})"
_WEEKDAYS = re.compile(
    rf"(?P<first>{_DAY})(?:\s?(?P<joint>to|through|thru|until|till|and|&|[-–—])\s?(?P<last>{_DAY}))?"
    rf"|(?P<counted>(?<![\w.,$€£¥]){_NUMBER}[\s-])?\b(?P<week>weekdays?|weekends?)\b",
    re.IGNORECASE,
)
_A_YEAR = {
    "hour": 8760, "day": 365, "working day": 260, "night": 365.5, "week": 52, "fortnight": 26, "month": 12,
    "quarter": 4, "year": 1, "annum": 1,
}  # fmt: skip
"""How often a year; nights are told apart from days."""
_ADVERBS = {
    "hourly": 8760, "daily": 365, "nightly": 365.5, "weekly": 52, "fortnightly": 26, "monthly": 12, "quarterly": 4,
    "halfyearly": 2, "semiannual": 2, "semiannually": 2, "biannual": 2, "biannually": 2, "yearly": 1, "annual": 1,
    "annually": 1, "p.a": 1, "biennial": 0.5, "biennially": 0.5,
}  # fmt: skip
_OFTEN = {
    8760: "every hour", 365.5: "every night", 365: "every day", 260: "every working day", 52: "every week",
    26: "every two weeks", 12: "every month", 4: "every quarter", 2: "twice a year", 1: "every year",
    0.5: "every two years",
}  # fmt: skip
_SORT = r"(?:(?P<sort>working|business|work|banking)[\s-]|(?:calendar|full|single)[\s-])?"
_FREQUENCY = re.compile(
    rf"(?:\b(?P<times>once|twice|thrice|{_NUMBER}\s(?:times|days))\s)?(?:(?P<each>\b(?:every|each|per|an?)\s|/\s?)"
    rf"(?:(?P<step>other|second|third|{_NUMBER})\s)?{_SORT}(?P<unit>hour|day|night|week|fortnight|month|quarter|year|"
    r"annum)s?\b|\b(?P<adverb>hourly|daily|nightly|weekly|fortnightly|monthly|quarterly|half-?yearly|yearly|"
    r"semi-?annual(?:ly)?|bi-?annual(?:ly)?|biennial(?:ly)?|annual(?:ly)?|p\.\s?a\b))",
    re.IGNORECASE,
)
_AMOUNT_BEFORE = re.compile(
    r"(?:[\d%€£$]|\b(?:per ?cent|dollars?|euros?|pounds?|cents?|hours?|minutes?|pages?|[A-Z]{2,3}))\s?$"
)
"""What makes "a month" say how often."""
_ALSO_PER = re.compile(
    r"\b(?:per|an?|each|every)\s\w+\s?(?:and|an?|/)\s?(?:per\s)?(hour|day|night|week|month|quarter|year)\b",
    re.IGNORECASE,
)
_ORDINALS = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
} | {"thirtieth": 30}
_NTH = rf"(?:(?:twenty|thirty)-)?(?:{'|'.join(_ORDINALS)})|\d+(?:st|nd|rd|th)"
_PERIOD = r"hour|day|night|week|weekend|month|quarter|year|term|season|semester"
_ORDINAL = re.compile(
    rf"(?:\b(?P<before>the|an?|your|our|their|its|his|her|every|each|per|\d+|{'|'.join(NUMBER_WORDS)})[\s-])?"
    rf"\b(?P<nth>{_NTH})\b(?:[\s-](?:(?P<of_month>of\s(?:the|each|every|a)\s(?:following\s|next\s)?month)\b|"
    rf"{_SORT}(?P<thing>[^\W\d_]+)))?",
    re.IGNORECASE,
)
_NOT_COUNTED = (
    STOP_WORDS | frozenset(NUMBER_WORDS) | frozenset("name names step thing place aid class party time".split())
)
"""Behind an ordinal that tells no order: first name, third party."""
_QUARTER = re.compile(r"\bQ([1-4])\b")
_RELATIVE = re.compile(
    r"\b(?P<which>next|following|subsequent|coming|same|previous|prior|preceding|last|final|this|current)[\s-]"
    rf"{_SORT}(?P<unit>{_PERIOD}|morning|afternoon|evening|{_DAY})\b",
    re.IGNORECASE,
)
_SAME = {
    "following": "next", "subsequent": "next", "coming": "next", "previous": "last", "prior": "last",
    "preceding": "last", "final": "last", "current": "this", "close": "end", "start": "beginning",
}  # fmt: skip
_OF_PERIOD = re.compile(
    rf"\b(?:(?P<which>end|close|beginning|start|middle)|(?:last|final|days?|weeks?|{_NTH}|{_DAY}))[\s-]of[\s-]"
    rf"(?:[^\W\d_]+\s){{0,3}}?(?P<unit>{_PERIOD})\b",
    re.IGNORECASE,
)
_PERIOD_END = re.compile(r"\b(?P<unit>week|month|quarter|year)(?:['’]s)?[\s-]end\b", re.IGNORECASE)
_PART = re.compile(
    r"(?P<period>(?:\b(?:once|twice|thrice|times|in|for|within|last|lasts|over)|[\d%€£$])\s)?"
    r"\b(?P<count>an?|one|two|three|four|five|six|seven|eight|nine)[\s-]"
    r"(?P<part>third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)(?P<many>s?)\b"
    r"(?P<of>\s(?:of|off|less|more|cheaper|lower|higher)\b)?(?:\s(?P<next>[^\W\d_]+))?",
    re.IGNORECASE,
)
_WRITTEN_PARTS = {
    "1/3": r"⅓|(?<![\d/])1/3(?![\d/])", "2/3": r"⅔|(?<![\d/])2/3(?![\d/])",
    "1/4": r"¼|(?<![\d/])1/4(?![\d/])|(?<![\d.,])25\s?(?:%|per ?cent)",
    "3/4": r"¾|(?<![\d/])3/4(?![\d/])|(?<![\d.,])75\s?(?:%|per ?cent)",
    "1/5": r"⅕|(?<![\d.,])20\s?(?:%|per ?cent)", "1/10": r"(?<![\d.,])10\s?(?:%|per ?cent)",
}  # fmt: skip
_WRITTEN_PART = {part: re.compile(written, re.IGNORECASE) for part, written in _WRITTEN_PARTS.items()}
_PART_OF_DAY = re.compile(r"\b(morning|afternoon|evening)s?\b|\bat (night)\b", re.IGNORECASE)


def told_in_words(text: str) -> frozenset[str]:
    """Return the facts that a text tells in words."""
    singles, joint = _weekdays(text)
    return frozenset(
        {*(_DAYS[day] for day in singles), *joint, *_of_periods(text), *_parts_of(text), *_parts_of_days(text)}
        | {often for often, place in _frequencies(text) if not _OF_EACH.match(text, max(0, place - 3))}
        | {one for one, told in _ordinals(text) if told}
        | {one for one in _relative(text) if one != "this day"}
        | {f"every {_DAYS[_day(match['day'] or match['days'])]}" for match in _WEEKLY.finditer(text)}
    )


def implied_by(text: str) -> frozenset[str]:
    """Return the facts that a text tells in words, and those that follow from them: Tuesday of "Monday to Friday"."""
    found = {*told_in_words(text), *_days_implied(text)}
    for often, _ in _frequencies(text):
        found.add(often)
        if "twice" not in often and "times" not in often:
            found.add("once")  # "once a month" is "monthly"
    found |= {_OFTEN[_A_YEAR[match[1].lower()]] for match in _ALSO_PER.finditer(text)}
    found |= {one for one, _ in _ordinals(text)}
    found |= {f"{_nth(int(match[1]))} quarter" for match in _QUARTER.finditer(text)}
    found |= {part for part, written in _WRITTEN_PART.items() if written.search(text)}
    if _INITIAL.search(text):
        found.add(_nth(1))
    for one, other in _FOLLOWING.items():
        if one in found:
            found |= other
    return frozenset(found)


_OF_EACH = re.compile(r"of (?:each|every|an?)\b", re.IGNORECASE)
"""What makes "month" say of which one rather than how often: "the 5th of each month"."""
_INITIAL = re.compile(r"\b(?:initial(?:ly)?|first)\b", re.IGNORECASE)
_FOLLOWING = {
    "last day": {f"end of the {unit}" for unit in ("week", "month", "quarter", "year")},
    "1st day": {f"beginning of the {unit}" for unit in ("week", "month", "quarter", "year")},
    "Monday to Sunday": {"every day"},
    "every day": {"Monday to Sunday"},
}
"""What else may be said of what is told."""


def _weekdays(text: str) -> tuple[set[int], set[str]]:
    """Return the days that a text names each by itself, 0 for Monday, and those it names together as it does."""
    singles, joint = set[int](), set[str]()
    for match in _WEEKDAYS.finditer(text):
        if match["week"]:
            if not match["counted"]:
                joint.add(f"{_DAYS[0]} to {_DAYS[4]}" if match["week"].lower().startswith("weekday") else _WEEKEND)
            continue
        first, last = _day(match["first"]), _day(match["last"]) if match["last"] else None
        between = text[max(0, match.start() - 8) : match.start()].lower() == "between "
        if last is None:
            singles.add(first)
        elif match["joint"].lower() in ("and", "&") and not between:
            singles |= {first, last}
            joint.add(_both(first, last))
        else:
            joint.add(f"{_DAYS[first]} to {_DAYS[last]}")
    return singles, joint


_WEEKEND = "Saturday to Sunday"


def _days_implied(text: str) -> set[str]:
    """Return the days that a text names, alone and together as they might be named as well."""
    singles, joint = _weekdays(text)
    found = {_DAYS[day] for day in singles} | joint
    found |= {_both(*pair) for pair in combinations(singles, 2)}
    found |= {
        f"{_DAYS[first]} to {_DAYS[last]}"
        for first, last in combinations(range(7), 2)
        if singles.issuperset(range(first, last + 1))
    }
    within = set[str]()
    for one in joint:
        first, to, last = one.partition(" to ")
        if to:
            start, length = _DAYS.index(first), (_DAYS.index(last) - _DAYS.index(first)) % 7
            within |= {_DAYS[(start + day) % 7] for day in range(length + 1)}
    if _WEEKEND in joint:
        found.add(_both(5, 6))
    if _WEEKLY.search(text):
        found.add(_OFTEN[52])
    for match in WEEKDAY.finditer(text):
        if not _ONE_OF_SEVERAL.search(text[max(0, match.start() - 12) : match.start()]):
            within.add(_DAYS[_day(match[0])])
    return found | within | {f"every {day}" for day in within}


_ONE_OF_SEVERAL = re.compile(rf"(?:\b(?:last|final|next|following|same)|{_NTH})[\s-]$", re.IGNORECASE)
"""Before a day that does not come every week."""
_WEEKLY = re.compile(
    rf"\b(?:every|each)\s(?P<day>{_DAY})|\b(?P<days>(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b", re.IGNORECASE
)


def _both(first: int, last: int) -> str:
    return f"{_DAYS[min(first, last)]} and {_DAYS[max(first, last)]}"


def _day(word: str) -> int:
    return next(place for place, day in enumerate(_DAYS) if day[:2].lower() == word[:2].lower())


def _frequencies(text: str) -> Iterator[tuple[str, int]]:
    """Yield how often something is said to be, and where that begins."""
    for match in _FREQUENCY.finditer(text):
        times = match["times"] or ""
        count = {"once": 1.0, "twice": 2.0, "thrice": 3.0, "": 1.0}.get(times.lower()) or _number(times.split()[0])
        if match["adverb"]:
            rate = _ADVERBS[re.sub(r"[-\s]", "", match["adverb"].lower())]
        else:
            each, unit, step = match["each"].lower().strip(), match["unit"].lower(), (match["step"] or "").lower()
            article = each in ("a", "an")
            if article and (
                step or not (times or _AMOUNT_BEFORE.search(text[max(0, match.start() - 12) : match.start()]))
            ):
                continue
            rate = _A_YEAR["working day" if unit == "day" and match["sort"] else unit]
            rate /= {"": 1.0, "other": 2.0, "second": 2.0, "third": 3.0}.get(step) or _number(step) or 1.0
        rate *= count
        if times.lower().endswith("days"):
            rate = 365.0 if count == 7 else rate
        rate = next((known for known in _OFTEN if abs(known - rate) < 0.2), rate)
        yield _OFTEN.get(rate, f"{rate:g} times a year"), match.start()


def says_how_often(text: str) -> bool:
    """Whether a text says how often something happens or may be done: monthly, twice a year, at each visit."""
    return any(True for _ in _frequencies(text)) or any(one.search(text) for one in (_WEEKLY, _REPEATED))


_REPEATED = re.compile(
    r"(?<!at )\bonce(?=\s+(?:an?|per|each|every|in|within|only|during)\b|\s*(?:[.,;:!?)]|$))|\bonly once\b"
    rf"|\b(?:twice|thrice|{_NUMBER}\stimes(?!\s(?:the|as|more|its|your|their)\b))\b"
    r"|\b(?:each|every)\s(?:single\s|other\s)?(?:time|visit|order|purchase|stay|loan|trip|journey|renewal|booking|"
    r"appointment|session|term|season|semester|spring|summer|autumn|winter|morning|evening|weekday|weekend)s?\b"
    rf"|\b{_NUMBER}(?:\s[a-z-]+){{1,3}}\s(?:an?|per|each|every)\s(?:{_PERIOD})\b"
    r"|\b(?:as often as|at any time|whenever|regularly)\b",
    re.IGNORECASE,
)
"""What else says how often: "10 free classes a month"."""


def _number(word: str) -> float:
    return float(NUMBER_WORDS.get(word.lower(), 0)) if not word.isdigit() else float(word)


def _ordinals(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the ordinals, each with the period that it counts and alone, and whether it tells an order for certain."""
    for match in _ORDINAL.finditer(text):
        before, word, thing = (match["before"] or "").lower(), match["nth"].lower(), (match["thing"] or "").lower()
        unit_of_time = word == "second" and (before == "per" or before.isdigit() or before in NUMBER_WORDS)
        if unit_of_time or before in ("every", "each"):
            continue
        nth = _nth(int(re.sub(r"\D", "", word)) if word[0].isdigit() else _spelt(word))
        yield nth, False
        if match["of_month"]:
            yield f"{nth} day", True
        elif (counted := _COUNTED.fullmatch(thing)) is not None:
            yield f"{nth} {'working ' if match['sort'] else ''}{counted[1]}", True
        elif thing and thing not in _NOT_COUNTED and not word[0].isdigit() and (word != "first" or before):
            yield nth, True


_COUNTED = re.compile(rf"({_PERIOD}|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?")


def _spelt(word: str) -> int:
    tens, _, last = word.rpartition("-")
    return {"twenty": 20, "thirty": 30, "": 0}[tens] + _ORDINALS[last]


def _nth(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _relative(text: str) -> set[str]:
    """Return the periods and parts of the day that are told by their place: "next working day"."""
    found = set()
    for match in _RELATIVE.finditer(text):
        which, sort = match["which"].lower(), "working " if match["sort"] else ""
        found.add(f"{_SAME.get(which, which)} {sort}{_unit(match['unit'])}")
    return found


def _unit(word: str) -> str:
    return _DAYS[_day(word)] if WEEKDAY.fullmatch(word) else word.lower()


def _of_periods(text: str) -> set[str]:
    """Return the periods of which days or parts are told, and which part that is, if it is the end, say."""
    found = {f"end of the {match['unit'].lower()}" for match in _PERIOD_END.finditer(text)}
    for match in _OF_PERIOD.finditer(text):
        which, unit = (match["which"] or "").lower(), match["unit"].lower()
        found.add(f"of the {unit}")
        if which:
            found.add(f"{_SAME.get(which, which)} of the {unit}")
    return found


def _parts_of(text: str) -> set[str]:
    """Return the fractions in a text."""
    found = set()
    for match in _PART.finditer(text):
        count, part = match["count"].lower(), match["part"].lower()
        one = count in ("a", "an", "one")
        # "A third attempt" is none, nor is "once a quarter"; "three quarters" are.
        alone = (match["next"] or "a").lower() in STOP_WORDS and not (part == "quarter" and match["period"])
        certain = match["many"] or match["of"] or alone
        if certain:
            whole = 4 if part == "quarter" else _ORDINALS[part]
            found.add(f"{1 if one else NUMBER_WORDS[count]}/{whole}")
    return found


def _parts_of_days(text: str) -> set[str]:
    return {one.lower() for match in _PART_OF_DAY.finditer(text) for one in match.groups() if one}


def without_worded(text: str) -> str:
    """Return a text without the words that tell such facts."""
    for pattern in (_WEEKLY, _WEEKDAYS, _OF_PERIOD, _RELATIVE, _FREQUENCY, _PART, _PART_OF_DAY, _BARE_NTH):
        text = pattern.sub(" ", text)
    return text


_BARE_NTH = re.compile(rf"\b(?:{_NTH})\b", re.IGNORECASE)


def parts_of_day(times: Iterable[float]) -> frozenset[str]:
    """Return what times of day are called, given in minutes: 9:30 is in the morning."""
    return frozenset(
        part
        for time in times
        for part, (start, end) in {"morning": (180, 720), "afternoon": (720, 1080), "evening": (1020, 1440)}.items()
        if start <= time <= end
    )
