"""Superscripts as text: what is a mark of a footnote must not be read as digits of the number before it."""

from __future__ import annotations

import re

_SIGNS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_NUMERAL = re.compile(r"\s*[\[(]?\s*([\d+−-][\d+−,;\s-]*?)\s*[\])]?\s*", re.ASCII)
_RAISED = re.compile(r"[⁺⁻]?[⁰¹²³⁴-⁹]+(?:[,;]?\s?[⁰¹²³⁴-⁹]+)*")
_BEGIN = re.compile(r"(?:^|\||\n)[ \t>*#|-]*$")
_SHORT_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,3}$")
_TIMES_TEN = re.compile(r"[×x*·]\s?10$")
_PRICE = re.compile(r"(?:[$€£¥]|\b(?:EUR|USD|GBP|CHF))\s?\d[\d.,' ]*$")
_NUMBER = re.compile(r"\d$")
_CURRENCY = re.compile(r"\s?(?:[$€£¥]|(?:EUR|USD|GBP|CHF)\b)")


def raised(text: str) -> str:
    """Return superscript text: digits in the characters that Unicode has for them, words ("1st", "TM") as they are."""
    numeral = _NUMERAL.fullmatch(text)
    return numeral[1].translate(_SIGNS) if numeral else text


def without_marks(text: str) -> str:
    """Return text without the superscript digits that are marks of footnotes: "30¹ days" are 30 days.

    What begins a line or a cell is the footnote itself and keeps its mark; "m²" stays, "4·10⁶" becomes "4·10^6"
    and the cents of "$19⁹⁹" "$19.99".
    """
    return _RAISED.sub(_left, text)


def _left(found: re.Match[str]) -> str:
    before, after = found.string[max(0, found.start() - 40) : found.start()], found.string[found.end() :][:5]
    digits = found[0].translate(_PLAIN)
    if found[0][0] in "⁺⁻" or _TIMES_TEN.search(before):
        return f"^{digits}"
    if re.fullmatch(r"\d\d", digits) and (_PRICE.search(before) or (_NUMBER.search(before) and _CURRENCY.match(after))):
        return f".{digits}"
    if _BEGIN.search(before) or (found[0] in "²³" and _SHORT_WORD.search(before)):
        return found[0]
    return ""
