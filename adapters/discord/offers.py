"""The buttons below what admins are told of an adapter; they work after any restart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord

from adapters.discord.responder import actor_of, respond
from bot.commands import Commands
from bot.tuning.offers import Offer, Verb


def offer_buttons(offers: Sequence[Offer]) -> discord.ui.View:
    """Return a button for each offer."""
    view = discord.ui.View(timeout=None)
    for one in offers:
        view.add_item(OfferButton(one))
    return view


class OfferButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"frontdesk:tune:(?P<verb>promote|reject):(?P<adapter>[\w.-]{1,70})",
):
    """Promotes or rejects an adapter; its id says which one."""

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        promotes = offer.verb is Verb.PROMOTE
        super().__init__(
            discord.ui.Button(
                label=offer.label,
                style=discord.ButtonStyle.primary if promotes else discord.ButtonStyle.secondary,
                custom_id=f"frontdesk:tune:{offer.verb}:{offer.adapter}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> OfferButton:
        return cls(Offer(Verb(match["verb"]), match["adapter"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        commands: Commands = interaction.client.commands
        actor = actor_of(interaction)
        words = f"{self.offer.verb} {self.offer.adapter}"
        await respond(interaction, lambda responder: commands.tune(actor, responder, words))
