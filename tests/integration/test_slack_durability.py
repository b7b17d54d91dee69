"""On Slack nothing is lost and nothing said twice: edits, deletions, absences, limits and other bots."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from test_slack import (
    ANN,
    BEN,
    MENTION,
    Office,
    _in_thread,
    _until,
    closed,
    hasty,
    office,
    slack_address,
)

from adapters.slack import missed
from adapters.slack.pace import Pace
from bot.desk import Desk
from bot.messages import Question
from bot.wording import notices
from tests.slack_server import BINARY, MISSING
from tests.slack_server.workspace import OTHER_BOT, shown

__all__ = ["closed", "hasty", "office", "slack_address"]

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=MISSING)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.pace.PER_MINUTE", 1e6)
    monkeypatch.setattr("adapters.slack.missed.PAUSES_S", (0.1, 0.1, 0.1))
    monkeypatch.setattr("bot.desk.EDIT_SETTLES_S", 0.2)
    monkeypatch.setattr("bot.workers.POLL_S", 0.1)


async def caught_up(platform: Any) -> None:
    async with asyncio.timeout(20):
        while platform._catching_up is None or not platform._catching_up.done():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def texts(office: Office) -> list[str]:
    return [question.text for question, _ in office.script.asked]


async def until_shown(office: Office, thread: str, words: str, channel: str = "C0SUPPORT") -> None:
    await office.workspace.until(
        lambda messages: [m for m in messages if _in_thread(m, thread) and words in shown(m)], channel
    )


# Edits and deletions ----------------------------------------------------------------------------------------------


async def test_an_edited_question_is_answered_anew_in_place_of_the_old_answer(office: Office) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} retruns?")
    (before,) = await office.answered(ts)
    await office.workspace.edit(ANN, ts, f"{MENTION} returns?")
    await until_shown(office, ts, "You asked: *returns?*")
    (after,) = await office.answered(ts)
    assert after["ts"] == before["ts"]
    assert texts(office) == ["retruns?", "returns?"]


async def test_a_question_edited_while_it_is_answered_gets_only_the_answer_to_what_it_says_now(office: Office) -> None:
    office.script.hold.clear()
    ts = await office.workspace.say(ANN, f"{MENTION} one?")
    await _until(lambda: texts(office) == ["one?"])
    for text in ("two?", "three?"):
        await office.workspace.edit(ANN, ts, f"{MENTION} {text}")
    await _until(lambda: texts(office)[-1] == "three?")
    office.script.hold.set()
    (answer,) = await office.answered(ts)
    assert "three?" in shown(answer)


async def test_an_edit_told_twice_or_that_only_unfolds_a_link_changes_nothing(office: Office) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} one?")
    await office.answered(ts)
    await office.workspace.edit(ANN, ts, f"{MENTION} two?")
    await until_shown(office, ts, "two?")
    await office.gate.redeliver()
    message = {"type": "message", "user": ANN, "text": f"{MENTION} two?", "ts": ts, "attachments": [{"id": 1}]}
    unfolded = {"type": "message", "subtype": "message_changed", "channel": "C0SUPPORT", "ts": "1800000000.000001"}
    await office.gate.deliver(unfolded | {"message": message, "previous_message": message | {"attachments": []}})
    await office.answered(await office.workspace.say(ANN, f"{MENTION} last?"))
    assert texts(office) == ["one?", "two?", "last?"]


async def test_a_post_becomes_a_question_when_the_bot_is_mentioned_in_it_later(office: Office) -> None:
    ts = await office.workspace.say(ANN, "does anybody know about returns?")
    await office.workspace.edit(ANN, ts, f"{MENTION} do you know about returns?")
    await office.answered(ts)
    assert texts(office) == ["do you know about returns?"]


async def test_the_bots_own_edits_are_no_edits_of_people(office: Office) -> None:
    office.script.step_s = 1.1
    await office.answered(await office.workspace.say(ANN, f"{MENTION} one?"))
    assert texts(office) == ["one?"]


async def test_a_question_deleted_after_it_was_answered_takes_its_answer_along(office: Office) -> None:
    office.script.text = "\n\n".join(f"Paragraph {n}: " + "word " * 50 for n in range(60))
    ts = await office.workspace.say(ANN, f"{MENTION} my password is 1234")
    posts = await office.answered(ts)
    assert len(posts) > 1
    await office.workspace.delete(ANN, ts)
    await office.workspace.until(lambda messages: not messages or None)


async def test_an_answer_that_could_not_be_taken_back_before_a_restart_is_taken_back_after_it(closed: Office) -> None:
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} my password is 1234")
        await closed.answered(ts)
        closed.gate.faults["chat.delete"].append("internal_error")
        await closed.workspace.delete(ANN, ts)
        await _until(lambda: "chat.delete" in closed.gate.methods())
    async with closed.open():
        assert await closed.workspace.until(lambda messages: not messages or None)


# Away -------------------------------------------------------------------------------------------------------------


async def test_what_was_asked_while_the_bot_was_away_is_answered_once_and_nothing_else(closed: Office) -> None:
    async with closed.open():
        before = await closed.workspace.say(ANN, f"{MENTION} before?")
        await closed.answered(before)
        await closed.answered(
            await closed.workspace.say(BEN, "directly before?", channel=BEN),
            channel=await closed.workspace.direct_messages(BEN),
        )
    people = await closed.workspace.say(ANN, "lunch?")
    missed = await closed.workspace.say(ANN, f"{MENTION} meanwhile?")
    reply = await closed.workspace.say(BEN, "and in the thread?", thread=before)
    await closed.workspace.say(BEN, "yes, lunch", thread=people)
    among_people = await closed.workspace.say(BEN, f"{MENTION} in their thread?", thread=people)
    directly = await closed.workspace.say(BEN, "directly meanwhile?", channel=BEN)
    await closed.workspace.say(ANN, f"{MENTION} where it may not", channel="C0RANDOM")
    for _ in range(2):
        async with closed.open() as platform:
            await closed.answered(missed)
            await closed.answered(before, count=2)
            await closed.answered(people)
            await closed.answered(directly, channel=await closed.workspace.direct_messages(BEN))
            await caught_up(platform)
    asked = ["before?", "directly before?"]
    asked += ["meanwhile?", "and in the thread?", "in their thread?", "directly meanwhile?"]
    assert sorted(texts(closed)) == sorted(asked)
    assert reply and among_people
    assert not await closed.workspace.whispers(ANN, "C0RANDOM"), "nobody waits for that any more"


async def test_what_was_changed_or_deleted_while_the_bot_was_away_is_answered_anew_or_taken_back(
    closed: Office,
) -> None:
    async with closed.open():
        changed, deleted, standing = [await closed.workspace.say(ANN, f"{MENTION} {n}?") for n in "abc"]
        for ts in (changed, deleted, standing):
            await closed.answered(ts)
        reply = await closed.workspace.say(BEN, "d?", thread=standing)
        await closed.answered(standing, count=2)
    await closed.workspace.edit(ANN, changed, f"{MENTION} another?")
    await closed.workspace.edit(BEN, reply, "yet another?")
    await closed.workspace.delete(ANN, deleted)
    async with closed.open():
        await until_shown(closed, changed, "another?")
        await until_shown(closed, standing, "yet another?")
        await closed.workspace.until(lambda messages: not [m for m in messages if _in_thread(m, deleted)])
    assert sorted(texts(closed)) == ["a?", "another?", "b?", "c?", "d?", "yet another?"]
    assert closed.script.asked[-1][0].scope.audience == ("internal",)


async def test_what_was_said_before_the_first_start_is_left_alone(closed: Office) -> None:
    await closed.workspace.say(ANN, f"{MENTION} before?")
    async with closed.open() as platform:
        await caught_up(platform)
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} after?"))
    assert texts(closed) == ["after?"]


@pytest.mark.parametrize("hours", [0, 1 / 3600 / 10])
async def test_what_is_too_old_by_the_settings_is_left_alone(closed: Office, hours: float) -> None:
    closed.settings.answering.catch_up_hours = hours
    async with closed.open():
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} before?"))
    await closed.workspace.say(ANN, f"{MENTION} meanwhile?")
    await asyncio.sleep(0.5)
    async with closed.open() as platform:
        if hours:
            await caught_up(platform)
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} after?"))
    assert texts(closed) == ["before?", "after?"]


@pytest.mark.usefixtures("hasty")
async def test_what_was_asked_while_the_socket_was_down_is_found_after_it(
    closed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.connection.CONNECT_S", 1.0)
    async with closed.open() as platform:
        await caught_up(platform)
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} before?"))
        closed.gate.refused_sockets = 3
        await closed.gate.cut()
        ts = await closed.workspace.say(ANN, f"{MENTION} meanwhile?")
        assert await closed.answered(ts)


async def test_an_event_that_was_acknowledged_but_not_kept_before_a_crash_is_found_again(closed: Office) -> None:
    async def crash(*_: object, **__: object) -> None:
        raise OSError("killed")

    async with closed.open() as platform:
        await caught_up(platform)
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} before?"))
        platform._desk.hear = crash
        ts = await closed.workspace.say(ANN, f"{MENTION} acknowledged?")
        await _until(lambda: any(one["payload"]["event"].get("ts") == ts for one in closed.gate.events))
        await asyncio.sleep(0.3)
    async with closed.open():
        assert await closed.answered(ts)


async def test_a_reply_is_found_however_many_other_threads_went_on(closed: Office) -> None:
    async with closed.open():
        before = await closed.workspace.say(ANN, f"{MENTION} before?")
        await closed.answered(before)
    await closed.workspace.say(BEN, "and the reply?", thread=before)
    for number in range(22):
        await closed.workspace.say(BEN, "yes", thread=await closed.workspace.say(ANN, f"lunch {number}?"))
    async with closed.open():
        assert await closed.answered(before, count=2)


async def test_a_question_is_found_however_much_was_said_since(closed: Office) -> None:
    async with closed.open():
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} before?"))
    ts = await closed.workspace.say(ANN, f"{MENTION} meanwhile?")
    for number in range(320):
        await closed.workspace.say(BEN, f"chatter {number}")
    async with closed.open():
        assert await closed.answered(ts)


async def test_a_search_that_every_life_is_too_short_for_goes_on_and_ends(
    closed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.platform.LATE_S", 0.0)
    async with closed.open() as platform:
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} before?"))
        await caught_up(platform)
    asked = []
    for number in range(4):
        lunch = await closed.workspace.say(ANN, f"lunch {number}?")
        await closed.workspace.say(BEN, "yes", thread=lunch)
        asked.append(await closed.workspace.say(ANN, f"{MENTION} question {number}?"))
    left = [0]

    async def turn(_pace: Pace, _method: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            await asyncio.Event().wait()

    monkeypatch.setattr(Pace, "turn", turn)
    lives = 0
    while len(texts(closed)) < 5:
        left[0] = 3  # the list of channels, the posts of one, the replies to one of them
        lives += 1
        assert lives < 10
        async with closed.open():
            await _until(lambda: left[0] < 0)
            await asyncio.sleep(0.3)
    left[0] = 1000
    async with closed.open() as platform:
        await caught_up(platform)
        for ts in asked:
            await closed.answered(ts)
    assert texts(closed) == ["before?", *(f"question {number}?" for number in range(4))]


async def test_a_channel_that_could_not_be_read_is_looked_into_again(
    closed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.platform.LOOKED_AGAIN_S", 0.2)
    async with closed.open():
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} before?"))
    ts = await closed.workspace.say(ANN, f"{MENTION} meanwhile?")
    closed.gate.faults["conversations.history"] += ["internal_error"] * 9
    async with closed.open():
        assert await closed.answered(ts)


async def test_a_reply_that_comes_before_what_it_replies_to_is_found_is_answered(
    closed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with closed.open():
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} before?"))
    asked = await closed.workspace.say(ANN, f"{MENTION} meanwhile?")
    go_on, turn = asyncio.Event(), Pace.turn

    async def later(pace: Pace, method: str) -> None:
        await go_on.wait()
        await turn(pace, method)

    monkeypatch.setattr(Pace, "turn", later)

    async def unread(*_: object) -> list[object]:
        return []

    monkeypatch.setattr(missed.Missed, "_replies", unread)  # it came after its thread was read
    async with closed.open() as platform:
        await closed.workspace.say(BEN, "and in the thread?", thread=asked)
        await _until(lambda: platform._early)
        go_on.set()
        await closed.answered(asked, count=2)
    assert texts(closed) == ["before?", "meanwhile?", "and in the thread?"]


async def test_slacks_limit_on_reading_history_is_waited_out(closed: Office) -> None:
    async with closed.open():
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} before?"))
    ts = await closed.workspace.say(ANN, f"{MENTION} meanwhile?")
    closed.gate.faults["conversations.history"] += ["ratelimited"] * 3
    async with closed.open():
        assert await closed.answered(ts)


async def test_an_app_that_may_not_list_its_channels_looks_into_those_it_knows(closed: Office) -> None:
    async with closed.open():
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} before?"))
    ts = await closed.workspace.say(ANN, f"{MENTION} meanwhile?")
    closed.gate.faults["users.conversations"].append("missing_scope")
    async with closed.open():
        await closed.answered(ts)
    question, _ = closed.script.asked[-1]
    assert question.scope.audience == ("internal",), "the channel's own audience, as in one shared with others"


# Limits and bots --------------------------------------------------------------------------------------------------


async def test_who_asks_too_much_within_a_minute_is_told_kindly_and_once(closed: Office) -> None:
    closed.settings.answering.person_per_minute = 2
    async with closed.open():
        for n in range(5):  # one after the other: events that come together are heard in any order
            asked = await closed.workspace.say(ANN, f"{MENTION} {n}?")
            if n < 2:
                await closed.answered(asked)
        await closed.answered(await closed.workspace.say(BEN, f"{MENTION} others?"))
        [whisper] = await closed.workspace.whispers(ANN)
        assert shown(whisper) == notices.TOO_MANY_OF_PERSON.en
    assert texts(closed) == ["0?", "1?", "others?"]


async def test_who_finds_no_room_to_wait_is_told_privately_and_answered(closed: Office) -> None:
    closed.settings.answering.workers = closed.settings.model.queue_size = 1
    closed.script.hold.clear()
    async with closed.open():
        asked = [await closed.workspace.say(ANN, f"{MENTION} {n}?") for n in range(3)]
        [whisper] = await closed.workspace.until(lambda said: [one for one in said if one.get("ephemeral_to") == ANN])
        assert shown(whisper) == notices.MANY_BEFORE.en.format(ahead=2)
        closed.script.hold.set()
        for ts in asked:
            await closed.answered(ts)


def by_bot(text: str, ts: str, **more: Any) -> dict[str, Any]:
    event = {"type": "message", "user": OTHER_BOT, "bot_id": "B0OTHER", "text": text, "ts": ts}
    return event | {"bot_profile": {"name": "deploys"}, "channel": "C0SUPPORT", "channel_type": "channel"} | more


def now(step: int, behind_s: float = 0.0) -> str:
    """Return a time of now, or of a clock that is behind, that none of the server's own messages has.

    Those count up from 1 in each second.
    """
    return f"{datetime.now(UTC).timestamp() - behind_s:.0f}.{500_000 + step:06d}"


@pytest.mark.parametrize("allowed", ["deploys", "B0OTHER", OTHER_BOT])
async def test_a_bot_that_is_allowed_by_name_is_answered_where_it_mentions_us(closed: Office, allowed: str) -> None:
    closed.settings.slack.bots.append(allowed)
    async with closed.open():
        asked = now(1)
        await closed.gate.deliver(by_bot(f"{MENTION} returns?", asked))
        await closed.answered(asked)
        await closed.gate.deliver(by_bot("thanks", now(2), thread_ts=asked))
        await closed.gate.deliver(by_bot(f"{MENTION} as itself", now(3), user="U0BOT"))
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} last?"))
    assert texts(closed) == ["returns?", "last?"]


async def test_two_bots_that_answer_each_other_come_to_an_end(closed: Office) -> None:
    closed.settings.slack.bots.append("deploys")
    closed.settings.answering.bot_turns = 3
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} hello?")
        await closed.answered(ts)  # else the other bot may be heard before it
        for step in range(6):
            await closed.gate.deliver(by_bot(f"{MENTION} and {step}?", now(step), thread_ts=ts))
            await asyncio.sleep(0.2)
        await closed.answered(ts, count=4)
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} last?"))
    assert texts(closed) == ["hello?", "and 0?", "and 1?", "and 2?", "last?"]


@pytest.mark.parametrize("behind_s", [0.0, 5.0])
async def test_what_is_asked_while_it_is_looked_for_what_was_missed_is_not_taken_for_deleted(
    closed: Office, monkeypatch: pytest.MonkeyPatch, behind_s: float
) -> None:
    closed.settings.slack.bots.append("deploys")
    asked, look = asyncio.Event(), Desk.last_asked

    async def late(*arguments: Any) -> list[Question]:
        await asked.wait()
        return await look(*arguments)

    monkeypatch.setattr(Desk, "last_asked", late)
    async with closed.open():
        ts = now(1, behind_s)  # the server does not show it
        await closed.gate.deliver(by_bot(f"{MENTION} returns?", ts))
        await closed.answered(ts)
        asked.set()
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} last?"))
        await asyncio.sleep(1)
        assert await closed.answered(ts)


async def test_a_bot_that_is_not_allowed_is_told_nothing_where_it_may_not_ask(closed: Office) -> None:
    async with closed.open():
        await closed.gate.deliver(by_bot(f"{MENTION} returns?", now(1), channel="C0RANDOM"))
        await closed.answered(await closed.workspace.say(ANN, f"{MENTION} last?"))
        assert not [m for m in await closed.workspace.messages("C0RANDOM") if notices.DENIED_CHANNEL.en in shown(m)]
    assert texts(closed) == ["last?"]
