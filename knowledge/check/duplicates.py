"""Pages and passages that say the same in the same words.

Passages whose vectors are close are compared word by word (three at a time), so that a page about the
same thing is none. Pages that share most of their passages are told once, as pages. The same words in
scopes that nobody is told together are as they should be and only counted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from knowledge.check.corpus import Corpus, Progress, overlap
from knowledge.check.report import Duplicate, DuplicateKind, Place
from knowledge.sentences import content_words

_Key = TypeVar("_Key", int, str)
MIN_COSINE = 0.8
"""Of two passages that are compared by their words; title and heading count for the vectors, so this is low."""
MIN_SHARED = 0.8
"""Share of their three-word sequences that two passages must have in common."""
MIN_PAGE = 0.8
"""Share of their words that lie in such passages, in both pages, for the pages to be nearly identical."""
MIN_VERSION = 0.4
"""The same for pages that have one title but for a year or a word such as `old`."""
_MIN_WORDS = 12
"""Shorter passages (a button's name, a greeting) repeat without harm."""
_OLD_SHARED = 0.5
"""As MIN_SHARED, for two pages of one title: an older version was changed here and there."""
_MOST_NEAR = 50
_QUOTED = 200
_EDITION = re.compile(
    r"\b(?:v(?:ersion)?\.? ?\d[\d.]*|(?:19|20)\d\d(?:[-/]\d\d)*|old|new|copy|draft|archived?|final|previous|current|"
    r"updated|latest|\(\d+\))\b|\(\d+\)",
    re.IGNORECASE,
)


@dataclass
class _Words:
    """A passage's words, for comparing."""

    text: str

    @cached_property
    def plain(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\w+", self.text.lower()))

    @cached_property
    def triples(self) -> frozenset[tuple[str, ...]]:
        words = self.plain
        return frozenset(words[i : i + 3] for i in range(max(1, len(words) - 2)))

    def shared(self, other: _Words) -> float:
        return len(self.triples & other.triples) / max(1, len(self.triples | other.triples))


def duplicates(corpus: Corpus, progress: Progress) -> tuple[list[Duplicate], int]:
    """Return groups of pages and passages of different pages that repeat each other, the largest first.

    With them the number of groups that are left out because nobody is told two of them.
    """
    words = [_Words(passage.text) for passage in corpus.passages]
    same = dict.fromkeys(_literal(corpus, words), 1.0)
    for a, b, _ in corpus.near(MIN_COSINE, _MOST_NEAR, lambda done: progress("duplicates", done, len(words))):
        lengths = sorted((len(words[a].plain), len(words[b].plain)))
        if (a, b) in same or lengths[0] < max(_MIN_WORDS, _OLD_SHARED * lengths[1]) or _one_page(corpus, a, b):
            continue
        shared = words[a].shared(words[b])
        if shared >= MIN_SHARED or (shared >= _OLD_SHARED and _title(corpus, a) == _title(corpus, b)):
            same[a, b] = shared
    pages, apart = _pages(corpus, words, same)
    told = {frozenset(place.document_id for place in one.places) for one in pages}
    rest = {
        pair: shared
        for pair, shared in same.items()
        if shared >= MIN_SHARED
        and min(len(words[i].plain) for i in pair) >= _MIN_WORDS
        and not any({corpus.passages[i].document_id for i in pair} <= group for group in told)
    }
    repeated, also_apart = _passages(corpus, rest)
    return [*pages, *repeated], apart + also_apart


def _literal(corpus: Corpus, words: Sequence[_Words]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of passages of different pages that have the very same words."""
    groups: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, one in enumerate(words):
        if one.plain:
            groups[one.plain].append(number)
    for group in groups.values():
        # Of many, each is paired with those that follow, which is enough to hold them together.
        pairs = ((a, b) for place, a in enumerate(group) for b in group[place + 1 : place + 1 + _MOST_NEAR])
        yield from ((a, b) for a, b in pairs if not _one_page(corpus, a, b))


def _one_page(corpus: Corpus, a: int, b: int) -> bool:
    return corpus.passages[a].document_id == corpus.passages[b].document_id


def _title(corpus: Corpus, number: int) -> frozenset[str]:
    return content_words(_EDITION.sub(" ", corpus.passages[number].title))


def _pages(corpus: Corpus, words: Sequence[_Words], same: dict[tuple[int, int], float]) -> tuple[list[Duplicate], int]:
    shared: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for (a, b), share in same.items():
        ids = corpus.passages[a].document_id, corpus.passages[b].document_id
        pair = (ids[0], ids[1]) if ids[0] <= ids[1] else (ids[1], ids[0])
        for number in (a, b):
            shared[pair][number] = max(share, shared[pair].get(number, 0.0))
    links: dict[DuplicateKind, list[tuple[str, str]]] = defaultdict(list)
    similarity: dict[tuple[str, str], float] = {}
    apart: list[tuple[str, str]] = []
    for (first, second), found_in in shared.items():
        own, others = corpus.documents[first], corpus.documents[second]
        least = min(_covered(words, numbers, found_in) for numbers in (own, others))
        title = _title(corpus, own[0])
        versions = bool(title) and title == _title(corpus, others[0])
        # One short passage in common does not make two pages one.
        if least < (MIN_VERSION if versions else MIN_PAGE) or sum(len(words[i].plain) for i in own) < _MIN_WORDS:
            continue
        if not overlap(corpus.passages[own[0]].scope, corpus.passages[others[0]].scope):
            apart.append((first, second))
            continue
        if [words[i].plain for i in own] == [words[i].plain for i in others]:
            kind = DuplicateKind.IDENTICAL
        else:
            kind = DuplicateKind.VERSIONS if versions else DuplicateKind.SIMILAR
        links[kind].append((first, second))
        similarity[first, second] = least
    found = []
    for kind in (DuplicateKind.IDENTICAL, DuplicateKind.VERSIONS, DuplicateKind.SIMILAR):
        for group in _groups(links[kind]):
            numbers_of = [corpus.documents[id][0] for id in group]
            share = min(value for pair, value in similarity.items() if set(pair) <= set(group))
            places = tuple(Place.of(corpus.passages[number], page=True) for number in numbers_of)
            found.append(Duplicate(kind, places, _quote(corpus.passages[numbers_of[0]].text), share))
    return found, len(_groups(apart))


def _covered(words: Sequence[_Words], numbers: Sequence[int], found_in: Mapping[int, float]) -> float:
    """Return the share of a page's words that lies in passages found elsewhere, each as far as it is the same."""
    covered = sum(len(words[i].plain) * found_in.get(i, 0.0) for i in numbers)
    return covered / max(1, sum(len(words[i].plain) for i in numbers))


def _passages(corpus: Corpus, same: dict[tuple[int, int], float]) -> tuple[list[Duplicate], int]:
    together = [pair for pair in same if overlap(*(corpus.passages[i].scope for i in pair))]
    apart = [pair for pair in same if pair not in set(together)]
    found = []
    for group in _groups(together):
        by_page = {corpus.passages[i].document_id: i for i in reversed(group)}
        numbers = sorted(by_page.values())
        share = min(value for pair, value in same.items() if set(pair) <= set(group))
        places = tuple(Place.of(corpus.passages[i]) for i in numbers)
        found.append(Duplicate(DuplicateKind.PASSAGE, places, _quote(corpus.passages[numbers[0]].text), share))
    found.sort(key=lambda one: (-len(one.places), -one.similarity, one.places[0].passage_id))
    return found, len(_groups(apart))


def _groups(pairs: Iterable[tuple[_Key, _Key]]) -> list[list[_Key]]:
    """Return what hangs together by pairs, each group sorted."""
    group_of: dict[_Key, list[_Key]] = {}
    for a, b in pairs:
        first, second = group_of.setdefault(a, [a]), group_of.setdefault(b, [b])
        if first is not second:
            first += second
            group_of |= dict.fromkeys(second, first)
    return sorted({id(group): sorted(group) for group in group_of.values()}.values())


def _quote(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _QUOTED else f"{plain[: _QUOTED - 1].rstrip()}…"
