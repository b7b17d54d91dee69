"""What sources of files share, wherever the files are: which are read, and how one becomes a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import PurePosixPath
from string import Formatter
from urllib.parse import quote

from pydantic import Field, field_validator

from knowledge.documents import Document, ScopeError, Skipped
from knowledge.parsing import MAX_FILE_BYTES, SUFFIXES, UnreadableDocument, parse, plain
from knowledge.sources import Pattern, SourceError, SourceOptions
from knowledge.sources.patterns import fits

# Files that people take for documents; anything else without a reader (code, fonts, pictures in a page) is none.
_UNREAD = {
    ".adoc": "AsciiDoc",
    ".djvu": "DjVu",
    ".doc": "old Word",
    ".epub": "e-book",
    ".gdoc": "Google Docs link",
    ".gsheet": "Google Sheets link",
    ".gslides": "Google Slides link",
    ".key": "Keynote",
    ".mht": "saved web page",
    ".msg": "Outlook",
    ".numbers": "Numbers",
    ".odp": "OpenDocument",
    ".ods": "OpenDocument",
    ".odt": "OpenDocument",
    ".one": "OneNote",
    ".pages": "Pages",
    ".ppt": "old PowerPoint",
    ".rst": "reStructuredText",
    ".rtf": "Rich Text",
    ".tif": "scanned page",
    ".tiff": "scanned page",
    ".wpd": "WordPerfect",
    ".xls": "old Excel",
    ".xlsb": "binary Excel",
    ".xps": "XPS",
    ".zip": "archive",
}
_LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\n"


class FilesOptions(SourceOptions):
    """Options of every source of files."""

    include: tuple[Pattern, ...] = ()
    """Shell patterns of paths; where given, only these files are read. `*` goes across slashes, and a folder means
    everything below it."""
    exclude: tuple[Pattern, ...] = ()
    """Shell patterns of paths that are not read."""
    document_url: str = ""
    """Where people read a document that names no `url` itself, e.g. `https://wiki.example/{path}`."""
    max_bytes: int = Field(MAX_FILE_BYTES, gt=0, le=MAX_FILE_BYTES)
    """Size of one file."""

    @field_validator("document_url")
    @classmethod
    def _template(cls, value: str) -> str:
        if unknown := {name for _, name, _, _ in Formatter().parse(value) if name is not None} - cls._placeholders():
            known = ", ".join(f"{{{name}}}" for name in sorted(cls._placeholders()))
            raise ValueError(f"{{{min(unknown)}}} is no placeholder; there is {known}")
        return value

    @classmethod
    def _placeholders(cls) -> set[str]:
        return {"path"}

    def _patterns(self, id: str) -> Iterable[tuple[str, str, str]]:
        yield from super()._patterns(id)
        for key in ("include", "exclude"):
            yield from ((key, pattern, id) for pattern in getattr(self, key))


class Files:
    """One reading of a source of files: chooses among them, makes documents, counts what was left out or failed."""

    def __init__(self, options: FilesOptions, **placeholders: str) -> None:
        """`placeholders` are those of `document_url` besides the path."""
        self._options = options
        self._placeholders = placeholders
        self._left_out: Counter[str] = Counter()
        self._first_left_out: dict[str, str] = {}
        self._failed = 0

    def wants(self, id: str) -> bool:
        """Whether the file is to be read; one that people would expect to be read and is not is remembered."""
        self._options.note(id)
        suffix = PurePosixPath(id).suffix.lower()
        readable = suffix in SUFFIXES
        if not readable and suffix not in _UNREAD:
            return False
        include, exclude = self._options.include, self._options.exclude
        if any(fits(id, one) for one in exclude) or (include and not any(fits(id, one) for one in include)):
            return False
        if not readable:
            self._left_out[suffix] += 1
            self._first_left_out.setdefault(suffix, id)
        return readable

    def document(self, id: str, raw: bytes, tag: str, updated: date | None = None) -> Document | Skipped:
        """Return the document that a file holds. `updated` counts where the file itself does not say."""
        try:
            if raw.startswith(_LFS_POINTER):
                raise UnreadableDocument("Its content is kept in Git LFS.", "Check it out with `git lfs pull`.")
            parsed = parse(raw, id)
            return Document(
                id,
                self._options.name,
                parsed.title or title_of(id),
                parsed.text,
                plain(parsed.fields, "url") or self._url(id),
                self._options.scope_of(id, parsed.fields),
                parsed.updated or updated,
                tag,
                parsed.unread,
            )
        except (UnreadableDocument, ScopeError) as error:
            return self.skipped(id, str(error), tag=tag)

    def too_large(self, id: str, tag: str) -> Skipped:
        """Return what to yield for a file above `max_bytes`."""
        limit = self._options.max_bytes / 1e6
        return self.skipped(id, f"It is larger than {limit:g} MB. Split or exclude it.", tag=tag)

    def skipped(self, id: str, reason: str, *, tag: str = "") -> Skipped:
        """Return what to yield for a file that cannot be used until it is changed."""
        return Skipped(self._options.name, printable(id), reason, tag=tag)

    def failed(self, id: str, reason: str) -> Skipped:
        """Return what to yield for a file that may be read next time. Raises SourceError above the error budget."""
        self._failed += 1
        budget = self._options.error_budget
        if self._failed > budget:
            raise SourceError(
                f"The source “{self._options.name}” failed for more than {budget} documents, last {printable(id)}: "
                f"{reason}",
                "Run it again when its store is well, or raise its error_budget.",
            )
        return Skipped(self._options.name, printable(id), reason, temporary=True)

    def left_out(self) -> Iterator[Skipped]:
        """Yield one line for each kind of document that has no reader."""
        for suffix, count in sorted(self._left_out.items()):
            kind, first = _UNREAD[suffix], printable(self._first_left_out[suffix])
            which = f"One file of this kind ({kind}) is" if count == 1 else f"{count} files of this kind ({kind}) are"
            first = first if count == 1 else f"first {first}"
            reason = f"{which} not read: {first}. Save as PDF or Markdown, or exclude *{suffix}."
            yield Skipped(self._options.name, f"*{suffix}", reason)

    def _url(self, id: str) -> str:
        return self._options.document_url.format(path=quote(id), **self._placeholders)


def printable(id: str) -> str:
    """Return an id in which every name that is not UTF-8 can be printed and stored."""
    return id.encode("utf-8", "replace").decode()


def is_hidden(name: str) -> bool:
    """Whether a name is that of no document: hidden, or what office programs and archivers leave behind."""
    return name.startswith((".", "~$")) or name == "__MACOSX"


def title_of(id: str) -> str:
    """Return a title made of the name of a file, or of its folder where the file is only an index."""
    path = PurePosixPath(id)
    stem = path.parent.name if path.stem.lower() in {"index", "readme"} and path.parent.name else path.stem
    words = " ".join(stem.replace("-", " ").replace("_", " ").split())
    return words[:1].upper() + words[1:]
