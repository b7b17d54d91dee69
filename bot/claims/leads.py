"""What a part of a sentence begins with that says in which case, for whom or where it holds.

"On the Family plan streaming is free" does not say that streaming is free.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from bot.claims import qualifiers
from bot.claims.people import OURS
from bot.claims.subjects import verb_of
from bot.text.facts import facts_of, telling_words

_MOST = 6
"""Parts of a sentence that are looked at."""
_PARTS = re.compile(r";\s|(?<=[.!?])\s+|,\s(?:and|but)\s(?=(?:in|on|at|for|during|under|outside|after)\s)", re.I)
_LEAD = re.compile(
    r"\W*(?!for\syour\s)(?:in|on|at|for|during|under|over|outside|inside|within|beyond|after|before|with|without|from)\s"
    r"(?!(?:you|we|they|it|he|she|this|that|these|those|all|any|each|every|both|addition|general|particular|fact|"
    r"short|total|principle|future|practice|example|instance|present|once|first|last|least|most|best|law|now|more|"
    r"further|the\s(?:moment|end|beginning)|(?:[a-z]+\s)?(?:19|20)\d\d)\b)",
    re.IGNORECASE,
)
"""A preposition that begins a part, unless what follows says nothing, refers to what was told, or leads on."""
_SUBJECT = re.compile(
    r"(?<=\s)(?:(?:you|we|they|it|he|she|i|there|nobody|everybody|everyone)\b|(?:the|an?|your|our|their|no|all|every|"
    r"each|any|please|do)\s)",
    re.IGNORECASE,
)
_CASE_TOLD = re.compile(r"\b(?:if|when|where|unless|once|in case|otherwise)\b", re.IGNORECASE)
_WISHED = re.compile(r"\b(?:help|questions?|details?|information|problems?|reasons?|advice|support)\b", re.IGNORECASE)


def lead(claim: str, evidence: str, asked: str) -> str | None:
    """Return what begins the part of the evidence that says what a claim says without it; None if nothing does.

    What was `asked` about need not be said again, and what a claim with a case of its own says, it may say in other
    words.
    """
    if _CASE_TOLD.search(claim):
        return None
    words, known = telling_words(claim), _told_with(claim) | _told_with(asked)
    parts = [*islice(_parts(evidence), _MOST)]
    told = [words & telling_words(rest) for _, rest in parts]
    numbers = facts_of(claim).numbers & facts_of(evidence).numbers
    for place, (case, rest) in enumerate(parts):
        kept, own = told[place], _told_with(case)
        if not numbers <= facts_of(f"{case} {rest}").numbers:
            continue  # another part says it
        others = frozenset[str]().union(*(told[:place] + told[place + 1 :]))
        if own and not own & known and (kept - others or not others) and qualifiers.keeps(claim, rest, kept):
            return f"“{case}”"
    return None


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Give each part of a text, with what it begins with that says in which case it holds, if anything does."""
    for part in _PARTS.split(text):
        end = _end_of_lead(part)
        case = part[:end].strip(" ,")
        yield ("", part) if _WISHED.search(case) or _is_ours(case) else (case, part[end:])


def _is_ours(case: str) -> bool:
    """Whether a case is no more than ours: "in our shop" is everywhere, "in our Leeds shop" is not."""
    return len(telling_words(case)) == 1 and OURS.search(case) is not None


def _end_of_lead(part: str) -> int:
    """Return where the subject, or the order, begins behind a phrase that a part begins with; 0 if it has none."""
    begun = _LEAD.match(part)
    if not begun:
        return 0
    clause, comma, _ = part.partition(", ")
    if comma and verb_of(clause) is None:
        return len(clause) + 2
    verb = verb_of(part)
    first = begun.end() + len(part[begun.end() :].split(maxsplit=1)[0])
    if (subject := _SUBJECT.search(part, first)) and (not verb or subject.start() < verb.start()):
        return subject.start()
    if not verb:
        return 0
    # The last word before the verb is of the subject: "Outside the EU delivery costs €25".
    before = part[: verb.start()].rstrip()
    last = before.rfind(" ") + 1
    return last if last > begun.end() else 0


def _told_with(text: str) -> frozenset[str]:
    """Return what a case is told with: words, figures, and when."""
    facts = facts_of(text)
    figures = {f"{one.kind} {one.low}" for one in facts.figures}
    return telling_words(text) | facts.worded | figures | {f"{number:g}" for number in facts.numbers}
