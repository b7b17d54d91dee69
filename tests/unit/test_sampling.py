"""The next token: greedy by default, drawn as often as is likely with a temperature, and repeatable."""

from collections import Counter

import numpy as np

from bot.generation.sampling import Sampling

LOGITS = np.log(np.array([0.5, 0.3, 0.15, 0.05], np.float32))


def drawn(sampling: Sampling, times: int = 4000) -> Counter[int]:
    return Counter(sampling.choose(LOGITS, position) for position in range(times))


def test_without_a_temperature_the_likeliest_is_taken() -> None:
    assert drawn(Sampling()) == {0: 4000}


def test_with_a_temperature_tokens_come_as_often_as_they_are_likely() -> None:
    counts = drawn(Sampling(temperature=1.0))
    assert np.allclose([counts[token] / 4000 for token in range(4)], [0.5, 0.3, 0.15, 0.05], atol=0.03)


def test_top_p_leaves_out_the_unlikely_end() -> None:
    assert set(drawn(Sampling(temperature=1.0, top_p=0.7))) == {0, 1}
    assert set(drawn(Sampling(temperature=1.0, top_p=0.81))) == {0, 1, 2}
    assert set(drawn(Sampling(temperature=1.0, top_p=0.01))) == {0}


def test_what_is_next_to_impossible_is_never_drawn() -> None:
    logits = np.log(np.array([0.97, 0.03], np.float32))
    assert {Sampling(temperature=1.0, seed=s).choose(logits, 0) for s in range(500)} == {0}


def test_seed_and_position_decide() -> None:
    one, same, other = (Sampling(temperature=1.0, seed=seed) for seed in (1, 1, 2))
    draws = [[sampling.choose(LOGITS, n) for n in range(50)] for sampling in (one, same, other)]
    assert draws[0] == draws[1] != draws[2]
    assert len(set(draws[0])) > 1
