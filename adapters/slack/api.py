"""Calls to Slack's Web API, and what its refusals mean to people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.delivery import DeliveryError, DeliveryRefused

TIMEOUT_S = 30
_TOKENS = "https://api.slack.com/apps"
_TOKEN_REFUSED = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_allowed_token_type",
}
_PASSING = {"ratelimited", "rate_limited", "service_unavailable", "internal_error", "fatal_error", "request_timeout"}
_REFUSALS = {
    "channel_not_found": ("Slack knows no such channel, or I am not in it.", "Invite me with /invite."),
    "not_in_channel": ("I am not in this channel.", "Invite me with /invite."),
    "is_archived": ("This channel is archived.", "Unarchive it, or ask in another channel."),
    "msg_too_long": ("Slack refused a message as too long.", "Lower model.max_tokens."),
    "msg_blocks_too_long": ("Slack refused a message as too long.", "Lower model.max_tokens."),
    "expired_trigger_id": ("That took too long for Slack to open a dialogue.", "Please try again."),
    "invalid_trigger_id": ("That took too long for Slack to open a dialogue.", "Please try again."),
    "restricted_action": ("This workspace's settings keep me from posting here.", "Ask a workspace admin."),
}


class SlackError(DeliveryRefused):
    """Slack refused something. `why` is Slack's word for it."""

    def __init__(self, sentence: str, fix: str = "", why: str = "") -> None:
        super().__init__(sentence, fix)
        self.why = why


class SlackTokenError(SlackError, DeliveryError):
    """A token is missing, wrong or revoked. What was to be delivered with it can be once there is another."""


def web_client(
    api_url: str,
    token: str | None,
    session: aiohttp.ClientSession,
    told: Callable[[str], None] | None = None,
    *,
    patient: bool = True,
) -> AsyncWebClient:
    """Return a client that waits out rate limits, where it is `patient`, but repeats nothing by itself.

    The SDK's default repeats a call after a connection error, which posts twice what had arrived.
    `told` is given what each call says of the token: Slack's word for refusing it, nothing for taking it.
    """
    return AsyncWebClient(
        token=token,
        base_url=api_url.rstrip("/") + "/",
        session=session,
        timeout=TIMEOUT_S,
        retry_handlers=[*([_rate_limit_handler()] if patient else []), *([_TokenWatch(told)] if told else [])],
    )


class _TokenWatch(AsyncRetryHandler):
    """Sees every response of the Web API, and never asks for another try."""

    def __init__(self, told: Callable[[str], None]) -> None:
        super().__init__()
        self._told = told

    async def can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        body = response.body if response is not None and response.status_code == 200 else None
        if isinstance(body, dict):
            if body.get("ok"):
                self._told("")
            elif body.get("error") in _TOKEN_REFUSED:
                self._told(str(body["error"]))
        return False


def _rate_limit_handler() -> AsyncRateLimitErrorRetryHandler:
    return AsyncRateLimitErrorRetryHandler(max_retry_count=3)


def refusal(error: SlackApiError) -> str:
    """Return Slack's word for why it refused, e.g. `channel_not_found`."""
    response = error.response
    if response.status_code == 429:
        return "ratelimited"
    if response.status_code >= 500:
        return "service_unavailable"
    return str(response.get("error", "")) if isinstance(response.data, dict) else ""


@contextmanager
def explained(doing: str, token: str = "slack.bot_token") -> Iterator[None]:
    """Tell Slack's refusals and broken connections as FrontdeskErrors; `doing` names
    the call, `token` the setting that holds the token it is made with.

    Raises DeliveryError for what may pass, SlackError for what will not, SlackTokenError for a refused token.
    """
    try:
        yield
    except SlackApiError as error:
        why = refusal(error)
        if why in _PASSING:
            raise DeliveryError(f"Slack did not take {doing} ({why}).", "It will be tried again.") from error
        if why in _TOKEN_REFUSED:
            raise token_error(token, why) from error
        if why == "missing_scope":
            needed = error.response.get("needed", "")
            raise SlackError(
                f"Slack refused {doing}: the app lacks the scope {needed}.",
                "Paste adapters/slack/manifest.yaml into the app's manifest and install it again.",
                why,
            ) from error
        sentence, fix = _REFUSALS.get(why, (f"Slack refused {doing}: {why or error}.", ""))
        raise SlackError(sentence, fix, why) from error
    except (aiohttp.ClientError, SlackClientError, OSError) as error:
        raise DeliveryError(
            f"The connection to Slack broke at {doing} ({type(error).__name__}).", "It will be tried again."
        ) from error


def was_limited(error: DeliveryError) -> bool:
    """Whether Slack did not do what it was asked because it was asked too often."""
    return isinstance(error.__cause__, SlackApiError) and refusal(error.__cause__) == "ratelimited"


@contextmanager
def settled(doing: str, *well: str) -> Iterator[None]:
    """Like `explained`; the refusals named by `well` mean that there was nothing left to do."""
    try:
        with explained(doing):
            yield
    except SlackError as error:
        if error.why not in well:
            raise


async def respond(
    url: str,
    session: aiohttp.ClientSession,
    text: str,
    blocks: list[Any] | None = None,
    *,
    replace: bool = False,
    thread: str | None = None,
) -> None:
    """Tell something to one person through the response URL of a command or button; it works 5 times in 30 minutes.

    `replace` puts it in place of what was told before; `thread` is where the button stands.
    Raises SlackError with `why` = `expired_url` once the URL is used up, DeliveryError for what may pass.
    """
    client = AsyncWebhookClient(url, timeout=TIMEOUT_S, session=session, retry_handlers=[_rate_limit_handler()])
    with explained("a private message"):
        response = await client.send_dict(
            {
                "text": text,
                "blocks": blocks,
                "response_type": "ephemeral",
                "replace_original": replace,
                "thread_ts": thread,
                "unfurl_links": False,
                "unfurl_media": False,
            }
        )
    if response.status_code >= 500 or response.status_code == 429:
        raise DeliveryError(
            f"Slack did not take a private message ({response.status_code}).", "It will be tried again."
        )
    if response.status_code != 200:
        raise SlackError(
            "Slack does not take private replies to this command any more.", "Give it again.", "expired_url"
        )


async def tell_alone(
    web: AsyncWebClient,
    session: aiohttp.ClientSession,
    user: str,
    url: str,
    text: str,
    blocks: list[Any] | None = None,
    *,
    replace: bool = False,
    thread: str | None = None,
) -> None:
    """Tell something to one person as `respond` does or, once the URL is used up, by direct message."""
    try:
        await respond(url, session, text, blocks, replace=replace, thread=thread)
    except SlackError:
        with explained("a direct message"):
            await web.chat_postMessage(channel=user, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False)


def token_error(setting: str, why: str) -> SlackTokenError:
    """Say which token Slack refused and where to get another one; never the token itself."""
    where = {
        "slack.bot_token": f"Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions of your app at {_TOKENS}.",
        "slack.app_token": "Generate an app-level token (xapp-…) with the scope connections:write under "
        f"Basic Information of your app at {_TOKENS}.",
    }[setting]
    return SlackTokenError(f"Slack does not accept {setting} ({why}).", where)
