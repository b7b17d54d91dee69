"""Questions to begin with, made of the documents' own headings: what a newcomer could ask."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

from bot.text.addresses import visible
from knowledge.documents import Passage

MAX_CHARS = 75
"""A chat shows a longer one cut off."""
_ABOUT = {
    "en": "What should I know about “{title}”?",
    "de": "Was muss ich über „{title}“ wissen?",
    "fr": "Que faut-il savoir sur « {title} » ?",
    "es": "¿Qué debo saber sobre «{title}»?",
    "it": "Che cosa devo sapere su «{title}»?",
    "pt": "O que devo saber sobre “{title}”?",
    "nl": "Wat moet ik weten over “{title}”?",
}
_HOW_TO = re.compile(r"how to (\w.*)", re.IGNORECASE)
_YOURS = {"your": "my", "yours": "mine", "yourself": "myself", "you": "I"}
_SECOND_PERSON = re.compile(r"\b(yourself|yours|your|you)\b", re.IGNORECASE)


def suggestions(passages: Iterable[Passage], number: int, seed: int | str = 0) -> list[str]:
    """Return at most `number` different questions, no two of one document while there are others.

    A heading that is a question goes first, then "How to …", then what a page is about. Of equals, `seed` decides.
    """
    rows = [
        (one.document_id, _line(one.title), _line(one.heading.rpartition(" > ")[2]), one.scope.language)
        for one in passages
    ]
    random.Random(seed).shuffle(rows)
    ranked = sorted(
        ((rank, id, text) for id, title, heading, languages in rows for rank, text in _made(title, heading, languages)),
        key=lambda one: one[0],
    )
    chosen: dict[str, str] = {}  # by the text in lower case
    documents: set[str] = set()
    for again in (False, True):
        for _, id, text in ranked:
            if len(chosen) < number and (again or id not in documents) and len(text) <= MAX_CHARS:
                documents.add(id)
                chosen.setdefault(text.casefold(), text)
    return list(chosen.values())


def _made(title: str, heading: str, languages: Sequence[str]) -> list[tuple[int, str]]:
    """Return what a passage suggests, with its rank."""
    made: list[tuple[int, str]] = []
    if heading.endswith("?") and " " in heading:
        made.append((0, heading))
    elif how := _HOW_TO.fullmatch(heading.rstrip(".:")):
        made.append((1, f"How do I {_SECOND_PERSON.sub(lambda word: _YOURS[word[0].lower()], how[1])}?"))
    language = languages[0] if languages else "en"
    if title and language in _ABOUT:
        made.append((2, _ABOUT[language].format(title=title)))
    return made


def _line(text: str) -> str:
    return " ".join(re.sub(r"[*_`<>\[\]|]", "", visible(text)).split())
