"""The workers: accepted questions are claimed, answered and delivered, whatever crashes.

    inbox -> claim -> answer -> deliver

More questions are claimed than are answered at once: those who wait see their place. Whoever finds no room to wait is
claimed later.
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
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable
from dataclasses import replace
from functools import partial
from typing import Protocol

import psutil

from bot import handovers, people, replies
from bot.channels.resolve import Channels
from bot.chat import ChatPlatform, Record, ReplyStream
from bot.delivery import DeliveryError, DeliveryRefused
from bot.generation.engine import DeadlineExceeded, EngineBusy, EngineUnavailable
from bot.handovers import Handovers
from bot.inbox import SUSPECT_AFTER, Claimed, ClaimLost, Inbox, QuestionWithdrawn, TakeBack
from bot.line import Line
from bot.messages import Answer, AnswerEvent, Conversation, Finished, Partial, Question, Status, Waiting
from bot.prompts import QuestionTooLong
from bot.settings import Settings
from bot.storage.cursors import SAVED_EVERY_S
from bot.storage.database import DatabaseError, utc_now
from bot.storage.handovers import Why
from bot.storage.leases import taken_over
from bot.understanding.languages import spoken
from bot.understanding.mood import Mood, Moods
from bot.wording import Words, answers, notices
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

LEASE_S = 30.0  # after a crash of another machine a question waits this long for the next worker
MAX_ATTEMPTS = 12
"""An answer that was begun so often and never ended is what the process dies of: the question is given up.

The last attempts are minutes apart, and no other suspect is answered meanwhile; see `Inbox.release`.
"""
LONGEST_RETRY_S = 300.0
TIDIED_EVERY_S = 60.0
POLL_S = 1.0  # questions accepted by another process wake nobody here; this finds them

TELLING_TRIES = 3
"""How often people are told of a hand-over in a place that takes no posts; then its asker is answered without."""

HANDS_LOOKED_AT_S = 1.0
"""While an answer grows, how often it is looked whether people have taken its thread over."""

QUOTED_CHARS = 500

FILES = "files"
"""In the route of a question that files came with."""


class LeftToPeople(Exception):
    """The thread is in human hands now, and the bot says nothing there."""


class Answerer(Protocol):
    """The pipeline as the workers see it; `bot.conversation.Pipeline` is the one there is."""

    def answer(self, question: Question, conversation: Conversation) -> AsyncGenerator[AnswerEvent, None]: ...

    def disliked(self, answer: Answer) -> None:
        """Take note that somebody found this answer not helpful, or that it has to be forgotten."""
        ...


class Workers:
    """Answer the questions of the inbox, on any number of platforms."""

    def __init__(
        self,
        settings: Settings,
        inbox: Inbox,
        handovers: Handovers,
        answerer: Answerer,
        channels: Channels,
        moods: Moods | None,
        retry_s: float,
        places_s: float,
    ) -> None:
        """`retry_s` and `places_s` as in `bot.desk.Desk`."""
        self._settings = settings
        self._inbox = inbox
        self._handovers = handovers
        self._answerer = answerer
        self._channels = channels
        self._moods = moods
        self._retry_s = retry_s
        self._places_s = places_s
        self.platforms: dict[str, ChatPlatform] = {}
        """Those whose questions are answered, by name."""
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        """Names this process to the inbox and to leases."""
        self._woken = asyncio.Event()
        self._claiming: asyncio.Task[None] | None = None
        self._not_claiming = ""
        """Why nothing could be claimed the last time, empty where it could be."""
        self._line = Line(settings.answering.workers)
        self._places: dict[int, tuple[ReplyStream, str]] = {}
        """Still to be shown, by question; who waits for it longest is first."""
        self._showing: asyncio.Task[None] | None = None
        self._running: dict[int, asyncio.Task[None]] = {}
        self._under_way: dict[int, Question] = {}
        """Those being answered, until they are ready to be delivered."""
        self._suspects = asyncio.Lock()
        """One after the other are answered that the process may have died of: else one takes the others along."""
        self._untold: Counter[int] = Counter()
        """How often people could not be told of a hand-over, by question."""
        self._claims = itertools.count(1)
        self._tidying: asyncio.Task[None] | None = None
        self._deleted = asyncio.Event()

    @property
    def busy(self) -> int:
        """How many questions this process is answering right now, those that wait for it included."""
        return len(self._running)

    @property
    def room(self) -> int:
        """How many questions may be here, those being answered included; more than these stay in the inbox."""
        return self._settings.answering.workers + self._settings.model.queue_size

    def health(self) -> str:
        """Return an empty string while questions are taken from the inbox, else a sentence saying why they are not."""
        if self._claiming is not None and self._claiming.done():
            return "No questions are taken from the inbox any more. Start Frontdesk again."
        return self._not_claiming

    def wake(self) -> None:
        """Look into the inbox now: there is something new."""
        self._woken.set()

    def break_off(self, question_id: int) -> bool:
        """Stop answering a question; return whether it was being answered here."""
        task = self._running.get(question_id)
        if task:
            task.cancel()
        return task is not None

    def take_back(self) -> None:
        """Take back soon what stands of answers to deleted questions that are not being answered here."""
        self._deleted.set()

    def hush(self, question: Question) -> None:
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

    async def mood(self, text: str) -> Mood | None:
        """Return how urgent and how upset a text is; None where that cannot be told."""
        if self._moods is None:
            return None
        try:
            return await self._moods.read(text)
        except FrontdeskError as error:
            log.warning("How urgent a text is could not be read: %s", error)
            return None

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
        if host != socket.gethostname() or not pid.isdecimal() or worker.startswith(self.name):
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
            await self._inbox.cursors.save()
        except DatabaseError as error:
            log.warning("Up to where the channels were heard is not saved yet: %s", error)

    async def _take_back(self) -> None:
        try:
            for one in await self._inbox.to_take_back(tuple(self.platforms)):
                if one.id not in self._running:
                    await self._take_one_back(one)
        except DatabaseError as error:
            log.warning("Answers to deleted questions are not taken back yet: %s", error)

    async def _take_one_back(self, one: TakeBack) -> None:
        try:
            platform = self.platforms[one.question.key.platform]
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
            self._woken.clear()
            claimed = None
            if len(self._running) < self.room:
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
                        await self._woken.wait()
                continue
            before = self._running.get(claimed.id)
            task = asyncio.create_task(self._handle(claimed, before), name=f"question-{claimed.id}")
            self._running[claimed.id] = task
            task.add_done_callback(partial(self._ended, claimed.id))

    async def _claim_one(self) -> Claimed | None:
        try:
            # Each claim has a name of its own, so that one that was lost is known from the next.
            worker = f"{self.name}/{next(self._claims)}"
            claimed = await self._inbox.claim(worker, LEASE_S, tuple(self.platforms))
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
        self._woken.set()  # a later question of the same thread may have waited for this one

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
            await self._handovers.mentioned(claimed.question)
            to_people = await self._handovers.left_to_people(claimed.question, claimed.id)
            if to_people and not claimed.posts:
                raise LeftToPeople
            platform = self.platforms[claimed.question.key.platform]
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
        if "told" not in answer.notes and (why := await self._handovers.why(claimed.question, claimed.id, answer)):
            answer = await self._handed_over(claimed, why, answer, answer_id)
            answer_id = await self._inbox.record_answer(claimed.id, answer, claimed.worker)
        if await self._inbox.is_withdrawn(claimed.id):
            raise QuestionWithdrawn("The message was deleted by its author.")
        if await self._handovers.left_to_people(claimed.question, claimed.id):
            raise LeftToPeople
        await stream.finish(await self._offering(claimed.question, answer), answer_id)
        await self._inbox.delivered(claimed.id, claimed.worker)

    async def _felt(self, question: Question, answer: Answer) -> Answer:
        """Return an answer with how urgent its question is, and how upset, among its notes."""
        if handovers.is_wish(question) or answer.status is Status.SMALLTALK:
            return answer
        mood = await self.mood(question.text)
        return replace(answer, notes=answer.notes | {"mood": mood.as_json()}) if mood else answer

    async def _offering(self, question: Question, answer: Answer) -> Answer:
        """Return an answer as it is shown: a person is offered with it where the question is urgent or upset.

        Where nothing but files was sent, it is said that they are not read. Neither is a part of what was answered:
        it is neither kept nor learned from.
        """
        if FILES in question.route and not question.text:
            return replace(answer, text=f"{answer.text}\n\n{notices.ONLY_TEXT.of(answer.language)}")
        offered = answer.status is Status.ANSWERED and Mood.of(answer.notes).pressing and not question.private
        if not offered or not await self._handovers.reaches_people(question):
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
                            if await self._handovers.left_to_people(claimed.question, claimed.id):
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
        handover = await self._handovers.begin(
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
            return replace(question, language=claimed.answer.language)
        channel = await self._channels.at(*question.key.place)
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
        await self.platforms[question.key.platform].notify(question.author, told)


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


def waiting(place: int, language: str = "en") -> str:
    """Return what somebody sees who waits; place 1 is next."""
    return answers.NEXT_IN_LINE.of(language) if place <= 1 else answers.IN_LINE.of(language, place=place)
