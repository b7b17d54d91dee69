"""The engine that asks an OpenAI-compatible server: vLLM, llama-server, Ollama, llama-cpp-python and others.

What can go wrong on the way is handled by when it does:

- Before the first text, a dropped connection, a 429 or a 5xx is tried again after a wait that grows and is
  drawn at random, or after the time that the server asks for. Silence is not: who was not served in time
  would only join the end of the server's queue again. It lasts half of a request's deadline at the most, so that
  time is left for another engine.
- After text went out, nothing is asked again: the answer ends in an EngineError, never in half a sentence
  that looks whole.
- A server that keeps failing is left alone for a while (see `bot.generation.breaker`).

Askers are told a sentence that they can act on; the log and `health` name the server and the reason.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bot.generation.breaker import CircuitBreaker
from bot.generation.engine import (
    Answering,
    DeadlineExceeded,
    EngineError,
    EngineUnavailable,
    GenerationDone,
    GenerationEvent,
    GenerationRequest,
    ModelIdentity,
    PromptTooLong,
    TextDelta,
)
from bot.generation.markup import AnswerText, ThoughtsUnmarked
from bot.generation.openai_server import (
    PLAIN_SAMPLING,
    Chunk,
    Failure,
    Kind,
    OpenAIServer,
    Served,
    messages_json,
)
from bot.generation.token_estimate import estimated_prompt_tokens, estimated_tokens
from bot.messages import Turn
from knowledge.backoff import backoff

ASSUMED_CONTEXT_SIZE = 2048
"""Where neither the server nor the settings say: what llama-cpp-python's server has if it is not told otherwise."""
MAX_WAIT_S = 30.0
"""A server that asks for a longer pause is not waited for."""
USAGE_PATIENCE_S = 2.0
"""How long a finished answer waits for the server's token counts."""
LOOK_AGAIN_S = (2.0, 30.0)
"""First and longest pause between two looks at a server that was not there."""
ESTIMATING_S = 30.0
"""How long tokens are estimated after the server failed to count them."""
_STOPS = 4  # the protocol allows no more; the others are looked for here
_FINISHED = {"stop", "eos", "eos_token", "stop_sequence", "end_turn"}
_CACHED_COUNTS = 4096
_STOPPED = "The engine was stopped."
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RemoteConfig:
    """What the engine needs to know. Times are seconds, sizes tokens."""

    url: str
    """Base address; without a path the usual `/v1` is added."""
    model: str = ""
    """The name that the server has for the model; empty for the only one it serves."""
    loras: Mapping[str, str] = field(default_factory=dict)
    """By the name of an adapter here, the name that the server has for the model with it, or for the adapter.

    The first one answers where a request names none.
    """
    api_key: str = field(default="", repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)
    """More fields of every request for an answer, for what one server or model has and others have not."""
    context_size: int = 0
    """0 means what the server says."""
    connect_timeout_s: float = 5.0
    first_token_timeout_s: float = 60.0
    token_timeout_s: float = 20.0
    """Silence in the middle of an answer."""
    retries: int = 2


class RemoteEngine:
    """Fulfils `engine.Engine`; see the module for what it does where a server fails."""

    def __init__(self, config: RemoteConfig) -> None:
        self._config = config
        self._server: OpenAIServer | None = None
        self._served: Served | None = None
        self._outdated = True
        self._looking: asyncio.Task[Served] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._breaker = CircuitBreaker()
        self._counts: OrderedDict[str | tuple[Turn, ...], int] = OrderedDict()
        self._trouble = "The server of the language model has not been asked yet."
        self._last_failure = ""
        self._estimates_until = 0.0
        self._served_lora: str | None = None

    # Engine

    @property
    def identity(self) -> ModelIdentity:
        """As the settings say until the server has been reached."""
        config, served = self._config, self._served
        if served is None:
            return ModelIdentity(config.model or config.url, config.context_size or ASSUMED_CONTEXT_SIZE)
        size = min(filter(None, (config.context_size, served.context_size)), default=ASSUMED_CONTEXT_SIZE)
        loras = tuple(name for name, there in config.loras.items() if served.has_lora(there))
        default = next(iter(config.loras), "") if self._served_lora is None else self._served_lora
        return ModelIdentity(_short(served.model), size, default if default in loras else "", loras)

    async def check(self) -> str:
        """Ask for a few words, and return for people what answers and how tokens are counted.

        What is listed need not answer: a key may do for the list alone, a model not fit into the memory.
        Raises EngineError with the reason and what to do, for an admin. The engine runs until `stop`.
        """
        await self.start()
        request = GenerationRequest((Turn("user", "Say yes."),), 8, lora_scale=1.0 if self.identity.lora else 0.0)
        try:
            async with aclosing(self._once(request, _Clock(None))) as events:
                async for _ in events:
                    pass
        except Failure as failure:
            raise EngineError(str(failure), failure.fix) from None
        if trouble := self.health():
            raise EngineError(trouble)
        return self._about()

    def _about(self) -> str:
        identity, served = self.identity, self._served
        known = self._config.context_size or (served and served.context_size)
        assumed = "" if known else " (assumed: set generation.context_size)"
        loras = f", adapters {', '.join(identity.loras)}" if identity.loras else ""
        counts = "counted by the server" if served and served.counts_exactly else "estimated on the safe side"
        return (
            f"{self._config.url} serves {identity.name} with {identity.context_size:,} tokens of context{assumed}"
            f"{loras}; tokens are {counts}."
        )

    @property
    def answers(self) -> bool:
        """Whether the server was found the last time it was looked at, and is not left alone."""
        return not self._trouble and not self._breaker.is_open

    def health(self) -> str:
        if self._trouble:
            return self._trouble
        if self._breaker.is_open:
            wait = self._breaker.wait_s
            when = f"in {wait:.0f} s" if wait >= 1 else "with the next question"
            return f"{self._last_failure} That was failure {self._breaker.failures} in a row; it is tried again {when}."
        missing = [name for name in self._config.loras if name not in self.identity.loras]
        if self._served and missing:
            return (
                f"The server has no model or adapter {self._config.loras[missing[0]]!r} for the adapter "
                f"{missing[0]!r}, so answers come without it. Mend generation.loras; the server has: "
                f"{', '.join([*self._served.models, *self._served.lora_numbers])}."
            )
        return ""

    async def start(self) -> None:
        """Look at what is served. A server that is down does not keep the engine from starting.

        It is looked for from then on; `health` says so. Raises EngineError with what to do where asking
        again would not help: a wrong key, a model that is not served, an address that speaks no such protocol.
        Even then the engine runs until `stop`, and asks again with every request.
        """
        if self._server is not None:
            return
        config = self._config
        self._server = OpenAIServer(config.url, config.api_key, connect_timeout_s=config.connect_timeout_s)
        try:
            await self._known()
        except Failure as failure:
            if not failure.temporary:
                raise EngineError(str(failure), failure.fix) from None
            _log.warning("%s It is looked for until it is there.", failure)

    async def stop(self) -> None:
        server, self._server = self._server, None
        watcher, self._watcher = self._watcher, None
        looking, self._looking = self._looking, None
        self._trouble, self._outdated = _STOPPED, True
        if watcher:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
        if server:
            await server.close()
        if looking:  # it ends with the connections that it waits on
            await asyncio.gather(looking, return_exceptions=True)
            self._trouble, self._outdated = _STOPPED, True

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        clock = _Clock(request.deadline_s)
        for attempt in range(self._config.retries + 1):
            said = False
            try:
                async with aclosing(self._once(request, clock)) as events:
                    async for event in events:
                        said = said or isinstance(event, TextDelta)
                        yield event
                return
            except Failure as failure:
                _log.warning("%s", failure)
                if said and self._server is not None:
                    raise EngineUnavailable("The answer broke off in the middle.", "Please ask again.") from None
                wait = backoff(attempt) if failure.wait_s is None else failure.wait_s
                again = failure.temporary and not failure.silent and attempt < self._config.retries
                hopeless = not again or self._server is None
                if hopeless or wait > MAX_WAIT_S or clock.is_over_in(wait):
                    raise failure.error from None
            await clock.within(asyncio.sleep(wait))

    async def add_lora(self, path: Path, name: str) -> None:
        """Look whether the server has a name for the adapter: nothing is sent there. Raises EngineError where not."""
        if name not in self._config.loras:
            raise EngineError(
                f"The server is not known to have the adapter {name}.",
                f"Start the server with it, add `{name} = …` with its name there to generation.loras, and restart.",
            )

    async def drop_lora(self, name: str) -> None:
        """The server keeps its adapters."""

    def serve_lora(self, name: str | None) -> None:
        self._served_lora = name

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Exact where the server counts (vLLM, llama-server), else estimated on the safe side."""
        return list(await asyncio.gather(*(self._count_text(text) for text in texts)))

    async def count_prompt(self, messages: Sequence[Turn]) -> int:
        """Exact where the server counts (vLLM, llama-server), else estimated on the safe side."""
        return await self._count_prompt(tuple(messages))

    # Token counts

    async def _count_text(self, text: str) -> int:
        return await self._remembered(text, estimated_tokens(text))

    async def _count_prompt(self, messages: tuple[Turn, ...]) -> int:
        return await self._remembered(messages, estimated_prompt_tokens(messages))

    async def _remembered(self, counted: str | tuple[Turn, ...], estimate: int) -> int:
        if counted in self._counts:
            self._counts.move_to_end(counted)
            return self._counts[counted]
        served = self._served
        if served is None or self._outdated or not served.counts_exactly:
            return estimate
        if self._breaker.is_open or _Clock.now() < self._estimates_until:
            return estimate
        try:
            server = self._running()
            if isinstance(counted, str):
                count = await server.count_text(served, counted)
            else:
                count = await server.count_prompt(served, counted)
        except Failure as failure:
            _log.warning("Tokens are estimated for a while: %s", failure)
            self._estimates_until = _Clock.now() + ESTIMATING_S
            return estimate
        if count is None:
            return estimate
        self._counts[counted] = count
        if len(self._counts) > _CACHED_COUNTS:
            self._counts.popitem(last=False)
        return count

    # What the server is

    def _running(self) -> OpenAIServer:
        if self._server is None:
            raise Failure(
                "The engine is not running.",
                temporary=False,
                error=EngineError("The model was stopped before the answer was finished.", "Ask again."),
            )
        return self._server

    async def _known(self) -> Served:
        """Return what is served, looked at anew where that may have changed. Raises Failure.

        Who asks meanwhile waits for the look that is under way: one after another, each would wait as long again.
        """
        if self._served is not None and not self._outdated:
            return self._served
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)

    async def _look(self) -> Served:
        try:
            served = await self._running().look(self._config.model)
        except Failure as failure:
            self._note(failure)
            self._trouble = f"{failure} {failure.fix}".strip()
            if self._server and not self._watcher:
                self._watcher = asyncio.create_task(self._watch())
            raise
        if served != self._served:
            self._counts.clear()
        self._served, self._outdated, self._trouble = served, False, ""
        self._breaker.succeeded()
        return served

    async def _watch(self) -> None:
        """Look again and again until it goes well, so that `health` is right though nobody asks a question."""
        pause, longest = LOOK_AGAIN_S
        while self._served is None or self._outdated:
            await asyncio.sleep(pause)
            pause = min(longest, pause * 2)
            with contextlib.suppress(Failure):
                await self._known()
        self._watcher = None
        _log.info("%s is there now.", self._running().place)

    def _enter(self) -> None:
        """Raise Failure where the server is left alone for now."""
        if not self._breaker.lets_through():
            raise Failure(self.health(), temporary=False, unwell=False, error=_alone())

    def _note(self, failure: Failure) -> None:
        if failure.outdated:
            self._outdated = True
        if failure.unwell:
            self._last_failure = str(failure)
            self._breaker.failed()

    # Answers

    async def _once(self, request: GenerationRequest, clock: _Clock) -> AsyncGenerator[GenerationEvent, None]:
        """Ask once and yield what comes. Raises Failure."""
        self._enter()
        served = await clock.within(self._known())
        name, scale, why = self._adapter(request, served)
        if why:
            yield Answering(self.identity, name, scale, why)
        prompt = await clock.within(self._count_prompt(request.messages))
        self._check_room(request, prompt)
        body = self._body(request, served, self._config.loras[name] if name else "", scale)
        answer = _Answer(request)
        try:
            async with aclosing(self._running().stream(body)) as chunks:
                # Past the deadline it would be too late for the local model, and no failure of the server.
                limit = min(self._config.first_token_timeout_s, clock.left_s / 2)
                since, begun = clock.now(), False
                while not answer.reason:
                    try:
                        chunk = await clock.within(anext(chunks), since + limit)
                    except StopAsyncIteration:
                        raise Failure(
                            "The server ended the stream in the middle of an answer.", temporary=True
                        ) from None
                    except _Silence:
                        raise self._silent(limit, begun=begun) from None
                    if chunk.text or chunk.thinking:
                        since, limit, begun = clock.now(), self._config.token_timeout_s, True
                    if text := answer.add(chunk):
                        yield TextDelta(text)
                with contextlib.suppress(StopAsyncIteration, _Silence, Failure):
                    until = clock.now() + USAGE_PATIENCE_S
                    while answer.awaits_usage:
                        answer.usage = (await clock.within(anext(chunks), until)).usage
        except Failure as failure:
            self._note(failure)
            raise
        self._breaker.succeeded()
        yield GenerationDone(answer.reason, *(answer.usage or (prompt, answer.pieces)))

    def _silent(self, limit: float, *, begun: bool) -> Failure:
        what = "said no further word" if begun else "did not begin to answer"
        return Failure(
            f"{self._running().place} {what} within {round(limit, 1):g} s.",
            f"See what keeps it busy, or set generation.{'' if begun else 'first_'}token_timeout_s higher.",
            temporary=begun,
            error=EngineUnavailable(
                "The server of the language model takes too long to answer.", "Please ask again later."
            ),
        )

    def _adapter(self, request: GenerationRequest, served: Served) -> tuple[str, float, str]:
        """Return the adapter and its scale that answer, and why it is not the one that was asked for."""
        if request.lora_scale <= 0:
            return "", 0.0, ""
        identity = self.identity
        name = request.lora or identity.lora
        if name not in identity.loras:
            wanted = name or next(iter(self._config.loras), "")
            return "", 0.0, f"The server has no adapter {wanted!r}." if wanted else "The server has no adapter."
        if self._config.loras[name] not in served.lora_numbers and request.lora_scale != 1:
            return name, 1.0, "The server applies an adapter as it is, at scale 1."
        return name, request.lora_scale, ""

    def _check_room(self, request: GenerationRequest, prompt: int) -> None:
        """Raise PromptTooLong where prompt and answer don't fit: not every server says so, some cut in silence."""
        size = self.identity.context_size
        if prompt + request.max_tokens > size:
            about = "" if self._served and self._served.counts_exactly else "about "
            raise PromptTooLong(
                f"The prompt has {about}{prompt:,} tokens and {request.max_tokens:,} are kept for the answer; "
                f"the model's context holds {size:,}.",
                "Shorten the question or show fewer passages.",
            )

    def _body(self, request: GenerationRequest, served: Served, lora: str, scale: float) -> dict[str, Any]:
        """`lora` is the server's name of the adapter."""
        body: dict[str, Any] = {
            **PLAIN_SAMPLING.get(served.kind, {}),
            **self._config.options,
            "model": lora if lora and lora not in served.lora_numbers else served.model,
            "messages": messages_json(request.messages),
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.temperature > 0:
            body |= {"top_p": request.top_p, "seed": request.seed}
        if request.stop:
            body["stop"] = list(request.stop[:_STOPS])
        if served.lora_numbers:
            # Left out, an adapter keeps the scale that the server was started with.
            body["lora"] = [
                {"id": number, "scale": scale if name == lora else 0.0} for name, number in served.lora_numbers.items()
            ]
        if request.grammar:
            body |= _grammar(served.kind, request.grammar)
        return body


class _Answer:
    """What one stream has said."""

    def __init__(self, request: GenerationRequest) -> None:
        self._text = AnswerText(request.stop, given=[turn.content for turn in request.messages])
        self._room = 32 * request.max_tokens + 1024  # characters; no model's tokens are that long on average
        self._finished = False
        self.pieces = 0
        """Events with text, about the number of tokens."""
        self.reason = ""
        """`stop`, `length` or `cut` once it has ended, see `GenerationDone`."""
        self.usage: tuple[int, int] | None = None

    @property
    def awaits_usage(self) -> bool:
        """Whether the token counts may still come: not from a server that was interrupted."""
        return self._finished and self.usage is None

    def add(self, chunk: Chunk) -> str:
        """Take what the server sent and return what to say of it. Raises Failure."""
        self.usage = chunk.usage or self.usage
        self.pieces += bool(chunk.text)
        self._finished = bool(chunk.finish)
        try:
            shown, over = self._text.push(chunk.text, last=self._finished)
        except ThoughtsUnmarked:
            raise Failure(
                "The server shows what the model thinks as if it were the answer.",
                "Switch thinking off there, or its recognition on: --reasoning-parser (vLLM), "
                "--reasoning-format deepseek (llama-server).",
                temporary=False,
            ) from None
        self._room -= len(chunk.text)
        if over or (self._finished and self._text.cut):
            self.reason = "cut" if self._text.cut else "stop"
        elif self._finished:
            self.reason = "stop" if chunk.finish in _FINISHED else "length"
        elif self._room < 0:  # it does not keep to max_tokens
            self.reason = "length"
        return shown


class _Silence(Exception):
    """Nothing came in the time given."""


class _Clock:
    """How much time a request has left."""

    def __init__(self, deadline_s: float | None) -> None:
        self._given_s = deadline_s
        self._deadline = None if deadline_s is None else self.now() + deadline_s

    @staticmethod
    def now() -> float:
        return asyncio.get_running_loop().time()

    @property
    def left_s(self) -> float:
        """Seconds up to the deadline; infinite without one."""
        return math.inf if self._deadline is None else self._deadline - self.now()

    def is_over_in(self, seconds: float) -> bool:
        return self.left_s <= seconds

    async def within(self, waiting: Awaitable[_T], until: float | None = None) -> _T:
        """Wait no longer than the request's deadline and `until`.

        Raises DeadlineExceeded past the one and _Silence past the other.
        """
        limits = [limit for limit in (self._deadline, until) if limit is not None]
        try:
            async with asyncio.timeout_at(min(limits, default=None)) as timeout:
                return await waiting
        except TimeoutError:
            if not timeout.expired():
                raise
            if self.is_over_in(0):
                raise DeadlineExceeded(
                    f"The answer was not finished within {self._given_s:g} seconds.",
                    "Ask again later, or ask for less.",
                ) from None
            raise _Silence from None


def _grammar(kind: Kind, grammar: str) -> dict[str, Any]:
    if kind in (Kind.LLAMA_SERVER, Kind.LLAMA_CPP_PYTHON):
        return {"grammar": grammar}
    if kind is Kind.VLLM:
        return {"structured_outputs": {"grammar": grammar}}
    raise Failure(
        "This server is not known to keep to a grammar.",
        temporary=False,
        unwell=False,
        error=EngineError("The server of the language model cannot keep to a given form.", "Use another server."),
    )


def _alone() -> EngineError:
    return EngineUnavailable(
        "The server of the language model failed several times and is left alone for a moment.",
        "Please ask again in a minute.",
    )


def _short(model: str) -> str:
    """Return a model's name for people: llama-server has the path of the file."""
    return model.replace("\\", "/").rpartition("/")[2].removesuffix(".gguf") if model.endswith(".gguf") else model
