"""Notes to the people who help, on Discord."""

from __future__ import annotations

import discord

from adapters.discord.errors import explained
from adapters.discord.presses import handover_buttons
from adapters.discord.render import LIMIT, render
from adapters.discord.threads import in_open_thread, thread_stands
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
    """Return where a note goes; where no thread could be made on a question, its channel."""
    in_thread = place.thread and await thread_stands(client, int(place.thread))
    return client.get_partial_messageable(int(place.thread if in_thread else place.channel))


async def _find(channel: discord.PartialMessageable, handover_id: int) -> str | None:
    """Return the id of a note that an earlier try posted, if it is among the latest messages."""
    ours = f"frontdesk:handover:{handover_id}:"
    async for message in channel.history(limit=LOOKED_THROUGH):
        for row in message.components:
            for button in getattr(row, "children", ()):
                if str(getattr(button, "custom_id", "")).startswith(ours + "take"):
                    return str(message.id)
    return None
