"""Who a Slack user id is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import explained
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

KEPT = 10_000
NAMES_S = 2.0


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    is_bot: bool


class People:
    """Looks people up and remembers them until the next start."""

    def __init__(self, web: AsyncWebClient) -> None:
        self._web = web
        self._known: dict[str, Person] = {}

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
                for user in users:
                    names[user] = (await self.get(user)).name
        return names
