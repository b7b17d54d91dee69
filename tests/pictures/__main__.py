"""Take pictures of what people see in Slack, of each kind one, with the sample handbook and the embedded model.

    python -m tests.pictures --out FOLDER [SCENE …]

local-slack's page shows what Frontdesk posts much as Slack does, but for user groups, menus of people, code blocks
and what stands in a menu already. The pictures of the README, beside this file, are made by

    python -m tests.pictures --out tests/pictures --readme

Needs what the end-to-end tests need, and Debian's chromium and fonts-noto-color-emoji.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.database import Database, utc_now
from bot.storage.tables import AnswerRow, ConversationRow, QuestionRow, RatingRow, State, Table
from tests.pictures.browser import Page, browser
from tests.slack_server import BINARY, BOT, MISSING, TEAM, serving
from tests.slack_server.frontdesk import ANN, BEN, Frontdesk
from tests.slack_server.workspace import Message, shown

README = {"stats": "stats", "answer": "answer", "asked-back": "asked-back", "handover": "handover-note"}
"""The scenes that the README shows something of, and which picture of each. What is counted comes first."""
SUPPORT, HELPERS = "C0SUPPORT", "C0RANDOM"
WIDTH = 560  # of a thread on the page; Slack's own is about so wide
COLOURS = 128  # of a picture, which is made of few
DAYS = 30
SETTINGS = f"""
admins = ["slack:{ANN}"]
[answering]
contact = "#support-leads"
handover_channel = "slack:{HELPERS}"
workers = 1
[[channels]]
channel = "slack:{SUPPORT}"
helpers = ["{ANN}"]
[[channels]]
channel = "slack:{HELPERS}"
[[channels.standard_answers]]
keywords = ["guest wifi"]
answer = "Its password is on the **board** in the hall."
link = "https://intranet.kettlewick.example/wifi"
"""


class Photographer:
    """Acts as people in the workspace, and takes pictures of what they see."""

    def __init__(self, frontdesk: Frontdesk, page: Page, out: Path, wanted: Collection[str]) -> None:
        """`wanted` are the pictures to take, all that there are where it is empty."""
        self.frontdesk = frontdesk
        self.workspace = frontdesk.workspace
        self.page = page
        self._out = out
        self._wanted = wanted

    # What people do -----------------------------------------------------------------------------------------

    async def ask(self, text: str, thread: str | None = None, channel: str = SUPPORT) -> str:
        return await self.workspace.say(BEN, f"<@{BOT}> {text}", channel, thread)

    async def answered(self, thread: str, count: int = 1, channel: str = SUPPORT) -> Message:
        """Wait until the thread has so many whole posts of the bot; return the last one."""

        def last(messages: list[Message]) -> Message | None:
            posts = [one for one in messages if one.get("thread_ts") == thread and one["user"] == BOT]
            posts = [one for one in posts if "subtype" not in one and "Looking that up" not in shown(one)]
            return posts[count - 1] if len(posts) >= count else None

        found: Message = await self.workspace.until(last, channel, patience_s=120)
        return await self._settled(found["ts"], channel)

    async def _settled(self, ts: str, channel: str) -> Message:
        """Wait until a post is the same for two seconds, as an answer that is still written is not."""
        before, since = "", time.monotonic()
        while time.monotonic() - since < 2:
            [post] = [one for one in await self.workspace.messages(channel) if one["ts"] == ts]
            if before != (before := json.dumps(post, sort_keys=True)):
                since = time.monotonic()
            await asyncio.sleep(0.2)
        return post

    async def whispered(self, user: str, words: str, channel: str = SUPPORT) -> Message:
        """Wait for what only `user` sees, with these words."""
        found: list[Message] = await self.workspace.until(
            lambda messages: [m for m in messages if m.get("ephemeral_to") == user and words in shown(m)],
            channel,
            patience_s=120,
        )
        return await self._settled(found[-1]["ts"], channel)

    # What they see ------------------------------------------------------------------------------------------

    async def look(self, user: str, channel: str, thread: str | None = None) -> None:
        """Open a channel, or a thread of it, as a person."""
        place = f"/archives/{channel}" + (f"?thread_ts={thread}" if thread else "")
        await self.page.open(self.workspace.address + place)
        await self.page.until("document.querySelector('.actas option[value^=U0]') !== null")
        await self._act_as(user)
        await self.page.evaluate(f"({_STYLED})({WIDTH})")

    async def _act_as(self, user: str) -> None:
        await self.page.evaluate(f"({_CHOSEN})({json.dumps(user)})")

    async def look_at_home(self, user: str) -> None:
        await self.look(user, SUPPORT)
        await self.page.evaluate(
            "[...document.querySelectorAll('.sidebar-item')].find(one => one.textContent.includes('frontdesk')).click()"
        )
        await self.page.until("document.querySelector('.home .bk-section') !== null")

    async def take(self, name: str, *selectors: str) -> None:
        """Take a picture of what the selectors name and write it, small."""
        if self._wanted and name not in self._wanted:
            return
        await asyncio.sleep(0.3)  # the page draws
        with Image.open(io.BytesIO(await self.page.picture(*selectors))) as picture:
            few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(self._out / f"{name}.png", optimize=True)
        print(self._out / f"{name}.png", flush=True)

    async def take_thread(self, name: str, user: str, thread: str, channel: str = SUPPORT) -> None:
        await self.look(user, channel, thread)
        await self.take(name, ".thread-pane .msg", ".thread-pane .msg:last-of-type")

    async def take_message(self, name: str, user: str, ts: str, channel: str = SUPPORT) -> None:
        await self.look(user, channel)
        await self.take(name, f".messages .msg[data-ts='{ts}']")


# Chooses who looks.
_CHOSEN = """user => {
  const menu = [...document.querySelectorAll(".actas select")].find(one => one.querySelector(`[value="${user}"]`));
  Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(menu, user);
  menu.dispatchEvent(new Event("change", {bubbles: true}));
}"""
# Widens the thread, lets it be as high as it is, and leaves out what belongs to local-slack alone.
_STYLED = """width => {
  const style = document.createElement("style");
  style.textContent = `
    html, body, #root, .app { height: auto !important; }
    .thread-pane { width: ${width}px !important; }
    .messages .msg { max-width: ${width}px; }
    .messages, .thread-body, .home { overflow: visible !important; }
    .modal { max-height: none !important; }
    .modal-overlay { position: absolute !important; height: auto !important; background: #fff !important; }
    .sidebar, .topbar, .composer, .msg-hover-actions, .thread-divider { display: none !important; }
  `;
  document.head.append(style);
}"""


# One of each kind -----------------------------------------------------------------------------------------------


async def answer(here: Photographer) -> None:
    ts = await here.ask("How many days do I have to return an item in the United Kingdom?")
    await here.answered(ts)
    await here.take_thread("answer", BEN, ts)


async def long_answer(here: Photographer) -> None:
    ts = await here.ask("How do I cancel my Refill Plan subscription, step by step?")
    await here.answered(ts)
    await here.take_thread("long-answer", BEN, ts)


async def table(here: Photographer) -> None:
    ts = await here.ask("When is the store in Leeds open on Sunday?")
    await here.answered(ts)
    await here.take_thread("table", BEN, ts)


async def follow_up(here: Photographer) -> None:
    ts = await here.ask("What does express shipping cost in the US?")
    await here.answered(ts)
    await here.workspace.say(BEN, "And how long does it take?", thread=ts)
    await here.answered(ts, 2)
    await here.take_thread("follow-up", BEN, ts)


async def refusal(here: Photographer) -> None:
    ts = await here.ask("Do you sell gardening tools for left-handed people?")
    await here.answered(ts)
    await here.take_thread("refusal", BEN, ts)


async def asked_back(here: Photographer) -> None:
    ts = await here.ask("How long do I have to return a coat?")
    back = await here.answered(ts)
    await here.take_thread("asked-back-first", BEN, ts)
    us = next(one["action_id"] for one in back["blocks"][-1]["elements"] if one["text"]["text"] == "US")
    await here.workspace.press(BEN, back, us)
    await here.answered(ts, 2)
    await here.take_thread("asked-back", BEN, ts)


async def handover(here: Photographer) -> None:
    ts = await here.ask("How long is the warranty on a kettle in the EU?")
    first = await here.answered(ts)
    await here.workspace.press(BEN, first, "person")
    await here.answered(ts, 2)
    await here.take_thread("handover", BEN, ts)
    note = await here.workspace.until(
        lambda messages: next((one for one in messages if one["user"] == BOT), None), HELPERS, patience_s=60
    )
    await here.take_message("handover-note", ANN, note["ts"], HELPERS)
    await here.workspace.press(ANN, note, "handover_take")
    await asyncio.sleep(3)
    await here.take_message("handover-taken", ANN, note["ts"], HELPERS)
    await here.workspace.press(ANN, note, "handover_resolve")
    await asyncio.sleep(3)
    await here.take_message("handover-resolved", ANN, note["ts"], HELPERS)
    await here.take_thread("handover-after", BEN, ts)


async def wish(here: Photographer) -> None:
    ts = await here.ask("Can I talk to a human, please?")
    await here.answered(ts)
    await here.take_thread("wish", BEN, ts)
    notes = await here.workspace.messages(HELPERS)
    await here.take_message("wish-note", ANN, [one for one in notes if one["user"] == BOT][-1]["ts"], HELPERS)


async def private(here: Photographer) -> None:
    await here.workspace.command(BEN, "/ask", "How much does standard ground shipping cost in the US?")
    told = await here.whispered(BEN, "help.kettlewick.example")
    await here.take_message("private", BEN, told["ts"])
    await here.workspace.press(BEN, told, "show_to_everyone")
    head = await here.workspace.until(
        lambda messages: next((m for m in messages if m["user"] == BOT and "asks" in shown(m)), None), patience_s=60
    )
    await here.answered(head["ts"])
    await here.take_thread("private-shown", ANN, head["ts"])


async def standard(here: Photographer) -> None:
    ts = await here.ask("how do I get into the guest wifi?", channel=HELPERS)
    await here.answered(ts, channel=HELPERS)
    await here.take_thread("standard", BEN, ts, HELPERS)


async def queue(here: Photographer) -> None:
    questions = [
        "How long is the warranty on a toaster in the UK?",
        "What does express shipping cost in Belgium, and who pays customs?",
        "How do I delete my account, and how long does it take?",
        "How do gift cards expire?",
    ]
    asked = [await here.ask(one) for one in questions]
    await here.look(BEN, SUPPORT, asked[-1])
    await here.page.until("/in the queue/.test(document.querySelector('.thread-pane').textContent)")
    await here.take("queue", ".thread-pane .msg", ".thread-pane .msg:last-of-type")
    for ts in asked:
        await here.answered(ts)


async def looking_up(here: Photographer) -> None:
    ts = await here.ask("How long do repairs of a coffee machine take?")
    await here.look(BEN, SUPPORT, ts)
    await here.take("looking-up", ".thread-pane .msg", ".thread-pane .msg:last-of-type")
    await here.answered(ts)


async def not_helpful(here: Photographer) -> None:
    ts = await here.ask("How long do refunds take in the United Kingdom?")
    told = await here.answered(ts)
    await here.workspace.press(BEN, told, "rate_down")
    why = await here.whispered(BEN, "not helpful")
    await here.take_message("not-helpful", BEN, why["ts"])


async def small_talk(here: Photographer) -> None:
    ts = await here.ask("hello, what can you do?")
    await here.answered(ts)
    await here.take_thread("small-talk", BEN, ts)


async def stats(here: Photographer) -> None:
    await _busy_month(here.frontdesk)
    await here.workspace.command(ANN, "/stats")
    told = await here.workspace.until(
        lambda messages: next((m for m in messages if m.get("files") and m["user"] == BOT), None),
        await here.workspace.direct_messages(ANN),
        patience_s=120,
    )
    await here.take_message("stats", ANN, told["ts"], told["channel"])


async def home(here: Photographer) -> None:
    await here.look_at_home(ANN)
    await here.take("home-admin", ".home-inner")
    await here.look_at_home(BEN)
    await here.take("home", ".home-inner")


async def dialogs(here: Photographer) -> None:
    await here.look(ANN, SUPPORT)
    await here.workspace.command(ANN, "/frontdesk", "settings")
    await here.take("settings", ".modal")
    await here.page.evaluate("document.querySelector('.modal-x').click()")
    await here.workspace.command(ANN, "/frontdesk", "standard answers", channel=HELPERS)
    await here.take("standard-answers", ".modal")
    await here.page.evaluate("document.querySelector('.modal-x').click()")


async def commands(here: Photographer) -> None:
    for user, command, text, words in (
        (BEN, "/reindex", "", "admins only"),
        (BEN, "/ask", "", "Write your question"),
        (BEN, "/forget", "", "elete"),
        (ANN, "/frontdesk", "", "settings"),
        (ANN, "/stats", "since=yesterday", "no day"),
        (ANN, "/knowledge", "status", "Version"),
        (ANN, "/knowledge", "rollbak", "do not know"),
        (ANN, "/why", "", "ode"),
        (ANN, "/export", "format=x", "format"),
    ):
        await here.workspace.command(user, command, text)
        told = await here.whispered(user, words)
        await here.take_message(
            "-".join(["command", command[1:], text.partition("=")[0], user[2:].lower()]), user, told["ts"]
        )


async def _busy_month(frontdesk: Frontdesk) -> None:
    """Have a month of questions in the database, so that there is something to count; always the same."""
    dice = random.Random(5)
    today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    database = Database(f"sqlite:///{frontdesk.config.parent / 'data' / 'frontdesk.db'}")
    for day in range(DAYS - 1, 0, -1):
        at = today - timedelta(days=day)
        usual = 6 if at.weekday() >= 5 else 22
        moments = [at + timedelta(hours=8, minutes=dice.randint(0, 600)) for _ in range(dice.randint(usual, usual * 2))]
        async with database.write() as session:  # one for each day: the bot waits meanwhile
            for n, when in enumerate(moments):
                await _answered(session, dice, when, f"{when.timestamp():.0f}.{n:06d}")
    await database.close()


Row = TypeVar("Row", bound=Table)


async def _answered(session: AsyncSession, dice: random.Random, when: datetime, thread: str) -> None:
    """Put one question with its answer, and perhaps a rating, into the database."""
    place = {"platform": "slack", "workspace": TEAM, "channel": SUPPORT}

    async def put(row: Row) -> Row:
        session.add(row)
        await session.flush()
        return row

    conversation = await put(ConversationRow(**place, thread=thread, created_at=when))
    question: dict[str, Any] = {"message": thread, "author": BEN, "text": "?", "scope": {}, "private": False}
    question |= {"route": {}, "asked_at": when, "state": State.DELIVERED, "attempts": 1}
    asked = await put(QuestionRow(conversation_id=conversation.id, **place, **question))
    status = dice.choices(("answered", "refused", "handed_over", "clarify"), (74, 14, 6, 6))[0]
    first_s = dice.lognormvariate(-0.6, 0.5)
    answer: dict[str, Any] = {"status": status, "text": "!", "citations": [], "passages": [], "prompt": []}
    answer |= {"mode": "rag", "model": "", "lora": "", "lora_scale": 0, "tokens": {}, "knowledge_version": 1}
    answer |= {"timings": {"first_token_s": first_s, "total_s": first_s + 1}, "notes": {}, "created_at": when}
    told = await put(AnswerRow(question_id=asked.id, **answer))
    if status == "answered" and dice.random() < 0.4:
        rating: dict[str, Any] = {"value": 1 if dice.random() < 0.83 else -1, "source": "button"}
        await put(RatingRow(answer_id=told.id, person="slack:U0", **rating, created_at=when, updated_at=when))


Scene = Callable[[Photographer], Awaitable[None]]
SCENES: dict[str, Scene] = {
    scene.__name__.replace("_", "-"): scene
    for scene in (
        *(answer, long_answer, table, follow_up, refusal, asked_back, handover, wish, private, standard),
        *(looking_up, queue, not_helpful, small_talk, stats, home, dialogs, commands),
    )
}


async def take_pictures(out: Path, names: Collection[str], wanted: Collection[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="frontdesk-pictures-") as folder, serving(Path(folder)) as address:
        frontdesk = Frontdesk(address, Path(folder), SETTINGS)
        if frontdesk.frontdesk("reindex").wait():
            raise SystemExit(frontdesk.log.read_text())
        frontdesk.bring_up()
        try:
            async with browser() as page:
                for name in names:
                    try:
                        await SCENES[name](Photographer(frontdesk, page, out, wanted))
                    except (AssertionError, TimeoutError, RuntimeError) as error:
                        print(f"{name}: {error}"[-3000:], flush=True)
        finally:
            frontdesk.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--readme", action="store_true", help="only what the README shows")
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"of {', '.join(SCENES)}; all if none is named")
    given = parser.parse_args()
    if unknown := set(given.scenes) - set(SCENES):
        parser.error(f"There is no scene {', '.join(sorted(unknown))}.")
    given.out.mkdir(parents=True, exist_ok=True)
    if not BINARY.exists():
        raise SystemExit(MISSING)
    if given.readme:
        asyncio.run(take_pictures(given.out, README, README.values()))
    else:
        asyncio.run(take_pictures(given.out, given.scenes or SCENES, ()))


if __name__ == "__main__":
    main()
