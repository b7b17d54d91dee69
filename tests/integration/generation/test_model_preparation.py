"""A small model is rewritten once in the form that answers fastest on this machine, then reused."""

import json
import shutil
from pathlib import Path

import pytest

from bot.generation.engine import ModelFileError
from bot.generation.gguf_file import read_header
from bot.generation.models import PreparedModel, embedded_gguf, prepare_model
from bot.generation.quantization import KINDS, MAX_LOSS, best_of
from bot.generation.speed import Speed


@pytest.fixture
def models_dir(model: PreparedModel, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model.path.parent, tmp_path / "models"))


def test_the_embedded_model_is_made_ready_and_described(model: PreparedModel) -> None:
    assert model.name == "SmolLM2-135M-Instruct.Q8_0"
    assert model.source == embedded_gguf()
    assert model.sha256 != model.source_sha256
    assert model.hashes == (model.sha256, model.source_sha256)
    assert read_header(model.path).architecture == "llama"


def test_it_is_made_once(models_dir: Path, model: PreparedModel) -> None:
    told: list[str] = []
    before = (models_dir / model.path.name).stat().st_mtime_ns
    again = prepare_model("", models_dir, form="Q8_0", progress=told.append)
    assert again.sha256 == model.sha256
    assert again.path.stat().st_mtime_ns == before
    assert told == []


@pytest.mark.parametrize("change", ["another source", "cut file", "deleted file", "unreadable record"])
def test_it_is_made_again_when_it_does_not_fit_any_more(change: str, models_dir: Path, model: PreparedModel) -> None:
    path = models_dir / model.path.name
    record = models_dir / "SmolLM2-135M-Instruct.choice.json"
    match change:
        case "another source":
            record.write_text(record.read_text().replace(model.source_sha256, "0" * 64))
        case "cut file":
            path.write_bytes(path.read_bytes()[:1000])
        case "deleted file":
            path.unlink()
        case _:
            record.write_text("{")
    told: list[str] = []
    again = prepare_model("", models_dir, form="Q8_0", progress=told.append)
    assert again.sha256 == model.sha256
    assert len(told) == 1
    assert not list(models_dir.glob("*.part"))


def test_the_fastest_form_is_measured_once_and_recorded(tmp_path: Path) -> None:
    told: list[str] = []
    chosen = prepare_model("", tmp_path, progress=told.append)
    record = json.loads((tmp_path / "SmolLM2-135M-Instruct.choice.json").read_text())
    assert record["file"] in (chosen.path.name, str(chosen.path))
    assert set(record["measured"]) == {"as-it-comes", *KINDS}
    speeds = {kind: Speed(**measured) for kind, measured in record["measured"].items()}
    assert chosen.name in (f"SmolLM2-135M-Instruct.{best_of(speeds)}", chosen.source.stem)
    good = [speed.answer_s for speed in speeds.values() if speed.loss <= MAX_LOSS]  # which, depends on the processor
    assert speeds[best_of(speeds)].answer_s <= min(good)
    own = speeds["as-it-comes"]
    assert (own.loss, own.loss_error) == (1.0, 0.0)
    for kind in KINDS:
        assert speeds[kind].loss == pytest.approx(speeds[kind].perplexity / own.perplexity)
        assert 0 < speeds[kind].loss_error < 0.01
    left = [file.name for file in tmp_path.glob("*.gguf")]
    assert left == ([chosen.path.name] if chosen.path != chosen.source else []), "the others are gone"
    assert len(told) > len(KINDS)
    told.clear()
    assert prepare_model("", tmp_path, progress=told.append) == chosen
    assert told == []


def test_what_was_chosen_is_left_aside_where_it_is_to_be_made_again(models_dir: Path, model: PreparedModel) -> None:
    told: list[str] = []
    assert prepare_model("", models_dir, form="Q8_0", again=True, progress=told.append).sha256 == model.sha256
    assert told == ["Rewriting SmolLM2-135M-Instruct.Q4_1.gguf as Q8_0."]


def test_a_model_of_ones_own_is_used_as_it_is_where_that_is_wanted(models_dir: Path, tmp_path: Path) -> None:
    own = Path(shutil.copy(embedded_gguf(), tmp_path / "own.gguf"))
    prepared = prepare_model(str(own), models_dir, form="as-it-comes")
    assert (prepared.path, prepared.name, prepared.source) == (own, "own", own)
    assert prepared.sha256 == prepared.source_sha256


def test_a_changed_file_gets_a_new_hash(models_dir: Path, tmp_path: Path) -> None:
    own = Path(shutil.copy(embedded_gguf(), tmp_path / "own.gguf"))
    before = prepare_model(str(own), models_dir, form="as-it-comes").sha256
    with own.open("ab") as file:
        file.write(b"more")
    assert prepare_model(str(own), models_dir, form="as-it-comes").sha256 != before


def test_a_damaged_model_is_refused_before_it_is_loaded(models_dir: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(embedded_gguf().read_bytes()[:50_000_000])
    with pytest.raises(ModelFileError, match="incomplete"):
        prepare_model(str(own), models_dir)
