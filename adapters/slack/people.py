"""Who a Slack user id is, and to which user groups the person belongs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import explained
from bot.handovers import Groups
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

KEPT = 10_000
NAMES_S = 2.0
MOST_NAMES = 20
"""People of one message whose names are looked up."""
GROUP_S = 300.0  # who leaves a group is told no more of what is only for it after this time


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    is_bot: bool


class People:
    """Looks people up and remembers them until the next start."""

    def __init__(self, web: AsyncWebClient) -> None:
        self._web = web
        self._known: dict[str, Person] = {}
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    async def get(self, user: str) -> Person:
        """Return who `user` is; somebody Slack does not tell about is taken for a person named by the id."""
        if user not in self._known:
            try:
                with explained("a look at a person"):
                    told = (await self._web.users_info(user=user))["user"]
            except FrontdeskError as error:
                log.warning("Slack user %s cannot be looked up: %s", user, error)
                return Person(user, is_bot=False)
            profile = told.get("profile") or {}
            name = profile.get("display_name") or told.get("real_name") or told.get("name") or user
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[user] = Person(str(name), bool(told.get("is_bot")))
        return self._known[user]

    async def names(self, users: Iterable[str]) -> dict[str, str]:
        """Return names by id; who cannot be looked up soon is left out, since a question waits to be kept."""
        names: dict[str, str] = {}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(NAMES_S):
                for user in islice(users, MOST_NAMES):
                    names[user] = (await self.get(user)).name
        return names

    async def groups(self, user: str, among: Iterable[str], *, surely: bool = False) -> list[str]:
        """Return the user groups among those named that `user` is in; one that cannot be looked up counts as not.

        With `surely`, FrontdeskError is raised where `user` is in none that can be.
        """
        found, unknown = [], None
        for group in among:
            try:
                if user in await self._of_group(group):
                    found.append(group)
            except FrontdeskError as error:
                log.warning("Slack user group %s cannot be looked up: %s", group, error)
                unknown = error
        if surely and unknown and not found:
            raise unknown
        return found

    def looking_up(self, user: str) -> Groups:
        """Return what tells in which of some user groups `user` is; it raises FrontdeskError where that is unknown."""

        async def groups(among: Iterable[str]) -> list[str]:
            return await self.groups(user, among, surely=True)

        return groups

    async def others_read(self, channel: str) -> bool:
        """Whether people of another company read a channel; taken for granted where Slack does not say."""
        try:
            with explained("a look at a channel"):
                told = (await self._web.conversations_info(channel=channel))["channel"]
        except FrontdeskError as error:
            log.warning("Slack channel %s cannot be looked up: %s", channel, error)
            return True
        return bool(told.get("is_ext_shared") or told.get("is_pending_ext_shared"))

    async def _of_group(self, group: str) -> frozenset[str]:
        asked, members = self._members.get(group, (-GROUP_S, frozenset()))
        if time.monotonic() - asked < GROUP_S:
            return members
        with explained("a look at a user group"):
            told = await self._web.usergroups_users_list(usergroup=group)
        members = frozenset(map(str, told["users"]))
        self._members[group] = (time.monotonic(), members)
        return members
