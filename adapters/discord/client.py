"""What happens on Discord, brought to the desk."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

import discord

from adapters.discord import DM, NAME
from adapters.discord.choice import ChoiceButton
from adapters.discord.forgetting import ForgetButton
from adapters.discord.panel import RefreshButton, StatePanels
from adapters.discord.rating import RatingButton, value_of
from bot.commands import Commands
from bot.desk import Desk, Hearing
from bot.messages import MessageKey, Question
from bot.people import called
from bot.settings import Settings
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

GUILDS_WITHIN_S = 1.0
"""How long Discord may take from one server to the next when it lists the bot's servers."""
DENIAL_STANDS_S = 20.0  # in the channel, for people who take no direct messages
MAX_MISSED = 100
"""Messages of one channel that are looked at after an interruption too long for Discord to replay."""
NOT_TAKEN = "Sorry, I could not take your question. Please send it again in a minute."
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # no voice here, nothing to warn of
_MENTION = re.compile(r"<(@[!&]?|#)(\d{15,20})>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened: a channel, and the thread in it (empty outside of one)."""

    workspace: str
    channel: str
    thread: str = ""

    def key(self, message_id: int) -> MessageKey:
        return MessageKey(NAME, self.workspace, self.channel, str(message_id))


class FrontdeskClient(discord.Client):
    """The connection to Discord; hands messages, deletions and reactions to the desk."""

    def __init__(self, settings: Settings, desk: Desk, commands: Commands) -> None:
        super().__init__(
            intents=discord.Intents(
                guilds=True,
                guild_messages=True,
                dm_messages=True,
                message_content=True,
                guild_reactions=True,
                dm_reactions=True,
            ),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            max_ratelimit_timeout=30.0,
            guild_ready_timeout=GUILDS_WITHIN_S,
        )
        self.settings = settings
        self.desk = desk
        self.commands = commands
        self.panels = StatePanels(self, commands, commands.panels)
        self.connected = False
        self._last_heard = 0
        self._missing_since: int | None = None
        self.add_dynamic_items(RatingButton, ChoiceButton, ForgetButton, RefreshButton)

    # The connection -----------------------------------------------------------------------------------------

    async def on_connect(self) -> None:
        self.connected = True

    async def on_resumed(self) -> None:
        self.connected = True
        self._missing_since = None

    async def on_disconnect(self) -> None:
        self.connected = False
        if self._missing_since is None and self._last_heard:
            self._missing_since = self._last_heard

    async def on_ready(self) -> None:
        """Look up what was said while a session was lost; Discord replays only resumed ones."""
        since, self._missing_since = self._missing_since, None
        if since is None:
            self._last_heard = max(self._last_heard, discord.utils.time_snowflake(discord.utils.utcnow()))
            return
        places: list[discord.abc.Messageable] = [
            one for one in self.private_channels if isinstance(one, discord.DMChannel)
        ]
        for guild in self.guilds:
            rooms: list[discord.TextChannel | discord.Thread] = [*guild.text_channels, *guild.threads]
            places += [room for room in rooms if (room.last_message_id or 0) > since]
        for place in places:
            try:
                async for message in place.history(after=discord.Object(since), limit=MAX_MISSED, oldest_first=True):
                    await self.on_message(message)
            except discord.HTTPException as error:
                log.warning("What was missed in the Discord channel %s cannot be read: %s", place, error)

    # What people do -----------------------------------------------------------------------------------------

    async def on_message(self, message: discord.Message) -> None:
        self._last_heard = max(self._last_heard, message.id)
        ordinary = message.type in (discord.MessageType.default, discord.MessageType.reply)
        if not ordinary or message.author.bot or message.webhook_id is not None:
            return
        place = await self.place_of(message.channel.id, _guild_id(message))
        if place is None:
            return
        direct = place.workspace == DM
        addressed = direct or any(self.user == one for one in message.mentions)
        if not addressed and not place.thread:
            return
        question = Question(
            key=place.key(message.id),
            text=self._words_of(message),
            author=str(message.author.id),
            thread=place.thread or (place.channel if direct else str(message.id)),
            scope=self.scope_of(place.workspace, place.channel, message.author, private=False),
            asked_at=message.created_at,
        )
        try:
            heard = await self.desk.hear(question, addressed=addressed, direct=direct)
        except FrontdeskError as error:
            log.error("A message on Discord is not taken: %s", error)
            await self._tell_privately(message, NOT_TAKEN)
        else:
            if heard.outcome is Hearing.DENIED:
                await self._tell_privately(message, heard.sentence)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        if place := await self.place_of(event.channel_id, event.guild_id):
            await self.desk.withdraw(place.key(event.message_id))

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        if place := await self.place_of(event.channel_id, event.guild_id):
            for message_id in event.message_ids:
                await self.desk.withdraw(place.key(message_id))

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        await self._reacted(event, added=True)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        await self._reacted(event, added=False)

    async def _reacted(self, event: discord.RawReactionActionEvent, *, added: bool) -> None:
        value = value_of(event.emoji)
        by_bot = (self.user and event.user_id == self.user.id) or (event.member is not None and event.member.bot)
        if not value or by_bot or not (place := await self.place_of(event.channel_id, event.guild_id)):
            return
        await self.desk.react(place.key(event.message_id), f"{NAME}:{event.user_id}", value, added=added)

    # Helpers ------------------------------------------------------------------------------------------------

    def scope_of(self, workspace: str, channel: str, user: discord.User | discord.Member, *, private: bool) -> Scope:
        """Return what a person may be told in a channel, or with `private` (a direct message always is) to them alone.

        Their roles count only for a slash command and its buttons, which come with them.
        """
        direct = workspace == DM
        roles = [str(role.id) for role in getattr(user, "roles", ())] if private else []
        return self.settings.scope_for(
            NAME, workspace=workspace, channel=channel, roles=roles, private=private or direct
        )

    async def place_of(self, channel_id: int, guild_id: int | None) -> Place | None:
        """Return where a channel or thread id is; None for one that the bot cannot see any more."""
        if guild_id is None:
            return Place(DM, str(channel_id))
        channel = self.get_channel(channel_id)
        if channel is None:  # an archived thread, for one
            try:
                channel = await self.fetch_channel(channel_id)
            except (discord.HTTPException, discord.InvalidData):
                return None
        if isinstance(channel, discord.Thread):
            return Place(str(guild_id), str(channel.parent_id), str(channel.id))
        return Place(str(guild_id), str(channel_id))

    def _words_of(self, message: discord.Message) -> str:
        """Return a message's text without the mention of the bot, other mentions as names."""
        people = {one.id: called(one.display_name) for one in message.mentions}
        roles = {one.id: called(one.name) for one in message.role_mentions}
        channels = {one.id: getattr(one, "name", "") for one in message.channel_mentions}

        def name(match: re.Match[str]) -> str:
            sign, number = match[1], int(match[2])
            if self.user and sign in ("@", "@!") and number == self.user.id:
                return ""
            known = {"#": channels, "@&": roles}.get(sign, people)
            return f"{sign[0]}{known.get(number, 'unknown')}"

        return _EMOJI.sub(r"\1", _MENTION.sub(name, message.content)).strip()

    async def _tell_privately(self, message: discord.Message, sentence: str) -> None:
        try:
            await message.author.send(sentence)
        except discord.HTTPException:
            try:
                await message.reply(sentence, mention_author=False, delete_after=DENIAL_STANDS_S)
            except discord.HTTPException as error:
                log.warning("A person on Discord could not be told “%s”: %s", sentence, error)


def _guild_id(message: discord.Message) -> int | None:
    return message.guild.id if message.guild else getattr(message.channel, "guild_id", None)
