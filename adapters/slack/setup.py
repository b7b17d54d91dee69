"""`/frontdesk` in Slack: a channel's settings and its standard answers, as modals."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import hearing, render
from adapters.slack.api import SlackError, explained
from bot.channels.dialogue import (
    DIRECT,
    USAGE,
    Actor,
    Dialogue,
    Field,
    InvalidSettings,
    Kind,
    Listed,
    Value,
    standard_form,
)
from bot.channels.resolve import Origin
from bot.channels.store import ChannelKey, Written
from knowledge.errors import FrontdeskError

SETTINGS = "channel_settings"
STANDARD = "standard_answer"
STANDARD_LIST = "standard_answers"
ADD, EDIT, APPROVE, ERASE = "standard_add", "standard_edit", "standard_approve", "standard_erase"
VALUE = "value"
RESET = "reset"
GROUPS = "_groups"
"""Ends the name of the block that takes the user groups besides the people: Slack has no menu of both."""
SHOWN_CHARS = 300
SHOWN_OF_FILE = 20
NOT_HERE = "I am not in this channel, so I answer nothing there. Invite me with `/invite`."

Body = dict[str, Any]
View = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]
Handle = Callable[[Coroutine[Any, Any, None], Callable[[str], Awaitable[None]] | None], Awaitable[None]]


class ChannelSetup:
    """Listens for the command and for what is done in its modals.

    `key(body, channel)` names a channel of the workspace that `body` is from; `groups(body, user, among)` gives the
    user groups that somebody is in; `handle` does the work, and tells what goes wrong through a `teller(body)`.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        key: Callable[[Body, str], ChannelKey],
        groups: Callable[[Body, str, Iterable[str]], Awaitable[Sequence[str]]],
        handle: Handle,
        teller: Callable[[Body], Callable[[str], Awaitable[None]]],
    ) -> None:
        self._dialogue = dialogue
        self._key = key
        self._groups = groups
        self._handle = handle
        self._teller = teller

    def listen(self, app: AsyncApp) -> None:
        app.command("/frontdesk")(self._on_command)
        app.view(SETTINGS)(self._on_settings)
        app.view(STANDARD)(self._on_standard)
        app.action(re.compile(f"{ADD}|{EDIT}|{APPROVE}|{ERASE}"))(self._on_button)

    async def _on_command(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        await ack()
        tell = self._teller(body)
        await self._handle(self._command(body, client, tell), tell)

    async def _command(self, body: Body, web: AsyncWebClient, tell: Callable[[str], Awaitable[None]]) -> None:
        words = " ".join(re.split(r"[\s_-]+", body.get("text", "").strip().lower()))
        if words not in {"settings", "standard answers"}:
            await tell(USAGE)
            return
        if body["channel_id"].startswith("D"):
            await tell(DIRECT)
            return
        key = self._key(body, body["channel_id"])
        actor = await self._actor(body, key, body["user_id"])
        if words == "settings":
            fields = await self._dialogue.fields(key, actor)
            view = settings_view(key.channel, fields, await self._dialogue.trouble(key))
        else:
            view = list_view(key.channel, await self._dialogue.standard_answers(key, actor))
        with explained("a dialogue"):
            await web.views_open(trigger_id=body["trigger_id"], view=view)

    async def _on_settings(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        web, view = client, body["view"]
        submitted, reset = submitted_settings(view)

        async def keep(key: ChannelKey, actor: Actor) -> None:
            changed = await self._dialogue.submit(key, actor, submitted, reset)
            said = f"Saved: {', '.join(changed)}." if changed else "Nothing was changed."
            said = f"{said} {await self._dialogue.trouble(key)}".strip()
            await ack(response_action="update", view=text_view("Saved", said))
            if not await _is_member(web, key.channel):
                with explained("a dialogue"):
                    await web.views_update(view_id=view["id"], view=text_view("Saved", f"{said}\n\n{NOT_HERE}"))

        await self._submitted(ack, body, keep)

    async def _on_standard(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        web, view = client, body["view"]
        id = json.loads(view["private_metadata"]).get("id")
        values = {name: _line(told) for name, told in _state(view).items()}

        async def keep(key: ChannelKey, actor: Actor) -> None:
            await self._dialogue.write(key, actor, values, id)
            await ack()
            await self._show_list(web, key, actor, view["root_view_id"])

        await self._submitted(ack, body, keep)

    async def _on_button(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await self._handle(self._press(body, client), None)

    async def _press(self, body: Body, web: AsyncWebClient) -> None:
        view, action = body["view"], body["actions"][0]
        key = self._key(body, _channel(view))
        actor = await self._actor(body, key, body["user"]["id"])
        id = hearing.number(action.get("value")) or 0
        try:
            if action["action_id"] in (ADD, EDIT):
                listed = await self._dialogue.standard_answers(key, actor)
                kept = next((one for one in listed.written if one.id == id), None)
                with explained("a dialogue"):
                    await web.views_push(trigger_id=body["trigger_id"], view=form_view(key.channel, listed, kept))
                return
            if action["action_id"] == APPROVE:
                await self._dialogue.approve(key, actor, id)
            else:
                await self._dialogue.erase(key, actor, id)
        except FrontdeskError as error:
            with explained("a dialogue"):
                await web.views_update(view_id=view["id"], view=text_view("Not done", str(error)))
            return
        await self._show_list(web, key, actor, view["id"])

    async def _show_list(self, web: AsyncWebClient, key: ChannelKey, actor: Actor, view_id: str) -> None:
        listed = await self._dialogue.standard_answers(key, actor)
        with explained("a dialogue"):
            await web.views_update(view_id=view_id, view=list_view(key.channel, listed))

    async def _submitted(self, ack: Ack, body: Body, keep: Callable[[ChannelKey, Actor], Awaitable[None]]) -> None:
        """Do what a submitted modal asks for; what is wrong with it is said in the modal."""

        async def work() -> None:
            key = self._key(body, _channel(body["view"]))
            try:
                await keep(key, await self._actor(body, key, body["user"]["id"]))
            except InvalidSettings as invalid:
                await ack(response_action="errors", errors=invalid.problems)
            except FrontdeskError as error:
                await ack(response_action="update", view=text_view("Not saved", str(error)))
                raise

        await self._handle(work(), None)

    async def _actor(self, body: Body, key: ChannelKey, user: str) -> Actor:
        named = await self._dialogue.named_groups(key)
        return Actor(key.platform, user, await self._groups(body, user, named) if named else ())


async def _is_member(web: AsyncWebClient, channel: str) -> bool:
    """Whether the bot is in a channel; yes where Slack does not tell."""
    try:
        with explained("a look at a channel"):
            told = await web.conversations_info(channel=channel)
    except SlackError as error:
        return error.why != "channel_not_found"
    except FrontdeskError:
        return True
    return bool(told["channel"].get("is_member", True))


# What the modals show -------------------------------------------------------------------------------------------


def settings_view(channel: str, fields: Sequence[Field], trouble: str = "") -> View:
    """Return the settings of a channel as a modal."""
    blocks = [_context(f"How I behave in <#{channel}>. What you set here overrides frontdesk.toml.")]
    blocks += [_section(render.mrkdwn(f"⚠️ {trouble}"))] if trouble else []
    for field in fields:
        blocks += _inputs(field)
    set_here = [field for field in fields if field.origin is Origin.CHAT]
    if set_here:
        menu = {
            "type": "multi_static_select",
            "action_id": VALUE,
            "options": [_option(field.name, field.label) for field in set_here],
        }
        hint = "What you choose here is again as frontdesk.toml says, or as the default is."
        blocks.append(_input(RESET, "Reset", menu, hint))
    return _modal(SETTINGS, "Channel settings", blocks, channel, submit="Save")


def list_view(channel: str, listed: Listed) -> View:
    """Return the standard answers of a channel as a modal."""
    add = "Add an answer" if listed.may_approve else "Suggest an answer"
    blocks = [
        _context(f"Answers in <#{channel}> that your team wrote. I give them before I look into the documents."),
        {"type": "actions", "elements": [_button(ADD, add, "0", style="primary")]},
    ]
    for one in listed.written:
        waits = "" if one.approved else "⏳ _Waits for an admin's approval._\n"
        blocks.append(_section(waits + _shown(one)))
        if listed.may_approve:
            buttons = [_button(APPROVE, "Approve", str(one.id), style="primary")] if not one.approved else []
            buttons += [_button(EDIT, "Edit", str(one.id)), _button(ERASE, "Delete", str(one.id), style="danger")]
            buttons[-1]["confirm"] = {
                "title": _plain("Delete this answer?"),
                "text": _plain("I will no longer give this answer."),
                "confirm": _plain("Delete"),
                "deny": _plain("Keep"),
            }
            blocks.append({"type": "actions", "elements": buttons})
    if listed.from_file:
        known = [", ".join((*one.keywords, *one.questions)) for one in listed.from_file[:SHOWN_OF_FILE]]
        text = "From frontdesk.toml: " + "; ".join(render.escape(one[:100]) for one in known)
        blocks.append(_context(text[: render.SECTION_CHARS]))
    return _modal(STANDARD_LIST, "Standard answers", blocks, channel)


def form_view(channel: str, listed: Listed, kept: Written | None) -> View:
    """Return the form of one standard answer, an empty one where none is `kept`."""
    blocks = [
        _input(
            part.name,
            part.label,
            _text_input(str(part.value), part.max_chars, multiline=part.kind is Kind.TEXT),
            part.hint,
            optional=part.name != "answer",
        )
        for part in standard_form(kept.values if kept else None)
    ]
    view = _modal(STANDARD, "Standard answer", blocks, channel, submit="Save" if listed.may_approve else "Suggest")
    view["private_metadata"] = json.dumps({"channel": channel} | ({"id": kept.id} if kept else {}))
    return view


def text_view(title: str, text: str) -> View:
    """Return a modal that only says something (Markdown)."""
    return {
        "type": "modal",
        "title": _plain(title),
        "close": _plain("Close"),
        "blocks": [_section(one) for one in render.sections(text)[:50]],
    }


def submitted_settings(view: View) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Return what a person has changed in a submitted modal of settings, by the names of the fields, and what is to be
    put back. What somebody else has set since the modal was opened is left alone.
    """
    told = _state(view)
    opened = _values({one["block_id"]: _initial(one["element"]) for one in view["blocks"] if one["type"] == "input"})
    changed = {name: value for name, value in _values(told).items() if value != opened.get(name)}
    return changed, tuple(one["value"] for one in told.get(RESET, {}).get("selected_options") or ())


def _values(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Value]:
    """Return the fields of a modal of settings, by the states of its blocks."""
    values: dict[str, Value] = {}
    for name, state in told.items():
        if name == RESET or name.endswith(GROUPS):
            continue
        if "selected_users" in state:
            groups = re.split(r"[\s,]+", _line(told.get(name + GROUPS, {})))
            values[name] = (*state["selected_users"], *(one for one in groups if one))
        elif "selected_option" in state:
            if state["selected_option"]:
                values[name] = str(state["selected_option"]["value"])
        else:
            values[name] = _line(state)
    return values


def _initial(element: View) -> Mapping[str, Any]:
    """Return the state of what a person has not touched."""
    return {
        "static_select": {"selected_option": element.get("initial_option")},
        "multi_users_select": {"selected_users": element.get("initial_users", ())},
    }.get(element["type"], {"value": element.get("initial_value")})


def _inputs(field: Field) -> list[View]:
    hint = f"{field.hint} {field.where_from}".strip()
    if field.kind is Kind.CHOICE:
        options = [_option(value, label) for value, label in field.options]
        chosen = next(one for one in options if one["value"] == field.value)
        menu = {"type": "static_select", "action_id": VALUE, "options": options, "initial_option": chosen}
        return [_input(field.name, field.label, menu, hint)]
    if field.kind is Kind.PEOPLE:
        users = [id for id in field.value if not id.startswith("S")]
        groups = ", ".join(id for id in field.value if id.startswith("S"))
        menu = {"type": "multi_users_select", "action_id": VALUE} | ({"initial_users": users} if users else {})
        return [
            _input(field.name, field.label, menu, hint),
            _input(
                field.name + GROUPS,
                f"{field.label}: user groups",
                _text_input(groups, field.max_chars, placeholder="S0123ABCD, S0456EFGH"),
                "Their ids, with commas; a group's menu in Slack has “Copy group ID”.",
            ),
        ]
    text = str(field.value)
    multiline = field.kind is Kind.TEXT
    element = _text_input(text, field.max_chars, multiline=multiline, placeholder=field.empty)
    return [_input(field.name, field.label, element, hint)]


def _state(view: View) -> dict[str, Mapping[str, Any]]:
    return {block: actions[VALUE] for block, actions in view["state"]["values"].items() if VALUE in actions}


def _line(state: Mapping[str, Any]) -> str:
    return str(state.get("value") or "")


def _channel(view: View) -> str:
    return str(json.loads(view["private_metadata"])["channel"])


def _shown(one: Written) -> str:
    triggers = " · ".join((*one.values.keywords, *one.values.questions))
    answer = " ".join(one.values.answer.split())
    told = [f"*{render.escape(_short(triggers))}*", render.escape(_short(answer))]
    return "\n".join(told + ([render.link(one.values.link, one.values.link)] if one.values.link else []))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 2] + " …"


def _modal(name: str, title: str, blocks: Sequence[View], channel: str, submit: str = "") -> View:
    return {
        "type": "modal",
        "callback_id": name,
        "title": _plain(title),
        "close": _plain("Close"),
        "private_metadata": json.dumps({"channel": channel}),
        "blocks": list(blocks),
    } | ({"submit": _plain(submit)} if submit else {})


def _input(name: str, label: str, element: View, hint: str = "", *, optional: bool = True) -> View:
    block = {"type": "input", "block_id": name, "label": _plain(label), "element": element, "optional": optional}
    return block | ({"hint": _plain(hint)} if hint else {})


def _text_input(value: str, max_chars: int, *, multiline: bool = False, placeholder: str = "") -> View:
    element: View = {"type": "plain_text_input", "action_id": VALUE, "multiline": multiline, "max_length": max_chars}
    if value:
        element["initial_value"] = value[:max_chars]
    if placeholder:
        element["placeholder"] = _plain(placeholder[:150])
    return element


def _option(value: str, label: str) -> View:
    return {"text": _plain(label), "value": value}


def _button(action: str, label: str, value: str, style: str = "") -> View:
    button = {"type": "button", "action_id": action, "text": _plain(label), "value": value}
    return button | ({"style": style} if style else {})


def _plain(text: str) -> View:
    return {"type": "plain_text", "text": text}


def _section(text: str) -> View:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _context(text: str) -> View:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}
