"""What the server holds: users, a guild, channels, threads, messages, interactions."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

JSON = dict[str, Any]

EPOCH_MS = 1_420_070_400_000
MESSAGE_LIMIT = 2000
NONCE_WINDOW_S = 300
ACKNOWLEDGE_S = 3
FOLLOW_UP_S = 15 * 60

TEXT, DM, PUBLIC_THREAD, FORUM = 0, 1, 11, 15
DEFAULT, REPLY, STARTER = 0, 19, 21
SUPPRESS_EMBEDS, HAS_THREAD, EPHEMERAL, LOADING = 1 << 2, 1 << 5, 1 << 6, 1 << 7

PERMISSIONS = {
    "ADD_REACTIONS": 1 << 6,
    "VIEW_CHANNEL": 1 << 10,
    "SEND_MESSAGES": 1 << 11,
    "MANAGE_MESSAGES": 1 << 13,
    "EMBED_LINKS": 1 << 14,
    "ATTACH_FILES": 1 << 15,
    "READ_MESSAGE_HISTORY": 1 << 16,
    "MANAGE_THREADS": 1 << 34,
    "CREATE_PUBLIC_THREADS": 1 << 35,
    "SEND_MESSAGES_IN_THREADS": 1 << 38,
    "PIN_MESSAGES": 1 << 51,
}
_BOT_LACKS = ("MANAGE_MESSAGES", "MANAGE_THREADS")


class ApiError(Exception):
    """An error as Discord's API tells it."""

    def __init__(self, status: int, code: int, message: str, errors: JSON | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: JSON = {"message": message, "code": code} | ({"errors": errors} if errors else {})


def unknown_channel() -> ApiError:
    return ApiError(404, 10003, "Unknown Channel")


def unknown_message() -> ApiError:
    return ApiError(404, 10008, "Unknown Message")


def unknown_interaction() -> ApiError:
    return ApiError(404, 10062, "Unknown interaction")


def invalid(key: str, code: str, message: str) -> ApiError:
    """Return the error of a form field that breaks a limit."""
    return ApiError(400, 50035, "Invalid Form Body", {key: {"_errors": [{"code": code, "message": message}]}})


@dataclass
class Interaction:
    """A slash command or a button press of a user, and what the bot made of it."""

    id: str
    token: str
    kind: int
    user: JSON
    channel_id: str
    created: float
    source: JSON | None = None
    """The message whose button was pressed."""
    acknowledged: int | None = None
    """Type of the callback, once there was one."""
    original: str = ""
    """Id of the message that answers it (for a press that only updates: of the message pressed)."""
    modal: JSON | None = None
    """The form that it opened."""
    messages: list[JSON] = field(default_factory=list)
    """Every message of this interaction that still stands, ephemeral ones as well, oldest first."""

    @property
    def text(self) -> str:
        """What the bot says by now, all messages together."""
        return "\n".join(message["content"] for message in self.messages if not message["flags"] & LOADING)

    @property
    def ephemeral(self) -> bool:
        return bool(self.messages) and all(message["flags"] & EPHEMERAL for message in self.messages)


class World:
    """One guild and its people, with the rules that Discord puts on them."""

    def __init__(self, application_id: str) -> None:
        self.skew = 0.0
        self._counter = itertools.count(1)
        self.application_id = application_id
        self.bot_public = True  # anybody may add it, as Discord begins
        self.users: dict[str, JSON] = {}
        self.channels: dict[str, JSON] = {}
        self.denied: dict[str, set[str]] = {}
        """Permissions that the bot does not have, by (parent) channel."""
        self.messages: dict[str, dict[str, JSON]] = {}
        """By channel, then by id, in order."""
        self.reactions: dict[str, list[tuple[str, str]]] = {}
        """Who reacted with what, by message id."""
        self.may_ping: list[str] = []
        """Ids of the bot's messages that did not rule out pings."""
        self.files: dict[str, bytes] = {}
        """By attachment id."""
        self.edits: dict[str, list[str]] = {}
        """Every content a message has had, by message id."""
        self.nonces: dict[str, tuple[float, JSON]] = {}
        self.commands: dict[str, list[JSON]] = {"": []}
        """By guild id; the global ones under an empty string."""
        self.interactions: dict[str, Interaction] = {}
        """By token."""
        self.roles: dict[str, tuple[str, set[str]]] = {}
        """Name and members of each role, by id."""
        self.bot_role = ""
        """Id of the role that the guild made for the bot when it was added; empty without one."""
        self.closed_dms: set[str] = set()
        """Users who take no direct messages from the bot."""
        self.bot = self.add_user("frontdesk", bot=True, id=application_id)
        self.guild_id = self.snowflake()
        self.guilds: dict[str, str] = {self.guild_id: "Larkwear"}
        """Names of the servers that the bot is in, by id; the first is where things happen unless said otherwise."""

    # The clock ----------------------------------------------------------------------------------------------

    def now(self) -> float:
        return time.time() + self.skew

    def snowflake(self) -> str:
        """Return a new id; ids rise with time, also within one millisecond."""
        return str((int(self.now() * 1000) - EPOCH_MS) << 22 | next(self._counter) & 0x3FFFFF)

    def timestamp(self) -> str:
        return datetime.fromtimestamp(self.now(), UTC).isoformat()

    # People and places --------------------------------------------------------------------------------------

    def add_user(self, name: str, *, bot: bool = False, id: str = "") -> JSON:
        user: JSON = {
            "id": id or self.snowflake(),
            "username": name,
            "discriminator": "0",
            "global_name": None if bot else name.title(),
            "avatar": None,
            "bot": bot,
        }
        self.users[user["id"]] = user
        return user

    def add_guild(self, name: str) -> str:
        """Let the bot be in one more server, before it connects; returns its id."""
        guild_id = self.snowflake()
        self.guilds[guild_id] = name
        return guild_id

    def add_channel(self, name: str, *, type: int = TEXT, deny: Iterable[str] = (), guild: str = "") -> JSON:
        """Add a guild channel in which the bot lacks the permissions `deny`."""
        channel_id = self.snowflake()
        self.denied[channel_id] = {*deny}
        lacking = sum(PERMISSIONS[one] for one in deny)
        channel: JSON = {
            "id": channel_id,
            "type": type,
            "guild_id": guild or self.guild_id,
            "name": name,
            "topic": None,
            "position": len(self.channels),
            "permission_overwrites": [{"id": self.bot["id"], "type": 1, "allow": "0", "deny": str(lacking)}],
            "nsfw": False,
            "parent_id": None,
            "last_message_id": None,
            "rate_limit_per_user": 0,
        }
        self.channels[channel_id] = channel
        self.messages[channel_id] = {}
        return channel

    def dm(self, user: JSON) -> JSON:
        """Return the channel of direct messages between the bot and a user."""
        for channel in self.channels.values():
            if channel["type"] == DM and channel["recipients"][0]["id"] == user["id"]:
                return channel
        channel_id = self.snowflake()
        channel = {"id": channel_id, "type": DM, "recipients": [user], "last_message_id": None, "flags": 0}
        self.channels[channel_id] = channel
        self.messages[channel_id] = {}
        return channel

    def add_thread(self, parent: JSON, owner: JSON, name: str, archive_minutes: int, message: JSON | None) -> JSON:
        if not 1 <= len(name) <= 100:
            raise invalid("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
        if archive_minutes not in (60, 1440, 4320, 10080):
            raise invalid("auto_archive_duration", "BASE_TYPE_CHOICES", "Value must be one of {60, 1440, 4320, 10080}.")
        thread_id = message["id"] if message else self.snowflake()
        thread: JSON = {
            "id": thread_id,
            "type": PUBLIC_THREAD,
            "guild_id": parent["guild_id"],
            "parent_id": parent["id"],
            "owner_id": owner["id"],
            "name": name,
            "last_message_id": None,
            "message_count": 0,
            "member_count": 1,
            "total_message_sent": 0,
            "rate_limit_per_user": 0,
            "flags": 0,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": archive_minutes,
                "archive_timestamp": self.timestamp(),
                "locked": False,
                "create_timestamp": self.timestamp(),
            },
        }
        self.channels[thread_id] = thread
        self.messages[thread_id] = {}
        if message is not None:
            message["thread"] = thread
            message["flags"] |= HAS_THREAD
        return thread

    def add_role(self, name: str, *users: JSON) -> str:
        """Give the guild a role that these users have; returns its id."""
        role_id = self.snowflake()
        self.roles[role_id] = (name, {user["id"] for user in users})
        return role_id

    def add_bot_role(self) -> str:
        """Give the guild the managed role of the bot, which has its name and cannot be pinged; returns its id."""
        self.bot_role = self.add_role(self.bot["username"], self.bot)
        return self.bot_role

    def _role(self, role_id: str, everyone: JSON) -> JSON:
        role = everyone | {"id": role_id, "name": self.roles[role_id][0]}
        return role | {"managed": True, "tags": {"bot_id": self.bot["id"]}} if role_id == self.bot_role else role

    def member(self, user: JSON) -> JSON:
        mine = [role_id for role_id, (_, users) in self.roles.items() if user["id"] in users]
        return {"roles": mine, "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}

    def guild(self, guild_id: str = "") -> JSON:
        """Return a guild as GUILD_CREATE shows it."""
        guild_id = guild_id or self.guild_id
        mine = sum(bit for name, bit in PERMISSIONS.items() if name not in _BOT_LACKS)
        everyone = {
            "id": guild_id,
            "name": "@everyone",
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": 0,
            "permissions": str(mine),
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        there = [channel for channel in self.channels.values() if channel.get("guild_id") == guild_id]
        return {
            "id": guild_id,
            "name": self.guilds[guild_id],
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "owner_id": "1",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "roles": [everyone, *(self._role(one, everyone) for one in self.roles)],
            "emojis": [],
            "stickers": [],
            "features": [],
            "mfa_level": 0,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "safety_alerts_channel_id": None,
            "vanity_url_code": None,
            "description": None,
            "banner": None,
            "premium_tier": 0,
            "premium_progress_bar_enabled": False,
            "preferred_locale": "en-US",
            "nsfw_level": 0,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "large": False,
            "unavailable": False,
            "member_count": len(self.users),
            "voice_states": [],
            "members": [{"user": self.bot} | self.member(self.bot)],
            "channels": [channel for channel in there if channel["type"] != PUBLIC_THREAD],
            "threads": [
                thread
                for thread in there
                if thread["type"] == PUBLIC_THREAD and not thread["thread_metadata"]["archived"]
            ],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    # Messages -----------------------------------------------------------------------------------------------

    def channel(self, channel_id: str) -> JSON:
        """Return a channel that the bot can see. Raises ApiError."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise unknown_channel()
        self.require(channel, "VIEW_CHANNEL")
        return channel

    def require(self, channel: JSON, *permissions: str) -> None:
        """Raise ApiError unless the bot has the permissions in a channel (a thread has its parent's)."""
        lacking = self.denied.get(channel.get("parent_id") or channel["id"], set())
        if "VIEW_CHANNEL" in lacking:
            raise ApiError(403, 50001, "Missing Access")
        if channel["type"] == DM:
            return
        if any(one in lacking or one in _BOT_LACKS for one in permissions):
            raise ApiError(403, 50013, "Missing Permissions")

    def message(self, channel_id: str, message_id: str) -> JSON:
        try:
            return self.messages[channel_id][message_id]
        except KeyError:
            raise unknown_message() from None

    def write(
        self,
        channel: JSON,
        author: JSON,
        content: str,
        *,
        type: int = DEFAULT,
        reply_to: JSON | None = None,
        allowed_mentions: JSON | None = None,
        attachments: list[JSON] | None = None,
        components: list[JSON] | None = None,
        flags: int = 0,
        nonce: str | None = None,
        webhook_id: str = "",
        id: str = "",
    ) -> JSON:
        """Return a new message; ephemeral ones are kept by their interaction, the rest in the channel."""
        message: JSON = {
            "id": id or self.snowflake(),
            "channel_id": channel["id"],
            "author": author,
            "content": content,
            "timestamp": self.timestamp(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": attachments or [],
            "embeds": [],
            "pinned": False,
            "type": REPLY if reply_to else type,
            "flags": flags,
            "components": components or [],
            "reactions": [],
        }
        if nonce is not None:
            message["nonce"] = nonce
        if webhook_id:
            message |= {"webhook_id": webhook_id, "application_id": webhook_id}
        if reply_to is not None:
            message["message_reference"] = {"type": 0, "message_id": reply_to["id"], "channel_id": channel["id"]}
            message["referenced_message"] = reply_to
        self.resolve_mentions(message, allowed_mentions)
        self.edits[message["id"]] = [content]
        if not flags & EPHEMERAL:
            self.messages[channel["id"]][message["id"]] = message
            channel["last_message_id"] = message["id"]
        return message

    def resolve_mentions(self, message: JSON, allowed: JSON | None) -> None:
        """Fill in whom a message pings; `allowed` is Discord's allowed_mentions, None allows everything."""
        kinds = ["everyone", "users", "roles"] if allowed is None else allowed.get("parse", [])
        if kinds and message["author"] is self.bot:
            self.may_ping.append(message["id"])
        named = re.findall(r"<@!?(\d+)>", message["content"])
        users = {str(one) for one in (allowed or {}).get("users", [])}
        people = [
            user
            for user_id in dict.fromkeys(named)
            if (user := self.users.get(user_id)) and ("users" in kinds or user_id in users)
        ]
        roles = {str(one) for one in (allowed or {}).get("roles", [])}
        called = dict.fromkeys(re.findall(r"<@&(\d+)>", message["content"]))
        message["mention_roles"] = [
            one for one in called if one != self.bot_role and ("roles" in kinds or one in roles)
        ]
        replied = (message.get("referenced_message") or {}).get("author")
        if replied and (allowed is None or allowed.get("replied_user")) and replied not in people:
            people.append(replied)
        message["mentions"] = people
        message["mention_everyone"] = "everyone" in kinds and bool(re.search("@(everyone|here)", message["content"]))

    def interaction(self, token: str) -> Interaction:
        """Return an interaction whose follow-ups are still allowed. Raises ApiError."""
        interaction = self.interactions.get(token)
        if interaction is None:
            raise ApiError(404, 10015, "Unknown Webhook")
        if self.now() - interaction.created > FOLLOW_UP_S:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return interaction


def content_of(body: JSON) -> str:
    """Return a message's content from a request. Raises ApiError when over the limit."""
    content = str(body.get("content") or "")
    if len(content) > MESSAGE_LIMIT:
        raise invalid("content", "BASE_TYPE_MAX_LENGTH", f"Must be {MESSAGE_LIMIT} or fewer in length.")
    return content


def check_modal(data: JSON) -> JSON:
    """Return a form from a response, as documented for modals. Raises ApiError over a limit."""
    rows: list[JSON] = data.get("components") or []
    sound = (
        0 < len(data.get("custom_id", "")) <= 100
        and 0 < len(data.get("title", "")) <= 45
        and 0 < len(rows) <= 5
        and all(_sound_label(row) if row["type"] == 18 else _sound_text_row(row) for row in rows)
    )
    if not sound:
        raise invalid("data", "BASE_TYPE_BAD_LENGTH", "This is no modal.")
    return data


def _sound_label(label: JSON) -> bool:
    field = label["component"]
    text = len(field.get("value") or "") <= field.get("max_length", 4000) <= 4000
    options = field.get("options", [])
    defaults = field.get("default_values", [])
    return (
        0 < len(label["label"]) <= 45
        and len(label.get("description") or "") <= 100
        and field["type"] in (3, 4, 5, 6, 7)
        and len(field.get("placeholder") or "") <= (100 if field["type"] == 4 else 150)
        and text
        and (field["type"] != 3 or 0 < len(options) <= 25)
        and len(defaults) <= field.get("max_values", 1) <= 25
    )


def _sound_text_row(row: JSON) -> bool:
    """Whether a row of the older kind holds one field for text, which carries its label itself."""
    [field] = row["components"]
    text = len(field.get("value") or "") <= field.get("max_length", 4000) <= 4000
    return row["type"] == 1 and field["type"] == 4 and 0 < len(field["label"]) <= 45 and text


def components_of(body: JSON) -> list[JSON]:
    """Return a message's components from a request. Raises ApiError when over a limit or named twice."""
    rows: list[JSON] = body.get("components") or []
    names = [button["custom_id"] for row in rows for button in row["components"] if "custom_id" in button]
    menus = [one for row in rows for one in row["components"] if one["type"] == 3]
    for menu in menus:
        texts = [text for one in menu["options"] for text in (one["label"], one.get("description") or "x")]
        if not 0 < len(menu["options"]) <= 25 or not all(0 < len(text) <= 100 for text in texts):
            raise invalid("components", "BASE_TYPE_BAD_LENGTH", "A menu has 1 to 25 options of up to 100 characters.")
    if len(rows) > 5 or any(len(row["components"]) > 5 for row in rows) or any(len(name) > 100 for name in names):
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Too many components, or a custom id over 100.")
    if len(names) != len(set(names)):
        raise invalid("components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    return rows
