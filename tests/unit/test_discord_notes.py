"""A note about a thread on Discord goes nowhere that shows it to more people than the thread does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from adapters.discord.notes import edit_note, post_note
from bot.delivery import DeliveryError, DeliveryRefused
from bot.handovers import Note
from bot.storage.handovers import NotePlace

CHANNEL, THREAD = 100, 200
NOTE = Note("Ada asks for a person: my card was charged twice.")
PLACE = NotePlace("discord", str(CHANNEL), str(THREAD))


def failed(status: int, code: int, kind: type[discord.HTTPException]) -> discord.HTTPException:
    return kind(cast(Any, SimpleNamespace(status=status, reason="")), {"code": code, "message": "No."})


UNKNOWN_CHANNEL = failed(404, 10003, discord.NotFound)
UNKNOWN_MESSAGE = failed(404, 10008, discord.NotFound)
NO_ACCESS = failed(403, 50001, discord.Forbidden)


def message(*, threaded: bool) -> SimpleNamespace:
    return SimpleNamespace(flags=discord.MessageFlags(has_thread=threaded), thread=None)


class Client:
    """Finds `thread` and the message that it begins with, or raises what stands for them; keeps where is written."""

    def __init__(self, thread: object, begins: object = UNKNOWN_MESSAGE) -> None:
        self.thread, self.begins = thread, begins
        self.written: list[int] = []

    def get_channel(self, id: int) -> None:
        return None

    async def fetch_channel(self, id: int) -> object:
        assert id == THREAD
        return _given(self.thread)

    def get_partial_messageable(self, id: int) -> SimpleNamespace:
        async def send(*_: object, **__: object) -> SimpleNamespace:
            self.written.append(id)
            return SimpleNamespace(id=5)

        async def fetch_message(wanted: int) -> object:
            assert (id, wanted) == (CHANNEL, THREAD)
            return _given(self.begins)

        async def edit(**_: object) -> None:
            self.written.append(id)

        partial = SimpleNamespace(edit=edit)
        return SimpleNamespace(id=id, send=send, fetch_message=fetch_message, get_partial_message=lambda _: partial)


def _given(what: object) -> object:
    if isinstance(what, Exception):
        raise what
    return what


async def post(client: Client, place: NotePlace = PLACE) -> None:
    await post_note(cast(discord.Client, client), place, NOTE, look_first=False)


@pytest.mark.parametrize(
    "client",
    [
        Client(NO_ACCESS, message(threaded=False)),
        Client(UNKNOWN_CHANNEL, UNKNOWN_MESSAGE),
        Client(UNKNOWN_CHANNEL, message(threaded=True)),
        Client(discord.InvalidData(), message(threaded=False)),
    ],
    ids=["private", "deleted, of its own", "deleted, on a message", "unheard of"],
)
async def test_what_belongs_into_a_private_or_deleted_thread_is_not_said_in_its_channel(client: Client) -> None:
    with pytest.raises(DeliveryRefused):
        await post(client)
    with pytest.raises(DeliveryRefused):
        await edit_note(cast(discord.Client, client), NotePlace("discord", str(CHANNEL), str(THREAD), "5"), NOTE)
    assert client.written == []


async def test_a_note_is_said_in_its_thread() -> None:
    client = Client(object.__new__(discord.Thread))
    await post(client)
    assert client.written == [THREAD]


async def test_where_no_thread_was_ever_made_on_the_message_the_note_is_said_in_the_channel() -> None:
    client = Client(UNKNOWN_CHANNEL, message(threaded=False))
    await post(client)
    await post(client, NotePlace("discord", str(CHANNEL)))
    assert client.written == [CHANNEL, CHANNEL]


async def test_while_discord_does_not_say_whether_there_is_a_thread_it_is_tried_again() -> None:
    client = Client(failed(503, 0, discord.DiscordServerError))
    with pytest.raises(DeliveryError) as told:
        await post(client)
    assert not isinstance(told.value, DeliveryRefused)
    assert client.written == []
