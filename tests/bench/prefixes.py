"""What prompts that begin alike save: `python -m tests.bench.prefixes [--questions 24] [--pages 3] [--json]`.

Passages stand before the question in a prompt, so that questions about the same passages begin alike and the engine
need not compute that again (`model.prefix_cache_mb`). One person asks the first questions of doc2dial's dev dialogues
where they are, else those to the sample handbook, about the few pages that most of them are about, one after the
other: in both ways of showing passages (`answering.pack`; short ones, as the handbook's, are shown alike), with the
default cache and without one, each time on a new engine. Told are the share of the prompts' tokens that needed no
computing, and the median seconds to the first token, without the search. Without a cache, too, a prompt goes on from
one before it that a sequence of the engine still holds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.asking import one_question
from bot.conversation import Pipeline
from bot.generation.engine import GenerationDone, GenerationRequest, TextDelta
from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
from bot.generation.models import prepare_model
from bot.messages import Conversation, Turn
from bot.settings import Settings
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.retrieval import Retriever
from tests.bench import data

SEED = 4
PACKS = ("sentences", "passages")
CACHES_MB = (64, 0)

Messages = tuple[Turn, ...]


def hot(benchmark: data.Benchmark, count: int, pages: int) -> list[str]:
    """Return `count` questions about the pages that most questions are about, in an order that mixes the pages."""
    asked = [one for one in benchmark.questions if one.answerable and not one.turns]
    about = Counter(page for one in asked for page in one.gold_documents)
    hottest = {page for page, _ in about.most_common(pages)}
    texts = [one.text for one in asked if one.gold_documents & hottest]
    random.Random(SEED).shuffle(texts)
    return texts[:count]


async def packed(engine: LlamaCppEngine, retriever: Retriever, questions: list[str], pack: str) -> list[Messages]:
    """Return the prompts of the questions that a model answers from passages."""
    settings = Settings()
    settings.answering.pack = pack
    pipeline = Pipeline(settings, retriever, engine)
    looked = [await pipeline.look_up(one_question(text, Scope()), Conversation()) for text in questions]
    return [(await pipeline.pack(one)).prompt.messages for one in looked if one]


async def asked(engine: LlamaCppEngine, messages: Messages) -> tuple[float, GenerationDone]:
    """Return the seconds to the first token of an answer, and how many tokens there were."""
    start, first = time.perf_counter(), 0.0
    async for event in engine.generate(GenerationRequest(messages, max_tokens=1)):
        if isinstance(event, TextDelta):
            first = first or time.perf_counter() - start
        elif isinstance(event, GenerationDone):
            return first or time.perf_counter() - start, event
    raise AssertionError("no GenerationDone event")


async def run(args: argparse.Namespace) -> list[dict[str, object]]:
    benchmark = data.doc2dial() or data.handbook()
    questions = hot(benchmark, args.questions, args.pages)
    index, _ = benchmark.indexed()
    retriever = Retriever(index, Embedder())
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        model = prepare_model(args.model, Path(folder), form=args.form)
        for pack in PACKS:
            for megabytes in CACHES_MB:
                engine = LlamaCppEngine(LlamaCppConfig(model.path, model.name, prefix_cache_mb=megabytes))
                await engine.start()
                try:
                    prompts = await packed(engine, retriever, questions, pack)
                    await asked(engine, (Turn("user", "Hello"),))  # the first one of all also loads the weights
                    told = [await asked(engine, messages) for messages in prompts]
                finally:
                    await engine.stop()
                tokens = sum(done.prompt_tokens for _, done in told)
                rows.append(
                    {
                        "pack": pack,
                        "prefix_cache_mb": megabytes,
                        "questions": len(told),
                        "prompt_tokens": round(tokens / len(told)),
                        "cached_share": round(sum(done.cached_tokens for _, done in told) / tokens, 3),
                        "first_token_p50_s": round(statistics.median(first for first, _ in told), 3),
                    }
                )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="", help="as in model.path; the embedded one if left out")
    parser.add_argument("--form", default="auto", help="as in model.quantization")
    parser.add_argument("--questions", type=int, default=24, help="at the most")
    parser.add_argument("--pages", type=int, default=3, help="that the questions are about")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = asyncio.run(run(args))
    if args.json:
        print(json.dumps(rows, indent=2))
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
