"""What is said around a list is told of all that it lists, and what stands in another clause of none of it."""

import pytest

from tests.grounded import told

TRAINS = "Trains leave at 9 am and 5 pm from platform 2."
TOURS = "Tours start at 11 am, 2 pm and 4 pm from Tuesday to Sunday and last 90 minutes."
ROOMS = "Rooms cost €50, €70 and €90 in summer."
PASSES = "Passes are valid for 3 days, 5 days or 7 days in all zones."
SHIPPING = "Standard delivery costs $4, $6 or $8 by weight and express delivery $14."
LOCKERS = "A locker costs £3 for a day and £10 for a week; desks cost £20 a day."
BIKES = "A city bike costs £12 for half a day and £18 for a full day; e-bikes cost £25 and £40."
TICKETS = "Tickets cost £8 and £6 for children."
SAUNA = "The sauna is for women on Mondays, for men on Tuesdays and mixed on all other days."
OFFICE = "The office is open from 9 am to 6 pm on weekdays and from 10 am to 2 pm on Saturdays."
DOGS = "Dogs are allowed before 9:00 and after 19:00 from May to September, and all day in the other months."
CLEANING = "Rooms are cleaned daily, suites twice a day."
REPORTS = "Weekly and monthly reports are sent by e-mail, yearly reports by post."
LINES = "Trains leave at 8 am and 10 am for Leeds and at 9 am and 11 am for York."
HOURS = "Opening hours are 9 am to 1 pm and 2 pm to 5 pm on weekdays, and 9 am to noon on Saturdays."
CHECK_IN = "Check-in and check-out are at 3 pm and 11 am respectively."
MEALS = "Breakfast and dinner cost £8 and £15."
GATES = "Till staff open the gate (Weirside: Mill Lane; Kilngate: courtyard; Otterby: gate 3) and send somebody."
BINS = "Bins are emptied every two weeks in winter and every week in summer."
PAYMENTS = "Payments are made on the 1st, in euros, from our bank in Paris."
SUPPORT = "Support is given in English, in French on Mondays, and in German by e-mail."
LUNCH = "Lunch is served in the canteen from noon to 2 pm, on Fridays in the garden, with a vegan dish every day."
INVOICES = (
    "Invoices are sent on the first of the month and are due within 14 days; on annual plans they are due within 30 "
    "days."
)
FREE_RIDES = "Trains and buses are free on 1 May and 3 October."
CAKE = "Coffee and cake are served at 10:30 am and 3:30 pm."
SINGLE = "Single and double rooms cost €80 and €120."
EXPRESS = "Standard and express delivery take 5 days and 2 days."
STAY = "Members and guests may stay until 9 pm and 7 pm."
SERVED = "Breakfast and lunch are served at 8 am and 12:30 pm."
DUE = "Registration and payment are due on 1 May and 15 May."


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (TRAINS, "Trains leave at 9 am and 5 pm."),
        (TRAINS, "From platform 2, trains leave at 9 am and 5 pm."),
        (TOURS, "Tours start at 11 am, 2 pm and 4 pm from Tuesday to Sunday."),
        (TOURS, "Tours start at 11 am, 2 pm and 4 pm."),
        (ROOMS, "Rooms cost €50, €70 and €90."),
        (PASSES, "Passes are valid for 3 days, 5 days or 7 days."),
        (SHIPPING, "Standard delivery costs $4, $6 or $8 by weight."),
        (SHIPPING, "Express delivery costs $14."),
        (LOCKERS, "A locker costs £3 for a day and £10 for a week."),
        (LOCKERS, "A locker costs £3 for a day."),
        (LOCKERS, "A locker costs £10 for a week."),
        (LOCKERS, "Desks cost £20 a day."),
        (BIKES, "A city bike costs £12 for half a day and £18 for a full day."),
        (BIKES, "A city bike costs £18 for a full day."),
        (BIKES, "E-bikes cost £25 and £40."),
        (TICKETS, "Tickets cost £8 and £6 for children."),
        (SAUNA, "The sauna is for women on Mondays."),
        (SAUNA, "On Tuesdays, the sauna is for men."),
        (SAUNA, "On all other days the sauna is mixed."),
        (OFFICE, "The office is open until 6 pm on weekdays and until 2 pm on Saturdays."),
        (OFFICE, "The office is open until 2 pm on Saturdays."),
        (DOGS, "Dogs are allowed before 9:00 and after 19:00 from May to September."),
        (DOGS, "In the other months, dogs are allowed all day."),
        (CLEANING, "Suites are cleaned twice daily."),
        (REPORTS, "Weekly reports are sent by e-mail."),
        (LINES, "Trains leave at 9 am and 11 am for York."),
        (LINES, "Trains leave at 8 am and 10 am for Leeds."),
        (HOURS, "On weekdays, opening hours are 9 am to 1 pm and 2 pm to 5 pm."),
        (CHECK_IN, "Check-in is at 3 pm and check-out at 11 am."),
        (CHECK_IN, "Check-out and check-in are at 11 am and 3 pm."),
        (CHECK_IN, "Check-out is at 11 am."),
        (MEALS, "Breakfast costs £8 and dinner £15."),
        (GATES, "Till staff open the gate (Weirside: Mill Lane; Kilngate: courtyard; Otterby: gate 3)."),
        (BINS, "In summer, bins are emptied weekly."),
        (PAYMENTS, "Payments are made on the 1st."),
        (SUPPORT, "Support is given in German by e-mail."),
        (LUNCH, "Lunch is served from noon to 2 pm."),
        (LUNCH, "Lunch is served with a vegan dish every day."),
        (INVOICES, "Invoices are due within 14 days."),
        (INVOICES, "On annual plans, invoices are due within 30 days."),
        (FREE_RIDES, "Trains are free on 3 October."),
        (FREE_RIDES, "Buses are free on 1 May."),
        (CAKE, "Coffee is served at 3:30 pm."),
        (SINGLE, "Single rooms cost €80."),
        (SINGLE, "A double room costs €120."),
        (EXPRESS, "Express delivery takes 2 days."),
        (STAY, "Guests may stay until 7 pm."),
        (SERVED, "Lunch is served at 12:30 pm."),
        (DUE, "Payment is due on 15 May."),
    ],
)
def test_what_a_list_tells_goes_out(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (TRAINS, "Trains leave at 2 am from platform 5."),
        (SHIPPING, "Standard delivery costs $14."),
        (SHIPPING, "Express delivery costs $8."),
        (LOCKERS, "A locker costs £20 a day."),
        (LOCKERS, "A locker costs £3 for a week."),
        (LOCKERS, "Desks cost £10 for a week."),
        (BIKES, "A city bike costs £25 for half a day."),
        (BIKES, "E-bikes cost £12 and £18."),
        (BIKES, "E-bikes cost £18."),
        (TICKETS, "Tickets cost £6."),
        (TICKETS, "Tickets cost £8 for children."),
        (SAUNA, "The sauna is for men on Mondays."),
        (SAUNA, "The sauna is for women on Tuesdays."),
        (SAUNA, "The sauna is mixed on Mondays."),
        (OFFICE, "The office is open until 6 pm on Saturdays."),
        (DOGS, "Dogs are allowed all day from May to September."),
        (CLEANING, "Suites are cleaned daily."),
        (CLEANING, "Rooms are cleaned twice daily."),
        (LINES, "Trains leave at 9 am and 11 am for Leeds."),
        (HOURS, "On Saturdays, opening hours are 9 am to 1 pm and 2 pm to 5 pm."),
        (CHECK_IN, "Check-in is at 11 am and check-out at 3 pm."),
        (CHECK_IN, "Check-out and check-in are at 3 pm and 11 am."),
        (CHECK_IN, "Check-out is at 3 pm."),
        (REPORTS, "Yearly reports are sent by e-mail."),
        (GATES, "At Kilngate, till staff open gate 3."),
        (LINES, "Trains for York leave at 8 am and 11 am."),
        (BINS, "Bins are emptied weekly in winter."),
        (MEALS, "Breakfast costs £15 and dinner £8."),
        (INVOICES, "Invoices are due within 30 days."),
        (INVOICES, "On annual plans, invoices are due within 14 days."),
        (INVOICES, "Invoices are sent within 14 days."),
        (SINGLE, "Single rooms cost €120."),
        (SINGLE, "A single room costs €120."),
        (SINGLE, "Double rooms cost €80 and single rooms €120."),
        (EXPRESS, "Express delivery takes 5 days."),
        (STAY, "Guests may stay until 9 pm."),
        (SERVED, "Lunch is served at 8 am."),
        (DUE, "Registration is due on 15 May."),
    ],
)
def test_what_is_told_of_another_part_does_not_go_out(text: str, claim: str) -> None:
    assert told("What are the rules?", text, claim) is None


def test_a_sentence_ends_behind_a_time() -> None:
    text = "The shop closes at 6 pm. The bar closes at 11 pm. Bring cash."
    assert told("When does the shop close?", text, "The shop closes at 6 pm.")
    assert told("When does the shop close?", text, "The shop closes at 11 pm.") is None
