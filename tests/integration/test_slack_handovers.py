"""Handing a thread over to people in Slack, and saying what was wrong with an answer there."""

from __future__ import annotations

import pytest
import test_slack
from test_slack import ANN, BEN, MENTION, Office

from bot.curation import Kind, Stage
from bot.handovers import GROUPS_UNKNOWN, HELPERS_ONLY, YOU_TOOK_IT
from bot.messages import Answer, Rating, Reason, Status
from bot.wording import notices
from tests.slack_server import BOT, TEAM
from tests.slack_server.workspace import Message, shown

pytestmark = test_slack.pytestmark
slack_address, closed = test_slack.slack_address, test_slack.closed

HUMANS = "C0RANDOM"


def buttons(message: Message) -> list[str]:
    return [
        one["action_id"]
        for block in message.get("blocks", ())
        if block["type"] == "actions"
        for one in block["elements"]
    ]


async def note_in(office: Office, channel: str = HUMANS, ending: str = "") -> Message:
    """Wait for the note about a hand-over."""

    def find(messages: list[Message]) -> Message | None:
        return next((one for one in messages if "handover_resolve" in buttons(one) and ending in shown(one)), None)

    note: Message = await office.workspace.until(find, channel)
    return note


async def whisper(office: Office, user: str, words: str, channel: str = "C0SUPPORT") -> Message:
    """Wait for something that only `user` sees."""
    told: Message = await office.workspace.until(
        lambda messages: next((m for m in messages if m.get("ephemeral_to") == user and words in shown(m)), None),
        channel,
    )
    return told


async def said_in(office: Office, thread: str, words: str) -> Message:
    told: Message = await office.workspace.until(
        lambda messages: next(
            (m for m in messages if m.get("thread_ts") == thread and m["user"] == BOT and words in shown(m)), None
        )
    )
    return told


async def test_a_press_calls_a_person_who_takes_the_thread_and_gives_it_back(closed: Office) -> None:
    closed.settings.answering.handover_channel = f"slack:{HUMANS}"
    closed.settings.answering.helpers = [f"slack:{BEN}", "slack:S0AGENTS", "discord:4567"]
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        assert buttons(answer) == ["rate_up", "rate_down", "person"]
        await closed.workspace.press(ANN, answer, "person")
        note = await note_in(closed)
        text = shown(note)
        assert text.startswith(f"<@{BEN}> <!subteam^S0AGENTS> *ann* asks for a person in <http")
        assert "> returns?" in text
        assert (
            "?a=1&amp;b=2|Returns &amp; refunds> › Europe, For agents" in text.partition("*Found:* <https://acme.")[2]
        )
        assert "\n> You asked: returns? [1]" in text
        assert buttons(note) == ["handover_take", "handover_resolve"]
        reply = await said_in(closed, ts, "I have told the team")
        assert buttons(reply) == ["handover_resolve"]

        await closed.workspace.say(BEN, "Yes, within 30 days, unopened.", thread=ts)
        await closed.workspace.press(BEN, note, "handover_take")
        await said_in(closed, ts, f"<@{BEN}> is taking care of this.")
        taken = await note_in(closed, ending="has taken it.")
        assert buttons(taken) == ["handover_resolve"]
        await closed.workspace.say(ANN, "thank you!", thread=ts)

        await closed.workspace.press(BEN, taken, "handover_resolve")
        await said_in(closed, ts, notices.BACK.en)
        offer = await whisper(closed, BEN, notices.YOU_RESOLVED_IT.en, HUMANS)
        await closed.workspace.press(BEN, offer, "suggest")
        view = await closed.workspace.dialog()
        assert view["blocks"][0]["element"]["initial_value"] == "Yes, within 30 days, unopened."
        await closed.workspace.submit(BEN, "Within 30 days, if it is unopened.")
        await whisper(closed, BEN, "Somebody will review your answer", HUMANS)
        [suggestion] = await closed.curation.list(kind=Kind.SUGGESTION)
        assert (suggestion.author, suggestion.question, suggestion.answer, suggestion.state) == (
            f"slack:{BEN}",
            "returns?",
            "Within 30 days, if it is unopened.",
            Stage.PROPOSED,
        )
        await closed.workspace.say(ANN, "and to Norway?", thread=ts)
        await closed.answered(ts, count=3)
    assert [question.text for question, _ in closed.script.asked] == ["returns?", "and to Norway?"]


async def test_the_first_words_of_a_helper_take_the_thread(closed: Office) -> None:
    closed.settings.answering.handover_channel = f"slack:{HUMANS}"
    closed.settings.answering.helpers = [f"slack:{BEN}"]
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        await closed.workspace.press(ANN, answer, "person")
        await said_in(closed, ts, "I have told the team")
        await closed.workspace.say(BEN, "Yes, within 30 days.", thread=ts)
        assert f"<@{BEN}> has taken it." in shown(await note_in(closed, ending="has taken it."))


async def test_the_members_of_a_user_group_of_helpers_take_threads_and_nobody_else(
    closed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.people.GROUP_S", 0.0)
    closed.settings.answering.helpers = ["slack:S0AGENTS"]
    closed.settings.admins.clear()
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        await closed.workspace.press(ANN, answer, "person")
        note = await note_in(closed, "C0SUPPORT", "asks for a person")
        closed.gate.groups.clear()
        await closed.workspace.press(BEN, note, "handover_take")
        await whisper(closed, BEN, GROUPS_UNKNOWN[:40])
        closed.gate.groups["S0AGENTS"] = ["U0SOMEBODY"]
        await closed.workspace.press(BEN, note, "handover_resolve")
        await whisper(closed, BEN, HELPERS_ONLY)
        closed.gate.groups["S0AGENTS"] = [BEN]
        await closed.workspace.say(BEN, f"<@{ANN}> within 30 days.", thread=ts)
        taken = await note_in(closed, "C0SUPPORT", "has taken it.")
        assert f"<@{BEN}> has taken it." in shown(taken)
        await closed.workspace.press(BEN, taken, "handover_resolve")
        await said_in(closed, ts, notices.BACK.en)
    assert [question.text for question, _ in closed.script.asked] == ["returns?"]


async def test_an_answer_under_way_is_taken_back_when_people_take_the_thread_over(closed: Office) -> None:
    closed.settings.answering.handover_channel = f"slack:{HUMANS}"
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        closed.script.hold.clear()
        await closed.workspace.say(ANN, "and to Norway?", thread=ts)
        growing = await said_in(closed, ts, "You asked")
        await closed.workspace.until(
            lambda messages: [m for m in messages if m.get("thread_ts") == ts and shown(m) == "You asked"]
        )
        await closed.workspace.press(ANN, answer, "person")
        await note_in(closed)
        await said_in(closed, ts, "I have told the team")
        closed.script.hold.set()
        left = [shown(one) for one in await closed.workspace.replies(ts)]
        assert growing and len(left) == 2 and "Norway" not in " ".join(left)
        await closed.settled()


async def test_who_asked_cannot_take_the_own_thread_and_strangers_cannot_give_it_back(closed: Office) -> None:
    closed.settings.answering.helpers = ["slack:U0HELPER"]
    closed.settings.admins.clear()
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        await closed.workspace.press(ANN, answer, "person")
        note = await note_in(closed, "C0SUPPORT", "asks for a person")
        assert note["thread_ts"] == ts and shown(note).startswith("<@U0HELPER> ")
        await closed.workspace.press(ANN, note, "handover_take")
        await whisper(closed, ANN, notices.NOT_THE_ASKER.en)
        for action in ("handover_take", "handover_resolve"):
            await closed.workspace.press(BEN, note, action)
            await closed.workspace.until(
                lambda said, action=action: (
                    sum(  # type: ignore[misc]
                        m.get("ephemeral_to") == BEN and HELPERS_ONLY in shown(m) for m in said
                    )
                    == (1 if action == "handover_take" else 2)
                )
            )
        await closed.workspace.press(ANN, note, "handover_resolve")
        await said_in(closed, ts, notices.BACK.en)


@pytest.mark.parametrize("helpers", [[], [f"slack:{BEN}"]], ids=["nobody", "a helper"])
async def test_a_refusal_can_be_taken_to_a_person(closed: Office, helpers: list[str]) -> None:
    closed.settings.answering.helpers = helpers
    closed.script.ends["the moon?"] = Answer(Status.REFUSED, "I could not find that. Please ask #leads.")
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} the moon?")
        refusal = await said_in(closed, ts, "could not find")
        assert buttons(refusal) == ["person"]
        await closed.workspace.press(ANN, refusal, "person")
        if helpers:
            reply = await said_in(closed, ts, "I stay quiet in this thread until you mention me.")
            assert "I have told the team" in shown(reply)
        else:
            await whisper(closed, ANN, "I can't reach anybody from here. Please contact a member of the support team.")


async def test_a_private_answer_stays_when_a_person_is_called(closed: Office) -> None:
    closed.settings.answering.handover_channel = f"slack:{HUMANS}"
    async with closed.open():
        await closed.workspace.command(ANN, "/ask", "returns?")
        answer = await whisper(closed, ANN, "You asked: *returns?*")
        await closed.workspace.press(ANN, answer, "person")
        await whisper(closed, ANN, "I have told the team, and somebody will write to you.")
        assert "You asked: *returns?*" in shown(await whisper(closed, ANN, "You asked"))
        note = await note_in(closed)
        assert shown(note).startswith("*ann* asks for a person.\n> returns?")
        assert f"They asked in private; send <@{ANN}> a direct message." in shown(note)
        await closed.workspace.press(BEN, note, "handover_take")
        await whisper(closed, BEN, YOU_TOOK_IT, HUMANS)


async def test_a_note_whose_way_back_was_lost_is_not_posted_again(closed: Office) -> None:
    closed.settings.answering.handover_channel = f"slack:{HUMANS}"
    closed.script.ends["a human"] = Answer(Status.HANDED_OVER, "Of course. Please ask a member of the support team.")
    async with closed.open():
        closed.gate.faults["chat.postMessage"].extend(["", "lost"])
        ts = await closed.workspace.say(ANN, f"{MENTION} a human")
        await said_in(closed, ts, "I have told the team")
        assert len([one for one in await closed.workspace.messages(HUMANS) if one["user"] == BOT]) == 1
        await closed.workspace.press(BEN, await note_in(closed), "handover_take")
        await whisper(closed, BEN, YOU_TOOK_IT, HUMANS)
        await note_in(closed, ending="has taken it.")


async def test_after_a_thumb_down_a_reason_and_words_are_kept(closed: Office) -> None:
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        answer_id = await closed.inbox.answer_of_post("slack", TEAM, "C0SUPPORT", answer["ts"])
        assert answer_id is not None
        await closed.workspace.react(BEN, answer["ts"], "-1")
        asked = await whisper(closed, BEN, "What was wrong with it?")
        assert buttons(asked) == [*(f"reason_{one}" for one in Reason), "suggest"]
        await closed.workspace.press(BEN, asked, "reason_outdated")
        thanks = await whisper(closed, BEN, "noted as outdated")
        assert buttons(thanks) == ["suggest"]
        assert await closed.ratings.of(answer_id) == [
            Rating(answer_id, f"slack:{BEN}", -1, "reaction", Reason.OUTDATED)
        ]

        await closed.workspace.press(ANN, answer, "rate_down")
        asked = await whisper(closed, ANN, "What was wrong with it?")
        await closed.workspace.press(ANN, asked, "reason_other")
        await closed.workspace.submit(ANN, "The fee is missing.")
        await whisper(closed, ANN, "Thank you for your words.")
        given = (await closed.ratings.of(answer_id))[1]
        assert (given.reason, given.words) == (Reason.OTHER, "The fee is missing.")
        await closed.workspace.react(BEN, answer["ts"], "-1", present=False)
        await closed.workspace.react(BEN, answer["ts"], "+1")
        await test_slack._totals(closed, up=1, down=1)


async def test_all_that_is_told_alone_after_a_press_in_a_thread_stays_in_the_thread(closed: Office) -> None:
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        await closed.workspace.press(ANN, answer, "rate_down")
        asked = await whisper(closed, ANN, "What was wrong with it?")
        await closed.workspace.press(ANN, asked, "reason_outdated")
        thanks = await whisper(closed, ANN, "noted as outdated")
        await closed.workspace.press(ANN, thanks, "suggest")
        await closed.workspace.submit(ANN, "Within 14 days.")
        await whisper(closed, ANN, "Somebody will review your answer")
    assert [one["thread_ts"] for one in closed.gate.told_alone] == [ts] * 3


async def test_words_of_somebody_of_another_company_are_kept_and_thanked_for(closed: Office) -> None:
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        await closed.workspace.press(BEN, answer, "rate_down")
        asked = await whisper(closed, BEN, "What was wrong with it?")
        await closed.workspace.press(BEN, asked, "reason_other")
        await closed.gate.submit(BEN, await closed.gate.view(), {"text": "The fee is missing."}, team="T0OTHER")
        await whisper(closed, BEN, "Thank you for your words.")
        answer_id = await closed.inbox.answer_of_post("slack", TEAM, "C0SUPPORT", answer["ts"])
        (given,) = await closed.ratings.of(answer_id)
        assert (given.reason, given.words) == (Reason.OTHER, "The fee is missing.")


async def test_two_thumbs_down_bring_people_into_the_thread(closed: Office) -> None:
    closed.settings.answering.handover_channel = f"slack:{HUMANS}"
    async with closed.open():
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        (answer,) = await closed.answered(ts)
        await closed.workspace.press(ANN, answer, "rate_down")
        await whisper(closed, ANN, "What was wrong with it?")
        await closed.workspace.react(BEN, answer["ts"], "-1")
        assert "*ben* found what I said in <http" in shown(await note_in(closed))
        await said_in(closed, ts, "I have told the team")


async def test_who_asked_is_asked_to_rate_where_the_settings_say_so(closed: Office) -> None:
    closed.settings.ratings.remind_after_min = 0.0005
    async with closed.open() as platform:
        ts = await closed.workspace.say(ANN, f"{MENTION} returns?")
        await closed.answered(ts)
        desk = platform._desk
        await closed.settled()
        await test_slack.asyncio.sleep(0.1)
        assert (await desk.ask_to_rate(), await desk.ask_to_rate()) == (1, 0)
        asked = await whisper(closed, ANN, "Was this answer helpful?")
        await closed.workspace.press(ANN, asked, "rate_up")
        await whisper(closed, ANN, "noted as helpful")
