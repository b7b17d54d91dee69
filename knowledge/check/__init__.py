"""Health of the documents: what repeats, contradicts, ends, is never needed, and what is missing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np

from knowledge.check.contradictions import contradictions
from knowledge.check.corpus import Corpus, Progress
from knowledge.check.duplicates import duplicates
from knowledge.check.freshness import freshness
from knowledge.check.questions import orphans, subjects, unanswered
from knowledge.check.report import (
    YES_OR_NO,
    Age,
    Asked,
    CheckReport,
    Contradiction,
    Dated,
    Duplicate,
    DuplicateKind,
    Place,
    Statement,
    Subject,
    UnansweredGroup,
    Unread,
)
from knowledge.embedding import Embedder
from knowledge.index import Index, IndexEmbedderMismatch, Version
from knowledge.state import unread, warnings

__all__ = [
    "YES_OR_NO",
    "Age",
    "Asked",
    "CheckJob",
    "CheckReport",
    "Contradiction",
    "Dated",
    "Duplicate",
    "DuplicateKind",
    "Place",
    "Statement",
    "Subject",
    "UnansweredGroup",
    "Unread",
    "check",
]
log = logging.getLogger(__name__)
_Found = TypeVar("_Found")
_MOST_ASKED = 50_000
"""The newest questions, as many as are looked at."""
_QUESTION_CHARS = 2_000


def check(
    version: Version,
    embedder: Embedder,
    asked: Sequence[Asked],
    on: date,
    *,
    expiring_days: int = 30,
    old_days: int = 730,
    unread: Mapping[str, str] | None = None,
    warnings: Sequence[str] = (),
    progress: Progress | None = None,
) -> CheckReport:
    """Look a version over as of day `on`, together with the questions of the last time.

    `old_days` is how long ago a page's last update may be, 0 for no limit; `unread` is what could not be
    read of documents, by id, `warnings` what the sources' settings are to be looked at for. A part that
    fails is told among the report's troubles and the others go on.
    Raises IndexEmbedderMismatch if the version was made with another embedding model.
    """
    begun = time.perf_counter()
    made = version.identity.embedder
    if made.weights != embedder.weights:
        raise IndexEmbedderMismatch(
            f"The index was made with the embedding model {made.name}, the settings name {embedder.name}.",
            "Run `frontdesk reindex`, or set embedding.model back.",
        )
    embedder.use_dtype(made.dtype)
    show: Progress = progress or (lambda stage, done, total: None)
    troubles: list[str] = []

    def part(name: str, work: Callable[[], _Found], nothing: _Found) -> _Found:
        try:
            return work()
        except Exception as error:
            log.exception("The check of %s failed.", name)
            troubles.append(f"The check of {name} failed: {error or type(error).__name__}")
            return nothing

    corpus = Corpus.of(version)
    asked = sorted((one for one in asked if one.text.strip()), key=lambda one: one.when)[-_MOST_ASKED:]
    vectors = part(
        "the questions",
        lambda: embedder.encode(
            [one.text[:_QUESTION_CHARS].encode("utf-8", "replace").decode() for one in asked],
            lambda done: show("questions", done, len(asked)),
        ),
        np.zeros((len(asked), made.dimension), dtype=np.float32),
    )
    none: tuple[list[Duplicate], int] = [], 0
    doubles, apart = part("duplicates", lambda: duplicates(corpus, show), none)
    return CheckReport(
        version=version.number,
        on=on,
        documents=len(corpus.documents),
        passages=len(corpus.passages),
        questions=len(asked),
        since=asked[0].when.date() if asked else None,
        contradictions=tuple(part("contradictions", lambda: contradictions(corpus, embedder, on, show), [])),
        duplicates=tuple(doubles),
        repeated_across_scopes=apart,
        dated=tuple(part("dates", lambda: freshness(corpus, on, expiring_days, old_days), [])),
        unread=tuple(
            Unread(Place.of(corpus.passages[corpus.documents[id][0]], page=True), what)
            for id, what in (unread or {}).items()
            if id in corpus.documents
        ),
        warnings=tuple(warnings),
        orphans=part("orphans", lambda: _frozen(orphans(corpus, asked)), None),
        unanswered=tuple(part("unanswered questions", lambda: unanswered(asked, vectors), [])),
        unanswered_questions=sum(not one.answered for one in asked),
        subjects=tuple(part("subjects", lambda: subjects(corpus, asked, vectors), [])),
        troubles=tuple(troubles),
        seconds=time.perf_counter() - begun,
    )


def _frozen(places: list[Place] | None) -> tuple[Place, ...] | None:
    return None if places is None else tuple(places)


@dataclass(frozen=True, slots=True)
class CheckJob:
    """A check of the published version, ready to be sent to a process of its own; see `knowledge.processes`."""

    uri: str
    asked: tuple[Asked, ...]
    on: date
    model: str = ""
    """As in `Embedder`, like `device`."""
    device: str = ""
    expiring_days: int = 30
    old_days: int = 730

    def __call__(self, progress: Progress | None = None) -> CheckReport:
        """Do the check. Raises IndexMissing before the first publication, and what `check` raises."""
        index = Index(self.uri)
        version = index.published()
        embedder = Embedder(self.model, self.device)
        return check(
            version,
            embedder,
            self.asked,
            self.on,
            expiring_days=self.expiring_days,
            old_days=self.old_days,
            unread=unread(index),
            warnings=warnings(index),
            progress=progress,
        )
