"""Slack's events as the core's words. No I/O."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from bot.people import called

Event = Mapping[str, Any]

# Posts of people that carry a subtype; every other subtype tells of joins, topics, edits and bots.
_POSTS = {None, "file_share", "me_message", "thread_broadcast"}
_VOTES = {"+1": 1, "thumbsup": 1, "-1": -1, "thumbsdown": -1}
_CONTROL = re.compile(r"<([^<>]*)>")
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


def is_post(event: Event, bot_user: str) -> bool:
    """Whether an `app_mention` or `message` event is a person's new post; never a bot's."""
    return bool(
        event.get("subtype") in _POSTS
        and event.get("user") not in {None, "", bot_user, "USLACKBOT"}
        and not event.get("bot_id")
        and not event.get("bot_profile")
        and not event.get("hidden")
    )


def others_read(event: Event, body: Event, team: str) -> bool:
    """Whether people of another company read what is posted here, or the author is one of them.

    `body` is what the event came in, `team` the bot's own workspace.
    """
    home = event.get("user_team") or event.get("team") or team
    return bool(body.get("is_ext_shared_channel")) or home != team


def deleted(event: Event) -> str | None:
    """Return the `ts` of the post that a `message` event says is deleted, None if it says no such thing."""
    if event.get("subtype") == "message_deleted":
        return str(event["deleted_ts"])
    # A deleted post that has replies stays as the head of its thread.
    message = event.get("message") or {}
    if event.get("subtype") == "message_changed" and message.get("subtype") == "tombstone":
        return str(message["ts"])
    return None


def people(text: str) -> set[str]:
    """Return the ids of the people mentioned."""
    return set(_PERSON.findall(text))


def plain(text: str, bot_user: str, names: Mapping[str, str]) -> str:
    """Return a post's text as its author sees it, without mentions of the bot.

    `names` are the people's names by id; who is not in it is shown by id.
    """

    def resolve(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        if target.startswith("@"):
            name = html.unescape(names.get(target[1:]) or label or target[1:])
            return "" if target[1:] == bot_user else "@" + called(name)
        if target.startswith("#"):
            return html.unescape("#" + (label or target[1:]))
        if target.startswith("!"):  # <!here>, <!subteam^S012|@team>, <!date^…|text>
            return html.unescape(label or "@" + target[1:].partition("^")[0])
        address = target.removeprefix("mailto:")
        return html.unescape(address if not label or label in address else f"{label} ({address})")

    # Piece by piece: unescaped as a whole, a name could become what its marks were taken out against.
    spoken, done = "", 0
    for match in _CONTROL.finditer(text):
        spoken += html.unescape(text[done : match.start()]) + resolve(match)
        done = match.end()
    spoken += html.unescape(text[done:])
    return re.sub(r"[ \t]{2,}", " ", spoken).strip().lstrip(",:;").strip()


def vote(reaction: str) -> int:
    """Return 1 for 👍, -1 for 👎 of any skin tone, 0 for every other reaction."""
    return _VOTES.get(reaction.partition("::")[0], 0)
