"""Threads in human hands: who has one, since when and why, until it is given back to the bot.

open -> taken -> resolved        a thread has at most one that is not resolved
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import MessageKey, Question, Status
from bot.storage.database import Database, uninterrupted
from bot.storage.tables import UNFINISHED, AnswerRow, ConversationRow, HandoverRow, QuestionRow, RatingRow, State
from knowledge.errors import FrontdeskError

SAID_CHARS = 4000
"""Of what people wrote in a thread; what came first goes first."""
WORDS_DELETED = "What was asked here is deleted."


class Why(StrEnum):
    """What led to a hand-over."""

    WORDS = "words"
    """Somebody asked for a person in words, or was angry."""
    BUTTON = "button"
    DISLIKES = "dislikes"
    """Answers of the thread were found not helpful."""
    REFUSALS = "refusals"
    """The documents did not answer, several times in a row."""


class Hands(StrEnum):
    """Where a hand-over stands."""

    OPEN = "open"
    TAKEN = "taken"
    """Somebody has said that they take care of it."""
    RESOLVED = "resolved"
    """The thread was given back to the bot."""


class UnknownHandover(FrontdeskError):
    """No hand-over of this id is kept."""


@dataclass(frozen=True, slots=True)
class NotePlace:
    """Where the note about a hand-over stands."""

    platform: str
    channel: str
    thread: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """A thread in human hands. People are `{platform}:{user id}`."""

    id: int
    question_id: int
    """The message that led to it."""
    key: MessageKey
    """Of that message."""
    thread: str
    asker: str
    answer_id: int | None
    """The answer that was no help, where there is one."""
    why: Why
    since: datetime
    """What was said before is left to people, mentions of the bot too."""
    state: Hands
    taken_by: str
    threaded: bool
    """Whether people can write in the thread; else there is nothing to keep quiet in."""
    told: bool
    """Whether anybody was told."""
    in_vain: bool
    """Whether nobody could be told, and nobody is tried to be told any more."""
    note: str
    """What they were told, Markdown: who asks for a person and where in the first paragraph, then what was said."""
    place: NotePlace | None
    said: str
    """What others than the asker wrote in the thread meanwhile."""
    reminders: int


class HandoverStore:
    """The hand-overs in the database. Every method is one short transaction and raises DatabaseError when that
    fails; methods that take a hand-over's id raise UnknownHandover for one that is not there.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @uninterrupted
    async def open(
        self,
        question_id: int,
        *,
        why: Why,
        opened_by: str,
        since: datetime,
        threaded: bool,
        answer_id: int | None = None,
    ) -> Handover:
        """Put the thread of a question into human hands; one that is there already stays as it is, and is returned."""
        async with self._database.write() as session:
            conversation = select(QuestionRow.conversation_id).filter_by(id=question_id).scalar_subquery()
            await session.execute(
                self._database.insert(HandoverRow)
                .values(
                    conversation_id=conversation,
                    question_id=question_id,
                    answer_id=answer_id,
                    why=why,
                    opened_by=opened_by,
                    since=since,
                    state=Hands.OPEN,
                    threaded=threaded,
                    told=False,
                    note="",
                    said="",
                    reminders=0,
                )
                .on_conflict_do_nothing()
            )
            standing = _found().where(HandoverRow.conversation_id == conversation, _STANDING)
            return _handover(*(await session.execute(standing)).one())

    @uninterrupted
    async def end_in_vain(self, question_id: int, person: str, at: datetime) -> None:
        """Give the thread of a question back to the bot where it was handed over before and that was in vain."""
        conversation = select(QuestionRow.conversation_id).filter_by(id=question_id).scalar_subquery()
        finished = select(QuestionRow.id).where(
            QuestionRow.conversation_id == conversation,
            QuestionRow.id != question_id,
            QuestionRow.state.not_in(UNFINISHED),
        )
        async with self._database.write() as session:
            await session.execute(
                update(HandoverRow)
                .where(HandoverRow.question_id.in_(finished), HandoverRow.told.is_(False), _STANDING)
                .values(state=Hands.RESOLVED, resolved_by=person, resolved_at=at)
            )

    @uninterrupted
    async def over(self, question: Question) -> Handover | None:
        """Return the hand-over that the question's thread is under, or was under when the question was asked.

        None for a thread that was the bot's.
        """
        key = question.key
        at_that_time: ColumnElement[bool] = _STANDING
        if question.asked_at is not None:
            at_that_time |= and_(HandoverRow.since <= question.asked_at, HandoverRow.resolved_at >= question.asked_at)
        wanted = (
            _found()
            .where(
                ConversationRow.platform == key.platform,
                ConversationRow.workspace == key.workspace,
                ConversationRow.channel == key.channel,
                ConversationRow.thread == question.thread,
                at_that_time,
            )
            .order_by(HandoverRow.id.desc())
            .limit(1)
        )
        async with self._database.read() as session:
            found = (await session.execute(wanted)).one_or_none()
            return _handover(*found) if found else None

    @uninterrupted
    async def get(self, id: int) -> Handover:
        async with self._database.read() as session:
            return await self._get(session, id)

    @uninterrupted
    async def noted(self, id: int, note: str, place: NotePlace | None) -> None:
        """Remember that people were told, and where the note stands."""
        values = {"note": note, "told": True}
        if place is not None:
            values |= {
                "note_platform": place.platform,
                "note_channel": place.channel,
                "note_thread": place.thread,
                "note_post": place.post,
            }
        await self._set(id, **values)

    @uninterrupted
    async def take(self, id: int, person: str, at: datetime) -> tuple[Handover, bool]:
        """Let a person have an open hand-over; return it as it stands then, and whether this changed anything."""
        async with self._database.write() as session:
            taken = await session.scalar(
                update(HandoverRow)
                .where(HandoverRow.id == id, HandoverRow.state == Hands.OPEN)
                .values(state=Hands.TAKEN, taken_by=person, taken_at=at)
                .returning(HandoverRow.id)
            )
            return await self._get(session, id), taken is not None

    @uninterrupted
    async def resolve(self, id: int, person: str, at: datetime) -> tuple[Handover, bool]:
        """Give the thread back to the bot; return the hand-over, and whether this changed anything."""
        async with self._database.write() as session:
            resolved = await session.scalar(
                update(HandoverRow)
                .where(HandoverRow.id == id, _STANDING)
                .values(state=Hands.RESOLVED, resolved_by=person, resolved_at=at)
                .returning(HandoverRow.id)
            )
            return await self._get(session, id), resolved is not None

    @uninterrupted
    async def heard(self, id: int, text: str) -> None:
        """Keep what a person wrote in the thread."""
        async with self._database.write() as session:
            row = await session.get(HandoverRow, id, with_for_update=True)
            if row is not None and not f"\n{row.said}".endswith(f"\n{text}"):  # platforms deliver a message again
                row.said = f"{row.said}\n{text}".strip()[-SAID_CHARS:]

    @uninterrupted
    async def due(self, before: datetime, reminders: int) -> list[Handover]:
        """Return the open hand-overs that people were told of before a moment (again, where they were reminded since)
        and reminded of less than `reminders` times, oldest first.
        """
        last = func.coalesce(HandoverRow.reminded_at, HandoverRow.since)
        wanted = (
            _found()
            .where(HandoverRow.state == Hands.OPEN, HandoverRow.note_post.is_not(None))
            .where(last <= before, HandoverRow.reminders < reminders)
            .order_by(HandoverRow.id)
        )
        async with self._database.read() as session:
            return [_handover(*row) for row in (await session.execute(wanted)).all()]

    @uninterrupted
    async def remind(self, id: int, at: datetime) -> bool:
        """Count a reminder; return whether there is still something to be reminded of."""
        async with self._database.write() as session:
            counted = await session.scalar(
                update(HandoverRow)
                .where(HandoverRow.id == id, HandoverRow.state == Hands.OPEN)
                .values(reminders=HandoverRow.reminders + 1, reminded_at=at)
                .returning(HandoverRow.id)
            )
            return counted is not None

    @uninterrupted
    async def dislikes(self, answer_id: int) -> int:
        """Return how often the answers of an answer's thread were found not helpful since it was last given back."""
        conversation = _conversation_of(answer_id)
        given_back = (
            select(func.max(HandoverRow.resolved_at))
            .where(HandoverRow.conversation_id == conversation)
            .scalar_subquery()
        )
        wanted = (
            select(func.count())
            .select_from(RatingRow)
            .join(AnswerRow, AnswerRow.id == RatingRow.answer_id)
            .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
            .where(QuestionRow.conversation_id == conversation, RatingRow.value == -1)
            .where(or_(given_back.is_(None), RatingRow.updated_at > given_back))
        )
        async with self._database.read() as session:
            return await session.scalar(wanted) or 0

    @uninterrupted
    async def refused_in_a_row(self, question_id: int, at_most: int) -> int:
        """Return how many of the open questions just before one in its thread were refused, counted up to `at_most`.

        Those before a hand-over don't count.
        """
        conversation = select(QuestionRow.conversation_id).filter_by(id=question_id).scalar_subquery()
        handed_over = (
            select(func.max(HandoverRow.question_id))
            .where(HandoverRow.conversation_id == conversation)
            .scalar_subquery()
        )
        wanted = (
            select(AnswerRow.status)
            .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
            .where(
                QuestionRow.conversation_id == conversation,
                QuestionRow.id < question_id,
                QuestionRow.id > func.coalesce(handed_over, 0),
                QuestionRow.state == State.DELIVERED,
                QuestionRow.private.is_(False),
            )
            .order_by(QuestionRow.id.desc())
            .limit(at_most)
        )
        async with self._database.read() as session:
            statuses = (await session.scalars(wanted)).all()
        return next((n for n, status in enumerate(statuses) if status != Status.REFUSED), len(statuses))

    async def _get(self, session: AsyncSession, id: int) -> Handover:
        found = (await session.execute(_found().where(HandoverRow.id == id))).one_or_none()
        if found is None:
            raise UnknownHandover("I no longer have this thread's hand-over.")
        return _handover(*found)

    async def _set(self, id: int, **values: object) -> None:
        async with self._database.write() as session:
            await session.execute(update(HandoverRow).filter_by(id=id).values(**values))


_PARAGRAPH = "\n\n"
_STANDING: ColumnElement[bool] = HandoverRow.state != Hands.RESOLVED


async def delete_words(session: AsyncSession, handed_over: ColumnElement[bool]) -> None:
    """Leave nothing in the notes of these hand-overs of what was asked in their threads."""
    noted = select(HandoverRow).where(handed_over, HandoverRow.note != "").with_for_update()
    for row in await session.scalars(noted):
        row.note = f"{row.note.partition(_PARAGRAPH)[0]}{_PARAGRAPH}{WORDS_DELETED}"


def _found() -> Select[HandoverRow, QuestionRow, str]:
    return (
        select(HandoverRow, QuestionRow, ConversationRow.thread)
        .join(QuestionRow, QuestionRow.id == HandoverRow.question_id)
        .join(ConversationRow, ConversationRow.id == HandoverRow.conversation_id)
    )


def _conversation_of(answer_id: int) -> ColumnElement[int]:
    return (
        select(QuestionRow.conversation_id)
        .join(AnswerRow, AnswerRow.question_id == QuestionRow.id)
        .where(AnswerRow.id == answer_id)
        .scalar_subquery()
    )


def _handover(row: HandoverRow, asked: QuestionRow, thread: str) -> Handover:
    place = None
    if row.note_post is not None:
        place = NotePlace(row.note_platform or "", row.note_channel or "", row.note_thread or "", row.note_post)
    return Handover(
        id=row.id,
        question_id=row.question_id,
        key=MessageKey(asked.platform, asked.workspace, asked.channel, asked.message),
        thread=thread,
        asker=f"{asked.platform}:{asked.author}",
        answer_id=row.answer_id,
        why=Why(row.why),
        since=max(row.since, row.taken_at or row.since),
        state=Hands(row.state),
        taken_by=row.taken_by or "",
        threaded=row.threaded,
        told=row.told,
        in_vain=not row.told and asked.state not in UNFINISHED,
        note=row.note,
        place=place,
        said=row.said,
        reminders=row.reminders,
    )
