"""A gate before local-slack that adds what Slack does and local-slack does not.

Tokens are checked, limits kept, posts that unfurl or go outside the bot's channels refused, metadata remembered, events
delivered again; connections break and calls are rate-limited when a test asks for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections import Counter, defaultdict, deque
from typing import Any

import aiohttp
from aiohttp import web

from tests.slack_server.workspace import APP_TOKEN, BOT, BOT_TOKEN, TEAM

_VIEWS = {"views.open", "views.push", "views.update"}
_POSTING = {"chat.postMessage", "chat.update", "chat.postEphemeral"}
_READING = {"conversations.replies", "conversations.history"}
RESPONSE_USES = 5
Payload = dict[str, Any]


class Gate:
    """Start it with `async with`; give `api_url` to the bot."""

    def __init__(self, upstream: str) -> None:  # noqa: PLR0915 - one for each thing it keeps
        self._upstream = upstream
        self._metadata: dict[tuple[str, str], Payload] = {}
        self._bots: dict[web.WebSocketResponse, web.Request] = {}
        self._latest = "0.0"
        """The `ts` of the last post seen; the upstream server counts them within a second."""
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
        self._answers: dict[str, asyncio.Future[Payload]] = {}
        """By envelope: what the bot says back to a submitted view."""
        self.sent: dict[str, float] = {}
        """When each envelope went to the bot, monotonic seconds, by its id."""
        self.acknowledged: dict[str, float] = {}
        """When the bot acknowledged it."""
        self.connections = 0
        self.views: list[Payload] = []
        """Every view that the bot has shown by a call, with its id."""
        self.groups: dict[str, list[str]] = {}
        """The people of each user group."""
        self.names: dict[str, str] = {}
        """What people call themselves, by id; also people whom the workspace does not have."""
        self.others: dict[str, Payload] = {}
        """What `auth.test` says of the tokens of other workspaces, by token; they speak in the same channels."""
        self.codes: dict[str, Payload] = {}
        """What `oauth.v2.access` gives for each code, once."""
        self.posted_by: list[tuple[str, str]] = []
        """The token that each post was made with, and its channel."""
        self.streams = False
        """Whether the streaming methods are offered."""
        self._streamed: dict[str, str] = {}
        """The text so far of each post that is a stream still, by `ts`."""
        self.pane = False
        """Whether direct messages are those of the assistant pane."""
        self.responses: list[Payload] = []
        """What came to response URLs."""
        self.responses_left: Counter[str] = Counter()
        """How often each response URL still works."""
        self.told_alone: list[Payload] = []
        """What was told to whoever pressed a button, by the response URL of the press."""
        self._hooks: dict[str, tuple[str, str]] = {}
        """The upstream response URL and the channel of each press."""
        self._threads: dict[str, str] = {}
        """The thread of what one person sees, by its `ts`; the upstream server forgets it."""
        self.shared: set[str] = set()
        """Channels that are shared with another company."""

    async def __aenter__(self) -> Gate:
        self._session = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_get("/socket/{id}", self._socket)
        app.router.add_post("/responses/{id}", self._respond)
        app.router.add_post("/hooks/{id}", self._hook)
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

    async def deliver(self, event: Payload, retry: int = 0, team: str = TEAM) -> None:
        """Send an event to the bot, as a delivery for the `retry`-th time."""
        payload = {"type": "event_callback", "team_id": team, "api_app_id": "A0FRONT", "event": event}
        payload |= {"event_id": f"Ev{uuid.uuid4().hex}", "event_time": 1, "authorizations": []}
        await self._send({"type": "events_api", "payload": payload, "accepts_response_payload": False}, retry)

    def response_url(self, uses: int = RESPONSE_USES) -> str:
        """Return a new one, which works so often."""
        id = uuid.uuid4().hex
        self.responses_left[id] = uses
        return f"http://{self._address}/responses/{id}"

    async def shortcut(self, user: str, callback_id: str, message: Payload, response_uses: int = RESPONSE_USES) -> None:
        """Choose a message's shortcut as a person."""
        payload = {"type": "message_action", "callback_id": callback_id, "trigger_id": uuid.uuid4().hex}
        payload |= {"team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM}, "channel": {"id": message["channel"]}}
        payload |= {"message_ts": message["ts"], "message": message}
        payload |= {"response_url": self.response_url(response_uses), "action_ts": message["ts"]}
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

    async def view(self, count: int = 1) -> Payload:
        """Wait for the view that the bot shows with its `count`-th call about one; return it, with its id."""
        async with asyncio.timeout(20):
            while len(self.views) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return self.views[count - 1]

    async def submit(self, user: str, view: Payload, filled_in: Payload, team: str = TEAM, **about: Any) -> Payload:
        """Submit a modal with what stands in it, but for what is `filled_in` by block; return the bot's answer.

        `team` is the person's own, another company's perhaps.
        """
        values = {block["block_id"]: _filled(block, filled_in) for block in view["blocks"] if block["type"] == "input"}
        assert set(filled_in) <= set(values), "no such block"
        return await self._interact(
            {
                "type": "view_submission",
                "team": {"id": team},
                "user": {"id": user, "team_id": team},
                "view": view
                | {"root_view_id": view["id"], "state": {"values": values}, "app_installed_team_id": TEAM}
                | about,
            }
        )

    async def press(self, user: str, view: Payload, action_id: str, value: str | None = None) -> None:
        """Press the first button of a modal that has this action id (and value)."""
        buttons = [one for block in view["blocks"] if block["type"] == "actions" for one in block["elements"]]
        button = next(one for one in buttons if one["action_id"] == action_id and value in (None, one["value"]))
        action = {"type": "button", "action_id": action_id, "value": button["value"], "action_ts": "1"}
        # A trigger that the upstream server takes belongs to something a person did there.
        await self._interact(
            {
                "type": "block_actions",
                "user": {"id": user, "team_id": TEAM},
                "view": view | {"root_view_id": view["id"]},
                "container": {"type": "view", "view_id": view["id"]},
                "trigger_id": f"pressed-{uuid.uuid4().hex}",
                "actions": [action],
            }
        )

    async def _interact(self, payload: Payload) -> Payload:
        payload = {"team": {"id": TEAM, "domain": "acme"}, "api_app_id": "A0FRONT", "token": "t"} | payload
        envelope = str(uuid.uuid4())
        answer = self._answers[envelope] = asyncio.get_running_loop().create_future()
        body = {"type": "interactive", "envelope_id": envelope, "payload": payload, "accepts_response_payload": True}
        for bot in self._bots:
            await bot.send_str(json.dumps(body))
        return await asyncio.wait_for(answer, 3)  # as Slack does

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

    async def _call(self, request: web.Request) -> web.StreamResponse:  # noqa: PLR0911 - one for each thing it may do
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
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if method == "chat.postMessage":
            self.posted_by.append((bearer, arguments["channel"]))
        if (own := self._own(method, arguments)) is not None:
            return web.json_response(own)
        if (told := self._own_answer(method, arguments, bearer)) is not None:
            return web.json_response({"ok": True} | told)
        if self.streams and method.endswith("Stream") and fault != "unreachable":
            told = await self._stream(method, arguments, request.headers["Authorization"])
            return _broken(request) if fault == "lost" else web.json_response(told)
        if method == "chat.update" and arguments["ts"] in self._streamed:
            return web.json_response({"ok": False, "error": "streaming_state_conflict"})
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        if bearer in self.others:
            headers["Authorization"] = f"Bearer {self.bot_token}"
        url = f"{self._upstream}/api/{method}"
        async with self._session.request(
            request.method, url, data=body, headers=headers, params=request.query
        ) as response:
            told = await response.json()
        self._amend(method, arguments, told)
        self._latest = max(self._latest, str(told.get("ts") or "0.0"), key=float)
        if method == "conversations.info" and told["ok"]:
            told["channel"]["is_member"] = not await self._outside(arguments["channel"])
        if method in _VIEWS and told["ok"]:
            self.views.append(view_of(arguments) | {"id": told["view"]["id"]})
        if fault == "slow":
            await asyncio.sleep(0.5)
        return _broken(request) if fault == "lost" else web.json_response(told)

    def _own_answer(self, method: str, arguments: Payload, bearer: str) -> Payload | None:
        """Return what local-slack does not know, None for what it does."""
        if method == "auth.test":
            return self.others.get(bearer)
        if self.pane and method.startswith("assistant.threads."):
            return {}
        if method == "oauth.v2.access":
            return self.codes.pop(arguments["code"], {"ok": False, "error": "invalid_code"})
        if method == "usergroups.users.list":
            people = self.groups.get(arguments["usergroup"])
            return {"ok": False, "error": "no_such_subteam"} if people is None else {"users": people}
        if method == "users.info" and (name := self.names.get(arguments["user"])):
            return {"user": {"id": arguments["user"], "profile": {"display_name": name}}}
        return None

    async def _stream(self, method: str, arguments: Payload, bearer: str) -> Payload:
        """Carry out a streaming method, by an ordinary post and edits of it."""
        ts = arguments.get("ts", "")
        if method == "chat.startStream":
            if not arguments.get("recipient_user_id") or not arguments.get("recipient_team_id"):
                return {"ok": False, "error": "missing_recipient_user_id"}
            text, call = arguments.get("markdown_text", ""), "chat.postMessage"
            post: Payload = {"channel": arguments["channel"], "thread_ts": arguments["thread_ts"]}
        elif ts not in self._streamed:
            return {"ok": False, "error": "message_not_in_streaming_state"}
        else:
            text, call = self._streamed[ts] + arguments.get("markdown_text", ""), "chat.update"
            post = {"channel": arguments["channel"], "ts": ts}
        url, headers = f"{self._upstream}/api/{call}", {"Authorization": bearer}
        async with self._session.post(url, json=post | {"text": text or "\u2060"}, headers=headers) as response:
            told: Payload = await response.json()
        if method == "chat.stopStream":
            del self._streamed[ts]
            self._metadata[arguments["channel"], ts] = arguments["metadata"]
        else:
            self._streamed[told["ts"]] = text
        return told

    async def _refusal(self, request: web.Request, method: str, arguments: Payload) -> str:
        wanted = {self.app_token} if method == "apps.connections.open" else {self.bot_token, *self.others}
        if method != "oauth.v2.access" and request.headers.get("Authorization") not in {f"Bearer {t}" for t in wanted}:
            return "invalid_auth"
        if method in _VIEWS:
            return _refused_view(view_of(arguments))
        if method in _POSTING:
            if error := _over_limits(method, arguments):
                return error
            # What Slack would take, and we never want: the preview of a page or file that an answer names.
            if method == "chat.postMessage" and any(
                arguments.get(f"unfurl_{what}", True) for what in ("links", "media")
            ):
                return "unfurls"
            return await self._outside(arguments["channel"])
        return ""

    def _own(self, method: str, arguments: Payload) -> Payload | None:
        """Return the answer to a call about what the upstream server knows nothing of, None for any other call."""
        if method == "usergroups.users.list":
            people = self.groups.get(arguments["usergroup"])
            return {"ok": False, "error": "no_such_subteam"} if people is None else {"ok": True, "users": people}
        if method == "users.info" and (name := self.names.get(arguments["user"])):
            return {"ok": True, "user": {"id": arguments["user"], "profile": {"display_name": name}}}
        # A view that follows on a press of ours.
        if method == "views.push" or (method == "views.update" and arguments["view_id"].startswith("V-")):
            self.views.append(view_of(arguments) | {"id": arguments.get("view_id") or f"V-{uuid.uuid4().hex}"})
            return {"ok": True, "view": self.views[-1]}
        return None

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
        elif method in _READING and arguments.get("include_all_metadata") in {"1", "true", "True", True}:
            for message in told.get("messages", []):
                message["text"] = self._streamed.get(message["ts"], message.get("text"))
                if metadata := self._metadata.get((arguments["channel"], message["ts"])):
                    message["metadata"] = metadata
        elif method == "conversations.info" and told["ok"]:
            told["channel"]["is_ext_shared"] = arguments["channel"] in self.shared
        elif method == "apps.connections.open" and told["ok"]:
            ticket = told["url"].rpartition("/")[2]
            self._tickets.add(ticket)
            told["url"] = f"ws://{self._address}/socket/{ticket}"

    async def _respond(self, request: web.Request) -> web.Response:
        id = request.match_info["id"]
        if not self.responses_left[id]:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        self.responses_left[id] -= 1
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
                        told = json.loads(message.data)
                        self.acknowledged[told.get("envelope_id", "")] = time.monotonic()
                        if answer := self._answers.pop(told.get("envelope_id", ""), None):
                            answer.set_result(told.get("payload") or {})
                            continue
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
                self.sent[envelope["envelope_id"]] = time.monotonic()
            payload = envelope.get("payload") or {}
            if event := payload.get("event"):
                payload["is_ext_shared_channel"] = event.get("channel") in self.shared
                self._latest = max(self._latest, event.get("ts") or "0.0", key=float)
            if payload.get("type") == "block_actions" and payload.get("channel"):
                self._tell_press(payload)
            for action in payload.get("actions", ()):
                action["action_ts"] = f"{self._latest}5"  # by the clock of the posts, as at Slack
            with contextlib.suppress(ConnectionError):
                await bot.send_str(json.dumps(envelope))

    def _tell_press(self, payload: Payload) -> None:
        """Tell a press as Slack does: on what one person sees without the message, and where it is."""
        message, channel = payload.get("message") or {}, payload["channel"]["id"]
        id = uuid.uuid4().hex
        self._hooks[id] = payload["response_url"], channel
        payload["response_url"] = f"http://{self._address}/hooks/{id}"
        if message.get("ephemeral_to"):
            del payload["message"]
            payload["container"] |= {"is_ephemeral": True}
            if thread := message.get("thread_ts") or self._threads.get(message["ts"]):
                payload["container"]["thread_ts"] = thread

    async def _hook(self, request: web.Request) -> web.Response:
        """Pass a private answer to a press on, and remember in which thread it is shown."""
        url, channel = self._hooks[request.match_info["id"]]
        told = await request.json()
        self.told_alone.append(told)
        before = await self._private_messages(channel)
        async with self._session.post(url, json=told) as response:
            text = await response.text()
        for ts in await self._private_messages(channel) - before:
            self._threads[ts] = told.get("thread_ts") or ""
        return web.Response(status=response.status, text=text)

    async def _private_messages(self, channel: str) -> set[str]:
        async with self._session.get(f"{self._upstream}/_control/messages/{channel}") as response:
            return {one["ts"] for one in (await response.json())["messages"] if one.get("ephemeral_to")}


async def _arguments(request: web.Request) -> Payload:
    if request.content_type == "application/json":
        return dict(await request.json())
    values: Payload = dict(request.query) | dict(await request.post())
    return values


def view_of(arguments: Payload) -> Payload:
    """Return the view of a call, which comes as JSON within a form."""
    view = arguments["view"]
    return dict(json.loads(view) if isinstance(view, str) else view)


def _filled(block: Payload, filled_in: Payload) -> Payload:
    """Return the state of an input block: what stands in it, or what a person has filled in instead."""
    element, name = block["element"], block["block_id"]
    kind = element["type"]
    state: Payload = {"type": kind}
    match kind:
        case "plain_text_input":
            state["value"] = filled_in.get(name, element.get("initial_value")) or None
            assert len(state["value"] or "") <= element["max_length"], "Slack's client takes no longer text"
        case "static_select":
            value = filled_in.get(name, element["initial_option"]["value"])
            state["selected_option"] = next(one for one in element["options"] if one["value"] == value)
        case "multi_users_select":
            state["selected_users"] = list(filled_in.get(name, element.get("initial_users", ())))
        case "multi_static_select":
            wanted = filled_in.get(name, ())
            state["selected_options"] = [one for one in element["options"] if one["value"] in wanted]
    return {element["action_id"]: state}


def _refused_view(view: Payload) -> str:
    """Return what Slack would refuse a modal with, empty if it would take it; see its reference of views and blocks."""
    blocks = view["blocks"]
    named = [block["block_id"] for block in blocks if "block_id" in block]
    sound = (
        0 < len(blocks) <= 100
        and len(named) == len(set(named))
        and all(0 < len(view[part]["text"]) <= 24 for part in ("title", "submit", "close") if part in view)
        and len(view.get("private_metadata", "")) <= 3000
        and ("submit" in view or all(block["type"] != "input" for block in blocks))
        and all(_sound_block(block) for block in blocks)
    )
    return "" if sound else "invalid_arguments"


def _sound_block(block: Payload) -> bool:
    match block["type"]:
        case "section":
            return 0 < len(block["text"]["text"]) <= 3000
        case "context":
            return all(0 < len(one["text"]) <= 3000 for one in block["elements"])
        case "actions":
            return 0 < len(block["elements"]) <= 25 and all(
                0 < len(one["text"]["text"]) <= 75 and len(one["value"]) <= 2000 for one in block["elements"]
            )
    element = block["element"]
    options = element.get("options", [])
    return (
        0 < len(block["label"]["text"]) <= 2000
        and len(block.get("hint", {}).get("text", "")) <= 2000
        and len(element.get("placeholder", {}).get("text", "")) <= 150
        and element.get("max_length", 1) <= 3000
        and len(element.get("initial_value", "x")) in range(1, element.get("max_length", 1) + 1)
        and len(options) <= 100
        and all(0 < len(one["text"]["text"]) <= 75 and len(one["value"]) <= 150 for one in options)
        and element.get("initial_option") in (None, *options)
        and ("options" not in element or bool(options))
    )


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
