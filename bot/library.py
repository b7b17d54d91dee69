"""The documents as admins handle them: what there is, what is found, what came before; told as Markdown for chat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from difflib import get_close_matches

from knowledge.documents import Passage, Scope
from knowledge.errors import FrontdeskError
from knowledge.index import Index
from knowledge.reindex import ReindexJob, ReindexReport, reindex_in_process
from knowledge.retrieval import Query, Retrieval, Retriever

Progress = Callable[[str, int, int], None]
FOUND = 5
"""Passages that a search shows."""
_EXCERPT = 300
"""Characters of a passage that a chat message shows."""


class DocumentUnknown(FrontdeskError):
    """The version in force has no such document."""


class Library:
    """What can be done with the documents. Long work runs in processes or threads of its own.

    `alone` is held while the index is written, so that no other process writes it too.
    """

    def __init__(
        self,
        index: Index,
        job: ReindexJob,
        retriever: Retriever,
        alone: Callable[[], AbstractAsyncContextManager[None]],
    ) -> None:
        self._index = index
        self._job = job
        self._retriever = retriever
        self._alone = alone

    async def reindex(self, source: str | None, progress: Progress) -> ReindexReport:
        """Read the sources, or one of them, and publish what changed. Raises FrontdeskError."""
        async with self._alone():
            return await reindex_in_process(self._job, only=source, progress=progress)

    async def rollback(self) -> int:
        """Put the version before in force and return its number. Raises IndexMissing where there is none."""
        async with self._alone():
            return await asyncio.to_thread(self._index.rollback)

    async def search(self, question: str, scope: Scope) -> Retrieval:
        """Return what an asker with `scope` would be answered from."""
        return await asyncio.to_thread(self._retriever.search, Query(question), FOUND, scope)

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
