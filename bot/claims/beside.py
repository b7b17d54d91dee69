"""Whether a claim turns around what of it stands only in one of two sentences that it rests on.

"Cash is not accepted" denies cash, though it holds little else of "You can pay by card or cash".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.claims.senses import (
    LIMITED,
    LIMITS,
    NEEDED,
    NEEDLESS,
    NO,
    REACH,
    THEM,
    TOKEN,
    TURNING,
    Sense,
    at_another_time,
    content_of,
    firsts,
    marked_in,
    otherwise,
    restricting,
    root_of,
    sense_of,
    up_to_verb,
    without_case,
)
from bot.claims.verdicts import without_verdicts

_YOU_MAY = re.compile(r"\byou (?:may|can|could)\b", re.IGNORECASE)
_CLAUSES = re.compile(
    r"[;:.!?][\"”’)]*\s|,?\s(?=(?:but|while|whereas|although|though|however|if|when|where|because|unless)\s)|"
    r",\s(?=(?:(?:and|so|or|then)\s)?(?:we|you|they|it|he|she|there|this|not)\b)|"
    r",\s(?=(?:and|so)\s)|,\s(?=or\s(?:the|an?|your|our|all|any)\b)",
    re.IGNORECASE,
)
"""What stands between clauses of which one may deny what the other says; a list of things is one."""
_LEADING = re.compile(
    r"((?:^|[;:.!?][\"”’)]*\s)\W*(?:if|when|where|because|unless)\b(?:[^,;:.!?]|[,:.](?=\w))*),\s", re.IGNORECASE
)
"""A clause that leads to what is so: "if the box was opened, the fee is not refunded"."""
_ADJUNCT = re.compile(
    r"\b(?:by|in|inside|at|on|for|with|from|during|under|after|before|when|where|while|if|that|which|who)\s"
    r"(?:(?!\b(?:and|or|nor)\b)[^,;:])*",
    re.IGNORECASE,
)
"""What says where, when, by whom or of which: of "by the shop or a dealer" only the first."""
_DENIES_IT = re.compile(r"(?:\b(?:not|cannot|never)|n['’]t)\s\w+\s(?:it|them)\b", re.IGNORECASE)
_BEHIND_ALONE = re.compile(
    r"without|except|other than|apart from|excluding|with the exception|but not|unless|needs? no\b", re.IGNORECASE
)
"""What denies only what stands behind it."""
_SUPPOSED = re.compile(r"\W*(?:if|when|where|because|unless)\b", re.IGNORECASE)
"""How a clause begins that says nothing is so."""
_EXCLUDES = re.compile(
    r"\b(?:exclu(?:de[sd]?|sions?)|refus\w+|reject\w+|prohibit\w*|forbid\w*|unavailable|impossible|ineligible|invalid|"
    r"exempt|lacks?|optional|instead of|rather than|non-\w+|un\w+able|irre\w+able)\b",
    re.IGNORECASE,
)
"""What denies without a "not"."""
_HEDGED_NO = re.compile(
    r"(?:\b(?:no|not|never|cannot)|n['’]t)\b(?:"
    r"[^;.!?]{0,100}\b(?:until|till|unless|without|before|except|other than)\b|"
    r"\s(?:forget|hesitate|worry|only|just|merely|sure)\b)",
    re.IGNORECASE,
)
"""What denies in order to say something: not before Monday, do not forget your keys."""
_NOT_DONE = re.compile(
    r"(?:\b(?:is|are|was|were|be|do|does|did|can|could|will|would|may|must|should|has|have) not|\bcannot|n['’]t)\s"
    r"(?:be\s)?(?P<deed>\w+)",
    re.IGNORECASE,
)
_OF_SOME = re.compile(
    r"\W*(?P<who>(?:[\w-]+\s){1,3}?(?<!\bnote\s)(?<!\bask\s)(?<!\bremember\s)(?<!\bregret\s)(?<!\bsure\s)"
    r"(?<!\baware\s)(?<!\bmind\s)(?<!\bplease\s)(?<!\bsorry\s)(?=(?:that|which|who)\s)|"
    r"(?!(?:our|your|all|the|no|any|most)\s)(?P<sort>[\w-]+)\s(?:customers|members|guests|users|clients|workers|"
    r"employees|staff|students|visitors|residents|patients|passengers|drivers|tenants)\s"
    r"(?=(?:cannot|\w+ not|\w+n['’]t)\s))",
    re.IGNORECASE,
)
"""How a sentence begins that is about some things, or about what a sort of people must not do, alone."""
_ANYTHING = {*map(root_of, "need use pay get have take make give keep".split())}
"""What is done with anything, so that two sentences that share no more are about different things."""


def contradiction_beside(claim: str, first: str, second: str, asked: str, *, gap: int = 1) -> str | None:
    """Return in a word how a claim turns around what of it stands only in one of two sentences; None if it does not.

    "Cash is not accepted" denies cash, though it holds little else of "You can pay by card or cash". What is denied of
    day guests is no matter to a claim, unless a day guest `asked`. The second stands `gap` sentences behind the first.
    """
    if otherwise(first) or otherwise(second):
        claim = without_case(claim)
    claim = without_verdicts(without_verdicts(claim, first), second)
    return _turned_apart(claim, first, second, asked, follows=gap == -1) or _turned_apart(
        claim, second, first, asked, follows=gap == 1
    )


def _turned_apart(claim: str, first: str, second: str, asked: str, *, follows: bool) -> str | None:
    """Whether a claim turns around what of it stands only in the second of two sentences, which the first `follows`."""
    said = set(content_of(claim))
    both = said & set(content_of(second))
    held = both - set(content_of(first))
    if (held <= _ANYTHING and not _denies_deed(held, both - held, second)) or _tells_of_others(said, second, asked):
        return None
    here, there = list(_denials(claim)), list(_denials(second))
    mine, theirs = list(marked_in(claim)), list(marked_in(second))
    must = firsts(mine, Sense.MUST) - firsts([*marked_in(first), *theirs], Sense.MUST)
    if must & firsts(theirs, Sense.MAY) and _YOU_MAY.search(second):
        return "says must for may"
    other_time = at_another_time(mine, theirs)
    limited = {word for clause in _clauses(second) if LIMITED.search(clause) for word in content_of(clause)}
    if len(held & limited) >= 2 and not (here or there or LIMITS.search(claim)):
        return "leaves out only"
    # "It is not covered" is no word against a plan that covers something else.
    denied_deeds = {word for found in _NOT_DONE.finditer(claim) for word in content_of(found["deed"])}
    for word in sorted(held):
        if follows and there and THEM.search(first) and _names_them(word, said, there):
            continue
        denied = [one.before | one.behind for one in there if word in one.before | one.behind]
        if denied:
            apart = other_time & frozenset().union(*denied)
            shared = any((mine.before | mine.behind) & theirs for mine in here for theirs in denied)
            if not (apart or shared or _told(word, second)):
                return "says what is denied"
        elif _HEDGED_NO.search(second) or _SUPPOSED.search(second) or (both == {word} and word in denied_deeds):
            continue
        elif any(_denies_also(word, one, claim, first) for one in here) and not _told(word, claim):
            return "denies what is said"
    return None


def _names_them(word: str, said: set[str], denials: list[_Denied]) -> bool:
    """Whether a word only names those of whom a sentence denies what is not said: "passwords" must not be shared.

    The other sentence says of them, "They must be changed", what the claim says of passwords.
    """
    of_it = [one for one in denials if word in one.before | one.behind]
    return bool(of_it) and all(word not in one.behind and one.behind.isdisjoint(said) for one in of_it)


def _denies_deed(deeds: set[str], things: set[str], second: str) -> bool:
    """Whether a sentence denies one of some deeds of something that it names, or of "it": "You may not make them"."""
    denied = {word for found in _NOT_DONE.finditer(second) for word in content_of(found["deed"])}
    return bool(deeds & denied) and bool(things or _DENIES_IT.search(second))


def _tells_of_others(said: set[str], second: str, asked: str) -> bool:
    """Whether all that a sentence says, it says of some that a claim does not name: "Shoes that were worn outside"."""
    found = _OF_SOME.match(second)
    if not found:
        return False
    who = {*content_of(found["who"])}
    return bool(who) and who.isdisjoint(said) and {*content_of(found["sort"] or "")}.isdisjoint(content_of(asked))


def _denies_also(word: str, one: _Denied, claim: str, first: str) -> bool:
    """Whether a claim denies a word of another sentence, rather than says of what a sentence's own denial is.

    "Food is not allowed in the library" denies no library where "Food is not allowed" is said of it, nor does "You
    cannot extend the loan" where "You cannot extend it" is said. "Cards are not taken" denies cards where that is
    said of cash.
    """
    if word in one.before and not THEM.search(first):
        said = {*content_of(claim)}
        return any(one.behind & other.behind and other.before - said for other in _denials(first))
    names = word in one.adjunct or _DENIES_IT.search(first)
    return word in one.behind and not (names and _denied_as_well(one, claim, first))


def _denied_as_well(one: _Denied, claim: str, text: str) -> bool:
    """Whether a text denies what a claim denies, and of what it denies no other place or time than the claim."""
    said = set(content_of(claim))
    return any(one.core & other.core and other.adjunct <= said for other in _denials(text))


def denied_by(claim: str, second: str, *, leans: bool) -> bool:
    """Whether all that a claim denies stands in the second of two sentences, which denies something, too.

    Of one that `leans` on the first, "It does not cover scale", the subject stands there.
    """
    written = set(content_of(second))
    here = list(_denials(claim))
    denies = any(True for _ in _denials(second))
    return (
        denies
        and bool(here)
        and all(
            (one.behind <= written or (one.behind - one.adjunct <= written and _denied_as_well(one, claim, second)))
            and (leans or one.before <= written)
            for one in here
        )
    )


def needed_by(claim: str, second: str) -> bool:
    """Whether the second of two sentences by itself says that what a claim names is needed."""
    left = set(content_of(NEEDED.sub(" ", claim))) - set(content_of(second))
    return not left and bool(NEEDED.search(second)) and not NEEDLESS.search(second)


@dataclass(frozen=True, slots=True)
class _Denied:
    """The content words of a part of a text that is denied, by where they stand to what denies them."""

    before: frozenset[str]
    behind: frozenset[str]
    adjunct: frozenset[str] = frozenset()
    """Those behind that merely say where, when, by whom or of which."""

    @property
    def core(self) -> frozenset[str]:
        return (self.before | self.behind) - self.adjunct


def _denials(text: str) -> Iterator[_Denied]:
    for clause in _clauses(text):
        if _HEDGED_NO.search(clause) or _SUPPOSED.match(clause):
            continue
        for match in TURNING.finditer(clause):
            sense = sense_of(match)
            if sense in (Sense.NOT, Sense.EXCEPT) or (sense is Sense.MAY and NO.search(match[0])):
                near = [] if _BEHIND_ALONE.match(match[0]) else [*content_of(clause[: match.start()])][-REACH:]
                behind = clause[match.end() :]
                behind = up_to_verb(behind) if restricting(match) else behind
                yield _Denied(frozenset(near), frozenset(content_of(behind)), _adjunct(behind))
        if _EXCLUDES.search(clause):
            yield _Denied(frozenset(content_of(clause)), frozenset())


def _clauses(text: str) -> list[str]:
    """Return the clauses of a text, each that leads to another one by itself."""
    return _CLAUSES.split(_LEADING.sub(r"\1; ", text))


def _adjunct(text: str) -> frozenset[str]:
    """Return the content words that say where, when, by whom or of which, from the second content word on."""
    first = next((token for token in TOKEN.finditer(text) if any(True for _ in content_of(token[0]))), None)
    return frozenset(
        word for match in (_ADJUNCT.finditer(text, first.end()) if first else ()) for word in content_of(match[0])
    )


def _told(word: str, text: str) -> bool:
    """Whether a text says something of a word in a part that denies nothing of it."""
    return any(
        word in content_of(clause) and not any(word in one.before | one.behind for one in _denials(clause))
        for clause in _clauses(text)
    )
