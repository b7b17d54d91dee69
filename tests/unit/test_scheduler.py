"""What the scheduler keeps of an answer that is over."""

import gc
import weakref
from typing import Any

import pytest

from bot.generation import scheduler as module
from bot.generation.scheduler import Job, Scheduler
from bot.generation.text_stream import TextStream


class Adapter:
    def __init__(self, model: object, path: str) -> None:
        pass


class Model:
    keeps_prefixes = True
    pieces = (b"Hm? ", b"</think>", b"Yes.", b"<", b"It is ", b"</thought>")

    def ends(self, token: int) -> bool:
        return token == len(self.pieces)

    def piece(self, token: int) -> bytes:
        return self.pieces[token]


class Context:
    cells = 100

    def forget(self, sequence: int, start: int = 0) -> None:
        pass

    def use(self, adapter: object, scale: float) -> None:
        pass

    def decode(self, steps: object) -> int:
        return 0

    def logits(self, at: int) -> None:
        pass


class Sampling:
    def __init__(self, tokens: tuple[int, ...]) -> None:
        self._tokens = tokens

    def choose_within(self, grammar: object, logits: object, at: int) -> int:
        return self._tokens[at]


def scheduler_with(job: Any) -> Scheduler:
    made: Any = Scheduler
    scheduler: Scheduler = made(
        Model(), lambda *_: Context(), sequences=1, cells=100, long_cells=100, prefix_bytes=0, tags={}
    )
    scheduler.add_adapter("kind", "kind.gguf")
    scheduler.add(job, "kind", 1.0)
    return scheduler


def job_saying(*tokens: int) -> Job:
    sampling: Any = Sampling(tokens)
    return Job(1, [7, 8, 9], 50, sampling, TextStream())


@pytest.mark.parametrize(
    ("said", "last"), [((0, 6), "done"), ((0, 1, 2), "error"), ((0, 1, 6), "done"), ((0, 1, 3, 6), "error")]
)
def test_an_adapter_dropped_meanwhile_is_freed_however_the_answer_ends(
    said: tuple[int, ...], last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "Adapter", Adapter)
    scheduler = scheduler_with(job_saying(*said))
    adapter = weakref.ref(scheduler._adapters["kind"])
    scheduler.step()
    scheduler.drop_adapter("kind")
    assert adapter() is not None, "the answer keeps it to its end"
    events: list[dict[str, Any]] = []
    while not scheduler.idle:
        events += scheduler.step()
    assert events[-1]["event"] == last
    events.clear()
    gc.collect()
    assert adapter() is None


@pytest.mark.parametrize(("said", "reason"), [((0, 5, 6), "stop"), ((4, 5, 6), "cut")])
def test_the_reason_is_that_of_the_whole_answer(
    said: tuple[int, ...], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "Adapter", Adapter)
    scheduler = scheduler_with(job_saying(*said))
    events: list[dict[str, Any]] = []
    while not scheduler.idle:
        events += scheduler.step()
    assert events[-1]["reason"] == reason


def test_an_adapter_dropped_meanwhile_is_freed_where_the_answer_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Adapter", Adapter)
    scheduler = scheduler_with(job_saying(0, 0))
    adapter = weakref.ref(scheduler._adapters["kind"])
    scheduler.step()
    scheduler.drop_adapter("kind")
    scheduler.cancel(1)
    gc.collect()
    assert adapter() is None
