"""Speed of the engine as the bot uses it: `python -m tests.bench.engine [--json]`.

Prompts of the size that retrieval makes (system, four passages, a question; about 900 tokens), one
to many askers at a time through the worker process. Every asker's passages differ, the system
prompt is the same. `first token` and `answer` are what an asker waits, queueing included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from bot.generation.engine import GenerationDone, GenerationRequest, TextDelta
from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
from bot.generation.models import prepare_model
from bot.messages import Turn
from tests.bench.quantization import texts

SYSTEM = (
    "You are a friendly support assistant. Answer only from the passages, in two or three sentences, "
    "and name the passage that each sentence rests on in square brackets."
)


def prompts(count: int, words: int) -> list[tuple[Turn, ...]]:
    pages = [text.split() for text in texts()]
    out = []
    for number in range(count):
        # Every fourth prompt takes its four passages from other pages, so that no two are alike.
        passages = []
        for n in range(4):
            page = pages[(number * 4 + n) % len(pages)]
            start = (number * 37) % max(1, len(page) - words)
            passages.append(f"[{n + 1}] " + " ".join(page[start : start + words]))
        question = "What does the policy say about this, and what should I do first?"
        out.append((Turn("system", SYSTEM), Turn("user", "\n\n".join([*passages, question]))))
    return out


async def answer(engine: LlamaCppEngine, messages: tuple[Turn, ...], tokens: int) -> tuple[float, float, int, int]:
    """Return seconds to the first token and to the end, prompt and answer tokens."""
    start, first, done = time.perf_counter(), 0.0, None
    async for event in engine.generate(GenerationRequest(messages, max_tokens=tokens)):
        if isinstance(event, TextDelta):
            first = first or time.perf_counter() - start
        else:
            done = event
    assert isinstance(done, GenerationDone)
    return first, time.perf_counter() - start, done.prompt_tokens, done.completion_tokens


async def measure(engine: LlamaCppEngine, askers: int, count: int, args: argparse.Namespace) -> dict[str, float]:
    """Let `askers` ask `count` questions in all, each the next one as soon as the last is answered."""
    todo = prompts(args.offset + count, args.words)[args.offset :]
    args.offset += count
    results = []

    async def ask() -> None:
        while todo:
            results.append(await answer(engine, todo.pop(), args.tokens))

    start = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(askers)))
    seconds = time.perf_counter() - start
    assert engine.worker_pid
    return {
        "askers": askers,
        "answers_per_minute": round(60 * count / seconds, 1),
        "first_token_p50_s": round(statistics.median(r[0] for r in results), 3),
        "answer_p50_s": round(statistics.median(r[1] for r in results), 3),
        "prompt_tokens": round(statistics.mean(r[2] for r in results)),
        "answer_tokens": round(statistics.mean(r[3] for r in results)),
        "tokens_per_s": round(sum(r[2] + r[3] for r in results) / seconds, 1),
        "worker_rss_mb": round(psutil.Process(engine.worker_pid).memory_info().rss / 1e6),
    }


async def run(args: argparse.Namespace) -> dict[str, object]:
    args.offset = 0
    with tempfile.TemporaryDirectory() as folder:
        model = prepare_model(args.model, Path(folder), form=args.form)
        engine = LlamaCppEngine(LlamaCppConfig(model.path, model.name, sequences=args.sequences))
        start = time.perf_counter()
        await engine.start()
        load = time.perf_counter() - start
        try:
            (alone,) = prompts(1, 2 * args.words)
            await engine.count_prompt(alone)
            first, total, prompt_tokens, tokens = await answer(engine, alone, 64)
            args.offset += 1
            rows = [await measure(engine, askers, args.answers, args) for askers in (1, 4, 8)]
        finally:
            await engine.stop()
    return {
        "model": model.name,
        "sequences": args.sequences,
        "load_s": round(load, 2),
        "prefill_tokens_per_s": round(prompt_tokens / first, 1),
        "decode_tokens_per_s": round((tokens - 1) / (total - first), 1),
        "askers": rows,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="", help="as in model.path; the embedded one if left out")
    parser.add_argument("--form", default="auto", help="as in model.quantization")
    parser.add_argument("--sequences", type=int, default=8, help="answers at the same time")
    parser.add_argument("--answers", type=int, default=16, help="for each number of askers")
    parser.add_argument("--tokens", type=int, default=64, help="of an answer at the most")
    parser.add_argument("--words", type=int, default=150, help="of a passage")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = asyncio.run(run(args))
    if args.json:
        print(json.dumps(result, indent=2))
        return
    title = ", ".join(f"{key} {value}" for key, value in result.items() if key != "askers")
    rows = result["askers"]
    assert isinstance(rows, list)
    table = Table(*rows[0], title=title)
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
