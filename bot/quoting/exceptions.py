"""What pages say of the very thing that a question about a rule names.

"Can I return my swimsuit?" is answered by the rule for all items, which is searched for in general (see
`bot.followups`); where another sentence says that swimwear is excluded, the rule alone would be a wrong answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.followups import Matter, in_general, matter_of
from bot.quoting.evidence import Evidence, evidence_in, leading_to
from bot.text.facts import telling_words
from bot.understanding.gist import gist
from knowledge.documents import ScoredPassage
from knowledge.retrieval import Retrieval

MOST = 2
"""Exceptions that are told beside an answer."""
_CHARS = 300
"""Of all of them, where there are several."""
_RESTRICTS = re.compile(
    r"\b(?:not|no|never|nor|cannot|only|except\w*|exclu\w+|unless|without|final|restrict\w*|prohibit\w*|forbid\w*|"
    r"forbidden|refus\w+|closed|non-\w+|\w+n['’]t)\b",
    re.IGNORECASE,
)
_EXCLUDES = re.compile(
    r"\b(?:exclu(?:ded|sions?)|except(?:ed|ions?)|final sale|non-\w+|no (?:returns?|refunds?|exchanges?)|"
    r"(?:not|cannot|never|n['’]t) (?:be )?(?:accept|tak|eligible|cover|allow|possible|permit|includ|return|refund|"
    r"exchang|ship|deliver)\w*)\b",
    re.IGNORECASE,
)
"""What says below a title, or in what leads to a list, that something of it does not hold."""
_ORDERS = r"\W*(?:please\W+)?(?:do not|don['’]t|never|please)\W+"
_TOLD_TO_DO = re.compile(_ORDERS, re.IGNORECASE)
"""How an order to the reader begins: "Do not wrap a lamp in newspaper when you return it"."""
_OF_SOME = re.compile(
    r"\b(?:business|corporate|wholesale|trade|resellers?|employees?|staff|members?|students?)\b", re.IGNORECASE
)
"""Customers that are others than who asks, unless that is said."""


def restricts(sentence: str) -> bool:
    """Whether a sentence says what does not hold, or holds for some alone."""
    return _RESTRICTS.search(sentence) is not None


def exceptions(question: str, sentences: Sequence[Evidence]) -> list[list[Evidence]]:
    """Return what tells of the thing which a question names what it asks of all things; no text twice.

    Each is a sentence, or an item of a list behind what leads to it.
    """
    matter = matter_of(question)
    if matter is None:
        return []
    texts: dict[str, list[Evidence]] = {}
    for place, one in enumerate(sentences):
        leading = [sentences[lead] for lead in sorted(leading_to(sentences, place))]
        if _tells(one, leading, matter, question):
            texts.setdefault(one.text, [*leading, one])
    return list(texts.values())


def with_exceptions(general: Retrieval, found: Retrieval, question: str) -> Retrieval:
    """Return what was found for a question in general, and behind the best what else holds an exception."""
    ids = {one.passage.id for one in general.passages}
    others = [one for one in found.passages if one.passage.id not in ids and any(_held([one], question))]
    return replace(general, passages=(*general.passages[:1], *others[:MOST], *general.passages[1:]))


def untold(question: str, searched: str, told: str, found: Sequence[ScoredPassage]) -> list[list[Evidence]]:
    """Return the exceptions in what was found that `told` does not tell, so many and so long as can be told with it.

    There are none where the question could be, and was not, `searched` for in general.
    """
    asked = gist(question).asked
    if searched != (in_general(asked) or asked):
        return []
    words = telling_words(told)
    missing = [one for one in _held(found, asked) if not one[-1].words <= words][:MOST]
    if sum(len(one.text) for each in missing for one in each) > _CHARS:
        del missing[1:]
    return missing


def _held(found: Iterable[ScoredPassage], question: str) -> Iterator[list[Evidence]]:
    for one in found:
        yield from exceptions(question, evidence_in(one.passage))


def _tells(sentence: Evidence, leading: Sequence[Evidence], matter: Matter, question: str) -> bool:
    """Whether a sentence, or an item behind what leads to it, tells the matter of the thing."""
    text, passage = sentence.text, sentence.passage
    *_, last = matter.thing.split()
    short = sentence.item or sentence.step or sentence.row_of is not None
    may_go_out = sentence.quotable or (short and sentence.safe and sentence.begins_item)
    if not may_go_out or text.rstrip().endswith("?") or not telling_words(last) <= sentence.words:
        return False
    if _TOLD_TO_DO.match(text) and not re.match(_ORDERS + matter.told.pattern, text, re.IGNORECASE):
        return False
    if any(one[0].lower() not in question.lower() for one in _OF_SOME.finditer(text)):
        return False
    whole = telling_words(matter.thing) <= sentence.words
    if matter.told.search(text):
        return whole or restricts(text)
    above = " ".join([*(one.text for one in leading), passage.heading.rpartition(" > ")[2], passage.title])
    return (
        whole and _EXCLUDES.search(f"{above} {text}" if short else text) is not None and bool(matter.told.search(above))
    )
