"""Losses are what their papers say, and batches are drawn as the options say."""

import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from bot.tuning.items import epoch, turns
from bot.tuning.objectives import Item, log_probabilities, loss_of, weight_of
from bot.tuning.options import Method, TrainingOptions
from bot.tuning.packing import Encoded, pack
from bot.tuning.training import learning_rate


def item(prompt: int = 20, *answers: int, liked: bool = True, origin: str = "made") -> Item:
    texts = tuple(Encoded(tuple(range(prompt)), tuple(range(answer))) for answer in answers or (5,))
    return Item(texts, origin, liked, reference=tuple(-1.0 - n for n in range(len(texts))))


def test_log_probabilities_and_their_gradients_are_those_of_the_whole_matrix_of_logits() -> None:
    torch.manual_seed(0)
    head = nn.Linear(16, 50, bias=False).requires_grad_(False)
    packed = pack([Encoded(tuple(range(30)), tuple(n % 50 for n in range(700))), Encoded((1, 2), (3,))])
    hidden = torch.randn(len(packed.tokens), 16, requires_grad=True)
    found = log_probabilities(hidden, head, packed)
    weights = torch.rand(len(found))
    (gradient,) = torch.autograd.grad((found * weights).sum(), hidden)
    plain = -F.cross_entropy(head(hidden[packed.rows]), packed.targets, reduction="none")
    (expected,) = torch.autograd.grad((plain * weights).sum(), hidden)
    torch.testing.assert_close(found, plain)
    torch.testing.assert_close(gradient, expected)


def loss(method: Method, logs: list[list[float]], items: list[Item], beta: float = 0.5) -> float:
    """Return the loss where the answers' tokens have these log-probabilities."""
    packed = pack([text for one in items for text in one.texts])
    return float(loss_of(method, torch.tensor([one for text in logs for one in text]), packed, items, beta))


def test_answers_are_learned_by_the_mean_over_their_tokens() -> None:
    items = [item(20, 2), item(20, 3)]
    assert loss(Method.ANSWERS, [[-1.0, -2.0], [-3.0, -4.0, -5.0]], items) == 15.0
    assert weight_of(Method.ANSWERS, items) == 5


def test_dpo_compares_what_both_answers_gained_over_the_reference() -> None:
    one = item(20, 2, 1)  # references -1 and -2
    expected = -math.log(1 / (1 + math.exp(-0.5 * ((-0.3 - -1.0) - (-4.0 - -2.0)))))
    assert loss(Method.DPO, [[-0.1, -0.2], [-4.0]], [one]) == pytest.approx(expected, abs=1e-6)
    assert weight_of(Method.DPO, [one]) == 1


def test_kto_holds_an_answer_against_how_far_the_model_moved_in_general() -> None:
    liked, disliked = item(20, 1, 1), replace(item(20, 1, 1, liked=False), worth=2.0)
    # Gained: liked +0.5, disliked +0.25; the others' answers +1.5 and +0.5, so 1.0 in general.
    logs = [[-0.5], [-0.5], [-0.75], [-1.5]]

    def sigmoid(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    expected = (1 - sigmoid(0.5 * (0.5 - 1.0))) + 2.0 * (1 - sigmoid(-0.5 * (0.25 - 1.0)))
    assert loss(Method.KTO, logs, [liked, disliked]) == pytest.approx(expected, abs=1e-6)


def test_an_epoch_sees_each_example_as_often_as_its_origin_weighs() -> None:
    items = [item(origin="made")] * 100 + [item(origin="liked")] * 10
    order = epoch(items, {"made": 0.5, "liked": 2.0}, seed=1, number=0)
    assert 30 <= sum(place < 100 for place in order) <= 70
    assert sorted(place for place in order if place >= 100) == [n for n in range(100, 110) for _ in range(2)]
    assert order == epoch(items, {"made": 0.5, "liked": 2.0}, seed=1, number=0)
    assert order != epoch(items, {"made": 0.5, "liked": 2.0}, seed=1, number=1), "each epoch is drawn anew"
    assert sorted(epoch(items, {}, seed=2, number=0)) == list(range(110))


def test_a_turn_takes_no_more_tokens_than_there_is_room_for_but_one_example_at_least() -> None:
    items = [item(10, 5), item(100, 5), item(30, 5), item(20, 5), item(10, 5)]
    divided = turns(items, 50)
    assert sorted(one.tokens for turn in divided for one in turn) == sorted(one.tokens for one in items)
    assert all(len(turn) == 1 or sum(one.tokens for one in turn) <= 50 for turn in divided)
    assert max(len(turn) for turn in divided) > 1


@pytest.mark.parametrize(("schedule", "half"), [("cosine", 0.5), ("linear", 0.5), ("constant", 1.0)])
def test_the_learning_rate_rises_then_falls_as_its_schedule_says(schedule: str, half: float) -> None:
    options = TrainingOptions(learning_rate=0.01, schedule=schedule, warmup=0.1)
    rates = [learning_rate(options, step, 110) for step in range(110)]
    assert rates[:11] == sorted(rates[:11])
    assert 0 < rates[0] < rates[5] < 0.01
    assert rates[11] == pytest.approx(0.01)
    assert rates[11 + 49] == pytest.approx(0.01 * half, rel=0.03)
    assert rates[-1] < 0.001 or schedule == "constant"
