"""A website and help-desk API on real sockets, for sources that read the web.

A handler is given the request and answers with a `Reply`; whatever a server may do wrong on the way (drop
the connection, drip, never end) is a method of the open `Wire`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What a server answers."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Request], "Reply | Callable[[Wire], None]"]


class Wire:
    """The bare connection, for answers that are not well-behaved."""

    def __init__(self, raw: socket.socket, stopped: threading.Event) -> None:
        self._raw = raw
        self._stopped = stopped

    def send(self, raw: bytes) -> None:
        self._raw.sendall(raw)

    def drop(self) -> None:
        """Close as a crashed server does."""
        self._raw.shutdown(socket.SHUT_RDWR)

    def drip(self, chunk: bytes, every: float) -> None:
        """Send `chunk` again and again until the client goes or the server stops."""
        while not self._stopped.wait(every):
            self._raw.sendall(chunk)

    def pour(self, chunk: bytes) -> None:
        """Send without an end."""
        while not self._stopped.is_set():
            self._raw.sendall(chunk)


class HelpCenter:
    """Pages and an API at `url`; `requests` holds what was asked, in order."""

    def __init__(self) -> None:
        self.pages: dict[str, Handler | Reply] = {}
        self.requests: list[Request] = []
        self.stopped = threading.Event()
        self.url = ""

    def page(self, path: str, html: str, *, etag: bool = False, **headers: str) -> None:
        """Serve an HTML page; with an ETag it answers 304 to one who has it."""
        self.serve(path, html, "text/html; charset=utf-8", etag=etag, **headers)

    def serve(self, path: str, body: bytes | str, media_type: str, *, etag: bool = False, **headers: str) -> None:
        raw = body.encode() if isinstance(body, str) else body
        extra = {"Content-Type": media_type} | {key.replace("_", "-"): value for key, value in headers.items()}
        tag = f'"{hashlib.sha256(raw).hexdigest()[:12]}"'

        def answer(request: Request) -> Reply:
            if etag and request.headers.get("if-none-match") == tag:
                return Reply(status=304, headers={"ETag": tag})
            return Reply(raw, headers=extra | ({"ETag": tag} if etag else {}))

        self.pages[path] = answer

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(one.path == path for one in self.requests)

    def answer(self, request: Request) -> Reply | Callable[[Wire], None]:
        handler = self.pages.get(request.path, Reply("Not found", 404))
        return handler(request) if callable(handler) else handler


@contextmanager
def running(site: HelpCenter) -> Iterator[HelpCenter]:
    """Serve `site` on a free port of the loopback."""

    class Handling(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            query = {key: value[-1] for key, value in parse_qs(parts.query, keep_blank_values=True).items()}
            headers = {key.lower(): value for key, value in self.headers.items()}
            request = Request(self.command, parts.path, query, headers, self.rfile.read(length))
            site.requests.append(request)
            reply = site.answer(request)
            if not isinstance(reply, Reply):
                self.close_connection = True
                with suppress(OSError):  # the client may have had enough
                    reply(Wire(self.connection, site.stopped))
                return
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            for key, value in {"Content-Length": str(len(body)), **reply.headers}.items():
                self.send_header(key, value)
            self.end_headers()
            if reply.status != 304:
                self.wfile.write(body)

        do_GET = do_POST = _handle

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handling)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        site.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def jsonly(value: Any, status: int = 200, **headers: str) -> Reply:
    """Return a JSON answer."""
    extra = {key.replace("_", "-"): one for key, one in headers.items()}
    return Reply(json.dumps(value), status, {"Content-Type": "application/json"} | extra)


def packed(html: str) -> Reply:
    """Return a page compressed as gzip."""
    return Reply(gzip.compress(html.encode()), headers={"Content-Type": "text/html", "Content-Encoding": "gzip"})


class Sleeps(list[float]):
    """Takes the place of time.sleep: notes how long, and does not wait."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)
        time.sleep(0)
