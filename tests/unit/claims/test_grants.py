"""What is free, off, included or not needed for some, or in a case, is not told as if it were so for all."""

import pytest

from bot.claims.grants import grant


@pytest.mark.parametrize(
    ("claim", "sentence", "asked", "missing"),
    [
        ("Delivery is free.", "Delivery is free for club members; otherwise it costs £6.", "", "for club members"),
        ("You get free delivery.", "Delivery is free for club members.", "Is delivery free?", "for club members"),
        ("Return postage is free.", "Return postage is free for faulty goods.", "", "for faulty goods"),
        ("Nobody has to pay for lunch, which costs nothing.", "Lunch is free for pupils.", "", "for pupils"),
        ("Lunch is free for pupils.", "Lunch is free for pupils in years 1 and 2.", "", "in years 1 and 2"),
        ("Flu jabs are free for patients.", "Flu jabs are free for patients over 65.", "", "over 65"),
        ("Parking is free for guests.", "Parking is free for guests with a suite.", "", "with a suite"),
        ("Children stay free.", "Children stay free in their parents' bed.", "", "in their parents' bed"),
        ("Students get 20% off.", "Students get 20% off with a student card.", "", "with a student card"),
        ("Sick notes are not needed.", "Sick notes are not needed for the first seven days.", "", "first seven days"),
        ("Meals are included.", "Meals are included for members.", "", "for members"),
        ("The fee is waived.", "The fee is waived for students.", "", "for students"),
        ("Swimming is free for children.", "Swimming is free for children in local schools.", "", "in local schools"),
        ("Entry is free on Sundays.", "Entry is free on Sundays with a library card.", "", "with a library card"),
        ("Calls are free in the first month.", "Calls are free in the first month for new customers.", "", "for new"),
        ("Parking is free.", "Parking is free for members at our hotel in the car park.", "", "members"),
        ("Students get 20% off with a card.", "Students get 20% off with a card in the summer months.", "", "summer"),
        ("A code is optional.", "A code is optional for users and mandatory for admins.", "", "for users"),
        ("Parking is free for guests.", "Parking is free for tenants and guests with a permit.", "", "for tenants"),
        (
            "Parking is free with a permit.",
            "Parking is free for tenants and guests with a permit.",
            "",
            "tenants",
        ),
    ],
)
def test_a_grant_that_is_told_without_its_case_is_known(claim: str, sentence: str, asked: str, missing: str) -> None:
    assert missing in (grant(claim, sentence, asked) or "")


@pytest.mark.parametrize(
    ("claim", "sentence", "asked"),
    [
        ("Club members get free delivery.", "Delivery is free for club members.", ""),
        ("Delivery is free.", "Delivery is free for club members.", "Is delivery free for a club member?"),
        ("If it is faulty, return postage is free.", "Return postage is free for faulty goods.", ""),
        ("Flu jabs are free for pregnant women.", "Flu jabs are free for patients over 65 and for pregnant women.", ""),
        ("Flu jabs are free for patients over 65.", "Flu jabs are free for patients over 65, and for carers.", ""),
        ("Delivery is free over £50.", "Delivery is free for orders over £50.", ""),
        ("Entry is free for kids.", "Entry is free for children and £12 for adults.", ""),
        ("Exchanges are free.", "Exchanges are free for all customers.", ""),
        ("Breakfast is included.", "Breakfast is included in the room rate.", ""),
        ("Parking is free for guests.", "Parking is free for guests at our hotel in the underground car park.", ""),
        ("Support is included.", "Support is included with all plans over phone and e-mail.", ""),
        ("The sauna is included.", "The sauna is included for all guests in the price of the room.", ""),
        ("Students get 20% off with a card.", "Students get 20% off with a card at the box office.", ""),
        ("Updates are free.", "Updates are free for life.", ""),
        ("Parking is free.", "Parking is free for guests.", ""),
        ("Refills cost £1.", "Refills cost £1 and tea is free for members.", ""),
        ("Refills are free.", "Refills are free. Tea is free for members.", ""),
        ("Students get a card.", "Students get 20% off with a student card.", ""),
        ("A code is optional for users.", "A code is optional for users and mandatory for admins.", ""),
        ("Users do not need a code.", "A code is optional for users but required for admins.", ""),
        ("Insurance is optional for cars.", "Insurance is optional for cars, and required for vans.", ""),
        ("Parking is free for tenants.", "Parking is free for tenants and guests with a permit.", ""),
        (
            "Parking is free for guests with a permit.",
            "Parking is free for tenants and guests with a permit.",
            "",
        ),
    ],
)
def test_a_grant_that_is_told_with_its_case_or_has_none_is_let_through(claim: str, sentence: str, asked: str) -> None:
    assert grant(claim, sentence, asked) is None
