"""The panel: a pinned message in a server's channel that shows how Frontdesk stands."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

import discord

from adapters.discord import NAME
from adapters.discord.errors import ARCHIVED, NO_ACCESS, NO_PERMISSION, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, explained
from adapters.discord.presses import reply
from adapters.discord.render import render, split
from adapters.discord.threads import in_open_thread
from bot.commands import Actor, Commands
from bot.storage.panels import Panel, Panels
from knowledge.errors import FrontdeskError

if TYPE_CHECKING:
    from adapters.discord.client import FrontdeskClient

log = logging.getLogger(__name__)

REFRESH_S = 60.0
_GONE = {UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, NO_ACCESS}


class StatePanels:
    """Every server's panel, at most one each, kept up to date."""

    def __init__(self, client: FrontdeskClient, commands: Commands, panels: Panels) -> None:
        self._client = client
        self._commands = commands
        self._panels = panels
        self._shown: dict[str, str] = {}
        """What each panel showed last, by message."""
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep(), name="discord-panels")

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
            self._keeper = None

    async def put_up(self, actor: Actor) -> None:
        """Post and pin the panel in the actor's channel; the one that stood elsewhere in the server is taken down.

        Raises NotAllowed, DeliveryError or another FrontdeskError.
        """
        text = _fitting(await self._commands.state(actor))
        place = actor.thread or actor.channel
        channel = self._client.get_partial_messageable(int(place))
        with explained():
            message = await channel.send(text, view=_buttons(), suppress_embeds=True)
        panel = Panel(NAME, actor.workspace, place, str(message.id))
        self._shown[panel.post] = text
        before = await self._panels.put(panel)
        with explained():
            try:
                await message.pin()
            except discord.HTTPException as error:
                if error.code != NO_PERMISSION:
                    raise
                raise FrontdeskError(
                    "The panel stands here now, but Discord does not let me pin it.",
                    "Pin it yourself, or give me the permission Pin Messages.",
                ) from error
            finally:
                if before:
                    await self._take_down(before)

    async def refresh(self, panel: Panel) -> None:
        """Show the state of now, also in an archived thread. Raises DeliveryError or another FrontdeskError."""
        with explained():
            await in_open_thread(self._client, int(panel.channel), lambda: self._show(panel))

    async def _show(self, panel: Panel) -> None:
        text = _fitting(await self._commands.state_of(panel.platform, panel.workspace))
        if self._shown.get(panel.post) == text:
            return
        try:
            await self._message(panel).edit(content=text, view=_buttons())
            self._shown[panel.post] = text
        except discord.HTTPException as error:
            if error.code not in _GONE:
                raise
            self._shown.pop(panel.post, None)
            await self._panels.drop(panel)

    async def _keep(self) -> None:
        while True:
            try:
                for panel in await self._panels.of(NAME):
                    await self._refresh_quietly(panel)
            except FrontdeskError as error:
                log.warning("The panels are not brought up to date: %s", error)
            await asyncio.sleep(REFRESH_S)

    async def _refresh_quietly(self, panel: Panel) -> None:
        """Bring a panel up to date, but for one in an archived thread: whoever closed that does not want it opened."""
        try:
            with explained():
                try:
                    await self._show(panel)
                except discord.HTTPException as error:
                    if error.code != ARCHIVED:
                        raise
        except FrontdeskError as error:
            log.warning("The panel in the Discord channel %s is not up to date: %s", panel.channel, error)

    async def _take_down(self, panel: Panel) -> None:
        self._shown.pop(panel.post, None)
        with contextlib.suppress(discord.HTTPException):
            await self._message(panel).delete()

    def _message(self, panel: Panel) -> discord.PartialMessage:
        return self._client.get_partial_messageable(int(panel.channel)).get_partial_message(int(panel.post))


class RefreshButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"frontdesk:panel:refresh",
):
    """Brings a panel up to date at once, for admins."""

    def __init__(self) -> None:
        super().__init__(discord.ui.Button(label="Refresh", custom_id="frontdesk:panel:refresh"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: object
    ) -> RefreshButton:
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        client: FrontdeskClient = interaction.client
        message = interaction.message
        guild, user = str(interaction.guild_id or ""), str(interaction.user.id)

        async def refresh() -> tuple[str, None]:
            client.commands.require_admin(Actor(NAME, guild, str(interaction.channel_id or ""), user))
            if message is not None:
                await client.panels.refresh(Panel(NAME, guild, str(message.channel.id), str(message.id)))
            return "This is how it stands now.", None

        await reply(interaction, refresh())


def _buttons() -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(RefreshButton())
    return view


def _fitting(state: str) -> str:
    return split(render(state))[0]
