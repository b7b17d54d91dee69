"""What somebody had a part in who is forgotten, or what is past its time, goes from all that was made of it.

sets/*/examples.jsonl         the examples
sets/*/report.json            what it says of them
evaluations/*/answers, judge  answers to those that were held out, and their grades
registry.json                 who promoted, rolled back or rejected an adapter

What a model learned of them stands in no file: it stays in an adapter until another one is trained from what is left.
So do the digests of its questions (`learned.json` of its run), which hold no words.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock

from bot.privacy import Gone
from bot.tuning.examples import REJECTED_ANSWER
from bot.tuning.sets import EXAMPLES, REPORT
from knowledge.errors import FrontdeskError

_WORDS = ("disagreements", "skipped")
"""Of a report: what holds questions and answers."""
log = logging.getLogger(__name__)


class ForgettingError(FrontdeskError):
    """Something that is to be forgotten still stands in a file."""


def forget(folder: Path, gone: Sequence[Gone]) -> int:
    """Delete all of it from every set and evaluation in the folder of tuning; return how many examples that were.

    A line of a set that cannot be read may be of anybody, and goes, too. A file that cannot be read or written keeps
    nothing else. Raises ForgettingError naming the first of them then.
    """
    if not any(one.any_words or one.person for one in gone) or not folder.is_dir():
        return 0
    with _alone(folder):
        return _forget(folder, gone)


def named(folder: Path, person: str) -> int:
    """Return how often somebody (`{platform}:{user id}`) is named for what they did with adapters."""
    try:
        return (folder / "registry.json").read_text(encoding="utf-8", errors="replace").count(json.dumps(person))
    except OSError:  # there is none
        return 0


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for others who forget: of two that write a file anew at once, one would bring back what the other took."""
    lock = FileLock(folder / "forgetting.lock")
    with suppress(OSError):  # what cannot be written there either is told of by its name
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _forget(folder: Path, gone: Sequence[Gone]) -> int:
    count = 0
    failed: list[FrontdeskError] = []
    for person in sorted({one.person for one in gone if one.person and named(folder, one.person)}):
        from bot.tuning.registry import Registry  # it loads much that few need

        try:
            Registry(folder).forget(person)
        except FrontdeskError as error:
            failed.append(error)
    any_words = any(one.any_words for one in gone)
    words = _Words(gone)
    ids = set(words.ids)
    for path in sorted((folder / "sets").glob(f"*/{EXAMPLES}")) if any_words else ():
        try:
            left_out, younger = _forget_in_set(path, words)
            count += len(left_out)
            ids |= left_out
            _forget_in_report(path.with_name(REPORT), ids - younger)
        except OSError as error:
            failed.append(_unusable(path, error))
    for path in sorted((folder / "evaluations").glob("*/*/*.jsonl")) if any_words else ():
        try:
            _forget_lines(path, lambda line: _id_of(line) in ids)
        except OSError as error:
            failed.append(_unusable(path, error))
    for one in failed:  # whoever wished to be forgotten cannot mend it
        log.error("What is to be forgotten may still stand in a file: %s", one)
    if failed:
        raise ForgettingError(f"What is to be forgotten may still stand in a file: {failed[0].sentence}", failed[0].fix)
    return count


class _Words:
    """Tells the examples that hold words of what is gone."""

    def __init__(self, gone: Sequence[Gone]) -> None:
        self._parts: dict[str, _Until] = {
            "answer_id": _until((one.answers, one.until) for one in gone),
            "conversation_id": _until((one.conversations, one.until) for one in gone),
            "suggestion_id": _until((one.suggestions, one.until) for one in gone),
            "handover_id": _until((one.handovers, one.until) for one in gone),
        }
        self.ids: dict[str, datetime] = {
            f"{kind}:{id}": until
            for kind in ("answer", "suggestion", "handover")
            for id, until in self._parts[f"{kind}_id"].items()
        }
        """Of examples that are gone, with the moment until which they may have been made."""

    def name(self, id: str, metadata: Mapping[str, Any]) -> bool:
        """Whether an example bears one of the ids, be it of something that is younger."""
        return bool(self._found(id, metadata))

    def hold(self, id: str, metadata: Mapping[str, Any]) -> bool:
        """Whether an example is of what is gone."""
        return any(_made_by(metadata, until) for until in self._found(id, metadata))

    def reject(self, metadata: Mapping[str, Any]) -> bool:
        """Whether an example is preferred to an answer that is gone and was given to somebody else."""
        until = self._parts["answer_id"].get(metadata.get(REJECTED_ANSWER))
        return until is not None and _made_by(metadata, until)

    def _found(self, id: str, metadata: Mapping[str, Any]) -> list[datetime]:
        found = [self.ids.get(id), *(untils.get(metadata.get(key)) for key, untils in self._parts.items())]
        return [until for until in found if until]


_Until = dict[Any, datetime]
"""By the id of what is gone, until when what bears it was made."""
_ALWAYS = datetime.max.replace(tzinfo=UTC)


def _until(gone: Iterable[tuple[set[int], datetime | None]]) -> _Until:
    found: _Until = {}
    for ids, until in gone:
        for id in ids:
            found[id] = max(found.get(id, until or _ALWAYS), until or _ALWAYS)
    return found


def _made_by(metadata: Mapping[str, Any], until: datetime) -> bool:
    """Whether an example is of something that was made until then, or that tells not when."""
    try:
        made = datetime.fromisoformat(metadata["created_at"])
    except (KeyError, TypeError, ValueError):
        return True
    return (made if made.tzinfo else made.replace(tzinfo=UTC)) <= until


def _unusable(path: Path, error: OSError) -> FrontdeskError:
    return FrontdeskError(f"{path} cannot be written: {error.strerror}.", "Delete that file; it can be made again.")


def _forget_in_set(path: Path, words: _Words) -> tuple[set[str], set[str]]:
    """Return the ids of the examples that were deleted, and of those that bear such an id and are younger."""
    lines = path.read_bytes().splitlines(keepends=True)
    kept: list[bytes] = []
    left_out: set[str] = set()
    younger: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            kept.append(line)
            continue
        try:
            values = json.loads(line)
            id, metadata = str(values["id"]), values.get("metadata", {})
            gone, rejected = words.hold(id, metadata), values.get("rejected") and words.reject(metadata)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            log.warning(
                "Line %d of %s is no example. It may hold what is to be forgotten, and is deleted.", number, path
            )
            continue
        if gone:
            left_out.add(id)
            continue
        if words.name(id, metadata):
            younger.add(id)
        kept.append(_json_line(values | {"rejected": ""}) if rejected else line)
    if kept != lines:
        _replace(path, b"".join(kept))
    return left_out, younger


def _json_line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _forget_in_report(path: Path, ids: set[str]) -> None:
    """Delete from a report the words of examples."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        told = {key: [one for one in report.get(key, ()) if not ids & _ids_in(one)] for key in _WORDS}
        if told != {key: list(report.get(key, ())) for key in _WORDS}:
            _replace(path, (json.dumps(report | told, ensure_ascii=False, indent=2) + "\n").encode())
    except FileNotFoundError:
        return
    except (OSError, ValueError, TypeError, AttributeError):
        path.unlink(missing_ok=True)


def _ids_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["id"]} if isinstance(value.get("id"), str) else set()
        return own.union(*map(_ids_in, value.values()))
    return set().union(*map(_ids_in, value)) if isinstance(value, list) else set()


def _forget_lines(path: Path, is_gone: Callable[[bytes], bool]) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not is_gone(line)]
    if len(kept) < len(lines):
        _replace(path, b"".join(kept))


def _id_of(line: bytes) -> str:
    """Return the id of the question that a kept answer, or its grade, is to; empty for a line that was cut off."""
    try:
        values = json.loads(line)
        return str(values["id"] if "id" in values else str(values["of"]).partition("\n")[0])
    except (ValueError, KeyError, TypeError):
        return ""


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
