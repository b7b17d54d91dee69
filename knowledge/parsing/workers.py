"""Where files are parsed that could do harm: processes of their own, within limits of time and memory."""

from __future__ import annotations

import atexit
import json
import os
import selectors
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import psutil

from knowledge.parsing.text import Parsed, UnreadableDocument

CPU_SECONDS = 60.0
"""Of computing that one document may take."""
WALL_SECONDS = 300.0
"""The longest that one document may take in all, on a machine that has other things to do."""
MEMORY_BYTES = 1_500_000_000
"""Above what a worker needs before it reads a document."""

_MAX_DOCUMENTS = 500
"""A worker is replaced after as many, so that what a library leaks does not pile up."""
_MAX_REPLY = 64_000_000
_LENGTH = struct.Struct("!Q")
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TZ")


class _Worker:
    def __init__(self) -> None:
        root = str(Path(__file__).resolve().parents[2])
        # Secrets in the environment are none of its business.
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        environment |= {
            "PYTHONPATH": os.pathsep.join([root, *filter(None, sys.path)]),
            "FRONTDESK_WORKER_MEMORY": str(MEMORY_BYTES),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "knowledge.parsing.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )
        assert self._process.stdin and self._process.stdout
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self.documents = 0

    def ask(self, request: Mapping[str, Any], raw: bytes) -> dict[str, Any] | None:
        """Return the reply; None where the process died over it. Raises UnreadableDocument where it takes too long."""
        self.documents += 1
        head = json.dumps(request).encode()
        outgoing = memoryview(_LENGTH.pack(len(head)) + head + _LENGTH.pack(len(raw)) + raw)
        incoming = bytearray()
        began, used = time.monotonic(), self._cpu_seconds()
        with selectors.DefaultSelector() as selector:
            selector.register(self._to, selectors.EVENT_WRITE)
            selector.register(self._from, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select(0.5):
                    if key.fd == self._to:
                        try:
                            outgoing = outgoing[os.write(self._to, outgoing[: 1 << 20]) :]
                        except BlockingIOError:
                            continue
                        except OSError:
                            return None
                        if not outgoing:
                            selector.unregister(self._to)
                    else:
                        block = os.read(self._from, 1 << 20)
                        if not block or len(incoming) > _MAX_REPLY:
                            return None
                        incoming += block
                        if len(incoming) >= 8 and len(incoming) - 8 >= _LENGTH.unpack(incoming[:8])[0]:
                            return dict(json.loads(incoming[8:]))
                if time.monotonic() - began > WALL_SECONDS or self._cpu_seconds() - used > CPU_SECONDS:
                    raise UnreadableDocument(
                        "It takes too long to read.", "Split it, or export it as Markdown or simpler HTML."
                    )

    def _cpu_seconds(self) -> float:
        try:
            times = psutil.Process(self._process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return times.user + times.system

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()


class Workers:
    """As many workers as documents are parsed at once, at most one a core; started when needed, then reused."""

    def __init__(self) -> None:
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()
        self._places = threading.Semaphore(os.cpu_count() or 1)

    def parse(self, raw: bytes, **request: Any) -> Parsed:
        """Return what a worker makes of a document. Raises UnreadableDocument, also where the worker dies of it."""
        with self._places:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            worker = worker or _Worker()
            try:
                reply = worker.ask(request, raw)
            except BaseException:
                worker.stop()
                raise
            if reply is None or worker.documents >= _MAX_DOCUMENTS:
                worker.stop()
            else:
                with self._lock:
                    self._idle.append(worker)
        if reply is None:
            raise UnreadableDocument(
                "It needs more memory than one document may take, or makes its reader fail.",
                "Open it in its program and save it anew, or split it.",
            )
        if "error" in reply:
            raise UnreadableDocument(reply["error"], reply["fix"])
        day = date.fromisoformat(reply["updated"]) if reply["updated"] else None
        return Parsed(reply["text"], reply["title"], reply["fields"], day, reply["unread"])

    def close(self) -> None:
        """End the workers that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.stop()


WORKERS = Workers()
atexit.register(WORKERS.close)
