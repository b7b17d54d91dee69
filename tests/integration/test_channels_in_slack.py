"""Channels that behave differently in Slack, set up in frontdesk.toml and by admins with modals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.reply import EphemeralReply
from bot.channels.dialogue import DIRECT, USAGE
from bot.channels.resolve import Channel
from bot.channels.values import When
from bot.delivery import DeliveryError
from bot.messages import Answer, MessageKey, Question, Status
from bot.settings import from_values
from bot.storage.database import utc_now
from bot.wording import notices
from tests.integration.test_slack import ANN, BEN, MENTION, Office, slack_address
from tests.slack_server import APP_TOKEN, BINARY, BOT, BOT_TOKEN, MISSING, TEAM, Gate, Workspace
from tests.slack_server.workspace import Message, has_buttons, shown

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=MISSING)

__all__ = ["slack_address"]


@pytest.fixture
async def gate(slack_address: str) -> AsyncIterator[Gate]:
    await Workspace(slack_address).reset()
    async with Gate(slack_address) as gate:
        yield gate


@pytest.fixture
async def office(gate: Gate, slack_address: str, tmp_path: Path) -> AsyncIterator[Office]:
    settings = from_values(
        {
            "data_dir": str(tmp_path),
            "admins": [f"slack:{ANN}"],
            "workspace_scopes": {f"slack:{TEAM}": {"region": ["eu", "uk"], "audience": "internal"}},
            "channels": [
                {"greeting": "Hello, I know the **policies**."},
                {"workspace": f"slack:{TEAM}", "tone": "formal"},
                {"channel": "slack:C0RANDOM", "when": "questions", "greeting": ""},
            ],
            "slack": {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "api_url": gate.api_url},
        }
    )
    office = Office(settings, gate, Workspace(slack_address))
    await office.database.migrate()
    async with office.open():
        yield office
    await office.database.close()


async def at(office: Office, channel: str = "C0SUPPORT") -> Channel:
    return await office.channels.at("slack", TEAM, channel)


async def settings_view(office: Office, user: str = ANN, channel: str = "C0SUPPORT") -> dict[str, Any]:
    count = len(office.gate.views)
    await office.workspace.command(user, "/frontdesk", "settings", channel)
    return await office.gate.view(count + 1)


async def told(office: Office, user: str, words: str, channel: str = "C0SUPPORT") -> Message:
    return await office.workspace.until(
        lambda messages: next((m for m in messages if m.get("ephemeral_to", user) == user and words in shown(m)), None),
        channel,
    )


def block(view: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in view["blocks"] if one.get("block_id") == name)


async def test_the_modal_shows_each_value_and_where_it_is_from(office: Office) -> None:
    view = await settings_view(office)
    assert view["title"]["text"] == "Channel settings"
    assert block(view, "when")["element"]["initial_option"]["value"] == "mention"
    assert "default" not in block(view, "when")["hint"]["text"]
    assert block(view, "tone")["element"]["initial_value"] == "formal"
    assert "This is from frontdesk.toml." in block(view, "tone")["hint"]["text"]
    assert "allow eu, uk here" in block(view, "region")["hint"]["text"]
    assert block(view, "region")["element"]["placeholder"]["text"] == "eu, uk"
    assert block(view, "product")["element"]["placeholder"]["text"] == "every product"
    assert not any(one.get("block_id") == "reset" for one in view["blocks"])


async def test_what_is_set_in_the_modal_goes_over_the_file_and_can_be_put_back(office: Office) -> None:
    view = await settings_view(office)
    filled_in = {"when": "questions", "private": "yes", "tone": "cheerful", "region": "United Kingdom"}
    filled_in |= {"language": "German", "askers": [ANN, BEN], "askers_groups": "S0AGENTS", "helpers": [BEN]}
    answer = await office.gate.submit(ANN, view, filled_in | {"greeting": "Hi!"})
    assert answer["response_action"] == "update"
    saved = answer["view"]["blocks"][0]["text"]["text"]
    assert (
        saved
        == "Saved: When to answer, Who sees answers, Region, Tone, Language, Who may ask, Human helpers, Greeting."
    )
    channel = await at(office)
    assert (channel.when, channel.private, channel.tone, channel.language) == (When.QUESTIONS, True, "cheerful", "de")
    assert (channel.askers, channel.helpers, channel.greeting) == ((ANN, BEN, "S0AGENTS"), (BEN,), "Hi!")
    assert office.channels.scope(channel).region == ("uk",)
    assert (await at(office, "C0RANDOM")).tone == "formal"

    again = await settings_view(office)
    assert block(again, "tone")["element"]["initial_value"] == "cheerful"
    assert "This was set here." in block(again, "tone")["hint"]["text"]
    assert block(again, "askers_groups")["element"]["initial_value"] == "S0AGENTS"
    await office.gate.submit(ANN, again, {"reset": ["tone", "region"], "private": "no"})
    channel = await at(office)
    assert (channel.tone, channel.private, channel.when) == ("formal", False, When.QUESTIONS)
    assert office.channels.scope(channel).region == ("eu", "uk")


async def test_a_modal_submitted_untouched_sets_nothing(office: Office) -> None:
    answer = await office.gate.submit(ANN, await settings_view(office), {})
    assert answer["view"]["blocks"][0]["text"]["text"] == "Nothing was changed."
    assert not any(one.get("block_id") == "reset" for one in (await settings_view(office))["blocks"])


async def test_what_was_set_while_a_modal_stood_open_is_not_put_back_by_it(office: Office) -> None:
    mine, others = await settings_view(office), await settings_view(office)
    set_meanwhile = {"tone": "warm", "when": "never", "helpers": [BEN], "admins_groups": "S0BOSS"}
    await office.gate.submit(ANN, others, set_meanwhile)
    answer = await office.gate.submit(ANN, mine, {"persona": "a clerk", "region": "eu"})
    assert answer["view"]["blocks"][0]["text"]["text"] == "Saved: Region, Persona."
    channel = await at(office)
    assert (channel.persona, channel.tone, channel.when) == ("a clerk", "warm", When.NEVER)
    assert (channel.helpers, channel.admins) == ((BEN,), ("S0BOSS",))


async def test_what_cannot_be_kept_is_said_at_its_field_and_nothing_is_kept(office: Office) -> None:
    view = await settings_view(office)
    filled_in = {"region": "us", "audience": "board", "language": "Klingonese", "askers_groups": "everybody"}
    answer = await office.gate.submit(ANN, view, filled_in | {"tone": "cheerful"})
    assert answer["response_action"] == "errors"
    assert set(answer["errors"]) == {"region", "audience", "language", "askers"}
    assert answer["errors"]["region"] == (
        "Us cannot be told here: The settings of Frontdesk allow eu, uk here; you may narrow it."
    )
    assert (await at(office)).tone == "formal"


async def test_a_channel_can_be_narrowed_to_what_is_public(office: Office) -> None:
    await office.gate.submit(ANN, await settings_view(office), {"audience": "public"})
    assert office.channels.scope(await at(office)).audience == ()
    assert block(await settings_view(office), "audience")["element"]["initial_value"] == "public"
    await office.answered(await office.workspace.say(BEN, f"{MENTION} returns?"))
    assert office.script.asked[0][0].scope.audience == ()


async def test_strangers_cannot_set_up_a_channel(office: Office) -> None:
    await office.workspace.command(BEN, "/frontdesk", "settings")
    await told(office, BEN, "for the admins of this channel only")
    await office.workspace.command(BEN, "/frontdesk", "standard-answers")
    assert not office.gate.views
    # Nor by a modal that somebody else has opened.
    answer = await office.gate.submit(BEN, await settings_view(office), {"tone": "rude"})
    assert "for the admins of this channel only" in answer["view"]["blocks"][0]["text"]["text"]
    assert (await at(office)).tone == "formal"


async def test_an_admin_of_one_channel_sets_up_only_that_one(office: Office) -> None:
    await office.gate.submit(ANN, await settings_view(office), {"admins": [BEN]})
    view = await settings_view(office, BEN)
    elsewhere = view | {"private_metadata": view["private_metadata"].replace("C0SUPPORT", "C0RANDOM")}
    await office.gate.submit(BEN, elsewhere, {"tone": "rude"})
    assert (await at(office, "C0RANDOM")).tone == "formal"
    await office.gate.submit(BEN, view, {"tone": "warm"})
    assert (await at(office)).tone == "warm"


async def test_a_word_that_is_no_command_is_answered_with_how_to_use_it(office: Office) -> None:
    await office.workspace.command(BEN, "/frontdesk", "dance")
    await told(office, BEN, USAGE.split("`")[0].strip())
    direct = await _direct(office)
    await office.workspace.command(ANN, "/frontdesk", "settings", direct)
    assert await told(office, ANN, DIRECT, direct)


async def _direct(office: Office) -> str:
    await office.workspace.say(ANN, "hello there", channel=ANN)
    return await office.workspace.direct_messages(ANN)


async def test_every_question_is_answered_where_the_channel_wants_it_and_the_rest_left_alone(office: Office) -> None:
    await office.workspace.say(BEN, "The kettles came in today.", channel="C0RANDOM")
    await office.workspace.say(BEN, f"<@{ANN}> could you look at the kettles?", channel="C0RANDOM")
    await office.workspace.say(BEN, "<!subteam^S0AGENTS> where are the kettles?", channel="C0RANDOM")
    talk = await office.workspace.say(ANN, "Kettles are fine.", channel="C0RANDOM")
    await office.workspace.say(BEN, "Which kettles do you mean?", channel="C0RANDOM", thread=talk)
    await office.workspace.say(BEN, "How long do refunds take?", channel="C0SUPPORT")
    ts = await office.workspace.say(BEN, "How long do refunds take?", channel="C0RANDOM")
    await office.answered(ts, "C0RANDOM")
    assert [(one.text, one.key.channel) for one, _ in office.script.asked] == [
        ("How long do refunds take?", "C0RANDOM")
    ]
    assert not office.script.asked[0][0].addressed


async def test_nothing_is_answered_in_a_channel_that_is_set_to_never(office: Office) -> None:
    await office.gate.submit(ANN, await settings_view(office), {"when": "never"})
    await office.workspace.say(BEN, f"{MENTION} returns?")
    await told(office, BEN, notices.DENIED_CHANNEL.en)
    await office.workspace.command(BEN, "/ask", "returns?")
    await office.answered(
        await office.workspace.say(BEN, "returns?", channel=BEN), await office.workspace.direct_messages(BEN)
    )
    assert [one.key.channel for one, _ in office.script.asked] == [await office.workspace.direct_messages(BEN)]


async def test_a_private_channel_answers_only_to_who_asked(office: Office) -> None:
    await office.gate.submit(ANN, await settings_view(office), {"private": "yes"})
    ts = await office.workspace.say(BEN, f"{MENTION} returns?")
    answer = await told(office, BEN, "You asked: *returns?*")
    assert answer["ephemeral_to"] == BEN and has_buttons(answer)
    assert not await office.workspace.replies(ts)
    assert office.script.asked[0][0].private


async def test_an_edited_question_in_a_private_channel_shows_its_new_answer(office: Office) -> None:
    await office.gate.submit(ANN, await settings_view(office), {"private": "yes"})
    ts = await office.workspace.say(BEN, f"{MENTION} returns in the UK?")
    assert await told(office, BEN, "You asked: *returns in the UK?*")
    for place in ("USA", "EU"):
        await office.workspace.edit(BEN, ts, f"{MENTION} returns in the {place}?")
        assert await told(office, BEN, f"You asked: *returns in the {place}?*")


async def test_a_private_answer_that_was_cut_off_goes_on_where_it_stopped_also_after_an_edit(office: Office) -> None:
    web = AsyncWebClient(BOT_TOKEN, base_url=office.gate.api_url)
    ts = await office.workspace.say(BEN, "returns?")
    key = MessageKey("slack", TEAM, "C0SUPPORT", ts)
    question = Question(key, "returns?", BEN, thread=ts, private=True)
    answer = Answer(Status.ANSWERED, "\n\n".join(f"Rule {n}. " + "It is long. " * 300 for n in range(3)))
    posts: list[str] = []

    async def cut_off(post: str) -> None:
        posts.append(post)
        raise DeliveryError("The line broke.", "It will be tried again.")

    async def record(post: str) -> None:
        posts.append(post)

    async def told_in_all(asked: Question) -> str:
        before = len(await office.workspace.whispers(BEN))
        with pytest.raises(DeliveryError):
            await EphemeralReply(web, asked, tuple(posts), cut_off).finish(answer, 1)
        await EphemeralReply(web, asked, tuple(posts), record).finish(answer, 1)
        return " ".join(shown(one) for one in (await office.workspace.whispers(BEN))[before:])

    for asked in (question, replace(question, edited_at=utc_now()), replace(question, edited_at=utc_now())):
        told = await told_in_all(asked)
        assert [told.count(f"Rule {n}.") for n in range(3)] == [1, 1, 1]


async def test_only_who_may_ask_is_answered_a_user_group_counts(office: Office) -> None:
    office.gate.groups = {"S0AGENTS": [ANN]}
    await office.gate.submit(ANN, await settings_view(office), {"askers_groups": "S0AGENTS"})
    await office.workspace.say(BEN, f"{MENTION} returns?")
    await told(office, BEN, notices.DENIED_PERSON.en)
    await office.answered(await office.workspace.say(ANN, f"{MENTION} shipping?"))
    assert [one.author for one, _ in office.script.asked] == [ANN]


async def test_limits_that_leave_nothing_are_told_instead_of_an_answer(office: Office) -> None:
    await office.gate.submit(ANN, await settings_view(office), {"region": "uk"})
    office.settings.workspace_scopes[f"slack:{TEAM}"]["region"] = "us"
    await office.workspace.say(BEN, f"{MENTION} returns?")
    await told(office, BEN, "it is limited to uk, but only us is allowed here")
    assert not office.script.asked
    view = await settings_view(office)
    assert any("limited to uk" in str(one) for one in view["blocks"])


async def test_joining_a_channel_is_greeted_once_however_often_it_is_told(office: Office) -> None:
    joined = {"type": "member_joined_channel", "user": BOT, "channel": "C0SUPPORT", "event_ts": "1700000000.1"}
    for retry in range(3):
        await office.gate.deliver(joined, retry)
    await office.gate.deliver(joined | {"user": BEN, "event_ts": "1700000000.2"})
    await office.gate.deliver(joined | {"channel": "C0RANDOM", "event_ts": "1700000000.3"})

    async def greetings(count: int) -> None:
        await office.workspace.until(
            lambda messages: len([m for m in messages if "I know the *policies*" in shown(m)]) == count
        )

    await greetings(1)
    await office.gate.deliver(joined | {"event_ts": "1700000000.4"})
    await greetings(2)
    await office.gate.deliver(joined, 3)
    await office.answered(await office.workspace.say(ANN, f"{MENTION} returns?"))
    await greetings(2)
    assert not [m for m in await office.workspace.messages("C0RANDOM") if m["user"] == BOT]


async def test_setting_up_a_channel_that_the_bot_was_removed_from_says_so(office: Office) -> None:
    view = await settings_view(office, channel="C0OUTSIDE")
    await office.gate.submit(ANN, view, {"tone": "warm"})
    note = await office.gate.view(2)
    assert note["blocks"][0]["text"]["text"].startswith("Saved: Tone.")
    assert "I am not in this channel" in note["blocks"][1]["text"]["text"] if len(note["blocks"]) > 1 else str(note)
    assert (await at(office, "C0OUTSIDE")).tone == "warm"


async def test_standard_answers_are_written_changed_approved_and_deleted_in_modals(office: Office) -> None:
    await office.gate.submit(ANN, await settings_view(office), {"helpers": [BEN]})
    views = len(office.gate.views)
    await office.workspace.command(BEN, "/frontdesk", "standard-answers")
    await office.gate.press(BEN, await office.gate.view(views + 1), "standard_add")
    form = await office.gate.view(views + 2)
    assert form["submit"]["text"] == "Suggest"
    bad = await office.gate.submit(BEN, form, {"keywords": "how", "answer": "x", "link": "javascript:alert(1)"})
    assert bad["response_action"] == "errors" and set(bad["errors"]) == {"keywords", "link"}
    root = office.gate.views[views]["id"]
    await office.gate.submit(
        BEN, form, {"keywords": "wifi password\nguest wifi", "answer": "Ask <!channel>"}, root_view_id=root
    )
    await office.gate.view(views + 3)  # the list, with the new answer in it
    key = (await at(office)).key
    assert not await office.channels.standard_answers(key)

    views = len(office.gate.views)
    await office.workspace.command(ANN, "/frontdesk", "standard answers")
    waiting = await office.gate.view(views + 1)
    assert any("Waits for an admin" in str(one) for one in waiting["blocks"])
    assert "<!channel>" not in str(waiting)
    await office.gate.press(ANN, waiting | {"id": "V-list"}, "standard_approve")
    approved = await office.gate.view(views + 2)
    assert not any("Waits for an admin" in str(one) for one in approved["blocks"])
    (answer,) = await office.channels.standard_answers(key)
    assert answer.values.keywords == ["wifi password", "guest wifi"]

    await office.gate.press(ANN, approved, "standard_edit")
    form = await office.gate.view(views + 3)
    assert block(form, "keywords")["element"]["initial_value"] == "wifi password\nguest wifi"
    await office.gate.submit(ANN, form, {"answer": "It is on the board."}, root_view_id="V-list")
    (answer,) = await office.channels.standard_answers(key)
    assert answer.values.answer == "It is on the board."
    await office.gate.press(ANN, approved, "standard_erase")
    assert (await office.gate.view(views + 5))["blocks"][-1]["type"] == "actions"
    assert not await office.channels.standard_answers(key)


async def test_a_helper_can_suggest_but_not_approve_or_delete(office: Office) -> None:
    await office.gate.submit(ANN, await settings_view(office), {"helpers": [BEN]})
    views = len(office.gate.views)
    await office.workspace.command(ANN, "/frontdesk", "standard-answers")
    await office.gate.press(ANN, await office.gate.view(views + 1), "standard_add")
    await office.gate.submit(
        ANN, await office.gate.view(views + 2), {"keywords": "wifi", "answer": "On the board."}, root_view_id="V-list"
    )
    listed = await office.gate.view(views + 3)
    await office.gate.press(BEN, listed, "standard_erase")
    refusal = await office.gate.view(views + 4)
    assert "for the admins of this channel only" in str(refusal)
    assert len(await office.channels.standard_answers((await at(office)).key)) == 1
