"""What people call themselves and what they write, made fit to stand in a message of the bot.

A message of the bot is trusted more than its reader would trust a stranger: nothing that a person chose as a name or
typed may show up in it as a link with a label, a heading, a mention, or a line that seems to be the bot's own.
"""

from __future__ import annotations

import re

from bot.addresses import visible

NAME_CHARS = 40
NOBODY = "Somebody"

_ADDRESS = re.compile(r"\w*://\S*|\bwww\.\S*|\b(?:mailto|javascript|data):\S+", re.IGNORECASE)
_NAME_MARKS = re.compile(r"[\\`*\[\]()<>#~|\"]")
_MARKS = re.compile(r"[\\`*_\[\]<>#~|!]")
_OVER_A_LETTER = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILED = re.compile(rf"({_OVER_A_LETTER}{{4}}){_OVER_A_LETTER}+")
"""More marks on one letter than any language has; they are drawn over the lines around."""


def called(name: str) -> str:
    """Return the name of a person, a group or a channel as one short run of words without marks and addresses.

    "Somebody" where nothing of it is left.
    """
    words = _NAME_MARKS.sub("", _ADDRESS.sub(" ", " ".join(_seen(name).split()))).split()
    short = " ".join(words)
    return (short if len(short) <= NAME_CHARS else short[: NAME_CHARS - 2].rstrip() + " …") or NOBODY


def quoted(text: str) -> str:
    """Return what a person wrote as a Markdown quote that shows the lines as they were typed, but for indentation."""
    return "\n".join(f"> {_MARKS.sub(_escaped, line.strip())}" for line in _seen(text).splitlines())


def plain(text: str, chars: int) -> str:
    """Return what somebody wrote as one line of Markdown, of `chars` characters at the most, that shows it as typed."""
    words = " ".join(_seen(text).split())
    short = words if len(words) <= chars else words[: chars - 2].rstrip() + " …"
    return _MARKS.sub(_escaped, short)


def _escaped(mark: re.Match[str]) -> str:
    return "\\" + mark[0]


def _seen(text: str) -> str:
    return _PILED.sub(r"\1", visible(text))
