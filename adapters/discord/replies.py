"""Replies growing on Discord: posts that everybody sees, and the private answer to /ask."""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import discord

from adapters.discord import DM
from adapters.discord.choice import choice_buttons
from adapters.discord.errors import EXPIRED, UNKNOWN_MESSAGE, explained
from adapters.discord.presses import answer_buttons, give_back_button
from adapters.discord.render import pieces, preview, render, split, thread_name
from adapters.discord.showing import ShowButton
from adapters.discord.threads import in_open_thread
from adapters.platform import PacedEdits
from bot.chat import Record
from bot.messages import Answer, Question, Status
from bot.wording import notices

log = logging.getLogger(__name__)

EDIT_INTERVAL_S = 1.1
"""Faster edits meet Discord's rate limit."""
FOLLOW_UPS_FOR = timedelta(minutes=14, seconds=45)  # Discord says 15 minutes; some of it passes on the way
LeftOver = Callable[[discord.Message], Awaitable[bool]]


class PostedReply:
    """A reply of one or more messages in a channel, thread or direct conversation.

    `reference` makes the first one a reply to a message; `heading` is put before the text (rendered already).
    """

    def __init__(
        self,
        client: discord.Client,
        channel: discord.PartialMessageable | discord.DMChannel,
        question: Question,
        posts: Sequence[str],
        record: Callable[[str], Awaitable[None]],
        *,
        reference: discord.MessageReference | None = None,
        heading: str = "",
        left_over: LeftOver | None = None,
    ) -> None:
        """`left_over` says whether a message is ours and not recorded; without it none is looked for."""
        self._client = client
        self._channel = channel
        self._left_over = left_over if question.begun else None
        self._asked = next(int(one) for one in (question.key.message, question.thread, "0") if one.isdecimal())
        self._posts = [int(one) for one in posts]
        self._language = question.language
        self._sent = len(posts)
        # Discord takes 25 characters.
        key = question.key.message
        self._nonce = key if len(key) <= 22 else hashlib.blake2s(key.encode(), digest_size=10).hexdigest()
        self._record = record
        self._reference = reference
        self._heading = heading
        self._edits = PacedEdits(self._show_growing, EDIT_INTERVAL_S)

    async def open(self) -> None:
        """Give a first sign of life."""
        if not self._posts:
            self._posts.append(await self._post(notices.SEARCHING.of(self._language), None))
        with contextlib.suppress(discord.HTTPException):
            await self._channel.typing()

    async def update(self, text: str) -> None:
        self._edits.show(text)

    async def finish(self, answer: Answer, answer_id: int) -> None:
        await self._put(pieces(answer, self._heading), _buttons(answer, answer_id))

    async def fail(self, sentence: str) -> None:
        await self._put(split(f"{self._heading}\n\n{render(sentence)}"), None)

    async def discard(self) -> None:
        await self._edits.close()
        with explained():
            await self._delete(self._posts)

    async def _show_growing(self, text: str) -> None:
        await self._edit(self._posts[0], content=preview(text))

    async def _put(self, texts: Sequence[str], view: discord.ui.View | None) -> None:
        """Make the posts show exactly these texts, with the view under the last."""
        await self._edits.close()
        shown: list[int] = []
        left = list(self._posts)
        try:
            with explained():
                for number, text in enumerate(texts):
                    below = view if number == len(texts) - 1 else None
                    shown.append(await self._put_into_one_of(left, text, below) or await self._post(text, below))
                await self._delete(left)
                left.clear()
        finally:
            self._posts = shown + left

    async def _put_into_one_of(self, posts: list[int], text: str, view: discord.ui.View | None) -> int | None:
        """Show `text` in the first of these posts that still stands; all up to it are taken out of the list."""
        while posts:
            try:
                await self._edit(posts[0], content=text, view=view)
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise
                posts.pop(0)  # somebody deleted it meanwhile
            else:
                return posts.pop(0)
        return None

    async def _post(self, text: str, view: discord.ui.View | None) -> int:
        """Post a message once: Discord gives back the one that already has the nonce, if there is one.

        It knows a nonce for some minutes only, so what an earlier try may have left is looked for as well.
        """
        message = await self._find(text) or await self._channel.send(
            text,
            nonce=f"{self._nonce}-{self._sent}",
            suppress_embeds=True,
            reference=self._reference if not self._posts else None,  # type: ignore[arg-type]
            mention_author=False,
            view=view or discord.utils.MISSING,
        )
        self._sent += 1
        await self._record(str(message.id))
        if message.content != text or (view and not message.components):
            await self._edit(message.id, content=text, view=view)
        return message.id

    async def _find(self, text: str) -> discord.Message | None:
        """Return our post with these words that was cut off before it could be recorded, if there is one."""
        if self._left_over is None:
            return None
        try:
            async for message in self._channel.history(after=discord.Object(self._asked), limit=100):
                if message.content.strip() == text.strip() and await self._left_over(message):
                    return message
        except discord.Forbidden as error:
            log.warning("The channel cannot be searched for an earlier post: %s", error)
        return None

    async def _delete(self, posts: Sequence[int]) -> None:
        for post in posts:
            with contextlib.suppress(discord.NotFound):
                await self._message(post).delete()

    async def _edit(self, post: int, **shown: Any) -> None:
        message = self._message(post)
        await in_open_thread(self._client, self._channel.id, lambda: message.edit(**shown))

    def _message(self, post: int) -> discord.PartialMessage:
        return self._channel.get_partial_message(post)


class PrivateReply:
    """The answer to a slash command, which only the asker sees.

    It stands in the response to the command or, after the press of a button that has one of its own, below that.
    Discord takes it for 15 minutes; one that is later goes to the asker as a direct message.
    """

    def __init__(self, client: discord.Client, question: Question, posts: Sequence[str], record: Record) -> None:
        route = question.route
        self._below = "below" in route
        self._client = client
        self._webhook = discord.Webhook.partial(int(route["application_id"]), route["interaction_token"], client=client)
        self._webhook.type = discord.WebhookType.application
        self._question = question
        self._posts = list(posts)
        self._record = record
        self._edits = PacedEdits(self._show_growing, EDIT_INTERVAL_S)

    async def open(self) -> None:
        """The deferred response is the first sign of life already."""

    async def update(self, text: str) -> None:
        self._edits.show(text)

    async def finish(self, answer: Answer, answer_id: int) -> None:
        others = self._question.key.workspace != DM
        if not await self._put(pieces(answer), _buttons(answer, answer_id, can_be_shown=others)):
            late = await self._late()
            await late.finish(answer, answer_id)

    async def fail(self, sentence: str) -> None:
        if not await self._put(split(render(sentence)), None):
            late = await self._late()
            await late.fail(sentence)

    async def discard(self) -> None:
        await self._edits.close()  # a command cannot be deleted, so that this is never asked for

    async def _show_growing(self, text: str) -> None:
        if shown := self._shown():
            await self._edit(shown[0], preview(text), None)

    def _shown(self) -> list[str]:
        """Return the messages that it may stand in by now."""
        return self._posts if self._below else ["@original", *self._posts]

    async def _put(self, texts: Sequence[str], view: discord.ui.View | None) -> bool:
        """Show these texts; return whether Discord still takes them."""
        await self._edits.close()
        # A question from before an update has no other sign of its time than its key.
        asked = discord.utils.snowflake_time(int(self._question.route.get("interaction", self._question.key.message)))
        if discord.utils.utcnow() - asked > FOLLOW_UPS_FOR:
            return False
        with explained():
            try:
                for number, text in enumerate(texts):
                    below = view if number == len(texts) - 1 else None
                    if number < len(shown := self._shown()):
                        await self._edit(shown[number], text, below)
                    else:
                        message = await self._webhook.send(
                            text, ephemeral=True, wait=True, suppress_embeds=True, view=below or discord.utils.MISSING
                        )
                        self._posts.append(str(message.id))
                        await self._record(str(message.id))
            except discord.HTTPException as error:
                if error.code in EXPIRED:
                    return False
                raise
        return True

    async def _edit(self, message: str, text: str, view: discord.ui.View | None) -> None:
        # The library says int, but the API also knows the name of the first response.
        await self._webhook.edit_message(message, content=text, view=view)  # type: ignore[call-overload]

    async def _late(self) -> PostedReply:
        log.warning(
            "The answer to /ask %s is later than the 15 minutes Discord gives; it goes out as a direct message.",
            self._question.key.message,
        )
        with explained():
            return await direct_reply(self._client, self._question, (), self._record)


async def direct_reply(client: discord.Client, question: Question, posts: Sequence[str], record: Record) -> PostedReply:
    """Return a reply in the asker's direct messages to what was asked elsewhere."""
    channel = await client.create_dm(discord.Object(int(question.author)))
    heading = notices.YOU_ASKED.of(question.language, question=render(thread_name(question.text)))

    async def record_there(post: str) -> None:
        await record(post, workspace=DM, channel=str(channel.id))

    return PostedReply(client, channel, question, posts, record_there, heading=heading)


def _buttons(answer: Answer, answer_id: int, *, can_be_shown: bool = False) -> discord.ui.View | None:
    if answer.choices:
        return choice_buttons(answer.choices, answer_id)
    if answer.notes.get("threaded"):
        return give_back_button(int(answer.notes["handover"]), answer.language)
    if answer.status not in (Status.ANSWERED, Status.REFUSED) or "handover" in answer.notes:
        return None
    view = answer_buttons(answer_id, answer.language, rated=answer.status is Status.ANSWERED)
    if can_be_shown and answer.status is Status.ANSWERED:
        view.add_item(ShowButton(answer_id, answer.language))
    return view
