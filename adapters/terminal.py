"""The terminal as a chat platform: one person, one thread, answers that stream."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import uuid
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.markdown import Markdown
from rich.text import Text

from bot.desk import Desk, Hearing
from bot.handovers import Note
from bot.messages import Answer, MessageKey, Question, Status
from bot.storage.handovers import NotePlace
from bot.tuning.offers import Offer
from bot.wording import notices
from knowledge.documents import Scope

PERSON = "terminal:you"
HELP = "Ask a question. + or - rates the last answer, /new begins a new conversation, /quit ends."


class TerminalPlatform:
    """Shows answers on a Rich console. `bot.chat.ChatPlatform`."""

    name = "terminal"
    routes = ()

    def __init__(self, console: Console) -> None:
        self.console = console
        self.last_answer_id: int | None = None
        self.finished = asyncio.Event()

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        """Nothing to disconnect from."""

    def health(self) -> str:
        return ""

    def notes(self) -> dict[str, str]:
        return {}

    async def notify(self, user: str, text: str, offers: Sequence[Offer] = ()) -> None:
        ways = [f"- {one.label}: `frontdesk tune {one.verb} {one.adapter}`" for one in offers]
        self.console.print(Markdown("\n".join([text, "", *ways] if ways else [text])))

    def threaded(self, question: Question) -> bool:
        return False

    async def describe(self, question: Question) -> tuple[str, str]:
        return "You", ""

    async def post_note(self, place: NotePlace, note: Note, *, look_first: bool = False) -> str:
        """Nobody else is here to be told."""
        return ""

    async def edit_note(self, place: NotePlace, note: Note) -> None:
        """There is none."""

    async def ask_why(self, question: Question, answer_id: int, user: str) -> None:
        """Nothing here is rated but by a command, which is answered."""

    async def ask_to_rate(self, question: Question, answer_id: int) -> None:
        """Who sits here sees how to rate."""

    async def begin(
        self, question: Question, posts: tuple[str, ...], record: Callable[[str], Awaitable[None]]
    ) -> TerminalReply:
        await record(question.key.message)
        return TerminalReply(self, question.language)


class TerminalReply:
    """One answer on the screen. `bot.chat.ReplyStream`."""

    def __init__(self, platform: TerminalPlatform, language: str) -> None:
        self._platform = platform
        self._live = Live(
            Text(notices.SEARCHING.of(language), style="dim"),
            console=platform.console,
            refresh_per_second=12,
            transient=False,
        )
        if platform.console.is_terminal:
            self._live.start()

    async def update(self, text: str) -> None:
        self._live.update(Markdown(text))

    async def finish(self, answer: Answer, answer_id: int) -> None:
        self._end(rendered(answer))
        self._platform.last_answer_id = answer_id if answer.status == Status.ANSWERED else None
        self._platform.finished.set()

    async def fail(self, sentence: str) -> None:
        self._end(Text(sentence, style="red"))
        self._platform.finished.set()

    async def discard(self) -> None:
        self._end(Text(""))
        self._platform.finished.set()

    def _end(self, shown: Group | Text) -> None:
        if self._live.is_started:
            self._live.update(shown)
            self._live.stop()
        else:  # it fits what it shows to a width
            self._platform.console.print(shown)


def rendered(answer: Answer) -> Group:
    """Return an answer with its numbered sources, ready to be printed."""
    return Group(Markdown(answer.text), *_sources(answer))


def _sources(answer: Answer) -> list[Text]:
    lines = []
    for citation in answer.citations:
        line = Text(f"[{citation.n}] ", style="cyan")
        line.append(citation.title, style=f"link {citation.url}" if citation.url else "")
        if citation.heading:
            line.append(f" › {citation.heading}", style="dim")
        if citation.updated:
            line.append(f" · {citation.updated}", style="dim")
        if citation.url:
            line.append(f"  {citation.url}", style="dim")
        lines.append(line)
    return lines


async def ask(desk: Desk, platform: TerminalPlatform, text: str, thread: str, scope: Scope) -> None:
    """Put one question through the desk and wait until its answer stands on the screen."""
    platform.finished.clear()
    key = MessageKey("terminal", "local", "terminal", uuid.uuid4().hex)
    heard = await desk.hear(Question(key, text, "you", thread, scope), addressed=True, direct=True, let_in=True)
    if heard.outcome is Hearing.ACCEPTED:
        await platform.finished.wait()


async def _typed(console: Console, stream: TextIO | None) -> str:
    """Return the next line of `stream`, or of who sits at the terminal. Raises EOFError at the end of the input.

    A thread of its own reads it, which the end of the program does not wait for, as it does for those of asyncio:
    nothing but the next line ends the reading.
    """
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        try:
            text = console.input("\n[bold cyan]You:[/] ", stream=stream)
            if stream and not text:
                raise EOFError
            tell = partial(line.set_result, text)
        except BaseException as error:  # whatever it is: who awaits the line would wait for ever
            tell = partial(line.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(told, tell)

    def told(tell: Callable[[], None]) -> None:
        if not line.done():
            tell()

    threading.Thread(target=read, daemon=True).start()
    return await line


def _unwatched(stream: TextIO) -> TextIO:
    """Return the same file again: Python aborts where it ends while a thread reads its own standard input."""
    return open(stream.fileno(), encoding=stream.encoding, errors="replace", closefd=False)


async def chat(desk: Desk, platform: TerminalPlatform, scope: Scope) -> None:
    """Talk until /quit or end of file."""
    console = platform.console
    console.print(HELP, style="dim")
    thread = uuid.uuid4().hex
    if sys.stdin is None:  # closed
        return
    # What reads and edits a line at a terminal, which Python does not watch either, wants both to be one.
    stream = None if sys.stdin.isatty() and sys.stdout.isatty() else _unwatched(sys.stdin)
    while True:
        try:
            text = (await _typed(console, stream)).strip()
        except EOFError:
            return
        match text:
            case "":
                continue
            case "/quit" | "/exit":
                return
            case "/new":
                thread = uuid.uuid4().hex
                console.print("A new conversation.", style="dim")
            case "+" | "-":
                if platform.last_answer_id is None:
                    console.print("There is no answer to rate yet.", style="dim")
                else:
                    told = await desk.press(platform.last_answer_id, PERSON, 1 if text == "+" else -1)
                    console.print(told.sentence, style="dim")
            case _:
                await ask(desk, platform, text, thread, scope)
