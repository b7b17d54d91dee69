"""The slash commands; every response is seen by the asker alone."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

import discord
from discord import app_commands

from adapters.discord.client import DM, NAME, FrontdeskClient
from adapters.discord.errors import EXPIRED, explained
from adapters.discord.render import render, split
from adapters.discord.setup import UNFORESEEN, setup_commands
from bot import people
from bot.commands import Actor, Commands, Responder
from bot.desk import Hearing
from bot.messages import Question
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

NO_WORDS = "This message has no words that I could answer."


class InteractionResponder:
    """Talks back through the deferred response and, once Discord takes that no more, by direct message."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        self._interaction = interaction
        self._message: discord.Message | None = None

    async def say(self, text: str) -> None:
        await self._show(split(render(text))[0], [])

    async def send_file(self, path: Path, text: str) -> None:
        await self._show(render(text), [path])

    async def _show(self, content: str, paths: list[Path]) -> None:
        with explained():
            if self._message is None:
                try:
                    await self._interaction.edit_original_response(content=content, attachments=_files(paths))
                    return
                except discord.HTTPException as error:
                    if error.code not in EXPIRED:
                        raise
                self._message = await self._interaction.user.send(content, files=_files(paths))
            else:
                await self._message.edit(content=content, attachments=_files(paths))


def _files(paths: list[Path]) -> list[discord.File]:
    return [discord.File(path) for path in paths]


def command_tree(client: FrontdeskClient, commands: Commands) -> app_commands.CommandTree[FrontdeskClient]:
    """Return every slash command, to be synced with Discord once at start."""
    tree = app_commands.CommandTree(client)

    @tree.command(name="ask", description="Ask a question; only you see the answer.")
    @app_commands.describe(question="What you would like to know")
    async def ask(interaction: discord.Interaction[Any], question: str) -> None:
        await _respond(interaction, lambda responder: _ask_privately(client, interaction, responder, question, {}))

    @tree.context_menu(name="Ask Frontdesk about this")
    async def ask_about(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        # To the person who asks for it alone: the author did not ask a bot.
        words, route = client.words_of(message), {"about": str(message.id)}
        await _respond(interaction, lambda responder: _ask_privately(client, interaction, responder, words, route))

    @tree.command(name="reindex", description="Read the documents anew (admins only).")
    @app_commands.describe(source="Only this source")
    async def reindex(interaction: discord.Interaction[Any], source: str = "") -> None:
        actor = _actor(interaction)
        await _respond(interaction, lambda responder: commands.reindex(actor, responder, source.strip()))

    @tree.command(name="knowledge", description="Look after the documents (admins only).")
    @app_commands.describe(what="What to do", about="The question to search for, or the document to show")
    async def knowledge(
        interaction: discord.Interaction[Any],
        what: Literal["status", "sources", "search", "show", "check", "rollback"],
        about: str = "",
    ) -> None:
        actor = _actor(interaction)
        await _respond(interaction, lambda responder: commands.knowledge(actor, responder, f"{what} {about}"))

    @tree.command(name="export", description="Get rated answers as fine-tuning data (admins only).")
    @app_commands.describe(
        since="First day, as YYYY-MM-DD", until="Last day, as YYYY-MM-DD", rating="Rated how; up unless you say"
    )
    async def export(
        interaction: discord.Interaction[Any],
        since: str = "",
        until: str = "",
        rating: Literal["", "up", "down", "any"] = "",
    ) -> None:
        actor = _actor(interaction)
        given = {"since": since.strip(), "until": until.strip(), "rating": rating}
        options = " ".join(f"{key}={value}" for key, value in given.items() if value)
        await _respond(interaction, lambda responder: commands.export(actor, responder, options))

    tree.add_command(setup_commands(client))
    return tree


async def _ask_privately(
    client: FrontdeskClient,
    interaction: discord.Interaction[Any],
    responder: Responder,
    question: str,
    route: dict[str, str],
) -> None:
    """Take a question that only the asker gets the answer to."""
    if not people.words(question):
        await responder.say(NO_WORDS)
        return
    place = await client.place_of(interaction.channel_id or 0, interaction.guild_id)
    if place is None:
        raise FrontdeskError("I cannot see this channel.", "Ask me in another one.")
    channel = await client.desk.channels.at(*place.key(interaction.id).place)
    heard = await client.desk.hear(
        Question(
            key=place.key(interaction.id),
            text=question.strip(),
            author=str(interaction.user.id),
            thread=f"ask-{interaction.id}",
            scope=client.scope_of(channel, interaction.user, private=True),
            private=True,
            route={
                "application_id": str(interaction.application_id),
                "interaction_token": interaction.token,
                "interaction": str(interaction.id),
            }
            | route,
            asked_at=interaction.created_at,
        ),
        addressed=True,
        direct=place.workspace == DM,
        groups=client.roles_of(interaction.user),
    )
    if heard.outcome is Hearing.DENIED:
        await responder.say(heard.sentence)


def _actor(interaction: discord.Interaction[Any]) -> Actor:
    return Actor(NAME, str(interaction.guild_id or DM), str(interaction.channel_id or ""), str(interaction.user.id))


async def _respond(interaction: discord.Interaction[Any], work: Callable[[Responder], Awaitable[None]]) -> None:
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
        await responder.say(str(error))
    except Exception:
        log.exception("A command on Discord ended in an unforeseen error")
        await responder.say(UNFORESEEN)
