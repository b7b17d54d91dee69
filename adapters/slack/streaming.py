"""Answers written word by word with Slack's streaming methods, where a workspace offers them.

A stream can only be added to, and Slack ends it by itself after some minutes. So it is never more than the
growing: the final text is put in its place by an ordinary edit, whatever became of the stream.
"""

from __future__ import annotations

import logging
import re
import time

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import SlackError, SlackTokenError, explained, was_limited
from bot.delivery import DeliveryError

log = logging.getLogger(__name__)

CHARS = 11_000
"""Of a stream, at the most; Slack takes 12,000."""
REST_S = 60.0
"""How long no stream is begun after Slack was asked for too many: posts that are edited have a larger allowance."""
_NOT_HERE = {"channel_not_found", "not_in_channel", "is_archived", "restricted_action"}
# A link or picture that the model wrote, and all that calls people: only `render` makes those.
_LINK = re.compile(r"(?<=\])(?=[(\[:])")
_GAP = "\u200b"


class Stream:
    """One message that grows."""

    def __init__(self, web: AsyncWebClient, channel: str, ts: str) -> None:
        self.ts = ts
        self._web = web
        self._channel = channel
        self._sent = ""
        self._unsure = False  # whether the last part arrived

    async def show(self, text: str) -> bool:
        """Add what is new in `text`; False where it does not go on from what was shown, or Slack takes no more."""
        safe = harmless(text)
        if not safe.startswith(self._sent):
            return False
        new = safe[len(self._sent) : CHARS]
        if not new or self._unsure:
            return True
        try:
            with explained("a part of an answer"):
                await self._web.chat_appendStream(channel=self._channel, ts=self.ts, markdown_text=new)
        except SlackError as error:
            log.info("A stream is not taken on: %s", error)
            return False
        except DeliveryError as error:
            log.info("A stream shows no more: %s", error)
            self._unsure = True
            return True
        self._sent += new
        return True

    async def stop(self, metadata: dict[str, object]) -> None:
        """End the stream; what went wrong is no matter, as an edit follows."""
        await stop(self._web, self._channel, self.ts, metadata)


async def stop(web: AsyncWebClient, channel: str, ts: str, metadata: dict[str, object]) -> None:
    """End the stream of a message, if it is one still."""
    try:
        with explained("the end of a stream"):
            await web.chat_stopStream(channel=channel, ts=ts, metadata=metadata)
    except (SlackError, DeliveryError) as error:
        log.info("A stream is not ended: %s", error)


class Streaming:
    """Begins streams in one workspace, until it turns out that there are none.

    `hasty_web` is a client that does not wait out rate limits.
    """

    def __init__(self, hasty_web: AsyncWebClient, web: AsyncWebClient, *, wanted: bool) -> None:
        self._hasty_web = hasty_web
        self._web = web
        self.offered = wanted
        self._refused: set[str] = set()
        """First letters of the channels that have none: C, D, G."""
        self._rests_until = 0.0

    async def begin(self, channel: str, thread: str, user: str, team: str) -> Stream | None:
        """Begin one in a thread, for who asks; None where there is to be an ordinary post.

        Raises DeliveryError where it is not known whether it was begun.
        """
        if not self.offered or channel[:1] in self._refused or time.monotonic() < self._rests_until:
            return None
        try:
            with explained("a stream"):
                told = await self._hasty_web.chat_startStream(
                    channel=channel, thread_ts=thread, recipient_user_id=user, recipient_team_id=team
                )
        except SlackTokenError:
            raise
        except SlackError as error:
            if error.why not in _NOT_HERE:
                log.info("Answers in channels such as %s grow by edits: %s", channel, error)
                self._refused.add(channel[:1])
                self.offered = error.why not in {"unknown_method", "missing_scope"}
            return None
        except DeliveryError as error:
            self._rests_until = time.monotonic() + REST_S
            if was_limited(error):
                return None
            raise
        return Stream(self._web, channel, str(told["ts"]))


def harmless(text: str) -> str:
    """Return Markdown that makes no links and calls nobody; more text behind it changes nothing of it."""
    return _LINK.sub(_GAP, text.replace("&", "&amp;").replace("<", "&lt;"))
