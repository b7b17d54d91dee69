"""Rewrites a GGUF file in another quantization: `python -m bot.generation.quantize SOURCE TARGET TYPE`.

A program of its own, so that llama.cpp's memory and its crashes stay out of the process that asks.
"""

from __future__ import annotations

import ctypes
import sys

import llama_cpp.llama_cpp as c

from bot.generation import native

TYPES = {
    "Q4_0": c.LLAMA_FTYPE_MOSTLY_Q4_0,
    "Q8_0": c.LLAMA_FTYPE_MOSTLY_Q8_0,
    "BF16": c.LLAMA_FTYPE_MOSTLY_BF16,
    "F16": c.LLAMA_FTYPE_MOSTLY_F16,
}


def main(source: str, target: str, kind: str) -> int:
    native.silence()
    parameters = c.llama_model_quantize_default_params()
    parameters.ftype = TYPES[kind]
    parameters.allow_requantize = True
    if c.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(parameters)) != 0:
        print(native.last_words() or "llama.cpp gives no reason", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
