"""Slack as a chat platform: events in, replies out, nothing clever."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.routing import BaseRoute

from adapters.eyes import WithEyes
from adapters.platform import told_of
from adapters.slack import NAME, assistant, hearing, linked, missed, notes, render
from adapters.slack.api import TIMEOUT_S, SlackError, SlackTokenError, explained, settled, tell_alone, web_client
from adapters.slack.connection import Connection
from adapters.slack.http import Requests, installation_routes
from adapters.slack.installations import Installations, oauth_flow
from adapters.slack.pace import Pace
from adapters.slack.presses import Presses
from adapters.slack.reply import EphemeralReply, PrivateReply, ThreadReply
from adapters.slack.responder import SlackResponder
from adapters.slack.setup import ChannelSetup
from adapters.slack.workspaces import REVOKED, UNINSTALLED, Workspace, Workspaces
from bot import people
from bot.channels.dialogue import Dialogue
from bot.channels.resolve import Channel
from bot.channels.store import ChannelKey
from bot.chat import ReplyStream
from bot.commands import Actor, Commands
from bot.delivery import DeliveryError
from bot.desk import Desk, Hearing
from bot.handovers import Note
from bot.messages import MessageKey, Question
from bot.settings import Settings
from bot.storage.cursors import Place
from bot.storage.database import Database, DatabaseError
from bot.storage.handovers import NotePlace
from bot.tuning.offers import Offer
from bot.understanding.languages import spoken
from bot.wording import Told, Words, notices
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

STOP_S = 5.0
LATE_S = 60.0  # events may come so much later than they happened
MAX_EARLY = 1000
LOOKED_AGAIN_S = 300.0
"""Until what was missed is looked for again in channels that could not be read."""
ASK_ABOUT = "ask_about"
WHY_USAGE = "Use `/why` for the last answer here, or `/why LINK` with the link of an answer (“Copy link” in its menu)."

Event = dict[str, Any]
T = TypeVar("T")


class SlackPlatform:
    """Any number of workspaces, heard over Socket Mode or over HTTP. `bot.chat.ChatPlatform`.

    There is a workspace for slack.bot_token, and one for each that installed the app (slack.client_id);
    what these keep needs the `database`.
    """

    name = NAME

    def __init__(self, settings: Settings, desk: Desk, commands: Commands, database: Database | None = None) -> None:
        self._settings = settings
        self._desk = desk
        self._commands = commands
        self._database = database
        self._session: aiohttp.ClientSession | None = None
        self._workspaces: Workspaces | None = None
        self._hearing: Connection | Requests | None = None
        self._presses = Presses(desk, self._handle, lambda body: self._connected(hearing.team(body)))
        self._handling: set[asyncio.Task[None]] = set()
        self._told_alone: deque[MessageKey] = deque(maxlen=1000)
        """Posts whose authors were told privately that they are not answered, or not soon."""
        self._catching_up: asyncio.Task[None] | None = None
        self._heard_live: deque[MessageKey] = deque(maxlen=1000)
        """Questions that came since the last look for what was missed began."""
        self._paces: defaultdict[str, Pace] = defaultdict(Pace)
        """How fast each workspace is looked through."""
        self._early: dict[Place, deque[tuple[Event, Event]]] = {}
        """Replies that were taken for none of our business in channels that are still looked into."""
        self.routes: list[BaseRoute] = []
        """What is to be served over HTTP, once started."""

    async def start(self) -> None:
        """Connect. Raises SlackTokenError for a token that Slack refuses, else DeliveryError or SlackError."""
        slack = self._settings.slack
        if trouble := slack.lacks():
            raise SlackTokenError(*trouble)
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        try:
            installations = None
            if slack.client_id and self._database is not None:
                installations = Installations(self._database, slack.client_id)
            await self._desk.cursors.load(self.name)
            workspaces = Workspaces(self._settings, session, installations, self._follow)
            await workspaces.open()
            app = AsyncApp(
                client=web_client(slack.api_url, None, session),
                authorize=_authorize(workspaces),
                request_verification_enabled=False,  # adapters.slack.http does it, before all else
            )
            self._listen(app)
            hearing = self._heard_over(app, session)
            routes: list[BaseRoute] = [hearing.route] if isinstance(hearing, Requests) else []
            if installations is not None:
                web = web_client(slack.api_url, None, session)
                routes += installation_routes(oauth_flow(self._settings, web, installations, workspaces.install))
            self._session, self._workspaces, self._hearing = session, workspaces, hearing
            await hearing.open()
            self.routes = routes
            if isinstance(hearing, Requests):
                self._catch_up()
        except BaseException:
            self._session = self._workspaces = self._hearing = None
            await session.close()
            raise

    def _heard_over(self, app: AsyncApp, session: aiohttp.ClientSession) -> Connection | Requests:
        slack = self._settings.slack
        if app_token := slack.app_token.get_secret_value():
            return Connection(app, app_token, web_client(slack.api_url, None, session), self._catch_up)
        return Requests(app, slack.signing_secret.get_secret_value())

    async def stop(self) -> None:
        if self._session is None or self._hearing is None:
            return
        # What was acknowledged must still be heard, so the socket goes first and all else after it.
        await self._hearing.close()
        if self._catching_up is not None:
            self._catching_up.cancel()
            await asyncio.wait({self._catching_up})
            self._catching_up = None
        if self._handling:
            await asyncio.wait(self._handling, timeout=STOP_S)
        for task in self._handling:
            task.cancel()
        session, self._session, self._workspaces = self._session, None, None
        await session.close()

    def health(self) -> str:
        if self._workspaces is None or self._hearing is None:
            return "Slack is not connected."
        return self._hearing.health() or self._workspaces.health()

    def notes(self) -> dict[str, str]:
        """Return a sentence for each workspace that ended or is unwell, though others are well."""
        return self._workspaces.notes() if self._workspaces else {}

    async def begin(
        self, question: Question, posts: tuple[str, ...], record: Callable[[str], Awaitable[None]]
    ) -> ReplyStream:
        live = await self._of(question.key.workspace)
        if question.private and "response_url" not in question.route:
            return self._watched(live, question, EphemeralReply(live.web, question, posts, record))
        if question.private:
            private = PrivateReply(live.web, live.session, question)
            if not posts:
                await private.open()
                await record(question.key.message)
            return private
        reply = ThreadReply(live.web, question, posts, record, self._is_ours(question), live.bot_user, live.streaming)
        try:
            await reply.open()
        except asyncio.CancelledError:
            # The question was deleted, or we are stopping, while the post was under way: it must not stay.
            with contextlib.suppress(FrontdeskError):
                await reply.discard()
            raise
        return self._watched(live, question, reply)

    def _watched(self, live: Workspace, question: Question, reply: ReplyStream) -> ReplyStream:
        """Return the reply with 👀 on what it answers, where that is a message."""
        if not hearing.is_ts(question.key.message):
            return reply
        in_pane = live.has_assistant and question.key.channel.startswith("D")
        pane = assistant.Pane(live, question) if in_pane else None
        marked = {"channel": question.key.channel, "timestamp": question.key.message, "name": "eyes"}

        async def put_on() -> None:
            if pane is not None and await pane.show_status():
                return
            with settled("a reaction", "already_reacted"):
                await live.web.reactions_add(**marked)

        async def take_off() -> None:
            if pane is not None and await pane.clear_status():
                return
            with settled("a reaction", "no_reaction", "message_not_found"):
                await live.web.reactions_remove(**marked)

        return WithEyes(reply, put_on, take_off)

    async def notify(self, user: str, text: str, offers: Sequence[Offer] = ()) -> None:
        async def send(live: Workspace) -> None:
            with explained("a direct message"):
                channel = (await live.web.conversations_open(users=user))["channel"]["id"]
                for message in render.messages(text, [render.offer_buttons(offers)] if offers else []):
                    await live.web.chat_postMessage(
                        channel=channel,
                        text=message.text,
                        blocks=message.blocks,
                        unfurl_links=False,
                        unfurl_media=False,
                    )

        await self._where_known(send)

    async def post_note(self, place: NotePlace, note: Note, *, look_first: bool = False) -> str:
        return await self._where_known(lambda live: notes.post_note(live.web, place, note, look_first=look_first))

    async def edit_note(self, place: NotePlace, note: Note) -> None:
        await self._where_known(lambda live: notes.edit_note(live.web, place, note))

    async def ask_why(self, question: Question, answer_id: int, user: str) -> None:
        language = question.language
        asked = render.asking_why(notices.WHAT_WAS_WRONG.of(language), answer_id, language)
        await self._whisper_about(question, user, asked)

    async def ask_to_rate(self, question: Question, answer_id: int) -> None:
        language = question.language
        asked = render.asking_to_rate(notices.RATE_THIS.of(language), answer_id, language)
        await self._whisper_about(question, question.author, asked)

    async def _whisper_about(self, question: Question, user: str, message: render.Message) -> None:
        live = await self._of(question.key.workspace)
        await notes.whisper(live.web, question.key.channel, question.thread, user, message)

    def threaded(self, question: Question) -> bool:
        return not question.private and not question.key.channel.startswith("D")

    async def _where_known(self, send: Callable[[Workspace], Awaitable[T]]) -> T:
        """Send in the workspace that knows the person or channel; an id does not say which one that is."""
        refused: SlackError = SlackError("No Slack workspace has installed me.", "Install the app.")
        for workspace in self._all():
            try:
                return await send(workspace)
            except SlackError as error:
                refused = error
        raise refused

    async def describe(self, question: Question) -> tuple[str, str]:
        live = await self._of(question.key.workspace)
        names = await live.people.names({question.author})
        name = names.get(question.author, question.author)
        if not self.threaded(question):
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
        self._presses.listen(app)
        app.event("assistant_thread_started")(self._on_pane)
        app.action(re.compile(rf"{render.CHOICE}\d"))(self._on_choice)
        app.action(render.SHOW)(self._on_show)
        app.shortcut(ASK_ABOUT)(self._on_ask_about)
        app.event("app_uninstalled")(self._on_uninstalled)
        app.event("tokens_revoked")(self._on_revoked)
        app.event("member_joined_channel")(self._on_joined)
        app.command("/ask")(self._on_ask)
        app.command("/reindex")(self._on_reindex)
        app.command("/knowledge")(self._on_knowledge)
        app.command("/export")(self._on_export)
        app.command("/stats")(self._on_stats)
        app.command("/why")(self._on_why)
        app.command("/forget")(self._on_forget)
        app.command("/tune")(self._on_tune)
        app.action(re.compile(rf"{render.OFFER}\w+"))(self._on_offer)
        app.shortcut("why")(self._on_why_shortcut)
        app.action(render.FORGET)(self._on_forget_button)
        app.action(render.FORGET_ME)(self._on_forget_me)
        app.action(render.REFRESH)(self._on_home_button)
        app.event("app_home_opened")(self._on_home)
        ChannelSetup(
            Dialogue(self._desk.channels),
            lambda body, channel: ChannelKey(self.name, self._connected(hearing.team(body)).team, channel),
            lambda body, user, among: self._connected(hearing.team(body)).people.groups(user, among),
            self._handle,
            self._teller,
        ).listen(app)
        app.event(re.compile(""))(_ignore)  # last: an event that is not acknowledged comes again

    async def _on_uninstalled(self, body: Event) -> None:
        await self._handle(self._all().end(hearing.team(body), UNINSTALLED), None)

    async def _on_revoked(self, event: Event, body: Event) -> None:
        if (event.get("tokens") or {}).get("bot"):
            await self._handle(self._all().end(hearing.team(body), REVOKED), None)

    async def _on_message(self, event: Event, body: Event) -> None:
        if ts := hearing.deleted(event):
            key = self._key(event["channel"], ts, hearing.team(body))
            await self._handle(self._desk.withdraw(key), None)
        elif edited := hearing.edited(event):
            live = self._connected(hearing.team(body))
            if hearing.is_post(edited, live.bot_user, self._settings.slack.bots):
                await self._handle(self._edit(live, dict(edited), body), self._apologizer(live, edited))
        else:
            await self._on_post(event, body)

    async def _on_post(self, event: Event, body: Event) -> None:
        live = self._connected(hearing.team(body))
        await self._handle(self._hear(live, event, body), self._apologizer(live, event))

    async def _hear(self, live: Workspace, event: Event, body: Event, *, missed: bool = False) -> None:
        if not hearing.is_dated(event):
            return
        place = Place(self.name, live.team, event["channel"])
        with self._desk.cursors.hearing(place, event["ts"]):
            if not hearing.is_post(event, live.bot_user, self._settings.slack.bots):
                return
            question, groups = await self._question(live, event, body)
            if not missed:
                self._heard_live.append(question.key)
            mentioned = hearing.people(str(event.get("text") or ""))
            heard = await self._desk.hear(
                question,
                addressed=hearing.is_addressed(event, live.bot_user),
                direct=hearing.is_direct(event),
                groups=groups,
                for_others=bool(mentioned - {live.bot_user}) or "<!subteam^" in str(event.get("text")),
                look_up=live.people.looking_up(question.author),
                files=bool(event.get("files")),
                bot=hearing.by_bot(event),
                missed=missed,
            )
        replies = question.thread != question.key.message
        if replies and heard.outcome is Hearing.IGNORED and not missed and self._desk.cursors.is_held(place):
            self._early.setdefault(place, deque(maxlen=MAX_EARLY)).append((event, body))
        # A mention comes as two events; the person is told once.
        if heard.sentence and question.key not in self._told_alone:
            self._told_alone.append(question.key)
            await self._whisper(live, question.key.channel, question.author, heard.sentence, event.get("thread_ts"))

    async def _edit(self, live: Workspace, event: Event, body: Event) -> None:
        question, groups = await self._question(live, event, body)
        await self._desk.edit(
            question,
            addressed=hearing.is_addressed(event, live.bot_user),
            direct=hearing.is_direct(event),
            groups=groups,
            bot=hearing.by_bot(event),
        )

    async def _question(self, live: Workspace, event: Event, body: Event) -> tuple[Question, list[str]]:
        """Return a post as a question, and the user groups of its author that count there.

        The thread of a message that was broadcast from it is that thread.
        """
        text = str(event.get("text") or "")
        direct = hearing.is_direct(event)
        author, outside = hearing.author(event), hearing.others_read(event, body, live.team)
        key = self._key(event["channel"], event["ts"], live.team)
        channel = await self._desk.channels.at(*key.place)
        private = channel.private and not direct
        scope, groups = await self._told(live, channel, author, private=private or direct, outside=outside)
        names = await live.people.names(hearing.people(text) - {live.bot_user})
        question = Question(
            key=key,
            text=hearing.plain(text, live.bot_user, names),
            author=author,
            thread=event.get("thread_ts") or event["ts"],
            scope=scope,
            private=private,
            asked_at=datetime.fromtimestamp(float(event["ts"]), UTC),
            edited_at=hearing.edited_at(event),
        )
        return question, groups

    # What was missed ----------------------------------------------------------------------------------------

    def _follow(self, workspace: Workspace) -> None:
        """Keep the cursor of a workspace as a whole."""
        self._desk.cursors.follow(self.name, workspace.team, _ts, LATE_S, lambda: not self.health())

    def _catch_up(self) -> None:
        """Look for what was said while nobody listened; called before anything comes over a new socket."""
        if self._workspaces is None or not self._settings.answering.catch_up_hours:
            return
        if self._catching_up is not None:  # from where it has come to the new one goes on
            self._catching_up.cancel()
        self._heard_live.clear()
        since = {live.team: self._desk.cursors.hold(self.name, live.team) for live in self._workspaces}
        self._catching_up = asyncio.create_task(
            self._look_back(self._workspaces, since, datetime.now(UTC)), name="slack-missed"
        )

    async def _look_back(self, workspaces: Workspaces, since: dict[str, dict[Place, str]], listening: datetime) -> None:
        """Look into each workspace from where it was left off, and again where that could not be done yet."""
        while since:
            for live in workspaces:
                if live.team not in since:
                    continue
                try:
                    since[live.team] = await self._look_since(live, since[live.team], listening)
                except FrontdeskError as error:
                    log.warning("What was said meanwhile in %s cannot be looked for yet: %s", live.name, error)
            since = {team: places for team, places in since.items() if places and workspaces.get(team)}
            if since:
                await asyncio.sleep(LOOKED_AGAIN_S)

    async def _look_since(self, live: Workspace, since: dict[Place, str], listening: datetime) -> dict[Place, str]:
        """Look into the channels of a workspace; return where it is to be looked again, as `since`.

        What became of a question asked while somebody was `listening` is heard; and Slack may not show it yet. As
        Slack's clock may be behind ours, those that came to this process are known by their keys as well.
        """
        cursors = self._desk.cursors

        async def hear(event: Event, body: Event) -> None:
            try:
                await self._hear(live, event, body, missed=True)
                if event.get("edited") and hearing.is_post(event, live.bot_user, self._settings.slack.bots):
                    await self._edit(live, event, body)
            except (DeliveryError, DatabaseError, SlackTokenError):
                raise
            except Exception as error:  # one message must not keep the others from being heard
                log.exception("The missed message %s is not taken: %s", event["ts"], error)

        async def threads(channel: str, hours: float, limit: int) -> list[str]:
            return await self._desk.recent_threads(self.name, live.team, channel, hours, limit)

        async def heard(channel: str, upto: str) -> None:
            place = Place(self.name, live.team, channel)
            if upto:
                cursors.catching_up(place, upto)
            else:
                cursors.caught_up(place)
                await self._judge_again(live, place)
            await self._desk.workers.save_cursors()

        workspace = since.get(Place(self.name, live.team), "")
        known = {place.channel: at for place, at in since.items() if place.workspace == live.team and place.channel}
        look = missed.Missed(
            live.web,
            self._paces[live.team],
            lambda channel: known.get(channel, workspace),
            threads,
            hear,
            heard,
            self._settings.answering.catch_up_hours,
            {live.bot_user, live.bot_id},
        )
        asked = await self._desk.last_asked(self.name, missed.MAX_AGAIN, live.team)
        again = await look.look(sorted(known, key=lambda channel: Decimal(known[channel]), reverse=True))
        left = {Place(self.name, live.team, channel): known.get(channel, workspace) for channel in again}
        for place, at in left.items():
            cursors.catching_up(place, at)
        cursors.release(self.name, live.team, left)
        for place in list(self._early):
            if place.workspace == live.team and not cursors.is_held(place):
                await self._judge_again(live, place)
        await look.look_again(
            [one for one in asked if one.asked_at and one.asked_at < listening and one.key not in self._heard_live],
            lambda question: self._desk.withdraw(question.key),
        )
        return left

    async def _judge_again(self, live: Workspace, place: Place) -> None:
        """Hear the replies once more that were not for us; what they reply to may have been found after them."""
        for event, body in self._early.pop(place, deque()):
            await self._hear(live, event, body)

    async def _on_pane(self, event: Event, body: Event) -> None:
        """Begin a conversation in Slack's assistant pane with what could be asked there.

        Bolt's own middleware for the pane would keep the edits and deletions of direct messages from us.
        """
        live = self._connected(hearing.team(body))
        told = event["assistant_thread"]
        channel, thread = told["channel_id"], told["thread_ts"]

        async def suggest() -> None:
            scope = await self._scope(live, channel, told["user_id"], private=True, outside=False)
            questions = await self._commands.suggestions(scope, assistant.PROMPTS, seed=thread)
            await assistant.suggest(live, channel, thread, questions, await self._language_in(live.team, channel))

        await self._handle(suggest(), None)

    async def _on_reaction(self, event: Event, body: Event) -> None:
        value = hearing.vote(event["reaction"])
        item = event.get("item") or {}
        live = self._connected(hearing.team(body))
        if value and item.get("type") == "message" and event.get("item_user", live.bot_user) == live.bot_user:
            await self._handle(self._react(live, event, item, value), None)

    async def _react(self, live: Workspace, event: Event, item: Event, value: int) -> None:
        if (await live.people.get(event["user"])).is_bot:
            return
        await self._desk.react(
            self._key(item["channel"], item["ts"], live.team),
            f"{self.name}:{event['user']}",
            value,
            added=event["type"] == "reaction_added",
        )

    async def _on_joined(self, event: Event, body: Event) -> None:
        live = self._connected(hearing.team(body))
        if event.get("user") == live.bot_user:
            await self._handle(self._greet(live, event), None)

    async def _greet(self, live: Workspace, event: Event) -> None:
        """Say what the channel's settings want said when the bot joins; once, however often the event comes."""
        joined_at = datetime.fromtimestamp(float(event["event_ts"]), UTC)
        key = ChannelKey(self.name, live.team, event["channel"])
        if greeting := await self._desk.channels.greeting(key, joined_at):
            await _post(live, event["channel"], greeting)

    async def _on_choice(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()

        async def choose() -> None:
            live = self._connected(hearing.team(body))
            answer, _, number = str(body["actions"][0].get("value", "")).partition(":")
            answer_id, choice = hearing.number(answer), hearing.number(number)
            if answer_id is None or choice is None:
                raise Told(notices.NO_QUESTION_OF_MINE)

            async def scope_here(asked: Question) -> Scope:
                # Whether others read along is not told here; what the scope was when it was asked still limits it.
                outside = hearing.others_read({"team": (body["user"].get("team_id") or live.team)}, body, live.team)
                return await self._scope(
                    live, asked.key.channel, asked.author, private=asked.private or direct, outside=outside
                )

            direct = body["channel"]["id"].startswith("D")
            heard = await self._desk.choose(
                answer_id,
                choice,
                body["user"]["id"],
                scope_here,
                direct=direct,
                route=hearing.route(body),
            )
            if heard.sentence:
                await tell(heard.sentence)
            if heard.outcome is Hearing.ACCEPTED and not (body.get("container") or {}).get("is_ephemeral"):
                await self._mark_choice(live, body)

        tell = self._teller(body)
        await self._handle(choose(), tell, body)

    async def _mark_choice(self, live: Workspace, body: Event) -> None:
        """Let everybody in the thread see which button was pressed; a courtesy."""
        post = body.get("message") or {}
        blocks = render.chosen(post.get("blocks") or [], body["actions"][0]["action_id"])
        with contextlib.suppress(FrontdeskError), explained("an edit"):
            await live.web.chat_update(
                channel=body["channel"]["id"], ts=post["ts"], text=post.get("text", ""), blocks=blocks
            )

    async def _on_show(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()

        async def show() -> None:
            live = self._connected(hearing.team(body))
            if (answer_id := hearing.number(body["actions"][0].get("value"))) is None:
                raise Told(notices.NO_ANSWER_OF_MINE)

            async def scope_here(asked: Question) -> Scope:
                outside = await live.people.others_read(asked.key.channel)
                return await self._scope(live, asked.key.channel, asked.author, private=False, outside=outside)

            async def place_for(asked: Question) -> tuple[str, dict[str, str]]:
                if about := asked.route.get("about") or (asked.thread if hearing.is_ts(asked.thread) else ""):
                    return about, {}
                names = await live.people.names({asked.author})
                head = render.messages(people.asking(names.get(asked.author, ""), asked.text, asked.language))[0]
                with explained("a message"):
                    told = await live.web.chat_postMessage(
                        channel=asked.key.channel,
                        text=head.text,
                        blocks=head.blocks,
                        unfurl_links=False,
                        unfurl_media=False,
                    )
                return str(told["ts"]), {}

            heard = await self._desk.show(answer_id, body["user"]["id"], scope_here, place_for)
            await tell(heard.sentence)

        tell = self._teller(body)
        await self._handle(show(), tell, body)

    async def _on_ask_about(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        """Answer what somebody else wrote, to the person who asks for it alone: the author did not ask a bot."""
        await ack()
        message = body["message"]
        ts = str(body.get("message_ts") or message["ts"])
        thread = message.get("thread_ts")
        route = {"about": str(thread or ts)} | ({"thread": str(thread)} if thread and thread != ts else {})
        asking = self._ask_privately(body, body["channel"]["id"], body["user"]["id"], message.get("text") or "", route)
        await self._handle(asking, self._teller(body), body)

    # Commands -----------------------------------------------------------------------------------------------

    async def _on_ask(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        text = body.get("text", "")
        asking = self._ask_privately(body, body["channel_id"], body["user_id"], text, {}, usage=notices.ASK_USAGE)
        await self._handle(asking, self._teller(body), body)

    async def _ask_privately(
        self, body: Event, channel: str, user: str, text: str, route: dict[str, str], usage: Words = notices.NO_WORDS
    ) -> None:
        """Take a question from a command or shortcut; `usage` is told where it has no words."""
        live = self._connected(hearing.team(body))
        names = await live.people.names(hearing.people(text) - {live.bot_user})
        words = people.words(hearing.plain(text, live.bot_user, names))
        if not words:
            await self._teller(body)(usage.of(await self._language_in(live.team, channel)))
            return
        # Neither has a `ts`; the trigger is as unique.
        key = self._key(channel, f"ask-{body['trigger_id']}", live.team)
        outside = (body.get("team_id") or (body.get("user") or {}).get("team_id") or live.team) != live.team
        place = await self._desk.channels.at(*key.place)
        scope, groups = await self._told(live, place, user, private=True, outside=outside)
        heard = await self._desk.hear(
            Question(
                key=key,
                text=words,
                author=user,
                thread=key.message,
                scope=scope,
                private=True,
                route={"response_url": body["response_url"]} | route,
            ),
            addressed=True,
            direct=channel.startswith("D"),
            groups=groups,
        )
        if heard.sentence:
            await self._teller(body)(heard.sentence)

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
            usage = notices.FORGET_USAGE.of(await self._language_in(hearing.team(body), body["channel_id"]))
            await tell(usage)
            return
        command = self._commands.forget(_actor(body), self._responder(body, public=False), "".join(named))
        await self._handle(command, tell, body)

    async def _on_tune(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        command = self._commands.tune(_actor(body), self._responder(body, public=False), body.get("text", ""))
        await self._handle(command, self._teller(body))

    async def _on_offer(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        """A button below what admins were told of an adapter; its id says what to do, its value with which one."""
        await ack()
        action = body["actions"][0]
        words = f"{action['action_id'].removeprefix(render.OFFER)} {action.get('value', '')}"
        command = self._commands.tune(_presser(body), self._responder(body, public=False), words)
        await self._handle(command, self._teller(body))

    async def _on_forget_button(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        user = str(body["actions"][0].get("value", ""))
        responder = self._responder(body, public=False)
        command = self._commands.forget(_presser(body), responder, user, confirmed=True)
        await self._handle(command, self._teller(body), body)

    async def _on_forget_me(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        """The button of the Home tab, where nothing can be told: the question comes as a direct message."""
        await ack()
        live, user = self._connected(hearing.team(body)), body["user"]["id"]
        responder = SlackResponder(live.web, live.session, channel=user, user=user, response_url="", public=True)
        command = self._commands.forget(_presser(body), responder)
        await self._handle(command, lambda text: self.notify(user, text), body)

    # The Home tab -------------------------------------------------------------------------------------------

    async def _on_home(self, event: Event, body: Event) -> None:
        if event.get("tab", "home") == "home":
            await self._handle(self._show_home(Actor(self.name, body["team_id"], "", event["user"])), None)

    async def _on_home_button(self, ack: Callable[[], Awaitable[Any]], body: Event) -> None:
        await ack()
        await self._handle(self._show_home(_presser(body)), None)

    async def _show_home(self, actor: Actor) -> None:
        state = await self._commands.state(actor) if self._commands.is_admin(actor) else ""
        view = render.home(state, await self._language_in(actor.workspace, ""))
        with explained("the Home tab"):
            await self._connected(actor.workspace).web.views_publish(user_id=actor.user, view=view)

    # Helpers ------------------------------------------------------------------------------------------------

    async def _language_in(self, team: str, channel: str) -> str:
        """Return the code of the language that people are told things in where nothing was asked yet."""
        return await self._desk.language_in(self.name, team, channel)

    async def _scope(self, live: Workspace, channel: str, user: str, *, private: bool, outside: bool) -> Scope:
        place = await self._desk.channels.at(self.name, live.team, channel)
        return (await self._told(live, place, user, private=private, outside=outside))[0]

    async def _told(
        self, live: Workspace, channel: Channel, user: str, *, private: bool, outside: bool
    ) -> tuple[Scope, list[str]]:
        """Return what a person may be told in a channel, and the user groups that count there."""
        named = [key.partition(":")[2] for key in self._settings.role_scopes if key.startswith(f"{self.name}:")]
        wanted = dict.fromkeys((*channel.groups, *(named if private and not outside else ())))
        groups = await live.people.groups(user, wanted)
        return self._desk.channels.scope(channel, roles=groups, private=private, outside=outside), groups

    async def _handle(
        self,
        work: Coroutine[Any, Any, None],
        tell: Callable[[str], Awaitable[None]] | None,
        body: Event | None = None,
    ) -> None:
        """Do what an event asks for; what goes wrong is logged and, with `tell`, told to the person.

        That is in the language of the channel that `body` comes from.
        """

        async def language() -> str:
            if body is None:
                return "en"
            channel = body.get("channel_id") or (body.get("channel") or {}).get("id") or ""
            return await self._language_in(hearing.team(body), channel)

        task = asyncio.ensure_future(work)
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)
        try:
            await task
        except FrontdeskError as error:
            log.warning("%s", error)
            sentence = await told_of(error, language)
        except Exception as error:
            log.exception("What somebody did in Slack ended in an unforeseen error")
            sentence = await told_of(error, language)
        else:
            return
        if tell is not None:
            with contextlib.suppress(FrontdeskError):
                await tell(sentence)

    def _all(self) -> Workspaces:
        if self._workspaces is None:
            raise DeliveryError("Slack is not connected.", "It will be tried again.")
        return self._workspaces

    def _connected(self, team: str) -> Workspace:
        """Return the workspace that something of it came from. Raises SlackError for one that is not ours."""
        if (workspace := self._all().get(team)) is None:
            raise SlackError(f"I am not installed in the Slack workspace {team}.")
        return workspace

    async def _of(self, team: str) -> Workspace:
        await self._all().find(team)
        return self._connected(team)

    def _is_ours(self, question: Question) -> Callable[[str], Awaitable[bool]]:
        async def is_ours(post: str) -> bool:
            return await self._desk.is_ours(replace(question.key, message=post))

        return is_ours

    def _key(self, channel: str, message: str, team: str) -> MessageKey:
        return MessageKey(self.name, self._connected(team).team, channel, message)

    def _responder(self, body: Event, *, public: bool) -> SlackResponder:
        live = self._connected(hearing.team(body))
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
            live = self._connected(hearing.team(body))
            await tell_alone(
                live.web, live.session, user, body["response_url"], message.text, message.blocks, thread=thread
            )

        user = body["user_id"] if "user_id" in body else body["user"]["id"]
        thread = hearing.thread(body)
        return tell

    def _apologizer(self, live: Workspace, event: Mapping[str, Any]) -> Callable[[str], Awaitable[None]] | None:
        """Return what tells the author of a post that it is not taken, once; None where it is not meant for us."""
        if not hearing.is_dated(event) or not hearing.is_post(event, live.bot_user) or hearing.by_bot(event):
            return None
        if not hearing.is_addressed(event, live.bot_user):
            return None
        key = self._key(event["channel"], event["ts"], live.team)
        sentence = notices.NOT_TAKEN.of(spoken(text=hearing.plain(str(event.get("text") or ""), live.bot_user, {})))

        async def tell(_why: str) -> None:
            if key not in self._told_alone:
                self._told_alone.append(key)
                await self._whisper(live, key.channel, event["user"], sentence, event.get("thread_ts"))

        return tell

    async def _whisper(self, live: Workspace, channel: str, user: str, text: str, thread: str | None) -> None:
        message = render.messages(text)[0]
        with explained("a private message"):
            await live.web.chat_postEphemeral(
                channel=channel, user=user, text=message.text, blocks=message.blocks, thread_ts=thread
            )


def _authorize(workspaces: Workspaces) -> Callable[..., Awaitable[Any]]:
    """Return what tells Bolt who we are where something happened: nobody where we are not installed."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        if (workspace := await workspaces.find(team_id or "")) is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=workspace.team,
            bot_token=workspace.token,
            bot_user_id=workspace.bot_user,
            bot_id=workspace.bot_id,
        )

    return authorize


def _ts(seconds_ago: float) -> str:
    return f"{time.time() - seconds_ago:.6f}"


async def _ignore() -> None:
    """Take an event that says nothing to us."""


def _actor(body: Event) -> Actor:
    return Actor(NAME, body["team_id"], body["channel_id"], body["user_id"])


def _presser(body: Event) -> Actor:
    """Return who pressed a button or chose a shortcut; in the Home tab there is no channel."""
    return Actor(NAME, hearing.team(body), (body.get("channel") or {}).get("id", ""), body["user"]["id"])


async def _post(live: Workspace, channel: str, text: str) -> None:
    with explained("a note"):
        for message in render.messages(text):
            await live.web.chat_postMessage(
                channel=channel, text=message.text, blocks=message.blocks, unfurl_links=False, unfurl_media=False
            )
