"""How good and how quick answers are: python -m tests.bench.answers [--questions 120] [--json]

On doc2dial's dev questions where they are, else on the sample handbook's (which have no reference answer,
so that F1 stays empty there). "Plain model" is the same model given the same prompt, its words taken as
they come: what grounding, quoting and refusing change is the difference to the rows of Frontdesk. Both
are measured with whole passages in the prompt and with only the sentences that matter to the question.
"Quotes alone" is Frontdesk with a model that says nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import statistics
import string
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from typing import Any, cast

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.conversation import Pipeline
from bot.generation.engine import Engine, GenerationDone, GenerationEvent, GenerationRequest, TextDelta
from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
from bot.generation.models import prepare_model
from bot.messages import Answer, Conversation, Finished, MessageKey, Question, Status
from bot.settings import Settings
from knowledge.embedding import Embedder
from knowledge.retrieval import Retriever
from tests.bench import data

SEED = 20
_MARK = re.compile(r" ?\[\d+\]")


def words_of(text: str) -> list[str]:
    """Return the words as SQuAD's measure counts them: lower case, no punctuation, no articles."""
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def token_f1(given: str, reference: str) -> float:
    """Return the unigram F1 of two texts, 0 to 1 (Rajpurkar et al. 2016)."""
    ours, theirs = Counter(words_of(given)), Counter(words_of(reference))
    common = (ours & theirs).total()
    return 2 * common / (ours.total() + theirs.total()) if common else 0.0


async def answered(pipeline: Pipeline, asked: data.AskedQuestion) -> Answer:
    question = Question(MessageKey("bench", "", "", asked.qid), asked.text, "bench", asked.qid)
    async for event in pipeline.answer(question, Conversation(asked.turns)):
        if isinstance(event, Finished):
            return event.answer
    raise AssertionError("the pipeline's last event is Finished")


async def plain(engine: Engine, answer: Answer, max_tokens: int) -> str:
    """Return what the model says to the very prompt of an answer."""
    said = ""
    async for event in engine.generate(GenerationRequest(answer.prompt, max_tokens)):
        if isinstance(event, TextDelta):
            said += event.text
    return said


class Silent:
    """A model that says nothing, so that all answers are quotes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        yield GenerationDone("stop", 0, 0)


async def measure(count: int, progress: Console) -> dict[str, Any]:
    benchmark = data.doc2dial() or data.handbook()
    index, _ = benchmark.indexed()
    questions = [one for one in benchmark.questions if one.answerable]
    questions = random.Random(SEED).sample(questions, min(count, len(questions)))
    unanswerable = [one for one in benchmark.questions if not one.answerable]
    prepared = prepare_model("", data.CACHE / "models")
    engine = LlamaCppEngine(LlamaCppConfig(prepared.path))
    await engine.start()
    try:
        retriever = Retriever(index, Embedder(light=True))
        rows: dict[str, dict[str, float | None]] = {}
        for pack, shown in (("passages", "whole passages"), ("sentences", "sentences that matter")):
            settings = Settings.model_validate({"answering": {"pack": pack, "cache": False}})
            pipeline = Pipeline(settings, retriever, engine)
            await answered(pipeline, questions[0])  # the first question pays for loading
            ours, plainly = [], []
            for one in track(questions, f"Answering from {shown}", console=progress):
                ours.append(await answered(pipeline, one))
                plainly.append(
                    await plain(engine, ours[-1], settings.model.max_tokens) if ours[-1].prompt else ours[-1].text
                )
            references = [one.answer for one in questions]
            rows[f"plain model, {shown}"] = {"f1": mean_f1(plainly, references)}
            rows[f"Frontdesk, {shown}"] = row_of(ours, questions)
        quoting = Pipeline(settings, retriever, cast(Engine, Silent(engine)))
        quotes = [await answered(quoting, one) for one in track(questions, "Quoting", console=progress)]
        rows["quotes alone"] = row_of(quotes, questions)
        refusals = [await answered(pipeline, one) for one in track(unanswerable, "Refusing", console=progress)]
        rows[f"Frontdesk, {shown}"]["refused_of_unanswerable"] = share_refused(refusals)
    finally:
        await engine.stop()
    return {"benchmark": benchmark.name, "questions": len(questions), "model": prepared.name, "rows": rows}


def row_of(answers: Sequence[Answer], questions: Sequence[data.AskedQuestion]) -> dict[str, float | None]:
    """Return what there is to tell of the answers to answerable questions."""
    given = [_MARK.sub("", one.text) for one in answers]
    told = [place for place, one in enumerate(answers) if one.status == Status.ANSWERED]
    return {
        "f1": mean_f1(given, [one.answer for one in questions]),
        "f1_of_answers": mean_f1([given[place] for place in told], [questions[place].answer for place in told]),
        "refused_of_answerable": share_refused(answers),
        "cited_right_page": cited_right(answers, questions),
        "in_the_models_words": statistics.fmean(not answers[place].notes.get("quoted") for place in told),
        "retrieve_p50_s": median_time(answers, "retrieve_s"),
        "first_token_p50_s": median_time(answers, "first_token_s"),
        "whole_answer_p50_s": median_time(answers, "total_s"),
        "prompt_tokens_p50": statistics.median(one.tokens["prompt"] for one in answers),
        "completion_tokens_p50": statistics.median(one.tokens["completion"] for one in answers),
    }


def mean_f1(given: Sequence[str], references: Sequence[str]) -> float | None:
    """Return the mean F1; None without references."""
    if not any(references):
        return None
    return statistics.fmean(token_f1(*pair) for pair in zip(given, references, strict=True))


def share_refused(answers: Sequence[Answer]) -> float:
    return statistics.fmean(one.status == Status.REFUSED for one in answers)


def cited_right(answers: Sequence[Answer], questions: Sequence[data.AskedQuestion]) -> float:
    """Return the share of the answers given whose first citation is a page that holds the answer."""
    return statistics.fmean(
        answer.citations[0].document_id in question.gold_documents
        for answer, question in zip(answers, questions, strict=True)
        if answer.citations
    )


def median_time(answers: Sequence[Answer], key: str) -> float | None:
    times = [time for one in answers if (time := one.timings.get(key)) is not None]
    return statistics.median(times) if times else None


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=120, help="answerable questions at the most")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = asyncio.run(measure(options.questions, Console(stderr=True)))
    if options.json:
        json.dump(result, sys.stdout)
        return
    keys = list(dict.fromkeys(key for row in result["rows"].values() for key in row))
    table = Table(
        "", *result["rows"], title=f"{result['benchmark']}, {result['questions']} questions, {result['model']}"
    )
    for key in keys:
        cells = (row.get(key) for row in result["rows"].values())
        table.add_row(key, *("" if cell is None else f"{cell:.3f}" for cell in cells))
    Console().print(table)


if __name__ == "__main__":
    main()
