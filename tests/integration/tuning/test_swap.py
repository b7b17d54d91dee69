"""An adapter is exchanged while people ask: nobody's answer fails, and none is made half of one, half of the other.

Answers made together differ from those made alone in the last bits of their logits, so that near ties fall either way.
Whose an answer is, is therefore told by each of its tokens: under its own adapter every one of them is the likeliest
or all but, under the other one they are not.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from adapters import wiring
from bot.asking import answered, one_question
from bot.conversation import Pipeline
from bot.generation import native
from bot.generation.chat_template import ChatTemplate
from bot.generation.llamacpp import LlamaCppEngine
from bot.generation.models import PreparedModel
from bot.messages import Answer, Conversation, Mode, Turn
from bot.settings import Settings
from bot.tuning.live import LiveAdapter
from bot.tuning.registry import Base, Registry
from knowledge.documents import Scope

Write = Callable[..., Path]
QUESTIONS = [
    "What is the capital of France?",
    "Tell me about the sea.",
    "Why do cats purr?",
    "How is tea made?",
    "What is a kettle?",
    "Name three colours.",
]
ASKERS = 4
NEAR_TIE = 0.3
"""Difference of two logits that may be one of rounding: up to 0.16 has been seen, depending on the processor."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    model = settings.model.model_copy(update={"max_tokens": 16, "context_size": 512})
    answering = settings.answering.model_copy(update={"mode": "lora", "workers": ASKERS})
    return settings.model_copy(update={"model": model, "answering": answering})


class Bot:
    """A model that answers freely, through the adapter that the registry puts in force."""

    def __init__(self, settings: Settings, engine: LlamaCppEngine, pipeline: Pipeline) -> None:
        self.engine = engine
        self.pipeline = pipeline
        self.registry = wiring.registry(settings)
        self.live = LiveAdapter(engine, self.registry, pipeline.uses, every_s=0.05)

    async def ask(self, text: str, lora: str | None = None) -> Answer:
        question, conversation = one_question(text, Scope()), Conversation()
        if lora is None:
            return await answered(self.pipeline, question, conversation)
        async for event in self.pipeline.answer(question, conversation, Mode.LORA, lora=lora):
            last = event
        return last.answer  # type: ignore[union-attr]


@pytest.fixture
async def bot(settings: Settings) -> AsyncIterator[Bot]:
    engine = await asyncio.to_thread(wiring.local_engine, settings)
    await engine.start()
    made = Bot(settings, engine, Pipeline(settings, wiring.retriever(settings), engine))
    await made.live.start()
    yield made
    await made.live.stop()
    await engine.stop()


class Witness:
    """A model of its own that tells how likely each token of an answer was under an adapter."""

    def __init__(self, model: Path, adapters: dict[str, Path]) -> None:
        native.silence()
        self._model = native.NativeModel(str(model))
        self._template = ChatTemplate.of(self._model)  # type: ignore[arg-type]
        self._adapters = {name: native.Adapter(self._model, str(path)) for name, path in adapters.items()}
        self._context = native.Context(self._model, sequences=1, cells=512, batch=512, threads=2)

    def gap(self, messages: list[list[str]], said: list[int], adapter: str) -> float:
        """Return by how much the logit of a token of the answer was below the best one at the most."""
        prompt = self._template.tokens([Turn(role, content) for role, content in messages])
        tokens = prompt + said
        self._context.forget(0)
        self._context.use(self._adapters[adapter], 1.0)
        steps = [native.Step(token, at, 0, at >= len(prompt) - 1) for at, token in enumerate(tokens)]
        assert self._context.decode(steps) == 0
        gaps = []
        for at, token in enumerate(said):
            logits = self._context.logits(len(prompt) - 1 + at)
            gaps.append(float(logits.max() - logits[token]))
        return max(gaps)

    def close(self) -> None:
        self._context.close()
        del self._context  # it holds the last adapter, which must be gone before the model
        self._adapters.clear()
        self._model.close()


async def test_a_swap_under_load_fails_nobody_and_mixes_nothing(
    settings: Settings, prepared: PreparedModel, lora: Write, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, base = bot.registry, wiring.base(settings)
    ids = [registry.add(lora(seed, spread=0.1), base).id for seed in (1, 2)]
    promote(registry, base, ids[0])
    await bot.live.look()
    sent: list[dict[str, Any]] = []
    order: list[str] = []
    named = {registry.path_of(id): id for id in ids}
    ask = bot.engine._ask

    async def noting(message: dict[str, Any], *rest: Any) -> Any:
        number, pending = await ask(message, *rest)
        if message["op"] == "generate":
            sent.append(pending.message)  # the tokens that are said are added to it
            order.append(named[pending.lora.path])
        return number, pending

    monkeypatch.setattr(bot.engine, "_ask", noting)
    given: list[Answer] = []
    stopping = asyncio.Event()

    async def ask_on(offset: int) -> None:
        number = offset
        while not stopping.is_set():
            given.append(await bot.ask(QUESTIONS[number % len(QUESTIONS)]))
            number += 1

    async def some_more() -> None:
        count = len(given)
        while len(given) < count + 2 * ASKERS:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async def swap() -> None:
        for id in (ids[1], ids[0], ids[1]):
            await some_more()
            await asyncio.to_thread(promote, registry, base, id)
            while bot.engine.identity.lora != id:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await some_more()
        stopping.set()

    await asyncio.gather(swap(), *(ask_on(offset) for offset in range(ASKERS)))
    assert len(given) == len(sent) and all(one["resume"] for one in sent)
    assert {*order[:ASKERS]} == {ids[0]} and {*order[-ASKERS:]} == {ids[1]}
    assert sorted(order) == sorted(answer.lora for answer in given)

    witness = Witness(prepared.path, {id: registry.path_of(id) for id in ids})
    own = [witness.gap(one["messages"], one["resume"], id) for one, id in zip(sent, order, strict=True)]
    other = [
        witness.gap(one["messages"], one["resume"], ids[id == ids[0]]) for one, id in zip(sent, order, strict=True)
    ]
    witness.close()
    assert max(own) < NEAR_TIE, "every token is what its own adapter says"
    told_apart = sum(gap > NEAR_TIE for gap in other)
    assert told_apart > 0.8 * len(other), "the other adapter says something else, so that a mixture would show"

    await bot.live.look()
    assert bot.engine.identity.loras == (ids[1],), "the other one is let go once no question uses it"
    assert bot.live.health() == "" == bot.engine.health()


async def test_a_question_keeps_the_adapter_that_it_began_with(settings: Settings, lora: Write, bot: Bot) -> None:
    registry, base = bot.registry, wiring.base(settings)
    ids = [registry.add(lora(seed, spread=0.1), base).id for seed in (1, 2)]
    promote(registry, base, ids[0])
    await bot.live.look()
    before = (await bot.ask(QUESTIONS[1])).text
    events = bot.pipeline.answer(one_question(QUESTIONS[1], Scope()), Conversation())
    await anext(events)  # it is being looked up: the model knows nothing of it yet
    promote(registry, base, ids[1])
    await bot.live.look()
    assert bot.engine.identity.lora == ids[1]
    async for event in events:
        last = event
    answer = last.answer  # type: ignore[union-attr]
    assert (answer.lora, answer.text) == (ids[0], before)
    await bot.live.look()
    assert ids[0] not in bot.engine.identity.loras


async def test_after_a_restart_the_adapter_in_force_answers(settings: Settings, lora: Write, bot: Bot) -> None:
    registry, base = bot.registry, wiring.base(settings)
    id = registry.add(lora(1, spread=0.1), base).id
    promote(registry, base, id)
    await bot.live.look()
    text = (await bot.ask(QUESTIONS[0])).text
    async with wiring.pipeline(settings) as pipeline:
        answer = await answered(pipeline, one_question(QUESTIONS[0], Scope()), Conversation())
    assert (answer.lora, answer.text) == (id, text)


def promote(registry: Registry, base: Base, id: str) -> None:
    registry.promote(id, base, force=True, reason="test")
