"""The threads that answers stand in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

import discord

from adapters.discord import DM
from adapters.discord.errors import (
    ARCHIVED,
    NO_PERMISSION,
    NO_THREADS_HERE,
    THREAD_EXISTS,
    TOO_MANY_THREADS,
    UNKNOWN_MESSAGE,
)
from adapters.discord.render import thread_name
from bot.messages import Question

T = TypeVar("T")

RESTS_MIN: Literal[1440] = 1440
"""Minutes without a message after which Discord archives a thread."""


def stands_in(client: discord.Client, question: Question) -> int:
    """Return the id of the channel or thread in which the message of a question stands.

    A message with which a thread began stands in the channel, but for the one that opens a post in a forum.
    """
    key = question.key
    begins = question.thread == key.message
    in_forum = begins and isinstance(client.get_channel(int(key.channel)), discord.ForumChannel)
    return int(key.channel if key.workspace == DM or (begins and not in_forum) else question.thread)


async def has_thread(client: discord.Client, message: discord.PartialMessage, question: str) -> bool:
    """Make the thread on a message, named by the question, if need be; it gets the id of the message.

    False where there can be none.
    """
    try:
        await message.create_thread(name=thread_name(question), auto_archive_duration=RESTS_MIN)
    except discord.HTTPException as error:
        if error.code == UNKNOWN_MESSAGE:  # it was deleted; its thread may stand
            return await thread_stands(client, message.id)
        if error.code in (NO_PERMISSION, NO_THREADS_HERE, TOO_MANY_THREADS):
            return False
        if error.code != THREAD_EXISTS:
            raise
    return True


async def thread_stands(client: discord.Client, thread: int) -> bool:
    """Whether there is a thread with this id that the bot can see, be it archived."""
    try:
        return isinstance(client.get_channel(thread) or await client.fetch_channel(thread), discord.Thread)
    except (discord.Forbidden, discord.NotFound, discord.InvalidData):
        return False


async def in_open_thread(client: discord.Client, channel: int, change: Callable[[], Awaitable[T]]) -> T:
    """Change something in a channel or thread; an archived thread, which takes no changes, is opened for it.

    One that the bot may not open, as it is locked, stays as it is: Discord's refusal of the change is raised.
    """
    try:
        return await change()
    except discord.HTTPException as error:
        if error.code != ARCHIVED:
            raise
        try:
            await client.http.edit_channel(channel, archived=False)
        except discord.Forbidden:
            raise error from None
    return await change()
