"""Answers growing in Slack: edited posts in a thread, or private replies to a command."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.platform import SEARCHING, PacedEdits
from adapters.slack import render
from adapters.slack.api import SlackError, explained, respond
from bot.delivery import DeliveryError
from bot.desk import WISH
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

    def __init__(self, web: AsyncWebClient, question: Question, posts: tuple[str, ...], record: Record) -> None:
        key = question.key
        self._web = web
        self._channel = key.channel
        self._thread = question.thread
        # A choice, or the wish for a person, is no message; it was made after its thread began.
        self._asked = question.thread if key.message.startswith(("choice-", WISH)) else key.message
        self._question = "/".join((key.workspace, key.channel, key.message))
        self._posts = list(posts)
        self._record = record
        self._edits = PacedEdits(self._show_partial, EDIT_EVERY_S)

    async def open(self, *, look_first: bool) -> None:
        """Give the first sign of life, unless an earlier try did; `look_first` looks for one not recorded."""
        if self._posts:
            return
        if look_first and (found := await self._find(0)):
            await self._keep(found)
        else:
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
        """Post; after a broken connection, look whether the post arrived before sending it again."""
        for attempt in range(1, TRIES + 1):
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
                if found := await self._find(part):
                    await self._keep(found)
                    if message.blocks:
                        await self._edit(found, message)
                    return

    async def _keep(self, post: str) -> None:
        self._posts.append(post)
        await self._record(post)

    async def _find(self, part: int) -> str | None:
        """Return the `ts` of our post of this part of the answer, if the thread has it."""
        try:
            with explained("a look into the thread"):
                response = await self._web.conversations_replies(
                    channel=self._channel, ts=self._thread, oldest=self._asked, include_all_metadata=True, limit=200
                )
        except SlackError as error:
            log.warning("The thread cannot be searched for an earlier post: %s", error)
            return None
        for message in response["messages"]:
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == METADATA and metadata.get("event_payload") == self._payload(part):
                return str(message["ts"])
        return None

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
        self._below = "below" in question.route
        """Whether the message that the URL is of stays: its button asked for more, not for something else."""

    async def open(self) -> None:
        """Give the first sign of life; a URL that is used up already is no reason not to answer."""
        if self._below:
            return
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
                await respond(
                    self._url, self._session, message.text, message.blocks, replace=n == 0 and not self._below
                )
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
