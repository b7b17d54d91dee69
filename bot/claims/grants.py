"""What is granted for some, somewhere or with something, and told as granted to all: free delivery, a discount."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.claims.people import SAME_PEOPLE
from bot.claims.subjects import denies, statements_of
from bot.claims.verdicts import opposed
from bot.text.facts import facts_of, telling_words


@dataclass(frozen=True, slots=True)
class _Grant:
    """How a page grants something, with the case in which it does so, and how a claim does."""

    theirs: re.Pattern[str]
    mine: re.Pattern[str]


_MOST_GRANTS = 8
"""Grants of each sort in a sentence that are looked at."""
_IN_CASE = r"for|in|with|on|at|over|under|aged|during"
_CASE = rf"\s(?P<case>(?:{_IN_CASE})\s(?:[^,;:.!?()]|\.(?=\d)|,\s(?:(?:and|or)\s)?(?=(?:{_IN_CASE})\s))+)"
_GRANTS = tuple(
    _Grant(re.compile(rf"\b(?:{theirs}){_CASE}", re.IGNORECASE), re.compile(rf"\b(?:{mine})", re.IGNORECASE))
    for theirs, mine in (
        (
            r"free(?: of charge)?|waived|at no (?:extra )?(?:cost|charge)",
            r"free\b|waive|nothing\b|no (?:extra )?(?:cost|charge)|(?:not|\w+n['’]t|never) (?:(?:have|need) to )?pay",
        ),
        (r"\d+\s?(?:%|per ?cent) (?:off|discount)|half[- ]price", r"off\b|discount|half[- ]price"),
        (r"included", r"includ"),
        (r"not (?:needed|required|necessary)|optional", r"(?:not|n['’]t|no)\b.{0,40}\b(?:need|requir|necess)|optional"),
    )
)
_SENTENCE = re.compile(r"[;.!?]\s")
_NEXT_VERB = re.compile(
    r"\s(?:and|but|while|whereas)\s(?=[£$€]|(?:[\w'’-]+\s){0,3}(?:is|are|costs?|pays?|can|cannot|may|must|has|have|takes?)\b)",
    re.IGNORECASE,
)
_NEXT_SAID = re.compile(
    r",?\s(?:and|but|or|while|whereas)\s(?=(?:not\s|strictly\s)?(?:mandatory|compulsory|obligatory|required|needed|"
    r"necessary|optional|free|included|excluded|available|possible|payable|chargeable|charged|billed|extra)\s"
    rf"(?:{_IN_CASE}|from|to)\s)",
    re.IGNORECASE,
)
"""What stands before another thing that is said of the same: "optional for users and mandatory for admins"."""
_NEXT_WITH = re.compile(r"\s(?:and|or)\s(?=[\w'’-]+\swith\s)", re.IGNORECASE)
"""What stands before the one of two whom alone a "with" restricts: "for residents and visitors with a permit"."""
_NEXT_CASE = re.compile(rf",?\s(?:and|or)\s(?=(?:{_IN_CASE})\s)|,\s(?=(?:{_IN_CASE})\s)", re.IGNORECASE)
"""What stands between cases of which each is enough: "for patients over 65 and for pregnant women"."""
_PARTS_OF_CASE = re.compile(rf"\b(?:{_IN_CASE})\s(?:(?!\s(?:{_IN_CASE})\s).)+", re.IGNORECASE)
_WHO = re.compile(r"\s(?:who|whose|which|that)\s", re.IGNORECASE)
_OUR_PLACE = re.compile(r"at (?:our|your)\s", re.IGNORECASE)
_PLACE = re.compile(r"(?:at|in) (?:the|our|your)\s", re.IGNORECASE)
_TIME = re.compile(
    r"\d|\b(?:spring|summer|autumn|winter|seasons?|holidays?|weekends?|mornings?|afternoons?|evenings?|nights?|days?|"
    r"weeks?|months?|years?|terms?)\b",
    re.IGNORECASE,
)
_GRANTED = re.compile(
    r"\b(?P<how>possible|allowed|permitted|available|granted|covered|included|given|offered|paid)\s(?:for|to)\s"
    r"(?P<who>[^,;:.!?()]+)",
    re.IGNORECASE,
)
_EACH = re.compile(r"(?:all|every|each|any)\b", re.IGNORECASE)
_ANY_CASE = re.compile(
    r"\b(?:all|every|each|any|everyone|everybody|anyone|anybody|you)\b|"
    r"\b(?:price|rate|fare|fee|cost|rent|bill)(?: of .+)?$|^at (?:our|your)\s|^for life\b|"
    r"^over (?:the )?(?:phone|telephone|internet|web|e-?mail|chat|video)\b",
    re.IGNORECASE,
)
"""What restricts nothing: all of them, the price in which it is included."""
_ANYBODY = re.compile(
    r"^for (?:the |our |your )?(?:orders|purchases|parcels|items|goods|products|people|customers|"
    r"users|guests|visitors)$",
    re.IGNORECASE,
)
"""What restricts nothing either, where no others are named: those who read the page."""


def grant(claim: str, evidence: str, asked: str) -> str | None:
    """Return for whom, where or with what alone the evidence grants what the claim grants to all; None if to all.

    "Delivery is free for club members" does not say that delivery is free.
    """
    words, known = telling_words(claim), _named_in(f"{claim} {asked}")
    known = known.union(*(same for same in map(telling_words, SAME_PEOPLE) if same & known))
    for granted in _GRANTS:
        if not granted.mine.search(claim):
            continue
        for found in islice(granted.theirs.finditer(evidence), _MOST_GRANTS):
            before = evidence[: found.start()]
            if not words & telling_words(_SENTENCE.split(before)[-1]):
                continue  # it grants something else
            cases = [_untold(before, case, known, among=among) for case, among in _cases(found["case"])]
            if all(cases):
                return f"“{cases[0]}”"
    return None


def granted_to_another(claim: str, told: Sequence[str]) -> str | None:
    """Return to whom a page grants what a claim grants to others of whom the page speaks; None if to nobody else.

    "Payment by invoice is possible for companies, but private customers must pay in advance" grants it to companies.
    """
    mine = _GRANTED.search(claim)
    if not mine or denies(claim):
        return None
    rest, how = telling_words(claim[: mine.start()]), mine["how"].lower()
    granted = [found for text in told for one in opposed(text) for found in _GRANTED.finditer(one)]
    theirs = [
        found["who"].strip()
        for found in granted
        if found["how"].lower() == how and rest & telling_words(found.string[: found.start()])
    ]
    whole = (telling_words(one) for one in theirs if _EACH.match(one))
    if any(one & telling_words(mine["who"]) for one in whole):
        return None  # new drivers are among "all drivers"
    own = telling_words(mine["who"]) - frozenset().union(*map(telling_words, theirs))
    subjects = (one.subject for text in told for one in statements_of(text)) if own and theirs else ()
    return f"“{theirs[0]}”" if any(own <= one for one in subjects) else None


def _cases(text: str) -> Iterator[tuple[str, bool]]:
    """Return the cases of which each is enough, with whether it is told from others of which something else is so."""
    here, *others = _NEXT_SAID.split(_NEXT_VERB.split(text)[0])
    for case in _NEXT_CASE.split(here):
        first, *further = _NEXT_WITH.split(case)
        yield first, bool(others or further)
        yield from ((f"{case.split()[0]} {one}", True) for one in further)


def _untold(before: str, case: str, known: frozenset[str], *, among: bool) -> str:
    """Return the first part of a case of which nothing is `known`, or told `before` it; empty if there is none.

    Where it is granted restricts nothing more behind what it is granted with, "with a student card at the box office",
    and behind a place of ours: "for guests at our hotel in the car park". It does right behind who gets it: "for
    customers on the Care plan". What is granted to users is so to all, unless these are some `among` others.
    """
    told = False
    for part in _PARTS_OF_CASE.findall(case):
        own = _named_in(part) - telling_words(before)
        if told and _PLACE.match(part) and not _TIME.search(part):
            continue
        who = _WHO.split(part)[1:]
        limit = frozenset().union(*map(_named_in, who)) - telling_words(before)
        untold = (own and not own & known) or (limit and not limit & known)
        if untold and not (_ANY_CASE.search(part) or (not among and _ANYBODY.search(part))):
            return str(part)
        told = told or _OUR_PLACE.match(part) is not None or (part.lower().startswith("with ") and bool(own & known))
    return ""


def _named_in(text: str) -> frozenset[str]:
    return telling_words(text) | {f"{number:g}" for number in facts_of(text).numbers}
