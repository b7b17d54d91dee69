"""What a model may learn from: proposed by people and by their ratings, approved or rejected by a curator.

    proposed -> approved | rejected

| id | what | question | answer | as it comes |
|---|---|---|---|---|
| `answer:12` | an answer that was liked, or not | asked | given | proposed |
| `suggestion:3` | a better answer that a person wrote | asked | suggested | proposed |
| `handover:4` | a hand-over that a person solved | asked | said in the thread | proposed |
| `standard:5` | a standard answer written in chat | its first | its answer | approved |
| `setting:6` | a standard answer of frontdesk.toml | its first | its answer | approved |

A decision can be changed, or taken back: then it is as it comes. What was decided of an answer holds for the side that
it had then: where people who did not like it come to like it, or the reverse, it is proposed again. A curator's words
go over those of the source, which stay as they are. The number of a standard answer of the settings depends on its
words and its place: written differently, it is another one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Subquery, and_, case, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bot.channels.resolve import Channels
from bot.channels.store import ChannelKey
from bot.messages import Status
from bot.storage.database import Database, uninterrupted, utc_now
from bot.storage.handovers import Hands
from bot.storage.tables import (
    AnswerRow,
    CuratedRow,
    HandoverRow,
    QuestionRow,
    RatingRow,
    StandardAnswerRow,
    State,
    SuggestionRow,
)
from bot.tuning.examples import Origin
from bot.understanding import intents
from bot.wording import Told, figure, notices
from knowledge.errors import FrontdeskError

MAX_CHARS = 4000
"""Of a suggested answer; what Discord's input takes at the most."""
PAGE = 100
_KEY = re.compile(r"(?P<kind>answer|suggestion|handover|standard|setting):(?P<number>\d{1,18})")


class CurationError(FrontdeskError):
    """A suggestion that cannot be kept, or something that cannot be decided on."""


class NothingToMend(Told, CurationError):
    """The answer that something better is suggested to is not kept (any more)."""


class Stage(StrEnum):
    """Where a candidate stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Kind(StrEnum):
    """What a candidate is; its id begins with it. They are listed in this order."""

    ANSWER = "answer"
    SUGGESTION = "suggestion"
    HANDOVER = "handover"
    STANDARD = "standard"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Given:
    """The answer that the bot gave, with what it was made from; the fields of `bot.messages.Answer`."""

    id: int
    status: Status
    text: str
    citations: Sequence[Mapping[str, Any]]
    passages: Sequence[Mapping[str, Any]]
    prompt: Sequence[Mapping[str, str]]
    metadata: Mapping[str, Any]
    """Where it comes from and how it was made; names no person."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question and an answer that a model may learn from."""

    id: str
    """`{kind}:{number}`."""
    origin: Origin
    state: Stage
    question: str
    answer: str
    """Markdown."""
    asked: str
    """The question as it was asked; another than `question` where a curator wrote it differently."""
    created_at: datetime | None
    """None where that is not known: settings have no dates."""
    author: str = ""
    """Who wrote the answer, `{platform}:{user id}`; empty for the bot, and where it is not known."""
    given: Given | None = None
    more_questions: tuple[str, ...] = ()
    """That a standard answer is the answer to, too."""
    scope: dict[str, Any] = field(default_factory=dict)
    """What could be told where it was asked, or where a standard answer is given."""
    up: int = 0
    down: int = 0
    edited: bool = False
    """Whether a curator wrote it differently."""
    decided_by: str = ""

    @property
    def kind(self) -> Kind:
        return Kind(self.id.partition(":")[0])

    @property
    def number(self) -> int:
        return int(self.id.partition(":")[2])

    @property
    def liked(self) -> bool:
        """False for an answer that more people found not helpful than helpful: what not to say."""
        return self.origin is not Origin.DISLIKED

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "origin": str(self.origin),
            "state": str(self.state),
            "question": self.question,
            "more_questions": list(self.more_questions),
            "answer": self.answer,
            "given_answer": self.given.text if self.given else "",
            "author": self.author,
            "rating": {"up": self.up, "down": self.down},
            "scope": self.scope,
            "edited": self.edited,
            "created_at": self.created_at.isoformat() if self.created_at else "",
            "decided_by": self.decided_by,
        }


class Curation:
    """The candidates in the database. Every method but `all` is one short transaction; each raises DatabaseError when
    it fails. What belongs to questions that were deleted is not told.

    `channels` knows the standard answers of the settings, and what may be told where one is given.
    From `approve_likes` people on that found an answer helpful, without any that did not, it is approved as it comes;
    0 is never.
    """

    def __init__(self, database: Database, approve_likes: int = 0, channels: Channels | None = None) -> None:
        self._database = database
        self._approve_likes = approve_likes
        self._channels = channels

    @uninterrupted
    async def propose(self, answer_id: int, author: str, text: str, language: str = "en") -> int:
        """Keep a better answer for a curator to look at; return its number.

        A later one of the same author to the same answer replaces it until it is decided on. Raises CurationError
        for an empty text and one that is too long, in the `language` of the answer, and for an answer that is not
        kept (any more).
        """
        text = text.strip()
        if not text:
            raise CurationError(notices.SUGGESTION_EMPTY.of(language))
        if len(text) > MAX_CHARS:
            length, limit = figure(len(text), language), figure(MAX_CHARS, language)
            raise CurationError(notices.SUGGESTION_TOO_LONG.of(language, length=length, limit=limit))
        now = utc_now()
        async with self._database.write() as session:
            # Locked, so that on PostgreSQL two at a time do not both find nothing to replace.
            answer = await session.get(AnswerRow, answer_id, with_for_update=True)
            if answer is None:
                raise NothingToMend(notices.NOT_KEPT_TO_MEND)
            given = {"text": text, "updated_at": now}
            id = await session.scalar(
                update(SuggestionRow)
                .filter_by(answer_id=answer_id, author=author, state=Stage.PROPOSED)
                .values(**given)
                .returning(SuggestionRow.id)
            )
            if id is None:
                row = SuggestionRow(
                    answer_id=answer_id, author=author, state=str(Stage.PROPOSED), created_at=now, **given
                )
                session.add(row)
                await session.flush()
                id = row.id
            return int(id)

    @uninterrupted
    async def list(
        self, state: Stage | None = Stage.PROPOSED, kind: Kind | None = None, after: str = "", limit: int = PAGE
    ) -> list[Candidate]:
        """Return candidates in a state (None: in any) that come after the id `after`, by kind and number."""
        last = _read(after) if after else None
        found: list[Candidate] = []
        for one in Kind if kind is None else (kind,):
            if last is not None and list(Kind).index(one) < list(Kind).index(last[0]):
                continue
            number = last[1] if last is not None and last[0] is one else 0
            async with self._database.read() as session:
                found += await self._source(one).page(session, state, number, limit - len(found))
            if len(found) >= limit:
                break
        return found

    async def all(self, state: Stage | None = Stage.APPROVED) -> AsyncGenerator[Candidate, None]:
        """Yield every candidate in a state (None: in any), by kind and number. A page is one transaction."""
        last = ""
        while page := await self.list(state, after=last):
            for one in page:
                yield one
            last = page[-1].id

    async def counts(self) -> dict[Stage, int]:
        """Return how many candidates there are in each state."""
        found = dict.fromkeys(Stage, 0)
        for kind in Kind:
            async with self._database.read() as session:
                for state, count in (await self._source(kind).counts(session)).items():
                    found[state] += count
        return found

    async def gone(self, ids: Iterable[str]) -> set[str]:
        """Return of which examples, by their ids, nothing is to be learned any more.

        They were forgotten or deleted, made from words that were, or rejected. Ids of examples that come from
        elsewhere are not among them.
        """
        found = set()
        for id in ids:
            if (read := kind_and_number(id)) is None:
                continue
            async with self._database.read() as session:
                if not await self._may_be_learned(session, *read):
                    found.add(id)
        return found

    async def _may_be_learned(self, session: AsyncSession, kind: Kind, number: int) -> bool:
        one = await self._source(kind).get(session, number)
        if one is None and kind is not Kind.ANSWER:  # an answer may be exported that nobody rated
            return False
        if one is not None and one.state is Stage.REJECTED:
            return False
        answer_id = number if kind is Kind.ANSWER else one.given.id if one and one.given else None
        if answer_id is None:
            return True
        usable = (
            select(AnswerRow.id)
            .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
            .where(AnswerRow.id == answer_id, QuestionRow.state != State.WITHDRAWN, AnswerRow.cleaned.is_(False))
        )
        return await session.scalar(usable) is not None

    @uninterrupted
    async def get(self, id: str) -> Candidate:
        """Return one candidate. Raises CurationError for one that is not kept."""
        async with self._database.read() as session:
            return await self._get(session, *_read(id))

    @uninterrupted
    async def decide(self, id: str, state: Stage, by: str) -> Candidate:
        """Approve or reject a candidate; PROPOSED takes a decision back, so that it is as it comes.

        Raises CurationError for one that is not kept.
        """
        return await self._change(id, by, state=state)

    @uninterrupted
    async def edit(self, id: str, by: str, *, question: str | None = None, answer: str | None = None) -> Candidate:
        """Write a candidate differently; None leaves a part as it is.

        Raises CurationError for one that is not kept, and for words that are none or too many.
        """
        for name, text in (("question", question), ("answer", answer)):
            if text is not None and not 0 < len(text.strip()) <= MAX_CHARS:
                raise CurationError(
                    f"The {name} is empty." if not text.strip() else f"The {name} has {len(text):,} characters.",
                    f"Write one of up to {MAX_CHARS:,} characters.",
                )
        return await self._change(id, by, question=question, answer=answer)

    async def _change(
        self, id: str, by: str, *, state: Stage | None = None, question: str | None = None, answer: str | None = None
    ) -> Candidate:
        kind, number = _read(id)
        now = utc_now()
        changed: dict[str, Any] = {"updated_at": now}
        changed |= {"question": question.strip()} if question is not None else {}
        changed |= {"answer": answer.strip()} if answer is not None else {}
        decided = None if state is Stage.PROPOSED else state
        decided_by = by if decided else None
        if state is not None:
            changed |= {"decided_by": decided_by}
            changed |= {"state": decided and str(decided)} if kind is not Kind.SUGGESTION else {}
        async with self._database.write() as session:
            before = await self._get(session, kind, number)  # raises where there is none
            if kind is Kind.ANSWER:
                # A decision that holds goes on to hold for a curator's own words, which are what to say.
                kept = await session.scalar(select(CuratedRow.state).where(_CURATED[kind] == number))
                stands = decided is not None or (state is None and kept == str(before.state))
                changed |= {"liked": before.liked or answer is not None} if stands else {"state": None, "liked": None}
            column = _CURATED[kind].key
            await session.execute(
                self._database.insert(CuratedRow)
                .values(**{column: number}, **changed)
                .on_conflict_do_update(index_elements=[column], set_=changed)
            )
            if state is not None and kind is Kind.SUGGESTION:
                suggested = {"state": str(state), "decided_by": decided_by, "decided_at": decided and now}
                await session.execute(update(SuggestionRow).filter_by(id=number).values(**suggested, updated_at=now))
            return await self._get(session, kind, number)

    async def _get(self, session: AsyncSession, kind: Kind, number: int) -> Candidate:
        found = await self._source(kind).get(session, number)
        if found is None:
            raise CurationError(
                f"There is no {kind}:{number} to decide on.", "`frontdesk curation list` shows what there is."
            )
        return found

    def _source(self, kind: Kind) -> _Source:
        match kind:
            case Kind.ANSWER:
                return _answers(self._approve_likes)
            case Kind.SUGGESTION:
                return _suggestions()
            case Kind.HANDOVER:
                return _handovers()
            case Kind.STANDARD:
                return _standard_answers(self._channels)
            case Kind.SETTING:
                return _Written(_of_settings(self._channels) if self._channels else {})


_CURATED: dict[Kind, InstrumentedAttribute[int | None]] = {
    Kind.ANSWER: CuratedRow.answer_id,
    Kind.SUGGESTION: CuratedRow.suggestion_id,
    Kind.HANDOVER: CuratedRow.handover_id,
    Kind.STANDARD: CuratedRow.standard_answer_id,
    Kind.SETTING: CuratedRow.setting,
}


class _Source(Protocol):
    """Where the candidates of a kind are read from."""

    async def page(self, session: AsyncSession, state: Stage | None, after: int, limit: int) -> list[Candidate]:
        """Return those in a state (None: in any) with a higher number than `after`, by number."""
        ...

    async def get(self, session: AsyncSession, number: int) -> Candidate | None: ...

    async def counts(self, session: AsyncSession) -> Mapping[Stage, int]: ...


@dataclass(frozen=True, slots=True)
class _Rows:
    """Candidates in the database."""

    query: Any
    """A `Select` of rows that `reads` makes candidates of."""
    number: InstrumentedAttribute[int]
    state: ColumnElement[str] | InstrumentedAttribute[str]
    read: Callable[[Any], Candidate]

    async def page(self, session: AsyncSession, state: Stage | None, after: int, limit: int) -> list[Candidate]:
        wanted = self.query.where(self.number > after).order_by(self.number).limit(limit)
        if state is not None:
            wanted = wanted.where(self.state == state)
        return [self.read(row) for row in (await session.execute(wanted)).all()]

    async def get(self, session: AsyncSession, number: int) -> Candidate | None:
        row = (await session.execute(self.query.where(self.number == number))).one_or_none()
        return None if row is None else self.read(row)

    async def counts(self, session: AsyncSession) -> Mapping[Stage, int]:
        each = self.query.with_only_columns(self.state.label("state")).subquery()
        counted = await session.execute(select(each.c.state, func.count()).group_by(each.c.state))
        return {Stage(state): count for state, count in counted.all()}


@dataclass(frozen=True, slots=True)
class _Written:
    """Candidates that stand in the settings, by number; decisions on them are in the database."""

    written: Mapping[int, Candidate]

    async def page(self, session: AsyncSession, state: Stage | None, after: int, limit: int) -> list[Candidate]:
        found = [one for one in await self._all(session) if one.number > after and state in (None, one.state)]
        return found[:limit]

    async def get(self, session: AsyncSession, number: int) -> Candidate | None:
        return next((one for one in await self._all(session) if one.number == number), None)

    async def counts(self, session: AsyncSession) -> Mapping[Stage, int]:
        return Counter(one.state for one in await self._all(session))

    async def _all(self, session: AsyncSession) -> list[Candidate]:
        if not self.written:
            return []
        rows = await session.scalars(select(CuratedRow).where(CuratedRow.setting.in_(self.written)))
        decided = {row.setting: row for row in rows}
        return [_curated(one, decided.get(number)) for number, one in sorted(self.written.items())]


def _curated(one: Candidate, row: CuratedRow | None) -> Candidate:
    if row is None:
        return one
    return replace(
        one,
        state=Stage(row.state) if row.state else one.state,
        question=row.question or one.question,
        answer=row.answer or one.answer,
        edited=_edited(row),
        decided_by=row.decided_by or "",
    )


def _of_settings(channels: Channels) -> dict[int, Candidate]:
    found = {}
    for place, values in channels.all_in_file():
        if not values.questions:
            continue
        first, *others = values.questions
        words = json.dumps([*place.as_mapping().values(), values.answer, *values.questions])
        number = int(hashlib.sha256(words.encode()).hexdigest()[:7], 16)
        found[number] = Candidate(
            id=f"{Kind.SETTING}:{number}",
            origin=Origin.STANDARD,
            state=Stage.APPROVED,
            question=first,
            asked=first,
            answer=values.answer,
            created_at=None,
            more_questions=tuple(others),
            scope=channels.allowed(place).as_mapping(),
        )
    return found


def _read(id: str) -> tuple[Kind, int]:
    """Read an id; a bare number is that of a suggestion. Raises CurationError for what is none."""
    match = _KEY.fullmatch(id.strip() if ":" in id else f"suggestion:{id.strip()}")
    if match is None:
        raise CurationError(
            f"{id!r} names nothing to decide on.", f"Write e.g. answer:12; it begins with {', '.join(Kind)}."
        )
    return Kind(match["kind"]), int(match["number"])


def kind_and_number(id: str) -> tuple[Kind, int] | None:
    """Return which candidate an example was made of, by its id; None where it comes from elsewhere."""
    match = _KEY.fullmatch(id.partition(".")[0])
    return (Kind(match["kind"]), int(match["number"])) if match else None


def _votes() -> Subquery:
    return (
        select(
            RatingRow.answer_id,
            func.count().filter(RatingRow.value == 1).label("up"),
            func.count().filter(RatingRow.value == -1).label("down"),
        )
        .group_by(RatingRow.answer_id)
        .subquery()
    )


def _answers(approve_likes: int) -> _Rows:
    votes = _votes()
    up, down = func.coalesce(votes.c.up, 0), func.coalesce(votes.c.down, 0)
    as_it_comes: ColumnElement[str] = literal(str(Stage.PROPOSED))
    if approve_likes:
        surely = and_(up >= approve_likes, down == 0)
        as_it_comes = case((surely, str(Stage.APPROVED)), else_=str(Stage.PROPOSED))
    # People did not like what the bot said; what a curator wrote in its place is a better answer.
    liked = or_(up > down, CuratedRow.answer.is_not(None))
    state = case(
        (CuratedRow.state.is_(None), as_it_comes),
        (CuratedRow.liked == liked, CuratedRow.state),
        else_=str(Stage.PROPOSED),
    )
    query = (
        select(AnswerRow, QuestionRow, CuratedRow, up.label("up"), down.label("down"), state.label("state"))
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .join(votes, votes.c.answer_id == AnswerRow.id)
        .outerjoin(CuratedRow, CuratedRow.answer_id == AnswerRow.id)
        .where(
            up != down,
            AnswerRow.status == Status.ANSWERED,
            AnswerRow.text != "",
            # What people wrote themselves needs no rating, see STANDARD; a model's words have their passages.
            func.json_array_length(AnswerRow.passages) > 0,
            QuestionRow.state == State.DELIVERED,
        )
    )

    def read(row: Any) -> Candidate:
        answer, asked, curated = row.AnswerRow, row.QuestionRow, row.CuratedRow
        written = None if curated is None else curated.answer
        not_liked = Origin.DISLIKED if written is None else Origin.SUGGESTED
        return Candidate(
            id=f"{Kind.ANSWER}:{answer.id}",
            origin=Origin.LIKED if row.up > row.down else not_liked,
            answer=answer.text if written is None else written,
            created_at=answer.created_at,
            given=given_of(answer, asked, row.up, row.down),
            **(_common(asked, curated, row) | ({} if _holds(row) else {"decided_by": ""})),
        )

    return _Rows(query, AnswerRow.id, state, read)


def _suggestions() -> _Rows:
    votes = _votes()
    up, down = func.coalesce(votes.c.up, 0), func.coalesce(votes.c.down, 0)
    state = SuggestionRow.state
    query = (
        select(
            SuggestionRow, AnswerRow, QuestionRow, CuratedRow, up.label("up"), down.label("down"), state.label("state")
        )
        .join(AnswerRow, AnswerRow.id == SuggestionRow.answer_id)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .outerjoin(votes, votes.c.answer_id == AnswerRow.id)
        .outerjoin(CuratedRow, CuratedRow.suggestion_id == SuggestionRow.id)
        .where(QuestionRow.state != State.WITHDRAWN)
    )

    def read(row: Any) -> Candidate:
        suggested, curated = row.SuggestionRow, row.CuratedRow
        return Candidate(
            id=f"{Kind.SUGGESTION}:{suggested.id}",
            origin=Origin.SUGGESTED,
            answer=suggested.text if curated is None or curated.answer is None else curated.answer,
            created_at=suggested.created_at,
            author=suggested.author,
            given=given_of(row.AnswerRow, row.QuestionRow, row.up, row.down),
            **(_common(row.QuestionRow, curated, row) | {"decided_by": suggested.decided_by or ""}),
        )

    return _Rows(query, SuggestionRow.id, state, read)


def _handovers() -> _Rows:
    led, about = aliased(QuestionRow, name="led"), aliased(QuestionRow, name="about")
    state = func.coalesce(CuratedRow.state, str(Stage.PROPOSED))
    query = (
        select(HandoverRow, led, about, AnswerRow, CuratedRow, state.label("state"))
        .join(led, led.id == HandoverRow.question_id)
        .outerjoin(AnswerRow, AnswerRow.id == HandoverRow.answer_id)
        .outerjoin(about, about.id == AnswerRow.question_id)
        .outerjoin(CuratedRow, CuratedRow.handover_id == HandoverRow.id)
        .where(
            HandoverRow.state == Hands.RESOLVED,
            HandoverRow.said != "",
            led.state != State.WITHDRAWN,
            or_(about.id.is_(None), about.state != State.WITHDRAWN),
        )
    )

    def read(row: Any) -> Candidate:
        handover, curated = row.HandoverRow, row.CuratedRow
        asked = row.about if row.about is not None else row.led
        return Candidate(
            id=f"{Kind.HANDOVER}:{handover.id}",
            origin=Origin.HANDED_OVER,
            answer=handover.said if curated is None or curated.answer is None else curated.answer,
            created_at=handover.resolved_at or handover.since,
            author=handover.taken_by or "",
            given=given_of(row.AnswerRow, asked, 0, 0) if row.AnswerRow is not None else None,
            **_common(asked, curated, row),
        )

    return _Rows(query, HandoverRow.id, state, read)


def _standard_answers(channels: Channels | None) -> _Rows:
    state = func.coalesce(CuratedRow.state, str(Stage.APPROVED))
    query = (
        select(StandardAnswerRow, CuratedRow, state.label("state"))
        .outerjoin(CuratedRow, CuratedRow.standard_answer_id == StandardAnswerRow.id)
        .where(
            StandardAnswerRow.approved_by.is_not(None),
            func.json_array_length(StandardAnswerRow.questions) > 0,
        )
    )

    def read(row: Any) -> Candidate:
        written, curated = row.StandardAnswerRow, row.CuratedRow
        first, *others = written.questions
        question = first if curated is None or curated.question is None else curated.question
        place = ChannelKey(written.platform, written.workspace, written.channel)
        return Candidate(
            id=f"{Kind.STANDARD}:{written.id}",
            origin=Origin.STANDARD,
            state=Stage(row.state),
            question=question,
            asked=first,
            answer=written.answer if curated is None or curated.answer is None else curated.answer,
            created_at=written.updated_at,
            author=written.written_by,
            more_questions=tuple(others),
            scope=channels.allowed(place).as_mapping() if channels else {},
            edited=_edited(curated),
            decided_by=(curated.decided_by if curated is not None else None) or written.approved_by or "",
        )

    return _Rows(query, StandardAnswerRow.id, state, read)


def _common(asked: QuestionRow, curated: CuratedRow | None, row: Any) -> dict[str, Any]:
    """Return the fields that candidates of questions from chat have in common."""
    return {
        "state": Stage(row.state),
        "question": asked.text if curated is None or curated.question is None else curated.question,
        "asked": asked.text,
        "scope": asked.scope,
        "up": getattr(row, "up", 0),
        "down": getattr(row, "down", 0),
        "edited": _edited(curated),
        "decided_by": (curated.decided_by if curated is not None else None) or "",
    }


async def undecide(session: AsyncSession, question_id: int) -> None:
    """Let nothing be approved of what was said to a question whose words have changed since.

    What was decided on or written of its answer goes, as there will be another one. What people wrote themselves goes
    back to be decided; of what one of them suggested, the last.
    """
    answers = select(AnswerRow.id).filter_by(question_id=question_id)
    await session.execute(delete(CuratedRow).where(CuratedRow.answer_id.in_(answers)))
    suggested = (
        select(SuggestionRow.author, SuggestionRow.id)
        .where(SuggestionRow.answer_id.in_(answers), SuggestionRow.state != Stage.REJECTED)
        .order_by(SuggestionRow.id)
    )
    found = (await session.execute(suggested)).all()
    last = set(dict(found).values())
    await session.execute(delete(SuggestionRow).where(SuggestionRow.id.in_({id for _, id in found} - last)))
    undecided: dict[str, Any] = {"decided_by": None}
    proposed = undecided | {"state": str(Stage.PROPOSED), "decided_at": None}
    await session.execute(update(SuggestionRow).where(SuggestionRow.id.in_(last)).values(proposed))
    helped = select(HandoverRow.id).where(HandoverRow.answer_id.in_(answers) | (HandoverRow.question_id == question_id))
    approved = CuratedRow.handover_id.in_(helped) & (CuratedRow.state == Stage.APPROVED)
    await session.execute(
        update(CuratedRow).where(CuratedRow.suggestion_id.in_(last) | approved).values(undecided | {"state": None})
    )


def _holds(row: Any) -> bool:
    """Whether what was decided of an answer still holds."""
    return row.CuratedRow is not None and row.CuratedRow.state == row.state


def _edited(curated: CuratedRow | None) -> bool:
    return curated is not None and (curated.question is not None or curated.answer is not None)


def given_of(answer: AnswerRow, asked: QuestionRow, up: int, down: int) -> Given:
    """Return an answer of the bot with how it was made and rated."""
    return Given(
        id=answer.id,
        status=Status(answer.status),
        text=answer.text,
        citations=answer.citations,
        passages=answer.passages,
        prompt=answer.prompt,
        metadata={
            "answer_id": answer.id,
            "question_id": asked.id,
            "conversation_id": asked.conversation_id,
            "platform": asked.platform,
            "workspace": asked.workspace,
            "channel": asked.channel,
            "rating": {"up": up, "down": down},
            "model": answer.model,
            "lora": answer.lora,
            "lora_scale": answer.lora_scale,
            "mode": answer.mode,
            "created_at": answer.created_at.isoformat(),
            "knowledge_version": answer.knowledge_version,
        },
    )


def only_for_people(text: str) -> bool:
    """Whether a question says nothing but that somebody wants a person: there is nothing to learn from."""
    return intents.read(text).intent in intents.HAND_OVER
