"""What to search with: the question, and of the turns before it those that it may lean on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages import Turn
from knowledge.retrieval import Query

EARLIER_TURNS = 4
"""User turns before the question that are searched with; chosen on the dev questions of the benchmark."""


def query_for(text: str, turns: Sequence[Turn]) -> Query:
    """Return the query for a question asked after `turns` (oldest first).

    "And in Norway?" says little alone, so what the person wrote before goes along and counts less.
    """
    said = [turn.content.strip() for turn in turns if turn.role == "user"]
    return Query(text, tuple(one for one in said if one)[-EARLIER_TURNS:])
