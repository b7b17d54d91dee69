"""What a claim leaves out of what stands with a figure: its limit, what is added to it, how often it happens."""

from __future__ import annotations

import re

from bot.text.facts import CLAUSE, carries, facts_of, numbers_in, sides, telling_words, values_of
from knowledge.figures import Bound, Figure, Kind


def limit(claim: str, evidence: str, asked: str) -> str | None:
    """Return a figure from or up to which the evidence says what the claim says of all; None if there is none.

    What was `asked` for need not be said again.
    """
    said, words = facts_of(claim), telling_words(claim)
    known = said.numbers | facts_of(asked).numbers
    for figure in facts_of(evidence).figures:
        values = values_of(figure.text)  # none for "at least one", which limits nobody
        if figure.bound and values and not values & known and (figure.kind is Kind.MONEY or _in_between(figure)):
            before, behind = sides(figure, evidence, CLAUSE)
            kept = words & (before | behind)
            # "Children under 12 travel free" limits who; "orders take up to 5 days" tells how long.
            limits = figure.kind is Kind.MONEY or (words & before and words & behind)
            other = _OTHER_CASE.match(evidence, figure.end) if figure.kind is Kind.MONEY else None
            if other and (case := telling_words(other["case"])) and case <= words:
                continue
            if limits and keeps(claim, evidence, kept):
                return f"{figure.bound} {figure.text}"
    return None


_OTHER_CASE = re.compile(r",?\s(?:and|or)\s(?:on|at|for|during)\s(?P<case>[^,;:.!?()]+)", re.IGNORECASE)
"""Another case in which something is granted as well: "free over £50 and on Fridays"."""


def keeps(claim: str, evidence: str, kept: frozenset[str]) -> bool:
    """Whether a claim says what the evidence says: whether the words `kept` are half of its own, and two with figures.

    "You may carry over up to 20 days" says by its figure most of what it says; "you can return it" is all there is.
    """
    figures = facts_of(claim).numbers & facts_of(evidence).numbers
    enough = min(2, len(telling_words(evidence)))
    return bool(kept) and len(kept) + len(figures) >= enough and 2 * len(kept) >= len(telling_words(claim))


def _in_between(figure: Figure) -> bool:
    """Whether a limit can stand behind what it limits: of age, size or number, or of time that must have passed."""
    return figure.kind in (Kind.COUNT, Kind.MEASURE) or (
        figure.kind is Kind.DURATION and figure.bound is Bound.AT_LEAST
    )


def qualifier(claim: str, evidence: str) -> str | None:
    """Return what stands with an amount in the evidence and not in the claim; None if there is nothing.

    "£40 plus VAT" are not £40, "about 5 days" are not 5 days, and what something was is not what it is.
    """
    told = numbers_in(evidence)
    for figure in numbers_in(claim):
        carriers = [one for one in told if carries(one, figure)]
        missing = [_unsaid(one, figure, evidence, claim) for one in carriers]
        if missing and all(missing):
            return f"“{missing[0]}”"
    return None


def _unsaid(carrier: Figure, figure: Figure, evidence: str, claim: str) -> str:
    before, behind = evidence[: carrier.start], evidence[carrier.end :]
    if (added := _ADDED.match(behind)) and added["what"].lower() not in claim.lower():
        return added["added"]
    if (rough := _ROUGHLY.search(before)) and not (_ROUGHLY.search(claim[: figure.start]) or figure.bound):
        return rough["word"]
    if (old := _NO_LONGER.search(before)) and not _OVER.search(claim):
        return old["word"]
    mine, theirs = _strict(figure, claim), _strict(carrier, evidence)
    return theirs[1] if mine[0] is not None and theirs[0] is not None and mine[0] is not theirs[0] else ""


def _strict(figure: Figure, text: str) -> tuple[bool | None, str]:
    """Return whether a limit leaves out the figure itself, None for what is no limit, with the words that say so."""
    if figure.kind is Kind.DATE:
        return None, ""
    before, behind = text[: figure.start], text[figure.end :]
    if found := _STRICT.search(before):
        return True, f"{found['word']} {figure.text}"
    if found := _INCLUSIVE.search(before) or _OR_MORE.match(behind):
        return False, f"{found['word']} {figure.text}"
    return None, ""


_TAX = r"VAT|GST|(?:sales )?tax(?:es)?|shipping|postage|delivery|handling|service charge"
_ADDED = re.compile(
    rf"\s?\(?(?P<added>(?:plus|\+|exclud\w+|excl\.?|exclusive of|ex|without|before|not including|net of) "
    rf"(?:(?:the|any|local|applicable) )*(?P<what>{_TAX}))\b",
    re.IGNORECASE,
)
_ROUGHLY = re.compile(
    r"\b(?P<word>about|around|approximately|approx\.?|roughly|circa|nearly|almost|an average of|on average)\s+[$€£]?$",
    re.IGNORECASE,
)
_NO_LONGER = re.compile(
    r"\b(?P<word>was|were|used to (?:be|cost)|instead of|rather than|down from|up from|previously|formerly|originally)"
    r"\s+[$€£]?$",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"\b(?:was|were|used to|instead|rather|from|previously|formerly|originally|no longer)\b", re.IGNORECASE
)
_STRICT = re.compile(
    r"\b(?P<word>under|below|"
    r"(?<!no )(?<!not )(?:less|fewer|younger|lower|shorter|smaller|more|older|longer|greater|higher|larger) than|"
    r"over|above|exceed(?:s|ing)?)\s+(?:the age of\s+)?[$€£]?$",
    re.IGNORECASE,
)
_INCLUSIVE = re.compile(
    r"(?P<word>(?<!exceed )\b(?:up to|at most|at least|no (?:more|less|fewer|older|younger|longer) than|"
    r"not (?:more|less|older|longer) than|(?:a )?(?:minimum|maximum)(?: of)?|from))\s+[$€£]?$",
    re.IGNORECASE,
)
_OR_MORE = re.compile(
    r"\s?(?P<word>(?:or|and) (?:more|over|above|up|older|less|under|below|younger|longer)|\+)", re.IGNORECASE
)


def interval(claim: str, evidence: str) -> str | None:
    """Return how many days, weeks, months or years lie between what happens once in one of the claim; None if one."""
    for found in _EVERY_FEW.finditer(evidence):
        unit = "dai?" if found["unit"].lower() == "day" else found["unit"]
        each = re.compile(rf"\b(?:(?:every|each|per|an?) {found['unit']}\b|{unit}ly\b)", re.IGNORECASE)
        if each.search(claim) and not each.search(evidence):  # of what the evidence tells that as well, the parts tell
            return f"“{found[0]}”"
    return None


_EVERY_FEW = re.compile(
    r"\bevery (?:other|second|few|\d+|two|three|four|five|six|ten) (?P<unit>day|week|month|year)s?\b", re.I
)
