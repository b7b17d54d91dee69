"""Footers, banners and the like that a source repeats on most of its pages."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from knowledge.documents import Document

LEAST_DOCUMENTS = 10
"""Of fewer pages it cannot be said what a source repeats."""
_LEAST_SHARE = 0.5
_EDGE = 6
"""Blocks at either end of a page that are looked at."""
_LONGEST = 1000
"""Characters; no footer is longer."""
_MOST_COUNTED = 500_000
"""Blocks that are counted at once; beyond that, those found once are forgotten."""


class RepeatedFragments:
    """What one source repeats at the beginning or end of most of its pages, left out of all but one page.

    A block (text between blank lines) counts as repeated where it stands on at least 10 documents and on half of
    all that the source has. It stays in the middle of a page, on a page that would hold nothing else, and on one page
    in each scope: what looks like a footer may be the policy itself, and then it can still be found. A section of a
    page is such a policy rather, so where all its text is repeated, it stays with its heading.

    `keepers` is all there is to remember (JSON-ready: block hash -> scope -> id of the document that keeps it).
    Given back to the next run, it leaves out of a page that is read again what was left out before, though
    all others are not read.
    """

    def __init__(self, keepers: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.keepers = {block: dict(scopes) for block, scopes in (keepers or {}).items()}
        self._counts: Counter[str] = Counter()

    def count(self, document: Document) -> None:
        """Count what stands at either end of a document, for `learn`."""
        blocks = _blocks(document.text)
        self._counts.update(
            {_hash(block) for block in (*blocks[: _EDGE + 1], *blocks[-_EDGE:]) if len(block) <= _LONGEST}
        )
        if len(self._counts) > _MOST_COUNTED:
            self._counts = Counter({block: count for block, count in self._counts.items() if count > 1})

    def learn(self, documents: int, *, anew: bool) -> None:
        """Add what enough of the counted documents repeat, if the source has so many in all.

        With `anew`, where all of them were counted, what was learned before is forgotten.
        """
        if anew:
            self.keepers = {}
        needed = max(LEAST_DOCUMENTS, _LEAST_SHARE * documents)
        for block, count in self._counts.items():
            if count >= needed:
                self.keepers.setdefault(block, {})

    def drop(self, document: Document) -> Document:
        """Return the document without repeated fragments; the first in its scope that has one keeps it."""
        if not self.keepers:
            return document
        blocks = _blocks(document.text)
        head = blocks[:1] if blocks and blocks[0].startswith("#") else []
        body = blocks[len(head) :]
        first = next((i for i, block in enumerate(body[:_EDGE]) if not self._is_repeated(block)), min(len(body), _EDGE))
        last = len(body)
        while last > max(first, len(body) - _EDGE) and self._is_repeated(body[last - 1]):
            last -= 1
        if not any(not block.startswith("#") for block in body[first:last]):
            return document
        scope = _hash(repr(document.scope.as_mapping()))[:12]
        whole = _repeated_sections(body, first, last)
        kept = [
            block
            for i, block in enumerate(body)
            if first <= i < last
            or i in whole
            or self.keepers[_hash(block)].setdefault(scope, document.id) == document.id
        ]
        return document if len(kept) == len(body) else replace(document, text="\n\n".join(head + kept) + "\n")

    def _is_repeated(self, block: str) -> bool:
        return len(block) <= _LONGEST and _hash(block) in self.keepers


def drop_repeated(documents: Sequence[Document]) -> list[Document]:
    """Return the documents of one source, read together, without what most of them repeat."""
    fragments = RepeatedFragments()
    for document in documents:
        fragments.count(document)
    fragments.learn(len(documents), anew=True)
    return [fragments.drop(document) for document in documents]


def _repeated_sections(body: Sequence[str], first: int, last: int) -> set[int]:
    """Return the blocks of those sections that have no text from `first` to `last`, where nothing is repeated."""
    headings = [i for i, block in enumerate(body) if block.startswith("#")]
    found: set[int] = set()
    for start, end in pairwise([*headings, len(body)]):
        text = range(start + 1, end)
        if text and not any(first <= i < last for i in text):
            found |= {start, *text}
    return found


def _hash(block: str) -> str:
    return hashlib.sha256(" ".join(block.casefold().split()).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _blocks(text: str) -> list[str]:
    """Return what blank lines part, a fenced block whole."""
    return list(_cut_blocks(text))


def _cut_blocks(text: str) -> Iterator[str]:
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = line.lstrip()[:3]
        if mark in ("```", "~~~"):
            fence = "" if fence == mark else fence or mark
        if line.strip() or fence:
            lines.append(line)
        elif lines:
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)
