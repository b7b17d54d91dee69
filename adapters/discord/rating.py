"""Thumbs as reactions on Discord."""

from __future__ import annotations

import re

import discord

_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
_THUMBS = {"👍": 1, "👎": -1}


def value_of(emoji: discord.PartialEmoji) -> int:
    """Return 1 for a thumb up, -1 for a thumb down in any skin tone, 0 for anything else."""
    return 0 if emoji.id is not None else _THUMBS.get(_SKIN_TONES.sub("", emoji.name or ""), 0)
