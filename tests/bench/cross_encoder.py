"""How well it is told what the documents answer: python -m tests.bench.cross_encoder [--train] [--steps N]

Of questions that the documents answer and of near misses, which they do not, it says how often one of the first is more
certain than one of the second (the area under the ROC curve), by the search alone and with the likeliest sentences read
together with the question; and how many of each are refused, and which share of the first is answered by the right
sentence. With `--train` (needs PyTorch; on two cores 2,600 steps took 42 minutes) the network is first trained anew on
the train questions of doc2dial, with and without the documents that answer them, and on the questions written for this
below `asked/`, but those of the handbook, of the sets `held-out`, of five organisations, and of the later ones; it goes
to `knowledge/cross_encoder.safetensors`. What the weights of `bot.confidence` would be by logistic regression on these
five and on doc2dial's dev questions is told as well.

The later organisations were written when the network and the weights had been made: nothing is learned from them and no
setting was chosen on them. Rules of the bot were mended with some of their questions in sight, so they tell of the
network and the weights, not of those rules.

The network learns to choose among the sentences of a question that are likeliest by their signals, and "nothing", whose
score is always 0 (softmax over all, the likelihood of those that answer taken together).
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.confidence import together
from bot.followups import query_for
from bot.messages import Turn
from bot.quoting.evidence import placed
from bot.quoting.extracts import READ
from bot.quoting.scoring import extracts, likeness_of, most_read, sentences_in
from bot.settings import Settings
from knowledge import cross_encoder
from knowledge.documents import Scope
from knowledge.embedding import Embedder
from knowledge.index import Index
from knowledge.reindex import ReindexJob, run_reindex
from knowledge.retrieval import Retriever
from tests.bench import data
from tests.bench.answers import token_f1
from tests.bench.sentences import ASKED, collection_of, holds, written

if TYPE_CHECKING:
    from torch import Tensor

SEED = 20
ORGANISATIONS = ASKED / "organisations"
CHOSEN_ON = ("lumisette", "plankwise", "quillstay", "tarnwick", "velmark")
"""Organisations that are not learned from, but that settings are chosen on."""
LATER = (
    "brackenfield",
    "brightwater",
    "forgeflow",
    "harbourdental",
    "larkhill",
    "marrowpike",
    "millbrook",
    "skerryline",
    "tallyboard",
    "velolink",
    "weirside",
    "westmarch-library",
    "westmarch-university",
)
"""Organisations written after the network and the weights were made: neither learned from nor chosen on."""
LEARNED_FROM = ("policies", "guides", "agencies")
"""Collections of which the questions that are answered, `-more` of them and near misses are learned from."""
TOLD = {
    "organisations": (CHOSEN_ON, CHOSEN_ON),
    "later organisations": (LATER, LATER),
    "policies and guides, held out": (("policies-held-out", "guides-held-out"), ("corpora-none",)),
    "sample handbook": (("handbook",), ("handbook-none",)),
}
"""What is measured: sets that are answered, and near misses."""
DEV = "doc2dial, dev"
"""Is measured as well; those that are not answered are seldom near."""
FIRST_LAYER = 2
"""The layers below stay those of the base."""
STEPS, BATCH = 2_600, 8
RATE, HEAD_RATE, WARM_UP, DROPOUT = 1e-4, 1e-3, 0.08, 0.1
HARDEST, OTHERS, RIGHT = 5, 1, 2
"""Sentences of a question in a step: wrong ones that are likeliest by their signals, others, and right ones."""
WITHHELD = 0.3
"""Share of the questions of doc2dial that are learned from once more, without the documents that answer them."""
COUNTS = 1.5
"""What a written question counts; one of doc2dial counts 1."""
_ENOUGH, _NEAR_BEST = 0.45, 0.8
"""A sentence's F1 with the reference answer from which on it counts as right, and the share of that of the best."""

Show = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the sentences found for it, the likeliest by their signals first."""

    question: str
    """As the network reads it."""
    sentences: tuple[str, ...]
    """Under title and heading."""
    worth: tuple[float, ...]
    """Of each as an answer, 0 to 1."""
    confidence: float
    """Of the search alone."""
    scores: tuple[float, ...]
    """Of the sentences by their signals."""
    follow_up: bool
    """Whether it goes on in a conversation."""
    answerable: bool
    counts: float = 1.0

    def right(self) -> list[int]:
        """Return the places of the sentences that answer."""
        least = max(_ENOUGH, _NEAR_BEST * max(self.worth, default=0.0))
        return [place for place, one in enumerate(self.worth) if one >= least]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what a sentence is worth as its answer."""

    text: str
    turns: tuple[Turn, ...] = ()
    scope: Scope = field(default_factory=Scope)
    worth: Callable[[str], float] = lambda text: 0.0
    answerable: bool = True


def example(retriever: Retriever, asked: Asked, counts: float) -> Example:
    """Return a question with the sentences of what is found for it."""
    settings = Settings().answering
    query = query_for(asked.text, asked.turns[-settings.history_turns :])
    found = retriever.search(query, settings.passages, asked.scope)
    sentences = sentences_in(found.passages)
    likeness = likeness_of(retriever, query, found.passages, sentences)
    told = extracts(query, found.passages, sentences, likeness)
    places = told.likeliest(len(told.sentences))
    return Example(
        cross_encoder.read_as(query.text, query.earlier),
        tuple(placed(told.sentences[place]) for place in places),
        tuple(asked.worth(told.sentences[place].text) for place in places),
        found.confidence,
        tuple(told.scores[place] for place in places),
        bool(query.earlier),
        asked.answerable,
        counts,
    )


def of_organisation(name: str) -> tuple[Index, list[Asked]]:
    """Return the index of an organisation's pages, made first, and the questions asked of it."""
    folder = ORGANISATIONS / name
    job = ReindexJob(
        str(data.CACHE / "organisations" / name), ({"name": name, "kind": "folder", "path": str(folder / "docs")},)
    )
    run_reindex(job)
    lines = [
        (json.loads(line), kind == "answered")
        for kind in ("answered", "near")
        for line in (folder / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return Index(job.uri), [
        Asked(
            line["question"],
            tuple(Turn(**turn) for turn in line.get("turns", ())),
            worth=partial(holds, gold=line.get("gold", [])),
            answerable=answerable,
        )
        for line, answerable in lines
    ]


def of_set(name: str) -> tuple[Index, list[Asked]] | None:
    """Return the index and the questions of one of the sets below `asked/`; None where its pages are not there."""
    if (ORGANISATIONS / name).is_dir():
        return of_organisation(name)
    index = collection_of("agencies" if name.startswith("agencies") else name)
    answerable = not name.endswith("none")
    if index is None:
        return None
    return index, [Asked(one.text, (), one.scope, one.worth, answerable) for one in written(name)]


def sets_to_learn_from() -> list[str]:
    """Return the names of the sets below `asked/` that the network is trained on."""
    names = [f"{name}{kind}" for name in LEARNED_FROM for kind in ("", "-more", "-none")]
    return names + sorted({path.name for path in ORGANISATIONS.iterdir()} - {*CHOSEN_ON, *LATER})


def to_learn_from(embedder: Embedder, show: Show) -> Iterator[Example]:
    """Yield the examples that the network is trained on."""
    for name in sets_to_learn_from():
        if (found := of_set(name)) is None:
            continue
        index, asked = found
        retriever = Retriever(index, embedder)
        for number, one in enumerate(asked):
            show(f"{name}: {number} of {len(asked)}")
            made = example(retriever, one, COUNTS)
            if made.right() or not one.answerable:
                yield made
    if (benchmark := data.doc2dial_train()) is None:
        return
    retriever = Retriever(benchmark.indexed()[0], embedder)
    chance = random.Random(SEED)
    for number, question in enumerate(benchmark.questions):
        show(f"doc2dial: {number} of {len(benchmark.questions)}")
        made = example(retriever, Asked(question.text, question.turns, worth=partial(token_f1, question.answer)), 1)
        if made.right():
            yield made
        if chance.random() < WITHHELD:
            without = retriever.without(question.gold_documents)
            yield example(without, Asked(question.text, question.turns, answerable=False), 1)


class Network:
    """The base with a head, as PyTorch trains it."""

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        self._tokens = AutoTokenizer.from_pretrained(str(folder))
        self.base: Any = AutoModel.from_pretrained(
            str(folder),
            add_pooling_layer=False,
            hidden_dropout_prob=DROPOUT,
            attention_probs_dropout_prob=DROPOUT,
            attn_implementation="eager",
        )
        self.head = torch.nn.Linear(2 * self.base.config.hidden_size, 1)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.zeros_(self.head.bias)
        self.base.requires_grad_(False)
        self.upper = list(self.base.encoder.layer[FIRST_LAYER:].requires_grad_(True).parameters())
        self.base.train()
        self.base.embeddings.eval()
        self.base.encoder.layer[:FIRST_LAYER].eval()

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        """Return of each pair of question and sentence its log odds, float32[pairs]."""
        import torch

        # Thirds of about the same length have less to pad.
        order = sorted(range(len(pairs)), key=lambda place: sum(map(len, pairs[place])))
        third = -(-len(order) // 3)
        told = [
            self._together([pairs[place] for place in order[start : start + third]])
            for start in range(0, len(order), third)
        ]
        return torch.cat(told)[torch.tensor(order).argsort()]

    def _together(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        import torch

        batch = self._tokens(
            [first for first, _ in pairs],
            [second for _, second in pairs],
            padding=True,
            truncation="longest_first",
            max_length=cross_encoder.MAX_TOKENS,
            return_tensors="pt",
        )
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self.base(**batch).last_hidden_state
            there = batch["attention_mask"][..., None].to(hidden.dtype)
            mean = (hidden * there).sum(1) / there.sum(1)
            told: Tensor = self.head(torch.cat([mean, hidden[:, 0]], -1))[:, 0].float()
        return told

    def trained(self) -> cross_encoder.Trained:
        import torch

        upper = tuple(f"encoder.layer.{number}." for number in range(FIRST_LAYER, len(self.base.encoder.layer)))
        weights = {name: one.numpy() for name, one in self.base.state_dict().items() if name.startswith(upper)}
        return cross_encoder.Trained(weights, torch.cat([self.head.weight[0], self.head.bias]).detach().numpy())


def drawn(one: Example, chance: random.Random) -> tuple[list[int], list[int]]:
    """Return the places of sentences to learn from: right ones, and wrong ones."""
    right = one.right() if one.answerable else []
    wrong = [place for place in range(len(one.sentences)) if place not in right]
    others = wrong[HARDEST:]
    return right[:RIGHT], wrong[:HARDEST] + chance.sample(others, min(OTHERS, len(others)))


def lost(network: Network, batch: Sequence[Example], chance: random.Random) -> Tensor:
    """Return the loss of a batch: of choosing a right sentence, or nothing, whose score is 0."""
    import torch

    places = [drawn(one, chance) for one in batch]
    told = network.scores(
        [
            (one.question, one.sentences[place])
            for one, (right, wrong) in zip(batch, places, strict=True)
            for place in (*right, *wrong)
        ]
    )
    total = torch.zeros(())
    start = 0
    for one, (right, wrong) in zip(batch, places, strict=True):
        end = start + len(right) + len(wrong)
        mine = torch.cat([torch.zeros(1), told[start:end]])
        wanted = mine[1 : 1 + len(right)].logsumexp(0) if right else mine[0]
        total = total + one.counts * (mine.logsumexp(0) - wanted) / len(batch)
        start = end
    return total


def train(examples: Sequence[Example], embedder: Embedder, steps: int, show: Show) -> cross_encoder.Trained:
    """Return the network trained on `examples`."""
    import torch

    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    network = Network(embedder.folder)
    rates = (RATE, HEAD_RATE)
    groups: list[dict[str, Any]] = [{"params": network.upper}, {"params": network.head.parameters()}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    begun, mean = time.monotonic(), 0.0
    waiting: list[Example] = []
    for step in range(steps):
        share = min((step + 1) / (WARM_UP * steps), (steps - step) / ((1 - WARM_UP) * steps))
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * share
        if len(waiting) < BATCH:
            waiting = chance.sample(examples, len(examples))
        loss = lost(network, waiting[:BATCH], chance)
        waiting = waiting[BATCH:]
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.upper, 1.0)
        optimizer.step()
        mean += (loss.item() - mean) / min(step + 1, 50)
        left = (time.monotonic() - begun) / (step + 1) * (steps - step - 1)
        show(f"training: step {step + 1} of {steps}, loss {mean:.2f}, {left / 60:.0f} minutes left")
    return network.trained()


def measured(embedder: Embedder, show: Show) -> dict[str, dict[str, list[Example]]]:
    """Return of each thing measured the examples that the documents answer, and the near misses."""
    found: dict[str, dict[str, list[Example]]] = {}
    for title, (answers, misses) in TOLD.items():
        sides: dict[str, list[Example]] = {"answered": [], "near": []}
        for name in dict.fromkeys((*answers, *misses)):
            if (set_ := of_set(name)) is None:
                continue
            retriever = Retriever(set_[0], embedder)
            for number, one in enumerate(set_[1]):
                show(f"{name}: {number} of {len(set_[1])}")
                sides["answered" if one.answerable else "near"].append(example(retriever, one, 1))
        if all(sides.values()):
            found[title] = sides
    if (benchmark := data.doc2dial()) is not None:
        retriever = Retriever(benchmark.indexed()[0], embedder)
        sides = found[DEV] = {"answered": [], "near": []}
        for number, each in enumerate(benchmark.questions):
            show(f"{DEV}: {number} of {len(benchmark.questions)}")
            worth = partial(token_f1, each.answer)
            one = Asked(each.text, each.turns, worth=worth, answerable=each.answerable)
            sides["answered" if each.answerable else "near"].append(example(retriever, one, 1))
    return found


def area(right: Sequence[float], wrong: Sequence[float]) -> float:
    """Return how often one of the first is above one of the second; a draw counts half."""
    first, second = np.array(right)[:, None], np.array(wrong)
    return float(((first > second) + 0.5 * (first == second)).mean())


def fitted(sets: Sequence[dict[str, list[Example]]], reader: cross_encoder.CrossEncoder) -> tuple[float, float, float]:
    """Return the bias, and what the log odds of the search and those of the sentences count, by logistic regression.

    Each side of each set counts the same.
    """
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    rows, outcomes, counts = [], [], []
    for sides in sets:
        for kind, those in sides.items():
            for one in (one for one in those if one.sentences and not one.follow_up):
                odds = reader.log_odds(one.question, one.sentences[: most_read(follow_up=one.follow_up)])
                rows.append((np.log(one.confidence / (1 - one.confidence)), np.logaddexp.reduce(odds)))
                outcomes.append(kind == "answered")
                counts.append(100 / len(those))
    model = LogisticRegression(C=100).fit(rows, outcomes, sample_weight=counts)
    searched, read = map(float, model.coef_[0])
    return float(model.intercept_[0]), searched, read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", action="store_true", help="train the network anew")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"of the training, {BATCH} questions each")
    options = parser.parse_args()
    embedder = Embedder(light=True)
    base = embedder.bert
    assert base is not None, "the embedded model is a BERT encoder"
    with Console(stderr=True).status("") as status:
        if options.train:
            examples = list(to_learn_from(embedder, status.update))
            trained = train(examples, embedder, options.steps, status.update)
            cross_encoder.write(trained, base, embedder.weights, cross_encoder.FILE)
        reader = cross_encoder.CrossEncoder(base, cross_encoder.read(base))
        sets = measured(embedder, status.update)
    table = Table(
        title=f"What the documents answer, and near misses; refused below {Settings().answering.min_confidence}"
    )
    for column in ("", "by", "questions", "area", "answered refused", "near refused", "right sentence"):
        table.add_column(column, justify="left" if column in ("", "by") else "right")
    for title, sides in sets.items():
        for how in ("search", "reading"):
            add_row(table, title, how, sides, reader)
    Console().print(table)
    fitted_on = [name for name in ("organisations", DEV) if name in sets]
    bias, searched, read = fitted([sets[name] for name in fitted_on], reader)
    print(f"bot.confidence, on {' and '.join(fitted_on)}: bias {bias:.2f}, search {searched:.2f}, read {read:.2f}")


def add_row(
    table: Table, title: str, how: str, sides: dict[str, list[Example]], reader: cross_encoder.CrossEncoder
) -> None:
    """Tell of one thing measured how well the search alone tells it, or with the sentences read."""
    least = Settings().answering.min_confidence
    sure: dict[str, list[float]] = {}
    right = 0
    for kind, those in sides.items():
        for one in those:
            told = (
                reader.log_odds(one.question, one.sentences[: most_read(follow_up=one.follow_up)])
                if how == "reading"
                else None
            )
            odds = [] if told is None else told.tolist()
            read = [*odds, *[min(odds)] * (len(one.scores) - len(odds))] if odds else [0.0] * len(one.scores)
            scores = [score + READ * each for score, each in zip(one.scores, read, strict=True)]
            answered = float(np.logaddexp.reduce(odds)) if odds else None
            sure.setdefault(kind, []).append(together(one.confidence, answered, follow_up=one.follow_up))
            best = max(range(len(scores)), key=lambda place: scores[place]) if scores else -1
            right += kind == "answered" and best in one.right()
    table.add_row(
        title,
        how,
        " + ".join(str(len(those)) for those in sides.values()),
        f"{area(sure['answered'], sure['near']):.3f}",
        *(f"{np.mean([one < least for one in sure[kind]]):.0%}" for kind in ("answered", "near")),
        f"{right / len(sides['answered']):.0%}",
    )


if __name__ == "__main__":
    main()
