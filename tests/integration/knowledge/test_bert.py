"""A few texts are embedded without PyTorch, into the same vectors."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.bert import NotThisKind, NumpyBert
from knowledge.embedding import Embedder

TEXTS = ["How long may I return?", "Çà été naïve 漢字 ✓", "x", "Refunds > Time\n" + "Refunds take 14 days. " * 80, ""]


@pytest.fixture(scope="module")
def exact() -> Embedder:
    embedder = Embedder(dtype="float32")
    embedder.load()
    return embedder


def test_the_vectors_are_those_of_the_model_in_full(exact: Embedder) -> None:
    light = Embedder(dtype="float32").encode(TEXTS)
    assert np.abs(light - exact.encode(TEXTS)).max() < 1e-5


def test_with_the_first_token_too(exact: Embedder, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(exact.folder, folder)
    pooling = folder / "1_Pooling" / "config.json"
    values = json.loads(pooling.read_text())
    pooling.write_text(json.dumps({**values, "pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}))
    full = Embedder(str(folder), dtype="float32")
    full.load()
    light = Embedder(str(folder), dtype="float32").encode(TEXTS)
    assert np.abs(light - full.encode(TEXTS)).max() < 1e-5
    assert np.abs(light - exact.encode(TEXTS)).max() > 0.01


def test_a_few_texts_need_no_pytorch() -> None:
    script = (
        "import sys; from knowledge.embedding import Embedder; e = Embedder();"
        "assert e.encode(['one', 'two']).shape == (2, 384); assert e.max_tokens == 256; e.token_ends(['one']);"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).resolve().parents[3])


@pytest.mark.parametrize("change", [{"model_type": "mpnet"}, {"hidden_act": "relu"}])
def test_another_kind_of_model_is_not_guessed_at(exact: Embedder, tmp_path: Path, change: dict[str, str]) -> None:
    folder = tmp_path / "model"
    shutil.copytree(exact.folder, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    config = folder / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), **change}))
    with pytest.raises(NotThisKind):
        NumpyBert(folder)
