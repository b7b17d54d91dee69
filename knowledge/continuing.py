"""Whether a question goes on with what was said before it, or begins another subject.

The answer before leads to the page that a conversation is about, which is where a question that goes on is answered:
searched with it, the page is among five for 95 % of Doc2Dial's dev questions within a conversation, and for 89 %
without. A question on another subject it leads astray: of those that begin a conversation, put behind another one, 68 %
instead of 90 % find theirs. Told apart as here it is 94 and 86 %.

The weights were learned by logistic regression on 400 of Doc2Dial's training questions within a conversation and on 226
that begin one, put behind another; the threshold was chosen on its dev questions, among which those within a
conversation count more, as most go on. `tests/bench/continuing.py` repeats both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from knowledge.sentences import content_words

WEIGHTS = {
    "bias": -1.07,
    "alone": -1.25,  # log odds of an answer, searched for the question alone, less those of all that was said
    "words": -0.63,  # words of the question that carry meaning, in _MANY
    "refers": 0.68,  # whether it says "it", "that", "another": what that is was said before
    "begins": 2.51,  # whether it begins with "and", "so", "what about"
    "shared": 5.62,  # share of its words that stand in an earlier turn
}
LEAST = -0.5
"""Log odds from which a question is taken to go on."""
_MANY = 8
_CERTAIN = 1e-4
_REFERS = re.compile(
    r"\b(?:its?|that|this|those|these|they|them|there|he|she|him|her|his|ones?|else|then|so|same|(?:an)?others?|more|such|"
    r"either|both|too|also|instead|any)\b",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"(?:and|or|but|so|then|ok|okay|yes|no|what about|how about|what if|why|also|thanks)\b", re.IGNORECASE
)


def goes_on(question: str, earlier: Sequence[str], alone: float, together: float) -> bool:
    """Return whether a question goes on with the turns before it.

    `alone` and `together` are how likely, 0 to 1, an answer is among what is found for the question alone, and for it
    with all that was said.
    """
    weighed = zip(WEIGHTS.values(), signs(question, earlier, alone, together), strict=True)
    return sum(weight * sign for weight, sign in weighed) >= LEAST


def signs(question: str, earlier: Sequence[str], alone: float, together: float) -> tuple[float, ...]:
    """Return what tells whether a question goes on, in the order of `WEIGHTS`."""
    words = content_words(question)
    shared = words & content_words(" ".join(earlier))
    return (
        1.0,
        _log_odds(alone) - _log_odds(together),
        min(len(words), _MANY) / _MANY,
        float(_REFERS.search(question) is not None),
        float(_BEGINS.match(question.strip()) is not None),
        len(shared) / max(1, len(words)),
    )


def _log_odds(likely: float) -> float:
    sure = min(max(likely, _CERTAIN), 1 - _CERTAIN)
    return math.log(sure / (1 - sure))
