"""What holds in a channel: the defaults, then frontdesk.toml, then what admins set in chat.

In the file a channel's entry goes over its workspace's, and that over the general one, value by value. Scopes are the
exception: each of them narrows what `Settings.scope_for` allows, and none can widen it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.channels.store import ChannelKey, ChannelStore
from bot.channels.values import KEYS, SCOPE_KEYS, ChannelValues, StandardAnswerValues, When, is_id_of, limits_of
from bot.settings import ChannelSettings, Settings
from bot.wording import notices
from knowledge.documents import Scope

_NOWHERE = ("-",)
"""A limit that no document has; what is for everybody is found with it, and nothing else."""


class Origin(StrEnum):
    """Where a value is from."""

    DEFAULT = "default"
    FILE = "frontdesk.toml"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class StandardAnswer:
    """An answer that people wrote and approved."""

    id: str
    """Its number for one written in chat, else its place in frontdesk.toml."""
    values: StandardAnswerValues


@dataclass(frozen=True, slots=True)
class Channel:
    """What holds in one channel. People and groups are ids as the platform has them: `U0123`, `S0123`, `4567`;
    a role of Discord is `&4567`."""

    key: ChannelKey
    when: When
    private: bool
    persona: str
    tone: str
    language: str
    askers: tuple[str, ...]
    """Who may ask, where it is `restricted`."""
    admins: tuple[str, ...]
    """Besides the `admins` of the settings."""
    helpers: tuple[str, ...]
    greeting: str
    limits: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    """What each entry of the file, and at last the chat, narrows the scope to; see `values.limits_of`."""
    restricted: bool = False
    """Whether only the `askers` may ask; there may be none of them on this platform."""
    origins: Mapping[str, Origin] | None = None
    """Where each value is from, by its name."""
    at_odds: tuple[str, str] | None = None
    """What it is limited to and what the settings allow here, where that has nothing in common."""

    def nothing_to_tell(self, language: str = "en") -> str:
        """Return a sentence that says so where its limits leave nothing of what the settings allow, else ""."""
        if self.at_odds is None:
            return ""
        wanted, allowed = self.at_odds
        return notices.NOTHING_TO_TELL.of(language, wanted=wanted, allowed=allowed)

    @property
    def groups(self) -> tuple[str, ...]:
        """The user groups and roles named, without Discord's `&`: whether somebody is in them decides."""
        named = dict.fromkeys((*self.askers, *self.admins, *self.helpers))
        return tuple(id.removeprefix("&") for id in named if id.startswith(("&", "S")))

    def may_ask(self, person: str, groups: Collection[str] = ()) -> bool:
        """Whether somebody in these groups or roles may ask here."""
        return not self.restricted or among(self.askers, person, groups)

    def administers(self, person: str, groups: Collection[str] = ()) -> bool:
        """Whether somebody is an admin of this very channel; the `admins` of the settings are so anyway."""
        return among(self.admins, person, groups)

    def helps(self, person: str, groups: Collection[str] = ()) -> bool:
        """Whether somebody is one of the human helpers."""
        return among(self.helpers, person, groups)

    def origin(self, name: str) -> Origin:
        return (self.origins or {}).get(name, Origin.DEFAULT)


def among(named: Collection[str], person: str, groups: Collection[str]) -> bool:
    """Whether somebody is one of the people named, or in one of the groups or roles."""
    return person in named or any(group in named or f"&{group}" in named for group in groups)


class Channels:
    """Resolves channels. Without a `store` only the defaults and the file count, as for `frontdesk ask`."""

    def __init__(self, settings: Settings, store: ChannelStore | None = None) -> None:
        self._settings = settings
        self.store = store

    async def at(self, platform: str, workspace: str, channel: str) -> Channel:
        """Return what holds in a channel (or in direct messages). Raises DatabaseError."""
        key = ChannelKey(platform, workspace, channel)
        return self.resolved(key, await self.store.values(key) if self.store else ChannelValues())

    def resolved(self, key: ChannelKey, chat: ChannelValues) -> Channel:
        """Return what holds in a channel where `chat` is what was set for it there."""
        entries = self._entries(key)
        layers = [*((Origin.FILE, one) for one in entries), (Origin.CHAT, chat)]
        values: dict[str, Any] = {"when": When.MENTION, "private": False, "persona": self._settings.answering.persona}
        values |= dict.fromkeys(("tone", "language", "greeting"), "") | dict.fromkeys(
            ("askers", "admins", "helpers"), ()
        )
        origins: dict[str, Origin] = {}
        for origin, layer in layers:
            for name in KEYS:
                value = getattr(layer, name)
                if name == "scope" or value is None or (name == "persona" and not value):
                    continue
                values[name] = self._own(key.platform, value) if isinstance(value, list) else value
                if name == "askers":
                    values["restricted"] = bool(value)
                origins[name] = origin
        limits = tuple(limits_of(layer.scope) for _, layer in layers if layer.scope)
        for origin, layer in layers:
            origins |= dict.fromkeys(limits_of(layer.scope or {}), origin)
        channel = Channel(key, limits=limits, origins=origins, **values)
        return replace(channel, at_odds=self._at_odds(channel))

    def scope(
        self, channel: Channel, *, roles: Collection[str] = (), private: bool = False, outside: bool = False
    ) -> Scope:
        """Return what may be told in a channel, or to one person there; see `Settings.scope_for`."""
        key = channel.key
        allowed = self._settings.scope_for(
            key.platform,
            workspace=key.workspace,
            channel=key.channel,
            roles=roles,
            private=private,
            outside=outside,
        )
        for limits in channel.limits:
            allowed = narrowed(allowed, limits)
        return allowed

    def allowed(self, key: ChannelKey) -> Scope:
        """Return what may be told to all in a channel before anything set in chat narrows it."""
        return self.scope(self.resolved(key, ChannelValues()))

    def may_administer(self, channel: Channel, person: str, groups: Collection[str] = ()) -> bool:
        """Whether somebody in these groups or roles may set a channel up."""
        key = channel.key
        return self._settings.is_admin(key.platform, person, key.workspace) or channel.administers(person, groups)

    async def standard_answers(self, key: ChannelKey) -> list[StandardAnswer]:
        """Return the approved standard answers of a channel: those from chat first, then from the nearest entry on.

        Raises DatabaseError.
        """
        written = await self.store.written(key) if self.store else []
        found = [StandardAnswer(str(one.id), one.values) for one in written if one.approved]
        return [*found, *self.in_file(key)]

    def in_file(self, key: ChannelKey) -> list[StandardAnswer]:
        """Return the standard answers that frontdesk.toml has for a channel, the nearest entry's first."""
        return [
            StandardAnswer(f"{entry.channel or entry.workspace or 'everywhere'}#{number}", one)
            for entry in reversed(self._entries(key))
            for number, one in enumerate(entry.standard_answers, 1)
        ]

    def all_in_file(self) -> list[tuple[ChannelKey, StandardAnswerValues]]:
        """Return every standard answer of frontdesk.toml with its place; what that does not name is empty."""
        return [(_place_of(entry), one) for entry in self._settings.channels for one in entry.standard_answers]

    async def greeting(self, key: ChannelKey, joined_at: datetime) -> str:
        """Return what to say in a channel that the bot has joined, empty where it says nothing or has said it.

        A joining is greeted once, however often it is told. Raises DatabaseError.
        """
        text = (await self.at(key.platform, key.workspace, key.channel)).greeting
        return text if text and self.store and await self.store.greets(key, joined_at) else ""

    def _entries(self, key: ChannelKey) -> list[ChannelSettings]:
        """Return the entries of the file that hold in a channel, the general one first."""
        places = ("", ""), ("", f"{key.platform}:{key.workspace}"), (f"{key.platform}:{key.channel}", "")
        return [one for place in places for one in self._settings.channels if (one.channel, one.workspace) == place]

    @staticmethod
    def _own(platform: str, people: Sequence[str]) -> tuple[str, ...]:
        """Return the ids that are of this platform, as it has them."""
        return tuple(
            id
            for written in people
            for named, _, id in (written.rpartition(":"),)
            if named == platform or (not named and is_id_of(platform, id))
        )

    def _at_odds(self, channel: Channel) -> tuple[str, str] | None:
        key = channel.key
        scope = self._settings.scope_for(key.platform, workspace=key.workspace, channel=key.channel)
        for limits in channel.limits:
            for name in ("region", "product"):
                allowed = getattr(scope, name)
                if allowed and name in limits and not set(allowed) & set(limits[name]):
                    return ", ".join(limits[name]), ", ".join(allowed)
            scope = narrowed(scope, limits)
        return None


def _place_of(entry: ChannelSettings) -> ChannelKey:
    platform, _, id = (entry.channel or entry.workspace).partition(":")
    return ChannelKey(platform, "" if entry.channel else id, id if entry.channel else "")


def narrowed(scope: Scope, limits: Mapping[str, tuple[str, ...]]) -> Scope:
    """Return what is left of an asker's scope within limits; never more than it was.

    Where a limit has nothing in common with the scope, only what is for everybody is left.
    """
    left = {name: getattr(scope, name) for name in SCOPE_KEYS}
    for name, words in limits.items():
        both = tuple(word for word in left[name] if word in words)
        if name == "audience":  # who belongs to no audience is told only what is for everybody
            left[name] = both
        else:
            left[name] = (both or _NOWHERE) if left[name] else words
    return replace(scope, region=left["region"], audience=left["audience"], product=left["product"])


def beyond(allowed: Scope, limits: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return, by key, the words of limits that are not allowed anyway: setting them would not do what it says."""
    found: dict[str, tuple[str, ...]] = {}
    for name in SCOPE_KEYS:
        mine = getattr(allowed, name)
        if mine or name == "audience":
            over = tuple(word for word in limits.get(name, ()) if word not in mine)
            if over:
                found[name] = over
    return found
