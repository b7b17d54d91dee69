"""Is the app installed right: what `frontdesk doctor` asks Slack."""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp

from adapters.slack.api import TIMEOUT_S, explained, web_client
from adapters.slack.http import EVENTS_PATH
from adapters.slack.installations import INSTALL_PATH, Installations
from adapters.slack.workspaces import NOT_INSTALLED, Workspaces
from bot.settings import Settings
from bot.storage.database import Database, SchemaState, schema_state


async def check_token(settings: Settings) -> str:
    """Ask Slack about every token; return the workspaces and how they are heard. Raises FrontdeskError, no token."""
    slack = settings.slack
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)))
        installations = None
        # Looking changes nothing: the tables are made when Frontdesk starts.
        state = await asyncio.to_thread(schema_state, settings.database_url) if slack.client_id else None
        if state is SchemaState.CURRENT:
            database = Database(settings.database_url)
            stack.push_async_callback(database.close)
            installations = Installations(database, slack.client_id)
        workspaces = Workspaces(settings, session, installations)
        await workspaces.open()
        names = await workspaces.check()
        signed_in = f"Signed in to {names}" if names else f"{NOT_INSTALLED} It is done at {INSTALL_PATH}"
        if not slack.app_token.get_secret_value():
            return f"{signed_in}, and Slack's requests are taken at {EVENTS_PATH} on {settings.http.listen}."
        with explained("the app token", "slack.app_token"):
            web = web_client(slack.api_url, None, session)
            await web.apps_connections_open(app_token=slack.app_token.get_secret_value())
    return f"{signed_in}, and Socket Mode is open."
