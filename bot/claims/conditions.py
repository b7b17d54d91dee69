"""In which case a sentence says something: what a claim leaves out of it, or tells of another case.

"If the concert is moved, we refund the price" holds all words of two sentences, one of which tells of a concert that
is cancelled and is refunded, the other of one that is moved.
"""

from __future__ import annotations

import re

from bot.claims import qualifiers
from bot.text.facts import facts_of, telling_words


def condition(claim: str, evidence: str, asked: str) -> str | None:
    """Return the condition on which the evidence says what the claim says of all cases; None if there is none.

    What was `asked` about need not be said again, nor that somebody wants what is told how to get.
    """
    if _CONDITIONED.search(claim):
        return None
    words, known = telling_words(claim), telling_words(asked)
    for pattern in (_CONDITION, _CASE):
        for found in pattern.finditer(evidence):
            condition = telling_words(found["case"])
            if _OPEN.search(evidence[: found.start()]):
                continue
            if not condition or _asked(found, known) or _WISHED.search(found["case"]):
                continue
            # A capital begins a sentence, even where a page lost the stop before it: what is said before holds always.
            start = found.start() if found[0][0].isupper() else 0
            rest = evidence[start : found.start()] + " " + evidence[found.end() :]
            # What stands in both, "the parcel is lost", "we replace the parcel", tells no condition.
            own = condition - telling_words(rest) or condition
            if 2 * len(own & words) < len(own) and qualifiers.keeps(claim, rest, words & telling_words(rest)):
                return f"“{found[0].strip(' ,')}”"
    return None


_OPEN = re.compile(r"\([^()]*\w[^()]*$")
"""What stands before a condition that limits what is said in brackets alone."""


def _asked(found: re.Match[str], known: frozenset[str]) -> bool:
    """Whether a question is about a condition, or one of several: whether it says half of the words that tell it."""
    further = _FURTHER.match(found.string, found.end("case"))
    for one in _BETWEEN_CASES.split(found["case"] + (further[0] if further else "")):
        telling = telling_words(one) - OF_ANYTHING or telling_words(one)
        if telling and 2 * len(telling & known) >= len(telling):
            return True
    return False


_FURTHER = re.compile(r"(?:,\s[\w-]+)*,?\sor\s[\w-]+", re.IGNORECASE)
"""The further ones of a list of cases: "If it is lost, stolen or destroyed"."""
_BETWEEN_CASES = re.compile(r",\s(?:or\s)?|\sor\s", re.IGNORECASE)
OF_ANYTHING = telling_words("take get have make go do use need receive currently now")
"""What is asked of anything."""


_CONDITION = re.compile(
    r"(?<!\beven )(?<!\bas )(?<!\bsee )(?<!\bask )(?<!\bknow )(?<!\bcheck )(?<!\bsure )(?<!\bout )(?<!\bus )"
    r"(?<!\bdetermine )(?<!\bdecide )(?<!\btell )(?<!\bwhat )(?<!\bor )"
    r"\b(?:if|provided(?: that)?|providing that|(?:as|so) long as|on (?:the )?condition that|subject to|depending on|"
    r"in (?:the )?(?:case|event) (?:of|that)|at(?= \w+(?:['’]s)? (?:sole |own )?discretion\b)|"
    r"(?:with|after|upon)(?= (?:(?:the|our|your|prior|written|express|previous) )*"
    r"(?:approval|consent|permission|agreement|authori[sz]ation)\b))\s"
    r"(?P<case>[^,;:.!?()]+)",
    re.IGNORECASE,
)
_CASE = re.compile(r"(?:(?<=^)|(?<=[.;!?]\s))(?:Where|When|Should)\s(?P<case>[^,;:.!?()]+),")
"""A case that a sentence begins with."""
_CONDITIONED = re.compile(
    r"\b(?:if|unless|provided|providing|long as|condition|subject to|when|where|once|only|until|after|before|in case|"
    r"in the (?:case|event)|depend(?:s|ing)|discretion|approv(?:al|ed)|consent|permission|"
    r"might|could|may be (?:eligible|entitled|able))\b",
    re.IGNORECASE,
)
_WISHED = re.compile(
    r"\b(?:want|wish|like|prefer|need|questions?|unsure|not sure|necessary|needed|possible|available|applicable|"
    r"required|desired|help|problems?|trouble|plan to|choose|decide|interested)\b",
    re.IGNORECASE,
)
"""A condition that is none: who asks how to do something wants to do it."""


def case_before(claim: str, evidence: str, asked: str, before: str) -> str | None:
    """Return the words by which the evidence holds in the case alone that is told of before them.

    A claim tells of that case where it has these words, or says when, or in which case, with a word or a figure of it.
    What holds "otherwise" holds where the case is not so.
    """
    words = telling_words(claim)
    for found in _CASE_BEFORE.finditer(evidence):
        case, told = f"{before} {evidence[: found.start()]}", evidence[found.end() :]
        theirs = telling_words(told)
        if found.start() and not words & theirs - telling_words(evidence[: found.start()]):
            continue  # it tells of the case alone
        said = next(group for group in found.groups() if group)
        if said.lower() not in claim.lower() and not _tells_case(claim, words - theirs, case, asked, said):
            return f"“{said}”"
    return None


def _tells_case(claim: str, words: frozenset[str], case: str, asked: str, said: str) -> bool:
    """Whether a claim, which has `words` besides what holds in a case, says that it holds in that case."""
    if not _WHEN.search(claim):
        return False
    known = telling_words(asked)
    if _OTHERWISE.fullmatch(said):
        case = _LEADING_IF.sub(" ", case)  # of "If you are late, call us. Otherwise" it denies that you call
        known = frozenset()
        if bool(_TURNED.search(claim)) == bool(_TURNED.search(case)):
            return False
    elif _THEN.search(claim):
        return True
    return bool(words & (telling_words(case) | known) or facts_of(claim).numbers & facts_of(case).numbers)


_CASE_BEFORE = re.compile(
    r"^\W*(otherwise|or else|failing (?:that|this)|in (?:that|this|which|such an?) (?:case|event)|"
    r"in (?:those|these|such) cases|after that|until then|only then|if (?:so|not))\b|"
    r"[,;]\s(?:and\s)?(otherwise|or else|failing that|in (?:that|this|which) case|after that|then(?= (?:it|they)\b))\s|"
    r"\sand\s(after that|otherwise)\s",
    re.IGNORECASE,
)
_LEADING_IF = re.compile(r"(?:^|(?<=[.;!?]))\W*(?:if|when|where)\b[^,.;!?]*,\s", re.IGNORECASE)
_OTHERWISE = re.compile(r"otherwise|or else|failing (?:that|this)|if not", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(?:if|unless|when|where|once|after|before|until|till|then|from|within|later|longer|without|outside|for|with|"
    r"in case|in the (?:case|event))\b",
    re.IGNORECASE,
)
"""What says when, or in which case, something holds."""
_THEN = re.compile(r"\b(?:then|afterwards?)\b", re.IGNORECASE)
_TURNED = re.compile(
    r"\b(?:not|no|cannot|never|unless|without|outside|after|later|longer|beyond|fail\w*|miss(?:es|ed|ing)?|lacks?|"
    r"less|un\w+ed)\b|n['’]t\b",
    re.IGNORECASE,
)
