"""Answers growing in Slack: edited posts in a thread, or private replies to a command."""

from __future__ import annotations

import asyncio
import contextlib
import html
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.platform import SEARCHING, PacedEdits
from adapters.slack import render
from adapters.slack.api import SlackError, explained, respond
from bot.desk import DeliveryError
from bot.messages import Answer, Question

log = logging.getLogger(__name__)

EDIT_EVERY_S = 1.0
TRIES = 3
POSTING_S = 5.0  # how long a shutdown waits for a post under way
METADATA = "frontdesk_answer"
RESPONSES = 4  # of the five uses of a response URL one went into the first sign of life
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed"}

Record = Callable[[str], Awaitable[None]]


class ThreadReply:
    """A reply in the question's thread. `bot.desk.ReplyStream`.

    Every post carries the question's key and its place in the answer as metadata: that is how a post is
    found again whose `ts` was lost to a broken connection or a crash.
    """

    def __init__(
        self,
        web: AsyncWebClient,
        question: Question,
        posts: tuple[str, ...],
        record: Record,
        is_ours: Callable[[str], Awaitable[bool]],
        bot_user: str,
    ) -> None:
        """`is_ours` says whether a post is recorded already."""
        key = question.key
        self._begun = question.begun
        self._is_ours = is_ours
        self._bot_user = bot_user
        self._web = web
        self._channel = key.channel
        self._thread = question.thread
        # A choice is no message; it was made after its thread began.
        self._asked = question.thread if key.message.startswith("choice-") else key.message
        self._question = "/".join((key.workspace, key.channel, key.message))
        self._posts = list(posts)
        self._record = record
        self._edits = PacedEdits(self._show_partial, EDIT_EVERY_S)

    async def open(self) -> None:
        """Give the first sign of life, unless an earlier try did."""
        if not self._posts:
            await self._post(render.Message(SEARCHING, []), 0)

    async def update(self, text: str) -> None:
        self._edits.show(text)

    async def finish(self, answer: Answer, answer_id: int) -> None:
        await self._show(render.answer_messages(answer, answer_id))

    async def fail(self, sentence: str) -> None:
        await self._show(render.messages(sentence))

    async def discard(self) -> None:
        await self._edits.close()
        for post in self._posts:
            await self._delete(post)

    async def _show_partial(self, text: str) -> None:
        await self._edit(self._posts[0], render.partial(text))

    async def _show(self, messages: list[render.Message]) -> None:
        await self._edits.close()
        before = tuple(self._posts)
        for part, message in enumerate(messages):
            if part >= len(before) or not await self._edit(before[part], message):
                await self._post(message, part)
        for post in before[len(messages) :]:
            await self._delete(post)

    async def _edit(self, post: str, message: render.Message) -> bool:
        """Show `message` in place of what a post shows; False when that post is there no more."""
        for attempt in range(1, TRIES + 1):
            try:
                with explained("an edit"):
                    await self._web.chat_update(
                        channel=self._channel, ts=post, text=message.text, blocks=message.blocks, parse="none"
                    )
                return True
            except SlackError as error:
                if error.why in _GONE:
                    return False
                raise
            except DeliveryError:
                if attempt == TRIES:
                    raise
                await asyncio.sleep(attempt)
        raise AssertionError("unreachable")

    async def _post(self, message: render.Message, part: int) -> None:
        """Post and record, both or neither: a shutdown in between would leave a post nobody knows of."""
        posting = asyncio.create_task(self._post_once(message, part))
        try:
            await asyncio.shield(posting)
        except asyncio.CancelledError:
            await asyncio.wait({posting}, timeout=POSTING_S)
            posting.cancel()
            raise

    async def _post_once(self, message: render.Message, part: int) -> None:
        """Post; look first where an earlier try, cut off by a crash or a broken connection, may have done it."""
        for attempt in range(1, TRIES + 1):
            if (self._begun or attempt > 1) and (found := await self._find(message, part)):
                await self._keep(found)
                if message.blocks:
                    await self._edit(found, message)
                return
            try:
                with explained("a message"):
                    response = await self._web.chat_postMessage(
                        channel=self._channel,
                        thread_ts=self._thread,
                        text=message.text,
                        blocks=message.blocks or None,
                        metadata={"event_type": METADATA, "event_payload": self._payload(part)},
                        unfurl_links=False,
                        unfurl_media=False,
                    )
                await self._keep(str(response["ts"]))
                return
            except DeliveryError:
                if attempt == TRIES:
                    raise
                await asyncio.sleep(attempt)

    async def _keep(self, post: str) -> None:
        self._posts.append(post)
        await self._record(post)

    async def _find(self, message: render.Message, part: int) -> str | None:
        """Return the `ts` of our post of this part of the answer, if the thread has it.

        It is known by its metadata, or by its words where no other post of ours with these is recorded.
        """
        try:
            with explained("a look into the thread"):
                response = await self._web.conversations_replies(
                    channel=self._channel, ts=self._thread, oldest=self._asked, include_all_metadata=True, limit=200
                )
        except SlackError as error:
            log.warning("The thread cannot be searched for an earlier post: %s", error)
            return None
        for post in response["messages"]:
            if await self._is_part(post, message, part):
                return str(post["ts"])
        return None

    async def _is_part(self, post: dict[str, Any], message: render.Message, part: int) -> bool:
        metadata = post.get("metadata") or {}
        if metadata.get("event_type") == METADATA:
            return bool(metadata.get("event_payload") == self._payload(part))
        said = html.unescape(post.get("text") or "") == html.unescape(message.text)
        since = float(post["ts"]) > float(self._asked)
        return post.get("user") == self._bot_user and said and since and not await self._is_ours(str(post["ts"]))

    def _payload(self, part: int) -> dict[str, Any]:
        return {"question": self._question, "part": part}

    async def _delete(self, post: str) -> None:
        try:
            with explained("deleting a message"):
                await self._web.chat_delete(channel=self._channel, ts=post)
        except SlackError as error:
            if error.why not in _GONE:
                raise


class PrivateReply:
    """A reply that only the asker sees: it goes through the command's response URL. `bot.desk.ReplyStream`."""

    def __init__(self, web: AsyncWebClient, session: aiohttp.ClientSession, question: Question) -> None:
        self._web = web
        self._session = session
        self._author = question.author
        self._url = question.route["response_url"]

    async def open(self) -> None:
        """Give the first sign of life; a URL that is used up already is no reason not to answer."""
        with contextlib.suppress(SlackError):
            await respond(self._url, self._session, SEARCHING)

    async def update(self, text: str) -> None:
        """Show nothing: a response URL works five times only."""

    async def finish(self, answer: Answer, answer_id: int) -> None:
        await self._show(render.answer_messages(answer, answer_id))

    async def fail(self, sentence: str) -> None:
        await self._show(render.messages(sentence))

    async def discard(self) -> None:
        """Nothing to do: a command is no message that its author could delete."""

    async def _show(self, messages: list[render.Message]) -> None:
        kept = messages if len(messages) <= RESPONSES else [*messages[: RESPONSES - 1], messages[-1]]
        for n, message in enumerate(kept):
            try:
                await respond(self._url, self._session, message.text, message.blocks, replace=n == 0)
            except SlackError:
                # The URL ended after 30 minutes; a direct message is private as well.
                with explained("a direct message"):
                    await self._web.chat_postMessage(
                        channel=self._author,
                        text=message.text,
                        blocks=message.blocks,
                        unfurl_links=False,
                        unfurl_media=False,
                    )
