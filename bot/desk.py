"""The desk: accepted questions become delivered answers, whatever the platform and whatever crashes.

    hear -> inbox -> claim -> answer -> deliver

A platform hands every message to `Desk.hear` and gets out of the way; `Desk` writes it to the
inbox, claims it, runs the pipeline and hands the events to the platform's reply. More questions are
claimed than are answered at once: those who wait see their place.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Protocol

from bot import intents, people, prompts, replies
from bot.channels.resolve import Channel, Channels
from bot.channels.values import When
from bot.inbox import Claimed, Inbox, QuestionWithdrawn
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
from bot.storage.ratings import Ratings
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

LEASE_S = 30.0  # after a crash a question waits this long for the next worker
MAX_ATTEMPTS = 3
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

        `retry_s` is the wait before a delivery is tried again; it doubles each time.

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
    ) -> Heard:
        """Take one message of a person (never of a bot) into the inbox.

        `addressed`: a mention, a direct message or a command. Anything else counts only as a reply in a
        thread where the bot takes part and that was not handed over to people, or where the channel has every
        question answered, as a question that begins a thread and is not `for_others`. `direct`: a direct message,
        which no list of channels forbids. `groups` are the author's user groups or roles among those that the
        channel names; `let_in`: the author was asked for them before. The same key a second time changes nothing.
        """
        key = question.key
        channel = await self.channels.at(*key.place)
        question = replace(question, text=people.words(question.text))
        if not addressed:
            question = replace(question, addressed=False)
            if not await self._concerns(question, channel, for_others=for_others):
                return Heard(Hearing.IGNORED)
        may_ask = let_in or channel.may_ask(question.author, groups)
        if denial := self._denial(channel, may_ask=may_ask, direct=direct):
            return Heard(Hearing.DENIED, denial) if addressed else Heard(Hearing.IGNORED)
        accepted = await self._inbox.accept(question)
        if not accepted.new:
            return Heard(Hearing.DUPLICATE)
        self._wake.set()
        return Heard(Hearing.ACCEPTED)

    async def _concerns(self, question: Question, channel: Channel, *, for_others: bool) -> bool:
        """Whether a message that does not address the bot is to be answered."""
        key = question.key
        if await self._inbox.takes_part(key.platform, key.workspace, key.channel, question.thread):
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
        # One key for all the choices of an answer: a second press changes nothing.
        key = replace(asked.key, message=f"choice-{answer_id}")
        question = replace(
            asked, key=key, text=chosen.question, scope=scope, route=route, asked_at=None, addressed=True
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
            question = replace(asked, key=key, thread=thread, route=route, scope=scope, private=False, asked_at=None)
            same = scope == asked.scope
            told = replace(answer, notes=answer.notes | {"shown_from": answer_id}) if same else None
            accepted = await self._inbox.accept(question, told)
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
        self._claiming = asyncio.create_task(self._claim(), name="desk")

    async def stop(self) -> None:
        """Hand back what is being answered, so that the next start finishes it."""
        if self._claiming is not None:
            self._claiming.cancel()
            await asyncio.wait({self._claiming})
            self._claiming = None
        if self._showing is not None:
            self._showing.cancel()
        # A second cancel would tear the handing back apart.
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

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
                        await self._inbox.give_back(claimed.id, self.worker)
                    raise
            if claimed is None:
                # Not wait_for: on Python 3.11 it can swallow a cancellation that comes with the event.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._wake.wait()
                continue
            task = asyncio.create_task(self._handle(claimed, waits), name=f"question-{claimed.id}")
            self._running[claimed.id] = task
            task.add_done_callback(partial(self._ended, claimed.id))

    async def _claim_one(self, waits: bool) -> Claimed | None:
        try:
            return await self._inbox.claim(self.worker, LEASE_S, tuple(self._platforms), waits=waits)
        except FrontdeskError as unreadable:
            log.error("The inbox cannot be read: %s", unreadable)
            return None

    def _ended(self, question_id: int, task: asyncio.Task[None]) -> None:
        if self._running.get(question_id) is task:
            del self._running[question_id]
        if not task.cancelled() and (error := task.exception()):
            log.error("Question %s waits for its lease to run out: %s", question_id, error)
        self._wake.set()  # a later question of the same thread may have waited for this one

    async def _handle(self, claimed: Claimed, waits: bool) -> None:
        """Bring one claimed question to its end: delivered, failed with a visible sentence, or handed back."""
        task = asyncio.current_task()
        assert task is not None
        renewal = asyncio.create_task(self._renew(claimed.id, task))
        stream: ReplyStream | None = None
        try:
            if not claimed.question.addressed and await self._inbox.in_human_hands(claimed.question, claimed.id):
                await self._inbox.leave_unheard(claimed.id)
                return
            platform = self._platforms[claimed.question.key.platform]
            stream = await platform.begin(claimed.question, claimed.posts, self._recorder(claimed))
            if claimed.attempts > MAX_ATTEMPTS:
                raise FrontdeskError(APOLOGY.format(contact=self._settings.answering.contact))
            answer, answer_id = claimed.answer, claimed.answer_id
            if answer is None or answer_id is None:
                answer = await self._answer(claimed, stream, waits)
                answer_id = await self._inbox.record_answer(claimed.id, answer)
            if answer.status is Status.HANDED_OVER and "told" not in answer.notes:
                answer = await self._handed_over(claimed.question, answer)
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
