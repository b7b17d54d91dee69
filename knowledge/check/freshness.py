"""Pages whose time is over, coming, or so long ago that somebody should read them again."""

from __future__ import annotations

from datetime import date

from knowledge.check.corpus import Corpus
from knowledge.check.report import Age, Dated, Place


def freshness(corpus: Corpus, on: date, expiring_days: int, old_days: int) -> list[Dated]:
    """Return the pages to look at on day `on`; a page without dates is none of them.

    `old_days` is how long ago the last update may be, 0 for no such limit.
    """
    found = []
    for numbers in corpus.documents.values():
        passage = corpus.passages[numbers[0]]
        begin, end, updated = passage.scope.effective_from, passage.scope.effective_until, passage.updated
        if end and end < on:
            age, day = Age.EXPIRED, end
        elif begin and begin > on:
            age, day = Age.UPCOMING, begin
        elif end and (end - on).days <= expiring_days:
            age, day = Age.EXPIRING, end
        elif updated and old_days and (on - updated).days > old_days:
            age, day = Age.OLD, updated
        else:
            continue
        found.append(Dated(age, Place.of(passage, page=True), day, (day - on).days))
    order = [Age.EXPIRING, Age.EXPIRED, Age.OLD, Age.UPCOMING]
    return sorted(found, key=lambda one: (order.index(one.age), one.day, one.place.document_id))
