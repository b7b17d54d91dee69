"""`frontdesk tune train`: a set in, a run out, and every slip told in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from adapters.cli import app
from bot.messages import Turn
from bot.tuning.examples import Example, Origin, write_examples
from knowledge.errors import FrontdeskError
from tests.tiny_llama import write_tiny_llama

Train = Callable[..., Result]


def examples(count: int) -> list[Example]:
    found = []
    for n in range(count):
        asked = f"Where is shelf {n}?"
        found.append(Example(f"made:{n}", Origin.MADE, asked, f"In row {n}.", prompt=(Turn("user", asked),)))
    return found


@pytest.fixture
def tuning(tmp_path: Path) -> Path:
    write_examples(tmp_path / "tuning" / "sets" / "first" / "examples.jsonl", examples(40))
    return tmp_path / "tuning"


@pytest.fixture
def train(tmp_path: Path, tuning: Path) -> Train:
    model = write_tiny_llama(tmp_path / "tiny.gguf")
    config = tmp_path / "frontdesk.toml"
    config.write_text(f'data_dir = "{tmp_path}/data"\n[model]\npath = "{model}"\n[tuning]\nfolder = "{tuning}"\n')

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["--config", str(config), "tune", "train", *words], catch_exceptions=False)

    return run


def test_the_newest_set_is_trained_on_and_the_run_is_one_json_value(train: Train, tuning: Path) -> None:
    options = ("--rank", "4", "--epochs", "2", "--learning-rate", "5e-3", "--weight", "made=1.5", "--batch-size", "8")
    done = train("--run", "one", *options, "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told.keys() == {"id", "metrics", "artifacts"}
    assert told["id"] == "one"
    assert told["metrics"]["training"]["validation_loss"] < told["metrics"]["training"]["validation_loss_before"]
    assert told["artifacts"][0] == str(tuning / "runs" / "one" / "adapter.gguf")
    assert all(Path(path).is_file() for path in told["artifacts"])
    assert "frontdesk tune train --resume one" in " ".join(done.stderr.split())
    record = json.loads((tuning / "runs" / "one" / "run.json").read_text(encoding="utf-8"))
    assert record["options"]["rank"] == 4
    assert record["options"]["weights"] == {"made": 1.5}
    assert record["set"] == str(tuning / "sets" / "first" / "examples.jsonl")
    with pytest.raises(FrontdeskError, match="There is a run one already"):
        train("--run", "one")
    with pytest.raises(FrontdeskError, match=r"The run one is done\..*tune evaluate one"):
        train("--resume", "one")
    # Another one goes on from it, with the set named by its id.
    more = train("--set", "first", "--from", "one", *options[:4], "--learning-rate", "1e-3")
    assert "Validation loss" in more.stdout
    assert "frontdesk tune evaluate" in more.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--resume", "none"), "There is no run none to go on with"),
        (("--from", "none"), "cannot be read"),
        (("--set", "none"), r"There is no set none\..*tune list"),
        (("--rank", "0"), "rank is 0"),
        (("--full", "--method", "dpo"), "0 examples have an answer that was not liked"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(words: tuple[str, ...], sentence: str, train: Train) -> None:
    with pytest.raises(FrontdeskError, match=sentence):
        train(*words)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"status": "running", "options": {"method": "answers", "layers": 3}}']
)
def test_a_damaged_record_of_a_run_is_said_in_a_sentence(text: str, train: Train, tuning: Path) -> None:
    (tuning / "runs" / "cut").mkdir(parents=True)
    (tuning / "runs" / "cut" / "run.json").write_text(text)
    with pytest.raises(FrontdeskError, match=r"run\.json is damaged, or of another version"):
        train("--resume", "cut")


def test_where_every_weight_is_trained_the_way_on_is_that_of_a_model(train: Train, tuning: Path) -> None:
    options = ("--full", "--epochs", "1", "--learning-rate", "1e-3", "--batch-size", "8")
    told = " ".join(train("--run", "whole", *options).stdout.split())
    assert (tuning / "runs" / "whole" / "model.gguf").is_file()
    assert "set model.path to the model, then frontdesk tune evaluate" in told


def test_where_a_server_answers_the_model_that_is_trained_must_be_named(
    train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_GENERATION__ENGINE", "remote")
    monkeypatch.setenv("FRONTDESK_GENERATION__URL", "http://llm.example.com")
    assert train("--rank", "4", "--epochs", "1").exit_code == 0, "the model of model.path"
    config = tmp_path / "frontdesk.toml"
    config.write_text(config.read_text().replace("\npath = ", "\n# path = "))
    with pytest.raises(FrontdeskError, match=r"A server answers.*Set model\.path to the GGUF file"):
        train()


@pytest.mark.parametrize("words", [("--method", "magic"), ("--weight", "nobody=1"), ("--weight", "made=much")])
def test_wrong_words_are_wrong_usage(words: tuple[str, ...], train: Train) -> None:
    assert train(*words).exit_code == 2


def test_without_a_set_there_is_nothing_to_train_on(train: Train, tuning: Path) -> None:
    (tuning / "sets" / "first" / "examples.jsonl").unlink()
    with pytest.raises(FrontdeskError, match=r"no set of examples yet.*tune prepare"):
        train()
