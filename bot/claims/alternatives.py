"""What a claim leaves out of two things that a sentence names together: the other one, or that it may be either."""

from __future__ import annotations

import re
from itertools import chain

from bot.text.facts import telling_words


def requirement(claim: str, evidence: str) -> str | None:
    """Return which two things are needed of which the claim names one, or either; None if there are none."""
    if not (_GETS.search(claim) and _GETS.search(evidence)):
        return None
    words = telling_words(claim)
    own = [clause for clause in _CLAUSE.split(evidence) if words <= telling_words(clause)]
    for found in chain.from_iterable(map(_BOTH.finditer, own or [evidence])):
        one, other = telling_words(found["one"]), telling_words(found["other"])
        both = one <= words and other <= words
        if one and other and ((both and _EITHER.search(claim)) or (not both and (one <= words or other <= words))):
            return f"“{found[0]}”"
    return None


def alternative(claim: str, evidence: str) -> str | None:
    """Return what the evidence says might be instead of what the claim says is; None if there is nothing."""
    for found in _EITHER.finditer(evidence):
        one, other = telling_words(found["one"]), telling_words(found["other"])
        words = telling_words(claim)
        if _OR.search(claim) or not (one and other):
            continue
        if one <= words and other <= words and not re.search(r"\b(?:can|may|could)\b", evidence):
            return f"“{found[0]}”"
        if (one <= words) != (other <= words) and _GETS.search(claim) and _GETS.search(evidence):
            return f"“{found[0]}”"
    return None


_NOUN = r"(?:an?|the|your|our)\s\w+(?:\s(?!or\b|and\b|to\b|of\b|for\b|from\b|in\b)\w+)?"
_EITHER = re.compile(rf"\b(?P<one>{_NOUN}),?\sor\s(?P<other>{_NOUN})", re.IGNORECASE)
_BOTH = re.compile(rf"\b(?P<one>{_NOUN}),? and (?P<other>{_NOUN})", re.IGNORECASE)
_CLAUSE = re.compile(r"[;.!?]\s")
_OR = re.compile(r"\b(?:or|either|can|may|could)\b", re.IGNORECASE)
_GETS = re.compile(r"\b(?:need|must|get|gets|receive|required|require|have to|has to)\b", re.IGNORECASE)
