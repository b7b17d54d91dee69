"""Which days a text names: dates, months, days of the week, years, alone and from one to another.

They are compared as numbers: days of a year as 315 for March 15, with the year as 20260315, days of the week from 0 for
Monday. "December 20 to January 6" goes over New Year, "Fri to Mon" over Sunday. Good Friday is a day of its own name.
"2024/25" is a season, which no other one beside it is. Feasts and other languages are read by `bot.text.day_names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from bot.text.day_names import COLUMN_OF_DATES, moving_feasts, named_days
from bot.text.facts import blanked
from bot.understanding.clauses import asking_clause, past_verbs, tells_of_past
from knowledge.figures import Bound, Figure, Kind, bound_at, figures_of

Range = tuple[int, int]
_FIRST, _LAST = 0, 99_999_999
_LAST_OF_MONTH, _MONTHS_OF_YEAR = 31, 12
_NO_LEAP_YEAR = 2001
_AROUND = 32
"""Characters before a date in which others of its month may stand."""
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
_JOINED_DAY = rf"(?:{'|'.join(_WEEK)}|{_SHORT_DAY})s?\.?"
_JOINED_DAYS = re.compile(
    rf"(?!(?<=the\s)sun\b)(?<!\bI\s)(?<!\bwe\s)(?<!\bhe\s)(?<!\bshe\s)(?<!\bthey\s)(?<!\byou\s)(?<![\w-]){_JOINED_DAY}"
    rf"(?:(?:\s?[,/&+–—-]\s?(?:(?:and|or)\s)?|\s(?:and|or|to|until|till|through)\s){_JOINED_DAY})+(?![\w-])",
    re.IGNORECASE,
)
"""Several days of the week, each in short or not: "fri and sat", "mon-wed"."""
_ONE_DAY = re.compile(rf"\b(?:{'|'.join(_WEEK)}|{_SHORT_DAY})s?\b", re.IGNORECASE)
_NAMED_DAY = re.compile(
    rf"\b(?P<name>(?:good|black|cyber|easter|ash|palm|maundy|shrove|holy|whit|giving|super|fat)\s(?:{'|'.join(_WEEK)}))s?\b",
    re.IGNORECASE,
)
_AROUND_EASTER = ["maundy thursday", "good friday", "holy saturday", "easter sunday", "easter monday"]
_MAY_BE_FEASTS = frozenset((2, 3, 4, 5, 6, 11))
"""The months in which a day with a name of its own may be any date."""
_NAMES = (*_MONTHS, *_WEEK, "silvester", "domingo", "domenica", "avril", "julio")
_PERSON = re.compile(
    rf"\b(?:[Nn]ame(?: is|['’]s)|I['’]?m|I am|[Cc]all me|Mrs?\.?|Ms\.?|Dr\.?|[Dd]ear)\s"
    rf"(?:{'|'.join(_NAMES).title()})\b(?!\s\d)"
    rf"|\b(?i:thanks|regards|cheers|yours)[,.!]?\s(?:{'|'.join(_NAMES).title()})\W*$"
)
"""Somebody called April or Friday."""
_LEFT_OUT = re.compile(
    r"\b(?:(?P<other>except|excluding|other than|apart from|aside from|besides|but not|außer|sauf|excepto|salvo|tranne|"
    r"exceto|behalve)|including|the day (?:after|before))\s"
    r"(?:(?:for|on|in|the|all|public|bank|holidays?|and|or|am|an|le|les|el|los|il|la|de|op)\s)*",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;?!]|\.(?!\d)")
_RELATIVE = re.compile(
    r"\b(?:(?P<two>day\s(?:(?P<after>after)\stomorrow|before\syesterday)"
    r"|(?P<after_other>übermorgen|pasado\smañana|après-demain|dopodomani|depois\sde\samanhã|overmorgen)"
    r"|vorgestern|anteayer|antes\sde\sayer|avant-hier|l['’]altro\sieri|anteontem|eergisteren)"
    r"|(?P<one>(?P<next>tomorrow|(?<!am\s)(?<!de\s)(?<!den\s)(?<!guten\s)(?<!jeden\s)(?<!elke\s)(?<!heute\s)"
    r"(?<!vandaag\s)morgen|(?<!la\s)(?<!esta\s)(?<!cada\s)mañana|demain|domani|amanhã)"
    r"|yesterday|gestern|ayer|(?P<french>hier)|ieri|ontem|gisteren))\b",
    re.IGNORECASE,
)
"""A day that is told by its distance from today; "am Morgen" and "la mañana" are the morning."""
_FRENCH = re.compile(r"\b(?:est|étiez|était|étaient|êtes|vous|ouverte?s?|le|la|les)\b", re.IGNORECASE)
"""What "hier" is yesterday beside, and not "here" in German."""
_TODAYS_NAME = r"(?:today|tonight|heute|hoy|aujourd['’]hui|oggi|hoje|vandaag)"
_TODAY = re.compile(rf"\b{_TODAYS_NAME}\b", re.IGNORECASE)
_TODAY_BEFORE = re.compile(
    rf"\b(?:{_TODAYS_NAME}(?:['’]?s|\sis|\sist|\ses|\sest|\sè|\sé|,?\sc['’]est|,?\s(?:nous\ssommes|on\sest))?,?"
    r"|it(?:['’]?s|\sis)|we\shave|es\sist|wir\shaben|c['’]est|nous\ssommes|het\sis)\s"
    r"(?:(?:already|a|het|schon|ja|der|den|ein|ya|el|déjà|le|un|già|il|já|al)\s)*$",
    re.IGNORECASE,
)
_TODAY_BEHIND = re.compile(rf",?\s(?:(?:ist|es|est|è|é|is)\s)?{_TODAYS_NAME}\b", re.IGNORECASE)
_YES_OR_NO = re.compile(
    r"\W*(?:(?:and|but|so|then|please|hi|hello|hey)\W+)?(?:can|could|do|does|did|is|are|was|were|may|will|would|should)\b",
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
_YEARS = re.compile(
    r"(?<![\w.,/$€£#:-])(?P<low>(?:19|20)\d\d)"
    r"(?:\s?(?P<joint>[/–—-])\s?(?:(?P<high>\d\d)|(?P<whole>(?:19|20)\d\d))(?![\w%€£/–—-]|[.,:]\d))"
)
"""Years from one to another: 2024/25, 2024–26, 2024/2025."""
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
    rf"(?<=\d\s)(?:{'|'.join(_MONTHS)}|{_SHORT_MONTH})\b|(?:(?<=\d(?:st|nd|rd|th)\s)|(?<=\d(?:st|nd|rd|th)\sof\s))(?:{'|'.join(_MONTHS)})\b"
    rf"|\b(?:{'|'.join(_MONTHS)}|{_SHORT_MONTH})(?=\.?\s\d)",
    re.IGNORECASE,
)
_STRICT = re.compile(r"\b(?:before|after|earlier than|later than)\s(?:the\s)?$", re.IGNORECASE)
_THROUGH = re.compile(rf"{_TO}|\s?(?:bis(?:\szum)?|au|à|al?|às?|até|t/m|tot(?:\sen\smet)?)\s", re.IGNORECASE)
_AND = re.compile(r",?\sand\s(?:the\s)?")
_BETWEEN = re.compile(r"\bbetween\s(?:the\s)?$", re.IGNORECASE)
_NTH = r"(?:st|nd|rd|th|er|\.|º|°)?"
_LISTED = r"(?:\s?(?:,|/|&|\+)\s?(?:(?:and|or|und|et|y|e|en)\s)?|\s(?:and|or|und|oder|et|ou|y|o|e|en|of)\s)(?:the\s)?"
_NO_HOUR = r"(?![\w:]|\s?(?:[ap]\.?m\b|uhr\b|h\b|o['’]clock))"
_BEHIND_LISTED = (
    r"(?!\s?[–—-]\s?\d{1,2}\s?(?:[ap]\.?m\b|uhr\b|:))"
    r"(?=\s?(?:$|[?!.,;:)(/&+–—-])|\s(?:and|or|to|until|till|through|is|are|was|were|at|in|on|of|for|from|by|when|what|too|as|"
    r"the|open|closed|do|does|can|will)\b)"
)
"""What stands behind the last of several days of a month, rather than behind a number of something."""
_DAY_BEHIND = re.compile(rf"(?:(?P<to>{_TO})|{_LISTED})(?P<day>\d{{1,2}}){_NTH}{_NO_HOUR}(?(to)|{_BEHIND_LISTED})")
_DAY_BEFORE = re.compile(
    rf"(?<![\w.,:/])(?P<day>\d{{1,2}}){_NTH}(?:(?P<to>{_TO}|\s?bis\s(?:zum\s)?|\s(?:al?|au|à|ao|até|tot|t/m)\s)|{_LISTED})$"
)
_BEFORE_LISTED = re.compile(
    r"(?:^\W*|[,(/&+–—-]\s?|\b(?:on|the|from|and|or|between|until|till|to|for|of|since|am|vom|den|und|le|du|et|el|y|il|e|dia|em|"
    r"op|en)\s)$",
    re.IGNORECASE,
)
"""What stands before the first of several days of a month, rather than before the number of something."""
_BARE_NUMBER = re.compile(r"(?<![\w.,:/$€£#-])\d{1,2}(?![\w%€£$]|[.,:]\d)")
_IN_FIGURES = re.compile(r"\d[./]\d")
"""What may be a date that is not read."""
_BEGINS_IN_FIGURES = re.compile(r"\d{1,2}(?:\.\d{1,2}\.|/\d{1,2})(?!\d)")
_SLASH_BETWEEN = re.compile(r"(?<![\d./])(?P<one>\d{1,2})\.?\s?/\s?(?P<other>\d{1,2})(?!\d|[./]\d)")
_OF_BIRTH = re.compile(r"\b(?:born|births?|birth\s?date|built|year of construction)\b", re.IGNORECASE)
"""Tells of the years of people or things, and not of those in which something holds."""
_BIRTH_ASKED = re.compile(
    rf"{_OF_BIRTH.pattern}|\b(?:build|construct\w*|made|manufactured|old|age[ds]?)\b|\b(?:from|of|an?|my|our|since|before|after)\s(?:the\s)?(?:year\s)?"
    r"(?:19|20)\d\d\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a text names, of each sort from and up to which."""

    of_year: list[Range] = field(default_factory=list)
    """Of any year."""
    dates: list[Range] = field(default_factory=list)
    """With their years."""
    years: list[Range] = field(default_factory=list)
    seasons: list[Range] = field(default_factory=list)
    """Those of the years that are two in a row, up to the year before the last."""
    week: list[Range] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Of those that have one with a day of the week in it: `black friday`."""
    places: list[tuple[int, int]] = field(default_factory=list)
    """From and up to which character they are named."""
    more: bool = False
    """Whether a number beside a date may be another day, which is not read."""

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
        one
        for one in _years(text, named)
        if (_YEAR_SAID.search(text[: one.start]) or _YEAR_ENDS.match(text, one.end))
        and not _NO_YEAR_BEFORE.search(text[: one.start])
        and not _NO_YEAR_BEHIND.match(text, one.end)
    ]
    return _days(text, named, years)


def days_asked(question: str) -> Days:
    """Return the days that a question is likely about: those of the clause that asks, else of a statement beside it.

    Of "Today is Monday. Are you open tomorrow?" that is the day after the one stated.
    """
    clause = asking_clause(question)
    if plain := _without_exceptions(_without_today(clause)):
        return plain
    if (relative := _relative(clause)) or _TODAY.search(clause):
        return _moved(question, relative)
    return Days() if _WHICH_DAY.search(clause) else _without_exceptions(question)


def days_asked_plainly(question: str, label: str = "") -> Days:
    """Return the days in the clause that asks, so that what holds on others is no answer.

    None in what it says of the past, such as "who joined in 2019", unless the label compared has that verb:
    "Joined in 2018". None at all where a day may be left unread.
    """
    clause = _without_today(asking_clause(question))
    places = days_named(clause).places
    for verb in past_verbs(clause):
        beside = next(((start, end) for start, end in places if start >= verb.end()), None)
        told = beside and not _CLAUSE_END.search(clause, verb.end(), beside[0])
        if beside and told and not re.search(rf"\b{verb['verb'][:4]}", label, re.IGNORECASE):
            clause = blanked(clause, [beside])
    days = _without_exceptions(clause)
    rest = blanked(clause, days_named(clause).places)
    return replace(days, week=[]) if days.week and _ONE_DAY.search(rest) else days


def days_left_out(question: str) -> Days:
    """Return the days that a question leaves out: of "opening hours except Sunday" the last word."""
    clause = asking_clause(question)
    if _YES_OR_NO.match(clause):  # "Are you open every day except Sunday?" asks for Sunday, too
        return Days()
    spans = _left_out(clause, only_other=True)
    return days_named(" ".join(clause[start:end] for start, end in spans)) if spans else Days()


def all_left_out(left_out: Days, label: Days, written: str) -> bool:
    """Whether the name of a row, as it is `written`, holds nothing but days that are left out."""
    pairs = ((left_out.of_year, label.of_year), (left_out.week, label.week), (left_out.years, label.years))
    within = all(
        any(low <= low_other and high_other <= high for low, high in mine)
        for mine, theirs in pairs
        for low_other, high_other in theirs
    )
    rest = blanked(written, label.places)
    return bool(label) and within and not (label.dates or label.names) and not any(map(str.isalnum, rest))


def without_days_not_meant(question: str) -> str:
    """Return a question without the days that it names, but does not ask for: those left out, and which day is today.

    Likewise without what it states of other days, where it asks for today or tomorrow.
    """
    clause = asking_clause(question)
    spans = _left_out(question)
    if _relative(clause) or _TODAY.search(clause):
        spans += _todays(question) if _without_exceptions(_without_today(clause)) else days_named(question).places
    return blanked(question, spans)


def labelled_in_column(label: str, column: str) -> str:
    """Return the name of a row that names days, below its column's where that tells what happened on them: "Born".

    Likewise where it begins with figures that are a date just because the column is of dates: "Date 3.10. Holiday".
    """
    if label.lower().startswith(column.lower()):
        return label
    tells = (_OF_BIRTH.search(column) or tells_of_past(column)) and days_labelled(label)
    of_dates = COLUMN_OF_DATES.fullmatch(column) and _BEGINS_IN_FIGURES.match(label)
    return f"{column} {label}" if tells or of_dates else label


def of_other_years(asked: str, label: str) -> bool:
    """Whether a label tells of years of birth, where the question does not: "Born in 2006" of "the fee in 2006"."""
    tells = _OF_BIRTH.search(label) is not None and bool(days_labelled(label).years)
    return tells and not _BIRTH_ASKED.search(asked)


def _without_exceptions(text: str) -> Days:
    """Return the days that a text names, without those behind "except" and the like, and of the week beside "daily"."""
    days = days_named(blanked(text, _left_out(text)))
    return replace(days, week=[]) if _EVERY_DAY.search(text) else days


def _left_out(text: str, *, only_other: bool = False) -> list[tuple[int, int]]:
    """Return where days stand that are no more than a part of what is asked for, or none of it; see `_LEFT_OUT`."""
    starts = {start for start, _ in days_named(text).places}
    ends = [(match, _CLAUSE_END.search(text, match.end())) for match in _LEFT_OUT.finditer(text)]
    return [
        (match.start(), end.start() if end else len(text))
        for match, end in ends
        if (match["other"] or not only_other)
        and (match.end() in starts or text[match.end() : match.end() + 1].isdigit())
    ]


def _todays(text: str) -> list[tuple[int, int]]:
    """Return where the days stand that are said to be today."""
    return [
        (start, end)
        for start, end in days_named(text).places
        if _TODAY_BEFORE.search(text[:start]) or _TODAY_BEHIND.match(text, end)
    ]


def _without_today(clause: str) -> str:
    """Return a clause without the day that it says is today, where it asks about another one."""
    return blanked(clause, _todays(clause)) if _relative(clause) else clause


def _relative(clause: str) -> re.Match[str] | None:
    """Return the day in a clause that is told by its distance from today."""
    found = _RELATIVE.finditer(clause)
    return next((one for one in found if not one["french"] or _FRENCH.search(clause)), None)


def _moved(question: str, relative: re.Match[str] | None) -> Days:
    """Return the day that is meant by its distance from today, by which day the question says is today; else none."""
    much = 0
    if relative:
        ahead = relative["after"] or relative["after_other"] or relative["next"]
        much = (2 if relative["two"] else 1) * (1 if ahead else -1)
    today = days_named(" ".join(question[start:end] for start, end in _todays(question)[:1]))
    if today.dates or any(low != high for low, high in today.week + today.of_year):
        return Days()
    try:
        moved = [date(_NO_LEAP_YEAR, *divmod(low, 100)) + timedelta(much) for low, _ in today.of_year]
    except ValueError:  # February 30
        return Days()
    of_year = [one.month * 100 + one.day for one in moved]
    week = [(low + much) % 7 for low, _ in today.week]
    return replace(today, of_year=[(one, one) for one in of_year], week=[(one, one) for one in week], years=[])


def _with_capital(match: re.Match[str]) -> str:
    return match["before"] + match["short"].capitalize() if match["short"] else match[0].capitalize()


@lru_cache(maxsize=2_048)
def days_labelled(label: str) -> Days:
    """Return the days that the name of a row or of an item names; what other numbers are with is no year.

    "Monday, May 25" is that date, and not every Monday.
    """
    named = list(_named(label, label=True))
    named = [one for one in named if one.sort != "week" or not _of_a_date(one, named, label)]
    years = _years(label, named)
    rest = blanked(label, [(one.start, one.end) for one in named + years])
    days = _days(label, named, [] if _COUNTS.search(rest) or any(map(str.isdigit, rest)) else years)
    dated = bool(days.of_year or days.dates)
    more = _BARE_NUMBER.search(rest) or _IN_FIGURES.search(rest) or _days_apart(label, named)
    return replace(days, more=days.more or (dated and bool(more)))


def _days_apart(label: str, named: Iterable[_Named]) -> bool:
    """Whether a label has two days with a slash between, which may mean those between them, too: "5/7 août"."""
    spans = [(one.start, one.end) for one in named]
    return any(
        int(match["one"]) + 1 < int(match["other"])
        for match in _SLASH_BETWEEN.finditer(label)
        if not any(start <= match.start() and match.end() <= end for start, end in spans)
    )


def same_days(asked: Days, told: Days) -> bool | None:
    """Whether days asked for are among those of a label; None where they are of no sort that both name."""
    year_of = [(low // 10_000, high // 10_000) for low, high in asked.dates]
    day_of_asked = asked.of_year + list(_any_year(asked.dates))
    pairs = [
        (asked.dates, told.dates),
        (asked.years, [(low // 10_000, high // 10_000) for low, high in told.dates]),
        (asked.seasons, told.seasons) if asked.seasons and told.seasons else (asked.years or year_of, told.years),
        (day_of_asked, told.of_year),
        (asked.of_year, list(_any_year(told.dates))),
        (asked.week, told.week),
    ]
    both = [_overlap(mine, theirs) for mine, theirs in pairs if mine and theirs]
    if asked.names and told.names:
        both.append(not {*asked.names}.isdisjoint(told.names))
    if both:
        return all(both) or (None if told.more else False)
    return False if asked.week and told.names else None  # Good Friday is not any Friday


def tells_of_other_days(asked: Days, told: Days) -> bool:
    """Whether days told are none of those asked for, or just feasts and single dates where none is asked for."""
    if same_days(asked, told) is False:
        return True
    if not told or not asked or asked.names or told.week or told.years:
        return False
    dates = [low % 10_000 // 100 for low, high in asked.of_year + asked.dates if low == high]
    if told.names and not (told.of_year or told.dates):
        return _MAY_BE_FEASTS.isdisjoint(dates)
    return not dates and all(low == high for low, high in told.of_year + told.dates)


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


def _years(text: str, named: Iterable[_Named]) -> list[_Named]:
    taken = [(one.start, one.end) for one in named]
    found: list[_Named] = []
    for match in _YEARS.finditer(text):
        low, joint = int(match["low"]), match["joint"]
        high = int(match["whole"] or f"{low // 100}{match['high']}")
        # "2024-12" is a month.
        is_month = joint in "-/" and match["high"] and int(match["high"]) <= _MONTHS_OF_YEAR
        if low < high and not is_month:
            found.append(_made("years", 0, low, high, *match.span(), text))
    taken += [(one.start, one.end) for one in found]
    for match in _YEAR.finditer(text):
        if not any(start <= match.start() < end for start, end in taken):
            found.append(_made("years", 0, int(match[0]), int(match[0]), *match.span(), text))
    return found


def _named(text: str, *, label: bool = False) -> Iterator[_Named]:
    """Yield the dates, months and days of the week in a text, which may be the name of a row."""
    others = named_days(text, label=label)
    taken = bytearray(len(text))

    def take(start: int, end: int) -> bool:
        free = not any(taken[start:end])
        taken[start:end] = b"\1" * (end - start)
        return free

    for one in others:
        take(one.start, one.end)
        if one.sort == "of_year" and one.low == one.high:
            yield from _dates(one.low, one.year, one.start, one.end, text)
        else:
            yield _made(one.sort, one.year, one.low, one.high, one.start, one.end, text)
    for figure in figures_of(text)[0]:
        if figure.kind is Kind.DATE and take(figure.start, figure.end):
            yield from _date(figure, text)
    for match in _MONTH.finditer(text):
        if take(*match.span()):
            month = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(match[0].lower()[:3]))
            yield _made("of_year", 0, month * 100 + 1, month * 100 + 31, match.start(), match.end(), text)
    for day, start, end in _days_of_week(text):
        if take(start, end):
            yield _made("week", 0, *day, start, end, text)


def _days_of_week(text: str) -> Iterator[tuple[Range, int, int]]:
    """Yield the English days of the week in a text, which may be several, with where they stand; some come twice."""
    text = blanked(text, [match.span() for match in _NAMED_DAY.finditer(text)])
    for run in _JOINED_DAYS.finditer(text):
        for match in _ONE_DAY.finditer(text, run.start(), run.end()):
            day = _weekday(match[0].lower())
            yield (day, day), *match.span()
    for match in _DAY.finditer(text):
        if match["several"]:
            yield ((0, 4) if match["several"].lower().startswith("weekd") else (5, 6)), *match.span()
        else:
            day = _weekday((match["day"] or match["short"] or match["said"]).lower())
            yield (day, day), *match.span()


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


def _date(figure: Figure, text: str) -> Iterator[_Named]:
    year, day_of_year = divmod(int(figure.low), 10_000)
    if day_of_year % 100:
        yield from _dates(day_of_year, year, figure.start, figure.end, text)
    else:
        yield _made("of_year", year, day_of_year + 1, day_of_year + 31, figure.start, figure.end, text)


def _dates(day_of_year: int, year: int, start: int, end: int, text: str) -> Iterator[_Named]:
    """Yield a date, and the days of its month that stand beside it: March 1–15, 1 to 15 March, March 1, 8 and 15."""
    month, day = day_of_year // 100, day_of_year % 100
    digit_first = text[start].isdigit()
    digit_last = text[end - 1].isdigit() or text.endswith(("st", "nd", "rd", "th"), start, end)
    low = high = day
    if digit_last and not digit_first and not year:
        while (match := _DAY_BEHIND.match(text, end)) and high < int(match["day"]) <= _LAST_OF_MONTH:
            if match["to"]:
                high = int(match["day"])
            else:
                yield _made("of_year", year, month * 100 + low, month * 100 + high, start, end, text)
                low = high = int(match["day"])
                start = match.start("day")
            end = match.end()
    elif digit_first:
        while (match := _DAY_BEFORE.search(text, max(0, start - _AROUND), start)) and 0 < int(match["day"]) < low:
            if not match["to"] and not _BEFORE_LISTED.search(text, max(0, start - _AROUND), match.start()):
                break
            if match["to"]:
                low = int(match["day"])
            else:
                yield _made("of_year", year, month * 100 + low, month * 100 + high, start, end, text)
                low = high = int(match["day"])
                end = match.end("day")
            start = match.start()
    yield _made("of_year", year, month * 100 + low, month * 100 + high, start, end, text)


def _made(sort: str, year: int, low: int, high: int, start: int, end: int, text: str) -> _Named:
    strict = _STRICT.search(text[max(0, start - 20) : start]) is not None
    return _Named(sort, year, low, high, start, end, bound_at(text, start, end), strict)


def _days(text: str, named: Iterable[_Named], years: Iterable[_Named]) -> Days:
    all_named = sorted([*named, *years], key=lambda one: one.start)
    feasts = [(match["name"].lower(), *match.span()) for match in _NAMED_DAY.finditer(text)]
    feasts = sorted([*feasts, *moving_feasts(text)], key=lambda one: one[1])
    found = Days(more=_from_feast_to_date(text, feasts, all_named))
    for name, start, end in feasts:
        found.names.append(name)
        found.places.append((start, end))
    for (name, _, end), (other, start, _) in pairwise(feasts):
        if _joined(text, end, start):
            found.names.extend(_between_feasts(name, other))
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
            if low + 1 == high and not other:
                found.seasons.append((low, low))
        else:
            _add_dates(found, one, other)
    return found


def _between_feasts(name: str, other: str) -> list[str]:
    """Return the days around Easter that lie between two of them."""
    if name not in _AROUND_EASTER or other not in _AROUND_EASTER:
        return []
    return _AROUND_EASTER[_AROUND_EASTER.index(name) + 1 : _AROUND_EASTER.index(other)]


def _from_feast_to_date(text: str, feasts: Iterable[tuple[str, int, int]], named: Iterable[_Named]) -> bool:
    """Whether a text names days from a feast to a date, or the other way round, of which it is open which they are."""
    spans = [(one.start, one.end) for one in named]
    return any(
        _joined(text, end, first) or _joined(text, last, start) for _, start, end in feasts for first, last in spans
    )


def _joined(text: str, end: int, start: int) -> bool:
    """Whether a day that ends at one place goes up to another, which starts at the other place."""
    return end < start and _THROUGH.fullmatch(text, end, start) is not None


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
