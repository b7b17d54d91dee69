"""What people call themselves and what they write, made fit to stand in a message of the bot.

A message of the bot is trusted more than its reader would trust a stranger: nothing that a person chose as a name or
typed may show up in it as a link with a label, a heading, a mention, or a line that seems to be the bot's own.
"""

from __future__ import annotations

import re

from bot.text.addresses import visible
from bot.understanding.spelling import as_read
from bot.wording import notices

NAME_CHARS = 40

_ADDRESS = re.compile(r"\w*://\S*|\bwww\.\S*|\b(?:mailto|javascript|data):\S+", re.IGNORECASE)
_NAME_MARKS = re.compile(r"[\\`*\[\]()<>#~|\"]")
_MARKS = re.compile(r"[\\`*_\[\]<>#~|!]")
_STYLES = re.compile(r"\*\*|__|~~|`+")
_OVER_A_LETTER = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILED = re.compile(rf"({_OVER_A_LETTER}{{4}}){_OVER_A_LETTER}+")
"""More marks on one letter than any language has; they are drawn over the lines around."""


# Not seen, or turning the order of what is read around; joiners and marks of direction that scripts need are not here.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u00ad\u034f\u180b-\u180f\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_EVERYBODY = re.compile(r"(?<!\w)@(?:everyone|here|channel)\b", re.IGNORECASE)
_SAYS_NOTHING = re.compile("[^👍👎🙏🎉❤👋👌🤷\U0001f1e6-\U0001f1ff\U0001f3f4\U000e0061-\U000e007f]+")
"""What is no emoji that says something by itself; flags do."""


def words(text: str) -> str:
    """Return what somebody wrote as a question: without what is not seen, and without calls to everybody.

    Where nothing but emoji is written, by their names, only those are left that say something by themselves.
    """
    seen = _EVERYBODY.sub("", _UNSEEN.sub("", text.replace("\r\n", "\n"))).strip()
    if (shown := as_read(seen)) != seen and not re.search(r"\w", shown):
        return _SAYS_NOTHING.sub("", shown)
    return seen


def called(name: str, language: str = "en") -> str:
    """Return the name of a person, a group or a channel as one short run of words without marks and addresses.

    "Somebody", in the language, where nothing of it is left.
    """
    words = _NAME_MARKS.sub("", _ADDRESS.sub(" ", " ".join(_seen(name).split()))).split()
    short = " ".join(words)
    if not short:
        return notices.SOMEBODY.of(language)
    return short if len(short) <= NAME_CHARS else short[: NAME_CHARS - 2].rstrip() + " …"


def quoted(text: str) -> str:
    """Return what a person wrote as a Markdown quote that shows the lines as they were typed, but for indentation."""
    return "\n".join(f"> {_MARKS.sub(_escaped, line.strip())}" for line in _seen(text).splitlines())


def unstyled(markdown: str) -> str:
    """Return Markdown without the marks of bold and code, for a quote that would show them; links stay as they are."""
    return _STYLES.sub("", markdown)


def asking(name: str, text: str, language: str = "en", limit: int = 500) -> str:
    """Return Markdown that says who asked what, to stand above an answer."""
    words = text if len(text) <= limit else text[:limit] + " …"
    return notices.ASKS.of(language, who=called(name, language), question=quoted(words))


def plain(text: str, chars: int) -> str:
    """Return what somebody wrote as one line of Markdown, of `chars` characters at the most, that shows it as typed."""
    words = " ".join(_seen(text).split())
    short = words if len(words) <= chars else words[: chars - 2].rstrip() + " …"
    return _MARKS.sub(_escaped, short)


def _escaped(mark: re.Match[str]) -> str:
    return "\\" + mark[0]


def _seen(text: str) -> str:
    return _PILED.sub(r"\1", visible(text))
