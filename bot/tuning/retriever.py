"""Fine-tuning of the embedding model on a company's own questions and documents.

Multiple negatives ranking (Henderson et al., arXiv 1705.00652): each question is to be nearer to its passage than to
the other passages of the batch, one of which is hard: near the question by the model as it was, and no answer.
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
from sqlalchemy import func, select

from bot.followups import query_for
from bot.messages import Status, Turn
from bot.storage.database import Database
from bot.storage.tables import AnswerRow, QuestionRow, RatingRow, State
from knowledge.documents import Passage
from knowledge.embedding import Embedder, Vectors
from knowledge.errors import FrontdeskError
from knowledge.index import Index, IndexEmbedderMismatch, Version
from knowledge.passages import context_of, embedded_text
from knowledge.retrieval import Query, asked_texts
from knowledge.sentences import sentences_of, words_of

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

K = 5
_POOL = 10_000
"""Passages that are trained on and searched in the comparison; of a larger index a part is drawn."""
_PAIRS = 2_000
"""Pairs up to which those of questions are filled up with pairs of the documents themselves."""
_FEWEST_PAIRS = 20
_FEWEST_HELD_OUT = 20
"""Questions with which before and after can be compared; with fewer, sentences of the documents stand in for them."""
_HELD_WORDS = 0.8
"""Of the words of a labelled text, the share that a passage must hold to be its passage."""
_NEAR = 30
"""Nearest passages of which the hard one is drawn."""
_TWIN = 0.95
"""Cosine of two passages above which they say the same, so that neither is wrong where the other is right."""
_SCALE = 20.0
"""What cosines are multiplied by in the loss."""
_LOOKED_UP = 500
_MINI = 16
"""Texts of about one length that go through the model at once."""

Show = Callable[[str, int, int], None]
Tell = Callable[[str], None]


class TuningError(FrontdeskError):
    """The model cannot be fine-tuned as asked."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train; chosen on held-out questions."""

    epochs: int = 2
    batch: int = 32
    """Questions in a batch."""
    tokens: int = 128
    """Of a passage that are trained on; the model made takes as many as before."""
    learning_rate: float = 5e-5
    """At the end of the first tenth of the steps; it falls to 0 from there."""
    held_out: float = 0.2
    """Share of the documents whose questions only compare before and after."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question and what is known to answer it."""

    query: Query
    documents: frozenset[str]
    texts: tuple[str, ...] = ()
    """Words the answer rests on; empty where only documents are known."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Held-out questions searched by vector alone among all passages.

    `before` and `after` hold `recall@5`, the share with a passage that answers among the five best, and `nDCG@5`.
    """

    before: Mapping[str, float]
    after: Mapping[str, float]
    questions: int
    kind: str
    """`questions`, or `sentences`: first sentences of passages that look for the rest, where questions are too few."""

    @property
    def better(self) -> bool:
        return self.after["nDCG@5"] > self.before["nDCG@5"]


@dataclass(frozen=True, slots=True)
class Tuned:
    """A fine-tuned model."""

    id: str
    folder: Path
    comparison: Comparison
    pairs: Mapping[str, int]
    """Pairs trained on, by where they are from."""
    unmatched: int
    """Questions whose documents or words are not in the index."""
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "metrics": {"before": dict(self.comparison.before), "after": dict(self.comparison.after)},
            "artifacts": [str(self.folder)],
            "better": self.comparison.better,
            "held_out": {"questions": self.comparison.questions, "kind": self.comparison.kind},
            "pairs": dict(self.pairs),
            "unmatched": self.unmatched,
            "seconds": round(self.seconds, 1),
        }


# ------------------------------------------------------------------ questions


def read_questions(path: Path) -> tuple[list[LabelledQuestion], list[str]]:
    """Read lines of `{"question", "history"?, "gold_doc_ids", "gold_passages"?: [{"text"}], "answerable"?}`.

    Returns the questions that documents answer, and a sentence for each line that cannot be read. Raises TuningError
    if the file cannot.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise TuningError(f"{path} cannot be read: {said}.", "Name a file of JSON lines.") from None
    found: list[LabelledQuestion] = []
    bad: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            if raw.get("answerable", True):
                found.append(_question(raw))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            said = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            bad.append(f"{path.name}, line {number} is skipped: {said}.")
    return found, bad


def _question(raw: dict[str, Any]) -> LabelledQuestion:
    text, documents = raw["question"], raw["gold_doc_ids"]
    if not isinstance(text, str) or not text.strip():
        raise ValueError('"question" is no text')
    if not isinstance(documents, list) or not documents or not all(isinstance(one, str) for one in documents):
        raise ValueError('"gold_doc_ids" is no list of document ids')
    turns = [Turn(str(one["role"]), str(one["content"])) for one in raw.get("history") or []]
    texts = tuple(str(one["text"]) for one in raw.get("gold_passages") or [])
    return LabelledQuestion(query_for(text, turns), frozenset(documents), texts)


async def rated_questions(database: Database) -> list[LabelledQuestion]:
    """Return the questions whose answer more people found helpful than not, with the words that it cites."""
    helpful = select(RatingRow.answer_id).group_by(RatingRow.answer_id).having(func.sum(RatingRow.value) > 0)
    answered = (
        select(QuestionRow.id, QuestionRow.conversation_id, QuestionRow.text, AnswerRow.citations)
        .join(AnswerRow, AnswerRow.question_id == QuestionRow.id)
        .where(AnswerRow.id.in_(helpful), AnswerRow.status == Status.ANSWERED, QuestionRow.state == State.DELIVERED)
        .order_by(QuestionRow.id)
    )
    async with database.read() as session:
        rows = (await session.execute(answered)).all()
        found = []
        for row in rows:
            if not row.citations:
                continue
            said = select(QuestionRow.text).where(
                QuestionRow.conversation_id == row.conversation_id,
                QuestionRow.id < row.id,
                QuestionRow.state != State.WITHDRAWN,
            )
            earlier = [Turn("user", text) for text in await session.scalars(said.order_by(QuestionRow.id))]
            documents = frozenset(str(one["document_id"]) for one in row.citations)
            texts = tuple(one["quote"] for one in row.citations if one.get("quote"))
            found.append(LabelledQuestion(query_for(row.text, earlier), documents, texts))
    return found


# ------------------------------------------------------------------ the passages and pairs


@dataclass(frozen=True, slots=True)
class _Pair:
    texts: tuple[str, ...]
    """What is embedded of the question; its vector is the mean of theirs."""
    positive: str
    """What is embedded of the passage."""
    passage: int
    right: frozenset[int]
    """Every passage that answers."""


class _Pool:
    """The passages, their vectors by the model as it is (shape: passages, dimension), and what is in which document."""

    def __init__(self, version: Version, wanted: set[str], seed: int) -> None:
        rows = sorted(_rows(version, wanted, seed), key=lambda row: (row[0].document_id, row[0].position))
        self.passages: list[Passage] = [passage for passage, _ in rows]
        self.vectors: Vectors = np.stack([vector for _, vector in rows]) if rows else np.empty((0, 1), np.float32)
        self.texts = [embedded_text(passage) for passage in self.passages]
        self.of_document: dict[str, list[int]] = {}
        for number, passage in enumerate(self.passages):
            self.of_document.setdefault(passage.document_id, []).append(number)
        self._words: dict[int, frozenset[str]] = {}

    def right(self, question: LabelledQuestion) -> frozenset[int]:
        """Return the passages that answer a question; none if it is about other documents than these."""
        inside = [number for id in sorted(question.documents) for number in self.of_document.get(id, ())]
        if not question.texts:
            return frozenset(inside)
        labelled = [words for text in question.texts if (words := _words(text))]
        return frozenset(
            number
            for number in inside
            if any(len(words & self._words_of(number)) >= _HELD_WORDS * len(words) for words in labelled)
        )

    def _words_of(self, number: int) -> frozenset[str]:
        if number not in self._words:
            self._words[number] = _words(self.passages[number].text)
        return self._words[number]


def _words(text: str) -> frozenset[str]:
    return frozenset("".join(one if one.isalnum() else " " for one in text.lower()).split())


def _rows(version: Version, wanted: set[str], seed: int) -> Iterator[tuple[Passage, Vectors]]:
    """Yield the passages of the documents asked about, then of others by chance, `_POOL` of them or a few more."""
    known = version.documents()
    others = sorted(known.keys() - wanted)
    random.Random(seed).shuffle(others)
    ids, count = [], 0
    for id in (*sorted(known.keys() & wanted), *others):
        if count >= _POOL:
            break
        ids.append(id)
        count += known[id].passages
    for start in range(0, len(ids), _LOOKED_UP):
        yield from version.rows_of(ids[start : start + _LOOKED_UP])


def _held_out(pool: _Pool, questions: Sequence[LabelledQuestion], share: float, seed: int) -> set[str]:
    """Return the documents to hold out. Those that one question is about stay together."""
    together = {id: id for id in pool.of_document}

    def root(id: str) -> str:
        while together[id] != id:
            together[id] = id = together[together[id]]
        return id

    for question in questions:
        first, *rest = sorted(question.documents & together.keys()) or [""]
        for id in rest:
            together[root(id)] = root(first)
    groups: dict[str, list[str]] = {}
    for id in sorted(together):
        groups.setdefault(root(id), []).append(id)
    asked = {root(id) for question in questions for id in question.documents & together.keys()}
    held: set[str] = set()
    # Documents with questions and those without are drawn apart, so that a share of the questions is held out.
    for some in (sorted(asked), sorted(groups.keys() - asked)):
        random.Random(seed).shuffle(some)
        size = share * sum(len(groups[one]) for one in some)
        chosen: set[str] = set()
        for one in some:
            # A group that holds most of the documents is trained on.
            if len(chosen) + len(groups[one]) <= max(size, 1):
                chosen.update(groups[one])
        held |= chosen
    return held


def _own_pairs(pool: _Pool, numbers: Iterable[int]) -> list[_Pair]:
    """Return what documents say of themselves: heading and text, first sentence and rest of each passage."""
    pairs: dict[str, _Pair] = {}
    for number in numbers:
        passage = pool.passages[number]
        context = context_of(passage.title, passage.heading)
        if passage.heading or not passage.position:
            # Without the heading in front, which would give it away.
            pairs.setdefault(context, _Pair((context,), passage.text, number, frozenset({number})))
        if pair := _sentence_pair(pool, number):
            pairs.setdefault(pair.texts[0], pair)
    return list(pairs.values())


def _sentence_pair(pool: _Pool, number: int) -> _Pair | None:
    passage = pool.passages[number]
    first, *rest = sentences_of(passage.text) or [""]
    if len(words_of(first)) < 5 or len(words_of(" ".join(rest))) < 10:
        return None
    text = f"{context_of(passage.title, passage.heading)}\n{' '.join(rest)}"
    return _Pair((first,), text, number, frozenset({number}))


def _pairs(pool: _Pool, questions: Sequence[LabelledQuestion], embedder: Embedder) -> list[_Pair]:
    """Return each question with the nearest of the passages that answer it; without those that none here answers."""
    asked = [(tuple(asked_texts(one.query)), right) for one in questions if (right := pool.right(one))]
    vectors = _asked_vectors([texts for texts, _ in asked], embedder)
    pairs = []
    for (texts, right), vector in zip(asked, vectors, strict=True):
        candidates = sorted(right)
        passage = candidates[int((pool.vectors[candidates] @ vector).argmax())]
        pairs.append(_Pair(texts, pool.texts[passage], passage, right))
    return pairs


def _asked_vectors(asked: Sequence[Sequence[str]], embedder: Embedder) -> Vectors:
    """Return the vectors that are searched with, shape (len(asked), dimension)."""
    flat = embedder.encode([text for texts in asked for text in texts])
    ends = np.cumsum([len(texts) for texts in asked]).tolist()
    means = [flat[end - len(texts) : end].mean(axis=0) for texts, end in zip(asked, ends, strict=True)]
    return np.stack(means) if means else np.empty((0, flat.shape[1]), np.float32)


def _hard(pool: _Pool, pairs: Sequence[_Pair], allowed: Sequence[int], embedder: Embedder) -> list[list[int]]:
    """Return for each pair passages near its question that do not answer it."""
    inside = np.array(allowed)
    vectors = pool.vectors[inside]
    out = []
    for pair, vector in zip(pairs, _asked_vectors([pair.texts for pair in pairs], embedder), strict=True):
        nearest = inside[np.argsort(-(vectors @ vector), kind="stable")[: _NEAR + len(pair.right)]]
        twins = pool.vectors[nearest] @ pool.vectors[pair.passage] > _TWIN
        out.append([int(n) for n, twin in zip(nearest, twins, strict=True) if not twin and int(n) not in pair.right])
    return out


# ------------------------------------------------------------------ training


def tune(
    uri: str,
    model: str,
    device: str,
    questions: Sequence[LabelledQuestion],
    out: Path,
    recipe: Recipe | None = None,
    show: Show = lambda stage, done, total: None,
    tell: Tell = lambda sentence: None,
) -> Tuned:
    """Fine-tune the embedding model `model` on the index `uri` and `questions`, and write it to the new folder `out`.

    Documents of held-out questions are neither trained on nor used as wrong answers. The same data and seed give the
    same training on one machine. `tell` gets the estimate before the training begins. Nothing is left of a training
    that does not end. Raises TuningError for too few pairs or a folder that is there or cannot be written,
    IndexMissing before the first reindex, IndexEmbedderMismatch for an index of another model.
    """
    begun = time.perf_counter()
    recipe = recipe or Recipe()
    if out.exists():
        raise TuningError(f"{out} is there already.", "Name a new folder with --out, or remove that one.")
    version = Index(uri).published()
    embedder = Embedder(model, device)
    made = version.identity.embedder
    if made.weights != embedder.weights:
        raise IndexEmbedderMismatch(
            f"The index was made with the embedding model {made.name}, the settings name {embedder.name}.",
            "Run `frontdesk reindex`, or set embedding.model back.",
        )
    embedder.use_dtype(made.dtype)
    pool = _Pool(version, {id for one in questions for id in one.documents}, recipe.seed)
    held = _held_out(pool, questions, recipe.held_out, recipe.seed)
    trained_on = [n for n, passage in enumerate(pool.passages) if passage.document_id not in held]
    learnt = _pairs(pool, [one for one in questions if not one.documents & held], embedder)
    asked = _pairs(pool, [one for one in questions if one.documents & held], embedder)
    own = _own_pairs(pool, trained_on)
    random.Random(recipe.seed).shuffle(own)
    own = own[: max(_PAIRS - len(learnt), len(learnt) // 4)]
    pairs = learnt + own
    if len(pairs) < _FEWEST_PAIRS or len(trained_on) < K:
        raise TuningError(
            f"There are {len(pairs)} pairs to train on, which is too few: {_FEWEST_PAIRS} are the least.",
            "Add documents and run `frontdesk reindex`, or give questions with --questions.",
        )
    exam = _Exam(pool, asked, held)
    temporary = out.with_name(f".{out.name}.{uuid4().hex}")
    try:
        try:
            temporary.mkdir(parents=True)
        except OSError as error:
            raise _not_writable(out, error) from None
        before = exam.marks(embedder, pool.vectors)
        show("looking for hard passages", 0, 1)
        hard = _hard(pool, pairs, trained_on, embedder)
        show("looking for hard passages", 1, 1)
        _train(embedder, device, pool, pairs, hard, recipe, temporary, show, tell)
        after_embedder = Embedder(str(temporary), device, made.dtype)
        total = len(pool.texts)
        vectors = after_embedder.encode(pool.texts, lambda done: show("comparing", done, total))
        comparison = Comparison(before, exam.marks(after_embedder, vectors), len(exam.pairs), exam.kind)
        tuned = Tuned(
            id=out.name,
            folder=out,
            comparison=comparison,
            pairs={"questions": len(learnt), "documents": len(own)},
            unmatched=len(questions) - len(learnt) - len(asked),
            seconds=time.perf_counter() - begun,
        )
        facts = tuned.as_json() | {
            "recipe": asdict(recipe),
            "base": {"name": embedder.name, "weights": embedder.weights},
            "weights": after_embedder.weights,
            "documents": {"trained_on": len(pool.of_document) - len(held), "held_out": len(held)},
            "passages_searched": total,
        }
        (temporary / "metrics.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        (temporary / "README.md").write_text(_card(tuned, facts), encoding="utf-8")
        try:
            temporary.rename(out)
        except OSError as error:
            raise _not_writable(out, error) from None
    finally:
        with suppress(OSError):
            shutil.rmtree(temporary)
    return tuned


def _not_writable(out: Path, error: OSError) -> TuningError:
    return TuningError(f"{out} cannot be written: {error.strerror}.", "Name another folder with --out.")


class _Exam:
    """Questions that are not trained on, searched by vector alone among all passages."""

    def __init__(self, pool: _Pool, asked: list[_Pair], held: set[str]) -> None:
        self._pool = pool
        self.pairs, self.kind = asked, "questions"
        if len(asked) < _FEWEST_HELD_OUT:
            numbers = [number for id in sorted(held) for number in pool.of_document[id]]
            self.pairs = [pair for number in numbers if (pair := _sentence_pair(pool, number))]
            self.kind = "sentences"

    def marks(self, embedder: Embedder, vectors: Vectors) -> dict[str, float]:
        if not self.pairs:
            return {f"recall@{K}": 0.0, f"nDCG@{K}": 0.0}
        if self.kind == "sentences":
            # The passage must not hold the sentence that looks for it.
            vectors = vectors.copy()
            vectors[[pair.passage for pair in self.pairs]] = embedder.encode([pair.positive for pair in self.pairs])
        found, gained = 0, 0.0
        discounts = 1 / np.log2(np.arange(K) + 2)
        for pair, vector in zip(self.pairs, _asked_vectors([one.texts for one in self.pairs], embedder), strict=True):
            best = np.argsort(-(vectors @ vector), kind="stable")[:K]
            hits = np.array([int(number) in pair.right for number in best])
            found += bool(hits.any())
            gained += float(discounts[: len(hits)][hits].sum() / discounts[: min(K, len(pair.right))].sum())
        count = len(self.pairs)
        return {f"recall@{K}": round(found / count, 4), f"nDCG@{K}": round(gained / count, 4)}


def _train(
    base: Embedder,
    device: str,
    pool: _Pool,
    pairs: Sequence[_Pair],
    hard: Sequence[Sequence[int]],
    recipe: Recipe,
    folder: Path,
    show: Show,
    tell: Tell,
) -> None:
    """Train in float32 (bfloat16 inside, where the machine multiplies it) and save to `folder`."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(base.folder), device=device or None, local_files_only=True, model_kwargs={"dtype": torch.float32}
    )
    whole, model.max_seq_length = model.max_seq_length, min(model.max_seq_length or recipe.tokens, recipe.tokens)
    kind = model.device.type
    half = torch.cuda.is_bf16_supported() if kind == "cuda" else kind == "cpu" and base.identity.dtype == "bfloat16"
    # Few questions use few of the words; the vectors of all words are better left as they are.
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("word_embeddings" not in name)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=recipe.learning_rate, weight_decay=0.01)
    per_epoch = max(1, len(pairs) // recipe.batch)
    steps = per_epoch * recipe.epochs
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))
    )
    chance = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    model.train()

    def loss_of(batch: Sequence[int]) -> Tensor:
        negatives = [chance.choice(hard[number]) for number in batch if hard[number]]
        with torch.autocast(kind, dtype=torch.bfloat16, enabled=half):
            return _loss(model, [pairs[number] for number in batch], negatives, pool.texts)

    trial = chance.sample(range(len(pairs)), min(recipe.batch, len(pairs)))
    of_a_step = 0.0
    # The first time of all takes longer.
    for some in (trial[:4], trial):
        begun = time.perf_counter()
        loss_of(some).backward()  # type: ignore[no-untyped-call]
        optimizer.zero_grad()
        of_a_step = time.perf_counter() - begun
    # In the comparison each passage is computed once forward; in training a pair is about two, forward and backward.
    seconds = of_a_step * (steps + len(pool.texts) / recipe.batch / 6)
    tell(
        f"Training on {len(pairs)} pairs for {recipe.epochs} epochs on {kind}: about {max(1, round(seconds / 60))} min."
    )
    done = 0
    for _ in range(recipe.epochs):
        order = chance.sample(range(len(pairs)), len(pairs))
        for start in range(0, per_epoch * recipe.batch, recipe.batch):
            loss = loss_of(order[start : start + recipe.batch])
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            done += 1
            show("training", done, steps)
    model.eval()
    model.max_seq_length = whole
    model.save_pretrained(str(folder), create_model_card=False)
    if (base.folder / "model.safetensors").is_file():
        # Only the weights are new. The library writes the rest in the form of its day, from which less can be read.
        unwanted = shutil.ignore_patterns("*.safetensors", "*.bin", "*.onnx", "onnx", "openvino", "README.md", ".*")
        shutil.copytree(base.folder, folder, dirs_exist_ok=True, ignore=unwanted)


def _loss(model: SentenceTransformer, batch: Sequence[_Pair], negatives: Sequence[int], texts: Sequence[str]) -> Tensor:
    """Return how far each question is from being nearer to its passage than to all others of the batch."""
    import torch
    from torch.nn.functional import cross_entropy, normalize

    asked = [text for pair in batch for text in pair.texts]
    owners = torch.tensor([i for i, pair in enumerate(batch) for _ in pair.texts], device=model.device)
    vectors = _encode(model, [*asked, *(pair.positive for pair in batch), *(texts[number] for number in negatives)])
    means = vectors.new_zeros(len(batch), vectors.shape[1]).index_add_(0, owners, vectors[: len(asked)])
    scores = normalize(means, dim=1) @ vectors[len(asked) :].T * _SCALE
    numbers = [*(pair.passage for pair in batch), *negatives]
    right = [[j != i and n in pair.right for j, n in enumerate(numbers)] for i, pair in enumerate(batch)]
    scores = scores.masked_fill(torch.tensor(right, device=model.device), -torch.inf)
    return cross_entropy(scores, torch.arange(len(batch), device=model.device))


def _encode(model: SentenceTransformer, texts: Sequence[str]) -> Tensor:
    """Return unit vectors to be trained, in the order of `texts`; those of one length together, with little padding."""
    import torch
    from sentence_transformers.util import batch_to_device
    from torch.nn.functional import normalize

    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found = []
    for start in range(0, len(order), _MINI):
        features = batch_to_device(model.preprocess([texts[i] for i in order[start : start + _MINI]]), model.device)
        found.append(model(features)["sentence_embedding"].float())
    back = torch.tensor(np.argsort(order), device=model.device)
    return normalize(torch.cat(found)[back], dim=1)


def _card(tuned: Tuned, facts: Mapping[str, Any]) -> str:
    comparison, recipe, documents = tuned.comparison, facts["recipe"], facts["documents"]
    rows = "\n".join(
        f"| {name} | {value:.3f} | {comparison.after[name]:.3f} |" for name, value in comparison.before.items()
    )
    what = {"questions": "questions", "sentences": "first sentences of passages, searching for the rest"}
    return f"""---
library_name: sentence-transformers
pipeline_tag: sentence-similarity
---

# {tuned.id}

The embedding model {facts["base"]["name"]}, fine-tuned by Frontdesk on a company's own questions and documents.

| | before | after |
|---|---|---|
{rows}

Measured on {comparison.questions} held-out {what[comparison.kind]}, by vector alone among
{facts["passages_searched"]} passages. {documents["held_out"]} documents were held out with all that is asked about
them.

- Trained on {tuned.pairs["questions"]} questions and {tuned.pairs["documents"]} pairs of {documents["trained_on"]}
  documents.
- {recipe["epochs"]} epochs, {recipe["batch"]} pairs in a batch with one hard passage each, learning rate \
{recipe["learning_rate"]}, seed {recipe["seed"]}; the vectors of the words were left as they are.
- Weights of the base (SHA-256): `{facts["base"]["weights"]}`
- Weights of this model (SHA-256): `{facts["weights"]}`

It learnt from texts of the company: whoever may not read those should not get it.
"""
