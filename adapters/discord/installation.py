"""Bringing the bot into a Discord server: its token, its invite link."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import aiohttp
import discord

from bot.settings import Settings
from knowledge.errors import FrontdeskError

PORTAL = "https://discord.com/developers/applications"
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    read_message_history=True,
    add_reactions=True,  # 👀 while working
    attach_files=True,  # /export
    pin_messages=True,  # /panel
)
PUBLIC = (
    "Anybody can add it to a server of their own and ask it about your documents: switch off Public Bot at "
    f"{PORTAL} under Bot."
)
_CONTENT_FLAGS = 1 << 18 | 1 << 19  # GATEWAY_MESSAGE_CONTENT, and the same for bots in few servers


class TokenError(FrontdeskError):
    """Discord's token is missing, mistyped or revoked."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, f"Reset it at {PORTAL} under Bot, and set it as FRONTDESK_DISCORD__TOKEN.")


class IntentError(FrontdeskError):
    """The bot may not read messages."""

    def __init__(self) -> None:
        super().__init__(
            "Discord does not let the bot read messages.",
            f"Switch on Message Content Intent at {PORTAL} under Bot, Privileged Gateway Intents.",
        )


def application_id_of(token: str) -> str:
    """Return the application's id, which the first part of a bot token spells in base64. Raises TokenError."""
    first = token.strip().partition(".")[0]
    try:
        number = base64.b64decode(first + "=" * (-len(first) % 4), validate=True).decode("ascii")
    except ValueError:
        number = ""
    if not number.isdigit():
        raise TokenError("The Discord token is not a bot token.")
    return number


def invite_link(application_id: str) -> str:
    """Return the address at which a server's owner lets the bot in, with no more permissions than it needs."""
    query = {
        "client_id": application_id,
        "scope": "bot applications.commands",
        "permissions": str(PERMISSIONS.value),
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


async def check_token(settings: Settings) -> str:
    """Ask Discord about the token; return the bot's name and its invite link. Raises FrontdeskError."""
    token = settings.discord.token.get_secret_value().strip()
    link = invite_link(application_id_of(token))
    try:
        async with (
            aiohttp.ClientSession(
                settings.discord.api_url.rstrip("/") + "/",
                headers={"Authorization": f"Bot {token}"},
                timeout=aiohttp.ClientTimeout(total=15),
                trust_env=True,
            ) as session,
            session.get("users/@me") as me,
            session.get("applications/@me") as application,
        ):
            if me.status == 401:
                raise TokenError("Discord does not accept the token.")
            me.raise_for_status()
            application.raise_for_status()
            name, installed = (await me.json())["username"], await application.json()
    except (aiohttp.ClientError, OSError, TimeoutError, KeyError, ValueError) as error:
        raise FrontdeskError(
            f"Discord's API at {settings.discord.api_url} does not answer as expected ({type(error).__name__}).",
            "Look at the network, or mend discord.api_url.",
        ) from error
    if not installed.get("flags", 0) & _CONTENT_FLAGS:
        raise IntentError
    told = f"Signed in as {name}. Invite it into a server with {link}"
    return f"{told} {PUBLIC}" if installed.get("bot_public") else told
