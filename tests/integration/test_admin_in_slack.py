"""What admins see in Slack besides answers: statistics, reasons, the Home tab; and what anybody can have deleted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import render
from adapters.slack.presses import SUGGESTION, WORDS
from adapters.slack.responder import SlackResponder
from bot.commands import Actor, Commands
from bot.library import Library, Progress
from bot.privacy import Privacy
from bot.settings import from_values
from bot.wording import buttons
from tests.integration.test_slack import ANN, BEN, MENTION, Office, slack_address
from tests.slack_server import APP_TOKEN, BINARY, BOT_TOKEN, MISSING, TEAM, Gate, Workspace
from tests.slack_server.workspace import Message, has_buttons, shown

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=MISSING)

__all__ = ["slack_address"]


@pytest.fixture
async def office(slack_address: str, tmp_path: Path) -> AsyncIterator[Office]:
    """An office whose admin is one of this workspace alone."""
    await Workspace(slack_address).reset()
    async with Gate(slack_address) as gate:
        settings = from_values(
            {
                "data_dir": str(tmp_path),
                "admins": [f"slack:{TEAM}:{ANN}"],
                "schedule": {"timezone": "Pacific/Auckland"},
                "slack": {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "api_url": gate.api_url},
            }
        )
        office = Office(settings, gate, Workspace(slack_address))
        await office.database.migrate()
        async with office.open():
            yield office
        await office.database.close()


async def asked(office: Office, text: str = "returns?", user: str = BEN) -> Message:
    """Have somebody ask; return the answer, once it counts as delivered."""
    ts = await office.workspace.say(user, f"{MENTION} {text}")
    answer = (await office.answered(ts))[0]
    await office.settled()
    return answer


async def whispered(office: Office, user: str, words: str) -> Message:
    return await office.workspace.until(
        lambda messages: next((m for m in messages if m.get("ephemeral_to") == user and words in shown(m)), None)
    )


FONTS_S = 60.0
"""How long the first picture of a data folder may take: the fonts of the machine are looked through for it."""


async def file_in(office: Office, channel: str) -> Message:
    return await office.workspace.until(
        lambda messages: next((m for m in messages if m.get("files")), None), channel, patience_s=FONTS_S
    )


def homes(office: Office) -> list[str]:
    """Return what each published Home tab showed, with whose it is."""
    return [
        f"{arguments['user_id']} " + "\n".join(one["text"]["text"] for one in _view(arguments) if "text" in one)
        for method, arguments in office.gate.calls
        if method == "views.publish"
    ]


def _view(arguments: Any) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = arguments["view"]["blocks"]
    return blocks


async def home_until(office: Office, count: int) -> list[str]:
    await office.workspace.until(lambda _: len(homes(office)) >= count)
    return homes(office)


async def opens_home(office: Office, user: str) -> None:
    event = {"type": "app_home_opened", "user": user, "channel": "D0", "tab": "home", "event_ts": "1.1"}
    await office.gate.deliver(event)


# Statistics -----------------------------------------------------------------------------------------------------


async def test_statistics_are_told_to_the_admin_alone_with_the_picture_in_direct_messages(office: Office) -> None:
    await asked(office)
    await office.workspace.command(ANN, "/stats", "7")
    told = await whispered(office, ANN, "I sent you the picture")
    assert "1 question:" in shown(told) and "Pacific/Auckland" in shown(told)
    shared = await file_in(office, await office.workspace.direct_messages(ANN, FONTS_S))
    assert shared["files"][0]["name"].endswith(".png")
    assert not [m for m in await office.workspace.messages() if m.get("files")]


async def test_shared_statistics_stand_in_the_channel(office: Office) -> None:
    await asked(office)
    await office.workspace.command(ANN, "/stats", "share")
    shared = await file_in(office, "C0SUPPORT")
    assert shared["files"][0]["name"].endswith(".png")


async def test_where_the_bot_cannot_post_a_shared_picture_comes_as_a_direct_message(office: Office) -> None:
    await asked(office)
    office.gate.faults["files.completeUploadExternal"].append("not_in_channel")
    await office.workspace.command(ANN, "/stats", "share")
    await file_in(office, await office.workspace.direct_messages(ANN, FONTS_S))
    assert await whispered(office, ANN, "in our direct messages")


async def test_an_option_that_cannot_be_read_is_explained(office: Office) -> None:
    await office.workspace.command(ANN, "/stats", "lately")
    assert await whispered(office, ANN, "“lately”")


# Why ------------------------------------------------------------------------------------------------------------


async def test_why_explains_the_last_answer_of_the_channel(office: Office) -> None:
    await asked(office, "first?")
    await asked(office, "second?")
    await office.workspace.command(ANN, "/why")
    told = await whispered(office, ANN, "Why this answer?")
    assert "second?" in shown(told) and "first?" not in shown(told)


async def test_why_explains_the_answer_that_a_link_leads_to(office: Office) -> None:
    answer = await asked(office, "first?")
    await asked(office, "second?")
    link = f"https://acme.slack.com/archives/C0SUPPORT/p{answer['ts'].replace('.', '')}?thread_ts=1.2&cid=C0SUPPORT"
    await office.workspace.command(ANN, "/why", link)
    assert "first?" in shown(await whispered(office, ANN, "Why this answer?"))


async def test_why_from_the_menu_of_an_answer(office: Office) -> None:
    answer = await asked(office, "from the menu?")
    await office.gate.shortcut(ANN, "why", answer | {"channel": "C0SUPPORT"})
    await office.workspace.until(lambda _: office.gate.responses)
    assert "from the menu?" in shown(office.gate.responses[0])
    assert office.gate.responses[0]["response_type"] == "ephemeral"


async def test_why_from_the_menu_is_for_admins(office: Office) -> None:
    answer = await asked(office)
    await office.gate.shortcut(BEN, "why", answer | {"channel": "C0SUPPORT"})
    await office.workspace.until(lambda _: office.gate.responses)
    assert "admins only" in shown(office.gate.responses[0])


async def test_what_a_used_up_response_url_takes_no_more_is_told_as_a_direct_message(office: Office) -> None:
    answer = await asked(office, "from the menu?")
    for user, words in ((ANN, "from the menu?"), (BEN, "admins only")):
        await office.gate.shortcut(user, "why", answer | {"channel": "C0SUPPORT"}, response_uses=0)
        channel = await office.workspace.direct_messages(user)
        assert await office.workspace.until(lambda said, words=words: any(words in shown(one) for one in said), channel)


async def test_what_is_sent_in_a_dialog_that_stood_open_for_long_is_answered_by_direct_message(office: Office) -> None:
    await asked(office)
    said = ((WORDS, "The fee is missing.", "Thank you for your words."), (SUGGESTION, " ", "The suggestion is empty."))
    for callback, text, thanks in said:
        kept = json.dumps([1, office.gate.response_url(uses=0), None])
        view = render.dialog(callback, buttons.WORDS_TITLE, buttons.WORDS_LABEL, 1000, kept)
        await office.gate.submit(BEN, view | {"id": "V9"}, {"text": text})
        channel = await office.workspace.direct_messages(BEN)
        assert await office.workspace.until(lambda told, words=thanks: any(words in shown(m) for m in told), channel)


async def test_a_long_command_keeps_uses_of_its_response_url_for_what_comes_of_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.responder.PROGRESS_AFTER_S", (0.0, 0.0))
    monkeypatch.setattr("bot.commands.PROGRESS_EVERY_S", 0.0)

    class LongCheck:
        async def check(self, folder: Path, progress: Progress) -> tuple[Path, str]:
            for done in range(8):
                progress("embedding", done, 8)
                await asyncio.sleep(0.05)
            report = folder / "report.html"
            report.write_text("3 pages", encoding="utf-8")
            return report, "3 pages contradict each other."

    commands = Commands(
        office.settings.model_copy(update={"admins": [f"slack:{ANN}"]}), office.database, cast(Library, LongCheck())
    )
    async with aiohttp.ClientSession() as session:
        responder = SlackResponder(
            AsyncWebClient(BOT_TOKEN, base_url=office.gate.api_url),
            session,
            channel="C0SUPPORT",
            user=ANN,
            response_url=office.gate.response_url(),
            public=False,
        )
        await commands.knowledge(Actor("slack", TEAM, "C0SUPPORT", ANN), responder, "check")
    told = [shown(one) for one in office.gate.responses]
    assert [one.split(" 8")[0] for one in told[:3]] == [
        "Checking the documents …",
        "Checking the documents … embedding 0 of",
        "Checking the documents … embedding 1 of",
    ]
    assert len(told) == 4 and told[3].startswith("3 pages contradict each other.")


async def test_what_is_said_of_a_file_is_set_as_slack_sets_it(office: Office, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("<p>report</p>")
    async with aiohttp.ClientSession() as session:
        responder = SlackResponder(
            AsyncWebClient(BOT_TOKEN, base_url=office.gate.api_url),
            session,
            channel="C0SUPPORT",
            user=ANN,
            response_url=office.gate.response_url(),
            public=False,
        )
        await responder.send_file(report, "**Documents:** `a\\_b` and a\\_b.")
    said = next(about for method, about in office.gate.calls if method == "files.completeUploadExternal")
    assert said["initial_comment"] == "*Documents:* `a\\_b` and a_b."


@pytest.mark.parametrize(
    ("text", "says"), [("please", "with the link"), ("https://x.slack.com/archives/C0/p1", "link")]
)
async def test_what_is_no_link_is_said(office: Office, text: str, says: str) -> None:
    await office.workspace.command(ANN, "/why", text)
    assert await whispered(office, ANN, says)


async def test_a_message_that_is_no_answer_has_no_reasons(office: Office) -> None:
    ts = await office.workspace.say(BEN, "Nice weather")
    await office.workspace.command(ANN, "/why", f"https://acme.slack.com/archives/C0SUPPORT/p{ts.replace('.', '')}")
    assert await whispered(office, ANN, "no answer there")


# Forgetting -----------------------------------------------------------------------------------------------------


async def test_anybody_has_their_own_data_deleted_after_confirming(office: Office) -> None:
    await asked(office)
    await office.workspace.command(BEN, "/forget")
    question = await whispered(office, BEN, "Delete it")
    assert has_buttons(question)
    assert await Privacy(office.database).kept_of("slack", BEN)
    await office.workspace.press(BEN, question, "forget")
    await whispered(office, BEN, "Deleted: 1 question, 1 answer and 0 ratings.")
    assert not await Privacy(office.database).kept_of("slack", BEN)


async def test_an_admin_has_somebodys_data_deleted(office: Office) -> None:
    await asked(office)
    await office.workspace.command(ANN, "/forget", f"<@{BEN}|ben>")
    question = await whispered(office, ANN, "about this person in this workspace")
    assert await Privacy(office.database).kept_of("slack", BEN)
    await office.workspace.press(ANN, question, "forget")
    await whispered(office, ANN, "Deleted: 1 question")
    assert not await Privacy(office.database).kept_of("slack", BEN)


async def test_a_button_pressed_by_a_stranger_deletes_nothing(office: Office) -> None:
    await asked(office)
    await office.workspace.command(ANN, "/forget", f"<@{BEN}|ben>")
    question = await whispered(office, ANN, "Delete it")
    await office.workspace.press("U0EVE", question, "forget")
    await whispered(office, "U0EVE", "admins only")
    assert await Privacy(office.database).kept_of("slack", BEN)


@pytest.mark.parametrize("text", ["ben", "<@U0BEN> <@U0ANN>", "<@U0BEN> <#C0SUPPORT>"])
async def test_whom_to_forget_must_be_clear(office: Office, text: str) -> None:
    await office.workspace.command(ANN, "/forget", text)
    assert await whispered(office, ANN, "/forget @somebody")


# The Home tab ---------------------------------------------------------------------------------------------------


async def test_the_home_tab_shows_admins_how_frontdesk_stands(office: Office) -> None:
    await asked(office)
    await opens_home(office, ANN)
    (home,) = await home_until(office, 1)
    assert home.startswith(ANN)
    assert "version 7, published just now" in home
    assert "1 question, 1 answered" in home
    await asked(office)
    await office.gate.press_at_home(ANN, "refresh")
    assert "2 questions, 2 answered" in (await home_until(office, 2))[1]


async def test_the_home_tab_shows_others_how_to_ask_and_nothing_else(office: Office) -> None:
    await opens_home(office, BEN)
    await office.gate.press_at_home(BEN, "refresh")
    for home in await home_until(office, 2):
        assert "Mention me in a channel" in home
        assert "version" not in home


async def test_somebody_asks_in_the_home_tab_to_be_forgotten(office: Office) -> None:
    await asked(office)
    await office.gate.press_at_home(BEN, "forget_me")
    channel = await office.workspace.direct_messages(BEN)
    question = await office.workspace.until(lambda messages: next(filter(has_buttons, messages), None), channel)
    await office.workspace.press(BEN, question | {"channel": channel}, "forget")
    assert await office.workspace.until(
        lambda messages: [m for m in messages if "Deleted: 1 question" in shown(m)], channel
    )
