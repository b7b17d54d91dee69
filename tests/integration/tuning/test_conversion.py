"""What was trained is what llama.cpp serves: the same tokens in, the same answers out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from peft import PeftModel
from torch import nn
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

from bot.generation import native
from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
from bot.generation.models import embedded_gguf
from bot.messages import Turn
from bot.tuning.agreement import compare, greedy
from bot.tuning.base import Base, load_base
from bot.tuning.conversion import write_adapter, write_model
from bot.tuning.encoding import Encoder
from bot.tuning.errors import TrainingError
from bot.tuning.examples import Example, Origin
from bot.tuning.options import TrainingOptions
from bot.tuning.packing import Encoded, pack
from bot.tuning.training import TrainingResult, train
from bot.tuning.weights import Weights, attach, save_peft
from tests.tiny_llama import write_tiny_llama

PROMPTS = [list(range(100 + 7 * n, 120 + 11 * n)) for n in range(20)]
SYSTEM = Turn("system", "You are the assistant of a shop. Answer shortly, and only from what you know.")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_llama(tmp_path_factory.mktemp("model") / "tiny.gguf")


def loaded(path: Path, dtype: torch.dtype | None = torch.float32) -> Base:
    return load_base(path, hashlib.sha256(path.read_bytes()).hexdigest(), path.stem, device="cpu", dtype=dtype)


def changed(base: Base, options: TrainingOptions) -> Weights:
    """Return weights that change what the model says, as after a training."""
    weights = attach(base, options)
    torch.manual_seed(7)
    for name, one in weights.trained.items():
        if name.endswith("lora_B"):
            nn.init.normal_(one, std=0.1)
        elif options.full and one.dim() == 2:
            one.data += 0.1 * torch.randn_like(one) * one.std()
    return weights


def torch_logits(base: Base, prompt: list[int]) -> NDArray[np.float32]:
    packed = pack([Encoded(tuple(prompt), (0,))])
    with torch.no_grad():
        return np.asarray(base.head(base.hidden(packed)[packed.rows])[0].float().numpy(), np.float32)


def llama_logits(path: Path, adapter: Path | None, prompts: list[list[int]]) -> Iterator[NDArray[np.float32]]:
    model = native.NativeModel(str(path))
    context = native.Context(model, sequences=1, cells=512, batch=512, threads=1)
    lora = native.Adapter(model, str(adapter)) if adapter else None
    context.use(lora, 1.0 if lora else 0.0)
    for prompt in prompts:
        context.forget(0)
        context.decode([native.Step(token, n, 0, n == len(prompt) - 1) for n, token in enumerate(prompt)])
        yield context.logits(len(prompt) - 1).copy()


@pytest.mark.parametrize("options", [TrainingOptions(), TrainingOptions(rank=4, alpha=6, rslora=True)])
def test_llama_cpp_computes_with_the_adapter_what_pytorch_computes(
    options: TrainingOptions, tiny: Path, tmp_path: Path
) -> None:
    weights = changed(loaded(tiny), options)
    adapter = write_adapter(weights, tmp_path / "adapter.gguf")
    weights.base.model.train(False)
    plain = list(llama_logits(tiny, None, PROMPTS[:5]))
    for prompt, found, without in zip(PROMPTS, llama_logits(tiny, adapter, PROMPTS[:5]), plain, strict=False):
        expected = torch_logits(weights.base, prompt)
        moved = np.linalg.norm(expected - without)
        # Rounding to 16 bits, beside which the adapter's own effect is large.
        assert np.linalg.norm(found - expected) < 0.02 * moved


def test_both_answer_alike_on_twenty_prompts(tiny: Path, tmp_path: Path) -> None:
    weights = changed(loaded(tiny), TrainingOptions())
    found = compare(weights, write_adapter(weights, tmp_path / "adapter.gguf"), PROMPTS)
    assert found.answers == len(PROMPTS)
    assert found.same_tokens >= 0.99 * found.tokens
    assert found.mean_gap < 0.001


def test_an_adapter_with_rows_in_the_wrong_order_is_noticed(tiny: Path, tmp_path: Path) -> None:
    weights = changed(loaded(tiny), TrainingOptions(alpha=128))
    weights.targets = tuple(replace(target, rows=None) for target in weights.targets)
    with pytest.raises(TrainingError, match="does not say what was trained"):
        compare(weights, write_adapter(weights, tmp_path / "adapter.gguf"), PROMPTS)


def test_a_model_trained_as_a_whole_is_served_as_it_was_trained(tiny: Path, tmp_path: Path) -> None:
    weights = changed(loaded(tiny), TrainingOptions(full=True))
    path = write_model(weights, tmp_path / "model.gguf")
    for prompt, found in zip(PROMPTS, llama_logits(path, None, PROMPTS[:5]), strict=False):
        expected = torch_logits(weights.base, prompt)
        assert np.linalg.norm(found - expected) < 0.03 * np.linalg.norm(expected)
    assert greedy(str(path), "", PROMPTS[:1], 3) != greedy(str(tiny), "", PROMPTS[:1], 3)
    with Encoder(tiny, 512) as before, Encoder(path, 512) as after:
        assert before.encode((SYSTEM,), "Yes.") == after.encode((SYSTEM,), "Yes."), "vocabulary and template are kept"


def test_peft_reads_the_adapter_that_was_trained(tiny: Path, tmp_path: Path) -> None:
    weights = changed(loaded(tiny), TrainingOptions(targets="mlp", last_layers=2))
    save_peft(weights, tmp_path / "peft")
    weights.base.model.train(False)
    model = AutoModelForCausalLM.from_pretrained(
        tiny.parent, gguf_file=tiny.name, quantization_config=GgufConfig(dequantize=True), dtype=torch.float32
    )
    peft = PeftModel.from_pretrained(model, tmp_path / "peft")
    with torch.no_grad():
        found = peft(input_ids=torch.tensor([PROMPTS[0]])).logits[0, -1].numpy()
    np.testing.assert_allclose(found, torch_logits(weights.base, PROMPTS[0]), atol=1e-3)
    assert {target.layer for target in weights.targets} == {1, 2}


# With the embedded model


def questions() -> list[Example]:
    goods = "lamp kettle chair radio carpet mirror clock ladder sofa toaster shelf blanket".split()
    found = []
    for n in range(48):
        good, days = goods[n % 12], 10 + n // 12
        asked = f"How long may I return a {good}?"
        shown = f'Passages:\n\n"""\nReturns\nA {good} may be returned within {days} days.\n"""\n\nQuestion: {asked}'
        found.append(
            Example(f"made:{n}", Origin.MADE, asked, f"Within {days} days.", prompt=(SYSTEM, Turn("user", shown)))
        )
    return found


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainingResult:
    """Return a short training of the embedded model in the type that is fastest here."""
    options = TrainingOptions(epochs=1, batch_size=8, learning_rate=1e-3, evaluations=1)
    return train(loaded(embedded_gguf(), dtype=None), questions(), options, tmp_path_factory.mktemp("runs") / "real")


def test_the_embedded_model_learns_and_llama_cpp_says_the_same_on_twenty_prompts(trained: TrainingResult) -> None:
    assert trained.course.best < trained.course.validation[0][1]
    assert trained.agreement is not None
    assert trained.agreement.answers == 20
    # llama.cpp rounds what flows to 8 bits for this file of 4-bit weights, PyTorch to bfloat16.
    assert trained.agreement.same_tokens >= 0.93 * trained.agreement.tokens
    assert trained.agreement.mean_gap < 0.02


async def test_tokens_are_those_of_the_engine_and_of_the_models_own_tokenizer() -> None:
    path = embedded_gguf()
    prompts = [example.prompt for example in questions()[:3]]
    prompts.append((*prompts[0], Turn("assistant", "Within 10 days."), Turn("user", "Grüße! 👋  And <|im_end|> that?")))
    engine = LlamaCppEngine(LlamaCppConfig(path=path, name="model", context_size=1024))
    await engine.start()
    try:
        counts = [await engine.count_prompt(prompt) for prompt in prompts]
    finally:
        await engine.stop()
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    with Encoder(path, 1024) as encoder:
        for prompt, count in zip(prompts, counts, strict=True):
            encoded = encoder.encode(prompt, "Within 10 days.")
            assert isinstance(encoded, Encoded)
            assert len(encoded.prompt) == count
            if "<|im_end|>" not in prompt[-1].content:  # which nobody may write as a control token here
                messages = [{"role": turn.role, "content": turn.content} for turn in prompt]
                messages.append({"role": "assistant", "content": "Within 10 days."})
                whole = tokenizer.apply_chat_template(messages, tokenize=True, return_dict=False)
                assert [*encoded.tokens] == whole[: len(encoded.tokens)]
