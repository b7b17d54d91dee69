"""Who asks for the rule of one thing is told what the documents say of just that thing, too."""

import pytest

from bot.evidence import evidence_in
from bot.exceptions import exceptions, untold, with_exceptions
from knowledge.documents import Passage, ScoredPassage
from knowledge.retrieval import Retrieval


def found(*pages: tuple[str, str]) -> tuple[ScoredPassage, ...]:
    return tuple(
        ScoredPassage(Passage(f"{title}#0", title, "s", title, "", title, text, 0), 1.0, 0.8) for title, text in pages
    )


RULES = found(
    ("Returns", "You can return an item within 30 days. Engraved kettles are not."),
    ("Shipping", "We deliver to Norway."),
)
OTHERS = found(
    (
        "Hygiene",
        "Underwear and swimwear are excluded from the right of withdrawal. Mattresses are taken back for a year.",
    ),
    ("Goods", "Wine leaves our warehouse for domestic addresses only. Batteries never go abroad. Wine is stored cold."),
    ("Kettles", "The kettle has 800 W. Do not put the kettle in water. Which kettle can be returned?"),
    ("Damage", "Glass jugs broken in transit are replaced at once."),
)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Can I return my underwear?", ["Underwear and swimwear are excluded from the right of withdrawal."]),
        ("can I return a mattress?", ["Mattresses are taken back for a year."]),
        ("do you deliver wine to Norway?", ["Wine leaves our warehouse for domestic addresses only."]),
        ("Do you ship batteries to Norway?", ["Batteries never go abroad."]),
        ("Can I return my kettle?", ["Engraved kettles are not."]),
        ("My glass jug arrived broken", ["Glass jugs broken in transit are replaced at once."]),
        ("Can I return something?", []),
        ("Can I return my order?", []),
        ("How is wine stored?", []),
        ("Do you ship kettles to Norway?", []),
    ],
)
def test_what_is_told_of_the_thing_and_of_what_is_asked_is_an_exception(question: str, told: list[str]) -> None:
    sentences = [one for each in (*RULES, *OTHERS) for one in evidence_in(each.passage)]
    assert [one.text for one in exceptions(question, sentences)] == told


def test_what_holds_an_exception_stands_behind_the_best_of_what_was_found_in_general() -> None:
    general = Retrieval(RULES, 1, 0.9, 0.0)
    more = with_exceptions(general, Retrieval((*OTHERS, *RULES), 1, 0.3, 0.0), "do you deliver wine to Norway?")
    assert [one.passage.title for one in more.passages] == ["Returns", "Goods", "Shipping"]
    assert more.confidence == 0.9
    assert with_exceptions(general, Retrieval(OTHERS, 1, 0.3, 0.0), "Do you deliver to Norway?") == general


def test_an_exception_is_told_once_and_only_a_few_short_ones() -> None:
    wine = "Wine leaves our warehouse for domestic addresses only."
    (one,) = untold("do you deliver wine to Norway?", "We deliver to Norway. [1]", OTHERS)
    assert one.text == wine
    assert untold("do you deliver wine to Norway?", f"We deliver to Norway. [1] {wine} [2]", OTHERS) == []
    few = found(*((f"Page {n}", f"Wine from {where} is not shipped.") for n, where in enumerate(("Ulm", "Rom", "Ys"))))
    assert len(untold("do you ship wine to Norway?", "", few)) == 2
    tale = "grown on the slopes that look down on the old harbour and the rivers which feed it all the year round"
    far = found(
        ("Long", f"Wine that is {tale}, however little of it there may be in the bottle, is not shipped."),
        ("Longer", f"Wine that was {tale}, whoever bottled it and wherever it was kept, is not shipped."),
    )
    assert len(untold("do you ship wine to Norway?", "", far)) == 1
