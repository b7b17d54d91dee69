"""The circuit breaker: a server that keeps failing is left alone, and tried again by one at a time."""

from bot.generation.breaker import FAILURES, LONGEST_OPEN_S, OPEN_S, CircuitBreaker


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def opened() -> tuple[CircuitBreaker, Clock]:
    clock = Clock()
    breaker = CircuitBreaker(clock)
    for _ in range(FAILURES):
        assert breaker.lets_through()
        breaker.failed()
    return breaker, clock


def test_it_opens_after_failures_in_a_row_only() -> None:
    breaker = CircuitBreaker(Clock())
    for _ in range(FAILURES * 2):
        breaker.failed()
        assert breaker.lets_through()
        breaker.succeeded()
    assert not breaker.is_open


def test_while_open_nobody_gets_through_and_then_one() -> None:
    breaker, clock = opened()
    assert not breaker.lets_through()
    clock.now += OPEN_S - 1
    assert not breaker.lets_through()
    assert breaker.wait_s == 1
    clock.now += 1
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]


def test_a_probe_that_goes_well_closes_it() -> None:
    breaker, clock = opened()
    clock.now += OPEN_S
    assert breaker.lets_through()
    breaker.succeeded()
    assert breaker.lets_through() and not breaker.is_open and breaker.wait_s == 0


def test_each_probe_that_fails_or_never_ends_doubles_the_pause_up_to_a_limit() -> None:
    breaker, clock = opened()
    pauses = []
    for number in range(7):
        clock.now += breaker.wait_s
        assert breaker.lets_through()
        if number % 2:
            breaker.failed()
        pauses.append(breaker.wait_s)
    assert pauses == [20, 40, 80, LONGEST_OPEN_S, LONGEST_OPEN_S, LONGEST_OPEN_S, LONGEST_OPEN_S]


def test_those_who_began_before_it_opened_do_not_lengthen_the_pause() -> None:
    breaker, _ = opened()
    breaker.failed()
    assert breaker.wait_s == OPEN_S
