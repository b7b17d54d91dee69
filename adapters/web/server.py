"""The one small HTTP server of a running Frontdesk: health, and what a platform is reached over."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from knowledge.errors import FrontdeskError


class _Server(uvicorn.Server):
    """A server that leaves the process's signals alone: whoever serves ends everything in its own order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(listen: str, app: ASGIApp) -> AsyncIterator[str]:
    """Serve `app` on `host:port` and yield its address; nothing where `listen` is empty. Port 0 is any free one.

    Raises FrontdeskError where that cannot be listened on.
    """
    if not listen:
        yield ""
        return
    host, _, port = listen.rpartition(":")
    try:
        listening = socket.create_server((host, int(port)))
    except (OSError, ValueError) as error:
        raise FrontdeskError(
            f"http.listen = {listen!r} cannot be listened on: {error}.", "Set it to another host:port, or to nothing."
        ) from None
    server = _Server(uvicorn.Config(app, log_level="warning"))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://{host}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.wait({task})
