"""Questions that come from no chat: read from a line of a file, asked, and waited for."""

from __future__ import annotations

import uuid
from typing import Any

from bot.conversation import Pipeline
from bot.messages import Answer, Conversation, Finished, MessageKey, Mode, Question, Turn
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError


class BadQuestion(FrontdeskError):
    """A line that is no question."""


def read_question(raw: Any, told_here: Scope) -> tuple[Question, Conversation]:
    """Read `{"question", "history"?, "scope"?}`; `told_here` holds where the line has no scope.

    Raises BadQuestion saying what is wrong.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("question"), str):
        raise BadQuestion('A line needs a "question" of text.')
    history = raw.get("history") or []
    if not isinstance(history, list) or not all(
        isinstance(turn, dict) and turn.get("role") in ("user", "assistant") and isinstance(turn.get("content"), str)
        for turn in history
    ):
        raise BadQuestion('"history" is a list of {"role": "user" or "assistant", "content": text}.')
    scope = raw.get("scope")
    if scope is not None and not isinstance(scope, dict):
        raise BadQuestion('"scope" is an object such as {"region": "eu"}.')
    question = one_question(raw["question"], told_here if scope is None else Scope.from_mapping(scope))
    return question, Conversation(tuple(Turn(turn["role"], turn["content"]) for turn in history))


def one_question(text: str, scope: Scope) -> Question:
    """Return a question that comes from no chat."""
    identity = uuid.uuid4().hex
    return Question(MessageKey("cli", "local", "cli", identity), text, "cli", identity, scope)


async def answered(
    pipeline: Pipeline, question: Question, conversation: Conversation, mode: Mode | None = None
) -> Answer:
    """Run the pipeline to its end."""
    async for event in pipeline.answer(question, conversation, mode):
        if isinstance(event, Finished):
            return event.answer
    raise AssertionError("the pipeline's last event is Finished")
