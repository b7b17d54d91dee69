"""How Frontdesk stands right now, for the people who look after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from bot.generation.engine import ModelIdentity
from bot.library import Library, moment
from bot.settings import Settings
from bot.stats import Counts, Period, collect, percent
from bot.storage.database import Database, uninterrupted
from bot.storage.tables import ConversationRow, Table


@dataclass(frozen=True, slots=True)
class State:
    """What a glance should tell."""

    version: int
    """Of the documents; 0 before anything was indexed."""
    published_at: datetime | None
    documents: int
    passages: int
    model: str
    """Empty where it is not known yet."""
    lora: str
    lora_scale: float
    today: Counts
    timezone: str
    """Of that day."""
    handovers: int | None = None
    """Threads in human hands; None where that is not kept."""
    health: Mapping[str, str] = field(default_factory=dict)
    """A sentence for each part, empty when it is well."""


class Overview:
    """Looks at every part. `model` gives what answers, `health` a sentence for each part, empty when it is well."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        library: Library,
        model: Callable[[], ModelIdentity | None] = lambda: None,
        health: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._settings = settings
        self._database = database
        self._library = library
        self._model = model
        self._health = health

    async def look(self, platform: str | None = None, workspace: str | None = None) -> State:
        """Return the state; the questions are those of a platform and workspace, where given."""
        status = await self._library.status()
        today, timezone = self._settings.today(), self._settings.schedule.timezone
        stats = await collect(self._database, Period(today, today), timezone, platform, workspace)
        identity = self._model()
        handovers = await _open_handovers(self._database, platform, workspace)
        return State(
            version=status.version,
            published_at=status.published_at,
            documents=status.documents,
            passages=status.passages,
            model=identity.name if identity else "",
            lora=identity.lora if identity else "",
            lora_scale=self._settings.lora.scale,
            today=stats.total,
            timezone=timezone,
            handovers=handovers,
            health=self._health(),
        )


@uninterrupted
async def _open_handovers(database: Database, platform: str | None, workspace: str | None) -> int | None:
    """Return how many threads are in human hands, None in a Frontdesk that does not keep them."""
    table = Table.metadata.tables.get("handovers")
    if table is None:
        return None
    standing = (
        select(func.count())
        .select_from(table.join(ConversationRow, ConversationRow.id == table.c.conversation_id))
        .where(table.c.state != "resolved")
    )
    if platform:
        standing = standing.where(ConversationRow.platform == platform)
    if workspace:
        standing = standing.where(ConversationRow.workspace == workspace)
    async with database.read() as session:
        return await session.scalar(standing) or 0


def told(state: State, now: datetime | None = None) -> str:
    """Return the state as Markdown."""
    troubles = {part: sentence for part, sentence in state.health.items() if sentence}
    well = (
        f"{len(troubles)} {'part needs' if len(troubles) == 1 else 'parts need'} attention" if troubles else "all well"
    )
    lines = [f"**Frontdesk: {well}**"]
    lines += [f"- ⚠️ {sentence}" for sentence in troubles.values()]
    if state.version:
        published = f"{age(state.published_at, now)} ({moment(state.published_at)})" if state.published_at else "once"
        lines.append(
            f"- **Documents:** {state.documents:,} in {state.passages:,} passages; version {state.version}, "
            f"published {published}"
        )
    else:
        lines.append("- **Documents:** nothing has been indexed yet; `/reindex` reads them")
    if state.model:
        adapter = f", adapter {state.lora} at {state.lora_scale:g}" if state.lora else ", no adapter"
        lines.append(f"- **Model:** {state.model}{adapter}")
    lines.append(f"- **Today** ({state.timezone}): {_today(state.today)}")
    if state.handovers is not None:
        lines.append(f"- **In human hands:** {state.handovers:,} {'thread' if state.handovers == 1 else 'threads'}")
    return "\n".join(lines)


def _today(counts: Counts) -> str:
    if not counts.questions:
        return "no questions yet"
    parts = [
        f"{count:,} {words}"
        for count, words in (
            (counts.answered, "answered"),
            (counts.refused, "refused"),
            (counts.handed_over, "handed over"),
            (counts.asked_back, "asked back"),
            (counts.failed, "ended in an error"),
            (counts.pending, "still to be answered"),
        )
        if count
    ]
    noun = "question" if counts.questions == 1 else "questions"
    helpful = f"; {percent(counts.helpful)} of the ratings helpful" if counts.helpful is not None else ""
    return f"{counts.questions:,} {noun}, {', '.join(parts)}{helpful}"


def age(when: datetime, now: datetime | None = None) -> str:
    """Return how long ago something was, in the largest unit that fits."""
    passed = max((now or datetime.now(UTC)) - when, timedelta())
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if number := passed // length:
            return f"{number} {unit if number == 1 else unit + 's'} ago"
    return "just now"
