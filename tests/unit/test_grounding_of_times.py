"""A deadline does not go out as a beginning, nor a span of time from its end to its beginning."""

import pytest

from bot.claims.times import turned_time
from tests.grounded import told

BIKES = "Bikes must be back by 6 pm."
BINS = "Put your bins out by 6 am on collection day."
REPLY = "Reply before 3 May."
APPLICATIONS = "Applications must arrive by 15 May."
QUIET = "Quiet hours are from 10 pm to 7 am."
GYM = "The gym is open from 6 am to 10 pm."
GATE = "The gate is closed from 10 pm to 6 am."
COURSE = "The course runs from 3 May to 7 June."
LUNCH = "Breakfast ends at 10 am and lunch starts at 12 pm."
RENEWAL = "You can renew your registration up to 3 months before it expires."
MEDICARE = "You can apply for Medicare up to 3 months before you turn 65."
VACCINATION = "Vaccination must be given within 10 days before travel."
REFUND = "You can cancel your booking up to 2 days before arrival."
NOON = "The office closes from 1 pm to 2 pm for lunch."
LATE = "Bikes back by 6 pm are free; bikes back after that cost £10."
EDIT = "You can edit your order up to 2 hours before delivery."
RESERVED = "Reserved seats can be given back up to 2 days before the show."
MEALS = "Meals can be ordered up to 24 hours before the flight."
SWAPS = "Swaps can be made up to 3 days before the race."
BOTH = "Cards can be renewed up to 60 days before they expire, and seats can be swapped up to 7 days before the trip."
CHECK_IN = "You can check in up to 24 hours before departure."

RENT = "Rent is to be paid by the 4th of each month."
ESSAYS = "Essays must reach the tutor by Thursday."
RAMP = "The ramp is closed from Tuesday to Friday."


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (BIKES, "Bikes must be back after 6 pm."),
        (BIKES, "Bikes must be back from 6 pm."),
        (BINS, "Put your bins out after 6 am."),
        (BINS, "Put your bins out from 6 am on collection day."),
        (REPLY, "Reply on 3 May."),
        (REPLY, "Reply after 3 May."),
        (APPLICATIONS, "Applications must arrive after 15 May."),
        (APPLICATIONS, "Applications must arrive on or after 15 May."),
        (QUIET, "Quiet hours are from 7 am to 10 pm."),
        (GYM, "The gym is open from 10 pm to 6 am."),
        (GYM, "The gym is open until 6 am."),
        (GYM, "The gym opens at 10 pm."),
        (GATE, "The gate is closed from 6 am to 10 pm."),
        (GATE, "The gate closes at 6 am."),
        (COURSE, "The course runs from 7 June to 3 May."),
        (REFUND, "You can cancel your booking within 2 days before arrival."),
        (NOON, "The office closes at 2 pm for lunch."),
        (LUNCH, "Lunch ends at 12 pm."),
        (LUNCH, "Breakfast starts at 10 am."),
        (EDIT, "You can edit your order within 2 hours before delivery."),
        (EDIT, "You can edit your order in the last 2 hours before delivery."),
        (RENT, "Rent is to be paid after the 4th of each month."),
        (RENT, "Rent is to be paid from the 4th of each month."),
        (ESSAYS, "Essays must reach the tutor after Thursday."),
        (RAMP, "The ramp is closed from Friday to Tuesday."),
        (SWAPS, "Swaps can be made in the last 3 days before the race."),
        (RESERVED, "Reserved seats can be given back in the last 2 days before the show."),
        (MEALS, "Meals can be ordered within 24 hours before the flight."),
        (BOTH, "Seats can be swapped within 7 days before the trip."),
    ],
)
def test_a_time_that_is_turned_round_does_not_go_out(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim) is None


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (RENT, "Rent is to be paid no later than the 4th of each month."),
        (ESSAYS, "Essays must reach the tutor until Thursday."),
        (RAMP, "The ramp is closed until Friday."),
        (RAMP, "The ramp is closed from Tuesday until Friday."),
        (BIKES, "Bikes need to be back by 6 pm."),
        (BIKES, "Bikes must be back before 6 pm."),
        (BINS, "Put your bins out before 6 am."),
        (REPLY, "Reply by 3 May."),
        (APPLICATIONS, "Applications must arrive on or before 15 May."),
        (QUIET, "Quiet hours are between 10 pm and 7 am."),
        (GYM, "The gym opens at 6 am."),
        (GYM, "The gym is open until 10 pm."),
        (GATE, "The gate is closed until 6 am."),
        (GATE, "The gate closes at 10 pm."),
        (COURSE, "The course runs until 7 June."),
        (RENEWAL, "You can renew your registration within 3 months before it expires."),
        (RENEWAL, "You can renew your registration in the last 3 months before it expires."),
        (MEDICARE, "You can apply for Medicare within 3 months of turning 65."),
        (VACCINATION, "Vaccination must be given up to 10 days before travel."),
        (REFUND, "You can cancel your booking until 2 days before arrival."),
        (NOON, "The office closes at 1 pm for lunch."),
        (LUNCH, "Lunch is from 12 pm."),
        (LATE, "Bikes back after 6 pm cost £10."),
        (EDIT, "You can edit your order until 2 hours before delivery."),
        (BOTH, "Cards can be renewed within 60 days before they expire."),
        (CHECK_IN, "You can check in within 24 hours before departure."),
    ],
)
def test_a_time_told_in_other_words_goes_out(text: str, claim: str) -> None:
    assert turned_time(claim, text) is None
    assert told("What are the rules?", text, claim)


ICE = "The rink is open from November to March."
AGES = "The choir takes children aged 6 to 12."
SCHOOL = "Children may walk home alone from the age of 9. Younger ones are fetched."
NURSE = "The nurse is in from 9 to 5."
PILLOW = "Car seats are needed up to age 12."
FEE = "From the 11th rent is charged."


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (ICE, "The rink is open from March to November."),
        (ICE, "The rink is open until November."),
        ("The kiosk is open until October.", "The kiosk is open from October."),
        ("Results are sent by July.", "Results are sent after July."),
        (AGES, "The choir takes children over 12."),
        (AGES, "The choir takes children under 6."),
        (AGES, "The choir takes children up to the age of 6."),
        (SCHOOL, "Children may walk home alone until the age of 9."),
        (SCHOOL, "Children under the age of 9 may walk home alone."),
        (NURSE, "The nurse is in from 5 to 9."),
        ("We call back between 10 and 4.", "We call back between 4 and 10."),
        (PILLOW, "Car seats are needed from age 12."),
        ("Renters must be 25.", "Renters must be under 25."),
        ("Renters must be 25 or older.", "Renters must be under 25."),
        (FEE, "Rent is charged until the 11th."),
        ("A certificate is needed from the third day.", "A certificate is needed until the third day."),
        ("You need a form before the first visit.", "You need a form after the first visit."),
    ],
)
def test_an_age_a_month_or_a_day_has_a_side(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim) is None


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (ICE, "The rink is open from November to March."),
        (ICE, "From November to March the rink is open."),
        (AGES, "The choir takes children aged 6 to 12."),
        (AGES, "The choir takes children from 6 to 12."),
        (AGES, "The choir takes children from age 6 up to age 12."),
        (SCHOOL, "From the age of 9, children may walk home alone."),
        (NURSE, "The nurse is in from 9 to 5."),
        (PILLOW, "Up to age 12, car seats are needed."),
        ("Renters must be 25.", "Renters must be 25."),
        ("Renters must be at least 25.", "Renters must be at least 25."),
        (FEE, "Rent is charged from the 11th."),
        ("Lessons are free until age 10, and over 10 they cost £4.", "Lessons are free until age 10."),
        ("The bar opens at 5 and closes at 11.", "The bar opens at 5."),
        ("You may pay in May.", "You may pay in May."),
        ("Ring the office after the second reminder.", "After the second reminder, ring the office."),
        ("Rooms hold up to 8 guests, and halls are for over 8 guests.", "Rooms hold up to 8 guests."),
        ("Children from 5 pay half, those under 5 nothing.", "Children from 5 pay half."),
    ],
)
def test_an_age_a_month_or_a_day_on_its_side_goes_out(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim)


DESK = "You can check in up to 50 minutes before departure."
RUN = "You can register up to two hours before the run."
TABLE = "Cancel your table by noon on the day before."


@pytest.mark.parametrize(
    ("text", "claim", "goes_out"),
    [
        (DESK, "You can check in within 50 minutes before departure.", False),
        (DESK, "You can check in until 50 minutes before departure.", True),
        (RUN, "You can register within two hours before the run.", False),
        (RUN, "You can register until two hours before the run.", True),
        (
            "Bags can be dropped up to 40 minutes before take-off.",
            "Drop bags within 40 minutes before take-off.",
            False,
        ),
        (CHECK_IN, "You can check in within 24 hours before departure.", True),
        (RENEWAL, "You can renew your registration within 3 months before it expires.", True),
        (TABLE, "Cancel your table by noon on the day after.", False),
        (TABLE, "Cancel your table by noon on the day before.", True),
        ("Tell the kitchen the day before.", "Tell the kitchen the day after.", False),
    ],
)
def test_what_ends_shortly_before_does_not_begin_then(text: str, claim: str, goes_out: bool) -> None:
    assert bool(told("What are the rules?", text, claim)) is goes_out
