"""Numbers whose unit is left out, as it is that of a number before: "films for one" behind "books for three weeks"."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.sentences import NUMBER_WORDS

_NEAR = 200
"""Characters between two numbers of which the second may leave out its unit."""
_NUMBER = rf"(?:\d+|{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})"
_LEAD = r"(?:for|after|within|in|until|up to|at least|at most)"
_UNIT = r"(?:(?:working|business|calendar)\s)?(?:minutes?|hours?|days?|nights?|weeks?|months?|years?)"
_WITH_UNIT = re.compile(rf"\b(?P<lead>{_LEAD})\s{_NUMBER}\s(?P<unit>{_UNIT})\b", re.IGNORECASE)
_WITHOUT = re.compile(
    rf"\b(?P<lead>{_LEAD})\s(?P<number>{_NUMBER})"
    r"(?=\s*(?:$|[.;!?)](?!\d)|,\s)|\s(?:and|but|while|whereas)\s(?!(?:an?\s)?(?:half|quarter)\b))",
    re.IGNORECASE,
)
_JOINT = re.compile(r"[,;]\s|\s(?:and|but|while|whereas)\s", re.IGNORECASE)
_END = re.compile(r"[.!?]\s|\n")


@lru_cache(maxsize=2_048)
def with_units(text: str) -> str:
    """Return a text with the unit behind each number that leaves it out, where the same word leads to both numbers."""
    said = list(_WITH_UNIT.finditer(text))
    for found in reversed([*_WITHOUT.finditer(text)] if said else []):
        before = next((one for one in reversed(said) if one.end() <= found.start()), None)
        if before is None or found.start() - before.end() > _NEAR or before["lead"].lower() != found["lead"].lower():
            continue
        between, unit = text[before.end() : found.start()], before["unit"]
        if _JOINT.search(between) and not _END.search(between):
            text = f"{text[: found.end()]} {unit if unit.endswith('s') else f'{unit}s'}{text[found.end() :]}"
    return text
