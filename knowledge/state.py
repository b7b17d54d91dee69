"""What is remembered of the sources between two reindexes, and how each of them stands.

It is kept in small tables beside the passages and written after a publication. A process that
dies between the two loses no change: a document's tag counts only while the version in force holds
the very content that the tag was remembered with.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa  # type: ignore[import-untyped]

from knowledge.embedding import Embedder, EmbeddingError
from knowledge.index import Index, IndexedDocument, VersionInfo

SOURCES, SEEN, CANARIES = "sources", "seen", "canaries"
Outcome = Literal["never", "ok", "partial", "failed", "held_back"]
_NO_CONTENT = frozenset({"schedule", "error_budget", "max_loss", "delay", "timeout", "retries", "max_wait"})
"""Options that do not bear on what a source gives."""

_SEEN = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("id", pa.string()),
        pa.field("tag", pa.string()),
        pa.field("content_hash", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("kept_since", pa.string()),
        pa.field("unread", pa.string()),
    ]
)
_ANSWERED = pa.schema([pa.field("key", pa.string())])
_STATUS = pa.schema([pa.field("name", pa.string()), pa.field("values", pa.string())])


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one document when its source was last read."""

    tag: str = ""
    """Opaque to all but the source; empty where it is to be read again whatever it says."""
    content_hash: str = ""
    """Of what was indexed; empty where it was skipped."""
    reason: str = ""
    """Why it was skipped; empty where it was indexed."""
    kept_since: str = ""
    """When it could not be read for the first time, so that an older state of it is told since (ISO 8601)."""
    unread: str = ""
    """What of it could not be read; empty where all of it was."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is remembered of a source as a whole."""

    fingerprint: str = ""
    """Of its options and of Frontdesk's release; with another, everything is read again."""
    last_run: str = ""
    """ISO 8601 with time zone, empty before the first run; so are the other times."""
    seconds: float = 0.0
    outcome: Outcome = "never"
    sentence: str = ""
    """What went wrong, empty where nothing did."""
    skipped: int = 0
    failures: int = 0
    """Runs in a row in which it was not read to its end or was held back."""
    last_success: str = ""
    """When it was last read to its end and not held back."""
    fragments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of `RepeatedFragments`: what is left out of most of its documents, and which one keeps it."""
    learned_from: int = 0
    """Documents that were read together when that was last looked for in all of them."""
    warnings: Sequence[str] = ()
    """What an admin should look at in the settings of the source."""


_STANDING_KEYS = tuple(Standing.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Memory:
    """All that is remembered."""

    standings: Mapping[str, Standing]
    seen: Mapping[str, Mapping[str, Seen]]
    """By source and id."""
    answered: frozenset[str] = frozenset()
    """Keys of the canary questions that the version published last answers."""


def recall(index: Index) -> Memory:
    """Return what was remembered last; of what an older Frontdesk wrote in another form, nothing."""
    standings: dict[str, Standing] = {}
    seen: dict[str, dict[str, Seen]] = {}
    rows = index.remembered(SOURCES)
    if rows is not None and rows.schema.names == _STATUS.names:
        for row in rows.to_pylist():
            values = json.loads(row["values"])
            standings[row["name"]] = Standing(**{key: values[key] for key in values if key in _STANDING_KEYS})
    rows = index.remembered(SEEN)
    if rows is not None and rows.schema.names == _SEEN.names:
        columns = [rows[name].to_pylist() for name in _SEEN.names]
        for source, id, *values in zip(*columns, strict=True):
            seen.setdefault(source, {})[id] = Seen(*values)
    rows = index.remembered(CANARIES)
    answered = rows["key"].to_pylist() if rows is not None and rows.schema.names == _ANSWERED.names else []
    return Memory(standings, seen, frozenset(answered))


def remember(index: Index, before: Memory, after: Memory) -> None:
    """Write what has changed since `before`. Raises IndexNotWritable."""
    if after.seen != before.seen:
        rows = [(source, id, one) for source, listed in after.seen.items() for id, one in listed.items()]
        columns = [[source for source, _, _ in rows], [id for _, id, _ in rows]]
        columns += [[getattr(one, name) for _, _, one in rows] for name in _SEEN.names[2:]]
        index.remember(SEEN, _table(_SEEN, columns))
    if after.standings != before.standings:
        names = list(after.standings)
        values = [
            json.dumps({key: getattr(after.standings[name], key) for key in _STANDING_KEYS}, sort_keys=True)
            for name in names
        ]
        index.remember(SOURCES, _table(_STATUS, [names, values]))
    if after.answered != before.answered:
        index.remember(CANARIES, _table(_ANSWERED, [sorted(after.answered)]))


def _table(schema: pa.Schema, columns: Sequence[Sequence[str]]) -> pa.Table:
    # Names of files may hold half characters, which no table takes.
    whole = [[text.encode("utf-8", "replace").decode() for text in column] for column in columns]
    return pa.Table.from_arrays([pa.array(column, pa.string()) for column in whole], schema=schema)


def fingerprint(options: Mapping[str, Any], base: Path) -> str:
    """Return a hash of all that bears on what a source gives apart from its documents.

    Tags say nothing about these: new scope rules or a release that reads more of a PDF change a
    document of which the source says that it is as it was.
    """
    told = {key: value for key, value in options.items() if key not in _NO_CONTENT}
    text = json.dumps([told, str(base), version_of("frontdesk")], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def valid_tags(seen: Mapping[str, Seen], source: str, documents: Mapping[str, IndexedDocument]) -> dict[str, str]:
    """Return the tags of `source` that still say something about `documents`, those of the version in force.

    A rollback, or a process that died after a publication, leaves tags behind of content that is not in force.
    """
    out = {}
    for id, one in seen.items():
        if one.tag and _held(documents, source, id) == one.content_hash:
            out[id] = one.tag
    return out


def _held(documents: Mapping[str, IndexedDocument], source: str, id: str) -> str:
    """Return the hash of what is in force of a document of `source`, empty for nothing."""
    there = documents.get(id)
    return there.content_hash if there is not None and there.source == source else ""


def unread(index: Index) -> dict[str, str]:
    """Return what could not be read of the documents in force, in words for the admin, by id. Raises IndexUnusable."""
    current = index.published_or_none()
    documents = {} if current is None else current.documents()
    return {
        id: one.unread
        for source, listed in recall(index).seen.items()
        for id, one in sorted(listed.items())
        if one.unread and _held(documents, source, id) == one.content_hash
    }


def warnings(index: Index) -> list[str]:
    """Return what an admin should look at in the settings of the sources. Raises IndexUnusable."""
    return [sentence for one in recall(index).standings.values() for sentence in one.warnings]


def left_over(index: Index, names: Collection[str]) -> dict[str, int]:
    """Return how many documents are in force of each source that is none of `names`. Raises IndexUnusable."""
    current = index.published_or_none()
    return _left_over({} if current is None else current.documents(), names)


def _left_over(documents: Mapping[str, IndexedDocument], names: Collection[str]) -> dict[str, int]:
    return dict(Counter(one.source for one in documents.values() if one.source not in names))


def now() -> str:
    """Return the time as it is remembered."""
    return datetime.now(UTC).isoformat(timespec="seconds")


# ------------------------------------------------------------------ status


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How a source stands, for people."""

    name: str
    kind: str
    outcome: Outcome
    """Of the last run: `ok`; `partial`, where some of it could not be read; `failed`; `held_back`; or `never` run."""
    sentence: str
    """What went wrong and what to do, empty where nothing did."""
    last_run: datetime | None
    last_success: datetime | None
    """Last read to its end; what is told of the source is as old as this."""
    seconds: float
    failures: int
    """Runs in a row in which it was not read to its end or was held back."""
    documents: int
    """Of the version in force."""
    passages: int
    skipped: int
    """At the last run."""
    outdated: int
    """Documents that could not be read for the moment, so that what is told of them is older than `last_success`."""
    schedule: str
    """Cron expression of its own, empty where it goes with the others."""

    def as_json(self) -> dict[str, Any]:
        """Return the status JSON-ready, times as ISO 8601."""
        values: dict[str, Any] = {name: getattr(self, name) for name in SourceStatus.__dataclass_fields__}
        for name in ("last_run", "last_success"):
            values[name] = values[name] and values[name].isoformat()
        return values | {"seconds": round(self.seconds, 3)}


@dataclass(frozen=True, slots=True)
class KnowledgeStatus:
    """How the knowledge as a whole stands."""

    version: int
    """In force; 0 before the first publication."""
    published_at: datetime | None
    documents: int
    passages: int
    embedder: str
    """Name and number format of the model that made the vectors."""
    language: str
    """Of the full-text index."""
    unindexed_rows: int
    """Passages that some search index does not cover; 0 in a sound version."""
    bytes_on_disk: int | None
    """None where the index is in an object store."""
    previous: int | None
    """The version that a rollback brings back; None also where the embedding model cannot search it."""
    sources: tuple[SourceStatus, ...]
    left_over: Mapping[str, int] = field(default_factory=dict)
    """Documents in force of sources that are in the settings no more, by the source; the next reindex removes them."""

    def as_json(self) -> dict[str, Any]:
        """Return the status JSON-ready, times as ISO 8601."""
        values: dict[str, Any] = {name: getattr(self, name) for name in KnowledgeStatus.__dataclass_fields__}
        published = self.published_at and self.published_at.isoformat()
        return values | {"published_at": published, "sources": [one.as_json() for one in self.sources]}


def source_statuses(uri: str, sources: Sequence[Mapping[str, Any]]) -> list[SourceStatus]:
    """Return how each source of the settings stands, in their order. Raises IndexUnusable."""
    index = Index(uri)
    current = index.published_or_none()
    return _statuses(recall(index), sources, {} if current is None else current.documents())


def knowledge_status(
    uri: str, sources: Sequence[Mapping[str, Any]], model: str = "", device: str = ""
) -> KnowledgeStatus:
    """Return how the index at `uri` and each source of the settings stand, if `model` is to search it.

    Raises IndexUnusable.
    """
    index = Index(uri)
    current = index.published_or_none()
    documents = {} if current is None else current.documents()
    statuses = tuple(_statuses(recall(index), sources, documents))
    if current is None:
        return KnowledgeStatus(0, None, 0, 0, "", "", 0, _size(uri), None, statuses)
    versions = index.versions()
    made = current.identity
    return KnowledgeStatus(
        version=current.number,
        published_at=next((one.published_at for one in versions if one.in_force), None),
        documents=len(documents),
        passages=sum(one.passages for one in documents.values()),
        embedder=f"{made.embedder.name} ({made.embedder.dtype})",
        language=made.language,
        unindexed_rows=current.unindexed_rows(),
        bytes_on_disk=_size(uri),
        previous=next((one.number for one in versions if not one.in_force and _searchable(one, model, device)), None),
        sources=statuses,
        left_over=_left_over(documents, {one.name for one in statuses}),
    )


def _searchable(version: VersionInfo, model: str, device: str) -> bool:
    """Whether the embedding model of the settings can search a version."""
    try:
        return bool(version.identity.format) and version.identity.embedder.weights == Embedder(model, device).weights
    except EmbeddingError:
        return False


def _statuses(
    memory: Memory, sources: Sequence[Mapping[str, Any]], documents: Mapping[str, IndexedDocument]
) -> list[SourceStatus]:
    counts: dict[str, list[int]] = {}
    for one in documents.values():
        count = counts.setdefault(one.source, [0, 0])
        count[0] += 1
        count[1] += one.passages
    out = []
    for options in sources:
        name = str(options.get("name"))
        standing = memory.standings.get(name, Standing())
        there, passages = counts.get(name, (0, 0))
        out.append(
            SourceStatus(
                name=name,
                kind=str(options.get("kind")),
                outcome=standing.outcome,
                sentence=standing.sentence,
                last_run=_time(standing.last_run),
                last_success=_time(standing.last_success),
                seconds=standing.seconds,
                failures=standing.failures,
                documents=there,
                passages=passages,
                skipped=standing.skipped,
                outdated=sum(1 for one in memory.seen.get(name, {}).values() if one.kept_since),
                schedule=str(options.get("schedule") or ""),
            )
        )
    return out


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone() if text else None


def _size(uri: str) -> int | None:
    if "://" in uri:
        return None
    total = 0
    for path in Path(uri).rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # cleaned up meanwhile
            continue
    return total
