"""Of a long message, such as a mail, what it asks, and what it tells beside that.

Only so many words are searched with, and the first ones of a mail seldom ask something.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.text.facts import telling_words
from bot.understanding.clauses import is_asked, refers_back
from bot.understanding.intents import asks
from bot.understanding.mails import own_words, without_introductions, without_signature
from bot.understanding.questions import is_polite, leans
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
_REQUESTS = re.compile(
    r"(?:(?:^|[,;:–—-]\s*|\b(?:so|and|then|but|now|could you|can you|would you|will you)\s)"
    r"(?:please|kindly|bitte|veuillez|merci de|por favor|per favore|alstublieft)\b|[,\s](?:please|bitte|por favor)\W*$|"
    r"\b(?:let (?:me|us) know|(?:am|are|be|['’]m) (?:\w+ )?(?:grateful|glad|thankful|obliged|pleased)\s(?:for|if)|"
    r"(?:would|['’]d)(?: \w+)? appreciate|w(?:ä|ae)re(?:n)? (?:\w+ ){0,3}(?:dankbar|froh)|"
    r"(?:vous )?serais? (?:\w+ )?reconnaissante?|agradecer[ií]a|sarei grato|sarei grata|agradeceria))"
    r"(?!\W+(?:find|see|note|excuse|forgive|accept|be (?:aware|assured)|(?:do not|don['’]t) hesitate|"
    r"if (?:you|there|anything|any)|finden|beachten|trouver))",
    re.IGNORECASE,
)
"""What introduces a wish, but for "please find attached" and "let me know if you need anything"."""
_ASKING_FOR_WORD = telling_words(
    "tell, know, let, help, advise, confirm, reply, answer, respond, get back, soon, quickly"
)
"""Telling words of a wish that says of nothing else what is wished."""
_EXCLAIMED = re.compile(
    r"\W*(?:(?:and|but|so|well)\s)?(?:"
    r"how (?:can|could|is) (?:that|this|it)(?: (?:even|still))?(?: (?:be|happen|possible))?|"
    r"(?:is|isn['’]t) (?:that|this|it) (?:really |not )?(?:too much to (?:ask|expect)|normal|right|fair|ok(?:ay)?|"
    r"acceptable|so (?:hard|difficult))|"
    r"can you (?:believe|imagine) (?:it|that|this)|why (?:is|does) (?:that|this|it)(?: \w+)?|why|"
    r"what (?:now|happened|is going on)|"
    r"wie kann das(?: denn)?(?: nur)? sein|ist das (?:denn )?(?:normal|zu viel verlangt)|"
    r"comment est[- ]ce possible|est[- ]ce (?:bien )?normal|¿?(?:cómo|como) es posible|com['’]è possibile"
    r")\W*",
    re.IGNORECASE,
)
"""Questions that say nothing of what is wished to know; where anything else is asked, they are no more than sighs."""

_YES = re.compile(
    r"\s*(?:(?:yes|no|ok|okay|sure|well|great|thanks|thank you|hi|hello|and|but|so|also|then)\b[,.!:]*\s+)+",
    re.IGNORECASE,
)
"""What a reply begins with that may be understood without what it replies to."""


class Gist(NamedTuple):
    """What is searched with of a message."""

    asked: str
    told: str
    """What it tells beside that: the product, the place, what happened; empty for a short one."""


def gist(message: str) -> Gist:
    """Return what a long message asks and what it tells beside that; others, and such as ask nothing, are all asked.

    What others wrote is left out, but for a short message that leans on it: "> 30 days. Does this hold for the UK?"
    """
    own = own_words(message)
    if len(own.split()) <= LONG:
        short = len(message.split()) <= LONG
        return Gist(without_introductions(message) if short and _leans_on_what_is_quoted(own) else own, "")
    whole = Gist(own, "")
    sentences = [one for one in sentences_of(without_signature(own)) if not is_polite(one)]
    asking = [place for place, one in enumerate(sentences) if is_asked(one)]
    wishing = [place for place, one in enumerate(sentences) if place not in asking and _wishes(one)]
    if telling := [place for place in asking if not _EXCLAIMED.fullmatch(sentences[place])] or wishing:
        asking = [place for place in asking if place in telling]
    leaning = {place - 1 for place in asking if place and not _says_of_what(sentences[place])}
    for places in ({*asking, *wishing, *leaning}, {*asking, *leaning}, {*asking}):
        asked = " ".join(sentences[place] for place in sorted(places))
        if 0 < len(asked.split()) <= LONG and len(asking) <= _MOST:
            return Gist(asked, _nearest(sentences, places))
    return whole


def _leans_on_what_is_quoted(own: str) -> bool:
    """Whether own words need those that they answer: "And for the UK?", but not "Yes, how long is the warranty?"."""
    rest = _YES.sub("", own)
    return refers_back(own) or (leans(rest) if asks(rest.rstrip(" ?")) else leans(own))


def _wishes(sentence: str) -> bool:
    if _REQUESTS.search(sentence):
        return bool(telling_words(_REQUESTS.sub("", sentence)) - _ASKING_FOR_WORD)
    return bool(_WISHES.search(sentence)) and len(telling_words(sentence)) >= _LEAST_WISHED


def _says_of_what(question: str) -> bool:
    """Whether a question names what it is about: "What should I do?" asks of what was told before it."""
    return bool(telling_words(question)) and not _EXCLAIMED.fullmatch(question)


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
