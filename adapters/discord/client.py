"""What happens on Discord, brought to the desk."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import discord

from adapters.discord import DM, NAME, presses, setup
from adapters.discord.choice import ChoiceButton
from adapters.discord.errors import FAILURES, UNKNOWN_MESSAGE, explained
from adapters.discord.forgetting import ForgetButton
from adapters.discord.offers import OfferButton
from adapters.discord.panel import RefreshButton, StatePanels
from adapters.discord.rating import value_of
from adapters.discord.render import render, split
from adapters.discord.setup import SetupButton, SetupMenu
from adapters.discord.showing import ShowButton
from adapters.discord.threads import stands_in
from adapters.platform import after_name
from bot.channels.resolve import Channel
from bot.channels.store import ChannelKey
from bot.commands import Commands
from bot.delivery import DeliveryError, DeliveryRefused
from bot.desk import Desk, Heard, Hearing
from bot.handovers import Groups
from bot.messages import MessageKey, Question
from bot.people import called
from bot.settings import Settings
from bot.storage import cursors
from bot.understanding.languages import spoken
from bot.wording import notices
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

GUILDS_WITHIN_S = 1.0
"""How long Discord may take from one server to the next when it lists the bot's servers."""
DENIAL_STANDS_S = 20.0  # in the channel, for people who take no direct messages
MAX_AGAIN = 20
"""Questions, the last ones asked, of which it is looked whether they were changed or deleted while nobody listened."""
MAX_DIRECT = 1000
"""Direct conversations that are looked at then; Discord does not say in which of them something was written."""
LOOKED_AGAIN_S = 300.0
"""Until what was missed is looked for again in channels that could not be read."""
LOOK_UP_PAUSES_S = (1.0, 5.0, 15.0, 40.0)
"""Between two tries to look a thread up."""
MAX_EARLY = 1000
LATE_S = 60.0  # events may come so much later than they happened
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # no voice here, nothing to warn of
Room = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread | discord.PartialMessageable
_MENTION = re.compile(r"<(@[!&]?|#)(\d{15,20})>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened: a channel, and the thread in it (empty outside of one)."""

    workspace: str
    channel: str
    thread: str = ""

    @property
    def channel_key(self) -> ChannelKey:
        return ChannelKey(NAME, self.workspace, self.channel)

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
            enable_debug_events=True,  # for the watch over the connection
        )
        self.settings = settings
        self.desk = desk
        self.commands = commands
        self.panels = StatePanels(self, commands, commands.panels)
        self.connected = False
        self.left: dict[str, str] = {}
        """Servers that put the bot out since the start, with the sentence that says so."""
        self.heard_at = time.monotonic()
        """When anything last came from Discord."""
        self._since: dict[cursors.Place, str] | None = None
        """Up to where the channels had been heard when nobody began to listen; None while somebody does."""
        self._looking: asyncio.Task[None] | None = None
        self._left: list[cursors.Place] | None = []
        """Channels that are to be looked into again; None until all were looked into once."""
        self._early: deque[discord.Message] = deque(maxlen=MAX_EARLY)
        """Messages in threads that were taken for none of our business while it was looked for what was missed."""
        self.add_dynamic_items(
            ChoiceButton, ShowButton, SetupButton, SetupMenu, ForgetButton, OfferButton, RefreshButton, *presses.BUTTONS
        )

    # The connection -----------------------------------------------------------------------------------------

    async def setup_hook(self) -> None:
        """Read where the channels were left off; nothing is heard yet."""
        await self.desk.cursors.load(NAME)
        self.desk.cursors.follow(NAME, "", _now_id, LATE_S, lambda: self.connected)
        self._since = self.desk.cursors.hold(NAME)

    async def on_connect(self) -> None:
        self.connected = True

    async def on_resumed(self) -> None:
        self.connected = True
        self._since = None
        if self._left is not None or self._looking is None or self._looking.done():
            self.desk.cursors.release(NAME, but=self._left or ())

    async def on_disconnect(self) -> None:
        self.connected = False
        if self._since is None:
            self._since = self.desk.cursors.hold(NAME)

    async def on_socket_raw_receive(self, _frame: str) -> None:
        self.heard_at = time.monotonic()

    async def on_ready(self) -> None:
        """Look up what was said while nobody listened; Discord replays only resumed sessions."""
        since, self._since = self._since, None
        if since is None:
            return
        if not self.settings.answering.catch_up_hours:
            self.desk.cursors.release(NAME)
            return
        if self._looking is not None:
            self._looking.cancel()
            since = _earlier(since, self.desk.cursors.hold(NAME))
        self._left = None
        self._looking = asyncio.create_task(self._look_back(since), name="discord-missed")

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})
        await super().close()

    async def _look_back(self, since: Mapping[cursors.Place, str]) -> None:
        """Look into each channel from where it was left off, and again where that could not be done yet."""
        oldest = int(_now_id(3600 * self.settings.answering.catch_up_hours))
        left = [(room, max(int(_left_off(since, room)), oldest)) for room in self._rooms(since)]
        asked: list[Question] | None = None
        while True:
            if asked is None:
                asked = await self._last_asked()
            if left or self._left is None:
                left = await self._look_through(left)
            if asked is not None:
                asked = await self._look_again(asked)
            if not left and asked == []:
                return
            await asyncio.sleep(LOOKED_AGAIN_S)

    async def _last_asked(self) -> list[Question] | None:
        """Return the last questions; None where they cannot be read now."""
        try:
            return await self.desk.last_asked(NAME, MAX_AGAIN)
        except FrontdeskError as error:
            log.warning("The last questions on Discord cannot be read yet: %s", error)
            return None

    async def _look_through(self, rooms: list[tuple[Room, int]]) -> list[tuple[Room, int]]:
        """Hear what was said in each channel after an id; return where it is to be looked again."""
        left = []
        for room, after in rooms:
            # Of a direct conversation it is not told.
            told = isinstance(room, discord.PartialMessageable) or (room.last_message_id or 0) > after
            if told and not await self._look_into(room, after):
                left.append((room, after))
                self.desk.cursors.catching_up(_place(room), str(after))
                continue
            if self._since is None:
                self.desk.cursors.caught_up(_place(room))
            if told:
                await self.desk.workers.save_cursors()
        self._left = [_place(room) for room, _ in left]
        if self._since is None:  # else the cursors wait for the next look, or for what Discord replays
            self.desk.cursors.release(NAME, but=self._left)
        early = list(self._early)
        self._early.clear()
        for message in early:
            await self._hear_one_of_many(message, missed=False)
        return left

    async def _look_again(self, questions: list[Question]) -> list[Question]:
        """Look whether questions were changed or deleted meanwhile; return those that cannot be looked at yet."""
        left = []
        for question in questions:
            try:
                done = await self._look_at(question)
            except discord.HTTPException as error:
                for_good = 400 <= error.status < 500 and error.status not in (401, 429)
                log.warning("A question on Discord cannot be looked at again%s: %s", "" if for_good else " yet", error)
                done = for_good
            except (*FAILURES, FrontdeskError) as error:
                log.warning("A question on Discord cannot be looked at again yet: %s", error)
                done = False
            except Exception as error:  # one question must not keep the others from being looked at
                log.exception("The question %s on Discord is not looked at again: %s", question.key.message, error)
                continue
            if not done:
                left.append(question)
        return left

    async def _look_at(self, question: Question) -> bool:
        """Look whether a question was changed or deleted; return whether what became of it is taken."""
        key = question.key
        room = self.get_partial_messageable(
            stands_in(self, question), guild_id=None if key.workspace == DM else int(key.workspace)
        )
        try:
            return await self._edited(await room.fetch_message(int(key.message)))
        except discord.NotFound as error:
            if error.code == UNKNOWN_MESSAGE:
                await self.desk.withdraw(key)
            return True

    def _rooms(self, since: Mapping[cursors.Place, str]) -> list[Room]:
        """Return where messages may have been missed. Discord does not name direct conversations after a start."""
        rooms: list[Room] = []
        for guild in self.guilds:
            rooms += [*guild.text_channels, *guild.voice_channels, *guild.stage_channels, *guild.threads]
        direct = [(int(at), int(place.channel)) for place, at in since.items() if place.workspace == DM]
        known = [channel for _, channel in sorted(direct, reverse=True)]
        known += [one.id for one in self.private_channels if isinstance(one, discord.DMChannel)]
        conversations = list(dict.fromkeys(known))
        if len(conversations) > MAX_DIRECT:
            log.warning("Only the last %s of %s direct conversations are looked into.", MAX_DIRECT, len(conversations))
        return rooms + [self.get_partial_messageable(one) for one in conversations[:MAX_DIRECT]]

    async def _look_into(self, room: Room, after: int) -> bool:
        """Hear what was said in a channel; return whether nothing there is left to be looked for."""
        well = True
        try:
            async for message in room.history(after=discord.Object(after), limit=None, oldest_first=True):
                well = await self._hear_one_of_many(message, missed=True) and well
                if well:
                    self.desk.cursors.catching_up(_place(room), str(message.id))
        except (discord.Forbidden, discord.NotFound) as error:
            log.warning("What was missed in the Discord channel %s cannot be read: %s", room, error)
        except FAILURES as error:
            log.warning("What was missed in the Discord channel %s cannot be read yet: %s", room, error)
            return False
        except Exception as error:  # one channel must not keep the others from being looked into
            log.exception("What was missed in the Discord channel %s is not read: %s", room, error)
            return False
        return well

    async def _hear_one_of_many(self, message: discord.Message, *, missed: bool) -> bool:
        """Take a message in as `hear` does; an unforeseen error is logged, and after the next start it is heard again.

        One message must not keep the others from being heard.
        """
        try:
            return await self.hear(message, missed=missed)
        except Exception as error:
            log.exception("The message %s on Discord is not taken: %s", message.id, error)
            return True

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.left[str(guild.id)] = f"The Discord server {guild.name} has put me out."
        log.warning("The Discord server %s has put the bot out", guild.name)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet in the channel for such notes, or else in the first that can be written in."""
        self.left.pop(str(guild.id), None)
        rooms = [*([guild.system_channel] if guild.system_channel else []), *guild.text_channels]
        room = next((one for one in rooms if one.permissions_for(guild.me).send_messages), None)
        joined_at = guild.me.joined_at
        if room is None or joined_at is None:
            return
        try:
            key = ChannelKey(NAME, str(guild.id), str(room.id))
            if greeting := await self.desk.channels.greeting(key, joined_at):
                for part in split(render(greeting)):
                    await room.send(part, suppress_embeds=True)
        except (*FAILURES, FrontdeskError) as error:
            log.warning("The greeting in the Discord server %s is not posted: %s", guild.id, error)

    # What people do -----------------------------------------------------------------------------------------

    async def on_message(self, message: discord.Message) -> None:
        await self.hear(message)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        await self._edited(event.message)

    async def _edited(self, message: discord.Message) -> bool:
        """Take an edit in; return whether that could be done."""
        if message.edited_at is None or not self._is_post(message):
            return True  # a link was unfolded
        try:
            place = await self.place_of(message.channel.id, _guild_id(message))
            if place is None:
                return True
            question = await self._question(message, place)
            await self.desk.edit(
                question,
                addressed=self._addressed(message, place),
                direct=place.workspace == DM,
                groups=self.roles_of(message.author),
                bot=self._is_bot(message),
            )
        except FrontdeskError as error:
            log.error("An edit on Discord is not taken: %s", error)
            return False
        return True

    async def hear(self, message: discord.Message, *, missed: bool = False) -> bool:
        """Take a message in; `missed` is one that was said while nobody listened. False where it could not be."""
        channel = cursors.Place(NAME, str(_guild_id(message) or DM), str(message.channel.id))
        try:
            with self.desk.cursors.hearing(channel, str(message.id)):
                heard = await self._hear(message, missed=missed)
        except FrontdeskError as error:
            log.error("A message on Discord is not taken: %s", error)
            if self._meant(message) and not missed:
                await self._tell_privately(message, notices.NOT_TAKEN.of(spoken(text=self.words_of(message))))
            return False
        if heard is not None and heard.sentence:
            await self._tell_privately(message, heard.sentence)
        in_thread = isinstance(message.channel, discord.Thread)
        if in_thread and not missed and heard is not None and heard.outcome is Hearing.IGNORED and self._held:
            self._early.append(message)
        return True

    @property
    def _held(self) -> bool:
        """Whether it is still being looked for what was missed."""
        return self.desk.cursors.is_held(cursors.Place(NAME, ""))

    async def _hear(self, message: discord.Message, *, missed: bool) -> Heard | None:
        if not self._is_post(message):
            return None
        place = await self.place_of(message.channel.id, _guild_id(message))
        if place is None:
            return None
        return await self.desk.hear(
            await self._question(message, place),
            addressed=self._addressed(message, place),
            direct=place.workspace == DM,
            groups=self.roles_of(message.author),
            for_others=self._for_others(message),
            goes_on=self._goes_on(message),
            look_up=self.looking_up(message.author),
            files=bool(message.attachments),
            bot=self._is_bot(message),
            missed=missed,
        )

    def _is_post(self, message: discord.Message) -> bool:
        """Whether a message is what a person wrote, or a bot that is allowed."""
        if message.type not in (discord.MessageType.default, discord.MessageType.reply) or message.author == self.user:
            return False
        names = {message.author.name, str(message.author.id)}
        return not self._is_bot(message) or not names.isdisjoint(self.settings.discord.bots)

    @staticmethod
    def _is_bot(message: discord.Message) -> bool:
        return message.author.bot or message.webhook_id is not None

    def _addressed(self, message: discord.Message, place: Place) -> bool:
        """Whether a message is meant for the bot for certain.

        Among the mentions Discord has whom a reply pings, too: in a thread that is said to all who are there, outside
        of one it goes on with what is replied to.
        """
        return self._meant(message) or (not place.thread and any(self.user == one for one in message.mentions))

    def _goes_on(self, message: discord.Message) -> bool:
        """Whether a message is a reply that pings the bot in a thread that it began."""
        thread = message.channel
        ours = self.user is not None and isinstance(thread, discord.Thread) and thread.owner_id == self.user.id
        return ours and any(self.user == one for one in message.mentions)

    def _meant(self, message: discord.Message) -> bool:
        """Whether a message is a direct one or names the bot."""
        named = (self._is_us(match, message.guild) for match in _MENTION.finditer(message.content))
        return _guild_id(message) is None or any(named)

    def _is_us(self, mention: re.Match[str], guild: discord.Guild | None) -> bool:
        """Whether a mention is one of the bot, or of the role that a server makes for it, which has its name."""
        sign, number = mention[1], int(mention[2])
        if sign == "@&":
            role = guild.self_role if guild else None
            return role is not None and role.id == number
        return sign != "#" and self.user is not None and self.user.id == number

    def _for_others(self, message: discord.Message) -> bool:
        """Whether a message is said to somebody else, by name or as a reply that pings them."""
        ours = message.guild.self_role if message.guild else None
        others = any(one not in (self.user, message.author) for one in message.mentions)
        return others or any(role != ours for role in message.role_mentions)

    async def _question(self, message: discord.Message, place: Place) -> Question:
        direct = place.workspace == DM
        key = place.key(message.id)
        channel = await self.desk.channels.at(*key.place)
        private = channel.private and not direct
        return Question(
            key=key,
            text=self.words_of(message),
            author=str(message.author.id),
            thread=place.thread or (place.channel if direct else str(message.id)),
            scope=self.scope_of(channel, message.author, private=private),
            private=private,
            asked_at=message.created_at,
            edited_at=message.edited_at,
        )

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        # The library hears only of dialogs that it opened itself since its start.
        if interaction.type is discord.InteractionType.modal_submit:
            await presses.submitted(interaction)
            await setup.submitted(interaction)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        await self._deleted(event.channel_id, event.guild_id, [event.message_id])

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        await self._deleted(event.channel_id, event.guild_id, event.message_ids)

    async def _deleted(self, channel_id: int, guild_id: int | None, message_ids: Iterable[int]) -> None:
        try:
            if place := await self.place_of(channel_id, guild_id):
                for message_id in message_ids:
                    await self.desk.withdraw(place.key(message_id))
        except FrontdeskError as error:
            log.error("A deletion on Discord is not taken: %s", error)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        await self._reacted(event, added=True)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        await self._reacted(event, added=False)

    async def _reacted(self, event: discord.RawReactionActionEvent, *, added: bool) -> None:
        value = value_of(event.emoji)
        by_bot = (self.user and event.user_id == self.user.id) or (event.member is not None and event.member.bot)
        if not value or by_bot:
            return
        try:
            if place := await self.place_of(event.channel_id, event.guild_id):
                await self.desk.react(
                    place.key(event.message_id),
                    f"{NAME}:{event.user_id}",
                    value,
                    added=added,
                    route={"posted_in": str(event.channel_id)},
                )
        except FrontdeskError as error:
            log.error("A reaction on Discord is not taken: %s", error)

    # Helpers ------------------------------------------------------------------------------------------------

    def scope_of(self, channel: Channel, user: discord.User | discord.Member, *, private: bool) -> Scope:
        """Return what a person may be told in a channel, or with `private` (a direct message always is) to them alone.

        Their roles count only where the answer is private, and not in direct messages, which come without them.
        """
        roles = self.roles_of(user) if private else ()
        return self.desk.channels.scope(channel, roles=roles, private=private or channel.key.workspace == DM)

    @staticmethod
    def roles_of(user: discord.User | discord.Member) -> tuple[str, ...]:
        """Return the ids of a person's roles; nobody has any outside of a server."""
        return tuple(str(role.id) for role in getattr(user, "roles", ()))

    def looking_up(self, user: discord.User | discord.Member) -> Groups:
        """Return what tells which of some roles a person has."""

        async def roles(among: Collection[str]) -> Collection[str]:
            return set(among).intersection(self.roles_of(user))

        return roles

    async def place_of(self, channel_id: int, guild_id: int | None) -> Place | None:
        """Return where a channel or thread id is; None for one that the bot cannot see any more.

        Raises DeliveryError where Discord does not say so, asked again for a minute or more.
        """
        if guild_id is None:
            return Place(DM, str(channel_id))
        channel = self.get_channel(channel_id)
        if channel is None:  # an archived thread, for one
            try:
                channel = await self._looked_up(channel_id)
            except (DeliveryRefused, discord.InvalidData):
                return None
        if isinstance(channel, discord.Thread):
            return Place(str(guild_id), str(channel.parent_id), str(channel.id))
        return Place(str(guild_id), str(channel_id))

    async def _looked_up(self, channel_id: int) -> Any:
        """Ask Discord for a channel or thread; while it does not answer, again a few times.

        Nobody should have to send a question again for an outage of seconds.
        """
        for pause_s in LOOK_UP_PAUSES_S:
            try:
                with explained():
                    return await self.fetch_channel(channel_id)
            except DeliveryError:
                await asyncio.sleep(pause_s)
                if self.is_closed():
                    raise
        with explained():
            return await self.fetch_channel(channel_id)

    def words_of(self, message: discord.Message) -> str:
        """Return a message's text without the mention of the bot, other mentions as names."""
        people = {one.id: called(one.display_name) for one in message.mentions}
        roles = {one.id: called(one.name) for one in message.role_mentions}
        channels = {one.id: getattr(one, "name", "") for one in message.channel_mentions}

        def name(match: re.Match[str]) -> str:
            sign, number = match[1], int(match[2])
            if self._is_us(match, message.guild):
                return ""
            known = {"#": channels, "@&": roles}.get(sign, people)
            return f"{sign[0]}{known.get(number, 'unknown')}"

        words = _EMOJI.sub(r"\1", _MENTION.sub(name, message.content)).strip()
        first = _MENTION.match(message.content.strip())
        return after_name(words) if first and self._is_us(first, message.guild) else words  # ":D" begins with no name

    async def _tell_privately(self, message: discord.Message, sentence: str) -> None:
        try:
            await message.author.send(sentence)
        except FAILURES:
            try:
                await message.reply(sentence, mention_author=False, delete_after=DENIAL_STANDS_S)
            except FAILURES as error:
                log.warning("A person on Discord could not be told “%s”: %s", sentence, error)


def _place(room: Room) -> cursors.Place:
    return cursors.Place(NAME, str(room.guild.id) if room.guild else DM, str(room.id))


def _left_off(since: Mapping[cursors.Place, str], room: Room) -> str:
    """Return up to where a channel was heard; one that nothing was ever heard in, from the last time on all were."""
    return since.get(_place(room), since.get(cursors.Place(NAME, ""), "0"))


def _earlier(since: Mapping[cursors.Place, str], now: Mapping[cursors.Place, str]) -> dict[cursors.Place, str]:
    """Return for each channel of `now` the earlier of both; one that was not known stood where all did."""
    everywhere = since.get(cursors.Place(NAME, ""), "0")
    return {place: min(at, since.get(place, everywhere), key=int) for place, at in now.items()}


def _now_id(seconds_ago: float = 0.0) -> str:
    return str(discord.utils.time_snowflake(discord.utils.utcnow() - timedelta(seconds=seconds_ago)))


def _guild_id(message: discord.Message) -> int | None:
    return message.guild.id if message.guild else getattr(message.channel, "guild_id", None)
