"""The pipeline: one question in, a stream of answer events out.

small talk? -> search -> route -> prompt packed -> tokens stream -> each sentence grounded -> answer
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from datetime import date
from typing import Any

from bot import prompts, routing
from bot.generation.engine import Engine, GenerationDone, GenerationRequest, TextDelta
from bot.grounding import Grounding
from bot.lookup import Looked, Lookup, Searcher
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
from bot.scopes import Names
from bot.settings import Settings
from knowledge.documents import Passage, ScoredPassage
from knowledge.retrieval import Query
from knowledge.sentences import Sentences

MAX_SENTENCES = 6
MAX_REMOVED = 4
"""A model that says this much that no passage carries has lost the thread."""
MIN_QUOTE_SIMILARITY = 0.4
"""Cosine to the question below which no sentence is quoted; chosen on the train questions of the benchmark."""
MIN_PART_SIMILARITY = 0.3
"""The same where each of several regions or products is told by a sentence with its name."""


class Pipeline:
    """Answers questions. Keeps nothing between them, so any number may run at once."""

    def __init__(
        self, settings: Settings, searcher: Searcher, engine: Engine, today: Callable[[], date] | None = None
    ) -> None:
        """`today` is the day on which documents must hold, by default that of the settings' time zone."""
        self._answering = settings.answering
        self._max_tokens = settings.model.max_tokens
        self._lora_scale = settings.lora.scale
        self._searcher = searcher
        self._lookup = Lookup(searcher, Names(settings.scope_names), settings.answering, today or settings.today)
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
        if wanted not in (Mode.RAG, Mode.RAG_LORA):
            async with aclosing(self._freely(text, turns, wanted, scale, begun)) as events:
                async for event in events:
                    yield event
            return
        looked = await self._lookup.look(text, turns, question.scope)
        found, confidence = looked.retrieval.passages, looked.retrieval.confidence
        route = routing.decide(
            wanted,
            scale,
            found=len(found),
            confidence=confidence,
            min_confidence=self._answering.min_confidence,
            asks_back=bool(looked.choices),
        )
        run = _Run(self._engine, route, begun, time.monotonic() - begun, looked.retrieval.version, _notes(looked))
        if route.kind == routing.Kind.REFUSE:
            yield Finished(run.answer(Status.REFUSED, self._refusal(looked), found, ()))
            return
        if route.kind == routing.Kind.CLARIFY:
            yield Finished(run.answer(Status.CLARIFY, looked.which, found, ()))
            return
        if looked.parts:
            yield Finished(await self._by_place(run, looked))
            return
        run.prompt = prompt = await self._packed(looked.text, looked.turns, found)
        request = self._request(prompt, route.lora_scale)
        grounding = Grounding([one.passage for one in prompt.passages], _asked(looked.text, looked.turns))
        async with aclosing(run.grounded(request, grounding)) as partials:
            async for partial in partials:
                yield Partial(partial)
        body = run.text or await self._quote(looked.query, grounding, own=looked.own)
        if body is None:
            yield Finished(run.answer(Status.REFUSED, self._refusal(looked), found, (), grounding))
        else:
            cited = {one.document_id for one in grounding.citations}
            body = f"{body} {self._lookup.holds_for(looked, cited)}"
            yield Finished(run.answer(Status.ANSWERED, body, found, tuple(grounding.citations), grounding))

    async def _freely(
        self, text: str, turns: tuple[Turn, ...], mode: Mode, scale: float, begun: float
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Stream the model's own words; nothing is searched."""
        run = _Run(self._engine, routing.decide(mode, scale, found=0, confidence=0.0, min_confidence=0.0), begun)
        run.prompt = await self._packed(text, turns, ())
        async with aclosing(run.free(self._request(run.prompt, scale))) as partials:
            async for partial in partials:
                yield Partial(partial)
        yield Finished(run.answer(Status.ANSWERED, run.text, (), ()))

    async def _packed(self, text: str, turns: Sequence[Turn], passages: Sequence[ScoredPassage]) -> prompts.Prompt:
        return await prompts.pack(
            self._engine,
            question=text,
            turns=turns,
            passages=passages,
            persona=self._answering.persona,
            max_tokens=self._max_tokens,
        )

    def _request(self, prompt: prompts.Prompt, lora_scale: float) -> GenerationRequest:
        return GenerationRequest(
            messages=prompt.messages,
            max_tokens=self._max_tokens,
            lora_scale=lora_scale,
            deadline_s=self._answering.deadline_s,
        )

    async def _by_place(self, run: _Run, looked: Looked) -> Answer:
        """Answer for each region or product with its name, in the documents' own words.

        A model that is shown the rules of several places tells one's as the other's.
        """
        found = tuple(dict.fromkeys(one for part in looked.parts for one in part.passages))
        grounding = Grounding([one.passage for one in found], looked.text)
        quotes = []
        for part in looked.parts:
            passages = [one.passage for one in part.passages]
            if quote := await self._quote(looked.query, grounding, passages, MIN_PART_SIMILARITY):
                quotes.append(prompts.BY_PLACE.format(place=part.label, quote=quote))
        if not quotes:
            return run.answer(Status.REFUSED, self._refusal(looked), found, (), grounding)
        body = "\n\n".join([looked.lead, *quotes] if looked.lead else quotes)
        return run.answer(Status.ANSWERED, body, found, tuple(grounding.citations), grounding)

    async def _quote(
        self,
        query: Query,
        grounding: Grounding,
        among: Sequence[Passage] | None = None,
        least: float = MIN_QUOTE_SIMILARITY,
        own: Collection[str] = (),
    ) -> str | None:
        """Return the documents' own sentence that is nearest to the question, cited; None where none is near.

        One of the passages `own` (their ids) goes before the others.
        """
        sentences = grounding.quotable(among)
        if not sentences:
            return None
        fits = await asyncio.to_thread(self._searcher.similarities, query, [text for text, _ in sentences])
        near = [(fit, one) for fit, one in zip(fits, sentences, strict=True) if fit >= least]
        mine = [(fit, one) for fit, one in near if one[1].id in own]
        if not near:
            return None
        _, best = max(mine or near, key=lambda scored: scored[0])
        return grounding.quote(*best)

    def _refusal(self, looked: Looked) -> str:
        if looked.refusal:
            return f"{looked.refusal} {prompts.PLEASE_ASK.format(contact=self._answering.contact)}"
        return prompts.REFUSAL.format(contact=self._answering.contact)

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
        self,
        engine: Engine,
        route: routing.Route,
        begun: float,
        retrieve_s: float | None = None,
        version: int = 0,
        notes: Mapping[str, Any] | None = None,
    ) -> None:
        self._engine = engine
        self._route = route
        self._begun = begun
        self._retrieve_s = retrieve_s
        self._version = version
        self._notes = notes or {}
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
                elif isinstance(event, TextDelta):
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
        notes: dict[str, Any] = {"route": self._route.why, **self._notes}
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


def _notes(looked: Looked) -> dict[str, Any]:
    """Return what the trace tells of where and for what the question was taken to be meant."""
    notes: dict[str, Any] = {}
    if looked.scope is not None:
        notes["scope"] = looked.scope.as_mapping()
    if looked.choices:
        notes["choices"] = list(looked.choices)
    if looked.parts:
        notes["by_place"] = [part.label for part in looked.parts]
    return notes
