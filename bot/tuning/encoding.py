"""Examples as tokens: by the vocabulary and the chat template of the file served, exactly as its engine does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from bot.generation import native
from bot.generation.chat_template import ChatTemplate
from bot.generation.engine import ModelFileError
from bot.messages import Turn
from bot.tuning.packing import Encoded


@dataclass(frozen=True, slots=True)
class TooLong:
    """An example that does not fit: how many tokens it has."""

    tokens: int


class Encoder:
    """A model's vocabulary and template. `size` is the most tokens of prompt and answer together.

    A context manager: the file stays mapped into memory meanwhile. Raises ModelFileError.
    """

    def __init__(self, path: Path, size: int) -> None:
        native.silence()
        try:
            self._model = native.NativeModel(str(path), gpu_layers=0)
        except native.NativeError as error:
            raise ModelFileError(f"The model file {path} cannot be loaded: {error}.", "Name another file.") from None
        self._template = ChatTemplate.of(self._model)
        trained = self._model.trained_size
        self.size = min(size, trained) if trained else size

    def __enter__(self) -> Encoder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._model.close()

    def encode(self, messages: Sequence[Turn], answer: str) -> Encoded | TooLong:
        """Return the tokens of a prompt and of the answer that the model is to give."""
        prompt = tuple(self._template.tokens(messages))
        said = tuple(self._template.answer_tokens(answer))
        if len(prompt) + len(said) > self.size:
            return TooLong(len(prompt) + len(said))
        return Encoded(prompt, said)
