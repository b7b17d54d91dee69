"""Which Slack workspaces installed the app: Bolt's OAuth flow, and its own stores on our database."""

from __future__ import annotations

import html
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa
import yaml
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from bot.storage.database import Database, uninterrupted

log = logging.getLogger(__name__)

INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
STATE_S = 600
MANIFEST = Path(__file__).with_name("manifest.yaml")
METADATA = sa.MetaData()
"""Bolt's tables; the migrations build them."""
_BOTS = AsyncSQLAlchemyInstallationStore.build_bots_table(
    METADATA, AsyncSQLAlchemyInstallationStore.default_bots_table_name
)
AsyncSQLAlchemyInstallationStore.build_installations_table(
    METADATA, AsyncSQLAlchemyInstallationStore.default_installations_table_name
)
AsyncSQLAlchemyOAuthStateStore.build_oauth_states_table(METADATA, AsyncSQLAlchemyOAuthStateStore.default_table_name)
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Frontdesk</title>'
    '<body style="font: 18px sans-serif; margin: 4em auto; max-width: 34em"><h1>{title}</h1><p>{text}</p></body></html>'
)
_REASONS = {
    "access_denied": "The installation was cancelled.",
    "invalid_browser": "The installation was begun in another browser, or cookies are switched off.",
    "invalid_state": "The installation took too long, or its page was opened twice.",
    "missing_code": "Slack sent no code.",
    "invalid_code": "Slack did not accept the code; the log of Frontdesk says why.",
}


class NotAllowed(BoltError):
    """The workspace is not among those that may install the app."""


class Installations:
    """The tokens of the workspaces that installed the app with slack.client_id."""

    def __init__(self, database: Database, client_id: str) -> None:
        self._client_id = client_id
        self._engine = database.engine
        self.store = AsyncSQLAlchemyInstallationStore(client_id, self._engine)
        self.states = AsyncSQLAlchemyOAuthStateStore(STATE_S, self._engine)

    @uninterrupted
    async def all(self) -> list[Bot]:
        """Return the latest installation of every workspace."""
        return list((await self._read()).values())

    @uninterrupted
    async def of(self, team: str) -> Bot | None:
        return (await self._read(_BOTS.c.team_id == team)).get(team)

    @uninterrupted
    async def forget(self, team: str) -> None:
        """Take a workspace's tokens out of the database."""
        for bot in (await self._read(_BOTS.c.team_id == team)).values():
            await self.store.async_delete_all(enterprise_id=bot.enterprise_id, team_id=team)

    async def _read(self, *only: sa.ColumnElement[bool]) -> dict[str, Bot]:
        # Bolt's own look-ups want the enterprise as well, which not every event names.
        wanted = sa.select(_BOTS).where(
            _BOTS.c.client_id == self._client_id,
            _BOTS.c.team_id.is_not(None),
            _BOTS.c.bot_token.is_not(None),
            *only,
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted.order_by(_BOTS.c.installed_at, _BOTS.c.id))).mappings()
            names = [column.name for column in _BOTS.c if column.name not in {"id", "client_id"}]
            return {row["team_id"]: Bot(**{name: row[name] for name in names}) for row in rows}


def oauth_flow(
    settings: Settings, web: AsyncWebClient, installations: Installations, installed: Callable[[Bot], Any]
) -> AsyncOAuthFlow:
    """Return Bolt's flow for /slack/install and /slack/oauth_redirect; `installed` hears of each workspace.

    The scopes asked for are those of the manifest.
    """
    slack = settings.slack

    async def success(told: AsyncSuccessArgs) -> BoltResponse:
        name = told.installation.team_name or told.installation.team_id or "your workspace"
        log.info("Slack workspace %s has installed the app", name)
        installed(told.installation.to_bot())
        return _page(200, "Frontdesk is installed", f"Invite it into a channel of {name}, and mention it there.")

    async def failure(told: AsyncFailureArgs) -> BoltResponse:
        reason = str(told.error) if isinstance(told.error, NotAllowed) else _REASONS.get(told.reason, told.reason)
        log.warning("An installation in Slack failed: %s", reason)
        status = 403 if isinstance(told.error, NotAllowed) else told.suggested_status_code
        return _page(status, "Frontdesk is not installed", f"{reason} Begin again at {INSTALL_PATH}.")

    return _Flow(
        client=web,
        logger=log,
        settings=AsyncOAuthSettings(
            client_id=slack.client_id,
            client_secret=slack.client_secret.get_secret_value(),
            scopes=bot_scopes(),
            redirect_uri=slack.redirect_url or None,
            authorization_url=slack.authorize_url,
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            install_page_rendering_enabled=False,
            callback_options=AsyncCallbackOptions(success=success, failure=failure),
            installation_store=installations.store,
            state_store=installations.states,
            state_expiration_seconds=STATE_S,
            logger=log,
        ),
        allowed=slack.workspaces,
    )


def bot_scopes() -> list[str]:
    """Return the scopes that the manifest asks for."""
    return list(yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"])


class _Flow(AsyncOAuthFlow):
    """Keeps no token of a workspace that may not install, and tells of a Slack that cannot be reached."""

    def __init__(self, *, allowed: list[str], **given: Any) -> None:
        super().__init__(**given)
        self._allowed = allowed

    @uninterrupted
    async def handle_installation(self, request: AsyncBoltRequest) -> BoltResponse:
        return await super().handle_installation(request)

    @uninterrupted
    async def handle_callback(self, request: AsyncBoltRequest) -> BoltResponse:
        try:
            return await super().handle_callback(request)
        except (aiohttp.ClientError, OSError) as error:
            log.warning("Slack could not be reached for an installation: %s", error)
            return _page(502, "Frontdesk is not installed", f"Slack cannot be reached. Begin again at {INSTALL_PATH}.")

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        if installation.is_enterprise_install or not installation.team_id:
            raise NotAllowed("Frontdesk is installed in workspaces, not in a whole organization.")
        if self._allowed and installation.team_id not in self._allowed:
            raise NotAllowed(f"The workspace {installation.team_id} is not among slack.workspaces.")
        await super().store_installation(request, installation)


def _page(status: int, title: str, text: str) -> BoltResponse:
    body = _PAGE.format(title=html.escape(title), text=html.escape(text))
    return BoltResponse(status=status, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
