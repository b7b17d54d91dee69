"""What llama.cpp is asked for when a model is loaded."""

import llama_cpp.llama_cpp as c
import pytest

from bot.generation.native import NativeError, NativeModel


@pytest.mark.parametrize(
    ("about", "wanted"), [(b"CPU : AVX512 = 1 | AMX_INT8 = 1 | REPACK = 1 | ", False), (b"CPU : AVX2 = 1 | ", True)]
)
def test_amx_is_left_alone(monkeypatch: pytest.MonkeyPatch, about: bytes, wanted: bool) -> None:
    """A build that has it puts weights where only it computes with them, unless extra buffers are off."""
    asked: list[c.llama_model_params] = []
    monkeypatch.setattr(c, "llama_print_system_info", lambda: about)
    monkeypatch.setattr(c, "llama_model_load_from_file", lambda path, parameters: asked.append(parameters))
    with pytest.raises(NativeError):
        NativeModel("model.gguf")
    assert [one.use_extra_bufts for one in asked] == [wanted]
