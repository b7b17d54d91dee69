"""The sample handbook indexed and the embedded model made ready, once for all tests of a run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from knowledge import sample

ROOT = Path(__file__).resolve().parents[1]
_SETTINGS = f"""
data_dir = "data"
[[knowledge.sources]]
name = "handbook"
kind = "folder"
path = {str(sample.HANDBOOK)!r}
[model]
quantization = "Q8_0"
"""


def make(folder: Path) -> Path:
    """Return the data folder of the sample, made in `folder` by whichever worker comes first."""
    with FileLock(folder / "sample.lock"):
        made = folder / "sample"
        if not made.exists():
            # In processes of their own: most of those who want it need not load what makes it.
            unfinished = folder / "sample.part"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            (unfinished / "frontdesk.toml").write_text(_SETTINGS, encoding="utf-8")
            environment = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
            for words in (("reindex",), ("model", "prepare")):
                command = [sys.executable, "-m", "adapters.cli", "--config", unfinished / "frontdesk.toml", *words]
                done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stderr
            unfinished.rename(made)
        return made / "data"


def copy(source: Path, data: Path) -> None:
    """Give `data` a copy of its own. The model, which nobody writes to, is the same file where the disk can do that."""
    shutil.copytree(source, data, copy_function=_link_or_copy, dirs_exist_ok=True)


def _link_or_copy(source: str, target: str) -> str:
    if source.endswith(".gguf"):
        try:
            os.link(source, target)
        except OSError:
            pass
        else:
            return target
    return shutil.copy2(source, target)
