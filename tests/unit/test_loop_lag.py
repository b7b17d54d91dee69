"""How late the event loop comes is measured and told, so that what holds it up is found before Discord hangs up."""

import asyncio
import logging
import time

import pytest

from adapters.web.lag import LoopLag


async def test_what_holds_the_event_loop_up_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    lag = LoopLag()
    assert lag.milliseconds() == {"p99": 0.0, "max": 0.0}
    with caplog.at_level(logging.WARNING):
        async with lag.measured():
            await asyncio.sleep(0.05)
            time.sleep(1.3)  # noqa: ASYNC251  what must never happen
            async with asyncio.timeout(20):
                while lag.milliseconds()["max"] < 1000:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
    assert "held up for 1." in caplog.text


def test_the_percentile_leaves_the_longest_of_two_hundred_out() -> None:
    lag = LoopLag()
    lag._lags.extend([0.002] * 198 + [0.5, 0.9])
    assert lag.milliseconds() == {"p99": 2.0, "max": 900.0}
