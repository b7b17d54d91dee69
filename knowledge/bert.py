"""A BERT sentence encoder on NumPy alone, for questions, and for a few texts in a process that has just started.

Importing PyTorch and sentence-transformers takes seconds and 300 MB. For many texts they are several
times faster; this is not meant for those.

The network is that of Devlin et al., arXiv 1810.04805; pooling as in Reimers and Gurevych, arXiv 1908.10084.
"""

from __future__ import annotations

import copy
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from tokenizers import Tokenizer

Array = npt.NDArray[np.float32]

_MODULES = (
    ("Transformer", "Pooling"),
    ("Transformer", "Pooling", "Normalize"),
)
_HEADER = struct.Struct("<Q")
"""The first bytes of a safetensors file: how long the JSON is that says where everything lies."""
_BATCH_TOKENS = 1_024
_ROWS = 64
"""Tokens whose widest layer is computed together, so that it stays in the cache of the processor."""
_POOLED_BY_MEAN, _POOLED_BY_FIRST = "pooling_mode_mean_tokens", "pooling_mode_cls_token"


class NotThisKind(Exception):
    """A model that is computed in another way than is known here."""


class NumpyBert:
    """A sentence-transformers model in `folder`: a BERT encoder with mean or first-token pooling.

    Raises NotThisKind for any other model; OSError, KeyError, TypeError or ValueError for one that is damaged.
    """

    def __init__(self, folder: Path) -> None:
        config = _read(folder / "config.json")
        modules = tuple(one["type"].rpartition(".")[2] for one in _read(folder / "modules.json"))
        pooling = _read(folder / "1_Pooling" / "config.json")
        modes = {key for key, value in pooling.items() if key.startswith("pooling_mode_") and value}
        if (
            config["model_type"] != "bert"
            or config["hidden_act"] != "gelu"
            or config.get("position_embedding_type", "absolute") != "absolute"
            or modules not in _MODULES
            or len(modes) != 1
            or not modes <= {_POOLED_BY_MEAN, _POOLED_BY_FIRST}
        ):
            raise NotThisKind(folder.name)
        self._by_mean = _POOLED_BY_MEAN in modes
        self._heads = int(config["num_attention_heads"])
        self._layers = int(config["num_hidden_layers"])
        self._epsilon = float(config["layer_norm_eps"])
        self.dimension = int(config["hidden_size"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(int(_read(folder / "sentence_bert_config.json")["max_seq_length"]))
        self._tokenizer.no_padding()
        self._weights = dict(_weights(folder / "model.safetensors"))

    def with_weights(self, weights: Mapping[str, Array]) -> NumpyBert:
        """Return the same encoder with `weights`, by their names, in the place of its own; it shares all others."""
        other = copy.copy(self)
        other._weights = {**self._weights, **weights}
        return other

    def weight(self, name: str) -> Array:
        """Return one of the weights, by its name in the file of the model. Raises KeyError."""
        return self._weights[name]

    def encode(self, texts: Sequence[str]) -> Array:
        """Return the vectors of the texts, shape (len(texts), dimension), not yet of unit length."""
        vectors = [self.pooled(hidden) for _, hidden in self.tokens(texts)]
        return np.stack(vectors) if vectors else np.empty((0, self.dimension), dtype=np.float32)

    def tokens(self, texts: Sequence[str]) -> list[tuple[list[int], Array]]:
        """Return for each text its token ids and their vectors in context, shape (tokens, dimension)."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        return list(zip(ids, self.hidden(ids), strict=True))

    def pairs(self, first: str, seconds: Sequence[str], most: int) -> list[Array]:
        """Return of `first`, read together with each of the others, the tokens' vectors in context.

        Shapes (tokens, dimension), with the tokens that the model adds. Of a pair of more than `most` tokens the longer
        text loses its end.
        """
        begin, end = self._tokenizer.encode("").ids
        asked = self._tokenizer.encode(first, add_special_tokens=False).ids
        texts: list[list[int]] = []
        behind: list[int] = []
        for one in self._tokenizer.encode_batch(list(seconds), add_special_tokens=False):
            room = most - 3
            head = asked[: max(room - len(one.ids), room // 2)]
            texts.append([begin, *head, end, *one.ids[: room - len(head)], end])
            behind.append(len(head) + 2)
        return self.hidden(texts, behind)

    def hidden(self, texts: Sequence[Sequence[int]], behind: Sequence[int] = ()) -> list[Array]:
        """Return the last layer of each text, given by the ids of its tokens; shape (tokens, dimension).

        `behind` says for each from which token on it is the second of two texts that are read together.
        """
        found: list[Array] = []
        begins = iter(behind or [len(ids) for ids in texts])
        # On a busy machine several threads wait for each other: 1.4 s for a short text, not 0.02.
        with threadpool_limits(1, user_api="blas"):
            for some in _batches(texts):
                kinds = [np.arange(len(ids)) >= begin for ids, begin in zip(some, begins, strict=False)]
                found += self._hidden(some, np.concatenate(kinds).astype(np.intp))
        return found

    def pooled(self, hidden: Array) -> Array:
        """Return the vector of a text from those of its tokens."""
        vector: Array = hidden.mean(axis=0) if self._by_mean else hidden[0]
        return vector

    def _hidden(self, texts: Sequence[Sequence[int]], kinds: npt.NDArray[np.intp]) -> list[Array]:
        """Return the last layer of each text; `kinds` is of each token whether it is of a second text.

        All that is done token by token is done for the tokens of all texts at once, attention text by
        text, so that there is no padding to compute on.
        """
        ends = np.cumsum([len(ids) for ids in texts])
        spans = [slice(end - len(ids), end) for ids, end in zip(texts, ends, strict=True)]
        places = np.concatenate([np.arange(len(ids)) for ids in texts])
        hidden = self._weights["embeddings.word_embeddings.weight"][np.concatenate([list(ids) for ids in texts])]
        hidden += self._weights["embeddings.position_embeddings.weight"][places]
        hidden += self._weights["embeddings.token_type_embeddings.weight"][kinds]
        self._normalize(hidden, "embeddings.LayerNorm")
        for number in range(self._layers):
            hidden = self._layer(hidden, spans, f"encoder.layer.{number}")
        return [hidden[span] for span in spans]

    def _layer(self, hidden: Array, spans: Sequence[slice], layer: str) -> Array:
        width = hidden.shape[1]
        query, key, value = (
            self._linear(hidden, f"{layer}.attention.self.{name}").reshape(len(hidden), self._heads, -1).swapaxes(0, 1)
            for name in ("query", "key", "value")
        )
        query *= np.float32((width / self._heads) ** -0.5)
        attended = np.empty_like(hidden)
        for span in spans:
            scores = query[:, span] @ key[:, span].swapaxes(1, 2)
            scores -= scores.max(axis=-1, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(axis=-1, keepdims=True)
            attended[span] = (scores @ value[:, span]).swapaxes(0, 1).reshape(-1, width)
        attended = self._linear(attended, f"{layer}.attention.output.dense")
        attended += hidden
        self._normalize(attended, f"{layer}.attention.output.LayerNorm")
        for start in range(0, len(attended), _ROWS):
            rows = attended[start : start + _ROWS]
            inner = self._linear(rows, f"{layer}.intermediate.dense")
            _gelu(inner)
            rows += self._linear(inner, f"{layer}.output.dense")
        self._normalize(attended, f"{layer}.output.LayerNorm")
        return attended

    def _linear(self, x: Array, name: str) -> Array:
        out: Array = x @ self._weights[f"{name}.weight"].T
        out += self._weights[f"{name}.bias"]
        return out

    def _normalize(self, x: Array, name: str) -> None:
        """Normalize each row in place."""
        x -= x.mean(axis=-1, keepdims=True)
        x *= 1 / np.sqrt(np.einsum("ij,ij->i", x, x) / x.shape[1] + self._epsilon)[:, None].astype(np.float32)
        x *= self._weights[f"{name}.weight"]
        x += self._weights[f"{name}.bias"]


def _weights(path: Path) -> Iterator[tuple[str, Array]]:
    """Yield the names and values of a safetensors file's weights, as they lie in the file where they are float32.

    What is not used then takes no memory: of the half that is the vocabulary, a question needs a few rows.
    """
    with safe_open(path, "np") as file:
        mapped = np.memmap(path, mode="r")
        start = _HEADER.unpack(mapped[: _HEADER.size].tobytes())[0] + _HEADER.size
        for name, place in json.loads(mapped[_HEADER.size : start].tobytes()).items():
            short = name.removeprefix("bert.")
            if not short.startswith(("embeddings.", "encoder.")) or short.endswith("position_ids"):
                continue
            if place["dtype"] == "F32":
                begin, end = (start + offset for offset in place["data_offsets"])
                yield short, mapped[begin:end].view(np.float32).reshape(place["shape"])
            else:
                yield short, np.asarray(file.get_tensor(name), dtype=np.float32)


def _batches(texts: Sequence[Sequence[int]]) -> Iterator[list[Sequence[int]]]:
    """Cut texts, in their order, into batches of about _BATCH_TOKENS tokens."""
    batch: list[Sequence[int]] = []
    for ids in texts:
        if batch and sum(map(len, batch)) + len(ids) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(ids)
    if batch:
        yield batch


def _gelu(x: Array) -> None:
    """Apply x * (1 + erf(x / sqrt 2)) / 2 in place.

    The error function is right to 1.5e-7 (Abramowitz and Stegun, 7.1.26); SciPy takes longer to import.
    """
    a = np.abs(x)
    a *= np.float32(np.sqrt(0.5))
    t = np.float32(1) / (np.float32(1) + np.float32(0.3275911) * a)
    series = t * np.float32(1.061405429)
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series += np.float32(coefficient)
        series *= t
    np.square(a, out=a)
    np.negative(a, out=a)
    np.exp(a, out=a)
    series *= a
    np.subtract(np.float32(1), series, out=series)
    np.copysign(series, x, out=series)
    series += np.float32(1)
    series *= np.float32(0.5)
    x *= series


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
