"""How slash commands, menus and their buttons talk back; only the person who gave them sees it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import discord

from adapters.discord import DM, NAME
from adapters.discord.errors import EXPIRED, explained, told
from adapters.discord.forgetting import forget_buttons
from adapters.discord.render import render, split
from bot.commands import Actor, Responder
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

DESCRIPTION_CHARS = 1024
"""Of a picture, for people who cannot see it."""


class InteractionResponder:
    """Talks back through the deferred response and, once Discord takes that no more, by direct message."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        self._interaction = interaction
        self._posts: list[discord.Message] = []
        """What is shown, in the response or in direct messages."""
        self._directly = False

    async def say(self, text: str) -> None:
        await self._show(split(render(text)))

    async def progress(self, text: str) -> None:
        await self.say(text)

    async def send_file(self, path: Path, text: str) -> None:
        await self._show([render(text)], lambda: [discord.File(path)])

    async def send_picture(self, path: Path, text: str, description: str, *, everyone: bool) -> None:
        def picture() -> discord.File:
            return discord.File(path, description=description[:DESCRIPTION_CHARS])

        pieces = split(render(text))
        if not everyone:
            await self._show(pieces, lambda: [picture()])
            return
        with explained():
            await self._interaction.followup.send(pieces[0], file=picture(), suppress_embeds=True)
        await self.say("Here it is.")

    async def confirm(self, text: str, button: str, user: str) -> None:
        await self._show(split(render(text)), view=forget_buttons(user, button))

    async def _show(
        self, pieces: list[str], files: Callable[[], list[discord.File]] = list, view: discord.ui.View | None = None
    ) -> None:
        """Put these messages in place of what is shown; the files and the view go with the first.

        `files` opens them: the library closes them with each try to send them.
        """
        with explained():
            try:
                await self._put(pieces, files, view)
            except discord.HTTPException as error:
                if self._directly or error.code not in EXPIRED:
                    raise
                self._directly, self._posts = True, []  # all of it, so that it can be read in one place
                await self._put(pieces, files, view)

    async def _put(
        self, pieces: list[str], files: Callable[[], list[discord.File]], view: discord.ui.View | None
    ) -> None:
        first, *more = pieces
        if self._posts:
            await self._posts[0].edit(content=first, attachments=files(), view=view)
        elif self._directly:
            self._posts.append(
                await self._interaction.user.send(
                    first, files=files(), view=view or discord.utils.MISSING, suppress_embeds=True
                )
            )
        else:
            self._posts.append(
                await self._interaction.edit_original_response(content=first, attachments=files(), view=view)
            )
        for number, text in enumerate(more, 1):
            if number < len(self._posts):
                await self._posts[number].edit(content=text)
            else:
                self._posts.append(await self._send(text))
        while len(self._posts) > len(pieces):
            await self._posts[-1].delete()
            self._posts.pop()

    async def _send(self, text: str) -> discord.Message:
        if self._directly:
            return await self._interaction.user.send(text, suppress_embeds=True)
        return await self._interaction.followup.send(text, ephemeral=True, wait=True, suppress_embeds=True)


def actor_of(interaction: discord.Interaction[Any]) -> Actor:
    """Return who did this, and where."""
    workspace, user = str(interaction.guild_id or DM), str(interaction.user.id)
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return Actor(NAME, workspace, str(channel.parent_id), user, thread=str(channel.id))
    return Actor(NAME, workspace, str(interaction.channel_id or ""), user)


async def respond(interaction: discord.Interaction[Any], work: Callable[[Responder], Awaitable[None]]) -> None:
    """Acknowledge within Discord's three seconds, then do the work; errors are told to the asker."""
    try:
        await interaction.response.defer(ephemeral=True, thinking=True)
    except discord.HTTPException as error:
        log.warning("A command on Discord was lost, it could not be acknowledged: %s", error)
        return
    responder = InteractionResponder(interaction)
    try:
        await work(responder)
    except FrontdeskError as error:
        await responder.say(await told(interaction, error))
    except Exception as error:
        log.exception("A command on Discord ended in an unforeseen error")
        await responder.say(await told(interaction, error))
