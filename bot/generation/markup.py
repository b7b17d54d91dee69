"""Chat markup: kept out of what a server is given, and out of what it says.

A server puts the messages into its chat template as text and reads control tokens wherever they are spelled
out, so that a question with `<|im_end|>` in it could end its own message and begin one of the system's.
The local engine knows its model's control tokens (see `bot.generation.chat_template`); here every spelling
that the templates of today's models use gets a space inside.

The other way round, a server whose template does not fit its model lets such tokens out as text, and one
that does not know that its model thinks aloud lets the thoughts out too. So does the local engine, where a
vocabulary has them as plain tokens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.generation.stops import StopMatcher

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
_TAG = re.compile(
    rf"(?P<think><think>)|(?P<thought></think>)|<[|｜][^<>\s]{{1,40}}[|｜]>|<(?:{_NAMES})>|\[/?(?:{_BRACKETED})\]"
)
_THOUGHT = "</think>"
_HALF = re.compile(r"(?:<[^<>\s]{0,43}|\[/?[A-Za-z_]{0,20})\Z")
"""The end of a text that may be the beginning of a tag."""
_ROLES = ("assistant", "model")
_ROLE = re.compile(rf"\s*(?:(?:{'|'.join(_ROLES)})\b:?)?\s*", re.IGNORECASE)


def without_markup(text: str) -> str:
    """Return `text` with a space in everything that a chat template may use as markup."""
    return _OPENING.sub(lambda found: f"{found[0]} ", text)


class ThoughtsUnmarked(ValueError):
    """Thoughts came to an end that were shown as if they were the answer."""


class AnswerText:
    """The answer in what a model says: no thoughts, no tags, nothing behind its end, whole characters.

    Tags before the first word are the head of a message and left out with its role; the first one behind a
    word ends the answer, as a stop string does.
    """

    def __init__(self, stops: Sequence[str] = (), *, thinking: bool = False) -> None:
        """`thinking`: what is said begins amid the thoughts."""
        self._matcher = StopMatcher(stops)
        self._held = ""
        self._half = ""
        self._thinking = thinking
        self._headed = False
        """Whether a tag stood before the first word, so that the name of a role may follow."""
        self._begun = False

    def push(self, text: str, *, last: bool = False) -> tuple[str, bool]:
        """Return what may be shown now, and whether the answer is over before the model is.

        `last`: nothing more will come. Raises ThoughtsUnmarked.
        """
        if self._is_plain(text):
            shown, over = text, False
        else:
            self._held += self._whole(text, last=last)
            shown, over = self._tagless(last=last)
        shown, stopped = self._matcher.push(shown)
        if (over or last) and not stopped:
            shown += self._matcher.flush()
        return shown, over or stopped

    def _is_plain(self, text: str) -> bool:
        """Whether the text goes on with the answer and has nothing to look at, as most of it: that costs least."""
        settled = self._begun and not (self._held or self._half or self._thinking)
        return settled and text.isascii() and "<" not in text and "[" not in text

    def _tagless(self, *, last: bool) -> tuple[str, bool]:
        """Return what of the held text is the answer, and whether a tag ends it; keep what is not clear yet."""
        shown = ""
        while True:
            if self._thinking:
                before, found, rest = self._held.partition(_THOUGHT)
                self._held = rest if found else before[-len(_THOUGHT) + 1 :]
                if not found:
                    return shown, False
                self._thinking = False
                continue
            tag = _TAG.search(self._held)
            half = None if tag or last else _HALF.search(self._held)
            end = tag.start() if tag else half.start() if half else len(self._held)
            said, self._held = self._held[:end], self._held[end:]
            shown += self._said(said, whole=bool(tag or last))
            if tag is None:
                return shown, False
            if tag["thought"] and self._begun:
                raise ThoughtsUnmarked
            if self._begun and not tag["think"]:
                self._held = ""
                return shown, True
            self._thinking, self._headed = bool(tag["think"]), not tag["think"]
            self._held = self._held[tag.end() - end :]

    def _said(self, text: str, *, whole: bool) -> str:
        """Return `text`, at the beginning of an answer without blanks and the name of a role behind a tag."""
        if self._begun:
            return text
        if self._headed and not whole and any(role.startswith(text.strip().lower()) for role in _ROLES):
            self._held = text + self._held  # it may become the name of a role
            return ""
        text = text[_ROLE.match(text).end() :] if self._headed else text.lstrip()  # type: ignore[union-attr]
        self._begun = bool(text)
        return text

    def _whole(self, text: str, *, last: bool) -> str:
        """Return the text with surrogate pairs joined; half of one waits for its other half."""
        text = self._half + text
        self._half = text[-1:] if not last and "\ud800" <= text[-1:] <= "\udbff" else ""
        text = text[: len(text) - len(self._half)]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
