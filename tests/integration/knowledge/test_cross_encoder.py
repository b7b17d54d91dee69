"""A question and a text read together: as PyTorch reads them, and only where it can tell something."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge import cross_encoder
from knowledge.bert import NumpyBert
from knowledge.cross_encoder import CrossEncoder, Trained
from knowledge.embedding import Embedder
from knowledge.retrieval import Query, Retriever
from tests.bench import data

QUESTION = "Can I bring back a chair that I have put together?"
TEXTS = [
    "Returns. What you can return. Furniture can be returned even after it has been assembled.",
    "Gift cards. Gift cards never expire.",
    "x",
    "Çà été naïve 漢字 ✓ " * 60,
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(light=True)


@pytest.fixture(scope="module")
def base(embedder: Embedder) -> NumpyBert:
    assert embedder.bert is not None
    return embedder.bert


@pytest.fixture
def retriever(embedder: Embedder) -> Retriever:
    return Retriever(data.handbook().indexed()[0], embedder)


def changed(base: NumpyBert) -> Trained:
    """Return weights as training might make them."""
    random = np.random.default_rng(1)
    names = [f"encoder.layer.5.{part}" for part in ("output.dense.weight", "output.dense.bias")]
    weights = {name: base.weight(name) + random.normal(0, 0.02, base.weight(name).shape) for name in names}
    head = random.normal(0, 0.1, 2 * base.dimension + 1)
    return Trained({name: one.astype(np.float32) for name, one in weights.items()}, head.astype(np.float32))


@pytest.mark.parametrize("question", [QUESTION, "word " * 200])
def test_it_reads_pairs_as_transformers_does(embedder: Embedder, base: NumpyBert, question: str) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    trained = changed(base)
    model = AutoModel.from_pretrained(str(embedder.folder), add_pooling_layer=False).eval()
    new = {name: torch.from_numpy(one) for name, one in trained.weights.items()}
    model.load_state_dict(model.state_dict() | new)
    tokens = AutoTokenizer.from_pretrained(str(embedder.folder))
    told = CrossEncoder(base, trained).log_odds(question, TEXTS)
    for text, one in zip(TEXTS, told, strict=True):
        most = cross_encoder.MAX_TOKENS
        pair = tokens(question, text, truncation="longest_first", max_length=most, return_tensors="pt")
        with torch.no_grad():
            hidden = model(**pair).last_hidden_state[0].numpy()
        read = np.concatenate([hidden.mean(axis=0), hidden[0], [1.0]]) @ trained.head
        assert one == pytest.approx(read, abs=1e-4)


def test_what_is_written_is_read_to_a_small_step(base: NumpyBert, tmp_path: Path) -> None:
    trained, path = changed(base), tmp_path / "trained.safetensors"
    cross_encoder.write(trained, base, "abc", path)
    assert cross_encoder.trained_on(path) == "abc"
    read = cross_encoder.read(base, path)
    assert (read.head == trained.head).all()
    assert read.weights.keys() == trained.weights.keys()
    for name, values in trained.weights.items():
        most = np.abs(values - base.weight(name)).max()
        assert np.abs(read.weights[name] - values).max() <= most / 250


def test_the_base_stays_as_it_is(base: NumpyBert) -> None:
    before = base.encode([QUESTION])
    CrossEncoder(base, changed(base)).log_odds(QUESTION, TEXTS)
    assert (base.encode([QUESTION]) == before).all()


def test_what_answers_is_told_from_what_is_only_about_the_same(retriever: Retriever) -> None:
    texts = [
        "Gift cards. Gift cards never expire.",
        "Gift cards. You can buy gift cards of 10 to 500 euros in every store.",
        "Returns. Furniture can be returned even after it has been assembled.",
    ]
    for question, answer in (
        ("do gift cards run out at some point?", 0),
        ("what's the most i can put on a gift card?", 1),
        (QUESTION, 2),
    ):
        told = retriever.answering(Query(question), texts)
        assert max(range(3), key=lambda place: told[place]) == answer


def test_what_was_said_before_is_read_with_the_question(retriever: Retriever) -> None:
    texts = ["Gift cards. Gift cards never expire."]
    alone = retriever.answering(Query("and how long?"), texts)
    after = retriever.answering(Query("and how long?", ("Do gift cards expire at some time?",)), texts)
    assert after > alone


def test_a_pair_is_read_once(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    first = retriever.answering(Query(QUESTION), TEXTS[:2])
    monkeypatch.setattr(CrossEncoder, "log_odds", lambda *_: pytest.fail("read again"))
    assert retriever.answering(Query(QUESTION), TEXTS[1::-1]) == first[::-1]


def test_nothing_is_told_by_another_embedding_model(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_encoder, "trained_on", lambda: "other weights")
    assert retriever.answering(Query(QUESTION), TEXTS[:2]) == []


def test_of_no_texts_nothing_is_told(retriever: Retriever) -> None:
    assert retriever.answering(Query(QUESTION), []) == []


def test_empty_texts_are_read_too(base: NumpyBert) -> None:
    assert np.isfinite(CrossEncoder(base, changed(base)).log_odds("", ["", "x"])).all()
