"""Questions from a JSON-lines file, answered or searched, a line out per line in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.asking import read_question
from bot.messages import Answer, Conversation, Question
from knowledge.documents import Scope, ScoredPassage
from knowledge.errors import FrontdeskError


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

    `qid` is kept. A line that fails becomes `{"qid", "error"}` and the rest goes on. Returns how many
    lines there were and how many failed.
    Raises FrontdeskError when a file cannot be read or written.
    """
    lines = await asyncio.to_thread(_lines, source)
    results: list[dict[str, Any]] = [{} for _ in lines]
    places = iter(range(len(lines)))
    done = 0

    async def worker() -> None:
        nonlocal done
        for place in places:
            results[place] = await _line(lines[place], told_here, work)
            done += 1
            progress(done, len(lines))

    await asyncio.gather(*(worker() for _ in range(max(1, workers))))
    await asyncio.to_thread(_write, out, results)
    return len(results), sum("error" in result for result in results)


def _lines(source: Path) -> list[str]:
    try:
        return [line for line in source.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise FrontdeskError(f"{source} cannot be read: {error}.", "Give a UTF-8 file, a JSON object a line.") from None


def _write(out: Path, results: list[dict[str, Any]]) -> None:
    try:
        out.write_text("".join(json.dumps(result, ensure_ascii=False) + "\n" for result in results), encoding="utf-8")
    except OSError as error:
        raise FrontdeskError(f"{out} cannot be written: {error.strerror}.", "Name another file with --out.") from None


async def _line(line: str, told_here: Scope, work: Work) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    try:
        raw = json.loads(line)
        kept = {"qid": raw["qid"]} if isinstance(raw, dict) and "qid" in raw else {}
        return kept | await work(*read_question(raw, told_here))
    except json.JSONDecodeError as error:
        return kept | {"error": f"The line is not JSON: {error}."}
    except FrontdeskError as error:
        return kept | {"error": str(error)}
