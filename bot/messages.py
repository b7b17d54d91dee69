"""The words of the core: questions, turns, answers, citations, ratings. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from knowledge.documents import Scope


@dataclass(frozen=True, slots=True)
class MessageKey:
    """What makes a chat message unique across platforms; the inbox holds each key once."""

    platform: str
    """`slack`, `discord`, `terminal`, …"""
    workspace: str
    """Slack team id, Discord guild id; `dm` where a platform has none."""
    channel: str
    message: str
    """Slack `ts`, Discord message or interaction id."""

    @property
    def place(self) -> tuple[str, str, str]:
        """Platform, workspace and channel."""
        return self.platform, self.workspace, self.channel


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation, as a model sees it."""

    role: str
    """`system`, `user` or `assistant`."""
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """One message that wants an answer."""

    key: MessageKey
    text: str
    """Plain text or Markdown with the mention of the bot taken out."""
    author: str
    """The platform's id of the person."""
    thread: str
    """The platform's id of the thread; with platform, workspace and channel it names the conversation."""
    scope: Scope = field(default_factory=Scope)
    """What may be told here."""
    private: bool = False
    """Whether only the asker may see the answer."""
    route: dict[str, str] = field(default_factory=dict)
    """What the platform needs to deliver the answer later (a response URL, a token); opaque to the core but for
    `handover`, which says that a person is wished for without words, and why, and `files`, which came with it."""
    asked_at: datetime | None = None
    edited_at: datetime | None = None
    """When its author last changed it, None if never."""
    addressed: bool = True
    """Whether the bot is meant for certain: a mention, a direct message, a command or a button; no mere reply."""
    begun: bool = False
    """Whether an earlier try at it may have left a post that is not recorded."""
    language: str = "en"
    """Code of the language that its asker is told things in. It is not kept, but told anew by the desk."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The earlier turns of a thread, oldest first."""

    turns: tuple[Turn, ...] = ()


class Status(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    CLARIFY = "clarify"
    HANDED_OVER = "handed_over"
    SMALLTALK = "smalltalk"


class Mode(StrEnum):
    """What an answer may draw on."""

    AUTO = "auto"
    """`rag+lora` where there is an adapter, else `rag`; the same for every question."""
    ADAPTIVE = "adaptive"
    """One of those below, chosen for each question; see `bot.routing`."""
    BASE = "base"
    LORA = "lora"
    RAG = "rag"
    RAG_LORA = "rag+lora"


@dataclass(frozen=True, slots=True)
class Citation:
    """A source of an answer. `n` is the number in square brackets in the answer's text, from 1."""

    n: int
    document_id: str
    title: str
    url: str
    heading: str
    quote: str
    """The words of the passage that the answer rests on."""
    updated: str = ""
    """The day on which the page was last changed, as YYYY-MM-DD; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage as the model was shown it, best first; kept for `/why` and for the export."""

    passage_id: str
    document_id: str
    score: float
    title: str = ""
    heading: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the readings of a question that was asked back."""

    label: str
    """What a button says; sent as a message it is understood too."""
    question: str
    """The question with this reading in it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question ended in, with its trace. Times are seconds."""

    status: Status
    text: str
    """Markdown with citation numbers such as [1]; the list of sources is not part of it."""
    citations: tuple[Citation, ...] = ()
    choices: tuple[Choice, ...] = ()
    """Of a question that is asked back."""
    passages: tuple[ShownPassage, ...] = ()
    mode: str = Mode.RAG
    model: str = ""
    lora: str = ""
    lora_scale: float = 0.0
    timings: dict[str, float | None] = field(default_factory=dict)
    """`retrieve_s`, `first_token_s` (None when no model was asked), `total_s`."""
    tokens: dict[str, int] = field(default_factory=dict)
    """`prompt` and `completion`."""
    prompt: tuple[Turn, ...] = ()
    """The messages given to the model, system first; empty when no model was asked."""
    knowledge_version: int = 0
    notes: dict[str, Any] = field(default_factory=dict)
    """The trace of decisions: why this route, what grounding took out."""

    @property
    def language(self) -> str:
        """Code of the language that its asker is told things in; English is not noted."""
        return str(self.notes.get("language", "en"))


@dataclass(frozen=True, slots=True)
class Searching:
    """Event: the question is being looked up."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Event: others are served first. May come several times, `place` getting smaller; 1 is next."""

    place: int


@dataclass(frozen=True, slots=True)
class Partial:
    """Event: the answer so far, whole (not a difference), without its sources."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Event: the last one of every stream."""

    answer: Answer


AnswerEvent = Searching | Waiting | Partial | Finished


class Reason(StrEnum):
    """Why an answer was not helpful."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    INCOMPLETE = "incomplete"
    RUDE = "rude"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Rating:
    """What one person thinks of one answer."""

    answer_id: int
    person: str
    """`{platform}:{user id}`."""
    value: int
    """1 helpful, -1 not helpful."""
    source: str = "button"
    """`button` or `reaction`."""
    reason: Reason | None = None
    """Of a value of -1."""
    words: str = ""
    """The person's own, beside the reason."""
    upset: float | None = None
    """How angry or disappointed the words are, 0 to 1; None without words."""
