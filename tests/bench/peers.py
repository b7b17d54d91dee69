"""Speed of answering beside LangChain and LlamaIndex: `python -m tests.bench.peers [--quick] [--json]`.

Needs `pip install -e '.[bench]'`. Each system is a process of its own with the same environment and as many
threads of llama.cpp; they work one after another, never at the same time, in an order that turns from round
to round, and each round asks all of them the same questions, which no round asks again. A ratio is the
median of those of the rounds (of the questions, where one person asks); "the better peer" is the better one
of that round in that figure.

All are given the very same messages: a system prompt, the dialogue so far, four passages that Frontdesk's
retrieval found and the question, on doc2dial's dev questions where they are, else on the sample
handbook's. All answer with 64 tokens at the most, greedily, and stream. The peers load the model's file as
it comes and are built as their documentation begins: LangChain with ChatPromptTemplate | ChatLlamaCpp,
LlamaIndex with LlamaCPP; a context of 4,096 tokens, batches of 512 (ChatLlamaCpp's own default of 8 makes
it several times slower), no penalty for repetitions (ChatLlamaCpp's own 1.1 makes other answers than the
others'). llama_cpp.Llama is not safe to use from several threads, so a lock goes round each answer: first come, first
served, as asyncio.Lock does it, or with `--barging` a threading.Lock, which mostly goes to who just had it and keeps
the others waiting, so that half of the answers begin at once and some after a minute. What an asker waits counts from
asking, the wait for the lock included; "at work" counts from having it.
Frontdesk makes the file's fastest form of it, as it does at its first start.

Parts: `many` is some people asking at once, each the next question as soon as the last is answered, in
rounds. "Frontdesk" is the engine, given the same messages as the others; "whole bot" is all of Frontdesk:
search, packing, grounding, quoting and refusing, with its search in its times, which the others are spared.
F1 is that of words with the reference answers. `one` is one person: the first token, and the whole answer
beside "llama.cpp": a plain loop over llama_decode with the file that Frontdesk runs, which keeps the
beginning that a prompt has in common with the last one; only answers of as many tokens count for that ratio.
`crowd` is four times as many people as in `many` asking Frontdesk's engine, beside as many as in `many` who ask
the same questions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.generation.models import embedded_gguf, prepare_model, usable_cores
from bot.generation.programs import environment
from bot.messages import Answer, Turn
from tests.bench import data

SEED = 4
ASKERS = 8
CROWD = 4 * ASKERS
TOKENS = 64
"""Of an answer at the most."""
PASSAGES = 4
HISTORY = 4
"""Turns of the dialogue that are shown."""
CONTEXT, BATCH = 4096, 512
PEERS = ("LangChain", "LlamaIndex")
ENGINE, BOT, RAW = "Frontdesk", "whole bot", "llama.cpp"
SYSTEM = (
    "You are a support assistant. Answer the question from the passages of our policies, in one to three short "
    "sentences. Use only what the passages say, with their exact numbers and dates."
)
ASKED = "Passages:\n\n{context}\n\nQuestion: {question}"


@dataclass(frozen=True, slots=True)
class Given:
    """What every system is given: the parts of the messages."""

    turns: list[tuple[str, str]]
    context: str
    question: str

    @property
    def messages(self) -> list[tuple[str, str]]:
        """Role and content of each message."""
        return [
            ("system", SYSTEM),
            *self.turns,
            ("user", ASKED.format(context=self.context, question=self.question)),
        ]


@dataclass(slots=True)
class Told:
    """One answer; seconds count from asking."""

    text: str = ""
    begun: float = 0.0
    """When it was its turn; 0 where there is no lock."""
    first: float = 0.0
    total: float = 0.0
    prompt_tokens: int = 0
    """0 where the system does not say."""
    tokens: int = 0
    error: str = ""


# The systems, each in its process

Stream = Callable[[Given], Iterator[str]]


def langchain(path: str) -> Stream:
    from langchain_community.chat_models import ChatLlamaCpp
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder

    llm = ChatLlamaCpp(
        model_path=path,
        n_ctx=CONTEXT,
        n_batch=BATCH,
        n_threads=usable_cores(),
        max_tokens=TOKENS,
        temperature=0,
        repeat_penalty=1.0,
        streaming=True,
        verbose=False,
    )
    prompt = ChatPromptTemplate.from_messages([("system", SYSTEM), MessagesPlaceholder("turns"), ("human", ASKED)])
    chain = prompt | llm | StrOutputParser()
    return lambda given: chain.stream({"turns": given.turns, "context": given.context, "question": given.question})


def llamaindex(path: str) -> Stream:
    from llama_index.core.llms import ChatMessage
    from llama_index.llms.llama_cpp import LlamaCPP  # type: ignore[import-untyped]

    llm = LlamaCPP(
        model_path=path,
        temperature=0,
        max_new_tokens=TOKENS,
        context_window=CONTEXT,
        model_kwargs={"n_batch": BATCH, "n_threads": usable_cores()},
        messages_to_prompt=lambda messages: chatml([(one.role.value, one.content or "") for one in messages]),
        verbose=False,
    )

    def stream(given: Given) -> Iterator[str]:
        messages = [ChatMessage(role=role, content=content) for role, content in given.messages]
        return (one.delta or "" for one in llm.stream_chat(messages))

    return stream


def llama_cpp(path: str) -> Stream:
    from bot.generation import native
    from bot.generation.prefixes import common_prefix

    native.silence()
    model = native.NativeModel(path)
    context = native.Context(model, sequences=1, cells=CONTEXT, batch=BATCH, threads=usable_cores())
    had = np.empty(0, np.int32)

    def stream(given: Given) -> Iterator[str]:
        nonlocal had
        prompt = model.tokenize(chatml(given.messages), special=True)
        position = min(common_prefix(had, np.array(prompt, np.int32)), len(prompt) - 1)
        had = np.array(prompt, np.int32)
        context.forget(0, position)
        part = prompt[position:]
        for _ in range(TOKENS):
            for at in range(0, len(part), BATCH):
                steps = [native.Step(token, position + n, 0, False) for n, token in enumerate(part[at : at + BATCH])]
                steps[-1] = native.Step(steps[-1].token, steps[-1].position, 0, True)
                context.decode(steps)
                position += len(steps)
            token = int(context.logits(len(steps) - 1).argmax())
            if model.ends(token):
                return
            yield model.piece(token).decode("utf-8", "replace")
            part = [token]

    return stream


def chatml(messages: Sequence[tuple[str, str]]) -> str:
    """Return the prompt as the embedded model's template writes it."""
    return (
        "".join(f"<|im_start|>{role}\n{content}<|im_end|>\n" for role, content in messages) + "<|im_start|>assistant\n"
    )


class Fair:
    """A lock that those who wait for it get in their order."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._drawn, self._served = 0, 0

    def __enter__(self) -> None:
        with self._changed:
            number, self._drawn = self._drawn, self._drawn + 1
            self._changed.wait_for(lambda: self._served == number)

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._served += 1
            self._changed.notify_all()


class Locked:
    """A system that works for one at a time; the others wait for its lock."""

    def __init__(self, stream: Stream, lock: AbstractContextManager[Any]) -> None:
        self._stream = stream
        self._lock = lock

    def ask(self, todo: Sequence[Given | str], askers: int) -> tuple[list[Told], float, float]:
        """Return the answers, the seconds that all of them took, and the peak of memory in MB."""
        told = [Told() for _ in todo]
        numbers = iter(range(len(todo)))
        taking = threading.Lock()

        def asker() -> None:
            while True:
                with taking:
                    number = next(numbers, None)
                if number is None:
                    return
                self._answer(todo[number], told[number])

        start = time.perf_counter()
        with ThreadPoolExecutor(askers) as pool:
            for future in [pool.submit(asker) for _ in range(askers)]:
                future.result()
        return told, time.perf_counter() - start, peak_mb(os.getpid())

    def _answer(self, given: Given | str, told: Told) -> None:
        assert isinstance(given, Given)
        start = time.perf_counter()
        try:
            with self._lock:
                told.begun = time.perf_counter() - start
                for piece in self._stream(given):
                    if piece:
                        told.first = told.first or time.perf_counter() - start
                        told.text += piece
                        told.tokens += 1
        except Exception as error:  # counted and shown, whatever it is
            told.error = repr(error)
        told.total = time.perf_counter() - start


class Frontdesk:
    """The engine with its worker, and the whole bot on it."""

    def __init__(self, path: str) -> None:
        from bot.conversation import Pipeline
        from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
        from bot.settings import Settings
        from knowledge.embedding import Embedder
        from knowledge.retrieval import Retriever

        benchmark = data.doc2dial() or data.handbook()
        index, _ = benchmark.indexed()
        self._asked = {one.qid: one for one in benchmark.questions}
        self._retriever = Retriever(index, Embedder())
        self._engine = LlamaCppEngine(LlamaCppConfig(Path(path)))
        settings = Settings()
        settings.model.max_tokens = TOKENS
        settings.answering.passages, settings.answering.cache = PASSAGES, False
        self._pipeline = Pipeline(settings, self._retriever, self._engine)
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self._engine.start())

    def given(self, qid: str) -> Given:
        """Return what every system is given for a question."""
        from knowledge.documents import Scope
        from knowledge.retrieval import Query

        asked = self._asked[qid]
        query = Query(asked.text, tuple(turn.content for turn in asked.turns))
        found = self._retriever.search(query, PASSAGES, Scope())
        texts = [f"[{n}] {one.passage.title}\n{one.passage.text}" for n, one in enumerate(found.passages, 1)]
        turns = [(turn.role, turn.content) for turn in asked.turns[-HISTORY:]]
        return Given(turns, "\n\n".join(texts), asked.text)

    def ask(self, todo: Sequence[Given | str], askers: int) -> tuple[list[Told], float, float]:
        """Ask the engine what is given, or the whole bot the questions of these ids; see `Locked.ask`."""
        told = [Told() for _ in todo]
        numbers = iter(range(len(todo)))

        async def asker() -> None:
            for number in numbers:
                one, start = todo[number], time.perf_counter()
                try:
                    await (self._bot(one, told[number]) if isinstance(one, str) else self._answer(one, told[number]))
                except Exception as error:  # counted and shown, whatever it is
                    told[number].error = repr(error)
                told[number].total = time.perf_counter() - start

        async def everyone() -> None:
            await asyncio.gather(*(asker() for _ in range(askers)))

        start = time.perf_counter()
        self._loop.run_until_complete(everyone())
        seconds = time.perf_counter() - start
        assert self._engine.worker_pid
        return told, seconds, peak_mb(self._engine.worker_pid)

    async def _answer(self, given: Given, told: Told) -> None:
        from bot.generation.engine import GenerationDone, GenerationRequest, TextDelta

        start = time.perf_counter()
        messages = tuple(Turn(role, content) for role, content in given.messages)
        async for event in self._engine.generate(GenerationRequest(messages, TOKENS)):
            if isinstance(event, TextDelta):
                told.first = told.first or time.perf_counter() - start
                told.text += event.text
            elif isinstance(event, GenerationDone):
                told.prompt_tokens, told.tokens = event.prompt_tokens, event.completion_tokens

    async def _bot(self, qid: str, told: Told) -> None:
        from bot.messages import Conversation, Finished, MessageKey, Partial, Question

        start = time.perf_counter()
        asked = self._asked[qid]
        question = Question(MessageKey("bench", "", "", qid), asked.text, "bench", qid)
        answer: Answer | None = None
        async for event in self._pipeline.answer(question, Conversation(asked.turns)):
            if isinstance(event, Partial | Finished):
                told.first = told.first or time.perf_counter() - start
            if isinstance(event, Finished):
                answer = event.answer
        assert answer
        told.text = re.sub(r" ?\[\d+\]", "", answer.text)
        told.prompt_tokens, told.tokens = answer.tokens["prompt"], answer.tokens["completion"]

    def stop(self) -> None:
        self._loop.run_until_complete(self._engine.stop())


def peak_mb(process: int) -> float:
    """Return the most memory that a process was ever resident with; what it holds now where that is not told."""
    import psutil

    status = Path(f"/proc/{process}/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))):
        return int(found[1]) / 1e3
    return float(psutil.Process(process).memory_info().rss / 1e6)


STREAMS: dict[str, Callable[[str], Stream]] = {"LangChain": langchain, "LlamaIndex": llamaindex, RAW: llama_cpp}


def serve(name: str, path: str, lock: AbstractContextManager[Any]) -> None:
    """Work off the lines of standard input: {"given": [qid, …]} or {"ask": [messages or qid, …], "askers"}."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    warnings.simplefilter("ignore", DeprecationWarning)
    system = Frontdesk(path) if name == ENGINE else Locked(STREAMS[name](path), lock)
    for line in sys.stdin:
        message = json.loads(line)
        if "given" in message:
            assert isinstance(system, Frontdesk)
            reply: Any = [asdict(system.given(qid)) for qid in message["given"]]
        else:
            todo = [one if isinstance(one, str) else Given(**one) for one in message["ask"]]
            told, seconds, memory = system.ask(todo, message["askers"])
            reply = {"told": [asdict(one) for one in told], "seconds": seconds, "memory": memory}
        out.write(json.dumps(reply) + "\n")
        out.flush()
    if isinstance(system, Frontdesk):
        system.stop()


# The one that asks


@dataclass(frozen=True, slots=True)
class Run:
    """What a system did with some questions."""

    told: list[Told]
    seconds: float
    memory: float

    @property
    def answered(self) -> list[Told]:
        return [one for one in self.told if not one.error]

    def figures(self, references: Sequence[str]) -> dict[str, float]:
        from tests.bench.answers import token_f1

        first = [one.first or one.total for one in self.answered]
        total = [one.total for one in self.answered]
        pairs = [(one.text, reference) for one, reference in zip(self.told, references, strict=True) if reference]
        out = {
            "answers_per_minute": 60 * len(self.answered) / self.seconds,
            "first_token_p50_s": float(np.quantile(first, 0.5)),
            "first_token_p95_s": float(np.quantile(first, 0.95)),
            "first_at_work_p50_s": median((one.first or one.total) - one.begun for one in self.answered),
            "answer_p50_s": float(np.quantile(total, 0.5)),
            "answer_p95_s": float(np.quantile(total, 0.95)),
            "answer_tokens": fmean(one.tokens for one in self.answered),
            "failed": len(self.told) - len(self.answered),
            "peak_mb": self.memory,
        }
        return out | ({"f1": fmean(token_f1(*pair) for pair in pairs)} if pairs else {})


class Process:
    """A system at work in its process."""

    def __init__(self, name: str, path: Path, *options: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.peers", "--serve", name, str(path), *options],
            env=environment() | {"LANGSMITH_TRACING": "false", "LANGCHAIN_TRACING_V2": "false"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def tell(self, message: dict[str, Any]) -> Any:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"A system ended with status {self._process.wait()}; its last words are above.")
        return json.loads(line)

    def ask(self, todo: Sequence[Given | str], askers: int) -> Run:
        asked = [one if isinstance(one, str) else asdict(one) for one in todo]
        reply = self.tell({"ask": asked, "askers": askers})
        return Run([Told(**one) for one in reply["told"]], reply["seconds"], reply["memory"])

    def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


class Bench:
    """The systems, the questions that none was asked yet, and the parts of the benchmark."""

    def __init__(self, options: argparse.Namespace, show: Callable[[str], None]) -> None:
        self._options = options
        self._show = show
        show("starting the systems")
        source = embedded_gguf()
        prepared = prepare_model("", data.CACHE / "models", form=options.form)
        self.model = f"{source.stem}, Frontdesk and llama.cpp: {prepared.name.rsplit('.', 1)[-1]}"
        paths = {ENGINE: prepared.path, RAW: prepared.path} | dict.fromkeys(PEERS, source)
        self._processes = {
            name: Process(name, path, *(["--barging"] if options.barging else [])) for name, path in paths.items()
        }
        benchmark = data.doc2dial() or data.handbook()
        self.name = benchmark.name
        questions = [one for one in benchmark.questions if one.answerable]
        random.Random(SEED).shuffle(questions)
        self._references = {one.qid: one.answer for one in questions}
        self._qids = [one.qid for one in questions]
        self._at = 0
        warm, _, given = self._next(2)
        for name, process in self._processes.items():
            show(f"warming up {name}")
            process.ask(given, 2)
        self._processes[ENGINE].ask(warm, 1)

    @staticmethod
    def _tell(what: str, figures: dict[str, float]) -> None:
        """Write what was found to standard error, so that a run that is cut off was not for nothing."""
        told = ", ".join(f"{key} {value:.2f}" for key, value in figures.items())
        print(f"{what}: {told}", file=sys.stderr, flush=True)

    def end(self) -> None:
        for process in self._processes.values():
            process.end()

    def _next(self, count: int) -> tuple[list[str], list[str], list[Given]]:
        """Return ids, reference answers and what is given, of questions that were not asked yet while there are any."""
        qids = [self._qids[(self._at + n) % len(self._qids)] for n in range(count)]
        self._at += count
        given = [Given(**one) for one in self._processes[ENGINE].tell({"given": qids})]
        return qids, [self._references[qid] for qid in qids], given

    def many(self) -> dict[str, Any]:
        """Several people at once, in rounds."""
        names = [ENGINE, *PEERS, BOT]
        rounds: list[dict[str, dict[str, float]]] = []
        for number in range(self._options.rounds):
            qids, references, given = self._next(self._options.answers)
            figures = {}
            for name in turned(names, number):
                self._show(f"{ASKERS} askers, round {number + 1} of {self._options.rounds}: {name}")
                process = self._processes[ENGINE if name == BOT else name]
                figures[name] = process.ask(qids if name == BOT else given, ASKERS).figures(references)
                self._tell(f"{ASKERS} askers, round {number + 1}, {name}", figures[name])
            rounds.append(figures)
        rows = {name: medians([one[name] for one in rounds]) for name in names}
        for ours in (ENGINE, BOT):
            for key in ("answers_per_minute", "first_token_p50_s", "first_token_p95_s", "first_at_work_p50_s", "f1"):
                if key not in rounds[0][ours]:
                    continue
                better = max if key in ("answers_per_minute", "f1") else min
                rows[ours][f"times_{key}"] = median(
                    one[ours][key] / max(better(one[peer][key] for peer in PEERS), 1e-9) for one in rounds
                )
        return rows

    def one(self) -> dict[str, Any]:
        """One person, each question to all in turn."""
        _, _, given = self._next(self._options.alone)
        names = [ENGINE, *PEERS, RAW]
        told: dict[str, list[Told]] = {name: [] for name in names}
        for number, question in enumerate(given):
            self._show(f"one asker, question {number + 1} of {len(given)}")
            for name in turned(names, number):
                told[name] += self._processes[name].ask([question], 1).told
        rows: dict[str, dict[str, float]] = {
            name: {
                "first_token_p50_s": median(one.first for one in answers),
                "answer_p50_s": median(one.total for one in answers),
                "prompt_tokens": fmean(one.prompt_tokens for one in told[ENGINE]),
                "answer_tokens": fmean(one.tokens for one in answers),
            }
            for name, answers in told.items()
        }
        peers = zip(*(told[peer] for peer in PEERS), strict=True)
        rows[ENGINE]["times_first_token"] = median(
            ours.first / min(one.first for one in others) for ours, others in zip(told[ENGINE], peers, strict=True)
        )
        same = [(ours, raw) for ours, raw in zip(told[ENGINE], told[RAW], strict=True) if ours.text == raw.text]
        rows[ENGINE]["same_as_llama.cpp"] = len(same)
        if same:
            rows[ENGINE]["times_llama.cpp"] = median(ours.total / raw.total for ours, raw in same)
        return rows

    def crowd(self) -> dict[str, Any]:
        """Many more people than sequences, and as many as in `many`, who ask the same questions."""
        rows: list[dict[str, dict[str, float]]] = []
        for number in range(self._options.crowds):
            row = {}
            # The same for both: the beginning of a prompt is long forgotten when it comes again.
            _, references, given = self._next(self._options.each * CROWD)
            for askers in turned([ASKERS, CROWD], number):
                self._show(f"{askers} askers")
                row[f"{askers} askers"] = self._processes[ENGINE].ask(given, askers).figures(references)
                self._tell(f"{askers} askers", row[f"{askers} askers"])
            rows.append(row)
        found = {name: medians([row[name] for row in rows]) for name in rows[0]}
        few, all_ = (found[f"{askers} askers"] for askers in (ASKERS, CROWD))
        for key in ("first_token_p95_s", "answer_p95_s", "peak_mb"):
            all_[f"times_{key}"] = median(row[f"{CROWD} askers"][key] / row[f"{ASKERS} askers"][key] for row in rows)
        return {f"{ASKERS} askers": few, f"{CROWD} askers": all_}


def turned(names: list[Any], number: int) -> list[Any]:
    number %= len(names)
    return names[number:] + names[:number]


def medians(figures: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the medians of the rounds; the worst of what failed and of memory."""
    return {key: (max if key in ("failed", "peak_mb") else median)(one[key] for one in figures) for key in figures[0]}


PARTS: dict[str, tuple[str, Callable[[Bench], dict[str, Any]]]] = {
    "many": (f"{ASKERS} askers; “times”: against the better peer", Bench.many),
    "one": ("One asker; “times”: against the better peer, and against llama.cpp", Bench.one),
    "crowd": (f"{CROWD} askers; “times”: against {ASKERS}", Bench.crowd),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="one round and few questions; below three minutes")
    parser.add_argument("--form", default="auto", help="as in model.quantization")
    parser.add_argument("--rounds", type=int, default=3, help="of `many`")
    parser.add_argument("--answers", type=int, default=2 * ASKERS, help="of each system in a round")
    parser.add_argument("--alone", type=int, default=12, help="questions of `one`")
    parser.add_argument("--crowds", type=int, default=2, help="rounds of `crowd`")
    parser.add_argument("--each", type=int, default=2, help="questions of each asker in `crowd`")
    parser.add_argument("--barging", action="store_true", help="the peers' lock may be had again by who just had it")
    parser.add_argument("--json", action="store_true", help="print one JSON value instead of tables")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(*options.serve, threading.Lock() if options.barging else Fair())
        return
    if options.quick:
        options.rounds, options.answers, options.alone, options.crowds, options.each = 1, 12, 3, 1, 1
    console = Console(stderr=True)
    with console.status("") as status:
        bench = Bench(options, status.update)
        try:
            found = {part: PARTS[part][1](bench) for part in options.parts}
        finally:
            bench.end()
    if options.json:
        json.dump({"benchmark": bench.name, "model": bench.model} | found, sys.stdout, indent=2)
        print()
        return
    for part, rows in found.items():
        table = Table("", *rows, title=f"{PARTS[part][0]} ({bench.name}; {bench.model})")
        for key in dict.fromkeys(key for row in rows.values() for key in row):
            table.add_row(key.replace("_", " "), *(f"{row[key]:.2f}" if key in row else "" for row in rows.values()))
        Console().print(table)


if __name__ == "__main__":
    main()
