"""Chat markup in the words of people and documents, made harmless for a server whose tokenizer is out of reach.

A server puts the messages into its chat template as text and reads control tokens wherever they are spelled
out, so that a question with `<|im_end|>` in it could end its own message and begin one of the system's.
The local engine knows its model's control tokens (see `bot.generation.chat_template`); here every spelling
that the templates of today's models use gets a space inside.
"""

from __future__ import annotations

import re

_NAMES = (
    "s|/s|bos|eos|pad|unk|mask|sep|cls|think|/think|start_of_turn|end_of_turn|start_of_image|end_of_image"
    "|turn|/turn|tool_call|/tool_call|tool_response|/tool_response|start_of_role|end_of_role|end_of_text"
    "|extra_id_[0-9]+|unused[0-9]+|reserved_[0-9]+|<SYS>|</SYS>|SPECIAL_[0-9]+"
)
_BRACKETED = (
    "INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|IMG|PREFIX|MIDDLE|SUFFIX|gMASK|sop"
)
_OPENING = re.compile(
    # ChatML, Llama 3, Phi, GLM, DeepSeek (whose bars are full-width); either end is enough to be one.
    rf"<(?=[|｜])|(?<=[|｜])(?=>)|<(?=(?:{_NAMES})>)|\[(?=/?(?:{_BRACKETED})\])",
    re.IGNORECASE,
)


def without_markup(text: str) -> str:
    """Return `text` with a space in everything that a chat template may use as markup."""
    return _OPENING.sub(lambda found: f"{found[0]} ", text)
