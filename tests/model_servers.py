"""Servers of language models for tests: a real one on the embedded model, and one that misbehaves as it is told."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def llama_cpp_server(model: Path, log: Path, *, port: int = 0, key: str = "") -> Iterator[tuple[str, subprocess.Popen]]:  # type: ignore[type-arg]
    """Run the server of llama-cpp-python; give its address and its process."""
    port = port or free_port()
    options = {
        "model": model,
        "model_alias": "smol",
        "port": port,
        "n_ctx": 2048,
        "flash_attn": True,  # as the local engine has it, or greedy answers differ
        "interrupt_requests": False,
    }
    if key:
        options["api_key"] = key
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "llama_cpp.server", *(f"--{name}={value}" for name, value in options.items())],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={"GOMP_SPINCOUNT": "1000", **os.environ},
        )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert process.poll() is None, log.read_text(errors="replace")
            try:
                httpx.get(f"{url}/v1/models", timeout=2)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        else:
            raise AssertionError(f"the server did not start: {log.read_text(errors='replace')}")
        yield url, process
    finally:
        process.kill()
        process.wait()


def chunk(text: str = "", finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text} | delta, "finish_reason": finish}]}


class Peer:
    """An OpenAI-compatible server that answers as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.models: list[dict[str, Any]] = [{"id": "tiny", "owned_by": "someone", "max_model_len": 4096}]
        self.routes: dict[str, Handler | list[Handler]] = {}
        """By path; of a list, one handler after the other answers, and the last one from then on."""
        self.asked: list[tuple[str, Any]] = []
        """Path and body."""
        self.headers: list[dict[str, str]] = []

    def bodies(self, path: str = "/v1/chat/completions") -> list[Any]:
        return [body for asked, body in self.asked if asked == path]

    def says(self, *handlers: Handler) -> None:
        """Set what answers chat completions."""
        self.routes["/v1/chat/completions"] = list(handlers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.asked.append((request.path, json.loads(body) if body else None))
        self.headers.append(dict(request.headers))
        handler = self.routes.get(request.path)
        if isinstance(handler, list):
            handler = handler.pop(0) if len(handler) > 1 else handler[0]
        if handler is not None:
            return await handler(request)
        if request.path == "/v1/models":
            return web.json_response({"object": "list", "data": self.models})
        return web.json_response({"error": {"message": "no such address"}}, status=404)


@asynccontextmanager
async def peer() -> AsyncIterator[Peer]:
    one = Peer()
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", one.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    one.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
    try:
        yield one
    finally:
        await runner.cleanup()


# What a peer may do when it is asked


def streams(
    *events: dict[str, Any] | bytes,
    done: bool = True,
    hangs: bool = False,
    breaks: bool = False,
    headers: dict[str, str] | None = None,
) -> Handler:
    """Send events one by one; then end the stream, hang, or break the connection off."""

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"} | (headers or {}))
        await response.prepare(request)
        for event in events:
            await response.write(
                event if isinstance(event, bytes) else b"data: " + json.dumps(event).encode() + b"\n\n"
            )
            await asyncio.sleep(0)
        if hangs:
            await asyncio.sleep(60)
        if breaks:
            assert request.transport is not None
            await asyncio.sleep(0.05)
            request.transport.abort()
            return response
        if done:
            await response.write(b"data: [DONE]\n\n")
        return response

    return handle


def answers(text: str = "Yes, within 30 days.", **options: Any) -> Handler:
    words = text.split(" ")
    spaced = [word if number == 0 else f" {word}" for number, word in enumerate(words)]
    return streams(*(chunk(word) for word in spaced), chunk("", "stop"), **options)


def refuses(status: int, body: Any = "", **headers: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        told = {key.replace("_", "-"): value for key, value in headers.items()}
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers=told)
        return web.json_response(body, status=status, headers=told)

    return handle


def tells(value: Any) -> Handler:
    return refuses(200, value)


async def hangs(request: web.Request) -> web.StreamResponse:
    """Say nothing at all, not even headers."""
    await asyncio.sleep(60)
    return web.Response()


def models(*names: str, owner: str = "vllm", parent: str = "") -> Sequence[dict[str, Any]]:
    return [{"id": name, "owned_by": owner} | ({"parent": parent} if parent else {}) for name in names]
