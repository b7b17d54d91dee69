"""What was said in Slack while nobody listened: found again by the cursors, within Slack's limits."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import SlackError, SlackTokenError, explained
from adapters.slack.pace import Pace
from bot.delivery import DeliveryError
from bot.messages import Question
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

PAGE = 999
"""Messages to ask for at a time: the most that Slack gives."""
BACK_H = 7 * 24.0
"""Threads that began so long ago are looked into where anything was said in them since; older ones only where the
bot was asked in them since then."""
MAX_CHANNELS = 5000
MAX_SAID = 20_000
"""Messages of one channel, and again of one thread, that are looked through."""
MAX_THREADS = 2000
"""Threads of one channel, older than those looked through, in which the bot takes part."""
MAX_AGAIN = 20
"""Questions, the last ones asked, of which it is looked whether they were changed or deleted."""
PAUSES_S = (5.0, 60.0, 300.0)
"""Waits before a request is repeated that Slack did not take."""
_KINDS = "public_channel,private_channel,mpim,im"
_CHANNELS, _HISTORY, _REPLIES = "users.conversations", "conversations.history", "conversations.replies"

Event = dict[str, Any]


class Missed:
    """Looks for what was said in a workspace since the cursors of its channels."""

    def __init__(
        self,
        web: AsyncWebClient,
        pace: Pace,
        since: Callable[[str], str],
        threads: Callable[[str, float, int], Awaitable[Iterable[str]]],
        hear: Callable[[Event, Event], Awaitable[None]],
        heard: Callable[[str, str], Awaitable[None]],
        hours: float,
        ours: Collection[str] = (),
    ) -> None:
        """`since` gives the `ts` after which a channel is looked at; an empty one is not.

        `threads` names the threads of a channel in which the bot was asked within so many hours, up to a number:
        what is said there is no part of the channel's history. `hear` is given each message, oldest first in its
        channel, with what an event would come in; `heard` the channel and the `ts` up to which all of it was found
        and heard, an empty one once that is the whole channel. Nothing older than `hours` is heard. `ours` are the ids
        of the bot: a thread in which it alone replied is not read.
        """
        self._web = web
        self._pace = pace
        self._since = since
        self._threads = threads
        self._hear = hear
        self._heard = heard
        self._ours = frozenset(ours)
        now, self._back_h = time.time(), max(hours, BACK_H)
        self._oldest = Decimal(f"{now - 3600 * hours:.6f}")
        self._back = Decimal(f"{now - 3600 * self._back_h:.6f}")
        self._shared: dict[str, bool] = {}
        """Whether people of another company read in a channel."""

    async def look(self, known: Iterable[str]) -> list[str]:
        """Look into every channel the bot is in; `known` are those heard before, the latest first.

        Return the channels that are to be looked into again, as they could not be read for now. Raises DeliveryError
        where the channels cannot even be listed, SlackTokenError for a token that Slack does not take any more.
        """
        channels = await self._channels(list(known))
        self._shared |= {channel["id"]: bool(channel.get("is_ext_shared")) for channel in channels}
        again: list[str] = []
        for channel in channels:
            id = channel["id"]
            if not self._since(id):
                continue
            try:
                await self._look_into(channel)
            except SlackTokenError:
                raise
            except SlackError as error:
                log.warning("What was missed in the Slack channel %s cannot be read: %s", id, error)
            except FrontdeskError as error:
                log.warning("What was missed in the Slack channel %s cannot be read yet: %s", id, error)
                again.append(id)
                continue
            await self._heard(id, "")
        return again

    async def look_again(self, questions: Iterable[Question], gone: Callable[[Question], Awaitable[None]]) -> None:
        """Look whether questions were changed or deleted: those that stand are heard again, the others are `gone`."""
        for question in questions:
            key = question.key
            at = {"oldest": key.message, "latest": key.message, "inclusive": True, "limit": 2}
            try:
                told = await self._ask(_REPLIES, channel=key.channel, ts=question.thread, **at)
            except SlackTokenError:
                raise
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
            found = await self._pages("channels", MAX_CHANNELS, _CHANNELS, types=_KINDS, exclude_archived=True)
        except SlackError as error:  # an app installed before it asked for the scopes
            log.warning("The channels that the bot is in cannot be listed, only known ones are looked at: %s", error)
            # Whether others read along is not known then.
            return [{"id": one, "is_im": one.startswith("D"), "is_ext_shared": True} for one in known]
        order = {channel: number for number, channel in enumerate(known)}
        return sorted(found, key=lambda channel: order.get(channel["id"], len(order)))

    async def _look_into(self, channel: Event) -> None:
        """Hear what was said in a channel and its threads, reading on while everything older was heard.

        What is said in a thread is younger than its first message. So once all threads were read that began before
        some message, nothing older than that message is still to be found.
        """
        id = channel["id"]
        since = max(Decimal(self._since(id)), self._oldest)
        said = await self._pages("messages", MAX_SAID, _HISTORY, channel=id, oldest=str(min(since, self._back)))
        missed = {ts: one for one in said if (ts := Decimal(one["ts"])) > since}
        threads = await self._lively(id, said, since)
        for thread in threads:
            await self._hear_until(Decimal(thread), missed, channel)
            await self._heard(id, thread)
            for one in await self._replies(id, thread, max(since, Decimal(thread))):
                missed[Decimal(one["ts"])] = one
        await self._hear_until(None, missed, channel)

    async def _lively(self, channel: str, said: list[Event], since: Decimal) -> list[str]:
        """Return the threads in which something may have been missed, the first one first."""
        seen = {one["ts"]: Decimal(0 if self._is_only_ours(one) else one.get("latest_reply") or 0) for one in said}
        old = [one for one in await self._threads(channel, self._back_h, MAX_THREADS) if one not in seen]
        if len(old) >= MAX_THREADS:
            log.warning("Only %s old threads of the Slack channel %s are looked into.", MAX_THREADS, channel)
        return sorted([*old, *(ts for ts, latest in seen.items() if latest > since)], key=Decimal)

    def _is_only_ours(self, post: Event) -> bool:
        """Whether nobody but the bot has replied to a post, as far as Slack says."""
        users = set(post.get("reply_users") or ())
        return bool(users) and users <= self._ours and post.get("reply_users_count") == len(users)

    async def _replies(self, channel: str, thread: str, since: Decimal) -> list[Event]:
        try:
            said = await self._pages("messages", MAX_SAID, _REPLIES, channel=channel, ts=thread, oldest=str(since))
        except SlackError as error:
            log.info("The Slack thread %s cannot be read: %s", thread, error)
            return []
        return [one for one in said if Decimal(one["ts"]) > since]

    async def _hear_until(self, end: Decimal | None, missed: dict[Decimal, Event], channel: Event) -> None:
        """Hear what was said up to `end`, and take it out of `missed`."""
        kind = "im" if channel.get("is_im") else "channel"
        for ts in sorted(one for one in missed if end is None or one <= end):
            message = missed.pop(ts)
            await self._hear({**message, "channel": channel["id"], "channel_type": kind}, self._around(channel["id"]))

    async def _pages(self, key: str, most: int, method: str, **arguments: Any) -> list[Event]:
        """Return what a method lists under `key`, up to about `most`."""
        found: list[Event] = []
        cursor = ""
        while len(found) < most:
            told = await self._ask(method, **arguments, limit=PAGE, **({"cursor": cursor} if cursor else {}))
            found += told.get(key) or []
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found
        log.warning("%s of Slack gave %s %s of %s; the rest is not looked at.", method, len(found), key, arguments)
        return found

    async def _ask(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        for pause_s in (*PAUSES_S, None):
            await self._pace.turn(method)
            try:
                with explained("a look at what was missed"):
                    told = await self._web.api_call(method, http_verb="GET", params=arguments)
                return told.data if isinstance(told.data, dict) else {}
            except DeliveryError:
                if pause_s is None:
                    raise
                await asyncio.sleep(pause_s)
        raise AssertionError("unreachable")
