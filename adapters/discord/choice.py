"""The choices of a question asked back, as buttons that work after any restart."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord

from adapters.discord.errors import explained
from adapters.discord.presses import reply, route_of
from adapters.discord.threads import in_open_thread
from bot.desk import Hearing
from bot.messages import Choice, Question
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

if TYPE_CHECKING:
    from adapters.discord.client import FrontdeskClient

LABEL_CHARS = 80


def choice_buttons(choices: Sequence[Choice], answer_id: int) -> discord.ui.View:
    """Return a button for each choice."""
    view = discord.ui.View(timeout=None)
    for number, one in enumerate(choices):
        view.add_item(ChoiceButton(answer_id, number, one.label))
    return view


class ChoiceButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"frontdesk:choice:(?P<answer>\d{1,18}):(?P<number>\d)",
):
    """One of them. Its id says all it needs to know, so that no message need be remembered."""

    def __init__(self, answer_id: int, number: int, label: str) -> None:
        self.answer_id = answer_id
        self.number = number
        super().__init__(
            discord.ui.Button(
                label=label if len(label) <= LABEL_CHARS else label[: LABEL_CHARS - 2] + " …",
                custom_id=f"frontdesk:choice:{answer_id}:{number}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> ChoiceButton:
        return cls(int(match["answer"]), int(match["number"]), getattr(item, "label", None) or "…")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        client: FrontdeskClient = interaction.client
        chosen = False

        async def scope_here(asked: Question) -> Scope:
            channel = await client.desk.channels.at(*asked.key.place)
            return client.scope_of(channel, interaction.user, private=asked.private)

        async def choose() -> tuple[str, None]:
            nonlocal chosen
            heard = await client.desk.choose(
                self.answer_id,
                self.number,
                str(interaction.user.id),
                scope_here,
                direct=interaction.guild_id is None,
                route=route_of(interaction),
            )
            chosen = heard.outcome is Hearing.ACCEPTED
            return heard.sentence, None

        await reply(interaction, choose())
        if chosen:
            await self._mark(interaction)

    async def _mark(self, interaction: discord.Interaction[Any]) -> None:
        """Let everybody in the thread see which button was pressed, and that no other can be; a courtesy."""
        if (post := interaction.message) is None or post.flags.ephemeral:
            return
        view = discord.ui.View.from_message(post, timeout=None)
        for button in view.children:
            if isinstance(button, discord.ui.Button):
                button.disabled = True
                if button.custom_id == self.custom_id:
                    button.style = discord.ButtonStyle.success
        view.stop()  # else it would be kept to wait for presses
        with contextlib.suppress(FrontdeskError), explained():
            await in_open_thread(interaction.client, post.channel.id, lambda: post.edit(view=view))
