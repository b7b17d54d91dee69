"""Tokens are estimated on the safe side: never fewer than the embedded model's tokenizer finds."""

import llama_cpp
import pytest

from bot.generation.models import embedded_gguf
from bot.generation.token_estimate import estimated_prompt_tokens, estimated_tokens
from bot.messages import Turn
from knowledge import sample


@pytest.fixture(scope="module")
def tokenizer() -> llama_cpp.Llama:
    return llama_cpp.Llama(str(embedded_gguf()), vocab_only=True, verbose=False)


TEXTS = [page.read_text(encoding="utf-8") for page in sorted(sample.HANDBOOK.glob("*.md"))]
ODD = [
    "",
    "a",
    "1,234.56 € (−3 %)",
    "https://x.example/a?b=c&d=%20",
    "日本語のテキスト",
    "Größe: 5 m²",
    "🙂🙃" * 5,
    "\n\n\t  x",
]


@pytest.mark.parametrize("text", TEXTS + ODD)
def test_no_text_has_more_tokens_than_estimated(tokenizer: llama_cpp.Llama, text: str) -> None:
    exact = len(tokenizer.tokenize(text.encode(), add_bos=False, special=False))
    assert exact <= estimated_tokens(text)


def test_the_estimate_for_prose_is_not_twice_too_high(tokenizer: llama_cpp.Llama) -> None:
    exact = sum(len(tokenizer.tokenize(text.encode(), add_bos=False, special=False)) for text in TEXTS)
    assert sum(map(estimated_tokens, TEXTS)) < 1.6 * exact


def test_a_prompt_has_room_for_what_the_template_adds() -> None:
    turns = (Turn("system", "You help."), Turn("user", "Hello"))
    assert estimated_prompt_tokens(turns) >= sum(estimated_tokens(turn.content) for turn in turns) + 40
