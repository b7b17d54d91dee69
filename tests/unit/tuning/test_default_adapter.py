"""An adapter that comes with Frontdesk answers where nothing else is set, and can be left out."""

from pathlib import Path
from typing import Any

import pytest

from adapters.wiring import first_adapter
from bot.settings import from_values
from bot.tuning.default import ADAPTER, CARD


def chosen(tmp_path: Path, **values: Any) -> Path | None:
    return first_adapter(from_values(values, tmp_path / "frontdesk.toml"))


def test_it_answers_where_nothing_else_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(tmp_path) == ADAPTER
    monkeypatch.setattr("bot.tuning.default.ADAPTER", tmp_path / "none.gguf")
    assert chosen(tmp_path) is None, "an installation without it"


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


def test_it_is_small_and_its_card_names_base_and_licences() -> None:
    assert ADAPTER.stat().st_size <= 12_000_000
    card = CARD.read_text(encoding="utf-8")
    assert "CC BY 3.0" in card and "Apache License 2.0" in card
    assert "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53" in card
