"""Measures of one answer against what is known of its question.

Each gives a numerator and a denominator, so that a measure over many questions is a ratio of sums, and the same sums
serve for resampling (see `bot.tuning.bootstrap`). A denominator of 0 says that the question does not count.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Collection, Sequence

from bot.grounding import Embed, Grounding, bare_of
from bot.text.facts import telling_words
from bot.wording import LANGUAGES
from bot.wording.answers import BY_PLACE, HOLDS_FOR
from knowledge.documents import Passage
from knowledge.sentences import sentences_of

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_OURS = {
    language: re.compile(
        "|".join(
            re.escape(words.of(language).partition("{quote}")[0]).replace(re.escape(slot), "[^\n]{1,200}?")
            for words, slot in ((HOLDS_FOR, "{places}"), (BY_PLACE, "{place}"))
        )
    )
    for language in LANGUAGES
}
"""What Frontdesk adds by itself to tell where something holds, by the language that it is told in."""
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def words_of(text: str) -> list[str]:
    """Return the words as SQuAD's measure counts them: lower case, no punctuation, no articles."""
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def token_f1(given: str, reference: str) -> float:
    """Return the unigram F1 of two texts, 0 to 1 (Rajpurkar et al. 2016, SQuAD)."""
    ours, theirs = Counter(words_of(given)), Counter(words_of(reference))
    common = (ours & theirs).total()
    return 2 * common / (ours.total() + theirs.total()) if common else 0.0


def rouge_l(given: str, reference: str) -> float:
    """Return the F1 of the longest common subsequence of words, 0 to 1 (Lin 2004, ROUGE-L).

    Words are runs of letters and figures in lower case, as the usual scorer takes them; they are not stemmed.
    """
    ours, theirs = _alphanumeric(given), _alphanumeric(reference)
    common = _longest_common(ours, theirs)
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def _alphanumeric(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _longest_common(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """Return the length of the longest common subsequence; time is the product of the lengths."""
    row = [0] * (len(theirs) + 1)
    for one in ours:
        before = 0
        for at, other in enumerate(theirs, start=1):
            before, row[at] = row[at], before + 1 if one == other else max(row[at], row[at - 1])
    return row[-1]


def supported(
    text: str, passages: Sequence[Passage], question: str, embed: Embed, language: str = "en"
) -> tuple[int, int]:
    """Return how many of an answer's claims the passages carry, and how many claims there are.

    A claim is a sentence that says something; whether it is carried is decided as for answers that go out (see
    `bot.grounding`), at its least strictness: it may be in other words, and beside the question. `embed` gives
    unit vectors; `language` is that of `bot.messages.Answer`.
    """
    theirs = _OURS.get(language, _OURS["en"]).sub("", text)
    claims = [one for one in sentences_of(theirs) if telling_words(bare_of(one))]
    grounding = Grounding(passages, question, embed=embed)
    return sum(not isinstance(grounding.hold(one), str) for one in claims), len(claims)


def cited_right(cited: Collection[str], gold: Collection[str], alternates: Collection[str]) -> tuple[int, int]:
    """Return how many of the documents cited hold the answer, and how many are cited."""
    return sum(one in gold or one in alternates for one in cited), len(cited)


def gold_cited(cited: Collection[str], gold: Collection[str], alternates: Collection[str]) -> tuple[int, int]:
    """Return how many of the gold documents are cited, and how many there are; an alternate does for any of them."""
    return min(len(gold), cited_right(cited, gold, alternates)[0]), len(gold)
