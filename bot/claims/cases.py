"""Whether a claim tells of one case what a page says of another one that leads to it.

"At weekends, write to the night desk; during the week, write to the office" holds all words of "At weekends, write to
the office".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, permutations

from bot.text.facts import facts_of, telling_words

_MOST = 12
"""Parts of a page with a case that are looked at."""
_LONGEST = 600
"""Characters of a sentence that are looked at."""
_PARTS = re.compile(r"(?<=[.!?])\s+|;\s(?:and\s|but\s)?")
_LEADS = (
    r"for|in|on|at|with|without|during|outside|within|before|after|until|from|by|over|under|above|below|if|when|where"
)
_CASE = re.compile(
    rf"\A(?P<lead>{_LEADS})\s(?:(?P<event>(?:case|the event) of (?:an? |the )?[\w-]+),?|(?P<case>[^,;:.!?()]+),)\s",
    re.IGNORECASE,
)
_TELLS_APART = re.compile(
    r"\b(?:(?:with|without|during|outside|within|before|after|until|over|under|above|below|else|not|us)\b|"
    r"other(?=s?\b))",
    re.IGNORECASE,
)
"""What tells a case, or what to do in it, from another, though it carries no meaning by itself: "during", "outside"."""


_US = frozenset({"us"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a page that a case leads."""

    sentence: int
    lead: str
    told_case: str
    case: frozenset[str]
    main: frozenset[str]


def led_by_another_case(claim: str, told: Sequence[str]) -> str | None:
    """Return the case of which a page says what a claim says of another that it names; None if there is none.

    At least half of what a claim says besides stands in that part, and no other sentence says all of it.
    """
    parts = [*islice(_parts(told), _MOST)]
    for part in _PARTS.split(claim) if len(parts) > 1 else ():
        said = _words(part) | _apart(part)
        for one, other in permutations(parts, 2):
            if one.lead != other.lead and one.sentence != other.sentence:
                continue
            case, other_case = one.case - other.case, other.case - one.case - one.main
            main, other_main = one.main - other.main - other.case, other.main - other.case - one.main - one.case
            if not case or case & said or not main & said or other_main & said:
                continue
            names_other = other_case and 2 * len(other_case & said) >= len(other_case)
            carries = 2 * len(one.main & said) >= len(said - other.case)
            if names_other and carries and not _elsewhere(said, one, parts, told):
                return f"“{one.told_case}”"
    return None


def _elsewhere(said: frozenset[str], part: _Part, parts: Sequence[_Part], told: Sequence[str]) -> bool:
    """Whether another sentence than that of a part has all words that are said, and leads to no case of its own."""
    further = {one.sentence for one in parts if 2 * len(one.case & said) < len(one.case)}
    return any(
        said <= _words(text) | _apart(text)
        for place, text in enumerate(told)
        if place != part.sentence and place not in further
    )


def _parts(told: Sequence[str]) -> Iterator[_Part]:
    for number, sentence in enumerate(told):
        for part in _PARTS.split(sentence[:_LONGEST]):
            if found := _CASE.match(part):
                case = found[0].strip(" ,")
                main = part[found.end() :]
                yield _Part(
                    number, found["lead"].lower(), case, _words(case) | _apart(case), _words(main) | _apart(main) & _US
                )


def _words(text: str) -> frozenset[str]:
    """Return the telling words, numbers and addresses of a text."""
    facts = facts_of(text)
    return telling_words(text) | {f"{one:g}" for one in facts.numbers} | {one.plain for one in facts.addresses}


def _apart(text: str) -> frozenset[str]:
    return frozenset(one.lower() for one in _TELLS_APART.findall(text))
