"""What makes a score, on candidates made by hand."""

import numpy as np

from knowledge.documents import Passage, ScoredPassage
from knowledge.index import Candidate
from knowledge.retrieval import Fusion, _held, _scored, _whole


def candidate(number: int, *vector: float) -> Candidate:
    unit = np.array(vector, dtype=np.float32) / np.linalg.norm(vector)
    return Candidate(number, bytes([number]), unit, b"", 0.0)


def test_of_two_that_fit_alike_the_one_like_the_best_gains() -> None:
    asked = np.array([[1.0, 0.0, 0.0]], dtype=np.float32)
    found = [candidate(0, 1, 0.2, 0), candidate(1, 1, -1, 0), candidate(2, 1, 1, 0)]
    held = _held(found, [np.zeros((0, 3), dtype=np.float32)])
    _, apart, alike = _scored(found, asked, held, Fusion())[0]
    assert alike > apart
    _, apart, alike = _scored(found, asked, held, Fusion(feedback=0))[0]
    assert alike == apart


def ranked(*places: tuple[str, str, int]) -> list[ScoredPassage]:
    """Passages by (document, heading, position), the best first, each with its position as text."""
    return [
        ScoredPassage(Passage(f"{id}#{at}", id, "s", id, "", heading, f"Text {at}.", at), 9.0 - n, 0.5)
        for n, (id, heading, at) in enumerate(places)
    ]


def test_neighbours_of_one_section_are_one_result_in_the_place_of_the_better() -> None:
    found = _whole(ranked(("a", "H", 4), ("b", "", 0), ("a", "H", 3), ("c", "", 0), ("d", "", 0)), 3)
    assert [one.passage.id for one in found] == ["a#4", "b#0", "c#0"]
    assert (found[0].passage.text, found[0].score) == ("Text 3.\n\nText 4.", 9.0)


def test_what_is_no_neighbour_in_the_section_stays_a_result_of_its_own() -> None:
    places = [("a", "H", 4), ("a", "I", 5), ("a", "H", 2), ("b", "H", 3)]
    assert [one.passage.id for one in _whole(ranked(*places), 4)] == ["a#4", "a#5", "a#2", "b#3"]


def test_a_long_section_is_not_one_result() -> None:
    found = _whole(ranked(("a", "H", 0), ("a", "H", 1), ("a", "H", 2)), 2)
    assert [one.passage.text for one in found] == ["Text 0.\n\nText 1.", "Text 2."]
