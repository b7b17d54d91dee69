"""How many tokens a text has, where no tokenizer can be asked.

The estimate means to be too high, by about a third for English prose, rather than too low: a prompt that
was counted too small fails, or loses its beginning without a word, while one that was counted too large
only shows a passage less. What it rests on: the vocabularies of today's models give a usual English word
one token and a long one a token for every four letters or so, every digit and mark one, and other
scripts, where they are not made for them, two for three bytes of UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.messages import Turn

PROMPT_OVERHEAD = 32
"""What a chat template may add to any conversation: its own system prompt and the assistant's beginning."""
MESSAGE_OVERHEAD = 8
"""What it adds to each message: role and marks around it."""

_PIECE = re.compile(r"([A-Za-z]+)|([^\x00-\x7f]+)|( )|([\t\n\r ]+)|[\x00-\x7f]")


def estimated_tokens(text: str) -> int:
    """Return a number of tokens that `text` is unlikely to exceed."""
    count = 0
    for found in _PIECE.finditer(text):
        word, foreign, space, blank = found.groups()
        if word:
            count += -(-len(word) // 4)
        elif foreign:
            count += -(-2 * len(foreign.encode("utf-8", "replace")) // 3)
        elif not space:  # a single space belongs to the word after it
            count += 1 if blank is None else -(-len(blank) // 2)
    return count


def estimated_prompt_tokens(messages: Sequence[Turn]) -> int:
    """Return a number of tokens that the messages are unlikely to exceed in any chat template."""
    return PROMPT_OVERHEAD + sum(MESSAGE_OVERHEAD + estimated_tokens(turn.content) for turn in messages)
