"""Which adapter answers, and whether it can, is told to those who look after Frontdesk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters import wiring
from adapters.doctor import _adapter
from bot.settings import Settings
from knowledge.errors import FrontdeskError

Write = Callable[..., Path]


async def test_the_doctor_names_the_adapter_in_force_and_what_is_wrong_with_it(settings: Settings, lora: Write) -> None:
    assert await _adapter(settings) == "None is in force."
    registry, base = wiring.registry(settings), wiring.base(settings)
    one = registry.add(lora(1), base)
    registry.promote(one.id, base, force=True, reason="test")
    assert await _adapter(settings) == f"{one.id} is in force, at scale 1."
    registry.path_of(one.id).write_bytes(b"GGUF")
    with pytest.raises(FrontdeskError, match="changed or damaged"):
        await _adapter(settings)


async def test_an_adapter_of_the_settings_that_was_made_for_another_model_is_told(
    settings: Settings, lora: Write
) -> None:
    wrong = settings.lora.model_copy(update={"path": lora(1, "f" * 64)})
    with pytest.raises(FrontdeskError, match="trained on another base model"):
        await _adapter(settings.model_copy(update={"lora": wrong}))
