"""Numbers and times as a workbook shows them: the number formats of Excel."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|\[(?P<compared><=|>=|<>|<|>|=)(?P<bound>-?[\d.]+)\]|\[[^\]]*\]"
    r"|(?P<general>General)|(?P<power>E[+-])|(?P<sign>[0#?.,%;/])|(?P<text>.)",
    re.IGNORECASE | re.DOTALL,
)
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_DIGITS = set("0#?")
_COMMA = ("sign", ",")
_EXACT = 1e21
"""Above it a number has more digits than anybody counts."""

_TIME_TOKEN = re.compile(
    r'"[^"]*"?|\\.|[_*].|\[(?P<elapsed>h+|m+|s+)\]|\[[^\]]*\]|AM/PM|A/P|General|(?P<part>y+|m+|d+|h+|s+|e+)',
    re.IGNORECASE | re.DOTALL,
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_Token = tuple[str, str]
"""Kind ("sign", "text", "general", "power") and what it is."""


def shown_number(value: float, form: str) -> str:
    """Return a number in its number format: digits and what stands between them, thousands, percent and currency.

    A negative number keeps its sign whatever its format makes of it (red, say), unless that is a word; fractions and
    powers of ten are told as plain numbers.
    """
    tokens = _section(value, form)
    if not tokens:
        return "" if ";" in form else _plain(value)  # the format ;;; hides what it is for
    if words := _words(tokens):
        return words
    if any(kind == "general" for kind, _ in tokens):
        return "".join(_plain(value) if kind == "general" else what for kind, what in tokens if kind != "sign").strip()
    if not any(map(_is_digit, tokens)) or not abs(value) < _EXACT or _is_fraction(tokens):
        return _plain(value)
    percents = tokens.count(("sign", "%"))
    whole, decimals, thousands, is_grouped = _parts(tokens)
    scaled = Decimal(repr(abs(value))).scaleb(2 * percents - 3 * thousands)
    places = sum(map(_is_digit, decimals))
    rounded = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=400))
    before, _, after = f"{rounded:f}".partition(".")
    text = _whole(whole, before, is_grouped) + _decimals(decimals, after)
    return ("-" if value < 0 and rounded else "") + text.strip()


def shown_time(value: datetime | time | timedelta, form: str) -> str:
    """Return a time with the parts of it that its format shows: "May 2024" is not the first of May.

    Whole dates are told as YYYY-MM-DD, times of day as HH:MM, months and days of the week by their English names.
    """
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return str(minutes) if re.search(r"\[m+\]", form, re.IGNORECASE) else f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    parts = _parts_of_time(form)
    day = _day(value, parts)
    is_midnight = value.time() == time()
    has_time = "h" in parts or not day
    clock = value.time().isoformat(timespec="minutes") if has_time and not (day and is_midnight) else ""
    return " ".join(filter(None, (day, clock)))


def _parts_of_time(form: str) -> set[str]:
    """Return what a format shows: y, m (month), d, w (day of the week), h; of no format everything."""
    found = [one["part"].lower() for one in _TIME_TOKEN.finditer(form.partition(";")[0]) if one["part"]]
    parts: set[str] = set()
    for i, one in enumerate(found):
        is_minute = one[0] == "m" and ((i > 0 and found[i - 1][0] == "h") or found[i + 1 : i + 2] in (["s"], ["ss"]))
        if one[0] == "d":
            parts.add("w" if len(one) > 2 else "d")
        elif not is_minute:
            parts.add("y" if one[0] == "e" else one[0])
    return parts or set("ymdh")


def _day(value: datetime, parts: set[str]) -> str:
    if parts >= {"y", "m", "d"}:
        return value.date().isoformat()
    day, month, year = str(value.day), _MONTHS[value.month - 1], str(value.year)
    told = [one for part, one in (("d", day), ("m", month), ("y", year)) if part in parts]
    weekday = _WEEKDAYS[value.weekday()] if "w" in parts else ""
    return ", ".join(filter(None, (weekday, " ".join(told))))


def _plain(value: float) -> str:
    if abs(value) < _EXACT and value == int(value):
        return str(int(value))
    text = f"{value:.10g}"
    return f"{value:.0f}" if "e+" in text and abs(value) < _EXACT else text


def _section(value: float, form: str) -> list[_Token]:
    """Return the tokens of the part of a format that is for a number.

    Without conditions the second is for negative ones and the third for zero; what they show counts only where it
    is a word ("free"), or nothing at all.
    """
    sections: list[tuple[bool | None, list[_Token]]] = []
    holds: bool | None = None
    tokens: list[_Token] = []
    for found in _TOKEN.finditer(form):
        kind = found.lastgroup or ""
        if found["sign"] == ";":
            sections.append((holds, tokens))
            holds, tokens = None, []
        elif found["compared"]:
            holds = _COMPARED[found["compared"]](value, float(found["bound"]))
        elif kind in ("quoted", "escaped", "currency", "text"):
            tokens.append(("text", found[kind]))
        elif kind:
            tokens.append((kind, found[kind]))
    sections.append((holds, tokens))
    if all(holds is None for holds, _ in sections):
        place = 1 if value < 0 else 2 if value == 0 else 0
        own = sections[place][1] if place < len(sections) else sections[0][1]
        return own if _words(own) or (not own and value == 0) else sections[0][1]
    return next((tokens for holds, tokens in sections if holds is not False), sections[0][1])


def _words(tokens: Sequence[_Token]) -> str:
    """Return what a format shows in place of the number; nothing where it shows the number or a mere sign."""
    text = "".join(what for kind, what in tokens if kind == "text").strip()
    return text if all(kind == "text" for kind, _ in tokens) and any(map(str.isalnum, text)) else ""


def _is_fraction(tokens: Sequence[_Token]) -> bool:
    return any(
        token[0] == "power" or (token == ("sign", "/") and i > 0 and _is_digit(tokens[i - 1]))
        for i, token in enumerate(tokens)
    )


def _parts(tokens: Sequence[_Token]) -> tuple[list[_Token], list[_Token], int, bool]:
    """Return the tokens up to the decimal point and from it on, how often to divide by 1,000, and whether to group."""
    point = next((i for i, token in enumerate(tokens) if token == ("sign", ".")), len(tokens))
    parts: list[list[_Token]] = []
    thousands, is_grouped = 0, False
    for part in (tokens[:point], tokens[point:]):
        places = [i for i, token in enumerate(part) if _is_digit(token)]
        first, after = (places[0], places[-1] + 1) if places else (len(part), len(part))
        between = [token for token in part[first:after] if token != _COMMA]
        is_grouped |= len(between) < after - first
        rest = after
        while rest < len(part) and part[rest] == _COMMA:
            rest += 1
        thousands += rest - after
        parts.append([*part[:first], *between, *part[rest:]])
    return parts[0], parts[1], thousands, is_grouped


def _is_digit(token: _Token) -> bool:
    return token[0] == "sign" and token[1] in _DIGITS


def _whole(tokens: Sequence[_Token], digits: str, is_grouped: bool) -> str:
    """Return the digits before the decimal point in their places, from the right; the first place takes the rest."""
    places = [i for i, token in enumerate(tokens) if _is_digit(token)]
    if not places:
        return "".join(what for _, what in tokens) + digits.lstrip("0")
    left = digits
    out: list[str] = []
    count = 0
    for i in range(len(tokens) - 1, -1, -1):
        what = tokens[i][1]
        if not _is_digit(tokens[i]):
            out.append(what)
            continue
        taken = left if i == places[0] else left[-1:]
        left = left[: len(left) - len(taken)]
        for digit in reversed(taken or ("0" if what == "0" else "")):
            if is_grouped and count and count % 3 == 0:
                out.append(",")
            out.append(digit)
            count += 1
    return "".join(reversed(out))


def _decimals(tokens: Sequence[_Token], digits: str) -> str:
    """Return what is from the decimal point on; zeros at the end stay only where the format has a 0."""
    needed = kept = 0
    for place, token in enumerate(filter(_is_digit, tokens), start=1):
        needed = place if token[1] == "0" else needed
        kept = place if digits[place - 1] != "0" else kept
    left = digits[: max(needed, kept)]
    out = ""
    for token in tokens:
        if _is_digit(token):
            out, left = out + left[:1], left[1:]
        elif token != ("sign", ".") or left:
            out += token[1]
    return out
