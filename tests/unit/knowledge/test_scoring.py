"""What makes a score, on candidates made by hand."""

import numpy as np

from knowledge.index import Candidate
from knowledge.retrieval import Fusion, _scored


def candidate(number: int, *vector: float) -> Candidate:
    unit = np.array(vector, dtype=np.float32) / np.linalg.norm(vector)
    return Candidate(number, bytes([number]), unit, b"", 0.0)


def test_of_two_that_fit_alike_the_one_like_the_best_gains() -> None:
    asked = np.array([[1.0, 0.0, 0.0]], dtype=np.float32)
    found = [candidate(0, 1, 0.2, 0), candidate(1, 1, -1, 0), candidate(2, 1, 1, 0)]
    words = [np.zeros((0, 3), dtype=np.float32)]
    _, apart, alike = _scored(found, asked, words, Fusion())[0]
    assert alike > apart
    _, apart, alike = _scored(found, asked, words, Fusion(feedback=0))[0]
    assert alike == apart
