"""A worker that cannot be started again at once is tried again, and nobody waits in vain."""

import asyncio
import errno
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.generation import llamacpp
from bot.generation.engine import EngineError, GenerationDone, ModelFileError
from bot.generation.llamacpp import LlamaCppConfig, LlamaCppEngine
from bot.generation.models import PreparedModel

Ask = Callable[..., Awaitable[tuple[str, GenerationDone]]]
FRANCE = "What is the capital of France?"


def leave_no_room(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Have the machine refuse a process so many times."""
    start, left = asyncio.create_subprocess_exec, [times]

    async def refusing(*arguments: Any, **options: Any) -> asyncio.subprocess.Process:
        if left[0]:
            left[0] -= 1
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        return await start(*arguments, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refusing)
    monkeypatch.setattr(llamacpp, "RESTART_PAUSE_S", 0.01)


def kill(engine: LlamaCppEngine) -> None:
    assert engine.worker_pid
    os.kill(engine.worker_pid, signal.SIGKILL)


async def test_where_there_is_no_room_for_a_worker_it_is_tried_again(
    engine: LlamaCppEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_no_room(monkeypatch, llamacpp.RESTARTS - 1)
    kill(engine)
    asked = await asyncio.gather(*(ask(engine, FRANCE) for _ in range(3)))
    assert all("Paris" in text for text, _ in asked)
    assert engine.health() == ""


async def test_where_there_is_never_room_for_a_worker_everybody_is_told(
    engine: LlamaCppEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_no_room(monkeypatch, llamacpp.RESTARTS + 1)
    kill(engine)
    with pytest.raises(EngineError, match="Cannot allocate memory"):
        await asyncio.wait_for(ask(engine, FRANCE), 30)
    assert "Cannot allocate memory" in engine.health()
    monkeypatch.setattr(llamacpp, "RESTART_WINDOW_S", 0.0)
    with pytest.raises(ModelFileError, match="No process can be started"):
        await ask(engine, FRANCE)
    assert "Paris" in (await ask(engine, FRANCE))[0]


async def test_an_engine_that_finds_no_room_at_the_start_says_so(
    model: PreparedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_no_room(monkeypatch, 1)
    engine = LlamaCppEngine(LlamaCppConfig(model.path))
    with pytest.raises(ModelFileError, match="started for the model: Cannot allocate memory") as caught:
        await engine.start()
    assert "memory" in caught.value.fix
    assert "Cannot allocate memory" in engine.health()


async def test_whatever_goes_wrong_with_the_worker_nobody_waits_in_vain(
    engine: LlamaCppEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_: object) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr(engine, "_receive", stumble)
    pid = engine.worker_pid
    with pytest.raises(EngineError, match=r"cannot be supervised.*unforeseen"):
        await asyncio.wait_for(ask(engine, FRANCE), 30)
    assert "unforeseen" in engine.health()
    assert engine.worker_pid is None
    monkeypatch.undo()
    assert "Paris" in (await ask(engine, FRANCE))[0]
    assert engine.worker_pid != pid
    assert engine.health() == ""
