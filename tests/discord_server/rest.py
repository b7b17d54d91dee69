"""The REST API, version 10."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import unquote

from aiohttp import web

from tests.discord_server.gateway import Gateway
from tests.discord_server.world import (
    ACKNOWLEDGE_S,
    DM,
    EPHEMERAL,
    FORUM,
    JSON,
    LOADING,
    NONCE_WINDOW_S,
    PUBLIC_THREAD,
    SUPPRESS_EMBEDS,
    TEXT,
    ApiError,
    Interaction,
    World,
    check_modal,
    components_of,
    content_of,
    invalid,
    unknown_channel,
    unknown_interaction,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_OPEN = re.compile(r"/(interactions|webhooks)/|/gateway$")  # these need no bot token
_COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")


SUB_COMMAND = 1
SLOW = 0
"""Status of a fault that is only a late response."""


@dataclass
class Fault:
    """Something that goes wrong with the next requests of a kind."""

    left: int
    status: int
    method: str
    path: re.Pattern[str]
    retry_after: float
    after: bool
    """Whether the request is carried out all the same, and only its response is lost."""


class Rest:
    """Every route that a bot needs; errors and limits as documented."""

    def __init__(self, world: World, gateway: Gateway, token: str) -> None:
        self._world = world
        self._gateway = gateway
        self._token = token
        self.faults: list[Fault] = []
        self.edit_limit: tuple[int, float] | None = None
        """So many edits in so many seconds and channel; None limits nothing."""
        self._edits: defaultdict[str, list[float]] = defaultdict(list)
        self.requests: list[tuple[str, str]] = []
        """Method and path of each, oldest first."""
        self.app = web.Application(middlewares=[self._guard], client_max_size=30 * 2**20)
        self.app.add_routes(self._routes())

    def _routes(self) -> list[web.RouteDef]:
        messages = "/api/v10/channels/{channel}/messages"
        commands = "/api/v10/applications/{application}"
        original = "/api/v10/webhooks/{application}/{token}"
        return [
            web.get("/gateway/", self._gateway.connect),
            web.get("/api/v10/gateway", self.gateway_url),
            web.get("/api/v10/gateway/bot", self.gateway_url),
            web.get("/api/v10/users/@me", self.me),
            web.post("/api/v10/users/@me/channels", self.open_dm),
            web.get("/api/v10/users/{user}", self.user),
            web.get("/api/v10/applications/@me", self.application),
            web.get("/api/v10/oauth2/applications/@me", self.application),
            web.get("/api/v10/guilds/{guild}", self.guild),
            web.get("/api/v10/guilds/{guild}/channels", self.guild_channels),
            web.get("/api/v10/guilds/{guild}/threads/active", self.active_threads),
            web.get("/api/v10/channels/{channel}", self.get_channel),
            web.patch("/api/v10/channels/{channel}", self.edit_channel),
            web.delete("/api/v10/channels/{channel}", self.delete_channel),
            web.post("/api/v10/channels/{channel}/typing", self.typing),
            web.put(messages + "/pins/{message}", self.pin_message),
            web.get(messages, self.history),
            web.post(messages, self.create_message),
            web.get(messages + "/{message}", self.get_message),
            web.patch(messages + "/{message}", self.edit_message),
            web.delete(messages + "/{message}", self.delete_message),
            web.post(messages + "/{message}/threads", self.start_thread),
            web.put(messages + "/{message}/reactions/{emoji}/@me", self.add_reaction),
            web.delete(messages + "/{message}/reactions/{emoji}/@me", self.remove_reaction),
            web.get(commands + "/commands", self.get_commands),
            web.put(commands + "/commands", self.put_commands),
            web.get(commands + "/guilds/{guild}/commands", self.get_commands),
            web.put(commands + "/guilds/{guild}/commands", self.put_commands),
            web.post("/api/v10/interactions/{interaction}/{token}/callback", self.callback),
            web.post(original, self.follow_up),
            web.get(original + "/messages/{message}", self.get_response),
            web.patch(original + "/messages/{message}", self.edit_response),
            web.delete(original + "/messages/{message}", self.delete_response),
        ]

    # What holds for every request ---------------------------------------------------------------------------

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/gateway/":
            return await handler(request)
        path = request.path.removeprefix("/api/v10")
        self.requests.append((request.method, path))
        try:
            if not _OPEN.search(path) and request.headers.get("Authorization") != f"Bot {self._token}":
                raise ApiError(401, 0, "401: Unauthorized")
            fault = self._fault(request.method, path)
            if fault and not fault.after:
                return _faulty(fault)
            if wait := self._over_edit_limit(request.method, path):
                return _limited(wait)
            return await _spoilt(await handler(request), fault)
        except ApiError as error:
            return _json(error.body, error.status)
        except web.HTTPException as error:
            return _json({"message": f"{error.status}: {error.reason}", "code": 0}, error.status)

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.left and fault.method in ("", method) and fault.path.search(path):
                fault.left -= 1
                return fault
        return None

    def _over_edit_limit(self, method: str, path: str) -> float:
        """Return how many seconds a request must wait, 0 for none."""
        match = re.match(r"/channels/(\d+)/messages/\d+$", path)
        if self.edit_limit is None or method != "PATCH" or not match:
            return 0.0
        number, per_s = self.edit_limit
        now = self._world.now()
        recent = [at for at in self._edits[match[1]] if now - at < per_s]
        self._edits[match[1]] = recent
        if len(recent) >= number:
            return per_s - (now - recent[0])
        recent.append(now)
        return 0.0

    # The bot itself -----------------------------------------------------------------------------------------

    async def gateway_url(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        more = {"shards": 1, "session_start_limit": limit} if request.path.endswith("/bot") else {}
        return _json({"url": self._gateway.url} | more)

    async def me(self, request: web.Request) -> web.Response:
        return _json(self._world.bot)

    async def user(self, request: web.Request) -> web.Response:
        user = self._world.users.get(request.match_info["user"])
        if user is None:
            raise ApiError(404, 10013, "Unknown User")
        return _json(user)

    async def application(self, request: web.Request) -> web.Response:
        application = {
            "id": self._world.application_id,
            "name": "frontdesk",
            "icon": None,
            "description": "",
            "bot_public": self._world.bot_public,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "team": None,
            "owner": {"id": "1", "username": "owner", "discriminator": "0", "avatar": None, "global_name": None},
            "flags": 1 << 19 if self._gateway.privileged else 0,
        }
        return _json(application)

    async def open_dm(self, request: web.Request) -> web.Response:
        body = await request.json()
        user = self._world.users.get(str(body.get("recipient_id")))
        if user is None:
            raise invalid("recipient_id", "NUMBER_TYPE_COERCE", "Unknown user.")
        return _json(self._world.dm(user))

    # Guilds and channels ------------------------------------------------------------------------------------

    async def guild(self, request: web.Request) -> web.Response:
        self._require_guild(request)
        return _json(self._world.guild(request.match_info["guild"]))

    async def guild_channels(self, request: web.Request) -> web.Response:
        self._require_guild(request)
        return _json(self._world.guild(request.match_info["guild"])["channels"])

    async def active_threads(self, request: web.Request) -> web.Response:
        self._require_guild(request)
        return _json({"threads": self._world.guild(request.match_info["guild"])["threads"], "members": []})

    def _require_guild(self, request: web.Request) -> None:
        if request.match_info["guild"] not in self._world.guilds:
            raise ApiError(404, 10004, "Unknown Guild")

    def _channel(self, request: web.Request) -> JSON:
        return self._world.channel(request.match_info["channel"])

    def _message(self, request: web.Request) -> tuple[JSON, JSON]:
        channel = self._channel(request)
        return channel, self._world.message(channel["id"], request.match_info["message"])

    async def get_channel(self, request: web.Request) -> web.Response:
        return _json(self._channel(request))

    async def edit_channel(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        body = await request.json()
        opens = body == {"archived": False}  # which whoever may write there may do, unless it is locked
        if channel["type"] != PUBLIC_THREAD or (channel["owner_id"] != self._world.bot["id"] and not opens):
            raise ApiError(403, 50013, "Missing Permissions")
        self._world.require(channel, "SEND_MESSAGES_IN_THREADS")
        if channel["thread_metadata"]["locked"]:
            self._world.require(channel, "MANAGE_THREADS")
        channel["name"] = body.get("name", channel["name"])
        channel["thread_metadata"]["archived"] = body.get("archived", False)
        await self._gateway.dispatch("THREAD_UPDATE", channel)
        return _json(channel)

    async def delete_channel(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        self._world.require(channel, "MANAGE_THREADS")
        raise unknown_channel()

    async def typing(self, request: web.Request) -> web.Response:
        self._world.require(self._channel(request), "SEND_MESSAGES")
        return web.Response(status=204)

    # Messages -----------------------------------------------------------------------------------------------

    async def history(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        self._world.require(channel, "READ_MESSAGE_HISTORY")
        limit = int(request.query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise invalid("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
        after, before = int(request.query.get("after", 0)), int(request.query.get("before", 1 << 63))
        ids = [one for one in self._world.messages[channel["id"]] if after < int(one) < before]
        chosen = ids[:limit] if after else ids[-limit:]
        return _json([self._world.messages[channel["id"]][one] for one in reversed(chosen)])

    async def get_message(self, request: web.Request) -> web.Response:
        channel, message = self._message(request)
        self._world.require(channel, "READ_MESSAGE_HISTORY")
        return _json(message)

    async def create_message(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        if channel["type"] == FORUM:
            raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
        if channel["type"] == PUBLIC_THREAD and channel["thread_metadata"]["locked"]:
            raise ApiError(400, 160005, "This thread is locked")
        needed = "SEND_MESSAGES_IN_THREADS" if channel["type"] == PUBLIC_THREAD else "SEND_MESSAGES"
        self._world.require(channel, needed)
        if channel["type"] == DM and channel["recipients"][0]["id"] in self._world.closed_dms:
            raise ApiError(403, 50007, "Cannot send messages to this user")
        body, attachments = await self._body(request)
        if attachments:
            self._world.require(channel, "ATTACH_FILES")
        content = content_of(body)
        if not content and not attachments:
            raise ApiError(400, 50006, "Cannot send an empty message")
        nonce = str(body["nonce"]) if body.get("nonce") is not None else None
        if nonce is not None and len(nonce) > 25:
            raise invalid("nonce", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        if nonce is not None and body.get("enforce_nonce"):
            at, earlier = self._world.nonces.get(nonce, (0.0, {}))
            if self._world.now() - at < NONCE_WINDOW_S:
                return _json(earlier)
        message = self._world.write(
            channel,
            self._world.bot,
            content,
            reply_to=self._referenced(channel, body),
            allowed_mentions=body.get("allowed_mentions"),
            attachments=attachments,
            components=components_of(body),
            flags=int(body.get("flags") or 0) & SUPPRESS_EMBEDS,
            nonce=nonce,
        )
        if nonce is not None:
            self._world.nonces[nonce] = (self._world.now(), message)
        if channel["type"] == PUBLIC_THREAD and channel["thread_metadata"]["archived"]:
            channel["thread_metadata"]["archived"] = False
            await self._gateway.dispatch("THREAD_UPDATE", channel)
        await self._gateway.dispatch("MESSAGE_CREATE", self.event(channel, message))
        return _json(message)

    def _referenced(self, channel: JSON, body: JSON) -> JSON | None:
        reference = body.get("message_reference")
        if not reference:
            return None
        message = self._world.messages[channel["id"]].get(str(reference["message_id"]))
        if message is None and reference.get("fail_if_not_exists", True):
            raise invalid("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
        return message

    async def edit_message(self, request: web.Request) -> web.Response:
        channel, message = self._message(request)
        if message["author"]["id"] != self._world.bot["id"]:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        self._require_open(channel)
        await self._apply(request, message)
        await self._gateway.dispatch("MESSAGE_UPDATE", self.event(channel, message))
        return _json(message)

    def _require_open(self, channel: JSON) -> None:
        if channel["type"] == PUBLIC_THREAD and channel["thread_metadata"]["archived"]:
            raise ApiError(400, 50083, "Thread is archived")

    async def pin_message(self, request: web.Request) -> web.Response:
        channel, message = self._message(request)
        self._world.require(channel, "PIN_MESSAGES")
        message["pinned"] = True
        return web.Response(status=204)

    async def delete_message(self, request: web.Request) -> web.Response:
        channel, message = self._message(request)
        if message["author"]["id"] != self._world.bot["id"]:
            self._world.require(channel, "MANAGE_MESSAGES")
        await self.remove(channel, message)
        return web.Response(status=204)

    async def remove(self, channel: JSON, message: JSON) -> None:
        """Take a message out of its channel and tell the bot."""
        del self._world.messages[channel["id"]][message["id"]]
        event = {"id": message["id"], "channel_id": channel["id"]}
        await self._gateway.dispatch("MESSAGE_DELETE", event | self.place(channel))

    async def start_thread(self, request: web.Request) -> web.Response:
        channel, message = self._message(request)
        if channel["type"] != TEXT:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        self._world.require(channel, "CREATE_PUBLIC_THREADS")
        if "thread" in message:
            raise ApiError(400, 160004, "A thread has already been created for this message")
        body = await request.json()
        thread = self._world.add_thread(
            channel,
            self._world.bot,
            str(body.get("name") or ""),
            int(body.get("auto_archive_duration") or 4320),
            message,
        )
        await self._gateway.dispatch("THREAD_CREATE", thread | {"newly_created": True})
        return _json(thread, 201)

    async def add_reaction(self, request: web.Request) -> web.Response:
        channel, message = self._message(request)
        self._world.require(channel, "READ_MESSAGE_HISTORY", "ADD_REACTIONS")
        self._require_open(channel)
        await self.react(channel, message, self._world.bot, unquote(request.match_info["emoji"]), added=True)
        return web.Response(status=204)

    async def remove_reaction(self, request: web.Request) -> web.Response:
        channel, message = self._message(request)
        await self.react(channel, message, self._world.bot, unquote(request.match_info["emoji"]), added=False)
        return web.Response(status=204)

    async def react(self, channel: JSON, message: JSON, user: JSON, emoji: str, *, added: bool) -> None:
        """Put a person's reaction on a message, or take it off, and tell the bot."""
        event = {
            "user_id": user["id"],
            "channel_id": channel["id"],
            "message_id": message["id"],
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        } | self.place(channel)
        there, mine = self._world.reactions.setdefault(message["id"], []), (user["id"], emoji)
        if not added and mine not in there:
            raise ApiError(404, 10014, "Unknown Emoji")
        if not added:
            there.remove(mine)
        elif mine not in there:
            there.append(mine)
        if added:
            event["message_author_id"] = message["author"]["id"]
            if "guild_id" in event:
                event["member"] = {"user": user} | self._world.member(user)
        await self._gateway.dispatch("MESSAGE_REACTION_ADD" if added else "MESSAGE_REACTION_REMOVE", event)

    def place(self, channel: JSON) -> JSON:
        return {} if channel["type"] == DM else {"guild_id": channel["guild_id"]}

    def event(self, channel: JSON, message: JSON) -> JSON:
        """Return a message as gateway events show it."""
        author = self._world.member(message["author"]) if channel["type"] != DM else None
        mentions = [
            user | ({"member": self._world.member(user)} if channel["type"] != DM else {})
            for user in message["mentions"]
        ]
        return message | self.place(channel) | {"mentions": mentions} | ({"member": author} if author else {})

    async def _body(self, request: web.Request) -> tuple[JSON, list[JSON]]:
        """Return a request's JSON and the attachments it carries."""
        if request.content_type != "multipart/form-data":
            return await request.json(), []
        body: JSON = {}
        files: dict[str, tuple[str, bytes]] = {}
        async for part in await request.multipart():
            assert not isinstance(part, type(None)) and hasattr(part, "read")
            data = bytes(await part.read())
            if part.name == "payload_json":
                body = json.loads(data)
            else:
                match = re.fullmatch(r"files\[(\d+)\]", part.name or "")
                if match is None:
                    raise ApiError(400, 50035, "Invalid Form Body")
                files[match[1]] = (part.filename or "unknown", data)
        if any(len(data) > 10 * 2**20 for _, data in files.values()):
            raise ApiError(400, 40005, "Request entity too large")
        attachments = []
        for name, data in files.values():
            attachment_id = self._world.snowflake()
            self._world.files[attachment_id] = data
            url = f"https://cdn.example/{attachment_id}/{name}"
            attachments.append({"id": attachment_id, "filename": name, "size": len(data), "url": url, "proxy_url": url})
        return body, attachments

    async def _apply(self, request: web.Request, message: JSON) -> None:
        """Change a message as an edit says; keys that are not named stay."""
        body, attachments = await self._body(request)
        if "content" in body:
            message["content"] = content_of(body)
            self._world.edits[message["id"]].append(message["content"])
            self._world.resolve_mentions(message, body.get("allowed_mentions"))
        if "components" in body:
            message["components"] = components_of(body)
        if attachments:
            message["attachments"] = attachments
        if body.get("flags") is not None:
            message["flags"] = message["flags"] & ~SUPPRESS_EMBEDS | int(body["flags"]) & SUPPRESS_EMBEDS
        if not message["content"] and not message["attachments"]:
            raise ApiError(400, 50006, "Cannot send an empty message")
        message["edited_timestamp"] = self._world.timestamp()

    # Commands and interactions ------------------------------------------------------------------------------

    async def get_commands(self, request: web.Request) -> web.Response:
        return _json(self._world.commands.get(request.match_info.get("guild", ""), []))

    async def put_commands(self, request: web.Request) -> web.Response:
        commands = await request.json()
        for command in commands:
            self._check_command(command)
        shown = [
            command
            | {"id": self._world.snowflake(), "application_id": self._world.application_id, "version": "1"}
            | {"description": command.get("description", "")}
            | {"default_member_permissions": command.get("default_member_permissions"), "type": command.get("type", 1)}
            for command in commands
        ]
        self._world.commands[request.match_info.get("guild", "")] = shown
        return _json(shown)

    def _check_command(self, command: JSON) -> None:
        kind, name = command.get("type", 1), command["name"]
        slash = _COMMAND_NAME.fullmatch(name) and name == name.lower()
        if not (slash if kind == 1 else 1 <= len(name) <= 32 and not command.get("description")):
            raise invalid("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        options = command.get("options", [])
        for option in options:
            if option["type"] == SUB_COMMAND:
                self._check_command(option)
        for one in [command, *options] if kind == 1 else []:
            if not 1 <= len(one.get("description", "")) <= 100:
                raise invalid("description", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
        required = [bool(option.get("required")) for option in options]
        if required != sorted(required, reverse=True) or len(options) > 25:
            raise invalid(
                "options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before."
            )

    async def callback(self, request: web.Request) -> web.Response:
        interaction = self._world.interactions.get(request.match_info["token"])
        if (
            interaction is None
            or interaction.id != request.match_info["interaction"]
            or self._world.now() - interaction.created > ACKNOWLEDGE_S
        ):
            raise unknown_interaction()
        if interaction.acknowledged is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        body, attachments = await self._body(request)
        kind, data = body["type"], body.get("data") or {}
        if kind == 9:
            if interaction.kind == 5:
                raise invalid("type", "BASE_TYPE_CHOICES", "A form cannot open a form.")
            interaction.acknowledged, interaction.modal = kind, check_modal(data)
            return _json({"interaction": {"id": interaction.id, "type": interaction.kind}, "resource": {"type": kind}})
        content = content_of(data)
        if kind == 4 and not content and not attachments:
            raise ApiError(400, 50006, "Cannot send an empty message")
        interaction.acknowledged = kind
        message: JSON | None = None
        if kind in (4, 5):
            flags = int(data.get("flags") or 0) & (EPHEMERAL | SUPPRESS_EMBEDS) | (LOADING if kind == 5 else 0)
            message = await self._respond(interaction, data, content, attachments, flags)
            interaction.original = message["id"]
        elif kind in (6, 7) and interaction.source is not None:
            interaction.original = interaction.source["id"]
            if kind == 7:
                await self._change(interaction, interaction.source, data, content)
        else:
            raise invalid("type", "BASE_TYPE_CHOICES", "Unknown callback type.")
        if request.query.get("with_response", "").lower() not in ("true", "1"):
            return web.Response(status=204)
        about: JSON = {"id": interaction.id, "type": interaction.kind}
        if message is None:
            return _json({"interaction": about, "resource": {"type": kind}})
        about |= {
            "response_message_id": message["id"],
            "response_message_loading": bool(message["flags"] & LOADING),
            "response_message_ephemeral": bool(message["flags"] & EPHEMERAL),
        }
        return _json({"interaction": about, "resource": {"type": kind, "message": message}})

    async def _change(self, interaction: Interaction, source: JSON, data: JSON, content: str) -> None:
        """Change the message whose button was pressed."""
        source["content"] = content
        if "components" in data:
            source["components"] = components_of(data)
        if not source["flags"] & EPHEMERAL:
            channel = self._world.channels[interaction.channel_id]
            await self._gateway.dispatch("MESSAGE_UPDATE", self.event(channel, source))

    async def _respond(
        self, interaction: Interaction, body: JSON, content: str, attachments: list[JSON], flags: int
    ) -> JSON:
        channel = self._world.channels[interaction.channel_id]
        message = self._world.write(
            channel,
            self._world.bot,
            content,
            allowed_mentions=body.get("allowed_mentions"),
            attachments=attachments,
            components=components_of(body),
            flags=flags,
            webhook_id=self._world.application_id,
        )
        interaction.messages.append(message)
        if not flags & EPHEMERAL:
            await self._gateway.dispatch("MESSAGE_CREATE", self.event(channel, message))
        return message

    async def follow_up(self, request: web.Request) -> web.Response:
        interaction = self._interaction(request)
        body, attachments = await self._body(request)
        content = content_of(body)
        if not content and not attachments:
            raise ApiError(400, 50006, "Cannot send an empty message")
        waiting = next((one for one in interaction.messages if one["flags"] & LOADING), None)
        if waiting is not None:  # as documented: the first follow-up after a deferral fills the deferred message
            waiting["flags"] &= ~LOADING
            waiting |= {"content": content, "attachments": attachments, "components": components_of(body)}
            self._world.edits[waiting["id"]].append(content)
            return _json(waiting)
        flags = int(body.get("flags") or 0) & (EPHEMERAL | SUPPRESS_EMBEDS)
        return _json(await self._respond(interaction, body, content, attachments, flags))

    def _interaction(self, request: web.Request) -> Interaction:
        interaction = self._world.interaction(request.match_info["token"])
        if request.match_info["application"] != self._world.application_id or interaction.acknowledged is None:
            raise ApiError(404, 10015, "Unknown Webhook")
        return interaction

    def _response(self, request: web.Request) -> tuple[Interaction, JSON]:
        interaction = self._interaction(request)
        message_id = request.match_info["message"]
        if message_id == "@original":
            message_id = interaction.original
        own = [*interaction.messages, *([interaction.source] if interaction.source else [])]
        for message in own:
            if message["id"] == message_id:
                return interaction, message
        raise ApiError(404, 10008, "Unknown Message")

    async def get_response(self, request: web.Request) -> web.Response:
        return _json(self._response(request)[1])

    async def edit_response(self, request: web.Request) -> web.Response:
        interaction, message = self._response(request)
        await self._apply(request, message)
        message["flags"] &= ~LOADING
        if not message["flags"] & EPHEMERAL:
            channel = self._world.channels[interaction.channel_id]
            await self._gateway.dispatch("MESSAGE_UPDATE", self.event(channel, message))
        return _json(message)

    async def delete_response(self, request: web.Request) -> web.Response:
        interaction, message = self._response(request)
        if message in interaction.messages:
            interaction.messages.remove(message)
        if not message["flags"] & EPHEMERAL:
            await self.remove(self._world.channels[interaction.channel_id], message)
        return web.Response(status=204)


def _json(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    data = json.dumps(body).encode()
    return web.Response(body=data, status=status, content_type="application/json", headers=headers)


def _limited(retry_after: float) -> web.Response:
    headers = {
        "Via": "1.1 google",
        "Retry-After": str(max(1, round(retry_after))),
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset-After": f"{retry_after:.3f}",
        "X-RateLimit-Bucket": "abcd1234",
        "X-RateLimit-Scope": "user",
    }
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": False}
    return _json(body, 429, headers)


async def _spoilt(response: web.StreamResponse, fault: Fault | None) -> web.StreamResponse:
    if fault is None:
        return response
    if fault.status == SLOW:
        await asyncio.sleep(fault.retry_after)
        return response
    return _faulty(fault)


def _faulty(fault: Fault) -> web.Response:
    if fault.status == 429:
        return _limited(fault.retry_after)
    return _json({"message": f"{fault.status}: Internal Server Error", "code": 0}, fault.status)
