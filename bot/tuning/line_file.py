"""A file of JSON lines, written in one step, which readers of large files can type from its beginning."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self
from uuid import uuid4

from bot.beside import beside

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)")


class LineFile:
    """Takes lines and replaces `path` with them when it is left without an exception. Raises OSError.

    Lines keep their order, but those that are the first to have a field, an entry in a list, or a type, come before
    all others: programs such as `datasets` take the types of all lines from those of the first megabytes, and then
    fail at a list that had been empty until there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary: Path
        self._first: list[bytes] = []
        self._seen: set[tuple[str, str]] = set()
        self._rest: BinaryIO
        self.written = 0

    def open(self) -> None:
        self._temporary = beside(self._path, uuid4().hex)
        self._rest = self._temporary.open("w+b")

    def add(self, line: dict[str, Any]) -> None:
        """Take a line; characters that UTF-8 has no place for become question marks."""
        encoded = json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        types = set(_types(line))
        if types <= self._seen:
            self._rest.write(encoded)
        else:
            self._seen |= types
            self._first.append(encoded)
        self.written += 1

    def keep(self) -> None:
        """Replace the file with what was added."""
        whole = self._temporary.with_name(f"{self._temporary.name}.whole")
        try:
            with self._rest, whole.open("wb") as file:
                file.writelines(self._first)
                self._rest.seek(0)
                shutil.copyfileobj(self._rest, file)
            whole.replace(self._path)
        finally:
            self._temporary.unlink(missing_ok=True)
            whole.unlink(missing_ok=True)

    def discard(self) -> None:
        """Leave the file as it was."""
        with suppress(OSError):  # what was still to be written: there may be no room for it
            self._rest.close()
        self._temporary.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.keep() if kind is None else self.discard()


def _types(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the paths of a line's values with their types; of an empty list or object nothing."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _types(one, f"{path}.{key}")
    elif isinstance(value, list):
        for one in value:
            yield from _types(one, f"{path}[]")
    elif isinstance(value, str):
        yield path, "time" if _TIME.match(value) else "text"
    elif value is not None:
        yield path, type(value).__name__
