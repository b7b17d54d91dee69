"""The little of llama.cpp's C interface that the worker needs, with Python types.

Only the worker process (and the benchmarks) import this: one thread decodes, and a crash in here
takes no more than that process with it. `tokenize` and `piece` read the vocabulary alone and may be
called from another thread meanwhile.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import llama_cpp.llama_cpp as c
import numpy as np
from numpy.typing import NDArray

_log: deque[str] = deque(maxlen=40)


@c.llama_log_callback  # type: ignore[untyped-decorator]
def _keep(level: int, text: bytes, _: object) -> None:
    if level >= 3 and (line := text.decode("utf-8", "replace").strip()):  # warnings and errors
        _log.append(line)


def silence() -> None:
    """Keep llama.cpp's log off standard error; `last_words` has what it warned of."""
    c.llama_log_set(_keep, ctypes.c_void_p())


def last_words(lines: int = 3) -> str:
    """Return the last warnings and errors of llama.cpp, one line."""
    return " ".join(list(_log)[-lines:])


class NativeError(Exception):
    """llama.cpp refused; the text is its own."""


@dataclass(frozen=True, slots=True)
class Step:
    """One token to compute: where it stands, and whether the next one is wanted."""

    token: int
    position: int
    sequence: int
    logits: bool


class NativeModel:
    """A loaded model with one context of `sequences` sequences that share `cells` KV cells."""

    def __init__(
        self,
        path: str,
        *,
        context_size: int,
        cells: int,
        sequences: int,
        batch: int,
        threads: int,
        gpu_layers: int = -1,
        lora: str = "",
    ) -> None:
        c.llama_backend_init()
        parameters = c.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        self._model = c.llama_model_load_from_file(path.encode(), parameters)
        if not self._model:
            raise NativeError(last_words() or "llama.cpp gives no reason")
        self._vocab = c.llama_model_get_vocab(self._model)
        self.vocabulary_size = int(c.llama_vocab_n_tokens(self._vocab))
        trained = int(c.llama_model_n_ctx_train(self._model))
        self.context_size = min(context_size, trained) if trained > 0 else context_size
        self.cells = max(cells, self.context_size)
        self.batch_size = batch
        settings = c.llama_context_default_params()
        settings.n_ctx = self.cells
        settings.n_batch = settings.n_ubatch = batch
        settings.n_seq_max = sequences
        settings.n_threads = settings.n_threads_batch = threads
        settings.flash_attn_type = c.LLAMA_FLASH_ATTN_TYPE_ENABLED
        # One buffer for all sequences: a shared prompt prefix is stored and computed once.
        settings.kv_unified = True
        self._context = c.llama_init_from_model(self._model, settings)
        if not self._context:
            raise NativeError(last_words() or "the context could not be created; is there enough memory?")
        self._memory = c.llama_get_memory(self._context)
        self._batch = c.llama_batch_init(batch, 0, 1)
        self._adapter = None
        self.lora_problem = ""
        if lora:
            self._adapter = c.llama_adapter_lora_init(self._model, lora.encode())
            if not self._adapter:
                self.lora_problem = last_words() or "llama.cpp gives no reason"

    # Vocabulary

    def metadata(self, key: str) -> str:
        """Return a metadata value of the model as text, empty where it has none."""
        size = c.llama_model_meta_val_str(self._model, key.encode(), None, 0)
        if size < 0:
            return ""
        buffer = ctypes.create_string_buffer(size + 1)
        c.llama_model_meta_val_str(self._model, key.encode(), buffer, size + 1)
        return buffer.value.decode("utf-8", "replace")

    @property
    def bos(self) -> int:
        """The token that begins a text, -1 without one."""
        return int(c.llama_vocab_bos(self._vocab))

    @property
    def eos(self) -> int:
        return int(c.llama_vocab_eos(self._vocab))

    @property
    def adds_bos(self) -> bool:
        return bool(c.llama_vocab_get_add_bos(self._vocab))

    def ends(self, token: int) -> bool:
        """Whether `token` ends an answer."""
        return bool(c.llama_vocab_is_eog(self._vocab, token))

    def token_text(self, token: int) -> str:
        """Return the text of a token as it stands in the vocabulary."""
        return (c.llama_vocab_get_text(self._vocab, token) or b"").decode("utf-8", "replace") if token >= 0 else ""

    def token_kinds(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return the control tokens and the user-defined ones, each text -> token."""
        control, defined = {}, {}
        for token in range(self.vocabulary_size):
            attributes = c.llama_vocab_get_attr(self._vocab, token)
            if attributes & (c.LLAMA_TOKEN_ATTR_CONTROL | c.LLAMA_TOKEN_ATTR_UNKNOWN):
                control[self.token_text(token)] = token
            elif attributes & c.LLAMA_TOKEN_ATTR_USER_DEFINED:
                defined[self.token_text(token)] = token
        return control, defined

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Return the tokens of `text`; with `special`, control tokens written out in it count as such."""
        raw = text.encode("utf-8", "replace")
        room = len(raw) + 8
        while True:
            tokens = (c.llama_token * room)()
            count = c.llama_tokenize(self._vocab, raw, len(raw), tokens, room, False, special)
            if count >= 0:
                return tokens[:count]
            room = -count

    def piece(self, token: int) -> bytes:
        """Return the bytes that a token stands for, none for a control token."""
        room = 32
        while True:
            buffer = ctypes.create_string_buffer(room)
            size = c.llama_token_to_piece(self._vocab, token, buffer, room, 0, False)
            if size >= 0:
                return buffer.raw[:size]
            room = -size

    # Decoding

    def decode(self, steps: Sequence[Step]) -> int:
        """Compute the steps together; return llama.cpp's status (0 done, 1 no room in the cache)."""
        batch = self._batch
        batch.n_tokens = len(steps)
        for at, step in enumerate(steps):
            batch.token[at] = step.token
            batch.pos[at] = step.position
            batch.n_seq_id[at] = 1
            batch.seq_id[at][0] = step.sequence
            batch.logits[at] = step.logits
        return int(c.llama_decode(self._context, batch))

    def logits(self, at: int) -> NDArray[np.float32]:
        """Return a view of the logits after step `at` of the last `decode`; valid until the next."""
        pointer = c.llama_get_logits_ith(self._context, at)
        return np.ctypeslib.as_array(pointer, shape=(self.vocabulary_size,))

    @property
    def keeps_prefixes(self) -> bool:
        """Whether the beginning of a sequence's cache can be kept or shared (not in recurrent models)."""
        return not (c.llama_model_is_recurrent(self._model) or c.llama_model_is_hybrid(self._model))

    def forget(self, sequence: int, start: int = 0) -> None:
        """Drop a sequence's cache from position `start` on."""
        c.llama_memory_seq_rm(self._memory, sequence, start, -1)

    def share(self, source: int, target: int, length: int) -> None:
        """Let `target` use the first `length` positions of `source` as its own."""
        c.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def use_lora(self, scale: float) -> None:
        """Put the adapter in force at `scale` (0: the base model alone) and drop every cache.

        What was computed under another adapter or scale is wrong under this one.
        """
        if self._adapter is None:
            return
        count = 1 if scale else 0
        adapters = (c.llama_adapter_lora_p_ctypes * 1)(self._adapter)
        if c.llama_set_adapters_lora(self._context, adapters, count, (ctypes.c_float * 1)(scale)) != 0:
            raise NativeError(last_words() or "the adapter could not be put in force")
        c.llama_memory_clear(self._memory, True)

    @property
    def has_lora(self) -> bool:
        return self._adapter is not None

    def close(self) -> None:
        """Free everything; the object is of no use afterwards."""
        c.llama_batch_free(self._batch)
        c.llama_free(self._context)
        c.llama_model_free(self._model)
