"""A BERT sentence encoder on NumPy alone, for a few texts in a process that has just started.

Importing PyTorch and sentence-transformers takes longer than everything else that is done about one
changed document. For many texts they are several times faster; this is not meant for those.

The network is that of Devlin et al., arXiv 1810.04805; pooling as in Reimers and Gurevych, arXiv 1908.10084.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
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
        self._weights: dict[str, Array] = {}
        with safe_open(folder / "model.safetensors", "np") as file:
            names = set(file.keys())
            prefix = "bert." if "bert.embeddings.word_embeddings.weight" in names else ""
            for name in names:
                short = name.removeprefix(prefix)
                if short.startswith(("embeddings.", "encoder.")) and not short.endswith("position_ids"):
                    self._weights[short] = np.asarray(file.get_tensor(name), dtype=np.float32)

    def encode(self, texts: Sequence[str]) -> Array:
        """Return the vectors of the texts, shape (len(texts), dimension), not yet of unit length."""
        vectors = [self.pooled(hidden) for _, hidden in self.tokens(texts)]
        return np.stack(vectors) if vectors else np.empty((0, self.dimension), dtype=np.float32)

    def tokens(self, texts: Sequence[str]) -> list[tuple[list[int], Array]]:
        """Return for each text its token ids and their vectors in context, shape (tokens, dimension)."""
        encodings = self._tokenizer.encode_batch(list(texts))
        # On a busy machine several threads wait for each other: 1.4 s for a short text, not 0.02.
        with threadpool_limits(1, user_api="blas"):
            return [(encoding.ids, self._hidden(encoding.ids)) for encoding in encodings]

    def pooled(self, hidden: Array) -> Array:
        """Return the vector of a text from those of its tokens."""
        vector: Array = hidden.mean(axis=0) if self._by_mean else hidden[0]
        return vector

    def _hidden(self, ids: Sequence[int]) -> Array:
        """Return the last layer for one text; one at a time, so that there is no padding to compute on."""
        embeddings = self._weights["embeddings.word_embeddings.weight"][ids]
        embeddings = embeddings + self._weights["embeddings.position_embeddings.weight"][: len(ids)]
        embeddings = embeddings + self._weights["embeddings.token_type_embeddings.weight"][0]
        hidden = self._normalized(embeddings, "embeddings.LayerNorm")
        for number in range(self._layers):
            hidden = self._layer(hidden, f"encoder.layer.{number}")
        return hidden

    def _layer(self, hidden: Array, layer: str) -> Array:
        length, width = hidden.shape
        query, key, value = (
            self._linear(hidden, f"{layer}.attention.self.{name}").reshape(length, self._heads, -1).swapaxes(0, 1)
            for name in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(width / self._heads))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        attended = (scores @ value).swapaxes(0, 1).reshape(length, width)
        hidden = self._normalized(
            hidden + self._linear(attended, f"{layer}.attention.output.dense"), f"{layer}.attention.output.LayerNorm"
        )
        inner = _gelu(self._linear(hidden, f"{layer}.intermediate.dense"))
        return self._normalized(hidden + self._linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")

    def _linear(self, x: Array, name: str) -> Array:
        out: Array = x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return out

    def _normalized(self, x: Array, name: str) -> Array:
        centered = x - x.mean(axis=-1, keepdims=True)
        deviation = np.sqrt(np.square(centered).mean(axis=-1, keepdims=True) + np.float32(self._epsilon))
        out: Array = centered / deviation * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return out


def _gelu(x: Array) -> Array:
    out: Array = x * (np.float32(0.5) + np.float32(0.5) * _erf(x / np.float32(np.sqrt(2))))
    return out


def _erf(x: Array) -> Array:
    """Return the error function, to 1.5e-7 (Abramowitz and Stegun, 7.1.26); SciPy takes longer to import."""
    a = np.abs(x)
    t = 1 / (1 + np.float32(0.3275911) * a)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    out: Array = np.sign(x) * (1 - series * np.exp(-a * a))
    return out


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
