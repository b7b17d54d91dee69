"""A proxy between the bot and a server that speaks Slack's or Discord's protocol, in which things go wrong.

Requests are refused, delayed, carried out without an answer; sockets are cut, fall silent, are refused;
events come several times, late, and between others that make no sense. Nothing that Slack or Discord would
deliver in the end is lost here: what a broken socket swallows they would send again, or show in their history.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import uuid
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import WSMsgType, web

Frame = dict[str, Any]
_HOP = {"host", "content-length", "transfer-encoding", "connection", "content-encoding"}


@dataclass
class Chances:
    """How likely each fault is, from 0 to 1; the rest goes through."""

    refused: float = 0.04
    """429, 500 or 503, nothing carried out."""
    unreachable: float = 0.03
    """The connection breaks, nothing carried out."""
    lost: float = 0.04
    """Carried out, but the connection breaks, or 500 comes instead of the answer."""
    slow: float = 0.1
    duplicated: float = 0.25
    """An event comes two to five times, at once or later."""
    late: float = 0.1
    """An event comes only at its second delivery."""
    nonsense: float = 0.1
    """Before an event comes something that is none."""


@dataclass(eq=False)
class _Bot:
    """A socket of the bot."""

    ws: web.WebSocketResponse
    request: web.Request
    compressor: Any = None
    silent: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while frames go through."""

    async def send(self, text: str) -> None:
        await self.silent.wait()
        with contextlib.suppress(ConnectionError):
            if self.compressor is not None:
                data = self.compressor.compress(text.encode()) + self.compressor.flush(zlib.Z_SYNC_FLUSH)
                await self.ws.send_bytes(data)
            else:
                await self.ws.send_str(text)


class FaultProxy:
    """Start it with `async with`; `address` is `127.0.0.1:port` of the proxy, `upstream` that of the server.

    It is calm until `storm` is set.
    """

    def __init__(self, upstream: str, seed: int, chances: Chances | None = None) -> None:
        self.upstream = upstream
        self.address = ""
        self.storm = False
        self.refusing = False
        """Whether new sockets are refused."""
        self.happened: Counter[str] = Counter()
        """How often each fault happened."""
        self._chances = chances or Chances()
        self._random = random.Random(seed)
        self._bots: set[_Bot] = set()
        self._later: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> FaultProxy:
        self._session = aiohttp.ClientSession(auto_decompress=True)
        app = web.Application(client_max_size=30 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._any)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._later:
            task.cancel()
        await self.cut()
        await self._runner.cleanup()
        await self._session.close()

    # The sockets as a whole -----------------------------------------------------------------------------------

    async def cut(self) -> None:
        """Break every socket without a word."""
        for bot in list(self._bots):
            bot.silent.set()
            if bot.request.transport is not None:
                bot.request.transport.abort()

    async def silence(self, seconds: float) -> None:
        """Let nothing through the sockets that are open now, in either direction; what comes waits."""
        silent = list(self._bots)
        for bot in silent:
            bot.silent.clear()
        await asyncio.sleep(seconds)
        for bot in silent:
            bot.silent.set()

    async def misfortune(self) -> None:
        """Let something happen to the sockets."""
        kind = self._random.choice(("cut", "silence", "refuse", "nonsense"))
        self.happened[f"socket: {kind}"] += 1
        if kind == "cut":
            await self.cut()
        elif kind == "silence":
            await self.silence(self._random.uniform(0.5, 3))
        elif kind == "refuse":
            self.refusing = True
            await self.cut()
            await asyncio.sleep(self._random.uniform(0.3, 2))
            self.refusing = False
        else:
            for bot in list(self._bots):
                await bot.send(self._nonsense(bot))

    # Requests -------------------------------------------------------------------------------------------------

    async def _any(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket(request)
        body = await request.read()
        fault = self._fault()
        if fault == "refused":
            return self._refusal(request)
        if fault == "unreachable":
            return _broken(request)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        url = f"http://{self.upstream}{request.raw_path}"
        async with self._session.request(request.method, url, data=body, headers=headers) as response:
            told = (await response.read()).replace(self.upstream.encode(), self.address.encode())
            shown = {name: value for name, value in response.headers.items() if name.lower() not in _HOP}
            status = response.status
        if fault == "slow":
            await asyncio.sleep(self._random.uniform(0.1, 1.5))
        if fault == "lost":
            return _broken(request) if self._random.random() < 0.5 else _error(500)
        return web.Response(body=told, status=status, headers=shown)

    def _fault(self) -> str:
        if not self.storm:
            return ""
        drawn = self._random.random()
        for name in ("refused", "unreachable", "lost", "slow"):
            drawn -= getattr(self._chances, name)
            if drawn < 0:
                self.happened[name] += 1
                return name
        return ""

    def _refusal(self, request: web.Request) -> web.Response:
        status = self._random.choice((429, 500, 503))
        self.happened[str(status)] += 1
        if status != 429:
            return _error(status)
        if "/api/v10/" not in request.path:
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        headers = {
            "Via": "1.1 google",
            "Retry-After": "1",
            "X-RateLimit-Limit": "5",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset-After": "0.2",
            "X-RateLimit-Bucket": uuid.uuid4().hex,
        }
        told = {"message": "You are being rate limited.", "retry_after": 0.2, "global": False}
        return web.Response(
            body=json.dumps(told).encode(), status=429, content_type="application/json", headers=headers
        )

    # Events ---------------------------------------------------------------------------------------------------

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if self.refusing:
            return web.Response(status=503)
        bot = _Bot(web.WebSocketResponse(max_msg_size=0), request)
        bot.silent.set()
        if request.query.get("compress") == "zlib-stream":
            bot.compressor = zlib.compressobj()
        await bot.ws.prepare(request)
        url = request.url.with_host(self.upstream.partition(":")[0]).with_port(int(self.upstream.rpartition(":")[2]))
        query = {name: value for name, value in request.query.items() if name != "compress"}
        async with self._session.ws_connect(str(url.with_query(query)), max_msg_size=0) as server:
            self._bots.add(bot)
            down = asyncio.create_task(self._relay(server, bot))
            try:
                while not bot.ws.closed:
                    message = await bot.ws.receive()
                    if message.type is not WSMsgType.TEXT:
                        break
                    await bot.silent.wait()
                    await server.send_str(message.data)
            except ConnectionError:
                pass
            finally:
                down.cancel()
                self._bots.discard(bot)
        return bot.ws

    async def _relay(self, server: aiohttp.ClientWebSocketResponse, bot: _Bot) -> None:
        async for message in server:
            text = str(message.data)
            frame = json.loads(text)
            if not self.storm or not (frame.get("type") == "events_api" or frame.get("op") == 0):
                await bot.send(text)
                continue
            if self._happens("nonsense"):
                await bot.send(self._nonsense(bot))
            if frame.get("type") == "events_api" and self._happens("late"):
                self._again(frame, None, 1)
                continue
            await bot.send(text)
            if self._happens("duplicated"):
                for time in range(1, self._random.randint(2, 5)):
                    self._again(frame, bot, time)
        await bot.ws.close()

    def _happens(self, name: str) -> bool:
        if self._random.random() >= getattr(self._chances, name):
            return False
        self.happened[name] += 1
        return True

    def _again(self, frame: Frame, bot: _Bot | None, time: int) -> None:
        """Send an event once more: at once or later, on `bot` or (as Slack does) on whichever socket is open then."""
        task = asyncio.create_task(self._send_later(frame, bot, time, self._random.choice((0, 0, 0.3, 1.5))))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _send_later(self, frame: Frame, bot: _Bot | None, time: int, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if frame.get("type") != "events_api":
            if bot in self._bots and bot is not None:
                await bot.send(json.dumps(frame))
            return
        again = frame | {"envelope_id": str(uuid.uuid4()), "retry_attempt": time, "retry_reason": "timeout"}
        while not self._bots:  # noqa: ASYNC110  the bot connects again some time
            await asyncio.sleep(0.05)
        await next(iter(self._bots)).send(json.dumps(again))

    def _nonsense(self, bot: _Bot) -> str:
        if bot.request.path.startswith("/gateway"):
            return json.dumps(
                self._random.choice(
                    (
                        {"op": 0, "t": "MOON_PHASE_UPDATE", "s": None, "d": {"phase": "full"}},
                        {"op": 99, "d": None, "s": None, "t": None},
                        {"op": 0, "t": "MESSAGE_CREATE", "s": None, "d": {"id": "1"}},
                        {"op": 0, "t": "MESSAGE_DELETE", "s": None, "d": {}},
                        {"op": 0, "t": "MESSAGE_REACTION_ADD", "s": None, "d": {"emoji": None}},
                    )
                )
            )
        event = self._random.choice(
            (
                {"type": "moon_phase_changed"},
                {"type": "message"},
                {"type": "message", "subtype": "message_changed", "channel": "C0SUPPORT"},
                {"type": "message", "subtype": "message_deleted", "channel": "C0SUPPORT"},
                {"type": "message", "channel": "C0SUPPORT", "ts": "yesterday", "user": "U0ANN", "text": None},
                {"type": "app_mention", "channel": None, "ts": None, "user": None},
                {"type": "reaction_added", "reaction": "+1", "user": "U0ANN"},
                {},
            )
        )
        payload = {"type": "event_callback", "team_id": "T0ACME", "event": event, "event_id": uuid.uuid4().hex}
        envelope: Frame = {"type": "events_api", "envelope_id": str(uuid.uuid4()), "payload": payload}
        return self._random.choice(
            (json.dumps(envelope), json.dumps(envelope), "no JSON {", "[]", "{}", '{"type": "news"}', "")
        )


def _broken(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _error(status: int) -> web.Response:
    return web.Response(status=status, text="upstream connect error")
