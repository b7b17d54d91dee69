"""Shadow mode: a candidate answers too, unseen, after the answer that was shown, to be compared with it.

It takes nothing from those who ask: it waits until nobody does, its request to the model gives way to every other,
and of more questions than it can follow it leaves some out.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Protocol

from bot.messages import Answer, AnswerEvent, Conversation, Finished, Mode, Question, Status
from bot.storage.shadows import Keeping, Shadowed, Shadows
from bot.tuning.metrics import token_f1
from knowledge.errors import FrontdeskError

WAITING = 32
"""Questions remembered at the most; more come only while many ask, and then some are left out."""
QUIET_S = 0.5
"""Between two looks at whether somebody asks."""
TRIES = 120
"""Looks at whether the answer that is shown has been delivered."""
log = logging.getLogger(__name__)


class Answerer(Protocol):
    """What is shadowed; `bot.conversation.Pipeline` is the one there is."""

    def answer(
        self,
        question: Question,
        conversation: Conversation,
        mode: Mode | None = None,
        *,
        lora: str | None = None,
        lora_scale: float | None = None,
        idle: bool = False,
    ) -> AsyncGenerator[AnswerEvent, None]: ...

    def disliked(self, answer: Answer) -> None: ...

    @property
    def busy(self) -> bool:
        """Whether a question is being answered."""
        ...


class Shadow:
    """Fulfils `bot.workers.Answerer`: gives the answers of another one, and has the candidate answer after it."""

    def __init__(
        self, answerer: Answerer, shadows: Shadows, candidate: Callable[[], str], quiet_s: float = QUIET_S
    ) -> None:
        """`candidate` names the adapter that answers unseen; empty for none."""
        self._answerer = answerer
        self._shadows = shadows
        self._candidate = candidate
        self._quiet_s = quiet_s
        self._waiting: asyncio.Queue[tuple[Question, Conversation, str]] = asyncio.Queue(WAITING)
        self._working: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._working = asyncio.create_task(self._work(), name="shadow")

    async def stop(self) -> None:
        if self._working:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)
            self._working = None

    async def answer(self, question: Question, conversation: Conversation) -> AsyncGenerator[AnswerEvent, None]:
        """As the answerer does. Only what a model had a part in is answered unseen too."""
        async with aclosing(self._answerer.answer(question, conversation)) as events:
            async for event in events:
                if isinstance(event, Finished) and event.answer.prompt and (candidate := self._candidate()):
                    self._remember(question, conversation, candidate)
                yield event

    def disliked(self, answer: Answer) -> None:
        self._answerer.disliked(answer)

    def _remember(self, question: Question, conversation: Conversation, candidate: str) -> None:
        if not self._waiting.full():
            self._waiting.put_nowait((question, conversation, candidate))

    async def _work(self) -> None:
        while True:
            question, conversation, candidate = await self._waiting.get()
            try:
                await self._answer_unseen(question, conversation, candidate)
            except FrontdeskError as error:
                log.info("%s did not answer a question unseen: %s", candidate, error)
            except Exception:
                log.exception("A question could not be answered unseen")

    async def _answer_unseen(self, question: Question, conversation: Conversation, candidate: str) -> None:
        await asyncio.sleep(self._quiet_s)  # the answer shown is put up meanwhile
        while self._answerer.busy:  # noqa: ASYNC110 -- many tasks begin and end answers
            await asyncio.sleep(self._quiet_s)
        if candidate != self._candidate():
            return  # it was promoted or rejected
        answered = self._answerer.answer(question, conversation, lora=candidate, idle=True)
        async with aclosing(answered) as events:
            async for event in events:
                if isinstance(event, Finished) and event.answer.lora == candidate:
                    await self._keep(question, event.answer)

    async def _keep(self, question: Question, unseen: Answer) -> None:
        """Keep an unseen answer as soon as the one that is shown is delivered, however slow the chat is to take it."""
        for _ in range(TRIES):
            if await self._shadows.keep(question, unseen) is not Keeping.NOT_YET:
                return
            await asyncio.sleep(self._quiet_s)


def compared(found: Sequence[Shadowed]) -> dict[str, Any]:
    """Return how the answers shown and unseen differ: shares, means, and how alike they are (mean token F1)."""
    if not found:
        return {"questions": 0}
    return {
        "questions": len(found),
        "shown": _figures([one.shown for one in found]),
        "unseen": _figures([one.unseen for one in found]),
        "alike": statistics.fmean(token_f1(*one.texts) for one in found),
        "same_sources": statistics.fmean(one.shown["cited"] == one.unseen["cited"] for one in found),
    }


def _figures(answers: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    given = [one for one in answers if one["status"] == Status.ANSWERED]
    times = [one["total_s"] for one in answers if one["total_s"] is not None]
    return {
        "answered": len(given) / len(answers),
        "own_words": statistics.fmean(not one["quoted"] for one in given) if given else None,
        "words": statistics.fmean(len(one["text"].split()) for one in given) if given else None,
        "total_p50_s": statistics.median(times) if times else None,
    }
