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


class RecordingContext(Context):
    """Notes what is computed and dropped."""

    def __init__(self) -> None:
        self.computed: list[list[tuple[int, int, bool]]] = []
        """Sequence, position and whether the next token is wanted, of each step."""
        self.dropped: list[tuple[int, int]] = []

    def forget(self, sequence: int, start: int = 0) -> None:
        self.dropped.append((sequence, start))

    def decode(self, steps: Any) -> int:
        self.computed.append([(step.sequence, step.position, step.logits) for step in steps])
        return 0


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


def at_work(context: Context, sequences: set[int], model: type[Model] = Model) -> Scheduler:
    """Return a scheduler of eight slots whose prompts of three tokens are computed, with answers in some of them."""
    made: Any = Scheduler
    scheduler: Scheduler = made(
        model(), lambda *_: context, sequences=8, cells=100, long_cells=100, prefix_bytes=0, tags={}
    )
    for number in range(8):
        sampling: Any = Sampling((0,) * 50)
        scheduler.add(Job(number, [7, 8, 9], 50, sampling, TextStream()), "", 0.0)
    scheduler.step()
    for slot in scheduler._slots:
        if slot.job and slot.sequence not in sequences:
            scheduler.cancel(slot.job.id)
    return scheduler


@pytest.mark.parametrize(
    ("sequences", "computed"),
    [
        ({0, 1, 2}, [0, 1, 2]),
        ({0, 2, 5}, [0, 1, 2, 3, 4, 5]),
        ({1, 5, 7}, [1, 2, 3, 4, 5, 6, 7]),
        ({0, 5}, [0, 5]),
        ({0, 5, 7}, [0, 5, 6, 7]),
    ],
)
def test_sequences_are_computed_as_neighbours(sequences: set[int], computed: list[int]) -> None:
    context = RecordingContext()
    scheduler = at_work(context, sequences)
    context.dropped.clear()
    scheduler.step()
    assert context.computed[-1] == [(one, 3, one in sequences) for one in computed]
    # What nobody wanted leaves the cache again.
    assert context.dropped == [(one, 3) for one in computed if one not in sequences]
    scheduler.step()
    assert context.computed[-1] == [(one, 4 if one in sequences else 3, one in sequences) for one in computed]


def test_a_prompt_that_is_read_stands_at_its_place_among_the_answers() -> None:
    context = RecordingContext()
    scheduler = at_work(context, {0, 1, 3})
    sampling: Any = Sampling((0,))
    scheduler._slots[2].used = -1  # the next to be given up
    scheduler.add(Job(9, [1, 2, 3], 50, sampling, TextStream()), "", 0.0)
    scheduler.step()
    assert [sequence for sequence, _, _ in context.computed[-1]] == [0, 1, 2, 2, 2, 3]


def test_nothing_is_computed_along_where_it_could_not_be_dropped() -> None:
    class Recurrent(Model):
        keeps_prefixes = False

    context = RecordingContext()
    scheduler = at_work(context, {0, 2}, Recurrent)
    scheduler.step()
    assert [sequence for sequence, _, _ in context.computed[-1]] == [0, 2]


def test_a_full_cache_takes_nothing_along() -> None:
    context = RecordingContext()
    scheduler = at_work(context, {0, 2})
    scheduler._slots[1].cache = [1] * context.cells
    scheduler.step()
    assert [sequence for sequence, _, _ in context.computed[-1]] == [0, 2]
