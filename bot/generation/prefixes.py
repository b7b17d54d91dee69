"""Beginnings of prompts that were computed before, kept in memory for the prompts that begin alike."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST = 24
"""Tokens of the shortest beginning worth a copy."""
RECENT = 64
"""Prompts that a new one is compared with, to find beginnings that come again."""


def common_prefix(a: NDArray[np.int32], b: NDArray[np.int32]) -> int:
    """Return how many tokens `a` and `b` (int32[n], int32[m]) begin with alike."""
    shorter = min(len(a), len(b))
    differ = a[:shorter] != b[:shorter]
    return int(differ.argmax()) if differ.any() else shorter


@dataclass(frozen=True, slots=True)
class Prefix:
    """The tokens of a beginning, and the cache that was computed for them."""

    tokens: list[int]
    state: NDArray[np.uint8]


class PrefixCache:
    """Keeps beginnings within a budget of bytes; the one that was of no use for longest goes first.

    A key names what the cache depends on besides the tokens: the adapter and its scale. Which
    beginnings come again is seen from the prompts themselves: the system prompt, a conversation so
    far, and hot passages where the prompt has them before the question.
    """

    def __init__(self, budget_bytes: int) -> None:
        self._budget = budget_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[Hashable, tuple[int, ...]], Prefix] = OrderedDict()
        self._recent: deque[tuple[Hashable, NDArray[np.int32]]] = deque(maxlen=RECENT)

    @property
    def bytes(self) -> int:
        """Memory held."""
        return self._bytes

    def longest(self, key: Hashable, tokens: list[int], shorter_than: int) -> Prefix | None:
        """Return the longest beginning of `tokens` that is kept, of fewer than `shorter_than` tokens."""
        best = None
        for (other, _), prefix in self._kept.items():
            length = len(prefix.tokens)
            if (
                other == key
                and length < shorter_than
                and (best is None or length > len(best.tokens))
                and tokens[:length] == prefix.tokens
            ):
                best = prefix
        if best:
            self._kept.move_to_end((key, tuple(best.tokens)))
        return best

    def marks(self, key: Hashable, tokens: list[int], known: Sequence[int] = ()) -> list[int]:
        """Return the lengths of beginnings of a new prompt that are worth keeping, shortest first.

        Those are the ones in `known` (of the conversation so far) and the longest that an earlier
        prompt had in common with it. The prompt is remembered.
        """
        prompt = np.array(tokens, np.int32)
        common = max((common_prefix(prompt, other) for had, other in self._recent if had == key), default=0)
        self._recent.append((key, prompt))
        wanted = sorted({length for length in (*known, common) if LEAST <= length < len(tokens)})
        return [length for length in wanted if (key, tuple(tokens[:length])) not in self._kept]

    def keep(self, key: Hashable, tokens: list[int], state: NDArray[np.uint8]) -> None:
        """Keep what was computed for `tokens`, if the budget has room for it at all."""
        if state.nbytes > self._budget:
            return
        name = (key, tuple(tokens))
        if old := self._kept.pop(name, None):
            self._bytes -= old.state.nbytes
        self._kept[name] = Prefix(tokens, state)
        self._bytes += state.nbytes
        while self._bytes > self._budget:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.state.nbytes

    def drop(self, unwanted: Callable[[Hashable], bool]) -> None:
        """Forget everything kept under a key that is `unwanted`."""
        for name in [name for name in self._kept if unwanted(name[0])]:
            self._bytes -= self._kept.pop(name).state.nbytes
        self._recent = deque(((key, prompt) for key, prompt in self._recent if not unwanted(key)), RECENT)
