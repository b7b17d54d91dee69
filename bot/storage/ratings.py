"""What people think of answers: one rating for each answer and person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from bot.messages import Rating, Reason, Status
from bot.storage.database import Database, uninterrupted, utc_now
from bot.storage.tables import AnswerRow, QuestionRow, RatingRow, State
from bot.wording import Told, notices
from knowledge.errors import FrontdeskError


class RatingError(FrontdeskError):
    """A rating that cannot be kept."""


class NothingToRate(Told, RatingError):
    """The answer is not kept (any more)."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Ratings counted over all answers."""

    up: int
    down: int


class Ratings:
    """The ratings in the database. Bots' votes are not brought here by the platforms' adapters."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @uninterrupted
    async def rate(self, rating: Rating) -> bool:
        """Keep a rating; a later one of the same person replaces it. Return whether its value is new.

        With the same value, reason and words given before stay until others are given, and a reason leaves the source
        as it was. Raises RatingError for an answer that is not kept (any more) and for a value other than 1 and -1.
        """
        if rating.value not in {-1, 1}:
            raise RatingError(f"{rating.value} is no rating.", "Give 1 for helpful or -1 for not helpful.")
        now = utc_now()
        async with self._database.write() as session:
            # Locked so that PostgreSQL cannot delete the answer between this look and the insert.
            answer = await session.get(AnswerRow, rating.answer_id, with_for_update={"read": True, "key_share": True})
            if answer is None:
                raise NothingToRate(notices.NOT_KEPT_TO_RATE)
            before = await session.get(RatingRow, (rating.answer_id, rating.person))
            same = before is not None and before.value == rating.value
            # A reason is given to a rating, however that came.
            source = before.source if before is not None and same and rating.reason else rating.source
            given: dict[str, object] = {"value": rating.value, "source": source, "updated_at": now}
            if not same or rating.words:
                given |= {"reason": rating.reason, "words": rating.words or None, "upset": rating.upset}
            elif rating.reason:
                given |= {"reason": rating.reason}
            await session.execute(
                self._database.insert(RatingRow)
                .values(answer_id=rating.answer_id, person=rating.person, created_at=now, **given)
                .on_conflict_do_update(index_elements=["answer_id", "person"], set_=given)
            )
            return not same

    @uninterrupted
    async def withdraw(self, answer_id: int, person: str, value: int | None = None, source: str | None = None) -> bool:
        """Take a person's rating back; return whether there was one.

        With `value`, only if the rating is (still) this one: taking an old 👍 off does not take
        back the 👎 given since. With `source`, only if it was given so last: a first press of a button does not
        take back what a reaction said.
        """
        chosen = delete(RatingRow).filter_by(answer_id=answer_id, person=person)
        if value is not None:
            chosen = chosen.where(RatingRow.value == value)
        if source is not None:
            chosen = chosen.where(RatingRow.source == source)
        async with self._database.write() as session:
            return await session.scalar(chosen.returning(RatingRow.answer_id)) is not None

    @uninterrupted
    async def value(self, answer_id: int, person: str) -> int | None:
        """Return 1, -1, or None when the person has not rated the answer."""
        async with self._database.read() as session:
            value: int | None = await session.scalar(
                select(RatingRow.value).filter_by(answer_id=answer_id, person=person)
            )
            return value

    @uninterrupted
    async def of(self, answer_id: int) -> list[Rating]:
        """Return every rating of an answer, with its reason and words, first given first."""
        async with self._database.read() as session:
            rows = await session.scalars(
                select(RatingRow).filter_by(answer_id=answer_id).order_by(RatingRow.created_at, RatingRow.person)
            )
            return [
                Rating(
                    one.answer_id,
                    one.person,
                    one.value,
                    one.source,
                    Reason(one.reason) if one.reason else None,
                    one.words or "",
                    one.upset,
                )
                for one in rows
            ]

    @uninterrupted
    async def unrated(self, since: datetime, before: datetime, limit: int = 100) -> list[int]:
        """Return open answers of a time that whoever asked has neither rated nor been asked to rate, oldest first."""
        rated = (
            select(RatingRow.answer_id)
            .where(
                RatingRow.answer_id == AnswerRow.id,
                RatingRow.person == QuestionRow.platform + ":" + QuestionRow.author,
            )
            .exists()
        )
        wanted = (
            select(AnswerRow.id)
            .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
            .where(
                AnswerRow.created_at > since,
                AnswerRow.created_at <= before,
                AnswerRow.reminded_at.is_(None),
                AnswerRow.status == Status.ANSWERED,
                QuestionRow.state == State.DELIVERED,
                QuestionRow.private.is_(False),
                ~rated,
            )
            .order_by(AnswerRow.id)
            .limit(limit)
        )
        async with self._database.read() as session:
            return list(await session.scalars(wanted))

    @uninterrupted
    async def asked_to_rate(self, answer_id: int, at: datetime) -> bool:
        """Remember that somebody is asked to rate an answer; return whether nobody was before."""
        async with self._database.write() as session:
            marked = await session.scalar(
                update(AnswerRow)
                .where(AnswerRow.id == answer_id, AnswerRow.reminded_at.is_(None))
                .values(reminded_at=at)
                .returning(AnswerRow.id)
            )
            return marked is not None

    @uninterrupted
    async def totals(self) -> Totals:
        async with self._database.read() as session:
            counted = await session.execute(select(RatingRow.value, func.count()).group_by(RatingRow.value))
            by_value = {value: count for value, count in counted}  # noqa: C416
        return Totals(up=by_value.get(1, 0), down=by_value.get(-1, 0))
