"""Which standard answer, if any, a question is given."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence

from bot.answer_cache import NEAR_COSINE, is_article, same, singular, words
from bot.channels.resolve import StandardAnswer
from bot.text.facts import figures
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
    keyword that the text holds. `similarities(question, others)` gives cosines of embeddings; it is called only
    where the words that carry meaning are the same.
    """
    exact, alike = same(text), words(text)
    for one in answers:
        if any(same(question) == exact or (alike and words(question) == alike) for question in one.values.questions):
            return one
    near = [(one, question) for one in answers for question in one.values.questions if _may_be_same(text, question)]
    if near:
        fits = await similarities(text, [question for _, question in near])
        fit, nearest = max(zip(fits, near, strict=True), key=lambda scored: scored[0])
        if fit >= NEAR_COSINE:
            return nearest[0]
    said = f" {_stems(text)} "
    held = [
        (len(stems), one)
        for one in answers
        for word in one.values.keywords
        if (stems := _stems(word)) and f" {stems} " in said
    ]
    return max(held, key=lambda found: found[0])[1] if held else None


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
