"""Training throughput beside TRL's: `python -m tests.bench.training [--examples N] [--rounds N] [--json]`.

The same model (dequantized from the embedded GGUF), the same LoRA (rank 16 on all linear layers), the same examples
in the same batches, a process of its own for each run, in turns; the median of the rounds counts. Tokens per second
are those of prompts and answers without padding, of whole steps: forward, backward, optimizer. The first steps warm
up and are not counted.

TRL's SFTTrainer is plain: its defaults but for the batch, the loss on the answers alone and gradient checkpointing
switched off, which would make it slower yet. `trl-bf16` has the weights in bfloat16 too, as Frontdesk has them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.generation.models import embedded_gguf, usable_cores
from bot.messages import Turn
from bot.prompts import PASSAGE, PASSAGES, WITH_PASSAGES
from bot.tuning.examples import Example, Origin
from tests.bench.data import SHARED

WARM_UP = 2
"""Steps."""
SYSTEMS = ("frontdesk", "trl", "trl-bf16")


def examples(count: int) -> list[Example]:
    """Return answered questions with the passages they rest on and some others, as the model is shown them."""
    path = SHARED / "bench" / "doc2dial" / "train.jsonl.gz"
    if not path.exists():
        raise SystemExit("This benchmark needs ../shared/bench/doc2dial.")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [row for line in lines if (row := json.loads(line))["meta"]["response_type"] == "answer"]
    draw = random.Random(0)
    found = []
    for row in draw.sample(rows, count):
        others = [draw.choice(draw.choice(rows)["gold_passages"])["text"] for _ in range(4)]
        shown = [one["text"] for one in row["gold_passages"][:1]] + others
        draw.shuffle(shown)
        passages = "\n\n".join(PASSAGE.format(place="A page", text=" ".join(text.split()[:80])) for text in shown)
        system = WITH_PASSAGES.format(persona="the assistant of our support desk")
        asked = PASSAGES.format(passages=passages, question=row["question"])
        prompt = (Turn("system", system), Turn("user", asked))
        found.append(Example(row["qid"], Origin.GIVEN, row["question"], row["answer"], prompt=prompt))
    return found


def measure(system: str, count: int, batch: int) -> dict[str, float]:
    """Train on `count` examples in batches of `batch`, and return how fast that went."""
    import torch

    from bot.tuning.encoding import Encoder
    from bot.tuning.packing import Encoded

    torch.set_num_threads(usable_cores())
    with Encoder(embedded_gguf(), 1536) as encoder:
        encoded = [encoder.encode(one.prompt, one.answer) for one in examples(count)]
    texts = [one for one in encoded if isinstance(one, Encoded)]
    steps = len(texts) // batch
    tokens = [sum(len(one.tokens) for one in texts[at * batch : (at + 1) * batch]) for at in range(steps)]
    times = (_frontdesk if system == "frontdesk" else _trl)(texts, batch, steps, in_bf16=system != "trl")
    counted = sum(tokens[WARM_UP:]) / sum(times[WARM_UP:])
    return {"tokens_per_s": counted, "tokens": float(sum(tokens)), "steps": float(steps)}


def _frontdesk(texts: list[Any], batch: int, steps: int, *, in_bf16: bool) -> list[float]:
    from bot.tuning.base import load_base
    from bot.tuning.items import Counts, Material
    from bot.tuning.objectives import Item
    from bot.tuning.options import TrainingOptions
    from bot.tuning.training import Silent, Training
    from bot.tuning.weights import attach

    base = load_base(embedded_gguf(), "", "SmolLM2")
    options = TrainingOptions(batch_size=batch)
    items = [Item((text,), "given") for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        weights = attach(base, options)
        training = Training(base, weights, Material(tuple(items), (), Counts()), options, Path(folder), Silent(), {})
        times = []
        for at in range(steps):
            started = time.perf_counter()
            training.step(items[at * batch : (at + 1) * batch])
            times.append(time.perf_counter() - started)
    return times


def _trl(texts: list[Any], batch: int, steps: int, *, in_bf16: bool) -> list[float]:
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from torch.utils.data import SequentialSampler
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    path = embedded_gguf()
    model = AutoModelForCausalLM.from_pretrained(
        path.parent,
        gguf_file=path.name,
        dtype=torch.bfloat16 if in_bf16 else torch.float32,
        quantization_config=GgufConfig(dequantize=True),
    )
    # TRL refuses to put a LoRA beside weights that it takes for quantized; these are no more.
    model.is_quantized = False
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    rows = [
        {"input_ids": list(one.tokens), "completion_mask": [0] * len(one.prompt) + [1] * len(one.answer)}
        for one in texts
    ]
    times: list[float] = []

    class Clock(TrainerCallback):  # type: ignore[misc]
        def on_step_begin(self, *_: Any, **__: Any) -> None:
            self.started = time.perf_counter()

        def on_step_end(self, *_: Any, **__: Any) -> None:
            times.append(time.perf_counter() - self.started)

    class InOrder(SFTTrainer):  # type: ignore[misc]
        def _get_train_sampler(self, *_: Any) -> SequentialSampler:
            return SequentialSampler(self.train_dataset)

    with tempfile.TemporaryDirectory() as folder:
        trainer = InOrder(
            model=model,
            processing_class=tokenizer,
            train_dataset=Dataset.from_list(rows),
            peft_config=LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"),
            args=SFTConfig(
                output_dir=folder,
                per_device_train_batch_size=batch,
                max_steps=steps,
                max_length=1536,
                completion_only_loss=True,
                gradient_checkpointing=False,
                report_to="none",
                save_strategy="no",
                disable_tqdm=True,
                use_cpu=True,
            ),
            callbacks=[Clock()],
        )
        trainer.train()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=80)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=SYSTEMS, help="one run of one system, in this process; prints JSON")
    args = parser.parse_args()
    if args.only:
        out = sys.stdout
        sys.stdout = sys.stderr
        print(json.dumps(measure(args.only, args.examples, args.batch)), file=out)
        return
    runs: dict[str, list[float]] = {system: [] for system in SYSTEMS}
    for _ in range(args.rounds):
        for system in SYSTEMS:
            command = [sys.executable, "-m", "tests.bench.training", "--only", system]
            command += ["--examples", str(args.examples), "--batch", str(args.batch)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SystemExit(f"{system} failed:\n{done.stderr[-3000:]}")
            runs[system].append(json.loads(done.stdout.splitlines()[-1])["tokens_per_s"])
    fastest = max(median(runs[system]) for system in SYSTEMS[1:])
    rows = [
        {
            "system": system,
            "tokens_per_s": round(median(found), 1),
            "lowest": round(min(found), 1),
            "highest": round(max(found), 1),
            "times_the_faster_trl": round(median(found) / fastest, 2),
        }
        for system, found in runs.items()
    ]
    if args.json:
        print(json.dumps(rows, indent=2))
        return
    table = Table(*rows[0], title=f"{args.examples} examples in batches of {args.batch}, {usable_cores()} cores")
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
