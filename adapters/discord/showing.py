"""Showing everyone an answer that only the asker saw: a button that works after any restart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from adapters.discord.errors import explained
from adapters.discord.presses import reply
from adapters.discord.render import render, split
from adapters.discord.threads import has_thread
from bot import people
from bot.messages import Question
from bot.wording import buttons
from knowledge.documents import Scope

if TYPE_CHECKING:
    from adapters.discord.client import FrontdeskClient


class ShowButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"frontdesk:show:(?P<answer>\d{1,18})"):
    """Its id says all it needs to know, so that no message need be remembered."""

    def __init__(self, answer_id: int, language: str = "en") -> None:
        self.answer_id = answer_id
        label = buttons.SHOW.of(language)
        super().__init__(discord.ui.Button(label=label, custom_id=f"frontdesk:show:{answer_id}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> ShowButton:
        return cls(int(match["answer"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        client: FrontdeskClient = interaction.client

        async def scope_here(asked: Question) -> Scope:
            channel = await client.desk.channels.at(*asked.key.place)
            return client.scope_of(channel, interaction.user, private=False)

        async def place_for(asked: Question) -> tuple[str, dict[str, str]]:
            with explained():
                return await _place_for(client, interaction, asked)

        async def show() -> tuple[str, None]:
            heard = await client.desk.show(self.answer_id, str(interaction.user.id), scope_here, place_for)
            return heard.sentence, None

        await reply(interaction, show())


async def _place_for(
    client: FrontdeskClient, interaction: discord.Interaction[Any], asked: Question
) -> tuple[str, dict[str, str]]:
    """Return the thread that an answer is shown in: on the message it is about, else on a new one that says who asks.

    Where there can be no thread it is shown in the channel itself.
    """
    guild_id = int(asked.key.workspace)
    here = client.get_partial_messageable(interaction.channel_id or int(asked.key.channel), guild_id=guild_id)
    if about := asked.route.get("about"):
        head = here.get_partial_message(int(about))
    else:
        text = split(render(people.asking(interaction.user.display_name, asked.text, asked.language)))[0]
        sent = await here.send(text, suppress_embeds=True)
        head = here.get_partial_message(sent.id)
    if str(here.id) != asked.key.channel:  # a thread already
        return str(here.id), {}
    if await has_thread(client, head, asked.text):
        return str(head.id), {}
    return str(head.id), {"posted_in": str(here.id)}
