"""What answers are measured by says what it should, by hand-counted examples."""

import numpy as np
import pytest

from bot.tuning.metrics import cited_right, gold_cited, rouge_l, supported, token_f1
from knowledge.documents import Passage

TERMS = Passage("p", "d", "s", "Returns", "", "Time limits", "You can return any unused item within 30 days.", 0)


def ones(texts: object) -> np.ndarray:
    return np.ones((len(texts), 1), dtype=np.float32)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "reference", "f1"),
    [
        ("The fee is $20.", "the fee is 20", 1.0),
        ("An apple, a pear", "apple pear", 1.0),
        ("two words here", "two words", 0.8),
        ("no no no", "no", 0.5),
        ("something else", "the fee", 0.0),
        ("", "the fee", 0.0),
        ("", "", 0.0),
    ],
)
def test_token_f1_counts_words_as_squad_does(given: str, reference: str, f1: float) -> None:
    assert token_f1(given, reference) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("given", "reference", "score"),
    [
        ("police killed the gunman", "police kill the gunman", 0.75),
        ("the gunman kill police", "police kill the gunman", 0.5),
        ("You pay 20 dollars.", "you pay 20 dollars", 1.0),
        ("", "you", 0.0),
    ],
)
def test_rouge_l_counts_the_longest_common_subsequence(given: str, reference: str, score: float) -> None:
    assert rouge_l(given, reference) == pytest.approx(score)


def test_a_sentence_that_no_passage_carries_lowers_groundedness() -> None:
    told = "You can return any unused item within 30 days. Shipping to the Moon costs 500 dollars."
    assert supported(told, [TERMS], "How long can I return it?", ones) == (1, 2)


def test_what_says_nothing_or_tells_where_it_holds_is_no_claim() -> None:
    told = "**For the EU:** You can return any unused item within 30 days. (This applies to Norway.) ---"
    assert supported(told, [TERMS], "How long can I return it?", ones) == (1, 1)
    german = "**EU:** You can return any unused item within 30 days. (Gilt für: Norwegen und Schweiz.) ---"
    for asked in ("Wie lange kann ich das zurückgeben?", "Mantel?"):
        assert supported(german, [TERMS], asked, ones, "de") == (1, 1)


def test_a_page_that_holds_the_answer_word_for_word_counts_as_gold() -> None:
    assert cited_right(["a", "b", "c"], {"a"}, {"b"}) == (2, 3)
    assert gold_cited(["b"], {"a"}, {"b"}) == (1, 1)
    assert gold_cited(["a", "b"], {"a", "x"}, {"b"}) == (2, 2)
    assert gold_cited(["c"], {"a", "x"}, set()) == (0, 2)
