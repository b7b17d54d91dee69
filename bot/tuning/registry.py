"""Which adapters there are: candidates, the one in force, those of the past. One JSON file, the adapters beside it.

    <tuning folder>/registry.json       what became of each adapter, by whom and why
    <tuning folder>/adapters/<id>.gguf  copies: a training folder that is cleaned up takes nothing away

The file is replaced in one step under a lock, so that any number of processes may read and write it; a running bot
looks at it every other second (see `bot.tuning.live`). Where no adapter was promoted, the first one answers: that of
the settings (`lora.path`), if there is one. Whatever goes wrong, the adapter in force stays.

What changes it raises RegistryError, BusyError where somebody else is at it, and NoRoomError where the disk is full.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from bot.generation.engine import ModelFileError
from bot.generation.gguf_file import read_header
from bot.generation.lora import LoraAdapter, LoraError, read_lora
from bot.tuning.errors import BusyError, NoRoomError, is_full
from bot.tuning.evaluation import Evaluation
from bot.tuning.gate import Verdict
from knowledge.errors import FrontdeskError

FORMAT = 1
LOCK_PATIENCE_S = 30.0
_FILE, _LOCK, _ADAPTERS = "registry.json", "registry.lock", "adapters"


class RegistryError(FrontdeskError):
    """What was asked of the registry cannot be done; the adapter in force stays."""


class AdapterState(StrEnum):
    """What an adapter is at the moment."""

    CANDIDATE = "candidate"
    IN_FORCE = "in force"
    PAST = "past"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Base:
    """The model that adapters are held against."""

    path: Path | None = None
    """Its GGUF file; None where a server has the model, so that only the server knows what fits."""
    hashes: tuple[str, ...] = ()
    """SHA-256 sums of the file served and of the one it was made from."""

    def check(self, adapter: Path) -> LoraAdapter | None:
        """Return what an adapter says of itself, None where there is no model here. Raises LoraError."""
        if self.path is None:
            try:
                header = read_header(adapter)
            except ModelFileError as error:
                raise LoraError(f"The LoRA adapter cannot be used. {error.sentence}", error.fix) from None
            if not header.is_adapter:
                raise LoraError(f"{adapter} is not a LoRA adapter.", "Name an adapter in GGUF form.")
            return None
        return read_lora(adapter, read_header(self.path), self.hashes)


@dataclass(frozen=True, slots=True)
class Registered:
    """An adapter that the registry knows. Hashes are SHA-256, hexadecimal."""

    id: str
    """Its name for the engine too: another file has another one."""
    sha256: str
    base_sha256: str
    """Of the model that it was trained on; empty where a server has that."""
    created_at: str
    """ISO 8601, UTC."""
    run: str = ""
    """Id of the training run; empty where it came from elsewhere."""
    state: AdapterState = AdapterState.CANDIDATE
    rank: int = 0
    alpha: float = 0.0
    evaluation: str = ""
    """Id of its last evaluation."""
    against: str = ""
    """SHA-256 of the adapter that was in force then; empty where there was none."""
    metrics: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    """By mode, as the evaluation has them."""
    verdict: Verdict | None = None
    """Of the gate, at that evaluation."""

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {
            "verdict": self.verdict.as_json() if self.verdict else None
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Registered:
        return cls(
            **{
                **values,
                "state": AdapterState(values["state"]),
                "verdict": Verdict.from_json(values["verdict"]) if values.get("verdict") else None,
            }
        )


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done."""

    at: str
    did: str
    adapter: str
    by: str = ""
    reason: str = ""
    forced: bool = False
    """Whether the gate spoke against it."""

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The registry at one moment."""

    adapters: Mapping[str, Registered] = field(default_factory=dict)
    """By id, oldest first."""
    in_force: str = ""
    """Id of the adapter that answers; empty for the first one."""
    before: tuple[str, ...] = ()
    """Ids of those that were in force before, the last one last; empty for the first one."""
    events: tuple[Event, ...] = ()

    def adapter(self, id: str) -> Registered:
        """Return an adapter by its id, or by a beginning of it that only one has. Raises RegistryError."""
        near = [one for name, one in self.adapters.items() if name == id or (id and name.startswith(id))]
        exact = [one for one in near if one.id == id] or near
        if len(exact) == 1:
            return exact[0]
        if exact:
            raise RegistryError(f"{id!r} may be {' or '.join(one.id for one in exact)}.", "Write the whole id.")
        known = ", ".join(self.adapters) or "none yet"
        raise RegistryError(f"There is no adapter {id!r}.", f"`frontdesk tune list` shows them: {known}.")

    def newest(self) -> Registered:
        """Return the newest candidate. Raises RegistryError where there is none."""
        candidates = [one for one in self.adapters.values() if one.state is AdapterState.CANDIDATE]
        if not candidates:
            raise RegistryError("There is no candidate.", "Train one with `frontdesk tune train`.")
        return candidates[-1]


@dataclass(frozen=True, slots=True)
class InForce:
    """The adapter that answers."""

    name: str
    """For the engine."""
    path: Path
    sha256: str


class Registry:
    """The registry of one tuning folder."""

    def __init__(
        self, folder: Path, first: Path | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """`first` is the adapter that answers until one is promoted; None for none."""
        self._folder = folder
        self._first = first
        self._clock = clock
        self._path = folder / _FILE

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def first(self) -> Path | None:
        return self._first

    def path_of(self, id: str) -> Path:
        """Return where the adapter with this id is kept."""
        return self._folder / _ADAPTERS / f"{id}.gguf"

    def stamp(self) -> tuple[int, ...]:
        """Return what changes whenever the registry does; cheap."""
        try:
            state = self._path.stat()
        except OSError:
            return ()
        return state.st_mtime_ns, state.st_size, state.st_ino

    def read(self) -> Snapshot:
        """Return the registry as it is; an empty one where there is none. Raises RegistryError where it is broken."""
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
            if values["format"] != FORMAT:
                raise ValueError(f"its format is {values['format']!r}, which this version does not know")
            return Snapshot(
                adapters={one["id"]: Registered.from_json(one) for one in values["adapters"]},
                in_force=values["in_force"],
                before=tuple(values["before"]),
                events=tuple(Event(**one) for one in values["events"]),
            )
        except FileNotFoundError:
            return Snapshot()
        except OSError as error:
            raise RegistryError(
                f"{self._path} cannot be read: {error.strerror}.", "Give the bot's user the right to read it."
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problem = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            raise RegistryError(
                f"The registry of adapters {self._path} is broken: {problem}.",
                "Put a whole copy of it there, or move it away to begin a new one; the adapters beside it stay.",
            ) from None

    def in_force(self) -> InForce | None:
        """Return the adapter that answers, None where none does. Raises RegistryError where its file is not whole."""
        return self.resolved(self.read())

    def resolved(self, now: Snapshot) -> InForce | None:
        """Return the adapter that answers in a snapshot."""
        if now.in_force:
            one = now.adapter(now.in_force)
            self.check(one)
            return InForce(one.id, self.path_of(one.id), one.sha256)
        if self._first is None:
            return None
        return InForce(self._first.stem, self._first, sha256_of(self._first))

    def add(self, path: Path, base: Base, *, run: str = "", by: str = "") -> Registered:
        """Take an adapter in as a candidate and return it; the same file again is the adapter that is there.

        Raises RegistryError with the reason for one that the model cannot use.
        """
        about = self._fits(path, base)
        sha256 = sha256_of(path)
        with self._locked():
            now = self.read()
            for known in now.adapters.values():
                if known.sha256 == sha256:
                    copy = self.path_of(known.id)
                    if not copy.exists() or sha256_of(copy) != sha256:
                        self._copy(path, known.id)
                    if known.run or not run:
                        return known
                    named = replace(known, run=run)  # it came as a file first
                    self._write(now, {named.id: named})
                    return named
            added = Registered(
                id=_id(run or path.stem, sha256, now.adapters),
                sha256=sha256,
                base_sha256=(about.base_sha256 or base.hashes[-1]) if about else "",
                created_at=self._now(),
                run=run,
                rank=about.rank if about else 0,
                alpha=about.alpha if about else 0.0,
            )
            self._copy(path, added.id)
            self._write(now, {added.id: added}, self._event("added", added.id, by))
            return added

    def record(self, id: str, evaluation: Evaluation, verdict: Verdict) -> Registered:
        """Note the evaluation of an adapter and what the gate says of it."""
        with self._locked():
            now = self.read()
            known = now.adapter(id)
            if evaluation.subject.adapter_sha256 != known.sha256:
                raise RegistryError(f"The evaluation {evaluation.id} is of another file than {known.id}.")
            noted = replace(
                known,
                evaluation=evaluation.id,
                against=evaluation.subject.in_force_sha256,
                metrics=evaluation.metrics,
                verdict=verdict,
            )
            self._write(now, {known.id: noted}, self._event("evaluated", known.id))
            return noted

    def promote(self, id: str, base: Base, *, by: str = "", force: bool = False, reason: str = "") -> Registered:
        """Put an adapter in force, if the gate lets it, or with `force` and a reason, which is kept.

        Raises RegistryError; the adapter in force stays then.
        """
        if force and not reason.strip():
            raise RegistryError("An adapter that the gate does not let through needs a reason.", "Give --reason TEXT.")
        with self._locked():
            now = self.read()
            one = now.adapter(id)
            if one.id == now.in_force:
                raise RegistryError(f"{one.id} is in force already.")
            self._usable(one, base)
            if (speaks_against := _speaks_against(one, _against(now, self._first))) and not force:
                raise RegistryError(
                    f"{one.id} is not promoted: {speaks_against}",
                    "Evaluate it with `frontdesk tune evaluate`, or promote it with --force and --reason TEXT.",
                )
            changed = {one.id: replace(one, state=AdapterState.IN_FORCE)}
            if now.in_force:
                changed[now.in_force] = replace(now.adapter(now.in_force), state=AdapterState.PAST)
            event = self._event("promoted", one.id, by, reason, forced=bool(speaks_against))
            moved = replace(now, in_force=one.id, before=(*now.before, now.in_force))
            self._write(moved, changed, event)
            return changed[one.id]

    def rollback(self, base: Base, *, by: str = "", reason: str = "") -> Registered | None:
        """Put the adapter that was in force before there again; return it, None for the first one or none.

        Those that were rejected since are passed over. Raises RegistryError where there was none, or it cannot be
        used any more.
        """
        with self._locked():
            now = self.read()
            if not now.before:
                raise RegistryError("Nothing was promoted, so there is nothing to roll back.")
            before = list(now.before)
            while before[1:] and before[-1] and now.adapter(before[-1]).state is AdapterState.REJECTED:
                before.pop()
            back = before.pop()
            changed: dict[str, Registered] = {}
            if back:
                one = now.adapter(back)
                try:
                    self._usable(one, base)
                except RegistryError as error:
                    aside = f"Or put it aside with `frontdesk tune reject {one.id}` and roll back again."
                    raise RegistryError(error.sentence, f"{error.fix} {aside}") from None
                changed[back] = replace(one, state=AdapterState.IN_FORCE)
            elif self._first is not None:
                try:
                    self._fits(self._first, base)
                except RegistryError as error:
                    none = "Or set lora.path to an adapter of this model, or take it out, and roll back again."
                    raise RegistryError(error.sentence, f"{error.fix} {none}") from None
            left = now.adapter(now.in_force)
            changed[left.id] = replace(left, state=AdapterState.PAST)
            moved = replace(now, in_force=back, before=tuple(before))
            self._write(moved, changed, self._event("rolled back", left.id, by, reason))
            return changed.get(back)

    def reject(self, id: str, *, by: str = "", reason: str = "") -> Registered:
        """Put a candidate aside; it can be promoted later all the same. Raises RegistryError for the one in force."""
        with self._locked():
            now = self.read()
            one = now.adapter(id)
            if one.id == now.in_force:
                raise RegistryError(f"{one.id} is in force.", "Take it back with `frontdesk tune rollback`.")
            rejected = replace(one, state=AdapterState.REJECTED)
            self._write(now, {one.id: rejected}, self._event("rejected", one.id, by, reason))
            return rejected

    def forget(self, person: str) -> None:
        """Name somebody no more, of what they did; what was done stays."""
        with self._locked():
            now = self.read()
            nameless = tuple(replace(event, by="") if event.by == person else event for event in now.events)
            self._write(replace(now, events=nameless), {})

    def against(self, now: Snapshot) -> str:
        """Return the SHA-256 of the adapter in force in a snapshot, whole or not; empty where there is none.

        An evaluation says with it what an adapter was compared with.
        """
        return _against(now, self._first)

    # Checks

    def _fits(self, path: Path, base: Base) -> LoraAdapter | None:
        try:
            return base.check(path)
        except ModelFileError as error:
            raise RegistryError(error.sentence, error.fix) from None

    def check(self, one: Registered) -> None:
        """Raise RegistryError unless the adapter's file is the one that was taken in."""
        path = self.path_of(one.id)
        if not path.exists():
            raise RegistryError(f"The file of {one.id} is gone: {path}.", "Put it back, or train it again.")
        if sha256_of(path) != one.sha256:
            raise RegistryError(
                f"The file of {one.id} is not the one that was taken in: {path} was changed or damaged.",
                "Put a whole copy of it there, or train it again.",
            )

    def _usable(self, one: Registered, base: Base) -> None:
        """Raise RegistryError unless the adapter is whole and fits the model that is served now."""
        self.check(one)
        if base.path is not None and one.base_sha256 and one.base_sha256 not in base.hashes:
            raise RegistryError(
                f"{one.id} was trained on another base model (SHA-256 {one.base_sha256[:12]}…) than the one that "
                "answers now.",
                "Train it again on this model, or set model.path to the model it was made for.",
            )
        self._fits(self.path_of(one.id), base)

    def trouble(self, now: Snapshot, base: Callable[[], Base]) -> str:
        """Return why the adapter in force in a snapshot does not answer, with what to do; empty where it can.

        `base` gives the model that it must fit, where there is an adapter; that there is none is told, too.
        """
        try:
            if now.in_force:
                self._usable(now.adapter(now.in_force), base())
            elif self._first is not None:
                self._fits(self._first, base())
        except FrontdeskError as error:
            return f"{error.sentence} {error.fix}".strip()
        return ""

    # Writing

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FileLock(self._folder / _LOCK)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=LOCK_PATIENCE_S)
        except Timeout:
            raise BusyError("Somebody else is changing the registry of adapters.", "Try again in a minute.") from None
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            yield
        finally:
            lock.release()

    def _copy(self, path: Path, id: str) -> None:
        target = self.path_of(id)
        temporary = target.with_suffix(".part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, temporary)
            temporary.replace(target)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise self._unwritable(error) from None

    def _write(self, now: Snapshot, changed: Mapping[str, Registered], *events: Event) -> None:
        adapters = {**now.adapters, **changed}
        values = {
            "format": FORMAT,
            "in_force": now.in_force,
            "before": list(now.before),
            "adapters": [one.as_json() for one in adapters.values()],
            "events": [one.as_json() for one in (*now.events, *events)],
        }
        temporary = self._path.with_suffix(".part")
        try:
            with temporary.open("w", encoding="utf-8") as file:
                json.dump(values, file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> FrontdeskError:
        return (NoRoomError if is_full(error) else RegistryError)(
            f"The registry of adapters in {self._folder} cannot be written: {error.strerror}.",
            "Make room on the disk and give the bot's user the right to write there; the adapter in force stays.",
        )

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="seconds")

    def _event(self, did: str, id: str, by: str = "", reason: str = "", *, forced: bool = False) -> Event:
        return Event(self._now(), did, id, by, reason.strip(), forced)


def _against(now: Snapshot, first: Path | None) -> str:
    """Return the hash of the adapter that answers, whole or not: a broken one can be replaced."""
    if now.in_force:
        return now.adapter(now.in_force).sha256
    return sha256_of(first) if first and first.exists() else ""


def _speaks_against(one: Registered, against_sha256: str) -> str:
    """Return why the gate does not let an adapter through; empty where it does."""
    if one.verdict is None:
        return "it was not evaluated on held-out questions."
    if one.against != against_sha256:
        return "it was compared with another adapter than the one that is in force now."
    return one.verdict.why_not


def _id(name: str, sha256: str, taken: Collection[str]) -> str:
    """Return an id that is a file name too: whatever it is called, with the beginning of its hash."""
    word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "adapter"
    length = 8
    while f"{word}-{sha256[:length]}" in taken:
        length += 1
    return f"{word}-{sha256[:length]}"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal. Raises RegistryError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RegistryError(
            f"{path} cannot be read: {error.strerror}.", "Name a file that this user may read."
        ) from None
