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
_TEN = re.compile(r"(?<![\w.,:/'’$€£¥-])(?<![$€£¥]\s)(?<!(?:EUR|USD|GBP|CHF)\s)10$")
_ONE_DIGIT = re.compile(r"(?<![\w.,:/'’-])\d$")
_LABEL = re.compile(
    r"(?:§|\b(?:Section|Sec|Article|Art|Page|Chapter|Step|Table|Annex|Appendix|Level|Version|Windows|iOS|No|Nr|"
    r"Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b)\.?\s?10$"
)
"""A number that only names something is raised to no power."""
_PLAINLY_COUNTED = re.compile(
    r"\s?(?:%|[$€£¥]|(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?|percent|per ?cent|Prozent|pour ?cent|working|business|"
    r"calendar|full|whole|(?:week)?days?|hours?|minutes?|seconds?|weeks?|months?|years?|(?:Werk|Arbeits)?Tagen?|"
    r"Stunden?|Minuten?|Sekunden?|Wochen?|Monaten?|Jahren?|jours?|heures?|semaines?|mois|ans?|días?|horas?|semanas?|"
    r"mes(?:es)?|años?|giorn[io]|or[ae]|settiman[ae]|mes[ei]|ann[io]|dagen)\b)",
    re.IGNORECASE,
)
"""What is counted in plain numbers, so that what is raised above them is a mark."""
_UNIT = re.compile(
    r"\s?(?:[kcmµnMGT]?(?:g|m|l|L|W|Wh|V|A|Hz|J|Pa|B|bit|mol|s|Ω|Sv|Bq|lm|lx)|cells?|CFU|particles?|copies|ppm|ppb)\b"
)
"""What powers of ten are said of; with a noun, "10² users", it is as often the mark of a footnote."""
_SUM = re.compile(r"\s?[=≈+×·*/^−<>≤≥]")
_END = re.compile(r"[.;:!?)]*\s*(?:[|\n]|$)")
_PRICE = re.compile(r"(?:[$€£¥]|\b(?:EUR|USD|GBP|CHF))\s?\d[\d.,' ]*$")
_NUMBER = re.compile(r"\d$")
_CURRENCY = re.compile(r"\s?(?:[$€£¥]|(?:EUR|USD|GBP|CHF)\b)")


def raised(text: str) -> str:
    """Return superscript text: digits in the characters that Unicode has for them, words ("1st", "TM") as they are."""
    numeral = _NUMERAL.fullmatch(text)
    return numeral[1].translate(_SIGNS) if numeral else text


def without_marks(text: str) -> str:
    """Return text without the superscript digits that are marks of footnotes: "30¹ days" are 30 days.

    What begins a line or a cell is the footnote itself and keeps its mark; "m²" stays, "4·10⁶" becomes "4·10^6",
    "10³ kg" "10^3 kg" and the cents of "$19⁹⁹" "$19.99". Where it may be either ("2³" alone), it stays as it is.
    """
    return _RAISED.sub(_left, text)


def _left(found: re.Match[str]) -> str:
    before, after = (
        found.string[max(0, found.start() - 40) : found.start()],
        found.string[found.end() : found.end() + 20],
    )
    digits = found[0].translate(_PLAIN)
    if found[0][0] in "⁺⁻" or _TIMES_TEN.search(before):
        return f"^{digits}"
    if _TEN.search(before) and re.fullmatch(r"[2-9]|1\d", digits) and not _PLAINLY_COUNTED.match(after):
        return f"^{digits}" if _UNIT.match(after) and not _LABEL.search(before) else found[0]
    if re.fullmatch(r"\d\d", digits) and (_PRICE.search(before) or (_NUMBER.search(before) and _CURRENCY.match(after))):
        return f".{digits}"
    if found[0] in "²³" and _ONE_DIGIT.search(before) and (_SUM.match(after) or _END.match(after)):
        return found[0]
    if _BEGIN.search(before) or (found[0] in "²³" and _SHORT_WORD.search(before)):
        return found[0]
    return ""
