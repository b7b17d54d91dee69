"""What somebody had a part in who is forgotten, or what is past its time, goes from all that was made of it.

sets/*/examples.jsonl         the examples
sets/*/report.json            what it says of them
evaluations/*/answers, judge  answers to those that were held out, and their grades

What a model learned of them stands in no file: it stays in an adapter until another one is trained from what is left.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from bot.privacy import Gone
from bot.tuning.examples import REJECTED_ANSWER, Example, read_examples, write_examples
from bot.tuning.sets import EXAMPLES, REPORT
from knowledge.errors import FrontdeskError

_WORDS = ("disagreements", "skipped")
"""Of a report: what holds questions and answers."""


class ForgettingError(FrontdeskError):
    """Something that is to be forgotten still stands in a file."""


def forget(folder: Path, gone: Gone) -> int:
    """Delete it from every set and evaluation in the folder of tuning; return how many examples that were.

    A file that cannot be read or written keeps none of the others. Raises ForgettingError naming the first one then.
    """
    if not gone:
        return 0
    count = 0
    failed: list[FrontdeskError] = []
    ids = {f"answer:{id}" for id in gone.answers}
    ids |= {f"suggestion:{id}" for id in gone.suggestions} | {f"handover:{id}" for id in gone.handovers}
    for path in sorted((folder / "sets").glob(f"*/{EXAMPLES}")):
        try:
            left_out = _forget_in_set(path, gone, ids)
        except FrontdeskError as error:
            failed.append(error)
        else:
            count += len(left_out)
            ids |= left_out
    for path in sorted((folder / "evaluations").glob("*/*/*.jsonl")):
        try:
            _forget_lines(path, lambda line: _id_of(line) in ids)
        except OSError as error:
            failed.append(FrontdeskError(f"{path} cannot be written: {error.strerror}.", "Delete it."))
    if failed:
        raise ForgettingError(f"What is to be forgotten may still stand in a file: {failed[0].sentence}", failed[0].fix)
    return count


def _forget_in_set(path: Path, gone: Gone, ids: set[str]) -> set[str]:
    """Return the ids of the examples that were deleted."""
    parts = {
        "answer_id": gone.answers,
        "conversation_id": gone.conversations,
        "suggestion_id": gone.suggestions,
        "handover_id": gone.handovers,
    }

    def is_gone(one: Example) -> bool:
        return one.id in ids or any(one.metadata.get(key) in found for key, found in parts.items())

    examples = list(read_examples(path))
    left_out = {one.id for one in examples if is_gone(one)}
    kept = [_without_rejected(one, gone) for one in examples if one.id not in left_out]
    if kept != examples:
        write_examples(path, kept)
    _forget_in_report(path.with_name(REPORT), ids | left_out)
    return left_out


def _without_rejected(one: Example, gone: Gone) -> Example:
    """Return an example without the answer that it is preferred to, where that was given to somebody else."""
    return replace(one, rejected="") if one.metadata.get(REJECTED_ANSWER) in gone.answers else one


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
