"""Slack's assistant pane: suggested questions, and the status of one that is being answered."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from adapters.slack.api import SlackError, explained
from adapters.slack.workspaces import Workspace
from bot.messages import Question
from bot.wording import notices

log = logging.getLogger(__name__)

PROMPTS = 4
"""As many as the pane shows."""


async def suggest(live: Workspace, channel: str, thread: str, questions: Sequence[str], language: str) -> None:
    """Offer questions to begin with; one press asks one. Nothing where there are none."""
    if questions:
        with explained("suggested questions"):
            await live.web.assistant_threads_setSuggestedPrompts(
                channel_id=channel,
                thread_ts=thread,
                title=notices.ASK_FOR_EXAMPLE.of(language),
                prompts=[{"title": question, "message": question} for question in questions],
            )


class Pane:
    """The thread of a question in the pane."""

    def __init__(self, live: Workspace, question: Question) -> None:
        self._live = live
        self._channel, self._thread = question.key.channel, question.thread
        self._status = notices.STATUS.of(question.language)
        self._shows = False

    async def show_status(self) -> bool:
        """Say that it is looked up; False where there is no pane."""
        try:
            await self._set(self._status)
        except SlackError as error:
            log.info("Direct messages have no assistant pane here: %s", error)
            self._live.has_assistant = False
            return False
        self._shows = True
        return True

    async def clear_status(self) -> bool:
        """Say so no more; False where it was not said."""
        if self._shows:
            await self._set("")
        return self._shows

    async def _set(self, status: str) -> None:
        with explained("a status"):
            await self._live.web.assistant_threads_setStatus(
                channel_id=self._channel, thread_ts=self._thread, status=status
            )
