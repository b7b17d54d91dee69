"""`/frontdesk` on Discord: a channel's settings and its standard answers, as messages with buttons that open forms."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from adapters.discord.errors import explained
from adapters.discord.presses import DIALOG_S
from bot.channels.dialogue import (
    DIRECT,
    GONE,
    MAX_STANDARD_ANSWERS,
    Actor,
    Dialogue,
    Field,
    InvalidSettings,
    Kind,
    Listed,
    Value,
    standard_form,
    summary,
)
from bot.channels.resolve import Origin
from bot.channels.store import ChannelKey, Written
from bot.wording import notices
from knowledge.errors import FrontdeskError

if TYPE_CHECKING:
    from adapters.discord.client import FrontdeskClient

log = logging.getLogger(__name__)

SECTIONS = {
    "answering": ("Answering", ("when", "private", "language")),
    "scope": ("Scope", ("region", "audience", "product")),
    "voice": ("Voice", ("persona", "tone", "greeting")),
    "people": ("People", ("askers", "admins", "helpers")),
}
"""The parts of the settings that are set together: a form of Discord has five fields at the most."""
STANDARD = "standard"
"""What the form of a standard answer is called; the others are called by their part of the settings."""
NOT_SEEN = "I cannot see this channel. Invite me, or give me the permission to view it."
LINE_CHARS = 100
LISTED = 12
"""Standard answers whose text is shown in the list; the menus below it have all of them."""
MENU_OPTIONS = 25
LABEL_CHARS, HINT_CHARS = 45, 100
MESSAGE_CHARS = 2000
_AS_OPENED = re.compile(r"(?P<name>[a-z]+):(?P<opened>[0-9a-f]{16})")
"""What a field of a form of settings is called: a form that comes back does not tell what stood in it."""
_FORM = re.compile(r"frontdesk:setup-form:(?P<what>[a-z]+):(?P<id>\d{1,18})")

Interaction = discord.Interaction[Any]


def setup_commands(client: FrontdeskClient) -> app_commands.Group:
    """Return the commands `/frontdesk settings` and `/frontdesk standard-answers`."""
    group = app_commands.Group(
        name="frontdesk", description="Set up this channel and its standard answers (its admins only).", guild_only=True
    )

    @group.command(name="settings", description="Say how I behave in this channel.")
    async def settings(interaction: Interaction) -> None:
        await _command(interaction, lambda setup: setup.settings())

    @group.command(name="standard-answers", description="Look after the answers that your team wrote.")
    async def standard_answers(interaction: Interaction) -> None:
        await _command(interaction, lambda setup: setup.standard_answers())

    return group


class _Setup:
    """One channel, as one person sets it up. Each method gives the text and the components of the message to show."""

    def __init__(self, interaction: Interaction, key: ChannelKey) -> None:
        client: FrontdeskClient = interaction.client
        self.key = key
        self.actor = Actor(key.platform, str(interaction.user.id), client.roles_of(interaction.user))
        self.dialogue = Dialogue(client.desk.channels)
        self.guild = interaction.guild

    @classmethod
    async def of(cls, interaction: Interaction) -> _Setup:
        """Raises FrontdeskError in a direct message, and where the bot cannot see the channel."""
        client: FrontdeskClient = interaction.client
        if interaction.guild_id is None:
            raise FrontdeskError(DIRECT, "")
        place = await client.place_of(interaction.channel_id or 0, interaction.guild_id)
        if place is None:
            raise FrontdeskError(NOT_SEEN, "")
        return cls(interaction, place.channel_key)

    async def fields(self, section: str) -> list[Field]:
        """Return the fields of one part of the settings. Raises NotAnAdmin."""
        names = SECTIONS[section][1]
        found = {one.name: one for one in await self.dialogue.fields(self.key, self.actor)}
        return [found[name] for name in names]

    async def settings(self, said: str = "") -> tuple[str, discord.ui.View]:
        fields = await self.dialogue.fields(self.key, self.actor)
        trouble = await self.dialogue.trouble(self.key)
        lines = [_escaped(one, MESSAGE_CHARS // 4) for one in (said, trouble) if one]
        lines.append(f"**How I behave in <#{self.key.channel}>** – what is set here overrides frontdesk.toml.")
        for one, words in summary(fields, _mention):
            shown = words if one.kind is Kind.PEOPLE else _escaped(words, LINE_CHARS)
            lines.append(f"**{one.label}:** {shown}{'' if one.origin is Origin.DEFAULT else f' ({_from(one)})'}")
        view = discord.ui.View(timeout=None)
        for section, (label, _) in SECTIONS.items():
            view.add_item(SetupButton(section, label))
        view.add_item(SetupButton("list", "Standard answers"))
        set_here = [(one.name, one.label, "") for one in fields if one.origin is Origin.CHAT]
        if set_here:
            view.add_item(SetupMenu("reset", "Reset to frontdesk.toml …", set_here, several=True))
        return _fitting(lines), view

    async def standard_answers(self, said: str = "") -> tuple[str, discord.ui.View]:
        listed = await self.dialogue.standard_answers(self.key, self.actor)
        lines = [_escaped(said, MESSAGE_CHARS // 4)] if said else []
        lines.append(f"**Standard answers in <#{self.key.channel}>** – I give them before I look into the documents.")
        for number, one in enumerate(listed.written[:LISTED], 1):
            waits = "" if one.approved else "⏳ *waits for approval* "
            answer = " ".join(one.values.answer.split())
            lines.append(f"{number}. {waits}**{_escaped(_triggers(one), 60)}** {_escaped(answer, 60)}")
        if len(listed.written) > LISTED:
            lines.append(f"… and {len(listed.written) - LISTED} more.")
        if not listed.written and not listed.from_file:
            lines.append("There are none yet.")
        if listed.from_file:
            known = "; ".join(", ".join((*one.keywords, *one.questions)) for one in listed.from_file)
            lines.append(f"From frontdesk.toml: {_escaped(known, 300)}")
        view = discord.ui.View(timeout=None)
        view.add_item(SetupButton("add", "Add an answer" if listed.may_approve else "Suggest an answer"))
        if listed.may_approve:
            view.add_item(SetupButton("settings", "Settings"))
            for page in range(0, min(len(listed.written), MAX_STANDARD_ANSWERS), MENU_OPTIONS):
                options = [
                    (
                        str(one.id),
                        _triggers(one),
                        ("" if one.approved else "Waits for approval. ") + one.values.answer,
                    )
                    for one in listed.written[page : page + MENU_OPTIONS]
                ]
                view.add_item(SetupMenu(f"pick{page}", "Change an answer …", options))
        return _fitting(lines), view

    async def standard_answer(self, id: int) -> tuple[str, discord.ui.View]:
        one = await self.written(id)
        view = discord.ui.View(timeout=None)
        if not one.approved:
            view.add_item(SetupButton("approve", "Approve", id))
        view.add_item(SetupButton("edit", "Edit", id))
        view.add_item(SetupButton("erase", "Delete", id))
        view.add_item(SetupButton("list", "Back"))
        lines = [f"**{_escaped(_triggers(one), 400)}**", _escaped(one.values.answer, 1200)]
        lines += [_escaped(one.values.link, 300)] if one.values.link else []
        return _fitting(lines), view

    async def written(self, id: int) -> Written:
        """Return a standard answer. Raises NotAnAdmin, and FrontdeskError where it is gone."""
        listed: Listed = await self.dialogue.standard_answers(self.key, self.actor)
        for one in listed.written:
            if one.id == id:
                return one
        raise FrontdeskError(GONE, "")


class SetupButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"frontdesk:setup:(?P<what>[a-z]+):(?P<id>\d{1,18})",
):
    """A button of the dialogue. Its id says all it needs to know, so that it works after any restart."""

    def __init__(self, what: str, label: str, id: int = 0) -> None:
        self.what = what
        self.of = id
        style = {"add": discord.ButtonStyle.primary, "approve": discord.ButtonStyle.success}.get(
            what, discord.ButtonStyle.danger if what == "erase" else discord.ButtonStyle.secondary
        )
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=f"frontdesk:setup:{what}:{id}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> SetupButton:
        return cls(match["what"], getattr(item, "label", None) or "…", int(match["id"]))

    async def callback(self, interaction: Interaction) -> None:
        await _answered(interaction, self._pressed)

    async def _pressed(self, interaction: Interaction, setup: _Setup) -> None:
        match self.what:
            case "add" | "edit":
                kept = await setup.written(self.of) if self.what == "edit" else None
                await setup.dialogue.standard_answers(setup.key, setup.actor)
                await interaction.response.send_modal(standard_answer_form(kept))
            case "approve":
                await setup.dialogue.approve(setup.key, setup.actor, self.of)
                await _show(interaction, await setup.standard_answers("Approved."))
            case "erase":
                await setup.dialogue.erase(setup.key, setup.actor, self.of)
                await _show(interaction, await setup.standard_answers("Deleted."))
            case "list":
                await _show(interaction, await setup.standard_answers())
            case "settings":
                await _show(interaction, await setup.settings())
            case section if section in SECTIONS:
                await interaction.response.send_modal(settings_form(section, await setup.fields(section), setup.guild))


class SetupMenu(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=r"frontdesk:setup-menu:(?P<what>[a-z]+\d*)",
):
    """A menu of the dialogue: what to put back, or which standard answer to look at."""

    def __init__(
        self, what: str, placeholder: str, options: Sequence[tuple[str, str, str]], *, several: bool = False
    ) -> None:
        """`options` are value, label and description of each."""
        self.what = what
        super().__init__(
            discord.ui.Select(
                custom_id=f"frontdesk:setup-menu:{what}",
                placeholder=placeholder,
                max_values=max(1, len(options)) if several else 1,
                options=[
                    discord.SelectOption(
                        value=value, label=_short(label, 100), description=_short(description, 100) or None
                    )
                    for value, label, description in options
                ],
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str]
    ) -> SetupMenu:
        return cls(match["what"], "…", ())

    async def callback(self, interaction: Interaction) -> None:
        await _answered(interaction, self._chosen)

    async def _chosen(self, interaction: Interaction, setup: _Setup) -> None:
        if self.what == "reset":
            changed = await setup.dialogue.submit(setup.key, setup.actor, {}, self.item.values)
            await _show(interaction, await setup.settings(_saved(changed)))
        else:
            await _show(interaction, await setup.standard_answer(int(self.item.values[0])))


# Forms ----------------------------------------------------------------------------------------------------------


class Form(discord.ui.Modal):
    """A form whose fields are those of the dialogue. Its id says what it is of, so that it outlives a restart."""

    def __init__(self, what: str, id: int, title: str, fields: Sequence[Field], guild: discord.Guild | None) -> None:
        super().__init__(title=title, custom_id=f"frontdesk:setup-form:{what}:{id}", timeout=DIALOG_S)
        for one in fields:
            self.add_item(
                discord.ui.Label(
                    text=_short(one.label, LABEL_CHARS),
                    description=_short(one.hint, HINT_CHARS),
                    component=_input(one, guild),
                )
            )


def settings_form(section: str, fields: Sequence[Field], guild: discord.Guild | None) -> Form:
    """Return the form of some of a channel's settings."""
    form = Form(section, 0, SECTIONS[section][0], fields, guild)
    for label in form.children:
        assert isinstance(label, discord.ui.Label)
        field: Any = label.component
        field.custom_id = f"{field.custom_id}:{_digest(_value_of(field))}"
    return form


def standard_answer_form(kept: Written | None) -> Form:
    """Return the form of one standard answer; an empty one where none is `kept`."""
    return Form(STANDARD, kept.id if kept else 0, "Standard answer", standard_form(kept.values if kept else None), None)


async def submitted(interaction: Interaction) -> None:
    """Keep what somebody filled in in one of our forms, also in one that was opened before a restart."""
    data: Any = interaction.data or {}
    if (match := _FORM.fullmatch(str(data.get("custom_id", "")))) is None:
        return
    values = _filled_in(data)

    async def keep(interaction: Interaction, setup: _Setup) -> None:
        written = match["what"] == STANDARD
        try:
            if written:
                words = {name: value for name, value in values.items() if isinstance(value, str)}
                _, approved = await setup.dialogue.write(setup.key, setup.actor, words, int(match["id"]) or None)
                said = "Saved." if approved else "Thank you. It is given once an admin has approved it."
            else:
                said = _saved(await setup.dialogue.submit(setup.key, setup.actor, _changed(values)))
        except InvalidSettings as invalid:
            said = f"Not saved. {invalid}"
        await _show(interaction, await (setup.standard_answers(said) if written else setup.settings(said)))

    await _answered(interaction, keep)


def _filled_in(data: Mapping[str, Any]) -> dict[str, Value]:
    """Return what stands in the fields of a submitted form, by their names; roles with `&` before their ids."""
    roles = (data.get("resolved") or {}).get("roles") or {}
    values: dict[str, Value] = {}
    for label in data.get("components") or ():
        field = label["component"]
        kind, chosen = discord.ComponentType(field["type"]), field.get("values") or ()
        match kind:
            case discord.ComponentType.text_input:
                values[field["custom_id"]] = str(field.get("value") or "")
            case discord.ComponentType.mentionable_select:
                values[field["custom_id"]] = tuple(f"&{one}" if one in roles else str(one) for one in chosen)
            case _:
                values[field["custom_id"]] = str(chosen[0]) if chosen else ""
    return values


def _changed(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return what a person has changed in a form of settings, by the names of the fields.

    What somebody else has set since it was opened is left alone.
    """
    changed: dict[str, Value] = {}
    for id, value in values.items():
        if (field := _AS_OPENED.fullmatch(id)) is None:
            changed[id] = value  # of a form that an earlier version opened
        elif field["opened"] != _digest(value):
            changed[field["name"]] = value
    return changed


def _value_of(field: Input) -> Value:
    """Return what stands in a field that nobody has touched, as it comes back."""
    if isinstance(field, discord.ui.TextInput):
        return field.default or ""
    if isinstance(field, discord.ui.Select):
        return next((one.value for one in field.options if one.default), "")
    role = discord.SelectDefaultValueType.role
    return tuple(f"&{one.id}" if one.type is role else str(one.id) for one in field.default_values)


def _digest(value: Value) -> str:
    """Return a value in few characters; the order of people says nothing, nor do blanks at an end of a text."""
    told = "\n".join(value.strip().splitlines()) if isinstance(value, str) else " ".join(sorted(value))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


Input = discord.ui.TextInput[Any] | discord.ui.Select[Any] | discord.ui.MentionableSelect[Any]


def _input(field: Field, guild: discord.Guild | None) -> Input:
    if field.kind is Kind.CHOICE:
        return discord.ui.Select(
            custom_id=field.name,
            options=[
                discord.SelectOption(value=value, label=label, default=value == field.value)
                for value, label in field.options
            ],
        )
    if field.kind is Kind.PEOPLE:
        return discord.ui.MentionableSelect(
            custom_id=field.name,
            min_values=0,
            max_values=MENU_OPTIONS,
            required=False,
            default_values=_people(field.value, guild),
        )
    return discord.ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if field.kind is Kind.TEXT else discord.TextStyle.short,
        default=str(field.value) or None,
        placeholder=field.empty[:100] or None,
        max_length=field.max_chars,
        required=field.name == "answer",
    )


def _people(ids: Sequence[str], guild: discord.Guild | None) -> list[discord.SelectDefaultValue]:
    """Return people and roles as they stand in a menu; roles that are gone are left out, as Discord refuses them."""
    found: list[discord.SelectDefaultValue] = []
    for id in ids[:MENU_OPTIONS]:
        if not id.startswith("&"):
            found.append(discord.SelectDefaultValue(id=int(id), type=discord.SelectDefaultValueType.user))
        elif guild is not None and guild.get_role(int(id[1:])) is not None:
            found.append(discord.SelectDefaultValue(id=int(id[1:]), type=discord.SelectDefaultValueType.role))
    return found


# Answering Discord ----------------------------------------------------------------------------------------------


async def _command(interaction: Interaction, work: Callable[[_Setup], Awaitable[tuple[str, discord.ui.View]]]) -> None:
    """Acknowledge within Discord's three seconds, then show what the command asks for, to the person alone."""
    try:
        await interaction.response.defer(ephemeral=True, thinking=True)
    except discord.HTTPException as error:
        log.warning("A command on Discord was lost, it could not be acknowledged: %s", error)
        return
    try:
        with explained():
            text, view = await work(await _Setup.of(interaction))
            await interaction.edit_original_response(content=text, view=view)
    except FrontdeskError as error:
        await _say(interaction, str(error))
    except Exception:
        log.exception("A command on Discord ended in an unforeseen error")
        await _say(interaction, notices.UNFORESEEN.en)


async def _answered(interaction: Interaction, work: Callable[[Interaction, _Setup], Awaitable[None]]) -> None:
    """Do what a button, menu or form asks for; what goes wrong is told to the person."""
    try:
        with explained():
            await work(interaction, await _Setup.of(interaction))
    except FrontdeskError as error:
        await _say(interaction, str(error))
    except Exception:
        log.exception("A button on Discord ended in an unforeseen error")
        await _say(interaction, notices.UNFORESEEN.en)


async def _show(interaction: Interaction, shown: tuple[str, discord.ui.View]) -> None:
    """Put a text and its components in the place of those whose button was pressed."""
    text, view = shown
    await interaction.response.edit_message(content=text, view=view)


async def _say(interaction: Interaction, text: str) -> None:
    try:
        if interaction.response.is_done():
            await interaction.edit_original_response(content=text[:MESSAGE_CHARS], view=None)
        else:
            await interaction.response.send_message(text[:MESSAGE_CHARS], ephemeral=True)
    except discord.HTTPException as error:
        log.warning("A person on Discord could not be told “%s”: %s", text, error)


def _saved(changed: Mapping[str, Any] | Sequence[str]) -> str:
    return f"Saved: {', '.join(changed)}." if changed else "Nothing was changed."


def _from(field: Field) -> str:
    return "set here" if field.origin is Origin.CHAT else "frontdesk.toml"


def _mention(id: str) -> str:
    return f"<@{id}>"


def _triggers(one: Written) -> str:
    return " · ".join((*one.values.keywords, *one.values.questions))


def _short(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[: chars - 2].rstrip() + " …"


def _escaped(text: str, chars: int) -> str:
    """Return words of people so that they show as they were typed and mention nobody."""
    return discord.utils.escape_mentions(discord.utils.escape_markdown(_short(text, chars)))


def _fitting(lines: Sequence[str]) -> str:
    """Return as many lines as one message holds."""
    text = "\n".join(lines)
    return text if len(text) <= MESSAGE_CHARS else text[: MESSAGE_CHARS - 2] + " …"
