"""From sources to a published version: plan what changed, embed that, publish, report."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import numpy as np

from knowledge import passages as cutting
from knowledge.documents import Document, Passage, Skipped
from knowledge.embedding import Embedder, Vectors
from knowledge.errors import FrontdeskError
from knowledge.index import (
    Index,
    IndexedDocument,
    IndexEmbedderMismatch,
    IndexIdentity,
    IndexWriter,
    ReindexRunning,
    Version,
)
from knowledge.sources import SourceError, open_source

__all__ = ["ReindexFailed", "ReindexJob", "ReindexReport", "ReindexRunning", "reindex_in_process", "run_reindex"]

Progress = Callable[[str, int, int], None]
"""Called with a stage (`reading`, `cutting`, `embedding`, `publishing`), what is done, and of how much (0: unknown)."""

_CUT_BATCH = 64
_ENCODE_BATCH = 256
_NICENESS = 10
_STOP_S = 5.0

log = logging.getLogger(__name__)


class ReindexFailed(FrontdeskError):
    """The reindex ended in a way nobody foresaw; the published version is as before."""


class SourceEmpty(SourceError):
    """A source without a single usable document, which is taken for a mistake, not for an order to forget all."""


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
        }


@dataclass(frozen=True, slots=True)
class ReindexJob:
    """Everything a reindex needs to know; can be sent to another process."""

    uri: str
    """Of the index: a folder or an object store."""
    sources: tuple[Mapping[str, Any], ...]
    """Options of each source: `name`, `kind`, `path`."""
    base: Path = field(default_factory=Path)
    """Where relative paths of sources begin."""
    model: str = ""
    device: str = ""
    language: str = "English"


def run_reindex(
    job: ReindexJob, only: str | None = None, dry_run: bool = False, progress: Progress | None = None
) -> ReindexReport:
    """Bring the index up to what the sources hold now, and publish it if anything changed.

    `only` names the one source to read; documents of the others stay as they are. A document that
    cannot be used is skipped and is not in the new version either, whatever the old one held. Of
    two documents with one id the one that comes first stays, in the order of the sources.

    Raises ReindexRunning while another runs, SourceError for a source that cannot be read or has
    not one usable document, EmbeddingError, IndexNotWritable; the published version is then as before.
    """
    begun = time.monotonic()
    tell = progress or (lambda stage, done, total: None)
    sources = [options for options in job.sources if only is None or options.get("name") == only]
    if not sources:
        names = ", ".join(str(options.get("name")) for options in job.sources)
        if only is None:
            raise SourceError("No source of documents is set.", "Add a [[knowledge.sources]] block to the settings.")
        raise SourceError(f"There is no source named “{only}”.", f"Name one of: {names or 'none is set'}.")
    index = Index(job.uri)
    if dry_run:
        return _reindex(index, job, sources, only, begun, tell, None)
    with index.writing() as writer:
        return _reindex(index, job, sources, only, begun, tell, writer)


def _reindex(
    index: Index,
    job: ReindexJob,
    sources: Sequence[Mapping[str, Any]],
    only: str | None,
    begun: float,
    tell: Progress,
    writer: IndexWriter | None,
) -> ReindexReport:
    current = index.published_or_none()
    embedder = Embedder(job.model, job.device)
    anew = current is None or not _fits(current, embedder, job.language)
    if anew and only is not None and current is not None:
        raise IndexEmbedderMismatch(
            "The index was made with another embedding model, language or version of Frontdesk, "
            "so one source alone cannot be brought up to date.",
            "Run `frontdesk reindex` without a source; it makes everything anew.",
        )
    known = {} if current is None else current.documents()
    kept = {id: one for id, one in known.items() if only is not None and one.source != only}
    documents, skipped = _read(sources, job.base, kept, tell)
    mine = {id: one for id, one in known.items() if id not in kept}
    added = [id for id in documents if id not in mine]
    changed = [id for id, one in documents.items() if id in mine and mine[id].content_hash != one.content_hash]
    wanted = list(documents) if anew else added + changed
    cut: list[Passage] = []
    if wanted:
        if current is not None and not anew:
            embedder.use_dtype(current.identity.embedder.dtype)
        cut = _cut([documents[id] for id in wanted], embedder, tell)
        # What has headings and no text under them leaves no passage, and so does not count as a document.
        for id in set(wanted) - {passage.document_id for passage in cut}:
            skipped.append(Skipped(documents.pop(id).source, id, "It has headings only, no text."))
        added, changed = [id for id in added if id in documents], [id for id in changed if id in documents]
        _require_documents(sources, documents.values(), skipped)
    removed = [id for id in mine if id not in documents]
    if not (anew or added or changed or removed):
        writer = None
    if writer is None:
        version = 0 if current is None else current.number
    else:
        vectors = _encode(cut, embedder, tell)
        tell("publishing", 0, 1)
        if current is None or anew:
            identity = IndexIdentity(embedder.identity, job.language, cutting.FORMAT)
        else:
            identity = current.identity
        staged = writer.stage(identity, anew=anew)
        staged.remove(removed + changed)
        staged.add(cut, {id: one.content_hash for id, one in documents.items()}, vectors)
        version = staged.publish(staged.finish())
        tell("publishing", 1, 1)
    stay = [one.passages for id, one in known.items() if id in kept or (id in documents and id not in wanted)]
    return ReindexReport(
        version=version,
        documents=len(kept) + len(documents),
        passages=sum(stay) + len(cut),
        added=len(added),
        changed=len(changed),
        removed=len(removed),
        skipped=tuple(skipped),
        seconds=time.monotonic() - begun,
    )


def _fits(version: Version, embedder: Embedder, language: str) -> bool:
    """Whether a version can be carried on, rather than made anew."""
    made = version.identity
    return made.embedder.weights == embedder.weights and made.language == language and made.format == cutting.FORMAT


def _read(
    sources: Sequence[Mapping[str, Any]], base: Path, kept: Mapping[str, IndexedDocument], tell: Progress
) -> tuple[dict[str, Document], list[Skipped]]:
    """Return the documents by id, and what was skipped; an id that is taken stays with its owner."""
    documents: dict[str, Document] = {}
    skipped: list[Skipped] = []
    for options in sources:
        for one in open_source(options, base).documents({}):
            if isinstance(one, Skipped):
                skipped.append(one)
                continue
            assert isinstance(one, Document)
            owner = kept.get(one.id) or documents.get(one.id)
            if owner is None:
                documents[one.id] = one
                tell("reading", len(documents), 0)
                continue
            where = "twice in this source" if owner.source == one.source else f"in the source “{owner.source}” too"
            reason = f"Its id {one.id} stands {where}; the first one is used. Give it another id or file name."
            skipped.append(Skipped(one.source, one.id, reason))
    _require_documents(sources, documents.values(), skipped)
    return documents, skipped


def _require_documents(
    sources: Sequence[Mapping[str, Any]], documents: Iterable[Document], skipped: Sequence[Skipped]
) -> None:
    """Raise SourceEmpty if some source gave no document at all."""
    giving = {document.source for document in documents}
    for options in sources:
        name = str(options.get("name"))
        if name in giving:
            continue
        reasons = [one for one in skipped if one.source == name]
        first = f" {len(reasons)} were skipped, first {reasons[0].document}: {reasons[0].reason}" if reasons else ""
        raise SourceEmpty(
            f"The source “{name}” has no document that can be indexed ({options.get('path')}).{first}",
            "Nothing was changed. Mend its path, or take the source out of the settings to forget its documents.",
        )


def _cut(documents: Sequence[Document], embedder: Embedder, tell: Progress) -> list[Passage]:
    out: list[Passage] = []
    for start in range(0, len(documents), _CUT_BATCH):
        tell("cutting", start, len(documents))
        some = documents[start : start + _CUT_BATCH]
        for listed in cutting.cut(some, embedder.token_ends, embedder.max_tokens):
            out += listed
    return out


def _encode(passages: Sequence[Passage], embedder: Embedder, tell: Progress) -> Vectors:
    # Longest first over all of them, not only within a call, so that each batch holds texts of one length.
    texts = [cutting.embedded_text(passage) for passage in passages]
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
    out = np.empty((len(texts), embedder.identity.dimension), dtype=np.float32)
    for start in range(0, len(order), _ENCODE_BATCH):
        tell("embedding", start, len(order))
        chosen = order[start : start + _ENCODE_BATCH]
        out[chosen] = embedder.encode([texts[i] for i in chosen])
    tell("embedding", len(order), len(order))
    return out


# ------------------------------------------------------------------ in a process of its own


async def reindex_in_process(
    job: ReindexJob, only: str | None = None, dry_run: bool = False, progress: Progress | None = None
) -> ReindexReport:
    """Do `run_reindex` in a process of its own at low priority, so that answering goes on undisturbed.

    `progress` is called on the event loop. Raises what `run_reindex` raises, and ReindexFailed if the
    process dies. Cancelling ends the process; the published version is then as before.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(sender, job, only, dry_run), daemon=True, name="frontdesk-reindex")
    await asyncio.to_thread(process.start)
    sender.close()
    try:
        while True:
            try:
                kind, value = await asyncio.to_thread(receiver.recv)
            except EOFError:
                await asyncio.to_thread(process.join, _STOP_S)
                raise ReindexFailed(
                    f"The reindex ended unexpectedly (exit status {process.exitcode}); "
                    "answers still come from the version before.",
                    "See the log; where memory ran out, index fewer documents at a time with --source.",
                ) from None
            if kind == "progress":
                if progress:
                    progress(*value)
            elif kind == "report":
                report: ReindexReport = value
                return report
            else:
                raise value
    finally:
        # A thread may still wait in recv; it ends with the process that writes.
        await asyncio.shield(asyncio.to_thread(_end, process))
        with contextlib.suppress(OSError):
            receiver.close()


def _end(process: SpawnProcess) -> None:
    process.join(0.2)
    if process.is_alive():
        process.terminate()
        process.join(_STOP_S)
    if process.is_alive():
        process.kill()
        process.join()


def _child(sender: Connection, job: ReindexJob, only: str | None, dry_run: bool) -> None:
    """Run in the child: as much as the others leave over, on half of the cores."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    threads = max(1, (os.cpu_count() or 2) // 2)
    os.environ["OMP_NUM_THREADS"] = os.environ["RAYON_NUM_THREADS"] = str(threads)

    import torch

    torch.set_num_threads(threads)
    last = 0.0

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.2 or done == total:
            last = time.monotonic()
            sender.send(("progress", (stage, done, total)))

    try:
        sender.send(("report", run_reindex(job, only, dry_run, tell)))
    except BrokenPipeError:
        log.info("Whoever asked for the reindex is gone.")
    except FrontdeskError as error:
        sender.send(("error", error))
    except Exception as error:
        traceback.print_exc()
        sender.send(
            (
                "error",
                ReindexFailed(
                    f"The reindex failed: {type(error).__name__}: {error}; answers still come from the version before.",
                    "The log of Frontdesk has more.",
                ),
            )
        )
