"""Units in the heads of columns, told with the figures below: "Weight (kg)" above "0–2" says a weight of 0–2 kg.

A unit is taken out of a head only where it cannot be anything else there, and goes only to a cell that is a figure and
nothing more; else both are told as they stand.
"""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.units import CURRENCIES, HOURS, MEASURES, OTHER_MONEY, SYMBOLS, WORDS, WORKING

_LONGEST = 100
"""Characters of a head, and of a cell, that are looked at."""
_BRACKETED = re.compile(r"(?P<name>.*?[^\s(\[])(?P<gap>\s*)[(\[](?:in\s)?(?P<unit>[^()\[\]]+)[)\]](?P<mark>\**)")
_BEHIND = re.compile(r"(?P<name>.*[^\s,])(?:,|\s(?P<in>in))\s(?P<unit>[^\s,()\[\]*][^,()\[\]*]*)(?P<mark>\**)")
_PHRASE = re.compile(r"\b(?:check|drop|walk|log|sign|sold|made|paid)$", re.IGNORECASE)
"""What "in" belongs to, rather than to a unit behind it."""
_LETTER = re.compile(r"[^\W\d_]")
_PAID = re.compile(r"\b(?:price|cost|fee|tariff|surcharge|premium|salary|wage|rent)s?\b|\bcharges?$", re.IGNORECASE)
"""The name of a column of money: what else stands behind it is what is paid for."""
_OPEN = re.compile(r"\b(?:open|opening|closing|office|shop|store|hours?|available|availability)\b", re.IGNORECASE)
"""The name of a column of times of day: "9–17" are not so many hours."""
_AGE = re.compile(r"\bages?\b", re.IGNORECASE)
"""An age is told without its years, and asked for so."""
_STORED = re.compile(
    r"\b(?:storage|memory|space|data|sizes?|files?|disk|drive|ram|capacity|traffic|quota|volume|uploads?|downloads?|"
    r"backups?|mailbox|attachments?|limits?)\b",
    re.IGNORECASE,
)
"""The name of a column where "GB" is no country."""
_TIMED = re.compile(r"\b(?:time|duration)\b", re.IGNORECASE)
"""The name of a column where "min" are minutes, rather than the least."""
_NO_UNITS = frozenset("bar bit bits degree dozen foot mile pint yard weekdays workdays quarters".split())
"""What names rather something else in a head."""
_SINGULAR = frozenset({"h", "hr", "sec"})
"""Units of time that need no plural; "(month)" means for each month, and "(second)" may be the one after the first."""
_DAYS = re.compile(rf"(?:{'|'.join(sorted(WORKING))}|calendar)\sdays")
_PERCENT = frozenset({"%", "percent", "per cent"})
_CLOSE = frozenset("%‰°")
"""Signs right behind the number."""
_NUMBER = r"(?P<sign>[-−+]?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)"
_EACH_NUMBER = re.compile(_NUMBER)
_PLAIN = re.sub(r"\?P<\w+>", "?:", _NUMBER)
_LIMIT = (
    r"(?:(?:up to|at (?:most|least)|(?:no |not )?(?:less|fewer|more) than|under|over|below|above|from|between|within|"
    r"about|around|approx\.?|ca\.?|max\.?|min\.?)\s|(?:\\?[<>]=?|[≤≥~±])\s?)"
)
_TO = rf"(?:\s?[–—-]\s?|\s(?:to|or|and)\s|,\s(?={_LIMIT}))"
_FIGURE = re.compile(
    rf"(?P<begin>\**)(?P<said>{_LIMIT}?{_PLAIN}(?:{_TO}{_LIMIT}?{_PLAIN}){{0,3}})"
    r"(?P<more>\+|\s(?:or|and) (?:more|less|fewer|over|under|above|below|up|longer|shorter))?(?P<mark>\**)",
    re.IGNORECASE,
)


def joined(head: str, cell: str) -> tuple[str, str]:
    """Return what a column is called and a cell of it, the unit of the one told with the figure of the other."""
    name, unit = _parted(head)
    figure = _FIGURE.fullmatch(cell) if unit and len(cell) <= _LONGEST else None
    return (name, _with_unit(figure, unit)) if unit and figure else (head, cell)


def _with_unit(figure: re.Match[str], unit: str) -> str:
    said, more = figure["said"], figure["more"] or ""
    if unit.lower() in CURRENCIES and not _LETTER.match(unit[-1]):
        said = _EACH_NUMBER.sub(lambda number: f"{number['sign']}{unit}{number['digits']}", said) + more
    elif unit in _CLOSE:
        said = f"{said}{unit}{more}"
    else:
        said = f"{said}+ {unit}" if more == "+" else f"{said} {unit}{more}"
    return f"{figure['begin']}{said}{figure['mark']}"


@lru_cache(1_024)
def _parted(head: str) -> tuple[str, str]:
    """Return the name of a column and its unit; the head and nothing where it has none for certain."""
    if len(head) > _LONGEST:
        return head, ""
    bracketed, behind = _BRACKETED.fullmatch(head), _BEHIND.fullmatch(head)
    for found in (bracketed, behind):
        if found is None:
            continue
        name, unit = found["name"], found["unit"].strip()
        # "Item(s)", "Depth, m" and "Check in days" are no measures; "Hours, minutes" has two of them.
        short = len(unit) == 1 and _LETTER.match(unit) is not None
        loose = found is behind and (short or _is_unit("", name.strip("* ")) or bool(_PHRASE.search(name)))
        plural = found is bracketed and short and not found["gap"]
        if _LETTER.search(name) and not loose and not plural and _is_unit(name, unit):
            return f"{name}{found['mark']}", unit
    return head, ""


def _is_unit(name: str, unit: str) -> bool:
    """Whether what stands behind the name of a column is the unit of its figures."""
    word = re.sub(r"[\s-]+", " ", unit.lower())
    known = SYMBOLS.get(unit) or WORDS.get(word, "")
    if word in CURRENCIES or word in _PERCENT or known in OTHER_MONEY:
        return True
    if _PAID.search(name) or word in _NO_UNITS:
        return False
    if word in HOURS or word.removesuffix("s") in HOURS or _DAYS.fullmatch(word):
        return _is_time(name, word)
    measured = MEASURES.get(word) or MEASURES.get(word[:-1] if word.endswith("s") and len(word) > 2 else "")
    if not (unit.isalpha() and unit.isupper()):
        return bool(known or (measured and len(word) > 1))
    # "Plan (A)" and "Delivery (GB)" name something, in a letter or two.
    return measured is not None and len(unit) > 1 and (measured[0] != "byte" or bool(_STORED.search(name)))


def _is_time(name: str, word: str) -> bool:
    """Whether a unit of time behind the name of a column is how long something is."""
    if word == "min":
        return _TIMED.search(name) is not None
    counts = word in _SINGULAR or word not in HOURS
    return counts and not _OPEN.search(name) and not (word == "years" and _AGE.search(name))
