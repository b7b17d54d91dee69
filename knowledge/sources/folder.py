"""A folder of files."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from knowledge.documents import Document, Skipped, Unchanged
from knowledge.sources import SourceError
from knowledge.sources.files import Files, FilesOptions, is_hidden

# A disk or a share that is ill for the moment, unlike a file that this process may not read.
_PASSING = {
    errno.EAGAIN,
    errno.EBUSY,
    errno.ECONNRESET,
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
    errno.EINTR,
    errno.EIO,
    errno.EMFILE,
    errno.ENETDOWN,
    errno.ENFILE,
    errno.ENODEV,
    errno.ENOMEM,
    errno.ENOTCONN,
    errno.ESTALE,
    errno.ETIMEDOUT,
}
_LOOP = "It is a link that leads back to itself."
_SETTLED_NS = 2_000_000_000
"""A file changed less than this before it was read may change again unseen: clocks of file systems are coarse."""


class FolderOptions(FilesOptions):
    """Options of a folder."""

    path: Path
    outside_links: bool = False
    """Whether a link to a file outside the folder is read."""


class FolderSource:
    """Every file below a folder that can be parsed; hidden ones are left out, links to folders not followed.

    A document's id is its POSIX path within the folder. The file may name its `title`, `url` and the
    keys of a scope, in front matter, say; without a title the first heading counts, then its name.
    """

    Options = FolderOptions

    def __init__(self, options: FolderOptions, base: Path) -> None:
        self.options = options
        self._folder = (base / options.path.expanduser()).resolve()

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        """Yield the files in the order of their ids; what has not changed is not opened.

        Raises SourceError if the folder cannot be listed, or more files fail than the error budget allows.
        """
        yield from _Reading(self.options, self._folder).documents(known)


class _Reading(Files):
    """One reading of a folder."""

    def __init__(self, options: FolderOptions, folder: Path) -> None:
        super().__init__(options)
        self._name, self._max_bytes, self._outside_links = options.name, options.max_bytes, options.outside_links
        self._folder = folder
        self._troubles: list[Skipped] = []
        self._broken_off = ""

    def documents(self, known: Mapping[str, str]) -> Iterator[Document | Unchanged | Skipped]:
        for id, entry in sorted(self._listed("")):
            one = self._file(id, entry, known)
            if one is not None:
                yield one
        yield from self._troubles
        yield from self.left_out()
        if self._broken_off:
            raise SourceError(self._broken_off, "Check the disk or share that it is on, then run it again.")

    def _listed(self, inside: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """Yield id and entry of each file that is wanted, at any depth; `inside` is empty or ends in a slash."""
        try:
            entries = list(os.scandir(self._folder / inside))
        except OSError as error:
            self._unlistable(inside, error)
            return
        for entry in entries:
            if is_hidden(entry.name):
                continue
            id = inside + entry.name
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                is_wanted = not is_folder and self.wants(id)
                is_link = not (is_folder or is_wanted) and entry.is_symlink() and entry.is_dir()
            except OSError as error:
                reason = _LOOP if error.errno == errno.ELOOP else f"It cannot be read: {error.strerror}."
                self._troubles.append(self.skipped(id, reason))
                continue
            if is_folder:
                yield from self._listed(id + "/")
            elif is_wanted:
                yield id, entry
            elif is_link:
                self._troubles.append(self.skipped(id, "It is a link to a folder; those are not followed."))

    def _unlistable(self, inside: str, error: OSError) -> None:
        if not inside:
            raise SourceError(
                f"The folder of the source “{self._name}” cannot be read: {self._folder} ({error.strerror}).",
                "Mend its path in [[knowledge.sources]], or its permissions.",
            ) from None
        if error.errno in _PASSING:
            self._broken_off = (
                f"The folder {inside.rstrip('/')} of the source “{self._name}” cannot be read for the moment: "
                f"{error.strerror}."
            )
        elif error.errno != errno.ENOENT:
            self._troubles.append(self.skipped(inside.rstrip("/"), f"The folder cannot be read: {error.strerror}."))

    def _file(
        self, id: str, entry: os.DirEntry[str], known: Mapping[str, str]
    ) -> Document | Unchanged | Skipped | None:
        """Return what the file holds, or None where it is gone by now."""
        try:
            id.encode("utf-8")
        except UnicodeEncodeError:
            return self.skipped(id, "Its name is not valid UTF-8. Rename it.")
        try:
            return self._checked(id, entry, known)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in _PASSING:
                return self.failed(id, f"It cannot be read for the moment: {error.strerror}.")
            return self.skipped(id, f"It cannot be read: {error.strerror}. Check its permissions.")

    def _checked(self, id: str, entry: os.DirEntry[str], known: Mapping[str, str]) -> Document | Unchanged | Skipped:
        if entry.is_symlink() and (reason := self._forbidden(entry)):
            return self.skipped(id, reason)
        status = entry.stat()
        # Opening a pipe or a device might never end, or do something.
        if not stat.S_ISREG(status.st_mode):
            return self.skipped(id, "It is not a regular file.")
        return Unchanged(id) if known.get(id) == self._tag(status) else self._read(id, entry.path)

    def _forbidden(self, entry: os.DirEntry[str]) -> str:
        """Return why a link is not read; empty if it is."""
        try:
            target = Path(entry.path).resolve(strict=True)
        except FileNotFoundError:
            return "It is a link to nothing."
        except (RuntimeError, OSError) as error:
            # Python 3.13 tells a loop as an OSError.
            if isinstance(error, OSError) and error.errno != errno.ELOOP:
                raise
            return _LOOP
        if self._outside_links or target.is_relative_to(self._folder):
            return ""
        return "It is a link that leads out of the folder. Set outside_links = true if that is meant."

    @staticmethod
    def _tag(status: os.stat_result) -> str:
        # The time of the last change (ctime) moves with every write, even where a copying program sets mtime back.
        return f"{status.st_mtime_ns:x}-{status.st_ctime_ns:x}-{status.st_size:x}"

    def _read(self, id: str, path: str) -> Document | Skipped:
        for _ in range(2):
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                begun = time.time_ns()
                before = os.fstat(handle)
                raw = file.read(self._max_bytes + 1)
                after = os.fstat(handle)
            tag = self._tag(before)
            if tag == self._tag(after) and (len(raw) == before.st_size or len(raw) > self._max_bytes):
                settled = begun - max(before.st_mtime_ns, before.st_ctime_ns) > _SETTLED_NS
                tag = tag if settled else ""
                return self.too_large(id, tag) if len(raw) > self._max_bytes else self.document(id, raw, tag)
        return self.failed(id, "It changed while it was read.")
