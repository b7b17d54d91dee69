"""A folder of Markdown and text files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from knowledge.documents import Document, ScopeError, Skipped, Unchanged
from knowledge.parsing import UnreadableDocument, check_size, decode, first_heading, plain, split_front_matter
from knowledge.sources import SourceError, SourceOptions

SUFFIXES = {".md", ".markdown", ".txt"}


class FolderOptions(SourceOptions):
    """Options of a folder."""

    path: Path


class FolderSource:
    """Every `*.md`, `*.markdown` and `*.txt` below a folder; hidden ones and links to folders are left out.

    A document's id is its POSIX path within the folder. Front matter may hold `title`, `url` and
    the keys of a scope; without a title the first heading counts, then the name of the file.
    """

    Options = FolderOptions

    def __init__(self, options: FolderOptions, base: Path) -> None:
        self.options = options
        self.name = options.name
        self._folder = (base / options.path.expanduser()).resolve()

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        """Yield the files in the order of their ids. Raises SourceError if the folder cannot be listed."""
        troubles: list[Skipped] = []
        for path in self._files(troubles):
            id = path.relative_to(self._folder).as_posix()
            try:
                yield self._document(id, path)
            except (UnreadableDocument, ScopeError) as error:
                yield Skipped(self.name, id.encode("utf-8", "replace").decode(), str(error))
        yield from troubles

    def _files(self, troubles: list[Skipped]) -> list[Path]:
        def unreadable(error: OSError) -> None:
            folder = Path(error.filename)
            if folder == self._folder:
                raise SourceError(
                    f"The folder of the source “{self.name}” cannot be read: {self._folder} ({error.strerror}).",
                    "Mend its path in [[knowledge.sources]], or its permissions.",
                )
            where = folder.relative_to(self._folder).as_posix()
            troubles.append(Skipped(self.name, where, f"The folder cannot be read: {error.strerror}."))

        found: list[Path] = []
        for folder, subfolders, names in os.walk(self._folder, onerror=unreadable):
            subfolders[:] = [name for name in subfolders if not name.startswith(".")]
            found += [
                Path(folder, name)
                for name in names
                if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES
            ]
        return sorted(found)

    def _document(self, id: str, path: Path) -> Document:
        try:
            id.encode("utf-8")
        except UnicodeEncodeError:
            raise UnreadableDocument("Its name is not valid UTF-8.", "Rename it.") from None
        try:
            # Reading a pipe or a device would never end.
            if not path.is_file():
                reason = "It is not a regular file." if path.exists() else "It is a link to nothing."
                raise UnreadableDocument(reason)
            check_size(path.stat().st_size)
            raw = path.read_bytes()
        except OSError as error:
            raise UnreadableDocument(f"It cannot be read: {error.strerror}.", "Check its permissions.") from None
        values, text = split_front_matter(decode(raw))
        if not text.strip():
            raise UnreadableDocument("It has no text.")
        title = plain(values, "title") or first_heading(text) or _readable(path)
        return Document(id, self.name, title, text, plain(values, "url"), self.options.scope_of(id, values))


def _readable(path: Path) -> str:
    """Return a title made of the name of the file, or of its folder where the file is only an index."""
    stem = path.parent.name if path.stem.lower() in {"index", "readme"} else path.stem
    words = stem.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
