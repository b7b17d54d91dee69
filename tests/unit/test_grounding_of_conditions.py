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


DONORS = "You can donate blood if you sleep well and eat breakfast."
SOFAS = "We collect sofas that are clean and have a label."


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (DONORS, "You can donate blood if you sleep well."),
        (DONORS, "You can donate blood if you eat breakfast."),
        ("You qualify if you earn little and rent your home.", "You qualify if you earn little."),
        (SOFAS, "We collect sofas that are clean."),
        (SOFAS, "We collect sofas that have a label."),
        (
            "Vans that are over ten years old and have no filter may not enter.",
            "Vans that have no filter may not enter.",
        ),
        (
            "Retakes are offered if the score is between 40 and 49 and the essay was handed in.",
            "Retakes are offered if the score is between 40 and 49.",
        ),
        ("We give grants to families who have lived here for a year.", "We give grants to families."),
        ("Free passes go to pupils who live outside the town.", "Free passes go to pupils."),
    ],
)
def test_one_condition_of_two_is_not_told_alone(text: str, claim: str) -> None:
    assert told(RULES, text, claim) is None


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (DONORS, "You can donate blood if you sleep well and eat breakfast."),
        (SOFAS, "We collect sofas that are clean and have a label."),
        ("You are fined if you park badly and towed after an hour.", "You are fined if you park badly."),
        ("Call us if you break down and wait in the car.", "Call us if you break down."),
        ("We have a gym that is free and is open daily.", "We have a gym that is free."),
        ("Guests who come late ring the bell and wait.", "Guests who come late ring the bell."),
        (
            "Retakes are offered if the score is between 40 and 49.",
            "If the score is between 40 and 49, retakes are offered.",
        ),
        (
            "We give grants to families who have lived here for a year.",
            "Families who have lived here a year get grants.",
        ),
        ("We have a nurse who speaks Polish.", "We have a nurse."),
        ("If you book a tour and pay online, you get a map.", "You get a map if you book a tour and pay online."),
    ],
)
def test_both_conditions_or_what_follows_go_out(text: str, claim: str) -> None:
    assert told(RULES, text, claim)
