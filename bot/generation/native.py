"""The little of llama.cpp's C interface that the worker needs, with Python types.

Only the worker process (and the benchmarks) import this: one thread decodes, and a crash in here
takes no more than that process with it. `tokenize` and `piece` read the vocabulary alone and may be
called from another thread meanwhile.

    NativeModel    weights and vocabulary
      Adapter      a LoRA adapter loaded beside them
      Grammar      where an answer stands that keeps to a GBNF grammar
      Context      the KV caches of some sequences, and what computes them
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
    """A loaded model: its weights and its vocabulary."""

    def __init__(self, path: str, *, gpu_layers: int = -1) -> None:
        c.llama_backend_init()
        parameters = c.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        # Where the compiler or a virtual machine gets AMX tiles wrong, the first prompt ends in a protection fault.
        parameters.use_extra_bufts = b"AMX_INT8 = 1" not in c.llama_print_system_info()
        self.pointer = c.llama_model_load_from_file(path.encode(), parameters)
        if not self.pointer:
            raise NativeError(last_words() or "llama.cpp gives no reason")
        self._vocab = c.llama_model_get_vocab(self.pointer)
        self.vocabulary_size = int(c.llama_vocab_n_tokens(self._vocab))
        self.trained_size = int(c.llama_model_n_ctx_train(self.pointer))
        """Tokens of the longest text it was trained on; 0 if the file does not say."""
        self.keeps_prefixes = not (c.llama_model_is_recurrent(self.pointer) or c.llama_model_is_hybrid(self.pointer))
        """Whether the beginning of a sequence's cache can be kept and its end dropped (not in recurrent models)."""

    # Vocabulary

    def metadata(self, key: str) -> str:
        """Return a metadata value of the model as text, empty where it has none."""
        size = c.llama_model_meta_val_str(self.pointer, key.encode(), None, 0)
        if size < 0:
            return ""
        buffer = ctypes.create_string_buffer(size + 1)
        c.llama_model_meta_val_str(self.pointer, key.encode(), buffer, size + 1)
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

    def close(self) -> None:
        """Free the weights; everything made from the model must be gone before."""
        c.llama_model_free(self.pointer)


class Adapter:
    """A LoRA adapter loaded beside its model; its memory goes with the last reference to it."""

    def __init__(self, model: NativeModel, path: str) -> None:
        self.pointer = c.llama_adapter_lora_init(model.pointer, path.encode())
        if not self.pointer:
            raise NativeError(last_words() or "llama.cpp gives no reason")

    def __del__(self) -> None:
        if self.pointer:
            c.llama_adapter_lora_free(self.pointer)


class Grammar:
    """Where an answer stands that keeps to a GBNF grammar. Raises NativeError for one that cannot be read."""

    def __init__(self, model: NativeModel, source: str) -> None:
        vocabulary = c.llama_model_get_vocab(model.pointer)
        self._sampler = c.llama_sampler_init_grammar(vocabulary, source.encode("utf-8", "replace"), b"root")
        if not self._sampler:
            raise NativeError(f"the grammar cannot be read. {last_words()}".strip())

    def __del__(self) -> None:
        if self._sampler:
            c.llama_sampler_free(self._sampler)

    def forbidden(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return which of the tokens (int32[n]) may not come next; a whole vocabulary takes milliseconds."""
        candidates = (c.llama_token_data * len(tokens))()
        view = np.ctypeslib.as_array(candidates)
        view["id"] = tokens
        view["logit"] = 0.0
        listed = c.llama_token_data_array(candidates, len(tokens), -1, False)
        c.llama_sampler_apply(self._sampler, ctypes.byref(listed))
        return np.isneginf(view["logit"])

    def accept(self, token: int) -> None:
        """Go on by one token, which must be allowed."""
        c.llama_sampler_accept(self._sampler, token)


class Context:
    """The KV caches of `sequences` sequences of `cells` tokens each, and what computes them together.

    Each sequence is a stream of its own in memory: attention reads no more than its tokens. (In one
    buffer for all of them a prefix could be shared without a copy, but every sequence then pays for the
    tokens of all: with eight of 768 tokens the prompt is read at half the speed.)
    """

    def __init__(self, model: NativeModel, *, sequences: int, cells: int, batch: int, threads: int) -> None:
        settings = c.llama_context_default_params()
        settings.n_ctx = cells * sequences
        settings.n_seq_max = sequences
        settings.n_batch = settings.n_ubatch = batch
        settings.n_threads = settings.n_threads_batch = threads
        settings.flash_attn_type = c.LLAMA_FLASH_ATTN_TYPE_ENABLED
        settings.kv_unified = False
        self._context = c.llama_init_from_model(model.pointer, settings)
        if not self._context:
            raise NativeError(last_words() or "the context could not be created; is there enough memory?")
        self.sequences = sequences
        self.cells = int(c.llama_n_ctx(self._context)) // sequences
        """Tokens that one sequence can hold; llama.cpp rounds up what was asked for."""
        self._vocabulary_size = model.vocabulary_size
        self._memory = c.llama_get_memory(self._context)
        self._batch = c.llama_batch_init(batch, 0, 1)
        self._adapter: Adapter | None = None
        self._scale = 0.0

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
        return np.ctypeslib.as_array(pointer, shape=(self._vocabulary_size,))

    def forget(self, sequence: int, start: int = 0) -> None:
        """Drop a sequence's cache from position `start` on."""
        c.llama_memory_seq_rm(self._memory, sequence, start, -1)

    def use(self, adapter: Adapter | None, scale: float) -> None:
        """Compute what follows with `adapter` at `scale`, or with the base model alone.

        The caches stay: what was computed otherwise is for the caller to forget.
        """
        if adapter is self._adapter and scale == self._scale:
            return
        adapters = (c.llama_adapter_lora_p_ctypes * 1)(*([adapter.pointer] if adapter else []))
        if c.llama_set_adapters_lora(self._context, adapters, 1 if adapter else 0, (ctypes.c_float * 1)(scale)) != 0:
            raise NativeError(last_words() or "the adapter could not be put in force")
        self._adapter, self._scale = adapter, scale

    def save(self, sequence: int) -> NDArray[np.uint8]:
        """Return a sequence's cache as bytes, a few kilobytes for each token; about a millisecond for a prompt."""
        size = c.llama_state_seq_get_size(self._context, sequence)
        state = np.empty(size, np.uint8)
        written = c.llama_state_seq_get_data(self._context, _bytes_of(state), size, sequence)
        return state[:written]

    def restore(self, sequence: int, state: NDArray[np.uint8]) -> bool:
        """Put a saved cache in the place of a sequence's own; return whether that worked."""
        self.forget(sequence)
        return bool(c.llama_state_seq_set_data(self._context, _bytes_of(state), state.size, sequence) == state.size)

    def close(self) -> None:
        """Free everything; the object is of no use afterwards."""
        c.llama_batch_free(self._batch)
        c.llama_free(self._context)


def _bytes_of(array: NDArray[np.uint8]) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
