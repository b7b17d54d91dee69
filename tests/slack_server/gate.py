"""A gate before local-slack that adds what Slack does and local-slack does not.

Tokens are checked, limits kept, posts outside the bot's channels refused, metadata remembered, events
delivered again; connections break and calls are rate-limited when a test asks for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections import defaultdict, deque
from typing import Any

import aiohttp
from aiohttp import web

from tests.slack_server.workspace import APP_TOKEN, BOT, BOT_TOKEN, TEAM

_POSTING = {"chat.postMessage", "chat.update", "chat.postEphemeral"}
Payload = dict[str, Any]


class Gate:
    """Start it with `async with`; give `api_url` to the bot."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._metadata: dict[tuple[str, str], Payload] = {}
        self._bots: dict[web.WebSocketResponse, web.Request] = {}
        self.calls: list[tuple[str, Payload]] = []
        """Every call to the Web API: method, arguments."""
        self.events: list[Payload] = []
        """Every envelope that went to the bot."""
        self.faults: defaultdict[str, deque[str]] = defaultdict(deque)
        """What goes wrong at the next calls of a method: `ratelimited`, `lost` (carried out, but the
        connection breaks), `unreachable` (not carried out), `slow` (answered half a second later),
        or an error as Slack words it."""
        self.bot_token, self.app_token = BOT_TOKEN, APP_TOKEN
        self.refused_sockets = 0
        """How many of the next sockets are refused; as at Slack, the address of a socket works once."""
        self._tickets: set[str] = set()
        self.connections = 0
        self.groups: dict[str, list[str]] = {}
        """The people of each user group."""
        self.names: dict[str, str] = {}
        """What people call themselves, by id; also people whom the workspace does not have."""
        self.responses: list[Payload] = []
        """What came to the response URL of a shortcut."""
        self.shared: set[str] = set()
        """Channels that are shared with another company."""

    async def __aenter__(self) -> Gate:
        self._session = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_get("/socket/{id}", self._socket)
        app.router.add_post("/responses", self._respond)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._address = f"127.0.0.1:{self._runner.addresses[0][1]}"
        self.api_url = f"http://{self._address}/api/"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()
        await self._runner.cleanup()
        await self._session.close()

    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]

    async def deliver(self, event: Payload, retry: int = 0) -> None:
        """Send an event to the bot, as a delivery for the `retry`-th time."""
        payload = {"type": "event_callback", "team_id": TEAM, "api_app_id": "A0FRONT", "event": event}
        payload |= {"event_id": f"Ev{uuid.uuid4().hex}", "event_time": 1, "authorizations": []}
        await self._send({"type": "events_api", "payload": payload, "accepts_response_payload": False}, retry)

    async def shortcut(self, user: str, callback_id: str, message: Payload) -> None:
        """Choose a message's shortcut as a person."""
        payload = {"type": "message_action", "callback_id": callback_id, "trigger_id": uuid.uuid4().hex}
        payload |= {"team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM}, "channel": {"id": message["channel"]}}
        payload |= {"message_ts": message["ts"], "message": message}
        payload |= {"response_url": f"http://{self._address}/responses", "action_ts": message["ts"]}
        await self._send({"type": "interactive", "payload": payload, "accepts_response_payload": False}, 0)

    async def press_at_home(self, user: str, action_id: str) -> None:
        """Press a button of the Home tab, as a person."""
        action = {"type": "button", "action_id": action_id, "block_id": action_id, "value": action_id}
        payload = {"type": "block_actions", "trigger_id": uuid.uuid4().hex, "actions": [action]}
        payload |= {"team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM}}
        payload |= {"container": {"type": "view"}, "view": {"type": "home", "id": "V1"}}
        await self._send({"type": "interactive", "payload": payload, "accepts_response_payload": False}, 0)

    async def redeliver(self) -> None:
        """Send all events once more, as Slack does after three seconds without an acknowledgement."""
        for envelope in [one for one in self.events if one["type"] == "events_api"]:
            await self._send(envelope, 1)

    def freeze(self) -> None:
        """Let the sockets die though open: nothing comes over them any more, no pong either."""
        for request in self._bots.values():
            request.transport.pause_reading()  # type: ignore[union-attr]

    async def cut(self) -> None:
        """Close the sockets."""
        for bot in list(self._bots):
            await bot.close()

    async def _send(self, envelope: Payload, retry: int) -> None:
        again = envelope | {"envelope_id": str(uuid.uuid4()), "retry_attempt": retry, "retry_reason": "timeout"}
        for bot in self._bots:
            await bot.send_str(json.dumps(again))

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        body = await request.read()
        arguments = await _arguments(request)
        self.calls.append((method, arguments))
        fault = self.faults[method].popleft() if self.faults[method] else ""
        if fault == "ratelimited":
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        if fault == "unreachable":
            return _broken(request)
        if error := (fault if fault not in {"", "lost", "slow"} else await self._refusal(request, method, arguments)):
            return web.json_response({"ok": False, "error": error})
        if method == "usergroups.users.list":
            people = self.groups.get(arguments["usergroup"])
            return web.json_response(
                {"ok": False, "error": "no_such_subteam"} if people is None else {"ok": True, "users": people}
            )
        if method == "users.info" and (name := self.names.get(arguments["user"])):
            return web.json_response({"ok": True, "user": {"id": arguments["user"], "profile": {"display_name": name}}})
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        url = f"{self._upstream}/api/{method}"
        async with self._session.request(
            request.method, url, data=body, headers=headers, params=request.query
        ) as response:
            told = await response.json()
        self._amend(method, arguments, told)
        if fault == "slow":
            await asyncio.sleep(0.5)
        return _broken(request) if fault == "lost" else web.json_response(told)

    async def _refusal(self, request: web.Request, method: str, arguments: Payload) -> str:
        wanted = self.app_token if method == "apps.connections.open" else self.bot_token
        if request.headers.get("Authorization") != f"Bearer {wanted}":
            return "invalid_auth"
        if method in _POSTING:
            if error := _over_limits(method, arguments):
                return error
            return await self._outside(arguments["channel"])
        return ""

    async def _outside(self, channel: str) -> str:
        async with self._session.get(f"{self._upstream}/_control/state") as response:
            known = {one["id"]: one["members"] for one in (await response.json())["channels"]}
        if channel.startswith("U"):
            return ""
        if channel not in known:
            return "channel_not_found"
        return "" if BOT in known[channel] else "not_in_channel"

    def _amend(self, method: str, arguments: Payload, told: Payload) -> None:
        if method == "chat.postMessage" and told["ok"] and arguments.get("metadata"):
            self._metadata[told["channel"], told["ts"]] = arguments["metadata"]
        elif method == "conversations.replies" and arguments.get("include_all_metadata") in {"1", "true", "True", True}:
            for message in told.get("messages", []):
                if metadata := self._metadata.get((arguments["channel"], message["ts"])):
                    message["metadata"] = metadata
        elif method == "apps.connections.open" and told["ok"]:
            ticket = told["url"].rpartition("/")[2]
            self._tickets.add(ticket)
            told["url"] = f"ws://{self._address}/socket/{ticket}"

    async def _respond(self, request: web.Request) -> web.Response:
        self.responses.append(await request.json())
        return web.Response(text="ok")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.match_info["id"]
        if self.refused_sockets or ticket not in self._tickets:
            self.refused_sockets = max(0, self.refused_sockets - 1)
            self._tickets.discard(ticket)
            return web.Response(status=408)
        self._tickets.remove(ticket)
        bot = web.WebSocketResponse()
        await bot.prepare(request)
        self.connections += 1
        async with self._session.ws_connect(f"{self._upstream}/socket/{ticket}") as slack:
            self._bots[bot] = request
            down = asyncio.create_task(self._relay_down(slack, bot))
            try:
                while not bot.closed:
                    message = await bot.receive()
                    if message.type is aiohttp.WSMsgType.TEXT:
                        await slack.send_str(message.data)
            finally:
                down.cancel()
                self._bots.pop(bot, None)
        return bot

    async def _relay_down(self, slack: aiohttp.ClientWebSocketResponse, bot: web.WebSocketResponse) -> None:
        async for message in slack:
            envelope = json.loads(message.data)
            if "envelope_id" in envelope:
                self.events.append(envelope)
            if event := envelope.get("payload", {}).get("event"):
                envelope["payload"]["is_ext_shared_channel"] = event.get("channel") in self.shared
            with contextlib.suppress(ConnectionError):
                await bot.send_str(json.dumps(envelope))


async def _arguments(request: web.Request) -> Payload:
    if request.content_type == "application/json":
        return dict(await request.json())
    values: Payload = dict(request.query) | dict(await request.post())
    return values


def _broken(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()  # type: ignore[attr-defined]
    return web.Response()


def _over_limits(method: str, arguments: Payload) -> str:
    """Return what Slack would refuse a message with, empty if it would take it."""
    text, blocks = arguments.get("text") or "", arguments.get("blocks") or []
    if len(text) > (4000 if method == "chat.update" else 40_000):
        return "msg_too_long"
    if not text and not blocks:
        return "no_text"
    if len(blocks) > 50:
        return "invalid_blocks"
    size = 0
    for block in blocks:
        texts = [block["text"]["text"]] if block["type"] == "section" else [one["text"] for one in block["elements"]]
        words = [one["text"] if isinstance(one, dict) else one for one in texts]
        if not all(0 < len(one) <= 3000 for one in words):
            return "invalid_blocks"
        size += sum(map(len, words))
    return "msg_blocks_too_long" if size > 13_200 else ""
