"""Makes the adapter that comes with Frontdesk: python -m tests.bench.default_adapter [--out FOLDER] [--only STEP]

    set       the training questions of doc2dial and questions made from the policy collections and the sample
              handbook, each as it is served (`examples.jsonl`, `report.json`)
    train     a LoRA for the embedded model (`run/`); a run that was cut off goes on
    evaluate  doc2dial's dev questions and MTRAG's through the whole bot, with the adapter and without; the model is
              asked each of them (`answering.quote = "last"`)
    ship      the adapter and its card to `bot/tuning/default/`

Without `--only` the first three, one after the other; what is there already is not made again. The dev questions are
in no set: their documents, and those that share much with them, have no training questions. The first two
steps took 84 minutes on two cores beside other work. `frontdesk tune` needs none of this data.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.conversation import Pipeline
from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
from bot.generation.models import PreparedModel, embedded_gguf, prepare_model
from bot.settings import Settings
from bot.tuning import default
from bot.tuning.examples import Example, read_examples, write_examples
from bot.tuning.made import QuestionMaker
from bot.tuning.questions import KnownQuestion, Packer, read_questions
from knowledge.documents import Passage
from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Retriever
from tests.bench import data, indexing
from tests.bench.grounding import measured, outcomes

SEED = 1
WITHOUT = 0.1
"""Share of the questions that are shown a second time without what answers them."""
MOST_MADE = {"corpora": 320, "handbook": 80}
"""Questions made from each index."""
OPTIONS: dict[str, Any] = {
    "rank": 16,
    "alpha": 32.0,
    "learning_rate": 8e-4,
    "schedule": "linear",
    "epochs": 1.5,
    "batch_size": 8,
    "evaluations": 2,
    "max_tokens": 1024,
}
STEPS = ("set", "train", "evaluate")
MOST_BYTES = 12_000_000
DOC2DIAL = (
    "Doc2Dial (CC BY 3.0) and MultiDoc2Dial (Apache-2.0): Song Feng, Hui Wan, Chulaka Gunasekara, Siva Patel, "
    "Sachindra Joshi, Luis Lastras, “doc2dial: A Goal-Oriented Document-Grounded Dialogue Dataset” (EMNLP 2020); Song "
    "Feng, Siva Sankalp Patel, Hui Wan, Sachindra Joshi, “MultiDoc2Dial: Modeling Dialogues Grounded in Multiple "
    "Documents” (EMNLP 2021). Split anew by document and repaired where punctuation was lost; answers shortened to "
    "what the pages carry."
)
LICENCES = {
    "18f-handbook": "CC0 1.0 (18F handbook)",
    "github-site-policy": "CC0 1.0 (GitHub site policy)",
    "basecamp-policies": "CC BY 4.0 (Basecamp policies, © Basecamp / 37signals)",
    "abcd-guidelines": "MIT (ABCD, © 2021 ASAPP Research)",
    "handbook": "Apache-2.0 (the sample handbook of Frontdesk)",
}


def settings() -> Settings:
    return Settings.model_validate({"answering": {"cache": False}})


@asynccontextmanager
async def engine_of(prepared: PreparedModel) -> AsyncIterator[LlamaCppEngine]:
    engine = LlamaCppEngine(LlamaCppConfig(prepared.path))
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


# ------------------------------------------------------------------ set


async def examples_of(
    name: str, index: Index, questions: Sequence[KnownQuestion], engine: LlamaCppEngine, status: Any
) -> tuple[list[Example], dict[str, Any]]:
    """Return the questions as they are served from an index, with what became of them."""
    using = settings()
    retriever = Retriever(index, Embedder(light=True))
    packer = Packer(
        Pipeline(using, retriever, engine),
        retriever,
        index.published().passages_of,
        shown=using.answering.passages,
        today=using.today,
        without=WITHOUT,
        seed=SEED,
    )
    made: list[Example] = []
    async for example in packer.examples(questions):
        made.append(example)
        status.update(f"{name}: {packer.report.questions} of {len(questions)} questions, {len(made)} examples")
    return made, packer.report.as_json()


async def made_from(name: str, index: Index, most: int, status: Any) -> tuple[list[KnownQuestion], dict[str, Any]]:
    """Return questions made from the documents of an index."""
    using = settings()
    maker = QuestionMaker(
        Retriever(index, Embedder(light=True)),
        shown=using.answering.passages,
        today=using.today,
        per_passage=1,
        seed=SEED,
    )
    passages = maker.drawn(index.published().everything()[0])
    made: list[KnownQuestion] = []
    async for question in maker.questions(passages):
        made.append(replace(question, metadata=question.metadata | {"licence": _licence(name, question, passages)}))
        status.update(f"{name}: {len(made)} questions made")
        if len(made) >= most:
            break
    return made, maker.report.as_json()


def _licence(name: str, question: KnownQuestion, passages: Sequence[Passage]) -> str:
    (document,) = question.gold_documents
    source = next(one.source for one in passages if one.document_id == document)
    return LICENCES.get(source, LICENCES.get(name, ""))


async def make_set(folder: Path, console: Console) -> None:
    benchmark = data.doc2dial()
    if benchmark is None:
        raise SystemExit(
            "The training questions are not here; see `tests/bench/data.py` for where they are looked for."
        )
    given = [
        replace(one, metadata={"licence": "CC BY 3.0 (Doc2Dial)"})
        for one in read_questions(data.SHARED / "bench" / "doc2dial" / "train.jsonl.gz")
    ]
    prepared = prepare_model("", data.CACHE / "models")
    report: dict[str, Any] = {}
    examples: list[Example] = []
    with console.status("") as status:
        async with engine_of(prepared) as engine:
            corpora = ReindexJob(str(data.CACHE / "corpora"), tuple(indexing.sources()), data.ROOT)
            for name, job in (("corpora", corpora), ("handbook", data.handbook().job())):
                run_reindex(job)
                index = Index(job.uri)
                questions, report[f"{name}, made"] = await made_from(name, index, MOST_MADE[name], status)
                found, report[name] = await examples_of(name, index, questions, engine, status)
                examples += found
            index, _ = benchmark.indexed()
            found, report["doc2dial"] = await examples_of("doc2dial", index, given, engine, status)
            examples += found
    write_examples(folder / "examples.jsonl", examples)
    (folder / "report.json").write_text(json.dumps(report, indent=2), encoding="utf-8")
    console.print_json(json.dumps(report))


# ------------------------------------------------------------------ train


def train_adapter(folder: Path, threads: int, console: Console) -> None:
    from bot.tuning.base import load_base
    from bot.tuning.options import TrainingOptions
    from bot.tuning.training import RECORD, Silent, train

    class Told(Silent):
        def say(self, sentence: str) -> None:
            console.print(sentence, markup=False)

    path = embedded_gguf()
    base = load_base(path, hashlib.sha256(path.read_bytes()).hexdigest(), path.stem)
    run = folder / "run"
    result = train(
        base,
        read_examples(folder / "examples.jsonl"),
        TrainingOptions(**OPTIONS),
        run,
        resume=(run / RECORD).exists(),
        threads=threads,
        progress=Told(),
        about={"made by": "python -m tests.bench.default_adapter", "training questions": DOC2DIAL},
    )
    console.print_json(json.dumps(result.as_json()))


# ------------------------------------------------------------------ evaluate and ship


def evaluate(folder: Path, console: Console) -> dict[str, Any]:
    """Answer the dev questions with the adapter and without; return what was measured."""
    results: dict[str, Any] = {}
    for benchmark in (data.doc2dial(), data.mtrag()):
        if benchmark is None:
            continue
        index, _ = benchmark.indexed()
        for mode, lora in (("rag", None), ("rag+lora", folder / "run" / "adapter.gguf")):
            all = asyncio.run(outcomes(benchmark, index, 0, 8, console, lora=lora, quote="last"))
            result = measured(all, index.published(), 0.0)
            results[f"{benchmark.name}, {mode}"] = {
                key: result[key]
                for key in (
                    "answers",
                    "f1_of_answers",
                    "f1_of_answerable",
                    "in_the_models_words",
                    "citation_precision",
                    "refused_at_threshold",
                )
            } | {"unsupported": result["answers_with_something_unsupported"]}
    (folder / "evaluation.json").write_text(json.dumps(results, indent=2), encoding="utf-8")
    return results


def ship(folder: Path) -> None:
    """Put the adapter and its card where they are installed from."""
    adapter = folder / "run" / "adapter.gguf"
    if adapter.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{adapter} has {adapter.stat().st_size:,} bytes, more than {MOST_BYTES:,}.")
    shutil.copyfile(adapter, default.ADAPTER)
    evaluation = folder / "evaluation.json"
    results = json.loads(evaluation.read_text(encoding="utf-8")) if evaluation.exists() else {}
    default.CARD.write_text(card((folder / "run" / "card.md").read_text(encoding="utf-8"), results), encoding="utf-8")


def card(of_training: str, results: dict[str, Any]) -> str:
    """Return the card of the adapter: that of its training, what it was made from, and what it gains."""
    _, _, rest = of_training.partition("\n")
    lines = [
        "# The adapter that comes with Frontdesk",
        "",
        "For the embedded model, SmolLM2-135M-Instruct (Apache-2.0), and no other. It answers in one to three",
        "sentences, in the words of the passages shown. What it says is held against the documents like the words of",
        "any model, and whether a question is answered at all is decided without it. It knows English only, and only",
        "the kind of pages named below: elsewhere, measure it on questions of your own (`frontdesk tune evaluate`).",
        "`default = false` under `[lora]` leaves it out. The answers it learned are adapted from the data below, which",
        "stays under its own licences.",
        "",
        "## Where its examples come from",
        "",
        f"- {DOC2DIAL}",
        *(
            f"- Questions made from documents under {licence}"
            for licence in LICENCES.values()
            if licence in of_training
        ),
        "",
    ]
    if results:
        lines += [
            "## What it gains",
            "",
            "On questions that it was not trained on, through the whole bot. F1 is the unigram F1 against the",
            "reference answers: of the answers given, and of all answerable questions, where a refusal counts 0.",
            "Measured with the bot of the day that the adapter was made on; the README tells the figures of today's.",
            "",
            "| questions, mode | F1 of answers | F1 of all | citation precision | in the model's words "
            "| something unsupported |",
            "|---|---:|---:|---:|---:|---:|",
            *(
                f"| {name} | {one['f1_of_answers']:.3f} | {one['f1_of_answerable']:.3f} "
                f"| {one['citation_precision']:.2f} | {one['in_the_models_words']:.0%} "
                f"| {one['unsupported']} of {one['answers']} |"
                for name, one in results.items()
            ),
            "",
        ]
    return "\n".join(lines) + "\n## How it was trained\n\n" + rest.strip().replace("\n## ", "\n### ") + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=data.CACHE / "default_adapter", help="where everything is kept")
    parser.add_argument("--only", choices=(*STEPS, "ship"), help="one step instead of the first three")
    parser.add_argument("--threads", type=int, default=0, help="of the training; 1 where the machine has other work")
    options = parser.parse_args()
    folder: Path = options.out
    folder.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    wanted = (options.only,) if options.only else STEPS
    if "set" in wanted and (options.only or not (folder / "examples.jsonl").exists()):
        asyncio.run(make_set(folder, console))
    if "train" in wanted and (options.only or not (folder / "run" / "adapter.gguf").exists()):
        train_adapter(folder, options.threads, console)
    if "evaluate" in wanted:
        console.print_json(json.dumps(evaluate(folder, console)))
    if "ship" in wanted:
        ship(folder)


if __name__ == "__main__":
    main()
