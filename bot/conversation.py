"""The pipeline: one question in, a stream of answer events out.

small talk? -> search -> route -> prompt packed -> tokens stream -> each sentence grounded -> answer
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import date
from typing import Any, Protocol

from bot import prompts, routing
from bot.followups import query_for
from bot.generation.engine import Engine, GenerationDone, GenerationRequest
from bot.grounding import Grounding
from bot.messages import (
    Answer,
    AnswerEvent,
    Citation,
    Conversation,
    Finished,
    Mode,
    Partial,
    Question,
    Searching,
    ShownPassage,
    Status,
    Turn,
)
from bot.settings import Settings
from knowledge.documents import Scope, ScoredPassage
from knowledge.retrieval import Query, Retrieval
from knowledge.sentences import Sentences

MAX_SENTENCES = 6
MAX_REMOVED = 4
"""A model that says this much that no passage carries has lost the thread."""
MIN_QUOTE_SIMILARITY = 0.4
"""Cosine to the question below which no sentence is quoted; chosen on the train questions of the benchmark."""


class Searcher(Protocol):
    """The knowledge side as the pipeline sees it; `knowledge.retrieval.Retriever` is the one there is."""

    def search(self, query: Query, k: int, scope: Scope, on: date | None = None) -> Retrieval: ...

    def similarities(self, query: Query, texts: Sequence[str]) -> list[float]: ...


class Pipeline:
    """Answers questions. Keeps nothing between them, so any number may run at once."""

    def __init__(self, settings: Settings, searcher: Searcher, engine: Engine) -> None:
        self._answering = settings.answering
        self._max_tokens = settings.model.max_tokens
        self._lora_scale = settings.lora.scale
        self._searcher = searcher
        self._engine = engine

    async def answer(
        self, question: Question, conversation: Conversation, mode: Mode | None = None
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Stream the answer to one question; the last event is `Finished`.

        `mode` overrides the settings. Raises FrontdeskError (of engine or index) with a sentence for the asker.
        """
        begun = time.monotonic()
        text = question.text.strip()
        wanted, scale = routing.draw_on(
            mode or Mode(self._answering.mode),
            has_lora=bool(self._engine.identity.lora),
            lora_scale=self._lora_scale,
        )
        if (reply := routing.smalltalk(text)) is not None:
            yield Finished(self._spoken(Status.SMALLTALK, reply, "small talk", begun))
            return
        if len(text) > self._answering.max_question_chars:
            sentence = prompts.TOO_LONG.format(
                length=len(text), limit=self._answering.max_question_chars, contact=self._answering.contact
            )
            yield Finished(self._spoken(Status.REFUSED, sentence, "question too long", begun))
            return
        yield Searching()
        turns = conversation.turns[-self._answering.history_turns :] if self._answering.history_turns else ()
        query = query_for(text, turns)
        found: tuple[ScoredPassage, ...] = ()
        confidence, version, retrieve_s = 0.0, 0, None
        if wanted in (Mode.RAG, Mode.RAG_LORA):
            retrieval = await asyncio.to_thread(self._searcher.search, query, self._answering.passages, question.scope)
            found, confidence, version = retrieval.passages, retrieval.confidence, retrieval.version
            retrieve_s = time.monotonic() - begun
        route = routing.decide(
            wanted, scale, found=len(found), confidence=confidence, min_confidence=self._answering.min_confidence
        )
        run = _Run(self._engine, route, begun, retrieve_s, version)
        if route.kind == routing.Kind.REFUSE:
            refusal = prompts.REFUSAL.format(contact=self._answering.contact)
            yield Finished(run.answer(Status.REFUSED, refusal, found, ()))
            return
        prompt = await prompts.pack(
            self._engine,
            question=text,
            turns=turns,
            passages=found,
            persona=self._answering.persona,
            max_tokens=self._max_tokens,
        )
        run.prompt = prompt
        request = GenerationRequest(
            messages=prompt.messages,
            max_tokens=self._max_tokens,
            lora_scale=route.lora_scale,
            deadline_s=self._answering.deadline_s,
        )
        if not route.retrieves:
            async with aclosing(run.free(request)) as partials:
                async for partial in partials:
                    yield Partial(partial)
            yield Finished(run.answer(Status.ANSWERED, run.text, (), ()))
            return
        grounding = Grounding([one.passage for one in prompt.passages], _asked(text, turns))
        async with aclosing(run.grounded(request, grounding)) as partials:
            async for partial in partials:
                yield Partial(partial)
        body = run.text or await self._quote(query, grounding)
        if body is None:
            refusal = prompts.REFUSAL.format(contact=self._answering.contact)
            yield Finished(run.answer(Status.REFUSED, refusal, found, (), grounding))
        else:
            yield Finished(run.answer(Status.ANSWERED, body, found, tuple(grounding.citations), grounding))

    async def _quote(self, query: Query, grounding: Grounding) -> str | None:
        """Return the documents' own sentence that is nearest to the question, cited; None where none is near."""
        sentences = grounding.quotable()
        if not sentences:
            return None
        fits = await asyncio.to_thread(self._searcher.similarities, query, [text for text, _ in sentences])
        best = max(range(len(sentences)), key=fits.__getitem__)
        return grounding.quote(*sentences[best]) if fits[best] >= MIN_QUOTE_SIMILARITY else None

    def _spoken(self, status: Status, text: str, why: str, begun: float) -> Answer:
        """Return an answer made without search and model."""
        total_s = time.monotonic() - begun
        return Answer(
            status,
            text,
            mode=Mode.BASE,
            timings={"retrieve_s": None, "first_token_s": None, "total_s": total_s},
            tokens={"prompt": 0, "completion": 0},
            notes={"route": why},
        )


class _Run:
    """One generation, with what its trace needs."""

    def __init__(
        self, engine: Engine, route: routing.Route, begun: float, retrieve_s: float | None, version: int
    ) -> None:
        self._engine = engine
        self._route = route
        self._begun = begun
        self._retrieve_s = retrieve_s
        self._version = version
        self._first_token_s: float | None = None
        self._done: GenerationDone | None = None
        self._completion_tokens = 0
        self.prompt: prompts.Prompt | None = None
        self.text = ""

    async def free(self, request: GenerationRequest) -> AsyncGenerator[str, None]:
        """Stream the model's own words."""
        async with aclosing(self._deltas(request)) as deltas:
            async for delta in deltas:
                self.text += delta
                yield self.text

    async def grounded(self, request: GenerationRequest, grounding: Grounding) -> AsyncGenerator[str, None]:
        """Stream what of the model's words the passages carry, sentence by sentence."""
        cutter, kept = Sentences(), 0
        async with aclosing(self._deltas(request)) as deltas:
            async for delta in deltas:
                for sentence in cutter.feed(delta):
                    if (checked := grounding.check(sentence)) is not None:
                        kept += 1
                        self._append(checked)
                        yield self.text
                if kept >= MAX_SENTENCES or len(grounding.removed) >= MAX_REMOVED:
                    return  # closing the stream stops the model
        # A model that was cut off leaves half a sentence, which may say the opposite of the whole.
        if self._done and self._done.reason == "stop":
            for sentence in cutter.close():
                if (checked := grounding.check(sentence)) is not None:
                    self._append(checked)
                    yield self.text

    def _append(self, sentence: str) -> None:
        joint = "" if not self.text else "\n" if sentence.startswith("\n") else " "
        self.text += joint + sentence.strip()

    async def _deltas(self, request: GenerationRequest) -> AsyncGenerator[str, None]:
        async with aclosing(self._engine.generate(request)) as events:
            async for event in events:
                if isinstance(event, GenerationDone):
                    self._done, self._completion_tokens = event, event.completion_tokens
                else:
                    self._completion_tokens += 1  # a delta is about a token; the exact count comes at the end
                    if self._first_token_s is None:
                        self._first_token_s = time.monotonic() - self._begun
                    yield event.text

    def answer(
        self,
        status: Status,
        text: str,
        found: Sequence[ScoredPassage],
        citations: tuple[Citation, ...],
        grounding: Grounding | None = None,
    ) -> Answer:
        """Return the finished answer with its trace."""
        identity = self._engine.identity
        notes: dict[str, Any] = {"route": self._route.why}
        if grounding is not None:
            notes["removed"] = grounding.removed
        return Answer(
            status=status,
            text=text.strip(),
            citations=citations,
            passages=tuple(
                ShownPassage(
                    one.passage.id,
                    one.passage.document_id,
                    one.score,
                    one.passage.title,
                    one.passage.heading,
                    one.passage.text,
                )
                for one in (self.prompt.passages if self.prompt else found)
            ),
            mode=self._route.mode,
            model=identity.name,
            lora=identity.lora if self._route.lora_scale else "",
            lora_scale=self._route.lora_scale,
            timings={
                "retrieve_s": self._retrieve_s,
                "first_token_s": self._first_token_s,
                "total_s": time.monotonic() - self._begun,
            },
            tokens={
                "prompt": self.prompt.tokens if self.prompt else 0,
                "completion": self._completion_tokens,
            },
            prompt=self.prompt.messages if self.prompt else (),
            knowledge_version=self._version,
            notes=notes,
        )


def _asked(text: str, turns: Sequence[Turn]) -> str:
    """Return the question with the user's turn before it, which a follow-up leans on."""
    before = [turn.content for turn in turns if turn.role == "user"][-1:]
    return "\n".join([*before, text])
