"""The Slack workspaces that the app is installed in: the one of slack.bot_token, and those that installed it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import aiohttp
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import SlackTokenError, explained, web_client
from adapters.slack.installations import Installations
from adapters.slack.people import People
from adapters.slack.streaming import Streaming
from bot.settings import Settings

log = logging.getLogger(__name__)

NOT_INSTALLED = "No Slack workspace has installed me."
REFUSED = "Slack workspace {name} does not accept my token any more ({why}); {fix}."
UNINSTALLED = "Slack workspace {name} has uninstalled me; open /slack/install to bring me back."
REVOKED = "Slack workspace {name} has revoked my token; open /slack/install to bring me back."
_BY_LINK = "open /slack/install to give me another"
_BY_HAND = "install the app again and put its token into FRONTDESK_SLACK__BOT_TOKEN"


@dataclass(slots=True)
class Workspace:
    """One workspace, and the means to speak in it."""

    team: str
    """Slack's id of it."""
    name: str
    bot_user: str
    bot_id: str
    token: str
    web: AsyncWebClient
    session: aiohttp.ClientSession
    people: People
    streaming: Streaming
    has_assistant: bool = True
    """Whether direct messages are those of Slack's assistant pane, until Slack says no."""
    trouble: str = ""
    """What is wrong with it, empty when it is well."""


class Workspaces:
    """Every workspace that may be spoken in, by its id. One that ends takes no other along."""

    def __init__(
        self,
        settings: Settings,
        session: aiohttp.ClientSession,
        installations: Installations | None,
        joined: Callable[[Workspace], None] = lambda workspace: None,
    ) -> None:
        """`joined` is called with each workspace that is taken up."""
        self._joined = joined
        self._settings = settings
        self._session = session
        self._installations = installations
        self._known: dict[str, Workspace] = {}
        self._own = ""
        """The one of slack.bot_token."""
        self._ended: dict[str, str] = {}

    async def open(self) -> None:
        """Look up who we are where we are installed. Raises SlackTokenError, SlackError or DeliveryError."""
        if token := self._settings.slack.bot_token.get_secret_value():
            with explained("the bot token"):
                told = await web_client(self._settings.slack.api_url, token, self._session).auth_test()
            self._own = str(told["team_id"])
            self._add(
                self._own,
                str(told.get("team") or self._own),
                str(told["user_id"]),
                str(told.get("bot_id") or ""),
                token,
            )
            log.info("Connected to Slack workspace %s as %s", told.get("team"), told.get("user"))
        if self._installations is not None:
            for bot in await self._installations.all():
                self.install(bot)

    def __iter__(self) -> Iterator[Workspace]:
        return iter(list(self._known.values()))

    async def find(self, team: str) -> Workspace | None:
        """Return a workspace, also one that installed the app through another process of ours."""
        if (known := self.get(team)) is None and self._installations is not None:
            bot = await self._installations.of(team)
            return self.install(bot) if bot else None
        return known

    def get(self, team: str) -> Workspace | None:
        """Return a workspace that is known here.

        Where there is but the one of slack.bot_token, whatever comes is for it: a command that somebody of
        another company gives in a shared channel names that company's workspace.
        """
        return self._known.get(team) or (self._known.get(self._own) if self._installations is None else None)

    def install(self, bot: Bot) -> Workspace | None:
        """Take up a workspace that installed the app, or a new token of it."""
        allowed = self._settings.slack.workspaces
        if not bot.team_id or not bot.bot_token or (allowed and bot.team_id not in allowed):
            return None
        self._ended.pop(bot.team_id, None)
        return self._add(bot.team_id, bot.team_name or bot.team_id, bot.bot_user_id, bot.bot_id, bot.bot_token)

    async def end(self, team: str, sentence: str) -> None:
        """Speak no more in a workspace that uninstalled the app or revoked its token."""
        if (workspace := self._known.get(team)) is None:
            return
        log.warning("%s", told := sentence.format(name=workspace.name))
        if team == self._own:
            workspace.trouble = told
            return
        if self._installations is not None:
            await self._installations.forget(team)  # first, or `find` would take it up again
        self._known.pop(team, None)
        self._ended[team] = told

    def health(self) -> str:
        """Return a sentence where no workspace can be spoken in, else nothing."""
        troubles = [one.trouble for one in self._known.values()]
        if any(not one for one in troubles):
            return ""
        return " ".join([*troubles, *self._ended.values()]) or (
            f"{NOT_INSTALLED} Open /slack/install." if self._installations is not None else NOT_INSTALLED
        )

    def notes(self) -> dict[str, str]:
        """Return what ended or is wrong, by workspace."""
        wrong = {one.team: one.trouble for one in self._known.values() if one.trouble}
        return self._ended | wrong

    def _add(self, team: str, name: str, bot_user: str, bot_id: str, token: str) -> Workspace:
        def told(why: str) -> None:
            fix = _BY_HAND if team == self._own else _BY_LINK
            trouble = REFUSED.format(name=name, why=why, fix=fix) if why else ""
            if trouble and not workspace.trouble:
                log.warning("%s", trouble)
            workspace.trouble = trouble

        web = web_client(self._settings.slack.api_url, token, self._session, told)
        hasty = web_client(self._settings.slack.api_url, token, self._session, told, patient=False)
        streaming = Streaming(hasty, web, wanted=self._settings.slack.streaming)
        workspace = Workspace(team, name, bot_user, bot_id, token, web, self._session, People(web), streaming)
        self._known[team] = workspace
        self._joined(workspace)
        return workspace

    async def check(self) -> str:
        """Ask Slack about every token; return the workspaces signed in to. Raises SlackTokenError."""
        well: list[str] = []
        unwell: list[str] = []
        for workspace in self:
            try:
                with explained("the bot token"):
                    told = await workspace.web.auth_test()
                well.append(f"{told.get('team')} as {told.get('user')}")
            except SlackTokenError:
                unwell.append(workspace.trouble)
        if unwell:
            raise SlackTokenError(" ".join(unwell), "The other workspaces go on." if well else "")
        return " and ".join(well)
