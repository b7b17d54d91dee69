"""What people on Discord see, with the real desk and inbox behind it and a scripted answer in place of the model."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import client, replies
from adapters.discord.installation import check_token
from adapters.discord.platform import DiscordPlatform
from bot.admins import Admins
from bot.channels.resolve import Channels
from bot.channels.store import ChannelStore
from bot.commands import Commands
from bot.curation import Curation
from bot.desk import Desk
from bot.feedback import Feedback
from bot.handovers import Handovers
from bot.inbox import Inbox
from bot.library import Library, Progress
from bot.messages import (
    Answer,
    AnswerEvent,
    Choice,
    Citation,
    Conversation,
    Finished,
    MessageKey,
    Partial,
    Question,
    Searching,
    Status,
    Turn,
)
from bot.privacy import Privacy
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.handovers import HandoverStore
from bot.storage.ratings import Ratings
from bot.tuning.promotions import Promotions
from bot.tuning.registry import Base, Registry
from bot.wording import notices
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError
from knowledge.reindex import ReindexReport
from knowledge.state import KnowledgeStatus
from tests.discord_server import FOLLOW_UP_S, DiscordServer

JSON = dict[str, Any]
RETURNS = Citation(1, "returns.md", "Returns", "https://help.example/returns", "Refunds > EU", "within 5 days")


class Script:
    """Answers every question with `text`, grown in three steps; `go` holds it back before the last."""

    def __init__(self) -> None:
        self.text = "Refunds take **5 days** [1]."
        self.asked: list[Question] = []
        self.conversations: list[Conversation] = []
        self.go = asyncio.Event()
        self.go.set()
        self.ends: dict[str, Answer] = {}
        """What a question ends in, by its text, where that is something else."""

    def disliked(self, answer: Answer) -> None: ...

    async def answer(self, question: Question, conversation: Conversation) -> AsyncGenerator[AnswerEvent, None]:
        self.asked.append(question)
        self.conversations.append(conversation)
        yield Searching()
        if not question.text:
            yield Finished(Answer(Status.CLARIFY, "What would you like to know?"))
            return
        if question.text in self.ends:
            yield Finished(self.ends[question.text])
            return
        for share in (3, 2):
            yield Partial(self.text[: len(self.text) // share])
            await asyncio.sleep(0.12)
        await self.go.wait()
        prompt = (Turn("system", "Refunds take 5 days."), Turn("user", question.text))
        yield Finished(Answer(Status.ANSWERED, self.text, (RETURNS,), prompt=prompt))


class Bot:
    """One process of Frontdesk: everything but the model. Several may share a folder, one after the other."""

    def __init__(self, server: DiscordServer, folder: Path, script: Script, admin: JSON, **discord: object) -> None:
        self.settings = Settings(
            data_dir=folder,
            admins=[f"discord:{admin['id']}"],
            discord={"token": server.token, "api_url": server.api_url} | discord,
        )
        self.script = script
        self.working = True
        self.version = 7
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def start(self) -> None:
        self.database = Database(self.settings.database_url)
        await self.database.migrate()
        inbox = Inbox(self.database, clock=self.clock)
        self.ratings = Ratings(self.database)
        self.channels = Channels(self.settings, ChannelStore(self.database))
        self.curation = Curation(self.database)
        handovers = Handovers(self.settings, HandoverStore(self.database), inbox, channels=self.channels)
        feedback = Feedback(self.ratings, self.curation)
        self.desk = Desk(self.settings, inbox, feedback, handovers, self.script, retry_s=0.05, channels=self.channels)
        promotions = Promotions(Registry(self.settings.tuning_path), Base)
        commands = Commands(self.settings, self.database, cast(Library, self), promotions=promotions)
        self.platform = DiscordPlatform(self.settings, self.desk, commands)
        await self.platform.start()
        self.desk.attach(self.platform)
        if self.working:
            await self.desk.workers.start()

    async def stop(self) -> None:
        await self.desk.workers.stop()
        await self.platform.stop()
        await self.database.close()

    async def reindex(self, source: str | None, progress: Progress, *, accept_loss: bool = False) -> ReindexReport:
        progress("embedding", 1, 2)
        await asyncio.sleep(0.1)
        return ReindexReport(version=7, documents=3, passages=9, added=2, changed=1, removed=0, skipped=(), seconds=0.1)

    async def status(self) -> KnowledgeStatus:
        return KnowledgeStatus(self.version, datetime.now(UTC), 3, 9, "MiniLM", "English", 0, 0, None, ())

    async def votes(self) -> tuple[int, int]:
        totals = await self.ratings.totals()
        return totals.up, totals.down

    async def settled(self) -> None:
        """Wait until every question counts as delivered: its post is finished a moment before."""
        async with asyncio.timeout(20):
            while await Inbox(self.database).pending():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def until_votes(self, up: int, down: int) -> None:
        async with asyncio.timeout(20):
            while await self.votes() != (up, down):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


class World:
    """A Discord server with two people, two channels and the bot."""

    def __init__(self, server: DiscordServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.ada = server.world.add_user("ada")
        self.grace = server.world.add_user("grace")
        self.support = server.world.add_channel("support")
        self.script = Script()
        self.bots: list[Bot] = []

    @property
    def bot(self) -> Bot:
        return self.bots[-1]

    async def bring_up(self, *, working: bool = True, hours_later: int = 0, **discord: object) -> Bot:
        bot = Bot(self.server, self.folder, self.script, self.grace, **discord)
        bot.working = working
        bot.clock = lambda: datetime.now(UTC) + timedelta(hours=hours_later)
        self.bots.append(bot)
        await bot.start()
        return bot

    async def ask(self, text: str = "How long do refunds take?") -> JSON:
        return await self.server.say(self.ada, self.support, text, mention=True)

    async def answered(self, question: JSON) -> JSON:
        """Return the one message that answers a question, once it has its buttons."""
        return await self.server.until(lambda: self._finished(question))

    def _finished(self, question: JSON) -> JSON:
        posts = self.server.posts(self.server.thread_on(question))
        if len(posts) != 1 or not posts[0]["components"]:
            raise LookupError
        return posts[0]

    def forget(self, thread: JSON) -> None:
        """Let the bot not know a thread any more, as one that was archived."""
        guild = self.bot.platform._client.get_guild(int(self.server.world.guild_id))
        assert guild is not None
        del guild._threads[int(thread["id"])]

    def of_bot(self, channel: JSON) -> list[str]:
        return [post["content"] for post in self.server.posts(channel)]


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(replies, "EDIT_INTERVAL_S", 0.05)
    monkeypatch.setattr(client, "GUILDS_WITHIN_S", 0.05)
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    server = DiscordServer()
    await server.start()
    world = World(server, tmp_path)
    yield world
    for bot in world.bots:
        await bot.stop()
    await server.stop()


async def settle() -> None:
    """Leave time for what must not happen."""
    await asyncio.sleep(0.4)


# Hearing and answering ----------------------------------------------------------------------------------------


async def test_a_mention_is_answered_in_a_thread_that_grows_and_ends_with_sources_and_buttons(world: World) -> None:
    await world.bring_up()
    question = await world.ask()
    post = await world.answered(question)
    thread = world.server.thread_on(question)
    assert thread["name"] == "How long do refunds take?"
    assert post["content"] == (
        "Refunds take **5 days** [1].\n\n**Sources**\n[1] [Returns](<https://help.example/returns>) › Refunds › EU"
    )
    assert [button["label"] for button in post["components"][0]["components"]] == [
        "Helpful",
        "Not helpful",
        "Talk to a person",
    ]
    grown = world.server.contents(post)
    assert grown[0] == "Looking that up …"
    assert any(len(one) < 20 for one in grown[1:])
    assert world.of_bot(world.support) == []
    assert world.script.asked[0].text == "How long do refunds take?"


async def test_a_follow_up_in_the_thread_needs_no_mention_and_continues_the_conversation(world: World) -> None:
    await world.bring_up()
    question = await world.ask()
    await world.answered(question)
    thread = world.server.thread_on(question)
    await world.server.say(world.ada, thread, "And in the EU?")
    await world.server.until(
        lambda: len(world.server.posts(thread)) == 2 and world.server.posts(thread)[1]["components"]
    )
    assert [turn.content for turn in world.script.conversations[1].turns] == [
        "How long do refunds take?",
        "Refunds take **5 days** [1].",
    ]


async def test_a_direct_message_is_answered_there(world: World) -> None:
    await world.bring_up()
    await world.server.direct(world.ada, "How long do refunds take?")
    dm = world.server.world.dm(world.ada)
    await world.server.until(lambda: world.server.posts(dm)[0]["components"])
    assert world.of_bot(dm)[0].startswith("Refunds take")


async def test_chatter_bots_and_mentions_of_everybody_are_left_alone(world: World) -> None:
    await world.bring_up()
    robot = world.server.world.add_user("robot", bot=True)
    thread = await world.server.open_thread(world.ada, world.support, "among people")
    await world.server.say(world.ada, world.support, "How long do refunds take?")
    await world.server.say(world.ada, world.support, "@everyone refunds?")
    await world.server.say(world.ada, thread, "what do you think?")
    await world.server.say(robot, world.support, "refunds?", mention=True)
    await settle()
    assert world.script.asked == []
    assert world.of_bot(world.support) == world.of_bot(thread) == []


async def test_mentions_of_others_reach_the_model_as_names(world: World) -> None:
    await world.bring_up()
    question = await world.ask(f"does <@{world.grace['id']}> decide in <#{world.support['id']}>?")
    await world.answered(question)
    assert world.script.asked[0].text == "does @Grace decide in #support?"


async def test_an_empty_mention_gets_a_question_back_and_no_buttons(world: World) -> None:
    await world.bring_up()
    question = await world.ask("")
    await world.server.until(lambda: world.of_bot(world.server.thread_on(question)) == ["What would you like to know?"])
    assert world.server.posts(world.server.thread_on(question))[0]["components"] == []


async def test_a_mention_of_the_bots_own_role_is_one_of_the_bot(world: World) -> None:
    role = world.server.world.add_bot_role()
    await world.bring_up()
    question = await world.server.say(world.ada, world.support, f"<@&{role}> how long do refunds take?")
    await world.answered(question)
    assert world.script.asked[0].text == "how long do refunds take?"


@pytest.mark.parametrize("marks", [", ", ": ", " ; "])
async def test_marks_after_the_mention_are_no_part_of_the_question(world: World, marks: str) -> None:
    await world.bring_up()
    mention = f"<@{world.server.world.bot['id']}>"
    question = await world.server.say(world.ada, world.support, f"{mention}{marks}how long do refunds take?")
    await world.answered(question)
    assert world.script.asked[0].text == "how long do refunds take?"
    assert world.server.thread_on(question)["name"] == "how long do refunds take?"


async def test_marks_before_the_first_word_are_part_of_it_where_no_mention_went_before(world: World) -> None:
    await world.bring_up()
    await world.answered(question := await world.ask())
    thread = world.server.thread_on(question)
    await world.server.say(world.ada, thread, ":D and in the EU?")
    await world.server.until(lambda: len(world.script.asked) == 2)
    assert world.script.asked[1].text == ":D and in the EU?"


async def test_an_emoji_after_the_mention_stays_whole(world: World) -> None:
    await world.bring_up()
    await world.answered(await world.ask("<:parcel:123456789012345678> where is it?"))
    assert world.script.asked[0].text == ":parcel: where is it?"


async def test_a_reply_in_a_thread_is_a_follow_up_though_discord_pings_the_bot_for_it(world: World) -> None:
    await world.bring_up()
    question = await world.ask()
    post = await world.answered(question)
    await world.server.say(world.ada, world.server.thread_on(question), "And in the EU?", reply_to=post)
    await world.server.until(lambda: len(world.script.asked) == 2)
    assert not world.script.asked[1].addressed


async def test_a_reply_among_people_in_a_thread_is_none_to_the_bot(world: World) -> None:
    await world.bring_up()
    thread = await world.server.open_thread(world.ada, world.support, "among people")
    greeting = world.server.world.write(thread, world.server.world.bot, "Hello")
    await world.server.say(world.ada, thread, "what do you think?", reply_to=greeting)
    await settle()
    assert world.script.asked == []


async def test_a_reply_to_an_answer_is_answered_though_what_was_asked_there_is_deleted(world: World) -> None:
    bot = await world.bring_up()
    question = await world.ask()
    post = await world.answered(question)
    thread = world.server.thread_on(question)
    await bot.settled()
    later = Privacy(bot.database, clock=lambda: datetime.now(UTC) + timedelta(days=31))
    assert await later.expire(30) == 1
    await world.server.say(world.grace, thread, "nobody else knows?")
    await world.server.say(world.grace, thread, f"<@{world.ada['id']}> do you?", reply_to=post)
    await world.server.say(world.ada, thread, "And in the EU?", reply_to=post)
    await world.server.until(lambda: len(world.server.posts(thread)) == 2 and posted(world, thread)[1])
    await settle()
    assert [one.text for one in world.script.asked] == ["How long do refunds take?", "And in the EU?"]


async def test_outside_of_threads_a_reply_to_an_answer_goes_on_with_it(world: World) -> None:
    narrow = world.server.world.add_channel("narrow", deny=["CREATE_PUBLIC_THREADS"])
    await world.bring_up()
    await world.server.say(world.ada, narrow, "refunds?", mention=True)
    answer = await world.server.until(lambda: world.server.posts(narrow)[0])
    await world.server.say(world.ada, narrow, "And in the EU?", reply_to=answer)
    await world.server.until(lambda: len(world.script.asked) == 2)
    assert world.script.asked[1].text == "And in the EU?" and world.script.asked[1].addressed


async def test_what_is_said_to_somebody_else_in_a_thread_is_left_to_them(world: World) -> None:
    role = world.server.world.add_role("agents", world.grace)
    await world.bring_up()
    question = await world.ask()
    await world.answered(question)
    thread = world.server.thread_on(question)
    said = await world.server.say(world.grace, thread, f"<@{world.ada['id']}> can you check your order?")
    await world.server.say(world.ada, thread, "Is it late?", reply_to=said)
    await world.server.say(world.ada, thread, f"<@&{role}> can you help?")
    await settle()
    assert len(world.script.asked) == 1
    own = await world.server.say(world.ada, thread, "And in the EU?")
    await world.server.until(lambda: len(world.script.asked) == 2)
    await world.server.say(world.ada, thread, "I mean Norway?", reply_to=own)
    await world.server.until(lambda: len(world.script.asked) == 3)


async def test_a_file_without_words_is_no_follow_up_and_told_about_where_the_bot_is_mentioned(world: World) -> None:
    await world.bring_up()
    question = await world.ask()
    await world.answered(question)
    picture = {"id": "1", "filename": "shoe.png", "size": 9, "url": "https://cdn.example/1", "proxy_url": "https://x"}
    await world.server.say(world.ada, world.server.thread_on(question), "", attachments=[picture])
    await settle()
    assert len(world.script.asked) == 1
    shown = await world.server.say(world.ada, world.support, "", mention=True, attachments=[picture])
    told = f"What would you like to know?\n\n{notices.ONLY_TEXT.en}"
    await world.server.until(lambda: world.of_bot(world.server.thread_on(shown)) == [told])


async def test_a_message_in_a_thread_that_cannot_be_looked_up_for_some_seconds_is_answered_then(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LOOK_UP_PAUSES_S", (0.1, 0.2, 0.2))
    await world.bring_up()
    question = await world.ask()
    await world.answered(question)
    thread = world.server.thread_on(question)
    world.forget(thread)
    world.server.fail_next(3, 503, method="GET", path=f"/channels/{thread['id']}$")
    await world.server.say(world.ada, thread, "And in the EU?", mention=True)
    await world.server.until(lambda: len(world.script.asked) == 2)
    assert world.of_bot(world.server.world.dm(world.ada)) == []


@pytest.mark.parametrize(("status", "answered"), [(503, True), (404, False)])
async def test_a_message_in_a_thread_that_cannot_be_looked_up_is_only_dropped_where_the_thread_is_gone(
    world: World, monkeypatch: pytest.MonkeyPatch, status: int, answered: bool
) -> None:
    monkeypatch.setattr(client, "LATE_S", 0.0)
    monkeypatch.setattr(client, "LOOK_UP_PAUSES_S", ())
    await world.bring_up()
    question = await world.ask()
    await world.answered(question)
    thread = world.server.thread_on(question)
    world.forget(thread)
    world.server.fail_next(5, status, method="GET", path=f"/channels/{thread['id']}$")
    await world.server.say(world.ada, thread, "And in the EU?")
    await settle()
    assert len(world.script.asked) == 1
    world.server.rest.faults.clear()
    await world.bot.stop()
    await world.bring_up()
    if answered:
        await world.server.until(lambda: len(world.script.asked) == 2)
    else:
        await settle()
        assert len(world.script.asked) == 1


async def test_a_channel_that_is_not_allowed_is_told_privately(world: World) -> None:
    lounge = world.server.world.add_channel("lounge")
    await world.bring_up(channels=[world.support["id"]])
    await world.server.say(world.ada, lounge, "refunds?", mention=True)
    dm = world.server.world.dm(world.ada)
    await world.server.until(lambda: world.of_bot(dm) == [notices.DENIED_CHANNEL.en])
    assert world.of_bot(lounge) == []
    await world.answered(await world.ask())


async def test_who_takes_no_direct_messages_is_told_without_a_ping(world: World) -> None:
    lounge = world.server.world.add_channel("lounge")
    world.server.world.closed_dms.add(world.ada["id"])
    await world.bring_up(channels=[world.support["id"]])
    await world.server.say(world.ada, lounge, "refunds?", mention=True)
    [post] = await world.server.until(lambda: world.server.posts(lounge))
    assert post["content"] == notices.DENIED_CHANNEL.en
    assert post["mentions"] == []


async def test_without_the_permission_for_threads_the_answer_is_a_reply_in_the_channel(world: World) -> None:
    narrow = world.server.world.add_channel("narrow", deny=["CREATE_PUBLIC_THREADS"])
    await world.bring_up()
    question = await world.server.say(world.ada, narrow, "refunds?", mention=True)
    await world.server.until(lambda: world.server.posts(narrow)[0]["components"])
    [post] = world.server.posts(narrow)
    assert post["message_reference"]["message_id"] == question["id"]
    assert post["mentions"] == []


async def test_where_the_bot_may_not_write_nothing_else_is_held_up(world: World) -> None:
    silent = world.server.world.add_channel("silent", deny=["CREATE_PUBLIC_THREADS", "SEND_MESSAGES"])
    await world.bring_up()
    await world.server.say(world.ada, silent, "refunds?", mention=True)
    await world.answered(await world.ask())
    assert world.of_bot(silent) == []


async def test_a_deleted_question_is_not_answered_and_leaves_nothing(world: World) -> None:
    await world.bring_up()
    world.script.go.clear()
    question = await world.ask()
    thread = await world.server.until(lambda: world.server.thread_on(question))
    await world.server.until(lambda: world.of_bot(thread) and world.script.asked)
    await world.server.delete(question)
    await world.server.until(lambda: not world.of_bot(thread))
    world.script.go.set()
    await settle()
    assert world.of_bot(thread) == []


async def test_a_question_deleted_while_the_first_post_is_under_way_leaves_nothing_either(world: World) -> None:
    await world.bring_up()
    world.server.delay_next(0.3, method="POST", path="/messages$")
    question = await world.ask()
    thread = await world.server.until(lambda: world.server.thread_on(question))
    await world.server.until(lambda: world.of_bot(thread))
    await world.server.delete(question)
    await world.server.until(lambda: not world.of_bot(thread))
    await settle()
    assert world.of_bot(thread) == []


async def test_an_answer_of_8000_characters_arrives_whole_in_messages_with_closed_code_blocks(world: World) -> None:
    world.script.text = "\n\n".join(["Word after word. " * 60, "```py\n" + "print('refund')\n" * 70 + "```"] * 4)
    assert len(world.script.text) > 8000
    await world.bring_up()
    question = await world.ask()
    thread = await world.server.until(lambda: world.server.thread_on(question))
    await world.server.until(lambda: world.server.posts(thread)[-1]["components"])
    posts = world.server.posts(thread)
    shown = "\n".join(post["content"] for post in posts)
    assert shown.count("print('refund')") == 280
    assert shown.count("Word after word.") == 240
    assert all(post["content"].count("```") % 2 == 0 for post in posts)
    assert [bool(post["components"]) for post in posts] == [False] * (len(posts) - 1) + [True]
    await world.server.react(world.ada, posts[1], "👍")
    await world.bot.until_votes(1, 0)


async def test_nothing_in_an_answer_pings_or_previews(world: World) -> None:
    world.script.text = f"Ask @everyone or <@{world.grace['id']}> at https://help.example"
    await world.bring_up()
    post = await world.answered(await world.ask())
    assert post["mentions"] == []
    assert not post["mention_everyone"]
    assert world.server.world.may_ping == []
    assert "<https://help.example>" in post["content"]


# When things go wrong -----------------------------------------------------------------------------------------


async def test_an_event_delivered_twice_is_answered_once(world: World) -> None:
    await world.bring_up()
    question = await world.ask()
    await world.server.gateway.redeliver()
    post = await world.answered(question)
    await world.server.gateway.dispatch("MESSAGE_CREATE", world.server.rest.event(world.support, question))
    await settle()
    assert world.server.posts(world.server.thread_on(question)) == [post]
    assert len(world.script.asked) == 1


async def test_what_is_said_while_the_connection_is_down_is_answered_after_the_resume(world: World) -> None:
    await world.bring_up()
    await world.server.gateway.drop()
    question = await world.ask()
    await world.answered(question)
    assert world.server.gateway.resumed == 1
    assert world.bot.platform.health() == ""


async def test_a_reconnect_asked_for_by_discord_loses_nothing(world: World) -> None:
    await world.bring_up()
    await world.server.gateway.ask_to_reconnect()
    await world.answered(await world.ask())
    assert world.server.gateway.resumed == 1


async def test_what_is_said_while_a_session_is_lost_is_found_and_answered_once(world: World) -> None:
    await world.bring_up()
    earlier = await world.ask("Before?")
    await world.answered(earlier)
    await world.server.gateway.invalidate()
    missed = await world.ask("Meanwhile?")
    follow_up = await world.server.say(world.ada, world.server.thread_on(earlier), "And this?")
    await world.answered(missed)
    await world.server.until(lambda: len(world.script.asked) == 3)
    await settle()
    assert world.server.gateway.identified == 2
    assert [one.key.message for one in world.script.asked].count(follow_up["id"]) == 1
    assert len(world.script.asked) == 3


@pytest.mark.parametrize("status", [429, 500])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_refused_posts_and_edits_end_in_one_whole_answer(world: World, status: int, method: str) -> None:
    await world.bring_up()
    world.server.fail_next(1, status, method=method, path="/messages")
    question = await world.ask()
    post = await world.answered(question)
    await settle()
    assert world.server.posts(world.server.thread_on(question)) == [post]
    assert post["content"].startswith("Refunds take **5 days** [1].")


async def test_a_post_whose_confirmation_was_lost_is_not_shown_twice(world: World) -> None:
    await world.bring_up()
    world.server.fail_next(1, 503, method="POST", path="/messages$", after=True)
    question = await world.ask()
    post = await world.answered(question)
    assert world.server.posts(world.server.thread_on(question)) == [post]


async def test_edits_faster_than_discord_allows_still_end_with_the_whole_answer(world: World) -> None:
    world.server.rest.edit_limit = (1, 0.5)
    await world.bring_up()
    post = await world.answered(await world.ask())
    assert post["content"].startswith("Refunds take **5 days** [1].")


async def test_a_question_accepted_before_a_crash_is_answered_after_the_restart(world: World) -> None:
    await world.bring_up(working=False)
    question = await world.ask()
    await world.server.until(lambda: world.server.gateway.sessions)
    await settle()
    await world.bots.pop().stop()
    await world.bring_up()
    await world.answered(question)
    assert len(world.script.asked) == 1


async def test_a_crash_in_the_middle_of_an_answer_leads_to_one_answer_in_the_same_post(world: World) -> None:
    await world.bring_up()
    world.script.go.clear()
    question = await world.ask()
    thread = await world.server.until(lambda: world.server.thread_on(question))
    begun = (await world.server.until(lambda: world.script.asked and world.server.posts(thread)))[0]
    world.bot.script = world.script = Script()  # the first bot hangs for good, its claim runs out
    await world.bring_up(hours_later=1)
    post = await world.answered(question)
    assert post["id"] == begun["id"]


async def test_a_post_deleted_by_a_moderator_is_posted_anew(world: World) -> None:
    await world.bring_up()
    world.script.go.clear()
    question = await world.ask()
    thread = await world.server.until(lambda: world.server.thread_on(question))
    [begun] = await world.server.until(lambda: world.script.asked and world.server.posts(thread))
    await world.server.delete(begun)
    world.script.go.set()
    assert (await world.answered(question))["id"] != begun["id"]


# Ratings ------------------------------------------------------------------------------------------------------


async def test_a_long_answer_whose_first_post_was_deleted_is_told_in_order(world: World) -> None:
    bot = await world.bring_up()
    world.script.text = "\n\n".join(f"Paragraph {n}: " + "word " * 40 for n in range(20))
    question = await world.ask()
    thread = await world.server.until(lambda: world.server.thread_on(question))

    def told() -> list[int]:
        posts = world.server.posts(thread)
        if not posts or not posts[-1]["components"]:
            raise LookupError
        return [n for n in range(20) for post in posts if f"Paragraph {n}:" in post["content"]]

    await world.server.until(told)
    await bot.settled()
    await world.server.delete(world.server.posts(thread)[0])
    await Inbox(bot.database).delivered(1, "a worker that had it before")
    await bot.settled()
    whole = "".join(world.of_bot(thread))
    places = [whole.index(f"Paragraph {n}:") for n in range(20)]
    assert places == sorted(places) and [whole.count(f"Paragraph {n}:") for n in range(20)] == [1] * 20


async def test_a_button_is_pressed_changed_and_withdrawn_and_only_the_person_is_told(world: World) -> None:
    await world.bring_up()
    post = await world.answered(await world.ask())
    for label, told, votes in (
        ("Helpful", "Thank you, noted as helpful.", (1, 0)),
        ("Not helpful", "Thank you, noted as not helpful. What was wrong with it?", (0, 1)),
        ("Not helpful", "Your rating is withdrawn.", (0, 0)),
    ):
        press = await world.server.press(world.ada, post, label)
        await world.server.until(lambda press=press: press.text)  # type: ignore[misc]
        assert (press.text, press.ephemeral) == (told, True)
        assert await world.bot.votes() == votes


async def test_a_button_works_after_a_restart(world: World) -> None:
    await world.bring_up()
    post = await world.answered(await world.ask())
    await world.bots.pop().stop()
    await world.bring_up()
    press = await world.server.press(world.ada, post, "Helpful")
    await world.server.until(lambda: press.text == "Thank you, noted as helpful.")
    assert await world.bot.votes() == (1, 0)


async def test_a_thumb_in_any_skin_counts_and_can_be_taken_off_also_after_a_restart(world: World) -> None:
    await world.bring_up()
    post = await world.answered(await world.ask())
    await world.server.react(world.ada, post, "👍🏽")
    await world.server.react(world.grace, post, "👎")
    await world.bot.until_votes(1, 1)
    await world.bots.pop().stop()
    await world.bring_up()
    await world.server.unreact(world.ada, post, "👍🏽")
    await world.bot.until_votes(0, 1)
    assert await world.bot.votes() == (0, 1)


async def test_bots_and_other_emoji_do_not_vote(world: World) -> None:
    await world.bring_up()
    question = await world.ask()
    post = await world.answered(question)
    await world.server.react(world.server.world.add_user("robot", bot=True), post, "👍")
    await world.server.react(world.server.world.bot, post, "👍")
    await world.server.react(world.ada, post, "🎉")
    await world.server.react(world.ada, question, "👍")
    await settle()
    assert await world.bot.votes() == (0, 0)


async def test_a_button_and_a_thumb_of_one_person_are_one_vote(world: World) -> None:
    await world.bring_up()
    post = await world.answered(await world.ask())
    press = await world.server.press(world.ada, post, "Helpful")
    await world.server.until(lambda: press.text)
    await world.server.react(world.ada, post, "👎")
    await world.bot.until_votes(0, 1)
    assert await world.bot.votes() == (0, 1)


# Commands -----------------------------------------------------------------------------------------------------


async def test_a_stranger_may_not_reindex_and_is_told_so_alone(world: World) -> None:
    await world.bring_up()
    command = await world.server.slash(world.ada, world.support, "reindex")
    await world.server.until(lambda: command.text)
    assert "admins only" in command.text
    assert command.ephemeral
    assert world.of_bot(world.support) == []


async def test_an_admin_reindexes_and_sees_progress_and_what_changed(world: World) -> None:
    await world.bring_up()
    command = await world.server.slash(world.grace, world.support, "reindex")
    await world.server.until(lambda: "2 added, 1 changed, 0 removed" in command.text)
    assert any("embedding 1 of 2" in one for one in world.server.contents(command.messages[0]))
    unknown = await world.server.slash(world.grace, world.support, "reindex", source="nowhere")
    await world.server.until(lambda: "no source named “nowhere”" in unknown.text)


async def test_an_admin_gets_the_export_as_a_file(world: World) -> None:
    await world.bring_up()
    nothing = await world.server.slash(world.grace, world.support, "export")
    await world.server.until(lambda: "nothing to export" in nothing.text)
    post = await world.answered(await world.ask())
    await world.server.react(world.ada, post, "👍")
    await world.bot.until_votes(1, 0)
    await world.bot.settled()
    command = await world.server.slash(world.grace, world.support, "export", since="2026-01-01", rating="up")
    await world.server.until(lambda: command.text)
    assert command.text.startswith("1 example")
    [attachment] = command.messages[0]["attachments"]
    assert command.ephemeral
    assert attachment["filename"].endswith(".jsonl")
    example = json.loads(world.server.world.files[attachment["id"]])
    assert example["messages"][-1]["content"] == "Refunds take **5 days**.", "citations are no part of what is learned"
    wrong = await world.server.slash(world.grace, world.support, "export", since="yesterday")
    await world.server.until(lambda: "yesterday" in wrong.text)


async def test_ask_answers_only_the_asker_with_buttons(world: World) -> None:
    await world.bring_up()
    command = await world.server.slash(world.ada, world.support, "ask", question="How long do refunds take?")
    await world.server.until(lambda: command.messages[0]["components"])
    assert command.acknowledged == 5
    assert command.ephemeral
    assert command.text.startswith("Refunds take **5 days** [1].")
    assert world.of_bot(world.support) == []
    assert world.script.asked[0].private
    press = await world.server.press(world.ada, command.messages[0], "Helpful")
    await world.server.until(lambda: press.text)
    assert await world.bot.votes() == (1, 0)


async def test_a_role_is_told_more_only_where_nobody_else_reads(world: World) -> None:
    legal = world.server.world.add_role("legal", world.ada)
    bot = await world.bring_up()
    bot.settings.workspace_scopes[f"discord:{world.server.world.guild_id}"] = {"region": "eu"}
    bot.settings.role_scopes[f"discord:{legal}"] = {"audience": "legal"}
    await world.answered(await world.ask("in the channel?"))
    await world.server.direct(world.ada, "directly?")
    for person in (world.ada, world.grace):
        command = await world.server.slash(person, world.support, "ask", question=f"{person['username']}?")
        await world.server.until(lambda command=command: command.messages[0]["components"])
    told = {question.text: question.scope for question in world.script.asked}
    assert told == {
        "in the channel?": Scope(region=("eu",)),
        "directly?": Scope(),  # Discord says nothing of servers and roles there
        "ada?": Scope(region=("eu",), audience=("legal",)),
        "grace?": Scope(region=("eu",)),
    }


async def test_a_thread_is_told_what_its_channel_is_told(world: World) -> None:
    bot = await world.bring_up()
    bot.settings.channel_scopes[f"discord:{world.support['id']}"] = {"audience": "internal"}
    question = await world.ask()
    await world.answered(question)
    await world.server.say(world.grace, world.server.thread_on(question), "And then?")
    await world.server.until(lambda: len(world.script.asked) == 2)
    assert [one.scope.audience for one in world.script.asked] == [("internal",)] * 2


async def test_a_long_private_answer_is_private_to_its_last_part(world: World) -> None:
    world.script.text = "Word after word. " * 300
    await world.bring_up()
    command = await world.server.slash(world.ada, world.support, "ask", question="Everything?")
    await world.server.until(lambda: command.messages[-1]["components"])
    assert len(command.messages) == 3
    assert command.ephemeral


async def test_ask_in_a_channel_that_is_not_allowed_is_told_privately(world: World) -> None:
    lounge = world.server.world.add_channel("lounge")
    await world.bring_up(channels=[world.support["id"]])
    command = await world.server.slash(world.ada, lounge, "ask", question="refunds?")
    await world.server.until(lambda: command.text)
    assert (command.text, command.ephemeral) == (notices.DENIED_CHANNEL.en, True)


async def test_ask_is_answered_after_a_restart(world: World) -> None:
    await world.bring_up(working=False)
    command = await world.server.slash(world.ada, world.support, "ask", question="refunds?")
    await world.server.until(lambda: command.acknowledged)
    await settle()
    await world.bots.pop().stop()
    await world.bring_up()
    await world.server.until(lambda: command.messages[0]["components"])
    assert command.ephemeral


async def test_ask_answered_later_than_discord_allows_goes_out_as_a_direct_message(world: World) -> None:
    await world.bring_up()
    world.script.go.clear()
    command = await world.server.slash(world.ada, world.support, "ask", question="refunds?")
    await world.server.until(lambda: world.script.asked)
    world.server.advance(FOLLOW_UP_S + 1)
    world.script.go.set()
    dm = world.server.world.dm(world.ada)
    await world.server.until(lambda: world.server.posts(dm)[0]["components"])
    assert world.of_bot(dm)[0].startswith("You asked: refunds?\n\nRefunds take")
    assert world.of_bot(world.support) == []
    assert "Sources" not in command.text


# Setting up ---------------------------------------------------------------------------------------------------


async def test_a_revoked_token_is_told_with_what_to_do_and_never_shown(world: World) -> None:
    token = world.server.token[:-6] + "wrong!"
    with pytest.raises(FrontdeskError) as caught:
        await world.bring_up(token=token)
    assert "FRONTDESK_DISCORD__TOKEN" in str(caught.value)
    assert token not in str(caught.value)


async def test_the_missing_message_intent_is_told_with_where_to_switch_it_on(world: World) -> None:
    world.server.gateway.privileged = 0
    with pytest.raises(FrontdeskError, match="Switch on Message Content Intent"):
        await world.bring_up()


async def test_an_api_that_does_not_answer_is_told(world: World) -> None:
    with pytest.raises(FrontdeskError, match="cannot be reached"):
        await world.bring_up(api_url="http://127.0.0.1:9/api/v10")


async def test_the_doctor_names_the_bot_and_its_invite_link(world: World) -> None:
    settings = Settings(discord={"token": world.server.token, "api_url": world.server.api_url})
    found = await check_token(settings)
    assert "frontdesk" in found
    assert f"client_id={world.server.world.application_id}" in found
    assert "switch off Public Bot" in found
    world.server.world.bot_public = False
    assert "Public Bot" not in await check_token(settings)
    world.server.gateway.privileged = 0
    with pytest.raises(FrontdeskError, match="Message Content Intent"):
        await check_token(settings)


async def test_commands_are_open_to_everybody_and_checked_by_us(world: World) -> None:
    await world.bring_up()
    commands = {one["name"]: one for one in world.server.world.commands[""]}
    admins = {"reindex", "knowledge", "export", "stats", "why", "Why this answer?", "panel", "tune"}
    assert set(commands) == {"ask", "forget", "frontdesk", "Ask Frontdesk about this"} | admins
    assert all(one["default_member_permissions"] is None for one in commands.values())


async def test_admins_are_told_by_direct_message_and_one_who_takes_none_stops_nobody(world: World) -> None:
    await world.bring_up()
    world.server.world.closed_dms.add(world.ada["id"])
    people = [f"discord:{world.ada['id']}", world.grace["id"], "slack:UANN", "discord:1"]
    admins = Admins(Settings(admins=people), {"discord": world.bot.platform})
    assert await admins.tell("The source **website** was held back.") == 1
    assert world.of_bot(world.server.world.dm(world.grace)) == ["The source **website** was held back."]


async def test_an_admin_hears_how_to_look_after_the_documents(world: World) -> None:
    await world.bring_up()
    command = await world.server.slash(world.grace, world.support, "knowledge", what="show")
    await world.server.until(lambda: "/knowledge rollback" in command.text)
    assert command.ephemeral


# Questions asked back, and people asked for -------------------------------------------------------------------

WHICH = Answer(
    Status.CLARIFY,
    "That differs by region. Do you mean the EU or the US?",
    choices=(Choice("EU", "How do I return it in the EU?"), Choice("US " + "x" * 90, "How do I return it in the US?")),
)


async def asked_back(world: World) -> tuple[JSON, JSON]:
    """Ask a question that is asked back; return it and the bot's post."""
    world.script.ends["How do I return it?"] = WHICH
    question = await world.ask("How do I return it?")
    return question, await world.answered(question)


def posted(world: World, channel: JSON) -> list[JSON]:
    """Return the bot's posts that are whole."""
    return [one for one in world.server.posts(channel) if one["components"]]


def second_post(world: World, question: JSON) -> Callable[[], JSON]:
    def find() -> JSON:
        post = world.server.posts(world.server.thread_on(question))[1]
        if not post["components"]:
            raise LookupError
        return post

    return find


async def test_a_question_asked_back_has_its_choices_as_buttons_and_one_press_asks_it_again(world: World) -> None:
    await world.bring_up()
    question, post = await asked_back(world)
    assert post["content"] == WHICH.text
    labels = [button["label"] for button in post["components"][0]["components"]]
    assert labels[0] == "EU" and labels[1].startswith("US xx") and len(labels[1]) == 80
    press = await world.server.press(world.ada, post, "EU")
    answer = await world.server.until(second_post(world, question))
    assert answer["content"].startswith("Refunds take")
    assert press.text == "You chose EU; the answer follows." and press.ephemeral
    back = world.server.posts(world.server.thread_on(question))[0]
    buttons = back["components"][0]["components"]
    await world.server.until(lambda: all(one.get("disabled") for one in back["components"][0]["components"]))
    assert [one["style"] for one in back["components"][0]["components"]] == [3, *(2 for _ in buttons[1:])]
    assert back["content"] == WHICH.text
    again = world.script.asked[-1]
    assert (again.text, again.author) == ("How do I return it in the EU?", world.ada["id"])
    assert [turn.content for turn in world.script.conversations[-1].turns] == ["How do I return it?", WHICH.text]
    twice = await world.server.press(world.ada, post, labels[1])
    await world.server.until(lambda: twice.text == notices.CHOSEN_ALREADY.en)
    assert len(world.script.asked) == 2


async def test_a_choice_in_a_thread_that_is_archived_is_answered_and_marked_there(world: World) -> None:
    await world.bring_up()
    question, post = await asked_back(world)
    thread = world.server.thread_on(question)
    await world.server.archive(thread)
    label = post["components"][0]["components"][0]["label"]
    await world.server.press(world.ada, post, label)
    await world.server.until(second_post(world, question))
    await world.server.until(lambda: post["components"][0]["components"][0].get("disabled"))
    assert not thread["thread_metadata"]["archived"]


async def test_the_press_of_another_person_is_refused_to_that_person_alone(world: World) -> None:
    await world.bring_up()
    question, post = await asked_back(world)
    press = await world.server.press(world.grace, post, "EU")
    await world.server.until(lambda: press.text == notices.NOT_YOURS.en)
    assert press.ephemeral
    assert len(world.script.asked) == 1
    assert len(world.server.posts(world.server.thread_on(question))) == 1


async def test_a_choice_works_after_a_restart(world: World) -> None:
    first = await world.bring_up()
    question, post = await asked_back(world)
    await first.stop()
    world.bots.clear()
    await world.bring_up()
    await world.server.press(world.ada, post, "EU")
    await world.server.until(second_post(world, question))
    assert world.script.asked[-1].text == WHICH.choices[0].question


async def test_a_choice_is_answered_where_the_button_stands_though_no_thread_could_be_made(world: World) -> None:
    await world.bring_up()
    world.script.ends["How do I return it?"] = WHICH
    closed = world.server.world.add_channel("closed", deny=["CREATE_PUBLIC_THREADS"])
    await world.server.say(world.ada, closed, "How do I return it?", mention=True)
    post = await world.server.until(lambda: posted(world, closed)[0])
    await world.server.press(world.ada, post, "EU")
    assert await world.server.until(
        lambda: len(world.server.posts(closed)) == 2 and world.server.posts(closed)[1]["components"]
    )


async def test_a_private_question_is_asked_back_and_answered_in_private(world: World) -> None:
    await world.bring_up()
    world.script.ends["How do I return it?"] = WHICH
    command = await world.server.slash(world.ada, world.support, "ask", question="How do I return it?")
    await world.server.until(lambda: command.messages[0]["components"])
    press = await world.server.press(world.ada, command.messages[0], "EU")
    await world.server.until(lambda: press.text.startswith("Refunds take **5 days**") and "Sources" in press.text)
    assert press.ephemeral
    assert world.of_bot(world.support) == []


async def test_a_choice_in_a_direct_message_is_answered_there(world: World) -> None:
    await world.bring_up()
    world.script.ends["How do I return it?"] = WHICH
    asked = await world.server.direct(world.ada, "How do I return it?")
    channel = world.server.world.channels[asked["channel_id"]]
    post = await world.server.until(lambda: posted(world, channel)[0])
    await world.server.press(world.ada, post, "EU")
    assert await world.server.until(lambda: posted(world, channel)[1])


async def test_people_are_told_of_a_hand_over_with_a_link_to_the_thread(world: World) -> None:
    bot = await world.bring_up()
    humans = world.server.world.add_channel("humans")
    bot.settings.answering.handover_channel = f"discord:{humans['id']}"
    world.script.ends["a human, please"] = Answer(
        Status.HANDED_OVER, "Of course. Please ask a member of the support team."
    )
    question = await world.ask("a human, please")
    thread = await world.server.until(lambda: world.server.thread_on(question))
    await world.server.until(lambda: "I have told the team" in world.of_bot(thread)[0])
    [note] = world.of_bot(humans)
    link = f"https://discord.com/channels/{thread['guild_id']}/{thread['id']}"
    assert note == f"**Ada** asks for a person in [this thread](<{link}>):\n\n> a human, please"
    await world.server.say(world.grace, thread, "I am on it.")
    await world.server.say(world.ada, thread, "Thank you!")
    await world.server.say(world.ada, thread, "How long?", mention=True)
    await world.server.until(lambda: posted(world, thread)[1])
    assert len(world.of_bot(thread)) == 2
    assert [one.text for one in world.script.asked] == ["a human, please", "How long?"]


# Working on it ----------------------------------------------------------------------------------------------


async def test_eyes_are_on_a_question_while_it_is_worked_on(world: World) -> None:
    world.script.go.clear()
    await world.bring_up()
    question = await world.ask()
    await world.server.until(lambda: world.server.reactions(question) == ["👀"])
    world.script.go.set()
    await world.answered(question)
    assert await world.server.until(lambda: world.server.reactions(question) == [])


async def test_eyes_are_on_a_message_in_a_thread_and_in_direct_messages_too(world: World) -> None:
    await world.bring_up()
    question = await world.ask()
    await world.answered(question)
    world.script.go.clear()
    reply = await world.server.say(world.ada, world.server.thread_on(question), "And in the EU?")
    direct = await world.server.direct(world.ada, "How long do refunds take?")
    for asked in (reply, direct):
        await world.server.until(lambda asked=asked: world.server.reactions(asked) == ["👀"])
    world.script.go.set()
    for asked in (reply, direct):
        assert await world.server.until(lambda asked=asked: world.server.reactions(asked) == [])


async def test_without_the_permission_for_reactions_the_answer_comes_as_ever(world: World) -> None:
    shy = world.server.world.add_channel("shy", deny=["ADD_REACTIONS"])
    await world.bring_up()
    question = await world.server.say(world.ada, shy, "How long do refunds take?", mention=True)
    await world.answered(question)
    assert world.server.reactions(question) == []


async def test_eyes_left_by_a_crash_go_once_the_question_is_answered(world: World) -> None:
    world.script.go.clear()
    bot = await world.bring_up()
    question = await world.ask()
    await world.server.until(lambda: world.server.reactions(question) == ["👀"])
    await bot.stop()
    assert world.server.reactions(question) == ["👀"]
    world.script.go.set()
    await world.bring_up()
    await world.answered(question)
    await world.server.until(lambda: world.server.reactions(question) == [])


# Private answers, and showing them --------------------------------------------------------------------------


async def test_a_private_answer_is_shown_to_everyone_once_below_who_asked_what(world: World) -> None:
    await world.bring_up()
    asked = await world.server.slash(world.ada, world.support, "ask", question="How long?")
    answer = await world.server.until(lambda: next((one for one in asked.messages if one["components"]), None))
    await world.server.press(world.ada, answer, "Show to everyone")
    head = await world.server.until(lambda: world.server.posts(world.support)[0])
    assert head["content"] == "**Ada** asks:\n\n> How long?"
    await world.answered(head)
    again = await world.server.press(world.ada, answer, "Show to everyone")
    await world.server.until(lambda: again.text == notices.SHOWN_ALREADY.en)
    assert again.ephemeral and len(world.script.asked) == 1 and len(world.server.posts(world.support)) == 1
    thread = world.server.thread_on(head)
    await world.server.say(world.grace, thread, "And in the EU?")
    await world.server.until(lambda: len(world.script.asked) == 2)
    assert world.script.conversations[-1].turns[0].content == "How long?"


async def test_a_private_answer_is_shown_to_everyone_after_a_restart_too(world: World) -> None:
    await world.bring_up()
    asked = await world.server.slash(world.ada, world.support, "ask", question="How long?")
    answer = await world.server.until(lambda: next((one for one in asked.messages if one["components"]), None))
    await settle()
    await world.bots.pop().stop()
    await world.bring_up()
    await world.server.press(world.ada, answer, "Show to everyone")
    await world.answered(await world.server.until(lambda: world.server.posts(world.support)[0]))
    assert len(world.script.asked) == 1


async def test_what_a_role_is_told_is_answered_anew_for_everyone(world: World) -> None:
    role = world.server.world.add_role("agents", world.ada)
    bot = await world.bring_up()
    bot.settings.role_scopes[f"discord:{role}"] = {"audience": "legal"}
    asked = await world.server.slash(world.ada, world.support, "ask", question="How long?")
    answer = await world.server.until(lambda: next((one for one in asked.messages if one["components"]), None))
    pressed = await world.server.press(world.ada, answer, "Show to everyone")
    await world.server.until(lambda: pressed.text == notices.SHOWN_ANEW.en)
    await world.server.until(lambda: len(world.script.asked) == 2)
    alone, everyone = world.script.asked
    assert alone.scope.audience == ("legal",) and everyone.scope.audience == ()


async def test_only_who_asked_can_show_a_private_answer_and_not_in_direct_messages(world: World) -> None:
    await world.bring_up()
    asked = await world.server.slash(world.ada, world.support, "ask", question="How long?")
    answer = await world.server.until(lambda: next((one for one in asked.messages if one["components"]), None))
    pressed = await world.server.press(world.grace, answer, "Show to everyone")
    await world.server.until(lambda: pressed.text == notices.NOT_YOURS_TO_SHOW.en)
    direct = await world.server.slash(world.ada, world.server.world.dm(world.ada), "ask", question="How long?")
    answer = await world.server.until(lambda: next((one for one in direct.messages if one["components"]), None))
    assert "Show to everyone" not in [button["label"] for button in answer["components"][0]["components"]]
    assert world.server.posts(world.support) == []


async def test_a_message_is_answered_to_whoever_asks_about_it_alone_and_shown_in_its_thread(world: World) -> None:
    await world.bring_up()
    message = await world.server.say(world.grace, world.support, "When does my kettle come?")
    asked = await world.server.menu(world.ada, message, "Ask Frontdesk about this")
    answer = await world.server.until(lambda: next((one for one in asked.messages if one["components"]), None))
    assert asked.ephemeral and "thread" not in message
    question = world.script.asked[0]
    assert (question.text, question.author) == ("When does my kettle come?", world.ada["id"])
    await world.server.press(world.ada, answer, "Show to everyone")
    await world.answered(message)
    assert world.of_bot(world.support) == []


async def test_a_message_without_words_is_told_to_be_one(world: World) -> None:
    await world.bring_up()
    picture = {"id": "1", "filename": "a.png", "size": 1, "url": "https://a.example", "proxy_url": "https://a.example"}
    message = await world.server.say(world.grace, world.support, "", attachments=[picture])
    asked = await world.server.menu(world.ada, message, "Ask Frontdesk about this")
    assert await world.server.until(lambda: asked.text == notices.NO_WORDS.en)


async def test_a_private_answer_to_a_post_comes_as_a_direct_message(world: World) -> None:
    bot = await world.bring_up()
    message = await world.server.say(world.ada, world.support, "How long?")
    key = MessageKey("discord", world.server.world.guild_id, world.support["id"], message["id"])
    question = Question(key=key, text="How long?", author=world.ada["id"], thread=message["id"], private=True)
    await Inbox(bot.database).accept(question)
    dm = world.server.world.dm(world.ada)
    await world.server.until(lambda: world.server.posts(dm)[0]["components"])
    assert world.of_bot(dm)[0].startswith("You asked: How long?\n\nRefunds take")
    assert world.of_bot(world.support) == []


# Several servers, and unruly messages -----------------------------------------------------------------------


async def test_each_server_is_answered_from_what_may_be_told_there(world: World) -> None:
    other = world.server.world.add_guild("Finchwear")
    help_there = world.server.world.add_channel("help", guild=other)
    bot = await world.bring_up()
    bot.settings.workspace_scopes[f"discord:{other}"] = {"region": "us"}
    here = await world.ask()
    there = await world.server.say(world.ada, help_there, "How long do refunds take?", mention=True)
    for question in (here, there):
        await world.answered(question)
    scopes = {question.key.workspace: question.scope.region for question in world.script.asked}
    assert scopes == {world.server.world.guild_id: (), other: ("us",)}


async def test_a_server_that_puts_the_bot_out_takes_no_other_along(world: World) -> None:
    other = world.server.world.add_guild("Finchwear")
    bot = await world.bring_up()
    await world.server.put_out(other)
    await world.server.until(bot.platform.notes)
    assert bot.platform.notes() == {other: "The Discord server Finchwear has put me out."}
    assert bot.platform.health() == ""
    await world.answered(await world.ask())


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("word " * 8_000, ("word " * 8_000).strip()),
        ("@everyone how long?", "how long?"),
        ("<:smile:123456789012345678>", ""),
        ("Ho\u200bw \u202elong?", "How long?"),
        (" ".join(["<@123456789012345678>"] * 100), " ".join(["@unknown"] * 100)),
    ],
)
async def test_an_unruly_message_is_answered_and_calls_nobody(world: World, said: str, read: str) -> None:
    await world.bring_up()
    question = await world.ask(said)
    await world.server.until(lambda: world.server.reactions(question) == [] and world.script.asked)
    await world.server.until(lambda: world.server.posts(world.server.thread_on(question))[0])
    assert world.script.asked[0].text == read
    assert "@everyone" not in world.server.thread_on(question)["name"]
    assert world.server.world.may_ping == []
