"""An adapter changes the answers at its scale, leaves no trace at scale 0, and a wrong one is only a sentence."""

import asyncio
import os
import shutil
import signal
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.generation.engine import (
    Answering,
    EngineError,
    GenerationDone,
    GenerationEvent,
    GenerationRequest,
    Queued,
    TextDelta,
)
from bot.generation.llamacpp import LlamaCppEngine
from bot.generation.lora import LoraError
from bot.generation.models import PreparedModel
from bot.messages import Turn
from tests.loras import write_lora

Ask = Callable[..., Awaitable[tuple[str, GenerationDone]]]
StartEngine = Callable[..., Awaitable[LlamaCppEngine]]
QUESTION = "What is the capital of France?"


@pytest.fixture(scope="session")
def random_lora(model: PreparedModel, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a writer of adapters of rank 4 on every ffn_down, random but always the same."""
    folder = tmp_path_factory.mktemp("lora")

    def write(base_sha256: str) -> Path:
        path = folder / f"random-{base_sha256[:8]}.gguf"
        return path if path.exists() else write_lora(path, model.path, base_sha256)

    return write


async def test_the_scale_decides_and_a_cache_never_outlives_its_adapter(
    start_engine: StartEngine, model: PreparedModel, random_lora: Callable[[str], Path], ask: Ask
) -> None:
    lora = random_lora(model.source_sha256)
    plain = await start_engine(sequences=2)
    base, _ = await ask(plain, QUESTION, 12)
    await plain.stop()
    adapted = await start_engine(sequences=2, lora=lora, base_hashes=model.hashes)
    assert adapted.health() == ""
    assert adapted.identity.lora == lora.stem
    cold, _ = await ask(adapted, QUESTION, 12, lora_scale=1.0)
    assert cold != base
    # The same prompt under the other adapter each time: a cache kept over the swap would show.
    assert (await ask(adapted, QUESTION, 12, lora_scale=0.0))[0] == base
    assert (await ask(adapted, QUESTION, 12, lora_scale=1.0))[0] == cold
    assert (await ask(adapted, QUESTION, 12, lora_scale=0.0))[0] == base


async def test_askers_with_different_scales_at_one_time_each_get_their_own(
    start_engine: StartEngine, model: PreparedModel, random_lora: Callable[[str], Path], ask: Ask
) -> None:
    engine = await start_engine(sequences=1, lora=random_lora(model.sha256), base_hashes=model.hashes)
    scales = (0.0, 1.0, 0.0, 1.0)
    answers = await asyncio.gather(*(ask(engine, QUESTION, 6, lora_scale=scale) for scale in scales))
    assert answers[0] == answers[2] != answers[1] == answers[3]


async def test_adapters_come_and_go_while_others_answer(
    start_engine: StartEngine, model: PreparedModel, random_lora: Callable[[str], Path], ask: Ask, tmp_path: Path
) -> None:
    lora = random_lora(model.sha256)
    cold = await start_engine(sequences=4, lora=lora, base_hashes=model.hashes)
    expected = [(await ask(cold, QUESTION, 12, lora_scale=scale))[0] for scale in (0.0, 0.5, 1.0)]
    await cold.stop()
    assert len(set(expected)) == 3

    engine = await start_engine(sequences=4, base_hashes=model.hashes)
    pid = engine.worker_pid
    assert engine.identity.loras == ()
    under_way = asyncio.create_task(ask(engine, "Tell me a long story.", 120))
    assert (await engine.add_lora(lora, "kind")).name == "kind"
    assert engine.identity.loras == ("kind",)
    for _ in range(2):
        scales = (1.0, 0.0, 0.5, 1.0, 0.5, 0.0)
        answers = await asyncio.gather(*(ask(engine, QUESTION, 12, lora="kind", lora_scale=s) for s in scales))
        assert [text for text, _ in answers] == [expected[int(2 * scale)] for scale in scales]
    assert (await under_way)[1].completion_tokens > 12
    await engine.drop_lora("kind")
    with pytest.raises(EngineError, match="no LoRA adapter 'kind'"):
        await ask(engine, QUESTION, 12, lora="kind", lora_scale=1.0)
    assert (await ask(engine, QUESTION, 12))[0] == expected[0]
    await engine.add_lora(lora, "kind")
    assert (await ask(engine, QUESTION, 12, lora="kind", lora_scale=1.0))[0] == expected[2]
    assert engine.worker_pid == pid, "nothing was loaded anew"


async def test_an_adapter_added_later_survives_the_death_of_the_worker(
    start_engine: StartEngine, model: PreparedModel, random_lora: Callable[[str], Path], ask: Ask
) -> None:
    engine = await start_engine(sequences=2, base_hashes=model.hashes)
    await engine.add_lora(random_lora(model.sha256), "kind")
    before, _ = await ask(engine, QUESTION, 12, lora="kind", lora_scale=1.0)
    assert engine.worker_pid
    os.kill(engine.worker_pid, signal.SIGKILL)
    assert (await ask(engine, QUESTION, 12, lora="kind", lora_scale=1.0))[0] == before


@pytest.mark.parametrize("what", ["dropped", "exchanged"])
async def test_an_answer_ends_with_the_adapter_it_began_with_though_the_worker_dies(
    what: str,
    start_engine: StartEngine,
    model: PreparedModel,
    random_lora: Callable[[str], Path],
    ask: Ask,
    tmp_path: Path,
) -> None:
    engine = await start_engine(sequences=2, base_hashes=model.hashes)
    await engine.add_lora(random_lora(model.sha256), "kind")
    expected, _ = await ask(engine, QUESTION, 40, lora="kind", lora_scale=1.0)
    messages = (Turn("system", "You are a helpful assistant."), Turn("user", QUESTION))
    said = ""
    async with aclosing(engine.generate(GenerationRequest(messages, 40, lora="kind", lora_scale=1.0))) as events:
        async for event in events:
            if not said:
                if what == "dropped":
                    await engine.drop_lora("kind")
                else:
                    await engine.add_lora(write_lora(tmp_path / "other.gguf", model.path, "", seed=1), "kind")
                assert engine.worker_pid
                os.kill(engine.worker_pid, signal.SIGKILL)
            said += event.text if isinstance(event, TextDelta) else ""
    # Where two words are as likely a resumed answer may turn elsewhere, but not so early as others do.
    assert said[:40] == expected[:40]
    for scale in (0.0, 1.0) if what == "exchanged" else (0.0,):
        assert (await ask(engine, QUESTION, 40, lora="kind", lora_scale=scale))[0][:40] != expected[:40]
    assert engine.identity.loras == (("kind",) if what == "exchanged" else ())


async def test_where_an_adapter_is_gone_when_the_worker_dies_the_base_model_answers_and_says_so(
    start_engine: StartEngine, model: PreparedModel, random_lora: Callable[[str], Path], ask: Ask, tmp_path: Path
) -> None:
    lora = tmp_path / "gone.gguf"
    shutil.copy(random_lora(model.sha256), lora)
    engine = await start_engine(sequences=1, base_hashes=model.hashes)
    base, _ = await ask(engine, QUESTION, 12)
    await engine.add_lora(lora, "kind")
    messages = (Turn("system", "You are a helpful assistant."), Turn("user", QUESTION))

    async def answer() -> list[GenerationEvent]:
        return [one async for one in engine.generate(GenerationRequest(messages, 12, lora="kind", lora_scale=1.0))]

    begun = asyncio.create_task(ask(engine, "Tell me a long story.", 400, lora="kind", lora_scale=1.0))
    waiting = asyncio.create_task(answer())
    await asyncio.sleep(1)
    lora.unlink()
    assert engine.worker_pid
    os.kill(engine.worker_pid, signal.SIGKILL)
    with pytest.raises(EngineError, match=r"cannot be finished.*gone\.gguf cannot be loaded"):
        await begun
    events = [one for one in await waiting if not isinstance(one, Queued)]
    assert isinstance(events[0], Answering)
    assert (events[0].lora, events[0].lora_scale, events[0].model.loras) == ("", 0.0, ())
    assert "gone.gguf" in events[0].why
    assert "".join(one.text for one in events if isinstance(one, TextDelta)) == base


async def test_a_wrong_adapter_is_refused_while_the_engine_runs(
    start_engine: StartEngine, model: PreparedModel, random_lora: Callable[[str], Path], ask: Ask, tmp_path: Path
) -> None:
    engine = await start_engine(base_hashes=model.hashes)
    with pytest.raises(LoraError, match="another base model"):
        await engine.add_lora(random_lora("f" * 64))
    with pytest.raises(LoraError):
        await engine.add_lora(tmp_path / "gone.gguf")
    assert engine.identity.loras == ()
    assert engine.health() == ""
    assert await ask(engine, QUESTION, 4)


@pytest.mark.parametrize("harm", ["missing", "damaged", "another base"])
async def test_a_wrong_adapter_leaves_the_base_model_answering_and_is_told(
    harm: str,
    start_engine: StartEngine,
    model: PreparedModel,
    random_lora: Callable[[str], Path],
    ask: Ask,
    tmp_path: Path,
) -> None:
    lora = random_lora("f" * 64 if harm == "another base" else model.sha256)
    if harm == "missing":
        lora = tmp_path / "gone.gguf"
    elif harm == "damaged":
        (tmp_path / "damaged.gguf").write_bytes(lora.read_bytes()[:-5000])
        lora = tmp_path / "damaged.gguf"
    engine = await start_engine(lora=lora, base_hashes=model.hashes)
    assert str(lora) in engine.health()
    assert "base model alone" in engine.health()
    assert engine.identity.lora == ""
    assert (await ask(engine, QUESTION, 4, lora_scale=1.0))[0]
