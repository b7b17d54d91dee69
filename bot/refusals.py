"""What is said where the documents do not answer: what was searched, what there is near it, and whom to ask."""

from __future__ import annotations

from collections.abc import Sequence

from bot import prompts
from bot.addresses import addresses, visible
from bot.lookup import Searched
from knowledge.documents import ScoredPassage

TOPICS = 3
MIN_SIMILARITY = 0.35
"""Cosine to the question from which a passage's heading is offered."""
_MAX_TOPIC_CHARS = 90
_MARKUP = "[]<>|`*@#"


def refusal(contact: str, searched: Searched, found: Sequence[ScoredPassage]) -> str:
    """Return an honest refusal; `found` are the nearest passages, best first."""
    extent = searched.extent
    if not extent.passages:
        there = prompts.NOTHING_TO_SEARCH.format(where=_where(searched))
        return " ".join([there, prompts.PLEASE_ASK.format(contact=contact)])
    parts = [
        prompts.REFUSAL,
        prompts.SEARCHED.format(documents=_counted(extent.documents, "document"), where=_where(searched)),
    ]
    if topics := nearest_topics(found):
        parts.append(prompts.NEAREST.format(topics=", ".join(f"“{topic}”" for topic in topics)))
    return " ".join([*parts, prompts.PLEASE_ASK.format(contact=contact)])


def nearest_topics(found: Sequence[ScoredPassage]) -> list[str]:
    """Return titles and headings of the nearest passages, those that could be taken for a link or markup left out."""
    topics: dict[str, None] = {}
    for one in found:
        passage = one.passage
        heading = passage.heading.rpartition(" > ")[2]
        topic = ": ".join(dict.fromkeys(part for part in (passage.title, heading) if part))
        topic = " ".join(visible(topic).split())
        usable = topic and len(topic) <= _MAX_TOPIC_CHARS and not addresses(topic) and not set(topic) & set(_MARKUP)
        if usable and one.similarity >= MIN_SIMILARITY:
            topics[topic] = None
    return list(topics)[:TOPICS]


def _where(searched: Searched) -> str:
    return prompts.IN_PLACES.format(places=searched.places) if searched.places else ""


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
