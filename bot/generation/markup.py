"""Chat markup: kept out of what a server is given, and out of what it says.

A server puts the messages into its chat template as text and reads control tokens wherever they are spelled
out, so that a question with `<|im_end|>` in it could end its own message and begin one of the system's.
The local engine knows its model's control tokens (see `bot.generation.chat_template`); here every spelling
that the templates of today's models use gets a space inside.

The other way round, a server whose template does not fit its model lets such tokens out as text, and one
that does not know that its model thinks aloud lets the thoughts out too. The local engine sees from the
tokens which tags are its model's, and takes only those as text that the template writes as plain text. Thoughts
are known by the form of their tags everywhere, as many vocabularies have no tokens for them. What counts where:

- Before the first word every tag is left out, the thoughts with all that is between their tags. Where the model is
  not known for such thoughts, their tag is a word if the model was given it, and if nothing closes it though it reads
  like one.
- Behind it a tag ends the answer. What only a server says has to be no word: `<|…|>` and names such as
  `<end_of_turn>` are none, while `</s>`, `[INST]` and `<mask>` end an answer only behind a sentence, at the very end,
  or where they are known to end a turn and no sentence goes on behind them. A tag that stands in what the model was
  given ends it only behind a sentence and at the very end.
- Thoughts begin behind the first word only where the model is known for them, and amid a line only behind a sentence or
  where they are closed; elsewhere their tag is a word.
- Thoughts end that nothing has opened: what was said were thoughts, unless nothing more comes. A closing tag is a
  word where it is quoted, where the one that opens was said before or the model was given either, and where a
  sentence goes on behind the tag of thoughts that the model is not known for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from bot.generation.stops import StopMatcher

_NAMES = (
    "s|/s|bos|eos|pad|unk|mask|sep|cls|start_of_turn|end_of_turn"
    "|start_of_image|end_of_image|turn|/turn|tool_call|/tool_call|tool_response|/tool_response|start_of_role"
    "|end_of_role|end_of_text|extra_id_[0-9]+|unused[0-9]+|reserved_[0-9]+|<SYS>|</SYS>|SPECIAL_[0-9]+"
)
_BRACKETED = (
    "INST|THINK|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|IMG|PREFIX|MIDDLE|SUFFIX|gMASK|sop"
)
_THOUGHT_NAME = r"(?:[^\W_]+[_:▁])*(?:think(?:ing)?|thoughts?|reasoning)(?:[_▁][^\W_]+)*"
_THOUGHT_OPENING = rf"[<◁](?=[^<>◁▷\s]{{1,43}}[>▷])(?=/?{_THOUGHT_NAME}[>▷])"
_OPENING = re.compile(
    # ChatML, Llama 3, Phi, GLM, DeepSeek (whose bars are full-width); either end is enough to be one.
    rf"<(?=[|｜])|(?<=[|｜])(?=>)|{_THOUGHT_OPENING}|<(?=(?:{_NAMES})>)|\[(?=/?(?:{_BRACKETED})\])",
    re.IGNORECASE,
)
_THOUGHT_TAG = re.compile(
    rf"(?i:<(?=[^<>\s]{{1,43}}>)[|｜]?/?{_THOUGHT_NAME}[|｜]?>|◁(?=[^◁▷\s]{{1,43}}▷)/?{_THOUGHT_NAME}▷)"
    # Small letters in brackets are a link of Markdown or an aside, other names a code or a field.
    r"|\[/?(?:(?:BEGIN|START|END)_(?:OF_)?)?(?:THINK(?:ING)?|THOUGHTS?|REASONING)\]"
)
"""`<think>`, `</thinking>`, `<seed:think>`, `[THINK]`, `<|START_THINKING|>`, `<|end_of_thought|>`, `◁think▷`, …"""
_NAME_WORD = re.compile(r"[^\W_]+")
_BEGINS = re.compile(r"(?<![^\W_])(?:begin|start)(?![^\W_])", re.IGNORECASE)
_SIDES = ("begin", "start", "end", "of")
"""Words in the name of a tag that say on which side of the thoughts it stands."""
_ANSWER = ("<answer>", "</answer>")
"""What some models put around their answer, behind their thoughts."""
_HEAD_TAG = re.compile("|".join((_THOUGHT_TAG.pattern, *_ANSWER)))
"""Tags before an answer that are known whatever the model."""
_TAG = re.compile(rf"{_HEAD_TAG.pattern}|<[|｜][^<>\s]{{1,40}}[|｜]>|<(?:{_NAMES})>|\[/?(?:{_BRACKETED})\]")
_WORD = re.compile(r"<(?:s|unk|mask|sep|cls)>|\[(?:IMG|PREFIX|MIDDLE|SUFFIX)\]")
"""Tags that people write as words too, and that end no model's turn."""
_NO_WORD = re.compile(r"<(?:[|｜]|/?[A-Za-z]+_|eos)")
"""Beginnings of tags that nobody writes as words."""
_NO_NAME = re.compile(r"<[|｜]|◁")
"""Beginnings of tags of thoughts that are no element of anybody's either."""
CHANNEL = "<|channel|>"
"""Before the name of what a message of gpt-oss holds: `<|channel|>analysis<|message|>…<|end|>`."""
_FINAL = "final"
"""The name of the answer; the others are thoughts, and calls of tools."""
_CHANNEL_NAMED = re.compile(r"<\|message\|>")
_MESSAGE_OVER = re.compile(r"<\|(?:start|end|channel)\|>")
_HALF = re.compile(r"(?:<[^<>\s]{0,43}|◁[^◁▷\s]{0,43}|<<[^<>\s]{0,42}>?|\[[/|]?[A-Za-z_]{0,20}\|?)\Z")
"""The end of a text that may be the beginning of a tag."""
_SENTENCE_END = re.compile(r"""(?:[.!?…。！？؟।]["'”’»)\]*_`]*\s*|\[\d+\]\s*|[^\s:;,]\s*\n\s*)\Z""")
_TURN_END = re.compile(r"<[|｜]|</|◁/|<(?:eos|pad|end_of|start_of)|\[/", re.IGNORECASE)
"""Beginnings of tags that stand closely behind the last word of a turn."""
_TURN_OVER = re.compile(r"/|end|eo[stm]|return|pad", re.IGNORECASE)
"""What the tags that end a turn have in their names, and those that begin one have not."""
_OPEN = " \t\n\u00a0\"'`“‘«([{=,:;"
"""What a word follows rather than the end of a message."""
_QUOTED = re.compile(r"(?<![^\s(])[\"'“„‘«»]\Z")
"""A mark that opens a quotation, at the end of a text."""
_GOES_ON = re.compile(r"[.,;:!?…)\]}/”’»-]|[^\S\n]+[(&=+–—]|[^\S\n]*\|")
"""What goes on with a sentence behind a word, as small letters behind a blank do."""
_LOOKED_BACK = 100
"""Characters of an answer among which the end of its last sentence is looked for."""
_ROLES = ("assistant", "model")
_ROLE_LINE = re.compile(rf"\s*(?:{'|'.join(_ROLES)})[^\S\n]*\n")
"""A role as the first line of an answer, where no tag stands before it."""
_ROLE = re.compile(
    rf"(?-i:assistant)(?=\s)|\s*(?:assistant:|(?:{'|'.join(_ROLES)})[^\S\n]*(?:\n|\Z)"
    r"|(?-i:assistant)(?=\s+(?P<next>\S)))",
    re.IGNORECASE,
)
"""A role behind a tag stands alone in its line or before another tag, has a colon, or is a small "assistant" directly
behind the tag or before what begins a sentence; "Model X200", "Model: X200", "Assistant managers" and, in a line of
its own, "assistant managers" begin an answer."""
_ROLE_BEGUN = re.compile(r"\s*(\w*)[^\S\n]*\Z")
_TEXT_FOLLOWS = re.compile(
    rf"<\|(?:\w+_)?(?:message|response|solution|answer)\|>|</(?!s>)|<\|?end_\w*(?:header|role)|\[/|{_HEAD_TAG.pattern}",
    re.IGNORECASE,
)
"""Tags behind which no role is named any more."""


def opened_thoughts(prompt: str) -> str:
    """Return the tag that opens thoughts at the end of a prompt; empty without one."""
    tags = [found for found in _THOUGHT_TAG.finditer(prompt) if found.end() == len(prompt)]
    return tags[0][0] if tags and not _closes(tags[0][0]) else ""


def closing_tag(opens: str) -> str:
    """Return the tag that closes what the tag `opens` opens."""
    closes, count = _BEGINS.subn(lambda found: "END" if found[0].isupper() else "end", opens)
    return closes if count else re.sub(r"^[<\[◁][|｜]?", lambda found: f"{found[0]}/", opens)


def thought_tags(text: str) -> list[str]:
    """Return the tags in `text` that open or close thoughts."""
    return _THOUGHT_TAG.findall(text)


def is_head(tag: str) -> bool:
    """Whether a tag is known before an answer whatever the model."""
    return bool(_HEAD_TAG.fullmatch(tag))


def _closes(tag: str) -> bool:
    """Whether a tag of thoughts closes them."""
    return "/" in tag or "end" in _NAME_WORD.findall(tag.lower())


def _kind(tag: str) -> str:
    """Return what the tags that open and those that close the same thoughts have in common."""
    return tag[0] + " ".join(word for word in _NAME_WORD.findall(tag.lower()) if word not in _SIDES)


def without_markup(text: str) -> str:
    """Return `text` with a space in everything that a chat template may use as markup."""
    return _OPENING.sub(lambda found: f"{found[0]} ", text)


class ThoughtsUnmarked(ValueError):
    """Thoughts came to an end that were shown as if they were the answer."""


class AnswerText:
    """The answer in what a model says: no thoughts, no tags, nothing behind its end, whole characters.

    Tags before the first word are the head of a message and left out with its role; the first one behind a
    word ends the answer, as a stop string does. However the text is cut into pieces, the same comes out.
    """

    def __init__(
        self, stops: Sequence[str] = (), *, spelled: Collection[str] | None = None, given: Iterable[str] = ()
    ) -> None:
        """`spelled`: the tags that are known by how they are spelled, the others being told by `tag`; None for all.

        `given`: the texts that the model was given; a tag that stands in them may be a word of the answer.
        """
        self._matcher = StopMatcher(stops)
        self._local = spelled is not None
        """Whether `spelled` are the tags of the model's own template."""
        self._tags = (
            re.compile("|".join((_HEAD_TAG.pattern, *map(re.escape, spelled)))) if spelled is not None else _TAG
        )
        self._known = {tag for tag in (["<think>"] if spelled is None else spelled) if _THOUGHT_TAG.fullmatch(tag)}
        """The tags of thoughts that the model is known for."""
        self._given = {tag for text in given for tag in self._tags.findall(text)}
        self._given_kinds = {_kind(tag) for tag in self._given if _THOUGHT_TAG.fullmatch(tag)}
        self._pieces: list[str] = []
        """The answer so far, stop strings included."""
        self.cut = False
        """Whether a tag amid a sentence ended the answer, or began thoughts that go on: its last sentence is a half."""
        self._held = ""
        self._half = ""
        self._thoughts = ""
        """The kind of the thoughts that are open."""
        self._awaited: re.Pattern[str] | None = None
        """The tag of a channel up to which nothing is part of the answer."""
        self._channel = ""
        self._unopened = False
        """Whether a tag closed thoughts that nothing opened: nothing but the end may follow."""
        self._wrapped = False
        """Whether a tag stood before the answer that has its like behind it."""
        self._role: re.Pattern[str] | None = _ROLE_LINE
        """How a role may be named before the first word."""
        self._begun = False

    def push(self, text: str, *, last: bool = False) -> tuple[str, bool]:
        """Return what may be shown now, and whether the answer is over before the model is.

        `last`: nothing more will come. Raises ThoughtsUnmarked.
        """
        if self._is_plain(text):
            shown, over = self._unstopped(text)
        else:
            self._held += self._whole(text, last=last)
            shown, over = self._tagless(last=last)
        if last and not over:
            shown += self._matcher.flush()
        return shown, over

    def tag(self, tag: str) -> tuple[str, bool]:
        """Take a tag that came as a token of its own; return as `push` does. Raises ThoughtsUnmarked."""
        self._held += self._whole("", last=True)
        shown, over = self._tagless(last=True)
        if not over and self._meets(tag):
            shown, over = shown + self._matcher.flush(), True
        return shown, over

    def _unstopped(self, text: str) -> tuple[str, bool]:
        """Return what of the answer's text comes before a stop string, and whether one was met."""
        if text:
            self._pieces.append(text)
        return self._matcher.push(text)

    def _is_plain(self, text: str) -> bool:
        """Whether the text goes on with the answer and has nothing to look at, as most of it: that costs least."""
        settled = self._begun and not (self._held or self._half or self._is_away or self._unopened)
        return settled and text.isascii() and "<" not in text and "[" not in text

    @property
    def _is_away(self) -> bool:
        """Whether what comes is no part of the answer, up to a certain tag."""
        return bool(self._thoughts or self._awaited)

    def _tagless(self, *, last: bool) -> tuple[str, bool]:
        """Return what of the held text may be shown, and whether the answer is over; keep what is not clear yet."""
        shown = ""
        while True:
            tag, clear = self._next_tag(last=last)
            half = None if tag or last else _HALF.search(self._held)
            end = tag.start() if tag else half.start() if half else len(self._held)
            said, self._held = self._held[:end], self._held[end:]
            text, stopped = self._unstopped(self._said(said, whole=bool((tag and clear) or last)))
            shown += text
            if stopped or tag is None or not clear:
                return shown, stopped
            self._held = self._held[tag.end() - end :]
            if self._meets(tag[0]):
                self._held = ""
                return shown + self._matcher.flush(), True

    def _next_tag(self, *, last: bool) -> tuple[re.Match[str] | None, bool]:
        """Return the first tag in the held text that is or may be one where it stands, and whether it is clear."""
        for found in (_TAG if self._is_away else self._tags).finditer(self._held):
            counts = self._counts(found, last=last)
            if counts is not False:
                return found, counts is not None
        return None, True

    def _counts(self, found: re.Match[str], *, last: bool) -> bool | None:
        """Whether a tag in the held text is one where it stands, and no word; None: what comes behind it will tell."""
        tag, before, behind = found[0], found.string[: found.start()], found.string[found.end() :]
        if self._is_away:
            return self._is_awaited(tag)
        if self._unopened:
            return True
        begun = self._begun or bool(self._beginning(before)[0])
        said = "".join((*self._pieces, before)) if begun else ""
        if _THOUGHT_TAG.fullmatch(tag):
            return (self._closing_counts if _closes(tag) else self._opening_counts)(tag, said, behind, last=last)
        if begun and tag in _ANSWER:
            return self._wrapped and tag == _ANSWER[1]
        return self._turn_counts(tag, said, behind, last=last)

    def _turn_counts(self, tag: str, said: str, behind: str, *, last: bool) -> bool | None:
        """Return as `_counts` does for a tag of a turn, behind the words that were `said`."""
        given, word = tag in self._given, bool(_WORD.fullmatch(tag))
        if given and word:
            return False
        if not said or not (given or word or self._only_said(tag)) or _ends(said, tag):
            return True
        if word or _is_quoted(said) or _strikes(said, tag):
            return False
        if not behind.strip():
            return True if last else None
        return not given and bool(_TURN_END.match(tag)) and not _goes_on(behind)

    def _only_said(self, tag: str) -> bool:
        """Whether a tag is one only where a server says it, and might be a word."""
        return not (self._local or _NO_WORD.match(tag))

    def _is_known(self, tag: str) -> bool:
        """Whether the model is known for the thoughts of a tag."""
        return self._is_no_name(tag) or any(_kind(tag) == _kind(one) for one in self._known)

    def _is_no_name(self, tag: str) -> bool:
        return not self._local and bool(_NO_NAME.match(tag))

    def _opening_counts(self, tag: str, said: str, behind: str, *, last: bool) -> bool | None:
        """Return as `_counts` does for a tag that opens thoughts."""
        counts = self._opens_amid(tag, said) if said else self._opens_head(tag, behind, last=last)
        if counts is not None:
            return counts
        if any(_closes(one) and _kind(one) == _kind(tag) for one in _THOUGHT_TAG.findall(behind)):
            return True
        return False if last else None

    def _opens_head(self, tag: str, behind: str, *, last: bool) -> bool | None:
        """Whether a tag before the first word opens thoughts; None: if they are closed."""
        if self._is_known(tag):
            return True
        if _kind(tag) in self._given_kinds:
            return False
        if not behind.strip() and not last:
            return None
        # A name in brackets may be a heading or a link, too.
        named = tag[0] == "[" and (tag != "[THINK]" or behind[:1] == "(")
        return None if named or (_goes_on(behind) and not _NO_NAME.match(tag)) else True

    def _opens_amid(self, tag: str, said: str) -> bool | None:
        """Whether a tag opens thoughts behind the words that were `said`; None: if they are closed."""
        if not (tag in self._known or self._is_no_name(tag)) or _is_quoted(said):
            return False
        if _kind(tag) in self._given_kinds:
            return _ends(said, tag)
        return True if _ends(said, tag) or said[-1:] == "\n" else None

    def _closing_counts(self, tag: str, said: str, behind: str, *, last: bool) -> bool | None:
        """Return as `_counts` does for a tag that closes thoughts, though nothing opened them."""
        if _is_quoted(said) or any(_kind(one) == _kind(tag) and not _closes(one) for one in _THOUGHT_TAG.findall(said)):
            return False
        given = _kind(tag) in self._given_kinds
        if self._is_known(tag):
            return not (said and given) or _ends(said, tag)
        if given:
            return False
        if not behind.strip():
            return True if last else None
        return not _goes_on(behind)

    def _is_awaited(self, tag: str) -> bool:
        if self._awaited:
            return bool(self._awaited.fullmatch(tag))
        return bool(_THOUGHT_TAG.fullmatch(tag)) and _closes(tag) and _kind(tag) == self._thoughts

    def _meets(self, tag: str) -> bool:
        """Go on behind a tag; return whether it ends the answer. Raises ThoughtsUnmarked."""
        if self._is_away:
            if self._is_awaited(tag):
                self._goes_on(tag)
            return False
        thought = bool(_THOUGHT_TAG.fullmatch(tag))
        closes = thought and _closes(tag)
        if self._unopened and not closes:
            if thought or not _TURN_OVER.search(tag):
                raise ThoughtsUnmarked
            return True
        if self._begun:
            said = "".join(self._pieces)
            # Where no word was meant, what was said before a blank is as whole as what stands closely before the tag.
            meant = thought or tag in self._given or not self._only_said(tag)
            self.cut = not _ends(said if meant else said.rstrip(), tag)
            self._unopened = closes
            if not thought:
                return True
        self._role = None if _TEXT_FOLLOWS.match(tag) else _ROLE
        self._wrapped = self._wrapped or tag == _ANSWER[0]
        if thought and not closes:
            self._thoughts = _kind(tag)
            self._known.add(tag)
        elif tag == CHANNEL:
            self._awaited, self._channel = _CHANNEL_NAMED, ""
        return False

    def _goes_on(self, tag: str) -> None:
        """Go on behind the tag that was awaited."""
        if self._awaited is _CHANNEL_NAMED:
            self._awaited = None if self._channel.split()[:1] == [_FINAL] else _MESSAGE_OVER
            self._role = None
        elif tag == CHANNEL:
            self._awaited, self._channel = _CHANNEL_NAMED, ""
        else:
            self._role = _ROLE if self._awaited else None
            self._awaited, self._thoughts, self.cut = None, "", False

    def _said(self, text: str, *, whole: bool) -> str:
        """Return what of `text` is the answer; at its beginning no blanks, and no name of a role.

        `whole`: a tag or the end follows. Raises ThoughtsUnmarked.
        """
        if self._is_away:
            self._channel += text if self._awaited is _CHANNEL_NAMED else ""
            return ""
        if self._unopened:
            if text.strip():
                raise ThoughtsUnmarked
            return ""
        if self._begun:
            return text
        if not whole and self._may_be_role(text):
            self._held = text + self._held
            return ""
        text, named = self._beginning(text)
        self._role = None if named else self._role
        self._begun = bool(text)
        return text

    def _may_be_role(self, text: str) -> bool:
        """Whether text before the first word may become the name of a role."""
        begun = _ROLE_BEGUN.match(text) if self._role else None
        if not begun:
            return False
        word = begun[1].lower() if self._role is _ROLE else begun[1]
        return any(role.startswith(word) for role in _ROLES)

    def _beginning(self, text: str) -> tuple[str, bool]:
        """Return the first words of an answer without what stands before them, and whether that was a role."""
        role = self._role.match(text) if self._role else None
        if role and not (role.groupdict().get("next") or "").islower():
            return text[role.end() :].lstrip(), True
        return text.lstrip(), False

    def _whole(self, text: str, *, last: bool) -> str:
        """Return the text with surrogate pairs joined; half of one waits for its other half."""
        text = self._half + text
        self._half = text[-1:] if not last and "\ud800" <= text[-1:] <= "\udbff" else ""
        text = text[: len(text) - len(self._half)]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _ends(said: str, tag: str) -> bool:
    """Whether the message may be over behind `said`, and its tag be no word of it."""
    if _strikes(said, tag):
        return False
    if _SENTENCE_END.search(said[-_LOOKED_BACK:]):
        return True
    return bool(_TURN_END.match(tag)) and said[-1:] not in _OPEN


def _strikes(said: str, tag: str) -> bool:
    """Whether a tag strikes out words of `said`, as in HTML."""
    return tag == "</s>" and said.count("<s>") > said.count("</s>")


def _is_quoted(said: str) -> bool:
    """Whether what follows `said` is quoted, or stands in code."""
    in_code = said.count("```") % 2 == 1 or said.rpartition("\n")[2].count("`") % 2 == 1
    return in_code or bool(_QUOTED.search(said[-2:]))


def _goes_on(behind: str) -> bool:
    """Whether a sentence goes on in the same line with `behind`."""
    blank, word = behind[:1], behind.lstrip(" \t\u00a0")[:1]
    return bool(_GOES_ON.match(behind)) or (blank != word and word.islower())
