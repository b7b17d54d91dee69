"""A packed row computes what its sequences compute alone, and what they have in common only once."""

import random
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM

from bot.tuning.packing import ATTENTION, MIN_SHARED, Encoded, pack

SMALL = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 1024,
}


def text(length: int, answer: int, beginning: tuple[int, ...] = (), seed: int = 0) -> Encoded:
    draw = random.Random(f"{length} {answer} {seed}")
    own = [draw.randrange(97) for _ in range(length - len(beginning))]
    return Encoded((*beginning, *own), tuple(draw.randrange(97) for _ in range(answer)))


@pytest.fixture(scope="module")
def model() -> Iterator[LlamaForCausalLM]:
    torch.manual_seed(0)
    yield LlamaForCausalLM(LlamaConfig(**SMALL))


def alone(model: LlamaForCausalLM, texts: list[Encoded]) -> list[Tensor]:
    """Return each text's log-probabilities of its answer's tokens, computed as transformers does."""
    model.set_attn_implementation("sdpa")
    found = []
    for one in texts:
        logs = model(input_ids=torch.tensor([one.tokens]), use_cache=False).logits[0].log_softmax(-1)
        rows = logs[len(one.prompt) - 1 : len(one.tokens) - 1]
        found.append(rows.gather(-1, torch.tensor(one.answer)[:, None])[:, 0])
    return found


def together(model: LlamaForCausalLM, texts: list[Encoded], *, share: bool = True) -> list[Tensor]:
    model.set_attn_implementation(ATTENTION)
    packed = pack(texts, share=share)
    ids, positions = packed.tokens[None], packed.positions[None]
    hidden = model.model(input_ids=ids, position_ids=positions, use_cache=False, parts=packed.parts).last_hidden_state
    logs = model.lm_head(hidden[0, packed.rows]).log_softmax(-1).gather(-1, packed.targets[:, None])[:, 0]
    return [logs[packed.owners == number] for number in range(len(texts))]


def gradients(model: LlamaForCausalLM, logs: list[Tensor]) -> list[Tensor]:
    model.zero_grad()
    torch.cat(logs).sum().backward()
    return [one.grad.clone() for one in model.parameters() if one.grad is not None]


BEGINNING = tuple(range(40))
CASES = {
    "nothing in common": [text(30, 5), text(9, 3), text(300, 20)],
    "instructions in common": [text(60, 5, BEGINNING), text(300, 4, BEGINNING), text(41, 2, BEGINNING)],
    "one prompt, two answers": [Encoded(BEGINNING, (1, 2, 3)), Encoded(BEGINNING, (4, 5))],
    "pairs that begin alike": [
        *[text(80, n, BEGINNING, seed=1) for n in (3, 3)],
        Encoded(text(80, 3, BEGINNING, seed=1).prompt, (7, 8)),
        text(90, 4, BEGINNING, seed=2),
    ],
    "one the beginning of another": [Encoded(BEGINNING, (1,)), Encoded((*BEGINNING, 1, 2, 3), (4,))],
    "longer than a block of queries": [text(700, 30, BEGINNING), text(600, 30, BEGINNING)],
}


@pytest.mark.parametrize("case", CASES)
def test_a_packed_row_computes_what_each_sequence_computes_alone(case: str, model: LlamaForCausalLM) -> None:
    texts = CASES[case]
    expected = alone(model, texts)
    wanted = gradients(model, expected)
    found = together(model, texts)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, atol=2e-4, rtol=1e-3)
    for one, other in zip(gradients(model, found), wanted, strict=True):
        torch.testing.assert_close(one, other, atol=2e-3, rtol=2e-3)


def test_attention_looks_no_further_back_than_its_window() -> None:
    torch.manual_seed(0)
    model = MistralForCausalLM(MistralConfig(**SMALL, sliding_window=24))
    texts = [text(70, 5, BEGINNING), text(300, 6, BEGINNING)]
    expected = alone(model, texts)  # type: ignore[arg-type]
    found = together(model, texts)  # type: ignore[arg-type]
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, atol=2e-4, rtol=1e-3)


def test_what_is_common_is_computed_once() -> None:
    texts = CASES["instructions in common"]
    assert len(pack(texts).tokens) == sum(len(one.tokens) for one in texts) - 2 * len(BEGINNING)
    assert len(pack(texts, share=False).tokens) == sum(len(one.tokens) for one in texts)
    chosen, rejected = CASES["one prompt, two answers"]
    assert len(pack([chosen, rejected]).tokens) == len(BEGINNING) + 3 + 2


def test_a_short_common_beginning_is_not_worth_a_part() -> None:
    beginning = tuple(range(MIN_SHARED - 1))
    texts = [Encoded((*beginning, 50, 51), (1,)), Encoded((*beginning, 60, 61), (2,))]
    assert len(pack(texts).parts) == 2


def test_every_token_of_every_answer_is_a_target_of_its_own_sequence() -> None:
    texts = CASES["pairs that begin alike"]
    packed = pack(texts)
    assert packed.targets.tolist() == [token for one in texts for token in one.answer]
    assert packed.owners.tolist() == [n for n, one in enumerate(texts) for _ in one.answer]
