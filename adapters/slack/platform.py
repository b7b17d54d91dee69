"""Slack as a chat platform: events in, replies out, nothing clever."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import NAME, hearing, linked, render
from adapters.slack.api import TIMEOUT_S, SlackTokenError, explained, respond, web_client
from adapters.slack.connection import Connection
from adapters.slack.people import People
from adapters.slack.reply import PrivateReply, ThreadReply
from adapters.slack.responder import SlackResponder
from bot.commands import Actor, Commands
from bot.desk import DeliveryError, Desk, Hearing
from bot.messages import MessageKey, Question
from bot.settings import Settings
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

OLD_S = 3.0  # a question that waited longer may have been begun by a try that was cut off
STOP_S = 5.0
WHY_USAGE = "Use `/why` for the last answer here, or `/why LINK` with the link of an answer (“Copy link” in its menu)."
FORGET_USAGE = "Use `/forget` for yourself or, as an admin, `/forget @somebody`."
ASK_USAGE = "Write your question after the command: `/ask QUESTION`. Only you will see the answer."

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Live:
    """What exists while connected."""

    web: AsyncWebClient
    session: aiohttp.ClientSession
    connection: Connection
    people: People
    bot_user: str
    team: str


class SlackPlatform:
    """One workspace over Socket Mode. `bot.desk.ChatPlatform`."""

    name = NAME

    def __init__(self, settings: Settings, desk: Desk, commands: Commands) -> None:
        self._settings = settings
        self._desk = desk
        self._commands = commands
        self._live: _Live | None = None
        self._handling: set[asyncio.Task[None]] = set()
        self._denied: deque[MessageKey] = deque(maxlen=1000)

    async def start(self) -> None:
        """Connect. Raises SlackTokenError for a token that Slack refuses, else DeliveryError or SlackError."""
        slack = self._settings.slack
        for setting in ("bot_token", "app_token"):
            if not getattr(slack, setting).get_secret_value():
                raise SlackTokenError(
                    f"slack.{setting} is not set.",
                    f"Put it into the environment as FRONTDESK_SLACK__{setting.upper()}.",
                )
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        try:
            web = web_client(slack.api_url, slack.bot_token.get_secret_value(), session)
            with explained("the bot token"):
                told = await web.auth_test()
            app = AsyncApp(client=web, request_verification_enabled=False)
            self._listen(app)
            connection = Connection(
                app,
                slack.app_token.get_secret_value(),
                web_client(slack.api_url, None, session),
            )
            self._live = _Live(web, session, connection, People(web), str(told["user_id"]), str(told["team_id"]))
            await connection.open()
        except BaseException:
            self._live = None
            await session.close()
            raise
        log.info("Connected to Slack workspace %s as %s", told.get("team"), told.get("user"))

    async def stop(self) -> None:
        if (live := self._live) is None:
            return
        # What was acknowledged must still be heard, so the socket goes first and all else after it.
        await live.connection.close()
        if self._handling:
            await asyncio.wait(self._handling, timeout=STOP_S)
        for task in self._handling:
            task.cancel()
        self._live = None
        await live.session.close()

    def health(self) -> str:
        return self._live.connection.health() if self._live else "Slack is not connected."

    async def begin(
        self, question: Question, posts: tuple[str, ...], record: Callable[[str], Awaitable[None]]
    ) -> ThreadReply | PrivateReply:
        live = self._connected()
        if question.private:
            private = PrivateReply(live.web, live.session, question)
            if not posts:
                await private.open()
                await record(question.key.message)
            return private
        reply = ThreadReply(live.web, question, posts, record)
        waited = (datetime.now(UTC) - question.asked_at).total_seconds() if question.asked_at else OLD_S
        try:
            await reply.open(look_first=waited >= OLD_S)
        except asyncio.CancelledError:
            # The question was deleted, or we are stopping, while the post was under way: it must not stay.
            with contextlib.suppress(FrontdeskError):
                await reply.discard()
            raise
        return reply

    async def notify(self, user: str, text: str) -> None:
        web = self._connected().web
        with explained("a direct message"):
            channel = (await web.conversations_open(users=user))["channel"]["id"]
            for message in render.messages(text):
                await web.chat_postMessage(
                    channel=channel, text=message.text, blocks=message.blocks, unfurl_links=False
                )

    async def post(self, channel: str, text: str) -> None:
        web = self._connected().web
        with explained("a note"):
            for message in render.messages(text):
                await web.chat_postMessage(
                    channel=channel, text=message.text, blocks=message.blocks, unfurl_links=False, unfurl_media=False
                )

    async def describe(self, question: Question) -> tuple[str, str]:
        live = self._connected()
        names = await live.people.names({question.author})
        name = names.get(question.author, question.author)
        if question.private or question.key.channel.startswith("D"):
            return name, ""
        with explained("a link to the thread"):
            told = await live.web.chat_getPermalink(channel=question.key.channel, message_ts=question.thread)
        return name, str(told["permalink"])

    # Hearing ------------------------------------------------------------------------------------------------

    def _listen(self, app: AsyncApp) -> None:
        """Register for what manifest.yaml subscribes to; Bolt acknowledges events before it calls."""
        app.event("app_mention")(self._on_post)
        app.event("message")(self._on_message)
        app.event("reaction_added")(self._on_reaction)
        app.event("reaction_removed")(self._on_reaction)
        app.action(render.RATE_UP)(self._on_button)
        app.action(render.RATE_DOWN)(self._on_button)
        app.action(re.compile(rf"{render.CHOICE}\d"))(self._on_choice)
        app.command("/ask")(self._on_ask)
        app.command("/reindex")(self._on_reindex)
        app.command("/knowledge")(self._on_knowledge)
        app.command("/export")(self._on_export)
        app.command("/stats")(self._on_stats)
        app.command("/why")(self._on_why)
        app.command("/forget")(self._on_forget)
        app.shortcut("why")(self._on_why_shortcut)
        app.action(render.FORGET)(self._on_forget_button)
        app.action(render.FORGET_ME)(self._on_forget_me)
        app.action(render.REFRESH)(self._on_home_button)
        app.event("app_home_opened")(self._on_home)

    async def _on_message(self, event: Event, body: Event) -> None:
        if ts := hearing.deleted(event):
            key = self._key(event["channel"], ts)
            await self._handle(self._desk.withdraw(key), None)
        else:
            await self._on_post(event, body)

    async def _on_post(self, event: Event, body: Event) -> None:
        live = self._connected()
        if hearing.is_post(event, live.bot_user):
            channel, user, thread = event["channel"], event["user"], event.get("thread_ts")
            outside = hearing.others_read(event, body, live.team)
            await self._handle(
                self._hear(live, event, outside=outside), lambda text: self._whisper(channel, user, text, thread)
            )

    async def _hear(self, live: _Live, event: Event, *, outside: bool) -> None:
        text = str(event.get("text") or "")
        mentioned = hearing.people(text)
        direct = event.get("channel_type") == "im" or event["channel"].startswith("D")
        key = self._key(event["channel"], event["ts"])
        question = Question(
            key=key,
            text=hearing.plain(text, live.bot_user, await live.people.names(mentioned - {live.bot_user})),
            author=event["user"],
            thread=event.get("thread_ts") or event["ts"],
            scope=await self._scope(live, event["channel"], event["user"], private=direct, outside=outside),
            asked_at=datetime.fromtimestamp(float(event["ts"]), UTC),
        )
        heard = await self._desk.hear(question, addressed=direct or live.bot_user in mentioned, direct=direct)
        # A mention comes as two events; the person is told once.
        if heard.outcome is Hearing.DENIED and key not in self._denied:
            self._denied.append(key)
            await self._whisper(key.channel, question.author, heard.sentence, event.get("thread_ts"))

    async def _on_reaction(self, event: Event) -> None:
        value = hearing.vote(event["reaction"])
        item = event.get("item") or {}
        live = self._connected()
        if value and item.get("type") == "message" and event.get("item_user", live.bot_user) == live.bot_user:
            await self._handle(self._react(live, event, item, value), None)

    async def _react(self, live: _Live, event: Event, item: Event, value: int) -> None:
        if (await live.people.get(event["user"])).is_bot:
            return
        await self._desk.react(
            self._key(item["channel"], item["ts"]),
            f"{self.name}:{event['user']}",
            value,
            added=event["type"] == "reaction_added",
        )

    async def _on_button(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        action = body["actions"][0]

        async def press() -> None:
            try:
                answer_id = int(action["value"])
            except (KeyError, ValueError):
                raise FrontdeskError("This button belongs to no answer of mine.", "Ask the question again.") from None
            value = 1 if action["action_id"] == render.RATE_UP else -1
            await tell(await self._desk.press(answer_id, f"{self.name}:{body['user']['id']}", value))

        tell = self._teller(body)
        await self._handle(press(), tell)

    async def _on_choice(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()

        async def choose() -> None:
            live = self._connected()
            answer_id, _, choice = str(body["actions"][0].get("value", "")).partition(":")
            if not answer_id.isdigit() or not choice.isdigit():
                raise FrontdeskError("This button belongs to no question of mine.", "Ask the question again.")

            async def scope_here(asked: Question) -> Scope:
                # Whether others read along is not told here; what the scope was when it was asked still limits it.
                outside = hearing.others_read({"team": (body["user"].get("team_id") or live.team)}, body, live.team)
                return await self._scope(
                    live, asked.key.channel, asked.author, private=asked.private or direct, outside=outside
                )

            direct = body["channel"]["id"].startswith("D")
            heard = await self._desk.choose(
                int(answer_id),
                int(choice),
                body["user"]["id"],
                scope_here,
                direct=direct,
                route={"response_url": body["response_url"]},
            )
            if heard.sentence:
                await tell(heard.sentence)

        tell = self._teller(body)
        await self._handle(choose(), tell)

    # Commands -----------------------------------------------------------------------------------------------

    async def _on_ask(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()

        async def ask() -> None:
            if not body.get("text", "").strip():
                await tell(ASK_USAGE)
                return
            live = self._connected()
            text = body["text"]
            names = await live.people.names(hearing.people(text) - {live.bot_user})
            # A command has no `ts`; its trigger is as unique.
            key = self._key(body["channel_id"], f"ask-{body['trigger_id']}")
            heard = await self._desk.hear(
                Question(
                    key=key,
                    text=hearing.plain(text, live.bot_user, names),
                    author=body["user_id"],
                    thread=key.message,
                    scope=await self._scope(
                        live, key.channel, body["user_id"], private=True, outside=body["team_id"] != live.team
                    ),
                    private=True,
                    route={"response_url": body["response_url"]},
                ),
                addressed=True,
                direct=key.channel.startswith("D"),
            )
            if heard.outcome is Hearing.DENIED:
                await tell(heard.sentence)

        tell = self._teller(body)
        await self._handle(ask(), tell)

    async def _on_reindex(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        source = body.get("text", "").strip()
        command = self._commands.reindex(_actor(body), self._responder(body, public=True), source)
        await self._handle(command, self._teller(body))

    async def _on_knowledge(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        command = self._commands.knowledge(_actor(body), self._responder(body, public=False), body.get("text", ""))
        await self._handle(command, self._teller(body))

    async def _on_export(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        command = self._commands.export(_actor(body), self._responder(body, public=False), body.get("text", ""))
        await self._handle(command, self._teller(body))

    async def _on_stats(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        command = self._commands.stats(_actor(body), self._responder(body, public=False), body.get("text", ""))
        await self._handle(command, self._teller(body))

    async def _on_why(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        tell = self._teller(body)
        text = body.get("text", "").strip()
        channel, message = linked(text) or ("", "")
        if text and not message:
            await tell(WHY_USAGE)
            return
        command = self._commands.why(_actor(body), self._responder(body, public=False), message, channel)
        await self._handle(command, tell)

    async def _on_why_shortcut(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        message, channel = body["message"]["ts"], body["channel"]["id"]
        command = self._commands.why(_presser(body), self._responder(body, public=False), message, channel)
        await self._handle(command, self._teller(body))

    async def _on_forget(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        tell = self._teller(body)
        text = body.get("text", "").strip()
        named = sorted(hearing.people(text))
        if text and (len(named) != 1 or text.count("<") != 1):
            await tell(FORGET_USAGE)
            return
        command = self._commands.forget(_actor(body), self._responder(body, public=False), "".join(named))
        await self._handle(command, tell)

    async def _on_forget_button(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        user = str(body["actions"][0].get("value", ""))
        responder = self._responder(body, public=False)
        command = self._commands.forget(_presser(body), responder, user, confirmed=True)
        await self._handle(command, self._teller(body))

    async def _on_forget_me(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        """The button of the Home tab, where nothing can be told: the question comes as a direct message."""
        await ack()
        live, user = self._connected(), body["user"]["id"]
        responder = SlackResponder(live.web, live.session, channel=user, user=user, response_url="", public=True)
        await self._handle(self._commands.forget(_presser(body), responder), lambda text: self.notify(user, text))

    # The Home tab -------------------------------------------------------------------------------------------

    async def _on_home(self, event: Event, body: Event) -> None:
        if event.get("tab", "home") == "home":
            await self._handle(self._show_home(Actor(self.name, body["team_id"], "", event["user"])), None)

    async def _on_home_button(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        await self._handle(self._show_home(_presser(body)), None)

    async def _show_home(self, actor: Actor) -> None:
        state = await self._commands.state(actor) if self._commands.is_admin(actor) else ""
        with explained("the Home tab"):
            await self._connected().web.views_publish(user_id=actor.user, view=render.home(state))

    # Helpers ------------------------------------------------------------------------------------------------

    async def _scope(self, live: _Live, channel: str, user: str, *, private: bool, outside: bool) -> Scope:
        named = [key.partition(":")[2] for key in self._settings.role_scopes if key.startswith(f"{self.name}:")]
        groups = await live.people.groups(user, named) if private and not outside else ()
        return self._settings.scope_for(
            self.name, workspace=live.team, channel=channel, roles=groups, private=private, outside=outside
        )

    async def _handle(self, work: Coroutine[Any, Any, None], tell: Callable[[str], Awaitable[None]] | None) -> None:
        """Do what an event asks for; what goes wrong is logged and, with `tell`, told to the person."""
        task = asyncio.ensure_future(work)
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)
        try:
            await task
        except FrontdeskError as error:
            log.warning("%s", error)
            if tell is not None:
                with contextlib.suppress(FrontdeskError):
                    await tell(str(error))

    def _connected(self) -> _Live:
        if self._live is None:
            raise DeliveryError("Slack is not connected.", "It will be tried again.")
        return self._live

    def _key(self, channel: str, message: str) -> MessageKey:
        return MessageKey(self.name, self._connected().team, channel, message)

    def _responder(self, body: Event, *, public: bool) -> SlackResponder:
        live = self._connected()
        return SlackResponder(
            live.web,
            live.session,
            channel=body["channel_id"] if "channel_id" in body else body["channel"]["id"],
            user=body["user_id"] if "user_id" in body else body["user"]["id"],
            response_url=body["response_url"],
            public=public,
        )

    def _teller(self, body: Event) -> Callable[[str], Awaitable[None]]:
        """Return what tells the person of a command or button something in private."""

        async def tell(text: str) -> None:
            message = render.messages(text)[0]
            session = self._connected().session
            await respond(body["response_url"], session, message.text, message.blocks, thread=thread)

        thread = (body.get("message") or {}).get("thread_ts")
        return tell

    async def _whisper(self, channel: str, user: str, text: str, thread: str | None) -> None:
        message = render.messages(text)[0]
        with explained("a private message"):
            await self._connected().web.chat_postEphemeral(
                channel=channel, user=user, text=message.text, blocks=message.blocks, thread_ts=thread
            )


def _actor(body: Event) -> Actor:
    return Actor(NAME, body["team_id"], body["channel_id"], body["user_id"])


def _presser(body: Event) -> Actor:
    """Return who pressed a button or chose a shortcut; in the Home tab there is no channel."""
    team = (body.get("team") or {}).get("id") or body["user"]["team_id"]
    return Actor(NAME, team, (body.get("channel") or {}).get("id", ""), body["user"]["id"])
