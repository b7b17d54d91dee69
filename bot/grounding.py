"""Nothing goes out that the passages don't carry: each sentence is held against them and cited.

A sentence is supported by the passage that holds all its figures (numbers, dates, amounts, addresses)
and most of its content words. Citations come from this alignment, never from the model's own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.messages import Citation
from knowledge.documents import Passage
from knowledge.sentences import NUMBER_WORDS, content_words, sentences_of, tables_told, unmarked, words_of

MIN_SUPPORT = 0.75
"""Share of the content words a sentence adds to the question that its passage must hold."""
QUOTED_PASSAGES = 2
QUOTED_CHARS = 600

_OWN_MARKS = re.compile(r"\s*(?:\[\d+\](?:\s*,\s*)?)+|\s*\((?:[Pp]assage|[Ss]ource)s? \d+\)")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+")
_FIGURE = re.compile(r"[$€£]?\d(?:[\d.,:/-]*\d)?%?")


def figures(text: str) -> frozenset[str]:
    """Return what must not be wrong: numbers with their sign or unit, dates, addresses; number words as digits."""
    found = {match[0].rstrip(".,;:!?)\"'>").lower() for match in _ADDRESS.finditer(text)}
    rest = _ADDRESS.sub(" ", text)
    found |= {_plain(match[0]) for match in _FIGURE.finditer(rest)}
    found |= {str(NUMBER_WORDS[word]) for word in words_of(rest) if word in NUMBER_WORDS}
    return frozenset(found - {"1", "0"})  # "one", "1" are articles and list marks more often than figures


def _plain(figure: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", figure).removesuffix(".00")


@dataclass(frozen=True, slots=True)
class _Held:
    """A passage with what a sentence is compared to."""

    passage: Passage
    words: frozenset[str]
    place: frozenset[str]
    """Words of title and heading."""
    figures: frozenset[str]


@dataclass(slots=True)
class Grounding:
    """Holds the sentences of one answer against its passages and collects the citations."""

    passages: Sequence[Passage]
    question: str
    citations: list[Citation] = field(default_factory=list)
    removed: list[dict[str, str]] = field(default_factory=list)
    """For the trace: each sentence that did not go out, with the reason."""
    _held: list[_Held] = field(default_factory=list)
    _said: set[str] = field(default_factory=set)
    _asked: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._asked = content_words(self.question)
        for passage in self.passages:
            place = f"{passage.title}\n{passage.heading}"
            found = figures(f"{place}\n{passage.text}")
            self._held.append(_Held(passage, content_words(passage.text), content_words(place), found))

    def check(self, sentence: str) -> str | None:
        """Return the sentence with its citation mark, or None if it must not go out (the reason is kept)."""
        bare = _OWN_MARKS.sub("", sentence).rstrip()
        if not (words := content_words(bare)):
            return self._remove(sentence, "says nothing")
        if (plain := bare.strip().lower()) in self._said:
            return self._remove(sentence, "said already")
        needed = figures(bare)
        able = [held for held in self._held if needed <= held.figures]
        if not able:
            return self._remove(sentence, f"no passage holds {', '.join(sorted(needed))}")
        best = max(able, key=lambda held: len(words & held.words))
        # What the question and the page's title say may be repeated; what a sentence adds has to be in the text.
        added = words - self._asked - best.place
        if not added and not needed:
            return self._remove(sentence, "only repeats the question")
        if added and len(added & best.words) / len(added) < MIN_SUPPORT:
            return self._remove(sentence, "no passage carries it")
        self._said.add(plain)
        return f"{bare} [{self._cite(best.passage, _closest_sentence(words, best.passage.text))}]"

    def quotable(self, among: Sequence[Passage] | None = None) -> list[tuple[str, Passage]]:
        """Return the sentences of the best passages that could be quoted as they stand, each with its passage.

        With `among`, of the best of these.
        """
        return [
            (bare, passage)
            for passage in (self.passages if among is None else among)[:QUOTED_PASSAGES]
            for sentence in sentences_of(tables_told(passage.text))
            if content_words(bare := unmarked(sentence)) and len(bare) <= QUOTED_CHARS
        ]

    def quote(self, sentence: str, passage: Passage) -> str:
        """Return a passage's own sentence, cited."""
        return f"{sentence} [{self._cite(passage, sentence)}]"

    def _remove(self, sentence: str, reason: str) -> str | None:
        self.removed.append({"sentence": sentence.strip(), "reason": reason})
        return None

    def _cite(self, passage: Passage, quote: str) -> int:
        """Return the number of the citation for this page and section, made if it is new."""
        for citation in self.citations:
            if (citation.document_id, citation.heading) == (passage.document_id, passage.heading):
                return citation.n
        number = len(self.citations) + 1
        self.citations.append(Citation(number, passage.document_id, passage.title, passage.url, passage.heading, quote))
        return number


def _closest_sentence(words: frozenset[str], text: str) -> str:
    return max(sentences_of(text), key=lambda one: len(words & content_words(one)), default=text)
