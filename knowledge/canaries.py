"""Questions that every version must go on answering: a version that loses one is not published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.errors import FrontdeskError
from knowledge.index import Index, IndexCheckFailed, Version
from knowledge.retrieval import Query, Retriever

FIRST = 5
"""Passages among which the document must be found."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A question and the document that a passage is to be found of."""

    question: str
    document: str
    """Its id."""
    scope: Mapping[str, Any] = field(default_factory=dict)
    """Of the asker, as in the settings; empty is a customer of whom nothing is known."""

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return repr((self.question, self.document, sorted(self.scope.items())))


def watch(
    canaries: Sequence[Canary],
    index: Index,
    embedder: Embedder,
    new: Version,
    current: Version | None,
    answered_before: frozenset[str],
) -> tuple[list[str], frozenset[str]]:
    """Ask every canary of the new version, before it is published.

    Returns a warning for each that neither version answers, and the keys of those that the new one
    answers. Where the current version cannot be asked, having been made with another embedder,
    `answered_before` says which it answered. Raises IndexCheckFailed for one that is lost.
    """
    if not canaries:
        return [], frozenset()
    # A few questions are embedded sooner than the model is loaded.
    retriever = Retriever(index, embedder, load=False)
    comparable = (
        current is not None and current.identity.format and (current.identity.embedder.weights == embedder.weights)
    )
    warnings, answered = [], []
    for canary in canaries:
        found = _documents(retriever, canary, new)
        if canary.document in found:
            answered.append(canary.key)
            continue
        instead = f"it finds {', '.join(f'“{id}”' for id in found)} instead" if found else "it finds nothing"
        if comparable:
            assert current is not None
            lost = canary.document in _documents(retriever, canary, current)
        else:
            lost = current is not None and canary.key in answered_before
        if lost:
            raise IndexCheckFailed(
                f"The new version was not published: to “{canary.question}” it no longer finds “{canary.document}” "
                f"among the first {FIRST} passages; {instead}.",
                "Mend the documents, or take the question out of [[knowledge.canaries]]; "
                "answers come from the version before.",
            )
        warnings.append(
            f"The canary question “{canary.question}” does not find “{canary.document}” among the first {FIRST} "
            f"passages; {instead}."
        )
    return warnings, frozenset(answered)


def check(canaries: Sequence[Canary]) -> None:
    """Raise ScopeError for a canary whose scope cannot be read."""
    for canary in canaries:
        Scope.from_mapping(canary.scope)


def _documents(retriever: Retriever, canary: Canary, version: Version) -> list[str]:
    """Return the documents of the first passages, each once."""
    try:
        found = retriever.search(Query(canary.question), FIRST, Scope.from_mapping(canary.scope), version=version)
    except FrontdeskError:
        raise
    except Exception as error:
        raise IndexCheckFailed(
            f"The new version was not published: searching version {version.number} failed "
            f"({type(error).__name__}: {error}).",
            "Run `frontdesk reindex` again; answers come from the version before.",
        ) from error
    return list(dict.fromkeys(one.passage.document_id for one in found.passages))
