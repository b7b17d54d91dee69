"""The threads that answers stand in."""

from __future__ import annotations

from typing import Literal

import discord

from adapters.discord.errors import NO_PERMISSION, NO_THREADS_HERE, THREAD_EXISTS, TOO_MANY_THREADS, UNKNOWN_MESSAGE
from adapters.discord.render import thread_name

RESTS_MIN: Literal[1440] = 1440
"""Minutes without a message after which Discord archives a thread."""


async def has_thread(client: discord.Client, message: discord.PartialMessage, question: str) -> bool:
    """Make the thread on a message, named by the question, if need be; it gets the id of the message.

    False where there can be none.
    """
    try:
        await message.create_thread(name=thread_name(question), auto_archive_duration=RESTS_MIN)
    except discord.HTTPException as error:
        if error.code == UNKNOWN_MESSAGE:  # it was deleted; its thread may stand
            return await _stands(client, message.id)
        if error.code in (NO_PERMISSION, NO_THREADS_HERE, TOO_MANY_THREADS):
            return False
        if error.code != THREAD_EXISTS:
            raise
    return True


async def _stands(client: discord.Client, thread: int) -> bool:
    try:
        return isinstance(client.get_channel(thread) or await client.fetch_channel(thread), discord.Thread)
    except (discord.HTTPException, discord.InvalidData):
        return False
