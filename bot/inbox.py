"""Accepted messages, kept until they are answered: a crash between any two steps loses none and answers none twice.

    accepted -> claimed -> answered -> delivered        withdrawn, failed, unheard: ends from any of them

Several workers and processes may share one inbox. A claim is a lease: who does not renew it in
time, by the database's clock, loses the question to the next worker.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.curation import undecide
from bot.messages import Answer, Choice, Citation, Conversation, MessageKey, Question, ShownPassage, Status, Turn
from bot.storage.cursors import Cursors
from bot.storage.database import CLOCKS_DIFFER, Database, patient, uninterrupted, utc_now
from bot.storage.tables import UNFINISHED, AnswerRow, ConversationRow, PostRow, QuestionRow, RatingRow, State
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

T = TypeVar("T")

LIMITED_FOR = timedelta(minutes=1)
SUSPECT_AFTER = 3
"""Attempts at a question during which the process died, after which it may be the question that it dies of."""
LONGEST_WAIT_S = 300.0
"""The longest that such a question waits for its next attempt."""
LONGEST_LEASE = timedelta(hours=2)
"""No question is claimed or postponed for as long: what lasts longer was said while the clock was wrong."""


class UnknownQuestion(FrontdeskError):
    """No question of this id is in the inbox."""


class QuestionWithdrawn(FrontdeskError):
    """The asker deleted the message meanwhile; nothing is to be kept or posted."""


class ClaimLost(FrontdeskError):
    """The question was changed by its author, or somebody else works on it now; nothing is to be kept or posted."""


class Over(StrEnum):
    """Whose limit a message went over."""

    PERSON = "person"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many questions are taken within a minute; 0 is any number."""

    person: int = 0
    channel: int = 0


WISH = "ho-"
"""What the message ids begin with that stand for a wish for a person without words; short, as Discord's nonces are."""
SHOW = "show-"
"""What those begin with that stand for an answer being shown to everyone."""
CHOICE = "choice-"
"""What those begin with that stand for a choice of what was asked back; the id of that answer follows."""
MADE_UP = (CHOICE, SHOW, WISH)
"""What the ids begin with of questions that are no message of the platform's."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a message that came in."""

    id: int
    """0 for one that went over a limit: it is not kept."""
    new: bool
    """False when this very message had been accepted before, or is not kept."""
    over: Over | None = None
    ahead: int = 0
    """How many unfinished questions came before a new one."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A question handed to one worker."""

    id: int
    worker: str
    """Whose it is, as said at the claim."""
    question: Question
    conversation: Conversation
    """The earlier turns of the thread that the asker may see answered from."""
    attempts: int
    """How often an answer was begun that never came to an end, orderly or not: the process died meanwhile."""
    posts: tuple[str, ...]
    """Our messages on the platform that an earlier attempt left, oldest first."""
    answer: Answer | None
    """Set when it was answered before, but not delivered: deliver this one."""
    answer_id: int | None
    unreadable: bool = False
    """Whether what is kept of it cannot be read, so that it cannot be answered; its scope is empty then."""


@dataclass(frozen=True, slots=True)
class Revised:
    """What became of an edit."""

    id: int
    anew: bool
    """Whether the question is to be answered anew."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Posts of ours that have to go, as the question was deleted."""

    id: int
    question: Question
    posts: tuple[str, ...]


class Inbox:
    """The questions in the database. Every method is one short transaction and raises DatabaseError
    when that fails; methods that take a question's id raise UnknownQuestion for one that is not there.

    `history_turns` limits the turns of a claimed question's conversation. `clock` dates what happens; leases go by that
    of the database.
    """

    def __init__(self, database: Database, history_turns: int = 8, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._history_turns = history_turns
        self._clock = clock
        self.cursors = Cursors(database, clock)
        """Up to where each channel was heard."""

    @patient
    @uninterrupted
    async def accept(self, question: Question, limits: Limits | None = None, answer: Answer | None = None) -> Accepted:
        """Keep a question for answering, or with its `answer` for delivery, unless it goes over the limits.

        The same key again changes nothing.
        """
        key, now = question.key, self._clock()
        thread = {"platform": key.platform, "workspace": key.workspace, "channel": key.channel}
        thread["thread"] = question.thread
        async with self._database.write() as session:
            if limits and (over := await self._over(session, question, limits)):
                known = await session.scalar(select(QuestionRow.id).filter_by(**asdict(key)))
                return Accepted(known or 0, new=False, over=None if known else over)
            await session.execute(
                self._database.insert(ConversationRow).values(**thread, created_at=now).on_conflict_do_nothing()
            )
            conversation = select(ConversationRow.id).filter_by(**thread).scalar_subquery()
            new = await session.scalar(
                self._database.insert(QuestionRow)
                .values(
                    conversation_id=conversation,
                    **asdict(key),
                    author=question.author,
                    text=question.text,
                    scope=question.scope.as_mapping(),
                    private=question.private,
                    route=question.route,
                    addressed=question.addressed,
                    asked_at=question.asked_at or now,
                    edited_at=question.edited_at,
                    state=State.ANSWERED if answer else State.ACCEPTED,
                    attempts=0,
                )
                .on_conflict_do_nothing()
                .returning(QuestionRow.id)
            )
            if new is not None:
                if answer is not None:
                    session.add(AnswerRow(question_id=new, **_values(answer, now)))
                # Adding nothing to the id for the reason that `_free` has.
                before = _count_unfinished().where(QuestionRow.id + 0 < new)
                return Accepted(new, new=True, ahead=await session.scalar(before) or 0)
            return Accepted((await session.scalars(select(QuestionRow.id).filter_by(**asdict(key)))).one(), new=False)

    @uninterrupted
    async def claim(self, worker: str, lease_s: float, platforms: Collection[str] | None = None) -> Claimed | None:
        """Hand the oldest free question to `worker` for `lease_s` seconds, or None when there is none.

        Free is a question that nobody works on, or whose lease ran out. A thread's questions are
        handed out one after the other. With `platforms`, only questions of these are handed out. It counts as an
        attempt only from `begin` on: a question that waits is not to blame for a crash meanwhile. One of which
        nothing can be read ends as failed, so that those behind it are handed out.
        """
        async with self._database.write() as session:
            now = await self._database.now(session)
            free = _free(now, platforms)
            while (id := await session.scalar(free)) is not None:
                try:
                    row = (await session.scalars(select(QuestionRow).filter_by(id=id))).one()
                except _UNREADABLE as error:
                    log.error("Question %s cannot be read and is given up: %s", id, error)
                    ended = update(QuestionRow).filter_by(id=id).values(state=State.FAILED, error=_NOT_READ)
                    await session.execute(ended.execution_options(synchronize_session=False))
                else:
                    return await self._hand_out(session, row, worker, now + timedelta(seconds=lease_s))
        return None

    async def _hand_out(self, session: AsyncSession, row: QuestionRow, worker: str, until: datetime) -> Claimed:
        id = row.id
        thread = (await session.scalars(select(ConversationRow.thread).filter_by(id=row.conversation_id))).one()
        question, unreadable = _as_far_as_readable(row, thread, row.begun)
        answer, answer_id = None, None
        if row.state == State.ANSWERED:  # else there may be one to what the question said before an edit
            answer_id = await session.scalar(select(AnswerRow.id).filter_by(question_id=id))
            try:
                kept = await session.scalar(select(AnswerRow).filter_by(question_id=id))
                answer = _answer(kept) if kept else None
            except _UNREADABLE as error:
                log.error("The answer to question %s cannot be read: %s", id, error)
                unreadable = True
        row.state = State.CLAIMED if answer_id is None else State.ANSWERED
        row.claimed_by = worker
        row.begun = True
        row.lease_until = until
        posts = await session.scalars(select(PostRow.post).filter_by(question_id=id).order_by(PostRow.id))
        return Claimed(
            id=id,
            worker=worker,
            question=question,
            conversation=await self._conversation(session, row),
            attempts=row.attempts,
            posts=tuple(posts),
            answer=answer,
            answer_id=answer_id,
            unreadable=unreadable,
        )

    @uninterrupted
    async def release(self, dead: Callable[[str], bool]) -> int:
        """Free the questions whose worker is dead by that judgement, without waiting for its lease; return how many.

        A suspect, which may be what the worker died of, waits, the longer the more often that happened, so that the
        others are answered meanwhile. Where a worker died though it had no suspect, those that waited are a little
        less suspected.
        """
        async with self._database.write() as session:
            claims = select(QuestionRow).where(QuestionRow.state.in_(UNFINISHED), QuestionRow.claimed_by.is_not(None))
            freed = [row for row in await session.scalars(claims.with_for_update()) if dead(row.claimed_by or "")]
            suspects = [row for row in freed if row.state == State.CLAIMED and row.attempts >= SUSPECT_AFTER]
            if freed and not suspects:
                await session.execute(
                    update(QuestionRow)
                    .where(
                        QuestionRow.state.in_((State.ACCEPTED, State.CLAIMED)),
                        QuestionRow.claimed_by.is_(None),
                        QuestionRow.attempts >= SUSPECT_AFTER,
                    )
                    .values(attempts=QuestionRow.attempts - 1)
                )
            for row in freed:
                row.claimed_by = row.lease_until = None
            now = await self._database.now(session)
            for row in suspects:
                wait_s = min(LONGEST_WAIT_S, 2.0 ** (row.attempts - SUSPECT_AFTER + 1))
                row.lease_until = now + timedelta(seconds=wait_s)
            return len(freed)

    @patient
    @uninterrupted
    async def begin(self, id: int) -> None:
        """Count an attempt at a claimed question, as its answer is now begun."""
        async with self._database.write() as session:
            row = await self._row(session, id)
            row.attempts += 1

    @uninterrupted
    async def renew(self, id: int, worker: str, lease_s: float) -> bool:
        """Prolong a claim to `lease_s` seconds from now.

        False when it is the worker's no more: withdrawn, finished, or handed to another one. Then stop.
        """
        async with self._database.write() as session:
            until = await self._database.now(session) + timedelta(seconds=lease_s)
            renewed = await session.scalar(
                update(QuestionRow)
                .where(QuestionRow.id == id, QuestionRow.claimed_by == worker, QuestionRow.state.in_(UNFINISHED))
                .values(lease_until=until)
                .returning(QuestionRow.id)
            )
            return renewed is not None

    @patient
    @uninterrupted
    async def record_answer(self, id: int, answer: Answer, worker: str | None = None) -> int:
        """Keep the answer, to be delivered; return its id.

        Another answer to the same question takes the first one's place and id, until it is
        delivered; from then on it stays as people saw it. Raises QuestionWithdrawn, and with `worker` ClaimLost
        when the question is that worker's no more.
        """
        values = _values(answer, self._clock())
        async with self._database.write() as session:
            row = await self._row(session, id)
            if row.state == State.WITHDRAWN:
                raise QuestionWithdrawn("The message was deleted by its author.")
            if worker is not None and row.claimed_by != worker:
                raise ClaimLost("The question is answered anew, or by somebody else.")
            kept = await session.scalar(select(AnswerRow).filter_by(question_id=id))
            if kept is None:
                kept = AnswerRow(question_id=id, **values)
                session.add(kept)
            elif row.state in UNFINISHED:
                for name, value in values.items():
                    setattr(kept, name, value)
                kept.cleaned &= row.state == State.ANSWERED  # else it is made anew, from what is still kept
            if row.state in UNFINISHED:
                row.state = State.ANSWERED
            await session.flush()
            return kept.id

    @patient
    @uninterrupted
    async def record_post(self, id: int, post_id: str, *, workspace: str = "", channel: str = "") -> None:
        """Remember a message of ours that carries the answer; `workspace` and `channel` where not the question's."""
        async with self._database.write() as session:
            row = await self._row(session, id)
            await session.execute(
                self._database.insert(PostRow)
                .values(
                    question_id=id,
                    platform=row.platform,
                    workspace=workspace or row.workspace,
                    channel=channel or row.channel,
                    post=post_id,
                )
                .on_conflict_do_nothing()
            )

    @patient
    @uninterrupted
    async def delivered(self, id: int, worker: str | None = None) -> None:
        """The asker sees the whole answer.

        With `worker`, only if the question is still that worker's. Else what it showed may have gone over a newer
        answer that was delivered meanwhile: that one is delivered again.
        """
        async with self._database.write() as session:
            row = await self._row(session, id)
            if worker is None or row.claimed_by == worker:
                self._end(row, State.DELIVERED)
            elif row.state == State.DELIVERED:
                row.state = State.ANSWERED

    @patient
    @uninterrupted
    async def fail(self, id: int, error: str, worker: str | None = None) -> None:
        """Give a question up, with `worker` only if it is still that worker's; `error` is what the asker was told."""
        async with self._database.write() as session:
            row = await self._row(session, id)
            if worker is None or row.claimed_by == worker:
                self._end(row, State.FAILED, error)

    @uninterrupted
    async def give_back(self, id: int, worker: str, attempts: int | None = None) -> None:
        """Free a question that `worker` still claims, at an orderly shutdown.

        `attempts` is what they were at the claim, so that this one is not counted.
        """
        async with self._database.write() as session:
            row = await self._row(session, id)
            if row.state in UNFINISHED and row.claimed_by == worker:
                row.attempts = row.attempts if attempts is None else attempts
                row.claimed_by = row.lease_until = None
                row.state = State.ACCEPTED if row.state == State.CLAIMED else row.state

    @patient
    @uninterrupted
    async def postpone(self, id: int, seconds: float, worker: str | None = None, attempts: int | None = None) -> None:
        """Free a claimed question, for nobody to claim within `seconds`; later ones of its thread wait with it.

        With `worker`, only if the question is still that worker's. `attempts` as in `give_back`.
        """
        async with self._database.write() as session:
            row = await self._row(session, id)
            if row.state in UNFINISHED and (worker is None or row.claimed_by == worker):
                row.attempts = row.attempts if attempts is None else attempts
                row.claimed_by = None
                row.lease_until = await self._database.now(session) + timedelta(seconds=seconds)
                row.state = State.ACCEPTED if row.state == State.CLAIMED else row.state

    @patient
    @uninterrupted
    async def revise(self, question: Question, settles_s: float) -> Revised | None:
        """The asker changed the message; return what became of it, None when it is not in the inbox.

        It is answered anew, in the posts of its first answer, once it has stood unchanged for `settles_s`
        seconds; ratings of that answer go, and nothing that was said to it is approved any more. An edit that is
        older than the last one heard, that changes no word, or of a message that was deleted changes nothing.
        """
        async with self._database.write() as session:
            row = await session.scalar(select(QuestionRow).filter_by(**asdict(question.key)).with_for_update())
            if row is None:
                return None
            edited = question.edited_at or self._clock()
            if row.state == State.WITHDRAWN or (row.edited_at is not None and edited <= row.edited_at):
                return Revised(row.id, anew=False)
            before = row.text
            row.text, row.edited_at, row.addressed = question.text, edited, row.addressed or question.addressed
            await session.flush()
            await session.refresh(row)  # as the database keeps it
            if row.text == before or (row.state == State.UNHEARD and not question.addressed):
                return Revised(row.id, anew=False)
            row.scope = question.scope.as_mapping()
            row.state, row.error, row.attempts = State.ACCEPTED, None, 0
            row.claimed_by = None
            row.lease_until = await self._database.now(session) + timedelta(seconds=settles_s)
            rated = select(AnswerRow.id).filter_by(question_id=row.id)
            await session.execute(delete(RatingRow).where(RatingRow.answer_id.in_(rated)))
            await undecide(session, row.id)
            return Revised(row.id, anew=True)

    @patient
    @uninterrupted
    async def withdraw(self, key: MessageKey) -> int | None:
        """The asker deleted the message: it is not answered any more, nor part of its conversation.

        Return the question's id, None when the message is not in the inbox. What stands of its answer is
        among `to_take_back` from now on.
        """
        async with self._database.write() as session:
            withdrawn: int | None = await session.scalar(
                update(QuestionRow)
                .filter_by(**asdict(key))
                .values(state=State.WITHDRAWN, claimed_by=None, lease_until=None)
                .returning(QuestionRow.id)
            )
            return withdrawn

    @uninterrupted
    async def is_withdrawn(self, id: int) -> bool:
        async with self._database.read() as session:
            state = await session.scalar(select(QuestionRow.state).filter_by(id=id))
        if state is None:
            raise UnknownQuestion(f"There is no question {id} in the inbox.")
        return state == State.WITHDRAWN

    @uninterrupted
    async def to_take_back(self, platforms: Collection[str]) -> list[TakeBack]:
        """Return the deleted questions of these platforms, our posts to which still stand."""
        found = (
            select(QuestionRow, ConversationRow.thread, PostRow.post)
            .join(PostRow, PostRow.question_id == QuestionRow.id)
            .join(ConversationRow, ConversationRow.id == QuestionRow.conversation_id)
            .where(QuestionRow.state == State.WITHDRAWN, QuestionRow.platform.concat("").in_(platforms))
            .order_by(PostRow.id)
        )
        posts: dict[int, tuple[Question, list[str]]] = {}
        async with self._database.read() as session:
            for row, thread, post in await session.execute(found):
                posts.setdefault(row.id, (_as_far_as_readable(row, thread)[0], []))[1].append(post)
        return [TakeBack(id, question, tuple(ours)) for id, (question, ours) in posts.items()]

    @patient
    @uninterrupted
    async def taken_back(self, id: int) -> None:
        """Our posts to a deleted question stand no more."""
        async with self._database.write() as session:
            await session.execute(delete(PostRow).where(PostRow.question_id == id))

    @uninterrupted
    async def is_ours(self, platform: str, workspace: str, channel: str, post: str) -> bool:
        """Whether this message is recorded as one of ours."""
        async with self._database.read() as session:
            found = select(PostRow.id).filter_by(platform=platform, workspace=workspace, channel=channel, post=post)
            return await session.scalar(found) is not None

    @uninterrupted
    async def times_asked(self, question: Question) -> int:
        """Return how often the author of a message has asked in its thread, the message itself not counted."""
        key = question.key
        asked = (
            select(func.count())
            .select_from(QuestionRow)
            .join(ConversationRow)
            .where(
                ConversationRow.platform == key.platform,
                ConversationRow.workspace == key.workspace,
                ConversationRow.channel == key.channel,
                ConversationRow.thread == question.thread,
                QuestionRow.author == question.author,
                QuestionRow.message != key.message,
            )
        )
        async with self._database.read() as session:
            return await session.scalar(asked) or 0

    @uninterrupted
    async def last_asked(
        self, platform: str, since: datetime, limit: int, workspace: str | None = None
    ) -> list[Question]:
        """Return the last questions that were openly asked on a platform (in one workspace of it) since then.

        Not those that were deleted; oldest first.
        """
        found = (
            select(QuestionRow, ConversationRow.thread)
            .join(ConversationRow, ConversationRow.id == QuestionRow.conversation_id)
            .where(
                QuestionRow.platform == platform,
                QuestionRow.private.is_(False),
                QuestionRow.state != State.WITHDRAWN,
                *(QuestionRow.message.not_like(f"{prefix}%") for prefix in MADE_UP),
                QuestionRow.asked_at >= since,
                *([QuestionRow.workspace == workspace] if workspace is not None else []),
            )
            .order_by(QuestionRow.id.desc())
            .limit(limit)
        )
        async with self._database.read() as session:
            last = reversed((await session.execute(found)).all())
            return [_as_far_as_readable(row, thread)[0] for row, thread in last]

    @uninterrupted
    async def threads_in(self, platform: str, workspace: str, channel: str, since: datetime, limit: int) -> list[str]:
        """Return the threads of a channel in which the bot was openly asked since then, the latest first."""
        latest = func.max(QuestionRow.asked_at)
        found = (
            select(ConversationRow.thread)
            .join(QuestionRow)
            .where(
                ConversationRow.platform == platform,
                ConversationRow.workspace == workspace,
                ConversationRow.channel == channel,
                QuestionRow.private.is_(False),
                QuestionRow.state != State.WITHDRAWN,
                QuestionRow.asked_at >= since,
            )
            .group_by(ConversationRow.id)
            .order_by(latest.desc())
            .limit(limit)
        )
        async with self._database.read() as session:
            return list(await session.scalars(found))

    @uninterrupted
    async def takes_part(
        self, platform: str, workspace: str, channel: str, thread: str, before: datetime | None = None
    ) -> bool:
        """Whether the bot was asked in this thread, openly and in a message that still stands.

        With `before`, by then: what people had said to each other earlier was not meant for it.
        """
        asked = (
            select(QuestionRow.id)
            .join(ConversationRow)
            .where(
                ConversationRow.platform == platform,
                ConversationRow.workspace == workspace,
                ConversationRow.channel == channel,
                ConversationRow.thread == thread,
                QuestionRow.state != State.WITHDRAWN,
                QuestionRow.private.is_(False),
            )
            .limit(1)
        )
        if before is not None:
            # Presses of buttons are dated by our clock, messages by the platform's.
            pressed = or_(*(QuestionRow.message.like(f"{prefix}%") for prefix in MADE_UP))
            asked = asked.where(
                or_(QuestionRow.asked_at <= before, pressed & (QuestionRow.asked_at <= before + CLOCKS_DIFFER))
            )
        async with self._database.read() as session:
            return await session.scalar(asked) is not None

    @uninterrupted
    async def leave_unheard(self, id: int) -> None:
        """End the way of a message that people in the thread will answer; it stays part of its conversation."""
        async with self._database.write() as session:
            self._end(await self._row(session, id), State.UNHEARD)

    @uninterrupted
    async def knows(self, key: MessageKey) -> bool:
        """Whether a message was accepted before."""
        async with self._database.read() as session:
            return await session.scalar(select(QuestionRow.id).filter_by(**asdict(key))) is not None

    @uninterrupted
    async def asked_back(self, answer_id: int) -> tuple[Question, Answer] | None:
        """Return an answer and the question it was given to, None when the question was withdrawn or is not kept."""
        async with self._database.read() as session:
            found = (
                await session.execute(
                    select(AnswerRow, QuestionRow, ConversationRow.thread)
                    .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
                    .join(ConversationRow, ConversationRow.id == QuestionRow.conversation_id)
                    .where(AnswerRow.id == answer_id, QuestionRow.state != State.WITHDRAWN)
                )
            ).one_or_none()
            return (_question(found[1], found[2]), _answer(found[0])) if found else None

    @uninterrupted
    async def answer_to(self, id: int) -> Answer | None:
        """Return the answer to a question, None where there is none."""
        async with self._database.read() as session:
            row = await session.scalar(select(AnswerRow).filter_by(question_id=id))
            return _answer(row) if row else None

    @uninterrupted
    async def answered_before(self, id: int) -> tuple[int, str, Answer] | None:
        """Return the last thing that was asked in a question's thread before it and got an answer, a refusal or a
        question back: the answer's id, what was asked, and the answer. None where nothing was.

        What was answered privately counts only before a private question of the same person.
        """
        async with self._database.read() as session:
            row = await session.get(QuestionRow, id)
            if row is None:
                raise UnknownQuestion(f"There is no question {id} in the inbox.")
            visible: ColumnElement[bool] = QuestionRow.private.is_(False)
            if row.private:
                visible |= QuestionRow.author == row.author
            found = (
                await session.execute(
                    select(AnswerRow, QuestionRow.text)
                    .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
                    .where(
                        QuestionRow.conversation_id == row.conversation_id,
                        QuestionRow.id < id,
                        QuestionRow.state == State.DELIVERED,
                        AnswerRow.status.in_((Status.ANSWERED, Status.REFUSED, Status.CLARIFY)),
                        visible,
                    )
                    .order_by(QuestionRow.id.desc())
                    .limit(1)
                )
            ).one_or_none()
            return (found[0].id, found[1], _answer(found[0])) if found else None

    @uninterrupted
    async def answer_of_post(self, platform: str, workspace: str, channel: str, post: str) -> int | None:
        """Return the id of the answer that a message of ours carries, None for any other message."""
        found = (
            select(AnswerRow.id)
            .join(PostRow, PostRow.question_id == AnswerRow.question_id)
            .where(
                PostRow.platform == platform,
                PostRow.workspace == workspace,
                PostRow.channel == channel,
                PostRow.post == post,
            )
        )
        async with self._database.read() as session:
            answer: int | None = await session.scalar(found)
            return answer

    @uninterrupted
    async def answer(self, answer_id: int) -> Answer | None:
        """Return an answer with its trace, None when there is none of this id."""
        async with self._database.read() as session:
            row = await session.get(AnswerRow, answer_id)
            return _answer(row) if row else None

    @uninterrupted
    async def pending(self) -> int:
        """Return how many questions are not finished, those being worked on included."""
        async with self._database.read() as session:
            return await session.scalar(_count_unfinished()) or 0

    async def _over(self, session: AsyncSession, question: Question, limits: Limits) -> Over | None:
        """Return whose limit one more question goes over, counting by when they were said."""
        key, until = question.key, question.asked_at or self._clock()
        recent = (
            select(func.count())
            .select_from(QuestionRow)
            .where(
                QuestionRow.platform == key.platform,
                QuestionRow.asked_at > until - LIMITED_FOR,
                QuestionRow.asked_at <= until,
            )
        )
        for over, limit, whose in (
            (Over.PERSON, limits.person, QuestionRow.author == question.author),
            (Over.CHANNEL, limits.channel, QuestionRow.channel == key.channel),
        ):
            if limit and (await session.scalar(recent.where(whose)) or 0) >= limit:
                return over
        return None

    @staticmethod
    def _end(row: QuestionRow, state: State, error: str | None = None) -> None:
        """End a question's way, unless it has ended already."""
        if row.state in UNFINISHED:
            row.state, row.error = state, error
            row.claimed_by = row.lease_until = None

    async def _row(self, session: AsyncSession, id: int) -> QuestionRow:
        # Locked on PostgreSQL, where writers are not alone as they are on SQLite.
        row = await session.get(QuestionRow, id, with_for_update=True)
        if row is None:
            raise UnknownQuestion(f"There is no question {id} in the inbox.")
        return row

    async def _conversation(self, session: AsyncSession, row: QuestionRow) -> Conversation:
        """Return the earlier turns: questions, and answers as delivered.

        What was answered privately enters only the same person's private questions: an answer that
        all can read must not tell it.
        """
        visible: ColumnElement[bool] = QuestionRow.private.is_(False)
        if row.private:
            visible |= QuestionRow.author == row.author
        earlier = (
            select(QuestionRow.text, QuestionRow.state, AnswerRow.text)
            .outerjoin(AnswerRow, AnswerRow.question_id == QuestionRow.id)
            .where(
                QuestionRow.conversation_id == row.conversation_id,
                QuestionRow.id < row.id,
                QuestionRow.state != State.WITHDRAWN,
                visible,
            )
            .order_by(QuestionRow.id.desc())
            .limit(self._history_turns)
        )
        turns: list[Turn] = []
        for question, state, answer in reversed((await session.execute(earlier)).all()):
            turns.append(Turn("user", question))
            if answer and state == State.DELIVERED:
                turns.append(Turn("assistant", answer))
        turns = turns[max(0, len(turns) - self._history_turns) :]
        return Conversation(tuple(turns[1:] if turns and turns[0].role == "assistant" else turns))


def _values(answer: Answer, now: datetime) -> dict[str, Any]:
    return asdict(answer) | {"created_at": now, "status": str(answer.status), "mode": str(answer.mode)}


def _free(now: datetime, platforms: Collection[str] | None) -> Select[int]:
    """Return the id of the oldest question that may be claimed, of any platform or one of these."""
    earlier = aliased(QuestionRow)
    free = (
        select(QuestionRow.id)
        .where(
            QuestionRow.state.in_(UNFINISHED),
            QuestionRow.lease_until.is_(None)
            | (QuestionRow.lease_until < now)
            | (QuestionRow.lease_until > now + LONGEST_LEASE),
            ~select(earlier.id)
            .where(
                earlier.conversation_id == QuestionRow.conversation_id,
                earlier.id < QuestionRow.id,
                earlier.state.in_(UNFINISHED),
            )
            .exists(),
        )
        # Adding nothing to the id here and to the platform below leaves SQLite only the index by
        # state, which skips the rows finished long ago; it would rather walk them all.
        .order_by(QuestionRow.id + 0)
        .limit(1)
        .with_for_update(skip_locked=True, of=QuestionRow)
    )
    return free if platforms is None else free.where(QuestionRow.platform.concat("").in_(platforms))


def _count_unfinished() -> Select[int]:
    return select(func.count()).select_from(QuestionRow).where(QuestionRow.state.in_(UNFINISHED))


_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, FrontdeskError)
"""What reading a row raises that something else than this version of Frontdesk wrote."""
_NOT_READ = "What is kept of this question cannot be read."


def _as_far_as_readable(row: QuestionRow, thread: str, begun: bool = False) -> tuple[Question, bool]:
    """Return a question and whether its scope could not be read, which is empty then: nothing may be told from it."""
    try:
        return _question(row, thread, begun), False
    except _UNREADABLE as error:
        log.error("The scope of question %s cannot be read: %s", row.id, error)
        return _question(row, thread, begun, Scope()), True


def _question(row: QuestionRow, thread: str, begun: bool = False, scope: Scope | None = None) -> Question:
    """Return a question, with `scope` in place of its own. Raises ScopeError where that cannot be read."""
    return Question(
        key=MessageKey(row.platform, row.workspace, row.channel, row.message),
        text=row.text,
        author=row.author,
        thread=thread,
        scope=Scope.from_mapping(row.scope) if scope is None else scope,
        private=row.private,
        route=row.route,
        asked_at=row.asked_at,
        edited_at=row.edited_at,
        addressed=row.addressed,
        begun=begun,
    )


def _read(kind: type[T], kept: Iterable[Mapping[str, Any]]) -> tuple[T, ...]:
    """Read what is kept as JSON; what another version kept besides is left out."""
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    return tuple(kind(**{name: value for name, value in one.items() if name in known}) for one in kept)


def _answer(row: AnswerRow) -> Answer:
    return Answer(
        status=Status(row.status),
        text=row.text,
        citations=_read(Citation, row.citations),
        choices=_read(Choice, row.choices or ()),
        passages=_read(ShownPassage, row.passages),
        mode=row.mode,
        model=row.model,
        lora=row.lora,
        lora_scale=row.lora_scale,
        timings=row.timings,
        tokens=row.tokens,
        prompt=_read(Turn, row.prompt),
        knowledge_version=row.knowledge_version,
        notes=row.notes,
    )
