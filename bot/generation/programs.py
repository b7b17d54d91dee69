"""The environment of the programs that use llama.cpp, which are always processes of their own."""

from __future__ import annotations

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
# Threads of llama.cpp wait for each other some hundred times a token. By default they spin until they
# are let go on, which is ruin as soon as anything else wants the cores; without any spinning, waking up
# costs more than the work (44 tokens a second on two idle cores). A short spin before the sleep keeps
# both: 108 tokens a second on idle cores, 47 beside two busy programs. The environment may say otherwise.
_SHORT_SPIN = {"GOMP_SPINCOUNT": "1000"}


def environment() -> dict[str, str]:
    """Return the environment for `python -m bot.generation.…`, whatever the current folder is."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    return {**_SHORT_SPIN, **os.environ, "PYTHONPATH": path}
