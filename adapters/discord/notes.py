"""Notes to the people who help, on Discord."""

from __future__ import annotations

import discord

from adapters.discord.errors import explained, gone
from adapters.discord.presses import handover_buttons
from adapters.discord.render import LIMIT, render
from adapters.discord.threads import in_open_thread
from adapters.platform import SOMEBODY, STANDS, WRITE_TO, split_markdown
from bot.handovers import Note
from bot.storage.handovers import NotePlace

LOOKED_THROUGH = 50
"""Latest messages of a channel among which an earlier note is looked for."""
MAX_TAGS = 20


async def post_note(client: discord.Client, place: NotePlace, note: Note, *, look_first: bool) -> str:
    """Post a note and return its id; with `look_first` one that stands there already is not posted again."""
    with explained():
        channel = await _channel(client, place)
        if look_first and note.handover_id and (found := await _find(channel, note.handover_id)):
            return found
        message = await channel.send(
            content(note),
            view=_view(note) or discord.utils.MISSING,
            suppress_embeds=True,
            allowed_mentions=_pinged(note),
            nonce=f"note-{note.handover_id}" if note.handover_id else None,  # type: ignore[arg-type]
        )
    return str(message.id)


async def edit_note(client: discord.Client, place: NotePlace, note: Note) -> None:
    with explained():
        channel = await _channel(client, place)
        message = channel.get_partial_message(int(place.post))
        await in_open_thread(client, channel.id, lambda: message.edit(content=content(note), view=_view(note)))


def content(note: Note) -> str:
    """Return what a note says, as one message."""
    tags = " ".join(f"<@{one}>" for one in note.tags[:MAX_TAGS])
    stands = "\n\n" + WRITE_TO.format(who=f"<@{note.asker}>") if note.asker else ""
    if note.state in STANDS:
        stands += "\n\n-# " + STANDS[note.state].format(by=f"<@{note.by}>" if note.by else SOMEBODY)
    room = LIMIT - len(tags) - len(stands) - 3
    first, *more = split_markdown(render(note.text), room)
    return f"{tags} {first}{' …' if more else ''}{stands}".strip()


def _view(note: Note) -> discord.ui.View | None:
    return handover_buttons(note.handover_id, note.state) if note.state is not None else None


def _pinged(note: Note) -> discord.AllowedMentions:
    users = [discord.Object(int(one)) for one in note.tags if not one.startswith("&")]
    roles = [discord.Object(int(one[1:])) for one in note.tags if one.startswith("&")]
    return discord.AllowedMentions(everyone=False, replied_user=False, users=users, roles=roles)


async def _channel(client: discord.Client, place: NotePlace) -> discord.PartialMessageable:
    """Return where a note goes: its thread, or the channel where no thread was ever made on the message.

    Whoever may read the channel may not read a private thread, and one that was deleted is not to be read any more:
    raises DeliveryRefused for such, or discord.py's error.
    """
    channel = client.get_partial_messageable(int(place.channel))
    if not place.thread:
        return channel
    thread = client.get_partial_messageable(int(place.thread))
    try:
        found = client.get_channel(thread.id) or await client.fetch_channel(thread.id)
        return thread if isinstance(found, discord.Thread) else channel
    except discord.InvalidData:
        raise gone() from None
    except discord.NotFound:
        begins = await channel.fetch_message(thread.id)  # a thread has the id of the message that it begins with
    if begins.flags.has_thread or begins.thread is not None:
        raise gone()
    return channel


async def _find(channel: discord.PartialMessageable, handover_id: int) -> str | None:
    """Return the id of a note that an earlier try posted, if it is among the latest messages."""
    ours = f"frontdesk:handover:{handover_id}:"
    async for message in channel.history(limit=LOOKED_THROUGH):
        for row in message.components:
            for button in getattr(row, "children", ()):
                if str(getattr(button, "custom_id", "")).startswith(ours + "take"):
                    return str(message.id)
    return None
