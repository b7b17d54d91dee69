"""Discord as a chat platform of the desk."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import DM, NAME, notes
from adapters.discord.client import FrontdeskClient
from adapters.discord.commands import command_tree
from adapters.discord.errors import TAKES_NO_MESSAGES, explained
from adapters.discord.installation import IntentError, TokenError, application_id_of
from adapters.discord.offers import offer_buttons
from adapters.discord.presses import answer_buttons, reason_buttons
from adapters.discord.render import render, split
from adapters.discord.replies import PostedReply, PrivateReply, direct_reply
from adapters.discord.threads import has_thread, in_open_thread, stands_in
from adapters.eyes import EYES, WithEyes
from bot.chat import Record, ReplyStream
from bot.commands import Commands
from bot.delivery import DeliveryError
from bot.desk import Desk
from bot.handovers import Note
from bot.messages import Question
from bot.settings import Settings
from bot.storage.handovers import NotePlace
from bot.tuning.offers import Offer
from bot.wording import notices
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 60.0
WATCHED_EVERY_S = 5.0
SILENT_S = 95.0
"""Discord answers a heartbeat every 41 seconds; a connection on which two are missing is dead though open."""
DOWN_S = 60.0
"""How long the library may try to connect; its own pauses grow to a quarter of an hour."""


class DiscordPlatform:
    """One bot on Discord. There is one API address for a process: the library keeps it globally."""

    name = NAME
    routes = ()

    def __init__(self, settings: Settings, desk: Desk, commands: Commands) -> None:
        self._settings = settings
        self._desk = desk
        self._client = FrontdeskClient(settings, desk, commands)
        self._tree = command_tree(self._client, commands)
        self._connection: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._trouble = ""

    async def start(self) -> None:
        """Sign in, register the commands, connect. Raises TokenError, IntentError, FrontdeskError."""
        token = self._settings.discord.token.get_secret_value().strip()
        application_id_of(token)
        Route.BASE = self._settings.discord.api_url.rstrip("/")
        try:
            with explained():
                await self._client.login(token)
                gateway = self._settings.discord.gateway_url or await self._gateway_url()
                DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
                await self._tree.sync()
        except discord.LoginFailure:
            await self._client.close()
            raise TokenError("Discord does not accept the token.") from None
        except BaseException:
            await self._client.close()
            raise
        self._connection = asyncio.create_task(self._client.connect(), name="discord")
        ready = asyncio.create_task(self._client.wait_until_ready())
        try:
            await asyncio.wait(
                {self._connection, ready}, timeout=CONNECT_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED
            )
            if not self._client.is_ready():
                raise self._ended() or FrontdeskError(
                    f"Discord's gateway did not answer within {CONNECT_TIMEOUT_S:.0f} seconds.",
                    "Look at the network and at discord.gateway_url.",
                )
        except BaseException:
            await self.stop()
            raise
        finally:
            ready.cancel()
        self._watch = asyncio.create_task(self._keep(), name="discord-watchdog")
        self._client.panels.start()
        log.info("Connected to Discord as %s.", self._client.user)

    async def stop(self) -> None:
        await self._client.panels.stop()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})
        await self._client.close()
        if self._connection is not None:
            self._connection.cancel()  # it may be in the middle of reconnecting, which closing does not end
            await asyncio.wait({self._connection})

    def health(self) -> str:
        if self._connection is None:
            return "Discord is not connected."
        if self._connection.done():
            return str(self._ended() or "The connection to Discord was closed.")
        if not self._client.connected:
            return self._trouble or "The connection to Discord is lost; trying again."
        return self._trouble

    async def _keep(self) -> None:
        """Replace the connection when the library does not mend it, or when nothing comes over it."""
        down_since: float | None = None
        while not self._client.is_closed():
            await asyncio.sleep(WATCHED_EVERY_S)
            now = time.monotonic()
            if self._connection is None or self._connection.done():
                # Whatever the library could not digest; it would not try again by itself.
                self._trouble = str(self._ended() or "The connection to Discord was closed.")
            elif self._client.connected:
                down_since = None
                if (silent_s := now - self._client.heard_at) < SILENT_S:
                    self._trouble = ""
                    continue
                self._trouble = f"Nothing has come from Discord for {silent_s:.0f} s."
            else:
                down_since = down_since or now
                self._trouble = f"The connection to Discord has been down for {now - down_since:.0f} s."
                if now - down_since < DOWN_S:
                    continue
                down_since = now
            log.warning("%s Connecting anew.", self._trouble)
            await self._renew()

    async def _renew(self) -> None:
        if self._connection is not None:
            self._connection.cancel()
            await asyncio.wait({self._connection})
        socket: DiscordWebSocket | None = self._client.ws
        if socket is not None:
            with contextlib.suppress(Exception):  # however it ends, it is not listened to any more
                async with asyncio.timeout(WATCHED_EVERY_S):
                    await socket.close()
        await self._client.on_disconnect()
        self._client.heard_at = time.monotonic()
        self._connection = asyncio.create_task(self._client.connect(), name="discord")

    def notes(self) -> dict[str, str]:
        return dict(self._client.left)

    async def begin(self, question: Question, posts: tuple[str, ...], record: Record) -> ReplyStream:
        with explained():
            reply: PrivateReply | PostedReply
            if question.private and "interaction_token" in question.route:
                reply = PrivateReply(self._client, question, posts, record)
            elif question.private:
                # Discord shows a message to one person only in answer to a command or a button.
                reply = await direct_reply(self._client, question, posts, record)
            else:
                channel, reference = await self._place_for(question)
                reply = PostedReply(
                    self._client,
                    channel,
                    question,
                    posts,
                    record,
                    reference=reference,
                    left_over=self._left_over(question),
                )
            opening = asyncio.create_task(self._open(reply, question))
            try:
                await asyncio.shield(opening)
            except asyncio.CancelledError:
                # The question was deleted (or we are stopping) while the post was under way: it must not stay.
                with contextlib.suppress(discord.DiscordException, FrontdeskError):
                    await opening
                    await reply.discard()
                raise
        return self._watched(question, reply)

    def _watched(self, question: Question, reply: ReplyStream) -> ReplyStream:
        """Return the reply with 👀 on what it answers, where that is a message that all can see."""
        key = question.key
        if question.private or not key.message.isdigit():
            return reply
        place = self._client.get_partial_messageable(stands_in(self._client, question))
        asked = place.get_partial_message(int(key.message))

        async def put_on() -> None:
            with explained():
                await in_open_thread(self._client, place.id, lambda: asked.add_reaction(EYES))

        async def take_off() -> None:
            if (me := self._client.user) is None:
                raise DeliveryError("Discord is not connected.")
            with explained(), contextlib.suppress(discord.NotFound):  # the message or the reaction is gone
                await asked.remove_reaction(EYES, me)

        return WithEyes(reply, put_on, take_off)

    async def _open(self, reply: PrivateReply | PostedReply, question: Question) -> None:
        """Open a reply. Raises FrontdeskError for who takes no direct messages, after saying so where they asked."""
        try:
            await reply.open()
        except discord.HTTPException as error:
            if error.code != TAKES_NO_MESSAGES or question.key.workspace == DM:
                raise
            place = self._client.get_partial_messageable(int(question.route.get("posted_in", question.key.channel)))
            told = notices.NO_DIRECT_MESSAGES.of(question.language, person=f"<@{question.author}>")
            await place.send(told)
            raise FrontdeskError(f"{question.author} takes no direct messages from the bot.", "") from error

    async def notify(self, user: str, text: str, offers: Sequence[Offer] = ()) -> None:
        with explained():
            person = await self._client.fetch_user(int(user))
            *parts, last = split(render(text))
            view = offer_buttons(offers) if offers else discord.utils.MISSING
            for part in parts:
                await person.send(part, suppress_embeds=True)
            await person.send(last, suppress_embeds=True, view=view)

    async def post_note(self, place: NotePlace, note: Note, *, look_first: bool = False) -> str:
        return await notes.post_note(self._client, place, note, look_first=look_first)

    async def edit_note(self, place: NotePlace, note: Note) -> None:
        await notes.edit_note(self._client, place, note)

    async def ask_why(self, question: Question, answer_id: int, user: str) -> None:
        view = reason_buttons(answer_id, question.language)
        await self._ask(question, user, notices.WHAT_WAS_WRONG.of(question.language), view)

    async def ask_to_rate(self, question: Question, answer_id: int) -> None:
        view = answer_buttons(answer_id, question.language, rated=True)
        await self._ask(question, question.author, notices.RATE_THIS.of(question.language), view)

    async def _ask(self, question: Question, user: str, sentence: str, view: discord.ui.View) -> None:
        """Ask a person something about the answer to a question, by direct message."""
        link = self._link(question)
        with explained():
            person = await self._client.fetch_user(int(user))
            await person.send(f"{sentence}\n{link}".strip(), view=view, suppress_embeds=True)

    def threaded(self, question: Question) -> bool:
        return not question.private and question.key.workspace != DM

    async def describe(self, question: Question) -> tuple[str, str]:
        with explained():
            name = (await self._client.fetch_user(int(question.author))).display_name
        return name, self._link(question)

    def _link(self, question: Question) -> str:
        """Return a link to the thread of a question, empty where nobody else can see it."""
        key = question.key
        if not self.threaded(question):
            return ""
        link = f"https://discord.com/channels/{key.workspace}"
        if isinstance(self._client.get_channel(int(question.thread)), discord.Thread):
            return f"{link}/{question.thread}"
        return f"{link}/{key.channel}/{question.thread}"  # no thread could be made on the message

    async def _place_for(
        self, question: Question
    ) -> tuple[discord.PartialMessageable, discord.MessageReference | None]:
        """Return where to answer: the thread on the question, made if need be, else the channel as a reply."""
        key = question.key
        if key.workspace == DM:
            return self._client.get_partial_messageable(int(key.channel)), None
        guild_id = int(key.workspace)
        if posted_in := question.route.get("posted_in"):  # by whoever pressed a button there
            return self._client.get_partial_messageable(int(posted_in), guild_id=guild_id), None
        thread = self._client.get_partial_messageable(int(question.thread), guild_id=guild_id)
        if stands_in(self._client, question) == thread.id:
            return thread, None
        channel = self._client.get_partial_messageable(int(key.channel), guild_id=guild_id)
        asked = channel.get_partial_message(int(key.message))
        if asked.guild is None:
            raise DeliveryError("The Discord server is not available at the moment.")
        if not await has_thread(self._client, asked, question.text):
            return channel, discord.MessageReference.from_message(asked, fail_if_not_exists=False)
        return thread, None

    def _left_over(self, question: Question) -> Callable[[discord.Message], Awaitable[bool]]:
        async def left_over(message: discord.Message) -> bool:
            mine = message.author == self._client.user
            return mine and not await self._desk.is_ours(replace(question.key, message=str(message.id)))

        return left_over

    async def _gateway_url(self) -> str:
        return str((await self._client.http.request(Route("GET", "/gateway")))["url"])

    def _ended(self) -> FrontdeskError | None:
        """Return why the connection ended for good, None while it has not."""
        if self._connection is None or not self._connection.done() or self._connection.cancelled():
            return None
        error = self._connection.exception()
        if isinstance(error, discord.PrivilegedIntentsRequired):
            return IntentError()
        if isinstance(error, discord.ConnectionClosed) and error.code == 4004:
            return TokenError("Discord does not accept the token any more.")
        return FrontdeskError(f"The connection to Discord ended: {error or 'closed'}.", "Start Frontdesk again.")
