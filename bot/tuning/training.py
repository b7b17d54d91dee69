"""Training: from examples and a base to an adapter, in a folder that a killed run goes on from.

    runs/<id>/  run.json             options, counts, losses, how it stands
                learned.json         digests of the questions that it learned from
                checkpoint.pt        where it stands: weights, optimizer, draws
                best.safetensors     the weights with the lowest validation loss
                peft/                the adapter as PEFT reads it
                adapter.gguf         the adapter as it is served (`model.gguf` where every weight was trained)
                loss.svg, card.md    what it learned, and from what

A run that was killed and resumed ends with the very weights of one that was not: the order of the examples, the
draws of dropout and the optimizer's state are all kept.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import torch
from filelock import FileLock, Timeout
from torch import Tensor

from bot.generation.models import usable_cores
from bot.tuning.agreement import PROMPTS, Agreement, compare
from bot.tuning.base import Base
from bot.tuning.card import write_card
from bot.tuning.checkpoints import load_state, load_tensors, save_state, save_tensors, write_json
from bot.tuning.conversion import write_adapter, write_model
from bot.tuning.encoding import Encoder
from bot.tuning.errors import BusyError, LastingError, NoRoomError, TrainingError, is_full
from bot.tuning.estimate import Estimate, estimate
from bot.tuning.examples import Example
from bot.tuning.heldout import LEARNED, learned_from
from bot.tuning.items import Counts, Material, epoch, prepare, turns
from bot.tuning.objectives import Item, by_text, log_probabilities, loss_of, weight_of
from bot.tuning.options import Method, TrainingOptions
from bot.tuning.packing import pack
from bot.tuning.plot import write_plot
from bot.tuning.weights import PEFT_FOLDER, Weights, attach, load_peft, save_peft

RECORD, STATE, BEST = "run.json", "checkpoint.pt", "best.safetensors"
ADAPTER, MODEL, PLOT, CARD = "adapter.gguf", "model.gguf", "loss.svg", "card.md"
CHECKPOINT_S = 60.0
"""Seconds of work that a kill may cost."""


class Progress(Protocol):
    """Who is told how training goes."""

    def say(self, sentence: str) -> None:
        """Take a sentence worth reading."""
        ...

    def show(self, stage: str, done: int, total: int) -> None:
        """Take how far a stage is."""
        ...


class Silent:
    """Nobody is told."""

    def say(self, sentence: str) -> None:
        pass

    def show(self, stage: str, done: int, total: int) -> None:
        pass


@dataclass(slots=True)
class Course:
    """How a training goes; kept with every checkpoint."""

    step: int = 0
    steps: int = 0
    losses: list[tuple[int, float]] = field(default_factory=list)
    """(step, loss) of the training examples of each step."""
    validation: list[tuple[int, float]] = field(default_factory=list)
    """(step, loss) of the validation examples; step 0 is the base."""
    best_step: int = -1
    seconds: float = 0.0
    """Of steps, those before a kill too; the validation is not in it."""
    tokens: int = 0
    """Trained on, each prompt in full."""
    stopped: str = ""
    """Why it ended before its last step, a sentence."""

    @property
    def best(self) -> float:
        """Lowest validation loss; NaN where none was taken."""
        return min((loss for _, loss in self.validation), default=math.nan)

    @property
    def since_best(self) -> int:
        """Evaluations since the best one."""
        return sum(step > self.best_step for step, _ in self.validation)


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What a training made."""

    folder: Path
    course: Course
    counts: Counts
    artifacts: tuple[Path, ...]
    """The adapter as it is served first."""
    agreement: Agreement | None = None
    """Of llama.cpp with the adapter and PyTorch; None where every weight was trained."""

    @property
    def adapter(self) -> Path:
        return self.artifacts[0]

    @property
    def metrics(self) -> dict[str, float]:
        first = self.course.validation[0][1] if self.course.validation else math.nan
        values = {
            "validation_loss": self.course.best,
            "validation_loss_before": first,
            "steps": float(self.course.step),
            "best_step": float(self.course.best_step),
            "seconds": round(self.course.seconds, 1),
            "tokens_per_s": round(self.course.tokens / max(self.course.seconds, 1e-9), 1),
        }
        if self.agreement:
            values["same_tokens_in_llama_cpp"] = self.agreement.same_tokens / max(1, self.agreement.tokens)
        return {key: value for key, value in values.items() if not math.isnan(value)}

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.folder.name,
            "metrics": {"training": self.metrics},
            "artifacts": [str(path) for path in self.artifacts],
        }


def train(
    base: Base,
    examples: Iterable[Example],
    options: TrainingOptions,
    folder: Path,
    *,
    start: Path | None = None,
    resume: bool = False,
    threads: int = 0,
    progress: Progress | None = None,
    about: dict[str, Any] | None = None,
) -> TrainingResult:
    """Train the base on the examples and write the adapter and its papers to `folder`.

    The base is changed: it is of no other use afterwards. `start` is the folder of an earlier run whose adapter is
    trained further; `resume` goes on where a run of the same options in this folder was cut off; `threads` 0
    means one for each physical core; `about` is put into the record and the card (`set`, …). Examples of the split
    `test` are never looked at. Raises TrainingError with what to do; a KeyboardInterrupt leaves a checkpoint.
    """
    tell = progress or Silent()
    examples = list(examples)
    with Encoder(base.gguf, options.max_tokens) as encoder:
        material = prepare(examples, encoder, options, lambda done: tell.show("reading examples", done, 0))
    with _alone(folder), _threads(threads or usable_cores()), _memory(base, options):
        if not resume and (folder / RECORD).exists():  # since somebody else began it, maybe
            raise taken(folder.name)
        write_json(folder / LEARNED, learned_from(examples))
        weights = attach(base, options)
        if start is not None:
            _check_start(start, base, options)
            weights.load(load_peft(start / PEFT_FOLDER))
        return Training(base, weights, material, options, folder, tell, about or {}).run(resume)


def _check_start(start: Path, base: Base, options: TrainingOptions) -> None:
    """Raise TrainingError where the adapter of an earlier run would say something else in this one."""
    try:
        record = json.loads((start / RECORD).read_text(encoding="utf-8"))
        sha256, before = record["base"]["sha256"], TrainingOptions.from_json(record["options"])
    except (OSError, ValueError, KeyError, TypeError):
        raise TrainingError(
            f"It is not known what {start.name} was trained on, as its {RECORD} cannot be read.",
            "Put it back, or start from another run.",
        ) from None
    if sha256 != base.sha256:
        raise TrainingError(
            f"{start.name} was trained on another base model (SHA-256 {sha256[:12]}…) than {base.name}.",
            "Set model.path to that model, or start without --from.",
        )
    if before.rank == options.rank and not math.isclose(before.scaling, options.scaling):
        rslora = " --rslora" if before.rslora else ""
        raise TrainingError(
            f"{start.name} was trained with another scale of the LoRA ({before.scaling:g}) than {options.scaling:g}.",
            f"Train with --rank {before.rank} --alpha {before.alpha:g}{rslora}, as it was.",
        )


def taken(run: str) -> TrainingError:
    """Return that a new run cannot be called as another one is."""
    return TrainingError(f"There is a run {run} already.", "Choose another --run, or go on with it by --resume.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Make the folder of a run and keep others from training in it. Raises TrainingError, or BusyError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(f"{folder.name} is being trained at this moment.", "Wait for it, or end it.") from None
    except OSError as error:
        raise (NoRoomError if is_full(error) else TrainingError)(
            f"{folder} cannot be written: {error.strerror}.", "Make room, or set tuning.folder to one that can."
        ) from error
    with lock:
        yield


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _memory(base: Base, options: TrainingOptions) -> Iterator[None]:
    """Say in a TrainingError that the memory is full, and what takes less of it."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        less = _anew(f"--batch-tokens {max(1, options.batch_tokens // 2)}")
        raise TrainingError(f"The memory of {base.device} is full.", less) from error


class Training:
    """One run."""

    def __init__(
        self,
        base: Base,
        weights: Weights,
        material: Material,
        options: TrainingOptions,
        folder: Path,
        tell: Progress,
        about: dict[str, Any],
    ) -> None:
        self._base, self._weights, self._options = base, weights, options
        self._folder, self._tell, self._about = folder, tell, about
        self._counts = material.counts
        self._train, self._validation = list(material.train), list(material.validation)
        self._optimizer = torch.optim.AdamW(
            weights.masters.values(),
            lr=options.learning_rate,
            weight_decay=options.weight_decay,
            fused=base.device.type in ("cpu", "cuda"),
        )
        expected = sum(options.weights.get(item.origin, 1.0) for item in self._train)
        steps = math.ceil(options.epochs * expected / options.batch_size)
        self._evaluate_every = max(1, round(expected / options.batch_size / options.evaluations))
        self._course = Course(steps=steps)
        self._began = datetime.now(UTC)
        self._saved_at = time.monotonic()
        self._estimate: Estimate | None = None
        self._agreement: Agreement | None = None
        self._draws: tuple[Tensor, list[Tensor]] | None = None
        self._fingerprint = _fingerprint(base, options)
        self._examples = [_digest(item, options) for item in (*material.train, *material.validation)]

    def run(self, resume: bool) -> TrainingResult:
        state = self._state() if resume and (self._folder / STATE).exists() else None
        if self._options.method is not Method.ANSWERS:
            # Before the weights of a run that was cut off are taken up: the reference is what it began with.
            self._train = self._with_reference(self._train)
            self._validation = self._with_reference(self._validation)
        if state is not None:
            self._take_up(state)
        self._prepare()
        self._record("running")
        again = f"frontdesk tune train --resume {self._folder.name}"
        self._tell.say(f"Run {self._folder.name}. Should it be cut off: `{again}` goes on with it.")
        try:
            with _memory(self._base, self._options):
                self._steps()
        except KeyboardInterrupt:
            self._record("interrupted")  # the last checkpoint is whole; where this step stands is not known
            raise
        except TrainingError as error:
            with suppress(TrainingError):  # the disk may be full; the first sentence is the one to read
                self._record("failed", str(error))
            raise
        return self._finish()

    # Before the first step

    def _prepare(self) -> None:
        if not self._train:
            raise LastingError(
                "All examples that can be used are for validation, so none are left to train on.",
                "Prepare the set again with examples on more documents, or name another one with --set.",
            )
        if self._course.steps == 0:
            raise LastingError("No examples are left to train on.", "Give their origins a weight above 0.")
        steps = [turns(step, self._options.batch_tokens) for step, _ in zip(self._batches(), range(64), strict=False)]
        largest = max((turn for step in steps for turn in step), key=_tokens)
        mean = _tokens(self._train) / len(self._train)
        left = (self._course.steps - self._course.step) * self._options.batch_size * mean
        evaluations = left / mean / self._options.batch_size / self._evaluate_every + 1
        trial = _trial(largest, self._options.batch_tokens)

        def run() -> int:
            self._backward(trial, 1.0)
            for one in self._weights.trained.values():
                one.grad = None
            return _tokens(trial)

        self._estimate = estimate(
            self._weights,
            run,
            largest=max(_tokens(largest), self._options.batch_tokens // 2),
            tokens=int(left),
            validation_tokens=int(evaluations * _tokens(self._validation)),
        )
        if self._draws is None:
            torch.manual_seed(self._options.seed)
        else:
            torch.set_rng_state(self._draws[0])
            if self._draws[1]:
                torch.cuda.set_rng_state_all(self._draws[1])
        self._tell.say(
            f"{len(self._train):,} examples, {self._course.steps:,} steps, {self._weights.count:,} weights: "
            f"{self._estimate}."
        )

    def _with_reference(self, items: Sequence[Item]) -> list[Item]:
        """Return the items with the log-probabilities that the answers have before training."""
        found: dict[int, Item] = {}
        for turn in turns(items, self._options.batch_tokens):
            self._tell.show("reference", len(found), len(items))
            sums = self._sums(turn)
            found |= {id(item): item.with_reference(sums[2 * n : 2 * n + 2]) for n, item in enumerate(turn)}
        return [found[id(item)] for item in items]

    @torch.no_grad()
    def _sums(self, items: Sequence[Item]) -> list[float]:
        self._base.model.train(False)
        texts = [text for item in items for text in item.texts]
        packed = pack(texts).to(self._base.device)
        logs = log_probabilities(self._base.hidden(packed), self._base.head, packed)
        return by_text(logs, packed, len(texts)).tolist()

    # Steps

    def _batches(self) -> Iterator[list[Item]]:
        """Yield the examples of each step, epoch after epoch without end."""
        left: list[Item] = []
        number = 0
        while True:
            while len(left) < self._options.batch_size:
                order = epoch(self._train, self._options.weights, self._options.seed, number)
                left += [self._train[place] for place in order]
                number += 1
            yield left[: self._options.batch_size]
            left = left[self._options.batch_size :]

    def _steps(self) -> None:
        course = self._course
        if course.step == 0 and not course.validation:
            self._evaluate()
        batches = self._batches()
        for _ in range(course.step):
            next(batches)
        while course.step < course.steps and not course.stopped:
            started = time.perf_counter()
            items = next(batches)
            loss = self.step(items)
            course.step += 1
            course.losses.append((course.step, loss))
            course.tokens += sum(len(text.tokens) for item in items for text in item.texts)
            course.seconds += time.perf_counter() - started
            self._tell.show("training", course.step, course.steps)
            if course.step % self._evaluate_every == 0 or course.step == course.steps:
                self._evaluate()
                self._save()
            elif time.monotonic() - self._saved_at > CHECKPOINT_S:
                self._save()

    def step(self, items: Sequence[Item]) -> float:
        """Do one step and return its loss. Raises TrainingError where the numbers give out."""
        rate = learning_rate(self._options, self._course.step, self._course.steps)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        weight = weight_of(self._options.method, items)
        loss = sum(self._backward(turn, weight) for turn in turns(items, self._options.batch_tokens))
        self._weights.take_gradients()
        norm = torch.nn.utils.clip_grad_norm_(self._weights.masters.values(), 1.0)
        if not (math.isfinite(loss) and math.isfinite(float(norm))):
            raise LastingError(
                f"The loss is no number any more at step {self._course.step + 1} of {self._course.steps}; "
                "training has stopped.",
                _anew(f"--learning-rate {self._options.learning_rate / 5:g}"),
            )
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self._weights.put_back()
        return loss

    def _backward(self, items: Sequence[Item], weight: float) -> float:
        """Add the gradients of some items; return their share of the loss."""
        self._base.model.train()
        packed = pack([text for item in items for text in item.texts]).to(self._base.device)
        logs = log_probabilities(self._base.hidden(packed), self._base.head, packed)
        loss = loss_of(self._options.method, logs, packed, items, self._options.beta) / weight
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())

    @torch.no_grad()
    def _evaluate(self) -> None:
        """Take the validation loss, keep the weights where it is the lowest, stop where it no longer falls."""
        course = self._course
        if not self._validation:
            course.best_step = course.step
            return
        self._base.model.train(False)
        total, done = 0.0, 0
        for turn in turns(self._validation, self._options.batch_tokens):
            packed = pack([text for item in turn for text in item.texts]).to(self._base.device)
            logs = log_probabilities(self._base.hidden(packed), self._base.head, packed)
            total += float(loss_of(self._options.method, logs, packed, turn, self._options.beta))
            done += len(turn)
            self._tell.show("validation", done, len(self._validation))
        loss = total / weight_of(self._options.method, self._validation)
        if math.isfinite(loss) and not loss >= course.best:  # also where there is none yet
            course.best_step = course.step
            save_tensors(self._folder / BEST, self._weights.state())
        course.validation.append((course.step, loss))
        if course.step:
            self._tell.say(f"Step {course.step} of {course.steps}: validation loss {loss:.4f}.")
        if self._options.patience and course.since_best >= self._options.patience:
            course.stopped = f"The validation loss has not fallen since step {course.best_step}."
            self._tell.say(course.stopped)

    # On disk

    def _save(self) -> None:
        state = {
            "fingerprint": self._fingerprint,
            "examples": self._examples,
            "course": asdict(self._course),
            "weights": self._weights.state(),
            "optimizer": self._optimizer.state_dict(),
            "draws": torch.get_rng_state(),
            "cuda_draws": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }
        save_state(self._folder / STATE, state)
        self._record("running")
        self._saved_at = time.monotonic()

    def _state(self) -> dict[str, Any] | None:
        """Return where the run stood that was cut off; None where it begins again, as examples were forgotten since.

        Raises TrainingError where it is not this one.
        """
        state = load_state(self._folder / STATE)
        if state["fingerprint"] == self._fingerprint:
            if state["examples"] == self._examples:
                return state
            if not Counter(self._examples) - Counter(state["examples"]):
                gone = len(state["examples"]) - len(self._examples)
                noun = "example was" if gone == 1 else "examples were"
                self._tell.say(f"{gone} {noun} forgotten since; training begins again without them.")
                return None
        raise TrainingError(
            f"{self._folder.name} was begun with other examples, other options or another model.",
            "Give the same ones, or start a new run.",
        )

    def _take_up(self, state: dict[str, Any]) -> None:
        self._course = Course(**state["course"])
        self._weights.load(state["weights"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._draws = state["draws"], state["cuda_draws"]
        self._tell.say(f"Going on after step {self._course.step} of {self._course.steps}.")

    def _record(self, status: str, problem: str = "") -> None:
        course = self._course
        write_json(
            self._folder / RECORD,
            {
                "id": self._folder.name,
                "status": status,
                "problem": problem,
                "begun": self._began.isoformat(timespec="seconds"),
                **self._about,
                "base": {
                    "name": self._base.name,
                    "sha256": self._base.sha256,
                    "architecture": self._base.header.architecture,
                    "checkpoint": self._base.checkpoint,
                },
                "device": str(self._base.device),
                "dtype": str(self._base.dtype).removeprefix("torch."),
                "options": self._options.as_json(),
                "counts": self._counts.as_json(),
                "weights": self._weights.count,
                "estimate": asdict(self._estimate) if self._estimate else None,
                "agreement": asdict(self._agreement) if self._agreement else None,
                **asdict(course),
            },
        )

    def _finish(self) -> TrainingResult:
        course = self._course
        if self._validation:
            self._weights.load(load_tensors(self._folder / BEST))
        if course.best_step <= 0:
            self._record("failed", "no better than the base")
            raise LastingError(
                "Training made nothing better: the validation loss was lowest before the first step.",
                f"{_anew(f'--learning-rate {self._options.learning_rate / 5:g}')} Look at the examples, too.",
            )
        if self._options.full:
            made = [write_model(self._weights, self._folder / MODEL)]
        else:
            papers = save_peft(self._weights, self._folder / PEFT_FOLDER)
            made = [write_adapter(self._weights, self._folder / ADAPTER), *papers]
            prompts = [item.texts[0].prompt for item in (*self._validation, *self._train)[:PROMPTS]]
            self._tell.show("comparing with llama.cpp", 0, 0)
            self._agreement = compare(self._weights, made[0], prompts)
            self._tell.say(f"llama.cpp with the adapter: {self._agreement}.")
        made.append(write_plot(self._folder / PLOT, course.losses, course.validation, course.best_step))
        self._record("done")
        result = TrainingResult(self._folder, course, self._counts, tuple(made), self._agreement)
        made.append(write_card(self._folder / CARD, self._base, self._options, result, self._about))
        (self._folder / STATE).unlink(missing_ok=True)
        return replace(result, artifacts=(*made, self._folder / RECORD))


def _fingerprint(base: Base, options: TrainingOptions) -> str:
    """Return what a run must have in common with the one it goes on from, besides the examples."""
    made_of = hashlib.sha256(json.dumps(options.as_json(), sort_keys=True).encode())
    made_of.update(base.sha256.encode())
    return made_of.hexdigest()


def _digest(item: Item, options: TrainingOptions) -> str:
    # KTO's second text is another example's, which depends on all of them.
    own = item.texts[:1] if options.method is Method.KTO else item.texts
    return hashlib.sha256(repr((item.origin, item.liked, own)).encode()).hexdigest()[:16]


def _anew(option: str) -> str:
    """Return what to do where a run cannot be gone on with, as it needs another value of an option."""
    return (
        f"Start a new run with `frontdesk tune train {option}` and your other options as before; "
        "--resume would end the same way."
    )


def _tokens(items: Sequence[Item]) -> int:
    return sum(item.tokens for item in items)


def _trial(largest: Sequence[Item], tokens: int) -> list[Item]:
    """Return a part of a turn that fits any memory that the training itself could fit."""
    trial: list[Item] = []
    for item in sorted(largest, key=lambda one: one.tokens):
        if trial and _tokens(trial) + item.tokens > tokens // 2:
            break
        trial.append(item)
    return trial


def learning_rate(options: TrainingOptions, step: int, steps: int) -> float:
    """Return the learning rate of a step, from 0 on: a rise, then the schedule down to nearly 0."""
    rise = max(1, round(options.warmup * steps)) if options.warmup else 0
    if step < rise:
        return options.learning_rate * (step + 1) / (rise + 1)
    along = (step - rise) / max(1, steps - rise)
    if options.schedule == "linear":
        return options.learning_rate * (1 - along)
    if options.schedule == "cosine":
        return options.learning_rate * 0.5 * (1 + math.cos(math.pi * along))
    return options.learning_rate
