"""The worker process: it owns the model, and nothing else in Frontdesk touches llama.cpp.

    frontdesk (asyncio)                          worker (this program)
    LlamaCppEngine  -- stdin, a JSON object a line -->  reader thread -> tokenizer thread
                                                                              |
                    <-- stdout, a JSON object a line --  main thread: Scheduler (decodes)

The reader never waits for the model, so a cancellation counts from the next step on and the end of
standard input (the parent is gone) ends the process at once. The tokenizer thread answers counts
while the main thread decodes; it reads the vocabulary alone. The main thread decodes several
sequences together (continuous batching): in every step each answer gains one token and the prompts
that wait are computed in slices, so that a long prompt does not stop the others.

Lines in:  {"op": "generate", "id", "messages", "max_tokens", "stop", "temperature", "seed",
            "lora_scale", "resume"}, {"op": "cancel", "id"}, {"op": "count_texts", "id", "texts"},
           {"op": "count_prompt", "id", "messages"}
Lines out: {"event": "ready", …} or {"event": "failed", "reason"}, then
           {"event": "tokens", "id", "tokens", "text"}, {"event": "done", "id", "text", "reason",
            "prompt_tokens", "completion_tokens"}, {"event": "counts", "id", "counts"},
           {"event": "too_long", "id", "prompt_tokens", "at_least"}, {"event": "error", "id", "reason"}

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
from collections import deque
from dataclasses import dataclass, field
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from bot.generation import native
from bot.generation.chat_template import ChatTemplate
from bot.generation.engine import EngineError
from bot.generation.text_stream import TextStream
from bot.messages import Turn

# Tokens computed in one step at the most: 256 take about a quarter of a second on two cores, which
# is also the longest that a cancellation or another answer's next token waits.
SLICE = 256
# With a temperature, tokens less likely than this part of the likeliest one are left out (min-p).
MIN_P = 0.05


@dataclass(slots=True)
class Job:
    """A prompt, tokenized, with its answer so far."""

    id: int
    prompt: list[int]
    max_tokens: int
    temperature: float
    seed: int
    lora_scale: float
    stream: TextStream
    answer: list[int] = field(default_factory=list)

    @property
    def cells(self) -> int:
        """KV cells that the job may come to need."""
        return len(self.prompt) + self.max_tokens


@dataclass(slots=True)
class Slot:
    """One sequence of the context: the tokens in its cache, and the job it works on, if any."""

    sequence: int
    cache: list[int] = field(default_factory=list)
    job: Job | None = None
    used: int = 0
    """When it was last taken, by the scheduler's count; the least is the first to be given up."""


def common_prefix(a: list[int], b: list[int]) -> int:
    """Return how many tokens `a` and `b` begin with alike."""
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def sample(logits: NDArray[np.float32], temperature: float, seed: int, position: int) -> int:
    """Return the next token; greedy at temperature 0.

    The chance is drawn from (seed, position), so an answer taken up again draws as it would have.
    """
    if temperature <= 0:
        return int(logits.argmax())
    weights = np.exp((logits.astype(np.float64) - float(logits.max())) / temperature)
    weights[weights < MIN_P] = 0.0
    chance = np.random.default_rng((seed, position)).random()
    return int(np.searchsorted(np.cumsum(weights), chance * weights.sum(), side="right").clip(0, len(weights) - 1))


class Scheduler:
    """Decodes the jobs given to it; all of it runs on one thread.

    First come, first served: the job at the head waits for a free slot, for cache cells, and until
    the jobs before it with another LoRA scale are done; nobody overtakes it.
    """

    def __init__(self, model: native.NativeModel, sequences: int) -> None:
        self._model = model
        self._slots = [Slot(sequence) for sequence in range(sequences)]
        self._waiting: deque[Job] = deque()
        self._scale = 0.0
        self._clock = 0
        self._events: list[dict[str, Any]] = []

    @property
    def idle(self) -> bool:
        return not self._waiting and not any(slot.job for slot in self._slots)

    def add(self, job: Job) -> None:
        self._waiting.append(job)

    def cancel(self, job_id: int) -> None:
        """Forget a job, waiting or at work; its slot is free at once. An unknown one is nothing."""
        self._waiting = deque(job for job in self._waiting if job.id != job_id)
        for slot in self._slots:
            if slot.job and slot.job.id == job_id:
                slot.job = None

    def step(self) -> list[dict[str, Any]]:
        """Compute one batch; return the events to send."""
        self._events = []
        while self._waiting and self._admit(self._waiting[0]):
            self._waiting.popleft()
        steps, last = self._batch()
        if steps:
            self._compute(steps, last)
        return self._events

    def _admit(self, job: Job) -> bool:
        busy = [slot for slot in self._slots if slot.job]
        scale = job.lora_scale if self._model.has_lora else 0.0
        if busy and scale != self._scale:
            return False
        free = [slot for slot in self._slots if not slot.job]
        if not free or sum(slot.job.cells for slot in busy if slot.job) + job.cells > self._model.cells:
            return False
        if scale != self._scale:
            self._model.use_lora(scale)
            self._scale = scale
            for slot in self._slots:
                slot.cache.clear()
        tokens = job.prompt + job.answer
        slot = self._place(tokens, free)
        slot.job = job
        self._clock += 1
        slot.used = self._clock
        self._make_room()
        return True

    def _place(self, tokens: list[int], free: list[Slot]) -> Slot:
        """Choose a free slot for `tokens` and give it the longest beginning that is in any cache."""
        donor = max(self._slots, key=lambda slot: common_prefix(slot.cache, tokens))
        # The last token is always computed anew: its logits are wanted.
        length = min(common_prefix(donor.cache, tokens), len(tokens) - 1) if self._model.keeps_prefixes else 0
        others = [slot for slot in free if slot is not donor or not length]
        if not donor.job and (not others or 2 * length > len(donor.cache)):
            slot = donor  # the same conversation, most likely: its cache goes on
        else:
            slot = min(others, key=lambda s: s.used)
        if slot is donor:
            self._model.forget(slot.sequence, length)
        else:
            self._model.forget(slot.sequence)
            if length:
                self._model.share(donor.sequence, slot.sequence, length)
        slot.cache = tokens[:length]
        return slot

    def _make_room(self) -> None:
        """Drop the caches of idle slots, the longest unused first, until every busy one can finish."""
        idle = sorted((slot for slot in self._slots if not slot.job and slot.cache), key=lambda slot: slot.used)
        needed = sum(slot.job.cells for slot in self._slots if slot.job) + sum(len(slot.cache) for slot in idle)
        for slot in idle:
            if needed <= self._model.cells:
                return
            needed -= len(slot.cache)
            self._model.forget(slot.sequence)
            slot.cache.clear()

    def _batch(self) -> tuple[list[native.Step], list[tuple[int, Slot]]]:
        """Return the next batch and, for each slot that gets a token out of it, where its logits are."""
        steps: list[native.Step] = []
        last: list[tuple[int, Slot]] = []
        busy = [slot for slot in self._slots if slot.job]
        missing = {slot.sequence: self._missing(slot) for slot in busy}
        # Answers under way first (one token each), then prompts in the order they came.
        for slot in sorted(busy, key=lambda s: (len(missing[s.sequence]) > 1, s.used)):
            part = missing[slot.sequence][: SLICE - len(steps)]
            whole = len(part) == len(missing[slot.sequence])
            for token in part:
                steps.append(native.Step(token, len(slot.cache), slot.sequence, False))
                slot.cache.append(token)
            if whole and part:
                steps[-1] = native.Step(part[-1], len(slot.cache) - 1, slot.sequence, True)
                last.append((len(steps) - 1, slot))
        return steps, last

    @staticmethod
    def _missing(slot: Slot) -> list[int]:
        assert slot.job
        computed = len(slot.cache)
        prompt = slot.job.prompt
        if computed < len(prompt):
            return prompt[computed:] + slot.job.answer
        return slot.job.answer[computed - len(prompt) :]

    def _compute(self, steps: list[native.Step], last: list[tuple[int, Slot]]) -> None:
        status = self._model.decode(steps)
        if status != 0:
            reason = native.last_words() or f"llama_decode returned {status}"
            for slot in self._slots:
                self._model.forget(slot.sequence)
                slot.cache.clear()
                if slot.job:
                    self._events.append({"event": "error", "id": slot.job.id, "reason": reason})
                    slot.job = None
            return
        for at, slot in last:
            job = slot.job
            assert job
            token = sample(self._model.logits(at), job.temperature, job.seed, len(job.answer))
            self._append(slot, job, token)

    def _append(self, slot: Slot, job: Job, token: int) -> None:
        if self._model.ends(token):
            self._finish(slot, job, "stop")
            return
        job.answer.append(token)
        text, stopped = job.stream.push(self._model.piece(token))
        self._events.append({"event": "tokens", "id": job.id, "tokens": [token], "text": text})
        if stopped:
            self._finish(slot, job, "stop")
        elif len(job.answer) >= job.max_tokens:
            self._finish(slot, job, "length")

    def _finish(self, slot: Slot, job: Job, reason: str) -> None:
        self._events.append(done(job, reason))
        slot.job = None


def done(job: Job, reason: str) -> dict[str, Any]:
    """Return the last event of a job."""
    return {
        "event": "done",
        "id": job.id,
        "text": job.stream.finish(),
        "reason": reason,
        "prompt_tokens": len(job.prompt),
        "completion_tokens": len(job.answer),
    }


class Worker:
    """The three threads of the process, and the lines between them and the parent."""

    def __init__(self, options: dict[str, Any], lines: TextIO, out: TextIO) -> None:
        self._options = options
        self._lines = lines
        self._out = out
        self._sending = threading.Lock()
        self._to_tokenize: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._to_decode: queue.SimpleQueue[Job | int] = queue.SimpleQueue()

    def run(self) -> int:
        """Load the model, then work until standard input ends; return the exit status."""
        options = self._options
        # Before the model, so that an end of standard input is noticed while it loads.
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self._model = native.NativeModel(
                options["path"],
                context_size=options["context_size"],
                cells=options["cells"],
                sequences=options["sequences"],
                batch=SLICE,
                threads=options["threads"],
                gpu_layers=options["gpu_layers"],
                lora=options["lora"],
            )
        except native.NativeError as error:
            self._send({"event": "failed", "reason": str(error)})
            return 1
        self._template = _template(self._model)
        # No piece is longer than this many bytes, so a text of n times as many has n tokens at least.
        self._longest_piece = max(len(self._model.piece(token)) for token in range(self._model.vocabulary_size))
        self._send(
            {
                "event": "ready",
                "context_size": self._model.context_size,
                "has_lora": self._model.has_lora,
                "lora_problem": self._model.lora_problem,
            }
        )
        threading.Thread(target=self._tokenize, daemon=True).start()
        self._decode()
        return 0

    def _send(self, *events: dict[str, Any]) -> None:
        with self._sending:
            self._out.write("".join(json.dumps(event) + "\n" for event in events))
            self._out.flush()

    def _read(self) -> None:
        for line in self._lines:
            message = json.loads(line)
            if message["op"] == "cancel":
                self._to_decode.put(message["id"])
            else:
                self._to_tokenize.put(message)
        os._exit(0)  # the parent is gone or wants us gone; nothing here is worth a farewell

    def _tokenize(self) -> None:
        while True:
            message = self._to_tokenize.get()
            try:
                self._handle(message)
            except EngineError as error:
                self._send({"event": "error", "id": message["id"], "reason": str(error)})

    def _handle(self, message: dict[str, Any]) -> None:
        if message["op"] == "count_texts":
            counts = [len(self._model.tokenize(text, special=False)) for text in message["texts"]]
            self._send({"event": "counts", "id": message["id"], "counts": counts})
            return
        messages = [Turn(role, content) for role, content in message["messages"]]
        if message["op"] == "count_prompt":
            counts = [len(self._template.tokens(messages))]
            self._send({"event": "counts", "id": message["id"], "counts": counts})
            return
        room = self._model.context_size - message["max_tokens"]
        least = sum(len(turn.content) for turn in messages) // self._longest_piece
        if least > room:  # not worth tokenizing
            self._send({"event": "too_long", "id": message["id"], "prompt_tokens": least, "at_least": True})
            return
        prompt = self._template.tokens(messages)
        if len(prompt) > room:
            self._send({"event": "too_long", "id": message["id"], "prompt_tokens": len(prompt), "at_least": False})
            return
        job = Job(
            id=message["id"],
            prompt=prompt,
            max_tokens=message["max_tokens"],
            temperature=message["temperature"],
            seed=message["seed"],
            lora_scale=message["lora_scale"],
            stream=TextStream(message["stop"]),
            answer=message["resume"],
        )
        stopped = [job.stream.push(self._model.piece(token))[1] for token in job.answer]
        if any(stopped) or len(job.answer) >= job.max_tokens:  # it died between the last token and `done`
            self._send(done(job, "stop" if any(stopped) else "length"))
            return
        self._to_decode.put(job)

    def _decode(self) -> None:
        scheduler = Scheduler(self._model, self._options["sequences"])
        newest = 0
        # Cancelled while still with the tokenizer. Jobs come in the order of their numbers.
        cancelled: set[int] = set()
        while True:
            while scheduler.idle or not self._to_decode.empty():
                order = self._to_decode.get()
                if isinstance(order, Job):
                    newest = order.id
                    if order.id not in cancelled:
                        scheduler.add(order)
                    cancelled = {number for number in cancelled if number > newest}
                elif order > newest:
                    cancelled.add(order)
                else:
                    scheduler.cancel(order)
            self._send(*scheduler.step())


def _template(model: native.NativeModel) -> ChatTemplate:
    source = model.metadata("tokenizer.chat_template")
    control, defined = model.token_kinds()
    # Markup that a model declares as user-defined is control all the same where its template uses it.
    control |= {text: token for text, token in defined.items() if len(text) > 2 and text in source}
    return ChatTemplate(
        source,
        lambda text, special: model.tokenize(text, special=special),
        control,
        bos=(model.bos, model.token_text(model.bos)),
        eos=model.token_text(model.eos),
        adds_bos=model.adds_bos,
    )


def main() -> int:
    # Standard output is the line to the parent: keep a copy of it and send stray prints elsewhere.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines = os.fdopen(0, "r", encoding="utf-8")
    native.silence()
    return Worker(json.loads(lines.readline()), lines, out).run()


if __name__ == "__main__":
    sys.exit(main())
