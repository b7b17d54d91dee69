"""An adapter that comes with Frontdesk answers where nothing else is set, and can be left out."""

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


def test_it_answers_where_nothing_else_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(tmp_path) == ADAPTER
    monkeypatch.setattr("bot.tuning.default.ADAPTER", tmp_path / "default.gguf")
    assert chosen(tmp_path) is None, "an installation without it"
    (tmp_path / "default.gguf").touch()
    assert chosen(tmp_path) == tmp_path / "default.gguf"


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
    tmp_path: Path, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.tuning.default.ADAPTER", tmp_path)
    assert chosen(tmp_path, **values) is None


def test_it_is_made_for_the_embedded_model_and_small() -> None:
    path = embedded_gguf()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert read_lora(ADAPTER, read_header(path), (digest,)).base_sha256 == digest
    assert ADAPTER.stat().st_size <= 12_000_000


def test_its_card_says_what_it_was_made_from_and_under_which_licences() -> None:
    card = CARD.read_text(encoding="utf-8")
    assert hashlib.sha256(embedded_gguf().read_bytes()).hexdigest() in card
    for name in ("SmolLM2-135M-Instruct (Apache-2.0)", "CC BY 3.0", "MultiDoc2Dial (Apache-2.0)", "Song Feng"):
        assert name in card
