"""What every chat platform shares: pacing its edits, cutting long texts, and links that lead where they seem to.

What the core asks of a platform stands where it is called, in `bot.chat.ChatPlatform`; what is served for one,
here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Protocol
from urllib.parse import unquote

from starlette.routing import BaseRoute

from bot.chat import ChatPlatform
from bot.desk import Desk
from bot.messages import Citation
from bot.storage.handovers import Hands
from bot.text.addresses import leads_elsewhere
from bot.wording import Told, notices
from knowledge.errors import FrontdeskError

log = logging.getLogger(__name__)

TAKE_LABEL = "I'll take it"
DONE = "Resolved"
SOMEBODY = "Somebody"
STANDS = {Hands.TAKEN: "{by} has taken it.", Hands.RESOLVED: "{by} has resolved it; the thread is back with me."}
PREFILL_S = 1.0
"""After which a dialog opens in English and empty: it has to within three seconds of the press, or does not at all."""
WRITE_TO = "They asked in private; send {who} a direct message."
_AFTER_NAME = re.compile(r"^(?:\s*(?:[,;]|:(?![\w+'-]+:)))+\s*")  # "@bot: …", not ":smile: …"
_WEB_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_TELEPHONE = re.compile(r"\+?\d[\d ().-]{1,30}")
_FENCE = re.compile(r"\s{0,3}(`{3,16}|~{3,16})\s*(\S{0,20})")
# What must not be cut in two: a link, an address, code, an escaped character.
_ATOM = re.compile(r"\[(?:\\.|[^\]\\])*\]\(<[^<>]*>\)|<[^<>\s]*>|`[^`]+`|\\.|[\s\S]")
_ENDLESS_MARK = re.compile(r"(`{16}|~{16})[`~]+")  # no chat renders it, and it could be as long as a piece
_MIN_LIMIT = 160
_FENCE_ROOM = 64  # for closing a fence and opening it again


async def told_of(error: Exception, language: Callable[[], Awaitable[str]]) -> str:
    """Return what somebody is told of an error at a button or command; `language` gives that of the channel.

    An error that is told in English alone is, and so is any where the language cannot be found out.
    """
    words = error.words if isinstance(error, Told) else notices.UNFORESEEN
    if isinstance(error, FrontdeskError) and not isinstance(error, Told):
        return str(error)
    try:
        return words.of(await language())
    except Exception as unknown:
        log.warning("In which language to tell an error is not known: %s", unknown)
        return words.en


async def for_dialog(desk: Desk, answer_id: int, handover_id: int = 0, person: str = "") -> tuple[str, str]:
    """Return the language of a dialog about an answer, and what was said in a hand-over (0: in none) for it."""
    language, said = "en", ""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PREFILL_S):
            with contextlib.suppress(FrontdeskError):
                language = await desk.language_of(answer_id)
            if handover_id:
                with contextlib.suppress(FrontdeskError):
                    said = await desk.handovers.said(handover_id, person)
    return language, said


class Platform(ChatPlatform, Protocol):
    """A chat platform as the process that runs it sees it."""

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What is to be served over HTTP for it, once started."""
        ...

    def notes(self) -> dict[str, str]:
        """Return a sentence for each workspace or server that ended or is unwell, by its id."""
        ...


class PacedEdits:
    """Edits of one post, no closer together than `interval_s`; of those that come faster, the last wins."""

    def __init__(self, edit: Callable[[str], Awaitable[None]], interval_s: float) -> None:
        self._edit = edit
        self._interval_s = interval_s
        self._waiting: str | None = None
        self._editing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        if (owner := asyncio.current_task()) is not None:
            # An edit that comes after its question was given up would go over what the next try shows.
            owner.add_done_callback(lambda _: self._drop())

    def show(self, text: str) -> None:
        """Have `text` shown when the pace allows; never waits, never raises."""
        self._waiting = text
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Drop what is waiting and let the edit under way end, so that a final edit comes last."""
        self._waiting = None
        async with self._editing:
            if self._task is not None:
                self._task.cancel()

    def _drop(self) -> None:
        self._waiting = None
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while self._waiting is not None:
            async with self._editing:
                text, self._waiting = self._waiting, None
                try:
                    await self._edit(text)
                except Exception:  # an edit under way is a courtesy; the final text is what counts
                    return
            await asyncio.sleep(self._interval_s)


def after_name(text: str) -> str:
    """Return a message, the mention of the bot already taken out, without the marks that stood behind that."""
    return _AFTER_NAME.sub("", text)


def beside(label: str, url: str) -> str:
    """Return the mail address or telephone number that a link leads to; empty where its label says it already.

    Empty for any other link, too: it is for what a platform does not link.
    """
    scheme, _, rest = url.strip().partition(":")
    address = unquote(re.split("[?;]", rest, maxsplit=1)[0])
    match scheme.lower():
        case "mailto" if _MAIL.fullmatch(address) and address.casefold() not in label.casefold():
            return address
        case "tel" if _TELEPHONE.fullmatch(address) and _digits(address) not in _digits(label):
            return address
    return ""


def _digits(text: str) -> str:
    return "".join(re.findall(r"\d", text))


def without_trailing(url: str, marks: str) -> str:
    """Return an address found in a text without the marks that end the sentence; a bracket that it opens stays."""
    end, surplus = len(url), url.count(")") - url.count("(")
    while end and url[end - 1] in marks:
        if url[end - 1] == ")":
            if surplus <= 0:
                break
            surplus -= 1
        end -= 1
    return url[:end]


def seems_to_lead_elsewhere(label: str, url: str) -> bool:
    """Whether a link's label would be taken for an address that the link does not lead to.

    "Booking.com orders" may lead anywhere; "booking.com" and "https://booking.com orders" may not.
    """
    taken_for_one = " " not in label.strip() or _WEB_ADDRESS.search(label)
    return bool(taken_for_one) and leads_elsewhere(label, url)


def source_title(citation: Citation) -> str:
    """Return how a source is called: by its title, or by its id where the title names another page's address."""
    title = citation.title
    if not title or (_WEB_ADDRESS.search(title) and leads_elsewhere(title, citation.url)):
        return citation.document_id
    return title


def split_markdown(text: str, limit: int) -> list[str]:
    """Cut Markdown into pieces of at most `limit` characters (160 at the least).

    Cuts between paragraphs where it can, else between lines, else between words. A code fence that is
    open at a cut is closed before it and opened again after it. Returns at least one piece.
    """
    if limit < _MIN_LIMIT:
        raise ValueError(f"limit must be at least {_MIN_LIMIT}")
    pieces: list[str] = []
    lines: list[str] = []
    fence = ""  # what reopens the fence that is open at the end of `lines`
    for line in _short_lines(_ENDLESS_MARK.sub(r"\1", text), limit - _FENCE_ROOM):
        after = _fence_after(line, fence)
        closing = len(_mark(after)) + 1 if after else 0
        while lines and lines != [fence] and sum(map(len, lines)) + len(lines) + len(line) + closing > limit:
            keep = _paragraph_break(lines, limit) if not fence else len(lines)
            head, lines = lines[:keep], lines[keep:]
            pieces.append("\n".join([*head, _mark(fence)] if fence else head).strip("\n"))
            if fence:
                lines.insert(0, fence)
        lines.append(line)
        fence = after
    pieces.append("\n".join([*lines, _mark(fence)] if fence else lines).strip("\n"))
    return [piece for piece in pieces if piece.strip()] or [text[:limit]]


def _short_lines(text: str, width: int) -> list[str]:
    """Return the lines of `text`, those longer than `width` cut at spaces or, failing that, anywhere but in a link."""
    return [piece for line in text.split("\n") for piece in _cut(line, width)]


def _cut(line: str, width: int) -> Iterator[str]:
    while len(line) > width:
        end = space = 0
        for atom in _ATOM.finditer(line):
            if atom.end() > width:
                break
            end = atom.end()
            if atom[0].isspace():
                space = end
        cut = space if space > width // 2 else end or width
        yield line[:cut].rstrip()
        line = line[cut:].lstrip()
    yield line


def _fence_after(line: str, fence: str) -> str:
    """Return the opening line of the fence that is open after `line`, given the one open before it."""
    match = _FENCE.match(line)
    if not match:
        return fence
    if not fence:
        return match[1] + match[2]
    closes = match[1][0] == fence[0] and len(match[1]) >= len(_mark(fence)) and line.strip() == match[1]
    return "" if closes else fence


def _mark(fence: str) -> str:
    match = _FENCE.match(fence)
    return match[1] if match else ""


def _paragraph_break(lines: list[str], limit: int) -> int:
    """Return how many of `lines` to keep: up to the last blank line in the second half, else all.

    A blank line inside a code fence is no place to cut.
    """
    keep, size, fence = len(lines), 0, ""
    for index, line in enumerate(lines):
        fence = _fence_after(line, fence)
        if index and not line.strip() and not fence and size >= limit // 2:
            keep = index
        size += len(line) + 1
    return keep
