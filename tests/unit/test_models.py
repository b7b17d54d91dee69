"""The settings' model name leads to a file, or to a sentence saying what to do."""

from pathlib import Path

import psutil
import pytest

from bot.generation.engine import ModelFileError
from bot.generation.models import embedded_gguf, find_model, prepare_model, usable_cores


def test_an_empty_name_means_the_embedded_model() -> None:
    assert find_model("", Path("unused")) == embedded_gguf()
    assert embedded_gguf().name == "SmolLM2-135M-Instruct.Q4_1.gguf"


def test_a_model_from_the_hub_is_never_fetched_unasked(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="is not downloaded yet") as caught:
        prepare_model("hub:owner/repository/file.gguf", tmp_path)
    assert "frontdesk model prepare" in str(caught.value)


@pytest.mark.parametrize("name", ["hub:", "hub:a/b", "hub:a/b/c.bin", "hub:a/b/../../x.gguf", "hub:../b/x.gguf"])
def test_a_wrong_hub_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="is not the name of a model file on the hub"):
        find_model(name, tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"There is no model file .*gone\.gguf"):
        prepare_model(str(tmp_path / "gone.gguf"), tmp_path)


def test_a_data_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(ModelFileError, match="data"):
        prepare_model("", tmp_path / "data" / "models")


def test_there_is_always_a_core_to_use() -> None:
    assert usable_cores() >= 1


def test_no_more_cores_are_used_than_there_may_be_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: 8)
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr(Path, "read_text", lambda path, encoding: "max 100000")
    assert usable_cores() == 8
    monkeypatch.setenv("OMP_THREAD_LIMIT", "3")
    assert usable_cores() == 3
    monkeypatch.setenv("OMP_THREAD_LIMIT", "many")
    assert usable_cores() == 8
