"""The words of the knowledge side: documents, their passages and the scope they hold in. No I/O."""

from __future__ import annotations

import hashlib
import json
import re
import reprlib
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from knowledge.errors import FrontdeskError
from knowledge.territories import EUROPEAN_UNION, language_code, region_codes

# Words that companies use for "anybody may read this"; a document so marked has no audience limit.
_EVERYBODY = frozenset(
    {"", "all", "any", "anybody", "anyone", "customer", "customers", "everybody", "everyone", "external", "public"}
    | {"shown", "visible", "world"}
)
# A word that may mean fewer people ("confidential", "private") stays an audience of its own.
_INTERNAL = {"agent", "agents", "employee", "employees", "internal", "internal only", "internal-only", "staff"}
_ANYWHERE = {"*", "all", "any", "everywhere", "global", "worldwide"}
_ANY = {"*", "all", "any"}
SCOPE_KEYS = ("region", "audience", "product", "language", "effective_from", "effective_until")
_WRITTEN_AS = {
    "region": ("regions", "market", "markets", "country", "countries"),
    "audience": ("audiences", "visibility"),
    "product": ("products",),
    "language": ("languages", "lang", "locale"),
    "effective_from": ("valid_from",),
    "effective_until": ("valid_until", "valid_to", "expires"),
}
_MEANT = {written: key for key in SCOPE_KEYS for written in (key, *_WRITTEN_AS[key])} | {"internal": "audience"}
_BLOCKS = frozenset(
    (
        *("custom", "custom_props", "extra", "front_matter", "frontmatter", "meta", "metadata", "params", "scope"),
        "sidebar_custom_props",
    )
)
"""Fields that hold further ones: where generators of sites, CMSs and other libraries put what is a company's own."""
_DEEPEST_BLOCK = 4
_TRUE = {"true", "yes", "y", "on", "1", "1.0"}
_FALSE = {"false", "no", "n", "off", "0", "0.0", ""}


_SHORTEST_SLIP = 6
"""Letters of a key from which it is told apart from a slip of another; "local" is no slip of "locale"."""
_NO_SLIPS = frozenset(
    {"interval", "produce", "legion", "expire", "expired", "county", "counties", "marker", "markers", "locate"}
)
"""Words of their own that are one letter away from a key."""


class ScopeError(FrontdeskError):
    """A scope that cannot be read, e.g. a date that is none."""


def scope_fields(*told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what fields (front matter, columns, …) say about the scope, under the keys of a scope.

    Keys may be written in any case and as people write them (`Regions`, `valid until`, `locale`); a key of
    the scope itself goes before such a synonym. They may also stand in a block (`params`, `metadata`, …): what
    is further out goes before that, and the fields given first before the others. `internal: true` is the
    audience "internal", whatever else. Raises ScopeError where `internal` is neither true nor false.
    """
    found: dict[str, Any] = {}
    is_internal = False
    for fields in (one for each in told for one in with_blocks(each)):
        given = {_key(key): value for key, value in fields.items()}
        for key in SCOPE_KEYS:
            values = (given.get(one) for one in (key, *_WRITTEN_AS[key]))
            value = next((value for value in values if value not in (None, "")), None)
            if value is not None:
                found.setdefault(key, value)
        is_internal |= _internal(given.get("internal"))
    return found | {"audience": "internal"} if is_internal else found


def with_blocks(fields: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield fields and the blocks within them in which a scope may stand, the outer ones first.

    A block may be a text in JSON, as a column of a table holds it.
    """
    level: list[Mapping[str, Any]] = [fields]
    for _ in range(_DEEPEST_BLOCK):
        yield from level
        level = [block for one in level for key, value in one.items() if (block := _block(key, value))]


def is_draft(*told: Mapping[str, Any]) -> bool:
    """Whether fields say that a document is not to be shown yet: `draft: true`, or `published: false`."""
    given = [(_key(key), value) for each in told for fields in with_blocks(each) for key, value in fields.items()]
    return any(
        (key == "draft" and _flag(value) in _TRUE) or (key == "published" and _flag(value) in _FALSE - {""})
        for key, value in given
    )


def _flag(raw: Any) -> str:
    return "" if raw is None else str(raw).strip().lower()


def is_block(key: Any) -> bool:
    """Whether a field of this name may hold others that say something about the scope."""
    return _key(key) in _BLOCKS


def _block(key: Any, value: Any) -> Mapping[str, Any] | None:
    if not is_block(key):
        return None
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, Mapping) else None


def _internal(raw: Any) -> bool:
    word = _flag(raw)
    if word not in _TRUE | _FALSE:
        raise ScopeError(
            f"internal is {reprlib.repr(raw)}, which is neither true nor false.",
            "Write `internal: true` or `internal: false`.",
        )
    return word in _TRUE


def scope_key(key: Any) -> str | None:
    """Return the key of a scope that `key` means, be it by another word or one slip away; None where it means none."""
    slip = misspelt([key])
    return _MEANT.get(slip[1] if slip else _key(key))


def misspelt(keys: Iterable[Any]) -> tuple[str, str] | None:
    """Return the first key that is one slip away from one of the scope's, with that one; None where none is."""
    for key in keys:
        given = _key(key)
        if len(given) < _SHORTEST_SLIP or given in _MEANT or given in _NO_SLIPS:
            continue
        for meant in _MEANT:
            if len(meant) >= _SHORTEST_SLIP and _one_slip(given, meant):
                return str(key), meant
    return None


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter, added, left out, changed or exchanged with the next, makes a word of another."""
    return (
        abs(len(one) - len(other)) < 2
        and SequenceMatcher(None, one, other).ratio() >= 1 - 1 / max(len(one), len(other)) - 1e-9
    )


def _key(key: Any) -> str:
    return re.sub(r"[\s_-]+", "_", str(key).strip().lower())


def _values(key: str, raw: Any) -> set[str]:
    """Read one scope value (a string with commas, a list, or nothing) as words without case.

    Raises ScopeError for anything else: read wrongly, the document might be told to everybody.
    """
    if raw is None:
        return set()
    items: Iterable[Any] = raw if isinstance(raw, (list, tuple, set, frozenset)) else [raw]
    words: set[str] = set()
    for item in items:
        if item is False and key in ("region", "language"):
            words.add("no")  # YAML takes Norway's NO for a false
        elif isinstance(item, bool) or not isinstance(item, (str, int, float, date)):
            raise ScopeError(
                f"{key} is {reprlib.repr(raw)}, which is neither a word nor a list of words.",
                f"Write it as `{key}: one` or `{key}: [one, two]`, with quotes around yes, no, on and off.",
            )
        else:
            parts = [item] if raw is not item else str(item).split(",")
            words |= {word for part in parts if (word := _word(str(part)))}
    return words


def _word(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _limited(words: Iterable[str], unlimited: Container[str]) -> tuple[str, ...]:
    """Return the words in order; none where one of them says that there is no limit."""
    words = set(words)
    return () if any(word in unlimited for word in words) else tuple(sorted(words))


def _audience(raw: Any) -> tuple[str, ...]:
    return _limited(("internal" if word in _INTERNAL else word for word in _values("audience", raw)), _EVERYBODY)


def _regions(raw: Any) -> set[str]:
    return {code for word in _values("region", raw) for code in region_codes(word)}


def _day(key: str, raw: Any) -> date | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return datetime.fromisoformat(str(raw).strip()).date()
    except ValueError:
        raise ScopeError(f"{key} is {reprlib.repr(raw)}, which is not a date.", "Write it as YYYY-MM-DD.") from None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where, for whom and when something holds; one class for a document's and an asker's scope.

    Words are lower case, countries and languages their codes ("uk", "de"); an empty tuple is no limit.
    A document's dates are inclusive days.
    """

    region: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_until: date | None = None

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> Scope:
        """Read what `raw` (front matter, `meta`, settings) says about a scope; see `scope_fields` for its keys.

        Countries and languages become their codes. Raises ScopeError for what cannot be read.
        """
        raw = scope_fields(raw)
        return cls(
            region=_limited(_regions(raw.get("region")), _ANYWHERE),
            audience=_audience(raw.get("audience")),
            product=_limited(_values("product", raw.get("product")), _ANY),
            language=_limited(map(language_code, _values("language", raw.get("language"))), _ANY),
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

    def reach(self, key: str) -> tuple[str, ...]:
        """Return an asker's words for `key`, with the union that a country belongs to: what holds there holds in it."""
        words: tuple[str, ...] = getattr(self, key)
        member = key == "region" and "eu" not in words and not EUROPEAN_UNION.isdisjoint(words)
        return (*words, "eu") if member else words

    def admits(self, document: Scope, on: date) -> bool:
        """Whether an asker with this scope may be told, on day `on`, what holds in scope `document`.

        An asker without a region, product or language sees every one of them, one in a country of the EU what is
        for the EU; an asker without an audience sees only what is for everybody, so that an internal page never
        slips out.
        """
        for key in ("region", "product", "language"):
            mine, theirs = self.reach(key), getattr(document, key)
            if mine and theirs and not set(mine) & set(theirs):
                return False
        if document.audience and not set(self.audience) & set(document.audience):
            return False
        if document.effective_from and on < document.effective_from:
            return False
        return not (document.effective_until and on > document.effective_until)


def unix_lines(text: str) -> str:
    """Return text whose lines end in a line feed, however they ended."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Document:
    """One page of the company's policies, as Markdown."""

    id: str
    """Stable: the path inside a folder source, `doc_id` in a JSON-lines source."""
    source: str
    """Name of the source in the settings."""
    title: str
    text: str
    """Markdown, without front matter; its lines end in a line feed, whatever the source gave."""
    url: str = ""
    """Where people can read it; empty when there is no such place."""
    scope: Scope = field(default_factory=Scope)
    updated: date | None = None
    """The day its source says it was last changed or reviewed; never guessed from a file's times."""
    tag: str = ""
    """Opaque to all but its source, which tells by it whether the document has changed since (times, an ETag, …)."""
    unread: str = ""
    """What of it could not be read, and what to do about it, in words for the admin; empty where all of it was."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", unix_lines(self.text))

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


class Piece(NamedTuple):
    """A passage as the index holds it."""

    passage: Passage
    words: bytes
    """Packed, see `knowledge.late_interaction`."""


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage found for a question."""

    passage: Passage
    score: float
    """Rank score after fusion; higher is better, comparable only within one result list."""
    similarity: float
    """Cosine of question and passage, -1 to 1; comparable across questions."""
    pieces: tuple[Piece, ...] = field(default=(), repr=False, compare=False)
    """What it was joined of; empty where that is not known."""


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
