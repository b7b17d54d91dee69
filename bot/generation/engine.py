"""What the core asks of a language model, wherever it runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.messages import Turn
from knowledge.errors import FrontdeskError


class EngineError(FrontdeskError):
    """The model cannot answer."""


class PromptTooLong(EngineError):
    """Prompt and reserved answer tokens exceed the model's context."""


class EngineBusy(EngineError):
    """The queue of the engine is full."""

    for_askers = True


class EngineUnavailable(EngineError):
    """The model does not answer at the moment, or no further; asked again later it may."""

    for_askers = True


class DeadlineExceeded(EngineError):
    """The answer was not finished in the time given."""

    for_askers = True


class ModelFileError(EngineError):
    """The model or adapter file is missing, damaged or of the wrong kind."""


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One prompt. `lora_scale` 0 means the base model alone."""

    messages: tuple[Turn, ...]
    max_tokens: int
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    """0 is greedy."""
    top_p: float = 1.0
    """Above temperature 0: the likeliest tokens that together have this probability are drawn from."""
    seed: int = 0
    """Of the draws, where the temperature is above 0."""
    grammar: str = ""
    """GBNF that the answer keeps to; empty for free text."""
    lora: str = ""
    """Name of an adapter the engine knows; empty for its default one."""
    lora_scale: float = 0.0
    deadline_s: float | None = None
    """Seconds from the call until DeadlineExceeded is raised; None waits for ever."""
    idle: bool = False
    """Nobody waits for it: an engine that can lets it compute only while no other request does."""


@dataclass(frozen=True, slots=True)
class Queued:
    """Event: the request waits. May come several times before the first text, with a smaller `place` each time."""

    place: int
    """1 for the next one to be worked on."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """Event: text to append. Never splits a character."""

    text: str


@dataclass(frozen=True, slots=True)
class GenerationDone:
    """Event: the last one of a stream.

    `reason` is `stop`, `length`, or `cut` where markup ended the answer amid a sentence.
    """

    reason: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    """Of the prompt's tokens those that needed no computing, as they were computed before."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model answers; kept with every answer."""

    name: str
    """File name or model name, e.g. `SmolLM2-135M-Instruct.Q4_0`."""
    context_size: int
    """Tokens for prompt and answer together."""
    lora: str = ""
    """Name of the adapter that answers where a request names none; empty without one."""
    loras: tuple[str, ...] = ()
    """Names of every adapter that a request may name."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Event: not the model and adapter that were asked for answer, but these. Comes before the first text."""

    model: ModelIdentity
    lora: str
    """Name of the adapter in force; empty without one."""
    lora_scale: float
    why: str
    """For the trace, a sentence."""


GenerationEvent = Queued | Answering | TextDelta | GenerationDone


class Engine(Protocol):
    """A model that streams. Safe to call from many tasks of one event loop at a time."""

    @property
    def identity(self) -> ModelIdentity:
        """Known after `start`."""
        ...

    async def start(self) -> None:
        """Load the model; raise ModelFileError with what to do if that fails."""
        ...

    async def stop(self) -> None:
        """End all work and give the memory back; idempotent."""
        ...

    def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        """Stream one answer; closing the generator cancels it. The last event is GenerationDone.

        Raises PromptTooLong, EngineBusy, EngineUnavailable, DeadlineExceeded or EngineError.
        """
        ...

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text alone, by the model's own tokenizer. Raises EngineError."""
        ...

    async def count_prompt(self, messages: Sequence[Turn]) -> int:
        """Return the exact number of tokens of the messages in the model's chat template. Raises EngineError."""
        ...

    def health(self) -> str:
        """Return an empty string when well, else a sentence saying what is wrong."""
        ...


class AdaptedEngine(Engine, Protocol):
    """An engine whose adapters come and go while it answers."""

    async def add_lora(self, path: Path, name: str) -> object:
        """Make an adapter known by a name; no answer stops. Raises EngineError for one that cannot be used."""
        ...

    async def drop_lora(self, name: str) -> None:
        """Forget an adapter; answers under way end with it. An unknown one is nothing."""
        ...

    def serve_lora(self, name: str | None) -> None:
        """Have requests that name no adapter answered with this one from now on; None for that of the settings."""
        ...
