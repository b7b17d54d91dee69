"""Speed and quality of the forms of a GGUF: `python -m tests.bench.quantization [--json]`.

Tokens per second (the best of interleaved rounds, since other programs only ever make it slower) and
the perplexity of policy documents, all of the same file. Q4_0 is here to show what is lost by it. Then
the same with the kernels that llama.cpp comes with, without this project's.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.generation.models import embedded_gguf, usable_cores
from bot.generation.quantization import AS_IT_COMES, KINDS, measured, rewritten

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "../shared/bench/doc2dial/corpus.jsonl.gz"


def texts() -> Iterator[str]:
    if CORPUS.exists():
        with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"]
    for page in sorted((ROOT / "knowledge/sample").rglob("*.md")):
        yield page.read_text(encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="a GGUF file; the embedded one if left out")
    parser.add_argument("--windows", type=int, default=20, help="of 512 tokens, whose perplexity is taken")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    source: Path = args.model or embedded_gguf()
    text = "\n\n".join(texts())[: args.windows * 4000]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        files = {AS_IT_COMES: source} | {kind: rewritten(source, Path(name), kind) for kind in ("Q4_0", *KINDS)}
        for kernels in (True, False):
            speeds = measured(files, text, usable_cores(), args.windows, args.rounds, kernels=kernels)
            for kind, speed in speeds.items():
                called = kind if kernels else f"{kind}, llama.cpp's kernels"
                rows.append({"form": called, "mb": files[kind].stat().st_size / 1e6} | asdict(speed))
    if args.json:
        print(json.dumps(rows, indent=2))
        return
    columns = ("form", "MB", "prompt tok/s", "answer tok/s", "8 answers tok/s", "perplexity", "times", "±")
    table = Table(*columns, title=source.name)
    for row in rows:
        form, mb, *speeds, perplexity, loss, error = row.values()
        told = (f"{mb:.0f}", *(f"{value:.0f}" for value in speeds), f"{perplexity:.3f}", f"{loss:.4f}", f"{error:.4f}")
        table.add_row(str(form), *told)
    Console().print(table)


if __name__ == "__main__":
    main()
