"""`frontdesk tune train`: a set in, a run out, and every slip told in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from adapters.cli import app
from bot.messages import Turn
from bot.settings import Settings
from bot.tuning.examples import Example, Origin, Split, write_examples
from bot.tuning.heldout import learned_from
from bot.tuning.registry import Registry, RegistryError
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

    def run(*words: str, catch: bool = False) -> Result:
        return CliRunner().invoke(app, ["--config", str(config), "tune", "train", *words], catch_exceptions=catch)

    return run


def test_the_newest_set_is_trained_on_and_the_run_is_one_json_value(
    train: Train, tuning: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    learned = json.loads((tuning / "runs" / "one" / "learned.json").read_text(encoding="utf-8"))
    assert learned == learned_from(examples(40)) and len(learned) == 40
    with pytest.raises(FrontdeskError, match="There is a run one already"):
        train("--run", "one")
    with pytest.raises(FrontdeskError, match=r"The run one is done\..*tune evaluate one"):
        train("--resume", "one")
    # Another one goes on from it, with the set named by a file; the record leads there from any folder.
    monkeypatch.chdir(tuning)
    named = ("--run", "two", "--set", "sets/first/examples.jsonl", "--from", "one")
    more = train(*named, *options[:4], "--learning-rate", "1e-3")
    assert "Validation loss" in more.stdout
    assert "frontdesk tune evaluate" in more.stdout
    assert json.loads((tuning / "runs" / "two" / "run.json").read_text(encoding="utf-8"))["set"] == record["set"]
    with pytest.raises(FrontdeskError, match=r"There is no finished run none with an adapter\..* two, one"):
        train("--from", "none")


def test_a_finished_run_is_evaluated_and_promoted_without_naming_it(settings: Settings, tmp_path: Path) -> None:
    held_out = Example("given:1", Origin.GIVEN, "How long may I return it?", "28 days.", split=Split.TEST)
    write_examples(settings.tuning_path / "sets" / "first" / "examples.jsonl", [*examples(40), held_out])
    config = tmp_path / "frontdesk.toml"
    config.write_text(
        f'data_dir = "{settings.data_path}"\n[model]\npath = "{write_tiny_llama(tmp_path / "tiny.gguf")}"\n'
        f'[tuning]\nfolder = "{settings.tuning_path}"\n'
    )

    def tune(*words: str) -> Any:
        done = CliRunner().invoke(app, ["--config", str(config), "tune", *words, "--json"], catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    tune("train", "--run", "one", "--rank", "4", "--epochs", "1", "--learning-rate", "5e-3", "--batch-size", "8")
    (adapter,) = tune("list")["adapters"]
    assert (adapter["run"], adapter["state"], adapter["verdict"]) == ("one", "candidate", None)
    assert tune("evaluate", "--mode", "rag+lora")["id"].startswith(adapter["id"])
    with pytest.raises(RegistryError, match=f"{adapter['id']} is not promoted"):
        tune("promote")
    assert tune("promote", "--force", "--reason", "to see it live")["id"] == adapter["id"]
    # By the run's name, as the scheduled round does, it is the same adapter.
    assert tune("evaluate", "one", "--mode", "rag+lora")["id"].startswith(adapter["id"])
    assert len(tune("list")["adapters"]) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--resume", "none"), "There is no run none to go on with"),
        (("--resume", "none", "--device", "cpu"), "There is no run none to go on with"),
        (("--from", "none"), r"There is no finished run none with an adapter\..*without --from"),
        (("--set", "none"), r"There is no set none\. .* first, or"),
        (("--device", "gpu"), r"There is no device 'gpu' here.*Leave --device out"),
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


def test_a_run_is_announced_only_once_it_can_be_gone_on_with(train: Train, tuning: Path, tmp_path: Path) -> None:
    few, unused = tmp_path / "few.jsonl", tmp_path / "unused.jsonl"
    write_examples(few, examples(3))
    write_examples(unused, [replace(one, split=Split.VALIDATION) for one in examples(20)])
    for file, sentence in ((few, "only 3 examples"), (unused, "for validation, so none are left")):
        done = train("--set", str(file), "--run", "vain", catch=True)
        assert isinstance(done.exception, FrontdeskError) and sentence in str(done.exception)
        assert "--resume" not in done.stderr and not (tuning / "runs" / "vain" / "run.json").exists()


def test_where_every_weight_is_trained_the_way_on_is_that_of_a_model(train: Train, tuning: Path) -> None:
    options = ("--full", "--epochs", "1", "--learning-rate", "1e-3", "--batch-size", "8")
    told = " ".join(train("--run", "whole", *options).stdout.split())
    assert (tuning / "runs" / "whole" / "model.gguf").is_file()
    assert "set model.path to the model, then frontdesk tune evaluate" in told
    assert not Registry(tuning).read().adapters


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


@pytest.mark.parametrize(
    "words",
    [
        ("--method", "magic"),
        ("--weight", "nobody=1"),
        ("--weight", "made=much"),
        ("--run", "a/b"),
        ("--run", ".."),
        ("--run", "../../elsewhere"),
        ("--resume", "../x"),
        ("--from", "a/b"),
    ],
)
def test_wrong_words_are_wrong_usage(words: tuple[str, ...], train: Train) -> None:
    assert train(*words).exit_code == 2


@pytest.mark.parametrize(
    "given", [("--learning-rate", "1e-4"), ("--set", "first"), ("--rslora",), ("--weight", "made=1")]
)
def test_what_a_resumed_run_cannot_change_is_wrong_usage(given: tuple[str, ...], train: Train) -> None:
    refused = train("--resume", "cut", *given)
    assert refused.exit_code == 2
    assert given[0] in refused.stderr and "goes on as it was begun" in " ".join(refused.stderr.split())


def test_without_a_set_there_is_nothing_to_train_on(train: Train, tuning: Path) -> None:
    (tuning / "sets" / "first" / "examples.jsonl").unlink()
    with pytest.raises(FrontdeskError, match=r"no set of examples yet.*tune prepare"):
        train()
