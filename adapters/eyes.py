"""👀 on a question while it is worked on: put on once a reply stands, taken off once it is whole."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.chat import ReplyStream
from bot.delivery import DeliveryError
from bot.messages import Answer
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

EYES = "👀"
TRIES = 3
PAUSE_S = 1.0
PATIENCE_S = 10.0
"""How long the end of a question waits for its reaction to be put on, and again for it to be taken off."""


class WithEyes:
    """A reply whose question carries the reaction. `bot.chat.ReplyStream`.

    `put_on` and `take_off` may be asked for twice, after a crash for one. Whatever becomes of them, the answer
    goes its way; and they never go where no answer stands: a reply that could not be posted keeps its eyes, as it
    is tried again.
    """

    def __init__(
        self, reply: ReplyStream, put_on: Callable[[], Awaitable[None]], take_off: Callable[[], Awaitable[None]]
    ) -> None:
        self._reply = reply
        self._take_off = take_off
        self._putting_on = asyncio.create_task(_done(put_on, tries=1), name="eyes")

    async def update(self, text: str) -> None:
        await self._reply.update(text)

    async def finish(self, answer: Answer, answer_id: int) -> None:
        await self._reply.finish(answer, answer_id)
        await self._close()

    async def fail(self, sentence: str) -> None:
        await self._reply.fail(sentence)
        await self._close()

    async def discard(self) -> None:
        await self._reply.discard()
        await self._close()

    async def _close(self) -> None:
        await asyncio.wait({self._putting_on}, timeout=PATIENCE_S)
        if self._putting_on.done() and not self._putting_on.result():
            return  # the platform does not let us
        self._putting_on.cancel()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await _done(self._take_off, TRIES)
        except TimeoutError:
            log.warning("The reaction on a question could not be taken off in time")


async def _done(act: Callable[[], Awaitable[None]], tries: int) -> bool:
    """Do it; False where the platform refuses it for good. What went wrong is logged, never raised."""
    for left in reversed(range(tries)):
        try:
            await act()
            return True
        except DeliveryError as error:
            log.info("The reaction on a question is not changed yet: %s", error)
        except FrontdeskError as error:
            log.info("The reaction on a question is not changed: %s", error)
            return False
        except Exception:
            log.exception("The reaction on a question is not changed")
            return False
        if left:
            await asyncio.sleep(PAUSE_S)
    return True
