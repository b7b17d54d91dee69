"""Discord as a chat platform of the desk."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Literal

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import DM, NAME
from adapters.discord.client import FrontdeskClient
from adapters.discord.commands import command_tree
from adapters.discord.errors import (
    NO_PERMISSION,
    NO_THREADS_HERE,
    THREAD_EXISTS,
    TOO_MANY_THREADS,
    explained,
)
from adapters.discord.installation import IntentError, TokenError, application_id_of
from adapters.discord.render import render, split, thread_name
from adapters.discord.replies import PostedReply, PrivateReply
from bot.commands import Commands
from bot.desk import DeliveryError, Desk, ReplyStream
from bot.messages import Question
from bot.settings import Settings
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 60.0
THREAD_RESTS_MIN: Literal[1440] = 1440
"""Minutes without a message after which Discord archives a thread."""


class DiscordPlatform:
    """One bot on Discord. There is one API address for a process: the library keeps it globally."""

    name = NAME

    def __init__(self, settings: Settings, desk: Desk, commands: Commands) -> None:
        self._settings = settings
        self._client = FrontdeskClient(settings, desk, commands)
        self._tree = command_tree(self._client, commands)
        self._connection: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Sign in, register the commands, connect. Raises TokenError, IntentError, FrontdeskError."""
        token = self._settings.discord.token.get_secret_value().strip()
        application_id_of(token)
        Route.BASE = self._settings.discord.api_url.rstrip("/")
        try:
            with explained():
                await self._client.login(token)
                gateway = self._settings.discord.gateway_url or await self._gateway_url()
                DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
                await self._tree.sync()
        except discord.LoginFailure:
            await self._client.close()
            raise TokenError("Discord does not accept the token.") from None
        except BaseException:
            await self._client.close()
            raise
        self._connection = asyncio.create_task(self._client.connect(), name="discord")
        ready = asyncio.create_task(self._client.wait_until_ready())
        try:
            await asyncio.wait(
                {self._connection, ready}, timeout=CONNECT_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED
            )
            if not self._client.is_ready():
                raise self._ended() or FrontdeskError(
                    f"Discord's gateway did not answer within {CONNECT_TIMEOUT_S:.0f} seconds.",
                    "Look at the network and at discord.gateway_url.",
                )
        except BaseException:
            await self.stop()
            raise
        finally:
            ready.cancel()
        self._client.panels.start()
        log.info("Connected to Discord as %s.", self._client.user)

    async def stop(self) -> None:
        await self._client.panels.stop()
        await self._client.close()
        if self._connection is not None:
            self._connection.cancel()  # it may be in the middle of reconnecting, which closing does not end
            await asyncio.wait({self._connection})

    def health(self) -> str:
        if self._connection is None:
            return "Discord is not connected."
        if self._connection.done():
            return str(self._ended() or "The connection to Discord was closed.")
        return "" if self._client.connected else "The connection to Discord is lost; trying again."

    async def begin(
        self, question: Question, posts: tuple[str, ...], record: Callable[[str], Awaitable[None]]
    ) -> ReplyStream:
        with explained():
            reply: PrivateReply | PostedReply
            if question.private:
                reply = PrivateReply(self._client, question, posts, record)
            else:
                channel, reference = await self._place_for(question)
                reply = PostedReply(channel, question, posts, record, reference=reference)
            opening = asyncio.create_task(reply.open())
            try:
                await asyncio.shield(opening)
            except asyncio.CancelledError:
                # The question was deleted (or we are stopping) while the post was under way: it must not stay.
                with contextlib.suppress(discord.DiscordException, FrontdeskError):
                    await opening
                    await reply.discard()
                raise
            return reply

    async def notify(self, user: str, text: str) -> None:
        with explained():
            person = await self._client.fetch_user(int(user))
            for part in split(render(text)):
                await person.send(part, suppress_embeds=True)

    async def post(self, channel: str, text: str) -> None:
        with explained():
            place = self._client.get_partial_messageable(int(channel))
            for part in split(render(text)):
                await place.send(part, suppress_embeds=True)

    async def describe(self, question: Question) -> tuple[str, str]:
        with explained():
            name = (await self._client.fetch_user(int(question.author))).display_name
        key = question.key
        if question.private or key.workspace == DM:
            return name, ""
        link = f"https://discord.com/channels/{key.workspace}"
        if isinstance(self._client.get_channel(int(question.thread)), discord.Thread):
            return name, f"{link}/{question.thread}"
        return name, f"{link}/{key.channel}/{question.thread}"  # no thread could be made on the message

    async def _place_for(
        self, question: Question
    ) -> tuple[discord.PartialMessageable, discord.MessageReference | None]:
        """Return where to answer: the thread on the question, made if need be, else the channel as a reply."""
        key = question.key
        if key.workspace == DM:
            return self._client.get_partial_messageable(int(key.channel)), None
        guild_id = int(key.workspace)
        if posted_in := question.route.get("posted_in"):  # by whoever pressed a button there
            return self._client.get_partial_messageable(int(posted_in), guild_id=guild_id), None
        thread = self._client.get_partial_messageable(int(question.thread), guild_id=guild_id)
        if question.thread != key.message:
            return thread, None
        channel = self._client.get_partial_messageable(int(key.channel), guild_id=guild_id)
        asked = channel.get_partial_message(int(key.message))
        if asked.guild is None:
            raise DeliveryError("The Discord server is not available at the moment.")
        try:
            # The thread gets the id of the message it is made on.
            await asked.create_thread(name=thread_name(question.text), auto_archive_duration=THREAD_RESTS_MIN)
        except discord.HTTPException as error:
            if error.code in (NO_PERMISSION, NO_THREADS_HERE, TOO_MANY_THREADS):
                return channel, discord.MessageReference.from_message(asked, fail_if_not_exists=False)
            if error.code != THREAD_EXISTS:
                raise
        return thread, None

    async def _gateway_url(self) -> str:
        return str((await self._client.http.request(Route("GET", "/gateway")))["url"])

    def _ended(self) -> FrontdeskError | None:
        """Return why the connection ended for good, None while it has not."""
        if self._connection is None or not self._connection.done() or self._connection.cancelled():
            return None
        error = self._connection.exception()
        if isinstance(error, discord.PrivilegedIntentsRequired):
            return IntentError()
        if isinstance(error, discord.ConnectionClosed) and error.code == 4004:
            return TokenError("Discord does not accept the token any more.")
        return FrontdeskError(f"The connection to Discord ended: {error or 'closed'}.", "Start Frontdesk again.")
