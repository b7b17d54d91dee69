"""The engine of two: a server answers, and the model of this machine where the server does not.

The local model is not loaded as long as the server is well, so that it costs no memory; the first time the
server is found wanting, at the start or later, it is loaded, within seconds, and stays. Every question goes
to the server first, which turns away at once while it is left alone (see `bot.generation.breaker`), so that
the server takes over again by itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from bot.generation.engine import (
    AdaptedEngine,
    Answering,
    DeadlineExceeded,
    EngineError,
    GenerationEvent,
    GenerationRequest,
    ModelIdentity,
    PromptTooLong,
    TextDelta,
)
from bot.messages import Turn

_log = logging.getLogger(__name__)


class Server(AdaptedEngine, Protocol):
    """An engine that knows whether it is of use."""

    @property
    def answers(self) -> bool:
        """Whether the next question is probably answered."""
        ...


class FallbackEngine:
    """Fulfils `engine.Engine`. An answer of the second engine is announced by the event Answering."""

    def __init__(self, first: Server, second: AdaptedEngine, second_context_size: int) -> None:
        """`second_context_size` (tokens) is what the second engine will have: prompts are made to fit both."""
        self._first = first
        self._second = second
        self._second_context_size = second_context_size
        self._starting: asyncio.Task[None] | None = None
        self._started = False
        self._trouble = ""
        """Why the second one does not start."""
        self._adapters: dict[str, Path] = {}
        """Those that were added, for the second one to know when it starts."""
        self._served: str | None = None
        """The one that is served; None for that of the settings."""

    @property
    def _on_second(self) -> bool:
        """Whether the second one probably answers the next question."""
        return self._started and not self._first.answers

    @property
    def identity(self) -> ModelIdentity:
        """Of the engine that probably answers the next question."""
        if self._on_second:
            return self._second.identity
        identity = self._first.identity
        return replace(identity, context_size=min(identity.context_size, self._second_context_size))

    def health(self) -> str:
        trouble = self._first.health()
        if self._first.answers:
            return trouble
        return f"{trouble} {self._trouble or 'Meanwhile the local model answers.'}"

    async def start(self) -> None:
        """Start the first engine, and the second one where the first is of no use."""
        try:
            await self._first.start()
        except EngineError as error:
            _log.error("%s", error)
        if not self._first.answers:
            await self._start_second()

    async def stop(self) -> None:
        if self._starting:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        self._starting, self._started = None, False
        await self._first.stop()
        await self._second.stop()

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        """As `Engine.generate`. Once text was given out, the other engine is not asked: EngineError is raised."""
        loop = asyncio.get_running_loop()
        begun, said = loop.time(), False
        try:
            async with aclosing(self._first.generate(request)) as events:
                async for event in events:
                    said = said or isinstance(event, TextDelta)
                    yield event
            return
        except (PromptTooLong, DeadlineExceeded):
            raise
        except EngineError as error:
            if said:
                raise
            why = f"{error.sentence} So the local model answered."
            await self._start_second()
            if not self._started:
                raise
        identity = self._second.identity
        # The server's default adapter is not the one that is wanted here by name: ours takes its place.
        named = "" if request.lora == self._first.identity.lora else request.lora
        lora, scale = named or identity.lora, request.lora_scale
        if lora not in identity.loras or not scale:
            lora, scale = "", 0.0
        deadline_s = request.deadline_s
        if deadline_s is not None:
            deadline_s = max(0.0, deadline_s - (loop.time() - begun))
        _log.warning("%s", why)
        yield Answering(identity, lora, scale, why)
        mine = replace(request, lora=lora, lora_scale=scale, deadline_s=deadline_s)
        async with aclosing(self._second.generate(mine)) as events:
            async for event in events:
                yield event

    async def add_lora(self, path: Path, name: str) -> None:
        """As `AdaptedEngine.add_lora`: where the first engine takes it, it is taken; the second may go without."""
        await self._first.add_lora(path, name)
        self._adapters[name] = path
        if self._started:
            await self._teach_second(name)

    async def drop_lora(self, name: str) -> None:
        self._adapters.pop(name, None)
        await self._first.drop_lora(name)
        if self._started:
            await self._second.drop_lora(name)

    def serve_lora(self, name: str | None) -> None:
        self._served = name
        self._first.serve_lora(name)
        if self._started:
            self._second.serve_lora(name)

    async def _teach_second(self, name: str) -> None:
        try:
            await self._second.add_lora(self._adapters[name], name)
        except EngineError as error:
            _log.warning("The local model answers without the adapter %s: %s", name, error)

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """By the tokenizer of the engine that probably answers the next question."""
        return await (self._second if self._on_second else self._first).count_tokens(texts)

    async def count_prompt(self, messages: Sequence[Turn]) -> int:
        """By the tokenizer of the engine that probably answers the next question."""
        return await (self._second if self._on_second else self._first).count_prompt(messages)

    async def _start_second(self) -> None:
        """Load the second engine, once; where it does not load, `health` says why and the next call tries again."""
        if self._started:
            return
        if self._starting is None:
            self._starting = asyncio.create_task(self._load_second())
        await asyncio.shield(self._starting)

    async def _load_second(self) -> None:
        try:
            await self._second.start()
            for name in self._adapters:
                await self._teach_second(name)
            self._second.serve_lora(self._served)
            self._started, self._trouble = True, ""
        except EngineError as error:
            self._trouble = f"Nor does the local model answer: {error}"
            _log.error("%s", self._trouble)
        finally:
            self._starting = None
