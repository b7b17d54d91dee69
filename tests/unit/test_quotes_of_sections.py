"""What one of several branches says goes out with its name, where the question does not say which is meant."""

import pytest

from bot.grounding import Grounding
from bot.quoting.evidence import evidence_in
from knowledge.documents import Passage


def section(heading: str, text: str) -> Passage:
    return Passage(f"b#{heading}", "b", "s", "Our shops", "", heading, text, 0)


NORTH = section(
    "North Street",
    "Opening hours: Monday to Friday 7 am to 5 pm. Bikes may be left in the yard. The North Street shop sells tyres.",
)
SOUTH = section(
    "South Gate", "Opening hours: Monday to Friday 8 am to 6 pm. Skis are kept here.\n\nBoth shops close at Easter."
)
REPAIRS = section("Repairs", "We repair bikes within a week.")
ORDERS = section("Orders", "We send orders within a day.")


@pytest.mark.parametrize(
    ("question", "place", "told"),
    [
        ("When are you open?", 0, "North Street: Opening hours: Monday to Friday 7 am to 5 pm. [1]"),
        ("Where can I leave my bike?", 1, "North Street: Bikes may be left in the yard. [1]"),
        ("Can I leave my bike at North Street?", 1, "Bikes may be left in the yard. [1]"),
        ("Do you sell tyres?", 2, "The North Street shop sells tyres. [1]"),
    ],
)
def test_a_quote_of_one_of_several_branches_names_it(question: str, place: int, told: str) -> None:
    assert Grounding([NORTH, SOUTH], question).quote([evidence_in(NORTH)[place]]) == told


def test_a_quote_of_a_paragraph_that_is_no_branchs_own_stands_alone() -> None:
    told = Grounding([NORTH, SOUTH], "What about Easter?").quote(evidence_in(SOUTH)[2:])
    assert told == "Both shops close at Easter. [1]"


def test_a_quote_of_a_section_that_is_the_only_one_of_its_kind_stands_alone() -> None:
    for beside in (ORDERS, NORTH):
        grounding = Grounding([REPAIRS, beside], "How long does it take?")
        assert grounding.quote(evidence_in(REPAIRS)) == "We repair bikes within a week. [1]"
    other_page = Passage("c#0", "c", "s", "Yard", "", "Yard", "Opening hours: daily 9 am to 5 pm.", 0)
    told = Grounding([NORTH, other_page], "When are you open?").quote(evidence_in(NORTH)[:1])
    assert told == "Opening hours: Monday to Friday 7 am to 5 pm. [1]"
