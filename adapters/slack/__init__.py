"""Slack as a chat platform."""

import re

NAME = "slack"
_LINK = re.compile(r"https?://[^/\s|>]+/archives/([A-Z0-9]+)/p(\d{10})(\d{6})(?!\d)")


def linked(text: str) -> tuple[str, str] | None:
    """Return channel and `ts` of the message that a link leads to, None where the text holds no such link."""
    match = _LINK.search(text)
    return (match[1], f"{match[2]}.{match[3]}") if match else None
