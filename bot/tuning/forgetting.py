"""What somebody had a part in who is forgotten, or what is past its time, goes from all that was made of it.

sets/*/examples.jsonl         the examples
sets/*/report.json            what it says of them
evaluations/*/answers, judge  answers to those that were held out, and their grades
registry.json                 who promoted, rolled back or rejected an adapter

What a model learned of them stands in no file: it stays in an adapter until another one is trained from what is left.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock

from bot.privacy import Gone
from bot.tuning.examples import REJECTED_ANSWER, Example, line_of
from bot.tuning.sets import EXAMPLES, REPORT
from knowledge.errors import FrontdeskError

_WORDS = ("disagreements", "skipped")
"""Of a report: what holds questions and answers."""
log = logging.getLogger(__name__)


class ForgettingError(FrontdeskError):
    """Something that is to be forgotten still stands in a file."""


def forget(folder: Path, gone: Gone) -> int:
    """Delete it from every set and evaluation in the folder of tuning; return how many examples that were.

    What cannot be read or written keeps nothing else. Raises ForgettingError naming the first of it then.
    """
    if not (gone.any_words or gone.person) or not folder.is_dir():
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


def _forget(folder: Path, gone: Gone) -> int:
    count = 0
    failed: list[FrontdeskError] = []
    ids = {f"answer:{id}" for id in gone.answers}
    ids |= {f"suggestion:{id}" for id in gone.suggestions} | {f"handover:{id}" for id in gone.handovers}
    if gone.person and named(folder, gone.person):
        from bot.tuning.registry import Registry  # it loads much that few need

        try:
            Registry(folder).forget(gone.person)
        except FrontdeskError as error:
            failed.append(error)
    for path in sorted((folder / "sets").glob(f"*/{EXAMPLES}")) if gone.any_words else ():
        try:
            left_out, unreadable = _forget_in_set(path, gone, ids)
            count += len(left_out)
            ids |= left_out
            _forget_in_report(path.with_name(REPORT), ids)
        except OSError as error:
            failed.append(_unusable(path, error))
            continue
        if unreadable:
            failed.append(FrontdeskError(f"Line {unreadable[0]} of {path} is no example.", "Delete that line."))
    for path in sorted((folder / "evaluations").glob("*/*/*.jsonl")) if gone.any_words else ():
        try:
            _forget_lines(path, lambda line: _id_of(line) in ids)
        except OSError as error:
            failed.append(_unusable(path, error))
    for one in failed:  # whoever wished to be forgotten cannot mend it
        log.error("What is to be forgotten may still stand in a file: %s", one)
    if failed:
        raise ForgettingError(f"What is to be forgotten may still stand in a file: {failed[0].sentence}", failed[0].fix)
    return count


def _unusable(path: Path, error: OSError) -> FrontdeskError:
    return FrontdeskError(f"{path} cannot be written: {error.strerror}.", "Delete that file; it can be made again.")


def _forget_in_set(path: Path, gone: Gone, ids: set[str]) -> tuple[set[str], list[int]]:
    """Return the ids of the examples that were deleted, and the numbers of lines that cannot be read, which stay."""
    parts = {
        "answer_id": gone.answers,
        "conversation_id": gone.conversations,
        "suggestion_id": gone.suggestions,
        "handover_id": gone.handovers,
    }
    lines = path.read_bytes().splitlines(keepends=True)
    kept: list[bytes] = []
    left_out: set[str] = set()
    unreadable: list[int] = []
    for number, line in enumerate(lines, start=1):
        try:
            one = Example.from_json(json.loads(line)) if line.strip() else None
        except (ValueError, KeyError, TypeError, AttributeError):
            unreadable.append(number)
            one = None
        if one is None:
            kept.append(line)
        elif one.id in ids or any(one.metadata.get(key) in found for key, found in parts.items()):
            left_out.add(one.id)
        elif one.rejected and one.metadata.get(REJECTED_ANSWER) in gone.answers:
            # It is preferred to an answer that was given to somebody else.
            kept.append(line_of(replace(one, rejected="")))
        else:
            kept.append(line)
    if kept != lines:
        _replace(path, b"".join(kept))
    return left_out, unreadable


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
