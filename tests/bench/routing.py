"""What choosing the adapter's scale for each question gains: python -m tests.bench.routing ADAPTER [--json]

Each question is answered at every scale. Rules like those of the adaptive mode are learned from the train questions
of doc2dial and held against every fixed scale on its dev questions; what cross-validation on the train questions says
stands beside it. Answers are kept below data/bench, so that an interrupted run goes on where it was.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markdown import Markdown

from adapters.console import bar
from bot.conversation import Pipeline
from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
from bot.generation.models import prepare_model
from bot.messages import Mode
from bot.settings import Settings
from bot.tuning.answering import Asker, Given, Variant, answer_all
from bot.tuning.heldout import HeldOut
from bot.tuning.scales import SCALES, Answered, Rules, compared, learn, told
from knowledge.embedding import Embedder
from knowledge.retrieval import Retriever
from tests.bench import data

SEED = 20


def questions_of(benchmark: data.Benchmark, count: int) -> list[HeldOut]:
    """Return so many answerable questions, drawn at random but always the same; 0 for all."""
    asked = [one for one in benchmark.questions if one.answerable and one.answer]
    if 0 < count < len(asked):
        asked = random.Random(SEED).sample(asked, count)
    return [
        HeldOut(one.qid, one.text, True, one.answer, one.turns, one.gold_documents, group=one.qid.rpartition("-")[0])
        for one in asked
    ]


async def measure(adapter: Path, train: int, dev: int, plain_confidence: float) -> dict[str, Any]:
    benchmarks = {"train": data.doc2dial_train(), "dev": data.doc2dial()}
    if None in benchmarks.values():
        raise SystemExit("The doc2dial set is not there; see tests/bench/data.py for where it is looked for.")
    chosen = {
        name: questions_of(benchmark, count)
        for (name, benchmark), count in zip(benchmarks.items(), (train, dev), strict=True)
        if benchmark
    }
    assert benchmarks["dev"]
    index, _ = benchmarks["dev"].indexed()
    prepared = prepare_model("", data.CACHE / "models")
    engine = LlamaCppEngine(LlamaCppConfig(prepared.path, lora=adapter, base_hashes=prepared.hashes))
    await engine.start()
    try:
        if not engine.identity.lora:
            raise SystemExit(engine.health())
        values = {"answering": {"cache": False, "plain_confidence": plain_confidence}}
        settings = Settings.model_validate(values)
        retriever = Retriever(index, Embedder(light=True))
        asker = Asker(Pipeline(settings, retriever, engine), retriever, settings.answering.passages, settings.today)
        kept = data.CACHE / "routing" / f"{adapter.stem}-{adapter.stat().st_size}-{int(adapter.stat().st_mtime)}"
        given: dict[str, dict[float, list[Given]]] = {}
        adaptive: dict[str, list[Given]] = {}
        with bar() as show:
            for name, questions in chosen.items():

                async def at(
                    label: str, way: Variant, asked: Sequence[HeldOut] = questions, part: str = name
                ) -> list[Given]:
                    return await answer_all(
                        asker, asked, way, kept / part, lambda done, of: show(f"{part}, {label}", done, of)
                    )

                given[name] = {
                    scale: await at(f"{scale:g}", Variant(f"{scale:g}", Mode.RAG_LORA, adapter.stem, scale))
                    for scale in SCALES
                }
                label = f"adaptive-{plain_confidence:g}"
                adaptive[name] = await at(label, Variant(label, Mode.ADAPTIVE, adapter.stem))
    finally:
        await engine.stop()
    rules: Rules = learn(Answered.of(chosen["train"], given["train"]))
    return {
        "adapter": adapter.name,
        "train, cross-validated": compared(chosen["train"], given["train"], adaptive["train"]),
        "dev, learned on train": compared(chosen["dev"], given["dev"], adaptive["dev"], rules),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("adapter", type=Path)
    parser.add_argument("--train", type=int, default=300, help="train questions at the most; 0 for all")
    parser.add_argument("--dev", type=int, default=0, help="dev questions at the most; 0 for all")
    parser.add_argument("--plain-confidence", type=float, default=Settings().answering.plain_confidence)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = asyncio.run(measure(options.adapter, options.train, options.dev, options.plain_confidence))
    if options.json:
        json.dump(result, sys.stdout)
        return
    for name in ("train, cross-validated", "dev, learned on train"):
        table = result[name]
        text = [f"**{name}**, {table.get('questions', 0)} questions, {result['adapter']}", "", *told(table)]
        Console().print(Markdown("\n".join(text)))


if __name__ == "__main__":
    main()
