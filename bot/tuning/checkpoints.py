"""The state of a training on disk: whole or not there, so that a kill or a full disk costs minutes, not the run."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor

from bot.tuning.errors import NoRoomError, TrainingError, is_full


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file in one step, safe against a kill and a loss of power. Raises TrainingError where that fails."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):  # the folder itself may be gone
            unfinished.unlink(missing_ok=True)
        raise (NoRoomError if is_full(error) else TrainingError)(
            f"{path} cannot be written: {error.strerror or error}. What was saved before is whole.",
            "Make room on the disk, then go on with --resume.",
        ) from error


def write_json(path: Path, value: Any) -> None:
    write_bytes(path, json.dumps(value, indent=2, ensure_ascii=False).encode())


def save_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write numbers, texts, lists, mappings and tensors. Raises TrainingError."""
    buffer = io.BytesIO()
    torch.save(dict(state), buffer)
    write_bytes(path, buffer.getvalue())


def load_state(path: Path) -> dict[str, Any]:
    """Read what `save_state` wrote; tensors on the CPU. Raises TrainingError."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a damaged file makes the reader say
        raise TrainingError(f"{path} is damaged.", "Start a new run.") from error
    return dict(state)


def save_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> None:
    """Write tensors in safetensors form. Raises TrainingError."""
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_bytes(path, save(whole, dict(metadata or {})))


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read what `save_tensors` wrote. Raises TrainingError."""
    try:
        return load(path.read_bytes())
    except OSError as error:
        raise TrainingError(f"{path} cannot be read: {error.strerror}.", "Train again.") from None
    except Exception as error:  # safetensors has a class of its own for damage
        raise TrainingError(f"{path} is damaged.", "Train again.") from error
