"""Discord's refusals as sentences of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import discord

from adapters.discord import DM, NAME
from adapters.platform import told_of
from bot.delivery import DeliveryError, DeliveryRefused

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK = 10003, 10008, 10015
NO_ACCESS, NO_PERMISSION, INVALID_WEBHOOK_TOKEN = 50001, 50013, 50027
NO_THREADS_HERE, THREAD_EXISTS, TOO_MANY_THREADS = 50024, 160004, 160006
TAKES_NO_MESSAGES = 50007
ARCHIVED, LOCKED = 50083, 160005
FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError)
"""What a call to Discord may raise; a long pause that Discord asks for is no HTTPException."""
EXPIRED = {UNKNOWN_WEBHOOK, INVALID_WEBHOOK_TOKEN}

_CLOSED = (
    "The Discord thread is archived, and the bot may not open it.",
    "Ask again in the channel, or have a moderator open the thread.",
)
_SENTENCES = {
    NO_ACCESS: ("Discord does not let the bot see this channel.", "Give it the permission View Channel there."),
    NO_PERMISSION: (
        "Discord does not let the bot write in this channel.",
        "Give it Send Messages, Send Messages in Threads, Create Public Threads and Read Message History there.",
    ),
    UNKNOWN_CHANNEL: ("The Discord channel or thread is gone.", ""),
    UNKNOWN_MESSAGE: ("The Discord message is gone.", ""),
    UNKNOWN_WEBHOOK: ("Discord takes an answer to a command for 15 minutes only.", "Give the command again."),
    INVALID_WEBHOOK_TOKEN: ("Discord takes an answer to a command for 15 minutes only.", "Give the command again."),
    40005: ("The file is larger than Discord takes.", "Narrow the selection, or run `frontdesk export` on the server."),
    TAKES_NO_MESSAGES: ("This person takes no direct messages from the bot.", ""),
    ARCHIVED: _CLOSED,
    LOCKED: _CLOSED,
}


def gone() -> DeliveryRefused:
    """Return the error for a thread that is not there any more."""
    return DeliveryRefused(*_SENTENCES[UNKNOWN_CHANNEL])


async def told(interaction: discord.Interaction[Any], error: Exception) -> str:
    """Return what whoever gave a command or pressed a button is told of an error."""
    channel, client = interaction.channel, interaction.client
    id = channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id
    place = NAME, str(interaction.guild_id or DM), str(id or "")
    return await told_of(error, lambda: client.desk.language_in(*place))


@contextmanager
def explained() -> Iterator[None]:
    """Tell errors of discord.py as ours: DeliveryError where trying again may help, else DeliveryRefused."""
    try:
        yield
    except discord.RateLimited as error:
        raise DeliveryError("Discord asks for a long pause before the next post.") from error
    except discord.HTTPException as error:
        if error.status == 429 or error.status >= 500:
            raise DeliveryError(f"Discord does not take posts at the moment (HTTP status {error.status}).") from error
        if error.status == 401 and error.code not in EXPIRED:  # what was asked is answered once there is another token
            raise DeliveryError(
                "Discord does not accept the token any more.", "Put another into discord.token."
            ) from error
        sentence = f"Discord refused this: {error.text or 'no reason given'} (error {error.code})."
        raise DeliveryRefused(*_SENTENCES.get(error.code, (sentence, ""))) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise DeliveryError("Discord cannot be reached.") from error
