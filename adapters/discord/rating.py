"""Thumbs on Discord: buttons that work after any restart, and reactions."""

from __future__ import annotations

import re
from typing import Any

import discord

from bot.desk import Desk
from knowledge.errors import FrontdeskError

_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
_THUMBS = {"👍": 1, "👎": -1}


def value_of(emoji: discord.PartialEmoji) -> int:
    """Return 1 for a thumb up, -1 for a thumb down in any skin tone, 0 for anything else."""
    return 0 if emoji.id is not None else _THUMBS.get(_SKIN_TONES.sub("", emoji.name or ""), 0)


def rating_buttons(answer_id: int) -> discord.ui.View:
    """Return the buttons Helpful and Not helpful of an answer."""
    view = discord.ui.View(timeout=None)
    view.add_item(RatingButton(answer_id, "up"))
    view.add_item(RatingButton(answer_id, "down"))
    return view


class RatingButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"frontdesk:rate:(?P<answer>\d{1,18}):(?P<way>up|down)",
):
    """One of the two. Its id says all it needs to know, so that no message need be remembered."""

    def __init__(self, answer_id: int, way: str) -> None:
        self.answer_id = answer_id
        self.value = 1 if way == "up" else -1
        super().__init__(
            discord.ui.Button(
                label="Helpful" if way == "up" else "Not helpful",
                emoji="👍" if way == "up" else "👎",
                custom_id=f"frontdesk:rate:{answer_id}:{way}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> RatingButton:
        return cls(int(match["answer"]), match["way"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        desk: Desk = interaction.client.desk
        try:
            sentence = await desk.press(self.answer_id, f"discord:{interaction.user.id}", self.value)
        except FrontdeskError as error:
            sentence = str(error)
        await interaction.edit_original_response(content=sentence)
