"""What a passage holds as evidence: whole lines of hours and prices, but nothing that only repeats itself."""

import pytest

from bot.grounding import Grounding
from bot.quoting.evidence import evidence_in, stuck
from knowledge.documents import Passage

LINES = [
    "Opening hours: Monday to Friday 7 am to 5:30 pm, Saturday 8 am to 4 pm, Sunday 9 am to 1 pm.",
    "Monday 9 am to 5 pm, Tuesday 9 am to 5 pm, Wednesday 9 am to 5 pm, Thursday 9 am to 5 pm, Friday 9 am to 5 pm.",
    "Monday 9 a.m. to 12 noon and 2 p.m. to 6 p.m., Tuesday 9 a.m. to 12 noon and 2 p.m. to 6 p.m., "
    "Thursday 9 a.m. to 12 noon and 2 p.m. to 6 p.m.",
    "Up to 2 kg costs £4, up to 5 kg costs £6, up to 10 kg costs £9.",
    "Small parcels cost £4 per parcel, medium parcels cost £7 per parcel, large parcels cost £11 per parcel.",
    "Adults pay €5 per day and night, children pay €3 per day and night, dogs pay €1 per day and night.",
    "Guests must be 6 for the pool, guests must be 12 for the gym, guests must be 16 for the sauna.",
    "Bring your licence if you hire a van, your card if you hire a drill, and a deposit if you hire a crane.",
    "Level 1, level 2, level 3.",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_tells_several_things_alike_is_quotable(line: str) -> None:
    passage = Passage("h#0", "h", "s", "Help", "", "", line, 0)
    assert [one.text for one in evidence_in(passage) if one.quotable] == [line]
    assert Grounding([passage], "What does the page say?").check(line) == f"{line} [1]"


def test_a_row_of_which_several_cells_say_the_same_is_quotable() -> None:
    table = "| Branch | Monday | Tuesday | Wednesday |\n|---|---|---|---|\n"
    table += "| Mill Lane | 9 am to 5 pm | 9 am to 5 pm | 9 am to 5 pm |"
    (row,) = evidence_in(Passage("h#0", "h", "s", "Hours", "", "", table, 0))
    assert row.quotable


@pytest.mark.parametrize(
    "text",
    [
        "refunds refunds refunds refunds refunds refunds refunds refunds",
        "We keep the parcel the parcel the parcel the parcel for you at the counter of the shop in town.",
        "Refunds take 5 days, refunds take 5 days, refunds take 5 days.",
        "Open from 9 am to 5 pm to 5 pm to 5 pm to 5 pm.",
        "You will get a full refund if you will get a full refund, so you will get a full refund.",
        "The label is printed and the label is printed, and the label is printed or the label is printed.",
        "It costs £4, £4, £4, £4, £4, £4.",
        "Pay now now now now now now at the desk of the bank in the town hall.",
        "Yes yes yes",
    ],
)
def test_what_repeats_itself_is_stuck(text: str) -> None:
    assert stuck(text)
