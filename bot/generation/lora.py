"""LoRA adapters on disk: what their header says, and whether they fit the model that is served."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bot.generation.engine import ModelFileError
from bot.generation.gguf_file import GGUFHeader, read_header

BASE_HASH_KEY = "frontdesk.base_sha256"
"""Metadata key under which training records the SHA-256 (hex) of the base model's file."""


_OTHER_MODEL = "Train it on this model, or set model.path to the model it was made for."


class LoraError(ModelFileError):
    """The adapter cannot be used with this model; the engine answers without it."""


@dataclass(frozen=True, slots=True)
class LoraAdapter:
    """A usable adapter."""

    path: Path
    name: str
    alpha: float
    rank: int
    base_sha256: str
    """Hash of the model it was trained on, empty if it does not say."""


def read_lora(path: Path, base: GGUFHeader, base_hashes: Collection[str] = ()) -> LoraAdapter:
    """Read an adapter's header and hold it against the base model.

    `base_hashes` are the SHA-256 sums that count as this base: of the file served and of the one it
    was made from. Raises LoraError with the reason for a file that is damaged, no LoRA adapter, or
    made for another model.
    """
    try:
        header = read_header(path)
    except ModelFileError as error:
        raise LoraError(
            f"The LoRA adapter cannot be used. {error.sentence}", "Set lora.path to a whole adapter, or leave it empty."
        ) from None
    metadata = header.metadata
    if not header.is_adapter or metadata.get("adapter.type") != "lora":
        raise LoraError(
            f"{path} is not a LoRA adapter (general.type is {metadata.get('general.type', 'missing')!r}).",
            "Set lora.path to an adapter in GGUF form.",
        )
    if header.architecture != base.architecture:
        raise LoraError(
            f"The LoRA adapter {path} is for the architecture {header.architecture!r}, "
            f"the model is {base.architecture!r}.",
            _OTHER_MODEL,
        )
    trained_on = str(metadata.get(BASE_HASH_KEY, ""))
    if trained_on and base_hashes and trained_on not in base_hashes:
        raise LoraError(
            f"The LoRA adapter {path} was trained on another base model (SHA-256 {trained_on[:12]}…).",
            "Train it again on this model, or set model.path to the model it was made for.",
        )
    alpha = metadata.get("adapter.lora.alpha")
    if not isinstance(alpha, float) or alpha <= 0:
        raise LoraError(f"The LoRA adapter {path} has no alpha (adapter.lora.alpha).", "Convert it again.")
    return LoraAdapter(path, path.stem, alpha, _rank(path, header, base), trained_on)


def _rank(path: Path, header: GGUFHeader, base: GGUFHeader) -> int:
    """Return the rank, after checking that every pair of matrices fits a tensor of the base."""
    shapes = {tensor.name: tensor.shape for tensor in header.tensors}
    wanted = {tensor.name: tensor.shape for tensor in base.tensors}
    targets = {name.removesuffix(".lora_a").removesuffix(".lora_b") for name in shapes}
    if not targets:
        raise LoraError(f"The LoRA adapter {path} is empty: it has no tensors.", "Convert it again.")
    rank = 0
    for target in sorted(targets):
        a, b = shapes.get(f"{target}.lora_a"), shapes.get(f"{target}.lora_b")
        if a is None or b is None:
            raise LoraError(
                f"The LoRA adapter {path} is damaged: one half of {target} is missing.", "Convert it again."
            )
        if target not in wanted:
            raise LoraError(f"The LoRA adapter {path} changes {target}, which the model does not have.", _OTHER_MODEL)
        if not (len(a) == len(b) == 2 and a[1] == b[0] and (a[0], b[1]) == wanted[target]):
            raise LoraError(
                f"The LoRA adapter {path} does not fit the model: {target} is {wanted[target]}, "
                f"the adapter's halves are {a} and {b}.",
                _OTHER_MODEL,
            )
        rank = max(rank, a[1])
    return rank
