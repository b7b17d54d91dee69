"""The documents as admins handle them: what there is, what is found, what came before; told as Markdown for chat."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

from bot.confidence import confidence
from bot.storage.asked import asked_since, written
from bot.storage.database import Database, utc_now
from bot.suggestions import suggestions
from knowledge.check import CheckJob
from knowledge.check.report import Asked, CheckReport
from knowledge.documents import Passage, Scope
from knowledge.embedding import Embedder
from knowledge.errors import FrontdeskError
from knowledge.index import Index, scope_filter
from knowledge.processes import Progress, in_own_process
from knowledge.reindex import ReindexJob, ReindexReport, reindex_in_process
from knowledge.retrieval import Query, Retrieval, Retriever
from knowledge.state import KnowledgeStatus, SourceStatus, knowledge_status

log = logging.getLogger(__name__)

ASKED_DAYS = 90
"""How far back questions count for a check."""
LOOKED_THROUGH = 2000
"""Passages whose headings are looked through for questions to begin with."""
FOUND = 5
"""Passages that a search shows."""
OUTCOMES = {
    "ok": "ok",
    "partial": "read in part",
    "failed": "could not be read",
    "held_back": "held back",
    "never": "never read",
}
"""How a source's last run is told."""
_EXCERPT = 300
"""Characters of a passage that a chat message shows."""


class DocumentUnknown(FrontdeskError):
    """The version in force has no such document."""


class Library:
    """What can be done with the documents. Long work runs in processes or threads of its own.

    `alone` is held while the index is written, so that no other process writes it too. `keep_report` writes
    what a check found into a folder, and returns the file for people and a few lines of Markdown on it.
    """

    def __init__(
        self,
        index: Index,
        job: ReindexJob,
        retriever: Retriever,
        database: Database,
        alone: Callable[[], AbstractAsyncContextManager[None]],
        check_job: Callable[[Sequence[Asked]], CheckJob],
        keep_report: Callable[[CheckReport, Path], tuple[Path, str]],
        today: Callable[[], date],
    ) -> None:
        self._index = index
        self._job = job
        self._retriever = retriever
        self._database = database
        self._alone = alone
        self._check_job = check_job
        self._keep_report = keep_report
        self._today = today
        self._troubles: dict[tuple[str, ...], dict[str, str]] = {}

    async def reindex(self, source: str | None, progress: Progress, *, accept_loss: bool = False) -> ReindexReport:
        """Read the sources, or one of them, and publish what changed. Raises FrontdeskError."""
        async with self._alone():
            return await reindex_in_process(self._job, only=source, progress=progress, accept_loss=accept_loss)

    async def refresh(self, sources: Sequence[str]) -> str:
        """Read these sources, whose time has come; the caller holds what `alone` holds.

        Returns as Markdown the troubles that are new since the last time, and those that are over;
        empty where nothing is new.
        """
        every = [str(options["name"]) for options in self._job.sources]
        troubles: dict[str, str] = {}
        has_failed = False
        # All at once where all are meant: an index made with another embedder can only be made anew as a whole.
        runs: list[tuple[str | None, list[str]]] = [(None, every)] if set(sources) == set(every) else []
        for only, names in runs or [(name, [name]) for name in sources]:
            try:
                report = await reindex_in_process(self._job, only=only)
            except FrontdeskError as error:
                troubles[", ".join(names)] = str(error)
                has_failed = True
                continue
            log.info("Scheduled reindex: %s", report.as_json())
            troubles |= {run.name: run.sentence for run in report.sources if run.outcome != "ok"}
            troubles |= dict.fromkeys(report.warnings, "")
        before = self._troubles.get(tuple(sources), {})
        if has_failed:  # what was wrong may be so still
            troubles = before | troubles
        self._troubles[tuple(sources)] = troubles
        lines = [text or name for name, text in troubles.items() if before.get(name) != text]
        lines += [f"This is over: {text or name}" for name, text in before.items() if name not in troubles]
        return "\n".join(["Reading the documents by the clock:", *(f"- {line}" for line in lines)]) if lines else ""

    async def status(self) -> KnowledgeStatus:
        """Return how the index and each source stand."""
        job = self._job
        return await asyncio.to_thread(knowledge_status, job.uri, job.sources, job.model, job.device)

    async def suggestions(self, scope: Scope, number: int, seed: int | str = 0) -> list[str]:
        """Return questions to begin with that the documents of a scope answer. Raises IndexMissing."""
        allowed = scope_filter(scope, self._today())
        passages = await asyncio.to_thread(lambda: self._index.published().some_passages(allowed, LOOKED_THROUGH))
        return suggestions(passages, number, seed)

    async def rollback(self) -> int:
        """Put the version before in force and return its number. Raises what `Index.rollback` raises."""

        def rollback() -> int:
            return self._index.rollback(Embedder(self._job.model, self._job.device).weights)

        async with self._alone():
            return await asyncio.to_thread(rollback)

    async def check(self, folder: Path, progress: Progress | None = None) -> tuple[Path, str]:
        """Check the documents; return the HTML report, kept in `folder`, and a few lines of Markdown on it."""
        asked = await asked_since(self._database, utc_now() - timedelta(days=ASKED_DAYS))
        report = await in_own_process(
            self._check_job(asked), "check", progress, "Run `frontdesk knowledge check` to see more."
        )
        return await written(self._database, report, lambda one: self._keep_report(one, folder))

    async def search(self, question: str, scope: Scope) -> Retrieval:
        """Return what an asker with `scope` would be answered from today."""

        def search() -> Retrieval:
            query = Query(question)
            found = self._retriever.search(query, FOUND, scope, self._today())
            return replace(found, confidence=confidence(self._retriever, query, found))

        return await asyncio.to_thread(search)

    async def document(self, id: str) -> list[Passage]:
        """Return the passages of a document. Raises DocumentUnknown, naming ids that look like it."""
        return await asyncio.to_thread(document_of, self._index, id)


def document_of(index: Index, id: str) -> list[Passage]:
    """Return the passages of a document in the version in force. Raises DocumentUnknown, naming the nearest ids."""
    version = index.published()
    if passages := version.passages_of(id):
        return passages
    ids = list(version.documents())
    near = [one for one in ids if id.lower() in one.lower()][:3] or get_close_matches(id, ids, 3)
    raise DocumentUnknown(
        f"There is no document “{id}” in the index.",
        f"Did you mean {' or '.join(f'“{one}”' for one in near)}?" if near else "`frontdesk search` shows the ids.",
    )


def told_status(status: KnowledgeStatus) -> str:
    """Return how the index stands, as Markdown."""
    if not status.version:
        return "Nothing has been indexed yet. `/reindex` reads the documents."
    lines = [
        f"Version {status.version}, published {moment(status.published_at)}: {status.documents} documents "
        f"in {status.passages} passages.",
        f"Embedded with {status.embedder}; full text in {status.language}.",
        f"`/knowledge rollback` brings version {status.previous} back."
        if status.previous
        else "There is no earlier version to roll back to.",
    ]
    if status.unindexed_rows:
        lines.append(f"{status.unindexed_rows} passages are missing from a search index; reindex.")
    lines += [f"- {line}" for line in map(_source_line, status.sources)]
    lines += [f"- {told_left_over(*one)}" for one in status.left_over.items()]
    return "\n".join(lines)


def told_sources(sources: Sequence[SourceStatus]) -> str:
    """Return how each source stands, as Markdown."""
    if not sources:
        return "No source is set. Add a `[[knowledge.sources]]` block to the settings."
    return "\n".join(
        f"- {_source_line(one)}"
        + (f" Schedule `{one.schedule}`." if one.schedule else "")
        + (f"\n  {one.sentence}" if one.sentence else "")
        for one in sources
    )


def told_left_over(source: str, documents: int) -> str:
    """Tell in a sentence that a source is in the settings no more, though its documents are still told."""
    were, what = ("1 document is", "it") if documents == 1 else (f"{documents} documents are", "them")
    return f"{were} told of the source “{source}”, which is in the settings no more; the next reindex removes {what}."


def _source_line(source: SourceStatus) -> str:
    last = f"last read to its end {moment(source.last_success)}"
    outcome = "" if source.outcome in ("ok", "never") else f" **{OUTCOMES[source.outcome]}**."
    more = f", {source.skipped} skipped" if source.skipped else ""
    more += f", {source.outdated} older than that" if source.outdated else ""
    return f"**{source.name}** ({source.kind}): {source.documents} documents{more}, {last}.{outcome}"


def moment(when: datetime | None) -> str:
    """Return a moment for people."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if when else "never"


def told_passages(found: Retrieval) -> str:
    """Return what a search found, as Markdown."""
    if not found.passages:
        return "Nothing was found in what may be told here."
    lines = [f"Version {found.version}, confidence {found.confidence:.2f}:"]
    for n, one in enumerate(found.passages, start=1):
        passage = one.passage
        place = " › ".join(part for part in (passage.title, passage.heading) if part)
        lines.append(f"{n}. **{place}** ({one.score:.3f}, `{passage.document_id}`)\n   {_excerpt(passage.text)}")
    return "\n".join(lines)


def told_document(passages: list[Passage]) -> str:
    """Return a document with its passages, as Markdown."""
    first = passages[0]
    lines = [
        f"**{first.title}** (`{first.document_id}`, source {first.source})",
        *([first.url] if first.url else []),
        f"Told to {told_scope(first.scope)}." + (f" Updated {first.updated}." if first.updated else ""),
        f"{len(passages)} passages:",
    ]
    lines += [
        f"{n}. {f'*{one.heading}*: ' if one.heading else ''}{_excerpt(one.text)}"
        for n, one in enumerate(passages, start=1)
    ]
    return "\n".join(lines)


def told_scope(scope: Scope) -> str:
    """Return to whom, where and when something may be told, in words."""
    limits = [
        f"{key.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}"
        for key, value in scope.as_mapping().items()
    ]
    return "; ".join(limits) or "everybody"


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _EXCERPT else words[:_EXCERPT].rsplit(" ", 1)[0] + " …"
