"""The tables, typed. The migrations build them; a test holds the two against each other."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class State(StrEnum):
    """Where a question stands in the inbox."""

    ACCEPTED = "accepted"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    """The answer is kept, but not yet seen by the asker."""
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    """The asker deleted the message."""
    FAILED = "failed"
    UNHEARD = "unheard"
    """Left to the people who have taken its thread over."""


UNFINISHED = (State.ACCEPTED, State.CLAIMED, State.ANSWERED)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def storable(text: str) -> str:
    """Return text as both databases take it: NUL, which PostgreSQL refuses, and lone surrogates become U+FFFD."""
    clean = text.replace("\x00", "\ufffd")
    return clean if clean.isascii() else "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in clean)


class ChatText(TypeDecorator[str]):
    """Text from outside, kept as `storable`; JSON is cleaned likewise where it is written, see `Database`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Table(DeclarativeBase):
    """Base of the tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 -- SQLAlchemy reads it from the class
        str: String(),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


class ConversationRow(Table):
    """A thread on a platform."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("platform", "workspace", "channel", "thread"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str]
    created_at: Mapped[datetime]


class QuestionRow(Table):
    """One message in the inbox. Its id gives the order."""

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("platform", "workspace", "channel", "message"),
        Index(None, "state", "id"),
        Index(None, "conversation_id", "id"),
        Index(None, "author", "asked_at"),
        Index(None, "channel", "asked_at"),
        Index(None, "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    platform: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    message: Mapped[str]
    author: Mapped[str]
    text: Mapped[str] = mapped_column(ChatText)
    scope: Mapped[dict[str, Any]]
    private: Mapped[bool]
    route: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime]
    addressed: Mapped[bool] = mapped_column(server_default=true())
    edited_at: Mapped[datetime | None]
    """When its author last changed it, as the platform says."""
    begun: Mapped[bool] = mapped_column(server_default=false())
    """Whether somebody has claimed it before, so that a post may stand there that is not recorded."""
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    """Times that an answer was begun and the process died meanwhile."""
    claimed_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    """Nobody else claims it before; None when nobody works on it."""
    error: Mapped[str | None] = mapped_column(ChatText)


class AnswerRow(Table):
    """The answer to a question with its trace; the fields of `bot.messages.Answer`."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("question_id"), Index(None, "created_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(ChatText)
    citations: Mapped[list[Any]]
    choices: Mapped[list[Any] | None]
    """None in answers from before there were any."""
    passages: Mapped[list[Any]]
    mode: Mapped[str]
    model: Mapped[str]
    lora: Mapped[str]
    lora_scale: Mapped[float]
    timings: Mapped[dict[str, Any]]
    tokens: Mapped[dict[str, Any]]
    prompt: Mapped[list[Any]]
    knowledge_version: Mapped[int]
    notes: Mapped[dict[str, Any]]
    reminded_at: Mapped[datetime | None]
    """When its asker was asked to rate it."""
    cleaned: Mapped[bool] = mapped_column(server_default=false())
    """Whether words that it was made from are forgotten since; nothing is learned from it."""


class PostRow(Table):
    """A message of ours on the platform that carries (part of) an answer. Its id gives the order."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("platform", "workspace", "channel", "post"), Index(None, "question_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"))
    platform: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    post: Mapped[str]


class RatingRow(Table):
    """What one person thinks of one answer."""

    __tablename__ = "ratings"
    __table_args__ = (CheckConstraint("value IN (-1, 1)", name="value"),)

    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
    source: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(16))
    """Of a 👎, one of `bot.messages.Reason`; None where none was given."""
    words: Mapped[str | None] = mapped_column(ChatText)
    upset: Mapped[float | None]
    """How angry or disappointed the words are, 0 to 1; None without words."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SuggestionRow(Table):
    """A better answer than one that was given, as a person wrote it; the fields of `bot.curation.Suggestion`."""

    __tablename__ = "suggestions"
    __table_args__ = (
        Index(
            "uq_suggestions_proposed",
            "answer_id",
            "author",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(None, "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"))
    author: Mapped[str]
    text: Mapped[str] = mapped_column(ChatText)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class CuratedRow(Table):
    """What a curator decided on or wrote differently, of whatever may be learned from; see `bot.curation`."""

    __tablename__ = "curated"
    __table_args__ = (
        UniqueConstraint("answer_id"),
        UniqueConstraint("suggestion_id"),
        UniqueConstraint("handover_id"),
        UniqueConstraint("standard_answer_id"),
        Index("ix_curated_setting", "setting", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # One of these: so it goes with what it is about.
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"))
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("suggestions.id", ondelete="CASCADE"))
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("handovers.id", ondelete="CASCADE"))
    standard_answer_id: Mapped[int | None] = mapped_column(ForeignKey("standard_answers.id", ondelete="CASCADE"))
    setting: Mapped[int | None]
    """A standard answer of frontdesk.toml, see `bot.curation`; what was decided of one that is gone stays unused."""
    state: Mapped[str | None] = mapped_column(String(16))
    """None where nobody decided; of a suggestion always, which has a state of its own."""
    question: Mapped[str | None] = mapped_column(ChatText)
    """In the curator's words; None: as it was asked."""
    answer: Mapped[str | None] = mapped_column(ChatText)
    decided_by: Mapped[str | None]
    liked: Mapped[bool | None]
    """Whether what was decided on was an answer to learn, rather than one that people did not like; None where nobody
    decided, and of everything but answers, which have no such side."""
    updated_at: Mapped[datetime]


class HandoverRow(Table):
    """A thread in human hands; the fields of `bot.storage.handovers.Handover`. A thread has one at a time."""

    __tablename__ = "handovers"
    __table_args__ = (
        Index(
            "uq_handovers_standing",
            "conversation_id",
            unique=True,
            sqlite_where=text("state <> 'resolved'"),
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index(None, "question_id"),
        Index(None, "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"))
    """The message that led to it."""
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id", ondelete="SET NULL"))
    """The answer that was no help."""
    why: Mapped[str] = mapped_column(String(16))
    opened_by: Mapped[str]
    since: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    taken_by: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
    threaded: Mapped[bool]
    told: Mapped[bool]
    note: Mapped[str] = mapped_column(ChatText)
    note_platform: Mapped[str | None]
    note_channel: Mapped[str | None]
    note_thread: Mapped[str | None]
    note_post: Mapped[str | None]
    said: Mapped[str] = mapped_column(ChatText)
    reminders: Mapped[int]
    reminded_at: Mapped[datetime | None]


class PanelRow(Table):
    """A message of ours that shows the state and is kept up to date."""

    __tablename__ = "panels"

    platform: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    post: Mapped[str]


class LeaseRow(Table):
    """The right to do something alone, across processes, until it runs out."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    expires_at: Mapped[datetime]


class ForgettingsRow(Table):
    """How often something was forgotten; a single row."""

    __tablename__ = "forgettings"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


class LeftoverRow(Table):
    """What was deleted from the database, and may still stand in files made of it; the fields of `bot.privacy.Gone`."""

    __tablename__ = "leftovers"

    id: Mapped[str] = mapped_column(primary_key=True)
    """Never given twice, as a number would be once its row is gone."""
    deletion: Mapped[str]
    """The same for all that went at one wish, or in one run."""
    gone: Mapped[dict[str, Any]]
    person: Mapped[str]
    """Whose name is still to go; a row with one has nothing else."""
    until: Mapped[datetime]
    asked_before: Mapped[datetime | None]
    """Of what went by age: when all of it was asked."""


class CursorRow(Table):
    """Up to which message a channel has been heard."""

    __tablename__ = "cursors"

    platform: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    """Empty for the workspace as a whole: channels that nothing was ever heard in are looked at from there on."""
    message: Mapped[str]
    updated_at: Mapped[datetime]


class ChannelRow(Table):
    """What was set for a channel in chat; the fields of `bot.channels.values.ChannelValues` that are."""

    __tablename__ = "channel_settings"

    platform: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    values: Mapped[dict[str, Any]]
    updated_by: Mapped[str | None]
    """`{platform}:{user id}`; None where nothing was ever set."""
    updated_at: Mapped[datetime]
    greeted: Mapped[datetime | None]
    """When the bot joined the last time that it greeted the channel."""


class StandardAnswerRow(Table):
    """An answer that people wrote in chat for a channel."""

    __tablename__ = "standard_answers"
    __table_args__ = (Index(None, "platform", "workspace", "channel"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    keywords: Mapped[list[Any]]
    questions: Mapped[list[Any]]
    answer: Mapped[str] = mapped_column(ChatText)
    link: Mapped[str]
    written_by: Mapped[str]
    """`{platform}:{user id}`."""
    approved_by: Mapped[str | None]
    """The admin who approved it, empty where that one was forgotten; nobody is given it before."""
    updated_at: Mapped[datetime]
