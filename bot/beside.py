"""Where a file is written before it takes the place of another in one step."""

import errno
import os
from pathlib import Path


def beside(path: Path, ending: str) -> Path:
    """Return a hidden file beside `path`. Raises IsADirectoryError where `path` is a folder, which no file replaces."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return path.with_name(f".{path.name}.{ending}")
