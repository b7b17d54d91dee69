"""What was said in Slack while nobody listened is found, all of it, the oldest first, however often the search ends."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.slack import missed
from adapters.slack.pace import BURST, Pace
from bot.delivery import DeliveryError

Message = dict[str, Any]
HOUR = 3600.0


class Killed(BaseException):
    """The process ends here."""


class Slack:
    """A workspace of one channel: posts by `ts`, and the replies to each. Posts are listed newest first."""

    def __init__(self) -> None:
        self.posts: dict[str, list[str]] = {}
        self.cursor = ""
        self.heard: list[str] = []
        self.takes_part: list[str] = []
        """The threads that the bot was asked in."""
        self.repliers: dict[str, list[str]] = {}
        self.read: list[str] = []
        self.requests = 0
        self.killed_at = -1
        """The request before which the process ends."""
        self.unreadable = 0
        """How many requests for the channel's history are not answered."""

    def post(self, ago_s: float) -> str:
        self.posts[ts := _ts(ago_s)] = []
        return ts

    def reply(self, thread: str, ago_s: float) -> str:
        self.posts[thread].append(ts := _ts(ago_s))
        return ts

    async def api_call(self, method: str, *, http_verb: str, params: dict[str, Any]) -> Any:
        self.requests += 1
        if self.requests == self.killed_at:
            raise Killed
        if method == "users.conversations":
            return _Told({"channels": [{"id": "C1"}]})
        oldest = params["oldest"]
        if method == "conversations.replies":
            thread = params["ts"]
            self.read.append(thread)
            replies = [one for one in self.posts[thread] if one > oldest]
            return _page("messages", [{"ts": one, "thread_ts": thread} for one in [thread, *replies]], params)
        if self.unreadable:
            self.unreadable -= 1
            raise DeliveryError("Not now.", "")
        found = []
        for ts in sorted(self.posts, reverse=True):
            if ts > oldest:
                found.append({"ts": ts} | ({"latest_reply": max(self.posts[ts])} if self.posts[ts] else {}))
                if ts in self.repliers:
                    found[-1] |= {"reply_users": self.repliers[ts][:5], "reply_users_count": len(self.repliers[ts])}
        return _page("messages", found, params)

    async def look(self, hours: float = 24.0) -> list[str]:
        async def threads(channel: str, hours: float, limit: int) -> list[str]:
            return self.takes_part

        async def hear(event: Message, body: Message) -> None:
            self.heard.append(event["ts"])

        async def heard(channel: str, upto: str) -> None:
            self.cursor = max(self.cursor, upto)

        pace = Pace()
        search = missed.Missed(self, pace, lambda _: self.cursor, threads, hear, heard, hours, {"U0BOT"})  # type: ignore[arg-type]
        return await search.look(["C1"])


class _Told:
    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data


def _page(key: str, found: list[Message], params: dict[str, Any]) -> _Told:
    first = int(params.get("cursor") or 0)
    end = first + params["limit"]
    cursor = str(end) if end < len(found) else ""
    return _Told({key: found[first:end], "response_metadata": {"next_cursor": cursor}})


def _ts(ago_s: float) -> str:
    return f"{time.time() - ago_s:.6f}"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.pace.PER_MINUTE", 1e9)
    monkeypatch.setattr(missed, "PAUSES_S", (0.0, 0.0))
    monkeypatch.setattr(missed, "PAGE", 7)


@pytest.fixture
def slack() -> Iterator[Slack]:
    """A channel that was heard up to an hour ago, in which 30 threads went on since, begun before it or after."""
    slack = Slack()
    slack.cursor = _ts(HOUR)
    for number in range(15):
        before, after = slack.post(2 * HOUR + number), slack.post(HOUR - 60 * number)
        slack.reply(before, HOUR + 30 * number + 1)
        slack.reply(before, HOUR - 30 * number - 1)
        for step in range(3):
            slack.reply(after, HOUR - 60 * number - 45 * step - 2)
    return slack


def _said_since(slack: Slack, cursor: str) -> list[str]:
    return sorted(ts for ts in (*slack.posts, *itertools.chain(*slack.posts.values())) if ts > cursor)


async def test_all_that_was_said_since_the_cursor_is_heard_oldest_first(slack: Slack) -> None:
    wanted = _said_since(slack, slack.cursor)
    assert await slack.look() == []
    assert slack.heard == wanted


async def test_a_search_that_is_cut_off_again_and_again_goes_on_and_ends(slack: Slack) -> None:
    wanted = _said_since(slack, slack.cursor)
    slack.killed_at = 24  # a look without an end of its own takes some more
    lives = 1
    while True:
        slack.requests = 0
        try:
            await slack.look()
            break
        except Killed:
            lives += 1
            assert lives < 20
    assert lives > 2
    assert list(dict.fromkeys(slack.heard)) == wanted


async def test_what_could_be_the_oldest_is_never_passed_over(slack: Slack) -> None:
    wanted = _said_since(slack, slack.cursor)
    for slack.killed_at in range(1, 40):
        slack.heard, slack.requests = [], 0
        try:
            await slack.look()
        except Killed:
            assert not [ts for ts in wanted if ts <= slack.cursor and ts not in slack.heard]
        slack.cursor = str(Decimal(wanted[0]) - Decimal("0.000001"))


async def test_a_reply_is_found_in_a_thread_older_than_the_history_that_is_read(slack: Slack) -> None:
    ancient = slack.post(8 * 24 * HOUR)
    reply = slack.reply(ancient, HOUR / 2)
    slack.takes_part = [ancient]
    await slack.look()
    assert reply in slack.heard and ancient not in slack.heard
    assert slack.heard == sorted(slack.heard)


async def test_a_reply_is_found_in_a_thread_of_others_that_began_days_before(slack: Slack) -> None:
    reply = slack.reply(slack.post(6 * 24 * HOUR), HOUR / 2)
    await slack.look()
    assert reply in slack.heard


async def test_a_thread_in_which_only_the_bot_replied_is_not_read(slack: Slack) -> None:
    answered, gone_on, crowded = (slack.post(HOUR / 2 + number) for number in range(3))
    slack.repliers = {answered: ["U0BOT"], gone_on: ["U0BOT", "U0ANN"]}
    slack.repliers[crowded] = ["U0BOT", *(f"U{number}" for number in range(9))]
    for thread in slack.repliers:
        slack.reply(thread, HOUR / 3)
    await slack.look()
    assert answered not in slack.read
    assert {gone_on, crowded} <= set(slack.read)


async def test_what_is_too_old_is_not_heard(slack: Slack) -> None:
    slack.cursor = _ts(3 * HOUR)
    await slack.look(hours=0.5)
    assert slack.heard == _said_since(slack, _ts(HOUR / 2))


async def test_a_channel_that_cannot_be_read_now_is_to_be_looked_into_again(slack: Slack) -> None:
    slack.unreadable = 3
    before = slack.cursor
    assert await slack.look() == ["C1"]
    assert not slack.heard and slack.cursor == before
    assert await slack.look() == []
    assert slack.heard


async def test_what_is_left_out_is_told(
    slack: Slack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(missed, "MAX_SAID", 14)
    await slack.look()
    assert "the rest is not looked at" in caplog.text


async def test_a_burst_goes_through_at_once_and_then_so_many_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("adapters.slack.pace.PER_MINUTE", 60)
    monkeypatch.setattr("adapters.slack.pace.asyncio.sleep", sleep)
    pace = Pace()
    for _ in range(BURST):
        await pace.turn("conversations.history")
    assert not waited
    for _ in range(3):
        await pace.turn("conversations.history")
    await pace.turn("conversations.replies")
    assert [round(seconds) for seconds in waited] == [1, 2, 3]
