"""What people ask against what the documents hold: subjects, pages nobody needs, questions nobody answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from math import ceil, log, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.check.corpus import Corpus
from knowledge.check.report import Asked, Place, Subject, UnansweredGroup
from knowledge.embedding import Vectors
from knowledge.sentences import STOP_WORDS, stem, words_of

MIN_QUESTIONS = 50
"""Fewer questions than these do not tell which pages nobody needs."""
MIN_LIKENESS = 0.55
"""Mean cosine of the questions of one group."""
_MOST_GROUPED = 4_000
"""The newest unanswered questions, as many as are grouped; the memory grows with the square."""
_SHOWN = 5
_KEYWORDS = 4
_MAX_SUBJECTS = 20
_MASKS = (
    (re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"), "[email]"),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"), "[account number]"),
    (re.compile(r"\b(?:\d[ -]?){13,19}\b"), "[card number]"),
    (re.compile(r"(?<![\w/])\+?\(?\d{1,4}\)?(?:[\s./-]?\(?\d{1,4}\)?){2,6}(?!\w)"), "[phone]"),
)

Labels = npt.NDArray[np.intp]


def masked(text: str) -> str:
    """Return a question on one line without e-mail addresses, telephone, card and account numbers."""
    text = " ".join(text.split())
    for pattern, mask in _MASKS:
        text = pattern.sub(lambda match, mask=mask: mask if _is_personal(match[0]) else match[0], text)  # type: ignore[misc]
    return text


def _is_personal(found: str) -> bool:
    """Whether digits are long enough to be somebody's, and not a date."""
    return "@" in found or (len(re.findall(r"\d", found)) >= 7 and not re.match(r"(?:19|20)\d\d-\d\d-\d\d\b", found))


def orphans(corpus: Corpus, asked: Sequence[Asked]) -> list[Place] | None:
    """Return the pages of which no question found a passage; None while there are too few questions."""
    if len(asked) < MIN_QUESTIONS:
        return None
    shown = {id.rpartition("#")[0] for question in asked for id in question.passages}
    return [
        Place.of(corpus.passages[numbers[0]], page=True)
        for id, numbers in sorted(corpus.documents.items())
        if id not in shown
    ]


def unanswered(asked: Sequence[Asked], vectors: Vectors) -> list[UnansweredGroup]:
    """Return the questions without an answer, grouped by what they are about, the newest group first.

    `vectors` are those of `asked`, shape (questions, dimension).
    """
    chosen = sorted((i for i, one in enumerate(asked) if not one.answered), key=lambda i: asked[i].when, reverse=True)
    chosen = chosen[:_MOST_GROUPED]
    if not chosen:
        return []
    labels = _grouped(vectors[chosen])
    texts = [asked[i].text for i in chosen]
    keywords = _keywords(texts, labels)
    found = []
    for label in sorted(set(labels.tolist())):
        members = [chosen[place] for place in np.flatnonzero(labels == label)]
        center = vectors[members].mean(axis=0)
        named = max(members, key=lambda i: (float(vectors[i] @ center), -len(asked[i].text)))
        # Told once, with its newest time, however often it was asked.
        lines = dict.fromkeys(masked(asked[i].text) for i in members)
        newest = {line: next(asked[i].when for i in members if masked(asked[i].text) == line) for line in lines}
        found.append(
            UnansweredGroup(
                name=masked(asked[named].text),
                keywords=keywords[label],
                count=len(members),
                first=min(asked[i].when for i in members),
                last=asked[members[0]].when,
                questions=tuple(list(newest.items())[:_SHOWN]),
                ids=tuple(asked[i].id for i in members),
            )
        )
    return sorted(found, key=lambda one: (one.last, one.count), reverse=True)


def _grouped(vectors: Vectors) -> Labels:
    from sklearn.cluster import AgglomerativeClustering  # type: ignore[import-untyped]

    if len(vectors) == 1:
        return np.zeros(1, dtype=np.intp)
    model = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=1 - MIN_LIKENESS
    )
    labels: Labels = model.fit_predict(vectors)
    return labels


def subjects(corpus: Corpus, asked: Sequence[Asked], vectors: Vectors) -> list[Subject]:
    """Return what the passages are about, the most asked first, with the questions to each.

    A question counts for the subject of the passages found for it, else for the nearest one.
    """
    if not corpus.passages:
        return []
    labels = _subject_labels(corpus.vectors)
    number_of = {passage.id: number for number, passage in enumerate(corpus.passages)}
    names = sorted(set(labels.tolist()))
    centers = np.stack([corpus.vectors[labels == label].mean(axis=0) for label in names])
    centers /= np.maximum(np.linalg.norm(centers, axis=1, keepdims=True), 1e-9)
    counted: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    for question, vector in zip(asked, vectors, strict=True):
        known = [labels[number_of[id]] for id in question.passages[:3] if id in number_of]
        subject = int(known[0]) if known else int(names[int(np.argmax(centers @ vector))])
        counted[subject] += 1
        answered[subject] += question.answered
    keywords = _keywords([f"{one.title} {one.title} {one.heading} {one.text}" for one in corpus.passages], labels)
    found, used = [], Counter[str]()
    for place, label in enumerate(names):
        members = np.flatnonzero(labels == label)
        nearest = members[np.argsort(-(corpus.vectors[members] @ centers[place]))]
        titles = Counter(corpus.passages[i].title for i in nearest)
        title = max(titles, key=lambda one: (titles[one], one == corpus.passages[nearest[0]].title))
        used[title] += 1
        # Two subjects of one long page are told apart by their words.
        name = title if used[title] == 1 else f"{title}: {', '.join(keywords[label][:2])}"
        pages = len({corpus.passages[i].document_id for i in members})
        found.append(Subject(name, keywords[label], pages, len(members), counted[label], answered[label]))
    return sorted(found, key=lambda one: (-one.questions, -one.passages, one.name))


def _subject_labels(vectors: Vectors) -> Labels:
    from sklearn.cluster import KMeans, MiniBatchKMeans

    count = min(_MAX_SUBJECTS, ceil(sqrt(len(vectors) / 3)), len(np.unique(vectors, axis=0)))
    if count < 2:
        return np.zeros(len(vectors), dtype=np.intp)
    make: Callable[..., Any] = KMeans if len(vectors) <= 5_000 else MiniBatchKMeans
    labels: Labels = make(n_clusters=count, random_state=0, n_init=3).fit_predict(vectors)
    return labels


def _keywords(texts: Sequence[str], labels: Labels) -> dict[int, tuple[str, ...]]:
    """Return for each label the words that stand often in its texts and seldom in those of others."""
    spelt: Counter[tuple[str, str]] = Counter()
    within: dict[int, Counter[str]] = {int(label): Counter() for label in labels}
    for text, label in zip(texts, labels, strict=True):
        words = {word for word in words_of(masked(text)) if word not in STOP_WORDS and 2 < len(word) < 25}
        within[int(label)].update({stem(word) for word in words})
        spelt.update((stem(word), word) for word in words)
    best: dict[str, str] = {}
    for (root, word), _ in spelt.most_common():
        best.setdefault(root, word)
    groups = Counter(word for counts in within.values() for word in counts)
    out = {}
    for label, counts in within.items():
        weighed = {word: count * log(1 + len(within) / groups[word]) for word, count in counts.items()}
        ordered = sorted(weighed, key=lambda word: (-weighed[word], word))
        out[label] = tuple(best[word] for word in ordered[:_KEYWORDS])
    return out
