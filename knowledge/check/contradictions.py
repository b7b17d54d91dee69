"""Sentences of two pages that say the same but for a figure, or but for a "not".

Every sentence that states a figure, or that could be denied, is compared with the sentences that share
its rarer words; pairs whose words agree are then compared by the embedder. An admin who meets ten false
alarms stops reading, so whatever else may explain a difference rules a pair out: another subject in
title, heading or sentence (express against standard), another condition, scopes that nobody is told
together, a page that tells of both, or a form that pages of many subjects share with a figure each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

import numpy as np

from knowledge.check.claims import Claim, claims_of
from knowledge.check.corpus import Corpus, Progress, overlap
from knowledge.check.report import YES_OR_NO, Contradiction, Place, Statement
from knowledge.embedding import Embedder
from knowledge.figures import Figure
from knowledge.sentences import content_words, stem

MIN_CONFIDENCE = 0.6
"""Below it a pair is not reported; chosen on planted contradictions and on real pages read by hand."""
_MIN_LEXICAL = 0.45
"""Share of the words, weighed by rarity, that two sentences must have in common to be compared further."""
_MAX_NEIGHBOURS = 12
_COMMON = 0.02
"""Words in a greater share of the sentences than this bring no two of them together."""
_MAX_FORMS = 3
"""Different sentences of one form at the most; more are about a subject each."""
_MIN_TEMPLATE, _TEMPLATE_SHARE = 2, 0.25
"""Sentences in common, and their share of the shorter page, from which on two pages come from one template."""
_CLOSE = 5
"""Words on each side of a figure that say what it is about."""
_MAX_EMBEDDED = 20_000

# Words that tell two things of a kind apart; where both sentences have one of a set, and not the same, they differ.
_CONTRASTS = tuple(
    frozenset(map(stem, words.split()))
    for words in (
        "standard express priority overnight expedited regular economy",
        "sick annual maternity paternity parental bereavement military",
        "daily weekly monthly quarterly annual annually yearly biweekly",
        "domestic international foreign overseas",
        "minimum maximum lowest highest least most",
        "first second third fourth initial subsequent last final next previous",
        "new existing renewal renew replacement original duplicate used refurbished returning",
        "adult child children minor student senior parent infant teen",
        "spouse widow widower survivor dependent veteran child parent divorced",
        "single married jointly separately household",
        "public private internal open closed",
        "online mail phone person store telephone fax email",
        "full part partial half",
        "begin start end finish open close opening closing",
        "basic pro plus premium enterprise team free business personal individual professional gold silver bronze "
        "platinum copper steel enamel",
        "employee contractor manager supervisor employer",
        "federal state local national city county",
        "commercial noncommercial personal",
        "lost stolen damaged expired defective broken",
        "subsidized unsubsidized direct perkins plus graduate undergraduate",
        "before after during",
        "morning afternoon evening",
        "monday tuesday wednesday thursday friday saturday sunday weekday weekend",
        "buyer seller customer agent landlord tenant owner lessee",
        "passenger motorcycle commercial truck trailer car boat",
        "increase decrease more less fewer",
        "credit debit cash check cheque gift",
        "small medium large",
        "disability retirement survivors medicare medicaid",
        "send receive take pay",
    )
)


def contradictions(
    corpus: Corpus, embedder: Embedder, on: date, progress: Progress, least: float = MIN_CONFIDENCE
) -> list[Contradiction]:
    """Return what two pages that are told on or after day `on` contradict each other in, the surest first."""
    told = corpus.told(on)
    claims = claims_of(corpus, [i for i in range(len(corpus.passages)) if told[i]], progress)
    weights = _weights(claims)
    templates = _Templates(corpus, claims)
    pairs = []
    for a, b, shared in _alike(claims, progress):
        difference = _difference(claims[a], claims[b])
        if difference is None:
            continue
        places = _places(corpus, claims[a], claims[b], templates)
        if places is not None:
            pairs.append((a, b, shared, difference, places))
    pairs.sort(key=lambda pair: -pair[2])
    cosines = _cosines(claims, [(a, b) for a, b, *_ in pairs], embedder, progress)
    found = []
    for (a, b, _, difference, (first, second)), cosine in zip(pairs, cosines, strict=False):
        one, other = claims[a], claims[b]
        confidence = _confidence(corpus, one, other, first, second, cosine, weights, difference)
        if confidence >= least:
            statement = _statement(corpus, one, first, difference.values[0])
            counterpart = _statement(corpus, other, second, difference.values[1])
            found.append(Contradiction(difference.kind, statement, counterpart, confidence))
    return _each_once(_without_rows(found))


def _without_rows(found: Sequence[Contradiction]) -> list[Contradiction]:
    """Leave out sentences that differ from many others, from each in another value: they list a subject each."""
    values: defaultdict[str, set[str]] = defaultdict(set)
    for one in found:
        if one.kind != YES_OR_NO:
            for side, other in ((one.first, one.second), (one.second, one.first)):
                values[side.quote].add(other.value)
    return [one for one in found if max(len(values[side.quote]) for side in (one.first, one.second)) <= _MAX_FORMS]


def _weights(claims: Sequence[Claim]) -> dict[str, float]:
    """Return the weight of each word: the rarer, the more it says that two sentences mean one thing."""
    counts = Counter(word for sentence in claims for word in sentence.words)
    total = len(claims) + 1
    return {word: float(np.log(total / count)) + 0.5 for word, count in counts.items()}


def _alike(claims: Sequence[Claim], progress: Progress) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of sentences that share most of their rarer words, with the share (0 to 1)."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    crowded = _crowded_forms(claims)
    total = len(claims)
    counts = Counter(word for sentence in claims for word in sentence.words)
    common = max(50, int(_COMMON * total))
    columns = {word: column for column, word in enumerate(word for word in counts if counts[word] <= common)}
    if not columns:
        return
    rows, cols, values = [], [], []
    for row, sentence in enumerate(claims):
        rare = [word for word in sentence.words if word in columns]
        weights = np.log((total + 1) / np.array([counts[word] for word in rare])) if rare else np.empty(0)
        norm = float(np.sqrt((weights**2).sum())) or 1.0
        rows += [row] * len(rare)
        cols += [columns[word] for word in rare]
        values += list(weights / norm)
    matrix = csr_matrix((values, (rows, cols)), shape=(total, len(columns)), dtype=np.float32)
    turned = matrix.T.tocsr()
    for start in range(0, total, 1_024):
        progress("comparing", start, total)
        products = (matrix[start : start + 1_024] @ turned).tocsr()
        for row in range(products.shape[0]):
            begin, end = products.indptr[row], products.indptr[row + 1]
            others, shares = products.indices[begin:end], products.data[begin:end]
            a = start + row
            close = np.flatnonzero((shares >= _MIN_LEXICAL) & (others > a))
            for place in close[np.argsort(-shares[close])][:_MAX_NEIGHBOURS]:
                b = int(others[place])
                if not (claims[a].tokens in crowded and claims[b].tokens in crowded):
                    yield a, b, float(shares[place])
    progress("comparing", total, total)


def _crowded_forms(claims: Sequence[Claim]) -> set[tuple[str, ...]]:
    """Return the forms that many sentences share but for their figures: lists, rows, pages made from a template."""
    forms = Counter(sentence.tokens for sentence in claims if sentence.figures)
    return {form for form, count in forms.items() if count > _MAX_FORMS}


# ------------------------------------------------------------------ what differs


@dataclass(frozen=True, slots=True)
class _Difference:
    kind: str
    values: tuple[str, str]
    figure: int | None = None
    """Which of the figures, where it is one."""


def _difference(a: Claim, b: Claim) -> _Difference | None:
    """Return the one thing in which two sentences differ.

    None if there is none, if there are several, or if the sentences speak of different things.
    """
    another = a.codes != b.codes or a.names - b.words or b.names - a.words or _contrast(a.words, b.words)
    matched = None if another else _matched(a, b)
    if matched is None:
        return None
    unequal = [(mine, theirs) for mine, theirs in matched if not mine.equals(theirs)]
    turned = [(mine, theirs) for mine, theirs in matched if _bounds_exclude(mine, theirs)]
    flips = (a.negative != b.negative) + len(turned)
    if unequal:
        mine, theirs = unequal[0]
        alone = len(unequal) == 1 and not flips
        return _Difference(mine.kind, (mine.text, theirs.text), a.figures.index(mine)) if alone else None
    if flips != 1 or a.modal != b.modal or a.conditions != b.conditions:
        return None
    if turned:
        mine, theirs = turned[0]
        values = f"{mine.bound} {mine.text}", f"{theirs.bound} {theirs.text}"
        return None if a.words ^ b.words else _Difference(YES_OR_NO, values)
    return _Difference(YES_OR_NO, ("no", "yes") if a.negative else ("yes", "no")) if a.deniable and b.deniable else None


def _matched(a: Claim, b: Claim) -> list[tuple[Figure, Figure]] | None:
    """Return the figures that stand for each other; None if they cannot be told."""
    if not a.figures and not b.figures:
        return []
    if len(a.figures) == len(b.figures) == 1:
        mine, theirs = a.figures[0], b.figures[0]
        return [(mine, theirs)] if mine.comparable(theirs) else None
    if len(a.figures) != len(b.figures):
        return None
    if a.tokens != b.tokens and SequenceMatcher(None, a.tokens, b.tokens, autojunk=False).ratio() < 0.75:
        return None
    pairs = list(zip(a.figures, b.figures, strict=True))
    return pairs if all(mine.comparable(theirs) for mine, theirs in pairs) else None


def _bounds_exclude(a: Figure, b: Figure) -> bool:
    """Whether one is a least and the other a most."""
    return a.bound is not None and b.bound is not None and a.bound is not b.bound


def _contrast(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether the words name different ones of things that are told apart."""
    only_a, only_b = a - b, b - a
    return any(only_a & contrast and only_b & contrast for contrast in _CONTRASTS)


def _qualified(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether one side names one of such things and the other leaves it open."""
    return any((a ^ b) & contrast for contrast in _CONTRASTS)


# ------------------------------------------------------------------ where they stand


class _Templates:
    """Which pages were made from one template: they share sentences, and each has a subject of its own."""

    def __init__(self, corpus: Corpus, claims: Sequence[Claim]) -> None:
        self._corpus = corpus
        self._claims: defaultdict[str, set[int]] = defaultdict(set)
        for number, claim in enumerate(claims):
            for place in claim.places:
                self._claims[corpus.passages[place].document_id].add(number)

    def share(self, first: int, second: int) -> bool:
        a, b = self._corpus.passages[first], self._corpus.passages[second]
        mine, theirs = content_words(a.title), content_words(b.title)
        if not (mine - theirs and theirs - mine):
            return False
        claims, others = self._claims[a.document_id], self._claims[b.document_id]
        return len(claims & others) >= max(_MIN_TEMPLATE, _TEMPLATE_SHARE * min(len(claims), len(others)))


def _places(corpus: Corpus, a: Claim, b: Claim, templates: _Templates) -> tuple[int, int] | None:
    """Return the two passages, on different pages, that one asker may be told; None if there are none.

    A page that holds both sentences tells them apart by what stands around them.
    """
    pages_a, pages_b = ({corpus.passages[i].document_id for i in one.places} for one in (a, b))
    if pages_a & pages_b:
        return None
    best: tuple[float, int, int] | None = None
    for i in a.places[:20]:
        for j in b.places[:20]:
            if not overlap(corpus.passages[i].scope, corpus.passages[j].scope):
                continue
            if _contrast(_subject(corpus, i), _subject(corpus, j)) or templates.share(i, j):
                continue
            closeness = float(corpus.vectors[i] @ corpus.vectors[j])
            if best is None or closeness > best[0]:
                best = closeness, i, j
    return None if best is None else best[1:]


def _subject(corpus: Corpus, number: int) -> frozenset[str]:
    passage = corpus.passages[number]
    return content_words(f"{passage.title} {passage.heading}")


def _cosines(
    claims: Sequence[Claim], pairs: Sequence[tuple[int, int]], embedder: Embedder, progress: Progress
) -> list[float]:
    """Return the cosine of each pair's sentences without what differs, as far as `_MAX_EMBEDDED` sentences reach."""
    needed: dict[int, int] = {}
    reached = []
    for a, b in pairs:
        if len(needed) >= _MAX_EMBEDDED:
            break
        needed.setdefault(a, len(needed))
        needed.setdefault(b, len(needed))
        reached.append((needed[a], needed[b]))
    texts = [claims[number].bare for number in needed]
    vectors = embedder.encode(texts, lambda done: progress("embedding sentences", done, len(texts)))
    return [float(vectors[a] @ vectors[b]) for a, b in reached]


def _confidence(
    corpus: Corpus,
    a: Claim,
    b: Claim,
    first: int,
    second: int,
    cosine: float,
    weights: dict[str, float],
    difference: _Difference,
) -> float:
    """Return how sure it is that two sentences exclude each other, 0 to 1."""
    both = sum(weights[word] for word in a.words & b.words)
    one, other = (sum(weights[word] for word in claim.words) for claim in (a, b))
    lexical = both / (one + other - both)
    if difference.kind != YES_OR_NO:
        # Words that one of them adds change a yes sooner than they change a figure.
        lexical = 0.5 * lexical + 0.5 * both / min(one, other)
    # What the sentences leave open, title, heading and the text around must settle.
    context = float(corpus.vectors[first] @ corpus.vectors[second])
    settled = min(1.0, both / 45)
    confidence = 0.45 * lexical + 0.35 * cosine + 0.2 * max(settled, context)
    if difference.figure is not None:
        confidence += 0.15 * (_close_words(a, b, difference.figure) - 0.6)
    if difference.kind == YES_OR_NO and lexical < 0.65:
        confidence -= 0.15
    if a.conditions != b.conditions:
        confidence -= 0.05
    if _qualified(a.words, b.words):
        confidence -= 0.15
    if corpus.passages[first].scope != corpus.passages[second].scope:
        confidence -= 0.05  # the narrower one may be meant as an exception
    return max(0.0, min(1.0, confidence))


def _close_words(a: Claim, b: Claim, figure: int) -> float:
    """Return the share of the words close to a figure that stand close to its counterpart, 0 to 1."""
    near = []
    for claim in (a, b):
        place = [i for i, token in enumerate(claim.tokens) if token.startswith("‹")][figure]
        close = claim.tokens[max(0, place - _CLOSE) : place + _CLOSE + 1]
        near.append(content_words(" ".join(token for token in close if not token.startswith("‹"))))
    least = min(map(len, near))
    return len(near[0] & near[1]) / least if least else 0.6


def _statement(corpus: Corpus, sentence: Claim, number: int, value: str) -> Statement:
    pages = {corpus.passages[i].document_id for i in sentence.places}
    return Statement(Place.of(corpus.passages[number]), sentence.text, value, len(pages) - 1)


def _each_once(found: Sequence[Contradiction]) -> list[Contradiction]:
    """Return the surest first, one for each two passages and values."""
    seen: set[tuple[str, ...]] = set()
    out = []
    for one in sorted(found, key=lambda one: -one.confidence):
        key = (one.first.place.passage_id, one.second.place.passage_id, one.first.value, one.second.value)
        if key not in seen:
            seen.add(key)
            out.append(one)
    return out
