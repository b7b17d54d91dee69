"""A condition is not left out, whatever else a sentence says."""

import pytest

from tests.grounded import told

RULES = "What are the rules?"
KEY = "Members can borrow the key until Sunday if they leave their card."
SHIFT = "You can swap shifts after the trial month if your manager agrees."
ONLY = "You can only pay in cash if the machine is out of order."
NIGHT = "Access at night is possible when you hold a key."
BIKES = "Bikes may travel where there is room."
LETTER = "You get a letter when we decide and have one month to appeal if you disagree."


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (KEY, "Members can borrow the key until Sunday."),
        (SHIFT, "You can swap shifts after the trial month."),
        (ONLY, "You can only pay in cash."),
        ("You could save £40 if you switch to paperless bills.", "You could save £40."),
        ("We open before 8 am if you book a breakfast.", "We open before 8 am."),
        ("Approved drivers pay no excess if they report damage at once.", "Approved drivers pay no excess."),
        (NIGHT, "Access at night is possible."),
        (BIKES, "Bikes may travel."),
        ("Guests may cook once the fire officer has signed.", "Guests may cook."),
    ],
)
def test_a_sentence_is_not_told_without_its_condition(text: str, claim: str) -> None:
    assert told(RULES, text, claim) is None


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (KEY, "Members can borrow the key until Sunday if they leave their card."),
        (KEY, "If they leave their card, members can borrow the key until Sunday."),
        (SHIFT, "You can swap shifts after the trial month if your manager agrees."),
        (SHIFT, "With your manager's approval you can swap shifts after the trial month."),
        (ONLY, "You can only pay in cash if the machine is out of order."),
        ("Skates are free for pupils and have to be returned when you leave.", "Skates are free for pupils."),
        ("You may be eligible for help if you were ill.", "You may be eligible for help."),
        (NIGHT, "Access at night is possible when you hold a key."),
        (BIKES, "Where there is room, bikes may travel."),
        ("You get the key once the rent is paid.", "Once the rent is paid, you get the key."),
        ("The pass is sent when your photo has been checked.", "When your photo has been checked, the pass is sent."),
        ("Entry is free once a month for families.", "Entry is free once a month for families."),
        (LETTER, "You get a letter when we decide."),
    ],
)
def test_what_is_told_with_its_condition_goes_out(text: str, claim: str) -> None:
    assert told(RULES, text, claim)
