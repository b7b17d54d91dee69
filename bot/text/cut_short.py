"""Numbers whose unit is left out, as it is that of a number before: "films for one" behind "books for three weeks"."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.sentences import NUMBER_WORDS

_NEAR = 200
"""Characters between two numbers of which the second may leave out its unit."""
_NUMBER = rf"(?:\d+|{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})"
_LEAD = r"(?:for|after|within|in|up to|at least|at most)"
_LED_ALIKE = ({"within", "after"}, {"for", "up to", "at least", "at most"})
"""Words of which one may lead to the first number and another to the second."""
_UNIT = r"(?:(?:working|business|calendar)\s)?(?:minutes?|hours?|days?|nights?|weeks?|months?|years?)"
_WITH_UNIT = re.compile(rf"\b(?P<lead>{_LEAD})\s{_NUMBER}\s(?P<unit>{_UNIT})\b", re.IGNORECASE)
_WITHOUT = re.compile(
    rf"\b(?P<lead>{_LEAD})\s(?P<number>{_NUMBER})"
    r"(?=\s*(?:$|[.;!?)](?!\d)|,\s)|\s(?:and|but|while|whereas)\s(?!(?:an?\s)?(?:half|quarter)\b))",
    re.IGNORECASE,
)
_OR_CASE = re.compile(
    rf"\b{_NUMBER}\s(?P<unit>{_UNIT}\sold|years\sof\sage|{_UNIT}),?\s(?:or|but)\s(?:only\s|just\s)?"
    rf"{_NUMBER}(?=\s(?:when|if|for|with|on|in|at|once|unless)\b)",
    re.IGNORECASE,
)
"""A number that stands for a case in place of the one before: "16 years old, or 14 when accompanied"."""
_JOINT = re.compile(r"[,;]\s|\s(?:and|but|while|whereas)\s", re.IGNORECASE)
_END = re.compile(r"[.!?]\s|\n")
_MODAL = re.compile(
    r"\b(?:can|cannot|could|may|might|must|will|would|shall|should|do|does|did)\b(?!\s(?:not\s)?be\b)", re.I
)
_VERB = re.compile(rf"{_MODAL.pattern}|\b(?:is|are|was|were|be|has|have|had)\b", re.IGNORECASE)
_LAST_WORD = re.compile(r"[^\W\d_]+(?=\W*$)")
_COUNTS_OTHERS = frozenset("pay pays paid suitable set meant room space enough".split())
"""What stands before "for two" where those are people or things, not a time."""


@lru_cache(maxsize=2_048)
def with_units(text: str) -> str:
    """Return a text with the unit behind each number that leaves it out, where its clause is cut short as well.

    What has another verb counts something else: "dinner is served for two hours, and tables are set for two".
    """
    text = _OR_CASE.sub(r"\g<0> \g<unit>", text)
    said = list(_WITH_UNIT.finditer(text))
    for found in reversed([*_WITHOUT.finditer(text)] if said else []):
        before = next((one for one in reversed(said) if one.end() <= found.start()), None)
        if before and found.start() - before.end() <= _NEAR and _cut_short(text, before, found):
            unit = before["unit"]
            text = f"{text[: found.end()]} {unit if unit.endswith('s') else f'{unit}s'}{text[found.end() :]}"
    return text


def both_readings(text: str) -> str:
    """Return a text, and once more with the units that it leaves out, if it leaves out any."""
    full = with_units(text)
    return text if full == text else f"{text}\n{full}"


def _cut_short(text: str, before: re.Match[str], found: re.Match[str]) -> bool:
    """Whether a number without a unit may have that of the one before."""
    between = text[before.end() : found.start()]
    joints = list(_JOINT.finditer(between))
    if not joints or _END.search(between):
        return False
    leads = {before["lead"].lower(), found["lead"].lower()}
    part = between[joints[-1].end() :]
    verb = _VERB.search(part)
    last = _LAST_WORD.search(part)
    word = last[0].lower() if last else ""
    if len(leads) > 1 and (verb or not any(leads <= alike for alike in _LED_ALIKE)):
        return False
    if verb is None:
        return word not in _COUNTS_OTHERS
    start = max(0, before.start() - _NEAR)
    first = text[max((one.end() for one in _END.finditer(text, start, before.start())), default=start) : before.start()]
    led_by = _LAST_WORD.search(first)
    modals = [one[-1].lower() for one in (_MODAL.findall(first), _MODAL.findall(part)) if one]
    return (led_by is not None and led_by[0].lower() == word) or (len(modals) == 2 and modals[0] == modals[1])
