"""Of a long message, such as a mail, what it asks, and what it tells beside that.

Only so many words are searched with, and the first ones of a mail seldom ask something.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.clauses import is_asked
from bot.facts import telling_words
from bot.intents import without_signature
from bot.questions import is_polite
from knowledge.sentences import sentences_of

LONG = 60
"""Words of a message of which all are searched with, and of what a longer one tells beside what it asks."""
_MOST = 3
"""Questions of a message that are searched with at once; one with more is left as it is."""
_LEAST_WISHED = 2
"""Telling words of a wish that says for what."""
_WISHES = re.compile(
    r"\b(?:want|need|would (?:like|love)|I['’]d (?:like|love)|brauche|möchte|hätte gern|ich will|voudrais|aimerais|"
    r"souhaite|besoin|quiero|quisiera|necesito|vorrei|ho bisogno|gostaria|preciso|quero|ik wil|graag)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"^[ \t]*>.*$|^[ \t]*(?:On|Am|Le|El|Il|Em|Op)\b[^\n]{5,200}"
    r"(?:wrote|schrieb|écrit|escribió|scritto|escreveu|schreef)[^\n]{0,80}:[ \t]*$(?:.|\n)*"
    r"|^[ \t]*-{3,}[ \t]?(?:Original|Forwarded|Ursprüngliche)\b(?:.|\n)*",
    re.MULTILINE,
)
"""What somebody else wrote: quoted lines, and the mail that a mail answers."""


class Gist(NamedTuple):
    """What is searched with of a message."""

    asked: str
    told: str
    """What it tells beside that: the product, the place, what happened; empty for a short one."""


def gist(message: str) -> Gist:
    """Return what a long message asks and what it tells beside that; others, and such as ask nothing, are all asked."""
    whole = Gist(message, "")
    if len(message.split()) <= LONG:
        return whole
    own = without_signature(own_words(message))
    sentences = [one for one in sentences_of(own) if not is_polite(one)]
    asking = [place for place, one in enumerate(sentences) if is_asked(one)]
    wishing = [place for place, one in enumerate(sentences) if place not in asking and _wishes(one)]
    for places in ({*asking, *wishing}, {*asking}):
        asked = " ".join(sentences[place] for place in sorted(places))
        if 0 < len(asked.split()) <= LONG and len(asking) <= _MOST:
            return Gist(asked, _nearest(sentences, places))
    return whole


def own_words(message: str) -> str:
    """Return a message without what others wrote; as it is where it holds nothing else."""
    own = _OTHERS.sub("", message)
    return message if own == message else own.strip() or message


def _wishes(sentence: str) -> bool:
    return bool(_WISHES.search(sentence)) and len(telling_words(sentence)) >= _LEAST_WISHED


def _nearest(sentences: list[str], asked: set[int]) -> str:
    """Return the first of the other sentences and those nearest to what is asked, as many as there is room for."""
    others = [place for place in range(len(sentences)) if place not in asked]
    kept: set[int] = set()
    room = LONG
    others = [place for place in others if sentences[place] not in sentences[:place]]
    for place in sorted(others, key=lambda place: (place > 0, min(abs(place - one) for one in asked), -place)):
        if (length := len(sentences[place].split())) <= room:
            kept.add(place)
            room -= length
    return " ".join(sentences[place] for place in sorted(kept))
