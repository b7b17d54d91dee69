"""Which tokens are computed next, for whom: continuous batching on one thread.

In every step each answer under way gains one token, and the prompts that wait are computed in slices
beside them, so that a long prompt does not stop the others. What depends on the adapter is computed
adapter by adapter: the slots with the same adapter and scale go together, and between them the
adapter is exchanged, which costs some milliseconds and no reload.

    job -> waiting (a queue) -> slot: prompt in slices -> tokens -> done
                                  ^            |
                            PrefixCache <------+ copies of what comes again
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from bot.generation.markup import ThoughtsUnmarked
from bot.generation.native import Adapter, Context, Grammar, NativeError, NativeModel, Step, last_words
from bot.generation.prefixes import LEAST, PrefixCache, common_prefix
from bot.generation.sampling import Sampling
from bot.generation.text_stream import TextStream

# Tokens computed in one step at the most: 256 take about a fifth of a second on two cores, which is
# also the longest that a cancellation or another answer's next token waits.
SLICE = 256
# Slots between two at work up to which they are computed along with them. llama.cpp computes only
# neighbouring sequences together and reads all weights once more for the next ones, which takes as long
# as three or four tokens.
BETWEEN = 3
_THINKS = "it shows what it thinks as if that were the answer. Choose a model that does not think."


@dataclass(frozen=True, slots=True)
class Influence:
    """What a cache depends on besides its tokens; the base model alone has no adapter."""

    adapter: Adapter | None = None
    scale: float = 0.0


BASE = Influence()


@dataclass(slots=True)
class Job:
    """A prompt, tokenized, with its answer so far."""

    id: int
    prompt: list[int]
    max_tokens: int
    sampling: Sampling
    stream: TextStream
    grammar: Grammar | None = None
    answer: list[int] = field(default_factory=list)
    known: Sequence[int] = ()
    """Lengths of beginnings of the prompt that later ones of the conversation will have too."""
    influence: Influence = BASE
    idle: bool = False
    """Nobody waits for it: it is worked on only while there is nothing else to do."""
    place: int = 0
    """In the queue, as last told."""
    cached: int = 0
    """Tokens of the prompt that were computed before it came."""

    @property
    def cells(self) -> int:
        """Tokens that the job may come to need in a cache."""
        return len(self.prompt) + self.max_tokens


@dataclass(slots=True)
class Slot:
    """One sequence of a context: the tokens in its cache, and the job it works on, if any."""

    context: Context
    sequence: int
    cache: list[int] = field(default_factory=list)
    influence: Influence = BASE
    """Of the cache."""
    job: Job | None = None
    begun: bool = False
    """Whether it is settled which beginning of the job need not be computed."""
    marks: list[int] = field(default_factory=list)
    """Lengths of beginnings that will be kept once they are computed, shortest first."""
    used: int = 0
    """When it was last taken, by the scheduler's count; the least is the first to be given up."""

    def missing(self) -> list[int]:
        """Return the tokens of the job that are not computed."""
        assert self.job
        computed, prompt = len(self.cache), self.job.prompt
        if computed < len(prompt):
            return prompt[computed:] + self.job.answer
        return self.job.answer[computed - len(prompt) :]

    def common(self, job: Job) -> int:
        """Return how much of the job's beginning is in the cache."""
        if self.influence != job.influence:
            return 0
        tokens = job.prompt + job.answer
        return common_prefix(np.array(self.cache, np.int32), np.array(tokens, np.int32))

    def clear(self) -> None:
        self.context.forget(self.sequence)
        self.cache = []


class Scheduler:
    """Computes the jobs given to it; all of it runs on one thread.

    First come, first served, but for idle jobs: they get a slot and are computed only where nobody else is, and
    give it up, keeping what they have said, as soon as somebody wants it. A job longer than a slot gets a context of
    its own, of `long_cells` tokens, which is made when it is needed and freed when nobody waits for it: most memory
    would else be kept for what seldom comes.
    """

    def __init__(
        self,
        model: NativeModel,
        make_context: Callable[[int, int], Context],
        *,
        sequences: int,
        cells: int,
        long_cells: int,
        prefix_bytes: int,
        tags: Mapping[int, str],
    ) -> None:
        """`make_context(sequences, cells)` returns a context of so many sequences of so many tokens.

        `tags`: the tokens that are markup, see `ChatTemplate.tags`.
        """
        self._model = model
        self._tags = tags
        self._make_context = make_context
        self._long_cells = long_cells
        context = make_context(sequences, cells)
        self._slots = [Slot(context, sequence) for sequence in range(sequences)]
        self._long: Slot | None = None
        self._prefixes = PrefixCache(prefix_bytes)
        self._adapters: dict[str, Adapter] = {}
        self._waiting: deque[Job] = deque()
        self._clock = 0
        self._events: list[dict[str, Any]] = []

    @property
    def idle(self) -> bool:
        return not self._waiting and not self._busy()

    def add(self, job: Job, lora: str, scale: float) -> None:
        """Take a job in, to be answered with the adapter named `lora` at `scale`; without a name by the base model.

        Raises NativeError where there is no such adapter.
        """
        if lora and scale:
            if lora not in self._adapters:
                raise NativeError("its LoRA adapter is not loaded")
            job.influence = Influence(self._adapters[lora], scale)
        self._waiting.append(job)

    def cancel(self, job_id: int) -> None:
        """Forget a job, waiting or at work; its slot is free at once. An unknown one is nothing."""
        self._waiting = deque(job for job in self._waiting if job.id != job_id)
        for slot in self._busy():
            if slot.job and slot.job.id == job_id:
                self._free(slot)

    def add_adapter(self, name: str, path: str) -> None:
        """Load an adapter, in the place of one with the same name. Raises NativeError."""
        adapter = Adapter(self._model, path)
        self.drop_adapter(name)
        self._adapters[name] = adapter

    def drop_adapter(self, name: str) -> None:
        """Forget an adapter; jobs that were given it keep it to their end, and then its memory is free."""
        adapter = self._adapters.pop(name, None)
        self._prefixes.drop(lambda key: isinstance(key, Influence) and key.adapter is adapter is not None)
        for slot in self._all():
            if not slot.job and slot.influence.adapter is adapter is not None:
                self._let_go(slot)

    def step(self) -> list[dict[str, Any]]:
        """Compute one slice; return the events to send."""
        self._events = []
        self._admit()
        groups: dict[tuple[int, Influence], list[tuple[Slot, list[int]]]] = {}
        for slot, part in self._parts():
            groups.setdefault((id(slot.context), slot.influence), []).append((slot, part))
        for group in groups.values():
            self._compute(group)
        if self._long and not self._long.job and not any(self._is_long(job) for job in self._waiting):
            self._long.context.close()
            self._long = None
        return self._events

    def _all(self) -> list[Slot]:
        return [*self._slots, self._long] if self._long else self._slots

    def _busy(self) -> list[Slot]:
        return [slot for slot in self._all() if slot.job]

    # The queue

    def _admit(self) -> None:
        """Give slots to those who wait, in their order, and tell the others their places."""
        waiting: deque[Job] = deque()
        for job in sorted(self._waiting, key=lambda job: job.idle):
            if job.idle and (waiting or self._pressed):
                waiting.append(job)
                continue
            try:
                slot = self._slot_for(job)
            except NativeError as error:
                self._fail(job, f"there is no room for a prompt of {len(job.prompt)} tokens: {error}")
                continue
            if slot is None:
                waiting.append(job)
                continue
            self._clock += 1
            slot.job, slot.begun, slot.used = job, False, self._clock
        self._waiting = waiting
        if waiting and not waiting[0].idle and self._free_of_idle():
            self._admit()
            return
        for place, job in enumerate(waiting, 1):
            if job.place != place:
                job.place = place
                self._events.append({"event": "queued", "id": job.id, "place": place})

    @property
    def _pressed(self) -> bool:
        """Whether a job that somebody waits for is being worked on."""
        return any(slot.job and not slot.job.idle for slot in self._all())

    def _free_of_idle(self) -> bool:
        """Take the idle jobs from their slots, back into the queue; return whether there were any."""
        idle = [slot for slot in self._busy() if slot.job and slot.job.idle]
        for slot in idle:
            assert slot.job
            self._waiting.append(slot.job)
            self._free(slot)
        return bool(idle)

    def _is_long(self, job: Job) -> bool:
        return job.cells > self._slots[0].context.cells

    def _slot_for(self, job: Job) -> Slot | None:
        """Return the free slot with most of the job's beginning, else the longest unused; None if all are taken."""
        if self._is_long(job):
            if self._long is None:
                self._long = Slot(self._make_context(1, self._long_cells), 0)
            return None if self._long.job else self._long
        free = [slot for slot in self._slots if not slot.job]
        return max(free, key=lambda slot: (slot.common(job) // LEAST, -slot.used), default=None)

    # One step

    def _parts(self) -> list[tuple[Slot, list[int]]]:
        """Return who computes which tokens now: answers one each, then prompts in the order they came."""
        parts: list[tuple[Slot, list[int]]] = []
        room = SLICE
        pressed = self._pressed
        working = [slot for slot in self._busy() if slot.job and not (pressed and slot.job.idle)]
        answering = [slot for slot in working if slot.begun and len(slot.missing()) == 1]
        reading = [slot for slot in working if slot not in answering]
        for slot in answering:
            parts.append((slot, slot.missing()))
            room -= 1
        for slot in sorted(reading, key=lambda slot: slot.used):
            if room <= 0:
                break
            if not slot.begun:
                self._begin(slot)
            part = slot.missing()[:room]
            to_mark = slot.marks[0] - len(slot.cache) if slot.marks else len(part)
            parts.append((slot, part[:to_mark]))
            if to_mark < len(part):
                break  # those who come next may begin with what is kept after this step
            room -= len(part)
        return parts

    def _begin(self, slot: Slot) -> None:
        """Give the slot the longest beginning of its job that was computed before."""
        job = slot.job
        assert job
        tokens = job.prompt + job.answer
        # The last token is always computed anew: its logits are wanted.
        own = min(slot.common(job), len(tokens) - 1)
        if own < len(slot.cache) and not self._model.keeps_prefixes:
            own = 0
        kept = self._prefixes.longest(job.influence, tokens, shorter_than=len(tokens))
        if kept and len(kept.tokens) > own and slot.context.restore(slot.sequence, kept.state):
            slot.cache = list(kept.tokens)
        else:
            slot.context.forget(slot.sequence, own)
            slot.cache = tokens[:own]
        slot.influence = job.influence
        computed = len(slot.cache)
        slot.marks = [mark for mark in self._prefixes.marks(job.influence, job.prompt, job.known) if mark > computed]
        slot.begun = True
        job.cached = min(computed, len(job.prompt))

    def _compute(self, group: list[tuple[Slot, list[int]]]) -> None:
        """Compute tokens of slots that share context and adapter."""
        steps: list[Step] = []
        last: list[tuple[int, Slot]] = []
        slots = [slot for slot, _ in group]
        between = self._between(slots)
        for slot, part in sorted([*group, *between], key=lambda one: one[0].sequence):
            first = len(slot.cache)
            if not part:
                steps.append(Step(0, first, slot.sequence, False))
                continue
            whole = len(part) == len(slot.missing())
            steps += [Step(token, first + at, slot.sequence, False) for at, token in enumerate(part)]
            if whole:
                steps[-1] = replace(steps[-1], logits=True)
                last.append((len(steps) - 1, slot))
            slot.cache += part
        context, influence = slots[0].context, slots[0].influence
        try:
            context.use(influence.adapter, influence.scale)
            status = context.decode(steps)
        except NativeError as error:
            self._give_up(slots, str(error))
            return
        for slot, _ in between:
            context.forget(slot.sequence, len(slot.cache))
        if status != 0:
            self._give_up(slots, last_words() or f"llama_decode returned {status}")
            return
        for slot in slots:
            if slot.marks and slot.marks[0] == len(slot.cache):
                self._prefixes.keep(influence, slot.cache[: slot.marks.pop(0)], context.save(slot.sequence))
        for at, slot in last:
            assert slot.job
            job = slot.job
            token = job.sampling.choose_within(job.grammar, context.logits(at), len(job.answer))
            self._append(slot, job, token)

    def _between(self, slots: Sequence[Slot]) -> list[tuple[Slot, list[int]]]:
        """Return the slots that close small gaps between these, each with nothing to compute."""
        if not self._model.keeps_prefixes:
            return []  # what is computed for nobody could not be dropped again
        taken = sorted(slot.sequence for slot in slots)
        gaps = [range(one + 1, next_) for one, next_ in pairwise(taken) if next_ - one - 1 <= BETWEEN]
        closing = [self._slots[sequence] for gap in gaps for sequence in gap]
        return [(slot, []) for slot in closing if len(slot.cache) < slot.context.cells]

    def _append(self, slot: Slot, job: Job, token: int) -> None:
        if token < 0 or self._model.ends(token):
            self._finish(slot, job)
            return
        job.answer.append(token)
        try:
            text, stopped = job.stream.push(self._model.piece(token), self._tags.get(token, ""))
        except ThoughtsUnmarked:
            self._fail(job, _THINKS)
            self._free(slot)
            return
        self._events.append({"event": "tokens", "id": job.id, "tokens": [token], "text": text})
        if stopped:
            self._finish(slot, job)
        elif len(job.answer) >= job.max_tokens:
            self._finish(slot, job, "length")

    def _finish(self, slot: Slot, job: Job, reason: str = "") -> None:
        try:
            self._events.append(done(job, reason))
        except ThoughtsUnmarked:
            self._fail(job, _THINKS)
        self._free(slot)

    def _free(self, slot: Slot) -> None:
        """Take the job from a slot, done or not."""
        slot.job = None
        if slot.influence.adapter and slot.influence.adapter not in self._adapters.values():
            self._let_go(slot)  # it was dropped meanwhile

    @staticmethod
    def _let_go(slot: Slot) -> None:
        slot.clear()
        slot.influence = BASE

    def _give_up(self, slots: Sequence[Slot], reason: str) -> None:
        for slot in slots:
            slot.clear()
            if slot.job:
                self._fail(slot.job, reason)
                self._free(slot)

    def _fail(self, job: Job, reason: str) -> None:
        self._events.append({"event": "error", "id": job.id, "reason": reason})


def done(job: Job, reason: str = "") -> dict[str, Any]:
    """Return the last event of a job. Raises ThoughtsUnmarked.

    `reason`: why the answer ended, where that is not for its stream to tell.
    """
    text = job.stream.finish()
    return {
        "event": "done",
        "id": job.id,
        "text": text,
        "reason": reason or job.stream.reason,
        "prompt_tokens": len(job.prompt),
        "completion_tokens": len(job.answer),
        "cached_tokens": job.cached,
    }
