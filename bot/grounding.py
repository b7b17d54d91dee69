"""Nothing goes out that the passages don't carry: each sentence is held against them and cited.

A sentence is supported by the passage that holds all its figures (numbers, dates, amounts, addresses)
and most of its content words. Citations come from this alignment, never from the model's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.messages import Citation
from knowledge.documents import Passage

MIN_SUPPORT = 0.75
"""Share of the content words a sentence adds to the question that its passage must hold."""
QUOTED_PASSAGES = 2
QUOTED_CHARS = 600

# A sentence ends at . ! ? (and closing quotes) before white space and no lower-case letter, or at a line's end.
_END = re.compile(
    r"(?<!\b[A-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\betc)(?<!\bNo)(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bvs)"
    r"[.!?]+[\"')\]”’]*(?=\s+(?![a-z]))|\n+"
)
_OWN_MARKS = re.compile(r"\s*(?:\[\d+\](?:\s*,\s*)?)+|\s*\((?:[Pp]assage|[Ss]ource)s? \d+\)")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+")
_FIGURE = re.compile(r"[$€£]?\d(?:[\d.,:/-]*\d)?%?")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90"}
_STOP_WORDS = frozenset(
    "a about after all also am an and any are as at be because been before being but by can could did do does done for "
    "from get had has have he her here him his how i if in into is it its just may me might more most must my no not "
    "of on only or other our out over own please shall she should so some such than that the their them then there "
    "these they this those through to too under up us very was we were what when where which while who whom why will "
    "with within would yes you your yours".split()
)
_ENDINGS = "ations ation ments ment ings ing ies ied ers er es ed s e y".split()


@dataclass(slots=True)
class Sentences:
    """Cuts a stream of text into sentences as they become whole."""

    _rest: str = ""

    def feed(self, text: str) -> Iterator[str]:
        """Take the next piece of the stream; yield the sentences it completes, with their white space before them."""
        self._rest += text
        while match := _END.search(self._rest):
            sentence, self._rest = self._rest[: match.end()], self._rest[match.end() :]
            if sentence.strip():
                yield sentence

    def close(self) -> Iterator[str]:
        """Yield what is left at the end of the stream."""
        rest, self._rest = self._rest, ""
        if rest.strip():
            yield rest


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a whole text, stripped."""
    cutter = Sentences()
    return [one.strip() for one in (*cutter.feed(text), *cutter.close())]


def content_words(text: str) -> frozenset[str]:
    """Return the words of `text` that carry meaning, lower case, roughly stemmed."""
    return frozenset(_stem(word) for match in _WORD.finditer(text) if (word := match[0].lower()) not in _STOP_WORDS)


def figures(text: str) -> frozenset[str]:
    """Return what must not be wrong: numbers with their sign or unit, dates, addresses; number words as digits."""
    found = {match[0].rstrip(".,;:!?)\"'>").lower() for match in _ADDRESS.finditer(text)}
    rest = _ADDRESS.sub(" ", text)
    found |= {_plain(match[0]) for match in _FIGURE.finditer(rest)}
    found |= {_NUMBER_WORDS[word] for match in _WORD.finditer(rest) if (word := match[0].lower()) in _NUMBER_WORDS}
    return frozenset(found - {"1", "0"})  # "one", "1" are articles and list marks more often than figures


def _plain(figure: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", figure).removesuffix(".00")


def _stem(word: str) -> str:
    """Cut the commonest English endings; rough on purpose, the same on both sides of a comparison."""
    word = word.replace("’", "'").removesuffix("'s")
    for ending in (
        "ations",
        "ation",
        "ments",
        "ment",
        "ings",
        "ing",
        "ies",
        "ied",
        "ers",
        "er",
        "es",
        "ed",
        "s",
        "e",
        "y",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


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

    def quotable(self) -> list[tuple[str, Passage]]:
        """Return the sentences of the best passages that could be quoted as they stand, each with its passage."""
        return [
            (bare, passage)
            for passage in self.passages[:QUOTED_PASSAGES]
            for sentence in sentences_of(_tables_told(passage.text))
            if content_words(bare := _unmarked(sentence)) and len(bare) <= QUOTED_CHARS
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


def _tables_told(text: str) -> str:
    """Return Markdown with each table row told as `Leeds: Street: 27 Albion Court; Sunday: 11:00–17:00`."""
    lines: list[str] = []
    header: list[str] | None = None
    for line in text.split("\n"):
        if not line.lstrip().startswith("|"):
            header = None
            lines.append(line)
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if header is None:
            header = cells
        elif not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            told = [
                f"{name}: {cell}" if name else cell for name, cell in zip(header[1:], cells[1:], strict=False) if cell
            ]
            lines.append(f"{cells[0]}: {'; '.join(told)}" if told else cells[0])
    return "\n".join(lines)


def _unmarked(sentence: str) -> str:
    """Return a sentence of a document without the list or heading mark before it."""
    return re.sub(r"^\s*(?:[-*+>]|#{1,6}|\d+[.)])\s+", "", sentence)
