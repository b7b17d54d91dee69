"""What Slack's users do that nobody planned for: closed channels, two presses at once, late dialogs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from test_slack import ANN, BEN, MENTION, Office, _in_thread, _until, closed, office, slack_address
from test_slack_handovers import note_in, said_in, whisper

from bot.handovers import REMINDER
from bot.messages import Reason
from bot.storage.database import DatabaseBusy
from bot.wording import notices
from tests.slack_server import BINARY, BOT, MISSING, TEAM
from tests.slack_server.workspace import Message, shown

__all__ = ["closed", "office", "slack_address"]

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=MISSING)


async def told(office: Office, user: str, words: str) -> list[Message]:
    """Wait for a direct message of the bot with these words; return all of its direct messages."""
    channel = await office.workspace.direct_messages(user)
    found: list[Message] = await office.workspace.until(
        lambda messages: messages if any(words in shown(one) for one in messages if one["user"] == BOT) else None,
        channel,
    )
    return [one for one in found if one["user"] == BOT]


# Places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["is_archived", "not_in_channel"])
async def test_who_cannot_be_answered_where_they_asked_is_told_so_by_direct_message(office: Office, why: str) -> None:
    office.gate.faults["chat.postMessage"].append(why)
    ts = await office.workspace.say(ANN, f"{MENTION} How long do refunds take?")
    [message] = await told(office, ANN, "How long do refunds take?")
    assert ("archived" if why == "is_archived" else "/invite") in shown(message)
    assert await office.workspace.replies(ts) == []
    await office.answered(await office.workspace.say(ANN, f"{MENTION} And now?"))


async def test_a_channel_archived_while_its_question_is_answered_holds_nothing_up(office: Office) -> None:
    office.script.hold.clear()
    ts = await office.workspace.say(ANN, f"{MENTION} How long do refunds take?")
    await office.workspace.until(lambda messages: [m for m in messages if _in_thread(m, ts)])
    await _until(lambda: bool(office.script.asked))
    office.gate.faults["chat.update"] += ["is_archived"] * 20
    office.script.hold.set()
    await told(office, ANN, "This channel is archived.")
    office.gate.faults["chat.update"].clear()
    assert await office.answered(await office.workspace.say(ANN, f"{MENTION} And now?"))


async def test_a_question_in_a_thread_whose_first_message_was_deleted_is_answered_there(office: Office) -> None:
    ts = await office.workspace.say(BEN, "Refunds, anybody?")
    await office.workspace.say(BEN, "I wonder too", thread=ts)
    await office.workspace.delete(BEN, ts)
    await office.workspace.say(ANN, f"{MENTION} How long?", thread=ts)
    await office.answered(ts)
    own = await office.workspace.say(ANN, f"{MENTION} How long?")
    await office.answered(own)
    await office.workspace.delete(ANN, own)
    await office.workspace.until(lambda messages: not [m for m in messages if _in_thread(m, own)])
    await office.workspace.say(ANN, f"{MENTION} And now?", thread=own)
    assert await office.answered(own)


async def test_a_channel_that_gets_another_name_goes_on(office: Office) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    await office.answered(ts)
    channel = {"id": "C0SUPPORT", "name": "help-desk", "created": 1}
    await office.gate.deliver({"type": "channel_rename", "channel": channel, "event_ts": "1700000000.000100"})
    await office.workspace.say(ANN, "and shipping?", thread=ts)
    assert await office.answered(ts, count=2)


async def test_what_was_asked_while_the_token_was_not_taken_is_answered_once_it_is(closed: Office) -> None:
    async with closed.open() as platform:
        kept, closed.gate.bot_token = closed.gate.bot_token, "another"
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        await _until(lambda: "does not accept my token" in platform.health())
        async with asyncio.timeout(20):
            while await closed.inbox.pending() != 1:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    closed.gate.bot_token = kept
    async with closed.open():
        assert len(await closed.answered(ts)) == 1


# Messages ---------------------------------------------------------------------------------------------------------


async def test_what_is_written_from_right_to_left_is_answered_without_what_is_not_seen(office: Office) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} כמה\u200b זמן \u202elong\u202c?")
    (answer,) = await office.answered(ts)
    assert office.script.asked[0][0].text == "כמה זמן long?"
    assert "\u202e" not in shown(answer)


async def test_what_cannot_be_kept_is_told_to_whoever_asked_and_to_nobody_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise DatabaseBusy("The database /srv/frontdesk.db has no space left on its disk.", "Make space there.")

    monkeypatch.setattr(office.inbox, "takes_part", full)
    monkeypatch.setattr(office.inbox, "accept", full)
    await office.workspace.say(BEN, "lunch, anybody?")
    await office.workspace.say(ANN, f"{MENTION} returns?")
    sentence = await whisper(office, ANN, notices.NOT_TAKEN.en)
    assert "/srv" not in shown(sentence)
    assert await office.workspace.whispers(BEN) == []


# Presses and dialogs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["9" * 4000, "9" * 19, "²", "-1", "", "1;2", "x" * 4000])
async def test_a_button_with_any_value_is_told_to_be_none_of_ours(office: Office, value: str) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    (answer,) = await office.answered(ts)
    value = value or " "
    buttons = (("rating", "rate_up"), ("rating", "person"), ("choices", "choice_0"), ("x", "show_to_everyone"))
    for number, (block, action) in enumerate(buttons, 1):
        one = {"type": "button", "action_id": action, "block_id": block, "value": value, "text": {"text": "x"}}
        forged = answer | {"blocks": [{"type": "actions", "block_id": block, "elements": [one]}]}
        await office.workspace.press(BEN, forged, action, f"{value}:{value}" if action == "choice_0" else value)
        await office.workspace.until(
            lambda said, number=number: (  # type: ignore[misc]
                sum(m.get("ephemeral_to") == BEN and "belongs to no" in shown(m) for m in said) == number
            )
        )
    assert len(office.script.asked) == 1


async def test_a_button_pressed_twice_at_once_counts_once(office: Office) -> None:
    office.settings.answering.handover_channel = "slack:C0RANDOM"
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    (answer,) = await office.answered(ts)
    await asyncio.gather(*(office.workspace.press(ANN, answer, "rate_down") for _ in range(2)))
    await office.workspace.until(lambda said: sum(m.get("ephemeral_to") == ANN for m in said) == 2)
    totals = await office.ratings.totals()
    assert (totals.up, totals.down) in {(0, 1), (0, 0)}, "a second press may come as one that takes the first back"
    await asyncio.gather(*(office.workspace.press(ANN, answer, "person") for _ in range(3)))
    await said_in(office, ts, "I stay quiet in this thread")
    await office.settled()
    assert len(await office.workspace.replies(ts)) == 2


async def test_commands_and_presses_are_acknowledged_before_anything_is_made_of_them(
    closed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with closed.open() as platform:
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        desk, free = platform._desk, asyncio.Event()

        def slow(method: Any) -> Any:
            async def waits(*arguments: Any, **more: Any) -> Any:
                await free.wait()
                return await method(*arguments, **more)

            return waits

        for name in ("hear", "press"):
            monkeypatch.setattr(desk, name, slow(getattr(desk, name)))
        before = len(closed.gate.events)
        await closed.workspace.command(BEN, "/ask", "shipping?")
        await closed.workspace.press(BEN, answer, "rate_up")
        await closed.workspace.say(BEN, f"{MENTION} refunds?")
        await _until(lambda: len(closed.gate.events) >= before + 3)
        sent = {one["envelope_id"] for one in closed.gate.events[before:]}
        await _until(lambda: sent <= set(closed.gate.acknowledged))
        assert len(closed.script.asked) == 1
        free.set()
        await _until(lambda: len(closed.script.asked) == 3)


async def test_what_goes_wrong_unforeseen_at_a_press_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ts = await office.workspace.say(ANN, f"{MENTION} returns?")
    (answer,) = await office.answered(ts)

    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(Office, "reindex", breaks)
    monkeypatch.setattr(office.ratings, "withdraw", breaks)
    await office.workspace.press(BEN, answer, "rate_up")
    await whisper(office, BEN, notices.UNFORESEEN.en)
    await office.workspace.command(ANN, "/reindex")
    assert await whisper(office, ANN, notices.UNFORESEEN.en)


async def test_a_dialog_that_was_opened_before_a_restart_is_heard_after_it(closed: Office) -> None:
    async with closed.open():
        ts = await closed.workspace.say(BEN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        answer_id = await closed.inbox.answer_of_post("slack", TEAM, "C0SUPPORT", answer["ts"])
        assert answer_id is not None
        await closed.workspace.press(BEN, answer, "rate_down")
        asked = await whisper(closed, BEN, "What was wrong with it?")
        await closed.workspace.press(BEN, asked, "reason_other")
        await closed.workspace.dialog()
    async with closed.open():
        await closed.workspace.submit(BEN, "The fee is missing.")
        await whisper(closed, BEN, "Thank you for your words.")
    [rating] = await closed.ratings.of(answer_id)
    assert (rating.value, rating.reason, rating.words) == (-1, Reason.OTHER, "The fee is missing.")


async def test_settings_that_were_opened_before_a_restart_are_kept_after_it(closed: Office) -> None:
    async with closed.open():
        await closed.workspace.command(ANN, "/frontdesk", "settings")
        view = await closed.gate.view()
    async with closed.open():
        kept: dict[str, Any] = await closed.gate.submit(ANN, view, {"tone": "warm"})
        assert "Saved: Tone." in json.dumps(kept)
        assert (await closed.channels.at("slack", TEAM, "C0SUPPORT")).tone == "warm"


async def test_people_are_reminded_of_a_hand_over_that_nobody_takes(closed: Office) -> None:
    closed.settings.answering.handover_channel = "slack:C0RANDOM"
    closed.settings.answering.helpers = [f"slack:{BEN}"]
    closed.settings.handover.remind_after_min = 0.001
    async with closed.open() as platform:
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        await closed.workspace.press(ANN, answer, "person")
        note = await note_in(closed)
        await said_in(closed, ts, "I have told the team")
        assert await platform._desk.handovers.remind() == 1
        words = REMINDER.format(waited="0 minutes")
        [reminder] = await closed.workspace.until(lambda said: [m for m in said if words in shown(m)], "C0RANDOM")
    assert shown(reminder) == f"<@{BEN}> {words}" and reminder["thread_ts"] == note["ts"]
    [call] = [one for name, one in closed.gate.calls if name == "chat.postMessage" and one.get("reply_broadcast")]
    assert call["thread_ts"] == note["ts"]
