"""local-slack, started for tests, and what people do in its workspace."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

BINARY = Path(__file__).resolve().parents[1] / "e2e/node_modules/local-slack-linux-x64/bin/local-slack"
MISSING = "local-slack is not installed: run `npm install --no-save` in tests/e2e"

TEAM, BOT, OTHER_BOT = "T0ACME", "U0BOT", "U0OTHERBOT"
BOT_TOKEN, APP_TOKEN = "xoxb-test-bot", "xapp-test-app"
SIGNING_SECRET = "only-for-tests"
PATIENCE_S = 20.0

Message = dict[str, Any]

_WORKSPACE = {
    "workspace": {"name": "Acme", "domain": "acme", "teamId": TEAM},
    "apps": [
        {"appId": "A0FRONT", "botUserId": BOT, "botName": "frontdesk", "botToken": BOT_TOKEN, "appToken": APP_TOKEN},
        {"appId": "A0OTHER", "botUserId": OTHER_BOT, "botName": "otherbot", "botToken": "xoxb-x", "appToken": "xapp-x"},
    ],
    "users": [
        {"id": "U0ANN", "name": "ann", "real_name": "Ann Admin", "email": "ann@example.com"},
        {"id": "U0BEN", "name": "ben", "real_name": "Ben Buyer", "email": "ben@example.com"},
    ],
    "channels": [
        {"id": "C0SUPPORT", "name": "support", "members": ["U0ANN", "U0BEN", BOT]},
        {"id": "C0RANDOM", "name": "random", "members": ["U0ANN", "U0BEN", BOT]},
        {"id": "C0OUTSIDE", "name": "outside", "members": ["U0ANN", "U0BEN"]},
    ],
}


@contextmanager
def serving(folder: Path, request_url: str = "") -> Iterator[str]:
    """Run local-slack with its files in `folder`; yield its address.

    With `request_url` the bot hears by signed requests to it, else over Socket Mode.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = _WORKSPACE | {"apps": [{"signingSecret": "s", "mode": "socket"} | app for app in _WORKSPACE["apps"]]}  # type: ignore[arg-type, operator]
    if request_url:
        config["apps"][0] |= {"signingSecret": SIGNING_SECRET, "mode": "events", "requestUrl": request_url}
    (folder / "slack.json").write_text(json.dumps(config))
    # It would listen on every interface.
    (folder / "loopback.js").write_text(
        'const serve = Bun.serve; Bun.serve = (options) => serve({ ...options, hostname: "127.0.0.1" });'
    )
    environment = os.environ | {"BUN_OPTIONS": f"--preload={folder / 'loopback.js'}"}
    command = [BINARY, "--config", folder / "slack.json", "--port", str(port), "--base-host", "127.0.0.1"]
    log = (folder / "slack.log").open("wb")
    with log, subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _await_answer(address + "/_control/state", process)
            yield address
        finally:
            process.kill()


def _await_answer(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


class Workspace:
    """The workspace as its people see and use it."""

    def __init__(self, address: str) -> None:
        self.address = address

    async def reset(self) -> None:
        await self._control("reset", {})

    async def say(self, user: str, text: str, channel: str = "C0SUPPORT", thread: str | None = None) -> str:
        """Post as a person; return the `ts`. With the person's own id as `channel`, in direct messages with the bot."""
        body = {"channel": channel, "user": user, "text": text} | ({"thread_ts": thread} if thread else {})
        return str((await self._control("message", body))["message"]["ts"])

    async def direct_messages(self, user: str, patience_s: float = PATIENCE_S) -> str:
        """Return the channel of a person's direct messages with the bot, once there is one."""
        return await self._until(
            lambda state: next(
                (one["id"] for one in state["channels"] if one["is_im"] and set(one["members"]) == {user, BOT}), None
            ),
            "/_control/state",
            patience_s,
        )

    async def delete(self, user: str, ts: str, channel: str = "C0SUPPORT") -> None:
        await self._control("delete-message", {"channel": channel, "user": user, "ts": ts})

    async def edit(self, user: str, ts: str, text: str, channel: str = "C0SUPPORT") -> None:
        await self._control("edit-message", {"channel": channel, "user": user, "ts": ts, "text": text})

    async def react(self, user: str, ts: str, name: str, *, present: bool = True, channel: str = "C0SUPPORT") -> None:
        await self._control("reaction", {"channel": channel, "user": user, "ts": ts, "name": name, "present": present})

    async def press(self, user: str, message: Message, action_id: str, value: str | None = None) -> None:
        """Press the button of `message` that has this action id."""
        button = next(
            element
            for block in message["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
            if element["action_id"] == action_id
        )
        action = {"type": "button", "action_id": action_id, "block_id": "rating", "value": value or button["value"]}
        body = {"channel": message["channel"], "messageTs": message["ts"], "user": user, "action": action}
        await self._control("interact", body)

    async def dialog(self) -> dict[str, Any]:
        """Wait for the modal that stands open, and return it."""
        async with aiohttp.ClientSession() as session, session.ws_connect(self.address + "/ui") as page:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    told = await page.receive_json()
                    stack = told["state"]["modalStack"] if told["t"] == "init" else told.get("stack")
                    if stack:
                        view: dict[str, Any] = stack[-1]
                        return view

    async def submit(self, user: str, text: str) -> None:
        """Send the modal that stands open, with a text in its one field."""
        view = await self.dialog()
        [block] = view["blocks"]
        field = {"type": "plain_text_input", "value": text}
        values = {block["block_id"]: {block["element"]["action_id"]: field}}
        async with aiohttp.ClientSession() as session, session.ws_connect(self.address + "/ui") as page:
            await page.receive_json()
            await page.send_json({"t": "view_submit", "user": user, "values": values})
            async with asyncio.timeout(PATIENCE_S):
                while (told := await page.receive_json())["t"] != "view" or told.get("stack"):
                    pass

    async def command(self, user: str, command: str, text: str = "", channel: str = "C0SUPPORT") -> None:
        await self._control("command", {"channel": channel, "user": user, "command": command, "text": text})

    async def messages(self, channel: str = "C0SUPPORT") -> list[Message]:
        told: list[Message] = (await self._get(f"/_control/messages/{channel}"))["messages"]
        return told

    async def replies(self, thread: str, channel: str = "C0SUPPORT") -> list[Message]:
        """Return the bot's posts in a thread."""
        return [one for one in await self.messages(channel) if one.get("thread_ts") == thread and one["user"] == BOT]

    async def whispers(self, user: str, channel: str = "C0SUPPORT") -> list[Message]:
        """Return what only `user` sees in a channel."""
        return [one for one in await self.messages(channel) if one.get("ephemeral_to") == user]

    async def until(
        self, found: Callable[[list[Message]], Any], channel: str = "C0SUPPORT", patience_s: float = PATIENCE_S
    ) -> Any:
        """Look at a channel's messages until `found` returns something true; return that."""
        return await self._until(
            lambda told: found(told["messages"]), f"/_control/messages/{channel}", patience_s=patience_s
        )

    async def download(self, file: dict[str, Any]) -> str:
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {BOT_TOKEN}"}) as session,
            session.get(file["url_private"]) as response,
        ):
            return await response.text()

    async def _until(self, found: Callable[[Any], Any], path: str, patience_s: float = PATIENCE_S) -> Any:
        deadline = time.monotonic() + patience_s
        while True:
            told = await self._get(path)
            if result := found(told):
                return result
            assert time.monotonic() < deadline, f"not seen in time: {json.dumps(told, indent=1, ensure_ascii=False)}"
            await asyncio.sleep(0.03)

    async def _get(self, path: str) -> Any:
        async with aiohttp.ClientSession() as session, session.get(self.address + path) as response:
            return await response.json()

    async def _control(self, action: str, body: dict[str, Any]) -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.address}/_control/{action}", json=body) as response,
        ):
            told = await response.json()
        assert told["ok"], told
        return told


def shown(message: Message) -> str:
    """Return all that a message's blocks show, or its text where it has none."""
    texts: list[str] = []
    for block in message.get("blocks") or []:
        texts += [block["text"]["text"]] if block["type"] == "section" else []
        texts += [element["text"] for element in block["elements"]] if block["type"] == "context" else []
    return "\n".join(texts) or str(message["text"])


def has_buttons(message: Message) -> bool:
    return any(block["type"] == "actions" for block in message.get("blocks") or [])
