"""Notes to the people who help, and private questions about an answer, in Slack."""

from __future__ import annotations

import logging

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import render
from adapters.slack.api import SlackError, explained
from bot.handovers import Note
from bot.storage.handovers import NotePlace

log = logging.getLogger(__name__)

METADATA = "frontdesk_note"
LOOKED_THROUGH = 50
"""Latest messages of a channel among which an earlier note is looked for."""


async def post_note(web: AsyncWebClient, place: NotePlace, note: Note, *, look_first: bool) -> str:
    """Post a note and return its `ts`; with `look_first` one that stands there already is not posted again."""
    if look_first and (found := await _find(web, place, note)):
        return found
    message = render.note_message(note)
    with explained("a note"):
        response = await web.chat_postMessage(
            channel=place.channel,
            thread_ts=place.thread or None,
            reply_broadcast=bool(place.thread) and note.aloud,
            text=message.text,
            blocks=message.blocks,
            metadata={"event_type": METADATA, "event_payload": {"handover": note.handover_id}},
            unfurl_links=False,
            unfurl_media=False,
        )
    return str(response["ts"])


async def edit_note(web: AsyncWebClient, place: NotePlace, note: Note) -> None:
    message = render.note_message(note)
    with explained("an edit"):
        await web.chat_update(
            channel=place.channel, ts=place.post, text=message.text, blocks=message.blocks, parse="none"
        )


async def whisper(web: AsyncWebClient, channel: str, thread: str, user: str, message: render.Message) -> None:
    """Show a person something in a thread that nobody else sees."""
    with explained("a private message"):
        await web.chat_postEphemeral(
            channel=channel, user=user, thread_ts=thread or None, text=message.text, blocks=message.blocks
        )


async def _find(web: AsyncWebClient, place: NotePlace, note: Note) -> str | None:
    """Return the `ts` of a note that an earlier try posted, if it is among the latest messages."""
    try:
        with explained("a look for a note"):
            if place.thread:
                told = await web.conversations_replies(
                    channel=place.channel, ts=place.thread, include_all_metadata=True, limit=200
                )
            else:
                told = await web.conversations_history(
                    channel=place.channel, include_all_metadata=True, limit=LOOKED_THROUGH
                )
    except SlackError as error:
        log.warning("An earlier note cannot be looked for: %s", error)
        return None
    for message in told["messages"]:
        metadata = message.get("metadata") or {}
        ours = metadata.get("event_type") == METADATA
        if ours and metadata.get("event_payload") == {"handover": note.handover_id}:
            return str(message["ts"])
    return None
