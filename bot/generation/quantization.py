"""Chooses the form of a model's weights that answers fastest on this machine and says the same.

Which one that is depends on the CPU: with AVX-512 VNNI the project's own kernels make Q8_0 the fastest,
elsewhere BF16 or F16 may be. So each is made and measured once, on pages of the sample handbook. A form
whose perplexity of them is worse than the file's own by more than one per cent does not come into question.
"""

from __future__ import annotations

import json
import math
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from math import prod
from pathlib import Path
from typing import Any

import llama_cpp
import llama_cpp.llama_cpp as c

from bot.generation.engine import ModelFileError
from bot.generation.gguf_file import read_header
from bot.generation.programs import environment
from bot.generation.speed import Speed
from bot.settings import KERNELS
from knowledge import sample

AUTO, AS_IT_COMES = "auto", "as-it-comes"
KINDS = ("Q8_0", "BF16", "F16")
"""None of them loses anything of a model of four or five bits; smaller ones would be faster yet, and worse."""
LARGEST = 600_000_000
"""Parameters of the largest model that `auto` rewrites; a larger one in 16 bits wants too much memory."""
INSTRUCTIONS = (
    *("avx", "avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16"),
    *("asimddp", "asimdhp", "i8mm", "bf16", "sve"),
)
"""Of a processor, as Linux names them, that make one form faster than another."""
MAX_LOSS = 1.01
"""Perplexity, as a multiple of the file's own. More counts as a loss only beyond the error of measuring it."""
_FORM = re.compile(r"[.-](?:I?Q\d\w*|BF16|FP?16|FP?32)$", re.IGNORECASE)


def fastest(
    source: Path,
    source_sha256: str,
    models_dir: Path,
    wanted: str,
    threads: int,
    tell: Callable[[str], None],
    *,
    again: bool = False,
) -> Path:
    """Return the file to serve for `source`: the choice made before, or the one made and recorded now.

    `again` leaves aside what was chosen before. `wanted` is one of KINDS, AS_IT_COMES or AUTO; `tell` is told
    each long thing that begins. Raises ModelFileError where a form that was asked for cannot be made.
    """
    if wanted == AUTO and _parameters(source) > LARGEST:
        wanted = AS_IT_COMES
    if wanted == AS_IT_COMES:
        return source
    record_path = models_dir / f"{_stem(source)}.choice.json"
    made_for = {"source_sha256": source_sha256, "wanted": wanted, "llama_cpp": llama_cpp.__version__}
    if wanted == AUTO:
        made_for |= {"cpu": _cpu(), "kernels": "Frontdesk" if computes_with_own_kernels() else "llama.cpp"}
    record = {} if again else read_json(record_path)
    if wanted == AUTO and not record.get("measured"):
        record = {}  # earlier versions kept what they could not measure
    served = models_dir / str(record.get("file", ""))  # the source's own path, if that is absolute
    if record.get("made_for") == made_for and served.is_file() and served.stat().st_size == record.get("bytes"):
        return served
    speeds: dict[str, dict[str, float]] = {}
    if wanted == AUTO:
        chosen, speeds = _measured_choice(source, models_dir, threads, tell)
        if not speeds:
            tell("It is measured again at the next start, unless model.quantization is as-it-comes.")
            return chosen
    else:
        tell(f"Rewriting {source.name} as {wanted}.")
        chosen = rewritten(source, models_dir, wanted)
    record = {
        "made_for": made_for,
        "file": chosen.name if chosen != source else str(source),
        "bytes": chosen.stat().st_size,
        "measured": speeds,
    }
    write_json(record_path, record)
    return chosen


def _measured_choice(
    source: Path, models_dir: Path, threads: int, tell: Callable[[str], None]
) -> tuple[Path, dict[str, dict[str, float]]]:
    """Make every form, measure them, keep the best one; a form that cannot be made is left out."""
    tell(f"Measuring which form of {source.name} answers fastest on this machine; this is done once.")
    files = {AS_IT_COMES: source}
    for kind in KINDS:
        try:
            files[kind] = rewritten(source, models_dir, kind)
        except ModelFileError as error:
            tell(f"{kind} is left out: {error.sentence}")
    text = "\n\n".join(page.read_text(encoding="utf-8") for page in sorted(sample.HANDBOOK.rglob("*.md")))
    try:
        speeds = measured(files, text, threads)
    except ModelFileError as error:
        tell(error.sentence)
        speeds = {}
    for kind, speed in speeds.items():
        tell(f"{kind}: reads {speed.prefill:,.0f} tokens a second, writes {speed.decode_together:,.0f}.")
    best = best_of(speeds)
    chosen = files.get(best, source)
    for file in {*files.values(), *(_target(source, models_dir, kind) for kind in KINDS)} - {source, chosen}:
        file.unlink(missing_ok=True)
    tell(f"{best} it is.")
    return chosen, {kind: asdict(speed) for kind, speed in speeds.items()}


def best_of(speeds: dict[str, Speed]) -> str:
    """Return the kind with the fastest typical answer among those that lose nothing."""
    good = {kind: one for kind, one in speeds.items() if one.loss <= MAX_LOSS * math.exp(one.loss_error)}
    return min(good, key=lambda kind: good[kind].answer_s, default=AS_IT_COMES)


def measured(
    files: Mapping[str, Path], text: str, threads: int, windows: int = 2, rounds: int = 2, *, kernels: bool = True
) -> dict[str, Speed]:
    """Measure files in a process of its own, see `speed`; those that cannot be are left out. Raises ModelFileError.

    Without `kernels`, llama.cpp computes as it would if the set-up had not built this project's into it.
    """
    command = ("bot.generation.speed", str(threads), str(windows), str(rounds), *map(str, files.values()))
    speeds = json.loads(_run(*command, stdin=text, **({} if kernels else {KERNELS: "off"})))
    return {kind: Speed(**speed) for kind, speed in zip(files, speeds, strict=True) if speed}


def rewritten(source: Path, models_dir: Path, kind: str) -> Path:
    """Write `source` in another form and return the file. Raises ModelFileError."""
    target = _target(source, models_dir, kind)
    unfinished = target.with_suffix(".part")
    try:
        _run("bot.generation.quantize", str(source), str(unfinished), kind)
        read_header(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def _run(program: str, *arguments: str, stdin: str = "", **variables: str) -> str:
    result = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env=environment() | variables,
    )
    if result.returncode != 0:
        why = result.stderr.strip().rpartition("\n")[2] or f"exit status {result.returncode}"
        raise ModelFileError(
            f"The model could not be rewritten or measured: {why}",
            "See that the data folder can be written and has room, or set model.quantization to as-it-comes.",
        )
    return result.stdout


def _stem(source: Path) -> str:
    """Return the model's name without the form it came in."""
    return _FORM.sub("", source.name.removesuffix(".gguf"))


def _target(source: Path, models_dir: Path, kind: str) -> Path:
    return models_dir / f"{_stem(source)}.{kind}.gguf"


def _parameters(source: Path) -> int:
    return sum(prod(tensor.shape) for tensor in read_header(source).tensors)


def computes_with_own_kernels() -> bool:
    """Whether llama.cpp computes with the kernels that this project's set-up builds in, which make other forms fast."""
    return hasattr(c._lib, "frontdesk_sgemm") and os.environ.get(KERNELS) != "off"


def _cpu() -> str:
    try:
        return processor(Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        return processor("")


def processor(cpuinfo: str) -> str:
    """Return what the processor is called and can do, from Linux's /proc/cpuinfo where there is one.

    Another one may have another fastest form, and the name alone does not tell: virtual machines call processors
    with AVX-512 and without it the same.
    """
    told: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        told.setdefault(key.strip(), value.strip())
    name = told.get("model name") or platform.processor() or platform.machine()
    flags = {*told.get("flags", "").split(), *told.get("Features", "").split()}
    return ", ".join((name, *(one for one in INSTRUCTIONS if one in flags)))


def read_json(path: Path) -> dict[str, Any]:
    """Return what a record holds; nothing where there is none that can be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a record in one piece."""
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(json.dumps(value, indent=2), encoding="utf-8")
    unfinished.replace(path)
