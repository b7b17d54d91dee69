"""The adapter that comes with Frontdesk fits the embedded model, says what it was made from, and can be left out."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from adapters.wiring import first_adapter
from bot.generation.gguf_file import read_header
from bot.generation.lora import read_lora
from bot.generation.models import embedded_gguf
from bot.settings import from_values
from bot.tuning.default import ADAPTER, CARD


def chosen(tmp_path: Path, **values: Any) -> Path | None:
    return first_adapter(from_values(values, tmp_path / "frontdesk.toml"))


def test_it_answers_where_nothing_else_is_set(tmp_path: Path) -> None:
    assert chosen(tmp_path) == ADAPTER


def test_an_adapter_of_the_settings_goes_before_it(tmp_path: Path) -> None:
    assert chosen(tmp_path, lora={"path": "mine.gguf"}) == tmp_path / "mine.gguf"


@pytest.mark.parametrize(
    "values",
    [
        {"lora": {"default": False}},
        {"model": {"path": "another.gguf"}},
        {"generation": {"engine": "remote", "url": "http://llm.example.com", "fallback": False}},
    ],
)
def test_it_is_left_out_where_it_is_unwanted_or_answers_through_another_model(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    assert chosen(tmp_path, **values) is None


def test_it_was_trained_on_the_very_model_that_is_embedded() -> None:
    base = hashlib.sha256(embedded_gguf().read_bytes()).hexdigest()
    adapter = read_lora(ADAPTER, read_header(embedded_gguf()), {base})
    assert adapter.base_sha256 == base
    assert ADAPTER.stat().st_size <= 12_000_000


def test_its_card_names_the_base_and_the_licences_of_what_it_learned_from() -> None:
    card = CARD.read_text(encoding="utf-8")
    base = hashlib.sha256(embedded_gguf().read_bytes()).hexdigest()
    for said in (base, "CC BY 3.0", "Apache-2.0", "Song Feng", "CC BY 4.0", "Basecamp", "MIT", "ASAPP", "CC0"):
        assert said in card
