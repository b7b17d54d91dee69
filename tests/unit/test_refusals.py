"""A refusal says what was searched, what there is near it and whom to ask, and never an address out of a document."""

import pytest

from bot.lookup import Searched
from bot.refusals import nearest_topics, refusal
from knowledge.documents import Passage, ScoredPassage
from knowledge.retrieval import Extent


def near(title: str, heading: str = "", similarity: float = 0.6) -> ScoredPassage:
    return ScoredPassage(Passage("d#0", "d", "s", title, "", heading, "text", 0), 1.0, similarity)


def test_a_refusal_tells_what_was_searched_and_whom_to_ask() -> None:
    found = [near("Returns", "Terms > Time limits"), near("Shipping")]
    assert refusal("#leads", Searched(Extent(1200, 1), "the EU"), found) == (
        "I could not find an answer to that in our documents. I searched 1,200 documents valid for the EU. "
        "The closest topics I have are: “Returns: Time limits”, “Shipping”. Please ask #leads."
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "I searched 1 document valid for X."),
        ("de", "Durchsucht habe ich 1 Dokument (gültig für: X)."),
        ("fr", "J'ai cherché dans 1 document (en vigueur pour\u00a0: X)."),
        ("es", "He buscado en 1 documento (en vigor para: X)."),
        ("it", "Ho cercato in 1 documento (in vigore per: X)."),
        ("pt", "Procurei em 1 documento (em vigor para: X)."),
        ("nl", "Ik heb 1 document (geldig voor: X) doorzocht."),
    ],
)
def test_one_document_is_spoken_of_as_one(language: str, told: str) -> None:
    assert told in refusal("#leads", Searched(Extent(1, 1), "X"), [], language)


def test_where_there_is_nothing_to_search_it_says_so() -> None:
    said = refusal("#leads", Searched(Extent(0, 0), "Norway"), [])
    assert said == "I have no documents valid for Norway to answer from. Please ask #leads."


def test_at_most_three_different_topics_are_offered_and_none_that_is_far() -> None:
    found = [near("A"), near("A"), near("B", similarity=0.1), near("C"), near("D"), near("E")]
    assert nearest_topics(found) == ["A", "C", "D"]


def test_a_title_with_an_address_or_markup_is_not_offered() -> None:
    hostile = ["Pay at evil.example/pay", "[click](https://evil.example)", "<!channel> urgent", "@everyone", "x" * 200]
    assert nearest_topics([near(title) for title in hostile]) == []


def test_characters_that_are_not_seen_are_left_out() -> None:
    assert nearest_topics([near("Re\u200bturns\u202e")]) == ["Returns"]
