"""The engine that runs a GGUF model on this machine, in a worker process of its own.

This side (asyncio) never touches llama.cpp. It starts `bot.generation.worker`, writes requests to
its standard input and reads what comes back; see that module for the lines and the threads. Four
tasks belong to one worker process: one reads its events, one watches for its signs of life, one keeps
its last words from standard error, and the supervisor waits for its end.

If the worker dies, the supervisor starts another one and everything unanswered is asked again, each
answer together with the tokens it already has, so that an asker sees a pause and nothing else. A
question that has seen ATTEMPTS workers die without gaining a token fails; after RESTARTS deaths within
RESTART_WINDOW_S in which no answer gained one everything fails with a sentence, and the next question
after the window tries again. A worker that is alive and does nothing any more is ended, see `_watch`, and then it
is as after a death. If this process dies, the worker sees its standard input end and leaves.

Adapters are known by name. Each is held against the base model before the worker is told of it, and
the worker loads it beside the model, so that answers with different adapters and scales go on together
and an exchange stops nobody. The worker knows them by numbers, so that an answer ends with what it began
with also where its name was dropped, or came to stand for another adapter, and the worker died meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import sys
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from bot.generation.engine import (
    Answering,
    DeadlineExceeded,
    EngineBusy,
    EngineError,
    GenerationDone,
    GenerationEvent,
    GenerationRequest,
    ModelFileError,
    ModelIdentity,
    PromptTooLong,
    Queued,
    TextDelta,
)
from bot.generation.gguf_file import GGUFHeader, read_header
from bot.generation.lora import LoraAdapter, LoraError, read_lora
from bot.generation.models import usable_cores
from bot.generation.programs import environment
from bot.messages import Turn
from knowledge.giving_way import Busy

ATTEMPTS = 4
RESTARTS = 5
RESTART_WINDOW_S = 60.0
RESTART_PAUSE_S = 1.0
"""How long nothing is started where the machine had no room for a worker; then twice as long each time."""
IDLE_ROOM = 4
"""Requests for which nobody waits that are taken at a time."""
COUNT_TIMEOUT_S = 120.0
"""How long tokens may take to be counted, a restart of the worker included."""
LORA_TIMEOUT_S = 300.0
"""How long an adapter may take to be loaded, a restart of the worker included."""
PING_S = 2.0
"""How often the worker is asked for a sign of life while somebody waits for it."""
SILENT_S = 60.0
"""How long a worker may give none that computes nothing either; after a quarter of it `health` says so.

Of one that computes `health` says so after this time.
"""
ENDLESS_S = 300.0
"""How long one may give none that computes. A large model takes long over a slice of a prompt on a slow machine."""
LEAST_BUSY = 0.01
"""Of one processor from one look to the next: who uses less computes nothing."""
LEAVES_S = 3.0
"""How long a worker may take to leave by itself."""
ENDS_S = 5.0
"""How long one may take that was killed: then it hangs in the kernel, and it is left behind."""
_LINE_LIMIT = 2**24  # bytes of one line from the worker; the longest are lists of counts
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LlamaCppConfig:
    """What the engine needs to know. Sizes are tokens."""

    path: Path
    """The GGUF file, as `models.prepare_model` gives it."""
    name: str = ""
    """Name for traces; empty means the file's name without its ending."""
    context_size: int = 4096
    """Prompt and answer of one request; never more than the model was trained for."""
    sequences: int = 8
    """Answers worked on at the same time."""
    slot_size: int = 1536
    """Prompt and answer that each of these has memory for; a longer request gets memory of its own, one at a time."""
    prefix_cache_mb: int = 64
    """Memory for beginnings of prompts that come again; 0 for none."""
    threads: int = 0
    """0 means one for each physical core."""
    gpu_layers: int = -1
    queue_size: int = 64
    """Requests that may wait while all sequences are taken."""
    lora: Path | None = None
    """The adapter that answers where a request names none; more may be added while the engine runs."""
    base_hashes: tuple[str, ...] = ()
    """SHA-256 sums of the model's file and of the one it was made from; an adapter may name its base."""
    start_timeout_s: float = 300.0
    busy_file: Path | None = None
    """Where other processes of this machine are told that answers are being made, see `knowledge.giving_way`."""


class _DiedLoading(ModelFileError):
    """The worker was ended while it loaded the model, by the model or by somebody."""


class _NotStarted(ModelFileError):
    """The machine has no room for another process, or for its pipes."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """An adapter in the worker."""

    number: str
    """What the worker knows it by: no other adapter ever has it."""
    path: Path


@dataclass(slots=True)
class _Pending:
    """A message that waits for its answer, so that it can be sent again to the next worker."""

    message: dict[str, Any]
    lora: _Loaded | None = None
    """What it is answered with; None for the base model alone."""
    inbox: asyncio.Queue[dict[str, Any] | Answering | EngineError] = field(default_factory=asyncio.Queue)
    attempts: int = 0
    """Workers that died over it since its last token."""


class LlamaCppEngine:
    """Fulfils `engine.Engine`; see the module for the process picture."""

    def __init__(self, config: LlamaCppConfig) -> None:
        self._config = config
        self._process: asyncio.subprocess.Process | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._pending: dict[int, _Pending] = {}
        self._numbers = itertools.count(1)
        self._stderr_reader: asyncio.Task[None] | None = None
        self._stderr: deque[str] = deque(maxlen=20)
        self._deaths: deque[float] = deque()
        self._ping_open = False
        self._silence = ""
        """What `health` says of a worker that gives no sign of life; empty while it does."""
        self._left_behind: asyncio.subprocess.Process | None = None
        """The last worker that could not be ended."""
        self._identity: ModelIdentity | None = None
        self._header: GGUFHeader | None = None
        self._loras: dict[str, _Loaded] = {}
        self._lora_numbers = itertools.count(1)
        self.thinks = False
        """Whether the model thinks before it answers, though it is told not to; known after `start`."""
        self._own_lora = config.lora.stem if config.lora else ""
        self._default_lora = self._own_lora
        self._lora_problems: dict[str, str] = {}
        self._trouble = "The model is not loaded."
        self._starting = asyncio.Lock()
        self._busy = Busy(config.busy_file) if config.busy_file else None

    # Engine

    @property
    def identity(self) -> ModelIdentity:
        if self._identity is None:
            raise EngineError("The model is not loaded yet.")
        return self._identity

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, None while there is none."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def health(self) -> str:
        return (
            self._trouble
            or self._silence
            or self._lora_problems.get(self._default_lora, "")
            or self._left_behind_words()
        )

    def _left_behind_words(self) -> str:
        if self._left_behind is None or self._left_behind.returncode is not None:
            return ""
        return f"A model process that hangs cannot be ended and keeps its memory (process {self._left_behind.pid})."

    async def start(self) -> None:
        async with self._starting:
            if self._supervisor and not self._supervisor.done():
                return
            self._header = header = await asyncio.to_thread(read_header, self._config.path)
            if header.is_adapter:
                raise ModelFileError(
                    f"{self._config.path} is a LoRA adapter, not a model.",
                    "Set model.path to the base model and lora.path to this file.",
                )
            self._lora_problems.clear()
            if path := self._config.lora:
                try:
                    await self._read_lora(path)
                    self._loras.setdefault(path.stem, self._numbered(path))
                except LoraError as error:
                    self._without_lora(path.stem, str(error))
            try:
                await self._spawn()
            except EngineError as error:
                self._trouble = str(error)
                raise
            self._supervisor = asyncio.create_task(self._supervise())

    async def stop(self) -> None:
        supervisor, self._supervisor = self._supervisor, None
        if supervisor:
            supervisor.cancel()
            await asyncio.gather(supervisor, return_exceptions=True)
        await self._end_process()
        self._trouble = "The model was stopped."
        self._fail_all(EngineError("The model was stopped before the answer was finished.", "Ask again."))

    async def add_lora(self, path: Path, name: str = "") -> LoraAdapter:
        """Make an adapter known by its name (by default the file's), also in the place of one that has it.

        Nothing is reloaded and no answer stops; those under way end with what they began with. Raises
        LoraError with the reason for one that this model cannot use.
        """
        name = name or path.stem
        adapter = replace(await self._read_lora(path), name=name)
        loaded, taken = self._numbered(path), False
        number, pending = await self._ask({"op": "add_lora", "name": loaded.number, "path": str(path)})
        try:
            async with asyncio.timeout(LORA_TIMEOUT_S):
                event = await pending.inbox.get()
            if isinstance(event, EngineError):
                raise event
            assert isinstance(event, dict)
            if event["problem"]:
                raise LoraError(f"The LoRA adapter {path} cannot be loaded: {event['problem']}", "Convert it again.")
            taken = True
        except TimeoutError:
            raise DeadlineExceeded(
                f"The LoRA adapter {path} was not loaded within {LORA_TIMEOUT_S:g} seconds.", "Try again later."
            ) from None
        finally:
            self._pending.pop(number, None)
            if not taken:
                self._unload(loaded)
        if before := self._loras.get(name):
            self._unload(before)
        self._loras[name] = loaded
        self._lora_problems.pop(name, None)
        self._identify(self.identity.context_size)
        return adapter

    async def drop_lora(self, name: str) -> None:
        """Forget an adapter; answers under way end with it. An unknown one is nothing."""
        if loaded := self._loras.pop(name, None):
            self._unload(loaded)
            self._identify(self.identity.context_size)

    def serve_lora(self, name: str | None) -> None:
        """Have requests that name no adapter answered with this one from now on; None for that of the settings."""
        self._default_lora = self._own_lora if name is None else name
        if self._identity:
            self._identify(self._identity.context_size)

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        asked = [one.message["idle"] for one in self._pending.values() if one.message["op"] == "generate"]
        room = IDLE_ROOM if request.idle else self._config.queue_size + self._config.sequences
        if asked.count(request.idle) >= room:
            raise EngineBusy(
                f"{self._config.queue_size} questions are already waiting for the model.", "Try again in a minute."
            )
        lora = request.lora or self.identity.lora
        if request.lora and request.lora_scale and lora not in self._loras:
            raise EngineError(
                f"The model has no LoRA adapter {lora!r}.", f"It has: {', '.join(self._loras) or 'none'}."
            )
        loaded = self._loras.get(lora) if request.lora_scale else None
        message = {
            "op": "generate",
            "messages": [[turn.role, turn.content] for turn in request.messages],
            "max_tokens": request.max_tokens,
            "stop": list(request.stop),
            "temperature": request.temperature,
            "top_p": request.top_p,
            "seed": request.seed,
            "grammar": request.grammar,
            "lora": loaded.number if loaded else "",
            "lora_scale": request.lora_scale if loaded else 0.0,
            "idle": request.idle,
            "resume": [],
        }
        with self._busy.held() if self._busy and not request.idle else contextlib.nullcontext():
            async with contextlib.aclosing(self._stream(message, loaded, request.deadline_s)) as events:
                async for event in events:
                    yield event

    async def _stream(
        self, message: dict[str, Any], lora: _Loaded | None, deadline_s: float | None
    ) -> AsyncGenerator[GenerationEvent, None]:
        loop = asyncio.get_running_loop()
        deadline = None if deadline_s is None else loop.time() + deadline_s
        finished = False
        number, pending = await self._ask(message, lora)
        try:
            while not finished:
                try:
                    async with asyncio.timeout_at(deadline):
                        event = await pending.inbox.get()
                except TimeoutError:
                    raise DeadlineExceeded(
                        f"The answer was not finished within {deadline_s:g} seconds.",
                        "Ask again later, or ask for less.",
                    ) from None
                if isinstance(event, EngineError):
                    finished = True
                    raise event
                if isinstance(event, Answering):
                    yield event
                    continue
                if event["event"] == "queued":
                    yield Queued(event["place"])
                    continue
                finished = event["event"] == "done"
                if event["text"]:
                    yield TextDelta(event["text"])
                if finished:
                    counts = (event[f"{what}_tokens"] for what in ("prompt", "completion", "cached"))
                    yield GenerationDone(event["reason"], *counts)
        finally:
            self._pending.pop(number, None)
            if not finished:
                self._write({"op": "cancel", "id": number})

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return await self._count({"op": "count_texts", "texts": list(texts)})

    async def count_prompt(self, messages: Sequence[Turn]) -> int:
        counts = await self._count({"op": "count_prompt", "messages": [[turn.role, turn.content] for turn in messages]})
        return counts[0]

    async def _count(self, message: dict[str, Any]) -> list[int]:
        number, pending = await self._ask(message)
        try:
            async with asyncio.timeout(COUNT_TIMEOUT_S):
                event = await pending.inbox.get()
        except TimeoutError:
            raise DeadlineExceeded(
                f"The model did not read the question within {COUNT_TIMEOUT_S:g} seconds.", "Ask again later."
            ) from None
        finally:
            self._pending.pop(number, None)
        if isinstance(event, EngineError):
            raise event
        assert isinstance(event, dict)
        counts: list[int] = event["counts"]
        return counts

    # Requests

    async def _ask(self, message: dict[str, Any], lora: _Loaded | None = None) -> tuple[int, _Pending]:
        if self._supervisor is None:
            raise EngineError(self._trouble, "Start the engine first.")
        if self._supervisor.done():
            if len(self._recent_deaths()) > RESTARTS:
                raise EngineError(self._trouble, "Look at the log, then restart Frontdesk.")
            await self.start()
        number = next(self._numbers)
        pending = _Pending(message | {"id": number}, lora)
        self._pending[number] = pending
        self._write(pending.message)
        return number, pending

    def _write(self, message: dict[str, Any]) -> None:
        """Send to the worker if there is one; what is pending is sent again to the next one anyway."""
        if self._process and self._process.stdin and not self._trouble:
            with contextlib.suppress(ConnectionError, RuntimeError):
                self._process.stdin.write(json.dumps(message).encode() + b"\n")

    def _receive(self, event: dict[str, Any]) -> None:
        if event["event"] == "pong":
            self._ping_open, self._silence = False, ""
            return
        pending = self._pending.get(event.get("id", 0))
        if pending is None:
            return  # cancelled meanwhile
        match event["event"]:
            case "tokens":
                pending.message["resume"].extend(event["tokens"])
                pending.attempts = 0
                self._deaths.clear()
                pending.inbox.put_nowait(event)
            case "too_long":
                pending.inbox.put_nowait(self._too_long(event, pending.message["max_tokens"]))
            case "error":
                pending.inbox.put_nowait(EngineError(f"The model could not answer: {event['reason']}"))
            case _:
                pending.inbox.put_nowait(event)

    def _too_long(self, event: dict[str, Any], max_tokens: int) -> PromptTooLong:
        about = "at least " if event["at_least"] else ""
        return PromptTooLong(
            f"The prompt has {about}{event['prompt_tokens']:,} tokens and {max_tokens:,} are kept for the answer; "
            f"the model's context holds {self.identity.context_size:,}.",
            "Shorten the question or show fewer passages.",
        )

    def _fail_all(self, error: EngineError) -> None:
        for pending in self._pending.values():
            pending.inbox.put_nowait(error)
        self._pending.clear()

    # The worker process

    async def _spawn(self) -> None:
        """Start a worker and wait until its model is loaded, then ask again what is pending.

        Raises ModelFileError if the model cannot be loaded or no process be started.
        """
        config = self._config
        self._stderr.clear()
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot.generation.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=_LINE_LIMIT,
                env=environment(),
                # Not in our group: Ctrl-C is for us to handle, and then we stop the worker.
                start_new_session=True,
            )
        except OSError as error:
            raise _NotStarted(
                f"No process can be started for the model: {error.strerror or error}.",
                "See to it that there is memory enough, and that processes and open files are not limited too low.",
            ) from None
        under_way = [pending.lora for pending in self._pending.values() if pending.lora]
        loras = {one.number: one for one in (*self._loras.values(), *under_way)}
        options = {
            "path": str(config.path),
            "context_size": config.context_size,
            "slot_size": config.slot_size,
            "sequences": config.sequences,
            "prefix_bytes": config.prefix_cache_mb << 20,
            "threads": config.threads or usable_cores(),
            "gpu_layers": config.gpu_layers,
            "loras": {number: str(one.path) for number, one in loras.items()},
        }
        self._stderr_reader = asyncio.create_task(self._keep_last_words(self._process))
        try:
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(json.dumps(options).encode() + b"\n")
            async with asyncio.timeout(config.start_timeout_s):
                line = await self._process.stdout.readline()
        except TimeoutError:
            await self._end_process()
            raise ModelFileError(
                f"{config.path} was not loaded within {config.start_timeout_s:g} seconds.",
                "Choose a smaller model, or look whether the disk is slow.",
            ) from None
        except BaseException:
            await self._end_process()
            raise
        died = not line.endswith(b"\n")
        event: dict[str, Any] = {"event": "failed", "reason": await self._last_words()} if died else json.loads(line)
        if event["event"] != "ready":
            await self._end_process()
            raise (_DiedLoading if died else ModelFileError)(
                f"The model {config.path} cannot be loaded: {event['reason']}",
                "Check that the file is whole and that there is memory enough, or choose another model.",
            )
        lost = {
            number: f"The LoRA adapter {loras[number].path} cannot be loaded: {problem}"
            for number, problem in event["lora_problems"].items()
        }
        for name in [name for name, one in self._loras.items() if one.number in lost]:
            self._without_lora(name, lost[self._loras.pop(name).number])
        self._identify(event["context_size"])
        self.thinks = event["thinks"]
        for number, pending in list(self._pending.items()):
            if pending.lora and (problem := lost.get(pending.lora.number)):
                self._lose_lora(number, pending, problem)
        self._trouble = ""
        for pending in self._pending.values():
            self._write(pending.message)
        for one in set(loras.values()) - set(self._loras.values()):
            self._unload(one)  # behind the answers that are still to end with it

    def _lose_lora(self, number: int, pending: _Pending, problem: str) -> None:
        """Have the base model answer what is asked of an adapter that is there no more, if nothing was said yet."""
        if pending.message["resume"]:
            del self._pending[number]
            pending.inbox.put_nowait(EngineError(f"The answer cannot be finished. {problem}", "Ask again."))
        else:
            pending.lora = None
            pending.message |= {"lora": "", "lora_scale": 0.0}
            pending.inbox.put_nowait(Answering(self.identity, "", 0.0, problem))

    def _identify(self, context_size: int) -> None:
        default = self._default_lora if self._default_lora in self._loras else ""
        name = self._config.name or self._config.path.stem
        self._identity = ModelIdentity(name, context_size, default, tuple(self._loras))

    async def _read_lora(self, path: Path) -> LoraAdapter:
        if self._header is None:
            raise EngineError("The model is not loaded yet.", "Start the engine first.")
        return await asyncio.to_thread(read_lora, path, self._header, self._config.base_hashes)

    def _numbered(self, path: Path) -> _Loaded:
        return _Loaded(str(next(self._lora_numbers)), path)

    def _unload(self, lora: _Loaded) -> None:
        """Have the worker forget an adapter; answers under way end with it."""
        self._write({"op": "drop_lora", "id": 0, "name": lora.number})

    def _without_lora(self, name: str, reason: str) -> None:
        self._lora_problems[name] = f"{reason} Answers come from the base model alone."
        _log.error("%s", self._lora_problems[name])

    async def _supervise(self) -> None:
        """Keep a worker running. Where that does not work, end everything that is pending, and this task."""
        try:
            await self._keep_running()
        except Exception as error:
            if isinstance(error, EngineError):
                failure = error
            else:
                _log.exception("The model process cannot be supervised")
                why = f"{type(error).__name__}: {error}"
                failure = EngineError(f"The model process cannot be supervised ({why}).", "Look at the log.")
            # Ended, not looping: the next question after the window tries once more.
            self._trouble = str(failure)
            _log.error("%s", self._trouble)
            try:
                await self._end_process()
            finally:
                self._fail_all(failure)

    async def _keep_running(self) -> None:
        """Start another worker whenever one has ended. Raises EngineError when it is enough."""
        while True:
            await self._listen()
            words = await self._last_words()
            self._silence = ""
            await self._end_process()
            self._trouble = f"The model process died ({words}) and is being restarted."
            _log.error("%s", self._trouble)
            self._deaths.append(asyncio.get_running_loop().time())
            for number, pending in self._suspects():
                pending.attempts += 1
                if pending.attempts >= ATTEMPTS:
                    del self._pending[number]
                    pending.inbox.put_nowait(
                        EngineError(f"The model process died {ATTEMPTS} times over this question ({words}).")
                    )
            await self._spawn_again(words)

    async def _spawn_again(self, words: str) -> None:
        """Start a worker, another one if that dies while it loads. Raises EngineError when it is enough."""
        pause_s = RESTART_PAUSE_S
        while True:
            if len(self._recent_deaths()) > RESTARTS:
                raise EngineError(f"The model process died {len(self._deaths)} times within a minute ({words}).")
            try:
                return await self._spawn()
            except (_DiedLoading, _NotStarted) as error:
                words = error.sentence.rstrip(".")
                self._deaths.append(asyncio.get_running_loop().time())
                if isinstance(error, _NotStarted):
                    _log.error("%s", error.sentence)
                    await asyncio.sleep(pause_s)
                    pause_s *= 2

    def _suspects(self) -> list[tuple[int, _Pending]]:
        """Return what the worker may have died over: the counts, and as many generations as it works on at a time."""
        counts = [(number, one) for number, one in self._pending.items() if one.message["op"] != "generate"]
        asked = [(number, one) for number, one in self._pending.items() if one.message["op"] == "generate"]
        return counts + asked[: self._config.sequences]

    async def _listen(self) -> None:
        """Hand the worker's events to those who wait for them, until it is gone."""
        assert self._process
        hearing = asyncio.create_task(self._hear(self._process))
        watch = asyncio.create_task(self._watch(self._process))
        try:
            done, _ = await asyncio.wait({hearing, watch}, return_when=asyncio.FIRST_COMPLETED)
            if hearing not in done:  # the watch has killed it
                done, _ = await asyncio.wait({hearing}, timeout=ENDS_S)
            for task in done:
                task.result()
        finally:
            for task in (hearing, watch):
                task.cancel()
            await asyncio.gather(hearing, watch, return_exceptions=True)

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        while line := await process.stdout.readline():
            if line.endswith(b"\n"):  # a line cut short by its death is as good as not sent
                self._receive(json.loads(line))

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """End a worker that answers no ping any more; one goes through all its threads, so that it tells of each.

        The time is counted in turns of this loop and not by the clock, which goes on while the machine is suspended
        or this process is stopped together with the worker.
        """
        self._ping_open, self._silence = False, ""
        silent_s = still_s = 0.0
        load = _Load(process.pid)
        while True:
            await asyncio.sleep(PING_S)
            computes = load.computes()
            if not self._ping_open:
                silent_s = still_s = 0.0
                if self._pending:
                    self._ping_open = True
                    self._write({"op": "ping", "id": 0})
                continue
            silent_s += PING_S
            still_s = 0.0 if computes else still_s + PING_S
            if silent_s >= SILENT_S or still_s >= SILENT_S / 4:
                self._silence = f"The model process has given no sign of life for {silent_s:g} seconds."
            if silent_s >= ENDLESS_S or still_s >= SILENT_S:
                self._stderr.append(f"no sign of life for {silent_s:g} seconds")
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                return

    async def _keep_last_words(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr
        while line := await process.stderr.readline():
            if text := line.decode("utf-8", "replace").strip():
                self._stderr.append(text)

    async def _last_words(self) -> str:
        """Wait for the worker's end and tell how it ended, with the last line it wrote."""
        assert self._process
        try:
            async with asyncio.timeout(ENDS_S):
                status = await self._process.wait()
            how = f"signal {-status}" if status < 0 else f"exit status {status}"
        except TimeoutError:
            how = "it does not end"
        else:
            if self._stderr_reader:
                await self._stderr_reader
        return f"{how}: {self._stderr[-1]}" if self._stderr else how

    def _recent_deaths(self) -> deque[float]:
        now = asyncio.get_running_loop().time()
        while self._deaths and now - self._deaths[0] > RESTART_WINDOW_S:
            self._deaths.popleft()
        return self._deaths

    async def _end_process(self) -> None:
        """See to it that no worker is left behind; it leaves when its standard input ends."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            async with asyncio.timeout(LEAVES_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            try:
                async with asyncio.timeout(ENDS_S):
                    await process.wait()
            except TimeoutError:
                self._leave_behind(process)
        if self._stderr_reader:
            await asyncio.gather(self._stderr_reader, return_exceptions=True)

    def _leave_behind(self, process: asyncio.subprocess.Process) -> None:
        """Go on without waiting for a process that a kill does not end, as it hangs in the kernel."""
        self._left_behind = process
        _log.error("%s", self._left_behind_words())
        # Its pipes: nothing public closes those that are read.
        process._transport.close()  # type: ignore[attr-defined]
        if self._stderr_reader:
            self._stderr_reader.cancel()


class _Load:
    """Whether a process computes, from one look to the next."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._computed_s = 0.0
        self._told = False

    def computes(self) -> bool:
        """Return whether it did since the last look; true where that cannot be seen."""
        try:
            times = psutil.Process(self._pid).cpu_times()
        except (psutil.Error, OSError) as error:
            if not self._told and not isinstance(error, psutil.NoSuchProcess):
                _log.warning("It cannot be seen whether the model process computes: %s", error)
                self._told = True
            return True
        before, self._computed_s = self._computed_s, times.user + times.system
        return self._computed_s - before >= LEAST_BUSY * PING_S
