"""What an answer given again costs beside one made anew: `python -m tests.bench.cache`.

The sample handbook, the embedded model and embedder, everything as `frontdesk ask` runs it. Each question is asked
once with an empty cache, then again to the letter, then in nearly the same words.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from adapters import wiring
from bot.messages import Answer, Conversation, Finished, MessageKey, Question
from bot.settings import from_values
from knowledge.documents import Scope
from knowledge.reindex import run_reindex

HANDBOOK = Path(__file__).resolve().parents[2] / "knowledge" / "sample" / "handbook"
ROUNDS = 3
QUESTIONS = (
    "How long do I have to return a coat?",
    "How do I cancel my Refill Plan subscription?",
    "How much does standard shipping cost?",
    "Do gift cards expire?",
    "How long does a refund take?",
    "Can I change the address of an order?",
    "Is the warranty longer for kettles?",
    "How do I reset my password?",
)


async def measure() -> None:
    """Print medians, in milliseconds, of the whole answer."""
    with tempfile.TemporaryDirectory() as folder:
        source = {"name": "handbook", "kind": "folder", "path": str(HANDBOOK)}
        settings = from_values({"data_dir": folder, "knowledge": {"sources": [source]}})
        await asyncio.to_thread(run_reindex, wiring.reindex_job(settings))
        seconds: dict[str, list[float]] = {"made anew": [], "exact": [], "near": []}
        for _ in range(ROUNDS):
            async with wiring.pipeline(settings) as pipeline:

                async def ask(text: str) -> tuple[Answer, float]:
                    begun = time.perf_counter()
                    key = MessageKey("cli", "local", "cli", text)
                    question = Question(key, text, "cli", "t", Scope(region=("eu",)))
                    async for event in pipeline.answer(question, Conversation()):
                        if isinstance(event, Finished):
                            return event.answer, time.perf_counter() - begun
                    raise AssertionError("no Finished event")

                await ask("Who are the owners of the shop in Leeds?")  # the first one loads
                for text in QUESTIONS:
                    for again in (text, text, f"Please, {text[:1].lower()}{text[1:]}"):
                        answer, took = await ask(again)
                        if "cache" in answer.notes:
                            seconds[answer.notes["cache"].get("hit", "made anew")].append(took)
        for how, took_s in seconds.items():
            if took_s:
                print(f"{how:10} {statistics.median(took_s) * 1000:7.1f} ms  ({len(took_s)} answers)")


if __name__ == "__main__":
    asyncio.run(measure())
