"""Questions from a JSON-lines file, answered or searched, a line out per line in."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from bot.asking import read_question
from bot.messages import Answer, Conversation, Question
from knowledge.documents import Scope, ScoredPassage
from knowledge.errors import FrontdeskError

_log = logging.getLogger(__name__)


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return what `frontdesk ask --json` prints."""
    return {
        "status": str(answer.status),
        "answer": answer.text,
        "citations": [asdict(citation) for citation in answer.citations],
        "passages": [
            {"passage_id": one.passage_id, "document_id": one.document_id, "score": one.score}
            for one in answer.passages
        ],
        "mode": str(answer.mode),
        "model": answer.model,
        "lora": answer.lora,
        "lora_scale": answer.lora_scale,
        "timings": answer.timings,
        "tokens": answer.tokens,
    }


def passage_json(found: ScoredPassage) -> dict[str, Any]:
    """Return one entry of what `frontdesk search --json` prints."""
    passage = found.passage
    return {
        "passage_id": passage.id,
        "document_id": passage.document_id,
        "title": passage.title,
        "url": passage.url,
        "heading": passage.heading,
        "text": passage.text,
        "score": found.score,
    }


Work = Callable[[Question, Conversation], Awaitable[dict[str, Any]]]


async def run_file(
    source: Path, out: Path, told_here: Scope, work: Work, workers: int, progress: Callable[[int, int], None]
) -> tuple[int, int]:
    """Do `work` for each line of `source`, `workers` at a time, and write the lines in the same order to `out`.

    A line is written as soon as it and all before it are done. `qid` is kept. A line that fails becomes
    `{"qid", "error"}` and the rest goes on. Returns how many lines there were and how many failed.
    Raises FrontdeskError when a file cannot be read or written.
    """
    lines = await asyncio.to_thread(_lines, source)
    if await asyncio.to_thread(_same, source, out):
        raise FrontdeskError(f"{out} is the file of the questions.", "Name another file with --out.")
    results: list[dict[str, Any] | None] = [None] * len(lines)
    places = iter(range(len(lines)))
    done = written = failed = 0
    file = await asyncio.to_thread(_opened, out)  # before any work, which would be lost if it cannot be written

    async def worker() -> None:
        nonlocal done, written, failed
        for place in places:
            results[place] = await _line(lines[place], told_here, work)
            done += 1
            while written < len(results) and (result := results[written]) is not None:
                failed += "error" in result
                _write(file, out, result)
                results[written] = {}
                written += 1
            progress(done, len(lines))

    with file:
        await asyncio.gather(*(worker() for _ in range(max(1, workers))))
    return len(lines), failed


def _lines(source: Path) -> list[str]:
    try:
        # Other marks that end a line for Python may stand in a JSON text as they are.
        return [line for line in source.read_text(encoding="utf-8-sig").split("\n") if line.strip()]
    except UnicodeDecodeError as error:
        raise FrontdeskError(f"{source} is not UTF-8: {error.reason}.", "Save it as UTF-8.") from None
    except OSError as error:
        raise FrontdeskError(
            f"{source} cannot be read: {error.strerror}.", "Give a file with a JSON object a line."
        ) from None


def _same(source: Path, out: Path) -> bool:
    try:
        return out.is_file() and source.samefile(out)  # a device such as /dev/stdout may be both
    except OSError:
        return False  # told by the writing


def _opened(out: Path) -> TextIO:
    try:
        return out.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unwritable(out, error) from None


def _write(file: TextIO, out: Path, result: dict[str, Any]) -> None:
    line = json.dumps(result, ensure_ascii=False)
    if not line.isascii() and line != line.encode("utf-8", "replace").decode():
        line = json.dumps(result)  # half a character, which UTF-8 cannot hold
    try:
        file.write(f"{line}\n")
        file.flush()
    except OSError as error:
        raise _unwritable(out, error) from None


def _unwritable(out: Path, error: OSError) -> FrontdeskError:
    return FrontdeskError(f"{out} cannot be written: {error.strerror}.", "Name another file with --out.")


async def _line(line: str, told_here: Scope, work: Work) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    try:
        raw = json.loads(line)
        kept = {"qid": raw["qid"]} if isinstance(raw, dict) and "qid" in raw else {}
        question = read_question(raw, told_here)
    except (ValueError, RecursionError) as error:
        return kept | {"error": f"The line is not JSON: {error}."}
    except FrontdeskError as error:
        return kept | {"error": str(error)}
    try:
        return kept | await work(*question)
    except FrontdeskError as error:
        return kept | {"error": str(error)}
    except Exception as error:
        _log.exception("A question of the file could not be answered.")
        return kept | {"error": f"Something went wrong ({type(error).__name__}: {error}); the log has more."}
