"""What somebody who knows nothing of the documents yet could ask."""

from bot.suggestions import MAX_CHARS, suggestions
from knowledge.documents import Passage, Scope


def _passage(id: str, title: str, heading: str, language: str = "") -> Passage:
    scope = Scope(language=(language,) if language else ())
    return Passage(f"{id}#1", id, "policies", title, "", heading, "Text.", 0, scope)


PAGES = [
    _passage("returns.md", "Returns", "Returns > How to send your order back", "en"),
    _passage("returns.md", "Returns", "Returns > Exchanges", "en"),
    _passage("faq.md", "Questions", "Questions > Where is my parcel?", "en"),
    _passage("faq.md", "Questions", "Questions > Can I pay later?", "en"),
    _passage("garantie.md", "Garantie", "Garantie > Dauer", "de"),
]


def test_headings_that_are_questions_come_first_and_every_page_before_any_twice() -> None:
    made = suggestions(PAGES, 3)
    assert made[0] in {"Where is my parcel?", "Can I pay later?"}
    assert made[1:] == ["How do I send my order back?", "Was muss ich über „Garantie“ wissen?"]


def test_a_page_is_asked_about_twice_where_there_are_no_others() -> None:
    assert set(suggestions(PAGES[2:4], 4)) == {
        "Where is my parcel?",
        "Can I pay later?",
        "What should I know about “Questions”?",
    }


def test_the_same_seed_gives_the_same_questions_and_none_comes_twice() -> None:
    assert suggestions(PAGES, 4, "a") == suggestions(PAGES, 4, "a")
    twice = [_passage("a.md", "Returns", ""), _passage("b.md", "returns", "")]
    assert len(suggestions(twice, 4)) == 1


def test_marks_and_headings_too_long_for_a_button_are_left_out() -> None:
    assert suggestions([_passage("a.md", "**Returns** `x` <b>", "")], 1) == ["What should I know about “Returns x b”?"]
    assert suggestions([_passage("a.md", "", "Is " + "x" * MAX_CHARS + " it?")], 1) == []
    assert suggestions([], 4) == []
