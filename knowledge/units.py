"""How units are written: of money, of time, and of what else is measured."""

from __future__ import annotations

from collections.abc import Iterator

_DOLLARS = {
    "USD": ("USA?", "US|U\\.S\\.|American"), "CAD": ("CA|(?-i:C)", "Canadian"), "AUD": ("AU|(?-i:A)", "Australian"),
    "NZD": ("NZ", "New Zealand"), "HKD": ("HK", "Hong Kong"), "SGD": ("SG|(?-i:S)", "Singapore(?:an)?"),
}  # fmt: skip
DOLLARS = {
    code: rf"(?<![^\W_])(?:(?:{sign})\$|{code}(?:\s?\$)?|(?:{whose})\sdollars?)"
    for code, (sign, whose) in _DOLLARS.items()
}
"""By its code a pattern, in any case, of what stands at an amount in each dollar, besides the bare sign and word."""
CURRENCIES = {
    "$": "$", "dollar": "$", "dollars": "$", "cent": "$", "cents": "$", "us$": "USD", "usd": "USD",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP",
    "chf": "CHF", "¥": "JPY", "jpy": "JPY", "₹": "INR", "inr": "INR", "c$": "CAD", "ca$": "CAD", "cad": "CAD",
    "a$": "AUD", "au$": "AUD", "aud": "AUD", "nz$": "NZD", "nzd": "NZD", "hk$": "HKD", "hkd": "HKD", "s$": "SGD",
    "sg$": "SGD", "sgd": "SGD", "us dollars": "USD", "canadian dollars": "CAD", "australian dollars": "AUD",
    "new zealand dollars": "NZD", "hong kong dollars": "HKD", "singapore dollars": "SGD",
}  # fmt: skip
"""The currencies by their symbols, codes and words, in lower case; "$" where it is not said whose dollars are meant."""
OTHER_MONEY = frozenset("SEK DKK NOK PLN kr penny".split())
"""Currencies among the units of `SYMBOLS` and `WORDS`."""
HOURS = {
    "second": 1 / 3600, "sec": 1 / 3600, "minute": 1 / 60, "min": 1 / 60, "hour": 1, "hr": 1, "h": 1, "day": 24,
    "night": 24, "weekday": 24, "workday": 24, "week": 168, "fortnight": 336, "month": 730.5, "quarter": 2191.5,
    "year": 8766, "yr": 8766,
}  # fmt: skip
"""The hours of each unit of time, in the singular."""
WORKING = {"business", "working", "work", "banking"}
"""What stands before days on which people work."""
_PREFIXES = {
    "": ("", 1), "kilo": ("k", 1e3), "mega": ("M", 1e6), "giga": ("G", 1e9), "tera": ("T", 1e12),
    "milli": ("m", 1e-3), "micro": ("µ", 1e-6), "centi": ("c", 1e-2),
}  # fmt: skip
_BINARY = {"kibi": ("Ki", 2**10), "mebi": ("Mi", 2**20), "gibi": ("Gi", 2**30), "tebi": ("Ti", 2**40)}
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
_MEASURED = {
    "g": ("gram", 1), "pound": ("gram", 453.6), "oz": ("gram", 28.35), "t": ("gram", 1e6),
    "m": ("metre", 1), "mi": ("metre", 1609.3), "yd": ("metre", 0.9144), "ft": ("metre", 0.3048),
    "in": ("metre", 0.0254), "l": ("litre", 1), "gal": ("litre", 3.785), "m³": ("litre", 1e3),
    "ft³": ("litre", 28.317), "B": ("byte", 1), "bit": ("byte", 1 / 8),
    "m²": ("area", 1), "cm²": ("area", 1e-4), "km²": ("area", 1e6), "ft²": ("area", 0.092903), "mi²": ("area", 2.59e6),
    "ha": ("area", 1e4), "acre": ("area", 4046.86),
    "m/s": ("speed", 1), "km/h": ("speed", 1 / 3.6), "mph": ("speed", 0.44704),
    "kbit/s": ("bit rate", 1e3), "Mbit/s": ("bit rate", 1e6), "Gbit/s": ("bit rate", 1e9), "MB/s": ("bit rate", 8e6),
    "GB/s": ("bit rate", 8e9),
    "Pa": ("pressure", 1), "psi": ("pressure", 6894.76), "bar": ("pressure", 1e5), "mbar": ("pressure", 100),
    "J": ("energy", 1), "Wh": ("energy", 3600), "cal": ("energy", 4.184),
}  # fmt: skip
"""What units measure that can be converted, and how much of it each is; of those with prefixes the bare one."""
_ANY_CASE = "B kB MB GB TB mg g kg t pound oz mm cm m km mi yd ft in ml cl l gal".split()
"""Units that are known in capitals and small letters alike: "5 KG"."""


def _prefixed() -> Iterator[tuple[str, str, str, str, float]]:
    """Yield each base with each of its prefixes as word and letter, the symbol of both, and how much the prefix is."""
    for base in _PREFIXED:
        for prefix, (letter, times) in (_PREFIXES | (_BINARY if base == "B" else {})).items():
            yield base, prefix, letter, f"{letter}{base}", times


def _spellings() -> tuple[dict[str, str], dict[str, str]]:
    """Return the units by their symbols, and by their words in lower case."""
    symbols: dict[str, str] = {}
    words: dict[str, str] = {}
    for unit, (written, spelt) in _OTHERS.items():
        symbols |= dict.fromkeys(written.split(), unit)
        words |= {word.lower(): unit for word in spelt.split(", ") if word}
    for base, prefix, letter, unit, _ in _prefixed():
        short = {unit, unit.replace("µ", "μ"), unit.replace("µ", "u")}
        # As people write them.
        short |= {f"{letter}L"} if base == "l" else set()
        short |= {f"K{base}"} if letter == "k" else set()
        short |= {unit.lower()} if base == "B" and len(unit) > 1 else set()
        symbols |= dict.fromkeys(short, unit)
        words |= {f"{prefix}{name}": unit for name in _PREFIXED[base].split(", ")}
    words |= {f"{word}s": unit for word, unit in words.items() if not word.endswith(("s", "z"))}
    for one in ("degree ", "metre per ", "meter per ", "bit per ", "byte per ", "mile per ", "metre an ", "mile an "):
        words |= {word.replace(one, one.replace(" ", "s ", 1)): unit for word, unit in words.items()}
    return symbols, words


SYMBOLS, WORDS = _spellings()
"""The units by their symbols, as they are written, and by their words in lower case."""


def _quantities() -> dict[str, tuple[str, float]]:
    """Return by each unit what it measures, and how much of it that is."""
    found = dict(_MEASURED)
    for base, _, _, unit, times in _prefixed():
        measured, much = _MEASURED.get(base, (base, 1))
        found[unit] = (measured, much * times)
    return found | {"kg": ("gram", 1e3), "µg": ("gram", 1e-6)}


QUANTITIES = _quantities()
"""By each unit that can be converted what it measures, and how much of it that is."""
MEASURES = {
    spelling.lower(): QUANTITIES[unit]
    for spelling, unit in (SYMBOLS | WORDS).items()
    if unit in _ANY_CASE and spelling != "t"  # five t-shirts
}
"""The units that are known in any case, in lower case."""
