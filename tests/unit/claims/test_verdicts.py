"""What is allowed and what is forbidden of each thing in a list, whatever another clause says of something else."""

import pytest

from bot.claims.verdicts import same_verdict
from tests.grounded import told

PAGES = [
    (
        "Candles, hot plates and pets are forbidden, but fish in a tank are allowed.",
        ["Candles are not allowed.", "Pets aren't allowed.", "Candles are forbidden.", "Fish in a tank are allowed."],
        ["Candles are allowed.", "Hot plates are allowed.", "Pets are allowed.", "Fish in a tank are forbidden."],
    ),
    (
        "Cash, cheques and vouchers are refused, but cards are accepted.",
        ["Cash is not accepted.", "Cards are accepted."],
        ["Cash is accepted.", "Cheques are accepted.", "Cards are refused.", "Cards are not accepted."],
    ),
    (
        "Cats and dogs are not allowed, but guide dogs are welcome.",
        ["Guide dogs are welcome.", "Dogs are not allowed."],
        ["Dogs are welcome.", "Dogs are allowed.", "Guide dogs are not allowed."],
    ),
    (
        "Glass bottles are prohibited, but cans are permitted.",
        ["Glass bottles are not permitted.", "Cans are permitted."],
        ["Glass bottles are permitted.", "Cans are prohibited."],
    ),
    (
        "Neither food nor drinks are allowed in the hall, while water is allowed.",
        ["Food is not allowed in the hall.", "Drinks are not allowed in the hall.", "Water is allowed."],
        ["Food is allowed in the hall.", "Drinks are allowed."],
    ),
    (
        "Breakfast and parking are included, but dinner is excluded.",
        ["Breakfast is included.", "Dinner is not included."],
        ["Dinner is included.", "Breakfast is excluded.", "Parking is not included."],
    ),
    (
        "Dogs are allowed in the garden. Cats are forbidden in the garden.",
        ["Dogs are allowed in the garden.", "Cats are not allowed in the garden."],
        ["Cats are allowed in the garden.", "Dogs are forbidden in the garden."],
    ),
    (
        "Pets are not permitted; fish in a tank are tolerated.",
        ["Pets are not permitted, but fish in a tank are tolerated."],
        ["Pets are not permitted; fish in a tank are not tolerated."],
    ),
    (
        "Refunds are possible for 30 days; sale items cannot be returned.",
        ["Refunds are possible for 30 days, but sale items cannot be returned."],
        ["Refunds are possible for 30 days, and sale items can be returned."],
    ),
    (
        "Dogs are welcome; children under 12 pay half and may not swim alone.",
        ["Dogs are welcome, and children under 12 pay half."],
        [
            "Dogs are welcome; children under 12 do not pay half.",
            "Dogs are welcome, and children under 12 may swim alone.",
        ],
    ),
    (
        "Smoking is not allowed in the house. Guests can use the pool until 10 pm.",
        ["Smoking is not allowed in the house, and guests can use the pool until 10 pm."],
        ["Smoking is not allowed in the house, and guests cannot use the pool."],
    ),
    (
        "Bikes are allowed on trains. They must be booked, and a ticket is needed.",
        ["Bikes are allowed on trains, and a ticket is needed.", "Bikes are allowed on trains and must be booked."],
        [
            "Bikes are allowed on trains and need not be booked.",
            "Bikes are allowed on trains, and no ticket is needed.",
        ],
    ),
    (
        "Cards are accepted, and cash is not accepted.",
        ["Cards are accepted, but cash is not accepted."],
        ["Cards are accepted, and cash is accepted.", "Cheques are accepted, and cash is accepted."],
    ),
]
QUESTION = "What are the rules of the house?"


@pytest.mark.parametrize(("page", "claim"), [(page, claim) for page, true, _ in PAGES for claim in true])
def test_what_is_said_of_a_thing_in_a_list_goes_out(page: str, claim: str) -> None:
    assert told(QUESTION, page, claim) == f"{claim} [1]"


@pytest.mark.parametrize(("page", "claim"), [(page, claim) for page, _, false in PAGES for claim in false])
def test_the_opposite_of_what_is_said_of_a_thing_in_a_list_does_not_go_out(page: str, claim: str) -> None:
    assert told(QUESTION, page, claim) is None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Dogs are allowed in the bar.", "Dogs are forbidden in the house."),  # elsewhere
        ("Fish are allowed.", "Fish in a tank are forbidden."),  # another sort of it
        ("Dogs are allowed.", "Dogs are forbidden unless they are on a lead."),
        ("Dogs are allowed.", "Dogs are allowed in the garden, but dogs are forbidden in the house."),
        ("Dogs are welcome in rooms.", "Dogs are welcome in garden rooms."),
        ("Dogs bark.", "Dogs are forbidden."),
    ],
)
def test_what_is_said_of_something_else_or_in_a_case_is_no_verdict(claim: str, evidence: str) -> None:
    assert same_verdict(claim, evidence) is None
