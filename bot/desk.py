"""The desk: accepted questions become delivered answers, whatever the platform and whatever crashes.

    hear -> inbox -> claim -> answer -> deliver

A platform hands every message to `Desk.hear` and gets out of the way; `Desk` writes it to the
inbox, claims it, runs the pipeline and hands the events to the platform's reply. More questions are
claimed than are answered at once: those who wait see their place.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import socket
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

import psutil

from bot import intents, people, prompts, replies
from bot.channels.resolve import Channel, Channels
from bot.channels.values import When
from bot.inbox import Accepted, Claimed, ClaimLost, Inbox, Limits, Over, QuestionWithdrawn, TakeBack
from bot.line import Line
from bot.messages import (
    Answer,
    AnswerEvent,
    Conversation,
    Finished,
    MessageKey,
    Partial,
    Question,
    Rating,
    Status,
    Waiting,
)
from bot.settings import Settings
from bot.storage.cursors import SAVED_EVERY_S
from bot.storage.database import DatabaseError, utc_now
from bot.storage.ratings import Ratings
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

LEASE_S = 30.0  # after a crash of another machine a question waits this long for the next worker
MAX_ATTEMPTS = 5
"""A question that was begun so often and never ended may be what crashes the process."""
LONGEST_RETRY_S = 300.0
EDIT_SETTLES_S = 1.0  # people correct themselves twice
TIDIED_EVERY_S = 60.0
BOT_PER_MINUTE = 10
POLL_S = 1.0  # questions accepted by another process wake nobody here; this finds them
WAITING_ROOM = 100
"""Questions that may wait here, besides those being answered; more than these stay in the inbox."""

NOT_YOURS = "Only the person who asked can choose here. Mention me with a question of your own."
NOT_YOURS_TO_SHOW = "Only the person who asked can show this answer to everyone."
NOTHING_TO_SHOW = "This answer does not exist any more. Please ask the question again."
SHOWN = "Everyone in the channel can see it now."
SHOWN_ALREADY = "Everyone in the channel can see it already."
SHOWN_ANEW = (
    "I answer it anew for the channel: what may be told there is not the same as what may be told to you alone."
)
CHOSEN = "You chose {choice}; the answer follows."
CHOSEN_ALREADY = "A choice was made here already; its answer is in this conversation."
NOTHING_TO_CHOOSE = "This choice does not exist any more. Please ask the question again."
HANDED_OVER = "**{who}** asks for a person{where}:\n\n{quoted}"
QUOTED_CHARS = 500

DENIED_CHANNEL = (
    "I am not set up to answer in this channel. Please ask me in one of my channels, or send me a direct message."
)
DENIED_PERSON = "In this channel only some people may ask me, and you are not among them. Ask an admin of this channel."
TOO_MANY_OF_PERSON = (
    "You have asked a lot within a minute, and I want to get to everybody. Please send this one again in a minute."
)
TOO_MANY_IN_CHANNEL = (
    "There are more questions in this channel right now than I can take. Please send yours again in a minute."
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

    async def post(self, channel: str, text: str) -> None:
        """Post Markdown in a channel. Raises DeliveryError or another FrontdeskError."""
        ...

    async def describe(self, question: Question) -> tuple[str, str]:
        """Return the name of who asked, and a link to the thread, empty where nobody else can see it.

        Raises DeliveryError or another FrontdeskError.
        """
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

    def disliked(self, answer: Answer) -> None:
        """Take note that somebody found this answer not helpful."""
        ...


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
        self,
        settings: Settings,
        inbox: Inbox,
        ratings: Ratings,
        answerer: Answerer,
        retry_s: float = 1.0,
        places_s: float = 1.0,
        channels: Channels | None = None,
    ) -> None:
        """`channels` says what holds in each; without it, what the settings say.

        `retry_s` is the least wait before a delivery is tried again; it grows with the time that it has failed.

        One of those who wait is shown the place in the queue every `places_s` seconds: chats take few edits.
        """
        self._settings = settings
        self._inbox = inbox
        self._ratings = ratings
        self._answerer = answerer
        self.channels = channels or Channels(settings)
        self._retry_s = retry_s
        self._places_s = places_s
        self._platforms: dict[str, ChatPlatform] = {}
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        """Names this process to the inbox and to leases."""
        self._wake = asyncio.Event()
        self._claiming: asyncio.Task[None] | None = None
        self._line = Line(settings.answering.workers)
        self._places: dict[int, tuple[ReplyStream, int]] = {}
        """Still to be shown, by question; who waits for it longest is first."""
        self._showing: asyncio.Task[None] | None = None
        self._running: dict[int, asyncio.Task[None]] = {}
        self._being_shown: set[MessageKey] = set()
        self._claims = itertools.count(1)
        self._tidying: asyncio.Task[None] | None = None
        self._deleted = asyncio.Event()
        self._told_to_wait: dict[str, float] = {}
        """When somebody was last told of a limit, by person; monotonic seconds."""
        self.cursors = inbox.cursors
        """Up to where each channel was heard."""

    # Platforms call these ---------------------------------------------------------------------------------

    def attach(self, platform: ChatPlatform) -> None:
        """Let the workers answer questions of this platform."""
        self._platforms[platform.name] = platform
        self._wake.set()

    async def hear(
        self,
        question: Question,
        *,
        addressed: bool,
        direct: bool = False,
        groups: Collection[str] = (),
        for_others: bool = False,
        let_in: bool = False,
        bot: bool = False,
        missed: bool = False,
    ) -> Heard:
        """Take one message into the inbox.

        `addressed`: a mention, a direct message or a command. Anything else counts only as a reply in a
        thread where the bot takes part and that was not handed over to people, or where the channel has every
        question answered, as a question that begins a thread and is not `for_others`. `direct`: a direct message,
        which no list of channels forbids. `groups` are the author's user groups or roles among those that the
        channel names; `let_in`: the author was asked for them before. `bot`: its author is a bot that is allowed;
        it is heard only where it mentions us, and so often in a thread. `missed`: it was said while nobody
        listened; one too old is left alone, and nobody is told of a refusal. The same key a second time changes
        nothing.
        """
        if (missed and self._too_old(question)) or (bot and await self._loops(question, addressed=addressed)):
            return Heard(Hearing.IGNORED)
        channel = await self.channels.at(*question.key.place)
        question = replace(question, text=people.words(question.text))
        if not addressed:
            question = replace(question, addressed=False)
            if not await self._concerns(question, channel, for_others=for_others):
                return Heard(Hearing.IGNORED)
        may_ask = let_in or channel.may_ask(question.author, groups)
        if denial := self._denial(channel, may_ask=may_ask, direct=direct):
            tell = addressed and not missed and not bot
            return Heard(Hearing.DENIED, denial) if tell else Heard(Hearing.IGNORED)
        accepted = await self._inbox.accept(question, self._limits(bot=bot))
        if accepted.over:
            return Heard(Hearing.IGNORED) if bot or missed else self._asked_to_wait(question, accepted)
        if not accepted.new:
            return Heard(Hearing.DUPLICATE)
        self._wake.set()
        return Heard(Hearing.ACCEPTED)

    async def _concerns(self, question: Question, channel: Channel, *, for_others: bool) -> bool:
        """Whether a message that does not address the bot is to be answered."""
        key = question.key
        if await self._inbox.takes_part(key.platform, key.workspace, key.channel, question.thread, question.asked_at):
            return not await self._inbox.in_human_hands(question)
        begins = question.thread == key.message
        return channel.when is When.QUESTIONS and begins and not for_others and intents.asks(question.text)

    def _denial(self, channel: Channel, *, may_ask: bool, direct: bool) -> str:
        """Return why nothing is answered here, or not to this person; empty where it is."""
        key = channel.key
        if not direct and (channel.when is When.NEVER or not self._settings.answers_in(key.platform, key.channel)):
            return DENIED_CHANNEL
        if not may_ask:
            return DENIED_PERSON
        return channel.nothing_to_tell

    async def edit(
        self,
        question: Question,
        *,
        addressed: bool,
        direct: bool = False,
        groups: Collection[str] = (),
        bot: bool = False,
    ) -> Heard:
        """Take a change of a message by its author: what was answered is answered anew, in the same posts.

        A message that was no question before is one from now on if it is `addressed`; see `hear`.
        """
        channel = await self.channels.at(*question.key.place)
        if self._denial(channel, may_ask=channel.may_ask(question.author, groups), direct=direct):
            return Heard(Hearing.IGNORED)
        question = replace(question, text=people.words(question.text))
        revised = await self._inbox.revise(replace(question, addressed=addressed), EDIT_SETTLES_S)
        if revised is None:
            if not addressed:
                return Heard(Hearing.IGNORED)
            return await self.hear(question, addressed=True, direct=direct, groups=groups, bot=bot, missed=True)
        if not revised.anew:
            return Heard(Hearing.DUPLICATE)
        if task := self._running.get(revised.id):
            task.cancel()
        self._wake.set()
        return Heard(Hearing.ACCEPTED)

    async def withdraw(self, key: MessageKey) -> None:
        """Stop answering a message that its author deleted, and take back what stands of the answer."""
        question_id = await self._inbox.withdraw(key)
        if question_id is None:
            return
        if task := self._running.get(question_id):
            task.cancel()
        else:
            self._deleted.set()

    async def is_ours(self, post: MessageKey) -> bool:
        """Whether a message is recorded as a post of ours."""
        return await self._inbox.is_ours(post.platform, post.workspace, post.channel, post.message)

    async def recent_threads(self, platform: str, workspace: str, channel: str, limit: int) -> list[str]:
        """Return the threads of a channel in which a missed message may be meant for the bot, the latest first."""
        since = utc_now() - timedelta(hours=self._settings.answering.catch_up_hours)
        return await self._inbox.threads_in(platform, workspace, channel, since, limit)

    async def last_asked(self, platform: str, limit: int, workspace: str | None = None) -> list[Question]:
        """Return the last questions of a platform (of one workspace); they may have been changed or deleted since."""
        since = utc_now() - timedelta(hours=self._settings.answering.catch_up_hours)
        return await self._inbox.last_asked(platform, since, limit, workspace)

    def _too_old(self, question: Question) -> bool:
        oldest = utc_now() - timedelta(hours=self._settings.answering.catch_up_hours)
        return question.asked_at is not None and question.asked_at < oldest

    async def _loops(self, question: Question, *, addressed: bool) -> bool:
        """Whether a bot's message is left alone: one that is not meant for us, or one too many in its thread."""
        if not addressed:
            return True
        if await self._inbox.times_asked(question) < self._settings.answering.bot_turns:
            return False
        log.warning("The bot %s is not answered any more in the thread %s.", question.author, question.thread)
        return True

    def _limits(self, *, bot: bool) -> Limits:
        answering = self._settings.answering
        person = answering.person_per_minute
        return Limits(min(person or BOT_PER_MINUTE, BOT_PER_MINUTE) if bot else person, answering.channel_per_minute)

    def _asked_to_wait(self, question: Question, accepted: Accepted) -> Heard:
        """Return what to tell somebody over a limit: once within a minute, but always in reply to a command."""
        now, person = time.monotonic(), f"{question.key.platform}:{question.author}"
        self._told_to_wait = {who: at for who, at in self._told_to_wait.items() if now - at < 60}
        if person in self._told_to_wait and not question.route:
            return Heard(Hearing.IGNORED)
        self._told_to_wait[person] = now
        return Heard(Hearing.DENIED, TOO_MANY_OF_PERSON if accepted.over is Over.PERSON else TOO_MANY_IN_CHANNEL)

    async def press(self, answer_id: int, person: str, value: int) -> str:
        """Count a press of a rating button; the same press again withdraws it. Returns what to tell the person."""
        if await self._ratings.withdraw(answer_id, person, value):
            return "Your rating is withdrawn."
        await self._ratings.rate(Rating(answer_id, person, value, "button"))
        await self._heed(answer_id, value)
        return "Thank you, noted as helpful." if value > 0 else "Thank you, noted as not helpful."

    async def react(self, key: MessageKey, person: str, value: int, *, added: bool) -> None:
        """Count a 👍 or 👎 reaction put on, or taken off, the post named by `key`; others' posts are ignored."""
        answer_id = await self._inbox.answer_of_post(key.platform, key.workspace, key.channel, key.message)
        if answer_id is None:
            return
        if added:
            await self._ratings.rate(Rating(answer_id, person, value, "reaction"))
            await self._heed(answer_id, value)
        else:
            await self._ratings.withdraw(answer_id, person, value)

    async def _heed(self, answer_id: int, value: int) -> None:
        if value < 0 and (answer := await self._inbox.answer(answer_id)):
            self._answerer.disliked(answer)

    async def choose(
        self,
        answer_id: int,
        choice: int,
        author: str,
        scope_here: Callable[[Question], Awaitable[Scope]],
        *,
        direct: bool,
        route: dict[str, str],
    ) -> Heard:
        """Ask a question that was asked back once more, with the choice (from 0) whose button `author` pressed.

        `scope_here` gives what the author of a question may be told now; what could be told when the question
        was asked limits it further. `route` is the new question's. The sentence is to be told privately; for
        a private question that is accepted there is none, as the answer itself comes there.
        """
        kept = await self._inbox.asked_back(answer_id)
        if kept is None or not 0 <= choice < len(kept[1].choices):
            return Heard(Hearing.DENIED, NOTHING_TO_CHOOSE)
        asked, answer = kept
        if asked.author != author:
            return Heard(Hearing.DENIED, NOT_YOURS)
        scope = within(await scope_here(asked), asked.scope)
        if scope is None:
            return Heard(Hearing.DENIED, NOTHING_TO_CHOOSE)
        chosen = answer.choices[choice]
        # One key for all the choices of an answer: a second press changes nothing. An edit asks anew.
        edition = f"-{asked.edited_at.timestamp():.0f}" if asked.edited_at else ""
        key = replace(asked.key, message=f"choice-{answer_id}{edition}")
        question = replace(
            asked,
            key=key,
            text=chosen.question,
            scope=scope,
            route=route,
            asked_at=None,
            edited_at=None,
            addressed=True,
        )
        heard = await self.hear(question, addressed=True, direct=direct, let_in=True)
        if heard.outcome is Hearing.DUPLICATE:
            return Heard(Hearing.DUPLICATE, CHOSEN_ALREADY)
        if heard.outcome is Hearing.ACCEPTED and not asked.private:
            return Heard(Hearing.ACCEPTED, CHOSEN.format(choice=chosen.label))
        return heard

    async def show(
        self,
        answer_id: int,
        author: str,
        scope_here: Callable[[Question], Awaitable[Scope]],
        place_for: Callable[[Question], Awaitable[tuple[str, dict[str, str]]]],
    ) -> Heard:
        """Show everyone an answer that only `author` sees, in the channel it was asked in.

        `scope_here` gives what may be told there to everybody. Where that is not what the author was told from,
        the question is answered anew. `place_for` makes the place that it goes to, and returns its thread and the
        new question's route; it is asked once, and not for what is shown already.
        """
        kept = await self._inbox.asked_back(answer_id)
        if kept is None or not kept[0].private:
            return Heard(Hearing.DENIED, NOTHING_TO_SHOW)
        asked, answer = kept
        if asked.author != author:
            return Heard(Hearing.DENIED, NOT_YOURS_TO_SHOW)
        key = replace(asked.key, message=f"show-{answer_id}")
        if key in self._being_shown or await self._inbox.knows(key):
            return Heard(Hearing.DUPLICATE, SHOWN_ALREADY)
        self._being_shown.add(key)
        try:
            scope = await scope_here(asked)
            thread, route = await place_for(asked)
            question = replace(
                asked, key=key, thread=thread, route=route, scope=scope, private=False, asked_at=None, edited_at=None
            )
            same = scope == asked.scope
            told = replace(answer, notes=answer.notes | {"shown_from": answer_id}) if same else None
            accepted = await self._inbox.accept(question, answer=told)
        finally:
            self._being_shown.discard(key)
        if not accepted.new:
            return Heard(Hearing.DUPLICATE, SHOWN_ALREADY)
        self._wake.set()
        return Heard(Hearing.ACCEPTED, SHOWN if same else SHOWN_ANEW)

    @property
    def busy(self) -> int:
        """How many questions this process is answering right now, those that wait for it included."""
        return len(self._running)

    # The workers --------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to answer; questions that a process of this machine had when it died are free at once."""
        with contextlib.suppress(DatabaseError):  # else their leases run out
            if freed := await self._inbox.release(self._is_dead):
                log.info("%s questions were left by a process that ended; they are finished now.", freed)
        self._claiming = asyncio.create_task(self._claim(), name="desk")
        self._tidying = asyncio.create_task(self._tidy(), name="tidying")

    async def stop(self) -> None:
        """Hand back what is being answered, so that the next start finishes it."""
        for task in (self._claiming, self._tidying):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        self._claiming = self._tidying = None
        if self._showing is not None:
            self._showing.cancel()
        # A second cancel would tear the handing back apart.
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._save_cursors()

    def _is_dead(self, worker: str) -> bool:
        """Whether a worker was one of this machine and is no more; `worker` is as the inbox has it."""
        host, _, rest = worker.rpartition("/")[0].partition(":")
        pid = rest.partition(":")[0]
        if host != socket.gethostname() or not pid.isdecimal() or worker.startswith(self.worker):
            return False
        return int(pid) == os.getpid() or not psutil.pid_exists(int(pid))

    async def _tidy(self) -> None:
        """Save the cursors now and then, and take back what stands of answers to deleted questions."""
        tidied = -TIDIED_EVERY_S
        while True:
            if self._deleted.is_set() or time.monotonic() - tidied >= TIDIED_EVERY_S:
                self._deleted.clear()
                tidied = time.monotonic()
                await self._take_back()
            await self._save_cursors()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SAVED_EVERY_S):
                    await self._deleted.wait()

    async def _save_cursors(self) -> None:
        try:
            await self.cursors.save()
        except DatabaseError as error:
            log.warning("Up to where the channels were heard is not saved yet: %s", error)

    async def _take_back(self) -> None:
        try:
            for one in await self._inbox.to_take_back(tuple(self._platforms)):
                if one.id not in self._running:
                    await self._take_one_back(one)
        except DatabaseError as error:
            log.warning("Answers to deleted questions are not taken back yet: %s", error)

    async def _take_one_back(self, one: TakeBack) -> None:
        try:
            platform = self._platforms[one.question.key.platform]
            stream = await platform.begin(one.question, one.posts, self._recorder(one.id))
            await stream.discard()
        except DeliveryError as error:
            log.warning("The answer to a deleted question is not taken back yet: %s", error)
            return
        except FrontdeskError as error:
            log.warning("The answer to a deleted question cannot be taken back: %s", error)
        await self._inbox.taken_back(one.id)

    async def _claim(self) -> None:
        """Claim questions as they come, as many as there is room for, and answer each in a task of its own."""
        room = self._settings.answering.workers + WAITING_ROOM
        while True:
            self._wake.clear()
            claimed = None
            waits = len(self._running) >= self._settings.answering.workers
            if len(self._running) < room:
                # Shielded, so that a stop cannot leave a question claimed that nobody answers.
                claiming = asyncio.ensure_future(self._claim_one(waits))
                try:
                    claimed = await asyncio.shield(claiming)
                except asyncio.CancelledError:
                    if claimed := await claiming:
                        await self._inbox.give_back(claimed.id, claimed.worker)
                    raise
            if claimed is None:
                # Not wait_for: on Python 3.11 it can swallow a cancellation that comes with the event.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._wake.wait()
                continue
            before = self._running.get(claimed.id)
            task = asyncio.create_task(self._handle(claimed, waits, before), name=f"question-{claimed.id}")
            self._running[claimed.id] = task
            task.add_done_callback(partial(self._ended, claimed.id))

    async def _claim_one(self, waits: bool) -> Claimed | None:
        try:
            # Each claim has a name of its own, so that one that was lost is known from the next.
            worker = f"{self.worker}/{next(self._claims)}"
            return await self._inbox.claim(worker, LEASE_S, tuple(self._platforms), waits=waits)
        except FrontdeskError as unreadable:
            log.error("The inbox cannot be read: %s", unreadable)
            return None

    def _ended(self, question_id: int, task: asyncio.Task[None]) -> None:
        if self._running.get(question_id) is task:
            del self._running[question_id]
        if not task.cancelled() and (error := task.exception()):
            log.error("Question %s waits for its lease to run out: %s", question_id, error)
        self._wake.set()  # a later question of the same thread may have waited for this one

    async def _handle(self, claimed: Claimed, waits: bool, before: asyncio.Task[None] | None) -> None:
        """Bring one claimed question to its end: delivered, failed with a visible sentence, or handed back.

        `before` is what still ends of an earlier try at it.
        """
        task = asyncio.current_task()
        assert task is not None
        renewal = asyncio.create_task(self._renew(claimed, task))
        stream: ReplyStream | None = None
        try:
            if before is not None:
                await asyncio.wait({before})
            if not claimed.question.addressed and await self._inbox.in_human_hands(claimed.question, claimed.id):
                await self._inbox.leave_unheard(claimed.id)
                return
            platform = self._platforms[claimed.question.key.platform]
            stream = await platform.begin(claimed.question, claimed.posts, self._recorder(claimed.id))
            await self._deliver(claimed, stream, waits)
        except asyncio.CancelledError:
            await asyncio.shield(self._interrupted(claimed, stream))
        except QuestionWithdrawn:
            if stream is not None:
                await self._discard(claimed, stream)
        except (ClaimLost, DatabaseError) as error:
            # Whoever has it now ends it; what cannot be kept now is tried again once the claim has run out.
            log.warning("Question %s is left for now: %s", claimed.id, error)
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

    async def _deliver(self, claimed: Claimed, stream: ReplyStream, waits: bool) -> None:
        answer, answer_id = claimed.answer, claimed.answer_id
        if answer is None or answer_id is None:
            if claimed.attempts > MAX_ATTEMPTS:
                raise FrontdeskError(APOLOGY.format(contact=self._settings.answering.contact))
            answer = await self._answer(claimed, stream, waits)
            answer_id = await self._inbox.record_answer(claimed.id, answer, claimed.worker)
        if answer.status is Status.HANDED_OVER and "told" not in answer.notes:
            answer = await self._handed_over(claimed.question, answer)
            answer_id = await self._inbox.record_answer(claimed.id, answer, claimed.worker)
        if await self._inbox.is_withdrawn(claimed.id):
            await self._discard(claimed, stream)
            return
        await stream.finish(answer, answer_id)
        await self._inbox.delivered(claimed.id, claimed.worker)

    async def _answer(self, claimed: Claimed, stream: ReplyStream, waits: bool) -> Answer:
        async def tell(place: int) -> None:
            self._show_place(claimed.id, stream, place)

        try:
            async with (
                self._line.turn(tell),
                contextlib.aclosing(self._answerer.answer(claimed.question, claimed.conversation)) as events,
            ):
                if waits:
                    await self._inbox.begin(claimed.id)
                async for event in events:
                    if isinstance(event, Waiting):
                        await tell(event.place)
                        continue
                    self._places.pop(claimed.id, None)
                    if isinstance(event, Partial):
                        await stream.update(event.text)
                    elif isinstance(event, Finished):
                        return event.answer
        finally:
            self._places.pop(claimed.id, None)
        raise FrontdeskError(APOLOGY.format(contact=self._settings.answering.contact))

    def _show_place(self, question_id: int, stream: ReplyStream, place: int) -> None:
        self._places[question_id] = (stream, place)
        if self._showing is None or self._showing.done():
            self._showing = asyncio.create_task(self._show_places(), name="places")

    async def _show_places(self) -> None:
        while self._places:
            stream, place = self._places.pop(next(iter(self._places)))
            await stream.update(waiting(place))
            await asyncio.sleep(self._places_s)

    async def _handed_over(self, question: Question, answer: Answer) -> Answer:
        """Tell the people of the hand-over channel, if there is one; return the answer with what comes next."""
        place = self._settings.answering.handover_channel
        try:
            who, link = await self._platforms[question.key.platform].describe(question)
        except FrontdeskError as error:
            log.warning("Where a hand-over comes from is not known: %s", error)
            who, link = "", ""
        told = bool(place) and await self._tell_people(place, who, link, question.text)
        language = str(answer.notes.get("language", "en"))
        text = f"{answer.text} {replies.what_next(language, told=told, threaded=bool(link))}".strip()
        return replace(answer, text=text, notes=answer.notes | {"told": place if told else ""})

    async def _tell_people(self, place: str, who: str, link: str, text: str) -> bool:
        """Post a note about a hand-over; return whether it stands there."""
        name, _, channel = place.partition(":")
        if (platform := self._platforms.get(name)) is None:
            log.warning("A hand-over is not told: answering.handover_channel is on %s, which is not connected.", name)
            return False
        who = people.called(who)
        words = text if len(text) <= QUOTED_CHARS else text[:QUOTED_CHARS] + " …"
        where = f" in [this thread]({link})" if link else ""
        try:
            await platform.post(channel, HANDED_OVER.format(who=who, where=where, quoted=people.quoted(words)))
        except FrontdeskError as error:
            log.warning("A hand-over is not told in answering.handover_channel: %s", error)
            return False
        return True

    async def _renew(self, claimed: Claimed, task: asyncio.Task[None]) -> None:
        """Keep the claim while `task` works on it; stop the work if the question went to somebody else."""
        while True:
            await asyncio.sleep(LEASE_S / 3)
            try:
                if not await self._inbox.renew(claimed.id, claimed.worker, LEASE_S):
                    task.cancel()
                    return
            except FrontdeskError as error:
                log.warning("The claim on question %s is not renewed yet: %s", claimed.id, error)

    def _recorder(self, question_id: int) -> Callable[[str], Awaitable[None]]:
        async def record(post: str) -> None:
            await self._inbox.record_post(question_id, post)

        return record

    async def _interrupted(self, claimed: Claimed, stream: ReplyStream | None) -> None:
        if await self._inbox.is_withdrawn(claimed.id):
            if stream is not None:
                await self._discard(claimed, stream)
            self._deleted.set()  # posts of an earlier try may stand there
        else:
            await self._inbox.give_back(claimed.id, claimed.worker)

    async def _discard(self, claimed: Claimed, stream: ReplyStream) -> None:
        try:
            await stream.discard()
            await self._inbox.taken_back(claimed.id)
        except FrontdeskError as error:
            log.warning("A reply to a deleted question is not taken back yet: %s", error)

    async def _retry_later(self, claimed: Claimed, error: DeliveryError) -> None:
        """Try again in a while, the later the longer it has lasted; give up what has become too old to be answered."""
        said = claimed.question.edited_at or claimed.question.asked_at
        waited_s = (utc_now() - said).total_seconds() if said else 0.0
        if waited_s > 3600 * max(1.0, self._settings.answering.catch_up_hours):
            await self._inbox.fail(claimed.id, str(error), claimed.worker)
        else:
            wait_s = min(LONGEST_RETRY_S, max(self._retry_s, waited_s / 4))
            await self._inbox.postpone(claimed.id, wait_s, claimed.worker)

    async def _tell_failure(self, claimed: Claimed, stream: ReplyStream | None, sentence: str) -> None:
        try:
            if stream is not None:
                await stream.fail(sentence)
        except FrontdeskError as error:
            log.warning("Question %s: the asker could not be told: %s", claimed.id, error)
        await self._inbox.fail(claimed.id, sentence, claimed.worker)


def waiting(place: int) -> str:
    """Return what somebody sees who waits; place 1 is next."""
    return prompts.NEXT_IN_LINE if place <= 1 else prompts.IN_LINE.format(place=place)


def within(here: Scope, before: Scope) -> Scope | None:
    """Return what both scopes of an asker allow to be told; None where they have a key with nothing in common."""
    both: dict[str, tuple[str, ...]] = {}
    for key in ("region", "product", "language"):
        ours, theirs = getattr(here, key), getattr(before, key)
        both[key] = tuple(word for word in ours if word in theirs) if ours and theirs else ours or theirs
        if not both[key] and (ours or theirs):
            return None
    # Who belongs to no audience is told only what is for everybody.
    audience = tuple(word for word in here.audience if word in before.audience)
    return Scope(both["region"], audience, both["product"], both["language"])
