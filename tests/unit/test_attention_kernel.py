"""The attention that the set-up builds into llama.cpp, beside attention as numpy computes it.

llama.cpp's own rounds to F16 on the way (its results lie 1e-4 and more from these), so that a build without ours, or a
case that ours leaves to it, does not pass.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.ggml import attention

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Shape:
    """`rows` tokens of `streams` sequences; `heads` of queries share `cache_heads` of keys and values."""

    rows: int = 1
    positions: int = 256
    heads: int = 9
    cache_heads: int = 3
    streams: int = 1
    key_size: int = 64
    value_size: int = 64


def reference(
    q: NDArray[np.float32], k: NDArray[np.float16], v: NDArray[np.float16], mask: NDArray[np.float16]
) -> NDArray[np.float64]:
    sharing = q.shape[1] // k.shape[1]
    keys, values = (np.repeat(x.astype(np.float64), sharing, axis=1) for x in (k, v))
    scores = np.einsum("shrd,shpd->shrp", q.astype(np.float64), keys) * q.shape[-1] ** -0.5 + mask.astype(np.float64)
    most = scores.max(-1, keepdims=True)
    weights = np.exp(scores - np.where(np.isfinite(most), most, 0))
    whole = weights.sum(-1, keepdims=True)
    mixed = np.einsum("shrp,shpd->shrd", weights / np.where(whole, whole, 1), values)
    return mixed.transpose(0, 2, 1, 3)


def some(shape: Shape, *, sharp: float = 1.0, seed: int = 0) -> tuple[NDArray[np.float32], ...]:
    random = np.random.default_rng(seed)
    s = shape
    q = (random.standard_normal((s.streams, s.heads, s.rows, s.key_size)) * sharp).astype(np.float32)
    k = random.standard_normal((s.streams, s.cache_heads, s.positions, s.key_size)).astype(np.float16)
    v = random.standard_normal((s.streams, s.cache_heads, s.positions, s.value_size)).astype(np.float16)
    return q, k, v


def causal(shape: Shape) -> NDArray[np.float16]:
    """The last of `rows` tokens sees everything, each before it one position less."""
    seen = np.arange(shape.positions) <= np.arange(shape.positions - shape.rows, shape.positions)[:, None]
    mask = np.where(seen, 0, -np.inf).astype(np.float16)
    return np.broadcast_to(mask, (shape.streams, 1, *mask.shape))


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Shape(), id="one answer"),
        pytest.param(Shape(positions=1), id="the first token"),
        pytest.param(Shape(positions=63), id="a tile that is not full"),
        pytest.param(Shape(positions=65), id="a tile and a little"),
        pytest.param(Shape(streams=8, positions=832), id="eight answers"),
        pytest.param(Shape(rows=2), id="two tokens"),
        pytest.param(Shape(rows=62, positions=318), id="the end of a prompt"),
        pytest.param(Shape(rows=63, streams=3), id="the ends of three prompts"),
        pytest.param(Shape(rows=256, positions=512), id="a slice of a prompt"),
        pytest.param(Shape(heads=8, cache_heads=8), id="heads that share nothing"),
        pytest.param(Shape(heads=32, cache_heads=1), id="heads that all share one"),
        pytest.param(Shape(key_size=128, value_size=128), id="heads of 128"),
        pytest.param(Shape(key_size=256, value_size=256, heads=4, cache_heads=2), id="heads of 256"),
        pytest.param(Shape(key_size=96, value_size=80), id="heads of odd sizes"),
    ],
)
def test_few_rows_get_what_attention_is_defined_as(shape: Shape, threads: int) -> None:
    q, k, v = some(shape)
    mask = causal(shape)
    out = attention(q, k, v, mask, threads=threads)
    np.testing.assert_allclose(out, reference(q, k, v, mask), atol=3e-6, rtol=2e-5)


@pytest.mark.parametrize("sharp", [0.0, 20.0, 400.0])
def test_equal_and_very_unequal_scores_are_weighed_as_they_are(sharp: float) -> None:
    shape = Shape(rows=3, positions=400)
    q, k, v = some(shape, sharp=sharp)
    mask = causal(shape)
    np.testing.assert_allclose(attention(q, k, v, mask), reference(q, k, v, mask), atol=2e-4 if sharp > 100 else 1e-5)


def test_positions_of_others_and_what_stands_in_them_count_for_nothing() -> None:
    shape = Shape(rows=4, positions=512, streams=2)
    q, k, v = some(shape)
    mask = np.full((2, 1, 4, 512), -np.inf, np.float16)
    mask[0, 0, :, 70:75] = 0  # after a whole tile of others'
    mask[1, 0, 0, 511] = 0  # before it nothing at all
    mask[1, 0, 1, ::97] = -2.5  # counts less
    out = attention(q, k, v, mask)
    np.testing.assert_allclose(out, reference(q, k, v, mask), atol=1e-5)
    assert not out[1, 2:].any(), "a row that sees nothing is zero, not what was in memory"
    v[0, :, 75:] = 6e4
    assert (attention(q, k, v, mask)[0] == out[0]).all()


def test_a_row_is_the_same_whatever_slice_it_is_computed_in() -> None:
    q, k, v = some(Shape(rows=90, positions=300))
    mask = causal(Shape(rows=90, positions=300))
    slice_ = attention(q, k, v, mask)
    for one in (0, 50, 89):
        assert (attention(q[:, :, [one]], k, v, mask[:, :, [one]])[0, 0] == slice_[0, one]).all()


def test_a_sequence_is_the_same_whoever_is_computed_beside_it() -> None:
    q, k, v = some(Shape(streams=8, positions=300))
    mask = causal(Shape(streams=8, positions=300))
    together = attention(q, k, v, mask)
    for one in range(8):
        alone = attention(q[[one]], k[[one]], v[[one]], mask[[one]])
        assert (alone[0] == together[one]).all()


def test_what_only_llama_cpp_computes_is_left_to_it() -> None:
    shape = Shape(rows=2)
    q, k, v = some(shape, sharp=4)
    mask = causal(shape)
    plain, capped = (attention(q, k, v, mask, cap=cap) for cap in (0.0, 2.0))
    assert np.abs(plain - capped).max() > 0.05


@pytest.mark.parametrize("said", ["", "off"])
def test_the_kernels_can_be_switched_off(said: str) -> None:
    program = (
        "from tests.unit.test_attention_kernel import *\n"
        "q, k, v = some(Shape())\n"
        "print(np.abs(attention(q, k, v, causal(Shape())) - reference(q, k, v, causal(Shape()))).max())"
    )
    environment = os.environ | {"FRONTDESK_KERNELS": said, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    assert (float(done.stdout) > 1e-5) == (said == "off")
