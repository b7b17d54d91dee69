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
SHOP = "On Sundays, the museum opens at 11 am. On holidays, the museum is closed. The shop is closed on Sundays."
PARENTS = (
    "Parents see the results of children under 13 in their own app. From 13 to 15, the young person is asked first. "
    "From the 16th birthday on, parents' access ends by itself."
)
FORMS = (
    "For returns, contact the store. For exchanges, use the form on our website. If you need help with exchanges, "
    "contact the store as well."
)
PREMIUM = (
    "In the first month, you may cancel free of charge. In the second month, you pay $20 to cancel. With Premium, you "
    "may cancel free of charge in the second month, too."
)
MEDICARE = (
    "If you decide to delay your retirement, be sure to sign up for Medicare at age 65. If you do not sign up, your "
    "cover may be delayed."
)
HELP = "For help, visit our help page. For orders from Norway, contact our team in Oslo."
AGENCY = "If you booked directly, contact us. If you booked through an agency, contact the agency."


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
        (FORMS, "For exchanges, contact the store."),
        (PREMIUM, "In the second month, you may cancel free of charge."),
        (TOUR, "After the tour, leave your bags at the desk."),
        (AGENCY, "If you booked through an agency, contact us."),
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
        (SHOP, "The shop is closed on Sundays."),
        (PARENTS, "In their own app, parents see the results of children under 13."),
        (FORMS, "If you need help with exchanges, contact the store."),
        (PREMIUM, "With Premium, you may cancel free of charge in the second month."),
        (HELP, "For help with orders from Norway, contact our team in Oslo."),
        (AGENCY, "If you booked directly, contact us."),
        (AGENCY, "If you booked through an agency, contact the agency."),
    ],
)
def test_what_leads_to_it_goes_out(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim)


def test_a_case_that_is_told_with_what_is_said_of_another_is_not_named() -> None:
    assert led_by_another_case("You should sign up for Medicare at age 65.", MEDICARE.split(". ")) is None
    assert told("I want to delay my retirement. When should I sign up?", MEDICARE, "Sign up for Medicare at age 65.")
