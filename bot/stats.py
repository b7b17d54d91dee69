"""How the desk does: questions by day and outcome, ratings, time to the first word; told as Markdown for chat."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from bot.inbox import CHOICE, SHOW, WISH
from bot.messages import Status
from bot.storage.database import Database, uninterrupted
from bot.storage.handovers import Why
from bot.storage.tables import UNFINISHED, AnswerRow, HandoverRow, QuestionRow, RatingRow, State
from bot.understanding.mood import THRESHOLD
from knowledge.errors import FrontdeskError

DEFAULT_DAYS = 30
MAX_DAYS = 1100
YEARS = range(1970, 3000)
"""Of the days that people may write: those far away leave no room to count days and time zones from."""
_DAY_S = 86_400
_FINE_UNTIL_S = 2.0  # times to the first word are counted in steps of 20 ms up to here, then of 200 ms
_FINE, _COARSE = 50, 5  # steps a second


class StatsError(FrontdeskError):
    """A period that cannot be counted."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both ends included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        days = (self.last - self.first).days + 1
        if days < 1:
            raise StatsError(f"The period from {self.first} to {self.last} has no day.", "Write the earlier one first.")
        if days > MAX_DAYS:
            raise StatsError(f"A period of {days:,} days is too long.", f"Ask for {MAX_DAYS:,} days at the most.")

    @classmethod
    def read(cls, today: date, days: str = "", since: str = "", until: str = "") -> Period:
        """Read what people write: so many days up to `until` (today), or a first day. Raises StatsError.

        The default is 30 days.
        """
        last = _day("until", until) if until else today
        if days and since:
            raise StatsError("Both a number of days and a first day are given.", "Give one of the two.")
        if since:
            return cls(_day("since", since), last)
        number = days.lower().removesuffix("days").removesuffix("d").strip() or str(DEFAULT_DAYS)
        of_few_digits = number.isascii() and number.isdigit() and len(number) <= 9
        if not (of_few_digits and 1 <= int(number) <= MAX_DAYS):
            given = days if len(days) <= 30 else f"{days[:30]}…"
            raise StatsError(f"“{given}” is no number of days.", f"Write one from 1 to {MAX_DAYS}.")
        return cls(last - timedelta(days=int(number) - 1), last)

    def days(self) -> Iterable[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of questions. Times are seconds."""

    answered: int = 0
    refused: int = 0
    handed_over: int = 0
    asked_back: int = 0
    failed: int = 0
    """Ended in an error that the asker was told."""
    pending: int = 0
    smalltalk: int = 0
    """Greetings and thanks; no questions."""
    up: int = 0
    """Ratings of the answers as helpful."""
    down: int = 0
    urgent: int = 0
    """Questions that could not wait, by their words (see `bot.understanding.mood`); whatever became of them."""
    upset: int = 0
    """Questions whose words were angry or disappointed, or whose answer got such words with a 👎."""
    first_word_s: float | None = None
    """Median over the answers, from when the pipeline took the question up; None without any."""
    first_word_p95_s: float | None = None

    @property
    def questions(self) -> int:
        return self.answered + self.refused + self.handed_over + self.asked_back + self.failed + self.pending

    @property
    def helpful(self) -> float | None:
        """Share of the ratings that are helpful, 0 to 1; None without any."""
        rated = self.up + self.down
        return self.up / rated if rated else None

    def as_json(self) -> dict[str, Any]:
        return {
            "questions": self.questions,
            "answered": self.answered,
            "refused": self.refused,
            "handed_over": self.handed_over,
            "asked_back": self.asked_back,
            "failed": self.failed,
            "pending": self.pending,
            "smalltalk": self.smalltalk,
            "helpful": self.up,
            "not_helpful": self.down,
            "helpful_share": self.helpful,
            "urgent": self.urgent,
            "upset": self.upset,
            "first_word_s": {"median": self.first_word_s, "p95": self.first_word_p95_s},
        }


@dataclass(frozen=True, slots=True)
class Stats:
    """The counts of a period, as a whole and for every day of it."""

    period: Period
    timezone: str
    total: Counts
    days: Mapping[date, Counts]
    """Those without a question included, in order."""

    def as_json(self) -> dict[str, Any]:
        return {
            "since": self.period.first.isoformat(),
            "until": self.period.last.isoformat(),
            "timezone": self.timezone,
            **self.total.as_json(),
            "days": [{"day": day.isoformat(), **counts.as_json()} for day, counts in self.days.items()],
        }


async def collect(
    database: Database, period: Period, timezone: str, platform: str | None = None, workspace: str | None = None
) -> Stats:
    """Count the questions of a period, by days of `timezone`; those of a platform or workspace only, where given.

    The database does the counting: what comes back is small, however many the questions.
    """
    tallies: defaultdict[date, _Tally] = defaultdict(_Tally)
    asked = _Asked(period, ZoneInfo(timezone), platform, workspace)
    for day, state, status, count in await _rows(database, asked.outcomes()):
        tallies[_date(day)].outcomes[_outcome(state, status)] += count
    for day, value, count in await _rows(database, asked.ratings()):
        tallies[_date(day)].votes[value] += count
    for day, urgent, upset in await _rows(database, asked.moods()):
        tallies[_date(day)].moods.update(urgent=int(urgent), upset=int(upset))
    for day, step, count in await _rows(database, asked.first_words()):
        tallies[_date(day)].first_words[int(step)] += count
    whole = _Tally()
    for tally in tallies.values():
        whole.add(tally)
    return Stats(period, timezone, whole.counts(), {day: tallies[day].counts() for day in period.days()})


@uninterrupted
async def _rows(database: Database, query: Select[Any]) -> Sequence[Any]:
    async with database.read() as session:
        rows: Sequence[Any] = (await session.execute(query)).all()
        return rows


class _Asked:
    """The queries for what was asked in a period."""

    def __init__(self, period: Period, zone: ZoneInfo, platform: str | None, workspace: str | None) -> None:
        begin, end = midnight(period.first, zone), midnight(period.last + timedelta(days=1), zone)
        self._where = [
            QuestionRow.asked_at >= begin,
            QuestionRow.asked_at < end,
            QuestionRow.state.not_in((State.WITHDRAWN, State.UNHEARD)),
        ]
        self._where += [QuestionRow.platform == platform] if platform else []
        self._where += [QuestionRow.workspace == workspace] if workspace else []
        # Whoever calls a person by a button, or shows an answer to everyone, asks nothing new.
        self._once = [*self._where, *(QuestionRow.message.not_like(f"{prefix}%") for prefix in (WISH, SHOW))]
        # What was asked back and then told counts as what came of it.
        self._once.append(~_told_since())
        # Days since 1970 in the zone. PostgreSQL's seconds have fractions: the remainder takes them off too.
        local = extract("epoch", QuestionRow.asked_at) + _offset(begin, end, zone)
        self._day = ((local - local % _DAY_S) / _DAY_S).label("day")

    def outcomes(self) -> Select[Any]:
        called = select(HandoverRow.answer_id).where(
            HandoverRow.why.in_((Why.BUTTON, Why.DISLIKES)), HandoverRow.answer_id.is_not(None)
        )
        status = case((AnswerRow.id.in_(called), literal(str(Status.HANDED_OVER))), else_=AnswerRow.status)
        each = (
            select(self._day, QuestionRow.state, status.label("status"))
            .select_from(QuestionRow)
            .outerjoin(AnswerRow, AnswerRow.question_id == QuestionRow.id)
            .where(*self._once)
            .subquery()
        )
        grouped = (each.c.day, each.c.state, each.c.status)
        return select(*grouped, func.count()).group_by(*grouped)

    def ratings(self) -> Select[Any]:
        each = (
            select(self._day, RatingRow.value)
            .select_from(QuestionRow)
            .join(AnswerRow, AnswerRow.question_id == QuestionRow.id)
            .join(RatingRow, RatingRow.answer_id == AnswerRow.id)
            .where(*self._where)
            .subquery()
        )
        return select(each.c.day, each.c.value, func.count()).group_by(each.c.day, each.c.value)

    def moods(self) -> Select[Any]:
        mood = AnswerRow.notes["mood"]
        scolded = select(RatingRow.answer_id).where(RatingRow.upset >= THRESHOLD)
        each = (
            select(
                self._day,
                case((mood["urgency"].as_float() >= THRESHOLD, 1), else_=0).label("urgent"),
                case((or_(mood["upset"].as_float() >= THRESHOLD, AnswerRow.id.in_(scolded)), 1), else_=0).label(
                    "upset"
                ),
            )
            .select_from(QuestionRow)
            .join(AnswerRow, AnswerRow.question_id == QuestionRow.id)
            .where(*self._once)
            .subquery()
        )
        return select(each.c.day, func.sum(each.c.urgent), func.sum(each.c.upset)).group_by(each.c.day)

    def first_words(self) -> Select[Any]:
        # An answer in the documents' own words, or one given again, is there all at once.
        seconds = func.coalesce(AnswerRow.timings["first_token_s"].as_float(), AnswerRow.timings["total_s"].as_float())
        fine, coarse = _step(seconds * _FINE), _step((seconds - _FINE_UNTIL_S) * _COARSE)
        step = case((seconds < _FINE_UNTIL_S, fine), else_=coarse + int(_FINE_UNTIL_S * _FINE))
        each = (
            select(self._day, step.label("step"))
            .select_from(QuestionRow)
            .join(AnswerRow, AnswerRow.question_id == QuestionRow.id)
            .where(*self._once, AnswerRow.status == Status.ANSWERED, seconds.is_not(None))
            .subquery()
        )
        return select(each.c.day, each.c.step, func.count()).group_by(each.c.day, each.c.step)


def _told_since() -> ColumnElement[bool]:
    """Whether a question was asked back and its asker has chosen or replied, so that another row has the answer."""
    back, next_one, answer = aliased(AnswerRow), aliased(QuestionRow), aliased(AnswerRow)
    choice = literal(CHOICE) + cast(back.id, String)
    later = (
        next_one.conversation_id == QuestionRow.conversation_id,
        next_one.id > QuestionRow.id,
        next_one.state.not_in((State.WITHDRAWN, State.UNHEARD)),
    )
    chosen = select(next_one.id).where(*later, or_(next_one.message == choice, next_one.message.like(choice + "-%")))
    first = select(func.min(next_one.id)).where(*later).correlate(QuestionRow).scalar_subquery()
    replied = select(answer.id).where(answer.question_id == first, answer.notes["replies"].as_boolean())
    return (
        select(back.id)
        .where(
            back.question_id == QuestionRow.id,
            back.status == Status.CLARIFY,
            or_(chosen.correlate(QuestionRow, back).exists(), replied.correlate(QuestionRow).exists()),
        )
        .exists()
    )


@dataclass(slots=True)
class _Tally:
    """Counts that can be added up."""

    outcomes: Counter[str] = field(default_factory=Counter)
    votes: Counter[int] = field(default_factory=Counter)
    moods: Counter[str] = field(default_factory=Counter)
    first_words: Counter[int] = field(default_factory=Counter)

    def add(self, other: _Tally) -> None:
        self.outcomes += other.outcomes
        self.votes += other.votes
        self.moods += other.moods
        self.first_words += other.first_words

    def counts(self) -> Counts:
        return Counts(
            **self.outcomes,
            up=self.votes[1],
            down=self.votes[-1],
            urgent=self.moods["urgent"],
            upset=self.moods["upset"],
            first_word_s=_quantile(self.first_words, 0.5),
            first_word_p95_s=_quantile(self.first_words, 0.95),
        )


_OUTCOMES = {
    Status.ANSWERED: "answered",
    Status.REFUSED: "refused",
    Status.HANDED_OVER: "handed_over",
    Status.CLARIFY: "asked_back",
    Status.SMALLTALK: "smalltalk",
}


def _outcome(state: str, status: str | None) -> str:
    if state in UNFINISHED:
        return "pending"
    if state == State.FAILED or status is None:
        return "failed"
    return _OUTCOMES[Status(status)]


def _step(scaled: ColumnElement[float]) -> ColumnElement[int]:
    # A cast alone rounds on PostgreSQL and cuts off on SQLite.
    return cast(func.round(scaled), Integer)


def _quantile(steps: Counter[int], share: float) -> float | None:
    """Return the value that so large a share does not exceed."""
    wanted = share * steps.total()
    for step in sorted(steps):
        wanted -= steps[step]
        if wanted <= 0:
            fine = int(_FINE_UNTIL_S * _FINE)
            return step / _FINE if step <= fine else _FINE_UNTIL_S + (step - fine) / _COARSE
    return None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a day begins in a zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _offset(begin: datetime, end: datetime, zone: ZoneInfo) -> ColumnElement[int]:
    """Return what to add to the seconds of a moment between the two, in UTC, to get those of the zone's clocks."""
    epoch = extract("epoch", QuestionRow.asked_at)
    changes: list[tuple[ColumnElement[bool], int]] = []
    at = begin
    while at < end:
        later = min(at + timedelta(days=1), end)
        if _utc_offset(at, zone) != _utc_offset(later, zone):
            changes.append(
                (epoch < literal(int(_change(at, later, zone).timestamp()), BigInteger), _utc_offset(at, zone))
            )
        at = later
    last = _utc_offset(end, zone)
    return case(*changes, else_=last) if changes else literal(last)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the second at which the clocks are changed."""
    old = _utc_offset(before, zone)
    while (after - before) > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if _utc_offset(middle, zone) == old else (before, middle)
    return after


def _utc_offset(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _date(day: Any) -> date:
    return date(1970, 1, 1) + timedelta(days=int(day))


def _day(option: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise StatsError(
            f"“{text}” after “{option}” is no day.", "Write it as YYYY-MM-DD, for example 2026-01-31."
        ) from None
    if day.year not in YEARS:
        raise StatsError(
            f"“{text}” after “{option}” is too long ago or too far off.",
            f"Choose a day of the years {YEARS[0]} to {YEARS[-1]}.",
        )
    return day


# For people --------------------------------------------------------------------------------------------------


def told(stats: Stats, where: str) -> str:
    """Return the counts as Markdown; `where` says whose questions they are."""
    total = stats.total
    head = f"**Questions {where}, {told_period(stats)}**"
    if not total.questions and not total.smalltalk:
        return f"{head}\n\nNothing was asked in this time."
    parts = [
        _part(count, total.questions, words)
        for count, words in (
            (total.answered, "answered"),
            (total.refused, "refused, as the documents do not answer them"),
            (total.handed_over, "handed over to people"),
            (total.asked_back, "asked back"),
            (total.failed, "ended in an error"),
            (total.pending, "still to be answered"),
        )
        if count
    ]
    lines = [f"{head}\n", f"{total.questions:,} {'question' if total.questions == 1 else 'questions'}:", *parts]
    if total.smalltalk:
        lines.append(
            f"\nBesides, {total.smalltalk:,} {'greeting' if total.smalltalk == 1 else 'greetings'} and the like."
        )
    if total.urgent or total.upset:
        lines.append(f"\nBy their words, {total.urgent:,} were urgent and {total.upset:,} upset.")
    rated = total.up + total.down
    lines.append(
        f"\nHelpful: {total.up:,} of {rated:,} {'rating' if rated == 1 else 'ratings'} ({percent(total.helpful)})."
        if rated
        else "\nNobody has rated an answer."
    )
    if total.first_word_s is not None and total.first_word_p95_s is not None:
        lines.append(
            f"Time to the first word: {seconds(total.first_word_s)} in the middle, "
            f"{seconds(total.first_word_p95_s)} or less for 95 of 100 answers."
        )
    return "\n".join(lines)


def told_period(stats: Stats) -> str:
    """Return the days of a period for people, with their time zone."""
    first, last = stats.period.first, stats.period.last
    year = "" if first.year == last.year else f" {first.year}"
    days = f"{last.day} {last:%b} {last.year}"
    if first != last:
        days = f"{first.day} {first:%b}{year} – {days}"
    return f"{days} ({stats.timezone})"


def percent(share: float | None) -> str:
    """Return a share for people, 0 and 100 % only for none and all; a dash where there is none."""
    if share is None:
        return "–"
    return f"{share if share in (0, 1) else min(max(share, 0.01), 0.99):.0%}".replace("%", " %")


def seconds(value: float | None) -> str:
    """Return a time for people; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"


def _part(count: int, whole: int, words: str) -> str:
    return f"- {count:,} {words} ({percent(count / whole)})"
