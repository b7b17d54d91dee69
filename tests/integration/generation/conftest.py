"""The embedded model, made ready once, and engines on it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.generation.engine import GenerationDone, GenerationRequest, Queued, TextDelta
from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
from bot.generation.models import PreparedModel, prepare_model
from bot.messages import Turn

Ask = Callable[..., Awaitable[tuple[str, GenerationDone]]]
StartEngine = Callable[..., Awaitable[LlamaCppEngine]]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, copy_sample: Callable[[Path], None]) -> PreparedModel:
    folder = tmp_path_factory.mktemp("sample")
    copy_sample(folder)
    return prepare_model("", folder / "models", form="Q8_0")


@pytest.fixture
async def start_engine(model: PreparedModel) -> AsyncIterator[StartEngine]:
    engines: list[LlamaCppEngine] = []

    async def start(**options: Any) -> LlamaCppEngine:
        engine = LlamaCppEngine(
            LlamaCppConfig(**({"path": model.path, "name": model.name, "context_size": 1024} | options))
        )
        engines.append(engine)
        await engine.start()
        return engine

    yield start
    await asyncio.gather(*(engine.stop() for engine in engines))


@pytest.fixture
async def engine(start_engine: StartEngine) -> LlamaCppEngine:
    return await start_engine()


@pytest.fixture
def ask() -> Ask:
    async def ask(
        engine: LlamaCppEngine, question: str, max_tokens: int = 24, **options: Any
    ) -> tuple[str, GenerationDone]:
        turns = (Turn("system", "You are a helpful assistant."), Turn("user", question))
        events = [event async for event in engine.generate(GenerationRequest(turns, max_tokens, **options))]
        assert all(isinstance(event, TextDelta | Queued) for event in events[:-1])
        assert isinstance(events[-1], GenerationDone)
        return "".join(event.text for event in events[:-1] if isinstance(event, TextDelta)), events[-1]

    return ask
