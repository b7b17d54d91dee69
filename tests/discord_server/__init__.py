"""A server on loopback that speaks Discord's documented REST API (v10) and gateway, to be driven as a user.

    server = DiscordServer()
    await server.start()
    ada = server.world.add_user("ada")
    await server.say(ada, channel, "How long do refunds take?", mention=True)
    await server.until(lambda: server.posts(thread))

It holds one guild. It follows Discord's documentation, not the needs of one library; voice, stickers,
embeds, permissions of people and shards are left out.
"""

from __future__ import annotations

import asyncio
import base64
import re
import uuid
from collections.abc import Callable
from typing import TypeVar

from aiohttp import web

from tests.discord_server.gateway import MESSAGE_CONTENT, Gateway
from tests.discord_server.rest import SLOW, Fault, Rest
from tests.discord_server.world import DM, FOLLOW_UP_S, JSON, PUBLIC_THREAD, STARTER, Interaction, World

__all__ = ["FOLLOW_UP_S", "DiscordServer", "Interaction"]

APPLICATION_ID = "1180000000000000001"
TOKEN = base64.b64encode(APPLICATION_ID.encode()).decode().rstrip("=") + ".GtestG.loopback-only-not-a-secret"
USER = 6
"""The type of an option that names a person."""
T = TypeVar("T")


class DiscordServer:
    """One guild, its people, and what they do."""

    def __init__(self, *, message_content: bool = True, heartbeat_s: float = 41.25) -> None:
        self.token = TOKEN
        self.world = World(APPLICATION_ID)
        self.gateway = Gateway(self.world, self.token, MESSAGE_CONTENT if message_content else 0, heartbeat_s)
        self.rest = Rest(self.world, self.gateway, self.token)
        self.url = ""
        self._runner = web.AppRunner(self.rest.app, shutdown_timeout=0.1)

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        self.gateway.url = f"ws://127.0.0.1:{port}/gateway/"

    async def stop(self) -> None:
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/v10"

    # Acting as a user ---------------------------------------------------------------------------------------

    async def say(
        self,
        user: JSON,
        channel: JSON,
        text: str,
        *,
        mention: bool = False,
        reply_to: JSON | None = None,
        attachments: list[JSON] | None = None,
        id: str = "",
    ) -> JSON:
        """Write a message; `mention` puts a mention of the bot before it."""
        content = f"<@{self.world.bot['id']}> {text}".strip() if mention else text
        if channel["type"] == PUBLIC_THREAD:
            channel["thread_metadata"]["archived"] = False
        message = self.world.write(channel, user, content, reply_to=reply_to, attachments=attachments, id=id)
        await self.gateway.dispatch("MESSAGE_CREATE", self.rest.event(channel, message))
        return message

    async def direct(self, user: JSON, text: str) -> JSON:
        """Write the bot a direct message."""
        channel = self.world.dm(user)
        if not self.world.messages[channel["id"]]:
            await self.gateway.dispatch("CHANNEL_CREATE", channel)
        return await self.say(user, channel, text)

    async def open_thread(self, user: JSON, parent: JSON, name: str) -> JSON:
        thread = self.world.add_thread(parent, user, name, 1440, None)
        await self.gateway.dispatch("THREAD_CREATE", thread | {"newly_created": True})
        return thread

    async def post(self, user: JSON, forum: JSON, title: str, text: str, *, mention: bool = False) -> JSON:
        """Begin a post in a forum; return its first message, which stands in a thread and shares its id."""
        thread = await self.open_thread(user, forum, title)
        return await self.say(user, thread, text, mention=mention, id=thread["id"])

    async def archive(self, thread: JSON, *, locked: bool = False) -> None:
        """Archive a thread, as Discord does after a while or a moderator at any time, who can lock it as well."""
        thread["thread_metadata"] |= {"archived": True, "locked": locked}
        await self.gateway.dispatch("THREAD_UPDATE", thread)

    async def close(self, channel: JSON) -> None:
        """Delete a channel with all that stands in it."""
        del self.world.channels[channel["id"]]
        await self.gateway.dispatch("CHANNEL_DELETE", channel)

    async def join(self) -> None:
        """Let the guild go, and take the bot in again."""
        await self.gateway.dispatch("GUILD_DELETE", {"id": self.world.guild_id})
        await self.gateway.dispatch("GUILD_CREATE", {k: v for k, v in self.world.guild().items() if k != "unavailable"})

    async def put_out(self, guild_id: str) -> None:
        """Take the bot out of a server."""
        del self.world.guilds[guild_id]
        await self.gateway.dispatch("GUILD_DELETE", {"id": guild_id})

    async def edit(self, message: JSON, text: str, *, mention: bool = False) -> None:
        """Change a person's message."""
        message["content"] = f"<@{self.world.bot['id']}> {text}" if mention else text
        message["edited_timestamp"] = self.world.timestamp()
        self.world.resolve_mentions(message, None)
        channel = self.world.channels[message["channel_id"]]
        await self.gateway.dispatch("MESSAGE_UPDATE", self.rest.event(channel, message))

    async def delete(self, message: JSON) -> None:
        await self.rest.remove(self.world.channels[message["channel_id"]], message)

    async def react(self, user: JSON, message: JSON, emoji: str) -> None:
        await self.rest.react(self.world.channels[message["channel_id"]], message, user, emoji, added=True)

    async def unreact(self, user: JSON, message: JSON, emoji: str) -> None:
        await self.rest.react(self.world.channels[message["channel_id"]], message, user, emoji, added=False)

    async def press(self, user: JSON, message: JSON, label: str) -> Interaction:
        """Press the button with this label."""
        for row in message["components"]:
            for button in row["components"]:
                if button.get("label") == label:
                    data = {"component_type": 2, "custom_id": button["custom_id"], "id": 1}
                    channel = self.world.channels[message["channel_id"]]
                    return await self._interact(3, user, channel, data, message)
        raise LookupError(f"no button {label!r} on {message['content']!r}")

    async def choose(self, user: JSON, message: JSON, custom_id: str, *values: str) -> Interaction:
        """Choose in the menu with this id."""
        for row in message["components"]:
            for menu in row["components"]:
                if menu["custom_id"] == custom_id:
                    assert set(values) <= {option["value"] for option in menu["options"]}
                    data = {"component_type": 3, "custom_id": custom_id, "id": 1, "values": list(values)}
                    channel = self.world.channels[message["channel_id"]]
                    return await self._interact(3, user, channel, data, message)
        raise LookupError(f"no menu {custom_id!r} on {message['content']!r}")

    async def fill_in(self, user: JSON, opened: Interaction, **values: str | list[str]) -> Interaction:
        """Submit the form that an interaction has opened, with these values by the labels of its fields.

        What is not named stays as it stands in the form. People and roles are named by id.
        """
        form = await self.until(lambda: opened.modal)
        assert form is not None
        resolved: dict[str, JSON] = {"users": {}, "members": {}, "roles": {}}
        labels = {label["label"]: label for label in form["components"]}
        assert set(values) <= set(labels), f"the form has {list(labels)}"
        filled = [
            {"type": 18, "id": 1, "component": self._filled(label["component"], values.get(name), resolved)}
            for name, label in labels.items()
        ]
        data = {"custom_id": form["custom_id"], "components": filled, "resolved": resolved}
        channel = self.world.channels[opened.channel_id]
        return await self._interact(5, user, channel, data, opened.source)

    def _filled(self, field: JSON, value: str | list[str] | None, resolved: dict[str, JSON]) -> JSON:
        about: JSON = {"type": field["type"], "custom_id": field["custom_id"], "id": 2}
        match field["type"]:
            case 4:
                text = field.get("value") or "" if value is None else value
                assert isinstance(text, str) and len(text) <= field["max_length"]
                return about | {"value": text}
            case 3:
                chosen = [one["value"] for one in field["options"] if one.get("default")]
                return about | {"values": chosen if value is None else [value]}
        ids = [str(one["id"]) for one in field.get("default_values", [])] if value is None else list(value)
        for id in ids:
            if id in self.world.roles:
                name = self.world.roles[id][0]
                role = {"id": id, "name": name, "color": 0, "colors": {"primary_color": 0}, "hoist": False}
                role |= {"position": 1, "permissions": "0", "managed": False, "mentionable": False, "flags": 0}
                resolved["roles"][id] = role
            else:
                resolved["users"][id] = self.world.users[id]
                resolved["members"][id] = {"permissions": "0"} | self.world.member(self.world.users[id])
        return about | {"values": ids}

    async def submit(self, user: JSON, opened: Interaction, text: str) -> Interaction:
        """Send the modal that a press opened, with a text in its one field."""
        if opened.modal is None:
            raise LookupError("no modal was opened")
        [row] = opened.modal["components"]
        [field] = row.get("components") or [row["component"]]
        value = {"type": field["type"], "custom_id": field["custom_id"], "value": text, "id": 2}
        inner = {"components": [value]} if "components" in row else {"component": value}
        data = {"custom_id": opened.modal["custom_id"], "components": [{"type": row["type"], "id": 1} | inner]}
        return await self._interact(5, user, self.world.channels[opened.channel_id], data, opened.source)

    async def slash(self, user: JSON, channel: JSON, name: str, **options: str | int | bool) -> Interaction:
        """Give a slash command ("frontdesk settings"), as Discord's client would: only one that is registered."""
        name, _, sub = name.partition(" ")
        command = next((one for one in self.world.commands[""] if one["name"] == name), None)
        whole = command
        if command is not None and sub:
            command = next((one for one in command["options"] if one["name"] == sub and one["type"] == 1), None)
        if command is None or whole is None:
            raise LookupError(f"the bot has no command /{name} {sub}".strip())
        known = {option["name"]: option for option in command.get("options", [])}
        if unknown := set(options) - set(known):
            raise LookupError(f"/{name} has no option {unknown}")
        if missing := {one for one, option in known.items() if option.get("required")} - set(options):
            raise LookupError(f"/{name} needs {missing}")
        given = [{"name": key, "type": known[key]["type"], "value": value} for key, value in options.items()]
        people = {one["value"]: self.world.users[one["value"]] for one in given if one["type"] == USER}
        if sub:
            given = [{"name": sub, "type": 1, "options": given}]
        data = {"id": whole["id"], "name": name, "type": 1, "options": given}
        if people:
            data["resolved"] = {"users": people}
        return await self._interact(2, user, channel, data, None)

    async def menu(self, user: JSON, message: JSON, name: str) -> Interaction:
        """Choose an entry of a message's context menu."""
        command = next(one for one in self.world.commands[""] if one["name"] == name and one["type"] == 3)
        resolved = {"messages": {message["id"]: message}}
        data = {"id": command["id"], "name": name, "type": 3, "target_id": message["id"], "resolved": resolved}
        return await self._interact(2, user, self.world.channels[message["channel_id"]], data, None)

    async def _interact(self, kind: int, user: JSON, channel: JSON, data: JSON, source: JSON | None) -> Interaction:
        token = uuid.uuid4().hex * 2
        interaction = Interaction(
            self.world.snowflake(), token, kind, user, channel["id"], self.world.now(), source=source
        )
        self.world.interactions[token] = interaction
        event = {
            "id": interaction.id,
            "application_id": self.world.application_id,
            "type": kind,
            "data": data,
            "channel": channel,
            "channel_id": channel["id"],
            "token": token,
            "version": 1,
            "app_permissions": str((1 << 50) - 1),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": channel.get("guild_id", "0")},
            "context": 1 if channel["type"] == DM else 0,
            "attachment_size_limit": 10 * 2**20,
        } | self.rest.place(channel)
        if channel["type"] == DM:
            event["user"] = user
        else:
            event["member"] = {"user": user, "permissions": "0"} | self.world.member(user)
            event["guild"] = {"id": channel["guild_id"], "locale": "en-US", "features": []}
        if source is not None:
            event["message"] = source
        await self.gateway.dispatch("INTERACTION_CREATE", event)
        return interaction

    # Looking at what stands there ---------------------------------------------------------------------------

    def messages(self, channel: JSON) -> list[JSON]:
        """Return what everybody sees in a channel, oldest first."""
        return [one for one in self.world.messages[channel["id"]].values() if one["type"] != STARTER]

    def posts(self, channel: JSON) -> list[JSON]:
        """Return the bot's messages of a channel, oldest first."""
        return [one for one in self.messages(channel) if one["author"]["id"] == self.world.bot["id"]]

    def thread_on(self, message: JSON) -> JSON:
        """Return the thread on a message. Raises KeyError."""
        return self.world.channels[message["thread"]["id"]]

    def reactions(self, message: JSON) -> list[str]:
        """Return what the bot has reacted to a message with."""
        mine = self.world.bot["id"]
        return [emoji for user, emoji in self.world.reactions.get(message["id"], []) if user == mine]

    def contents(self, message: JSON) -> list[str]:
        """Return every content that a message has had, oldest first."""
        return self.world.edits[message["id"]]

    async def until(self, seen: Callable[[], T], timeout_s: float = 20.0) -> T:
        """Return what `seen` gives as soon as it is true; a LookupError of it counts as not yet."""

        async def wait() -> T:
            while True:
                try:
                    if value := seen():
                        return value
                except LookupError:
                    pass
                await asyncio.sleep(0.02)

        return await asyncio.wait_for(wait(), timeout_s)

    # Making things go wrong ---------------------------------------------------------------------------------

    def fail_next(
        self,
        number: int,
        status: int,
        *,
        method: str = "",
        path: str = "",
        retry_after: float = 0.2,
        after: bool = False,
    ) -> None:
        """Let the next requests fail whose method is `method` and whose path matches `path`.

        With `after`, they are carried out and only the response is lost.
        """
        self.rest.faults.append(Fault(number, status, method, re.compile(path), retry_after, after))

    def delay_next(self, seconds: float, *, method: str, path: str) -> None:
        """Let the response to the next request come late; it is carried out at once."""
        self.rest.faults.append(Fault(1, SLOW, method, re.compile(path), seconds, after=True))

    def advance(self, seconds: float) -> None:
        """Put the server's clock forward."""
        self.world.skew += seconds
