"""Slack over HTTP: signed requests for events, commands and buttons, and the pages of an installation."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.signature import Clock, SignatureVerifier
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

log = logging.getLogger(__name__)

EVENTS_PATH = "/slack/events"
STALE_S = 300
MAX_BYTES = 2 * 2**20
BODY_S = 10.0
"""How long a request may take to come; Slack itself gives up after three seconds."""
RETRIES = {"1", "2", "3"}  # what Slack counts its deliveries of an event with


class Gatekeeper:
    """Lets a request of Slack in once, and none that is unsigned, forged, older than five minutes, or repeated.

    Slack signs each delivery of an event anew. One that it repeats within the second is the same to the last
    bit but for its retry header, so that each number of that header is let in once: the inbox tells them apart.
    """

    def __init__(self, signing_secret: str, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._verifier = SignatureVerifier(signing_secret, self._clock)
        self._seen: OrderedDict[str, float] = OrderedDict()

    def lets_in(self, body: bytes, headers: Mapping[str, str]) -> bool:
        stamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
        # What the verifier would trip over is none of Slack's either.
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16 and signature.isascii()):
            return False
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return False
        if not self._verifier.is_valid(text, stamp, signature):
            return False
        retry = headers.get("x-slack-retry-num", "")
        is_event = text.lstrip().startswith("{")  # commands and buttons come as a form, and never again
        return self._first(f"{signature}/{retry if retry in RETRIES and is_event else ''}")

    def _first(self, key: str) -> bool:
        now = time.monotonic()
        while self._seen and next(iter(self._seen.values())) < now - 2 * STALE_S - 1:
            self._seen.popitem(last=False)
        if key in self._seen:
            return False
        self._seen[key] = now
        return True


class Requests:
    """The route of signed requests, closed until `open` and after `close`: what comes then, Slack sends again."""

    def __init__(self, app: AsyncApp, signing_secret: str, clock: Clock | None = None) -> None:
        self._app = app
        self._gate = Gatekeeper(signing_secret, clock)
        self._is_open = False

    async def open(self) -> None:
        self._is_open = True

    async def close(self) -> None:
        self._is_open = False

    def health(self) -> str:
        return "" if self._is_open else "Slack's requests are not taken yet."

    @property
    def route(self) -> Route:
        return Route(EVENTS_PATH, self._handle, methods=["POST"])

    async def _handle(self, request: Request) -> Response:
        body = b""
        try:
            async with asyncio.timeout(BODY_S):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > MAX_BYTES:
                        return PlainTextResponse("Too large.", 413)
        except TimeoutError:
            return PlainTextResponse("Too slow.", 408, headers={"Connection": "close"})
        if not self._gate.lets_in(body, request.headers):
            log.warning("A request to %s that Slack did not sign just now is refused", EVENTS_PATH)
            return PlainTextResponse("Not signed by Slack, or not just now.", 401)
        if not self._is_open:
            return PlainTextResponse("Not ready.", 503)
        if body.lstrip().startswith(b"{"):
            try:
                json.loads(body)
            except (ValueError, RecursionError):
                return PlainTextResponse("No JSON.", 400)
        return to_starlette_response(await self._app.async_dispatch(to_async_bolt_request(request, body)))


def installation_routes(flow: AsyncOAuthFlow) -> list[Route]:
    """Return the routes at which a workspace installs the app."""

    async def install(request: Request) -> Response:
        return to_starlette_response(await flow.handle_installation(to_async_bolt_request(request, b"")))

    async def redirect(request: Request) -> Response:
        return to_starlette_response(await flow.handle_callback(to_async_bolt_request(request, b"")))

    return [Route(flow.install_path, install), Route(flow.redirect_uri_path, redirect)]
