"""The LanceDB side: one writer, publication of a version in one step, rollback, compaction.

All passages stand in one table. Every step of a publication makes a version of that table, and the
tag `published` names the one that readers see; moving it is the one step in which a new version
comes into force. A writer that dies before leaves the tag, and so what readers see, as it was; the
next writer starts from the published version again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import math
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
from filelock import FileLock, Timeout

from knowledge import encodings, lance
from knowledge.documents import Passage, Scope
from knowledge.embedding import EmbedderIdentity, Vectors
from knowledge.errors import FrontdeskError
from knowledge.passages import embedded_text

# LanceDB takes a second to be imported, so that is done where it is used: most commands never are there.
if TYPE_CHECKING:
    import lancedb
    from lancedb.index import FTS
    from lancedb.table import Table

log = logging.getLogger(__name__)

TABLE = "passages"
PUBLISHED, PREVIOUS = "published", "previous"
VECTOR_INDEX_FROM = 20_000
"""Rows above which an approximate vector index pays: a flat search through 100,000 takes 0.13 s, exact."""
FORMAT = 3
"""Number of the columns and indexes below. Raise it with every change, so that each index is made anew."""
_WORDS = ("region", "audience", "product", "language")
_DAYS = ("effective_from", "effective_until")
_DELETE_BATCH = 500
_WRITE_ROWS = 8_192
"""Rows that are written at once: few enough for the memory, enough for few fragments."""
_COPIED_ROWS = 4_096
"""Encodings that are copied at once, at about 4 KB each."""
_PROBES = 96
"""Partitions of the vector index that are searched."""
_INDEX_PARTS = 16
"""Parts of a vector index above which it is made anew."""
_REFINE = 2
"""The multiple of candidates that the vector index gives, of which the nearest by their exact distance stay."""
_KNOWN = 4
"""The multiple of candidates whose BM25 is asked for, so that it is known of those too that their vector found."""
_KEPT = 10_000
"""Passages that stay in memory as candidates are scored by them, at about 4 KB each."""
_EXTENTS = 256
"""Scopes of which it stays in memory how much they hold."""
ENCODINGS_FROM = 20_000
"""Rows from which the encodings of a version in a folder lie in a file too; of fewer, most stay in memory anyway."""
_COMPARED = 5
"""Rows of that file that are held against the table when it is opened."""
SEARCHED = "searched"
"""The column of the full-text search: title, heading and text."""
_NEVER = timedelta(days=36_500)
"""Old enough for no version to be cleaned up; without it LanceDB takes those of a week and fails at a tagged one."""
_MARGIN = timedelta(minutes=1)
"""More than a clean-up takes before it looks at the clock."""


class IndexUnusable(FrontdeskError):
    """The index cannot be used."""


class IndexMissing(IndexUnusable):
    """Nothing has been published yet."""


class IndexEmbedderMismatch(IndexUnusable):
    """The index was made with another embedding model, so that its vectors cannot be compared."""


class IndexNotWritable(IndexUnusable):
    """The folder of the index cannot be written."""


class IndexCheckFailed(IndexUnusable):
    """A staged version is not what it should be and was not published."""


class ReindexRunning(FrontdeskError):
    """Somebody else is writing the index."""


@dataclass(frozen=True, slots=True)
class IndexIdentity:
    """What an index version was made with; a change of any part means making it anew."""

    embedder: EmbedderIdentity
    language: str
    """Language of the full-text index."""
    format: int
    """Of the passages; 0 where the table is of another version of Frontdesk and cannot be searched."""

    def to_metadata(self) -> dict[bytes, bytes]:
        values = {
            "embedder": self.embedder.to_json(),
            "language": self.language,
            "format": self.format,
            "table": FORMAT,
        }
        return {b"frontdesk": json.dumps(values, sort_keys=True).encode()}

    @classmethod
    def from_metadata(cls, metadata: Mapping[bytes, bytes] | None) -> IndexIdentity:
        values = json.loads((metadata or {})[b"frontdesk"])
        format = values["format"] if values.get("table") == FORMAT else 0
        return cls(EmbedderIdentity.from_json(values["embedder"]), values["language"], format)


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document as the published version knows it."""

    source: str
    content_hash: str
    passages: int


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A version that is kept."""

    number: int
    published_at: datetime
    """With the local time zone."""
    documents: int
    passages: int
    in_force: bool
    """False for the one that a rollback brings back."""
    identity: IndexIdentity


def scope_filter(scope: Scope, on: date) -> str:
    """Return SQL that is true for just the rows whose scope `Scope.admits` on day `on`.

    `labels` of a row holds `region:eu` for each region, and `region` where there is none; so for every kind of
    limit. One index answers all of it from bitmaps, where looking for empty lists and dates reads every row.
    """
    clauses = []
    for key in _WORDS:
        # Without an audience only what is for everybody is told; without a region, product or language all of them.
        if (words := scope.reach(key)) or key == "audience":
            clauses.append(f"array_has_any(labels, {_sql_list([key, *(f'{key}:{word}' for word in words)])})")
    for key, comparison in zip(_DAYS, ("<=", ">="), strict=True):
        clauses.append(f"(array_has_any(labels, ['{key}']) OR {key} {comparison} date '{on.isoformat()}')")
    return " AND ".join(clauses)


def hiding(document_ids: Iterable[str]) -> str:
    """Return SQL that is true for just the rows of other documents; there must be one."""
    return f"document_id NOT IN ({', '.join(map(_sql_text, document_ids))})"


def _once(words: str) -> tuple[str, int]:
    """Return words that all stand there as often as each other once, and how often: their BM25 is so many times that.

    The full-text search goes through the passages of a word as often as the word stands there.
    """
    counts = Counter(words.split())
    times = set(counts.values())
    return (" ".join(counts), times.pop()) if len(times) == 1 else (words, 1)


def _labels(scope: Scope) -> list[str]:
    limits = [f"{key}:{word}" for key in _WORDS for word in getattr(scope, key)]
    return limits + [key for key in (*_WORDS, *_DAYS) if not getattr(scope, key)]


def _sql_text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _sql_list(values: Iterable[str]) -> str:
    return "[" + ", ".join(map(_sql_text, values)) + "]"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that a search found, with what it is scored by."""

    row_id: int
    document: bytes
    """The same for passages of one document."""
    vector: Vectors
    """Shape: dimension; rounded to half precision."""
    words: bytes
    """Packed, see `knowledge.late_interaction`."""
    bm25: float
    """0 where its words match far worse than those of the other candidates."""


class Version:
    """One published version, which never changes. Safe to read from several threads."""

    def __init__(self, table: Table, number: int, folder: Path | None = None) -> None:
        """`folder` is where the files of encodings lie, None where there are none."""
        from lancedb.background_loop import LOOP
        from lancedb.table import LanceTable

        self.table = table
        self.number = number
        self.made_at = next(one["timestamp"] for one in table.list_versions() if one["version"] == number)
        """With the number it tells a version from those of an index that was removed and made anew."""
        self.identity = IndexIdentity.from_metadata(table.schema.metadata)
        self._file = None if folder is None else _opened(encodings.file_of(folder, number), table)
        assert isinstance(table, LanceTable)
        # Both searches run at once there, without the threads that the synchronous interface would need for it.
        self._rows = table._table
        self._run = LOOP.run
        self._kept: dict[int, bytes] = {}
        self._extents: dict[str, tuple[int, int]] = {}
        self._keeping = threading.Lock()

    def documents(self) -> dict[str, IndexedDocument]:
        """Return every document by its id."""
        rows = self._columns("document_id", "source", "content_hash")
        grouped = rows.group_by("document_id", use_threads=False).aggregate(
            [("source", "first"), ("content_hash", "first"), ("document_id", "count")]
        )
        columns = (grouped[name].to_pylist() for name in grouped.column_names)
        names = list(grouped.column_names)
        found = dict(zip(names, columns, strict=True))
        return {
            id: IndexedDocument(source, content_hash, count)
            for id, source, content_hash, count in zip(
                found["document_id"],
                found["source_first"],
                found["content_hash_first"],
                found["document_id_count"],
                strict=True,
            )
        }

    def count_passages(self) -> int:
        return int(self.table.count_rows())

    def count_documents(self) -> int:
        return int(pc.count_distinct(self._columns("document_id")["document_id"]).as_py())

    def extent(self, allowed: str) -> tuple[int, int]:
        """Return how many documents, and passages of them, the SQL `allowed` is true for."""
        with self._keeping:
            known = self._extents.get(allowed)
        if known is None:
            rows = self.table.search().where(allowed).select(["document_id"]).limit(None).to_arrow()
            known = int(pc.count_distinct(rows["document_id"]).as_py()), len(rows)
            with self._keeping:
                if len(self._extents) >= _EXTENTS:
                    self._extents.clear()
                self._extents[allowed] = known
        return known

    def some_passages(self, allowed: str, limit: int) -> list[Passage]:
        """Return at most `limit` of the passages that the SQL `allowed` is true for."""
        rows = self.table.search().where(allowed).select(["passage"]).limit(limit).to_arrow()
        return list(map(_passage, rows["passage"].to_pylist()))

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return the passages of a document in their order; none if there is no such document."""
        query = self.table.search().where(f"document_id = {_sql_text(document_id)}")
        rows = query.select(["passage"]).limit(None).to_arrow()
        return sorted(map(_passage, rows["passage"].to_pylist()), key=lambda passage: passage.position)

    def rows_of(self, document_ids: Sequence[str]) -> list[tuple[Passage, Vectors]]:
        """Return the passages of some hundreds of documents in no order, each with its vector (shape: dimension)."""
        query = self.table.search().where(f"document_id IN ({', '.join(map(_sql_text, document_ids))})")
        rows = query.select(["passage", "vector"]).limit(None).to_list()
        return [(_passage(row["passage"]), np.asarray(row["vector"], dtype=np.float32)) for row in rows]

    def encodings_of(self, document_ids: Sequence[str]) -> list[tuple[Passage, Vectors, bytes]]:
        """Return what `rows_of` does, each with its packed words."""
        query = self.table.search().where(f"document_id IN ({', '.join(map(_sql_text, document_ids))})")
        rows = query.select(["passage", "vector", "encoded"]).limit(None).to_list()
        dimension = self.identity.embedder.dimension
        return [
            (
                _passage(row["passage"]),
                np.asarray(row["vector"], dtype=np.float32),
                encodings.words_of(row["encoded"], dimension),
            )
            for row in rows
        ]

    def everything(self) -> tuple[list[Passage], Vectors]:
        """Return all passages in no order with their vectors, shape (passages, dimension)."""
        rows = self._columns("passage", "vector")
        vectors = rows["vector"].combine_chunks().flatten().to_numpy().reshape(len(rows), -1)
        return list(map(_passage, rows["passage"].to_pylist())), vectors

    def scope_values(self) -> Mapping[str, list[str]]:
        """Return, sorted, the different regions, audiences, products and languages that passages are marked with."""
        return self._scope_values

    @cached_property
    def _scope_values(self) -> dict[str, list[str]]:
        labels = pc.list_flatten(self._columns("labels")["labels"]).unique().to_pylist()
        given = [one.partition(":") for one in labels if ":" in one]
        return {name: sorted(word for key, _, word in given if key == name) for name in _WORDS}

    def unindexed_rows(self) -> int:
        """Return the number of rows that some index of the table does not cover."""
        stats = [self.table.index_stats(one.name) for one in self.table.list_indices()]
        return max((one.num_unindexed_rows for one in stats if one), default=0)

    def check(self, expected: int) -> None:
        """Raise IndexCheckFailed unless there are `expected` passages, each once, all indexed."""
        ids = self._columns("id")["id"]
        problem = ""
        if len(ids) != expected:
            problem = f"it holds {len(ids)} passages instead of {expected}"
        elif twice := len(ids) - pc.count_distinct(ids).as_py():
            problem = f"{twice} passages stand in it twice"
        elif missing := self.unindexed_rows():
            problem = f"{missing} passages are missing from its search indexes"
        if problem:
            raise IndexCheckFailed(
                f"The new version of the index was not published: {problem}.",
                "Run `frontdesk reindex` again; answers come from the version before.",
            )

    def candidates(self, vector: Vectors | None, words: str, allowed: str, limit: int) -> list[Candidate]:
        """Return the passages nearest to `vector`, then those that match `words` best, each once.

        `vector` has the shape (dimension,); a word that stands twice in `words` counts twice. Each search
        gives `limit` passages at the most, of those that the SQL `allowed` is true for.
        """
        near, matched = self._run(self._searched(vector, words, allowed, limit))  # type: ignore[no-untyped-call]
        row_ids = list(dict.fromkeys([*self._nearest(near, vector, limit), *islice(matched, limit)]))
        if not row_ids:
            return []
        dimension = self.identity.embedder.dimension
        found = self._encodings(row_ids)
        return [
            Candidate(
                row_id,
                encodings.document_of(encoding),
                its_vector,
                encodings.words_of(encoding, dimension),
                matched.get(row_id, 0.0),
            )
            for row_id, encoding, its_vector in zip(row_ids, found, encodings.vectors_of(found, dimension), strict=True)
        ]

    def passages(self, candidates: Sequence[Candidate]) -> list[Passage]:
        """Return the passages of candidates, in their order."""
        if not candidates:
            return []
        if self._file is not None:
            return list(map(_passage, self._file.passages([one.row_id for one in candidates])))
        query = self._rows.take_row_ids([one.row_id for one in candidates]).select(["passage"]).with_row_id()
        rows = self._run(query.to_arrow())  # type: ignore[no-untyped-call]
        found = dict(zip(rows["_rowid"].to_pylist(), rows["passage"].to_pylist(), strict=True))
        return [_passage(found[one.row_id]) for one in candidates]

    async def _searched(
        self, vector: Vectors | None, words: str, allowed: str, limit: int
    ) -> tuple[list[int], dict[int, float]]:
        """Return the row ids that the vector search gives and those that the full-text search does, with their BM25."""
        from lancedb.query import MatchQuery

        searches = []
        if vector is not None:
            near = self._rows.query().nearest_to(vector).column("vector").distance_type("dot").nprobes(_PROBES)
            # With a file of encodings the exact distances are computed from it, else LanceDB reads the vectors for it.
            near = near.refine_factor(_REFINE).limit(limit) if self._file is None else near.limit(_REFINE * limit)
            searches.append(near.where(allowed).select(["_distance"]).with_row_id().to_arrow())
        if words:
            words, times = _once(words)
            match: MatchQuery = MatchQuery(words, SEARCHED)  # type: ignore[call-arg]
            text = self._rows.query().nearest_to_text(match).where(allowed).select(["_score"]).with_row_id()
            searches.append(text.limit(_KNOWN * limit).to_arrow())
        found = await asyncio.gather(*searches)
        near_ids = [] if vector is None else found[0]["_rowid"].to_numpy().tolist()
        if not words:
            return near_ids, {}
        scores = (found[-1]["_score"].to_numpy() * times).tolist()
        return near_ids, dict(zip(found[-1]["_rowid"].to_numpy().tolist(), scores, strict=True))

    def _nearest(self, row_ids: list[int], vector: Vectors | None, limit: int) -> list[int]:
        """Return the nearest of what the vector index gave, by their exact distance."""
        if self._file is None or vector is None:
            return row_ids
        vectors = encodings.vectors_of(self._file.encodings(row_ids), len(vector))
        return [row_ids[i] for i in np.argsort(-(vectors @ vector), kind="stable")[:limit]]

    def _encodings(self, row_ids: Sequence[int]) -> list[bytes]:
        """Return what candidates are scored by. What is asked for is asked for again, so some stay in memory."""
        if self._file is not None:
            return self._file.encodings(row_ids)
        found = {row_id: kept for row_id in row_ids if (kept := self._kept.get(row_id))}
        if missing := [row_id for row_id in row_ids if row_id not in found]:
            taken = self.table.take_row_ids(missing).select(["encoded"]).with_row_id().to_arrow()
            read = dict(zip(taken["_rowid"].to_pylist(), taken["encoded"].to_pylist(), strict=True))
            found |= read
            with self._keeping:
                for row_id in list(islice(self._kept, max(0, len(self._kept) + len(read) - _KEPT))):
                    del self._kept[row_id]
                self._kept |= read
        return [found[row_id] for row_id in row_ids]

    def _columns(self, *names: str) -> pa.Table:
        return self.table.search().select(list(names)).limit(None).to_arrow()


class Index:
    """The passages under `uri`: a folder, or an object store that LanceDB reads.

    Opens lazily. Readers take `published()` for each search; it costs one small read and sees what
    another process published a moment ago.
    """

    def __init__(self, uri: str, storage_options: Mapping[str, str] | None = None) -> None:
        self.uri = uri
        self._options = dict(storage_options or {})
        self._lock = threading.Lock()
        self._head: Table | None = None
        self._stamped: tuple[int, int, int] | None = None
        self._open: dict[int, Version] = {}

    # -------------------------------------------------------------- reading

    def published(self) -> Version:
        """Return the version in force. Raises IndexMissing before the first publication."""
        version = self.published_or_none()
        if version is None:
            raise IndexMissing("No documents have been indexed yet.", "Run `frontdesk reindex`.")
        if not version.identity.format:
            raise IndexUnusable("The index was made by another version of Frontdesk.", "Run `frontdesk reindex`.")
        return version

    def published_or_none(self) -> Version | None:
        """Return the version in force, None before the first publication."""
        with self._lock:
            try:
                return self._current()
            except FrontdeskError:
                raise
            except Exception:
                # The folder may have been replaced under our feet; look again with nothing remembered.
                self._forget()
                try:
                    return self._current()
                except Exception as error:
                    self._forget()
                    raise self._unreadable(error) from error

    def versions(self) -> list[VersionInfo]:
        """Return the version in force and the one that a rollback brings back, if there is one."""
        table = self._open_table()
        if table is None:
            return []
        stamps = {one["version"]: one["timestamp"] for one in table.list_versions()}
        current, previous = _tagged(table, PUBLISHED), _tagged(table, PREVIOUS)
        out = []
        for number in dict.fromkeys((current, previous)):
            if number is not None:
                version = self._at(number)
                counts = version.count_documents(), version.count_passages()
                out.append(
                    VersionInfo(number, stamps[number].astimezone(), *counts, number == current, version.identity)
                )
        return out

    def remembered(self, name: str) -> pa.Table | None:
        """Return the rows that were last remembered under `name`, None if there are none."""
        try:
            table = self._open_table(name)
            return None if table is None else table.to_arrow()
        except (OSError, RuntimeError) as error:
            raise self._unreadable(error) from error

    def forget(self) -> None:
        """Open everything anew at the next read: for a reader whose version was cleaned up meanwhile."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self._head = None
        self._stamped = None
        self._open.clear()

    def _current(self) -> Version | None:
        if self._head is None:
            self._head = self._open_table()
            if self._head is None:
                return None
        stamp = self._stamp()
        if stamp is not None and stamp == self._stamped:
            return next(iter(self._open.values()))
        if stamp is not None and self._stamped is not None:
            # Moved, or the folder was removed and made anew, where the number may be the same.
            self._forget()
            self._head = self._open_table()
            if self._head is None:
                return None
        self._stamped = None
        number = _tagged(self._head, PUBLISHED)
        if number is None:
            return None
        if number not in self._open:
            # Whoever still searches an older version holds it himself.
            self._open = {number: self._at(number)}
        # Taken before the tag was read: if that was moved meanwhile, the next search looks again.
        self._stamped = stamp
        return self._open[number]

    def _stamp(self) -> tuple[int, int, int] | None:
        """Return what changes with every publication and costs no reading, None where there is no such thing.

        LanceDB replaces the file of a tag when the tag is moved; to have it read the tag takes half a millisecond.
        """
        if self._folder is None:
            return None
        try:
            now = (self._folder / f"{TABLE}.lance" / "_refs" / "tags" / f"{PUBLISHED}.json").stat()
        except OSError:
            return None
        return now.st_mtime_ns, now.st_ino, now.st_size

    def _at(self, number: int) -> Version:
        table = self._open_table()
        assert table is not None
        table.checkout(number)
        return Version(table, number, self._encodings_folder)

    def _connect(self) -> lancedb.DBConnection:
        made: lancedb.DBConnection = lance.lancedb().connect(self.uri, storage_options=self._options or None)
        return made

    def _open_table(self, name: str = TABLE) -> Table | None:
        if self._folder is not None and not self._folder.is_dir():
            return None
        database = self._connect()
        return database.open_table(name) if name in database.list_tables().tables else None

    @property
    def _folder(self) -> Path | None:
        return None if "://" in self.uri else Path(self.uri)

    @property
    def _encodings_folder(self) -> Path | None:
        # Inside the folder of the table, so that whoever removes or copies that has the files go with it.
        return None if self._folder is None else self._folder / f"{TABLE}.lance" / "_encodings"

    def _unreadable(self, error: Exception) -> FrontdeskError:
        return IndexUnusable(
            f"The index {self.uri} cannot be read: {_first_line(error)}.",
            "Check the permissions of that place; if it is damaged, remove it and run `frontdesk reindex`.",
        )

    # -------------------------------------------------------------- writing

    @contextmanager
    def writing(self) -> Iterator[IndexWriter]:
        """Be the one writer. Raises ReindexRunning if there is another, IndexNotWritable without permission."""
        lock = FileLock(self._lock_file())
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise ReindexRunning(
                "A reindex is already running.", "Wait until it has ended; it reads everything there is now."
            ) from None
        except OSError as error:
            raise self._not_writable(error) from None
        try:
            yield IndexWriter(self)
        finally:
            lock.release()

    def rollback(self, weights: str | None = None) -> int:
        """Put the version before in force again and return its number.

        `weights` are those of the embedding model that searches (`Embedder.weights`). Raises IndexMissing if there is
        no such version, IndexEmbedderMismatch or IndexUnusable if it cannot be searched.
        """
        with self.writing():
            table = self._open_table()
            before = _tagged(table, PREVIOUS) if table is not None else None
            if table is None or before is None or before == _tagged(table, PUBLISHED):
                raise IndexMissing("There is no earlier version of the index.", "Run `frontdesk reindex`.")
            made = self._at(before).identity
            stays = "The version in force stays; `frontdesk reindex` brings it up to date."
            if not made.format:
                raise IndexUnusable(f"Version {before} was made by another version of Frontdesk.", stays)
            if weights not in (None, made.embedder.weights):
                raise IndexEmbedderMismatch(
                    f"Version {before} was made with the embedding model {made.embedder.name}, which the settings do "
                    "not name.",
                    f"{stays} To go back to that model, set embedding.model back first.",
                )
            table.tags.update(PUBLISHED, before)
            return before

    def remember(self, name: str, rows: pa.Table) -> None:
        """Keep `rows` beside the passages under `name`, in place of what was kept there; for small tables."""
        assert name != TABLE
        try:
            if self._folder is not None:
                self._folder.mkdir(parents=True, exist_ok=True)
            table = self._connect().create_table(name, rows, mode="overwrite")
            table.optimize(cleanup_older_than=_MARGIN)
        except (OSError, RuntimeError) as error:
            raise self._not_writable(error) from error

    def _lock_file(self) -> Path:
        if self._folder is None:
            # Keeps writers of one machine apart; those of several hold a lease in the database.
            name = hashlib.sha256(self.uri.encode()).hexdigest()[:16]
            return Path(tempfile.gettempdir()) / f"frontdesk-{name}.lock"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._not_writable(error) from None
        return self._folder / ".writer.lock"

    def _not_writable(self, error: Exception) -> IndexNotWritable:
        return IndexNotWritable(
            f"The index {self.uri} cannot be written: {getattr(error, 'strerror', None) or _first_line(error)}.",
            "Give this user the folder, or set knowledge.uri (or data_dir) to another one.",
        )


class IndexWriter:
    """Makes new versions; got from `Index.writing`."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def stage(self, identity: IndexIdentity, *, anew: bool) -> StagedVersion:
        """Begin a version: from the one in force, or from nothing if `anew` or if there is none."""
        return StagedVersion(self._index, identity, anew)


class StagedVersion:
    """A version in the making, which no reader sees before it is published.

    Whatever it does raises IndexNotWritable if storage refuses.
    """

    def __init__(self, index: Index, identity: IndexIdentity, anew: bool) -> None:
        self._index = index
        self._identity = identity
        current = index.published_or_none()
        self._before = None if current is None else current.number
        self._waiting: list[pa.Table] = []
        with self._writing():
            database = index._connect()
            if anew or current is None:
                self._table = database.create_table(TABLE, schema=_schema(identity), mode="overwrite")
            else:
                self._table = database.open_table(TABLE)
                if self._table.version != current.number:  # leftovers of a writer that died
                    self._table.checkout(current.number)
                    self._table.restore()
            self._expected = self._table.count_rows()

    def remove(self, document_ids: Sequence[str]) -> None:
        """Take out every passage of these documents; ids that are not there do no harm."""
        self._write()
        with self._writing():
            for start in range(0, len(document_ids), _DELETE_BATCH):
                some = document_ids[start : start + _DELETE_BATCH]
                self._table.delete(f"document_id IN ({', '.join(map(_sql_text, some))})")
            self._expected = self._table.count_rows()

    def add(
        self,
        passages: Sequence[Passage],
        hashes: Mapping[str, str],
        vectors: Vectors,
        words: Sequence[bytes] | None = None,
    ) -> None:
        """Put passages in, some hundreds or thousands at a time.

        `hashes` holds the content hash of each document id in `passages`; `vectors` has the shape
        (passages, dimension); `words` are those of each passage as `late_interaction.packed` makes them,
        without which they do not count in a search.
        """
        if passages:
            self._waiting.append(_table(self._identity, passages, hashes, vectors, words or [b""] * len(passages)))
            self._expected += len(passages)
        if sum(map(len, self._waiting)) >= _WRITE_ROWS:
            self._write()

    def finish(self) -> Version:
        """Bring the indexes up to the last row and return the version, which can be searched but is not in force.

        Raises IndexCheckFailed if it is not sound.
        """
        self._write()
        with self._writing():
            _build_indexes(self._table, self._identity.language)
            self._write_encodings()
            version = Version(self._table, int(self._table.version), self._index._encodings_folder)
            version.check(self._expected)
            return version

    def publish(self, version: Version) -> int:
        """Put the finished version in force in one step and return its number; then clean up."""
        with self._writing():
            if self._before is not None:
                _tag(self._table, PREVIOUS, self._before)
            _tag(self._table, PUBLISHED, version.number)
        try:
            _clean_up(self._table)
        except (OSError, RuntimeError) as error:
            log.warning("Old versions of the index stay until the next reindex: %s", _first_line(error))
        if (folder := self._index._encodings_folder) is not None:
            encodings.remove_others(folder, [version.number, *([] if self._before is None else [self._before])])
        return version.number

    def _write_encodings(self) -> None:
        """Copy encodings and passages into a file of their own, where the index is large enough to gain from it."""
        folder = self._index._encodings_folder
        if folder is not None and self._expected >= ENCODINGS_FROM:
            encodings.write(encodings.file_of(folder, int(self._table.version)), _copied(self._table))

    def _write(self) -> None:
        if self._waiting:
            with self._writing():
                self._table.add(pa.concat_tables(self._waiting))
            self._waiting = []

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, RuntimeError, ValueError) as error:  # LanceDB tells most of what it refuses as a RuntimeError
            raise self._index._not_writable(error) from error


def _copied(table: Table) -> Iterator[tuple[npt.NDArray[np.uint64], pa.BinaryArray, pa.StringArray]]:
    """Yield the row ids, encodings and passages of a table, some thousands at a time."""
    # One scan over all of it reads on in advance: 6 GB for a million rows.
    for start in range(0, table.count_rows(), _COPIED_ROWS):
        query = table.search().select(["encoded", "passage"]).with_row_id(True)
        rows = query.limit(_COPIED_ROWS).offset(start).to_arrow()
        yield rows["_rowid"].to_numpy(), rows["encoded"], rows["passage"]


def _opened(path: Path, table: Table) -> encodings.EncodingsFile | None:
    """Return the file of encodings, None where there is none or it does not hold what the table does."""
    try:
        file = encodings.EncodingsFile(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("Encodings are read from the table, which is slower: %s", _first_line(error))
        return None
    if len(file) == table.count_rows():
        some = file.some_row_ids(_COMPARED)
        taken = table.take_row_ids(some).select(["encoded", "passage"]).with_row_id().to_arrow()
        columns = (taken[name].to_pylist() for name in ("_rowid", "encoded", "passage"))
        right = {row_id: (encoded, passage.encode()) for row_id, encoded, passage in zip(*columns, strict=True)}
        if [right.get(one) for one in some] == list(zip(file.encodings(some), file.passages(some), strict=True)):
            return file
    log.warning("Encodings are read from the table, which is slower: %s is of another index", path)
    return None


def _tagged(table: Table, tag: str) -> int | None:
    try:
        return int(table.tags.get_version(tag))
    except (ValueError, RuntimeError) as error:
        if "not found" in str(error).lower() or "does not exist" in str(error).lower():
            return None
        raise


def _tag(table: Table, tag: str, number: int) -> None:
    if _tagged(table, tag) is None:
        table.tags.create(tag, number)
    else:
        table.tags.update(tag, number)


def _build_indexes(table: Table, language: str) -> None:
    """Compact the table and bring every index up to the last row."""
    from lancedb.index import BTree, IvfRq, LabelList

    table.optimize(cleanup_older_than=_NEVER)
    wanted: dict[str, Callable[[], Any]] = {
        SEARCHED: lambda: _full_text(language),
        "labels": LabelList,
        **dict.fromkeys(_DAYS, BTree),
        "document_id": BTree,
    }
    there = {column: one.name for one in table.list_indices() for column in one.columns}
    for column, config in wanted.items():
        if column not in there:
            table.create_index(column, config=config())
    rows = table.count_rows()
    if rows < VECTOR_INDEX_FROM:
        return
    partitions = 2 ** round(math.log2(math.sqrt(rows)))
    name = there.get("vector", "")
    trained = int(name.rpartition("_")[2] or 0)  # for how many partitions stands in the name
    stats = table.index_stats(name) if name else None
    # Each `optimize` adds a part to be searched on its own.
    if not trained / 2 <= partitions <= trained * 2 or (stats and (stats.num_indices or 0) > _INDEX_PARTS):
        made = IvfRq(distance_type="dot", num_bits=4, num_partitions=partitions, sample_rate=64, max_iterations=20)
        table.create_index("vector", config=made, name=f"vector_{partitions}")
        if name and trained != partitions:
            table.drop_index(name)


def _full_text(language: str) -> FTS:
    from lancedb.index import FTS

    # Codes and addresses are words people search for; the default drops those above 40 characters.
    return FTS(language=language, stem=True, remove_stop_words=True, ascii_folding=True, max_token_length=100)


def _clean_up(table: Table) -> None:
    """Remove versions older than the one before the one in force, which stays for rollback.

    LanceDB refuses to clean up at all where a tagged version is old enough to go, hence the exact age.
    """
    kept = {number for tag in (PUBLISHED, PREVIOUS) if (number := _tagged(table, tag)) is not None}
    stamps = [one["timestamp"] for one in table.list_versions() if one["version"] in kept]
    if stamps:
        table.optimize(cleanup_older_than=datetime.now() - min(stamps) + _MARGIN)


def _schema(identity: IndexIdentity) -> pa.Schema:
    return pa.schema(
        [
            *(pa.field(name, pa.string(), nullable=False) for name in ("id", "document_id", "source", "content_hash")),
            pa.field("passage", pa.string(), nullable=False),  # as JSON: all of it is read, or nothing
            pa.field("labels", pa.list_(pa.string())),
            *(pa.field(name, pa.date32()) for name in _DAYS),
            pa.field(SEARCHED, pa.string(), nullable=False),
            pa.field("encoded", pa.binary(), nullable=False),
            pa.field("vector", pa.list_(pa.float32(), identity.embedder.dimension), nullable=False),
        ],
        metadata=identity.to_metadata(),
    )


def _table(
    identity: IndexIdentity,
    passages: Sequence[Passage],
    hashes: Mapping[str, str],
    vectors: Vectors,
    words: Sequence[bytes],
) -> pa.Table:
    schema = _schema(identity)
    columns: dict[str, Any] = {
        name: [getattr(passage, name) for passage in passages] for name in ("id", "document_id", "source")
    }
    columns["content_hash"] = [hashes[passage.document_id] for passage in passages]
    columns["passage"] = [_json(passage) for passage in passages]
    columns["labels"] = [_labels(passage.scope) for passage in passages]
    for name in _DAYS:
        columns[name] = [getattr(passage.scope, name) for passage in passages]
    columns[SEARCHED] = [embedded_text(passage) for passage in passages]
    ids = [passage.document_id for passage in passages]
    columns["encoded"] = list(map(encodings.encoded, ids, vectors, words))
    arrays = [pa.array(columns[field.name], field.type) for field in schema if field.name != "vector"]
    arrays.append(pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), identity.embedder.dimension))
    return pa.Table.from_arrays(arrays, schema=schema)


def _json(passage: Passage) -> str:
    values = {name: getattr(passage, name) for name in Passage.__dataclass_fields__}
    values |= {
        "scope": passage.scope.as_mapping(),
        "updated": passage.updated.isoformat() if passage.updated else None,
    }
    return json.dumps(values, ensure_ascii=False)


def _passage(text: str | bytes) -> Passage:
    values = json.loads(text)
    scope, updated = values.pop("scope"), values.pop("updated")
    limits: dict[str, Any] = {
        key: date.fromisoformat(value) if key in _DAYS else tuple(value) for key, value in scope.items()
    }
    return Passage(**values, scope=Scope(**limits), updated=date.fromisoformat(updated) if updated else None)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:300].rstrip(".")
