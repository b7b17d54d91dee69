"""An adapter changes the answers at its scale, leaves no trace at scale 0, and a wrong one is only a sentence."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import gguf
import numpy as np
import pytest

from bot.generation.engine import GenerationDone
from bot.generation.gguf_file import read_header
from bot.generation.llamacpp import LlamaCppEngine
from bot.generation.lora import BASE_HASH_KEY
from bot.generation.models import PreparedModel

Ask = Callable[..., Awaitable[tuple[str, GenerationDone]]]
StartEngine = Callable[..., Awaitable[LlamaCppEngine]]
QUESTION = "What is the capital of France?"


@pytest.fixture(scope="session")
def random_lora(model: PreparedModel, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a writer of adapters of rank 4 on every ffn_down, random but always the same."""
    folder = tmp_path_factory.mktemp("lora")

    def write(base_sha256: str) -> Path:
        path = folder / f"random-{base_sha256[:8]}.gguf"
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_type("adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", 4.0)
        writer.add_string(BASE_HASH_KEY, base_sha256)
        draw = np.random.default_rng(0)
        for tensor in read_header(model.path).tensors:
            if tensor.name.endswith("ffn_down.weight"):
                columns, rows = tensor.shape
                writer.add_tensor(f"{tensor.name}.lora_a", draw.normal(0, 0.1, (4, columns)).astype(np.float32))
                writer.add_tensor(f"{tensor.name}.lora_b", draw.normal(0, 0.1, (rows, 4)).astype(np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

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
