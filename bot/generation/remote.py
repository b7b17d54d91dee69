"""The engine that asks an OpenAI-compatible server: vLLM, llama-server, Ollama, llama-cpp-python and others.

What can go wrong on the way is handled by when it does:

- Before the first text, a dropped connection, a 429 or a 5xx is tried again after a wait that grows and is
  drawn at random, or after the time that the server asks for. Silence is not: who was not served in time
  would only join the end of the server's queue again.
- After text went out, nothing is asked for blindly. The same prompt is sent again, and what comes is held
  against what was said: a greedy answer repeats itself, and goes on behind the last word. If it does not
  repeat itself, the answer ends in a sentence rather than in two beginnings.
- A server that keeps failing is left alone for a while (see `bot.generation.breaker`).

Askers are told a sentence that they can act on; the log and `health` name the server and the reason.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.generation.breaker import BreakerOpen, CircuitBreaker
from bot.generation.engine import (
    Answering,
    DeadlineExceeded,
    EngineError,
    GenerationDone,
    GenerationEvent,
    GenerationRequest,
    ModelIdentity,
    PromptTooLong,
    Queued,
    TextDelta,
)
from bot.generation.openai_server import (
    PLAIN_SAMPLING,
    Failure,
    Kind,
    OpenAIServer,
    Served,
    messages_json,
)
from bot.generation.text_stream import StopMatcher
from bot.generation.token_estimate import estimated_prompt_tokens, estimated_tokens
from bot.generation.waiting import WaitingLine
from bot.messages import Turn
from knowledge.backoff import backoff

ASSUMED_CONTEXT_SIZE = 2048
"""Where neither the server nor the settings say: what llama-cpp-python's server has if it is not told otherwise.

Ollama, which does not say, drops the beginning of a longer prompt without a word.
"""
MAX_WAIT_S = 30.0
"""A server that asks for a longer pause is not waited for."""
USAGE_PATIENCE_S = 2.0
"""How long a finished answer waits for the server's token counts."""
LOOK_AGAIN_S = (2.0, 30.0)
"""First and longest pause between two looks at a server that was not there at the start."""
_STOPS = 4  # the protocol allows no more; the others are looked for here
_FINISHED = {"stop", "eos", "eos_token", "stop_sequence", "end_turn"}
_CACHED_COUNTS = 4096
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RemoteConfig:
    """What the engine needs to know. Times are seconds, sizes tokens."""

    url: str
    """Base address; without a path the usual `/v1` is added."""
    model: str = ""
    """The name that the server has for the model; empty for the only one it serves."""
    lora_model: str = ""
    """The name that the server has for the model with its adapter, or for the adapter; empty for the only one."""
    api_key: str = field(default="", repr=False)
    context_size: int = 0
    """0 means what the server says."""
    concurrency: int = 8
    """Answers asked for at the same time."""
    queue_size: int = 64
    """Requests that may wait while all of those are taken."""
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
        self._looking = asyncio.Lock()
        self._watcher: asyncio.Task[None] | None = None
        self._breaker = CircuitBreaker()
        self._line = WaitingLine(config.concurrency, config.queue_size)
        self._counts: OrderedDict[str | tuple[Turn, ...], int] = OrderedDict()
        self._trouble = "The server of the language model has not been asked yet."
        self._last_failure = ""

    # Engine

    @property
    def identity(self) -> ModelIdentity:
        """As the settings say until the server has been reached."""
        config, served = self._config, self._served
        if served is None:
            return ModelIdentity(config.model or config.url, config.context_size or ASSUMED_CONTEXT_SIZE)
        size = min(filter(None, (config.context_size, served.context_size)), default=ASSUMED_CONTEXT_SIZE)
        return ModelIdentity(_short(served.model), size, self._lora(served), served.loras)

    @property
    def counts_exactly(self) -> bool:
        """Whether the server's own tokenizer counts; else counts are estimates on the safe side."""
        return self._served is not None and self._served.counts_exactly

    @property
    def knows_context_size(self) -> bool:
        """Whether the server or the settings told the size of the context; else it is an assumption."""
        return bool(self._config.context_size or (self._served and self._served.context_size))

    def health(self) -> str:
        if self._trouble:
            return self._trouble
        if self._breaker.is_open:
            wait = self._breaker.wait_s
            when = f"in {wait:.0f} s" if wait >= 1 else "with the next question"
            return f"{self._last_failure} That was failure {self._breaker.failures} in a row; it is tried again {when}."
        served, wanted = self._served, self._config.lora_model
        if served and wanted and not self._lora(served):
            known = f" It serves {', '.join(served.loras)}." if served.loras else ""
            return (
                f"The server has no adapter {wanted!r}, so answers come from the base model alone.{known} "
                "Set generation.lora_model to one that it serves, or to nothing."
            )
        return ""

    async def start(self) -> None:
        """Look at what is served. A server that is down does not keep the engine from starting.

        It is looked for from then on; `health` says so. Raises EngineError with what to do where asking
        again would not help: a wrong key, a model that is not served, an address that speaks no such protocol.
        """
        if self._server is not None:
            return
        config = self._config
        self._server = OpenAIServer(
            config.url,
            config.api_key,
            connect_timeout_s=config.connect_timeout_s,
            connections=config.concurrency,
        )
        try:
            await self._known()
        except Failure as failure:
            if not failure.temporary:
                await self.stop()
                self._trouble = f"{failure} {failure.fix}"
                raise EngineError(str(failure), failure.fix) from None
            _log.warning("%s It is looked for until it is there.", failure)
            self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        server, self._server = self._server, None
        watcher, self._watcher = self._watcher, None
        self._trouble, self._outdated = "The engine was stopped.", True
        if watcher:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
        if server:
            await server.close()

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        clock = _Clock(request.deadline_s)
        ticket = self._line.enter()
        try:
            while place := ticket.place:
                yield Queued(place)
                await clock.within(ticket.moved())
            async with aclosing(self._answer(request, clock)) as events:
                async for event in events:
                    yield event
        finally:
            ticket.leave()

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Exact where the server counts (vLLM, llama-server), else estimated on the safe side."""
        return await self._counted([self._count_text(text) for text in texts])

    async def count_prompt(self, messages: Sequence[Turn]) -> int:
        """Exact where the server counts (vLLM, llama-server), else estimated on the safe side."""
        (count,) = await self._counted([self._count_prompt(tuple(messages))])
        return count

    # Token counts

    async def _counted(self, counting: Sequence[Awaitable[int]]) -> list[int]:
        try:
            return list(await asyncio.gather(*counting))
        except Failure as failure:
            _log.warning("%s", failure)
            raise failure.error from None

    async def _count_text(self, text: str) -> int:
        return await self._remembered(text, estimated_tokens(text))

    async def _count_prompt(self, messages: tuple[Turn, ...]) -> int:
        return await self._remembered(messages, estimated_prompt_tokens(messages))

    async def _remembered(self, counted: str | tuple[Turn, ...], estimate: int) -> int:
        served = await self._known()
        if not served.counts_exactly:
            return estimate
        if counted in self._counts:
            self._counts.move_to_end(counted)
            return self._counts[counted]
        server = self._running()
        ask = server.count_text(served, counted) if isinstance(counted, str) else server.count_prompt(served, counted)
        count = await self._tried(ask)
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
        """Return what is served, looked at anew where that may have changed. Raises Failure."""
        async with self._looking:
            if self._served is None or self._outdated:
                server = self._running()
                try:
                    served = await self._tried(server.look(self._config.model))
                except Failure as failure:
                    if self._served is None:
                        self._trouble = f"{failure} {failure.fix}".strip()
                    raise
                if served != self._served:
                    self._counts.clear()
                self._served, self._outdated, self._trouble = served, False, ""
            return self._served

    async def _watch(self) -> None:
        pause, longest = LOOK_AGAIN_S
        while self._served is None:
            await asyncio.sleep(pause)
            pause = min(longest, pause * 2)
            with contextlib.suppress(Failure):
                await self._known()
                _log.info("%s is there now.", self._config.url)

    async def _tried(self, asking: Awaitable[_T]) -> _T:
        """Ask something small, under the breaker's eye."""
        with self._attempt() as attempt:
            try:
                return await asking
            except Failure as failure:
                self._note(failure, attempt)
                raise

    @contextlib.contextmanager
    def _attempt(self) -> Any:
        try:
            with self._breaker.attempt() as attempt:
                yield attempt
        except BreakerOpen:
            raise Failure(f"{self.health()}", temporary=True, unwell=False) from None

    def _note(self, failure: Failure, attempt: Any) -> None:
        if failure.outdated:
            self._outdated = True
        if failure.unwell:
            self._last_failure = str(failure)
            attempt.failed()

    def _lora(self, served: Served) -> str:
        """Return the name of the adapter that answers where a request names none."""
        wanted = self._config.lora_model
        if wanted:
            return wanted if wanted in served.loras else ""
        return served.loras[0] if len(served.loras) == 1 else ""

    # Answers

    async def _answer(self, request: GenerationRequest, clock: _Clock) -> AsyncGenerator[GenerationEvent, None]:
        said, told = "", False
        for attempt in range(self._config.retries + 1):
            try:
                async with aclosing(self._once(request, clock, said)) as events:
                    async for event in events:
                        if isinstance(event, TextDelta):
                            said += event.text
                        elif isinstance(event, Answering):
                            if told:
                                continue
                            told = True
                        yield event
                return
            except Failure as failure:
                _log.warning("%s", failure)
                wait = backoff(attempt) if failure.wait_s is None else failure.wait_s
                hopeless = not failure.temporary or attempt == self._config.retries or self._server is None
                if hopeless or wait > MAX_WAIT_S or clock.is_over_in(wait):
                    raise self._last_word(failure, said) from None
            await clock.within(asyncio.sleep(wait))

    def _last_word(self, failure: Failure, said: str) -> EngineError:
        if said and self._server is not None:
            return EngineError("The answer broke off in the middle.", "Please ask again.")
        return failure.error

    async def _once(
        self, request: GenerationRequest, clock: _Clock, said: str
    ) -> AsyncGenerator[GenerationEvent, None]:
        """Ask once; yield what comes after `said`. Raises Failure."""
        served = await clock.within(self._known())
        lora, scale, why = self._adapter(request, served)
        if why and not said:
            yield Answering(self.identity, lora, scale, why)
        await self._check_room(request, clock)
        body = self._body(request, served, lora, scale)
        answer = _Answer(said, request)
        with self._attempt() as attempt:
            try:
                async with aclosing(self._running().stream(body)) as chunks:
                    begun, since = False, clock.now()
                    while not answer.reason:
                        limit = self._config.token_timeout_s if begun else self._config.first_token_timeout_s
                        try:
                            chunk = await clock.within(anext(chunks), since + limit)
                        except StopAsyncIteration:
                            answer.end()
                            break
                        except _Silence:
                            raise self._silent(limit, begun=begun) from None
                        if chunk.text or chunk.thinking:
                            begun, since = True, clock.now()
                        if text := answer.add(chunk.text, chunk.finish):
                            attempt.succeeded()
                            yield TextDelta(text)
                        answer.usage = chunk.usage or answer.usage
                    with contextlib.suppress(StopAsyncIteration, _Silence, Failure):
                        until = clock.now() + USAGE_PATIENCE_S
                        while answer.finished and answer.usage is None:
                            answer.usage = (await clock.within(anext(chunks), until)).usage
            except Failure as failure:
                self._note(failure, attempt)
                raise
            attempt.succeeded()
        if rest := answer.rest():
            yield TextDelta(rest)
        prompt, completion = answer.usage or (await self._count_prompt(request.messages), answer.pieces)
        yield GenerationDone(answer.reason, prompt, completion)

    def _silent(self, limit: float, *, begun: bool) -> Failure:
        what = "said no further word" if begun else "did not begin to answer"
        return Failure(
            f"{self._running().place} {what} within {limit:g} s.",
            temporary=begun,
            outdated=True,
            error=EngineError("The server of the language model takes too long to answer.", "Please ask again later."),
        )

    def _adapter(self, request: GenerationRequest, served: Served) -> tuple[str, float, str]:
        """Return the adapter and its scale that answer, and why it is not the one that was asked for."""
        if request.lora_scale <= 0:
            return "", 0.0, ""
        name = request.lora or self._lora(served)
        if name not in served.loras:
            return "", 0.0, f"The server has no adapter {request.lora or self._config.lora_model!r}."
        if name not in served.lora_numbers and request.lora_scale != 1:
            return name, 1.0, "The server applies an adapter as it is, at scale 1."
        return name, request.lora_scale, ""

    async def _check_room(self, request: GenerationRequest, clock: _Clock) -> None:
        """Raise PromptTooLong where prompt and answer don't fit: not every server says so, some cut in silence."""
        prompt = await clock.within(self._count_prompt(request.messages))
        size = self.identity.context_size
        if prompt + request.max_tokens > size:
            about = "" if self.counts_exactly else "about "
            raise PromptTooLong(
                f"The prompt has {about}{prompt:,} tokens and {request.max_tokens:,} are kept for the answer; "
                f"the model's context holds {size:,}.",
                "Shorten the question or show fewer passages.",
            )

    def _body(self, request: GenerationRequest, served: Served, lora: str, scale: float) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": lora if lora and lora not in served.lora_numbers else served.model,
            "messages": messages_json(request.messages),
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
        } | PLAIN_SAMPLING.get(served.kind, {})
        if request.temperature > 0:
            body |= {"top_p": request.top_p, "seed": request.seed}
        if request.stop:
            body["stop"] = list(request.stop[:_STOPS])
        if served.lora_numbers and (lora or self._lora(served)):
            # Left out, an adapter keeps the scale that the server was started with.
            body["lora"] = [
                {"id": number, "scale": scale if name == lora else 0.0} for name, number in served.lora_numbers.items()
            ]
        if request.grammar:
            body |= _grammar(served.kind, request.grammar)
        return body


class _Answer:
    """The text of one attempt, held against what an earlier one already said."""

    def __init__(self, said: str, request: GenerationRequest) -> None:
        self._said = said
        self._matcher = StopMatcher(request.stop)
        self._limit = 32 * request.max_tokens + 1024  # characters; no model's tokens are that long on average
        self._text = ""
        self._half = ""
        self.pieces = 0
        """Events with text, about the number of tokens."""
        self.reason = ""
        """`stop` or `length` once it has ended."""
        self.finished = False
        """Whether the server said that it has ended."""
        self.usage: tuple[int, int] | None = None

    def add(self, text: str, finish: str) -> str:
        """Take what the server sent and return what to say of it. Raises Failure where it contradicts what was said."""
        self.pieces += bool(text)
        shown, stopped = self._matcher.push(self._whole(text, last=bool(finish)))
        if finish and not stopped:
            shown += self._matcher.flush()
        if stopped:
            self.reason = "stop"
        elif finish:
            self.finished = True
            self.reason = "stop" if finish in _FINISHED else "length"
        elif len(self._text) + len(shown) > self._limit:  # it does not keep to max_tokens
            self.reason = "length"
        return self._new(shown)

    def end(self) -> None:
        """The stream is over. Raises Failure where the server did not say that the answer is."""
        if self._said and self._text == self._said:
            # It stopped at the very same word before: it never says so.
            self.reason = "stop"
            return
        raise Failure("The server ended the stream in the middle of an answer.", temporary=True)

    def rest(self) -> str:
        """Return nothing, or raise Failure where the answer is shorter this time than what was said."""
        if len(self._text) < len(self._said):
            raise self._other()
        return ""

    def _new(self, shown: str) -> str:
        before, self._text = len(self._text), self._text + shown
        if not self._text.startswith(self._said[: len(self._text)]):
            raise self._other()
        return self._text[max(before, len(self._said)) :]

    def _other(self) -> Failure:
        return Failure("Asked again, the server began another answer.", temporary=False, unwell=False)

    def _whole(self, text: str, *, last: bool) -> str:
        """Return the text with surrogate pairs joined; half of one waits for its other half."""
        text = self._half + text
        self._half = text[-1:] if not last and "\ud800" <= text[-1:] <= "\udbff" else ""
        text = text[: len(text) - len(self._half)]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


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

    def is_over_in(self, seconds: float) -> bool:
        return self._deadline is not None and self.now() + seconds >= self._deadline

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


def _short(model: str) -> str:
    """Return a model's name for people: llama-server has the path of the file."""
    return model.replace("\\", "/").rpartition("/")[2].removesuffix(".gguf") if model.endswith(".gguf") else model
