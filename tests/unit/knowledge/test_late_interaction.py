"""Words of a question are held against the words of passages."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.late_interaction import fits, held, packed


def vectors(*rows: list[float]) -> np.ndarray:
    out = np.array(rows, dtype=np.float32)
    return out / np.linalg.norm(out, axis=1, keepdims=True)


@pytest.mark.parametrize("dimension", [8, 13, 384])
def test_packed_words_fit_as_their_signs_do(dimension: int) -> None:
    random = np.random.default_rng(0)
    asked = vectors(*random.normal(size=(3, dimension)).tolist())
    passages = [vectors(*random.normal(size=(count, dimension)).tolist()) for count in (1, 5, 2)]
    signs = [np.where(one > 0, 1, -1) / np.sqrt(dimension) for one in passages]
    wanted = [(asked @ one.T).max(axis=1) for one in signs]
    assert np.allclose(held(asked, [packed(one) for one in passages]).nearest(), wanted, atol=1e-5)


def test_the_passage_with_the_asked_words_fits_best() -> None:
    one, other = [1.0, 2, -3, 4, -1, 2, 1, -2], [-2.0, 1, 1, -3, 2, -1, 4, 1]
    fit = fits(held(vectors(one), [packed(vectors(other)), packed(vectors(other, one))]).nearest())
    assert fit[1] > 0.85 > fit[0]


def test_a_word_that_every_passage_holds_says_little() -> None:
    # The first word is nearly everywhere, a little nearer in the first passage; the second only in the second one.
    near = np.array([[0.9, 0.1], [0.6, 0.3], [0.9, 0.1]], dtype=np.float32)
    plain, fit = near.mean(axis=1), fits(near)
    assert plain[0] > plain[1]
    assert fit[1] > fit[0]
    assert np.allclose(fits(np.ones((2, 3), dtype=np.float32)), 1)


def test_without_words_there_is_no_fit() -> None:
    word = vectors([1.0, 2, 3])
    assert fits(held(word, []).nearest()).shape == (0,)
    assert fits(held(word[:0], [packed(word)]).nearest()).tolist() == [0.0]
    assert fits(held(word, [packed(word), b""]).nearest()).tolist() == [0.0, 0.0]


def test_each_word_asked_is_held_alike_alone_and_beside_others() -> None:
    random = np.random.default_rng(2)
    asked = vectors(*random.normal(size=(5, 16)).tolist())
    passages = [packed(random.normal(size=(count, 16)).astype(np.float32)) for count in (3, 9)]
    both = held(asked, passages)
    assert np.allclose(both.to(slice(1, 3)).nearest(), held(asked[1:3], passages).nearest(), atol=1e-6)
    assert both.to(slice(1, 3)).best_window(1, 4) == pytest.approx(held(asked[1:3], passages[1:]).best_window(0, 4))


def test_a_window_is_as_good_as_its_words_are_on_the_mean() -> None:
    word, other = [1.0, 2, -3, 4, -1, 2, 1, -2], [-2.0, 1, 1, -3, 2, -1, 4, 1]
    asked = vectors(word, other)
    apart = held(asked, [packed(vectors(word, *[[1.0] * 8] * 6, other))])
    assert apart.best_window(0, 20) > apart.best_window(0, 4) + 0.2
    assert held(asked, [b""]).best_window(0, 4) == held(asked[:0], [packed(asked)]).best_window(0, 4) == 0.0
