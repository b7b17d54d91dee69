"""Slack, driven as people drive it: a real workspace server, a real inbox, answers from a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import delete

from adapters.slack.api import SlackTokenError
from adapters.slack.installation import check_token
from adapters.slack.people import MOST_NAMES
from adapters.slack.platform import ASK_ABOUT, SlackPlatform
from adapters.slack.render import SHOW
from adapters.slack.streaming import harmless
from bot.admins import Admins
from bot.channels.resolve import Channels
from bot.channels.store import ChannelStore
from bot.commands import Commands
from bot.curation import Curation
from bot.desk import Desk
from bot.feedback import Feedback
from bot.generation.engine import EngineBusy
from bot.handovers import Handovers
from bot.inbox import Inbox
from bot.library import Library
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
from bot.settings import Settings, from_values
from bot.storage.database import Database
from bot.storage.handovers import HandoverStore
from bot.storage.ratings import Ratings
from bot.storage.tables import PostRow
from bot.tuning.promotions import Promotions
from bot.tuning.registry import Base, Registry
from bot.wording import notices
from knowledge.documents import Scope
from knowledge.errors import FrontdeskError
from knowledge.reindex import ReindexReport
from knowledge.state import KnowledgeStatus
from tests.slack_server import APP_TOKEN, BINARY, BOT, BOT_TOKEN, MISSING, TEAM, Gate, Workspace, serving
from tests.slack_server.workspace import OTHER_BOT, Message, has_buttons, shown

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=MISSING)

ANN, BEN = "U0ANN", "U0BEN"
MENTION = f"<@{BOT}>"
SUGGESTED = "How do I send it back?"
RETURNS = Citation(1, "returns.md", "Returns & refunds", "https://acme.example/returns?a=1&b=2", "Europe", "30 days")
AGENTS = Citation(2, "agents.md", "For agents", "", "", "ask first")


class Script:
    """Stands in for the pipeline: answers `You asked: …` in three steps; `hold` stops it after the first."""

    def __init__(self) -> None:
        self.asked: list[tuple[Question, Conversation]] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self.step_s = 0.0
        self.text: str | None = None
        self.error: FrontdeskError | None = None
        self.ends: dict[str, Answer] = {}
        """What a question ends in, by its text, where that is something else."""

    def disliked(self, answer: Answer) -> None: ...

    async def answer(self, question: Question, conversation: Conversation) -> AsyncGenerator[AnswerEvent, None]:
        self.asked.append((question, conversation))
        yield Searching()
        if self.error:
            raise self.error
        if not question.text:
            yield Finished(Answer(Status.SMALLTALK, "Hello! What would you like to know?"))
            return
        if question.text in self.ends:
            yield Finished(self.ends[question.text])
            return
        yield Partial("You asked")
        await self.hold.wait()
        await asyncio.sleep(self.step_s)
        yield Partial("You asked: **a question**")
        await asyncio.sleep(self.step_s)
        text = self.text or f"You asked: **{question.text}** [1]"
        prompt = (Turn("system", "Answer from the passages."), Turn("user", question.text))
        yield Finished(Answer(Status.ANSWERED, text, citations=(RETURNS, AGENTS), prompt=prompt))


class Office:
    """One Frontdesk that may be started several times on the same database."""

    def __init__(self, settings: Settings, gate: Gate, workspace: Workspace) -> None:
        self.settings, self.gate, self.workspace = settings, gate, workspace
        self.script = Script()
        self.database = Database(settings.database_url)
        self.ratings, self.curation = Ratings(self.database), Curation(self.database)
        self.inbox = Inbox(self.database)

    def desk(self) -> Desk:
        self.channels = Channels(self.settings, ChannelStore(self.database))
        handovers = Handovers(self.settings, HandoverStore(self.database), self.inbox, channels=self.channels)
        return Desk(
            self.settings,
            self.inbox,
            Feedback(self.ratings, self.curation),
            handovers,
            self.script,
            channels=self.channels,
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[SlackPlatform]:
        desk = self.desk()
        promotions = Promotions(Registry(self.settings.tuning_path), Base)
        commands = Commands(self.settings, self.database, cast(Library, self), promotions=promotions)
        platform = SlackPlatform(self.settings, desk, commands)
        await platform.start()
        desk.attach(platform)
        await desk.workers.start()
        try:
            yield platform
        finally:
            await desk.workers.stop()
            await platform.stop()

    async def reindex(
        self, source: str | None, progress: Callable[[str, int, int], None], *, accept_loss: bool = False
    ) -> ReindexReport:
        for done in range(4):
            progress("embedding", done, 4)
            await asyncio.sleep(0.4)
        return ReindexReport(
            version=7, documents=12, passages=80, added=1, changed=2, removed=3, skipped=(), seconds=1.5
        )

    async def suggestions(self, scope: Scope, number: int, seed: str) -> list[str]:
        return [SUGGESTED]

    async def status(self) -> KnowledgeStatus:
        return KnowledgeStatus(7, datetime.now(UTC), 12, 80, "MiniLM", "English", 0, 0, None, ())

    async def answered(self, thread: str, channel: str = "C0SUPPORT", count: int = 1) -> list[Message]:
        """Wait for `count` finished answers in a thread; return the bot's posts there."""
        return await self.workspace.until(
            lambda messages: (
                posts
                if sum(map(has_buttons, posts := [m for m in messages if _in_thread(m, thread)])) == count
                else None
            ),
            channel,
        )

    async def settled(self) -> None:
        """Wait until every question counts as delivered."""
        async with asyncio.timeout(20):
            while await self.inbox.pending():  # noqa: ASYNC110
                await asyncio.sleep(0.02)


def _in_thread(message: Message, thread: str) -> bool:
    return message.get("thread_ts") == thread and message["user"] == BOT and message.get("subtype") != "ephemeral"


@pytest.fixture(scope="module")
def slack_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("slack")) as address:
        yield address


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a socket for dead soon.

    Only where one breaks: on a busy machine a sound one is replaced as well, and what a test then delivers over none,
    or what the server does not show, is no more heard.
    """
    monkeypatch.setattr("adapters.slack.connection.PING_S", 0.2)
    monkeypatch.setattr("adapters.slack.connection.DOWN_S", 0.8)


@pytest.fixture
async def closed(slack_address: str, tmp_path: Path) -> AsyncIterator[Office]:
    """An office that nobody has opened yet."""
    workspace = Workspace(slack_address)
    await workspace.reset()
    async with Gate(slack_address) as gate:
        settings = from_values(
            {
                "data_dir": str(tmp_path),
                "admins": [f"slack:{ANN}"],
                "scope": {"region": "eu"},
                "channel_scopes": {"slack:C0SUPPORT": {"audience": "internal"}},
                "workspace_scopes": {f"slack:{TEAM}": {"product": "kettles", "audience": "partner"}},
                "role_scopes": {"slack:S0AGENTS": {"audience": "legal"}, "slack:S0GONE": {"audience": "board"}},
                "slack": {
                    "bot_token": BOT_TOKEN,
                    "app_token": APP_TOKEN,
                    "api_url": gate.api_url,
                    "channels": ["C0SUPPORT"],
                },
            }
        )
        office = Office(settings, gate, workspace)
        await office.database.migrate()
        yield office
        await office.database.close()


@pytest.fixture
async def office(closed: Office) -> AsyncIterator[Office]:
    async with closed.open():
        yield closed


async def test_a_mention_is_answered_once_in_its_thread_with_sources_and_buttons(office: Office) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} can I return a <https://acme.example|kettle> &amp; lid?")
    (answer,) = await office.answered(ts)
    assert shown(answer).splitlines() == [
        "You asked: *can I return a kettle (<https://acme.example>) &amp; lid?* [1]",
        "[1] <https://acme.example/returns?a=1&amp;b=2|Returns &amp; refunds> › Europe",
        "[2] For agents",
    ]
    question, _ = office.script.asked[0]
    assert question.text == "can I return a kettle (https://acme.example) & lid?"
    assert (question.author, question.thread) == (ANN, ts)
    assert question.scope == Scope(region=("eu",), audience=("internal",), product=("kettles",))
    post = next(arguments for method, arguments in office.gate.calls if method == "chat.postMessage")
    assert post["text"] == notices.SEARCHING.en
    assert not post["unfurl_links"] and not post["unfurl_media"]


async def test_the_answer_grows_by_edits_of_one_post(office: Office) -> None:
    office.script.step_s = 1.2
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    await office.answered(ts)
    edits = [shown(arguments) for method, arguments in office.gate.calls if method == "chat.update"]
    assert edits[:2] == ["You asked", "You asked: *a question*"]
    assert office.gate.methods().count("chat.postMessage") == 1


async def test_a_post_that_comes_as_two_events_and_again_later_is_one_question(office: Office) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    await office.answered(ts)
    assert len([one for one in office.gate.events if one["payload"]["event"]["ts"] == ts]) == 2
    await office.gate.redeliver()
    second = await office.workspace.say(ANN, f"{MENTION} and shipping?")
    await office.answered(second)
    assert [question.text for question, _ in office.script.asked] == ["returns?", "and shipping?"]
    assert len(await office.workspace.replies(ts)) == 1


async def test_an_event_whose_first_delivery_was_lost_is_answered_at_the_next(office: Office) -> None:
    event = {"type": "app_mention", "user": ANN, "text": f"{MENTION} returns?", "ts": "1700000000.000100"}
    await office.gate.deliver(event | {"channel": "C0SUPPORT"}, retry=2)
    assert await office.answered("1700000000.000100")


async def test_a_reply_in_the_thread_needs_no_mention_and_knows_the_turns_before(office: Office) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    await office.answered(ts)
    await office.workspace.say(BEN, "and to Norway?", thread=ts)
    await office.answered(ts, count=2)
    question, conversation = office.script.asked[1]
    assert question.text == "and to Norway?"
    assert [turn.role for turn in conversation.turns] == ["user", "assistant"]


async def test_what_people_say_to_each_other_is_left_alone(office: Office) -> None:
    elsewhere = await office.workspace.say(BEN, "lunch?")
    await office.workspace.say(ANN, "yes", thread=elsewhere)
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    await office.answered(ts)
    assert len(office.script.asked) == 1


async def test_a_direct_message_is_answered_in_its_thread_whatever_channels_are_allowed(office: Office) -> None:
    ts = await office.workspace.say(BEN, "returns?", channel=BEN)
    channel = await office.workspace.direct_messages(BEN)
    (answer,) = await office.answered(ts, channel)
    assert "returns?" in shown(answer)


async def test_a_user_group_is_told_more_only_where_nobody_else_reads(office: Office) -> None:
    office.gate.groups = {"S0AGENTS": [ANN]}
    for person in (ANN, BEN):
        await office.answered(await office.workspace.say(person, f"{MENTION} in the channel?"))
        await office.workspace.command(person, "/ask", "by command?")
        await office.workspace.say(person, "directly?", channel=person)
        await _until(lambda: len(office.script.asked) % 3 == 0)
    told = {(one.author, one.text): one.scope.audience for one, _ in office.script.asked}
    assert told == {
        (ANN, "in the channel?"): ("internal",),
        (ANN, "by command?"): ("internal", "legal"),
        (ANN, "directly?"): ("legal", "partner"),
        (BEN, "in the channel?"): ("internal",),
        (BEN, "by command?"): ("internal",),
        (BEN, "directly?"): ("partner",),
    }
    looked_up = [arguments["usergroup"] for method, arguments in office.gate.calls if method == "usergroups.users.list"]
    assert looked_up.count("S0AGENTS") == 1, "who is in a group is remembered for some minutes"


async def test_in_a_channel_shared_with_another_company_only_its_own_audience_counts(office: Office) -> None:
    office.settings.slack.channels.append("C0RANDOM")
    await office.answered(await office.workspace.say(ANN, f"{MENTION} ours?", channel="C0RANDOM"), "C0RANDOM")
    office.gate.shared |= {"C0RANDOM", "C0SUPPORT"}
    await office.answered(await office.workspace.say(ANN, f"{MENTION} shared?", channel="C0RANDOM"), "C0RANDOM")
    await office.answered(await office.workspace.say(ANN, f"{MENTION} by name?"))
    told = {one.text: one.scope.audience for one, _ in office.script.asked}
    assert told == {"ours?": ("partner",), "shared?": (), "by name?": ("internal",)}


async def test_an_empty_mention_is_greeted_and_has_nothing_to_rate(office: Office) -> None:
    ts = await office.workspace.say(ANN, MENTION)
    greeting = await office.workspace.until(
        lambda messages: [m for m in messages if _in_thread(m, ts) and shown(m).startswith("Hello!")]
    )
    assert not has_buttons(greeting[0])
    assert office.script.asked[0][0].text == ""


@pytest.mark.parametrize(
    "mark",
    [
        {"bot_id": "B0OTHER"},
        {"subtype": "bot_message", "bot_id": "B0OTHER"},
        {"user": BOT},
        {"subtype": "channel_join"},
    ],
)
async def test_bots_and_notices_are_never_answered(office: Office, mark: dict[str, Any]) -> None:
    event = {"type": "message", "user": ANN, "text": f"{MENTION} returns?", "ts": "1700000000.000200"}
    for kind in ("message", "app_mention"):
        await office.gate.deliver(event | {"type": kind, "channel": "C0SUPPORT", "channel_type": "channel"} | mark)
    ts = await office.workspace.say(ANN, f"{MENTION} shipping?")
    await office.answered(ts)
    assert [question.text for question, _ in office.script.asked] == ["shipping?"]


async def test_in_a_channel_that_is_not_allowed_only_the_asker_is_told_and_once(office: Office) -> None:
    await office.workspace.say(BEN, f"{MENTION} returns?", channel="C0RANDOM")
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    await office.answered(ts)
    (whisper,) = await office.workspace.whispers(BEN, "C0RANDOM")
    assert shown(whisper) == notices.DENIED_CHANNEL.en
    assert len(office.script.asked) == 1


async def test_a_deleted_question_takes_its_answer_along(office: Office) -> None:
    office.script.hold.clear()
    ts = await office.workspace.say(ANN, f"{MENTION} my password is 1234")
    await office.workspace.until(lambda messages: [m for m in messages if _in_thread(m, ts)])
    await office.workspace.delete(ANN, ts)
    await office.workspace.until(lambda messages: not messages or None)
    await office.settled()
    assert not await office.workspace.messages()


async def test_a_question_deleted_while_its_first_post_is_under_way_leaves_nothing(office: Office) -> None:
    office.gate.faults["chat.postMessage"].append("slow")
    ts = await office.workspace.say(ANN, f"{MENTION} my password is 1234")
    await office.workspace.until(lambda messages: [m for m in messages if _in_thread(m, ts)])
    await office.workspace.delete(ANN, ts)
    await office.workspace.until(lambda messages: not messages or None)
    await office.settled()
    assert not await office.workspace.messages()


async def test_a_deleted_question_that_has_replies_is_withdrawn_too(office: Office) -> None:
    office.script.hold.clear()
    ts = await office.workspace.say(ANN, f"{MENTION} my password is 1234")
    await office.workspace.until(lambda messages: [m for m in messages if _in_thread(m, ts)])
    tombstone = {"type": "message", "subtype": "tombstone", "ts": ts, "user": "USLACKBOT", "hidden": True}
    event = {"type": "message", "subtype": "message_changed", "channel": "C0SUPPORT", "ts": "1700000000.0003"}
    await office.gate.deliver(event | {"message": tombstone})
    await office.workspace.until(lambda messages: not [m for m in messages if _in_thread(m, ts)])
    await office.settled()
    assert not [m for m in await office.workspace.messages() if _in_thread(m, ts)]


async def test_a_rating_is_counted_changed_and_withdrawn_by_the_buttons(office: Office) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    (answer,) = await office.answered(ts)
    answer_id = await office.inbox.answer_of_post("slack", TEAM, "C0SUPPORT", answer["ts"])
    assert answer_id is not None
    told: list[str] = []
    for action, value in (("rate_up", 1), ("rate_down", -1), ("rate_down", None)):
        await office.workspace.press(BEN, answer, action)
        whispers = await office.workspace.until(
            lambda messages: w if len(w := [m for m in messages if m.get("ephemeral_to") == BEN]) > len(told) else None
        )
        told.append(shown(whispers[-1]))
        assert await office.ratings.value(answer_id, f"slack:{BEN}") == value
    assert told == [
        "Thank you, noted as helpful.",
        "Thank you, noted as not helpful. What was wrong with it?",
        "Your rating is withdrawn.",
    ]
    assert shown((await office.workspace.replies(ts))[0]) == shown(answer)


@pytest.mark.parametrize("value", ["987654", "no number"])
async def test_the_button_of_an_unknown_answer_says_so(office: Office, value: str) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    (answer,) = await office.answered(ts)
    await office.workspace.press(BEN, answer, "rate_up", value)
    whispers = await office.workspace.until(lambda messages: [m for m in messages if m.get("ephemeral_to") == BEN])
    assert "Ask the question again." in shown(whispers[0])


async def test_reactions_rate_like_buttons_and_bots_do_not_vote(office: Office) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    (answer,) = await office.answered(ts)
    post = answer["ts"]
    for user in (BOT, OTHER_BOT):
        await office.workspace.react(user, post, "+1")
    await office.workspace.react(ANN, post, "eyes")
    await office.workspace.react(ANN, post, "+1::skin-tone-3")
    assert await _totals(office, up=1, down=0)
    await office.workspace.react(BEN, post, "thumbsdown")
    assert await _totals(office, up=1, down=1)
    await office.workspace.react(ANN, post, "+1::skin-tone-3", present=False)
    assert await _totals(office, up=0, down=1)


async def _totals(office: Office, up: int, down: int) -> bool:
    """Wait for so many votes."""
    for _ in range(200):
        totals = await office.ratings.totals()
        if (totals.up, totals.down) == (up, down):
            return True
        await asyncio.sleep(0.02)
    pytest.fail(f"{totals} instead of {up} up and {down} down")


async def test_reindex_by_an_admin_tells_its_progress_in_one_post(office: Office) -> None:
    await office.workspace.command(ANN, "/reindex")
    (post,) = await office.workspace.until(
        lambda messages: [m for m in messages if shown(m).startswith("Reindexed in 1.5 s")]
    )
    assert "1 added, 2 changed, 3 removed" in shown(post)
    steps = [shown(arguments) for method, arguments in office.gate.calls if method.startswith("chat.")]
    assert steps[0] == "Reindexing …"
    assert any("embedding" in step for step in steps)
    assert len(await office.workspace.messages()) == 1


async def test_reindex_outside_the_bots_channels_reports_in_direct_messages(office: Office) -> None:
    await office.workspace.command(ANN, "/reindex", channel="C0OUTSIDE")
    channel = await office.workspace.direct_messages(ANN)
    await office.workspace.until(lambda messages: [m for m in messages if "3 removed" in shown(m)], channel)
    (whisper,) = await office.workspace.whispers(ANN, "C0OUTSIDE")
    assert "direct messages" in shown(whisper)


@pytest.mark.parametrize("command", ["/reindex", "/knowledge", "/export", "/stats", "/why", "/forget <@U0ANN|ann>"])
async def test_admin_commands_are_refused_to_others_in_private(office: Office, command: str) -> None:
    name, _, text = command.partition(" ")
    await office.workspace.command(BEN, name, text)
    (message,) = await office.workspace.until(lambda messages: messages)
    assert message["ephemeral_to"] == BEN
    assert "admins only" in shown(message) and f"slack:{BEN}" in shown(message)


async def test_a_command_that_cannot_be_read_is_explained_in_private(office: Office) -> None:
    await office.workspace.command(ANN, "/export", "since=yesterday")
    (message,) = await office.workspace.until(lambda messages: messages)
    assert message["ephemeral_to"] == ANN
    assert "since" in shown(message)


async def test_export_gives_the_file_to_the_admin_alone(office: Office) -> None:
    ts = await office.workspace.say(BEN, f"{MENTION} returns?")
    (answer,) = await office.answered(ts)
    await office.workspace.react(BEN, answer["ts"], "+1")
    assert await _totals(office, up=1, down=0)
    await office.settled()
    await office.workspace.command(ANN, "/export", "rating=up")
    channel = await office.workspace.direct_messages(ANN)
    (shared,) = await office.workspace.until(lambda messages: [m for m in messages if m.get("files")], channel)
    (line,) = (await office.workspace.download(shared["files"][0])).splitlines()
    assert json.loads(line)["messages"][-1]["role"] == "assistant"
    assert not [m for m in await office.workspace.messages() if m.get("files")]


async def test_ask_is_answered_to_the_asker_alone_and_can_be_rated(office: Office) -> None:
    await office.workspace.command(BEN, "/ask", "returns?")
    *_, answer = await office.workspace.until(lambda messages: messages if any(map(has_buttons, messages)) else None)
    assert {m.get("ephemeral_to") for m in await office.workspace.messages()} == {BEN}
    assert "returns?" in shown(answer) and "[1] <https://acme.example" in shown(answer)
    assert office.script.asked[0][0].private
    await office.workspace.press(BEN, answer, "rate_up")
    assert await _totals(office, up=1, down=0)


async def test_a_private_answer_that_comes_too_late_for_the_command_is_sent_directly(office: Office) -> None:
    expired = f"{office.workspace.address}/_hooks/response/expired"
    key = MessageKey("slack", TEAM, "C0SUPPORT", "ask-1")
    question = Question(key, "returns?", BEN, key.message, private=True, route={"response_url": expired})
    await office.inbox.accept(question)
    channel = await office.workspace.direct_messages(BEN)
    (answer,) = await office.workspace.until(lambda messages: messages, channel)
    assert "returns?" in shown(answer) and has_buttons(answer)
    assert not await office.workspace.messages()


async def test_ask_without_a_question_shows_how(office: Office) -> None:
    await office.workspace.command(BEN, "/ask", " ")
    (message,) = await office.workspace.until(lambda messages: messages)
    assert (message["ephemeral_to"], shown(message)) == (BEN, notices.ASK_USAGE.en)


async def test_a_crash_between_question_and_answer_leaves_one_answer_in_the_post_begun(closed: Office) -> None:
    closed.script.hold.clear()
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        begun = await closed.workspace.until(lambda messages: [m for m in messages if _in_thread(m, ts)])
        await _until(lambda: bool(closed.script.asked))
    closed.script.hold.set()
    async with closed.open():
        answers = await closed.answered(ts)
    assert [m["ts"] for m in answers] == [begun[0]["ts"]]


async def test_a_post_made_but_not_recorded_before_a_crash_is_found_again(closed: Office) -> None:
    closed.script.hold.clear()
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        await _until(lambda: bool(closed.script.asked))
    async with closed.database.write() as session:
        await session.execute(delete(PostRow))
    closed.script.hold.set()
    async with closed.open():
        assert len(await closed.answered(ts)) == 1


async def test_a_post_that_arrived_although_the_connection_broke_is_not_repeated(office: Office) -> None:
    office.gate.faults["chat.postMessage"].append("lost")
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    assert len(await office.answered(ts)) == 1


async def test_a_post_that_did_not_arrive_is_sent_again(office: Office) -> None:
    office.gate.faults["chat.postMessage"] += ["unreachable", "ratelimited"]
    office.gate.faults["chat.update"] += ["unreachable", "ratelimited", "internal_error"]
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    assert len(await office.answered(ts)) == 1


async def test_an_answer_whose_post_was_deleted_meanwhile_is_posted_anew(office: Office) -> None:
    office.script.hold.clear()
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    (begun,) = await office.workspace.until(lambda messages: [m for m in messages if _in_thread(m, ts)])
    await office.workspace.delete(BOT, begun["ts"])
    office.script.hold.set()
    (answer,) = await office.answered(ts)
    assert answer["ts"] != begun["ts"]


@pytest.mark.parametrize("chars", [100, 30_000])
async def test_an_answer_that_is_delivered_again_after_its_first_post_was_deleted_stands(
    office: Office, chars: int
) -> None:
    office.script.hold.clear()
    office.script.text = "word " * (chars // 5)
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    (begun,) = await office.workspace.until(lambda messages: [m for m in messages if _in_thread(m, ts)])
    await office.workspace.delete(BOT, begun["ts"])
    office.script.hold.set()
    before = [shown(one) for one in await office.answered(ts)]
    await office.settled()
    await office.inbox.delivered(1, "a worker that had it before")
    assert await office.inbox.pending() == 1
    await office.settled()
    assert [shown(one) for one in await office.workspace.replies(ts)] == before


async def test_an_answer_of_15000_characters_goes_on_in_the_thread(office: Office) -> None:
    office.script.text = "\n\n".join(f"Paragraph {n}: " + "a & b < c " * 28 for n in range(48))
    assert len(office.script.text) > 14_000
    ts = await office.workspace.say(ANN, f"{MENTION} everything?")
    posts = await office.answered(ts)
    whole = "\n".join(map(shown, posts))
    assert len(posts) > 1
    assert [n for n in range(48) if f"Paragraph {n}:" in whole] == list(range(48))
    assert [has_buttons(post) for post in posts] == [False] * (len(posts) - 1) + [True]
    await office.settled()
    # A reaction counts on whichever part it is put.
    await office.workspace.react(BEN, posts[-1]["ts"], "+1")
    assert await _totals(office, up=1, down=0)


async def test_text_of_a_model_or_document_cannot_call_people_or_hide_links(office: Office) -> None:
    office.script.text = "<!channel> <@U0ANN> &lt;!here> <https://evil.example|our site> [x](javascript:alert(1)) & so"
    ts = await office.workspace.say(ANN, f"{MENTION} hello?")
    (answer,) = await office.answered(ts)
    assert shown(answer).splitlines()[0] == (
        "&lt;!channel&gt; &lt;@U0ANN&gt; &lt;!here&gt; "
        "&lt;<https://evil.example>|our site&gt; [x](javascript:alert(1)) &amp; so"
    )


async def test_an_error_of_the_core_is_shown_in_the_thread(office: Office) -> None:
    office.script.error = FrontdeskError("The model file is damaged.", "Put a whole one there.")
    ts = await office.workspace.say(BEN, f"{MENTION} returns?")
    (told,) = await office.workspace.until(
        lambda messages: [m for m in messages if _in_thread(m, ts) and "something went wrong" in shown(m)]
    )
    assert "damaged" not in shown(told)


@pytest.mark.parametrize("setting", ["bot_token", "app_token"])
async def test_a_refused_token_is_named_but_not_shown(closed: Office, setting: str) -> None:
    setattr(closed.gate, setting, "another")
    with pytest.raises(SlackTokenError) as refused:
        async with closed.open():
            pass
    assert f"slack.{setting}" in str(refused.value)
    assert "api.slack.com/apps" in str(refused.value)
    assert BOT_TOKEN not in str(refused.value) and APP_TOKEN not in str(refused.value)


async def test_the_doctor_asks_slack_about_both_tokens(closed: Office) -> None:
    assert "Socket Mode is open" in await check_token(closed.settings)
    for setting in ("bot_token", "app_token"):
        kept = getattr(closed.gate, setting)
        setattr(closed.gate, setting, "another")
        with pytest.raises(SlackTokenError, match=f"slack.{setting}"):
            await check_token(closed.settings)
        setattr(closed.gate, setting, kept)


@pytest.mark.usefixtures("hasty")
async def test_a_socket_that_closes_is_opened_again(office: Office) -> None:
    await office.gate.cut()
    await _until(lambda: office.gate.connections >= 2)
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    await office.gate.redeliver()
    assert await office.answered(ts)


@pytest.mark.usefixtures("hasty")
async def test_a_socket_that_is_dead_though_open_is_replaced(office: Office) -> None:
    office.gate.freeze()
    await _until(lambda: office.gate.connections >= 2)
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    assert await office.answered(ts)


@pytest.mark.usefixtures("hasty")
async def test_a_connection_that_cannot_be_mended_is_told_by_health_and_made_anew(closed: Office) -> None:
    async with closed.open() as platform:
        # The SDK goes on trying the address of the socket that was refused, which never works again.
        closed.gate.refused_sockets = 1
        await closed.gate.cut()
        await _until(lambda: "down" in platform.health())
        await _until(lambda: not platform.health())
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        assert await closed.answered(ts)


@pytest.mark.usefixtures("hasty")
async def test_a_connection_on_which_nothing_comes_is_renewed(closed: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.connection.SILENT_S", 0.5)
    async with closed.open():
        await _until(lambda: closed.gate.connections >= 2)
        assert closed.gate.connections >= 2


async def test_health_names_a_connection_that_is_not_there(closed: Office) -> None:
    async with closed.open() as platform:
        assert platform.health() == ""
    assert "not connected" in platform.health()


async def _until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not met():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_admins_are_told_by_direct_message(closed: Office) -> None:
    async with closed.open() as platform:
        admins = Admins(Settings(admins=[f"slack:{ANN}", "discord:1"]), {"slack": platform})
        assert await admins.tell("The source *website* was held back.") == 1
    channel = await closed.workspace.direct_messages(ANN)
    (message,) = await closed.workspace.until(lambda messages: messages, channel)
    assert "The source" in shown(message)


async def test_an_admin_hears_privately_how_to_look_after_the_documents(office: Office) -> None:
    await office.workspace.command(ANN, "/knowledge", "show")
    (message,) = await office.workspace.until(lambda messages: messages)
    assert message["ephemeral_to"] == ANN
    assert "/knowledge rollback" in shown(message)


# Questions asked back, and people asked for -----------------------------------------------------------------------

WHICH = Answer(
    Status.CLARIFY,
    "That differs by region. Do you mean the EU or the US?",
    choices=(Choice("EU", "How do I return it in the EU?"), Choice("US & <beyond> " + "x" * 90, "In the US?")),
)


async def _asked_back(office: Office) -> tuple[str, Message]:
    """Ask a question that is asked back; return its thread and the bot's post."""
    office.script.ends["How do I return it?"] = WHICH
    ts = await office.workspace.say(ANN, f"{MENTION} How do I return it?")
    (post,) = await office.answered(ts)
    return ts, post


async def test_a_question_asked_back_has_its_choices_as_buttons_and_one_press_asks_it_again(office: Office) -> None:
    ts, post = await _asked_back(office)
    assert shown(post) == WHICH.text
    labels = [button["text"]["text"] for button in post["blocks"][-1]["elements"]]
    assert labels[0] == "EU" and labels[1].startswith("US & <beyond> xx") and len(labels[1]) == 75
    await office.workspace.press(ANN, post, "choice_0")
    _, answer = await office.answered(ts, count=2)
    assert shown(answer).startswith("You asked: *How do I return it in the EU?* [1]")
    question, conversation = office.script.asked[-1]
    assert (question.author, question.thread) == (ANN, ts)
    assert question.scope == Scope(region=("eu",), audience=("internal",), product=("kettles",))
    assert [turn.content for turn in conversation.turns] == ["How do I return it?", WHICH.text]
    assert any("You chose EU" in shown(one) for one in await office.workspace.whispers(ANN))

    def marked(said: list[Message]) -> bool:
        back = next(one for one in said if one["ts"] == post["ts"])
        left = [(one["text"]["text"], one.get("style")) for one in back["blocks"][-1]["elements"]]
        return shown(back) == WHICH.text and left == [("✓ EU", "primary")]

    await office.workspace.until(marked)
    await office.workspace.press(ANN, post, "choice_1")
    await office.workspace.until(lambda said: [m for m in said if notices.CHOSEN_ALREADY.en in shown(m)])
    assert len(office.script.asked) == 2


async def test_the_press_of_another_person_is_refused_to_that_person_alone(office: Office) -> None:
    ts, post = await _asked_back(office)
    await office.workspace.press(BEN, post, "choice_0")
    await office.workspace.until(
        lambda said: [m for m in said if m.get("ephemeral_to") == BEN and notices.NOT_YOURS.en in shown(m)]
    )
    assert len(office.script.asked) == 1
    assert len(await office.workspace.replies(ts)) == 1


async def test_a_choice_works_after_a_restart(closed: Office) -> None:
    async with closed.open():
        ts, post = await _asked_back(closed)
    async with closed.open():
        await closed.workspace.press(ANN, post, "choice_0")
        assert await closed.answered(ts, count=2)


async def test_a_button_that_no_answer_of_ours_has_is_told_in_a_sentence(office: Office) -> None:
    _, post = await _asked_back(office)
    await office.workspace.press(ANN, post, "choice_0", value="999:0")
    await office.workspace.until(lambda said: [m for m in said if notices.NOTHING_TO_CHOOSE.en in shown(m)])
    for broken in ("x", "1", "1:x", ":"):
        await office.workspace.press(ANN, post, "choice_0", value=broken)
        await office.workspace.until(lambda said: [m for m in said if "belongs to no question of mine" in shown(m)])
    assert len(office.script.asked) == 1


async def test_a_private_question_is_asked_back_and_answered_in_private(office: Office) -> None:
    office.script.ends["How do I return it?"] = WHICH
    await office.workspace.command(ANN, "/ask", "How do I return it?")
    post = await office.workspace.until(
        lambda said: next((m for m in said if m.get("ephemeral_to") == ANN and has_buttons(m)), None)
    )
    await office.workspace.press(ANN, post, "choice_0")
    await office.workspace.until(
        lambda said: [m for m in said if m.get("ephemeral_to") == ANN and "How do I return it in the EU?" in shown(m)]
    )
    assert not [m for m in await office.workspace.messages() if m["user"] == BOT and not m.get("ephemeral_to")]


async def test_people_are_told_of_a_hand_over_with_a_link_to_the_thread(closed: Office) -> None:
    closed.settings.answering.handover_channel = "slack:C0RANDOM"
    closed.script.ends["a human, please <!x>"] = Answer(
        Status.HANDED_OVER, "Of course. Please ask a member of the support team."
    )
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} a human, please &lt;!x&gt; <!channel>")
        note = await closed.workspace.until(
            lambda said: next((m for m in said if m["user"] == BOT), None), channel="C0RANDOM"
        )
        reply = await closed.workspace.until(
            lambda said: next((m for m in said if _in_thread(m, ts) and "stay quiet" in shown(m)), None)
        )
        assert shown(note).startswith("*ann* asks for a person in <http")
        assert ts.replace(".", "") in shown(note).split(">")[0]
        assert shown(note).endswith("|this thread>:\n> a human, please &lt;!x&gt;")
        assert "I have told the team" in shown(reply)
        await closed.workspace.say(BEN, "I am on it.", thread=ts)
        await closed.workspace.say(ANN, "thank you Ben", thread=ts)
        await closed.workspace.say(ANN, f"{MENTION} how long?", thread=ts)
        await closed.answered(ts, count=2)
    assert [question.text for question, _ in closed.script.asked][1:] == ["how long?"]


# Working on it ----------------------------------------------------------------------------------------------


async def _eyes(office: Office, ts: str, *, there: bool) -> bool:
    """Wait until the bot's 👀 are on a message, or off it."""

    def seen(messages: list[Message]) -> bool:
        [message] = [one for one in messages if one["ts"] == ts]
        marks = [one for one in message.get("reactions") or [] if one["name"] == "eyes" and BOT in one["users"]]
        return bool(marks) is there

    return bool(await office.workspace.until(seen))


async def test_eyes_are_on_a_question_while_it_is_worked_on(office: Office) -> None:
    office.script.hold.clear()
    ts = await office.workspace.say(ANN, f"{MENTION} How long?")
    assert await _eyes(office, ts, there=True)
    office.script.hold.set()
    await office.answered(ts)
    assert await _eyes(office, ts, there=False)


async def test_eyes_leave_only_after_the_answer_or_the_error_stands(office: Office) -> None:
    office.script.error = EngineBusy("The model is busy.")
    ts = await office.workspace.say(ANN, f"{MENTION} How long?")
    async with asyncio.timeout(20):
        while "reactions.remove" not in office.gate.methods():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    told = [arguments for method, arguments in office.gate.calls if method == "chat.update"]
    assert "The model is busy." in told[-1]["text"]
    assert office.gate.methods().index("reactions.remove") > office.gate.methods().index("chat.update")
    assert await _eyes(office, ts, there=False)


@pytest.mark.parametrize("fault", ["missing_scope", "unreachable", "lost"])
async def test_reactions_that_fail_never_hold_an_answer_up(office: Office, fault: str) -> None:
    office.gate.faults["reactions.add"].append(fault)
    ts = await office.workspace.say(ANN, f"{MENTION} How long?")
    await office.answered(ts)
    assert await _eyes(office, ts, there=False)


async def test_taking_the_eyes_off_is_tried_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.eyes.PAUSE_S", 0.05)
    office.gate.faults["reactions.remove"].extend(["unreachable", "ratelimited"])
    ts = await office.workspace.say(ANN, f"{MENTION} How long?")
    await office.answered(ts)
    assert await _eyes(office, ts, there=False)


async def test_eyes_left_by_a_crash_go_once_the_question_is_answered(closed: Office) -> None:
    closed.script.hold.clear()
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} How long?")
        assert await _eyes(closed, ts, there=True)
    assert await _eyes(closed, ts, there=True)
    closed.script.hold.set()
    async with closed.open():
        await closed.answered(ts)
        assert await _eyes(closed, ts, there=False)


# Private answers, and showing them --------------------------------------------------------------------------


async def _private_answer(office: Office, user: str = ANN, channel: str = "C0SUPPORT") -> Message:
    """Ask in private; return the answer once it is whole."""
    await office.workspace.command(user, "/ask", "In private?", channel)
    answer: Message = await office.workspace.until(
        lambda messages: next((one for one in messages if one.get("ephemeral_to") == user and has_buttons(one)), None),
        channel,
    )
    return answer


async def test_a_private_answer_is_shown_to_everyone_once_below_who_asked_what(office: Office) -> None:
    office.settings.channel_scopes.clear()
    answer = await _private_answer(office)
    assert len(office.script.asked) == 1
    await office.workspace.press(ANN, answer, "show_to_everyone")
    head = await office.workspace.until(
        lambda messages: next((one for one in messages if "asks:" in one["text"] and one["user"] == BOT), None)
    )
    assert "*ann* asks:" in shown(head).lower() and "In private?" in shown(head)
    [public] = await office.answered(head["ts"])
    assert shown(public).startswith("You asked: *In private?* [1]")
    await office.workspace.press(ANN, answer, "show_to_everyone")
    await office.workspace.until(lambda messages: any(notices.SHOWN_ALREADY.en in one["text"] for one in messages))
    assert len(await office.workspace.replies(head["ts"])) == 1
    assert len(office.script.asked) == 1  # told once, shown as it was
    await office.workspace.say(BEN, "And for me?", thread=head["ts"])
    await office.answered(head["ts"], count=2)
    assert office.script.asked[-1][1].turns[0].content == "In private?"


async def test_a_private_answer_is_shown_to_everyone_after_a_restart(closed: Office) -> None:
    closed.settings.channel_scopes.clear()
    async with closed.open():
        answer = await _private_answer(closed)
    async with closed.open():
        await closed.workspace.press(ANN, answer, "show_to_everyone")
        head = await closed.workspace.until(
            lambda messages: next((one for one in messages if "asks:" in one["text"] and one["user"] == BOT), None)
        )
        [public] = await closed.answered(head["ts"])
    assert shown(public).startswith("You asked: *In private?* [1]")


async def test_data_is_deleted_after_a_restart_between_the_question_and_the_press(closed: Office) -> None:
    async with closed.open():
        await closed.answered(await closed.workspace.say(BEN, f"{MENTION} returns?"))
        await closed.settled()
        await closed.workspace.command(BEN, "/forget")
        (question,) = await closed.workspace.until(lambda said: [m for m in said if m.get("ephemeral_to") == BEN])
    async with closed.open():
        await closed.workspace.press(BEN, question, "forget")
        await closed.workspace.until(lambda said: [m for m in said if "Deleted: 1 question" in shown(m)])
    assert not await Privacy(closed.database).kept_of("slack", BEN)


async def test_what_is_told_to_one_person_only_is_answered_anew_for_everyone(office: Office) -> None:
    office.gate.groups["S0AGENTS"] = [ANN]
    answer = await _private_answer(office)
    await office.workspace.press(ANN, answer, "show_to_everyone")
    await office.workspace.until(lambda messages: any(notices.SHOWN_ANEW.en in one["text"] for one in messages))
    await office.workspace.until(lambda _: len(office.script.asked) == 2)
    alone, everyone = (question for question, _ in office.script.asked)
    assert "legal" in alone.scope.audience and everyone.scope.audience == ("internal",)
    assert not everyone.private


async def test_in_a_channel_shared_with_another_company_less_is_shown(office: Office) -> None:
    office.settings.channel_scopes.clear()
    office.gate.shared.add("C0SUPPORT")
    answer = await _private_answer(office)
    await office.workspace.press(ANN, answer, "show_to_everyone")
    await office.workspace.until(lambda _: len(office.script.asked) == 2)
    assert office.script.asked[-1][0].scope.audience == ()


async def test_only_who_asked_can_show_a_private_answer(office: Office) -> None:
    answer = await _private_answer(office)
    await office.settled()
    await office.workspace.press(BEN, answer, "show_to_everyone")
    await office.workspace.until(lambda messages: any(notices.NOT_YOURS_TO_SHOW.en in one["text"] for one in messages))
    await office.workspace.press(ANN, answer, "show_to_everyone", "4711")
    await office.workspace.until(lambda messages: any(notices.NOTHING_TO_SHOW.en in one["text"] for one in messages))
    assert not await office.inbox.pending()


async def test_a_public_answer_and_one_in_direct_messages_have_nobody_to_be_shown_to(office: Office) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} How long?")
    [answer] = await office.answered(ts)
    await office.workspace.say(ANN, "hello", ANN)
    direct = await office.workspace.direct_messages(ANN)
    private = await _private_answer(office, channel=direct)
    for one in (answer, private):
        assert "show_to_everyone" not in json.dumps(one["blocks"])


async def test_a_message_is_answered_to_whoever_asks_about_it_alone(office: Office) -> None:
    ts = await office.workspace.say(BEN, "When does my kettle come?")
    [message] = [one for one in await office.workspace.messages() if one["ts"] == ts]
    await office.gate.shortcut(ANN, ASK_ABOUT, message)
    async with asyncio.timeout(20):
        while not any(has_buttons(one) for one in office.gate.responses):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    asked, _ = office.script.asked[0]
    assert (asked.text, asked.author, asked.private) == ("When does my kettle come?", ANN, True)
    assert all(one["response_type"] == "ephemeral" for one in office.gate.responses)
    assert await office.workspace.replies(ts) == []
    answer_id = office.gate.responses[-1]["blocks"][-1]["elements"][-1]["value"]
    await office.workspace.press(ANN, message | {"blocks": office.gate.responses[-1]["blocks"]}, SHOW, answer_id)
    [public] = await office.answered(ts)
    assert shown(public).startswith("You asked: *When does my kettle come?* [1]")


async def test_a_message_without_words_is_told_to_be_one(office: Office) -> None:
    ts = await office.workspace.say(BEN, "x")
    await office.gate.shortcut(ANN, ASK_ABOUT, {"channel": "C0SUPPORT", "ts": ts, "text": "", "files": [{}]})
    async with asyncio.timeout(20):
        while not office.gate.responses:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert office.gate.responses[0]["text"] == notices.NO_WORDS.en and not office.script.asked


async def test_a_private_answer_to_a_post_is_seen_by_its_author_alone_and_once(office: Office) -> None:
    ts = await office.workspace.say(ANN, "How long?")
    key = MessageKey("slack", TEAM, "C0SUPPORT", ts)
    question = Question(key=key, text="How long?", author=ANN, thread=ts, private=True)
    await office.inbox.accept(question)
    [answer] = await office.workspace.until(
        lambda messages: [one for one in messages if one.get("ephemeral_to") == ANN and has_buttons(one)]
    )
    assert shown(answer).startswith("You asked: *How long?* [1]")
    assert await office.workspace.replies(ts) == []
    assert await _eyes(office, ts, there=False)


# Streams, and the assistant pane ----------------------------------------------------------------------------


async def test_an_answer_grows_as_a_stream_where_slack_offers_them_and_ends_as_ever(office: Office) -> None:
    office.gate.streams = True
    office.script.step_s = 0.3
    ts = await office.workspace.say(ANN, f"{MENTION} How long?")
    [answer] = await office.answered(ts)
    assert shown(answer).startswith("You asked: *How long?* [1]")
    methods = office.gate.methods()
    assert methods.count("chat.startStream") == methods.count("chat.stopStream") == 1
    assert "chat.appendStream" in methods and "chat.postMessage" not in methods
    begun = next(arguments for method, arguments in office.gate.calls if method == "chat.startStream")
    assert (begun["recipient_user_id"], begun["recipient_team_id"], begun["thread_ts"]) == (ANN, TEAM, ts)
    assert methods.index("chat.stopStream") < methods.index("chat.update")
    assert await _eyes(office, ts, there=False)


async def test_without_streams_slack_is_asked_for_one_only_once(office: Office) -> None:
    for _ in range(2):
        ts = await office.workspace.say(ANN, f"{MENTION} How long?")
        await office.answered(ts)
    assert office.gate.methods().count("chat.startStream") == 1


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("chat.startStream", "lost"),
        ("chat.startStream", "ratelimited"),
        ("chat.startStream", "unreachable"),
        ("chat.startStream", "channel_type_not_supported"),
        ("chat.appendStream", "message_not_in_streaming_state"),
        ("chat.appendStream", "lost"),
        ("chat.appendStream", "unreachable"),
        ("chat.stopStream", "lost"),
        ("chat.stopStream", "unreachable"),
        ("chat.stopStream", "internal_error"),
    ],
)
async def test_whatever_becomes_of_a_stream_there_is_one_whole_answer(office: Office, method: str, fault: str) -> None:
    office.gate.streams = True
    office.gate.faults[method].append(fault)
    office.script.step_s = 0.2
    ts = await office.workspace.say(ANN, f"{MENTION} How long?")
    [answer] = await office.answered(ts)
    assert shown(answer).startswith("You asked: *How long?* [1]")
    assert len(await office.workspace.replies(ts)) == 1


async def test_a_stream_cut_off_by_a_crash_becomes_the_answer(closed: Office) -> None:
    closed.gate.streams = True
    closed.script.hold.clear()
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} How long?")
        await closed.workspace.until(lambda _: "chat.appendStream" in closed.gate.methods())
    closed.script.hold.set()
    async with closed.open():
        [answer] = await closed.answered(ts)
    assert shown(answer).startswith("You asked: *How long?* [1]")
    assert len(await closed.workspace.replies(ts)) == 1


async def test_a_stream_begun_but_not_recorded_before_a_crash_is_found_again(closed: Office) -> None:
    closed.gate.streams = True
    closed.script.hold.clear()
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} How long?")
        await closed.workspace.until(lambda _: "chat.startStream" in closed.gate.methods())
        await closed.workspace.until(lambda _: closed.script.asked)
        async with closed.database.write() as session:
            await session.execute(delete(PostRow))
        closed.gate._streamed = dict.fromkeys(closed.gate._streamed, "")
    closed.script.hold.set()
    async with closed.open():
        await closed.answered(ts)
    assert len(await closed.workspace.replies(ts)) == 1


def test_a_stream_calls_nobody_and_makes_no_link() -> None:
    hostile = "You asked: <!channel> <@U0ANN> [click](https://evil.example) [1] [a]: https://evil.example"
    assert "<" not in harmless(hostile) and "](" not in harmless(hostile) and "]:" not in harmless(hostile)
    assert all(harmless(hostile).startswith(harmless(hostile[:n])) for n in range(len(hostile)))


async def test_the_pane_offers_questions_and_shows_that_one_is_looked_up(office: Office) -> None:
    office.gate.pane = True
    await office.workspace.say(ANN, "hello", ANN)
    direct = await office.workspace.direct_messages(ANN)
    begun = {"user_id": ANN, "channel_id": direct, "thread_ts": "1700000001.000100", "context": {}}
    await office.gate.deliver({"type": "assistant_thread_started", "assistant_thread": begun})
    async with asyncio.timeout(20):
        while "assistant.threads.setSuggestedPrompts" not in office.gate.methods():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    told = dict(office.gate.calls)["assistant.threads.setSuggestedPrompts"]
    assert told["prompts"] == [{"title": SUGGESTED, "message": SUGGESTED}] and told["channel_id"] == direct

    def statuses() -> list[str]:
        return [arguments["status"] for method, arguments in office.gate.calls if method.endswith("setStatus")]

    async with asyncio.timeout(20):
        while statuses()[-1:] != [""]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert statuses() == [notices.STATUS.en, ""] and "reactions.add" not in office.gate.methods()


async def test_without_the_pane_direct_messages_get_eyes(office: Office) -> None:
    office.script.hold.clear()
    ts = await office.workspace.say(ANN, "How long?", ANN)
    direct = await office.workspace.direct_messages(ANN)
    async with asyncio.timeout(20):
        while "reactions.add" not in office.gate.methods():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    office.script.hold.set()
    await office.answered(ts, direct)
    async with asyncio.timeout(20):
        while "reactions.remove" not in office.gate.methods():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert office.gate.methods().count("reactions.remove") == 1


# Unruly messages --------------------------------------------------------------------------------------------


async def test_a_message_of_40000_characters_gets_an_answer(office: Office) -> None:
    office.script.text = "That is long."
    ts = await office.workspace.say(ANN, f"{MENTION} " + "word " * 8_000)
    await office.answered(ts)
    assert len(office.script.asked[0][0].text) > 39_000


async def test_a_hundred_mentions_in_one_message_cost_few_calls(office: Office) -> None:
    everybody = " ".join(f"<@U{n:04}>" for n in range(100))
    ts = await office.workspace.say(ANN, f"{MENTION} {everybody} who decides?")
    await office.answered(ts)
    assert office.gate.methods().count("users.info") <= 2 * MOST_NAMES  # a mention comes as two events
    assert office.script.asked[0][0].text.endswith("who decides?")


@pytest.mark.parametrize(("said", "read"), [(":smile: :tada:", "🎉"), ("\u200b", ""), ("<!everyone>", "")])
async def test_only_emoji_only_what_is_not_seen_or_only_a_call_is_answered(
    office: Office, said: str, read: str
) -> None:
    office.script.text = "Hello!"
    ts = await office.workspace.say(ANN, f"{MENTION} {said}")
    await office.workspace.until(lambda _: office.script.asked)
    assert await _eyes(office, ts, there=False)
    assert office.script.asked[0][0].text == read
    assert len(await office.workspace.replies(ts)) == 1


async def test_a_file_without_words_is_answered(office: Office) -> None:
    ts = await office.workspace.say(ANN, "x", ANN)
    direct = await office.workspace.direct_messages(ANN)
    await office.answered(ts, direct)
    file = {"type": "message", "subtype": "file_share", "channel_type": "im", "channel": direct, "user": ANN}
    posted = await office.workspace.say(ANN, "y", ANN)
    await office.answered(posted, direct)
    await office.gate.deliver(file | {"text": "", "ts": "1700000009.000100", "thread_ts": posted, "files": [{}]})
    await office.workspace.until(lambda _: len(office.script.asked) == 3)
    assert office.script.asked[-1][0].text == ""


async def test_nobody_is_called_by_an_answer_that_repeats_the_question(office: Office) -> None:
    office.script.text = "You wrote <!everyone> @everyone @channel <@U0BEN> [1]"
    ts = await office.workspace.say(ANN, f"{MENTION} <!everyone> hello")
    [answer] = await office.answered(ts)
    whole = json.dumps(answer, ensure_ascii=False)
    assert "@everyone" not in whole and "<!" not in whole and "<@" not in whole
