"""A worker that is alive and does nothing any more is replaced; one that is slow, or was stopped with us, is not."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from bot.generation import llamacpp
from bot.generation.engine import DeadlineExceeded, GenerationDone
from bot.generation.llamacpp import LlamaCppEngine
from bot.generation.models import PreparedModel
from tests.loras import write_lora
from tests.processes import halt

Ask = Callable[..., Awaitable[tuple[str, GenerationDone]]]
StartEngine = Callable[..., Awaitable[LlamaCppEngine]]
FRANCE = "What is the capital of France?"


def be_impatient(monkeypatch: pytest.MonkeyPatch, *, ping_s: float = 0.1, silent_s: float = 1.0) -> None:
    monkeypatch.setattr(llamacpp, "PING_S", ping_s)
    monkeypatch.setattr(llamacpp, "SILENT_S", silent_s)


async def test_a_worker_that_hangs_is_replaced_and_everything_is_asked_again(
    start_engine: StartEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch)
    engine = await start_engine()
    hung = engine.worker_pid
    assert hung
    halt(hung)
    asked = asyncio.create_task(ask(engine, FRANCE))
    counted = asyncio.create_task(engine.count_tokens(["Hello world"]))
    said = set()
    while not asked.done():
        said.add(engine.health())
        await asyncio.sleep(0.02)
    assert "Paris" in (await asked)[0]
    assert await counted == [2]
    assert engine.worker_pid != hung
    assert engine.health() == ""
    assert any("no sign of life" in one and "restarted" not in one for one in said), "it is told before the end"
    assert any("no sign of life" in one and "being restarted" in one for one in said)


async def test_a_worker_that_hangs_is_replaced_though_those_who_asked_have_left(
    start_engine: StartEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch)
    engine = await start_engine()
    hung = engine.worker_pid
    assert hung
    halt(hung)
    with pytest.raises(DeadlineExceeded):
        await ask(engine, FRANCE, deadline_s=1)
    async with asyncio.timeout(60):
        while engine.worker_pid in (hung, None):  # noqa: ASYNC110 (seen from outside only)
            await asyncio.sleep(0.02)
    assert "Paris" in (await ask(engine, FRANCE))[0]


async def test_a_worker_that_computes_is_left_to_it_for_long_and_not_for_ever(
    start_engine: StartEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Computing(psutil.Process):
        def cpu_times(self) -> SimpleNamespace:  # type: ignore[override]
            return SimpleNamespace(user=time.monotonic() / 2, system=0.0)

    monkeypatch.setattr(psutil, "Process", Computing)
    be_impatient(monkeypatch, silent_s=0.2)
    monkeypatch.setattr(llamacpp, "ENDLESS_S", 3.0)
    engine = await start_engine()
    pid = engine.worker_pid
    assert pid
    halt(pid)
    asked = asyncio.create_task(ask(engine, FRANCE))
    await asyncio.sleep(1.5)
    assert engine.worker_pid == pid
    assert "no sign of life" in engine.health()
    assert "Paris" in (await asked)[0]
    assert engine.worker_pid != pid
    assert engine.health() == ""


async def test_a_worker_that_computed_before_it_hung_is_not_given_the_time_of_one_that_computes(
    start_engine: StartEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = time.monotonic()

    class Deadlocked(psutil.Process):
        def cpu_times(self) -> SimpleNamespace:  # type: ignore[override]
            return SimpleNamespace(user=min(time.monotonic() - begun, 60.0) * 10, system=0.0)

    engine = await start_engine()
    pid = engine.worker_pid
    assert pid
    halt(pid)
    begun = time.monotonic() - 59.5  # it computes for half a second more
    monkeypatch.setattr(psutil, "Process", Deadlocked)
    be_impatient(monkeypatch)
    monkeypatch.setattr(llamacpp, "ENDLESS_S", 600.0)
    async with asyncio.timeout(30):
        assert "Paris" in (await ask(engine, FRANCE))[0]
    assert engine.worker_pid != pid


@pytest.mark.parametrize("error", [psutil.AccessDenied(), PermissionError("hidden")])
async def test_a_worker_whose_load_cannot_be_seen_is_watched_by_its_signs_of_life_alone(
    start_engine: StartEngine,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    class Hidden(psutil.Process):
        def cpu_times(self) -> SimpleNamespace:  # type: ignore[override]
            raise error

    monkeypatch.setattr(psutil, "Process", Hidden)
    be_impatient(monkeypatch, silent_s=0.3)
    monkeypatch.setattr(llamacpp, "ENDLESS_S", 2.0)
    engine = await start_engine()
    pid = engine.worker_pid
    assert pid
    halt(pid)
    asked = asyncio.create_task(ask(engine, FRANCE))
    await asyncio.sleep(1.2)
    assert engine.worker_pid == pid
    assert "no sign of life" in engine.health()
    assert "Paris" in (await asked)[0]
    told = [one for one in caplog.messages if "cannot be seen" in one]
    assert len(told) == 2, "once for each worker"


async def test_a_worker_that_no_kill_ends_is_left_behind_and_another_one_answers(
    start_engine: StartEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch, silent_s=0.5)
    monkeypatch.setattr(llamacpp, "ENDS_S", 0.3)
    monkeypatch.setattr(llamacpp, "LEAVES_S", 0.3)
    engine = await start_engine()
    pid = engine.worker_pid
    assert pid
    halt(pid)
    kept = subprocess.Popen.send_signal

    def without_effect(self: subprocess.Popen[bytes], number: int) -> None:
        if self.pid != pid:
            kept(self, number)

    monkeypatch.setattr(subprocess.Popen, "send_signal", without_effect)
    async with asyncio.timeout(30):
        assert "Paris" in (await ask(engine, FRANCE))[0]
    assert engine.worker_pid != pid
    assert engine.health() == f"A model process that hangs cannot be ended and keeps its memory (process {pid})."
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(10):
        while engine.health():  # noqa: ASYNC110 (seen from outside only)
            await asyncio.sleep(0.02)


async def test_a_worker_is_not_blamed_for_the_time_in_which_nothing_of_us_ran(
    start_engine: StartEngine, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch)
    engine = await start_engine()
    pid = engine.worker_pid
    assert pid
    asked = asyncio.create_task(ask(engine, FRANCE, 60))
    await asyncio.sleep(0.15)
    halt(pid)
    time.sleep(2)  # noqa: ASYNC251 (the event loop stands still as well)
    os.kill(pid, signal.SIGCONT)
    assert "Paris" in (await asked)[0]
    assert engine.worker_pid == pid


async def test_an_adapter_that_is_not_loaded_in_time_is_given_up(
    engine: LlamaCppEngine, model: PreparedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llamacpp, "LORA_TIMEOUT_S", 0.2)
    lora = write_lora(tmp_path / "late.gguf", model.path, "")
    assert engine.worker_pid
    halt(engine.worker_pid)
    try:
        with pytest.raises(DeadlineExceeded, match=r"late\.gguf was not loaded within 0\.2 seconds"):
            await engine.add_lora(lora)
    finally:
        os.kill(engine.worker_pid, signal.SIGCONT)
    assert engine.identity.loras == ()
