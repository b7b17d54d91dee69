"""How likely passages answer a question is told from what the search knows of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from knowledge.answerability import NAMES, Evidence, _fitted, probability, signs
from knowledge.late_interaction import held, packed

DIMENSION = 16


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def evidence() -> Evidence:
    random = np.random.default_rng(1)
    vectors = unit(random.normal(size=(30, DIMENSION)))
    asked = unit(random.normal(size=(4, DIMENSION)))
    shown = [3, 8, 1, 20, 5]
    words = [packed(random.normal(size=(30, DIMENSION)).astype(np.float32)) for _ in vectors]
    scores = np.full(30, 0.5, dtype=np.float32)
    scores[shown] = [1.0, 0.9, 0.8, 0.7, 0.6]
    cosines = random.uniform(0, 0.5, size=(30, 1)).astype(np.float32)
    return Evidence(vectors, cosines, scores, shown, [held(asked, words)])


def test_every_sign_speaks_for_an_answer() -> None:
    _, weighed = _fitted()
    assert set(weighed) == set(NAMES)
    assert all(one.weight > 0 and one.deviation > 0 for one in weighed.values())
    typical = {name: one.mean for name, one in weighed.items()}
    for name, one in weighed.items():
        assert probability(typical | {name: one.mean + one.deviation}) > probability(typical)


def test_no_sign_is_as_a_typical_one() -> None:
    _, weighed = _fitted()
    assert probability({}) == pytest.approx(probability({name: one.mean for name, one in weighed.items()}))


def test_the_nearer_the_passages_shown_the_likelier_is_an_answer(evidence: Evidence) -> None:
    nearer = evidence.cosines.copy()
    nearer[evidence.shown[2]] = 0.9
    assert signs(replace(evidence, cosines=nearer))["cosine"] == pytest.approx(0.9)
    unseen = evidence.cosines.copy()
    unseen[29] = 0.9  # not shown
    assert signs(replace(evidence, cosines=unseen)) == signs(evidence)


def test_words_of_the_question_in_one_clause_count_and_scattered_ones_do_less(evidence: Evidence) -> None:
    filler = np.ones((1, DIMENSION), dtype=np.float32)
    asked = unit(np.random.default_rng(3).normal(size=(4, DIMENSION)))
    together = np.concatenate([*[filler] * 20, asked, *[filler] * 20])
    scattered = np.concatenate([part for word in asked for part in (word[None], *[filler] * 10)])
    clause = [
        signs(replace(evidence, held=[held(asked, [packed(words)] * 30)]))["clause"] for words in (together, scattered)
    ]
    assert clause[0] > clause[1] + 0.1


def test_a_passage_far_ahead_of_those_not_shown_leads(evidence: Evidence) -> None:
    ahead = evidence.scores.copy()
    ahead[evidence.shown[0]] += 1
    assert signs(replace(evidence, scores=ahead))["lead"] == pytest.approx(signs(evidence)["lead"] + 1)


def test_what_cannot_be_told_is_left_out(evidence: Evidence) -> None:
    wordless = [held(np.ones((1, DIMENSION), dtype=np.float32), [b""])]
    alone = Evidence(evidence.vectors[:1], evidence.cosines[:1], evidence.scores[:1], [0], wordless)
    assert set(signs(alone)) == {"cosine"}


def test_of_a_few_passages_the_best_leads_the_worse_half_and_they_need_have_nothing_in_common(
    evidence: Evidence,
) -> None:
    scores = np.array([2.0, 1.5, 0.4, 0.2], dtype=np.float32)
    few = Evidence(evidence.vectors[:4], evidence.cosines[:4], scores, [0, 1, 2, 3], evidence.held)
    assert set(signs(few)) == {"cosine", "clause", "lead"}
    assert signs(few)["lead"] == pytest.approx(1.7)
