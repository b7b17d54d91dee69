"""Whether a claim joins what one half of a sentence says with the case of the other half.

"Sign-in by code is optional for personal accounts and required for business accounts" says two things of two cases.
"It is optional for business accounts" has its words and mixes them; "It is optional" leaves out for whom.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, permutations

from bot.claims.people import SAME_PEOPLE
from bot.claims.subjects import PRICING, denies, statements_of, verb_of
from bot.text.facts import facts_of, for_nothing, telling_words
from knowledge.figures import Kind

_MOST = 8
"""Places in a sentence where its halves may part that are looked at."""
_LONGEST = 600
"""Characters of a sentence that are looked at."""
_Said = frozenset[str | tuple[Kind, float, float]]
"""Telling words and figures."""
_INCLUDED = telling_words("included")
"""What says that nothing more is paid."""
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_BEGINS_CASE = r"(?:for|in|on|at|with|from)"
_JOINT = re.compile(
    rf"(?:;|(?:,|;)?\s(?:and|but|while|whereas)|,(?=\s{_BEGINS_CASE}\s))\s(?:but\s|and\s)?", re.IGNORECASE
)
_CASE = re.compile(rf"(?<=\s){_BEGINS_CASE}(?=\s)", re.IGNORECASE)
"""What begins the case for which something is so."""
_THEY = re.compile(r"(?:,\s|\s)(?:it|they|this|that|these|those)\s", re.IGNORECASE)
_ENDS = re.compile(r"[,;:.!?(]|\s(?:and|but)\s")
_PART = re.compile(r"[,;]\s|\s(?:and|but)\s")
_TAIL = re.compile(r"\A.*?(?=[,;:.!?(]|\s(?:and|but)\s|\Z)", re.DOTALL)
"""A case without what its sentence goes on to say behind it: "the first of the month" before "and are due"."""
_FOR = re.compile(r"\b(?:for|in|within)\s(?=an?\s)", re.IGNORECASE)
_GOES_ON = re.compile(r"\A[^,;]+,\s(?:and|or)\s", re.IGNORECASE)
"""What begins with the end of the first half: "white, or 40p" of "10p in black and white, or 40p in colour"."""
_IS = re.compile(r"(?:is|are|was|were)\b", re.IGNORECASE)
_IS_DONE = re.compile(r"(?:is|are|was|were)\s(?P<deed>[a-z]+)\b", re.IGNORECASE)
_EXCEPT = re.compile(r"\b(?:unless|except|apart|other than|but|while|whereas)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Half:
    """What a sentence says of one of two cases, without what it says of both."""

    said: _Said
    case: frozenset[str]


def mixed(claim: str, evidence: str, known: frozenset[str]) -> str | None:
    """Return the case of which the evidence says what the claim says of another, or of all; None if there is none.

    A case that is `known`, as the question or the heading names it, need not be said again.
    """
    if denies(claim) or _EXCEPT.search(claim):
        return None
    said, words = _said(claim), telling_words(claim)
    words = words.union(*(same for same in map(telling_words, SAME_PEOPLE) if same & words))
    words |= telling_words(_FOR.sub(" ", claim))  # "for a full day" is a figure, "a full day" is none
    for first, second, either in _halves(evidence):
        for own, other in ((first, second), (second, first)):
            if own.said & said and not (other.said & said or own.case & words):
                untold = either and own.case and not (own.case & known and not other.case & known)
                if other.case & words or untold:
                    return " ".join(sorted(own.case)) or "other cases"
    return _denied_thing(words, evidence) or _other_deed(claim, words, evidence)


def _halves(text: str) -> Iterator[tuple[_Half, _Half, bool]]:
    """Give the halves of a text of which each names its case, and whether they say one in place of the other."""
    for sentence in _SENTENCE.split(text[:_LONGEST]):
        for joint in islice(_JOINT.finditer(sentence), _MOST):
            # What stands in another clause is told of neither.
            before = sentence[: joint.start()].rpartition("; ")[2]
            behind = sentence[joint.end() :].partition("; ")[0]
            for word in {found[0].lower() for found in _CASE.finditer(before)}:
                said, _, case = before.rpartition(f" {word} ")
                verb = None if verb_of(_TAIL.sub("", case, count=1)) else verb_of(said)
                second = (_second(word, behind) or _joined_half(behind, case)) if verb else None
                if not (verb and second):
                    continue
                others, other_case = second
                first = said[verb.start() :]
                if joint[0].strip() == "," and not _lists_alike(word, first, behind, others):
                    continue
                mine, theirs = _said(_behind_case(word, first)), _said(others)
                if not verb_of(others):
                    mine -= _said(verb[0])  # the one verb is that of both, and what is done, too
                    deed = _IS_DONE.match(first)
                    mine = mine - _said(deed["deed"] if deed else "") or mine
                cases = telling_words(_ENDS.split(case)[0]), telling_words(other_case)
                halves = [_Half(mine - theirs, cases[0] - cases[1]), _Half(theirs - mine, cases[1] - cases[0])]
                if all(one.said and one.case for one in halves):
                    is_so = _IS.match(first) and (not verb_of(others) or _IS.match(others))
                    yield halves[0], halves[1], bool(is_so or _kinds(first) & _kinds(others))
            yield from _general_and_special(before, behind)


def _lists_alike(word: str, first: str, behind: str, others: str) -> bool:
    """Whether what stands behind a comma goes on as the half before it: "for women on Mondays, for men on Tuesdays".

    "On the 1st, in euros, from our bank in Paris" says three things of the same.
    """
    lead = behind.partition(" ")[0].lower()
    if lead == word:
        return behind.endswith(others) or f" {others} " in behind
    return f" {lead} " in first.lower() and not _PART.search(others)


def _behind_case(word: str, said: str) -> str:
    """Return the last part of what is said, behind another one with its case: "for men" of "for women on Mondays, "."""
    parts = _PART.split(said)
    ends = [place for place, part in enumerate(parts[:-1], 1) if f" {word} " in f" {part}"]
    return " ".join(parts[ends[-1] :]) if ends else said


def _general_and_special(before: str, behind: str) -> Iterator[tuple[_Half, _Half, bool]]:
    """Give what holds by and large, and what of "it" in a case: "Cover starts in May; for theft it starts at once"."""
    lead, they = _CASE.match(f" {behind}", 1), _THEY.search(behind)
    if not lead or not they or _ENDS.search(behind[: they.start()]):
        return
    others = behind[they.end() :]
    verb = re.search(rf"\s{re.escape(others.partition(' ')[0])}\b", before, re.IGNORECASE)
    case = telling_words(behind[lead.end() - 1 : they.start()]) - telling_words(before)
    mine, theirs = _said(before[verb.start() :] if verb else ""), _said(others)
    if case and mine - theirs and theirs - mine:
        yield _Half(mine - theirs, frozenset()), _Half(theirs - mine, case), True


def _joined_half(behind: str, case: str) -> tuple[str, str] | None:
    """Return what the second half says of a case of the same sort, told with another word: "on one", "in the other"."""
    verb = verb_of(behind)
    for found in _CASE.finditer(behind) if verb and not telling_words(behind[: verb.start()]) else ():
        other = _ENDS.split(behind[found.end() :])[0]
        if telling_words(other) & telling_words(_ENDS.split(case)[0]):
            return behind[: found.start()], other
    return None


def _second(word: str, behind: str) -> tuple[str, str] | None:
    """Return what the second half says and its case, which stands behind it or before it; None if it names none."""
    if behind.lower().startswith(f"{word} "):
        found = _THEY.search(behind)
        if found:
            return behind[found.end() :], behind[len(word) : found.start()]
    said, found_word, case = behind.partition(f" {word} ")
    verb = verb_of(said)
    if not found_word or _GOES_ON.search(said) or (verb and telling_words(said[: verb.start()])):
        return None  # it has a subject of its own
    return said, _ENDS.split(case)[0]


def _denied_thing(words: frozenset[str], evidence: str) -> str | None:
    """Return what stands in the evidence where a claim names a thing of which the evidence only denies something.

    "Codes come by app; text messages are no longer supported" does not say "Codes come by text message".
    """
    for one, other in permutations(statements_of(evidence[:_LONGEST]), 2):
        rest = words - other.subject
        only_denied = other.denied and not one.denied and other.subject - one.words and other.subject <= words
        if only_denied and other.verb not in rest and one.subject & rest and rest <= one.words:
            return " ".join(sorted(one.rest - {one.verb} - words)) or None
    return None


def _other_deed(claim: str, words: frozenset[str], evidence: str) -> str | None:
    """Return of which deed the evidence tells a figure that a claim tells of another one; None if of none.

    "Invoices are sent on the first and are due within 14 days" does not say "Invoices are sent within 14 days".
    """
    figures = frozenset(_figures(claim))
    if not figures or _JOINT.search(claim):
        return None
    for sentence in _SENTENCE.split(evidence[:_LONGEST]):
        for joint in islice(_JOINT.finditer(sentence), _MOST):
            other, before = _IS_DONE.match(sentence, joint.end()), sentence[: joint.start()]
            one = _IS_DONE.search(before) if other else None
            deeds = [telling_words(found["deed"]) if found else frozenset[str]() for found in (one, other)]
            if not one or not other or not all(deeds) or not deeds[0] <= words or deeds[1] & words:
                continue
            others = frozenset(_figures(sentence[joint.end() :]))
            if figures <= others - frozenset(_figures(before)):
                return other["deed"]
    return None


def _figures(text: str) -> Iterator[tuple[Kind, float, float]]:
    return ((one.kind, one.low, one.high) for one in (*facts_of(text).figures, *for_nothing(text)))


def _said(text: str) -> _Said:
    return telling_words(text) | frozenset(_figures(text))


def _kinds(text: str) -> frozenset[Kind]:
    kinds = frozenset(one.kind for one in (*facts_of(text).figures, *for_nothing(text)))
    return kinds | {Kind.MONEY} if (PRICING | _INCLUDED) & telling_words(text) else kinds
