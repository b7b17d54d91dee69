"""The clause of a message that asks, told from the statements beside it: of "I joined in 2019. How many days do I get?"
the second sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.understanding.intents import asks
from bot.understanding.mails import own_words
from knowledge.sentences import sentences_of

_MARK = re.compile(r"[?？][\"')”’\s]*$")
_ASKING = (
    "what|when|where|which|who|whom|whose|how|why|can|could|do|does|did|is|are|was|were|may|will|would|should|shall|"
    "must"
)
_JOINT = re.compile(rf"(?:[,;:]|\s[–—-])\s+(?:and\s|but\s|so\s|then\s)?(?=(?:{_ASKING})\b)|;\s", re.IGNORECASE)
_BEGINS = re.compile(rf"\W*(?:(?:and|but|so|then|please|hi|hello|hey)\W+)?(?:{_ASKING})\b", re.IGNORECASE)
_OTHER_ASKING = (
    r"(?:wann|wie|was|wo|wer|welche[rsnm]?|warum|wieviel|hat|haben|habt|ist|sind|seid|kann|können|könnte[nt]?|darf|dürfen|"
    r"muss|müssen|soll(?:en|te)?|wird|werden|würden?|gibt|geht|gilt|gelten|kommt|kommen|kostet|kosten|öffnet|bekomm\w+|"
    r"quand|où|combien|quel(?:le)?s?|pourquoi|à\squelle|est-ce|qu['’]est-ce|\w+-(?:t-)?(?:il|elle|je|nous|vous|on|ils|elles|ce)|"
    r"cuándo|dónde|cómo|cuánt[oa]s?|qué|cuál(?:es)?|puedo|podemos|puede|está|abren|hay|"
    r"quando|dove|quant[oia]|quali?|perché|posso|possiamo|è|siete|avete|"
    r"onde|quais|podemos|é|está|há|wanneer|waar|hoe|wat|welke?|waarom|mag|mogen|kan|kunnen|heeft|hebben|zijn|komt)(?!\w)"
)
"""What begins a question in another language than English."""
_OTHER_JOINT = re.compile(
    rf",?\s+(?=¿)|(?:[,;:]|\s[–—-])\s+(?:(?:und|aber|et|mais|y|pero|e|ma|mas|en|maar)\s)?(?={_OTHER_ASKING})",
    re.IGNORECASE,
)
_OTHER_BEGINS = re.compile(rf"\W*(?:¿|{_OTHER_ASKING})", re.IGNORECASE)
_OTHER_SUBJECT = (
    r"(?:(?:ich|wir|mein(?:e[rsnm]?)?|unser(?:e[rsnm]?)?|je|nous|mon|mes|notre|nos|yo|hemos|mis?|fui|tengo|io|ho|abbiamo|sono|"
    r"siamo|mi[oae]|eu|meus?|minhas?|tenho|ik|wij|mijn|onze)\b|j['’]|"
    r"(?!(?:café|aquí|allí|así|ahí|qué|drei|frei|datei|partei|\w+erei)\b)[^\W\d_]+(?:é|í|[dgrstu]ei)\b)"
)
"""Who asks, or a verb that tells of that by its end: "compré"."""
_OTHER_STATED = re.compile(rf"\b{_OTHER_SUBJECT}", re.IGNORECASE)
_OTHER_BESIDE = re.compile(
    r"(?<=\w)(?:,?\s(?:wenn|weil|da|nachdem|falls|obwohl|si|parce\sque|puisque|porque|cuando|quando|se|als|omdat|nadat)\s"
    rf"{_OTHER_SUBJECT}|,?\s(?:die|der|das|den|dat)\s(?:ich|wir|ik|wij)\b"
    r"|(?<!-ce)\s(?:que|che)\s(?:j['’]ai|nous\savons|ho|abbiamo|hemos|he|(?!qué)[^\W\d_]+(?:é|í|[dgrstu]ei))\b).*$",
    re.IGNORECASE | re.DOTALL,
)
"""A clause that tells of who asks: "wenn ich am Montag bestelle", "que j'ai acheté mardi"."""
_SUBJECT = r"(?:i|we|my|our|he|she|they|his|her|their)\b"
_STATED = re.compile(rf"\b{_SUBJECT}", re.IGNORECASE)
_BESIDE = re.compile(
    rf"(?<=\w),?\s(?:if|because|since|as|although|though|now that|given that)\s{_SUBJECT}.*$", re.I | re.S
)
"""A clause that tells of who asks: "if I joined in 2019"."""
_IRREGULAR = "began|born|bought|built|became|came|got|left|made|paid|placed|sent|sold|took|went|won|wrote|was|were|had"
_PAST = rf"(?:(?!(?:need|feed|speed|indeed|exceed|proceed|succeed)\b)\w{{2,}}ed|{_IRREGULAR})\b"
_AUXILIARY = (
    "am|is|are|was|were|be|been|being|do|does|did|have|has|had|can|could|may|will|would|should|must|get|gets|got"
)
_SOMEBODY = rf"(?:{_SUBJECT}|(?:somebody|someone|people|you|the|an?)\b)"
_HAPPENED = re.compile(rf"\b{_PAST}", re.IGNORECASE)
_PAST_CLAUSE = (
    re.compile(
        rf"(?<=\w),?\s(?:when|after|once|where|that)\s{_SOMEBODY}(?:\s\w+){{0,2}}?\s(?P<verb>{_PAST})", re.IGNORECASE
    ),
    re.compile(
        rf"(?<=\w),?\s(?:who|that)(?:['’]s|['’]ve|\s(?:has|have|had|was|were|is|are))?\s(?P<verb>{_PAST})",
        re.IGNORECASE,
    ),
    re.compile(rf"\bhaving\s(?:been\s)?(?P<verb>{_PAST})", re.IGNORECASE),
    re.compile(
        rf"^\W*{_SUBJECT}(?:['’]ve)?(?:\s\w+){{0,3}}?\s(?P<verb>{_PAST})(?=.*\s(?:{_ASKING})\b)", re.IGNORECASE | re.S
    ),
)
"""What tells of the past within a clause that asks: "when I joined", "who joined", "having joined"."""
_BEGUN = re.compile(
    r"\b(?P<verb>hired|bought|born|built|signed|ordered|joined|purchased|registered|started|employed|made|delivered|sold)"
    r"\s(?=(?:on|in|at|since|before|after|until|during|by)\b)",
    re.IGNORECASE,
)
"""How people and things began that the clause is about, unless it asks just that: "for staff hired in 2019"."""
_VERB_RIGHT_BEFORE = re.compile(rf"(?:\b(?:{_AUXILIARY}|not)|n['’]t)\s(?:\w+ly\s)?$", re.IGNORECASE)
_VERB_OR_JOINED = re.compile(rf"\b(?:{_AUXILIARY}|for|of|with|from)\b|\w['’]s\b", re.IGNORECASE)
_REFERS = re.compile(r"\b(?:it|its|this|that|these|those|they|them|one|ones)\b", re.IGNORECASE)


@lru_cache(maxsize=256)
def asking_clause(message: str) -> str:
    """Return what of a message asks; all of it where nothing does, such as "opening hours on Sunday"."""
    own = own_words(message)
    sentences = sentences_of(own)
    asking = [one for one in sentences if _BEGINS.match(one) or is_asked(one)]
    return " ".join(map(_without_statements, asking)) or own


def is_asked(sentence: str) -> bool:
    """Whether a sentence is a question, with its mark or without."""
    return _MARK.search(sentence) is not None or asks(sentence)


def refers_back(clause: str) -> bool:
    """Whether a clause may be about what stands beside it: "What does it cost?"."""
    return _REFERS.search(clause) is not None


def past_verbs(clause: str) -> Iterator[re.Match[str]]:
    """Yield the verbs, as group `verb`, with which a clause that asks tells of the past beside what it asks."""
    for pattern in _PAST_CLAUSE:
        yield from pattern.finditer(clause)
    for match in _BEGUN.finditer(clause):
        before = clause[: match.start()]
        if _VERB_OR_JOINED.search(before) and not _VERB_RIGHT_BEFORE.search(before):
            yield match


def tells_of_past(name: str) -> bool:
    """Whether the name of a column tells what happened: "Ordered", "Year joined"."""
    return _HAPPENED.search(name) is not None


def _without_statements(sentence: str) -> str:
    parts = _JOINT.split(sentence)
    asking = [one for one in parts if _BEGINS.match(one) or not _STATED.search(one)]
    text = _BESIDE.sub("", ", ".join(asking or parts))
    parts = _OTHER_JOINT.split(text)
    asking = [one for one in parts if _OTHER_BEGINS.match(one) or not _OTHER_STATED.search(one)]
    return _OTHER_BESIDE.sub("", ", ".join(asking or parts)) if len(parts) > 1 or _OTHER_BEGINS.match(text) else text
