"""Single operations of llama.cpp's tensor library, as the set-up built it, on arrays of numpy."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import llama_cpp._ggml as binding
import numpy as np
from numpy.typing import NDArray

F32, F16, Q8_0 = 0, 1, 8
"""Of ggml_type."""
_MEMORY = 64 << 20
_POINTER, _INT, _LONG, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_float


class _InitParams(ctypes.Structure):
    _fields_ = (("size", ctypes.c_size_t), ("buffer", ctypes.c_void_p), ("no_alloc", ctypes.c_bool))


_FUNCTIONS = {
    "ggml_cpu_init": (None, []),
    "ggml_init": (_POINTER, [_InitParams]),
    "ggml_free": (None, [_POINTER]),
    "ggml_new_tensor_4d": (_POINTER, [_POINTER, _INT, _LONG, _LONG, _LONG, _LONG]),
    "ggml_get_data": (_POINTER, [_POINTER]),
    "ggml_flash_attn_ext": (_POINTER, [_POINTER] * 5 + [_FLOAT] * 3),
    "ggml_mul_mat": (_POINTER, [_POINTER] * 3),
    "ggml_new_graph": (_POINTER, [_POINTER]),
    "ggml_build_forward_expand": (None, [_POINTER, _POINTER]),
    "ggml_graph_compute_with_ctx": (_INT, [_POINTER, _POINTER, _INT]),
}


def _library() -> ctypes.CDLL:
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(binding.libggml, name)
        function.restype, function.argtypes = result, arguments
    binding.libggml.ggml_cpu_init()
    return binding.libggml


def compute(
    operation: Callable[..., Any],
    inputs: Sequence[tuple[int, Sequence[int], NDArray[Any]]],
    shape: tuple[int, ...],
    threads: int,
) -> NDArray[np.float32]:
    """Return float32[shape], what an operation makes of its inputs.

    `operation` is given the library, its context and a tensor for each input: (type, shape as numpy has it, the bytes).
    """
    library = _library()
    context = library.ggml_init(_InitParams(_MEMORY, None, False))
    try:
        tensors = []
        for kind, of, array in inputs:
            tensor = library.ggml_new_tensor_4d(context, kind, *reversed((*[1] * (4 - len(of)), *of)))
            whole = np.ascontiguousarray(array)
            ctypes.memmove(library.ggml_get_data(tensor), whole.ctypes.data, whole.nbytes)
            tensors.append(tensor)
        result = operation(library, context, *tensors)
        graph = library.ggml_new_graph(context)
        library.ggml_build_forward_expand(graph, result)
        assert library.ggml_graph_compute_with_ctx(context, graph, threads) == 0
        out = np.empty(shape, np.float32)
        ctypes.memmove(out.ctypes.data, library.ggml_get_data(result), out.nbytes)
        return out
    finally:
        library.ggml_free(context)


def attention(
    q: NDArray[np.float32],
    k: NDArray[np.float16],
    v: NDArray[np.float16],
    mask: NDArray[np.float16],
    *,
    threads: int = 2,
    cap: float = 0.0,
) -> NDArray[np.float32]:
    """Return float32[streams, rows, heads, value size].

    q: float32[streams, heads, rows, key size]; k, v: float16[streams, cache heads, positions, size];
    mask: float16[streams, 1, rows, positions], added to the scores, which `cap` limits unless it is 0.
    """
    shape = (q.shape[0], q.shape[2], q.shape[1], v.shape[3])
    inputs = [(F32 if one.dtype == np.float32 else F16, one.shape, one) for one in (q, k, v, mask)]
    scale = q.shape[-1] ** -0.5
    return compute(
        lambda library, *tensors: library.ggml_flash_attn_ext(*tensors, scale, 0.0, cap), inputs, shape, threads
    )


def multiply(
    kind: int, weights: NDArray[Any], activations: NDArray[np.float32], *, threads: int = 2
) -> NDArray[np.float32]:
    """Return float32[rows, m] of weights[m, n] and activations float32[rows, n].

    The weights are of the type `kind`; in Q8_0 they are uint8[m, 34 bytes for each 32 numbers].
    """
    rows, n = activations.shape
    inputs = [(kind, (len(weights), n), weights), (F32, (rows, n), activations)]
    return compute(lambda library, *tensors: library.ggml_mul_mat(*tensors), inputs, (rows, len(weights)), threads)
