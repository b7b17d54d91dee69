"""What the core needs of a chat platform: to be connected to it, and to show an answer that grows there."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from bot.handovers import Board
from bot.messages import Answer, Question


class ReplyStream(Protocol):
    """One reply growing on a platform."""

    async def update(self, text: str) -> None:
        """Show the answer so far. Returns at once; a platform shows as many as its limits allow, and may drop any."""
        ...

    async def finish(self, answer: Answer, answer_id: int) -> None:
        """Put the final text with numbered sources and, for an answer, the rating buttons. Raises DeliveryError."""
        ...

    async def fail(self, sentence: str) -> None:
        """Replace whatever stands there by an error that the asker understands. Raises DeliveryError."""
        ...

    async def discard(self) -> None:
        """Take back whatever stands there: the question was deleted."""
        ...


class Record(Protocol):
    """Keeps the id of a post of ours that carries an answer."""

    def __call__(self, post: str, *, workspace: str = "", channel: str = "") -> Awaitable[None]:
        """`workspace` and `channel` where the post does not stand in the question's."""
        ...


class ChatPlatform(Board, Protocol):
    """What the core needs of Slack, Discord, …"""

    @property
    def name(self) -> str:
        """`slack`, `discord`: the platform part of message keys."""
        ...

    async def start(self) -> None:
        """Connect, and return once connected. Raises FrontdeskError with what to do."""
        ...

    async def stop(self) -> None: ...

    def health(self) -> str:
        """Return an empty string when well, else a sentence saying what is wrong."""
        ...

    async def ask_why(self, question: Question, answer_id: int, user: str) -> None:
        """Ask a person privately what was wrong with the answer to a question, as `Pressed.ask_why` says.

        Raises DeliveryError or another FrontdeskError.
        """
        ...

    async def ask_to_rate(self, question: Question, answer_id: int) -> None:
        """Ask whoever asked a question, privately, whether its answer was helpful.

        Raises DeliveryError or another FrontdeskError.
        """
        ...

    async def begin(self, question: Question, posts: tuple[str, ...], record: Record) -> ReplyStream:
        """Open the reply to a question, with a first sign of life in the chat. Raises DeliveryError.

        `posts` are the ids of what an earlier, interrupted try already posted: those are edited, not
        posted anew. `record` is to be awaited with the id of each new post directly after it went out.
        """
        ...
