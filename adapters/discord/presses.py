"""Buttons below answers and notes, and the dialogs that they open; they work after any restart.

A button's id says all that it needs to know, so that no message need be remembered; a dialog's does as well.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Coroutine, Iterator
from datetime import UTC
from typing import TYPE_CHECKING, Any

import discord

from adapters.discord.errors import explained, told
from adapters.platform import DONE, TAKE_LABEL, for_dialog
from bot.curation import MAX_CHARS
from bot.feedback import WORDS_CHARS
from bot.messages import Reason
from bot.storage.handovers import Hands
from bot.wording import buttons
from knowledge.errors import FrontdeskError

if TYPE_CHECKING:
    from adapters.discord.client import FrontdeskClient

log = logging.getLogger(__name__)

Press = discord.Interaction[Any]

DIALOG_S = 900.0  # how long the library remembers a dialog; what is sent later is heard all the same
_DIALOG = re.compile(r"frontdesk:dialog:(?P<kind>words|suggestion):(?P<answer>\d{1,18})")


# Views ------------------------------------------------------------------------------------------------------


def answer_buttons(answer_id: int, language: str = "en", *, rated: bool) -> discord.ui.View:
    """Return the buttons below an answer: those to rate it, where it is one, and the one that calls a person.

    What they say is in the `language` of the answer, here and below.
    """
    view = discord.ui.View(timeout=None)
    if rated:
        view.add_item(RatingButton(answer_id, "up", language))
        view.add_item(RatingButton(answer_id, "down", language))
    view.add_item(PersonButton(answer_id, language))
    return view


def reason_buttons(answer_id: int, language: str = "en") -> discord.ui.View:
    """Return a button for each reason why an answer was not helpful, and one to suggest a better answer."""
    view = discord.ui.View(timeout=None)
    for reason in Reason:
        view.add_item(ReasonButton(answer_id, reason, language))
    view.add_item(SuggestButton(answer_id, 0, language))
    return view


def suggest_button(answer_id: int, handover_id: int = 0, language: str = "en") -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(SuggestButton(answer_id, handover_id, language))
    return view


def handover_buttons(handover_id: int, state: Hands) -> discord.ui.View | None:
    """Return the buttons of the note about a hand-over; None once it is resolved."""
    if state is Hands.RESOLVED:
        return None
    view = discord.ui.View(timeout=None)
    if state is Hands.OPEN:
        view.add_item(HandoverButton(handover_id, "take", TAKE_LABEL))
    view.add_item(HandoverButton(handover_id, "resolve", DONE))
    return view


def give_back_button(handover_id: int, language: str = "en") -> discord.ui.View:
    """Return the button in a thread that is in human hands."""
    view = discord.ui.View(timeout=None)
    view.add_item(HandoverButton(handover_id, "resolve", buttons.GIVE_BACK.of(language)))
    return view


# Buttons ----------------------------------------------------------------------------------------------------


class RatingButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"frontdesk:rate:(?P<answer>\d{1,18}):(?P<way>up|down)",
):
    """👍 or 👎."""

    def __init__(self, answer_id: int, way: str, language: str = "en") -> None:
        self.answer_id = answer_id
        self.value = 1 if way == "up" else -1
        super().__init__(
            discord.ui.Button(
                label=(buttons.HELPFUL if way == "up" else buttons.NOT_HELPFUL).of(language),
                emoji="👍" if way == "up" else "👎",
                custom_id=f"frontdesk:rate:{answer_id}:{way}",
            )
        )

    @classmethod
    async def from_custom_id(cls, interaction: Press, item: discord.ui.Item[Any], match: re.Match[str]) -> RatingButton:
        return cls(int(match["answer"]), match["way"])

    async def callback(self, interaction: Press) -> None:
        async def rate() -> tuple[str, discord.ui.View | None]:
            client: FrontdeskClient = interaction.client
            pressed = await client.desk.press(
                self.answer_id, _person(interaction), self.value, route=route_of(interaction, below=True)
            )
            why = reason_buttons(self.answer_id, pressed.language) if pressed.ask_why else None
            return pressed.sentence, why

        await reply(interaction, rate(), beside=True)


class ReasonButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"frontdesk:reason:(?P<answer>\d{1,18}):(?P<reason>[a-z]{1,16})",
):
    """Why an answer was not helpful; the last one asks for words."""

    def __init__(self, answer_id: int, reason: Reason, language: str = "en") -> None:
        self.answer_id = answer_id
        self.reason = reason
        label = buttons.REASONS[reason].of(language)
        super().__init__(discord.ui.Button(label=label, custom_id=f"frontdesk:reason:{answer_id}:{reason}"))

    @classmethod
    async def from_custom_id(cls, interaction: Press, item: discord.ui.Item[Any], match: re.Match[str]) -> ReasonButton:
        known = match["reason"] in list(Reason)
        return cls(int(match["answer"]), Reason(match["reason"]) if known else Reason.OTHER)

    async def callback(self, interaction: Press) -> None:
        if self.reason is Reason.OTHER:
            await _open(interaction, "words", self.answer_id)
            return

        async def explain() -> tuple[str, discord.ui.View | None]:
            client: FrontdeskClient = interaction.client
            pressed = await client.desk.explain(
                self.answer_id, _person(interaction), self.reason, route=route_of(interaction, below=True)
            )
            return pressed.sentence, suggest_button(self.answer_id, language=pressed.language)

        await reply(interaction, explain(), replace=True)


class SuggestButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"frontdesk:suggest:(?P<answer>\d{1,18}):(?P<handover>\d{1,18})",
):
    """Opens the dialog for a better answer; what was written in a hand-over's thread stands in it already."""

    def __init__(self, answer_id: int, handover_id: int, language: str = "en") -> None:
        self.answer_id = answer_id
        self.handover_id = handover_id
        label = buttons.SUGGEST.of(language)
        super().__init__(discord.ui.Button(label=label, custom_id=f"frontdesk:suggest:{answer_id}:{handover_id}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Press, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> SuggestButton:
        return cls(int(match["answer"]), int(match["handover"]))

    async def callback(self, interaction: Press) -> None:
        await _open(interaction, "suggestion", self.answer_id, self.handover_id)


class PersonButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"frontdesk:person:(?P<answer>\d{1,18})",
):
    """Calls a person."""

    def __init__(self, answer_id: int, language: str = "en") -> None:
        self.answer_id = answer_id
        label = buttons.PERSON.of(language)
        super().__init__(discord.ui.Button(label=label, custom_id=f"frontdesk:person:{answer_id}"))

    @classmethod
    async def from_custom_id(cls, interaction: Press, item: discord.ui.Item[Any], match: re.Match[str]) -> PersonButton:
        return cls(int(match["answer"]))

    async def callback(self, interaction: Press) -> None:
        async def call() -> tuple[str, discord.ui.View | None]:
            client: FrontdeskClient = interaction.client
            sentence = await client.desk.hand_over(
                self.answer_id,
                str(interaction.user.id),
                press=str(interaction.id),
                at=interaction.created_at.astimezone(UTC),
                route=route_of(interaction),
            )
            return sentence, None

        await reply(interaction, call())


class HandoverButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"frontdesk:handover:(?P<handover>\d{1,18}):(?P<what>take|resolve)",
):
    """Takes a thread over, or gives it back to the bot."""

    def __init__(self, handover_id: int, what: str, label: str) -> None:
        self.handover_id = handover_id
        self.what = what
        super().__init__(
            discord.ui.Button(
                label=label,
                style=discord.ButtonStyle.primary if what == "take" else discord.ButtonStyle.secondary,
                custom_id=f"frontdesk:handover:{handover_id}:{what}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: Press, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> HandoverButton:
        return cls(int(match["handover"]), match["what"], getattr(item, "label", None) or "…")

    async def callback(self, interaction: Press) -> None:
        client: FrontdeskClient = interaction.client
        channel = str(interaction.channel_id or "")

        person, at = _person(interaction), interaction.created_at.astimezone(UTC)
        groups = client.looking_up(interaction.user)

        async def take() -> tuple[str, discord.ui.View | None]:
            return await client.desk.handovers.take(self.handover_id, person, channel, at, groups), None

        async def resolve() -> tuple[str, discord.ui.View | None]:
            sentence, answer_id = await client.desk.handovers.resolve(self.handover_id, person, channel, at, groups)
            return sentence, suggest_button(answer_id, self.handover_id) if answer_id is not None else None

        await reply(interaction, take() if self.what == "take" else resolve())


BUTTONS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    RatingButton,
    ReasonButton,
    SuggestButton,
    PersonButton,
    HandoverButton,
)
"""What the client has to know, for presses of old messages."""


# Dialogs ----------------------------------------------------------------------------------------------------


async def submitted(interaction: Press) -> None:
    """Keep what somebody wrote in one of our dialogs, also in one that was opened before a restart."""
    data: Any = interaction.data or {}
    if (match := _DIALOG.fullmatch(str(data.get("custom_id", "")))) is None:
        return
    answer_id = int(match["answer"])
    text = next(_values(data.get("components") or []), "")
    client: FrontdeskClient = interaction.client

    async def keep() -> tuple[str, discord.ui.View | None]:
        if match["kind"] == "suggestion":
            language = await client.desk.language_of(answer_id)
            return (await client.desk.feedback.suggest(answer_id, _person(interaction), text, language)).sentence, None
        pressed = await client.desk.explain(
            answer_id, _person(interaction), Reason.OTHER, text, route=route_of(interaction, below=True)
        )
        return pressed.sentence, suggest_button(answer_id, language=pressed.language)

    await reply(interaction, keep(), beside=match["kind"] == "words")


async def _open(interaction: Press, kind: str, answer_id: int, handover_id: int = 0) -> None:
    words = kind == "words"
    client: FrontdeskClient = interaction.client
    language, text = await for_dialog(client.desk, answer_id, handover_id, _person(interaction))
    limit = WORDS_CHARS if words else MAX_CHARS
    dialog = discord.ui.Modal(
        title=(buttons.WORDS_TITLE if words else buttons.SUGGEST).of(language),
        custom_id=f"frontdesk:dialog:{kind}:{answer_id}",
        timeout=DIALOG_S,
    )
    dialog.add_item(
        discord.ui.TextInput(
            label=(buttons.WORDS_LABEL if words else buttons.SUGGEST_LABEL).of(language),
            style=discord.TextStyle.paragraph,
            custom_id="text",
            max_length=limit,
            default=text[:limit] or None,
        )
    )
    with contextlib.suppress(discord.HTTPException):  # it is too late; another press opens it
        await interaction.response.send_modal(dialog)


def _values(components: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what stands in the fields of a dialog, whichever way they are nested."""
    for one in components:
        if "value" in one:
            yield str(one["value"] or "")
        inner = one.get("components") or ([one["component"]] if "component" in one else [])
        yield from _values(inner)


# Helpers ----------------------------------------------------------------------------------------------------


def route_of(interaction: Press, *, below: bool = False) -> dict[str, str]:
    """Return what delivers an answer to a press: in the channel of the button, or privately by the interaction.

    That stands in the response to the press, or `below` it where the press has a response of its own.
    """
    route = {
        "application_id": str(interaction.application_id),
        "interaction_token": interaction.token,
        "interaction": str(interaction.id),
        "posted_in": str(interaction.channel_id or ""),
    }
    return route | {"below": "yes"} if below else route


def _person(interaction: Press) -> str:
    return f"discord:{interaction.user.id}"


async def reply(
    interaction: Press,
    work: Coroutine[Any, Any, tuple[str, discord.ui.View | None]],
    *,
    replace: bool = False,
    beside: bool = False,
) -> None:
    """Acknowledge, do the work and tell the person alone; `replace` in place of the private message pressed.

    With `beside`, the work may have more said below a private message, and that may come before what is told here:
    Discord puts whatever comes first in place of a response that is only promised, so that none is. An empty sentence
    leaves the response to whatever the work has set going. A press that Discord does not know any more is left alone:
    whoever made it sees that it failed, and presses again.
    """
    alone = interaction.guild_id is None or (interaction.message is not None and interaction.message.flags.ephemeral)
    try:
        if alone and (replace or beside):
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)
    except discord.HTTPException as error:
        log.warning("A press on Discord was lost, it could not be acknowledged: %s", error)
        work.close()
        return
    view = None
    try:
        sentence, view = await work
    except FrontdeskError as error:
        sentence = await told(interaction, error)
    except Exception as error:
        log.exception("A press on Discord ended in an unforeseen error")
        sentence = await told(interaction, error)
    if sentence:
        with explained():
            if alone and beside:
                await interaction.followup.send(sentence, view=view or discord.utils.MISSING, ephemeral=True)
            else:
                await interaction.edit_original_response(content=sentence, view=view)
