"""Numbers with a unit in a text, however the unit is written: 90 °C and 90 degrees Celsius are one, 90 °F is another.

Not among the units are those that are told by words alone (days, euros), which `bot.text.facts` knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knowledge.sentences import NUMBER_WORDS
from knowledge.units import SYMBOLS, WORDS


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit; of "2 to 8 °C" each number is one."""

    value: float
    """With its sign, where it is degrees."""
    unit: str
    """The symbol (`kWh`)."""
    per: str
    """The time for which it is told (`month`); empty where it is told for none."""

    def fits(self, other: Measure) -> bool:
        """Whether both say the same, as far as both say it: plain degrees fit those of any scale."""
        unit = self.unit == other.unit or (self.unit == "°" and other.unit in ("°C", "°F"))
        return unit and self.value == other.value and (self.per == other.per or not (self.per and other.per))


_NUMBER = re.compile(
    r"(?:(?<![^\s(/])(?P<minus>[-−–]|minus\s))?(?<![\w.,$€£])"
    rf"(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\b(?:{'|'.join(NUMBER_WORDS)})\b)",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s?(?:[x×–—-]|to|by|and|or)\s?")
"""What stands between numbers of which only the last has a unit."""


def _any_of(spellings: Mapping[str, str]) -> str:
    longest_first = sorted(spellings, key=len, reverse=True)
    return "|".join(re.escape(one).replace(r"\ ", r"[\s-]") for one in longest_first)


_UNIT = re.compile(
    rf"(?:(?P<symbol>{_any_of(SYMBOLS)})|(?P<words>(?i:{_any_of(WORDS)}))"
    r"|(?:[\"″”]|in\b\.?)(?=\s?(?:wide|high|long|tall|deep|thick|across|in\sdiameter|[x×]\s?\d)))(?![\w²³])"
)
_SPACE = re.compile(r"[\s-]?")
_PER = re.compile(r"(?:\s?/\s?|\s(?:per|an?|each|every)\s)(second|minute|hour|day|night|week|month|quarter|year)\b")
_ALONE = re.compile(r"[(\[]|\bin\s")
"""What stands before a unit whose numbers stand elsewhere."""


def measures_in(text: str) -> Iterator[tuple[Measure, int, int]]:
    """Yield the measures in a text, each with the span of all that its unit stands behind."""
    waiting: list[re.Match[str]] = []
    for number in _NUMBER.finditer(text):
        if waiting and not _JOINT.fullmatch(text, waiting[-1].end(), number.start()):
            waiting.clear()
        waiting.append(number)
        if found := _unit_at(text, number.end()):
            unit, per, end = found
            for one in waiting:
                # Before any other unit a hyphen is a dash or the mark of a list.
                sign = -1 if one["minus"] and unit.startswith("°") else 1
                yield Measure(sign * _value(one["number"]), unit, per), waiting[0].start(), end
            waiting.clear()


def units_alone(text: str) -> frozenset[str]:
    """Return the units that a text names for numbers that stand elsewhere: "Weight (kg)", "in degrees Celsius"."""
    found = (_UNIT.match(text, before.end()) for before in _ALONE.finditer(text))
    return frozenset(_symbol(match) for match in found if match)


def _unit_at(text: str, start: int) -> tuple[str, str, int] | None:
    """Return the unit behind a number, the time for which it is told, and where they end; None where none stands."""
    space = _SPACE.match(text, start)
    found = _UNIT.match(text, space.end() if space else start)
    if found is None:
        return None
    per = _PER.match(text, found.end())
    return _symbol(found), per[1] if per else "", per.end() if per else found.end()


def _symbol(match: re.Match[str]) -> str:
    if match["symbol"]:
        return SYMBOLS[match["symbol"]]
    return WORDS[re.sub(r"[\s-]", " ", match["words"].lower())] if match["words"] else "in"


def _value(number: str) -> float:
    if (word := number.lower()) in NUMBER_WORDS:
        return float(NUMBER_WORDS[word])
    return float(re.sub(r",(?=\d{3}(?!\d))", "", number).replace(",", "."))
