"""One server that speaks the OpenAI protocol, over HTTP: what it serves, how it counts, what it says.

Everything goes to the address of the settings and nowhere else: redirects are not followed, so the key
reaches no other host. What servers differ in (token counts, LoRA, sampling defaults) is told by the owner
that they write into their list of models: `vllm`, `llamacpp` (llama-server), `me` (llama-cpp-python),
`library` (Ollama).
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx
from httpx_sse import EventSource

from bot.generation.engine import EngineBusy, EngineError, EngineUnavailable, PromptTooLong
from bot.generation.markup import without_markup
from bot.messages import Turn
from knowledge.backoff import retry_after
from knowledge.sources.secrets import redacted

CALL_TIMEOUT_S = 5.0
"""Silence after which a small request (models, token counts) has failed."""
MAX_BODY_BYTES = 16 * 2**20
MAX_EVENT_BYTES = 2**20
"""The longest event of a stream; one takes a few hundred bytes."""

_RETRIED = {408, 425, 429, 500, 502, 503, 504, 529}
_TOO_LONG = (
    "context_length_exceeded",
    "exceed_context_size",
    "maximum context length",
    "context window",
    "available context size",
)
_SIZES = (("max_model_len",), ("meta", "n_ctx"), ("context_length",), ("context_window",))
"""Where entries of a list of models tell the size of the context."""
_OLLAMA_CONTEXT_SIZE = 4096
"""What Ollama gives a model on machines with less than 24 GiB of GPU memory unless it is told otherwise."""

# Its debug lines show the headers of answers, with whatever a server repeats in them.
logging.getLogger("httpcore").setLevel(logging.INFO)


class Kind(StrEnum):
    """Servers whose ways are known; by the owner of their models."""

    VLLM = "vllm"
    LLAMA_SERVER = "llamacpp"
    LLAMA_CPP_PYTHON = "me"
    OLLAMA = "library"
    OTHER = ""


# So that greedy means greedy everywhere: a penalty on repetition, which some servers apply unasked, keeps a
# model from saying a number or name of a passage as it stands there.
PLAIN_SAMPLING: dict[Kind, dict[str, Any]] = {
    Kind.VLLM: {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0},
    Kind.LLAMA_SERVER: {"top_k": 0, "min_p": 0.0, "repeat_penalty": 1.0},
    Kind.LLAMA_CPP_PYTHON: {"top_k": 0, "min_p": 0.0, "repeat_penalty": 1.0},
}


class Failure(Exception):
    """Something asked of the server that went wrong. The text is for the log and names the server, never the key."""

    def __init__(
        self,
        detail: str,
        fix: str = "",
        *,
        temporary: bool,
        error: EngineError | None = None,
        wait_s: float | None = None,
        unwell: bool = True,
        outdated: bool = False,
        silent: bool = False,
    ) -> None:
        super().__init__(detail)
        self.fix = fix
        self.temporary = temporary
        """Whether it may go well when asked again."""
        self.error = error or (_silent() if temporary else _unusable())
        """What the asker is told."""
        self.wait_s = wait_s
        """Seconds that the server asks to wait; None where it does not."""
        self.unwell = unwell
        """Whether it speaks against the server's health."""
        self.outdated = outdated
        """Whether what is known of the server may no longer hold."""
        self.silent = silent
        """Whether nothing came in the time given: asked again at once, the server would be as long silent again."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a server told of itself."""

    kind: Kind
    model: str
    """Name to ask for the base model by."""
    context_size: int = 0
    """Tokens of prompt and answer; 0 where it does not say."""
    models: tuple[str, ...] = ()
    """Every name that it lists; adapters are among them where it takes them for models of their own."""
    lora_numbers: Mapping[str, int] = field(default_factory=dict)
    """By name, where a request names adapters by number and scale (llama-server)."""

    def has_lora(self, name: str) -> bool:
        """Whether an adapter has that name. One that lists nothing is believed to have every one."""
        return name in self.lora_numbers or _listed(name, self.models) is not None or not self.models

    @property
    def counts_exactly(self) -> bool:
        """Whether it can be asked how many tokens a text has.

        llama-cpp-python's server could be, but asking it stops an answer that is on its way.
        """
        return self.kind in (Kind.VLLM, Kind.LLAMA_SERVER)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One event of a streamed answer."""

    text: str = ""
    thinking: bool = False
    """Whether the model works without showing it."""
    finish: str = ""
    """Why it stopped, in the server's word; empty while it goes on."""
    usage: tuple[int, int] | None = None
    """Tokens of the prompt and of the answer."""


class OpenAIServer:
    """Its address, its key and the connections to it. Belongs to one event loop."""

    def __init__(self, url: str, api_key: str = "", *, connect_timeout_s: float = 5.0, connections: int = 8) -> None:
        """`url` is the base address; without a path the usual `/v1` is added."""
        parsed = httpx.URL(url.rstrip("/"))
        self._api = str(parsed) if parsed.path.strip("/") else f"{str(parsed).rstrip('/')}/v1"
        self._root = self._api.removesuffix("/v1")
        self._key = api_key
        self.place = parsed.netloc.decode("ascii", "replace")
        """Host and port, for messages."""
        self._client = httpx.AsyncClient(
            headers={"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {api_key}"} if api_key else {}),
            timeout=httpx.Timeout(CALL_TIMEOUT_S, connect=connect_timeout_s, pool=None),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=connections),
            follow_redirects=False,
            # A proxy of the environment leads out of the network; this machine is not out there.
            trust_env=parsed.host not in ("localhost", "127.0.0.1", "::1"),
        )

    async def close(self) -> None:
        """Close every connection; answers under way break off."""
        await self._client.aclose()

    # What it serves

    async def look(self, model: str = "") -> Served:
        """Ask what is served. `model` is the name to use, or empty for the only one.

        Raises Failure, with what to do, where the server cannot be used.
        """
        try:
            listed = await self._call("GET", f"{self._api}/models")
        except _NotThere as missing:
            if not model:
                raise Failure(
                    f"{missing}, so it cannot be told what it serves.",
                    "Check that generation.url is the address of an OpenAI-compatible server, and set "
                    "generation.model to the name of the model.",
                    temporary=False,
                ) from None
            return Served(Kind.OTHER, model)  # gateways keep the list to themselves
        cards = [card for card in _list(_get(listed, "data")) if isinstance(_get(card, "id"), str)]
        if not cards:
            raise Failure(
                f"{self.place} lists no models.",
                "Check that generation.url is the address of an OpenAI-compatible server with a model loaded.",
                temporary=False,
            )
        card = self._chosen(cards, model)
        owner = _get(card, "owned_by")
        kind = Kind(owner) if owner in list(Kind) else Kind.OTHER
        # An adapter's entry leaves the size to that of its base.
        base = next((one for one in cards if one["id"] == _get(card, "parent")), card)
        context_size = _first_size(card, *_SIZES) or _first_size(base, *_SIZES)
        numbers: dict[str, int] = {}
        if kind is Kind.LLAMA_SERVER:
            context_size = await self._slot_size() or context_size
            numbers = await self._numbered_loras()
        elif kind is Kind.OLLAMA:
            context_size = await self._ollama_size(card["id"])
        return Served(kind, card["id"], context_size, tuple(one["id"] for one in cards), numbers)

    def _chosen(self, cards: list[dict[str, Any]], model: str) -> dict[str, Any]:
        bases = [card for card in cards if not _get(card, "parent")]
        names = [card["id"] for card in bases]
        if model:
            listed = _listed(model, [card["id"] for card in cards])
            for card in cards:
                if card["id"] == listed or model in _list(_get(card, "aliases")):
                    return card
        elif len(bases) == 1:
            return bases[0]
        served = redacted(", ".join(names), [self._key])
        raise Failure(
            f"{self.place} does not serve {model!r}." if model else f"{self.place} serves several models.",
            f"Set generation.model to one that it serves: {served}.",
            temporary=False,
        )

    async def _slot_size(self) -> int:
        try:
            props = await self._call("GET", f"{self._root}/props")
        except _NotThere:
            return 0
        return _first_size(props, ("default_generation_settings", "n_ctx"))

    async def _ollama_size(self, model: str) -> int:
        """Return the context that Ollama gives a model: a longer prompt loses its beginning without a word."""
        running: Any = None
        with contextlib.suppress(Failure):
            running = await self._call("GET", f"{self._root}/api/ps")
        for one in _list(_get(running, "models")):
            if _get(one, "model") == model and (size := _first_size(one, ("context_length",))):
                return size
        told: Any = None
        with contextlib.suppress(Failure):
            told = await self._call("POST", f"{self._root}/api/show", {"model": model})
        if found := re.search(r"^num_ctx\s+(\d+)", _text(_get(told, "parameters")), re.MULTILINE):
            return int(found[1])
        info = _get(told, "model_info")
        trained = _first_size(info, (f"{_text(_get(info, 'general.architecture'))}.context_length",))
        return min(_OLLAMA_CONTEXT_SIZE, trained) if trained else _OLLAMA_CONTEXT_SIZE

    async def _numbered_loras(self) -> dict[str, int]:
        try:
            adapters = _list(await self._call("GET", f"{self._root}/lora-adapters"))
        except _NotThere:
            return {}
        found = {}
        for one in adapters:
            path, number = _get(one, "path"), _get(one, "id")
            if isinstance(path, str) and isinstance(number, int):
                found[path.replace("\\", "/").rpartition("/")[2].removesuffix(".gguf")] = number
        return found

    # Token counts

    async def count_text(self, served: Served, text: str) -> int | None:
        """Return the number of tokens of `text` alone by the model's own tokenizer, None if it does not tell."""
        plain = without_markup(text)
        if served.kind is Kind.VLLM:
            return await self._count({"model": served.model, "prompt": plain, "add_special_tokens": False}, "count")
        return await self._count({"content": plain, "add_special": False}, "tokens")

    async def count_prompt(self, served: Served, messages: Sequence[Turn]) -> int | None:
        """Return the number of tokens of the messages in the model's template, None if it does not tell."""
        told = messages_json(messages)
        if served.kind is Kind.VLLM:
            return await self._count({"model": served.model, "messages": told}, "count")
        try:
            prompt = _get(await self._call("POST", f"{self._root}/apply-template", {"messages": told}), "prompt")
        except _NotThere:
            return None
        if not isinstance(prompt, str):
            return None
        return await self._count({"content": prompt, "add_special": True}, "tokens")

    async def _count(self, body: dict[str, Any], key: str) -> int | None:
        try:
            counted = _get(await self._call("POST", f"{self._root}/tokenize", body), key)
        except _NotThere:
            return None
        if isinstance(counted, list):
            return len(counted)
        return counted if isinstance(counted, int) else None

    async def _call(self, method: str, url: str, body: dict[str, Any] | None = None) -> Any:
        """Return the JSON that a small request is answered with. Raises Failure."""
        try:
            async with self._client.stream(method, url, json=body) as response:
                content = await self._body(response)
                if response.status_code != httpx.codes.OK:
                    raise self._refused(response.status_code, response.headers, content)
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise self._unreachable(error) from None
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise self._no_such_server(response.headers) from None

    # Answers

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Ask for a chat completion and yield what comes. Closing the generator closes the connection.

        Waits as long as the server is silent; the caller has the clock. Raises Failure.
        """
        # Silence is the caller's to judge, so there is no limit on reading.
        silent = httpx.Timeout(None, connect=self._client.timeout.connect, write=CALL_TIMEOUT_S)
        try:
            async with self._client.stream(
                "POST", f"{self._api}/chat/completions", json=body, timeout=silent
            ) as response:
                if response.status_code != httpx.codes.OK:
                    raise self._refused(response.status_code, response.headers, await self._body(response))
                media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                if media_type == "application/json":  # it does not stream
                    yield self._whole(await self._body(response))
                    return
                if media_type == "text/html":
                    raise self._no_such_server(response.headers)
                response.headers["content-type"] = "text/event-stream; charset=utf-8"  # some forget it
                assert isinstance(response.stream, httpx.AsyncByteStream)
                response.stream = counted = _Counted(response.stream, self.place)
                said = finished = False
                async with contextlib.aclosing(EventSource(response).aiter_sse()) as events:
                    async for event in events:
                        counted.since_event = 0
                        if event.data.strip() == "[DONE]":
                            if said and not finished:  # some leave the reason out
                                yield Chunk(finish="stop")
                            return
                        if event.data:
                            chunk = self._chunk(event.data)
                            said, finished = said or bool(chunk.text), finished or bool(chunk.finish)
                            yield chunk
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise self._unreachable(error) from None

    def _chunk(self, data: str) -> Chunk:
        """Read one event. What a server adds to the protocol is passed over."""
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            raise Failure(f"{self.place} sent an event that is not JSON.", temporary=True) from None
        self._raise_told(event)
        usage = _get(event, "usage")
        counts = (_get(usage, "prompt_tokens"), _get(usage, "completion_tokens"))
        choice = next(iter(_list(_get(event, "choices"))), None)
        delta = _get(choice, "delta") or _get(choice, "message")
        return Chunk(
            text=_text(_get(delta, "content")),
            thinking=any(_text(_get(delta, key)) for key in ("reasoning_content", "reasoning")),
            finish=_text(_get(choice, "finish_reason")),
            usage=counts if isinstance(counts[0], int) and isinstance(counts[1], int) else None,
        )

    def _whole(self, content: bytes) -> Chunk:
        chunk = self._chunk(content.decode("utf-8", "replace"))
        if not chunk.finish:
            raise Failure(f"{self.place} sent JSON that is no answer.", temporary=True)
        return chunk

    def _raise_told(self, event: Any) -> None:
        """Raise the error that an event or a body tells of, if it does."""
        told = _get(event, "error") or (event if _get(event, "object") == "error" else None)
        if told:
            code = _get(told, "code")
            status = code if isinstance(code, int) and 400 <= code < 600 else 500
            raise self._refused(status, httpx.Headers(), json.dumps({"error": told}).encode())

    # What goes wrong

    async def _body(self, response: httpx.Response) -> bytes:
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > MAX_BODY_BYTES:
                raise Failure(f"{self.place} sent more than was asked for.", temporary=True)
        return bytes(content)

    def _refused(self, status: int, headers: httpx.Headers, content: bytes) -> Failure:
        """Return the failure that a status other than 200 means."""
        said = self._said(headers, content)
        detail = f"{self.place} answered {status} {httpx.codes.get_reason_phrase(status)}".rstrip()
        detail += f": {said.rstrip('.')}." if said else "."
        if status in (301, 302, 303, 307, 308):
            target = redacted(headers.get("location", ""), [self._key])
            return Failure(
                f"{detail.rstrip('.')}, a redirect to {target}.",
                "Redirects are not followed, so that the key stays with its server: set generation.url to the "
                "address at the end of it.",
                temporary=False,
            )
        if status in (401, 403):
            return Failure(
                detail,
                "Set FRONTDESK_GENERATION__API_KEY to a key that this server accepts.",
                temporary=False,
            )
        if status in (404, 405, 501):
            # Asked again, what is served is looked at first, and an adapter that is gone is done without.
            return _NotThere(detail.rstrip("."), temporary=True, outdated=True, error=_unusable())
        if status in (400, 413, 422) and (status == 413 or any(mark in said.lower() for mark in _TOO_LONG)):
            return Failure(
                detail,
                temporary=False,
                unwell=False,
                outdated=True,
                error=PromptTooLong(
                    "The prompt is too long for the server of the language model.",
                    "Shorten the question or show fewer passages.",
                ),
            )
        if status in _RETRIED:
            busy = EngineBusy(
                "The server of the language model has too much to do at the moment.", "Please ask again in a minute."
            )
            return Failure(
                detail,
                temporary=True,
                error=busy if status == 429 else None,
                wait_s=retry_after(headers.get("retry-after", "")),
                unwell=status != 429,
            )
        return Failure(detail, "Look at the log of that server.", temporary=status >= 500, unwell=status >= 500)

    def _said(self, headers: httpx.Headers, content: bytes) -> str:
        """Return the server's own words about what went wrong, without the key; empty for a page of HTML."""
        text = content[:10_000].decode("utf-8", "replace")
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            return "" if "html" in headers.get("content-type", "") or "<" in text else redacted(text, [self._key])
        inner = _get(told, "error") or told
        parts = [_get(inner, key) for key in ("message", "detail", "type", "code")] if isinstance(inner, dict) else []
        words = [str(part) for part in parts if isinstance(part, str | int)] or [str(inner)]
        return redacted(" · ".join(dict.fromkeys(words)), [self._key])

    def _unreachable(self, error: Exception) -> Failure:
        how = redacted(str(error), [self._key]) or type(error).__name__
        never = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        return Failure(
            f"{self.place} {'cannot be reached' if never else 'broke off'}: {how}.",
            "Check that the server runs and that generation.url is its address.",
            temporary=True,
            outdated=never,
            silent=isinstance(error, httpx.TimeoutException),
        )

    def _no_such_server(self, headers: httpx.Headers) -> Failure:
        kind = headers.get("content-type", "").partition(";")[0] or "something"
        return Failure(
            f"{self.place} answered with {kind} instead of JSON.",
            "Check that generation.url is the address of an OpenAI-compatible server; a login page often looks so.",
            temporary=False,
        )


def _silent() -> EngineError:
    return EngineUnavailable(
        "The server of the language model does not answer at the moment.", "Please ask again in a minute."
    )


def _unusable() -> EngineError:
    return EngineError(
        "The server of the language model cannot be used as it is set up.",
        "An admin finds the reason with `frontdesk doctor`.",
    )


class _Counted(httpx.AsyncByteStream):
    """A body whose events must end: what reads lines keeps all of one until it does."""

    def __init__(self, body: httpx.AsyncByteStream, place: str) -> None:
        self._body = body
        self._place = place
        self.since_event = 0
        """Bytes that came since the last event."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for some in self._body:
            self.since_event += len(some)
            if self.since_event > MAX_EVENT_BYTES:
                raise Failure(
                    f"{self._place} sent more than {MAX_EVENT_BYTES // 2**20} MiB without ending an event.",
                    "Check that generation.url is the address of an OpenAI-compatible server.",
                    temporary=False,
                )
            yield some

    async def aclose(self) -> None:
        await self._body.aclose()


class _NotThere(Failure):
    """The server knows no such address, or not the model that was asked for."""


def messages_json(messages: Sequence[Turn]) -> list[dict[str, str]]:
    """Return messages as the protocol has them, with no markup of a chat template in them."""
    # A lone surrogate, which JSON could carry and UTF-8 cannot, would break the server's tokenizer.
    return [
        {"role": turn.role, "content": without_markup(turn.content).encode("utf-8", "replace").decode("utf-8")}
        for turn in messages
    ]


def _listed(name: str, models: Sequence[str]) -> str | None:
    """Return the name in the list: Ollama lists a model that is asked for as `name` as `name:latest`."""
    return next((one for one in (name, f"{name}:latest") if one in models), None)


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _first_size(value: Any, *ways: tuple[str, ...]) -> int:
    """Return the first positive number that one of the ways leads to, 0 without any."""
    for way in ways:
        found = value
        for key in way:
            found = _get(found, key)
        if isinstance(found, int) and found > 0:
            return found
    return 0
