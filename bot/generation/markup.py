"""Chat markup: kept out of what a server is given, and out of what it says.

A server puts the messages into its chat template as text and reads control tokens wherever they are spelled
out, so that a question with `<|im_end|>` in it could end its own message and begin one of the system's.
The local engine knows its model's control tokens (see `bot.generation.chat_template`); here every spelling
that the templates of today's models use gets a space inside.

The other way round, a server whose template does not fit its model lets such tokens out as text, and one
that does not know that its model thinks aloud lets the thoughts out too. The local engine sees from the
tokens which tags are its model's; what only looks like one is a word like any other there, unless the model's
template writes it as plain text. Before the first word thoughts are known by their spelling everywhere, as many
vocabularies have no tokens for their tags, and so is a tag at the end of a line that closes what nothing has opened.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from bot.generation.stops import StopMatcher

_NAMES = (
    "s|/s|bos|eos|pad|unk|mask|sep|cls|think|/think|thought|/thought|start_of_turn|end_of_turn"
    "|start_of_image|end_of_image|turn|/turn|tool_call|/tool_call|tool_response|/tool_response|start_of_role"
    "|end_of_role|end_of_text|extra_id_[0-9]+|unused[0-9]+|reserved_[0-9]+|<SYS>|</SYS>|SPECIAL_[0-9]+"
)
_BRACKETED = (
    "INST|THINK|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|IMG|PREFIX|MIDDLE|SUFFIX|gMASK|sop"
)
_OPENING = re.compile(
    # ChatML, Llama 3, Phi, GLM, DeepSeek (whose bars are full-width); either end is enough to be one.
    rf"<(?=[|｜])|(?<=[|｜])(?=>)|<(?=(?:{_NAMES})>)|\[(?=/?(?:{_BRACKETED})\])",
    re.IGNORECASE,
)
_THINK = "<think>"
_THOUGHT = "</think>"
THOUGHTS = {_THINK: _THOUGHT, "[THINK]": "[/THINK]", "<thought>": "</thought>"}
"""The tags that open thoughts, and those that close them."""
THOUGHT_TAGS = (*THOUGHTS, *THOUGHTS.values())
_ANSWER = ("<answer>", "</answer>")
"""What some models put around their answer, behind their thoughts."""
HEADS = (*THOUGHT_TAGS, *_ANSWER)
"""Tags before an answer that are known by their spelling whatever the model."""
_HEAD_TAG = re.compile("|".join(map(re.escape, HEADS)))
_TAG = re.compile(rf"{_HEAD_TAG.pattern}|<[|｜][^<>\s]{{1,40}}[|｜]>|<(?:{_NAMES})>|\[/?(?:{_BRACKETED})\]")
_WORD = re.compile(r"<(?:s|unk|mask|sep|cls)>|\[(?:IMG|PREFIX|MIDDLE|SUFFIX)\]")
"""Tags that people write as words too, and that end no model's turn."""
CHANNEL = "<|channel|>"
"""Before the name of what a message of gpt-oss holds: `<|channel|>analysis<|message|>…<|end|>`."""
_FINAL = "final"
"""The name of the answer; the others are thoughts, and calls of tools."""
_CHANNEL_NAMED = re.compile(r"<\|message\|>")
_MESSAGE_OVER = re.compile(r"<\|(?:start|end|channel)\|>")
_CLOSES = "|".join(map(re.escape, THOUGHTS.values()))
_HALF = re.compile(rf"(?:<[^<>\s]{{0,43}}|<<[^<>\s]{{0,42}}>?|\[[/|]?[A-Za-z_]{{0,20}}\|?|(?:{_CLOSES})[^\S\n]*)\Z")
"""The end of a text that may be the beginning of a tag, or a tag that depends on what comes behind it."""
_LINE_OVER = re.compile(r"[^\S\n]*\n")
_SENTENCE_END = re.compile(r"""(?:[.!?…。！？؟।]["'”’»)\]*_`]*\s*(?:\[\d+\]\s*)*|[^\s:;,]\s*\n\s*)\Z""")
_TURN_END = re.compile(r"<[|｜]|</|<(?:eos|end_of)|\[/", re.IGNORECASE)
_OPEN = " \t\n\u00a0\"'`“‘«([{=,:;"
"""What a word follows rather than the end of a message."""
_LOOKED_BACK = 16
"""Pieces of an answer among which the end of its last sentence is looked for."""
_ROLES = ("assistant", "model")
_ROLE = re.compile(rf"\s*(assistant:|(?-i:assistant)(?=\s)|(?:{'|'.join(_ROLES)})[^\S\n]*(?:\n|\Z))?\s*", re.IGNORECASE)
"""A role stands alone in its line or before a tag, has a colon, or is a small "assistant"; "Model X200", "Model: X200"
and "Assistant managers" begin an answer."""
_BLANKS = re.compile(r"\s*")
_ROLE_BEGUN = re.compile(r"\s*(\w*)[^\S\n]*\Z")
_TEXT_FOLLOWS = re.compile(rf"<\|message\|>|</(?!s>)|<\|?end_\w*(?:header|role)|\[/|{_HEAD_TAG.pattern}")
"""Tags behind which no role is named any more."""


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

    def __init__(
        self, stops: Sequence[str] = (), *, spelled: Collection[str] | None = None, given: Iterable[str] = ()
    ) -> None:
        """`spelled`: the tags that are known by how they are spelled, the others being told by `tag`; None for all.

        `given`: the texts that the model was given; a tag that stands in them may be a word of the answer.
        """
        self._matcher = StopMatcher(stops)
        self._tags = _TAG if spelled is None else re.compile("|".join(map(re.escape, (*HEADS, *spelled))))
        self._amid = {_THINK, _THOUGHT} if spelled is None else set(THOUGHT_TAGS).intersection(spelled)
        """The tags of thoughts that count behind the first word, too."""
        self._given = {tag for text in given for tag in self._tags.findall(text)}
        self._pieces: list[str] = []
        self.cut = False
        """Whether a tag amid a sentence ended the answer, or began thoughts that go on: its last sentence is a half."""
        self._held = ""
        self._half = ""
        self._awaited: re.Pattern[str] | None = None
        """The tag up to which nothing is part of the answer; None where the answer goes on."""
        self._channel = ""
        self._wrapped = False
        """Whether a tag stood before the answer that has its like behind it."""
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
        return self._unstopped(shown, over=over, last=last)

    def tag(self, tag: str) -> tuple[str, bool]:
        """Take a tag that came as a token of its own; return as `push` does. Raises ThoughtsUnmarked."""
        self._held += self._whole("", last=True)
        shown, over = self._tagless(last=True)
        return self._unstopped(shown, over=over or self._meets(tag, shown))

    def _unstopped(self, text: str, *, over: bool, last: bool = False) -> tuple[str, bool]:
        """Return what of the answer's text comes before a stop string, and whether the answer is over."""
        if text:
            self._pieces.append(text)
        shown, stopped = self._matcher.push(text)
        if (over or last) and not stopped:
            shown += self._matcher.flush()
        return shown, over or stopped

    def _is_plain(self, text: str) -> bool:
        """Whether the text goes on with the answer and has nothing to look at, as most of it: that costs least."""
        settled = self._begun and not (self._held or self._half or self._awaited)
        return settled and text.isascii() and "<" not in text and "[" not in text

    def _tagless(self, *, last: bool) -> tuple[str, bool]:
        """Return what of the held text is the answer, and whether a tag ends it; keep what is not clear yet."""
        shown = ""
        while True:
            found = (self._awaited or self._tags).finditer(self._held)
            tag = next((one for one in found if self._counts(one, shown)), None)
            half = None if tag or last else _HALF.search(self._held)
            end = tag.start() if tag else half.start() if half else len(self._held)
            said, self._held = self._held[:end], self._held[end:]
            shown += self._said(said, whole=bool(tag or last))
            if tag is None:
                return shown, False
            self._held = self._held[tag.end() - end :]
            if self._meets(tag[0], shown):
                self._held = ""
                return shown, True

    def _counts(self, tag: re.Match[str], shown: str) -> bool:
        """Whether a tag is one where it stands, and no word; `shown` and what is held before it were not looked at."""
        if self._awaited:
            return True
        head = _ROLE if self._headed else _BLANKS
        begun = self._begun or not head.fullmatch(tag.string, 0, tag.start())
        word = bool(_WORD.fullmatch(tag[0]))
        if word and tag[0] in self._given:
            return False
        if not begun:
            return True
        if tag[0] in HEADS and tag[0] not in self._amid:
            return (self._wrapped and tag[0] == _ANSWER[1]) or self._ends_thoughts(tag, shown)
        if word or tag[0] in self._given:
            return self._ends(shown + tag.string[: tag.start()], tag[0])
        return True

    def _ends_thoughts(self, tag: re.Match[str], shown: str) -> bool:
        """Whether a tag that the model is not known for closes thoughts that stand in the answer: it ends its line, and
        what would open them was not said before it."""
        opens = next((one for one, closes in THOUGHTS.items() if closes == tag[0]), "")
        if not opens or tag[0] in self._given or not _LINE_OVER.match(tag.string, tag.end()):
            return False
        return opens not in "".join((*self._pieces, shown, tag.string[: tag.start()]))

    def _ends(self, said: str, tag: str) -> bool:
        """Whether the answer may be over behind `said`, which was not looked at yet, and its tag be no word of it."""
        return _ends_message("".join((*self._pieces[-_LOOKED_BACK:], said)), tag)

    def _meets(self, tag: str, said: str) -> bool:
        """Go on behind a tag; return whether it ends the answer, of which `said` was not looked at yet."""
        if self._awaited:
            if self._awaited.fullmatch(tag):
                self._goes_on(tag)
            return False
        if tag in THOUGHTS.values() and self._begun:
            raise ThoughtsUnmarked
        if self._begun:
            self.cut = not self._ends(said, tag)
            if tag not in THOUGHTS:
                return True
        self._headed = not _TEXT_FOLLOWS.match(tag)
        self._wrapped = self._wrapped or tag == _ANSWER[0]
        if tag in THOUGHTS:
            self._awaited = re.compile(re.escape(THOUGHTS[tag]))
            self._amid |= {tag, THOUGHTS[tag]}
        elif tag == CHANNEL:
            self._awaited, self._channel = _CHANNEL_NAMED, ""
        return False

    def _goes_on(self, tag: str) -> None:
        """Go on behind the tag that was awaited."""
        if self._awaited is _CHANNEL_NAMED:
            self._awaited = None if self._channel.split()[:1] == [_FINAL] else _MESSAGE_OVER
            self._headed = False
        elif tag == CHANNEL:
            self._awaited, self._channel = _CHANNEL_NAMED, ""
        else:
            self._headed = self._awaited is _MESSAGE_OVER
            self._awaited, self.cut = None, False

    def _said(self, text: str, *, whole: bool) -> str:
        """Return what of `text` is the answer; at its beginning no blanks, and no name of a role behind a tag."""
        if self._awaited:
            self._channel += text if self._awaited is _CHANNEL_NAMED else ""
            return ""
        if self._begun:
            return text
        begun = _ROLE_BEGUN.match(text) if self._headed and not whole else None
        if begun and any(role.startswith(begun[1].lower()) for role in _ROLES):
            self._held = text + self._held  # it may become the name of a role
            return ""
        if self._headed and (role := _ROLE.match(text)):
            text = text[role.end() :]
            self._headed = role[1] is None
        text = text.lstrip()
        self._begun = bool(text)
        return text

    def _whole(self, text: str, *, last: bool) -> str:
        """Return the text with surrogate pairs joined; half of one waits for its other half."""
        text = self._half + text
        self._half = text[-1:] if not last and "\ud800" <= text[-1:] <= "\udbff" else ""
        text = text[: len(text) - len(self._half)]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _ends_message(said: str, tag: str) -> bool:
    """Whether a tag may stand behind a message's last word, and is not itself a word of a sentence."""
    return bool(_SENTENCE_END.search(said)) or (bool(_TURN_END.match(tag)) and said[-1:] not in _OPEN)
