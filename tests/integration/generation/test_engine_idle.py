"""What nobody waits for is computed only while nobody waits for anything."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.generation.engine import EngineBusy, GenerationDone, GenerationRequest, TextDelta
from bot.generation.llamacpp import IDLE_ROOM, LlamaCppEngine
from bot.messages import Turn

Ask = Callable[..., Awaitable[tuple[str, GenerationDone]]]
StartEngine = Callable[..., Awaitable[LlamaCppEngine]]
STORY, QUESTION = "Tell me a long story.", "What is the capital of France?"


@pytest.mark.parametrize("sequences", [1, 3])
async def test_an_idle_answer_waits_for_every_other_and_ends_as_if_nothing_had_been(
    sequences: int, start_engine: StartEngine, ask: Ask
) -> None:
    cold = await start_engine(sequences=sequences)
    story, _ = await ask(cold, STORY, 60)
    answer, _ = await ask(cold, QUESTION, 12)
    await cold.stop()

    engine = await start_engine(sequences=sequences)
    order: list[str] = []
    begun = asyncio.Event()

    async def tell_idly() -> str:
        turns = (Turn("system", "You are a helpful assistant."), Turn("user", STORY))
        said = ""
        async for event in engine.generate(GenerationRequest(turns, 60, idle=True)):
            if isinstance(event, TextDelta):
                said += event.text
                order.append("idle")
                begun.set()
        return said

    async def asked() -> list[str]:
        said = [(await ask(engine, QUESTION, 12))[0] for _ in range(3)]
        order.append("asked")
        return said

    idle = asyncio.create_task(tell_idly())
    await begun.wait()
    others = await asyncio.gather(*(asked() for _ in range(4)))
    # It gave its place up; what it says after it is back comes behind the others.
    assert all(said == answer for one in others for said in one)
    assert not idle.done()
    before = order[: len(order) - order[::-1].index("asked")].count("idle")
    assert before < 30
    assert await idle == story


async def test_idle_requests_have_a_small_queue_of_their_own(start_engine: StartEngine, ask: Ask) -> None:
    engine = await start_engine(sequences=1)
    waiting = [asyncio.create_task(ask(engine, STORY, 40, idle=True)) for _ in range(IDLE_ROOM)]
    await asyncio.sleep(0)
    with pytest.raises(EngineBusy):
        await ask(engine, STORY, 40, idle=True)
    assert (await ask(engine, QUESTION, 4))[1].completion_tokens
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
