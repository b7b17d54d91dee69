"""What pages say of the very thing that a question about a rule names.

"Can I return my swimsuit?" is answered by the rule for all items, which is searched for in general (see
`bot.followups`); where another sentence says that swimwear is excluded, the rule alone would be a wrong answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.evidence import Evidence, evidence_in
from bot.facts import telling_words
from bot.followups import Matter, matter_of
from knowledge.documents import ScoredPassage
from knowledge.retrieval import Retrieval

MOST = 2
"""Exceptions that are told beside an answer."""
_CHARS = 300
"""Of all of them."""
_RESTRICTS = re.compile(
    r"\b(?:not|no|never|nor|cannot|only|except\w*|exclu\w+|unless|without|final|restrict\w*|prohibit\w*|forbid\w*|"
    r"forbidden|refus\w+|non-\w+|\w+n['’]t)\b",
    re.IGNORECASE,
)


def exceptions(question: str, sentences: Iterable[Evidence]) -> list[Evidence]:
    """Return the sentences that tell of the thing which a question names what it asks of all things; no text twice."""
    matter = matter_of(question)
    if matter is None:
        return []
    texts = {one.text: one for one in sentences if _tells(one, matter)}
    return list(texts.values())


def with_exceptions(general: Retrieval, found: Retrieval, question: str) -> Retrieval:
    """Return what was found for a question in general, and behind the best what else holds an exception."""
    ids = {one.passage.id for one in general.passages}
    others = [one for one in found.passages if one.passage.id not in ids and _holds_one(one, question)]
    return replace(general, passages=(*general.passages[:1], *others[:MOST], *general.passages[1:]))


def untold(question: str, told: str, found: Sequence[ScoredPassage]) -> list[Evidence]:
    """Return the exceptions in what was found that `told` does not tell, so many and so long as can be told with it."""
    words = telling_words(told)
    held = exceptions(question, (one for each in found for one in evidence_in(each.passage)))
    missing = [one for one in held if not one.words <= words][:MOST]
    while missing and sum(len(one.text) for one in missing) > _CHARS:
        missing.pop()
    return missing


def _holds_one(found: ScoredPassage, question: str) -> bool:
    return bool(exceptions(question, evidence_in(found.passage)))


def _tells(sentence: Evidence, matter: Matter) -> bool:
    """Whether a sentence names the thing and what is asked of it, or names it in a restriction below such a title."""
    *_, last = matter.thing.split()
    text, passage = sentence.text, sentence.passage
    if not sentence.quotable or text.rstrip().endswith("?") or not telling_words(last) <= sentence.words:
        return False
    restricts = _RESTRICTS.search(text) is not None
    if not restricts and not telling_words(matter.thing) <= sentence.words:
        return False
    said = matter.told.search(text)
    return bool(said or (restricts and matter.told.search(f"{passage.title} {passage.heading}")))
