"""What was said in Slack while nobody listened: found again by the cursors, within Slack's limits."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.api import SlackError, explained
from bot.delivery import DeliveryError
from bot.messages import Question
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

PACE_S = 1.3
"""Between two requests: Slack allows 50 a minute. Apps under its stricter limit (one a minute) are told to wait."""
PAGE = 100
MAX_CHANNELS = 500
MAX_MISSED = 200
"""Messages of one channel that are looked at."""
MAX_AGAIN = 20
"""Questions, the last ones asked, of which it is looked whether they were changed or deleted."""
MAX_THREADS = 20
"""Threads of one channel that are looked at."""
PAUSES_S = (5.0, 60.0, 300.0)
"""Waits before a request is repeated that Slack did not take."""
_KINDS = "public_channel,private_channel,mpim,im"

Event = dict[str, Any]
_Call = Callable[..., Awaitable[AsyncSlackResponse]]


class Missed:
    """Looks for what was said since the cursors of the channels.

    `since` gives the `ts` after which a channel is looked at; an empty one is not. `threads` names the threads
    of a channel in which the bot takes part: what is said there is no part of the channel's history.
    `hear` is given each message, oldest first in its channel, with what an event would come in.
    """

    def __init__(
        self,
        web: AsyncWebClient,
        since: Callable[[str], str],
        threads: Callable[[str], Awaitable[Iterable[str]]],
        hear: Callable[[Event, Event], Awaitable[None]],
        hours: float,
    ) -> None:
        self._web = web
        self._since = since
        self._threads = threads
        self._hear = hear
        self._oldest = Decimal(f"{time.time() - 3600 * hours:.6f}")
        self._asked = 0.0
        self._shared: dict[str, bool] = {}
        """Whether people of another company read in a channel."""

    async def look(self, known: Iterable[str]) -> None:
        """Look into every channel the bot is in; `known` are those heard before, the latest first."""
        channels = await self._channels(list(known))
        self._shared |= {channel["id"]: bool(channel.get("is_ext_shared")) for channel in channels}
        for channel in channels:
            if not self._since(channel["id"]):
                continue
            try:
                await self._look_into(channel)
            except FrontdeskError as error:
                log.warning("What was missed in the Slack channel %s cannot be read: %s", channel["id"], error)

    async def look_again(self, questions: Iterable[Question], gone: Callable[[Question], Awaitable[None]]) -> None:
        """Look whether questions were changed or deleted: those that stand are heard again, the others are `gone`."""
        for question in questions:
            key = question.key
            replies = partial(self._web.conversations_replies, channel=key.channel, ts=question.thread, inclusive=True)
            try:
                told = await self._ask(partial(replies, oldest=key.message, latest=key.message, limit=2))
            except SlackError as error:
                if error.why == "thread_not_found":
                    await gone(question)
                continue
            there = told.get("messages") or []
            message = next((one for one in there if one["ts"] == key.message), None)
            if there and (message is None or message.get("subtype") == "tombstone"):
                await gone(question)
            elif message is not None and message.get("edited"):
                await self._hear({**message, "channel": key.channel}, self._around(key.channel))

    def _around(self, channel: str) -> Event:
        """Return what an event of a channel would come in; where it is not known, others may read along."""
        return {"is_ext_shared_channel": self._shared.get(channel, True)}

    async def _channels(self, known: list[str]) -> list[Event]:
        try:
            found = await self._pages(
                "channels",
                MAX_CHANNELS,
                lambda **page: self._web.users_conversations(types=_KINDS, exclude_archived=True, **page),
            )
        except SlackError as error:  # an app installed before it asked for the scopes
            log.warning("The channels that the bot is in cannot be listed, only known ones are looked at: %s", error)
            # Whether others read along is not known then.
            return [{"id": one, "is_im": one.startswith("D"), "is_ext_shared": True} for one in known]
        order = {channel: number for number, channel in enumerate(known)}
        return sorted(found, key=lambda channel: order.get(channel["id"], len(order)))

    async def _look_into(self, channel: Event) -> None:
        id = channel["id"]
        since = max(Decimal(self._since(id)), self._oldest)
        said = await self._pages(
            "messages",
            MAX_MISSED,
            lambda **page: self._web.conversations_history(channel=id, oldest=str(since), **page),
        )
        lively = [one["ts"] for one in said if Decimal(one.get("latest_reply") or 0) > since]
        threads = dict.fromkeys([*lively, *await self._threads(id)])
        for thread in list(threads)[:MAX_THREADS]:
            replies = partial(self._web.conversations_replies, channel=id, ts=thread, oldest=str(since))
            try:
                said += await self._pages("messages", MAX_MISSED, replies)
            except SlackError as error:
                log.info("The Slack thread %s cannot be read: %s", thread, error)
        missed = {Decimal(one["ts"]): one for one in said if Decimal(one["ts"]) > since}
        for ts in sorted(missed):
            kind = "im" if channel.get("is_im") else "channel"
            await self._hear({**missed[ts], "channel": id, "channel_type": kind}, self._around(id))

    async def _pages(self, key: str, most: int, call: _Call) -> list[Event]:
        """Return what a call lists under `key`, up to about `most`."""
        found: list[Event] = []
        cursor = ""
        while len(found) < most:
            told = await self._ask(partial(call, limit=PAGE, **({"cursor": cursor} if cursor else {})))
            found += told.get(key) or []
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return found

    async def _ask(self, call: _Call) -> Mapping[str, Any]:
        for pause_s in (*PAUSES_S, None):
            await asyncio.sleep(max(0.0, self._asked + PACE_S - time.monotonic()))
            self._asked = time.monotonic()
            try:
                with explained("a look at what was missed"):
                    told = await call()
                return told.data if isinstance(told.data, dict) else {}
            except DeliveryError:
                if pause_s is None:
                    raise
                await asyncio.sleep(pause_s)
        raise AssertionError("unreachable")
