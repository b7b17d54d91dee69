"""The form of the weights that answers fastest is chosen, but never one that says something else."""

from bot.generation.quantization import AS_IT_COMES, best_of
from bot.generation.speed import Speed


def speed(prefill: float, together: float, perplexity: float = 10.0) -> Speed:
    return Speed(prefill, together / 2, together, perplexity)


def test_the_fastest_typical_answer_wins() -> None:
    speeds = {AS_IT_COMES: speed(500, 200), "Q8_0": speed(900, 250), "BF16": speed(1200, 120)}
    # 800 tokens read and 64 written: 1.92 s, 1.14 s, 1.20 s
    assert best_of(speeds) == "Q8_0"


def test_what_loses_quality_does_not_come_into_question() -> None:
    assert best_of({AS_IT_COMES: speed(500, 200), "Q8_0": speed(900, 250, 10.2)}) == AS_IT_COMES
    assert best_of({AS_IT_COMES: speed(500, 200), "Q8_0": speed(900, 250, 10.05)}) == "Q8_0"


def test_where_nothing_could_be_measured_the_file_stays_as_it_is() -> None:
    assert best_of({}) == AS_IT_COMES
