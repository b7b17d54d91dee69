"""What a clause that is cut short says: that cars need none, of "Vans need a permit, cars do not"."""

from __future__ import annotations

import re

from bot.claims.subjects import denies, verb_of
from bot.text.facts import telling_words

_CUT_SHORT = re.compile(
    r",\s(?:(?:and|but|while|whereas)\s)?(?P<who>(?:[\w'’-]+\s){1,4}?)"
    r"(?P<none>none|(?:do|does|is|are|can|may|must|will)\snot|cannot|(?:do|does|is|are|ca|wo)n['’]t)\W*$",
    re.IGNORECASE,
)
_HELPERS = re.compile(r"(?:is|are|can|may|must|will)\s", re.IGNORECASE)
_HOW_MANY = re.compile(r"\b(?:an?|one|two|three|four|five|six|\d+)\s", re.IGNORECASE)


def completed(text: str, claim: str) -> str:
    """Return a sentence with all that its last clause denies, where a claim denies it of the same, else as it is."""
    found = _CUT_SHORT.search(text) if denies(claim) else None
    verb = verb_of(text[: found.start()]) if found else None
    words = telling_words(claim)
    if not found or not verb or not telling_words(found["who"]) <= words:
        return text
    said, others = text[verb.start() : found.start()], telling_words(text[: verb.start()])
    if (others - telling_words(found["who"])) & words:
        return text
    if found["none"].lower() == "none":
        return f"{text[: found.start()]}; {found['who']}cannot {_HOW_MANY.sub('', _HELPERS.sub('', said, count=1))}."
    return f"{text[: found.start()]}; {found['who']}{found['none']} {_HELPERS.sub('', said, count=1)}."
