"""From sources to a published version: read what changed, embed that, check it, publish, report.

All sources are read before anything is written: what they give is cut and waits in a spool, so that
it is known what will be added, changed and removed. Then it is embedded and staged block by block;
neither texts nor vectors are ever all in memory.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from knowledge import canaries as watching
from knowledge import late_interaction
from knowledge import passages as cutting
from knowledge.canaries import Canary
from knowledge.documents import Document, Passage, Skipped
from knowledge.embedding import Embedder, Vectors
from knowledge.giving_way import GivesWay
from knowledge.index import (
    Index,
    IndexedDocument,
    IndexEmbedderMismatch,
    IndexIdentity,
    IndexWriter,
    ReindexRunning,
    StagedVersion,
    Version,
)
from knowledge.processes import Progress, in_own_process, release_memory
from knowledge.reading import Reader, Reading
from knowledge.sources import SourceError
from knowledge.state import Memory, Outcome, Standing, recall, remember

__all__ = [
    "Canary",
    "ReindexJob",
    "ReindexReport",
    "ReindexRunning",
    "SourceRun",
    "reindex_in_process",
    "run_reindex",
]

_BLOCK = 1_024
"""Passages that are embedded and staged together: enough to sort by length, few enough for the memory.

PyTorch takes half a gigabyte for them that it gives back behind each block: 0.4 GB more for four times as many.
"""
_LOOKED_UP = 200
"""Documents whose vectors are looked up together."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What a reindex did with one source."""

    name: str
    outcome: Outcome
    sentence: str
    """What went wrong and what to do, empty where nothing did."""
    added: int
    changed: int
    removed: int
    unchanged: int
    kept: int
    """Documents that could not be read and stay as they were."""
    skipped: int
    seconds: float
    """Of reading."""

    def as_json(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in SourceRun.__dataclass_fields__}
        return values | {"seconds": round(self.seconds, 3)}


@dataclass(frozen=True, slots=True)
class ReindexReport:
    """What a reindex did, or with `dry_run` would do."""

    version: int
    """The version in force after it; 0 where there is none."""
    documents: int
    """In all."""
    passages: int
    """In all."""
    added: int
    changed: int
    removed: int
    skipped: tuple[Skipped, ...]
    seconds: float
    sources: tuple[SourceRun, ...] = ()
    """Of those that were read, in the order of the settings."""
    warnings: tuple[str, ...] = ()
    """What an admin should look at though it did not keep the version from being published: documents that are read
    in part, patterns that nothing fits, canary questions that no version answers."""

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "version": self.version,
            "documents": self.documents,
            "passages": self.passages,
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "skipped": [{"source": one.source, "document": one.document, "reason": one.reason} for one in self.skipped],
            "seconds": round(self.seconds, 3),
            "sources": [one.as_json() for one in self.sources],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class ReindexJob:
    """Everything a reindex needs to know; can be sent to another process."""

    uri: str
    """Of the index: a folder or an object store."""
    sources: tuple[Mapping[str, Any], ...]
    """Options of each source: `name`, `kind` and those of its kind."""
    base: Path = field(default_factory=Path)
    """Where relative paths of sources begin."""
    model: str = ""
    device: str = ""
    language: str = "English"
    canaries: tuple[Canary, ...] = ()
    """Questions that a new version must go on answering."""
    gives_way_to: Path | None = None
    """File by which processes of this machine say that they answer, see `giving_way`; embedding waits for them."""


def run_reindex(
    job: ReindexJob,
    only: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    *,
    accept_loss: bool = False,
) -> ReindexReport:
    """Bring the index up to what the sources hold now, and publish it if anything changed.

    `only` names the one source to read; documents of the others stay as they are, and those of a source
    that is in the settings no more go. A document that
    cannot be used is skipped and is not in the new version either, whatever the old one held, unless
    it cannot be read for the moment only. Of two documents with one id the one that comes first stays,
    in the order of the sources.

    A source that fails does not stop the others: what it gave before counts, nothing of it is taken to
    be gone, and it is among `skipped`, without a document. So is one that would lose more of its
    documents than its `max_loss` allows, of which nothing counts unless `accept_loss`.

    Raises ReindexRunning while another runs, SourceError if every source fails with nothing given,
    IndexCheckFailed for a canary that is lost, EmbeddingError, IndexNotWritable; the published version
    is then as before.
    """
    begun = time.monotonic()
    sources = [options for options in job.sources if only is None or options.get("name") == only]
    if not sources:
        names = ", ".join(str(options.get("name")) for options in job.sources)
        if only is None:
            raise SourceError("No source of documents is set.", "Add a [[knowledge.sources]] block to the settings.")
        raise SourceError(f"There is no source named “{only}”.", f"Name one of: {names or 'none is set'}.")
    watching.check(job.canaries)
    tell = progress or (lambda stage, done, total: None)
    if job.gives_way_to:
        tell = _giving_way(tell, GivesWay(job.gives_way_to))
    run = _Run(job, sources, only, accept_loss, tell, begun)
    if dry_run:
        return run.do(None)
    with run.index.writing() as writer:
        return run.do(writer)


def _giving_way(tell: Progress, answers: GivesWay) -> Progress:
    """Return `tell`, which then also waits between two batches that are embedded."""

    def told(stage: str, done: int, total: int) -> None:
        tell(stage, done, total)
        if stage == "embedding":
            answers.pause()

    return told


class _Run:
    """One reindex."""

    def __init__(
        self,
        job: ReindexJob,
        sources: Sequence[Mapping[str, Any]],
        only: str | None,
        accept_loss: bool,
        tell: Progress,
        begun: float,
    ) -> None:
        self.index = Index(job.uri)
        self._job = job
        self._sources = sources
        self._only = only
        self._accept_loss = accept_loss
        self._tell = tell
        self._begun = begun
        self._embedder = Embedder(job.model, job.device)

    def do(self, writer: IndexWriter | None) -> ReindexReport:
        """Do all of it, or without a writer only find out what there is to do."""
        current = self._current = self.index.published_or_none()
        anew = self._anew = current is None or not _fits(current, self._embedder, self._job.language)
        if anew and self._only is not None and current is not None:
            raise IndexEmbedderMismatch(
                "The index was made with another embedding model, language or version of Frontdesk, "
                "so one source alone cannot be brought up to date.",
                "Run `frontdesk reindex` without a source; it makes everything anew.",
            )
        if current is not None and not anew:
            self._embedder.use_dtype(current.identity.embedder.dtype)
        indexed = {} if current is None else current.documents()
        others = {
            id: one
            for id, one in indexed.items()
            if self._only not in (None, one.source) and self._is_set(one.source)  # else nobody would take it out
        }
        memory = recall(self.index)
        self._tell("reading", 0, 0)
        readings = self._read(indexed, others, memory)
        standings = {name: one for name, one in memory.standings.items() if self._is_set(name)}
        standings |= {one.name: one.standing(memory.standings.get(one.name, Standing())) for one in readings}
        self._stop_if_nothing_can_be_done(readings, memory, standings, writer)

        given = {id for reading in readings for id in reading.given}
        stay = others.keys() | {id for reading in readings for id in reading.unchanged | reading.kept}
        removed = [id for id in indexed if id not in given and id not in stay]
        version = 0 if current is None else current.number
        warnings = [f"{id} ({one.name}): {why}" for one in readings for id, why in one.unread.items()]
        warnings += [sentence for one in readings for sentence in one.warnings]
        answered = memory.answered
        if writer is not None:
            if anew or given or removed:
                gone = removed + [id for id in given if id in indexed]
                version, lost, answered = self._publish(writer, readings, indexed, stay, gone, memory)
                warnings += lost
            seen = {name: listed for name, listed in memory.seen.items() if self._is_set(name)}
            seen |= {reading.name: reading.seen for reading in readings}
            remember(self.index, memory, Memory(standings, seen, answered))
        runs = tuple(_source_run(reading, indexed, removed) for reading in readings)
        return ReindexReport(
            version=version,
            documents=len(stay) + len(given),
            passages=sum(indexed[id].passages for id in stay) + sum(sum(one.given.values()) for one in readings),
            added=sum(run.added for run in runs),
            changed=sum(run.changed for run in runs),
            removed=len(removed),
            skipped=tuple(one for reading in readings for one in reading.skipped),
            seconds=time.monotonic() - self._begun,
            sources=runs,
            warnings=tuple(warnings),
        )

    def _is_set(self, name: str) -> bool:
        return any(options.get("name") == name for options in self._job.sources)

    def _read(
        self, indexed: Mapping[str, IndexedDocument], others: Mapping[str, IndexedDocument], memory: Memory
    ) -> list[Reading]:
        reader = Reader(
            self._job.base,
            indexed,
            others,
            self._cut,
            anew=self._anew,
            accept_loss=self._accept_loss,
            tell=lambda done: self._tell("reading", done, 0),
        )
        out = []
        for options in self._sources:
            name = str(options.get("name"))
            out.append(reader.read(options, memory.seen.get(name, {}), memory.standings.get(name, Standing())))
        return out

    def _cut(self, documents: Sequence[Document]) -> list[list[Passage]]:
        return cutting.cut(documents, self._embedder.token_ends, self._embedder.max_tokens)

    def _stop_if_nothing_can_be_done(
        self,
        readings: Sequence[Reading],
        memory: Memory,
        standings: Mapping[str, Standing],
        writer: IndexWriter | None,
    ) -> None:
        """Raise what the first source failed with if all of them failed with nothing given.

        So too where the index is to be made anew and cannot give what a source could not.
        """
        hopeless = all(reading.outcome == "failed" for reading in readings)
        current = self._current
        if self._anew and current is not None and not current.identity.format:
            for reading in readings:
                if reading.error is None:
                    reading.kept.clear()
                hopeless = hopeless or bool(reading.kept)
        errors = [reading.error for reading in readings if reading.error is not None]
        if hopeless and errors:
            if writer is not None:
                remember(self.index, memory, Memory(standings, memory.seen, memory.answered))
            raise errors[0]

    def _publish(
        self,
        writer: IndexWriter,
        readings: Sequence[Reading],
        indexed: Mapping[str, IndexedDocument],
        stay: set[str],
        gone: Sequence[str],
        memory: Memory,
    ) -> tuple[int, list[str], frozenset[str]]:
        """Stage, check and publish; return the version, warnings and the keys of the canaries that it answers."""
        current = self._current
        if current is None or self._anew:
            identity = IndexIdentity(self._embedder.identity, self._job.language, cutting.FORMAT)
        else:
            identity = current.identity
        staged = writer.stage(identity, anew=self._anew)
        chunks = chain.from_iterable(reading.spool.chunks() for reading in readings)
        total = sum(sum(reading.given.values()) for reading in readings)
        if self._anew:
            chunks = chain(self._carried(stay, indexed), chunks)
            total += sum(indexed[id].passages for id in stay)
        else:
            staged.remove(gone)
        self._fill(staged, chunks, set() if self._anew else set(gone), identity.embedder.dimension, total)
        self._tell("publishing", 0, 1)
        self._embedder.unload()  # making the indexes of a large version wants its memory
        if total >= _BLOCK:
            release_memory()
        new = staged.finish()
        warnings, answered = watching.watch(
            self._job.canaries, self.index, self._embedder, new, current, memory.answered
        )
        number = staged.publish(new)
        self._tell("publishing", 1, 1)
        return number, warnings, answered

    def _carried(
        self, stay: set[str], indexed: Mapping[str, IndexedDocument]
    ) -> Iterator[tuple[dict[str, str], list[Passage]]]:
        """Yield what a version made with another embedder holds of the documents that stay."""
        current = self._current
        if current is None or not stay:
            return
        # What was cut in another way is to be cut anew once its source can be read again.
        cut_alike = current.identity.format == cutting.FORMAT
        for ids in _batches(sorted(stay), _LOOKED_UP):
            passages = sorted((one for one, _ in current.rows_of(ids)), key=lambda one: (one.document_id, one.position))
            yield {id: indexed[id].content_hash if cut_alike else "" for id in ids}, passages

    def _fill(
        self,
        staged: StagedVersion,
        chunks: Iterator[tuple[dict[str, str], list[Passage]]],
        replaced: set[str],
        dimension: int,
        total: int,
    ) -> None:
        """Embed and stage the passages block by block; of documents `replaced`, vectors of the same text are used."""
        done = 0
        for hashes, passages in _blocks(chunks):
            known = self._vectors_of(sorted(hashes.keys() & replaced))
            texts = [cutting.embedded_text(passage) for passage in passages]
            new = [i for i, text in enumerate(texts) if text not in known]
            vectors = np.empty((len(texts), dimension), dtype=np.float32)
            words = [b""] * len(texts)
            for i, text in enumerate(texts):
                if text in known:
                    vectors[i], words[i] = known[text]
            if new:
                before = done + len(texts) - len(new)
                vectors[new], packed = self._embedder.encode_words(
                    [texts[i] for i in new],
                    late_interaction.packed,
                    lambda some, before=before: self._tell("embedding", before + some, total),  # type: ignore[misc]
                )
                for i, one in zip(new, packed, strict=True):
                    words[i] = one
            staged.add(passages, hashes, vectors, words)
            done += len(passages)
            if len(passages) >= _BLOCK:  # to look for what may go takes longer than all else where little is embedded
                release_memory()
        self._tell("embedding", done, total)

    def _vectors_of(self, ids: Sequence[str]) -> dict[str, tuple[Vectors, bytes]]:
        """Return what the version in force holds of these documents: embedded text -> vector and packed words."""
        out: dict[str, tuple[Vectors, bytes]] = {}
        for some in _batches(ids, _LOOKED_UP):
            assert self._current is not None
            for passage, vector, words in self._current.encodings_of(some):
                out[cutting.embedded_text(passage)] = vector, words
        return out


def _fits(version: Version, embedder: Embedder, language: str) -> bool:
    """Whether a version can be carried on, rather than made anew."""
    made = version.identity
    return made.embedder.weights == embedder.weights and made.language == language and made.format == cutting.FORMAT


def _batches(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _blocks(chunks: Iterator[tuple[dict[str, str], list[Passage]]]) -> Iterator[tuple[dict[str, str], list[Passage]]]:
    """Put small chunks together and cut large ones, so that each has about as many passages as one block."""
    hashes: dict[str, str] = {}
    passages: list[Passage] = []
    for some_hashes, some in chunks:
        hashes |= some_hashes
        passages += some
        while len(passages) >= _BLOCK:
            block, passages = passages[:_BLOCK], passages[_BLOCK:]
            inside = {passage.document_id for passage in block}
            yield {id: hashes[id] for id in inside}, block
            hashes = {id: hashes[id] for id in {passage.document_id for passage in passages}}
    if passages:
        yield hashes, passages


def _source_run(reading: Reading, indexed: Mapping[str, IndexedDocument], removed: Sequence[str]) -> SourceRun:
    return SourceRun(
        name=reading.name,
        outcome=reading.outcome,
        sentence=reading.sentence,
        added=sum(1 for id in reading.given if id not in indexed),
        changed=len(reading.changed & reading.given.keys()),
        removed=sum(1 for id in removed if indexed[id].source == reading.name),
        unchanged=len(reading.unchanged),
        kept=len(reading.kept),
        skipped=len(reading.skipped),
        seconds=reading.seconds,
    )


# ------------------------------------------------------------------ in a process of its own


async def reindex_in_process(
    job: ReindexJob,
    only: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    *,
    accept_loss: bool = False,
) -> ReindexReport:
    """Do `run_reindex` in a process of its own at low priority, so that answering goes on undisturbed.

    `progress` is called on the event loop. Raises what `run_reindex` raises, and WorkFailed if the
    process dies. Cancelling ends the process; the published version is then as before.
    """
    work = partial(run_reindex, job, only, dry_run, accept_loss=accept_loss)
    return await in_own_process(
        work,
        "reindex",
        progress,
        "Answers still come from the version before. Where memory ran out, index fewer documents at a time with "
        "--source.",
    )
