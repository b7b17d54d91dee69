"""Answers that people rated, as training examples in the formats of training programs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, func, select

from bot.claims.rewording import uncited
from bot.curation import Stage, given_of
from bot.messages import Status, Turn
from bot.stats import YEARS
from bot.storage.database import Database
from bot.storage.tables import AnswerRow, CuratedRow, QuestionRow, RatingRow, State, SuggestionRow
from bot.tuning.approved import as_given
from bot.tuning.examples import Example, Origin
from bot.tuning.formats import FORMATS, Format, Line
from bot.tuning.line_file import LineFile
from bot.tuning.redaction import Names, Redacted, redacted
from bot.tuning.splits import dealt
from knowledge.errors import FrontdeskError

RATINGS = ("up", "down", "any")
_PAGE = 100
"""Answers in memory at a time."""
_OF_BOTH = ("dpo", "kto")
"""Formats that learn from what people liked and from what they did not."""
Page = Row[AnswerRow, QuestionRow, CuratedRow | None, int, int]


class ExportError(FrontdeskError):
    """The export cannot be made as asked."""


@dataclass(frozen=True, slots=True)
class ExportFilters:
    """Which answers to export; None is no limit. `read` makes one of what people write."""

    since: datetime | None = None
    """Answers of this moment and later; with a time zone."""
    until: datetime | None = None
    """Answers before this moment; with a time zone."""
    rating: str = ""
    """`up`: more people found the answer helpful than not; `down`: the other way round; `any`: every answer;
    empty: what the format is about, `any` for those that learn from both."""
    platform: str | None = None
    workspace: str | None = None
    """The Slack workspace or Discord server in which was asked."""

    @classmethod
    def read(
        cls, since: str | None = None, until: str | None = None, rating: str | None = None, platform: str | None = None
    ) -> ExportFilters:
        """Read days (`2026-11-30`, in UTC, `until` included) or moments in ISO 8601; empty is no limit.

        Raises ExportError naming the option that cannot be read.
        """
        if rating and rating not in RATINGS:
            raise ExportError(f"rating is {rating!r}.", f"Write one of {', '.join(RATINGS)}.")
        return cls(_moment("since", since), _moment("until", until), rating or "", platform or None)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote. `skipped` answers fit the filters but cannot be an example."""

    written: int
    skipped: int
    path: Path

    def as_json(self) -> dict[str, Any]:
        return {"written": self.written, "skipped": self.skipped, "path": str(self.path)}


@dataclass(frozen=True, slots=True)
class Redaction:
    """How personal data is taken out."""

    public: tuple[str, ...] = ()
    """Texts whose addresses, numbers and names stay, besides those of the documents shown."""
    names: Names = lambda text: ()

    def __call__(self, example: Example) -> Redacted:
        return redacted(example, public=self.public, names=self.names)


Redact = Callable[[Example], Redacted]
"""`Redaction`; or `Redacted` itself, which takes nothing out."""


@dataclass(frozen=True, slots=True)
class Exported:
    """An example as an export writes it."""

    redacted: Redacted
    lines: Sequence[Line]

    def as_json(self) -> dict[str, Any]:
        """Return `{"id", "lines", "taken_out"}`, the last by placeholder. For a preview: it holds personal data."""
        taken_out = {placeholder: list(texts) for placeholder, texts in self.redacted.replaced.items()}
        return {"id": self.redacted.example.id, "lines": list(self.lines), "taken_out": taken_out}


async def exported(
    database: Database, filters: ExportFilters, format: str = "openai", redact: Redact = Redaction()
) -> AsyncGenerator[list[Exported | None], None]:
    """Yield what the filters choose in a format of `bot.tuning.formats`, a page of answers at a time, oldest first.

    Personal data is taken out by `redact`, and no metadata names a person. A curator's words go over those of an
    answer. Examples are dealt out to training, validation and test as in a set, see `bot.tuning.splits`. None stands
    for what is skipped: refusals and other answers without a model's words, those whose question was deleted or whose
    answer nobody saw, those that a curator rejected, those that no split can have, and what the format has no place
    for: a pair (`dpo`) is an answer for which a better one was written or approved.
    Raises ExportError for a format that there is not.
    """
    writer = _format(format)
    filters = replace(filters, rating=filters.rating or ("any" if format in _OF_BOTH else "up"))
    known: list[Example] = []
    async with aclosing(_examples(database, filters, writer)) as pages:
        async for page in pages:
            known += [_bound(one) for one in page if one is not None]
    sides = {one.id: one for one in (await asyncio.to_thread(dealt, known)).examples}

    def written(one: Example | None) -> Exported | None:
        if one is None or (side := sides.get(one.id)) is None:
            return None
        clean = redact(replace(one, split=side.split, group=side.group))
        return Exported(clean, writer.write(clean.example))

    async with aclosing(_examples(database, filters, writer)) as pages:
        async for page in pages:
            yield await asyncio.to_thread(list, map(written, page))


async def export(
    database: Database, out: Path, filters: ExportFilters, format: str = "openai", redact: Redact = Redaction()
) -> ExportReport:
    """Write what `exported` yields. `out` is replaced in one step at the end.

    Raises ExportError as `exported` does, and when `out` cannot be written.
    """
    file = LineFile(out)
    skipped = 0
    try:
        await asyncio.to_thread(file.open)
        try:
            async with aclosing(exported(database, filters, format, redact)) as pages:
                async for page in pages:
                    skipped += page.count(None)
                    await asyncio.to_thread(_add, file, page)
        except BaseException:
            await asyncio.to_thread(file.discard)
            raise
        await asyncio.to_thread(file.keep)
    except OSError as error:
        raise _unwritable(out, error) from error
    return ExportReport(file.written, skipped, out)


def exported_set(examples: Iterable[Example], format: str = "openai") -> Iterator[Exported | None]:
    """Yield the examples of a set in a format, None for one that it has no place for.

    Raises ExportError as `exported` does.
    """
    writer = _format(format)
    return (Exported(Redacted(one), lines) if (lines := writer.write(one)) else None for one in examples)


def export_set(examples: Iterable[Example], out: Path, format: str = "openai") -> ExportReport:
    """Write what `exported_set` yields. Raises ExportError as `export` does."""
    found = exported_set(examples, format)
    skipped = 0
    try:
        with LineFile(out) as file:
            for one in found:
                skipped += one is None
                _add(file, [one])
    except OSError as error:
        raise _unwritable(out, error) from error
    return ExportReport(file.written, skipped, out)


def _add(file: LineFile, found: Iterable[Exported | None]) -> None:
    for one in found:
        for line in one.lines if one else ():
            file.add(line)


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise ExportError(f"There is no format {name!r}.", f"Write one of {', '.join(FORMATS)}.")
    return FORMATS[name]


def _unwritable(out: Path, error: OSError) -> ExportError:
    return ExportError(
        f"{out} cannot be written: {error.strerror}.",
        "Name a file in a folder that exists, may be written and has room.",
    )


def _moment(option: str, text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ExportError(
            f"{option} is {text!r}, which is no date.", "Write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM."
        ) from None
    if moment.year not in YEARS:
        raise ExportError(
            f"{option} is {text!r}, which is too long ago or too far off.",
            f"Choose a date of the years {YEARS[0]} to {YEARS[-1]}.",
        )
    if option == "until" and len(text) <= len("2026-11-30"):
        moment += timedelta(days=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _selection(filters: ExportFilters) -> Select[AnswerRow, QuestionRow, CuratedRow | None, int, int]:
    counted = (
        select(
            RatingRow.answer_id,
            func.count().filter(RatingRow.value == 1).label("up"),
            func.count().filter(RatingRow.value == -1).label("down"),
        )
        .group_by(RatingRow.answer_id)
        .subquery()
    )
    up, down = func.coalesce(counted.c.up, 0), func.coalesce(counted.c.down, 0)
    chosen = (
        select(AnswerRow, QuestionRow, CuratedRow, up.label("up"), down.label("down"))
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .outerjoin(CuratedRow, CuratedRow.answer_id == AnswerRow.id)
        .outerjoin(counted, counted.c.answer_id == AnswerRow.id)
        .order_by(AnswerRow.id)
    )
    if filters.rating != "any":
        chosen = chosen.where(up > down if filters.rating == "up" else down > up)
    if filters.since:
        chosen = chosen.where(AnswerRow.created_at >= filters.since)
    if filters.until:
        chosen = chosen.where(AnswerRow.created_at < filters.until)
    if filters.platform:
        chosen = chosen.where(QuestionRow.platform == filters.platform)
    if filters.workspace:
        chosen = chosen.where(QuestionRow.workspace == filters.workspace)
    return chosen


async def _page(database: Database, filters: ExportFilters, after: int) -> Sequence[Page]:
    # A transaction for each page: a long one would keep SQLite's log from shrinking.
    async with database.read() as session:
        return (await session.execute(_selection(filters).where(AnswerRow.id > after).limit(_PAGE))).all()


@dataclass(frozen=True, slots=True)
class _Written:
    """What a curator wrote; None where that is as it was."""

    question: str | None
    answer: str | None


async def _better(database: Database, page: Sequence[Page]) -> dict[int, _Written]:
    """Return the suggestions that curators approved, by the id of the answer that each is about."""
    ids = [row.AnswerRow.id for row in page]
    wanted = (
        select(SuggestionRow.answer_id, CuratedRow.question, func.coalesce(CuratedRow.answer, SuggestionRow.text))
        .outerjoin(CuratedRow, CuratedRow.suggestion_id == SuggestionRow.id)
        .where(SuggestionRow.answer_id.in_(ids), SuggestionRow.state == Stage.APPROVED)
        .order_by(SuggestionRow.id)
    )
    async with database.read() as session:
        return {id: _Written(question, answer) for id, question, answer in (await session.execute(wanted)).all()}


async def _examples(
    database: Database, filters: ExportFilters, format: Format
) -> AsyncGenerator[list[Example | None], None]:
    """Yield a page of answers at a time as examples, in a curator's words; None for one that is none in this format."""
    after = 0
    while page := await _page(database, filters, after):
        after = page[-1].AnswerRow.id
        better = await _better(database, page) if format.name == "dpo" else {}
        yield await asyncio.to_thread(list, map(partial(_chosen, format, better), page))


def _chosen(format: Format, better: Mapping[int, _Written], row: Page) -> Example | None:
    answer, question, curated, up, down = row
    example = _example(answer, question, up, down)
    if curated is not None and curated.state == Stage.REJECTED:
        example = None
    written = _Written(curated.question, curated.answer) if curated is not None else _Written(None, None)
    if answer.id in better:
        written = replace(better[answer.id], question=better[answer.id].question or written.question)
    if example is not None:
        example = _over(example, written)
    if example is None or (format.name == "kto" and up == down):
        return None
    if format.name == "kto":
        # What a curator wrote is what to say, whatever people thought of the bot's own words.
        example = replace(example, liked=up > down or written.answer is not None)
    if not (format.name == "dpo" or (format.name == "kto" and down > up)):
        example = replace(example, rejected="")
    return example if format.write(example) else None


def _bound(one: Example) -> Example:
    """Return what an example's split depends on, without the rest: all of an export is in memory at a time."""
    gold = tuple(passage for passage in one.passages if passage.gold)
    about = {key: one.metadata.get(key) for key in ("conversation_id", "created_at")}
    return replace(one, answer=one.answer[:1], turns=(), prompt=(), rejected="", passages=gold, metadata=about)


def _over(example: Example, written: _Written) -> Example | None:
    """Return an example in a curator's words; None where its prompt does not hold the question to be replaced."""
    if written.question is not None:
        before, asked, behind = example.prompt[-1].content.rpartition(example.question)
        if not asked:
            return None
        last = Turn("user", f"{before}{written.question}{behind}")
        example = replace(example, question=written.question, prompt=(*example.prompt[:-1], last))
    if written.answer is not None:
        example = replace(example, answer=uncited(written.answer), rejected=example.answer)
    return example


def _example(answer: AnswerRow, question: QuestionRow, up: int, down: int) -> Example | None:
    usable = answer.status == Status.ANSWERED and question.state == State.DELIVERED and answer.text.strip()
    if not (usable and answer.prompt and answer.prompt[-1]["role"] == "user"):
        return None
    origin = Origin.DISLIKED if down > up else Origin.LIKED
    example = as_given(
        f"answer:{answer.id}", origin, question.text, given_of(answer, question, up, down), question.scope
    )
    # Whoever asks for answers that people did not like wants them; the rating stands beside.
    return replace(example, liked=True)
