"""The `frontdesk` command, run within the process of the tests: the same code without what a start costs."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from subprocess import CompletedProcess

import pytest

from adapters.cli import main


def run_here(*words: str, input: str = "", **environment: str) -> CompletedProcess[str]:
    """Run the command as its program would; of the environment only `environment` sets anything."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("FRONTDESK_")]:
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["frontdesk", *words])
        patch.setattr(sys, "stdin", io.StringIO(input))
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
            sys.exit(0)
    return CompletedProcess(words, int(ended.value.code or 0), out.getvalue(), err.getvalue())
