"""Frontdesk on Slack and Discord at once, with a script in place of the model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from adapters.discord.platform import DiscordPlatform
from adapters.slack.platform import SlackPlatform
from bot.commands import Commands
from bot.curation import Curation
from bot.desk import Desk
from bot.feedback import Feedback
from bot.handovers import Handovers
from bot.inbox import Inbox
from bot.library import Library
from bot.messages import Answer, AnswerEvent, Conversation, Finished, Partial, Question, Searching, Status
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.handovers import HandoverStore
from bot.storage.ratings import Ratings

ANSWER = "You asked: {text}"


class Echo:
    """Answers every question with itself, in `seconds`."""

    def __init__(self, seconds: float = 0.1) -> None:
        self.seconds = seconds
        self.asked: list[str] = []

    def disliked(self, answer: Answer) -> None: ...

    async def answer(self, question: Question, conversation: Conversation) -> AsyncGenerator[AnswerEvent, None]:
        self.asked.append(question.text)
        yield Searching()
        for share in (3, 2):
            await asyncio.sleep(self.seconds / 3)
            text = ANSWER.format(text=question.text)
            yield Partial(text[: len(text) // share])
        await asyncio.sleep(self.seconds / 3)
        yield Finished(Answer(Status.ANSWERED, ANSWER.format(text=question.text)))


@asynccontextmanager
async def opened(settings: Settings, echo: Echo, platforms: tuple[str, ...]) -> AsyncIterator[Database]:
    """Run everything but the model, as `frontdesk run` does, on this database."""
    database = Database(settings.database_url)
    await database.migrate()
    inbox = Inbox(database)
    feedback = Feedback(Ratings(database), Curation(database))
    handovers = Handovers(settings, HandoverStore(database), inbox)
    desk = Desk(settings, inbox, feedback, handovers, echo, retry_s=0.2)
    commands = Commands(settings, database, cast(Library, None))
    kinds: dict[str, Any] = {"slack": SlackPlatform, "discord": DiscordPlatform}
    running = []
    try:
        for name in platforms:
            platform = kinds[name](settings, desk, commands)
            await platform.start()
            running.append(platform)
            desk.attach(platform)
        await desk.workers.start()
        yield database
    finally:
        await desk.workers.stop()
        for platform in running:
            await platform.stop()
        await database.close()


def hurry(put: Callable[[Any, str, Any], None] = setattr) -> None:
    """Shorten every wait that a test would else sit through; `put` is a monkeypatch's `setattr`."""
    import adapters.discord.client
    import adapters.discord.platform
    import adapters.discord.replies
    import adapters.slack.connection
    import adapters.slack.missed
    import adapters.slack.pace
    import adapters.slack.platform
    import adapters.slack.reply
    import bot.desk
    import bot.workers

    for module, waits in (
        (adapters.slack.connection, {"PING_S": 0.5, "DOWN_S": 1.5, "CONNECT_S": 2.0}),
        (adapters.slack.missed, {"PAUSES_S": (0.2, 0.5, 1.0)}),
        (adapters.slack.pace, {"PER_MINUTE": 1e6}),
        (adapters.slack.platform, {"LOOKED_AGAIN_S": 1.0}),
        (adapters.slack.reply, {"EDIT_EVERY_S": 0.1}),
        (
            adapters.discord.client,
            {"GUILDS_WITHIN_S": 0.05, "LOOKED_AGAIN_S": 1.0, "LOOK_UP_PAUSES_S": (0.2, 0.5, 1.0, 2.0)},
        ),
        (adapters.discord.platform, {"WATCHED_EVERY_S": 0.3, "SILENT_S": 4.0, "DOWN_S": 3.0}),
        (adapters.discord.replies, {"EDIT_INTERVAL_S": 0.1}),
        (bot.desk, {"EDIT_SETTLES_S": 0.2}),
        (bot.workers, {"POLL_S": 0.1, "LEASE_S": 6.0, "LONGEST_RETRY_S": 2.0, "TIDIED_EVERY_S": 1}),
    ):
        for name, value in waits.items():
            assert hasattr(module, name), f"{module.__name__} has no {name} any more"
            put(module, name, value)
