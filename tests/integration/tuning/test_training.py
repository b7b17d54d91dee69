"""Training learns, survives what cuts it off, and says in a sentence why it cannot go on."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from bot.generation.lora import read_lora
from bot.messages import Turn
from bot.tuning.base import Base, load_base
from bot.tuning.encoding import Encoder
from bot.tuning.errors import BusyError, NoRoomError, TrainingError
from bot.tuning.examples import Example, ExamplesError, Origin, Split, read_examples, write_examples
from bot.tuning.objectives import log_probabilities
from bot.tuning.options import Method, TrainingOptions
from bot.tuning.packing import Encoded, pack
from bot.tuning.training import STATE, Silent, TrainingResult, train
from tests.tiny_llama import write_tiny_llama

ROOT = Path(__file__).resolve().parents[3]
SYSTEM = Turn("system", "You are the assistant of a shop. Answer shortly, and only from what you know.")
QUICK = TrainingOptions(epochs=3, batch_size=8, learning_rate=5e-3, evaluations=2, patience=0, dropout=0.1)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_llama(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture
def base(tiny: Path) -> Base:
    return loaded(tiny)


def loaded(path: Path) -> Base:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return load_base(path, sha256, "tiny", device="cpu", dtype=torch.float32)


def examples(count: int = 60) -> list[Example]:
    found = []
    for n in range(count):
        asked = f"How long may I return parcel {n}?"
        prompt = (SYSTEM, Turn("user", asked))
        found.append(Example(f"made:{n}", Origin.MADE, asked, f"Within {n % 7 + 10} days.", prompt=prompt))
    return found


class Hook(Silent):
    """Does something at a step."""

    def __init__(self, step: int, do: Callable[[], None]) -> None:
        self.step, self.do = step, do
        self.said: list[str] = []

    def say(self, sentence: str) -> None:
        self.said.append(sentence)

    def show(self, stage: str, done: int, total: int) -> None:
        if stage == "training" and done == self.step:
            self.do()


def trained_weights(result: TrainingResult) -> bytes:
    return (result.folder / "peft" / "adapter_model.safetensors").read_bytes()


def test_a_training_leaves_an_adapter_for_its_base_and_papers_that_say_what_it_is(base: Base, tmp_path: Path) -> None:
    told = Hook(0, lambda: None)
    result = train(base, examples(), QUICK, tmp_path / "first", progress=told, about={"set": "a set"})
    adapter = read_lora(result.adapter, base.header, (base.sha256,))
    assert (adapter.rank, adapter.base_sha256) == (QUICK.rank, base.sha256)
    assert result.metrics["validation_loss"] < result.metrics["validation_loss_before"] - 1
    assert all(path.is_file() for path in result.artifacts)
    assert {path.name for path in result.artifacts} >= {"adapter.gguf", "loss.svg", "card.md", "run.json"}
    card = (result.folder / "card.md").read_text(encoding="utf-8")
    assert base.sha256 in card
    assert "| made | 54 | 6 |" in card
    record = json.loads((result.folder / "run.json").read_text(encoding="utf-8"))
    assert record["status"] == "done"
    assert record["set"] == "a set"
    assert record["agreement"]["same_tokens"] >= 0.9 * record["agreement"]["tokens"]
    assert any("GB of memory" in sentence for sentence in told.said), "what it takes is told before it starts"
    assert result.as_json()["id"] == "first"
    assert not (result.folder / STATE).exists(), "nothing to go on with is left"


DIES = """
import os, signal, sys
from pathlib import Path
from tests.integration.tuning.test_training import Hook, learned_by, loaded, train
die = Hook(int(sys.argv[3]), lambda: os.kill(os.getpid(), signal.SIGKILL))
train(loaded(Path(sys.argv[1])), *learned_by(sys.argv[4]), Path(sys.argv[2]), progress=die, threads=1)
"""


def learned_by(method: str) -> tuple[list[Example], TrainingOptions]:
    """Return examples that a method can learn from, and options to do it quickly."""
    given = examples()
    if method == Method.DPO:
        given = [replace(one, rejected="Nobody knows that, sorry.") for one in given]
    if method == Method.KTO:
        given[40:] = [replace(one, answer="Nobody knows.", liked=False) for one in given[40:]]
    return given, QUICK if method == Method.ANSWERS else replace(QUICK, method=Method(method), learning_rate=2e-3)


@pytest.mark.parametrize("method", Method)
def test_a_killed_training_goes_on_to_the_very_weights_of_an_unbroken_one(
    method: Method, tiny: Path, tmp_path: Path
) -> None:
    given, options = learned_by(method)
    unbroken = train(loaded(tiny), given, options, tmp_path / "unbroken", threads=1)
    folder = tmp_path / "killed"
    command = [sys.executable, "-c", DIES, str(tiny), str(folder), "12", method]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (folder / "adapter.gguf").exists()
    told = Hook(0, lambda: None)
    resumed = train(loaded(tiny), given, options, folder, resume=True, threads=1, progress=told)
    assert any(sentence.startswith("Going on after step ") for sentence in told.said)
    assert resumed.course.losses == unbroken.course.losses
    assert trained_weights(resumed) == trained_weights(unbroken)


def test_a_run_goes_on_only_with_what_it_was_begun_with(tiny: Path, tmp_path: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(loaded(tiny), examples(), QUICK, folder, progress=Hook(12, stop))
    assert json.loads((folder / "run.json").read_text())["status"] == "interrupted"
    with pytest.raises(TrainingError, match="other examples, other options"):
        train(loaded(tiny), examples(70), QUICK, folder, resume=True)
    with pytest.raises(TrainingError, match="other examples, other options"):
        train(loaded(tiny), examples(), replace(QUICK, learning_rate=1e-3), folder, resume=True)
    (folder / STATE).write_bytes((folder / STATE).read_bytes()[:-500])
    with pytest.raises(TrainingError, match="damaged"):
        train(loaded(tiny), examples(), QUICK, folder, resume=True)


@pytest.mark.parametrize("method", [Method.ANSWERS, Method.KTO])
def test_a_run_some_of_whose_examples_were_forgotten_begins_again_without_them(
    method: Method, tiny: Path, tmp_path: Path
) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    given, options = learned_by(method)
    folder, told = tmp_path / "run", Hook(0, lambda: None)
    with pytest.raises(KeyboardInterrupt):
        train(loaded(tiny), given, options, folder, progress=Hook(12, stop), threads=1)
    assert (folder / STATE).exists()
    resumed = train(loaded(tiny), given[3:], options, folder, resume=True, progress=told, threads=1)
    assert "3 examples were forgotten since; training begins again without them." in told.said
    afresh = train(loaded(tiny), given[3:], options, tmp_path / "afresh", threads=1)
    assert trained_weights(resumed) == trained_weights(afresh), "nothing is left of what was forgotten"


def test_an_earlier_run_is_gone_on_from_only_on_its_base_and_at_its_scale(tiny: Path, tmp_path: Path) -> None:
    options = replace(QUICK, epochs=1)
    train(loaded(tiny), examples(), options, tmp_path / "first")

    def further(name: str, **changed: Any) -> None:
        train(loaded(tiny), examples(), replace(options, **changed), tmp_path / name, start=tmp_path / "first")

    with pytest.raises(
        TrainingError, match=rf"another scale of the LoRA.*--rank {QUICK.rank} --alpha {QUICK.alpha:g},"
    ):
        further("scaled", alpha=2 * QUICK.alpha)
    with pytest.raises(TrainingError, match="another scale of the LoRA"):
        further("rslora", rslora=True)
    further("same", alpha=QUICK.alpha / QUICK.rank**0.5, rslora=True)
    record = tmp_path / "first" / "run.json"
    values = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps(values | {"base": values["base"] | {"sha256": "f" * 64}}), encoding="utf-8")
    with pytest.raises(TrainingError, match="another base model"):
        further("other")
    record.unlink()
    with pytest.raises(TrainingError, match="not known what first was trained on"):
        further("unknown")


def test_a_run_that_was_cut_off_before_its_first_checkpoint_begins_anew(tiny: Path, tmp_path: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    options = replace(QUICK, epochs=1)
    with pytest.raises(KeyboardInterrupt):
        train(loaded(tiny), examples(), options, tmp_path / "run", progress=Hook(1, stop))
    assert not (tmp_path / "run" / STATE).exists()
    assert train(loaded(tiny), examples(), options, tmp_path / "run", resume=True).course.step == 7


def test_a_loss_that_is_no_number_stops_training_and_the_command_that_helps_is_told(base: Base, tmp_path: Path) -> None:
    def spoil() -> None:
        spoiled = next(one for name, one in base.model.named_parameters() if "lora_B" in name)
        spoiled.data.fill_(float("nan"))

    with pytest.raises(TrainingError, match="no number any more at step 12 of 21") as raised:
        train(base, examples(), QUICK, tmp_path / "run", progress=Hook(11, spoil))
    assert "`frontdesk tune train --learning-rate 0.001`" in raised.value.fix
    assert "--resume would end the same way" in raised.value.fix
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["status"] == "failed"
    assert not (tmp_path / "run" / "adapter.gguf").exists()


def test_a_memory_that_is_too_small_stops_training_with_what_to_lower(base: Base, tmp_path: Path) -> None:
    def fill() -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    with pytest.raises(TrainingError, match=r"memory of cpu is full\..*--batch-tokens 1024`"):
        train(base, examples(), QUICK, tmp_path / "run", progress=Hook(2, fill))
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["status"] == "failed" and "memory of cpu is full" in record["problem"]


@pytest.mark.parametrize("device", ["gpu", "cuda:99", "meta", "hpu"])
def test_a_device_that_is_not_there_is_said_in_a_sentence(device: str, tiny: Path) -> None:
    with pytest.raises(TrainingError, match=rf"no device '{device}' here.*Leave --device out"):
        load_base(tiny, "", "tiny", device=device)


@pytest.fixture
def files_up_to() -> Iterator[Callable[[int], None]]:
    """Let no file grow beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_stops_training_and_it_goes_on_from_the_checkpoint_before(
    tiny: Path, tmp_path: Path, files_up_to: Callable[[int], None]
) -> None:
    folder = tmp_path / "run"
    with pytest.raises(NoRoomError, match=r"cannot be written.*before is whole.*--resume"):
        train(loaded(tiny), examples(), QUICK, folder, progress=Hook(8, lambda: files_up_to(50_000)))
    files_up_to(resource.RLIM_INFINITY)
    assert not list(folder.glob(".*.part")), "the half of a file is cleared away"
    assert train(loaded(tiny), examples(), QUICK, folder, resume=True).course.step == 21


def test_two_trainings_of_one_run_do_not_meet(tiny: Path, base: Base, tmp_path: Path) -> None:
    def again() -> None:
        with pytest.raises(BusyError, match="being trained at this moment"):
            train(loaded(tiny), examples(), QUICK, tmp_path / "run", resume=True)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(base, examples(), QUICK, tmp_path / "run", progress=Hook(1, again))


def test_a_new_run_never_takes_the_place_of_one_that_was_begun_meanwhile(
    tiny: Path, base: Base, tmp_path: Path
) -> None:
    options = replace(QUICK, epochs=1)
    done = train(base, examples(), options, tmp_path / "run")
    before = {path.name: path.read_bytes() for path in done.folder.iterdir() if path.is_file()}
    with pytest.raises(TrainingError, match="There is a run run already"):
        train(loaded(tiny), examples(30), options, tmp_path / "run")
    assert {path.name: path.read_bytes() for path in done.folder.iterdir() if path.is_file()} == before


def same(count: int) -> list[Example]:
    return [replace(one, id=str(n)) for n, one in enumerate(examples(1) * count)]


def long(count: int) -> list[Example]:
    return [replace(one, prompt=(SYSTEM, Turn("user", f"{one.question} {'word ' * 3000}"))) for one in examples(count)]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([], "There are no examples to train on; at least 10"),
        (examples(3), "There are only 3 examples"),
        (same(40), "all alike: 40 say 1 different thing"),
        (long(20), r"20 of the examples have more than 2,048 tokens.*--max-tokens"),
        ([replace(one, split=Split.TEST) for one in examples()], "There are no examples to train on"),
        ([replace(one, liked=False) for one in examples()], "There are no examples to train on"),
    ],
)
def test_what_cannot_be_learned_from_is_said_in_a_sentence(
    given: list[Example], sentence: str, base: Base, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match=sentence):
        train(base, given, QUICK, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_an_example_longer_than_the_context_is_left_out_and_counted(base: Base, tmp_path: Path) -> None:
    result = train(base, [*examples(), *long(1)], replace(QUICK, epochs=1), tmp_path / "run")
    assert result.counts.too_long == 1
    assert result.counts.longest > 2048
    assert "1 too long" in (result.folder / "card.md").read_text()


def test_a_broken_line_of_an_edited_set_is_named(base: Base, tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    write_examples(path, examples())
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:4], lines[4][:-20], *lines[5:]]))
    with pytest.raises(ExamplesError, match=r"Line 5 of .* is no example"):
        train(base, read_examples(path), QUICK, tmp_path / "run")


def test_a_model_that_cannot_be_trained_is_refused(tmp_path: Path) -> None:
    path = write_tiny_llama(tmp_path / "other.gguf", architecture="plamo")
    with pytest.raises(TrainingError, match=r"cannot be trained.*'plamo'.*an architecture that can be trained"):
        loaded(path)


def test_a_checkpoint_of_another_model_is_refused(tiny: Path, tmp_path: Path) -> None:
    other = loaded(write_tiny_llama(tmp_path / "other.gguf", seed=1))
    other.model.set_attn_implementation("sdpa")
    other.model.config.quantization_config = None
    other.model.save_pretrained(tmp_path / "checkpoint")
    with pytest.raises(TrainingError, match=r"is not what tiny\.gguf says"):
        load_base(tiny, "", "tiny", checkpoint=str(tmp_path / "checkpoint"), dtype=torch.float32)
    with pytest.raises(TrainingError, match="cannot be loaded"):
        load_base(tiny, "", "tiny", checkpoint=str(tmp_path / "nothing"), dtype=torch.float32)


def test_training_stops_where_the_validation_loss_no_longer_falls(base: Base, tmp_path: Path) -> None:
    # What is checked on has nothing to do with what is learned.
    draws = iter("alpha beta gamma delta epsilon zeta eta theta iota kappa".split())
    checked = [replace(one, answer=f"{next(draws)} {one.id}", split=Split.VALIDATION) for one in examples(10)]
    options = replace(QUICK, epochs=40, patience=3, evaluations=1, dropout=0.0)
    result = train(base, [*examples(40), *checked], options, tmp_path / "run")
    assert result.course.stopped
    assert result.course.step < result.course.steps
    best = min(result.course.validation, key=lambda one: one[1])
    assert result.course.best_step == best[0], "the weights kept are those of the lowest loss"


def answer_logs(base: Base, tiny: Path, asked: Iterable[tuple[tuple[Turn, ...], str]]) -> list[float]:
    with Encoder(tiny, 2048) as encoder:
        texts = [one for prompt, said in asked if isinstance(one := encoder.encode(prompt, said), Encoded)]
    packed = pack(texts)
    base.model.train(False)
    with torch.no_grad():
        logs = log_probabilities(base.hidden(packed), base.head, packed)
    return [float(logs[packed.owners == number].sum()) for number in range(len(texts))]


def test_dpo_makes_the_better_answer_likelier_than_the_rejected_one(base: Base, tiny: Path, tmp_path: Path) -> None:
    pairs = [replace(one, rejected="Nobody knows that, sorry.") for one in examples()]
    asked = [(one.prompt, answer) for one in pairs[:8] for answer in (one.answer, one.rejected)]
    before = answer_logs(base, tiny, asked)
    train(base, pairs, replace(QUICK, method=Method.DPO, learning_rate=2e-3), tmp_path / "run")
    gained = [after - was for after, was in zip(answer_logs(base, tiny, asked), before, strict=True)]
    assert all(chosen > rejected for chosen, rejected in zip(gained[::2], gained[1::2], strict=True))
    with pytest.raises(TrainingError, match="0 examples have an answer that was not liked beside a better one"):
        train(loaded(tiny), examples(), replace(QUICK, method=Method.DPO), tmp_path / "other")


def test_kto_learns_from_liked_and_disliked_answers_to_different_questions(
    base: Base, tiny: Path, tmp_path: Path
) -> None:
    liked = examples(60)
    disliked = [replace(one, id=f"no:{one.id}", answer="Nobody knows.", liked=False) for one in liked[40:]]
    given = [*liked[:40], *disliked]
    asked = [(liked[0].prompt, liked[0].answer), (disliked[0].prompt, "Nobody knows.")]
    before = answer_logs(base, tiny, asked)
    train(base, given, replace(QUICK, method=Method.KTO, learning_rate=2e-3), tmp_path / "run")
    good, bad = (after - was for after, was in zip(answer_logs(base, tiny, asked), before, strict=True))
    assert good > bad
    with pytest.raises(TrainingError, match="only one kind"):
        train(loaded(tiny), examples(), replace(QUICK, method=Method.KTO), tmp_path / "other")


def test_an_adapter_is_trained_further_from_where_another_run_ended(tiny: Path, tmp_path: Path) -> None:
    first = train(loaded(tiny), examples(), QUICK, tmp_path / "first")
    more = replace(QUICK, epochs=1, learning_rate=1e-3)
    second = train(loaded(tiny), examples(), more, tmp_path / "second", start=tmp_path / "first")
    assert second.metrics["validation_loss_before"] == pytest.approx(first.metrics["validation_loss"], abs=1e-3)
    with pytest.raises(TrainingError, match="other layers or another rank"):
        train(loaded(tiny), examples(), replace(more, rank=4), tmp_path / "third", start=tmp_path / "first")


def test_origins_are_seen_as_often_as_they_weigh(base: Base, tmp_path: Path) -> None:
    given = [replace(one, origin=Origin.LIKED if n % 2 else Origin.MADE) for n, one in enumerate(examples(80))]
    options = replace(QUICK, epochs=1, weights={"liked": 2.0, "made": 0.0})
    result = train(base, given, options, tmp_path / "run")
    assert result.course.steps == -(-2 * result.counts.train["liked"] // options.batch_size)


@pytest.mark.parametrize(
    "wrong", [{"rank": 0}, {"targets": "heads"}, {"learning_rate": 2.0}, {"weights": {"made": -1}}]
)
def test_options_that_make_no_sense_are_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(TrainingError, match=f"{next(iter(wrong))} is "):
        TrainingOptions(**wrong)
