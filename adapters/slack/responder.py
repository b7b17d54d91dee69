"""How commands talk back in Slack."""

from __future__ import annotations

import time
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import render
from adapters.slack.api import SlackError, explained, respond, tell_alone

PROGRESS_AFTER_S = (10.0, 60.0)
"""When it is shown to one person how far something is, after what was said first: of the five uses of a response URL,
two are for that, and two are kept for what comes of it and for an error."""
_OUTSIDE = {"not_in_channel", "channel_not_found", "is_archived", "restricted_action"}


class SlackResponder:
    """One command's message and files. `bot.commands.Responder`.

    With `public` the message stands in the channel, where colleagues can follow it, or in the person's
    direct messages where the bot cannot post; else only the person sees it, in direct messages once the response URL
    is used up.
    """

    def __init__(
        self,
        web: AsyncWebClient,
        session: aiohttp.ClientSession,
        *,
        channel: str,
        user: str,
        response_url: str,
        public: bool,
    ) -> None:
        self._web = web
        self._session = session
        self._channel = channel
        self._user = user
        self._response_url = response_url
        self._public = public
        self._post: str | None = None
        self._began = time.monotonic()
        self._progress_shown = 0

    async def say(self, text: str) -> None:
        await self._show(render.partial(text))

    async def progress(self, text: str) -> None:
        if self._public:
            await self.say(text)
            return
        due = PROGRESS_AFTER_S[self._progress_shown :]
        if due and time.monotonic() - self._began >= due[0]:
            self._progress_shown += 1
            message = render.partial(text)
            await respond(self._response_url, self._session, message.text, message.blocks, replace=True)

    async def confirm(self, text: str, button: str, user: str) -> None:
        await self._show(render.messages(text, [render.forget_button(button, user)])[0])

    async def _show(self, message: render.Message) -> None:
        if not self._public:
            await self._tell(message, replace=True)
        elif self._post is None:
            try:
                self._post = await self._send(message)
            except SlackError as error:
                if error.why not in _OUTSIDE:
                    raise
                self._channel = await self._direct_messages()
                self._post = await self._send(message)
                await self.whisper("I cannot post in this channel; see our direct messages.")
        else:
            with explained("an edit"):
                await self._web.chat_update(
                    channel=self._channel, ts=self._post, text=message.text, blocks=message.blocks
                )

    async def send_file(self, path: Path, text: str) -> None:
        channel = await self._direct_messages()
        with explained("a file"):
            await self._web.files_upload_v2(
                channel=channel,
                file=str(path),
                filename=path.name,
                title=path.name,
                initial_comment=render.mrkdwn(text),
            )
        await self.whisper(f"{text} I sent you the file in our direct messages.")

    async def send_picture(self, path: Path, text: str, description: str, *, everyone: bool) -> None:
        # Slack shows nobody a file in passing: it stands in a channel, or in the person's direct messages.
        direct = await self._direct_messages()
        channel = self._channel if everyone else direct
        try:
            await self._upload(channel, path, text, description)
        except SlackError as error:
            if error.why not in _OUTSIDE or not everyone:
                raise
            channel = direct
            await self._upload(channel, path, text, description)
        if channel == direct != self._channel:
            await self.say(f"{text}\n\nI sent you the picture in our direct messages.")
        else:
            await self.say("Here it is." if everyone else text)

    async def _upload(self, channel: str, path: Path, text: str, description: str) -> None:
        with explained("a picture"):
            await self._web.files_upload_v2(
                channel=channel,
                file=str(path),
                filename=path.name,
                title=path.name,
                alt_txt=description,
                initial_comment=render.mrkdwn(text),
            )

    async def whisper(self, text: str) -> None:
        """Tell the person alone."""
        await self._tell(render.messages(text)[0])

    async def _tell(self, message: render.Message, *, replace: bool = False) -> None:
        await tell_alone(
            self._web,
            self._session,
            self._user,
            self._response_url,
            message.text,
            message.blocks,
            replace=replace,
        )

    async def _send(self, message: render.Message) -> str:
        with explained("a message"):
            response = await self._web.chat_postMessage(
                channel=self._channel,
                text=message.text,
                blocks=message.blocks,
                unfurl_links=False,
                unfurl_media=False,
            )
        return str(response["ts"])

    async def _direct_messages(self) -> str:
        with explained("opening direct messages"):
            response = await self._web.conversations_open(users=self._user)
        return str(response["channel"]["id"])
