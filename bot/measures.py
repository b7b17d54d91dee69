"""Numbers with a unit in a text, however the unit is written: 90 °C and 90 degrees Celsius are one, 90 °F is another.

Not among the units are those that are told by words alone (days, euros), which `bot.facts` knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knowledge.sentences import NUMBER_WORDS


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


_PREFIXES = {"": "", "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "milli": "m", "micro": "µ", "centi": "c"}
_BINARY = {"kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "tebi": "Ti"}
_PREFIXED = {
    "W": "watt", "Wh": "watt hour", "V": "volt", "A": "amp, ampere", "Ah": "amp hour, ampere hour", "Hz": "hertz",
    "g": "gram, gramme", "m": "metre, meter", "l": "litre, liter", "B": "byte", "bit": "bit", "Pa": "pascal",
    "J": "joule", "cal": "calorie", "lm": "lumen", "lx": "lux",
}  # fmt: skip
_OTHERS = {
    "°C": ("°C ºC ℃ C", "degree celsius, degree centigrade, degree C, celsius, centigrade"),
    "°F": ("°F ºF ℉ F", "degree fahrenheit, degree F, fahrenheit"),
    "°": ("° º", "degree"),
    "mph": ("", "mph, mile per hour, mile an hour"),
    "km/h": ("km/h kmh", "kph, km per hour, kilometre per hour, kilometer per hour, kilometre an hour"),
    "m/s": ("m/s", "metre per second, meter per second"),
    "kbit/s": ("kbps kbit/s kb/s Kbps", "kilobit per second"),
    "Mbit/s": ("Mbps Mbit/s Mb/s", "megabit per second"),
    "Gbit/s": ("Gbps Gbit/s Gb/s", "gigabit per second"),
    "MB/s": ("MB/s MBps", "megabyte per second"),
    "GB/s": ("GB/s GBps", "gigabyte per second"),
    "rpm": ("", "rpm, revolution per minute"),
    "psi": ("", "psi"),
    "bar": ("", "bar"),
    "mbar": ("", "mbar, millibar"),
    "dB": ("dB", "decibel"),
    "dpi": ("", "dpi, dot per inch"),
    "ppi": ("", "ppi, pixel per inch"),
    "px": ("px", "pixel"),
    "ppm": ("ppm", "part per million"),
    "µg": ("mcg", ""),
    "mi": ("", "mile"),
    "yd": ("yd", "yard"),
    "ft": ("ft", "foot, feet"),
    "in": ("", "inch, inches"),
    "pound": ("lb lbs", "pound"),
    "oz": ("oz", "ounce"),
    "fl oz": ("", "fl oz, fl. oz, fluid ounce"),
    "t": ("t", "tonne, metric ton"),
    "ton": ("", "ton"),
    "kg": ("", "kilo"),
    "gal": ("gal", "gallon"),
    "pint": ("", "pint"),
    "tsp": ("tsp", "teaspoon"),
    "tbsp": ("tbsp", "tablespoon"),
    "ha": ("ha", "hectare"),
    "acre": ("", "acre"),
    "m²": ("m² m2 sqm", "sq m, square metre, square meter"),
    "cm²": ("cm² cm2", "sq cm, square centimetre, square centimeter"),
    "km²": ("km² km2", "sq km, square kilometre, square kilometer"),
    "ft²": ("ft² ft2 sqft", "sq ft, square foot, square feet"),
    "mi²": ("", "sq mi, square mile"),
    "m³": ("m³ m3", "cubic metre, cubic meter"),
    "ft³": ("ft³ ft3", "cu ft, cubic foot, cubic feet"),
    "second": ("s", "sec"),
    "minute": ("", "min"),
    "hour": ("h", "hr"),
    "ms": ("ms", "millisecond"),
    "‰": ("‰", "per mille"),
    "percentage point": ("", "percentage point, percent point"),
    "dozen": ("", "dozen"),
    "penny": ("", "pence"),
    "kr": ("", "kr"),
    "SEK": ("SEK", "Swedish krona, Swedish kronor"),
    "DKK": ("DKK", "Danish krone, Danish kroner"),
    "NOK": ("NOK", "Norwegian krone, Norwegian kroner"),
    "PLN": ("PLN zł", "zloty"),
}
"""By each unit its symbols, as they are written, and its words, in the singular."""


def _spellings() -> tuple[dict[str, str], dict[str, str]]:
    """Return the units by their symbols, and by their words in lower case."""
    symbols: dict[str, str] = {}
    words: dict[str, str] = {}
    for unit, (written, spelt) in _OTHERS.items():
        symbols |= dict.fromkeys(written.split(), unit)
        words |= {word.lower(): unit for word in spelt.split(", ") if word}
    for base, names in _PREFIXED.items():
        for prefix, letter in (_PREFIXES | (_BINARY if base == "B" else {})).items():
            unit = f"{letter}{base}"
            short = {unit, unit.replace("µ", "μ"), unit.replace("µ", "u")}
            # As people write them.
            short |= {f"{letter}L"} if base == "l" else set()
            short |= {f"K{base}"} if letter == "k" else set()
            short |= {unit.lower()} if base == "B" and len(unit) > 1 else set()
            symbols |= dict.fromkeys(short, unit)
            words |= {f"{prefix}{name}": unit for name in names.split(", ")}
    words |= {f"{word}s": unit for word, unit in words.items() if not word.endswith(("s", "z"))}
    for one in ("degree ", "metre per ", "meter per ", "bit per ", "byte per ", "mile per ", "metre an ", "mile an "):
        words |= {word.replace(one, one.replace(" ", "s ", 1)): unit for word, unit in words.items()}
    return symbols, words


_SYMBOLS, _WORDS = _spellings()
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
    rf"(?:(?P<symbol>{_any_of(_SYMBOLS)})|(?P<words>(?i:{_any_of(_WORDS)}))"
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
        return _SYMBOLS[match["symbol"]]
    return _WORDS[re.sub(r"[\s-]", " ", match["words"].lower())] if match["words"] else "in"


def _value(number: str) -> float:
    if (word := number.lower()) in NUMBER_WORDS:
        return float(NUMBER_WORDS[word])
    return float(re.sub(r",(?=\d{3}(?!\d))", "", number).replace(",", "."))
