"""The words of the knowledge side: documents, their passages and the scope they hold in. No I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from knowledge.errors import FrontdeskError

# Words that companies use for "anybody may read this"; a document so marked has no audience limit.
_EVERYBODY = {"", "all", "any", "customer", "customers", "everybody", "everyone", "external", "public"}
_INTERNAL = {"agent", "agents", "employee", "employees", "internal", "staff"}
SCOPE_KEYS = ("region", "audience", "product", "language", "effective_from", "effective_until")


class ScopeError(FrontdeskError):
    """A scope that cannot be read, e.g. a date that is none."""


def _values(raw: Any) -> tuple[str, ...]:
    """Read one scope value (a string with commas, a list, or nothing) as sorted lower-case words."""
    if raw is None:
        return ()
    items: Iterable[Any] = raw if isinstance(raw, (list, tuple, set)) else str(raw).split(",")
    return tuple(sorted({word for item in items if (word := str(item).strip().lower())}))


def _audience(raw: Any) -> tuple[str, ...]:
    words = {"internal" if word in _INTERNAL else word for word in _values(raw)}
    return () if words & _EVERYBODY else tuple(sorted(words))


def _day(key: str, raw: Any) -> date | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw).strip())
    except ValueError:
        raise ScopeError(f"{key} is {raw!r}, which is not a date.", "Write it as YYYY-MM-DD.") from None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where, for whom and when something holds; one class for a document's and an asker's scope.

    Words are lower case; an empty tuple is no limit. A document's dates are inclusive days.
    """

    region: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_until: date | None = None

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> Scope:
        """Read the scope keys of `raw` (front matter, `meta`, settings); other keys are not looked at.

        Raises ScopeError for a date that cannot be read.
        """
        return cls(
            region=_values(raw.get("region")),
            audience=_audience(raw.get("audience")),
            product=_values(raw.get("product")),
            language=_values(raw.get("language")),
            effective_from=_day("effective_from", raw.get("effective_from")),
            effective_until=_day("effective_until", raw.get("effective_until")),
        )

    def as_mapping(self) -> dict[str, Any]:
        """Return the keys that limit anything, JSON-ready; `from_mapping` reads it back."""
        out: dict[str, Any] = {
            key: list(value) for key in ("region", "audience", "product", "language") if (value := getattr(self, key))
        }
        out |= {
            key: value.isoformat() for key in ("effective_from", "effective_until") if (value := getattr(self, key))
        }
        return out

    def admits(self, document: Scope, on: date) -> bool:
        """Whether an asker with this scope may be told, on day `on`, what holds in scope `document`.

        An asker without a region, product or language sees every one of them; an asker without an
        audience sees only what is for everybody, so that an internal page never slips out.
        """
        for key in ("region", "product", "language"):
            mine, theirs = getattr(self, key), getattr(document, key)
            if mine and theirs and not set(mine) & set(theirs):
                return False
        if document.audience and not set(self.audience) & set(document.audience):
            return False
        if document.effective_from and on < document.effective_from:
            return False
        return not (document.effective_until and on > document.effective_until)


@dataclass(frozen=True, slots=True)
class Document:
    """One page of the company's policies, as Markdown."""

    id: str
    """Stable: the path inside a folder source, `doc_id` in a JSON-lines source."""
    source: str
    """Name of the source in the settings."""
    title: str
    text: str
    """Markdown, without front matter."""
    url: str = ""
    """Where people can read it; empty when there is no such place."""
    scope: Scope = field(default_factory=Scope)
    updated: date | None = None
    """The day its source says it was last changed or reviewed; never guessed from a file's times."""
    tag: str = ""
    """Opaque to all but its source, which tells by it whether the document has changed since (times, an ETag, …)."""

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of everything that is indexed or shown; the same hash means nothing to do."""
        parts = (
            self.id,
            self.source,
            self.title,
            self.text,
            self.url,
            repr(self.scope.as_mapping()),
            str(self.updated),
        )
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that fits the embedder and can be quoted."""

    id: str
    """`{document_id}#{position}`; unique in an index version."""
    document_id: str
    source: str
    title: str
    url: str
    heading: str
    """Heading path below the title, joined by " > "; empty above the first heading."""
    text: str
    position: int
    """Place within the document, from 0."""
    scope: Scope = field(default_factory=Scope)
    updated: date | None = None
    """As in the document."""


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage found for a question."""

    passage: Passage
    score: float
    """Rank score after fusion; higher is better, comparable only within one result list."""
    similarity: float
    """Cosine of question and passage, -1 to 1; comparable across questions."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A document that is as it was when the version in force was made, skipped then or not."""

    id: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something a source could not give, with the reason in words for the admin."""

    source: str
    document: str
    """Its id; empty where the whole source is meant."""
    reason: str
    temporary: bool = False
    """It may be there next time (a time-out, say), so what the version in force holds of it stays."""
    tag: str = ""
    """As in `Document`, so that a file that cannot be used is not read again before it changes."""
