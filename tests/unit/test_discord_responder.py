"""A command on Discord whose report is long, or late."""

from __future__ import annotations

from typing import Any, cast
from unittest.mock import Mock

import discord
import pytest

from adapters.discord.errors import EXPIRED
from adapters.discord.responder import InteractionResponder

LONG = "\n\n".join(f"Page {number} repeats another: " + "x" * 180 for number in range(30))
LONGER = LONG + "\n\nand one page more: " + "y" * 1500


class Post:
    def __init__(self, place: Place, text: str) -> None:
        self.place = place
        self.text = text

    async def edit(self, *, content: str, attachments: object = None, view: object = None) -> None:
        self.place.count()
        self.text = content

    async def delete(self) -> None:
        self.place.count()
        self.place.posts.remove(self)


class Place:
    """Where messages stand; after `requests` of them Discord takes no more."""

    def __init__(self, requests: int, code: int) -> None:
        self.requests = requests
        self.code = code
        self.posts: list[Post] = []

    def count(self) -> None:
        if not self.requests:
            raise discord.NotFound(Mock(status=404, reason=""), {"code": self.code, "message": "Unknown Webhook"})
        self.requests -= 1

    async def send(self, text: str, **given: Any) -> Post:
        self.count()
        self.posts.append(Post(self, text))
        return self.posts[-1]

    @property
    def texts(self) -> list[str]:
        return [post.text for post in self.posts]


class Command:
    """An interaction whose response takes so many requests."""

    def __init__(self, requests: int = -1, code: int = min(EXPIRED)) -> None:
        self.followup = Place(requests, code)
        self.user = Place(-1, 0)

    async def edit_original_response(self, *, content: str, **given: Any) -> Post:
        return await self.followup.send(content)

    def responder(self) -> InteractionResponder:
        return InteractionResponder(cast(discord.Interaction[Any], self))


async def test_a_report_goes_through_the_response_and_grows_and_shrinks_in_place() -> None:
    command = Command()
    responder = command.responder()
    for text in (LONG, LONGER, LONG, "short"):
        await responder.say(text)
        assert "\n\n".join(command.followup.texts) == text
    assert len(command.followup.posts) == 1
    assert not command.user.posts


@pytest.mark.parametrize("code", sorted(EXPIRED))
@pytest.mark.parametrize("requests", range(4))
async def test_a_long_report_that_the_response_takes_no_more_is_whole_in_direct_messages(
    requests: int, code: int
) -> None:
    command = Command(requests, code)
    responder = command.responder()
    await responder.say("one moment …")
    for text in (LONG, LONGER, "short"):
        await responder.say(text)
        assert "\n\n".join(command.user.texts) == text


async def test_another_refusal_than_that_of_a_late_report_is_raised() -> None:
    command = Command(0, 50006)
    with pytest.raises(Exception, match="50006"):
        await command.responder().say("short")
    assert not command.user.posts
