"""An adapter is exchanged while people ask: nobody's answer fails, and none is made half of one, half of the other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from adapters import wiring
from bot.asking import answered, one_question
from bot.conversation import Pipeline
from bot.generation.engine import AdaptedEngine
from bot.messages import Answer, Conversation, Mode
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


@pytest.fixture
def settings(settings: Settings) -> Settings:
    model = settings.model.model_copy(update={"max_tokens": 16, "context_size": 512})
    answering = settings.answering.model_copy(update={"mode": "lora", "workers": ASKERS})
    return settings.model_copy(update={"model": model, "answering": answering})


class Bot:
    """A model that answers freely, through the adapter that the registry puts in force."""

    def __init__(self, settings: Settings, engine: AdaptedEngine, pipeline: Pipeline) -> None:
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
    engine = await asyncio.to_thread(wiring.engine, settings)
    await engine.start()
    made = Bot(settings, engine, Pipeline(settings, wiring.retriever(settings), engine))
    await made.live.start()
    yield made
    await made.live.stop()
    await engine.stop()


async def cold(settings: Settings, adapter: Path) -> dict[str, str]:
    """Return what a fresh engine with just this adapter says."""
    engine = wiring.engine(settings.model_copy(update={"lora": settings.lora.model_copy(update={"path": adapter})}))
    try:
        await engine.start()
        assert engine.identity.lora == adapter.stem
        pipeline = Pipeline(settings, wiring.retriever(settings), engine)
        return {
            text: (await answered(pipeline, one_question(text, Scope()), Conversation())).text for text in QUESTIONS
        }
    finally:
        await engine.stop()


async def test_a_swap_under_load_fails_nobody_and_mixes_nothing(settings: Settings, lora: Write, bot: Bot) -> None:
    registry, base = bot.registry, wiring.base(settings)
    ids = [registry.add(lora(seed, spread=0.1), base).id for seed in (1, 2)]
    expected = {id: await cold(settings, registry.path_of(id)) for id in ids}
    assert all(expected[ids[0]][text] != expected[ids[1]][text] for text in QUESTIONS)
    promote(registry, base, ids[0])
    await bot.live.look()
    given: list[tuple[str, Answer]] = []
    stopping = asyncio.Event()

    async def ask_on(offset: int) -> None:
        number = offset
        while not stopping.is_set():
            text = QUESTIONS[number % len(QUESTIONS)]
            given.append((text, await bot.ask(text)))
            number += 1

    async def swap() -> None:
        for id in (ids[1], ids[0], ids[1]):
            count = len(given)
            while len(given) < count + 2 * ASKERS:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await asyncio.to_thread(promote, registry, base, id)
            while bot.engine.identity.lora != id:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        count = len(given)
        while len(given) < count + 2 * ASKERS:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        stopping.set()

    await asyncio.gather(swap(), *(ask_on(offset) for offset in range(ASKERS)))
    wrong = [(text, answer.lora, answer.text) for text, answer in given if answer.text != expected[answer.lora][text]]
    assert wrong == []
    order = [answer.lora for _, answer in given]
    assert {*order[:ASKERS]} == {ids[0]} and {*order[-ASKERS:]} == {ids[1]}
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
