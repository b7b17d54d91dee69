"""Why an answer is as it is: its kept trace, found again from a message in the chat and told as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from bot import people
from bot.messages import Status
from bot.stats import seconds
from bot.storage.database import Database, uninterrupted
from bot.storage.tables import AnswerRow, ConversationRow, PostRow, QuestionRow, RatingRow, State
from knowledge.errors import FrontdeskError

PASSAGES_TOLD = 8
REMOVED_TOLD = 8
_QUESTION_CHARS, _SENTENCE_CHARS, _EXCERPT_CHARS = 300, 200, 160
_ENDS = {
    Status.ANSWERED: "answered",
    Status.REFUSED: "refused",
    Status.CLARIFY: "asked back",
    Status.HANDED_OVER: "handed over to people",
    Status.SMALLTALK: "small talk",
}


class NoTrace(FrontdeskError):
    """There is no such answer, or none that this person may look into."""

    def __init__(self) -> None:
        super().__init__(
            "I have no answer there.",
            "Link to an answer of mine or to its question, in this workspace; what is older than the "
            "retention, or was deleted, is not kept.",
        )


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer with all that is kept of how it was made; the fields are those of `bot.messages.Answer`."""

    answer_id: int
    platform: str
    workspace: str
    channel: str
    question: str
    asked_at: datetime
    status: Status
    text: str
    citations: Sequence[Mapping[str, Any]]
    passages: Sequence[Mapping[str, Any]]
    mode: str
    model: str
    lora: str
    lora_scale: float
    timings: Mapping[str, float | None]
    tokens: Mapping[str, int]
    prompt: Sequence[Mapping[str, str]]
    knowledge_version: int
    notes: Mapping[str, Any]
    up: int
    down: int

    def as_json(self) -> dict[str, Any]:
        return {
            "answer_id": self.answer_id,
            "platform": self.platform,
            "workspace": self.workspace,
            "channel": self.channel,
            "question": self.question,
            "asked_at": self.asked_at.isoformat(),
            "status": self.status,
            "answer": self.text,
            "citations": self.citations,
            "passages": self.passages,
            "mode": self.mode,
            "model": self.model,
            "lora": self.lora,
            "lora_scale": self.lora_scale,
            "timings": self.timings,
            "tokens": self.tokens,
            "prompt": self.prompt,
            "knowledge_version": self.knowledge_version,
            "notes": self.notes,
            "rating": {"up": self.up, "down": self.down},
        }


class Traces:
    """The traces in the database. `platform` and `workspace` limit what may be looked into; None is no limit.

    Every method raises NoTrace where there is none.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_answer(self, answer_id: int) -> Trace:
        return await self._first(_answers().where(AnswerRow.id == answer_id))

    async def at(self, message: str, platform: str, workspace: str | None = None, channel: str | None = None) -> Trace:
        """Return the trace of the answer that a message carries, or that was given to it.

        `channel` may be left out where the ids of messages are unique without it.
        """
        ours = select(PostRow.question_id).filter_by(platform=platform, post=message)
        if channel:
            ours = ours.filter_by(channel=channel)
        asked = QuestionRow.message == message
        if channel:
            asked &= QuestionRow.channel == channel
        found = _answers().where(QuestionRow.platform == platform, or_(QuestionRow.id.in_(ours), asked))
        if workspace:
            found = found.where(QuestionRow.workspace == workspace)
        return await self._first(found)

    async def last(self, platform: str, workspace: str, channel: str, viewer: str, thread: str = "") -> Trace:
        """Return the trace of the last answer in a thread, or else in a channel, that the viewer could see there."""
        found = _answers().where(
            QuestionRow.platform == platform,
            QuestionRow.workspace == workspace,
            QuestionRow.channel == channel,
            or_(QuestionRow.private.is_(False), QuestionRow.author == viewer),
        )
        if thread:
            found = found.where(ConversationRow.thread == thread)
        return await self._first(found)

    @uninterrupted
    async def _first(self, found: Select[AnswerRow, QuestionRow]) -> Trace:
        async with self._database.read() as session:
            row = (await session.execute(found.order_by(AnswerRow.id.desc()).limit(1))).first()
            if row is None:
                raise NoTrace
            answer, question = row
            votes = select(RatingRow.value, func.count()).filter_by(answer_id=answer.id).group_by(RatingRow.value)
            counted = {value: count for value, count in await session.execute(votes)}  # noqa: C416
        return Trace(
            answer_id=answer.id,
            platform=question.platform,
            workspace=question.workspace,
            channel=question.channel,
            question=question.text,
            asked_at=question.asked_at,
            status=Status(answer.status),
            text=answer.text,
            citations=answer.citations,
            passages=answer.passages,
            mode=answer.mode,
            model=answer.model,
            lora=answer.lora,
            lora_scale=answer.lora_scale,
            timings=answer.timings,
            tokens=answer.tokens,
            prompt=answer.prompt,
            knowledge_version=answer.knowledge_version,
            notes=answer.notes,
            up=counted.get(1, 0),
            down=counted.get(-1, 0),
        )


def _answers() -> Select[AnswerRow, QuestionRow]:
    return (
        select(AnswerRow, QuestionRow)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .join(ConversationRow, ConversationRow.id == QuestionRow.conversation_id)
        .where(QuestionRow.state != State.WITHDRAWN)
    )


def told(trace: Trace) -> str:
    """Return a trace as Markdown for a chat message."""
    lines = [f"**Why this answer?** (answer {trace.answer_id})", f"\n{_quoted(trace.question)}\n"]
    lines += [f"- {line}" for line in (*_decided(trace), *_made(trace), *_rated(trace))]
    lines += ["\n**Passages**", *_passages(trace)]
    if unseen := trace.notes.get("shadow"):
        lines.append(f"\n**Unseen answer of the candidate {unseen['lora']}** ({_ENDS[Status(unseen['status'])]})")
        lines.append(people.plain(unseen["text"], _QUESTION_CHARS))
    removed = trace.notes.get("removed") or []
    if removed:
        lines.append(f"\n**Taken out, as the passages do not say it** ({len(removed)})")
        lines += [
            f"- “{people.plain(people.unstyled(one['sentence']), _SENTENCE_CHARS)}”: {_reason(one)}"
            for one in removed[:REMOVED_TOLD]
        ]
        if (more := len(removed) - REMOVED_TOLD) > 0:
            lines.append(f"- and {more} more")
    return "\n".join(lines)


def _quoted(question: str) -> str:
    return f"> {people.plain(question, _QUESTION_CHARS)}" if question.strip() else "> (no words)"


def _decided(trace: Trace) -> list[str]:
    notes = trace.notes
    lines = [f"{_ENDS[trace.status].capitalize()}; {notes.get('route') or 'no route was noted'}."]
    if hit := (notes.get("cache") or {}).get("hit"):
        lines.append(
            "Given again from memory: " + ("the same question" if hit != "near" else "a question like it") + "."
        )
    if notes.get("quoted"):
        lines.append("In the documents' own words: what the model said was not held by them.")
    if trace.status is Status.ANSWERED and not notes.get("removed") and trace.passages:
        lines.append("Grounding took nothing out.")
    if scope := notes.get("scope"):
        limits = "; ".join(f"{key}: {_words(value)}" for key, value in scope.items())
        lines.append(f"Taken to be about {people.plain(limits, _SENTENCE_CHARS)}.")
    if places := notes.get("by_place"):
        lines.append(f"Answered by place: {people.plain(', '.join(map(str, places)), _SENTENCE_CHARS)}.")
    return lines


def _made(trace: Trace) -> list[str]:
    if not trace.model:
        model = "No model was asked."
    else:
        adapter = f"adapter {trace.lora} at {trace.lora_scale:g}" if trace.lora else "no adapter"
        model = f"Model {trace.model}, {adapter}, mode {trace.mode}."
    if engine := trace.notes.get("engine"):
        model += f" {engine}"
    parts = [
        f"{words} {seconds(value)}"
        for words, value in (
            ("looked up in", trace.timings.get("retrieve_s")),
            ("first word after", trace.timings.get("first_token_s")),
            ("done after", trace.timings.get("total_s")),
        )
        if value is not None
    ]
    lines = [model]
    if parts:
        times = ", ".join(parts)
        lines.append(f"{times[0].upper()}{times[1:]}; {_tokens(trace)}.")
    if trace.knowledge_version:
        confidence = trace.notes.get("confidence")
        sure = f", confidence {confidence:.2f}" if isinstance(confidence, int | float) else ""
        lines.append(f"Documents of version {trace.knowledge_version}{sure}.")
    return lines


def _tokens(trace: Trace) -> str:
    prompt, completion = trace.tokens.get("prompt", 0), trace.tokens.get("completion", 0)
    return f"{prompt:,} tokens read, {completion:,} written"


def _rated(trace: Trace) -> list[str]:
    return [f"Ratings: {trace.up} helpful, {trace.down} not helpful."] if trace.up or trace.down else []


def _passages(trace: Trace) -> list[str]:
    if not trace.passages:
        return ["None was looked at."]
    cited: dict[str, list[str]] = {}
    for one in trace.citations:
        cited.setdefault(one["document_id"], []).append(f"[{one['n']}]")
    lines = []
    for number, one in enumerate(trace.passages[:PASSAGES_TOLD], start=1):
        place = " › ".join(part for part in (one.get("title"), one.get("heading")) if part)
        numbers = f", cited {' '.join(cited[one['document_id']])}" if one["document_id"] in cited else ""
        code = str(one["document_id"]).replace("`", "'")
        named = f"**{people.plain(place, _EXCERPT_CHARS)}** " if place else ""
        lines.append(f"{number}. {named}(`{code}`, score {one['score']:.3f}{numbers})")
        if text := one.get("text"):
            lines.append(f"   {people.plain(people.unstyled(text), _EXCERPT_CHARS)}")
    if (more := len(trace.passages) - PASSAGES_TOLD) > 0:
        lines.append(f"and {more} more")
    return lines


def _reason(removed: Mapping[str, Any]) -> str:
    return people.plain(str(removed.get("reason") or "not held by the passages"), _SENTENCE_CHARS)


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
