"""Answers growing in Slack: edited posts in a thread, or private replies to a command."""

from __future__ import annotations

import asyncio
import contextlib
import html
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.platform import PacedEdits
from adapters.slack import hearing, render
from adapters.slack.api import SlackError, explained, respond, tell_alone
from adapters.slack.streaming import Stream, Streaming, stop
from bot.delivery import DeliveryError
from bot.messages import Answer, Question
from bot.wording import notices

log = logging.getLogger(__name__)

EDIT_EVERY_S = 1.0
TRIES = 3
POSTING_S = 5.0  # how long a shutdown waits for a post under way
METADATA = "frontdesk_answer"
RESPONSES = 4  # of the five uses of a response URL one went into the first sign of life
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed"}

_STREAMING = "streaming_state_conflict"
T = TypeVar("T")
Record = Callable[[str], Awaitable[None]]


class ThreadReply:
    """A reply in the question's thread. `bot.chat.ReplyStream`.

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
        streaming: Streaming | None = None,
    ) -> None:
        """`is_ours` says whether a post is recorded already."""
        key = question.key
        self._begun = question.begun
        self._is_ours = is_ours
        self._bot_user = bot_user
        self._web = web
        self._author, self._team = question.author, key.workspace
        self._streaming = streaming
        self._sign_of_life = render.Message(notices.SEARCHING.of(question.language), [])
        self._stream: Stream | None = None
        self._channel = key.channel
        self._thread = question.thread
        # A choice, a showing or the wish for a person is no message; it was made after its thread began.
        self._asked = key.message if hearing.is_ts(key.message) else question.thread
        self._question = "/".join((key.workspace, key.channel, key.message))
        self._posts = list(posts)
        self._shown: list[str] = []
        """The posts that show the parts of the answer, as far as it is shown."""
        self._record = record
        self._edits = PacedEdits(self._show_partial, EDIT_EVERY_S)

    async def open(self) -> None:
        """Give the first sign of life, unless an earlier try did."""
        if self._posts:
            return
        if self._begun and (found := await self._find(self._sign_of_life, 0)):
            await self._keep(found)
        elif not await _both_or_neither(self._begin_stream()):
            await self._post(self._sign_of_life, 0, look=False)

    async def update(self, text: str) -> None:
        self._edits.show(text)

    async def finish(self, answer: Answer, answer_id: int) -> None:
        await self._show(render.answer_messages(answer, answer_id))

    async def fail(self, sentence: str) -> None:
        await self._show(render.messages(sentence))

    async def discard(self) -> None:
        await self._edits.close()
        await self._end_stream()
        for post in self._posts:
            await self._delete(post)

    async def _begin_stream(self) -> bool:
        """Begin a post that grows by itself, and record it; False where there is to be an ordinary one."""
        if self._streaming is None:
            return False
        try:
            self._stream = await self._streaming.begin(self._channel, self._thread, self._author, self._team)
        except DeliveryError:
            if found := await self._find(self._sign_of_life, 0):
                await self._keep(found)
            return found is not None
        if self._stream is not None:
            await self._keep(self._stream.ts)
        return self._stream is not None

    async def _end_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.stop(self._metadata(0))

    async def _show_partial(self, text: str) -> None:
        if self._stream is not None:
            if await self._stream.show(text):
                return
            await self._end_stream()
        await self._edit(self._posts[0], render.partial(text))

    async def _show(self, messages: list[render.Message]) -> None:
        await self._edits.close()
        await self._end_stream()
        before = list(self._posts)
        self._shown.clear()
        for part, message in enumerate(messages):
            post = await self._put_into_one_of(before, message) or await self._post(message, part)
            self._shown.append(post)
        for post in before:
            if post not in self._shown:
                await self._delete(post)

    async def _put_into_one_of(self, posts: list[str], message: render.Message) -> str:
        """Show `message` in the first of these posts that still stands; all up to it are taken out of the list.

        Empty where none of them stands.
        """
        while posts:
            post = posts.pop(0)
            if post not in self._shown and await self._edit(post, message):
                return post
        return ""

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
                if error.why != _STREAMING:
                    raise
                # An earlier try was cut off while it streamed.
                await stop(self._web, self._channel, post, self._metadata(0))
            except DeliveryError:
                if attempt == TRIES:
                    raise
                await asyncio.sleep(attempt)
        raise DeliveryError("Slack did not take an edit of a stream.", "It will be tried again.")

    async def _post(self, message: render.Message, part: int, *, look: bool = True) -> str:
        return await _both_or_neither(self._post_once(message, part, look=look and self._begun))

    async def _post_once(self, message: render.Message, part: int, *, look: bool) -> str:
        """Post and return the `ts`; look first where an earlier try, cut off or without an answer, may have done it."""
        for attempt in range(1, TRIES + 1):
            if (look or attempt > 1) and (found := await self._find(message, part)):
                await self._keep(found)
                if message.blocks:
                    await self._edit(found, message)
                return found
            try:
                with explained("a message"):
                    response = await self._web.chat_postMessage(
                        channel=self._channel,
                        thread_ts=self._thread,
                        text=message.text,
                        blocks=message.blocks or None,
                        metadata=self._metadata(part),
                        unfurl_links=False,
                        unfurl_media=False,
                    )
                post = str(response["ts"])
                await self._keep(post)
                return post
            except DeliveryError:
                if attempt == TRIES:
                    raise
                await asyncio.sleep(attempt)
        raise AssertionError("unreachable")

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
            if post["ts"] not in self._shown and await self._is_part(post, message, part):
                return str(post["ts"])
        return None

    async def _is_part(self, post: dict[str, Any], message: render.Message, part: int) -> bool:
        metadata = post.get("metadata") or {}
        if metadata.get("event_type") == METADATA:
            return bool(metadata.get("event_payload") == self._metadata(part)["event_payload"])
        since = float(post["ts"]) > float(self._asked)
        if post.get("user") != self._bot_user or not since or await self._is_ours(str(post["ts"])):
            return False
        streams = self._streaming is not None and self._streaming.offered
        if part == 0 and streams and not post.get("text"):
            return True  # a stream that nothing was added to yet; Slack takes metadata only at its end
        return html.unescape(post.get("text") or "") == html.unescape(message.text)

    def _metadata(self, part: int) -> dict[str, Any]:
        return {"event_type": METADATA, "event_payload": {"question": self._question, "part": part}}

    async def _delete(self, post: str) -> None:
        try:
            with explained("deleting a message"):
                await self._web.chat_delete(channel=self._channel, ts=post)
        except SlackError as error:
            if error.why not in _GONE:
                raise


async def _both_or_neither(posting: Coroutine[Any, Any, T]) -> T:
    """Post and record, both or neither: a shutdown in between would leave a post nobody knows of."""
    task = asyncio.create_task(posting)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=POSTING_S)
        task.cancel()
        raise


class PrivateReply:
    """A reply that only the asker sees: it goes through the command's response URL. `bot.chat.ReplyStream`."""

    def __init__(self, web: AsyncWebClient, session: aiohttp.ClientSession, question: Question) -> None:
        self._web = web
        self._session = session
        self._author = question.author
        self._url = question.route["response_url"]
        self._language = question.language
        self._thread = question.route.get("thread")
        self._can_be_shown = can_be_shown(question)
        self._below = "below" in question.route
        """Whether the message that the URL is of stays: its button asked for more, not for something else."""

    async def open(self) -> None:
        """Give the first sign of life; a URL that is used up already is no reason not to answer."""
        if self._below:
            return
        with contextlib.suppress(SlackError):
            await respond(self._url, self._session, notices.SEARCHING.of(self._language), thread=self._thread)

    async def update(self, text: str) -> None:
        """Show nothing: a response URL works five times only."""

    async def finish(self, answer: Answer, answer_id: int) -> None:
        await self._show(render.answer_messages(answer, answer_id, can_be_shown=self._can_be_shown))

    async def fail(self, sentence: str) -> None:
        await self._show(render.messages(sentence))

    async def discard(self) -> None:
        """Nothing to do: a command is no message that its author could delete."""

    async def _show(self, messages: list[render.Message]) -> None:
        kept = messages if len(messages) <= RESPONSES else [*messages[: RESPONSES - 1], messages[-1]]
        for n, message in enumerate(kept):
            await tell_alone(
                self._web,
                self._session,
                self._author,
                self._url,
                message.text,
                message.blocks,
                replace=n == 0 and not self._below,
                thread=self._thread,
            )


class EphemeralReply:
    """A reply that only the asker sees, to a post that everybody sees. `bot.chat.ReplyStream`.

    Slack lets nobody change or find again what it showed to one person, so that it is shown once, whole. What the
    question said before an edit got an answer of its own: each post is recorded with the edition that it answers.
    """

    def __init__(self, web: AsyncWebClient, question: Question, posts: tuple[str, ...], record: Record) -> None:
        self._web = web
        self._question = question
        self._edition = f"-{question.edited_at.timestamp():.6f}" if question.edited_at else ""
        self._shown = len([*itertools.takewhile(self._is_of_this_edition, reversed(posts))])
        self._record = record

    async def update(self, text: str) -> None:
        """Show nothing yet."""

    async def finish(self, answer: Answer, answer_id: int) -> None:
        await self._show(render.answer_messages(answer, answer_id, can_be_shown=can_be_shown(self._question)))

    async def fail(self, sentence: str) -> None:
        await self._show(render.messages(sentence))

    async def discard(self) -> None:
        """Nothing can be taken back."""

    async def _show(self, messages: list[render.Message]) -> None:
        key = self._question.key
        in_thread = self._question.thread if self._question.thread != key.message else None
        for message in messages[self._shown :]:
            with explained("a private message"):
                told = await self._web.chat_postEphemeral(
                    channel=key.channel,
                    user=self._question.author,
                    text=message.text,
                    blocks=message.blocks,
                    thread_ts=in_thread,
                )
            await self._record(f"{told['message_ts']}{self._edition}")
            self._shown += 1

    def _is_of_this_edition(self, post: str) -> bool:
        ts = post.partition("-")[0]
        return post == f"{ts}{self._edition}"


def can_be_shown(question: Question) -> bool:
    """Whether there is anybody else to show a private answer to."""
    return not question.key.channel.startswith("D")
