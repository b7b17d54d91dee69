"""Which standard answer, if any, a question is given."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache

from bot.answer_cache import NEAR_COSINE, is_article, same, singular, words
from bot.channels.resolve import StandardAnswer
from bot.text.facts import figures
from bot.understanding.spelling import as_read
from bot.wording.answers import MORE, STANDARD
from knowledge.sentences import STOP_WORDS, stem
from knowledge.territories import plain

# Everyday words that turn what is asked: "from Spain" is not "to Spain", "may I" is not "must I".
_TURNING = frozenset(
    "after aus avant before bis despues down fur from hasta into jamais kein keine less more must nach never nicht nie "
    "no not nunca off ohne only out over para pas por sans sin t to under until up vers von without zu".split()
)


async def standard_answer(
    text: str,
    answers: Sequence[StandardAnswer],
    similarities: Callable[[str, Sequence[str]], Awaitable[list[float]]],
) -> StandardAnswer | None:
    """Return the standard answer to a question, None where there is none.

    A question put as it was written goes first, then one that is put in nearly the same words, then the longest
    keyword that the text holds; each as both were typed, and as both are read: "gibts wlan" is "Gibt es WLAN?".
    `similarities(question, others)` gives cosines of embeddings; it is called only where the words that carry meaning
    are the same.
    """
    ways = ((text, str), (as_read(text), _as_read))
    for said, put in ways:
        exact, alike = same(said), words(said)
        for one in answers:
            questions = map(put, one.values.questions)
            if any((exact and same(other) == exact) or (alike and words(other) == alike) for other in questions):
                return one
    for said, put in ways:
        asked = [(one, put(question)) for one in answers for question in one.values.questions]
        near = [(one, question) for one, question in asked if _may_be_same(said, question)]
        if near:
            fits = await similarities(said, [question for _, question in near])
            fit, nearest = max(zip(fits, near, strict=True), key=lambda scored: scored[0])
            if fit >= NEAR_COSINE:
                return nearest[0]
    held = [
        (len(stems), one)
        for said, put in [(f" {_stems(said)} ", put) for said, put in ways]
        for one in answers
        for keyword in one.values.keywords
        if (stems := _stems(put(keyword))) and f" {stems} " in said
    ]
    return max(held, key=lambda found: found[0])[1] if held else None


@lru_cache(maxsize=5_000)
def _as_read(written: str) -> str:
    """Return what stands in a standard answer as it is read; there may be many, and each message meets them all."""
    return as_read(written)


def told(answer: StandardAnswer, language: str = "en") -> str:
    """Return a standard answer as it is shown, in Markdown; what is put beside it is in the `language`."""
    values = answer.values
    link = MORE.of(language, link=values.link) if values.link else ""
    note = f"*{STANDARD.of(language)}*"
    return "\n\n".join(part for part in (values.answer, link, note) if part)


def _may_be_same(text: str, question: str) -> bool:
    """Whether two questions have the same words that carry or turn meaning, in the same order, and the same figures."""
    ours = _carrying(text)
    return (
        bool(ours)
        and ours == _carrying(question)
        and figures(text) == figures(question)
        and _codes(text) == _codes(question)
    )


def _carrying(text: str) -> list[str]:
    said = plain(text).split()
    return [
        singular(word)
        for place, word in enumerate(said)
        if word not in STOP_WORDS or word in _TURNING or (word == "a" and not is_article(said, place))
    ]


def _codes(text: str) -> frozenset[str]:
    """Return the capitals that would be everyday words in small letters: "US" is not "us"."""
    return frozenset(one for one in re.findall(r"\b[A-Z]{2,}\b", text) if one.lower() in STOP_WORDS)


def _stems(text: str) -> str:
    return " ".join(stem(word) for word in plain(text).split())
