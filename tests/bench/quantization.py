"""Speed and quality of the quantizations of a GGUF: `python -m tests.bench.quantization [--json]`.

Prefill and decode tokens per second (the best of interleaved rounds, since other programs only ever
make it slower) and the perplexity of policy documents, all of the same file.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.generation import native
from bot.generation.models import embedded_gguf, usable_cores

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "../shared/bench/doc2dial/corpus.jsonl.gz"
WINDOW = 512


def texts() -> Iterator[str]:
    if CORPUS.exists():
        with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"]
    for page in sorted((ROOT / "knowledge/sample").rglob("*.md")):
        yield page.read_text(encoding="utf-8")


def load(path: Path) -> native.NativeModel:
    return native.NativeModel(str(path), context_size=2048, cells=2048, sequences=1, batch=512, threads=usable_cores())


def speed(model: native.NativeModel, tokens: list[int], answer: int = 64) -> tuple[float, float]:
    """Return prefill and decode tokens per second of one prompt."""
    model.forget(0)
    start = time.perf_counter()
    for at in range(0, len(tokens), 512):
        piece = tokens[at : at + 512]
        model.decode([native.Step(t, at + i, 0, at + i == len(tokens) - 1) for i, t in enumerate(piece)])
    prefill = time.perf_counter() - start
    last = (len(tokens) - 1) % 512
    start = time.perf_counter()
    for position in range(len(tokens), len(tokens) + answer):
        token = int(model.logits(last).argmax())
        model.decode([native.Step(token, position, 0, True)])
        last = 0
    return len(tokens) / prefill, answer / (time.perf_counter() - start)


def perplexity(model: native.NativeModel, tokens: list[int]) -> float:
    """Perplexity over windows of 512 tokens; the second half of each window is scored."""
    loss, scored = 0.0, 0
    for at in range(0, len(tokens) - WINDOW, WINDOW):
        piece = tokens[at : at + WINDOW]
        model.forget(0)
        model.decode([native.Step(t, i, 0, i >= WINDOW // 2 - 1) for i, t in enumerate(piece)])
        for i in range(WINDOW // 2 - 1, WINDOW - 1):
            logits = model.logits(i).astype(np.float64)
            top = logits.max()
            loss += top + math.log(np.exp(logits - top).sum()) - logits[piece[i + 1]]
            scored += 1
    return math.exp(loss / scored)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="a GGUF file; the embedded one if left out")
    parser.add_argument("--tokens", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    source: Path = args.model or embedded_gguf()
    native.silence()
    with tempfile.TemporaryDirectory() as folder:
        files = {"as it comes": source}
        for kind in ("Q4_0", "Q8_0"):
            files[kind] = Path(folder) / f"{kind}.gguf"
            command = [sys.executable, "-m", "bot.generation.quantize", str(source), str(files[kind]), kind]
            subprocess.run(command, check=True, cwd=ROOT)
        models = {name: load(path) for name, path in files.items()}
        any_model = models["as it comes"]
        tokens: list[int] = []
        for text in texts():
            tokens += any_model.tokenize(text, special=False)
            if len(tokens) >= args.tokens:
                break
        tokens = tokens[: args.tokens]
        speeds: dict[str, list[tuple[float, float]]] = {name: [] for name in models}
        for _ in range(args.rounds):
            for name, model in models.items():
                speeds[name].append(speed(model, tokens[:600]))
        results = [
            {
                "quantization": name,
                "bytes": files[name].stat().st_size,
                "prefill_tokens_per_s": round(max(s[0] for s in speeds[name]), 1),
                "decode_tokens_per_s": round(max(s[1] for s in speeds[name]), 1),
                "perplexity": round(perplexity(model, tokens), 4),
                "scored_tokens": (len(tokens) - 1) // WINDOW * (WINDOW // 2),
            }
            for name, model in models.items()
        ]
    if args.json:
        print(json.dumps(results, indent=2))
        return
    table = Table("quantization", "MB", "prefill tok/s", "decode tok/s", "perplexity", title=source.name)
    for r in results:
        values = (f"{int(r['bytes']) / 1e6:.0f}", r["prefill_tokens_per_s"], r["decode_tokens_per_s"], r["perplexity"])
        table.add_row(str(r["quantization"]), *map(str, values))
    Console().print(table)


if __name__ == "__main__":
    main()
