"""The worker process: it owns the model, and nothing else in Frontdesk touches llama.cpp.

    frontdesk (asyncio)                          worker (this program)
    LlamaCppEngine  -- stdin, a JSON object a line -->  reader thread -> tokenizer thread
                                                                              |
                    <-- stdout, a JSON object a line --  main thread: Scheduler (decodes)

The reader never waits for the model, so a cancellation counts from the next step on and the end of
standard input (the parent is gone) ends the process at once. The tokenizer thread answers counts
while the main thread decodes; it reads the vocabulary alone. The main thread decodes several
sequences together, see `scheduler`.

Lines in:  {"op": "generate", "id", "messages", "max_tokens", "stop", "temperature", "top_p", "seed",
            "grammar", "lora", "lora_scale", "idle", "resume"}, {"op": "cancel", "id"},
           {"op": "count_texts", "id", "texts"}, {"op": "count_prompt", "id", "messages"},
           {"op": "add_lora", "id", "name", "path"}, {"op": "drop_lora", "id", "name"},
           {"op": "ping", "id"}, which goes the way of a request and is answered between two steps
Lines out: {"event": "ready", …} or {"event": "failed", "reason"}, then
           {"event": "queued", "id", "place"}, {"event": "tokens", "id", "tokens", "text"},
           {"event": "done", "id", "text", "reason", "prompt_tokens", "completion_tokens",
            "cached_tokens"},
           {"event": "counts", "id", "counts"}, {"event": "lora", "id", "problem"},
           {"event": "too_long", "id", "prompt_tokens", "at_least"}, {"event": "error", "id", "reason"},
           {"event": "pong", "id"}

Every token goes to the parent with its text. If this process dies, the parent asks again with
those tokens in `resume`: they are computed as part of the prompt and the answer goes on behind
them, so no text is repeated or changed, at any temperature.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

import numpy as np

from bot.generation import native
from bot.generation.chat_template import ChatTemplate
from bot.generation.engine import EngineError
from bot.generation.prefixes import common_prefix
from bot.generation.sampling import Sampling
from bot.generation.scheduler import SLICE, Job, Scheduler, done
from bot.generation.text_stream import TextStream
from bot.messages import Turn


class Worker:
    """The three threads of the process, and the lines between them and the parent."""

    def __init__(self, options: dict[str, Any], lines: TextIO, out: TextIO) -> None:
        self._options = options
        self._lines = lines
        self._out = out
        self._sending = threading.Lock()
        self._to_tokenize: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._to_decode: queue.SimpleQueue[Callable[[Scheduler], None]] = queue.SimpleQueue()
        # Requests that were cancelled before the main thread had their job. Numbers grow.
        self._cancelled: set[int] = set()
        self._newest = 0

    def run(self) -> int:
        """Load the model, then work until standard input ends; return the exit status."""
        options = self._options
        # Before the model, so that an end of standard input is noticed while it loads.
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self._model = native.NativeModel(options["path"], gpu_layers=options["gpu_layers"])
            self._template = ChatTemplate.of(self._model)
            self._template.check()
            trained = self._model.trained_size
            self._context_size = min(options["context_size"], trained) if trained else options["context_size"]
            scheduler = Scheduler(
                self._model,
                self._context,
                sequences=options["sequences"],
                cells=min(options["slot_size"], self._context_size),
                long_cells=self._context_size,
                prefix_bytes=options["prefix_bytes"],
                tags=self._template.tags,
            )
        except native.NativeError as error:
            self._send({"event": "failed", "reason": str(error)})
            return 1
        except EngineError as error:
            self._send({"event": "failed", "reason": error.sentence})
            return 1
        problems = {name: _add(scheduler, name, path) for name, path in options["loras"].items()}
        # No piece is longer than this many bytes, so a text of n times as many has n tokens at least.
        self._longest_piece = max(len(self._model.piece(token)) for token in range(self._model.vocabulary_size))
        problems = {name: problem for name, problem in problems.items() if problem}
        self._send(
            {
                "event": "ready",
                "context_size": self._context_size,
                "lora_problems": problems,
                "thinks": self._template.thinks,
            }
        )
        threading.Thread(target=self._tokenize, daemon=True).start()
        self._decode(scheduler)
        return 0

    def _context(self, sequences: int, cells: int) -> native.Context:
        threads = self._options["threads"]
        batch = SLICE + sequences  # with those that are computed along, see `scheduler.BETWEEN`
        return native.Context(self._model, sequences=sequences, cells=cells, batch=batch, threads=threads)

    def _send(self, *events: dict[str, Any]) -> None:
        with self._sending:
            self._out.write("".join(json.dumps(event) + "\n" for event in events))
            self._out.flush()

    def _read(self) -> None:
        for line in self._lines:
            message = json.loads(line)
            if message["op"] == "cancel":
                self._to_decode.put(partial(self._cancel, number=message["id"]))
            else:
                self._to_tokenize.put(message)
        os._exit(0)  # the parent is gone or wants us gone; nothing here is worth a farewell

    def _tokenize(self) -> None:
        while True:
            message = self._to_tokenize.get()
            try:
                self._handle(message)
            except Exception as error:  # without this thread nothing would be answered any more
                reason = str(error) if isinstance(error, EngineError) else f"{type(error).__name__}: {error}."
                self._send({"event": "error", "id": message["id"], "reason": reason})

    def _handle(self, message: dict[str, Any]) -> None:
        match message["op"]:
            case "count_texts":
                counts = [len(self._model.tokenize(text, special=False)) for text in message["texts"]]
                self._send({"event": "counts", "id": message["id"], "counts": counts})
            case "count_prompt":
                counts = [len(self._template.tokens(_turns(message)))]
                self._send({"event": "counts", "id": message["id"], "counts": counts})
            case "add_lora":
                self._to_decode.put(partial(self._add_lora, message=message))
            case "drop_lora":
                self._to_decode.put(lambda scheduler: scheduler.drop_adapter(message["name"]))
            case "ping":
                self._to_decode.put(lambda _: self._send({"event": "pong", "id": message["id"]}))
            case _:
                if job := self._job(message):
                    self._to_decode.put(partial(self._add, job=job, message=message))

    def _job(self, message: dict[str, Any]) -> Job | None:
        """Return what is asked for, tokenized; None where there is nothing to compute, which was told."""
        messages = _turns(message)
        room = self._context_size - message["max_tokens"]
        least = sum(len(turn.content) for turn in messages) // self._longest_piece
        if least > room:  # not worth tokenizing
            self._send({"event": "too_long", "id": message["id"], "prompt_tokens": least, "at_least": True})
            return None
        prompt = self._template.tokens(messages)
        if len(prompt) > room:
            self._send({"event": "too_long", "id": message["id"], "prompt_tokens": len(prompt), "at_least": False})
            return None
        try:
            grammar = native.Grammar(self._model, message["grammar"]) if message["grammar"] else None
        except native.NativeError as error:
            raise EngineError(str(error)) from None
        job = Job(
            id=message["id"],
            prompt=prompt,
            max_tokens=message["max_tokens"],
            sampling=Sampling(message["temperature"], message["top_p"], message["seed"]),
            stream=TextStream(
                message["stop"], spelled=self._template.spelled, given=[turn.content for turn in messages]
            ),
            grammar=grammar,
            answer=message["resume"],
            idle=message["idle"],
            known=self._known(messages, prompt),
        )
        tags = self._template.tags
        stopped = [job.stream.push(self._model.piece(token), tags.get(token, ""))[1] for token in job.answer]
        if any(stopped) or len(job.answer) >= job.max_tokens:  # it died between the last token and `done`
            self._send(done(job, "" if any(stopped) else "length"))
            return None
        if grammar:
            for token in job.answer:
                grammar.accept(token)
        return job

    def _known(self, messages: list[Turn], prompt: list[int]) -> list[int]:
        """Return where the prompt's last message begins: what is before it will be asked again.

        A template may write anything around a message, so that is seen from another last message.
        """
        if len(messages) < 2:
            return []
        other = self._template.tokens([*messages[:-1], Turn(messages[-1].role, "\n\n")])
        return [common_prefix(np.array(prompt, np.int32), np.array(other, np.int32))]

    # On the main thread

    def _add(self, scheduler: Scheduler, job: Job, message: dict[str, Any]) -> None:
        self._newest = job.id
        if job.id not in self._cancelled:
            try:
                scheduler.add(job, message["lora"], message["lora_scale"])
            except native.NativeError as error:
                self._send({"event": "error", "id": job.id, "reason": f"{error}."})
        self._cancelled = {number for number in self._cancelled if number > job.id}

    def _cancel(self, scheduler: Scheduler, number: int) -> None:
        if number > self._newest:
            self._cancelled.add(number)
        else:
            scheduler.cancel(number)

    def _add_lora(self, scheduler: Scheduler, message: dict[str, Any]) -> None:
        problem = _add(scheduler, message["name"], message["path"])
        self._send({"event": "lora", "id": message["id"], "problem": problem})

    def _decode(self, scheduler: Scheduler) -> None:
        while True:
            while scheduler.idle or not self._to_decode.empty():
                self._to_decode.get()(scheduler)
            self._send(*scheduler.step())


def _turns(message: dict[str, Any]) -> list[Turn]:
    return [Turn(role, content) for role, content in message["messages"]]


def _add(scheduler: Scheduler, name: str, path: str) -> str:
    """Load an adapter; return what was wrong with it, if anything."""
    try:
        scheduler.add_adapter(name, path)
    except native.NativeError as error:
        return str(error)
    return ""


def main() -> int:
    # Standard output is the line to the parent: keep a copy of it and send stray prints elsewhere.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines = os.fdopen(0, "r", encoding="utf-8")
    native.silence()
    return Worker(json.loads(lines.readline()), lines, out).run()


if __name__ == "__main__":
    sys.exit(main())
