"""Options of training that say nothing are refused."""

from math import inf, nan

import pytest

from bot.tuning.errors import TrainingError
from bot.tuning.options import TrainingOptions


@pytest.mark.parametrize("value", [nan, inf, -inf, -1.0])
@pytest.mark.parametrize("name", ["alpha", "epochs", "beta", "weight_decay", "learning_rate", "dropout", "warmup"])
def test_what_is_no_number_to_train_with_is_refused(name: str, value: float) -> None:
    with pytest.raises(TrainingError, match=f"^{name} is {value!r}. It must be "):
        TrainingOptions(**{name: value})


@pytest.mark.parametrize("value", [nan, inf, -1.0])
def test_nor_is_an_example_seen_such_a_number_of_times(value: float) -> None:
    with pytest.raises(TrainingError, match=r"weights is .* It must be a number of 0 or more"):
        TrainingOptions(weights={"liked": 1.0, "made": value})
    TrainingOptions(weights={"liked": 0.0, "made": 1.5})
