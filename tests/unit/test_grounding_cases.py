"""A claim tells of the case in which a page says something, in its own words; and what "and" joins is told of each."""

import pytest

from bot.grounding import Grounding
from knowledge.documents import Passage

TRIAL = "The trial lasts 14 days and needs no card. After that, the workspace becomes read-only."
AREA = (
    "You can take the tariff with you if your new home is in our area. Otherwise the tariff ends on the day you leave."
)
LATE = "If you miss your visit, call us within 24 hours. Otherwise, a fee of £20 is charged."
PARCELS = "Damaged parcels must be reported within 48 hours. In that case, we send a replacement free of charge."
HELD = [
    (TRIAL, "The workspace becomes read-only."),
    (AREA, "The tariff ends on the day you leave."),
    (AREA, "If your new home is in our area, the tariff ends on the day you leave."),
    (LATE, "A fee of £20 is charged."),
    (LATE, "If you call within 24 hours, a fee of £20 is charged."),
    ("Return the car with a full tank, otherwise we charge €50.", "We charge €50."),
    ("Unused leave is kept until 31 March, then it lapses.", "Unused leave lapses."),
    ("Pay by Friday. Failing that, the account is closed.", "The account is closed."),
    ("Sharing a licence is forbidden. It is illegal to film.", "You can share a licence."),
    ("Sharing a licence is forbidden. It is illegal to film.", "You can film here."),
    (
        "The landlord repairs the heating within a day and the tenant repairs what he broke.",
        "The tenant repairs the heating.",
    ),
    ("The pool is closed on Mondays and the sauna on Tuesdays.", "The pool is closed on Tuesdays."),
]
OUT = [
    (TRIAL, "After the trial, the workspace becomes read-only."),
    (TRIAL, "The workspace becomes read-only after the 14-day trial."),
    (AREA, "If your new home is outside our area, the tariff ends on the day you leave."),
    (LATE, "A fee of £20 is charged unless you call us within 24 hours."),
    (LATE, "If you don't call within 24 hours, a fee of £20 is charged."),
    (PARCELS, "We send a replacement free of charge when a parcel is damaged."),
    ("Return the car with a full tank, otherwise we charge €50.", "We charge €50 if the tank is not full."),
    ("Unused leave is kept until 31 March, then it lapses.", "Unused leave is kept until 31 March."),
    ("Sharing a licence is forbidden. It is illegal to film.", "Sharing a licence is forbidden."),
    ("The pool is closed on Mondays and the sauna on Tuesdays.", "The sauna is closed on Tuesdays."),
    ("The sauna and the pool are closed on Mondays.", "The sauna and the pool are closed on Mondays."),
    ("The plan covers glasses.", "Glasses are covered by the plan."),
    ("Vans deliver sofas. Admins order toner.", "Sofas are delivered by vans."),
    ("We offer tours on Sundays.", "Tours are offered on Sundays."),
]

SHIPPING = "Standard delivery is £3.95. Next-day delivery is £6.95 for orders placed before 8pm. Entry: £3."
PASSPORTS = "Children's passports are valid for five years, adults' passports for ten."
OTHER_AMOUNTS = [
    (SHIPPING, "Standard delivery costs £6.95."),
    (SHIPPING, "You pay £3 for standard delivery."),
    ("The deposit for a van is £300.", "A van costs £300."),
    ("The compensation for a missed visit is £30.", "You pay £30 for a missed visit."),
    ("Entry is not £5.", "Entry costs £5."),
    ("You can return shoes within 30 days.", "A return of shoes takes 30 days."),
    (PASSPORTS, "Children's passports last ten years."),
]
SAME_AMOUNTS = [
    (SHIPPING, "Standard delivery costs £3.95."),
    (SHIPPING, "You pay £6.95 for next-day delivery if you order before 8pm."),
    (SHIPPING, "The price of standard delivery is £3.95."),
    (SHIPPING, "Entry costs £3."),
    ("The fee for a new card is €10.", "A new card costs €10."),
    ("The course is 3 days. Delivery time: 5 days.", "The course takes 3 days."),
    ("The course is 3 days. Delivery time: 5 days.", "Delivery takes 5 days."),
    (PASSPORTS, "A child's passport lasts five years."),
]


def goes_out(text: str, claim: str) -> bool:
    return (
        Grounding([Passage("d#0", "d", "s", "Help", "", "Rules", text, 0)], "What are the rules?").check(claim)
        is not None
    )


@pytest.mark.parametrize(("text", "claim"), HELD, ids=[row[1][:60] for row in HELD])
def test_a_claim_that_leaves_out_its_case_is_held(text: str, claim: str) -> None:
    assert not goes_out(text, claim)


@pytest.mark.parametrize(("text", "claim"), OUT, ids=[row[1][:60] for row in OUT])
def test_a_claim_that_tells_of_its_case_goes_out(text: str, claim: str) -> None:
    assert goes_out(text, claim)


@pytest.mark.parametrize(("text", "claim"), OTHER_AMOUNTS, ids=[row[1][:60] for row in OTHER_AMOUNTS])
def test_an_amount_is_not_the_price_or_period_of_something_else(text: str, claim: str) -> None:
    assert not goes_out(text, claim)


@pytest.mark.parametrize(("text", "claim"), SAME_AMOUNTS, ids=[row[1][:60] for row in SAME_AMOUNTS])
def test_what_is_an_amount_costs_or_lasts_it(text: str, claim: str) -> None:
    assert goes_out(text, claim)
