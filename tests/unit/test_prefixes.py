"""Beginnings of prompts that come again are found, kept within a budget, and never used for another adapter."""

import numpy as np

from bot.generation.prefixes import LEAST, PrefixCache

SYSTEM = list(range(100))
STATE = np.zeros(1000, np.uint8)


def test_what_two_prompts_have_in_common_is_worth_keeping() -> None:
    cache = PrefixCache(10_000)
    assert cache.marks("base", [*SYSTEM, 7, 8]) == []
    assert cache.marks("base", [*SYSTEM, 9, 8]) == [len(SYSTEM)]
    cache.keep("base", SYSTEM, STATE)
    assert cache.marks("base", [*SYSTEM, 5, 6]) == [], "it is kept already"
    kept = cache.longest("base", [*SYSTEM, 1, 2], shorter_than=102)
    assert kept is not None
    assert kept.tokens == SYSTEM


def test_a_conversation_so_far_is_kept_at_its_first_prompt() -> None:
    assert PrefixCache(10_000).marks("base", [*SYSTEM, 1, 2], known=[100]) == [100]


def test_what_is_short_or_the_whole_prompt_is_not_kept() -> None:
    cache = PrefixCache(10_000)
    cache.marks("base", SYSTEM)
    assert cache.marks("base", SYSTEM, known=[LEAST - 1]) == []


def test_another_adapter_or_scale_shares_nothing() -> None:
    cache = PrefixCache(10_000)
    cache.marks(("lora", 1.0), [*SYSTEM, 7])
    assert cache.marks(("lora", 0.5), [*SYSTEM, 8]) == []
    cache.keep(("lora", 1.0), SYSTEM, STATE)
    assert cache.longest(("lora", 0.5), [*SYSTEM, 7], shorter_than=101) is None
    cache.drop(lambda key: key == ("lora", 1.0))
    assert cache.longest(("lora", 1.0), [*SYSTEM, 7], shorter_than=101) is None
    assert cache.bytes == 0


def test_the_longest_that_fits_is_found_and_the_last_token_is_left_to_compute() -> None:
    cache = PrefixCache(10_000)
    cache.keep("base", SYSTEM[:50], STATE)
    cache.keep("base", SYSTEM, STATE)
    cache.keep("base", [*SYSTEM[:60], 999], STATE)
    for limit, length in ((101, 100), (100, 50), (50, None)):
        found = cache.longest("base", SYSTEM, shorter_than=limit)
        assert (found and len(found.tokens)) == length


def test_the_budget_is_kept_and_the_least_used_goes_first() -> None:
    cache = PrefixCache(2 * STATE.nbytes)
    first, second, third = [[n, *SYSTEM] for n in (1, 2, 3)]
    cache.keep("base", first, STATE)
    cache.keep("base", second, STATE)
    assert cache.longest("base", [*first, 0], shorter_than=999)
    cache.keep("base", third, STATE)
    assert cache.bytes == 2 * STATE.nbytes
    assert cache.longest("base", [*second, 0], shorter_than=999) is None
    assert cache.longest("base", [*first, 0], shorter_than=999)
    cache.keep("base", [4, *SYSTEM], np.zeros(5000, np.uint8))
    assert cache.bytes == 2 * STATE.nbytes, "what is larger than all of the budget is not kept"


def test_the_same_beginning_kept_again_counts_once() -> None:
    cache = PrefixCache(10_000)
    cache.keep("base", SYSTEM, STATE)
    cache.keep("base", SYSTEM, STATE)
    assert cache.bytes == STATE.nbytes
