"""Adapters are promoted, taken back and put aside; whatever goes wrong, the one in force stays."""

import json
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from bot.tuning.bootstrap import Interval
from bot.tuning.errors import BusyError, NoRoomError
from bot.tuning.evaluation import Evaluation, Subject
from bot.tuning.gate import Finding, Verdict
from bot.tuning.registry import AdapterState, Base, Registered, Registry, RegistryError
from knowledge.errors import FrontdeskError
from tests.loras import write_base, write_lora

PASSED = Verdict((Finding(True, "It is better."),))
NOT_PASSED = Verdict((Finding(False, "It is not better by more than chance."),))
BASE_HASH = "b" * 64


@pytest.fixture
def base(tmp_path: Path) -> Base:
    return Base(write_base(tmp_path / "base.gguf"), ("a" * 64, BASE_HASH))


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "tuning")


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, base: Base) -> Write:
    def write(seed: int, base_sha256: str = BASE_HASH, **more: str) -> Path:
        assert base.path
        return write_lora(tmp_path / f"adapter-{seed}.gguf", base.path, base_sha256, seed=seed, **more)  # type: ignore[arg-type]

    return write


def evaluation(one: Registered, against: str = "") -> Evaluation:
    subject = Subject(one.id, one.sha256, "", against, "tiny", "bb", 1, "MiniLM", "cc")
    figures: dict[str, dict[str, float | None]] = {"rag": {"f1": 0.2}, "rag+lora": {"f1": 0.4}}
    return Evaluation(subject.id, subject, {"given": 40}, 40, figures, {}, {}, {"x": {"f1": Interval(1, 1, 1)}})


def taken_in(registry: Registry, base: Base, path: Path, said: Verdict = PASSED) -> Registered:
    """Take an adapter in and have it evaluated against what is in force."""
    one = registry.add(path, base, run=path.stem)
    in_force = registry.in_force()
    return registry.record(one.id, evaluation(one, in_force.sha256 if in_force else ""), said)


def test_a_candidate_is_promoted_replaced_and_comes_back(registry: Registry, base: Base, write: Write) -> None:
    first = taken_in(registry, base, write(1))
    assert registry.in_force() is None
    registry.promote(first.id, base, by="slack:U1")
    second = taken_in(registry, base, write(2))
    registry.promote(second.id, base)
    now = registry.read()
    assert (now.in_force, now.before) == (second.id, ("", first.id))
    assert [one.state for one in now.adapters.values()] == [AdapterState.PAST, AdapterState.IN_FORCE]
    assert registry.rollback(base, by="slack:U1", reason="complaints") == replace(
        now.adapters[first.id], state=AdapterState.IN_FORCE
    )
    in_force = registry.in_force()
    assert in_force and (in_force.name, in_force.path) == (first.id, registry.path_of(first.id))
    assert registry.rollback(base) is None
    assert registry.in_force() is None
    with pytest.raises(RegistryError, match="nothing to roll back"):
        registry.rollback(base)
    did = [(event.did, event.adapter, event.by, event.reason) for event in registry.read().events]
    assert did[-2:] == [("rolled back", second.id, "slack:U1", "complaints"), ("rolled back", first.id, "", "")]
    assert ("promoted", first.id, "slack:U1", "") in did


def test_the_adapter_of_the_settings_answers_until_another_is_promoted(
    tmp_path: Path, base: Base, write: Write
) -> None:
    own = write(9)
    registry = Registry(tmp_path / "tuning", first=own)
    in_force = registry.in_force()
    assert in_force and (in_force.name, in_force.path) == (own.stem, own)
    one = taken_in(registry, base, write(1))
    registry.promote(one.id, base)
    assert registry.in_force().name == one.id  # type: ignore[union-attr]
    assert registry.rollback(base) is None
    assert registry.in_force() == in_force


def test_what_the_gate_does_not_let_through_needs_force_and_a_reason(
    registry: Registry, base: Base, write: Write
) -> None:
    one = taken_in(registry, base, write(1), NOT_PASSED)
    with pytest.raises(RegistryError, match="not better by more than chance"):
        registry.promote(one.id, base)
    with pytest.raises(RegistryError, match="needs a reason"):
        registry.promote(one.id, base, force=True, reason=" ")
    assert registry.in_force() is None
    registry.promote(one.id, base, force=True, reason="We like its tone.")
    assert registry.in_force()
    last = registry.read().events[-1]
    assert (last.forced, last.reason) == (True, "We like its tone.")


def test_an_adapter_that_was_not_evaluated_or_against_another_one_is_not_promoted(
    registry: Registry, base: Base, write: Write
) -> None:
    unknown = registry.add(write(1), base)
    with pytest.raises(RegistryError, match="was not evaluated"):
        registry.promote(unknown.id, base)
    first, second = taken_in(registry, base, write(2)), taken_in(registry, base, write(3))
    registry.promote(first.id, base)
    with pytest.raises(RegistryError, match="compared with another adapter than the one that is in force now"):
        registry.promote(second.id, base)
    assert registry.read().in_force == first.id


def test_a_candidate_is_put_aside_but_not_the_one_in_force(registry: Registry, base: Base, write: Write) -> None:
    one = taken_in(registry, base, write(1))
    assert registry.reject(one.id, by="discord:1", reason="too curt").state is AdapterState.REJECTED
    with pytest.raises(RegistryError, match="There is no candidate"):
        registry.read().newest()
    registry.promote(one.id, base)
    with pytest.raises(RegistryError, match="is in force"):
        registry.reject(one.id)


def test_the_same_file_is_one_adapter_and_a_copy_outlives_its_training_run(
    registry: Registry, base: Base, write: Write
) -> None:
    path = write(1)
    one = registry.add(path, base, run="run-7")
    assert one.id.startswith("run-7-")
    assert registry.add(path, base, run="again") == one
    path.unlink()
    assert registry.path_of(one.id).exists()
    registry.path_of(one.id).unlink()
    assert registry.add(write(1), base) == one
    assert registry.path_of(one.id).exists()


def test_a_damaged_copy_is_made_whole_by_taking_the_same_file_in_again(
    registry: Registry, base: Base, write: Write
) -> None:
    path = write(1)
    one = taken_in(registry, base, path)
    registry.path_of(one.id).write_bytes(path.read_bytes()[:-10])
    with pytest.raises(RegistryError, match="changed or damaged"):
        registry.promote(one.id, base)
    assert registry.add(path, base).id == one.id
    registry.promote(one.id, base)
    assert registry.path_of(one.id).read_bytes() == path.read_bytes()


def test_an_adapter_in_force_that_got_broken_can_be_replaced(registry: Registry, base: Base, write: Write) -> None:
    first, second = taken_in(registry, base, write(1)), registry.add(write(2), base)
    registry.promote(first.id, base)
    registry.record(second.id, evaluation(second, first.sha256), PASSED)
    registry.path_of(first.id).unlink()
    registry.promote(second.id, base)
    assert registry.in_force().name == second.id  # type: ignore[union-attr]


def test_an_id_may_be_shortened_as_long_as_it_names_one(registry: Registry, base: Base, write: Write) -> None:
    one, two = registry.add(write(1), base, run="run"), registry.add(write(2), base, run="run")
    now = registry.read()
    assert now.adapter(one.id[:8]) == one
    assert now.newest() == two
    with pytest.raises(RegistryError, match="may be"):
        now.adapter("run")
    with pytest.raises(RegistryError, match="There is no adapter 'other'"):
        now.adapter("other")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("another base", "trained on another base model"),
        ("another architecture", "for the architecture 'qwen2', the model is 'llama'"),
        ("a model", "is not a LoRA adapter"),
        ("damaged", "cannot be used"),
        ("missing", "cannot be used"),
    ],
)
def test_an_adapter_that_the_model_cannot_use_is_not_taken_in(
    harm: str, words: str, registry: Registry, base: Base, write: Write, tmp_path: Path
) -> None:
    path = write(1, base_sha256="f" * 64 if harm == "another base" else BASE_HASH)
    if harm == "another architecture":
        path = write(1, architecture="qwen2")
    elif harm == "a model":
        assert base.path
        path = base.path
    elif harm == "damaged":
        path.write_bytes(path.read_bytes()[:-100])
    elif harm == "missing":
        path.unlink()
    with pytest.raises(RegistryError, match=words) as caught:
        registry.add(path, base)
    assert caught.value.fix
    assert not registry.read().adapters


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("the base was replaced", "trained on another base model"),
        ("the file was changed", "was changed or damaged"),
        ("the file is gone", "is gone"),
        ("the base has another form", "does not fit the model"),
        ("the base is broken", "incomplete"),
    ],
)
def test_what_happened_since_training_is_noticed_at_the_promotion(
    harm: str, words: str, registry: Registry, base: Base, write: Write, tmp_path: Path
) -> None:
    standing, one = taken_in(registry, base, write(1)), registry.add(write(2), base)
    registry.promote(standing.id, base)
    registry.record(one.id, evaluation(one, standing.sha256), PASSED)
    path = registry.path_of(one.id)
    if harm == "the base was replaced":
        base = replace(base, hashes=("c" * 64,))
    elif harm == "the file was changed":
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    elif harm == "the file is gone":
        path.unlink()
    elif harm == "the base has another form":
        base = replace(base, path=write_base(tmp_path / "other.gguf", width=16))
    else:
        assert base.path
        base.path.write_bytes(base.path.read_bytes()[:-40])
    for force in (False, True):
        with pytest.raises(RegistryError, match=words):
            registry.promote(one.id, base, force=force, reason="I want it")
    assert registry.read().in_force == standing.id


def test_why_the_adapter_in_force_answers_no_more_is_told(registry: Registry, base: Base, write: Write) -> None:
    other = replace(base, hashes=("c" * 64,))
    assert registry.trouble(registry.read(), lambda: other) == "", "without an adapter there is no trouble with one"
    one = taken_in(registry, base, write(1))
    assert registry.trouble(registry.read(), lambda: other) == "", "nor with one that is not in force"
    registry.promote(one.id, base)
    now = registry.read()
    assert registry.trouble(now, lambda: base) == ""
    told = registry.trouble(now, lambda: other)
    assert "trained on another base model" in told and "Train it again" in told

    def gone() -> Base:
        raise FrontdeskError("The model is gone.", "Put it back.")

    assert registry.trouble(now, gone) == "The model is gone. Put it back.", "the list is shown all the same"
    registry.path_of(one.id).unlink()
    assert "is gone" in registry.trouble(now, lambda: base)


def test_an_adapter_of_the_settings_that_does_not_fit_is_told(tmp_path: Path, base: Base, write: Write) -> None:
    registry = Registry(tmp_path / "tuning", first=write(1, base_sha256="f" * 64))
    assert "another base model" in registry.trouble(registry.read(), lambda: base)


def test_an_adapter_that_does_not_name_its_base_is_held_to_the_one_it_was_taken_in_for(
    registry: Registry, base: Base, write: Write
) -> None:
    one = taken_in(registry, base, write(1, base_sha256=""))
    assert one.base_sha256 == BASE_HASH
    with pytest.raises(RegistryError, match="trained on another base model"):
        registry.promote(one.id, replace(base, hashes=("c" * 64,)))


def test_a_rollback_to_an_adapter_of_the_settings_that_fits_no_more_says_what_leads_out(
    tmp_path: Path, base: Base, write: Write
) -> None:
    own = write(9)
    registry = Registry(tmp_path / "tuning", first=own)
    one = taken_in(registry, base, write(1))
    registry.promote(one.id, base, force=True, reason="to begin with")
    own.write_bytes(b"GGUF")
    with pytest.raises(RegistryError) as raised:
        registry.rollback(base)
    assert "set lora.path to an adapter of this model, or take it out, and roll back again" in raised.value.fix
    assert registry.read().in_force == one.id


def test_a_rollback_to_an_adapter_that_is_damaged_changes_nothing(registry: Registry, base: Base, write: Write) -> None:
    first = taken_in(registry, base, write(1))
    registry.promote(first.id, base)
    second = taken_in(registry, base, write(2))
    registry.promote(second.id, base)
    registry.path_of(first.id).write_bytes(b"GGUF")
    with pytest.raises(RegistryError, match="changed or damaged"):
        registry.rollback(base)
    assert registry.read().in_force == second.id


def test_a_rollback_passes_over_what_was_put_aside_since(registry: Registry, base: Base, write: Write) -> None:
    ids = []
    for seed in (1, 2, 3, 4):
        one = taken_in(registry, base, write(seed))
        registry.promote(one.id, base)
        ids.append(one.id)
    registry.reject(ids[1], reason="rude")
    registry.path_of(ids[2]).unlink()
    with pytest.raises(RegistryError, match="is gone") as raised:
        registry.rollback(base)
    assert raised.value.fix.endswith(f"`frontdesk tune reject {ids[2]}` and roll back again.")
    registry.reject(ids[2])
    back = registry.rollback(base)
    assert back and back.id == ids[0]
    now = registry.read()
    assert (now.in_force, now.before) == (ids[0], ("",))
    assert [now.adapters[id].state for id in ids] == [
        AdapterState.IN_FORCE,
        AdapterState.REJECTED,
        AdapterState.REJECTED,
        AdapterState.PAST,
    ]
    assert registry.rollback(base) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', '{"format": 1, "adapters": [{}]}', "\xff"])
def test_a_broken_registry_is_told_and_not_written_over(
    text: str, registry: Registry, base: Base, write: Write
) -> None:
    one = taken_in(registry, base, write(1))
    path = registry.folder / "registry.json"
    path.write_bytes(text.encode("latin-1"))
    for work in (registry.read, lambda: registry.promote(one.id, base), lambda: registry.add(write(2), base)):
        with pytest.raises(RegistryError, match=r"The registry of adapters .* is broken"):
            work()
    assert path.read_bytes() == text.encode("latin-1")


def test_a_disk_without_room_leaves_the_registry_as_it_was(
    registry: Registry, base: Base, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = taken_in(registry, base, write(1))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = (registry.folder / "registry.json").read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoomError, match="No space left on device"):
        registry.promote(one.id, base)
    assert (registry.folder / "registry.json").read_bytes() == before
    assert sorted(path.name for path in registry.folder.iterdir()) == ["adapters", "registry.json", "registry.lock"]


def _reject(folder: Path, id: str) -> None:
    for number in range(5):
        Registry(folder).reject(id, reason=str(number))


def test_processes_that_write_at_once_lose_nothing(registry: Registry, base: Base, write: Write) -> None:
    ids = [registry.add(write(seed), base).id for seed in range(3)]
    context = multiprocessing.get_context("spawn")
    working = [context.Process(target=_reject, args=(registry.folder, id)) for id in ids]
    for process in working:
        process.start()
    for process in working:
        process.join()
    events = registry.read().events
    assert sorted((one.adapter, one.reason) for one in events if one.did == "rejected") == sorted(
        (id, str(number)) for id in ids for number in range(5)
    )
    json.loads((registry.folder / "registry.json").read_text(encoding="utf-8"))


def test_whoever_changes_it_meanwhile_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry(tmp_path)
    monkeypatch.setattr("bot.tuning.registry.LOCK_PATIENCE_S", 0.1)
    with FileLock(tmp_path / "registry.lock"), pytest.raises(BusyError, match="Somebody else is changing"):
        registry.forget("slack:U1")
