"""The desk: accepted questions become delivered answers, whatever the platform and whatever crashes.

    hear -> inbox -> claim -> answer -> deliver

A platform hands every message to `Desk.hear` and gets out of the way; `Desk` writes it to the
inbox, and its workers claim it, run the pipeline and hand the events to the platform's reply.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.inbox import Claimed, Inbox, QuestionWithdrawn
from bot.messages import Answer, AnswerEvent, Conversation, Finished, MessageKey, Partial, Question, Rating
from bot.settings import Settings
from bot.storage.ratings import Ratings
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

LEASE_S = 30.0  # after a crash a question waits this long for the next worker
MAX_ATTEMPTS = 3
POLL_S = 1.0  # questions accepted by another process wake nobody here; this finds them

DENIED_CHANNEL = (
    "I am not set up to answer in this channel. Please ask me in one of my channels, or send me a direct message."
)
APOLOGY = "Sorry, something went wrong on my side and I could not answer. Please ask again, or turn to {contact}."


class DeliveryError(FrontdeskError):
    """The platform did not take a post; it is worth trying again later."""


class ReplyStream(Protocol):
    """One reply growing on a platform."""

    async def update(self, text: str) -> None:
        """Show the answer so far. Returns at once; a platform shows as many as its limits allow, and may drop any."""
        ...

    async def finish(self, answer: Answer, answer_id: int) -> None:
        """Put the final text with numbered sources and, for an answer, the rating buttons. Raises DeliveryError."""
        ...

    async def fail(self, sentence: str) -> None:
        """Replace whatever stands there by an error that the asker understands. Raises DeliveryError."""
        ...

    async def discard(self) -> None:
        """Take back whatever stands there: the question was deleted."""
        ...


class ChatPlatform(Protocol):
    """What the desk needs of Slack, Discord, …"""

    @property
    def name(self) -> str:
        """`slack`, `discord`: the platform part of message keys."""
        ...

    async def start(self) -> None:
        """Connect, and return once connected. Raises FrontdeskError with what to do."""
        ...

    async def stop(self) -> None: ...

    def health(self) -> str:
        """Return an empty string when well, else a sentence saying what is wrong."""
        ...

    async def notify(self, user: str, text: str) -> None:
        """Send a person Markdown as a direct message. Raises DeliveryError or another FrontdeskError."""
        ...

    async def begin(
        self, question: Question, posts: tuple[str, ...], record: Callable[[str], Awaitable[None]]
    ) -> ReplyStream:
        """Open the reply to a question, with a first sign of life in the chat. Raises DeliveryError.

        `posts` are the ids of what an earlier, interrupted try already posted: those are edited, not
        posted anew. `record` is to be awaited with the id of each new post directly after it went out.
        """
        ...


class Answerer(Protocol):
    """The pipeline as the desk sees it; `bot.conversation.Pipeline` is the one there is."""

    def answer(self, question: Question, conversation: Conversation) -> AsyncGenerator[AnswerEvent, None]: ...


class Hearing(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    """Not meant for the bot; say nothing."""
    DENIED = "denied"
    """Tell the sentence to the person, privately."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a message."""

    outcome: Hearing
    sentence: str = ""


class Desk:
    """Hears, answers and delivers for any number of platforms."""

    def __init__(
        self, settings: Settings, inbox: Inbox, ratings: Ratings, answerer: Answerer, retry_s: float = 1.0
    ) -> None:
        """`retry_s` is the wait before a delivery is tried again; it doubles each time."""
        self._settings = settings
        self._inbox = inbox
        self._ratings = ratings
        self._answerer = answerer
        self._retry_s = retry_s
        self._platforms: dict[str, ChatPlatform] = {}
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        """Names this process to the inbox and to leases."""
        self._wake = asyncio.Event()
        self._workers: list[asyncio.Task[None]] = []
        self._running: dict[int, asyncio.Task[None]] = {}

    # Platforms call these ---------------------------------------------------------------------------------

    def attach(self, platform: ChatPlatform) -> None:
        """Let the workers answer questions of this platform."""
        self._platforms[platform.name] = platform
        self._wake.set()

    async def hear(self, question: Question, *, addressed: bool, direct: bool = False) -> Heard:
        """Take one message of a person (never of a bot) into the inbox.

        `addressed`: a mention, a direct message or a command. Anything else counts only as a reply in a
        thread where the bot takes part. `direct`: a direct message, which no list of channels forbids.
        The same key a second time changes nothing.
        """
        key = question.key
        if not addressed and not await self._inbox.takes_part(
            key.platform, key.workspace, key.channel, question.thread
        ):
            return Heard(Hearing.IGNORED)
        if not direct and not self._settings.answers_in(key.platform, key.channel):
            return Heard(Hearing.DENIED, DENIED_CHANNEL) if addressed else Heard(Hearing.IGNORED)
        accepted = await self._inbox.accept(question)
        if not accepted.new:
            return Heard(Hearing.DUPLICATE)
        self._wake.set()
        return Heard(Hearing.ACCEPTED)

    async def withdraw(self, key: MessageKey) -> None:
        """Stop answering a message that its author deleted, and take the answer back."""
        question_id = await self._inbox.withdraw(key)
        if question_id is not None and (task := self._running.get(question_id)):
            task.cancel()

    async def press(self, answer_id: int, person: str, value: int) -> str:
        """Count a press of a rating button; the same press again withdraws it. Returns what to tell the person."""
        if await self._ratings.withdraw(answer_id, person, value):
            return "Your rating is withdrawn."
        await self._ratings.rate(Rating(answer_id, person, value, "button"))
        return "Thank you, noted as helpful." if value > 0 else "Thank you, noted as not helpful."

    async def react(self, key: MessageKey, person: str, value: int, *, added: bool) -> None:
        """Count a 👍 or 👎 reaction put on, or taken off, the post named by `key`; others' posts are ignored."""
        answer_id = await self._inbox.answer_of_post(key.platform, key.workspace, key.channel, key.message)
        if answer_id is None:
            return
        if added:
            await self._ratings.rate(Rating(answer_id, person, value, "reaction"))
        else:
            await self._ratings.withdraw(answer_id, person, value)

    @property
    def busy(self) -> int:
        """How many questions this process is answering right now."""
        return len(self._running)

    # The workers --------------------------------------------------------------------------------------------

    async def start(self) -> None:
        self._workers = [
            asyncio.create_task(self._work(), name=f"desk-{n}") for n in range(self._settings.answering.workers)
        ]

    async def stop(self) -> None:
        """Hand back what is being answered, so that the next start finishes it."""
        # Each worker cancels its own question; a second cancel would tear the handing back apart.
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._workers = []

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                claimed = await self._inbox.claim(self.worker, LEASE_S, platforms=tuple(self._platforms))
            except FrontdeskError as unreadable:
                log.error("The inbox cannot be read: %s", unreadable)
                claimed = None
            if claimed is None:
                # Not wait_for: on Python 3.11 it can swallow a cancellation that comes with the event.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._wake.wait()
                continue
            task = asyncio.create_task(self._handle(claimed), name=f"question-{claimed.id}")
            self._running[claimed.id] = task
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:
                task.cancel()
                await asyncio.wait({task})
                raise
            finally:
                self._running.pop(claimed.id, None)
            if not task.cancelled() and (error := task.exception()):
                log.error("Question %s waits for its lease to run out: %s", claimed.id, error)
            self._wake.set()  # a later question of the same thread may have waited for this one

    async def _handle(self, claimed: Claimed) -> None:
        """Bring one claimed question to its end: delivered, failed with a visible sentence, or handed back."""
        task = asyncio.current_task()
        assert task is not None
        renewal = asyncio.create_task(self._renew(claimed.id, task))
        stream: ReplyStream | None = None
        try:
            platform = self._platforms[claimed.question.key.platform]
            stream = await platform.begin(claimed.question, claimed.posts, self._recorder(claimed))
            if claimed.attempts > MAX_ATTEMPTS:
                raise FrontdeskError(APOLOGY.format(contact=self._settings.answering.contact))
            answer, answer_id = claimed.answer, claimed.answer_id
            if answer is None or answer_id is None:
                answer = await self._answer(claimed, stream)
                answer_id = await self._inbox.record_answer(claimed.id, answer)
            if await self._inbox.is_withdrawn(claimed.id):
                await self._discard(stream)
                return
            await stream.finish(answer, answer_id)
            await self._inbox.delivered(claimed.id)
        except asyncio.CancelledError:
            await asyncio.shield(self._interrupted(claimed, stream))
        except QuestionWithdrawn:
            if stream is not None:
                await self._discard(stream)
        except DeliveryError as error:
            log.warning("Question %s is not delivered yet: %s", claimed.id, error)
            await self._retry_later(claimed, error)
        except FrontdeskError as error:
            log.warning("Question %s ended in an error: %s", claimed.id, error)
            await self._tell_failure(claimed, stream, str(error))
        except Exception:
            log.exception("Question %s ended in an unforeseen error", claimed.id)
            await self._tell_failure(claimed, stream, APOLOGY.format(contact=self._settings.answering.contact))
        finally:
            renewal.cancel()

    async def _answer(self, claimed: Claimed, stream: ReplyStream) -> Answer:
        async with contextlib.aclosing(self._answerer.answer(claimed.question, claimed.conversation)) as events:
            async for event in events:
                if isinstance(event, Partial):
                    await stream.update(event.text)
                elif isinstance(event, Finished):
                    return event.answer
        raise FrontdeskError(APOLOGY.format(contact=self._settings.answering.contact))

    async def _renew(self, question_id: int, task: asyncio.Task[None]) -> None:
        """Keep the claim while `task` works on it; stop the work if the question went to somebody else."""
        while True:
            await asyncio.sleep(LEASE_S / 3)
            try:
                if not await self._inbox.renew(question_id, self.worker, LEASE_S):
                    task.cancel()
                    return
            except FrontdeskError as error:
                log.warning("The claim on question %s is not renewed yet: %s", question_id, error)

    def _recorder(self, claimed: Claimed) -> Callable[[str], Awaitable[None]]:
        async def record(post: str) -> None:
            await self._inbox.record_post(claimed.id, post)

        return record

    async def _interrupted(self, claimed: Claimed, stream: ReplyStream | None) -> None:
        if await self._inbox.is_withdrawn(claimed.id):
            if stream is not None:
                await self._discard(stream)
        else:
            await self._inbox.give_back(claimed.id, self.worker)

    async def _discard(self, stream: ReplyStream) -> None:
        try:
            await stream.discard()
        except FrontdeskError as error:
            log.warning("A reply to a deleted question could not be taken back: %s", error)

    async def _retry_later(self, claimed: Claimed, error: DeliveryError) -> None:
        if claimed.attempts > MAX_ATTEMPTS:
            await self._inbox.fail(claimed.id, str(error))
        else:
            await self._inbox.postpone(claimed.id, self._retry_s * 2.0**claimed.attempts)

    async def _tell_failure(self, claimed: Claimed, stream: ReplyStream | None, sentence: str) -> None:
        try:
            if stream is not None:
                await stream.fail(sentence)
        except FrontdeskError as error:
            log.warning("Question %s: the asker could not be told: %s", claimed.id, error)
        await self._inbox.fail(claimed.id, sentence)
