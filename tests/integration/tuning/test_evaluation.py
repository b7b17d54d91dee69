"""An evaluation asks the real pipeline, keeps what was answered, and comes out the same each time."""

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from adapters import wiring
from adapters.cli import app
from adapters.tuning.evaluation import Done, EvaluationError, Wanted, _learned_from, evaluate, find_adapter
from bot.generation.engine import EngineError
from bot.messages import Mode, Status
from bot.settings import Settings
from bot.tuning.answering import Kept
from bot.tuning.default import default_adapter
from bot.tuning.errors import BusyError
from bot.tuning.evaluation import IN_FORCE, read_evaluation
from bot.tuning.examples import Example, ExamplePassage, ExamplesError, Origin, Split, write_examples
from bot.tuning.heldout import TrainedOn
from bot.tuning.registry import RegistryError
from knowledge import sample
from tests.model_servers import Peer, answers, models, peer
from tests.tiny_llama import write_tiny_llama

Write = Callable[..., Path]
TIMES = {"seconds", "first_token_p50_s", "total_p50_s", "total_p95_s"}


def quiet(stage: str, done: int, total: int) -> None: ...


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """A few of the handbook's questions, two of them unanswerable."""
    lines = sample.questions()
    chosen = [one for one in lines if one["answerable"]][:4] + [one for one in lines if not one["answerable"]][:2]
    for one in chosen[:2]:
        one["answer"] = "You have 28 days from delivery."
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in chosen), encoding="utf-8")
    return path


async def run(settings: Settings, questions: Path, **wanted: Any) -> Done:
    return await evaluate(settings, Wanted(questions=questions, **wanted), quiet)


def but_times(metrics: dict[str, dict[str, float | None]]) -> dict[str, dict[str, float | None]]:
    return {
        mode: {name: value for name, value in figures.items() if name not in TIMES} for mode, figures in metrics.items()
    }


async def test_every_mode_is_measured_and_the_same_again_is_the_same(
    settings: Settings, questions: Path, lora: Write
) -> None:
    done = await run(settings, questions, adapter=str(lora(1)))
    assert done.adapter
    metrics = done.evaluation.metrics
    assert list(metrics) == ["base", "lora", "rag", "rag+lora", "adaptive"]
    assert metrics["rag"]["refusal_recall"] == 1.0
    assert metrics["rag"]["groundedness"] == 1.0
    assert metrics["base"]["groundedness"] is not None and metrics["base"]["groundedness"] < 1.0
    assert metrics["rag"]["model_f1"] and metrics["rag"]["model_f1"] != metrics["rag"]["f1_of_answers"]
    assert metrics["rag"]["citation_precision"] is not None
    assert metrics["base"]["citation_precision"] is None
    assert all(figures["small_talk"] == 1.0 and figures["failed"] == 0.0 for figures in metrics.values())
    folder = settings.tuning_path / "evaluations" / done.evaluation.id
    kept = Kept(folder / "answers" / f"rag+lora-{done.adapter.id}.jsonl").read()
    assert {one.lora for one in kept.values() if one.status == Status.ANSWERED} == {done.adapter.id}
    assert [path.name for path in done.artifacts] == ["evaluation.json", "report.md", "figures.svg"]
    assert all(path.is_file() for path in done.artifacts)
    assert read_evaluation(done.artifacts[0]) == done.evaluation
    assert done.adapter.evaluation == done.evaluation.id
    assert done.adapter.verdict and "too few" in done.adapter.verdict.why_not
    again = await run(settings, questions, adapter=done.adapter.id, anew=True, modes=(Mode.RAG_LORA,))
    assert again.evaluation.id == done.evaluation.id
    assert read_evaluation(done.artifacts[0]) == done.evaluation, "a part takes nothing away from the whole"
    assert read_evaluation(again.artifacts[0]) == again.evaluation
    assert wiring.registry(settings).read().adapter(done.adapter.id) == done.adapter, "nor from what is known"
    assert not again.noted and again.adapter == done.adapter
    assert but_times(again.evaluation.metrics)["rag+lora"] == but_times(metrics)["rag+lora"]


async def test_what_was_answered_before_an_interruption_is_not_asked_again(settings: Settings, questions: Path) -> None:
    class Interrupted(Exception): ...

    asked: list[int] = []

    def stop(stage: str, done: int, total: int) -> None:
        asked.append(done)
        if stage == "rag" and done == 3:
            raise Interrupted

    with pytest.raises(Interrupted):
        await evaluate(settings, Wanted(questions=questions, modes=(Mode.BASE, Mode.RAG)), stop)
    (folder,) = (settings.tuning_path / "evaluations").iterdir()
    rag = folder / "answers" / "rag.jsonl"
    assert len(Kept(rag).read()) == 3
    # As a crash in the middle of a line would leave it.
    rag.write_bytes(rag.read_bytes().rstrip() + b'\n{"id": "half')
    before = rag.read_bytes()
    begun: dict[str, int] = {}
    done = await evaluate(
        settings,
        Wanted(questions=questions, modes=(Mode.BASE, Mode.RAG)),
        lambda stage, done, total: begun.setdefault(stage, done) and None,
    )
    assert begun["rag"] == 3 and begun["base"] == len(Kept(folder / "answers" / "base.jsonl").read())
    assert rag.read_bytes().startswith(before)
    assert done.evaluation.metrics["rag"]["failed"] == 0.0


async def test_a_candidate_is_compared_with_the_adapter_in_force(
    settings: Settings, questions: Path, lora: Write
) -> None:
    registry, base = wiring.registry(settings), wiring.base(settings)
    standing = registry.add(lora(1), base)
    registry.promote(standing.id, base, force=True, reason="to begin with")
    candidate = registry.add(lora(2), base)
    done = await run(settings, questions, limit=2, modes=(Mode.RAG, Mode.RAG_LORA))
    assert done.adapter and done.adapter.id == candidate.id, "the newest candidate, unless another is named"
    assert list(done.evaluation.metrics) == ["rag", "rag+lora", IN_FORCE]
    assert done.evaluation.subject.in_force_sha256 == standing.sha256
    answers = settings.tuning_path / "evaluations" / done.evaluation.id / "answers"
    used = {path.name: {one.lora for one in Kept(path).read().values()} - {""} for path in answers.iterdir()}
    assert used == {
        "rag.jsonl": set(),
        f"rag-lora-{candidate.id}.jsonl".replace("rag-lora", "rag+lora"): {candidate.id},
        f"in-force-{standing.id}.jsonl": {standing.id},
    }


async def test_questions_that_an_adapter_was_trained_on_are_no_evidence(
    settings: Settings, questions: Path, lora: Write, tmp_path: Path
) -> None:
    asked = [json.loads(line)["question"] for line in questions.read_text(encoding="utf-8").splitlines()]
    examples = settings.tuning_path / "sets" / "one" / "examples.jsonl"
    write_examples(examples, [Example("given:1", Origin.GIVEN, asked[0], "In 28 days.")])
    run_folder = settings.tuning_path / "runs" / "night"
    run_folder.mkdir(parents=True)
    (run_folder / "run.json").write_text(json.dumps({"set": str(examples), "start": ""}), encoding="utf-8")
    lora(1).rename(run_folder / "adapter.gguf")
    done = await run(settings, questions, adapter="night", modes=(Mode.RAG,))
    assert sum(done.evaluation.counts.values()) == len(asked) - 1
    assert "as the adapter was trained on them: 1" in done.artifacts[1].read_text(encoding="utf-8")
    assert read_evaluation(done.artifacts[0]) == done.evaluation


async def test_documents_that_are_not_there_are_told_and_measure_no_citation(
    settings: Settings, questions: Path
) -> None:
    lines = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    answerable = [one for one in lines if one["answerable"]]
    for one in answerable[1:]:
        one["gold_doc_ids"] = [f"renamed/{one['qid']}.md"]
        one.pop("meta", None)
    questions.write_text("".join(json.dumps(one) + "\n" for one in answerable), encoding="utf-8")
    done = await run(settings, questions, modes=(Mode.RAG,))
    assert len(done.evaluation.unknown_documents) == 3
    assert "**Not among the documents**" in done.artifacts[1].read_text(encoding="utf-8")
    assert done.evaluation.measured_by["rag"]["citation_precision"] == 1
    questions.write_text("".join(json.dumps(one) + "\n" for one in answerable[1:]), encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"None of the documents that .* names is there: renamed/"):
        await run(settings, questions, modes=(Mode.RAG,))


async def test_an_adapter_in_force_that_cannot_be_used_any_more_stands_in_no_evaluations_way(
    settings: Settings, questions: Path, lora: Write
) -> None:
    registry, base = wiring.registry(settings), wiring.base(settings)
    standing, candidate = registry.add(lora(1), base), registry.add(lora(2), base)
    registry.promote(standing.id, base, force=True, reason="to begin with")
    registry.path_of(standing.id).write_bytes(b"damaged")
    done = await run(settings, questions, adapter=candidate.id, limit=1, modes=(Mode.RAG, Mode.RAG_LORA))
    assert list(done.evaluation.metrics) == ["rag", "rag+lora"]
    assert done.evaluation.subject.in_force_sha256 == standing.sha256, "it is the one that would be replaced"


async def test_only_all_questions_in_the_modes_of_the_gate_change_what_is_known_of_an_adapter(
    settings: Settings, questions: Path, lora: Write
) -> None:
    first_two = questions.read_text(encoding="utf-8").splitlines(keepends=True)[:2]
    questions.write_text("".join(first_two), encoding="utf-8")
    registry = wiring.registry(settings)
    candidate = registry.add(lora(1), wiring.base(settings))
    limited = await run(settings, questions, limit=1, modes=(Mode.RAG, Mode.RAG_LORA))
    assert limited.adapter == candidate and not limited.noted
    plain = await run(settings, questions, modes=(Mode.RAG,))
    assert (plain.adapter, plain.evaluation.subject.adapter) == (None, ""), "answers without an adapter are of none"
    assert registry.read().adapter(candidate.id) == candidate
    whole = await run(settings, questions, modes=(Mode.RAG, Mode.RAG_LORA))
    assert whole.noted and whole.adapter == registry.read().adapter(candidate.id)
    assert whole.adapter.verdict and "trained elsewhere" in whole.adapter.verdict.why_not


async def test_an_adapter_trained_here_is_known_by_its_run_however_it_is_named(
    settings: Settings, questions: Path, lora: Write
) -> None:
    file, base = lora(1), wiring.base(settings)
    assert find_adapter(wiring.registry(settings), str(file), base).run == ""  # type: ignore[union-attr]
    here = settings.tuning_path / "runs" / "night" / "adapter.gguf"
    here.parent.mkdir(parents=True)
    shutil.copy(file, here)
    found = find_adapter(wiring.registry(settings), str(here), base)
    assert found and found.run == "night" and len(wiring.registry(settings).read().adapters) == 1
    assert find_adapter(wiring.registry(settings), "night", base) == found


def test_of_the_adapter_that_comes_with_frontdesk_it_is_known_what_it_learned_from(
    settings: Settings, lora: Write
) -> None:
    registry, base = wiring.registry(settings), wiring.base(settings)
    own = default_adapter()
    assert own
    assert _learned_from(registry, registry.add(own, base)) == TrainedOn()
    assert _learned_from(registry, registry.add(lora(1), base)) == TrainedOn(unknown_origin=True)
    assert _learned_from(registry, None) == TrainedOn()


async def test_the_rival_is_the_one_that_the_gate_is_told_of_whatever_is_promoted_meanwhile(
    settings: Settings, questions: Path, lora: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, base = wiring.registry(settings), wiring.base(settings)
    first, second, candidate = (registry.add(lora(seed), base) for seed in (1, 2, 3))
    registry.promote(first.id, base, force=True, reason="to begin with")
    usual = wiring.retriever

    def promoting(settings: Settings) -> Any:
        registry.promote(second.id, base, force=True, reason="meanwhile")
        return usual(settings)

    monkeypatch.setattr(wiring, "retriever", promoting)
    done = await run(settings, questions, adapter=candidate.id, limit=1, modes=(Mode.RAG, Mode.RAG_LORA))
    subject = done.evaluation.subject
    assert (subject.in_force, subject.in_force_sha256) == (first.id, first.sha256)


async def test_an_adapter_in_force_of_another_model_stands_in_no_evaluations_way(
    settings: Settings, questions: Path, lora: Write, tmp_path: Path
) -> None:
    registry, base = wiring.registry(settings), wiring.base(settings)
    registry.promote(registry.add(lora(1), base).id, base, force=True, reason="to begin with")
    other = settings.model.model_copy(update={"path": str(write_tiny_llama(tmp_path / "other.gguf"))})
    done = await run(settings.model_copy(update={"model": other}), questions, limit=1, modes=(Mode.RAG,))
    assert (list(done.evaluation.metrics), done.evaluation.subject.adapter) == (["rag"], "")


def served_by(settings: Settings, server: Peer, **generation: Any) -> Settings:
    """Settings of a model on a server, with the local one and the adapter that comes with it to fall back on."""
    remote = settings.generation.model_copy(update={"engine": "remote", "url": server.url, **generation})
    return settings.model_copy(
        update={"generation": remote, "lora": settings.lora.model_copy(update={"default": True})}
    )


async def test_an_adapter_in_force_that_the_server_lacks_stands_in_no_evaluations_way(
    settings: Settings, questions: Path, lora: Write, caplog: pytest.LogCaptureFixture
) -> None:
    async with peer() as server:
        server.says(answers())
        served = served_by(settings, server)
        done = await run(served, questions, limit=1)
        assert list(done.evaluation.metrics) == ["base", "rag"]
        assert (done.evaluation.subject.adapter, done.evaluation.subject.model) == ("", "tiny")
        assert "The adapter in force cannot be compared with" in caplog.text
        candidate = wiring.registry(served).add(lora(1), wiring.base(served))
        with pytest.raises(EngineError, match=r"not known to have the adapter.*generation\.loras"):
            await run(served, questions, limit=1)
        done = await run(served, questions, limit=1, modes=(Mode.RAG,))
        assert list(done.evaluation.metrics) == ["rag"], "it needs no adapter"
        server.models += models("tuned")
        served = served_by(settings, server, loras={candidate.id: "tuned"}, model="tiny")
        done = await run(served, questions, limit=1, modes=(Mode.RAG, Mode.RAG_LORA))
        assert list(done.evaluation.metrics) == ["rag", "rag+lora"]


async def test_a_question_is_refused_where_what_answers_it_is_withheld(settings: Settings, tmp_path: Path) -> None:
    asked = "How many days do I have to return an item in the United Kingdom?"
    passage = ExamplePassage("returns-uk.md#0", "returns-uk.md", "Returns", "", "…", gold=True)
    pages = [f"returns-{place}.md" for place in ("uk", "eu", "us")]
    common = {"origin": Origin.MADE, "question": asked, "split": Split.TEST, "scope": {"region": "uk"}}
    path = tmp_path / "examples.jsonl"
    write_examples(
        path,
        [
            Example(id="with", answer="28 days.", passages=(passage,), **common),
            Example(id="without", answer="", metadata={"withheld": pages}, **common),
        ],
    )
    done = await run(settings, path, modes=(Mode.RAG,))
    folder = settings.tuning_path / "evaluations" / done.evaluation.id / "answers"
    given = Kept(folder / "rag.jsonl").read()
    assert (given["with"].status, given["with"].cited) == (Status.ANSWERED, ("returns-uk.md",))
    assert not {"returns-uk.md", "returns-eu.md", "returns-us.md"} & set(given["without"].cited)
    assert "28 days" not in given["without"].text
    assert done.evaluation.counts == {"made": 1, "made, withheld": 1}


async def test_every_scale_is_tried_where_that_is_wished(settings: Settings, questions: Path, lora: Write) -> None:
    done = await run(settings, questions, adapter=str(lora(1)), limit=2, modes=(Mode.RAG, Mode.RAG_LORA), scales=True)
    assert done.evaluation.scales
    rows = {row["name"]: row["f1"] for row in done.evaluation.scales["rows"]}
    assert set(rows) == {
        *(f"fixed {scale}" for scale in ("0", "0.25", "0.5", "0.75", "1", "1.25")),
        "learned",
        "best for each question",
    }
    assert list(done.evaluation.metrics) == ["rag", "rag+lora"]
    assert "The adapter's scale for each question" in done.artifacts[1].read_text(encoding="utf-8")


async def test_what_cannot_be_evaluated_is_told(
    settings: Settings, questions: Path, lora: Write, tmp_path: Path
) -> None:
    with pytest.raises(EvaluationError, match="no held-out examples yet"):
        await evaluate(settings, Wanted(), quiet)
    with pytest.raises(ExamplesError, match="cannot be read"):
        await run(settings, tmp_path / "gone.jsonl")
    with pytest.raises(RegistryError, match="There is no adapter 'gone'"):
        await run(settings, questions, adapter="gone")
    whole = settings.tuning_path / "runs" / "whole" / "model.gguf"
    whole.parent.mkdir(parents=True)
    whole.write_bytes(b"GGUF")
    with pytest.raises(EvaluationError, match=rf"trained every weight.*model\.path to {whole}"):
        await run(settings, questions, adapter="whole")
    with pytest.raises(RegistryError, match="trained on another base model"):
        await run(settings, questions, adapter=str(lora(1, "f" * 64)))
    registry = wiring.registry(settings)
    changed = registry.add(lora(1), wiring.base(settings))
    registry.path_of(changed.id).write_bytes(lora(2).read_bytes())  # another adapter that would fit as well
    for adapter in (changed.id, ""):
        with pytest.raises(RegistryError, match="was changed or damaged"):
            await run(settings, questions, adapter=adapter, limit=1, modes=(Mode.RAG_LORA,))
    registry.add(lora(1), wiring.base(settings))
    with pytest.raises(EvaluationError, match="no server whose model could judge"):
        await run(settings, questions, limit=1, modes=(Mode.RAG,), judge=True)
    (folder,) = (settings.tuning_path / "evaluations").iterdir()
    with FileLock(folder / ".lock"), pytest.raises(BusyError, match="is being made already"):
        await run(settings, questions, limit=1, modes=(Mode.RAG,))


def test_the_command_prints_what_others_build_on(
    settings: Settings, questions: Path, lora: Write, tmp_path: Path
) -> None:
    config = tmp_path / "frontdesk.toml"
    config.write_text(
        f'data_dir = "{settings.data_path}"\n[tuning]\nfolder = "{settings.tuning_path}"\n'
        '[lora]\ndefault = false\n[model]\nquantization = "Q8_0"\ncontext_size = 2048\n',
        encoding="utf-8",
    )

    def command(*words: str) -> Any:
        result = CliRunner().invoke(app, ["--config", str(config), "tune", *words, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    told = command("evaluate", str(lora(1)), "--questions", str(questions), "--limit", "2", "--mode", "rag")
    assert set(told) == {"id", "metrics", "artifacts"}
    assert set(told["metrics"]) == {"rag"}
    listed = command("list")
    (adapter,) = listed["adapters"]
    assert (listed["id"], adapter["state"]) == ("", "candidate")
    with pytest.raises(RegistryError, match="was not evaluated"):
        command("promote")
    promoted = command("promote", "--force", "--reason", "to see it live")
    assert promoted["id"] == adapter["id"] and promoted["artifacts"] == listed["artifacts"]
    assert command("list")["id"] == adapter["id"]
    back = command("rollback")
    assert back == {"id": "", "metrics": {}, "artifacts": []}
    assert command("reject", adapter["id"], "--reason", "no use")["id"] == adapter["id"]
    assert command("list")["adapters"][0]["state"] == "rejected"


async def test_questions_asked_at_once_are_each_answered_once(settings: Settings, questions: Path) -> None:
    done = await run(settings, questions, modes=(Mode.RAG,), workers=3)
    answers = settings.tuning_path / "evaluations" / done.evaluation.id / "answers" / "rag.jsonl"
    lines = [line for line in answers.read_text(encoding="utf-8").splitlines() if line]
    assert len(lines) == len(Kept(answers).read()) == 6 + 13
    await asyncio.sleep(0)
