"""What is trained on, what chooses when to stop, what is held out: so that nothing leaks from one into another.

Each document has its side, by a hash of its id; documents that share much of their words have one. An example is on
the side of the documents that its answer rests on, and everything of one conversation, or to one question, is on one
side. What would stand on both is left out.

The highest hashes are held out: a tenth, or as many more as it takes for `FEWEST` groups, documents or conversations
that are independent of each other, where that leaves half of all to train on. The more groups there are, the higher a
hash must be. So what was ever trained on is not held out later, and what is held out stays so or is trained on,
whatever is added, except where an addition shows that two documents are one, or makes them enough for `FEWEST`. (Until
there are documents enough for a hash to deal them out, sides may change: see `MIN_DOCUMENTS`.)
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, permutations

from bot.answer_cache import words
from bot.tuning.examples import Example, Split

VALIDATION, TEST = 0.1, 0.1
"""Shares of the documents, as expected of a hash; the least for the test."""
FEWEST = 20
"""Independent groups of held-out questions below which an interval says nothing."""
ENOUGH = 2 * FEWEST + 2
"""Groups of which so many can be held out: half are trained on, and one chooses when to stop."""
MIN_DOCUMENTS = 10
"""Of fewer documents the passages are dealt out instead: a hash of three would leave nothing held out."""
_SHINGLE = 8
_SHARED = 0.25
"""Share of the eight-word sequences of the shorter of two documents from which on they are one, as far as shown."""

DOCUMENTS_APART = "its documents are on different sides"
CONVERSATION_APART = "another part of its conversation is on another side"
QUESTION_APART = "the same question is on another side"


@dataclass(frozen=True, slots=True)
class Dealt:
    """Examples with the side that each is on."""

    examples: tuple[Example, ...]
    left_out: dict[str, str]
    """Why, by the id of each example that no side can have."""
    by: str
    """`document`, or `passage` where there are few documents."""

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(one.split for one in self.examples)
        return {str(split): found[split] for split in Split}


@dataclass(frozen=True, slots=True)
class _Bounds:
    """From which share on a group is on a side, below that of the next."""

    validation: float = 1 - TEST - VALIDATION
    test: float = 1 - TEST

    def side(self, share: float) -> Split:
        if share >= self.test:
            return Split.TEST
        return Split.VALIDATION if share >= self.validation else Split.TRAIN


def dealt(examples: Sequence[Example]) -> Dealt:
    """Return the examples with their split and group; their order is kept."""
    documents = {passage.document_id for one in examples for passage in one.passages if passage.gold}
    by = "document" if len(documents) >= MIN_DOCUMENTS else "passage"
    clusters = Clusters()
    for one in examples:
        # Who makes examples in groups has seen more of what hangs together than their passages show.
        for key in _keys(one, by) if one.group else ():
            clusters.join(key, f"group {one.group}")
        for key in _keys(one, by):
            clusters.find(key)
    for a, b in _alike(examples, by):
        clusters.join(a, b)
    if by == "passage":
        for a, b in _never_alone(examples, by):
            clusters.join(a, b)
    usual = _dealt(examples, clusters, by, _Bounds())
    if _held_out(usual) >= FEWEST:
        return usual
    for bounds in _wider(examples, clusters, by):
        if _held_out(found := _dealt(examples, clusters, by, bounds)) >= FEWEST:
            return found
    return usual


def _held_out(found: Dealt) -> int:
    """Return how many groups there are to test answers by."""
    return len({one.group for one in found.examples if one.split is Split.TEST and _tests(one)})


def _tests(one: Example) -> bool:
    """Whether an answer can be measured by an example."""
    return one.liked and one.answerable


def _wider(examples: Sequence[Example], clusters: Clusters, by: str) -> Iterator[_Bounds]:
    """Yield bounds that hold out ever more, as long as half of the groups are left to train on."""
    tests: defaultdict[str, bool] = defaultdict(bool)
    for one in examples:
        tests[_group(one, clusters, by)] |= _tests(one)
    shares = sorted(map(_share, tests), reverse=True)
    for test in sorted((_share(group) for group, is_one in tests.items() if is_one), reverse=True)[FEWEST - 1 :]:
        held_out = sum(share >= test for share in shares)
        spare = len(shares) - held_out - (len(shares) + 1) // 2
        if spare < 1:
            return
        choose = min(spare, max(1, round(VALIDATION * len(shares))))
        yield _Bounds(shares[held_out + choose - 1], test)


def _dealt(examples: Sequence[Example], clusters: Clusters, by: str, bounds: _Bounds) -> Dealt:
    sides = _sides(clusters, examples, by, bounds)
    earlier: dict[str, Split] = {}
    split: dict[str, Split] = {}
    left_out: dict[str, str] = {}
    for one in sorted(examples, key=lambda one: (not _keys(one, by), str(one.metadata.get("created_at", "")), one.id)):
        wanted = {sides[clusters.find(key)] for key in _keys(one, by)}
        if len(wanted) > 1:
            left_out[one.id] = DOCUMENTS_APART
            continue
        conversation, question = _conversation(one), f"question {' '.join(words(one.question))}"
        bound = [(CONVERSATION_APART, conversation)] if conversation else []
        bound += [(QUESTION_APART, question)] if len(words(one.question)) > 2 else []
        known = [(why, earlier[key]) for why, key in bound if key in earlier]
        side = next(iter(wanted), None) or (known[0][1] if known else bounds.side(_share(conversation or one.id)))
        if apart := next((why for why, other in known if other is not side), None):
            left_out[one.id] = apart
            continue
        split[one.id] = side
        earlier |= {key: side for _, key in bound}
    return Dealt(
        tuple(
            replace(one, split=split[one.id], group=_group(one, clusters, by)) for one in examples if one.id in split
        ),
        left_out,
        by,
    )


def _keys(one: Example, by: str) -> list[str]:
    """Return what an example is bound to besides its conversation, in order: documents (or passages), its group."""
    gold = [passage for passage in one.passages if passage.gold]
    ids = dict.fromkeys(passage.document_id if by == "document" else passage.passage_id for passage in gold)
    return [f"{by} {id}" for id in ids] or ([f"group {one.group}"] if one.group else [])


def _conversation(one: Example) -> str:
    id = one.metadata.get("conversation_id")
    return f"conversation {id}" if id else ""


def _group(one: Example, clusters: Clusters, by: str) -> str:
    keys = _keys(one, by)
    return clusters.find(keys[0]) if keys else _conversation(one) or one.id


def _sides(clusters: Clusters, examples: Iterable[Example], by: str, bounds: _Bounds) -> dict[str, Split]:
    """Return the side of every cluster; none is empty where there are three or more."""
    roots = sorted(
        {clusters.find(key) for one in examples for key in _keys(one, by)}, key=lambda root: (_share(root), root)
    )
    sides = {root: bounds.side(_share(root)) for root in roots}
    if len(roots) >= 3:
        for wanted in (Split.TRAIN, Split.TEST, Split.VALIDATION):
            counts = Counter(sides.values())
            if not counts[wanted]:
                # The cluster that comes next by its hash: more of them do not change who that is.
                spare = [root for root in reversed(roots) if counts[sides[root]] > 1]
                sides[next((root for root in spare if sides[root] is Split.TRAIN), spare[0])] = wanted
    return sides


def _share(name: str) -> float:
    """Return a number from 0 to 1 that depends on nothing but the name."""
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "replace")).digest()[:8], "big") / 2**64


class Clusters:
    """Names that hang together; each cluster is called by the member whose hash is least.

    So a cluster that grows may leave what is held out for what is trained on, and never the other way round.
    """

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def find(self, name: str) -> str:
        parents = self._parents
        parents.setdefault(name, name)
        while parents[name] != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    def join(self, one: str, other: str) -> None:
        least, other = sorted((self.find(one), self.find(other)), key=lambda name: (_share(name), name))
        self._parents[other] = least


def _never_alone(examples: Iterable[Example], by: str) -> list[tuple[str, str]]:
    """Return passages that answers rest on only together with another, each with that other.

    Apart they would hold back nothing but the examples that rest on both.
    """
    users: defaultdict[str, set[str]] = defaultdict(set)
    together: set[tuple[str, str]] = set()
    for one in examples:
        keys = _keys(one, by)
        for key in keys:
            users[key].add(one.id)
        together.update(permutations(keys, 2))
    return [(a, b) for a, b in sorted(together) if users[a] <= users[b]]


def _alike(examples: Iterable[Example], by: str) -> list[tuple[str, str]]:
    """Return the pairs of documents (or passages) that share much of the words that examples show of them."""
    shingles: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    texts: set[tuple[str, str]] = set()
    for one in examples:
        for passage in one.passages:
            key = f"{by} {passage.document_id if by == 'document' else passage.passage_id}"
            if passage.gold and (key, passage.text) not in texts:
                texts.add((key, passage.text))
                plain = re.findall(r"\w+", passage.text.casefold())
                shingles[key] |= {tuple(plain[i : i + _SHINGLE]) for i in range(len(plain) - _SHINGLE + 1)}
    holders: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for key in sorted(shingles):
        for shingle in shingles[key]:
            holders[shingle].append(key)
    shared: Counter[tuple[str, str]] = Counter()
    for keys in holders.values():
        # What stands in ever so many documents is boilerplate: neighbours are enough to hold them together.
        shared.update(combinations(keys, 2) if len(keys) <= 20 else pairwise(keys))
    return [
        (a, b) for (a, b), count in sorted(shared.items()) if count > _SHARED * min(len(shingles[a]), len(shingles[b]))
    ]
