"""What a claim puts in place of something else: "the CSV export, but not CSV" of "the Excel export, but not CSV".

All words of such a claim stand in the sentence, only in other places. Words in another order are no swap: "Within 30
days you can return it" says what "You can return it within 30 days" does.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from bot.claims.senses import BARE_NO, TOKEN
from bot.claims.subjects import statements_of
from bot.text.addresses import without_addresses
from bot.text.facts import CLAUSE, telling_words, verb_root
from knowledge.sentences import STOP_WORDS, stem


def swapped(claim: str, evidence: str) -> str | None:
    """Return what a claim puts in place of something else that the evidence names; None if it swaps nothing."""
    if found := _named_twice(claim, evidence) or _on_the_other_side(claim, evidence):
        return found
    same = sorted(word for word, _ in _content(claim)) == sorted(word for word, _ in _content(evidence))
    return _exchanged(claim, evidence) if same else _in_place_of(claim, evidence)


def _named_twice(claim: str, evidence: str) -> str | None:
    """Return what a claim says something of and denies it of in one; None if there is nothing, or the evidence does."""
    allowed = {item for before, denied in _sides(evidence) for item in _items(denied) if telling_words(item) <= before}
    for before, denied in _sides(claim):
        for item in _items(denied):
            if telling_words(item) <= before and item not in allowed:
                return item
    return None


def _on_the_other_side(claim: str, evidence: str) -> str | None:
    """Return a word that stands before "but not" in the claim and behind it in the evidence, or the other way round."""
    for before, denied in _sides(claim):
        for real, really_denied in _sides(evidence):
            behind, really_behind = telling_words(denied), telling_words(really_denied)
            if wrong := before & (really_behind - real) or (behind - before) & (real - really_behind):
                return min(wrong)
    return None


def _sides(text: str) -> Iterator[tuple[frozenset[str], str]]:
    """Yield the telling words before each "but not" within its sentence, and what stands behind it in its clause."""
    for found in _BUT_NOT.finditer(text):
        start = max(text.rfind(mark, 0, found.start()) for mark in ".;!?") + 1
        yield telling_words(text[start : found.start()]), found["denied"] or found["replaced"]


_BUT_NOT = re.compile(
    r"(?:,\s|,?\sbut\s)not\s(?P<denied>[^.;:!?]+)|"
    r"(?<=\w)(?<!\bbut)(?<!\band),?\s(?:instead of|rather than)\s(?P<replaced>[^.,;:!?]+)",
    re.IGNORECASE,
)


def other_name(claim: str, sentences: Sequence[str]) -> str | None:
    """Return a name that a claim has in place of another one of the first of the sentences, which is all it says else.

    The name is that of another sentence, which says something else of it: "Nonprofits get 40% off Enterprise" of
    "Nonprofits get 40% off Team. Schools get 60% off Enterprise."
    """
    first, *others = sentences
    words, held = telling_words(claim), telling_words(first)
    for mine in _NAME.finditer(claim):
        name = telling_words(mine["name"])
        if not name or name & held or not words - name <= held:
            continue
        for theirs in _NAME.finditer(first):
            if theirs["before"] != mine["before"] or telling_words(theirs["name"]) & words:
                continue
            said = [text for text in others if name & telling_words(text)]
            if said and all(_is_apart(text, words - name) for text in said):
                return mine["name"]
    return None


def _is_apart(text: str, words: frozenset[str]) -> bool:
    """Whether a sentence says something of another subject than that which `words` name."""
    if _ADDS.search(text):
        return False
    told = statements_of(text)
    of_others = bool(told) and all(one.subject and not one.subject & words for one in told)
    return of_others or not telling_words(text) & words


_ADDS = re.compile(r"^\W*(?:it|they|this|that|these|those|such|and|or)\b|\b(?:also|too|same|likewise|so)\b", re.I)
"""How a sentence says something of the subject of the one before."""
_NAME = re.compile(r"\b(?P<before>[a-z]+)\s(?P<name>[A-Z][\w-]*(?:\s[A-Z][\w-]*)*)")
"""A name behind another word."""


def _items(text: str) -> list[str]:
    """Return the things of a list, as they are written."""
    return [item.strip() for item in _JOINT.split(text) if telling_words(item)]


_JOINT = re.compile(r",\s|\s(?:and|or|nor)\s", re.IGNORECASE)


def _in_place_of(claim: str, evidence: str) -> str | None:
    """Return a word that stands in the place of another one, in a claim that else goes along with the evidence.

    Where it begins or ends the claim, it may rather have moved there: "Permits are issued" of "The council issues
    permits". There it has to be said twice, or to come from another clause.
    """
    if _denies(claim) and (not _denies(evidence) or _denies_clause(claim, evidence)):
        return None  # what is so of one may be denied of the other
    theirs, mine = _content(evidence), [word for word, _ in _content(claim)]
    words = [word for word, _ in theirs]
    steps = SequenceMatcher(None, words, mine, autojunk=False).get_opcodes()
    if any(kind == "insert" and not {*words}.isdisjoint(mine[begin:stop]) for kind, _, _, begin, stop in steps):
        return None  # what stands in another order stands in no place
    for number, (kind, start, end, begin, stop) in enumerate(steps):
        if kind != "replace" or end - start != stop - begin or stop - begin > _LONGEST:
            continue
        around = [steps[place][0] for place in (number - 1, number + 1) if 0 <= place < len(steps)]
        if not around or {*around} != {"equal"}:
            continue
        own = {clause for _, clause in theirs[start:end]}
        for word in {*mine[begin:stop]} - {*words[start:end]} - _MEASURES:
            others = {clause for other, clause in theirs if other == word}
            if word == words[0] and _SAYS_IT.search(evidence):
                continue  # "Cover starts in May; for theft it starts at once" says that theft is covered
            if not others or (len(around) < 2 and mine.count(word) < 2 and own & others):
                continue
            told = {other for other, clause in theirs if clause in others - own} - {word}
            if len(around) < 2 and word[0].isdigit() and not told:
                continue  # "You get £100 if you are late" is told by "If your train is late, you get £100"
            # "Express takes a day" is told by "Standard delivery takes three days; express a day".
            if mine.count(word) > 1 or told.isdisjoint({*mine} - {other for other, clause in theirs if clause in own}):
                return word
    return None


def _denies_clause(claim: str, evidence: str) -> bool:
    """Whether a claim denies all that a clause of the evidence denies of a subject of its own, be it of less.

    "Used items are not covered" denies that they are covered by the guarantee.
    """
    words = telling_words(claim)
    told = [one for one in statements_of(evidence) if one.subject]
    return len(told) > 1 and any(one.denied and one.words <= words for one in told)


def _exchanged(claim: str, evidence: str) -> str | None:
    """Return a word of a claim of the same words that changed places with one of another clause; None if none did.

    Which of "red zones or blue zones" stands first is no matter.
    """
    theirs, mine = _content(evidence), _content(claim)
    moved = [place for place, pair in enumerate(zip(theirs, mine, strict=True)) if pair[0][0] != pair[1][0]]
    if len(moved) != 2:
        return None
    (one, first), (other, second) = (theirs[place] for place in moved)
    with_one = {word for word, clause in theirs if clause == first} - {one}
    with_other = {word for word, clause in theirs if clause == second} - {other}
    return None if first == second or with_one <= with_other or with_other <= with_one else mine[moved[0]][0]


_SAYS_IT = re.compile(r";\s[^;]*\b(?:it|they)\b", re.IGNORECASE)
_MEASURES = telling_words("cost take last")
"""Verbs that say no more than "is": "ready within three weeks", "takes three weeks"."""
_LONGEST = 2
"""Words that are put in place of as many; more are another way to say it."""


def _denies(text: str) -> bool:
    """Whether a text denies something before any "but not"."""
    return _NO.search(_BUT_NOT.sub(" ", text)) is not None


_NO = re.compile(rf"\b(?:{BARE_NO}|not|never|cannot|without)\b|n['’]t\b", re.IGNORECASE)


def _content(text: str) -> list[tuple[str, int]]:
    """Return the stems of a text's words and figures that carry meaning, in order, each with its clause's number."""
    text = without_addresses(text)
    cuts = [found.start() for found in CLAUSE.finditer(text)]
    return [
        (verb_root(stem(word)), bisect(cuts, found.start()))
        for found in TOKEN.finditer(text)
        if (word := found[0].lower())[0].isalnum() and word not in STOP_WORDS
    ]
