"""How units are written: of money, of time, and of what else is measured."""

from __future__ import annotations

CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "cent": "USD", "cents": "USD",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP",
    "chf": "CHF", "¥": "JPY", "jpy": "JPY", "cad": "CAD", "aud": "AUD", "₹": "INR", "inr": "INR",
}  # fmt: skip
"""The currencies by their symbols, codes and words, in lower case."""
HOURS = {
    "second": 1 / 3600, "sec": 1 / 3600, "minute": 1 / 60, "min": 1 / 60, "hour": 1, "hr": 1, "h": 1, "day": 24,
    "night": 24, "weekday": 24, "workday": 24, "week": 168, "fortnight": 336, "month": 730.5, "quarter": 2191.5,
    "year": 8766, "yr": 8766,
}  # fmt: skip
"""The hours of each unit of time, in the singular."""
WORKING = {"business", "working", "work", "banking"}
"""What stands before days on which people work."""
MEASURES = {
    "b": ("byte", 1), "byte": ("byte", 1), "kb": ("byte", 1e3), "kilobyte": ("byte", 1e3), "mb": ("byte", 1e6),
    "megabyte": ("byte", 1e6), "gb": ("byte", 1e9), "gigabyte": ("byte", 1e9), "tb": ("byte", 1e12),
    "terabyte": ("byte", 1e12), "g": ("gram", 1), "gram": ("gram", 1), "kg": ("gram", 1e3), "kilo": ("gram", 1e3),
    "kilogram": ("gram", 1e3), "lb": ("gram", 453.6), "pound": ("gram", 453.6), "ounce": ("gram", 28.35),
    "oz": ("gram", 28.35), "mm": ("metre", 1e-3), "cm": ("metre", 1e-2), "m": ("metre", 1), "metre": ("metre", 1),
    "meter": ("metre", 1), "km": ("metre", 1e3), "kilometre": ("metre", 1e3), "kilometer": ("metre", 1e3),
    "mile": ("metre", 1609.3), "foot": ("metre", 0.3048), "feet": ("metre", 0.3048), "ft": ("metre", 0.3048),
    "inch": ("metre", 0.0254), "inche": ("metre", 0.0254), "ml": ("litre", 1e-3), "litre": ("litre", 1),
    "liter": ("litre", 1), "gallon": ("litre", 3.785), "l": ("litre", 1), "cl": ("litre", 1e-2),
    "millilitre": ("litre", 1e-3), "milliliter": ("litre", 1e-3), "centilitre": ("litre", 1e-2),
    "centiliter": ("litre", 1e-2), "millimetre": ("metre", 1e-3), "millimeter": ("metre", 1e-3),
    "centimetre": ("metre", 1e-2), "centimeter": ("metre", 1e-2), "yard": ("metre", 0.9144), "mg": ("gram", 1e-3),
    "milligram": ("gram", 1e-3), "tonne": ("gram", 1e6),
}  # fmt: skip
"""Other units, in lower case and the singular, each with what it is measured in, and how much of that it is."""
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


SYMBOLS, WORDS = _spellings()
"""The units by their symbols, as they are written, and by their words in lower case."""
