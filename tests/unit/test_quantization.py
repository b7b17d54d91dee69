"""The form of the weights that answers fastest is chosen, but never one that says something else."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.generation import quantization
from bot.generation.models import ModelFileError, embedded_gguf
from bot.generation.quantization import AS_IT_COMES, AUTO, best_of, fastest, processor
from bot.generation.speed import Speed


def speed(prefill: float, together: float, loss: float = 1.0, error: float = 0.0) -> Speed:
    return Speed(prefill, together / 2, together, 10 * loss, loss, error)


def test_the_fastest_typical_answer_wins() -> None:
    speeds = {AS_IT_COMES: speed(500, 200), "Q8_0": speed(900, 250), "BF16": speed(1200, 120)}
    # 800 tokens read and 64 written: 1.92 s, 1.14 s, 1.20 s
    assert best_of(speeds) == "Q8_0"


def test_what_loses_quality_does_not_come_into_question() -> None:
    assert best_of({AS_IT_COMES: speed(500, 200), "Q8_0": speed(900, 250, 1.02)}) == AS_IT_COMES
    assert best_of({AS_IT_COMES: speed(500, 200), "Q8_0": speed(900, 250, 1.005)}) == "Q8_0"


def test_a_loss_within_the_error_of_measuring_it_is_none() -> None:
    assert best_of({AS_IT_COMES: speed(500, 200), "Q8_0": speed(900, 250, 1.012, 0.004)}) == "Q8_0"
    assert best_of({AS_IT_COMES: speed(500, 200), "Q8_0": speed(900, 250, 1.05, 0.004)}) == AS_IT_COMES


def test_where_nothing_could_be_measured_the_file_stays_as_it_is() -> None:
    assert best_of({}) == AS_IT_COMES


def test_what_could_not_be_measured_is_measured_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory may have been short, or the build broken: the slowest form is not kept for that."""
    source = embedded_gguf()
    faster = tmp_path / "SmolLM2-135M-Instruct.Q8_0.gguf"
    broken = True

    def rewritten(source: Path, models_dir: Path, kind: str) -> Path:
        if kind != "Q8_0":
            raise ModelFileError("No room.", "Make some.")
        faster.write_bytes(b"GGUF")
        return faster

    def measured(files: Mapping[str, Path], text: str, threads: int) -> dict[str, Speed]:
        if broken:
            raise ModelFileError("The model could not be measured: exit status -11", "")
        return {AS_IT_COMES: speed(500, 200), "Q8_0": speed(900, 250)}

    monkeypatch.setattr(quantization, "rewritten", rewritten)
    monkeypatch.setattr(quantization, "measured", measured)
    told: list[str] = []
    assert fastest(source, "hash", tmp_path, AUTO, 1, told.append) == source
    assert "measured again at the next start" in told[-1]
    broken = False
    assert fastest(source, "hash", tmp_path, AUTO, 1, told.append) == faster
    told.clear()
    assert fastest(source, "hash", tmp_path, AUTO, 1, told.append) == faster
    assert told == []
    record = tmp_path / "SmolLM2-135M-Instruct.choice.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"measured": {}}))
    assert fastest(source, "hash", tmp_path, AUTO, 1, told.append) == faster
    assert told


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("SmolLM2-135M-Instruct.Q4_1", "SmolLM2-135M-Instruct"),
        ("Qwen2.5-0.5B-Instruct-Q4_K_M", "Qwen2.5-0.5B-Instruct"),
        ("qwen2.5-0.5b-instruct-q5_0", "qwen2.5-0.5b-instruct"),
        ("Llama-3.2-1B-Instruct-IQ4_XS", "Llama-3.2-1B-Instruct"),
        ("Phi-3.5-mini.BF16", "Phi-3.5-mini"),
        ("model.f32", "model"),
        ("Llama-3.2-1B", "Llama-3.2-1B"),
        ("Qwen2.5-0.5B", "Qwen2.5-0.5B"),
        ("Q4_0", "Q4_0"),
    ],
)
@pytest.mark.parametrize("ending", [".gguf", ""])
def test_only_the_form_that_a_model_comes_in_is_left_out_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, stem: str, ending: str
) -> None:
    monkeypatch.setattr(quantization, "_run", lambda program, source, target, kind: Path(target).write_bytes(b"GGUF"))
    monkeypatch.setattr(quantization, "read_header", lambda path: None)
    made = fastest(Path(f"{name}{ending}"), "hash", tmp_path, "Q8_0", 1, lambda _: None)
    assert {path.name for path in tmp_path.iterdir()} == {f"{stem}.Q8_0.gguf", f"{stem}.choice.json"}
    assert made.name == f"{stem}.Q8_0.gguf"


def test_processors_of_one_name_are_told_apart_by_what_they_can() -> None:
    old = "processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu sse2 fma avx f16c avx2 rdpid\n"
    new = old.replace("avx2", "avx2 avx512f avx512_bf16")
    assert processor(old) == "AMD EPYC, avx, avx2, fma, f16c"
    assert processor(new) == "AMD EPYC, avx, avx2, fma, f16c, avx512f, avx512_bf16"
    assert processor(old + old.replace("sse2", "sse2 ssse3")) == processor(old), "each core tells; the first counts"


def test_where_linux_tells_nothing_there_is_still_a_name() -> None:
    assert processor("")
    assert processor("Features : fp asimd asimddp i8mm\n").endswith(", asimddp, i8mm")
