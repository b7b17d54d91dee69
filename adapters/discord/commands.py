"""The slash commands; every response is seen by the asker alone."""

from __future__ import annotations

from typing import Any, Literal

import discord
from discord import app_commands

from adapters.discord import DM, linked
from adapters.discord.client import FrontdeskClient
from adapters.discord.responder import actor_of, respond
from adapters.discord.setup import setup_commands
from bot import people
from bot.commands import CommandError, Commands, Responder
from bot.messages import Question
from bot.stats import MAX_DAYS
from bot.tuning.formats import FORMATS
from bot.understanding.languages import spoken
from bot.wording import Told, notices


def command_tree(client: FrontdeskClient, commands: Commands) -> app_commands.CommandTree[FrontdeskClient]:
    """Return every slash command, to be synced with Discord once at start."""
    tree = app_commands.CommandTree(client)

    @tree.command(name="ask", description="Ask a question; only you see the answer.")
    @app_commands.describe(question="What you would like to know")
    async def ask(interaction: discord.Interaction[Any], question: str) -> None:
        await respond(interaction, lambda responder: _ask_privately(client, interaction, responder, question, {}))

    @tree.context_menu(name="Ask Frontdesk about this")
    async def ask_about(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        # To the person who asks for it alone: the author did not ask a bot.
        words, route = client.words_of(message), {"about": str(message.id)}
        await respond(interaction, lambda responder: _ask_privately(client, interaction, responder, words, route))

    @tree.command(name="reindex", description="Read the documents anew (admins only).")
    @app_commands.describe(
        source="Only this source; add accept-loss where it is right to have lost most of its documents"
    )
    async def reindex(interaction: discord.Interaction[Any], source: str = "") -> None:
        actor = actor_of(interaction)
        await respond(interaction, lambda responder: commands.reindex(actor, responder, source.strip()))

    @tree.command(name="knowledge", description="Look after the documents (admins only).")
    @app_commands.describe(what="What to do", about="The question to search for, or the document to show")
    async def knowledge(
        interaction: discord.Interaction[Any],
        what: Literal["status", "sources", "search", "show", "check", "rollback"],
        about: str = "",
    ) -> None:
        actor = actor_of(interaction)
        await respond(interaction, lambda responder: commands.knowledge(actor, responder, f"{what} {about}"))

    @tree.command(name="export", description="Get rated answers as fine-tuning data (admins only).")
    @app_commands.describe(
        since="First day, as YYYY-MM-DD",
        until="Last day, as YYYY-MM-DD",
        rating="Rated how; up unless you say",
        format="Form of the lines; openai unless you say",
    )
    @app_commands.choices(format=[app_commands.Choice(name=one, value=one) for one in FORMATS])
    async def export(
        interaction: discord.Interaction[Any],
        since: str = "",
        until: str = "",
        rating: Literal["", "up", "down", "any"] = "",
        format: str = "",
    ) -> None:
        actor = actor_of(interaction)
        given = {"since": since.strip(), "until": until.strip(), "rating": rating, "format": format}
        options = " ".join(f"{key}={value}" for key, value in given.items() if value)
        await respond(interaction, lambda responder: commands.export(actor, responder, options))

    @tree.command(name="stats", description="Questions, outcomes and ratings, with a picture (admins only).")
    @app_commands.describe(
        days="So many days; 30 unless you say",
        since="First day, as YYYY-MM-DD",
        until="Last day, as YYYY-MM-DD; today unless you say",
        everywhere="Not this server alone",
        share="Show it to everyone in this channel",
    )
    async def stats(
        interaction: discord.Interaction[Any],
        days: app_commands.Range[int, 1, MAX_DAYS] | None = None,
        since: str = "",
        until: str = "",
        everywhere: bool = False,
        share: bool = False,
    ) -> None:
        actor = actor_of(interaction)
        words = [str(days)] if days else []
        words += [f"{key}={value.strip()}" for key, value in (("since", since), ("until", until)) if value.strip()]
        words += [word for word, wanted in (("everywhere", everywhere), ("share", share)) if wanted]
        await respond(interaction, lambda responder: commands.stats(actor, responder, " ".join(words), "dark"))

    @tree.command(name="why", description="Show how an answer was made (admins only).")
    @app_commands.describe(link="Link of the answer; without one it is the last answer here")
    async def why(interaction: discord.Interaction[Any], link: str = "") -> None:
        actor = actor_of(interaction)

        async def tell(responder: Responder) -> None:
            message = linked(link)
            if link.strip() and not message:
                raise CommandError("That is no link to a message.", "Choose “Copy Message Link” in an answer's menu.")
            await commands.why(actor, responder, message)

        await respond(interaction, tell)

    @tree.context_menu(name="Why this answer?")
    async def why_this(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        actor = actor_of(interaction)
        await respond(interaction, lambda responder: commands.why(actor, responder, str(message.id)))

    @tree.command(name="tune", description="Trained adapters, and which one answers (admins only).")
    @app_commands.describe(
        what="What to do", adapter="Its id; `list` shows them", force="Why, where the gate does not let it through"
    )
    async def tune(
        interaction: discord.Interaction[Any],
        what: Literal["list", "promote", "reject", "rollback"],
        adapter: str = "",
        force: str = "",
    ) -> None:
        actor = actor_of(interaction)
        words = f"{what} {adapter.strip()} {f'force {force}' if force.strip() else ''}"
        await respond(interaction, lambda responder: commands.tune(actor, responder, words))

    @tree.command(name="forget", description="Delete what is kept of you.")
    @app_commands.describe(person="Somebody else (admins only)")
    async def forget(interaction: discord.Interaction[Any], person: discord.User | None = None) -> None:
        actor = actor_of(interaction)
        user = str(person.id) if person else ""
        await respond(interaction, lambda responder: commands.forget(actor, responder, user))

    @tree.command(name="panel", description="Pin a message here that shows how Frontdesk stands (admins only).")
    @app_commands.guild_only()
    async def panel(interaction: discord.Interaction[Any]) -> None:
        async def put(responder: Responder) -> None:
            await client.panels.put_up(actor_of(interaction))
            await responder.say("The panel stands here now and is kept up to date.")

        await respond(interaction, put)

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
    place = await client.place_of(interaction.channel_id or 0, interaction.guild_id)
    if place is None:
        raise Told(notices.CHANNEL_NOT_SEEN)
    channel = await client.desk.channels.at(*place.key(interaction.id).place)
    if not people.words(question):
        await responder.say(notices.NO_WORDS.of(spoken(channel.language)))
        return
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
    if heard.sentence:
        await responder.say(heard.sentence)
