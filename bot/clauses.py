"""The clause of a message that asks, told from the statements beside it: of "I joined in 2019. How many days do I get?"
the second sentence."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.intents import asks
from bot.mails import own_words
from knowledge.sentences import sentences_of

_MARK = re.compile(r"[?？][\"')”’\s]*$")
_ASKING = (
    "what|when|where|which|who|whom|whose|how|why|can|could|do|does|did|is|are|was|were|may|will|would|should|shall|"
    "must"
)
_JOINT = re.compile(rf"(?:[,;:]|\s[–—-])\s+(?:and\s|but\s|so\s|then\s)?(?=(?:{_ASKING})\b)|;\s", re.IGNORECASE)
_BEGINS = re.compile(rf"\W*(?:(?:and|but|so|then|please|hi|hello|hey)\W+)?(?:{_ASKING})\b", re.IGNORECASE)
_SUBJECT = r"(?:i|we|my|our|he|she|they|his|her|their)\b"
_STATED = re.compile(rf"\b{_SUBJECT}", re.IGNORECASE)
_BESIDE = re.compile(
    rf"(?<=\w),?\s(?:if|because|since|as|although|though|now that|given that)\s{_SUBJECT}.*$", re.I | re.S
)
"""A clause that tells of who asks: "if I joined in 2019"."""
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


def _without_statements(sentence: str) -> str:
    parts = _JOINT.split(sentence)
    asking = [one for one in parts if _BEGINS.match(one) or not _STATED.search(one)]
    return _BESIDE.sub("", ", ".join(asking or parts))
