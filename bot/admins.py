"""Telling the admins what they did not ask for but must know."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from bot.chat import ChatPlatform
from bot.settings import Settings
from bot.tuning.offers import Offer
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)


class Admins:
    """The people in `admins`, each reachable by direct message on the platform his id names.

    `platforms` may grow and shrink while Frontdesk runs.
    """

    def __init__(self, settings: Settings, platforms: Mapping[str, ChatPlatform]) -> None:
        self._settings = settings
        self._platforms = platforms

    async def tell(self, text: str, offers: Sequence[Offer] = ()) -> int:
        """Send Markdown to every admin, with a button for each offer; return how many got it.

        The log says why somebody did not.
        """
        reached = 0
        for admin in self._settings.admins:
            named, colon, rest = admin.partition(":")
            user = rest.rpartition(":")[2] if colon else admin
            for name, platform in self._platforms.items():
                if colon and named != name:
                    continue
                try:
                    await platform.notify(user, text, offers)
                    reached += 1
                except (FrontdeskError, ValueError) as error:
                    # An id without a platform is tried on each; only one of them knows it.
                    log.log(logging.WARNING if colon else logging.DEBUG, "%s was not told: %s", admin, error)
        return reached
