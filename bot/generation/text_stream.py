"""From tokens to text that may be shown: whole characters of the answer, cut before a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterable, Sequence

from bot.generation.markup import AnswerText


class TextStream:
    """Turns the bytes of tokens into the text of the answer: characters split over tokens wait until they are whole.

    What is no part of the answer, see `markup.AnswerText`, is left out. A pure function of what was pushed, so that
    an answer taken up again after a crash is rebuilt by pushing the same tokens.
    """

    def __init__(self, stops: Sequence[str] = (), *, spelled: Collection[str] = (), given: Iterable[str] = ()) -> None:
        """`spelled` and `given` are as for `markup.AnswerText`."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._answer = AnswerText(stops, spelled=spelled, given=given)
        self._over = False

    @property
    def reason(self) -> str:
        """Why an answer ended that is over, see `engine.GenerationDone`."""
        return "cut" if self._answer.cut else "stop"

    def push(self, piece: bytes, tag: str = "") -> tuple[str, bool]:
        """Return the text to show now, and whether the answer ends here. Raises ThoughtsUnmarked.

        `tag`: how the token is spelled in the chat template, where it is markup and has no part in the text.
        """
        if self._over:
            return "", True
        if tag:
            shown, _ = self._answer.push(self._decoder.decode(b"", final=True))
            text, self._over = self._answer.tag(tag)
            return shown + text, self._over
        text, self._over = self._answer.push(self._decoder.decode(piece))
        return text, self._over

    def finish(self) -> str:
        """Return the rest, nothing behind the end of the answer; an unfinished character becomes U+FFFD."""
        return "" if self._over else self._answer.push(self._decoder.decode(b"", final=True), last=True)[0]
