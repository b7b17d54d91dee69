"""Is the app installed right: what `frontdesk doctor` asks Slack."""

from __future__ import annotations

import aiohttp

from adapters.slack.api import TIMEOUT_S, explained, web_client
from bot.settings import Settings


async def check_token(settings: Settings) -> str:
    """Ask Slack about both tokens; return the bot's name and workspace. Raises FrontdeskError, without the tokens."""
    slack = settings.slack
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session:
        with explained("the bot token"):
            told = await web_client(slack.api_url, slack.bot_token.get_secret_value(), session).auth_test()
        with explained("the app token", "slack.app_token"):
            web = web_client(slack.api_url, None, session)
            await web.apps_connections_open(app_token=slack.app_token.get_secret_value())
    return f"Signed in to {told.get('team')} as {told.get('user')}, and Socket Mode is open."
