"""What is said where the documents do not answer: what was searched, what there is near it, and whom to ask."""

from __future__ import annotations

from collections.abc import Sequence

from bot import replies
from bot.lookup import Searched
from bot.text.addresses import addresses, visible
from bot.wording import answers
from knowledge.documents import ScoredPassage

TOPICS = 3
MIN_SIMILARITY = 0.35
"""Cosine to the question from which a passage's heading is offered."""
_MAX_TOPIC_CHARS = 90
_MARKUP = "[]<>|`*@#"


def refusal(contact: str, searched: Searched, found: Sequence[ScoredPassage], language: str = "en") -> str:
    """Return an honest refusal; `found` are the nearest passages, best first."""
    extent, please_ask = searched.extent, replies.please_ask(language, contact)
    where = answers.IN_PLACES.of(language, places=searched.places) if searched.places else ""
    if not extent.passages:
        return f"{answers.NOTHING_TO_SEARCH.of(language, where=where)} {please_ask}"
    documents = answers.DOCUMENTS.of(language, extent.documents)
    parts = [answers.REFUSAL.of(language), answers.SEARCHED.of(language, documents=documents, where=where)]
    if topics := nearest_topics(found):
        quoted = [answers.TOPIC.of(language, topic=topic) for topic in topics]
        parts.append(answers.NEAREST.of(language, topics=", ".join(quoted)))
    return " ".join([*parts, please_ask])


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
