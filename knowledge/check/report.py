"""What a check found. Frozen values that any report can be made of; no rendering."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from knowledge.documents import Passage, Scope

YES_OR_NO = "yes or no"
"""Kind of a contradiction in which one denies what the other says."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked."""

    text: str
    scope: Scope
    answered: bool
    """Whether the passages answered it; small talk and the like are not brought here."""
    passages: tuple[str, ...]
    """Ids of the passages that were found for it, best first."""
    when: datetime
    id: int = 0
    """By which whoever keeps it knows it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page, or a passage of one."""

    document_id: str
    title: str
    url: str
    source: str
    scope: Scope
    heading: str = ""
    passage_id: str = ""
    """Empty where the whole page is meant."""

    @classmethod
    def of(cls, passage: Passage, *, page: bool = False) -> Place:
        """Return where a passage stands, or its whole page."""
        heading, id = ("", "") if page else (passage.heading, passage.id)
        return cls(passage.document_id, passage.title, passage.url, passage.source, passage.scope, heading, id)

    def as_json(self) -> dict[str, Any]:
        place: dict[str, Any] = {"document_id": self.document_id, "source": self.source, "title": self.title}
        if self.passage_id:
            place |= {"heading": self.heading, "passage_id": self.passage_id}
        return place | {"url": self.url, "scope": self.scope.as_mapping()}


class DuplicateKind(StrEnum):
    """How alike."""

    IDENTICAL = "identical pages"
    SIMILAR = "nearly identical pages"
    VERSIONS = "versions of one page"
    PASSAGE = "repeated passage"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Pages or passages that say the same in the same words, told to the same people."""

    kind: DuplicateKind
    places: tuple[Place, ...]
    quote: str
    """The beginning of what they share."""
    similarity: float
    """Share of the words in common, 0 to 1."""

    @property
    def advice(self) -> str:
        return {
            DuplicateKind.IDENTICAL: "Keep one and remove the others, or let them redirect to it.",
            DuplicateKind.SIMILAR: "Merge them into one page, or give each the scope it is meant for.",
            DuplicateKind.VERSIONS: "Keep the newest; remove the older ones or give them an effective_until date.",
            DuplicateKind.PASSAGE: "Keep it in one place and link to it, so that no copy is forgotten in a change.",
        }[self.kind]

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "places": [one.as_json() for one in self.places],
            "quote": self.quote,
            "similarity": round(self.similarity, 3),
            "advice": self.advice,
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with the place it stands at."""

    place: Place
    quote: str
    value: str
    """The words in which it differs from its counterpart."""
    repeated: int = 0
    """Further pages on which the same sentence stands."""

    def as_json(self) -> dict[str, Any]:
        return self.place.as_json() | {"quote": self.quote, "value": self.value, "repeated": self.repeated}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sentences that say the same but for one thing, in scopes that one asker may be told."""

    kind: str
    """`duration`, `amount`, `percentage`, `date`, `time of day`, `measure`, `number`, or `YES_OR_NO`."""
    first: Statement
    second: Statement
    confidence: float
    """0 to 1."""

    @property
    def advice(self) -> str:
        narrower = [one.place for one in (self.first, self.second) if one.place.scope != Scope()]
        if self.first.place.scope != self.second.place.scope and narrower:
            return (
                f"If “{narrower[0].title}” is an exception, say so in both pages or limit the other's scope; "
                "otherwise mend the one that is wrong."
            )
        return "Find out which holds and mend the other; if both hold, say for whom, or give each page its scope."

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "first": self.first.as_json(),
            "second": self.second.as_json(),
            "confidence": round(self.confidence, 3),
            "advice": self.advice,
        }


class Age(StrEnum):
    """Where a page stands in its time."""

    EXPIRED = "expired"
    EXPIRING = "expires soon"
    UPCOMING = "not yet in force"
    OLD = "not updated for long"


@dataclass(frozen=True, slots=True)
class Dated:
    """A page whose time is over, coming or long ago."""

    age: Age
    place: Place
    day: date
    """Of its end, its beginning or its last update."""
    days: int
    """From the day of the check to that day; negative for the past."""

    @property
    def advice(self) -> str:
        return {
            Age.EXPIRED: "It is not told any more. Remove it, or renew it with another effective_until.",
            Age.EXPIRING: "Renew it, or make sure that what takes its place is there on that day.",
            Age.UPCOMING: "Nothing to do if that is meant; it is not told before.",
            Age.OLD: "Read it again and confirm it, or mend it.",
        }[self.age]

    def as_json(self) -> dict[str, Any]:
        return {
            "age": self.age,
            **self.place.as_json(),
            "day": self.day.isoformat(),
            "days": self.days,
            "advice": self.advice,
        }


@dataclass(frozen=True, slots=True)
class Unread:
    """A page of which something could not be read, so that nobody is told it."""

    place: Place
    what: str
    """With what to do about it."""

    def as_json(self) -> dict[str, Any]:
        return self.place.as_json() | {"what": self.what}


@dataclass(frozen=True, slots=True)
class UnansweredGroup:
    """Questions about one thing that no passage answered."""

    name: str
    """The most central of the questions."""
    keywords: tuple[str, ...]
    count: int
    last: datetime
    questions: tuple[tuple[str, datetime], ...]
    """Some of them, newest first, with personal data masked."""
    first: datetime | None = None
    """When the oldest of them was asked; None where that is not known."""
    ids: tuple[int, ...] = ()
    """Of all of them."""

    @property
    def advice(self) -> str:
        return "Write a page that answers them, or widen the scope of the one that does."

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "keywords": list(self.keywords),
            "count": self.count,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat(),
            "questions": [{"text": text, "when": when.isoformat()} for text, when in self.questions],
            "advice": self.advice,
        }


@dataclass(frozen=True, slots=True)
class Subject:
    """A cluster of passages that are about one thing, with the questions to it."""

    name: str
    keywords: tuple[str, ...]
    documents: int
    passages: int
    questions: int
    answered: int

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "keywords": list(self.keywords),
            "documents": self.documents,
            "passages": self.passages,
            "questions": self.questions,
            "answered": self.answered,
        }


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The health of the documents on one day. Findings of each kind stand with the gravest first."""

    version: int
    """Of the index."""
    on: date
    documents: int
    passages: int
    questions: int
    since: date | None
    """Day of the first question that was counted; None without questions."""
    contradictions: tuple[Contradiction, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    repeated_across_scopes: int = 0
    """Groups with the same words in scopes that nobody is told together, which is as it should be."""
    dated: tuple[Dated, ...] = ()
    unread: tuple[Unread, ...] = ()
    warnings: tuple[str, ...] = ()
    """Sentences on the settings of the sources."""
    orphans: tuple[Place, ...] | None = None
    """Pages that no question found; None as long as there are too few questions to tell."""
    unanswered: tuple[UnansweredGroup, ...] = ()
    unanswered_questions: int = 0
    subjects: tuple[Subject, ...] = ()
    troubles: tuple[str, ...] = ()
    """Sentences on what could not be checked."""
    seconds: float = field(default=0.0, compare=False)

    @property
    def told_of(self) -> frozenset[int]:
        """Ids of the questions that stand in it or were counted into a group that does."""
        return frozenset(id for group in self.unanswered for id in group.ids)

    def without(self, gone: Collection[int]) -> CheckReport:
        """Return the report without the groups that one of these questions is in: its words may name the group."""
        kept = tuple(group for group in self.unanswered if not any(id in gone for id in group.ids))
        fewer = sum(group.count for group in self.unanswered) - sum(group.count for group in kept)
        return replace(self, unanswered=kept, unanswered_questions=self.unanswered_questions - fewer)

    @property
    def findings(self) -> int:
        """Number of things that somebody should look at."""
        needing = [one for one in self.dated if one.age is not Age.UPCOMING]
        groups: Sequence[Sequence[object]] = (
            *(self.contradictions, self.duplicates, needing),
            *(self.unread, self.warnings, self.unanswered),
        )
        return sum(map(len, groups)) + len(self.orphans or ())

    def as_json(self) -> dict[str, Any]:
        """Return everything, JSON-ready."""
        return {
            "version": self.version,
            "on": self.on.isoformat(),
            "documents": self.documents,
            "passages": self.passages,
            "questions": {
                "count": self.questions,
                "unanswered": self.unanswered_questions,
                "since": self.since.isoformat() if self.since else None,
            },
            "findings": self.findings,
            "contradictions": [one.as_json() for one in self.contradictions],
            "duplicates": [one.as_json() for one in self.duplicates],
            "repeated_across_scopes": self.repeated_across_scopes,
            "dated": [one.as_json() for one in self.dated],
            "unread": [one.as_json() for one in self.unread],
            "warnings": list(self.warnings),
            "orphans": None if self.orphans is None else [one.as_json() for one in self.orphans],
            "unanswered": [one.as_json() for one in self.unanswered],
            "subjects": [one.as_json() for one in self.subjects],
            "troubles": list(self.troubles),
            "seconds": round(self.seconds, 1),
        }
