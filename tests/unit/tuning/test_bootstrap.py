"""A difference that is chance has 0 in its interval, one that is not has not; the same again is the same."""

import numpy as np
import pytest

from bot.tuning.bootstrap import Resampled

DRAW = np.random.default_rng(5)


def compared(ours: list[float], theirs: list[float], groups: list[str] | None = None) -> Resampled[str]:
    ones = [1.0] * len(ours)
    groups = groups or [str(at) for at in range(len(ours))]
    return Resampled(groups, {"ours": (ours, ones), "theirs": (theirs, ones)}, draws=2000)


def test_a_small_but_steady_gain_is_no_chance_though_the_questions_differ_much() -> None:
    theirs = list(DRAW.uniform(0, 1, 100))
    ours = [one + 0.02 for one in theirs]
    found = compared(ours, theirs).difference("ours", "theirs")
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.02, 0.02, 0.02))


def test_noise_is_told_as_noise_about_as_often_as_the_level_says() -> None:
    left_out = 0
    for seed in range(60):
        draw = np.random.default_rng(seed)
        found = compared(list(draw.normal(0, 1, 60)), list(draw.normal(0, 1, 60))).difference("ours", "theirs")
        assert found is not None
        left_out += found.low > 0 or found.high < 0
    assert left_out <= 9, "of 60 intervals at 95 %, 3 leave 0 out in the mean"


def test_questions_of_one_conversation_are_no_independent_evidence() -> None:
    ours = [1.0] * 30 + [0.0] * 10
    theirs = [0.0] * 40
    alone = compared(ours, theirs).difference("ours", "theirs")
    together = compared(ours, theirs, ["long"] * 30 + [f"short {n}" for n in range(10)])
    found = together.difference("ours", "theirs")
    assert alone and found
    assert together.groups == 11
    assert alone.low > 0.5
    assert found.low == 0, "without the long conversation nothing is gained"


def test_a_mean_of_which_some_questions_say_nothing_is_a_ratio_of_sums() -> None:
    found = Resampled(["a", "b", "c"], {"x": ([1, 0, 0], [1, 1, 0]), "none": ([0, 0, 0], [0, 0, 0])}, draws=500)
    assert found.value("x") == 0.5
    assert found.value("none") is None
    assert found.interval("none") is None
    assert found.difference("x", "none") is None


def test_of_few_groups_there_is_a_mean_but_no_interval() -> None:
    groups = [f"g{n % 5}" for n in range(20)]
    few = compared([1.0] * 20, [0.0] * 20, groups)
    assert (few.value("ours"), few.interval("ours"), few.difference("ours", "theirs")) == (1.0, None, None)
    counts = [1.0] * 5 + [0.0] * 35
    some = Resampled([str(n) for n in range(40)], {"all": ([1.0] * 40, [1.0] * 40), "few": (counts, counts)}, draws=50)
    assert (some.counted("all"), some.counted("few")) == (40, 5)
    assert some.interval("all") and some.difference("all", "few") is None


def test_the_same_answers_give_the_same_interval() -> None:
    ours, theirs = list(DRAW.uniform(0, 1, 50)), list(DRAW.uniform(0, 1, 50))
    assert compared(ours, theirs).difference("ours", "theirs") == compared(ours, theirs).difference("ours", "theirs")


def test_both_systems_are_drawn_alike() -> None:
    same = list(DRAW.uniform(0, 1, 50))
    found = compared(same, same).difference("ours", "theirs")
    assert found is not None
    assert (found.low, found.high) == (0, 0)
