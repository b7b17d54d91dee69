"""The names of days that are no English day of the week or month: of fixed feasts, and those of other languages.

A short name ("Mo", "So", "Do") is a word, too: it counts only beside another one of its language ("Mo–Fr"), or where it
is all that stands there, as in the first cell of a row. Likewise a name that is that of a thing or a person ("mayo")
counts beside a number or a preposition, and figures ("24/12") count where they can be no fraction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bot.text.facts import blanked

_BEFORE = 24
"""Characters before a name that are looked at."""
WEEK = "week"
OF_YEAR = "of_year"


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day, or a month as its days; of the week from 0 for Monday, of the year as 315 for March 15."""

    sort: str
    low: int
    high: int
    start: int
    end: int
    year: int = 0


def named_days(text: str, *, label: bool = False) -> list[NamedDay]:
    """Return the feasts, and the days and months of other languages in a text, which may be the name of a row."""
    found: list[NamedDay] = []
    taken = bytearray(len(text))
    for read in (_feasts, partial(_numbered, label=label), _written, _months, _days_of_week, _short_days):
        for one in read(text):
            if not any(taken[one.start : one.end]):
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
                found.append(one)
    return found


def moving_feasts(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the English name of each feast that has another date every year, with where it stands."""
    for name, pattern in _MOVING.items():
        yield from ((name, *match.span()) for match in pattern.finditer(text))


# ------------------------------------------------------------------ feasts

_FEASTS = {
    1231: r"new\s?year['’]?s['’]?\seve|eve\sof\snew\syear|silvester(?:abend)?|saint[ -]sylvestre|"
    r"nochevieja|san\ssilvestro|v[ée]spera\sde\sano\snovo|oudejaars(?:dag|avond)|oud(?:\sen|\s&)\snieuw",
    101: r"new\s?year['’]?s['’]?\sday|neujahr(?:stag)?|jour\sde\sl['’]an|nouvel\san|a[ñn]o\snuevo|capodanno|"
    r"(?<!\bde\s)ano\snovo|nieuwjaars?dag",
    1224: r"christmas\seve|x-?mas\seve|heilig(?:er\s)?abend|(?:r[ée]veillon|veille)\sde\sno[ëe]l|nochebuena|"
    r"vigilia\sdi\snatale|v[ée]spera\sde\snatal|kerstavond",
    1225: r"christmas\sday|x-?mas\sday|(?:erste[rn]?|1\.)\sweihnachts(?:feier)?tag|(?:jour\sde|[àa])\sno[ëe]l|"
    r"(?<!de\s)(?-i:Noël)|(?:d[íi]a\sde|en)\snavidad|(?<!de\s)(?-i:Navidad)|(?:giorno\sdi|a)\snatale|(?<!di\s)(?-i:Natale)|"
    r"dia\sde\snatal|eerste\skerstdag",
    1226: r"boxing\sday|(?:st\.?|saint)\sstephen['’]?s\sday|(?:zweite[rn]?|2\.)\sweihnachts(?:feier)?tag|stephanstag|"
    r"(?:giorno\sdi\s)?santo\sstefano|tweede\skerstdag",
    214: r"valentine['’]?s['’]?\sday|valentinstag",
    1031: r"(?:on|at|until|since)\shalloween|halloween(?=\W*$)",
}
_FEAST = {day: re.compile(rf"\b(?:{names})(?!\w)", re.IGNORECASE) for day, names in _FEASTS.items()}
_MOVING = {
    name: re.compile(rf"\b(?:{names})\b", re.IGNORECASE)
    for name, names in {
        "good friday": r"karfreitag|vendredi\ssaint|viernes\ssanto|venerd[ìi]\ssanto|sexta-feira\ssanta|goede\svrijdag",
        "easter monday": r"ostermontag|lundi\sde\sp[âa]ques|lunes\sde\spascua|luned[ìi]\sdell['’]angelo|pasquetta|"
        r"tweede\spaasdag",
        "easter sunday": r"ostersonntag|dimanche\sde\sp[âa]ques|domingo\sde\sp(?:ascua|[áa]scoa)|eerste\spaasdag",
        "whit monday": r"pfingstmontag|lundi\sde\spentec[ôo]te|tweede\spinksterdag",
    }.items()
}


def _feasts(text: str) -> Iterator[NamedDay]:
    for day, pattern in _FEAST.items():
        yield from (NamedDay(OF_YEAR, day, day, *match.span()) for match in pattern.finditer(text))


# ------------------------------------------------------------------ dates and months

_MONTHS = (
    "januar j[äa]nner janvier enero gennaio janeiro januari",
    "februar f[ée]vrier febrero febbraio fevereiro februari",
    "m[äa]rz mars marzo mar[çc]o maart",
    "avril aprile abril",
    "mai mayo maggio maio mei",
    "juni juin junio giugno junho",
    "juli juillet julio luglio julho",
    "ao[ûu]t agosto augustus",
    "septembre septiembre setiembre settembre setembro",
    "oktober octobre octubre ottobre outubro",
    "novembre noviembre novembro",
    "dezember d[ée]cembre diciembre dicembre dezembro",
)
_ALSO_ENGLISH = ("", "", "", "april", "", "", "", "august", "september", "", "november", "december")
"""Of other languages, too, where they are written as those do: "24. November"."""
_AMBIGUOUS = re.compile(r"mars|marco|marzo|mayo|mai|mei|avril|abril|jun[io]+|jul[io]+|augustus", re.IGNORECASE)
"""Names of people or things, too."""
_MONTH = "|".join(f"(?P<m{n}>{names.replace(' ', '|')})" for n, names in enumerate(_MONTHS, 1))
_MONTH_DOTTED = "|".join(
    f"(?P<m{n}>{'|'.join(filter(None, (*names.split(), also)))})"
    for n, (names, also) in enumerate(zip(_MONTHS, _ALSO_ENGLISH, strict=True), 1)
)
_MONTH_SMALL = "|".join(f"(?P<m{n}>{also or '(?!)'})" for n, also in enumerate(_ALSO_ENGLISH, 1))
_YEAR_BEHIND = r"(?:\s(?:de\s|del\s)?(?P<year>(?:19|20)\d\d)\b)?"
_NUMBER_BEFORE = r"(?<![\w,:$€£#-])(?<!\d\.)(?P<day>\d{1,2})"
_WRITTEN = (
    re.compile(rf"{_NUMBER_BEFORE}\s(?:{_MONTH_SMALL})\b{_YEAR_BEHIND}"),
    re.compile(rf"{_NUMBER_BEFORE}(?:er|º|°|ª)?\s(?:de\s|d['’])?(?:{_MONTH})\b{_YEAR_BEHIND}", re.IGNORECASE),
    re.compile(rf"{_NUMBER_BEFORE}\.\s?(?:{_MONTH_DOTTED})\b{_YEAR_BEHIND}", re.IGNORECASE),
    re.compile(rf"{_NUMBER_BEFORE}\sde\s(?:{_MONTH_DOTTED})\b{_YEAR_BEHIND}", re.IGNORECASE),
)
_MONTH_ALONE = re.compile(rf"\b(?:{_MONTH})\b", re.IGNORECASE)
_BEFORE_MONTH = re.compile(
    r"\b(?:en|in|im|de|du|di|da|à|a|au|al|em|bis|seit|ab|von|van|tot|vanaf|fin|mois\sde|mes\sde|m[êe]s\sde)\s$|[–—/-]\s?$"
    rf"|\b(?:{'|'.join(_MONTHS).replace(' ', '|')})(?:,\s|\s(?:y|e|et|und|en|o|ou|oder)\s)$",
    re.IGNORECASE,
)
_ALONE_BEHIND = re.compile(r"\s*(?:$|[–—/,-]|(?:a|à|al|au|bis|y|e|et|und|en|o|ou|oder|tot|t/m)\s)", re.IGNORECASE)
_BEFORE_FIGURES = (
    r"(?:on|until|till|by|from|since|before|after|between|and|to|the|am|vom|bis|zum|den|dem|und|ab|seit|le|du|au|el|il|"
    r"al|dal|op|dia|día|op|van|tot|open|closed)"
)
_YEAR = r"(?:(?:19|20)\d\d\b)?"
_JOINED = (
    r"(?:\s?[–—/,&+-]\s?|\s(?:bis|to|until|till|through|and|or|und|oder|u\.|et|ou|y|e|en|o|au|à|al?|até|t/m|tot)\s)"
    r"(?:(?:zum|the|le|el|il)\s)?"
)
_DOTTED_ONE = rf"\d{{1,2}}\.\d{{1,2}}\.{_YEAR}(?!\w)"
_DOTTED = re.compile(
    rf"(?P<days>(?<![\w.,:/$€£#-])(?:\d{{1,2}}\.?{_JOINED}){{1,8}}(?=\d))?"
    rf"(?(days)|(?<![\w,:$€£#-])(?<!\d[./])){_DOTTED_ONE}(?:{_JOINED}{_DOTTED_ONE})*"
)
"""Dates as 24.12., one or several, with the days of the first one's month before it: "24.–26.12."."""
_SLASHED_ONE = r"\d{1,2}/\d{1,2}(?![\w/%°\"”″]|[.,:]\d|\s?(?:inch|in\b|cm|mm|cups?))"
_SLASHED = re.compile(rf"(?<![\w.,:/$€£#-]){_SLASHED_ONE}(?:{_JOINED}{_SLASHED_ONE})*")
_IN_FIGURES = re.compile(r"(?P<one>\d{1,2})[./](?P<other>\d{1,2})(?:\.(?P<year>(?:19|20)\d\d)?)?")
_FIGURES_SAID = re.compile(rf"(?:^\W*|[–—(/-]\s?|\b{_BEFORE_FIGURES}\s)$", re.IGNORECASE)
_OF_DATES = (
    r"(?:dates?|days?|when|period|datum|daten|termine?|tage?|wann|zeitraum|zeiträume|jours?|quand|période|fechas?|días?|"
    r"cuándo|período|periodo|date|data|giorn[oi]|quando|datas|dias?|dag(?:en)?|wanneer|periode|holidays?|feiertage?)"
)
"""What a column of dates is called."""
COLUMN_OF_DATES = re.compile(rf"{_OF_DATES}:?", re.IGNORECASE)
_FIGURES_SAID_IN_LABEL = re.compile(rf"\b(?:{_BEFORE_FIGURES}|{_OF_DATES}:?)\s$", re.IGNORECASE)
_ALL_WEEK = (24, 7)
_MONTHS_OF_YEAR = 12
_PARTS_OF_INCH = (2, 4, 8, 16, 32, 64)


def _numbered(text: str, *, label: bool) -> Iterator[NamedDay]:
    """Yield the dates in figures: 24.12., and 12/24 or 24/12, of which one must be more than a month can be.

    "31/12 – 2/1" begins with such a one, and goes on in its order. Of rows, "2.1. Certificate" is a section.
    """
    for run in _DOTTED.finditer(text):
        dates = [*_IN_FIGURES.finditer(text, max(run.start(), run.end("days")), run.end())]
        if any(one["year"] for one in dates) or _run_said(run, dates, label=label):
            for one in dates:
                yield from _date(one, int(one["one"]), int(one["other"]), int(one["year"] or 0))
    for run in _SLASHED.finditer(text):
        dates = [*_IN_FIGURES.finditer(text, *run.span())]
        clear = [one for one in dates if max(int(one["one"]), int(one["other"])) > _MONTHS_OF_YEAR]
        day_first = {int(one["one"]) > _MONTHS_OF_YEAR for one in clear}
        all_week = any((int(one["one"]), int(one["other"])) == _ALL_WEEK for one in dates)
        if len(day_first) == 1 and not all_week and _run_said(run, dates, label=label):
            order = ("one", "other") if day_first.pop() else ("other", "one")
            for one in dates:
                yield from _date(one, *(int(one[name]) for name in order))


def _run_said(run: re.Match[str], dates: Sequence[re.Match[str]], *, label: bool) -> bool:
    """Whether figures are dates by what stands before them, or in the name of a row by there being nothing else.

    A single "2.1." is none by itself; of "Winter 1.10.–31.3." and "1/10–31/3" the last one can be no section and no
    fraction.
    """
    text = run.string
    days = run.groupdict().get("days") or ""
    if not label:
        begins = dates if run.re is _DOTTED else ()
        return any(_said_before(_FIGURES_SAID, one) for one in (run, *begins))
    pairs = [(int(one["one"]), int(one["other"])) for one in dates]
    fractions = run.re is _SLASHED and all(one < other and other in _PARTS_OF_INCH for one, other in pairs)
    days_first = any(one > _MONTHS_OF_YEAR for one, _ in pairs)
    seconds = run.re is _SLASHED and any(other > _MONTHS_OF_YEAR for _, other in pairs)
    valid = all(min(pair) <= _MONTHS_OF_YEAR for pair in pairs)
    no_sections = len(dates) > 1 and (days_first or seconds) and valid and not fractions
    if _said_before(_FIGURES_SAID_IN_LABEL, run) or "." in days or no_sections:
        return True
    beside = [(one.start, one.end) for read in (_feasts, _written, _days_of_week, _short_days) for one in read(text)]
    beside += [(start, end) for _, start, end in moving_feasts(text)]
    beside += [match.span() for match in _BESIDE_DATES.finditer(text)]
    figures = [match.span() for pattern in (_DOTTED, _SLASHED) for match in pattern.finditer(text)]
    rest = blanked(text, [*beside, *figures])
    clear = len(dates) > 1 or int(dates[0]["one"]) > _MONTHS_OF_YEAR or "/" in dates[0][0] or dates[0]["one"][0] == "0"
    return not any(map(str.isalnum, rest)) and (clear or bool(beside))


def _said_before(pattern: re.Pattern[str], match: re.Match[str]) -> bool:
    """Whether a pattern that ends in `$` holds right before a match."""
    return pattern.search(match.string, max(0, match.start() - _BEFORE), match.start()) is not None


def _written(text: str) -> Iterator[NamedDay]:
    for pattern in _WRITTEN:
        for match in pattern.finditer(text):
            yield from _date(match, int(match["day"]), _number_of_month(match), int(match["year"] or 0))


def _months(text: str) -> Iterator[NamedDay]:
    for match in _MONTH_ALONE.finditer(text):
        alone = _ALONE_BEHIND.match(text, match.end()) and not text[: match.start()].strip()
        if not _AMBIGUOUS.fullmatch(match[0]) or alone or _said_before(_BEFORE_MONTH, match):
            month = _number_of_month(match)
            yield NamedDay(OF_YEAR, month * 100 + 1, month * 100 + 31, *match.span())


def _date(match: re.Match[str], day: int, month: int, year: int = 0) -> Iterator[NamedDay]:
    if 1 <= day <= 31 and 1 <= month <= 12:
        yield NamedDay(OF_YEAR, month * 100 + day, month * 100 + day, match.start(), match.end(), year)


def _number_of_month(match: re.Match[str]) -> int:
    return next(n for n in range(1, 13) if match[f"m{n}"])


# ------------------------------------------------------------------ days of the week

_DAYS = (
    r"montag|lundi|lunes|luned[ìi]|segunda-feira|maandag",
    r"dienstag|mardi(?!\sgras)|martes|marted[ìi]|ter[çc]a-feira|dinsdag",
    r"mittwoch|mercredi|mi[ée]rcoles|mercoled[ìi]|quarta-feira|woensdag",
    r"donnerstag|jeudi|jueves|gioved[ìi]|quinta-feira|donderdag",
    r"freitag|vendredi|viernes|venerd[ìi]|sexta-feira|vrijdag",
    r"samstag|sonnabend|samedi|s[áa]bado|sabato|zaterdag",
    r"sonntag|dimanche|(?<!santo\s)domingo|domenic(?:a|he)|zondag",
)
_DAY = re.compile(
    rf"\b(?:{'|'.join(f'(?P<d{n}>{names})' for n, names in enumerate(_DAYS))})(?:(?:vor|nach)mittag|morgen|abend|"
    r"ochtend|middag|avond)?(?:e?s|en)?\b",
    re.IGNORECASE,
)
_PORTUGUESE_DAY = r"(?:segunda|ter[çc]a|quarta|quinta|sexta)(?:-feira)?"
_PORTUGUESE = re.compile(
    rf"\b{_PORTUGUESE_DAY}(?:(?:\s?[,/–-]\s?|\s(?:a|e|à|ou|até)\s)(?:{_PORTUGUESE_DAY}|s[áa]bado|domingo))+\b",
    re.IGNORECASE,
)
"""Days of the week that are "second" and "third" by themselves."""
_NUMBERED_DAY = re.compile(rf"\b{_PORTUGUESE_DAY}\b", re.IGNORECASE)
_NUMBERED_DAYS = ("segunda", "ter", "quarta", "quinta", "sexta")
_SHORT = (
    "mo di mi do fr sa so",
    "ma di wo do vr za zo",
    "lu ma me je ve sa di",
    "lu ma mi ju vi sa do",
    "lu ma me gi ve sa do",
    "lun mar mer jeu ven sam dim",
    "lun mar mié jue vie sáb dom",
    "lun mar mie jue vie sab dom",
    "lun mar mer gio ven sab dom",
    "seg ter qua qui sex sáb dom",
)
"""The short names of a language each, from Monday on."""
_ALONE = frozenset(("Mo", "Mi", "Fr", "Sa", "So", "Vr", "Za", "Zo"))
"""Those of a single day that are read where nothing else stands: the others are days of more than one language."""
_TOKEN = "|".join(sorted({name for names in _SHORT for name in names.split()}, key=len, reverse=True))
_JOINT = r"\.?(?:\s?[–—/&+-]\s?|,\s?|\s(?:bis|und|u\.|t/m|tot|en|à|au|et|al?|y|e)\s)"
_ENGLISH_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?"
_BESIDE_DATES = re.compile(
    rf"\b(?:{_BEFORE_FIGURES}|{_OF_DATES}|{_ENGLISH_DAY}|{_TOKEN}|till|through|or|oder|u|et|ou|y|e|en|o|au|à|al?|até|t/m|zum|"
    r"ge(?:öffnet|schlossen)|offen|ouverte?s?|fermée?s?|abiert[oa]s?|cerrad[oa]s?|apert[oie]|chius[oie]|"
    r"(?:\d{1,2}(?:[:.]\d\d)?\s?)?(?:uhr|h|[ap]\.?m|noon|midnight)|\d{1,2}[:.]\d\d|public)(?!\w)",
    re.IGNORECASE,
)
"""Words and times that go with dates in the name of a row."""
_SHORT_DAYS = re.compile(rf"(?<![\w-])(?:{_TOKEN})(?:{_JOINT}(?:{_TOKEN}))+(?![\w-])\.?", re.IGNORECASE)
_SHORT_LIST = re.compile(rf"\W*(?:{_TOKEN})(?:{_JOINT}(?:{_TOKEN}))*\.?:?\s*", re.IGNORECASE)
_SHORT_DAY = re.compile(rf"\b(?:{_TOKEN})\b", re.IGNORECASE)


def _days_of_week(text: str) -> Iterator[NamedDay]:
    taken = [span for _, *span in moving_feasts(text)]
    for run in _PORTUGUESE.finditer(text):
        for match in _NUMBERED_DAY.finditer(text, run.start(), run.end()):
            day = next(n for n, name in enumerate(_NUMBERED_DAYS) if match[0].lower().startswith(name))
            yield NamedDay(WEEK, day, day, *match.span())
    for match in _DAY.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            day = next(n for n in range(7) if match[f"d{n}"])
            yield NamedDay(WEEK, day, day, *match.span())


def _short_days(text: str) -> Iterator[NamedDay]:
    """Yield the days of the week in short, where they stand together, or alone."""
    whole = _SHORT_LIST.fullmatch(text)
    for run in [whole] if whole else _SHORT_DAYS.finditer(text):
        names = list(_SHORT_DAY.finditer(text, run.start(), run.end()))
        written = [name[0] for name in names]
        if len(names) == 1 and written[0] not in _ALONE:
            continue
        if not (all(one[0].isupper() for one in written) or all(len(one) == 3 for one in written)):
            continue  # "so-so"
        languages = [one.split() for one in _SHORT]
        read = {
            tuple(days.index(one.lower()) for one in written)
            for days in languages
            if all(one.lower() in days for one in written)
        }
        if len(read) == 1:  # "Ma–Do" is one thing in Dutch, another in Spanish
            for name, day in zip(names, read.pop(), strict=True):
                yield NamedDay(WEEK, day, day, *name.span())
