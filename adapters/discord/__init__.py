"""Discord as a chat platform."""

import re

NAME = "discord"
DM = "dm"
"""The workspace of direct messages."""
_LINK = re.compile(r"https?://(?:\w+\.)?discord(?:app)?\.com/channels/(?:\d+|@me)/\d+/(\d{1,20})(?!\d)")


def linked(text: str) -> str:
    """Return the id of the message that a link leads to, empty where the text holds no such link."""
    match = _LINK.search(text)
    return match[1] if match else ""
