"""The button that has somebody's data deleted, once that was asked for; it works after any restart."""

from __future__ import annotations

import re
from typing import Any

import discord

from bot.commands import Commands


def forget_buttons(user: str, label: str) -> discord.ui.View:
    """Return the button, for the data of the person with this id."""
    view = discord.ui.View(timeout=None)
    view.add_item(ForgetButton(user, label))
    return view


class ForgetButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"frontdesk:forget:(?P<user>\d{1,20})",
):
    """Has the data of a person deleted, once that was asked for; its id says whose."""

    def __init__(self, user: str, label: str) -> None:
        self.user = user
        super().__init__(
            discord.ui.Button(label=label, style=discord.ButtonStyle.danger, custom_id=f"frontdesk:forget:{user}")
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> ForgetButton:
        return cls(match["user"], getattr(item, "label", None) or "Delete")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        from adapters.discord.responder import actor_of, respond

        commands: Commands = interaction.client.commands
        actor = actor_of(interaction)
        await respond(interaction, lambda responder: commands.forget(actor, responder, self.user, confirmed=True))
