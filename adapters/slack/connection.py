"""The Socket Mode connection, watched: one that is down or silent is replaced by a new one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import explained

log = logging.getLogger(__name__)

PING_S = 5.0
CONNECT_S = 10.0  # the SDK repeats an address that was refused, which never works again
DOWN_S = 20.0  # how long the SDK may try to mend a connection by itself
SILENT_S = 30 * 60.0  # Slack renews busy and idle connections alike; one on which nothing comes may be dead
DISPATCHED_AT_ONCE = 4  # a burst of events must not keep everything else from its turn


class _Handler(AsyncSocketModeHandler):
    """Acknowledges an event as it comes off the socket: the last of a burst would else wait for all the others.

    What a crash then loses is found again by the cursors.
    """

    def __init__(self, app: AsyncApp, app_token: str, web_client: AsyncWebClient) -> None:
        super().__init__(app, app_token, web_client=web_client, ping_interval=PING_S)
        self._turns = asyncio.Semaphore(DISPATCHED_AT_ONCE)
        self.client.on_message_listeners.append(self._acknowledge)

    async def _acknowledge(self, frame: aiohttp.WSMessage) -> None:
        try:
            message = json.loads(frame.data)
            if message.get("type") == "events_api":
                await self.client.send_socket_mode_response(SocketModeResponse(envelope_id=message["envelope_id"]))
        except Exception as error:  # Slack will send it again; whichever is heard first counts
            log.warning("An event of Slack could not be acknowledged: %s", error)

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        if req.type != "events_api":
            await super().handle(client, req)
            return
        async with self._turns:
            await run_async_bolt_app(self.app, req)


class Connection:
    """Receives Slack's events for `app` over a WebSocket.

    `web` asks Slack for the address of the socket; it carries slack.api_url and needs no token. `listening` is
    called whenever a new socket begins to be heard, before anything that comes over it.
    """

    def __init__(
        self, app: AsyncApp, app_token: str, web: AsyncWebClient, listening: Callable[[], None] = lambda: None
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._web = web
        self._listening = listening
        self._handler: AsyncSocketModeHandler | None = None
        self._heard = 0.0  # when the last frame came, monotonic
        self._greeted = asyncio.Event()
        self._trouble = ""
        self._watch: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect. Raises SlackTokenError, SlackError or DeliveryError."""
        await self._connect()
        self._watch = asyncio.create_task(self._keep(), name="slack-watchdog")

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})
            self._watch = None
        await self._disconnect()

    def health(self) -> str:
        if self._watch is None:
            return "Slack is not connected yet."
        if self._watch.done():
            return "The watch over the connection to Slack has ended."
        return self._trouble

    async def _connect(self) -> None:
        handler = _Handler(self._app, self._app_token, web_client=self._web)
        client = handler.client
        client.on_message_listeners.append(self._note)
        client.message_listeners.append(self._greet)
        self._handler = handler
        self._greeted.clear()
        try:
            with explained("opening the socket", token="slack.app_token"):
                async with asyncio.timeout(CONNECT_S):
                    # Asked for here, because the SDK's connect() would repeat a refused token for ever.
                    client.wss_uri = await client.issue_new_wss_url()
                    await handler.connect_async()  # type: ignore[no-untyped-call]
                    await self._greeted.wait()  # Slack says hello once it will send events
        except BaseException:
            await self._disconnect()
            raise
        self._trouble = ""

    async def _disconnect(self) -> None:
        handler, self._handler = self._handler, None
        if handler is None:
            return
        with contextlib.suppress(aiohttp.ClientError, OSError):
            async with asyncio.timeout(5):
                await handler.close_async()  # type: ignore[no-untyped-call]

    async def _note(self, _message: Any) -> None:
        self._heard = time.monotonic()
        self._greeted.set()

    async def _greet(self, _client: Any, message: dict[str, Any], _raw: str | None) -> None:
        if message.get("type") == "hello":
            self._listening()

    async def _keep(self) -> None:
        """Replace the connection when the SDK does not mend it, or when nothing comes over it."""
        down_since: float | None = None
        while True:
            await asyncio.sleep(PING_S)
            now = time.monotonic()
            if await self._alive():
                down_since = None
                if now - self._heard < SILENT_S:
                    self._trouble = ""
                    continue
                self._trouble = f"Nothing came from Slack for {now - self._heard:.0f} s."
                log.info("Nothing came from Slack for %.0f s, connecting anew", now - self._heard)
            else:
                down_since = down_since or now
                self._trouble = f"The connection to Slack has been down for {now - down_since:.0f} s."
                if now - down_since < DOWN_S:
                    continue
                log.warning("The connection to Slack is down, connecting anew")
            await self._renew()

    async def _alive(self) -> bool:
        if self._handler is None:
            return False
        client = self._handler.client
        tasks = (client.message_receiver, client.message_processor, client.current_session_monitor)
        return await client.is_connected() and not any(task is None or task.done() for task in tasks)

    async def _renew(self) -> None:
        await self._disconnect()
        try:
            await self._connect()
        except Exception as error:  # whatever it is, the next round tries again and health tells
            self._trouble = f"Slack cannot be reached: {error}"
            log.warning("%s", self._trouble)
