"""The one small HTTP server of a running Frontdesk: health, and what a platform is reached over."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from knowledge.errors import FrontdeskError

GRACE_S = 5
"""How long a request under way may take once Frontdesk stops; a client that never ends its own is then left."""
_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^:\[\]]*)):(?P<port>[0-9]{1,5})")


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
    listening = listening_on(listen)
    host = listen.rpartition(":")[0]
    server = _Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=GRACE_S))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://{host}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.wait({task})


def listening_on(listen: str) -> socket.socket:
    """Return a socket that listens on `host:port`, `[address]:port` or `:port`. Raises FrontdeskError."""
    match = _ADDRESS.fullmatch(listen)
    if not match or int(match["port"]) > 65535:
        raise FrontdeskError(
            f"http.listen = {listen!r} is no address.", "Write host:port, e.g. 127.0.0.1:8080, or nothing."
        )
    host, port = match["six"] or match["host"], int(match["port"])
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if match["six"] else socket.AF_INET)
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None) or 0
        said = os.strerror(number) if number in errno.errorcode else str(error)  # names that are not found have none
        raise FrontdeskError(
            f"http.listen = {listen!r} cannot be listened on: {said}.",
            "Stop what listens there, another Frontdesk perhaps, or set it to another host:port, or to nothing.",
        ) from error
