"""The sample handbook, indexed, with the embedded model, and adapters for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters import wiring
from bot.generation.models import PreparedModel
from bot.settings import Settings, from_values
from knowledge import sample
from tests.loras import write_lora


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, copy_sample: Callable[[Path], None]) -> Path:
    """Folder of data with the index and the prepared model."""
    folder = tmp_path_factory.mktemp("tuned")
    copy_sample(folder)
    return folder


@pytest.fixture
def settings(indexed: Path, tmp_path: Path) -> Settings:
    """Settings with a tuning folder of their own."""
    return _settings(indexed, tmp_path / "tuning")


def _settings(data: Path, tuning: Path) -> Settings:
    values = {
        "data_dir": str(data),
        "tuning": {"folder": str(tuning)},
        "lora": {"default": False},
        "knowledge": {"sources": [{"name": "handbook", "kind": "folder", "path": str(sample.HANDBOOK)}]},
        "answering": {"contact": "help@kettlewick.example", "cache": False, "deadline_s": 600},
        "model": {"quantization": "Q8_0", "context_size": 2048, "max_tokens": 40},
    }
    return from_values(values, data / "frontdesk.toml")


@pytest.fixture(scope="session")
def prepared(indexed: Path) -> PreparedModel:
    return wiring.prepared_model(_settings(indexed, indexed / "tuning"))


@pytest.fixture
def lora(prepared: PreparedModel, tmp_path: Path) -> Callable[..., Path]:
    """Return a writer of adapters for the embedded model; another seed gives another one."""

    def write(seed: int, base_sha256: str = "", spread: float = 0.05) -> Path:
        path = tmp_path / f"lora-{seed}.gguf"
        return write_lora(path, prepared.path, base_sha256 or prepared.source_sha256, seed=seed, spread=spread)

    return write
