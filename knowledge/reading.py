"""What the sources give this time, held against what the version in force holds of them."""

from __future__ import annotations

import logging
import pickle
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Generic, TypeVar, cast

from knowledge.documents import Document, Passage, Skipped, Unchanged
from knowledge.errors import FrontdeskError
from knowledge.fragments import LEAST_DOCUMENTS, RepeatedFragments
from knowledge.index import IndexedDocument
from knowledge.sources import Source, SourceError, open_source
from knowledge.sources.tags import digest
from knowledge.state import Outcome, Seen, Standing, fingerprint, now, valid_tags

log = logging.getLogger(__name__)

Cut = Callable[[Sequence[Document]], list[list[Passage]]]
"""Returns the passages of each document."""

_TOGETHER = 256
"""Documents that are cut together."""
_TOGETHER_CHARACTERS = 8_000_000
_SPOOLED_IN_MEMORY = 16 * 1024 * 1024
"""Bytes that wait in memory; more wait in a file, which is gone with the process."""
_GROWN = 1.25
"""By so much a source has grown when all of it is read again, to see what it repeats by now."""
_FEW = 10
"""Below so many documents a source may lose any number of them."""


class SourceEmpty(SourceError):
    """A source without a single usable document, which is taken for a mistake, not for an order to forget all."""


_Chunk = TypeVar("_Chunk")


class Spool(Generic[_Chunk]):
    """Things that wait, in the order in which they were put in."""

    def __init__(self) -> None:
        self._file = cast(IO[bytes], tempfile.SpooledTemporaryFile(_SPOOLED_IN_MEMORY))  # noqa: SIM115 - closed by GC
        self._chunks = 0

    def put(self, chunk: _Chunk) -> None:
        """Append one of them."""
        pickle.dump(chunk, self._file, pickle.HIGHEST_PROTOCOL)
        self._chunks += 1

    def chunks(self) -> Iterator[_Chunk]:
        """Yield what was put in, as it was put in."""
        self._file.seek(0)
        for _ in range(self._chunks):
            yield pickle.load(self._file)


Passages = tuple[dict[str, str], list[Passage]]
"""The content hashes of some documents, by id, and their passages."""


@dataclass
class Reading:
    """What one source gave."""

    name: str
    fingerprint: str
    given: dict[str, int] = field(default_factory=dict)
    """Number of passages of each document that is new or changed; they wait in the spool."""
    changed: set[str] = field(default_factory=set)
    """Documents that differ from those of the version in force."""
    changed_to: Counter[str] = field(default_factory=Counter)
    """How many documents differ from those of the version in force and now have one and the same text, by its hash."""
    unchanged: set[str] = field(default_factory=set)
    claimed: set[str] = field(default_factory=set)
    """All that it gave and that was not another source's."""
    kept: set[str] = field(default_factory=set)
    """Documents of the version in force that it could not give and that stay as they are."""
    removed: set[str] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    """What could not be read of documents that are in the index, by their ids."""
    warnings: list[str] = field(default_factory=list)
    """What an admin should look at in the settings of the source."""
    seen: dict[str, Seen] = field(default_factory=dict)
    fragments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    learned_from: int = 0
    """Documents that were read together when what the source repeats was last looked for in all of them."""
    error: FrontdeskError | None = None
    outcome: Outcome = "ok"
    seconds: float = 0.0
    spool: Spool[Passages] = field(default_factory=Spool)
    """Passages that wait to be embedded."""

    @property
    def sentence(self) -> str:
        """What went wrong, empty where nothing did."""
        return str(self.error or "")

    def standing(self, before: Standing) -> Standing:
        """Return how the source stands after this reading, if it stood as `before`."""
        time = now()
        success = self.error is None
        return Standing(
            fingerprint=self.fingerprint,
            last_run=time,
            seconds=self.seconds,
            outcome=self.outcome,
            sentence=self.sentence,
            skipped=len(self.skipped),
            failures=0 if success else before.failures + 1,
            last_success=time if success else before.last_success,
            fragments=self.fragments,
            learned_from=self.learned_from if success else before.learned_from,
            warnings=self.warnings if success else before.warnings,
        )


class Reader:
    """Reads one source after the other.

    `indexed` are the documents of the version in force, by id. With `anew` every document is given,
    as if it were new. `kept` are documents that stay whatever the sources give: an id belongs to
    whoever had it first, in the order of reading, and these come before all.
    """

    def __init__(
        self,
        base: Path,
        indexed: Mapping[str, IndexedDocument],
        kept: Mapping[str, IndexedDocument],
        cut: Cut,
        *,
        anew: bool,
        accept_loss: bool,
        tell: Callable[[int], None],
    ) -> None:
        self._base = base
        self._indexed = indexed
        self._owners = {id: one.source for id, one in kept.items()}
        self._cut = cut
        self._anew = anew
        self._accept_loss = accept_loss
        self._tell = tell
        self._documents = 0

    def read(self, options: Mapping[str, Any], seen: Mapping[str, Seen], standing: Standing) -> Reading:
        """Return what a source gives, if `seen` and `standing` are what is remembered of it.

        Whatever the source raises ends up in the reading; what it gave before then counts.
        """
        begun = time.monotonic()
        name = str(options.get("name"))
        reading = Reading(name, fingerprint(options, self._base))
        known = {} if self._anew or standing.fingerprint != reading.fingerprint else seen
        tags = valid_tags(known, name, self._indexed)
        fragments = RepeatedFragments(standing.fragments)
        # What a source repeats is known only when all of it has been read, so that until then nothing is cut.
        waiting: Spool[list[Document]] = Spool()
        some: list[Document] = []
        size = 0
        max_loss = 1.0
        try:
            source = open_source(options, self._base)
            max_loss = source.options.max_loss
        except FrontdeskError as error:
            reading.error = error
        else:
            for one in self._contained(source, tags, reading):
                source.options.note(one.document if isinstance(one, Skipped) else one.id)
                if isinstance(one, Document):
                    if self._claim(one.id, reading):
                        fragments.count(one)
                        some.append(one)
                        size += len(one.text)
                elif isinstance(one, Skipped):
                    self._skip(one, seen, reading)
                else:
                    self._unchanged(one.id, tags, seen, reading)
                if len(some) >= _TOGETHER or size > _TOGETHER_CHARACTERS:
                    waiting.put(some)
                    some, size = [], 0
            waiting.put(some)
            self._learn(fragments, standing, reading)
            for documents in waiting.chunks():
                self._take(documents, fragments, reading)
            reading.warnings = source.options.idle_patterns() if reading.error is None else []
        self._settle(reading, seen, standing, fragments, max_loss)
        reading.seconds = time.monotonic() - begun
        return reading

    def _contained(
        self, source: Source, tags: Mapping[str, str], reading: Reading
    ) -> Iterator[Document | Unchanged | Skipped]:
        """Yield what the source yields; what it raises becomes the reading's error."""
        try:
            yield from source.documents(tags)
        except FrontdeskError as error:
            reading.error = error
        except MemoryError:
            raise
        except Exception as error:
            # A connector may raise anything; the other sources must not suffer from it.
            log.exception("The source %s failed", reading.name)
            line = (str(error).strip().splitlines() or ["it says nothing"])[0][:300].rstrip(".")
            reading.error = SourceError(
                f"The source “{reading.name}” failed: {type(error).__name__}: {line}.", "The log of Frontdesk has more."
            )

    def _claim(self, id: str, reading: Reading) -> bool:
        """Whether the document is this source's; if it is not, name it."""
        owner = self._owners.setdefault(id, reading.name)
        if owner == reading.name and id not in reading.claimed:
            reading.claimed.add(id)
            self._documents += 1
            self._tell(self._documents)
            return True
        where = "twice in this source" if owner == reading.name else f"in the source “{owner}” too"
        reason = f"Its id {id} stands {where}; the first one is used. Give it another id or file name."
        reading.skipped.append(Skipped(reading.name, id, reason))
        return False

    def _skip(self, one: Skipped, seen: Mapping[str, Seen], reading: Reading) -> None:
        reading.skipped.append(one)
        if one.temporary:
            inside = f"{one.document.rstrip('/')}/"  # a folder or a section that could not be listed
            for id in self._mine(reading.name):
                if id == one.document or not one.document or id.startswith(inside):
                    before = seen.get(id, Seen()).kept_since
                    reading.kept.add(id)
                    reading.seen[id] = Seen(content_hash=self._indexed[id].content_hash, kept_since=before or now())
        elif one.tag and one.document not in reading.claimed:
            reading.seen[one.document] = Seen(tag=one.tag, reason=one.reason)

    def _unchanged(self, id: str, tags: Mapping[str, str], seen: Mapping[str, Seen], reading: Reading) -> None:
        if id not in tags:
            reason = "Its source says that it is unchanged, though it was not asked to compare it."
            self._skip(Skipped(reading.name, id, reason, temporary=True), seen, reading)
        elif seen[id].reason:
            reading.skipped.append(Skipped(reading.name, id, seen[id].reason, tag=tags[id]))
            reading.seen[id] = seen[id]
        elif self._claim(id, reading):
            reading.unchanged.add(id)
            reading.seen[id] = seen[id]

    def _learn(self, fragments: RepeatedFragments, standing: Standing, reading: Reading) -> None:
        """Find what the source repeats by what was read of it."""
        there = reading.claimed | reading.kept
        if reading.error is not None:
            there = there.union(self._mine(reading.name))
        is_all = reading.error is None and not reading.unchanged  # but for what cannot be read for the moment
        reading.learned_from = len(there) if is_all else standing.learned_from
        fragments.learn(len(there), anew=is_all and not reading.kept)

    def _take(self, documents: Sequence[Document], fragments: RepeatedFragments, reading: Reading) -> None:
        """Cut those of the documents that are new or changed."""
        wanted: list[Document] = []
        hashes: dict[str, str] = {}
        for raw in documents:
            for keepers in fragments.keepers.values():
                for scope in [scope for scope, id in keepers.items() if id == raw.id]:
                    del keepers[scope]  # it takes them again if it still has them
            document = fragments.drop(raw)
            hashed = document.content_hash
            reading.seen[raw.id] = Seen(raw.tag, hashed, unread=raw.unread)
            there = self._indexed.get(raw.id)
            if there is not None and there.content_hash != hashed:
                reading.changed.add(raw.id)
                reading.changed_to[digest(raw.text.encode("utf-8", "surrogatepass"))] += 1
            if not self._anew and there is not None and there.content_hash == hashed:
                reading.unchanged.add(raw.id)
            else:
                wanted.append(document)
                hashes[raw.id] = hashed
        if not wanted:
            return
        cut = self._cut(wanted)
        for document, passages in zip(wanted, cut, strict=True):
            if passages:
                reading.given[document.id] = len(passages)
                continue
            # What has headings and no text under them leaves no passage, and so does not count as a document.
            skipped = Skipped(reading.name, document.id, "It has headings only, no text.", tag=document.tag)
            reading.skipped.append(skipped)
            reading.seen[document.id] = Seen(tag=skipped.tag, reason=skipped.reason)
            del self._owners[document.id]
        if passages := [passage for listed in cut for passage in listed]:
            reading.spool.put((hashes, passages))

    def _mine(self, name: str) -> list[str]:
        """Return the documents of the version in force that this source gave and no other has claimed since."""
        return [id for id, one in self._indexed.items() if one.source == name and self._owners.get(id, name) == name]

    def _settle(
        self,
        reading: Reading,
        seen: Mapping[str, Seen],
        standing: Standing,
        fragments: RepeatedFragments,
        max_loss: float,
    ) -> None:
        """Decide what of the version in force is gone and what stays."""
        name = reading.name
        mine = self._mine(name)
        reading.kept -= reading.unchanged | reading.given.keys()
        there = reading.unchanged | reading.given.keys() | reading.kept
        missing = [id for id in mine if id not in there]
        # A site that is closed for maintenance, or wants people to log in, has one page in place of all.
        alike = sum(count for count in reading.changed_to.values() if count >= _FEW)
        if reading.error is None and not there:
            reading.error = self._empty(reading)
        if reading.error is not None:
            reading.outcome = "partial" if reading.unchanged or reading.given else "failed"
            reading.skipped.append(Skipped(name, "", str(reading.error)))
            reading.kept.update(missing)
            reading.seen = {id: seen[id] for id in missing if id in seen} | reading.seen
        elif len(mine) >= _FEW and len(missing) + alike > max_loss * len(mine) and not self._accept_loss:
            reading.outcome = "held_back"
            lost = f"would lose {len(missing)} of its {len(mine)} documents at once"
            if alike:
                lost = f"now says the same in {alike} of its {len(mine)} documents, as where one has to log in"
                lost += f", and would lose {len(missing)}" if missing else ""
            reading.error = SourceError(
                f"The source “{name}” {lost}, so it was held back: what the index held of it stays (max_loss is "
                f"{max_loss:g}).",
                f"Look at the source; if it is right, run `frontdesk reindex --source {name} --accept-loss`, or "
                f"`/reindex {name} accept-loss` in chat.",
            )
            reading.skipped.append(Skipped(name, "", str(reading.error)))
            for id in reading.given.keys() - set(mine):
                del self._owners[id]
            reading.given, reading.unchanged, reading.kept = {}, set(), set(mine)
            reading.spool, reading.seen = Spool(), dict(seen)
        else:
            reading.removed.update(missing)
            if any(one.temporary for one in reading.skipped):
                reading.outcome = "partial"
        for id in reading.kept:
            self._owners[id] = name
        if reading.error is not None and reading.outcome != "partial":
            reading.fragments = standing.fragments
        else:
            reading.fragments = fragments.keepers
            if reading.error is None:
                self._free_fragments(reading, standing)
                count = len(reading.claimed | reading.kept)
                if count >= LEAST_DOCUMENTS and count >= _GROWN * reading.learned_from:
                    self._read_again(reading)
        reading.unread = {id: one.unread for id, one in reading.seen.items() if one.unread}
        # Only what the next run can use is remembered, and what people are told until then.
        reading.seen = {id: one for id, one in reading.seen.items() if one.tag or one.kept_since or one.unread}

    def _free_fragments(self, reading: Reading, standing: Standing) -> None:
        """Where the page that kept a repeated fragment is gone, let the next run find another that has it."""
        there = reading.unchanged | reading.given.keys() | reading.kept
        reading.fragments = {
            block: {scope: id for scope, id in keepers.items() if id in there}
            for block, keepers in reading.fragments.items()
        }
        if any(
            scope not in reading.fragments.get(b, {}) for b, keepers in standing.fragments.items() for scope in keepers
        ):
            self._read_again(reading)

    @staticmethod
    def _read_again(reading: Reading) -> None:
        """Let the next run read all of the source, changed or not."""
        reading.seen = {id: replace(one, tag="") for id, one in reading.seen.items()}

    def _empty(self, reading: Reading) -> SourceEmpty:
        reasons = reading.skipped
        first = f" {len(reasons)} were skipped, first {reasons[0].document}: {reasons[0].reason}" if reasons else ""
        return SourceEmpty(
            f"The source “{reading.name}” has no document that can be indexed.{first}",
            "Nothing of it was changed. Mend its path or address, or take the source out of the settings to forget "
            "its documents.",
        )
