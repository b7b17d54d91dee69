"""Long work in a process of its own, so that answering goes on undisturbed."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
import multiprocessing
import os
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar

import psutil
import pyarrow  # type: ignore[import-untyped]

from knowledge.errors import FrontdeskError

Progress = Callable[[str, int, int], None]
"""Called with a stage, what is done of it, and of how much (0: unknown)."""

_Result = TypeVar("_Result")
_NICENESS = 10
_STOP_S = 5.0
_M_ARENA_MAX = -8  # of glibc's malloc.h
_TOLD_EVERY_S = 0.2

log = logging.getLogger(__name__)


class WorkFailed(FrontdeskError):
    """Work in a process of its own ended in a way nobody foresaw."""


async def in_own_process(
    work: Callable[[Progress], _Result], name: str, progress: Progress | None = None, fix: str = ""
) -> _Result:
    """Call `work` (to be pickled) in a new process at low priority and return what it returns.

    `progress` is called on the event loop. Raises the FrontdeskErrors that `work` raises, and WorkFailed
    with `fix` if it fails otherwise or the process dies. Cancelling ends the process.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(sender, work, name), daemon=True, name=f"frontdesk-{name}")
    await asyncio.to_thread(process.start)
    sender.close()
    try:
        while True:
            try:
                kind, value = await asyncio.to_thread(receiver.recv)
            except EOFError:
                await asyncio.to_thread(process.join, _STOP_S)
                raise WorkFailed(f"The {name} ended unexpectedly (exit status {process.exitcode}).", fix) from None
            if kind == "progress":
                if progress:
                    progress(*value)
            elif kind == "result":
                result: _Result = value
                return result
            else:
                raise value
    finally:
        # A thread may still wait in recv; it ends with the process that writes.
        await asyncio.shield(asyncio.to_thread(_end, process))
        with contextlib.suppress(OSError):
            receiver.close()


def _end(process: SpawnProcess) -> None:
    process.join(0.2)
    if process.is_alive():
        process.terminate()
        process.join(_STOP_S)
    if process.is_alive():
        process.kill()
        process.join()


def _child(sender: Connection, work: Callable[[Progress], Any], name: str) -> None:
    """Run in the child: as much as the others leave over, on half of the cores."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _give_way()
    lean()
    last = 0.0

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > _TOLD_EVERY_S or done in (0, total):
            last = time.monotonic()
            sender.send(("progress", (stage, done, total)))

    try:
        sender.send(("result", work(tell)))
    except BrokenPipeError:
        log.info("Whoever asked for the %s is gone.", name)
    except FrontdeskError as error:
        sender.send(("error", error))
    except Exception as error:
        traceback.print_exc()
        sentence = f"The {name} failed: {type(error).__name__}: {error}."
        sender.send(("error", WorkFailed(sentence, "The log of Frontdesk has more.")))


def _end_with_parent() -> None:
    """End this process when the one that wants its result was killed, so that the work can be done again at once."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def lean() -> None:
    """Have the C library keep memory in two places rather than eight for each core, where it is glibc.

    What is freed in one place is of no use to a thread that allocates in another: that alone can make a
    process with many threads twice as large.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def release_memory() -> None:
    """Give back to the system what this process has freed."""
    gc.collect()
    pyarrow.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _give_way() -> None:
    """Let everything else on this machine go first, and leave half of the cores alone.

    Only idle processor and disk time is used where the system knows such a thing; a nice process would
    still get a tenth of a core that the language model computes on, and make its other threads wait.
    """
    threads = str(max(1, (os.cpu_count() or 2) // 2))
    # Read by PyTorch, the tokenizers and LanceDB when they are imported, which is later.
    for variable in (
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "LANCE_CPU_THREADS",
        "TOKIO_WORKER_THREADS",
    ):
        os.environ[variable] = threads
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with contextlib.suppress(psutil.Error, OSError, AttributeError):
        psutil.Process().ionice(psutil.IOPRIO_CLASS_IDLE)
