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

_NOT_BY = re.compile(r",\s(?:and\s|but\s)?not\sby\s(?P<agent>[^,;:.!?]+)", re.IGNORECASE)
_STOP = re.compile(r"[;:.!?]")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been)\b", re.IGNORECASE)


def not_done_by(text: str) -> str:
    """Return by whom something is not done that another does: the teachers of "by the office, not by teachers"."""
    found = _NOT_BY.search(text)
    return found["agent"] if found else ""


def completed(text: str, claim: str) -> str:
    """Return a sentence with all that its last clause denies, where a claim denies it of the same, else as it is."""
    if denies(claim) and (agent := not_done_by(text)) and telling_words(agent) <= telling_words(claim):
        done = _NOT_BY.split(text)[0]
        deed = _STOP.split(done)[-1].rpartition(" by ")[0]
        return f"{done}; {_PASSIVE.sub(lambda verb: f'{verb[0]} not', deed, count=1)} by {agent}."
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
