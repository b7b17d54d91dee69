"""Multiplication by weights in Q8_0, as the set-up builds it into llama.cpp, beside numpy of the rounded numbers."""

from __future__ import annotations

import llama_cpp
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.ggml import F16, F32, Q8_0, multiply

BLOCK = 32
with_vnni = pytest.mark.skipif(
    b"AVX512_VNNI = 1" not in llama_cpp.llama_print_system_info(),
    reason="without AVX-512 VNNI llama.cpp multiplies as it comes, one row otherwise than several",
)


def q8_0(numbers: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return rows as Q8_0 has them (for each 32 numbers a scale in F16 and 32 bytes), and what these stand for."""
    blocks = numbers.reshape(len(numbers), -1, BLOCK)
    scale = np.abs(blocks).max(-1, keepdims=True) / np.float32(127)
    whole = np.rint(blocks * np.divide(1, scale, where=scale > 0, out=np.zeros_like(scale))).astype(np.int8)
    half = scale.astype(np.float16)
    packed = np.concatenate([half.view(np.uint8), whole.view(np.uint8)], -1).reshape(len(numbers), -1)
    return packed, (whole.astype(np.float64) * half.astype(np.float64)).reshape(numbers.shape)


def some(*shape: int, seed: int) -> NDArray[np.float32]:
    random = np.random.default_rng(seed)
    return (random.standard_normal(shape) * random.uniform(0.01, 10, (shape[0], 1))).astype(np.float32)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize(
    ("rows", "m", "n"),
    [
        pytest.param(256, 576, 576, id="a slice of a prompt"),
        pytest.param(249, 192, 576, id="one beside seven answers"),
        pytest.param(8, 1536, 576, id="eight answers"),
        pytest.param(5, 64, 64, id="five answers"),
        *(pytest.param(rows, 64, 64, id=f"{rows} rows, as they lie") for rows in (1, 2, 3, 4)),
        pytest.param(3, 77, 96, id="eights of weights and some more"),
        *(pytest.param(60 + left, 32, 96, id=f"{left} rows left") for left in range(1, 6)),
        pytest.param(40, 1, 32, id="one row of weights"),
        pytest.param(40, 17, 32, id="a register of weights and one more"),
        pytest.param(40, 95, 32, id="a panel that is not full"),
        pytest.param(70, 40, 32 * 700, id="more than is multiplied at once"),
    ],
)
def test_products_are_those_of_the_rounded_numbers(rows: int, m: int, n: int, threads: int) -> None:
    weights, meant = q8_0(some(m, n, seed=1))
    activations = some(rows, n, seed=2)
    _, given = q8_0(activations)
    expected = given @ meant.T
    out = multiply(Q8_0, weights, activations, threads=threads)
    # llama.cpp rounds a half the other way now and then, which moves a product by a part of a step.
    np.testing.assert_allclose(out, expected, atol=np.abs(expected).max() * 2e-3)
    assert np.abs(out - expected).mean() < np.abs(expected).mean() * 1e-4


def test_the_largest_numbers_of_both_signs_do_not_overflow() -> None:
    signs = np.where(np.random.default_rng(3).random((40, 576)) < 0.5, -1, 1).astype(np.float32)
    signs[0], signs[1] = 1, -1
    weights, meant = q8_0(signs)
    np.testing.assert_allclose(multiply(Q8_0, weights, signs), signs @ meant.T, rtol=1e-3, atol=0.5)


@with_vnni
def test_a_row_is_the_same_whoever_is_computed_beside_it() -> None:
    weights, _ = q8_0(some(96, 128, seed=4))
    activations = some(64, 128, seed=5)
    whole = multiply(Q8_0, weights, activations)
    for rows in (1, 2, 3, 4, 5, 8, 33):
        assert (multiply(Q8_0, weights, activations[:rows]) == whole[:rows]).all()


@with_vnni
@pytest.mark.parametrize(("kind", "dtype"), [(F32, np.float32), (F16, np.float16)])
def test_an_adapters_row_is_the_same_whoever_is_computed_beside_it(kind: int, dtype: type) -> None:
    weights = some(16, 576, seed=8).astype(dtype)
    activations = some(9, 576, seed=9)
    whole = multiply(kind, weights, activations)
    expected = activations.astype(dtype).astype(np.float64) @ weights.astype(np.float64).T
    np.testing.assert_allclose(whole, expected, atol=np.abs(expected).max() * 1e-5)
    assert (multiply(kind, weights, activations[:1]) == whole[:1]).all()


def test_zeros_are_zero() -> None:
    weights, _ = q8_0(some(32, 64, seed=6))
    weights[3] = 0
    activations = some(16, 64, seed=7)
    activations[9] = 0
    out = multiply(Q8_0, weights, activations)
    assert not out[:, 3].any() and not out[9].any() and out.any()
