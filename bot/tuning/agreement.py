"""Whether llama.cpp with the converted adapter says what PyTorch with the trained one does.

llama.cpp answers some prompts greedily; PyTorch then tells for each token of the answers whether it would have said
the same, and how much less likely it finds it than its own. The two round differently (llama.cpp rounds what flows
to 8 bits where weights are quantized, PyTorch to 16), so a choice between two tokens that are about as likely may
fall otherwise; a wrong conversion is off by far more.

llama.cpp runs in a process of its own: `python -m bot.tuning.agreement MODEL ADAPTER TOKENS < PROMPTS` reads and
prints lists of lists of tokens as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.generation import native
from bot.generation.models import usable_cores
from bot.generation.programs import environment
from bot.tuning.errors import LastingError

if TYPE_CHECKING:
    from bot.tuning.weights import Weights

PROMPTS, TOKENS = 20, 24
BOUND = 0.1
"""Mean of how much less likely (natural logarithm) PyTorch may find llama.cpp's tokens than its own."""
_TURN = 4  # prompts whose logits are in memory together


@dataclass(frozen=True, slots=True)
class Agreement:
    """Over all tokens of the answers, the one that ends an answer included."""

    answers: int
    same_answers: int
    """Word for word."""
    tokens: int
    same_tokens: int
    mean_gap: float
    """Of log-probabilities, PyTorch's own token less llama.cpp's; 0 where they are the same."""
    largest_gap: float

    def __str__(self) -> str:
        return (
            f"{self.same_answers} of {self.answers} answers and {self.same_tokens} of {self.tokens} tokens are the "
            f"same; the others are less likely by up to {self.largest_gap:.2f} (log-probability), "
            f"{self.mean_gap:.4f} on the mean of all"
        )


def compare(weights: Weights, adapter: Path, prompts: Sequence[Sequence[int]]) -> Agreement:
    """Compare on some prompts, given as tokens. Raises TrainingError where llama.cpp fails or is off by too much."""
    import torch

    from bot.tuning.packing import Encoded, pack

    base = weights.base
    answers = _answers(base.gguf, adapter, prompts)
    gaps: list[float] = []
    same = 0
    base.model.train(False)
    for at in range(0, len(prompts), _TURN):
        texts = [
            Encoded(tuple(prompt), tuple(answer))
            for prompt, answer in zip(prompts[at : at + _TURN], answers[at : at + _TURN], strict=True)
        ]
        packed = pack(texts).to(base.device)
        with torch.no_grad():
            likely = base.head(base.hidden(packed)[packed.rows]).float().log_softmax(-1)
        gap = likely.max(-1).values - likely.gather(-1, packed.targets[:, None])[:, 0]
        gaps += gap.tolist()
        for number in range(len(texts)):
            same += bool((gap[packed.owners == number] == 0).all())
    found = Agreement(
        len(prompts),
        same,
        len(gaps),
        sum(gap == 0 for gap in gaps),
        sum(gaps) / max(1, len(gaps)),
        max(gaps, default=0),
    )
    if not found.mean_gap <= BOUND:
        raise LastingError(f"The converted adapter does not say what was trained: {found}.", "Please report this.")
    return found


def _answers(model: Path, adapter: Path, prompts: Sequence[Sequence[int]]) -> list[list[int]]:
    done = subprocess.run(
        [sys.executable, "-m", "bot.tuning.agreement", str(model), str(adapter), str(TOKENS)],
        input=json.dumps([list(prompt) for prompt in prompts]),
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    if done.returncode != 0:
        why = done.stderr.strip().rpartition("\n")[2] or f"exit status {done.returncode}"
        raise LastingError(f"llama.cpp cannot use the converted adapter: {why}", "Please report this.")
    answers: list[list[int]] = json.loads(done.stdout)
    return answers


def greedy(path: str, adapter: str, prompts: Sequence[Sequence[int]], tokens: int) -> list[list[int]]:
    """Return llama.cpp's likeliest answers, of `tokens` tokens or up to the one that ends them.

    `adapter` is empty for the base alone. Raises NativeError.
    """
    model = native.NativeModel(path)
    lora = native.Adapter(model, adapter) if adapter else None
    longest = max(map(len, prompts)) + tokens
    context = native.Context(model, sequences=1, cells=longest, batch=512, threads=usable_cores())
    context.use(lora, 1.0)
    answers = []
    for prompt in prompts:
        context.forget(0)
        answer: list[int] = []
        new = list(prompt)
        at = 0
        while len(answer) < tokens and not (answer and model.ends(answer[-1])):
            for start in range(0, len(new), 512):
                part = new[start : start + 512]
                wanted = len(new) - 1 - start
                if context.decode([native.Step(t, at + n, 0, n == wanted) for n, t in enumerate(part)]):
                    raise native.NativeError("a prompt could not be computed")
                at += len(part)
            answer.append(int(context.logits(len(part) - 1).argmax()))
            new = answer[-1:]
        answers.append(answer)
    return answers


if __name__ == "__main__":
    native.silence()
    try:
        said = greedy(sys.argv[1], sys.argv[2], json.load(sys.stdin), int(sys.argv[3]))
    except native.NativeError as error:
        sys.exit(str(error))
    print(json.dumps(said))
