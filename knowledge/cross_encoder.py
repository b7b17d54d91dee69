"""How likely a text answers a question: the two read together by a small network (a cross-encoder).

Vectors made of a question and of a text apart tell that both are about one thing, not that one answers the other: "Can
I return a gift card?" is as near to "Gift cards never expire." as a question that this answers. The network is the
embedded all-MiniLM-L6-v2, whose upper layers were trained on for this; below, it is the same and takes no memory twice.
What they differ by stands in `cross_encoder.safetensors`; `python -m tests.bench.cross_encoder --train` makes it anew.

It knows English, and the weights of that model alone: with another embedding model, and for texts in another language,
there is nothing to be told by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from safetensors.numpy import save_file

from knowledge.bert import NumpyBert

Array = npt.NDArray[np.float32]

FILE = Path(__file__).with_name("cross_encoder.safetensors")
MAX_TOKENS = 112
"""Of question and text together; see `NumpyBert.pairs`."""
_QUESTION_CHARS = 400
_EARLIER, _EARLIER_CHARS = 2, 200
"""Turns before the question that are read with it, the newest, and how much of each."""
_TEXT_CHARS = 700
_HEAD, _SCALE = "head", ".scale"
_STEPS = 127


class Trained(NamedTuple):
    """What training gave: the weights that differ from those of the base, and the head."""

    weights: Mapping[str, Array]
    """By their names in the base."""
    head: Array
    """Shape (2 * dimension + 1,): of the mean of the tokens' vectors, of the first one, and the bias."""


class CrossEncoder:
    """Reads a question together with texts. Safe to use from several threads."""

    def __init__(self, base: NumpyBert, trained: Trained) -> None:
        self._bert = base.with_weights(trained.weights)
        self._head = trained.head

    def log_odds(self, question: str, texts: Sequence[str]) -> Array:
        """Return for each text the logarithm of how much likelier it is that it answers than that nothing does.

        Shape (len(texts),). A text is best a sentence, under the title and heading that it stands under; `question` is
        what `read_as` makes of one.
        """
        pairs = self._bert.pairs(question, [text[:_TEXT_CHARS] for text in texts], MAX_TOKENS)
        told = [np.concatenate([hidden.mean(axis=0), hidden[0], [1.0]]) @ self._head for hidden in pairs]
        return np.array(told, dtype=np.float32)


def read_as(question: str, earlier: Sequence[str]) -> str:
    """Return a question as the network reads it: with the turns before it, of a conversation."""
    return " ".join([*(turn[:_EARLIER_CHARS] for turn in earlier[-_EARLIER:]), question[:_QUESTION_CHARS]])


def trained_on(path: Path = FILE) -> str:
    """Return the SHA-256 (hex) of the weights of the base that the file is for."""
    with safe_open(path, "np") as file:
        return str(file.metadata()["base"])


def read(base: NumpyBert, path: Path = FILE) -> Trained:
    """Return what the file holds, by default the one that comes along; `base` is what it was trained on."""
    with safe_open(path, "np") as file:
        names = [name for name in file.keys() if name != _HEAD and not name.endswith(_SCALE)]  # noqa: SIM118
        weights = {
            name: base.weight(name) + file.get_tensor(name + _SCALE) * file.get_tensor(name).astype(np.float32)
            for name in names
        }
        return Trained(weights, file.get_tensor(_HEAD))


def write(trained: Trained, base: NumpyBert, trained_on: str, path: Path) -> None:
    """Write what `read` reads: of each row of a weight the difference to the base, in 255 steps."""
    kept: dict[str, npt.NDArray[np.generic]] = {_HEAD: trained.head}
    for name, values in trained.weights.items():
        difference = values - base.weight(name)
        scale = np.maximum(np.abs(difference).max(axis=-1, keepdims=True) / _STEPS, 1e-12)
        kept[name] = np.rint(difference / scale).astype(np.int8)
        kept[name + _SCALE] = scale.astype(np.float32)
    save_file(kept, path, {"base": trained_on})
