"""The desk: accepted questions become delivered answers, whatever the platform and whatever crashes.

    hear -> inbox -> claim -> answer -> deliver

A platform hands every message to `Desk.hear` and gets out of the way; `Desk` writes it to the
inbox, claims it, runs the pipeline and hands the events to the platform's reply. More questions are
claimed than are answered at once: those who wait see their place. Whoever finds no room to wait is told how many
are before them, and is claimed later.
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
from collections import Counter, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

import psutil

from bot import handovers, people, replies
from bot.channels.resolve import Channel, Channels
from bot.channels.values import When
from bot.delivery import DeliveryError, DeliveryRefused
from bot.feedback import Feedback, Pressed
from bot.generation.engine import DeadlineExceeded, EngineBusy, EngineUnavailable
from bot.handovers import Board, Groups, Handovers, no_groups
from bot.inbox import (
    CHOICE,
    SHOW,
    SUSPECT_AFTER,
    WISH,
    Accepted,
    Claimed,
    ClaimLost,
    Inbox,
    Limits,
    Over,
    QuestionWithdrawn,
    TakeBack,
)
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
    Reason,
    Status,
    Waiting,
)
from bot.prompts import QuestionTooLong
from bot.settings import Settings
from bot.storage.cursors import SAVED_EVERY_S
from bot.storage.database import DatabaseError, utc_now
from bot.storage.handovers import Why
from bot.storage.leases import taken_over
from bot.understanding import intents
from bot.understanding.languages import spoken
from bot.understanding.mood import Mood, Moods
from bot.wording import Words, answers, notices
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

LEASE_S = 30.0  # after a crash of another machine a question waits this long for the next worker
MAX_ATTEMPTS = 12
"""An answer that was begun so often and never ended is what the process dies of: the question is given up.

The last attempts are minutes apart, and no other suspect is answered meanwhile; see `Inbox.release`.
"""
LONGEST_RETRY_S = 300.0
EDIT_SETTLES_S = 1.0  # people correct themselves twice
TIDIED_EVERY_S = 60.0
BOT_PER_MINUTE = 10
POLL_S = 1.0  # questions accepted by another process wake nobody here; this finds them

ASK_TO_RATE_FOR = timedelta(days=1)
"""Older answers are not asked about, as after a time when nobody was to be asked."""

WITHDRAWN_KEPT = 1000
"""Deleted messages that are known in case they are only heard afterwards."""

TELLING_TRIES = 3
"""How often people are told of a hand-over in a place that takes no posts; then its asker is answered without."""

HANDS_LOOKED_AT_S = 1.0
"""While an answer grows, how often it is looked whether people have taken its thread over."""

QUOTED_CHARS = 500

FILES = "files"
"""In the route of a question that files came with."""


class LeftToPeople(Exception):
    """The thread is in human hands now, and the bot says nothing there."""


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


class Record(Protocol):
    """Keeps the id of a post of ours that carries an answer."""

    def __call__(self, post: str, *, workspace: str = "", channel: str = "") -> Awaitable[None]:
        """`workspace` and `channel` where the post does not stand in the question's."""
        ...


class ChatPlatform(Board, Protocol):
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

    async def ask_why(self, question: Question, answer_id: int, user: str) -> None:
        """Ask a person privately what was wrong with the answer to a question, as `Pressed.ask_why` says.

        Raises DeliveryError or another FrontdeskError.
        """
        ...

    async def ask_to_rate(self, question: Question, answer_id: int) -> None:
        """Ask whoever asked a question, privately, whether its answer was helpful.

        Raises DeliveryError or another FrontdeskError.
        """
        ...

    async def begin(self, question: Question, posts: tuple[str, ...], record: Record) -> ReplyStream:
        """Open the reply to a question, with a first sign of life in the chat. Raises DeliveryError.

        `posts` are the ids of what an earlier, interrupted try already posted: those are edited, not
        posted anew. `record` is to be awaited with the id of each new post directly after it went out.
        """
        ...


class Answerer(Protocol):
    """The pipeline as the desk sees it; `bot.conversation.Pipeline` is the one there is."""

    def answer(self, question: Question, conversation: Conversation) -> AsyncGenerator[AnswerEvent, None]: ...

    def disliked(self, answer: Answer) -> None:
        """Take note that somebody found this answer not helpful, or that it has to be forgotten."""
        ...


class Hearing(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    """Not meant for the bot; say nothing."""
    DENIED = "denied"
    """Not taken; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a message."""

    outcome: Hearing
    sentence: str = ""
    """To be told to the person, privately; empty where nothing is."""


class Desk:
    """Hears, answers and delivers for any number of platforms."""

    def __init__(
        self,
        settings: Settings,
        inbox: Inbox,
        feedback: Feedback,
        handovers: Handovers,
        answerer: Answerer,
        retry_s: float = 1.0,
        places_s: float = 1.0,
        channels: Channels | None = None,
        moods: Moods | None = None,
    ) -> None:
        """`channels` says what holds in each; without it, what the settings say. Without `moods` none are read.

        `retry_s` is the least wait before a delivery is tried again; it grows with the time that it has failed.

        One of those who wait is shown the place in the queue every `places_s` seconds: chats take few edits.
        """
        self._settings = settings
        self._inbox = inbox
        self.feedback = feedback
        self.handovers = handovers
        self._answerer = answerer
        self.channels = channels or Channels(settings)
        self._moods = moods
        self._retry_s = retry_s
        self._places_s = places_s
        self._platforms: dict[str, ChatPlatform] = {}
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        """Names this process to the inbox and to leases."""
        self._wake = asyncio.Event()
        self._claiming: asyncio.Task[None] | None = None
        self._not_claiming = ""
        """Why nothing could be claimed the last time, empty where it could be."""
        self._line = Line(settings.answering.workers)
        self._places: dict[int, tuple[ReplyStream, str]] = {}
        """Still to be shown, by question; who waits for it longest is first."""
        self._showing: asyncio.Task[None] | None = None
        self._running: dict[int, asyncio.Task[None]] = {}
        self._being_shown: set[MessageKey] = set()
        self._under_way: dict[int, Question] = {}
        """Those being answered, until they are ready to be delivered."""
        self._suspects = asyncio.Lock()
        """One after the other are answered that the process may have died of: else one takes the others along."""
        self._untold: Counter[int] = Counter()
        """How often people could not be told of a hand-over, by question."""
        self._claims = itertools.count(1)
        self._tidying: asyncio.Task[None] | None = None
        self._deleted = asyncio.Event()
        self._withdrawn: deque[MessageKey] = deque(maxlen=WITHDRAWN_KEPT)
        """What was deleted last, whether it was heard or not."""
        self._told_to_wait: dict[str, float] = {}
        """When somebody was last told of a limit, by person; monotonic seconds."""
        self.cursors = inbox.cursors
        """Up to where each channel was heard."""

    # Platforms call these ---------------------------------------------------------------------------------

    def attach(self, platform: ChatPlatform) -> None:
        """Let the workers answer questions of this platform."""
        self._platforms[platform.name] = platform
        self.handovers.attach(platform)
        self._wake.set()

    async def hear(
        self,
        question: Question,
        *,
        addressed: bool,
        direct: bool = False,
        groups: Collection[str] = (),
        for_others: bool = False,
        goes_on: bool = False,
        let_in: bool = False,
        look_up: Groups = no_groups,
        files: bool = False,
        bot: bool = False,
        missed: bool = False,
    ) -> Heard:
        """Take one message into the inbox.

        `addressed`: a mention, a direct message or a command. Anything else counts only where it has words and is
        not `for_others`: as a reply in a thread where the bot takes part and that was not handed over to people, or
        where the channel has every question answered, as a question that begins a thread. `direct`: a direct message,
        which no list of channels forbids. `groups` are the author's user groups or roles among those that the
        channel names; `goes_on`: a reply to us in a thread that we began, which counts also where what was asked
        there is deleted; `let_in`: the author was asked for them before; `look_up` tells which of the helpers' groups
        the author is in. `files`: pictures or others come with it. `bot`: its author is a bot that is allowed;
        it is heard only where it mentions us, and so often in a thread. `missed`: it was said while nobody
        listened; one too old is left alone, and nobody is told of a refusal or a long wait. The same key a
        second time changes nothing.
        """
        too_late = question.key in self._withdrawn or (missed and self._too_old(question))
        if too_late or (bot and await self._loops(question, addressed=addressed)):
            return Heard(Hearing.IGNORED)
        channel = await self.channels.at(*question.key.place)
        question = replace(question, text=people.words(question.text))
        if not addressed:
            question = replace(question, addressed=False)
            if not await self._concerns(question, channel, look_up, for_others=for_others, goes_on=goes_on):
                return Heard(Hearing.IGNORED)
        language = spoken(channel.language, question.text)
        may_ask = let_in or channel.may_ask(question.author, groups)
        if denial := self._denial(channel, language, may_ask=may_ask, direct=direct):
            tell = addressed and not missed and not bot
            return Heard(Hearing.DENIED, denial) if tell else Heard(Hearing.IGNORED)
        taken = _with_files(question) if files else question
        accepted = await self._inbox.accept(taken, self._limits(bot=bot))
        if accepted.over:
            return Heard(Hearing.IGNORED) if bot or missed else self._asked_to_wait(question, accepted, language)
        if not accepted.new:
            return Heard(Hearing.DUPLICATE)
        if question.key in self._withdrawn:  # meanwhile
            await self.withdraw(question.key)
        else:
            await self.handovers.mentioned(question)
            self._wake.set()
        waits = accepted.ahead >= self._room and not bot and not missed
        return Heard(Hearing.ACCEPTED, notices.MANY_BEFORE.of(language, ahead=accepted.ahead) if waits else "")

    async def _concerns(
        self, question: Question, channel: Channel, look_up: Groups, *, for_others: bool, goes_on: bool
    ) -> bool:
        """Whether a message that does not address the bot is to be answered."""
        key = question.key
        for_us = bool(question.text) and not for_others
        if await self._inbox.takes_part(key.platform, key.workspace, key.channel, question.thread, question.asked_at):
            # Whoever it is said to: people who have the thread are heard.
            return not await self.handovers.overheard(question, look_up) and for_us
        begins = channel.when is When.QUESTIONS and question.thread == key.message and intents.asks(question.text)
        return for_us and (goes_on or begins)

    def _denial(self, channel: Channel, language: str, *, may_ask: bool, direct: bool) -> str:
        """Return why nothing is answered here, or not to this person; empty where it is."""
        key = channel.key
        if not direct and (channel.when is When.NEVER or not self._settings.answers_in(key.platform, key.channel)):
            return notices.DENIED_CHANNEL.of(language)
        if not may_ask:
            return notices.DENIED_PERSON.of(language)
        return channel.nothing_to_tell(language)

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
        may_ask = channel.may_ask(question.author, groups)
        if self._denial(channel, "en", may_ask=may_ask, direct=direct):
            return Heard(Hearing.IGNORED)
        if await self.handovers.left_to_people(question):
            return Heard(Hearing.IGNORED)  # what was answered before stands
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
        """Stop answering a message that its author deleted, and take back what stands of the answer.

        One that was not heard yet is not answered either: a platform's events come in any order, and what was missed
        is heard from a list that was read before.
        """
        self._withdrawn.append(key)
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

    async def recent_threads(self, platform: str, workspace: str, channel: str, hours: float, limit: int) -> list[str]:
        """Return the threads of a channel in which the bot was openly asked within so many hours, the latest first."""
        since = utc_now() - timedelta(hours=hours)
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

    def _asked_to_wait(self, question: Question, accepted: Accepted, language: str) -> Heard:
        """Return what to tell somebody over a limit: once within a minute, but always in reply to a command."""
        now, person = time.monotonic(), f"{question.key.platform}:{question.author}"
        self._told_to_wait = {who: at for who, at in self._told_to_wait.items() if now - at < 60}
        if person in self._told_to_wait and not question.route:
            return Heard(Hearing.IGNORED)
        self._told_to_wait[person] = now
        too_many = notices.TOO_MANY_OF_PERSON if accepted.over is Over.PERSON else notices.TOO_MANY_IN_CHANNEL
        return Heard(Hearing.DENIED, too_many.of(language))

    async def press(self, answer_id: int, person: str, value: int, *, route: dict[str, str] | None = None) -> Pressed:
        """Count a press of a rating button; the same press again withdraws it. Returns what to tell the person.

        After a reaction that says the same the first press does not.

        `route` is that of what is said where the press leads to a hand-over.
        """
        language = await self.language_of(answer_id)
        if await self.feedback.withdraw(answer_id, person, value, "button"):
            return Pressed(notices.WITHDRAWN.of(language), language=language)
        await self.feedback.rate(Rating(answer_id, person, value, "button"))
        if value > 0:
            return Pressed(notices.HELPFUL.of(language), language=language)
        await self._heed(answer_id, person, route or {})
        return Pressed(notices.NOT_HELPFUL.of(language), ask_why=True, language=language)

    async def language_of(self, answer_id: int) -> str:
        """Return the code of the language of an answer, that what is said about it is in; English where it is gone."""
        kept = await self._inbox.asked_back(answer_id)
        return kept[1].language if kept else "en"

    async def language_in(self, platform: str, workspace: str, channel: str) -> str:
        """Return the code of the language that people are told things in where nothing was asked yet."""
        return spoken((await self.channels.at(platform, workspace, channel)).language)

    async def react(
        self, key: MessageKey, person: str, value: int, *, added: bool, route: dict[str, str] | None = None
    ) -> None:
        """Count a 👍 or 👎 reaction put on, or taken off, the post named by `key`; others' posts are ignored.

        What was wrong is asked privately after a 👎 that is new. `route` as in `press`.
        """
        answer_id = await self._inbox.answer_of_post(key.platform, key.workspace, key.channel, key.message)
        if answer_id is None:
            return
        if not added:
            await self.feedback.withdraw(answer_id, person, value)
            return
        new = await self.feedback.rate(Rating(answer_id, person, value, "reaction"))
        if value > 0:
            return
        await self._heed(answer_id, person, route or {})
        platform, kept = self._platforms.get(key.platform), await self._inbox.asked_back(answer_id)
        if new and kept and platform:
            try:
                await platform.ask_why(_spoken_to(*kept), answer_id, person.partition(":")[2])
            except FrontdeskError as error:
                log.info("%s is not asked what was wrong: %s", person, error)

    async def explain(
        self, answer_id: int, person: str, reason: Reason, words: str = "", *, route: dict[str, str] | None = None
    ) -> Pressed:
        """Keep why somebody found an answer not helpful; where the words are upset or urgent, people are called.

        Returns what to tell the person; `route` as in `press`.
        """
        mood = await self._mood(words) if words.strip() else None
        language = await self.language_of(answer_id)
        pressed = await self.feedback.explain(
            answer_id, person, reason, words, mood.upset if mood else None, language=language
        )
        if mood and mood.pressing:
            await self._heed(answer_id, person, route or {}, pressing=True)
        return pressed

    async def _heed(self, answer_id: int, person: str, route: dict[str, str], *, pressing: bool = False) -> None:
        """Draw the consequences of a 👎: the answer is not given again, and after several people are called.

        After the first one, where the question was urgent or upset, or the person is (`pressing`).
        """
        if (kept := await self._inbox.asked_back(answer_id)) is None:
            return
        asked, answer = kept
        self._answerer.disliked(answer)
        pressing = pressing or Mood.of(answer.notes).pressing
        if (
            await self.handovers.too_many_dislikes(answer_id, pressing=pressing)
            and not await self.handovers.stands(asked)
            and await self.handovers.reaches_people(asked)
        ):
            author = person.partition(":")[2]
            await self._call(asked, answer_id, author, Why.DISLIKES, f"d{answer_id}", utc_now(), route)

    async def ask_to_rate(self) -> int:
        """Ask whoever has not rated an answer for as long as is set, once; return how many were asked."""
        wait = timedelta(minutes=self._settings.ratings.remind_after_min)
        now, asked = utc_now(), 0
        async for answer_id in self.feedback.to_be_asked(now - wait - ASK_TO_RATE_FOR, now - wait):
            kept = await self._inbox.asked_back(answer_id)
            if kept is None or (platform := self._platforms.get(kept[0].key.platform)) is None:
                continue
            if await self.handovers.stands(kept[0]):
                continue
            try:
                await platform.ask_to_rate(_spoken_to(*kept), answer_id)
                asked += 1
            except FrontdeskError as error:
                log.info("%s is not asked to rate answer %s: %s", kept[0].author, answer_id, error)
        return asked

    async def hand_over(self, answer_id: int, author: str, *, press: str, at: datetime, route: dict[str, str]) -> str:
        """Call a person, as `author` wishes by the button of an answer; return what to tell privately.

        `press` is the platform's id of the press, `at` its time; the rest is said as an answer to it, by `route`.
        """
        if (kept := await self._inbox.asked_back(answer_id)) is None:
            return notices.NOT_KEPT.en
        language = kept[1].language
        if (over := await self.handovers.standing(kept[0])) is not None:
            if over.threaded or over.answer_id == answer_id:
                return notices.CALLED_ALREADY.of(language)
            press = f"{over.id}-{answer_id}"  # where people cannot read on, they are told of each answer once
        elif not await self.handovers.reaches_people(kept[0]):
            return notices.NOBODY_TO_CALL.of(language, contact=self._contact(language))
        if not await self._call(kept[0], answer_id, author, Why.BUTTON, press, at, route):
            return notices.CALLED_ALREADY.of(language)
        return "" if kept[0].private else notices.CALLING.of(language)

    async def _call(
        self, asked: Question, answer_id: int, author: str, why: Why, press: str, at: datetime, route: dict[str, str]
    ) -> bool:
        """Have people called; return whether this press had not done so before."""
        key = replace(asked.key, message=f"{WISH}{press}")
        question = replace(asked, key=key, author=author, route=route, asked_at=at, edited_at=None, addressed=True)
        accepted = await self._inbox.accept(handovers.wish(question, why, answer_id))
        if accepted.new:
            await self.handovers.open(question, accepted.id, why, answer_id)
            self._hush(question)
            self._wake.set()
        return accepted.new

    def _hush(self, question: Question) -> None:
        """Break off the answers to other questions of a thread that has just gone over to people.

        They are handed back, and whoever claims them finds them left to people.
        """
        for id, other in self._under_way.items():
            if (other.key.platform, other.key.workspace, other.key.channel, other.thread) == (
                question.key.platform,
                question.key.workspace,
                question.key.channel,
                question.thread,
            ):
                self._running[id].cancel()

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
        was asked limits it further. `route` is the new question's. For a private question that is accepted the
        sentence is that of `hear`, as the answer itself comes there.
        """
        kept = await self._inbox.asked_back(answer_id)
        language = kept[1].language if kept else "en"
        if kept is None or not 0 <= choice < len(kept[1].choices):
            return Heard(Hearing.DENIED, notices.NOTHING_TO_CHOOSE.of(language))
        asked, answer = kept
        if asked.author != author:
            return Heard(Hearing.DENIED, notices.NOT_YOURS.of(language))
        scope = within(await scope_here(asked), asked.scope)
        if scope is None:
            return Heard(Hearing.DENIED, notices.NOTHING_TO_CHOOSE.of(language))
        chosen = answer.choices[choice]
        # One key for all the choices of an answer: a second press changes nothing. An edit asks anew.
        edition = f"-{asked.edited_at.timestamp():.0f}" if asked.edited_at else ""
        key = replace(asked.key, message=f"{CHOICE}{answer_id}{edition}")
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
            return Heard(Hearing.DUPLICATE, notices.CHOSEN_ALREADY.of(language))
        if heard.outcome is Hearing.ACCEPTED and not asked.private:
            told = notices.CHOSEN.of(language, choice=chosen.label)
            return Heard(Hearing.ACCEPTED, f"{told} {heard.sentence}".strip())
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
            return Heard(Hearing.DENIED, notices.NOTHING_TO_SHOW.of(kept[1].language if kept else "en"))
        asked, answer = _spoken_to(*kept), kept[1]
        language = answer.language
        if asked.author != author:
            return Heard(Hearing.DENIED, notices.NOT_YOURS_TO_SHOW.of(language))
        channel = await self.channels.at(*asked.key.place)  # which may be set otherwise by now
        if denial := self._denial(channel, language, may_ask=True, direct=False):
            return Heard(Hearing.DENIED, denial)
        key = replace(asked.key, message=f"{SHOW}{answer_id}")
        if key in self._being_shown or await self._inbox.knows(key):
            return Heard(Hearing.DUPLICATE, notices.SHOWN_ALREADY.of(language))
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
            return Heard(Hearing.DUPLICATE, notices.SHOWN_ALREADY.of(language))
        self._wake.set()
        return Heard(Hearing.ACCEPTED, (notices.SHOWN if same else notices.SHOWN_ANEW).of(language))

    @property
    def busy(self) -> int:
        """How many questions this process is answering right now, those that wait for it included."""
        return len(self._running)

    @property
    def _room(self) -> int:
        """How many questions may be here, those being answered included; more than these stay in the inbox."""
        return self._settings.answering.workers + self._settings.model.queue_size

    def health(self) -> str:
        """Return an empty string while questions are taken from the inbox, else a sentence saying why they are not."""
        if self._claiming is not None and self._claiming.done():
            return "No questions are taken from the inbox any more. Start Frontdesk again."
        return self._not_claiming

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
        await self.save_cursors()

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
                await self._tidied(self._take_back())
            await self._tidied(self.save_cursors())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SAVED_EVERY_S):
                    await self._deleted.wait()

    async def _tidied(self, work: Awaitable[None]) -> None:
        """Go on tidying whatever goes wrong with a part of it."""
        try:
            await work
        except Exception:
            log.exception("The desk could not be tidied; it is tried again")

    async def save_cursors(self) -> None:
        """Keep up to where the channels were heard; what cannot be written now is with the next ones."""
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
        while True:
            self._wake.clear()
            claimed = None
            if len(self._running) < self._room:
                # Shielded, so that a stop cannot leave a question claimed that nobody answers.
                claiming = asyncio.ensure_future(self._claim_one())
                try:
                    claimed = await asyncio.shield(claiming)
                except asyncio.CancelledError:
                    if claimed := await claiming:
                        await self._inbox.give_back(claimed.id, claimed.worker, claimed.attempts)
                    raise
            if claimed is None:
                # Not wait_for: on Python 3.11 it can swallow a cancellation that comes with the event.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._wake.wait()
                continue
            before = self._running.get(claimed.id)
            task = asyncio.create_task(self._handle(claimed, before), name=f"question-{claimed.id}")
            self._running[claimed.id] = task
            task.add_done_callback(partial(self._ended, claimed.id))

    async def _claim_one(self) -> Claimed | None:
        try:
            # Each claim has a name of its own, so that one that was lost is known from the next.
            worker = f"{self.worker}/{next(self._claims)}"
            claimed = await self._inbox.claim(worker, LEASE_S, tuple(self._platforms))
        except FrontdeskError as error:
            log.error("The inbox cannot be read: %s", error)
            self._not_claiming = f"The inbox cannot be read: {error}"
        except Exception:
            log.exception("The inbox cannot be read")
            self._not_claiming = "The inbox cannot be read; the log says more."
        else:
            self._not_claiming = ""
            return claimed
        return None

    def _ended(self, question_id: int, task: asyncio.Task[None]) -> None:
        if self._running.get(question_id) is task:
            del self._running[question_id]
        if not task.cancelled() and (error := task.exception()):
            log.error("Question %s waits for its lease to run out: %s", question_id, error)
        self._wake.set()  # a later question of the same thread may have waited for this one

    async def _handle(self, claimed: Claimed, before: asyncio.Task[None] | None) -> None:
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
            claimed = replace(claimed, question=await self._in_their_language(claimed))
            await self.handovers.mentioned(claimed.question)
            to_people = await self.handovers.left_to_people(claimed.question, claimed.id)
            if to_people and not claimed.posts:
                raise LeftToPeople
            platform = self._platforms[claimed.question.key.platform]
            stream = await platform.begin(claimed.question, claimed.posts, self._recorder(claimed.id))
            if to_people:
                raise LeftToPeople
            await self._deliver(claimed, stream)
        except asyncio.CancelledError:
            await asyncio.shield(self._interrupted(claimed, stream))
        except QuestionWithdrawn:
            if stream is not None:
                await self._discard(claimed, stream)
        except LeftToPeople:
            await self._leave_to_people(claimed, stream)
        except (ClaimLost, DatabaseError) as error:
            # Whoever has it now ends it; what cannot be kept now is tried again once the claim has run out.
            log.warning("Question %s is left for now: %s", claimed.id, error)
        except DeliveryError as error:
            log.warning("Question %s is not delivered yet: %s", claimed.id, error)
            await self._retry_later(claimed, error)
        except FrontdeskError as error:
            log.warning("Question %s ended in an error: %s", claimed.id, error)
            await self._tell_failure(claimed, stream, self._told_of(error, claimed.question))
        except Exception:
            log.exception("Question %s ended in an unforeseen error", claimed.id)
            await self._tell_failure(claimed, stream, self._apology(claimed.question))
        finally:
            renewal.cancel()

    async def _deliver(self, claimed: Claimed, stream: ReplyStream) -> None:
        """Answer, hand the thread over where it must be, and put the answer up unless nobody wants it any more."""
        if claimed.unreadable:
            raise FrontdeskError("What is kept of this question cannot be read.", "Ask it again; the log says more.")
        answer, answer_id = claimed.answer, claimed.answer_id
        if answer is None or answer_id is None:
            if claimed.attempts >= MAX_ATTEMPTS:
                raise FrontdeskError(self._apology(claimed.question))
            answer = await self._answer(claimed, stream)
            try:
                answer = await self._felt(claimed.question, answer)
                answer_id = await self._inbox.record_answer(claimed.id, answer, claimed.worker)
            except BaseException:
                # What forgets people finds what is remembered of an answer only by what is kept of it.
                self._answerer.disliked(answer)
                raise
        if "told" not in answer.notes and (why := await self.handovers.why(claimed.question, claimed.id, answer)):
            answer = await self._handed_over(claimed, why, answer, answer_id)
            answer_id = await self._inbox.record_answer(claimed.id, answer, claimed.worker)
        if await self._inbox.is_withdrawn(claimed.id):
            raise QuestionWithdrawn("The message was deleted by its author.")
        if await self.handovers.left_to_people(claimed.question, claimed.id):
            raise LeftToPeople
        await stream.finish(await self._offering(claimed.question, answer), answer_id)
        await self._inbox.delivered(claimed.id, claimed.worker)

    async def _felt(self, question: Question, answer: Answer) -> Answer:
        """Return an answer with how urgent its question is, and how upset, among its notes."""
        if handovers.is_wish(question) or answer.status is Status.SMALLTALK:
            return answer
        mood = await self._mood(question.text)
        return replace(answer, notes=answer.notes | {"mood": mood.as_json()}) if mood else answer

    async def _mood(self, text: str) -> Mood | None:
        if self._moods is None:
            return None
        try:
            return await self._moods.read(text)
        except FrontdeskError as error:
            log.warning("How urgent a text is could not be read: %s", error)
            return None

    async def _offering(self, question: Question, answer: Answer) -> Answer:
        """Return an answer as it is shown: a person is offered with it where the question is urgent or upset.

        Where nothing but files was sent, it is said that they are not read. Neither is a part of what was answered:
        it is neither kept nor learned from.
        """
        if FILES in question.route and not question.text:
            return replace(answer, text=f"{answer.text}\n\n{notices.ONLY_TEXT.of(answer.language)}")
        offered = answer.status is Status.ANSWERED and Mood.of(answer.notes).pressing and not question.private
        if not offered or not await self.handovers.reaches_people(question):
            return answer
        return replace(answer, text=f"{answer.text}\n\n{replies.offer(answer.language)}")

    async def _leave_to_people(self, claimed: Claimed, stream: ReplyStream | None) -> None:
        """End a question's way without a word, taking back what stands there of its answer."""
        try:
            if stream is not None:
                await stream.discard()
        except DeliveryError as error:
            log.warning("The reply to question %s, now with people, is not taken back yet: %s", claimed.id, error)
            await self._retry_later(claimed, error)
            return
        except FrontdeskError as error:
            log.warning("The reply to question %s, now with people, could not be taken back: %s", claimed.id, error)
        await self._inbox.leave_unheard(claimed.id)

    async def _answer(self, claimed: Claimed, stream: ReplyStream) -> Answer:
        if handovers.is_wish(claimed.question):
            before = await self._inbox.answered_before(claimed.id)
            return handovers.granted(claimed.question, before[2] if before else None, self._settings.answering.contact)
        self._under_way[claimed.id] = claimed.question
        looked_at = time.monotonic()

        async def tell(place: int) -> None:
            self._show_place(claimed, stream, place)

        try:
            async with (
                self._suspects if claimed.attempts >= SUSPECT_AFTER else contextlib.nullcontext(),
                self._line.turn(tell),
                contextlib.aclosing(self._answerer.answer(claimed.question, claimed.conversation)) as events,
            ):
                await self._inbox.begin(claimed.id)
                async for event in events:
                    if isinstance(event, Waiting):
                        await tell(event.place)
                        continue
                    self._places.pop(claimed.id, None)
                    if isinstance(event, Partial):
                        if time.monotonic() - looked_at >= HANDS_LOOKED_AT_S:
                            looked_at = time.monotonic()
                            if await self.handovers.left_to_people(claimed.question, claimed.id):
                                raise LeftToPeople
                        await stream.update(event.text)
                    elif isinstance(event, Finished):
                        return event.answer
        finally:
            self._places.pop(claimed.id, None)
            del self._under_way[claimed.id]
        raise FrontdeskError(self._apology(claimed.question))

    def _show_place(self, claimed: Claimed, stream: ReplyStream, place: int) -> None:
        self._places[claimed.id] = (stream, waiting(place, claimed.question.language))
        if self._showing is None or self._showing.done():
            self._showing = asyncio.create_task(self._show_places(), name="places")

    async def _show_places(self) -> None:
        while self._places:
            stream, notice = self._places.pop(next(iter(self._places)))
            await stream.update(notice)
            await asyncio.sleep(self._places_s)

    async def _handed_over(self, claimed: Claimed, why: Why, answer: Answer, answer_id: int) -> Answer:
        """Put the thread into human hands and tell the helpers; return the answer with what comes next."""
        self._untold[claimed.id] += 1
        handover = await self.handovers.begin(
            claimed.question,
            claimed.id,
            why,
            answer,
            answer_id,
            again=claimed.question.begun,
            last_try=self._untold[claimed.id] >= TELLING_TRIES,
        )
        del self._untold[claimed.id]
        contact = self._settings.answering.contact
        told, threaded = handover.told, handover.threaded
        text = replies.handed_over(answer.text, answer.language, contact, told=told, threaded=threaded)
        notes = answer.notes | {"told": told, "handover": handover.id, "threaded": threaded}
        return replace(answer, text=text, notes=notes)

    async def _renew(self, claimed: Claimed, task: asyncio.Task[None]) -> None:
        """Keep the claim while `task` works on it; stop the work once somebody else has the question or may."""
        renew = partial(self._inbox.renew, claimed.id, claimed.worker, LEASE_S)
        await taken_over(renew, LEASE_S, f"question {claimed.id}")
        task.cancel()

    def _recorder(self, question_id: int) -> Record:
        async def record(post: str, *, workspace: str = "", channel: str = "") -> None:
            await self._inbox.record_post(question_id, post, workspace=workspace, channel=channel)

        return record

    async def _interrupted(self, claimed: Claimed, stream: ReplyStream | None) -> None:
        if await self._inbox.is_withdrawn(claimed.id):
            if stream is not None:
                await self._discard(claimed, stream)
            self._deleted.set()  # posts of an earlier try may stand there
        else:
            await self._inbox.give_back(claimed.id, claimed.worker, claimed.attempts)

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
            await self._inbox.postpone(claimed.id, wait_s, claimed.worker, claimed.attempts)

    def _told_of(self, error: FrontdeskError, question: Question) -> str:
        """Return what the asker is told of an error; only an admin hears of what ails the model or the index."""
        who = question.key
        may_hear = error.for_askers or self._settings.is_admin(who.platform, question.author, who.workspace)
        return _told(error, question.language) if may_hear else self._apology(question)

    def _apology(self, question: Question) -> str:
        return notices.APOLOGY.of(question.language, contact=self._contact(question.language))

    def _contact(self, language: str) -> str:
        return replies.whom(language, self._settings.answering.contact)

    async def _in_their_language(self, claimed: Claimed) -> Question:
        """Return a question with the language that its asker is told things in."""
        question = claimed.question
        if claimed.answer is not None:
            return _spoken_to(question, claimed.answer)
        channel = await self.channels.at(*question.key.place)
        return replace(question, language=spoken(channel.language, question.text, claimed.conversation.turns))

    async def _tell_failure(self, claimed: Claimed, stream: ReplyStream | None, sentence: str) -> None:
        """Let the asker know that there will be no answer: where it would stand or, failing that, directly."""
        try:
            if stream is None:
                await self._tell_directly(claimed.question, sentence)
            else:
                await self._fail(claimed.question, stream, sentence)
        except DeliveryError as error:
            log.warning("Question %s: the asker is not told yet: %s", claimed.id, error)
            await self._retry_later(claimed, error)
            return
        except FrontdeskError as error:
            log.warning("Question %s: the asker could not be told: %s", claimed.id, error)
        await self._inbox.fail(claimed.id, sentence, claimed.worker)

    async def _fail(self, question: Question, stream: ReplyStream, sentence: str) -> None:
        try:
            await stream.fail(sentence)
        except DeliveryError:
            raise
        except FrontdeskError as error:
            log.warning("An error cannot be shown where it happened: %s", error)
            await self._tell_directly(question, _told(error, question.language))

    async def _tell_directly(self, question: Question, sentence: str) -> None:
        text = question.text if len(question.text) <= QUOTED_CHARS else question.text[:QUOTED_CHARS] + " …"
        told = notices.NOT_THERE.of(question.language, asked=people.quoted(text), sentence=sentence)
        await self._platforms[question.key.platform].notify(question.author, told)


_ERRORS: tuple[tuple[type[FrontdeskError], tuple[Words, ...]], ...] = (
    (EngineBusy, (answers.BUSY, answers.ASK_IN_A_MINUTE)),
    (EngineUnavailable, (answers.UNAVAILABLE,)),
    (DeadlineExceeded, (answers.NOT_IN_TIME,)),
    (QuestionTooLong, (answers.TOO_LONG_FOR_MODEL,)),
    (DeliveryRefused, (answers.NOT_POSTED,)),
)
"""What is said of an error in other languages than English, in which it tells itself, more closely."""


def _told(error: FrontdeskError, language: str) -> str:
    said = () if language == "en" else next((words for kind, words in _ERRORS if isinstance(error, kind)), ())
    return " ".join(one.of(language) for one in said) or str(error)


def _with_files(question: Question) -> Question:
    return replace(question, route=question.route | {FILES: "yes"})


def _spoken_to(asked: Question, answer: Answer) -> Question:
    """Return a question with the language that its answer is in."""
    return replace(asked, language=answer.language)


def waiting(place: int, language: str = "en") -> str:
    """Return what somebody sees who waits; place 1 is next."""
    return answers.NEXT_IN_LINE.of(language) if place <= 1 else answers.IN_LINE.of(language, place=place)


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
