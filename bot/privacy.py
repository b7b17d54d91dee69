"""What is kept of people, and how it goes: at somebody's wish, and by age.

A forgotten question leaves its row behind, emptied and withdrawn: the message's key must stay, or the same
message, delivered once more by its platform, would be answered and kept anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, case, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.inbox import WISH
from bot.messages import Answer, Status
from bot.storage.database import Database, uninterrupted, utc_now
from bot.storage.forgettings import count_forgetting
from bot.storage.handovers import Why, delete_words
from bot.storage.tables import (
    UNFINISHED,
    AnswerRow,
    ConversationRow,
    CuratedRow,
    HandoverRow,
    LeftoverRow,
    QuestionRow,
    State,
    SuggestionRow,
    Table,
)
from bot.wording import AND, listed, notices

log = logging.getLogger(__name__)

_BATCH = 200
"""Questions that one transaction deletes: answering goes on between two."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted."""

    questions: int = 0
    answers: int = 0
    ratings: int = 0
    suggestions: int = 0
    """Better answers that the person wrote."""
    handovers: int = 0
    """In which the person helped, and of which the words are kept."""
    names: int = 0
    """Of others' rows that only name the person."""

    def __bool__(self) -> bool:
        return any(self.as_json().values())

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(slots=True)
class Gone:
    """What is deleted, or was made from words that are; ids of the rows."""

    answers: set[int] = field(default_factory=set)
    """Of a person, all answers in the threads in which they asked."""
    conversations: set[int] = field(default_factory=set)
    """In which a person asked who is forgotten."""
    suggestions: set[int] = field(default_factory=set)
    """That a person wrote, or to answers that are deleted."""
    handovers: set[int] = field(default_factory=set)
    """In which a person spoke, or in whose threads they asked; or of questions that are deleted."""
    person: str = ""
    """Who is forgotten everywhere, `{platform}:{user id}`; empty where that is nobody."""
    until: datetime | None = None
    """Whatever bears one of these ids and is younger is something else: SQLite gives ids again. None is any."""

    @property
    def any_words(self) -> bool:
        return bool(self.answers or self.conversations or self.suggestions or self.handovers)

    def ids(self) -> dict[str, list[int]]:
        """Return the ids by what they are of, in their order."""
        return {
            "answers": sorted(self.answers),
            "conversations": sorted(self.conversations),
            "suggestions": sorted(self.suggestions),
            "handovers": sorted(self.handovers),
        }


class Privacy:
    """Forgets. What has to leave files, too, is kept with each deletion until it has left them, see `finish`.

    `not_given_again` is told of each answer that goes, or was made from words that do, so that no memory of
    it is kept elsewhere in this process; other processes see that something was forgotten, see `forgettings`.
    `not_learned` deletes what was made of all that is gone to learn from, and `named` counts how often a person is
    named there; `not_reported` takes questions out of reports, with a moment only those where one was asked before it.
    These run in a thread of their own.
    """

    def __init__(
        self,
        database: Database,
        not_given_again: Callable[[Answer], None] = lambda answer: None,
        clock: Callable[[], datetime] = utc_now,
        not_learned: Callable[[Sequence[Gone]], object] = lambda gone: None,
        named: Callable[[str], int] = lambda person: 0,
        history_turns: int = 8,
        not_reported: Callable[[datetime | None], object] = lambda before: None,
    ) -> None:
        """`history_turns`: how many earlier turns of its thread an answer was made from at the most."""
        self._database = database
        self._not_given_again = not_given_again
        self._not_learned = not_learned
        self._named = named
        self._history_turns = history_turns
        self._not_reported = not_reported
        self._clock = clock

    async def kept_of(self, platform: str, user: str, workspace: str | None = None) -> Forgotten:
        """Return how much is kept of a person, everywhere on a platform or in one workspace; changes nothing."""
        asked = _asked_by(platform, user, workspace)
        async with self._database.read() as session:
            questions = select(func.count()).select_from(QuestionRow).where(asked)
            answers = select(func.count()).select_from(AnswerRow).join(QuestionRow).where(asked)
            kept = replace(
                await _kept_beside(session, platform, user, workspace),
                questions=await session.scalar(questions) or 0,
                answers=await session.scalar(answers) or 0,
            )
        return await self._with_names(kept, platform, user, workspace)

    async def _with_names(self, kept: Forgotten, platform: str, user: str, workspace: str | None) -> Forgotten:
        """Count where the person is named outside the database too: a name that is nowhere else stands everywhere."""
        elsewhere = 0 if workspace else await asyncio.to_thread(self._named, f"{platform}:{user}")
        return replace(kept, names=kept.names + elsewhere)

    async def forget(self, platform: str, user: str, workspace: str | None = None) -> Forgotten:
        """Delete what a person asked, was answered and rated, everywhere on a platform or in one workspace.

        What was asked next in the same threads keeps its answer, but not the prompt, which holds the person's words.
        A question that is being answered counts as deleted by its author; one of somebody else in such a thread is
        answered anew, without the person's words.
        """
        asked = _asked_by(platform, user, workspace)
        questions = answers = 0
        deletion = uuid4().hex
        beside = await self._with_names(Forgotten(), platform, user, workspace)
        beside = await self._delete_opinions(deletion, platform, user, workspace, named=beside.names)
        while True:
            found = await self._forget_some(deletion, asked)
            questions, answers = questions + found[0], answers + found[1]
            if found[0] < _BATCH:
                break
        await self._finish(deletion)
        return replace(beside, questions=questions, answers=answers)

    async def expire(self, keep_days: int) -> int:
        """Delete the questions asked more than so many days ago, with all that hangs on them; return how many.

        What was made of them to learn from goes too, and what later answers in their threads hold of their words. One
        that is not finished stays until it is.
        """
        before = self._clock() - timedelta(days=keep_days)
        count = 0
        deletion = uuid4().hex
        while found := await self._expire_some(deletion, before):
            count += found
        if count:
            log.info("%d questions older than %d days are deleted.", count, keep_days)
        await self._finish(deletion, before)
        return count

    async def finish(self) -> None:
        """Delete outside the database what was deleted in it and is left over there.

        What goes wrong with one file keeps no other; the first error is raised then, and the next time goes through
        what is left.
        """
        if rows := await self._left_over():
            await self._finish_these(rows)

    async def _finish(self, deletion: str, before: datetime | None = None) -> None:
        """Delete outside the database what was deleted in it by `deletion`, and what is left over of other times.

        With `before`, reports lose what was asked earlier in any case. Only what goes wrong with the former is raised:
        whoever is forgotten now has nothing to do with the others.
        """
        rows = await self._left_over()
        others = [row for row in rows if row.deletion != deletion]
        if others:
            try:
                await self._finish_these(others)
            except Exception as error:
                log.warning("What was forgotten earlier may still stand in a file: %s", error)
        await self._finish_these([row for row in rows if row.deletion == deletion], before)

    async def _finish_these(self, rows: Sequence[LeftoverRow], before: datetime | None = None) -> None:
        if rows:
            await self._database.scrub()
        failed: list[Exception] = []

        async def done(step: Callable[[], object]) -> bool:
            try:
                await asyncio.to_thread(step)
            except Exception as error:
                failed.append(error)
                return False
            return True

        words = [row for row in rows if not row.person]
        finished: list[str] = []
        for person in sorted({row.person for row in rows if row.person}):
            if await done(partial(self._not_learned, [Gone(person=person)])):
                finished += [row.id for row in rows if row.person == person]
        moments = [moment for moment in (before, *(row.asked_before for row in words)) if moment]
        clean = True
        if any(row.gone["conversations"] for row in words):  # a report holds nothing else of a person
            clean = await done(partial(self._not_reported, None))
        elif moments:
            clean = await done(partial(self._not_reported, max(moments)))
        if words:
            clean = await done(partial(self._not_learned, [_gone_of(row) for row in words])) and clean
        if clean:
            finished += [row.id for row in words]
        if finished:
            await self._finished(finished)
            await self._database.scrub()
        if failed:
            raise failed[0]

    async def unfinished(self) -> int:
        """Return how many deletions are not finished outside the database."""
        return len({row.deletion for row in await self._left_over()})

    @uninterrupted
    async def _left_over(self) -> Sequence[LeftoverRow]:
        async with self._database.read() as session:
            return (await session.scalars(select(LeftoverRow))).all()

    @uninterrupted
    async def _finished(self, ids: Sequence[str]) -> None:
        async with self._database.write() as session:
            await self._overwrite(session)
            for first in range(0, len(ids), _BATCH):
                await session.execute(delete(LeftoverRow).where(LeftoverRow.id.in_(ids[first : first + _BATCH])))

    @uninterrupted
    async def _forget_some(self, deletion: str, asked: ColumnElement[bool]) -> tuple[int, int]:
        async with self._database.write() as session:
            await self._overwrite(session)
            gone = Gone(until=await self._newest(session))
            rows = (
                await session.execute(
                    select(QuestionRow.id, QuestionRow.conversation_id)
                    .where(asked)
                    .order_by(QuestionRow.id)
                    .limit(_BATCH)
                )
            ).all()
            ids = [row.id for row in rows]
            notes = (await session.scalars(select(AnswerRow.notes).where(AnswerRow.question_id.in_(ids)))).all()
            threads = {row.conversation_id for row in rows}
            gone.conversations |= threads
            answered = select(AnswerRow.id).where(AnswerRow.question_id.in_(ids))
            gone.answers |= set(await session.scalars(answered))
            # Others' answers in the same threads were made from prompts with the person's words in them, and what
            # people said there, they said to the person.
            others = QuestionRow.conversation_id.in_(threads) & QuestionRow.id.not_in(ids)
            said = HandoverRow.conversation_id.in_(threads) | HandoverRow.answer_id.in_(answered)
            await _empty_wishes(session, threads, gone.answers)
            cleaned = await _clean(session, select(QuestionRow.id).where(others), said, gone)
            gone.suggestions |= await _suggested(session, set(await session.scalars(answered)))
            for table in _hanging_on_questions():
                await session.execute(delete(table).where(table.c.question_id.in_(ids)))
            emptied: dict[str, Any] = {"text": "", "author": "", "route": {}, "scope": {}, "error": None}
            await session.execute(
                update(QuestionRow)
                .where(QuestionRow.id.in_(ids))
                .values(**emptied, state=State.WITHDRAWN, claimed_by=None, lease_until=None)
            )
            if ids:
                await count_forgetting(self._database, session)
                session.add(_left_over(deletion, gone))
        self._none_given_again([*notes, *cleaned])
        return len(ids), len(notes)

    def _none_given_again(self, notes: Sequence[dict[str, Any]]) -> None:
        for one in notes:
            self._not_given_again(Answer(Status.ANSWERED, "", notes=one))

    @uninterrupted
    async def _delete_opinions(
        self, deletion: str, platform: str, user: str, workspace: str | None, *, named: int
    ) -> Forgotten:
        """Delete what the person thinks of answers, and the name where it stands beside what others wrote.

        `named`: how often it stands outside the database.
        """
        person = f"{platform}:{user}"
        async with self._database.write() as session:
            await self._overwrite(session)
            gone = Gone(until=await self._newest(session))
            kept = await _kept_beside(session, platform, user, workspace)
            theirs = (SuggestionRow.author == person) & _of_workspace(_SUGGESTIONS, platform, workspace)
            gone.suggestions |= set(await session.scalars(select(SuggestionRow.id).where(theirs)))
            for table, column in _opinions():
                await session.execute(delete(table).where(column == person, _of_workspace(table, platform, workspace)))
            helped = HandoverRow.id.in_(_solved_by(person, platform, workspace))
            gone.handovers |= await _unsay(session, helped)
            for table, column in _names() if workspace is None else ():
                # Not NULL: that says that nobody did it, and a standard answer would not be given any more.
                await session.execute(update(table).where(column == person).values({column: ""}))
            if gone.any_words:
                session.add(_left_over(deletion, gone))
            if named:  # in a row of its own: the name is kept no longer than it takes to delete it there
                session.add(_left_over(deletion, Gone(person=person, until=gone.until)))
            return replace(kept, names=kept.names + named)

    @uninterrupted
    async def _expire_some(self, deletion: str, before: datetime) -> int:
        async with self._database.write() as session:
            await self._overwrite(session)
            gone = Gone(until=await self._newest(session))
            old = (
                select(QuestionRow.id)
                .where(QuestionRow.asked_at < before, QuestionRow.state.not_in(UNFINISHED))
                .limit(_BATCH)
            )
            ids = (await session.scalars(old)).all()
            threads = set(
                await session.scalars(select(QuestionRow.conversation_id).where(QuestionRow.id.in_(ids)).distinct())
            )
            answered = (
                await session.execute(select(AnswerRow.id, AnswerRow.notes).where(AnswerRow.question_id.in_(ids)))
            ).all()
            answers = {row.id for row in answered}
            gone.answers |= answers
            gone.suggestions |= await _suggested(session, answers)
            gone.handovers |= set(await session.scalars(select(HandoverRow.id).where(HandoverRow.question_id.in_(ids))))
            later = self._soon_after(ids, threads)
            said = HandoverRow.question_id.in_(later) | HandoverRow.answer_id.in_(answers)
            cleaned = await _clean(session, later, said, gone)
            await _empty_wishes(session, threads, answers)
            await session.execute(delete(QuestionRow).where(QuestionRow.id.in_(ids)))
            left = select(QuestionRow.conversation_id).where(QuestionRow.conversation_id.in_(threads))
            await session.execute(
                delete(ConversationRow).where(ConversationRow.id.in_(threads), ConversationRow.id.not_in(left))
            )
            if ids:
                await count_forgetting(self._database, session)
                session.add(_left_over(deletion, gone, before))
        self._none_given_again([*(row.notes for row in answered), *cleaned])
        return len(ids)

    def _soon_after(self, ids: Collection[int], threads: Collection[int]) -> Select[int]:
        """Return the questions of threads that were asked while these stood among the turns before them."""
        in_the_open = QuestionRow.private.is_(False) & (QuestionRow.state != State.WITHDRAWN)
        left = (
            select(
                QuestionRow.id,
                # Private ones are turns only before their author's own, so that they do not count.
                func.count(case((in_the_open, 1)))
                .over(partition_by=QuestionRow.conversation_id, order_by=QuestionRow.id)
                .label("turn"),
            )
            .where(QuestionRow.conversation_id.in_(threads), QuestionRow.id.not_in(ids))
            .subquery()
        )
        return select(left.c.id).where(left.c.turn <= self._history_turns)

    async def _newest(self, session: AsyncSession) -> datetime:
        """Return a moment after which nothing was made that stands in the database now.

        By the clock alone, what was made while that was ahead would be taken for something younger.
        """
        moments = [self._clock()]
        for column in _MADE_AT:
            moments += [moment for moment in await session.scalars(select(func.max(column))) if moment]
        return max(moments)

    async def _overwrite(self, session: AsyncSession) -> None:
        """Have SQLite write zeros over what is deleted; it would only mark it as free."""
        if self._database.is_sqlite:
            await session.execute(text("PRAGMA secure_delete = ON"))


_MADE_AT = (AnswerRow.created_at, SuggestionRow.created_at, HandoverRow.since, HandoverRow.resolved_at)
"""When something was made that may be learned from, as its examples tell."""

_NEEDED_TO_DELIVER = ("handover", "language", "mood", "shown_from", "threaded", "told")
"""Notes of an answer without which it cannot be delivered as it was meant; none of them holds words."""


def _left_over(deletion: str, gone: Gone, asked_before: datetime | None = None) -> LeftoverRow:
    """Return what remembers, from the transaction that deletes on, that files are still to be cleaned of it."""
    return LeftoverRow(
        id=uuid4().hex,
        deletion=deletion,
        gone=gone.ids(),
        person=gone.person,
        until=gone.until,
        asked_before=asked_before,
    )


def _gone_of(row: LeftoverRow) -> Gone:
    return Gone(**{name: set(ids) for name, ids in row.gone.items()}, person=row.person, until=row.until)


async def _clean(
    session: AsyncSession, questions: Select[int], handed_over: ColumnElement[bool], gone: Gone
) -> list[dict[str, Any]]:
    """Leave nothing in the answers to these questions, and in hand-overs, of what was said before in their threads;
    return the notes that the answers had.

    Who answers one of them now has those words in hand: the claim ends, and the question is answered anew. An answer
    that is only to be delivered stays as it is, like those that were. What a curator wrote goes, as it was written with
    those words in view; better answers that people suggested stay theirs, but are not learned from any more.
    """
    gone.handovers |= await _unsay(session, handed_over)
    await delete_words(session, handed_over)
    unfinished = select(QuestionRow).where(QuestionRow.id.in_(questions), QuestionRow.state.in_(UNFINISHED))
    rows = {row.id: row for row in await session.scalars(unfinished.with_for_update())}
    for row in rows.values():
        if row.claimed_by is not None:
            row.claimed_by = row.lease_until = None
            row.state = State.ACCEPTED if row.state == State.CLAIMED else row.state
    await session.flush()
    answers = select(AnswerRow.id, AnswerRow.question_id, AnswerRow.notes).where(AnswerRow.question_id.in_(questions))
    found = (await session.execute(answers)).all()
    gone.answers |= {one.id for one in found}
    for one in found:
        needed = _NEEDED_TO_DELIVER if one.question_id in rows else ()
        notes = {name: note for name, note in one.notes.items() if name in needed}
        cleaned = {"prompt": [], "notes": notes, "cleaned": True}
        await session.execute(update(AnswerRow).where(AnswerRow.id == one.id).values(cleaned))
    theirs = select(AnswerRow.id).where(AnswerRow.question_id.in_(questions))
    suggested = select(SuggestionRow.id).where(SuggestionRow.answer_id.in_(theirs))
    await session.execute(
        delete(CuratedRow).where(CuratedRow.answer_id.in_(theirs) | CuratedRow.suggestion_id.in_(suggested))
    )
    return [one.notes for one in found]


async def _empty_wishes(session: AsyncSession, threads: Collection[int], answers: Collection[int]) -> None:
    """Take the words out of wishes for a person after these answers.

    Whoever presses the button below an answer calls a person in the words of who asked, as they were then.
    """
    pressed = [f"{why}:{answer}" for why in Why for answer in answers]
    wishes = QuestionRow.conversation_id.in_(threads) & QuestionRow.message.like(f"{WISH}%")
    after = QuestionRow.route["handover"].as_string().in_(pressed)
    await session.execute(update(QuestionRow).where(wishes, after).values(text=""))


async def _unsay(session: AsyncSession, handed_over: ColumnElement[bool]) -> set[int]:
    """Delete what people said in threads that were handed over, in a curator's words too; return their ids."""
    chosen = select(HandoverRow.id).where(handed_over)
    ids = set(await session.scalars(chosen))
    await session.execute(delete(CuratedRow).where(CuratedRow.handover_id.in_(chosen)))
    await session.execute(update(HandoverRow).where(HandoverRow.id.in_(chosen)).values(said=""))
    return ids


async def _suggested(session: AsyncSession, answers: set[int]) -> set[int]:
    return set(await session.scalars(select(SuggestionRow.id).where(SuggestionRow.answer_id.in_(answers))))


def _solved_by(person: str, platform: str, workspace: str | None) -> Select[int]:
    """Return the ids of the hand-overs that somebody took or solved; who else spoke there is not known."""
    found = (
        select(HandoverRow.id)
        .join(QuestionRow, QuestionRow.id == HandoverRow.question_id)
        .where((HandoverRow.taken_by == person) | (HandoverRow.resolved_by == person))
    )
    if workspace:
        found = found.where(QuestionRow.platform == platform, QuestionRow.workspace == workspace)
    return found


def _asked_by(platform: str, user: str, workspace: str | None) -> ColumnElement[bool]:
    """Return the condition for the person's questions."""
    asked = (QuestionRow.platform == platform) & (QuestionRow.author == user)
    return asked & (QuestionRow.workspace == workspace) if workspace else asked


async def _kept_beside(session: AsyncSession, platform: str, user: str, workspace: str | None) -> Forgotten:
    """Count what is kept of a person besides questions and their answers."""
    person = f"{platform}:{user}"

    async def count(table: sa.FromClause, *conditions: ColumnElement[bool]) -> int:
        return await session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

    written = {
        table: await count(table, column == person, _of_workspace(table, platform, workspace))
        for table, column in _opinions()
    }
    helped = HandoverRow.id.in_(_solved_by(person, platform, workspace))
    named: dict[sa.Table, ColumnElement[bool]] = {}
    for table, column in _names() if workspace is None else ():
        named[table] = named.get(table, sa.false()) | (column == person)
    own = select(QuestionRow.id).where(_asked_by(platform, user, workspace))  # what hangs on these goes with them
    return Forgotten(
        ratings=written[_RATINGS],
        suggestions=written[_SUGGESTIONS],
        handovers=await count(HandoverRow.__table__, helped, HandoverRow.said != ""),
        names=sum(
            [
                await count(table, names, *([table.c.question_id.not_in(own)] if "question_id" in table.c else []))
                for table, names in named.items()
            ]
        ),
    )


_RATINGS, _SUGGESTIONS = Table.metadata.tables["ratings"], Table.metadata.tables["suggestions"]

# What names a person is told by the names of columns, so that no table can be forgotten here: `person` and `author`
# of something about an answer hold who thinks so, columns ending in `_by` hold who did something, each as
# `{platform}:{user id}`.


def _hanging_on_questions() -> list[sa.Table]:
    return [table for table in Table.metadata.sorted_tables if "question_id" in table.c]


def _opinions() -> list[tuple[sa.Table, sa.Column[Any]]]:
    return [
        (table, table.c[name])
        for table in Table.metadata.sorted_tables
        for name in ("person", "author")
        if name in table.c and "answer_id" in table.c
    ]


def _names() -> list[tuple[sa.Table, sa.Column[Any]]]:
    return [
        (table, column)
        for table in Table.metadata.sorted_tables
        for column in table.c
        if column.name.endswith("_by") and column.name != "claimed_by"
    ]


def _of_workspace(table: sa.FromClause, platform: str, workspace: str | None) -> ColumnElement[bool]:
    """Return the condition for what is about an answer given in the workspace; None is any."""
    if not workspace:
        return sa.true()
    there = (
        select(AnswerRow.id)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .where(QuestionRow.platform == platform, QuestionRow.workspace == workspace)
    )
    return table.c.answer_id.in_(there)


def told_forgotten(gone: Forgotten, language: str = "en") -> str:
    """Return what was deleted as a part of a sentence."""
    parts = [
        (notices.QUESTIONS, gone.questions),
        (notices.ANSWERS, gone.answers),
        (notices.RATINGS, gone.ratings),
        (notices.SUGGESTIONS, gone.suggestions),
        (notices.HANDOVERS, gone.handovers),
        (notices.NAMES, gone.names),
    ]
    always = 3 if language == "en" or not gone else 0  # of the parts, told even where there is none
    told = [part.of(language, number) for place, (part, number) in enumerate(parts) if number or place < always]
    return listed(told, AND, language)
