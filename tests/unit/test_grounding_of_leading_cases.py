"""What a page says of one case that leads to it does not go out as said of another that leads to something else."""

import pytest

from bot.claims.cases import led_by_another_case
from tests.grounded import told

EMERGENCIES = (
    "In an emergency outside opening hours, call 0800 555 019; during opening hours, call the reception. The reception "
    "is on the ground floor."
)
LETTERS = "At weekends, write to night@x.org; during the week, write to desk@x.org."
FIRE = "In case of fire leave the building; in case of flood go upstairs."
CONTACTS = "For refunds, write to pay@x.org; for repairs, call 0800 555 019; for anything else, use the contact form."
CARDS = "For a lost card, call the bank at once. For a stolen card, call the police too."
TICKETS = "With a valid ticket, you can park in the yard; without one, park in the street."
TOUR = "Before the tour, leave your bags at the desk; after the tour, return the headset."
HELP = "For help, visit our help page. For orders from Norway, contact our team in Oslo."


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (EMERGENCIES, "During opening hours, call 0800 555 019."),
        (EMERGENCIES, "Call 0800 555 019 during opening hours."),
        (EMERGENCIES, "In an emergency outside opening hours, call the reception."),
        (EMERGENCIES, "Outside opening hours, call the reception."),
        (LETTERS, "At weekends, write to desk@x.org."),
        (LETTERS, "During the week, write to night@x.org."),
        (FIRE, "In case of fire go upstairs."),
        (FIRE, "In case of flood, leave the building."),
        (CONTACTS, "For refunds, call 0800 555 019."),
        (CONTACTS, "For refunds, use the contact form."),
        (CONTACTS, "Use the contact form for repairs."),
        (CONTACTS, "For anything else, write to pay@x.org."),
        (CONTACTS, "For refunds, write to pay@x.org; for repairs, use the contact form."),
        (CARDS, "For a lost card, call the police."),
        (TICKETS, "With a valid ticket, park in the street."),
        (TOUR, "After the tour, leave your bags at the desk."),
    ],
)
def test_what_leads_to_something_else_does_not_go_out(text: str, claim: str) -> None:
    assert led_by_another_case(claim, text.split(". "))
    assert told("What are the rules?", text, claim) is None


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (EMERGENCIES, "In an emergency outside opening hours, call 0800 555 019."),
        (EMERGENCIES, "Call the reception during opening hours."),
        (EMERGENCIES, "In an emergency during opening hours, call the reception."),
        (LETTERS, "At weekends, write to night@x.org."),
        (FIRE, "In case of flood, go upstairs."),
        (CONTACTS, "For anything else, use the contact form."),
        (CONTACTS, "Call 0800 555 019 for repairs."),
        (CARDS, "For a stolen card, call the police."),
        (TICKETS, "With a valid ticket, you can park in the yard."),
        (TOUR, "After the tour, return the headset."),
        (HELP, "For help with orders from Norway, contact our team in Oslo."),
    ],
)
def test_what_leads_to_it_goes_out(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim)
