"""Where an answer ends before the model does."""

from __future__ import annotations

from collections.abc import Sequence


class StopMatcher:
    """Passes text on, holding back what may turn out to be the beginning of a stop string."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self._over = False

    def push(self, text: str) -> tuple[str, bool]:
        """Return the text that is safe to show, and whether a stop string was met (it is not shown)."""
        if self._over:
            return "", True
        self._held += text
        if found := [at for stop in self._stops if (at := self._held.find(stop)) >= 0]:
            shown, self._held, self._over = self._held[: min(found)], "", True
            return shown, True
        keep = max((self._overlap(stop) for stop in self._stops), default=0)
        shown, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return shown, False

    def _overlap(self, stop: str) -> int:
        """Return the length of the longest end of the held text that begins `stop`."""
        longest = min(len(stop) - 1, len(self._held))
        return next((n for n in range(longest, 0, -1) if self._held.endswith(stop[:n])), 0)

    def flush(self) -> str:
        """Return what was held back; the answer is over."""
        held, self._held = self._held, ""
        return held
