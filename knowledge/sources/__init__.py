"""Where documents come from: one module a kind of source, one way to open them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from knowledge.documents import Document, Skipped
from knowledge.errors import FrontdeskError


class SourceError(FrontdeskError):
    """A source that cannot be read at all: a missing path, a wrong kind, no permission."""


class Source(Protocol):
    """A place that holds documents."""

    @property
    def name(self) -> str:
        """Its name in the settings."""
        ...

    def documents(self) -> Iterator[Document | Skipped]:
        """Yield every document, and a `Skipped` for each that cannot be used.

        Raises SourceError if the source as a whole cannot be read.
        """
        ...


def open_source(options: Mapping[str, Any], base: Path) -> Source:
    """Return the source that `options` (`name`, `kind`, `path`) describe; relative paths start at `base`.

    Raises SourceError for options that name no source.
    """
    from knowledge.sources.folder import FolderSource
    from knowledge.sources.jsonl import JsonLinesSource

    kinds: dict[str, Callable[[str, Path], Source]] = {"folder": FolderSource, "jsonl": JsonLinesSource}
    name, kind, path = (str(options.get(key) or "") for key in ("name", "kind", "path"))
    if kind not in kinds:
        raise SourceError(
            f"The source “{name}” is of the kind “{kind}”, which does not exist.", f"Use one of: {', '.join(kinds)}."
        )
    if not path:
        raise SourceError(f"The source “{name}” has no path.", "Add `path` to its [[knowledge.sources]] block.")
    return kinds[kind](name, (base / Path(path).expanduser()).resolve())
