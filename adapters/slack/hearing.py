"""Slack's events as the core's words. No I/O."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.people import called

Event = Mapping[str, Any]

# Posts of people that carry a subtype; every other subtype tells of joins, topics, edits and bots.
_POSTS = {None, "file_share", "me_message", "thread_broadcast"}
_VOTES = {"+1": 1, "thumbsup": 1, "-1": -1, "thumbsdown": -1}
_NUMBER = re.compile(r"[0-9]{1,18}")  # what a database takes for an id
_TS = re.compile(r"\d{1,12}\.\d{1,9}")
_CONTROL = re.compile(r"<([^<>]*)>")
_AFTER_NAME = re.compile(r"^(?:\s*(?:[,;]|:(?![\w+'-]+:)))+\s*")  # "@bot: …", not ":smile: …"
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


def team(body: Event) -> str:
    """Return the id of the workspace of ours that an event, a command, a button press or a dialog is for."""
    # A dialog's `team` is that of whoever sends it.
    if found := (body.get("view") or {}).get("app_installed_team_id"):
        return str(found)
    # In a channel of two companies, `team_id` is the author's; the authorization says in which one we hear it.
    for one in body.get("authorizations") or ():
        if found := one.get("team_id"):
            return str(found)
    if found := (body.get("team") or {}).get("id"):
        return str(found)
    return str(body.get("team_id") or (body.get("user") or {}).get("team_id") or "")


def thread(body: Event) -> str | None:
    """Return the thread that a pressed button stands in, or a message that a shortcut was chosen for, if any."""
    # Of a private message Slack tells only where it is.
    found = (body.get("message") or {}).get("thread_ts") or (body.get("container") or {}).get("thread_ts")
    return str(found) if found else None


def route(body: Event) -> dict[str, str]:
    """Return what delivers an answer to whoever pressed a button, where it stands."""
    where = thread(body)
    return {"response_url": body["response_url"]} | ({"thread": where} if where else {})


def is_post(event: Event, bot_user: str, bots: Collection[str] = ()) -> bool:
    """Whether an `app_mention` or `message` event is the new post of a person, or of a bot that `bots` allow."""
    if event.get("hidden") or event.get("user") in {bot_user, "USLACKBOT"}:
        return False
    if by_bot(event):
        profile = event.get("bot_profile") or {}
        # Not the `username`, which whoever posts can choose.
        names = {event.get("user"), event.get("bot_id"), event.get("app_id"), profile.get("name")}
        return event.get("subtype") in {*_POSTS, "bot_message"} and not names.isdisjoint(bots)
    return event.get("subtype") in _POSTS and bool(event.get("user"))


def is_dated(event: Event) -> bool:
    """Whether an event names a post by its channel and time, as all but broken ones do."""
    return bool(event.get("channel")) and bool(_TS.fullmatch(str(event.get("ts"))))


def is_direct(event: Event) -> bool:
    """Whether a post is a direct message."""
    return event.get("channel_type") == "im" or str(event["channel"]).startswith("D")


def is_addressed(event: Event, bot_user: str) -> bool:
    """Whether a post is meant for the bot for certain."""
    return is_direct(event) or bot_user in people(str(event.get("text") or ""))


def by_bot(event: Event) -> bool:
    """Whether a post is a bot's."""
    return bool(event.get("bot_id") or event.get("bot_profile") or event.get("subtype") == "bot_message")


def author(event: Event) -> str:
    """Return the id of whoever wrote a post; some bots are no users."""
    return str(event.get("user") or event.get("bot_id") or "")


def edited(event: Event) -> Event | None:
    """Return the post as it reads now if a `message` event says that its author has changed its words, else None."""
    message, before = event.get("message") or {}, event.get("previous_message") or {}
    if event.get("subtype") != "message_changed" or message.get("text") == before.get("text"):
        return None  # a link was unfolded, or somebody replied
    if not is_dated({**message, "channel": event.get("channel")}):
        return None
    when = message.get("edited") or {"ts": event.get("event_ts") or event.get("ts")}
    return {**message, "edited": when, "channel": event["channel"], "channel_type": event.get("channel_type")}


def edited_at(event: Event) -> datetime | None:
    """Return when a post was last changed by its author, None if never."""
    when = (event.get("edited") or {}).get("ts")
    return datetime.fromtimestamp(float(when), UTC) if when else None


def others_read(event: Event, body: Event, team: str) -> bool:
    """Whether people of another company read what is posted here, or the author is one of them.

    `body` is what the event came in, `team` the bot's own workspace.
    """
    home = event.get("user_team") or event.get("team") or team
    return bool(body.get("is_ext_shared_channel")) or home != team


def deleted(event: Event) -> str | None:
    """Return the `ts` of the post that a `message` event says is deleted, None if it says no such thing."""
    if event.get("subtype") == "message_deleted":
        return str(event.get("deleted_ts") or "") or None
    # A deleted post that has replies stays as the head of its thread.
    message = event.get("message") or {}
    if event.get("subtype") == "message_changed" and message.get("subtype") == "tombstone":
        return str(message["ts"])
    return None


def number(value: object) -> int | None:
    """Return the id that a button carries, None for a value that is none."""
    return int(str(value)) if _NUMBER.fullmatch(str(value)) else None


def is_ts(message: str) -> bool:
    """Whether the message part of a key is the `ts` of a post; commands and choices have made-up ones."""
    return _TS.fullmatch(message) is not None


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
    return _AFTER_NAME.sub("", re.sub(r"[ \t]{2,}", " ", spoken).strip())


def vote(reaction: str) -> int:
    """Return 1 for 👍, -1 for 👎 of any skin tone, 0 for every other reaction."""
    return _VOTES.get(reaction.partition("::")[0], 0)
