"""The faster forms of layers compute what the layers compute, forwards and backwards."""

import copy

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import Tensor, nn
from transformers import GemmaConfig, GemmaForCausalLM, LlamaConfig, LlamaForCausalLM

from bot.tuning.layers import speed_up

SMALL = {
    "vocab_size": 61,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
LAYERS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
TOKENS = torch.arange(24)[None] % 61


def with_lora(model: nn.Module, **options: object) -> PeftModel:
    torch.manual_seed(0)
    peft = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules=LAYERS, **options))  # type: ignore
    for name, one in peft.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(one, std=0.05)
        elif "norm" in name:
            nn.init.uniform_(one, 0.5, 1.5)
    return peft


def pair(model: nn.Module, **options: object) -> tuple[PeftModel, PeftModel]:
    plain = with_lora(model, **options)
    fast = copy.deepcopy(plain)
    speed_up(fast)
    return plain, fast


def outcome(model: PeftModel) -> tuple[Tensor, dict[str, Tensor]]:
    model.zero_grad()
    logits = model(input_ids=TOKENS, use_cache=False).logits
    (logits.softmax(-1)[0, :, 3] * torch.arange(24)).sum().backward()
    return logits, {name: one.grad for name, one in model.named_parameters() if one.grad is not None}


def llama(**options: object) -> LlamaForCausalLM:
    torch.manual_seed(1)
    return LlamaForCausalLM(LlamaConfig(**SMALL, **options))


@pytest.mark.parametrize("options", [{}, {"attention_bias": True, "mlp_bias": True}])
def test_faster_layers_compute_the_same_values_and_gradients(options: dict[str, object]) -> None:
    plain, fast = pair(llama(**options))
    (expected, wanted), (found, gradients) = outcome(plain), outcome(fast)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
    assert gradients.keys() == wanted.keys()
    assert any("lora_A" in name for name in wanted)
    for name, one in gradients.items():
        torch.testing.assert_close(one, wanted[name], atol=1e-4, rtol=1e-3)


def test_the_base_answers_where_the_adapter_is_switched_off() -> None:
    plain, fast = pair(llama())
    with plain.disable_adapter(), fast.disable_adapter():
        (expected, found) = (one(input_ids=TOKENS, use_cache=False).logits for one in (plain, fast))
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(found, fast(input_ids=TOKENS, use_cache=False).logits, atol=1e-3)


def test_with_dropout_the_layers_stay_as_they_are() -> None:
    _, fast = pair(llama(), lora_dropout=0.5)
    fast.train()
    one, other = (fast(input_ids=TOKENS, use_cache=False).logits for _ in range(2))
    assert not torch.allclose(one, other), "dropout draws anew each time"


def test_layers_that_only_look_alike_are_left_alone() -> None:
    # Gemma's norm multiplies by 1 + weight, its feed-forward layer has another activation.
    torch.manual_seed(1)
    plain, fast = pair(GemmaForCausalLM(GemmaConfig(**SMALL, head_dim=8)))
    torch.testing.assert_close(outcome(fast)[0], outcome(plain)[0], atol=1e-4, rtol=1e-4)
